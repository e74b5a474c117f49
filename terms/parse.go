package terms

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"truce"
)

// MaxBytes is the size beyond which an agreement file is refused.
const MaxBytes = 4 << 20

// Parse reads an agreement. Name is used in messages; load reads a file that the text
// names (a line, a polygon), relative to the agreement, and may be nil when there is
// none. The agreement is nil when a problem is not a warning.
func Parse(name string, text []byte, load func(string) ([]byte, error)) (*Agreement, truce.Problems) {
	d := &decoder{file: name, load: load, at: map[string]pos{}}
	root := d.root(text)
	if root == nil {
		return nil, d.problems
	}
	a := d.agreement(root)
	a.file, a.at = name, d.at
	if d.problems.Err() == nil {
		d.problems = append(d.problems, a.check()...)
	}
	d.problems.Sort()
	d.problems = slices.Compact(d.problems)
	if d.problems.Err() != nil {
		return nil, d.problems
	}
	return a, d.problems
}

// root reads the YAML text and returns its top mapping.
func (d *decoder) root(text []byte) *yaml.Node {
	switch {
	case len(text) > MaxBytes:
		d.badAt(pos{1, 1}, "too-large", fmt.Sprintf("at most %d bytes", MaxBytes), "the file has %d bytes", len(text))
		return nil
	case !utf8.Valid(text):
		d.badAt(badRune(text, nil), "utf-8", "UTF-8 text", "the file is not UTF-8")
		return nil
	case bytes.ContainsFunc(text, control):
		d.badAt(badRune(text, control), "yaml", "text, without control characters", "a control character stands here")
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		d.yamlError(err)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		d.badAt(pos{1, 1}, "kind", "a mapping that starts with truce: 1", "the file is not an agreement")
		return nil
	}
	if !d.single(text) {
		return nil
	}
	budget := maxNodes
	if n := tooDeep(doc.Content[0], 0, &budget); n != nil {
		d.bad(n, "depth", fmt.Sprintf("at most 40 levels and %d values, no alias inside itself", maxNodes), "the file nests too deep or repeats itself too often")
		return nil
	}
	return doc.Content[0]
}

// maxNodes is how many values a file may come to once its aliases are followed.
const maxNodes = 100_000

// tooDeep finds a node below the level any agreement needs, or past the number of values;
// so it also stops aliases that contain themselves or multiply.
func tooDeep(n *yaml.Node, level int, budget *int) *yaml.Node {
	if n = follow(n); level > 40 || *budget <= 0 {
		return n
	}
	*budget--
	for _, c := range n.Content {
		if deep := tooDeep(c, level+1, budget); deep != nil {
			return deep
		}
	}
	return nil
}

// control tells the characters that YAML does not take.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }

// badRune finds the first byte that is not UTF-8 or the first character that is bad.
func badRune(text []byte, bad func(rune) bool) pos {
	p := pos{1, 1}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 || bad != nil && bad(r) {
			break
		}
		if p.col++; r == '\n' {
			p = pos{p.line + 1, 1}
		}
		text = text[n:]
	}
	return p
}

var reYAMLPos = regexp.MustCompile(`line (\d+)(?:, column (\d+))?`)

// yamlError turns the library's message into a problem with a place.
func (d *decoder) yamlError(err error) {
	p := pos{1, 1}
	if m := reYAMLPos.FindStringSubmatch(err.Error()); m != nil {
		p.line, _ = strconv.Atoi(m[1])
		if m[2] != "" {
			p.col, _ = strconv.Atoi(m[2])
		}
	}
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	d.badAt(p, "yaml", "well-formed YAML", "%s", msg)
}

var forms = []string{"agreement", "statement", "unilateral", "proposal"}

