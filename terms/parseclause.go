package terms

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (d *decoder) clauses(n *yaml.Node) []*Clause {
	if n.Kind != yaml.SequenceNode {
		d.bad(n, "kind", "a list of clauses, each starting with - id:", "clauses is %s", kindName(n))
		return nil
	}
	var out []*Clause
	seen := map[string]bool{}
	for _, c := range n.Content {
		clause := d.clause(follow(c), true)
		if clause == nil {
			continue
		}
		if seen[clause.ID] {
			d.bad(c, "duplicate-id", "an id of its own for each clause", "clause %s stands twice", clause.ID)
			continue
		}
		seen[clause.ID] = true
		out = append(out, clause)
	}
	if len(out) == 0 {
		d.bad(n, "empty", "at least one clause", "the agreement has no clauses")
	}
	return out
}

var kinds = []string{"forbid", "require", "keep", "excuse", "permit", "calm"}

// clause reads one clause. Readings and variants are read by putting their keys in the
// place of the clause's own and reading the whole again.
func (d *decoder) clause(n *yaml.Node, top bool) *Clause {
	c := &Clause{reading: pos{n.Line, n.Column}}
	id := "?"
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "id" {
			id = n.Content[i+1].Value
		}
	}
	what := func(key string) string { return "clause " + id + " " + key }
	var kindsSeen []string
	kind := func(k Kind, read func(*yaml.Node)) func(*yaml.Node) {
		return func(v *yaml.Node) {
			d.mark(what(string(k)), v)
			c.Kind, kindsSeen = k, append(kindsSeen, string(k))
			read(v)
		}
	}
	read := map[string]func(*yaml.Node){
		"id":           func(v *yaml.Node) { c.ID = d.identifier(v, "clause id"); d.mark("clause "+id, v) },
		"cite":         func(v *yaml.Node) { c.Cite = d.text(v, what("cite")) },
		"text":         func(v *yaml.Node) { c.Text = d.text(v, what("text")) },
		"note":         func(v *yaml.Node) { c.Note = d.text(v, what("note")) },
		"forbid":       kind(Forbid, func(v *yaml.Node) { c.Acts = d.list(v, what("forbid")) }),
		"require":      kind(Require, func(v *yaml.Node) { c.Acts = d.list(v, what("require")) }),
		"keep":         kind(Keep, func(v *yaml.Node) { c.State = d.text(v, what("keep")) }),
		"permit":       kind(Permit, func(v *yaml.Node) { c.Acts = d.list(v, what("permit")) }),
		"excuse":       kind(Excuse, func(v *yaml.Node) { c.Excuse = d.excuse(v, what("excuse")) }),
		"calm":         kind(Calm, func(v *yaml.Node) { c.Calm = d.calm(v, what("calm"), c.Calm) }),
		"by":           func(v *yaml.Node) { d.mark(what("by"), v); c.By = d.list(v, what("by")) },
		"against":      func(v *yaml.Node) { d.mark(what("against"), v); c.Against = d.list(v, what("against")) },
		"means":        func(v *yaml.Node) { d.mark(what("means"), v); c.Means = d.means(v, what("means")) },
		"within":       func(v *yaml.Node) { c.Within = d.place(v, what("within")) },
		"outside":      func(v *yaml.Node) { c.Outside = d.place(v, what("outside")) },
		"during":       func(v *yaml.Node) { c.During = d.time(v, what("during")) },
		"count":        func(v *yaml.Node) { d.count(v, c, what("count")) },
		"when":         func(v *yaml.Node) { d.mark(what("when"), v); c.When = d.text(v, what("when")) },
		"provided":     func(v *yaml.Node) { d.mark(what("provided"), v); c.Provided = d.provided(v, what("provided")) },
		"unless":       func(v *yaml.Node) { d.mark(what("unless"), v); c.Unless = d.list(v, what("unless")) },
		"owner":        func(v *yaml.Node) { c.Owner = d.text(v, what("owner")) },
		"raised_as":    func(v *yaml.Node) { c.RaisedAs = d.text(v, what("raised_as")) },
		"counts_as":    func(v *yaml.Node) { c.CountsAs = d.oneOf(v, what("counts_as"), "exception", "consent", "notified") },
		"of":           func(v *yaml.Node) { d.mark(what("of"), v); c.Of = d.list(v, what("of")) },
		"upon":         func(v *yaml.Node) { d.mark(what("upon"), v); c.Upon = d.list(v, what("upon")) },
		"shown":        func(v *yaml.Node) { d.mark(what("shown"), v); c.Shown = d.facts(v, what("shown")) },
		"effort":       func(v *yaml.Node) { c.Effort = d.yes(v, what("effort")) },
		"ledger":       func(v *yaml.Node) { c.Ledger = d.oneOf(v, what("ledger"), "complete", "partial") == "complete" },
		"acts":         func(v *yaml.Node) { d.mark(what("acts"), v); d.excuseActs(v, c, id) },
		"broken_by":    func(v *yaml.Node) { d.mark(what("broken_by"), v); c.Acts = d.list(v, what("broken_by")) },
		"confirmed_by": func(v *yaml.Node) { c.ConfirmedBy = d.list(v, what("confirmed_by")) },
		"fresh":        func(v *yaml.Node) { c.Fresh = d.length(v, what("fresh")) },
		"from":         func(v *yaml.Node) { d.calmFrom(v, c, what("from")) },
		"then":         func(v *yaml.Node) { d.calmThen(v, c, what("then")) },
		"readings":     func(*yaml.Node) {},
		"variants":     func(*yaml.Node) {},
	}
	d.each(n, "clause "+id, read)
	switch {
	case c.ID == "" && n.Kind == yaml.MappingNode:
		d.bad(n, "missing-key", "id:", "a clause has no id")
	case len(kindsSeen) == 0 && n.Kind == yaml.MappingNode:
		d.bad(n, "clause-kind", "one of "+strings.Join(kinds, ", "), "clause %s has no kind", id)
	case len(kindsSeen) > 1:
		d.bad(n, "clause-kind", "exactly one of "+strings.Join(kinds, ", "), "clause %s is %s at once", id, strings.Join(kindsSeen, " and "))
	}
	if len(kindsSeen) != 1 || c.ID == "" {
		return nil
	}
	if top {
		c.Readings = d.patches(n, "readings", id)
		c.Variants = d.patches(n, "variants", id)
		c.Readings = append(c.Readings, ends(c)...)
	}
	return c
}

