package intake_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"truce"
	"truce/intake"
)

// blocks returns the indented examples of docs/record.md.
func blocks(t *testing.T) (doc string, out []string) {
	t.Helper()
	text, err := os.ReadFile("../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	var now []string
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "    "); ok {
			now = append(now, rest)
		} else if now != nil {
			out, now = append(out, strings.Join(now, "")), nil
		}
	}
	return string(text), out
}

func TestTheReferenceNamesEveryColumn(t *testing.T) {
	doc, _ := blocks(t)
	var named []string
	for line := range strings.Lines(doc) {
		if rest, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(rest, "`")
			named = append(named, name)
		}
	}
	i := slices.Index(named, "id")
	if got := named[i : i+len(intake.Columns())]; !slices.Equal(got, intake.Columns()) {
		t.Errorf("columns are %v, the reference has %v", intake.Columns(), got)
	}
}

func TestTheReferenceHasTheWords(t *testing.T) {
	doc, _ := blocks(t)
	_, doc, _ = strings.Cut(doc, "## The words")
	for _, tree := range []*truce.Tree{truce.Acts(), truce.MeansTree()} {
		for _, w := range tree.Words() {
			covered := false
			for line := range strings.Lines(doc) {
				upper, lower, _ := strings.Cut(line, " | ")
				covered = covered || upper == "| `"+tree.Parent(w)+"`" && strings.Contains(lower, "`"+w+"`")
			}
			if !covered {
				t.Errorf("the reference does not have %s below %s", w, tree.Parent(w))
			}
		}
	}
}

func TestTheExamplesOfTheReferenceAreRead(t *testing.T) {
	_, examples := blocks(t)
	want := map[string]int{"r.csv": 3, "r.ndjson": 3, "r.geojson": 1, "m.yaml": 1}
	got := map[string]int{}
	for _, text := range examples {
		switch {
		case strings.HasPrefix(text, "mapping:"):
			parse(t, text)
			got["m.yaml"]++
			continue
		case strings.HasPrefix(text, `{"type"`):
			count1(t, got, "r.geojson", text)
		case strings.HasPrefix(text, "{"):
			count1(t, got, "r.ndjson", text)
		default:
			count1(t, got, "r.csv", text)
		}
	}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: %d, want %d", name, got[name], n)
		}
	}
}

func count1(t *testing.T, got map[string]int, name, text string) {
	t.Helper()
	reports, bad := readAll(t, name, strings.NewReader(text), damascus(t))
	for _, b := range bad {
		t.Error(b)
	}
	got[name] += len(reports)
}
