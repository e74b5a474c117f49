package tiles_test

import (
	"fmt"
	"slices"

	"truce/tiles"
)

func Example() {
	layer := tiles.NewLayer([]tiles.Thing{
		{ID: "C1", Where: tiles.Disc(36.20, 37.16, 300), Outcome: tiles.Violation},
		{ID: "C2", Where: tiles.Disc(36.21, 37.17, 300), Outcome: tiles.Undetermined},
		{ID: "C3", Where: tiles.Disc(36.21, 37.17, 300), Class: 7}, // not for everybody
	})
	everybody := tiles.Filter{Classes: tiles.Set{1 << 0}}
	tile, err := layer.Tile(7, 77, 50, everybody)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The tile's one number is named by its cell, 8 of which stand side by side in a tile.
	ids, _ := layer.Things("c7.617.401", everybody)
	slices.Sort(ids)
	fmt.Println(len(tile) > 0, ids)
	// Output:
	// true [C1 C2]
}
