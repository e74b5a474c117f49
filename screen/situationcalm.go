package screen

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"truce/calm"
	"truce/desk"
	"truce/terms"
)

// CalmBoard is one calm that an agreement asks for, as it stands.
type CalmBoard struct {
	Agreement, Title, Clause, Text string
	Unit                           string // "hours" or "days"
	State                          string
	Least, Most, Goal              int
	// Share is how much of the goal is surely and possibly reached, of 100.
	Low, High  int
	Started    time.Time
	Until      time.Time
	Since      [2]time.Time // bounds of when the calm has held from
	CompleteAt time.Time
	// Set are the last things that set it back, or may have, the latest first.
	Set []Setback
	// Uncounted is how many days did not count since a body had not judged them.
	Uncounted int
	Judges    []string // the bodies that must be satisfied with each day
	Of        []string // the clauses whose breach sets it back
	Unwatched bool     // silence proves nothing
}

// Setback is why a clock went back or stood.
type Setback struct {
	At time.Time
	// Sort is "element", "perhaps", "body" or "held".
	Sort       string
	ID         string // of the element
	Body, Says string
}

// setbacksShown is how many of them the board names.
const setbacksShown = 3

// The words of package calm for why a clock did what it did.
var (
	setBackPerhaps = regexp.MustCompile(`^perhaps set back by (.+), which is undetermined$`)
	setBackByBody  = regexp.MustCompile(`^set back by (.+?) \((reset|not satisfied)\)(?:: (?s:.*))?$`)
	setBack        = regexp.MustCompile(`^set back by (.+)$`)
	heldBy         = regexp.MustCompile(`^held by (.+?)(?:: (?s:.*))?$`)
)

// calms are all calms that agreements ask for.
func (b *Board) calms() []CalmBoard {
	var out []CalmBoard
	for _, c := range b.Sight.Result.Clocks() {
		j := b.Sight.Agreement(c.Agreement)
		if j == nil {
			continue
		}
		clause := j.Agreement().Clause(c.Clause)
		v := CalmBoard{Agreement: c.Agreement, Title: j.Agreement().Title, Clause: c.Clause, Text: clause.Text, Unit: c.Unit, State: string(c.State),
			Least: c.Least, Most: c.Most, Goal: c.Goal, Until: b.Sight.Result.Until(), Since: c.Since, CompleteAt: c.CompleteAt}
		if c.Goal > 0 {
			v.Low, v.High = 100*c.Least/c.Goal, 100*c.Most/c.Goal
		}
		v.rule(clause)
		v.history(c)
		out = append(out, v)
	}
	return out
}

// rule says what would set the clock back.
func (v *CalmBoard) rule(c *terms.Clause) {
	if c.Calm == nil {
		return
	}
	v.Of = c.Calm.Of
	if !c.Calm.ResetByViolation {
		v.Judges = c.Calm.JudgedBy
	} else {
		v.Unwatched = !c.Ledger
	}
}

// history takes out of the clock's steps what people ask for first.
func (v *CalmBoard) history(c desk.Clock) {
	if len(c.Steps) > 0 {
		v.Started = c.Steps[0].At
	}
	for _, s := range slices.Backward(c.Steps) {
		if strings.HasPrefix(s.Why, "the day is not judged by ") {
			v.Uncounted++
		}
		if x, ok := setbackOf(s); ok && len(v.Set) < setbacksShown {
			v.Set = append(v.Set, x)
		}
	}
}

func setbackOf(s calm.Step) (Setback, bool) {
	if m := setBackPerhaps.FindStringSubmatch(s.Why); m != nil {
		return Setback{At: s.At, Sort: "perhaps", ID: m[1]}, true
	}
	if m := setBackByBody.FindStringSubmatch(s.Why); m != nil {
		return Setback{At: s.At, Sort: "body", Body: m[1], Says: m[2]}, true
	}
	if m := setBack.FindStringSubmatch(s.Why); m != nil {
		return Setback{At: s.At, Sort: "element", ID: m[1]}, true
	}
	if m := heldBy.FindStringSubmatch(s.Why); m != nil {
		return Setback{At: s.At, Sort: "held", Body: m[1]}, true
	}
	return Setback{}, false
}
