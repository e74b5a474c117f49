package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	if diff := cmp.Diff(string(shipped), string(learned)); diff != "" {
		t.Error(diff)
	}
}
