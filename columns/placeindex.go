package columns

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"truce"
)

// Point is a place in micro-degrees.
type Point struct{ Lon, Lat int32 }

// Zone is an area that a clause may name: a polygon, or what is near a line.
type Zone struct {
	// Rings are the polygon's outlines and holes, each without its closing point, edges
	// straight in longitude and latitude. A point is inside when an odd number of edges
	// lies to the east of it; so a point on a border shared by two zones is in one of them.
	Rings [][]Point
	// Line is used when there are no Rings: its segments are straight in longitude and
	// latitude, and the zone is what is less than Metres away, geodesic. A line of two
	// equal points is a point.
	Line   []Point
	Metres float64
}

// PlaceIndex tells which of a set of zones hold a point. It is a raster of square cells
// in two levels. A cell or sub-cell that no border crosses knows its class at once; any
// other tests the point exactly against the few edges that pass through it. It answers
// exactly as a test against every edge of every zone would.
//
// Zones must not cross the 180th meridian, and a line with its reach must stay between
// 85 degrees south and north.
type PlaceIndex struct {
	west, south int32
	across, up  uint32 // cells
	shift       uint   // a cell is 1<<shift micro-degrees wide, a sub-cell 1<<(shift-subBits)
	cells       []uint32
	subs        []uint32
	leaves      []int32   // see leaf.go
	reach       []float64 // of each zone that is a line, else 0
	combos      []uint32
	sets        []zoneSet
}

const (
	subBits  = 3 // a cell has 8 x 8 sub-cells
	subCells = 1 << (2 * subBits)
	// pointer marks an entry that is not a class: in cells the number of a block of
	// sub-cells, in subs the place of a leaf.
	pointer = 1 << 31
	// maxCells bounds the first level.
	maxCells = 1 << 19
)

// zoneSet is a set of zones as a bit set.
type zoneSet []uint64

// Class returns the class of a point. Two points have the same class exactly if the
// same zones hold them. Class 0 is that of no zone.
func (x *PlaceIndex) Class(lon, lat int32) uint32 {
	c := x.cell(lon, lat)
	if c&pointer != 0 {
		c = x.sub(c, lon, lat)
	}
	if c&pointer != 0 {
		c = x.test(c, lon, lat)
	}
	return c
}

// cell is the first look-up.
func (x *PlaceIndex) cell(lon, lat int32) uint32 {
	cx, cy := (uint32(lon)-uint32(x.west))>>x.shift, (uint32(lat)-uint32(x.south))>>x.shift
	if cx >= x.across || cy >= x.up {
		return 0
	}
	return x.cells[cy*x.across+cx]
}

// sub is the second, for a cell that points to its sub-cells.
func (x *PlaceIndex) sub(c uint32, lon, lat int32) uint32 {
	s := x.shift - subBits
	u, v := (uint32(lon)-uint32(x.west))>>s, (uint32(lat)-uint32(x.south))>>s
	return x.subs[(c&^pointer)<<(2*subBits)+v&(1<<subBits-1)<<subBits+u&(1<<subBits-1)]
}

// test is the exact test, for a sub-cell that points to its leaf.
func (x *PlaceIndex) test(c uint32, lon, lat int32) uint32 {
	within := uint32(1)<<(x.shift-subBits) - 1
	corner := Point{lon - int32((uint32(lon)-uint32(x.west))&within), lat - int32((uint32(lat)-uint32(x.south))&within)}
	return x.exact(x.leaves[c&^pointer:], Point{lon, lat}, corner)
}

// Classes stores the class of each point in out, which is as long as lon and lat. A
// point with a Missing coordinate has class 0 like one that is nowhere: the caller must
// tell them apart.
func (x *PlaceIndex) Classes(lon, lat []int32, out []uint32) {
	for len(lon) > batch {
		x.classes(lon[:batch], lat, out)
		lon, lat, out = lon[batch:], lat[batch:], out[batch:]
	}
	x.classes(lon, lat, out)
}

// classes does all first look-ups before any second, and all second ones before any
// test, so that waiting for memory overlaps.
func (x *PlaceIndex) classes(lon, lat []int32, out []uint32) {
	lat, out = lat[:len(lon)], out[:len(lon)]
	var some [batch]uint16
	n := 0
	for i := range lon {
		c := x.cell(lon[i], lat[i])
		out[i] = c
		some[n&(batch-1)] = uint16(i)
		n += int(c >> 31)
	}
	tests := 0
	for _, i := range some[:n] {
		c := x.sub(out[i], lon[i], lat[i])
		out[i] = c
		some[tests] = i
		tests += int(c >> 31)
	}
	touched := int32(0)
	for _, i := range some[:tests] {
		touched |= x.leaves[out[i]&^pointer]
	}
	if touched < 0 {
		return // never: leaves begin with a place in combos, which is not negative
	}
	for _, i := range some[:tests] {
		out[i] = x.test(out[i], lon[i], lat[i])
	}
}

// Len is the number of classes.
func (x *PlaceIndex) Len() int { return len(x.sets) }

// Zones lists the zones that hold the points of a class, in ascending order.
func (x *PlaceIndex) Zones(class uint32) []int {
	var out []int
	for w, word := range x.sets[class] {
		for ; word != 0; word &= word - 1 {
			out = append(out, w*64+bits.TrailingZeros64(word))
		}
	}
	return out
}

// Bytes is the size of the index's tables.
func (x *PlaceIndex) Bytes() int {
	return 4 * (len(x.cells) + len(x.subs) + len(x.combos) + len(x.leaves))
}

// NewPlaceIndex builds the index of zones. Zone k of the list is zone k of every class.
func NewPlaceIndex(zones []Zone) (*PlaceIndex, error) {
	for k, z := range zones {
		if err := z.valid(); err != nil {
			return nil, &truce.Error{Kind: truce.Invalid, At: fmt.Sprintf("zone %d", k), Msg: err.Error()}
		}
	}
	b := newBuilder(zones)
	b.split(b.root())
	if b.err != nil {
		return nil, b.err
	}
	return b.x, nil
}

func (z Zone) valid() error {
	if len(z.Rings) == 0 && (len(z.Line) < 2 || !(z.Metres > 0) || z.Metres > 1e6) {
		return fmt.Errorf("rings, or a line of two points or more and metres up to 1 000 000, are needed")
	}
	for _, ring := range z.Rings {
		if len(ring) < 3 {
			return fmt.Errorf("a ring has %d points; three are the least", len(ring))
		}
	}
	for _, p := range slices.Concat(append(slices.Clone(z.Rings), z.Line)...) {
		if p.Lon < -180e6 || p.Lon > 180e6 || p.Lat < -90e6 || p.Lat > 90e6 {
			return fmt.Errorf("the point %d, %d is not in micro-degrees", p.Lon, p.Lat)
		}
		if len(z.Rings) == 0 && math.Abs(float64(p.Lat))/1e6+z.Metres/110_000 > 85 {
			return fmt.Errorf("a line may not reach nearer to a pole than five degrees")
		}
	}
	return nil
}
