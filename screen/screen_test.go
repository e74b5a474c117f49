package screen

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryLanguageHasEveryWord holds the catalogues to each other: the same files, the same
// names, the same things put in.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	names, err := fs.Glob(files, "words/en/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(err, "no catalogues")
	}
	for _, name := range names {
		first := catalogue(t, name)
		for _, lang := range Langs()[1:] {
			other := catalogue(t, "words/"+string(lang)+"/"+path.Base(name))
			for key, text := range first {
				if other[key] == "" {
					t.Errorf("%s: no %s words for %s", path.Base(name), lang, key)
				} else if a, b := verbs(text), verbs(other[key]); !slices.Equal(a, b) {
					t.Errorf("%s: %s: %s takes %v, %s %v", path.Base(name), key, English, a, lang, b)
				}
			}
			for key := range other {
				if first[key] == "" {
					t.Errorf("%s: %s has %s, which is not asked for", path.Base(name), lang, key)
				}
			}
		}
	}
}

// catalogue reads one file, of plural forms the one for everything else.
func catalogue(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := files.ReadFile(name)
	if err != nil {
		t.Error(err)
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := map[string]string{}
	for key, value := range raw {
		var plain string
		if json.Unmarshal(value, &plain) != nil {
			var f forms
			if err := json.Unmarshal(value, &f); err != nil || f["other"] == "" {
				t.Errorf("%s: %s has no form for everything else", name, key)
			}
			plain = f["other"]
		}
		out[key] = plain
	}
	return out
}

// verbs lists what is put into a text, by number.
func verbs(text string) []string {
	var out []string
	next := 1
	for _, m := range regexp.MustCompile(`%(\[(\d)\])?([sd%])`).FindAllStringSubmatch(text, -1) {
		n := m[2]
		if m[3] == "%" {
			continue
		}
		if n == "" {
			n = string(rune('0' + next))
		}
		next++
		out = append(out, n+m[3])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestNoWordsInTemplates holds the templates to the catalogue: what people read stands there,
// but for the names of standards.
func TestNoWordsInTemplates(t *testing.T) {
	words, err := readWords(English)
	if err != nil {
		t.Fatal(err)
	}
	names, _ := fs.Glob(files, "pages/*.html")
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bt "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			if !words.Known(m[1]) {
				t.Errorf("%s: no words for %s", name, m[1])
			}
		}
		bare := regexp.MustCompile(`(?s)\{\{.*?\}\}|<pre.*?</pre>|<code[^>]*>.*?</code>|<[^>]*>|TLP:[A-Z]+|SHA-256`).ReplaceAllString(string(text), "")
		for _, m := range regexp.MustCompile(`[A-Za-z]{3,}`).FindAllString(bare, -1) {
			if !strings.Contains("log checkpoint", m) { // a path that is shown
				t.Errorf("%s: %q is not in the catalogue", name, m)
			}
		}
	}
}

// TestMatch finds languages as browsers and people name them.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		asked []string
		want  Lang
	}{
		{nil, English},
		{[]string{"", "", "ar-SY,ar;q=0.9,en;q=0.5"}, Arabic},
		{[]string{"en", "ar"}, English},
		{[]string{"ar"}, Arabic},
		{[]string{"fr"}, English},
		{[]string{"fr, ar;q=0.3"}, Arabic},
		{[]string{"\x00;;", "ar"}, Arabic},
	} {
		if got := Match(c.asked...); got != c.want {
			t.Errorf("%q: %s, want %s", c.asked, got, c.want)
		}
	}
}

// TestEveryPageIsRead reads every page in every language, as Render does when it is first made.
func TestEveryPageIsRead(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for lang, pages := range s.by {
		for name, read := range pages {
			if _, err := read(); err != nil {
				t.Errorf("%s in %s: %v", name, lang, err)
			}
		}
	}
}
