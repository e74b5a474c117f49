package screen

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"truce"
	"truce/desk"
	"truce/figures"
)

// Situation is the first page: where things stand.
type Situation struct {
	// About says whether the page begins with what it is.
	About         bool
	Title         string
	Sources       []string
	Limits        []string
	Filter        Filter
	Chosen        []Chosen
	Period        figures.Stretch // of the mission
	Stretch       figures.Stretch // that is shown
	Whole         bool
	Quick         []Quick
	Agreements    []Choice
	Areas, Acts   []Choice
	All           int // elements that may be seen at all
	Figures       figures.Figures
	Compare       *Comparison
	Before        figures.Stretch // of equal length, empty where there is none
	InForce       []Window
	Map           Map
	Credit        string // of the map's ground
	Chart         Chart
	Calms         []CalmBoard
	Coverage      Coverage
	Open          []Want
	OpenHidden    bool // what would settle a verdict is not for the person
	ByArea, ByAct []Row
	WideArea      Row // of what is known to no area
	MoreActs      int
}

// Class is how many elements are of a class.
func (v Situation) Class(name string) figures.Interval { return v.Figures.Classes[figures.Class(name)] }

// Of is the list behind a class.
func (v Situation) Of(class string) Filter {
	f := v.Filter
	f.Outcome = class
	return f
}

// IsOutcome reports whether a class is an outcome of verdicts.
func (v Situation) IsOutcome(class string) bool {
	return class != string(figures.Withdrawn) && class != string(figures.Unjudged)
}

// With is the filter with one more value; it fails for one that is none.
func (v Situation) With(name, value string) (Filter, error) {
	q := v.Filter.Query()
	q.Set(name, value)
	return ParseFilter(q)
}

// Quick is a stretch that is one step away.
type Quick struct {
	Name string // of the words
	figures.Stretch
	Now bool
}

// Row is a number with what it is of.
type Row struct {
	Name string
	figures.Interval
	Filter Filter
}

// Comparison sets another stretch beside the one that is shown.
type Comparison struct {
	Asked string
	That  figures.Stretch
	Pairs []ComparedPair
	// Unlike says that the two differ in length.
	Unlike bool
}

// ComparedPair is one figure of both, with the lists behind it.
type ComparedPair struct {
	figures.Pair
	This, That Filter
}

// Want is a kind of fact that is wanted, with how many elements have an undetermined verdict
// that it would settle: with others or by itself.
type Want struct {
	Fact       string
	All, Alone figures.Interval
	Filter     Filter
	AloneOnly  Filter
}

// SituationQuestion is what an address asks of the first page.
type SituationQuestion struct {
	Filter  Filter
	Compare string // FROM..TO
	About   bool
	Credit  string // of the map's ground
}

// ParseSituation reads the question.
func ParseSituation(q url.Values) (SituationQuestion, figures.Stretch, error) {
	var that figures.Stretch
	f, err := ParseFilter(q, "compare", "about")
	if err != nil {
		return SituationQuestion{}, that, err
	}
	out := SituationQuestion{Filter: f, Compare: q.Get("compare"), About: q.Get("about") != "0"}
	if out.Compare != "" {
		that, err = parseStretch("compare", out.Compare)
	}
	return out, that, err
}

// parseStretch reads FROM..TO.
func parseStretch(field, text string) (figures.Stretch, error) {
	const each = len(time.DateOnly)
	if len(text) != 2*each+2 || text[each:each+2] != ".." {
		return figures.Stretch{}, wrong(field, "these are no days", "such as 2016-02-27..2016-03-12")
	}
	s := figures.Stretch{From: text[:each], To: text[each+2:]}
	if s.Days() == 0 {
		return figures.Stretch{}, wrong(field, "these are no days, or the first comes after the last", "such as 2016-02-27..2016-03-12")
	}
	return s, nil
}

