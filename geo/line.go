package geo

import (
	"fmt"
	"math"

	"truce"
)

// Line is a base line with two named sides: a road, a river, a line of contact.
type Line struct {
	name, left, right, key string
	edges                  *edges
	closed                 bool
}

// step is how long a segment of a line may be, in metres, so that it makes no difference
// above two centimetres whether it is straight in longitude and latitude or geodesic.
const step = 500

// NewLine reads a base line from a GeoJSON LineString, or a Feature of one. Left and
// right name its sides as seen walking along it; both may be empty. Between two vertices
// the line is straight in longitude and latitude if chart is set, else the geodesic.
func NewLine(name, geojson string, left, right string, chart bool) (*Line, error) {
	shapes, err := readShapes(name, []byte(geojson))
	if err != nil {
		return nil, err
	}
	if len(shapes) != 1 || !shapes[0].IsLineString() {
		return nil, invalid(name, "is not one line", "a GeoJSON LineString")
	}
	if left == right && left != "" || left == "both" || right == "both" {
		return nil, invalid(name, fmt.Sprintf("sides are called %q and %q", left, right), "two different names, none of them \"both\"")
	}
	line, _ := shapes[0].AsLineString()
	pts := pointsOf(line.Coordinates())
	if p := checkPoints(pts); p != nil {
		p.File = name
		return nil, truce.Problems{*p}
	}
	if shapes[0].Validate() != nil {
		return nil, truce.Problems{{File: name, Code: "line-short", Msg: "the line has no length", Want: "two different points at least"}}
	}
	if !line.IsSimple() {
		return nil, truce.Problems{{File: name, Code: "self-crossing", Msg: "the line crosses itself", Want: "a line with a left and a right side everywhere"}}
	}
	l := &Line{name: name, left: left, right: right, closed: line.IsClosed(),
		edges: newEdges(chain(pts, step, !chart))}
	l.key = fmt.Sprintf("%t:%s", chart, hash(line.AsGeometry()))
	return l, nil
}

// Belt returns the ground closer to the line than metres on one side of it, or on
// "both". A point belongs to the side on which it lies of the place of the line nearest
// to it; beyond an end, of the last stretch carried on; a point on the line to both.
func (l *Line) Belt(side string, metresWide float64) (*Zone, error) {
	if err := length(l.name, metresWide); err != nil {
		return nil, err
	}
	b := &belt{line: l.edges, closed: l.closed, metres: metresWide}
	where := side
	switch {
	case side == "both":
		where = ""
	case side != "" && side == l.left:
		b.side = 1
	case side != "" && side == l.right:
		b.side = -1
	default:
		return nil, invalid(l.name, fmt.Sprintf("has no side %q", side), fmt.Sprintf("%q, %q or \"both\"", l.left, l.right))
	}
	z := &Zone{key: fmt.Sprintf("belt:%s:%d:%s", l.key, b.side, number(metresWide)), name: l.name, ground: b}
	z.text = "within " + metres(metresWide) + " of " + l.name
	if where != "" {
		z.text = "within " + metres(metresWide) + " " + where + " of " + l.name
	}
	return z, onMap(l.name, b.around())
}

// length refuses what is no length of at least a metre.
func length(at string, m float64) error {
	if !(m >= 1) || math.IsInf(m, 0) {
		return invalid(at, fmt.Sprintf("%s is no length for a zone", number(m)), "metres, at least 1")
	}
	return nil
}

// belt is all points closer than metres to a line, on one side of it or on both.
type belt struct {
	line   *edges
	closed bool
	side   int // 1 left, -1 right, 0 both
	metres float64
}

// onLine is how close a point must be to lie on the line itself, in metres.
const onLine = 1e-3

func (b *belt) around() box { return b.line.box.grown(b.metres) }

func (b *belt) at(p point, enough float64) (bool, float64) {
	n := b.line.nearest(p, b.metres+enough)
	out := n.d - b.metres // negative within reach of the line
	if b.side == 0 || n.i < 0 {
		return out < 0, math.Abs(out)
	}
	side, flips := b.seen(p, n, enough)
	switch {
	case n.d <= onLine: // on both sides
		return out < 0, 0
	case side != b.side:
		return false, max(out, flips)
	}
	return out < 0, keep(out, flips)
}

// seen returns the side of p, for which n is the nearest place of the line, and how far
// it is at least to the other side, as far as enough matters.
func (b *belt) seen(p point, n near, enough float64) (side int, flips float64) {
	side = b.sideOf(p, n)
	if n.d <= onLine {
		return side, 0
	}
	return side, b.flips(p, n.d, side, enough)
}

