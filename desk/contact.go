package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
)

// Calming is what a person may see of calls, questions and protests, of all cases.
type Calming struct {
	// Fires are the cases with fire going on or nobody knows; Requests are those not closed.
	Fires, Requests, Protests, Replies, Lines []Seen
}

// Calming gathers what waits for somebody to act.
func (r *Record) Calming(ctx context.Context, who access.Person, s *Sight) (*Calming, error) {
	c := &Calming{}
	for _, of := range []struct {
		kind string
		into *[]Seen
	}{{"fire", &c.Fires}, {"request", &c.Requests}, {"protest", &c.Protests}, {"reply", &c.Replies}} {
		rows, err := r.pages(ctx, who, Question{Kind: of.kind, AsOf: s.AsOf})
		if err != nil {
			return nil, err
		}
		if *of.into, err = r.read(ctx, who, s.AsOf, rows); err != nil {
			return nil, err
		}
	}
	c.Fires = slices.DeleteFunc(c.Fires, func(row Seen) bool { return says(row, "fire") == "stopped" })
	c.Requests = slices.DeleteFunc(c.Requests, func(row Seen) bool { return says(row, "ending") != "" })
	var err error
	c.Lines, err = r.Lines(ctx, who, s)
	return c, err
}

// Lines are the contact lines that a person may see, by whom they reach and then by name.
func (r *Record) Lines(ctx context.Context, who access.Person, s *Sight) ([]Seen, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "line", AsOf: s.AsOf})
	if err != nil {
		return nil, err
	}
	rows, err = r.read(ctx, who, s.AsOf, rows)
	slices.SortFunc(rows, func(a, b Seen) int {
		return slices.Compare([]string{says(a, "actor"), says(a, "name"), a.ID}, []string{says(b, "actor"), says(b, "name"), b.ID})
	})
	return rows, err
}

// says is a field of a row that is a text.
func says(row Seen, field string) string {
	var b map[string]json.RawMessage
	var text string
	if json.Unmarshal(row.Body, &b) != nil || json.Unmarshal(b[field], &text) != nil {
		return ""
	}
	return text
}

// fitsContact refuses a call that was answered and of which nobody says whether the message was
// read back.
func fitsContact(fields map[string]any) error {
	if textOf(fields["answered"]) == "yes" && textOf(fields["read_back"]) == "" {
		return &truce.Error{Kind: truce.Invalid, At: "read_back", Msg: "it is not said whether the message was read back", Hint: "yes or no"}
	}
	return nil
}

// Addressed is the mark of what is asked of a party: for the mission, and for that party.
func Addressed(party string) string {
	label := access.Label{TLP: access.Amber, To: []string{access.OfParty(party)}}
	if _, err := access.ParseLabel(label.String()); err != nil || strings.TrimSpace(party) == "" {
		return DefaultMark // what is no name of a party can be addressed to none
	}
	return label.String()
}

// StaleAfter is how long the test of a contact line counts.
const StaleAfter = 24 * time.Hour
