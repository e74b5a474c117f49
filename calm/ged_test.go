package calm

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"truce"
)

// The event data of UCDP for Syria (CC BY 4.0), not part of the project. What is counted is
// the dyad of the government and the insurgents, as in docs/calm.md.
const (
	gedFile     = "../../shared/data/ucdp-ged-syria/events.csv.gz"
	reportsFile = "../../shared/data/ucdp-ged-syria/event_reports.csv.gz"
	gedDyad     = "Government of Syria - Syrian insurgents"
)

var trials = flag.Int("trials", 200, "shuffles to count false alarms on; docs/calm.md states 10000")

// ged returns the rows of the dyad.
func ged(t *testing.T) (out []map[string]string) {
	t.Helper()
	for _, row := range table(t, gedFile) {
		if row["dyad_name"] == gedDyad {
			out = append(out, row)
		}
	}
	return out
}

// table reads the columns of a file by their names.
func table(t *testing.T, file string) (out []map[string]string) {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func on16(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s[:10])
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// syria takes the events as happenings: the day or days as coded, deaths from low to high,
// or best alone; exact leaves out what is not on one day.
func syria(t *testing.T, rows []map[string]string, best, exact bool) (out []Happening) {
	for _, r := range rows {
		h := Happening{First: on16(t, r["date_start"]), Last: on16(t, r["date_end"]), Sure: true}
		low, mid, high := number(t, r["low"]), number(t, r["best"]), number(t, r["high"])
		switch {
		case best:
			h.Deaths = &truce.Range{Low: mid, High: mid}
		case low <= high:
			h.Deaths = &truce.Range{Low: low, High: high}
		}
		if !exact || r["date_prec"] == "1" {
			out = append(out, h)
		}
	}
	return out
}

// period is a series of the data, which were read through for every day, for what they count.
func period(t *testing.T, h []Happening, first, last string) Series {
	t.Helper()
	var c []Cover
	for d := on16(t, first); !d.After(on16(t, last)); d = d.AddDate(0, 0, 1) {
		c = append(c, Cover{d, 24})
	}
	return NewSeries(on16(t, first), on16(t, last), h, c)
}

func TestTheTableOfTheDomainResearch(t *testing.T) {
	h := syria(t, ged(t), true, true)
	for _, c := range []struct{ first, last, events, deaths string }{ // domain.md, section 0
		{"2016-02-01", "2016-02-26", "10.3", "62.5"},
		{"2016-02-27", "2016-03-12", "5.8", "22.7"},
		{"2016-03-13", "2016-03-31", "6.7", "16.7"},
		{"2016-04-01", "2016-04-15", "10.9", "40.7"},
		{"2016-04-16", "2016-04-30", "7.7", "34.9"},
		{"2016-05-05", "2016-05-11", "2.1", "11.7"},
		{"2016-05-12", "2016-05-31", "6.3", "23.4"},
		{"2016-06-01", "2016-06-30", "10.2", "41.0"},
		{"2016-07-06", "2016-07-14", "11.4", "56.8"},
		{"2016-08-01", "2016-08-31", "10.4", "43.7"},
		{"2016-09-01", "2016-09-11", "10.7", "44.1"},
		{"2016-09-13", "2016-09-18", "6.8", "12.0"},
		{"2016-09-20", "2016-09-30", "11.1", "54.7"},
	} {
		s := period(t, h, c.first, c.last)
		sum := s.Sum(on16(t, c.first), on16(t, c.last))
		events := fmt.Sprintf("%.1f", float64(sum.Events.Low)/float64(sum.Days))
		deaths := fmt.Sprintf("%.1f", float64(sum.Deaths.Low)/float64(sum.Days))
		if events != c.events || deaths != c.deaths {
			t.Errorf("%s to %s: %s events and %s deaths a day, want %s and %s", c.first, c.last, events, deaths, c.events, c.deaths)
		}
	}
}

// windows are what docs/calm.md compares: the periods of the table, and 14 days before each.
var windows = []struct{ name, before, until, during, last string }{
	{"February", "2016-02-01", "2016-02-26", "2016-02-27", "2016-03-12"},
	{"February, 14 days before", "2016-02-13", "2016-02-26", "2016-02-27", "2016-03-11"},
	{"Eid", "2016-06-01", "2016-06-30", "2016-07-06", "2016-07-14"},
	{"Eid, 14 days before", "2016-06-22", "2016-07-05", "2016-07-06", "2016-07-14"},
	{"September", "2016-09-01", "2016-09-11", "2016-09-13", "2016-09-18"},
	{"September, 14 days before", "2016-08-29", "2016-09-11", "2016-09-13", "2016-09-18"},
}

func TestBothTrucesShowAndTheEidCalmDoesNot(t *testing.T) {
	rows, doc := ged(t), calmDoc(t)
	exact := syria(t, rows, false, true)
	for _, c := range windows {
		before, during := period(t, exact, c.before, c.until), period(t, exact, c.during, c.last)
		events, deaths := Drop(before, during, Events), Drop(before, during, Deaths)
		shows := events.Change == Lower || deaths.Change == Lower
		if want := !strings.HasPrefix(c.name, "Eid"); shows != want {
			t.Errorf("%s: events %s by %v, deaths %s by %v", c.name, events.Change, events.Interval, deaths.Change, deaths.Interval)
		}
		if strings.HasPrefix(c.name, "Eid") && (events.Change != NoneSeen || deaths.Change != NoneSeen) {
			t.Errorf("%s: events %s, deaths %s", c.name, events.Change, deaths.Change)
		}
		for _, x := range []struct {
			of  Measure
			got Comparison
		}{{Events, events}, {Deaths, deaths}} {
			a, b := x.got.Before.of(x.of), x.got.During.of(x.of)
			line := fmt.Sprintf("| %s | %s | %s in %d days | %s in %d | %s | %.2f to %.2f | %s | %s |", c.name, x.of, a, x.got.Before.Days, b, x.got.During.Days,
				span("%.2f", x.got.Ratio), x.got.Interval.Low, x.got.Interval.High, span("%.4f", x.got.P), strings.ReplaceAll(string(x.got.Change), "-", " "))
			doc.holds(t, line)
		}
		// What is on no day of its own leaves deaths open: three events of the year hold 10,128.
		all := syria(t, rows, false, false)
		if got := Drop(period(t, all, c.before, c.until), period(t, all, c.during, c.last), Deaths); got.Change != CannotTell {
			t.Errorf("%s: deaths %s by %v with what is on no day of its own", c.name, got.Change, got.Interval)
		}
	}
}

// String is how docs/calm.md writes a bound.
func (b Bound) String() string {
	if b.Low == b.High {
		return strconv.Itoa(b.Low)
	}
	return fmt.Sprintf("%d to %d", b.Low, b.High)
}

func span(format string, r truce.Range) string {
	low, high := fmt.Sprintf(format, r.Low), fmt.Sprintf(format, r.High)
	switch {
	case high == "0.0000":
		return "under 0.0001"
	case low == high:
		return low
	}
	return low + " to " + high
}

// page is docs/calm.md, which must say what the tests find.
type page string

func calmDoc(t *testing.T) page {
	t.Helper()
	b, err := os.ReadFile("../docs/calm.md")
	if err != nil {
		t.Fatal(err)
	}
	return page(b)
}

func (p page) holds(t *testing.T, line string) {
	t.Helper()
	if !strings.Contains(string(p), line) {
		t.Errorf("docs/calm.md has no line\n%s", line)
	}
}

// first finds the first evening with a warning, sure or only possible.
func first(evenings []Evening, sure bool) string {
	for _, e := range evenings {
		if e.Low == Warning || !sure && e.High == Warning && !slices.Contains(e.Why, TooEarly) {
			return e.Day.Format("2 January")
		}
	}
	return "none"
}

func TestTheWarningComesBeforeTheEndOfApril(t *testing.T) {
	rows, doc := ged(t), calmDoc(t)
	known := reported(t, rows)
	for _, c := range []struct {
		name           string
		happened       []Happening
		of             Measure
		sure, possible string
	}{
		// By a second program in another language.
		{"on an exact day, best figure", syria(t, rows, true, true), Events, "14 April", "14 April"},
		{"on an exact day, best figure", syria(t, rows, true, true), Deaths, "15 April", "15 April"},
		{"on an exact day, low to high", syria(t, rows, false, true), Deaths, "none", "15 April"},
		{"all, low to high", syria(t, rows, false, false), Events, "14 April", "13 April"},
		{"all, low to high", syria(t, rows, false, false), Deaths, "none", "19 March"},
		{"all, as known by the first report", known, Events, "14 April", "14 April"},
		{"all, as known by the first report", known, Deaths, "none", "none"},
	} {
		s := period(t, c.happened, "2016-02-27", "2016-04-30")
		got, err := Erosion(s, c.of, PlainErosion())
		if err != nil {
			t.Fatal(err)
		}
		sure, possible := first(got, true), first(got, false)
		if sure != c.sure || possible != c.possible {
			t.Errorf("%s, %s: surely %s, possibly %s; want %s, %s", c.name, c.of, sure, possible, c.sure, c.possible)
		}
		doc.holds(t, fmt.Sprintf("| %s | %s | %s | %s |", c.name, c.of, sure, possible))
	}
	unwatched, _ := Erosion(NewSeries(on16(t, "2016-02-27"), on16(t, "2016-04-30"), syria(t, rows, true, true), nil), Events, PlainErosion())
	for _, e := range unwatched {
		if e.Firm() || e.P != (truce.Range{Low: 0, High: 1}) {
			t.Errorf("%s: %s to %s where nobody says what was watched", e.Day, e.Low, e.High)
		}
	}
}

// reported takes the events as they became known: on the day of the first report listed, or
// the day itself where a report bears an earlier date.
func reported(t *testing.T, rows []map[string]string) []Happening {
	t.Helper()
	dates := map[string]time.Time{}
	for _, r := range table(t, reportsFile) {
		d, err := time.Parse(time.DateOnly, r["report_date"])
		if had := dates[r["event_id"]]; err == nil && (had.IsZero() || d.Before(had)) { // some have none, or what is no date
			dates[r["event_id"]] = d
		}
	}
	out := syria(t, rows, false, false)
	for i := range out {
		out[i].Known = dates[rows[i]["id"]]
		if out[i].Known.Before(out[i].First) {
			out[i].Known = out[i].First
		}
	}
	return out
}

// counts is the plain column of counts of the data, for slow second computations.
func counts(t *testing.T, rows []map[string]string, of Measure) []int {
	out := make([]int, 64) // 27 February to 30 April
	for _, r := range rows {
		d := since(on16(t, "2016-02-27"), on16(t, r["date_start"]))
		if d < 0 || d >= len(out) || r["date_prec"] != "1" {
			continue
		}
		if of == Events {
			out[d]++
		} else {
			out[d] += int(number(t, r["best"]))
		}
	}
	return out
}

func TestTheWatchOnRealDataIsTheShareOfDrawsWrittenDown(t *testing.T) {
	rows := ged(t)
	for _, of := range []Measure{Events, Deaths} {
		got, _ := Erosion(period(t, syria(t, rows, true, true), "2016-02-27", "2016-04-30"), of, PlainErosion())
		for d, level := range slowLevels(counts(t, rows, of), PlainErosion()) {
			if e := got[d]; e.Low != level || e.High != level {
				t.Errorf("%s, %s: %s to %s, want %s", of, e.Day.Format(time.DateOnly), e.Low, e.High, level)
			}
		}
	}
}

func TestOtherRoundNumbersWarnInAprilToo(t *testing.T) {
	rows, doc := ged(t), calmDoc(t)
	// By a second program in another language, see docs/calm.md; empty where none is raised.
	// Columns: one in 20, 50, 100, 200; first events, then deaths.
	want := map[[2]int]string{
		{7, 5}: "28 March,12 April,none,none,12 April,13 April,none,none", {7, 7}: "13 April,14 April,14 April,none,14 April,14 April,15 April,none", {7, 10}: "12 April,15 April,none,none,13 April,28 April,28 April,none",
		{14, 5}: "28 March,12 April,13 April,13 April,13 April,13 April,none,none", {14, 7}: "30 March,13 April,14 April,14 April,14 April,14 April,15 April,none", {14, 10}: "11 April,13 April,15 April,none,13 April,16 April,28 April,none",
		{21, 5}: "28 March,28 March,12 April,12 April,12 April,13 April,13 April,14 April", {21, 7}: "30 March,12 April,13 April,13 April,13 April,14 April,14 April,14 April", {21, 10}: "3 April,11 April,13 April,15 April,10 April,13 April,14 April,16 April",
	}
	s := period(t, syria(t, rows, true, true), "2016-02-27", "2016-04-30")
	for _, base := range []int{7, 14, 21} {
		for _, trailing := range []int{5, 7, 10} {
			var got, alarms []string
			for _, of := range []Measure{Events, Deaths} {
				for _, p := range []float64{0.05, 0.02, 0.01, 0.005} {
					r := ErosionRule{Base: base, Trailing: trailing, Watch: 0.05, Warning: p, InARow: 2}
					e, err := Erosion(s, of, r)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, first(e, true))
					if *trials >= 1000 {
						a, _ := FalseAlarms(s, of, r, 1000, 2016)
						alarms = append(alarms, fmt.Sprintf("%.0f %%", 100*float64(a.Sure.Count)/1000))
					}
				}
			}
			if line := strings.Join(got, ","); line != want[[2]int{base, trailing}] {
				t.Errorf("base %d, trailing %d: %s, want %s", base, trailing, line, want[[2]int{base, trailing}])
			}
			doc.holds(t, fmt.Sprintf("| %d and %d | %s |", base, trailing, strings.Join(got, " | ")))
			if alarms != nil {
				doc.holds(t, fmt.Sprintf("| %d and %d | %s |", base, trailing, strings.Join(alarms, " | ")))
			}
		}
	}
}

func TestFalseAlarmsOnRealDataAreAsStated(t *testing.T) {
	rows, doc := ged(t), calmDoc(t)
	s := period(t, syria(t, rows, true, true), "2016-02-27", "2016-04-30")
	for _, c := range []struct {
		of     Measure
		stated float64 // by 10,000 shuffles
	}{{Events, 0.0615}, {Deaths, 0.0722}} {
		got, err := FalseAlarms(s, c.of, PlainErosion(), *trials, 2016)
		if err != nil {
			t.Fatal(err)
		}
		doc.holds(t, fmt.Sprintf("| %s | %.0f of 10000 |", c.of, 10000*c.stated))
		if c.stated < got.Sure.Low-0.03 || c.stated > got.Sure.High+0.03 {
			t.Errorf("%s: %d of %d, want about %v", c.of, got.Sure.Count, got.Sure.Of, c.stated)
		}
		if *trials >= 10000 {
			doc.holds(t, fmt.Sprintf("| %s | %d of %d | %.1f %% to %.1f %% |", c.of, got.Sure.Count, got.Sure.Of, 100*got.Sure.Low, 100*got.Sure.High))
		}
	}
}
