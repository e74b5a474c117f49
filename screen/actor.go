package screen

import (
	"slices"
	"strings"
	"time"

	"truce/actors"
	"truce/desk"
	"truce/terms"
)

// Actor is the page of one actor. It says who that is and by whose word, and counts nothing.
type Actor struct {
	ActorLine
	Open         bool // its name covers others whom the register does not name
	Note, Source string
	Register     string // file
	Entry        int64  // that adopted it
	Dated        []nameView
	Undated      []nameGroup
	Renamings    []renaming
	Listings     []listingView
	Axis         *axis
	Adherence    []adherenceView
	Ties         []tieView // its own
	Tied         []tieView // of others to it
	Members      []actorRef
	CoveredBy    []actorRef
}

// nameGroup are the undated names in one language.
type nameGroup struct {
	Lang  string
	Names []string
}

// renaming is a new name of the same actor, with what went on.
type renaming struct {
	At      time.Time
	Was, Is []string
	Lists   []string   // on which it stood before and after
	Steps   []stepView // steps that held when it took the name
}

// listingView is an entry on a list.
type listingView struct {
	actors.Listing
	Name  string
	Bands []band
}

// adherenceView is an actor under one agreement.
type adherenceView struct {
	Agreement, Title string
	Seen             bool // the agreement may be seen
	Parties          []partyLane
	Steps            []stepView
}

// partyLane is its place in one party over time.
type partyLane struct {
	Party string
	Bands []band
}

// tieView is a dated claim that two actors belong together.
type tieView struct {
	actors.Link
	Actor actorRef
	Bands []band
}

// NewActor makes the page of one actor; false where the register that the person sees does
// not have it.
func NewActor(s *desk.Sight, roster *desk.Roster, id string) (Actor, bool) {
	r := roster.Register
	if s.Result == nil || r == nil {
		return Actor{}, false
	}
	a, ok := r.Actor(id)
	if !ok {
		return Actor{}, false
	}
	until := s.Result.Until()
	v := Actor{Open: a.Open, Note: a.Note, Source: a.Source, Register: roster.Name, Entry: roster.Entry}
	all := NewActors(s, roster, "")
	v.ActorLine = all.List[slices.IndexFunc(all.List, func(l ActorLine) bool { return l.ID == id })]
	v.names()
	v.Axis = actorAxis(s, r, a)
	v.Listings = listings(r, a, v.Axis)
	v.adherence(s, roster)
	for _, l := range a.Links {
		v.Ties = append(v.Ties, newTie(r, l, l.Other, v.Axis, until))
	}
	for _, t := range r.Ties(id) {
		v.Tied = append(v.Tied, newTie(r, t.Link, t.By, v.Axis, until))
	}
	for _, m := range a.Members {
		v.Members = append(v.Members, newActorRef(r, m, until))
	}
	for _, m := range r.CoveredBy(id) {
		v.CoveredBy = append(v.CoveredBy, newActorRef(r, m, until))
	}
	v.renamings(r)
	return v, true
}

func newTie(r *actors.Register, l actors.Link, other string, a *axis, at time.Time) tieView {
	v := tieView{Link: l, Actor: newActorRef(r, other, at)}
	kind := "yes"
	if l.Claimed {
		kind = "open"
	}
	if b, ok := a.band(l.From, l.To, kind); ok {
		v.Bands = []band{b}
	}
	return v
}

// names parts the names that have days from those that have none.
func (v *Actor) names() {
	for _, n := range v.Names {
		if !n.From.IsZero() || !n.To.IsZero() {
			v.Dated = append(v.Dated, n)
			continue
		}
		i := slices.IndexFunc(v.Undated, func(g nameGroup) bool { return g.Lang == n.Lang })
		if i < 0 {
			i = len(v.Undated)
			v.Undated = append(v.Undated, nameGroup{Lang: n.Lang})
		}
		v.Undated[i].Names = append(v.Undated[i].Names, n.Text())
	}
	slices.SortStableFunc(v.Dated, func(a, b nameView) int { return a.From.Compare(b.From) })
	slices.SortStableFunc(v.Undated, func(a, b nameGroup) int { return strings.Compare(a.Lang, b.Lang) })
}

