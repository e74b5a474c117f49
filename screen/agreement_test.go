package screen

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/desk"
)

// judgedBy is what a sight says of an element with verdicts on one agreement.
func judgedBy(verdicts ...truce.Verdict) desk.About {
	var out desk.About
	for i := range verdicts {
		verdicts[i].Agreement = "a"
		out.Verdicts = append(out.Verdicts, &verdicts[i])
	}
	return out
}

// elements are so many as a sight has of each something to say.
func elements(s *desk.Sight, ids ...string) *desk.Sight {
	s.Result = &desk.Result{}
	for _, id := range ids {
		s.Result.Elements = append(s.Result.Elements, truce.Element{ID: id})
	}
	return s
}

func TestAgreementsAreCountedByElement(t *testing.T) {
	settle := func(facts ...string) []truce.Settle { return []truce.Settle{{Facts: facts, Always: true}} }
	s := elements(&desk.Sight{About: []desk.About{
		judgedBy(truce.Verdict{Clause: "X", Outcome: truce.Violation}, truce.Verdict{Clause: "Y", Outcome: truce.NoViolation}),
		judgedBy(truce.Verdict{Clause: "X", Outcome: truce.Undetermined, Settle: settle("time", "whether b belongs to c", "whether d belongs to c")},
			truce.Verdict{Clause: "Y", Outcome: truce.Undetermined, Settle: settle("time")}),
		judgedBy(truce.Verdict{Clause: "X", Outcome: truce.Undetermined, Code: "RETRACTED"}, truce.Verdict{Clause: "Y", Outcome: truce.Undetermined, Code: "RETRACTED"}),
		judgedBy(truce.Verdict{Clause: "X", Outcome: truce.Undetermined, Settle: []truce.Settle{{Facts: []string{"place"}}},
			Readings: []truce.Reading{{Name: "wide", HeldBy: "some", Outcome: truce.Violation}, {Name: "narrow", HeldBy: "others", Outcome: truce.NoViolation}}}),
		{Verdicts: []*truce.Verdict{{Agreement: "b", Clause: "X", Outcome: truce.Violation}}},
	}}, "one", "two", "three", "four", "five")
	counts := termsCounts(s)
	all, by := counts["a"].all, counts["a"].by
	if other := counts["b"].all; other.Violation != 1 || other.Judged() != 1 {
		t.Errorf("under another text: %+v", other)
	}
	got := [][4]int{{all.Violation, all.Undetermined, all.NoViolation, all.Withdrawn}}
	for _, id := range []string{"X", "Y"} {
		got = append(got, [4]int{by[id].Violation, by[id].Undetermined, by[id].NoViolation, by[id].Withdrawn})
	}
	// one is a violation; two and four are open; three was withdrawn; the fifth is under another text.
	if diff := cmp.Diff([][4]int{{1, 2, 0, 1}, {1, 2, 0, 1}, {0, 1, 1, 1}}, got); diff != "" {
		t.Error(diff)
	}
	// Two memberships of one verdict are one fact; a set that does not surely settle is none.
	if diff := cmp.Diff([]desk.Count{{Name: "membership", N: 1}, {Name: "time", N: 1}}, by["X"].Wants); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]desk.Count{{Name: "membership", N: 1}, {Name: "time", N: 1}}, all.Wants); diff != "" {
		t.Error(diff)
	}
	if x := by["X"]; len(x.Readings) != 2 || x.Readings[0].Violation != 1 || x.Readings[1].Violation != 0 || x.Readings[0].IDs() != "four" || x.DifferIDs() != "four" {
		t.Errorf("readings %+v", x.Readings)
	}
}

// sampleSight is the sample mission as somebody sees it who sees all.
func sampleSight(t *testing.T) *desk.Sight {
	t.Helper()
	r, err := sampleResult()
	if err != nil {
		t.Fatal(err)
	}
	return &desk.Sight{Result: r, AsOf: 1, About: make([]desk.About, len(r.Elements))}
}

