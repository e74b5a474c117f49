package terms

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"truce"
)

// LintText finds holes that only the letters of a file show, since the parsed agreement no
// longer has them: parameter-unused; no-start-hour, a day without an hour where hours
// decide; midnight-24, an hour 24:00. Findings are warnings. It returns nothing for a text
// that is not a YAML mapping.
func LintText(name string, text []byte) truce.Problems {
	d := &decoder{file: name, at: map[string]pos{}}
	root := d.root(text)
	if root == nil {
		return nil
	}
	s := &letters{linter: &linter{decoder: d}, declared: map[string]pos{}, used: map[string]bool{}}
	s.walk(root, nil)
	for _, p := range sortedKeys(s.declared) {
		if !s.used[p] {
			s.warnAt(s.declared[p], "parameter-unused", "a value written $"+p, "parameter %s is never used", p)
		}
	}
	return s.found()
}

// letters walks the nodes of a file.
type letters struct {
	*linter
	declared map[string]pos
	used     map[string]bool
}

var (
	reParam = regexp.MustCompile(`\$([A-Za-z0-9_.-]+)`)
	reDay   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}(T|\s+\d{2}:\d{2})?`)
	re24    = regexp.MustCompile(`\d{4}-\d{2}-\d{2}[T ]\s*24:00`)
)

// walk visits every value with the keys that lead to it.
func (s *letters) walk(n *yaml.Node, path []string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if len(path) == 1 && path[0] == "parameters" {
				s.declared[k.Value] = pos{k.Line, k.Column}
				continue
			}
			s.walk(n.Content[i+1], append(slices.Clone(path), k.Value))
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			s.walk(c, path)
		}
	case yaml.ScalarNode:
		for _, m := range reParam.FindAllStringSubmatch(n.Value, -1) {
			s.used[m[1]] = true
		}
		if timed(path) {
			s.time(n)
		}
	}
}

// timed says whether a value is a time whose hours decide. The bounds of a window that
// has hours of its own are not.
func timed(path []string) bool {
	if len(path) == 0 {
		return false
	}
	last := path[len(path)-1]
	switch path[0] {
	case "in_force":
		return last != "daily" && last != "at" && !inner(path[1:])
	case "moments":
		return last == "at"
	case "parties":
		return len(path) > 2 && path[2] == "adhering" && last != "as"
	case "clauses":
		i := slices.IndexFunc(path, func(k string) bool { return k == "during" || k == "from" || k == "before" })
		return i >= 0 && last != "daily" && last != "at" && !inner(path[i+1:])
	}
	return false
}

func inner(path []string) bool { return slices.Contains(path, "during") }

func (s *letters) time(n *yaml.Node) {
	for _, m := range reDay.FindAllStringSubmatchIndex(n.Value, -1) {
		if m[2] < 0 {
			s.warnAt(inText(n, m[0]), "no-start-hour", "the hour too, such as "+n.Value[m[0]:m[1]]+" 00:00",
				"%s has no hour; it is read as the first instant of the day", n.Value[m[0]:m[1]])
		}
	}
	for _, m := range re24.FindAllStringIndex(n.Value, -1) {
		s.warnAt(inText(n, m[0]), "midnight-24", "00:00 of the day that is meant",
			"%s is the midnight at the end of that day, which readers take for the one before", n.Value[m[0]:m[1]])
	}
}

// inText is the place of a byte of a value that stands on one line.
func inText(n *yaml.Node, at int) pos {
	p := pos{n.Line, n.Column}
	if n.Style&(yaml.FoldedStyle|yaml.LiteralStyle) != 0 || strings.Contains(n.Value, "\n") {
		return p
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		p.col++
	}
	p.col += utf8.RuneCountInString(n.Value[:at])
	return p
}
