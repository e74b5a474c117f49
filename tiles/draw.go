package tiles

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"
)

// named is how many things a number may stand for and still name them itself.
const named = 12

// gons is how many corners a disc is drawn with.
const gons = 48

// sieve is a Filter made ready.
type sieve struct {
	from, to int64
	outcomes [256]uint8 // of each class those that pass, a bit for each
}

func newSieve(f Filter) *sieve {
	s := &sieve{from: micros(f.From, always), to: micros(f.To, never)}
	for c := range s.outcomes {
		switch {
		case !f.Classes.Has(uint8(c)):
		case f.Outcomes == 0:
			s.outcomes[c] = 1<<outcomes - 1
		default:
			s.outcomes[c] = f.Outcomes
		}
	}
	return s
}

// lets reports whether thing i passes.
func (l *Layer) lets(s *sieve, i uint32) bool {
	return l.from[i] < s.to && l.to[i] > s.from && s.outcomes[l.class[i]]>>l.outcome[i]&1 != 0
}

// tally is how many things there are, and the first of them.
type tally struct {
	n     int
	by    [outcomes]int
	first [named]uint32
}

func (t *tally) take(outcome uint8, i uint32) {
	if t.n < named {
		t.first[t.n] = i
	}
	t.n++
	t.by[outcome]++
}

// of adds the things of an extent that pass.
func (t *tally) of(l *Layer, s *sieve, e uint32) {
	for i := l.first[e]; i < l.first[e+1]; i++ {
		if l.lets(s, i) {
			t.take(l.outcome[i], i)
		}
	}
}

// cell is what is gathered in a cell of a tile's grid, in cells of the grid of anchors.
type cell struct {
	tally
	x, y                     uint64 // sums of the anchors
	west, north, east, south float64
}

// Tile returns a tile of the overlay, uncompressed; it is empty where nothing is to be seen.
//
// The layer "extents" has the extents that can be seen as such: ground, lines and points, in
// every tile that they reach. The layer "counts" has a point for each of them and for each
// cell of a grid in which others are gathered, in the one tile in which it lies. Properties
// of both: "at", which names it to Things; "n", how many things, and of these "v" violations,
// "u" undetermined, "c" no violation, "o" not judged; "w", the gravest of these as a number
// (0 violation to 3 not judged); "ids", up to 12 of them by commas, where there are no more.
// A point also has "kind", "extent" or "cluster", and "reach": the radius in pixels at zoom 0
// of a circle that covers all of the ground meant.
func (l *Layer) Tile(z, x, y int, f Filter) ([]byte, error) {
	a, err := checked(z, x, y, MaxZoom)
	if err != nil {
		return nil, err
	}
	s := newSieve(f)
	extents, counts := newSheet("extents"), newSheet("counts")
	l.drawExtents(extents, a, s)
	l.drawCounts(counts, a, s)
	return counts.appendTo(extents.appendTo(nil)), nil
}

// drawCounts draws the numbers of what is anchored in the tile.
func (l *Layer) drawCounts(counts *sheet, a address, s *sieve) {
	var cells [1 << (2 * gridded)]*cell
	low, high := l.anchors(a.z, a.x, a.y)
	shift := 2 * (deep - a.z - gridded)
	for e := uint32(low); e < uint32(high); e++ {
		i, end := l.first[e], l.first[e+1]
		for i < end && !l.lets(s, i) {
			i++
		}
		switch {
		case i == end: // nothing on it passes
		case int(l.drawn[e]) > a.z:
			l.gather(&cells[l.code[e]>>shift&(1<<(2*gridded)-1)], s, e)
		default:
			t := tally{}
			t.of(l, s, e)
			l.number(counts, a, l.anchor(e), l.radius[e], &t, l.nameOf(&t), "extent")
		}
	}
	for k, c := range cells {
		if c != nil {
			mean, reach := c.circle()
			l.number(counts, a, mean, reach, &c.tally, a.cellName(k), "cluster")
		}
	}
}

