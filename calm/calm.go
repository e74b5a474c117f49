// Package calm runs the clocks of continuous adherence that agreements make a condition
// for what follows: "seven continuous days", "a period of calm". [Run] takes the rule, what
// happened and what the bodies named in the text judged, and returns the clock with its
// whole history. It never decides who was to blame; where the record leaves it open whether
// something set the clock back, the calm has a least and a most.
//
// Beside the clocks it says how calm it is whatever a text asks for: [NewSeries] counts day by
// day, [Drop] whether a window shows in the record, [Erosion] whether it is wearing away.
package calm

import (
	"slices"
	"strings"
	"time"

	"truce"
)

// Rule is how a calm is counted.
type Rule struct {
	// Days are civil days in Zone, counted from Start at its hour; Hours are elapsed.
	// One of them is set.
	Days, Hours int
	Zone        *time.Location
	Start       time.Time
	// Watched says that whatever broke the calm would be on record. Without it a calm is
	// never surely reached: a record that is silent proves nothing.
	Watched bool
	// Judges are the bodies that must each be satisfied with each day. Without them the
	// clock runs on violations alone.
	Judges []string
}

// Event is something that breaks the calm, or may have.
type Event struct {
	Element string
	When    truce.When
	// Sure says that it surely was a violation, at some moment of When.
	Sure bool
}

// Judgment is one body's word on the day that At falls in.
type Judgment struct {
	By   string
	At   time.Time
	Says Word
	Note string
}

// Word is what a body can say.
type Word string

// The words. A hold stops the count until it is resumed; a reset, or a day that a body is
// not satisfied with, sets it back to nothing. Silence is none of them: a day that a body
// has not judged is not counted and does not set back.
const (
	Satisfied    Word = "satisfied"
	NotSatisfied Word = "not satisfied"
	Hold         Word = "hold"
	Resume       Word = "resume"
	Reset        Word = "reset"
)

// Words lists the words in order.
func Words() []Word { return []Word{Satisfied, NotSatisfied, Hold, Resume, Reset} }

// State is where a clock stands.
type State string

// The states. Open means that it may be complete, depending on what is still undetermined.
const (
	Waiting  State = "waiting" // not started
	Running  State = "running"
	Held     State = "held"
	Complete State = "complete"
	Open     State = "open"
)

// Step is one entry in the history of a clock.
type Step struct {
	At    time.Time
	State State
	Why   string
	// Least and Most are the calm reached, in hours (elapsed) or days (civil).
	Least, Most int
}

// Clock is a countdown with its history.
type Clock struct {
	State State
	// Least and Most bound the calm reached, in the rule's unit.
	Least, Most int
	Goal        int
	// Since bounds the moment from which the calm has held.
	Since [2]time.Time
	// CompleteAt is when it was surely complete; zero if it is not.
	CompleteAt time.Time
	// CompleteFrom is the earliest moment at which it may have been complete; zero if none.
	CompleteFrom time.Time
	Steps        []Step
}

// Run counts a calm up to a moment. Events and judgments may come in any order; those
// after until are left out.
func Run(r Rule, events []Event, judgments []Judgment, until time.Time) Clock {
	c := Clock{State: Waiting, Goal: max(r.Days, r.Hours)}
	if r.Start.IsZero() || until.Before(r.Start) {
		return c
	}
	if len(r.Judges) > 0 {
		return judged(r, judgments, until, c)
	}
	return unbroken(r, events, until, c)
}

// end is when a calm that holds from since is complete.
func (r Rule) end(since time.Time) time.Time {
	if r.Days > 0 {
		return r.addDays(since, r.Days)
	}
	return since.Add(time.Duration(r.Hours) * time.Hour)
}

func (r Rule) addDays(t time.Time, n int) time.Time {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).AddDate(0, 0, n)
}

// count is how many whole units lie between two moments, up to the goal.
func (r Rule) count(since, until time.Time) int {
	if r.Days > 0 {
		n := 0
		for n < r.Days && !r.addDays(since, n+1).After(until) {
			n++
		}
		return n
	}
	return min(r.Hours, max(0, int(until.Sub(since)/time.Hour)))
}

