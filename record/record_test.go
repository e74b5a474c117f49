package record

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
	"truce/ledger"
)

// state is rows as they stand, folded from entries.
type state struct {
	rows map[[2]string]truce.Row
	n    int64
}

func begin() *state { return &state{rows: map[[2]string]truce.Row{}} }

func fields(t testing.TB, v map[string]any) ledger.Fields {
	t.Helper()
	f := ledger.NewFields([16]byte{1})
	for name, x := range v {
		if err := f.Set(name, x); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (s *state) entry(kind string, f ledger.Fields) *ledger.Entry {
	return &ledger.Entry{Kind: kind, At: time.Date(2016, 8, 27, 18, 0, int(s.n), 0, time.UTC), Fields: f}
}

// take folds one entry in, or returns why not.
func (s *state) take(e *ledger.Entry) error {
	rows, err := Fold(func(kind, id string) (truce.Row, bool, error) {
		r, ok := s.rows[[2]string{kind, id}]
		return r, ok, nil
	}, s.n, e)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Body == nil {
			delete(s.rows, [2]string{r.Kind, r.ID})
		} else {
			s.rows[[2]string{r.Kind, r.ID}] = r
		}
	}
	s.n++
	return nil
}

func (s *state) must(t testing.TB, kind string, v map[string]any) {
	t.Helper()
	f := fields(t, v)
	if p := Check(kind, f); p != nil {
		t.Fatalf("%s: %v", kind, p)
	}
	if err := s.take(s.entry(kind, f)); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
}

// get is one value of a row.
func (s *state) get(kind, id, name string) any {
	var b map[string]any
	if json.Unmarshal(s.rows[[2]string{kind, id}].Body, &b) != nil {
		return nil
	}
	return b[name]
}

func element(id string) map[string]any {
	return map[string]any{"id": id, "when": []any{map[string]any{"from": "2016-08-27T12:00:00Z", "to": "2016-08-27T13:00:00Z"}}, "title": "shelling at " + id}
}

func received(id string, elements ...string) map[string]any {
	var es []any
	for _, e := range elements {
		es = append(es, element(e))
	}
	return map[string]any{"id": id, "elements": es, "text": "heard " + id, "source": "S-1", "author": "amal", "mark": "TLP:AMBER"}
}

func (s *state) bodies(kinds ...string) map[string]string {
	out := map[string]string{}
	for key, r := range s.rows {
		if slices.Contains(kinds, key[0]) {
			var b map[string]json.RawMessage
			if json.Unmarshal(r.Body, &b) != nil {
				continue
			}
			delete(b, "entry")
			delete(b, "recorded")
			delete(b, "reason")
			delete(b, "author")
			text, _ := json.Marshal(b)
			out[key[0]+"/"+key[1]] = r.Parent + " " + string(text)
		}
	}
	return out
}

func TestAReportMakesItsElements(t *testing.T) {
	s := begin()
	s.must(t, "report.received", received("R1", "R1/1", "R1/2"))
	if diff := cmp.Diff([]any{"R1/1", "R1/2"}, s.get("report", "R1", "elements")); diff != "" {
		t.Error(diff)
	}
	row := s.rows[[2]string{"element", "R1/2"}]
	if row.Label != "TLP:AMBER" || row.Sort != "2016-08-27T12:00:00.000Z" || row.Text != "shelling at R1/2" || s.get("element", "R1/2", "report") != "R1" {
		t.Errorf("%+v", row)
	}
}

func TestNothingIsEditedInPlace(t *testing.T) {
	for _, c := range []struct {
		name string
		kind string
		v    map[string]any
		want truce.Kind
	}{
		{"a second report of that name", "report.received", received("R1", "R9/1"), truce.Conflict},
		{"another report's element", "report.received", received("R2", "R1/1"), truce.Conflict},
		{"an incident of elements nobody reported", "incident.opened", map[string]any{"id": "I", "members": []string{"nowhere"}}, truce.Absent},
		{"a join to no incident", "incident.joined", map[string]any{"id": "I", "members": []string{"R1/1"}, "reason": "same"}, truce.Absent},
		{"an assessment of no element", "element.assessed", map[string]any{"element": "X", "changes": map[string]any{}, "reason": "saw it"}, truce.Absent},
		{"a correction of no report", "report.corrected", map[string]any{"id": "R7", "elements": []any{}, "reason": "typo"}, truce.Absent},
		{"a finding by one person", "finding.signed", map[string]any{"id": "F", "incident": "I", "body": "mission", "standard": "verified", "statement": "so"}, truce.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin()
			s.must(t, "report.received", received("R1", "R1/1"))
			before := s.bodies("report", "element", "incident")
			err := s.take(s.entry(c.kind, fields(t, c.v)))
			var e *truce.Error
			if !errors.As(err, &e) || e.Kind != c.want {
				t.Errorf("got %v, want kind %d", err, c.want)
			}
			if diff := cmp.Diff(before, s.bodies("report", "element", "incident")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARetractedReportStaysReadable(t *testing.T) {
	s := begin()
	s.must(t, "report.received", received("R1", "R1/1", "R1/2"))
	s.must(t, "report.retracted", map[string]any{"id": "R1", "reason": "it was thunder"})
	for _, id := range []string{"R1/1", "R1/2"} {
		if s.get("element", id, "status") != "retracted" {
			t.Errorf("%s: %v", id, s.get("element", id, "status"))
		}
	}
	if s.get("report", "R1", "text") != "heard R1" || s.get("report", "R1", "reason") != "it was thunder" {
		t.Error("the words or the reason are gone")
	}
}

func TestACorrectionKeepsIncidentsAndEndsWhatItDrops(t *testing.T) {
	s := begin()
	s.must(t, "report.received", received("R1", "R1/1", "R1/2"))
	s.must(t, "incident.opened", map[string]any{"id": "I1", "members": []string{"R1/1"}})
	s.must(t, "report.corrected", map[string]any{"id": "R1", "elements": []any{element("R1/1")}, "reason": "one blast, not two"})
	if s.get("element", "R1/1", "incident") != "I1" {
		t.Error("the correction tore an element out of its incident")
	}
	if _, ok := s.rows[[2]string{"element", "R1/2"}]; ok {
		t.Error("an element that is no longer told of is still there")
	}
	if s.get("report", "R1", "text") != "heard R1" {
		t.Error("the correction lost what it did not touch")
	}
}

// Joining and splitting are reversible (R-V1): a split puts everything back as it was.
func TestASplitUndoesAJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := begin()
		var all []string
		for i := range 6 {
			id := fmt.Sprintf("E%d", i)
			all = append(all, id)
			if err := s.take(s.entry("report.received", quick(received("R"+id, id)))); err != nil {
				t.Fatal(err)
			}
		}
		first := rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "first")
		if err := s.take(s.entry("incident.opened", quick(map[string]any{"id": "I", "members": first}))); err != nil {
			t.Fatal(err)
		}
		before := s.bodies("element", "incident")
		more := rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "more")
		more = slices.DeleteFunc(more, func(id string) bool { return slices.Contains(first, id) })
		if len(more) == 0 {
			return
		}
		for _, kind := range []string{"incident.joined", "incident.split"} {
			if err := s.take(s.entry(kind, quick(map[string]any{"id": "I", "members": more, "reason": "weighed again"}))); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(before, s.bodies("element", "incident")); diff != "" {
			t.Fatal(diff)
		}
	})
}

func quick(v map[string]any) ledger.Fields {
	f := ledger.NewFields([16]byte{2})
	for name, x := range v {
		if err := f.Set(name, x); err != nil {
			panic(err)
		}
	}
	return f
}

func TestRowsAreSortedByWhenItWasAndNotByHowThatIsWritten(t *testing.T) {
	s := begin()
	var ids []string
	for i, at := range []string{"2016-08-27T12:00:00+03:00", "2016-08-27T09:30:00Z", "2016-08-27T06:00:00-04:00"} {
		s.must(t, "contact.made", map[string]any{"with": "army", "at": at, "words": "hold fire"})
		ids = append(ids, fmt.Sprint(i))
	}
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b string) int {
		return strings.Compare(s.rows[[2]string{"contact", a}].Sort, s.rows[[2]string{"contact", b}].Sort)
	})
	if diff := cmp.Diff(ids, sorted); diff != "" {
		t.Error(diff)
	}
}

