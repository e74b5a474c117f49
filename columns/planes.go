package columns

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"truce"
)

// A clause, to Planes, is a conjunction of conditions that each look at one fact. A fact
// is known to be of some class: "inside zones 3 and 17", "on day 5 000", "nobody knows".
// For every class there are two sets of clauses: those whose condition on the fact can
// be satisfied, and those whose condition surely is. Judging a row is joining such sets by
// AND: the clauses left in the first join may be met, those left in both surely are.
//
// The answer is exact when no fact stands behind two conditions of a clause that could
// exclude each other.

// Clauses is a set of clauses, bit k%64 of word k/64 for clause k.
type Clauses []uint64

// Add puts clause k into the set, which must have room for it.
func (s Clauses) Add(k int) { s[k/64] |= 1 << (k % 64) }

// Has reports whether clause k is in the set.
func (s Clauses) Has(k int) bool { return s[k/64]>>(k%64)&1 == 1 }

// Class is what one class of a fact's values means to the clauses.
type Class struct {
	Can    Clauses // the condition on this fact can be satisfied
	Surely Clauses // and is satisfied whatever the rest is
}

// NewClass returns a class of empty sets for n clauses.
func NewClass(n int) Class {
	words := (n + 63) / 64
	return Class{make(Clauses, words), make(Clauses, words)}
}

// Fact is a fact of a row. Facts that are parts of one, such as the first and the last
// day, have the same Reason.
type Fact struct {
	Name    string
	Reason  int // the bit in Finding.Open, 0 to 31
	Classes []Class
}

// Finding says that a row meets, or may meet, a clause.
type Finding struct {
	Row    uint32
	Group  uint32
	Clause uint32 // counted from the first clause of all
	// Open has the Reason bits of the facts that keep the clause from being surely met;
	// 0 says that it is.
	Open uint32
}

// lane is how many words of clauses are judged at once: a cache line of them.
const lane = 8

type words [lane]uint64

// line is one lane of a class; equal ones are kept once.
type line struct{ can, surely words }

// Planes judges rows against all clauses at once.
type Planes struct {
	lanes int
	live  int // words of a class's live lanes
	facts []plane
	// For each bit: the clause that it stands for, its group, and which bits of its word
	// belong to the same group.
	clause, group []uint32
	mates         []uint64
}

// plane holds the classes of one fact. Most lanes of most classes are empty or equal to
// others, and each is kept once; line 0 is the empty one.
type plane struct {
	reason uint32
	lanes  []uint32 // for each class, the line of each lane
	can    []words  // the lines
	surely []words  // apart from can, which is looked at far more often
	live   []uint64 // for each class, which of its lanes are not empty, 64 a word
}

// Group is a group of clauses, such as an agreement: a row has at most one finding for it.
type Group struct {
	Clauses int
	// Near says which groups are alike: groups with near numbers are kept side by side, so
	// that a row which one of them excludes is soon done with all. The first day of an
	// agreement is a good number. It does not change the findings.
	Near int32
}

// NewPlanes arranges the clauses for judging. Clauses are counted group by group. Put
// first the facts that exclude most.
func NewPlanes(groups []Group, facts []Fact) (*Planes, error) {
	p := &Planes{}
	bit := p.place(groups)
	for _, f := range facts {
		if f.Reason < 0 || f.Reason > 31 {
			return nil, &truce.Error{Kind: truce.Invalid, At: f.Name, Msg: fmt.Sprintf("reason %d", f.Reason), Hint: "0 to 31"}
		}
		for c, class := range f.Classes {
			if need := (len(bit) + 63) / 64; len(class.Can) < need || len(class.Surely) < need {
				return nil, &truce.Error{Kind: truce.Invalid, At: f.Name, Msg: fmt.Sprintf("class %d is too short for %d clauses", c, len(bit))}
			}
		}
		p.facts = append(p.facts, p.plane(f, bit))
	}
	return p, nil
}

// plane arranges the classes of a fact, keeping equal lines once.
func (p *Planes) plane(f Fact, bit []uint32) plane {
	out := plane{reason: 1 << f.Reason, can: make([]words, 1), surely: make([]words, 1)}
	known := map[line]uint32{{}: 0}
	for _, class := range f.Classes {
		lines := make([]line, p.lanes)
		for k, b := range bit {
			if l := &lines[b/64/lane]; class.Can.Has(k) {
				l.can[b/64%lane] |= 1 << (b % 64)
				if class.Surely.Has(k) {
					l.surely[b/64%lane] |= 1 << (b % 64)
				}
			}
		}
		live := len(out.live)
		out.live = append(out.live, make([]uint64, p.live)...)
		for i, l := range lines {
			n, ok := known[l]
			if !ok {
				n = uint32(len(out.can))
				known[l] = n
				out.can, out.surely = append(out.can, l.can), append(out.surely, l.surely)
			}
			out.lanes = append(out.lanes, n)
			if n > 0 {
				out.live[live+i/64] |= 1 << (i % 64)
			}
		}
	}
	return out
}

// place gives every clause a bit, so that a group of up to 64 does not straddle two words.
func (p *Planes) place(groups []Group) (bit []uint32) {
	first := make([]int, len(groups)+1)
	order := make([]int, len(groups))
	for g := range groups {
		first[g+1] = first[g] + groups[g].Clauses
		order[g] = g
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(groups[a].Near, groups[b].Near) })
	bit = make([]uint32, first[len(groups)])
	at := 0
	for _, g := range order {
		if left := 64 - at%64; left < groups[g].Clauses {
			at += left % 64
		}
		for k := first[g]; k < first[g+1]; k++ {
			p.reach(at + 1)
			p.clause[at], p.group[at] = uint32(k), uint32(g)
			bit[k] = uint32(at)
			at++
		}
		for k := first[g]; k < first[g+1]; k++ {
			for m := first[g]; m < first[g+1]; m++ {
				if bit[k]/64 == bit[m]/64 {
					p.mates[bit[k]] |= 1 << (bit[m] % 64)
				}
			}
		}
	}
	p.lanes = max(1, (at+64*lane-1)/(64*lane))
	p.live = (p.lanes + 63) / 64
	p.reach(p.lanes * lane * 64)
	return bit
}

