package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/store"
)

// DefaultAtOnce is how many elements pages look at whole, unless the record is told another
// number. Of a larger record they show a part, which holds a quarter of that.
const DefaultAtOnce = 20_000

// Scope says what of a large record is looked at. The zero value asks for the newest days.
type Scope struct {
	// Days are stretches of reporting days. The last of those that hold more than a part does
	// are taken; several have to fit together.
	Days []Days
	// Words must all be found in the title of an element or the text of a report; the newest
	// that have them, within the first of Days.
	Words string
	// IDs are elements, wherever they lie.
	IDs []string
	// Incident is the identifier of an incident, of one of its elements or of a report: all
	// elements of what it belongs to.
	Incident string
}

// Days is a stretch of reporting days such as 2016-02-27, both included; empty is open.
type Days struct{ From, To string }

// Part says what a sight of a part of a record holds.
type Part struct {
	// From and To are the first of the stretches of days that it holds whole, as far as the
	// elements have a time; both are empty where it was not made by days.
	From, To string
	// More says that there is more of what was asked than it holds.
	More bool
	// Cut says that it does not even hold all of its own days, or of what was asked by words.
	Cut bool
	// Hidden says that elements are left out because the person may not see their time or
	// place, or search them.
	Hidden bool
	// Words says that it was made by words, Found are the reports and elements that have them.
	Words bool
	Found map[string]bool
}

// ByDays reports whether a part is made of days.
func (p *Part) ByDays() bool { return p != nil && p.To != "" }

// SightOf is [Record.Sight] for who needs no more than a scope: where the record holds more
// elements that the person may see than are looked at whole, it is a sight of a part.
func (r *Record) SightOf(ctx context.Context, who access.Person, asOf int64, of Scope) (*Sight, error) {
	return r.look(ctx, who, asOf, &of)
}

// begin finds the first day of a part that holds all up to its last.
func (s *Sight) begin() {
	p := s.Part
	if p.ByDays() && p.From == "" {
		p.From = p.To
		for _, about := range s.About {
			if about.First != "" {
				p.From = min(p.From, about.First)
			}
		}
	}
}

