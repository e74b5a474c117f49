package intake_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/intake"
	"truce/mappings"
)

// open opens a file of the shared data, or skips the test by the name of what is missing.
func open(t testing.TB, name string) (string, io.ReadCloser) {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("%s is not here", path)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

// rows reads a table the plain way, for counts that owe nothing to this package.
func rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	_, f := open(t, name)
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, cells := range all[1:] {
		m := map[string]string{}
		for i, c := range cells {
			m[all[0][i]] = c
		}
		out = append(out, m)
	}
	return out
}

// areas knows the areas of the Syrian boundary files by name.
func areas(t testing.TB) func(string, int) (string, bool) {
	t.Helper()
	codes := []map[string]string{{}, {}, {}}
	for level, key := range []string{"adm0", "adm1", "adm2"} {
		_, f := open(t, "admin-syria/admin"+string(rune('0'+level))+".geojson.gz")
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Features []struct{ Properties map[string]any }
		}
		if err := json.NewDecoder(z).Decode(&c); err != nil {
			t.Fatal(err)
		}
		for _, x := range c.Features {
			codes[level][x.Properties[key+"_name"].(string)] = x.Properties[key+"_pcode"].(string)
		}
	}
	return func(name string, level int) (string, bool) {
		code, ok := codes[level][name]
		return code, ok
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func builtin(t testing.TB, name string) *intake.Mapping {
	t.Helper()
	text, ok := mappings.Builtin(name)
	if !ok {
		t.Fatalf("no mapping %s", name)
	}
	m, ps := intake.ParseMapping(name+".yaml", text)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return m
}

// readAll reads a file and keeps what was set aside.
func readAll(t testing.TB, name string, r io.Reader, o intake.Options) (reports []truce.Report, bad []*intake.RowError) {
	t.Helper()
	for rep, err := range intake.Read(name, r, o) {
		var row *intake.RowError
		switch {
		case errors.As(err, &row):
			bad = append(bad, row)
		case err != nil:
			t.Fatal(err)
		default:
			reports = append(reports, rep)
		}
	}
	return reports, bad
}

// acts counts the elements that UCDP's joint sides must give: fighting sides listed
// together all took part.
func joint(row map[string]string) int {
	return len(strings.Split(row["side_a"], ", ")) * len(strings.Split(row["side_b"], ", "))
}

func TestUCDPInFull(t *testing.T) {
	for _, set := range []struct{ file, zone string }{
		{"ucdp-ged-syria/events.csv.gz", "Asia/Damascus"},
		{"ucdp-ged-ukraine/events.csv.gz", "Europe/Kyiv"},
	} {
		t.Run(set.file, func(t *testing.T) { checkUCDP(t, set.file, set.zone) })
	}
}

func checkUCDP(t *testing.T, file, zoneName string) {
	// Independently: which rows can be read, and what is in them.
	want := map[string]int{}
	var inverted []string
	byID := map[string]map[string]string{}
	for _, row := range rows(t, file) {
		byID["ged-"+row["id"]] = row
		if number(t, row["low"]) > number(t, row["high"]) {
			inverted = append(inverted, row["id"])
			continue
		}
		want["reports"]++
		want["elements"] += joint(row)
		if row["type_of_violence"] != "3" {
			want["mutual"] += joint(row)
		}
		if row["event_clarity"] == "2" {
			want["lasts"] += joint(row)
		}
		want["killed"] += number(t, row["high"])
		switch row["where_prec"] {
		case "1":
			want["5 km"] += joint(row)
		case "2":
			want["25 km"] += joint(row)
		}
	}
	path, f := open(t, file)
	reports, bad := readAll(t, path, f, intake.Options{Zone: zone(t, zoneName), Mapping: builtin(t, "ucdp-ged"), Area: areas(t)})
	got := map[string]int{}
	for _, r := range reports {
		got["reports"]++
		got["killed"] += int(r.Elements[0].Killed.High)
		for _, e := range r.Elements {
			got["elements"]++
			count(got, "mutual", e.Mutual)
			count(got, "lasts", e.When[0].Lasts)
			count(got, "5 km", len(e.Where) > 0 && e.Where[0].Within == 5000)
			count(got, "25 km", len(e.Where) > 0 && e.Where[0].Within == 25000)
			checkDays(t, e, byID[r.ID], zoneName)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var aside []string
	for _, b := range bad {
		aside = append(aside, strings.SplitN(b.Raw, ",", 2)[0])
		if b.Field != "high" || b.Problem.Code != "low-above-high" {
			t.Error(b)
		}
	}
	if d := cmp.Diff(inverted, aside); d != "" {
		t.Error("rows set aside:", d)
	}
}

// checkDays compares an element's time with the dates of its row.
func checkDays(t *testing.T, e truce.Element, row map[string]string, zoneName string) {
	t.Helper()
	z := zone(t, zoneName)
	last := e.When[0].To.Add(-time.Second).In(z).Format("2006-01-02")
	if first := e.When[0].From.In(z).Format("2006-01-02"); first != row["date_start"] || last != row["date_end"] {
		t.Errorf("%s: %s to %s, in the row %s to %s", e.ID, first, last, row["date_start"], row["date_end"])
	}
}

func TestUCDPDistrictsAndGovernoratesAreAllFound(t *testing.T) {
	path, f := open(t, "ucdp-ged-syria/events.csv.gz")
	reports, _ := readAll(t, path, f, intake.Options{Zone: time.UTC, Mapping: builtin(t, "ucdp-ged"), Area: areas(t)})
	length := map[string]int{} // a code's length tells its level: SY, SY02, SY0205
	for _, r := range reports {
		length[r.Elements[0].Where[0].Form+strings.Repeat("-", len(r.Elements[0].Where[0].Area))]++
	}
	want := map[string]int{}
	for _, row := range rows(t, "ucdp-ged-syria/events.csv.gz") {
		if number(t, row["low"]) > number(t, row["high"]) {
			continue
		}
		switch p := row["where_prec"]; {
		case p == "3":
			want["area------"]++
		case (p == "4" || p == "5") && row["adm_1"] != "":
			want["area----"]++
		case p >= "4":
			want["area--"]++
		default:
			want["disc"]++
		}
	}
	if d := cmp.Diff(want, length); d != "" {
		t.Error(d)
	}
}

func TestAirwarsInFull(t *testing.T) {
	const file = "airwars-syria/incidents.csv.gz"
	want := map[string]int{}
	for _, row := range rows(t, file) {
		if row["airwars_id"] == "49008" || row["airwars_id"] == "32716" {
			continue // set aside, see below
		}
		want["reports"]++
		count(want, "disputed", strings.Contains(row["belligerent"], ",") && !strings.Contains(row["belligerent"], "Unknown"))
		count(want, "killed known", row["civilians_killed_min"] != "" && row["civilians_killed_max"] != "")
		count(want, "doubted", row["evidence_grade"] == "Weak" || strings.Contains(row["evidence_grade"], "Discounted"))
		count(want, "time unknown", row["date_type"] == "date_range" && row["date_end"] == "")
	}
	path, f := open(t, file)
	reports, bad := readAll(t, path, f, intake.Options{Mapping: builtin(t, "airwars"), Area: areas(t)})
	got := map[string]int{}
	for _, r := range reports {
		if len(r.Elements) != 1 {
			t.Fatalf("%s: belligerents in dispute are candidates, not partners", r.ID)
		}
		e := r.Elements[0]
		got["reports"]++
		count(got, "disputed", len(e.By) > 1)
		count(got, "killed known", e.Killed != nil)
		count(got, "doubted", e.Doubted)
		count(got, "time unknown", len(e.When) == 0)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var aside []string
	for _, b := range bad {
		aside = append(aside, strings.Split(b.Raw, ",")[1]+" "+b.Field+" "+b.Value)
	}
	if d := cmp.Diff([]string{"49008 date_end 2017-02-04", "32716 longitude 4239.00416"}, aside); d != "" {
		t.Error("rows set aside:", d)
	}
}

func chronology(t *testing.T) []truce.Report {
	t.Helper()
	folder := filepath.Join("..", "missions", "syria-2016")
	text, err := os.ReadFile(filepath.Join(folder, "chronology.mapping.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, ps := intake.ParseMapping("chronology.mapping.yaml", text)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	f, err := os.Open(filepath.Join(folder, "chronology.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reports, bad := readAll(t, "chronology.csv", f, intake.Options{Mapping: m})
	for _, b := range bad {
		t.Error(b)
	}
	return reports
}

func TestChronologyInFull(t *testing.T) {
	reports := chronology(t)
	if len(reports) != 150 {
		t.Fatalf("%d reports, want all 150", len(reports))
	}
	acts := truce.Acts()
	words := "statement violation_count party_accepts talks_round_start task_force_meeting pause_announced pause_extended ceasefire_start renaming local_agreement clock_change un_resolution"
	f, err := os.Open("../missions/syria-2016/chronology.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range reports {
		kind := all[i+1][9]
		for _, e := range r.Elements {
			for _, a := range e.Acts {
				if strings.Contains(" "+words+" ", " "+kind+" ") && acts.Covers("hostile-act", a) {
					t.Errorf("%s: %s is read as the hostile act %s", r.ID, kind, a)
				}
			}
			if strings.Contains(kind, "reported") && !acts.Covers("attack", e.Acts[0]) {
				t.Errorf("%s: %s is read as %s", r.ID, kind, e.Acts[0])
			}
		}
	}
}

func TestChronologyEntries(t *testing.T) {
	byID := map[string]truce.Element{}
	for _, r := range chronology(t) {
		for _, e := range r.Elements {
			byID[e.ID] = e
		}
	}
	damascus := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, zone(t, "Asia/Damascus"))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, got := range map[string]struct{ have, want any }{
		"C019 not separated: candidates": {byID["C019"].By, []string{"syrian-armed-forces", "russian-aerospace-forces"}},
		"C036 side by side: two elements": {[][]string{byID["C036/1"].By, byID["C036/2"].By},
			[][]string{{"nusra"}, {"syrian-insurgents"}}},
		"C012 clash: nobody says who attacked": {byID["C012"].Mutual, true},
		"C061 aid denied":                      {byID["C061/1"].Acts, []string{"refuse-access"}},
		"C048 minute": {byID["C048"].When[0].From.Equal(damascus("2016-04-27 21:37")) &&
			byID["C048"].When[0].To.Equal(damascus("2016-04-27 21:38")), true},
		"C134 lasted":                        {byID["C134"].When[0].Lasts, true},
		"C126 only the day is known":         {byID["C126"].When[0].To.Sub(byID["C126"].When[0].From), 24 * time.Hour},
		"C006 noon, the hour":                {byID["C006/1"].When[0].From.Equal(damascus("2016-02-26 12:00")), true},
		"C020 Geneva time":                   {byID["C020"].When[0].From.UTC().Hour(), 14},
		"C139 toll as low and high":          {*byID["C139/1"].Killed, truce.Range{Low: 10, High: 21}},
		"C097 gas is alleged":                {byID["C097"].Doubted, true},
		"C035 denied: sources contradict":    {byID["C035"].Conflict, []string{"by"}},
		"C016 a count is a statement of its": {byID["C016"].By, []string{"snhr"}},
		"C073 nobody knows who fired":        {len(byID["C073"].By), 0},
	} {
		if d := cmp.Diff(got.want, got.have); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestRussianCentreTotals(t *testing.T) { // HC-F9 on real bulletins
	const file = "russian-centre-claims/daily.csv"
	places := "aleppo, damascus, daraa, hama, homs, idlib, latakia, quneitra, suwayda"
	m := parse(t, "mapping: claims\nzone: Asia/Damascus\nsum: {total: total, parts: ["+places+"]}\n"+
		"fields: {id: \"claim-{date}\", from: \"{date}\", act: statement, by: \"{claimant}\", number_low: \"{total}\", number_high: \"{total}\"}\n")
	var want []string
	for _, row := range rows(t, file) {
		sum, known := 0, true
		for _, p := range strings.Split(places, ", ") {
			if row[p] == "" {
				known = false
				continue
			}
			sum += number(t, row[p])
		}
		if known && sum != number(t, row["total"]) {
			want = append(want, "claim-"+row["date"])
		}
	}
	path, f := open(t, file)
	var warned int
	reports, bad := readAll(t, path, f, intake.Options{Mapping: m, Warn: func(truce.Problem) { warned++ }})
	var got []string
	for _, r := range reports {
		if len(r.Elements[0].Conflict) > 0 {
			got = append(got, r.ID)
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(bad) > 0 || warned != len(want) {
		t.Error(d, bad, warned)
	}
}

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func count(m map[string]int, key string, yes bool) {
	if yes {
		m[key]++
	}
}

func parse(t testing.TB, text string) *intake.Mapping {
	t.Helper()
	m, ps := intake.ParseMapping("test.yaml", []byte(text))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func BenchmarkReadUCDP(b *testing.B) {
	path, f := open(b, "ucdp-ged-syria/events.csv.gz")
	packed, err := io.ReadAll(f)
	if err != nil {
		b.Fatal(err)
	}
	m, z := builtin(b, "ucdp-ged"), zone(b, "Asia/Damascus")
	n := 0
	for b.Loop() {
		n = 0
		for range intake.Read(path, strings.NewReader(string(packed)), intake.Options{Zone: z, Mapping: m}) {
			n++
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
