package intake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
)

// ParseMapping reads a mapping file. The mapping is nil when a problem is fatal.
func ParseMapping(name string, text []byte) (*Mapping, truce.Problems) {
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		return nil, truce.Problems{{File: name, Code: "yaml", Msg: err.Error(), Want: "YAML"}}
	}
	p := &mapParser{file: name, m: &Mapping{}}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, truce.Problems{{File: name, Code: "yaml", Msg: "there is nothing here", Want: "a mapping file"}}
	}
	p.root(doc.Content[0])
	p.ps.Sort()
	if p.ps.Err() != nil {
		return nil, p.ps
	}
	return p.m, p.ps
}

// mapParser builds a mapping and gathers problems.
type mapParser struct {
	file string
	m    *Mapping
	ps   truce.Problems
}

func (p *mapParser) bad(n *yaml.Node, code, msg, want string) {
	p.ps = append(p.ps, truce.Problem{File: p.file, Line: n.Line, Column: n.Column, Code: code, Msg: msg, Want: want, Value: clip(n.Value, 80)})
}

// text returns the text of a scalar.
func (p *mapParser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.bad(n, "kind", "this is not a text", "a text")
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// texts returns a list of texts; one text is a list of one.
func (p *mapParser) texts(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{p.text(n)}
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		out = append(out, p.text(c))
	}
	return out
}

// entry is a key of a map with its value.
type entry struct {
	key   string
	k, at *yaml.Node
}

// entries returns the keys of a map in the order of the file; a key that stands twice is a problem.
func (p *mapParser) entries(n *yaml.Node) []entry {
	if n.Kind != yaml.MappingNode {
		p.bad(n, "kind", "this is not a map", "keys with values")
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		key := p.text(k)
		if seen[key] {
			p.bad(k, "duplicate-key", fmt.Sprintf("the key %q stands twice", clip(key, 60)), "each key once")
		}
		seen[key] = true
		out = append(out, entry{key, k, n.Content[i+1]})
	}
	return out
}

func (p *mapParser) unknown(e entry, known string) {
	want := known
	if near := nearest(e.key, strings.Split(known, ", ")); near != "" {
		want = fmt.Sprintf("perhaps %q; keys are %s", near, known)
	}
	p.bad(e.k, "unknown-key", fmt.Sprintf("no key %q is known here", clip(e.key, 60)), want)
}

const rootKeys = "mapping, title, cite, note, zone, sheet, separator, dates, actors, optional, sum, fields, cases"

func (p *mapParser) root(n *yaml.Node) {
	for _, e := range p.entries(n) {
		switch e.key {
		case "mapping":
			p.m.Name = p.text(e.at)
		case "title":
			p.m.Title = p.text(e.at)
		case "cite":
			p.m.Cite = strings.Join(p.texts(e.at), "; ")
		case "note":
			p.m.Note = p.text(e.at)
		case "optional":
			p.m.optional = p.texts(e.at)
		case "sum":
			p.sums(e.at)
		case "fields":
			p.m.fields = p.fields(e.at)
		case "cases":
			p.cases(e.at)
		default:
			p.reading(e)
		}
	}
	if p.m.Name == "" {
		p.bad(n, "missing-key", "the mapping has no name", "mapping: a name")
	}
	if !p.m.fills(colID) {
		p.bad(n, "missing-key", "nothing fills id", "fields: {id: ...}")
	}
}

// fills reports whether the mapping fills a column in every row.
func (m *Mapping) fills(c column) bool {
	return slices.ContainsFunc(m.fields, func(f field) bool { return f.to == c })
}

// reading reads the keys that say how the table is written.
func (p *mapParser) reading(e entry) {
	switch e.key {
	case "zone":
		z, f := (&clock{}).location(p.text(e.at))
		if f != nil {
			p.bad(e.at, f.code, f.msg, f.want)
		}
		p.m.zone = z
	case "sheet":
		p.m.sheet = p.text(e.at)
	case "separator":
		if s := p.text(e.at); len(s) == 1 && s != `"` && s != "\n" {
			p.m.sep = s[0]
		} else {
			p.bad(e.at, "separator", "this cannot separate fields", `one character, such as ";"`)
		}
	case "dates":
		p.m.dates = p.texts(e.at)
		for _, d := range p.m.dates {
			day := time.Date(2006, 1, 2, 0, 0, 0, 0, time.UTC)
			if t, err := time.Parse(d, day.Format(d)); err != nil || !t.Equal(day) {
				p.bad(e.at, "dates", fmt.Sprintf("%q does not write the second of January 2006", clip(d, 60)), `that day as the table writes it, such as "02.01.2006" or "2 January 2006"`)
			}
		}
	case "actors":
		switch p.text(e.at) {
		case "ids":
			p.m.ids = true
		case "names":
		default:
			p.bad(e.at, "bad-word", "no such kind of actor", "names or ids")
		}
	default:
		p.unknown(e, rootKeys)
	}
}

