package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/terms"
)

// clockTime reads a time with its offset, or on a clock of a zone.
func clockTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if len(text) > 10 && text[10] == 'T' { // as browsers write it
		text = text[:10] + " " + text[11:]
	}
	return terms.ParseTime(text, zone)
}

// Waiting is an act that waits for its second person.
type Waiting struct {
	N      int64 // of the proposal
	Do     string
	By     string
	At     time.Time
	Until  time.Time
	Mark   string
	Act    map[string]json.RawMessage // nil: hidden from the person
	Status string
	// Own says that the person proposed it and so cannot confirm it.
	Own bool
}

// Over reports whether it can no longer be confirmed.
func (w Waiting) Over(now time.Time) bool { return !now.Before(w.Until) }

// Waitings are the proposals that a person may see and that were neither confirmed nor declined, the
// newest first.
func (r *Record) Waitings(ctx context.Context, who access.Person, asOf int64) ([]Waiting, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "proposal", AsOf: asOf, Newest: true})
	if err != nil {
		return nil, err
	}
	if rows, err = r.read(ctx, who, asOf, rows); err != nil {
		return nil, err
	}
	var out []Waiting
	for _, row := range rows {
		var b struct {
			Do, Author, Status string
			Act                map[string]json.RawMessage
			Entry              int64
			Recorded           time.Time
		}
		if json.Unmarshal(row.Body, &b) == nil && b.Status == "" {
			out = append(out, Waiting{N: b.Entry, Do: b.Do, By: b.Author, At: b.Recorded, Until: b.Recorded.Add(access.ConfirmWithin), Mark: row.Mark, Act: b.Act, Own: b.Author == who.ID})
		}
	}
	return out, nil
}

// Decline ends a proposal: by whoever proposed it, or by somebody who might have.
func (r *Record) Decline(ctx context.Context, who access.Person, proposal int64, reason string) (Entered, error) {
	if strings.TrimSpace(reason) == "" {
		return Entered{}, &truce.Error{Kind: truce.Invalid, At: "reason", Msg: "it is not said why", Hint: "a reason"}
	}
	p, err := r.proposed(ctx, who, proposal)
	if err != nil {
		return Entered{}, err
	}
	s, err := r.about(ctx, who, p.do, p.act)
	if err != nil {
		return Entered{}, err
	}
	fields, err := fieldsOf(p.act)
	if err != nil {
		return Entered{}, err
	}
	x, err := r.pair(p.do, fields, p.label, s)
	if err != nil {
		return Entered{}, err
	}
	if _, d := r.policy.Propose(who, x.do, x.kind, x.id, x.what, x.label, r.now()); !d.Allowed && who.ID != p.by {
		return Entered{}, refused(who, x.do, x.kind, d)
	}
	row, err := r.db.Get(ctx, 0, "proposal", fmt.Sprint(proposal))
	if err != nil {
		return Entered{}, err
	}
	if was := text(row, "status"); was != "" {
		return Entered{}, &truce.Error{Kind: truce.Conflict, At: "entry", Msg: fmt.Sprintf("proposal %d was %s already", proposal, was)}
	}
	return r.enter(ctx, who, "act.declined", map[string]any{"entry": proposal, "reason": reason, "mark": p.mark})
}
