package actors

import (
	"slices"
	"time"

	"truce"
)

// Changes returns the instants, sorted, at which the answer of Member for the actor may
// change, for whatever party of m. Between two of them every answer is the same.
func (r *Register) Changes(m Membership, actor string) []time.Time {
	c := changes{r: r, m: m, seen: map[string]bool{}}
	c.actor(actor)
	slices.SortFunc(c.at, time.Time.Compare)
	return slices.CompactFunc(c.at, time.Time.Equal)
}

// changes gathers the bounds of all records that an answer may rest on.
type changes struct {
	r    *Register
	m    Membership
	seen map[string]bool
	at   []time.Time
}

func (c *changes) add(ts ...time.Time) {
	for _, t := range ts {
		if !t.IsZero() {
			c.at = append(c.at, t)
		}
	}
}

// actor adds what bears on an actor and on all whom its name may cover.
func (c *changes) actor(id string) {
	a := c.r.actors[id]
	if a == nil || c.seen[id] {
		return
	}
	c.seen[id] = true
	kinds := []string{partOf}
	for _, p := range c.m.Parties {
		c.add(p.AdheringFrom)
		kinds = append(kinds, with(p.With)...)
	}
	w := walk{r: c.r, use: func(e edge) bool {
		if e.follows(kinds) {
			c.add(e.From, e.To)
		}
		return e.follows(kinds)
	}}
	w.run(id, true) // claimed links too
	for _, up := range w.out {
		c.records(up.id)
	}
	if a.covers() {
		c.members(id)
	}
}

// records adds the listings and steps of one actor.
func (c *changes) records(id string) {
	for _, l := range c.r.actors[id].Listings {
		c.add(l.From, l.To)
	}
	for _, d := range c.r.records[c.m.Agreement][id] {
		c.add(d.At, d.Until)
		if d.Status == "notice" && c.m.NoticeEnd != nil {
			c.add(c.m.NoticeEnd(d.At))
		}
	}
}

// members goes through whoever an umbrella covers at any time.
func (c *changes) members(id string) {
	for _, e := range c.r.down[id] {
		if e.covers() {
			c.add(e.From, e.To)
			c.actor(e.from)
		}
	}
}

// Accepted says whether at least one actor is bound as that party at a time, for an
// agreement that comes into force only then. It changes at the times of Adherences and
// when a notice runs out.
func (r *Register) Accepted(m Membership, as string, at time.Time) truce.Tri {
	q, out := query{r: r, m: m, at: at}, truce.No
	for _, recorded := range r.records[m.Agreement] {
		steps := q.taken(recorded, as, climbed{}) // no name: an umbrella's word counts here
		out = max(out, q.history(steps, answer{is: truce.No, why: noStep}, time.Time{}).is)
	}
	return out
}
