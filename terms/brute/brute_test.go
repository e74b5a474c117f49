package brute

import (
	"flag"
	"fmt"
	"runtime"
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
	cases = flag.Int("agreements", 1_500, "how many random agreements to try; each gives some 20 cases, a clause on an element")
	first = flag.Uint64("seed", 1, "the first seed")
	most  = flag.Int("differences", 5, "stop after so many differences")
	every = flag.Int("every", 20, "change facts that verdicts do not rest on in every so many-th case")
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
	verdicts, violation, open, skipped, rests atomic.Int64
	mu                                        sync.Mutex
	found                                     []string
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
	if testing.Short() {
		*cases = min(*cases, 1_000)
	}
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
	t.Logf("%d agreements: %d cases, a clause on an element (%d violations, %d undetermined, %d changes of facts not rested on); %d too large",
		next.Load(), s.verdicts.Load(), s.violation.Load(), s.open.Load(), s.rests.Load(), s.skipped.Load())
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
	v := b.engine(c, e)
	s.verdicts.Add(1)
	switch v.Outcome {
	case truce.Violation:
		s.violation.Add(1)
	case truce.Undetermined:
		s.open.Add(1)
	}
	found := agree(q, v)
	if found == "" && b.Seed%uint64(*every) == 0 {
		found = s.restsOn(b, c, e, v)
	}
	if found != "" {
		s.differ("seed %d, clause %s, element %s: %s\n%s", b.Seed, c.ID, e.ID, found, b.dump(q, v))
	}
}

// dump is everything a person needs to see who is right.
func (b *bench) dump(q *Question, v truce.Verdict) string {
	e := q.e
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
