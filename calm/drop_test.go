package calm

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

func TestDrop(t *testing.T) {
	ten := []int{10, 10, 10, 10, 10, 10, 10}
	two := []int{2, 2, 2, 2, 2, 2, 2}
	blind := NewSeries(nth(0), nth(6), daily(two...), nil)
	nameless := NewSeries(nth(0), nth(6), append(daily(two...), Happening{First: nth(1), Last: nth(1), Sure: true}), watched(7))
	adrift := daily(two...)
	for range 60 {
		adrift = append(adrift, Happening{First: nth(0), Last: nth(40), Sure: true, Deaths: &truce.Range{Low: 1, High: 1}})
	}
	for _, c := range []struct {
		name           string
		before, during Series
		of             Measure
		change         Change
		why            []Reason
	}{
		{"a fifth of what it was", chart(ten...), chart(two...), Events, Lower, nil},
		{"five times what it was", chart(two...), chart(ten...), Deaths, Higher, nil},
		{"as before", chart(ten...), chart(10, 9, 11, 10), Events, NoneSeen, nil},
		{"fewer, but days differ by more than that", chart(1, 30, 2, 25, 0, 28, 3), chart(20, 0, 1, 18), Events, NoneSeen, nil},
		{"three days and three: no draw of them is rare", chart(10, 10, 10), chart(0, 0, 0), Events, CannotTell, []Reason{TooShort}},
		{"so few that chance may do it", chart(1, 1, 1, 1), chart(0, 0, 0, 0), Events, CannotTell, []Reason{TooFew}},
		{"nothing before that could have dropped", chart(0, 0, 0, 0, 0, 0, 0), chart(two...), Events, CannotTell, []Reason{Nothing}},
		{"a quiet that nobody watched", chart(ten...), blind, Events, CannotTell, []Reason{CoverageUnknown}},
		{"a quiet after days that nobody watched could only have been louder", NewSeries(nth(0), nth(6), daily(ten...), nil), chart(two...), Events, Lower, []Reason{CoverageUnknown}},
		{"a quiet with dead that nobody counted, in deaths", chart(ten...), nameless, Deaths, CannotTell, []Reason{NoFigure}},
		{"and in events", chart(ten...), nameless, Events, Lower, nil},
		{"a quiet in which much may have been that is on no day", chart(ten...), NewSeries(nth(0), nth(6), adrift, watched(7)), Events, CannotTell, []Reason{NoDay}},
		{"no days", chart(ten...), Series{}, Events, CannotTell, []Reason{TooShort}},
		{"a hundred days", chart(make([]int, 100)...), chart(two...), Events, CannotTell, []Reason{TooLarge}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Drop(c.before, c.during, c.of)
			if got.Change != c.change {
				t.Errorf("%s by %v, want %s", got.Change, got.Interval, c.change)
			}
			if diff := cmp.Diff(c.why, got.Why); diff != "" {
				t.Errorf("why:\n%s", diff)
			}
		})
	}
}

// binomial is the probability of at most k of n, term by term.
func binomial(k, n int, p float64) float64 {
	sum := 0.0
	for i := range k + 1 {
		sum += choose(n, i) * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
	}
	return sum
}

// slowOdds is the interval by trying probabilities: at its ends one tail has what it may have.
func slowOdds(x, y int) (low, high float64) {
	high = Beyond
	for p := 0.0005; p < 1; p += 0.0005 {
		if 1-binomial(x-1, x+y, p) <= tail {
			low = p / (1 - p)
		}
		if high == Beyond && y > 0 && binomial(x, x+y, p) <= tail {
			high = p / (1 - p)
		}
	}
	return low, high
}

func TestOddsAgainstTheBinomialTermByTerm(t *testing.T) {
	for _, c := range [][2]int{{0, 5}, {5, 0}, {1, 1}, {3, 17}, {17, 3}, {40, 60}, {87, 269}} {
		low, high := odds(c[0], c[1])
		slowLow, slowHigh := slowOdds(c[0], c[1])
		if math.Abs(low-slowLow) > 0.002*(1+low)*(1+low) || math.Abs(high-slowHigh) > 0.002*(1+high)*(1+high) {
			t.Errorf("%v: %.4f to %.4f, want %.4f to %.4f", c, low, high, slowLow, slowHigh)
		}
	}
}

