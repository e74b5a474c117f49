package brute

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/terms"
)

// maxWorlds bounds the worlds of a question; beyond it values that no test of the
// agreement tells apart are taken for one.
const (
	maxWorlds = 50_000
	plenty    = 3_000
)

// choose lays out the values that each fact may have.
func (q *Question) choose() {
	e := q.e
	q.readings = []*terms.Clause{q.c}
	if len(q.c.Readings) > 0 {
		q.readings = nil
		for _, r := range q.c.Readings {
			q.readings = append(q.readings, r.Clause)
		}
	}
	q.happened = []bool{true}
	if e.Doubted {
		q.happened = append(q.happened, false)
	}
	q.times = q.chooseTimes(e.When)
	q.cells = extent(e.Where)
	q.one = q.choosePicks(e.By, func(p Person) bool { return p.Armed })
	if e.Mutual {
		q.other = q.choosePicks(e.Against, func(p Person) bool { return p.Armed })
	} else {
		q.other = q.choosePicks(e.Against, func(p Person) bool { return true })
		if len(e.Against) == 0 {
			q.other = append(q.other, pick{id: nobody})
		}
	}
	q.began = []bool{true}
	if e.Mutual {
		q.began = append(q.began, false)
	}
	q.holders = q.choosePicks(e.Control, func(p Person) bool { return true })
	if len(e.Control) == 0 {
		q.holders = append(q.holders, pick{id: nobody})
	}
	q.act = leavesOf(q.acts, e.Acts)
	q.tools = q.chooseTools(e.Means)
	q.chooseFacts()
	q.thin()
}

