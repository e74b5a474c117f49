package tiles

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"

	"truce"
)

// world is made by ui/base.mjs, which says what is in it. Coasts and borders: Natural Earth,
// 1:10 million, public domain. Places: GeoNames, CC BY 4.0.
//
//go:embed base.bin
var world []byte

// Credit names the sources of the base map; maps must show it.
const Credit = "Natural Earth; GeoNames (CC BY 4.0)"

// shown is the first zoom at which places of a rank are drawn.
var shown = [...]int{2, 4, 5, 6, 7, 8, 9}

// Base is a map of the world: layers "land", "borders" and "places" (name, and ar, the name
// in Arabic, where it is known; rank, 0 for places of five million people to 6 for fewer than
// ten thousand). Borders are those of one source, all alike, and say nothing of whose is what.
// It is immutable and safe for concurrent use.
type Base struct {
	whole [split]scene // for each zoom before split
	cells []scene      // the tiles of zoom split, row by row
}

// split is the zoom whose tiles are kept cut out and in full detail.
const split = 5

// scene is what is drawn on some ground.
type scene struct {
	land    []orb.Polygon
	borders []orb.LineString
	places  []place
}

type place struct {
	at           orb.Point
	rank         int
	name, arabic string
}

// OpenBase reads the embedded map; it takes a moment and some 50 MB.
func OpenBase() (*Base, error) {
	packed, err := gzip.NewReader(bytes.NewReader(world))
	if err != nil {
		return nil, damaged(err)
	}
	data, err := io.ReadAll(packed)
	if err != nil {
		return nil, damaged(err)
	}
	r := &reader{data: data}
	all := r.scene()
	if r.data == nil {
		return nil, damaged(io.ErrUnexpectedEOF)
	}
	b := &Base{cells: make([]scene, 1<<(2*split))}
	b.cut(all, address{})
	for z := split - 1; z >= 0; z-- {
		all = all.thinned(address{z: z}.unit())
		b.whole[z] = all
	}
	return b, nil
}

func damaged(err error) error {
	return &truce.Error{Kind: truce.Internal, At: "base.bin", Msg: "the base map is damaged", Hint: "make it with ui/base.mjs", Err: err}
}

// cut hands the scene of a tile down to the tiles of zoom split.
func (b *Base) cut(s scene, a address) {
	if a.z == split {
		b.cells[a.y<<split+a.x] = s
		return
	}
	for i := range 4 {
		quarter := address{a.z + 1, 2*a.x + i&1, 2*a.y + i>>1}
		// What a tile far down draws beyond its edge must be in here too.
		b.cut(s.clipped(quarter.bound(margin), quarter.bound(0)), quarter)
	}
}

// clipped returns the part of a scene on some ground; places only on the inner ground.
func (s scene) clipped(outer, inner orb.Bound) scene {
	var out scene
	for _, p := range s.land {
		switch b := around(p[0]); {
		case outer.Contains(b.Min) && outer.Contains(b.Max):
			out.land = append(out.land, p)
		case b.Intersects(outer):
			if c := clip.Polygon(outer, p.Clone()); len(c) > 0 {
				out.land = append(out.land, c)
			}
		}
	}
	for _, l := range s.borders {
		if around(l).Intersects(outer) {
			out.borders = append(out.borders, clip.LineString(outer, l)...)
		}
	}
	for _, p := range s.places {
		if holds(inner, p.at) {
			out.places = append(out.places, p)
		}
	}
	return out
}

// around is the box around points.
func around(list []orb.Point) orb.Bound {
	b := orb.Bound{Min: orb.Point{2, 2}, Max: orb.Point{-1, -1}}
	for _, p := range list {
		b.Min[0], b.Min[1] = min(b.Min[0], p[0]), min(b.Min[1], p[1])
		b.Max[0], b.Max[1] = max(b.Max[0], p[0]), max(b.Max[1], p[1])
	}
	return b
}

// holds reports whether a point is in a bound; its east and south edges belong to the neighbours.
func holds(b orb.Bound, p orb.Point) bool {
	return p[0] >= b.Min[0] && p[0] < b.Max[0] && p[1] >= b.Min[1] && p[1] < b.Max[1]
}

// thinned leaves out what cannot be seen where a unit has this width.
func (s scene) thinned(unit float64) scene {
	out := scene{places: s.places}
	thin := simplify.DouglasPeucker(3 * unit)
	for _, p := range s.land {
		if b := around(p[0]); b.Max[0]-b.Min[0] > 3*unit || b.Max[1]-b.Min[1] > 3*unit {
			out.land = append(out.land, thin.Polygon(p.Clone()))
		}
	}
	for _, l := range s.borders {
		out.borders = append(out.borders, thin.LineString(l.Clone()))
	}
	return out
}

// Tile returns a tile of the base map, uncompressed. It is empty on the high seas.
func (b *Base) Tile(z, x, y int) ([]byte, error) {
	a, err := checked(z, x, y, BaseMaxZoom)
	if err != nil {
		return nil, err
	}
	d := a.z - split
	if d < 0 {
		return b.whole[a.z].clipped(a.bound(margin), a.bound(0)).draw(a), nil
	}
	s := b.cells[(a.y>>d)<<split+a.x>>d].clipped(a.bound(margin), a.bound(0))
	return s.thinned(a.unit()).draw(a), nil
}

