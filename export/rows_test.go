package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
)

func two() []truce.Verdict {
	at := time.Date(2016, 9, 12, 19, 0, 0, 0, time.FixedZone("", 3*3600))
	return []truce.Verdict{
		{Agreement: "sy-coh", Version: "9c41", Clause: "O2", Cite: "annex, paragraph 1", Element: "e1", State: "ab12",
			Outcome: truce.Violation, Code: "V-NOATTR", Codes: []string{"V-NOATTR"}, Rests: []string{"act", "when"}, Could: []string{"army", "militia"}},
		{Agreement: "sy-coh", Version: "9c41", Clause: "N1", Element: "=e2", State: "cd34", Outcome: truce.Undetermined, Code: "UD-TIME", Codes: []string{"UD-TIME", "UD-ACTOR"},
			Settle:   []truce.Settle{{Facts: []string{"when", "by"}, Always: true}},
			Readings: []truce.Reading{{Name: "elapsed", Outcome: truce.Violation, Code: "V"}},
			Parts:    []truce.Part{{From: at, To: at.Add(time.Hour), Outcome: truce.Violation}}, Notes: []string{"said \"calm\", then fire\nresumed"}},
	}
}

// golden compares with a file that was written by hand and is read as prose in review.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), strings.ReplaceAll(string(got), "\r\n", "\n")); d != "" {
		t.Error(d)
	}
}

func TestCSV(t *testing.T) {
	var plain, tagged bytes.Buffer
	if err := CSV(&plain, slices.Values(two())); err != nil {
		t.Fatal(err)
	}
	if err := TaggedCSV(&tagged, slices.Values(two())); err != nil {
		t.Fatal(err)
	}
	golden(t, "verdicts.csv", plain.Bytes())
	if n := bytes.Count(plain.Bytes(), []byte("\r\n")); n != 4 { // header, two rows, one line end inside a cell
		t.Errorf("%d line ends of RFC 4180, want 4", n)
	}
	rows, err := csv.NewReader(&tagged).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[1][4] != "#event+id" || len(rows[1]) != len(rows[0]) {
		t.Errorf("no row of hashtags under the header: %v", rows)
	}
}

func TestInertCell(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"formula", "=HYPERLINK(1)", "'=HYPERLINK(1)"},
		{"plus", "+1", "'+1"},
		{"minus", "-1", "'-1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\t=1", "'\t=1"},
		{"carriage return", "\r=1", "'\r=1"},
		{"blank before", "  =1", "'  =1"},
		{"full width", "＝1", "'＝1"},
		{"inside a word", "O2-north", "O2-north"},
		{"apostrophe already", "'=1", "'=1"},
		{"empty", "", ""},
		{"arabic", "داريا", "داريا"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Inert(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, slices.Values(two())); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for 2 verdicts", len(lines))
	}
	for i, l := range lines {
		var back truce.Verdict
		if err := json.Unmarshal([]byte(l), &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(two()[i], back); d != "" {
			t.Error(d)
		}
	}
}

func TestGeoJSON(t *testing.T) {
	var b bytes.Buffer
	c := Check{Elements: []Row{
		{ID: "e1", Title: "Shelling <1>", When: "2016-09-14", Where: "Daraya", Precision: "settlement",
			Geometry: json.RawMessage("{\"type\":\"Polygon\", \"coordinates\":[[[36.2,33.4],[36.3,33.4],\n[36.3,33.5],[36.2,33.4]]]}"), Verdicts: two()},
		{ID: "e2", Title: "Clash", Verdicts: []truce.Verdict{{Outcome: truce.NoViolation}}},
	}}
	if err := GeoJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	golden(t, "acts.geojson", b.Bytes())
}

func TestGeoJSONRefuses(t *testing.T) {
	for _, c := range []struct{ name, geometry string }{
		{"no JSON", `{"type":`},
		{"unknown type", `{"type":"Circle","coordinates":[1,2]}`},
		{"coordinates of another type", `{"type":"Polygon","coordinates":[1,2]}`},
		{"latitude first", `{"type":"Point","coordinates":[33.4,136.2]}`},
		{"one number", `{"type":"Point","coordinates":[33.4]}`},
		{"deep collections", strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 12) + strings.Repeat(`]}`, 12)},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := Check{Elements: []Row{{ID: "e7", Geometry: json.RawMessage(c.geometry)}}}
			for _, err := range []error{GeoJSON(&bytes.Buffer{}, bad), Page(&bytes.Buffer{}, bad)} {
				e, ok := err.(*truce.Error)
				if !ok || e.Kind != truce.Invalid || e.At != "e7" {
					t.Errorf("got %v, want kind invalid at e7", err)
				}
			}
		})
	}
}
