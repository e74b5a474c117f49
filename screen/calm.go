package screen

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"truce"
	"truce/calm"
	"truce/desk"
	"truce/figures"
	"truce/geo"
	"truce/terms"
)

// CalmAsk is what an address of the page of calm asks.
type CalmAsk struct {
	Agreement string
	From, To  string // reporting days, both included; empty for the window's own
	Act, Area string
	// Pair is two parties of the agreement or two actors; empty is anybody.
	Pair    [2]string
	Measure calm.Measure // which is looked at closely
	// Assumed reads the record as if every day had been watched through; Exact leaves out what
	// is not known to one day. Neither is what the record says.
	Assumed, Exact bool
	AsOf           string
}

// Act words of the address: what is counted unless something else is asked, and everything.
const (
	HostileAct = "hostile-act"
	AnyAct     = "any-act"
)

// ParseCalm reads an address of the page strictly.
func ParseCalm(q url.Values) (CalmAsk, error) {
	f, err := ParseFilter(q, "pair", "measure", "coverage", "days")
	if err != nil {
		return CalmAsk{}, err
	}
	a := CalmAsk{Agreement: f.Agreement, From: f.From, To: f.To, Act: f.Act, Area: f.Area, Measure: calm.Events, AsOf: q.Get("as_of")}
	if a.Act == "" {
		a.Act = HostileAct
	}
	f.Agreement, f.From, f.To, f.Act, f.Area = "", "", "", "", ""
	for _, name := range sortedNames(f.Query()) {
		return CalmAsk{}, wrong(name, "this page has no such question", "agreement, area, pair, act, from, to, measure, coverage, days or as_of")
	}
	words := map[string]string{}
	for name, may := range map[string]string{"measure": "deaths", "coverage": "assumed", "days": "exact"} {
		v := ""
		if q.Get(name) == "events" && name == "measure" {
			continue
		}
		if got := q.Get(name); got != "" {
			if err := readWord(name, &v, may)(got); err != nil {
				return CalmAsk{}, err
			}
		}
		words[name] = v
	}
	a.Assumed, a.Exact = words["coverage"] != "", words["days"] != ""
	if words["measure"] != "" {
		a.Measure = calm.Deaths
	}
	return a, a.readPair(q.Get("pair"))
}

func (a *CalmAsk) readPair(text string) error {
	if text == "" {
		return nil
	}
	sides := strings.Split(text, ",")
	if len(sides) != 2 || sides[0] == "" || sides[1] == "" || sides[0] == sides[1] {
		return wrong("pair", "these are not two sides", "two parties or actors with a comma between")
	}
	slices.Sort(sides) // a pair has no direction
	a.Pair = [2]string(sides)
	return nil
}

// Question is what is asked of the record. Two parties of the agreement that is asked come
// before two actors of the same names.
func (a CalmAsk) Question(s *desk.Sight) (desk.CalmQuestion, error) {
	q := desk.CalmQuestion{Act: a.Act, Area: a.Area, Exact: a.Exact, Assumed: a.Assumed}
	if a.Act == AnyAct {
		q.Act = ""
	}
	j := s.Agreement(a.Agreement)
	if a.Agreement != "" && j == nil {
		return q, wrong("agreement", "there is no such agreement", "the id of an agreement of this mission")
	}
	if a.Pair == [2]string{} {
		return q, nil
	}
	q.Pair = desk.CalmPair{A: a.Pair[0], B: a.Pair[1]}
	if j != nil {
		_, one := j.Agreement().Parties[q.Pair.A]
		_, two := j.Agreement().Parties[q.Pair.B]
		if one && two {
			q.Pair.Agreement = a.Agreement
		}
	}
	return q, nil
}

// Calm is the page of how calm it is.
type Calm struct {
	Ask      CalmAsk
	First    string // days of the mission's period, both included
	Last     string
	Empty    bool // nothing fits
	Known    int  // days of which it is known for how long they were watched
	Partly   int  // days on which some watch was kept, that did not hold all that is asked
	LeftOut  int
	Choices  CalmChoices
	Windows  []CalmLane
	Axis     *axis
	Charts   []CalmChart
	Cover    []calmBar
	Summary  []CalmSummary
	Chosen   *CalmChosen
	Clocks   []CalmBoard
	Readings bool // some reading is not what the record says
	OtherAct bool // the act is none of those that are offered
	LooseAny bool // something is on no day of its own

	sight   *desk.Sight
	record  *desk.CalmRecord
	windows []desk.CalmWindow
	ids     bool // lists have to be named by their elements
}

