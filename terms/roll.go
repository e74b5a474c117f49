package terms

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"truce"
	"truce/actors"
)

// roll answers who is in which party when. What a party says of its own (names, links,
// lists, adherence) is one question to the register; parties made of other parties are
// put together here, so that an open membership is one fact wherever it is used.
type roll struct {
	register   *actors.Register
	parties    map[string]Party
	own        actors.Membership // parties without Parties and Except
	full       actors.Membership
	mu         sync.RWMutex
	lines      map[[2]string]*standing
	reasons    map[reasonKey]reason
	expanded   map[expandKey]expansion
	clock      clock
	agreements []string // one party for each agreement that adherence is asked of
	everyone   []string // everybody the register knows, the outsider and nobody
	all        []string // who may have acted when nobody knows, less umbrellas
}

// standing is one actor's membership in one party over time.
type standing struct {
	cuts   []time.Time
	is     []truce.Tri // is[i] holds from cuts[i-1] to cuts[i]
	turns  []time.Time // the cuts at which it changes; all of them where it is placed
	placed bool        // depends on the place: ask again
}

func (s *standing) at(t time.Time) truce.Tri {
	return s.is[sort.Search(len(s.cuts), func(i int) bool { return t.Before(s.cuts[i]) })]
}

func newRoll(j *Judge) *roll {
	notice := func(t time.Time) time.Time { return t }
	if j.a.Notice != nil {
		notice = func(t time.Time) time.Time { return j.clock.add(t, *j.a.Notice) }
	}
	w := &roll{register: j.book.Register, clock: j.clock, parties: j.a.Parties, lines: map[[2]string]*standing{}, reasons: map[reasonKey]reason{}, expanded: map[expandKey]expansion{},
		own:  actors.Membership{Agreement: j.a.ID, Parties: map[string]actors.Party{}, NoticeEnd: notice},
		full: actors.Membership{Agreement: j.a.ID, Parties: map[string]actors.Party{}, NoticeEnd: notice}}
	for name, p := range j.a.Parties {
		from, _ := j.clock.instant(p.From)
		q := actors.Party{Actors: p.Actors, With: p.With, Adhering: p.Adhering, AdheringFrom: from, As: p.As,
			Listed: p.Listed, Kind: p.Kind, Anyone: p.Anyone}
		w.own.Parties[name] = q
		q.Parties, q.Except = p.Parties, p.Except
		w.full.Parties[name] = q
	}
	seen := map[string]bool{}
	for _, name := range append([]string{""}, sortedKeys(w.parties)...) {
		if to := w.parties[name].To; !seen[to] {
			seen[to] = true
			w.agreements = append(w.agreements, name)
		}
	}
	w.all = append(w.named(w.register.Candidates()), actors.Outsider)
	w.everyone = append(w.named(w.register.IDs()), actors.Outsider, nobodyActor)
	return w
}

// named leaves the umbrellas out that stand for nobody but their members; an open one
// stands for the groups it does not name.
func (w *roll) named(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		a, _ := w.register.Actor(id)
		return a.Kind == "umbrella" && !a.Open
	})
}

// atoms lists the parties whose own statement decides membership in a party, sorted.
func (w *roll) atoms(party string, into map[string]bool) {
	p, ok := w.parties[party]
	if !ok || into[party] {
		return
	}
	into[party] = true
	for _, q := range slices.Concat(p.Parties, p.Except) {
		w.atoms(q, into)
	}
}

// in puts a party together from its atoms.
func (w *roll) in(party string, own func(atom string) bool) bool {
	switch party {
	case "anyone":
		return true
	case "nobody":
		return false
	}
	p := w.parties[party]
	is := !p.hollow() && own(party)
	for _, q := range p.Parties {
		is = is || w.in(q, own)
	}
	for _, q := range p.Except {
		is = is && !w.in(q, own)
	}
	return is
}

