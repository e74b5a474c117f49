package reading_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"truce/desk"
	"truce/reading"
	"truce/reading/marked"
)

// sample is the built-in reader with the lists of the sample mission.
func sample(t *testing.T) *reading.Rules {
	t.Helper()
	rules, err := desk.SampleReader()
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// floors are the precision and the recall, on texts that no rule was made on, that may not
// be lost again.
var floors = map[string][2]float64{"actor": {0.92, 0.85}, "place": {0.92, 0.85}, "time": {0.85, 0.86}, "quantity": {0.85, 0.87}, "statement": {0.93, 0.92}, "speaker": {0.84, 0.78}, "stance": {0.80, 0.75}, "happening": {0.50, 0.42}}

// TestScore holds the built-in reader against every marked text. With -v it prints what was
// missed in the texts that rules may be made on, and totals for all.
func TestScore(t *testing.T) {
	texts, err := marked.Corpus("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	beside, missing, err := marked.Beside("testdata/corpus", "../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range missing {
		t.Logf("not scored: %s is missing", path)
	}
	b, err := os.ReadFile(filepath.Join("testdata", "corpus", "places.txt"))
	if err != nil {
		t.Fatal(err)
	}
	places, err := marked.ParsePlaces("places.txt", b)
	if err != nil {
		t.Fatal(err)
	}
	reader, groups := sample(t), marked.Groups{}
	var missed []marked.Missed
	for _, x := range append(texts, beside...) {
		got, err := reader.Read(t.Context(), x.Text, x.Account())
		if err != nil {
			t.Fatalf("%s: %v", x.Name, err)
		}
		score, wrong := marked.Held(x, got, places)
		groups.Add(score, x.Head["split"]+" "+x.Head["language"], x.Head["split"])
		if x.Head["split"] == "tune" {
			missed = append(missed, wrong...)
		}
	}
	var out strings.Builder
	for _, g := range groups.Names() {
		out.WriteString(g + "\n")
		groups[g].Print(&out)
	}
	for kind, least := range floors {
		got := groups["test"][kind]
		if p, r := float64(got.Right)/float64(got.Items), float64(got.Found)/float64(got.Marks); len(missing) == 0 && (p < least[0] || r < least[1]) {
			t.Errorf("%s: precision %.3f, recall %.3f; expected %.2f and %.2f at least", kind, p, r, least[0], least[1])
		}
	}
	t.Logf("missed in the texts for tuning:\n%s\n%s", marked.Listed(missed), out.String())
}
