package match

import (
	"cmp"
	"math"
	"slices"
)

// How many accounts are looked at. A bucket that more accounts share keeps those whose
// identifiers have the smallest hashes, which no order of arrival changes; whatever else is alike is
// then found through the other keys. So a value that stands in every report costs no more
// than any other.
const (
	bucketSize     = 256
	mostCandidates = 2000
)

// Index finds the accounts that one must be held against. Adding and asking may not go on at once.
type Index struct {
	accounts []Account
	hashes   []uint64
	buckets  map[uint64][]int32
}

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{buckets: map[uint64][]int32{}} }

// Len is how many accounts it holds.
func (x *Index) Len() int { return len(x.accounts) }

// Account returns one by the number that [Index.Candidates] gives.
func (x *Index) Account(i int) *Account { return &x.accounts[i] }

// Add takes in an account.
func (x *Index) Add(a Account) {
	n := int32(len(x.accounts))
	x.accounts, x.hashes = append(x.accounts, a), append(x.hashes, hash(a.ID))
	for _, k := range postKeys(&a) {
		x.post(k, n)
	}
}

// post keeps a bucket sorted by hash, then identifier, and no longer than its size.
func (x *Index) post(key uint64, n int32) {
	b := x.buckets[key]
	at, _ := slices.BinarySearchFunc(b, n, x.compare)
	if at >= bucketSize {
		return
	}
	if len(b) == bucketSize {
		b = b[:bucketSize-1]
	}
	x.buckets[key] = slices.Insert(b, at, n)
}

func (x *Index) compare(a, b int32) int {
	return cmp.Or(cmp.Compare(x.hashes[a], x.hashes[b]), compareAccounts(&x.accounts[a], &x.accounts[b]))
}

// Candidates returns the numbers of the accounts that a must be held against, sorted; never
// one of its own report.
func (x *Index) Candidates(a *Account) []int {
	seen := map[int32]bool{}
	var out []int
	for _, k := range askKeys(a) {
		for _, n := range x.buckets[k] {
			if !seen[n] && x.accounts[n].Report != a.Report {
				seen[n] = true
				out = append(out, int(n))
			}
		}
		if len(out) >= mostCandidates {
			out = out[:mostCandidates]
			break
		}
	}
	slices.Sort(out)
	return out
}

// The kinds of key, so that equal numbers of different kinds do not meet.
const (
	cellAndDay uint64 = iota + 1
	nameAndDay
	tollAndDay
	dayAlone
	coarseAndDay
	cellAlone
	textKey
)

// cells are a third of a degree wide: about 33 km north and 27 km east in Syria.
const cellsPerDegree = 3

// A span longer than this is put under its cell alone.
const mostDays = 40

func mixed(kind uint64, parts ...int64) uint64 {
	h := kind * 0x9e3779b97f4a7c15
	for _, p := range parts {
		h ^= uint64(p) + 0x9e3779b97f4a7c15 + h<<6 + h>>2
		h *= 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

func cellOf(d disc) (int64, int64) {
	return int64(math.Floor(d.lat * cellsPerDegree)), int64(math.Floor(d.lon * cellsPerDegree))
}

// daysOf returns the days, counted from 1970 in UTC, that the times of an account touch, with a margin.
func daysOf(a *Account, margin float64) []int64 {
	var out []int64
	for _, i := range a.when {
		from, to := math.Floor((i.from-margin)/day), math.Floor((i.to+margin)/day)
		if !(to-from <= mostDays) {
			continue
		}
		for d := from; d <= to; d++ {
			out = append(out, int64(d))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// middleDay is the day on which the middle of an account's first time lies.
func middleDay(a *Account) (int64, bool) {
	if len(a.when) == 0 || math.IsInf(a.when[0].wide(), 1) {
		return 0, false
	}
	return int64(math.Floor((a.when[0].from + a.when[0].to) / 2 / day)), true
}

// local reports whether an account is of a place no wider than a cell.
func (a *Account) local() bool {
	return len(a.where) > 0 && !slices.ContainsFunc(a.where, func(d disc) bool { return d.within > 30e3 })
}

// postKeys are the keys that an account is found by.
func postKeys(a *Account) []uint64 {
	var out []uint64
	days := daysOf(a, 0)
	for _, d := range a.where {
		y, x := cellOf(d)
		for _, t := range days {
			if a.local() {
				out = append(out, mixed(cellAndDay, y, x, t))
			}
		}
		out = append(out, mixed(cellAlone, y, x))
	}
	for _, t := range days {
		out = append(out, mixed(dayAlone, t))
		if !a.local() {
			out = append(out, mixed(coarseAndDay, t))
		}
	}
	if t, ok := middleDay(a); ok {
		out = append(out, dayKeys(a, t)...)
	}
	out = append(out, textKeys(a)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// dayKeys are the name of the place and the toll on a day.
func dayKeys(a *Account, t int64) []uint64 {
	var out []uint64
	for _, n := range a.names {
		out = append(out, mixed(nameAndDay, t, int64(hash(n.Bones))))
	}
	if a.killed != nil && a.killed.High >= 5 {
		out = append(out, mixed(tollAndDay, t, int64(a.killed.Low), int64(a.killed.High)))
	}
	return out
}

// textKeys are two bands of two of the smallest hashes of the words each: nearly the same texts share a
// band, texts that share a few words do not.
func textKeys(a *Account) []uint64 {
	if len(a.text) < 2*fewWords {
		return nil
	}
	least := [4]uint64{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	for _, w := range a.text {
		for i := range least {
			w = w*0x9e3779b97f4a7c15 + uint64(i)
			w ^= w >> 29
			least[i] = min(least[i], w)
		}
	}
	return []uint64{mixed(textKey, int64(least[0]), int64(least[1])), mixed(textKey, int64(least[2]), int64(least[3]))}
}

// askKeys are the keys to look under, the likeliest first: the cell and its neighbours on the
// days and those around them; then names, tolls and texts; then, for what has no day or no
// place, whatever there is of the other.
func askKeys(a *Account) []uint64 {
	var out []uint64
	near := daysOf(a, 0)
	around := slices.DeleteFunc(daysOf(a, 2*day), func(d int64) bool { return slices.Contains(near, d) })
	if t, ok := middleDay(a); ok {
		for _, d := range []int64{t, t - 1, t + 1} {
			out = append(out, dayKeys(a, d)...)
		}
	}
	out = append(out, textKeys(a)...)
	for _, days := range [][]int64{near, around} {
		for _, d := range a.where {
			y, x := cellOf(d)
			for _, t := range days {
				for k := range int64(9) {
					out = append(out, mixed(cellAndDay, y+(k+4)%9/3-1, x+(k+4)%3-1, t))
				}
			}
		}
	}
	if len(near) == 0 {
		for _, d := range a.where {
			y, x := cellOf(d)
			out = append(out, mixed(cellAlone, y, x))
		}
	}
	for _, t := range near {
		out = append(out, mixed(coarseAndDay, t))
		if !a.local() {
			out = append(out, mixed(dayAlone, t))
		}
	}
	return out
}