// keep is the distance to the edge of a point on the right side.
func keep(out, flips float64) float64 {
	if out >= 0 {
		return out
	}
	return min(-out, flips)
}

// slight is the sine of a bend below which both stretches at it tell the side alike.
const slight = 0.1

// sideOf returns the side of p by the place n of the line nearest to it.
func (b *belt) sideOf(p point, n near) int {
	list := b.line.list
	s := list[n.i]
	x, y := offset(s.at(n.t), p)
	before, after := n.i, n.i
	if n.t == 0 && (n.i > 0 || b.closed) {
		before = (n.i + len(list) - 1) % len(list)
	}
	if n.t == 1 && (n.i < len(list)-1 || b.closed) {
		after = (n.i + 1) % len(list)
	}
	if before != after { // nearest to a vertex: the outer side of the bend
		ux, uy := list[before].heading()
		vx, vy := list[after].heading()
		if bend := ux*vy - uy*vx; math.Abs(bend) > slight {
			return sign(-bend)
		}
	}
	ux, uy := s.heading()
	return sign(ux*y - uy*x)
}

func sign(v float64) int {
	if v < 0 {
		return -1
	}
	return 1
}

// heading returns the direction of s as a unit vector, east and north.
func (s segment) heading() (x, y float64) {
	x, y = offset(s.a, s.b)
	l := math.Hypot(x, y)
	return x / l, y / l
}

// flips is a lower bound of the distance from p, which lies d metres from the line on
// the given side, to the nearest point on the other side. Each stretch of the line sees
// the ground square to it, each bend the wedge between, each end what lies beyond; a
// point on the other side lies in such a part of a stretch that is no farther from it
// than the rest of the line. The bound looks no farther than enough.
func (b *belt) flips(p point, d float64, side int, enough float64) float64 {
	if d+2*enough > 100e3 {
		return 0 // the plane around p does not reach so far; the caller looks closer
	}
	const trust = 0.98 // in the plane around p
	least := enough / trust * 1.001
	list := b.line.list
	b.line.within(p, d+2*least+1, func(i int) {
		f := newFrame(p, list[i], side)
		least = min(least, max(math.Hypot(f.beside, f.over), (math.Hypot(f.beside, f.across)-d)/2))
		switch last := i == len(list)-1; {
		case !last || b.closed:
			next := newFrame(p, list[(i+1)%len(list)], side)
			if turnsTo(f, next) == side { // the wedge lies on the other side
				least = min(least, max(wedge(f, next), (math.Hypot(f.length-f.along, f.across)-d)/2))
			}
		default:
			least = min(least, max(math.Hypot(max(0, f.length-f.along), f.over), (math.Hypot(f.length-f.along, f.across)-d)/2))
		}
		if i == 0 && !b.closed {
			least = min(least, max(math.Hypot(max(0, f.along), f.over), (math.Hypot(f.along, f.across)-d)/2))
		}
	})
	return max(0, least*trust)
}

// frame is a point seen from a segment, in metres.
type frame struct {
	length, along float64 // of the segment; of the foot of p on the line through it
	across        float64 // from that line, positive on p's own side
	beside        float64 // how far the foot lies off the segment
	over          float64 // how far p must go to come to the other side of that line
	ux, uy        float64 // the segment's direction
}

func newFrame(p point, s segment, side int) frame {
	ax, ay := offset(p, s.a)
	bx, by := offset(p, s.b)
	l := math.Hypot(bx-ax, by-ay)
	f := frame{length: l, ux: (bx - ax) / l, uy: (by - ay) / l}
	f.along = -(ax*f.ux + ay*f.uy)
	f.across = float64(side) * (f.uy*ax - f.ux*ay)
	f.beside = max(0, -f.along, f.along-l)
	f.over = max(0, f.across)
	return f
}

// wedge is the distance from the point to the ground that the bend between two frames
// sees, which lies on the other side: between the normals of both.
func wedge(f, g frame) float64 {
	past, over := f.along-f.length, -f.across // of the bend; towards the other side
	if past >= 0 && g.along <= 0 && over >= 0 && -g.across >= 0 {
		return 0
	}
	return min(ray(over, past), ray(-g.across, g.along))
}

// ray is the distance from the origin's ray to a point that lies so far along it and so
// far beside it.
func ray(along, beside float64) float64 {
	if along <= 0 {
		return math.Hypot(along, beside)
	}
	return math.Abs(beside)
}

// turnsTo returns the side to which the way turns from f to g.
func turnsTo(f, g frame) int { return sign(f.ux*g.uy - f.uy*g.ux) }
