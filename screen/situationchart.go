package screen

import (
	"slices"
	"strconv"
	"time"

	"truce/desk"
	"truce/figures"
)

// Chart is the days as a drawing: the windows of the agreements behind, elements by outcome
// and the dead in front. Positions are drawing units.
type Chart struct {
	Width, Height float64
	From, To      string
	Days          int // to a bar
	Bars          []Bar
	Ticks         []Tick
	Lanes         []Lane
	Most, Killed  int     // at the top of either strip
	Top, Base     float64 // of the strip of elements
	Top2, Base2   float64 // of the strip of the dead

	mirrored bool
}

// TickY is where the days are written.
func (c Chart) TickY() float64 { return c.Base2 + 16 }

// TopText is where the number at the top of the upper strip is written.
func (c Chart) TopText() float64 { return c.Top - 4 }

// Top2Text is TopText of the lower strip.
func (c Chart) Top2Text() float64 { return c.Top2 - 4 }

// Tall is how high both strips are together.
func (c Chart) Tall() float64 { return c.Base2 - c.Top }

// Caption is where the texts over the strips begin: at the side where reading begins.
func (c Chart) Caption() float64 {
	if c.mirrored {
		return c.Width
	}
	return 0
}

// mirror turns the chart round, for those who read from right to left.
func (c Chart) mirror() Chart {
	c.mirrored = true
	c.Bars, c.Ticks, c.Lanes = slices.Clone(c.Bars), slices.Clone(c.Ticks), slices.Clone(c.Lanes)
	for i := range c.Bars {
		b := &c.Bars[i]
		b.X, b.HitX = tenth(c.Width-b.X-b.W), tenth(c.Width-b.HitX-b.HitW)
	}
	for i := range c.Ticks {
		c.Ticks[i].X = tenth(c.Width - c.Ticks[i].X)
	}
	for i := range c.Lanes {
		l := &c.Lanes[i]
		l.TextX, l.Anchor = tenth(c.Width-l.TextX), map[string]string{"start": "end", "end": "start"}[l.Anchor]
		l.Spans = slices.Clone(l.Spans)
		for k, s := range l.Spans {
			l.Spans[k][0] = tenth(c.Width - s[0] - s[1])
		}
	}
	return c
}

// Sided is a chart that runs the way the language is read.
func (f Frame) Sided(c Chart) Chart {
	if f.Lang().Dir() == "rtl" {
		return c.mirror()
	}
	return c
}

// Bar is one day, or some days together.
type Bar struct {
	figures.Bin
	X, W       float64
	HitX, HitW float64 // where it can be pointed at
	// The boxes from the ground up: what surely lies here, by outcome, and what possibly does.
	V, U, N, Maybe Box
	// Low reaches up to the lowest number of dead in incidents that surely lie here, High from
	// there to the highest.
	Low, High Box
	Filter    Filter
	// Day says that it is one day; otherwise the filter leads into the days of the bar.
	Day bool
}

// Box is how high and how tall something is.
type Box struct{ Y, H float64 }

// Tick is a day written under the chart.
type Tick struct {
	X      float64
	Day    string
	Anchor string
}

// Lane is an agreement with the stretches in which it is in force.
type Lane struct {
	Window
	Y     float64
	Spans [][2]float64 // from where, how wide
	// TextX is where its name begins or, with Anchor "end", ends.
	TextX  float64
	Anchor string
}

// TextY is where its name is written.
func (l Lane) TextY() float64 { return l.Y - 3 }

// Window is an agreement in force on some of the days.
type Window struct {
	Agreement, Title string
	Spans            [][2]time.Time // as far as they lie in the days; zero ends are open
}

// Measures of the chart.
const (
	chartWidth  = 960.0
	stripHigh   = 120.0
	killedHigh  = 64.0
	laneHigh    = 18.0
	chartTop    = 14.0
	stripGap    = 26.0
	mostBars    = 62
	mostWeeks   = 434
	leastHeight = 1.5 // of what is there at all
)

// newChart draws the days of a stretch, the selection narrowed to them.
func newChart(b *Board, s Selection, days figures.Stretch) Chart {
	c := Chart{Width: chartWidth, From: days.From, To: days.To, Days: 1}
	n := days.Days()
	if n == 0 {
		return c
	}
	switch {
	case n > mostWeeks:
		c.Days = 28
	case n > mostBars:
		c.Days = 7
	}
	c.lanes(b, days)
	bins := figures.Series(s.Items, figures.Split(days, c.Days))
	for _, bin := range bins { // what may have been in every bar would hide what surely was in one
		c.Most, c.Killed = max(c.Most, bin.Elements.High), max(c.Killed, bin.KilledSurely.High)
	}
	c.Most, c.Killed = roundUp(c.Most), roundUp(c.Killed)
	c.Top = chartTop + float64(len(c.Lanes))*laneHigh + 10
	c.Base = c.Top + stripHigh
	c.Top2 = c.Base + stripGap
	c.Base2 = c.Top2 + killedHigh
	c.Height = c.Base2 + 24
	for i, bin := range bins {
		c.Bars = append(c.Bars, c.bar(bin, float64(i*c.Days), n, s.Filter))
	}
	c.ticks(n)
	return c
}

