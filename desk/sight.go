package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/geo"
	"truce/terms"
)

// Sight is what one person may see of a record as of one entry, judged and added up: what
// pages are made from. Elements that the person may not see are not in it, not even as
// numbers; of the others only the fields are there that the person may see, with places as
// coarse as the mission publishes them.
//
// A Sight is shared by all who may see the same and is never changed.
type Sight struct {
	AsOf     int64     // how many entries are known
	Recorded time.Time // when the last of them was recorded, in UTC
	// Zone is the mission's; nil while no mission has been adopted that the person may see.
	Zone *time.Location
	// Result is what the engine says of what is seen. It is nil while no mission has been
	// adopted that the person may see.
	Result *Result
	// About says more of each of Result.Elements, in the same order.
	About []About
	// Part says what it was made from, where that is not the whole record; else nil.
	Part *Part

	at  map[string]int // elements by identifier
	of  *Judged
	key string
}

// About is what a Sight knows of one element besides the element itself.
type About struct {
	Mark  string // as it is shown
	Entry int64  // the last that changed the element
	// First and Last are the reporting days between which it lies, both included, as
	// 2016-08-26; empty where nobody knows.
	First, Last string
	// Extent is where it was, as published.
	Extent geo.Extent
	// Verdicts are what the engine says, in the order of the agreements' clauses, as
	// [terms.Judge.Brief] says it: shared by all elements of which it says the same, and never
	// changed. [Record.Verdicts] of one element gives the reasons.
	Verdicts []*truce.Verdict
}

// Day is the one reporting day on which it was; empty where that is not known.
func (a About) Day() string {
	if a.First != a.Last {
		return ""
	}
	return a.First
}

// Find returns the place of an element in Result.Elements.
func (s *Sight) Find(id string) (int, bool) {
	i, ok := s.at[id]
	return i, ok
}

// Agreement returns the judge of an agreement that is seen, or nil.
func (s *Sight) Agreement(id string) *terms.Judge {
	if s.Result == nil {
		return nil
	}
	for _, j := range s.Result.Judges {
		if j.Agreement().ID == id {
			return j
		}
	}
	return nil
}

// Sight returns what a person may see as of a number of entries; 0 is all.
func (r *Record) Sight(ctx context.Context, who access.Person, asOf int64) (*Sight, error) {
	return r.look(ctx, who, asOf, nil)
}

// Glance is a sight of no elements: how many entries are known, and the mission's zone.
func (r *Record) Glance(ctx context.Context, who access.Person, asOf int64) (*Sight, error) {
	s, _, err := r.glance(ctx, who, asOf)
	return s, err
}

func (r *Record) glance(ctx context.Context, who access.Person, asOf int64) (*Sight, *view, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, nil, err
	}
	s, v := &Sight{AsOf: n}, r.view(who, access.List, n)
	if n > 0 {
		last, err := r.db.Entry(ctx, n-1)
		if err != nil {
			return nil, nil, err
		}
		s.Recorded = last.At
	}
	agreements, err := v.agreements(ctx)
	if err != nil || agreements == nil {
		return s, v, err
	}
	o, err := r.terms(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	s.Zone = o.mission.Zone
	return s, v, nil
}

// sightLike is a sight of the same for the same sort of reader. What was entered since that
// touches no element changes the number of entries alone.
func (r *Record) sightLike(s *Sight, of *Judged) *Sight {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, had := range r.sights {
		if had.of == of && had.key == s.key {
			again := *had
			again.AsOf, again.Recorded = s.AsOf, s.Recorded
			return &again
		}
	}
	return nil
}

// agreements are those that the person may see; nil where even the mission is not for them,
// or there is none.
func (v *view) agreements(ctx context.Context) (map[string]bool, error) {
	o, err := v.r.terms(ctx, v.asOf)
	if errors.Is(err, noMission{}) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out map[string]bool
	for _, kind := range []string{"mission", "agreement"} {
		labels, err := v.r.labels(ctx, v.who, v.do, kind)
		if err != nil || len(labels) == 0 {
			return nil, err
		}
		for id, label := range o.marks[kind] {
			if !slices.Contains(labels, label) {
				continue
			}
			if out == nil {
				out = map[string]bool{}
			}
			if kind == "agreement" {
				out[id] = true
			}
		}
		if out == nil {
			return nil, nil
		}
	}
	return out, nil
}

// key is equal for people who see the same: the same marks, with the same fields. Times that
// are seen late move on with the clock.
func (v *view) key(ctx context.Context, labels []string, agreements map[string]bool) (string, error) {
	var b strings.Builder
	fmt.Fprintln(&b, sortedWords(agreements))
	for _, kind := range []string{"incident", "report"} { // which elements name
		of, err := v.r.labels(ctx, v.who, v.do, kind)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&b, of)
	}
	for _, mark := range labels {
		for _, kind := range []string{"element", "verdict"} {
			g, err := v.grant(kind, mark)
			if err != nil {
				return "", err
			}
			fields, err := json.Marshal(g.Fields)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "%s %s %s\n", mark, kind, fields)
			if kind == "element" && !g.Whole(access.GradeTime) {
				fmt.Fprintln(&b, v.r.now().UTC().Truncate(time.Minute))
			}
		}
	}
	return b.String(), nil
}

