package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"truce/match"
)

// headlineKey is reports of which only office, day and one line are known, and the events that a
// coder drew from each.
type headlineKey struct {
	lines  []match.Headline
	others []map[int]bool // by line: the lines that have an event in common with it
	gists  []match.Gist
	held   *match.Headlines
	index  map[string]int // by report
}

// headlines measures which reports are found to tell of one event by office, day and line alone:
// learned on 2016, tested on 2017.
func headlines(w io.Writer, data string) error {
	learning, err := readHeadlines(data, "2016")
	if err != nil {
		return err
	}
	testing, err := readHeadlines(data, "2017")
	if err != nil {
		return err
	}
	weights := learnHeadlines(learning)
	if err := readers(w, data, weights); err != nil {
		return err
	}
	pairs := testing.draw(1)
	curve(w, "headlines.2017", testing.scored(weights, pairs))
	dated := func(p linePair) bool { return testing.gists[p.a].Dated || testing.gists[p.b].Dated }
	curve(w, "headlines.2017, no line names its day", slices.DeleteFunc(testing.scored(weights, pairs), dated))
	headlineBaselines(w, learning.draw(negatives), pairs, learning, testing)
	return testing.everyPair(w, weights)
}

// negatives is how many different pairs are learned from for one that is the same.
const negatives = 30

func learnHeadlines(k *headlineKey) *match.HeadlineWeights {
	var judged []match.HeadlinePair
	for _, p := range k.draw(negatives) {
		judged = append(judged, match.HeadlinePair{Evidence: k.held.Evidence(p.a, p.b), Same: p.same})
	}
	w := match.LearnHeadlines("UCDP GED reports of 2016 with UCDP's own coding (CC BY 4.0); quality/headlines.go draws the pairs", judged)
	k.learnDays(w)
	return w
}

// readHeadlines reads the reports of a year, or of all years, that have a day and a line.
func readHeadlines(data, year string) (*headlineKey, error) {
	places, err := headlinePlaces(data)
	if err != nil {
		return nil, err
	}
	rows, err := table(filepath.Join(data, "ucdp-ged-syria/event_reports.csv.gz"))
	if err != nil {
		return nil, err
	}
	k, of := &headlineKey{index: map[string]int{}}, map[string][]int{}
	slices.SortStableFunc(rows, func(a, b map[string]string) int { return cmp.Compare(a["report_id"], b["report_id"]) })
	for _, r := range rows {
		day, err := time.Parse(time.DateOnly, r["report_date"])
		if err != nil || !strings.HasPrefix(r["report_date"], year) || strings.TrimSpace(r["headline"]) == "" {
			continue
		}
		i, known := k.index[r["report_id"]]
		if !known {
			i = len(k.lines)
			k.index[r["report_id"]] = i
			k.lines = append(k.lines, match.Headline{ID: r["report_id"], Office: r["office"], Day: day, Text: r["headline"]})
			k.gists = append(k.gists, places.Read(k.lines[i]))
			k.others = append(k.others, map[int]bool{})
		}
		for _, j := range of[r["event_id"]] {
			if i != j {
				k.others[i][j], k.others[j][i] = true, true
			}
		}
		of[r["event_id"]] = append(of[r["event_id"]], i)
	}
	k.held = match.NewHeadlines(k.gists)
	return k, nil
}

// headlinePlaces is the gazetteer of UCDP's own names, of the years that are shared.
func headlinePlaces(data string) (*match.Gazetteer, error) {
	rows, err := table(filepath.Join(data, "gazetteer/ged_places.csv"))
	if err != nil {
		return nil, err
	}
	g := match.NewGazetteer()
	for _, r := range rows {
		for _, name := range []string{"where_coordinates", "adm_2", "adm_1"} {
			g.Add(r[name], r["adm_1"])
		}
	}
	return g, nil
}

// linePair is two lines and what the coder says of them.
type linePair struct {
	a, b  int
	same  bool
	score float64
}

func (k *headlineKey) same(i, j int) bool { return k.others[i][j] }

