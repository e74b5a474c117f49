package terms

import (
	"reflect"
	"slices"

	"truce"
)

// clash compares the clauses of one agreement with each other.
type clash struct {
	*linter
	acts, means *truce.Tree
}

// clashes finds permits that leave nothing of a prohibition and duties to do what is
// forbidden. It says nothing where one clause is only an exception from another, and
// nothing where it cannot be sure.
func (l *linter) clashes() {
	k := clash{l, l.a.ActTree(), l.a.MeansTree()}
	for _, f := range l.a.Clauses {
		if f.Kind != Forbid && f.Kind != Keep {
			continue
		}
		for _, o := range l.a.Clauses {
			switch {
			case o.Kind == Permit && (len(o.Of) == 0 || slices.Contains(o.Of, f.ID)):
				k.permitted(f, o)
			case o.Kind == Require:
				k.required(f, o)
			}
		}
	}
}

// permitted reports a permit that covers all that a clause forbids.
func (k clash) permitted(f, o *Clause) {
	for _, forbid := range asRead(f) {
		for _, permit := range asRead(o) {
			if !k.covers(permit, forbid) {
				continue
			}
			if bare(permit) {
				k.warn(keysOf(f, string(f.Kind)), "permit-cancels", "conditions on the permit, or of: with other clauses",
					"clause %s can never be broken: clause %s permits all of it without conditions", f.ID, o.ID)
				return
			}
			k.contradict(f, o)
			return
		}
	}
}

// required reports a duty that cannot be met without breaking a clause.
func (k clash) required(f, o *Clause) {
	for _, forbid := range asRead(f) {
		for _, require := range asRead(o) {
			if len(forbid.Unless) == 0 && k.covers(forbid, require) && !k.freed(f, require) {
				k.contradict(f, o)
				return
			}
		}
	}
}

func (k clash) contradict(f, o *Clause) {
	k.warn(keysOf(o, string(o.Kind)), "contradiction", "an act, party, place or time that differs, or unless:",
		"clause %s %ss what clause %s forbids: %s, by the same party, in the same place, at the same time", o.ID, o.Kind, f.ID, words(o.Acts))
}

// freed says whether a permit takes the required act out of the prohibition.
func (k clash) freed(f, require *Clause) bool {
	for _, o := range k.a.Clauses {
		if o.Kind == Permit && (len(o.Of) == 0 || slices.Contains(o.Of, f.ID)) && k.covers(o, require) {
			return true
		}
	}
	return false
}

// bare says whether a permit has no conditions.
func bare(c *Clause) bool {
	return c.By == nil && c.Against == nil && c.Means == nil && c.Within == nil && c.Outside == nil && c.During == nil &&
		c.Count == nil && c.When == "" && c.Provided == nil
}

// covers says whether whatever fits clause c surely fits clause o too.
func (k clash) covers(o, c *Clause) bool {
	return k.coversWords(k.acts, o.Acts, c.Acts) && k.coversMeans(o.Means, c.Means) &&
		k.coversParty(o.By, c.By) && k.coversParty(o.Against, c.Against) &&
		coversPlace(k.where(o), k.where(c)) && (o.Outside == nil || reflect.DeepEqual(o.Outside, c.Outside)) &&
		k.coversTime(o.During, c.During) &&
		(o.When == "" || o.When == c.When) && (o.Count == nil || reflect.DeepEqual(o.Count, c.Count)) && o.Provided == nil
}

func (k clash) coversWords(tree *truce.Tree, upper, lower []string) bool {
	for _, w := range lower {
		if !slices.ContainsFunc(upper, func(u string) bool { return tree.Covers(u, w) }) {
			return false
		}
	}
	return len(lower) > 0
}

func (k clash) coversMeans(upper, lower []MeansTest) bool {
	if len(upper) == 0 {
		return true
	}
	for _, m := range lower {
		if !slices.ContainsFunc(upper, func(u MeansTest) bool {
			return k.means.Covers(u.Kind, m.Kind) && (len(u.Num) == 0 || reflect.DeepEqual(u, m))
		}) {
			return false
		}
	}
	return len(lower) > 0
}

// coversParty takes a missing party for anyone.
func (k clash) coversParty(upper, lower []string) bool {
	if len(upper) == 0 || slices.Contains(upper, "anyone") {
		return true
	}
	for _, name := range lower {
		if !k.covered(name, upper) {
			return false
		}
	}
	return len(lower) > 0
}

// where is the place a clause is judged by.
func (k clash) where(c *Clause) *Place {
	if c.Within == nil && c.Kind != Permit && c.Kind != Excuse {
		return k.a.Where
	}
	return c.Within
}

func coversPlace(upper, lower *Place) bool {
	switch {
	case upper == nil || reflect.DeepEqual(upper, lower):
		return true
	case lower == nil:
		return false
	case upper.All != nil:
		return !slices.ContainsFunc(upper.All, func(p *Place) bool { return !coversPlace(p, lower) })
	case lower.All != nil:
		return slices.ContainsFunc(lower.All, func(p *Place) bool { return coversPlace(upper, p) })
	case lower.Any != nil:
		return !slices.ContainsFunc(lower.Any, func(p *Place) bool { return !coversPlace(upper, p) })
	}
	return slices.ContainsFunc(upper.Any, func(p *Place) bool { return coversPlace(p, lower) })
}

func (k clash) coversTime(upper, lower *Time) bool {
	if upper == nil || reflect.DeepEqual(upper, lower) {
		return true
	}
	us, waits := k.clock.spans(upper)
	ls, more := k.clock.spans(lower)
	if lower == nil {
		ls, more = k.opens, nil
		if !k.opened {
			return false
		}
	}
	return waits == nil && more == nil && len(ls) > 0 && slices.Equal(ls.meet(us), ls.tidy())
}
