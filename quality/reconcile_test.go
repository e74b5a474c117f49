package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharedData is the folder of real data, beside the repository.
const sharedData = "../../shared/data"

// TestNamesOfBulletinsAreFoundRightly holds what is found against 62 names judged by hand: of
// those that a gazetteer has all but two, and none wrongly.
func TestNamesOfBulletinsAreFoundRightly(t *testing.T) {
	if _, err := os.Stat(sharedData); err != nil {
		t.Skipf("missing: %s", sharedData)
	}
	g, err := gazetteer(sharedData)
	if err != nil {
		t.Fatal(err)
	}
	j := judgeNames(g)
	if j.all != 62 || len(j.wrong) > 0 {
		t.Errorf("of %d names wrongly found: %v", j.all, j.wrong)
	}
	if diff := cmp.Diff([]string{"Hosh-Duara", "central jail area"}, j.missed); diff != "" {
		t.Error(diff)
	}
}

// TestTableOfNames holds that the table is whole and each name is one that a bulletin has.
func TestTableOfNames(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(bulletinNames)).ReadAll()
	if err != nil || len(rows) != 63 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if _, err := os.Stat(sharedData); err != nil {
		t.Skipf("missing: %s", sharedData)
	}
	places, err := bulletinPlaces(sharedData)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, p := range places {
		named[p.Area+","+p.Place] = true
	}
	for _, row := range rows[1:] {
		if !named[row[0]+","+row[1]] {
			t.Errorf("no bulletin names %s, %s", row[0], row[1])
		}
	}
}
