package terms

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the files that tests compare with")

// agreementFiles returns every agreement of the project by path, with its text.
func agreementFiles(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, pattern := range []string{"testdata/lint/*.yaml", "testdata/fmt/*.yaml", "testdata/*.yaml", "../agreements/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = text
		}
	}
	return out
}

// beside reads the files that an agreement names.
func beside(name string) func(string) ([]byte, error) {
	return func(f string) ([]byte, error) { return os.ReadFile(filepath.Join(filepath.Dir(name), f)) }
}

// Each file testdata/fmt/NAME.in is brought to testdata/fmt/NAME.yaml.
func TestFormat(t *testing.T) {
	names, err := filepath.Glob("testdata/fmt/*.in")
	if err != nil || len(names) == 0 {
		t.Fatal("no testdata/fmt/*.in", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".in"), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".in") + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			got, problems := Format(name, in)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Formatting twice is formatting once, and the version stays.
func TestFormatKeepsVersion(t *testing.T) {
	for name, text := range agreementFiles(t) {
		t.Run(name, func(t *testing.T) {
			checkFormat(t, name, text)
			rng := rand.New(rand.NewPCG(1, uint64(len(text))))
			for range 2 {
				checkFormat(t, name, shuffled(rng, text))
			}
		})
	}
}

func checkFormat(t *testing.T, name string, text []byte) {
	t.Helper()
	once, problems := Format(name, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	twice, problems := Format(name, once)
	if len(problems) > 0 {
		t.Fatalf("on the second pass: %v", problems)
	}
	if diff := cmp.Diff(string(once), string(twice)); diff != "" {
		t.Errorf("not idempotent (-once +twice)\n%s", diff)
	}
	a, before := Parse(name, text, beside(name))
	b, after := Parse(name, once, beside(name))
	if before.Err() != nil {
		return
	}
	if after.Err() != nil {
		t.Fatalf("the formatted text is refused: %v", after)
	}
	if a.Version() != b.Version() {
		t.Errorf("version %s became %s", a.Version(), b.Version())
	}
	if n, m := strings.Count(string(text), "#"), strings.Count(string(once), "#"); n != m {
		t.Errorf("%d signs # became %d", n, m)
	}
}

// shuffled swaps the top-level blocks of a file, comments above them included.
func shuffled(rng *rand.Rand, text []byte) []byte {
	var blocks []string
	for l := range strings.Lines(string(text)) {
		if len(blocks) == 0 || !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "#") && strings.TrimSpace(l) != "" && !strings.HasPrefix(l, "-") {
			blocks = append(blocks, "")
		}
		blocks[len(blocks)-1] += l
	}
	rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	return []byte(strings.Join(blocks, ""))
}
