package terms

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// scalar writes a single value on one line: plain where YAML reads that back as the same
// value, else in double quotes.
func scalar(n *yaml.Node, flow bool, where string) string {
	if n.Kind != yaml.ScalarNode {
		return "?" // a key that is a list or a mapping: sameText refuses the result
	}
	s := strings.TrimSpace(n.Value)
	if w := word(s); where == "yes-no" && n.Style&^yaml.TaggedStyle == 0 && w != s {
		return w
	}
	if plain(s, n.ShortTag(), flow) || s == "" && n.ShortTag() == "!!null" {
		return s
	}
	return quoted(s)
}

// plain asks the YAML reader itself whether a value may stand without quotes.
func plain(s, tag string, flow bool) bool {
	if s == "" || strings.ContainsAny(s, "\n\r\t\u0085\u2028\u2029\ufeff") || !plainStart(s) {
		return false
	}
	if tag == "!!str" && harmless(s) {
		return true
	}
	text := "k: " + s + "\n"
	if flow {
		text = "[{k: " + s + "}, " + s + "]\n"
	}
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) != 1 {
		return false
	}
	n := doc.Content[0]
	if flow {
		return len(n.Content) == 2 && reads(n.Content[1], s, tag) && len(n.Content[0].Content) == 2 && reads(n.Content[0].Content[1], s, tag)
	}
	return len(n.Content) == 2 && reads(n.Content[1], s, tag) && plainKey(s)
}

// harmless knows ordinary words without asking: a letter, then nothing that YAML gives a
// meaning to, and too long or too many to be a number, yes, no or nothing.
func harmless(s string) bool {
	for i := 0; i < len(s); i++ {
		letter := s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z'
		if !letter && (i == 0 || !(s[i] >= '0' && s[i] <= '9') && !strings.ContainsRune(" _./;()'-", rune(s[i]))) {
			return false
		}
	}
	return len(s) > 5 || strings.Contains(s, " ")
}

// plainStart refuses what is an indicator at the start of a line, where a value of a list
// or a key may come to stand.
func plainStart(s string) bool {
	return !strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "...") && !strings.ContainsAny(s[:1], "%@`&*!|>'\"#{}[],?")
}

// plainKey refuses what would be read otherwise in front of a colon.
func plainKey(s string) bool { return !strings.HasPrefix(s, "- ") && s != "-" }

func reads(n *yaml.Node, s, tag string) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == s && n.ShortTag() == tag &&
		n.HeadComment+n.LineComment+n.FootComment+n.Anchor == ""
}

// quoted writes a value in double quotes.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// folds says whether a text is too long for its line, or has lines of its own, and can be
// laid out over several.
func folds(n *yaml.Node, room int) bool {
	s := strings.TrimSpace(n.Value)
	if !foldable(n) {
		return false
	}
	return strings.Contains(s, "\n") || utf8.RuneCountInString(s) > room && strings.Contains(s, " ")
}

// foldable says whether a text survives a block scalar: printable, no line that starts or
// ends with a space, no two spaces where a line could be broken.
func foldable(n *yaml.Node) bool {
	s := strings.TrimSpace(n.Value)
	if s == "" || n.ShortTag() != "!!str" || strings.Contains(s, "  ") || strings.Contains(s, " \n") || strings.Contains(s, "\n ") {
		return false
	}
	for _, r := range s {
		if r < ' ' && r != '\n' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return false
		}
	}
	return true
}

// block lays a text out as a block scalar: literal where it has short lines of its own,
// else folded.
func block(n *yaml.Node, width int) (head string, body []string) {
	paragraphs := strings.Split(strings.TrimSpace(n.Value), "\n")
	literal := len(paragraphs) > 1 && n.Style&yaml.FoldedStyle == 0
	for _, p := range paragraphs {
		literal = literal && utf8.RuneCountInString(p) <= width
	}
	if literal {
		return "|-", paragraphs
	}
	for i, p := range paragraphs {
		if i > 0 {
			body = append(body, "")
		}
		body = append(body, wrap(p, width)...)
	}
	return ">-", body
}

// wrap breaks a text at its spaces.
func wrap(s string, width int) []string {
	var out []string
	now := ""
	for _, w := range strings.Split(s, " ") {
		switch {
		case now == "":
			now = w
		case utf8.RuneCountInString(now)+1+utf8.RuneCountInString(w) > width:
			out, now = append(out, now), w
		default:
			now += " " + w
		}
	}
	if now != "" {
		out = append(out, now)
	}
	return out
}