// gather adds the things of an extent to a cell, which is made when the first comes.
func (l *Layer) gather(into **cell, s *sieve, e uint32) {
	if *into == nil {
		*into = &cell{west: math.Inf(1), north: math.Inf(1), east: math.Inf(-1), south: math.Inf(-1)}
	}
	c, before := *into, (*into).n
	c.of(l, s, e)
	x, y := gather(l.code[e]), gather(l.code[e]>>1)
	c.x += uint64(c.n-before) * uint64(x)
	c.y += uint64(c.n-before) * uint64(y)
	mx, my, r := float64(x)+0.5, float64(y)+0.5, l.radius[e]*(1<<deep)
	c.west, c.north, c.east, c.south = min(c.west, mx-r), min(c.north, my-r), max(c.east, mx+r), max(c.south, my+r)
}

// circle is the mean of the anchors, each as often as things are there, and the radius of a
// circle around it that holds all of the extents.
func (c *cell) circle() (orb.Point, float64) {
	const scale = 1.0 / (1 << deep)
	x, y := float64(c.x)/float64(c.n)+0.5, float64(c.y)/float64(c.n)+0.5
	reach := math.Hypot(max(c.east-x, x-c.west), max(c.south-y, y-c.north))
	return orb.Point{x * scale, y * scale}, reach * scale
}

// number draws one number.
func (l *Layer) number(counts *sheet, a address, at orb.Point, reach float64, t *tally, name, kind string) {
	d := pen{at: a}
	d.points(at)
	// What stands for a cell stays inside its tile, on whose edge rounding may put it.
	d.out[1], d.out[2] = min(d.out[1], 2*(units-1)), min(d.out[2], 2*(units-1))
	counts.add(points, d.out, append(l.tags(t, name), tag{"kind", kind}, tag{"reach", math.Ceil(reach*pixels*1e6) / 1e6})...)
}

// tags are the properties of what stands for things.
func (l *Layer) tags(t *tally, name string) []tag {
	gravest := slices.IndexFunc(t.by[:], func(n int) bool { return n > 0 })
	tags := []tag{{"at", name}, {"n", t.n}, {"v", t.by[Violation]}, {"u", t.by[Undetermined]}, {"c", t.by[NoViolation]}, {"o", t.by[Unjudged]}, {"w", gravest}}
	if t.n <= named {
		ids := make([]string, t.n)
		for i := range ids {
			ids[i] = l.ids[t.first[i]]
		}
		tags = append(tags, tag{"ids", strings.Join(ids, ",")})
	}
	return tags
}

// nameOf names an extent by the first thing on it that may be seen.
func (l *Layer) nameOf(t *tally) string { return "e" + l.ids[t.first[0]] }

// cellName names a cell of the tile's grid.
func (a address) cellName(k int) string {
	x, y := a.x<<gridded+int(gather(uint64(k))), a.y<<gridded+int(gather(uint64(k)>>1))
	return "c" + strconv.Itoa(a.z) + "." + strconv.Itoa(x) + "." + strconv.Itoa(y)
}

// Things returns the ids of the things that a feature of a tile stood for, by its property
// "at" and the same filter, in the order of their ground. It reports false where nothing that may be seen has that name.
func (l *Layer) Things(at string, f Filter) ([]string, bool) {
	s := newSieve(f)
	var ids []string
	if id, extent := strings.CutPrefix(at, "e"); extent {
		for e := range l.code {
			for i := l.first[e]; i < l.first[e+1]; i++ {
				if l.ids[i] == id && l.lets(s, i) {
					ids = l.passing(ids, s, uint32(e))
					return ids, true
				}
			}
		}
		return nil, false
	}
	z, x, y, ok := parseCell(at)
	if !ok {
		return nil, false
	}
	low, high := l.anchors(z+gridded, x, y)
	for e := uint32(low); e < uint32(high); e++ {
		if int(l.drawn[e]) > z {
			ids = l.passing(ids, s, e)
		}
	}
	return ids, len(ids) > 0
}