// CalmFigure is a number with the address of the records behind it; none where there are none.
type CalmFigure struct {
	Low, High int
	Link      string
}

// CalmLane is one agreement's windows on the axis.
type CalmLane struct {
	Agreement, Title string
	Bands            []band
	Chosen           bool
}

// CalmSummary is what an agreement's longest window shows.
type CalmSummary struct {
	Agreement, Title string
	Window           desk.CalmWindow
	Days             int
	Drops            []CalmDrops // events, deaths
	Watches          []CalmFirst
}

// CalmFirst is the first evening of a window with a warning, sure and possible; empty: none.
// Asked is how many evenings have base and trailing days, Told on how many of them it can be told.
type CalmFirst struct {
	Measure        calm.Measure
	Sure, Possible string
	Told, Asked    int
}

// CalmChosen is one stretch looked at closely.
type CalmChosen struct {
	Agreement, Title string
	First, Last      string
	Days             int
	Cut              bool // it is longer than is watched
	Others           []desk.CalmWindow
	Drops            []CalmDrops
	Watches          []CalmWatch
	Rows             []CalmRow
	NoFigure         CalmFigure
}

// longestCalm is how many days of a window are watched.
const longestCalm = 366

// NewCalm makes the page. The sight must have a mission, and the record be made from it.
func NewCalm(s *desk.Sight, roster *desk.Roster, c *desk.CalmRecord, ask CalmAsk) (*Calm, error) {
	v := &Calm{Ask: ask, First: c.First, Last: c.Last, LeftOut: c.LeftOut, sight: s, record: c, windows: s.CalmWindows(), Readings: ask.Assumed || ask.Exact}
	v.OtherAct = !slices.Contains([]string{HostileAct, AnyAct, "attack"}, ask.Act)
	v.ids = ask.Pair != [2]string{} || ask.Exact || c.Withdrawn
	v.choices(roster)
	v.clocks()
	if v.First == "" {
		v.Empty = true
		return v, nil
	}
	v.Empty = len(c.Behind(calm.Events, v.First, v.Last)) == 0
	if ask.Agreement != "" || ask.From != "" || ask.To != "" {
		if err := v.choose(); err != nil {
			return nil, err
		}
	}
	first, last := v.First, v.Last
	if v.Chosen != nil {
		first, last = max(v.First, figures.Shift(v.Chosen.First, -daysBefore)), v.Chosen.Last
	}
	v.draw(first, last)
	if v.Chosen == nil {
		return v, v.summarise()
	}
	return v, nil
}

// None reports whether there is no mission that is seen.
func (v *Calm) None() bool { return v.sight == nil }

// KeptPair is the pair of two actors, which can be asked of another agreement, too.
func (v *Calm) KeptPair() string {
	if slices.ContainsFunc(v.Choices.Parties, func(c CalmChoice) bool { return c.Chosen }) || v.Ask.Pair == [2]string{} {
		return ""
	}
	return v.Ask.Pair[0] + "," + v.Ask.Pair[1]
}

// longest is the longest window of an agreement, and all of them.
func (v *Calm) longest(agreement string) (desk.CalmWindow, []desk.CalmWindow) {
	var best desk.CalmWindow
	var all []desk.CalmWindow
	for _, w := range v.windows {
		if w.Agreement != agreement {
			continue
		}
		if all = append(all, w); w.Days() > best.Days() || len(all) == 1 {
			best = w
		}
	}
	return best, all
}

