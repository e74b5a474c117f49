package intake_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"truce"
	"truce/intake"
)

// sound fails when what was read breaks a promise of the record.
func sound(t *testing.T, name string, in []byte, o intake.Options) {
	acts, seen := truce.Acts(), map[string]bool{}
	for r, err := range intake.Read(name, bytes.NewReader(in), o) {
		var row *intake.RowError
		if errors.As(err, &row) && (row.Line < 1 || row.Problem.Msg == "" || row.Want == "") {
			t.Fatalf("%+v says too little", row)
		}
		if err != nil {
			continue
		}
		if len(r.Elements) == 0 && o.Mapping != nil {
			t.Fatal("a report without elements:", r)
		}
		for _, e := range r.Elements {
			if e.ID == "" || seen[e.ID] {
				t.Fatalf("identifier %q", e.ID)
			}
			seen[e.ID] = true
			checkElement(t, e, acts)
		}
	}
}

func checkElement(t *testing.T, e truce.Element, acts *truce.Tree) {
	for _, w := range e.When {
		if w.To.Before(w.From) || w.From.IsZero() && w.To.IsZero() {
			t.Fatal("time", w)
		}
		if _, err := w.To.MarshalText(); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range e.Where {
		if !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && p.Within >= 0) {
			t.Fatal("place", p)
		}
	}
	for _, a := range e.Acts {
		if !acts.Has(a) {
			t.Fatal("act", a)
		}
	}
	for _, r := range []*truce.Range{e.Killed, e.Injured, e.Number} {
		if r != nil && !(r.Low >= 0 && r.Low <= r.High) {
			t.Fatal("range", *r)
		}
	}
}

func FuzzRead(f *testing.F) {
	z, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("r.csv", []byte("id,from,to,lat,lon,within,act,by,means,facts,said\nX,2016-03-25 00:30,2016-03-26,33,36,5,shelling,a + b|c,artillery(calibre=1..2)|mortar,a=1..2,place: x = y\n"))
	f.Add("r.csv", []byte("id,from,text\n1,,\"half\n2,,x\n"))
	f.Add("r.ndjson", []byte(`{"id":"X","when":{"from":"2016-02-27 00:00","precision":"month"},"where":{"lat":1,"lon":2,"within":3},"by":"a + b","facts":{"a":true,"b":[1]}}`))
	f.Add("r.ndjson", []byte(`{"id":"R","elements":[{"id":"X","where":[{"form":"sector","lat":1,"bearing":[1,2],"range":[3,4]}],"means":[{"kind":"mortar","num":{"calibre":{"low":1,"high":2}}}]}]}`))
	f.Add("r.geojson", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[37,36]},"properties":{"within":5,"from":"2016-02-27"}}]}`))
	f.Add("r.xlsx", workbook(f, []any{"id", "from"}, []any{"X", 42427.5}))
	f.Add("-", []byte("\xff\xfei\x00d\x00"))
	f.Add("-", []byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, name string, in []byte) {
		sound(t, name, in, intake.Options{Zone: z, MaxLine: 1 << 16})
	})
}

func FuzzParseMapping(f *testing.F) {
	f.Add([]byte("mapping: x\nzone: Asia/Damascus\nfields: {id: \"{id}\", from: \"{d} + 1 day\"}\ncases:\n  p:\n  - {when: {id: \"*\"}, lat: \"{d}\"}\n"), []byte("id,d\n1,2016-02-27\n"))
	f.Add([]byte("mapping: x\nfields: {id: {column: id, split: \",\", map: {a: b}, otherwise: \"{}\", each: \"{}x\", join: +}}\nsum: {total: id, parts: [d]}"), []byte("id,d\n1,2\n"))
	f.Add([]byte("mapping: x\nfields: {id: {column: id}, area: {column: d, level: 1}}"), []byte("id,d\n1,2\n"))
	f.Fuzz(func(t *testing.T, text, table []byte) {
		m, ps := intake.ParseMapping("m.yaml", text)
		if (m == nil) != (ps.Err() != nil) {
			t.Fatal("a mapping and problems, or neither")
		}
		if m != nil {
			sound(t, "r.csv", table, intake.Options{Mapping: m, MaxLine: 1 << 16})
		}
	})
}