// slowDrop is the interval of the hat by writing down every draw at ratios a hundredth apart.
func slowDrop(before, during []int) (low, high float64) {
	sums := func(ratio float64) (few, many float64) {
		var cards []float64
		for _, x := range during {
			cards = append(cards, float64(x))
		}
		for _, x := range before {
			cards = append(cards, float64(x)*ratio)
		}
		draws, seen := 0.0, float64(total(during))
		var draw func(from, left int, sum float64)
		draw = func(from, left int, sum float64) {
			if left == 0 {
				draws++
				few += float64(one(sum <= seen+1e-9))
				many += float64(one(sum >= seen-1e-9))
				return
			}
			for i := from; i <= len(cards)-left; i++ {
				draw(i+1, left-1, sum+cards[i])
			}
		}
		draw(0, len(during), 0)
		return few / draws, many / draws
	}
	high = Beyond
	for i := 1; i <= 1000; i++ {
		few, many := sums(float64(i) / 100)
		if many <= tail {
			low = float64(i) / 100
		}
		if high == Beyond && few <= tail {
			high = float64(i) / 100
		}
	}
	return low, high
}

func TestTheIntervalIsTheWiderOfTwoSlowOnes(t *testing.T) {
	for _, c := range [][2][]int{
		{{9, 8, 12, 10, 9}, {3, 2, 5, 4}},
		{{9, 8, 12, 10, 9}, {9, 11, 10, 8}},
		{{1, 20, 3, 0, 14, 2}, {1, 0, 2, 1}},
		{{400, 380, 500, 90}, {90, 120, 400, 60}},
		{{1, 0, 1, 0}, {8, 9, 7, 9}},
	} {
		got := Drop(chart(c[0]...), chart(c[1]...), Events).Interval
		low, high := slowDrop(c[0], c[1])
		if total(c[0])+total(c[1]) < 150 { // beyond, the hat is far wider
			scale := float64(len(c[0])) / float64(len(c[1]))
			a, b := slowOdds(total(c[1]), total(c[0]))
			low, high = min(low, a*scale), max(high, b*scale)
		}
		if math.Abs(got.Low-low) > 0.011+0.01*low || math.Abs(got.High-high) > 0.011+0.01*high {
			t.Errorf("%v: %.3f to %.3f, want %.3f to %.3f", c, got.Low, got.High, low, high)
		}
	}
}

// Doubt never makes an answer firm that was not, nor the other one.
func TestDoubtNeverSettlesADrop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := append(daily(rapid.SliceOfN(rapid.IntRange(0, 9), 5, 5).Draw(t, "before")...), happenings(6).Draw(t, "more before")...)
		during := append(daily(rapid.SliceOfN(rapid.IntRange(0, 3), 5, 5).Draw(t, "during")...), happenings(6).Draw(t, "more during")...)
		drop := func(during []Happening) Comparison {
			return Drop(NewSeries(nth(0), nth(4), before, watched(5)), NewSeries(nth(0), nth(4), during, watched(5)), Events)
		}
		wide := slices.Clone(during)
		if len(wide) > 0 {
			w := &wide[rapid.IntRange(0, len(wide)-1).Draw(t, "which")]
			w.Sure = false
			w.Last = w.Last.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "later"))
		}
		a, b := drop(during), drop(wide)
		if step := 0.01 + 1e-9; b.Interval.Low > a.Interval.Low+step || b.Interval.High < a.Interval.High-step { // ends are rounded to steps
			t.Fatalf("%v became %v", a.Interval, b.Interval)
		}
		if b.Change != a.Change && b.Change != CannotTell {
			t.Fatalf("%s became %s", a.Change, b.Change)
		}
	})
}
