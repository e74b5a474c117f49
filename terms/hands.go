package terms

import (
	"maps"
	"slices"
	"strings"

	"truce"
	"truce/actors"
)

// own is an actor's own membership in an atom in an era and at a place, before open ones
// are settled.
func (sp *space) own(atom, actor string, era, place int) truce.Tri {
	return sp.line(atom, actor)[era*sp.width()+place]
}

// line is an actor's own membership in an atom in every era and, where memberships turn on
// the place, at every place. It is asked of the register once.
func (sp *space) line(atom, actor string) []truce.Tri {
	key := [2]string{atom, actor}
	line, ok := sp.lines[key]
	if ok {
		return line
	}
	line = make([]truce.Tri, 0, len(sp.eras)*sp.width())
	st, m := sp.j.who.standing(atom, actor), sp.j.who.membership(atom)
	for era := range sp.eras {
		for _, bits := range sp.places[:sp.width()] {
			at := sp.at(era)
			switch {
			case actor == "" || actor == nobodyActor:
				line = append(line, truce.No)
			case st.placed && sp.placed:
				line = append(line, sp.j.who.member(m, atom, actor, at, func(area string) bool {
					z, ok := sp.j.areas[area]
					return ok && bits[sp.slot[z]]
				}))
			default:
				line = append(line, st.at(at))
			}
		}
	}
	sp.lines[key] = line
	return line
}

// width is how many places memberships are told apart by.
func (sp *space) width() int {
	if sp.placed {
		return len(sp.places)
	}
	return 1
}

const nobodyActor = "nobody"

func (sp *space) setSides(ids [2][]string) {
	e := sp.s.e
	for i := range ids {
		role := "ab"[i : i+1]
		sp.hands[i] = sp.classes(ids[i], role)
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

// classes groups candidates that the clause cannot tell apart. Actors whom the report names
// by themselves, in whichever role, keep their open memberships as facts; of those that only may be meant, each way in which
// an open membership may turn out is a class of its own.
func (sp *space) classes(ids []string, role string) []hand {
	given := slices.Concat(sp.s.e.By, sp.s.e.Against, sp.s.e.Control)
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

// profile writes down an actor's memberships in every era and place.
func (sp *space) profile(id string) (profile string, unknown []string) {
	var out []byte
	for _, atom := range sp.atoms {
		line := sp.line(atom, id)
		for _, is := range line {
			out = append(out, "n?y"[is+1])
		}
		if slices.Contains(line, truce.Unknown) {
			unknown = append(unknown, atom)
		}
	}
	return string(out), unknown
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
func (sp *space) member(party string, h hand, era int, w *world) bool {
	if h.actor == nobodyActor {
		return false
	}
	place := 0
	if sp.placed {
		place = w.of(factPlace)
	}
	return sp.j.who.in(party, func(atom string) bool {
		if is := sp.own(atom, h.actor, era, place); is != truce.Unknown {
			return is == truce.Yes
		}
		if h.fold != nil {
			return h.fold[atom]
		}
		return w.of(sp.open[[3]string{atom, h.actor}]) == 1
	})
}

// by and against are the two hands of a world, in their roles.
func (sp *space) by(w *world) hand {
	return sp.hands[w.of(factAttacker)][w.of(factSideA+w.of(factAttacker))]
}
func (sp *space) against(w *world) hand {
	return sp.hands[1-w.of(factAttacker)][w.of(factSideB-w.of(factAttacker))]
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
	w := &world{pick: make([]int, len(sp.facts))}
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
		sp.holders = sp.classes(ids, "c")
		for _, h := range sp.holders {
			f.labels = append(f.labels, sp.handLabel(h))
		}
	}
	sp.facts[factControl] = f
}

// roles are the facts that pick a class of actors.
func (sp *space) roles() []int {
	out := []int{factSideA, factSideB}
	if sp.holders != nil {
		out = append(out, factControl)
	}
	return out
}

func (sp *space) picks(role int) []hand {
	if role == factControl {
		return sp.holders
	}
	return sp.hands[role-factSideA]
}

// isWorld reports whether a choice of classes is a world: whoever stands in two of the
// roles belongs to the same in both, so classes that differ need somebody each.
func (sp *space) isWorld(w *world, roles []int) bool {
	var taken []string
	var pick func(i int) bool
	pick = func(i int) bool {
		if i == len(roles) {
			return true
		}
		h := sp.picks(roles[i])[w.of(roles[i])]
		for _, id := range h.ids {
			if sp.clash(h, id, w, roles[:i], taken) {
				continue
			}
			if taken = append(taken, id); pick(i + 1) {
				return true
			}
			taken = taken[:i]
		}
		return false
	}
	return pick(0)
}

// clash reports whether somebody stands in an earlier role with other memberships.
func (sp *space) clash(h hand, id string, w *world, earlier []int, taken []string) bool {
	for k, role := range earlier {
		if taken[k] == id && sp.single(id) && !maps.Equal(h.fold, sp.picks(role)[w.of(role)].fold) {
			return true
		}
	}
	return false
}

// single reports whether an identifier stands for one actor: not for the groups that an
// umbrella does not name, nor for whomever the register does not know.
func (sp *space) single(id string) bool {
	return id != actors.Outsider && id != nobodyActor && !sp.umbrella(id)
}

// atOdds reports whether two roles may pick the same actor with different memberships.
func (sp *space) atOdds(p, q int) bool {
	for _, a := range sp.picks(p) {
		for _, b := range sp.picks(q) {
			if !maps.Equal(a.fold, b.fold) && slices.ContainsFunc(a.ids, func(id string) bool { return sp.single(id) && slices.Contains(b.ids, id) }) {
				return true
			}
		}
	}
	return false
}
