package geo

import (
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// part is ground of an extent with what is known of it; where all is known it may go
// without the ground.
type part struct {
	ground ground
	width  float64
	class  []byte
}

// overlay splits drawn ground by the drawn zones that are open in class, so that for
// each part it is firm whether it lies in them. Parts that are slivers are dropped. What
// is not drawn, and what the overlay fails on, stays open and is left to the search.
func (c classes) overlay(p *piece, zones []*Zone, class []byte) []part {
	whole := []part{{p.ground, p.width, class}}
	shape, ok := outlineOf(p.ground)
	if !ok {
		return whole
	}
	type cut struct {
		shape geom.Geometry
		class []byte
	}
	cuts := []cut{{shape, class}}
	width := min(Sliver, p.width/4)
	drawn := false
	for i, z := range zones {
		g, ok := z.ground.(*polygon)
		if !ok || class[i] != open {
			continue
		}
		drawn = true
		var next []cut
		for _, k := range cuts {
			inside, outside, err := split(k.shape, g, width)
			if err != nil {
				return whole
			}
			if !inside.IsEmpty() {
				next = append(next, cut{inside, with(k.class, i, in)})
			}
			if !outside.IsEmpty() {
				next = append(next, cut{outside, with(k.class, i, out)})
			}
		}
		cuts = next
	}
	if !drawn || len(cuts) == 0 {
		return whole
	}
	parts := make([]part, len(cuts))
	for i, k := range cuts {
		parts[i].class = k.class
		if slices.Contains(k.class, open) {
			parts[i].ground, parts[i].width = newPolygon(k.shape), girth(k.shape)
		}
	}
	return parts
}

// outlineOf returns the shape of drawn ground.
func outlineOf(g ground) (geom.Geometry, bool) {
	switch g := g.(type) {
	case *polygon:
		return g.shape, true
	case everywhere:
		b := g.box
		return geom.NewPolygonXY([]float64{b.west, b.south, b.east, b.south, b.east, b.north, b.west, b.north, b.west, b.south}).AsGeometry(), true
	}
	return geom.Geometry{}, false
}

// with returns a copy of class with one letter changed.
func with(class []byte, i int, v byte) []byte {
	c := append([]byte(nil), class...)
	c[i] = v
	return c
}

// split cuts a shape into what lies in g and what does not, without slivers.
func split(shape geom.Geometry, g *polygon, width float64) (inside, outside geom.Geometry, err error) {
	if !boxOf(shape).meets(g.edges.box) {
		return geom.Geometry{}, shape, nil
	}
	if inside, err = geom.Intersection(shape, g.shape); err != nil {
		return inside, outside, err
	}
	if outside, err = geom.Difference(shape, g.shape); err != nil {
		return inside, outside, err
	}
	return thick(inside, width), thick(outside, width), nil
}

// thick keeps the polygons into which a disc of the given diameter in metres fits.
func thick(g geom.Geometry, width float64) geom.Geometry {
	var keep []geom.Polygon
	for _, p := range polygonsOf(g) {
		if wide(p.AsGeometry(), width) {
			keep = append(keep, p)
		}
	}
	if len(keep) == 1 {
		return keep[0].AsGeometry()
	}
	return geom.NewMultiPolygon(keep).AsGeometry()
}

// boxOf returns the box around a shape.
func boxOf(g geom.Geometry) box {
	lo, hi, ok := g.Envelope().MinMaxXYs()
	if !ok {
		return nowhere()
	}
	return box{lo.X, lo.Y, hi.X, hi.Y}
}
