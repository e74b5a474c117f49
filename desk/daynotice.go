package desk

import (
	"context"
	"slices"

	"truce"
)

// DayNotice says what changed in a day's figures since its report was frozen. It is made from
// what the readers of the report's mark may see, like the report.
type DayNotice struct {
	Frozen FrozenDay
	// Now is the report as it would be frozen now.
	Now *DayReport
	// Changes are the figures that differ; none while all are what they were.
	Changes []DayChange
	// Entries are those that changed them. None: what was entered changed nothing, but some
	// times may be told now that could not be told then.
	Entries []DayCorrection
	// Unchecked says that the report was not made again nor compared, since the record is too
	// large for that in passing: of Frozen it is known what was published, and nothing of the rest.
	Unchecked bool
}

// NoticeInPassing is DayNotice where that does not take long, and else says that nothing was
// compared.
func (r *Record) NoticeInPassing(ctx context.Context, rel DayRelease) (*DayNotice, error) {
	large, err := r.IsLarge(ctx)
	if err != nil {
		return nil, err
	}
	if large {
		return &DayNotice{Frozen: FrozenDay{DayRelease: rel}, Unchecked: true}, nil
	}
	return r.DayNotice(ctx, rel)
}

// DayChange is one figure that is another now. A figure of people goes from low to high, one
// of elements or incidents from the sure to the possible ones.
type DayChange struct {
	// Figure names it: "incidents", "elements", "withdrawn", "killed", "killed.without",
	// "killed.stated" and the same of injured, "violation", "undetermined" or "no violation",
	// the last three also with
	// Agreement, and with Clause where it is of one clause. A figure that
	// one author states has Author.
	Figure, Agreement, Clause, Author string
	Then, Now                         [2]int
	ThenIDs, NowIDs                   []string // elements behind them
	// Gone and New are the elements that were behind it then or are now, and not both.
	Gone, New []string
}

// DayNotice compares a frozen report with the present state.
func (r *Record) DayNotice(ctx context.Context, rel DayRelease) (*DayNotice, error) {
	n, err := r.known(ctx, 0)
	if err != nil {
		return nil, err
	}
	frozen, err := r.Frozen(ctx, rel)
	if err != nil {
		return nil, err
	}
	touched, err := r.anySince(ctx, rel.Entries, n, append(agreed(), "element")...)
	if err != nil || !touched {
		return &DayNotice{Frozen: frozen, Now: frozen.Report}, err
	}
	now, err := r.released(ctx, rel.Day, rel.Mark, n)
	if err != nil {
		return nil, err
	}
	out := &DayNotice{Frozen: frozen, Now: now, Changes: compareFigures(frozen.Report.Figures, now.Figures)}
	if len(out.Changes) == 0 {
		return out, nil
	}
	out.Entries, err = r.causes(ctx, rel, out, n)
	return out, err
}

// causes finds the entries that changed figures: those that touched an element behind them,
// and, where verdicts changed, those that changed what was agreed.
func (r *Record) causes(ctx context.Context, rel DayRelease, of *DayNotice, n int64) ([]DayCorrection, error) {
	entry := map[string][2]int64{}
	for _, row := range of.Frozen.Report.Rows {
		entry[row.ID] = [2]int64{row.Entry, -1}
	}
	for _, row := range of.Now.Rows {
		was, had := entry[row.ID]
		if !had {
			was[0] = -1
		}
		entry[row.ID] = [2]int64{was[0], row.Entry}
	}
	var ids []string
	for _, id := range sortedWords(entry) {
		if e := entry[id]; e[0] != e[1] {
			ids = append(ids, id)
		}
	}
	out, err := r.changes(ctx, readerOf(rel.Mark), ids, rel.Entries, n)
	if err != nil || len(out) > 0 {
		return out, err
	}
	k := rel.Entries
	for e, err := range r.db.Entries(ctx, rel.Entries, n) {
		if err != nil {
			return nil, err
		}
		if k++; slices.Contains(agreed(), rowOf(e.Kind)) {
			c := DayCorrection{Entry: k - 1, IDs: []string{}}
			if r.mayReadEntry(readerOf(rel.Mark), e) == nil {
				c.Kind, c.Recorded = e.Kind, e.At.UTC()
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// namedFigure is a figure of a day with its name.
type namedFigure struct {
	DayChange
	value [2]int
	ids   []string
}

// compareFigures lists what differs, in the order of the report.
func compareFigures(then, now DayFigures) []DayChange {
	var order []DayChange
	was, is := then.named(&order), now.named(&order)
	var out []DayChange
	for _, name := range order {
		key := keyOfChange(name)
		a, b := was[key], is[key]
		name.Then, name.Now = a.value, b.value
		name.ThenIDs, name.NowIDs = a.ids, b.ids
		name.Gone, name.New = missing(a.ids, b.ids), missing(b.ids, a.ids)
		if name.Then != name.Now || name.Gone != nil || name.New != nil {
			out = append(out, name)
		}
	}
	return out
}

func keyOfChange(c DayChange) [4]string { return [4]string{c.Figure, c.Agreement, c.Clause, c.Author} }

// missing lists what is in one list and not in another.
func missing(in, from []string) []string {
	var out []string
	for _, id := range in {
		if !slices.Contains(from, id) {
			out = append(out, id)
		}
	}
	return out
}

// named lays the figures out by their names, and adds names that are new to a list.
func (f DayFigures) named(order *[]DayChange) map[[4]string]namedFigure {
	out := map[[4]string]namedFigure{}
	put := func(name DayChange, value [2]int, ids []string) {
		out[keyOfChange(name)] = namedFigure{name, value, ids}
		if !slices.ContainsFunc(*order, func(c DayChange) bool { return keyOfChange(c) == keyOfChange(name) }) {
			*order = append(*order, name)
		}
	}
	count := func(name DayChange, c DayFigure) { put(name, [2]int{c.Sure, c.Possible}, c.IDs) }
	count(DayChange{Figure: "incidents"}, f.Incidents)
	count(DayChange{Figure: "elements"}, f.Elements)
	count(DayChange{Figure: "withdrawn"}, f.Withdrawn)
	for _, p := range []struct {
		name string
		of   DayPeople
	}{{"killed", f.Killed}, {"injured", f.Injured}} {
		put(DayChange{Figure: p.name}, [2]int{p.of.Low, p.of.High}, p.of.IDs)
		count(DayChange{Figure: p.name + ".without"}, p.of.Without)
		count(DayChange{Figure: p.name + ".stated"}, p.of.Stated)
		for _, a := range p.of.By {
			put(DayChange{Figure: p.name, Author: a.Author}, [2]int{a.Low, a.High}, a.IDs)
		}
	}
	count(DayChange{Figure: string(truce.Violation)}, f.Violation)
	count(DayChange{Figure: string(truce.Undetermined)}, f.Undetermined)
	count(DayChange{Figure: string(truce.NoViolation)}, f.NoViolation)
	for _, a := range f.Agreements {
		count(DayChange{Figure: string(truce.Violation), Agreement: a.Agreement}, a.Violation)
		count(DayChange{Figure: string(truce.Undetermined), Agreement: a.Agreement}, a.Undetermined)
		count(DayChange{Figure: string(truce.NoViolation), Agreement: a.Agreement}, a.NoViolation)
		for _, c := range a.Clauses {
			count(DayChange{Figure: string(truce.Violation), Agreement: a.Agreement, Clause: c.Clause}, c.Violation)
			count(DayChange{Figure: string(truce.Undetermined), Agreement: a.Agreement, Clause: c.Clause}, c.Undetermined)
		}
	}
	return out
}
