package actors

import (
	"slices"
	"time"

	"truce"
)

// Party is a set of actors of an agreement, as in docs/language.md. All fields add up;
// Except takes away. As is the party name that acceptances carry; empty means the
// party's own. With holds kinds of link; "associated" means part-of, allied, supports.
type Party struct {
	Actors, With    []string
	Adhering        bool
	AdheringFrom    time.Time // zero: no earliest time
	As              string
	Listed, Kind    []string
	Anyone          bool
	Parties, Except []string
}

// Membership is what an agreement says about who belongs to it.
type Membership struct {
	Agreement string
	Parties   map[string]Party
	// NoticeEnd says when a notice given at a time runs out; nil: at once.
	NoticeEnd func(time.Time) time.Time
}

// Actors that stand for someone the register does not name.
const (
	// Outsider is an actor that no register names.
	Outsider = "*"
	// Unmatched begins a name that was read and is not in the register: "?name". It may
	// be anybody.
	Unmatched = "?"
)

// Member says whether an actor belongs to a party at a time. inside tells whether what is
// judged lies in an area, for acceptances that hold only somewhere; nil means that this
// is not known.
//
//   - Actors, With: named, or linked by such a link at that time; part-of is followed all
//     the way, the others once. A claimed link gives unknown. fought-beside never counts,
//     and who was renamed from another is that other.
//   - Adhering: by the latest step of the actor, or of what it was part of. Whoever gave
//     notice is bound until it runs out. A claimed step is unknown where it would change
//     the answer. What an umbrella accepted some of those accepted whom it covers, and
//     nobody said which: it is unknown for each that has no established step of its own.
//   - Listed: on the list that day, under whatever name, or part of one that was.
//   - The outsider belongs only where anyone does; an unmatched name is unknown.
//   - An umbrella or a coalition is answered for whoever it covers: yes when all belong, no
//     when none, otherwise unknown. Of groups it covers without naming them nobody knows
//     what they accepted or where they are listed; by name and by link they are what the
//     umbrella is; and of the kind that the named ones are, where these agree.
//
// The parties "anyone" and "nobody" exist undeclared; any other undeclared name, and a
// party defined by itself, is unknown.
func (r *Register) Member(m Membership, party, actor string, at time.Time, inside func(area string) bool) truce.Tri {
	return query{r, m, at, inside}.party(party, actor, nil).is
}

// Unnamed is Member for the groups that an umbrella or a coalition covers without naming them.
func (r *Register) Unnamed(m Membership, party, actor string, at time.Time, inside func(area string) bool) truce.Tri {
	p, ok := m.Parties[party]
	if !ok {
		return r.Member(m, party, actor, at, inside)
	}
	return query{r, m, at, inside}.single(party, p, actor, []string{party}).is
}

// query is one question about membership.
type query struct {
	r      *Register
	m      Membership
	at     time.Time
	inside func(string) bool
}

// answer is a value with the record it rests on. why is a reason's name; which of the
// other fields are set depends on it.
type answer struct {
	is     truce.Tri
	why    reason
	actor  string // whose record it is
	party  string
	path   []edge // links from the actor asked about to that one
	list   Listing
	step   Adherence
	denied bool // it belongs to a party that is taken away
}

// reason names what an answer rests on.
type reason int

const (
	notIn reason = iota
	named
	linked
	listed
	byStep
	noStep
	tooEarly
	ofUmbrella
	byKind
	everybody
	outside
	unmatched
	undeclared
	circular
	mixed
)

