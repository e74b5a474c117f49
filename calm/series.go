package calm

import (
	"math"
	"slices"
	"time"

	"truce"
)

// Happening is one event as far as a series needs to know it. Days are civil days (or
// reporting days) of the mission, given as their midnight in UTC.
type Happening struct {
	// First and Last are the first and the last day on which it may have been, both
	// included. Equal, it was on that day. A zero First or Last means that nobody knows.
	First, Last time.Time
	// Lasts says that it went on from First to Last: each of those days has it. Its dead
	// still belong to no day of their own.
	Lasts bool
	// Sure says that it surely belongs to the series: that it happened, there, between those.
	Sure bool
	// Deaths is the lowest and the highest figure; nil is no figure, which is not zero.
	Deaths *truce.Range
	// Known is the day on which it came to be known; zero counts it on every evening.
	Known time.Time
}

// Cover says for how many hours of a day the watch was kept.
type Cover struct {
	Day   time.Time
	Hours float64
}

// Bound is a count known to lie between Low and High, both included.
type Bound struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// Tally counts events and their dead apart. NoFigure is how many of the events in
// Events.High have no figure of deaths, so that Deaths says nothing about them.
type Tally struct {
	Events   Bound `json:"events"`
	Deaths   Bound `json:"deaths"`
	NoFigure int   `json:"no_figure"`
}

// Day is one day of a series.
type Day struct {
	Date time.Time
	// Own is what happened on this day and no other. Its lows leave out what may not
	// belong to the series at all.
	Own Tally
	// Spread is what happened on this day or on another one; its lows are zero.
	Spread Tally
	// Watched is for how many hours the watch was kept; nil is unknown.
	Watched *float64
}

// All adds up what surely was on the day and what may have been.
func (d Day) All() Tally {
	t := d.Own
	t.join(d.Spread)
	return t
}

// wholeDay is how much of a day has to be watched before silence is calm: all of it, also
// on the day on which the clocks go forward.
const wholeDay = 23

// Calm says whether nothing happened: no with one sure event, yes only when the whole day
// was watched and nothing may have happened on it.
func (d Day) Calm() truce.Tri {
	switch {
	case d.Own.Events.Low > 0:
		return truce.No
	case d.All().Events.High == 0 && d.Watched != nil && *d.Watched >= wholeDay:
		return truce.Yes
	}
	return truce.Unknown
}

// Series is what happened day by day.
type Series struct {
	Days []Day
	// spread are the happenings that are on no day of their own.
	spread []adrift
	// late keeps what the series was made of where some of it became known later.
	late    bool
	all     []Happening
	covered []Cover
}

// adrift is a happening somewhere on the days first to last of a series, counted from its
// first; the ends may lie far outside.
type adrift struct {
	Happening
	first, last int
}

// touches says whether it may have been on the days i to j.
func (a adrift) touches(i, j int) bool { return a.first <= j && a.last >= i }

// inside says whether it was on the days i to j and no other.
func (a adrift) inside(i, j int) bool { return a.first >= i && a.last <= j }

// NewSeries counts what happened on the days from first to last, both included. The order
// of what it is given does not matter. Of two covers for one day the longer counts; hours
// that no day can have are unknown.
func NewSeries(first, last time.Time, happened []Happening, covered []Cover) Series {
	var s Series
	start := midnight(first)
	for i := range since(start, last) + 1 {
		s.Days = append(s.Days, Day{Date: start.AddDate(0, 0, i)})
	}
	for _, c := range covered {
		i := s.index(c.Day)
		if i < 0 || i >= len(s.Days) || !(c.Hours >= 0 && c.Hours <= 25) {
			continue
		}
		if d := &s.Days[i]; d.Watched == nil || *d.Watched < c.Hours {
			d.Watched = &c.Hours
		}
	}
	for _, h := range happened {
		s.add(h)
		s.late = s.late || !h.Known.IsZero()
	}
	if s.late {
		s.all, s.covered = slices.Clone(happened), slices.Clone(covered)
	}
	return s
}

// Known is the series as it was known on the evening of a day.
func (s Series) Known(day time.Time) Series {
	if !s.late || len(s.Days) == 0 {
		return s
	}
	known := slices.DeleteFunc(slices.Clone(s.all), func(h Happening) bool { return !h.Known.IsZero() && since(day, h.Known) > 0 })
	return NewSeries(s.Days[0].Date, s.Days[len(s.Days)-1].Date, known, s.covered)
}

