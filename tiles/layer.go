package tiles

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/paulmach/orb"
)

// Outcome is what a thing was judged to be.
type Outcome uint8

// The outcomes, gravest first.
const (
	Violation Outcome = iota
	Undetermined
	NoViolation
	Unjudged
	outcomes
)

// Thing is what happened, or may have: somewhere in Where, from From until before To.
type Thing struct {
	ID    string
	Where Where
	// From and To are half-open; a zero one is unknown, and may be any time. Where To is not
	// after From the thing happened at the moment From.
	From, To time.Time
	// Class is a number of the caller's, such as who may see it, that a Filter chooses by.
	Class   uint8
	Outcome Outcome
}

// Set is a set of classes.
type Set [4]uint64

// Add puts a class into the set.
func (s *Set) Add(class uint8) { s[class>>6] |= 1 << (class & 63) }

// Has reports whether a class is in the set.
func (s Set) Has(class uint8) bool { return s[class>>6]>>(class&63)&1 != 0 }

// Filter chooses things.
type Filter struct {
	// From and To choose what may have happened from From until before To; a zero one is open.
	From, To time.Time
	// Classes are those that may be seen. The empty set shows nothing.
	Classes Set
	// Outcomes has bit k for Outcome k. Zero is every outcome.
	Outcomes uint8
}

// Times are kept in microseconds.
const (
	always = math.MinInt64
	never  = math.MaxInt64
)

const (
	deep    = 28 // levels of the grid in which anchors are kept: cells of 15 cm at the equator
	gridded = 3  // a tile has 2^gridded cells a side, of 64 pixels: room for a number
	visible = 8  // pixels from which on an extent is drawn as one
	// crowd is how many extents of like size are drawn as such where their anchors lie closer
	// together than they are wide. More are gathered: drawn on top of one another they say
	// nothing.
	crowd  = 4
	hidden = 255
)

// Layer is things in memory, ready to be drawn. It is immutable and safe for concurrent use.
type Layer struct {
	// Columns of extents, in the order of the cells of their anchors.
	code   []uint64  // the anchor's cell, x and y interleaved
	radius []float64 // on the map
	shapes []*shape
	drawn  []uint8  // the first zoom at which it is drawn as an extent, or hidden
	first  []uint32 // extent e has the things first[e] to first[e+1]
	sizes  [deep + 1][]uint32
	// Columns of things.
	ids      []string
	from, to []int64
	class    []uint8
	outcome  []uint8
}

// NewLayer arranges things for drawing.
func NewLayer(things []Thing) *Layer {
	order := make([]row, len(things))
	for i := range things {
		order[i] = newRow(&things[i])
	}
	slices.SortFunc(order, row.compare)
	l := &Layer{}
	for i, r := range order {
		if i == 0 || !r.sameGround(order[i-1]) {
			l.code = append(l.code, r.code)
			l.radius = append(l.radius, r.Where.radius)
			l.shapes = append(l.shapes, r.Where.shape)
			l.first = append(l.first, uint32(i))
		}
		l.ids = append(l.ids, r.ID)
		l.from, l.to = append(l.from, r.from), append(l.to, r.to)
		l.class, l.outcome = append(l.class, r.Class), append(l.outcome, uint8(min(r.Outcome, Unjudged)))
	}
	l.first = append(l.first, uint32(len(things)))
	l.layOut()
	return l
}

// row is a thing with what it is sorted by.
type row struct {
	*Thing
	code     uint64
	from, to int64
}

func newRow(t *Thing) row {
	from, to := micros(t.From, always), micros(t.To, never)
	if to <= from {
		to = from + 1
	}
	n := float64(int(1) << deep)
	return row{t, interleave(uint32(t.Where.anchor[0]*n), uint32(t.Where.anchor[1]*n)), from, to}
}

func micros(t time.Time, open int64) int64 {
	if t.IsZero() {
		return open
	}
	return t.UnixMicro()
}

