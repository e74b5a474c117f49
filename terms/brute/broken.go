package brute

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/terms"
)

// view is a world while the question is asked in it.
type view struct {
	q   *Question
	at  []int
	t   time.Time
	ask func(membership string) bool
}

func (v *view) instants() []time.Time { return v.q.times[v.at[dimTime]] }
func (v *view) cell() Cell            { return v.q.cells[v.at[dimPlace]] }
func (v *view) leaf() string          { return v.q.act[v.at[dimAct]] }
func (v *view) tool() tool            { return v.q.tools[v.at[dimMeans]] }
func (v *view) holder() pick          { return v.q.holders[v.at[dimControl]] }

// actorSide and targetSide tell the two lists of candidates apart.
func (v *view) actorSide() string {
	if v.q.began[v.at[dimBegan]] {
		return "one"
	}
	return "other"
}

func (v *view) targetSide() string {
	if v.q.began[v.at[dimBegan]] {
		return "other"
	}
	return "one"
}

func (v *view) side(s string) pick {
	if s == "one" {
		return v.q.one[v.at[dimOne]]
	}
	return v.q.other[v.at[dimOther]]
}

func (v *view) actor() pick  { return v.side(v.actorSide()) }
func (v *view) target() pick { return v.side(v.targetSide()) }

func (v *view) fact(name string) value {
	i := slices.Index(v.q.facts, name)
	return v.q.values[i][v.at[dims+i]]
}

// broken says whether the clause is broken in this world, at any moment of the act.
func (v *view) broken() bool {
	if !v.q.happened[v.at[dimOccurrence]] {
		return false
	}
	c := v.q.readings[v.at[dimReading]]
	for _, t := range v.instants() {
		v.t = t
		if v.brokenNow(c) {
			return true
		}
	}
	return false
}

func (v *view) brokenNow(c *terms.Clause) bool {
	acts := c.Acts
	if c.Kind == terms.Require {
		acts = c.Upon
	}
	switch {
	case !v.inTime(c.During), !v.acts(acts), !v.fits(c):
		return false
	case c.Within == nil && v.q.a.Where != nil && !v.place(v.q.a.Where, c):
		return false
	case c.Provided != nil && !v.provided(c.Provided):
		return false
	case c.Kind == terms.Require && v.shown(c.Shown):
		return false
	}
	for _, id := range c.Unless {
		if v.excused(v.q.a.Clause(id)) {
			return false
		}
	}
	return c.Kind == terms.Require || !v.permitted(c)
}

// fits tests what duties, excuses and permits have in common.
func (v *view) fits(c *terms.Clause) bool {
	switch {
	case len(c.By) > 0 && !v.inAny(c.By, v.actor(), v.actorSide()):
		return false
	case len(c.Against) > 0 && !v.inAny(c.Against, v.target(), v.targetSide()):
		return false
	case len(c.Means) > 0 && !slices.ContainsFunc(c.Means, func(m terms.MeansTest) bool { return v.q.uses(v.tool(), m) }):
		return false
	case c.Within != nil && !v.place(c.Within, c):
		return false
	case c.Outside != nil && v.place(c.Outside, c):
		return false
	case c.Count != nil && !compare(v.fact("number").num, c.Count.Op, c.Count.Value):
		return false
	}
	return c.When == "" || v.q.exprs[c.When].holds(v.fact)
}

func (q *Text) uses(t tool, m terms.MeansTest) bool {
	if !q.means.CoversLeaf(m.Kind, t.leaf) {
		return false
	}
	for _, n := range m.Num {
		if !compare(t.num[n.Name], n.Op, n.Value) {
			return false
		}
	}
	return true
}

func (v *view) acts(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return v.q.acts.CoversLeaf(w, v.leaf()) })
}

func (v *view) shown(facts map[string][]string) bool {
	for name, words := range facts {
		if !slices.Contains(words, v.fact(name).word) {
			return false
		}
	}
	return true
}

