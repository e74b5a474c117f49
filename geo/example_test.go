package geo_test

import (
	"fmt"

	"truce"
	"truce/geo"
)

func Example() {
	road, err := geo.NewLine("castello",
		`{"type":"LineString","coordinates":[[37.10,36.24],[37.14,36.24]]}`, "north", "south", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	zone, err := road.Belt("north", 3500)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, lat := range []float64{36.25, 36.2715, 36.29} {
		where, err := geo.NewAtlas().Extent([]truce.Place{
			{Form: truce.FormDisc, Lat: lat, Lon: 37.12, Within: 50},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		low, high := geo.DistanceRange(where, zone)
		fmt.Printf("%s: %s, %.0f00 to %.0f00 m off\n", zone, geo.Relate(where, zone), low/100, high/100)
	}
	// Output:
	// within 3,500 m north of castello: yes, 1100 to 1200 m off
	// within 3,500 m north of castello: unknown, 3400 to 3500 m off
	// within 3,500 m north of castello: no, 5500 to 5600 m off
}
