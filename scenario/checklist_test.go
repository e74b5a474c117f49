package scenario_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"truce/scenario"
	"truce/terms"
)

// items are what the terms language must be able to say, in order.
func items() []string {
	return []string{
		"bound, protected and excluded sets by name, by class, by list at a date, by acceptance at a date, per instrument",
		"conditions on duties",
		"acts as a tree with any at the root, prohibited, required, permitted, exempt, provocative",
		"means as a tree with numeric attributes",
		"places",
		"times",
		"numbers",
		"exceptions with their own conditions",
		"duties of effort and duties to meet or negotiate",
		"who may interpret, who determines, by what standard, who may reset, extend, exclude, end",
		"contested readings kept side by side",
		"relation of instruments",
	}
}

const checklist = "checklist.txtar"

func TestChecklist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(cases, checklist))
	if err != nil {
		t.Fatal(err)
	}
	result, err := scenario.Run(t.Context(), checklist, text, beside()...)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range items() {
		t.Run(fmt.Sprint(i+1, " ", name), func(t *testing.T) {
			n := 0
			for _, r := range result.Rows {
				if r.Case != fmt.Sprint(i+1) {
					continue
				}
				if n++; !r.Holds() {
					t.Error(r)
				}
			}
			if n == 0 {
				t.Error("no row")
			}
			if i+1 == 10 {
				authority(t, text)
			}
		})
	}
}

// authority checks that a text says who may do what.
func authority(t *testing.T, text []byte) {
	for _, f := range txtar.Parse(text).Files {
		if f.Name != "authority.yaml" {
			continue
		}
		a, problems := terms.Parse(f.Name, f.Data, nil)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		for _, key := range []string{"interprets", "determines", "standard", "resets", "extends", "excludes", "ends"} {
			if a.Authority[key] == "" {
				t.Errorf("nobody %s", key)
			}
		}
	}
}
