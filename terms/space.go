package terms

import (
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

// world picks one value, by index, for every fact. One that a test asks for and that has
// none yet is noted, and its first value stands in.
type world struct {
	pick  []int
	asked int // of several, the one to ask first
}

// unpicked stands for no value, and for no fact.
const unpicked = -1

func (w *world) of(fact int) int {
	if v := w.pick[fact]; v != unpicked {
		return v
	}
	if w.asked == unpicked || rank(fact) < rank(w.asked) {
		w.asked = fact
	}
	return 0
}

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
	eraOf   []int   // for each moment
	eras    []int   // the first moment of each era: of all moments that nothing here tells apart
	times   []int   // for each value of the time, its kind
	covers  [][]int // for each kind of time, the eras it covers
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
	// loose lets an open membership of somebody whom nobody named differ from role to role.
	// What would settle a verdict is told so: there, who it was includes what he belonged to.
	loose bool
	short bool // a brief is made: what it does not say is left out
	// identity says that it matters who exactly acted and who holds the ground.
	identity bool
	several  bool // a single time covers more than one moment, so that conditions on it must be taken together
	forest   *forest
	worldly  map[string]diagram        // by roles
	lines    map[[2]string][]truce.Tri // by atom and actor
}

func newSpace(j *Judge, s *Subject, rules []*rule) *space {
	sp := &space{j: j, s: s, rules: rules, slot: map[int]int{}, further: map[string]int{},
		values: map[int][]any{}, open: map[[3]string]int{}, lines: map[[2]string][]truce.Tri{}, forest: &forest{}}
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
	var covers [][]int // the moments of each value
	for _, w := range sp.s.when {
		ms := segments(w, cuts)
		var all []int
		for _, m := range ms {
			sp.moments = append(sp.moments, m)
			if i := len(sp.moments) - 1; w.Lasts {
				all = append(all, i)
			} else {
				covers = append(covers, []int{i})
				f.labels = append(f.labels, sp.j.stretch(m.at, m.end))
			}
		}
		if w.Lasts {
			covers = append(covers, all)
			sp.several = sp.several || len(all) > 1
			f.labels = append(f.labels, "lasting "+sp.j.stretch(w.From, w.To))
		}
	}
	sp.facts[factTime] = f
	sp.setEras(rules, ids, covers)
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
