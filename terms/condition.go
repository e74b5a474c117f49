package terms

import (
	"slices"
	"strings"

	"truce"
)

// aspect is what a condition is about; in the order in which reasons are given.
type aspect int

const (
	ofAct aspect = iota
	ofTime
	ofPlace
	ofActor
	ofTarget
	ofMeans
	ofFact
	ofOccurrence
)

// reasons are the codes of a condition that holds in no world.
var reasons = [...]string{ofAct: "NV-ACT", ofTime: "NV-TIME", ofPlace: "NV-AREA", ofActor: "NV-ACTOR",
	ofTarget: "NV-TARGET", ofMeans: "NV-MEANS", ofFact: "NV-ACT", ofOccurrence: "NV-ACT"}

// condition is one test of a clause over a world at a moment.
type condition struct {
	about aspect
	label string
	facts []int
	words string // why, in words; empty: by aspect
	holds func(w *world, era int) bool
	is    map[int]diagram // in which worlds it holds, by era, as far as it was worked out
}

// factor is one of the parts that must all be true for the clause to be broken: the
// conditions together, or, for an exception, their denial.
type factor struct {
	conditions []*condition
	except     *rule // set for an exception
	joint      bool  // only holds facts together; asks nothing
	reading    int   // -1: every reading
}

func (f *factor) facts() []int {
	var out []int
	for _, c := range f.conditions {
		out = append(out, c.facts...)
	}
	if f.reading >= 0 {
		out = append(out, factReading)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// factors lists what must be true for the clause to be broken under its readings.
func (sp *space) factors() []*factor {
	out := sp.sameSelf()
	for i, r := range sp.rules {
		reading := i
		if len(sp.rules) == 1 {
			reading = -1
		}
		for _, c := range sp.conditions(r) {
			out = append(out, &factor{conditions: []*condition{c}, reading: reading})
		}
		for _, x := range r.excuses {
			if sp.applies(x) {
				out = append(out, &factor{conditions: sp.excuse(x), except: x, reading: reading})
			}
		}
	}
	return out
}

// sameSelf joins the facts of who acted, toward whom and who holds the ground where one
// actor might stand in two of them with its open memberships taken differently.
func (sp *space) sameSelf() []*factor {
	var facts []int
	for _, p := range sp.roles() {
		for _, q := range sp.roles() {
			if p < q && sp.atOdds(p, q) {
				facts = append(facts, p, q)
			}
		}
	}
	if facts == nil {
		return nil
	}
	always := &condition{about: ofActor, label: "one actor is one actor", facts: facts, holds: func(*world, int) bool { return true }}
	return []*factor{{conditions: []*condition{always}, reading: -1, joint: true}}
}

// applies says whether an exception is worth asking about: one that nobody raised and no
// fact suggests does not apply.
func (sp *space) applies(x *rule) bool {
	c := x.clause
	if (c.Kind == Permit || len(c.Acts) > 0) && !sp.j.mayBe(sp.s.e.Acts, c.Acts) {
		return false
	}
	if c.Kind == Permit || len(c.Excuse) == 0 || slices.Contains(sp.s.e.Raised, c.ID) ||
		c.RaisedAs != "" && slices.Contains(sp.s.e.Raised, c.RaisedAs) {
		return true
	}
	for name := range c.Excuse {
		if v, ok := sp.s.e.Facts[name]; ok && (len(v.Words) > 0 || v.Number != nil) {
			return true
		}
	}
	return false
}

// conditions are the tests of a clause, in the order of [aspect].
func (sp *space) conditions(r *rule) []*condition {
	c := r.clause
	var out []*condition
	add := func(x *condition) {
		if x != nil {
			out = append(out, x)
		}
	}
	add(sp.actCondition(r))
	add(sp.timeCondition(r))
	add(sp.placeCondition(r))
	add(sp.partyCondition(ofActor, c.By))
	add(sp.partyCondition(ofTarget, c.Against))
	add(sp.meansCondition(c.Means))
	if r.when != nil {
		add(sp.whenCondition(r.when))
	}
	if c.Count != nil {
		add(sp.countCondition(c.Count))
	}
	if c.Provided != nil {
		add(sp.providedCondition(r))
	}
	if len(c.Shown) > 0 { // broken where the facts do not show it
		add(sp.shownCondition(c))
	}
	if sp.s.e.Doubted {
		add(&condition{about: ofOccurrence, label: "it happened", facts: []int{factHappened},
			holds: func(w *world, _ int) bool { return w.of(factHappened) == 0 }})
	}
	return out
}

// excuse are the tests of an exception: its own conditions and the facts that make it good.
func (sp *space) excuse(r *rule) []*condition {
	c := r.clause
	var out []*condition
	if c.Kind == Permit || len(c.Acts) > 0 {
		out = append(out, sp.actCondition(r))
	}
	if c.During != nil {
		out = append(out, sp.timeCondition(r))
	}
	for _, x := range []*condition{sp.placeCondition(r), sp.partyCondition(ofActor, c.By),
		sp.partyCondition(ofTarget, c.Against), sp.meansCondition(c.Means)} {
		if x != nil {
			out = append(out, x)
		}
	}
	if r.when != nil {
		out = append(out, sp.whenCondition(r.when))
	}
	if c.Count != nil {
		out = append(out, sp.countCondition(c.Count))
	}
	for _, name := range sortedKeys(c.Excuse) {
		out = append(out, sp.factCondition(name, c.Excuse[name]))
	}
	return out
}

func (sp *space) actCondition(r *rule) *condition {
	acts := r.actsAsked()
	verb := "the act is "
	return &condition{about: ofAct, label: verb + orList(acts), facts: []int{factAct}, holds: func(w *world, _ int) bool {
		for _, a := range acts {
			if sp.acts[w.of(factAct)][a] {
				return true
			}
		}
		return false
	}}
}

func (sp *space) timeCondition(r *rule) *condition {
	label := "it happened while the clause applied"
	switch {
	case len(r.waits) > 0 && len(r.windows) == 0:
		label += " (never yet: " + strings.Join(r.waits, ", ") + " not declared)"
	case len(r.windows) == 0:
		label += " (never yet)"
	case len(r.windows) <= 3:
		var parts []string
		for _, s := range r.windows {
			parts = append(parts, sp.j.stretch(s.from, s.to))
		}
		label += " (" + strings.Join(parts, "; ") + ")"
	default:
		label += " (" + itoa(len(r.windows)) + " windows, the first " + sp.j.stretch(r.windows[0].from, r.windows[0].to) + ")"
	}
	x := &condition{about: ofTime, label: label, facts: []int{factTime}}
	x.holds = func(_ *world, era int) bool { return r.windows.has(sp.at(era)) }
	if i, ok := sp.further[acceptance]; ok && r.perhaps != nil {
		x.facts = append(x.facts, i)
		x.holds = func(w *world, era int) bool {
			at := sp.at(era)
			return r.windows.has(at) || w.of(i) == 1 && r.perhaps.has(at)
		}
	}
	return x
}

// handFacts lists the facts that a hand's membership turns on.
func (sp *space) handFacts(sides ...int) []int {
	out := append([]int{factTime}, sides...)
	if sp.placed {
		out = append(out, factPlace)
	}
	for _, i := range sp.open {
		out = append(out, i)
	}
	return out
}

func (sp *space) sidesOf(about aspect) []int {
	if len(sp.facts[factAttacker].labels) > 1 {
		return []int{factSideA, factSideB, factAttacker}
	}
	if about == ofTarget {
		return []int{factSideB}
	}
	return []int{factSideA}
}

func (sp *space) partyCondition(about aspect, parties []string) *condition {
	if parties == nil {
		return nil
	}
	label := "the acting side is bound as " + orList(parties)
	hand := sp.by
	if about == ofTarget {
		label, hand = "it was done to "+orList(parties), sp.against
	}
	return &condition{about: about, label: label, facts: sp.handFacts(sp.sidesOf(about)...), holds: func(w *world, era int) bool {
		h := hand(w)
		for _, p := range parties {
			if sp.member(p, h, era, w) {
				return true
			}
		}
		return false
	}}
}

func (sp *space) placeCondition(r *rule) *condition {
	t := r.place
	if t == nil {
		return nil
	}
	facts := []int{factPlace}
	control := t.zonesIn(map[int]bool{})
	if control || len(t.parties()) > 0 {
		facts = append(facts, sp.handFacts(sp.sidesOf(ofActor)...)...)
	}
	if control {
		facts = append(facts, factControl)
	}
	return &condition{about: ofPlace, label: "the place is " + t.label, facts: facts,
		holds: func(w *world, era int) bool { return sp.inside(t, r, w, era) }}
}

// inside evaluates a place expression in a world.
func (sp *space) inside(t *placeTest, r *rule, w *world, era int) bool {
	some := func(ts []*placeTest) bool {
		return slices.ContainsFunc(ts, func(u *placeTest) bool { return sp.inside(u, r, w, era) })
	}
	switch {
	case t.leaf:
		return sp.places[w.of(factPlace)][sp.slot[t.zone]]
	case t.not != nil:
		return !sp.inside(t.not, r, w, era)
	case t.all != nil:
		return !slices.ContainsFunc(t.all, func(u *placeTest) bool { return !sp.inside(u, r, w, era) })
	case t.base != nil:
		for _, party := range sortedKeys(t.base) {
			if sp.places[w.of(factPlace)][sp.slot[t.base[party]]] && sp.member(party, sp.by(w), era, w) {
				return true
			}
		}
		return false
	case t.ctrl == "own":
		return sp.holds(r, sp.by(w), w, era)
	case t.ctrl != "":
		return sp.member(t.ctrl, sp.holders[w.of(factControl)], era, w)
	}
	return some(t.any)
}

// holds says whether the acting hand's own party holds the place.
func (sp *space) holds(r *rule, h hand, w *world, era int) bool {
	holder := sp.holders[w.of(factControl)]
	if r.clause.By == nil {
		return h.actor == holder.actor && h.actor != nobodyActor
	}
	for _, p := range r.sides {
		if sp.member(p, h, era, w) && sp.member(p, holder, era, w) {
			return true
		}
	}
	return false
}

func (sp *space) meansCondition(tests []MeansTest) *condition {
	if tests == nil {
		return nil
	}
	var bits []int
	var labels []string
	for _, t := range tests {
		for i, u := range sp.tests {
			if u.key() == t.key() {
				bits = append(bits, i)
			}
		}
		labels = append(labels, t.words())
	}
	return &condition{about: ofMeans, label: "the means is " + orList(labels), facts: []int{factMeans}, holds: func(w *world, _ int) bool {
		for _, i := range bits {
			if sp.means[w.of(factMeans)][i] == 'y' {
				return true
			}
		}
		return false
	}}
}

func (t MeansTest) words() string {
	out := t.Kind
	for _, n := range t.Num {
		unit := " m"
		if n.Name == "calibre" {
			unit = " mm"
		}
		out += " of " + n.Name + " " + n.Op + " " + ftoa(n.Value) + unit
	}
	return out
}

func (sp *space) whenCondition(x *when) *condition {
	var facts []int
	for _, name := range x.facts {
		facts = append(facts, sp.further[name])
	}
	return &condition{about: ofFact, label: x.text, facts: facts, holds: func(w *world, _ int) bool {
		vars := map[string]any{}
		for i, name := range x.facts {
			v := sp.values[facts[i]][w.of(facts[i])]
			if s, ok := v.(string); ok && yesNo(sp.j.a.Facts[name].Words) {
				v = s == "yes"
			}
			vars[name] = v
		}
		return x.holds(vars)
	}}
}

func (sp *space) countCondition(t *NumTest) *condition {
	i := sp.further["number"]
	return &condition{about: ofFact, label: "the number is " + t.Op + " " + ftoa(t.Value), facts: []int{i},
		holds: func(w *world, _ int) bool { return t.holds(sp.values[i][w.of(i)].(float64)) }}
}

func (sp *space) factCondition(name string, words []string) *condition {
	i := sp.further[name]
	return &condition{about: ofFact, label: name + " is " + orList(words), facts: []int{i}, holds: func(w *world, _ int) bool {
		s, _ := sp.values[i][w.of(i)].(string)
		return slices.Contains(words, s)
	}}
}

func (sp *space) shownCondition(c *Clause) *condition {
	var parts []*condition
	var facts []int
	var labels []string
	for _, name := range sortedKeys(c.Shown) {
		p := sp.factCondition(name, c.Shown[name])
		parts, facts, labels = append(parts, p), append(facts, p.facts...), append(labels, p.label)
	}
	return &condition{about: ofFact, label: "what is owed (" + orList(c.Acts) + ") is not shown: " + strings.Join(labels, " and ") + " does not hold",
		facts: facts, holds: func(w *world, era int) bool {
			return slices.ContainsFunc(parts, func(p *condition) bool { return !p.holds(w, era) })
		}}
}

func (sp *space) providedCondition(r *rule) *condition {
	x := &condition{about: ofActor, label: "the duty's condition is met: " + strings.Join(r.clause.Provided.Accepted, ", ") + " accepted in time"}
	if r.provided.before.IsZero() {
		x.facts = []int{factTime}
	}
	i, open := sp.further[r.acceptance()]
	if open {
		x.facts = append(x.facts, i)
	}
	x.holds = func(w *world, era int) bool {
		is := r.provided.at(sp.at(era))
		return is == truce.Yes || is == truce.Unknown && open && w.of(i) == 1
	}
	x.words = map[truce.Tri]string{truce.Yes: "the register says so", truce.No: "nothing on record says so",
		truce.Unknown: "it is claimed, not established"}[r.provided.at(sp.moments[0].at)]
	return x
}

// acceptance names the fact that an open condition of a duty turns on.
func (r *rule) acceptance() string {
	return "acceptance of " + strings.Join(r.clause.Provided.Accepted, ", ")
}

func orList(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}
