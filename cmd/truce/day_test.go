package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFrozenDayOnTheOtherDatabase freezes days of the sample mission in a record of one kind
// and makes them again from a backup in PostgreSQL: the same bytes, with the hash that was
// published.
func TestAFrozenDayOnTheOtherDatabase(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	db := newRecord(t, dir)
	days := []string{"2016-03-02", "2016-05-05", "2016-08-26"}
	frozen := map[string]string{}
	for _, day := range days {
		said := runsHere(t, exitNothing, "frozen for readers of AMBER", "day", day, "--freeze", "--mark", "AMBER", "--record", db)
		frozen[day] = runsHere(t, exitNothing, `"reader":"AMBER"`, "day", day, "--mark", "AMBER", "--json", "--record", db)
		sum := sha256.Sum256([]byte(frozen[day]))
		if !strings.HasSuffix(strings.TrimSpace(said), ": "+hex.EncodeToString(sum[:])) {
			t.Errorf("%s: published %s, and its hash is %x", day, said, sum)
		}
	}
	backup := filepath.Join(dir, "day.truce")
	runsHere(t, exitNothing, "", "backup", "--record", db, backup)
	url := postgres(t)
	restore(t, backup, db, url, there)
	for _, day := range days {
		if again := runsHere(t, exitNothing, "", "day", day, "--mark", "AMBER", "--json", "--record", url, "--key", db+".key"); again != frozen[day] {
			t.Errorf("%s: in PostgreSQL it is\n%.300s\nand was\n%.300s", day, again, frozen[day])
		}
	}
}
