package calm

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

func dead(low, high float64) *truce.Range { return &truce.Range{Low: low, High: high} }

func TestOneDayOfASeries(t *testing.T) {
	on := func(first, last int, d *truce.Range) Happening {
		return Happening{First: nth(first), Last: nth(last), Sure: true, Deaths: d}
	}
	unsure := on(1, 1, dead(2, 3))
	unsure.Sure = false
	lasting := on(0, 2, dead(5, 6))
	lasting.Lasts = true
	open := on(0, 0, nil)
	open.Last = time.Time{}
	whole := []Cover{{nth(1), 24}}
	for _, c := range []struct {
		name        string
		happened    []Happening
		covered     []Cover
		own, spread Tally
		calm        truce.Tri
	}{
		{"watched through, and nothing", nil, whole, Tally{}, Tally{}, truce.Yes},
		{"nothing, and nobody says who watched", nil, nil, Tally{}, Tally{}, truce.Unknown},
		{"nothing in twelve hours says nothing of the other twelve", nil, []Cover{{nth(1), 12}}, Tally{}, Tally{}, truce.Unknown},
		{"watched through the short day of spring", nil, []Cover{{nth(1), 23}}, Tally{}, Tally{}, truce.Yes},
		{"the longer of two watches counts", nil, []Cover{{nth(1), 24}, {nth(1), 3}}, Tally{}, Tally{}, truce.Yes},
		{"hours that no day has are unknown", nil, []Cover{{nth(1), 48}}, Tally{}, Tally{}, truce.Unknown},
		{"hours that are no number are unknown", nil, []Cover{{nth(1), math.NaN()}}, Tally{}, Tally{}, truce.Unknown},
		{"an event, whoever watched", []Happening{on(1, 1, dead(2, 3))}, nil, Tally{Events: Bound{1, 1}, Deaths: Bound{2, 3}}, Tally{}, truce.No},
		{"an event without a figure is not one without dead", []Happening{on(1, 1, nil)}, whole, Tally{Events: Bound{1, 1}, NoFigure: 1}, Tally{}, truce.No},
		{"a figure that cannot be is none", []Happening{on(1, 1, dead(3, 2)), on(1, 1, dead(-1, 2)), on(1, 1, dead(math.NaN(), 1)), on(1, 1, dead(0, math.Inf(1)))}, whole, Tally{Events: Bound{4, 4}, NoFigure: 4}, Tally{}, truce.No},
		{"an event that may not belong", []Happening{unsure}, whole, Tally{Events: Bound{0, 1}, Deaths: Bound{0, 3}}, Tally{}, truce.Unknown},
		{"an event on this day or the next", []Happening{on(1, 2, dead(2, 3))}, whole, Tally{}, Tally{Events: Bound{0, 1}, Deaths: Bound{0, 3}}, truce.Unknown},
		{"fire that went on for three days was on the middle one; its dead may have been", []Happening{lasting}, whole, Tally{Events: Bound{1, 1}}, Tally{Deaths: Bound{0, 6}}, truce.No},
		{"an event of which nobody knows when it was", []Happening{{Sure: true}}, whole, Tally{}, Tally{Events: Bound{0, 1}, NoFigure: 1}, truce.Unknown},
		{"an event of which nobody knows the last day", []Happening{open}, whole, Tally{}, Tally{Events: Bound{0, 1}, NoFigure: 1}, truce.Unknown},
		{"an event that ends before it begins may be anywhere", []Happening{on(9, 8, dead(0, 0))}, whole, Tally{}, Tally{Events: Bound{0, 1}}, truce.Unknown},
		{"an event on another day", []Happening{on(2, 2, dead(1, 1)), on(-5, 0, nil)}, whole, Tally{}, Tally{}, truce.Yes},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewSeries(nth(0), nth(2), c.happened, c.covered).Days[1]
			if diff := cmp.Diff([]Tally{c.own, c.spread}, []Tally{d.Own, d.Spread}); diff != "" {
				t.Error(diff)
			}
			if d.Calm() != c.calm {
				t.Errorf("calm: %s, want %s", d.Calm(), c.calm)
			}
		})
	}
}

func TestStretches(t *testing.T) {
	s := NewSeries(nth(0), nth(9), []Happening{
		{First: nth(2), Last: nth(4), Sure: true, Deaths: dead(1, 2)},
		{First: nth(4), Last: nth(5), Sure: true, Deaths: dead(1, 1)},
		{First: nth(5), Last: nth(5), Sure: true},
	}, []Cover{{nth(2), 10}, {nth(3), 6}})
	want := Stretch{First: nth(2), Last: nth(4), Days: 3, Tally: Tally{Events: Bound{1, 2}, Deaths: Bound{1, 3}}, Hours: 16, Unwatched: 1}
	if diff := cmp.Diff(want, s.Sum(nth(2), nth(4))); diff != "" {
		t.Errorf("three days: an event somewhere in them is surely in them\n%s", diff)
	}
	if got := s.Sum(nth(-3), nth(20)); got.Days != 10 || got.Events != (Bound{3, 3}) || got.NoFigure != 1 {
		t.Errorf("more days than there are: %+v", got)
	}
	if got := s.Sum(nth(5), nth(4)); got.Days != 0 || NewSeries(nth(3), nth(2), nil, nil).Sum(nth(0), nth(9)).Days != 0 {
		t.Errorf("no days: %+v", got)
	}
}

// A second count: every stretch of every series, by asking each event.
func TestSumsAgainstAskingEachEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := happenings(30).Draw(t, "happened")
		i := rapid.IntRange(0, 8).Draw(t, "first")
		j := rapid.IntRange(i, 8).Draw(t, "last")
		var want Tally
		for _, x := range h {
			in, out := false, false
			for d := x.First; !d.After(x.Last); d = d.AddDate(0, 0, 1) {
				if d.Before(nth(i)) || d.After(nth(j)) {
					out = true
				} else {
					in = true
				}
			}
			if in {
				want.Events.High++
				want.Deaths.High += int(x.Deaths.High)
			}
			if in && !out && x.Sure {
				want.Events.Low++
				want.Deaths.Low += int(x.Deaths.Low)
			}
		}
		if diff := cmp.Diff(want, NewSeries(nth(0), nth(8), h, nil).Sum(nth(i), nth(j)).Tally); diff != "" {
			t.Fatal(diff)
		}
	})
}
