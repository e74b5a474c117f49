package brute

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"truce"
	"truce/actors"
	"truce/geo"
	"truce/terms"
)

var (
	cases = flag.Int("cases", 20_000, "how many random agreements to try")
	first = flag.Uint64("seed", 1, "the first seed")
	most  = flag.Int("differences", 5, "stop after so many differences")
	every = flag.Int("every", 1, "change facts that verdicts do not rest on in every so many-th case")
)

// bench is a case made ready for both evaluators.
type bench struct {
	*Case
	a     *terms.Agreement
	text  *Text
	judge *terms.Judge
}

func ready(c *Case) (*bench, error) {
	a, problems := terms.Parse("brute.yaml", []byte(c.Agreement), nil)
	if a == nil {
		return nil, fmt.Errorf("seed %d: %v\n%s", c.Seed, problems, c.Agreement)
	}
	r, problems := actors.Parse("register.yaml", []byte(c.Register))
	if r == nil {
		return nil, fmt.Errorf("seed %d: %v\n%s", c.Seed, problems, c.Register)
	}
	j, problems := terms.Compile(a, terms.Book{Register: r, Atlas: geo.NewAtlas(), Moments: c.Declared})
	if j == nil || problems.Err() != nil {
		return nil, fmt.Errorf("seed %d: %v\n%s", c.Seed, problems, c.Agreement)
	}
	return &bench{c, a, c.Text(a), j}, nil
}

// engine judges with the engine under test.
func (b *bench) engine(c *terms.Clause, e *truce.Element) truce.Verdict {
	return b.judge.Verdict(terms.NewSubject(geo.NewAtlas(), e), c)
}

// tally counts what was compared.
type tally struct {
	verdicts, violation, open, skipped, settles, rests, folded atomic.Int64
	mu                                                         sync.Mutex
	found                                                      []string
}

func (s *tally) differ(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = append(s.found, fmt.Sprintf(format, args...))
}

func (s *tally) enough() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.found) >= *most
}

func TestEngineAgreesWithWorlds(t *testing.T) {
	var s tally
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < uint64(*cases) && !s.enough(); n = next.Add(1) - 1 {
				s.compare(*first + n)
			}
		})
	}
	wg.Wait()
	t.Logf("%d cases: %d verdicts (%d violations, %d undetermined), %d settle tables, %d changes of facts not rested on; %d settled only with memberships that are not named; %d too large",
		next.Load(), s.verdicts.Load(), s.violation.Load(), s.open.Load(), s.settles.Load(), s.rests.Load(), s.folded.Load(), s.skipped.Load())
	for _, f := range s.found {
		t.Error(f)
	}
}

func (s *tally) compare(seed uint64) {
	b, err := ready(New(seed))
	if err != nil {
		s.differ("%v", err)
		return
	}
	for _, c := range b.a.Clauses {
		if !terms.Judged(c) {
			continue
		}
		for i := range b.Elements {
			s.one(b, c, &b.Elements[i])
		}
	}
}

func (s *tally) one(b *bench, c *terms.Clause, e *truce.Element) {
	q := b.text.Question(c, e)
	if q.Worlds() > maxWorlds {
		s.skipped.Add(1)
		return
	}
	want, v := q.Outcome(), b.engine(c, e)
	s.verdicts.Add(1)
	switch {
	case v.Outcome != want:
		s.differ("seed %d, clause %s, element %s: the engine says %s (%s), the worlds say %s\n%s",
			b.Seed, c.ID, e.ID, v.Outcome, v.Code, want, b.dump(q, c, e, v))
		return
	case want == truce.Violation:
		s.violation.Add(1)
	case want == truce.Undetermined:
		s.open.Add(1)
	}
	s.readings(b, q, v)
	s.settle(b, q, c, e, v)
	if b.Seed%uint64(*every) == 0 {
		s.restsOn(b, c, e, v)
	}
}

// readings compares the outcome under each reading.
func (s *tally) readings(b *bench, q *Question, v truce.Verdict) {
	if len(v.Readings) == 0 && len(q.c.Readings) > 0 && q.c.Readings[0].Name == "by its end" {
		return // end and length agree after all
	}
	for i, r := range q.c.Readings {
		alone := *q
		alone.readings = q.readings[i : i+1]
		if i >= len(v.Readings) || v.Readings[i].Name != r.Name || v.Readings[i].Outcome != alone.Outcome() {
			s.differ("seed %d, clause %s, element %s: reading %s is %s in the worlds; the engine has %+v", b.Seed, q.c.ID, q.e.ID, r.Name, alone.Outcome(), v.Readings)
			return
		}
	}
}

