package tiles

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkOpenBase(b *testing.B) {
	for b.Loop() {
		if _, err := OpenBase(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBaseTile(b *testing.B) {
	base, err := OpenBase()
	if err != nil {
		b.Fatal(err)
	}
	for z := 0; z <= BaseMaxZoom; z += 2 {
		b.Run(fmt.Sprintf("zoom %d", z), func(b *testing.B) {
			x, y, _, _ := at(z, 36.2, 37.16)
			size := 0
			for b.Loop() {
				data, err := base.Tile(z, x, y)
				if err != nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

// BenchmarkTile draws tiles of a million things, each where something happened.
func BenchmarkTile(b *testing.B) {
	things := country(1e6, 1)
	l := NewLayer(things)
	for name, f := range map[string]Filter{"all": {Classes: everyClass()}, "a week": {Classes: everyClass(), From: epoch.AddDate(0, 3, 0), To: epoch.AddDate(0, 3, 7)}} {
		for z := 0; z <= MaxZoom; z += 2 {
			b.Run(fmt.Sprintf("%s, zoom %d", name, z), func(b *testing.B) {
				rnd, size := rand.New(rand.NewPCG(1, uint64(z))), 0
				n := 0
				for b.Loop() {
					at := things[rnd.IntN(len(things))].Where.anchor
					data, err := l.Tile(z, int(at[0]*float64(int(1)<<z)), int(at[1]*float64(int(1)<<z)), f)
					if err != nil {
						b.Fatal(err)
					}
					size += len(data)
					n++
				}
				b.ReportMetric(float64(size/n), "bytes")
			})
		}
	}
}
