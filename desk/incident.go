package desk

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/ledger"
)

// Incident is all that one person may see of one incident, in the state that a [Sight] is of.
// An element that belongs to no incident is one by itself, under its own identifier.
type Incident struct {
	ID string
	// Row is the incident's own; nil for an element by itself.
	Row *Seen
	// Members are the places of its elements in the Sight's Result.Elements, in their order.
	Members []int
	// Told are the elements in full: of an incident with many, the first [MostTold] of them or
	// the one that was asked for.
	Told []Told
	// Outside are the acts that the Sight does not hold, because they lie outside the period
	// that the mission judges; at most [MostTold] of them.
	Outside []Seen
	// Reports are those in which the members and what is Outside are told, by identifier.
	Reports []Seen
	// Findings are of this incident; Contacts and Attachments name it, a member or a report.
	Findings, Contacts, Attachments []Seen
	// Origins are what the reports of all members go back to.
	Origins Origins
	// Events are the entries that made all this what it is, in their order.
	Events []Event
}

// Told is one element in full.
type Told struct {
	At  int // in the Sight's Result.Elements
	Row Seen
	// Verdicts are those of every clause that is judged, with their steps.
	Verdicts []truce.Verdict
	// Sees says which parts of it the person sees whole.
	Sees Sees
	// Turned are the verdicts that came out otherwise when a version replaced the one before.
	Turned []Turned
}

// Sees says which sorts of field a person sees whole; of the others something may be withheld.
type Sees struct{ Words, Places, Times, Sources, Reasons bool }

// Event is one entry about an incident.
type Event struct {
	N        int64
	Recorded time.Time
	// Kind is the kind of entry; empty where the person sees what it made, but not the entry.
	Kind           string
	Author, Reason string
	// From and To are when it was so, where the entry says it.
	From, To time.Time
	// Of are the rows that it made or changed, with what is different since.
	Of []Made
}

// Made is a row as an entry left it. Fields are those in which it differs from what it was;
// none for a new row.
type Made struct {
	Kind, ID string
	New      bool
	Fields   []string
}

// Turned is a verdict that a new version of an element changed: both versions under what was
// agreed when the new one was entered.
type Turned struct {
	Entry             int64 // that made the new version
	Agreement, Clause string
	Was, Is           truce.Outcome
}

// How much of an incident is laid out in full at once.
const (
	MostTold     = 12 // elements
	mostVersions = 12 // versions of one element that are judged again
)

// Lead is where an identifier leads: to an incident, and there to an element or a report.
type Lead struct {
	Incident string
	// Element and Report say which of its elements or reports is meant; empty where the
	// identifier is the incident's own.
	Element, Report string
	// Far says that the element is not among the first, which are laid out at once.
	Far bool
}

// IncidentOf finds what an identifier belongs to: itself for an incident or an element by
// itself; for another element or a report the incident. Whatever else there is, is Absent.
func (r *Record) IncidentOf(ctx context.Context, who access.Person, s *Sight, id string) (Lead, error) {
	members, _, err := r.members(ctx, who, s, id)
	if err != nil || len(members) > 0 {
		return Lead{Incident: id}, err
	}
	if _, err = r.Row(ctx, who, s.AsOf, "incident", id); err == nil {
		return Lead{Incident: id}, nil
	}
	if _, ok := s.Find(id); ok {
		return r.lead(ctx, who, s, Lead{Element: id})
	}
	report, err := r.Row(ctx, who, s.AsOf, "report", id)
	if err != nil {
		return Lead{}, err
	}
	var b struct{ Elements []string }
	_ = json.Unmarshal(report.Body, &b) // what has no list of elements leads nowhere
	for _, e := range b.Elements {
		if _, ok := s.Find(e); ok {
			return r.lead(ctx, who, s, Lead{Element: e, Report: id})
		}
	}
	return Lead{}, absent("incident", id)
}

// lead adds the incident of the element that it leads to.
func (r *Record) lead(ctx context.Context, who access.Person, s *Sight, l Lead) (Lead, error) {
	i, _ := s.Find(l.Element)
	if l.Incident = s.Result.Elements[i].Incident; l.Incident == "" {
		l.Incident = l.Element
	}
	members, _, err := r.members(ctx, who, s, l.Incident)
	l.Far = slices.Index(members, i) >= MostTold
	return l, err
}

