package scenario_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
	"truce/desk"
	"truce/scenario"
)

// narrow makes one fact of an element more certain, so that the worlds that remain are some
// of those that were. ok is false when that fact is as certain as it can be. A fact that
// would raise an exception nobody spoke of is news, not narrowing.
func narrow(t *rapid.T, e truce.Element, fact string) (truce.Element, bool) {
	pick := func(values []string, from []string) ([]string, bool) {
		switch len(values) {
		case 0:
			return []string{rapid.SampledFrom(from).Draw(t, "now known")}, true
		case 1:
			return values, false
		}
		return []string{rapid.SampledFrom(values).Draw(t, "kept")}, true
	}
	ok := false
	switch fact {
	case "time":
		if len(e.When) == 0 {
			e.When = []truce.When{{From: lens{}.time(rapid.IntRange(-5, 70).Draw(t, "at"))}}
			e.When[0].To = e.When[0].From
			return e, true
		}
		w := e.When[0]
		if w.Lasts || w.Instant() {
			return e, false
		}
		at := w.From.Add(time.Duration(rapid.IntRange(0, int(w.To.Sub(w.From)/time.Hour)-1).Draw(t, "at")) * time.Hour)
		e.When = []truce.When{{From: at, To: at}}
		return e, true
	case "place":
		switch {
		case len(e.Where) == 0:
			e.Where = []truce.Place{disc(10, 30, 100)}
		case len(e.Where) > 1:
			e.Where = e.Where[rapid.IntRange(0, 1).Draw(t, "which"):][:1]
		case e.Where[0].Within > 100:
			e.Where = []truce.Place{disc(e.Where[0].Lat, e.Where[0].Lon, e.Where[0].Within/2)}
		default:
			return e, false
		}
		return e, true
	case "actor":
		e.By, ok = pick(e.By, named())
	case "target":
		if len(e.Against) == 0 { // nobody at all is not among those it may have been
			e.Against, ok = []string{rapid.SampledFrom(named()).Draw(t, "now known")}, true
		} else {
			e.Against, ok = pick(e.Against, nil)
		}
	case "act":
		e.Acts, ok = pick(e.Acts, []string{"shelling", "presence", "arrest", "movement"})
		if !ok && len(e.Acts) == 1 && e.Acts[0] == "attack" {
			return truceWith(e, func(e *truce.Element) { e.Acts = []string{"shelling"} }), true
		}
	case "means":
		if len(e.Means) == 0 {
			e.Means, ok = []truce.Means{{Kind: "tank"}}, true
		} else if len(e.Means) > 1 {
			e.Means, ok = e.Means[:1], true
		}
	case "control":
		e.Control, ok = pick(e.Control, named())
	case "killed":
		if e.Killed == nil || e.Killed.Low < e.Killed.High {
			low := 0.0
			if e.Killed != nil {
				low = e.Killed.Low
			}
			return truceWith(e, func(e *truce.Element) { e.Killed = &truce.Range{Low: low, High: low} }), true
		}
	case "occurrence":
		ok, e.Doubted = e.Doubted, false
	case "incoming", "response", "notified":
		words := e.Facts[fact].Words
		spoken := len(e.Raised) > 0 || len(e.Facts["incoming"].Words) > 0 || len(e.Facts["response"].Words) > 0
		if len(words) == 0 && fact != "notified" && !spoken {
			return e, false
		}
		from := []string{"no", "yes"}
		if fact == "response" {
			from = []string{"immediate", "delayed"}
		}
		if words, ok = pick(words, from); ok {
			setFact(&e, fact, words)
		}
	}
	return e, ok
}

// named are the actors but for the umbrella; see TestNamingAnUmbrellaIsNarrowing.
func named() []string { return slices.DeleteFunc(ids(), func(id string) bool { return id == "m" }) }

// TestNamingAnUmbrellaIsNarrowing: a target that nobody knows may have been one of the
// unnamed groups of an open umbrella. So to learn that it was one of them must not turn a
// firm verdict into an open one.
func TestNamingAnUmbrellaIsNarrowing(t *testing.T) {
	j := judge(t, lens{}, clause{"forbid": "attack", "by": "one", "against": "group"})
	at := lens{}.time(1) // before any group of the register had accepted
	e := truce.Element{ID: "E", Acts: []string{"shelling"}, By: []string{"a1"}, When: []truce.When{{From: at, To: at}}}
	was := verdict(j, e)
	e.Against = []string{"m"}
	if is := verdict(j, e); firm(was.Outcome) && is.Outcome != was.Outcome {
		t.Errorf("with nobody knowing whom it hit: %s (%s); known to be of the umbrella: %s (%s)", was.Outcome, was.Code, is.Outcome, is.Code)
	}
}

func truceWith(e truce.Element, change func(*truce.Element)) truce.Element {
	change(&e)
	return e
}

