package brute

import (
	"fmt"
	"maps"
	"slices"

	"truce"
	"truce/terms"
)

// agree says in what a verdict and the worlds differ, or nothing.
func agree(q *Question, v truce.Verdict) string {
	if found := agreeOnOutcome(q, v); found != "" {
		return found
	}
	return agreeOnSettling(q, v)
}

// agreeOnOutcome compares the outcome, as a whole and under each reading.
func agreeOnOutcome(q *Question, v truce.Verdict) string {
	if want := q.Outcome(); v.Outcome != want {
		return fmt.Sprintf("the engine says %s (%s), the worlds say %s", v.Outcome, v.Code, want)
	}
	return agreeOnReadings(q, v)
}

// agreeOnReadings compares the outcome under each reading.
func agreeOnReadings(q *Question, v truce.Verdict) string {
	if len(v.Readings) == 0 && len(q.c.Readings) > 0 && q.c.Readings[0].Name == "by its end" {
		return "" // end and length agree after all
	}
	for i, r := range q.c.Readings {
		alone := *q
		alone.readings = q.readings[i : i+1]
		if want := alone.Outcome(); i >= len(v.Readings) || v.Readings[i].Name != r.Name || v.Readings[i].Outcome != want {
			return fmt.Sprintf("reading %s is %s in the worlds; the engine has %+v", r.Name, want, v.Readings)
		}
	}
	return ""
}

// agreeOnSettling holds the smallest set that the engine says settles the matter to its
// word, and tries every set with one fact fewer.
func agreeOnSettling(q *Question, v truce.Verdict) string {
	if v.Outcome != truce.Undetermined {
		if len(v.Settle) > 0 {
			return fmt.Sprintf("%s, and yet something would settle it", v.Outcome)
		}
		return ""
	}
	apart := *q
	apart.apart = true
	p, least := apart.pool(), 0
	if p == nil {
		return ""
	}
	for _, x := range v.Settle {
		if !x.Always {
			continue
		}
		if missing := p.unknown(x.Facts); missing != "" {
			return fmt.Sprintf("no two worlds differ in the fact %q of %v (but in %v)", missing, x.Facts, p.facts)
		}
		if !p.settled(x.Facts) {
			return fmt.Sprintf("knowing %v does not settle it", x.Facts)
		}
		if least == 0 || len(x.Facts) < least {
			least = len(x.Facts)
		}
	}
	if least == 0 {
		return fmt.Sprintf("nothing is said to settle it always: %+v", v.Settle)
	}
	if smaller := p.smallest(least - 1); smaller != nil {
		return fmt.Sprintf("%v would settle it, the engine asks for %+v", smaller, v.Settle[0].Facts)
	}
	return ""
}

// restsOn changes facts that the verdict does not name at random, one at a time and then
// together.
func (s *tally) restsOn(b *bench, c *terms.Clause, e *truce.Element, v truce.Verdict) string {
	g := Again(b.Case, c.ID+e.ID)
	all := *e
	all.Facts = maps.Clone(e.Facts)
	for _, f := range Fields() {
		if restedOn(f, v.Rests) {
			continue
		}
		g.Redraw(&all, f)
		one := *e
		one.Facts = maps.Clone(e.Facts)
		g.Redraw(&one, f)
		if found := s.same(b, c, &one, v, f); found != "" {
			return found
		}
	}
	return s.same(b, c, &all, v, "all others")
}

func (s *tally) same(b *bench, c *terms.Clause, changed *truce.Element, v truce.Verdict, what string) string {
	s.rests.Add(1)
	w := b.engine(c, changed)
	if w.Outcome == v.Outcome {
		return ""
	}
	return fmt.Sprintf("%s (%s) rests on %v, and becomes %s when %s changes: %+v", v.Outcome, v.Code, v.Rests, w.Outcome, what, *changed)
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
