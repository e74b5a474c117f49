package terms

import (
	"encoding/binary"
	"fmt"
	"slices"

	"truce"
)

// component is a group of factors that share facts: its worlds can be told apart from
// those of all others.
type component struct {
	sp      *space
	facts   []int
	factors []*factor
	broken  diagram // over the facts
}

// solution is the answer over all worlds.
type solution struct {
	outcome    truce.Outcome
	components []*component
}

// solve answers each component in all its worlds at once.
func (sp *space) solve(factors []*factor) solution {
	var s solution
	some, all := true, true // broken in some world, in all worlds
	for _, c := range sp.components(factors) {
		c.broken = sp.brokenIn(c)
		s.components = append(s.components, c)
		worlds := sp.worlds(sp.rolesOf(c))
		some = some && sp.forest.both(c.broken, worlds) != never
		all = all && sp.forest.both(sp.forest.not(c.broken), worlds) == never
	}
	switch {
	case all && len(factors) > 0:
		s.outcome = truce.Violation
	case !some || len(factors) == 0:
		s.outcome = truce.NoViolation
	default:
		s.outcome = truce.Undetermined
	}
	return s
}

// components joins factors that share a fact with more than one value.
func (sp *space) components(factors []*factor) []*component {
	of := map[int]*component{}
	var out []*component
	for _, f := range factors {
		c := &component{sp: sp, factors: []*factor{f}}
		for _, i := range f.facts() {
			if len(sp.facts[i].labels) > 1 || i == factTime && sp.several {
				c.facts = append(c.facts, i)
			}
		}
		for _, i := range slices.Clone(c.facts) {
			if had := of[i]; had != nil && had != c {
				c.factors = append(had.factors, c.factors...)
				c.facts = append(c.facts, had.facts...)
				out = slices.DeleteFunc(out, func(x *component) bool { return x == had })
				for _, k := range had.facts {
					of[k] = c
				}
			}
			of[i] = c
		}
		slices.Sort(c.facts)
		c.facts = slices.Compact(c.facts)
		out = append(out, c)
	}
	return out
}

// brokenIn says in which worlds a component is broken. A lasting act breaks the clause when
// any moment of it does.
func (sp *space) brokenIn(c *component) diagram {
	covers := sp.covers
	if !slices.Contains(c.facts, factTime) {
		covers = covers[:1]
	}
	next := make([]diagram, len(covers))
	for i, eras := range covers {
		for _, era := range eras {
			next[i] = sp.forest.either(next[i], sp.brokenAt(c.factors, era))
		}
	}
	return sp.forest.make(factTime, next)
}

// brokenAt says in which worlds all factors hold in an era.
func (sp *space) brokenAt(factors []*factor, era int) diagram {
	out := always
	for _, f := range factors {
		if out == never {
			break
		}
		out = sp.forest.both(out, sp.factorAt(f, era))
	}
	return out
}

// factorAt says in which worlds a factor holds in an era.
func (sp *space) factorAt(f *factor, era int) diagram {
	out := always
	for _, c := range f.conditions {
		if out == never {
			break
		}
		out = sp.forest.both(out, sp.conditionAt(c, era))
	}
	if f.except != nil {
		out = sp.forest.not(out)
	}
	if f.reading >= 0 {
		out = sp.forest.either(out, sp.forest.not(sp.forest.is(factReading, f.reading, sp.size(factReading))))
	}
	return out
}

// conditionAt says in which worlds a condition holds in an era. It is worked out once.
func (sp *space) conditionAt(c *condition, era int) diagram {
	if !slices.Contains(c.facts, factTime) {
		era = 0
	}
	if d, ok := c.is[era]; ok {
		return d
	}
	if c.is == nil {
		c.is = map[int]diagram{}
	}
	c.is[era] = sp.ask(c.facts, func(w *world) bool { return c.holds(w, era) })
	return c.is[era]
}

// kind is which of the values that can be told apart a value of a fact is.
func (sp *space) kind(fact, v int) int {
	if fact == factTime {
		return sp.times[v]
	}
	return v
}

// size is how many values of a fact the clause can tell apart.
func (sp *space) size(fact int) int {
	if fact == factTime {
		return len(sp.covers)
	}
	return len(sp.facts[fact].labels)
}

