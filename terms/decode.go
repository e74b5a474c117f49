package terms

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"truce"
)

// decoder reads YAML nodes into values and collects every problem with its line and
// column, so that a drafter sees all of them at once.
type decoder struct {
	file     string
	problems truce.Problems
	params   map[string]string
	zone     string
	load     func(name string) ([]byte, error)
	at       map[string]pos
}

func (d *decoder) bad(n *yaml.Node, code, want, format string, args ...any) {
	p := truce.Problem{File: d.file, Code: code, Msg: fmt.Sprintf(format, args...), Want: want}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	d.problems = append(d.problems, p)
}

func (d *decoder) badAt(p pos, code, want, format string, args ...any) {
	d.bad(&yaml.Node{Line: p.line, Column: p.col}, code, want, format, args...)
}

// field is one key of a mapping.
type field struct {
	key   string
	name  *yaml.Node
	value *yaml.Node
}

// fields returns the entries of a mapping, or nil after saying that it is none.
func (d *decoder) fields(n *yaml.Node, what string) []field {
	if n.Kind != yaml.MappingNode {
		d.bad(n, "kind", "a mapping (key: value lines)", "%s is %s", what, kindName(n))
		return nil
	}
	seen := map[string]*yaml.Node{}
	var out []field
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], follow(n.Content[i+1])
		if first := seen[k.Value]; first != nil {
			d.bad(k, "duplicate-key", "each key once", "%q stands twice, first on line %d", k.Value, first.Line)
			continue
		}
		seen[k.Value] = k
		out = append(out, field{k.Value, k, v})
	}
	return out
}

// each calls read[key] for every entry and complains of keys that are not there.
func (d *decoder) each(n *yaml.Node, what string, read map[string]func(*yaml.Node)) {
	for _, f := range d.fields(n, what) {
		if r := read[f.key]; r != nil {
			r(f.value)
			continue
		}
		d.bad(f.name, "unknown-key", "one of "+strings.Join(slices.Sorted(maps.Keys(read)), ", "), "%s has no key %q", what, f.key)
	}
}

// follow steps through aliases; a chain that does not end is left as it is.
func follow(n *yaml.Node) *yaml.Node {
	for i := 0; n.Kind == yaml.AliasNode && n.Alias != nil && i < 10; i++ {
		n = n.Alias
	}
	return n
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if n.Value == "" {
			return "empty"
		}
		return strconv.Quote(short(n.Value))
	}
	return "something else"
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}

// text reads a scalar, with parameters put in.
func (d *decoder) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode {
		d.bad(n, "kind", "a single value", "%s is %s", what, kindName(n))
		return ""
	}
	s := strings.TrimSpace(n.Value)
	if !strings.Contains(s, "$") {
		return s
	}
	out := strings.Builder{}
	for i := 0; i < len(s); i++ {
		if s[i] != '$' {
			out.WriteByte(s[i])
			continue
		}
		j := i + 1
		for j < len(s) && isName(s[j]) {
			j++
		}
		v, ok := d.params[s[i+1:j]]
		if !ok {
			d.bad(n, "parameter", "a name under parameters", "no parameter $%s", s[i+1:j])
		}
		out.WriteString(v)
		i = j - 1
	}
	return out.String()
}

func isName(c byte) bool {
	return c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// list reads a list of words, or one word.
func (d *decoder) list(n *yaml.Node, what string) []string {
	if n.Kind == yaml.ScalarNode {
		if s := d.text(n, what); s != "" {
			return []string{s}
		}
		d.bad(n, "empty", "a word or a list of words", "%s is empty", what)
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.bad(n, "kind", "a word or a list of words", "%s is %s", what, kindName(n))
		return nil
	}
	var out []string
	for _, c := range n.Content {
		if s := d.text(follow(c), what); s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		d.bad(n, "empty", "at least one entry", "%s is an empty list", what)
	}
	return out
}

func (d *decoder) number(n *yaml.Node, what string) float64 {
	s := d.text(n, what)
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != v || v > 1e15 || v < -1e15 {
		d.bad(n, "number", "a number", "%s is %q", what, short(s))
		return 0
	}
	return v
}

func (d *decoder) whole(n *yaml.Node, what string) int {
	v := d.number(n, what)
	if v != float64(int(v)) || v < 0 {
		d.bad(n, "number", "a whole number, not negative", "%s is %v", what, v)
		return 0
	}
	return int(v)
}

func (d *decoder) metres(n *yaml.Node, what string) float64 {
	v, err := parseMetres(d.text(n, what))
	if err != nil {
		d.bad(n, "distance", "a distance such as 3500 m or 2 km", "%s: %v", what, err)
	}
	return v
}

func (d *decoder) length(n *yaml.Node, what string) *Length {
	l, err := parseLength(d.text(n, what))
	if err != nil {
		d.bad(n, "length", "a length such as 48 hours, 2 days or 3 months", "%s: %v", what, err)
		return nil
	}
	return &l
}

// yes reads yes, no, true, false.
func (d *decoder) yes(n *yaml.Node, what string) bool {
	s := word(d.text(n, what))
	if s != "yes" && s != "no" {
		d.bad(n, "yes-no", "yes or no", "%s is %q", what, short(s))
	}
	return s == "yes"
}

// word brings the spellings of yes and no together.
func word(s string) string {
	switch strings.ToLower(s) {
	case "true", "yes":
		return "yes"
	case "false", "no":
		return "no"
	}
	return s
}

// identifier reads a name that other places refer to.
func (d *decoder) identifier(n *yaml.Node, what string) string {
	s := d.text(n, what)
	for i := 0; i < len(s); i++ {
		if !isName(s[i]) {
			d.bad(n, "identifier", "letters, digits, - _ .", "%s is %q", what, short(s))
			return ""
		}
	}
	if s == "" && n.Kind == yaml.ScalarNode {
		d.bad(n, "empty", "a name", "%s is empty", what)
	}
	return s
}

// oneOf reads one of a few words.
func (d *decoder) oneOf(n *yaml.Node, what string, words ...string) string {
	s := d.text(n, what)
	if !slices.Contains(words, s) {
		d.bad(n, "word", "one of "+strings.Join(words, ", "), "%s is %q", what, short(s))
		return ""
	}
	return s
}

// facts reads {name: word or list of words}.
func (d *decoder) facts(n *yaml.Node, what string) map[string][]string {
	out := map[string][]string{}
	for _, f := range d.fields(n, what) {
		for _, w := range d.list(f.value, what+" "+f.key) {
			out[f.key] = append(out[f.key], word(w))
		}
		slices.Sort(out[f.key])
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
