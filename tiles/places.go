package tiles

import (
	"iter"
	"math"
)

// Named is a place of the base map: its usual name, its Arabic one where that is known, degrees
// on WGS 84, and its rank, 0 for places of five million people to 6 for fewer than ten thousand.
type Named struct {
	Name, Arabic string
	Lat, Lon     float64
	Rank         int
}

// Places are all places of the base map, in the order of its tiles.
func (b *Base) Places() iter.Seq[Named] {
	return func(yield func(Named) bool) {
		for _, cell := range b.cells {
			for _, p := range cell.places {
				lat := math.Atan(math.Sinh(math.Pi*(1-2*p.at[1]))) * 180 / math.Pi
				if !yield(Named{p.name, p.arabic, lat, p.at[0]*360 - 180, p.rank}) {
					return
				}
			}
		}
	}
}