// excused says whether an excuse holds. One with facts must have been raised, or one of
// its facts stated.
func (v *view) excused(x *terms.Clause) bool {
	e := v.q.e
	raised := slices.Contains(e.Raised, x.ID) || x.RaisedAs != "" && slices.Contains(e.Raised, x.RaisedAs)
	for name := range x.Excuse {
		raised = raised || stated(e.Facts[name])
	}
	if len(x.Excuse) > 0 && !raised {
		return false
	}
	return v.shown(x.Excuse) && (x.During == nil || v.inTime(x.During)) && v.fits(x)
}

func stated(v truce.Values) bool { return len(v.Words) > 0 || v.Number != nil }

// permitted says whether some permit covers what a clause would catch.
func (v *view) permitted(c *terms.Clause) bool {
	for _, p := range v.q.a.Clauses {
		if p.Kind != terms.Permit || len(p.Of) > 0 && !slices.Contains(p.Of, c.ID) {
			continue
		}
		if v.acts(p.Acts) && (p.During == nil || v.inTime(p.During)) && v.fits(p) {
			return true
		}
	}
	return false
}

func (v *view) provided(p *terms.Provided) bool {
	at := v.t
	if p.Before != nil {
		t, ok := v.q.clock.instant(p.Before)
		if !ok {
			return false
		}
		at = t.Add(-time.Second)
	}
	return v.q.accepted(p.Accepted, at)
}

// accepted says that somebody is bound as each of the parties.
func (q *Text) accepted(parties []string, t time.Time) bool {
	for _, name := range parties {
		p := q.a.Parties[name]
		if !slices.ContainsFunc(q.table.Persons, func(x Person) bool {
			return q.table.steps(q.clock, p, &x, t) == truce.Yes
		}) {
			return false
		}
	}
	return true
}

type windowKey struct {
	during *terms.Time
	t      int64
}

func (v *view) inTime(during *terms.Time) bool { return v.q.inTime(during, v.t) }

func (q *Text) inTime(during *terms.Time, t time.Time) bool {
	key := windowKey{during, t.Unix()}
	in, ok := q.windows[key]
	if !ok {
		in = q.clock.inWindow(during, t) && q.accepted(q.a.Needs, t)
		q.windows[key] = in
	}
	return in
}

func (v *view) inAny(parties []string, who pick, side string) bool {
	return slices.ContainsFunc(parties, func(p string) bool { return v.in(p, who, side) })
}

// in says whether somebody is in a party now. What is open is asked of the world, once for
// the same actor and party; of a group that nobody named once a side, for it may be another.
func (v *view) in(party string, who pick, side string) bool {
	switch {
	case party == "nobody" || who.id == nobody:
		return false
	case party == "anyone":
		return true
	}
	p := v.q.a.Parties[party]
	in := false
	switch v.q.own(party, who, v.t) {
	case truce.Yes:
		in = true
	case truce.Unknown:
		in = v.ask(openName(party, who, side, who.id == unnamed || v.q.apart && !v.q.named(who.id)))
	}
	in = in || v.inAny(p.Parties, who, side)
	return in && !v.inAny(p.Except, who, side)
}

// named says that the report names somebody, on whichever side.
func (q *Question) named(id string) bool {
	return slices.Contains(q.e.By, id) || slices.Contains(q.e.Against, id) || slices.Contains(q.e.Control, id)
}

// openName names an open membership; one of whoever stands on a side is named for the side.
func openName(party string, who pick, side string, ofSide bool) string {
	name := who.id
	if strings.HasPrefix(name, "?") {
		name = name[1:] + " (not in the register)"
	}
	name = "whether " + name + " belongs to " + party
	if ofSide {
		name += " (" + side + ": " + cmp.Or(who.of, "anybody") + ")"
	}
	return name
}

type ownKey struct {
	party string
	who   pick
	t     int64
}

func (q *Text) own(party string, who pick, t time.Time) truce.Tri {
	key := ownKey{party, who, t.Unix()}
	tri, ok := q.tri[key]
	if !ok {
		tri = q.table.own(q.clock, q.a.Parties[party], who, t)
		q.tri[key] = tri
	}
	return tri
}
