package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
)

// Mapping says how the columns of a foreign table fill the columns of our own layout.
// docs/record.md describes the file that it is read from.
type Mapping struct {
	// Name identifies the mapping; Title, Cite and Note are for people.
	Name, Title, Cite, Note string

	zone     *time.Location
	sheet    string
	sep      byte
	dates    []string
	ids      bool
	optional []string
	fields   []field
	groups   []group
	sums     []sum
}

// field says what goes into one of our columns.
type field struct {
	to     column
	text   template          // what to fill in, where column is empty
	column string            // whose value to take
	split  string            // separates the items of the value
	values map[string]string // what an item becomes
	orElse *template         // what an item becomes that values does not hold
	each   *template         // how an item is written
	join   string            // separates the items in our column
	isArea bool              // the items are names of areas, to be looked up
	level  int
	known  []string // keys of values, sorted, for messages
}

// group is a list of cases, of which the first that applies fills its columns.
type group struct {
	name  string
	cases []mapCase
}

// mapCase applies when every column named in when has one of the values.
type mapCase struct {
	when   []condition
	fields []field
}

// condition holds when the column has one of the values; "" is blank and "*" anything else.
type condition struct {
	column string
	values []string
}

// sum says that the numbers in parts must add up to the one in total.
type sum struct {
	total string
	parts []string
	of    string // the fact that the numbers are about
}

// template is text with {column} in it; {} is the item at hand.
type template []piece

type piece struct {
	text   string
	column string
	isCol  bool
}

func (m *Mapping) sheetName() string {
	if m == nil {
		return ""
	}
	return m.sheet
}

func (m *Mapping) separator() byte {
	if m == nil {
		return 0
	}
	return m.sep
}

// mapper fills our columns by a mapping for one file.
type mapper struct {
	*Mapping
	at   map[string]int // where the columns stand
	area func(string, int) (string, bool)
}

