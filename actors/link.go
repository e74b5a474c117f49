package actors

import (
	"slices"
	"time"

	"truce"
)

const (
	partOf   = "part-of"
	allied   = "allied"
	supports = "supports"
	renamed  = "renamed-from"
	// within ties a member to the umbrella that covers it; it is no kind of the file.
	within = "within"
)

// edge is a link as it is walked, from the actor that has it to the other. Being allied
// is walked both ways.
type edge struct {
	Link
	from, to string
}

func (e edge) holds(at time.Time) bool { return span(e.From, e.To, at) }

// covers reports whether the link is one by which a name covers an actor.
func (e edge) covers() bool { return e.Kind == within || e.Kind == partOf }

// climbed is an actor reached over links.
type climbed struct {
	id   string
	path []edge
}

// firm is Yes when all links of the path are established, else Unknown.
func (c climbed) firm() truce.Tri {
	if slices.ContainsFunc(c.path, func(e edge) bool { return e.Claimed }) {
		return truce.Unknown
	}
	return truce.Yes
}

// climb returns the actors that an actor belongs to at a time over links of the given
// kinds, itself first, then by established links, then by claimed ones; in each, the
// nearest first. Umbrellas that cover it and what it was renamed from always count,
// part-of is followed all the way, and allied and supports once on the whole way.
func (r *Register) climb(actor string, at time.Time, kinds []string) []climbed {
	return r.walk(actor, func(e edge) bool { return e.holds(at) && e.follows(kinds) })
}

// parents returns the actors whose word is the actor's own: itself, what it was renamed
// from and what it was part of, but no name that covers groups unnamed.
func (r *Register) parents(actor string, at time.Time) []climbed {
	return r.walk(actor, func(e edge) bool {
		return e.holds(at) && (e.Kind == renamed || e.Kind == partOf && !r.loose(e.to))
	})
}

func (r *Register) walk(actor string, use func(edge) bool) []climbed {
	w := walk{r: r, use: use}
	w.run(actor, false)
	w.run(actor, true)
	return w.out
}

// follows reports whether a link of that kind is to be walked.
func (e edge) follows(kinds []string) bool {
	switch e.Kind {
	case within, renamed:
		return true
	case partOf, allied, supports:
		return slices.Contains(kinds, e.Kind)
	}
	return false
}

// hops reports whether the link is one of those that are walked once.
func (e edge) hops() bool { return e.Kind == allied || e.Kind == supports }

// walk goes through the links breadth first. Each actor is visited at most twice, before
// and after a hop, so that circles of links end.
type walk struct {
	r   *Register
	use func(edge) bool
	out []climbed
}

type stop struct {
	id     string
	hopped bool
}

// run adds the actors it reaches, over claimed links too when these are allowed.
func (w *walk) run(actor string, claims bool) {
	queue := []climbed{{id: actor}}
	seen := map[stop]bool{{actor, false}: true}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		if !slices.ContainsFunc(w.out, func(o climbed) bool { return o.id == c.id }) {
			w.out = append(w.out, c)
		}
		hopped := slices.ContainsFunc(c.path, edge.hops)
		for _, e := range w.r.up[c.id] {
			next := stop{e.to, hopped || e.hops()}
			if hopped && e.hops() || e.Claimed && !claims || !w.use(e) || seen[next] {
				continue
			}
			seen[next] = true
			queue = append(queue, climbed{e.to, append(slices.Clone(c.path), e)})
		}
	}
}
