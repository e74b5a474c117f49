package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"truce/bench/world"
)

func TestAnswersAreComparedPairByPair(t *testing.T) {
	w, err := world.New(world.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ours := answers{{Row: 0, Agreement: 1, Term: 2}, {Row: 0, Agreement: 3, Term: 0, Open: world.Place}, {Row: 2, Agreement: 0, Term: 1}}
	change := func(f func(a answers) answers) answers { return f(append(answers(nil), ours...)) }
	for _, c := range []struct {
		name   string
		theirs answers
		want   string
	}{
		{"the same", ours, "equal, all 3 pairs"},
		{"one is missing", change(func(a answers) answers { return a[:2] }), "VOID: 1 of 3 pairs differ, such as row 2 and agreement 0: ours term 1 open for [], theirs none"},
		{"one too many", change(func(a answers) answers { return append(a, world.Finding{Row: 9}) }), "VOID: 1 of 4 pairs differ, such as row 9 and agreement 0: ours none, theirs term 0 open for []"},
		{"another reason", change(func(a answers) answers { a[1].Open = world.Time; return a }), "VOID: 1 of 3 pairs differ, such as row 0 and agreement 3: ours term 0 open for [place], theirs term 0 open for [time]"},
		{"nothing at all", nil, "VOID: 3 of 3 pairs differ, such as row 0 and agreement 1: ours term 2 open for [], theirs none"},
	} {
		got := compare(w, ours, c.theirs)
		if got.String() != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		if got.equal() == strings.HasPrefix(c.want, "VOID") {
			t.Errorf("%s: equal is %v", c.name, got.equal())
		}
	}
}

func TestAPointAtACorridorsEdgeIsExcused(t *testing.T) {
	w, err := world.New(world.Config{})
	if err != nil {
		t.Fatal(err)
	}
	z := w.Zones[world.ZoneCount-1] // the corridor without length
	p := z.Line[0]
	lat := func(metres float64) int32 { return p.Lat + int32(metres/110_900*1e6) }
	found := 0
	for m := z.Metres * 0.99; m < z.Metres*1.01; m += 0.1 {
		if atEdge(&world.World{Zones: append(make([]world.Zone, world.FirstCorridor), z)}, world.Point{Lon: p.Lon, Lat: lat(m)}) {
			found++
		}
	}
	if found < 3 || found > 8 { // 0.4 m in steps of 0.1
		t.Errorf("%d points were at the edge", found)
	}
}

func TestTheTablesReplaceThoseOfThePage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	page := "before\n" + tablesBegin + "\nold\n" + tablesEnd + "\nafter\n"
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := insert(path, "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := os.ReadFile(path)
	if want := "before\n" + tablesBegin + "\n\nnew\n\n" + tablesEnd + "\nafter\n"; string(got) != want {
		t.Errorf("%q", got)
	}
	if err := os.WriteFile(path, []byte("no tables"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := insert(path, "new"); err == nil {
		t.Error("a page without the lines was accepted")
	}
}