func (l *Layer) passing(ids []string, s *sieve, e uint32) []string {
	for i := l.first[e]; i < l.first[e+1]; i++ {
		if l.lets(s, i) {
			ids = append(ids, l.ids[i])
		}
	}
	return ids
}

// parseCell reads what cellName wrote.
func parseCell(at string) (z, x, y int, ok bool) {
	parts := strings.Split(at, ".")
	if len(parts) != 3 || !strings.HasPrefix(at, "c") {
		return 0, 0, 0, false
	}
	parts[0] = parts[0][1:]
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || strconv.Itoa(v) != p || v < 0 {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	if n[0] > MaxZoom || n[1] >= 1<<(n[0]+gridded) || n[2] >= 1<<(n[0]+gridded) {
		return 0, 0, 0, false
	}
	return n[0], n[1], n[2], true
}

// drawExtents draws the extents that reach into the tile.
func (l *Layer) drawExtents(extents *sheet, a address, s *sieve) {
	var found []uint32
	b := a.bound(margin)
	for size, list := range l.sizes {
		if len(list) > 0 && size-6 <= a.z { // smaller ones cannot be seen yet
			found = l.reaching(found, list, a.z, b, 1/float64(int(1)<<(size+1)), address{})
		}
	}
	slices.Sort(found)
	for _, e := range found {
		t := tally{}
		if t.of(l, s, e); t.n > 0 {
			l.drawExtent(extents, a, e, l.tags(&t, l.nameOf(&t)))
		}
	}
}

// reaching appends those extents of one size, anchored in the cell at, that are drawn at a
// zoom and reach into a bound. None reaches farther from its anchor than reach.
func (l *Layer) reaching(found, list []uint32, zoom int, b orb.Bound, reach float64, at address) []uint32 {
	if len(list) == 0 {
		return found
	}
	if len(list) <= 8 || at.z == deep {
		for _, e := range list {
			if int(l.drawn[e]) <= zoom && l.bound(e).Intersects(b) {
				found = append(found, e)
			}
		}
		return found
	}
	if !at.bound(0).Pad(reach).Intersects(b) {
		return found
	}
	for i := range 4 {
		next := address{at.z + 1, 2*at.x + i&1, 2*at.y + i>>1}
		last := interleave(uint32(next.x), uint32(next.y))
		n := sort.Search(len(list), func(k int) bool { return l.code[list[k]]>>(2*(deep-next.z)) > last })
		found = l.reaching(found, list[:n], zoom, b, reach, next)
		list = list[n:]
	}
	return found
}

// drawExtent draws one extent, a feature for each kind of geometry.
func (l *Layer) drawExtent(extents *sheet, a address, e uint32, tags []tag) {
	outer, thin := a.bound(margin), simplify.DouglasPeucker(2*a.unit())
	ground, line, point := pen{at: a}, pen{at: a}, pen{at: a}
	s := l.shapes[e]
	if s == nil {
		s = &shape{ground: []orb.Polygon{l.disc(e)}}
	}
	for _, p := range s.ground {
		if c := clip.Polygon(outer, p.Clone()); len(c) > 0 {
			ground.polygon(thin.Polygon(c))
		}
	}
	for _, p := range s.lines {
		for _, c := range clip.LineString(outer, p) {
			line.line(thin.LineString(c))
		}
	}
	point.points(slices.DeleteFunc(slices.Clone(s.points), func(p orb.Point) bool { return !holds(outer, p) })...)
	extents.add(polygons, ground.out, tags...)
	extents.add(lines, line.out, tags...)
	extents.add(points, point.out, tags...)
}

// disc is the outline of a disc, which is nearly a circle on the map too.
func (l *Layer) disc(e uint32) orb.Polygon {
	at, r := l.anchor(e), l.radius[e]
	ring := make(orb.Ring, 0, gons+1)
	for i := range gons {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / gons)
		ring = append(ring, orb.Point{at[0] + r*cos, at[1] + r*sin})
	}
	return orb.Polygon{append(ring, ring[0])}
}
