package geo

import (
	"testing"

	"truce"
)

// TestACacheForgetsWhatNobodyAsksFor: however many places there are, it holds so much and no
// more, and answers as if it had forgotten nothing.
func TestACacheForgetsWhatNobodyAsksFor(t *testing.T) {
	atlas, c := NewAtlas(), &Cache{}
	place := func(i int) Extent {
		x, err := atlas.Extent([]truce.Place{{Form: truce.FormDisc, Lat: float64(i%170) / 2, Lon: float64(i) / 170, Within: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	z := &Zone{key: "disc", ground: disc{point{42, 36}, 2_000_000}}
	for i := range 3 * mostClasses {
		if got, want := c.Relate(place(i), z), Relate(place(i), z); got != want {
			t.Fatalf("%d: %v, not %v", i, got, want)
		}
		c.Relate(place(0), z) // which is asked for again and again
		if len(c.young)+len(c.old) > 2*mostClasses {
			t.Fatalf("it holds %d and %d", len(c.young), len(c.old))
		}
	}
	key := asked(place(0), []*Zone{z})
	if c.young[key] == nil && c.old[key] == nil {
		t.Error("what is asked for again and again is forgotten")
	}
}
