package agreements_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"truce/agreements"
	"truce/terms"
)

func names(t *testing.T, pattern string) []string {
	t.Helper()
	out, err := fs.Glob(agreements.FS, pattern)
	if err != nil || len(out) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(out), err)
	}
	return out
}

func parse(t *testing.T, name string) *terms.Agreement {
	t.Helper()
	text, err := agreements.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, problems := terms.Parse(name, text, agreements.FS.ReadFile)
	for _, p := range problems {
		t.Error(p)
	}
	return a
}

func TestEveryAgreementParses(t *testing.T) {
	for _, name := range names(t, "*.yaml") {
		t.Run(name, func(t *testing.T) {
			a := parse(t, name)
			if a == nil {
				return
			}
			for _, p := range terms.Lint(a).Fatal() { // real texts have holes, so warnings are no fault
				t.Error(p)
			}
			if a.ID+".yaml" != name {
				t.Errorf("agreement %q stands in %s", a.ID, name)
			}
			if len(a.Cite) == 0 || a.Note == "" {
				t.Error("no cite: or no note: on what was not seen")
			}
			if len(a.Authority) == 0 {
				t.Error("no authority:")
			}
			for _, c := range a.Clauses {
				if c.Cite == "" || c.Text == "" {
					t.Errorf("clause %s has no cite: or no text:", c.ID)
				}
			}
		})
	}
}

func TestEveryPrecedenceNamesAnAgreement(t *testing.T) {
	for _, name := range names(t, "*.yaml") {
		a := parse(t, name)
		if a == nil {
			continue
		}
		for _, p := range a.Precedence {
			if _, err := fs.Stat(agreements.FS, p.Over+".yaml"); err != nil {
				t.Errorf("%s stands over %q, which is not here", name, p.Over)
			}
		}
	}
}

// TestEverySketchSaysSo keeps drawn lines from being taken for surveyed ones.
func TestEverySketchSaysSo(t *testing.T) {
	for _, name := range names(t, "places/*.geojson") {
		text, err := agreements.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var shape struct{ Type, Note string }
		if err := json.Unmarshal(text, &shape); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(shape.Note, "sketch") {
			t.Errorf("%s does not say that it is a sketch", name)
		}
	}
}
