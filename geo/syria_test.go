package geo

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"truce"

	"github.com/google/go-cmp/cmp"
)

// shared opens a file of the real data, unpacked, or skips the test by its name.
func shared(t testing.TB, path ...string) *gzip.Reader {
	t.Helper()
	name := filepath.Join(append([]string{"..", "..", "shared", "data"}, path...)...)
	f, err := os.Open(name)
	if err != nil {
		t.Skip("missing: " + name)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// syria is the atlas of the real boundary files of some levels.
func syria(t testing.TB, levels ...int) *Atlas {
	t.Helper()
	a := NewAtlas()
	for _, n := range levels {
		name := fmt.Sprintf("admin%d.geojson.gz", n)
		if err := a.Load(name, shared(t, "admin-syria", name)); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func area(t testing.TB, a *Atlas, code string) Extent {
	t.Helper()
	return must[Extent](t)(a.Extent([]truce.Place{{Form: truce.FormArea, Area: code}}))
}

// level returns the codes of one level.
func level(a *Atlas, n int) []string {
	return slices.DeleteFunc(a.Codes(), func(code string) bool { one, _ := a.Area(code); return one.Level != n })
}

func TestRealAreasLieInTheirParentsOnly(t *testing.T) {
	for name, c := range map[string]struct{ lower, upper, parts int }{
		"districts in governorates":    {2, 1, 62},
		"subdistricts in governorates": {3, 1, 272},
		"subdistricts in districts":    {3, 2, 272},
		"governorates in the country":  {1, 0, 14},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && c.upper == 2 {
				t.Skip("long")
			}
			a := syria(t, c.upper, c.lower)
			yes := 0
			for _, upper := range level(a, c.upper) {
				z := must[*Zone](t)(a.AreaZone(upper))
				for _, code := range level(a, c.lower) {
					want := truce.Of(strings.HasPrefix(code, upper))
					got := Relate(area(t, a, code), z)
					if got != want {
						t.Errorf("%s in %s: %v, want %v", code, upper, got, want)
					}
					if got == truce.Yes {
						yes++
					}
				}
			}
			if yes != c.parts {
				t.Errorf("%d lie in one, want %d", yes, c.parts)
			}
		})
	}
}

// Every governorate is open for the country and for each of its own districts, but for
// the one that is its only district.
func TestRealGovernoratesAreOpenForTheirDistricts(t *testing.T) {
	a := syria(t, 1, 2)
	for _, code := range []string{"SY0200", "SY0205", "SY0100", "SY0404"} {
		z := must[*Zone](t)(a.AreaZone(code))
		want := truce.Unknown
		if code == "SY0100" { // the governorate of Damascus is one district
			want = truce.Yes
		}
		if got := Relate(area(t, a, code[:4]), z); got != want {
			t.Errorf("%s in %s: %v, want %v", code[:4], code, got, want)
		}
	}
}

// Each point of the map lies in one governorate or in none.
func TestAnywhereIsEachGovernorateOrNone(t *testing.T) {
	a := syria(t, 1)
	var zones []*Zone
	want := [][]bool{make([]bool, 14)}
	for i, code := range level(a, 1) {
		zones = append(zones, must[*Zone](t)(a.AreaZone(code)))
		row := make([]bool, 14)
		row[13-i] = true
		want = append(want, row)
	}
	if diff := cmp.Diff(want, Classes(Extent{}, zones)); diff != "" {
		t.Error(diff)
	}
}

// The belts along a road in the district of Aleppo: each side has its own distances.
func TestBeltsInARealDistrict(t *testing.T) {
	a := syria(t, 1, 2)
	l := road(t)
	zones := []*Zone{
		must[*Zone](t)(l.Belt("north", 3500)), must[*Zone](t)(l.Belt("north", 1000)),
		must[*Zone](t)(l.Belt("south", 3000)), must[*Zone](t)(l.Belt("south", 500)),
		must[*Zone](t)(a.AreaZone("SY02")),
	}
	want := [][]bool{
		{false, false, false, false, true},
		{false, false, true, false, true},
		{false, false, true, true, true},
		{true, false, false, false, true},
		{true, true, false, false, true},
	}
	for _, code := range []string{"SY0200", "SY02"} {
		if diff := cmp.Diff(want, Classes(area(t, a, code), zones)); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	if diff := cmp.Diff([][]bool{{false, false, false, false, false}}, Classes(area(t, a, "SY0800"), zones)); diff != "" {
		t.Error(diff)
	}
}

// A line that runs along the whole border of a district has the district on one side
// only, although the two touch everywhere.
func TestLineAlongARealBorder(t *testing.T) {
	a := syria(t, 2)
	for _, code := range []string{"SY0309"} {
		ring := polygonsOf(a.areas[code].polygon.shape)[0].ForceCCW().ExteriorRing()
		text, err := ring.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		l := must[*Line](t)(NewLine("border", string(text), "inner", "outer", true))
		inner := must[*Zone](t)(l.Belt("inner", 300))
		outer := must[*Zone](t)(l.Belt("outer", 300))
		e := area(t, a, code)
		if in, out := Relate(e, inner), Relate(e, outer); in != truce.Unknown || out != truce.No {
			t.Errorf("%s: inner belt %v, outer %v", code, in, out)
		}
	}
}

// Names as UCDP writes them. Two of its districts, Atarib and Dayr Hafir, are no
// districts in this edition of the boundaries.
func TestNamesOfTheEventDataAreFound(t *testing.T) {
	a := syria(t, 1, 2)
	rows, err := csv.NewReader(shared(t, "ucdp-ged-syria", "events.csv.gz")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		column string
		level  int
		floor  int
		lost   []string
	}{
		{"adm_1", 1, 14, nil},
		{"adm_2", 2, 55, []string{"Atarib district", "Dayr Hafir district"}},
	} {
		at := slices.Index(rows[0], c.column)
		names := map[string]string{} // to the governorate it is in, by its own column
		for _, row := range rows[1:] {
			if row[at] != "" {
				names[row[at]] = row[slices.Index(rows[0], "adm_1")]
			}
		}
		var lost []string
		for _, n := range slices.Sorted(maps.Keys(names)) {
			found := a.Find(n, c.level)
			if len(found) != 1 {
				lost = append(lost, n)
				continue
			}
			up := a.Find(names[n], 1)
			if len(up) == 1 && !strings.HasPrefix(found[0].Code, up[0].Code) {
				t.Errorf("%s of %s is %s", n, names[n], found[0].Code)
			}
		}
		if diff := cmp.Diff(c.lost, lost); diff != "" || len(names)-len(lost) < c.floor {
			t.Errorf("%s: %d of %d names found: %s", c.column, len(names)-len(lost), len(names), diff)
		}
	}
}

// Every name of the files leads back to its area.
func TestRealNamesLeadBack(t *testing.T) {
	a := syria(t, 1, 2, 3)
	for _, code := range a.Codes() {
		one, _ := a.Area(code)
		for _, n := range one.Names {
			if !slices.ContainsFunc(a.Find(n, one.Level), func(f Area) bool { return f.Code == code }) {
				t.Errorf("%s: %q is not found", code, n)
			}
		}
	}
}

func BenchmarkDiscInDistrict(b *testing.B) {
	a := syria(b, 2)
	z := must[*Zone](b)(a.AreaZone("SY0200"))
	e := around(b, point{36.2, 37.13}, 50)
	b.ReportMetric(float64(len(z.ground.(*polygon).edges.list)), "edges")
	for b.Loop() {
		Relate(e, z)
	}
}

func BenchmarkDiscInBelt(b *testing.B) {
	z := must[*Zone](b)(road(b).Belt("north", 3500))
	e := around(b, beside(900), 50)
	for b.Loop() {
		Relate(e, z)
	}
}

func BenchmarkDiscAcrossBelt(b *testing.B) {
	z := must[*Zone](b)(road(b).Belt("north", 3500))
	e := around(b, beside(3480), 50)
	for b.Loop() {
		Relate(e, z)
	}
}

func BenchmarkDistrictInGovernorate(b *testing.B) {
	a := syria(b, 1, 2)
	z := must[*Zone](b)(a.AreaZone("SY02"))
	e := area(b, a, "SY0200")
	for b.Loop() {
		Relate(e, z)
	}
}

func BenchmarkGovernorateAndFourBelts(b *testing.B) {
	a := syria(b, 1)
	l := road(b)
	zones := []*Zone{
		must[*Zone](b)(l.Belt("north", 3500)), must[*Zone](b)(l.Belt("north", 1000)),
		must[*Zone](b)(l.Belt("south", 3000)), must[*Zone](b)(l.Belt("south", 500)),
	}
	e := area(b, a, "SY02")
	for b.Loop() {
		Classes(e, zones)
	}
}

func BenchmarkCachedDistrict(b *testing.B) {
	a := syria(b, 1, 2)
	z := must[*Zone](b)(a.AreaZone("SY02"))
	e := area(b, a, "SY0200")
	var c Cache
	for b.Loop() {
		c.Relate(e, z)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		syria(b, 1, 2, 3)
	}
}
