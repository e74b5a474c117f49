package geo

import (
	"errors"
	"math"
	"strings"
	"testing"

	"truce"

	"pgregory.net/rapid"
)

// vincenty is an independent computation of the distance on the ellipsoid (Vincenty's
// inverse formula of 1975, good to half a millimetre for points that are not antipodal).
func vincenty(lat1, lon1, lat2, lon2 float64) float64 {
	const a, f = 6378137.0, 1 / 298.257223563
	b := a * (1 - f)
	rad := math.Pi / 180
	l := (lon2 - lon1) * rad
	u1, u2 := math.Atan((1-f)*math.Tan(lat1*rad)), math.Atan((1-f)*math.Tan(lat2*rad))
	su1, cu1 := math.Sincos(u1)
	su2, cu2 := math.Sincos(u2)
	lambda := l
	for range 1000 {
		sl, cl := math.Sincos(lambda)
		ss := math.Hypot(cu2*sl, cu1*su2-su1*cu2*cl)
		if ss == 0 {
			return 0
		}
		cs := su1*su2 + cu1*cu2*cl
		sigma := math.Atan2(ss, cs)
		sa := cu1 * cu2 * sl / ss
		c2a := 1 - sa*sa
		c2m := 0.0
		if c2a != 0 {
			c2m = cs - 2*su1*su2/c2a
		}
		c := f / 16 * c2a * (4 + f*(4-3*c2a))
		next := l + (1-c)*f*sa*(sigma+c*ss*(c2m+c*cs*(-1+2*c2m*c2m)))
		if math.Abs(next-lambda) > 1e-13 {
			lambda = next
			continue
		}
		uu := c2a * (a*a - b*b) / (b * b)
		k1 := 1 + uu/16384*(4096+uu*(-768+uu*(320-175*uu)))
		k2 := uu / 1024 * (256 + uu*(-128+uu*(74-47*uu)))
		d := k2 * ss * (c2m + k2/4*(cs*(-1+2*c2m*c2m)-k2/6*c2m*(-3+4*ss*ss)*(-3+4*c2m*c2m)))
		return b * k1 * (sigma - d)
	}
	return math.NaN()
}

func TestDistancesMatchPublishedVectors(t *testing.T) {
	for name, c := range map[string]struct{ lat1, lon1, lat2, lon2, want, within float64 }{
		"New York to Singapore, as GeographicLib's documentation has it": {40 + 38./60 + 23./3600, -73 - 46./60 - 44./3600, 1 + 21./60 + 33./3600, 103 + 59./60 + 22./3600, 15347628, 1},
		"New York to London, as its manual has it":                       {40.6, -73.8, 51.6, -0.5, 5551759.400, 0.001},
		"Wellington to Salamanca, near the antipodes":                    {-41.32, 174.81, 40.96, -5.50, 19959679.267, 0.01},
		"a quarter of the equator":                                       {0, 0, 0, 90, 6378137 * math.Pi / 2, 0.001},
		"the meridian quadrant":                                          {0, 0, 90, 0, 10001965.729, 0.001},
		"no distance":                                                    {36.2, 37.1, 36.2, 37.1, 0, 0},
	} {
		if got := Distance(c.lat1, c.lon1, c.lat2, c.lon2); math.Abs(got-c.want) > c.within {
			t.Errorf("%s: %.3f, want %.3f", name, got, c.want)
		}
	}
}

func TestDistancesMatchVincenty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-84, 84)
		la, lo := lat.Draw(t, "lat"), rapid.Float64Range(-170, 170).Draw(t, "lon")
		lb, lp := la+rapid.Float64Range(-1, 1).Draw(t, "dlat"), lo+rapid.Float64Range(-1, 1).Draw(t, "dlon")
		got, want := Distance(la, lo, lb, lp), vincenty(la, lo, lb, lp)
		if math.Abs(got-want) > 0.002 {
			t.Fatalf("%.4f, want %.4f", got, want)
		}
		x, y := offset(point{la, lo}, point{lb, lp})
		if flat := math.Hypot(x, y); want < roughTo && math.Abs(la) < 70 && math.Abs(flat-want) > 0.01 {
			t.Fatalf("mid-latitude %.3f, want %.3f", flat, want)
		}
	})
}

func TestCoordinatesAreRead(t *testing.T) {
	for name, c := range map[string]struct{ lat, lon, want string }{
		"plain":                    {"36.2", " 37.1 ", ""},
		"the pole":                 {"90", "0", ""},
		"latitude of 95":           {"95", "137.5", "95 is no latitude"},
		"looks swapped":            {"137.1", "36.2", "swapped"},
		"longitude of 181":         {"36", "181", "181 is no longitude"},
		"no number":                {"NaN", "37", "is no number"},
		"infinite":                 {"36", "Inf", "is no number"},
		"empty":                    {"", "37", "is no number"},
		"degrees and minutes":      {"36°12'", "37", "is no number"},
		"a comma for the decimals": {"36,2", "37", "is no number"},
	} {
		_, _, err := ParseLatLon(c.lat, c.lon)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	_, _, err := ParseLatLon("95", "0")
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != truce.Invalid || e.At != "latitude" {
		t.Errorf("error %#v", err)
	}
}

func TestLengthsAreWrittenForPeople(t *testing.T) {
	for v, want := range map[float64]string{500: "500 m", 3500: "3,500 m", 1234567.5: "1,234,567.5 m", 1000: "1,000 m"} {
		if got := metres(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
