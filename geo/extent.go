package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"truce"

	"github.com/peterstace/simplefeatures/geom"
)

// Extent is where something may have been: at any point of any of its pieces. The zero
// value is anywhere. It is immutable and safe for concurrent use.
type Extent struct {
	pieces []*piece
	key    string
}

// piece is one alternative of an extent: ground, or a line, or the point mid.
type piece struct {
	key, text string
	ground    ground        // nil for a line or a point
	line      *edges        // nil for ground or a point
	shape     geom.Geometry // of a line
	mid       point         // of a disc or a point
	width     float64       // a disc of this radius in metres fits inside the ground
	area      *entry        // the named area it is, or nil
}

// Anywhere reports whether nothing is known of the place.
func (e Extent) Anywhere() bool { return len(e.pieces) == 0 }

// Key tells extents apart: equal keys are the same extent.
func (e Extent) Key() string {
	if e.Anywhere() {
		return "anywhere"
	}
	return e.key
}

// String says in plain words where it is.
func (e Extent) String() string {
	if e.Anywhere() {
		return "anywhere"
	}
	texts := make([]string, len(e.pieces))
	for i, p := range e.pieces {
		texts[i] = p.text
	}
	return strings.Join(texts, " or ")
}

// Bounds returns a box of degrees that holds all of the extent. It is the whole world for
// one that may be anywhere, and for one that crosses the date line.
func (e Extent) Bounds() (west, south, east, north float64) {
	if e.Anywhere() {
		return -180, -90, 180, 90
	}
	west, south, east, north = 180, 90, -180, -90
	for _, p := range e.pieces {
		b := p.around()
		west, south, east, north = min(west, b.west), min(south, b.south), max(east, b.east), max(north, b.north)
	}
	if west < -180 || east > 180 {
		west, east = -180, 180
	}
	return west, max(south, -90), east, min(north, 90)
}

// newExtent sorts the pieces and drops repetitions.
func newExtent(pieces []*piece) Extent {
	slices.SortStableFunc(pieces, func(a, b *piece) int { return cmp.Compare(a.key, b.key) })
	pieces = slices.CompactFunc(pieces, func(a, b *piece) bool { return a.key == b.key })
	keys := make([]string, len(pieces))
	for i, p := range pieces {
		keys[i] = p.key
	}
	return Extent{pieces, strings.Join(keys, "|")}
}

// Extent returns the union of places. No place, or one of unknown form, is anywhere. An
// area's extent is the whole area; a disc Within 0 metres, or less than a centimetre, is
// an exact point.
func (a *Atlas) Extent(places []truce.Place) (Extent, error) {
	var pieces []*piece
	anywhere := false
	for _, pl := range places {
		if pl.Form == truce.FormUnknown {
			anywhere = true
			continue
		}
		p, err := a.piece(pl)
		if err != nil {
			return Extent{}, err
		}
		pieces = append(pieces, p)
	}
	if anywhere {
		return Extent{}, nil
	}
	return newExtent(pieces), nil
}

// piece reads one place.
func (a *Atlas) piece(pl truce.Place) (*piece, error) {
	switch pl.Form {
	case truce.FormArea:
		e, ok := a.areas[pl.Area]
		if !ok {
			return nil, a.unknown(pl.Area)
		}
		return e.piece, nil
	case truce.FormDisc:
		return discPiece(pl)
	case truce.FormSector:
		s, err := newSector("place", point{pl.Lat, pl.Lon}, pl.Bearing, pl.Range)
		if err != nil {
			return nil, err
		}
		width := min(s.top-s.low, s.top*math.Sin(min(s.width, 180)/2*radian)) / 4
		return &piece{key: s.key(), text: s.String(), ground: s, mid: s.apex, width: width}, nil
	case truce.FormShape:
		return shapePiece(pl)
	}
	return nil, invalid("place", fmt.Sprintf("%q is no form of place", pl.Form), "area, disc, sector, shape or nothing")
}

// discPiece reads a point with its error.
func discPiece(pl truce.Place) (*piece, error) {
	if !(pl.Within >= 0) || math.IsInf(pl.Within, 0) {
		return nil, invalid("place", number(pl.Within)+" is no radius", "metres, 0 for an exact point")
	}
	d := disc{point{pl.Lat, pl.Lon}, pl.Within}
	if err := onEarth("place", d.mid, d.r); err != nil {
		return nil, err
	}
	if d.r < 10*smallest {
		return pointPiece(d.mid), nil
	}
	z := discZone(d.mid.String(), d)
	return &piece{key: z.key, text: z.text, ground: d, mid: d.mid, width: d.r}, nil
}

func pointPiece(p point) *piece {
	return &piece{key: "point:" + number(p.lat) + "," + number(p.lon), text: "at " + p.String(), mid: p}
}

// shapePiece reads a GeoJSON geometry.
func shapePiece(pl truce.Place) (*piece, error) {
	g, err := readOne("place", pl.Shape)
	if err != nil {
		return nil, err
	}
	name := pl.Name
	if name == "" {
		name = "a drawn shape"
	}
	if len(polygonsOf(g)) > 0 {
		p, prob := readPolygon(g)
		if prob != nil {
			prob.File = "place"
			return nil, truce.Problems{*prob}
		}
		return polygonPiece(name, p), nil
	}
	pts := pointsOf(g.DumpCoordinates())
	if prob := checkPoints(pts); prob != nil {
		prob.File = "place"
		return nil, truce.Problems{*prob}
	}
	switch list := chain(pts, longest, false); {
	case g.IsPoint() && len(pts) == 1:
		return pointPiece(pts[0]), nil
	case g.IsLineString() && len(list) > 0:
		return &piece{key: "line:" + hash(g), text: name, line: newEdges(list), shape: g}, nil
	}
	return nil, invalid("place", "the shape is empty or of another type", "a Point, LineString, Polygon or MultiPolygon")
}

func polygonPiece(text string, p *polygon) *piece {
	return &piece{key: "polygon:" + p.hash, text: text, ground: p, width: girth(p.shape)}
}

// around returns a box that holds the piece.
func (p *piece) around() box {
	switch {
	case p.ground != nil:
		return p.ground.around()
	case p.line != nil:
		return p.line.box
	}
	return box{p.mid.lon, p.mid.lat, p.mid.lon, p.mid.lat}
}
