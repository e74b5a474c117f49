package columns

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidwall/geodesic"

	"truce/bench/world"
)

// inRings is ray casting over all edges.
func inRings(rings [][]Point, p Point) bool {
	in := false
	for _, ring := range rings {
		for i, a := range ring {
			e := edgeOf(a, ring[(i+1)%len(ring)])
			if (e.a.Lat > p.Lat) != (e.b.Lat > p.Lat) && e.east(p) {
				in = !in
			}
		}
	}
	return in
}

func TestEveryPointOfSmallPolygonsAgreesWithRayCasting(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		var zones []Zone
		for range 1 + r.IntN(4) {
			var z Zone
			for range 1 + r.IntN(2) {
				ring := make([]Point, 3+r.IntN(6))
				for i := range ring {
					ring[i] = Point{int32(r.IntN(300)) - 100, int32(r.IntN(200)) - 150}
				}
				z.Rings = append(z.Rings, ring)
			}
			zones = append(zones, z)
		}
		x, err := NewPlaceIndex(zones)
		if err != nil {
			t.Fatal(err)
		}
		for lon := int32(-110); lon < 210; lon++ {
			for lat := int32(-160); lat < 60; lat++ {
				p := Point{lon, lat}
				var want []int
				for k, z := range zones {
					if inRings(z.Rings, p) {
						want = append(want, k)
					}
				}
				if got := x.Zones(x.Class(lon, lat)); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("round %d, %v: in %v, want %v", round, p, got, want)
				}
			}
		}
	}
}