// bar draws one bin that begins so many days from the left.
func (c *Chart) bar(bin figures.Bin, at float64, days int, f Filter) Bar {
	unit := chartWidth / float64(days)
	width := float64(bin.Days()) * unit
	out := Bar{Bin: bin, X: tenth(at*unit + width*0.08), W: tenth(width * 0.84), Filter: f, Day: bin.Days() == 1}
	out.HitX, out.HitW = tenth(at*unit), tenth(width)
	out.Filter.From, out.Filter.To = bin.From, bin.To
	y := c.Base
	put := func(n int) Box {
		h := 0.0
		if n > 0 {
			h = max(leastHeight, float64(n)/float64(c.Most)*stripHigh)
		}
		y -= h
		return Box{tenth(y), tenth(h)}
	}
	out.V, out.U = put(bin.Classes[figures.Violation].Low), put(bin.Classes[figures.Undetermined].Low)
	out.N = put(bin.Elements.Low - bin.Classes[figures.Violation].Low - bin.Classes[figures.Undetermined].Low)
	out.Maybe = put(bin.Elements.High - bin.Elements.Low)
	if dead := bin.KilledSurely; c.Killed > 0 && dead.High > 0 {
		low, high := float64(dead.Low)/float64(c.Killed)*killedHigh, float64(dead.High)/float64(c.Killed)*killedHigh
		high = max(high, low+leastHeight)
		out.Low, out.High = Box{tenth(c.Base2 - low), tenth(low)}, Box{tenth(c.Base2 - high), tenth(high - low)}
	}
	return out
}

// lanes lays the agreements out that are in force on some of the days.
func (c *Chart) lanes(b *Board, days figures.Stretch) {
	from, to := boundsOf(b.Sight.Result.Mission, days)
	whole := to.Sub(from)
	at := func(t time.Time, open float64) float64 {
		if t.IsZero() {
			return open
		}
		return max(0, min(chartWidth, float64(t.Sub(from))/float64(whole)*chartWidth))
	}
	for i, w := range b.inForce(days) {
		lane := Lane{Window: w, Y: chartTop + float64(i)*laneHigh, Anchor: "start"}
		for _, s := range w.Spans {
			x := at(s[0], 0)
			lane.Spans = append(lane.Spans, [2]float64{tenth(x), tenth(max(1.5, at(s[1], chartWidth)-x))})
		}
		if lane.TextX = lane.Spans[0][0]; lane.TextX > chartWidth*0.6 {
			last := lane.Spans[len(lane.Spans)-1]
			lane.TextX, lane.Anchor = tenth(last[0]+last[1]), "end"
		}
		c.Lanes = append(c.Lanes, lane)
	}
}

// inForce lists the agreements that are in force on some of the days.
func (b *Board) inForce(days figures.Stretch) []Window {
	from, to := boundsOf(b.Sight.Result.Mission, days)
	var out []Window
	for _, j := range b.Sight.Result.Judges {
		w := Window{Agreement: j.Agreement().ID, Title: j.Agreement().Title}
		for _, s := range j.InForce() {
			if g := (ground{windows: [][2]time.Time{s}}); g.inForce(from, to) && len(w.Spans) < windowsDrawn {
				w.Spans = append(w.Spans, s)
			}
		}
		if w.Spans != nil {
			out = append(out, w)
		}
	}
	return out
}

// windowsDrawn is how many windows of one agreement are drawn.
const windowsDrawn = 100

// ticks writes some of the days under the chart.
func (c *Chart) ticks(days int) {
	step := 1
	for _, n := range []int{1, 2, 4, 7, 14, 28, 61, 91, 182, 365, 1826} {
		if step = n; days/step <= 12 {
			break
		}
	}
	for i := 0; i < days; i += step {
		x := (float64(i) + 0.5) * chartWidth / float64(days)
		t := Tick{X: tenth(x), Day: figures.Shift(c.From, i), Anchor: "middle"}
		if x < 30 {
			t.Anchor = "start"
		} else if x > chartWidth-30 {
			t.Anchor = "end"
		}
		c.Ticks = append(c.Ticks, t)
	}
}

// roundUp is a round number not below n.
func roundUp(n int) int {
	for size := 1; ; size *= 10 {
		for _, k := range []int{1, 2, 3, 4, 5, 6, 8} {
			if k*size >= n {
				return k * size
			}
		}
	}
}

// tenth rounds to a tenth of a drawing unit.
func tenth(x float64) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 1, 64), 64)
	if err != nil {
		return x
	}
	return out
}

// Watch is a time during which somebody was there to see.
type Watch struct{ From, To time.Time }

// Coverage is how much of the time somebody is known to have been there to see, somewhere.
type Coverage struct {
	// Known says that anything was logged at all; without it nothing is known, which is not
	// the same as nobody.
	Known     bool
	Hours, Of int // whole hours, watched and in all
	Logged    int // how many times in these days
}

// covered adds up the watch kept in a stretch; hours that several kept count once.
func covered(m *desk.Mission, watch []Watch, s figures.Stretch) Coverage {
	out := Coverage{Known: len(watch) > 0}
	from, to := boundsOf(m, s)
	if from.IsZero() || to.IsZero() {
		return out
	}
	watch = slices.Clone(watch)
	slices.SortFunc(watch, func(a, b Watch) int { return a.From.Compare(b.From) })
	seen, end := time.Duration(0), from
	for _, w := range watch {
		if !w.To.After(from) || !w.From.Before(to) {
			continue
		}
		out.Logged++
		a, b := w.From, w.To
		if a.Before(end) {
			a = end
		}
		if b.After(to) {
			b = to
		}
		if b.After(a) {
			seen += b.Sub(a)
			end = b
		}
	}
	out.Hours, out.Of = int(seen/time.Hour), int(to.Sub(from)/time.Hour)
	return out
}
