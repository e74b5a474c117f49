package calm

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

// nth is the nth day of a made-up window.
func nth(n int) time.Time { return time.Date(2016, 2, 27+n, 0, 0, 0, 0, time.UTC) }

// daily makes so many events on each day, each with one dead.
func daily(counts ...int) (out []Happening) {
	for d, n := range counts {
		for range n {
			out = append(out, Happening{First: nth(d), Last: nth(d), Sure: true, Deaths: &truce.Range{Low: 1, High: 1}})
		}
	}
	return out
}

// watched says that so many days were watched through.
func watched(days int) (out []Cover) {
	for d := range days {
		out = append(out, Cover{nth(d), 24})
	}
	return out
}

// chart is a series of the counts, watched through.
func chart(counts ...int) Series {
	return NewSeries(nth(0), nth(len(counts)-1), daily(counts...), watched(len(counts)))
}

// small is a rule whose draws can be written down: 3 of 7 cards, 35 draws.
func small() ErosionRule {
	return ErosionRule{Base: 4, Trailing: 3, Watch: 0.1, Warning: 0.03, InARow: 2}
}

func TestErosion(t *testing.T) {
	hours := func(h ...float64) (out []Cover) {
		for d, x := range h {
			if x >= 0 {
				out = append(out, Cover{nth(d), x})
			}
		}
		return out
	}
	within := func(first, last int) Happening {
		return Happening{First: nth(first), Last: nth(last), Sure: true, Deaths: &truce.Range{Low: 1, High: 1}}
	}
	rise := []int{1, 1, 1, 1, 2, 2, 2, 2}
	for _, c := range []struct {
		name      string
		happened  []Happening
		covered   []Cover
		of        Measure
		low, high Level
		p         truce.Range
		why       []Reason
	}{
		// The last evening holds the days 5 to 7 (from 0) against 0 to 3.
		{"three worse days out of seven, two evenings running", daily(rise...), watched(8), Events, Warning, Warning, truce.Range{Low: 1. / 35, High: 1. / 35}, nil},
		{"worse, but for one evening", daily(1, 1, 1, 1, 1, 2, 2, 2), watched(8), Events, Watchful, Watchful, truce.Range{Low: 1. / 35, High: 1. / 35}, nil},
		{"one terrible day is no erosion: 15 of 35 draws hold it", daily(1, 1, 1, 1, 1, 1, 1, 50), watched(8), Events, Quiet, Quiet, truce.Range{Low: 15. / 35, High: 15. / 35}, nil},
		{"nothing ever", nil, watched(8), Events, Quiet, Quiet, truce.Range{Low: 1, High: 1}, nil},
		{"nothing seen and nobody says who watched", nil, nil, Events, Quiet, Warning, truce.Range{Low: 0, High: 1}, []Reason{CoverageUnknown}},
		{"worse, and a trailing day that may not have been watched can only add", daily(rise...), hours(24, 24, 24, 24, 24, 24, 24), Events, Warning, Warning, truce.Range{Low: 0, High: 1. / 35}, []Reason{CoverageUnknown}},
		{"worse, but the base may not have been watched", daily(rise...), hours(-1, 24, 24, 24, 24, 24, 24, 24), Events, Quiet, Warning, truce.Range{Low: 1. / 35, High: 1}, []Reason{CoverageUnknown}},
		{"worse, but watched for twice as long", daily(rise...), hours(12, 12, 12, 12, 24, 24, 24, 24), Events, Quiet, Warning, truce.Range{Low: 1. / 35, High: 1}, []Reason{CoverageUneven}},
		{"steady, but watched half as long", daily(1, 1, 1, 1, 1, 1, 1, 1), hours(24, 24, 24, 24, 12, 12, 12, 12), Events, Quiet, Warning, truce.Range{Low: 0, High: 1}, []Reason{CoverageUneven}},
		{"never watched", daily(rise...), hours(0, 0, 0, 0, 0, 0, 0, 0), Events, Quiet, Warning, truce.Range{Low: 0, High: 1}, []Reason{CoverageUneven}},
		{"worse, but for an event that may have been in the base: draws of 5 count", append(daily(rise...), within(2, 4)), watched(8), Events, Quiet, Warning, truce.Range{Low: 1. / 35, High: 13. / 35}, []Reason{NoDay}},
		{"dead without a figure in the trailing days", append(daily(rise...), Happening{First: nth(7), Last: nth(7), Sure: true}), watched(8), Deaths, Warning, Warning, truce.Range{Low: 0, High: 1. / 35}, []Reason{NoFigure}},
		{"dead without a figure in the base", append(daily(rise...), Happening{First: nth(1), Last: nth(1), Sure: true}), watched(8), Deaths, Quiet, Warning, truce.Range{Low: 1. / 35, High: 1}, []Reason{NoFigure}},
		{"figures beyond what is tested", append(daily(rise...), Happening{First: nth(7), Last: nth(7), Sure: true, Deaths: &truce.Range{Low: 1, High: 200_000}}), watched(8), Deaths, Quiet, Warning, truce.Range{Low: 0, High: 1}, []Reason{Doubtful, TooLarge}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Erosion(NewSeries(nth(0), nth(7), c.happened, c.covered), c.of, small())
			if err != nil {
				t.Fatal(err)
			}
			last := got[len(got)-1]
			if last.Low != c.low || last.High != c.high {
				t.Errorf("%s to %s, want %s to %s", last.Low, last.High, c.low, c.high)
			}
			if diff := cmp.Diff(c.p, last.P); diff != "" {
				t.Errorf("probability:\n%s", diff)
			}
			if diff := cmp.Diff(c.why, last.Why); diff != "" {
				t.Errorf("why:\n%s", diff)
			}
			for _, e := range got[:6] {
				if e.Firm() || !slices.Equal(e.Why, []Reason{TooEarly}) || e.Base.Days != 0 {
					t.Errorf("%s: %s to %s for %v before the base and the trailing days are complete", e.Day.Format(time.DateOnly), e.Low, e.High, e.Why)
				}
			}
		})
	}
}

