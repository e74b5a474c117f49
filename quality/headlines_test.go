package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the weights that are learned to match/headline.json")

// TestShippedHeadlineWeightsAreLearned: what ships follows from the data and nothing else.
func TestShippedHeadlineWeightsAreLearned(t *testing.T) {
	const data = "../../shared/data"
	if _, err := os.Stat(data + "/ucdp-ged-syria/event_reports.csv.gz"); err != nil {
		t.Skip(err)
	}
	k, err := readHeadlines(data, "2016")
	if err != nil {
		t.Fatal(err)
	}
	learned, err := json.MarshalIndent(learnHeadlines(k), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	learned = append(learned, '\n')
	if *update {
		if err := os.WriteFile("../match/headline.json", learned, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := os.ReadFile("../match/headline.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(shipped), string(learned)); diff != "" {
		t.Error(diff)
	}
}

// seeded is the place of a pair in the order of a draw: the hash of a label and the two reports.
func seeded(label, a, b string) string {
	sum := sha256.Sum256([]byte("truce " + label + " " + min(a, b) + " " + max(a, b)))
	return string(sum[:])
}

// TestReadPairsAreDrawn: the hundred pairs that were read by eye are the first fifty of one event by their hash,
// and to each the first by hash of the same two offices, as many days apart, of no common event.
func TestReadPairsAreDrawn(t *testing.T) {
	const data = "../../shared/data"
	if _, err := os.Stat(data + "/ucdp-ged-syria/event_reports.csv.gz"); err != nil {
		t.Skip(err)
	}
	k, err := readHeadlines(data, "201")
	if err != nil {
		t.Fatal(err)
	}
	usable := func(i int) bool { return k.lines[i].Day.Year() == 2016 || k.lines[i].Day.Year() == 2017 }
	var same [][2]int
	for i := range k.lines {
		for j := range k.others[i] {
			if i < j && usable(i) && usable(j) {
				same = append(same, [2]int{i, j})
			}
		}
	}
	slices.SortFunc(same, func(p, q [2]int) int {
		return cmp.Compare(seeded("same", k.lines[p[0]].ID, k.lines[p[1]].ID), seeded("same", k.lines[q[0]].ID, k.lines[q[1]].ID))
	})
	drawn := slices.Clone(same[:50])
	for _, p := range same[:50] {
		drawn = append(drawn, k.firstOther(p, usable, drawn))
	}
	slices.SortFunc(drawn, func(p, q [2]int) int {
		return cmp.Compare(seeded("order", k.lines[p[0]].ID, k.lines[p[1]].ID), seeded("order", k.lines[q[0]].ID, k.lines[q[1]].ID))
	})
	rows, err := table("../match/testdata/headlines-read.csv")
	if err != nil {
		t.Fatal(err)
	}
	for n, r := range rows {
		if a, b := k.lines[drawn[n][0]].ID, k.lines[drawn[n][1]].ID; r["report_a"] != a || r["report_b"] != b {
			t.Fatalf("pair %s is %s and %s, drawn are %s and %s", r["n"], r["report_a"], r["report_b"], a, b)
		}
	}
}

// firstOther is the pair of no common event that is first by hash among those like p.
func (k *headlineKey) firstOther(p [2]int, usable func(int) bool, taken [][2]int) [2]int {
	by := map[time.Time][]int{}
	for i := range k.lines {
		if usable(i) {
			by[k.lines[i].Day] = append(by[k.lines[i].Day], i)
		}
	}
	gap := k.lines[p[1]].Day.Sub(k.lines[p[0]].Day).Abs()
	o := [2]string{k.lines[p[0]].Office, k.lines[p[1]].Office}
	least, best := "", [2]int{}
	for i := range k.lines {
		for _, j := range by[k.lines[i].Day.Add(gap)] {
			a, b, q := k.lines[i].Office, k.lines[j].Office, [2]int{min(i, j), max(i, j)}
			alike := a == o[0] && b == o[1] || a == o[1] && b == o[0]
			if !alike || !usable(i) || i == j || k.same(i, j) || slices.Contains(taken, q) {
				continue
			}
			if h := seeded("different", k.lines[i].ID, k.lines[j].ID); least == "" || h < least {
				least, best = h, q
			}
		}
	}
	return best
}
