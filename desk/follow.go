package desk

import (
	"time"

	"truce"
	"truce/calm"
	"truce/terms"
)

// Clock is the countdown of one calm clause.
type Clock struct {
	Agreement, Clause string
	Unit              string // "days" or "hours"
	calm.Clock
}

// Until is the moment up to which duties and clocks are followed: the end of the days
// charted, else the last moment of the record.
func (r *Result) Until() time.Time {
	if !r.Mission.To.IsZero() {
		return r.Mission.To.AddDate(0, 0, 1).Add(r.Mission.Cut)
	}
	var last time.Time
	for i := range r.Elements {
		for _, w := range r.Elements[i].When {
			if w.To.After(last) {
				last = w.To
			}
		}
	}
	return last
}

// Duties are the duties that have a state over time; none are followed through a part of a record.
func (r *Result) Duties() []terms.Duty {
	r.once.Do(r.follow)
	return r.duties
}

// Clocks are the calms; none are followed through a part of a record.
func (r *Result) Clocks() []Clock {
	r.once.Do(r.follow)
	return r.clocks
}

// follow runs the duties that have a state over time, and the calms.
func (r *Result) follow() {
	if r.part != nil {
		return
	}
	until := r.Until()
	var subjects []*terms.Subject
	when := map[string][]truce.When{}
	for i := range r.Elements {
		e := &r.Elements[i]
		when[e.ID] = e.When
		s := terms.NewSubject(r.Mission.atlas, e)
		subjects = append(subjects, s)
		for _, note := range s.Notes() {
			r.Warnings = append(r.Warnings, truce.Problem{File: e.ID, Code: "place", Msg: note, Warning: true})
		}
	}
	for _, j := range r.Judges {
		for _, c := range j.Agreement().Clauses {
			switch {
			case c.Kind == terms.Calm:
				r.clocks = append(r.clocks, r.clock(j, c, when, until))
			case c.Kind == terms.Keep, c.Kind == terms.Require && c.Upon == nil:
				r.duties = append(r.duties, j.Duty(c, subjects, until))
			}
		}
	}
}

// clock runs one calm on the verdicts of the clauses it is about.
func (r *Result) clock(j *terms.Judge, c *terms.Clause, when map[string][]truce.When, until time.Time) Clock {
	rule := calm.Rule{Days: c.Calm.Length.Days, Hours: c.Calm.Length.Minutes / 60, Zone: j.Zone(), Start: j.Start(c), Watched: c.Ledger}
	unit := "days"
	if rule.Days == 0 {
		unit = "hours"
	}
	if !c.Calm.ResetByViolation {
		rule.Judges = c.Calm.JudgedBy
	}
	of := map[string]bool{}
	for _, id := range c.Calm.Of {
		of[id] = true
	}
	var events []calm.Event
	for i := range r.Elements {
		id := r.Elements[i].ID
		for _, v := range r.kept[i] {
			if v.Outcome == truce.NoViolation || v.Agreement != j.Agreement().ID || !of[v.Clause] || v.Code == "RETRACTED" || v.Code == "DUP" {
				continue
			}
			for _, w := range when[id] {
				events = append(events, calm.Event{Element: id, When: w, Sure: v.Outcome == truce.Violation && len(when[id]) == 1})
			}
		}
	}
	var said []calm.Judgment
	for _, g := range j.Judgments(c) {
		said = append(said, calm.Judgment{By: g.By, At: g.At, Says: calm.Word(g.Says), Note: g.Note})
	}
	return Clock{j.Agreement().ID, c.ID, unit, calm.Run(rule, events, said, until)}
}
