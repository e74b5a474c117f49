package columns

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"truce"
)

// builder makes a PlaceIndex by halving a square again and again: a zone whose border
// does not touch a square is decided for all of it.
type builder struct {
	x       *PlaceIndex
	zones   []Zone
	classes map[string]uint32
	combos  map[string]uint32
	block   uint32 // the block of sub-cells being filled
	// stack and opens hold the open zones of the squares being divided, and their edges.
	stack []edge
	opens []open
	err   error
}

// square is a square of 1<<bits micro-degrees, the zones that hold all of it, and those
// whose border touches it.
type square struct {
	corner Point
	bits   uint
	inside zoneSet
	open   []open
}

// open is a zone that is not decided in a square: the edges or segments that matter
// there, and whether the square's corner is in the polygon.
type open struct {
	zone  int
	in    bool
	edges []edge
}

func newBuilder(zones []Zone) *builder {
	b := &builder{x: &PlaceIndex{}, zones: zones, classes: map[string]uint32{}, combos: map[string]uint32{}}
	for _, z := range zones {
		if len(z.Rings) > 0 {
			z.Metres = 0
		}
		b.x.reach = append(b.x.reach, z.Metres)
	}
	b.class(make(zoneSet, (len(zones)+63)/64)) // class 0
	low, high := bounds(zones)
	b.x.west, b.x.south = low.Lon, low.Lat
	width, height := high.Lon-low.Lon+1, high.Lat-low.Lat+1
	b.x.shift = 2 * subBits
	for (int64(width>>b.x.shift)+1)*(int64(height>>b.x.shift)+1) > maxCells {
		b.x.shift++
	}
	b.x.across, b.x.up = uint32(width>>b.x.shift)+1, uint32(height>>b.x.shift)+1
	b.x.cells = make([]uint32, b.x.across*b.x.up)
	return b
}

// bounds returns corners south-west and north-east of all zones and what is near their lines.
func bounds(zones []Zone) (low, high Point) {
	low, high = Point{math.MaxInt32, math.MaxInt32}, Point{math.MinInt32, math.MinInt32}
	for _, z := range zones {
		for _, p := range slices.Concat(append(slices.Clone(z.Rings), z.Line)...) {
			var lon, lat float64
			if len(z.Rings) == 0 {
				lat = z.Metres / 110_000
				kx, _ := metresPerDegree(math.Abs(float64(p.Lat))/1e6 + lat)
				lon = z.Metres / kx
			}
			dx, dy := int32(lon*1.05e6)+1, int32(lat*1.05e6)+1
			low = Point{min(low.Lon, p.Lon-dx), min(low.Lat, p.Lat-dy)}
			high = Point{max(high.Lon, p.Lon+dx), max(high.Lat, p.Lat+dy)}
		}
	}
	if len(zones) == 0 {
		return Point{}, Point{}
	}
	return low, high
}

func (b *builder) root() square {
	sq := square{corner: Point{b.x.west, b.x.south}, bits: b.x.shift, inside: b.x.sets[0]}
	for max(b.x.across, b.x.up)>>(sq.bits-b.x.shift) > 1 {
		sq.bits++
	}
	sq.bits++
	for k, z := range b.zones {
		o := open{zone: k}
		for _, ring := range z.Rings {
			for i, p := range ring {
				o.edges = append(o.edges, edgeOf(p, ring[(i+1)%len(ring)]))
			}
		}
		for i := 1; len(z.Rings) == 0 && i < len(z.Line); i++ {
			o.edges = append(o.edges, edgeOf(z.Line[i-1], z.Line[i]))
		}
		// The order matters only in that equal borders must have it in common.
		slices.SortFunc(o.edges, compareEdges)
		sq.open = append(sq.open, o)
	}
	return sq
}

// split decides the square, or divides it into four.
func (b *builder) split(sq square) {
	dx, dy := uint32(sq.corner.Lon)-uint32(b.x.west), uint32(sq.corner.Lat)-uint32(b.x.south)
	switch {
	case dx>>b.x.shift >= b.x.across || dy>>b.x.shift >= b.x.up || b.err != nil:
		return
	case len(sq.open) == 0 || sq.bits == b.x.shift-subBits:
		b.fill(sq, dx, dy)
		return
	case sq.bits == b.x.shift:
		b.block = uint32(len(b.x.subs) / subCells)
		b.x.subs = append(b.x.subs, make([]uint32, subCells)...)
		b.x.cells[dy>>b.x.shift*b.x.across+dx>>b.x.shift] = b.block | pointer
	}
	half := int32(1) << (sq.bits - 1)
	for quarter := range int32(4) {
		stack, opens := len(b.stack), len(b.opens)
		b.split(b.part(sq, Point{sq.corner.Lon + half*(quarter&1), sq.corner.Lat + half*(quarter>>1)}))
		b.stack, b.opens = b.stack[:stack], b.opens[:opens]
	}
}

