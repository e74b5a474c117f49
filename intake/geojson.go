package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"truce"
)

// meter reads no more than a budget between two features and knows on which line each
// byte stood, so that one endless feature does not fill the memory.
type meter struct {
	r      io.Reader
	budget int
	breaks []int64 // offsets of line ends not yet passed
	read   int64
	line   int
}

var errBudget = errors.New("a feature is too long")

func (m *meter) Read(p []byte) (int, error) {
	if m.budget <= 0 {
		return 0, errBudget
	}
	n, err := m.r.Read(p[:min(len(p), m.budget)])
	m.budget -= n
	for i, c := range p[:n] {
		if c == '\n' {
			m.breaks = append(m.breaks, m.read+int64(i))
		}
	}
	m.read += int64(n)
	return n, err
}

// at returns the line of an offset; offsets must not decrease.
func (m *meter) at(offset int64) int {
	for len(m.breaks) > 0 && m.breaks[0] < offset {
		m.breaks = m.breaks[1:]
		m.line++
	}
	return m.line
}

// geojson yields the report of each feature of a collection.
func (f *file) geojson(b *bufio.Reader) iter.Seq2[truce.Report, error] {
	return func(yield func(truce.Report, error) bool) {
		m := &meter{r: b, budget: f.o.MaxLine, line: 1}
		d := json.NewDecoder(m)
		if err := f.features(d, m, yield); err != nil {
			yield(truce.Report{}, f.geojsonError(err, m.at(d.InputOffset())))
		}
	}
}

func (f *file) geojsonError(err error, n int) error {
	var known *truce.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, errBudget):
		return broken(f.name, n, "a feature is too long", fmt.Sprintf("at most %d bytes", f.o.MaxLine), nil)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return broken(f.name, n, "the file is cut off", "fetch the whole file again", io.ErrUnexpectedEOF)
	}
	return broken(f.name, n, "the GeoJSON cannot be read", "a FeatureCollection", err)
}

// features walks to the list of features and reads each. It returns nil when it is done
// or when the caller wants no more.
func (f *file) features(d *json.Decoder, m *meter, yield func(truce.Report, error) bool) error {
	if err := expect(d, '{'); err != nil {
		return err
	}
	found := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key != "features" {
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return err
			}
			continue
		}
		found = true
		if more, err := f.featureList(d, m, yield); err != nil || !more {
			return err
		}
	}
	if err := expect(d, '}'); err != nil {
		return err
	}
	if !found {
		return broken(f.name, 0, "the file has no features", "a GeoJSON FeatureCollection", nil)
	}
	return nil
}

func (f *file) featureList(d *json.Decoder, m *meter, yield func(truce.Report, error) bool) (more bool, err error) {
	if err := expect(d, '['); err != nil {
		return false, err
	}
	for d.More() {
		m.budget = f.o.MaxLine
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return false, err
		}
		n := m.at(d.InputOffset() - int64(len(raw)) + 1)
		if !utf8.Valid(raw) {
			return false, broken(f.name, n, "the text is not UTF-8", "save the file as UTF-8", nil)
		}
		var o object
		bad := decode(raw, &o)
		var rep truce.Report
		if bad == nil {
			rep, bad = f.feature(o, fmt.Sprintf("%s:%d", f.name, n))
		}
		if !f.yieldJSON(rep, bad, n, string(raw), yield) {
			return false, nil
		}
	}
	return true, expect(d, ']')
}

func expect(d *json.Decoder, delim json.Delim) error {
	t, err := d.Token()
	if err == nil && t != delim {
		err = fmt.Errorf("%v stands where %v was expected", t, delim)
	}
	return err
}

// feature reads a GeoJSON feature: its geometry is the place, its properties are an
// element, nested or flat.
func (f *file) feature(o object, at string) (truce.Report, *fault) {
	var g *geometry
	var props object
	if bad := firstFault(o.take("geometry", &g), o.take("properties", &props)); bad != nil {
		return truce.Report{}, bad
	}
	if props == nil {
		props = object{}
	}
	if _, ok := props["id"]; !ok && o["id"] != nil {
		id, bad := scalar(o["id"])
		if bad != nil {
			return truce.Report{}, bad.in("id")
		}
		props["id"], _ = json.Marshal(id)
	}
	where, bad := f.located(g, o["geometry"], props)
	if bad != nil {
		return truce.Report{}, bad
	}
	return f.bare(props, where, at)
}

// located turns a geometry into a place. A point needs the property within.
func (f *file) located(g *geometry, raw json.RawMessage, props object) (*truce.Place, *fault) {
	if g == nil {
		return nil, nil
	}
	if g.Type != "Point" {
		text := compact(string(bytes.TrimSpace(raw)))
		return &truce.Place{Form: truce.FormShape, Shape: text}, checkShape(text).in("geometry")
	}
	text, bad := scalar(props["within"])
	radius, ok := number(text)
	if bad != nil || !ok {
		return nil, &fault{field: "within", value: text, code: "naked-point", msg: "a point without its radius", want: wantWithin}
	}
	var at []float64
	if json.Unmarshal(g.Coordinates, &at) != nil || len(at) < 2 {
		return nil, &fault{field: "geometry", value: string(g.Coordinates), code: "bad-shape", msg: "no such position", want: "[longitude, latitude]"}
	}
	p := truce.Place{Form: truce.FormDisc, Lon: at[0], Lat: at[1], Within: radius}
	if bad := checkPlace(p); bad != nil {
		return nil, &fault{field: "geometry", value: string(g.Coordinates), code: bad.code, msg: bad.msg, want: bad.want}
	}
	return &p, nil
}