func TestProperties(t *testing.T) {
	property(t, "1 adding a fact that only narrows uncertainty never turns a firm verdict into its opposite", func(t *rapid.T) {
		c := drawClause(t)
		j, e := judge(t, lens{}, c), drawElement(t, "E")
		was := verdict(j, e)
		now, ok := narrow(t, e, rapid.SampledFrom(facts()).Draw(t, "fact"))
		if is := verdict(j, now); ok && firm(was.Outcome) && is.Outcome != was.Outcome {
			t.Fatalf("%s became %s\n%s\n%s\n%s", was.Outcome, is.Outcome, dump(e), dump(now), lens{}.agreement(c))
		}
	})
	property(t, "2 widening uncertainty never makes a verdict firm", func(t *rapid.T) {
		c := drawClause(t)
		j, wide := judge(t, lens{}, c), drawElement(t, "E")
		e := wide
		for range 3 {
			if n, ok := narrow(t, e, rapid.SampledFrom(facts()).Draw(t, "fact")); ok {
				e = n
			}
		}
		if was, is := verdict(j, e), verdict(j, wide); !firm(was.Outcome) && firm(is.Outcome) {
			t.Fatalf("undetermined became %s\n%s\n%s\n%s", is.Outcome, dump(e), dump(wide), lens{}.agreement(c))
		}
	})
	property(t, "3 shifting all times of terms and events by the same instant keeps verdicts", func(t *rapid.T) {
		c, e := drawClause(t), drawElement(t, "E")
		l := lens{shift: time.Duration(rapid.IntRange(-1e6, 1e6).Draw(t, "minutes")) * time.Minute}
		same(t, verdict(judge(t, lens{}, c), e), verdict(judge(t, l, c), l.through(e)))
	})
	property(t, "4 swapping mirror parties swaps verdicts", func(t *rapid.T) {
		c, e := drawClause(t), drawElement(t, "E")
		m := mirror()
		mirrored := judge(t, lens{party: m.party}, c)
		same(t, verdict(judge(t, lens{}, c), e), verdict(mirrored, m.through(e)))
	})
	property(t, "5 renaming an actor changes nothing", func(t *rapid.T) {
		c, e := drawClause(t), drawElement(t, "E")
		l := lens{actor: map[string]string{rapid.SampledFrom(ids()).Draw(t, "who"): rapid.SampledFrom([]string{"0-first", "zz-last", "k"}).Draw(t, "now")}}
		same(t, verdict(judge(t, lens{}, c), e), verdict(judge(t, l, c), l.through(e)))
	})
	property(t, "6 splitting an incident and joining it again restores the verdicts", func(t *rapid.T) {
		j := judge(t, lens{}, drawClause(t))
		a, b := drawElement(t, "A"), drawElement(t, "B")
		a.Incident, b.Incident = "one", "one"
		joined := []truce.Element{a, b}
		apart := slices.Clone(joined)
		apart[1].Incident = "other"
		again := slices.Clone(apart)
		again[1].Incident = "one"
		if n := len(scenario.Incidents(apart)); n != 2 || len(scenario.Incidents(again)) != 1 {
			t.Fatalf("%d incidents apart, %d together", n, len(scenario.Incidents(again)))
		}
		before, after := slices.Collect(j.Verdicts(joined)), slices.Collect(j.Verdicts(again))
		if d := cmp.Diff(before, after); d != "" {
			t.Fatalf("%s", d)
		}
		for i, v := range slices.Collect(j.Verdicts(apart)) {
			same(t, before[i], v)
		}
	})
	property(t, "7 the order in which reports arrive changes nothing", func(t *rapid.T) {
		j := judge(t, lens{}, drawClause(t))
		var elements []truce.Element
		for i := range rapid.IntRange(2, 6).Draw(t, "n") {
			elements = append(elements, drawElement(t, fmt.Sprint("E", i)))
		}
		shuffled := rapid.Permutation(elements).Draw(t, "order")
		byElement := func(es []truce.Element) map[string]truce.Verdict {
			out := map[string]truce.Verdict{}
			for v := range j.Verdicts(es) {
				out[v.Element] = v
			}
			return out
		}
		if d := cmp.Diff(byElement(elements), byElement(shuffled)); d != "" {
			t.Fatalf("%s", d)
		}
	})
	// Of several conditions that each rule a violation out the trace gives one; which one
	// may change with a fact that the answer does not rest on, so the reason is not compared.
	property(t, "10 a verdict's trace names every fact used, and changing any fact not named changes nothing", func(t *rapid.T) {
		c := drawClause(t)
		j, e := judge(t, lens{}, c), drawElement(t, "E")
		was := verdict(j, e)
		named := slices.Clone(was.Rests)
		for _, f := range facts() {
			if slices.Contains(named, f) {
				continue
			}
			now := e
			draw(t, lens{}, &now, f)
			if is := verdict(j, now); is.Outcome != was.Outcome || is.Code != was.Code && is.Outcome != truce.NoViolation {
				t.Fatalf("%s is not among %v, yet %s (%s) became %s (%s)\n%s\n%s\n%s", f, named, was.Outcome, was.Code, is.Outcome, is.Code, dump(e), dump(now), lens{}.agreement(c))
			}
		}
	})
}

