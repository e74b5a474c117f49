package terms

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"truce"
)

// FormatWidth is the line length, in characters, that formatting keeps to where it can.
const FormatWidth = 120

// topKeys and clauseKeys are the canonical orders; see docs/language.md. Keys that are not
// listed follow in the order of the file.
var (
	topKeys = strings.Fields(`truce agreement title form cite note zone signed in_force needs notice where
		precedence authority acts means facts parameters parties places moments clauses`)
	clauseKeys = strings.Fields(`id held_by cite text note forbid require keep excuse permit calm acts effort
		broken_by confirmed_by fresh by against upon of means within outside during count ledger from then
		when provided shown unless raised_as counts_as owner readings variants`)
	sections = strings.Fields("precedence authority acts means facts parameters parties places moments clauses")
)

// Format lays an agreement file out in its canonical way: keys in the order of the
// language reference, two spaces of indentation, one blank line between sections and
// between clauses, short lists on one line, long text folded at [FormatWidth], quotes
// only where YAML needs them, yes and no spelled so. Comments stay with what they stand
// at. Values are never changed, so the agreement keeps its version.
//
// Name is used in messages. A text that is not one YAML mapping, or that cannot be laid
// out without losing something, is returned as it was, with problems that say why.
// Whether the text is a good agreement is for [Parse] to say.
func Format(name string, text []byte) ([]byte, truce.Problems) {
	d := &decoder{file: name, at: map[string]pos{}}
	if d.root(text) == nil || !d.single(text) {
		return text, d.problems
	}
	out, next := text, formatOnce(text)
	for range 4 { // comments may settle only on a second pass
		if bytes.Equal(out, next) {
			break
		}
		out, next = next, formatOnce(next)
	}
	if !bytes.Equal(out, next) || !sameText(text, out) {
		d.badAt(pos{1, 1}, "format", "plain keys, and comments above, beside or below what they speak of",
			"the file cannot be laid out without losing something")
		return text, d.problems
	}
	return out, nil
}

// single complains of a second document, which nothing would read.
func (d *decoder) single(text []byte) bool {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	if err := dec.Decode(&first); err != nil {
		d.yamlError(err)
		return false
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		d.badAt(pos{max(second.Line, 1), max(second.Column, 1)}, "yaml", "one document", "a second document stands in the file")
		return false
	}
	return true
}

// formatOnce is one pass; it returns nil for what it cannot read.
func formatOnce(text []byte) []byte {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	root := doc.Content[0]
	p := &page{}
	p.comment(0, doc.HeadComment)
	if doc.HeadComment != "" {
		p.blank()
	}
	if len(root.Content) > 0 { // what heads the file stays at its head
		p.comment(0, root.Content[0].HeadComment)
		root.Content[0].HeadComment = ""
	}
	p.comment(0, join(root.HeadComment, root.LineComment))
	if !hasAlias(root) { // which must stay below what it refers to
		arrange(root, "agreement")
	}
	p.mapping(root, 0, "agreement")
	if foot := join(root.FootComment, doc.FootComment); foot != "" {
		p.blank()
		p.comment(0, foot)
	}
	return p.bytes()
}

func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAlias)
}

// page is the text being laid out, line by line. A line's comment is kept apart until the
// end, so that those of neighbouring lines can be aligned.
type page struct{ lines []line }

type line struct {
	indent        int
	text, comment string
}

func (p *page) put(indent int, text, comment string) {
	rest := ""
	if first, more, ok := strings.Cut(comment, "\n"); ok {
		comment, rest = first, more
	}
	p.lines = append(p.lines, line{indent, text, strings.TrimSpace(comment)})
	p.comment(indent, rest)
}

// comment puts lines of comment; blank ones between them are kept single.
func (p *page) comment(indent int, text string) {
	if text == "" {
		return
	}
	for c := range strings.SplitSeq(text, "\n") {
		if c = strings.TrimRight(strings.TrimLeft(c, " \t"), " \t\r"); c == "" {
			p.blank()
			continue
		}
		p.lines = append(p.lines, line{indent: indent, text: c})
	}
}

// head puts the comment above an entry; one that stands free keeps standing free.
func (p *page) head(indent int, text string) {
	if strings.HasSuffix(text, "\n") {
		p.blank()
	}
	p.comment(indent, text)
}

// blank puts an empty line, once.
func (p *page) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1].text != "" {
		p.lines = append(p.lines, line{})
	}
}

