package geo

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"truce"

	"github.com/google/go-cmp/cmp"
)

// file is a boundary file, a feature a line from line 2 on.
func file(features ...string) string {
	return "{\"type\":\"FeatureCollection\",\"features\":[\n" + strings.Join(features, ",\n") + "\n]}"
}

func feat(props, geometry string) string {
	return `{"type":"Feature","properties":{` + props + `},"geometry":` + geometry + `}`
}

func TestBoundaryFilesThatAreRefused(t *testing.T) {
	good := feat(`"code":"A"`, square(0, 0, 1, 1))
	ring := func(pts string) string { return `{"type":"Polygon","coordinates":[[` + pts + `]]}` }
	type where struct {
		Line  int
		Field string
		Code  string
	}
	for name, c := range map[string]struct {
		text string
		want []where
	}{
		"a polygon that crosses itself": {file(good, feat(`"code":"B"`, ring(`[0,0],[1,1],[1,0],[0,1],[0,0]`))), []where{{3, "feature 2 (B)", "self-crossing"}}},
		"a polygon that goes round twice": {file(feat(`"code":"B"`, ring(`[0,0],[2,0],[2,2],[0,2],[0,0],[0.5,0.5],[1,0.5],[1,1],[0.5,1],[0.5,0.5],[0,0]`))),
			[]where{{2, "feature 1 (B)", "self-crossing"}}},
		"a latitude of 95":             {file(feat(`"code":"B"`, square(0, 90, 1, 95))), []where{{2, "feature 1 (B)", "latitude"}}},
		"a longitude of 190":           {file(feat(`"code":"B"`, square(170, 0, 190, 1))), []where{{2, "feature 1 (B)", "longitude"}}},
		"over the antimeridian":        {file(feat(`"code":"B"`, square(-179, 0, 179, 1))), []where{{2, "feature 1 (B)", "antimeridian"}}},
		"at the pole":                  {file(feat(`"code":"B"`, square(0, 80, 1, 89))), []where{{2, "feature 1 (B)", "pole"}}},
		"a ring that is open":          {file(feat(`"code":"B"`, ring(`[0,0],[1,0],[1,1],[0,1]`))), []where{{2, "feature 1 (B)", "ring-open"}}},
		"a ring of three points":       {file(feat(`"code":"B"`, ring(`[0,0],[1,0],[0,0]`))), []where{{2, "feature 1 (B)", "ring-short"}}},
		"a ring around nothing":        {file(feat(`"code":"B"`, ring(`[0,0],[1,0],[2,0],[0,0]`))), []where{{2, "feature 1 (B)", "ring-empty"}}},
		"a code twice":                 {file(good, good), []where{{3, "feature 2 (A)", "duplicate-code"}}},
		"a code that is there already": {file(feat(`"code":"OLD"`, square(0, 0, 1, 1))), []where{{2, "feature 1 (OLD)", "duplicate-code"}}},
		"no code":                      {file(feat(`"name":"x"`, square(0, 0, 1, 1))), []where{{2, "feature 1", "no-code"}}},
		"no geometry":                  {file(feat(`"code":"B"`, `null`)), []where{{2, "feature 1 (B)", "geometry"}}},
		"a point":                      {file(feat(`"code":"B"`, `{"type":"Point","coordinates":[1,2]}`)), []where{{2, "feature 1 (B)", "geometry"}}},
		"several at once": {file(feat(`"code":"B"`, square(0, 90, 1, 95)), good, feat(`"name":"x"`, `null`)),
			[]where{{2, "feature 1 (B)", "latitude"}, {4, "feature 3", "no-code"}}},
		"text that breaks off":        {"{\"type\":\n\"FeatureCollection\",", []where{{2, "", "json"}}},
		"a Feature alone":             {good, []where{{1, "", "json"}}},
		"a feature that is no object": {file(good, "7"), []where{{3, "feature 2", "json"}}},
		"features that are no list":   {`{"type":"FeatureCollection","features":{}}`, []where{{1, "", "json"}}},
		"nothing":                     {"", []where{{1, "", "json"}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := NewAtlas()
			if err := a.Load("old", strings.NewReader(file(feat(`"code":"OLD"`, square(5, 5, 6, 6))))); err != nil {
				t.Fatal(err)
			}
			var ps truce.Problems
			if err := a.Load("areas.geojson", strings.NewReader(c.text)); !errors.As(err, &ps) {
				t.Fatalf("error %v", err)
			}
			var got []where
			for _, p := range ps {
				got = append(got, where{p.Line, p.Field, p.Code})
				if p.File != "areas.geojson" || p.Msg == "" || p.Want == "" {
					t.Errorf("problem %+v", p)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"OLD"}, a.Codes()); diff != "" {
				t.Error("half loaded", diff)
			}
		})
	}
}

