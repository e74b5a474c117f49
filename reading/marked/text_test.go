package marked_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce/reading"
	"truce/reading/marked"
)

const head = "date: 2016-08-26\nzone: Asia/Damascus\noutlet: X\nlanguage: en\nsplit: tune\n---\n"

func TestParseTakesMarksOutOfTheText(t *testing.T) {
	got, err := marked.Parse("x.marked", []byte(head+"[actor:russia|Moscow] said [quantity:3;killed|three] died.\n---\nsaid: russia | asserts | three died\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Moscow said three died."; got.Text != want {
		t.Errorf("text %q, want %q", got.Text, want)
	}
	want := []marked.Mark{{Span: reading.Span{From: 0, To: 6}, Kind: "actor", Value: "russia", Line: 7}, {Span: reading.Span{From: 12, To: 17}, Kind: "quantity", Value: "3;killed", Line: 7}}
	if d := cmp.Diff(want, got.Marks); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]marked.Said{{Span: reading.Span{From: 12, To: 22}, Speakers: []string{"russia"}, Stance: "asserts", Line: 9}}, got.Said); d != "" {
		t.Error(d)
	}
	if want := time.Date(2016, 8, 25, 21, 0, 0, 0, time.UTC); !got.Date.Equal(want) {
		t.Errorf("midnight in Damascus in summer is %v, want %v", got.Date.UTC(), want)
	}
}

func TestParseSaysWhereAMarkIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"no such kind":       {"one [who:x|y]\n---\n", "x.marked:7: who:x is no mark"},
		"no such time":       {"one\n[time:Friday|y]\n---\n", "x.marked:8: time:Friday is no mark"},
		"a bracket left":     {"one [sic] two\n---\n", "x.marked:7: a bracket that is no mark"},
		"words not there":    {"one\n---\nclaim: two\n", `x.marked:9: "two" does not stand in the text`},
		"words there twice":  {"one one\n---\nclaim: one\n", `x.marked:9: "one" stands in the text 2 times`},
		"no such stance":     {"one\n---\nsaid: a | mutters | one\n", "x.marked:9: stance is mutters"},
		"no such line":       {"one\n---\nhear: one\n", "x.marked:9: no line of marks"},
		"no such occurrence": {"one\n---\nclaim: one | last\n", "x.marked:9: occurrence is last"},
	} {
		_, err := marked.Parse("x.marked", []byte(head+c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for name, c := range map[string]struct{ head, want string }{
		"a line that no header has": {"date: 2016-08-26\nmood: calm\n---\n", "x.marked:2: no line of a header"},
		"no end":                    {"date: 2016-08-26\n", "x.marked:1: no end of the header"},
		"a day that is none":        {"date: 2016-13-26\nzone: UTC\nlanguage: en\nsplit: test\n---\n", "x.marked:1: date is 2016-13-26"},
		"a split that is none":      {"date: 2016-08-26\nzone: UTC\nlanguage: en\nsplit: all\n---\n", "x.marked:1: split is all"},
	} {
		if _, err := marked.Parse("x.marked", []byte(c.head)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(head + "[actor:russia|Moscow] said [time:2016-08-26|today].\n---\nsaid: russia | asserts | said\n")
	f.Add(head + "[free|x] [[place:a|b]\n---\nmark: time:2012.. | x | 1\n")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := marked.Parse("x.marked", []byte(s))
		if err != nil {
			return
		}
		for _, m := range got.Marks {
			if m.From < 0 || m.From >= m.To || m.To > len(got.Text) {
				t.Fatalf("mark %v outside a text of %d bytes", m, len(got.Text))
			}
		}
	})
}

// TestCorpusIsWhatTheIssueAsks counts the texts by language and split and the traps.
func TestCorpusIsWhatTheIssueAsks(t *testing.T) {
	all, err := marked.Corpus("../testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	count, traps := map[string]int{}, map[string]bool{}
	for _, x := range all {
		count[x.Head["language"]]++
		count[x.Head["split"]]++
		for _, trap := range x.Traps() {
			traps[trap] = true
		}
		if n := len(strings.Fields(x.Text)); n < 40 || n > 400 {
			t.Errorf("%s has %d words", x.Name, n)
		}
	}
	if len(all) < 40 || count["en"] < 24 || count["ar"] < 8 || count["ru"] < 8 || count["tune"] < 22 || count["test"] < 22 {
		t.Errorf("%d texts: %v", len(all), count)
	}
	for _, trap := range []string{"negation", "hypothetical", "condition", "quote-in-quote", "denial-quoted", "history-in-passing", "age", "address",
		"governorate-or-city", "friday-on-friday", "dateline", "spun", "slip", "failed-to", "summary-claim", "renaming", "copied"} {
		if !traps[trap] {
			t.Errorf("no text sets the trap %s", trap)
		}
	}
}
