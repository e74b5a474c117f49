package desk

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"truce"
	"truce/intake"
	"truce/terms"
)

// Trial is a draft held against a record.
type Trial struct {
	Draft     *terms.Agreement `json:"-"`
	Agreement string           `json:"agreement"`
	Version   string           `json:"version"`
	Elements  int              `json:"elements"`
	Clauses   []ClauseTrial    `json:"clauses"`
	// Flips are the verdicts that differ from an older version, by element then clause.
	Flips []Flip `json:"flips"`
	// Gone and New are clauses that only one of the two versions has.
	Gone []string `json:"gone,omitempty"`
	New  []string `json:"new,omitempty"`
}

// ClauseTrial is what one clause of a draft would have caught.
type ClauseTrial struct {
	Clause *terms.Clause `json:"-"`
	ID     string        `json:"clause"`
	Tally  *ClauseTally  `json:"counts"`
	// Found lists the elements by outcome; those that were withdrawn are in none.
	Found    map[truce.Outcome][]string `json:"-"`
	Readings []Change                   `json:"readings,omitempty"` // against the clause as a whole
	Variants []Change                   `json:"variants,omitempty"` // against the clause as drafted
}

// Change is what a reading or a variant makes of the record.
type Change struct {
	Name         string `json:"name"`
	HeldBy       string `json:"held_by,omitempty"`
	Violation    int    `json:"violation"`
	NoViolation  int    `json:"no_violation"`
	Undetermined int    `json:"undetermined"`
	// Differ lists the elements judged differently.
	Differ []string `json:"differ,omitempty"`
}

func (c *Change) count(o truce.Outcome) {
	switch o {
	case truce.Violation:
		c.Violation++
	case truce.NoViolation:
		c.NoViolation++
	default:
		c.Undetermined++
	}
}

// Flip is one verdict that changed between two versions.
type Flip struct {
	Element string        `json:"element"`
	Clause  string        `json:"clause"`
	Was     truce.Outcome `json:"was"`
	Is      truce.Outcome `json:"is"`
	WasCode string        `json:"was_code"`
	IsCode  string        `json:"is_code"`
}

// Try judges the record under a draft and, if old is not nil, under an older version.
func (m *Mission) Try(ctx context.Context, draft, old *terms.Agreement, o CheckOptions) (*Trial, error) {
	r := &Result{Mission: m, Unmatched: intake.Unmatched{}, Tally: NewTally()}
	if err := m.Read(ctx, o, r); err != nil {
		return nil, err
	}
	return m.hold(ctx, m.Book, r.Elements, draft, old)
}

// bench is what a draft is held against: elements, and a book beside them.
type bench struct {
	mission  *Mission
	book     terms.Book
	elements []truce.Element
	subjects []*terms.Subject // as elements
}

// hold judges elements under a draft and, if old is not nil, under an older version.
func (m *Mission) hold(ctx context.Context, book terms.Book, elements []truce.Element, draft, old *terms.Agreement) (*Trial, error) {
	b := bench{m, book, elements, make([]*terms.Subject, len(elements))}
	for i := range elements {
		b.subjects[i] = terms.NewSubject(m.atlas, &elements[i])
	}
	j, problems := terms.Compile(draft, book)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t := &Trial{Draft: draft, Agreement: draft.ID, Version: draft.Version(), Elements: len(elements), Flips: []Flip{}}
	verdicts, tally := map[string][]truce.Verdict{}, NewTally()
	for _, c := range draft.Clauses {
		if !terms.Judged(c) {
			continue
		}
		ct, err := b.clause(ctx, j, c, tally, verdicts)
		if err != nil {
			return nil, err
		}
		t.Clauses = append(t.Clauses, ct)
	}
	if old != nil {
		return t, b.flips(ctx, t, old, verdicts)
	}
	return t, nil
}

