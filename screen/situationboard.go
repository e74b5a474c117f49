package screen

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"truce"
	"truce/desk"
	"truce/export"
	"truce/figures"
	"truce/geo"
)

// Board is what pages that count and list need to know of a sight, made once for all that ask
// the same of it. It is safe for concurrent use and never changed, but for what it remembers.
type Board struct {
	Sight *desk.Sight

	items   []figures.Item // in the order of the sight, all verdicts counted
	words   []string       // of each element, folded
	place   []int          // of each element: its place among extents, -1 for anywhere
	extents []geo.Extent   // distinct, as published
	parts   map[string]int // how many elements each incident has
	acts    *truce.Tree
	// What elements were, as reported: the words, for each element which set of words it has,
	// and for each word and set whether the set fits.
	actWords []string
	actSet   []int
	actFits  [][]truce.Tri
	grounds  []ground

	areas   []geo.Area
	relate  sync.Mutex
	related map[string][]truce.Tri // by code of an area: for each extent whether it lies there
	sheet   func() (*export.Sheet, error)
	around  func() [][]string // for each extent the names of the areas that it touches
}

// NewBoard prepares a sight that has a mission.
func NewBoard(s *desk.Sight) *Board {
	b := &Board{Sight: s, parts: map[string]int{}, related: map[string][]truce.Tri{}, acts: truce.Acts()}
	known := map[string]int{}
	for i := range s.Result.Elements {
		e, about := &s.Result.Elements[i], &s.About[i]
		x := figures.NewItem(e, about.First, about.Last, about.Verdicts)
		b.items, b.words = append(b.items, x), append(b.words, fold(wordsIn(e)))
		b.parts[x.Incident()]++
		b.place = append(b.place, b.placed(known, about.Extent))
	}
	for _, j := range s.Result.Judges {
		grow(b.acts, j.Agreement().Acts)
	}
	b.fitActs()
	b.areas = areasOf(s.Result.Mission.Book.Atlas)
	b.grounds = groundsOf(s.Result)
	b.sheet, b.around = sync.OnceValues(b.lay), sync.OnceValue(b.nameExtents)
	return b
}

// placed numbers an extent.
func (b *Board) placed(known map[string]int, x geo.Extent) int {
	if x.Anywhere() {
		return -1
	}
	k, had := known[x.Key()]
	if !had {
		k = len(b.extents)
		known[x.Key()], b.extents = k, append(b.extents, x)
	}
	return k
}

// fitActs holds every word for an act against every set of them.
func (b *Board) fitActs() {
	words, sets, number := map[string]bool{}, []*truce.Element{}, map[string]int{}
	for i := range b.items {
		e := b.items[i].Element
		key := strings.Join(e.Acts, "\x00")
		k, had := number[key]
		if !had {
			k = len(sets)
			number[key], sets = k, append(sets, e)
		}
		b.actSet = append(b.actSet, k)
		for _, act := range e.Acts {
			words[act] = true
		}
	}
	for i := range b.items {
		e := b.items[i].Element
		b.items[i].Stated = len(e.Acts) > 0 && fitsAct(b.acts, e, "statement") == truce.Yes
	}
	b.actWords = sortedNames(words)
	for _, word := range b.actWords {
		fits := make([]truce.Tri, len(sets))
		for k, e := range sets {
			fits[k] = fitsAct(b.acts, e, word)
		}
		b.actFits = append(b.actFits, fits)
	}
}

// grow adds an agreement's own words to a tree until no more find their parent.
func grow(t *truce.Tree, more map[string][]string) {
	for range len(more) {
		for _, parent := range sortedNames(more) {
			t.Add(parent, more[parent]...)
		}
	}
}

// areasOf are the areas that figures are given for: governorates where the mission has them,
// else its own sketches.
func areasOf(atlas *geo.Atlas) []geo.Area {
	for _, level := range []int{1, -1} {
		var out []geo.Area
		for _, code := range atlas.Codes() {
			if a, ok := atlas.Area(code); ok && a.Level == level {
				out = append(out, a)
			}
		}
		if len(out) > 1 {
			slices.SortFunc(out, func(a, b geo.Area) int { return strings.Compare(a.Name, b.Name) })
			return out
		}
	}
	return nil
}

// lay puts all places on the paper of the map.
func (b *Board) lay() (*export.Sheet, error) {
	places := make([]json.RawMessage, len(b.extents))
	for i, x := range b.extents {
		if text, ok := x.GeoJSON(); ok {
			places[i] = json.RawMessage(text)
		}
	}
	m := b.Sight.Result.Mission
	return export.NewSheet(m.Outline, m.Areas, places)
}

// in says of every extent whether it lies in an area. The area must be known.
func (b *Board) in(code string) ([]truce.Tri, error) {
	b.relate.Lock()
	defer b.relate.Unlock()
	if had := b.related[code]; had != nil {
		return had, nil
	}
	zone, err := b.Sight.Result.Mission.Book.Atlas.AreaZone(code)
	if err != nil {
		return nil, wrong("area", "there is no such area", "the code of an area of the mission's maps")
	}
	out := make([]truce.Tri, len(b.extents))
	for i, x := range b.extents {
		out[i] = geo.Relate(x, zone)
	}
	b.related[code] = out
	return out, nil
}

// liesIn says whether an element lies in an area, given what in said of the area.
func (b *Board) liesIn(i int, area []truce.Tri) truce.Tri {
	if b.place[i] < 0 {
		return truce.Unknown
	}
	return area[b.place[i]]
}

// Local is how wide a place may be, in degrees, to be named after areas; mostAreas is how many.
const (
	local     = 1.5
	mostAreas = 2
)

// nameExtents names each extent that is no area itself after the areas that it touches, the
// inner ones left out.
func (b *Board) nameExtents() [][]string {
	out := make([][]string, len(b.extents))
	for k, a := range b.areas {
		in, err := b.in(a.Code)
		if err != nil {
			continue
		}
		for i, x := range b.extents {
			w, s, e, n := x.Bounds()
			if in[i] != truce.No && e-w < local && n-s < local && !areaWords.MatchString(x.String()) && !b.within(k, in, i) {
				out[i] = append(out[i], a.Name)
			}
		}
	}
	return out
}

// within reports whether an area lies in another that an extent touches too.
func (b *Board) within(area int, in []truce.Tri, extent int) bool {
	x, err := b.Sight.Result.Mission.Book.Atlas.Extent([]truce.Place{{Form: truce.FormArea, Area: b.areas[area].Code}})
	if err != nil || in[extent] == truce.Yes {
		return false
	}
	for k, other := range b.areas {
		if k == area {
			continue
		}
		if touched, err := b.in(other.Code); err == nil && touched[extent] != truce.No && b.inner(x, other.Code) {
			return true
		}
	}
	return false
}

// inner reports whether an area lies in another.
func (b *Board) inner(x geo.Extent, code string) bool {
	zone, err := b.Sight.Result.Mission.Book.Atlas.AreaZone(code)
	return err == nil && geo.Relate(x, zone) == truce.Yes
}

// wordsIn are the words by which an element is found.
func wordsIn(e *truce.Element) string {
	out := []string{e.ID, e.Incident, e.Title}
	for _, p := range e.Where {
		out = append(out, p.Name)
	}
	for _, s := range e.Said {
		out = append(out, s.Value, s.Source)
	}
	for _, list := range [][]string{e.Acts, e.Sources, e.By, e.Against} {
		out = append(out, list...)
	}
	return strings.Join(out, "\n")
}

// fold brings words to a form in which letters with and without marks, large and small are the
// same.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Cf, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}
