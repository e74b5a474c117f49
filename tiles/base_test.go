package tiles

import (
	"fmt"
	"math"
	"testing"
)

// at returns the tile of a zoom that a point lies in, and where in it, by the formula of the
// web's maps in its other usual form.
func at(z int, lat, lon float64) (x, y int, ux, uy float64) {
	n := math.Exp2(float64(z))
	phi := lat * math.Pi / 180
	fx, fy := n*(lon+180)/360, n*(1-math.Log(math.Tan(phi)+1/math.Cos(phi))/math.Pi)/2
	return int(fx), int(fy), (fx - math.Floor(fx)) * units, (fy - math.Floor(fy)) * units
}

// onLand casts a ray through the rings of a tile's land.
func onLand(tile map[string][]feature, ux, uy float64) bool {
	in := false
	for _, f := range tile["land"] {
		start := 0
		for range f.rings {
			end := start + 1
			// A ring's points go on until the next one starts; features here have few rings.
			for end < len(f.x) && !f.starts[end] {
				end++
			}
			for i := start; i < end; i++ {
				j := i + 1
				if j == end {
					j = start
				}
				x0, y0, x1, y1 := float64(f.x[i]), float64(f.y[i]), float64(f.x[j]), float64(f.y[j])
				if (y0 > uy) != (y1 > uy) && ux < x0+(uy-y0)/(y1-y0)*(x1-x0) {
					in = !in
				}
			}
			start = end
		}
	}
	return in
}

// TestLandAndSea: points that anybody can look up are on land or at sea at every zoom.
func TestLandAndSea(t *testing.T) {
	b, err := OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name     string
		lat, lon float64
		land     bool
	}{
		{"Damascus", 33.51, 36.29, true}, {"the Mediterranean", 34.5, 30, false}, {"Kyiv", 50.45, 30.52, true}, {"the Black Sea", 43.3, 34, false},
		{"the Pacific", -20, -130, false}, {"Khartoum", 15.5, 32.55, true}, {"the Red Sea", 20, 38.5, false}, {"the Caspian", 41.5, 50.7, false},
		{"the Sahara", 23, 12, true}, {"Greenland's ice", 72, -40, true}, {"near the date line", 67.5, -178, true}, {"Cyprus", 35.0, 33.0, true},
	} {
		for z := 0; z <= BaseMaxZoom; z++ {
			t.Run(fmt.Sprintf("%s at zoom %d", p.name, z), func(t *testing.T) {
				x, y, ux, uy := at(z, p.lat, p.lon)
				data, err := b.Tile(z, x, y)
				if err != nil {
					t.Fatal(err)
				}
				if got := onLand(decode(t, data), ux, uy); got != p.land {
					t.Errorf("on land: %v", got)
				}
			})
		}
	}
}

// TestPlaces: towns stand where they are, under names that people use.
func TestPlaces(t *testing.T) {
	b, err := OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name, arabic string
		lat, lon     float64
		zoom         int // the first that shows it
	}{
		{"Aleppo", "حلب", 36.20124, 37.16117, 4}, {"Hama", "حماة", 35.13179, 36.75783, 5}, {"Donetsk", "", 48.023, 37.80224, 4}, {"Azaz", "أعزاز", 36.58660, 37.04480, 7},
	} {
		for z := p.zoom - 1; z <= BaseMaxZoom; z++ {
			x, y, ux, uy := at(z, p.lat, p.lon)
			data, err := b.Tile(z, x, y)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, f := range decode(t, data)["places"] {
				if f.text("name") == p.name && f.text("ar") == p.arabic && math.Abs(float64(f.x[0])-ux) < 40 && math.Abs(float64(f.y[0])-uy) < 40 {
					found++
				}
			}
			if want := map[bool]int{true: 1}[z >= p.zoom]; found != want {
				t.Errorf("%s is %d times in %d/%d/%d, want %d", p.name, found, z, x, y, want)
			}
		}
	}
}

// TestGroundTurnsAsTheFormatAsks: of each feature the first ring turns one way, holes the other.
func TestGroundTurnsAsTheFormatAsks(t *testing.T) {
	b, err := OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	borders, holes := 0, 0
	for _, a := range [][3]int{{0, 0, 0}, {2, 2, 1}, {5, 18, 12}, {6, 38, 25}, {10, 617, 402}} {
		data, err := b.Tile(a[0], a[1], a[2])
		if err != nil {
			t.Fatal(err)
		}
		tile := decode(t, data)
		for _, f := range tile["land"] {
			if f.kind != polygons || f.rings[0] <= 0 {
				t.Errorf("%v: outer ring of twice the area %d", a, f.rings[0])
			}
			for _, r := range f.rings[1:] {
				holes++
				if r >= 0 {
					t.Errorf("%v: hole of twice the area %d", a, r)
				}
			}
		}
		borders += len(tile["borders"])
	}
	if borders == 0 || holes == 0 {
		t.Errorf("%d borders, %d holes", borders, holes)
	}
}

// FuzzReader: no bytes make the reader fail otherwise than by saying so.
func FuzzReader(f *testing.F) {
	f.Add([]byte("TRB1"))
	f.Add(append([]byte("TRB1"), make([]byte, 64)...))
	f.Add(append(append([]byte("TRB1"), make([]byte, 32)...), 1, 2, 2, 2, 2, 2, 1, 1, 1, 0, 1, 0, 1, 9, 9, 9, 1, 'A', 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &reader{data: data}
		s := r.scene()
		for _, p := range s.places {
			if p.rank >= len(shown) || p.at[0] < 0 || p.at[0] > 1 || p.at[1] < 0 || p.at[1] > 1 {
				t.Errorf("a place off the map: %v", p)
			}
		}
	})
}
