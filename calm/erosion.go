package calm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"truce"
)

// Measure is what is counted.
type Measure string

// The measures. They are always looked at apart: a truce may show in one and not the other.
const (
	Events Measure = "events"
	Deaths Measure = "deaths"
)

// ErosionRule is how a window is watched for erosion: every evening the last days are held
// against the window's first days.
type ErosionRule struct {
	// Base is how many days from the window's first make the base; Trailing is how many
	// days up to the evening are held against it. They never overlap.
	Base, Trailing int
	// Watch and Warning are the probabilities at or below which an evening is marked.
	Watch, Warning float64
	// InARow is on how many evenings running the Warning mark makes a warning.
	InARow int
}

// PlainErosion is the rule that is used unless another is stated: the first 14 days, the
// last 7, one in twenty, one in a hundred, two evenings running.
func PlainErosion() ErosionRule {
	return ErosionRule{Base: 14, Trailing: 7, Watch: 0.05, Warning: 0.01, InARow: 2}
}

// Check refuses a rule that cannot be carried out or that can never warn.
func (r ErosionRule) Check() error {
	at, want := "", ""
	switch {
	case r.Base < 2 || r.Base > 60:
		at, want = "base", "2 to 60 days"
	case r.Trailing < 2 || r.Trailing > 14:
		at, want = "trailing", "2 to 14 days"
	case !(r.Watch > 0 && r.Watch < 1):
		at, want = "watch", "a probability between 0 and 1"
	case !(r.Warning > 0 && r.Warning <= r.Watch):
		at, want = "warning", "a probability above 0, not above that of watch"
	case r.InARow < 1 || r.InARow > 14:
		at, want = "in a row", "1 to 14 evenings"
	case 1/choose(r.Base+r.Trailing, r.Trailing) > r.Warning:
		at, want = "base", fmt.Sprintf("enough days that a warning at %v is possible", r.Warning)
	default:
		return nil
	}
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: "the erosion rule cannot be used", Hint: "expected " + want}
}

// Level is how much of an erosion there is.
type Level int

// The levels.
const (
	Quiet    Level = iota // what the base leads one to expect
	Watchful              // more than that, but not for long or not by much
	Warning               // much more, and for long enough
)

// String returns "calm", "watch" or "warning".
func (l Level) String() string { return [...]string{"calm", "watch", "warning"}[l] }

// Reason is a code for what keeps an answer open; pages put it into words.
type Reason string

// The reasons.
const (
	TooEarly        Reason = "too-early"        // base and trailing days are not complete
	CoverageUnknown Reason = "coverage-unknown" // of some day in it nobody knows how long it was watched
	CoverageUneven  Reason = "coverage-uneven"  // one stretch was watched longer than the other
	NoFigure        Reason = "no-figure"        // some event may have had any number of dead
	NoDay           Reason = "no-day"           // some event is on no day of its own
	Doubtful        Reason = "doubtful"         // some event may not belong, or its figures differ
	TooLarge        Reason = "too-large"        // figures beyond what is tested
	TooShort        Reason = "too-short"        // so few days that no draw of them is rare
	TooFew          Reason = "too-few"          // so little is counted that chance alone may do it
	Nothing         Reason = "nothing"          // nothing is counted that could have dropped
)

// Evening is what the watch says at the end of a day.
type Evening struct {
	Day time.Time
	// Base and Trailing are the two stretches; both empty while it is too early.
	Base, Trailing Stretch
	// P bounds the probability that days drawn blindly from both stretches show as much
	// as the trailing ones did.
	P truce.Range
	// Low and High bound the level; equal they are firm. Where P is anything from 0 to 1
	// nobody can tell.
	Low, High Level
	// Why says what leaves it open, or was weighed and did not; in a fixed order.
	Why []Reason
}

// Firm says whether the level is one.
func (e Evening) Firm() bool { return e.Low == e.High }

// Ratio bounds how many times the base's rate a day the trailing one is.
func (e Evening) Ratio(of Measure) truce.Range { return ratio(e.Base, e.Trailing, of) }

// Erosion watches a window, which is the whole series: its first day is the window's. Each
// evening looks at nothing later, nor at what became known later.
func Erosion(s Series, of Measure, r ErosionRule) ([]Evening, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return erosion(s, of, r), nil
}

// erosion is Erosion under a rule that can be used. It holds two hats: at the low end of the
// level the base is as full as it may be, at the high end as empty.
func erosion(s Series, of Measure, r ErosionRule) []Evening {
	var out []Evening
	var low, high []float64 // the probabilities at the two ends of the level
	var full, empty hat
	for d := range s.Days {
		e := Evening{Day: s.Days[d].Date, P: truce.Range{Low: 0, High: 1}, High: Warning, Why: []Reason{TooEarly}}
		if d < r.Base+r.Trailing-1 {
			out = append(out, e)
			continue
		}
		known := s.Known(e.Day)
		p := known.pair(0, r.Base-1, d-r.Trailing+1, d, of)
		if full.cards == 0 || s.late {
			full, empty = p.hats(r)
		}
		e.Base, e.Trailing, e.Why = p.a, p.b, p.why
		e.P = p.test(full, empty)
		low, high = append(low, e.P.High), append(high, e.P.Low)
		e.Low, e.High = r.level(low), r.level(high)
		out = append(out, e)
	}
	return out
}

// level is where a row of probabilities ends, one for each evening.
func (r ErosionRule) level(p []float64) Level {
	run := 0
	for run < min(len(p), r.InARow) && p[len(p)-1-run] <= r.Warning {
		run++
	}
	switch {
	case run == r.InARow:
		return Warning
	case p[len(p)-1] <= r.Watch:
		return Watchful
	}
	return Quiet
}

