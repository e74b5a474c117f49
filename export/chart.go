package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Heights of the strips of the day chart, in pixels.
const (
	stripHeight = 76.0
	lowHeight   = 44.0
	topGap      = 14.0 // room for the number of the top line
	manyDays    = 200  // more days than this are drawn by the week
	manyWeeks   = 1400 // more days than this are drawn in stretches of four weeks
)

// dayChart is the strips over one axis of days. Positions across are percent of the width.
type dayChart struct {
	First, Last string
	Days        int
	Bin         int // days to a bar
	Strips      []strip
	Ticks       []tick
	first       time.Time
}

type strip struct {
	Title   words
	Sub     words
	Class   string
	Alt     string
	Height  string
	Top     string
	Most    string
	Bars    []bar
	Windows []stretch
}

// bar is one stretch of days: two boxes on top of each other.
type bar struct {
	X, W       string
	SY, SH     string // solid
	HY, HH     string // hatched, or the range from low to high
	Solid, Mid bool
}

type stretch struct{ X, W, Class, Title string }

type tick struct {
	X, Text, Anchor string
	Wide            bool // only where there is room
}

func drawChart(c Check) dayChart {
	var d dayChart
	last, ok := d.bounds(c)
	if !ok {
		return d
	}
	d.Days = int(last.Sub(d.first).Hours()/24) + 1
	d.First, d.Last = d.first.Format(time.DateOnly), last.Format(time.DateOnly)
	switch {
	case d.Days > manyWeeks:
		d.Bin = 28
	case d.Days > manyDays:
		d.Bin = 7
	default:
		d.Bin = 1
	}
	d.Strips = append(d.Strips, d.actStrip(c))
	for _, a := range c.Agreements {
		d.Strips = append(d.Strips, d.verdictStrip(c, a))
	}
	if s, any := d.deathStrip(c); any {
		d.Strips = append(d.Strips, s)
	}
	d.addTicks()
	return d
}

func (d *dayChart) bounds(c Check) (time.Time, bool) {
	first, ok := day(c.From)
	last, ok2 := day(c.To)
	ok = ok && ok2
	for _, x := range c.Days {
		if t, is := day(x.Date); is {
			if !ok {
				first, last, ok = t, t, true
			}
			if t.Before(first) {
				first = t
			}
			if t.After(last) {
				last = t
			}
		}
	}
	d.first = first
	return last, ok && !last.Before(first)
}

// bins is how many bars there are.
func (d dayChart) bins() int { return (d.Days + d.Bin - 1) / d.Bin }

// gather adds up a pair of numbers a day into bars.
func (d dayChart) gather(c Check, of func(Day) (int, int)) [][2]int {
	out := make([][2]int, d.bins())
	for _, x := range c.Days {
		t, ok := day(x.Date)
		if !ok {
			continue
		}
		i := int(t.Sub(d.first).Hours()/24) / d.Bin
		a, b := of(x)
		out[i][0] += a
		out[i][1] += b
	}
	return out
}

func (d dayChart) actStrip(c Check) strip {
	s := strip{Title: line("Acts in the record"), Class: "s-acts"}
	sums := d.gather(c, func(x Day) (int, int) { return x.Elements, 0 })
	d.fill(&s, sums, lowHeight, false)
	s.Alt = d.alt(sums, "acts in the record", func(n [2]int) string { return number(n[0]) })
	return s
}

func (d dayChart) verdictStrip(c Check, a Agreement) strip {
	s := strip{Title: line(a.Title), Sub: line(a.InForce), Class: "s-verdicts"}
	if a.Title == "" {
		s.Title = line(a.ID)
	}
	sums := d.gather(c, func(x Day) (int, int) {
		v, u := 0, 0
		for _, n := range x.Counts {
			if n.Agreement == a.ID {
				v, u = v+n.Violation, u+n.Undetermined
			}
		}
		return v, u
	})
	d.fill(&s, sums, stripHeight, false)
	s.Windows = d.windows(c, a.ID)
	s.Alt = d.alt(sums, "violations and undetermined verdicts under "+s.Title.Short,
		func(n [2]int) string { return number(n[0]) + " and " + number(n[1]) })
	return s
}

func (d dayChart) deathStrip(c Check) (strip, bool) {
	s := strip{Title: line("Deaths, as the record says"), Class: "s-deaths"}
	s.Sub = line("faint up to the low figure, strong from there to the high one")
	any, unknown := false, 0
	sums := d.gather(c, func(x Day) (int, int) {
		any = any || x.KilledHigh > 0
		unknown += x.KilledUnknown
		return x.KilledLow, x.KilledHigh
	})
	if unknown > 0 {
		s.Sub = line(s.Sub.Short + "; " + plural(unknown, "act") + " with no figure, which is not zero")
	}
	d.fill(&s, sums, stripHeight, true)
	s.Alt = d.alt(sums, "deaths from low to high", func(n [2]int) string { return span(n[0], n[1]) })
	return s, any || unknown > 0
}

