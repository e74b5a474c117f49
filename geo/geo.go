// Package geo says where things are, exactly, under uncertainty.
//
// A Zone is ground that an agreement speaks of: an area, a disc, a belt along a line.
// An Extent is where something may have been: one or more pieces of ground, none of them
// finer than what is known. Relate tells whether all, none or a part of an extent lies in
// a zone; Classes tells which combinations of several zones some point of it lies in.
// A centroid never decides anything.
//
// Coordinates are WGS 84 degrees. Distances are geodesic, in metres, right to a few
// centimetres up to 30 km. Edges of drawn shapes are straight in longitude and latitude,
// as RFC 7946 has it. Shapes that cross the antimeridian or reach beyond 85 degrees of
// latitude are refused.
//
// # Slivers
//
// Borders of neighbouring areas are drawn with a precision, and two drawings of the same
// border may differ. An overlap that is nowhere wider than Sliver is a difference of
// drawing, not ground, and is ignored; so is a mere touching of edges.
package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"truce"

	"github.com/tidwall/geodesic"
)

// Sliver is the width in metres up to which an overlap of two extents of ground counts
// as a difference of drawing. Coordinates of five decimals, as boundary files have them,
// are rounded by up to 1.1 m.
const Sliver = 1.0

// farthest is the latitude beyond which shapes are refused.
const farthest = 85

// point is a place on WGS 84, in degrees.
type point struct{ lat, lon float64 }

// Distance returns the length in metres of the shortest line on the ellipsoid between
// two points given in degrees.
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	var d float64
	geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2, &d, nil, nil)
	return d
}

// inverse returns the distance in metres and the bearing in degrees from p to q.
func inverse(p, q point) (d, bearing float64) {
	geodesic.WGS84.Inverse(p.lat, p.lon, q.lat, q.lon, &d, &bearing, nil)
	return d, math.Mod(bearing+360, 360)
}

// direct returns the point at a distance in metres and a bearing in degrees from p.
func direct(p point, bearing, d float64) point {
	var q point
	geodesic.WGS84.Direct(p.lat, p.lon, bearing, d, &q.lat, &q.lon, nil)
	return q
}

// ParseLatLon reads a latitude and a longitude in decimal degrees. It refuses what is no
// number, a latitude beyond 90, a longitude beyond 180, and says so when the two look
// swapped.
func ParseLatLon(lat, lon string) (float64, float64, error) {
	la, err := degrees("latitude", lat)
	if err != nil {
		return 0, 0, err
	}
	lo, err := degrees("longitude", lon)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case math.Abs(la) > 90 && math.Abs(la) <= 180 && math.Abs(lo) <= 90:
		return 0, 0, invalid("latitude", fmt.Sprintf("%s is no latitude", number(la)),
			"from -90 to 90; latitude and longitude look swapped")
	case math.Abs(la) > 90:
		return 0, 0, invalid("latitude", fmt.Sprintf("%s is no latitude", number(la)), "from -90 to 90")
	case math.Abs(lo) > 180:
		return 0, 0, invalid("longitude", fmt.Sprintf("%s is no longitude", number(lo)), "from -180 to 180")
	}
	return la, lo, nil
}

// degrees reads one coordinate.
func degrees(field, s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, invalid(field, fmt.Sprintf("%q is no number", s), "decimal degrees such as 36.2021")
	}
	return v, nil
}

// invalid is an error about input: where, what, and what was expected.
func invalid(at, msg, hint string) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: hint}
}

// number prints a number with as many digits as it needs.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// metres prints a length with commas between thousands: "3,500 m".
func metres(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if frac != "" {
		whole += "." + frac
	}
	return whole + " m"
}

// onEarth refuses a point that is not on the map, or from which metres reach beyond it.
func onEarth(at string, p point, reach float64) error {
	switch {
	case !(math.Abs(p.lat) <= 90):
		return invalid(at, fmt.Sprintf("%s is no latitude", number(p.lat)), "from -90 to 90")
	case !(math.Abs(p.lon) <= 180):
		return invalid(at, fmt.Sprintf("%s is no longitude", number(p.lon)), "from -180 to 180")
	}
	return onMap(at, box{p.lon, p.lat, p.lon, p.lat}.grown(reach))
}

// onMap refuses ground that reaches beyond 85 degrees of latitude or the antimeridian.
func onMap(at string, b box) error {
	if b.south < -farthest || b.north > farthest {
		return invalid(at, "reaches beyond 85 degrees of latitude", "shapes near the poles are not supported")
	}
	if b.west < -180 || b.east > 180 {
		return invalid(at, "crosses the antimeridian", "a shape that stays between -180 and 180 degrees of longitude")
	}
	return nil
}
