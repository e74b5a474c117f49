package brute

import (
	"slices"
	"strings"
	"time"

	"truce"
	"truce/terms"
)

// Table is who is who, as the random register says it.
type Table struct {
	Persons []Person
	Notice  terms.Length
}

// Person is an actor: plain, or (with Members or Open) an umbrella over others.
type Person struct {
	ID, Kind string
	Armed    bool
	Umbrella bool
	Members  []string
	Open     bool
	Ties     []Tie
	Stays    []Stay
	Steps    []Step
}

// Tie is a dated link of a kind to another. A zero From or To is open.
type Tie struct {
	Kind, Other string
	From, To    time.Time
	Claimed     bool
}

// Stay is a time on a list.
type Stay struct {
	List     string
	From, To time.Time
}

// Step is a step into or out of the agreement as a party, in order of time.
type Step struct {
	As, Status string
	At         time.Time
	Claimed    bool
}

func within(from, to, t time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

func (tb *Table) person(id string) *Person {
	for i := range tb.Persons {
		if tb.Persons[i].ID == id {
			return &tb.Persons[i]
		}
	}
	return nil
}

func either(a, b truce.Tri) truce.Tri {
	switch {
	case a == truce.Yes || b == truce.Yes:
		return truce.Yes
	case a == truce.Unknown || b == truce.Unknown:
		return truce.Unknown
	}
	return truce.No
}

// hasOwn says that the party names somebody itself, not only through other parties.
func hasOwn(p terms.Party) bool {
	return len(p.Actors)+len(p.Listed)+len(p.Kind) > 0 || p.Adhering
}

// own is whether somebody belongs to a party by its own keys: names, links, list,
// adherence, kind. It leaves out the parties that it adds up or excepts.
func (tb *Table) own(c *clock, p terms.Party, who pick, t time.Time) truce.Tri {
	switch {
	case p.Anyone:
		return truce.Yes
	case who.id == "*" || !hasOwn(p):
		return truce.No
	case strings.HasPrefix(who.id, "?"):
		return truce.Unknown
	case who.id == unnamed:
		return tb.ownUnnamed(c, p, tb.person(who.of), t)
	}
	x := tb.person(who.id)
	out := either(tb.byName(p, x, t), truce.Of(slices.Contains(p.Kind, x.Kind)))
	out = either(out, tb.listed(p, x, t))
	if p.Adhering {
		out = either(out, tb.adheres(c, p, x, t))
	}
	return out
}

// ownUnnamed is about one of those whom an umbrella covers without naming them: by name
// it is what the umbrella is, of lists and acceptances nobody knows.
func (tb *Table) ownUnnamed(c *clock, p terms.Party, umbrella *Person, t time.Time) truce.Tri {
	out := tb.byName(p, umbrella, t)
	if len(p.Listed) > 0 || p.Adhering && open(c, p, t) {
		out = either(out, truce.Unknown)
	}
	if len(p.Kind) > 0 {
		out = either(out, tb.kindOfMembers(p, umbrella))
	}
	return out
}

func (tb *Table) kindOfMembers(p terms.Party, umbrella *Person) truce.Tri {
	yes, no := false, false
	for _, m := range umbrella.Members {
		if slices.Contains(p.Kind, tb.person(m).Kind) {
			yes = true
		} else {
			no = true
		}
	}
	switch {
	case yes && !no:
		return truce.Yes
	case no && !yes:
		return truce.No
	}
	return truce.Unknown
}

// byName follows names and links: "part-of" all the way, other kinds once.
func (tb *Table) byName(p terms.Party, x *Person, t time.Time) truce.Tri {
	if slices.Contains(p.Actors, x.ID) {
		return truce.Yes
	}
	out := truce.No
	for _, l := range tb.tiesOf(x) {
		if !slices.Contains(p.With, l.Kind) || !within(l.From, l.To, t) {
			continue
		}
		there := truce.Of(slices.Contains(p.Actors, l.Other))
		if l.Kind == "part-of" {
			there = tb.byName(p, tb.person(l.Other), t)
		}
		if l.Claimed && there == truce.Yes {
			there = truce.Unknown
		}
		out = either(out, there)
	}
	return out
}

// tiesOf returns the links of somebody; an alliance ties both.
func (tb *Table) tiesOf(x *Person) []Tie {
	out := slices.Clone(x.Ties)
	for _, y := range tb.Persons {
		for _, l := range y.Ties {
			if l.Kind == "allied" && l.Other == x.ID {
				l.Other = y.ID
				out = append(out, l)
			}
		}
	}
	return out
}

// listed says whether x, or what it was part of, stood on one of the party's lists.
func (tb *Table) listed(p terms.Party, x *Person, t time.Time) truce.Tri {
	for _, s := range x.Stays {
		if slices.Contains(p.Listed, s.List) && within(s.From, s.To, t) {
			return truce.Yes
		}
	}
	out := truce.No
	for _, l := range x.Ties {
		if l.Kind == "part-of" && within(l.From, l.To, t) {
			above := tb.listed(p, tb.person(l.Other), t)
			if l.Claimed && above == truce.Yes {
				above = truce.Unknown
			}
			out = either(out, above)
		}
	}
	return out
}

// open says that the party counts acceptances by t.
func open(c *clock, p terms.Party, t time.Time) bool {
	if p.From == nil {
		return true
	}
	from, ok := c.instant(p.From)
	return ok && !t.Before(from)
}

// adheres plays the steps up to t. A claimed step may have been taken or not.
func (tb *Table) adheres(c *clock, p terms.Party, x *Person, t time.Time) truce.Tri {
	if !open(c, p, t) {
		return truce.No
	}
	out := tb.steps(c, p, x, t)
	for _, l := range x.Ties { // what it was part of may have accepted for it
		if l.Kind == "part-of" && within(l.From, l.To, t) {
			above := tb.adheres(c, p, tb.person(l.Other), t)
			if l.Claimed && above == truce.Yes {
				above = truce.Unknown
			}
			out = either(out, above)
		}
	}
	if !slices.ContainsFunc(x.Steps, func(s Step) bool { return !s.Claimed }) {
		for _, y := range tb.Persons { // an umbrella's word: some of those it covers
			if y.Umbrella && slices.Contains(y.Members, x.ID) && tb.steps(c, p, &y, t) != truce.No {
				out = either(out, truce.Unknown)
			}
		}
	}
	return out
}

func (tb *Table) steps(c *clock, p terms.Party, x *Person, t time.Time) truce.Tri {
	in, out := false, true // what may be so
	for _, s := range x.Steps {
		takes := s.At
		if s.Status == "notice" {
			takes = c.add(s.At, tb.Notice)
		}
		if s.As != p.As || t.Before(takes) {
			continue
		}
		if !s.Claimed {
			in, out = false, false
		}
		if s.Status == "accepted" {
			in = true
		} else {
			out = true
		}
	}
	switch {
	case in && !out:
		return truce.Yes
	case in:
		return truce.Unknown
	}
	return truce.No
}
