package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"truce"
	"truce/access"
)

// fireGoes notes of an incident that there is fire, where a report that was joined to it told of
// live fire: from when it was told, unless something later is known. So the timer of calming runs
// until somebody notes that the fire stopped. What the report says more narrowly than the
// incident's fire is marked is not told by it.
func (r *Record) fireGoes(ctx context.Context, who access.Person, submission string, report Seen, incident string) error {
	var b struct {
		Danger             []string
		Received, Recorded time.Time
	}
	if json.Unmarshal(report.Body, &b) != nil || !slices.Contains(b.Danger, "fire") {
		return nil
	}
	at := b.Received
	if at.IsZero() {
		at = b.Recorded
	}
	fields := map[string]any{"incident": incident, "fire": "going", "at": at.UTC().Format(time.RFC3339)}
	row, err := r.db.Get(ctx, 0, "fire", incident)
	switch {
	case kindOf(err) == truce.Absent && err != nil:
		fields["mark"] = report.Mark
	case err != nil:
		return err
	case !fireAgain(row, at), wider(report.Mark, row.Label):
		return nil
	}
	_, err = r.Write(ctx, who, Act{Kind: "fire.noted", Submission: partOf(submission, "fire"), Fields: fields})
	return err
}

// fireAgain reports whether fire that was told of at a moment is news beside what is known.
func fireAgain(row truce.Row, at time.Time) bool {
	var b struct {
		Fire string
		At   time.Time
	}
	return json.Unmarshal(row.Body, &b) == nil && b.Fire != "going" && at.After(b.At)
}

// wider reports whether what bears the first mark would go further under the second.
func wider(mark, under string) bool {
	a, err := access.ParseLabel(mark)
	b, err2 := access.ParseLabel(under)
	return err != nil || err2 != nil || a.Widens(b)
}
