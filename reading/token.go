package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a mark of punctuation.
type token struct {
	from, to int
	lead     int   // bytes of an Arabic prefix that is not part of the word
	id       int32 // in the vocabulary, or none
	kind     byte  // word, number, or the mark itself
	value    float64
	capital  bool // begins with a capital, or has no case
	upper    bool // written in capitals: US, U.S.
	joined   bool // by a hyphen to the one before
	article  bool // carries an Arabic article: al-Nusra
	ordinal  bool // 13th
	grouped  bool // 30,000
	para     bool // begins a paragraph
	line     bool // begins a line
	next     bool // begins a sentence
}

// Kinds of token that are no mark. A quotation mark is 'o' where it may open, 'c' where it
// closes, '"' where it may do both.
const (
	word   = 'w'
	number = 'n'
	opens  = 'o'
	closes = 'c'
)

const none = int32(-1)

// scanner cuts a text into tokens.
type scanner struct {
	text string
	at   int
	v    *vocabulary
	out  []token
}

func tokens(text string, v *vocabulary) []token {
	s := scanner{text: text, v: v, out: make([]token, 0, len(text)/5+8)}
	para, line := true, true
	for s.at < len(text) {
		c, size := utf8.DecodeRuneInString(text[s.at:])
		if c == '\n' {
			para, line = para || line, true
			s.at += size
			continue
		}
		if unicode.IsSpace(c) || c == '\u200e' || c == '\u200f' || c == '\ufeff' {
			s.at += size
			continue
		}
		n := len(s.out)
		s.one(c, size)
		if len(s.out) > n {
			s.out[n].para, s.out[n].line = para, line
			para, line = false, false
		}
	}
	return s.out
}

func (s *scanner) one(c rune, size int) {
	switch {
	case unicode.IsDigit(c):
		s.number()
	case unicode.IsLetter(c):
		s.word()
	case c == '-' || c == '\u2010' || c == '\u2011' || c == '–' && s.digitAround(size):
		s.hyphen(size)
	default:
		s.mark(c, size)
	}
}

// hyphen joins two words or stands as a dash.
func (s *scanner) hyphen(size int) {
	n := len(s.out)
	tight := n > 0 && s.out[n-1].to == s.at && (s.out[n-1].kind == word || s.out[n-1].kind == number)
	after, _ := utf8.DecodeRuneInString(s.text[s.at+size:])
	if !tight || !unicode.IsLetter(after) && !unicode.IsDigit(after) {
		s.put(token{from: s.at, to: s.at + size, id: none, kind: '-'})
		return
	}
	s.at += size
	if s.one(after, utf8.RuneLen(after)); len(s.out) > n {
		s.out[n].joined = true
		s.mergeArticle(n)
	}
}

// mergeArticle makes one token of "al" and "Nusra" in "al-Nusra".
func (s *scanner) mergeArticle(n int) {
	a := s.out[n-1]
	if a.kind != word || a.to-a.from > 4 || s.out[n].kind != word || !strings.Contains(articles, " "+fold(s.text[a.from:a.to])+" ") {
		return
	}
	t := s.out[n]
	t.from, t.article, t.joined, t.para, t.line, t.capital = a.from, true, a.joined, a.para, a.line, a.capital || t.capital
	s.out = append(s.out[:n-1], t)
}

const articles = " al ar as ash ad an at az el ez es adh ath ал ар ас аш ад ан ат аз эль эш эс эр эз эд эт аль "

func (s *scanner) digitAround(size int) bool {
	c, _ := utf8.DecodeRuneInString(s.text[s.at+size:])
	n := len(s.out)
	return unicode.IsDigit(c) && n > 0 && s.out[n-1].kind == number && s.out[n-1].to == s.at
}

func (s *scanner) put(t token) {
	s.out = append(s.out, t)
	s.at = t.to
}

// mark reads punctuation.
func (s *scanner) mark(c rune, size int) {
	t := token{from: s.at, to: s.at + size, id: none, kind: '*'}
	switch c {
	case '“', '«', '„', '‘', '‹':
		t.kind = opens
	case '”', '»', '›':
		t.kind = closes
	case '’':
		t.kind = closes
	case '"', '″':
		t.kind = '"'
	case '\'':
		t.kind = '\''
	case '.', '…', '!', '?', '؟', '۔':
		t.kind = '.'
	case ',', '،':
		t.kind = ','
	case ';', ':', '؛':
		t.kind = ';'
	case '(', '[':
		t.kind = '('
	case ')', ']':
		t.kind = ')'
	case '—', '–', '-':
		t.kind = '-'
	case '/':
		t.kind = '/'
	case '%', '٪':
		t.kind = '%'
	case '$', '€', '£':
		t.kind = '$'
	}
	s.put(t)
}

// number reads digits, with the marks that group them.
func (s *scanner) number() {
	t := token{from: s.at, id: none, kind: number}
	i, whole, scale := s.at, true, 0.1
	for i < len(s.text) {
		c, size := utf8.DecodeRuneInString(s.text[i:])
		switch {
		case unicode.IsDigit(c) && whole:
			t.value = t.value*10 + float64(digit(c))
		case unicode.IsDigit(c):
			t.value += float64(digit(c)) * scale
			scale /= 10
		case groups(c) && whole && t.value < 1000 && s.three(i+size):
			t.grouped = true
		case groups(c) && whole && t.grouped && s.three(i+size):
		case (c == '.' || c == ',') && whole && !t.grouped && s.decimals(i+1):
			whole = false
		default:
			t.to = i
			s.ordinal(&t)
			s.put(t)
			return
		}
		i += size
	}
	t.to = i
	s.put(t)
}

