package screen

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"truce/actors"
	"truce/desk"
)

// Actors is the page of all actors: a register, in the order of names. It counts nothing.
type Actors struct {
	Mission  bool
	Register bool // the person sees the mission's register
	Q        string
	Total    int
	List     []ActorLine
}

// ActorLine is one actor with its names.
type ActorLine struct {
	ID, Kind string
	Names    []nameView
}

// nameView is a name, in a language where the register says which.
type nameView struct {
	actors.Name
	Now bool // it holds at the end of the record
}

// NewActors lists the actors of a register that a text finds; all, where it is empty.
func NewActors(s *desk.Sight, roster *desk.Roster, q string) Actors {
	v := Actors{Mission: s.Result != nil, Register: roster.Register != nil, Q: q}
	if !v.Mission || !v.Register {
		return v
	}
	r := roster.Register
	v.Total = len(r.IDs())
	for _, id := range r.Find(q) {
		a, _ := r.Actor(id)
		l := ActorLine{ID: id, Kind: a.Kind}
		for _, n := range a.Names {
			now := (n.From.IsZero() || !n.From.After(s.Result.Until())) && (n.To.IsZero() || n.To.After(s.Result.Until()))
			l.Names = append(l.Names, nameView{n, now})
		}
		v.List = append(v.List, l)
	}
	return v
}

// In are the actors in the order of their names in a language.
func (v Actors) In(l Lang) []ActorLine {
	out := slices.Clone(v.List)
	c := collate.New(language.Make(string(l)), collate.IgnoreCase)
	slices.SortStableFunc(out, func(a, b ActorLine) int {
		if n := c.CompareString(a.Name(l).Text(), b.Name(l).Text()); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// Name is the name to show in a language: one in it that holds now, else one that holds now,
// else any.
func (a ActorLine) Name(l Lang) nameView {
	best, score := nameView{Name: actors.Name{Name: a.ID}}, -1
	for _, n := range a.Names {
		s := 0
		if n.Lang == string(l) {
			s += 8
		} else if n.Lang == "" || n.Lang == "en" {
			s += 4
		}
		if n.Now {
			s += 2
			if !n.From.IsZero() || !n.To.IsZero() {
				s++
			}
		}
		if s > score {
			best, score = n, s
		}
	}
	return best
}

// Text is the name itself.
func (n nameView) Text() string { return n.Name.Name }

// Others are the names besides the one that is shown.
func (a ActorLine) Others(l Lang) []nameView {
	shown := a.Name(l)
	return slices.DeleteFunc(slices.Clone(a.Names), func(n nameView) bool { return n == shown })
}
