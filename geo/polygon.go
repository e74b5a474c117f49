package geo

import (
	"fmt"
	"math"

	"truce"

	"github.com/peterstace/simplefeatures/geom"
)

// polygon is drawn ground: one or more polygons with their holes. It is immutable.
type polygon struct {
	shape geom.Geometry // Polygon or MultiPolygon, valid
	edges *edges        // all rings, for the even-odd rule
	hash  string        // of the coordinates

	borders borders
}

// longest is how long a segment of a polygon's edge may be, in metres, for the foot of a
// perpendicular to be found in one step.
const longest = 10e3

func (p *polygon) at(q point, enough float64) (bool, float64) {
	return p.edges.holds(q), p.edges.nearest(q, enough).d
}

func (p *polygon) around() box { return p.edges.box }

// newPolygon prepares a valid Polygon or MultiPolygon.
func newPolygon(shape geom.Geometry) *polygon {
	var list []segment
	for _, r := range ringsOf(shape) {
		list = append(list, chain(r, longest, false)...)
	}
	return &polygon{shape: shape, edges: newEdges(list), hash: hash(shape)}
}

// drawn returns the polygon with the given rings, the outer one first.
func drawn(rings [][]point) *polygon {
	lines := make([]geom.LineString, len(rings))
	for i, r := range rings {
		lines[i] = lineOf(r)
	}
	return newPolygon(geom.NewPolygon(lines).AsGeometry())
}

// readPolygon checks a Polygon or MultiPolygon and prepares it. A ring that touches or
// crosses itself within the width of a sliver, as rounding to five decimals brings about,
// is put right; any other crossing is a problem.
func readPolygon(g geom.Geometry) (*polygon, *truce.Problem) {
	g = g.Force2D()
	if p := checkRings(g); p != nil {
		return nil, p
	}
	if g.Validate() != nil {
		var p *truce.Problem
		if g, p = mend(g); p != nil {
			return nil, p
		}
	}
	return newPolygon(g), nil
}

// polygonsOf returns the parts of a Polygon, MultiPolygon or collection of them.
func polygonsOf(g geom.Geometry) []geom.Polygon {
	if p, ok := g.AsPolygon(); ok && !p.IsEmpty() {
		return []geom.Polygon{p}
	}
	if m, ok := g.AsMultiPolygon(); ok {
		return m.Dump()
	}
	var out []geom.Polygon
	if c, ok := g.AsGeometryCollection(); ok {
		for _, part := range c.Dump() {
			out = append(out, polygonsOf(part)...)
		}
	}
	return out
}

// ringsOf returns all rings of all parts.
func ringsOf(g geom.Geometry) [][]point {
	var rings [][]point
	for _, p := range polygonsOf(g) {
		for _, r := range p.DumpRings() {
			rings = append(rings, pointsOf(r.Coordinates()))
		}
	}
	return rings
}

// pointsOf returns the points of a sequence.
func pointsOf(s geom.Sequence) []point {
	pts := make([]point, s.Length())
	for i := range pts {
		xy := s.GetXY(i)
		pts[i] = point{xy.Y, xy.X}
	}
	return pts
}

// lineOf makes a line string of points.
func lineOf(pts []point) geom.LineString {
	flat := make([]float64, 0, 2*len(pts))
	for _, p := range pts {
		flat = append(flat, p.lon, p.lat)
	}
	return geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
}

// checkRings looks for coordinates that are not on the map and for rings that are open
// or too short.
func checkRings(g geom.Geometry) *truce.Problem {
	rings := ringsOf(g)
	if len(rings) == 0 {
		return &truce.Problem{Code: "geometry", Msg: "has no polygon", Want: "a Polygon or MultiPolygon with coordinates"}
	}
	for _, r := range rings {
		if p := checkPoints(r); p != nil {
			return p
		}
		switch {
		case len(r) < 4:
			return &truce.Problem{Code: "ring-short", Msg: fmt.Sprintf("a ring has %d points", len(r)), Want: "at least four"}
		case r[0] != r[len(r)-1]:
			return &truce.Problem{Code: "ring-open", Msg: "a ring does not end where it starts",
				Want: "the last point to equal the first, " + spot(r[0]), Value: spot(r[len(r)-1])}
		}
	}
	return nil
}

// checkPoints looks for points that are not on the map.
func checkPoints(pts []point) *truce.Problem {
	for i, p := range pts {
		switch {
		case !(math.Abs(p.lat) <= 90):
			return &truce.Problem{Code: "latitude", Msg: fmt.Sprintf("latitude %s is out of range", number(p.lat)),
				Want: "from -90 to 90, after the longitude", Value: number(p.lat)}
		case !(math.Abs(p.lon) <= 180):
			return &truce.Problem{Code: "longitude", Msg: fmt.Sprintf("longitude %s is out of range", number(p.lon)),
				Want: "from -180 to 180, before the latitude", Value: number(p.lon)}
		case i > 0 && math.Abs(p.lon-pts[i-1].lon) > 180:
			return &truce.Problem{Code: "antimeridian", Msg: "crosses the antimeridian",
				Want: "a shape that stays between -180 and 180 degrees of longitude", Value: spot(p)}
		}
	}
	for _, p := range pts {
		if math.Abs(p.lat) > farthest {
			return &truce.Problem{Code: "pole", Msg: "reaches beyond 85 degrees of latitude",
				Want: "a shape away from the poles", Value: number(p.lat)}
		}
	}
	return nil
}

// spot prints a point as GeoJSON has it, longitude first.
func spot(p point) string { return "[" + number(p.lon) + ", " + number(p.lat) + "]" }

// inMetres maps a small shape to a plane in which lengths are metres.
func inMetres(g geom.Geometry) geom.Geometry {
	b, ok := g.Envelope().Center().XY()
	if !ok {
		return g
	}
	mx, my := scale(b.Y)
	return g.TransformXY(func(p geom.XY) geom.XY { return geom.XY{X: (p.X - b.X) * mx, Y: (p.Y - b.Y) * my} })
}

// girth is the area of a shape over the length of its edge, in metres. The widest disc
// that fits inside has at least this radius, since no point inside is farther from the
// edge than that disc's middle.
func girth(g geom.Geometry) float64 {
	m := inMetres(g)
	if l := m.Boundary().Length(); l > 0 {
		return m.Area() / l
	}
	return 0
}

// wide reports whether a disc of the given diameter in metres fits inside.
func wide(g geom.Geometry, width float64) bool {
	if 2*girth(g) >= width {
		return true
	}
	if bb := inMetres(g).Envelope(); min(bb.Width(), bb.Height()) < width {
		return false
	}
	left, err := geom.Buffer(inMetres(g), -width/2)
	return err != nil || !left.IsEmpty()
}