// verdicts judges everything under one clause, side by side, in the order of the elements.
func (b bench) verdicts(ctx context.Context, j *terms.Judge, c *terms.Clause) ([]truce.Verdict, error) {
	out := make([]truce.Verdict, len(b.subjects))
	var next atomic.Int64
	var broken atomic.Bool
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			defer func() {
				if recover() != nil { // drafts come from anybody, and must not end the program
					broken.Store(true)
				}
			}()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(out) {
					return
				}
				out[i] = j.Verdict(b.subjects[i], c)
			}
		})
	}
	if wait.Wait(); broken.Load() {
		return nil, &truce.Error{Kind: truce.Internal, At: c.ID, Msg: "the engine broke on this clause"}
	}
	return out, ctx.Err()
}

// clause judges everything under one clause, its readings and its bracketed drafts.
func (b bench) clause(ctx context.Context, j *terms.Judge, c *terms.Clause, tally *Tally, verdicts map[string][]truce.Verdict) (ClauseTrial, error) {
	draft := j.Agreement()
	ct := ClauseTrial{Clause: c, ID: c.ID, Found: map[truce.Outcome][]string{}}
	found, err := b.verdicts(ctx, j, c)
	if err != nil {
		return ct, err
	}
	for i, v := range found {
		tally.add(b.mission, &b.elements[i], &v)
		if v.Code != "RETRACTED" && v.Code != "DUP" {
			ct.Found[v.Outcome] = append(ct.Found[v.Outcome], v.Element)
		}
	}
	verdicts[c.ID] = found
	ct.Tally = tally.Clause(draft.ID, c.ID)
	ct.Readings = readings(c, found)
	ct.Variants, err = b.variants(ctx, draft, c, verdicts[c.ID])
	return ct, err
}

func readings(c *terms.Clause, verdicts []truce.Verdict) []Change {
	out := make([]Change, len(c.Readings))
	for i, x := range c.Readings {
		out[i] = Change{Name: x.Name, HeldBy: x.HeldBy}
		for _, v := range verdicts {
			if i >= len(v.Readings) {
				continue
			}
			if out[i].count(v.Readings[i].Outcome); v.Readings[i].Outcome != v.Outcome {
				out[i].Differ = append(out[i].Differ, v.Element)
			}
		}
	}
	return out
}

// variants judges the record once more for every bracketed draft of a clause.
func (b bench) variants(ctx context.Context, draft *terms.Agreement, c *terms.Clause, base []truce.Verdict) ([]Change, error) {
	var out []Change
	for _, x := range c.Variants {
		a := draft.With(x.Clause)
		j, problems := terms.Compile(a, b.book)
		if err := problems.Err(); err != nil {
			return nil, err
		}
		found, err := b.verdicts(ctx, j, a.Clause(c.ID))
		if err != nil {
			return nil, err
		}
		change := Change{Name: x.Name, HeldBy: x.HeldBy}
		for i, v := range found {
			if change.count(v.Outcome); v.Outcome != base[i].Outcome {
				change.Differ = append(change.Differ, v.Element)
			}
		}
		out = append(out, change)
	}
	return out, nil
}

// flips compares with an older version, clause by clause.
func (b bench) flips(ctx context.Context, t *Trial, old *terms.Agreement, is map[string][]truce.Verdict) error {
	j, problems := terms.Compile(old, b.book)
	if err := problems.Err(); err != nil {
		return err
	}
	for _, c := range old.Clauses {
		if now := t.Draft.Clause(c.ID); terms.Judged(c) && (now == nil || !terms.Judged(now)) {
			t.Gone = append(t.Gone, c.ID)
		}
	}
	for _, c := range t.Draft.Clauses {
		was := old.Clause(c.ID)
		if !terms.Judged(c) {
			continue
		}
		if was == nil || !terms.Judged(was) {
			t.New = append(t.New, c.ID)
			continue
		}
		had, err := b.verdicts(ctx, j, was)
		if err != nil {
			return err
		}
		for i, w := range had {
			v := is[c.ID][i]
			if v.Outcome != w.Outcome {
				t.Flips = append(t.Flips, Flip{v.Element, c.ID, w.Outcome, v.Outcome, w.Code, v.Code})
			}
		}
	}
	order := map[string]int{}
	for i := range b.elements {
		order[b.elements[i].ID] = i
	}
	slices.SortStableFunc(t.Flips, func(a, b Flip) int { return order[a.Element] - order[b.Element] })
	return nil
}
