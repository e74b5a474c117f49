package reconcile_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/reconcile"
)

var (
	damascus = time.FixedZone("Damascus", 3*3600)
	gold     = func(n float64) *truce.Range { return &truce.Range{Low: n, High: n} }
)

// on is a date, at a moment, both in Damascus.
func on(date string) []truce.When {
	t, _ := time.ParseInLocation(time.DateOnly, date, damascus)
	return []truce.When{{From: t, To: t.AddDate(0, 0, 1)}}
}

func at(text string) []truce.When {
	t, _ := time.ParseInLocation("2006-01-02 15:04", text, damascus)
	return []truce.When{{From: t, To: t}}
}

func disc(name string, lat, lon, within float64) []truce.Place {
	return []truce.Place{{Form: truce.FormDisc, Name: name, Lat: lat, Lon: lon, Within: within}}
}

func TestAlign(t *testing.T) {
	type items = []truce.Element
	pair := func(a, b int, odds float64) reconcile.Candidate {
		return reconcile.Candidate{A: a, B: b, Odds: odds, Because: reconcile.Because{{Text: "same day"}}}
	}
	tests := []struct {
		name  string
		a, b  items
		cut   time.Duration // of A
		pairs []reconcile.Candidate
		want  []string // kind, items, then reasons but the likelihood
	}{
		{"the same", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.97)}, []string{"same a1|b1"}},
		{"only in A, and only in B", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			nil, []string{"only-a a1|", " B has nothing that could be the same", "only-b |b1", " A has nothing that could be the same"}},
		{"before B's list begins", items{{ID: "a1", When: on("2016-09-12")}, {ID: "a2", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(1, 0, 0.9)}, []string{"only-a a1|", " B lists nothing on these days (it runs from 2016-09-14 to 2016-09-14)", "same a2|b1"}},
		{"no date", items{{ID: "a1"}}, items{{ID: "b1", When: on("2016-09-14")}}, 0, nil,
			[]string{"only-b |b1", " A has nothing that could be the same", "only-a a1|", " it has no date, so nothing can be laid beside it"}},
		{"hardly the same", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-15")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.1)}, []string{"only-a a1|", " the nearest of B is b1 (10 in 100)", "only-b |b1", " the nearest of A is a1 (10 in 100)"}},
		{"cannot tell", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.4)}, []string{"cannot-tell a1|b1", " it may be b1 of B (40 in 100), which is neither likely nor unlikely enough", " what speaks for it and against it: same day"}},
		{"three that add up to one", items{{ID: "a1", When: on("2016-09-14"), Killed: gold(9)}},
			items{{ID: "b1", When: on("2016-09-14"), Killed: gold(2)}, {ID: "b2", When: on("2016-09-14"), Killed: gold(3)}, {ID: "b3", When: on("2016-09-14"), Killed: gold(4)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9), pair(0, 1, 0.8), pair(0, 2, 0.7)},
			[]string{"several a1|b1 b2 b3", " the 3 of B together have the toll that A gives one"}},
		{"one of B stands as two of A", items{{ID: "a1", When: on("2016-09-14")}, {ID: "a2", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14"), Number: gold(2)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9), pair(1, 0, 0.8)}, []string{"several a1 a2|b1", " B says that it counts 2 in one, and A lists 2"}},
		{"two, and nothing says whether they are one", items{{ID: "a1", When: on("2016-09-14")}, {ID: "a2", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9), pair(1, 0, 0.8)}, []string{"several a1 a2|b1", " nothing in either says whether they are one happening or 2; they stand together because each is likely the same as the one of the other"}},
		{"two shellings of one place, of which B has the first (HC-F3)", items{{ID: "a1", When: on("2016-09-14"), Killed: gold(3)}, {ID: "a2", When: on("2016-09-14"), Killed: gold(5)}},
			items{{ID: "b1", When: on("2016-09-14"), Killed: gold(3)}}, 0, []reconcile.Candidate{pair(0, 0, 0.9), pair(1, 0, 0.6)},
			[]string{"same a1|b1", "only-a a2|", " b1 of B would fit, but it stands with another already, and nothing makes this one of several"}},
		{"each its own", items{{ID: "a1", When: on("2016-09-14")}, {ID: "a2", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14")}, {ID: "b2", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9), pair(0, 1, 0.8), pair(1, 0, 0.8), pair(1, 1, 0.7)}, []string{"same a1|b1", "same a2|b2"}},
		{"after midnight, on a day that is cut later", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: at("2016-09-15 01:30")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-14, B has 2016-09-15 01:30: one day if days of A began at 02:00", " A has 2016-09-14, B has 2016-09-15 01:30: one day if times of A are in UTC"}},
		{"the same where the cut is given", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: at("2016-09-15 01:30")}}, 2 * time.Hour,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1"}},
		{"in the evening, on a day that began the evening before", items{{ID: "a1", When: on("2016-09-15")}}, items{{ID: "b1", When: at("2016-09-14 21:30")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-15, B has 2016-09-14 21:30: one day if days of A began at 21:00 on the day before", " B has 2016-09-14 21:30, A has 2016-09-15: one day if times of B are in UTC"}},
		{"next day, and neither has an hour", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-15")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-14, B has 2016-09-15; neither gives an hour, so another cut hour or zone could make it one day"}},
		{"two days apart", items{{ID: "a1", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-16")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-14, B has 2016-09-16: no cut hour and no zone makes it one day"}},
		{"one day, other hours", items{{ID: "a1", When: at("2016-09-14 10:00")}}, items{{ID: "b1", When: at("2016-09-14 15:10")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-14 10:00, B has 2016-09-14 15:10: one day, other hours"}},
		{"a clock in UTC", items{{ID: "a1", When: at("2016-09-14 10:00")}}, items{{ID: "b1", When: at("2016-09-14 13:00")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A has 2016-09-14 10:00, B has 2016-09-14 13:00: one day if times of A are in UTC"}},
		{"another place within what they state, under another spelling", items{{ID: "a1", When: on("2016-09-14"), Where: disc("Dzhaubar", 33.53, 36.33, 1000)}},
			items{{ID: "b1", When: on("2016-09-14"), Where: disc("Jobar", 33.53, 36.34, 1000)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " the places are 929 m apart, within what the two state (2.0 km)", " one place under two spellings: Dzhaubar and Jobar"}},
		{"another place beyond it", items{{ID: "a1", When: on("2016-09-14"), Where: disc("", 33.53, 36.33, 100)}},
			items{{ID: "b1", When: on("2016-09-14"), Where: disc("", 33.53, 36.34, 100)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " the places are 929 m apart, further than the two state (200 m)"}},
		{"who did it is disputed", items{{ID: "a1", When: on("2016-09-14"), By: []string{"north"}}}, items{{ID: "b1", When: on("2016-09-14"), By: []string{"south", "east"}}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " who acted is disputed: A names The North, B names south or east"}},
		{"names that no register has", items{{ID: "a1", When: on("2016-09-14"), By: []string{"north"}}}, items{{ID: "b1", When: on("2016-09-14"), By: []string{"?Northern Army"}}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " A names The North as the actor, B names Northern Army; no register says whether these are the same"}},
		{"a part of the other's actor", items{{ID: "a1", When: on("2016-09-14"), By: []string{"north"}}}, items{{ID: "b1", When: on("2016-09-14"), By: []string{"north-2"}}}, 0,
			[]reconcile.Candidate{{A: 0, B: 0, Odds: 0.9, Kin: true}}, []string{"same a1|b1"}},
		{"one that stands as two, though the other fits better", items{{ID: "a1", When: on("2016-09-14")}, {ID: "a2", When: on("2016-09-14")}}, items{{ID: "b1", When: on("2016-09-14"), Number: gold(2)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9), {A: 1, B: 0, Odds: 0.1, Alone: 0.8}}, []string{"several a1 a2|b1", " B says that it counts 2 in one, and A lists 2"}},
		{"one names nobody", items{{ID: "a1", When: on("2016-09-14"), By: []string{"north"}}}, items{{ID: "b1", When: on("2016-09-14")}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1"}},
		{"another toll", items{{ID: "a1", When: on("2016-09-14"), Killed: gold(12)}}, items{{ID: "b1", When: on("2016-09-14"), Killed: &truce.Range{Low: 18, High: 21}, Injured: gold(3)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1", " killed: A has 12, B has 18 to 21", " only B states how many were injured"}},
		{"tolls that may be one", items{{ID: "a1", When: on("2016-09-14"), Killed: &truce.Range{Low: 10, High: 20}}}, items{{ID: "b1", When: on("2016-09-14"), Killed: gold(12)}}, 0,
			[]reconcile.Candidate{pair(0, 0, 0.9)}, []string{"same a1|b1"}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			a := reconcile.Side{Name: "A", Zone: damascus, Cut: c.cut, Items: c.a, Called: map[string]string{"north": "The North"}}
			b := reconcile.Side{Name: "B", Zone: damascus, Items: c.b}
			lines := reconcile.Align(a, b, c.pairs, reconcile.Rules{})
			if diff := cmp.Diff(c.want, told(a, b, lines)); diff != "" {
				t.Error(diff)
			}
			conserved(t, a, b, lines)
			turned := reconcile.Align(b, a, turn(c.pairs), reconcile.Rules{})
			conserved(t, b, a, turned)
			if x, y := reconcile.CountOf(lines), reconcile.CountOf(turned); x.Same != y.Same || x.Several != y.Several || x.OnlyA != y.OnlyB || x.Open != y.Open || x.Differing != y.Differing {
				t.Errorf("the other way round: %+v, %+v", x, y)
			}
		})
	}
}

func turn(pairs []reconcile.Candidate) []reconcile.Candidate {
	var out []reconcile.Candidate
	for _, c := range pairs {
		c.A, c.B = c.B, c.A
		out = append(out, c)
	}
	return out
}

func told(a, b reconcile.Side, lines []reconcile.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Kind+" "+ids(a, l.A)+"|"+ids(b, l.B))
		for _, r := range l.Reasons {
			if r.Code != "list.likely" {
				out = append(out, " "+r.String())
			}
		}
	}
	return out
}

func ids(s reconcile.Side, at []int) string {
	var out []string
	for _, i := range at {
		out = append(out, s.Items[i].ID)
	}
	return strings.Join(out, " ")
}

// conserved holds that every item stands in exactly one line.
func conserved(t *testing.T, a, b reconcile.Side, lines []reconcile.Line) {
	t.Helper()
	for _, side := range []struct {
		n  int
		at func(reconcile.Line) []int
	}{{len(a.Items), func(l reconcile.Line) []int { return l.A }}, {len(b.Items), func(l reconcile.Line) []int { return l.B }}} {
		seen := map[int]int{}
		for _, l := range lines {
			for _, i := range side.at(l) {
				seen[i]++
			}
		}
		for i := range side.n {
			if seen[i] != 1 {
				t.Errorf("item %d stands in %d lines", i, seen[i])
			}
		}
	}
}

// TestAlignKnowsNoOrder shuffles items and candidates: the same lines come out.
func TestAlignKnowsNoOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := reconcile.Side{Name: "A"}, reconcile.Side{Name: "B"}
		for i := range 6 {
			a.Items = append(a.Items, truce.Element{ID: "a" + string(rune('0'+i)), When: on("2016-09-14"), Killed: gold(float64(rnd.IntN(4)))})
			b.Items = append(b.Items, truce.Element{ID: "b" + string(rune('0'+i)), When: on("2016-09-14"), Killed: gold(float64(rnd.IntN(4)))})
		}
		var pairs []reconcile.Candidate
		for i := range a.Items {
			for j := range b.Items {
				if rnd.IntN(3) > 0 {
					pairs = append(pairs, reconcile.Candidate{A: i, B: j, Odds: float64(rnd.IntN(10)) / 10, Because: reconcile.Because{{Text: "x"}}})
				}
			}
		}
		want := told(a, b, reconcile.Align(a, b, pairs, reconcile.Rules{}))
		pa, pb := rnd.Perm(6), rnd.Perm(6)
		a2, b2 := reconcile.Side{Name: "A"}, reconcile.Side{Name: "B"}
		for _, i := range pa {
			a2.Items = append(a2.Items, a.Items[i])
		}
		for _, i := range pb {
			b2.Items = append(b2.Items, b.Items[i])
		}
		var moved []reconcile.Candidate
		for _, c := range pairs {
			c.A, c.B = slices.Index(pa, c.A), slices.Index(pb, c.B)
			moved = append(moved, c)
		}
		rnd.Shuffle(len(moved), func(i, j int) { moved[i], moved[j] = moved[j], moved[i] })
		lines := reconcile.Align(a2, b2, moved, reconcile.Rules{})
		conserved(t, a2, b2, lines)
		if diff := cmp.Diff(want, told(a2, b2, lines)); diff != "" {
			t.Fatal(diff)
		}
	}
}
