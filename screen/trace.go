package screen

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"truce/terms"
)

// Piece is a part of a sentence: words of ours, or a name or value as the record has it.
type Piece struct {
	Text  string
	Value bool
}

// nameMost is how many characters of a name stand in a sentence on a page.
const nameMost = 160

// Cut is the text, without the rest of a name that is too long for a page.
func (p Piece) Cut() string {
	if r := []rune(p.Text); p.Value && len(r) > nameMost {
		return string(r[:nameMost]) + "…"
	}
	return p.Text
}

// Phrase is a sentence in pieces, so that names keep their own direction in it.
type Phrase []Piece

// String is the sentence as plain text.
func (p Phrase) String() string {
	var b strings.Builder
	for _, x := range p {
		b.WriteString(x.Text)
	}
	return b.String()
}

// Trace says the engine's sentences in a language: the conditions of a clause, what their
// answers rest on, what would settle them. The engine makes them in English from a few forms
// (see traceforms.go); a Trace takes them apart by the same forms and says each by its words in
// the catalogue, names and values as they are. In English that gives the engine's own words.
//
// A sentence of no form that is known is given back whole, as a value, with false. A Trace is
// for one page and one goroutine.
type Trace struct {
	words *Words
	names map[string]bool // that may not be taken apart
	facts map[string]bool // that agreements made up, and the counts
	exprs map[string]bool // conditions that agreements write as expressions
	had   map[excerpt]Phrase
	tried int
}

// longest is how long a sentence may be to be taken apart, in bytes. Longer ones hold what
// somebody put into a name.
const longest = 4000

// NewTrace returns a Trace for verdicts under some agreements.
func NewTrace(w *Words, agreements ...*terms.Agreement) *Trace {
	t := &Trace{words: w, names: map[string]bool{}, facts: map[string]bool{"killed": true, "injured": true, "number": true}, exprs: map[string]bool{}, had: map[excerpt]Phrase{}}
	for _, a := range agreements {
		t.names[a.ID] = true
		for name := range a.Parties {
			t.names[name] = true
		}
		for name := range a.Places {
			t.names[name] = true
		}
		for name := range a.Facts {
			t.facts[name] = true
		}
		for _, added := range []map[string][]string{a.Acts, a.Means} {
			for _, words := range added {
				for _, w := range words {
					t.names[w] = true
				}
			}
		}
		for _, c := range a.Clauses {
			t.clause(c)
			for _, v := range slices.Concat(c.Readings, c.Variants) {
				t.names[v.Name] = true
				t.clause(v.Clause)
			}
		}
	}
	return t
}

func (t *Trace) clause(c *terms.Clause) {
	if c != nil {
		t.names[c.ID], t.exprs[c.When] = true, c.When != ""
	}
}

// Condition says what a step asks.
func (t *Trace) Condition(s string) (Phrase, bool) { return t.say("condition", s) }

// Because says what the answer of a step rests on.
func (t *Trace) Because(s string) (Phrase, bool) {
	if out, ok := t.say("becauses", s); ok {
		return out, true
	}
	return t.say("becauses or names", s)
}

// Note says a note of a verdict.
func (t *Trace) Note(s string) (Phrase, bool) { return t.say("note", s) }

// Fact says the name of a fact.
func (t *Trace) Fact(s string) (Phrase, bool) { return t.say("fact", s) }

// Reading says the name of a reading of a clause.
func (t *Trace) Reading(s string) (Phrase, bool) { return t.say("reading", s) }

// Act says a word for an act.
func (t *Trace) Act(s string) (Phrase, bool) { return t.say("act", s) }

// Means says a word for a means.
func (t *Trace) Means(s string) (Phrase, bool) { return t.say("means", s) }

// Value says what a fact may turn out to be, in a table of what would settle a verdict.
func (t *Trace) Value(of, s string) (Phrase, bool) {
	switch of {
	case "time":
		return t.say("times", s)
	case "place":
		return t.say("spots", s)
	case "actor", "target", "one side", "other side", "control", "who attacked":
		if out, ok := t.say("hands", s); ok {
			return out, true
		}
		return t.say("names", s)
	case "act":
		return t.say("acts", s)
	case "means":
		return t.say("list of means", s)
	case "occurrence":
		return t.say("occurrence", s)
	case "reading":
		return t.say("readings", s)
	}
	return t.say("answers", s)
}

