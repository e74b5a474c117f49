package geo

import (
	"fmt"
	"math"
	"strings"

	"truce"

	"github.com/peterstace/simplefeatures/geom"
)

// Zone is one basic zone of an agreement. It is immutable and safe for concurrent use.
type Zone struct {
	key, text, name string
	ground          ground
}

// Key tells zones apart: equal keys are the same ground.
func (z *Zone) Key() string { return z.key }

// String says in plain words what the zone is: "within 3,500 m north of castello".
func (z *Zone) String() string { return z.text }

// AreaZone returns the area with a code as a zone.
func (a *Atlas) AreaZone(code string) (*Zone, error) {
	e, ok := a.areas[code]
	if !ok {
		return nil, a.unknown(code)
	}
	return &Zone{key: "polygon:" + e.polygon.hash, text: e.String(), name: e.String(), ground: e.polygon}, nil
}

// PolygonZone reads a zone from a GeoJSON Polygon or MultiPolygon, a Feature of one, or a
// FeatureCollection of them, which is their union.
func PolygonZone(name, geojson string) (*Zone, error) {
	shapes, err := readShapes(name, []byte(geojson))
	if err != nil {
		return nil, err
	}
	p, err := union(name, shapes)
	if err != nil {
		return nil, err
	}
	return &Zone{key: "polygon:" + p.hash, text: name, name: name, ground: p}, nil
}

// union checks polygons and joins them.
func union(name string, shapes []geom.Geometry) (*polygon, error) {
	var parts []geom.Geometry
	var last *polygon
	for i, g := range shapes {
		p, prob := readPolygon(g)
		if prob != nil {
			prob.File = name
			if len(shapes) > 1 {
				prob.Field = fmt.Sprintf("shape %d", i+1)
			}
			return nil, truce.Problems{*prob}
		}
		parts, last = append(parts, p.shape), p
	}
	switch len(parts) {
	case 0:
		return nil, invalid(name, "holds no polygon", "a Polygon or MultiPolygon")
	case 1:
		return last, nil
	}
	all, err := geom.UnionMany(parts)
	if err == nil {
		all, err = clean(all)
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: name, Msg: "the polygons could not be joined", Err: err}
	}
	return newPolygon(all), nil
}

