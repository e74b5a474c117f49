package geo

import "math"

// ground is a part of the earth's surface. Each kind answers for a single point; all
// else is built on that.
type ground interface {
	// at reports whether p is inside, and how far the edge is at least, in metres. The
	// distance is exact for a point outside a polygon or disc, and otherwise never more
	// than the true one; beyond enough it may stop short of it.
	at(p point, enough float64) (in bool, far float64)
	// around returns a box that holds all of it.
	around() box
}

// everywhere is the whole world.
type everywhere struct{ box box }

func (w everywhere) at(point, float64) (bool, float64) { return true, math.Inf(1) }
func (w everywhere) around() box                       { return w.box }

// disc is all points at most r metres from its middle.
type disc struct {
	mid point
	r   float64
}

func (d disc) at(p point, enough float64) (bool, float64) {
	s := Distance(d.mid.lat, d.mid.lon, p.lat, p.lon)
	return s <= d.r, math.Abs(s - d.r)
}

func (d disc) around() box {
	return box{d.mid.lon, d.mid.lat, d.mid.lon, d.mid.lat}.grown(d.r)
}

// outline returns n points around the disc, the first once more at the end.
func (d disc) outline(n int) []point {
	ring := make([]point, 0, n+1)
	for k := range n { // counter-clockwise, as RFC 7946 asks
		ring = append(ring, direct(d.mid, -360*float64(k)/float64(n), d.r))
	}
	return append(ring, ring[0])
}

// sector is the part of a ring around apex between two bearings, clockwise.
type sector struct {
	apex     point
	from     float64 // bearing in degrees
	width    float64 // degrees, at most 360
	low, top float64 // metres
}

func (s sector) at(p point, enough float64) (bool, float64) {
	d, bearing := inverse(s.apex, p)
	past := turn(bearing - s.from)
	radial := max(s.low-d, d-s.top) // negative between the arcs
	if s.width == 360 {
		edge := s.top - d
		if s.low > 0 {
			edge = min(edge, d-s.low)
		}
		return radial <= 0, math.Abs(edge)
	}
	sides := min(toRay(d, past), toRay(d, past-s.width))
	if past > s.width && d > 0 {
		return false, max(sides, radial)
	}
	if radial > 0 {
		return false, radial
	}
	arcs := s.top - d
	if s.low > 0 {
		arcs = min(arcs, d-s.low)
	}
	return true, min(arcs, sides)
}

// turn brings degrees into [0, 360).
func turn(deg float64) float64 {
	deg = math.Mod(deg, 360)
	if deg < 0 {
		deg += 360
	}
	return deg
}

// toRay is a lower bound of the distance of a point, d metres from an apex, to the ray
// that leaves the apex at an angle of deg from it.
func toRay(d, deg float64) float64 {
	deg = turn(deg)
	deg = min(deg, 360-deg)
	if deg >= 90 {
		return d
	}
	return axis * 0.99 * math.Sin(min(d/axis, math.Pi/2)) * math.Sin(deg*radian)
}

func (s sector) around() box { return disc{s.apex, s.top}.around() }

// outline returns the rings around the sector with about n points on the outer arc.
func (s sector) outline(n int) [][]point {
	if s.width == 360 {
		rings := [][]point{disc{s.apex, s.top}.outline(n)}
		if s.low > 0 {
			rings = append(rings, disc{s.apex, s.low}.outline(n))
		}
		return rings
	}
	var ring []point
	for k := n; k >= 0; k-- {
		ring = append(ring, direct(s.apex, s.from+s.width*float64(k)/float64(n), s.top))
	}
	if s.low == 0 {
		ring = append(ring, s.apex)
	}
	for k := 0; s.low > 0 && k <= n; k++ {
		ring = append(ring, direct(s.apex, s.from+s.width*float64(k)/float64(n), s.low))
	}
	return [][]point{append(ring, ring[0])}
}

// about is all points closer than metres to a ground whose outer distance is exact, and
// that ground itself.
type about struct {
	base   ground
	metres float64
}

func (a about) at(p point, enough float64) (bool, float64) {
	in, far := a.base.at(p, enough+a.metres)
	if in {
		return true, far + a.metres
	}
	return far < a.metres, math.Abs(far - a.metres)
}

func (a about) around() box { return a.base.around().grown(a.metres) }
