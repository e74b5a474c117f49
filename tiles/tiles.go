// Package tiles draws maps as vector tiles: the ground they stand on, and what happened
// where.
//
// [Base] is a map of the world that needs no network. [Layer] holds things, each with the
// ground it may have happened on, and [Layer.Tile] draws those that a [Filter] lets
// through: an extent that can be seen as one is drawn as one, with how many things share it;
// smaller ones are gathered in the cells of a grid, so that no dot ever says more than is
// known. The numbers of the layer "counts" add up over the tiles of a zoom to the number of
// things in view, each counted in one tile only; [Layer.Things] names those behind a number.
//
// Places go in as WGS 84 degrees and metres. Tiles are those of the web's maps: Mercator,
// version 2.1 of the vector tile format, 4096 units wide and meant for 512 pixels. The same
// things give the same bytes, in whatever order they come.
package tiles

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"truce"
)

const (
	// MaxZoom is the last zoom of overlay tiles; beyond it they are drawn larger.
	MaxZoom = 16
	// BaseMaxZoom is the last zoom of the base map.
	BaseMaxZoom = 10
	units       = 4096 // of a tile
	pixels      = 512  // of a tile as it is meant to be seen
	margin      = 64.0 // units drawn beyond the edge, so that outlines do not show it
	equator     = 2 * math.Pi * 6378137.0
	farthest    = 85.05112877980659 // the Mercator map is a square that ends here
)

// mercator returns where on the map of the world, 0 to 1 from west to east and from north to
// south, a point given in degrees lies.
func mercator(p orb.Point) orb.Point {
	lat := max(-farthest, min(farthest, p[1]))
	s := math.Sin(lat * math.Pi / 180)
	y := 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)
	return orb.Point{max(0, min(1, p[0]/360+0.5)), max(0, min(1, y))}
}

// onMap is a length in metres at y on the map, as a share of its width.
func onMap(metres, y float64) float64 {
	return metres / equator * math.Cosh(math.Pi*(1-2*y))
}

// address is a tile.
type address struct{ z, x, y int }

func checked(z, x, y, last int) (address, error) {
	if z < 0 || z > last || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return address{}, &truce.Error{Kind: truce.Absent, At: fmt.Sprintf("%d/%d/%d", z, x, y),
			Msg: "there is no such tile", Hint: fmt.Sprintf("zoom 0 to %d", last)}
	}
	return address{z, x, y}, nil
}

// bound is the ground of a tile on the map with so many units around it.
func (a address) bound(around float64) orb.Bound {
	side := 1 / float64(int(1)<<a.z)
	m := side * around / units
	return orb.Bound{Min: orb.Point{float64(a.x)*side - m, float64(a.y)*side - m}, Max: orb.Point{float64(a.x+1)*side + m, float64(a.y+1)*side + m}}
}

// within returns where a point of the map lies in the tile, in units.
func (a address) within(p orb.Point) [2]int32 {
	n := float64(int(1) << a.z)
	return [2]int32{int32(math.Round((p[0]*n - float64(a.x)) * units)), int32(math.Round((p[1]*n - float64(a.y)) * units))}
}

// unit is the width of a unit on the map.
func (a address) unit() float64 { return 1 / float64(int(1)<<a.z) / units }
