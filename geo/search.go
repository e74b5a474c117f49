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

// search adds the combinations that points of g have. It cuts the ground into ever
// smaller cells; a cell is done with when it lies outside g, or when every combination
// that is still possible in it has been found. The middle of a cell counts as found only
// when it lies a little inside g and off the edges of all open zones: what is wider than
// Sliver is always found, what is narrower than a third of it never. A disc of the radius width
// fits inside g.
func (c classes) search(g ground, width float64, zones []*Zone, class []byte) {
	if !slices.Contains(class, open) {
		c[string(class)] = true
		return
	}
	least := min(Sliver/3, width/16)
	best, last := math.Inf(-1), ""
	cells := []cell{{g.around(), class}}
	for len(cells) > 0 {
		var next []cell
		for _, k := range cells {
			v := k.look(g, zones)
			if v.in+v.radius <= 0 {
				continue
			}
			if v.in >= least/2 && v.off >= least/2 {
				c[v.middle] = true
			}
			if c.covers(v.class) {
				continue
			}
			if v.radius <= least {
				if s := min(v.in, v.off); s > best {
					best, last = s, v.middle
				}
				continue
			}
			one, two := k.box.halves()
			next = append(next, cell{one, v.class}, cell{two, v.class})
		}
		cells = next
	}
	if len(c) == 0 {
		c[last] = true
	}
}

// view is a cell looked at from its middle.
type view struct {
	radius float64 // no point of the cell is farther from the middle
	in     float64 // how far the middle lies inside the ground; negative outside
	off    float64 // how far the middle lies off the edges of the open zones
	class  []byte  // what holds for the whole cell
	middle string  // what holds for the middle
}

// look finds out what holds for a cell.
func (k cell) look(g ground, zones []*Zone) view {
	p, r := k.box.middle()
	inside, far := g.at(p, r)
	if !inside {
		far = -far
	}
	v := view{radius: r, in: far}
	if v.in+r > 0 {
		v.ask(p, zones, k.class)
	}
	return v
}

// ask finds out what holds for the middle p, and for all within the radius of it.
func (v *view) ask(p point, zones []*Zone, class []byte) {
	v.off = math.Inf(1)
	v.class = append([]byte(nil), class...)
	middle := append([]byte(nil), class...)
	for i, z := range zones {
		if class[i] != open {
			continue
		}
		inside, far := z.ground.at(p, v.radius)
		middle[i] = letter(inside)
		if v.off = min(v.off, far); far >= v.radius {
			v.class[i] = middle[i]
		}
	}
	v.middle = string(middle)
}

// along adds the combinations that points of a line have, to half a metre.
func (c classes) along(line *edges, zones []*Zone, class []byte) {
	type stretch struct {
		s     segment
		class []byte
	}
	var todo []stretch
	for _, s := range line.list {
		todo = append(todo, stretch{s, class})
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		mid := s.s.at(0.5)
		radius := max(Distance(mid.lat, mid.lon, s.s.a.lat, s.s.a.lon), Distance(mid.lat, mid.lon, s.s.b.lat, s.s.b.lon)) + 0.01
		v := view{radius: radius}
		v.ask(mid, zones, s.class)
		c[v.middle] = true
		if radius > Sliver/2 && !c.covers(v.class) {
			todo = append(todo, stretch{segment{mid, s.s.b}, v.class}, stretch{segment{s.s.a, mid}, v.class})
		}
	}
}
