package desk

import (
	"context"
	"encoding/json"

	"truce"
	"truce/access"
	"truce/ledger"
)

// Shown is what one person may see of the fields of an entry: the same as in its receipt.
type Shown struct {
	// Mark is the entry's handling mark as it is shown; the field itself may name people.
	Mark string `json:"-"`
	// Values are canonical JSON, by name.
	Values map[string]json.RawMessage `json:"values"`
	// Withheld are the commitments, in base64, to the fields that the person may not see
	// or whose values were destroyed, by name.
	Withheld map[string]string `json:"hashes"`
}

// Shown returns what a person may see of the fields of entries, in the order in which they
// are named. An entry that is not for the person is Denied, as in [Record.Entry].
func (r *Record) Shown(ctx context.Context, who access.Person, entries ...int64) ([]Shown, error) {
	out, seen := make([]Shown, 0, len(entries)), r.view(who, access.Read, 0)
	for _, n := range entries {
		e, err := r.db.Entry(ctx, n)
		if err != nil {
			return nil, err
		}
		if err := r.mayReadEntry(who, e); err != nil {
			return nil, err
		}
		fields, err := seen.disclose(ctx, e)
		if err != nil {
			return nil, err
		}
		var s Shown
		if err := json.Unmarshal(fields.Text(), &s); err != nil {
			return nil, &truce.Error{Kind: truce.Internal, At: "entry", Msg: "the fields are damaged", Err: err}
		}
		if s.Mark, err = markOf(e); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// markOf is the handling mark of an entry as it is shown.
func markOf(e *ledger.Entry) (string, error) {
	_, mark, err := entryAs(e)
	if err != nil {
		return "", err
	}
	label, err := access.ParseLabel(mark)
	return label.Shown(), err
}