// sampleResult is made once for all tests.
var sampleResult = sync.OnceValues(func() (*desk.Result, error) {
	m, _, err := desk.Open("../missions/syria-2016", desk.OpenOptions{})
	if err != nil {
		return nil, err
	}
	return m.Check(context.Background(), desk.CheckOptions{})
})

// TestEverySentenceOfDutiesAndCalmsIsKnown holds the patterns to what the engine says.
func TestEverySentenceOfDutiesAndCalmsIsKnown(t *testing.T) {
	s := sampleSight(t)
	n := 0
	check := func(why string) {
		n++
		if x, ok := because(why); !ok {
			t.Errorf("no pattern knows %q", why)
		} else if words, err := readWords(English); err != nil {
			t.Fatal(err)
		} else if said, _ := (Frame{words: words}).Because(why); strings.Contains(string(said), "%!") || x.word == "" {
			t.Errorf("%q is said as %q", why, said)
		}
	}
	for _, d := range s.Result.Duties() {
		for _, x := range d.Steps {
			check(x.Why)
		}
	}
	for _, k := range s.Result.Clocks() {
		for _, x := range k.Steps {
			check(x.Why)
		}
	}
	if n < 20 {
		t.Errorf("only %d sentences", n)
	}
	for _, why := range []string{"2 of 3 done with E1", "2 of 3 done with E1, after the time", "1 to 2 of 3", "1 to 2 of 3: whether enough was done in time is not settled",
		"0 of 18 when the time was over", "0 of 18 on record, and the record need not be complete", "E1 shows the contrary", "E1 confirms it", "E1 leaves it open",
		"set back by russia (reset): a word of ours", "held by russia: a word of ours", "set back by E1", "perhaps set back by E1, which is undetermined",
		"the day is not judged by a and b, so it does not count"} {
		check(why)
	}
}

func TestWhatAJudgeNotedBesideItIsNotRepeated(t *testing.T) {
	for _, lang := range Langs() {
		words, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, why := range []string{"set back by russia (reset): a secret", "held by russia: a secret"} {
			said, err := (Frame{words: words}).Because(why)
			if err != nil || strings.Contains(string(said), "secret") || !strings.Contains(string(said), "<bdi>russia</bdi>") {
				t.Errorf("%q: %v", said, err)
			}
		}
		if said, _ := (Frame{words: words}).Because("something new"); said != "<bdi>something new</bdi>" {
			t.Errorf("%q", said)
		}
	}
}