// ask works a test over some facts out by asking it. Where it asks for a fact that has no
// value yet, it is asked again with each.
func (sp *space) ask(facts []int, holds func(*world) bool) diagram {
	w := &world{pick: make([]int, len(sp.facts))}
	for _, i := range facts {
		if i != factTime && len(sp.facts[i].labels) > 1 {
			w.pick[i] = unpicked
		}
	}
	var again func() diagram
	again = func() diagram {
		sp.forest.work++
		w.asked = unpicked
		is := holds(w)
		i := w.asked
		if i == unpicked {
			return diagram(btoi(is))
		}
		next := make([]diagram, sp.size(i))
		for v := range next {
			w.pick[i] = v
			next[v] = again()
		}
		w.pick[i] = unpicked
		return sp.forest.cases(i, next)
	}
	return again()
}

// worlds says which choices of the roles are worlds.
func (sp *space) worlds(roles []int) diagram {
	if len(roles) < 2 {
		return always
	}
	key := fmt.Sprint(roles)
	if d, ok := sp.worldly[key]; ok {
		return d
	}
	d := sp.ask(roles, func(w *world) bool { return sp.isWorld(w, roles) })
	if sp.worldly == nil {
		sp.worldly = map[string]diagram{}
	}
	sp.worldly[key] = d
	return d
}

// rolesOf are the roles that a component picks, where one actor is held to be one.
func (sp *space) rolesOf(c *component) []int {
	if sp.loose {
		return nil
	}
	return slices.DeleteFunc(sp.roles(), func(r int) bool { return !slices.Contains(c.facts, r) })
}

// possible reports whether the clause is broken in some world in which one of the hands of
// a side acted.
func (s solution) possible(side, hand int) bool {
	for _, c := range s.components {
		d := c.broken
		acted := [2][2]int{{factAttacker, side}, {factSideA + side, hand}}
		for _, is := range acted {
			if slices.Contains(c.facts, is[0]) {
				d = c.sp.forest.both(d, c.sp.forest.is(is[0], is[1], c.sp.size(is[0])))
			}
		}
		others := slices.DeleteFunc(c.sp.rolesOf(c), func(r int) bool { return r == factSideA+side })
		if c.sp.forest.both(d, c.sp.worlds(others)) == never {
			return false
		}
	}
	return true
}

// asking lists the places where a component asks for a fact.
func (c *component) asking(fact int) []question {
	var out []question
	questions, _, _ := c.sp.forest.reached(c.broken, unpicked, 0)
	for _, q := range questions {
		if q.fact == fact {
			out = append(out, q)
		}
	}
	return out
}

// matters reports whether the i-th fact can change the answer, others being equal.
func (c *component) matters(i int) bool { return len(c.asking(c.facts[i])) > 0 }

// classes groups the values of the i-th fact that lead to the same answers.
func (c *component) classes(i int) [][]int {
	fact := c.facts[i]
	asking := c.asking(fact)
	firsts, kind := alike(len(c.sp.facts[fact].labels), func(v int) []byte {
		var key []byte
		for _, q := range asking {
			key = binary.AppendUvarint(key, uint64(q.next[c.sp.kind(fact, v)]))
		}
		return key
	})
	out := make([][]int, len(firsts))
	for v, k := range kind {
		out[k] = append(out[k], v)
	}
	return out
}

// given returns the outcome of the component when the i-th fact has one value.
func (c *component) given(i, v int) truce.Tri { return c.answer(c.facts[i], v) }

func (c *component) tri() truce.Tri { return c.answer(unpicked, 0) }

// answer is the outcome of the component when a fact, if any, has one value.
func (c *component) answer(fact, v int) truce.Tri {
	_, yes, no := c.sp.forest.reached(c.broken, fact, c.sp.kind(fact, v))
	switch {
	case yes && no:
		return truce.Unknown
	case yes:
		return truce.Yes
	}
	return truce.No
}

// in is the answer in one world, by a value for each fact of the component.
func (c *component) in(w []int) bool {
	d := c.broken
	for d > always {
		q := c.sp.forest.question(d)
		i, _ := slices.BinarySearch(c.facts, q.fact)
		d = q.next[c.sp.kind(q.fact, w[i])]
	}
	return d == always
}