// leavesOf returns the finest kinds that any of the words may be.
func leavesOf(tree *truce.Tree, words []string) []string {
	if len(words) == 0 {
		words = []string{tree.Root()}
	}
	var out []string
	for _, w := range words {
		for _, l := range tree.Leaves(w) {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

func (q *Question) choosePicks(ids []string, may func(Person) bool) []pick {
	if len(ids) == 0 {
		ids = []string{"*"}
		for _, p := range q.table.Persons {
			if may(p) && (!p.Umbrella || p.Open) { // of a closed one everybody is there by name
				ids = append(ids, p.ID)
			}
		}
	}
	var out []pick
	for _, id := range ids {
		p := q.table.person(id)
		if p == nil || !p.Umbrella {
			out = append(out, pick{id: id})
			continue
		}
		for _, m := range p.Members {
			if !slices.Contains(ids, m) { // who is meant by his own name is himself
				out = append(out, pick{m, id})
			}
		}
		if p.Open {
			out = append(out, pick{unnamed, id})
		}
	}
	return out
}

// chooseTimes lists the moments of the act: one of many for an act at an unknown moment,
// all of them together for one that lasted.
func (q *Question) chooseTimes(whens []truce.When) [][]time.Time {
	if len(whens) == 0 {
		return each(q.distinct(q.grid))
	}
	var out [][]time.Time
	for _, w := range whens {
		moments := []time.Time{w.From}
		if !w.Instant() {
			moments = append(moments, w.To.Add(-time.Second))
			for _, t := range q.grid {
				if t.After(w.From) && t.Before(w.To) {
					moments = append(moments, t)
				}
			}
		}
		if moments = q.distinct(moments); w.Lasts {
			out = append(out, moments)
		} else {
			out = append(out, each(moments)...)
		}
	}
	return out
}

func each(ts []time.Time) [][]time.Time {
	var out [][]time.Time
	for _, t := range ts {
		out = append(out, []time.Time{t})
	}
	return out
}

// distinct drops moments that no window and no membership tells apart.
func (q *Text) distinct(ts []time.Time) []time.Time {
	var out []time.Time
	seen := map[string]bool{}
	for _, t := range ts {
		if s := q.signature(t); !seen[s] {
			seen[s] = true
			out = append(out, t)
		}
	}
	return out
}

// signature writes every answer that an instant may bear on.
func (q *Text) signature(t time.Time) string {
	if s, ok := q.alike[t.Unix()]; ok {
		return s
	}
	var b strings.Builder
	b.WriteByte("01"[bit(q.inTime(nil, t))])
	for _, c := range q.all() {
		if c.During != nil {
			b.WriteByte("01"[bit(q.inTime(c.During, t))])
		}
		if c.Provided != nil {
			b.WriteByte("01"[bit(q.accepted(c.Provided.Accepted, t))])
		}
	}
	for _, name := range sorted(q.a.Parties) {
		for _, p := range q.table.Persons {
			if !p.Umbrella {
				b.WriteByte("012"[1+q.table.own(q.clock, q.a.Parties[name], pick{id: p.ID}, t)])
			} else if p.Open {
				b.WriteByte("012"[1+q.table.own(q.clock, q.a.Parties[name], pick{unnamed, p.ID}, t)])
			}
		}
	}
	q.alike[t.Unix()] = b.String()
	return b.String()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// all returns every clause under every reading.
func (q *Text) all() []*terms.Clause {
	var out []*terms.Clause
	for _, c := range q.a.Clauses {
		out = append(out, c)
		for _, r := range c.Readings {
			out = append(out, r.Clause)
		}
	}
	return out
}

func (q *Question) chooseTools(means []truce.Means) []tool {
	if len(means) == 0 {
		means = []truce.Means{{Kind: q.means.Root()}}
	}
	tests := map[string][]float64{}
	for _, c := range q.all() {
		for _, m := range c.Means {
			for _, n := range m.Num {
				tests[n.Name] = append(tests[n.Name], n.Value)
			}
		}
	}
	var out []tool
	for _, m := range means {
		for _, leaf := range q.means.Leaves(m.Kind) {
			ts := []tool{{leaf, nil}}
			for _, name := range sorted(tests) {
				var more []tool
				for _, t := range ts {
					r, known := m.Num[name]
					for _, v := range points(r, known, tests[name]) {
						num := map[string]float64{name: v}
						for k, w := range t.num {
							num[k] = w
						}
						more = append(more, tool{leaf, num})
					}
				}
				ts = more
			}
			out = append(out, ts...)
		}
	}
	return dedupe(out, func(t tool) string { return fmt.Sprint(t.leaf, t.num) })
}

// points are the numbers of a range that tests may tell apart: its ends, each number
// tested, and one on either side of it.
func points(r truce.Range, known bool, tested []float64) []float64 {
	if !known {
		r = truce.Range{Low: 0, High: math.Inf(1)}
	}
	var out []float64
	add := func(v float64) {
		if v >= r.Low && v <= r.High && !math.IsInf(v, 0) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	add(r.Low)
	add(r.High)
	for _, v := range tested {
		add(v - 1)
		add(v)
		add(v + 1)
	}
	return out
}

// chooseFacts lays out the facts that the clause, its excuses or a permit ask for.
func (q *Question) chooseFacts() {
	tested := map[string][]float64{}
	for _, c := range append(q.all(), q.readings...) {
		for f := range c.Excuse {
			tested[f] = nil
		}
		for f := range c.Shown {
			tested[f] = nil
		}
		if c.Count != nil {
			tested["number"] = append(tested["number"], c.Count.Value)
		}
		q.exprs[c.When].leaves(func(x *Expr) { tested[x.Fact] = append(tested[x.Fact], x.Num) })
	}
	asked := q.asked()
	for _, f := range sorted(tested) {
		if asked[f] {
			q.facts = append(q.facts, f)
			q.values = append(q.values, q.chooseFact(f, tested[f]))
		}
	}
}

// asked names the facts that may come up when this clause is judged.
func (q *Question) asked() map[string]bool {
	out := map[string]bool{}
	for _, c := range q.used() {
		for f := range c.Excuse {
			out[f] = true
		}
		for f := range c.Shown {
			out[f] = true
		}
		if c.Count != nil {
			out["number"] = true
		}
		q.exprs[c.When].leaves(func(x *Expr) { out[x.Fact] = true })
	}
	return out
}

// used returns the readings of the clause, its excuses and all permits.
func (q *Question) used() []*terms.Clause {
	out := slices.Clone(q.readings)
	for _, r := range q.readings {
		for _, id := range r.Unless {
			out = append(out, q.a.Clause(id))
		}
	}
	for _, c := range q.a.Clauses {
		if c.Kind == terms.Permit {
			out = append(out, c)
		}
	}
	return out
}

func (q *Question) chooseFact(name string, tested []float64) []value {
	var out []value
	number := func(r *truce.Range) {
		if r == nil {
			r = &truce.Range{Low: 0, High: math.Inf(1)}
		}
		for _, v := range points(*r, true, tested) {
			out = append(out, value{num: v})
		}
	}
	switch name {
	case "killed":
		number(q.e.Killed)
		return out
	case "injured":
		number(q.e.Injured)
		return out
	case "number":
		number(q.e.Number)
		return out
	}
	v, f := q.e.Facts[name], q.a.Facts[name]
	if f.Number {
		number(v.Number)
		return out
	}
	words := v.Words
	if len(words) == 0 {
		words = f.Words
	}
	for _, w := range words {
		switch w {
		case "true":
			w = "yes"
		case "false":
			w = "no"
		}
		if !slices.Contains(out, value{word: w}) {
			out = append(out, value{word: w})
		}
	}
	return out
}

func dedupe[T any](in []T, key func(T) string) []T {
	var out []T
	seen := map[string]bool{}
	for _, x := range in {
		if k := key(x); !seen[k] {
			seen[k] = true
			out = append(out, x)
		}
	}
	return out
}

// thin takes values for one that no test tells apart, where there are too many worlds.
func (q *Question) thin() {
	if q.Worlds() > plenty {
		q.act = dedupe(q.act, func(leaf string) string {
			return q.marks(func(c *terms.Clause, say func(bool)) {
				for _, w := range append(slices.Clone(c.Acts), c.Upon...) {
					say(q.acts.CoversLeaf(w, leaf))
				}
			})
		})
		q.tools = dedupe(q.tools, func(t tool) string {
			return q.marks(func(c *terms.Clause, say func(bool)) {
				for _, m := range c.Means {
					say(q.uses(t, m))
				}
			})
		})
	}
	if q.Worlds() > plenty {
		q.thinUnused()
	}
}

// thinUnused keeps one value of facts that nothing asks for.
func (q *Question) thinUnused() {
	against, control, place := false, false, q.a.Where != nil
	for _, c := range q.used() {
		against = against || len(c.Against) > 0
		place = place || c.Within != nil || c.Outside != nil
		control = control || controls(c.Within) || controls(c.Outside)
	}
	if !against && !q.e.Mutual {
		q.other = q.other[:1]
	}
	if !control && !controls(q.a.Where) {
		q.holders = q.holders[:1]
	}
	if !place {
		q.cells = q.cells[:1]
	}
	q.cells = dedupe(q.cells, q.cellMarks)
}

func (q *Question) cellMarks(c Cell) string {
	var b strings.Builder
	for _, name := range sorted(q.a.Places) {
		if l := q.a.Places[name].Line; l != nil {
			fmt.Fprint(&b, c != elsewhere(), c.Lon-meridianOf(l.Shape) == 0, c.Lon-meridianOf(l.Shape) == -1)
		} else {
			fmt.Fprint(&b, q.inside(name, c))
		}
	}
	return b.String()
}

func controls(p *terms.Place) bool {
	return p != nil && (p.Control != "" || slices.ContainsFunc(p.Any, controls))
}

// marks writes the answers of some tests of all clauses as a text.
func (q *Question) marks(test func(c *terms.Clause, say func(bool))) string {
	var b strings.Builder
	for _, c := range q.all() {
		test(c, func(yes bool) { b.WriteByte("01"[bit(yes)]) })
	}
	return b.String()
}