// Reason says a reason code; a code that is not known stays.
func (t *Trace) Reason(code string) (Phrase, bool) {
	if !t.words.Known("reason." + code) {
		return Phrase{{code, true}}, false
	}
	return Phrase{{t.words.must("reason." + code), false}}, true
}

// Answer says the answer of a step: yes, no or open.
func (t *Trace) Answer(s string) (Phrase, bool) { return t.say("answer", s) }

// say takes a sentence apart.
func (t *Trace) say(part, s string) (Phrase, bool) {
	if s == "" {
		return nil, true
	}
	key := excerpt{part, s}
	out, known := t.had[key]
	if !known && len(s) <= longest && t.tried < mostInAll && utf8.ValidString(s) {
		p := reader{t: t, had: map[excerpt]Phrase{}}
		out = p.parse(part, s).joined()
		t.had[key] = out
		t.tried += len(p.had)
	}
	if out == nil {
		return Phrase{{s, true}}, false
	}
	return out, true
}

// joined puts pieces of ours that follow each other together.
func (p Phrase) joined() Phrase {
	var out Phrase
	for _, x := range p {
		switch n := len(out); {
		case x.Text == "":
		case n > 0 && !x.Value && !out[n-1].Value:
			out[n-1].Text += x.Text
		default:
			out = append(out, x)
		}
	}
	return out
}

// reader takes one sentence apart. What a stretch of it was found to be is remembered, so that
// looking for where a list divides costs little.
type reader struct {
	t   *Trace
	had map[excerpt]Phrase // nil: it is not that
}

// excerpt is a stretch of a sentence, held to be a part.
type excerpt struct{ part, s string }

// How often parts are tried at most, in one sentence and in all: names can be made so that it
// takes long. A page of the sample tries some thousand.
const (
	mostTries = 5_000
	mostInAll = 300_000
)

func (p *reader) parse(part, s string) Phrase {
	if s == "" || len(p.had) > mostTries {
		return nil
	}
	key := excerpt{part, s}
	if had, known := p.had[key]; known {
		return had
	}
	p.had[key] = nil // a form that begins with itself ends here
	out := p.read(part, s)
	p.had[key] = out
	return out
}

func (p *reader) read(part, s string) Phrase {
	if l, ok := enumerations[part]; ok {
		return p.list(l, s)
	}
	if out := p.word(part, s); out != nil {
		return out
	}
	for _, f := range sentences[part] {
		if out := p.form(f, s); out != nil {
			return out
		}
	}
	return nil
}

// word reads a part that is one word, name or number.
func (p *reader) word(part, s string) Phrase {
	is, ours := false, false
	switch part {
	case "value":
		is = whole(s)
	case "plain name": // that cannot be a group with its names in brackets
		is = !strings.ContainsAny(s, "()") && !strings.HasPrefix(s, "one that belongs to ")
	case "known party":
		is = p.t.names[s]
	case "fact of an agreement":
		is = p.t.facts[s]
	case "expression":
		is = p.t.exprs[s]
	case "party", "place", "name of a reading":
		is = p.t.names[s]
	case "act", "known act", "means":
		name := strings.TrimPrefix(part, "known ") + "." + s
		if p.t.words.Known(name) {
			return p.say(name)
		}
		is = p.t.names[s]
	default:
		ours = looks[part] != nil && looks[part].MatchString(s)
	}
	if is || ours {
		return Phrase{{s, is}}
	}
	return nil
}

