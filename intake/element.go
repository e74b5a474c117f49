package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"truce"
)

// element reads an element as JSON. A joint list of acts, actors or targets makes several.
func (f *file) element(o object, where *truce.Place) ([]truce.Element, *fault) {
	if bad := knownKeys(o, elementKeys()); bad != nil {
		return nil, bad
	}
	j := jsonElement{file: f, o: o}
	e := truce.Element{}
	j.text("id", &e.ID)
	j.text("incident", &e.Incident)
	j.text("title", &e.Title)
	j.text("status", &e.Status)
	j.fail("", checkID(e.ID))
	j.fail("status", checkStatus(e.Status))
	j.fail("mutual", o.take("mutual", &e.Mutual))
	j.fail("doubted", o.take("doubted", &e.Doubted))
	j.fail("said", o.take("said", &e.Said))
	e.When = j.whens()
	e.Where = j.places()
	j.fail("where", setPlace(&e, where))
	e.Killed, e.Injured, e.Number = j.counted("killed"), j.counted("injured"), j.counted("number")
	e.Means = j.means()
	e.Facts = j.facts()
	e.Raised, e.Conflict, e.Sources = flatten(j.words("raised", ";")), flatten(j.words("conflict", ";")), flatten(j.words("sources", ";"))
	if e.Sources == nil {
		e.Sources = flatten(j.words("source", ";"))
	}
	t := taker{file: f, row: new(row)}
	e.Control = t.actors(flatten(j.words("control", "|")), start(e))
	out := t.expand(e, j.words("act", ""), j.words("by", ""), j.words("against", ""))
	return out, firstFault(j.f, t.f)
}

// jsonElement reads the values of an object one by one and keeps the first fault.
type jsonElement struct {
	*file
	o object
	f *fault
}

func (j *jsonElement) fail(field string, f *fault) {
	if f != nil && j.f == nil {
		j.f = f.in(field)
	}
}

func (j *jsonElement) text(key string, into *string) { j.fail(key, j.o.take(key, into)) }

// many decodes a list, or one value as a list of one.
func (j *jsonElement) many(key string) []json.RawMessage {
	raw := bytes.TrimSpace(j.o[key])
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '[' {
		return []json.RawMessage{raw}
	}
	var all []json.RawMessage
	j.fail(key, decode(raw, &all))
	return all
}

// words reads a list of words: candidates. A text is read as in CSV: split at sep, or
// where sep is empty "a + b|c" for joint lists of candidates.
func (j *jsonElement) words(key, sep string) [][]string {
	raw := bytes.TrimSpace(j.o[key])
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		j.text(key, &s)
		if sep == "" {
			return together(s)
		}
		return [][]string{list(s, sep)}
	}
	var all []string
	j.fail(key, j.o.take(key, &all))
	var out []string
	for _, w := range all {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	if out == nil {
		return nil
	}
	return [][]string{out}
}

func flatten(lists [][]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// whens reads times, each {"from", "to", "lasts", "zone", "precision"} or a text, which is
// a lone from.
func (j *jsonElement) whens() []truce.When {
	var zone string
	j.text("zone", &zone)
	home, bad := j.zoneOf(zone, j.clock.zone)
	j.fail("zone", bad)
	var out []truce.When
	for i, raw := range j.many("when") {
		field := fmt.Sprintf("when[%d]", i)
		var w struct {
			From, To, Zone, Precision string
			Lasts                     bool
		}
		if raw[0] == '"' {
			j.fail(field, decode(raw, &w.From))
		} else if bad := decode(raw, &w); bad != nil {
			bad.field = strings.TrimSuffix(field+"."+bad.field, ".")
			j.fail(field, bad)
		}
		at, bad := j.zoneOf(w.Zone, home)
		j.fail(field+".zone", bad)
		if j.f != nil {
			return nil
		}
		out = append(out, j.span(field, w.From, w.To, w.Precision, w.Lasts, at)...)
	}
	return out
}

func (j *jsonElement) span(field, from, to, precision string, lasts bool, zone *time.Location) []truce.When {
	if from == "" {
		j.fail(field+".from", &fault{code: "no-start", msg: "a time without a start", want: "from; leave when out where nobody knows"})
		return nil
	}
	ws, c, bad := j.clock.spans(from, to, precision, zone)
	if bad != nil {
		if bad.field == "" {
			bad.field = Columns()[c]
		}
		if bad.value == "" {
			bad.value = from
		}
		bad.field = field + "." + bad.field
		j.fail(field, bad)
	}
	for i := range ws {
		ws[i].Lasts = lasts
	}
	return ws
}

// jsonPlace is a place as JSON, in which what is left out can be told from zero.
type jsonPlace struct {
	Name, Area, Form string
	Lat, Lon, Within *float64
	Bearing, Range   *[2]float64
	Shape            json.RawMessage
}

func (j *jsonElement) places() []truce.Place {
	var out []truce.Place
	for i, raw := range j.many("where") {
		var p jsonPlace
		bad := decode(raw, &p)
		var place truce.Place
		if bad == nil {
			place, bad = p.place()
		}
		if bad != nil {
			bad.field = strings.TrimSuffix(fmt.Sprintf("where[%d].%s", i, bad.field), ".")
			j.fail("where", bad)
			return nil
		}
		out = append(out, place)
	}
	return out
}

// place takes the form as given or tells it from what is there. A form that is given may
// leave out zeros; without one lat, lon and within must all be there.
func (p jsonPlace) place() (truce.Place, *fault) {
	out := truce.Place{Name: p.Name, Area: p.Area, Form: p.Form}
	round := p.Lat != nil || p.Lon != nil || p.Within != nil || p.Bearing != nil || p.Range != nil
	switch {
	case len(p.Shape) > 0 && string(p.Shape) != "null":
		return p.shape(out, round || p.Form != "" && p.Form != truce.FormShape)
	case p.Form == "" && round:
		out.Form = truce.FormDisc
		if p.Bearing != nil || p.Range != nil {
			out.Form = truce.FormSector
		}
		if p.Lat == nil || p.Lon == nil || p.Within == nil && out.Form == truce.FormDisc {
			return out, &fault{field: "within", code: "naked-point", msg: "a position without its radius, or without lat or lon", want: wantWithin}
		}
	case p.Form == "" && p.Area != "":
		out.Form = truce.FormArea
	}
	if round && (out.Form == truce.FormArea || p.Area != "") {
		return out, &fault{field: "area", value: p.Area, code: "two-places", msg: "an area and a position", want: "one or the other"}
	}
	return p.fill(out)
}

func (p jsonPlace) fill(out truce.Place) (truce.Place, *fault) {
	for _, x := range []struct{ from, to *float64 }{{p.Lat, &out.Lat}, {p.Lon, &out.Lon}, {p.Within, &out.Within}} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	if p.Bearing != nil {
		out.Bearing = *p.Bearing
	}
	if p.Range != nil {
		out.Range = *p.Range
	}
	bad := checkPlace(out)
	if bad != nil && bad.value == "" {
		bad.value = p.value(bad.field)
	}
	return out, bad
}

// value writes the number at fault.
func (p jsonPlace) value(field string) string {
	x := map[string]*float64{"lat": p.Lat, "lon": p.Lon, "within": p.Within}[field]
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', -1, 64)
}

// shape reads a geometry, given as an object or as text.
func (p jsonPlace) shape(out truce.Place, other bool) (truce.Place, *fault) {
	if other || p.Area != "" {
		return out, &fault{field: "shape", code: "two-places", msg: "a shape and another place", want: "one or the other"}
	}
	text := string(p.Shape)
	if text[0] == '"' {
		if bad := decode(p.Shape, &text); bad != nil {
			return out, bad.in("shape")
		}
	}
	out.Form, out.Shape = truce.FormShape, compact(text)
	return out, checkShape(out.Shape)
}

func compact(text string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return text
	}
	return b.String()
}