// patches reads the clause once more for each entry of readings or variants.
func (d *decoder) patches(n *yaml.Node, key, id string) []Variant {
	var node *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			node = follow(n.Content[i+1])
		}
	}
	if node == nil {
		return nil
	}
	var out []Variant
	for _, f := range d.fields(node, "clause "+id+" "+key) {
		if f.value.Kind != yaml.MappingNode {
			d.bad(f.value, "kind", "the keys that this reading replaces", "%s %s of clause %s is %s", key, f.key, id, kindName(f.value))
			continue
		}
		v := Variant{Name: f.key}
		patch := map[string]*yaml.Node{}
		var names []*yaml.Node
		for _, g := range d.fields(f.value, key+" "+f.key) {
			switch g.key {
			case "held_by":
				v.HeldBy = strings.Join(d.list(g.value, "held_by"), ", ")
			case "id", "readings", "variants":
				d.bad(g.name, "unknown-key", "keys of a clause but id, readings, variants", "%s %s has %q", key, f.key, g.key)
			default:
				patch[g.key], names = g.value, append(names, g.name)
			}
		}
		if v.Clause = d.clause(merged(n, names, patch), false); v.Clause != nil {
			out = append(out, v)
		}
	}
	if len(out) == 1 && key == "readings" {
		d.bad(node, "reading", "at least two readings", "clause %s has a single reading", id)
	}
	return out
}

// merged is the clause with the patch's keys in the place of its own. A patch that brings
// a kind of its own drops the clause's.
func merged(n *yaml.Node, names []*yaml.Node, patch map[string]*yaml.Node) *yaml.Node {
	newKind := slices.ContainsFunc(kinds, func(k string) bool { return patch[k] != nil })
	m := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i].Value
		if patch[k] == nil && !(newKind && slices.Contains(kinds, k)) && k != "readings" && k != "variants" {
			m.Content = append(m.Content, n.Content[i], n.Content[i+1])
		}
	}
	for _, k := range names {
		m.Content = append(m.Content, k, patch[k.Value])
	}
	return m
}

// ends turns a window whose length and end disagree into two readings.
func ends(c *Clause) []Variant {
	x := c.During
	if len(c.Readings) > 0 || x == nil || x.From == nil || x.To == nil || x.For == nil {
		return nil
	}
	byEnd, byLength := *c, *c
	byEnd.During = &Time{From: x.From, To: x.To}
	byLength.During = &Time{From: x.From, For: x.For}
	return []Variant{{Name: "by its end", Clause: &byEnd}, {Name: "by its length", Clause: &byLength}}
}

func (d *decoder) excuse(n *yaml.Node, what string) map[string][]string {
	if n.Kind == yaml.ScalarNode && word(n.Value) == "yes" {
		return map[string][]string{}
	}
	return d.facts(n, what)
}

// excuseActs reads the acts that an excuse is limited to.
func (d *decoder) excuseActs(n *yaml.Node, c *Clause, id string) {
	acts := d.list(n, "clause "+id+" acts")
	if c.Acts != nil {
		d.bad(n, "key-kind", "an excuse", "clause %s: acts belongs to an excuse", id)
		return
	}
	c.Acts = acts
}

