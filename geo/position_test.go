package geo

import (
	"math"
	"testing"
)

func TestParsePosition(t *testing.T) {
	for _, c := range []struct {
		name, text       string
		lat, lon, within float64
	}{
		{"decimal degrees", "36.2021, 37.1343", 36.2021, 37.1343, 10},
		{"decimal degrees of two digits are a kilometre wide", "36.20 37.13", 36.20, 37.13, math.Hypot(556.6, 556.6*math.Cos(36.20*math.Pi/180))},
		{"south and west by signs", "-33.5 -70.25", -33.5, -70.25, 5588},
		{"degrees and minutes", "36°12.5'N 37°08.25'E", 36 + 12.5/60, 37 + 8.25/60, 92.9},
		{"degrees, minutes and seconds without marks", "N36 12 07 E037 08 03", 36 + 12./60 + 7./3600, 37 + 8./60 + 3./3600, 19.9},
		{"longitude first", "37°08'E 36°12'N", 36.2, 37 + 8./60, 1191},
		{"Arabic digits", "٣٦٫٢٠٢١ ٣٧٫١٣٤٣", 36.2021, 37.1343, 10},
		// The python package mgrs names this square for 42 north, 93 west; the grid cuts, so the
		// middle of the metre is half a metre on.
		{"a grid square of one metre", "15TWG0000049776", 42.0000, -93.0000, 10},
		{"the same, written apart", "15t wg 00000 49776", 42.0000, -93.0000, 10},
		{"a grid square of a kilometre", "15T WG 00 49", 41.99751, -92.99396, 707.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ParsePosition(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(p.Lat-c.lat) > 2e-5 || math.Abs(p.Lon-c.lon) > 2e-5 || math.Abs(p.Within-c.within) > c.within/100 {
				t.Errorf("%+v", p)
			}
		})
	}
	for _, text := range []string{"", "Jobar", "36.2", "99.1, 37.1", "36.2N 37.1N", "36 61 00 N 37 00 00 E", "15TWG123", "15IWG12", "61SAA1234", "36.5 12 N 37 E", "1 2 3 4 5 6 7 8"} {
		if p, err := ParsePosition(text); err == nil {
			t.Errorf("%q is taken for %+v", text, p)
		}
	}
}

// toTransverse is UTM by Snyder's series (Map Projections: a Working Manual, 1987, 8-9 to 8-15),
// another way than the one that is tested.
func toTransverse(lat, lon float64, zone int) (x, y float64) {
	const a, f = 6378137.0, 1 / 298.257223563
	const e2 = f * (2 - f)
	const e4, e6 = e2 * e2, e2 * e2 * e2
	phi, rad := lat*math.Pi/180, math.Pi/180
	ep := e2 / (1 - e2)
	n := a / math.Sqrt(1-e2*math.Sin(phi)*math.Sin(phi))
	tt, c := math.Tan(phi)*math.Tan(phi), ep*math.Cos(phi)*math.Cos(phi)
	q := (lon - float64(zone*6-183)) * rad * math.Cos(phi)
	m := a * ((1-e2/4-3*e4/64-5*e6/256)*phi - (3*e2/8+3*e4/32+45*e6/1024)*math.Sin(2*phi) + (15*e4/256+45*e6/1024)*math.Sin(4*phi) - 35*e6/3072*math.Sin(6*phi))
	x = 500000 + 0.9996*n*(q+(1-tt+c)*math.Pow(q, 3)/6+(5-18*tt+tt*tt+72*c-58*ep)*math.Pow(q, 5)/120)
	y = 0.9996 * (m + n*math.Tan(phi)*(q*q/2+(5-tt+9*c+4*c*c)*math.Pow(q, 4)/24+(61-58*tt+tt*tt+600*c-330*ep)*math.Pow(q, 6)/720))
	if lat < 0 {
		y += 10_000_000
	}
	return x, y
}

func TestGridAgreesWithAnotherSeries(t *testing.T) {
	for lat := -79.5; lat < 84; lat += 3.7 {
		for zone := 1; zone <= 60; zone += 7 {
			for _, off := range []float64{-2.9, -1, 0, .4, 2.9} {
				lon := float64(zone*6-183) + off
				x, y := toTransverse(lat, lon, zone)
				gotLat, gotLon := fromTransverse(x, y, zone, lat < 0)
				if d := Distance(lat, lon, gotLat, gotLon); d > .02 {
					t.Errorf("%g, %g comes back %.3f m away", lat, lon, d)
				}
			}
		}
	}
}

func FuzzParsePosition(f *testing.F) {
	for _, s := range []string{"36.2021, 37.1343", "36°12.1'N 37°08'E", "37S DA 1234 5678", "٣٦٫٢ ٣٧٫١", "15TWG0000049776", "N36 12 07 E037 08 03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePosition(s)
		if err == nil && !(math.Abs(p.Lat) <= 90.1 && math.Abs(p.Lon) <= 190 && p.Within >= finest) {
			t.Errorf("%q is %+v", s, p)
		}
	})
}
