package desk

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"truce"
)

// DayFigure counts what surely was that day, and what surely or possibly was.
type DayFigure struct {
	Sure     int      `json:"sure"`
	Possible int      `json:"possible"` // the sure ones among them
	IDs      []string `json:"ids"`      // elements behind Possible, also where incidents are counted
}

// DayPeople adds up people killed or injured, once for each incident: from the lowest to the
// highest figure that anybody gave, and from none where they may have been hit on another day.
type DayPeople struct {
	Low  int      `json:"low"`
	High int      `json:"high"`
	IDs  []string `json:"ids"` // elements with a figure
	// Without are the incidents that have no figure: unknown, which is not none.
	Without DayFigure `json:"without"`
	// Stated are incidents that are only somebody's word about others, with a total of their
	// own: it is not added.
	Stated DayFigure `json:"stated"`
	// By gives what each author states, where any is named with a figure. Figures of
	// different authors are never added up.
	By []DayAuthor `json:"by"`
}

// DayAuthor is what one author states.
type DayAuthor struct {
	Author string   `json:"author"`
	Low    int      `json:"low"`
	High   int      `json:"high"`
	IDs    []string `json:"ids"`
}

// DayFigures are the figures of one day. Reports that were withdrawn or repeat another are
// counted in Withdrawn alone.
type DayFigures struct {
	Incidents DayFigure `json:"incidents"`
	Elements  DayFigure `json:"elements"`
	Withdrawn DayFigure `json:"withdrawn"`
	// Violation, Undetermined and NoViolation are elements by their gravest outcome under all
	// agreements.
	Violation    DayFigure `json:"violation"`
	Undetermined DayFigure `json:"undetermined"`
	NoViolation  DayFigure `json:"no_violation"`

	Killed     DayPeople      `json:"killed"`
	Injured    DayPeople      `json:"injured"`
	Agreements []DayAgreement `json:"agreements"`
}

// DayAgreement counts elements by the gravest outcome under one agreement.
type DayAgreement struct {
	Agreement    string      `json:"agreement"`
	Title        string      `json:"title"`
	Violation    DayFigure   `json:"violation"`
	Undetermined DayFigure   `json:"undetermined"`
	NoViolation  DayFigure   `json:"no_violation"`
	Clauses      []DayClause `json:"clauses"` // those that something may have broken
}

// DayClause counts elements by the outcome of one clause.
type DayClause struct {
	Clause       string    `json:"clause"`
	Text         string    `json:"text,omitempty"`
	Violation    DayFigure `json:"violation"`
	Undetermined DayFigure `json:"undetermined"`
}

// onDay is an element that was, or may have been, on a day: its place in the Sight. only says
// that it was on no other day.
type onDay struct {
	i    int
	sure bool
	only bool
}

func (s *Sight) onDay(i int, day string) onDay {
	a := &s.About[i]
	return onDay{i, s.surely(i, day), a.First == a.Last}
}

// days lays every element on the days on which it surely or possibly was.
func (s *Sight) days() map[string][]onDay {
	out := map[string][]onDay{}
	first, last := s.Result.Bounds()
	for i, a := range s.About {
		if a.First == "" {
			continue
		}
		for _, d := range daysBetween(max(a.First, first), min(a.Last, last)) {
			out[d] = append(out[d], s.onDay(i, d))
		}
	}
	return out
}

// on lists the elements that surely or possibly were on one day, in order.
func (s *Sight) on(day string) []onDay {
	var out []onDay
	for i, a := range s.About {
		if a.First != "" && a.First <= day && day <= a.Last {
			out = append(out, s.onDay(i, day))
		}
	}
	return out
}

// surely reports whether an element was on a day whichever of its times is right. What lasted
// was on every day that it touched.
func (s *Sight) surely(i int, day string) bool {
	e := &s.Result.Elements[i]
	for _, w := range e.When {
		first, last := s.Result.Mission.days(&truce.Element{When: []truce.When{w}})
		if first == "" || first > day || last < day || first != last && !w.Lasts {
			return false
		}
	}
	return len(e.When) > 0
}