func TestErosionLooksAtNothingLater(t *testing.T) {
	whole := []int{3, 1, 2, 0, 4, 2, 5, 6, 1, 9, 0, 7}
	all, err := Erosion(chart(whole...), Events, small())
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= len(whole); n++ {
		got, _ := Erosion(chart(whole[:n]...), Events, small())
		if diff := cmp.Diff(all[:n], got); diff != "" {
			t.Fatalf("with %d days:\n%s", n, diff)
		}
	}
}

func TestWhatBecameKnownLaterCountsFromThen(t *testing.T) {
	h := daily(1, 1, 1, 1, 2, 2, 2, 2, 1)
	for i := range h {
		if h[i].First.Equal(nth(6)) {
			h[i].Known = nth(8)
		}
	}
	got, _ := Erosion(NewSeries(nth(0), nth(8), h, watched(9)), Events, small())
	var counts []int
	for _, e := range got[6:] {
		counts = append(counts, e.Trailing.Events.Low)
	}
	if diff := cmp.Diff([]int{4, 4, 5}, counts); diff != "" {
		t.Error(diff)
	}
}

func TestRulesThatCannotBeUsed(t *testing.T) {
	for _, c := range []struct {
		name string
		at   string
		edit func(*ErosionRule)
	}{
		{"a base of one day", "base", func(r *ErosionRule) { r.Base = 1 }},
		{"a trailing stretch that takes for ever to draw from", "trailing", func(r *ErosionRule) { r.Trailing = 15 }},
		{"no probability", "watch", func(r *ErosionRule) { r.Watch = 1 }},
		{"a warning that comes before the watch", "warning", func(r *ErosionRule) { r.Warning = 0.06 }},
		{"no evening", "in a row", func(r *ErosionRule) { r.InARow = 0 }},
		{"a warning that no draw is rare enough for: 1 in 10", "base", func(r *ErosionRule) { r.Base, r.Trailing = 3, 2 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := PlainErosion()
			c.edit(&r)
			_, err := Erosion(chart(1, 1), Events, r)
			if e, ok := err.(*truce.Error); !ok || e.At != c.at {
				t.Errorf("%v, want an error at %s", err, c.at)
			}
			if _, err := FalseAlarms(chart(1, 1), Events, r, 1, 1); err == nil {
				t.Error("and false alarms are counted under it")
			}
		})
	}
	if err := PlainErosion().Check(); err != nil {
		t.Error(err)
	}
}