func (s scene) draw(a address) []byte {
	land, borders, places := newSheet("land"), newSheet("borders"), newSheet("places")
	for _, p := range s.land {
		d := pen{at: a}
		d.polygon(p)
		land.add(polygons, d.out)
	}
	for _, l := range s.borders {
		d := pen{at: a}
		d.line(l)
		borders.add(lines, d.out)
	}
	for _, p := range s.places {
		if a.z < shown[p.rank] {
			continue
		}
		d := pen{at: a}
		d.points(p.at)
		tags := []tag{{"name", p.name}, {"rank", p.rank}}
		if p.arabic != "" {
			tags = append(tags, tag{"ar", p.arabic})
		}
		places.add(points, d.out, tags...)
	}
	return places.appendTo(borders.appendTo(land.appendTo(nil)))
}

// reader reads base.bin. Once something is wrong its data are nil and it reads zeros.
type reader struct{ data []byte }

func (r *reader) uint() int {
	v, n := binary.Uvarint(r.data)
	if n <= 0 || v > math.MaxInt32 {
		r.data = nil
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

func (r *reader) int() int {
	v := r.uint()
	return v>>1 ^ -(v & 1)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.data) {
		r.data = nil
		return make([]byte, 8) // enough for whoever reads a number
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) float() float64 {
	b := r.bytes(8)
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// many calls f as often as the next number says, as long as there are data.
func (r *reader) many(f func()) {
	for n := r.uint(); n > 0 && r.data != nil; n-- {
		f()
	}
}

func (r *reader) scene() scene {
	var s scene
	if string(r.bytes(4)) != "TRB1" {
		r.data = nil
	}
	arcs := r.arcs()
	r.many(func() {
		var p orb.Polygon
		r.many(func() { p = append(p, r.ring(arcs)) })
		s.land = append(s.land, unrolled(p)...)
	})
	at := 0
	r.many(func() {
		if at += r.uint(); at < len(arcs) {
			s.borders = append(s.borders, arcs[at])
		}
	})
	x, y := 0, 0
	r.many(func() {
		x, y = x+r.int(), y+r.int()
		rank := min(r.uint(), len(shown)-1)
		name, arabic := string(r.bytes(r.uint())), string(r.bytes(r.uint()))
		s.places = append(s.places, place{mercator(orb.Point{float64(x) / 1e4, float64(y) / 1e4}), rank, name, arabic})
	})
	return s
}

// arcs reads the lines that coasts and borders are made of.
func (r *reader) arcs() []orb.LineString {
	var out []orb.LineString
	sx, sy, x0, y0 := r.float(), r.float(), r.float(), r.float()
	r.many(func() {
		x, y := 0, 0
		var l orb.LineString
		r.many(func() {
			x, y = x+r.int(), y+r.int()
			l = append(l, mercator(orb.Point{float64(x)*sx + x0, float64(y)*sy + y0}))
		})
		out = append(out, l)
	})
	return out
}

// ring joins arcs; ~a is arc a backwards.
func (r *reader) ring(arcs []orb.LineString) orb.Ring {
	var out orb.Ring
	r.many(func() {
		k := r.int()
		back := k < 0
		if back {
			k = ^k
		}
		if k >= len(arcs) {
			r.data = nil
			return
		}
		l := arcs[k].Clone()
		if back {
			l.Reverse()
		}
		if len(out) > 0 && len(l) > 0 {
			l = l[1:]
		}
		out = append(out, l...)
	})
	return out
}

// unrolled cuts ground that goes on beyond the date line at the edges of the map. In the
// source a ring simply jumps from one edge to the other.
func unrolled(p orb.Polygon) []orb.Polygon {
	if len(p) == 0 || len(p[0]) < 4 {
		return nil
	}
	outer := p[0]
	turns := 0.0
	for i := 1; i < len(outer); i++ {
		outer[i][0] += turns
		if d := outer[i][0] - outer[i-1][0]; math.Abs(d) > 0.5 {
			turns -= math.Round(d)
			outer[i][0] -= math.Round(d)
		}
	}
	if last := outer[len(outer)-1]; turns != 0 { // all around a pole, which only the southern land is
		outer = append(outer, orb.Point{last[0], 1}, orb.Point{outer[0][0], 1}, outer[0])
	}
	if b := around(outer); b.Min[0] >= 0 && b.Max[0] <= 1 {
		return []orb.Polygon{append(orb.Polygon{outer}, p[1:]...)}
	}
	var out []orb.Polygon
	for _, shift := range []float64{-1, 0, 1} {
		part := outer.Clone()
		for i := range part {
			part[i][0] += shift
		}
		if c := clip.Ring(orb.Bound{Max: orb.Point{1, 1}}, part); len(c) > 3 {
			q := orb.Polygon{c}
			for _, hole := range p[1:] {
				if around(c).Contains(around(hole).Center()) {
					q = append(q, hole)
				}
			}
			out = append(out, q)
		}
	}
	return out
}