func (r row) key() string {
	if r.Where.shape == nil {
		return ""
	}
	return r.Where.shape.key
}

func (r row) compare(s row) int {
	return cmp.Or(cmp.Compare(r.code, s.code), cmp.Compare(r.Where.radius, s.Where.radius), cmp.Compare(r.key(), s.key()), cmp.Compare(r.ID, s.ID),
		cmp.Compare(r.from, s.from), cmp.Compare(r.to, s.to), cmp.Compare(r.Class, s.Class), cmp.Compare(r.Outcome, s.Outcome))
}

func (r row) sameGround(s row) bool {
	return r.code == s.code && r.Where.radius == s.Where.radius && r.key() == s.key()
}

// layOut finds from which zoom on each extent is drawn as one. Extents are sorted by size:
// those of size s are at most as wide as a cell of level s of the grid, and wider than one of
// level s+1. They can be seen from zoom s-6 or s-5 on.
func (l *Layer) layOut() {
	l.drawn = make([]uint8, len(l.code))
	for e, r := range l.radius {
		l.drawn[e] = hidden
		if s := size(r); s >= 0 {
			l.sizes[s] = append(l.sizes[s], uint32(e))
		}
	}
	for s, list := range l.sizes {
		for level := min(deep, s); level >= max(0, s-6+gridded); level-- {
			l.uncrowd(list, level, s)
		}
		l.sizes[s] = slices.DeleteFunc(list, func(e uint32) bool { return l.drawn[e] > MaxZoom })
	}
}

// size is the level of the smallest cells that are as wide as an extent, or -1 for one that
// is too small to be drawn at any zoom.
func size(radius float64) int {
	if radius <= 0 {
		return -1
	}
	s := int(math.Floor(-math.Log2(2 * radius)))
	if s > deep || 2*radius*pixels*(1<<MaxZoom) < visible {
		return -1
	}
	return max(s, 0)
}

// uncrowd lets the extents of a size be drawn whose cell of a level has few of them, from the
// zoom on at which that is the level to look at and they can be seen.
func (l *Layer) uncrowd(list []uint32, level, s int) {
	for i := 0; i < len(list); {
		n := i
		for n < len(list) && l.code[list[n]]>>(2*(deep-level)) == l.code[list[i]]>>(2*(deep-level)) {
			n++
		}
		if n-i <= crowd {
			for _, e := range list[i:n] {
				l.drawn[e] = uint8(max(0, level-gridded, legible(l.radius[e])))
			}
		}
		i = n
	}
}

// legible is the first zoom at which an extent can be seen as one.
func legible(radius float64) int {
	return int(math.Ceil(math.Log2(visible / (2 * radius * pixels))))
}

// anchors returns which extents are anchored in a cell of the grid.
func (l *Layer) anchors(level, x, y int) (low, high int) {
	shift := 2 * (deep - level)
	c := interleave(uint32(x), uint32(y))
	low = sort.Search(len(l.code), func(e int) bool { return l.code[e]>>shift >= c })
	high = low + sort.Search(len(l.code)-low, func(e int) bool { return l.code[low+e]>>shift > c })
	return low, high
}

// interleave puts the bits of x between those of y, so that the cells of a cell of a higher
// level follow one another.
func interleave(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

func gather(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	return uint32(x | x>>16)
}

// anchor is where an extent is counted, on the map.
func (l *Layer) anchor(e uint32) orb.Point {
	n := float64(int(1) << deep)
	return orb.Point{(float64(gather(l.code[e])) + 0.5) / n, (float64(gather(l.code[e]>>1)) + 0.5) / n}
}

// bound is a box around an extent, on the map.
func (l *Layer) bound(e uint32) orb.Bound {
	if s := l.shapes[e]; s != nil {
		return s.bound
	}
	p, r := l.anchor(e), l.radius[e]
	return orb.Bound{Min: orb.Point{p[0] - r, p[1] - r}, Max: orb.Point{p[0] + r, p[1] + r}}
}
