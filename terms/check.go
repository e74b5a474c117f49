package terms

import (
	"slices"
	"strings"

	"truce"
)

// checker finds references that lead nowhere. They are errors: such a text cannot be judged.
type checker struct {
	*decoder
	a     *Agreement
	acts  *truce.Tree
	means *truce.Tree
}

func (a *Agreement) check() truce.Problems {
	c := checker{&decoder{file: a.file, at: a.at}, a, a.ActTree(), a.MeansTree()}
	c.trees()
	for _, name := range sortedKeys(a.Parties) {
		p := a.Parties[name]
		c.partyNames("parties/"+name, slices.Concat(p.Parties, p.Except))
		c.instants("parties/"+name, p.From)
	}
	c.partyCycles()
	c.partyNames("needs", a.Needs)
	for _, name := range sortedKeys(a.Places) {
		p := a.Places[name]
		c.placeNames("places/"+name, p.Union...)
		if p.Outside != "" {
			c.placeNames("places/"+name, p.Outside)
		}
	}
	c.placeCycles()
	for _, name := range sortedKeys(a.Moments) {
		c.instants("moments/"+name, a.Moments[name].At)
	}
	c.instants("in_force", a.Signed)
	c.times("in_force", a.InForce)
	c.placeExpr("where", a.Where)
	for _, cl := range a.Clauses {
		c.clause(cl)
		for _, v := range slices.Concat(cl.Readings, cl.Variants) {
			c.clause(v.Clause)
		}
	}
	return c.problems
}

// where finds the best known place in the text for a key.
func (c checker) where(keys ...string) pos {
	for _, k := range keys {
		if p, ok := c.at[k]; ok {
			return p
		}
	}
	return pos{1, 1}
}

func (c checker) trees() {
	for _, t := range []struct {
		name string
		more map[string][]string
		tree *truce.Tree
	}{{"acts", c.a.Acts, c.acts}, {"means", c.a.Means, c.means}} {
		for _, parent := range sortedKeys(t.more) {
			if !t.tree.Has(parent) {
				c.badAt(c.where(t.name), "undefined-word", "a word of the tree of "+t.name, "%s: %q is not in the tree", t.name, parent)
			}
		}
	}
}

func (c *checker) partyNames(at string, names []string) {
	for _, n := range names {
		if _, ok := c.a.Parties[n]; !ok && n != "anyone" && n != "nobody" {
			c.badAt(c.where(at), "undefined-party", "one of "+strings.Join(append(sortedKeys(c.a.Parties), "anyone", "nobody"), ", "), "%s: no party %q", strings.TrimPrefix(at, "parties/"), n)
		}
	}
}

func (c *checker) partyCycles() {
	done := map[string]bool{}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if i := slices.Index(path, name); i >= 0 {
			if path[i] == slices.Min(path[i:]) { // say it once
				c.badAt(c.where("parties/"+name), "cycle", "parties that do not contain themselves", "party %s contains itself through %s", name, strings.Join(path[i:], ", "))
			}
			return
		}
		if done[name] {
			return
		}
		defer func() { done[name] = true }()
		p := c.a.Parties[name]
		for _, q := range slices.Concat(p.Parties, p.Except) {
			visit(q, append(slices.Clone(path), name))
		}
	}
	for _, n := range sortedKeys(c.a.Parties) {
		visit(n, nil)
	}
}

// placeNames accepts area codes too: whether those exist is known only beside a mission.
func (c *checker) placeNames(at string, names ...string) {
	for _, n := range names {
		if _, ok := c.a.Places[n]; !ok && !looksLikeArea(n) {
			want := "an area code (capitals and digits)"
			if len(c.a.Places) > 0 {
				want += " or one of " + strings.Join(sortedKeys(c.a.Places), ", ")
			}
			c.badAt(c.where(at, clauseOf(at)), "undefined-place", want, "%s: no place %q", strings.TrimPrefix(at, "places/"), n)
		}
	}
}

// looksLikeArea tells codes of boundary files ("SY", "SY0209", "UA-14") from names.
func looksLikeArea(s string) bool {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if ch := s[i]; !(ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '-' || ch == '_' || ch == '.') {
			return false
		}
	}
	return true
}

