// Package exact judges the benchmark's incidents the way "truce check" does: with the
// engine of package terms, which answers over all worlds that a report leaves open and
// says why in words. [New] writes the world's agreements, actors and zones as texts and
// reads them back; [Engine.Outcomes] judges a row under every clause; [Engine.Compare]
// holds the answers against two plain evaluators.
package exact

import (
	"fmt"
	"strings"
	"time"

	"truce"
	"truce/actors"
	"truce/bench/world"
	"truce/geo"
	"truce/terms"
)

// meansRoot is the word for all means; the world's words stand right under it.
const meansRoot = "weapon"

// Engine is a world whose texts are ready to be judged by.
type Engine struct {
	w      *world.World
	atlas  *geo.Atlas
	judges []*terms.Judge
	// single is the world with one agreement for each term.
	single *world.World
}

// New writes a world's texts and makes them ready. It fails on a text that the language
// does not take.
func New(w *world.World) (*Engine, error) {
	register, problems := actors.Parse("register.yaml", []byte(Register(w)))
	if register == nil {
		return nil, problems
	}
	e := &Engine{w: w, atlas: geo.NewAtlas(), single: &world.World{Parties: w.Parties}}
	if err := e.atlas.Load("areas.geojson", strings.NewReader(Areas(w))); err != nil {
		return nil, err
	}
	book := terms.Book{Register: register, Atlas: e.atlas, Version: "bench"}
	for number, a := range w.Agreements {
		text, problems := terms.Parse(fmt.Sprintf("agreement-%02d.yaml", number), []byte(Text(w, number)), load(w))
		if text == nil {
			return nil, problems
		}
		j, problems := terms.Compile(text, book)
		if j == nil {
			return nil, problems
		}
		e.judges = append(e.judges, j)
		for _, t := range a.Terms {
			e.single.Agreements = append(e.single.Agreements, world.Agreement{From: a.From, To: a.To, Terms: []world.Term{t}})
		}
	}
	return e, nil
}

// Element is a row as a report of an attack. What the row does not say stays empty.
func (e *Engine) Element(row world.Row) truce.Element {
	el := truce.Element{ID: fmt.Sprint(row.ID), Acts: []string{"attack"},
		When: []truce.When{{From: midnight(row.Start), To: midnight(row.End + 1)}}}
	if row.WherePrec < 4 {
		el.Where = []truce.Place{{Form: truce.FormDisc, Lat: float64(row.At.Lat) / 1e6, Lon: float64(row.At.Lon) / 1e6}}
	}
	if row.A != world.None {
		el.By = []string{actor(row.A)}
	}
	if row.B != world.None {
		el.Against = []string{actor(row.B)}
	}
	if row.Means != world.None {
		el.Means = []truce.Means{{Kind: "means-" + e.w.Means[row.Means]}}
	}
	if row.Deaths != world.None {
		el.Killed = &truce.Range{Low: float64(row.Deaths), High: float64(row.Deaths)}
	}
	return el
}

func midnight(d world.Day) time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Verdicts judges a row under every clause, in the order of the agreements.
func (e *Engine) Verdicts(row world.Row, each func(truce.Verdict)) {
	el := e.Element(row)
	s := terms.NewSubject(e.atlas, &el)
	for _, j := range e.judges {
		for _, c := range j.Agreement().Clauses {
			each(j.Verdict(s, c))
		}
	}
}

// Outcomes are the outcomes of a row under every clause: Yes for a violation.
func (e *Engine) Outcomes(row world.Row) []truce.Tri {
	var out []truce.Tri
	e.Verdicts(row, func(v truce.Verdict) {
		switch v.Outcome {
		case truce.Violation:
			out = append(out, truce.Yes)
		case truce.NoViolation:
			out = append(out, truce.No)
		default:
			out = append(out, truce.Unknown)
		}
	})
	return out
}