// Sites returns the ground closer than metres to any of the points, lines or polygons of
// a GeoJSON geometry, Feature or FeatureCollection.
func Sites(name, geojson string, metresWide float64) (*Zone, error) {
	if err := length(name, metresWide); err != nil {
		return nil, err
	}
	shapes, err := readShapes(name, []byte(geojson))
	if err != nil {
		return nil, err
	}
	var areas []geom.Geometry
	var list []segment
	var all []string
	for _, g := range shapes {
		all = append(all, hash(g))
		if len(polygonsOf(g)) > 0 {
			areas = append(areas, g)
			continue
		}
		some, err := threads(name, g)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	s := sites{metres: metresWide}
	if len(areas) > 0 {
		if s.areas, err = union(name, areas); err != nil {
			return nil, err
		}
	}
	if len(list) > 0 {
		s.lines = newEdges(list)
	}
	if s.areas == nil && s.lines == nil {
		return nil, invalid(name, "holds no site", "points, lines or polygons")
	}
	z := &Zone{key: "sites:" + digest([]byte(strings.Join(all, " "))) + ":" + number(metresWide),
		text: "closer than " + metres(metresWide) + " to " + name, name: name, ground: s}
	return z, onMap(name, s.around())
}

// threads returns points and lines as segments; a point is a segment of no length.
func threads(name string, g geom.Geometry) ([]segment, error) {
	var list []segment
	for _, part := range g.Dump() {
		pts := pointsOf(part.DumpCoordinates())
		if p := checkPoints(pts); p != nil {
			p.File = name
			return nil, truce.Problems{*p}
		}
		if part.IsPoint() && len(pts) == 1 {
			list = append(list, segment{pts[0], pts[0]})
			continue
		}
		list = append(list, chain(pts, longest, false)...)
	}
	return list, nil
}

// sites is all points closer than metres to lines, points or areas.
type sites struct {
	lines  *edges   // may be nil
	areas  *polygon // may be nil
	metres float64
}

func (s sites) at(p point, enough float64) (bool, float64) {
	d := s.off(p, s.metres+enough)
	return d < s.metres, math.Abs(d - s.metres)
}

// off is how far p lies from the nearest site, or limit if that is less; inside an area
// it is negative.
func (s sites) off(p point, limit float64) float64 {
	d := limit
	if s.lines != nil {
		d = s.lines.nearest(p, limit).d
	}
	if s.areas != nil {
		in, far := s.areas.at(p, limit)
		if in {
			far = -far
		}
		d = min(d, far)
	}
	return d
}

func (s sites) around() box {
	b := nowhere()
	if s.lines != nil {
		b = b.join(s.lines.box)
	}
	if s.areas != nil {
		b = b.join(s.areas.around())
	}
	return b.grown(s.metres)
}

// DiscZone returns the ground at most metres away from a point.
func DiscZone(name string, lat, lon, metresWide float64) (*Zone, error) {
	if err := length(name, metresWide); err != nil {
		return nil, err
	}
	d := disc{point{lat, lon}, metresWide}
	if err := onEarth(name, d.mid, metresWide); err != nil {
		return nil, err
	}
	return discZone(name, d), nil
}

func discZone(name string, d disc) *Zone {
	return &Zone{key: "disc:" + number(d.mid.lat) + "," + number(d.mid.lon) + ":" + number(d.r),
		text: "within " + metres(d.r) + " of " + name, name: name, ground: d}
}

// SectorZone returns the ground between two bearings, clockwise in degrees from north as
// seen from a point, and between two distances from it in metres. Bearings 0 and 360 are
// the full circle.
func SectorZone(name string, lat, lon float64, bearing, rng [2]float64) (*Zone, error) {
	s, err := newSector(name, point{lat, lon}, bearing, rng)
	if err != nil {
		return nil, err
	}
	return &Zone{key: s.key(), text: name + ", " + s.String(), name: name, ground: s}, nil
}

func newSector(name string, apex point, bearing, rng [2]float64) (sector, error) {
	s := sector{apex: apex, from: turn(bearing[0]), width: turn(bearing[1] - bearing[0]), low: rng[0], top: rng[1]}
	if s.width == 0 && bearing[0] != bearing[1] {
		s.width = 360
	}
	for _, b := range bearing {
		if !(b >= -360 && b <= 720) {
			return s, invalid(name, number(b)+" is no bearing", "degrees from 0 to 360, clockwise from north")
		}
	}
	if s.width == 0 {
		return s, invalid(name, "the sector has no width", "two different bearings, from and to, clockwise")
	}
	if !(s.low >= 0 && s.top >= s.low+1) || math.IsInf(s.top, 0) {
		return s, invalid(name, fmt.Sprintf("range %s to %s", number(s.low), number(s.top)), "nearest before farthest, in metres")
	}
	return s, onEarth(name, apex, s.top)
}

func (s sector) key() string {
	return fmt.Sprintf("sector:%s,%s:%s,%s:%s,%s", number(s.apex.lat), number(s.apex.lon),
		number(s.from), number(s.width), number(s.low), number(s.top))
}

// String says which part of a circle it is.
func (s sector) String() string {
	return fmt.Sprintf("bearing %s to %s degrees, %s to %s from %s", number(s.from), number(turn(s.from+s.width)),
		metres(s.low), metres(s.top), s.apex)
}

// String prints a point with latitude first: "36.2500, 37.1300".
func (p point) String() string { return fmt.Sprintf("%.4f, %.4f", p.lat, p.lon) }

// fine is the number of corners with which a sector is drawn where its distance matters.
const fine = 1024

// Near returns the points closer than metres to z, and z itself. A belt on one side of a
// line has no such zone: its distance is the one to state.
func (z *Zone) Near(metresWide float64) (*Zone, error) {
	if err := length(z.name, metresWide); err != nil {
		return nil, err
	}
	n := &Zone{key: z.key + "+" + number(metresWide), text: "closer than " + metres(metresWide) + " to " + z.text, name: z.name}
	switch g := z.ground.(type) {
	case disc:
		n.ground = disc{g.mid, g.r + metresWide}
	case sites:
		g.metres += metresWide
		n.ground = g
	case about:
		g.metres += metresWide
		n.ground = g
	case *belt:
		if g.side != 0 {
			return nil, invalid(z.text, "a belt on one side has no surroundings", "the distance of the belt itself")
		}
		n.ground = &belt{g.line, g.closed, 0, g.metres + metresWide}
	case sector:
		n.ground = about{drawn(g.outline(fine)), metresWide}
	default:
		n.ground = about{g, metresWide}
	}
	return n, onMap(z.name, n.ground.around())
}
