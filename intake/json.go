package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"truce"
)

// object is a JSON object whose values have not been read yet.
type object map[string]json.RawMessage

// elementKeys are the keys of an element as JSON; see truce.Element. The last ones are ours.
func elementKeys() []string {
	return []string{"id", "incident", "title", "when", "where", "act", "by", "against", "mutual", "means", "control",
		"killed", "injured", "number", "facts", "raised", "conflict", "doubted", "said", "sources", "status",
		"source", "text", "zone", "within"}
}

// ndjson yields the report of each line.
func (f *file) ndjson(in lines) iter.Seq2[truce.Report, error] {
	return func(yield func(truce.Report, error) bool) {
		for {
			ln, err := in.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(truce.Report{}, err)
				return
			}
			if strings.TrimSpace(ln.text) == "" && !ln.long {
				continue
			}
			rep, bad := f.jsonLine(ln)
			if bad != nil && bad.code == "cut-off" && ln.last {
				yield(truce.Report{}, broken(f.name, ln.n, "the file ends in the middle of a record", "fetch the whole file again", io.ErrUnexpectedEOF))
				return
			}
			if !f.yieldJSON(rep, bad, ln.n, ln.text, yield) {
				return
			}
		}
	}
}

func (f *file) yieldJSON(rep truce.Report, bad *fault, n int, raw string, yield func(truce.Report, error) bool) bool {
	if bad == nil {
		bad = f.accept(&rep, n)
	}
	if bad != nil {
		return yield(truce.Report{}, bad.rowError(f.name, n, raw))
	}
	return yield(rep, nil)
}

// jsonLine reads a report, an element by itself, or a GeoJSON feature.
func (f *file) jsonLine(ln line) (truce.Report, *fault) {
	if ln.long {
		return truce.Report{}, tooLong(f.o.MaxLine)
	}
	var o object
	if bad := decode([]byte(ln.text), &o); bad != nil {
		return truce.Report{}, bad
	}
	at := fmt.Sprintf("%s:%d", f.name, ln.n)
	switch {
	case o["elements"] != nil:
		return f.jsonReport(o, at)
	case string(o["type"]) == `"Feature"`:
		return f.feature(o, at)
	}
	return f.bare(o, nil, at)
}

// decode reads one JSON value and nothing after it; keys that the value has no place for
// are faults.
func decode(raw []byte, into any) *fault {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("text follows the value")
		}
	}
	if err == nil {
		return nil
	}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{code: "cut-off", msg: "the JSON ends too early", want: "a whole JSON value"}
	case errors.As(err, &kind):
		return &fault{field: kind.Field, value: kind.Value, code: "bad-json", msg: "a " + kind.Value + " stands here", want: "a JSON value of type " + kind.Type.String()}
	}
	return &fault{value: clip(string(raw), 80), code: "bad-json", msg: strings.TrimPrefix(err.Error(), "json: "), want: "JSON as docs/record.md describes it"}
}

// jsonReport reads a report with its elements; it may have none, when nothing in it
// could be put as an act.
func (f *file) jsonReport(o object, at string) (truce.Report, *fault) {
	if bad := knownKeys(o, []string{"id", "source", "at", "text", "elements"}); bad != nil {
		return truce.Report{}, bad
	}
	r := truce.Report{At: at}
	var all []object
	bad := firstFault(o.take("id", &r.ID), o.take("source", &r.Source), o.take("text", &r.Text), o.take("elements", &all))
	bad = firstFault(bad, checkID(r.ID))
	for i, e := range all {
		if bad != nil {
			break
		}
		var es []truce.Element
		es, bad = f.element(e, nil)
		if bad != nil {
			bad.field = strings.TrimSuffix(fmt.Sprintf("elements[%d].%s", i, bad.field), ".")
		}
		r.Elements = append(r.Elements, es...)
	}
	return r, bad
}

