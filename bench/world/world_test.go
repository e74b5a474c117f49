package world

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/peterstace/simplefeatures/geom"
)

func TestEveryZoneIsAValidShape(t *testing.T) {
	for _, finer := range []int{1, 4, 16} {
		w := make1(t, Config{Vertices: finer})
		for _, z := range w.Zones[:FirstCorridor] {
			if _, err := geom.UnmarshalWKT(wkt(z.Ring)); err != nil {
				t.Errorf("x%d %s: %v", finer, z.Name, err)
			}
		}
		t.Logf("x%d: %d corners, country %d", finer, w.Corners(), len(w.Zones[Country].Ring))
	}
}

func wkt(ring []Point) string {
	var b strings.Builder
	b.WriteString("POLYGON((")
	for _, p := range ring {
		fmt.Fprintf(&b, "%d %d,", p.Lon, p.Lat)
	}
	fmt.Fprintf(&b, "%d %d))", ring[0].Lon, ring[0].Lat)
	return b.String()
}

func TestProvincesTileTheCountry(t *testing.T) {
	w := make1(t, Config{})
	for i := range 3000 {
		p := w.Row(i).At
		zones := w.Locate(p)
		provinces := 0
		for z := FirstProvince; z < FirstArea; z++ {
			if zones.Has(z) {
				provinces++
			}
		}
		if want := zones.Has(Country); (provinces == 1) != want || provinces > 1 {
			t.Errorf("row %d at %v: in the country %v, in %d provinces", i, p, want, provinces)
		}
	}
}

func TestTheBytesDoNotDependOnWorkersOrOnRowsBefore(t *testing.T) {
	w := make1(t, Config{})
	var one, three bytes.Buffer
	for out, workers := range map[*bytes.Buffer]int{&one: 1, &three: 3} {
		if err := w.WriteCSV(out, 20_000, workers); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), three.Bytes()) {
		t.Error("one and three workers wrote different bytes")
	}
	if tail := make1(t, Config{}).CSV(19_990, 20_000); !bytes.HasSuffix(one.Bytes(), tail) {
		t.Error("the last ten rows made alone are different")
	}
}

func TestRowsHaveTheStatedMixture(t *testing.T) {
	w := make1(t, Config{})
	const n = 50_000
	var repeats, unknownA, spans, coarse, quoted int
	var buf bytes.Buffer
	if err := w.WriteCSV(&buf, n, 2); err != nil {
		t.Fatal(err)
	}
	size := float64(buf.Len()) / n
	r := csv.NewReader(&buf)
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec[0] != fmt.Sprint(i) {
			t.Fatalf("row %d has id %s", i, rec[0])
		}
		count(&repeats, rec[16] != "")
		count(&unknownA, rec[7] == "")
		count(&spans, rec[1] != rec[2])
		count(&coarse, rec[6] >= "4")
		count(&quoted, strings.ContainsAny(rec[15], "\",\n"))
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"re-reports", float64(repeats) / n, 0.18}, {"first actor unknown", float64(unknownA) / n, 0.065},
		{"spans", float64(spans) / n, 0.15}, {"coarse places", float64(coarse) / n, 0.15},
		{"quoted texts", float64(quoted) / n, 0.19}, {"bytes a row / 1000", size / 1000, 0.25},
	} {
		if c.got < c.want*0.9 || c.got > c.want*1.1 {
			t.Errorf("%s: %.4f, want about %.4f", c.name, c.got, c.want)
		}
	}
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

func TestADayHasItsDate(t *testing.T) {
	for day, want := range map[Day]string{0: "1970-01-01", FirstDay: "2011-01-01", 16860: "2016-02-29", LastDay: "2026-11-02", 11016: "2000-02-29"} {
		if got := string(appendDay(nil, day)); got != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
}

func TestAPointNearACorridor(t *testing.T) {
	line := []Point{{36_000_000, 35_000_000}, {36_000_000, 36_000_000}}
	// At latitude 35.5 a degree of longitude is 90 699 m, by the radius of the parallel.
	for _, c := range []struct {
		name string
		at   Point
		want bool
	}{
		{"on the line", Point{36_000_000, 35_500_000}, true},
		{"499 m east", Point{36_005_502, 35_500_000}, true},
		{"501 m east", Point{36_005_524, 35_500_000}, false},
		{"beyond the end", Point{36_000_000, 36_004_600}, false},
		{"just before the end", Point{36_000_000, 36_004_400}, true},
	} {
		if got := (Zone{Line: line}).Near(c.at, 500); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if !(Zone{Line: []Point{line[0], line[0]}}).Near(Point{36_000_000, 35_001_000}, 500) {
		t.Error("a line without length has points near it")
	}
}

func TestThreeValuedVerdicts(t *testing.T) {
	term := Term{From: 100, To: 200, Place: []int{Country}, Not: None, By: 0, Against: None, Except: None, Means: 1 << 3, Deaths: 2}
	w := &World{Parties: [][]Member{{{Actor: 7, From: alwaysFrom, To: alwaysTo}}}, Agreements: []Agreement{{Terms: []Term{term}}}}
	sure := Row{ID: 5, Start: 120, End: 120, WherePrec: 1, A: 7, B: None, Means: 3, Deaths: 2}
	inside := ZoneSet{1, 0}
	for _, c := range []struct {
		name   string
		change func(*Row)
		want   []Finding
	}{
		{"all conditions hold", func(*Row) {}, []Finding{{5, 0, 0, 0}}},
		{"the last day of the window", func(r *Row) { r.Start, r.End = 199, 199 }, []Finding{{5, 0, 0, 0}}},
		{"the day after the window", func(r *Row) { r.Start, r.End = 200, 200 }, nil},
		{"straddles the start", func(r *Row) { r.Start = 99 }, []Finding{{5, 0, 0, Time}}},
		{"only the province is known", func(r *Row) { r.WherePrec = 4 }, []Finding{{5, 0, 0, Place}}},
		{"nobody knows who", func(r *Row) { r.A = None }, []Finding{{5, 0, 0, FirstActor}}},
		{"somebody else", func(r *Row) { r.A = 8 }, nil},
		{"means and deaths unknown", func(r *Row) { r.Means, r.Deaths = None, None }, []Finding{{5, 0, 0, MeansUsed | DeathsToll}}},
		{"unknown means, too few deaths", func(r *Row) { r.Means, r.Deaths = None, 1 }, nil},
	} {
		row := sure
		c.change(&row)
		if diff := cmp.Diff(c.want, w.Judge(row, inside)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func make1(t testing.TB, c Config) *World {
	t.Helper()
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func BenchmarkRow(b *testing.B) {
	w := make1(b, Config{})
	var buf []byte
	for i := range b.N {
		buf = w.AppendCSV(buf[:0], w.Row(i))
	}
}

func BenchmarkLocate(b *testing.B) {
	w := make1(b, Config{})
	for i := range b.N {
		w.Locate(w.Row(i).At)
	}
}
