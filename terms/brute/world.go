package brute

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/terms"
)

// pick is one actor in a world: an identifier of the register, "*", "?name", nobody, or
// one that an umbrella (of) covers.
type pick struct{ id, of string }

const (
	unnamed = "(one not named)"
	nobody  = "nobody"
)

// value is a fact's value: a word or a number.
type value struct {
	word string
	num  float64
}

// tool is one kind of means with its numbers.
type tool struct {
	leaf string
	num  map[string]float64
}

// Text is a parsed agreement with what it speaks of, and answers found before.
type Text struct {
	a     *terms.Agreement
	table *Table
	clock *clock
	exprs map[string]*Expr
	grid  []time.Time // every instant at which anything may change
	acts  *truce.Tree
	means *truce.Tree

	ground  map[cellIn]bool
	tri     map[ownKey]truce.Tri
	windows map[windowKey]bool
	alike   map[int64]string // signatures of instants
}

// Question asks what becomes of one element under one clause.
type Question struct {
	*Text
	c *terms.Clause
	e *truce.Element
	// apart takes what is open of somebody whom the report does not name as a part of who it
	// was, side by side, as settling sets do (docs/language.md). Outcomes never do.
	apart bool

	readings []*terms.Clause
	happened []bool
	times    [][]time.Time
	cells    []Cell
	one      []pick
	other    []pick
	began    []bool // that the first side attacked the other
	act      []string
	tools    []tool
	holders  []pick
	facts    []string
	values   [][]value
}

// The dimensions of a world before its facts.
const (
	dimReading = iota
	dimOccurrence
	dimTime
	dimPlace
	dimOne
	dimOther
	dimBegan
	dimAct
	dimMeans
	dimControl
	dims
)

// names of the dimensions, as verdicts call them.
func (q *Question) names() []string {
	out := []string{"reading", "occurrence", "time", "place", "actor", "target", "who attacked", "act", "means", "control"}
	if q.e.Mutual {
		out[dimOne], out[dimOther] = "one side", "other side"
	}
	return append(out, q.facts...)
}

// sizes is how many values each dimension has.
func (q *Question) sizes() []int {
	out := []int{len(q.readings), len(q.happened), len(q.times), len(q.cells), len(q.one), len(q.other),
		len(q.began), len(q.act), len(q.tools), len(q.holders)}
	for _, vs := range q.values {
		out = append(out, len(vs))
	}
	return out
}

// Worlds is how many choices there are, open memberships aside.
func (q *Question) Worlds() int {
	n := 1
	for _, k := range q.sizes() {
		if n *= k; n > 1<<30 {
			return n
		}
	}
	return n
}

// World is one choice for every fact, the memberships it had to assume, and whether the
// clause is broken in it.
type World struct {
	At     []int
	Open   map[string]bool
	Broken bool
}

// Each walks through all worlds until f returns false. A membership that is open and on
// which the answer turns makes two worlds of one.
func (q *Question) Each(f func(World) bool) {
	sizes := q.sizes()
	at := make([]int, len(sizes))
	for {
		if !q.eachOpen(at, f) {
			return
		}
		d := len(at) - 1
		for ; d >= 0; d-- {
			if at[d]++; at[d] < sizes[d] {
				break
			}
			at[d] = 0
		}
		if d < 0 {
			return
		}
	}
}

// eachOpen tries every answer to the memberships that come up.
func (q *Question) eachOpen(at []int, f func(World) bool) bool {
	var asked []string
	var answers []bool
	for {
		v := &view{q: q, at: at}
		v.ask = func(what string) bool {
			for i, a := range asked {
				if a == what {
					return answers[i]
				}
			}
			asked, answers = append(asked, what), append(answers, false)
			return false
		}
		w := World{At: at, Broken: v.broken()}
		if len(asked) > 0 {
			w.Open = map[string]bool{}
			for i, a := range asked {
				w.Open[a] = answers[i]
			}
		}
		if !f(w) {
			return false
		}
		for len(answers) > 0 && answers[len(answers)-1] {
			asked, answers = asked[:len(asked)-1], answers[:len(answers)-1]
		}
		if len(answers) == 0 {
			return true
		}
		answers[len(answers)-1] = true
	}
}

// Outcome is the verdict: broken in all worlds, in none, or in some.
func (q *Question) Outcome() truce.Outcome {
	yes, no := false, false
	q.Each(func(w World) bool {
		yes, no = yes || w.Broken, no || !w.Broken
		return !(yes && no)
	})
	switch {
	case yes && no:
		return truce.Undetermined
	case yes:
		return truce.Violation
	}
	return truce.NoViolation
}

// Describe writes a world for people.
func (q *Question) Describe(w World) string {
	names := q.names()
	var out []string
	say := func(d int, v any) {
		if q.sizes()[d] > 1 {
			out = append(out, fmt.Sprintf("%s=%v", names[d], v))
		}
	}
	v := view{q: q, at: w.At}
	if len(q.c.Readings) > 0 {
		say(dimReading, q.c.Readings[w.At[dimReading]].Name)
	}
	say(dimOccurrence, q.happened[w.At[dimOccurrence]])
	say(dimTime, v.instants())
	say(dimPlace, v.cell())
	say(dimOne, q.one[w.At[dimOne]])
	say(dimOther, q.other[w.At[dimOther]])
	say(dimBegan, q.began[w.At[dimBegan]])
	say(dimAct, v.leaf())
	say(dimMeans, v.tool())
	say(dimControl, v.holder())
	for i, f := range q.facts {
		say(dims+i, v.fact(f))
	}
	for _, k := range sorted(w.Open) {
		out = append(out, fmt.Sprintf("%s=%v", k, w.Open[k]))
	}
	return fmt.Sprintf("%v: %s", w.Broken, strings.Join(out, " "))
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
