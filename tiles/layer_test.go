package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/geo"
)

var epoch = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)

// country is n things around some towns, most of them discs, and some with the same ground.
func country(n int, seed uint64) []Thing {
	rnd := rand.New(rand.NewPCG(seed, 1))
	towns := make([][2]float64, 40)
	for i := range towns {
		towns[i] = [2]float64{32.5 + 4.5*rnd.Float64(), 35.8 + 6*rnd.Float64()}
	}
	radii := []float64{0, 0, 50, 200, 500, 2000, 5000, 25000}
	things := make([]Thing, n)
	for i := range things {
		town := towns[int(float64(len(towns))*rnd.Float64()*rnd.Float64())]
		lat, lon := town[0]+0.1*rnd.NormFloat64(), town[1]+0.1*rnd.NormFloat64()
		r := radii[rnd.IntN(len(radii))]
		if r >= 2000 || rnd.IntN(4) == 0 { // as places with a name are
			lat, lon = math.Round(lat*20)/20, math.Round(lon*20)/20
		}
		from := epoch.Add(time.Duration(rnd.IntN(366*24)) * time.Hour)
		things[i] = Thing{ID: fmt.Sprintf("T%07d", i), Where: Disc(lat, lon, r), From: from, To: from.Add(time.Duration(1+rnd.IntN(72)) * time.Hour),
			Class: uint8(rnd.IntN(5)), Outcome: Outcome(rnd.IntN(4))}
	}
	return things
}

func everyClass() (s Set) {
	for c := range 256 {
		s.Add(uint8(c))
	}
	return s
}

// passes is a Filter told once more.
func passes(f Filter, t Thing) bool {
	if !f.Classes.Has(t.Class) || f.Outcomes != 0 && f.Outcomes&(1<<t.Outcome) == 0 {
		return false
	}
	return (f.To.IsZero() || t.From.IsZero() || t.From.Before(f.To)) && (f.From.IsZero() || t.To.IsZero() || t.To.After(f.From))
}

func filters() map[string]Filter {
	return map[string]Filter{
		"everything":          {Classes: everyClass()},
		"a week":              {Classes: everyClass(), From: epoch.AddDate(0, 1, 0), To: epoch.AddDate(0, 1, 7)},
		"from a day on":       {Classes: everyClass(), From: epoch.AddDate(0, 11, 0)},
		"violations":          {Classes: everyClass(), Outcomes: 1 << Violation},
		"some who may see it": {Classes: Set{1<<1 | 1<<3}, Outcomes: 1<<Undetermined | 1<<Unjudged, To: epoch.AddDate(0, 6, 0)},
		"nobody":              {},
	}
}

// TestNothingIsCountedTwiceOrLost: over the tiles of a zoom the numbers add up, and each
// number's things are those that it says.
func TestNothingIsCountedTwiceOrLost(t *testing.T) {
	things := country(4000, 7)
	l := NewLayer(things)
	for name, f := range filters() {
		want := map[string]Outcome{}
		for _, thing := range things {
			if passes(f, thing) {
				want[thing.ID] = thing.Outcome
			}
		}
		for _, z := range []int{0, 3, 6, 8, 10} {
			t.Run(fmt.Sprintf("%s at zoom %d", name, z), func(t *testing.T) {
				got, sum := map[string]Outcome{}, [outcomes]int{}
				eachTile(t, l, z, f, func(x, y int, tile map[string][]feature) {
					for _, c := range tile["counts"] {
						ids, ok := l.Things(c.text("at"), f)
						if !ok || len(ids) != c.number("n") {
							t.Fatalf("%d/%d/%d: %v names %d things", z, x, y, c.tags, len(ids))
						}
						if ids := strings.Join(ids, ","); len(strings.Split(ids, ",")) <= named && ids != c.text("ids") {
							t.Errorf("%d/%d/%d: %v is of %s", z, x, y, c.tags, ids)
						}
						for o, key := range []string{"v", "u", "c", "o"} {
							sum[o] += c.number(key)
						}
						for _, id := range ids {
							if _, twice := got[id]; twice {
								t.Errorf("%s is counted twice", id)
							}
							got[id] = want[id]
						}
					}
				})
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("things in view (-want +got):\n%s", d)
				}
				wanted := [outcomes]int{}
				for _, o := range want {
					wanted[o]++
				}
				if sum != wanted {
					t.Errorf("outcomes %v, want %v", sum, wanted)
				}
			})
		}
	}
}

