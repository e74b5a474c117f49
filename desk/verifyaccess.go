package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"truce"
	"truce/access"
)

// Met is access that somebody asked for, and how it went.
type Met struct {
	// ID names it; Incident and Task say for what access was asked, where it was for something.
	ID, Incident, Task string
	Outcome            string // "granted", "denied", "delayed", "conditional"
	Actor              string // who gave or refused it
	At, Until          time.Time
	Words              string // that were used
	Mark               string
	// Act is the act of the terms that it comes to, such as "refuse-access"; empty where there
	// is none. Place is the element whose place it was; empty where nobody says.
	Act, Place string
}

// BarredActs are the acts of the terms that keeping somebody out may come to.
func BarredActs() []string {
	return []string{"refuse-access", "delay-access", "obstruct-monitors", "refuse-passage", "inspect-goods", "remove-goods"}
}

// MeetAccess enters how access went. Where it comes to an act of the terms, a report of that act
// is entered with it. So the duty of access is judged by itself, and nothing follows from it for
// what could not be looked at.
func (r *Record) MeetAccess(ctx context.Context, who access.Person, submission string, m Met) ([]Entered, error) {
	fields := map[string]any{"id": m.ID, "outcome": m.Outcome, "actor": m.Actor, "at": m.At, "words": m.Words}
	for name, v := range map[string]string{"incident": m.Incident, "task": m.Task, "mark": m.Mark} {
		if v != "" {
			fields[name] = v
		}
	}
	if !m.Until.IsZero() {
		fields["until"] = m.Until
	}
	acts := []Act{{Kind: "access.met", Submission: submission, Fields: fields}}
	if m.Act != "" {
		report, err := r.barred(ctx, who, m)
		if err != nil {
			return nil, err
		}
		fields["report"] = report["id"]
		acts = []Act{{Kind: "report.received", Submission: partOf(submission, "report"), Fields: report}, acts[0]}
	}
	return r.Write(ctx, who, acts...)
}

// partOf names a part of a submission.
func partOf(submission, name string) string {
	if submission == "" {
		return ""
	}
	return submission + "/" + name
}

// barred is the report of an act that access came to.
func (r *Record) barred(ctx context.Context, who access.Person, m Met) (map[string]any, error) {
	if !slices.Contains(BarredActs(), m.Act) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "act", Msg: "keeping somebody out is no such act", Hint: "such as refuse-access"}
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, err
	}
	e := truce.Element{ID: m.ID, Title: m.Words, Acts: []string{m.Act}, By: []string{m.Actor}, When: []truce.When{{From: m.At, To: m.At}}}
	if !m.Until.IsZero() {
		e.When[0].To, e.When[0].Lasts = m.Until, true
	}
	if e.Where, err = r.placeOf(ctx, who, m.Place); err != nil {
		return nil, err
	}
	fields := reportFields(o.mission, truce.Report{ID: m.ID, Source: r.org, Text: m.Words, Elements: []truce.Element{e}})
	if m.Mark != "" {
		fields["mark"] = m.Mark
	}
	return fields, nil
}

// placeOf is where an element was, as the person may see it.
func (r *Record) placeOf(ctx context.Context, who access.Person, element string) ([]truce.Place, error) {
	if element == "" {
		return nil, nil
	}
	row, err := r.Row(ctx, who, 0, "element", element)
	if err != nil {
		return nil, err
	}
	var b struct{ Where []truce.Place }
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "element/" + element, Msg: "the row is damaged", Err: err}
	}
	return b.Where, nil
}