func (d *decoder) agreement(root *yaml.Node) *Agreement {
	a := &Agreement{Parties: map[string]Party{}, Places: map[string]Named{}, Moments: map[string]Moment{}}
	for i := 0; i+1 < len(root.Content); i += 2 { // parameters and zone are used by the rest
		value := follow(root.Content[i+1])
		switch root.Content[i].Value {
		case "parameters":
			d.params = d.parameters(value)
		case "zone":
			d.zone = value.Value
		}
	}
	seen := map[string]bool{}
	key := func(name string, read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) { seen[name] = true; read(n) }
	}
	d.each(root, "the agreement", map[string]func(*yaml.Node){
		"truce":      key("truce", func(n *yaml.Node) { a.Language = d.whole(n, "truce") }),
		"agreement":  key("agreement", func(n *yaml.Node) { a.ID = d.identifier(n, "agreement") }),
		"title":      key("title", func(n *yaml.Node) { a.Title = d.text(n, "title") }),
		"form":       key("form", func(n *yaml.Node) { d.mark("form", n); a.Form = d.oneOf(n, "form", forms...) }),
		"cite":       func(n *yaml.Node) { a.Cite = d.list(n, "cite") },
		"note":       func(n *yaml.Node) { a.Note = d.text(n, "note") },
		"zone":       key("zone", func(n *yaml.Node) { a.Zone = d.zoneName(n) }),
		"signed":     func(n *yaml.Node) { a.Signed = d.instant(n, "signed") },
		"in_force":   key("in_force", func(n *yaml.Node) { a.InForce = d.time(n, "in_force") }),
		"needs":      func(n *yaml.Node) { d.mark("needs", n); a.Needs = d.list(n, "needs") },
		"notice":     func(n *yaml.Node) { a.Notice = d.length(n, "notice") },
		"where":      func(n *yaml.Node) { a.Where = d.place(n, "where") },
		"precedence": func(n *yaml.Node) { a.Precedence = d.precedence(n) },
		"authority":  func(n *yaml.Node) { d.mark("authority", n); a.Authority = d.authority(n) },
		"acts":       func(n *yaml.Node) { d.mark("acts", n); a.Acts = d.words(n, "acts") },
		"means":      func(n *yaml.Node) { d.mark("means", n); a.Means = d.words(n, "means") },
		"facts":      func(n *yaml.Node) { a.Facts = d.declared(n) },
		"parameters": func(n *yaml.Node) { a.Parameters = d.params },
		"parties":    key("parties", func(n *yaml.Node) { d.parties(n, a.Parties) }),
		"places":     func(n *yaml.Node) { d.places(n, a.Places) },
		"moments":    func(n *yaml.Node) { d.moments(n, a.Moments) },
		"clauses":    key("clauses", func(n *yaml.Node) { a.Clauses = d.clauses(n) }),
	})
	for _, k := range []string{"truce", "agreement", "title", "form", "zone", "in_force", "parties", "clauses"} {
		if !seen[k] {
			d.bad(root, "missing-key", k+":", "the agreement has no %q", k)
		}
	}
	if seen["truce"] && a.Language != 1 {
		d.bad(root, "language", "truce: 1", "this program reads version 1 of the language")
	}
	return a
}

func (d *decoder) zoneName(n *yaml.Node) string {
	s := d.text(n, "zone")
	if _, err := loadZone(s); err != nil {
		d.bad(n, "zone", "an IANA time zone such as Asia/Damascus", "zone is %q", short(s))
	}
	return s
}

func (d *decoder) parameters(n *yaml.Node) map[string]string {
	out := map[string]string{}
	for _, f := range d.fields(n, "parameters") {
		if f.value.Kind != yaml.ScalarNode {
			d.bad(f.value, "kind", "a number or a length", "parameter %s is %s", f.key, kindName(f.value))
			continue
		}
		out[f.key] = strings.TrimSpace(f.value.Value)
	}
	return out
}

func (d *decoder) precedence(n *yaml.Node) []Precedence {
	if n.Kind != yaml.SequenceNode {
		d.bad(n, "kind", "a list of {over: agreement, subject: words}", "precedence is %s", kindName(n))
		return nil
	}
	var out []Precedence
	for _, c := range n.Content {
		var p Precedence
		d.each(follow(c), "precedence", map[string]func(*yaml.Node){
			"over":    func(v *yaml.Node) { p.Over = d.identifier(v, "over") },
			"subject": func(v *yaml.Node) { p.Subject = d.text(v, "subject") },
		})
		out = append(out, p)
	}
	return out
}

var authorities = []string{"interprets", "determines", "standard", "resets", "extends", "excludes", "ends", "monitors"}

func (d *decoder) authority(n *yaml.Node) map[string]string {
	out := map[string]string{}
	for _, f := range d.fields(n, "authority") {
		if !slices.Contains(authorities, f.key) {
			d.bad(f.name, "unknown-key", "one of "+strings.Join(authorities, ", "), "authority has no key %q", f.key)
			continue
		}
		out[f.key] = strings.Join(d.list(f.value, f.key), "; ")
	}
	return out
}

func (d *decoder) words(n *yaml.Node, what string) map[string][]string {
	out := map[string][]string{}
	for _, f := range d.fields(n, what) {
		out[f.key] = d.list(f.value, what+" "+f.key)
	}
	return out
}

// declared reads the declarations of facts: [words], yes/no, or number.
func (d *decoder) declared(n *yaml.Node) map[string]Fact {
	out := map[string]Fact{}
	for _, f := range d.fields(n, "facts") {
		if !reRef.MatchString(f.key) {
			d.bad(f.name, "identifier", "letters, digits, - _", "fact %q", f.key)
			continue
		}
		d.mark("facts/"+f.key, f.name)
		if f.value.Kind == yaml.ScalarNode {
			switch s := d.text(f.value, f.key); s {
			case "number":
				out[f.key] = Fact{Number: true}
				continue
			case "yes/no":
				out[f.key] = Fact{Words: []string{"no", "yes"}}
				continue
			}
		}
		var ws []string
		for _, w := range d.list(f.value, "fact "+f.key) {
			ws = append(ws, word(w))
		}
		slices.Sort(ws)
		if ws = slices.Compact(ws); len(ws) < 2 {
			d.bad(f.value, "fact", "yes/no, number, or a list of at least two words", "fact %s can have only one value", f.key)
		}
		out[f.key] = Fact{Words: ws}
	}
	return out
}

