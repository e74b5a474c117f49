package tiles

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"truce"
	"truce/geo"
)

// Where is the ground on which something may have happened, ready to be drawn. It is
// immutable.
type Where struct {
	anchor orb.Point // on the map: where it is counted, and its number stands
	radius float64   // on the map: all of it is at most this far from the anchor, as a box
	shape  *shape    // nil for a disc
}

// shape is ground that is no disc, on the map.
type shape struct {
	key    string // equal keys are the same ground
	bound  orb.Bound
	ground []orb.Polygon
	lines  []orb.LineString
	points []orb.Point
}

// Disc is all points at most so many metres from one.
func Disc(lat, lon, metres float64) Where {
	at := mercator(orb.Point{lon, lat})
	return Where{anchor: at, radius: onMap(max(metres, 0), at[1])}
}

// Shape is the ground of an extent. It reports false for one that may be anywhere, which no
// map can show.
func Shape(e geo.Extent) (Where, bool, error) {
	text, somewhere := e.GeoJSON()
	if !somewhere {
		return Where{}, false, nil
	}
	g, err := geojson.UnmarshalGeometry([]byte(text))
	if err != nil {
		return Where{}, false, &truce.Error{Kind: truce.Internal, At: "extent", Msg: "cannot be drawn", Err: err}
	}
	s := &shape{key: e.Key(), bound: orb.Bound{Min: orb.Point{2, 2}, Max: orb.Point{-1, -1}}}
	s.take(g.Geometry())
	anchor := s.anchor()
	reach := max(s.bound.Max[0]-anchor[0], anchor[0]-s.bound.Min[0], s.bound.Max[1]-anchor[1], anchor[1]-s.bound.Min[1])
	return Where{anchor: anchor, radius: reach, shape: s}, true, nil
}

// Of is the ground of places as reports give them, any of which may be the one. It reports
// false where nothing is known.
func Of(a *geo.Atlas, places []truce.Place) (Where, bool, error) {
	e, err := a.Extent(places)
	if err != nil || e.Anywhere() {
		return Where{}, false, err
	}
	if len(places) == 1 && places[0].Form == truce.FormDisc {
		return Disc(places[0].Lat, places[0].Lon, places[0].Within), true, nil
	}
	return Shape(e)
}

// take adds a geometry of degrees to the shape.
func (s *shape) take(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Collection:
		for _, part := range g {
			s.take(part)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			s.take(p)
		}
	case orb.Polygon:
		var out orb.Polygon
		for _, r := range g {
			out = append(out, orb.Ring(s.path(r)))
		}
		s.ground = append(s.ground, out)
	case orb.LineString:
		s.lines = append(s.lines, s.path(g))
	case orb.Point:
		s.points = append(s.points, s.path([]orb.Point{g})...)
	}
}

// path puts points on the map.
func (s *shape) path(degrees []orb.Point) orb.LineString {
	out := make(orb.LineString, len(degrees))
	for i, p := range degrees {
		out[i] = mercator(p)
		s.bound = s.bound.Extend(out[i])
	}
	return out
}

// anchor is a point for the number of things: in the largest piece of ground, or on a line.
func (s *shape) anchor() orb.Point {
	best, widest := s.bound.Center(), 0.0
	for _, p := range s.ground {
		if c, area := planar.CentroidArea(p); math.Abs(area) > widest && planar.PolygonContains(p, c) {
			best, widest = c, math.Abs(area)
		}
	}
	switch {
	case widest > 0:
	case len(s.ground) > 0:
		best = s.ground[0][0][0]
	case len(s.lines) > 0:
		best = s.lines[0][len(s.lines[0])/2]
	case len(s.points) > 0:
		best = s.points[0]
	}
	return orb.Point{min(best[0], 1-1e-9), min(best[1], 1-1e-9)}
}
