package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"truce"
	"truce/access"
)

// CaseFile is everything that a person may see of the work on one case.
type CaseFile struct {
	Case
	In *Incident
	// Stages are the stages that the case was put into, oldest first.
	Stages []Seen
	// The rest are rows about the case, in the order in which they were entered. Replies are to
	// its requests and protests.
	Tasks, Accesses, Contacts, Requests, Measures, Protests, Replies []Seen
	Fire                                                             *Seen
	// Waiting are the findings about it that wait for a second person.
	Waiting []Waiting
}

// CaseFile gathers the work on an incident, by the identifier that [Record.IncidentOf] leads to.
func (r *Record) CaseFile(ctx context.Context, who access.Person, s *Sight, id string) (*CaseFile, error) {
	f := &CaseFile{}
	var err error
	if f.In, err = r.Incident(ctx, who, s, id, ""); err != nil {
		return nil, err
	}
	for kind, into := range map[string]*[]Seen{"task": &f.Tasks, "access": &f.Accesses, "contact": &f.Contacts, "request": &f.Requests, "measure": &f.Measures, "protest": &f.Protests} {
		if *into, err = r.ofCase(ctx, who, s, kind, id); err != nil {
			return nil, err
		}
	}
	for _, row := range slices.Concat(f.Requests, f.Protests) {
		replies, err := r.ofCase(ctx, who, s, "reply", row.ID)
		if err != nil {
			return nil, err
		}
		f.Replies = append(f.Replies, replies...)
	}
	if f.Fire, err = r.maybe(ctx, who, s.AsOf, "fire", id); err != nil {
		return nil, err
	}
	if err := r.stagesOf(ctx, who, s, id, f); err != nil {
		return nil, err
	}
	f.Waiting, err = r.waitingFor(ctx, who, s, id)
	return f, err
}

// ofCase lists the rows of a kind that belong to one thing, whole, as they were entered.
func (r *Record) ofCase(ctx context.Context, who access.Person, s *Sight, kind, parent string) ([]Seen, error) {
	rows, err := r.pages(ctx, who, Question{Kind: kind, AsOf: s.AsOf, Parent: parent})
	if err != nil {
		return nil, err
	}
	rows, err = r.read(ctx, who, s.AsOf, rows)
	slices.SortStableFunc(rows, func(a, b Seen) int { return cmp.Compare(enteredIn(a), enteredIn(b)) })
	return rows, err
}

func enteredIn(row Seen) int64 {
	var b struct{ Entry int64 }
	_ = json.Unmarshal(row.Body, &b) // a row without one comes first
	return b.Entry
}

// stagesOf says in which stage a case stands, and in which it stood.
func (r *Record) stagesOf(ctx context.Context, who access.Person, s *Sight, id string, f *CaseFile) error {
	stages := r.stages(ctx)
	found := map[string]*Case{id: {ID: id}}
	had, err := r.History(ctx, who, "stage", id)
	if k := kindOf(err); err != nil && k != truce.Absent && k != truce.Denied {
		return err
	}
	for _, row := range had {
		if row.From < s.AsOf {
			f.Stages = append(f.Stages, row)
		}
	}
	rows := slices.Concat(f.Stages, f.In.Findings, f.Tasks)
	if f.Fire != nil {
		rows = append(rows, *f.Fire)
	}
	for _, row := range rows {
		if p := placedIn(row); p.Incident == id {
			place(found, stages, row.Kind, row.ID, p)
		}
	}
	f.Case = *found[id]
	if f.Since.IsZero() {
		f.Stage = stageOf(stages, StageReceived)
		if err := r.begun(ctx, who, s, &f.Case); err != nil {
			return err
		}
	}
	f.Title = r.titled(ctx, who, s, id)
	return nil
}

// waitingFor are the proposals of findings about an incident.
func (r *Record) waitingFor(ctx context.Context, who access.Person, s *Sight, id string) ([]Waiting, error) {
	all, err := r.Waitings(ctx, who, s.AsOf)
	return slices.DeleteFunc(all, func(w Waiting) bool {
		var incident string
		_ = json.Unmarshal(w.Act["incident"], &incident) // what names none is about something else
		return incident != id
	}), err
}
