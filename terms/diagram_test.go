package terms

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// table is what a diagram should say, world by world: the facts that it turns on are those
// of sizes, by index.
type table []bool

var sizes = []int{1, 3, 2, 4, 2, 3} // the first is the time, which is not asked for

func worldsOf(sizes []int) [][]int {
	out := [][]int{nil}
	for _, n := range sizes {
		var next [][]int
		for _, w := range out {
			for v := range n {
				next = append(next, append(slices.Clone(w), v))
			}
		}
		out = next
	}
	return out
}

// random is a table that some facts, not all, turn, and the diagram that asking makes of
// it; the facts are asked for in a random order.
func random(g *rand.Rand, sp *space) (table, diagram) {
	order := slices.DeleteFunc(g.Perm(len(sizes)), func(i int) bool { return i == factTime })[:1+g.IntN(4)]
	seen := map[int]bool{}
	holds := func(w *world) bool {
		key := 1
		for _, i := range order {
			v := w.of(i)
			key = key*8 + v
			if v == 0 && i%2 == 0 { // asks no further
				break
			}
		}
		if _, ok := seen[key]; !ok {
			seen[key] = g.IntN(2) == 0
		}
		return seen[key]
	}
	var t table
	for _, w := range worldsOf(sizes) {
		t = append(t, holds(&world{pick: w}))
	}
	return t, sp.ask(order, holds)
}

func (f *forest) says(d diagram, w []int) bool {
	for d > always {
		d = f.question(d).next[w[f.question(d).fact]]
	}
	return d == always
}

// Every operation says in each world what the tables say, and the same table is the same
// diagram however it came about.
func TestDiagramsAgreeWithTables(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	sp := &space{forest: &forest{}, covers: make([][]int, 1)}
	for _, n := range sizes {
		sp.facts = append(sp.facts, fact{labels: make([]string, n)})
	}
	all := worldsOf(sizes)
	known := map[string]diagram{}
	check := func(what string, d diagram, want func(i int) bool) {
		t.Helper()
		key := make([]byte, len(all))
		for i, w := range all {
			if key[i] = byte(btoi(want(i))); sp.forest.says(d, w) != want(i) {
				t.Fatalf("%s: in %v the diagram says %v", what, w, !want(i))
			}
		}
		if had, ok := known[string(key)]; ok && had != d {
			t.Fatalf("%s: two diagrams for one table", what)
		}
		known[string(key)] = d
	}
	for range 500 {
		ta, a := random(g, sp)
		tb, b := random(g, sp)
		check("asked", a, func(i int) bool { return ta[i] })
		check("both", sp.forest.both(a, b), func(i int) bool { return ta[i] && tb[i] })
		check("either", sp.forest.either(a, b), func(i int) bool { return ta[i] || tb[i] })
		check("not", sp.forest.not(a), func(i int) bool { return !ta[i] })
		fact := 1 + g.IntN(len(sizes)-1)
		value := g.IntN(sizes[fact])
		check("is", sp.forest.is(fact, value, sizes[fact]), func(i int) bool { return all[i][fact] == value })
		wantYes, wantNo := false, false
		for i, w := range all {
			if w[fact] == value {
				wantYes, wantNo = wantYes || ta[i], wantNo || !ta[i]
			}
		}
		if _, yes, no := sp.forest.reached(a, fact, value); yes != wantYes || no != wantNo {
			t.Fatalf("reached with fact %d at %d: %v %v, want %v %v", fact, value, yes, no, wantYes, wantNo)
		}
	}
}