func (c *checker) placeCycles() {
	done := map[string]bool{}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if i := slices.Index(path, name); i >= 0 {
			if path[i] == slices.Min(path[i:]) {
				c.badAt(c.where("places/"+name), "cycle", "places that do not contain themselves", "place %s contains itself", name)
			}
			return
		}
		if done[name] {
			return
		}
		defer func() { done[name] = true }()
		p := c.a.Places[name]
		next := p.Union
		if p.Outside != "" {
			next = append(slices.Clone(next), p.Outside)
		}
		for _, q := range next {
			visit(q, append(slices.Clone(path), name))
		}
	}
	for _, n := range sortedKeys(c.a.Places) {
		visit(n, nil)
	}
}

func clauseOf(at string) string {
	if i := strings.LastIndexByte(at, ' '); strings.HasPrefix(at, "clause ") && i > 6 {
		return at[:i]
	}
	return at
}

func (c *checker) placeExpr(at string, p *Place) {
	if p == nil {
		return
	}
	for _, q := range slices.Concat(p.Any, p.All) {
		c.placeExpr(at, q)
	}
	if p.Ref != "" {
		c.placeNames(at, p.Ref)
	}
	for _, party := range sortedKeys(p.Base) {
		if party != "" {
			c.partyNames(at, []string{party})
		}
		c.belt(at, party, p)
	}
	if p.Control != "" && p.Control != "own" {
		c.partyNames(at, []string{p.Control})
	}
}

// belt checks that the base is a line and has the sides that distances are given for.
func (c *checker) belt(at, party string, p *Place) {
	base := p.Base[party]
	line := c.a.Places[base].Line
	if line == nil {
		c.badAt(c.where(at, clauseOf(at)), "base-line", "a place declared with line:", "%s: %q is not a line", at, base)
		return
	}
	for _, side := range sortedKeys(p.Sides) {
		switch {
		case side == "both", side == line.Left, side == line.Right:
		case side == "own side" && (party == "" || party == line.Left || party == line.Right):
			if party == "" {
				c.badAt(c.where(at, clauseOf(at)), "own-side", "of: {party: line, ...}", "%s: own side needs a base line for each party", at)
			}
		default:
			c.badAt(c.where(at, clauseOf(at)), "side", "both, "+strings.Join([]string{line.Left, line.Right}, ", "), "%s: line %s has no side %q", at, base, side)
		}
	}
}

func (c *checker) times(at string, x *Time) {
	if x == nil {
		return
	}
	for _, y := range x.Any {
		c.times(at, y)
	}
	c.times(at, x.During)
	c.instants(at, x.From, x.To)
}

func (c *checker) instants(at string, is ...*Instant) {
	for _, i := range is {
		if i == nil || i.Ref == "" {
			continue
		}
		_, ok := c.a.Moments[i.Ref]
		switch {
		case ok:
		case i.Ref == "signed" && c.a.Signed != nil, i.Ref == "in_force" && at != "in_force":
		default:
			p := i.pos
			if p.line == 0 {
				p = c.where(at)
			}
			c.badAt(p, "undefined-moment", "a name under moments, signed, in_force, or a time", "%s: no moment %q", at, i.Ref)
		}
	}
}

func (c *checker) clause(cl *Clause) {
	at := func(key string) string { return "clause " + cl.ID + " " + key }
	acts := "forbid"
	switch cl.Kind {
	case Permit, Require:
		acts = string(cl.Kind)
	case Keep:
		acts = "broken_by"
	case Excuse:
		acts = "acts"
	}
	c.words(at(acts), c.acts, cl.Acts)
	c.words(at("upon"), c.acts, cl.Upon)
	c.words(at("confirmed_by"), c.acts, cl.ConfirmedBy)
	for _, m := range cl.Means {
		c.words(at("means"), c.means, []string{m.Kind})
	}
	c.partyNames(at("by"), cl.By)
	c.partyNames(at("against"), cl.Against)
	c.placeExpr(at("within"), cl.Within)
	c.placeExpr(at("outside"), cl.Outside)
	c.times(at("during"), cl.During)
	if cl.Provided != nil {
		c.partyNames(at("provided"), cl.Provided.Accepted)
		c.instants(at("provided"), cl.Provided.Before)
	}
	c.refs(cl, at)
	c.clauseFacts(cl, at)
	c.kindKeys(cl, at)
}

func (c *checker) words(at string, tree *truce.Tree, ws []string) {
	for _, w := range ws {
		if !tree.Has(w) {
			c.badAt(c.where(at, clauseOf(at)), "undefined-word", "a word of the tree"+hint(tree, w), "%s: %q is not in the tree", at, w)
		}
	}
}

// hint names a word close to w.
func hint(tree *truce.Tree, w string) string {
	for _, have := range tree.Words() {
		if strings.Contains(have, w) || strings.Contains(w, have) {
			return ", perhaps " + have
		}
	}
	return ", or one added under acts: or means:"
}