// actorAxis spans all that is dated about an actor, and the days charted.
func actorAxis(s *desk.Sight, r *actors.Register, a actors.Actor) *axis {
	ends := []time.Time{s.Result.Mission.From, s.Result.Until()}
	for _, l := range a.Listings {
		ends = append(ends, l.From, l.To)
	}
	for _, l := range a.Links {
		ends = append(ends, l.From, l.To)
	}
	for _, t := range r.Ties(a.ID) {
		ends = append(ends, t.From, t.To)
	}
	for _, d := range r.Steps(a.ID) {
		ends = append(ends, d.At, d.Until)
	}
	from, to := bounds(ends...)
	return newAxis(from, to, s.Result.Mission.Zone)
}

func listings(r *actors.Register, a actors.Actor, x *axis) []listingView {
	var out []listingView
	for _, l := range a.Listings {
		v := listingView{Listing: l, Name: r.ListName(l.List)}
		if b, ok := x.band(l.From, l.To, "yes"); ok {
			v.Bands = []band{b}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b listingView) int {
		if n := a.From.Compare(b.From); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// adherence gathers the agreements that the actor took a step under, or that name it.
func (v *Actor) adherence(s *desk.Sight, roster *desk.Roster) {
	var ids []string
	for _, d := range roster.Register.Steps(v.ID) {
		ids = append(ids, d.Agreement)
	}
	for _, j := range s.Result.Judges {
		for _, p := range j.Agreement().Parties {
			if slices.Contains(p.Actors, v.ID) {
				ids = append(ids, j.Agreement().ID)
			}
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		x := adherenceView{Agreement: id, Title: id, Steps: stepsOf(roster, v.ID, id, "")}
		if j := s.Agreement(id); j != nil {
			x.Title, x.Seen = j.Agreement().Title, true
			for _, party := range sortedNames(j.Agreement().Parties) {
				m := newMember(roster.Register, j.Membership(), party, v.ID, v.Axis, s.Result.Until())
				if bands := v.Axis.clipped(m.Bands, lifeOf(j, x.Steps)); bands != nil {
					x.Parties = append(x.Parties, partyLane{party, bands})
				}
			}
		}
		v.Adherence = append(v.Adherence, x)
	}
}

// lifeOf is the stretch in which somebody may be in or out of an agreement: from its first
// window, or an earlier step, to the end of its last window.
func lifeOf(j *terms.Judge, steps []stepView) [2]time.Time {
	in := j.InForce()
	if len(in) == 0 {
		return [2]time.Time{}
	}
	from, to := in[0][0], in[len(in)-1][1]
	for _, d := range steps {
		if !from.IsZero() && d.At.Before(from) {
			from = d.At
		}
	}
	return [2]time.Time{from, to}
}

// renamings are the days on which one dated name followed another.
func (v *Actor) renamings(r *actors.Register) {
	for _, n := range v.Dated {
		if n.From.IsZero() || slices.ContainsFunc(v.Renamings, func(x renaming) bool { return x.At.Equal(n.From) }) {
			continue
		}
		x := renaming{At: n.From}
		for _, m := range v.Dated {
			if m.To.Equal(n.From) {
				x.Was = append(x.Was, m.Text())
			}
			if m.From.Equal(n.From) {
				x.Is = append(x.Is, m.Text())
			}
		}
		if x.Was == nil {
			continue
		}
		for _, l := range v.Listings {
			if l.From.Before(x.At) && (l.To.IsZero() || l.To.After(x.At)) {
				x.Lists = append(x.Lists, l.Name)
			}
		}
		for _, d := range r.Steps(v.ID) {
			if d.At.Before(x.At) && (d.Until.IsZero() || d.Until.After(x.At)) {
				x.Steps = append(x.Steps, stepView{Adherence: d})
			}
		}
		v.Renamings = append(v.Renamings, x)
	}
}