// choose settles which stretch is looked at: the longest window of the agreement, or the days
// that the address names.
func (v *Calm) choose() error {
	a := v.Ask
	w := desk.CalmWindow{First: v.First, Last: v.Last}
	out := &CalmChosen{Agreement: a.Agreement}
	if a.Agreement != "" {
		w, out.Others = v.longest(a.Agreement)
		out.Title = v.title(a.Agreement)
	}
	out.First, out.Last = w.First, w.Last
	for _, x := range []struct{ field, asked string }{{"from", a.From}, {"to", a.To}} {
		if x.asked != "" && (x.asked < v.First || x.asked > v.Last) {
			return wrong(x.field, "this day is not in the mission's period", fmt.Sprintf("a day from %s to %s", v.First, v.Last))
		}
	}
	if a.From != "" {
		out.First = a.From
		out.Last = max(out.Last, a.From)
	}
	if a.To != "" {
		out.Last = a.To
		if out.First > out.Last || out.First == "" {
			out.First = out.Last
		}
	}
	if out.First == "" {
		out.First, out.Last = "", ""
		return v.chosen(out)
	}
	if end := figures.Shift(out.First, longestCalm-1); out.Last > end {
		out.Last, out.Cut = end, true
	}
	out.Days = figures.Stretch{From: out.First, To: out.Last}.Days()
	return v.chosen(out)
}

// chosen fills in what the chosen stretch shows. One without a whole day shows nothing.
func (v *Calm) chosen(out *CalmChosen) error {
	if out.Days == 0 {
		v.Chosen = out
		out.First, out.Last = v.First, v.Last
		return nil
	}
	v.Chosen = out
	for _, m := range measures() {
		d, err := v.drops(m, out.Agreement, out.First, out.Last)
		if err != nil {
			return err
		}
		out.Drops = append(out.Drops, d)
		w, err := v.watch(m, out.First, out.Last)
		if err != nil {
			return err
		}
		out.Watches = append(out.Watches, w)
	}
	v.rows(out)
	return nil
}

func measures() []calm.Measure { return []calm.Measure{calm.Events, calm.Deaths} }

// summarise says of each agreement what its longest window shows.
func (v *Calm) summarise() error {
	for _, j := range v.sight.Result.Judges {
		x := CalmSummary{Agreement: j.Agreement().ID, Title: v.title(j.Agreement().ID)}
		x.Window, _ = v.longest(x.Agreement)
		if x.Window.First == "" {
			v.Summary = append(v.Summary, x)
			continue
		}
		last := min(x.Window.Last, figures.Shift(x.Window.First, longestCalm-1))
		x.Days = x.Window.Days()
		for _, m := range measures() {
			d, err := v.drops(m, x.Agreement, x.Window.First, last)
			if err != nil {
				return err
			}
			x.Drops = append(x.Drops, d)
			f, err := v.first(m, x.Window.First, last)
			if err != nil {
				return err
			}
			x.Watches = append(x.Watches, f)
		}
		v.Summary = append(v.Summary, x)
	}
	return nil
}

func (v *Calm) title(agreement string) string {
	if j := v.sight.Agreement(agreement); j != nil && j.Agreement().Title != "" {
		return j.Agreement().Title
	}
	return agreement
}

// figure is a number of the days from first to last with its list.
func (v *Calm) figure(m calm.Measure, b calm.Bound, first, last string) CalmFigure {
	f := CalmFigure{Low: b.Low, High: b.High}
	if b.High > 0 {
		f.Link = v.list(m, first, last, "known")
	}
	return f
}

// list is the address of what stands behind a number; empty where no address holds it.
func (v *Calm) list(m calm.Measure, first, last, killed string) string {
	f := Filter{From: first, To: last, Area: v.Ask.Area}
	if v.Ask.Act != AnyAct {
		f.Act = v.Ask.Act
	}
	if m == calm.Deaths {
		f.Killed = killed
	}
	if v.ids {
		if f.IDs = v.record.Behind(m, first, last); len(f.IDs) == 0 || len(f.IDs) > idsAsked {
			return ""
		}
	}
	q := f.Query()
	if v.Ask.AsOf != "" {
		q.Set("as_of", v.Ask.AsOf)
	}
	return "/incidents?" + q.Encode()
}

// CalmChoices are what the page can be asked.
type CalmChoices struct {
	Agreements, Areas []CalmChoice
	// Parties are the pairs of parties of the agreement, Actors those of actors who are named
	// together; neither where who is who is not shown.
	Parties, Actors []CalmChoice
	WhoIsWho        bool
}

// CalmChoice is one thing to choose.
type CalmChoice struct {
	Value, Name string
	Also        string // the second name of a pair
	Chosen      bool
}

