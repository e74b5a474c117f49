package scenario_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"truce"
	"truce/actors"
	"truce/geo"
	"truce/terms"
)

// lens is a way of writing the same case down otherwise.
type lens struct {
	actor map[string]string // other names
	party map[string]string
	shift time.Duration
}

func (l lens) who(id string) string {
	if s, ok := l.actor[id]; ok {
		return s
	}
	return id
}

func (l lens) group(party string) string {
	if s, ok := l.party[party]; ok {
		return s
	}
	return party
}

func (l lens) all(ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, l.who(id))
	}
	return out
}

// at writes the instant some hours after the start.
func (l lens) at(hours int) string { return l.time(hours).Format("2006-01-02T15:04:05Z") }

func (l lens) time(hours int) time.Time {
	return time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC).Add(l.shift + time.Duration(hours)*time.Hour)
}

// mirror swaps the two sides.
func mirror() lens {
	return lens{actor: map[string]string{"a1": "b1", "a2": "b2", "a3": "b3", "b1": "a1", "b2": "a2", "b3": "a3"},
		party: map[string]string{"one": "two", "two": "one"}}
}

// register writes who is who: a1 and b1 lead a side each, a2 and b2 surely support it, a3
// and b3 by a claim; n joins, e is excluded from some hour on, m may be any of several.
func (l lens) register() string {
	w := l.who
	return fmt.Sprintf(`register: 1
zone: UTC
lists: {council: the list}
actors:
  - {id: %[1]s, kind: state-forces, names: [one %[1]s]}
  - {id: %[2]s, kind: unknown, names: [one %[2]s], links: [{supports: %[1]s, standing: established, source: x}]}
  - {id: %[3]s, kind: unknown, names: [one %[3]s], links: [{supports: %[1]s, standing: claimed, source: x}]}
  - {id: %[4]s, kind: state-forces, names: [one %[4]s]}
  - {id: %[5]s, kind: unknown, names: [one %[5]s], links: [{supports: %[4]s, standing: established, source: x}]}
  - {id: %[6]s, kind: unknown, names: [one %[6]s], links: [{supports: %[4]s, standing: claimed, source: x}]}
  - {id: %[7]s, kind: unknown, names: [one %[7]s]}
  - {id: %[8]s, kind: unknown, names: [one %[8]s], listed: [{list: council, from: %[11]q, source: x}]}
  - {id: %[9]s, kind: umbrella, open: yes, members: [%[7]s, %[8]s], names: [one %[9]s]}
adherence:
  - {agreement: drawn, actor: %[7]s, as: group, status: accepted, at: %[10]q, by: its word, standing: established}
  - {agreement: drawn, actor: %[8]s, as: group, status: accepted, at: %[10]q, by: its word, standing: established}
`, w("a1"), w("a2"), w("a3"), w("b1"), w("b2"), w("b3"), w("n"), w("e"), w("m"), l.at(10), l.at(40))
}

func ids() []string { return []string{"a1", "a2", "a3", "b1", "b2", "b3", "n", "e", "m"} }

// clause is a drawn duty, by key.
type clause map[string]string

func (c clause) text(l lens, id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: %s\n", id)
	for _, k := range slices.Sorted(maps.Keys(c)) {
		v := c[k]
		switch k {
		case "by", "against":
			v = l.group(v)
		case "within":
			if name, ok := strings.CutPrefix(v, "{control: "); ok {
				v = "{control: " + l.group(strings.TrimSuffix(name, "}")) + "}"
			}
		case "during":
			var from, to int
			fmt.Sscan(v, &from, &to)
			v = l.at(from) + " .. " + l.at(to)
		}
		fmt.Fprintf(&b, "    %s: %s\n", k, v)
	}
	return b.String()
}

func (l lens) agreement(c clause) string {
	w := l.who
	return fmt.Sprintf(`truce: 1
agreement: drawn
title: Drawn
form: agreement
zone: UTC
in_force: %s ..
facts:
  incoming: yes/no
  response: [immediate, delayed]
  notified: yes/no
parties:
  one: {actors: [%s], with: associated}
  two: {actors: [%s], with: associated}
  group: {adhering: yes, except: [excluded]}
  excluded: {listed: council}
  all: {parties: [one, two, group]}
places:
  west: {disc: [10.0, 30.0], radius: 10 km}
  east: {disc: [10.0, 31.0], radius: 10 km}
clauses:
%s  - id: X
    excuse: {incoming: yes, response: immediate}
    raised_as: self-defence
`, l.at(0), w("a1"), w("b1"), c.text(l, "D"))
}

func drawClause(t *rapid.T) clause {
	c := clause{}
	put := func(key string, values ...string) {
		if v := rapid.SampledFrom(append(values, "")).Draw(t, key); v != "" {
			c[key] = v
		}
	}
	if c["forbid"] = rapid.SampledFrom([]string{"attack", "hostile-act", "[shelling, presence]", "presence", ""}).Draw(t, "forbid"); c["forbid"] == "" {
		delete(c, "forbid")
		c["require"], c["upon"], c["shown"] = "notification", "movement", "{notified: yes}"
	}
	put("by", "one", "two", "group", "all")
	put("against", "one", "two", "group", "excluded", "all")
	put("means", "[artillery]", `{artillery: {calibre: ">= 100 mm"}, tank: yes}`)
	put("within", "west", "[west, east]", "{near: west, distance: 5 km}", "{control: one}", "{control: two}", "{control: own}")
	if c["within"] == "{control: own}" && c["by"] == "" {
		delete(c, "within")
	}
	put("during", "0 24", "20 60", "30 31")
	put("unless", "[X]")
	put("when", "notified", "killed > 3.0")
	if rapid.IntRange(0, 5).Draw(t, "read") == 0 {
		c["readings"] = fmt.Sprintf("{broad: {held_by: x, forbid: hostile-act}, narrow: {held_by: y, forbid: %s}}", rapid.SampledFrom([]string{"shelling", "attack"}).Draw(t, "narrow"))
		if c["forbid"] == "" {
			delete(c, "readings")
		}
	}
	return c
}

