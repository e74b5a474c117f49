package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTollsAreThoseDrawn: the headlines read by hand are the first hundred in the order of the
// stated seed, none left out.
func TestTollsAreThoseDrawn(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "ucdp-ged-syria")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is missing", dir)
	}
	reports, err := gedReports(dir)
	if err != nil {
		t.Fatal(err)
	}
	read, err := tollRows(filepath.Join("testdata", filepath.Base(tollsRead)))
	if err != nil {
		t.Fatal(err)
	}
	drawn := drawTolls(reports, 2017, 100)
	for _, id := range drawn {
		if len(read[id]) == 0 {
			t.Errorf("report %s was drawn and not read", id)
		}
	}
	if len(read) != len(drawn) {
		t.Errorf("%d reports read, %d drawn", len(read), len(drawn))
	}
}
