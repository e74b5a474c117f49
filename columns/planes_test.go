package columns

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// judgePlainly looks at one clause after another.
func judgePlainly(groups []int, facts []Fact, classes [][]uint32) []Finding {
	var out []Finding
	for row := range classes[0] {
		clause := 0
		for g, n := range groups {
			best := Finding{Open: 1 << 31}
			for range n {
				may, open := true, uint32(0)
				for f, fact := range facts {
					c := fact.Classes[classes[f][row]]
					may = may && c.Can.Has(clause)
					if !c.Surely.Has(clause) {
						open |= 1 << fact.Reason
					}
				}
				if may && (best.Open == 1<<31 || best.Open != 0 && open == 0) {
					best = Finding{uint32(row), uint32(g), uint32(clause), open}
				}
				clause++
			}
			if best.Open != 1<<31 {
				out = append(out, best)
			}
		}
	}
	return out
}

func TestPlanesAgreeWithLookingAtOneClauseAfterAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	shapes := map[string][]int{
		"one clause":               {1},
		"an agreement without any": {3, 0, 2},
		"groups of ten":            {10, 10, 10, 10, 10, 10, 10, 10},
		"a group of 64":            {5, 64, 3},
		"a group of 200":           {30, 200, 40, 1},
		"more than a lane":         {300, 10, 500, 64, 64, 1},
	}
	for name, groups := range shapes {
		total := 0
		for _, n := range groups {
			total += n
		}
		for round := range 20 {
			facts := make([]Fact, 1+r.IntN(5))
			classes := make([][]uint32, len(facts))
			for f := range facts {
				facts[f].Reason = r.IntN(3)
				for range 1 + r.IntN(6) {
					facts[f].Classes = append(facts[f].Classes, randomClass(r, total, round%3))
				}
				for range 200 {
					classes[f] = append(classes[f], uint32(r.IntN(len(facts[f].Classes))))
				}
			}
			p, err := NewPlanes(shuffled(r, groups), facts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(judgePlainly(groups, facts, classes), p.Judge(classes, nil)); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// shuffled gives groups of so many clauses numbers at random.
func shuffled(r *rand.Rand, clauses []int) []Group {
	var out []Group
	for _, n := range clauses {
		out = append(out, Group{n, int32(r.IntN(3))})
	}
	return out
}

// randomClass has sets that are mostly empty, half full or mostly full.
func randomClass(r *rand.Rand, n, kind int) Class {
	c := NewClass(n)
	for k := range n {
		can := r.IntN(10) < []int{1, 5, 9}[kind]
		if can {
			c.Can.Add(k)
			if r.IntN(3) > 0 {
				c.Surely.Add(k)
			}
		}
	}
	return c
}

func TestWhatPlanesRefuse(t *testing.T) {
	short := Fact{Name: "place", Classes: []Class{NewClass(64)}}
	if _, err := NewPlanes([]Group{{60, 0}, {5, 0}}, []Fact{short}); err == nil || err.Error() != "place: class 0 is too short for 65 clauses" {
		t.Error(err)
	}
	if _, err := NewPlanes([]Group{{1, 0}}, []Fact{{Name: "time", Reason: 32}}); err == nil {
		t.Error("reason 32 was accepted")
	}
}

func TestADayIsInTheClassOfTheLastChange(t *testing.T) {
	changes := []int32{20, 10, 20, 15}
	s, d := NewSteps([][]int32{nil, changes, {7}}), NewDays(changes)
	if s.Len() != 1+4+2 || d.Len() != 4 {
		t.Errorf("%d and %d classes, want 7 and 4", s.Len(), d.Len())
	}
	for day, want := range map[int32]uint32{Missing: 0, -5: 0, 9: 0, 10: 1, 14: 1, 15: 2, 19: 2, 20: 3, 1 << 30: 3} {
		if got := d.Class(day); got != want {
			t.Errorf("day %d: class %d, want %d", day, got, want)
		}
		if got := s.Class(1, day); got != 1+want {
			t.Errorf("code 1, day %d: class %d, want %d", day, got, 1+want)
		}
	}
	seen := 0
	s.Each(func(class, code uint32, day int32) {
		seen++
		if s.Class(code, day) != class {
			t.Errorf("day %d of code %d is not in class %d", day, code, class)
		}
	})
	d.Each(func(class uint32, day int32) {
		seen++
		if d.Class(day) != class {
			t.Errorf("day %d is not in class %d", day, class)
		}
	})
	if seen != 11 {
		t.Errorf("%d classes were visited", seen)
	}
	if empty := NewDays(nil); empty.Len() != 1 || empty.Class(5) != 0 {
		t.Error("without changes there is one class")
	}
}