// fill takes over what may be seen of every element.
func (s *Sight) fill(ctx context.Context, v *view, labels []string, agreements map[string]bool) error {
	m := s.of.opened.mission
	s.Result = &Result{Mission: m, part: s.Part}
	for _, j := range s.of.opened.judges {
		if agreements[j.Agreement().ID] {
			s.Result.Judges = append(s.Result.Judges, j)
		}
	}
	s.at = map[string]int{}
	cut := cutter{view: v, agreements: agreements, every: len(s.Result.Judges) == len(s.of.opened.judges), had: map[*truce.Verdict]*truce.Verdict{}, marks: map[string]string{}}
	for i := range s.of.Elements {
		row := s.of.rows[s.of.Elements[i].ID]
		if !slices.Contains(labels, row.label) {
			continue
		}
		e, whole, err := v.element(ctx, s.of.Elements[i], row.label)
		if err != nil {
			return err
		}
		found := &s.of.found[i]
		about := About{Entry: row.entry, Extent: found.extent, First: found.first, Last: found.last}
		if !whole {
			about.Extent = m.Extent(&e)
			about.First, about.Last = m.days(&e)
		}
		if about.Mark, err = cut.shown(row.label); err != nil {
			return err
		}
		if about.Verdicts, err = cut.verdicts(found.all, row.label); err != nil {
			return err
		}
		s.add(e, about)
	}
	return nil
}

func (s *Sight) add(e truce.Element, about About) {
	r := s.Result
	s.at[e.ID] = len(r.Elements)
	r.Elements, r.kept, s.About = append(r.Elements, e), append(r.kept, about.Verdicts), append(s.About, about)
	if day := about.Day(); day != "" {
		r.lies(day)
	}
}

// cutter cuts verdicts down to what a person may see, each once.
type cutter struct {
	view       *view
	agreements map[string]bool
	every      bool // agreement is seen
	had        map[*truce.Verdict]*truce.Verdict
	marks      map[string]string // as they are shown
}

// shown is a mark as it is shown.
func (c *cutter) shown(mark string) (string, error) {
	if had, known := c.marks[mark]; known {
		return had, nil
	}
	label, err := access.ParseLabel(mark)
	if err == nil {
		c.marks[mark] = label.Shown()
	}
	return c.marks[mark], err
}

// verdicts are those of one element of a mark.
func (c *cutter) verdicts(all []*truce.Verdict, mark string) ([]*truce.Verdict, error) {
	g, err := c.view.grant("verdict", mark)
	if err != nil || g.Fields == nil {
		return nil, err
	}
	internal := g.Whole(access.GradeInternal)
	if c.every && internal {
		return all, nil
	}
	var out []*truce.Verdict
	for _, v := range all {
		if !c.agreements[v.Agreement] {
			continue
		}
		if !internal {
			v = c.unsettled(v)
		}
		out = append(out, v)
	}
	return out, nil
}

// unsettled is a verdict that does not say what would settle it.
func (c *cutter) unsettled(v *truce.Verdict) *truce.Verdict {
	if v.Settle == nil {
		return v
	}
	had := c.had[v]
	if had == nil {
		x := *v
		x.Settle, had = nil, &x
		c.had[v] = had
	}
	return had
}

// element cuts an element down to what the person may see of it, and says whether that is all.
func (v *view) element(ctx context.Context, e truce.Element, mark string) (truce.Element, bool, error) {
	g, err := v.grant("element", mark)
	if err != nil {
		return truce.Element{}, false, err
	}
	whole, known := v.whole[mark]
	if !known {
		whole = !slices.ContainsFunc(access.Grades(), func(grade access.Grade) bool { return !g.Whole(grade) })
		v.whole[mark] = whole
	}
	incidents, err := v.seesAll(ctx, "incident")
	if whole && incidents || err != nil {
		return e, true, err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return truce.Element{}, false, err
	}
	if body, err = g.Apply(body, v.coarse(ctx)); err != nil {
		return truce.Element{}, false, err
	}
	if body, err = v.unnamed(ctx, "element", body); err != nil {
		return truce.Element{}, false, err
	}
	var out truce.Element
	if err := json.Unmarshal(body, &out); err != nil {
		return truce.Element{}, false, &truce.Error{Kind: truce.Internal, At: "element/" + e.ID, Msg: "the row is damaged", Err: err}
	}
	return out, false, nil
}

// days are the first and the last reporting day on which the element may have been; empty
// where nobody knows.
func (m *Mission) days(e *truce.Element) (first, last string) {
	for i, w := range e.When {
		if w.From.IsZero() || w.To.IsZero() {
			return "", ""
		}
		end := w.To
		if !w.Instant() {
			end = end.Add(-time.Nanosecond)
		}
		a, b := m.day(w.From), m.day(end)
		if i == 0 || a < first {
			first = a
		}
		last = max(last, b)
	}
	return first, last
}
