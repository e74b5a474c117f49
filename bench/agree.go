package main

import (
	"fmt"
	"slices"

	"truce/bench/world"
)

// answers are the findings of one contender, by row and agreement.
type answers []world.Finding

func (a answers) sort() {
	slices.SortFunc(a, order)
}

func order(a, b world.Finding) int {
	if a.Row != b.Row {
		return a.Row - b.Row
	}
	return a.Agreement - b.Agreement
}

// sums describes the answers in four numbers: pairs that are not false, sure ones, open
// ones, and the sum of (terms x agreement + term).
func (a answers) sums(terms int) string {
	sure, sum := 0, 0
	for _, f := range a {
		if f.Open == 0 {
			sure++
		}
		sum += terms*f.Agreement + f.Term
	}
	return fmt.Sprintf("%d / %d / %d / %d", len(a), sure, len(a)-sure, sum)
}

// edgeMetres is how near to a corridor's edge a point must be for PostGIS to be excused:
// it seeks the nearest place of a line on a sphere and measures to it on the ellipsoid,
// which is off by some hundred-thousandths of the distance.
const edgeMetres = 0.2

// comparison says how a peer's answers differ from ours.
type comparison struct {
	pairs   int // that either has
	differ  int // pairs with different answers
	excused int // of them, those whose point lies within edgeMetres of a corridor's edge
	example string
}

// equal reports whether a ratio of speeds may be stated.
func (c comparison) equal() bool { return c.differ == c.excused }

func (c comparison) String() string {
	switch {
	case c.differ == 0:
		return fmt.Sprintf("equal, all %d pairs", c.pairs)
	case c.equal():
		return fmt.Sprintf("equal but %d of %d pairs, within %.1f m of a corridor's edge", c.differ, c.pairs, edgeMetres)
	}
	return fmt.Sprintf("VOID: %d of %d pairs differ, such as %s", c.differ, c.pairs, c.example)
}

// compare looks at every pair of row and agreement that one of the two has an answer for.
func compare(w *world.World, ours, theirs answers) comparison {
	var c comparison
	for len(ours) > 0 || len(theirs) > 0 {
		c.pairs++
		var a, b *world.Finding
		if len(theirs) == 0 || len(ours) > 0 && order(ours[0], theirs[0]) <= 0 {
			a = &ours[0]
		}
		if len(ours) == 0 || len(theirs) > 0 && order(ours[0], theirs[0]) >= 0 {
			b = &theirs[0]
		}
		if a == nil || b == nil || *a != *b {
			c.note(w, a, b)
		}
		if a != nil {
			ours = ours[1:]
		}
		if b != nil {
			theirs = theirs[1:]
		}
	}
	return c
}

func (c *comparison) note(w *world.World, ours, theirs *world.Finding) {
	c.differ++
	some := ours
	if some == nil {
		some = theirs
	}
	if atEdge(w, w.Row(some.Row).At) {
		c.excused++
		return
	}
	if c.example == "" {
		c.example = fmt.Sprintf("row %d and agreement %d: ours %s, theirs %s", some.Row, some.Agreement, show(ours), show(theirs))
	}
}

func show(f *world.Finding) string {
	if f == nil {
		return "none"
	}
	return fmt.Sprintf("term %d open for [%v]", f.Term, f.Open)
}

func atEdge(w *world.World, p world.Point) bool {
	for _, z := range w.Zones[world.FirstCorridor:] {
		if z.Near(p, z.Metres+edgeMetres) && !z.Near(p, z.Metres-edgeMetres) {
			return true
		}
	}
	return false
}