// members are the elements of an incident that the person sees: those in the Sight, and rows of
// those outside the period that it is of.
func (r *Record) members(ctx context.Context, who access.Person, s *Sight, id string) (out []int, outside []Seen, err error) {
	if s.Result == nil {
		return nil, nil, nil
	}
	if i, ok := s.Find(id); ok && s.Result.Elements[i].Incident == "" {
		out = append(out, i)
	}
	rows, err := r.pages(ctx, who, Question{Kind: "element", AsOf: s.AsOf, Parent: id})
	for _, row := range rows {
		i, ok := s.Find(row.ID)
		switch {
		case !ok && len(outside) < MostTold:
			outside = append(outside, row)
		case ok && s.Result.Elements[i].Incident == id:
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), outside, err
}

// pages lists all rows that a question finds.
func (r *Record) pages(ctx context.Context, who access.Person, q Question) ([]Seen, error) {
	var out []Seen
	q.Limit = MaxLimit
	for {
		p, err := r.Rows(ctx, who, q)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Rows...)
		if q.After = p.Next; p.Next == "" {
			return out, nil
		}
	}
}

// Incident gathers what a person may see of an incident, by the identifier that
// [Record.IncidentOf] leads to. element asks for one of its elements alone in full; empty for
// the first of them.
func (r *Record) Incident(ctx context.Context, who access.Person, s *Sight, id, element string) (*Incident, error) {
	in := &Incident{ID: id}
	var err error
	if in.Members, in.Outside, err = r.members(ctx, who, s, id); err != nil {
		return nil, err
	}
	if in.Row, err = r.maybe(ctx, who, s.AsOf, "incident", id); err != nil {
		return nil, err
	}
	if in.Row == nil && len(in.Members) == 0 {
		return nil, absent("incident", id)
	}
	chosen := in.Members[:min(len(in.Members), MostTold)]
	if element != "" {
		i, ok := s.Find(element)
		if !ok || !slices.Contains(in.Members, i) {
			return nil, &truce.Error{Kind: truce.Invalid, At: "element", Msg: "the incident has no such element", Hint: "the identifier of one of its elements"}
		}
		chosen = []int{i}
	}
	v := r.view(who, access.List, s.AsOf)
	for _, i := range chosen {
		t, err := r.told(ctx, v, s, i)
		if err != nil {
			return nil, err
		}
		in.Told = append(in.Told, t)
	}
	if err := r.beside(ctx, who, s, in); err != nil {
		return nil, err
	}
	if in.Origins, err = r.origins(ctx, who, s, in); err != nil {
		return nil, err
	}
	return in, r.events(ctx, who, s, in)
}

// maybe is a row, or nil where there is none for the person.
func (r *Record) maybe(ctx context.Context, who access.Person, asOf int64, kind, id string) (*Seen, error) {
	row, err := r.Row(ctx, who, asOf, kind, id)
	switch {
	case err == nil:
		return &row, nil
	case kindOf(err) == truce.Absent || kindOf(err) == truce.Denied:
		return nil, nil
	}
	return nil, err
}

// told lays out one element.
func (r *Record) told(ctx context.Context, v *view, s *Sight, i int) (Told, error) {
	id := s.Result.Elements[i].ID
	mark := s.of.rows[id].label
	t := Told{At: i}
	row, err := r.db.Get(ctx, s.AsOf, "element", id)
	if err != nil {
		return t, err
	}
	if t.Row, err = v.row(ctx, row); err != nil {
		return t, err
	}
	g, err := v.grant("element", mark)
	if err != nil {
		return t, err
	}
	x, err := v.grant("verdict", mark)
	if err != nil {
		return t, err
	}
	t.Sees = Sees{Words: g.Whole(access.GradeWords), Places: g.Whole(access.GradePlace), Times: g.Whole(access.GradeTime), Sources: g.Whole(access.GradeSource),
		Reasons: x.Whole(access.GradeInternal)}
	if x.Fields == nil {
		return t, nil
	}
	e, err := elementOf(row)
	if err != nil {
		return t, err
	}
	for _, one := range s.of.opened.on(&e) {
		if s.Agreement(one.Agreement) == nil {
			continue
		}
		body, err := v.verdict(ctx, one, mark)
		if err != nil {
			return t, err
		}
		var seen truce.Verdict
		if err := json.Unmarshal(body, &seen); err != nil {
			return t, &truce.Error{Kind: truce.Internal, At: "verdict/" + id, Msg: "the verdict cannot be read back", Err: err}
		}
		t.Verdicts = append(t.Verdicts, seen)
	}
	t.Turned, err = r.turned(ctx, s, id)
	return t, err
}

