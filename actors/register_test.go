package actors_test

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"truce/actors"
)

// shipped reads a register of the project.
func shipped(t testing.TB, mission string) *actors.Register {
	t.Helper()
	file := filepath.Join("..", "missions", mission, "register.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, problems := actors.Parse(file, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return r
}

// rows reads a CSV file of the shared data as maps by column, or skips by its name.
func rows(t *testing.T, file string) []map[string]string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", file)
	f, err := os.Open(path)
	if err != nil {
		t.Skip("missing: " + path)
	}
	defer f.Close()
	in := csv.NewReader(f)
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		in = csv.NewReader(z)
	}
	all, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range all[1:] {
		row := map[string]string{}
		for i, v := range rec {
			row[all[0][i]] = v
		}
		out = append(out, row)
	}
	return out
}

// unresolved returns the names that no actor has, with how many were asked.
func unresolved(r *actors.Register, names map[string]time.Time) (missing []string, asked int) {
	for n, at := range names {
		if len(r.Resolve(n, at)) == 0 {
			missing = append(missing, n)
		}
	}
	slices.Sort(missing)
	return missing, len(names)
}

func day(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(12 * time.Hour)
}

func TestEverySideOfTheSyrianEventsResolves(t *testing.T) {
	names := map[string]time.Time{}
	for _, row := range rows(t, "ucdp-ged-syria/actors.csv") {
		for part := range strings.SplitSeq(row["name"], ", ") {
			names[part] = day(t, row["first"])
		}
	}
	missing, asked := unresolved(shipped(t, "syria-2016"), names)
	t.Logf("%d names, %d unresolved: %q", asked, len(missing), missing)
	if asked < 58 || len(missing) > 0 {
		t.Errorf("of %d names these resolve to nobody: %q", asked, missing)
	}
}

func TestEverySideOfTheUkrainianEventsResolves(t *testing.T) {
	names := map[string]time.Time{}
	for _, row := range rows(t, "ucdp-ged-ukraine/events.csv.gz") {
		for _, side := range []string{row["side_a"], row["side_b"]} {
			for part := range strings.SplitSeq(side, ", ") {
				names[part] = day(t, row["date_start"])
			}
		}
	}
	missing, asked := unresolved(shipped(t, "ukraine"), names)
	t.Logf("%d names, %d unresolved: %q", asked, len(missing), missing)
	if asked < 7 || len(missing) > 0 {
		t.Errorf("of %d names these resolve to nobody: %q", asked, missing)
	}
}

func TestActorsOfTheChronologyResolve(t *testing.T) {
	aside := regexp.MustCompile(`\s*\([^)]*\)| incl\.| and | or |;|/|, | via .*|\d+ to \d+ |97 | officials`)
	nobody := []string{"aircraft not identified by witnesses", "allies", "others", "parties to the cessation",
		"not assigned by the Board of Inquiry", "army", "factions", "al-Waer committee"} // words around the names
	names := map[string]time.Time{}
	for _, row := range rows(t, "chronology.csv") {
		for part := range strings.SplitSeq(aside.ReplaceAllString(row["actor"], ";"), ";") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(nobody, part) {
				names[part] = day(t, row["date"])
			}
		}
	}
	missing, asked := unresolved(shipped(t, "syria-2016"), names)
	if asked < 38 || len(missing) > 0 {
		t.Errorf("of %d names these resolve to nobody: %q", asked, missing)
	}
}

func TestAccusedOfTheAirwarsIncidentsResolve(t *testing.T) {
	names := map[string]time.Time{}
	for _, row := range rows(t, "airwars-syria/incidents.csv.gz") {
		for part := range strings.SplitSeq(row["belligerent"], ", ") {
			names[part] = day(t, "2016-03-01")
		}
	}
	delete(names, "")
	missing, asked := unresolved(shipped(t, "syria-2016"), names)
	t.Logf("%d names, %d unresolved: %q", asked, len(missing), missing)
	for _, must := range []string{"Russian Military", "U.S.-led Coalition", "Turkish Military", "YPG", "Israeli Military", "Syrian Regime"} {
		if slices.Contains(missing, must) {
			t.Errorf("%q resolves to nobody", must)
		}
	}
}

// The list of factions is only a check: how many of its spellings are met, by name alone.
func TestSpellingsOfFactionsFromElsewhere(t *testing.T) {
	names := map[string]time.Time{}
	for _, row := range rows(t, "syria-factions/factions.csv") {
		names[row["Faction Name"]] = day(t, "2017-02-01")
	}
	r := shipped(t, "syria-2016")
	missing, asked := unresolved(r, names)
	t.Logf("%d of %d spellings met", asked-len(missing), asked)
	if met := asked - len(missing); met < 40 {
		t.Errorf("only %d of %d spellings met", met, asked)
	}
	for n := range names {
		if len(r.Resolve(n, day(t, "2017-02-01"))) > 1 {
			t.Errorf("%q means %q", n, r.Resolve(n, day(t, "2017-02-01")))
		}
	}
}
