package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold brings a word to the form in which words are compared: lower case, without marks,
// apostrophes and the variants of Arabic letters.
func fold(word string) string {
	if ascii(word) {
		return strings.ToLower(word)
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, c := range norm.NFD.String(word) {
		if c = foldRune(c); c >= 0 {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c == '\'' || c == '.' || c == '`' {
			return false
		}
	}
	return true
}

// foldRune returns -1 for what is left out.
func foldRune(c rune) rune {
	switch c {
	case '\'', '’', '‘', 'ʿ', 'ʾ', 'ʼ', '`', 'ـ', '.', '\u200d', '\u200c', '\u200e', '\u200f', '\u00ad', '\u0301':
		return -1
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ئ':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ؤ':
		return 'و'
	case 'ı', 'İ':
		return 'i'
	}
	if unicode.Is(unicode.Mn, c) {
		return -1
	}
	return unicode.ToLower(c)
}

// bare returns the consonants of a name, by which spellings of one name are recognised:
// doubled letters count once.
func bare(folded string) string {
	var b strings.Builder
	var last rune
	for i, c := range folded {
		switch c {
		case 'c', 'q':
			c = 'k'
		case 'z', 'd':
			if c == 'z' {
				c = 's'
			}
		}
		vowel := strings.ContainsRune("aeiouyw", c)
		if c == last || vowel && i > 0 || c == 'h' && i > 0 && !strings.ContainsRune("skgt", last) {
			continue
		}
		if vowel {
			c = 'a'
		}
		b.WriteRune(c)
		last = c
	}
	return b.String()
}

// stem takes the ending off a Russian word, so that its cases meet.
func stem(word string) string {
	if utf8.RuneCountInString(word) < 5 {
		return word
	}
	for _, end := range endings {
		if s, ok := strings.CutSuffix(word, end); ok && utf8.RuneCountInString(s) >= 3 {
			return s
		}
	}
	return word
}

// endings of Russian nouns and adjectives as fold leaves them, longest first.
var endings = strings.Fields("иями ами ями ого его ому ему ыми ими иях ах ях ов ев еи ои ии ыи ая яя ое ее ые ие ую юю ам ям ом ем ью ия ии у ю а я о е ы и ь")

// prefixes of Arabic words: and, so, by, to, as; with the article behind them.
var prefixes = strings.Fields("و ف ب ل ك وب ول فب وك")

// arabic reports whether a word is written in Arabic letters.
func arabic(word string) bool {
	c, _ := utf8.DecodeRuneInString(word)
	return c >= 0x600 && c < 0x780
}

func cyrillic(word string) bool {
	c, _ := utf8.DecodeRuneInString(word)
	return c >= 0x400 && c < 0x530
}