// fill draws the bars: the pair stacked, or as a range from the first to the second.
func (d dayChart) fill(s *strip, sums [][2]int, height float64, ranged bool) {
	most := 0
	for _, n := range sums {
		most = max(most, n[1], n[0])
		if !ranged {
			most = max(most, n[0]+n[1])
		}
	}
	top := niceAbove(most)
	s.Height, s.Top, s.Most = unit(height+topGap), unit(topGap), number(top)
	for i, n := range sums {
		if n[0] == 0 && n[1] == 0 {
			continue
		}
		wide := float64(min(d.Bin, d.Days-i*d.Bin))
		b := bar{X: d.percent(float64(i*d.Bin) + 0.08*wide), W: d.percent(0.84 * wide)}
		high := func(n int) float64 { return float64(n) / float64(top) * height }
		base := height + topGap
		if ranged {
			low, up := high(n[0]), max(high(n[1]), high(n[0])+2)
			b.SY, b.SH, b.HY, b.HH = unit(base-low), unit(low), unit(base-up), unit(up-low)
		} else {
			v, u := high(n[0]), high(n[1])
			v = max(v, 2*float64(bit(n[0] > 0)))
			u = max(u, 2*float64(bit(n[1] > 0)))
			b.SY, b.SH, b.HY, b.HH = unit(base-v), unit(v), unit(base-v-u), unit(u)
		}
		b.Solid, b.Mid = b.SH != "0", b.HH != "0"
		s.Bars = append(s.Bars, b)
	}
}

// niceAbove is the round number at or above n.
func niceAbove(n int) int {
	for size := 1; ; size *= 10 {
		for _, k := range []int{1, 2, 3, 4, 5, 6, 8} {
			if k*size >= n {
				return k * size
			}
		}
	}
}

// percent is a number of days as a share of the width.
func (d dayChart) percent(days float64) string {
	return strconv.FormatFloat(100*days/float64(d.Days), 'f', 3, 64)
}

// alt says what the strip shows: the first bar, the highest one, and how many are empty.
func (d dayChart) alt(sums [][2]int, what string, say func([2]int) string) string {
	best, filled := -1, 0
	for i, n := range sums {
		if n[0]+n[1] == 0 {
			continue
		}
		filled++
		if best < 0 || n[0]+n[1] > sums[best][0]+sums[best][1] {
			best = i
		}
	}
	if best < 0 {
		return "Chart of " + what + ": none."
	}
	return fmt.Sprintf("Chart of %s by %s. Highest in the %s of %s: %s. %s of %s have any. The table below has every day.",
		what, d.Unit(), d.Unit(), d.first.AddDate(0, 0, best*d.Bin).Format("2 January 2006"), say(sums[best]),
		number(filled), plural(len(sums), d.Unit()))
}

// Unit is what one bar stands for.
func (d dayChart) Unit() string {
	switch d.Bin {
	case 28:
		return "four-week stretch"
	case 7:
		return "week"
	}
	return "day"
}

func (d dayChart) windows(c Check, agreement string) []stretch {
	var out []stretch
	for _, w := range c.Windows {
		if w.Agreement != "" && w.Agreement != agreement {
			continue
		}
		if s, ok := d.stretch(w.From, w.To); ok {
			s.Title = line(w.Title).Short + ": " + line(until(w.From, w.To)).Short
			out = append(out, s)
		}
	}
	return out
}

// stretch places an interval on the axis; an end that is no date is open.
func (d dayChart) stretch(from, to string) (stretch, bool) {
	if d.Days == 0 {
		return stretch{}, false
	}
	a, b := 0.0, float64(d.Days)
	if t, ok := moment(from); ok {
		a = t.Sub(d.first).Hours() / 24
	} else if from != "" {
		return stretch{}, false
	}
	if t, ok := moment(to); ok {
		b = t.Sub(d.first).Hours() / 24
	}
	a, b = max(0, a), min(float64(d.Days), b)
	if b <= a {
		return stretch{}, false
	}
	return stretch{X: d.percent(a), W: d.percent(b - a)}, true
}

func until(from, to string) string {
	switch {
	case from == "" && to == "":
		return "throughout"
	case from == "":
		return "until " + dated(to)
	case to == "":
		return "from " + dated(from) + " on"
	}
	return "from " + dated(from) + " until " + dated(to)
}

// dated writes the day of a wall time for people and keeps the clock.
func dated(s string) string {
	t, ok := day(s)
	if !ok {
		return inert(s)
	}
	return strings.TrimSpace(t.Format("2 January 2006") + " " + inert(s[len(time.DateOnly):]))
}

// addTicks marks about six days, and about twice as many where there is room.
func (d *dayChart) addTicks() {
	step := 1
	for _, n := range []int{1, 2, 3, 7, 14, 28, 61, 91, 182, 365, 1826} {
		if step = n; d.Days/step <= 12 {
			break
		}
	}
	layout, some := "2 Jan", 3
	if d.Days > 300 {
		layout, some = "Jan 2006", 4
	}
	for i, n := 0, 0; i < d.Days; i, n = i+step, n+1 {
		x := float64(i) + 0.5*float64(bit(d.Bin == 1))
		t := tick{X: d.percent(x), Text: d.first.AddDate(0, 0, i).Format(layout), Anchor: "middle", Wide: n%some != 0}
		if x/float64(d.Days) < 0.04 {
			t.Anchor = "start"
		}
		if x/float64(d.Days) > 0.95 {
			t.Anchor = "end"
		}
		d.Ticks = append(d.Ticks, t)
	}
}
