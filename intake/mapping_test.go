package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/intake"
	"truce/mappings"
)

func TestMapping(t *testing.T) {
	m := parse(t, `
mapping: test
zone: Asia/Damascus
dates: ["02.01.2006", "2 January 2006"]
separator: ";"
optional: [extra]
sum: {total: total, parts: [a, b], of: number}
fields:
  id: "t-{id}"
  by: {column: who, split: ",", map: {Army: army, Navy: navy}, otherwise: "{}"}
  against: {column: who, split: ",", map: {Army: rebels}, otherwise: "", join: " + "}
  act: shelling
  number_low: "{total}"
  number_high: "{total}"
  said: {column: who, split: ",", each: "by: {} = {src}", join: "; "}
  text: "{extra}"
cases:
  time:
    - {when: {day: "*", prec: ["1", ""]}, from: "{day}"}
    - {when: {prec: "2"}, from: "{day} - 1 day", to: "{day} + 2 days"}
  place:
    - {when: {level: "1"}, area: {column: name, level: 1, map: {Haleb: Aleppo}, otherwise: "{}"}}
    - {when: {level: ["1", "2"]}, place: "{name}"}
`)
	in := `id;day;prec;level;name;who;src;total;a;b
1;27.02.2016;1;1;Haleb;Army,Navy;S;15;11;3
2;27 February 2016;2;1;Nowhere;Air;S;14;11;3
3;27.02.2016;3;1;Haleb;Army;S;1;1;0
4;27-02-2016;1;1;Haleb;Army;S;1;1;0
`
	var warned []string
	o := intake.Options{Mapping: m, Warn: func(p truce.Problem) { warned = append(warned, p.String()) },
		Area: func(name string, level int) (string, bool) {
			return "SY02", name == "Aleppo" && level == 1
		}}
	reports, bad := readAll(t, "r.csv", strings.NewReader(in), o)
	if len(reports) != 2 || len(bad) != 2 {
		t.Fatal(reports, bad)
	}
	e, f := reports[0].Elements[0], reports[1].Elements[0]
	got := []any{e.ID, e.By, e.Against, e.Where, e.Said[1], e.Conflict, *e.Number, f.When, f.Where, f.Conflict}
	want := []any{"t-1", []string{"army", "navy"}, []string{"rebels"}, []truce.Place{{Form: "area", Area: "SY02"}},
		truce.Said{Fact: "by", Value: "Navy", Source: "S"}, []string{"number"}, truce.Range{Low: 15, High: 15},
		[]truce.When{{From: at(t, "2016-02-26T00:00:00+02:00"), To: at(t, "2016-02-29T00:00:00+02:00")}},
		[]truce.Place{{Name: "Nowhere"}}, []string(nil)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "r.csv:2: total: the total 15 does not fit its parts, which add to 14") {
		t.Error(warned)
	}
	for i, want := range []string{`4 prec 3 "one of \"\", \"1\", \"2\""`, `5 day 27-02-2016 "a time`} {
		if got := fmt.Sprintf("%d %s %s %q", bad[i].Line, bad[i].Field, bad[i].Value, bad[i].Want); !strings.HasPrefix(got, want) {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

func TestTheWrongMapping(t *testing.T) {
	for _, err := range intake.Read("r.csv", strings.NewReader("a,b\n1,2\n"), intake.Options{Mapping: builtin(t, "ucdp-ged")}) {
		if err == nil || !strings.Contains(err.Error(), "adm_1, adm_2, best") {
			t.Error(err)
		}
	}
	for _, err := range intake.Read("r.ndjson", strings.NewReader("{}\n"), intake.Options{Mapping: builtin(t, "acled")}) {
		if err == nil || !strings.Contains(err.Error(), "a mapping needs a table") {
			t.Error(err)
		}
	}
}

func TestBadMappings(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not YAML":          {"a: [", "yaml"},
		"nothing":           {"", "yaml"},
		"a list":            {"[1]", "keys with values"},
		"no name":           {"fields: {id: x}", "mapping: a name"},
		"no id":             {"mapping: x", "nothing fills id"},
		"misspelt key":      {"mapping: x\nfeilds: {}\nfields: {id: x}", `m.yaml:2:1: no key "feilds" is known here; expected perhaps "fields"`},
		"misspelt column":   {"mapping: x\nfields: {id: x, killed_lo: y}", `perhaps "killed_low"`},
		"key twice":         {"mapping: x\nmapping: y\nfields: {id: x}", "twice"},
		"open brace":        {"mapping: x\nfields: {id: \"{a\"}", "never closed"},
		"no column":         {"mapping: x\nfields: {id: {map: {a: b}}}", "no column is named"},
		"bad zone":          {"mapping: x\nzone: Here\nfields: {id: x}", "IANA"},
		"bad separator":     {"mapping: x\nseparator: ab\nfields: {id: x}", "one character"},
		"bad dates":         {"mapping: x\ndates: DD.MM.YYYY\nfields: {id: x}", "02.01.2006"},
		"level of no area":  {"mapping: x\nfields: {id: {column: a, level: 1}}", "in area"},
		"sum without parts": {"mapping: x\nfields: {id: x}\nsum: {total: a}", "parts"},
		"cases no list":     {"mapping: x\nfields: {id: x}\ncases: {a: b}", "a list of cases"},
		"an alias":          {"mapping: &a x\ntitle: *a\nfields: {id: x}", "a text"},
	} {
		t.Run(name, func(t *testing.T) {
			m, ps := intake.ParseMapping("m.yaml", []byte(c.text))
			if m != nil || !strings.Contains(ps.Error(), c.want) {
				t.Errorf("%v", ps)
			}
		})
	}
}

func TestShippedMappingsAreSound(t *testing.T) {
	if d := cmp.Diff([]string{"acled", "airwars", "ucdp-ged"}, mappings.Names()); d != "" {
		t.Error(d)
	}
	for _, name := range mappings.Names() {
		if m := builtin(t, name); m.Name != name || m.Cite == "" {
			t.Errorf("%s calls itself %q", name, m.Name)
		}
	}
}

// The rows are made up; ACLED's own data are not ours to keep.
func TestACLED(t *testing.T) {
	in := `event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,assoc_actor_1,actor2,assoc_actor_2,inter1,civilian_targeting,country,admin1,admin2,location,latitude,longitude,geo_precision,source,notes,fatalities
SYR1,27 February 2016,1,Battles,Armed clash,Army,,Group,,1,,Syria,Hama,,Town,35.1,36.7,1,Press; Radio,Made up.,3
SYR2,2016-02-28,2,Battles,Government regains territory,Army,Militia,Group,,1,,Syria,Hama,Masyaf,Village,35.1,36.7,2,Press,Made up.,0
SYR3,2016-02-15,3,Explosions/Remote violence,Air/drone strike,Army,,,,1,Civilian targeting,Syria,Hama,,Province,35.1,36.7,3,Press,Made up.,1
SYR4,2016-02-15,1,Battles,Duel,Army,,,,1,,Syria,Hama,,Province,35.1,36.7,3,Press,Made up.,1
`
	o := damascus(t)
	o.Mapping = builtin(t, "acled")
	o.Area = func(name string, level int) (string, bool) { return strings.ToUpper(name), true }
	reports, bad := readAll(t, "a.csv", strings.NewReader(in), o)
	if len(reports) != 3 || len(bad) != 1 || bad[0].Field != "sub_event_type" || bad[0].Value != "Duel" {
		t.Fatal(reports, bad)
	}
	one, two, three := reports[0].Elements[0], reports[1], reports[2].Elements[0]
	got := []any{one.Acts, one.Mutual, one.Where[0].Within, one.Sources, len(two.Elements), two.Elements[1].Acts, two.Elements[0].Where[0].Area,
		two.Text, two.Elements[0].When[0], three.Acts, three.Against, three.Where[0].Area, three.When[0]}
	want := []any{[]string{"armed-clash"}, true, 5000.0, []string{"Press", "Radio"}, 2, []string{"gain-ground"}, "MASYAF",
		"Made up. (Associated with the first actor: Militia.)", truce.When{From: at(t, "2016-02-22T00:00:00+02:00"), To: at(t, "2016-03-06T00:00:00+02:00")},
		[]string{"air-strike", "drone-strike"}, []string{"civilians"}, "HAMA", truce.When{From: at(t, "2016-02-01T00:00:00+02:00"), To: at(t, "2016-03-01T00:00:00+02:00")}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCheckSum(t *testing.T) {
	exact := func(x float64) truce.Range { return truce.Range{Low: x, High: x} }
	for name, c := range map[string]struct {
		total truce.Range
		parts []truce.Range
		gap   truce.Range
		ok    bool
	}{
		"C025, fifteen against eleven and three": {exact(15), []truce.Range{exact(11), exact(1), exact(1), exact(1)}, exact(1), false},
		"fourteen":                               {exact(14), []truce.Range{exact(11), exact(1), exact(1), exact(1)}, exact(0), true},
		"parts come to more":                     {exact(5), []truce.Range{exact(4), exact(4)}, exact(-3), false},
		"ranges that may":                        {truce.Range{Low: 10, High: 12}, []truce.Range{{Low: 3, High: 6}, {Low: 4, High: 5}}, truce.Range{Low: -1, High: 5}, true},
		"ranges that cannot":                     {truce.Range{Low: 20, High: 22}, []truce.Range{{Low: 3, High: 6}, {Low: 4, High: 5}}, truce.Range{Low: 9, High: 15}, false},
		"no parts":                               {exact(1), nil, exact(1), false},
	} {
		gap, ok := intake.CheckSum(c.total, c.parts)
		if gap != c.gap || ok != c.ok {
			t.Errorf("%s: %v %v", name, gap, ok)
		}
	}
}
