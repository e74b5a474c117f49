package geo

import (
	"fmt"
	"strings"
	"testing"

	"truce"

	"github.com/google/go-cmp/cmp"
)

// castello is a road of three stretches; its middle stretch runs from a to b.
const castello = `{"type":"LineString","coordinates":[[37.08,36.235],[37.10,36.24],[37.14,36.245],[37.17,36.24]]}`

// beside returns the point that lies metres square off the middle of castello's middle
// stretch: north for a positive number.
func beside(d float64) point {
	a, b := point{36.24, 37.10}, point{36.245, 37.14}
	s, bearing := inverse(a, b)
	mid := direct(a, bearing, s/2)
	_, on := inverse(mid, b)
	return direct(mid, on-90, d)
}

func road(t testing.TB) *Line {
	t.Helper()
	l, err := NewLine("castello", castello, "north", "south", false)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func around(t testing.TB, p point, r float64) Extent {
	t.Helper()
	return must[Extent](t)(NewAtlas().Extent([]truce.Place{{Form: truce.FormDisc, Lat: p.lat, Lon: p.lon, Within: r}}))
}

// square is a polygon between two longitudes and latitudes.
func square(w, s, e, n float64) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]]}`, w, s, e, n)
}

// map of squares: governorate G with districts G1, G2, and H with H1; X lies half in G
// and half in H.
func squares(t testing.TB) *Atlas {
	t.Helper()
	f := func(code, parent string, level int, shape string) string {
		up := ""
		if parent != "" {
			up = fmt.Sprintf(`,"adm%d_pcode":%q`, level-1, parent)
		}
		return fmt.Sprintf(`{"type":"Feature","properties":{"adm%d_pcode":%q%s,"adm%d_name":"%s land"},"geometry":%s}`, level, code, up, level, code, shape)
	}
	a := NewAtlas()
	text := `{"type":"FeatureCollection","features":[` + strings.Join([]string{
		f("G", "", 1, square(37, 36, 38, 37)),
		f("H", "", 1, square(38, 36, 39, 37)),
		f("G1", "G", 2, square(37, 36, 37.5, 37)),
		f("G2", "G", 2, square(37.5, 36, 38, 37)),
		f("H1", "H", 2, square(38, 36, 38.6, 37)),
		f("X", "", 2, square(37.9, 36.2, 38.1, 36.4)),
	}, ",\n") + `]}`
	if err := a.Load("squares", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestHardCasesOfPlace(t *testing.T) {
	l := road(t)
	north := must[*Zone](t)(l.Belt("north", 3500))
	n1000 := must[*Zone](t)(l.Belt("north", 1000))
	s500 := must[*Zone](t)(l.Belt("south", 500))
	a := squares(t)
	g := must[*Zone](t)(a.AreaZone("G"))
	h := must[*Zone](t)(a.AreaZone("H"))
	heart := must[*Zone](t)(PolygonZone("heart of G", square(37.4, 36.4, 37.6, 36.6)))
	for name, c := range map[string]struct {
		extent Extent
		zone   *Zone
		want   truce.Tri
	}{
		"HC-L1 tank 3,600 m north, error 50 m":              {around(t, beside(3600), 50), north, truce.No},
		"HC-L2 tank 3,480 m north, error 50 m":              {around(t, beside(3480), 50), north, truce.Unknown},
		"HC-L3 tank 900 m north, error 50 m":                {around(t, beside(900), 50), north, truce.Yes},
		"tank 3,449 m north, error 50 m":                    {around(t, beside(3449), 50), north, truce.Yes},
		"tank 3,551 m north, error 50 m":                    {around(t, beside(3551), 50), north, truce.No},
		"tank exactly 3,499.9 m north":                      {around(t, beside(3499.9), 0), north, truce.Yes},
		"tank exactly 3,500.1 m north":                      {around(t, beside(3500.1), 0), north, truce.No},
		"HC-L5 soldier 700 m south, southern limit":         {around(t, beside(-700), 20), s500, truce.No},
		"HC-L5 soldier 700 m south, northern limit":         {around(t, beside(-700), 20), n1000, truce.No},
		"HC-L6 soldier 700 m north":                         {around(t, beside(700), 20), n1000, truce.Yes},
		"soldier on the road, northern side":                {around(t, beside(0), 0), n1000, truce.Yes},
		"soldier on the road, southern side":                {around(t, beside(0), 0), s500, truce.Yes},
		"soldier near the road, error 20 m":                 {around(t, beside(10), 20), n1000, truce.Unknown},
		"HC-L7 district half inside the governorate":        {area(t, a, "X"), g, truce.Unknown},
		"HC-L8 district wholly inside":                      {area(t, a, "G2"), g, truce.Yes},
		"a district of the neighbour, with a common border": {area(t, a, "H1"), g, truce.No},
		"the neighbour itself":                              {area(t, a, "H"), g, truce.No},
		"HC-L9 governorate known, its middle in the zone":   {area(t, a, "G"), heart, truce.Unknown},
		"HC-L12 attack outside the governorate":             {around(t, point{36.5, 39.5}, 5000), g, truce.No},
		"disc across a border":                              {around(t, point{36.5, 38}, 100), h, truce.Unknown},
		"nothing known":                                     {Extent{}, g, truce.Unknown},
	} {
		if got := Relate(c.extent, c.zone); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// HC-L13, two maps of control, is no question of geometry. HC-L14 is: one source says
// west of the river, another east.
func TestTwoSourcesOneOnEachBank(t *testing.T) {
	river := must[*Line](t)(NewLine("river", `{"type":"LineString","coordinates":[[38,36],[38.02,36.5],[38,37]]}`, "west", "east", false))
	west := must[*Zone](t)(river.Belt("west", 50e3))
	east := must[*Zone](t)(river.Belt("east", 50e3))
	e := must[Extent](t)(NewAtlas().Extent([]truce.Place{
		{Form: truce.FormDisc, Lat: 36.5, Lon: 37.9, Within: 500},
		{Form: truce.FormDisc, Lat: 36.5, Lon: 38.1, Within: 500},
	}))
	want := [][]bool{{false, true}, {true, false}}
	if diff := cmp.Diff(want, Classes(e, []*Zone{west, east})); diff != "" {
		t.Error(diff)
	}
	if got := Relate(e, west); got != truce.Unknown {
		t.Errorf("west: %v", got)
	}
}

func TestExtents(t *testing.T) {
	a := squares(t)
	shape := func(s string) truce.Place { return truce.Place{Form: truce.FormShape, Shape: s} }
	g := must[*Zone](t)(a.AreaZone("G"))
	for name, c := range map[string]struct {
		places []truce.Place
		want   truce.Tri
	}{
		"no place":            {nil, truce.Unknown},
		"one of them unknown": {[]truce.Place{{Form: truce.FormArea, Area: "G1"}, {}}, truce.Unknown},
		"two districts of it": {[]truce.Place{{Form: truce.FormArea, Area: "G1"}, {Form: truce.FormArea, Area: "G2"}}, truce.Yes},
		"one here, one there": {[]truce.Place{{Form: truce.FormArea, Area: "G1"}, {Form: truce.FormArea, Area: "H1"}}, truce.Unknown},
		"a point":             {[]truce.Place{shape(`{"type":"Point","coordinates":[37.2,36.2]}`)}, truce.Yes},
		"a road inside":       {[]truce.Place{shape(`{"type":"LineString","coordinates":[[37.2,36.2],[37.8,36.9]]}`)}, truce.Yes},
		"a road across":       {[]truce.Place{shape(`{"type":"LineString","coordinates":[[37.2,36.2],[38.2,36.9]]}`)}, truce.Unknown},
		"a road outside":      {[]truce.Place{shape(`{"type":"LineString","coordinates":[[38.2,36.2],[38.4,36.9]]}`)}, truce.No},
		"a polygon inside":    {[]truce.Place{shape(square(37.2, 36.2, 37.3, 36.3))}, truce.Yes},
		"two polygons": {[]truce.Place{shape(`{"type":"MultiPolygon","coordinates":[[[[37.1,36.1],[37.2,36.1],[37.2,36.2],[37.1,36.1]]],
			[[[38.1,36.1],[38.2,36.1],[38.2,36.2],[38.1,36.1]]]]}`)}, truce.Unknown},
		"a cone inside":                  {[]truce.Place{{Form: truce.FormSector, Lat: 36.5, Lon: 37.5, Bearing: [2]float64{350, 20}, Range: [2]float64{1000, 5000}}}, truce.Yes},
		"a cone over the border":         {[]truce.Place{{Form: truce.FormSector, Lat: 36.5, Lon: 37.97, Bearing: [2]float64{80, 100}, Range: [2]float64{1000, 5000}}}, truce.Unknown},
		"a cone away from the border":    {[]truce.Place{{Form: truce.FormSector, Lat: 36.5, Lon: 37.97, Bearing: [2]float64{260, 280}, Range: [2]float64{1000, 5000}}}, truce.Yes},
		"a ring that begins past border": {[]truce.Place{{Form: truce.FormSector, Lat: 36.5, Lon: 37.97, Bearing: [2]float64{85, 95}, Range: [2]float64{3000, 5000}}}, truce.No},
	} {
		e := must[Extent](t)(a.Extent(c.places))
		if got := Relate(e, g); got != c.want {
			t.Errorf("%s (%s): %v, want %v", name, e, got, c.want)
		}
	}
}

func TestPlacesThatAreRefused(t *testing.T) {
	a := squares(t)
	for name, c := range map[string]struct {
		place truce.Place
		want  string
	}{
		"unknown code":                 {truce.Place{Form: truce.FormArea, Area: "SY99"}, "no boundary file"},
		"latitude of 95":               {truce.Place{Form: truce.FormDisc, Lat: 95, Lon: 37}, "no latitude"},
		"disc over the antimeridian":   {truce.Place{Form: truce.FormDisc, Lat: 0, Lon: 179.999, Within: 1000}, "antimeridian"},
		"disc at the pole":             {truce.Place{Form: truce.FormDisc, Lat: 89, Lon: 0, Within: 10}, "85 degrees"},
		"negative radius":              {truce.Place{Form: truce.FormDisc, Lat: 36, Lon: 37, Within: -1}, "no radius"},
		"shape over the antimeridian":  {truce.Place{Form: truce.FormShape, Shape: square(-179.9, 1, 179.9, 2)}, "antimeridian"},
		"line over the antimeridian":   {truce.Place{Form: truce.FormShape, Shape: `{"type":"LineString","coordinates":[[179,1],[-179,1]]}`}, "antimeridian"},
		"shape that is no JSON":        {truce.Place{Form: truce.FormShape, Shape: `{"type":`}, "json"},
		"figure of eight":              {truce.Place{Form: truce.FormShape, Shape: `{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`}, "crosses itself"},
		"cone without width":           {truce.Place{Form: truce.FormSector, Lat: 36, Lon: 37, Range: [2]float64{0, 100}}, "no width"},
		"cone with its range reversed": {truce.Place{Form: truce.FormSector, Lat: 36, Lon: 37, Bearing: [2]float64{0, 90}, Range: [2]float64{100, 50}}, "range"},
		"form that does not exist":     {truce.Place{Form: "blob"}, "no form"},
		"shape without points":         {truce.Place{Form: truce.FormShape, Shape: `{"type":"LineString","coordinates":[]}`}, "empty"},
	} {
		_, err := a.Extent([]truce.Place{c.place})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestZonesThatAreRefused(t *testing.T) {
	l := road(t)
	half := must[*Zone](t)(l.Belt("north", 500))
	for name, c := range map[string]struct {
		err  func() error
		want string
	}{
		"a side the line does not have": {func() error { _, err := l.Belt("west", 500); return err }, `no side "west"`},
		"a belt of no width":            {func() error { _, err := l.Belt("north", 0); return err }, "no length"},
		"surroundings of half a belt":   {func() error { _, err := half.Near(10); return err }, "one side"},
		"a disc over the antimeridian":  {func() error { _, err := DiscZone("d", 0, -179.999, 1000); return err }, "antimeridian"},
		"a line that crosses itself": {func() error {
			_, err := NewLine("x", `{"type":"LineString","coordinates":[[0,0],[1,1],[1,0],[0,1]]}`, "", "", false)
			return err
		}, "crosses itself"},
		"a line of one point": {func() error {
			_, err := NewLine("x", `{"type":"LineString","coordinates":[[0,0],[0,0]]}`, "", "", false)
			return err
		}, "no length"},
		"a polygon as a line":   {func() error { _, err := NewLine("x", square(0, 0, 1, 1), "", "", false); return err }, "not one line"},
		"two sides of one name": {func() error { _, err := NewLine("x", castello, "a", "a", false); return err }, "different names"},
		"a line as a polygon":   {func() error { _, err := PolygonZone("x", castello); return err }, "no polygon"},
		"an area nobody knows":  {func() error { _, err := NewAtlas().AreaZone("SY"); return err }, "no boundary file"},
		"a sector without end":  {func() error { _, err := SectorZone("x", 1, 1, [2]float64{0, 10}, [2]float64{5, 5}); return err }, "range"},
		"a belt over the antimeridian": {func() error {
			_, err := must[*Line](t)(NewLine("x", `{"type":"LineString","coordinates":[[179.9,0],[179.99,0]]}`, "a", "b", true)).Belt("a", 5000)
			return err
		}, "antimeridian"},
		"an empty collection as a zone": {func() error { _, err := PolygonZone("x", `{"type":"FeatureCollection","features":[]}`); return err }, "no polygon"},
		"a latitude of 95 in a polygon": {func() error { _, err := PolygonZone("x", square(0, 90, 1, 95)); return err }, "latitude"},
		"a ring that is open": {func() error {
			_, err := PolygonZone("x", `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`)
			return err
		}, "ring-open"},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestZonesSayWhatTheyAre(t *testing.T) {
	a := squares(t)
	l := road(t)
	g := must[*Zone](t)(a.AreaZone("G"))
	port := must[*Zone](t)(DiscZone("port", 14.8, 42.95, 2000))
	for want, z := range map[string]*Zone{
		"within 3,500 m north of castello": must[*Zone](t)(l.Belt("north", 3500)),
		"within 500 m of castello":         must[*Zone](t)(l.Belt("both", 500)),
		"G land (G)":                       g,
		"within 2,000 m of port":           port,
		"closer than 500 m to G land (G)":  must[*Zone](t)(g.Near(500)),
		"cone, bearing 30 to 75 degrees, 1,000 m to 5,000 m from 36.2000, 37.1000": must[*Zone](t)(SectorZone("cone", 36.2, 37.1, [2]float64{30, 75}, [2]float64{1000, 5000})),
	} {
		if z.String() != want {
			t.Errorf("%q, want %q", z, want)
		}
	}
	if same := must[*Zone](t)(PolygonZone("drawn", square(37, 36, 38, 37))); same.Key() != g.Key() {
		t.Error("the same ground has two keys")
	}
	if other := must[*Zone](t)(PolygonZone("drawn", square(37, 36, 38, 37.00001))); other.Key() == g.Key() {
		t.Error("different ground has one key")
	}
}

func TestSurroundings(t *testing.T) {
	a := squares(t)
	near := must[*Zone](t)(must[*Zone](t)(a.AreaZone("G")).Near(500))
	east := func(m float64) point { return direct(point{36.5, 38}, 90, m) }
	cone := must[*Zone](t)(SectorZone("cone", 36.5, 38, [2]float64{80, 100}, [2]float64{0, 1000}))
	schools := `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[38,36.5]}},
		{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[38.2,36.5],[38.3,36.5],[38.3,36.6],[38.2,36.5]]]}}]}`
	sites := must[*Zone](t)(Sites("schools", schools, 500))
	for name, c := range map[string]struct {
		extent Extent
		zone   *Zone
		want   truce.Tri
	}{
		"inside":                        {around(t, point{36.5, 37.5}, 10), near, truce.Yes},
		"449 m outside":                 {around(t, east(449), 50), near, truce.Yes},
		"499 m outside, error 50 m":     {around(t, east(499), 50), near, truce.Unknown},
		"551 m outside":                 {around(t, east(551), 50), near, truce.No},
		"the area itself":               {area(t, a, "G"), near, truce.Yes},
		"a part of it":                  {area(t, a, "G1"), near, truce.Yes},
		"the neighbour":                 {area(t, a, "H"), near, truce.Unknown},
		"near a cone, ahead":            {around(t, east(1099), 0), must[*Zone](t)(cone.Near(100)), truce.Yes},
		"near a cone, too far ahead":    {around(t, east(1101), 0), must[*Zone](t)(cone.Near(100)), truce.No},
		"near a cone, behind":           {around(t, east(-99), 0), must[*Zone](t)(cone.Near(100)), truce.Yes},
		"near a cone, too far behind":   {around(t, east(-101), 0), must[*Zone](t)(cone.Near(100)), truce.No},
		"near what is near":             {around(t, east(599), 0), must[*Zone](t)(near.Near(100)), truce.Yes},
		"not near what is near":         {around(t, east(601), 0), must[*Zone](t)(near.Near(100)), truce.No},
		"499 m from a school":           {around(t, east(499), 0), sites, truce.Yes},
		"501 m from a school":           {around(t, east(501), 0), sites, truce.No},
		"on the ground of a school":     {around(t, point{36.51, 38.28}, 5), sites, truce.Yes},
		"a district with a school":      {area(t, a, "H1"), sites, truce.Unknown},
		"a district without one nearby": {area(t, a, "G1"), sites, truce.No},
	} {
		if got := Relate(c.extent, c.zone); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDistanceRanges(t *testing.T) {
	l := road(t)
	belt := must[*Zone](t)(l.Belt("north", 3500))
	a := squares(t)
	g := must[*Zone](t)(a.AreaZone("G"))
	wide := Distance(36, 38, 36, 38.6) // from H1's far corner to G's corner, along the southern edge
	for name, c := range map[string]struct {
		extent    Extent
		zone      *Zone
		low, high float64
		within    float64
	}{
		"a point":                    {around(t, beside(900), 0), belt, 900, 900, 0.05},
		"a disc off the road":        {around(t, beside(900), 50), belt, 850, 950, 1.5},
		"a disc on the road":         {around(t, beside(20), 50), belt, 0, 70, 1.5},
		"a district from the border": {area(t, a, "H1"), g, 0, wide, wide / 500},
	} {
		low, high := DistanceRange(c.extent, c.zone)
		if d := max(low-c.low, c.low-low, high-c.high, c.high-high); d > c.within {
			t.Errorf("%s: %.2f to %.2f, want %.2f to %.2f", name, low, high, c.low, c.high)
		}
	}
}

// A line from one area into its neighbour passes their common border at a single point,
// which is no place to be: it was in the one or in the other.
func TestALineAcrossACommonBorderIsInOneOrTheOther(t *testing.T) {
	a := NewAtlas()
	zone := func(ring string) *Zone {
		z, err := PolygonZone("area", `{"type":"Polygon","coordinates":[`+ring+`]}`)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	west, east := zone("[[31,11],[33,11],[33,13],[31,13],[31,11]]"), zone("[[33,11],[34,11],[34,13],[33,13],[33,11]]")
	e, err := a.Extent([]truce.Place{{Form: truce.FormShape, Shape: `{"type":"LineString","coordinates":[[32.5,11.5],[33.5,11.5]]}`}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(Classes(e, []*Zone{west, east})), "[[false true] [true false]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
