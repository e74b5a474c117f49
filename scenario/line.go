package scenario

import (
	"fmt"
	"slices"
	"strings"

	"truce"
)

// line is one expectation, split into words.
type line struct {
	at    string
	label string
	words []string
	pairs []pair
	table string
}

// pair is "key=value" behind the words of a line.
type pair struct{ key, value string }

// parseLines reads a part of expectations. first is the line number of its first line.
func parseLines(name string, first int, text string) ([]line, error) {
	var out []line
	for i, raw := range strings.Split(text, "\n") {
		l := line{at: fmt.Sprintf("%s:%d", name, first+i)}
		words, ok := split(raw)
		if !ok {
			return nil, l.bad("a quotation mark is not closed", `"like this"`)
		}
		if len(words) == 0 {
			continue
		}
		for _, w := range words {
			key, value, isPair := strings.Cut(w, "=")
			switch {
			case !isPair:
				l.words = append(l.words, w)
			case key == "table":
				l.table = value
			default:
				l.pairs = append(l.pairs, pair{key, value})
			}
		}
		if len(l.words) < 3 {
			return nil, l.bad("the line is too short", "CASE ELEMENT AGREEMENT/CLAUSE OUTCOME CODE, or a word for something else")
		}
		l.label, l.words = l.words[0], l.words[1:]
		out = append(out, l)
	}
	return out, nil
}

func (l line) bad(msg, hint string) error {
	return &truce.Error{Kind: truce.Invalid, At: l.at, Msg: msg, Hint: hint}
}

// split cuts a line at spaces outside quotation marks; "#" starts a comment.
func split(raw string) (words []string, ok bool) {
	var b strings.Builder
	quoted, any := false, false
	flush := func() {
		if any {
			words = append(words, b.String())
		}
		b.Reset()
		any = false
	}
	for _, r := range raw {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case quoted:
			b.WriteRune(r)
		case r == '#':
			flush()
			return words, true
		case r == ' ' || r == '\t' || r == '\r':
			flush()
		default:
			b.WriteRune(r)
			any = true
		}
	}
	flush()
	return words, !quoted
}

// value returns what a key was given, and whether it was.
func (l line) value(key string) (string, bool) {
	i := slices.IndexFunc(l.pairs, func(p pair) bool { return p.key == key })
	if i < 0 {
		return "", false
	}
	return l.pairs[i].value, true
}

// outcomes are the short words of the files.
var outcomes = [...]struct {
	short string
	is    truce.Outcome
}{{"V", truce.Violation}, {"NV", truce.NoViolation}, {"UD", truce.Undetermined}}

func short(o truce.Outcome) string {
	for _, x := range outcomes {
		if x.is == o {
			return x.short
		}
	}
	return string(o)
}
