package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes a text so that spellings of the same letters become equal: compatibility
// forms, case, marks and joined letters go; the forms of one Arabic letter become one,
// tatweel and hamza go; digits of every script are 0 to 9, without marks between thousands.
// What is neither letter nor digit is one space. Folding twice changes nothing.
func Fold(text string) string {
	rs := []rune(norm.NFKD.String(strings.ToValidUTF8(text, " ")))
	f := folded{}
	for i, r := range rs {
		f.add(r, around{rs, i})
	}
	return strings.TrimSuffix(string(f.out), " ")
}

// around is a place in a text.
type around struct {
	text []rune
	at   int
}

// inNumber reports whether there is a digit on both sides.
func (a around) inNumber() bool {
	return a.at > 0 && a.at+1 < len(a.text) && unicode.IsDigit(a.text[a.at-1]) && unicode.IsDigit(a.text[a.at+1])
}

// folded is a folded text as it grows.
type folded struct{ out []rune }

func (f *folded) add(r rune, at around) {
	const breve = '\u0306' // a short i is a letter of its own
	last := len(f.out) - 1
	switch {
	case r == breve && last >= 0 && f.out[last] == 'и':
		f.out[last] = 'й'
	case silent(r):
	case unicode.IsDigit(r):
		f.out = append(f.out, digit(r))
	case unicode.IsLetter(r):
		f.out = append(f.out, []rune(letter(unicode.ToLower(r)))...)
	case thousands(r) && at.inNumber():
	case r == '.' && at.inNumber():
		f.out = append(f.out, r)
	case last >= 0 && f.out[last] != ' ':
		f.out = append(f.out, ' ')
	}
}

// silent reports whether a rune is written but not read: marks, hamza, tatweel, joiners,
// apostrophes and the letters used as such.
func silent(r rune) bool {
	return unicode.In(r, unicode.M, unicode.Lm, unicode.Cf) || strings.ContainsRune("ءʹ'`´‘’‛′ʼ", r)
}

// thousands reports whether a rune may part the thousands of a number.
func thousands(r rune) bool { return r == ',' || r == '٬' }

// digit returns a decimal digit of any script as one of 0 to 9.
func digit(r rune) rune {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 { // the digits of a script stand in a row
		zero--
	}
	return '0' + r - zero
}

// letter returns the letter or letters that a lower-case letter is folded to.
func letter(r rune) string {
	if to, ok := forms[r]; ok {
		return to
	}
	return string(r)
}

// forms are letters that have no parts by Unicode and yet are forms of others.
var forms = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ħ': "h", 'ə': "a",
	'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ے': "ي", 'ې': "ي", 'ة': "ه", 'ہ': "ه", 'ھ': "ه", 'ە': "ه", 'ۀ': "ه",
	'ک': "ك", 'ڪ': "ك", 'ۆ': "و", 'ۇ': "و",
}

// Latin writes a text folded and in Latin letters. Arabic letters are written by
// consonants, as they stand; the Arabic article is a word of its own.
func Latin(text string) string {
	var out []string
	for _, w := range strings.Fields(Fold(text)) {
		if rest, ok := article(w); ok {
			out = append(out, "al")
			w = rest
		}
		if l := latin(w); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, " ")
}

// article parts the Arabic article from a folded word.
func article(w string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(w, "ال")
	if !ok || len(rest) < len("له")+1 {
		return w, false
	}
	return rest, true
}

// latin writes one folded word in Latin letters. Letters of other scripts stay.
func latin(w string) string {
	var b strings.Builder
	for _, r := range w {
		if to, ok := romans[r]; ok {
			b.WriteString(to)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// romans are folded Arabic and Cyrillic letters in Latin ones.
var romans = map[rune]string{
	'ا': "a", 'ب': "b", 'ت': "t", 'ث': "th", 'ج': "j", 'ح': "h", 'خ': "kh", 'د': "d", 'ذ': "dh", 'ر': "r",
	'ز': "z", 'س': "s", 'ش': "sh", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'ع': "a", 'غ': "gh", 'ف': "f",
	'ق': "q", 'ك': "k", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h", 'و': "w", 'ي': "y",
	'پ': "p", 'چ': "ch", 'ژ': "zh", 'گ': "g", 'ڤ': "v", 'ڨ': "g", 'ڭ': "g",

	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ye", 'ж': "zh", 'з': "z",
	'и': "i", 'і': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r",
	'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "",
	'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya", 'ј': "y", 'љ': "ly", 'њ': "ny", 'ђ': "dj", 'ћ': "c", 'џ': "dzh",
}
