// Package engine judges the benchmark's incidents with package columns: it turns a
// world's terms into planes and its zones into a place index. [New] prepares a world;
// [Engine.Check] goes from CSV bytes to findings.
package engine

import (
	"io"

	"truce/bench/world"
	"truce/columns"
)

// Engine holds a world prepared for judging. It may be used from several goroutines.
type Engine struct {
	Places *columns.PlaceIndex

	w          *world.World
	actors     *columns.Dict
	means      *columns.Dict
	days       *columns.Days
	membership *columns.Steps
	deathsCap  int32
	planes     *columns.Planes
	terms      int
}

// New prepares a world.
func New(w *world.World) (*Engine, error) {
	e := &Engine{w: w, actors: columns.NewDict(w.Actors...), means: columns.NewDict(w.Means...)}
	var err error
	if e.Places, err = columns.NewPlaceIndex(Zones(w)); err != nil {
		return nil, err
	}
	e.days = columns.NewDays(e.windowDays())
	e.membership = columns.NewSteps(e.memberDays())
	var groups []columns.Group
	for _, a := range w.Agreements {
		groups = append(groups, columns.Group{Clauses: len(a.Terms), Near: int32(a.From)})
		e.terms += len(a.Terms)
		for _, t := range a.Terms {
			e.deathsCap = max(e.deathsCap, int32(t.Deaths))
		}
	}
	e.planes, err = columns.NewPlanes(groups, e.facts())
	return e, err
}

// Zones returns a world's zones as those of package columns.
func Zones(w *world.World) []columns.Zone {
	var out []columns.Zone
	for _, z := range w.Zones {
		if z.Ring != nil {
			out = append(out, columns.Zone{Rings: [][]columns.Point{points(z.Ring)}})
			continue
		}
		out = append(out, columns.Zone{Line: points(z.Line), Metres: z.Metres})
	}
	return out
}

func points(ps []world.Point) []columns.Point {
	out := make([]columns.Point, len(ps))
	for i, p := range ps {
		out[i] = columns.Point(p)
	}
	return out
}

func (e *Engine) windowDays() []int32 {
	var out []int32
	e.each(func(_ int, t world.Term) { out = append(out, int32(t.From), int32(t.To)) })
	return out
}

// memberDays lists, for each code of an actor, the days on which its memberships change.
func (e *Engine) memberDays() [][]int32 {
	out := make([][]int32, e.actors.Len()+1)
	for _, party := range e.w.Parties {
		for _, m := range party {
			if m.Dated() {
				out[m.Actor+1] = append(out[m.Actor+1], int32(m.From), int32(m.To))
			}
		}
	}
	return out
}

// each calls f with every term and its number.
func (e *Engine) each(f func(k int, t world.Term)) {
	k := 0
	for _, a := range e.w.Agreements {
		for _, t := range a.Terms {
			f(k, t)
			k++
		}
	}
}

// Options are the reading options that fit the world's words.
func (e *Engine) Options(workers int) columns.Options {
	return columns.Options{Workers: workers, Actors: e.actors, Means: e.means}
}

// Check reads incidents and calls each with the findings of one block after another,
// for several workers side by side, as columns.Scan does. Rows are counted within the block.
func (e *Engine) Check(r io.Reader, workers int, each func(worker, block int, t *columns.Table, found []columns.Finding) error) error {
	judges := make([]Judge, workers)
	for i := range judges {
		judges[i].e = e
	}
	return columns.Scan(r, e.Options(workers), func(worker, block int, t *columns.Table) error {
		return each(worker, block, t, judges[worker].Judge(t))
	})
}

// Judge judges tables, one after another.
type Judge struct {
	e       *Engine
	classes [7][]uint32
	found   []columns.Finding
}

// NewJudge returns a judge for tables that were read with the engine's Options.
func (e *Engine) NewJudge() *Judge { return &Judge{e: e} }

// atOnce is how many rows are judged at a time, so that their classes stay in a core's cache.
const atOnce = 2048

// Judge returns the findings of a table's rows. They are overwritten by the next call.
func (j *Judge) Judge(t *columns.Table) []columns.Finding {
	j.found = j.found[:0]
	for from := 0; from < t.Rows(); from += atOnce {
		to := min(from+atOnce, t.Rows())
		j.Classify(t, from, to)
		have := len(j.found)
		j.found = j.Match(j.found)
		for k := have; k < len(j.found); k++ {
			j.found[k].Row += uint32(from)
		}
	}
	return j.found
}

// Match appends the findings of the rows that were classified last.
func (j *Judge) Match(found []columns.Finding) []columns.Finding {
	return j.e.planes.Judge(j.classes[:], found)
}