// NewSituation says where things stand. watch is what was logged of who was there to see.
func NewSituation(b *Board, q SituationQuestion, that figures.Stretch, watch []Watch, found Found) (Situation, error) {
	m := b.Sight.Result.Mission
	v := Situation{About: q.About, Title: m.Title, Sources: m.Sources, Limits: m.Limits, Filter: q.Filter, All: len(b.items), Period: b.Period(), Credit: q.Credit}
	s, err := b.Select(q.Filter, found)
	if err != nil {
		return v, err
	}
	v.Stretch = v.days(q.Filter)
	v.Whole = q.Filter.From == "" && q.Filter.To == ""
	v.Chosen = slices.DeleteFunc(chosen(b, q.Filter), func(c Chosen) bool { return c.Day })
	v.Agreements, v.Areas, v.Acts = b.choices(q.Filter)
	v.Figures = figures.Count(s.Items, q.Filter.Stretch())
	for _, by := range [][]figures.Author{v.Figures.Killed.By, v.Figures.Injured.By} {
		for i := range by {
			by[i].Name = short(by[i].Name) // a source is what somebody wrote
		}
	}
	v.Quick = v.quick(b)
	v.Before = v.Stretch.Before()
	if q.Compare != "" {
		if v.Compare, err = v.compare(b, q, that, found); err != nil {
			return v, err
		}
	}
	if v.Map, err = b.Map(s); err != nil {
		return v, err
	}
	v.InForce = b.inForce(v.Stretch)
	v.Chart = newChart(b, s, v.Stretch)
	v.Calms = b.calms()
	v.Coverage = covered(m, watch, v.Stretch)
	v.Open, v.OpenHidden = b.wanted(s)
	if v.ByArea, v.WideArea, err = b.byArea(s); err != nil {
		return v, err
	}
	v.ByAct, v.MoreActs = b.byAct(s)
	return v, nil
}

// days are those that are shown: as asked, open ends filled in with the mission's own.
func (v *Situation) days(f Filter) figures.Stretch {
	return figures.Stretch{From: cmp.Or(f.From, min(v.Period.From, cmp.Or(f.To, v.Period.From))), To: cmp.Or(f.To, max(v.Period.To, f.From))}
}

// Period is the mission's, or where that is not fixed the days of what is seen.
func (b *Board) Period() figures.Stretch {
	m, s := b.Sight.Result.Mission, figures.Stretch{}
	for i := range b.items {
		if x := &b.items[i]; x.First != "" {
			if s.From == "" || x.First < s.From {
				s.From = x.First
			}
			s.To = max(s.To, x.Last)
		}
	}
	if !m.From.IsZero() {
		s.From = m.From.Format(time.DateOnly)
	}
	if !m.To.IsZero() {
		s.To = m.To.Format(time.DateOnly)
	}
	return s
}

// quick are the stretches that most people ask for: they end with the last day on which
// anything is known to have been.
func (v *Situation) quick(b *Board) []Quick {
	if b.Sight.Part != nil { // it does not know what comes after it
		return []Quick{{Name: "newest"}}
	}
	last := ""
	for i := range b.items {
		if x := &b.items[i]; x.Dated() && (v.Period.To == "" || x.Last <= v.Period.To) {
			last = max(last, x.Last)
		}
	}
	out := []Quick{{"whole", figures.Stretch{}, v.Whole}}
	if last == "" {
		return out
	}
	for _, q := range []Quick{{Name: "week", Stretch: figures.Stretch{From: figures.Shift(last, -6), To: last}}, {Name: "last", Stretch: figures.Stretch{From: last, To: last}}} {
		q.Now = !v.Whole && q.Stretch == v.Filter.Stretch()
		out = append(out, q)
	}
	return out
}

func (v *Situation) compare(b *Board, q SituationQuestion, that figures.Stretch, found Found) (*Comparison, error) {
	other := q.Filter
	other.From, other.To = that.From, that.To
	s, err := b.Select(other, found)
	if err != nil {
		return nil, err
	}
	out := &Comparison{Asked: q.Compare, That: that, Unlike: v.Stretch.Days() != that.Days()}
	for _, p := range figures.Compare(v.Figures, figures.Count(s.Items, that)) {
		out.Pairs = append(out.Pairs, ComparedPair{p, behind(q.Filter, p.Name), behind(other, p.Name)})
	}
	return out, nil
}

// behind is the list behind a figure of that name.
func behind(f Filter, name string) Filter {
	switch name {
	case "incidents", "elements":
	case "killed":
		f.Killed = "known"
	case "injured":
		f.Injured = "known"
	default:
		f.Outcome = name
	}
	return f
}

