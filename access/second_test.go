package access

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
)

var cellsAsked = flag.Int("cells", 12_000, "how many cells of each matrix to ask the second opinion about; 0 for all")

// noon is the moment at which the matrix is asked.
var noon = time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)

// singles are sets of one post, of none, and of one that there is not; pairs are two posts.
func singles() [][]Role {
	sets := [][]Role{nil, {"janitor"}}
	for _, a := range Roles() {
		sets = append(sets, []Role{a})
	}
	return sets
}

func pairs() (sets [][]Role) {
	for i, a := range Roles() {
		for _, b := range Roles()[i+1:] {
			sets = append(sets, []Role{a, b})
		}
	}
	return sets
}

// people are persons of these posts, of a party and of none, with and without a second
// factor, acting for a purpose and for none.
func people(sets [][]Role) []Person {
	var out []Person
	for _, roles := range sets {
		for _, party := range []string{"", "north"} {
			p := Person{ID: "amal", Roles: roles, Party: party, Org: "desk", TwoFactor: true}
			out = append(out, p)
			p.Purposes = []string{"protection"}
			out = append(out, p)
		}
		out = append(out, Person{ID: "amal", Roles: roles, Org: "desk"}, // one factor
			Person{Roles: roles, TwoFactor: true}) // nobody by name, of nothing
	}
	return out
}

// labels are marks of every TLP word, for every relation to the people above, with each
// limit.
func labels() []Label {
	var out []Label
	for _, tlp := range TLPs() {
		for _, from := range []Label{
			{}, {Party: "north"}, {Party: "south"}, {Originator: "amal"}, {Originator: "omar"}, {Originator: "org:desk"},
			{Originator: "party:north"}, {Party: "north", Originator: "omar"}, {Party: "south", Originator: "amal"},
			{To: []string{"amal"}}, {To: []string{"omar", "party:north"}}, {To: []string{"org:desk"}}, {To: []string{"omar"}},
			{Party: "south", To: []string{"party:north", "org:desk"}},
		} {
			for _, limit := range []Label{
				{}, {Purpose: []string{"protection"}}, {Purpose: []string{"relief", "trade"}},
				{Embargo: noon.Add(time.Hour)}, {Embargo: noon}, {Orcon: true}, {PII: true}, {Minor: true},
				{Orcon: true, PII: true, Embargo: noon.Add(time.Millisecond), Purpose: []string{"protection"}},
			} {
				l := limit
				l.TLP, l.Party, l.Originator, l.To = tlp, from.Party, from.Originator, from.To
				out = append(out, l)
			}
		}
	}
	return out
}

// matrix is every question there is: person x part of an act x kind x label.
type matrix struct {
	people []Person
	acts   []request
	kinds  []string
	labels []Label
}

func newMatrix(sets [][]Role) matrix {
	m := matrix{people: people(sets), kinds: Kinds(), labels: labels()}
	for _, do := range Actions() {
		m.acts = append(m.acts, request{do: do, step: alone, now: noon})
		if twoPersons(do) {
			m.acts = append(m.acts, request{do: do, step: first, now: noon}, request{do: do, step: second, now: noon},
				request{do: do, step: second, consent: true, now: noon})
		}
	}
	return m
}

func (m matrix) size() int { return len(m.people) * len(m.acts) * len(m.kinds) * len(m.labels) }

// cell is one question, in an order that jumps about, so that the first thousand are a fair
// sample. The step is a prime that does not divide the size.
func (m matrix) cell(i int) request {
	i = i * 15485863 % m.size()
	r := m.acts[i%len(m.acts)]
	i /= len(m.acts)
	r.kind = m.kinds[i%len(m.kinds)]
	i /= len(m.kinds)
	r.label = m.labels[i%len(m.labels)]
	r.who = m.people[i/len(m.labels)]
	return r
}