// groups reports whether a mark may stand between groups of three digits.
func groups(c rune) bool {
	return c == ',' || c == '\u00a0' || c == '\u202f' || c == '\u2009' || c == '٬' || c == ' '
}

// three reports whether exactly three digits follow.
func (s *scanner) three(i int) bool {
	n := 0
	for n < 4 && i+n < len(s.text) && s.text[i+n] >= '0' && s.text[i+n] <= '9' {
		n++
	}
	return n == 3
}

// decimals reports whether digits follow that end the number: 2.5, but not 14.30.16.
func (s *scanner) decimals(i int) bool {
	n := 0
	for i+n < len(s.text) && s.text[i+n] >= '0' && s.text[i+n] <= '9' {
		n++
	}
	return n > 0 && n < 3 && !(i+n+1 < len(s.text) && s.text[i+n] == '.' && s.text[i+n+1] >= '0' && s.text[i+n+1] <= '9')
}

func (s *scanner) ordinal(t *token) {
	rest := s.text[t.to:]
	for _, end := range []string{"st", "nd", "rd", "th"} {
		if strings.HasPrefix(rest, end) && (len(rest) == 2 || !letterAt(rest[2:])) {
			t.ordinal = true
			t.to += 2
		}
	}
}

func letterAt(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(c)
}

func digit(c rune) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= '٠' && c <= '٩':
		return int(c - '٠')
	case c >= '۰' && c <= '۹':
		return int(c - '۰')
	}
	return 0
}

// word reads letters, with apostrophes and the points of abbreviations inside.
func (s *scanner) word() {
	t := token{from: s.at, kind: word}
	i, letters, capitals := s.at, 0, 0
	for i < len(s.text) {
		c, size := utf8.DecodeRuneInString(s.text[i:])
		switch {
		case unicode.IsDigit(c) && arabic(s.text[s.at:]): // و15 is a word and a number
			s.endWord(t, i, letters, capitals)
			return
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.Is(unicode.Mn, c), c == 'ـ':
			if i == s.at {
				t.capital = !unicode.IsLower(c)
			}
			letters++
			if unicode.IsUpper(c) || unicode.IsDigit(c) {
				capitals++
			}
		case apostrophe(c) && s.inner(i, size):
		case c == '.' && letters == 1 && s.initial(i) || c == '.' && s.dotted(t.from, i):
		default:
			s.endWord(t, i, letters, capitals)
			return
		}
		i += size
	}
	s.endWord(t, i, letters, capitals)
}

func apostrophe(c rune) bool {
	return c == '\'' || c == '’' || c == '‘' || c == 'ʿ' || c == 'ʾ' || c == '`' || c == 'ʼ'
}

// inner reports whether an apostrophe stands inside a word and is not that of a genitive.
func (s *scanner) inner(i, size int) bool {
	rest := s.text[i+size:]
	if !letterAt(rest) {
		return false
	}
	return !(rest[0] == 's' || rest[0] == 'S') || letterAt(rest[1:])
}

// initial reports whether a point after one letter belongs to an abbreviation: U.S.
func (s *scanner) initial(i int) bool {
	return letterAt(s.text[i+1:]) && i+2 < len(s.text) && s.text[i+2] == '.'
}

// dotted reports whether the point at i goes on or ends an abbreviation: the second of U.S.
func (s *scanner) dotted(from, i int) bool {
	return i-from >= 3 && s.text[i-2] == '.' && strings.IndexByte(s.text[from:i], '.') == 1
}

func (s *scanner) endWord(t token, end, letters, capitals int) {
	t.to = end
	t.upper = capitals == letters && letters > 1
	raw := s.text[t.from:t.to]
	t.id, t.lead = s.v.find(raw)
	if short, rest := s.glued(raw); short > 0 && t.id == none {
		t.to = t.from + short
		t.id, t.lead = s.v.find(raw[:short])
		s.put(t)
		s.at = t.to
		s.put(token{from: t.to, to: t.to + rest, kind: word, id: s.v.id(fold(raw[short:])), capital: true, line: true})
		return
	}
	s.put(t)
	s.genitive()
	s.abbreviation()
}

// glued finds a lost space: "GenevaThe".
func (s *scanner) glued(raw string) (first, rest int) {
	for _, w := range lost {
		if head, ok := strings.CutSuffix(raw, w); ok && len(head) > 3 && head[len(head)-1] >= 'a' && head[len(head)-1] <= 'z' {
			return len(head), len(w)
		}
	}
	return 0, 0
}

// lost are words at the start of a sentence that is glued to the one before.
var lost = strings.Fields("The In On But However While Meanwhile Both He According This There They")

// genitive passes over 's.
func (s *scanner) genitive() {
	rest := s.text[s.at:]
	for _, g := range []string{"'s", "’s", "'S", "’S"} {
		if strings.HasPrefix(rest, g) && !letterAt(rest[len(g):]) {
			s.at += len(g)
		}
	}
}

// abbreviation passes over the point of "Mr." and "Gen.".
func (s *scanner) abbreviation() {
	n := len(s.out) - 1
	if n < 0 || s.at >= len(s.text) || s.text[s.at] != '.' || s.out[n].to != s.at {
		return
	}
	w := s.text[s.out[n].from:s.out[n].to]
	if len(w) <= 4 && strings.Contains(abbreviations, " "+strings.ToLower(w)+" ") || len(w) == 1 && w[0] >= 'A' && w[0] <= 'Z' {
		s.at++
	}
}

const abbreviations = " mr mrs ms dr gen lt col sgt maj capt brig st jan feb aug sept sep oct nov dec sen rep gov prof vs approx no mt ft "
