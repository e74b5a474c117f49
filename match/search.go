package match

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// LeastKept is the probability below which [Matcher.Pairs] forgets a pair.
const LeastKept = 0.01

// search looks for pairs within one list.
type search struct {
	m     *Matcher
	list  []Account
	work  Work
	floor float64 // log-odds of LeastKept
	quick *packs
}

// Pairs finds the likely pairs within one list, A before B, sorted. It does the same as comparing
// every two accounts that the grid, the keys or an index bring together, only faster.
func (m *Matcher) Pairs(ctx context.Context, list []Account, w Work) ([]Pair, error) {
	s := &search{m: m, list: list, work: w, floor: math.Log(LeastKept / (1 - LeastKept)), quick: m.pack(list)}
	entries := make([]entry, 0, len(list))
	var rest []int
	for i := range list {
		var ok bool
		if entries, ok = gridEntries(entries, &list[i], i); !ok {
			rest = append(rest, i)
		}
	}
	out := slices.Concat(s.grid(ctx, entries), s.keys(ctx), s.indexed(ctx, rest))
	return s.kept(out), ctx.Err()
}

// score compares two accounts; false below the floor, or of one report.
func (s *search) score(i, k int) (float64, bool) {
	return s.scorePacked(i, k, &s.quick.all[i], &s.quick.all[k])
}

func (s *search) scorePacked(i, k int, p, q *pack) (float64, bool) {
	if p.report == q.report && s.list[i].Report == s.list[k].Report {
		return 0, false
	}
	if odds, sure := s.quick.between(p, q, s.floor); sure {
		return odds, odds >= s.floor
	}
	c := s.m.Compare(&s.list[i], &s.list[k])
	return c.LogOdds, c.LogOdds >= s.floor
}

// keys compares accounts that share a key, whatever their places.
func (s *search) keys(ctx context.Context) []Pair {
	all := make([]keyed64, 0, 4*len(s.list))
	for i := range s.list {
		all = listKeys(all, &s.list[i], i)
	}
	slices.SortFunc(all, func(a, b keyed64) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return compareAccounts(&s.list[a.account], &s.list[b.account])
	})
	var ends []int
	for i := range all {
		if i+1 == len(all) || all[i+1].key != all[i].key {
			ends = append(ends, i+1)
		}
	}
	const atOnce = 4096
	blocks := make([][]Pair, (len(ends)+atOnce-1)/atOnce)
	s.side(ctx, len(blocks), func(b int) {
		for e := b * atOnce; e < min((b+1)*atOnce, len(ends)); e++ {
			from := 0
			if e > 0 {
				from = ends[e-1]
			}
			blocks[b] = s.bucket(blocks[b], all[from:min(ends[e], from+keyMost)])
		}
	})
	return slices.Concat(blocks...)
}

// keyMost is how many accounts that share a key are held against each other.
const keyMost = 32

// bucket compares every two accounts of a key.
func (s *search) bucket(out []Pair, b []keyed64) []Pair {
	for i := range b {
		for k := i + 1; k < len(b); k++ {
			if odds, ok := s.score(int(b[i].account), int(b[k].account)); ok {
				out = append(out, Pair{int(b[i].account), int(b[k].account), odds, odds})
			}
		}
	}
	return out
}

// keyed64 is an account under a key.
type keyed64 struct {
	key, hash uint64
	account   int32
}

// listKeys are the name of the place and the toll on a day and the one before, and bands of
// the words.
func listKeys(out []keyed64, a *Account, number int) []keyed64 {
	h := hash(a.ID)
	if t, ok := middleDay(a); ok {
		for _, d := range []int64{t, t - 1} {
			for _, k := range dayKeys(a, d) {
				out = append(out, keyed64{k, h, int32(number)})
			}
		}
	}
	for _, k := range textKeys(a) {
		out = append(out, keyed64{k, h, int32(number)})
	}
	return out
}

// indexed asks an index for what the grid does not hold.
func (s *search) indexed(ctx context.Context, rest []int) []Pair {
	if len(rest) == 0 {
		return nil
	}
	x := NewIndex()
	for i := range s.list {
		x.Add(s.list[i])
	}
	blocks := make([][]Pair, len(rest))
	s.side(ctx, len(rest), func(i int) {
		for _, n := range x.Candidates(&s.list[rest[i]]) {
			if odds, ok := s.score(rest[i], n); ok {
				blocks[i] = append(blocks[i], Pair{rest[i], n, odds, odds})
			}
		}
	})
	return slices.Concat(blocks...)
}

// kept puts each pair once, and of each account no more than its likeliest.
func (s *search) kept(pairs []Pair) []Pair {
	for i, p := range pairs {
		if p.A > p.B {
			pairs[i].A, pairs[i].B = p.B, p.A
		}
	}
	slices.SortFunc(pairs, comparePairs)
	pairs = slices.Compact(pairs)
	return s.thinned(pairs)
}

// thinned leaves out the pairs that are not among the likeliest of either account.
func (s *search) thinned(pairs []Pair) []Pair {
	n := make([]int32, len(s.list))
	for _, p := range pairs {
		n[p.A]++
		n[p.B]++
	}
	worst := map[int]Pair{} // of a crowded account: the last pair that is kept
	for i, k := range n {
		if k > MostPairs {
			worst[i] = Pair{}
		}
	}
	if len(worst) == 0 {
		return pairs
	}
	of := map[int][]Pair{}
	for _, p := range pairs {
		for _, i := range [2]int{p.A, p.B} {
			if _, crowded := worst[i]; crowded {
				of[i] = append(of[i], p)
			}
		}
	}
	for i, list := range of {
		slices.SortFunc(list, func(p, q Pair) int { return s.compareFrom(i, p, q) })
		worst[i] = list[MostPairs-1]
	}
	return slices.DeleteFunc(pairs, func(p Pair) bool {
		a, aCrowded := worst[p.A]
		b, bCrowded := worst[p.B]
		return aCrowded && bCrowded && s.compareFrom(p.A, p, a) > 0 && s.compareFrom(p.B, p, b) > 0
	})
}

// compareFrom orders the pairs of one account: the likeliest first, then by the other account.
func (s *search) compareFrom(i int, p, q Pair) int {
	return cmp.Or(cmp.Compare(q.LogOdds, p.LogOdds), compareAccounts(&s.list[p.A+p.B-i], &s.list[q.A+q.B-i]))
}
