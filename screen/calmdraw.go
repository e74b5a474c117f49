package screen

import (
	"slices"
	"strconv"
	"time"

	"truce/calm"
	"truce/figures"
)

// CalmChart is the days of one measure as bars: full up to what is sure, hollow up to what is
// possible on that day, hatched for what is on it or on another.
type CalmChart struct {
	Measure  calm.Measure
	Top      int  // what the height of the chart stands for
	Over     bool // some day has more than that, on no day of its own
	Bin      int  // days to a bar
	Bars     []calmBar
	Most     calmBar // the highest
	Total    CalmFigure
	Loose    int // of the total, what is on no day of its own
	NoFigure CalmFigure
	Bands    []band // the chosen stretch
}

// calmBar is one day, or a few: percents across, pixels down.
type calmBar struct {
	First, Last      string
	X, W             string
	LowY, LowH       string
	HighY, HighH     string
	LooseY, LooseH   string
	Low, High, Loose int
	NoFigure         int
	// Hours is for how long it was watched, empty where nobody knows; Some says that a watch
	// was kept that did not hold all that is asked.
	Hours string
	Some  bool
}

// chartHeight is of the bars, in pixels; chartAir the room above them for the top number.
const (
	chartHeight = 84.0
	chartAir    = 16.0
	manyBars    = 300
)

// draw lays the charts, the windows and the coverage over one axis.
func (v *Calm) draw(first, last string) {
	m := v.sight.Result.Mission
	from, err := m.Span(first)
	to, err2 := m.Span(last)
	if err != nil || err2 != nil {
		v.Axis = &axis{}
		return
	}
	v.Axis = newAxis(from.From, to.To, m.Zone)
	v.lanes()
	for _, x := range measures() {
		v.Charts = append(v.Charts, v.chart(x, first, last))
	}
	v.cover(first, last)
	for _, c := range v.Charts {
		v.LooseAny = v.LooseAny || c.Loose > 0
	}
	if v.Chosen != nil && v.Chosen.Days > 0 {
		v.Chosen.lay(figures.Stretch{From: first, To: last}.Days())
	}
}

// lay puts the strips of evenings under the last of so many days.
func (c *CalmChosen) lay(days int) {
	for _, w := range c.Watches {
		for i := range w.Evenings {
			at := days - len(w.Evenings) + i
			w.Evenings[i].X, w.Evenings[i].W = percent((float64(at)+0.07)/float64(days)), percent(0.86/float64(days))
		}
	}
}

func (v *Calm) lanes() {
	for _, j := range v.sight.Result.Judges {
		id := j.Agreement().ID
		l := CalmLane{Agreement: id, Title: v.title(id), Chosen: id == v.Ask.Agreement, Bands: v.Axis.bands(j.InForce(), "yes")}
		v.Windows = append(v.Windows, l)
	}
}

// bin is how many days one bar stands for.
func bin(days int) int {
	for _, b := range []int{1, 7, 28, 91} {
		if days/b <= manyBars {
			return b
		}
	}
	return 365
}

func (v *Calm) chart(m calm.Measure, first, last string) CalmChart {
	s := v.record.Series(m, first, last)
	sum := s.Sum(s.Days[0].Date, s.Days[len(s.Days)-1].Date)
	c := CalmChart{Measure: m, Bin: bin(len(s.Days)), Total: v.figure(m, bound(sum.Tally, m), first, last)}
	if sum.NoFigure > 0 && m == calm.Deaths {
		c.NoFigure = CalmFigure{sum.NoFigure, sum.NoFigure, v.list(m, first, last, "unknown")}
	}
	own := 0
	for i := 0; i < len(s.Days); i += c.Bin {
		b := newCalmBar(s.Days[i:min(i+c.Bin, len(s.Days))], m)
		b.X, b.W = percent((float64(i)+0.07*float64(c.Bin))/float64(len(s.Days))), percent(0.86*float64(c.Bin)/float64(len(s.Days)))
		c.Bars = append(c.Bars, b)
		own += b.High
		c.Top = max(c.Top, b.High)
	}
	c.Loose = max(0, bound(sum.Tally, m).High-own)
	c.fill()
	if v.Chosen != nil && v.Chosen.Days > 0 && v.Ask.Agreement == "" {
		c.Bands = v.Axis.bands([][2]time.Time{v.chosenSpan()}, "yes")
	}
	return c
}

func (v *Calm) chosenSpan() (out [2]time.Time) {
	m := v.sight.Result.Mission
	a, err := m.Span(v.Chosen.First)
	b, err2 := m.Span(v.Chosen.Last)
	if err == nil && err2 == nil {
		out = [2]time.Time{a.From, b.To}
	}
	return out
}

