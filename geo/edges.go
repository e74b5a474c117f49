package geo

import (
	"math"
)

// segment is a stretch that is straight in longitude and latitude.
type segment struct{ a, b point }

// at returns the point at share t of the way.
func (s segment) at(t float64) point {
	return point{s.a.lat + t*(s.b.lat-s.a.lat), s.a.lon + t*(s.b.lon-s.a.lon)}
}

// box returns the box around s.
func (s segment) box() box {
	return box{min(s.a.lon, s.b.lon), min(s.a.lat, s.b.lat), max(s.a.lon, s.b.lon), max(s.a.lat, s.b.lat)}
}

// foot returns the share of the way at which s is nearest to p, and that distance.
func (s segment) foot(p point) (t, d float64) {
	ax, ay := offset(p, s.a)
	bx, by := offset(p, s.b)
	if l := (bx-ax)*(bx-ax) + (by-ay)*(by-ay); l > 0 {
		t = clamp(-(ax*(bx-ax) + ay*(by-ay)) / l)
		if l > 1e6 { // a long segment is bent in p's frame: correct the share once
			t = s.nudge(p, t)
		}
	}
	q := s.at(t)
	x, y := offset(p, q)
	if d = math.Hypot(x, y); d > roughTo {
		d = Distance(p.lat, p.lon, q.lat, q.lon)
	}
	return t, d
}

// nudge is one step of Newton's method towards the foot of p.
func (s segment) nudge(p point, t float64) float64 {
	q := s.at(t)
	x, y := offset(p, q)
	mx, my := scale(q.lat)
	tx, ty := (s.b.lon-s.a.lon)*mx, (s.b.lat-s.a.lat)*my
	return clamp(t - (x*tx+y*ty)/(tx*tx+ty*ty))
}

func clamp(t float64) float64 { return min(max(t, 0), 1) }

// edges is a list of segments with a tree of boxes over it. Neighbours in the list are
// taken to lie near each other. It is immutable.
type edges struct {
	list  []segment
	tiers [][]branch // tiers[0] holds one branch for each fan segments, and so on upwards
	box   box
}

// branch is a box of the tree with the least cosine of a latitude in it.
type branch struct {
	box
	cos float64
}

// fan is how many children a branch has.
const fan = 8

// newEdges builds the tree.
func newEdges(list []segment) *edges {
	e := &edges{list: list, box: nowhere()}
	for _, s := range list {
		e.box = e.box.join(s.box())
	}
	boxes := make([]box, len(list))
	for i, s := range list {
		boxes[i] = s.box()
	}
	for len(boxes) > 1 || len(e.tiers) == 0 {
		var tier []branch
		var up []box
		for i := 0; i < len(boxes); i += fan {
			b := nowhere()
			for _, c := range boxes[i:min(i+fan, len(boxes))] {
				b = b.join(c)
			}
			tier = append(tier, branch{b, b.cosine()})
			up = append(up, b)
		}
		e.tiers = append(e.tiers, tier)
		boxes = up
	}
	return e
}

// walk visits the segments of all branches for which enter is true, in list order.
func (e *edges) walk(enter func(branch) bool, visit func(i int)) {
	e.down(len(e.tiers)-1, 0, enter, visit)
}

func (e *edges) down(tier, i int, enter func(branch) bool, visit func(i int)) {
	if !enter(e.tiers[tier][i]) {
		return
	}
	if tier == 0 {
		for k := i * fan; k < min((i+1)*fan, len(e.list)); k++ {
			visit(k)
		}
		return
	}
	for k := i * fan; k < min((i+1)*fan, len(e.tiers[tier-1])); k++ {
		e.down(tier-1, k, enter, visit)
	}
}

// holds reports whether p lies inside the rings that e is made of, by the even-odd rule.
// A point on a ring lies inside.
func (e *edges) holds(p point) bool {
	in, on := false, false
	e.walk(func(b branch) bool {
		return !on && b.south <= p.lat && p.lat <= b.north && b.east >= p.lon
	}, func(i int) {
		s := e.list[i]
		cross := (s.b.lon-s.a.lon)*(p.lat-s.a.lat) - (s.b.lat-s.a.lat)*(p.lon-s.a.lon)
		if cross == 0 && s.box().meets(box{p.lon, p.lat, p.lon, p.lat}) {
			on = true
		}
		up := s.b.lat > p.lat
		if (s.a.lat > p.lat) != up && (cross > 0) == up {
			in = !in
		}
	})
	return in || on
}

// near is the nearest place of a list of segments: segment i at share t, d metres away.
type near struct {
	i    int
	t, d float64
}

// nearest returns the place of e nearest to p. When there is none closer than limit
// metres, i is -1 and d is limit.
func (e *edges) nearest(p point, limit float64) near {
	best := near{i: -1, d: limit}
	e.seek(len(e.tiers)-1, 0, p, math.Cos(p.lat*radian), &best)
	if best.i >= 0 {
		q := e.list[best.i].at(best.t)
		best.d = Distance(p.lat, p.lon, q.lat, q.lon)
	}
	return best
}

// seek improves best from one branch, its nearest children first.
func (e *edges) seek(tier, i int, p point, cosp float64, best *near) {
	if tier == 0 {
		for k := i * fan; k < min((i+1)*fan, len(e.list)); k++ {
			if t, d := e.list[k].foot(p); d < best.d {
				*best = near{k, t, d}
			}
		}
		return
	}
	var order [fan]int
	var least [fan]float64
	n := 0
	for k := i * fan; k < min((i+1)*fan, len(e.tiers[tier-1])); k++ {
		b := e.tiers[tier-1][k]
		d := b.atLeast(p, cosp, b.cos)
		at := n
		for ; at > 0 && least[at-1] > d; at-- {
			least[at], order[at] = least[at-1], order[at-1]
		}
		least[at], order[at] = d, k
		n++
	}
	for k := 0; k < n && least[k] < best.d; k++ {
		e.seek(tier-1, order[k], p, cosp, best)
	}
}

// within visits the segments that may be closer than d metres to p.
func (e *edges) within(p point, d float64, visit func(i int)) {
	cosp := math.Cos(p.lat * radian)
	e.walk(func(b branch) bool { return b.atLeast(p, cosp, b.cos) < d }, visit)
}

// crossing visits the segments after i whose box meets that of i.
func (e *edges) crossing(i int, visit func(j int)) {
	b := e.list[i].box()
	e.walk(func(o branch) bool { return o.meets(b) }, func(j int) {
		if j > i && e.list[j].box().meets(b) {
			visit(j)
		}
	})
}

// chain returns the segments along a list of points, none longer than step metres.
// Between two points the way is straight in longitude and latitude, or the geodesic.
func chain(pts []point, step float64, geodesic bool) []segment {
	var list []segment
	for i := 1; i < len(pts); i++ {
		a, b := pts[i-1], pts[i]
		if a == b {
			continue
		}
		if x, y := offset(a, b); math.Hypot(x, y) < 0.99*step && step < roughTo {
			list = append(list, segment{a, b})
			continue
		}
		d, bearing := inverse(a, b)
		n := max(1, int(math.Ceil(d/step)))
		from := a
		for k := 1; k <= n; k++ {
			to := b
			if k < n && geodesic {
				to = direct(a, bearing, d*float64(k)/float64(n))
			} else if k < n {
				to = segment{a, b}.at(float64(k) / float64(n))
			}
			list = append(list, segment{from, to})
			from = to
		}
	}
	return list
}