func (p *Planes) reach(n int) {
	for len(p.clause) < n {
		p.clause, p.group, p.mates = append(p.clause, 0), append(p.group, 0), append(p.mates, 0)
	}
}

// Judge appends the findings of rows, by row and group: the group's first clause that is
// surely met, else its first that may be. classes holds one column a fact, in the order
// of NewPlanes, with the class of each row.
func (p *Planes) Judge(classes [][]uint32, found []Finding) []Finding {
	r := rowJudge{p, make([]int, len(p.facts)), make([]*words, len(p.facts))}
	var some [batch]uint32
	for from := 0; from < len(classes[0]); from += batch {
		for _, row := range p.alive(classes, from, &some) {
			for f := range r.class {
				r.class[f] = int(classes[f][row])
			}
			found = r.judge(row, found)
		}
	}
	return found
}

// batch is how many rows are looked over at once for those that have any lane alive.
const batch = 512

// alive returns the rows from..from+batch-1 that have a lane that no fact leaves empty.
// Most rows have none; to find the others takes no branch that could be guessed wrongly.
func (p *Planes) alive(classes [][]uint32, from int, some *[batch]uint32) []uint32 {
	n, rows := 0, min(batch, len(classes[0])-from)
	if p.live > 1 {
		for i := range rows {
			some[i] = uint32(from + i)
		}
		return some[:rows]
	}
	var live [batch]uint64
	for i := range live {
		live[i] = ^uint64(0)
	}
	for f := range p.facts {
		of := p.facts[f].live
		for i, c := range classes[f][from : from+rows] {
			live[i] &= of[c]
		}
	}
	for i := range rows {
		some[n&(batch-1)] = uint32(from + i)
		n += int((live[i] | -live[i]) >> 63)
	}
	return some[:n]
}

// rowJudge judges one row after another.
type rowJudge struct {
	*Planes
	class []int    // of each fact of the row
	sure  []*words // of each fact, in the lane at hand
}

// judge adds the findings of a row, whose classes are set.
func (r *rowJudge) judge(row uint32, found []Finding) []Finding {
	first := len(found)
	for k := range r.live {
		live := ^uint64(0)
		for f, c := range r.class {
			live &= r.facts[f].live[c*r.live+k]
		}
		for ; live != 0; live &= live - 1 {
			found = r.lane(row, 64*k+bits.TrailingZeros64(live), found)
		}
	}
	if len(found)-first > 1 {
		sortByGroup(found[first:])
	}
	return found
}

// sortByGroup sorts a row's few findings, which are nearly in order.
func sortByGroup(found []Finding) {
	for i := 1; i < len(found); i++ {
		for k := i; k > 0 && found[k].Group < found[k-1].Group; k-- {
			found[k], found[k-1] = found[k-1], found[k]
		}
	}
}

// lane joins the facts' sets of one lane.
func (r *rowJudge) lane(row uint32, l int, found []Finding) []Finding {
	const all = ^uint64(0)
	m0, m1, m2, m3, m4, m5, m6, m7 := all, all, all, all, all, all, all, all
	for f := range r.facts {
		p := &r.facts[f]
		n := p.lanes[r.class[f]*r.lanes+l]
		s := &p.can[n]
		r.sure[f] = &p.surely[n]
		m0, m1, m2, m3 = m0&s[0], m1&s[1], m2&s[2], m3&s[3]
		m4, m5, m6, m7 = m4&s[4], m5&s[5], m6&s[6], m7&s[7]
	}
	if m0|m1|m2|m3|m4|m5|m6|m7 == 0 {
		return found
	}
	for w, m := range [lane]uint64{m0, m1, m2, m3, m4, m5, m6, m7} {
		if m != 0 {
			found = r.word(row, l*lane+w, m, found)
		}
	}
	return found
}

// word adds the findings for the clauses m, not empty, of one word.
func (r *rowJudge) word(row uint32, word int, m uint64, found []Finding) []Finding {
	sure := m
	for _, s := range r.sure {
		sure &= s[word%lane]
	}
	for m != 0 {
		first := bits.TrailingZeros64(m)
		bit := word*64 + first
		group, mates := r.group[bit], r.mates[bit]
		met := sure & mates
		m &^= mates
		if n := len(found); n > 0 && found[n-1].Group == group && found[n-1].Row == row {
			// A group of more than 64 clauses goes on from the word before.
			if found[n-1].Open == 0 || met == 0 {
				continue
			}
			found = found[:n-1]
		}
		open := uint32(0)
		if met != 0 {
			bit = word*64 + bits.TrailingZeros64(met)
		} else {
			open = r.open(bit)
		}
		found = append(found, Finding{row, group, r.clause[bit], open})
	}
	return found
}

// open returns the reasons why the clause at bit is not surely met.
func (r *rowJudge) open(bit int) uint32 {
	open := uint32(0)
	for f, s := range r.sure {
		sure := uint32(s[bit/64%lane] >> (bit % 64) & 1)
		open |= r.facts[f].reason & (sure - 1)
	}
	return open
}
