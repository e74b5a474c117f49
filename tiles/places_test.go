package tiles

import (
	"math"
	"testing"
)

func TestPlacesStandWhereTheyAre(t *testing.T) {
	b, err := OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	// From an atlas: Douma lies at 33.57 N, 36.40 E, Kobani at 36.89 N, 38.35 E.
	want := map[string][2]float64{"Douma": {33.57, 36.40}, "Kobani": {36.89, 38.35}}
	n := 0
	for p := range b.Places() {
		n++
		if at, ok := want[p.Name]; ok && math.Abs(p.Lat-at[0]) < .02 && math.Abs(p.Lon-at[1]) < .02 && p.Arabic != "" {
			delete(want, p.Name)
		}
	}
	if len(want) > 0 || n < 10_000 {
		t.Errorf("of %d places these are missing: %v", n, want)
	}
}
