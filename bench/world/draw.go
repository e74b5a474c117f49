package world

import (
	"fmt"
	"math"
)

// The extent, in degrees, and the length of a degree of latitude in kilometres.
const (
	west, east   = 35.7, 42.4
	south, north = 32.3, 37.3
	kmPerDegree  = 111.2
)

// planar is a point in degrees while a shape is being drawn.
type planar struct{ x, y float64 }

func (p planar) point() Point {
	return Point{int32(math.Round(p.x * 1e6)), int32(math.Round(p.y * 1e6))}
}

func (p Point) planar() planar { return planar{float64(p.Lon) / 1e6, float64(p.Lat) / 1e6} }

// drawProvinces makes the country and its provinces: the cells of fourteen seeds, cut
// to a twelve-sided outline, each edge roughened alike for both of its neighbours.
func (w *World) drawProvinces() {
	outline := w.outline()
	seeds := w.provinceSeeds(outline)
	var snap snapper
	cells := make([][]Point, len(seeds))
	for i := range seeds {
		cells[i] = snap.ring(cell(outline, seeds, i))
	}
	w.Zones = append(w.Zones, Zone{Name: "country", Ring: w.roughRing(hull(cells))})
	for i, c := range cells {
		w.Zones = append(w.Zones, Zone{Name: fmt.Sprintf("province-%02d", i+1), Ring: w.roughRing(c)})
	}
}

func (w *World) outline() []planar {
	r := newRandom(w.Seed, forOutline, 0)
	ring := make([]planar, 12)
	for i := range ring {
		sin, cos := math.Sincos(float64(i) * math.Pi / 6)
		short := 1 - 0.14*r.unit()
		ring[i] = planar{(west+east)/2 + 3.2*cos*short, (south+north)/2 + 2.4*sin*short}
	}
	return ring
}

func (w *World) provinceSeeds(outline []planar) []planar {
	r := newRandom(w.Seed, forProvinces, 0)
	var seeds []planar
	for len(seeds) < FirstArea-FirstProvince {
		p := planar{r.between(west, east), r.between(south, north)}
		if within(outline, p) && apart(seeds, p, 0.75) {
			seeds = append(seeds, p)
		}
	}
	return seeds
}

func within(ring []planar, p planar) bool {
	in := false
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)*(b.x-a.x)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

func apart(all []planar, p planar, least float64) bool {
	for _, q := range all {
		if math.Hypot(p.x-q.x, p.y-q.y) < least {
			return false
		}
	}
	return true
}

// cell is the part of ring that is nearer to seeds[i] than to any other seed.
func cell(ring, seeds []planar, i int) []planar {
	s := seeds[i]
	for j, t := range seeds {
		if j == i {
			continue
		}
		// The side of the bisector on which s lies is nx*x + ny*y <= c.
		nx, ny := t.x-s.x, t.y-s.y
		c := (nx*(s.x+t.x) + ny*(s.y+t.y)) / 2
		ring = cut(ring, func(p planar) float64 { return c - nx*p.x - ny*p.y })
	}
	return ring
}