// slowShare is the share of draws, by writing down every one.
func slowShare(base, trailing []int) float64 {
	cards := slices.Concat(base, trailing)
	hits, draws := 0, 0
	var draw func(from, left, sum int)
	draw = func(from, left, sum int) {
		if left == 0 {
			draws++
			hits += one(sum >= total(trailing))
			return
		}
		for i := from; i <= len(cards)-left; i++ {
			draw(i+1, left-1, sum+cards[i])
		}
	}
	draw(0, len(trailing), 0)
	return float64(hits) / float64(draws)
}

// slowLevels is the watch over plain counts.
func slowLevels(x []int, r ErosionRule) map[int]Level {
	out := map[int]Level{}
	run := 0
	for d := r.Base + r.Trailing - 1; d < len(x); d++ {
		p := slowShare(x[:r.Base], x[d-r.Trailing+1:d+1])
		run++
		if p > r.Warning {
			run = 0
		}
		switch {
		case run >= r.InARow:
			out[d] = Warning
		case p <= r.Watch:
			out[d] = Watchful
		default:
			out[d] = Quiet
		}
	}
	return out
}

func TestErosionIsTheShareOfDrawsWrittenDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.IntRange(0, 9), 7, 11).Draw(t, "counts")
		want := slowLevels(x, small())
		got, _ := Erosion(chart(x...), Events, small())
		for d, level := range want {
			if got[d].Low != level || got[d].High != level {
				t.Fatalf("day %d: %s to %s, want %s", d, got[d].Low, got[d].High, level)
			}
		}
	})
}

// happenings are up to so many with every kind of doubt, on nine days.
func happenings(most int) *rapid.Generator[[]Happening] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Happening {
		h := Happening{First: nth(rapid.IntRange(-1, 8).Draw(t, "first")), Sure: rapid.IntRange(0, 4).Draw(t, "sure") > 0}
		h.Last = h.First
		if rapid.IntRange(0, 3).Draw(t, "wide") == 0 {
			h.Last = h.First.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "days"))
		}
		low := float64(rapid.IntRange(0, 3).Draw(t, "low"))
		h.Deaths = &truce.Range{Low: low, High: low + float64(rapid.IntRange(0, 1).Draw(t, "more"))}
		return h
	}), 0, most)
}

func evenings(happened []Happening, of Measure) []Evening {
	out, _ := Erosion(NewSeries(nth(0), nth(8), happened, watched(9)), of, small())
	return out[6:]
}

// Every way it may have been lies between the two ends of the level.
func TestLevelsHoldWhateverItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.SampledFrom([]Measure{Events, Deaths}).Draw(t, "of")
		h := append(daily(rapid.SliceOfN(rapid.IntRange(0, 4), 9, 9).Draw(t, "sure")...), happenings(12).Draw(t, "happened")...)
		got := evenings(h, of)
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		ends := rapid.IntRange(0, 2).Draw(t, "ends") // anywhere, rather early, rather late
		for range 30 {
			x := make([]int, 9)
			for _, was := range h {
				d := since(nth(0), was.First)
				if room := since(was.First, was.Last); ends == 0 {
					d += dice.IntN(room + 1)
				} else if ends == 2 {
					d += room
				}
				dead := int(was.Deaths.Low) + dice.IntN(int(was.Deaths.High-was.Deaths.Low)+1)
				if d < 0 || d > 8 || !was.Sure && dice.IntN(2) == 0 {
					continue
				}
				if of == Events {
					dead = 1
				}
				x[d] += dead
			}
			for d, level := range slowLevels(x, small()) {
				if e := got[d-6]; level < e.Low || level > e.High {
					t.Fatalf("day %d: it may be %s with %v, but is said to be %s to %s", d, level, x, e.Low, e.High)
				}
			}
		}
	})
}

func TestTheOrderOfWhatHappenedDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := happenings(30).Draw(t, "happened")
		of := rapid.SampledFrom([]Measure{Events, Deaths}).Draw(t, "of")
		want := evenings(h, of)
		if diff := cmp.Diff(want, evenings(rapid.Permutation(h).Draw(t, "order"), of)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// compare holds the levels of two series against each other, evening by evening.
func compare(t *rapid.T, less, more []Evening, where string) {
	for i := range less {
		if less[i].Low > more[i].Low || less[i].High > more[i].High {
			t.Fatalf("%s, %s: %s to %s became %s to %s", where, less[i].Day.Format(time.DateOnly), less[i].Low, less[i].High, more[i].Low, more[i].High)
		}
	}
}

func TestMoreInTheTrailingDaysNeverLowersTheLevelAndMoreInTheBaseNeverRaisesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := happenings(40).Draw(t, "happened")
		of := rapid.SampledFrom([]Measure{Events, Deaths}).Draw(t, "of")
		day := rapid.IntRange(0, 8).Draw(t, "day")
		extra := Happening{First: nth(day), Last: nth(day), Sure: rapid.Bool().Draw(t, "sure"), Deaths: &truce.Range{Low: 2, High: 3}}
		before, after := evenings(h, of), evenings(append(slices.Clone(h), extra), of)
		if day < small().Base {
			compare(t, after, before, "more in the base")
		} else {
			compare(t, before, after, "more in the trailing days")
		}
	})
}

func TestAWiderIntervalNeverMakesALevelFirm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := append(daily(rapid.SliceOfN(rapid.IntRange(0, 4), 9, 9).Draw(t, "sure")...), happenings(12).Draw(t, "happened")...)
		of := rapid.SampledFrom([]Measure{Events, Deaths}).Draw(t, "of")
		if len(h) == 0 {
			return
		}
		wide := slices.Clone(h)
		w := &wide[rapid.IntRange(0, len(h)-1).Draw(t, "which")]
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			w.First = time.Time{}
		case 1:
			w.Last = time.Time{}
		case 2:
			w.First = w.First.AddDate(0, 0, -rapid.IntRange(1, 5).Draw(t, "earlier"))
		case 3:
			w.Last = w.Last.AddDate(0, 0, rapid.IntRange(1, 5).Draw(t, "later"))
		case 4:
			w.Deaths = nil
		case 5:
			w.Sure = false
		}
		narrow, wider := evenings(h, of), evenings(wide, of)
		for i, n := range narrow {
			if w := wider[i]; w.Low > n.Low || w.High < n.High {
				t.Fatalf("%s: %s to %s became %s to %s", n.Day.Format(time.DateOnly), n.Low, n.High, w.Low, w.High)
			}
		}
	})
}

func TestFalseAlarms(t *testing.T) {
	s := chart(1, 4, 0, 2, 5, 3, 2, 2, 0, 7, 1, 3, 2, 0, 0, 4)
	got, err := FalseAlarms(s, Events, small(), 400, 7)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := FalseAlarms(s, Events, small(), 400, 7)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("the same seed, another answer:\n%s", diff)
	}
	if got.Sure != got.Possible {
		t.Errorf("nothing is in doubt, but %d are sure and %d possible", got.Sure.Count, got.Possible.Count)
	}
	// By other dice and by the slow watch.
	x := []int{1, 4, 0, 2, 5, 3, 2, 2, 0, 7, 1, 3, 2, 0, 0, 4}
	dice, slow := rand.New(rand.NewPCG(99, 99)), 0
	for range 400 {
		dice.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		for _, level := range slowLevels(x, small()) {
			if level == Warning {
				slow++
				break
			}
		}
	}
	if p := float64(slow) / 400; p < got.Sure.Low-0.05 || p > got.Sure.High+0.05 {
		t.Errorf("%d of 400, want about %d", got.Sure.Count, slow)
	}
	if _, err := FalseAlarms(s, Events, small(), 0, 7); err == nil {
		t.Error("no trials are no answer")
	}
}

// Wilson's interval for 10 of 100, worked out apart: 5.5 % to 17.4 %; for none of 20 its
// upper end is z²/(n+z²), 16.1 %.
func TestShares(t *testing.T) {
	for _, c := range []struct {
		count, of int
		low, high float64
	}{{10, 100, 0.0552, 0.1744}, {0, 20, 0, 0.1611}, {20, 20, 0.8389, 1}} {
		if got := share(c.count, c.of); !near(got.Low, c.low) || !near(got.High, c.high) {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.count, c.of, got.Low, got.High, c.low, c.high)
		}
	}
}

func near(a, b float64) bool { return a-b < 0.0002 && b-a < 0.0002 }