// some draws none, one or two of a list.
func some(t *rapid.T, label string, from []string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID[string]).Draw(t, label)
}

func disc(lat, lon, within float64) truce.Place {
	return truce.Place{Form: truce.FormDisc, Lat: lat, Lon: lon, Within: within}
}

// facts are the names of facts that can be drawn anew, as verdicts name them.
func facts() []string {
	return []string{"time", "place", "actor", "target", "act", "means", "control", "killed", "incoming", "response", "notified", "raised", "occurrence"}
}

// draw gives one fact of an element a set of values.
func draw(t *rapid.T, l lens, e *truce.Element, fact string) {
	switch fact {
	case "time":
		e.When = nil
		if rapid.IntRange(0, 9).Draw(t, "timeless") > 0 {
			from := rapid.IntRange(-5, 70).Draw(t, "from")
			w := truce.When{From: l.time(from), To: l.time(from + rapid.SampledFrom([]int{0, 0, 1, 24}).Draw(t, "hours"))}
			w.Lasts = !w.Instant() && rapid.Bool().Draw(t, "lasts")
			e.When = []truce.When{w}
		}
	case "place":
		e.Where = rapid.SampledFrom([][]truce.Place{nil, {disc(10, 30, 100)}, {disc(10, 31, 100)}, {disc(10.09, 30, 2000)}, {disc(10, 30.5, 100)}, {disc(10, 30, 100), disc(10, 31, 100)}}).Draw(t, "where")
	case "actor":
		e.By = some(t, "by", ids())
		e.Mutual = e.Mutual && len(e.By) > 0 && len(e.Against) > 0
	case "target":
		e.Against = some(t, "against", append(ids(), "nobody"))
		e.Mutual = e.Mutual && len(e.By) > 0 && len(e.Against) > 0
	case "act":
		e.Acts = some(t, "act", []string{"attack", "shelling", "air-strike", "presence", "movement", "hostile-act", "arrest"})
	case "means":
		e.Means = rapid.SampledFrom([][]truce.Means{nil, {{Kind: "tank"}}, {{Kind: "artillery"}}, {{Kind: "artillery", Num: map[string]truce.Range{"calibre": {Low: 90, High: 110}}}}, {{Kind: "gun", Num: map[string]truce.Range{"calibre": {Low: 152, High: 152}}}, {Kind: "rifle"}}}).Draw(t, "means")
	case "control":
		e.Control = some(t, "control", ids())
	case "killed":
		e.Killed = rapid.SampledFrom([]*truce.Range{nil, {Low: 2, High: 2}, {Low: 2, High: 9}, {Low: 5, High: 9}}).Draw(t, "killed")
	case "incoming", "notified":
		setFact(e, fact, some(t, fact, []string{"no", "yes"}))
	case "response":
		setFact(e, fact, some(t, fact, []string{"immediate", "delayed"}))
	case "raised":
		e.Raised = some(t, "raised", []string{"self-defence"})
	case "occurrence":
		e.Doubted = rapid.IntRange(0, 4).Draw(t, "doubted") == 0
	}
}

func setFact(e *truce.Element, name string, words []string) {
	facts := maps.Clone(e.Facts)
	if facts == nil {
		facts = map[string]truce.Values{}
	}
	if len(words) == 0 {
		delete(facts, name)
	} else {
		facts[name] = truce.Values{Words: words}
	}
	e.Facts = facts
}

func drawElement(t *rapid.T, id string) truce.Element {
	e := truce.Element{ID: id, Sources: []string{"a source"}}
	for _, f := range facts() {
		draw(t, lens{}, &e, f)
	}
	return e
}

// through rewrites an element: other names, other times.
func (l lens) through(e truce.Element) truce.Element {
	e.By, e.Against, e.Control = l.all(e.By), l.all(e.Against), l.all(e.Control)
	e.When = slices.Clone(e.When)
	for i := range e.When {
		e.When[i].From, e.When[i].To = e.When[i].From.Add(l.shift), e.When[i].To.Add(l.shift)
	}
	return e
}

type tb interface {
	Helper()
	Fatalf(string, ...any)
}

// judge compiles a clause as a lens writes it.
func judge(t tb, l lens, c clause) *terms.Judge {
	t.Helper()
	r, problems := actors.Parse("register.yaml", []byte(l.register()))
	if r == nil {
		t.Fatalf("%v\n%s", problems, l.register())
	}
	a, problems := terms.Parse("drawn.yaml", []byte(l.agreement(c)), nil)
	if a == nil || problems.Err() != nil {
		t.Fatalf("%v\n%s", problems, l.agreement(c))
	}
	j, problems := terms.Compile(a, terms.Book{Register: r, Atlas: geo.NewAtlas()})
	if problems.Err() != nil {
		t.Fatalf("%v", problems)
	}
	return j
}

func verdict(j *terms.Judge, e truce.Element) truce.Verdict {
	return j.Verdict(terms.NewSubject(nil, &e), j.Agreement().Clauses[0])
}

func firm(o truce.Outcome) bool { return o != truce.Undetermined }

func dump(v any) string {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// property checks a property of drawn clauses and elements.
func property(t *testing.T, name string, check func(*rapid.T)) {
	t.Run(name, func(t *testing.T) { rapid.Check(t, check) })
}
