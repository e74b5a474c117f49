package desk

import (
	"context"
	"slices"

	"truce"
	"truce/access"
)

// DayLine is a reporting day in a list, with its figures for one person.
type DayLine struct {
	Span    DaySpan
	Figures DayFigures
	Windows []DayWindow
	Begun   bool // by now; a day that has not begun has no report
	// Releases are the frozen reports that the person may see, with what changed since.
	Releases []DayNotice
}

// Days lists the reporting days from..to of the mission's period, ends included, quiet days
// too, as one person may see them. Empty bounds are those of the period. Of a large record it
// lists the last of these days that are looked at together, with what was frozen as it was
// published.
func (r *Record) Days(ctx context.Context, who access.Person, from, to string, asOf int64) ([]DayLine, error) {
	s, err := r.SightOf(ctx, who, asOf, Scope{Days: []Days{{from, to}}})
	if err != nil || s.Result == nil {
		return nil, err
	}
	if s.Part != nil && s.Part.Cut {
		return nil, &truce.Error{Kind: truce.Conflict, At: "days", Msg: "the last of these days holds more elements than are looked at together", Hint: "other days"}
	}
	first, last := s.Result.Bounds()
	if from != "" {
		first = max(first, from)
	}
	if to != "" {
		last = min(last, to)
	}
	notices, err := r.noticesOf(ctx, who, first, last, asOf)
	if err != nil {
		return nil, err
	}
	var out []DayLine
	on, now := s.days(), r.now()
	for _, day := range daysBetween(first, last) {
		span, err := s.Result.Mission.Span(day)
		if err != nil {
			return nil, err
		}
		w := &dayWork{Sight: s, span: span}
		out = append(out, DayLine{Span: span, Figures: s.figures(on[day], span), Windows: w.windows(), Begun: !span.From.After(now), Releases: notices[day]})
	}
	return out, nil
}

// noticesOf are the frozen reports of some days, by day.
func (r *Record) noticesOf(ctx context.Context, who access.Person, first, last string, asOf int64) (map[string][]DayNotice, error) {
	releases, err := r.DayReleases(ctx, who, "", asOf)
	if err != nil {
		return nil, err
	}
	// Each is made again from the state of its own; in the order of the states that is cheap.
	slices.SortStableFunc(releases, func(a, b DayRelease) int { return int(a.Entries - b.Entries) })
	out := map[string][]DayNotice{}
	for _, rel := range releases {
		if rel.Day < first || rel.Day > last {
			continue
		}
		n, err := r.NoticeInPassing(ctx, rel)
		if err != nil {
			return nil, err
		}
		out[rel.Day] = append(out[rel.Day], *n)
	}
	return out, nil
}