// mapped binds a header by the mapping; every column the mapping speaks of must be there.
func (f *file) mapped(names []string) (fill layout, msg, hint string) {
	m := &mapper{Mapping: f.o.Mapping, at: map[string]int{}, area: f.o.Area}
	for i, n := range names {
		m.at[n] = i
	}
	var missing []string
	for _, need := range m.columns() {
		if _, ok := m.at[need]; !ok && !slices.Contains(m.optional, need) {
			missing = append(missing, need)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Sprintf("columns that the mapping %s needs are missing: %s", m.Name, strings.Join(missing, ", ")),
			"is this the right mapping? Columns that may be missing stand under its key optional"
	}
	return m.fill, "", ""
}

// columns returns every foreign column that the mapping speaks of, sorted.
func (m *Mapping) columns() []string {
	var all []string
	take := func(fs []field) {
		for _, f := range fs {
			all = append(all, f.column)
			for _, t := range []*template{&f.text, f.orElse, f.each} {
				all = append(all, t.columns()...)
			}
		}
	}
	take(m.fields)
	for _, g := range m.groups {
		for _, c := range g.cases {
			take(c.fields)
			for _, w := range c.when {
				all = append(all, w.column)
			}
		}
	}
	for _, s := range m.sums {
		all = append(append(all, s.total), s.parts...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(c string) bool { return c == "" })
}

func (t *template) columns() []string {
	if t == nil {
		return nil
	}
	var out []string
	for _, p := range *t {
		out = append(out, p.column)
	}
	return out
}

// get returns the value in a column, "" where there is none.
func (m *mapper) get(cells []string, column string) string {
	i, ok := m.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// fill is the layout of a mapped file.
func (m *mapper) fill(cells []string, out *row) *fault {
	for i := range m.fields {
		if _, f := m.set(cells, &m.fields[i], out); f != nil {
			return f
		}
	}
	for i := range m.groups {
		if f := m.choose(cells, &m.groups[i], out); f != nil {
			return f
		}
	}
	return nil
}

// choose fills the columns of the first case that applies. A case whose area nobody knows
// does not apply.
func (m *mapper) choose(cells []string, g *group, out *row) *fault {
	for i := range g.cases {
		c := &g.cases[i]
		if !m.applies(cells, c) {
			continue
		}
		found, f := true, (*fault)(nil)
		for j := 0; j < len(c.fields) && found && f == nil; j++ {
			found, f = m.set(cells, &c.fields[j], out)
		}
		if found {
			return f
		}
	}
	return m.unforeseen(cells, g)
}

// unforeseen is the fault of a row that no case of a group is made for. It names the
// first column whose value none of them has.
func (m *mapper) unforeseen(cells []string, g *group) *fault {
	f := &fault{code: "no-case", want: "a row that one of its cases is made for", msg: fmt.Sprintf("no case of %q in the mapping applies", g.name)}
	values := map[string][]string{}
	var columns []string
	for _, c := range g.cases {
		for _, w := range c.when {
			if values[w.column] == nil {
				columns = append(columns, w.column)
			}
			values[w.column] = append(values[w.column], w.values...)
		}
	}
	for _, c := range columns {
		if value := m.get(cells, c); !(condition{c, values[c]}).holds(value) {
			slices.Sort(values[c])
			f.field, f.value, f.want = c, value, "one of "+quoted(slices.Compact(values[c]))
			break
		}
	}
	return f
}

// quoted lists words in quotes, so that a blank one can be seen.
func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return clip(strings.Join(out, ", "), 400)
}

func (m *mapper) applies(cells []string, c *mapCase) bool {
	for _, w := range c.when {
		if !w.holds(m.get(cells, w.column)) {
			return false
		}
	}
	return true
}

func (w condition) holds(value string) bool {
	return slices.Contains(w.values, value) || value != "" && slices.Contains(w.values, "*")
}

// set fills one column; found is false when a name of an area is not known.
func (m *mapper) set(cells []string, f *field, out *row) (found bool, bad *fault) {
	c := cell{}
	if f.column == "" {
		c.text = m.write(cells, f.text, "")
		if i := slices.IndexFunc(f.text, func(p piece) bool { return p.column != "" }); i >= 0 {
			c.field = f.text[i].column
		}
	} else {
		c.field = f.column
		if c.text, found, bad = m.items(cells, f); bad != nil || !found {
			return bad != nil, bad
		}
	}
	c.value = m.get(cells, c.field)
	c.text = strings.TrimSpace(c.text)
	if f.to == colTitle { // a blank part leaves no sign behind that stood between
		c.text = strings.Trim(c.text, " :;,–-")
	}
	out[f.to] = c
	return true, nil
}

// write fills in a template. One whose columns are all blank is blank.
func (m *mapper) write(cells []string, t template, item string) string {
	var b strings.Builder
	some, asked := false, false
	for _, p := range t {
		text := p.text
		if p.isCol {
			asked = true
			if text = item; p.column != "" {
				text = m.get(cells, p.column)
			}
			some = some || text != ""
		}
		b.WriteString(text)
	}
	if asked && !some {
		return ""
	}
	return b.String()
}

// items turns the items of a value into what our column holds.
func (m *mapper) items(cells []string, f *field) (text string, found bool, bad *fault) {
	value := m.get(cells, f.column)
	all := []string{value}
	if f.split != "" && value != "" {
		all = list(value, f.split)
	}
	out := make([]string, 0, len(all))
	for _, item := range all {
		written, bad := m.item(cells, f, item)
		if bad != nil {
			bad.value = value
			return "", false, bad
		}
		if f.isArea {
			code, ok := m.areaOf(written, f.level)
			if !ok {
				return "", false, nil
			}
			written = code
		}
		if written != "" {
			out = append(out, written)
		}
	}
	return strings.Join(out, f.join), true, nil
}

func (m *mapper) areaOf(name string, level int) (string, bool) {
	if name == "" || m.area == nil {
		return "", false
	}
	return m.area(name, level)
}

// item is what one item becomes. A blank one stays blank unless values says otherwise.
func (m *mapper) item(cells []string, f *field, item string) (string, *fault) {
	if f.values != nil {
		to, ok := f.values[item]
		switch {
		case ok:
			item = to
		case item == "":
		case f.orElse != nil:
			item = m.write(cells, *f.orElse, item)
		default:
			return "", &fault{field: f.column, code: "unmapped-value", msg: fmt.Sprintf("the mapping has nothing for %q", clip(item, 80)),
				want: "one of " + quoted(f.known)}
		}
	}
	if f.each != nil {
		return m.write(cells, *f.each, item), nil
	}
	return item, nil
}

// check looks for totals that their parts do not add up to. It marks the fact as one on
// which the source contradicts itself; it adds nothing.
func (f *file) check(r *truce.Report, rec record) {
	if f.o.Mapping == nil || len(f.o.Mapping.sums) == 0 {
		return
	}
	for _, s := range f.o.Mapping.sums {
		total, parts, ok := s.numbers(func(c string) string {
			if i := slices.Index(f.columns, c); i >= 0 {
				return strings.TrimSpace(rec.cells[i])
			}
			return ""
		})
		if !ok {
			continue
		}
		gap, fits := CheckSum(total, parts)
		if fits {
			continue
		}
		for i := range r.Elements {
			if e := &r.Elements[i]; !slices.Contains(e.Conflict, s.of) {
				e.Conflict = append(e.Conflict, s.of)
			}
		}
		if f.o.Warn != nil {
			f.o.Warn(truce.Problem{File: f.name, Line: rec.line, Field: s.total, Code: "sum", Warning: true,
				Msg: fmt.Sprintf("the total %v does not fit its parts, which add to %v", total.Low, total.Low-gap.Low), Want: "parts that add up: " + strings.Join(s.parts, " + ")})
		}
	}
}

// numbers reads a total and its parts; not ok when one of them is not stated.
func (s sum) numbers(get func(string) string) (total truce.Range, parts []truce.Range, ok bool) {
	all := make([]truce.Range, 0, len(s.parts)+1)
	for _, c := range append([]string{s.total}, s.parts...) {
		x, ok := number(get(c))
		if !ok {
			return total, nil, false
		}
		all = append(all, truce.Range{Low: x, High: x})
	}
	return all[0], all[1:], true
}
