package store

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bounds of the full text: words are cut after maxWord letters, and what follows the first
// maxWords bytes of a row's words is not found. PostgreSQL takes no more than a megabyte.
const (
	maxWord  = 64
	maxWords = 256 << 10
)

// Words returns the distinct words of a text in the form in which they are stored and
// searched, in order of first appearance with a space between: compatibility forms taken
// apart (NFKD), marks gone, case folded, digits of all scripts as 0-9. Of Arabic, the forms
// of alef, of ya and of kaf are one each, ta marbuta is ha, tatweel is gone. Scripts that
// write no spaces give one word a sign. Both databases index exactly these words.
func Words(s string) string {
	const few = 32
	var b strings.Builder
	all := strings.Fields(fold(s))
	var seen map[string]bool
	if len(all) > few {
		seen = make(map[string]bool, len(all))
	}
	for i, w := range all {
		w = cut(w)
		if seen != nil {
			if seen[w] {
				continue
			}
			seen[w] = true
		} else if all[i] = w; slices.Contains(all[:i], w) {
			continue
		}
		if b.Len()+1+len(w) > maxWords {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// cut shortens a word to maxWord runes.
func cut(w string) string {
	if len(w) <= maxWord {
		return w
	}
	n := 0
	for i := range w {
		if n == maxWord {
			return w[:i]
		}
		n++
	}
	return w
}

// fold normalises a text; what is no part of a word becomes a space.
func fold(s string) string {
	if ascii(s) {
		return strings.Map(foldASCII, s)
	}
	s = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(strings.ToValidUTF8(s, " "))))
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		foldRune(&b, r)
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func foldASCII(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	}
	return ' '
}

func foldRune(b *strings.Builder, r rune) {
	switch r {
	case 'ٱ': // alef wasla; the other forms of alef come apart in NFKD
		r = 'ا'
	case 'ى', 'ی', 'ې', 'ے':
		r = 'ي'
	case 'ک', 'ڪ':
		r = 'ك'
	case 'ة', 'ە', 'ہ', 'ھ', 'ۀ':
		r = 'ه'
	case 'ـ': // tatweel only stretches
		return
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		b.WriteByte(' ')
		b.WriteRune(r)
		b.WriteByte(' ')
	case unicode.Is(unicode.Nd, r):
		b.WriteByte(digit(r))
	case unicode.In(r, unicode.L, unicode.N, unicode.Mc):
		b.WriteRune(r)
	default:
		b.WriteByte(' ')
	}
}

// digit is the ASCII form of a decimal digit: every script has its ten in one run that
// starts at a multiple of which the first is 0.
func digit(r rune) byte {
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return byte('0' + (r-zero)%10)
}

// term is one word of a question; prefix: every word that starts with it.
type term struct {
	word   string
	prefix bool
}

// terms takes a question apart: words that must all be there. A star at the end of a word
// asks for all words that start so.
func terms(s string) []term {
	var out []term
	for _, part := range strings.Fields(s) {
		words := strings.Fields(fold(part))
		for i, w := range words {
			out = append(out, term{cut(w), i == len(words)-1 && strings.HasSuffix(part, "*")})
		}
	}
	return out
}
