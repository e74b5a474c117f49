package intake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/intake"
)

func TestJSONOfElementsComesBackAsItWas(t *testing.T) {
	when := truce.When{From: time.Date(2016, 2, 27, 1, 2, 3, 4000, time.UTC), To: time.Date(2016, 2, 28, 0, 0, 0, 0, time.FixedZone("", 7200))}
	e := truce.Element{
		ID: "X/1", Incident: "X", Title: "T", When: []truce.When{when, {From: when.From, To: when.From, Lasts: true}},
		Where: []truce.Place{{Form: "area", Area: "SY02", Name: "Aleppo"}, {Form: "disc"}, {Form: "disc", Lat: 36, Lon: 37, Within: 5},
			{Form: "sector", Lat: 36, Lon: 37, Bearing: [2]float64{350, 10}, Range: [2]float64{0, 500}},
			{Form: "shape", Shape: `{"type":"LineString","coordinates":[[36,37],[36.5,37]]}`}, {Name: "somewhere"}},
		Acts: []string{"shelling"}, By: []string{"a", "?b"}, Against: []string{"nobody"}, Mutual: true,
		Means:  []truce.Means{{Kind: "mortar", Num: map[string]truce.Range{"calibre": {Low: 82, High: 120}}}},
		Killed: &truce.Range{Low: 0, High: 3}, Number: &truce.Range{Low: 2, High: 2}, Control: []string{"c"},
		Facts:  map[string]truce.Values{"response": {Words: []string{"immediate"}}, "delay": {Number: &truce.Range{Low: 1, High: 2}}, "open": {}},
		Raised: []string{"self-defence"}, Conflict: []string{"by"}, Doubted: true,
		Said: []truce.Said{{Fact: "by", Value: "a", Source: "S"}}, Sources: []string{"S", "U"}, Status: "retracted",
	}
	want := truce.Report{ID: "R", Source: "S", At: "r.ndjson:1", Text: "words", Elements: []truce.Element{e}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	reports, bad := readAll(t, "r.ndjson", strings.NewReader(string(text)+"\n"), intake.Options{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	if d := cmp.Diff([]truce.Report{want}, reports); d != "" {
		t.Error(d)
	}
}

// line reads one line of JSON and gives back its elements or what is wrong.
func line(t *testing.T, name, text string) ([]truce.Element, *intake.RowError) {
	t.Helper()
	reports, bad := readAll(t, name, strings.NewReader(text+"\n"), damascus(t))
	if len(bad) > 0 {
		return nil, bad[0]
	}
	return reports[0].Elements, nil
}

func TestFriendlyJSON(t *testing.T) {
	want := truce.Element{ID: "X",
		When:  []truce.When{{From: at(t, "2016-02-27T00:00:00+02:00"), To: at(t, "2016-02-27T00:01:00+02:00")}},
		Where: []truce.Place{{Form: "disc", Lat: 36, Lon: 37, Within: 500}},
		Acts:  []string{"shelling"}, By: []string{"a", "b"}, Means: []truce.Means{{Kind: "mortar"}},
		Killed: &truce.Range{Low: 3, High: 3}, Facts: map[string]truce.Values{"notified": {Words: []string{"yes"}}, "delay": {Number: &truce.Range{Low: 3, High: 3}}}}
	for name, text := range map[string]string{
		"nested": `{"id":"X","when":{"from":"2016-02-27 00:00","zone":"Asia/Damascus"},"where":{"lat":36,"lon":37,"within":500},
			"act":"shelling","by":["a","b"],"means":"mortar","killed":3,"facts":{"notified":true,"delay":3}}`,
		"flat": `{"id":"X","from":"2016-02-27 00:00","lat":36,"lon":37,"within":500,"act":"shelling","by":"a|b","means":"mortar",
			"killed_low":3,"killed_high":3,"facts":"notified=yes; delay=3","x_own":1}`,
		"feature": `{"type":"Feature","id":"X","geometry":{"type":"Point","coordinates":[37,36]},"properties":{"within":500,"when":"2016-02-27 00:00",
			"act":"shelling","by":"a|b","means":"mortar","killed":3,"facts":{"notified":"yes","delay":3}}}`,
		"flat feature": `{"type":"Feature","id":"X","geometry":{"type":"Point","coordinates":[37,36]},"properties":{"within":500,"from":"2016-02-27 00:00",
			"act":"shelling","by":"a|b","means":"mortar","killed_low":3,"killed_high":3,"facts":"notified=yes; delay=3"}}`,
	} {
		got, bad := line(t, "r.ndjson", strings.ReplaceAll(text, "\n", ""))
		if bad != nil {
			t.Error(name, bad)
		} else if d := cmp.Diff([]truce.Element{want}, got); d != "" {
			t.Error(name, d)
		}
	}
}

func TestBadJSONRows(t *testing.T) {
	for name, c := range map[string]struct{ text, field, want string }{
		"unknown key":           {`{"id":"X","kild":3}`, "kild", `perhaps "killed"`},
		"unknown key deep":      {`{"id":"X","where":{"lat":1,"lon":2,"radius":3}}`, "where[0]", "record.md"},
		"no id":                 {`{"act":"shelling"}`, "id", "identifier"},
		"a number for an id":    {`{"id":5}`, "id", "string"},
		"naked point":           {`{"id":"X","where":{"lat":36,"lon":37}}`, "where[0].within", "radius"},
		"latitude 95":           {`{"id":"X","where":{"lat":95,"lon":37,"within":1}}`, "where[0].lat", "-90 to 90"},
		"inverted interval":     {`{"id":"X","when":[{"from":"2016-02-28","to":"2016-02-27"}]}`, "when[0].to", "not before"},
		"jumped hour":           {`{"id":"X","when":"2016-03-25 00:30"}`, "when[0].from", "jumped"},
		"no such zone":          {`{"id":"X","when":{"from":"2016-02-27","zone":"Here"}}`, "when[0].zone", "IANA"},
		"low above high":        {`{"id":"X","killed":{"low":5,"high":2}}`, "killed", "not below 5"},
		"half a range":          {`{"id":"X","killed":{"low":5}}`, "killed", "low and high"},
		"unknown act":           {`{"id":"X","act":["shelling","bombin"]}`, "act", "bombing"},
		"unknown means":         {`{"id":"X","means":[{"kind":"mortr"}]}`, "means", "mortar"},
		"open ring":             {`{"id":"X","where":{"shape":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}}}`, "where[0].shape", "closed rings"},
		"shape of a point":      {`{"id":"X","where":{"shape":{"type":"Point","coordinates":[36,37]}}}`, "where[0].shape", "LineString"},
		"two places":            {`{"id":"X","where":{"area":"SY","lat":1,"lon":1,"within":1}}`, "where[0].area", "one or the other"},
		"broken":                {`{"id":"X",}`, "", "record.md"},
		"a list":                {`[1]`, "", "JSON"},
		"two values":            {`{"id":"X"} {"id":"Y"}`, "", "record.md"},
		"second element":        {`{"id":"R","elements":[{"id":"X"},{"id":"Y","act":"x"}]}`, "elements[1].act", "tree of acts"},
		"point without within":  {`{"type":"Feature","id":"X","geometry":{"type":"Point","coordinates":[37,36]},"properties":{}}`, "within", "radius"},
		"point off the earth":   {`{"type":"Feature","id":"X","geometry":{"type":"Point","coordinates":[37,96]},"properties":{"within":1}}`, "geometry", "-90"},
		"cut, but not the last": {`{"id":"X"` + "\n" + `{"id":"Y"}`, "", "whole JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			_, bad := line(t, "r.ndjson", c.text)
			if bad == nil || bad.Line != 1 || bad.Field != c.field || !strings.Contains(bad.Want+bad.Problem.Msg, c.want) {
				t.Errorf("%+v", bad)
			}
		})
	}
}

func TestGeoJSON(t *testing.T) {
	text := `{"type":"FeatureCollection","name":"x",
"features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[37,36]},"properties":{"id":"A","within":"250","from":"2016-02-27","killed_low":null}},
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[36,36],[37,36],[37,37],[36,36]]]},"properties":{"id":"B","place":"Zone","from":""}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[37,36]},"properties":{"id":"C"}},
{"type":"Feature","geometry":null,"properties":{"id":"D"}}
]}`
	reports, bad := readAll(t, "r.geojson", strings.NewReader(text), damascus(t))
	if len(reports) != 3 || len(bad) != 1 || bad[0].Line != 5 || bad[0].Field != "within" {
		t.Fatal(reports, bad)
	}
	got := []any{reports[0].At, reports[0].Elements[0].Where, reports[1].Elements[0].Where, reports[2].Elements[0].Where}
	want := []any{"r.geojson:3", []truce.Place{{Form: "disc", Lat: 36, Lon: 37, Within: 250}},
		[]truce.Place{{Name: "Zone", Form: "shape", Shape: `{"type":"Polygon","coordinates":[[[36,36],[37,36],[37,37],[36,36]]]}`}}, []truce.Place(nil)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAFeatureWithoutEnd(t *testing.T) {
	in := `{"features":[{"id":"X","properties":{"title":"` + strings.Repeat("x", 1<<20) + `"}}]}`
	var last error
	for _, err := range intake.Read("r.geojson", strings.NewReader(in), intake.Options{MaxLine: 1 << 16}) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "too long") {
		t.Error(last)
	}
}