// pair is two stretches of days of one series, to be held against each other.
type pair struct {
	a, b             Stretch
	aLow, aHigh      []int // what is on each day of its own
	bLow, bHigh      []int
	aAdrift, bAdrift int // at most so much more, on no day of its own
	// aMore and bMore say that a stretch may hold any amount more than was counted.
	aMore, bMore bool
	why          []Reason
}

// pair takes the days i to j and k to l.
func (s Series) pair(i, j, k, l int, of Measure) pair {
	p := pair{a: s.sum(i, j), b: s.sum(k, l)}
	p.aLow, p.aHigh, p.aAdrift = s.cards(i, j, of)
	p.bLow, p.bHigh, p.bAdrift = s.cards(k, l, of)
	p.weigh(of)
	return p
}

// cards are what the days i to j show, at least and at most, and what may be on any of them
// or elsewhere.
func (s Series) cards(i, j int, of Measure) (low, high []int, adrift int) {
	for _, d := range s.Days[i : j+1] {
		b := d.Own.of(of)
		low, high = append(low, b.Low), append(high, b.High)
	}
	for _, h := range s.spread {
		if h.touches(i, j) {
			var t Tally
			t.add(h.Happening, false)
			adrift += t.of(of).High
		}
	}
	return low, high, adrift
}

func (t Tally) of(m Measure) Bound {
	if m == Deaths {
		return t.Deaths
	}
	return t.Events
}

// alike is how much less than the other a stretch may have been watched, hours a day.
const alike = 0.8

// weigh finds out which stretch may hold more than was counted. What nobody watched can
// only add.
func (p *pair) weigh(of Measure) {
	note := func(on bool, why Reason) bool {
		if on && !slices.Contains(p.why, why) {
			p.why = append(p.why, why)
		}
		return on
	}
	p.aMore = note(p.a.Unwatched > 0, CoverageUnknown)
	p.bMore = note(p.b.Unwatched > 0, CoverageUnknown)
	if !p.aMore && !p.bMore {
		a, b := p.a.Hours/float64(p.a.Days), p.b.Hours/float64(p.b.Days)
		p.aMore = note(a < alike*b || a == 0, CoverageUneven)
		p.bMore = note(b < alike*a || b == 0, CoverageUneven)
	}
	p.aMore = note(of == Deaths && p.a.NoFigure > 0, NoFigure) || p.aMore
	p.bMore = note(of == Deaths && p.b.NoFigure > 0, NoFigure) || p.bMore
	note(p.aAdrift+p.bAdrift > 0, NoDay)
	note(!slices.Equal(p.aLow, p.aHigh) || !slices.Equal(p.bLow, p.bHigh), Doubtful)
	if total(p.aHigh)+total(p.bHigh)+p.aAdrift+p.bAdrift > mostInHat {
		p.aMore, p.bMore = true, note(true, TooLarge)
	}
}

// hats are the base as full and as empty as it may be; without cards where they would not
// be looked into.
func (p pair) hats(r ErosionRule) (full, empty hat) {
	if total(p.aHigh) > mostInHat {
		return full, empty
	}
	return newHat(p.aHigh, r.Trailing), newHat(p.aLow, r.Trailing)
}

// test bounds the probability. What is on no day of its own lies in the trailing days at
// one end, and in the base at the other.
func (p pair) test(full, empty hat) truce.Range {
	out := truce.Range{Low: 0, High: 1}
	if !p.aMore {
		out.High = full.atLeast(p.bLow, total(p.bLow)-p.aAdrift)
	}
	if !p.bMore {
		out.Low = empty.atLeast(p.bHigh, total(p.bHigh)+p.bAdrift)
	}
	return out
}

func total(xs []int) int {
	sum := 0
	for _, x := range xs {
		sum += x
	}
	return sum
}

// Share is a part of a number of trials, with the 95 % interval that Wilson gives it.
type Share struct {
	Count, Of int
	// Low and High are between 0 and 1.
	Low, High float64
}

// share works out a share's own uncertainty.
func share(count, of int) Share {
	const z = 1.959964
	n, p := float64(of), float64(count)/float64(of)
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Share{count, of, max(0, (mid-half)/(1+z*z/n)), min(1, (mid+half)/(1+z*z/n))}
}

// Alarms is how often a rule warns of an erosion where there is none.
type Alarms struct {
	// Sure counts the trials with a warning on some evening that was firm; Possible those
	// with one that may have been.
	Sure, Possible Share
}

// FalseAlarms shuffles the days of a window n times, so that no trend is left in them, and
// counts how often the rule warns all the same, on any evening of as many days. Events on
// no day of their own stay where they are, and all count as known at once. The same seed
// gives the same answer.
func FalseAlarms(s Series, of Measure, r ErosionRule, n int, seed uint64) (Alarms, error) {
	if err := r.Check(); err != nil {
		return Alarms{}, err
	}
	if n < 1 {
		return Alarms{}, &truce.Error{Kind: truce.Invalid, At: "n", Msg: "no trials", Hint: "expected at least one"}
	}
	s.late = false
	dice := rand.New(rand.NewPCG(seed, 0))
	sure, possible := 0, 0
	for range n {
		t := s
		t.Days = slices.Clone(s.Days)
		dice.Shuffle(len(t.Days), func(i, j int) {
			a, b := &t.Days[i], &t.Days[j]
			a.Own, b.Own, a.Watched, b.Watched = b.Own, a.Own, b.Watched, a.Watched
		})
		evenings := erosion(t, of, r)
		sure += one(slices.ContainsFunc(evenings, func(e Evening) bool { return e.Low == Warning }))
		possible += one(slices.ContainsFunc(evenings, func(e Evening) bool { return e.High == Warning && !slices.Contains(e.Why, TooEarly) }))
	}
	return Alarms{share(sure, n), share(possible, n)}, nil
}