// figures adds a day up.
func (s *Sight) figures(on []onDay, span DaySpan) DayFigures {
	var f DayFigures
	var counted, withdrawn []onDay
	for _, x := range on {
		if s.Result.Elements[x.i].Status != "" {
			withdrawn = append(withdrawn, x)
		} else {
			counted = append(counted, x)
		}
	}
	groups := s.incidents(counted)
	f.Incidents, f.Elements, f.Withdrawn = s.countIncidents(groups), s.count(counted), s.count(withdrawn)
	gravest := map[truce.Outcome][]onDay{}
	for _, x := range counted {
		if o := s.gravest(x.i); o != "" {
			gravest[o] = append(gravest[o], x)
		}
	}
	f.Violation, f.Undetermined, f.NoViolation = s.count(gravest[truce.Violation]), s.count(gravest[truce.Undetermined]), s.count(gravest[truce.NoViolation])
	f.Killed = s.people(groups, "killed", func(e *truce.Element) *truce.Range { return e.Killed })
	f.Injured = s.people(groups, "injured", func(e *truce.Element) *truce.Range { return e.Injured })
	f.Agreements = s.agreementFigures(counted, span)
	return f
}

// gravest is the gravest outcome of an element's verdicts; empty where none may be seen.
func (s *Sight) gravest(i int) truce.Outcome {
	var worst truce.Outcome
	for _, v := range s.About[i].Verdicts {
		switch {
		case v.Outcome == truce.Violation:
			return truce.Violation
		case v.Outcome == truce.Undetermined || worst == "":
			worst = v.Outcome
		}
	}
	return worst
}

// count is a figure of elements.
func (s *Sight) count(on []onDay) DayFigure {
	f := DayFigure{Possible: len(on), IDs: []string{}}
	for _, x := range on {
		if f.IDs = append(f.IDs, s.Result.Elements[x.i].ID); x.sure {
			f.Sure++
		}
	}
	return f
}

// incidents groups elements by their incident; one that is in none is its own.
func (s *Sight) incidents(on []onDay) [][]onDay {
	var out [][]onDay
	at := map[string]int{}
	for _, x := range on {
		e := &s.Result.Elements[x.i]
		key := "incident " + e.Incident
		if e.Incident == "" {
			key = "element " + e.ID
		}
		k, had := at[key]
		if !had {
			k = len(out)
			at[key], out = k, append(out, nil)
		}
		out[k] = append(out[k], x)
	}
	return out
}

// sure reports whether any of an incident was surely that day.
func sure(group []onDay) bool {
	return slices.ContainsFunc(group, func(x onDay) bool { return x.sure })
}

// numbers are how many incidents surely, and possibly, were that day.
func numbers(groups [][]onDay) (surely, possibly int) {
	for _, g := range groups {
		if sure(g) {
			surely++
		}
	}
	return surely, len(groups)
}

// people adds up the figures of one fact.
func (s *Sight) people(groups [][]onDay, fact string, of func(*truce.Element) *truce.Range) DayPeople {
	p := DayPeople{IDs: []string{}, By: s.authors(groups, fact)}
	words := s.statements()
	var without, stated [][]onDay
	for _, g := range groups {
		var all *truce.Range
		total, only := false, true
		for _, x := range g {
			e := &s.Result.Elements[x.i]
			switch r := of(e); {
			case r == nil:
			case words(e):
				total = true
			default:
				all, only = hull(all, *r), only && x.only
				p.IDs = append(p.IDs, e.ID)
			}
		}
		switch {
		case all != nil && only:
			p.Low, p.High = p.Low+int(all.Low), p.High+int(all.High)
		case all != nil:
			p.High += int(all.High)
		case total:
			stated = append(stated, g)
		default:
			without = append(without, g)
		}
	}
	p.Without, p.Stated = s.countIncidents(without), s.countIncidents(stated)
	return p
}

// countIncidents is a figure of incidents; behind it are their elements.
func (s *Sight) countIncidents(groups [][]onDay) DayFigure {
	f := s.count(slices.Concat(groups...))
	f.Sure, f.Possible = numbers(groups)
	return f
}

// statements tells elements that are only somebody's word about others.
func (s *Sight) statements() func(*truce.Element) bool {
	acts := truce.Acts()
	for _, j := range s.Result.Judges {
		for _, upper := range sortedWords(j.Agreement().Acts) {
			acts.Add(upper, j.Agreement().Acts[upper]...)
		}
	}
	return func(e *truce.Element) bool {
		return len(e.Acts) > 0 && !slices.ContainsFunc(e.Acts, func(a string) bool { return !acts.Covers("statement", a) })
	}
}

