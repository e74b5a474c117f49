package terms

import (
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"truce"
	"truce/geo"
)

// The facts every element has, by index into a world.
const (
	factTime = iota
	factPlace
	factSideA // who acted, or one of two who fought
	factSideB // toward whom, or the other
	factAttacker
	factAct
	factMeans
	factControl
	factHappened
	factReading
	factFixed // further facts follow
)

// fact is one thing that may have several values.
type fact struct {
	name   string
	labels []string
	code   string // reason code when the verdict is open for it
}

// world picks one value, by index, for every fact.
type world []int

// hand is a class of actors that the clause cannot tell apart.
type hand struct {
	ids   []string
	actor string          // one of them
	fold  map[string]bool // how open memberships are taken in this class; nil: they are facts of their own
}

// moment is a stretch of time in which nothing that the clause asks changes; at is its start.
type moment struct{ at, end time.Time }

// space holds the possible values of every fact of one element, as far as one clause can
// tell them apart.
type space struct {
	j       *Judge
	s       *Subject
	rules   []*rule
	facts   []fact
	moments []moment
	times   [][]int // for each value of the time, the moments it covers
	zones   []int   // zones of the judge that matter here
	slot    map[int]int
	places  [][]bool
	hands   [2][]hand
	atoms   []string
	parties []string // that the clause speaks of
	holders []hand
	acts    []map[string]bool // word of a clause -> covered
	means   []string          // by class, the bits of the means tests
	tests   []MeansTest
	further map[string]int // fact name -> index
	values  map[int][]any  // values of further facts
	open    map[[3]string]int
	placed  bool
	// identity says that it matters who exactly acted and who holds the ground.
	identity bool
}

func newSpace(j *Judge, s *Subject, rules []*rule) *space {
	sp := &space{j: j, s: s, rules: rules, slot: map[int]int{}, further: map[string]int{},
		values: map[int][]any{}, open: map[[3]string]int{}}
	sp.facts = make([]fact, factFixed)
	every := sp.everyRule()
	sp.atoms = sp.atomsOf(every)
	ids := [2][]string{sp.candidates(s.e.By, j.who.all), sp.candidates(s.e.Against, j.who.everyone)}
	if s.e.Mutual && len(s.e.Against) == 0 { // whoever fought can act
		ids[1] = j.who.all
	}
	holders := sp.holderIDs(every)
	sp.identity = slices.ContainsFunc(every, func(r *rule) bool { return r.clause.By == nil && r.place.ownGround() })
	sp.setTime(every, slices.Concat(ids[0], ids[1], holders))
	sp.setPlace(every, slices.Concat(ids[0], ids[1]))
	sp.setSides(ids)
	sp.setActs(every)
	sp.setMeans(every)
	sp.setControl(holders)
	sp.setHappened()
	sp.setReadings()
	sp.setFurther(every)
	return sp
}

// everyRule lists the rules and their excuses.
func (sp *space) everyRule() []*rule {
	out := slices.Clone(sp.rules)
	for _, r := range sp.rules {
		out = append(out, r.excuses...)
	}
	return out
}

func (sp *space) atomsOf(rules []*rule) []string {
	set, named := map[string]bool{}, map[string]bool{}
	for _, r := range rules {
		for _, p := range slices.Concat(r.clause.By, r.clause.Against, r.place.parties(), sp.j.who.sides(r.clause.By)) {
			sp.j.who.atoms(p, set)
			named[p] = true
		}
	}
	sp.parties = sortedKeys(named)
	return sortedKeys(set)
}

// parties lists the parties a place expression turns on.
func (t *placeTest) parties() []string {
	if t == nil {
		return nil
	}
	out := sortedKeys(t.base)
	if t.ctrl != "" && t.ctrl != "own" {
		out = append(out, t.ctrl)
	}
	for _, u := range slices.Concat(t.any, t.all, nonNil(t.not)) {
		out = append(out, u.parties()...)
	}
	return out
}

// ownGround reports whether a place expression asks for ground held by the acting party.
func (t *placeTest) ownGround() bool {
	return t != nil && (t.ctrl == "own" || slices.ContainsFunc(slices.Concat(t.any, t.all, nonNil(t.not)), (*placeTest).ownGround))
}

