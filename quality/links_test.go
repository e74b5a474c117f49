package main

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/desk"
	"truce/match"
)

// The weights that come with the program are what learning gives: the same bytes, by the same
// pairs, from the same tables.
func TestShippedWeightsAreLearned(t *testing.T) {
	const data = "../../shared/data"
	for _, name := range []string{"/ucdp-ged-syria/events.csv.gz", "/airwars-syria/incidents.csv.gz", "/ged-airwars-links/links.csv"} {
		if _, err := os.Stat(data + name); err != nil {
			t.Skip("not here: " + data + name)
		}
	}
	t.Chdir("..")
	m, _, err := desk.Open("missions/syria-2016", desk.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := os.ReadFile("match/testdata/ged-airwars-learn.csv")
	if err != nil {
		t.Fatal(err)
	}
	judgments, err := match.ReadJudgments("ged-airwars-learn.csv", bytes.NewReader(pairs))
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := match.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := m.Learn(context.Background(), desk.MatchOptions{Judgments: judgments,
		Left:  []desk.Source{{File: "../shared/data/ucdp-ged-syria/events.csv.gz", Mapping: "ucdp-ged"}},
		Right: []desk.Source{{File: "../shared/data/airwars-syria/incidents.csv.gz", Mapping: "airwars"}}}, shipped.About)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(shipped, got); d != "" {
		t.Errorf("shipped (-) and learned (+) differ: %s", d)
	}
}
