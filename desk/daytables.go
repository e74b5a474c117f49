package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/store"
	"truce/terms"
)

// dayWork makes the report of one day from what somebody may see.
type dayWork struct {
	*Sight
	record *Record
	view   *view
	span   DaySpan
	reader string
	on     []onDay
}

func (w *dayWork) report(ctx context.Context) (*DayReport, error) {
	m := w.Result.Mission
	w.on = w.Sight.on(w.span.Day)
	d := &DayReport{Format: DayFormat, Mission: m.ID, Title: m.Title, Reader: w.reader, Entries: w.AsOf, Recorded: w.Recorded.UTC(),
		Span: w.span, Figures: w.figures(w.on, w.span), Windows: w.windows(), Access: w.access()}
	if w.Part == nil {
		undated := w.undated()
		d.Clocks, d.Undated = w.clocks(), &undated
	}
	if first, _ := w.Result.Bounds(); w.span.Day > first {
		before, err := m.Span(dayBefore(w.span.Day))
		if err != nil {
			return nil, err
		}
		d.Before = &DayBefore{before, w.figures(w.Sight.on(before.Day), before)}
	}
	var err error
	if d.Rows, d.Open, err = w.rows(); err != nil {
		return nil, err
	}
	if d.Watch, err = w.watch(ctx); err != nil {
		return nil, err
	}
	d.Corrections, err = w.corrections(ctx)
	return d, err
}

func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

func (w *dayWork) windows() []DayWindow {
	out := []DayWindow{}
	for _, j := range w.Result.Judges {
		for _, x := range within(j.InForce(), w.span) {
			out = append(out, DayWindow{j.Agreement().ID, j.Agreement().Title, w.zoned(x[0]), w.zoned(x[1])})
		}
	}
	return out
}

// zoned is an instant in the mission's zone, so that the same instant is the same text.
func (w *dayWork) zoned(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.In(w.Result.Mission.Zone)
}

// clocks runs the calms up to the end of the day.
func (w *dayWork) clocks() []DayClock {
	when := map[string][]truce.When{}
	for i := range w.Result.Elements {
		when[w.Result.Elements[i].ID] = w.Result.Elements[i].When
	}
	out := []DayClock{}
	for _, j := range w.Result.Judges {
		for _, c := range j.Agreement().Clauses {
			if c.Kind == terms.Calm {
				k := w.Result.clock(j, c, when, w.span.To)
				out = append(out, DayClock{k.Agreement, k.Clause, k.Unit, string(k.State), k.Least, k.Most, k.Goal})
			}
		}
	}
	return out
}

// undated are the elements that lie on no day.
func (w *dayWork) undated() DayFigure {
	var on []onDay
	for i, a := range w.About {
		if a.First == "" && w.Result.Elements[i].Status == "" {
			on = append(on, onDay{i: i})
		}
	}
	return w.count(on)
}

// access are the elements about access and aid.
func (w *dayWork) access() []string {
	acts, out := truce.Acts(), []string{}
	for _, x := range w.on {
		e := &w.Result.Elements[x.i]
		if slices.ContainsFunc(e.Acts, func(a string) bool { return acts.Covers("access", a) || acts.Covers("aid", a) || a == "attack-on-aid" }) {
			out = append(out, e.ID)
		}
	}
	return out
}

// rows lays out the elements, and what is open of them.
func (w *dayWork) rows() ([]DayRow, []DayOpen, error) {
	rows, open, hidden := []DayRow{}, map[string]*DayOpen{}, len(w.on) > 0
	for _, x := range w.on {
		mark := w.of.rows[w.Result.Elements[x.i].ID].label
		row, err := w.row(x, mark)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, row)
		g, err := w.view.grant("verdict", mark)
		if err != nil {
			return nil, nil, err
		}
		if g.Whole(access.GradeInternal) && w.reader == "" {
			hidden = false
			w.open(x.i, open)
		}
	}
	if hidden {
		return rows, nil, nil
	}
	counts := map[string]int{}
	for f, o := range open {
		counts[f] = o.Verdicts
	}
	list := []DayOpen{}
	for _, c := range Ranked(counts) {
		list = append(list, *open[c.Name])
	}
	return rows, list, nil
}

// open counts the facts of one element that would settle a verdict by themselves.
func (w *dayWork) open(i int, into map[string]*DayOpen) {
	id := w.Result.Elements[i].ID
	for _, v := range w.About[i].Verdicts {
		for _, s := range v.Settle {
			if v.Outcome != truce.Undetermined || !s.Always || len(s.Facts) != 1 {
				continue
			}
			f := Fact(s.Facts[0])
			if into[f] == nil {
				into[f] = &DayOpen{Fact: f}
			}
			o := into[f]
			if o.Verdicts++; !slices.Contains(o.IDs, id) {
				o.IDs = append(o.IDs, id)
			}
		}
	}
}

