package export

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
)

func TestThin(t *testing.T) {
	got := thin([]point{{0, 0}, {1, 0.1}, {2, 0}, {3, 2}, {4, 0}}, 0.3)
	if d := cmp.Diff([]point{{0, 0}, {2, 0}, {3, 2}, {4, 0}}, got); d != "" {
		t.Error(d)
	}
}

// TestDensitySum: an act is spread, never multiplied, and a province never makes a spot.
func TestDensitySum(t *testing.T) {
	m := chartOfPlaces{Columns: 60, Rows: 50}
	square := func(x, y, side float64) shape {
		return shape{rings: [][]point{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}}
	}
	for _, c := range []struct {
		name  string
		shape shape
		cells int
	}{
		{"a province", square(120, 120, 240), 400},
		{"inside one cell", square(125, 125, 2), 1},
		{"one point", shape{points: []point{{100, 100}}}, 1},
		{"off the map", square(-500, -500, 10), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := m.weights(c.shape)
			sum := 0.0
			for i := 1; i < len(w); i += 2 {
				sum += w[i]
			}
			if len(w)/2 != c.cells || math.Abs(sum-1) > 0.01 {
				t.Errorf("%d cells with %.3f in all, want %d with 1", len(w)/2, sum, c.cells)
			}
		})
	}
}

func TestShade(t *testing.T) {
	village, province := shape{rings: [][]point{circle(point{0, 0}, 8)}}, shape{rings: [][]point{circle(point{0, 0}, 120)}}
	if a, b := shade(weight(village)*3), shade(weight(province)*3); a <= b {
		t.Errorf("three acts in a village (%d) are no darker than three in a province (%d)", a, b)
	}
}

func TestMapPutsNorthUpAndEastRight(t *testing.T) {
	f := fit(box{36, 33, 38, 37}, false)
	sw, ne := f.to(point{36, 33}), f.to(point{38, 37})
	if sw[0] >= ne[0] || sw[1] <= ne[1] {
		t.Errorf("south-west at %v, north-east at %v", sw, ne)
	}
	// A degree of latitude is 111.195 km on the sphere of 6,371 km.
	if km := (sw[1] - f.to(point{36, 34})[1]) * f.kmPerUnit(); math.Abs(km-111.195) > 0.01 {
		t.Errorf("one degree is %.3f km", km)
	}
}

func TestMapAcrossTheDateLine(t *testing.T) {
	rows := []Row{{ID: "a", Geometry: disc(179.5, -17, 9000)}, {ID: "b", Geometry: disc(-179.5, -17, 9000)}}
	sites, at, err := placesOf(rows, []string{"v", "n"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := drawMap(Check{Elements: rows}, sites, at)
	if err != nil {
		t.Fatal(err)
	}
	var x [2]float64
	for _, p := range m.Places {
		fmt.Sscan(p.X, &x[p.I])
	}
	if x[0] >= x[1] || x[0] < 0 || x[1] > mapWidth {
		t.Errorf("at %v of %v", x, mapWidth)
	}
}

func TestPlacesWithOneExtentAreOne(t *testing.T) {
	g := disc(36.2, 33.4, 3000)
	rows := []Row{{Where: "Daraya", Geometry: g}, {Where: "Darayya", Geometry: append(json.RawMessage(" "), g...)}, {Where: "Douma"}}
	sites, at, err := placesOf(rows, []string{"v", "u", "n"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{0, 0, -1}, at); d != "" {
		t.Error(d)
	}
	if len(sites) != 1 || sites[0].acts != (tally{V: 1, U: 1}) || len(sites[0].names) != 2 {
		t.Errorf("%+v", sites[0])
	}
}

func TestChartStretch(t *testing.T) {
	d := drawChart(Check{From: "2016-09-10", To: "2016-09-19"}) // ten days
	for _, c := range []struct {
		name, from, to, x, w string
		none                 bool
	}{
		{"whole days", "2016-09-11", "2016-09-13", "10.000", "20.000", false},
		{"at noon", "2016-09-11 12:00", "2016-09-12", "15.000", "5.000", false},
		{"open end", "2016-09-19", "", "90.000", "10.000", false},
		{"began before", "2016-02-27", "2016-09-11", "0.000", "10.000", false},
		{"over before", "2016-02-27", "2016-03-11", "", "", true},
		{"no date", "day d", "", "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, ok := d.stretch(c.from, c.to)
			if ok == c.none || s.X != c.x || s.W != c.w {
				t.Errorf("%+v %v", s, ok)
			}
		})
	}
}

func TestChartBars(t *testing.T) {
	for _, c := range []struct {
		name, to  string
		bin, bars int
	}{{"a month by the day", "2016-01-31", 1, 31}, {"a year by the week", "2016-12-31", 7, 53}, {"six years by four weeks", "2021-12-31", 28, 79}} {
		t.Run(c.name, func(t *testing.T) {
			d := drawChart(Check{From: "2016-01-01", To: c.to})
			if d.Bin != c.bin || d.bins() != c.bars {
				t.Errorf("%d bars of %d days", d.bins(), d.Bin)
			}
			if len(d.Ticks) > 13 {
				t.Errorf("%d ticks", len(d.Ticks))
			}
		})
	}
}

func TestNiceAbove(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 7: 8, 9: 10, 11: 20, 61: 80, 401: 500} {
		if got := niceAbove(n); got != want {
			t.Errorf("above %d: %d, want %d", n, got, want)
		}
	}
}

// TestChooseEvenly: where there is no room for all, every day keeps some.
func TestChooseEvenly(t *testing.T) {
	var rows []Row
	for i := range 4000 {
		rows = append(rows, Row{First: mustDay("2016-09-01", i/400), Verdicts: []truce.Verdict{{Outcome: truce.Violation}, {Outcome: truce.NoViolation}}})
	}
	pick, by := choose(rows), map[string]int{}
	for i, r := range rows {
		by[r.First] += bit(pick.verdicts[i][0])
		if pick.verdicts[i][1] {
			t.Fatal("a verdict of no violation is listed")
		}
	}
	least, most := len(rows), 0
	for _, n := range by {
		least, most = min(least, n), max(most, n)
	}
	if most-least > 1 || least == 0 || most == 400 {
		t.Errorf("between %d and %d of 400 a day", least, most)
	}
}

// TestLeftOutAddsUp: what is listed and what is left out make the whole.
func TestLeftOutAddsUp(t *testing.T) {
	c := large()
	_, book := clausesOf(c)
	s, all := listActs(c.Elements, book), tally{}
	for _, r := range c.Elements {
		all = all.plus(tallyOf(r.Verdicts))
	}
	if s.VerdictV+s.LeftV != all.V || s.VerdictU+s.LeftU != all.U || s.Listed+s.Left != len(c.Elements) {
		t.Errorf("%+v of %+v", []int{s.VerdictV, s.LeftV, s.VerdictU, s.LeftU, s.Listed, s.Left}, all)
	}
	if s.Left == 0 {
		t.Error("nothing is left out of a run this large")
	}
}

func TestReasons(t *testing.T) {
	for _, code := range strings.Fields("V V-NOATTR V-OMIT NV-TIME NV-AREA NV-ACTOR NV-TARGET NV-ACT NV-MEANS NV-EXCEPT NV-CONSENT NV-NOTIFIED " +
		"UD-TIME UD-PLACE UD-ACTOR UD-TARGET UD-ACT UD-MEANS UD-EXCEPT UD-STATUS UD-READING UD-SOURCE UD-CONFLICT RETRACTED DUP") {
		if reason(code) == "" {
			t.Errorf("%s has no words", code)
		}
	}
}