// same holds two verdicts against each other in all but the words.
func same(t *rapid.T, a, b truce.Verdict) {
	t.Helper()
	type plain struct {
		Outcome truce.Outcome
		Codes   []string
		Rests   []string
		Parts   int
		Could   int
		Reads   []truce.Reading
	}
	of := func(v truce.Verdict) plain {
		return plain{v.Outcome, v.Codes, v.Rests, len(v.Parts), len(v.Could), v.Readings}
	}
	if d := cmp.Diff(of(a), of(b)); d != "" {
		t.Fatalf("%s", d)
	}
}

// unpack sets up the mission of a file of cases in a folder.
func unpack(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(cases, file))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := scenario.Unpack(dir, file, text, beside()...); err != nil {
		t.Fatal(err)
	}
	return dir
}

// bytesOf is every verdict, duty, clock and count of a mission as one text.
func bytesOf(t *testing.T, dir string, workers int, agreements ...string) string {
	t.Helper()
	m, _, err := desk.Open(dir, desk.OpenOptions{Agreements: agreements})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	r, err := m.Check(t.Context(), desk.CheckOptions{Workers: workers, Each: func(_ *truce.Element, v truce.Verdict) error {
		text, err := json.Marshal(v)
		b.Write(append(text, '\n'))
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []any{r.Duties(), r.Clocks(), r.Tally.Days, r.Tally.Open} {
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.String()
}

// shuffle turns the rows of a table round.
func shuffle(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Reverse(lines[1:])
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestProperty7WholeRecords(t *testing.T) {
	for _, file := range []string{"time.txtar", "act.txtar", "actor.txtar"} {
		dir := unpack(t, file)
		want := bytesOf(t, dir, 1)
		shuffle(t, filepath.Join(dir, "record.csv"))
		if got := bytesOf(t, dir, 1); got != want {
			t.Errorf("%s: %s", file, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
}

func TestProperty8ReplayGivesTheSameBytes(t *testing.T) {
	for _, file := range []string{"time.txtar", "act.txtar", "fusion.txtar"} {
		dir := unpack(t, file)
		want := bytesOf(t, dir, 1)
		for _, workers := range []int{1, 2, 3, runtime.NumCPU(), 16} {
			if got := bytesOf(t, dir, workers); got != want {
				t.Errorf("%s: %d workers give other bytes", file, workers)
			}
		}
	}
}

// TestProperty8AnyMachine runs the program itself under other zones and languages.
func TestProperty8AnyMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bin := filepath.Join(t.TempDir(), "truce")
	if out, err := exec.Command("go", "build", "-o", bin, "truce/cmd/truce").CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %s", out)
	}
	dir := unpack(t, "time.txtar")
	want := ""
	for _, env := range [][]string{{"TZ=UTC", "LC_ALL=C"}, {"TZ=Asia/Kolkata", "LC_ALL=ar_SY.UTF-8"}, {"TZ=America/New_York", "LANG=tr_TR.UTF-8"}} {
		for _, what := range [][]string{{"explain", "--json", "--mission", dir, "T10"}, {"check", "--json", dir}} {
			cmd := exec.Command(bin, what...)
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool {
				return strings.HasPrefix(s, "TZ=") || strings.HasPrefix(s, "LC_") || strings.HasPrefix(s, "LANG")
			}), env...)
			out, err := cmd.Output()
			if len(out) == 0 {
				t.Fatalf("%v: %v", what, err)
			}
			env = append(env, string(out))
		}
		got := strings.Join(env[2:], "\n")
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%v: %s", env[:2], cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
}

func TestProperty9RemovingAnInstrumentChangesNoVerdictUnderAnother(t *testing.T) {
	dir := unpack(t, "overlap.txtar")
	m, _, err := desk.Open(dir, desk.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := lines(bytesOf(t, dir, 1))
	for _, drop := range m.Agreements {
		var rest []string
		for _, a := range m.Agreements {
			if a.ID != drop.ID {
				rest = append(rest, filepath.Join(dir, a.ID+".yaml"))
			}
		}
		left := lines(bytesOf(t, dir, 1, rest...))
		want := maps.Clone(all)
		maps.DeleteFunc(want, func(_ string, v truce.Verdict) bool { return v.Agreement == drop.ID })
		if d := cmp.Diff(want, left); d != "" {
			t.Errorf("without %s: %s", drop.ID, d)
		}
	}
}

// lines are the verdicts in a text, by what they are about.
func lines(text string) map[string]truce.Verdict {
	out := map[string]truce.Verdict{}
	for _, l := range strings.Split(text, "\n") {
		var v truce.Verdict
		if json.Unmarshal([]byte(l), &v) == nil && v.Clause != "" && v.Element != "" {
			out[v.Agreement+"/"+v.Clause+" "+v.Element] = v
		}
	}
	return out
}