// Stretch is what the days from First to Last, both included, add up to. An event that is
// on no day of its own counts once, and surely when all its days lie inside.
type Stretch struct {
	First, Last time.Time
	Days        int
	Tally
	// Hours is for how long the watch was kept on the days of which that is known;
	// Unwatched is on how many it is not.
	Hours     float64
	Unwatched int
}

// Sum adds up the days from first to last, as far as the series has them.
func (s Series) Sum(first, last time.Time) Stretch {
	return s.sum(max(0, s.index(first)), min(len(s.Days)-1, s.index(last)))
}

// sum adds up the days i to j.
func (s Series) sum(i, j int) Stretch {
	var out Stretch
	if j < i {
		return out
	}
	out.First, out.Last, out.Days = s.Days[i].Date, s.Days[j].Date, j-i+1
	for _, d := range s.Days[i : j+1] {
		out.join(d.Own)
		if d.Watched == nil {
			out.Unwatched++
		} else {
			out.Hours += *d.Watched
		}
	}
	for _, h := range s.spread {
		if h.touches(i, j) {
			out.add(h.Happening, h.inside(i, j))
		}
	}
	return out
}

// add puts a happening where it belongs.
func (s *Series) add(h Happening) {
	a := s.place(h)
	if !a.touches(0, len(s.Days)-1) {
		return
	}
	if a.first == a.last {
		a.Lasts = false
		s.Days[a.first].Own.add(a.Happening, true)
		return
	}
	for i := max(0, a.first); i <= min(a.last, len(s.Days)-1); i++ {
		d := &s.Days[i]
		if a.Lasts {
			d.Own.Events.Low, d.Own.Events.High = d.Own.Events.Low+one(a.Sure), d.Own.Events.High+1
		}
		d.Spread.add(a.Happening, false)
	}
	s.spread = append(s.spread, a)
}

// place finds the days of a happening. One that ends before it begins may be anywhere, and
// one of which an end is unknown is not known to have lasted.
func (s *Series) place(h Happening) adrift {
	a := adrift{h, math.MinInt, math.MaxInt}
	if !h.First.IsZero() && !h.Last.IsZero() && since(h.First, h.Last) < 0 {
		h.First, h.Last = time.Time{}, time.Time{}
	}
	if !h.First.IsZero() {
		a.first = s.index(h.First)
	}
	if !h.Last.IsZero() {
		a.last = s.index(h.Last)
	}
	a.Lasts = h.Lasts && !h.First.IsZero() && !h.Last.IsZero()
	return a
}

// index is the place of a day in the series, below zero before it.
func (s Series) index(day time.Time) int {
	if len(s.Days) == 0 {
		return -1
	}
	return since(s.Days[0].Date, day)
}

// join adds another tally.
func (t *Tally) join(o Tally) {
	t.Events.Low, t.Events.High = t.Events.Low+o.Events.Low, t.Events.High+o.Events.High
	t.Deaths.Low, t.Deaths.High = t.Deaths.Low+o.Deaths.Low, t.Deaths.High+o.Deaths.High
	t.NoFigure += o.NoFigure
}

// add counts a happening that was here, or may have been. The events of one that lasts are
// counted day by day elsewhere.
func (t *Tally) add(h Happening, here bool) {
	sure := one(here && h.Sure)
	if !h.Lasts {
		t.Events.Low, t.Events.High = t.Events.Low+sure, t.Events.High+1
	}
	low, high, ok := figure(h.Deaths)
	if !ok {
		t.NoFigure++
		return
	}
	t.Deaths.Low, t.Deaths.High = t.Deaths.Low+sure*low, t.Deaths.High+high
}

// mostDeaths is above any figure for one event; what claims more is no figure.
const mostDeaths = 1_000_000

// figure reads a range of deaths; one that cannot be is none.
func figure(r *truce.Range) (low, high int, ok bool) {
	if r == nil || !(r.Low >= 0 && r.Low <= r.High && r.High <= mostDeaths) {
		return 0, 0, false
	}
	return int(math.Floor(r.Low)), int(math.Ceil(r.High)), true
}

// midnight is a time's own date, as its midnight in UTC.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// since is how many days later the second day is.
func since(a, b time.Time) int {
	return int((midnight(b).Unix() - midnight(a).Unix()) / (24 * 60 * 60))
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
