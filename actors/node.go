package actors

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
)

// reader reads values from YAML nodes and gathers every problem it meets.
type reader struct {
	file  string
	zone  *time.Location
	found truce.Problems
}

// load parses text into the root node of its single document, or nil.
func (d *reader) load(text []byte) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		p := truce.Problem{File: d.file, Line: 1, Column: 1, Code: "yaml", Msg: err.Error(), Want: "one YAML document"}
		if at := new(yaml.LoadError); errors.As(err, &at) && at.Mark.Line > 0 {
			p.Line, p.Column, p.Msg = at.Mark.Line, at.Mark.Column, at.Message
		}
		d.found = append(d.found, p)
		return nil
	}
	return doc.Content[0]
}

// bad records a problem at n.
func (d *reader) bad(n *yaml.Node, code, msg, want string) {
	d.found = append(d.found, truce.Problem{File: d.file, Line: n.Line, Column: n.Column, Code: code, Msg: msg, Want: want, Value: n.Value})
}

// fields returns the values of a mapping by key; keys not in allowed and repeated ones are
// problems. A node that is no mapping gives nil.
func (d *reader) fields(n *yaml.Node, what, allowed string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		d.bad(n, "not-a-map", what+" is "+kindOf(n), "a map with the keys "+allowed)
		return nil
	}
	keys := strings.Fields(allowed)
	out := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(keys, k.Value) || k.Kind != yaml.ScalarNode:
			d.bad(k, "unknown-key", fmt.Sprintf("unknown key %q in %s", k.Value, what), "one of "+strings.Join(keys, ", "))
		case out[k.Value] != nil:
			d.bad(k, "duplicate-key", fmt.Sprintf("%q is given twice in %s", k.Value, what), "each key once")
		default:
			out[k.Value] = v
		}
	}
	return out
}

// need reports the keys among wanted that a mapping lacks.
func (d *reader) need(n *yaml.Node, f map[string]*yaml.Node, what, wanted string) {
	for k := range strings.FieldsSeq(wanted) {
		if f != nil && f[k] == nil {
			d.bad(n, "missing-key", what+" has no "+k, "the key "+k)
		}
	}
}

// items returns the elements of a list; nil stands for an empty one.
func (d *reader) items(n *yaml.Node, what string) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.bad(n, "not-a-list", what+" is "+kindOf(n), "a list")
		return nil
	}
	return n.Content
}

// text returns a scalar as it is written; nil stands for "".
func (d *reader) text(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null" {
		d.bad(n, "not-text", what+" is "+kindOf(n), "a few words")
		return ""
	}
	return n.Value
}

// word returns a scalar that must be one of the allowed words.
func (d *reader) word(n *yaml.Node, what, allowed string) string {
	s := d.text(n, what)
	if s != "" && !slices.Contains(strings.Fields(allowed), s) {
		d.bad(n, "unknown-word", fmt.Sprintf("unknown %s %q", what, s), "one of "+strings.Join(strings.Fields(allowed), ", "))
	}
	return s
}

// slug returns an identifier: letters, digits, "-", "_" and ".", as in the language.
func (d *reader) slug(n *yaml.Node, what string) string {
	s := d.text(n, what)
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		d.bad(n, "bad-identifier", fmt.Sprintf("%s %q", what, s), "letters, digits, '-', '_' and '.'")
	}
	return s
}

// slugs returns one identifier or a list of them.
func (d *reader) slugs(n *yaml.Node, what string) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{d.slug(n, what)}
	}
	var out []string
	for _, c := range d.items(n, what) {
		s := d.slug(c, what)
		if slices.Contains(out, s) {
			d.bad(c, "duplicate", fmt.Sprintf("%s %q is given twice", what, s), "each once")
		}
		out = append(out, s)
	}
	return out
}

// yes reads "yes" or "no"; nil stands for no.
func (d *reader) yes(n *yaml.Node, what string) bool {
	if n == nil {
		return false
	}
	return d.word(n, what, "yes no") == "yes"
}

// time reads a time; nil stands for the zero time.
func (d *reader) time(n *yaml.Node, what string) time.Time {
	s := d.text(n, what)
	if s == "" {
		return time.Time{}
	}
	t, ok := parseTime(s, d.zone)
	if !ok {
		d.bad(n, "bad-time", fmt.Sprintf("%s %q", what, s), "a time such as 2016-02-26, 2016-02-26 12:00 or 2016-02-26T10:00Z")
	}
	return t
}

// span reads the keys from and to of a mapping.
func (d *reader) span(f map[string]*yaml.Node, from, to string) (time.Time, time.Time) {
	a, b := d.time(f[from], from), d.time(f[to], to)
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		d.bad(f[to], "empty-span", fmt.Sprintf("%s is not after %s", to, from), "a later time; "+to+" itself is not included")
	}
	return a, b
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.Value == "" || n.Tag == "!!null" {
		return "empty"
	}
	return "a single value"
}
