package intake_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"truce/intake"
)

func ExampleRead() {
	in := `id,from,lat,lon,within,act,by
R-1,2016-02-27T14:10Z,33.459,36.233,800,shelling,a|b
R-2,2016-02-27T14:20Z,95,36.233,800,shelling,a
`
	for report, err := range intake.Read("reports.csv", strings.NewReader(in), intake.Options{Zone: time.UTC}) {
		var bad *intake.RowError
		switch {
		case errors.As(err, &bad):
			fmt.Println("set aside:", bad)
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(report.ID, report.Elements[0].By)
		}
	}
	// Output:
	// R-1 [a b]
	// set aside: reports.csv:3: lat: no such latitude; expected degrees from -90 to 90 (WGS 84) [bad-position]
}
