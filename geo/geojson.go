package geo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"truce"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/peterstace/simplefeatures/geom"
)

// readShapes reads a GeoJSON geometry, Feature or FeatureCollection and returns its
// geometries, unchecked. Collections of geometries are taken apart.
func readShapes(name string, data []byte) ([]geom.Geometry, error) {
	var doc struct {
		Type     string          `json:"type"`
		Geometry json.RawMessage `json:"geometry"`
		Features []struct {
			Geometry json.RawMessage `json:"geometry"`
		} `json:"features"`
		Geometries []json.RawMessage `json:"geometries"`
	}
	if p := jsonProblem(data); p != nil {
		p.File = name
		return nil, truce.Problems{*p}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, truce.Problems{{File: name, Code: "json", Msg: err.Error(), Want: "GeoJSON"}}
	}
	raws := []json.RawMessage{data}
	switch doc.Type {
	case "FeatureCollection":
		raws = nil
		for _, f := range doc.Features {
			raws = append(raws, f.Geometry)
		}
	case "Feature":
		raws = []json.RawMessage{doc.Geometry}
	case "GeometryCollection":
		raws = doc.Geometries
	}
	var out []geom.Geometry
	for _, raw := range raws {
		g, p := readGeometry(raw)
		if p != nil {
			p.File = name
			return nil, truce.Problems{*p}
		}
		out = append(out, g)
	}
	return out, nil
}

// readGeometry reads one GeoJSON geometry, unchecked.
func readGeometry(raw []byte) (geom.Geometry, *truce.Problem) {
	const want = "a GeoJSON geometry with type and coordinates"
	if len(raw) == 0 || string(raw) == "null" {
		return geom.Geometry{}, &truce.Problem{Code: "geometry", Msg: "has no geometry", Want: want}
	}
	g, err := geom.UnmarshalGeoJSON(raw, geom.NoValidate{})
	if err != nil {
		return g, &truce.Problem{Code: "geometry", Msg: err.Error(), Want: want}
	}
	return g.Force2D(), nil
}

// jsonProblem says where data stops being JSON, or nil.
func jsonProblem(data []byte) *truce.Problem {
	var all json.RawMessage
	err := json.Unmarshal(data, &all)
	if err == nil {
		return nil
	}
	p := &truce.Problem{Code: "json", Msg: err.Error(), Want: "GeoJSON"}
	if syn, ok := err.(*json.SyntaxError); ok {
		p.Line, p.Column = position(data, int(syn.Offset))
	}
	return p
}

// position returns the line and column of an offset, from 1.
func position(data []byte, offset int) (line, column int) {
	line, column = 1, 1
	for _, c := range data[:min(max(offset-1, 0), len(data))] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}

// digest is a short fingerprint of bytes.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// hash is a short fingerprint of a shape's coordinates.
func hash(g geom.Geometry) string { return digest(g.AsBinary()) }

// gons is the number of corners with which a disc is drawn for maps.
const gons = 48

// GeoJSON returns the extent as a GeoJSON geometry for maps; discs and sectors are drawn
// with 48 corners and are for looking at only. It returns false for an extent that may
// be anywhere.
func (e Extent) GeoJSON() (string, bool) {
	if e.Anywhere() {
		return "", false
	}
	var all orb.Collection
	for _, p := range e.pieces {
		all = append(all, p.drawing())
	}
	shape := orb.Geometry(all)
	if len(all) == 1 {
		shape = all[0]
	}
	out, err := json.Marshal(geojson.NewGeometry(shape))
	return string(out), err == nil
}

// drawing returns the outline of a piece.
func (p *piece) drawing() orb.Geometry {
	switch g := p.ground.(type) {
	case *polygon:
		return toOrb(g.shape)
	case disc:
		return rings([][]point{g.outline(gons)})
	case sector:
		return rings(g.outline(gons))
	}
	if p.line != nil {
		return toOrb(p.shape)
	}
	return orb.Point{p.mid.lon, p.mid.lat}
}

// rings makes an orb polygon.
func rings(rs [][]point) orb.Polygon {
	var out orb.Polygon
	for _, r := range rs {
		var ring orb.Ring
		for _, p := range r {
			ring = append(ring, orb.Point{p.lon, p.lat})
		}
		out = append(out, ring)
	}
	return out
}

// toOrb converts a line or polygons.
func toOrb(g geom.Geometry) orb.Geometry {
	if l, ok := g.AsLineString(); ok {
		var out orb.LineString
		for _, p := range pointsOf(l.Coordinates()) {
			out = append(out, orb.Point{p.lon, p.lat})
		}
		return out
	}
	var many orb.MultiPolygon
	for _, p := range polygonsOf(g) {
		many = append(many, rings(ringsOf(p.AsGeometry())))
	}
	if len(many) == 1 {
		return many[0]
	}
	return many
}

// readOne reads a single geometry and refuses a collection.
func readOne(name, data string) (geom.Geometry, error) {
	shapes, err := readShapes(name, []byte(data))
	if err != nil {
		return geom.Geometry{}, err
	}
	if len(shapes) != 1 {
		return geom.Geometry{}, invalid(name, fmt.Sprintf("holds %d geometries", len(shapes)), "one")
	}
	return shapes[0], nil
}