// part is the quarter of a square that begins at corner. Its open zones stand on the
// stacks until the caller takes them off.
func (b *builder) part(sq square, corner Point) square {
	out := square{corner: corner, bits: sq.bits - 1, inside: sq.inside}
	first := len(b.opens)
	for _, o := range sq.open {
		n := open{zone: o.zone}
		all, at := false, len(b.stack)
		if reach := b.x.reach[o.zone]; reach > 0 {
			all = b.around(o.edges, corner, out.bits, reach)
		} else {
			n.in = o.in != oddEdges(o.edges, sq.corner, corner)
			all = n.in
			for i := range o.edges {
				if o.edges[i].touches(corner, 1<<out.bits) {
					b.stack = append(b.stack, o.edges[i])
				}
			}
		}
		n.edges = b.stack[at:len(b.stack):len(b.stack)]
		switch {
		case len(n.edges) > 0:
			b.opens = append(b.opens, n)
		case all:
			out.inside = out.inside.with(o.zone)
		}
	}
	out.open = b.opens[first:len(b.opens):len(b.opens)]
	return out
}

// around stacks the segments that may be nearer than reach to some points of a square
// and not to others; or none, and tells whether all points are near.
func (b *builder) around(edges []edge, corner Point, size uint, reach float64) (all bool) {
	at := len(b.stack)
	half := float64(int64(1)<<size) / 2e6
	x, y := float64(corner.Lon)/1e6+half, float64(corner.Lat)/1e6+half
	// No point of the square is farther from its middle than the straight way to a
	// corner, with the degrees as long as they are anywhere in it.
	kx, _ := metresPerDegree(max(0, math.Abs(y)-half))
	_, ky := metresPerDegree(min(90, math.Abs(y)+half))
	radius := math.Hypot(kx, ky) * half
	for _, e := range edges {
		d, _ := e.segment().quick(x, y)
		off := slack(d, y) + radius
		if d+off < reach {
			b.stack = b.stack[:at]
			return true
		}
		if d-off <= reach {
			b.stack = append(b.stack, e)
		}
	}
	return false
}

// with returns the set and zone k.
func (s zoneSet) with(k int) zoneSet {
	out := slices.Clone(s)
	out[k/64] |= 1 << (k % 64)
	return out
}

// fill writes the square's class, or its leaf, into the cells or sub-cells it covers.
func (b *builder) fill(sq square, dx, dy uint32) {
	entry := b.class(sq.inside)
	if len(sq.open) > mostOpen {
		b.err = tooMany(sq)
		return
	}
	if len(sq.open) > 0 {
		entry = b.leaf(sq) | pointer
	}
	x := b.x
	if sq.bits < x.shift {
		s := x.shift - subBits
		side := uint32(1) << (sq.bits - s)
		u, v := dx>>s&(1<<subBits-1), dy>>s&(1<<subBits-1)
		for j := v; j < v+side; j++ {
			for i := u; i < u+side; i++ {
				x.subs[b.block*subCells+j<<subBits+i] = entry
			}
		}
		return
	}
	side := uint32(1) << (sq.bits - x.shift)
	cx, cy := dx>>x.shift, dy>>x.shift
	for j := cy; j < min(cy+side, x.up); j++ {
		for i := cx; i < min(cx+side, x.across); i++ {
			x.cells[j*x.across+i] = entry
		}
	}
}

// class returns the number of a set of zones.
func (b *builder) class(s zoneSet) uint32 {
	key := make([]byte, 0, 8*len(s))
	for _, w := range s {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	c, ok := b.classes[string(key)]
	if !ok {
		c = uint32(len(b.x.sets))
		b.classes[string(key)] = c
		b.x.sets = append(b.x.sets, slices.Clone(s))
	}
	return c
}

// mostOpen is how many borders may pass through one sub-cell: each doubles the number
// of classes that have to be kept for it.
const mostOpen = 12

func tooMany(sq square) error {
	return &truce.Error{Kind: truce.Invalid, At: fmt.Sprintf("%.6f, %.6f", float64(sq.corner.Lat)/1e6, float64(sq.corner.Lon)/1e6),
		Msg: fmt.Sprintf("the borders of %d zones meet", len(sq.open)), Hint: fmt.Sprintf("%d at most may", mostOpen)}
}

// combo returns where the classes for all answers of the square's open zones stand.
func (b *builder) combo(sq square) uint32 {
	key := binary.LittleEndian.AppendUint32(nil, b.class(sq.inside))
	for _, o := range sq.open {
		key = binary.LittleEndian.AppendUint32(key, uint32(o.zone))
	}
	at, ok := b.combos[string(key)]
	if ok {
		return at
	}
	at = uint32(len(b.x.combos))
	b.combos[string(key)] = at
	for answers := range 1 << len(sq.open) {
		s := sq.inside
		for k, o := range sq.open {
			if answers>>k&1 == 1 {
				s = s.with(o.zone)
			}
		}
		b.x.combos = append(b.x.combos, b.class(s))
	}
	return at
}
