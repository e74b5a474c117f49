package intake_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"truce"
	"truce/intake"
)

func damascus(t testing.TB) intake.Options { return intake.Options{Zone: zone(t, "Asia/Damascus")} }

// one reads a row of our own layout and returns its report.
func one(t *testing.T, header, row string) truce.Report {
	t.Helper()
	reports, bad := readAll(t, "r.csv", strings.NewReader(header+"\n"+row+"\n"), damascus(t))
	if len(bad) > 0 || len(reports) != 1 {
		t.Fatalf("%d reports, set aside: %v", len(reports), bad)
	}
	return reports[0]
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestOwnLayout(t *testing.T) {
	got := one(t, "id,incident,title,from,to,lasts,place,lat,lon,within,act,by,against,means,control,killed_low,killed_high,number_low,number_high,facts,raised,doubted,said,source,text",
		`X,I,Shells,2016-02-27 14:00,2016-02-27 15:30,yes,Daraya,33.46,36.23,800,shelling|rocket-fire,a|b,nobody,"artillery(calibre=100..152, range=4000)|mortar",c,2,5,7.5,7.5,response=immediate; notified=yes|no; delay=3..5,self-defence,no,place: west of river = SOHR,SOHR; UN,Words`)
	want := truce.Report{ID: "X", Source: "SOHR; UN", At: "r.csv:2", Text: "Words", Elements: []truce.Element{{
		ID: "X", Incident: "I", Title: "Shells",
		When:  []truce.When{{From: at(t, "2016-02-27T14:00:00+02:00"), To: at(t, "2016-02-27T15:30:00+02:00"), Lasts: true}},
		Where: []truce.Place{{Name: "Daraya", Form: "disc", Lat: 33.46, Lon: 36.23, Within: 800}},
		Acts:  []string{"shelling", "rocket-fire"}, By: []string{"a", "b"}, Against: []string{"nobody"},
		Means:   []truce.Means{{Kind: "artillery", Num: map[string]truce.Range{"calibre": {Low: 100, High: 152}, "range": {Low: 4000, High: 4000}}}, {Kind: "mortar"}},
		Control: []string{"c"}, Killed: &truce.Range{Low: 2, High: 5}, Number: &truce.Range{Low: 7.5, High: 7.5},
		Facts:  map[string]truce.Values{"response": {Words: []string{"immediate"}}, "notified": {Words: []string{"yes", "no"}}, "delay": {Number: &truce.Range{Low: 3, High: 5}}},
		Raised: []string{"self-defence"}, Said: []truce.Said{{Fact: "place", Value: "west of river", Source: "SOHR"}},
		Sources: []string{"SOHR", "UN"},
	}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	e := one(t, "id,from,lat,lon,within,act,by,against,killed_low,killed_high", "X,,,,,,,,,").Elements[0]
	if d := cmp.Diff(truce.Element{ID: "X"}, e); d != "" {
		t.Error(d)
	}
	if e := one(t, "id,from,by", "X,,a|unknown").Elements[0]; e.By != nil {
		t.Error("a or anybody is anybody, but by is", e.By)
	}
	if e := one(t, "id,from,place", "X,,somewhere").Elements[0]; e.Where[0] != (truce.Place{Name: "somewhere"}) {
		t.Error("a name alone is no extent:", e.Where)
	}
}

func TestTimes(t *testing.T) {
	day := func(a, b string) [][2]string { return [][2]string{{a, b}} }
	for name, c := range map[string]struct {
		from, to, precision, zone string
		want                      [][2]string
	}{
		"a date is its civil day":           {"2016-02-27", "", "", "", day("2016-02-27T00:00:00+02:00", "2016-02-28T00:00:00+02:00")},
		"a day of 23 hours, from 01:00":     {"2016-03-25", "", "", "", day("2016-03-25T01:00:00+03:00", "2016-03-26T00:00:00+03:00")},
		"a day of 25 hours":                 {"2016-10-27", "", "", "", day("2016-10-27T00:00:00+03:00", "2016-10-28T00:00:00+02:00")},
		"a time is its minute":              {"2016-02-27 14:00", "", "", "", day("2016-02-27T14:00:00+02:00", "2016-02-27T14:01:00+02:00")},
		"with seconds an instant":           {"2016-02-27 14:00:05", "", "", "", day("2016-02-27T14:00:05+02:00", "2016-02-27T14:00:05+02:00")},
		"precision hour":                    {"2016-02-27 14:35", "", "hour", "", day("2016-02-27T14:00:00+02:00", "2016-02-27T15:00:00+02:00")},
		"precision day":                     {"2016-02-27 14:35", "", "day", "", day("2016-02-27T00:00:00+02:00", "2016-02-28T00:00:00+02:00")},
		"precision week, Monday to Sunday":  {"2016-02-27", "", "week", "", day("2016-02-22T00:00:00+02:00", "2016-02-29T00:00:00+02:00")},
		"a Sunday ends its week":            {"2016-02-28", "", "week", "", day("2016-02-22T00:00:00+02:00", "2016-02-29T00:00:00+02:00")},
		"precision month over the change":   {"2016-03-31", "", "month", "", day("2016-03-01T00:00:00+02:00", "2016-04-01T00:00:00+03:00")},
		"the end is not included":           {"2016-02-27", "2016-02-29", "", "", day("2016-02-27T00:00:00+02:00", "2016-02-29T00:00:00+02:00")},
		"a day added by the calendar":       {"2016-03-24", "2016-03-24 + 1 day", "", "", day("2016-03-24T00:00:00+02:00", "2016-03-25T01:00:00+03:00")},
		"hours added as they pass":          {"2016-03-24", "2016-03-24 + 24 hours", "", "", day("2016-03-24T00:00:00+02:00", "2016-03-25T01:00:00+03:00")},
		"27 hours over the change":          {"2016-03-24", "2016-03-24 + 27 hours", "", "", day("2016-03-24T00:00:00+02:00", "2016-03-25T04:00:00+03:00")},
		"another zone in its column":        {"2016-07-01 12:00", "", "", "Europe/Zurich", day("2016-07-01T12:00:00+02:00", "2016-07-01T12:01:00+02:00")},
		"a zone after the time":             {"2016-02-27 00:30 Europe/Moscow", "", "", "", day("2016-02-27T00:30:00+03:00", "2016-02-27T00:31:00+03:00")},
		"an offset":                         {"2016-02-26T22:00Z", "", "", "", day("2016-02-26T22:00:00Z", "2016-02-26T22:01:00Z")},
		"the day of an offset is the place": {"2016-02-26T23:00Z", "", "day", "", day("2016-02-27T00:00:00+02:00", "2016-02-28T00:00:00+02:00")},
		"a time that occurs twice is both": {"2016-10-27 23:30", "", "", "", [][2]string{
			{"2016-10-27T23:30:00+03:00", "2016-10-27T23:31:00+03:00"}, {"2016-10-27T23:30:00+02:00", "2016-10-27T23:31:00+02:00"}}},
		"an end that occurs twice is the later": {"2016-10-27 22:00", "2016-10-27 23:30", "", "", day("2016-10-27T22:00:00+03:00", "2016-10-27T23:30:00+02:00")},
	} {
		t.Run(name, func(t *testing.T) {
			e := one(t, "id,from,to,precision,zone", strings.Join([]string{"X", c.from, c.to, c.precision, c.zone}, ",")).Elements[0]
			var want []truce.When
			for _, w := range c.want {
				want = append(want, truce.When{From: at(t, w[0]), To: at(t, w[1])})
			}
			if d := cmp.Diff(want, e.When); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestJointListsMakeElements(t *testing.T) {
	e := one(t, "id,from,act,by,against", "X,,attack,a + b|c,d + e").Elements
	var got []string
	for _, x := range e {
		got = append(got, fmt.Sprint(x.ID, x.Incident, x.By, x.Against))
	}
	want := []string{"X/1X[a] [d]", "X/2X[a] [e]", "X/3X[b c] [d]", "X/4X[b c] [e]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNames(t *testing.T) {
	o := damascus(t)
	var asked []string
	o.Names = func(name string, at time.Time) []string {
		asked = append(asked, name+at.Format(" 2006-01-02"))
		return map[string][]string{"Nusra": {"nusra"}, "the rebels": {"a", "b"}}[name]
	}
	o.Unmatched = intake.Unmatched{}
	in := "id,from,by,against\n1,2016-02-27,Nusra|the rebels,nobody\n2,,Somebody,?kept\n3,,Somebody,Other\n"
	reports, _ := readAll(t, "r.csv", strings.NewReader(in), o)
	got := [][]string{reports[0].Elements[0].By, reports[0].Elements[0].Against, reports[1].Elements[0].By, reports[1].Elements[0].Against}
	if d := cmp.Diff([][]string{{"nusra", "a", "b"}, {"nobody"}, {"?Somebody"}, {"?kept"}}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Somebody", "Other"}, o.Unmatched.Names()); d != "" || o.Unmatched["Somebody"] != 2 {
		t.Error(d, o.Unmatched)
	}
	if asked[0] != "Nusra 2016-02-27" || asked[2] != "Somebody 0001-01-01" {
		t.Error("names are asked for on the day:", asked)
	}
}

func TestBadRows(t *testing.T) {
	for name, c := range map[string]struct{ header, row, field, value, want string }{
		"latitude 95":                 {"id,from,lat,lon,within", "X,,95,36,10", "lat", "95", "-90 to 90"},
		"longitude 200":               {"id,from,lat,lon,within", "X,,33,200,10", "lon", "200", "-180 to 180"},
		"latitude is not a number":    {"id,from,lat,lon,within", `X,,"33,5",36,10`, "lat", "33,5", "degrees"},
		"NaN":                         {"id,from,lat,lon,within", "X,,NaN,36,10", "lat", "NaN", "degrees"},
		"infinite radius":             {"id,from,lat,lon,within", "X,,33,36,Inf", "within", "Inf", "metres"},
		"negative radius":             {"id,from,lat,lon,within", "X,,33,36,-1", "within", "-1", "metres"},
		"naked point":                 {"id,from,lat,lon,within", "X,,33,36,", "within", "", "a point alone"},
		"radius without a point":      {"id,from,lat,lon,within", "X,,,,10", "lat", "", "degrees"},
		"area and point":              {"id,from,area,lat,lon,within", "X,,SY02,33,36,10", "area", "SY02", "one or the other"},
		"bearing over 360":            {"id,from,lat,lon,within,bearing,range", "X,,33,36,10,30-400,1-2", "bearing", "30-400", "0 to 360"},
		"range the wrong way":         {"id,from,lat,lon,within,bearing,range", "X,,33,36,10,30-40,5000-2000", "range", "5000-2000", "nearest and farthest"},
		"sector without range":        {"id,from,lat,lon,within,bearing,range", "X,,33,36,10,30-40,", "range", "", "nearest and farthest"},
		"inverted interval":           {"id,from,to", "X,2016-02-28,2016-02-27", "to", "2016-02-27", "not before from"},
		"end without start":           {"id,from,to", "X,,2016-02-27", "from", "", "both empty"},
		"an hour that was jumped":     {"id,from", "X,2016-03-25 00:30", "from", "2016-03-25 00:30", "jumped"},
		"a month 13":                  {"id,from", "X,2016-13-01", "from", "2016-13-01", "2016-02-27"},
		"the 30th of February":        {"id,from", "X,2016-02-30", "from", "2016-02-30", "2016-02-27"},
		"a date the local way":        {"id,from", "X,27/02/2016", "from", "27/02/2016", "2016-02-27"},
		"no such zone":                {"id,from,zone", "X,2016-02-27,Asia/Atlantis", "zone", "Asia/Atlantis", "IANA"},
		"the machine's zone":          {"id,from,zone", "X,2016-02-27,Local", "zone", "Local", "IANA"},
		"precision word":              {"id,from,precision", "X,2016-02-27,fortnight", "precision", "fortnight", "week"},
		"finer than written":          {"id,from,precision", "X,2016-02-27,minute", "from", "2016-02-27", "coarser"},
		"precision beside an end":     {"id,from,to,precision", "X,2016-02-27,2016-02-28,day", "precision", "day", "only where to is empty"},
		"low above high":              {"id,from,killed_low,killed_high", "X,,5,2", "killed_high", "2", "not below 5"},
		"half a range":                {"id,from,killed_low,killed_high", "X,,5,", "killed_high", "", "both"},
		"two and a half dead":         {"id,from,killed_low,killed_high", "X,,2.5,3", "killed_low", "2.5", "whole number"},
		"negative dead":               {"id,from,killed_low,killed_high", "X,,-1,3", "killed_low", "-1", "0 or more"},
		"hexadecimal":                 {"id,from,number_low,number_high", "X,,0x10,17", "number_low", "0x10", "a number"},
		"unknown act":                 {"id,from,act", "X,,shellling", "act", "shellling", `perhaps "shelling"`},
		"unknown means":               {"id,from,means", "X,,mortr", "means", "mortr", `perhaps "mortar"`},
		"a calibre that is no number": {"id,from,means", "X,,artillery(calibre=big)", "means", "artillery(calibre=big)", "100..152"},
		"means without a bracket":     {"id,from,means", "X,,artillery(calibre=1", "means", "artillery(calibre=1", "calibre"},
		"fact without a value":        {"id,from,facts", "X,,response", "facts", "response", "response=immediate"},
		"fact the wrong way":          {"id,from,facts", "X,,delay=5..3", "facts", "delay=5..3", "not below 5"},
		"said without a source":       {"id,from,said", "X,,place: west", "said", "place: west", "SOHR"},
		"maybe":                       {"id,from,mutual", "X,,maybe", "mutual", "maybe", "yes or no"},
		"status":                      {"id,from,status", "X,,withdrawn", "status", "withdrawn", "retracted"},
		"no id":                       {"id,from", ",2016-02-27", "id", "", "identifier"},
		"too few fields":              {"id,from,to", "X,2016-02-27", "", "", "3 fields"},
		"too many fields":             {"id,from", "X,2016-02-27,1", "", "", "2 fields"},
	} {
		t.Run(name, func(t *testing.T) {
			reports, bad := readAll(t, "r.csv", strings.NewReader(c.header+"\n"+c.row+"\n"+strings.Repeat(",", strings.Count(c.header, ","))+"\n"), damascus(t))
			if len(bad) != 2 || len(reports) > 0 { // the second is the row of nothing, which has no id
				t.Fatalf("%d reports, set aside %v", len(reports), bad)
			}
			b := bad[0]
			if b.Line != 2 || b.Field != c.field || b.Value != c.value || !strings.Contains(b.Want, c.want) || b.Raw != c.row {
				t.Errorf("line %d field %q value %q want %q raw %q", b.Line, b.Field, b.Value, b.Want, b.Raw)
			}
		})
	}
}

func TestNoZoneWhereOneIsNeeded(t *testing.T) {
	in := "id,from,zone\n1,2016-02-27,\n2,2016-02-27,Asia/Damascus\n3,2016-02-26T22:00Z,\n4,,\n"
	reports, bad := readAll(t, "r.csv", strings.NewReader(in), intake.Options{})
	if len(reports) != 3 || len(bad) != 1 || bad[0].Problem.Code != "no-zone" || bad[0].Line != 2 {
		t.Error(len(reports), bad)
	}
}

func TestRepeatedIdentifiers(t *testing.T) {
	in := "id,from,by\nX,,a\nX,,b\nY,,a + b\nY/2,,c\n"
	reports, bad := readAll(t, "r.csv", strings.NewReader(in), intake.Options{})
	if len(reports) != 2 || len(bad) != 2 || bad[0].Line != 3 || bad[1].Value != "Y/2" || !strings.Contains(bad[0].Problem.Msg, "line 2") {
		t.Error(len(reports), bad)
	}
}

func TestDamagedCSV(t *testing.T) {
	ids := func(in string) (good []string, aside []int, err error) {
		for r, e := range intake.Read("r.csv", strings.NewReader(in), intake.Options{}) {
			var row *intake.RowError
			switch {
			case errors.As(e, &row):
				aside = append(aside, row.Line)
			case e != nil:
				err = e
			default:
				good = append(good, r.ID)
			}
		}
		return good, aside, err
	}
	for name, c := range map[string]struct {
		in    string
		good  []string
		aside []int
		ends  bool
	}{
		"quoted line breaks and quotes":             {"id,from,text\n1,,\"a\r\nb \"\"c\"\", d\"\n2,,x\n", []string{"1", "2"}, nil, false},
		"half quote, good rows after":               {"id,from,text\n1,,\"half\n2,,x\n3,,y\n", []string{"2", "3"}, []int{2}, false},
		"half quote, closed by the next quoted row": {"id,from,text\n1,,\"half\n2,,x\n3,,\"y\"\n4,,z\n", []string{"2", "3", "4"}, []int{2}, false},
		"half quote, then a row of several lines":   {"id,from,text\n1,,\"half\n2,,\"x\nx\"\n3,,z\n", []string{"2", "3"}, []int{2}, false},
		"quote in the middle of a field":            {"id,from,text\n1,,5\" gun\n2,,x\n", []string{"2"}, []int{2}, false},
		"text after a quote":                        {"id,from,text\n1,,\"a\" b\n2,,x\n", []string{"2"}, []int{2}, false},
		"a row of several lines and too few fields": {"id,from,text\n1,\"a\nb\"\n2,,x\n", []string{"2"}, []int{2}, false},
		"cut inside quotes":                         {"id,from,text\n1,,x\n2,,\"cut", []string{"1"}, nil, true},
		"blank lines":                               {"\nid,from,text\n\n1,,x\n\n", []string{"1"}, nil, false},
		"no line end at the end":                    {"id,from,text\n1,,x", []string{"1"}, nil, false},
		"semicolons":                                {"id;from;text\n1;;\"a;b, c\"\n", []string{"1"}, nil, false},
		"tabs":                                      {"id\tfrom\ttext\n1\t\tx\n", []string{"1"}, nil, false},
		"HXL tags below the header":                 {"id,from,text\n#event+id,#date+occurred,\n1,,x\n", []string{"1"}, nil, false},
		"a column of one's own":                     {"id,from,x_note\n1,,x\n", []string{"1"}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			good, aside, err := ids(c.in)
			if d := cmp.Diff(c.good, good) + cmp.Diff(c.aside, aside); d != "" || (err != nil) != c.ends {
				t.Error(d, err)
			}
		})
	}
}

func TestManyDamagedLinesTakeNoLonger(t *testing.T) {
	const n = 100_000
	in := "id,from,text\n0,,\"half\n" + strings.Repeat("\"x\"y,,\n", n) + "1,,z\n"
	reports, bad := readAll(t, "r.csv", strings.NewReader(in), intake.Options{})
	if len(reports) != 1 || len(bad) < n {
		t.Error(len(reports), len(bad))
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, "id,from,text\n")
	for i := range 5000 {
		fmt.Fprintf(w, "%d,2016-02-27,%x\n", i, i*i*7919)
	}
	w.Close()
	for name, c := range map[string]struct{ file, in, want string }{
		"missing column":        {"r.csv", "id,when\n1,x\n", "no column"},
		"missing from":          {"r.csv", "id,act\n1,x\n", `"from" is missing`},
		"misspelt column":       {"r.csv", "id,from,killed_lo\n1,,x\n", `did you mean "killed_low"`},
		"column twice":          {"r.csv", "id,from,id\n1,,1\n", "stands twice"},
		"empty":                 {"r.csv", "", "empty"},
		"not UTF-8":             {"r.csv", "id,from\n1,\n\xe1\xe2,\n", "r.csv:3: the text is not UTF-8"},
		"gzip cut off":          {"r.csv.gz", z.String()[:z.Len()/2], "cut off"},
		"gzip damaged":          {"r.csv.gz", "\x1f\x8bxxxxxxxxxxxxxxxxxxx", "cannot be read"},
		"lines cut off":         {"r.ndjson", `{"id":"1"}` + "\n" + `{"id":"2","act`, "ends in the middle"},
		"GeoJSON cut off":       {"r.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature"`, "cut off"},
		"GeoJSON of nothing":    {"r.geojson", `{"type":"Feature"}`, "no features"},
		"GeoJSON not a map":     {"r.geojson", `[]`, "expected"},
		"not a workbook":        {"r.xlsx", "id,from\n1,\n", "not a workbook"},
		"workbook cut off":      {"r.xlsx", "PK\x03\x04xxxx", "cannot be opened"},
		"a quote in the header": {"r.csv", "id,fr\"om\n1,\n", "header"},
	} {
		t.Run(name, func(t *testing.T) {
			var last error
			for _, err := range intake.Read(c.file, strings.NewReader(c.in), damascus(t)) {
				last = err
			}
			var row *intake.RowError
			if last == nil || errors.As(last, &row) || !strings.Contains(last.Error(), c.want) {
				t.Errorf("%v; want %q", last, c.want)
			}
			var known *truce.Error
			if !errors.As(last, &known) || known.Kind != truce.Invalid {
				t.Errorf("%T is no invalid input", last)
			}
		})
	}
}

// endless yields a good header, then one line of n bytes, then a good row.
func endless(n int) io.Reader {
	return io.MultiReader(strings.NewReader("id,from\n1,\n"), io.LimitReader(zeros{}, int64(n)), strings.NewReader("\n2,\n"))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestALineWithoutEndIsNotKept(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	o := intake.Options{MaxLine: 1 << 20}
	reports, bad := readAll(t, "r.csv", endless(128<<20), o)
	runtime.ReadMemStats(&after)
	if len(reports) != 2 || len(bad) != 1 || bad[0].Line != 3 || len(bad[0].Raw) > 2048 {
		t.Error(len(reports), len(bad))
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated for a line of 128 MiB", used)
	}
}

func TestEncodings(t *testing.T) {
	const in = "id,from,title\nX,,حلب\n"
	wide := func(order func(uint16) []byte) string {
		out := order(0xfeff)
		for _, u := range utf16.Encode([]rune(in)) {
			out = append(out, order(u)...)
		}
		return string(out)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, "\ufeff"+in)
	w.Close()
	for name, text := range map[string]string{
		"UTF-8": in, "UTF-8 with mark": "\ufeff" + in, "gzip by its bytes": z.String(),
		"UTF-16 little": wide(func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} }),
		"UTF-16 big":    wide(func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} }),
	} {
		reports, bad := readAll(t, "-", strings.NewReader(text), intake.Options{})
		if len(bad) > 0 || len(reports) != 1 || reports[0].Elements[0].Title != "حلب" {
			t.Error(name, reports, bad)
		}
	}
}

func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	book := workbook(t, []any{"id", "from", "to", "killed_low", "killed_high"},
		[]any{"1", time.Date(2016, 2, 27, 0, 0, 0, 0, time.UTC), time.Date(2016, 2, 27, 14, 30, 0, 0, time.UTC), 2, 3},
		[]any{}, []any{"2", "2016-02-27", "", 5, 2}, []any{3, "2016-03-01"}, []any{"4", "", "", 1, 1, "stray"})
	reports, bad := readAll(t, "r.xlsx", bytes.NewReader(book), damascus(t))
	if len(reports) != 2 || len(bad) != 2 || bad[0].Line != 4 || bad[0].Field != "killed_high" || bad[1].Line != 6 {
		t.Fatal(reports, bad)
	}
	w := reports[0].Elements[0].When[0]
	if !w.From.Equal(at(t, "2016-02-27T00:00:00+02:00")) || !w.To.Equal(at(t, "2016-02-27T14:30:00+02:00")) {
		t.Error("cells with dates:", w)
	}
	if reports[1].ID != "3" || reports[1].At != "r.xlsx:5" {
		t.Error(reports[1])
	}
	if _, bad := readAll(t, "-", bytes.NewReader(book), damascus(t)); len(bad) != 2 {
		t.Error("a workbook is known by its bytes")
	}
}

func TestSetAside(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "aside.csv")
	s := intake.NewSetAside(path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("no bad row, no file:", err)
	}
	_, bad := readAll(t, "r.csv", strings.NewReader("id,from,lat,lon,within\nX,,95,36,\"1,0\"\n"), intake.Options{})
	for _, b := range bad {
		if err := s.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("nothing has this name before it is whole")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	want := "file,line,field,value,expected,message,raw\n" +
		`r.csv,2,within,"1,0","a radius in metres, 0 or more, with every lat and lon: a point alone does not say how well it is known","""1,0"" does not fit","X,,95,36,""1,0"""` + "\n"
	if d := cmp.Diff(want, string(got)); d != "" || err != nil || s.Count() != 1 {
		t.Error(d, err)
	}
	again := intake.NewSetAside(path)
	again.Add(bad[0])
	again.Discard()
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Error("a file was left behind:", left)
	}
}

func TestReadingStopsWhenAsked(t *testing.T) {
	for _, name := range []string{"r.csv", "r.ndjson", "r.geojson"} {
		in := map[string]string{"r.csv": "id,from\n1,\n2,\n", "r.ndjson": "{\"id\":\"1\"}\n{\"id\":\"2\"}\n",
			"r.geojson": `{"features":[{"id":1,"properties":{}},{"id":2,"properties":{}}]}`}[name]
		for r, err := range intake.Read(name, strings.NewReader(in), intake.Options{}) {
			if err != nil || r.ID != "1" {
				t.Fatal(name, r, err)
			}
			break
		}
	}
}
