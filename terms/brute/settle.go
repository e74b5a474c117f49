package brute

import (
	"slices"
	"strings"
)

// maxRows bounds worlds times answers to all open memberships.
const maxRows = 1 << 20

// pool is all worlds of a question, to be sorted by what is known in them.
type pool struct {
	facts  []string // those with more than one value
	dim    []int    // where each stands in a world, or -1 for a membership
	worlds []World
	// with holds the memberships that are known when it is known who it was: those of
	// whoever an umbrella stands for.
	with map[int][]string
}

// pool is nil where memberships make too many of them.
func (q *Question) pool() *pool {
	p := &pool{with: map[int][]string{}}
	open := map[string]bool{}
	q.Each(func(w World) bool {
		w.At = slices.Clone(w.At)
		p.worlds = append(p.worlds, w)
		for k := range w.Open {
			open[k] = true
		}
		return len(p.worlds)<<len(open) <= maxRows
	})
	if len(p.worlds)<<len(open) > maxRows {
		return nil
	}
	for _, k := range sorted(open) {
		if d := sideOf(k); d >= 0 {
			p.with[d] = append(p.with[d], k)
		} else {
			p.facts, p.dim = append(p.facts, k), append(p.dim, -1)
		}
	}
	sizes := q.sizes()
	for d, name := range q.names() {
		if sizes[d] > 1 || p.with[d] != nil {
			p.facts, p.dim = append(p.facts, name), append(p.dim, d)
		}
	}
	return p
}

// sideOf tells on which side of a world a membership belongs to one whom an umbrella
// stands for; -1 where it is a fact of its own.
func sideOf(membership string) int {
	for d, side := range map[int]string{dimOne: "one", dimOther: "other", dimControl: "holder"} {
		if strings.Contains(membership, " ("+side+": ") {
			return d
		}
	}
	return -1
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
	var ds []int
	var open []string
	for _, f := range facts {
		if d := p.dim[slices.Index(p.facts, f)]; d < 0 {
			open = append(open, f)
		} else {
			ds, open = append(ds, d), append(open, p.with[d]...)
		}
	}
	for _, w := range p.worlds {
		for _, key := range keys(w, ds, open) {
			if had, ok := answers[key]; ok && had != w.Broken {
				return false
			}
			answers[key] = w.Broken
		}
	}
	return true
}

// keys writes what is known in a world. A membership that did not matter in it may be
// either.
func keys(w World, dims []int, open []string) []string {
	var key []byte
	for _, d := range dims {
		key = append(key, byte(w.At[d]), byte(w.At[d]>>8))
	}
	out := []string{string(key)}
	for _, name := range open {
		may := []string{"+", "-"}
		if yes, asked := w.Open[name]; asked {
			may = []string{string("-+"[bit(yes)])}
		}
		var more []string
		for _, k := range out {
			for _, m := range may {
				more = append(more, k+m)
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
