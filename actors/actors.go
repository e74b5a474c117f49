// Package actors says who is who, on what day and by whose word: the names an actor
// went by, what it was part of, which lists it stood on, and which agreements it had
// accepted. A register is a YAML file; docs/register.md describes it.
//
// The two calls most people need are [Parse] and [Register.Member]:
//
//	r, problems := actors.Parse("register.yaml", text)
//	r.Member(m, "opposition", "ahrar-al-sham", at, inside)
//
// All times are instants and all spans half open; dates in the file are civil days of
// the register's zone. What the register does not firmly say is unknown, never no:
// a claimed link or acceptance, and the word of an umbrella whose groups nobody named.
// A register is not changed after Parse and may be read from many goroutines.
package actors

import (
	"slices"
	"strings"
	"time"
)

// Register is the record of one mission's actors.
type Register struct {
	zone     *time.Location
	ids      []string
	actors   map[string]*Actor
	lists    map[string]string // identifier of a list to its name for people
	adhered  []Adherence       // sorted by time
	records  map[string]map[string][]Adherence
	up, down map[string][]edge // links as they are walked, from and to an actor
	named    map[string][]naming
}

// Actor is a person, group, force or state that does or suffers something. Its
// identifier outlives every name.
type Actor struct {
	ID       string
	Kind     string // one of those that docs/register.md lists
	Names    []Name
	Links    []Link
	Listings []Listing
	// Members are actors that the name covers, whatever the day; see Register.Expand.
	Members []string
	// Open says that the name also covers actors not named in the register.
	Open   bool
	Note   string
	Source string
}

// Name is what an actor is called, in a language (BCP 47, may be empty), and when that
// was the right name. A zero From or To is an open end.
type Name struct {
	Name, Lang string
	From, To   time.Time
}

// Link ties an actor to another for a time: "part-of", "allied", "supports",
// "fought-beside", "renamed-from". Claimed says that it is not established.
type Link struct {
	Kind, Other string
	From, To    time.Time
	Claimed     bool
	Source      string
}

// Listing is an entry on a named list, under the name As, from From (included) to To.
type Listing struct {
	List, As string
	From, To time.Time
	Source   string
}

// Adherence is one dated step of an actor in or out of an agreement, as a party, with
// who attested it. Until is zero where the step holds on; Where lists area codes when it
// holds only there.
type Adherence struct {
	Agreement, Actor, As, Status string
	At, Until                    time.Time
	Where                        []string
	By                           string
	Claimed                      bool
	Source, Note                 string
}

// kinds an actor may be of.
const kinds = "state-forces state-aligned-militia foreign-state-forces foreign-non-state-ally " +
	"non-state-armed-group coalition de-facto-authority police international-mission humanitarian " +
	"medical press civilians communal-group criminal political-body umbrella unknown"

// armed are the kinds able to act with force.
const armed = "state-forces state-aligned-militia foreign-state-forces foreign-non-state-ally " +
	"non-state-armed-group coalition de-facto-authority police communal-group criminal unknown"

// Actor returns the actor with that identifier. The slices in it must not be changed.
func (r *Register) Actor(id string) (Actor, bool) {
	a, ok := r.actors[id]
	if !ok {
		return Actor{}, false
	}
	return *a, true
}

// IDs returns all identifiers, sorted.
func (r *Register) IDs() []string { return slices.Clone(r.ids) }

// Candidates returns the actors able to act with force, sorted: those who may have done
// an act of an unknown hand. Actors that the register does not name may have, too.
func (r *Register) Candidates() []string {
	var out []string
	for _, id := range r.ids {
		if slices.Contains(strings.Fields(armed), r.actors[id].Kind) {
			out = append(out, id)
		}
	}
	return out
}

// Expand returns the actors that a name covers on that day, sorted, and whether it covers
// others too. An umbrella or a coalition covers its members and whoever was part of it
// then, through umbrellas inside it; every other actor is itself alone. A claimed link
// counts, since such an actor may be meant. Without an established member, a coalition is
// itself too, and an umbrella is open, whatever the file says.
func (r *Register) Expand(id string, at time.Time) (members []string, open bool) {
	members, open = r.expand(id, at, true)
	if sure, _ := r.expand(id, at, false); len(sure) == 0 {
		open = true
	}
	return members, open
}

// expand is Expand over established links only, or over claimed ones, too.
func (r *Register) expand(id string, at time.Time, claims bool) (members []string, open bool) {
	queue, seen := []string{id}, map[string]bool{id: true}
	for len(queue) > 0 {
		id, queue = queue[0], queue[1:]
		a, sure := r.actors[id], false
		if a == nil || !a.covers() {
			members = append(members, id)
			continue
		}
		for _, e := range r.down[id] {
			if !e.covers() || !e.holds(at) || e.Claimed && !claims {
				continue
			}
			sure = sure || !e.Claimed
			if !seen[e.from] {
				seen[e.from] = true
				queue = append(queue, e.from)
			}
		}
		if !sure && a.Kind != umbrella {
			members = append(members, id)
		}
		open = open || a.Open || !sure && a.Kind == umbrella
	}
	slices.Sort(members)
	return members, open
}

// covers reports whether the actor's name may stand for several others.
func (a *Actor) covers() bool { return a.Kind == umbrella || a.Kind == coalition }

const (
	umbrella  = "umbrella"
	coalition = "coalition"
)

// NameOn returns the name to show for an actor on that day: a dated name that holds then
// before an undated one, English or without a language before others, and otherwise the
// first in the file. "?name" gives the name; an unknown identifier is returned as it is.
func (r *Register) NameOn(id string, at time.Time) string {
	if id == Outsider {
		return "an actor that no register names"
	}
	a, ok := r.actors[id]
	if !ok {
		return strings.TrimPrefix(id, Unmatched)
	}
	best, score := id, -1
	for _, n := range a.Names {
		if s := n.score(at); s > score {
			best, score = n.Name, s
		}
	}
	return best
}

// score ranks a name for display on a day.
func (n Name) score(at time.Time) int {
	s := 0
	if n.Lang == "" || n.Lang == "en" {
		s += 4
	}
	if span(n.From, n.To, at) {
		s += 2
		if !n.From.IsZero() || !n.To.IsZero() {
			s++
		}
	}
	return s
}

// Areas returns the area codes that limit an acceptance of the agreement, sorted.
func (r *Register) Areas(agreement string) []string {
	var out []string
	for _, d := range r.adhered {
		if d.Agreement == agreement {
			out = append(out, d.Where...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Adherences returns all steps recorded under an agreement, by time, actor and party.
func (r *Register) Adherences(agreement string) []Adherence {
	var out []Adherence
	for _, d := range r.adhered {
		if d.Agreement == agreement {
			out = append(out, d)
		}
	}
	return out
}

// span reports whether t lies in [from, to), a zero bound being open.
func span(from, to, t time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}
