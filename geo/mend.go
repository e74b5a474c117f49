package geo

import (
	"cmp"
	"math"
	"slices"

	"truce"

	"github.com/peterstace/simplefeatures/geom"
)

// mend puts right rings that touch or cross themselves. Each is cut into simple loops
// where it meets itself. Loops no wider than a sliver are dropped; the others must be
// parts beside each other or holes inside a part. What is left after that, such as a
// figure of eight, is a problem.
func mend(g geom.Geometry) (geom.Geometry, *truce.Problem) {
	var whole []geom.Geometry
	for _, p := range polygonsOf(g) {
		part, prob := mendRing(p.ExteriorRing())
		if prob != nil {
			return g, prob
		}
		for i := range p.NumInteriorRings() {
			hole, prob := mendRing(p.InteriorRingN(i))
			if prob != nil {
				return g, prob
			}
			rest, err := geom.Difference(part, hole)
			if err != nil {
				return g, crosses(point{}, false)
			}
			part = rest
		}
		whole = append(whole, part)
	}
	out, err := geom.UnionMany(whole)
	if err == nil {
		out, err = clean(out)
	}
	if err != nil || out.IsEmpty() || out.Validate() != nil {
		return g, crosses(point{}, false)
	}
	return out, nil
}

// clean keeps the polygons of an overlay's result.
func clean(g geom.Geometry) (geom.Geometry, error) {
	parts := polygonsOf(g)
	if len(parts) == 1 {
		return parts[0].AsGeometry(), nil
	}
	return geom.NewMultiPolygon(parts).AsGeometry(), nil
}

// crosses is the problem of a ring that crosses itself.
func crosses(p point, known bool) *truce.Problem {
	prob := &truce.Problem{Code: "self-crossing", Msg: "the outline crosses itself",
		Want: "a simple ring that encloses its ground once"}
	if known {
		prob.Msg += " near " + spot(p)
		prob.Value = spot(p)
	}
	return prob
}

// emptyRing is the problem of a ring without an inside.
func emptyRing() *truce.Problem {
	return &truce.Problem{Code: "ring-empty", Msg: "a ring encloses no ground", Want: "a ring around an area"}
}

// loop is a simple closed line without its last point, and its area, positive when it
// runs counter-clockwise.
type loop struct {
	pts  []point
	area float64
}

// mendRing returns the ground that one ring encloses.
func mendRing(r geom.LineString) (geom.Geometry, *truce.Problem) {
	nodes := noded(pointsOf(r.Coordinates()))
	if len(nodes) < 3 {
		return geom.Geometry{}, emptyRing()
	}
	loops := loopsOf(nodes)
	loops = slices.DeleteFunc(loops, func(l loop) bool { return !wide(l.shape(), Sliver) })
	if len(loops) == 0 {
		return geom.Geometry{}, emptyRing()
	}
	slices.SortStableFunc(loops, func(a, b loop) int { return cmp.Compare(math.Abs(b.area), math.Abs(a.area)) })
	out := loops[0].shape()
	for _, l := range loops[1:] {
		inside := slices.ContainsFunc(loops, func(o loop) bool { return math.Abs(o.area) > math.Abs(l.area) && o.around(l) })
		same := (l.area > 0) == (loops[0].area > 0)
		var err error
		switch {
		case same && !inside: // a part that hangs together with the rest in a point
			out, err = geom.Union(out, l.shape())
		case !same && inside: // a hole that touches the outline in a point
			out, err = geom.Difference(out, l.shape())
		default:
			return out, crosses(l.pts[0], true)
		}
		if err != nil {
			return out, crosses(l.pts[0], true)
		}
	}
	return out, nil
}

// shape returns the polygon inside the loop.
func (l loop) shape() geom.Geometry {
	if len(l.pts) < 3 {
		return geom.Geometry{}
	}
	return geom.NewPolygon([]geom.LineString{lineOf(append(slices.Clone(l.pts), l.pts[0]))}).AsGeometry()
}

// around reports whether o lies inside l; the two touch at most in points.
func (l loop) around(o loop) bool {
	e := newEdges(chain(append(slices.Clone(l.pts), l.pts[0]), math.Inf(1), false))
	return e.holds(segment{o.pts[0], o.pts[1]}.at(0.5))
}

// loopsOf cuts a noded ring wherever it comes back to a point it has been at.
func loopsOf(ring []point) []loop {
	var out []loop
	var way []point
	place := map[point]int{}
	for _, p := range append(slices.Clone(ring), ring[0]) {
		k, been := place[p]
		if !been {
			place[p] = len(way)
			way = append(way, p)
			continue
		}
		out = append(out, newLoop(slices.Clone(way[k:])))
		for _, q := range way[k+1:] {
			delete(place, q)
		}
		way = way[:k+1]
	}
	return out
}

func newLoop(pts []point) loop {
	l := loop{pts: pts}
	for i, p := range pts {
		q := pts[(i+1)%len(pts)]
		l.area += (p.lon-pts[0].lon)*(q.lat-pts[0].lat) - (q.lon-pts[0].lon)*(p.lat-pts[0].lat)
	}
	return l
}

// noded returns a closed ring without its last point, with a point wherever it meets
// itself.
func noded(ring []point) []point {
	list := chain(ring, math.Inf(1), false)
	e := newEdges(list)
	cuts := make([][]point, len(list))
	for i := range list {
		e.crossing(i, func(j int) {
			for _, p := range meetings(list[i], list[j]) {
				cuts[i] = append(cuts[i], p)
				cuts[j] = append(cuts[j], p)
			}
		})
	}
	var out []point
	for i, s := range list {
		slices.SortFunc(cuts[i], func(p, q point) int { return cmp.Compare(s.share(p), s.share(q)) })
		for _, p := range append([]point{s.a}, cuts[i]...) {
			if p != s.b && (len(out) == 0 || out[len(out)-1] != p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// share is how far along s the point p lies, in the plane of the map.
func (s segment) share(p point) float64 {
	dx, dy := s.b.lon-s.a.lon, s.b.lat-s.a.lat
	return ((p.lon-s.a.lon)*dx + (p.lat-s.a.lat)*dy) / (dx*dx + dy*dy)
}

// off is how far p lies to the left of the line through s, in degrees of the map.
func (s segment) off(p point) float64 {
	dx, dy := s.b.lon-s.a.lon, s.b.lat-s.a.lat
	return (dx*(p.lat-s.a.lat) - dy*(p.lon-s.a.lon)) / math.Hypot(dx, dy)
}

// meetings returns the points at which two segments meet: ends of one that lie on the
// other, or else where they cross.
func meetings(s, o segment) []point {
	const on = 1e-11 // degrees: a micrometre
	var out []point
	for _, p := range []point{s.a, s.b} {
		if math.Abs(o.off(p)) <= on && o.share(p) >= 0 && o.share(p) <= 1 {
			out = append(out, p)
		}
	}
	for _, p := range []point{o.a, o.b} {
		if math.Abs(s.off(p)) <= on && s.share(p) >= 0 && s.share(p) <= 1 && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if len(out) > 0 {
		return out
	}
	a, b := s.off(o.a), s.off(o.b)
	if (a > 0) == (b > 0) || (o.off(s.a) > 0) == (o.off(s.b) > 0) {
		return nil
	}
	return []point{o.at(a / (a - b))}
}