// eachTile calls f with the tiles of a zoom that the country lies in.
func eachTile(t *testing.T, l *Layer, z int, f Filter, each func(x, y int, tile map[string][]feature)) {
	t.Helper()
	n := 1 << z
	x0, x1 := int(float64(n)*(34.0/360+0.5)), int(float64(n)*(43.5/360+0.5))
	top, bottom := Disc(38.5, 0, 0).anchor[1], Disc(31, 0, 0).anchor[1]
	for x := x0; x <= x1; x++ {
		for y := int(top * float64(n)); y <= int(bottom*float64(n)); y++ {
			data, err := l.Tile(z, x, y, f)
			if err != nil {
				t.Fatal(err)
			}
			each(x, y, decode(t, data))
		}
	}
}

// TestExtentsAreCovered: the ground of each thing lies in the circle of its number, or is
// drawn as it is.
func TestExtentsAreCovered(t *testing.T) {
	things := country(1500, 9)
	byID := map[string]Thing{}
	for _, thing := range things {
		byID[thing.ID] = thing
	}
	l, f := NewLayer(things), Filter{Classes: everyClass()}
	for _, z := range []int{2, 5, 7, 9, 11} {
		scale := float64(int(1) << z)
		eachTile(t, l, z, f, func(x, y int, tile map[string][]feature) {
			for _, c := range tile["counts"] {
				if c.x[0] < 0 || c.x[0] >= units || c.y[0] < 0 || c.y[0] >= units {
					t.Errorf("a number outside of its tile: %v", c)
				}
				px, py := (float64(x)+float64(c.x[0])/units)/scale, (float64(y)+float64(c.y[0])/units)/scale
				reach := c.real("reach")/pixels + 2/scale/units // rounded to units
				ids, _ := l.Things(c.text("at"), f)
				for _, id := range ids {
					w := byID[id].Where
					if far := math.Hypot(w.anchor[0]-px, w.anchor[1]-py) + w.radius; c.text("kind") == "cluster" && far > reach {
						t.Errorf("zoom %d: %s reaches %g, its number %g", z, id, far, reach)
					}
					if c.text("kind") == "extent" && w.radius*2*pixels*scale < visible {
						t.Errorf("zoom %d: %s is too small to be drawn", z, id)
					}
				}
			}
		})
	}
}

// TestExtentIsInEveryTileItReaches: what is drawn in a tile is what reaches it, found by
// looking at all.
func TestExtentIsInEveryTileItReaches(t *testing.T) {
	things := country(1500, 11)
	l, f := NewLayer(things), Filter{Classes: everyClass()}
	for _, z := range []int{4, 7, 9, 12} {
		seen := map[string]Where{} // by name
		for e := range l.code {
			if int(l.drawn[e]) <= z {
				c := tally{}
				c.of(l, newSieve(f), uint32(e))
				seen[l.nameOf(&c)] = Where{anchor: l.anchor(uint32(e)), radius: l.radius[e]}
			}
		}
		if z > 4 && len(seen) == 0 {
			t.Fatalf("zoom %d: no extent is drawn", z)
		}
		rnd := rand.New(rand.NewPCG(1, uint64(z)))
		for range 60 {
			at := things[rnd.IntN(len(things))].Where.anchor
			x, y := int(at[0]*float64(int(1)<<z)), int(at[1]*float64(int(1)<<z))
			data, err := l.Tile(z, x, y, f)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, e := range decode(t, data)["extents"] {
				got = append(got, e.text("at"))
			}
			b := address{z, x, y}.bound(0)
			for name, w := range seen { // a disc and a tile share ground: the tile's nearest point is in the disc
				px, py := max(b.Min[0], min(b.Max[0], w.anchor[0])), max(b.Min[1], min(b.Max[1], w.anchor[1]))
				if math.Hypot(px-w.anchor[0], py-w.anchor[1]) < 0.99*w.radius {
					want = append(want, name)
				}
			}
			for _, name := range want {
				if !slices.Contains(got, name) {
					t.Errorf("%d/%d/%d lacks %s", z, x, y, name)
				}
			}
			if len(got) > len(want)+20 {
				t.Errorf("%d/%d/%d draws %d extents, %d reach it", z, x, y, len(got), len(want))
			}
		}
	}
}

