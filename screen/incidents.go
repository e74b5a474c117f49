package screen

import (
	"cmp"
	"slices"
	"strings"

	"truce"
	"truce/figures"
)

// IncidentList is a page of incidents, with what was selected of each.
type IncidentList struct {
	Filter Filter
	// Chosen are the parts of the filter, each with the filter without it.
	Chosen []Chosen
	// Figures are those of all that is selected, not of this page alone.
	Figures figures.Figures
	// All is how many incidents may be seen at all.
	All                     int
	Lines                   []IncidentLine
	First, Last             int    // of the lines among all selected, from 1
	State                   string // how many entries the list is made from
	Next                    *Filter
	Agreements, Areas, Acts []Choice
	Undated                 *Filter // those with no one known day
	Possible                int     // how many incidents only possibly fit
}

// IncidentLine is one incident of a list.
type IncidentLine struct {
	ID, Title string
	// First and Last are the days between which the selected elements lie; empty where nobody
	// knows.
	First, Last string
	// Perhaps says that it only possibly fits what was asked.
	Perhaps bool
	Places  []PlaceWords
	// Marks are what the agreements say that find a violation, or leave it open.
	Marks []Judged
	// Class is the gravest, Elements how many are selected, Of how many the incident has.
	Class           string
	Elements, Of    int
	Killed, Injured *truce.Range
}

// Judged is an outcome with the agreements under which it is the gravest.
type Judged struct {
	Outcome    string
	Agreements []Choice
	More       int // agreements that are not named
}

// named is how many agreements a line names under one outcome.
const named = 3

// PlaceWords is a place as published, in geo's words, empty for anywhere, and the areas of the
// mission that it touches.
type PlaceWords struct {
	Text  string
	Areas []string
}

// Chosen is one part of a filter in words.
type Chosen struct {
	Name, Value string
	Day         bool // the value is a day
	Without     Filter
}

// Choice is a value that a filter can have.
type Choice struct {
	Value, Text string
	Now         bool
}

// linesAPage is how many incidents a page of the list has.
const linesAPage = 50

// NewIncidentList lists what a filter selects, grouped by incident, newest first.
func NewIncidentList(b *Board, f Filter, found Found) (IncidentList, error) {
	s, err := b.Select(f, found)
	if err != nil {
		return IncidentList{}, err
	}
	v := IncidentList{Filter: f, All: len(b.parts), Figures: figures.Count(s.Items, f.Stretch()), Chosen: chosen(b, f)}
	v.Agreements, v.Areas, v.Acts = b.choices(f)
	groups := s.grouped()
	from := 0
	if f.After != "" {
		at := slices.IndexFunc(groups, func(g group) bool { return g.id == f.After })
		if at < 0 {
			return v, wrong("after", "no such place in this list", "the link at the end of a page")
		}
		from = at + 1
	}
	to := min(len(groups), from+linesAPage)
	for _, g := range groups[from:to] {
		v.Lines = append(v.Lines, b.line(&s, g))
	}
	v.First, v.Last = from+1, to
	if to < len(groups) {
		next := f
		next.After = groups[to-1].id
		v.Next = &next
	}
	if f.Undated = true; v.Figures.Undated > 0 && !v.Filter.Undated {
		f.After = ""
		v.Undated = &f
	}
	v.Possible = v.Figures.Incidents.High - v.Figures.Incidents.Low
	return v, nil
}

// Kept are the values of the filter that the form does not show, with their names.
func (v IncidentList) Kept() [][2]string {
	q := v.Filter.Query()
	var out [][2]string
	for _, name := range []string{"actor", "alone", "at", "code", "ids", "incident", "injured", "killed", "mark", "undated", "want"} {
		if q.Get(name) != "" {
			out = append(out, [2]string{name, q.Get(name)})
		}
	}
	return out
}

// group is the selected elements of one incident, by their place in the selection.
type group struct {
	id          string
	first, last string
	items       []int
}

// grouped puts the selected elements together by incident: newest first, or oldest first. What
// has no known day stands last, and what is known to a long time only after what is known better.
func (s *Selection) grouped() []group {
	at := map[string]int{}
	var out []group
	for i := range s.Items {
		x := &s.Items[i]
		k, had := at[x.Incident()]
		if !had {
			k = len(out)
			at[x.Incident()] = k
			out = append(out, group{id: x.Incident()})
		}
		g := &out[k]
		g.items = append(g.items, i)
		if x.First != "" && (g.first == "" || x.First < g.first) {
			g.first = x.First
		}
		g.last = max(g.last, x.Last)
	}
	slices.SortFunc(out, func(a, b group) int {
		if (a.last == "") != (b.last == "") {
			return cmp.Compare(b.last, a.last)
		}
		by := cmp.Or(cmp.Compare(b.first, a.first), cmp.Compare(b.last, a.last), strings.Compare(b.id, a.id))
		if s.Filter.Oldest {
			by = cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.first, b.first), strings.Compare(a.id, b.id))
		}
		return by
	})
	return out
}

