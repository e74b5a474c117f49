package columns

import "slices"

// A leaf is a sub-cell with borders in it. All that is needed to test a point there
// stands together, so that it comes into the cache at once:
//
//	where the classes for all combinations of answers begin in combos
//	the number of tests
//	for each test
//	  the zone, shifted left by two; bit 1: the edges are those of the test before; bit 0:
//	  the leaf's south-west corner is inside the polygon
//	  unless bit 1 is set: the number of edges, and four coordinates for each

const (
	cornerInside = 1
	sameEdges    = 2
)

// exact tests the point against a leaf's zones; corner is the leaf's south-west corner.
func (x *PlaceIndex) exact(leaf []int32, p, corner Point) uint32 {
	combos, tests := uint32(leaf[0]), leaf[1]
	leaf = leaf[2:]
	answers, flip := uint32(0), false
	for k := range tests {
		head := leaf[0]
		leaf = leaf[1:]
		reach := x.reach[head>>2]
		if head&sameEdges == 0 {
			edges := leaf[1 : 1+4*leaf[0]]
			leaf = leaf[1+4*leaf[0]:]
			if reach > 0 {
				flip = near(edges, p, reach)
			} else {
				flip = odd(edges, corner, p)
			}
		}
		if flip != (head&cornerInside != 0) {
			answers |= 1 << k
		}
	}
	return x.combos[combos+answers]
}

// leaf adds the square as a leaf and returns where it begins.
func (b *builder) leaf(sq square) uint32 {
	x := b.x
	at := len(x.leaves)
	x.leaves = append(x.leaves, int32(b.combo(sq)), int32(len(sq.open)))
	var before []int32
	for k, o := range sq.open {
		head := int32(o.zone) << 2
		if o.in {
			head |= cornerInside
		}
		edges := flat(o.edges)
		if k > 0 && x.reach[o.zone] == x.reach[sq.open[k-1].zone] && slices.Equal(edges, before) {
			x.leaves = append(x.leaves, head|sameEdges)
			continue
		}
		x.leaves = append(append(x.leaves, head, int32(len(o.edges))), edges...)
		before = edges
	}
	return uint32(at)
}
