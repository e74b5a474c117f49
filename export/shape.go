package export

import (
	"encoding/json"
	"fmt"
	"math"
)

// point is longitude and latitude in degrees, or a position on the drawing.
type point [2]float64

// shape is a geometry taken apart: closed rings (filled by the even-odd rule), open
// lines and lone points.
type shape struct {
	rings, lines [][]point
	points       []point
	names        []name
}

// name is a label with the middle of what it names.
type name struct {
	text string
	at   point
}

type geoObject struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Geometries  []geoObject     `json:"geometries"`
	Geometry    *geoObject      `json:"geometry"`
	Features    []geoObject     `json:"features"`
	Properties  struct {
		Name string `json:"name"`
	} `json:"properties"`
}

// shapeOf reads any GeoJSON object.
func shapeOf(raw json.RawMessage) (shape, error) {
	var s shape
	if len(raw) == 0 || string(raw) == "null" {
		return s, nil
	}
	var g geoObject
	if err := json.Unmarshal(raw, &g); err != nil {
		return s, err
	}
	err := s.add(g, 0)
	return s, err
}

func (s *shape) add(g geoObject, depth int) error {
	if depth > 8 {
		return fmt.Errorf("collections inside collections, deeper than 8")
	}
	switch g.Type {
	case "FeatureCollection", "GeometryCollection":
		for _, f := range append(g.Features, g.Geometries...) {
			if err := s.add(f, depth+1); err != nil {
				return err
			}
		}
		return nil
	case "Feature":
		return s.feature(g, depth)
	}
	return s.coordinates(g)
}

func (s *shape) feature(g geoObject, depth int) error {
	if g.Geometry == nil {
		return nil
	}
	before := len(s.rings)
	if err := s.add(*g.Geometry, depth+1); err != nil {
		return err
	}
	if g.Properties.Name != "" && len(s.rings) > before {
		s.names = append(s.names, name{g.Properties.Name, middle(largest(s.rings[before:]))})
	}
	return nil
}

func (s *shape) coordinates(g geoObject) error {
	var err error
	switch g.Type {
	case "Point":
		var p []float64
		err = take(g, &p, func() error { return collect(&s.points, [][]float64{p}) })
	case "MultiPoint":
		var ps [][]float64
		err = take(g, &ps, func() error { return collect(&s.points, ps) })
	case "LineString":
		var l [][]float64
		err = take(g, &l, func() error { return chains(&s.lines, [][][]float64{l}) })
	case "MultiLineString":
		var ls [][][]float64
		err = take(g, &ls, func() error { return chains(&s.lines, ls) })
	case "Polygon":
		var rs [][][]float64
		err = take(g, &rs, func() error { return chains(&s.rings, rs) })
	case "MultiPolygon":
		var many [][][][]float64
		err = take(g, &many, func() error {
			for _, rs := range many {
				if err := chains(&s.rings, rs); err != nil {
					return err
				}
			}
			return nil
		})
	default:
		err = fmt.Errorf("unknown type %q", g.Type)
	}
	return err
}

func take(g geoObject, into any, then func() error) error {
	if err := json.Unmarshal(g.Coordinates, into); err != nil {
		return fmt.Errorf("coordinates of %s: %w", g.Type, err)
	}
	return then()
}

func chains(to *[][]point, from [][][]float64) error {
	for _, c := range from {
		var ps []point
		if err := collect(&ps, c); err != nil {
			return err
		}
		*to = append(*to, ps)
	}
	return nil
}

func collect(to *[]point, from [][]float64) error {
	for _, c := range from {
		if len(c) < 2 || math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 {
			return fmt.Errorf("position %v is not longitude and latitude", c)
		}
		*to = append(*to, point{c[0], c[1]})
	}
	return nil
}

// each walks all positions.
func (s shape) each(do func(point)) {
	for _, group := range [][][]point{s.rings, s.lines, {s.points}} {
		for _, c := range group {
			for _, p := range c {
				do(p)
			}
		}
	}
}

// moved returns the shape with every position replaced.
func (s shape) moved(to func(point) point) shape {
	move := func(in [][]point) [][]point {
		out := make([][]point, len(in))
		for i, c := range in {
			for _, p := range c {
				out[i] = append(out[i], to(p))
			}
		}
		return out
	}
	out := shape{rings: move(s.rings), lines: move(s.lines)}
	for _, p := range s.points {
		out.points = append(out.points, to(p))
	}
	for _, n := range s.names {
		out.names = append(out.names, name{n.text, to(n.at)})
	}
	return out
}

// holds tells whether p is inside the rings (even-odd).
func (s shape) holds(p point) bool {
	in := false
	for _, r := range s.rings {
		for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
			a, b := r[i], r[j]
			if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
				in = !in
			}
		}
	}
	return in
}

func area(r []point) float64 {
	sum := 0.0
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		sum += r[j][0]*r[i][1] - r[i][0]*r[j][1]
	}
	return math.Abs(sum) / 2
}

func largest(rings [][]point) []point {
	var best []point
	for _, r := range rings {
		if best == nil || area(r) > area(best) {
			best = r
		}
	}
	return best
}

// middle is the centre of the box around the points; good enough to set a label.
func middle(ps []point) point {
	b := emptyBox()
	for _, p := range ps {
		b.add(p)
	}
	return point{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2}
}

type box struct{ x0, y0, x1, y1 float64 }

func emptyBox() box {
	return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

func (b *box) add(p point) {
	b.x0, b.x1 = min(b.x0, p[0]), max(b.x1, p[0])
	b.y0, b.y1 = min(b.y0, p[1]), max(b.y1, p[1])
}

func (b box) empty() bool { return b.x0 > b.x1 }

// thin drops points that lie within tolerance of the line between their neighbours
// (Douglas and Peucker), keeping both ends.
func thin(ps []point, tolerance float64) []point {
	if len(ps) < 3 {
		return ps
	}
	keep := make([]bool, len(ps))
	keep[0], keep[len(ps)-1] = true, true
	work := [][2]int{{0, len(ps) - 1}}
	for len(work) > 0 {
		a, b := work[len(work)-1][0], work[len(work)-1][1]
		work = work[:len(work)-1]
		at, far := -1, tolerance
		for i := a + 1; i < b; i++ {
			if d := away(ps[i], ps[a], ps[b]); d > far {
				at, far = i, d
			}
		}
		if at > 0 {
			keep[at] = true
			work = append(work, [2]int{a, at}, [2]int{at, b})
		}
	}
	var out []point
	for i, p := range ps {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// away is the distance from p to the stretch a-b.
func away(p, a, b point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