var linkKinds = []string{"part-of", "allied", "supports"}

func (d *decoder) parties(n *yaml.Node, out map[string]Party) {
	for _, f := range d.fields(n, "parties") {
		if f.key == "anyone" || f.key == "nobody" {
			if f.value.Kind == yaml.MappingNode && len(f.value.Content) == 2 {
				continue // the examples declare anyone: {anyone: yes}
			}
			d.bad(f.name, "reserved", "another name", "party %q exists already", f.key)
			continue
		}
		d.mark("parties/"+f.key, f.name)
		out[f.key] = d.party(f.value, f.key)
	}
}

func (d *decoder) party(n *yaml.Node, name string) Party {
	p := Party{}
	what := "party " + name
	d.each(n, what, map[string]func(*yaml.Node){
		"actors":   func(v *yaml.Node) { p.Actors = d.list(v, what+" actors") },
		"with":     func(v *yaml.Node) { p.With = d.links(v, what) },
		"adhering": func(v *yaml.Node) { d.adhering(v, &p, what) },
		"listed":   func(v *yaml.Node) { p.Listed = d.list(v, what+" listed") },
		"kind":     func(v *yaml.Node) { p.Kind = d.list(v, what+" kind") },
		"anyone":   func(v *yaml.Node) { p.Anyone = d.yes(v, what+" anyone") },
		"parties":  func(v *yaml.Node) { p.Parties = d.list(v, what+" parties") },
		"except":   func(v *yaml.Node) { p.Except = d.list(v, what+" except") },
		"note":     func(v *yaml.Node) { d.text(v, what+" note") },
	})
	if p.Adhering && p.As == "" {
		p.As = name
	}
	if len(p.With) > 0 && len(p.Actors) == 0 && len(p.Listed) == 0 && !p.Adhering {
		d.bad(n, "party", "actors: to which others are linked", "%s has with: and nobody to be linked to", what)
	}
	return p
}

func (d *decoder) links(n *yaml.Node, what string) []string {
	var out []string
	for _, w := range d.list(n, what+" with") {
		switch {
		case w == "associated":
			out = append(out, linkKinds...)
		case slices.Contains(linkKinds, w):
			out = append(out, w)
		default:
			d.bad(n, "word", "associated, "+strings.Join(linkKinds, ", "), "%s with %q", what, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (d *decoder) adhering(n *yaml.Node, p *Party, what string) {
	p.Adhering = true
	if n.Kind == yaml.MappingNode {
		d.each(n, what+" adhering", map[string]func(*yaml.Node){
			"from": func(v *yaml.Node) { p.From = d.instant(v, what+" adhering from") },
			"as":   func(v *yaml.Node) { p.As = d.identifier(v, what+" adhering as") },
			"to":   func(v *yaml.Node) { p.To = d.identifier(v, what+" adhering to") },
		})
		return
	}
	switch s := d.text(n, what+" adhering"); word(s) {
	case "yes":
	case "no":
		p.Adhering = false
	default:
		p.From = d.instantText(n, strings.TrimSpace(strings.TrimPrefix(s, "from ")), what+" adhering")
	}
}

func (d *decoder) moments(n *yaml.Node, out map[string]Moment) {
	for _, f := range d.fields(n, "moments") {
		m := Moment{}
		d.mark("moments/"+f.key, f.name)
		if f.key == "signed" || f.key == "in_force" || !reRef.MatchString(f.key) {
			d.bad(f.name, "reserved", "another name of letters, digits, - _", "moment %q", f.key)
		}
		d.each(f.value, "moment "+f.key, map[string]func(*yaml.Node){
			"declared_by": func(v *yaml.Node) { m.DeclaredBy = strings.Join(d.list(v, "declared_by"), ", ") },
			"at":          func(v *yaml.Node) { m.At = d.instant(v, "moment "+f.key) },
			"note":        func(v *yaml.Node) { d.text(v, "note") },
		})
		out[f.key] = m
	}
}

// file reads a file named beside the agreement.
func (d *decoder) fileText(n *yaml.Node, what string) string {
	name := d.text(n, what)
	if name == "" {
		return ""
	}
	if d.load == nil {
		d.bad(n, "file", "the agreement's folder", "%s: %q cannot be read here", what, short(name))
		return ""
	}
	text, err := d.load(name)
	if err != nil {
		d.bad(n, "file", "a GeoJSON file beside the agreement", "%s: %v", what, errors.Unwrap(fmt.Errorf("%w", err)))
		return ""
	}
	return string(text)
}
