package geo

import (
	"math"
	"slices"
)

// cell is a rectangle of the map with what is known of every point of it: for each zone
// whether it lies in it, out of it, or open.
type cell struct {
	box   box
	class []byte
}

// mostCells is how many cells of one size are looked into. Edges that run together for
// 40 km or more come to it before cells are as small as a sliver; the width that is
// ignored there grows with the length, to ten metres at 400 km.
const mostCells = 1 << 17

// smallest is the radius of the smallest cells, in metres.
const smallest = 1e-3

// search adds the combinations that points of g have. It cuts the ground into ever
// smaller cells; a cell is done with when it lies outside g, or when every combination
// that is still possible in it has been found. The middle of a cell counts as found only
// when it lies a little inside g and off the edges of all open zones: what is wider than
// Sliver is always found, what is narrower than a third of it never. A disc of the
// radius width fits inside g.
func (c classes) search(g ground, width float64, zones []*Zone, class []byte) {
	if !slices.Contains(class, open) {
		c[string(class)] = true
		return
	}
	least := max(min(Sliver/3, width/16), smallest)
	lots := lotsOf(zones, class)
	best, last := math.Inf(-1), ""
	for cells := []cell{{g.around(), class}}; 0 < len(cells) && len(cells) <= mostCells; {
		var next []cell
		for _, k := range cells {
			p, r := k.box.middle()
			inside, far := g.at(p, r)
			if !inside {
				far = -far
			}
			if far+r <= 0 {
				continue
			}
			v := look(p, r, lots, k.class)
			if far >= least/2 && v.off >= least/2 {
				c[v.middle] = true
			}
			if s := min(far, v.off); s > best {
				best, last = s, v.middle
			}
			if r > least && !c.have(lots, v) {
				one, two := k.box.halves()
				next = append(next, cell{one, v.class}, cell{two, v.class})
			}
		}
		cells = next
	}
	if len(c) == 0 {
		c[last] = true
	}
}

// view is what there is to see within a radius of a point.
type view struct {
	middle string     // the combination that the point has
	off    float64    // how far it lies off the edges of the open zones
	class  []byte     // what holds everywhere within the radius
	could  [][]string // for each lot the combinations of its zones that occur there
}

// look finds out what there is to see within r metres of p, where class holds.
func look(p point, r float64, lots []lot, class []byte) view {
	v := view{off: math.Inf(1), class: class, could: make([][]string, len(lots))}
	middle := slices.Clone(class)
	settled := false
	for i, l := range lots {
		if class[l.zones[0]] != open {
			v.could[i] = []string{l.read(class)}
			continue
		}
		here, off, could := l.look(p, r)
		l.write(middle, here)
		v.off, v.could[i] = min(v.off, off), could
		settled = settled || len(could) == 1
	}
	v.middle = string(middle)
	if settled {
		v.class = slices.Clone(class)
		for i, l := range lots {
			if len(v.could[i]) == 1 {
				l.write(v.class, v.could[i][0])
			}
		}
	}
	return v
}

// mostTogether is how many combinations are looked up for one cell.
const mostTogether = 256

// have reports whether every combination that occurs in a view has been found.
func (c classes) have(lots []lot, v view) bool {
	n := 1
	for _, could := range v.could {
		if n *= len(could); n > mostTogether {
			return false
		}
	}
	return c.haveFrom(lots, v.could, slices.Clone(v.class))
}

func (c classes) haveFrom(lots []lot, could [][]string, class []byte) bool {
	if len(lots) == 0 {
		return c[string(class)]
	}
	for _, s := range could[0] {
		lots[0].write(class, s)
		if !c.haveFrom(lots[1:], could[1:], class) {
			return false
		}
	}
	return true
}

// aside is where a stretch of a line is cut.
const aside = 0.4877

// along adds the combinations that points of a line have, to half a metre.
//
// It is cut a little off the middle: a line drawn between round numbers has its middle on
// borders drawn between round numbers, and a single point on a border is no place to be.
func (c classes) along(line *edges, zones []*Zone, class []byte) {
	type stretch struct {
		segment
		class []byte
	}
	lots := lotsOf(zones, class)
	var todo []stretch
	for _, s := range line.list {
		todo = append(todo, stretch{s, class})
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		mid := s.at(aside)
		r := max(Distance(mid.lat, mid.lon, s.a.lat, s.a.lon), Distance(mid.lat, mid.lon, s.b.lat, s.b.lon)) + 0.01
		v := look(mid, r, lots, s.class)
		c[v.middle] = true
		if r > Sliver/2 && !c.have(lots, v) {
			todo = append(todo, stretch{segment{mid, s.b}, v.class}, stretch{segment{s.a, mid}, v.class})
		}
	}
}
