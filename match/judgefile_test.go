package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJudgmentsAreReadOrRefusedByLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Judgment
		err  string
	}{
		"pairs alone are the same": {"a,b\nx,y\n", []Judgment{{"x", "y", Same}}, ""},
		"columns in any order":     {"note,says,b,a\n?,different,y,x\n", []Judgment{{"x", "y", Different}}, ""},
		"a byte order mark":        {"\ufeffa,b,says\nx,y,unsure\n", []Judgment{{"x", "y", Unsure}}, ""},
		"no such word":             {"a,b,says\nx,y,same\nx,z,maybe\n", nil, `j.csv:3: says: "maybe" is no judgment; expected same, different or unsure`},
		"itself":                   {"a,b\nx,x\n", nil, "j.csv:2: b: an account is held against itself"},
		"a name missing":           {"a,b\n,y\nx\n", nil, "j.csv:2: a: the identifier is missing"},
		"no header":                {"x,y\n", nil, "j.csv:1: the columns a and b are missing"},
		"nothing":                  {"", nil, "j.csv:1: the file is empty"},
		"an open quote":            {"a,b\n\"x,y\n", nil, "j.csv:"},
	} {
		got, err := ReadJudgments("j.csv", strings.NewReader(c.text))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, expected %s", name, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func FuzzReadJudgments(f *testing.F) {
	f.Add("a,b,says\nx,y,same\n")
	f.Add("a,b\n\"x\n,y")
	f.Fuzz(func(t *testing.T, text string) {
		js, err := ReadJudgments("j.csv", strings.NewReader(text))
		for _, j := range js {
			if err == nil && (j.A == "" || j.B == "" || j.A == j.B) {
				t.Errorf("%+v", j)
			}
		}
	})
}