// Rounding to five decimals makes rings touch and cross themselves by a metre or less.
func TestRingsThatRoundingTangled(t *testing.T) {
	ring := func(pts string) string { return `{"type":"Polygon","coordinates":[[` + pts + `]]}` }
	for name, c := range map[string]struct {
		shape   string
		in, out []point
	}{
		"a point twice in a row":   {ring(`[0,0],[1,0],[1,0],[1,1],[0,1],[0,0]`), []point{{.5, .5}}, []point{{1.5, .5}}},
		"a spike without width":    {ring(`[0,0],[1,0],[1,0.5],[2,0.5],[1,0.5],[1,1],[0,1],[0,0]`), []point{{.5, .5}}, []point{{.5001, 1.5}}},
		"a spike that falls short": {ring(`[0,0],[1,0],[1,0.6],[1,0.4],[1,1],[0,1],[0,0]`), []point{{.5, .5}}, []point{{.5, 1.1}}},
		"a loop of half a metre":   {ring(`[0,0],[1,0],[1,0.5],[1.000005,0.500005],[0.999995,0.500005],[1,0.5],[1,1],[0,1],[0,0]`), []point{{.5, .5}}, []point{{.5, 1.1}}},
		"two lobes at a point":     {ring(`[0,0],[1,0],[1,1],[2,1],[2,2],[1,2],[1,1],[0,1],[0,0]`), []point{{.5, .5}, {1.5, 1.5}}, []point{{.5, 1.5}, {1.5, .5}}},
		"a hole at a point":        {ring(`[0,0],[2,0],[2,2],[0,2],[0,0],[0.5,1],[1,1],[1,0.5],[0,0]`), []point{{1.5, 1.5}, {.2, 1}}, []point{{.8, .8}}},
	} {
		z, err := PolygonZone(name, c.shape)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range c.in {
			if got := Relate(around(t, p, 1), z); got != truce.Yes {
				t.Errorf("%s: %v is %v", name, p, got)
			}
		}
		for _, p := range c.out {
			if got := Relate(around(t, p, 1), z); got != truce.No {
				t.Errorf("%s: %v is %v", name, p, got)
			}
		}
	}
}

