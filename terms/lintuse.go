package terms

import (
	"slices"
)

// uses notes what the rest of the text refers to.
type uses struct {
	parties, places, facts, moments, excuses map[string]bool
}

// unused finds what is declared and nothing refers to.
func (l *linter) unused() {
	u := l.uses()
	say := func(used map[string]bool, names []string, prefix, code, want, what string) {
		for _, n := range names {
			if !used[n] {
				l.warn([]string{prefix + n}, code, want, "%s %s is never used", what, n)
			}
		}
	}
	say(u.parties, sortedKeys(l.a.Parties), "parties/", "party-unused", "a clause that names it", "party")
	say(u.places, sortedKeys(l.a.Places), "places/", "place-unused", "a clause that names it", "place")
	say(u.facts, sortedKeys(l.a.Facts), "facts/", "fact-unused", "a clause that asks for it", "fact")
	say(u.moments, sortedKeys(l.a.Moments), "moments/", "moment-unused", "a time that names it", "moment")
	var excuses []string
	for _, c := range l.a.Clauses {
		if c.Kind == Excuse {
			excuses = append(excuses, c.ID)
		}
	}
	say(u.excuses, excuses, "clause ", "excuse-unused", "unless: with its id on a clause", "excuse")
}

func (l *linter) uses() uses {
	u := uses{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	mark(u.parties, l.a.Needs)
	for _, p := range l.a.Parties {
		mark(u.parties, p.Parties)
		mark(u.parties, p.Except)
		u.instant(p.From)
	}
	for _, p := range l.a.Places {
		mark(u.places, p.Union)
		u.places[p.Outside] = true
	}
	for _, m := range l.a.Moments {
		u.instant(m.At)
	}
	u.instant(l.a.Signed)
	u.time(l.a.InForce)
	u.place(l.a.Where)
	for _, c := range l.a.Clauses {
		for _, v := range slices.Concat([]Variant{{Clause: c}}, c.Readings, c.Variants) {
			u.clause(l.a, v.Clause)
		}
	}
	return u
}

func mark(used map[string]bool, names []string) {
	for _, n := range names {
		used[n] = true
	}
}

func (u uses) clause(a *Agreement, c *Clause) {
	mark(u.parties, c.By)
	mark(u.parties, c.Against)
	mark(u.excuses, c.Unless)
	mark(u.facts, sortedKeys(c.Excuse))
	mark(u.facts, sortedKeys(c.Shown))
	if c.When != "" {
		if w, err := compileWhen(a, c.When); err == nil {
			mark(u.facts, w.facts)
		}
	}
	u.place(c.Within)
	u.place(c.Outside)
	u.time(c.During)
	if c.Provided != nil {
		mark(u.parties, c.Provided.Accepted)
		u.instant(c.Provided.Before)
	}
	if c.Calm != nil {
		mark(u.parties, c.Calm.JudgedBy)
		u.moments[c.Calm.Then] = true
		u.instant(c.Calm.From)
	}
}

func (u uses) place(p *Place) {
	if p == nil {
		return
	}
	for _, q := range slices.Concat(p.Any, p.All) {
		u.place(q)
	}
	u.places[p.Ref] = true
	u.parties[p.Control] = true
	for party, line := range p.Base {
		u.parties[party], u.places[line] = true, true
	}
}

func (u uses) time(x *Time) {
	if x == nil {
		return
	}
	for _, y := range x.Any {
		u.time(y)
	}
	u.time(x.During)
	u.instant(x.From)
	u.instant(x.To)
}

func (u uses) instant(i *Instant) {
	if i != nil {
		u.moments[i.Ref] = true
	}
}