// unbroken runs a clock that only violations set back. With an event at an unknown moment
// the calm has held at most from the start of its interval and at least from its end; one
// that is not surely a violation can only shorten the least.
func unbroken(r Rule, events []Event, until time.Time, c Clock) Clock {
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int {
		if n := a.When.From.Compare(b.When.From); n != 0 {
			return n
		}
		if n := a.When.To.Compare(b.When.To); n != 0 {
			return n
		}
		return strings.Compare(a.Element, b.Element)
	})
	most, least := r.Start, r.Start
	c.State = Running
	c.Steps = []Step{{At: r.Start, State: Running, Why: "the clock starts"}}
	for _, e := range events {
		last := e.last()
		if last.Before(r.Start) || !e.When.From.Before(until) && !e.When.Instant() || e.When.From.After(until) {
			continue
		}
		c.note(r, least, most, e.When.From)
		if c.State == Complete {
			return c
		}
		if e.Sure && e.first().After(most) {
			most = e.first()
		}
		if last.After(least) {
			least = last
		}
		why := "set back by " + e.Element
		if !e.Sure {
			why = "perhaps set back by " + e.Element + ", which is undetermined"
		}
		c.Steps = append(c.Steps, Step{At: e.When.From, State: Running, Why: why, Least: r.count(least, e.When.From), Most: r.count(most, e.When.From)})
	}
	if least.After(until) {
		least = until
	}
	c.note(r, least, most, until)
	c.Since = [2]time.Time{most, least}
	c.Least, c.Most = r.count(least, until), r.count(most, until)
	if !r.Watched && c.State != Complete {
		c.Least = 0
	}
	if c.State == Running && !c.CompleteFrom.IsZero() {
		c.State = Open
	}
	return c
}

// first and last bound the moment from which the calm starts anew: a lasting act sets the
// clock back until it ends.
func (e Event) first() time.Time {
	if e.When.Lasts {
		return e.When.To
	}
	return e.When.From
}

func (e Event) last() time.Time { return e.When.To }

// note records completion, sure or possible, reached before a moment.
func (c *Clock) note(r Rule, least, most, at time.Time) {
	if end := r.end(most); c.CompleteFrom.IsZero() && !end.After(at) {
		c.CompleteFrom = end
	}
	if end := r.end(least); r.Watched && c.State != Complete && !end.After(at) {
		c.State, c.CompleteAt = Complete, end
		c.Least, c.Most, c.Since = c.Goal, c.Goal, [2]time.Time{most, least}
		c.Steps = append(c.Steps, Step{At: end, State: Complete, Why: "the calm has held long enough", Least: c.Goal, Most: c.Goal})
	}
}

// judged runs a clock that runs on the judgments of the bodies named. For a calm in hours
// a day is the stretch of 24 hours from the start.
func judged(r Rule, judgments []Judgment, until time.Time, c Clock) Clock {
	judgments = slices.Clone(judgments)
	slices.SortStableFunc(judgments, func(a, b Judgment) int {
		if n := a.At.Compare(b.At); n != 0 {
			return n
		}
		if n := strings.Compare(a.By, b.By); n != 0 {
			return n
		}
		return strings.Compare(string(a.Says), string(b.Says))
	})
	goal, unit := r.Days, 1
	if r.Days == 0 {
		goal, unit = (r.Hours+23)/24, 24
	}
	c.State = Running
	c.Steps = []Step{{At: r.Start, State: Running, Why: "the clock starts"}}
	count := 0
	since := r.Start
	for k := 0; ; k++ {
		day := [2]time.Time{r.addDays(r.Start, k), r.addDays(r.Start, k+1)}
		if day[1].After(until) {
			break
		}
		d := r.day(judgments, day)
		switch {
		case d.reset != "":
			count, since, c.State = 0, day[1], Running
			c.step(day[1], count*unit, d.reset)
		case d.hold != "":
			c.State = Held
			c.step(day[0], count*unit, d.hold)
		case c.State == Held && !d.resumed:
		case d.missing != nil:
			c.State = Running
			c.step(day[1], count*unit, "the day is not judged by "+strings.Join(d.missing, " and ")+", so it does not count")
		default:
			c.State = Running
			count++
			c.step(day[1], count*unit, "every body is satisfied with the day")
		}
		if count >= goal {
			c.State, c.CompleteAt, c.CompleteFrom = Complete, day[1], day[1]
			c.Steps[len(c.Steps)-1].State = Complete
			break
		}
	}
	c.Least, c.Most = min(count*unit, c.Goal), min(count*unit, c.Goal)
	c.Since = [2]time.Time{since, since}
	return c
}

func (c *Clock) step(at time.Time, n int, why string) {
	c.Steps = append(c.Steps, Step{At: at, State: c.State, Why: why, Least: n, Most: n})
}

// day is what the bodies said of one day.
type day struct {
	reset, hold string
	resumed     bool
	missing     []string
}

// day gathers the judgments of one day. The last word of each body on it counts, but a
// reset stands.
func (r Rule) day(judgments []Judgment, span [2]time.Time) day {
	var d day
	said := map[string]Word{}
	for _, j := range judgments {
		if j.At.Before(span[0]) || !j.At.Before(span[1]) || !slices.Contains(r.Judges, j.By) {
			continue
		}
		switch j.Says {
		case Reset, NotSatisfied:
			d.reset = "set back by " + j.By + " (" + string(j.Says) + ")" + note(j.Note)
		case Hold:
			d.hold, d.resumed = "held by "+j.By+note(j.Note), false
		case Resume:
			d.hold, d.resumed = "", true
		case Satisfied:
			said[j.By] = Satisfied
		}
	}
	for _, b := range r.Judges {
		if said[b] == "" {
			d.missing = append(d.missing, b)
		}
	}
	return d
}

func note(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}
