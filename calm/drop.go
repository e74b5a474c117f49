package calm

import (
	"math"
	"slices"
	"sort"

	"truce"
)

// Change is what became of a rate when a window began.
type Change string

// The changes. NoneSeen is not "none": the interval says how large one could still be.
const (
	Lower      Change = "lower"
	NoneSeen   Change = "none-seen"
	Higher     Change = "higher"
	CannotTell Change = "cannot-tell"
)

// Comparison is two periods side by side.
type Comparison struct {
	Before, During Stretch
	// Ratio bounds how many times the rate before the rate during is, as counted; Interval
	// is the same with what chance may have done, at 95 %. Beyond stands for any larger one.
	Ratio, Interval truce.Range
	// P bounds the probability that days drawn blindly from both periods show as little as
	// those during.
	P      truce.Range
	Change Change
	// Why says what leaves it open, or was weighed and did not.
	Why []Reason
}

// Beyond is the end of the scale of ratios.
const Beyond = 1000

// tail is how rare a draw must be, on either side, for an interval at 95 %.
const tail = 0.025

// longest is how many days a period may have, so that an answer takes no more than seconds.
const longest = 92

// Drop says whether a window shows in the record at all: the rate during it against the
// rate before. The interval holds every ratio by which the days before can be multiplied
// without making those during a rare draw from one hat with them; it is never narrower than
// the exact interval for two Poisson counts.
func Drop(before, during Series, of Measure) Comparison {
	p := pairOf(before, during, of)
	c := Comparison{Before: p.a, During: p.b, Ratio: ratio(p.a, p.b, of), Interval: truce.Range{Low: 0, High: Beyond}, P: truce.Range{Low: 0, High: 1}, Change: CannotTell, Why: p.why}
	switch {
	case max(p.a.Days, p.b.Days) > longest:
		c.Why = append(c.Why, TooLarge)
	case p.a.Days == 0 || p.b.Days == 0 || 1/choose(p.a.Days+p.b.Days, p.b.Days) > tail:
		c.Why = append(c.Why, TooShort)
	case p.a.of(of).High == 0 && !p.aMore:
		c.Why = append(c.Why, Nothing)
	default:
		c.Interval, c.P = p.interval(of), p.few()
		c.Change = p.change(c.Interval, c.P)
		if c.Change == CannotTell && c.P.Low == c.P.High {
			c.Why = append(c.Why, TooFew)
		}
	}
	return c
}

// change reads an interval, whose ends are themselves left out of it. Nothing is seen only
// where nothing would have been, whatever is in doubt.
func (p pair) change(i, few truce.Range) Change {
	switch {
	case i.High <= 1:
		return Lower
	case i.Low >= 1:
		return Higher
	case few.Low <= tail || p.many() <= tail:
		return CannotTell
	}
	return NoneSeen
}

// pairOf takes two series whole.
func pairOf(before, during Series, of Measure) pair {
	p := pair{a: before.sum(0, len(before.Days)-1), b: during.sum(0, len(during.Days)-1)}
	if p.a.Days == 0 || p.b.Days == 0 {
		return p
	}
	p.aLow, p.aHigh, p.aAdrift = before.cards(0, len(before.Days)-1, of)
	p.bLow, p.bHigh, p.bAdrift = during.cards(0, len(during.Days)-1, of)
	p.weigh(of)
	return p
}

// few bounds the share of draws that show as little as the days during.
func (p pair) few() truce.Range {
	out := truce.Range{Low: 0, High: 1}
	if !p.aMore {
		out.Low = atMost(slices.Concat(p.bLow, p.aHigh), len(p.bLow), total(p.bLow)-p.aAdrift)
	}
	if !p.bMore {
		out.High = atMost(slices.Concat(p.bHigh, p.aLow), len(p.bHigh), total(p.bHigh)+p.bAdrift)
	}
	return out
}

// many is the least share of draws that show as much as the days during.
func (p pair) many() float64 {
	if p.bMore {
		return 0
	}
	return 1 - atMost(slices.Concat(p.bHigh, p.aLow), len(p.bHigh), total(p.bHigh)+p.bAdrift-1)
}