// zonesIn collects the zones a place expression asks about.
func (t *placeTest) zonesIn(set map[int]bool) (control bool) {
	if t == nil {
		return false
	}
	if t.leaf {
		set[t.zone] = true
	}
	for _, z := range t.base {
		set[z] = true
	}
	control = t.ctrl != ""
	for _, u := range slices.Concat(t.any, t.all, nonNil(t.not)) {
		control = u.zonesIn(set) || control
	}
	return control
}

// candidates lists who may be meant, umbrellas opened up. An open umbrella stands for its
// unnamed groups by its own name.
func (sp *space) candidates(ids, all []string) []string {
	if len(ids) == 0 {
		return all
	}
	set := map[string]bool{}
	for _, id := range ids {
		members, open := sp.j.who.expand(id, sp.s.around())
		for _, m := range members {
			set[m] = true
		}
		if open || len(members) == 0 {
			set[id] = true
		}
	}
	return sortedKeys(set)
}

// setTime cuts the element's time where a window opens or closes or an actor's standing changes.
func (sp *space) setTime(rules []*rule, ids []string) {
	reach := hull(sp.s.when)
	var cuts []time.Time
	for _, r := range rules {
		cuts = r.perhaps.cuts(r.windows.cuts(cuts, reach), reach)
		if r.provided != nil {
			cuts = r.provided.perhaps.cuts(r.provided.sure.cuts(cuts, reach), reach)
		}
	}
	if len(sp.atoms) > 0 {
		for _, id := range ids {
			cuts = sp.j.who.cuts(cuts, id, reach)
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	f := fact{name: "time", code: "UD-TIME"}
	for _, w := range sp.s.when {
		ms := segments(w, cuts)
		var all []int
		for _, m := range ms {
			sp.moments = append(sp.moments, m)
			if i := len(sp.moments) - 1; w.Lasts {
				all = append(all, i)
			} else {
				sp.times = append(sp.times, []int{i})
				f.labels = append(f.labels, sp.j.stretch(m.at, m.end))
			}
		}
		if w.Lasts {
			sp.times = append(sp.times, all)
			f.labels = append(f.labels, "lasting "+sp.j.stretch(w.From, w.To))
		}
	}
	sp.facts[factTime] = f
}

// hull is the stretch from the first to the last moment of the times; open where one is.
func hull(when []truce.When) span {
	s := span{when[0].From, when[0].To}
	for _, w := range when[1:] {
		if w.From.IsZero() || w.From.Before(s.from) {
			s.from = w.From
		}
		if !s.to.IsZero() && (w.To.IsZero() || w.To.After(s.to)) {
			s.to = w.To
		}
	}
	return s
}

// segments cuts a time where something changes.
func segments(w truce.When, cuts []time.Time) []moment {
	if w.Instant() && !w.From.IsZero() {
		return []moment{{w.From, w.To}}
	}
	var out []moment
	at := w.From
	lo := 0
	if !at.IsZero() {
		lo = sort.Search(len(cuts), func(i int) bool { return cuts[i].After(at) })
	}
	for _, c := range cuts[lo:] {
		if !w.To.IsZero() && !c.Before(w.To) {
			break
		}
		out = append(out, moment{at, c})
		at = c
	}
	return append(out, moment{at, w.To})
}

func (sp *space) setPlace(rules []*rule, ids []string) {
	set := map[int]bool{}
	for _, r := range rules {
		r.place.zonesIn(set)
	}
	if len(sp.j.areas) > 0 {
		for _, id := range ids {
			for _, a := range sp.atoms {
				sp.placed = sp.placed || sp.j.who.standing(a, id).placed
			}
		}
	}
	if sp.placed {
		for _, z := range sp.j.areas {
			set[z] = true
		}
	}
	for z := range set {
		sp.zones = append(sp.zones, z)
	}
	slices.Sort(sp.zones)
	zones := make([]*geo.Zone, len(sp.zones))
	for i, z := range sp.zones {
		zones[i], sp.slot[z] = sp.j.zones[z], i
	}
	sp.places = [][]bool{nil}
	if len(zones) > 0 {
		sp.places = sp.j.cache.Classes(sp.s.extent, zones)
	}
	f := fact{name: "place", code: "UD-PLACE"}
	for _, bits := range sp.places {
		f.labels = append(f.labels, sp.placeLabel(bits))
	}
	sp.facts[factPlace] = f
}

// placeLabel names a combination of zones, leaving out those in which it is the same everywhere.
func (sp *space) placeLabel(bits []bool) string {
	var in, out []string
	for i, b := range bits {
		same := true
		for _, other := range sp.places {
			same = same && other[i] == b
		}
		if name := sp.j.zones[sp.zones[i]].String(); same && len(sp.places) > 1 {
			continue
		} else if b {
			in = append(in, name)
		} else {
			out = append(out, name)
		}
	}
	switch {
	case len(in) > 0 && len(out) > 0:
		return strings.Join(in, " and ") + ", not " + strings.Join(out, " nor ")
	case len(in) > 0:
		return strings.Join(in, " and ")
	case len(out) > 0:
		return "not " + strings.Join(out, " nor ")
	}
	return "anywhere"
}

// own is an actor's own membership in an atom at a moment and place, before open ones are settled.
func (sp *space) own(atom, actor string, m, place int) truce.Tri {
	if actor == "" || actor == nobodyActor {
		return truce.No
	}
	st := sp.j.who.standing(atom, actor)
	if !st.placed || !sp.placed {
		return st.at(sp.moments[m].at)
	}
	bits := sp.places[place]
	return sp.j.who.member(sp.j.who.membership(atom), atom, actor, sp.moments[m].at, func(area string) bool {
		z, ok := sp.j.areas[area]
		return ok && bits[sp.slot[z]]
	})
}

const nobodyActor = "nobody"

func (sp *space) setSides(ids [2][]string) {
	e := sp.s.e
	for i, given := range [2][]string{e.By, e.Against} {
		role := "ab"[i : i+1]
		sp.hands[i] = sp.classes(ids[i], given, role)
		names := [2]string{"actor", "target"}
		if e.Mutual {
			names = [2]string{"one side", "other side"}
		}
		f := fact{name: names[i], code: [2]string{"UD-ACTOR", "UD-TARGET"}[i]}
		for _, h := range sp.hands[i] {
			f.labels = append(f.labels, sp.handLabel(h))
		}
		sp.facts[factSideA+i] = f
	}
	f := fact{name: "who attacked", code: "UD-ACTOR", labels: []string{"the first"}}
	if e.Mutual {
		f.labels = []string{sp.sideName(e.By), sp.sideName(e.Against)}
	}
	sp.facts[factAttacker] = f
}

// sideName is what the report calls one of two sides that fought.
func (sp *space) sideName(ids []string) string {
	if len(ids) == 0 {
		return "a side that nobody named"
	}
	var names []string
	for _, id := range ids {
		names = append(names, sp.j.who.name(id, sp.s.around()))
	}
	return orList(names)
}

// classes groups candidates that the clause cannot tell apart. Actors named in the report
// keep their open memberships as facts; of those that only may be meant, each way in which
// an open membership may turn out is a class of its own.
func (sp *space) classes(ids, given []string, role string) []hand {
	if len(given) == 0 { // whoever is named elsewhere in the report is the same here
		given = slices.Concat(sp.s.e.By, sp.s.e.Against, sp.s.e.Control)
	}
	byProfile := map[string]int{}
	var out []hand
	for _, id := range ids {
		profile, unknown := sp.profile(id)
		if id == nobodyActor {
			profile = id
		}
		if sp.identity {
			profile += id
		}
		if len(unknown) > 0 && slices.Contains(given, id) && !sp.umbrella(id) {
			for _, atom := range unknown {
				sp.openFact(atom, id, role)
			}
			out = append(out, hand{ids: []string{id}, actor: id})
			continue
		}
		for n := 0; n < 1<<len(unknown); n++ {
			fold := map[string]bool{}
			key := profile
			for i, atom := range unknown {
				fold[atom] = n>>i&1 == 1
				if key += "-"; fold[atom] {
					key += "+"
				}
			}
			if at, ok := byProfile[key]; ok {
				out[at].ids = append(out[at].ids, id)
				continue
			}
			byProfile[key] = len(out)
			out = append(out, hand{[]string{id}, id, fold})
		}
	}
	return out
}

func (sp *space) umbrella(id string) bool {
	a, ok := sp.j.who.register.Actor(id)
	return ok && a.Kind == "umbrella"
}

// profile writes down an actor's memberships at every moment and place.
func (sp *space) profile(id string) (profile string, unknown []string) {
	places := 1
	if sp.placed {
		places = len(sp.places)
	}
	var b strings.Builder
	for _, atom := range sp.atoms {
		open := false
		for m := range sp.moments {
			for p := range places {
				is := sp.own(atom, id, m, p)
				b.WriteByte("n?y"[is+1])
				open = open || is == truce.Unknown
			}
		}
		if open {
			unknown = append(unknown, atom)
		}
	}
	return b.String(), unknown
}

func (sp *space) openFact(atom, id, role string) {
	key := [3]string{atom, id}
	if _, ok := sp.open[key]; ok {
		return
	}
	sp.open[key] = len(sp.facts)
	name := sp.j.who.name(id, sp.s.around())
	sp.facts = append(sp.facts, fact{name: "whether " + name + " belongs to " + atom, labels: []string{"no", "yes"}, code: "UD-STATUS"})
}

// member says whether a hand belongs to a party in a world.
func (sp *space) member(party string, h hand, m int, w world) bool {
	if h.actor == nobodyActor {
		return false
	}
	return sp.j.who.in(party, func(atom string) bool {
		if is := sp.own(atom, h.actor, m, w[factPlace]); is != truce.Unknown {
			return is == truce.Yes
		}
		if h.fold != nil {
			return h.fold[atom]
		}
		return w[sp.open[[3]string{atom, h.actor}]] == 1
	})
}

// by and against are the two hands of a world, in their roles.
func (sp *space) by(w world) hand { return sp.hands[w[factAttacker]][w[factSideA+w[factAttacker]]] }
func (sp *space) against(w world) hand {
	return sp.hands[1-w[factAttacker]][w[factSideB-w[factAttacker]]]
}

// handLabel names a class of actors: by who they are where they are few and named in the
// report, else by what they belong to.
func (sp *space) handLabel(h hand) string { return sp.handsLabel([]hand{h}) }

// handsLabel names several classes together.
func (sp *space) handsLabel(hs []hand) string {
	var names, kinds []string
	at := sp.s.around()
	plain := true
	for _, h := range hs {
		plain = plain && h.fold == nil
		for _, id := range h.ids {
			n := sp.j.who.name(id, at)
			if sp.umbrella(id) {
				n = "an unnamed group of " + n
			}
			names = append(names, n)
		}
		kinds = append(kinds, sp.belongs(h))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	switch {
	case len(names) == 0:
		return "nobody"
	case plain && len(names) <= 4:
		return orList(names)
	case len(names) > 3:
		names = append(names[:2:2], itoa(len(names)-2)+" others")
	}
	return strings.Join(kinds, " or ") + " (" + orList(names) + ")"
}

// belongs says which of the clause's parties a class of actors belongs to.
func (sp *space) belongs(h hand) string {
	var in []string
	w := make(world, len(sp.facts))
	for _, p := range sp.parties {
		if sp.member(p, h, 0, w) {
			in = append(in, p)
		}
	}
	if in == nil {
		return "one that belongs to none of " + strings.Join(sp.parties, ", ")
	}
	return "one that belongs to " + strings.Join(in, ", ")
}

// group splits values into classes by a signature, keeping the first value's order.
func group(values []string, signature func(string) string) (classes [][]string, sigs []string) {
	at := map[string]int{}
	for _, v := range values {
		s := signature(v)
		i, ok := at[s]
		if !ok {
			i = len(classes)
			at[s] = i
			classes, sigs = append(classes, nil), append(sigs, s)
		}
		classes[i] = append(classes[i], v)
	}
	return classes, sigs
}

func (sp *space) setActs(rules []*rule) {
	tree := sp.j.acts
	set := map[string]bool{}
	for _, r := range rules {
		for _, a := range slices.Concat(r.actsAsked(), r.clause.ConfirmedBy) {
			set[a] = true
		}
	}
	asked := sortedKeys(set)
	given := sp.s.e.Acts
	if len(given) == 0 {
		given = []string{tree.Root()}
	}
	var leaves []string
	for _, a := range given {
		leaves = append(leaves, tree.Leaves(a)...)
	}
	slices.Sort(leaves)
	classes, _ := group(slices.Compact(leaves), func(leaf string) string {
		var b strings.Builder
		for _, a := range asked {
			b.WriteByte("ny"[btoi(tree.CoversLeaf(a, leaf))])
		}
		return b.String()
	})
	f := fact{name: "act", code: "UD-ACT"}
	for _, c := range classes {
		bits := map[string]bool{}
		for _, a := range asked {
			bits[a] = tree.CoversLeaf(a, c[0])
		}
		sp.acts = append(sp.acts, bits)
		f.labels = append(f.labels, few(c))
	}
	sp.facts[factAct] = f
}

// actsAsked are the acts that make a rule apply: the occasion of a duty, else the acts named.
func (r *rule) actsAsked() []string {
	if r.clause.Upon != nil {
		return r.clause.Upon
	}
	return r.clause.Acts
}

func few(words []string) string {
	if len(words) > 4 {
		return strings.Join(words[:3], ", ") + " or " + itoa(len(words)-3) + " others"
	}
	return strings.Join(words, ", ")
}

// setMeans lists the kinds of means with the numbers that tests can tell apart.
func (sp *space) setMeans(rules []*rule) {
	seen := map[string]bool{}
	for _, r := range rules {
		for _, t := range r.clause.Means {
			if k := t.key(); !seen[k] {
				seen[k] = true
				sp.tests = append(sp.tests, t)
			}
		}
	}
	given := sp.s.e.Means
	if len(given) == 0 {
		given = []truce.Means{{Kind: sp.j.means.Root()}}
	}
	at := map[string]int{}
	var kinds [][]string
	for _, m := range given {
		for _, leaf := range sp.j.means.Leaves(m.Kind) {
			for _, nums := range sp.numbers(m) {
				sig := sp.meansBits(leaf, nums)
				i, ok := at[sig]
				if !ok {
					i = len(kinds)
					at[sig] = i
					kinds = append(kinds, nil)
					sp.means = append(sp.means, sig)
				}
				label := leaf
				for _, n := range sortedKeys(nums) {
					label += numLabel(n, nums[n], m.Num[n])
				}
				kinds[i] = append(kinds[i], label)
			}
		}
	}
	f := fact{name: "means", code: "UD-MEANS"}
	for _, k := range kinds {
		slices.Sort(k)
		f.labels = append(f.labels, few(slices.Compact(k)))
	}
	sp.facts[factMeans] = f
}

func numLabel(name string, v float64, given truce.Range) string {
	if given.Low == given.High && given.Low == v {
		return ""
	}
	return " with " + name + " about " + ftoa(v)
}

func (t MeansTest) key() string {
	var b strings.Builder
	b.WriteString(t.Kind)
	for _, n := range t.Num {
		b.WriteString(" " + n.Name + n.Op + ftoa(n.Value))
	}
	return b.String()
}

func (sp *space) meansBits(leaf string, nums map[string]float64) string {
	bits := make([]byte, len(sp.tests))
	for i, t := range sp.tests {
		ok := sp.j.means.CoversLeaf(t.Kind, leaf)
		for _, n := range t.Num {
			ok = ok && n.holds(nums[n.Name])
		}
		bits[i] = "ny"[btoi(ok)]
	}
	return string(bits)
}

// numbers lists representative choices of the numbers that the tests ask about.
func (sp *space) numbers(m truce.Means) []map[string]float64 {
	breaks := map[string][]float64{}
	for _, t := range sp.tests {
		for _, n := range t.Num {
			breaks[n.Name] = append(breaks[n.Name], n.Value)
		}
	}
	out := []map[string]float64{{}}
	for _, name := range sortedKeys(breaks) {
		low, high := 0.0, math.Inf(1)
		if r, ok := m.Num[name]; ok {
			low, high = r.Low, r.High
		}
		var next []map[string]float64
		for _, v := range representatives(low, high, breaks[name]) {
			for _, had := range out {
				c := map[string]float64{name: v}
				for k, x := range had {
					c[k] = x
				}
				next = append(next, c)
			}
		}
		out = next
	}
	return out
}

// representatives picks numbers from [low, high] that stand for all of it under
// comparisons with the constants: each constant, and one number between any two.
func representatives(low, high float64, constants []float64) []float64 {
	cs := slices.Clone(constants)
	slices.Sort(cs)
	cs = slices.Compact(cs)
	points := []float64{low}
	for i, c := range cs {
		points = append(points, c)
		if i+1 < len(cs) {
			points = append(points, (c+cs[i+1])/2, math.Floor(c)+1, math.Ceil(cs[i+1])-1)
		}
	}
	if len(cs) > 0 {
		first, last := cs[0], cs[len(cs)-1]
		points = append(points, math.Ceil(first)-1, math.Floor(last)+1)
		if low > first-1 && low < first {
			points = append(points, (low+first)/2)
		}
		if high > last && high < last+1 {
			points = append(points, (last+high)/2)
		}
	}
	if !math.IsInf(high, 1) {
		points = append(points, high)
	}
	if math.IsInf(low, -1) {
		points = points[1:]
		if len(cs) == 0 {
			points = []float64{0}
		}
	}
	points = slices.DeleteFunc(points, func(p float64) bool { return p < low || p > high })
	slices.Sort(points)
	return slices.Compact(points)
}

func (sp *space) holderIDs(rules []*rule) []string {
	control := false
	for _, r := range rules {
		control = r.place.zonesIn(map[int]bool{}) || control
	}
	if !control {
		return nil
	}
	if len(sp.s.e.Control) == 0 {
		return sp.j.who.everyone
	}
	return sp.candidates(sp.s.e.Control, nil)
}

func (sp *space) setControl(ids []string) {
	f := fact{name: "control", code: "UD-STATUS", labels: []string{"anybody"}}
	if ids != nil {
		f.labels = nil
		sp.holders = sp.classes(ids, sp.s.e.Control, "c")
		for _, h := range sp.holders {
			f.labels = append(f.labels, sp.handLabel(h))
		}
	}
	sp.facts[factControl] = f
}

func (sp *space) setHappened() {
	f := fact{name: "occurrence", code: "UD-SOURCE", labels: []string{"it happened"}}
	if sp.s.e.Doubted {
		f.labels = append(f.labels, "it did not happen")
	}
	sp.facts[factHappened] = f
}

func (sp *space) setReadings() {
	f := fact{name: "reading", code: "UD-READING"}
	for _, r := range sp.rules {
		f.labels = append(f.labels, r.name)
	}
	sp.facts[factReading] = f
}

// setFurther adds the facts that excuses, duties and conditions ask for.
func (sp *space) setFurther(rules []*rule) {
	breaks := map[string][]float64{}
	code := map[string]string{}
	need := func(name, c string, constants []float64) {
		breaks[name] = append(breaks[name], constants...)
		if code[name] != "UD-EXCEPT" {
			code[name] = c
		}
	}
	for _, r := range rules {
		c := "UD-ACT"
		if r.clause.Kind == Excuse {
			c = "UD-EXCEPT"
		}
		for name := range r.clause.Excuse {
			need(name, c, nil)
		}
		for name := range r.clause.Shown {
			need(name, c, nil)
		}
		if r.when != nil {
			for _, name := range r.when.facts {
				need(name, c, r.when.breaks[name])
			}
		}
		if r.clause.Count != nil {
			need("number", c, []float64{r.clause.Count.Value})
		}
		if r.perhaps != nil {
			sp.addFact(acceptance, "UD-STATUS", []any{"no", "yes"})
		}
		if r.provided != nil && r.provided.open() {
			sp.addFact(r.acceptance(), "UD-STATUS", []any{"no", "yes"})
		}
	}
	for _, name := range sortedKeys(code) {
		sp.addFact(name, code[name], sp.possible(name, breaks[name]))
	}
}

func (sp *space) addFact(name, code string, values []any) {
	if _, ok := sp.further[name]; ok {
		return
	}
	f := fact{name: name, code: code}
	for _, v := range values {
		f.labels = append(f.labels, valueText(v))
	}
	sp.further[name] = len(sp.facts)
	sp.values[len(sp.facts)] = values
	sp.facts = append(sp.facts, f)
}

func valueText(v any) string {
	switch x := v.(type) {
	case float64:
		return ftoa(x)
	case string:
		return x
	}
	return ""
}

// possible lists the values a further fact may have, as far as conditions can tell.
func (sp *space) possible(name string, breaks []float64) []any {
	e := sp.s.e
	var number *truce.Range
	switch name {
	case "killed":
		number = e.Killed
	case "injured":
		number = e.Injured
	case "number":
		number = e.Number
	default:
		v := e.Facts[name]
		if decl := sp.j.a.Facts[name]; !decl.Number {
			words := v.Words
			if len(words) == 0 {
				words = decl.Words
			}
			var out []any
			for _, w := range words {
				out = append(out, word(w))
			}
			return out
		}
		number = v.Number
		if number == nil {
			number = &truce.Range{Low: math.Inf(-1), High: math.Inf(1)}
		}
	}
	if number == nil {
		number = &truce.Range{Low: 0, High: math.Inf(1)}
	}
	var out []any
	for _, v := range representatives(number.Low, number.High, breaks) {
		if !slices.Contains(countNames, name) || v == math.Trunc(v) {
			out = append(out, v)
		}
	}
	return out
}
