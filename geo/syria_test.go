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
	"time"

	"truce"
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

// syria is the atlas of the real boundary files, levels from to to.
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
	e, err := a.Extent([]truce.Place{{Form: truce.FormArea, Area: code}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRealAreasLieInTheirParentsOnly(t *testing.T) {
	start := time.Now()
	a := syria(t, 0, 1, 2, 3)
	t.Log("load", time.Since(start))
	counts := map[int]int{}
	for _, upper := range a.Codes() {
		u, _ := a.Area(upper)
		z, err := a.AreaZone(upper)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range a.Codes() {
			c, _ := a.Area(code)
			if c.Level <= u.Level {
				continue
			}
			counts[c.Level]++
			want := truce.Of(strings.HasPrefix(code, upper))
			if got := Relate(area(t, a, code), z); got != want {
				t.Errorf("%s in %s: %v, want %v", code, upper, got, want)
			}
		}
	}
	t.Log("pairs by level", counts, time.Since(start))
}

func TestNamesOfTheEventDataAreFound(t *testing.T) {
	a := syria(t, 1, 2)
	r := csv.NewReader(shared(t, "ucdp-ged-syria", "events.csv.gz"))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for level, column := range map[int]string{1: "adm_1", 2: "adm_2"} {
		names := map[string]bool{}
		at := slices.Index(rows[0], column)
		for _, row := range rows[1:] {
			if row[at] != "" {
				names[row[at]] = true
			}
		}
		var lost []string
		for _, n := range slices.Sorted(maps.Keys(names)) {
			found := a.Find(n, level)
			if len(found) != 1 {
				lost = append(lost, n)
			} else {
				t.Log(n, "=", found[0].Code, found[0].Name)
			}
		}
		t.Logf("level %d: %d of %d distinct names; not found: %q", level, len(names)-len(lost), len(names), lost)
	}
}