// interval is the wider of what the hat and two Poisson counts say.
func (p pair) interval(of Measure) truce.Range {
	out := truce.Range{Low: 0, High: Beyond}
	a, b, scale := p.a.of(of), p.b.of(of), float64(p.a.Days)/float64(p.b.Days)
	if !p.aMore {
		low, _ := odds(b.Low, a.High)
		out.Low = min(low*scale, p.least())
	}
	if !p.bMore {
		_, high := odds(b.High, a.Low)
		out.High = min(max(high*scale, p.most()), Beyond)
	}
	return out
}

// Ratios are tried in steps of a hundredth, up to the largest. Counts are cut into units, so
// that the days during hold some thousand of them; what does not come out even is rounded so
// that the interval grows.
const (
	steps   = 100
	largest = 10
	units   = 3000
)

// grain is how a count is cut into units: it stands for so many of them, num by den.
type grain struct{ num, den int }

func grainOf(sum int) grain {
	if sum > units {
		return grain{units, sum}
	}
	return grain{units / max(1, sum), 1}
}

func (g grain) times(ratio int) grain { return grain{g.num * ratio, g.den * steps} }
func (g grain) down(x int) int        { return x * g.num / g.den }
func (g grain) up(x int) int          { return (x*g.num + g.den - 1) / g.den }

// most is the first ratio at which the days during would be rarely few.
func (p pair) most() float64 {
	g := grainOf(total(p.bHigh) + p.bAdrift)
	at := sort.Search(steps*largest, func(i int) bool {
		cards := slices.Concat(each(p.bHigh, g.down), each(p.aLow, g.times(i+1).down))
		return atMost(cards, len(p.bHigh), g.up(total(p.bHigh)+p.bAdrift)) <= tail
	})
	if at == steps*largest {
		return Beyond
	}
	return float64(at+1) / steps
}

// least is the last ratio at which the days during would be rarely many.
func (p pair) least() float64 {
	g := grainOf(total(p.bLow))
	at := sort.Search(steps*largest, func(i int) bool {
		before := g.times(i + 1)
		cards := slices.Concat(each(p.bLow, g.up), each(p.aHigh, before.up))
		return 1-atMost(cards, len(p.bLow), g.down(total(p.bLow))-before.up(p.aAdrift)-1) > tail
	})
	return float64(at) / steps
}

func each(xs []int, f func(int) int) []int {
	out := make([]int, len(xs))
	for i, x := range xs {
		out[i] = f(x)
	}
	return out
}

// ratio bounds the second rate over the first.
func ratio(a, b Stretch, of Measure) truce.Range {
	over := func(x, y int) float64 {
		if y == 0 {
			return Beyond
		}
		return min(Beyond, float64(x)/float64(b.Days)/(float64(y)/float64(a.Days)))
	}
	x, y := b.of(of), a.of(of)
	if x.High == 0 && y.Low == 0 || a.Days == 0 || b.Days == 0 {
		return truce.Range{Low: 0, High: Beyond}
	}
	low := over(x.Low, y.High)
	if x.Low == 0 {
		low = 0
	}
	return truce.Range{Low: low, High: over(x.High, y.Low)}
}

// odds is the 95 % interval for the odds of the first over the second of two counts
// (Clopper and Pearson).
func odds(x, y int) (low, high float64) {
	high = Beyond
	if x > 0 {
		p := quantile(tail, float64(x), float64(y)+1)
		low = p / (1 - p)
	}
	if y > 0 {
		p := quantile(1-tail, float64(x)+1, float64(y))
		high = p / (1 - p)
	}
	return low, high
}

// quantile is where the beta distribution reaches a share.
func quantile(share, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		mid := (low + high) / 2
		if beta(mid, a, b) < share {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// beta is the regularised incomplete beta function, by its continued fraction.
func beta(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return math.Round(x)
	}
	if x > (a+1)/(a+b+2) {
		return 1 - beta(1-x, b, a)
	}
	ab, _ := math.Lgamma(a + b)
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	front := math.Exp(ab-la-lb+a*math.Log(x)+b*math.Log(1-x)) / a
	// From the far end inwards: at this depth the rest no longer counts.
	f := 1.0
	for m := 300 + int(math.Sqrt(a+b)); m > 0; m-- {
		k := float64(m)
		even := k * (b - k) * x / ((a + 2*k - 1) * (a + 2*k))
		odd := -(a + k - 1) * (a + b + k - 1) * x / ((a + 2*k - 2) * (a + 2*k - 1))
		f = 1 + odd/(1+even/f)
	}
	return front / f
}