// wanted are the facts that would settle most; none where one of them is asked for already.
func (b *Board) wanted(s Selection) (out []Want, hidden bool) {
	if s.Filter.Want != "" {
		return nil, false
	}
	type counted struct{ all, alone []figures.Item }
	facts := map[string]*counted{}
	open, told := false, false
	for i := range s.Items {
		verdicts := b.Sight.About[s.at[i]].Verdicts
		all, alone := map[string]bool{}, map[string]bool{}
		for _, x := range verdicts {
			if s.Filter.finds(x) && figures.ClassOf(x) == figures.Undetermined {
				open = true
				told = told || x.Settle != nil
				settling(x, all, alone)
			}
		}
		for fact := range all {
			if facts[fact] == nil {
				facts[fact] = &counted{}
			}
			facts[fact].all = append(facts[fact].all, s.Items[i])
			if alone[fact] {
				facts[fact].alone = append(facts[fact].alone, s.Items[i])
			}
		}
	}
	for _, fact := range sortedNames(facts) {
		w := Want{Fact: fact, Filter: s.Filter, AloneOnly: s.Filter}
		w.All, w.Alone = figures.Count(facts[fact].all, s.Filter.Stretch()).Elements, figures.Count(facts[fact].alone, s.Filter.Stretch()).Elements
		w.Filter.Want, w.AloneOnly.Want, w.AloneOnly.Alone = fact, fact, true
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Want) int { return cmp.Or(b.Alone.High-a.Alone.High, b.All.High-a.All.High) })
	return out, open && !told
}

// settling notes the kinds of fact that surely settle a verdict, with others and alone.
func settling(v *truce.Verdict, all, alone map[string]bool) {
	for _, s := range v.Settle {
		for _, f := range s.Facts {
			if s.Always {
				all[desk.Fact(f)] = true
				if len(s.Facts) == 1 {
					alone[desk.Fact(f)] = true
				}
			}
		}
	}
}

// byArea counts by the areas of the mission that hold anything, and what is known to no area.
func (b *Board) byArea(s Selection) (rows []Row, wide Row, err error) {
	in := make([][]truce.Tri, len(b.areas))
	for k, a := range b.areas {
		if in[k], err = b.in(a.Code); err != nil {
			return nil, wide, err
		}
	}
	counts := figures.By(s.Items, s.Filter.Stretch(), len(in)+1, func(i, k int) truce.Tri {
		if k == len(in) {
			return b.isWide(s.at[i])
		}
		return b.liesIn(s.at[i], in[k])
	})
	row := func(name, code string, n figures.Interval) Row {
		f := s.Filter
		f.Area = code
		return Row{name, n, f}
	}
	for k, a := range b.areas {
		if counts[k].High > 0 {
			rows = append(rows, row(a.Name, a.Code, counts[k]))
		}
	}
	return rows, row("", Wide, counts[len(in)]), nil
}

// actsShown is how many kinds of act the first page lists.
const actsShown = 12

// byAct counts by the kinds of act that are reported, the most frequent first. A wider kind
// holds the narrower ones, and what is only known as the wider may be any of these.
func (b *Board) byAct(s Selection) ([]Row, int) {
	counts := figures.By(s.Items, s.Filter.Stretch(), len(b.actWords), func(i, k int) truce.Tri { return b.actFits[k][b.actSet[s.at[i]]] })
	var out []Row
	for k, n := range counts {
		if f := s.Filter; n.High > 0 {
			f.Act = b.actWords[k]
			out = append(out, Row{f.Act, n, f})
		}
	}
	slices.SortStableFunc(out, func(a, b Row) int { return cmp.Or(b.Low-a.Low, b.High-a.High) })
	shown := min(len(out), actsShown)
	return out[:shown], len(out) - shown
}

// Select is an address that asks for what a filter selects, in the state that is shown.
func (f Frame) Select(path string, x Filter) string { return f.SelectAt("", path, x) }

// SelectAt is Select in a state, where none is asked for already: the pages of a list are of
// one state.
func (f Frame) SelectAt(state, path string, x Filter) string {
	q := x.Query()
	if at := cmp.Or(f.AsOf, state); at != "" {
		q.Set("as_of", at)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Classes are the classes of elements, gravest first.
func (f Frame) Classes() []string { return classWords() }