// party answers for an actor or for whoever it covers: for those whom it covers unnamed
// its own answer stands. asked are the parties being answered already.
func (q query) party(name, actor string, asked []string) answer {
	p, ok := q.m.Parties[name]
	switch {
	case !ok && name == "anyone":
		return answer{is: truce.Yes, why: everybody, party: name}
	case !ok && name == "nobody":
		return answer{is: truce.No, why: notIn, party: name}
	case !ok:
		return answer{why: undeclared, party: name}
	case slices.Contains(asked, name):
		return answer{why: circular, party: name}
	}
	all := append(slices.Clone(asked), name)
	one := q.single(name, p, actor, all)
	a := q.r.actors[actor]
	if a == nil || !a.covers() || one.is == truce.Yes {
		return one
	}
	members, open := q.r.Expand(actor, q.at)
	if !open && len(members) == 1 && members[0] == actor {
		return one
	}
	var is []truce.Tri
	if open {
		is = append(is, one.is)
	}
	for _, m := range members {
		is = append(is, q.single(name, p, m, all).is)
	}
	joint := agree(is)
	if one.is == truce.Unknown && joint == truce.No || one.is == joint && open {
		return one
	}
	return answer{is: joint, why: mixed, actor: actor, party: name}
}

// agree returns the value all have, or Unknown; of no values nothing is known.
func agree(all []truce.Tri) truce.Tri {
	if len(all) == 0 || slices.Min(all) != slices.Max(all) {
		return truce.Unknown
	}
	return all[0]
}

// single answers for one actor, an umbrella standing for those it covers unnamed.
func (q query) single(name string, p Party, actor string, asked []string) answer {
	in := answer{is: truce.No, why: notIn, party: name}
	switch {
	case p.Anyone:
		in = answer{is: truce.Yes, why: everybody, party: name}
	case actor == Outsider:
		in.why = outside
	case q.r.actors[actor] == nil:
		in = answer{why: unmatched, party: name}
	default:
		in = in.or(q.linked(p, actor)).or(q.listed(p, actor)).or(q.kind(p, actor))
		if p.Adhering {
			in = in.or(q.adhering(p, name, actor))
		}
	}
	for _, other := range p.Parties {
		in = in.or(q.party(other, actor, asked))
	}
	for _, other := range p.Except {
		in = in.less(q.party(other, actor, asked))
	}
	return in
}

// or is the higher of two answers; of two equal ones that with a record.
func (a answer) or(b answer) answer {
	if b.is > a.is || b.is == a.is && a.why == notIn {
		return b
	}
	return a
}

// less is a and not b.
func (a answer) less(b answer) answer {
	if out := b.is.Not(); out < a.is {
		b.is, b.denied = out, true
		return b
	}
	return a
}

// linked answers by name and link.
func (q query) linked(p Party, actor string) answer {
	for _, c := range q.r.climb(actor, q.at, with(p.With)) {
		if slices.Contains(p.Actors, c.id) {
			why := linked
			if len(c.path) == 0 {
				why = named
			}
			return answer{is: c.firm(), why: why, actor: c.id, path: c.path}
		}
	}
	return answer{is: truce.No}
}

// with spells out "associated".
func with(kinds []string) []string {
	if slices.Contains(kinds, "associated") {
		return []string{partOf, allied, supports}
	}
	return kinds
}

// listed answers by lists.
func (q query) listed(p Party, actor string) answer {
	if len(p.Listed) == 0 {
		return answer{is: truce.No}
	}
	for _, c := range q.r.climb(actor, q.at, []string{partOf}) {
		for _, l := range q.r.actors[c.id].Listings {
			if slices.Contains(p.Listed, l.List) && span(l.From, l.To, q.at) {
				return answer{is: c.firm(), why: listed, actor: c.id, path: c.path, list: l}
			}
		}
	}
	if q.open(actor) {
		return answer{why: ofUmbrella, actor: actor}
	}
	return answer{is: truce.No}
}

// established reports whether the step is beyond dispute.
func (d Adherence) established() bool { return !d.Claimed }

// binds reports whether the step binds the actor.
func (d Adherence) binds() bool {
	return d.Status == "accepted" || d.Status == "acceded" || d.Status == "deemed"
}