// TestOrderDoesNotMatter: the same things in another order give the same bytes.
func TestOrderDoesNotMatter(t *testing.T) {
	things := country(2000, 3)
	f := Filter{Classes: everyClass(), From: epoch.AddDate(0, 2, 0)}
	a := NewLayer(things)
	rand.New(rand.NewPCG(5, 5)).Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
	b := NewLayer(things)
	for z := range 12 {
		at := things[z].Where.anchor
		x, y := int(at[0]*float64(int(1)<<z)), int(at[1]*float64(int(1)<<z))
		one, _ := a.Tile(z, x, y, f)
		two, _ := b.Tile(z, x, y, f)
		if !slices.Equal(one, two) {
			t.Errorf("tile %d/%d/%d differs", z, x, y)
		}
	}
}

// TestWhatIsDrawnAsWhat are single cases, by hand. At zoom 8 and 36 degrees north a pixel is
// some 247 m.
func TestWhatIsDrawnAsWhat(t *testing.T) {
	f := Filter{Classes: Set{1}}
	one := func(id string, w Where, o Outcome) Thing { return Thing{ID: id, Where: w, Outcome: o} }
	line := drawn(t, `{"type":"LineString","coordinates":[[37.0,36.2],[37.4,36.2]]}`)
	square := drawn(t, `{"type":"Polygon","coordinates":[[[37.0,36.1],[37.3,36.1],[37.3,36.3],[37.0,36.3],[37.0,36.1]]]}`)
	for _, tt := range []struct {
		name   string
		things []Thing
		want   string // features of the tile, "layer: properties"
	}{
		{"an exact point is a number alone", []Thing{one("A", Disc(36.2, 37.2, 0), Violation)}, "counts: cluster 1 (1 0 0 0) A"},
		{"a small disc too", []Thing{one("A", Disc(36.2, 37.2, 900), Undetermined)}, "counts: cluster 1 (0 1 0 0) A"},
		{"a wide disc is drawn", []Thing{one("A", Disc(36.2, 37.2, 3000), Undetermined)}, "extents: polygon 1 (0 1 0 0) A; counts: extent 1 (0 1 0 0) A"},
		{"the same ground is drawn once", []Thing{one("A", Disc(36.2, 37.2, 3000), Undetermined), one("B", Disc(36.2, 37.2, 3000), Violation)},
			"extents: polygon 2 (1 1 0 0) A,B; counts: extent 2 (1 1 0 0) A,B"},
		{"other ground around the same point is not", []Thing{one("A", Disc(36.2, 37.2, 3000), Undetermined), one("B", Disc(36.2, 37.2, 9000), Violation)},
			"extents: polygon 1 (0 1 0 0) A, polygon 1 (1 0 0 0) B; counts: extent 1 (0 1 0 0) A, extent 1 (1 0 0 0) B"},
		{"a line", []Thing{one("A", line, Unjudged)}, "extents: line 1 (0 0 0 1) A; counts: extent 1 (0 0 0 1) A"},
		{"an area", []Thing{one("A", square, NoViolation)}, "extents: polygon 1 (0 0 1 0) A; counts: extent 1 (0 0 1 0) A"},
		{"small things near one another are gathered", []Thing{one("B", Disc(36.2, 37.2, 0), Violation), one("A", Disc(36.2001, 37.2001, 100), Unjudged)}, "counts: cluster 2 (1 0 0 1) A,B"},
		{"five discs on top of one another are gathered", crowded(5), "counts: cluster 5 (5 0 0 0) 0,1,2,3,4"},
		{"four are drawn", crowded(4), "extents: polygon 1 (1 0 0 0) 0, polygon 1 (1 0 0 0) 1, polygon 1 (1 0 0 0) 2, polygon 1 (1 0 0 0) 3; counts: extent 1 (1 0 0 0) 0, extent 1 (1 0 0 0) 1, extent 1 (1 0 0 0) 2, extent 1 (1 0 0 0) 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := NewLayer(tt.things).Tile(8, 154, 100, f)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, summary(decode(t, data))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// crowded is some discs of 2 km whose middles are metres apart.
func crowded(n int) []Thing {
	var out []Thing
	for i := range n {
		out = append(out, Thing{ID: fmt.Sprint(i), Where: Disc(36.2+float64(i)*1e-4, 37.2, 2000)})
	}
	return out
}

func drawn(t *testing.T, shape string) Where {
	t.Helper()
	w, ok, err := Of(geo.NewAtlas(), []truce.Place{{Form: truce.FormShape, Shape: shape}})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return w
}

func summary(tile map[string][]feature) string {
	var out []string
	for _, layer := range []string{"extents", "counts"} {
		var list []string
		for _, f := range tile[layer] {
			kind := []string{"", "point", "line", "polygon"}[f.kind]
			if layer == "counts" {
				kind = f.text("kind")
			}
			list = append(list, fmt.Sprintf("%s %d (%d %d %d %d) %s", kind, f.number("n"), f.number("v"), f.number("u"), f.number("c"), f.number("o"), sorted(f.text("ids"))))
		}
		if len(list) > 0 {
			slices.Sort(list)
			out = append(out, layer+": "+strings.Join(list, ", "))
		}
	}
	return strings.Join(out, "; ")
}

func sorted(ids string) string {
	list := strings.Split(ids, ",")
	slices.Sort(list)
	return strings.Join(list, ",")
}

// TestNamesTellNothingHidden: a name that somebody found elsewhere opens nothing to who may
// not see it.
func TestNamesTellNothingHidden(t *testing.T) {
	l := NewLayer([]Thing{{ID: "open", Where: Disc(36, 37, 500), Class: 1}, {ID: "secret", Where: Disc(36, 37, 500), Class: 2}})
	f := Filter{Classes: Set{1 << 1}}
	for _, at := range []string{"esecret", "e", "", "c", "c8.1", "c8.1.2.3", "c99.0.0", "c8.-1.0", "c08.1.1", "c0.16.0", "x", "eopen,secret"} {
		if ids, ok := l.Things(at, f); ok {
			t.Errorf("%q opens %v", at, ids)
		}
	}
	if ids, _ := l.Things("eopen", f); !slices.Equal(ids, []string{"open"}) {
		t.Errorf("things at what may be seen: %v", ids)
	}
}

func TestTilesThatAreNot(t *testing.T) {
	base, err := OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range [][3]int{{-1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {3, 8, 0}, {3, 0, -1}, {17, 0, 0}, {1 << 40, 0, 0}} {
		if _, err := NewLayer(nil).Tile(a[0], a[1], a[2], Filter{}); err == nil {
			t.Errorf("there is a tile %v of the overlay", a)
		}
		if _, err := base.Tile(a[0], a[1], a[2]); err == nil {
			t.Errorf("there is a tile %v of the base map", a)
		}
	}
}
