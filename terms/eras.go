package terms

import (
	"encoding/binary"
	"slices"
	"sort"
	"time"
)

// setEras groups the moments that no condition and no membership tells apart, and the
// values of the time, by the moments that each covers, that cover the same groups. A clause
// that applies every day for years has thousands of moments and few eras.
func (sp *space) setEras(rules []*rule, ids []string, covers [][]int) {
	turns := sp.turns(ids)
	eras, eraOf := alike(len(sp.moments), func(i int) []byte {
		at := sp.moments[i].at
		key := binary.AppendUvarint(nil, uint64(sort.Search(len(turns), func(i int) bool { return at.Before(turns[i]) })))
		for _, r := range rules {
			key = append(key, r.bits(at)...)
		}
		return key
	})
	sp.eras, sp.eraOf = eras, eraOf
	some, times := alike(len(covers), func(v int) []byte {
		var key []byte
		for _, era := range sp.erasOf(covers[v]) {
			key = binary.AppendUvarint(key, uint64(era))
		}
		return key
	})
	for _, v := range some {
		sp.covers = append(sp.covers, sp.erasOf(covers[v]))
	}
	sp.times = times
}

// turns are the instants at which some actor's own membership changes.
func (sp *space) turns(ids []string) []time.Time {
	if len(sp.moments) == 1 {
		return nil
	}
	var out []time.Time
	for _, atom := range sp.atoms {
		for _, id := range ids {
			out = append(out, sp.j.who.standing(atom, id).turns...)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// bits is what a rule asks of a moment.
func (r *rule) bits(at time.Time) []byte {
	is := []byte{byte(btoi(r.windows.has(at))), byte(btoi(r.perhaps.has(at))), 0}
	if r.provided != nil {
		is[2] = byte(r.provided.at(at))
	}
	return is
}

// erasOf lists the eras of some moments.
func (sp *space) erasOf(moments []int) []int {
	var out []int
	for _, m := range moments {
		out = append(out, sp.eraOf[m])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike groups n things by a key: the first of each kind, and the kind of each thing.
func alike(n int, key func(i int) []byte) (firsts, kind []int) {
	at := map[string]int{}
	for i := range n {
		k := key(i)
		j, ok := at[string(k)]
		if !ok {
			j = len(firsts)
			at[string(k)] = j
			firsts = append(firsts, i)
		}
		kind = append(kind, j)
	}
	return firsts, kind
}

// at is a moment of an era.
func (sp *space) at(era int) time.Time { return sp.moments[sp.eras[era]].at }