// loose reports whether a name is so wide that its word is not that of each it covers.
func (r *Register) loose(actor string) bool {
	a := r.actors[actor]
	return a != nil && (a.Kind == umbrella || a.covers() && a.Open)
}

// open reports whether the actor stands for groups that nobody named.
func (q query) open(actor string) bool {
	if !q.r.actors[actor].covers() {
		return false
	}
	_, open := q.r.Expand(actor, q.at)
	return open
}

// kind answers by the kind of actor; for groups that a name covers unnamed, by the kinds
// of the named ones.
func (q query) kind(p Party, actor string) answer {
	if len(p.Kind) == 0 {
		return answer{is: truce.No}
	}
	a := q.r.actors[actor]
	is := p.ofKind(a.Kind)
	if !a.covers() {
		return answer{is: is, why: byKind, actor: actor}
	}
	if members, _ := q.r.Expand(actor, q.at); is != truce.Yes && !slices.Contains(members, actor) {
		var all []truce.Tri
		for _, m := range members {
			all = append(all, p.ofKind(q.r.actors[m].Kind))
		}
		is = agree(all)
		if sure, _ := q.r.expand(actor, q.at, false); len(sure) == 0 {
			is = truce.Unknown
		}
	}
	return answer{is: is, why: byKind, actor: actor}
}

// ofKind reports whether the party takes in that kind.
func (p Party) ofKind(kind string) truce.Tri {
	if kind == "unknown" && !slices.Contains(p.Kind, kind) {
		return truce.Unknown
	}
	return truce.Of(slices.Contains(p.Kind, kind))
}

// adhering answers by the steps recorded under the agreement.
func (q query) adhering(p Party, name, actor string) answer {
	as := name
	if p.As != "" {
		as = p.As
	}
	own := false
	var steps []standing
	for _, c := range q.r.parents(actor, q.at) {
		recorded := q.r.records[q.m.Agreement][c.id]
		own = own || c.firm() == truce.Yes && slices.ContainsFunc(recorded, Adherence.established)
		steps = append(steps, q.taken(recorded, as, c)...)
	}
	base := answer{is: truce.No, why: noStep, actor: actor}
	switch {
	case q.open(actor): // what unnamed groups accepted is unknown, whatever the umbrella said
		if !q.at.Before(p.AdheringFrom) {
			base = answer{why: ofUmbrella, actor: actor}
		}
	case own:
	default:
		base = q.covered(base, as, p.AdheringFrom)
	}
	return q.history(steps, base, p.AdheringFrom)
}

// taken returns the steps as that party which have been taken and may still hold.
func (q query) taken(recorded []Adherence, as string, by climbed) []standing {
	var out []standing
	for _, d := range recorded {
		if d.As == as && q.counts(d) {
			out = append(out, standing{Adherence: d, climbed: by})
		}
	}
	return out
}

// covered answers for an actor without steps of its own from those of umbrellas it is
// under: some whom they cover took the step, and nobody said whether this one did.
func (q query) covered(none answer, as string, from time.Time) answer {
	for _, c := range q.r.climb(none.actor, q.at, []string{partOf}) {
		steps := q.taken(q.r.records[q.m.Agreement][c.id], as, climbed{id: c.id})
		if got := q.history(steps, none, from); got.is != truce.No {
			got.is, got.why = truce.Unknown, ofUmbrella
			return got
		}
	}
	return none
}

// standing is a step with the way to whoever took it.
type standing struct {
	Adherence
	climbed
	assumed bool // what is claimed of it is taken to be so
}

// counts reports whether a step has been taken and may still hold. Where it holds only in
// some areas, being inside one is asked when it is weighed.
func (q query) counts(d Adherence) bool {
	if d.At.After(q.at) || !d.Until.IsZero() && !q.at.Before(d.Until) {
		return false
	}
	return len(d.Where) == 0 || q.inside == nil || slices.ContainsFunc(d.Where, q.inside)
}