// disagrees says where the rules and the second opinion differ on a cell; "" if nowhere.
func (p *Policy) disagrees(c request) string {
	want := opinion(c.who, c.do, c.kind, c.label, c.now, c.step, c.consent)
	got := p.decide(c)
	if got.Allowed != want {
		return fmt.Sprintf("allowed: rules say %v (%s), opinion %v", got.Allowed, got.Why, want)
	}
	if c.step != alone || !got.Allowed {
		return ""
	}
	e := p.entities(c, fieldType)
	for _, g := range Grades() {
		got, want := p.level(e, c.do, g), opinionLevel(c.who, c.do, c.kind, g, c.label)
		if got != want {
			return fmt.Sprintf("grade %s: rules say %v, opinion %v", g, got, want)
		}
	}
	return ""
}

// TestSecondOpinion holds policy.cedar to opinion_test.go over the generated matrix, or with
// -cells over more or all of it.
func TestSecondOpinion(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, sets := range map[string][][]Role{"single posts": singles(), "pairs of posts": pairs()} {
		m := newMatrix(sets)
		n := min(*cellsAsked, m.size())
		if n == 0 {
			n = m.size()
		}
		var wg sync.WaitGroup
		for part := range 2 {
			wg.Go(func() {
				for i, faults := part, 0; i < n && faults < 10; i += 2 {
					c := m.cell(i)
					if d := p.disagrees(c); d != "" {
						faults++
						t.Errorf("%s %s %v party %q of %q: %s", c.do, c.kind, c.who.Roles, c.who.Party, c.label, d)
					}
				}
			})
		}
		wg.Wait()
		t.Logf("%s: %d of %d cells", name, n, m.size())
	}
}

// belts are rules that change nothing while the others stand. They are there so that one
// wrong permit more does not open what they close.
const belts = `
a mark must be one of TLP 2.0
GREEN is for the community, not the public
`

// TestEveryRuleMatters looks for a cell on which taking the rule out would change the
// answer, so that the second opinion would notice. Belts have none.
func TestEveryRuleMatters(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	matters := map[string]bool{}
	for _, sets := range [][][]Role{pairs(), singles()} {
		for m, i := newMatrix(sets), 0; i < 500_000; i++ {
			c := m.cell(i)
			rows, fields := p.rows.open(matters, action(c.do)), p.fields.open(matters, action(see), action(seeCoarse))
			if rows {
				e := p.entities(c, rowType)
				p.rows.matter(matters, c.query(e), e)
			}
			if fields && p.decide(c).Allowed {
				p.fieldsMatter(matters, c)
			}
		}
	}
	for _, name := range slices.Concat(p.rows.names, p.fields.names) {
		if belt := slices.Contains(strings.Split(belts, "\n"), name); matters[name] == belt {
			t.Errorf("%q: taking it out changes something: %v", name, matters[name])
		}
	}
}

// fieldsMatter is matter for every grade of field.
func (p *Policy) fieldsMatter(matters map[string]bool, c request) {
	e := p.entities(c, fieldType)
	for _, g := range Grades() {
		q := cedar.Request{Principal: e.who.UID, Resource: e.row.UID,
			Context: cedar.NewRecord(cedar.RecordMap{"do": cedar.String(c.do), "grade": cedar.String(g)})}
		for _, q.Action = range []cedar.EntityUID{action(see), action(seeCoarse)} {
			p.fields.matter(matters, q, e)
		}
	}
}

// open reports whether a rule that speaks of these acts has not been seen to matter.
func (b rulebook) open(matters map[string]bool, acts ...cedar.EntityUID) bool {
	for _, a := range acts {
		for name := range b.by[a] {
			if !matters[string(name)] && !slices.Contains(strings.Split(belts, "\n"), string(name)) {
				return true
			}
		}
	}
	return false
}

// matter marks the rule without which this question has another answer.
func (b rulebook) matter(matters map[string]bool, q cedar.Request, e entities) {
	allowed, why := b.reasons(q, e)
	if len(why) != 1 || matters[why[0]] {
		return
	}
	without := rulebook{names: b.names, by: map[cedar.EntityUID]cedar.PolicyMap{q.Action: maps.Clone(b.by[q.Action])}}
	delete(without.by[q.Action], cedar.PolicyID(why[0]))
	if is, _ := without.reasons(q, e); is != allowed {
		matters[why[0]] = true
	}
}
