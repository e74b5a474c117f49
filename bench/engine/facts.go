package engine

import (
	"truce/bench/world"
	"truce/columns"
)

// The facts, in the order in which they are joined, and their reasons: the bits of world.Facts.
const (
	firstDay = iota
	lastDay
	firstActor
	place
	secondActor
	means
	deaths
)

// facts tells for every class of every fact which terms it can satisfy, and surely does.
func (e *Engine) facts() []columns.Fact {
	return []columns.Fact{
		firstDay:    {Name: "first day", Reason: 0, Classes: e.dayClasses(e.onFirstDay)},
		lastDay:     {Name: "last day", Reason: 0, Classes: e.dayClasses(e.onLastDay)},
		place:       {Name: "place", Reason: 1, Classes: e.placeClasses()},
		firstActor:  {Name: "first actor", Reason: 2, Classes: e.actorClasses(e.acts)},
		secondActor: {Name: "second actor", Reason: 3, Classes: e.actorClasses(e.suffers)},
		means:       {Name: "means", Reason: 4, Classes: e.meansClasses()},
		deaths:      {Name: "deaths", Reason: 5, Classes: e.deathsClasses()},
	}
}

// class asks f of every term whether it can be and surely is satisfied.
func (e *Engine) class(f func(t world.Term) (can, surely bool)) columns.Class {
	c := columns.NewClass(e.terms)
	e.each(func(k int, t world.Term) {
		can, surely := f(t)
		if can {
			c.Can.Add(k)
		}
		if surely {
			c.Surely.Add(k)
		}
	})
	return c
}

// known is a condition whose answer is certain.
func known(yes bool) (can, surely bool) { return yes, yes }

// dayClasses has a class for each stretch of days, and one for rows without the day.
func (e *Engine) dayClasses(on func(t world.Term, d world.Day) (can, surely bool)) []columns.Class {
	out := make([]columns.Class, e.days.Len(), e.days.Len()+1)
	e.days.Each(func(class uint32, d int32) {
		out[class] = e.class(func(t world.Term) (bool, bool) { return on(t, world.Day(d)) })
	})
	return append(out, e.class(func(world.Term) (bool, bool) { return true, false }))
}

// A stretch of days can lie in a window if it begins before the window's end and ends
// after its start; it surely does if it also begins after the start and ends before the end.

func (e *Engine) onFirstDay(t world.Term, d world.Day) (can, surely bool) {
	return d < t.To, d >= t.From
}

func (e *Engine) onLastDay(t world.Term, d world.Day) (can, surely bool) {
	return d >= t.From, d < t.To
}

func (e *Engine) placeClasses() []columns.Class {
	var out []columns.Class
	for c := range uint32(e.Places.Len()) {
		var in world.ZoneSet
		for _, z := range e.Places.Zones(c) {
			in.Add(z)
		}
		out = append(out, e.class(func(t world.Term) (bool, bool) { return known(placed(t, in)) }))
	}
	return append(out, e.class(func(t world.Term) (bool, bool) { return true, t.Place == nil }))
}

func placed(t world.Term, in world.ZoneSet) bool {
	if t.Place == nil {
		return true
	}
	if t.Not != world.None && in.Has(t.Not) {
		return false
	}
	for _, z := range t.Place {
		if in.Has(z) {
			return true
		}
	}
	return false
}

// actorClasses has a class for each actor and stretch of days; the actor of code 0 is unknown.
func (e *Engine) actorClasses(is func(t world.Term, actor int, d world.Day) (can, surely bool)) []columns.Class {
	out := make([]columns.Class, e.membership.Len())
	e.membership.Each(func(class, code uint32, d int32) {
		out[class] = e.class(func(t world.Term) (bool, bool) { return is(t, int(code)-1, world.Day(d)) })
	})
	return out
}

func (e *Engine) acts(t world.Term, actor int, d world.Day) (can, surely bool) {
	if actor == world.None {
		return true, false
	}
	return known(e.member(t.By, actor, d) && !e.member(t.Except, actor, d))
}

func (e *Engine) suffers(t world.Term, actor int, d world.Day) (can, surely bool) {
	switch {
	case t.Against == world.None:
		return known(true)
	case actor == world.None:
		return true, false
	}
	return known(e.member(t.Against, actor, d))
}

func (e *Engine) member(party, actor int, d world.Day) bool {
	if party == world.None {
		return false
	}
	for _, m := range e.w.Parties[party] {
		if m.Actor == actor && m.From <= d && d < m.To {
			return true
		}
	}
	return false
}

// meansClasses has a class for each code, the unknown one first and one for all words
// beyond the world's last.
func (e *Engine) meansClasses() []columns.Class {
	out := []columns.Class{e.class(func(t world.Term) (bool, bool) { return true, t.Means == 0 })}
	for m := range e.means.Len() {
		out = append(out, e.class(func(t world.Term) (bool, bool) { return known(t.Means == 0 || t.Means>>m&1 == 1) }))
	}
	return out
}

// deathsClasses has a class for each number up to the highest that a term asks for, and
// one for rows without a number.
func (e *Engine) deathsClasses() []columns.Class {
	var out []columns.Class
	for n := range int(e.deathsCap) + 1 {
		out = append(out, e.class(func(t world.Term) (bool, bool) { return known(n >= t.Deaths) }))
	}
	return append(out, e.class(func(t world.Term) (bool, bool) { return true, t.Deaths == 0 }))
}

// Classify finds the classes of rows from..to-1 of a table.
func (j *Judge) Classify(t *columns.Table, from, to int) {
	e := j.e
	for f := range j.classes {
		if cap(j.classes[f]) < to-from {
			j.classes[f] = make([]uint32, max(atOnce, to-from))
		}
		j.classes[f] = j.classes[f][:to-from]
	}
	j.Locate(t, from, to)
	days := t.From[from:to]
	e.dayColumn(days, j.classes[firstDay])
	e.dayColumn(t.To[from:to], j.classes[lastDay])
	e.actorColumn(t.A[from:to], days, j.classes[firstActor])
	e.actorColumn(t.B[from:to], days, j.classes[secondActor])
	words := uint32(e.means.Len())
	for i, m := range t.Means[from:to] {
		j.classes[means][i] = min(m, words)
	}
	for i, n := range t.Deaths[from:to] {
		j.classes[deaths][i] = e.deaths(n)
	}
}

func (e *Engine) dayColumn(days []int32, out []uint32) {
	for i, d := range days {
		out[i] = e.day(d)
	}
}

// actorColumn finds the actors' classes on the incidents' first days.
func (e *Engine) actorColumn(actors []uint32, days []int32, out []uint32) {
	stranger := uint32(e.actors.Len())
	for i, a := range actors {
		out[i] = e.membership.Class(min(a, stranger), days[i])
	}
}

// Locate finds the classes of place alone.
func (j *Judge) Locate(t *columns.Table, from, to int) {
	out := j.classes[place]
	j.e.Places.Classes(t.Lon[from:to], t.Lat[from:to], out)
	unknown := uint32(j.e.Places.Len())
	for i, prec := range t.WherePrec[from:to] {
		if prec >= 4 || prec == 0 || t.Lon[from+i] == columns.Missing || t.Lat[from+i] == columns.Missing {
			out[i] = unknown
		}
	}
}

func (e *Engine) day(d int32) uint32 {
	if d == columns.Missing {
		return uint32(e.days.Len())
	}
	return e.days.Class(d)
}

func (e *Engine) deaths(n int32) uint32 {
	if n == columns.Missing {
		return uint32(e.deathsCap) + 1
	}
	return uint32(min(n, e.deathsCap))
}
