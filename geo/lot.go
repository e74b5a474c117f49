package geo

import (
	"math"
	"slices"
)

// lot is a zone, or all belts along one line, of a list of zones. The belts are looked at
// together because only a few of their combinations exist: no ground lies on both sides,
// and what is closer than 500 m is closer than 3,500 m too.
type lot struct {
	zones  []int  // their places in the list
	ground ground // of a zone that is no belt
	belts  []*belt
}

// lotsOf sorts the zones that are open in class into lots.
func lotsOf(zones []*Zone, class []byte) []lot {
	var lots []lot
	for i, z := range zones {
		if class[i] != open {
			continue
		}
		b, ok := z.ground.(*belt)
		if !ok {
			lots = append(lots, lot{zones: []int{i}, ground: z.ground})
			continue
		}
		k := slices.IndexFunc(lots, func(l lot) bool { return l.ground == nil && l.belts[0].line == b.line })
		if k < 0 {
			lots = append(lots, lot{})
			k = len(lots) - 1
		}
		lots[k].zones, lots[k].belts = append(lots[k].zones, i), append(lots[k].belts, b)
	}
	return lots
}

// read returns the letters of the lot's zones.
func (l lot) read(class []byte) string {
	s := make([]byte, len(l.zones))
	for i, at := range l.zones {
		s[i] = class[at]
	}
	return string(s)
}

// write sets the letters of the lot's zones.
func (l lot) write(class []byte, s string) {
	for i, at := range l.zones {
		class[at] = s[i]
	}
}

// look returns the combination that p has, how far it lies off the edges at least, and
// the combinations that points closer than r metres to it may have.
func (l lot) look(p point, r float64) (here string, off float64, could []string) {
	if l.ground == nil {
		return l.lookAlong(p, r)
	}
	inside, far := l.ground.at(p, r)
	here = string(rune(letter(inside)))
	if far >= r {
		return here, far, []string{here}
	}
	return here, far, []string{string(rune(out)), string(rune(in))}
}

// lookAlong is look for belts.
func (l lot) lookAlong(p point, r float64) (here string, off float64, could []string) {
	most, sided := 0.0, false
	for _, b := range l.belts {
		most, sided = max(most, b.metres), sided || b.side != 0
	}
	n := l.belts[0].line.nearest(p, most+r)
	side, flips := 0, math.Inf(1)
	if sided && n.i >= 0 {
		side, flips = l.belts[0].seen(p, n, r)
	}
	here, off = l.combination(n.d, side), flips
	for _, b := range l.belts {
		off = min(off, math.Abs(n.d-b.metres))
	}
	sides := []int{side}
	if flips < r {
		sides = []int{side, -side}
	}
	for _, d := range l.distances(n.d, r) {
		for _, s := range sides {
			if k := l.combination(d, s); !slices.Contains(could, k) {
				could = append(could, k)
			}
		}
	}
	return here, off, could
}

// combination returns the memberships of ground d metres from the line on a side.
func (l lot) combination(d float64, side int) string {
	s := make([]byte, len(l.belts))
	for i, b := range l.belts {
		s[i] = letter(d < b.metres && (b.side == 0 || b.side == side))
	}
	return string(s)
}

// distances returns one distance of each kind between d-r and d+r.
func (l lot) distances(d, r float64) []float64 {
	low, high := max(0, d-r), d+r
	cuts := []float64{low, high}
	for _, b := range l.belts {
		if low < b.metres && b.metres < high {
			cuts = append(cuts, b.metres)
		}
	}
	slices.Sort(cuts)
	var out []float64
	for i := 1; i < len(cuts); i++ {
		if i == 1 || cuts[i] > cuts[i-1] {
			out = append(out, (cuts[i-1]+cuts[i])/2)
		}
	}
	return out
}
