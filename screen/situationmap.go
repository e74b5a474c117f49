package screen

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"truce"
	"truce/export"
	"truce/figures"
)

// Map is the drawing of where things may have been, and what an island needs to draw it
// better.
type Map struct {
	Sheet   *export.Sheet
	Drawing export.Drawing
	Grounds []MapGround
	Places  []MapPlace // those with most elements
	More    int        // places that are not listed
	// Unplaced is how many elements may have been anywhere.
	Unplaced int
	// Bounds are west, south, east and north of what the mission looks at.
	Bounds [4]float64
}

// BarY is where the scale bar lies.
func (m Map) BarY() float64 { return m.Sheet.Height - 12 }

// MapGround is ground that a clause in force speaks of, as path data.
type MapGround struct {
	Name, Agreement, Title string
	Path                   string
}

// MapPlace is a place with its numbers and the list behind them.
type MapPlace struct {
	Place PlaceWords
	figures.Interval
	Filter Filter
}

// placesListed is how many places stand in the table beside the map.
const placesListed = 12

// Map draws a selection.
func (b *Board) Map(s Selection) (Map, error) {
	sheet, err := b.sheet()
	if err != nil {
		return Map{}, err
	}
	v := Map{Sheet: sheet, Bounds: b.bounds()}
	marks, first := make([]export.Marks, len(b.extents)), make([]string, len(b.extents))
	sure := make([]int, len(b.extents))
	for i := range s.Items {
		k := b.place[s.at[i]]
		if k < 0 {
			v.Unplaced++
			continue
		}
		first[k] = cmp.Or(first[k], s.Items[i].Element.ID)
		if s.Items[i].In(s.Filter.Stretch()) == truce.Yes {
			sure[k]++
		}
		switch s.Items[i].Class() {
		case figures.Violation:
			marks[k].Violation++
		case figures.Undetermined:
			marks[k].Undetermined++
		default:
			marks[k].Other++
		}
	}
	v.Drawing = sheet.Draw(marks)
	v.list(b, s.Filter, marks, sure, first)
	return v, v.grounds(b, s.Filter.Stretch())
}

// list puts the places with most elements into a table.
func (v *Map) list(b *Board, f Filter, marks []export.Marks, sure []int, first []string) {
	var order []int
	for k := range marks {
		if marks[k].All() > 0 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return marks[y].All() - marks[x].All() })
	v.More = max(0, len(order)-placesListed)
	for _, k := range order[:len(order)-v.More] {
		one := f
		one.At = "e" + first[k]
		v.Places = append(v.Places, MapPlace{b.extentWords(k), figures.Interval{Low: sure[k], High: marks[k].All()}, one})
	}
}

// grounds draws what clauses in force speak of.
func (v *Map) grounds(b *Board, s figures.Stretch) error {
	from, to := boundsOf(b.Sight.Result.Mission, s)
	for i := range b.grounds {
		g := &b.grounds[i]
		if !g.inForce(from, to) {
			continue
		}
		path, err := v.Sheet.Path(g.Geometry)
		if err != nil {
			return err
		}
		v.Grounds = append(v.Grounds, MapGround{g.Name, g.Agreement, g.Title, path})
	}
	return nil
}

// bounds are those of the mission's outline, else of what is seen.
func (b *Board) bounds() [4]float64 {
	if box, ok := outlineBounds(b.Sight.Result.Mission.Outline); ok {
		return box
	}
	out := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, x := range b.extents {
		w, s, e, n := x.Bounds()
		out = [4]float64{min(out[0], w), min(out[1], s), max(out[2], e), max(out[3], n)}
	}
	if out[0] > out[2] {
		return [4]float64{-170, -60, 170, 75}
	}
	return out
}

// outlineBounds is the box around a GeoJSON text.
func outlineBounds(text []byte) ([4]float64, bool) {
	var any any
	out := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	if len(text) == 0 || json.Unmarshal(text, &any) != nil {
		return out, false
	}
	widen(any, &out)
	return out, out[0] <= out[2]
}

// widen takes every position below a JSON value into a box.
func widen(v any, box *[4]float64) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if name != "properties" {
				widen(x, box)
			}
		}
	case []any:
		if len(v) >= 2 {
			x, isX := v[0].(float64)
			y, isY := v[1].(float64)
			if isX && isY {
				*box = [4]float64{min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)}
				return
			}
		}
		for _, x := range v {
			widen(x, box)
		}
	}
}

// sharing are the elements that share the published place of one of them; nil where that is
// not known.
func (b *Board) sharing(id string) []string {
	i, ok := b.Sight.Find(id)
	if !ok || b.place[i] < 0 {
		return nil
	}
	var out []string
	for k := range b.items {
		if b.place[k] == b.place[i] {
			out = append(out, b.items[k].Element.ID)
		}
	}
	return out
}

// MapConfig is what the map's island reads.
type MapConfig struct {
	Base     string            `json:"base"`
	Tiles    string            `json:"tiles"`
	Areas    string            `json:"areas"`
	Bounds   [4]float64        `json:"bounds"`
	Lang     Lang              `json:"lang"`
	Locale   string            `json:"locale"`
	List     string            `json:"list"`
	Incident string            `json:"incident"`
	Words    map[string]string `json:"words"`
}

// mapWords are the names of the words that the island speaks.
func mapWords() []string {
	return []string{"title", "controls", "closer", "farther", "north", "south", "east", "west", "home", "credit", "hint", "here", "violation",
		"undetermined", "noViolation", "unjudged", "circle", "extent", "list", "close", "none", "noWebgl", "failed", "ctrl", "fingers"}
}

// Island is what the map's island reads of a filter's map.
func (f Frame) Island(x Filter, bounds [4]float64, credit string) (MapConfig, error) {
	list := x
	list.At = "" // the island asks for places itself
	out := MapConfig{Base: "/base/{z}/{x}/{y}", Tiles: f.Select("/tiles/{z}/{x}/{y}", x), Areas: f.Select("/areas.geojson", Filter{From: x.From, To: x.To}),
		Bounds: bounds, Lang: f.Lang(), Locale: string(f.Lang()) + "-u-nu-latn", List: f.Select("/incidents", list), Incident: f.To("/incidents/{id}"), Words: map[string]string{}}
	for _, name := range mapWords() {
		var err error
		if out.Words[name], err = f.words.T("map." + name); err != nil {
			return out, err
		}
	}
	out.Words["credit"] = credit
	return out, nil
}

// Placed calls a function with every selected element that has a place: where it stands in the
// sight, and its class.
func (s *Selection) Placed(b *Board, do func(at int, class figures.Class)) {
	for i := range s.Items {
		if b.place[s.at[i]] >= 0 {
			do(s.at[i], s.Items[i].Class())
		}
	}
}
