package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/geo"
)

// Vocabulary is what reports of a mission may say.
type Vocabulary struct {
	Acts, Means *truce.Tree
	Areas       []geo.Area // by name
	Zone        *time.Location
}

// Vocabulary returns the words and areas of the mission.
func (r *Record) Vocabulary(ctx context.Context, who access.Person) (Vocabulary, error) {
	if err := r.allow(who, access.Read, "mission", access.Label{TLP: access.Amber}); err != nil {
		return Vocabulary{}, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return Vocabulary{}, err
	}
	v := Vocabulary{Zone: o.mission.Zone}
	v.Acts, v.Means = o.mission.trees()
	for _, code := range o.mission.atlas.Codes() {
		if a, _ := o.mission.atlas.Area(code); a.Name != "" {
			v.Areas = append(v.Areas, a)
		}
	}
	slices.SortStableFunc(v.Areas, func(a, b geo.Area) int { return strings.Compare(a.Name, b.Name) })
	return v, nil
}

// Number is the number under which a report came in; 0 where it came by no door.
func (r *Record) Number(ctx context.Context, who access.Person, report string) (int64, error) {
	row, err := r.db.Get(ctx, 0, "report", report)
	if err != nil {
		return 0, err
	}
	return numberOf(row), r.mayRead(who, "report", row.Label)
}

// Watch is somebody having watched an area for a time.
type Watch struct {
	At            time.Time // when it was told; times are told from there
	Area, When    string    // a code of the mission's maps; as told, see [ToldTime]
	Saw, By, Note string    // "quiet", "fire" or "not-known"
}

// Watch enters that an area was watched. The same submission again is the same watch.
func (r *Record) Watch(ctx context.Context, who access.Person, submission string, w Watch) (Entered, error) {
	if err := r.allow(who, access.Report, "coverage", access.Label{TLP: access.Amber}); err != nil {
		return Entered{}, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return Entered{}, err
	}
	var h Heard
	if _, ok := o.mission.atlas.Area(w.Area); !ok {
		h.problem("area", "no-area", "this is no area of the mission", "a code of its maps")
	}
	told, err := ToldTime(w.When, w.At, o.mission.Zone)
	if err != nil || len(told) != 1 || !told[0].From.Before(told[0].To) {
		h.problem("watched", "bad-time", "this is no span of time up to now", wantWhen)
	}
	if !slices.Contains([]string{"quiet", "fire", "not-known"}, w.Saw) {
		h.problem("saw", "bad-value", "this is none of the choices", "quiet, fire or not-known")
	}
	if err := h.Problems.Err(); err != nil {
		return Entered{}, err
	}
	f := map[string]any{"valid": map[string]any{"from": told[0].From.UTC(), "to": told[0].To.UTC()}, "where": truce.Place{Form: truce.FormArea, Area: w.Area}, "saw": w.Saw}
	for name, v := range map[string]string{"by": w.By, "note": w.Note} {
		if v != "" {
			f[name] = v
		}
	}
	done, err := r.Write(ctx, who, Act{Kind: "coverage.logged", Submission: submission, Fields: f})
	if err != nil {
		return Entered{}, err
	}
	return done[0], nil
}

// Zone is the mission's; UTC while there is none.
func (r *Record) Zone(ctx context.Context) *time.Location {
	o, err := r.terms(ctx, 0)
	if err != nil {
		return time.UTC
	}
	return o.mission.Zone
}
