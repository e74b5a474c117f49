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

// Wide is the area of what may have been anywhere, or is known to a wide region alone.
const Wide = "wide"

// liesIn says whether an element lies in an area, given what in said of the area. A place that
// is known no closer than to a wide region says nothing of an area in it.
func (b *Board) liesIn(i int, area []truce.Tri) truce.Tri {
	k := b.place[i]
	if k < 0 || area[k] == truce.Unknown && b.wide(k) {
		return truce.No
	}
	return area[k]
}

// wide reports whether an extent is wider than a place that says where.
func (b *Board) wide(k int) bool {
	w, s, e, n := b.extents[k].Bounds()
	return e-w > local || n-s > local
}

// isWide is liesIn of [Wide].
func (b *Board) isWide(i int) truce.Tri { return truce.Of(b.place[i] < 0 || b.wide(b.place[i])) }

// local is how wide a place may be, in degrees, to say where; mostAreas is how many areas one is
// named after.
const (
	local     = 1.5
	mostAreas = 2
)

// nameExtents names each extent that is no area itself after the areas that it touches; one that
// lies in another of them is left out, unless the extent lies in it.
func (b *Board) nameExtents() [][]string {
	out, inner := make([][]string, len(b.extents)), b.nested()
	touched := make([][]truce.Tri, len(b.areas))
	for k, a := range b.areas {
		var err error
		if touched[k], err = b.in(a.Code); err != nil {
			return out
		}
	}
	for i, x := range b.extents {
		if b.wide(i) || areaWords.MatchString(x.String()) {
			continue
		}
		for k, a := range b.areas {
			covered := slices.ContainsFunc(inner[k], func(m int) bool { return touched[m][i] != truce.No })
			if touched[k][i] == truce.Yes || touched[k][i] == truce.Unknown && !covered {
				out[i] = append(out[i], a.Name)
			}
		}
	}
	return out
}

// nested lists for each area those that it lies in.
func (b *Board) nested() [][]int {
	out := make([][]int, len(b.areas))
	atlas := b.Sight.Result.Mission.Book.Atlas
	for k, a := range b.areas {
		x, err := atlas.Extent([]truce.Place{{Form: truce.FormArea, Area: a.Code}})
		for m, other := range b.areas {
			if zone, bad := atlas.AreaZone(other.Code); m != k && err == nil && bad == nil && a.Level < 0 && geo.Relate(x, zone) == truce.Yes {
				out[k] = append(out[k], m)
			}
		}
	}
	return out
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
