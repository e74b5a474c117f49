package terms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
)

// DutyState is where a duty that runs over time stands.
type DutyState string

// The states of a keep or require. Unknown is a state like the others: what nobody could
// see is neither met nor broken.
const (
	Pending DutyState = "pending"
	Met     DutyState = "met"
	Late    DutyState = "late"
	Broken  DutyState = "broken"
	Open    DutyState = "unknown"
)

// Duty is the history of a duty up to a moment.
type Duty struct {
	Agreement string     `json:"agreement"`
	Clause    string     `json:"clause"`
	Kind      Kind       `json:"kind"`
	State     DutyState  `json:"state"`
	Steps     []DutyStep `json:"steps"`
	// Code is V-OMIT when an act that was required was surely not done in time.
	Code string `json:"code,omitempty"`
}

// DutyStep is one stretch of a duty's history; a zero To is open.
type DutyStep struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to,omitzero"`
	State DutyState `json:"state"`
	Why   string    `json:"why"`
}

// Duty follows a keep, or a require that counts or has a deadline, through a record up to
// a moment. Subjects may come in any order. The clause's first reading is followed.
func (j *Judge) Duty(c *Clause, subjects []*Subject, until time.Time) Duty {
	d := Duty{Agreement: j.a.ID, Clause: c.ID, Kind: c.Kind, State: Pending}
	r := j.rules[c.ID][0]
	if len(r.windows) == 0 {
		why := "the agreement is not in force"
		if r.waits != nil {
			why = strings.Join(r.waits, ", ") + " has not been declared"
		}
		d.Steps = []DutyStep{{State: Pending, Why: why}}
		return d
	}
	if c.Kind == Keep {
		j.keep(&d, r, j.seen(r, subjects), until)
	} else {
		j.require(&d, r, j.seen(r, subjects), until)
	}
	if n := len(d.Steps); n > 0 {
		d.State = d.Steps[n-1].State
	}
	if d.State == Broken && c.Kind == Require {
		d.Code = "V-OMIT"
	}
	return d
}

// sight is an element that bears on a duty.
type sight struct {
	s       *Subject
	is      truce.Tri // fits the clause, its time left aside
	confirm truce.Tri // shows the state that is to be kept
	from    time.Time
	to      time.Time
}

// seen sorts out what bears on a rule, by time.
func (j *Judge) seen(r *rule, subjects []*Subject) []sight {
	timeless := *r
	timeless.windows = spans{{}}
	timeless.clause = r.clause
	confirms := timeless
	other := *r.clause
	other.Acts, other.Upon = r.clause.ConfirmedBy, nil
	confirms.clause, confirms.excuses = &other, nil
	var out []sight
	for _, s := range subjects {
		if s.e.Status != "" || len(s.e.When) == 0 {
			continue
		}
		x := sight{s: s, is: j.fits(&timeless, s), confirm: truce.No, from: s.when[0].From, to: s.when[0].To}
		if len(other.Acts) > 0 {
			x.confirm = j.fits(&confirms, s)
		}
		for _, w := range s.when[1:] {
			if w.From.Before(x.from) {
				x.from = w.From
			}
			if w.To.After(x.to) {
				x.to = w.To
			}
		}
		if x.is != truce.No || x.confirm != truce.No {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b sight) int {
		if n := a.to.Compare(b.to); n != 0 {
			return n
		}
		if n := a.from.Compare(b.from); n != 0 {
			return n
		}
		return strings.Compare(a.s.e.ID, b.s.e.ID)
	})
	return out
}

// fits says whether an element is what a rule speaks of.
func (j *Judge) fits(r *rule, s *Subject) truce.Tri {
	if !j.mayBe(s.e.Acts, r.actsAsked()) {
		return truce.No
	}
	sp := newSpace(j, s, []*rule{r})
	switch sp.solve(sp.factors()).outcome {
	case truce.Violation:
		return truce.Yes
	case truce.NoViolation:
		return truce.No
	}
	return truce.Unknown
}

// require counts what was done against what is owed, window by window.
func (j *Judge) require(d *Duty, r *rule, seen []sight, until time.Time) {
	owed := r.clause.Amount
	if owed == 0 {
		owed = 1
	}
	for _, w := range r.windows {
		if !w.from.IsZero() && w.from.After(until) {
			break
		}
		j.window(d, r, w, seen, owed, until)
	}
	if len(d.Steps) == 0 {
		d.Steps = []DutyStep{{State: Pending, Why: "the time for it has not come"}}
	}
}

func (j *Judge) window(d *Duty, r *rule, w span, seen []sight, owed float64, until time.Time) {
	sure, most := 0.0, 0.0
	step := DutyStep{From: w.from, State: Pending, Why: fmt.Sprintf("0 of %g", owed)}
	next := func(at time.Time, state DutyState, why string) {
		step.To = at
		d.Steps = append(d.Steps, step)
		step = DutyStep{From: at, State: state, Why: why}
	}
	closed := !w.to.IsZero() && !w.to.After(until)
	for _, x := range seen {
		if x.from.After(until) {
			continue
		}
		low, high := x.amount()
		in, may := w.holds(x), !w.meet(span{x.from, later(x.to, x.from)}).empty()
		if may {
			most += high
		}
		if !in || x.is != truce.Yes || x.to.After(until) {
			continue
		}
		if sure += low; sure >= owed && step.State == Pending {
			next(x.to, Met, fmt.Sprintf("%g of %g done with %s", sure, owed, x.s.e.ID))
		} else if step.State == Pending {
			step.Why = fmt.Sprintf("%s of %g", between(sure, most), owed)
		}
	}
	if step.State == Pending {
		step.Why = fmt.Sprintf("%s of %g", between(sure, most), owed)
	}
	if closed && step.State == Pending {
		switch {
		case most >= owed:
			next(w.to, Open, fmt.Sprintf("%s of %g: whether enough was done in time is not settled", between(sure, most), owed))
		case r.clause.Ledger:
			next(w.to, Broken, fmt.Sprintf("%s of %g when the time was over", between(sure, most), owed))
		default:
			next(w.to, Open, fmt.Sprintf("%s of %g on record, and the record need not be complete", between(sure, most), owed))
		}
		j.late(next, w, seen, owed, sure, until)
	}
	d.Steps = append(d.Steps, step)
}