// newCalmBar adds up some days.
func newCalmBar(days []calm.Day, m calm.Measure) calmBar {
	b := calmBar{First: days[0].Date.Format(time.DateOnly), Last: days[len(days)-1].Date.Format(time.DateOnly)}
	for _, d := range days {
		own := bound(d.Own, m)
		b.Low, b.High = b.Low+own.Low, b.High+own.High
		b.Loose = max(b.Loose, bound(d.Spread, m).High)
		b.NoFigure += d.Own.NoFigure
	}
	return b
}

// fill gives the bars their heights. What is on no day of its own is cut off at the top, where
// it would dwarf the days.
func (c *CalmChart) fill() {
	if c.Top == 0 {
		for _, b := range c.Bars {
			c.Top = max(c.Top, b.Loose)
		}
	}
	c.Top = roundUp(c.Top)
	scale := chartHeight / float64(c.Top)
	base := chartAir + chartHeight
	for i := range c.Bars {
		b := &c.Bars[i]
		low, high := float64(b.Low)*scale, float64(b.High)*scale
		if b.High > 0 {
			high = max(high, 1.5)
		}
		all := min(high+float64(b.Loose)*scale, chartHeight)
		c.Over = c.Over || b.High+b.Loose > c.Top
		if b.Low > 0 {
			b.LowY, b.LowH = pixels(base-low), pixels(low)
		}
		if b.High > b.Low {
			b.HighY, b.HighH = pixels(base-high), pixels(high-low)
		}
		if b.Loose > 0 && all > high {
			b.LooseY, b.LooseH = pixels(base-all), pixels(all-high)
		}
		if b.High > c.Most.High {
			c.Most = *b
		}
	}
}

func pixels(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// cover is the strip of hours watched, one box for each bar of the charts.
func (v *Calm) cover(first, last string) {
	s := v.record.Series(calm.Events, first, last)
	some := map[string]bool{}
	for _, w := range v.record.Watches {
		some[w.Day] = true
	}
	for _, d := range s.Days {
		day := d.Date.Format(time.DateOnly)
		if d.Watched != nil {
			v.Known++
		} else if some[day] {
			v.Partly++
		}
	}
	step := bin(len(s.Days))
	for i := 0; i < len(s.Days); i += step {
		part := s.Days[i:min(i+step, len(s.Days))]
		b := calmBar{First: part[0].Date.Format(time.DateOnly), X: percent(float64(i) / float64(len(s.Days))), W: percent(float64(len(part)) / float64(len(s.Days)))}
		hours, known := 0.0, true
		for _, d := range part {
			b.Some = b.Some || some[d.Date.Format(time.DateOnly)]
			if known = known && d.Watched != nil; known {
				hours += *d.Watched
			}
		}
		if known {
			hours /= float64(len(part))
			b.Hours = strconv.FormatFloat(hours, 'f', -1, 64)
			h := min(14, 14*hours/24)
			b.LowY, b.LowH = pixels(16-h), pixels(h)
		}
		v.Cover = append(v.Cover, b)
	}
}

// CalmRow is one day of the table.
type CalmRow struct {
	Day            string
	Events, Deaths CalmFigure
	Loose          int // events on this day or another one
	NoFigure       CalmFigure
	Hours          string // for how long it was watched; empty where nobody knows
	Some           bool
	Levels         []CalmEvening // events, deaths
}

// rows lists the days of the chosen stretch, the last first.
func (v *Calm) rows(out *CalmChosen) {
	events, deaths := v.record.Series(calm.Events, out.First, out.Last), v.record.Series(calm.Deaths, out.First, out.Last)
	some := map[string]bool{}
	for _, w := range v.record.Watches {
		some[w.Day] = true
	}
	for i, d := range events.Days {
		day := d.Date.Format(time.DateOnly)
		r := CalmRow{Day: day, Events: v.figure(calm.Events, d.All().Events, day, day), Deaths: v.figure(calm.Deaths, deaths.Days[i].All().Deaths, day, day),
			Loose: d.Spread.Events.High, Some: some[day]}
		if n := deaths.Days[i].All().NoFigure; n > 0 {
			r.NoFigure = CalmFigure{n, n, v.list(calm.Deaths, day, day, "unknown")}
		}
		if d.Watched != nil {
			r.Hours = strconv.FormatFloat(*d.Watched, 'f', -1, 64)
		}
		for _, w := range out.Watches {
			r.Levels = append(r.Levels, w.Evenings[i])
		}
		out.Rows = append(out.Rows, r)
	}
	slices.Reverse(out.Rows)
	sum := deaths.Sum(deaths.Days[0].Date, deaths.Days[len(deaths.Days)-1].Date)
	if sum.NoFigure > 0 {
		out.NoFigure = CalmFigure{sum.NoFigure, sum.NoFigure, v.list(calm.Deaths, out.First, out.Last, "unknown")}
	}
}