// history weighs steps in turn, below being the answer before all of them. Of steps taken
// at one time its own goes over that of what it is part of, and one for an area over one
// for everywhere; steps equal in all this must agree.
func (q query) history(steps []standing, below answer, from time.Time) answer {
	slices.SortStableFunc(steps, standing.compare)
	got := q.replay(steps, below, from)
	if got.is != truce.Unknown {
		return got
	}
	if firm, ok := q.eitherWay(steps, below, from); ok {
		return firm
	}
	return got
}

// eitherWay tries the steps with each claim held true and held false: a claimed link to
// whoever took them, and a claimed step. It answers where all come to the same.
func (q query) eitherWay(steps []standing, below answer, from time.Time) (answer, bool) {
	var claims []string
	for _, s := range steps {
		claims = append(claims, s.claims()...)
	}
	slices.Sort(claims)
	claims = slices.Compact(claims)
	const most = 6
	if len(claims) == 0 || len(claims) > most {
		return answer{}, false
	}
	var first answer
	for mask := range 1 << len(claims) {
		a := q.replay(held(steps, claims, mask), below, from)
		if mask == 0 {
			first = a
		}
		if a.is == truce.Unknown || a.is != first.is {
			return answer{}, false
		}
	}
	return first, true
}

// claims names what a step rests on that is only claimed.
func (s standing) claims() []string {
	var out []string
	if s.firm() != truce.Yes {
		out = append(out, "link to "+s.id)
	}
	if s.Claimed {
		out = append(out, s.Status+" by "+s.id+" at "+s.At.String())
	}
	return out
}

// held keeps the steps of which every claim is held true: those whose bits are set.
func held(steps []standing, claims []string, mask int) []standing {
	var out []standing
	for _, s := range steps {
		own := s.claims()
		if slices.ContainsFunc(own, func(c string) bool { return mask>>slices.Index(claims, c)&1 == 0 }) {
			continue
		}
		s.assumed = len(own) > 0
		out = append(out, s)
	}
	return out
}

// replay weighs steps that are in order.
func (q query) replay(steps []standing, below answer, from time.Time) answer {
	for i := 0; i < len(steps); {
		var now []answer
		for j := i; i < len(steps) && steps[i].compare(steps[j]) == 0; i++ {
			now = append(now, q.weigh(steps[i], below, from))
		}
		below = now[0]
		if slices.ContainsFunc(now, func(a answer) bool { return a.is != below.is }) {
			below.is = truce.Unknown
		}
	}
	return below
}

// compare orders steps so that the weightier comes later.
func (s standing) compare(t standing) int {
	if c := s.At.Compare(t.At); c != 0 {
		return c
	}
	if c := min(len(t.path), 1) - min(len(s.path), 1); c != 0 {
		return c
	}
	return min(len(s.Where), 1) - min(len(t.Where), 1)
}

// weigh returns the answer after a step, below being the answer before it.
func (q query) weigh(s standing, below answer, from time.Time) answer {
	a := answer{is: truce.No, why: byStep, actor: s.id, path: s.path, step: s.Adherence}
	switch early := q.at.Before(from); {
	case s.binds() && early:
		a.why = tooEarly
	case s.binds():
		a.is = truce.Yes
	case s.Status == "notice" && q.m.NoticeEnd != nil && q.at.Before(q.m.NoticeEnd(s.At)):
		a.is = truce.Of(!early) // whoever gives notice is bound until it runs out
	}
	sure := (s.assumed || s.firm() == truce.Yes && !s.Claimed) && !q.r.loose(s.id) && (len(s.Where) == 0 || q.inside != nil)
	switch {
	case sure || a.is == below.is:
		return a
	case below.is == truce.Unknown && below.why == byStep:
		return below // open already, by an earlier record
	}
	a.is = truce.Unknown
	return a
}

// list names the parties of a membership, sorted.
func (m Membership) list() []string {
	var out []string
	for n := range m.Parties {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
