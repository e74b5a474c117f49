package screen

import (
	"math"
	"slices"
	"strconv"
	"time"

	"truce"
	"truce/calm"
	"truce/desk"
	"truce/figures"
)

// daysBefore is how many days before a window it is held against, daysFirst and daysBefore how
// many of its own first days are.
const (
	daysBefore = 14
	daysFirst  = 7
)

// CalmDrop is whether a window shows in the record.
type CalmDrop struct {
	Measure                   calm.Measure
	Change                    calm.Change
	BeforeFirst, BeforeLast   string
	DuringFirst, DuringLast   string
	BeforeDays, DuringDays    int
	Before, During            CalmFigure
	RatioLow, RatioHigh       string // empty: any
	IntervalLow, IntervalHigh string
	Why                       []string // names of words
	Unknown                   bool     // nothing can be said of the ratio
}

// CalmDrops are the looks at one measure: the window's first week and its first fortnight, a
// shorter one or one that was named by hand whole.
type CalmDrops struct {
	Measure calm.Measure
	Looks   []CalmDrop
}

// drops looks at a window.
func (v *Calm) drops(m calm.Measure, agreement, first, last string) (CalmDrops, error) {
	out := CalmDrops{Measure: m}
	n := figures.Stretch{From: first, To: last}.Days()
	looks := []int{n}
	if !v.ownStretch() && n >= daysFirst {
		looks = []int{daysFirst}
	}
	if !v.ownStretch() && n >= daysBefore {
		looks = append(looks, daysBefore)
	}
	for _, days := range looks {
		d, err := v.drop(m, agreement, first, figures.Shift(first, days-1))
		if err != nil {
			return out, err
		}
		out.Looks = append(out.Looks, d)
	}
	return out, nil
}

// drop holds the days of a window against the days before it.
func (v *Calm) drop(m calm.Measure, agreement, first, last string) (CalmDrop, error) {
	d := CalmDrop{Measure: m, DuringFirst: first, DuringLast: last}
	// The day within which the window begins lies in neither.
	d.BeforeLast = figures.Shift(first, -1)
	if slices.ContainsFunc(v.windows, func(w desk.CalmWindow) bool {
		return w.Agreement == agreement && w.First == first && v.partial(w)
	}) {
		d.BeforeLast = figures.Shift(first, -2)
	}
	d.BeforeFirst = max(v.First, figures.Shift(d.BeforeLast, 1-daysBefore))
	if d.BeforeFirst > d.BeforeLast {
		d.BeforeFirst, d.BeforeLast = "", ""
	}
	c, err := v.record.Drop(m, [2]string{d.BeforeFirst, d.BeforeLast}, [2]string{d.DuringFirst, d.DuringLast})
	if err != nil {
		return d, err
	}
	d.Change, d.Why, d.BeforeDays, d.DuringDays = c.Change, reasons(c.Why), c.Before.Days, c.During.Days
	d.Before = v.figure(m, bound(c.Before.Tally, m), d.BeforeFirst, d.BeforeLast)
	d.During = v.figure(m, bound(c.During.Tally, m), d.DuringFirst, d.DuringLast)
	d.RatioLow, d.RatioHigh = times(c.Ratio)
	d.IntervalLow, d.IntervalHigh = times(c.Interval)
	d.Unknown = c.Interval.Low <= 0 && c.Interval.High >= calm.Beyond
	return d, nil
}

// ownStretch reports whether the days were named by hand to the end.
func (v *Calm) ownStretch() bool { return v.Ask.From != "" && v.Ask.To != "" }

// partial reports whether a window begins within a day.
func (v *Calm) partial(w desk.CalmWindow) bool {
	span, err := v.sight.Result.Mission.Span(figures.Shift(w.First, -1))
	return err == nil && !w.From.IsZero() && w.From.After(span.From) && w.From.Before(span.To)
}

func bound(t calm.Tally, m calm.Measure) calm.Bound {
	if m == calm.Deaths {
		return t.Deaths
	}
	return t.Events
}

