package record

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// TestTheFoldsVersionIsRaisedWithIt folds an entry of every kind. When that gives other rows
// than it did, [Version] has to be raised, so that records made before are rebuilt: -update
// writes the rows of a new version, and refuses other rows under an old one.
func TestTheFoldsVersionIsRaisedWithIt(t *testing.T) {
	const golden = "testdata/every-kind.rows"
	is := everyKind(t)
	old, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	first, was, _ := strings.Cut(string(old), "\n")
	now := fmt.Sprintf("fold %d", Version)
	switch {
	case is == was && first == now:
	case first == now:
		t.Errorf("the fold gives other rows: raise record.Version, then go test ./record -run Version -update\n%s", diff.Diff(was, is))
	case *update:
		if err := os.WriteFile(golden, []byte(now+"\n"+is), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the rows are of %q, the program has %q: go test ./record -run Version -update", first, now)
	}
}

// everyKind is the state after the entries of testdata/every-kind.jsonl, a row a line.
func everyKind(t *testing.T) string {
	text, err := os.ReadFile("testdata/every-kind.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	s := begin()
	missing := map[string]bool{}
	for _, k := range kinds {
		missing[k.Name] = true
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			Kind, Enrols string
			Fields       map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("line %d: %v", s.n+1, err)
		}
		f := fields(t, line.Fields)
		if p := Check(line.Kind, f); p != nil {
			t.Fatalf("line %d: %v", s.n+1, p)
		}
		e := s.entry(line.Kind, f)
		e.Enrols = line.Enrols
		if err := s.take(e); err != nil {
			t.Fatalf("line %d: %v", s.n+1, err)
		}
		delete(missing, line.Kind)
	}
	if len(missing) > 0 {
		t.Errorf("testdata/every-kind.jsonl has no %v", slices.Sorted(maps.Keys(missing)))
	}
	var b strings.Builder
	keys := slices.SortedFunc(maps.Keys(s.rows), func(a, b [2]string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) })
	for _, k := range keys {
		r := s.rows[k]
		fmt.Fprintf(&b, "%s %s | %s | parent %q sort %q text %q box %v\n  %s\n", r.Kind, r.ID, r.Label, r.Parent, r.Sort, r.Text, r.Box, r.Body)
	}
	return b.String()
}