// turned compares the verdicts on each version of an element with those on the version before.
// Versions whose mark the person may not read are passed over.
func (r *Record) turned(ctx context.Context, s *Sight, id string) ([]Turned, error) {
	versions, err := r.db.History(ctx, "element", id)
	if err != nil {
		return nil, err
	}
	mark := s.of.rows[id].label
	var out []Turned
	var before *truce.Element
	for _, version := range versions[max(0, len(versions)-mostVersions):] {
		if version.Row.Body == nil || version.Row.Label != mark || version.From >= s.AsOf {
			before = nil
			continue
		}
		e, err := elementOf(version.Row)
		if err != nil {
			return nil, err
		}
		if e.Incident = ""; before != nil && !reflect.DeepEqual(*before, e) { // joins change no facts
			turns, err := r.turns(ctx, version.From, *before, e)
			if err != nil {
				return nil, err
			}
			out = append(out, turns...)
		}
		before = &e
	}
	return slices.DeleteFunc(out, func(t Turned) bool { return s.Agreement(t.Agreement) == nil }), nil
}

// turns are the verdicts in which two versions differ under what was agreed after an entry.
func (r *Record) turns(ctx context.Context, n int64, was, is truce.Element) ([]Turned, error) {
	o, err := r.terms(ctx, n+1)
	if kindOf(err) == truce.Absent && err != nil {
		return nil, nil // nothing was agreed yet
	}
	if err != nil {
		return nil, err
	}
	var out []Turned
	old := o.on(&was)
	for i, v := range o.on(&is) {
		if old[i].Outcome != v.Outcome {
			out = append(out, Turned{n, v.Agreement, v.Clause, old[i].Outcome, v.Outcome})
		}
	}
	return out, nil
}

func rowsOf(told []Told) []Seen {
	var out []Seen
	for _, t := range told {
		out = append(out, t.Row)
	}
	return out
}

