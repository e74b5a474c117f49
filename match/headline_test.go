package match_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"truce/match"
)

// someGazetteer has made-up regions; its names are real ones.
func someGazetteer() *match.Gazetteer {
	g := match.NewGazetteer()
	for name, region := range map[string]string{"Aleppo": "Aleppo Governorate", "Hama": "Hama Governorate", "Khan Shaykhun": "Idlib Governorate",
		"Idlib": "Idlib Governorate", "Ar Raqqah town": "Ar Raqqah Governorate"} {
		g.Add(name, region)
	}
	return g
}

func onDayOf(day string) time.Time {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return d
}

func number(day string) int { return int(onDayOf(day).Unix() / 86400) }

func TestHeadlinesAreRead(t *testing.T) {
	for text, want := range map[string]match.Gist{
		"Raids on Khan Shekhon kill 7 and clashes in the northern countryside of Hama": {
			From: number("2016-11-29"), To: number("2016-11-29"), Acts: []string{"air", "fighting"}, Tolls: []int{7}, Things: 2,
			Terms: []string{"aair at phnShn", "afighting at p around hm", "afighting at phm", "afighting at pnorth of hm", "p around hm", "phm", "phnShn", "pnorth of hm", "rdlb", "rhm", "scountrysid", "skill", "snorthern"}},
		"84 killed yesterday": {From: number("2016-11-28"), To: number("2016-11-28"), Total: true, Tolls: []int{84}, Things: 1, Terms: []string{"skill", "syesterday"}},
		"74 killed in 6 days": {From: number("2016-11-24"), To: number("2016-11-29"), Long: true, Tolls: []int{74}, Things: 1, Terms: []string{"s6", "sday", "skill"}},
		"June 18th - 19th 2017: (S900) الرقة, Raqqa governorate": {From: number("2017-06-18"), To: number("2017-06-19"), Dated: true, Things: 2,
			Terms: []string{"nrk", "prk", "rrk", "sgovernor", "ss900"}},
		"Syria Daily Report 12/03/2016": {From: number("2016-03-12"), To: number("2016-03-12"), Dated: true, Total: true, Things: 1},
		"On 31/02/2016 nothing was":     {From: number("2016-11-29"), To: number("2016-11-29"), Things: 1},
		"":                              {From: number("2016-11-29"), To: number("2016-11-29")},
	} {
		got := someGazetteer().Read(match.Headline{Day: onDayOf("2016-11-29"), Text: text})
		if text == "Syria Daily Report 12/03/2016" || text == "On 31/02/2016 nothing was" || text == "74 killed in 6 days" {
			want.Terms = got.Terms // not what these cases are about
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(match.Gist{}, "Runs"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestADayThatIsNotKnownIsNear(t *testing.T) {
	g := someGazetteer()
	a, b := g.Read(match.Headline{Text: "Raids on Hama"}), g.Read(match.Headline{Day: onDayOf("2016-11-29"), Text: "Raids on Hama"})
	if a.DaysApart(&b) < 1000 {
		t.Errorf("%d days apart, though one day is not known", a.DaysApart(&b))
	}
	c := g.Read(match.Headline{Day: onDayOf("2016-12-02"), Text: "20 killed in 72 hours"})
	if got := b.DaysApart(&c); got != 1 {
		t.Errorf("29 November and the three days up to 2 December: %d days apart, want 1", got)
	}
}

func TestShippedHeadlineWeightsTellLinesApart(t *testing.T) {
	w, err := match.ShippedHeadlines()
	if err != nil {
		t.Fatal(err)
	}
	var gists []match.Gist
	lines := []string{"Aerial bombardment kills 14 in Khan Shaykhun", "More casualties raise to 15 the death toll of Khan Shekhon", "Clashes in Hama countryside and shells on Aleppo",
		"June 3rd 2017: الرقة Raqqa", "June 10th 2017: الرقة Raqqa"}
	for _, l := range lines {
		gists = append(gists, someGazetteer().Read(match.Headline{Office: "x", Day: onDayOf("2016-11-29"), Text: l}))
	}
	h := match.NewHeadlines(gists)
	same, other := w.LogOdds(h.Evidence(0, 1)), w.LogOdds(h.Evidence(0, 2))
	if same <= other {
		t.Errorf("the same town %.2f, other towns %.2f", same, other)
	}
	if apart := w.LogOdds(h.Evidence(3, 4)); apart > 0 {
		t.Errorf("a week apart by their own words, and yet %.2f", apart)
	}
	if diff := cmp.Diff(h.Evidence(0, 1), h.Evidence(1, 0)); diff != "" {
		t.Error("evidence turns on which line comes first:", diff)
	}
	if _, ok := w.LogOddsAmongAll(nil, 400); ok {
		t.Error("lines a year apart are weighed")
	}
}

// TestHeadlineWeightsAreLearned: with one piece of evidence in 9 of 10 same and 1 of 10 different pairs the weight
// is near log(81), less what is believed before; and order does not matter.
func TestHeadlineWeightsAreLearned(t *testing.T) {
	var pairs []match.HeadlinePair
	for i := range 20000 {
		p := match.HeadlinePair{Evidence: []string{"no"}, Same: i%2 == 0}
		if (i/2%10 == 0) != p.Same {
			p.Evidence = []string{"yes"}
		}
		pairs = append(pairs, p)
	}
	w := match.LearnHeadlines("", pairs)
	if got := w.Weights["yes"] - w.Weights["no"]; math.Abs(got-math.Log(81)) > 0.1 {
		t.Errorf("learned %.3f, want about %.3f", got, math.Log(81))
	}
	slices.Reverse(pairs)
	if diff := cmp.Diff(w, match.LearnHeadlines("", pairs)); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadHeadline(f *testing.F) {
	for _, s := range []string{"May 99th 2016", "1753-01-01", "99999999999999999999 killed", "14 shells hit Ma’la", "in 31 days, \xff", "قصف حي الأنصاري"} {
		f.Add(s)
	}
	g := someGazetteer()
	f.Fuzz(func(t *testing.T, s string) {
		a := g.Read(match.Headline{Office: s, Day: onDayOf("2016-11-29"), Text: s})
		h := match.NewHeadlines([]match.Gist{a, g.Read(match.Headline{Text: s})})
		h.Evidence(0, 1)
		if a.To < a.From || a.To-a.From > 31 {
			t.Errorf("%q tells of days %d to %d", s, a.From, a.To)
		}
	})
}
