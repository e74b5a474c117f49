package intake

import (
	"encoding/json"
	"math"

	"truce"
)

const (
	wantLat    = "degrees from -90 to 90 (WGS 84)"
	wantLon    = "degrees from -180 to 180 (WGS 84)"
	wantWithin = "a radius in metres, 0 or more, with every lat and lon: a point alone does not say how well it is known"
	halfway    = 20_037_508.0 // metres, half around the earth
)

// checkPlace holds a place to what its form needs.
func checkPlace(p truce.Place) *fault {
	switch p.Form {
	case truce.FormUnknown:
		return nil
	case truce.FormArea:
		if p.Area == "" {
			return &fault{field: "area", code: "no-area", msg: "an area without its code", want: "a code of the boundary files"}
		}
		return nil
	case truce.FormShape:
		return checkShape(p.Shape)
	case truce.FormDisc, truce.FormSector:
		return checkRound(p)
	}
	return &fault{field: "form", value: p.Form, code: "bad-word", msg: "no such form of place", want: "area, disc, sector or shape"}
}

func checkRound(p truce.Place) *fault {
	switch {
	case !within(p.Lat, -90, 90):
		return &fault{field: "lat", code: "bad-position", msg: "no such latitude", want: wantLat}
	case !within(p.Lon, -180, 180):
		return &fault{field: "lon", code: "bad-position", msg: "no such longitude", want: wantLon}
	case !within(p.Within, 0, halfway):
		return &fault{field: "within", code: "bad-number", msg: "no such radius", want: wantWithin}
	case p.Form == truce.FormDisc:
		return nil
	case !within(p.Bearing[0], 0, 360) || !within(p.Bearing[1], 0, 360):
		return &fault{field: "bearing", code: "bad-number", msg: "no such bearing", want: wantBearing}
	case !within(p.Range[0], 0, p.Range[1]) || !within(p.Range[1], 0, halfway):
		return &fault{field: "range", code: "low-above-high", msg: "the range is not in order", want: wantRange}
	}
	return nil
}

const (
	wantBearing = `two bearings from 0 to 360 degrees, clockwise, such as "30-75"`
	wantRange   = `nearest and farthest in metres, such as "2000-5000"`
)

// within is false for NaN.
func within(x, low, high float64) bool { return x >= low && x <= high }

// geometry is a GeoJSON geometry.
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

const wantShape = "a GeoJSON geometry: LineString, Polygon or MultiPolygon with closed rings, in degrees"

// checkShape holds GeoJSON text to the geometries that a place may have. A point is none
// of them: it has no extent, and wants to be a disc.
func checkShape(text string) *fault {
	bad := &fault{field: "shape", value: clip(text, 80), code: "bad-shape", msg: "the geometry is not sound", want: wantShape}
	var g geometry
	if json.Unmarshal([]byte(text), &g) != nil {
		return bad
	}
	var ok bool
	switch g.Type {
	case "LineString":
		var line [][]float64
		ok = json.Unmarshal(g.Coordinates, &line) == nil && len(line) > 1 && soundLine(line)
	case "Polygon":
		var rings [][][]float64
		ok = json.Unmarshal(g.Coordinates, &rings) == nil && soundRings(rings)
	case "MultiPolygon":
		var parts [][][][]float64
		ok = json.Unmarshal(g.Coordinates, &parts) == nil && len(parts) > 0
		for _, rings := range parts {
			ok = ok && soundRings(rings)
		}
	}
	if !ok {
		return bad
	}
	return nil
}

func soundPosition(at []float64) bool {
	return len(at) >= 2 && within(at[0], -180, 180) && within(at[1], -90, 90) && !math.IsNaN(at[0]+at[1])
}

func soundLine(line [][]float64) bool {
	for _, at := range line {
		if !soundPosition(at) {
			return false
		}
	}
	return true
}

// soundRings wants at least one ring, each of four or more positions and closed.
func soundRings(rings [][][]float64) bool {
	for _, r := range rings {
		if len(r) < 4 || !soundLine(r) || r[0][0] != r[len(r)-1][0] || r[0][1] != r[len(r)-1][1] {
			return false
		}
	}
	return len(rings) > 0
}