func TestTextsOfTheRecordAreMarkedAndHarmless(t *testing.T) {
	words, err := readWords(English)
	if err != nil {
		t.Fatal(err)
	}
	f := Frame{words: words}
	for text, want := range map[string]string{
		"plain":                       "source: <bdi>plain</bdi>",
		"<script>alert(1)</script>":   "source: <bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>",
		"\u2069</bdi>\u2068<b>\u202e": "source: <bdi>&lt;/bdi&gt;&lt;b&gt;\u202e</bdi>",
	} {
		if got, err := f.Say("terms.source", text); err != nil || string(got) != want {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	if got, err := f.Say("terms.trial.gone", []string{"A", "<B>"}); err != nil || got != "No longer judged: <bdi>A</bdi>, <bdi>&lt;B&gt;</bdi>." {
		t.Errorf("%q %v", got, err)
	}
	if _, err := f.Say("no.such.words"); err == nil {
		t.Error("words that are not there")
	}
}

func TestBandsLieWhereTheirTimesDo(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2016, 3, n, 0, 0, 0, 0, time.UTC) }
	a := newAxis(day(1), day(11), time.UTC)
	for name, c := range map[string]struct {
		from, to time.Time
		want     string // from and width in percent, and whether it ends
	}{
		"inside":            {day(2), day(4), "10.000 20.000 ends"},
		"all":               {time.Time{}, time.Time{}, "0.000 100.000 "},
		"from before":       {day(1).AddDate(0, -1, 0), day(6), "0.000 50.000 ends"},
		"open at the end":   {day(6), time.Time{}, "50.000 50.000 "},
		"a moment is seen":  {day(6), day(6).Add(time.Second), "50.000 0.200 ends"},
		"before everything": {day(1).AddDate(0, -2, 0), day(1), ""},
		"after everything":  {day(11), time.Time{}, ""},
		"longer than drawn": {day(6), day(30), "50.000 50.000 "},
	} {
		got := ""
		if b, ok := a.band(c.from, c.to, "yes"); ok {
			got = b.X + " " + b.W + " "
			if b.Ends {
				got += "ends"
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if x := newAxis(time.Time{}, day(1), time.UTC); x.Any() || len(x.Ticks) > 0 {
		t.Error("an axis without a beginning")
	}
	for _, days := range []int{1, 3, 9, 40, 200, 499, 501, 4000, 40000} {
		x := newAxis(day(1), day(1).AddDate(0, 0, days), time.UTC)
		if n := len(x.Ticks); n == 0 && days < 400 || n > 9 {
			t.Errorf("%d days: %d ticks", days, n)
		}
	}
}

// mostKept is how many lines two texts have in common in order, by trying everything.
func mostKept(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if a[0] == b[0] {
		return 1 + mostKept(a[1:], b[1:])
	}
	return max(mostKept(a[1:], b), mostKept(a, b[1:]))
}

// TestADifferenceLeadsFromOneTextToTheOther rebuilds both texts from the difference, and
// holds the number of lines kept to a search of everything.
func TestADifferenceLeadsFromOneTextToTheOther(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := func() []string {
			out := make([]string, r.IntN(8))
			for i := range out {
				out[i] = string(rune('a' + r.IntN(4)))
			}
			return out
		}
		was, is := text(), text()
		var left, right []string
		kept := 0
		for _, l := range difference(was, is) {
			if l.Sign != "+" {
				if left = append(left, l.Text); l.Was != len(left) {
					t.Fatalf("line %d of %q is called %d", len(left), was, l.Was)
				}
			}
			if l.Sign != "-" {
				if right = append(right, l.Text); l.Is != len(right) {
					t.Fatalf("line %d of %q is called %d", len(right), is, l.Is)
				}
			}
			if l.Sign == "" {
				kept++
			}
		}
		if !slices.Equal(left, was) || !slices.Equal(right, is) || kept != mostKept(was, is) {
			t.Fatalf("%q to %q: %q %q, %d lines kept of %d", was, is, left, right, kept, mostKept(was, is))
		}
	}
}

func TestADifferenceTooLargeToComputeIsStillOne(t *testing.T) {
	var was, is []string
	for i := range 3000 {
		was, is = append(was, "w"+strings.Repeat("x", i%7)), append(is, "i"+strings.Repeat("y", i%5))
	}
	got := difference(append(was, "same"), append(is, "same"))
	if len(got) != 6001 || got[6000].Sign != "" || got[0].Sign != "-" {
		t.Errorf("%d lines, the first %+v, the last %+v", len(got), got[0], got[len(got)-1])
	}
	short := folded(difference([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, []string{"1", "2", "3", "4", "5", "6", "7", "8", "x"}))
	if len(short) != 6 || short[0].Omitted != 5 {
		t.Errorf("%+v", short)
	}
}

func TestVersionsAreFoundByTheirEntries(t *testing.T) {
	list := []desk.AgreedText{{ID: "a", Title: "A", Entry: 1, Text: "x\n"}, {ID: "a", Title: "A", Entry: 7, Text: "y\n"}, {ID: "a", Title: "A", Entry: 9, Text: "y\n"}}
	for _, c := range []struct {
		list     []desk.AgreedText
		from, to int64
		ok       bool
		was, is  int64
		same     bool
	}{
		{list[:1], 0, 0, true, 0, 0, false}, {list, 0, 0, true, 7, 9, true}, {list, 1, 9, true, 1, 9, false}, {list, 9, 1, true, 9, 1, false},
		{list, 0, 7, true, 1, 7, false}, {list, 2, 9, false, 0, 0, false}, {list, 1, 2, false, 0, 0, false},
	} {
		v, ok := NewAgreementVersions(c.list, c.from, c.to)
		if ok != c.ok || ok && (v.From != c.was || v.To != c.is || v.Same != c.same) {
			t.Errorf("%d to %d: %v %d %d %v", c.from, c.to, ok, v.From, v.To, v.Same)
		}
	}
}

// TestEveryAgreementAndActorIsShownInBothLanguages makes all pages of the sample mission.
func TestEveryAgreementAndActorIsShownInBothLanguages(t *testing.T) {
	set, err := New()
	if err != nil {
		t.Fatal(err)
	}
	s := sampleSight(t)
	roster := &desk.Roster{Register: s.Result.Mission.Book.Register, Name: "register.yaml"}
	show := func(page string, view any) {
		for _, lang := range Langs() {
			text, err := set.Render(lang, Frame{Page: page, Path: "/", Zone: s.Result.Mission.Zone, View: view})
			if err != nil {
				t.Fatalf("%s in %s: %v", page, lang, err)
			}
			if i := strings.Index(string(text), "%!"); i >= 0 {
				t.Errorf("%s in %s: %.80s", page, lang, text[i:])
			}
		}
	}
	show("agreements", NewAgreements(s, true))
	for _, j := range s.Result.Judges {
		v, ok := NewAgreement(s, j.Agreement().ID, AgreementQuestion{Roster: roster, Verdicts: true, Wants: true, Versions: 1})
		if !ok {
			t.Fatal(j.Agreement().ID)
		}
		show("agreement", v)
	}
	show("actors", NewActors(s, roster, ""))
	for _, id := range roster.Register.IDs() {
		v, ok := NewActor(s, roster, id)
		if !ok || v.ID != id {
			t.Fatal(id)
		}
		show("actor", v)
	}
	if _, ok := NewActor(s, roster, "nobody"); ok {
		t.Error("an actor that the register does not have")
	}
	if _, ok := NewAgreement(s, "none", AgreementQuestion{Roster: roster}); ok {
		t.Error("an agreement that is not there")
	}
	show("actors", NewActors(s, &desk.Roster{}, ""))
	show("agreements", NewAgreements(&desk.Sight{}, false))
}

func TestTheNusraFrontUnderItsNames(t *testing.T) {
	s := sampleSight(t)
	v, ok := NewActor(s, &desk.Roster{Register: s.Result.Mission.Book.Register}, "nusra")
	if !ok || len(v.Renamings) != 2 {
		t.Fatalf("%d renamings", len(v.Renamings))
	}
	// The register: listed by the Security Council, the United States and Russia before July 2016.
	if x := v.Renamings[0]; x.At.In(s.Result.Mission.Zone).Format(time.DateOnly) != "2016-07-28" || len(x.Lists) != 3 || x.Was[0] != "Jabhat al-Nusra" || x.Is[0] != "Jabhat Fatah al-Sham" {
		t.Errorf("%+v", x)
	}
	if en, ar := v.Name(English).Text(), v.Name(Arabic).Text(); en != "Jabhat Fatah al-Sham" || ar != "جبهة فتح الشام" {
		t.Errorf("%s, %s", en, ar)
	}
}

func TestActorsStandInTheOrderOfTheirNames(t *testing.T) {
	s := sampleSight(t)
	roster := &desk.Roster{Register: s.Result.Mission.Book.Register}
	v := NewActors(s, roster, "")
	for _, lang := range Langs() {
		list := v.In(lang)
		if len(list) != v.Total || v.Total != len(roster.Register.IDs()) {
			t.Errorf("%s: %d of %d", lang, len(list), v.Total)
		}
	}
	if got := NewActors(s, roster, "النصرة").List; len(got) != 1 || got[0].ID != "nusra" {
		t.Errorf("%+v", got)
	}
}
