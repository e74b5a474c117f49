package brute

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/geo"
	"truce/terms"
)

// TestBriefsAreVerdicts holds what a judge says of many elements one after the other against
// what it says of each anew: on random agreements, with elements that differ in one field or
// in none that a clause asks for.
func TestBriefsAreVerdicts(t *testing.T) {
	atlas, said, judged := geo.NewAtlas(), 0, map[string]bool{}
	for seed := *first; seed < *first+uint64(*cases/50); seed++ {
		c := New(seed)
		b, err := ready(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range alikes(c) {
			for _, clause := range b.a.Clauses {
				if !terms.Judged(clause) {
					continue
				}
				got, full := *b.judge.Brief(terms.NewSubject(atlas, &e), clause), b.engine(clause, &e)
				want := truce.Verdict{Agreement: full.Agreement, Clause: full.Clause, Outcome: full.Outcome, Code: full.Code, Codes: full.Codes[:1]}
				if full.Outcome != truce.NoViolation {
					want.Readings = full.Readings
				}
				if len(full.Settle) > 0 { // the first is what surely settles it
					want.Settle = []truce.Settle{{Facts: full.Settle[0].Facts, Always: true}}
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("seed %d, clause %s, element %+v: %s", seed, clause.ID, e, d)
				}
				said++
				judged[fmt.Sprint(seed, full.Codes, full.Rests, full.Settle, full.Readings, full.Parts, full.Notes)] = true
			}
		}
	}
	if len(judged) > said/2 {
		t.Errorf("%d verdicts of %d differ: too few elements are alike for this to say much", len(judged), said)
	}
}

// alikes are the elements of a case, each with some that differ from it in one field.
func alikes(c *Case) []truce.Element {
	g := Again(c, "alike")
	var out []truce.Element
	for _, e := range c.Elements {
		out = append(out, e)
		for _, field := range Fields() {
			other := e
			other.ID, other.Title, other.Sources = e.ID+"-"+field, "another", []string{"another"}
			g.Redraw(&other, field)
			out = append(out, other)
		}
	}
	return out
}
