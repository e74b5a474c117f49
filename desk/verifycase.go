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
)

// namesCase says of a kind of entry that it is about an incident that must be there.
func namesCase(kind string) bool {
	switch kind {
	case "stage.set", "task.set", "access.met", "fire.noted", "measure.taken", "protest.filed":
		return true
	}
	return false
}

// fitsCase refuses an act that does not follow the mission's stages and steps.
func (r *Record) fitsCase(ctx context.Context, who access.Person, kind string, fields map[string]any) error {
	switch kind {
	case "stage.set":
		stages := r.stages(ctx)
		if !slices.ContainsFunc(stages, func(s Stage) bool { return s.Name == fields["stage"] }) {
			var names []string
			for _, s := range stages {
				names = append(names, s.Name)
			}
			return &truce.Error{Kind: truce.Invalid, At: "stage", Msg: "the mission has no such stage", Hint: "one of " + strings.Join(names, ", ")}
		}
	case "measure.taken":
		return r.nextStep(ctx, who, textOf(fields["incident"]), fields)
	}
	return nil
}

// caseThere refuses an incident that is not there, or not for the person. An element that belongs to none is an
// incident by itself.
func (r *Record) caseThere(ctx context.Context, who access.Person, id string) error {
	if id == "" {
		return nil
	}
	for _, kind := range []string{"incident", "element"} {
		row, err := r.maybe(ctx, who, 0, kind, id)
		if err != nil || row != nil {
			return err
		}
	}
	return &truce.Error{Kind: truce.Absent, At: "incident/" + id, Msg: "there is no such incident", Err: Refusal{who.ID, string(access.Read), "incident", "it is not there, or is hidden"}}
}

// stages are the mission's, or the defaults while there is none.
func (r *Record) stages(ctx context.Context) []Stage {
	if o, err := r.terms(ctx, 0); err == nil {
		return o.mission.Stages
	}
	return DefaultStages()
}

// Case is one case on the board.
type Case struct {
	ID, Title string
	Stage     Stage
	Since     time.Time // when it came to the stage
	Entry     int64     // that put it there
	Finding   string    // that put it there
	Live      bool      // there is fire, as far as is known
	Open      int       // tasks that are not ended
}

// Limit is how long the case may stand where it stands; 0 without a limit.
func (c Case) Limit() time.Duration { return c.Stage.Limit(c.Live) }

// Due is when the case should leave its stage; zero without a limit, or where nobody knows since
// when it has stood there.
func (c Case) Due() time.Time {
	if c.Limit() == 0 || c.Since.IsZero() {
		return time.Time{}
	}
	return c.Since.Add(c.Limit())
}

// placed is what a row about a case says of it.
type placed struct {
	Incident, Stage, Finding, Fire, Status, Result string
	Recorded, At                                   time.Time
	Entry                                          int64
}

// placedIn reads it; what is of another type is left out.
func placedIn(row Seen) placed {
	var p placed
	_ = json.Unmarshal(row.Body, &p)
	return p
}

// MostReceived is how many of the newest cases that nobody put into a stage stand on the board.
const MostReceived = 50

// Cases are those that a person may see: those that were put into a stage or have a finding,
// and of the others the newest, which are received. They come by stage in the mission's order,
// whatever is due first before the rest.
func (r *Record) Cases(ctx context.Context, who access.Person, s *Sight) ([]Case, error) {
	stages := r.stages(ctx)
	found := map[string]*Case{}
	for _, kind := range []string{"stage", "finding", "task", "fire"} {
		rows, err := r.pages(ctx, who, Question{Kind: kind, AsOf: s.AsOf})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if p := placedIn(row); p.Incident != "" {
				place(found, stages, kind, row.ID, p)
			}
		}
	}
	if err := r.received(ctx, who, s, found, stages); err != nil {
		return nil, err
	}
	var out []Case
	for _, c := range found {
		if c.Since.IsZero() { // nothing but fire or a task is known of it
			c.Stage = stageOf(stages, StageReceived)
			if err := r.begun(ctx, who, s, c); err != nil {
				return nil, err
			}
		}
		c.Title = r.titled(ctx, who, s, c.ID)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Case) int { return compareCases(stages, a, b) })
	return out, nil
}

// compareCases puts cases by stage; in it what is due first, then what has waited longest.
func compareCases(stages []Stage, a, b Case) int {
	at := func(c Case) int {
		return slices.IndexFunc(stages, func(s Stage) bool { return s.Name == c.Stage.Name })
	}
	if n := at(a) - at(b); n != 0 {
		return n
	}
	if a.Due().IsZero() != b.Due().IsZero() {
		return map[bool]int{true: 1, false: -1}[a.Due().IsZero()]
	}
	if n := a.Due().Compare(b.Due()); n != 0 {
		return n
	}
	if n := a.Since.Compare(b.Since); n != 0 {
		return n
	}
	return strings.Compare(a.ID, b.ID)
}