func TestAssessmentsStandBesideTheReport(t *testing.T) {
	s := begin()
	s.must(t, "report.received", received("R1", "R1/1"))
	s.must(t, "element.assessed", map[string]any{"element": "R1/1", "changes": map[string]any{"by": []string{"army"}}, "reason": "crater analysis"})
	if diff := cmp.Diff([]any{"army"}, s.get("element", "R1/1", "by")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"by": 1.0}, s.get("element", "R1/1", "assessed")); diff != "" {
		t.Error(diff)
	}
	s.must(t, "element.assessed", map[string]any{"element": "R1/1", "changes": map[string]any{"by": nil}, "reason": "the crater was older"})
	if s.get("element", "R1/1", "by") != nil {
		t.Error("what was taken back is not unknown again")
	}
}

func finding() map[string]any {
	return map[string]any{"id": "F1", "incident": "I1", "body": "mission", "standard": "reasonable-grounds", "statement": "the convoy was hit from the air", "mark": "TLP:AMBER"}
}

// The two-person rule (R-S4): another person, the same content, once.
func TestAFindingTakesTwoPeople(t *testing.T) {
	act := finding()
	delete(act, "mark")
	proposed := map[string]any{"do": "finding.signed", "act": act, "author": "amal", "mark": "TLP:AMBER"}
	confirmed := func(change func(map[string]any)) map[string]any {
		v := finding()
		v["author"], v["proposed"] = "boris", 0
		change(v)
		return v
	}
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		want   string
	}{
		{"by another", func(map[string]any) {}, ""},
		{"by the same person", func(v map[string]any) { v["author"] = "amal" }, "cannot confirm"},
		{"by nobody", func(v map[string]any) { delete(v, "author") }, "cannot confirm"},
		{"of other words", func(v map[string]any) { v["statement"] = "it was not" }, "something else"},
		{"with more in it", func(v map[string]any) { v["dissent"] = "one disagrees" }, "something else"},
		{"of a proposal that is none", func(v map[string]any) { v["proposed"] = 7 }, "no proposal 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin()
			s.must(t, "act.proposed", proposed)
			err := s.take(s.entry("finding.signed", fields(t, confirmed(c.change))))
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if s.get("proposal", "0", "confirmed_by") != "boris" {
					t.Error("the proposal does not say who confirmed it")
				}
				if err := s.take(s.entry("finding.signed", fields(t, confirmed(c.change)))); err == nil {
					t.Error("it was confirmed twice")
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Personal data can be destroyed: what is left still folds, and says what is gone.
func TestWhatIsDestroyedLeavesItsName(t *testing.T) {
	s := begin()
	f := fields(t, received("R1", "R1/1"))
	if err := s.take(s.entry("report.received", f.Withhold("text", "source"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"source", "text"}, s.get("report", "R1", "destroyed")); diff != "" {
		t.Error(diff)
	}
	if s.rows[[2]string{"report", "R1"}].Text != "" {
		t.Error("the search still finds destroyed words")
	}
}

func TestCheckNamesFieldAndExpectation(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		v          map[string]any
		want       string
	}{
		{"an unknown kind", "report.guessed", nil, `kind: "report.guessed" is no kind of entry`},
		{"a missing field", "report.received", map[string]any{"id": "R"}, "elements: report.received lacks elements; expected a list of elements, each with an id [missing-field]"},
		{"a field too many", "report.retracted", map[string]any{"id": "R", "reason": "x", "blame": "army"}, "blame: report.retracted has no field blame"},
		{"a latitude of 95", "coverage.logged", map[string]any{"valid": map[string]any{"from": "2016-08-27T00:00:00Z", "to": "2016-08-28T00:00:00Z"}, "where": map[string]any{"lat": 95, "lon": 36, "within": 10, "form": "disc"}}, "where: where is not what it should be; expected a place"},
		{"an inverted interval", "report.received", map[string]any{"id": "R", "elements": []any{map[string]any{"id": "E", "when": []any{map[string]any{"from": "2016-08-28T00:00:00Z", "to": "2016-08-27T00:00:00Z"}}}}}, "elements: elements is not what it should be"},
		{"a count upside down", "report.received", map[string]any{"id": "R", "elements": []any{map[string]any{"id": "E", "killed": map[string]any{"low": 5, "high": 2}}}}, "elements: elements is not"},
		{"a time without an offset", "contact.made", map[string]any{"with": "army", "at": "2016-08-27 18:00", "words": "asked to hold fire"}, "at: at is not what it should be; expected a time with its offset"},
		{"a word that is none of the standards", "finding.signed", map[string]any{"id": "F", "incident": "I", "body": "m", "standard": "sure", "statement": "s"}, "standard: standard is not what it should be; expected one of reasonable-grounds"},
		{"two lines in a name", "register.adopted", map[string]any{"name": "a\nb", "text": ""}, "name: name is not what it should be; expected one line of text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Check(c.kind, fields(t, c.v)).Error(); !strings.Contains(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

// Every field that an entry may have is described once, and every kind folds.
func TestEveryKindIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if !ledger.ValidKind(k.Name) || k.Words == "" || seen[k.Name] {
			t.Errorf("%+v", k)
		}
		seen[k.Name] = true
		for _, name := range slices.Concat(k.Needs, k.May, Always()) {
			if _, ok := shapes[name]; !ok {
				t.Errorf("%s: field %s has no shape", k.Name, name)
			}
			if !ledger.ValidField(name) {
				t.Errorf("%s: field %s cannot stand in an entry", k.Name, name)
			}
		}
		if k.ID != "" && !slices.Contains(slices.Concat(k.Needs, k.May), k.ID) {
			t.Errorf("%s is named by a field %s it does not have", k.Name, k.ID)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, k := range Kinds() {
		f.Add(k.Name, `{"id":"R1","elements":[{"id":"E"}],"members":["E"],"reason":"x","entry":0,"act":{},"do":"a.b"}`)
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		var v map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &v) != nil {
			t.Skip()
		}
		fs := ledger.NewFields([16]byte{3})
		for name, x := range v {
			if fs.Set(name, x) != nil {
				t.Skip()
			}
		}
		s := begin()
		if s.take(s.entry("report.received", quick(received("R1", "E")))) != nil {
			t.Fatal("the first entry does not fold")
		}
		if Check(kind, fs) != nil {
			return
		}
		_ = s.take(s.entry(kind, fs)) // no panic
		for key, r := range s.rows {
			if !json.Valid(r.Body) {
				t.Errorf("%v: %s", key, r.Body)
			}
		}
	})
}

var update = flag.Bool("update", false, "write the table of kinds into docs/entries.md")

// The table in the docs is made from the kinds, so that it cannot be wrong.
func TestTheTableOfKindsIsInTheDocs(t *testing.T) {
	const name, begin, end = "../docs/entries.md", "<!-- kinds -->\n", "<!-- end of kinds -->"
	var b strings.Builder
	b.WriteString("\n| kind | what happened | needs | may have |\n| --- | --- | --- | --- |\n")
	for _, k := range Kinds() {
		words := k.Words
		if k.Two {
			words += "; two people"
		}
		code := func(names []string) string {
			if names == nil {
				return ""
			}
			return "`" + strings.Join(names, "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Name, words, code(k.Needs), code(k.May))
	}
	b.WriteString("\n")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the places for the table are not there")
	}
	if *update {
		if err := os.WriteFile(name, []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), old); diff != "" {
		t.Errorf("go test ./record -run Docs -update\n%s", diff)
	}
}
