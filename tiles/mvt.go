package tiles

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Kinds of geometry of a feature, as the format numbers them.
const (
	points   = 1
	lines    = 2
	polygons = 3
)

// tag is a property of a feature: a string, an int or a float64.
type tag struct {
	key   string
	value any
}

// sheet is a layer of a tile being written, in the vector tile format, version 2.1. What is
// written depends only on the calls and their order.
type sheet struct {
	name     string
	features []byte
	keys     []string
	key      map[string]int
	values   []byte
	value    map[any]int
}

func newSheet(name string) *sheet {
	return &sheet{name: name, key: map[string]int{}, value: map[any]int{}}
}

// add writes a feature, unless nothing is left of its geometry.
func (s *sheet) add(kind int, geometry []uint32, tags ...tag) {
	if len(geometry) == 0 {
		return
	}
	var f, packed []byte
	for _, t := range tags {
		packed = binary.AppendUvarint(packed, uint64(s.keyOf(t.key)))
		packed = binary.AppendUvarint(packed, uint64(s.valueOf(t.value)))
	}
	f = field(f, 2, packed)
	f = number(f, 3, uint64(kind))
	packed = packed[:0]
	for _, g := range geometry {
		packed = binary.AppendUvarint(packed, uint64(g))
	}
	s.features = field(s.features, 2, field(f, 4, packed))
}

func (s *sheet) keyOf(key string) int {
	k, known := s.key[key]
	if !known {
		k = len(s.keys)
		s.key[key], s.keys = k, append(s.keys, key)
	}
	return k
}

func (s *sheet) valueOf(value any) int {
	v, known := s.value[value]
	if !known {
		v = len(s.value)
		s.value[value] = v
		var b []byte
		switch value := value.(type) {
		case string:
			b = field(b, 1, []byte(value))
		case float64:
			b = binary.LittleEndian.AppendUint64(append(b, 3<<3|1), math.Float64bits(value))
		case int:
			b = number(b, 5, uint64(value))
		}
		s.values = field(s.values, 4, b)
	}
	return v
}

// appendTo writes the sheet behind the others of a tile. One without features is left out.
func (s *sheet) appendTo(tile []byte) []byte {
	if len(s.features) == 0 {
		return tile
	}
	b := number(nil, 15, 2)
	b = field(b, 1, []byte(s.name))
	b = append(b, s.features...)
	for _, k := range s.keys {
		b = field(b, 3, []byte(k))
	}
	b = append(b, s.values...)
	return field(tile, 3, number(b, 5, units))
}

// field appends a field of bytes, number one that is a number.
func field(b []byte, id int, value []byte) []byte {
	b = binary.AppendUvarint(b, uint64(id)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

func number(b []byte, id int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(id)<<3), value)
}

// pen draws one geometry in a tile.
type pen struct {
	at   address
	last [2]int32
	out  []uint32
	path [][2]int32 // what is to be drawn next
}

// points marks points.
func (p *pen) points(list ...orb.Point) {
	if len(list) == 0 {
		return
	}
	p.out = append(p.out, uint32(len(list))<<3|1)
	for _, q := range list {
		p.step(p.at.within(q))
	}
}

// line draws a line, leaving out points that fall on one another.
func (p *pen) line(l []orb.Point) {
	if p.gather(l); len(p.path) >= 2 {
		p.draw()
	}
}

// ring draws the edge of ground, or of a hole in it, in the turning that the format asks for.
// It reports whether anything is left of it.
func (p *pen) ring(r orb.Ring, hole bool) bool {
	p.gather(r)
	if n := len(p.path); n > 1 && p.path[0] == p.path[n-1] {
		p.path = p.path[:n-1]
	}
	area := int64(0)
	for i, a := range p.path {
		b := p.path[(i+1)%len(p.path)]
		area += int64(a[0])*int64(b[1]) - int64(b[0])*int64(a[1])
	}
	if area == 0 {
		return false
	}
	if area > 0 == hole {
		slices.Reverse(p.path)
	}
	p.draw()
	p.out = append(p.out, 1<<3|7)
	return true
}

// polygon draws ground with its holes.
func (p *pen) polygon(rings orb.Polygon) {
	for i, r := range rings {
		if !p.ring(r, i > 0) && i == 0 {
			return
		}
	}
}

func (p *pen) gather(l []orb.Point) {
	p.path = p.path[:0]
	for _, q := range l {
		if u := p.at.within(q); len(p.path) == 0 || p.path[len(p.path)-1] != u {
			p.path = append(p.path, u)
		}
	}
}

// draw moves to the first point of the path and draws a line through the others.
func (p *pen) draw() {
	for i, u := range p.path {
		switch {
		case i == 0:
			p.out = append(p.out, 1<<3|1)
		case i == 1:
			p.out = append(p.out, uint32(len(p.path)-1)<<3|2)
		}
		p.step(u)
	}
}

func (p *pen) step(to [2]int32) {
	dx, dy := to[0]-p.last[0], to[1]-p.last[1]
	p.out = append(p.out, uint32(dx<<1^dx>>31), uint32(dy<<1^dy>>31))
	p.last = to
}