// place takes what a row says into its case. A finding determines a case from the moment it is
// signed, until it is put into another stage.
func place(found map[string]*Case, stages []Stage, kind, id string, p placed) {
	c := found[p.Incident]
	if c == nil {
		c = &Case{ID: p.Incident}
		found[p.Incident] = c
	}
	switch {
	case kind == "fire":
		c.Live = p.Fire == "going"
	case kind == "task" && p.Result == "":
		c.Open++
	case kind == "stage" && !p.Recorded.Before(c.Since):
		c.Stage, c.Since, c.Entry, c.Finding = stageOf(stages, p.Stage), p.Recorded, p.Entry, p.Finding
	case kind == "finding" && p.Status != "withdrawn" && p.Recorded.After(c.Since):
		c.Stage, c.Since, c.Entry, c.Finding = stageOf(stages, StageDetermined), p.Recorded, p.Entry, id
	}
}

// stageOf is a stage by its name; one that the mission no longer has is without a limit.
func stageOf(stages []Stage, name string) Stage {
	if i := slices.IndexFunc(stages, func(s Stage) bool { return s.Name == name }); i >= 0 {
		return stages[i]
	}
	return Stage{Name: name}
}

// received adds the newest cases that nobody put anywhere.
func (r *Record) received(ctx context.Context, who access.Person, s *Sight, found map[string]*Case, stages []Stage) error {
	reports, err := r.Rows(ctx, who, Question{Kind: "report", AsOf: s.AsOf, Newest: true, Limit: MostReceived})
	if err != nil {
		return err
	}
	for _, row := range reports.Rows {
		var b struct{ Elements []string }
		_ = json.Unmarshal(row.Body, &b) // what has no elements is no case
		for _, e := range b.Elements {
			i, ok := s.Find(e)
			if !ok {
				continue
			}
			id := e
			if in := s.Result.Elements[i].Incident; in != "" {
				id = in
			}
			if c := found[id]; c == nil {
				c = &Case{ID: id, Stage: stageOf(stages, StageReceived)}
				if c.Entry, c.Since, err = r.first(ctx, "report", row.ID); err != nil {
					return err
				}
				found[id] = c
			}
		}
	}
	return nil
}

// first is the entry that made a row, and when.
func (r *Record) first(ctx context.Context, kind, id string) (int64, time.Time, error) {
	versions, err := r.db.History(ctx, kind, id)
	if err != nil || len(versions) == 0 {
		return 0, time.Time{}, err
	}
	e, err := r.db.Entry(ctx, versions[0].From)
	if err != nil {
		return 0, time.Time{}, err
	}
	return versions[0].From, e.At, nil
}

// begun says since when a case is there of which no stage is known.
func (r *Record) begun(ctx context.Context, who access.Person, s *Sight, c *Case) error {
	members, _, err := r.members(ctx, who, s, c.ID)
	if err != nil {
		return err
	}
	for _, i := range members {
		n, at, err := r.first(ctx, "element", s.Result.Elements[i].ID)
		if err != nil {
			return err
		}
		if c.Since.IsZero() || at.Before(c.Since) {
			c.Entry, c.Since = n, at
		}
	}
	if !c.Since.IsZero() {
		return nil
	}
	row, err := r.maybe(ctx, who, s.AsOf, "incident", c.ID) // whose acts lie outside the mission's period
	if err == nil && row != nil {
		c.Entry, c.Since, err = r.first(ctx, "incident", c.ID)
	}
	return err
}

// titled is what a case is called, as far as the person may see it.
func (r *Record) titled(ctx context.Context, who access.Person, s *Sight, id string) string {
	if row, err := r.maybe(ctx, who, s.AsOf, "incident", id); err == nil && row != nil {
		var b struct{ Title string }
		if json.Unmarshal(row.Body, &b) == nil && b.Title != "" {
			return b.Title
		}
	}
	if members, _, err := r.members(ctx, who, s, id); err == nil && len(members) > 0 {
		return s.Result.Elements[members[0]].Title
	}
	return ""
}

// ClockTime reads a time as people enter it in a form, in the mission's zone where it names
// none; nothing is the zero time.
func (r *Record) ClockTime(ctx context.Context, field, text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	zone := time.UTC
	if o, err := r.terms(ctx, 0); err == nil {
		zone = o.mission.Zone
	}
	t, err := clockTime(text, zone)
	if err != nil {
		return t, &truce.Error{Kind: truce.Invalid, At: field, Msg: fmt.Sprintf("%.40q is no time", text), Hint: "such as 2016-08-27 18:00"}
	}
	return t, nil
}