// line says in short what is known of an incident.
func (b *Board) line(s *Selection, g group) IncidentLine {
	out := IncidentLine{ID: g.id, First: g.first, Last: g.last, Elements: len(g.items), Of: b.parts[g.id], Perhaps: true}
	class := len(figures.Classes())
	worst := map[string]int{}
	for _, i := range g.items {
		x := &s.Items[i]
		about := &b.Sight.About[s.at[i]]
		out.Title = cmp.Or(out.Title, x.Element.Title)
		out.Perhaps = out.Perhaps && x.In(s.Filter.Stretch()) != truce.Yes
		where := b.placeWords(s.at[i])
		if !slices.ContainsFunc(out.Places, func(p PlaceWords) bool { return p.Text == where.Text }) {
			out.Places = append(out.Places, where)
		}
		class = min(class, place(x.Class()))
		out.Killed, out.Injured = wider(out.Killed, x.Element.Killed), wider(out.Injured, x.Element.Injured)
		for _, v := range about.Verdicts {
			if rank := place(figures.ClassOf(v)); rank < 2 && s.Filter.Counts(v) {
				had, is := worst[v.Agreement]
				if !is || rank < had {
					worst[v.Agreement] = rank
				}
			}
		}
	}
	out.Class, out.Title = string(figures.Classes()[class]), short(out.Title)
	for rank, class := range figures.Classes() {
		m := Judged{Outcome: string(class)}
		for _, j := range b.Sight.Result.Judges {
			if had, is := worst[j.Agreement().ID]; is && had == rank {
				m.Agreements = append(m.Agreements, Choice{Value: j.Agreement().ID, Text: j.Agreement().Title})
			}
		}
		if m.Agreements != nil {
			m.More = max(0, len(m.Agreements)-named)
			m.Agreements = m.Agreements[:len(m.Agreements)-m.More]
			out.Marks = append(out.Marks, m)
		}
	}
	return out
}

// placeWords is where an element was, as published.
func (b *Board) placeWords(i int) PlaceWords {
	if b.place[i] < 0 {
		return PlaceWords{}
	}
	return b.extentWords(b.place[i])
}

// extentWords says an extent.
func (b *Board) extentWords(k int) PlaceWords {
	out := PlaceWords{Text: b.extents[k].String()}
	if names := b.around()[k]; len(names) <= mostAreas {
		out.Areas = names
	}
	return out
}

// place is the place of a class among all, gravest first.
func place(c figures.Class) int {
	all := figures.Classes()
	return slices.Index(all[:], c)
}

// wider covers two ranges; nil is no figure.
func wider(a, b *truce.Range) *truce.Range {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &truce.Range{Low: min(a.Low, b.Low), High: max(a.High, b.High)}
}

// choices are what a filter can be set to, besides days and words.
func (b *Board) choices(f Filter) (agreements, areas, acts []Choice) {
	for _, j := range b.Sight.Result.Judges {
		agreements = append(agreements, Choice{j.Agreement().ID, j.Agreement().Title, f.Agreement == j.Agreement().ID})
	}
	for _, a := range b.areas {
		areas = append(areas, Choice{a.Code, a.Name, f.Area == a.Code})
	}
	for _, act := range b.actWords {
		acts = append(acts, Choice{act, act, f.Act == act})
	}
	return agreements, areas, acts
}

// chosen are the parts of a filter with what each is called.
func chosen(b *Board, f Filter) []Chosen {
	var out []Chosen
	q := f.Query()
	for _, name := range sortedNames(q) {
		if name == "after" || name == "oldest" || name == "q" {
			continue
		}
		without := f.Query()
		without.Del(name)
		without.Del("after")
		switch name {
		case "agreement":
			without.Del("clause")
		case "want":
			without.Del("alone")
		}
		rest, err := ParseFilter(without)
		if err != nil {
			continue
		}
		out = append(out, Chosen{name, b.called(name, q.Get(name)), name == "from" || name == "to", rest})
	}
	return out
}

// called is what a value of a filter is called, where it has a name.
func (b *Board) called(name, value string) string {
	switch name {
	case "agreement":
		if j := b.Sight.Agreement(value); j != nil {
			return j.Agreement().Title
		}
	case "area":
		if a, ok := b.Sight.Result.Mission.Book.Atlas.Area(value); ok {
			return a.Name
		}
	}
	return value
}
