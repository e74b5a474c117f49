package brute

import (
	"fmt"
	"slices"
)

// pool is all worlds of a question, to be sorted by what is known in them.
type pool struct {
	facts  []string // those with more than one value
	dim    []int    // where each stands in a world, or -1 for a membership
	worlds []World
}

func (q *Question) pool() *pool {
	p := &pool{}
	open := map[string]bool{}
	q.Each(func(w World) bool {
		w.At = slices.Clone(w.At)
		p.worlds = append(p.worlds, w)
		for k := range w.Open {
			open[k] = true
		}
		return true
	})
	sizes := q.sizes()
	for d, name := range q.names() {
		if sizes[d] > 1 {
			p.facts, p.dim = append(p.facts, name), append(p.dim, d)
		}
	}
	for _, k := range sorted(open) {
		p.facts, p.dim = append(p.facts, k), append(p.dim, -1)
	}
	return p
}

// unknown returns a fact that no two worlds differ in.
func (p *pool) unknown(facts []string) string {
	for _, f := range facts {
		if !slices.Contains(p.facts, f) {
			return f
		}
	}
	return ""
}

// settled says whether worlds that agree in the facts agree in the answer.
func (p *pool) settled(facts []string) bool {
	answers := map[string]bool{}
	for _, w := range p.worlds {
		for _, key := range p.keys(w, facts) {
			if had, ok := answers[key]; ok && had != w.Broken {
				return false
			}
			answers[key] = w.Broken
		}
	}
	return true
}

// keys writes the values of the facts in a world. A membership that did not matter in it
// may be either.
func (p *pool) keys(w World, facts []string) []string {
	out := []string{""}
	for _, f := range facts {
		d := p.dim[slices.Index(p.facts, f)]
		var may []string
		if d >= 0 {
			may = []string{fmt.Sprint(w.At[d])}
		} else if yes, asked := w.Open[f]; asked {
			may = []string{fmt.Sprint(yes)}
		} else {
			may = []string{"true", "false"}
		}
		var more []string
		for _, key := range out {
			for _, m := range may {
				more = append(more, key+"|"+m)
			}
		}
		out = more
	}
	return out
}

// smallest returns a set of n facts that settles the matter, or nil.
func (p *pool) smallest(n int) []string {
	var try func(from int, have []string) []string
	try = func(from int, have []string) []string {
		if len(have) == n {
			if p.settled(have) {
				return have
			}
			return nil
		}
		for i := from; i < len(p.facts); i++ {
			if found := try(i+1, append(slices.Clone(have), p.facts[i])); found != nil {
				return found
			}
		}
		return nil
	}
	if n < 0 {
		return nil
	}
	return try(0, []string{})
}