func TestAreasKeepWhatTheFileSays(t *testing.T) {
	a := NewAtlas()
	err := a.Load("f", strings.NewReader("\ufeff"+file(
		feat(`"adm2_name":"Darayya","adm2_name1":"داريا","adm2_pcode":"SY0309","adm1_name":"Rural Damascus","adm1_pcode":"SY03"`, square(0, 0, 1, 1)),
		feat(`"code":"Q1","name":"Quarter","name:fr":"Quartier"`, square(1, 0, 2, 1)),
		`{"type":"Feature","id":7,"properties":null,"geometry":`+square(2, 0, 3, 1)+`}`)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Area{
		{Code: "7", Level: -1},
		{Code: "Q1", Name: "Quarter", Names: []string{"Quarter", "Quartier"}, Level: -1},
		{Code: "SY0309", Name: "Darayya", Names: []string{"Darayya", "داريا"}, Level: 2, Parent: "SY03"},
	}
	var got []Area
	for _, code := range a.Codes() {
		one, _ := a.Area(code)
		got = append(got, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := a.Area("none"); ok {
		t.Error("an area that is not there")
	}
}

func TestNames(t *testing.T) {
	a := NewAtlas()
	var fs []string
	for i, n := range []string{"Al-Hasakeh", "Ar-Raqqa", "As-Sweida", "Dar'a", "Darayya", "Hama", "Homs", "Idleb", "Al Makhrim", "Jisr-Ash-Shugur", "Duma", "Tell Abiad", "Tell Abiod"} {
		fs = append(fs, feat(`"adm1_pcode":"`+n+`","adm1_name":"`+n+`"`, square(float64(i), 0, float64(i)+1, 1)))
	}
	fs = append(fs, feat(`"adm1_pcode":"RD","adm1_name":"Rural Damascus","adm1_name1":"ريف دمشق"`, square(50, 0, 51, 1)),
		feat(`"adm2_pcode":"Hama2","adm2_name":"Hama"`, square(52, 0, 53, 1)))
	if err := a.Load("f", strings.NewReader(file(fs...))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Al Hasakah Governorate": "Al-Hasakeh", "al-Hasaka": "Al-Hasakeh", "HASAKE": "Al-Hasakeh",
		"Ar Raqqah Governorate": "Ar-Raqqa", "Raqqa": "Ar-Raqqa", "As Suwayda Governorate": "As-Sweida",
		"Daraa": "Dar'a", "Darayyah": "Darayya", "Hamah Governorate": "Hama", "Ḥamāh": "Hama", "Homs": "Homs",
		"Idlib": "Idleb", "Al Mukharram district": "Al Makhrim", "Jisr ash Shughur": "Jisr-Ash-Shugur", "Duma district": "Duma",
		"Rif Dimashq": "RD", "ريف دمشق": "RD", "محافظة ريف دمشق": "RD", "rural damascus": "RD",
		"Tell Abyad": "", // two are as near
		"Damascus":   "", "Kharkiv": "", "": "", "Governorate": "", "Dimayu": "", "Hims": "Homs",
	} {
		got := ""
		for _, f := range a.Find(name, 1) {
			got += f.Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := a.Find("Hama", -1); len(got) != 2 {
		t.Errorf("Hama on any level: %v", got)
	}
}

func TestPublishedPlacesAreCoarse(t *testing.T) {
	a := squares(t)
	place := func(p truce.Place) Extent { return must[Extent](t)(a.Extent([]truce.Place{p})) }
	for name, c := range map[string]struct {
		extent Extent
		want   string
	}{
		"anywhere":                        {Extent{}, "anywhere"},
		"a point in a district":           {around(t, point{36.8, 37.2}, 0), "G1 land (G1)"},
		"a disc in a district":            {around(t, point{36.8, 37.2}, 500), "G1 land (G1)"},
		"a disc over two":                 {around(t, point{36.8, 37.5}, 500), "G1 land (G1) or G2 land (G2)"},
		"a disc that leaves the map":      {around(t, point{36.8, 37}, 500), "36.7 to 36.9 north, 36.9 to 37.1 east or G1 land (G1)"},
		"a point where no district is":    {around(t, point{36.85, 38.75}, 0), "36.8 to 36.9 north, 38.7 to 38.8 east"},
		"a district":                      {place(truce.Place{Form: truce.FormArea, Area: "G1"}), "G1 land (G1)"},
		"a governorate stays what it was": {place(truce.Place{Form: truce.FormArea, Area: "G"}), "G land (G)"},
	} {
		got := Coarsen(c.extent, a, 2)
		parts := strings.Split(got.String(), " or ")
		if len(parts) != strings.Count(c.want, " or ")+1 || !contains(parts, strings.Split(c.want, " or ")) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	south := Coarsen(around(t, point{-33.05, -70.05}, 10), NewAtlas(), 2)
	if want := "-33.1 to -33 north, -70.1 to -70 east"; south.String() != want {
		t.Errorf("%s, want %s", south, want)
	}
}

func contains(all, some []string) bool {
	for _, s := range some {
		found := false
		for _, a := range all {
			found = found || a == s
		}
		if !found {
			return false
		}
	}
	return true
}

func TestDrawings(t *testing.T) {
	for name, c := range map[string]struct {
		extent Extent
		want   string
		points int
	}{
		"anywhere":  {Extent{}, "", 0},
		"a point":   {around(t, point{36.5, 37.25}, 0), `{"type":"Point","coordinates":[37.25,36.5]}`, 1},
		"a disc":    {around(t, point{36.5, 37.25}, 100), `{"type":"Polygon"`, 49},
		"a polygon": {extentOf(t, truce.Place{Form: truce.FormShape, Shape: square(1, 2, 3, 4)}), `{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4],[1,4],[1,2]]]}`, 5},
		"a line": {extentOf(t, truce.Place{Form: truce.FormShape, Shape: `{"type":"LineString","coordinates":[[1,2],[3,4]]}`}),
			`{"type":"LineString","coordinates":[[1,2],[3,4]]}`, 2},
		"two": {extentOf(t, truce.Place{Form: truce.FormDisc, Lat: 1, Lon: 1}, truce.Place{Form: truce.FormDisc, Lat: 2, Lon: 2, Within: 10}), `{"type":"GeometryCollection"`, 50},
	} {
		got, ok := c.extent.GeoJSON()
		if ok != (c.points > 0) || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
		if !ok {
			continue
		}
		g, err := readShapes(name, []byte(got))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, one := range g {
			n += one.DumpCoordinates().Length()
		}
		if n != c.points {
			t.Errorf("%s: %d points", name, n)
		}
	}
}

func TestCacheAnswersAlikeFromManySides(t *testing.T) {
	a := squares(t)
	var zones []*Zone
	for _, code := range []string{"G", "H", "G1"} {
		zones = append(zones, must[*Zone](t)(a.AreaZone(code)))
	}
	e := area(t, a, "X")
	want := Classes(e, zones)
	if diff := cmp.Diff([][]bool{{false, true, false}, {true, false, false}}, want); diff != "" {
		t.Fatal(diff)
	}
	var c Cache
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if diff := cmp.Diff(want, c.Classes(e, zones)); diff != "" {
					t.Error(diff)
				}
				if c.Relate(e, zones[0]) != truce.Unknown || c.Relate(e, zones[2]) != truce.No {
					t.Error("relations differ")
				}
			}
		})
	}
	wg.Wait()
}

// Anything may be loaded; what is accepted must answer.
func FuzzLoad(f *testing.F) {
	f.Add(file(feat(`"code":"A"`, square(0, 0, 1, 1)), feat(`"adm1_pcode":"B","adm1_name":"ب"`, square(1, 0, 2, 1))))
	f.Add(file(feat(`"code":"A"`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,0.5],[2,0.5],[1,0.5],[1,1],[0,1],[0,0]],[[0.2,0.2],[0.4,0.2],[0.4,0.4],[0.2,0.2]]]}`)))
	f.Add(file(feat(`"id":3`, `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[1,0],[0,0]]]]}`)))
	f.Add(`{"type":"FeatureCollection","features":[{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		a := NewAtlas()
		if err := a.Load("fuzz", strings.NewReader(text)); err != nil {
			if len(a.Codes()) > 0 {
				t.Fatal("half loaded")
			}
			return
		}
		for _, code := range a.Codes() {
			z, err := a.AreaZone(code)
			if err != nil {
				t.Fatal(err)
			}
			e, err := a.Extent([]truce.Place{{Form: truce.FormArea, Area: code}})
			if err != nil || Relate(e, z) != truce.Yes {
				t.Fatalf("%s does not lie in itself: %v", code, err)
			}
			a.Find(z.String(), -1)
		}
	})
}

// FuzzShape reads shapes as zones, lines and sites.
func FuzzShape(f *testing.F) {
	f.Add(square(0, 0, 1, 1))
	f.Add(castello)
	f.Add(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}]}`)
	f.Add(`{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2]]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		e := extentOf(t, truce.Place{Form: truce.FormDisc, Lat: 0.5, Lon: 0.5, Within: 100})
		if z, err := PolygonZone("z", text); err == nil {
			Relate(e, z)
		}
		if l, err := NewLine("l", text, "a", "b", true); err == nil {
			if z, err := l.Belt("a", 1000); err == nil {
				Relate(e, z)
			}
		}
		if z, err := Sites("s", text, 1000); err == nil {
			Relate(e, z)
		}
		if e, err := NewAtlas().Extent([]truce.Place{{Form: truce.FormShape, Shape: text}}); err == nil {
			if _, ok := e.GeoJSON(); !ok {
				t.Fatal("no drawing")
			}
		}
	})
}
