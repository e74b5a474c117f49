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
	"truce/store"
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
	// Result is what the engine says of what is seen. It is nil while no mission has been
	// adopted that the person may see.
	Result *Result
	// About says more of each of Result.Elements, in the same order.
	About []About

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
	// Verdicts are what the engine says, in the order of the agreements' clauses, without
	// their steps; [Record.Verdicts] of one element gives those.
	Verdicts []truce.Verdict
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

// maxSights is how many sights are kept ready: one for each sort of reader, now and as of
// a few earlier entries.
const maxSights = 8

// Sight returns what a person may see as of a number of entries; 0 is all.
func (r *Record) Sight(ctx context.Context, who access.Person, asOf int64) (*Sight, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, err
	}
	s := &Sight{AsOf: n}
	if n > 0 {
		last, err := r.db.Entry(ctx, n-1)
		if err != nil {
			return nil, err
		}
		s.Recorded = last.At
	}
	v := r.view(who, access.List, n)
	agreements, err := v.agreements(ctx)
	if err != nil || agreements == nil {
		return s, err
	}
	if s.of, err = r.judge(ctx, n); errors.Is(err, noMission{}) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	labels, err := r.labels(ctx, who, access.List, "element")
	if err != nil {
		return nil, err
	}
	if s.key, err = v.key(ctx, labels, agreements); err != nil {
		return nil, err
	}
	if had := r.sightLike(s); had != nil {
		return had, nil
	}
	if err := s.fill(ctx, v, labels, agreements); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sights = append(r.sights, s); len(r.sights) > maxSights {
		r.sights = slices.Delete(r.sights, 0, 1)
	}
	return s, nil
}

// sightLike is a sight of the same for the same sort of reader. What was entered since that
// touches no element changes the number of entries alone.
func (r *Record) sightLike(s *Sight) *Sight {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, had := range r.sights {
		if had.of == s.of && had.key == s.key {
			again := *had
			again.AsOf, again.Recorded = s.AsOf, s.Recorded
			return &again
		}
	}
	return nil
}

// agreements lists the agreements that the person may see; nil where even the mission is
// not for them.
func (v *view) agreements(ctx context.Context) (map[string]bool, error) {
	var out map[string]bool
	for _, kind := range []string{"mission", "agreement"} {
		labels, err := v.r.labels(ctx, v.who, v.do, kind)
		if err != nil || len(labels) == 0 {
			return nil, err
		}
		err = v.r.all(ctx, store.Query{AsOf: v.asOf, Kind: kind}, func(row truce.Row) error {
			if !slices.Contains(labels, row.Label) { // all asks for any label
				return nil
			}
			if out == nil {
				out = map[string]bool{}
			}
			if kind == "agreement" {
				out[row.ID] = true
			}
			return nil
		})
		if err != nil || out == nil {
			return nil, err
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
	s.Result = &Result{Mission: m, Tally: NewTally(), Kept: map[string][]truce.Verdict{}}
	for _, j := range s.of.opened.judges {
		if agreements[j.Agreement().ID] {
			s.Result.Judges = append(s.Result.Judges, j)
		}
	}
	s.at = map[string]int{}
	for i := range s.of.Elements {
		row := s.of.rows[s.of.Elements[i].ID]
		if !slices.Contains(labels, row.label) {
			continue
		}
		e, err := v.element(ctx, s.of.Elements[i], row.label)
		if err != nil {
			return err
		}
		about := About{Entry: row.entry, Extent: m.Extent(&e)}
		about.First, about.Last = m.days(&e)
		label, err := access.ParseLabel(row.label)
		if err != nil {
			return err
		}
		about.Mark = label.Shown()
		if about.Verdicts, err = s.verdicts(v, i, row.label, agreements); err != nil {
			return err
		}
		s.add(e, about)
	}
	s.Result.follow()
	return nil
}

func (s *Sight) add(e truce.Element, about About) {
	r := s.Result
	s.at[e.ID] = len(r.Elements)
	r.Elements, s.About = append(r.Elements, e), append(s.About, about)
	for _, x := range about.Verdicts {
		if x.Outcome != truce.NoViolation {
			r.Kept[e.ID] = append(r.Kept[e.ID], x)
		}
		r.Tally.add(r.Mission, &e, x)
	}
}

// verdicts are those on the i-th element of all, cut down to what the person may see.
func (s *Sight) verdicts(v *view, i int, mark string, agreements map[string]bool) ([]truce.Verdict, error) {
	g, err := v.grant("verdict", mark)
	if err != nil || g.Fields == nil {
		return nil, err
	}
	var out []truce.Verdict
	for x := range s.of.verdicts(i) {
		if !agreements[x.Agreement] {
			continue
		}
		x.Steps = nil
		if !g.Whole(access.GradeInternal) {
			x.Settle, x.Notes = nil, nil
		}
		if !g.Whole(access.GradeTime) {
			x.Parts = nil
		}
		out = append(out, x)
	}
	return out, nil
}

// element cuts an element down to what the person may see of it.
func (v *view) element(ctx context.Context, e truce.Element, mark string) (truce.Element, error) {
	g, err := v.grant("element", mark)
	if err != nil {
		return truce.Element{}, err
	}
	whole := true
	for _, grade := range access.Grades() {
		whole = whole && g.Whole(grade)
	}
	incidents, err := v.seesAll(ctx, "incident")
	if whole && incidents || err != nil {
		return e, err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return truce.Element{}, err
	}
	if body, err = g.Apply(body, v.coarse(ctx)); err != nil {
		return truce.Element{}, err
	}
	if body, err = v.unnamed(ctx, "element", body); err != nil {
		return truce.Element{}, err
	}
	var out truce.Element
	if err := json.Unmarshal(body, &out); err != nil {
		return truce.Element{}, &truce.Error{Kind: truce.Internal, At: "element/" + e.ID, Msg: "the row is damaged", Err: err}
	}
	return out, nil
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