// draw returns every pair that the coder drew one event from, and to each some pairs of the same
// two offices, as many days apart, that have no event in common.
func (k *headlineKey) draw(others int) []linePair {
	by, of := map[string][]int{}, map[string][]int{}
	at := func(office string, day time.Time) string { return office + " " + day.Format(time.DateOnly) }
	for i, l := range k.lines {
		by[at(l.Office, l.Day)] = append(by[at(l.Office, l.Day)], i)
		of[l.Office] = append(of[l.Office], i)
	}
	chance, drawn := rand.New(rand.NewPCG(7, 7)), map[[2]int]bool{}
	var out []linePair
	for i := range k.lines {
		for j := i + 1; j < len(k.lines); j++ {
			if !k.same(i, j) {
				continue
			}
			out = append(out, linePair{a: i, b: j, same: true})
			apart := k.lines[j].Day.Sub(k.lines[i].Day)
			for tries, found := 0, 0; tries < 300*others && found < others; tries++ {
				mine := of[k.lines[i].Office]
				x := mine[chance.IntN(len(mine))]
				there := by[at(k.lines[j].Office, k.lines[x].Day.Add(apart))]
				if len(there) == 0 {
					continue
				}
				y := there[chance.IntN(len(there))]
				if pair := [2]int{min(x, y), max(x, y)}; x != y && !k.same(x, y) && !drawn[pair] {
					drawn[pair] = true
					found++
					out = append(out, linePair{a: x, b: y})
				}
			}
		}
	}
	return out
}

// scored returns pairs by their score, highest first.
func (k *headlineKey) scored(w *match.HeadlineWeights, pairs []linePair) []linePair {
	out := slices.Clone(pairs)
	for i := range out {
		out[i].score = w.LogOdds(k.held.Evidence(out[i].a, out[i].b))
	}
	byScore(out)
	return out
}

