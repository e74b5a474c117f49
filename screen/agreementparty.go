package screen

import (
	"slices"
	"time"

	"truce"
	"truce/actors"
	"truce/desk"
	"truce/terms"
)

// PartyView is one party of an agreement: whom the text makes it of, whom it binds, and who
// was in it when.
type PartyView struct {
	terms.Party
	Name    string
	Named   []actorRef // actors that the text names
	Lists   []string   // names of lists
	Bound   []string   // clauses that bind it
	Owed    []string   // clauses under which something is owed toward it
	Members []MemberView
	More    int // further members that are not drawn
}

// actorRef is an actor by a name of the day.
type actorRef struct {
	ID, Name string
	Known    bool // the register has it
}

// MemberView is one actor's place in a party over time.
type MemberView struct {
	actorRef
	Kind  string
	Bands []band // solid: in it; hatched: open
	// Now is the answer at the end of the axis: "yes", "no" or "open".
	Now   string
	Steps []stepView
}

// stepView is one dated step in or out of an agreement.
type stepView struct {
	actors.Adherence
	Entry int64 // that made it; 0: it stands in the register's file
	Row   string
}

func newActorRef(r *actors.Register, id string, at time.Time) actorRef {
	if r == nil {
		return actorRef{ID: id, Name: id}
	}
	_, known := r.Actor(id)
	return actorRef{id, r.NameOn(id, at), known}
}

// mostMembers is how many actors of a party are drawn.
const mostMembers = 80

// parties lays out who is in which party when, parties by name.
func (v *Agreement) parties(s *desk.Sight, j *terms.Judge) []PartyView {
	var out []PartyView
	until := s.Result.Until()
	for _, name := range sortedNames(v.Agreement.Parties) {
		p := PartyView{Party: v.Agreement.Parties[name], Name: name}
		for _, id := range p.Actors {
			p.Named = append(p.Named, newActorRef(v.Roster.Register, id, until))
		}
		for _, l := range p.Listed {
			if r := v.Roster.Register; r != nil {
				l = r.ListName(l)
			}
			p.Lists = append(p.Lists, l)
		}
		for _, c := range v.Agreement.Clauses {
			if slices.Contains(c.By, name) {
				p.Bound = append(p.Bound, c.ID)
			}
			if slices.Contains(c.Against, name) {
				p.Owed = append(p.Owed, c.ID)
			}
		}
		v.members(&p, j, until)
		out = append(out, p)
	}
	return out
}

// members draws the actors that the text names, that took a step as the party, that stand on
// its lists or have a tie that counts to one it names.
func (v *Agreement) members(p *PartyView, j *terms.Judge, until time.Time) {
	r := v.Roster.Register
	if r == nil {
		return
	}
	ids := v.candidates(p, r)
	if len(ids) > mostMembers {
		ids, p.More = ids[:mostMembers], len(ids)-mostMembers
	}
	for _, id := range ids {
		m := newMember(r, j.Membership(), p.Name, id, v.Axis, until)
		m.Steps = stepsOf(v.Roster, id, v.agreementOf(p), p.party())
		if m.Bands != nil || m.Steps != nil {
			p.Members = append(p.Members, m)
		}
	}
	slices.SortStableFunc(p.Members, func(a, b MemberView) int { return byFolded(a.Name, b.Name) })
}

// agreementOf is the agreement that a party's adherence is to.
func (v *Agreement) agreementOf(p *PartyView) string {
	if p.To != "" {
		return p.To
	}
	return v.ID
}

// party is the name that steps carry.
func (p *PartyView) party() string {
	if p.As != "" {
		return p.As
	}
	return p.Name
}

func (v *Agreement) candidates(p *PartyView, r *actors.Register) []string {
	ids := slices.Clone(p.Actors)
	with := p.With
	if slices.Contains(with, "associated") {
		with = []string{"part-of", "allied", "supports"}
	}
	for _, id := range p.Actors {
		for _, t := range r.Ties(id) {
			if slices.Contains(with, t.Kind) {
				ids = append(ids, t.By)
			}
		}
	}
	for _, d := range r.Adherences(v.agreementOf(p)) {
		if d.As == p.party() {
			ids = append(ids, d.Actor)
		}
	}
	for _, id := range r.IDs() {
		if a, _ := r.Actor(id); slices.ContainsFunc(a.Listings, func(l actors.Listing) bool { return slices.Contains(p.Listed, l.List) }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// newMember asks for an actor's place in a party at every instant at which it may change.
func newMember(r *actors.Register, m actors.Membership, party, id string, a *axis, until time.Time) MemberView {
	actor, _ := r.Actor(id)
	v := MemberView{actorRef: newActorRef(r, id, until), Kind: actor.Kind}
	if !a.Any() {
		return v
	}
	cuts := slices.DeleteFunc(r.Changes(m, id), func(t time.Time) bool { return !t.After(a.From) || !t.Before(a.To) })
	cuts = append(cuts, a.To)
	from := a.From
	for _, to := range cuts {
		is := triKind(r.Member(m, party, id, from, nil))
		if b, ok := a.band(from, to, is); ok && is != "no" {
			v.Bands = append(v.Bands, b)
		}
		v.Now, from = is, to
	}
	v.Bands = a.joined(v.Bands)
	return v
}

func triKind(t truce.Tri) string {
	switch t {
	case truce.Yes:
		return "yes"
	case truce.No:
		return "no"
	}
	return "open"
}

// stepsOf lists an actor's steps in or out of an agreement as a party; of all agreements or
// as whatever party where these are empty.
func stepsOf(roster *desk.Roster, id, agreement, party string) []stepView {
	var out []stepView
	for _, d := range roster.Register.Steps(id) {
		if agreement != "" && d.Agreement != agreement || party != "" && d.As != party {
			continue
		}
		x := stepView{Adherence: d}
		if e, ok := roster.Step(d); ok {
			x.Entry, x.Row = e.Entry, e.ID
		}
		out = append(out, x)
	}
	return out
}