// times writes the ends of a ratio; empty is beyond every scale.
func times(r truce.Range) (low, high string) {
	write := func(x float64) string {
		if x >= calm.Beyond {
			return ""
		}
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return write(r.Low), write(r.High)
}

// CalmWatch is the watch for erosion over one stretch.
type CalmWatch struct {
	CalmFirst
	Evenings []CalmEvening
	// Told is the evening that is told in words: the first warning, else the last.
	Says *CalmEvening
	// Alarms is the rate of false alarms; only of the measure that is looked at closely.
	Alarms      *calm.Alarms
	AlarmLow    string // per cent
	AlarmHigh   string
	Shuffles    int
	Base, Trail int
}

// CalmEvening is one evening of the watch.
type CalmEvening struct {
	Day                      string
	Base, Trailing           CalmFigure
	BaseFirst, BaseLast      string
	TrailFirst, TrailLast    string
	Early, Open, Firm        bool   // too early; nobody can tell; one level
	Low, High                string // names of levels
	Rare, Often              int    // one of so many draws: at the rarest, at the most frequent
	Why                      []string
	X, W, LowY, LowH, HY, HH string // the strip
}

// first finds the first warnings of a stretch.
func (v *Calm) first(m calm.Measure, first, last string) (CalmFirst, error) {
	out := CalmFirst{Measure: m}
	evenings, err := v.record.Evenings(m, first, last)
	if err != nil {
		return out, err
	}
	for _, e := range evenings {
		if early(e) {
			continue
		}
		out.Asked++
		if anything(e.P) {
			continue
		}
		out.Told++
		day := e.Day.Format(time.DateOnly)
		if out.Sure == "" && e.Low == calm.Warning {
			out.Sure = day
		}
		if out.Possible == "" && e.High == calm.Warning {
			out.Possible = day
		}
	}
	return out, nil
}

func early(e calm.Evening) bool { return e.Base.Days == 0 }

// watch lays the evenings of a stretch out.
func (v *Calm) watch(m calm.Measure, first, last string) (CalmWatch, error) {
	rule := calm.PlainErosion()
	out := CalmWatch{Base: rule.Base, Trail: rule.Trailing, Shuffles: desk.Shuffles}
	var err error
	if out.CalmFirst, err = v.first(m, first, last); err != nil {
		return out, err
	}
	evenings, err := v.record.Evenings(m, first, last)
	if err != nil {
		return out, err
	}
	for _, e := range evenings {
		out.Evenings = append(out.Evenings, evening(m, e))
	}
	for i := range out.Evenings {
		e := &out.Evenings[i]
		if say := e.Day == out.Sure || out.Sure == "" && e.Day == out.Possible || out.Possible == "" && i == len(evenings)-1; say {
			out.Says = e
		}
	}
	if m != v.Ask.Measure || out.Told == 0 {
		return out, nil
	}
	a, err := v.record.Alarms(m, first, last)
	if err != nil {
		return out, err
	}
	out.Alarms, out.AlarmLow, out.AlarmHigh = &a, share(a.Sure.Low), share(a.Sure.High)
	return out, nil
}

func share(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) }

// levelHeights are how high a level stands in its strip, of 24.
func levelHeight(l calm.Level) float64 { return [...]float64{4, 13, 22}[l] }

// evening lays one evening out.
func evening(m calm.Measure, e calm.Evening) CalmEvening {
	out := CalmEvening{Day: e.Day.Format(time.DateOnly), Early: early(e), Open: anything(e.P), Firm: e.Firm(), Low: e.Low.String(), High: e.High.String(), Why: reasons(e.Why)}
	if out.Early {
		return out
	}
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	out.BaseFirst, out.BaseLast, out.TrailFirst, out.TrailLast = day(e.Base.First), day(e.Base.Last), day(e.Trailing.First), day(e.Trailing.Last)
	out.Base = CalmFigure{Low: bound(e.Base.Tally, m).Low, High: bound(e.Base.Tally, m).High}
	out.Trailing = CalmFigure{Low: bound(e.Trailing.Tally, m).Low, High: bound(e.Trailing.Tally, m).High}
	out.Rare, out.Often = oneOf(e.P.Low), oneOf(e.P.High)
	low, high := levelHeight(e.Low), levelHeight(e.High)
	out.LowY, out.LowH = px(24-low), px(low)
	if !out.Firm {
		out.HY, out.HH = px(24-high), px(high-low)
	}
	if out.Open {
		out.LowH, out.HY, out.HH = "", "2", "22"
	}
	return out
}

// Links gives an evening's numbers their lists.
func (v *Calm) Links(m calm.Measure, e *CalmEvening) CalmEvening {
	out := *e
	out.Base = v.figure(m, calm.Bound{Low: e.Base.Low, High: e.Base.High}, e.BaseFirst, e.BaseLast)
	out.Trailing = v.figure(m, calm.Bound{Low: e.Trailing.Low, High: e.Trailing.High}, e.TrailFirst, e.TrailLast)
	return out
}

// oneOf turns a probability into "1 of so many", to two figures; 1 is nearly always.
func oneOf(p float64) int {
	if p <= 0 {
		return math.MaxInt32
	}
	n := math.Round(1 / p)
	for unit := 10.0; n/unit >= 10; unit *= 10 {
		if n/unit < 100 {
			return int(math.Round(n/unit) * unit)
		}
	}
	return int(max(1, n))
}

func px(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