// cut keeps the part of a convex ring where side is not negative.
func cut(ring []planar, side func(planar) float64) []planar {
	var out []planar
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		sa, sb := side(a), side(b)
		if (sa < 0) != (sb < 0) {
			t := sa / (sa - sb)
			out = append(out, planar{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
		}
		if sb >= 0 {
			out = append(out, b)
		}
	}
	return out
}

// snapper rounds corners so that neighbours who reckoned the same corner by different
// ways still share it exactly.
type snapper struct{ known []Point }

func (s *snapper) ring(ring []planar) []Point {
	var out []Point
	for _, p := range ring {
		q := s.point(p.point())
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	if out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

func (s *snapper) point(p Point) Point {
	for _, q := range s.known {
		if max(p.Lon-q.Lon, q.Lon-p.Lon) <= 3 && max(p.Lat-q.Lat, q.Lat-p.Lat) <= 3 {
			return q
		}
	}
	s.known = append(s.known, p)
	return p
}

// hull joins the edges that belong to one cell only into the outline of them all.
func hull(cells [][]Point) []Point {
	type edge struct{ a, b Point }
	edges := map[edge]bool{}
	for _, c := range cells {
		for i, a := range c {
			edges[edge{a, c[(i+1)%len(c)]}] = true
		}
	}
	next := map[Point]Point{}
	for e := range edges {
		if !edges[edge{e.b, e.a}] {
			next[e.a] = e.b
		}
	}
	start := Point{math.MaxInt32, 0}
	for a := range next {
		if a.Lon < start.Lon || a.Lon == start.Lon && a.Lat < start.Lat {
			start = a
		}
	}
	ring := []Point{start}
	for p := next[start]; p != start; p = next[p] {
		ring = append(ring, p)
	}
	return ring
}

func (w *World) roughRing(ring []Point) []Point {
	finer := map[int]int{1: 0, 4: 2, 16: 4}[w.Vertices]
	var out []Point
	for i, a := range ring {
		line := w.rough(a, ring[(i+1)%len(ring)], 5+finer, 9+finer, 0.004/float64(w.Vertices))
		out = append(out, line[:len(line)-1]...)
	}
	return out
}

// rough displaces midpoints from a to b at least least and at most most times, until
// steps are shorter than step degrees. The offsets depend on the two ends alone, in
// either order.
func (w *World) rough(a, b Point, least, most int, step float64) []Point {
	if b.Lon < a.Lon || b.Lon == a.Lon && b.Lat < a.Lat {
		out := w.rough(b, a, least, most, step)
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
		return out
	}
	return append(w.displace(nil, a, b, least, most, step), b)
}

// displace appends the line from a up to, not including, b.
func (w *World) displace(out []Point, a, b Point, least, most int, step float64) []Point {
	p, q := a.planar(), b.planar()
	length := math.Hypot(q.x-p.x, q.y-p.y)
	// Below a few dozen micro-degrees rounding would knot the line.
	if most == 0 || least <= 0 && length < step || length < 40e-6 && a != b {
		return append(out, a)
	}
	r := newRandom(w.Seed, forEdges, mix(pack(a))^pack(b))
	sway := 0.13
	if length < 0.004 {
		sway = 0.05 // finer bends may not cross the coarser ones
	}
	off := sway * r.between(-1, 1)
	m := planar{(p.x+q.x)/2 - off*(q.y-p.y), (p.y+q.y)/2 + off*(q.x-p.x)}.point()
	out = w.displace(out, a, m, least-1, most-1, step)
	return w.displace(out, m, b, least-1, most-1, step)
}

func pack(p Point) uint64 { return uint64(uint32(p.Lon))<<32 | uint64(uint32(p.Lat)) }

// spot is a place where violence gathers.
type spot struct {
	at planar
	sd float64 // kilometres
}

// drawAreas makes the sixty hot spots and a star-shaped local area around each.
func (w *World) drawAreas() {
	country := make([]planar, len(w.Zones[Country].Ring))
	for i, p := range w.Zones[Country].Ring {
		country[i] = p.planar()
	}
	r := newRandom(w.Seed, forHotSpots, 0)
	for len(w.spots) < FirstCorridor-FirstArea {
		p := planar{r.between(west, east), r.between(south, north)}
		if within(country, p) {
			w.spots = append(w.spots, spot{p, r.between(2, 15)})
		}
	}
	for i, s := range w.spots {
		z := Zone{Name: fmt.Sprintf("area-%02d", i+1), Ring: w.star(s.at, uint64(i))}
		w.Zones = append(w.Zones, z)
	}
}

func (w *World) star(at planar, i uint64) []Point {
	r := newRandom(w.Seed, forAreas, i)
	ring := make([]Point, r.from(40, 400))
	radius := r.between(3, 28)
	var size, phase [3]float64
	for k := range size {
		size[k], phase[k] = r.between(0, 0.2), r.between(0, 2*math.Pi)
	}
	for j := range ring {
		angle := 2 * math.Pi * float64(j) / float64(len(ring))
		reach := 1.0
		for k := range size {
			reach += size[k] * math.Sin(float64(k+2)*angle+phase[k])
		}
		sin, cos := math.Sincos(angle)
		ring[j] = offset(at, radius*reach*cos, radius*reach*sin).point()
	}
	return ring
}

// offset moves p by kilometres to the east and north, roughly.
func offset(p planar, eastKm, northKm float64) planar {
	return planar{p.x + eastKm/(kmPerDegree*math.Cos(p.y*math.Pi/180)), p.y + northKm/kmPerDegree}
}

// drawCorridors makes the twenty corridors. The last one has no length: such lines
// occur, and a distance to one must not be "not a number".
func (w *World) drawCorridors() {
	reach := []float64{500, 1000, 2000, 5000, 10000}
	for i := range ZoneCount - FirstCorridor {
		r := newRandom(w.Seed, forCorridors, uint64(i))
		a, b := r.below(len(w.spots)), r.below(len(w.spots))
		if i == ZoneCount-FirstCorridor-1 {
			b = a
		}
		depth := r.from(3, 6)
		w.Zones = append(w.Zones, Zone{
			Name:   fmt.Sprintf("corridor-%02d", i+1),
			Line:   w.rough(w.spots[a].at.point(), w.spots[b].at.point(), depth, depth, 0),
			Metres: reach[r.below(len(reach))],
		})
	}
}
