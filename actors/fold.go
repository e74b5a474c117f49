package actors

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// naming is one name of one actor, for lookup.
type naming struct {
	id       string
	from, to time.Time
}

// Resolve returns the actors that a name may mean on that day, sorted, or nil. A name
// valid on the day wins; people also go on using old names and use later ones early, so
// that otherwise the name is taken at any date. Case, diacritics, punctuation, spacing,
// apostrophes, the article and the variants of Arabic letters make no difference.
// An identifier resolves to itself.
func (r *Register) Resolve(name string, at time.Time) []string {
	if _, ok := r.actors[name]; ok {
		return []string{name}
	}
	var now, ever []string
	for _, n := range r.named[fold(name)] {
		ever = append(ever, n.id)
		if span(n.from, n.to, at) {
			now = append(now, n.id)
		}
	}
	if len(now) == 0 {
		now = ever
	}
	slices.Sort(now)
	return slices.Compact(now)
}

// fold brings a name to the form in which names are compared.
func fold(name string) string {
	var words []string
	for w := range strings.FieldsSeq(letters(name)) {
		if !article(w) {
			words = append(words, bare(w))
		}
	}
	if words == nil { // nothing but articles, such as "AS"
		words = strings.Fields(letters(name))
	}
	return strings.Join(words, "")
}

// article reports whether a word is the Arabic article, in one of its written forms.
func article(word string) bool {
	switch word {
	case "al", "el", "an", "ar", "as", "ash", "at", "ad", "az", "ul", "ال":
		return true
	}
	return false
}

// bare strips an article written together with its word. It is stripped from both names
// that are compared, so that a word which merely begins so loses nothing.
func bare(word string) string {
	if rest, ok := strings.CutPrefix(word, "ال"); ok && len([]rune(rest)) >= 2 {
		return rest
	}
	if rest, ok := strings.CutPrefix(word, "al"); ok && len([]rune(rest)) >= 4 {
		return rest
	}
	return word
}

// letters keeps letters and digits in lower case without marks; apostrophes vanish, other
// signs part words.
func letters(name string) string {
	var b strings.Builder
	for _, c := range norm.NFKD.String(cases.Fold().String(name)) {
		switch {
		case unicode.Is(unicode.Mn, c), strings.ContainsRune("ـ'`´’‘ʼʻʿʾ′", c):
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(plain(c))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// plain maps letters that are written for one another.
func plain(c rune) rune {
	switch c {
	case 'ٱ':
		return 'ا'
	case 'ى', 'ی':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	case 'ı':
		return 'i'
	case 'ł':
		return 'l'
	}
	if '٠' <= c && c <= '٩' {
		return '0' + c - '٠'
	}
	return c
}
