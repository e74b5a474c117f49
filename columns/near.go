package columns

import (
	"math"

	"github.com/tidwall/geodesic"
)

// segment is a piece of a line, straight in longitude and latitude, in degrees.
type segment struct{ ax, ay, bx, by float64 }

func (e edge) segment() segment {
	return segment{float64(e.a.Lon) / 1e6, float64(e.a.Lat) / 1e6, float64(e.b.Lon) / 1e6, float64(e.b.Lat) / 1e6}
}

// The WGS 84 ellipsoid.
const (
	equator = 6378137.0                       // its radius in metres
	polar   = 6356752.314245                  // and that of the poles
	squash  = 1 - polar*polar/equator/equator // eccentricity squared
	radian  = math.Pi / 180
)

// metresPerDegree returns how long a degree of longitude and one of latitude are at a latitude.
func metresPerDegree(lat float64) (lon, latitude float64) {
	sin, cos := math.Sincos(lat * radian)
	w := 1 - squash*sin*sin
	n := radian * equator / math.Sqrt(w)
	return n * cos, n * (1 - squash) / w
}

// near reports whether p is less than reach metres from one of the segments, each of
// which is four numbers. Only where the quick distance is too close to tell is the
// geodesic one reckoned.
func near(edges []int32, p Point, reach float64) bool {
	x, y := float64(p.Lon)/1e6, float64(p.Lat)/1e6
	for ; len(edges) >= 4; edges = edges[4:] {
		s := edge{Point{edges[0], edges[1]}, Point{edges[2], edges[3]}}.segment()
		d, t := s.quick(x, y)
		off := slack(d, y)
		if d+off < reach || d-off < reach && s.exact(x, y, t) < reach {
			return true
		}
	}
	return false
}

// quick returns roughly the distance from a point to the segment, and where on the
// segment (0..1) the nearest place is. The foot is found on the flat map that is true at
// the point, the distance on the one that is true half way to the foot.
func (s segment) quick(x, y float64) (d, t float64) {
	kx, ky := metresPerDegree(y)
	dx, dy := kx*(s.bx-s.ax), ky*(s.by-s.ay)
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, (kx*(x-s.ax)*dx+ky*(y-s.ay)*dy)/l))
	}
	fx, fy := s.ax+t*(s.bx-s.ax), s.ay+t*(s.by-s.ay)
	kx, ky = metresPerDegree((y + fy) / 2)
	return math.Hypot(kx*(x-fx), ky*(y-fy)), t
}

// slack bounds how far quick's distance d is from the geodesic one, tenfold, in metres.
//
// Let s be the distance in radians and c the cosine of the latitude. On the sphere,
// sin²(s/2) = sin²(a/2)(1-sin²(l/2)) + m² sin²(l/2) for differences a and l of latitude
// and longitude and m the cosine half way; by its series the flat distance differs from s by
// less than (0.05+0.18/c²)s² of itself, and the ellipsoid adds less than a hundredth of
// that. The foot is sought on a map whose scale is off by at most s·tan(latitude) along
// the way, so it lies at most that fraction of the distance aside, and the distance grows by
// half the square of it: less than s²/2c². Both together are less than s²/c².
func slack(d, lat float64) float64 {
	s := d / polar
	c := math.Cos(lat*radian) - s // at the segment's end, which may be nearer to the pole
	if c <= 0 {
		return math.Inf(1)
	}
	return 10*d*s*s/(c*c) + 1e-6
}

// exact returns the geodesic distance from a point to the segment, by walking to where
// the geodesic meets the segment at a right angle. t is where to begin.
func (s segment) exact(x, y, t float64) float64 {
	for range 8 {
		var d, azimuth float64
		fx, fy := s.ax+t*(s.bx-s.ax), s.ay+t*(s.by-s.ay)
		geodesic.WGS84.Inverse(y, x, fy, fx, &d, nil, &azimuth)
		kx, ky := metresPerDegree(fy)
		dx, dy := kx*(s.bx-s.ax), ky*(s.by-s.ay)
		sin, cos := math.Sincos(azimuth * radian)
		l := dx*dx + dy*dy
		if l == 0 {
			return d
		}
		to := min(1, max(0, t-d*(dx*sin+dy*cos)/l))
		if step := (to - t) * math.Sqrt(l); step*step < 1e-8*(1+d) {
			return d
		}
		t = to
	}
	var d float64
	geodesic.WGS84.Inverse(y, x, s.ay+t*(s.by-s.ay), s.ax+t*(s.bx-s.ax), &d, nil, nil)
	return d
}
