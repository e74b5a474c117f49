package geo

import "math"

// WGS 84.
const (
	axis    = 6378137.0
	flat    = 1 / 298.257223563
	ecc2    = flat * (2 - flat)
	radian  = math.Pi / 180
	leastR  = axis * (1 - ecc2) // the least radius of curvature anywhere
	roughTo = 8e3               // up to here the mid-latitude formula is right to a centimetre, to 70 degrees
)

// scale returns the metres in one degree of longitude and of latitude at a latitude.
func scale(lat float64) (mx, my float64) {
	sin, cos := math.Sincos(lat * radian)
	w := 1 - ecc2*sin*sin
	r := math.Sqrt(w)
	return axis / r * cos * radian, axis * (1 - ecc2) / (w * r) * radian
}

// offset returns how far q lies east and north of p in metres, by the mid-latitude
// formula.
func offset(p, q point) (x, y float64) {
	mx, my := scale((p.lat + q.lat) / 2)
	return (q.lon - p.lon) * mx, (q.lat - p.lat) * my
}

// box is a rectangle of the map, in degrees.
type box struct{ west, south, east, north float64 }

// nowhere returns the box that holds nothing.
func nowhere() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

// join returns the box around both.
func (b box) join(o box) box {
	return box{min(b.west, o.west), min(b.south, o.south), max(b.east, o.east), max(b.north, o.north)}
}

// meets reports whether the boxes share a point.
func (b box) meets(o box) bool {
	return b.west <= o.east && o.west <= b.east && b.south <= o.north && o.south <= b.north
}

// grown returns a box that holds every point closer than metres to b.
func (b box) grown(metres float64) box {
	dy := metres / 110500
	wide := min(max(math.Abs(b.south-dy), math.Abs(b.north+dy)), 89.9)
	mx, _ := scale(wide)
	dx := metres / mx * 1.01
	return box{b.west - dx, b.south - dy, b.east + dx, b.north + dy}
}

// middle returns the middle of b and a length in metres that no point of b is farther
// away than.
func (b box) middle() (point, float64) {
	p := point{(b.south + b.north) / 2, (b.west + b.east) / 2}
	near := 0.0 // the latitude of b where a degree of longitude is longest
	if b.south > 0 {
		near = b.south
	} else if b.north < 0 {
		near = b.north
	}
	mx, _ := scale(near)
	return p, math.Hypot((b.east-b.west)/2*mx, (b.north-b.south)/2*111700) * 1.0001
}

// halves cuts b in two across its longer side.
func (b box) halves() (box, box) {
	mx, my := scale((b.south + b.north) / 2)
	one, two := b, b
	if (b.east-b.west)*mx > (b.north-b.south)*my {
		one.east = (b.west + b.east) / 2
		two.west = one.east
	} else {
		one.north = (b.south + b.north) / 2
		two.south = one.north
	}
	return one, two
}

// atLeast returns a length in metres that no point of b is closer to p than. It is the
// great-circle distance on the sphere of least curvature radius, which is never longer
// than the geodesic; cosp is the cosine of p's latitude, cosb the least one in b.
func (b box) atLeast(p point, cosp, cosb float64) float64 {
	dy := half(max(b.south-p.lat, p.lat-b.north, 0))
	dx := half(max(b.west-p.lon, p.lon-b.east, 0))
	return 2 * leastR * math.Sqrt(dy*dy+cosp*cosb*dx*dx)
}

// half is a lower bound of the sine of half an angle in degrees.
func half(deg float64) float64 {
	x := min(deg*radian/2, math.Pi/2)
	return x * (1 - x*x/6)
}

// cosine returns the least cosine of a latitude in b.
func (b box) cosine() float64 {
	return math.Cos(min(max(math.Abs(b.south), math.Abs(b.north)), 90) * radian)
}
