package brute

import (
	"time"

	"truce"
	"truce/terms"
)

// Case is a random agreement and register with elements to be judged.
type Case struct {
	Seed      uint64
	Agreement string // YAML
	Register  string // YAML
	Elements  []truce.Element
	Declared  []terms.Declared

	table       Table
	exprs       map[string]*Expr
	acts, kinds []string // words that the duties use, so that elements often meet them
	zone        *time.Location
	base        time.Time // first day, as a wall time in UTC
}

// Text makes the parsed agreement of the case ready for questions.
func (c *Case) Text(a *terms.Agreement) *Text {
	x := &Text{
		a: a, table: &c.table, exprs: c.exprs, acts: a.ActTree(), means: a.MeansTree(), grid: c.grid(),
		clock:  &clock{zone: c.zone, a: a, declared: map[string]time.Time{}, known: map[wallTime]time.Time{}, zones: map[string]*time.Location{}},
		ground: map[cellIn]bool{}, tri: map[ownKey]truce.Tri{}, windows: map[windowKey]bool{}, alike: map[int64]string{},
	}
	for _, d := range c.Declared {
		x.clock.declared[d.Moment] = d.At
	}
	return x
}

// Question asks about one element under one clause.
func (x *Text) Question(cl *terms.Clause, e *truce.Element) *Question {
	q := &Question{Text: x, c: cl, e: e}
	q.choose()
	return q
}

// days is how long the ground of a case lasts; everything in it happens on full hours.
const days = 12

// grid is every full hour of the case and the second before it, with one instant long
// before and one long after.
func (c *Case) grid() []time.Time {
	first := c.base.Add(-14*time.Hour).AddDate(0, 0, -1)
	out := []time.Time{first.AddDate(-3, 0, 0)}
	for t := first; t.Before(c.base.AddDate(0, 0, days+12)); t = t.Add(time.Hour) {
		out = append(out, t.Add(-time.Second), t)
	}
	return append(out, c.base.AddDate(3, 0, 0))
}

// Judge parses the agreement anew and tells the outcome of one element under a clause.
func (c *Case) Judge(clause string, e *truce.Element) truce.Outcome {
	a, problems := terms.Parse("brute.yaml", []byte(c.Agreement), nil)
	if a == nil {
		panic(problems.Error())
	}
	return c.Text(a).Question(a.Clause(clause), e).Outcome()
}
