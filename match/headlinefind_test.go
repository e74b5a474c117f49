package match_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"truce/match"
)

// TestLikelyLinesAreThoseOfAllPairs: what is found is what holding every line against every
// other finds, each pair once.
func TestLikelyLinesAreThoseOfAllPairs(t *testing.T) {
	w, err := match.ShippedHeadlines()
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"Raids on Hama kill 7", "Clashes in Hama", "84 killed yesterday", "74 killed in 6 days", "Hama: 7 dead in air raids", ""}
	rapid.Check(t, func(t *rapid.T) {
		var lines []match.Headline
		var gists []match.Gist
		for i := range rapid.IntRange(0, 20).Draw(t, "lines") {
			l := match.Headline{ID: fmt.Sprint(i), Office: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "office"), Text: rapid.SampledFrom(texts).Draw(t, "text")}
			if day := rapid.IntRange(0, 9).Draw(t, "day"); day > 0 {
				l.Day = onDayOf(fmt.Sprintf("2016-11-%02d", 10+day))
			}
			lines, gists = append(lines, l), append(gists, someGazetteer().Read(l))
		}
		h := match.NewHeadlines(gists)
		least := rapid.SampledFrom([]float64{0.01, 0.1, 0.3}).Draw(t, "least")
		got, err := h.Likely(t.Context(), w, least, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for i := range lines {
			for j := i + 1; j < len(lines); j++ {
				odds, ok := w.LogOddsAmongAll(h.Evidence(i, j), gists[i].DaysApart(&gists[j]))
				m := match.HeadlineMatch{A: i, B: j, LogOdds: odds}
				if !ok || m.Probability() < least {
					continue
				}
				if want++; !slices.Contains(got, m) {
					t.Fatalf("%q and %q are left out", lines[i], lines[j])
				}
				if len(h.Reasons(i, j, lines[i], lines[j])) == 0 {
					t.Fatalf("%q and %q without a reason", lines[i], lines[j])
				}
			}
		}
		if len(got) != want || !slices.IsSortedFunc(got, func(p, q match.HeadlineMatch) int { return -int((p.LogOdds - q.LogOdds) * 1e9) }) {
			t.Fatalf("%d pairs, want %d, the likeliest first", len(got), want)
		}
	})
}
