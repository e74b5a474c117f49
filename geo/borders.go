package geo

import (
	"sync"

	"truce"

	"github.com/peterstace/simplefeatures/geom"
)

// borders is the set of a polygon's segments, either way round, made when first asked.
type borders struct {
	once sync.Once
	set  map[segment]bool
}

// has reports whether s is a segment of the polygon.
func (p *polygon) has(s segment) bool {
	p.borders.once.Do(func() {
		p.borders.set = make(map[segment]bool, len(p.edges.list))
		for _, s := range p.edges.list {
			p.borders.set[s.sorted()] = true
		}
	})
	return p.borders.set[s.sorted()]
}

// sorted returns s from its western end.
func (s segment) sorted() segment {
	if s.b.lon < s.a.lon || s.b.lon == s.a.lon && s.b.lat < s.a.lat {
		return segment{s.b, s.a}
	}
	return s
}

// firm tells whether p lies in z (Yes) or beside it (No) without an overlay, as it can
// for areas of one file: where their borders meet they are the same, point for point. If
// no border of z runs through p, a single point of each part of p decides. Unknown says
// that the overlay must.
func (p *polygon) firm(z *polygon) truce.Tri {
	if z.runsInto(p) {
		return truce.Unknown
	}
	yes, no := false, false
	for _, part := range polygonsOf(p.shape) {
		in := z.edges.holds(inner(part))
		yes, no = yes || in, no || !in
	}
	if yes == no {
		return truce.Unknown
	}
	return truce.Of(yes)
}

// inner returns a point inside a polygon.
func inner(p geom.Polygon) point {
	xy, _ := p.PointOnSurface().XY()
	return point{xy.Y, xy.X}
}

// runsInto reports whether a segment of z that is no border of p lies in p, or meets its
// border anywhere but at an end of both.
func (z *polygon) runsInto(p *polygon) bool {
	found := false
	z.edges.walk(func(b branch) bool { return !found && b.meets(p.edges.box) }, func(i int) {
		s := z.edges.list[i]
		if found || !s.box().meets(p.edges.box) || p.has(s) {
			return
		}
		found = p.edges.holds(s.at(0.5)) || p.edges.met(s)
	})
	return found
}

// met reports whether s meets a segment of e anywhere but at an end of both.
func (e *edges) met(s segment) bool {
	found, around := false, s.box()
	e.walk(func(b branch) bool { return !found && b.meets(around) }, func(i int) {
		o := e.list[i]
		if found || !o.box().meets(around) {
			return
		}
		for _, q := range meetings(s, o) {
			found = found || (q != s.a && q != s.b) || (q != o.a && q != o.b)
		}
	})
	return found
}
