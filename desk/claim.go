package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/record"
)

// Claims are what sides and sources say of an incident, and what may have happened.
type Claims struct {
	Claims     []Claim      `json:"claims"`
	Hypotheses []Hypothesis `json:"hypotheses"`
	// MayNote says that the person may add to them.
	MayNote bool `json:"-"`
}

// Claim is what one side or source says: "says", "confirms", "denies", "acknowledges"; or that it
// is "silent", which is none of these. Source and information are graded apart and never together.
type Claim struct {
	Entry                    int64     `json:"entry"`
	By                       string    `json:"by,omitempty"`
	Claim                    string    `json:"claim"`
	Fact, Value              string    `json:"-"`
	Words                    string    `json:"words,omitempty"`
	At                       time.Time `json:"at,omitzero"`
	Reliability, Credibility string    `json:"-"`
}

// Evidence is what speaks for or against a hypothesis.
type Evidence = record.Evidence

// Hypothesis is one way in which it may have happened, with what speaks for and against it.
type Hypothesis struct {
	ID        string            `json:"id"`
	Statement string            `json:"statement"`
	Evidence  []record.Evidence `json:"evidence,omitempty"`
	Entry     int64             `json:"entry"`
	Mark      string            `json:"-"`
}

// Claims lists what is claimed of an incident, as far as the person may see it.
func (r *Record) Claims(ctx context.Context, who access.Person, asOf int64, incident string) (*Claims, error) {
	out := &Claims{MayNote: r.allow(who, access.Assess, "claim", access.Label{TLP: access.Amber}) == nil}
	page, err := r.Rows(ctx, who, Question{Kind: "claim", AsOf: asOf, Parent: incident, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	for _, row := range page.Rows {
		var c Claim
		if err := json.Unmarshal(row.Body, &c); err != nil {
			return nil, damaged("claim", row.ID, err)
		}
		var b struct{ Fact, Value, Reliability, Credibility string }
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return nil, damaged("claim", row.ID, err)
		}
		c.Fact, c.Value, c.Reliability, c.Credibility = b.Fact, b.Value, b.Reliability, b.Credibility
		out.Claims = append(out.Claims, c)
	}
	if page, err = r.Rows(ctx, who, Question{Kind: "hypothesis", AsOf: asOf, Parent: incident, Limit: MaxLimit}); err != nil {
		return nil, err
	}
	for _, row := range page.Rows {
		h := Hypothesis{Mark: row.Mark}
		if err := json.Unmarshal(row.Body, &h); err != nil {
			return nil, damaged("hypothesis", row.ID, err)
		}
		h.ID = row.ID
		out.Hypotheses = append(out.Hypotheses, h)
	}
	return out, nil
}

// NoteClaim enters what a side or a source says of an incident; silence is entered, too.
func (r *Record) NoteClaim(ctx context.Context, who access.Person, submission, incident string, c Claim) error {
	f := map[string]any{"incident": incident, "by": c.By, "claim": c.Claim}
	for name, v := range map[string]string{"fact": c.Fact, "value": c.Value, "words": c.Words, "reliability": c.Reliability, "credibility": c.Credibility} {
		if v = strings.TrimSpace(v); v != "" {
			f[name] = v
		}
	}
	if err := r.seesIncident(ctx, who, incident); err != nil {
		return err
	}
	_, err := r.Write(ctx, who, Act{Kind: "claim.noted", Submission: submission, Fields: f})
	return err
}

// PutHypothesis enters one way in which it may have happened.
func (r *Record) PutHypothesis(ctx context.Context, who access.Person, submission, incident, id, statement string) error {
	if err := r.seesIncident(ctx, who, incident); err != nil {
		return err
	}
	_, err := r.Write(ctx, who, Act{Kind: "hypothesis.put", Submission: submission, Fields: map[string]any{"id": id, "incident": incident, "statement": strings.TrimSpace(statement)}})
	return err
}

// Weigh adds to a hypothesis what speaks for or against it. What stood there stays.
func (r *Record) Weigh(ctx context.Context, who access.Person, submission, id string, e record.Evidence) error {
	row, err := r.Row(ctx, who, 0, "hypothesis", id)
	if err != nil {
		return err
	}
	var h struct {
		Incident, Statement string
		Evidence            []record.Evidence
	}
	if err := json.Unmarshal(row.Body, &h); err != nil {
		return damaged("hypothesis", id, err)
	}
	_, err = r.Write(ctx, who, Act{Kind: "hypothesis.put", Submission: submission, Fields: map[string]any{
		"id": id, "incident": h.Incident, "statement": h.Statement, "evidence": append(h.Evidence, e)}})
	return err
}

// seesIncident refuses to write about an incident that the person may not see; one that is not
// there is answered alike.
func (r *Record) seesIncident(ctx context.Context, who access.Person, id string) error {
	_, err := r.Row(ctx, who, 0, "incident", id)
	if kind := kindOf(err); err != nil && (kind == truce.Absent || kind == truce.Denied) {
		_, err = r.Row(ctx, who, 0, "element", id) // one that belongs to no incident is one by itself
	}
	return err
}