// row is one element as its readers may see it, with its place as published.
func (w *dayWork) row(x onDay, mark string) (DayRow, error) {
	e, a := &w.Result.Elements[x.i], &w.About[x.i]
	out := DayRow{ID: e.ID, Incident: e.Incident, Entry: a.Entry, Mark: a.Mark, Title: e.Title, Sure: x.sure, When: []truce.When{},
		Acts: e.Acts, Killed: e.Killed, Injured: e.Injured, Said: e.Said, Sources: e.Sources, Doubted: e.Doubted, Conflict: e.Conflict,
		Status: e.Status, Verdicts: []DayVerdict{}}
	for _, t := range e.When {
		out.When = append(out.When, truce.When{From: w.zoned(t.From), To: w.zoned(t.To), Lasts: t.Lasts})
	}
	for _, k := range e.Means {
		out.Means = append(out.Means, k.Kind)
	}
	for _, v := range a.Verdicts {
		if v.Outcome != truce.NoViolation {
			out.Verdicts = append(out.Verdicts, DayVerdict{v.Agreement, v.Clause, v.Outcome, v.Code})
		}
	}
	g, err := w.view.grant("element", mark)
	if err != nil {
		return out, err
	}
	for _, grade := range []access.Grade{access.GradeWords, access.GradePlace, access.GradeTime, access.GradeSource} {
		if !g.Whole(grade) {
			out.Withheld = append(out.Withheld, string(grade))
		}
	}
	if g.Fields["where"] != access.Withheld {
		out.Place, out.Geometry = w.place(e.ID)
	}
	return out, nil
}

// place is where an element was, as the mission published places then: of the element as it
// is, since a person's own view of it may be coarse already, by another map.
func (w *dayWork) place(id string) (string, json.RawMessage) {
	i := slices.IndexFunc(w.of.Elements, func(e truce.Element) bool { return e.ID == id })
	if i < 0 {
		return "", nil
	}
	x := w.Result.Mission.Extent(&w.of.Elements[i])
	if x.Anywhere() {
		return "", nil
	}
	text, ok := x.GeoJSON()
	if !ok {
		return x.String(), nil
	}
	return x.String(), json.RawMessage(text)
}

// watch lists the watches that touch the day.
func (w *dayWork) watch(ctx context.Context) ([]DayWatch, error) {
	out := []DayWatch{}
	err := w.record.all(ctx, store.Query{AsOf: w.AsOf, Kind: "coverage"}, func(row truce.Row) error {
		var b struct {
			Valid struct{ From, To time.Time }
			Where truce.Place
		}
		g, err := w.view.grant("coverage", row.Label)
		if err != nil || g.Fields == nil {
			return err
		}
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "coverage/" + row.ID, Msg: "the row is damaged", Err: err}
		}
		if v := b.Valid; !v.From.Before(w.span.To) || !v.To.After(w.span.From) {
			return nil
		}
		watch := DayWatch{ID: row.ID}
		if x := w.Result.Mission.Extent(&truce.Element{Where: []truce.Place{b.Where}}); g.Fields["where"] != access.Withheld && !x.Anywhere() {
			watch.Place = x.String()
		}
		if g.Fields["valid"] == access.Whole || g.Fields["valid"] == access.Coarse && w.old(b.Valid.To) {
			watch.From, watch.To = w.zoned(later(b.Valid.From, w.span.From)), w.zoned(earlier(b.Valid.To, w.span.To))
			out = append(out, watch)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b DayWatch) int {
		if n := a.From.Compare(b.From); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, err
}

// old reports whether a time may be seen by those who see times late.
func (w *dayWork) old(t time.Time) bool { return !t.After(w.record.now().Add(-access.Delay)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// corrections lists the entries that changed elements of the day after they were first read.
func (w *dayWork) corrections(ctx context.Context) ([]DayCorrection, error) {
	var ids []string
	for _, x := range w.on {
		ids = append(ids, w.Result.Elements[x.i].ID)
	}
	return w.record.changes(ctx, w.view.who, ids, 0, w.AsOf)
}

// changes lists the entries from..to-1 that changed elements other than by first reading them
// in or putting them into a new incident, oldest first.
func (r *Record) changes(ctx context.Context, who access.Person, elements []string, from, to int64) ([]DayCorrection, error) {
	touched := map[int64][]string{}
	for _, id := range elements {
		versions, err := r.db.History(ctx, "element", id)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			if v.From < from || v.From >= to || v.Row.Body != nil && r.mayRead(who, "element", v.Row.Label) != nil {
				continue
			}
			touched[v.From] = append(touched[v.From], id)
		}
	}
	out := []DayCorrection{}
	for _, n := range sortedNumbers(touched) {
		e, err := r.db.Entry(ctx, n)
		if err != nil {
			return nil, err
		}
		if from == 0 && (e.Kind == "report.received" || e.Kind == "incident.opened") {
			continue
		}
		c := DayCorrection{Entry: n, IDs: touched[n]}
		if r.mayReadEntry(who, e) == nil {
			c.Kind, c.Recorded = e.Kind, e.At.UTC()
		}
		out = append(out, c)
	}
	return out, nil
}

func sortedNumbers[V any](m map[int64]V) []int64 {
	out := make([]int64, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