func TestPointsFarAwayAreNowhere(t *testing.T) {
	x, err := NewPlaceIndex([]Zone{{Rings: [][]Point{{{-10, -10}, {10, -10}, {0, 10}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Point{{180e6, 0}, {-180e6, 0}, {0, 90e6}, {0, -90e6}, {Missing, Missing}} {
		if c := x.Class(p.Lon, p.Lat); c != 0 {
			t.Errorf("%v has class %d", p, c)
		}
	}
	if x.Class(0, 0) == 0 || x.Zones(0) != nil {
		t.Error("the middle is in no zone")
	}
}

func TestZonesThatCannotBeIndexed(t *testing.T) {
	triangle := []Point{{0, 0}, {9, 0}, {0, 9}}
	many := make([]Zone, 13)
	for k := range many {
		many[k].Rings = [][]Point{triangle}
	}
	for _, c := range []struct {
		name  string
		zones []Zone
		want  string
	}{
		{"two points", []Zone{{Rings: [][]Point{triangle[:2]}}}, "zone 0: a ring has 2 points"},
		{"no reach", []Zone{{Line: triangle}}, "metres up to"},
		{"degrees for micro-degrees", []Zone{{Rings: [][]Point{{{0, 0}, {9, 0}, {0, 91e6}}}}}, "is not in micro-degrees"},
		{"a line at the pole", []Zone{{Line: []Point{{0, 86e6}, {0, 86e6}}, Metres: 1}}, "nearer to a pole"},
		{"thirteen borders in one place", many, "the borders of 13 zones meet"},
	} {
		if _, err := NewPlaceIndex(c.zones); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// worldZones are the benchmark world's zones as this package's.
func worldZones(w *world.World) []Zone {
	var out []Zone
	for _, z := range w.Zones {
		n := Zone{Metres: z.Metres}
		if z.Ring != nil {
			n.Rings = [][]Point{points(z.Ring)}
		} else {
			n.Line = points(z.Line)
		}
		out = append(out, n)
	}
	return out
}

func points(ps []world.Point) []Point {
	out := make([]Point, len(ps))
	for i, p := range ps {
		out[i] = Point(p)
	}
	return out
}

func TestTheWorldsZones(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	for _, finer := range []int{1, 4} {
		w, err := world.New(world.Config{Vertices: finer})
		if err != nil {
			t.Fatal(err)
		}
		x, err := NewPlaceIndex(worldZones(w))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("x%d: %d classes, %d bytes, of them sub-cells %d, leaves %d", finer, x.Len(), x.Bytes(), 4*len(x.subs), 4*len(x.leaves))
		for i := range n / finer {
			agree(t, w, x, fmt.Sprint("row ", i), w.Row(i).At)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for i := range n / finer / 2 {
			k := r.IntN(len(w.Zones))
			agree(t, w, x, fmt.Sprint("sown ", i, " at ", w.Zones[k].Name), sown(r, w.Zones[k]))
		}
	}
}

func agree(t *testing.T, w *world.World, x *PlaceIndex, name string, p world.Point) {
	t.Helper()
	want := w.Locate(p)
	var got world.ZoneSet
	for _, z := range x.Zones(x.Class(p.Lon, p.Lat)) {
		got.Add(z)
	}
	if got != want {
		t.Errorf("%s, %v: in %x, want %x", name, p, got, want)
	}
}

// sown is a point within a few micro-degrees of a zone's border.
func sown(r *rand.Rand, z world.Zone) world.Point {
	line := z.Line
	if z.Ring != nil {
		line = append(z.Ring[:len(z.Ring):len(z.Ring)], z.Ring[0])
	}
	i := r.IntN(len(line) - 1)
	a, b, u := line[i], line[i+1], r.Float64()
	lon := float64(a.Lon) + u*(float64(b.Lon)-float64(a.Lon))
	lat := float64(a.Lat) + u*(float64(b.Lat)-float64(a.Lat))
	if z.Line != nil {
		var y, x float64
		kx, ky := metresPerDegree(lat / 1e6)
		across := math.Atan2(-ky*float64(b.Lat-a.Lat), kx*float64(b.Lon-a.Lon)) / radian
		if r.IntN(8) == 0 { // around an end, or on the inner side of a bend
			across = 360 * r.Float64()
		}
		geodesic.WGS84.Direct(lat/1e6, lon/1e6, across, z.Metres*float64(1-2*r.IntN(2)), &y, &x, nil)
		lon, lat = x*1e6, y*1e6
	}
	jitter := func() float64 { return math.Floor(r.Float64()*3) - 1 }
	return world.Point{Lon: int32(math.Round(lon + jitter())), Lat: int32(math.Round(lat + jitter()))}
}

// The quick distance must be within a tenth of its slack, which is what the derivation
// says; the geodesic distance must be the least of many along the segment.
func TestTheErrorBandOfTheQuickDistance(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	worst := 0.0
	for range 20_000 {
		lat := 160*r.Float64() - 80
		size := math.Pow(10, 5*r.Float64()-4) // 1e-4 to 10 degrees
		s := segment{30, lat, 30 + size*(r.Float64()-0.5)/math.Cos(lat*radian), lat + size*(r.Float64()-0.5)}
		x, y := 30+size*(r.Float64()-0.5)/math.Cos(lat*radian), lat+size*(r.Float64()-0.5)
		d, at := s.quick(x, y)
		exact, off := s.exact(x, y, at), slack(d, max(y, -y))
		if !math.IsInf(off, 1) {
			worst = max(worst, (math.Abs(d-exact)-1e-6)/off)
			if math.Abs(d-exact) > off/10+1e-6 {
				t.Fatalf("%v from %v,%v: quick %.9g, exact %.9g, slack %.3g", s, x, y, d, exact, off)
			}
		}
		for k := range 21 {
			var p float64
			u := float64(k) / 20
			geodesic.WGS84.Inverse(y, x, s.ay+u*(s.by-s.ay), s.ax+u*(s.bx-s.ax), &p, nil, nil)
			if p < exact-1e-6-exact*1e-12 {
				t.Fatalf("%v from %v,%v: exact %.12g, but %.12g at %v", s, x, y, exact, p, u)
			}
		}
	}
	t.Logf("at worst %.3f of the slack", worst)
}

func BenchmarkClass(b *testing.B) {
	for _, finer := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("x%d", finer), func(b *testing.B) {
			w, err := world.New(world.Config{Vertices: finer})
			if err != nil {
				b.Fatal(err)
			}
			x, err := NewPlaceIndex(worldZones(w))
			if err != nil {
				b.Fatal(err)
			}
			const n = 1 << 17
			lon, lat, out := make([]int32, n), make([]int32, n), make([]uint32, n)
			for i := range n {
				p := w.Row(i).At
				lon[i], lat[i] = p.Lon, p.Lat
			}
			perRow(b, n, func() { x.Classes(lon, lat, out) })
			b.ReportMetric(float64(x.Bytes())/1e6, "MB")
			b.ReportMetric(float64(x.Len()), "classes")
		})
	}
}

func BenchmarkNewPlaceIndex(b *testing.B) {
	for _, finer := range []int{1, 16} {
		b.Run(fmt.Sprintf("x%d", finer), func(b *testing.B) {
			w, err := world.New(world.Config{Vertices: finer})
			if err != nil {
				b.Fatal(err)
			}
			zones := worldZones(w)
			for b.Loop() {
				if _, err := NewPlaceIndex(zones); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
