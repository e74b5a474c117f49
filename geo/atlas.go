package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"truce"
)

// Atlas holds named areas from boundary files. Load all files before it is used by
// several goroutines.
type Atlas struct {
	areas map[string]*entry
}

// Area is a named area.
type Area struct {
	Code  string   // such as "SY0309"
	Name  string   // the first of Names
	Names []string // in every language of the file
	// Level is 0 for a country, 1 for a governorate, 2 for a district, 3 for a
	// subdistrict; -1 when the file does not say.
	Level  int
	Parent string // the code of the area of the next higher level, or ""
}

// entry is an area with its ground.
type entry struct {
	Area
	polygon *polygon
	piece   *piece
	words   []word // its names, for Find
	at      string // file and line
}

// String returns "Darayya (SY0309)".
func (e *entry) String() string {
	if e.Name == "" {
		return e.Code
	}
	return e.Name + " (" + e.Code + ")"
}

// NewAtlas returns an atlas without areas.
func NewAtlas() *Atlas { return &Atlas{areas: map[string]*entry{}} }

// Area returns the area with a code.
func (a *Atlas) Area(code string) (Area, bool) {
	e, ok := a.areas[code]
	if !ok {
		return Area{}, false
	}
	return e.Area, true
}

// Codes returns the codes of all areas, sorted.
func (a *Atlas) Codes() []string { return slices.Sorted(maps.Keys(a.areas)) }

// unknown is the error for a code that no file has.
func (a *Atlas) unknown(code string) error {
	return &truce.Error{Kind: truce.Absent, At: code, Msg: "no boundary file has an area with this code",
		Hint: fmt.Sprintf("one of %d codes", len(a.areas))}
}

// Load adds the areas of a GeoJSON FeatureCollection. Name is the file's name, for
// messages. An area's code is the property admN_pcode with the greatest N, or else
// "code", "id" or the id of the feature; its names are the properties that start with
// admN_name or name. All problems are reported, as truce.Problems, and then nothing is
// added.
func (a *Atlas) Load(name string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: name, Msg: "could not be read", Err: err}
	}
	features, prob := featuresOf(bytes.TrimPrefix(data, []byte("\ufeff")))
	if prob != nil {
		prob.File = name
		return truce.Problems{*prob}
	}
	var probs truce.Problems
	fresh := map[string]*entry{}
	for i, f := range features {
		e, p := f.entry()
		if p == nil {
			p = a.duplicate(e, fresh)
		}
		if p != nil {
			p.File, p.Line = name, f.line
			p.Field = fmt.Sprintf("feature %d", i+1)
			if e.Code != "" {
				p.Field += " (" + e.Code + ")"
			}
			probs = append(probs, *p)
			continue
		}
		e.at = fmt.Sprintf("%s:%d", name, f.line)
		fresh[e.Code] = e
	}
	if err := probs.Err(); err != nil {
		return err
	}
	maps.Copy(a.areas, fresh)
	return nil
}

// duplicate is the problem of a code that is there already, or nil.
func (a *Atlas) duplicate(e *entry, fresh map[string]*entry) *truce.Problem {
	o := a.areas[e.Code]
	if o == nil {
		o = fresh[e.Code]
	}
	if o == nil {
		return nil
	}
	return &truce.Problem{Code: "duplicate-code", Msg: "the code is also at " + o.at,
		Want: "a code of its own for each area", Value: e.Code}
}

// feature is one feature of a file, as it stands there.
type feature struct {
	ID         any             `json:"id"`
	Properties map[string]any  `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
	line       int
}

// featuresOf takes a FeatureCollection apart.
func featuresOf(data []byte) ([]feature, *truce.Problem) {
	if p := jsonProblem(data); p != nil {
		return nil, p
	}
	var kind struct {
		Type     string          `json:"type"`
		Features json.RawMessage `json:"features"`
	}
	if json.Unmarshal(data, &kind) != nil || kind.Type != "FeatureCollection" || len(kind.Features) == 0 {
		return nil, &truce.Problem{Code: "json", Line: 1, Msg: "is no FeatureCollection", Want: "a GeoJSON FeatureCollection", Value: kind.Type}
	}
	start := bytes.LastIndex(data, kind.Features)
	dec := json.NewDecoder(bytes.NewReader(kind.Features))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, &truce.Problem{Code: "json", Line: 1, Msg: "features is no list", Want: "a list of features"}
	}
	var out []feature
	line, seen := 1, 0
	for dec.More() {
		var f feature
		from := start + int(dec.InputOffset())
		from += len(data[from:]) - len(bytes.TrimLeft(data[from:], ", \t\r\n"))
		line += bytes.Count(data[seen:from], []byte("\n"))
		seen = from
		if err := dec.Decode(&f); err != nil {
			return nil, &truce.Problem{Code: "json", Line: line, Field: fmt.Sprintf("feature %d", len(out)+1), Msg: err.Error(), Want: "a GeoJSON feature"}
		}
		f.line = line
		out = append(out, f)
	}
	return out, nil
}

// entry checks a feature and makes an area of it. With a problem, the entry holds what
// is known of it.
func (f feature) entry() (*entry, *truce.Problem) {
	e := &entry{Area: Area{Level: -1}}
	f.label(&e.Area)
	if e.Code == "" {
		return e, &truce.Problem{Code: "no-code", Msg: "the area has no code", Want: "a property admN_pcode, code or id"}
	}
	g, p := readGeometry(f.Geometry)
	if p != nil {
		return e, p
	}
	if e.polygon, p = readPolygon(g); p != nil {
		return e, p
	}
	e.piece = polygonPiece(e.String(), e.polygon)
	e.piece.area = e
	e.words = wordsOf(e.Names)
	return e, nil
}

// label fills in the area's code, level, parent and names.
func (f feature) label(a *Area) {
	prefix := ""
	for n := 5; n >= 0 && a.Level < 0; n-- {
		prefix = "adm" + strconv.Itoa(n)
		if code := f.text(prefix + "_pcode"); code != "" {
			a.Code, a.Level = code, n
		}
	}
	for n := a.Level - 1; n >= 0 && a.Parent == ""; n-- {
		a.Parent = f.text("adm" + strconv.Itoa(n) + "_pcode")
	}
	for _, v := range []string{f.text("code"), f.text("id"), plain(f.ID)} {
		if a.Code == "" {
			a.Code = v
		}
	}
	for _, k := range slices.Sorted(maps.Keys(f.Properties)) {
		own := a.Level >= 0 && (strings.HasPrefix(k, prefix+"_name") || k == prefix+"_en" || k == prefix+"_ar")
		if v := f.text(k); v != "" && (own || strings.HasPrefix(k, "name")) && !slices.Contains(a.Names, v) {
			a.Names = append(a.Names, v)
		}
	}
	if len(a.Names) > 0 {
		a.Name = a.Names[0]
	}
}

// text returns a property as trimmed text, or "".
func (f feature) text(key string) string { return plain(f.Properties[key]) }

// plain returns a string or a number as text, anything else as "".
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return number(v)
	}
	return ""
}
