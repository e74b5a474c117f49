package columns

import "cmp"

// edge is an edge of a polygon or a piece of a line; its direction does not matter.
type edge struct{ a, b Point }

// edgeOf orders the two ends, so that neighbours have equal edges on a shared border.
func edgeOf(a, b Point) edge {
	if b.Lon < a.Lon || b.Lon == a.Lon && b.Lat < a.Lat {
		a, b = b, a
	}
	return edge{a, b}
}

// Whether a point is inside is decided by whole numbers alone. The rule is that of ray
// casting: an edge counts when it has one end at or south of the point and the other
// north of it, and when it passes east of the point. That is the same as moving the
// point a tiny bit to the east and a far tinier bit to the north, after which it is on no
// edge; and so the parity may be followed along any path, if each crossing is decided
// for the moved points. Here the path goes along one parallel, then along one meridian.

// odd reports whether the path from corner, along its parallel and then the meridian of
// p, crosses an odd number of the edges, each of which is four numbers.
func odd(edges []int32, corner, p Point) bool {
	flip := false
	for ; len(edges) >= 4; edges = edges[4:] {
		e := edge{Point{edges[0], edges[1]}, Point{edges[2], edges[3]}}
		flip = flip != e.crossed(corner, p)
	}
	return flip
}

// oddEdges is odd for edges.
func oddEdges(edges []edge, corner, p Point) bool {
	flip := false
	for i := range edges {
		flip = flip != edges[i].crossed(corner, p)
	}
	return flip
}

// crossed reports whether the path crosses the edge once, and not twice or never.
func (e *edge) crossed(corner, p Point) bool {
	flip := false
	turn := Point{p.Lon, corner.Lat}
	if (e.a.Lat > corner.Lat) != (e.b.Lat > corner.Lat) {
		flip = e.east(corner) != e.east(turn)
	}
	if (e.a.Lon > p.Lon) != (e.b.Lon > p.Lon) {
		flip = flip != (e.north(turn) != e.north(p))
	}
	return flip
}

func compareEdges(e, f edge) int {
	return cmp.Or(cmp.Compare(e.a.Lon, f.a.Lon), cmp.Compare(e.a.Lat, f.a.Lat),
		cmp.Compare(e.b.Lon, f.b.Lon), cmp.Compare(e.b.Lat, f.b.Lat))
}

// flat returns the edges as numbers, four for each.
func flat(edges []edge) []int32 {
	out := make([]int32, 0, 4*len(edges))
	for _, e := range edges {
		out = append(out, e.a.Lon, e.a.Lat, e.b.Lon, e.b.Lat)
	}
	return out
}

// east reports whether the edge, which crosses p's parallel, passes east of p.
func (e *edge) east(p Point) bool {
	rise := int64(e.b.Lat) - int64(e.a.Lat)
	side := (int64(e.b.Lon)-int64(e.a.Lon))*(int64(p.Lat)-int64(e.a.Lat)) - (int64(p.Lon)-int64(e.a.Lon))*rise
	return side != 0 && (side > 0) == (rise > 0)
}

// north reports whether the edge, which crosses p's meridian, passes north of p. Of two
// that touch p, the rising one does: p is moved to the east first.
func (e *edge) north(p Point) bool {
	run, rise := int64(e.b.Lon)-int64(e.a.Lon), int64(e.b.Lat)-int64(e.a.Lat)
	side := rise*(int64(p.Lon)-int64(e.a.Lon)) - (int64(p.Lat)-int64(e.a.Lat))*run
	if side == 0 {
		return rise != 0 && (rise > 0) == (run > 0)
	}
	return (side > 0) == (run > 0)
}

// touches reports whether the edge has a point in common with the closed square of the
// given size whose south-west corner is c.
func (e *edge) touches(c Point, size int64) bool {
	west, south := int64(c.Lon), int64(c.Lat)
	east, north := west+size, south+size
	ax, ay, bx, by := int64(e.a.Lon), int64(e.a.Lat), int64(e.b.Lon), int64(e.b.Lat)
	if max(ax, bx) < west || min(ax, bx) > east || max(ay, by) < south || min(ay, by) > north {
		return false
	}
	// All four corners strictly on one side of the edge's line?
	side := func(x, y int64) int64 { return (bx-ax)*(y-ay) - (by-ay)*(x-ax) }
	sw, se, nw, ne := side(west, south), side(east, south), side(west, north), side(east, north)
	return min(sw, se, nw, ne) <= 0 && max(sw, se, nw, ne) >= 0
}
