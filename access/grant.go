package access

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	cedar "github.com/cedar-policy/cedar-go"

	"truce"
)

// Level is how much of a field is seen. The zero value is nothing.
type Level int8

// The levels.
const (
	Withheld Level = iota
	Coarse         // a place as it is published; a time once it is Delay old
	Whole
)

// String returns "withheld", "coarse" or "whole".
func (l Level) String() string {
	switch l {
	case Coarse:
		return "coarse"
	case Whole:
		return "whole"
	}
	return "withheld"
}

// Delay is how old a time must be before it is seen by those who see times late.
const Delay = 24 * time.Hour

// Coarsen makes one place as coarse as the mission publishes it: an area, or a wide disc,
// and no name of a spot. It returns nil for a place that is not to be seen at all.
type Coarsen func(json.RawMessage) (json.RawMessage, error)

// Grant says how much of each field of a kind of row a person sees, or, for an act that
// writes, which fields the person may fill. The zero value withholds everything.
type Grant struct {
	// Fields holds every declared field of the kind; what is not in it is withheld.
	Fields map[string]Level

	grades map[string]Grade
	nested map[string]Grant
	before time.Time // times seen late end by then
}

// Fields says which fields of a row of a kind under a label who sees in doing that, at now,
// or may fill, where the act writes. Where the act itself is not allowed nothing is.
func (p *Policy) Fields(who Person, do Action, kind string, l Label, now time.Time) Grant {
	if !p.May(who, do, kind, l, now).Allowed {
		return Grant{}
	}
	r := request{who: who, do: do, kind: kind, label: l, now: now}
	e, levels := p.entities(r, fieldType), map[Grade]Level{}
	for _, g := range Grades() {
		levels[g] = p.level(e, do, g)
	}
	return p.grant(kind, levels, now.Add(-Delay))
}

// grant lays the levels of the grades over the fields of a kind, and over those of kinds
// inside it. No kind holds itself (a test sees to it).
func (p *Policy) grant(kind string, levels map[Grade]Level, before time.Time) Grant {
	g := Grant{Fields: map[string]Level{}, grades: map[string]Grade{}, nested: map[string]Grant{}, before: before}
	for _, f := range p.kinds[kind] {
		g.Fields[f.Name], g.grades[f.Name] = levels[f.Grade], f.Grade
		if f.Of != "" {
			g.nested[f.Name] = p.grant(f.Of, levels, before)
		}
	}
	return g
}

// level asks the rules for one grade: whole, else coarse, else nothing.
func (p *Policy) level(e entities, do Action, g Grade) Level {
	q := cedar.Request{
		Principal: e.who.UID, Resource: e.row.UID,
		Context: cedar.NewRecord(cedar.RecordMap{"do": cedar.String(do), "grade": cedar.String(g)}),
	}
	q.Action = action(see)
	if p.fields.ask(q, e).Allowed {
		return Whole
	}
	q.Action = action(seeCoarse)
	if p.fields.ask(q, e).Allowed {
		return Coarse
	}
	return Withheld
}

// Whole reports whether every field of a grade is seen whole. Only then may rows be looked
// for by such fields: by Row.Box where places and times are whole, by Row.Text where words,
// sources, personal and internal fields are. Otherwise whoever asks often enough learns
// from which rows are found what is withheld in them.
func (g Grant) Whole(grade Grade) bool {
	for f, of := range g.grades {
		if of == grade && g.Fields[f] != Whole {
			return false
		}
	}
	for _, n := range g.nested {
		if !n.Whole(grade) {
			return false
		}
	}
	return g.Fields != nil
}

// Apply returns the JSON object with only what is granted: keys sorted, places made coarse
// by the callback (without one they are left out), times left out while they are too
// young, unknown keys gone. Equal bodies give equal bytes. The error is a [truce.Error] of
// kind Invalid, which holds nothing of the body, or what the callback returned; nothing is
// returned with it.
func (g Grant) Apply(body []byte, coarsen Coarsen) ([]byte, error) {
	fields, err := object(body)
	if err != nil {
		return nil, err
	}
	out, err := g.object(fields, coarsen)
	if err != nil {
		return nil, err
	}
	return write(out), nil
}

// Beyond lists the keys of a JSON object that are not granted whole, sorted: what a person
// tried to write without being allowed to. A key that is not declared is named by its
// number, since it may be anything.
func (g Grant) Beyond(body []byte) ([]string, error) {
	fields, err := object(body)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, f := range fields {
		nested, has := g.nested[f.key]
		switch {
		case g.grades[f.key] == "":
			out = append(out, "key "+strconv.Itoa(i+1))
		case g.Fields[f.key] != Whole:
			out = append(out, f.key)
		case has:
			inner, err := nested.beyondIn(f)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		}
	}
	slices.Sort(out)
	return out, nil
}

// beyondIn is Beyond for the rows that stand in a field.
func (g Grant) beyondIn(f member) ([]string, error) {
	var out []string
	rows, _ := items(f.value)
	for _, r := range rows {
		if r[0] != '{' {
			continue
		}
		inner, err := g.Beyond(r)
		if err != nil {
			return nil, err
		}
		for _, name := range inner {
			out = append(out, f.key+"."+name)
		}
	}
	return slices.Compact(out), nil
}