// whole says of a name that it was not cut in the middle of its brackets.
func whole(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// form holds a sentence to one form.
func (p *reader) form(f sentence, s string) Phrase {
	first, rest, more := strings.Cut(f.text, "{")
	s, ok := strings.CutPrefix(s, first)
	if !ok || !more && s != "" {
		return nil
	}
	if !more {
		return p.say(f.name)
	}
	parts := p.fit(rest, s)
	if parts != nil && f.name == "" {
		return parts[0]
	}
	if parts == nil {
		return nil
	}
	return p.say(f.name, parts...)
}

// fit divides what is left of a sentence among what is left of a form, which begins within a
// part. It is nil where they do not fit.
func (p *reader) fit(form, s string) []Phrase {
	part, form, _ := strings.Cut(form, "}")
	words, rest, more := strings.Cut(form, "{")
	if !more {
		inner, ok := strings.CutSuffix(s, words)
		if one := p.parse(part, inner); ok && one != nil {
			return []Phrase{one}
		}
		return nil
	}
	for at := 0; ; at++ {
		i := strings.Index(s[at:], words)
		if i < 0 {
			return nil
		}
		at += i
		one := p.parse(part, s[:at])
		if one == nil {
			continue
		}
		if others := p.fit(rest, s[at+len(words):]); others != nil {
			return append([]Phrase{one}, others...)
		}
	}
}

// list divides a list: items that the separator divides, and before the last one, where the
// list has such, another. A name that is known is not divided.
func (p *reader) list(l enumeration, s string) Phrase {
	if p.t.names[s] {
		if out := p.parse(l.item, s); out != nil {
			return out
		}
	}
	return p.row(l, s)
}

// pair reads one item, or two with the last separator between them.
func (p *reader) pair(l enumeration, s string) Phrase {
	for end := len(s); l.last != ""; {
		if end = strings.LastIndex(s[:end], l.last); end < 0 {
			break
		}
		if one, other := p.pair(l, s[:end]), p.parse(l.item, s[end+len(l.last):]); one != nil && other != nil {
			return p.say(l.lastName, one, other)
		}
	}
	return p.parse(l.item, s)
}

// row divides items that one separator divides. It goes from the end, so that each rest is
// looked at once.
func (p *reader) row(l enumeration, s string) Phrase {
	rest := map[int]Phrase{}
	for at := len(s); at >= 0; {
		if at = strings.LastIndex(s[:at], l.sep); at < 0 {
			break
		}
		begin := at + len(l.sep)
		rest[begin] = p.items(l, s, begin, rest)
	}
	return p.items(l, s, 0, rest)
}

// items reads what begins at a place in a list, given what may follow.
func (p *reader) items(l enumeration, s string, begin int, rest map[int]Phrase) Phrase {
	for end := begin; ; end++ {
		i := strings.Index(s[end:], l.sep)
		if i < 0 {
			return p.pair(l, s[begin:])
		}
		end += i
		if more := rest[end+len(l.sep)]; more != nil {
			if one := p.pair(l, s[begin:end]); one != nil {
				return p.say(l.sepName, one, more)
			}
		}
	}
}

// say puts parts into the words of a name.
func (p *reader) say(name string, parts ...Phrase) Phrase {
	args := make([]any, len(parts))
	for i := range parts {
		args[i] = string(rune(mark0 + i))
	}
	out, text := Phrase{}, p.t.words.must(name, args...)
	for {
		i := strings.IndexFunc(text, func(r rune) bool { return r >= mark0 && r < mark0+rune(len(parts)) })
		if i < 0 {
			return append(out, Piece{text, false})
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		out = append(append(out, Piece{text[:i], false}), parts[r-mark0]...)
		text = text[i+n:]
	}
}

// mark0 stands in a text for the first of its parts while it is put together: a character for
// private use, which no catalogue has.
const mark0 = 0xE000

// sentence is one form of a sentence of the engine.
type sentence struct{ text, name string }

// enumeration is a form of list: items with sep between them, and last before the last one.
type enumeration struct{ item, sep, sepName, last, lastName string }

// looks are parts that are neither words nor names, such as numbers, by what they look like.
var looks = map[string]*regexp.Regexp{
	"number":   regexp.MustCompile(`^-?[\d,.]+(e[+-]?\d+)?$`),
	"amount":   regexp.MustCompile(`^((<|>|<=|>=|==|!=|=) )?-?[\d.]+(e[+-]?\d+)?$`),
	"clock":    regexp.MustCompile(`^\d\d:\d\d(:\d\d)?$`),
	"day":      regexp.MustCompile(`^\d{4}-\d\d-\d\d$`),
	"operator": regexp.MustCompile(`^[<>=!]{1,2}$`),
}
