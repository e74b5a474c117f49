package actors

import (
	"slices"
	"strings"
	"time"
)

// Zone is the zone of the register's dates.
func (r *Register) Zone() *time.Location { return r.zone }

// ListName is the name for people of a list that listings name; an unknown identifier is
// returned as it is.
func (r *Register) ListName(id string) string {
	if name := r.lists[id]; name != "" {
		return name
	}
	return id
}

// Find returns the actors, sorted, that have a name in which the text occurs, whatever the
// day, the script and the spelling, or whose identifier it occurs in. Nothing finds all.
func (r *Register) Find(text string) []string {
	key, plain := fold(text), strings.ToLower(strings.TrimSpace(text))
	if plain == "" {
		return r.IDs()
	}
	var out []string
	for _, id := range r.ids {
		named := func(n Name) bool { return strings.Contains(fold(n.Name), key) }
		if strings.Contains(strings.ToLower(id), plain) || key != "" && slices.ContainsFunc(r.actors[id].Names, named) {
			out = append(out, id)
		}
	}
	return out
}

// Steps returns all steps recorded of an actor, in or out of whatever agreement, by
// agreement, time and party.
func (r *Register) Steps(actor string) []Adherence {
	var out []Adherence
	for _, d := range r.adhered {
		if d.Actor == actor {
			out = append(out, d)
		}
	}
	return out
}

// Tie is a link as it is seen from the other end: By is the actor that has it.
type Tie struct {
	By string
	Link
}

// Ties returns the links that others have to an actor, by actor and start.
func (r *Register) Ties(id string) []Tie {
	var out []Tie
	for _, by := range r.ids {
		for _, l := range r.actors[by].Links {
			if l.Other == id {
				out = append(out, Tie{by, l})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Tie) int {
		if n := strings.Compare(a.By, b.By); n != 0 {
			return n
		}
		return a.From.Compare(b.From)
	})
	return out
}

// CoveredBy returns the umbrellas and coalitions whose list of members names an actor,
// sorted.
func (r *Register) CoveredBy(id string) []string {
	var out []string
	for _, by := range r.ids {
		if slices.Contains(r.actors[by].Members, id) {
			out = append(out, by)
		}
	}
	return out
}
