package figures

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

func TestAStretchHolds(t *testing.T) {
	week := Stretch{"2016-02-27", "2016-03-04"}
	for _, c := range []struct {
		name        string
		s           Stretch
		first, last string
		lasts       bool
		want        truce.Tri
	}{
		{"one day inside", week, "2016-03-01", "2016-03-01", false, truce.Yes},
		{"the first day counts", week, "2016-02-27", "2016-02-27", false, truce.Yes},
		{"the last day counts", week, "2016-03-04", "2016-03-04", false, truce.Yes},
		{"the day before", week, "2016-02-26", "2016-02-26", false, truce.No},
		{"the day after", week, "2016-03-05", "2016-03-05", false, truce.No},
		{"a moment on one of two days, one inside", week, "2016-02-26", "2016-02-27", false, truce.Unknown},
		{"what lasts over both was inside too", week, "2016-02-26", "2016-02-27", true, truce.Yes},
		{"no known day", week, "", "", false, truce.Unknown},
		{"no known day, but all days are asked", Stretch{}, "", "", false, truce.Yes},
		{"open start", Stretch{To: "2016-03-04"}, "2011-03-15", "2011-03-15", false, truce.Yes},
		{"open end", Stretch{From: "2016-03-04"}, "2016-03-03", "2016-03-09", false, truce.Unknown},
	} {
		if got := c.s.Holds(c.first, c.last, c.lasts); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestStretches(t *testing.T) {
	leap := Stretch{"2016-02-28", "2016-03-01"}
	if leap.Days() != 3 || leap.Before() != (Stretch{"2016-02-25", "2016-02-27"}) {
		t.Errorf("%d %v", leap.Days(), leap.Before())
	}
	if (Stretch{From: "2016-02-28"}).Days() != 0 || (Stretch{"2016-03-01", "2016-02-28"}).Days() != 0 || Shift("soon", 1) != "" {
		t.Error("an open stretch has a length")
	}
	want := []Stretch{{"2016-02-28", "2016-02-29"}, {"2016-03-01", "2016-03-01"}}
	if diff := gocmp.Diff(want, Split(leap, 2)); diff != "" {
		t.Error(diff)
	}
}

func verdict(outcome truce.Outcome, code string) *truce.Verdict {
	return &truce.Verdict{Outcome: outcome, Code: code}
}

// TestTheConvoy counts five authors' figures for one attack (HC-F1): one incident, ten to
// twenty-one dead, and each author's figure apart.
func TestTheConvoy(t *testing.T) {
	e := &truce.Element{ID: "convoy", Killed: &truce.Range{Low: 10, High: 21}}
	for source, value := range map[string]string{"SOHR": "12", "UN": "18", "Board": "10 to 10", "COI": "14", "HRW": "21", "witness": "many"} {
		e.Said = append(e.Said, truce.Said{Fact: "killed", Source: source, Value: value})
	}
	other := &truce.Element{ID: "convoy/2", Incident: "convoy", Killed: &truce.Range{Low: 10, High: 21}}
	items := []Item{NewItem(e, "2016-09-19", "2016-09-19", []*truce.Verdict{verdict(truce.Undetermined, "UD-ACTOR"), verdict(truce.NoViolation, "NV-TIME")}),
		NewItem(other, "2016-09-19", "2016-09-20", []*truce.Verdict{verdict(truce.Violation, "V")})}
	f := Count(items, Stretch{"2016-09-19", "2016-09-19"})
	if f.Incidents != (Interval{1, 1}) || f.Elements != (Interval{1, 2}) || f.Undated != 1 {
		t.Errorf("%+v", f)
	}
	want := Toll{People: Interval{0, 21}, Known: 1, By: []Author{{"Board", Interval{10, 10}, 1}, {"COI", Interval{14, 14}, 1},
		{"HRW", Interval{21, 21}, 1}, {"SOHR", Interval{12, 12}, 1}, {"UN", Interval{18, 18}, 1}}}
	if diff := gocmp.Diff(want, f.Killed); diff != "" {
		t.Error(diff) // one of its elements may have been the next day, and so may the dead
	}
	if got := Count(items, Stretch{"2016-09-19", "2016-09-20"}).Killed.People; got != (Interval{10, 21}) {
		t.Errorf("over both days %v", got)
	}
	if diff := gocmp.Diff(map[Class]Interval{Violation: {0, 1}, Undetermined: {1, 1}}, f.Classes); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff(Toll{Unknown: 1}, f.Injured); diff != "" {
		t.Error(diff)
	}
}

// TestATotalThatSomebodyStatesIsNotAdded: 64 dead in a week, says one who counts, are no more
// dead beside those of the week (R-O2).
func TestATotalThatSomebodyStatesIsNotAdded(t *testing.T) {
	word := NewItem(&truce.Element{ID: "count", Killed: &truce.Range{Low: 64, High: 64}}, "2016-03-07", "2016-03-07", nil)
	word.Stated = true
	strike := NewItem(&truce.Element{ID: "strike", Killed: &truce.Range{Low: 19, High: 19}}, "2016-03-07", "2016-03-07", nil)
	if diff := gocmp.Diff(Toll{People: Interval{19, 19}, Sure: Interval{19, 19}, Known: 1, Stated: 1}, Count([]Item{word, strike}, Stretch{}).Killed); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasWithdrawnCountsApart(t *testing.T) {
	back := &truce.Element{ID: "x", Status: "retracted", Killed: &truce.Range{Low: 3, High: 3}, Acts: []string{"shelling"}}
	f := Count([]Item{NewItem(back, "2016-03-01", "2016-03-01", []*truce.Verdict{verdict(truce.NoViolation, "RETRACTED")})}, Stretch{})
	if f.Classes[Withdrawn] != (Interval{1, 1}) || f.Verdicts[Withdrawn] != (Interval{1, 1}) || f.Killed.People.High+f.Killed.Known+f.Killed.Unknown != 0 {
		t.Errorf("%+v", f)
	}
	if got := NewItem(&truce.Element{ID: "y"}, "", "", []*truce.Verdict{verdict("odd", "")}).rank; got != unjudged {
		t.Errorf("an outcome of no meaning is %d", got)
	}
}

func TestActsThatMayHaveBeenAnother(t *testing.T) {
	items := []Item{NewItem(&truce.Element{ID: "a", Acts: []string{"shelling"}}, "2016-03-01", "2016-03-01", nil),
		NewItem(&truce.Element{ID: "b", Acts: []string{"shelling", "air-strike"}}, "2016-03-01", "2016-03-01", nil)}
	want := []Kind{{"air-strike", Interval{0, 1}}, {"shelling", Interval{1, 2}}}
	if diff := gocmp.Diff(want, Count(items, Stretch{}).Acts); diff != "" {
		t.Error(diff)
	}
	under := func(i, k int) truce.Tri { return truce.Tri(i - k) }
	if diff := gocmp.Diff([]Interval{{1, 2}, {0, 1}}, By(items, Stretch{}, 2, under)); diff != "" {
		t.Error(diff)
	}
}

func TestADifferenceIsAnInterval(t *testing.T) {
	a := Figures{Elements: Interval{5, 7}, Classes: map[Class]Interval{Violation: {1, 1}}}
	b := Figures{Elements: Interval{2, 6}}
	got := Compare(a, b)
	if got[1] != (Pair{"elements", Interval{5, 7}, Interval{2, 6}, Interval{-1, 5}}) || got[2].Name != "violation" || len(got) != 5 {
		t.Errorf("%+v", got)
	}
}

// anything draws a few items of the first days of March.
func anything(t *rapid.T) []Item {
	day := rapid.SampledFrom([]string{"2016-03-01", "2016-03-02", "2016-03-03", "2016-03-05", "2016-03-09"})
	var out []Item
	for i := range rapid.IntRange(0, 12).Draw(t, "n") {
		a, b := day.Draw(t, "a"), day.Draw(t, "b")
		first, last := min(a, b), max(a, b)
		if rapid.IntRange(0, 5).Draw(t, "dated") == 0 {
			first, last = "", ""
		}
		e := &truce.Element{ID: fmt.Sprint("e", i), Incident: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "incident"),
			Status: rapid.SampledFrom([]string{"", "", "", "retracted"}).Draw(t, "status")}
		if rapid.Bool().Draw(t, "lasts") && first != "" {
			e.When = []truce.When{{From: time.Unix(0, 0), To: time.Unix(9, 0), Lasts: true}}
		}
		if rapid.Bool().Draw(t, "figure") {
			low := rapid.IntRange(0, 5).Draw(t, "low")
			e.Killed = &truce.Range{Low: float64(low), High: float64(low + rapid.IntRange(0, 3).Draw(t, "more"))}
		}
		var verdicts []*truce.Verdict
		for range rapid.IntRange(0, 3).Draw(t, "verdicts") {
			verdicts = append(verdicts, verdict(rapid.SampledFrom([]truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation}).Draw(t, "outcome"), "X"))
		}
		x := NewItem(e, first, last, verdicts)
		x.Stated = rapid.IntRange(0, 4).Draw(t, "stated") == 0
		x.Fits = rapid.SampledFrom([]truce.Tri{truce.Yes, truce.Unknown}).Draw(t, "fits")
		out = append(out, x)
	}
	return out
}

func week() Stretch { return Stretch{"2016-03-01", "2016-03-09"} }

func TestClassesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Count(anything(t), Stretch{From: "2016-03-02", To: "2016-03-05"})
		var sum Interval
		for _, n := range f.Classes {
			sum.Low, sum.High = sum.Low+n.Low, sum.High+n.High
		}
		if sum != f.Elements || f.Elements.Low > f.Elements.High || f.Incidents.Low > f.Incidents.High || f.Incidents.High > f.Elements.High {
			t.Fatalf("%+v", f)
		}
	})
}

func TestMoreDaysHoldMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := anything(t)
		few, more := Count(items, Stretch{"2016-03-02", "2016-03-03"}), Count(items, week())
		few.Killed.People.Low = 0 // another element may give its incident a lower figure
		for _, p := range [][2]Interval{{few.Elements, more.Elements}, {few.Incidents, more.Incidents}, {few.Killed.People, more.Killed.People}} {
			if p[0].Low > p[1].Low || p[0].High > p[1].High {
				t.Fatalf("%+v in two days, %+v in nine", p[0], p[1])
			}
		}
	})
}

func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := anything(t)
		turned := slices.Clone(items)
		slices.Reverse(turned)
		if diff := gocmp.Diff(Count(items, week()), Count(turned, week())); diff != "" {
			t.Fatal(diff)
		}
	})
}

// slowly counts by asking of every day and every element apart, with sets and no intervals:
// what is sure are the elements whose every possible day lies in the stretch, or one day of
// those on which they lasted.
func slowly(items []Item, s Stretch) (elements, incidents, killed Interval) {
	sure, maybe := map[string]bool{}, map[string]bool{}
	figures := map[string][][3]float64{} // low, high, 1 where surely in the stretch
	for i := range items {
		x := &items[i]
		in, all := 0, 0
		for d := week().From; d <= week().To; d = Shift(d, 1) {
			if x.First == "" || d >= x.First && d <= x.Last {
				all++
				in += bit(d >= s.From && d <= s.To)
			}
		}
		if in == 0 {
			continue
		}
		certain := in == all && x.First != "" && x.Fits == truce.Yes
		present := certain || x.Lasts() && x.Fits == truce.Yes
		elements.High++
		elements.Low += bit(present)
		maybe[x.Incident()] = true
		sure[x.Incident()] = sure[x.Incident()] || present
		if x.Element.Killed != nil && x.Element.Status == "" && !x.Stated {
			figures[x.Incident()] = append(figures[x.Incident()], [3]float64{x.Element.Killed.Low, x.Element.Killed.High, float64(bit(certain))})
		}
	}
	incidents = Interval{High: len(maybe)}
	for _, is := range sure {
		incidents.Low += bit(is)
	}
	for _, all := range figures {
		low := slices.MinFunc(all, func(a, b [3]float64) int { return cmp.Compare(a[0], b[0]) })[0]
		high := slices.MaxFunc(all, func(a, b [3]float64) int { return cmp.Compare(a[1], b[1]) })[1]
		if !slices.ContainsFunc(all, func(f [3]float64) bool { return f[2] == 0 }) {
			killed.Low += int(low)
		}
		killed.High += int(high)
	}
	return elements, incidents, killed
}

func TestASlowCountAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := anything(t)
		row := Split(week(), rapid.IntRange(1, 4).Draw(t, "days"))
		bins := Series(items, row)
		for i, s := range row {
			elements, incidents, killed := slowly(items, s)
			f := Count(items, s)
			if f.Elements != elements || f.Incidents != incidents || f.Killed.People != killed {
				t.Fatalf("%v: %v %v %v, slowly %v %v %v", s, f.Elements, f.Incidents, f.Killed.People, elements, incidents, killed)
			}
			b := bins[i]
			if b.Elements != f.Elements || b.Incidents != f.Incidents || b.Killed != f.Killed.People || b.KilledSurely != f.Killed.Sure || b.KilledSurely.Low != b.Killed.Low || b.KilledSurely.High > b.Killed.High || b.KilledUnknown != f.Killed.Unknown || !gocmp.Equal(b.Classes, f.Classes) {
				t.Fatalf("%v: the series says %+v, the count %+v", s, b, f)
			}
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"12", "10-21", "10 to 21", "10–21", "at least 10", "21-10", "", "-", "1e9", "99999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		low, high, ok := number(s)
		if ok && (low > high || low < 0) {
			t.Errorf("%q: %v to %v", s, low, high)
		}
	})
}