// fields reads what goes into our columns.
func (p *mapParser) fields(n *yaml.Node) []field {
	var out []field
	for _, e := range p.entries(n) {
		i := slices.Index(Columns(), e.key)
		if i < 0 {
			p.unknown(e, strings.Join(Columns(), ", "))
			continue
		}
		out = append(out, p.field(column(i), e.at))
	}
	return out
}

const fieldKeys = "column, split, map, otherwise, each, join, level"

// field reads a text with {columns} in it, or a map that begins with column.
func (p *mapParser) field(to column, n *yaml.Node) field {
	f := field{to: to, join: "|"}
	if n.Kind != yaml.MappingNode {
		f.text = p.template(n)
		return f
	}
	for _, e := range p.entries(n) {
		switch e.key {
		case "column":
			f.column = p.text(e.at)
		case "split":
			f.split = p.text(e.at)
		case "join":
			f.join = p.text(e.at)
		case "map":
			f.values = map[string]string{}
			for _, v := range p.entries(e.at) {
				f.values[v.key] = p.text(v.at)
			}
			f.known = slices.Sorted(maps.Keys(f.values))
		case "otherwise":
			t := p.template(e.at)
			f.orElse = &t
		case "each":
			t := p.template(e.at)
			f.each = &t
		case "level":
			p.level(&f, e)
		default:
			p.unknown(e, fieldKeys)
		}
	}
	if f.column == "" {
		p.bad(n, "missing-key", "no column is named", "column: a column of the table")
	}
	return f
}

func (p *mapParser) level(f *field, e entry) {
	l, err := strconv.Atoi(p.text(e.at))
	if err != nil || l < 0 || l > 4 || f.to != colArea {
		p.bad(e.at, "level", "this is no level of areas", "in area, 0 for a country and 1 to 4 for what is below it")
	}
	f.level, f.isArea = l, true
}

// template reads text with {column} in it.
func (p *mapParser) template(n *yaml.Node) template {
	var out template
	s := p.text(n)
	for s != "" {
		text, rest, open := strings.Cut(s, "{")
		if text != "" {
			out = append(out, piece{text: text})
		}
		if !open {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			p.bad(n, "template", "a brace is opened and never closed", "{column}")
			break
		}
		out = append(out, piece{column: strings.TrimSpace(name), isCol: true})
		s = after
	}
	return out
}

// cases reads groups of cases.
func (p *mapParser) cases(n *yaml.Node) {
	for _, e := range p.entries(n) {
		g := group{name: e.key}
		if e.at.Kind != yaml.SequenceNode {
			p.bad(e.at, "kind", "this is not a list", "a list of cases, each with when")
			continue
		}
		for _, c := range e.at.Content {
			g.cases = append(g.cases, p.mapCase(c))
		}
		p.m.groups = append(p.m.groups, g)
	}
}

func (p *mapParser) mapCase(n *yaml.Node) mapCase {
	var c mapCase
	rest := *n
	rest.Content = nil
	for _, e := range p.entries(n) {
		if e.key != "when" {
			rest.Content = append(rest.Content, e.k, e.at)
			continue
		}
		for _, w := range p.entries(e.at) {
			c.when = append(c.when, condition{column: w.key, values: p.texts(w.at)})
		}
	}
	if n.Kind == yaml.MappingNode {
		c.fields = p.fields(&rest)
		// What may make the case not apply comes first, so that nothing is left half filled.
		slices.SortStableFunc(c.fields, func(a, b field) int {
			return cmp.Compare(bit(b.isArea), bit(a.isArea))
		})
	}
	return c
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sums reads one sum or a list of them.
func (p *mapParser) sums(n *yaml.Node) {
	all := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		all = n.Content
	}
	for _, one := range all {
		s := sum{of: "number"}
		for _, e := range p.entries(one) {
			switch e.key {
			case "total":
				s.total = p.text(e.at)
			case "parts":
				s.parts = p.texts(e.at)
			case "of":
				s.of = p.text(e.at)
			default:
				p.unknown(e, "total, parts, of")
			}
		}
		if s.total == "" || len(s.parts) == 0 {
			p.bad(one, "missing-key", "the sum has no total or no parts", "total: column, parts: [columns]")
		}
		p.m.sums = append(p.m.sums, s)
	}
}