// beside gathers the reports of an incident and what names it: findings, contacts, attachments.
func (r *Record) beside(ctx context.Context, who access.Person, s *Sight, in *Incident) error {
	names := map[string]bool{in.ID: true}
	reports := map[string]bool{}
	for _, i := range in.Members {
		names[s.Result.Elements[i].ID] = true
	}
	for _, row := range append(rowsOf(in.Told), in.Outside...) {
		var b struct{ Report string }
		if json.Unmarshal(row.Body, &b) == nil && b.Report != "" {
			reports[b.Report] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(reports)) {
		row, err := r.maybe(ctx, who, s.AsOf, "report", id)
		if err != nil {
			return err
		}
		if row != nil {
			in.Reports, names[id] = append(in.Reports, *row), true
		}
	}
	found, err := r.pages(ctx, who, Question{Kind: "finding", AsOf: s.AsOf, Parent: in.ID})
	if err != nil {
		return err
	}
	if in.Findings, err = r.read(ctx, who, s.AsOf, found); err != nil {
		return err
	}
	for _, kind := range []string{"contact", "request"} {
		found, err := r.naming(ctx, who, s.AsOf, kind, "about", names)
		if err != nil {
			return err
		}
		in.Contacts = append(in.Contacts, found...)
	}
	in.Attachments, err = r.naming(ctx, who, s.AsOf, "attachment", "report", reports)
	return err
}

// naming lists the rows of a kind of which a field is one of some names.
func (r *Record) naming(ctx context.Context, who access.Person, asOf int64, kind, field string, names map[string]bool) ([]Seen, error) {
	rows, err := r.pages(ctx, who, Question{Kind: kind, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	return r.read(ctx, who, asOf, slices.DeleteFunc(rows, func(row Seen) bool {
		var b map[string]json.RawMessage
		var name string
		return json.Unmarshal(row.Body, &b) != nil || json.Unmarshal(b[field], &name) != nil || !names[name]
	}))
}

// read opens rows that were listed: one sees more of a row than of a list.
func (r *Record) read(ctx context.Context, who access.Person, asOf int64, listed []Seen) ([]Seen, error) {
	var out []Seen
	for _, row := range listed {
		whole, err := r.maybe(ctx, who, asOf, row.Kind, row.ID)
		if err != nil {
			return nil, err
		}
		if whole != nil {
			out = append(out, *whole)
		}
	}
	return out, nil
}

// events lists the entries that made an incident, its reports and its elements what they are.
func (r *Record) events(ctx context.Context, who access.Person, s *Sight, in *Incident) error {
	made := map[int64]*Event{}
	of := [][2]string{{"incident", in.ID}}
	for _, list := range [][]Seen{in.Reports, in.Findings} {
		for _, row := range list {
			of = append(of, [2]string{row.Kind, row.ID})
		}
	}
	for _, t := range in.Told {
		of = append(of, [2]string{"element", t.Row.ID})
	}
	for _, key := range of {
		versions, err := r.History(ctx, who, key[0], key[1])
		if kind := kindOf(err); err != nil && kind != truce.Absent && kind != truce.Denied {
			return err
		}
		r.collect(made, versions, s.AsOf)
	}
	seen := r.view(who, access.Read, 0)
	for _, n := range slices.Sorted(maps.Keys(made)) {
		if err := r.describe(ctx, seen, made[n]); err != nil {
			return err
		}
		in.Events = append(in.Events, *made[n])
	}
	return nil
}

// collect sorts the versions of one row under the entries that made them.
func (r *Record) collect(made map[int64]*Event, versions []Seen, asOf int64) {
	for i, v := range versions {
		if v.From >= asOf {
			return
		}
		e := made[v.From]
		if e == nil {
			e = &Event{N: v.From}
			made[v.From] = e
		}
		m := Made{Kind: v.Kind, ID: v.ID, New: i == 0}
		if i > 0 {
			m.Fields = different(versions[i-1].Body, v.Body)
		}
		var b struct{ Recorded time.Time }
		_ = json.Unmarshal(v.Body, &b) // a row without a time has none to tell
		e.Recorded, e.Of = b.Recorded, append(e.Of, m)
	}
}

// different names the fields in which two versions of a row differ, but for those that are
// about the entries themselves.
func different(was, is json.RawMessage) []string {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(is, &b) != nil {
		return nil
	}
	names := map[string]bool{}
	for name := range a {
		names[name] = string(a[name]) != string(b[name])
	}
	for name := range b {
		names[name] = string(a[name]) != string(b[name])
	}
	for _, own := range []string{"entry", "recorded", "author", "reason", "assessed", "valid"} {
		delete(names, own)
	}
	maps.DeleteFunc(names, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(names))
}

// describe adds what an entry says of itself, as far as the person may see it.
func (r *Record) describe(ctx context.Context, v *view, e *Event) error {
	entry, err := r.db.Entry(ctx, e.N)
	if err != nil {
		return err
	}
	if r.mayReadEntry(v.who, entry) != nil {
		return nil
	}
	fields, err := v.disclose(ctx, entry)
	if err != nil {
		return err
	}
	e.Kind, e.Recorded = entry.Kind, entry.At
	e.Author, e.Reason = textIn(fields, "author"), textIn(fields, "reason")
	var valid struct{ From, To time.Time }
	if ok, err := fields.Get("valid", &valid); ok && err == nil {
		e.From, e.To = valid.From, valid.To
	}
	return nil
}

// textIn is a field that holds a text; empty where it is withheld, destroyed or none.
func textIn(f ledger.Fields, name string) string {
	var s string
	if ok, err := f.Get(name, &s); !ok || err != nil {
		return ""
	}
	return strings.TrimSpace(s)
}
