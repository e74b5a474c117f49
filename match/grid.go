package match

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
)

// A list is searched in two ways. The grid brings together accounts in the same or a neighbouring cell
// whose times are at most two days apart; cells are as wide as the wider of two extents
// asks for. Keys bring together accounts that share a name, a toll or most words within a day, wherever
// they are. What has no time or no place, or a very wide one, is asked of an [Index].

// cellSizes are the degrees of a cell, by the level that an account's extent asks for.
var cellSizes = [...]float64{0.05, 0.2, 1}

// gridLevel is the finest level whose cells are wider than an extent; false: it is too wide for any.
func gridLevel(within float64) (int, bool) {
	switch {
	case within <= 2500:
		return 0, true
	case within <= local:
		return 1, true
	case within <= regional:
		return 2, true
	}
	return 0, false
}

// How far apart in days two times may be, and how many accounts of one cell one account is held against: where
// more stand, those whose identifiers have the smallest hashes.
const (
	gridDays = 2
	gridMost = 256
)

// entry is one time and place of an account in the grid.
type entry struct {
	account    int32
	level      int8
	start, end int32 // days since 1970, UTC
	lat, lon   float64
	hash       uint64
}

// gridEntries lays out an account; false where the grid cannot hold it.
func gridEntries(out []entry, a *Account, number int) ([]entry, bool) {
	if len(a.when)*len(a.where) == 0 || len(a.when)*len(a.where) > 8 {
		return out, false
	}
	before := len(out)
	h := hash(a.ID)
	for _, w := range a.when {
		if !(w.wide() <= mostDays*day) {
			return out[:before], false
		}
		for _, d := range a.where {
			level, ok := gridLevel(d.within)
			if !ok {
				return out[:before], false
			}
			end := math.Floor((max(w.to-1, w.from)) / day)
			out = append(out, entry{int32(number), int8(level), int32(math.Floor(w.from / day)), int32(end), d.lat, d.lon, h})
		}
	}
	return out, true
}

// standing is an entry in its cell.
type standing struct {
	cell uint64
	entry
}

// layer is the entries of one level and the finer ones, by cell and day.
type layer struct {
	level int8
	all   []standing
	packs []pack // of all, beside each other as they are compared
	cells []cellRange
	at    map[uint64]cellRange
}

// cellRange is where the entries of a cell stand.
type cellRange struct{ from, to int }

func cellKey(y, x int64) uint64 { return uint64(uint32(y))<<32 | uint64(uint32(x)) }

// newLayer sorts the entries of a level. Nil: no account asks for it.
func newLayer(entries []entry, list []Account, level int) *layer {
	l := &layer{level: int8(level), at: map[uint64]cellRange{}}
	asked := false
	l.all = make([]standing, 0, len(entries))
	for _, e := range entries {
		if int(e.level) <= level {
			y, x := math.Floor(e.lat/cellSizes[level]), math.Floor(e.lon/cellSizes[level])
			l.all = append(l.all, standing{cellKey(int64(y), int64(x)), e})
		}
		asked = asked || int(e.level) == level
	}
	if !asked {
		return nil
	}
	slices.SortFunc(l.all, func(a, b standing) int {
		if a.cell != b.cell {
			return cmp.Compare(a.cell, b.cell)
		}
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return compareAccounts(&list[a.account], &list[b.account])
	})
	for i := 0; i < len(l.all); {
		k := i
		for k < len(l.all) && l.all[k].cell == l.all[i].cell {
			k++
		}
		l.cells = append(l.cells, cellRange{i, k})
		l.at[l.all[i].cell] = cellRange{i, k}
		i = k
	}
	return l
}

// neighbours are the cells around and the cell itself, as far as there are any.
func (l *layer) neighbours(cell uint64) []cellRange {
	y, x := int32(cell>>32), int32(cell)
	var out []cellRange
	for dy := int64(-1); dy <= 1; dy++ {
		for dx := int64(-1); dx <= 1; dx++ {
			if r, ok := l.at[cellKey(int64(y)+dy, int64(x)+dx)]; ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// visit calls use for every two entries of the cell and its neighbours that are to be compared:
// the one that starts earlier first, each two once.
func (l *layer) visit(c cellRange, use func(a, b int)) {
	around := l.neighbours(l.all[c.from].cell)
	for i := c.from; i < c.to; i++ {
		a := &l.all[i]
		for n := range around {
			r := &around[n]
			for r.from < r.to && l.all[r.from].start < a.start {
				r.from++
			}
			looked := 0
			for k := r.from; k < r.to && l.all[k].start <= a.end+gridDays && looked < gridMost; k++ {
				b := &l.all[k]
				if b.start == a.start && k <= i || max(a.level, b.level) != l.level || a.account == b.account {
					continue
				}
				looked++
				use(i, k)
			}
		}
	}
}

// grid compares within every layer and returns the pairs above the floor.
func (s *search) grid(ctx context.Context, entries []entry) []Pair {
	var out []Pair
	for level := range cellSizes {
		l := newLayer(entries, s.list, level)
		if l == nil {
			continue
		}
		l.packs = make([]pack, len(l.all))
		for i := range l.all {
			l.packs[i] = s.quick.all[l.all[i].account]
		}
		out = append(out, s.layer(ctx, l)...)
	}
	return out
}

// layer compares cell by cell, side by side.
func (s *search) layer(ctx context.Context, l *layer) []Pair {
	const cellsAtOnce = 64
	blocks := make([][]Pair, (len(l.cells)+cellsAtOnce-1)/cellsAtOnce)
	s.side(ctx, len(blocks), func(b int) {
		for _, c := range l.cells[b*cellsAtOnce : min((b+1)*cellsAtOnce, len(l.cells))] {
			l.visit(c, func(x, y int) {
				i, k := int(l.all[x].account), int(l.all[y].account)
				if odds, ok := s.scorePacked(i, k, &l.packs[x], &l.packs[y]); ok {
					blocks[b] = append(blocks[b], Pair{i, k, odds, odds})
				}
			})
		}
	})
	return slices.Concat(blocks...)
}

// side does n pieces of work side by side.
func (s *search) side(ctx context.Context, n int, do func(int)) {
	workers := s.work.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	next := make(chan int, workers)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
		if s.work.Progress != nil {
			s.work.Progress(i, n)
		}
	}
	close(next)
	wait.Wait()
}