// bare reads an element by itself, nested as in truce.Element or flat with the columns of
// our own layout. where, if not nil, is its place.
func (f *file) bare(o object, where *truce.Place, at string) (truce.Report, *fault) {
	if o.flat() {
		return f.flat(o, where, at)
	}
	es, bad := f.element(o, where)
	if bad != nil {
		return truce.Report{}, bad
	}
	r := truce.Report{At: at, Elements: es}
	bad = firstFault(o.take("id", &r.ID), o.take("source", &r.Source), o.take("text", &r.Text))
	if r.Source == "" {
		r.Source = strings.Join(es[0].Sources, "; ")
	}
	return r, bad
}

// flat is true where a key is a column of our own layout and no key of an element.
func (o object) flat() bool {
	for k := range o {
		if slices.Contains(Columns(), k) && !slices.Contains(elementKeys(), k) {
			return true
		}
	}
	return false
}

// flat reads an object as a row of our own layout.
func (f *file) flat(o object, where *truce.Place, at string) (truce.Report, *fault) {
	if bad := knownKeys(o, Columns()); bad != nil {
		return truce.Report{}, bad
	}
	t := taker{file: f, row: new(row)}
	for i, name := range Columns() {
		text, bad := scalar(o[name])
		if bad != nil {
			return truce.Report{}, bad.in(name)
		}
		t.row[i] = cell{text: text, field: name, value: text}
	}
	if where != nil {
		t.row[colWithin] = cell{} // it belongs to the point and is in the place already
	}
	r, bad := t.report(at)
	for i := range r.Elements {
		bad = firstFault(bad, setPlace(&r.Elements[i], where))
	}
	return r, bad
}

// setPlace gives an element the place of its geometry.
func setPlace(e *truce.Element, where *truce.Place) *fault {
	if where == nil {
		return nil
	}
	if len(e.Where) == 1 && e.Where[0].Form == truce.FormUnknown {
		where.Name = e.Where[0].Name
	} else if len(e.Where) > 0 {
		return &fault{field: "where", code: "two-places", msg: "a place besides the geometry", want: "one or the other"}
	}
	e.Where = []truce.Place{*where}
	return nil
}

// scalar turns a JSON string, number, yes or no into the text of a cell.
func scalar(raw json.RawMessage) (string, *fault) {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if len(raw) > 0 && d.Decode(&v) != nil {
		return "", wrong("bad-json", string(raw), "a text, a number, true or false")
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case json.Number:
		return v.String(), nil
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v], nil
	}
	return "", wrong("bad-json", string(raw), "a text, a number, true or false")
}

// take decodes the value of a key, if there is one.
func (o object) take(key string, into any) *fault {
	raw, ok := o[key]
	if !ok || string(raw) == "null" {
		return nil
	}
	bad := decode(raw, into)
	if bad != nil {
		bad.field = strings.TrimSuffix(key+"."+bad.field, ".")
		if bad.value == "" {
			bad.value = clip(string(raw), 80)
		}
	}
	return bad
}

// knownKeys refuses keys that mean nothing here, so that a misspelt one is not lost.
func knownKeys(o object, known []string) *fault {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if !slices.Contains(known, k) && !strings.HasPrefix(k, "x_") {
			want := "one of " + strings.Join(known, ", ")
			if near := nearest(k, known); near != "" {
				want = fmt.Sprintf("perhaps %q", near)
			}
			return &fault{field: clip(k, 60), code: "unknown-key", msg: fmt.Sprintf("no key %q is known here", clip(k, 60)), want: want}
		}
	}
	return nil
}

func firstFault(all ...*fault) *fault {
	for _, f := range all {
		if f != nil {
			return f
		}
	}
	return nil
}

// zoneOf is the zone that an object names, or the file's.
func (f *file) zoneOf(name string, otherwise *time.Location) (*time.Location, *fault) {
	if name == "" {
		return otherwise, nil
	}
	return f.clock.location(name)
}
