// Package words compares what people wrote: letters of any script folded together, names
// under their spellings, words of a text with their place in it, and texts that are
// nearly the same. It knows nothing of reports. Every function is total: bytes that are
// no text are passed over, and the same text gives the same answer everywhere.
package words

import (
	"unicode"
	"unicode/utf8"

	uax "github.com/clipperhouse/uax29/v2/words"
)

// Token is a word or a number of a text.
type Token struct {
	// Text is the word as written.
	Text string
	// Folded is the word as Fold writes it. It is never empty.
	Folded string
	// Start and End are byte offsets: Text is text[Start:End].
	Start, End int
}

// Tokens returns the words and numbers of a text in their order, by the Unicode rules for
// word bounds (UAX 29). A hyphen parts words; an apostrophe does not.
func Tokens(text string) []Token {
	var out []Token
	for it := uax.FromString(text); it.Next(); {
		t := Token{Text: it.Value(), Start: it.Start(), End: it.End()}
		if !spoken(t.Text) {
			continue
		}
		if t.Folded = Fold(t.Text); t.Folded != "" {
			out = append(out, t)
		}
	}
	return out
}

// spoken reports whether a piece of text has a letter or a digit.
func spoken(s string) bool {
	for _, r := range s {
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return true
		}
	}
	return false
}
