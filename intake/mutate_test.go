package intake_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"truce"
	"truce/intake"
)

// Ten thousand damaged record files: bytes flipped, pieces cut out, lines swapped, files
// cut in the middle. Nothing may panic, and every refusal must name the file, its line
// where it is about a row, and what was expected.
func TestTenThousandDamagedRecords(t *testing.T) {
	files := []struct {
		name string
		text string
	}{
		{"r.csv", "id,from,to,lat,lon,within,act,by,against,means,killed_low,killed_high,facts,source\n" +
			"R1,2016-03-02 14:10,,33.05,36.05,80,shelling,army,rebels,artillery(calibre=100..152)|mortar,2,4,response=immediate; notified=yes,\"a council, by phone\"\n" +
			"R2,2016-03-02,2016-03-05,,,,air-strike,army|allies,,,,,,\n" +
			"R3,2016-03-24,,33,36,5000,attack,a + b,c,,,,,\"two\nlines\"\n"},
		{"r.ndjson", `{"id":"X","when":{"from":"2016-02-27 00:00","precision":"day"},"where":{"lat":1,"lon":2,"within":3},"act":"shelling","by":"a + b","facts":{"a":true}}` + "\n" +
			`{"id":"R","elements":[{"id":"Y","act":["attack"],"killed":{"low":1,"high":2}}]}` + "\n"},
		{"r.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[37,36]},"properties":{"within":5,"from":"2016-02-27","act":"shelling"}}` + ",\n" +
			`{"type":"Feature","id":2,"geometry":{"type":"Polygon","coordinates":[[[36,33],[37,33],[37,34],[36,33]]]},"properties":{"from":"2016-02-28"}}]}`},
	}
	n := 10_000
	if testing.Short() {
		n = 1_000
	}
	o := damascus(t)
	o.MaxLine = 1 << 16
	rnd := rand.New(rand.NewPCG(5, 8))
	refused := 0
	for i := range n {
		f := files[i%len(files)]
		refused += checkDamaged(t, f.name, damage(rnd, []byte(f.text)), o)
	}
	if refused < n/4 {
		t.Errorf("only %d of %d files had anything refused: the damage is too mild to tell", refused, n)
	}
}

// checkDamaged reads one file and returns 1 if anything in it was refused.
func checkDamaged(t *testing.T, name string, text []byte, o intake.Options) int {
	t.Helper()
	sound(t, name, text, o)
	refused := 0
	for _, err := range intake.Read(name, bytes.NewReader(text), o) {
		if err == nil {
			continue
		}
		refused = 1
		var row *intake.RowError
		var whole *truce.Error
		switch {
		case errors.As(err, &row):
			if row.Line < 1 || row.Want == "" || row.Problem.File != name || row.Problem.Code == "" {
				t.Fatalf("%q\n%+v says too little", text, row)
			}
		case errors.As(err, &whole):
			if whole.At == "" || whole.Msg == "" {
				t.Fatalf("%q\n%+v says too little", text, whole)
			}
		default:
			t.Fatalf("%q\n%T %v is an error of another kind", text, err, err)
		}
	}
	return refused
}

// damage changes a text in one to three ways.
func damage(r *rand.Rand, text []byte) []byte {
	for range 1 + r.IntN(3) {
		if len(text) < 4 {
			return text
		}
		at := r.IntN(len(text))
		switch r.IntN(5) {
		case 0:
			text[at] ^= 1 << r.IntN(8)
		case 1:
			text = text[:at]
		case 2:
			text = slices.Delete(text, at, min(len(text), at+1+r.IntN(12)))
		case 3:
			piece := slices.Clone(text[at:min(len(text), at+1+r.IntN(30))])
			text = slices.Insert(text, r.IntN(len(text)), piece...)
		default:
			lines := bytes.SplitAfter(text, []byte("\n"))
			a, b := r.IntN(len(lines)), r.IntN(len(lines))
			lines[a], lines[b] = lines[b], lines[a]
			text = bytes.Join(lines, nil)
		}
	}
	return text
}
