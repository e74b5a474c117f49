package desk

import (
	"context"
	"slices"

	"truce"
	"truce/access"
	"truce/actors"
	"truce/geo"
)

// calmFit says of elements whether they are what is asked.
type calmFit struct {
	tree    *truce.Tree
	word    string
	zone    *geo.Zone
	related map[string]truce.Tri // by extent
}

func newCalmFit(s *Sight, q CalmQuestion) (*calmFit, error) {
	f := &calmFit{tree: truce.Acts(), word: q.Act, related: map[string]truce.Tri{}}
	for _, j := range s.Result.Judges {
		own := j.Agreement().Acts
		for range len(own) { // until no more find their parent
			for _, parent := range sortedWords(own) {
				f.tree.Add(parent, own[parent]...)
			}
		}
	}
	if f.word != "" && !f.tree.Has(f.word) {
		return nil, calmWrong("act", "there is no such kind of act", "a word of the tree of acts, such as attack")
	}
	if q.Area == "" {
		return f, nil
	}
	var err error
	if f.zone, err = s.Result.Mission.Book.Atlas.AreaZone(q.Area); err != nil {
		return nil, calmWrong("area", "there is no such area", "the code of an area of the mission's maps")
	}
	return f, nil
}

func calmWrong(field, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: field, Msg: msg, Hint: want}
}

// act says whether an element was of the kind. One of which it is not known may have been.
func (f *calmFit) act(e *truce.Element) truce.Tri {
	yes, may := 0, 0
	for _, a := range e.Acts {
		switch {
		case f.word == "" || f.tree.Covers(f.word, a):
			yes++
		case f.tree.Covers(a, f.word): // a wider word
			may++
		}
	}
	switch {
	case f.word == "" || yes > 0 && yes == len(e.Acts):
		return truce.Yes
	case yes+may > 0 || len(e.Acts) == 0:
		return truce.Unknown
	}
	return truce.No
}

// area says whether something lies in the area, as published.
func (f *calmFit) area(x geo.Extent) truce.Tri {
	switch {
	case f.zone == nil:
		return truce.Yes
	case x.Anywhere():
		return truce.Unknown
	}
	is, had := f.related[x.Key()]
	if !had {
		is = geo.Relate(x, f.zone)
		f.related[x.Key()] = is
	}
	return is
}

// calmSides are two sides that may be asked about an element. Nil is anybody.
type calmSides struct {
	register *actors.Register
	members  actors.Membership
	a, b     string
}

// calmPair makes a pair ready; nil where none is asked.
func (r *Record) calmPair(ctx context.Context, who access.Person, s *Sight, p CalmPair) (*calmSides, error) {
	if p == (CalmPair{}) {
		return nil, nil
	}
	roster, err := r.Roster(ctx, who, s)
	if err != nil {
		return nil, err
	}
	if roster.Register == nil {
		return nil, &truce.Error{Kind: truce.Denied, At: "pair", Msg: "who is who is not shown to your post"}
	}
	out := &calmSides{register: s.Result.Mission.Book.Register, a: p.A, b: p.B}
	if p.Agreement == "" {
		out.members, err = out.named(p.A, p.B)
		return out, err
	}
	j := s.Agreement(p.Agreement)
	if j == nil {
		return nil, calmWrong("agreement", "there is no such agreement", "the id of an agreement of this mission")
	}
	out.members = j.Membership()
	for _, side := range []string{p.A, p.B} {
		if _, ok := out.members.Parties[side]; !ok {
			return nil, calmWrong("pair", "there is no such party", "two parties of the agreement, or two actors of the register")
		}
	}
	return out, nil
}

// named makes each of two actors a side: the actor, what was part of it, and whom its name covers.
func (c *calmSides) named(ids ...string) (actors.Membership, error) {
	m := actors.Membership{Parties: map[string]actors.Party{}}
	for _, id := range ids {
		a, ok := c.register.Actor(id)
		if !ok {
			return m, calmWrong("pair", "there is no such actor", "two parties of the agreement, or two actors of the register")
		}
		m.Parties[id] = actors.Party{Actors: append([]string{id}, a.Members...), With: []string{"part-of"}}
	}
	return m, nil
}

// between says whether an element was between the two sides, in either direction.
func (c *calmSides) between(e *truce.Element) truce.Tri {
	if c == nil {
		return truce.Yes
	}
	return max(min(c.side(e.By, c.a, e), c.side(e.Against, c.b, e)), min(c.side(e.By, c.b, e), c.side(e.Against, c.a, e)))
}

// side says whether whoever it was belonged to a side, at every time at which it may have been.
func (c *calmSides) side(who []string, side string, e *truce.Element) truce.Tri {
	var is []truce.Tri
	for _, w := range e.When {
		for _, actor := range who {
			if w.From.IsZero() {
				return truce.Unknown
			}
			is = append(is, c.register.Member(c.members, side, actor, w.From, nil))
		}
	}
	if len(is) == 0 || slices.Min(is) != slices.Max(is) {
		return truce.Unknown
	}
	return is[0]
}