func byScore(pairs []linePair) {
	slices.SortFunc(pairs, func(p, q linePair) int {
		return cmp.Or(cmp.Compare(q.score, p.score), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
}

// curve prints what share of the same pairs is found at each precision, of pairs by their score.
func curve(w io.Writer, name string, pairs []linePair) {
	all := 0
	for _, p := range pairs {
		all += btoi(p.same)
	}
	figure(w, name+".pairs", len(pairs))
	figure(w, name+".pairs.same", all)
	for _, at := range []float64{0.95, 0.9, 0.85, 0.8, 0.7} {
		found, best := 0, 0
		for i, p := range pairs {
			found += btoi(p.same)
			last := i+1 == len(pairs) || pairs[i+1].score != p.score // equals are taken together
			if last && float64(found) >= at*float64(i+1) {
				best = found
			}
		}
		share(w, fmt.Sprintf("%s.recall at precision %.2f", name, at), best, all)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readers prints what a careful reader made of a hundred pairs, and what the weights make of them.
func readers(w io.Writer, data string, weights *match.HeadlineWeights) error {
	k, err := readHeadlines(data, "")
	if err != nil {
		return err
	}
	rows, err := table("match/testdata/headlines-read.csv")
	if err != nil {
		return err
	}
	count := map[string]int{}
	var pairs []linePair
	for _, r := range rows {
		p := linePair{a: k.index[r["report_a"]], b: k.index[r["report_b"]]}
		p.same = k.same(p.a, p.b)
		count[fmt.Sprintf("%v %s", p.same, r["read"])]++
		pairs = append(pairs, p)
	}
	same := count["true same"] + count["true unsure"] + count["true different"]
	for _, coded := range []string{"true", "false"} {
		for _, says := range []string{"same", "unsure", "different"} {
			figure(w, "headlines.reader.one event "+coded+", read as "+says, count[coded+" "+says])
		}
	}
	interval(w, "headlines.reader.recall", count["true same"], same)
	interval(w, "headlines.reader.precision", count["true same"], count["true same"]+count["false same"])
	share(w, "headlines.reader.recall", count["true same"], same)
	share(w, "headlines.reader.precision", count["true same"], count["true same"]+count["false same"])
	share(w, "headlines.reader.cannot tell", count["true unsure"]+count["false unsure"], len(rows))
	share(w, "headlines.reader.same read as different", count["true different"], same)
	share(w, "headlines.reader.recall if cannot tell is same", count["true same"]+count["true unsure"], same)
	curve(w, "headlines.reader's pairs", k.scored(weights, pairs))
	return nil
}

// interval prints the 95 % bounds of a share (Wilson).
func interval(w io.Writer, name string, part, whole int) {
	const z = 1.96
	p, n := float64(part)/float64(whole), float64(whole)
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	figure(w, name+".low", fmt.Sprintf("%.3f", (middle-half)/(1+z*z/n)))
	figure(w, name+".high", fmt.Sprintf("%.3f", (middle+half)/(1+z*z/n)))
}

// headlineBaselines prints what simpler rules make of the same pairs.
func headlineBaselines(w io.Writer, learned, pairs []linePair, from, on *headlineKey) {
	rule := func(name string, holds func(a, b *match.Gist, i, j int) bool) {
		found, wrong, all := 0, 0, 0
		for _, p := range pairs {
			yes := holds(on.held.Gist(p.a), on.held.Gist(p.b), p.a, p.b)
			found, wrong, all = found+btoi(yes && p.same), wrong+btoi(yes && !p.same), all+btoi(p.same)
		}
		share(w, "headlines.2017."+name+".recall", found, all)
		share(w, "headlines.2017."+name+".precision", found, found+wrong)
	}
	rule("same date", func(_, _ *match.Gist, i, j int) bool { return on.lines[i].Day.Equal(on.lines[j].Day) })
	rule("same date and a rare word", func(a, b *match.Gist, i, j int) bool {
		return on.lines[i].Day.Equal(on.lines[j].Day) && on.rareWord(a, b)
	})
	weights := fellegiSunter(learned, from)
	scored := slices.Clone(pairs)
	for i, p := range scored {
		for _, f := range agreements(on, p) {
			scored[i].score += weights[f]
		}
	}
	byScore(scored)
	curve(w, "headlines.2017.fellegi-sunter", scored)
}

// rareWord reports whether two lines share a word that at most one of two hundred lines has.
func (k *headlineKey) rareWord(a, b *match.Gist) bool {
	return slices.ContainsFunc(a.Terms, func(t string) bool {
		_, both := slices.BinarySearch(b.Terms, t)
		return both && t[0] != 'a' && t[0] != 'r' && k.held.Lines(t)*200 <= len(k.lines)
	})
}

// agreements are the fields of a standard record linkage: day, place, act, number, office.
func agreements(k *headlineKey, p linePair) []string {
	a, b := k.held.Gist(p.a), k.held.Gist(p.b)
	shares := func(kind byte) string {
		inA := slices.ContainsFunc(a.Terms, func(t string) bool { return t[0] == kind })
		inB := slices.ContainsFunc(b.Terms, func(t string) bool { return t[0] == kind })
		if !inA || !inB {
			return "missing"
		}
		return fmt.Sprint(slices.ContainsFunc(a.Terms, func(t string) bool {
			_, both := slices.BinarySearch(b.Terms, t)
			return both && t[0] == kind
		}))
	}
	return []string{"day " + fmt.Sprint(min(a.DaysApart(b), 2)), "place " + shares('p'), "act " + shares('a'),
		"word " + shares('s'), "office " + fmt.Sprint(a.Office == b.Office)}
}

// fellegiSunter are the logarithms of how much more often a field agrees so among same pairs
// than among different ones.
func fellegiSunter(pairs []linePair, k *headlineKey) map[string]float64 {
	n := map[string][2]float64{}
	var all [2]float64
	for _, p := range pairs {
		all[btoi(p.same)]++
		for _, f := range agreements(k, p) {
			c := n[f]
			c[btoi(p.same)]++
			n[f] = c
		}
	}
	out := map[string]float64{}
	for f, c := range n {
		out[f] = math.Log((c[1] + 1) / (all[1] + 1) * (all[0] + 1) / (c[0] + 1))
	}
	return out
}