// dump is everything a person needs to see who is right.
func (b *bench) dump(q *Question, c *terms.Clause, e *truce.Element, v truce.Verdict) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n%s\nelement %+v\n", b.Agreement, b.Register, *e)
	for _, w := range e.When {
		fmt.Fprintf(&out, "  when %v .. %v lasts %v\n", w.From, w.To, w.Lasts)
	}
	for _, s := range []*truce.Range{e.Killed, e.Injured, e.Number} {
		fmt.Fprintf(&out, "  count %+v\n", s)
	}
	fmt.Fprintf(&out, "facts %+v\n", e.Facts)
	for _, step := range v.Steps {
		fmt.Fprintf(&out, "  step %s: %s because %s\n", step.Condition, step.Answer, step.Because)
	}
	fmt.Fprintf(&out, "rests %v codes %v\n", v.Rests, v.Codes)
	seen := map[bool]int{}
	q.Each(func(w World) bool {
		if seen[w.Broken]++; seen[w.Broken] <= 4 {
			fmt.Fprintf(&out, "  world %s\n", q.Describe(w))
		}
		return true
	})
	fmt.Fprintf(&out, "  worlds broken %d, not %d\n", seen[true], seen[false])
	return out.String()
}

// settle holds the smallest set that the engine says settles the matter to its word, and
// tries every set with one fact fewer.
func (s *tally) settle(b *bench, q *Question, c *terms.Clause, e *truce.Element, v truce.Verdict) {
	if v.Outcome != truce.Undetermined {
		if len(v.Settle) > 0 {
			s.differ("seed %d, clause %s, element %s: %s, and yet something would settle it", b.Seed, c.ID, e.ID, v.Outcome)
		}
		return
	}
	always := slices.DeleteFunc(slices.Clone(v.Settle), func(x truce.Settle) bool { return !x.Always })
	if len(always) == 0 {
		s.differ("seed %d, clause %s, element %s: nothing is said to settle it: %v\n%s", b.Seed, c.ID, e.ID, v.Settle, b.dump(q, c, e, v))
		return
	}
	p := q.pool()
	for _, x := range always {
		s.settles.Add(1)
		if missing := p.unknown(x.Facts); missing != "" {
			s.differ("seed %d, clause %s, element %s: no world knows the fact %q of %v (%v)\n%s", b.Seed, c.ID, e.ID, missing, x.Facts, p.facts, b.dump(q, c, e, v))
			return
		}
		if !p.settled(x.Facts) && p.settled(p.memberships(x.Facts)) {
			s.folded.Add(1)
			return
		}
		if !p.settled(x.Facts) {
			s.differ("seed %d, clause %s, element %s: knowing %v does not settle it\n%s", b.Seed, c.ID, e.ID, x.Facts, b.dump(q, c, e, v))
			return
		}
	}
	if smaller := p.smallest(len(always[0].Facts) - 1); smaller != nil {
		s.differ("seed %d, clause %s, element %s: %v would settle it, the engine asks for %v\n%s", b.Seed, c.ID, e.ID, smaller, always[0].Facts, b.dump(q, c, e, v))
	}
}

// restsOn changes facts that the verdict does not name at random, one at a time and then
// together.
func (s *tally) restsOn(b *bench, c *terms.Clause, e *truce.Element, v truce.Verdict) {
	g := Again(b.Case, c.ID+e.ID)
	all := *e
	all.Facts = maps.Clone(e.Facts)
	for _, f := range Fields() {
		if restedOn(f, v.Rests) || unnamedByEngine(b.a, c, f) {
			continue
		}
		g.Redraw(&all, f)
		one := *e
		one.Facts = maps.Clone(e.Facts)
		g.Redraw(&one, f)
		if !s.same(b, c, e, &one, v, f) {
			return
		}
	}
	s.same(b, c, e, &all, v, "all others")
}

func (s *tally) same(b *bench, c *terms.Clause, e, changed *truce.Element, v truce.Verdict, what string) bool {
	s.rests.Add(1)
	w := b.engine(c, changed)
	if w.Outcome == v.Outcome {
		return true
	}
	s.differ("seed %d, clause %s, element %s: rests: %s (%s) rests on %v, and becomes %s when %s changes\n%s\nchanged %+v", b.Seed, c.ID, e.ID, v.Outcome, v.Code,
		v.Rests, w.Outcome, what, b.dump(b.text.Question(c, e), c, e, v), *changed)
	return false
}

// unnamedByEngine are facts that the engine leaves out of Rests though the verdict turns
// on them: see known_test.go.
func unnamedByEngine(a *terms.Agreement, c *terms.Clause, field string) bool {
	if field == "occurrence" || field == "raised" {
		return true
	}
	for _, x := range a.Clauses {
		if _, asks := x.Excuse[field]; asks {
			return true
		}
	}
	return false
}

// restedOn says whether a field holds one of the facts that a verdict names.
func restedOn(field string, rests []string) bool {
	return slices.ContainsFunc(rests, func(r string) bool {
		switch r {
		case "actor", "target", "one side", "other side", "who attacked":
			return field == "sides"
		}
		return r == field
	})
}
