package match

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Pair is two accounts that may tell of one happening, by their numbers in the lists that were
// compared.
type Pair struct {
	A, B int
	// Direct is the log-odds of the two alone; LogOdds those that count, which in [Matcher.Link] take the
	// rivals of both into account.
	Direct, LogOdds float64
}

// Probability is how sure it is that the two are one happening.
func (p Pair) Probability() float64 { return Probability(p.LogOdds) }

// MostPairs is how many pairs of one account are kept, the likeliest.
const MostPairs = 32

// Suggestion is an account of an index that may tell of the same happening.
type Suggestion struct {
	Account *Account
	Comparison
}

// Suggest returns the likeliest of an index for an account, the best first, at most max.
func (m *Matcher) Suggest(x *Index, a *Account, max int) []Suggestion {
	var out []Suggestion
	for _, p := range m.best(x, a, 0, func(int) bool { return true }, max) {
		b := x.Account(p.B)
		out = append(out, Suggestion{b, m.Compare(a, b)})
	}
	return out
}

// best holds an account against its candidates and keeps the likeliest.
func (m *Matcher) best(x *Index, a *Account, number int, use func(int) bool, max int) []Pair {
	var out []Pair
	for _, n := range x.Candidates(a) {
		if !use(n) {
			continue
		}
		c := m.Compare(a, x.Account(n))
		out = append(out, Pair{number, n, c.LogOdds, c.LogOdds})
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.LogOdds, p.LogOdds), compareAccounts(x.Account(p.B), x.Account(q.B)))
	})
	return slices.Clip(out[:min(len(out), max)])
}

// Work says how a bulk job is done; the zero value uses every processor and tells nobody.
type Work struct {
	Workers int
	// Progress, if set, is told how many accounts are done of how many.
	Progress func(done, total int)
}

func comparePairs(p, q Pair) int {
	return cmp.Or(cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B), cmp.Compare(p.Direct, q.Direct))
}

// Link finds the likely pairs of two lists, A of the left and B of the right one, sorted. Where
// each list tells of a happening about once, a candidate that another one fits better is less
// likely; [Rivals] says how much.
func (m *Matcher) Link(ctx context.Context, left, right []Account, w Work) ([]Pair, error) {
	found, err := m.against(ctx, left, right, w)
	if err != nil {
		return nil, err
	}
	out := slices.Concat(found...)
	m.rival(out)
	slices.SortFunc(out, comparePairs)
	return out, nil
}

// against holds every account of one list against an index of the other.
func (m *Matcher) against(ctx context.Context, list, other []Account, w Work) ([][]Pair, error) {
	x := NewIndex()
	for _, a := range other {
		x.Add(a)
	}
	workers := w.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	out := make([][]Pair, len(list))
	blocks := (len(list) + linkBlock - 1) / linkBlock
	next := make(chan int)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for b := range next {
				for i := b * linkBlock; i < min((b+1)*linkBlock, len(list)); i++ {
					out[i] = m.best(x, &list[i], i, func(int) bool { return true }, MostPairs)
				}
			}
		})
	}
	for b := 0; b < blocks && ctx.Err() == nil; b++ {
		next <- b
		if w.Progress != nil {
			w.Progress(b*linkBlock, len(list))
		}
	}
	close(next)
	wait.Wait()
	return out, ctx.Err()
}

// linkBlock is how many accounts are one piece of work.
const linkBlock = 256

// rival takes the other candidates of both sides into account.
func (m *Matcher) rival(pairs []Pair) {
	left, right := crowds(pairs, func(p Pair) int { return p.A }), crowds(pairs, func(p Pair) int { return p.B })
	r := m.weights.Rivals
	for i := range pairs {
		p := &pairs[i]
		p.LogOdds = r.Shift + r.Scale*p.Direct - r.Left*left[p.A].without(p.Direct) - r.Right*right[p.B].without(p.Direct)
	}
}

// crowd is the summed odds of the pairs of one account.
type crowd struct{ odds float64 }

func crowds(pairs []Pair, of func(Pair) int) map[int]crowd {
	sorted := slices.Clone(pairs) // sums do not depend on the order
	slices.SortFunc(sorted, comparePairs)
	out := map[int]crowd{}
	for _, p := range sorted {
		out[of(p)] = crowd{out[of(p)].odds + math.Exp(min(p.Direct, mostOdds))}
	}
	return out
}

// mostOdds is where odds are sure enough.
const mostOdds = 30

// without is the logarithm of 1 and the odds of all but one.
func (c crowd) without(logOdds float64) float64 {
	return math.Log1p(max(0, c.odds-math.Exp(min(logOdds, mostOdds))))
}