func (v *Calm) choices(roster *desk.Roster) {
	r := v.sight.Result
	for _, j := range r.Judges {
		id := j.Agreement().ID
		v.Choices.Agreements = append(v.Choices.Agreements, CalmChoice{Value: id, Name: v.title(id), Chosen: id == v.Ask.Agreement})
	}
	areas := areasOf(r.Mission.Book.Atlas)
	if a, ok := r.Mission.Book.Atlas.Area(v.Ask.Area); ok && !slices.ContainsFunc(areas, func(x geo.Area) bool { return x.Code == a.Code }) {
		areas = append(areas, a)
	}
	for _, a := range areas {
		v.Choices.Areas = append(v.Choices.Areas, CalmChoice{Value: a.Code, Name: a.Name, Chosen: a.Code == v.Ask.Area})
	}
	if roster != nil && roster.Register != nil {
		v.Choices.WhoIsWho = true
		v.pairs(roster)
	}
}

// pairs lists the pairs of bound parties of the agreement, and of actors who are named on both
// sides of the same element, by their names.
func (v *Calm) pairs(roster *desk.Roster) {
	add := func(to *[]CalmChoice, a, b, one, two string) {
		if b < a {
			a, b, one, two = b, a, two, one
		}
		*to = append(*to, CalmChoice{Value: a + "," + b, Name: one, Also: two, Chosen: v.Ask.Pair == [2]string{a, b}})
	}
	if j := v.sight.Agreement(v.Ask.Agreement); j != nil {
		names := slices.DeleteFunc(sortedNames(j.Agreement().Parties), func(name string) bool {
			return !slices.ContainsFunc(j.Agreement().Clauses, func(c *terms.Clause) bool { return slices.Contains(c.By, name) })
		})
		for i, a := range names {
			for _, b := range names[i+1:] {
				add(&v.Choices.Parties, a, b, strings.ReplaceAll(a, "-", " "), strings.ReplaceAll(b, "-", " "))
			}
		}
	}
	until := v.sight.Result.Until()
	for _, p := range v.together() {
		add(&v.Choices.Actors, p[0], p[1], roster.Register.NameOn(p[0], until), roster.Register.NameOn(p[1], until))
	}
	chosen := func(c CalmChoice) bool { return c.Chosen }
	if v.Ask.Pair != [2]string{} && !slices.ContainsFunc(v.Choices.Parties, chosen) && !slices.ContainsFunc(v.Choices.Actors, chosen) {
		add(&v.Choices.Actors, v.Ask.Pair[0], v.Ask.Pair[1], v.Ask.Pair[0], v.Ask.Pair[1])
	}
	slices.SortFunc(v.Choices.Actors, func(a, b CalmChoice) int { return strings.Compare(a.Name+a.Also, b.Name+b.Also) })
}

// fewTogether is how often two actors must be named together to be offered, at most so many.
const (
	fewTogether  = 5
	mostTogether = 60
)

// together are the pairs of actors who are each named alone on one side of an element.
func (v *Calm) together() [][2]string {
	n := map[[2]string]int{}
	for i := range v.sight.Result.Elements {
		e := &v.sight.Result.Elements[i]
		if len(e.By) != 1 || len(e.Against) != 1 || e.By[0] == e.Against[0] {
			continue
		}
		p := []string{e.By[0], e.Against[0]}
		slices.Sort(p)
		n[[2]string(p)]++
	}
	var out [][2]string
	for few := fewTogether; ; few *= 2 {
		out = nil
		for p, count := range n {
			if _, one := v.sight.Result.Mission.Book.Register.Actor(p[0]); one && count >= few {
				if _, two := v.sight.Result.Mission.Book.Register.Actor(p[1]); two {
					out = append(out, p)
				}
			}
		}
		if len(out) <= mostTogether {
			return out
		}
	}
}

// clocks takes up the clocks of the agreement that is asked, or of all.
func (v *Calm) clocks() {
	for _, c := range (&Board{Sight: v.sight}).calms() {
		if v.Ask.Agreement == "" || c.Agreement == v.Ask.Agreement {
			v.Clocks = append(v.Clocks, c)
		}
	}
}

// reasons are the codes for why something cannot be told, in words' names.
func reasons(why []calm.Reason) []string {
	var out []string
	for _, w := range why {
		out = append(out, "calm.why."+string(w))
	}
	return out
}

// anything is a range that says nothing.
func anything(r truce.Range) bool { return r.Low <= 0 && r.High >= 1 }
