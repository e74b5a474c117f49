package columns_test

import (
	"fmt"
	"strings"

	"truce/columns"
)

func ExampleScan() {
	file := `id,date_start,date_end,date_prec,lat,lon,where_prec,actor_a,actor_b,means,deaths,deaths_low,deaths_high,civilians,source,text
SY-1,2016-03-01,2016-03-01,1,36.202100,37.134300,1,,,mortar,2,2,3,,one,"two shells, ""at noon"""
SY-2,2016-03-32,,1,36.2,37.1,1,,,,,,,,one,no such day
`
	err := columns.Scan(strings.NewReader(file), columns.Options{}, func(_, _ int, t *columns.Table) error {
		for i := range t.Rows() {
			fmt.Println(t.String(t.ID[i]), t.Lat[i], t.MeansWords.Word(t.Means[i]), t.Deaths[i], t.String(t.Text[i]))
		}
		for _, p := range t.Bad {
			fmt.Println(p)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// SY-1 36202100 mortar 2 two shells, "at noon"
	// :3: date_start: not understood; expected a day as yyyy-mm-dd, or nothing [bad-value]
}

func ExamplePlaceIndex() {
	square := []columns.Point{{Lon: 0, Lat: 0}, {Lon: 1e6, Lat: 0}, {Lon: 1e6, Lat: 1e6}, {Lon: 0, Lat: 1e6}}
	road := []columns.Point{{Lon: 500_000, Lat: 0}, {Lon: 500_000, Lat: 2e6}}
	places, err := columns.NewPlaceIndex([]columns.Zone{
		{Rings: [][]columns.Point{square}},
		{Line: road, Metres: 500},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(places.Zones(places.Class(500_001, 900_000)), places.Zones(places.Class(500_001, 1_500_000)), places.Zones(places.Class(2e6, 0)))
	// Output: [0 1] [1] []
}
