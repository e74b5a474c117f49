package figures

import (
	"sort"

	"truce"
)

// Bin is what one stretch of a series holds.
type Bin struct {
	Stretch
	Incidents, Elements Interval
	Classes             map[Class]Interval
	Killed              Interval
	// KilledSurely is of those incidents alone that surely lie in the stretch.
	KilledSurely Interval
	// KilledUnknown is how many incidents that lie in the stretch have no figure.
	KilledUnknown int
}

// Split cuts the days of a stretch into stretches of so many days; the last may be shorter.
func Split(s Stretch, days int) []Stretch {
	var out []Stretch
	for from := s.From; s.Days() > 0 && days > 0 && from <= s.To; {
		to := min(Shift(from, days-1), s.To)
		out = append(out, Stretch{from, to})
		from = Shift(to, 1)
	}
	return out
}

// Series counts each of a row of stretches, which follow one another. It is the same as
// [Count] of each, in one pass. What may have been on any day stands, possibly, in all.
func Series(items []Item, row []Stretch) []Bin {
	out := make([]Bin, len(row))
	for i, s := range row {
		out[i] = Bin{Stretch: s}
	}
	parts := make([][]int, len(row)) // items that touch each stretch
	for i := range items {
		a, b := touched(&items[i], row)
		for k := a; k < b; k++ {
			parts[k] = append(parts[k], i)
		}
	}
	for k := range out {
		out[k].fill(items, parts[k])
	}
	return out
}

// touched are the stretches that an item may lie in, as a half-open range.
func touched(x *Item, row []Stretch) (from, to int) {
	if x.First == "" || x.Last == "" {
		return 0, len(row)
	}
	from = sort.Search(len(row), func(i int) bool { return row[i].To == "" || row[i].To >= x.First })
	to = sort.Search(len(row), func(i int) bool { return row[i].From > x.Last })
	return from, max(from, to)
}

// fill counts the items that touch the stretch.
func (b *Bin) fill(items []Item, part []int) {
	var elements [classes]Interval
	in := make([]member, 0, len(part))
	for _, i := range part {
		t := items[i].In(b.Stretch)
		if t == truce.No {
			continue
		}
		in = append(in, member{&items[i], t})
		b.Elements.add(t, 1)
		elements[items[i].rank].add(t, 1)
	}
	b.Classes, b.Incidents = byClass(elements), incidents(in)
	killed := toll(in, b.Stretch, "", func(e *truce.Element) *truce.Range { return e.Killed })
	b.Killed, b.KilledSurely, b.KilledUnknown = killed.People, killed.Sure, killed.Unknown
}
