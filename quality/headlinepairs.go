package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"truce/match"
)

// near is how many days two lines may be apart to be held against each other.
const near = 3

// everyPair prints how the weights do on all pairs of lines that lie near, where one of a hundred is
// the same by the key. The key lists one report of an event where one was enough to code it, so
// that many pairs it does not list are the same all the same: headlines-wrong.csv has some,
// read by eye.
func (k *headlineKey) everyPair(w io.Writer, weights *match.HeadlineWeights) error {
	pairs := k.near()
	for i := range pairs {
		p := &pairs[i]
		p.score, _ = weights.LogOddsAmongAll(k.held.Evidence(p.a, p.b), k.apart(*p))
	}
	byScore(pairs)
	all := 0
	for i := range k.others {
		all += len(k.others[i])
	}
	all /= 2 // each pair stands at both its lines
	figure(w, "headlines.every pair.pairs", len(pairs))
	figure(w, "headlines.every pair.same", all)
	k.firsts(w, "headlines.every pair", pairs, all)
	plain := slices.DeleteFunc(slices.Clone(pairs), func(p linePair) bool { return k.sums(p.a) || k.sums(p.b) })
	k.firsts(w, "headlines.every pair, no sums", plain, all)
	return k.readWrongs(w, plain[:100])
}

// near returns all pairs of lines that tell of days at most three apart.
func (k *headlineKey) near() []linePair {
	var out []linePair
	for i := range k.lines {
		for j := i + 1; j < len(k.lines); j++ {
			if p := (linePair{a: i, b: j, same: k.same(i, j)}); k.apart(p) <= near {
				out = append(out, p)
			}
		}
	}
	return out
}

func (k *headlineKey) apart(p linePair) int { return k.gists[p.a].DaysApart(&k.gists[p.b]) }

// learnDays learns how seldom lines are the same by the days between them.
func (k *headlineKey) learnDays(w *match.HeadlineWeights) {
	same, all := make([]int, near+1), make([]int, near+1)
	for _, p := range k.near() {
		all[k.apart(p)]++
		same[k.apart(p)] += btoi(p.same)
	}
	w.LearnDays(same, all)
}

// sums reports whether a line adds up a day or more.
func (k *headlineKey) sums(i int) bool { return k.gists[i].Total || k.gists[i].Long }

// firsts prints how many of the first pairs are the same.
func (k *headlineKey) firsts(w io.Writer, name string, pairs []linePair, all int) {
	for _, n := range []int{100, 200, 500, 1000, 2000} {
		found := 0
		for _, p := range pairs[:min(n, len(pairs))] {
			found += btoi(p.same)
		}
		at := fmt.Sprintf("%s.first %d", name, n)
		share(w, at+".precision by the key", found, n)
		share(w, at+".recall", found, all)
		k.bcubed(w, at, pairs[:min(n, len(pairs))])
	}
}

// bcubed prints, on average over the lines, what share of the lines found with a line are of
// one event with it, and what share of those of one event are found. A line counts as found with
// itself. A line may be of several events, so no clusters are made: what counts is the pair.
func (k *headlineKey) bcubed(w io.Writer, name string, found []linePair) {
	with, right := make([]int, len(k.lines)), make([]int, len(k.lines))
	for _, p := range found {
		for _, i := range []int{p.a, p.b} {
			with[i]++
			right[i] += btoi(p.same)
		}
	}
	var precision, recall float64
	for i := range k.lines {
		precision += float64(1+right[i]) / float64(1+with[i])
		recall += float64(1+right[i]) / float64(1+len(k.others[i]))
	}
	n := float64(len(k.lines))
	figure(w, name+".b-cubed precision", fmt.Sprintf("%.3f", precision/n))
	figure(w, name+".b-cubed recall", fmt.Sprintf("%.3f", recall/n))
}

// readWrongs prints what a reader made of those of the first pairs that the key does not list.
func (k *headlineKey) readWrongs(w io.Writer, first []linePair) error {
	rows, err := table("match/testdata/headlines-wrong.csv")
	if err != nil {
		return err
	}
	read := map[[2]string]string{}
	for _, r := range rows {
		read[[2]string{r["report_a"], r["report_b"]}] = r["read"]
	}
	says := map[string]int{}
	for _, p := range first {
		if !p.same {
			says[cmp.Or(read[[2]string{k.lines[p.a].ID, k.lines[p.b].ID}], "not read")]++
		}
	}
	for _, s := range []string{"same", "unsure", "different", "not read"} {
		figure(w, "headlines.every pair, no sums.first 100.unlisted read as "+s, says[s])
	}
	return nil
}
