package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/access"
)

func TestPassagesCutATextWhereItsClausesBegin(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Passage
	}{
		"a head, two clauses and a tail": {"a: 1\nclauses:\n  - id: X\n    text: x\n\n  - id: Y\nz: 2\n",
			[]Passage{{"", 1, 2}, {"X", 3, 5}, {"Y", 6, 6}, {"", 7, 7}}},
		"comments belong to what stands under them": {"clauses:\n# of X\n- id: X\n\n# of Y\n# more\n- id: Y\n",
			[]Passage{{"", 1, 1}, {"X", 2, 4}, {"Y", 5, 7}}},
		"the dash alone":  {"clauses:\n  -\n    id: X\n", []Passage{{"", 1, 1}, {"X", 2, 3}}},
		"clauses first":   {"clauses:\n- text: x\n  id: X\nz: 1", []Passage{{"", 1, 1}, {"X", 2, 3}, {"", 4, 4}}},
		"on one line":     {"clauses: [{id: X}, {id: Y}]\n", []Passage{{"", 1, 1}}},
		"no YAML":         {"a: [\nb", []Passage{{"", 1, 2}}},
		"no clauses":      {"a: 1", []Passage{{"", 1, 1}}},
		"nothing":         {"", []Passage{{"", 1, 1}}},
		"clauses no list": {"clauses: 3\nb: 4\n", []Passage{{"", 1, 2}}},
	} {
		if diff := cmp.Diff(c.want, Passages(c.text)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// covered fails unless every line is in one passage.
func covered(t *testing.T, name, text string, list []Passage) {
	t.Helper()
	next := 1
	for _, p := range list {
		if p.From != next || p.To < p.From {
			t.Errorf("%s: %v does not begin at %d", name, p, next)
		}
		next = p.To + 1
	}
	if want := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 2; next != want {
		t.Errorf("%s: %d lines, want %d", name, next-1, want-1)
	}
}

func TestEveryLineOfEveryAgreementIsInOnePassage(t *testing.T) {
	files, err := filepath.Glob("../agreements/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no agreements")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, _, err := OpenAgreement(file)
		if err != nil {
			t.Fatal(err)
		}
		list := Passages(string(text))
		covered(t, file, string(text), list)
		lines := strings.Split(string(text), "\n")
		var ids, want []string
		for _, p := range list {
			if p.Clause == "" {
				continue
			}
			ids = append(ids, p.Clause)
			if cut := strings.Join(lines[p.From-1:p.To], "\n"); strings.Count(cut, "- id: ") != 1 || !strings.Contains(strings.ReplaceAll(cut, `"`, ""), "- id: "+p.Clause+"\n") {
				t.Errorf("%s: the lines of %s are\n%s", file, p.Clause, cut)
			}
		}
		for _, c := range a.Clauses {
			want = append(want, c.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func FuzzPassages(f *testing.F) {
	f.Add("clauses:\n- id: X\n# y\n- id: Y\nb: 1\n")
	f.Add("clauses: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) { covered(t, "text", text, Passages(text)) })
}

// trying is the sample mission as somebody sees it.
func trying(t *testing.T, who access.Person) (testRecord, *Sight, *Roster) {
	t.Helper()
	r, _ := sample(t)
	s, err := r.Sight(context.Background(), who, 0)
	if err != nil {
		t.Fatal(err)
	}
	roster, err := r.Roster(context.Background(), who, s)
	if err != nil {
		t.Fatal(err)
	}
	return r, s, roster
}

func TestAnAdoptedTextTriedFindsWhatItFound(t *testing.T) {
	who := head("amal")
	r, s, roster := trying(t, who)
	for _, id := range []string{"sy-procedures-2016-03", "sy-eid-calm-2016-07"} { // all take long
		j := s.Agreement(id)
		texts, err := r.AgreedTexts(context.Background(), who, 0, id)
		if err != nil || len(texts) != 1 || texts[0].Version != j.Agreement().Version() {
			t.Fatalf("%s: %v %v", id, texts, err)
		}
		tried, err := r.Try(context.Background(), who, s, roster, TryQuestion{Name: texts[0].Name, Text: texts[0].Text})
		if err != nil || tried.Problems.Err() != nil || tried.Trial == nil {
			t.Fatalf("%s: %v %v", id, err, tried.Problems)
		}
		if !tried.Same || len(tried.Trial.Flips)+len(tried.Trial.Gone)+len(tried.Trial.New) > 0 {
			t.Errorf("%s differs from itself: %+v", id, tried.Trial.Flips)
		}
		counted := NewTally()
		for i, about := range s.About {
			for _, v := range about.Verdicts {
				counted.add(s.Result.Mission, &s.Result.Elements[i], v)
			}
		}
		for _, c := range tried.Trial.Clauses {
			if diff := cmp.Diff(counted.Clause(id, c.ID), c.Tally); diff != "" {
				t.Errorf("%s %s: %s", id, c.ID, diff)
			}
		}
	}
}

func TestADraftIsHeldAgainstWhatOneMaySee(t *testing.T) {
	ctx := context.Background()
	who := head("amal")
	r, s, roster := trying(t, who)
	texts, err := r.AgreedTexts(ctx, who, 0, "sy-eid-calm-2016-07")
	if err != nil {
		t.Fatal(err)
	}
	stranger := post("nobody", access.Public)
	seen, err := r.Sight(ctx, stranger, 0)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Result != nil {
		t.Fatal("the sample is not for the public")
	}
	if _, err := r.Try(ctx, stranger, seen, &Roster{}, TryQuestion{Text: texts[0].Text}); err == nil {
		t.Error("a text is tried without a mission")
	}
	tried, err := r.Try(ctx, who, s, roster, TryQuestion{Name: texts[0].Name, Text: texts[0].Text, Lint: true})
	if err != nil || tried.Trial != nil {
		t.Errorf("lint alone: %v %v", tried.Trial, err)
	}
	broken := strings.Replace(texts[0].Text, "actors: [syrian-armed-forces]", "actors: [nobody-knows]", 1)
	if tried, err = r.Try(ctx, who, s, roster, TryQuestion{Name: texts[0].Name, Text: broken}); err != nil || tried.Trial != nil || len(tried.Problems.Fatal()) != 1 || tried.Problems.Fatal()[0].Code != "undefined-actor" {
		t.Errorf("an actor that is not there: %v %v", tried.Problems, err)
	}
	lines := "  cellar: {file: cellar.geojson}\n"
	with := strings.Replace(texts[0].Text, "clauses:", "places:\n"+lines+"clauses:", 1)
	if tried, err = r.Try(ctx, who, s, roster, TryQuestion{Name: texts[0].Name, Text: with}); err != nil || tried.Trial != nil || tried.Problems.Err() == nil {
		t.Errorf("a file that is not there: %v %v", tried.Problems, err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Result.Mission.hold(done, roster.book(s), s.Result.Elements, s.Result.Judges[0].Agreement(), nil); err != context.Canceled {
		t.Errorf("work that nobody waits for goes on: %v", err)
	}
}

func TestARosterIsOnlyWhatOneMaySee(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	step := map[string]any{"agreement": "sy-coh-2016-02", "actor": "ahrar-al-sham", "as": "opposition", "status": "accepted", "at": "2016-03-01T00:00:00Z", "by": "its own word", "standing": "established"}
	for mark, kind := range map[string]string{"TLP:RED TO:amal": "adherence.changed", "TLP:AMBER": "moment.declared"} {
		fields := map[string]any{"agreement": "sy-cessation-2016-09", "moment": "posts-open", "at": "2016-09-14T10:00:00Z", "by": "the Sides", "mark": mark}
		if kind == "adherence.changed" {
			fields = step
			fields["mark"] = mark
		}
		if _, err := r.Write(ctx, head("amal"), Act{Kind: kind, Submission: kind, Fields: fields}); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string]int{"amal": 1, "omar": 0} {
		s, err := r.Sight(ctx, head(id), 0)
		if err != nil {
			t.Fatal(err)
		}
		roster, err := r.Roster(ctx, head(id), s)
		if err != nil {
			t.Fatal(err)
		}
		if len(roster.Entered) != want || len(roster.Register.Steps("ahrar-al-sham")) != 2+want || len(roster.Moments) != 1 {
			t.Errorf("%s: %d entered, %d steps, %d moments", id, len(roster.Entered), len(roster.Register.Steps("ahrar-al-sham")), len(roster.Moments))
		}
		for _, d := range roster.Register.Steps("ahrar-al-sham") {
			if e, ok := roster.Step(d); ok != (d.Agreement == "sy-coh-2016-02") || ok && e.Entry == 0 {
				t.Errorf("%s: %v %v", id, d, e)
			}
		}
	}
}

func TestWithholdsSaysWhetherSomethingIsKeptBack(t *testing.T) {
	r := newRecord(t)
	if _, err := r.Load(context.Background(), head("amal"), "../missions/syria-2016", LoadOptions{Mark: "TLP:GREEN"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role  access.Role
		grade access.Grade
		want  bool
	}{{access.Desk, access.GradeInternal, false}, {access.Liaison, access.GradeOpen, false}, {access.Liaison, access.GradeInternal, true}} {
		got, err := r.Withholds(context.Background(), post("x", c.role), "verdict", c.grade)
		if err != nil || got != c.want {
			t.Errorf("%s, %s: %v %v", c.role, c.grade, got, err)
		}
	}
}