// isLarge reports whether there are more elements of some marks than are looked at whole.
// What is large once does not become small again.
func (r *Record) isLarge(ctx context.Context, labels []string, n int64) (bool, error) {
	key := strings.Join(labels, "\n")
	r.mu.Lock()
	from, known := r.large[key]
	r.mu.Unlock()
	if known && n >= from {
		return true, nil
	}
	page, err := r.db.List(ctx, store.Query{AsOf: n, Kind: "element", Labels: labels, Skip: r.atOnce, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.large[key] = n
	return true, nil
}

// partLike is a sight of the same part for the same sort of reader, if nothing that was
// entered since touches an element.
func (r *Record) partLike(ctx context.Context, o *opened, s *Sight) (*Sight, error) {
	r.mu.Lock()
	i := slices.IndexFunc(r.parts, func(had *Sight) bool {
		return had.of.opened == o && had.key == s.key && had.of.at.from <= s.AsOf && s.AsOf-had.of.at.to <= maxNew
	})
	if i < 0 {
		r.mu.Unlock()
		return nil, nil
	}
	had, to := r.parts[i], r.parts[i].of.at.to
	r.mu.Unlock()
	if to < s.AsOf {
		if touched, err := r.anySince(ctx, to, s.AsOf, "element"); touched || err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	had.of.at.to = max(had.of.at.to, s.AsOf)
	again := *had
	again.AsOf, again.Recorded = s.AsOf, s.Recorded
	return &again, nil
}

// mostParts is how many elements the parts that are kept have together, in parts.
const mostParts = 6

// keepPart keeps a part for the next who ask for it; the oldest go.
func (r *Record) keepPart(s *Sight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = slices.DeleteFunc(r.parts, func(had *Sight) bool { return had.key == s.key && had.of.opened == s.of.opened && had.AsOf <= s.AsOf })
	r.parts = append(r.parts, s)
	held := 0
	for i, had := range slices.Backward(r.parts) {
		if held += 1000 + len(had.About); held > mostParts*r.atOnce/4 && i < len(r.parts)-1 {
			r.parts = slices.Clone(r.parts[i+1:])
			return
		}
	}
}

// gather reads and judges what a scope holds.
func (r *Record) gather(ctx context.Context, s *Sight, v *view, labels []string, of Scope) error {
	o, err := r.terms(ctx, s.AsOf)
	if err != nil {
		return err
	}
	s.Part = &Part{}
	g := &gatherer{record: r, ctx: ctx, view: v, mission: o.mission, labels: labels, most: r.atOnce / 4, part: s.Part, rows: map[string]truce.Row{}}
	if err := g.scope(of); err != nil {
		return err
	}
	elements, rows := make([]truce.Element, 0, len(g.rows)), map[string]weighed{}
	for _, row := range g.rows {
		e, w, err := weigh(row)
		if err != nil {
			return err
		}
		elements, rows[e.ID] = append(elements, e), w
	}
	o.mission.leaveOut(&elements)
	slices.SortFunc(elements, compareElements)
	found, err := r.judgeFresh(ctx, o, elements, rows)
	s.of = &Judged{Elements: elements, opened: o, rows: rows, at: span{s.AsOf, s.AsOf}, found: found}
	return err
}

// gatherer reads the rows of the elements of a scope, as far as the person may look for them
// so.
type gatherer struct {
	record  *Record
	ctx     context.Context
	view    *view
	mission *Mission
	labels  []string
	most    int
	part    *Part
	rows    map[string]truce.Row
}

func (g *gatherer) scope(of Scope) error {
	switch {
	case len(of.IDs) > 0:
		return g.each(of.IDs)
	case of.Incident != "":
		return g.incident(of.Incident)
	case of.Words != "":
		return g.words(of)
	case len(of.Days) == 0:
		return g.days(Days{}, true)
	}
	for i, d := range of.Days {
		if err := g.days(d, i == 0); err != nil {
			return err
		}
		if i > 0 && g.part.More {
			return &truce.Error{Kind: truce.Invalid, At: "compare", Msg: fmt.Sprintf("these days hold more than the %d elements that are looked at together", g.most), Hint: "fewer days"}
		}
	}
	return nil
}

// list takes the rows that a question finds.
func (g *gatherer) list(q store.Query) error {
	q.Kind, q.AsOf, q.Limit = "element", g.view.asOf, store.MaxLimit
	page, err := g.record.db.List(g.ctx, q)
	for _, row := range page.Rows {
		g.rows[row.ID] = row
	}
	g.part.More, g.part.Cut = g.part.More || page.Next != "", g.part.Cut || page.Next != ""
	return err
}

// get takes one element, if it is there for the person.
func (g *gatherer) get(id string) (truce.Row, bool, error) {
	row, err := g.record.db.Get(g.ctx, g.view.asOf, "element", id)
	switch {
	case err != nil && kindOf(err) == truce.Absent:
		return row, false, nil
	case err != nil || !slices.Contains(g.labels, row.Label):
		return row, false, err
	}
	g.rows[id] = row
	return row, true, nil
}

func (g *gatherer) each(ids []string) error {
	for _, id := range ids {
		if _, _, err := g.get(id); err != nil {
			return err
		}
	}
	return nil
}

// searchable are the marks of which a person may ask what a question asks.
func (g *gatherer) searchable(q Question) []string {
	out := slices.DeleteFunc(slices.Clone(g.labels), func(mark string) bool { return !g.record.maySearch(g.view.who, g.view.do, q, mark) })
	g.part.Hidden = g.part.Hidden || len(out) < len(g.labels)
	return out
}

// days takes what may lie in a stretch: what has a place by where and when it was, the rest by
// when it began.
func (g *gatherer) days(d Days, first bool) error {
	labels := g.searchable(Question{Kind: "element", Box: &truce.Box{}})
	d, err := g.narrow(d, labels)
	if err != nil {
		return err
	}
	if first {
		g.part.From, g.part.To = d.From, d.To
	}
	from, to, err := g.bounds(d)
	if err != nil {
		return err
	}
	world := &truce.Box{West: -180, South: -90, East: 180, North: 90, From: from, To: to}
	if err := g.list(store.Query{Labels: labels, Box: world}); err != nil {
		return err
	}
	return g.list(store.Query{Labels: labels, Unplaced: true, Since: sortOf(from), Before: sortOf(to)})
}

// narrow leaves of a stretch the last days that a part has room for, and closes its end.
func (g *gatherer) narrow(d Days, labels []string) (Days, error) {
	d, err := g.closed(d, labels)
	if err != nil {
		return d, err
	}
	from, to, err := g.bounds(d)
	if err != nil {
		return d, err
	}
	page, err := g.record.db.List(g.ctx, store.Query{Kind: "element", AsOf: g.view.asOf, Labels: labels, Since: sortOf(from), Before: sortOf(to), Newest: true, Skip: g.most, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return d, err
	}
	g.part.More = true
	began, err := time.Parse(time.RFC3339, page.Rows[0].Sort)
	if err != nil {
		return d, &truce.Error{Kind: truce.Internal, At: "element/" + page.Rows[0].ID, Msg: "the row is damaged", Err: err}
	}
	d.From = max(d.From, min(dayAfter(g.mission.day(began), 1), d.To))
	return d, nil
}

// closed puts the mission's period, or the last day of all, for an end that is open.
func (g *gatherer) closed(d Days, labels []string) (Days, error) {
	if d.To == "" {
		last, err := g.lastDay(labels)
		if err != nil {
			return d, err
		}
		if !g.mission.To.IsZero() {
			last = min(last, g.mission.To.Format(time.DateOnly))
		}
		d.To = max(last, d.From)
	}
	if d.From == "" && !g.mission.From.IsZero() {
		d.From = min(g.mission.From.Format(time.DateOnly), d.To)
	}
	return d, nil
}

// pagesBack is how many pages of the newest elements are looked through for a known day.
const pagesBack = 50

// lastDay is the last day on which anything began of which the day is known.
func (g *gatherer) lastDay(labels []string) (string, error) {
	q := store.Query{Kind: "element", AsOf: g.view.asOf, Labels: labels, Newest: true, Limit: 200}
	for range pagesBack {
		page, err := g.record.db.List(g.ctx, q)
		if err != nil {
			return "", err
		}
		for _, row := range page.Rows {
			e, _, err := weigh(row)
			if err != nil {
				return "", err
			}
			if first, last := g.mission.days(&e); first != "" && first == last && len(e.When) > 0 {
				return last, nil
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	return g.mission.day(g.view.r.now()), nil
}

// bounds are the instants between which the days of a stretch lie; zero for an open end.
func (g *gatherer) bounds(d Days) (from, to time.Time, err error) {
	for _, end := range []struct {
		day  string
		to   *time.Time
		last bool
	}{{d.From, &from, false}, {d.To, &to, true}} {
		if end.day == "" {
			continue
		}
		span, err := g.mission.Span(end.day)
		if err != nil {
			return from, to, err
		}
		if *end.to = span.From; end.last {
			*end.to = span.To
		}
	}
	return from, to, nil
}

// sortOf is how a time stands in the order of elements; none is "".
func sortOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// words takes the newest elements that have words in their title, and those of the newest
// reports that have them in their text.
func (g *gatherer) words(of Scope) error {
	g.part.Words, g.part.Found = true, map[string]bool{}
	var within store.Query
	if len(of.Days) > 0 {
		from, to, err := g.bounds(of.Days[0])
		if err != nil {
			return err
		}
		within.Since, within.Before = sortOf(from), sortOf(to)
	}
	for _, kind := range []string{"element", "report"} {
		rows, err := g.said(kind, of.Words, within)
		if err != nil {
			return err
		}
		for _, row := range rows {
			g.part.Found[row.ID] = true
			if kind == "element" {
				g.rows[row.ID] = row
				continue
			}
			var b struct{ Elements []string }
			_ = json.Unmarshal(row.Body, &b) // what has no list of elements has none
			if err := g.each(b.Elements); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostReports is how many reports are looked into for their elements.
const mostReports = 1000

// said are the newest rows of a kind whose text has words, as far as the person may search.
func (g *gatherer) said(kind, words string, within store.Query) ([]truce.Row, error) {
	q, err := g.record.query(g.ctx, g.view.who, g.view.do, Question{Kind: kind, AsOf: g.view.asOf, Text: words})
	if err != nil {
		return nil, err
	}
	most := g.most
	if kind == "report" {
		most = min(most, mostReports)
	} else {
		g.searchable(Question{Kind: kind, Text: words})
	}
	q.Newest, q.Limit, q.Since, q.Before = true, most, within.Since, within.Before
	page, err := g.record.db.List(g.ctx, q)
	g.part.More = g.part.More || page.Next != ""
	return page.Rows, err
}

// incident takes all elements of what an identifier belongs to.
func (g *gatherer) incident(id string) error {
	seeds := []string{id}
	if report, err := g.record.db.Get(g.ctx, g.view.asOf, "report", id); err == nil {
		var b struct{ Elements []string }
		_ = json.Unmarshal(report.Body, &b) // what has no list of elements has none
		seeds = append(seeds, b.Elements...)
	} else if kindOf(err) != truce.Absent {
		return err
	}
	incidents := map[string]bool{id: true}
	for _, seed := range seeds {
		row, there, err := g.get(seed)
		if err != nil {
			return err
		}
		if there && row.Parent != "" {
			incidents[row.Parent] = true
		}
	}
	for _, of := range sortedWords(incidents) {
		if err := g.list(store.Query{Labels: g.labels, Parent: of}); err != nil {
			return err
		}
	}
	return nil
}