// refs checks the clauses that a clause names.
func (c *checker) refs(cl *Clause, at func(string) string) {
	for _, id := range cl.Unless {
		if o := c.a.Clause(id); o == nil || o.Kind != Excuse {
			c.badAt(c.where(at("unless"), "clause "+cl.ID), "undefined-clause", "the id of an excuse", "clause %s: no excuse %q", cl.ID, id)
		}
	}
	of := cl.Of
	if cl.Calm != nil {
		of = slices.Concat(of, cl.Calm.Of)
		c.instants(at("calm"), cl.Calm.From)
		c.partyNames(at("calm"), cl.Calm.JudgedBy)
		if t := cl.Calm.Then; t != "" {
			if _, ok := c.a.Moments[t]; !ok {
				c.badAt(c.where(at("calm"), "clause "+cl.ID), "undefined-moment", "a name under moments", "clause %s: no moment %q", cl.ID, t)
			}
		}
	}
	for _, id := range of {
		if c.a.Clause(id) == nil {
			c.badAt(c.where(at("of"), at("calm"), "clause "+cl.ID), "undefined-clause", "the id of a clause", "clause %s: no clause %q", cl.ID, id)
		}
	}
}

// clauseFacts checks that facts are declared and may have the values asked for.
func (c *checker) clauseFacts(cl *Clause, at func(string) string) {
	for _, group := range []struct {
		key   string
		facts map[string][]string
	}{{"excuse", cl.Excuse}, {"shown", cl.Shown}} {
		for _, name := range sortedKeys(group.facts) {
			f, ok := c.a.Facts[name]
			if !ok {
				c.badAt(c.where(at(group.key), "clause "+cl.ID), "undefined-fact", "a name under facts", "clause %s: no fact %q", cl.ID, name)
				continue
			}
			for _, w := range group.facts[name] {
				if f.Number {
					c.badAt(c.where(at(group.key), "clause "+cl.ID), "fact-value", "when: with a comparison, since it is a number", "clause %s: fact %s cannot be %q", cl.ID, name, w)
				} else if !slices.Contains(f.Words, w) {
					c.badAt(c.where(at(group.key), "clause "+cl.ID), "fact-value", "one of "+strings.Join(f.Words, ", "), "clause %s: fact %s cannot be %q", cl.ID, name, w)
				}
			}
		}
	}
	if cl.When != "" {
		if _, err := compileWhen(c.a, cl.When); err != nil {
			p := c.where(at("when"), "clause "+cl.ID)
			c.badAt(p, "when", err.want, "clause %s: when: %s", cl.ID, err.msg)
		}
	}
}

// kindKeys complains of keys that mean nothing on this kind of clause.
func (c *checker) kindKeys(cl *Clause, at func(string) string) {
	say := func(wrong bool, code, want, msg string) {
		if wrong {
			c.badAt(c.where("clause "+cl.ID), code, want, "clause %s: %s", cl.ID, msg)
		}
	}
	say(cl.Kind != Excuse && (cl.RaisedAs != "" || cl.CountsAs != ""), "key-kind", "an excuse", "raised_as and counts_as belong to an excuse")
	say(cl.Kind == Calm && cl.Acts != nil, "key-kind", "an excuse", "acts belongs to an excuse")
	say(cl.Kind != Permit && cl.Of != nil, "key-kind", "a permit (calm has of: inside)", "of belongs to a permit")
	say(cl.Kind != Require && (cl.Upon != nil || cl.Shown != nil || cl.Effort || cl.Amount != 0 || cl.Ledger && cl.Kind != Calm), "key-kind", "a require", "upon, shown, effort and a bare count belong to a require, ledger to a require or a calm")
	say(cl.Kind == Require && cl.Upon != nil && len(cl.Shown) == 0, "missing-key", "shown: {fact: value}", "upon without shown: nothing would show that the duty was met")
	say(cl.Kind == Require && cl.Upon == nil && len(cl.Shown) != 0, "missing-key", "upon: [acts]", "shown without upon: nothing raises the duty")
	say(cl.Kind != Keep && (cl.ConfirmedBy != nil || cl.Fresh != nil), "key-kind", "a keep", "confirmed_by and fresh belong to a keep")
	say(cl.Kind == Keep && len(cl.Acts) == 0, "missing-key", "broken_by: [acts]", "keep without broken_by: nothing could break it")
	say(cl.Kind != Calm && cl.Calm != nil, "key-kind", "a calm", "from and then belong to a calm")
}