// member is a key of a JSON object with its value.
type member struct {
	key   string
	value json.RawMessage
}

func (g Grant) object(fields []member, coarsen Coarsen) ([]member, error) {
	out := []member{}
	for _, f := range fields {
		v, err := g.value(f, coarsen)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, member{f.key, v})
		}
	}
	slices.SortFunc(out, func(a, b member) int { return strings.Compare(a.key, b.key) })
	return out, nil
}

// value is what is seen of one field; nil for nothing.
func (g Grant) value(f member, coarsen Coarsen) (json.RawMessage, error) {
	nested, has := g.nested[f.key]
	switch level := g.Fields[f.key]; {
	case level == Withheld:
		return nil, nil
	case has:
		return each(f.value, func(v json.RawMessage) (json.RawMessage, error) { return nested.inner(v, coarsen) })
	case level == Whole:
		return f.value, nil
	case g.grades[f.key] == GradePlace && coarsen != nil:
		return each(f.value, func(v json.RawMessage) (json.RawMessage, error) { return published(v, coarsen) })
	case g.grades[f.key] == GradeTime && past(f.value, g.before, 0):
		return f.value, nil
	}
	return nil, nil
}

// inner is a row inside a row, or its identifier.
func (g Grant) inner(v json.RawMessage, coarsen Coarsen) (json.RawMessage, error) {
	switch v[0] {
	case '"':
		return v, nil
	case '{':
		return g.Apply(v, coarsen)
	}
	return nil, nil
}

// published is a place through the callback, checked to be JSON.
func published(v json.RawMessage, coarsen Coarsen) (json.RawMessage, error) {
	c, err := coarsen(bytes.Clone(v))
	if err != nil || c == nil {
		return nil, err
	}
	var b bytes.Buffer
	if json.Compact(&b, c) != nil {
		return nil, badBody("a coarse place is no JSON")
	}
	return b.Bytes(), nil
}

// each applies a function to a value, or to each item of a list, and leaves out what comes
// to nothing and what comes to the same as an item before: two spots in one district must
// not show that they are two.
func each(v json.RawMessage, f func(json.RawMessage) (json.RawMessage, error)) (json.RawMessage, error) {
	rows, list := items(v)
	var kept [][]byte
	seen := map[string]bool{}
	for _, r := range rows {
		c, err := f(r)
		if err != nil {
			return nil, err
		}
		if c != nil && !seen[string(c)] {
			seen[string(c)], kept = true, append(kept, c)
		}
	}
	switch {
	case len(kept) == 0:
		return nil, nil
	case !list:
		return kept[0], nil
	}
	return slices.Concat([]byte("["), bytes.Join(kept, []byte(",")), []byte("]")), nil
}

// items returns the items of a list, or the value alone.
func items(v json.RawMessage) (rows []json.RawMessage, list bool) {
	if v[0] != '[' {
		return []json.RawMessage{v}, false
	}
	if json.Unmarshal(v, &rows) != nil {
		return nil, true
	}
	return rows, true
}

// past reports whether every time in a value lies before t or at it. Anything that is not a
// time, true or false may be a time in other words, and is not past; nor is what lies
// deeper than any time of ours.
func past(v json.RawMessage, t time.Time, depth int) bool {
	if depth > deepest {
		return false
	}
	switch v[0] {
	case '{':
		fields, err := object(v)
		return err == nil && !slices.ContainsFunc(fields, func(f member) bool { return !past(f.value, t, depth+1) })
	case '[':
		rows, _ := items(v)
		return !slices.ContainsFunc(rows, func(r json.RawMessage) bool { return !past(r, t, depth+1) })
	case '"':
		var text string
		err := json.Unmarshal(v, &text)
		when, bad := time.Parse(time.RFC3339, text)
		return err == nil && bad == nil && !when.After(t)
	}
	return v[0] == 't' || v[0] == 'f'
}

// deepest is how deep the times of a row may lie: a list of objects holds them at two.
const deepest = 4

func badBody(msg string) error {
	return &truce.Error{Kind: truce.Invalid, At: "body", Msg: msg, Hint: "expected a JSON object, each key once"}
}

// object reads the members of a JSON object, compacted. A key that stands twice is refused:
// readers do not agree on which of them counts.
func object(body []byte) ([]member, error) {
	var b bytes.Buffer
	if json.Compact(&b, body) != nil || b.Len() == 0 || b.Bytes()[0] != '{' {
		return nil, badBody("this is no JSON object")
	}
	d := json.NewDecoder(&b)
	if _, err := d.Token(); err != nil {
		return nil, badBody("this is no JSON object")
	}
	var out []member
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, badBody("this is no JSON object")
		}
		m := member{key: key.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, badBody("this is no JSON object")
		}
		if seen[m.key] {
			return nil, badBody("a key stands twice")
		}
		seen[m.key] = true
		out = append(out, m)
	}
	return out, nil
}

// write puts members together. Declared names need no escapes.
func write(fields []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(f.key) + ":")
		b.Write(f.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