// sides spells parties out into those that are not made of others: who is on whose side.
func (w *roll) sides(parties []string) []string {
	var out []string
	for _, p := range parties {
		if of := w.parties[p].Parties; len(of) > 0 && w.parties[p].hollow() {
			out = append(out, w.sides(of)...)
		} else {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hollow reports whether a party has no members but those of other parties.
func (p Party) hollow() bool {
	return !p.Anyone && !p.Adhering && len(p.Actors)+len(p.Listed)+len(p.Kind) == 0
}

// standing returns an actor's own membership in an atom over time.
func (w *roll) standing(atom, actor string) *standing {
	key := [2]string{atom, actor}
	w.mu.RLock()
	s := w.lines[key]
	w.mu.RUnlock()
	if s != nil {
		return s
	}
	m := w.membership(atom)
	s = &standing{cuts: w.register.Changes(m, actor)}
	for _, a := range w.register.Adherences(m.Agreement) {
		if a.Actor != actor {
			continue
		}
		for _, t := range []time.Time{a.At, a.Until, m.NoticeEnd(a.At)} {
			if !t.IsZero() {
				s.cuts = append(s.cuts, t)
			}
		}
	}
	slices.SortFunc(s.cuts, time.Time.Compare)
	s.cuts = slices.CompactFunc(s.cuts, time.Time.Equal)
	everywhere := func(string) bool { return true }
	nowhere := func(string) bool { return false }
	for i := 0; i <= len(s.cuts); i++ {
		at := time.Time{}
		if i > 0 {
			at = s.cuts[i-1]
		}
		is := w.member(m, atom, actor, at, everywhere)
		s.placed = s.placed || is != w.member(m, atom, actor, at, nowhere)
		s.is = append(s.is, is)
	}
	for i, cut := range s.cuts {
		if s.placed || s.is[i] != s.is[i+1] {
			s.turns = append(s.turns, cut)
		}
	}
	w.mu.Lock()
	w.lines[key] = s
	w.mu.Unlock()
	return s
}

// member asks the register; an umbrella stands for the groups it does not name.
func (w *roll) member(m actors.Membership, atom, actor string, at time.Time, inside func(string) bool) truce.Tri {
	if w.parties[atom].hollow() {
		return truce.No
	}
	is := w.register.Unnamed(m, atom, actor, at, inside)
	if is != truce.No && slices.Contains(w.parties[atom].Actors, actor) {
		is = min(is, w.stays(m, atom, actor, at))
	}
	return is
}

// stays says whether a party bound by its name is still bound: not after it withdrew, was
// excluded or suspended, or its notice ran out.
func (w *roll) stays(m actors.Membership, atom, actor string, at time.Time) truce.Tri {
	out, last := truce.Yes, time.Time{}
	for _, a := range w.register.Adherences(m.Agreement) {
		if a.Actor != actor || a.As != w.as(atom) || a.At.After(at) || !a.Until.IsZero() && !at.Before(a.Until) || a.At.Before(last) {
			continue
		}
		last = a.At
		switch ended := a.Status == "withdrawn" || a.Status == "excluded" || a.Status == "suspended" ||
			a.Status == "notice" && !at.Before(m.NoticeEnd(a.At)); {
		case !ended:
			out = truce.Yes
		case a.Claimed:
			out = truce.Unknown
		default:
			out = truce.No
		}
	}
	return out
}

// as is the name under which the register knows a party.
func (w *roll) as(party string) string {
	if as := w.parties[party].As; as != "" {
		return as
	}
	return party
}

// cuts appends the instants within reach at which an actor's standing may change.
func (w *roll) cuts(out []time.Time, actor string, reach span) []time.Time {
	for _, party := range w.agreements {
		out = append(out, within(w.standing(party, actor).cuts, reach)...)
	}
	return out
}

// accepted is when a party surely, and when it perhaps, has somebody with accepted adherence.
func (w *roll) accepted(party string) (sure, perhaps spans) {
	m, as := w.membership(party), w.as(party)
	var cuts []time.Time
	for _, a := range w.register.Adherences(m.Agreement) {
		for _, t := range []time.Time{a.At, a.Until, m.NoticeEnd(a.At)} {
			if !t.IsZero() {
				cuts = append(cuts, t)
			}
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	for _, s := range segments(truce.When{}, slices.CompactFunc(cuts, time.Time.Equal)) {
		is := w.register.Accepted(m, as, s.at)
		if is == truce.Yes {
			sure = append(sure, span{s.at, s.end})
		}
		if is != truce.No {
			perhaps = append(perhaps, span{s.at, s.end})
		}
	}
	return sure.tidy(), perhaps.tidy()
}

// membership is the question a party's own statement asks: its adherence may be to
// another agreement.
func (w *roll) membership(party string) actors.Membership {
	m := w.own
	if to := w.parties[party].To; to != "" {
		m.Agreement = to
	}
	return m
}

// provision is when the parties a duty depends on have accepted, surely and perhaps.
type provision struct {
	sure, perhaps spans
	before        time.Time // the acceptance that counts is the one that stood just before; zero: on the day
}

// provided reads the condition of a duty.
func (w *roll) provided(p *Provided) *provision {
	out := &provision{sure: spans{{}}, perhaps: spans{{}}}
	for _, party := range p.Accepted {
		sure, perhaps := w.accepted(party)
		out.sure, out.perhaps = out.sure.meet(sure), out.perhaps.meet(perhaps)
	}
	if p.Before != nil {
		out.before, _ = w.clock.instant(p.Before)
	}
	return out
}

// at says whether the condition is met for an act at a moment.
func (p *provision) at(t time.Time) truce.Tri {
	if !p.before.IsZero() {
		t = p.before.Add(-time.Nanosecond)
	}
	switch {
	case p.sure.has(t):
		return truce.Yes
	case p.perhaps.has(t):
		return truce.Unknown
	}
	return truce.No
}

// open reports whether the condition can be unknown.
func (p *provision) open() bool { return !p.sure.equal(p.perhaps) }

// reason is what the register says of an actor and a party in one stretch of time.
type reason struct {
	is  truce.Tri
	why string
}

// reason answers for a whole party, as the register puts it together, and explains it.
// Between two changes of the actor's standing the answer stays, so it is asked once.
func (w *roll) reason(party, actor string, at time.Time) reason {
	if party == "anyone" || party == "nobody" {
		return reason{is: truce.Of(party == "anyone")}
	}
	cuts := w.standing(party, actor).cuts
	i := sort.Search(len(cuts), func(i int) bool { return at.Before(cuts[i]) })
	key := reasonKey{party, actor, i}
	w.mu.RLock()
	r, ok := w.reasons[key]
	w.mu.RUnlock()
	if ok {
		return r
	}
	m := w.full
	m.Agreement = w.membership(party).Agreement
	r = reason{w.register.Member(m, party, actor, at, func(string) bool { return true }), w.register.Why(m, party, actor, at)}
	w.mu.Lock()
	w.reasons[key] = r
	w.mu.Unlock()
	return r
}

type reasonKey struct {
	party, actor string
	stretch      int
}

// expand opens an umbrella up; the answer for a day is kept.
func (w *roll) expand(id string, at time.Time) ([]string, bool) {
	key := expandKey{id, at.Unix() / 86400}
	w.mu.RLock()
	x, ok := w.expanded[key]
	w.mu.RUnlock()
	if !ok {
		x.members, x.open = w.register.Expand(id, at)
		w.mu.Lock()
		w.expanded[key] = x
		w.mu.Unlock()
	}
	return x.members, x.open
}

type expandKey struct {
	id  string
	day int64
}

type expansion struct {
	members []string
	open    bool
}

// name is what to call an actor in an explanation.
func (w *roll) name(actor string, at time.Time) string {
	switch {
	case actor == actors.Outsider:
		return "somebody the register does not name"
	case strings.HasPrefix(actor, actors.Unmatched):
		return strings.TrimPrefix(actor, actors.Unmatched) + " (not in the register)"
	}
	if n := w.register.NameOn(actor, at); n != "" {
		return n
	}
	return actor
}