// counted reads {"low", "high"} or one number.
func (j *jsonElement) counted(key string) *truce.Range {
	raw := bytes.TrimSpace(j.o[key])
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var r truce.Range
	var ends struct{ Low, High *float64 }
	var bad *fault
	if raw[0] == '{' {
		if bad = decode(raw, &ends); bad == nil && (ends.Low == nil || ends.High == nil) {
			bad = &fault{code: "half-a-range", value: string(raw), msg: "only one end of the range is given", want: "low and high"}
		}
	} else {
		bad = decode(raw, &ends.Low)
		ends.High = ends.Low
	}
	if bad == nil {
		r = truce.Range{Low: *ends.Low, High: *ends.High}
		bad = checkCount(key, r, string(raw))
	}
	j.fail(key, bad)
	return &r
}

func checkCount(key string, r truce.Range, raw string) *fault {
	read := people
	if key == "number" {
		read = amount
	}
	_, low := read(strconv.FormatFloat(r.Low, 'f', -1, 64))
	_, high := read(strconv.FormatFloat(r.High, 'f', -1, 64))
	return firstFault(low, high, ordered(r, key, raw))
}

// means reads a text as in CSV, or a list of {"kind", "num"}.
func (j *jsonElement) means() []truce.Means {
	raw := bytes.TrimSpace(j.o["means"])
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		j.text("means", &s)
		out, bad := means(s, j.file.means)
		j.fail("means", bad)
		return out
	}
	var out []truce.Means
	j.fail("means", j.o.take("means", &out))
	for _, m := range out {
		j.fail("means", known(j.file.means, m.Kind, "means"))
		for name, r := range m.Num {
			j.fail("means", ordered(r, "means", name))
		}
	}
	return out
}

// facts reads a text as in CSV, or an object whose values are truce.Values, texts, numbers,
// lists of words, true or false.
func (j *jsonElement) facts() map[string]truce.Values {
	raw := bytes.TrimSpace(j.o["facts"])
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		j.text("facts", &s)
		out, bad := facts(s)
		j.fail("facts", bad)
		return out
	}
	var all object
	j.fail("facts", j.o.take("facts", &all))
	var out map[string]truce.Values
	for name, raw := range all {
		v, bad := factJSON(raw)
		if bad != nil {
			bad.field = "facts." + name
			j.fail("facts", bad)
		}
		if out == nil {
			out = map[string]truce.Values{}
		}
		out[name] = v
	}
	return out
}

func factJSON(raw json.RawMessage) (truce.Values, *fault) {
	var v truce.Values
	switch raw[0] {
	case '{':
		if bad := decode(raw, &v); bad != nil || v.Number == nil {
			return v, bad
		}
		return v, ordered(*v.Number, "", string(raw))
	case '[':
		return v, decode(raw, &v.Words)
	}
	text, bad := scalar(raw)
	if bad != nil {
		return v, bad
	}
	return fact(text)
}
