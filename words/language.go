package words

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/russian"
)

// Language guesses the language of a text as a two-letter code: "en", "fr", "tr", "ar", "fa",
// "ru" or "uk", by its script and its commonest words. A text that shows too little of
// either has "", no known language.
func Language(text string) string {
	folded := Fold(text)
	switch latin, arabic, cyrillic := scripts(folded); {
	case arabic > latin && arabic > cyrillic:
		return choose(folded, "ar", "fa")
	case cyrillic > latin && cyrillic > arabic:
		return choose(folded, "ru", "uk")
	case latin > 0:
		return choose(folded, "", "en", "fr", "tr")
	}
	return ""
}

// scripts counts the letters of a folded text by script.
func scripts(folded string) (latin, arabic, cyrillic int) {
	for _, r := range folded {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		}
	}
	return latin, arabic, cyrillic
}

// choose returns the language with most common words in a folded text, the first of equals.
func choose(folded, fallback string, others ...string) string {
	best, most := fallback, 0
	for _, code := range append([]string{fallback}, others...) {
		n := 0
		for _, w := range strings.Fields(folded) {
			if IsStop(w, code) {
				n++
			}
		}
		if code != "" && hasOwnLetter(folded, code) {
			n += 2
		}
		if n > most {
			best, most = code, n
		}
	}
	return best
}

// hasOwnLetter reports whether a folded text has a letter that its neighbours lack.
func hasOwnLetter(folded, code string) bool {
	own := map[string]string{"fa": "پچژگ", "uk": "іїєґ", "ru": "ыэъ"}[code]
	return strings.ContainsAny(folded, own)
}

// IsStop reports whether a folded word is among the commonest of a language, those that
// tell nothing of what a text is about.
func IsStop(folded, language string) bool {
	return strings.Contains(stops[language], " "+folded+" ")
}

// stops are the commonest words of a language, folded.
var stops = map[string]string{
	"en": " a an the and or but nor of in on at to from by for with without into onto over under after before during between among " +
		"as is are was were be been being has have had do does did will would can could may might must shall should " +
		"it its he she they them his her their theirs this that these those there here who whom which what when where why how " +
		"not no than then so if while also about around near amid more most other some any all both each few such only own same too very " +
		"i me my we us our you your him s t d ll re ve says said ",
	"fr": " le la les un une des du de d l et ou mais en dans sur au aux a par pour avec sans sous apres avant entre est sont etait " +
		"ete a ont il elle ils elles ce cette ces qui que quoi dont ou ne pas plus se sa son ses leur leurs nous vous je on ",
	"tr": " ve ile bir bu da de icin olarak olan oldu olup gibi daha cok en kadar sonra once ama fakat ki mi ne o su her " +
		"tarafindan uzerine uzerinde icinde arasinda ",
	"ar": " في من الي علي عن مع ان انه انها كان كانت هذا هذه ذلك تلك التي الذي الذين ما لا لم لن قد كما او ثم حيث بعد قبل خلال بين " +
		"كل بعض غير هو هي هم و ف ب ل اي اما اذا منذ حتي ضد نحو عند فيها فيه عليه عليها منها منه به بها له لها يوم ",
	"fa": " و در به از که این ان با را برای تا بر است بود شد شده های می هم یا هر ما او انها خود اين ",
	"ru": " и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было от о об из ему для " +
		"при после до над под между или ни был была были это этот эта эти также который которая которые более ",
	"uk": " і й та в у не що він на я з із зі як а то все вона так його але до за по від для при після над під між або був була " +
		"було були це цей ця ці також який яка які про ",
}

// Stem takes the ending off a folded word, so that forms of one word become equal. Words of
// a language without rules here stay as they are.
func Stem(folded, language string) string {
	switch language {
	case "en":
		return english.Stem(folded, false)
	case "fr":
		return french.Stem(folded, false)
	case "ru":
		return russian.Stem(folded, false)
	case "ar":
		return arabicStem(folded)
	}
	return folded
}

// arabicStem takes off the joined particles, the article and the plural and pronoun
// endings that leave three letters or more.
func arabicStem(w string) string {
	for _, before := range []string{"وال", "بال", "كال", "فال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(w, before); ok && letters(rest) >= 3 {
			w = rest
			break
		}
	}
	for _, after := range []string{"هما", "ات", "ون", "ين", "ان", "ها", "هم", "يه", "ه", "ي"} {
		if rest, ok := strings.CutSuffix(w, after); ok && letters(rest) >= 3 {
			return rest
		}
	}
	return w
}

func letters(s string) int { return len([]rune(s)) }

// Stems returns what a text is about: its folded words without the commonest ones and
// without endings, in their order.
func Stems(text string) []string {
	language := Language(text)
	var out []string
	for _, t := range Tokens(text) {
		if !IsStop(t.Folded, language) {
			out = append(out, Stem(t.Folded, language))
		}
	}
	return out
}
