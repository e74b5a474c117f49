package screen

import (
	"slices"
	"strconv"
	"time"
)

// axis is a stretch of time that lanes are drawn over, in percent of their width. Time runs
// from left to right in every language.
type axis struct {
	From, To time.Time
	Ticks    []axisTick
}

// axisTick marks the start of a civil day.
type axisTick struct {
	X, Day string
	Year   bool   // the year is enough
	Anchor string // start, middle or end
}

// band is a stretch of a lane. What it means is said in words beside the lane.
type band struct {
	X, W string
	// Kind is how it is drawn: "yes" solid, "open" hatched, "no" hollow, "wait" a thin line.
	Kind     string
	Ends     bool // it ends within the axis
	From, To time.Time
}

// newAxis is an axis from one instant to another; without any it spans nothing.
func newAxis(from, to time.Time, zone *time.Location) *axis {
	a := &axis{From: from, To: to}
	if from.IsZero() || !from.Before(to) {
		return a
	}
	days := to.Sub(from).Hours() / 24
	if days > 500 {
		a.years(zone)
		return a
	}
	step := 1
	for _, step = range []int{1, 2, 7, 14, 31, 61, 92} {
		if days/float64(step) <= 7 {
			break
		}
	}
	at := from.In(zone)
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	if step >= 31 {
		day = day.AddDate(0, 0, 1-day.Day())
	}
	for ; day.Before(to); day = later(day, step) {
		a.tick(day, false)
	}
	return a
}

// later is the next day to mark: whole months where the steps are months.
func later(day time.Time, step int) time.Time {
	if step >= 31 {
		return day.AddDate(0, step/30, 0)
	}
	return day.AddDate(0, 0, step)
}

// years marks at most eight New Year's Days.
func (a *axis) years(zone *time.Location) {
	first, last := a.From.In(zone).Year(), a.To.In(zone).Year()
	step := (last-first)/8 + 1
	for y := first; y <= last; y += step {
		a.tick(time.Date(y, 1, 1, 0, 0, 0, 0, zone), true)
	}
}

func (a *axis) tick(at time.Time, year bool) {
	if at.Before(a.From) {
		return
	}
	x := a.share(at)
	t := axisTick{X: percent(x), Day: at.Format(time.DateOnly), Year: year, Anchor: "middle"}
	if x < 0.03 {
		t.Anchor = "start"
	} else if x > 0.95 {
		t.Anchor = "end"
	}
	a.Ticks = append(a.Ticks, t)
}

// YearOf is the year of a tick.
func (t axisTick) YearOf() string { return t.Day[:min(4, len(t.Day))] }

// Any reports whether there is anything to draw over.
func (a *axis) Any() bool { return !a.From.IsZero() && a.From.Before(a.To) }

func (a *axis) share(t time.Time) float64 {
	return float64(t.Sub(a.From)) / float64(a.To.Sub(a.From))
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 3, 64) }

// band lays a stretch out; a zero end is open. It is false where nothing of it is on the axis.
func (a *axis) band(from, to time.Time, kind string) (band, bool) {
	b := band{Kind: kind, From: from, To: to}
	if !a.Any() {
		return b, false
	}
	x0, x1 := 0.0, 1.0
	if !from.IsZero() {
		x0 = max(0, a.share(from))
	}
	if !to.IsZero() {
		x1, b.Ends = min(1, a.share(to)), a.share(to) <= 1
	}
	if x0 >= x1 {
		return b, false
	}
	b.X, b.W = percent(x0), percent(max(x1-x0, 0.002)) // what is short is still seen
	return b, true
}

// bands lays stretches out, at most so many.
func (a *axis) bands(list [][2]time.Time, kind string) []band {
	var out []band
	for _, w := range list[:min(len(list), mostBands)] {
		if b, ok := a.band(w[0], w[1], kind); ok {
			out = append(out, b)
		}
	}
	return out
}

// clipped leaves of bands what lies within a stretch; a stretch without ends leaves nothing.
func (a *axis) clipped(list []band, within [2]time.Time) []band {
	if within == [2]time.Time{} {
		return nil
	}
	var out []band
	for _, b := range list {
		from, to := b.From, b.To
		if from.Before(within[0]) {
			from = within[0]
		}
		if !within[1].IsZero() && to.After(within[1]) {
			to = within[1]
		}
		if b, ok := a.band(from, to, b.Kind); ok && from.Before(to) {
			out = append(out, b)
		}
	}
	return out
}

// mostBands bounds what one lane draws.
const mostBands = 400

// bounds is the stretch from the earliest to the latest of some instants; zero ones are
// passed over.
func bounds(list ...time.Time) (from, to time.Time) {
	list = slices.DeleteFunc(list, time.Time.IsZero)
	if len(list) == 0 {
		return
	}
	return slices.MinFunc(list, time.Time.Compare), slices.MaxFunc(list, time.Time.Compare)
}
