package terms

import (
	"slices"
	"strings"

	"truce"
)

// component is a group of factors that share facts: its worlds can be walked apart from
// those of all others.
type component struct {
	facts   []int
	factors []*factor
	broken  []bool // for every world, in the order of index
	size    []int  // values of each fact
}

// solution is the answer over all worlds.
type solution struct {
	outcome    truce.Outcome
	components []*component
}

// solve walks the worlds of each component.
func (sp *space) solve(factors []*factor) solution {
	var s solution
	some, all := true, true // broken in some world, in all worlds
	for _, c := range sp.components(factors) {
		sp.walk(c)
		s.components = append(s.components, c)
		some = some && slices.Contains(c.broken, true)
		all = all && !slices.Contains(c.broken, false)
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
		c := &component{factors: []*factor{f}}
		for _, i := range f.facts() {
			if len(sp.facts[i].labels) > 1 || i == factTime && sp.several() {
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

// several reports whether a single time covers more than one moment, so that conditions
// on it must be taken together.
func (sp *space) several() bool {
	return slices.ContainsFunc(sp.times, func(ms []int) bool { return len(ms) > 1 })
}

// walk evaluates a component in each of its worlds. A lasting act breaks the clause when
// any moment of it does.
func (sp *space) walk(c *component) {
	n := 1
	for _, i := range c.facts {
		c.size = append(c.size, len(sp.facts[i].labels))
		n *= len(sp.facts[i].labels)
	}
	c.broken = make([]bool, n)
	w := make(world, len(sp.facts))
	roles := sp.rolesOf(c)
	var none []int // choices that are no worlds
	for k := range n {
		c.pick(w, k)
		if len(roles) > 1 && !sp.worldly(w, roles) {
			none = append(none, k)
			continue
		}
		for _, m := range sp.times[w[factTime]] {
			if !slices.ContainsFunc(c.factors, func(f *factor) bool { return !f.holds(w, m) }) {
				c.broken[k] = true
				break
			}
		}
	}
	sp.fill(c, none)
}

// fill gives choices that are no worlds the answer of one that is, so that they add nothing.
func (sp *space) fill(c *component, none []int) {
	first := 0
	for first < len(none) && none[first] == first {
		first++
	}
	for _, k := range none {
		c.broken[k] = c.broken[first]
	}
}

// rolesOf are the roles that a component picks, where one actor is held to be one.
func (sp *space) rolesOf(c *component) []int {
	if sp.loose {
		return nil
	}
	return slices.DeleteFunc(sp.roles(), func(r int) bool { return !slices.Contains(c.facts, r) })
}

// pick sets the component's facts to its k-th world.
func (c *component) pick(w world, k int) {
	for i := len(c.facts) - 1; i >= 0; i-- {
		w[c.facts[i]] = k % c.size[i]
		k /= c.size[i]
	}
}

// stride is how far apart two worlds are that differ by one step in the i-th fact.
func (c *component) stride(i int) int {
	n := 1
	for _, s := range c.size[i+1:] {
		n *= s
	}
	return n
}

// value is which value of the i-th fact the k-th world picks.
func (c *component) value(k, i int) int { return k / c.stride(i) % c.size[i] }

// matters reports whether the i-th fact can change the answer, others being equal.
func (c *component) matters(i int) bool {
	stride := c.stride(i)
	for k := range c.broken {
		if v := c.value(k, i); v > 0 && c.broken[k] != c.broken[k-v*stride] {
			return true
		}
	}
	return false
}

// classes groups the values of the i-th fact that lead to the same answers.
func (c *component) classes(i int) [][]int {
	stride := c.stride(i)
	at := map[string]int{}
	var out [][]int
	for v := range c.size[i] {
		var sig strings.Builder
		for k := range c.broken {
			if c.value(k, i) == 0 {
				sig.WriteByte("ny"[btoi(c.broken[k+v*stride])])
			}
		}
		j, ok := at[sig.String()]
		if !ok {
			j = len(out)
			at[sig.String()] = j
			out = append(out, nil)
		}
		out[j] = append(out[j], v)
	}
	return out
}

// given returns the outcome of the component when the i-th fact has one value.
func (c *component) given(i, v int) truce.Tri {
	yes, no := false, false
	for k, b := range c.broken {
		if c.value(k, i) == v {
			yes, no = yes || b, no || !b
		}
	}
	switch {
	case yes && no:
		return truce.Unknown
	case yes:
		return truce.Yes
	}
	return truce.No
}

func (c *component) tri() truce.Tri {
	yes, no := slices.Contains(c.broken, true), slices.Contains(c.broken, false)
	switch {
	case yes && no:
		return truce.Unknown
	case yes:
		return truce.Yes
	}
	return truce.No
}