var numUnits = map[string]float64{"": 1, "mm": 1, "m": 1, "cm": 10, "km": 1000}

var reNum = regexp.MustCompile(`^(<=|>=|<|>|==?)\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*([a-z]*)$`)

// num reads ">= 100 mm". Calibres are in millimetres, other lengths in metres.
func (d *decoder) num(n *yaml.Node, name, what string) (NumTest, bool) {
	s := d.text(n, what)
	m := reNum.FindStringSubmatch(s)
	if m == nil {
		d.bad(n, "comparison", `a comparison such as ">= 100 mm"`, "%s is %q", what, short(s))
		return NumTest{}, false
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(m[2], ",", ""), 64)
	unit, known := numUnits[m[3]]
	if err != nil || !known {
		d.bad(n, "unit", "mm, cm, m, km or no unit", "%s: %q", what, short(s))
		return NumTest{}, false
	}
	if name == "calibre" && m[3] == "m" {
		unit = 1000
	}
	op := m[1]
	if op == "=" {
		op = "=="
	}
	return NumTest{name, op, v * unit}, true
}

func (d *decoder) means(n *yaml.Node, what string) []MeansTest {
	var out []MeansTest
	if n.Kind != yaml.MappingNode {
		for _, c := range items(n) {
			if c.Kind == yaml.MappingNode {
				out = append(out, d.means(c, what)...)
				continue
			}
			out = append(out, MeansTest{Kind: d.text(c, what)})
		}
		return out
	}
	for _, f := range d.fields(n, what) {
		t := MeansTest{Kind: f.key}
		if f.value.Kind == yaml.MappingNode {
			for _, g := range d.fields(f.value, what+" "+f.key) {
				if num, ok := d.num(g.value, g.key, what+" "+g.key); ok {
					t.Num = append(t.Num, num)
				}
			}
		} else if word(f.value.Value) != "yes" {
			d.bad(f.value, "kind", `{calibre: ">= 100 mm"}, or yes`, "%s %s is %s", what, f.key, kindName(f.value))
		}
		out = append(out, t)
	}
	return out
}

func items(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, c := range n.Content {
		out = append(out, follow(c))
	}
	return out
}

// count reads a comparison, or for require the number owed.
func (d *decoder) count(n *yaml.Node, c *Clause, what string) {
	if s := d.text(n, what); s != "" && s[0] >= '0' && s[0] <= '9' {
		c.Amount = d.number(n, what)
		return
	}
	if t, ok := d.num(n, "number", what); ok {
		c.Count = &t
	}
}

func (d *decoder) provided(n *yaml.Node, what string) *Provided {
	p := &Provided{}
	d.each(n, what, map[string]func(*yaml.Node){
		"accepted": func(v *yaml.Node) { p.Accepted = d.list(v, what+" accepted") },
		"before":   func(v *yaml.Node) { p.Before = d.instant(v, what+" before") },
	})
	if p.Accepted == nil {
		d.bad(n, "missing-key", "accepted: [parties]", "%s says nobody", what)
	}
	return p
}

func (d *decoder) calm(n *yaml.Node, what string, had *CalmRule) *CalmRule {
	r := &CalmRule{}
	if had != nil { // from: or then: stood before calm:
		*r = *had
	}
	d.each(n, what, map[string]func(*yaml.Node){
		"days":      func(v *yaml.Node) { r.Length.Days = d.whole(v, what+" days") },
		"hours":     func(v *yaml.Node) { r.Length.Minutes = 60 * d.whole(v, what+" hours") },
		"judged_by": func(v *yaml.Node) { r.JudgedBy = d.list(v, what+" judged_by") },
		"reset_by": func(v *yaml.Node) {
			r.ResetByViolation = d.oneOf(v, what+" reset_by", "violation", "judgment") == "violation"
		},
		"of":   func(v *yaml.Node) { r.Of = d.list(v, what+" of") },
		"from": func(v *yaml.Node) { r.From = d.instant(v, what+" from") },
		"then": func(v *yaml.Node) { r.Then = d.text(v, what+" then") },
	})
	if r.Length == (Length{}) {
		d.bad(n, "missing-key", "days: or hours:", "%s has no length", what)
	}
	if len(r.JudgedBy) == 0 && !r.ResetByViolation {
		d.bad(n, "missing-key", "judged_by: [parties] or reset_by: violation", "%s has nobody and nothing to judge it", what)
	}
	return r
}

func (d *decoder) calmFrom(n *yaml.Node, c *Clause, what string) {
	if c.Calm == nil {
		c.Calm = &CalmRule{}
	}
	c.Calm.From = d.instant(n, what)
}

func (d *decoder) calmThen(n *yaml.Node, c *Clause, what string) {
	if c.Calm == nil {
		c.Calm = &CalmRule{}
	}
	c.Calm.Then = d.text(n, what)
}
