package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"truce"
	"truce/access"
)

// nextStep holds a measure to the mission's ladder: a step is skipped only with a reason, and
// the last one only says that a party was excluded, which is an act of two people.
func (r *Record) nextStep(ctx context.Context, who access.Person, incident string, fields map[string]any) error {
	ladder := r.measures(ctx)
	step, with := textOf(fields["step"]), textOf(fields["with"])
	at := slices.Index(ladder, step)
	if at < 0 {
		return &truce.Error{Kind: truce.Invalid, At: "step", Msg: "the mission has no such step", Hint: "one of " + strings.Join(ladder, ", ")}
	}
	if step == Exclusion {
		switch excluded, err := r.excluded(ctx, who, with); {
		case err != nil:
			return err
		case !excluded:
			return &truce.Error{Kind: truce.Conflict, At: "step", Msg: "this party is not excluded", Hint: "propose party.excluded; a second person confirms it"}
		}
	}
	taken, err := r.steps(ctx, who, 0, incident, with)
	if err != nil {
		return err
	}
	var skipped []string
	for _, s := range ladder[:at] {
		if !slices.Contains(taken, s) {
			skipped = append(skipped, s)
		}
	}
	if len(skipped) > 0 && strings.TrimSpace(textOf(fields["reason"])) == "" {
		return &truce.Error{Kind: truce.Invalid, At: "reason", Msg: "steps before this one were not taken: " + strings.Join(skipped, ", "), Hint: "why they are skipped"}
	}
	return nil
}

// measures are the mission's steps, or the defaults while there is none.
func (r *Record) measures(ctx context.Context) []string {
	if o, err := r.terms(ctx, 0); err == nil {
		return o.mission.Measures
	}
	return DefaultMeasures()
}

// steps are those that were taken with somebody about an incident, as far as the person may
// see.
func (r *Record) steps(ctx context.Context, who access.Person, asOf int64, incident, with string) ([]string, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "measure", AsOf: asOf, Parent: incident})
	var out []string
	for _, row := range rows {
		var b struct{ With, Step string }
		if json.Unmarshal(row.Body, &b) == nil && b.With == with {
			out = append(out, b.Step)
		}
	}
	return out, err
}

// excluded reports whether a party is excluded from some agreement, as far as the person may
// see.
func (r *Record) excluded(ctx context.Context, who access.Person, party string) (bool, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "adherence"})
	return slices.ContainsFunc(rows, func(row Seen) bool {
		var b struct{ Actor, Status string }
		return json.Unmarshal(row.Body, &b) == nil && b.Actor == party && b.Status == "excluded"
	}), err
}