// late looks for what was still owed among what was done after the window.
func (j *Judge) late(next func(time.Time, DutyState, string), w span, seen []sight, owed, sure float64, until time.Time) {
	for _, x := range seen {
		if low, _ := x.amount(); x.is == truce.Yes && !x.from.Before(w.to) && !x.to.After(until) {
			if sure += low; sure >= owed {
				next(x.to, Late, fmt.Sprintf("%g of %g done with %s, after the time", sure, owed, x.s.e.ID))
				return
			}
		}
	}
}

func between(low, high float64) string {
	if low == high {
		return ftoa(low)
	}
	return ftoa(low) + " to " + ftoa(high)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b.Add(time.Second)
}

// holds reports whether an element surely happened inside the window.
func (s span) holds(x sight) bool {
	if x.s.when[0].Instant() && len(x.s.when) == 1 {
		return s.has(x.from)
	}
	return s.has(x.from) && (s.to.IsZero() || !x.to.After(s.to))
}

// amount is how many the element stands for: its own number, else one.
func (x sight) amount() (low, high float64) {
	low, high = 1, 1
	if n := x.s.e.Number; n != nil {
		low, high = n.Low, n.High
	}
	if x.is != truce.Yes {
		low = 0
	}
	return low, high
}

// keep follows a state from one observation to the next.
func (j *Judge) keep(d *Duty, r *rule, seen []sight, until time.Time) {
	start := r.windows[0].from
	if start.After(until) {
		d.Steps = []DutyStep{{To: start, State: Pending, Why: "the state is owed only later"}}
		return
	}
	step := DutyStep{From: start, State: Open, Why: "nobody has looked yet"}
	put := func(at time.Time, state DutyState, why string) {
		if !at.After(step.From) {
			step.State, step.Why = state, why
			return
		}
		step.To = at
		d.Steps = append(d.Steps, step)
		step = DutyStep{From: at, State: state, Why: why}
	}
	stale := time.Time{}
	for _, x := range seen {
		at := x.to
		if x.s.when[0].Lasts {
			at = x.from
		}
		if at.After(until) || !r.windows.has(at) && !r.windows.has(x.from) {
			continue
		}
		if !stale.IsZero() && stale.Before(at) {
			put(stale, Open, "the last observation is too old to hold")
		}
		put(at, x.shows(), x.words())
		stale = time.Time{}
		if r.clause.Fresh != nil {
			stale = j.clock.add(at, *r.clause.Fresh)
		}
	}
	if !stale.IsZero() && stale.Before(until) {
		put(stale, Open, "the last observation is too old to hold")
	}
	if end := r.windows[len(r.windows)-1].to; !end.IsZero() && !end.After(until) {
		step.To = end
	}
	d.Steps = append(d.Steps, step)
}

func (x sight) shows() DutyState {
	switch {
	case x.is == truce.Yes:
		return Broken
	case x.is == truce.No && x.confirm == truce.Yes:
		return Met
	}
	return Open
}

func (x sight) words() string {
	switch x.shows() {
	case Broken:
		return x.s.e.ID + " shows the contrary"
	case Met:
		return x.s.e.ID + " confirms it"
	}
	return x.s.e.ID + " leaves it open"
}

// Start is when a calm begins to count: its own start, else when the clause first applies.
// It is zero while a moment it waits for has not been declared.
func (j *Judge) Start(c *Clause) time.Time {
	if c.Calm != nil && c.Calm.From != nil {
		t, _ := j.clock.instant(c.Calm.From)
		return t
	}
	if w := j.rules[c.ID][0].windows; len(w) > 0 {
		return w[0].from
	}
	return time.Time{}
}

// Judgments are the judgments on record of a calm clause.
func (j *Judge) Judgments(c *Clause) []Judgment {
	var out []Judgment
	for _, g := range j.book.Judgments {
		if g.Agreement == j.a.ID && g.Clause == c.ID {
			out = append(out, g)
		}
	}
	return out
}

// Zone is the agreement's time zone.
func (j *Judge) Zone() *time.Location { return j.clock.zone }

// Windows are the stretches in which a clause applies, under its first reading, as pairs
// of instants; a zero instant is open.
func (j *Judge) Windows(c *Clause) [][2]time.Time {
	var out [][2]time.Time
	for _, s := range j.rules[c.ID][0].windows {
		out = append(out, [2]time.Time{s.from, s.to})
	}
	return out
}

// InForce are the stretches in which the agreement applies, as pairs of instants; a zero
// instant is open. They are in order and do not meet; what comes must not be changed.
func (j *Judge) InForce() [][2]time.Time { return j.inForces }

// pairs are spans as pairs of instants.
func (ss spans) pairs() [][2]time.Time {
	var out [][2]time.Time
	for _, s := range ss {
		out = append(out, [2]time.Time{s.from, s.to})
	}
	return out
}
