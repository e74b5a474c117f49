package screen

import (
	"strings"
	"testing"

	"truce/match"
)

// TestReasonsOfMatchingHaveWords holds that a page says every reason as the command line does, and that
// no page in another language says it in English.
func TestReasonsOfMatchingHaveWords(t *testing.T) {
	plain := strings.NewReplacer("<bdi>", "", "</bdi>", "", "&#39;", "'")
	said := func(lang Lang, r match.Reason) string {
		words, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		html, err := Frame{words: words}.Matching(r)
		if err != nil || strings.Contains(string(html), "%!") {
			t.Errorf("%s: %s: %s, %v", lang, r.Code, html, err)
		}
		return plain.Replace(string(html))
	}
	all := map[string]match.Reason{}
	for _, p := range match.Samples() {
		p.Amount, p.Of = p.Amount/100, p.Of/100 // shares and distances as they are
		all[p.Say()] = p.Reason()
		p.Amount, p.Of = 100*p.Amount, 100*p.Of
		if p.Feature != match.Text {
			all[p.Say()] = p.Reason()
		}
	}
	for _, code := range match.Ties() {
		tie := match.Tie{Because: match.Reason{Code: code}}
		switch {
		case code == "tie.words":
			tie.Because.Args = []any{62}
		case strings.Contains(tie.Say(), "%!"):
			tie.Because.Args = []any{"Abu Omar"}
		}
		all[tie.Say()] = tie.Because
	}
	silent := match.Comparison{}
	for i, r := range match.Because(silent.Parts[:]) {
		all[silent.Reasons()[i]] = r
	}
	for english, r := range all {
		if got := said(English, r); got != english {
			t.Errorf("%s: %q for %q", r.Code, got, english)
		}
		for _, lang := range Langs() {
			if got := said(lang, r); lang != English && got == english {
				t.Errorf("%s: %s is said in English: %s", lang, r.Code, got)
			}
		}
	}
}