// hull is the range from the lower to the higher of two.
func hull(had *truce.Range, r truce.Range) *truce.Range {
	if had == nil {
		return &r
	}
	return &truce.Range{Low: min(had.Low, r.Low), High: max(had.High, r.High)}
}

// authors adds up what each author states of a fact, once for each incident.
func (s *Sight) authors(groups [][]onDay, fact string) []DayAuthor {
	out := []DayAuthor{}
	for _, g := range groups {
		said, ids := map[string]*truce.Range{}, map[string][]string{}
		for _, x := range g {
			e := &s.Result.Elements[x.i]
			for _, a := range e.Said {
				if r, ok := figure(a.Value); ok && a.Fact == fact && a.Source != "" {
					said[a.Source], ids[a.Source] = hull(said[a.Source], r), append(ids[a.Source], e.ID)
				}
			}
		}
		for _, name := range sortedWords(said) {
			k := slices.IndexFunc(out, func(a DayAuthor) bool { return a.Author == name })
			if k < 0 {
				k, out = len(out), append(out, DayAuthor{Author: name})
			}
			out[k].Low, out[k].High = out[k].Low+int(said[name].Low), out[k].High+int(said[name].High)
			out[k].IDs = append(out[k].IDs, slices.Compact(ids[name])...)
		}
	}
	slices.SortFunc(out, func(a, b DayAuthor) int { return strings.Compare(a.Author, b.Author) })
	return out
}

// figure reads "12", "12..15", "12-15" or "12 to 15"; what says it otherwise is no figure.
func figure(text string) (truce.Range, bool) {
	low, high, both := strings.Cut(strings.NewReplacer("..", "-", "–", "-", " to ", "-").Replace(text), "-")
	if !both {
		high = low
	}
	l, err := strconv.ParseUint(strings.TrimSpace(low), 10, 31)
	h, bad := strconv.ParseUint(strings.TrimSpace(high), 10, 31)
	return truce.Range{Low: float64(l), High: float64(h)}, err == nil && bad == nil && l <= h
}

// agreementFigures counts by agreement and clause: those in force that day, and those that
// something may have broken.
func (s *Sight) agreementFigures(on []onDay, span DaySpan) []DayAgreement {
	out := []DayAgreement{}
	for _, j := range s.Result.Judges {
		id := j.Agreement().ID
		gravest := map[truce.Outcome][]onDay{}
		clauses := map[string]map[truce.Outcome][]onDay{}
		for _, x := range on {
			worst, judged := truce.NoViolation, false
			for _, v := range s.About[x.i].Verdicts {
				if v.Agreement != id {
					continue
				}
				judged = true
				if v.Outcome == truce.NoViolation {
					continue
				}
				if clauses[v.Clause] == nil {
					clauses[v.Clause] = map[truce.Outcome][]onDay{}
				}
				clauses[v.Clause][v.Outcome] = append(clauses[v.Clause][v.Outcome], x)
				if worst != truce.Violation {
					worst = v.Outcome
				}
			}
			if judged {
				gravest[worst] = append(gravest[worst], x)
			}
		}
		if len(clauses) == 0 && len(within(j.InForce(), span)) == 0 {
			continue
		}
		a := DayAgreement{Agreement: id, Title: j.Agreement().Title, Violation: s.count(gravest[truce.Violation]),
			Undetermined: s.count(gravest[truce.Undetermined]), NoViolation: s.count(gravest[truce.NoViolation]), Clauses: []DayClause{}}
		for _, c := range j.Agreement().Clauses {
			if n := clauses[c.ID]; n != nil {
				a.Clauses = append(a.Clauses, DayClause{c.ID, c.Text, s.count(n[truce.Violation]), s.count(n[truce.Undetermined])})
			}
		}
		out = append(out, a)
	}
	return out
}

// within are those of stretches, which are in order, that touch a day. A zero end is open.
func within(stretches [][2]time.Time, span DaySpan) [][2]time.Time {
	from := sort.Search(len(stretches), func(i int) bool { return stretches[i][1].IsZero() || stretches[i][1].After(span.From) })
	to := from
	for to < len(stretches) && (stretches[to][0].IsZero() || stretches[to][0].Before(span.To)) {
		to++
	}
	return stretches[from:to:to]
}