// bytes writes the page, with the comments of neighbouring lines below each other.
func (p *page) bytes() []byte {
	var b bytes.Buffer
	for len(p.lines) > 0 && p.lines[len(p.lines)-1].text == "" {
		p.lines = p.lines[:len(p.lines)-1]
	}
	for i, l := range p.lines {
		if l.text != "" {
			b.WriteString(strings.Repeat(" ", l.indent) + l.text)
		}
		if l.comment != "" {
			b.WriteString(strings.Repeat(" ", p.column(i)-l.width()) + l.comment)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (l line) width() int { return l.indent + utf8.RuneCountInString(l.text) }

// column is where the comment of line i stands: two spaces after the longest line with one
// among its neighbours of the same indentation.
func (p *page) column(i int) int {
	near := func(j int) bool {
		return j >= 0 && j < len(p.lines) && p.lines[j].text != "" && p.lines[j].indent == p.lines[i].indent
	}
	first, w := i, 0
	for near(first - 1) {
		first--
	}
	for j := first; near(j); j++ {
		if p.lines[j].comment != "" {
			w = max(w, p.lines[j].width())
		}
	}
	return w + 2
}

// arrange brings the keys of every mapping into their canonical order. What a value is for
// is told by where: "agreement", "section", "clauses", "clause", "readings" or "".
func arrange(n *yaml.Node, where string) {
	order := map[string][]string{"agreement": topKeys, "clause": clauseKeys}[where]
	var all [][2]*yaml.Node
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		arrange(n.Content[i+1], inside(where, n.Content[i].Value))
		all = append(all, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			arrange(c, inside(where, ""))
		}
	}
	if order == nil || n.Kind != yaml.MappingNode {
		return
	}
	rank := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b [2]*yaml.Node) int { return rank(a[0].Value) - rank(b[0].Value) })
	for i, e := range all {
		n.Content[2*i], n.Content[2*i+1] = e[0], e[1]
	}
}

// inside tells what the value of a key is for.
func inside(where, key string) string {
	switch {
	case where == "agreement" && key == "clauses":
		return "clauses"
	case where == "agreement" && slices.Contains(sections, key):
		return "section"
	case where == "clauses", where == "readings":
		return "clause"
	case where == "clause" && (key == "readings" || key == "variants"):
		return "readings"
	case slices.Contains([]string{"anyone", "effort", "adhering", "excuse", "shown", "means", "facts"}, key), where == "yes-no":
		return "yes-no"
	}
	return ""
}

// mapping puts the entries of a mapping in block style.
func (p *page) mapping(n *yaml.Node, indent int, where string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		section := where == "agreement" && slices.Contains(sections, key.Value)
		if section {
			p.blank()
		}
		p.entry(key, n.Content[i+1], indent, inside(where, key.Value))
		if section {
			p.blank()
		}
	}
}

func (p *page) entry(key, value *yaml.Node, indent int, where string) {
	p.head(indent, join(key.HeadComment, value.HeadComment))
	p.value(value, indent, scalar(key, false, "")+":", join(key.LineComment, value.LineComment), where)
	if foot := join(value.FootComment, key.FootComment); foot != "" {
		if indent == 0 && p.lines[len(p.lines)-1].indent > 0 {
			p.blank()
		}
		p.comment(indent, foot)
		p.blank()
	}
}

// value puts a value after its key or its dash.
func (p *page) value(n *yaml.Node, indent int, lead, comment, where string) {
	room := FormatWidth - indent - utf8.RuneCountInString(lead) - 1
	if text, ok := inline(n, room, where); ok {
		p.put(indent, strings.TrimRight(lead+" "+text, " "), comment)
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		p.put(indent, lead+anchor(n), comment)
		p.mapping(n, indent+2, where)
	case yaml.SequenceNode:
		p.put(indent, lead+anchor(n), comment)
		p.sequence(n, indent+2, where)
	default:
		head, body := block(n, FormatWidth-indent-2)
		p.put(indent, lead+anchor(n)+" "+head, comment)
		for _, l := range body {
			p.lines = append(p.lines, line{indent: indent + 2, text: l})
		}
	}
}

// sequence puts a list in block style, its items beside their dashes.
func (p *page) sequence(n *yaml.Node, indent int, where string) {
	for i, c := range n.Content {
		if where == "clauses" && i > 0 {
			p.blank()
		}
		p.head(indent, c.HeadComment)
		p.item(c, indent, inside(where, ""))
		if c.FootComment != "" {
			p.comment(indent, c.FootComment)
			p.blank()
		}
	}
}

func (p *page) item(c *yaml.Node, indent int, where string) {
	_, short := inline(c, FormatWidth-indent-2, where)
	if short && !(where == "clause" && len(c.Content) > 0) || c.Kind == yaml.ScalarNode || c.Anchor != "" || c.LineComment != "" {
		p.value(c, indent, "-", c.LineComment, where)
		return
	}
	first := len(p.lines)
	if c.Kind == yaml.MappingNode {
		p.mapping(c, indent+2, where)
	} else {
		p.sequence(c, indent+2, where)
	}
	if strings.HasPrefix(p.lines[first].text, "#") {
		p.lines = slices.Insert(p.lines, first, line{indent: indent, text: "-"})
		return
	}
	p.lines[first].indent = indent
	p.lines[first].text = "- " + p.lines[first].text
}

// inline returns a value on one line, if it may and can stand so.
func inline(n *yaml.Node, room int, where string) (string, bool) {
	var text string
	switch n.Kind {
	case yaml.AliasNode:
		return "*" + n.Value, true
	case yaml.ScalarNode:
		if folds(n, room) {
			return "", false
		}
		text = scalar(n, false, where)
		if strings.HasPrefix(text, `"`) && anchor(n) == "" && foldable(n) && n.Style&(yaml.FoldedStyle|yaml.LiteralStyle) != 0 {
			return "", false
		}
		return strings.TrimPrefix(anchor(n)+" ", " ") + text, true
	}
	if len(n.Content) > 0 && (where == "section" || where == "clauses" || !mayFlow(n)) {
		return "", false
	}
	text, ok := flow(n, where)
	return text, ok && utf8.RuneCountInString(text) <= room
}

// mayFlow says whether a list or mapping is to stand on one line if it fits: as it was
// written, and any list of words.
func mayFlow(n *yaml.Node) bool {
	if n.Style&yaml.FlowStyle != 0 {
		return true
	}
	return n.Kind == yaml.SequenceNode && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool {
		return c.Kind != yaml.ScalarNode || strings.ContainsAny(c.Value, " \n")
	})
}

// flow writes a value in flow style; false when a comment or a line break inside forbids it.
func flow(n *yaml.Node, where string) (string, bool) {
	switch n.Kind {
	case yaml.AliasNode:
		return "*" + n.Value, true
	case yaml.ScalarNode:
		s := scalar(n, true, where)
		return strings.TrimPrefix(anchor(n)+" ", " ") + s, s != "" && !strings.Contains(n.Value, "\n")
	}
	var parts []string
	for i, c := range n.Content {
		if c.HeadComment+c.LineComment+c.FootComment != "" {
			return "", false
		}
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			continue
		}
		text, ok := flow(c, inside(where, ""))
		if n.Kind == yaml.MappingNode {
			v := n.Content[i+1]
			value, fine := flow(v, inside(where, c.Value))
			text, ok = text+": "+value, ok && fine && v.HeadComment+v.LineComment+v.FootComment == "" && c.Kind == yaml.ScalarNode
		}
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	open, end := "{", "}"
	if n.Kind == yaml.SequenceNode {
		open, end = "[", "]"
	}
	return strings.TrimPrefix(anchor(n)+" ", " ") + open + strings.Join(parts, ", ") + end, true
}

// anchor writes a node's anchor and tag with a space before, if it has any.
func anchor(n *yaml.Node) string {
	s := ""
	if n.Anchor != "" {
		s += " &" + n.Anchor
	}
	if n.Style&yaml.TaggedStyle != 0 {
		s += " " + n.ShortTag()
	}
	return s
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// sameText says whether two texts hold the same values under the same keys and the same
// comments.
func sameText(a, b []byte) bool {
	var x, y yaml.Node
	if yaml.Unmarshal(a, &x) != nil || yaml.Unmarshal(b, &y) != nil {
		return false
	}
	cx, cy := map[string]int{}, map[string]int{}
	comments(&x, cx)
	comments(&y, cy)
	return maps.Equal(cx, cy) && sameNode(&x, &y)
}

func comments(n *yaml.Node, into map[string]int) {
	for _, text := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for c := range strings.SplitSeq(text, "\n") {
			if c = strings.TrimSpace(c); c != "" {
				into[c]++
			}
		}
	}
	for _, c := range n.Content {
		comments(c, into)
	}
}

func sameNode(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode, yaml.AliasNode:
		s, t := strings.TrimSpace(a.Value), strings.TrimSpace(b.Value)
		return s == t && a.ShortTag() == b.ShortTag() || word(s) == word(t) && word(s) != s
	case yaml.MappingNode:
		return sameEntries(a, b)
	}
	for i := range a.Content {
		if !sameNode(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// sameEntries compares mappings without regard to order; of a key that stands twice, the
// first with the first.
func sameEntries(a, b *yaml.Node) bool {
	byKey := func(n *yaml.Node) map[string][]*yaml.Node {
		m := map[string][]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			m[k.Value] = append(m[k.Value], k, n.Content[i+1])
		}
		return m
	}
	return maps.EqualFunc(byKey(a), byKey(b), func(x, y []*yaml.Node) bool { return slices.EqualFunc(x, y, sameNode) })
}
