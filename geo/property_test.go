package geo

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"truce"

	"pgregory.net/rapid"
)

// home is the middle of the ground on which random shapes are drawn.
var home = point{36.25, 37.15}

// wiggle draws a line of a few stretches that does not cross itself.
func wiggle(t *rapid.T) *Line {
	n := rapid.IntRange(2, 6).Draw(t, "vertices")
	p := direct(home, rapid.Float64Range(0, 360).Draw(t, "start bearing"), rapid.Float64Range(0, 8000).Draw(t, "start"))
	bearing := rapid.Float64Range(0, 360).Draw(t, "bearing")
	var pts []string
	for range n {
		pts = append(pts, spot(p))
		p = direct(p, bearing, rapid.Float64Range(100, 6000).Draw(t, "length"))
		bearing += rapid.Float64Range(-140, 140).Draw(t, "turn")
	}
	l, err := NewLine("line", `{"type":"LineString","coordinates":[`+strings.Join(pts, ",")+`]}`, "left", "right", rapid.Bool().Draw(t, "chart"))
	if err != nil {
		t.Skip("crosses itself")
	}
	return l
}

// star draws a polygon around a point.
func star(t *rapid.T) string {
	mid := direct(home, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(0, 8000).Draw(t, "off"))
	n := rapid.IntRange(3, 9).Draw(t, "corners")
	var pts []string
	for k := range n {
		pts = append(pts, spot(direct(mid, -360*float64(k)/float64(n), rapid.Float64Range(500, 8000).Draw(t, "radius"))))
	}
	return `{"type":"Polygon","coordinates":[[` + strings.Join(append(pts, pts[0]), ",") + `]]}`
}

// anyZone draws a zone of any kind.
func anyZone(t *rapid.T) *Zone {
	metres := rapid.Float64Range(200, 6000)
	mid := direct(home, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(0, 8000).Draw(t, "off"))
	ok := func(z *Zone, err error) *Zone {
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return ok(wiggle(t).Belt(rapid.SampledFrom([]string{"left", "right", "both"}).Draw(t, "side"), metres.Draw(t, "metres")))
	case 1:
		return ok(DiscZone("disc", mid.lat, mid.lon, metres.Draw(t, "radius")))
	case 2:
		from := rapid.Float64Range(0, 360).Draw(t, "from")
		low := rapid.Float64Range(0, 3000).Draw(t, "low")
		return ok(SectorZone("sector", mid.lat, mid.lon, [2]float64{from, from + rapid.Float64Range(5, 355).Draw(t, "width")}, [2]float64{low, low + metres.Draw(t, "deep")}))
	case 3:
		return ok(ok(PolygonZone("polygon", star(t))).Near(metres.Draw(t, "metres")))
	case 4:
		return ok(Sites("sites", `{"type":"MultiPoint","coordinates":[`+spot(mid)+`,`+spot(home)+`]}`, metres.Draw(t, "metres")))
	}
	return ok(PolygonZone("polygon", star(t)))
}

// anyPlace draws a place of any form but the unknown.
func anyPlace(t *rapid.T) truce.Place {
	mid := direct(home, rapid.Float64Range(0, 360).Draw(t, "place bearing"), rapid.Float64Range(0, 9000).Draw(t, "place off"))
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		return truce.Place{Form: truce.FormDisc, Lat: mid.lat, Lon: mid.lon}
	case 1:
		from := rapid.Float64Range(0, 360).Draw(t, "from")
		return truce.Place{Form: truce.FormSector, Lat: mid.lat, Lon: mid.lon, Bearing: [2]float64{from, math.Mod(from+60, 360)}, Range: [2]float64{500, 4000}}
	case 2:
		return truce.Place{Form: truce.FormShape, Shape: star(t)}
	case 3:
		to := direct(mid, rapid.Float64Range(0, 360).Draw(t, "way"), rapid.Float64Range(100, 9000).Draw(t, "long"))
		return truce.Place{Form: truce.FormShape, Shape: `{"type":"LineString","coordinates":[` + spot(mid) + "," + spot(to) + `]}`}
	}
	return truce.Place{Form: truce.FormDisc, Lat: mid.lat, Lon: mid.lon, Within: rapid.Float64Range(5, 5000).Draw(t, "within")}
}

func extentOf(t interface{ Fatal(...any) }, places ...truce.Place) Extent {
	e, err := NewAtlas().Extent(places)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Every kind of ground promises that no point within the distance it states is on the
// other side of its edge. All else rests on that.
func TestGroundKeepsItsDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := anyZone(t)
		p := direct(home, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(0, 15000).Draw(t, "off"))
		in, far := z.ground.at(p, rapid.Float64Range(1, 20000).Draw(t, "enough"))
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		for range 200 {
			q := direct(p, r.Float64()*360, (far-0.05)*math.Sqrt(r.Float64()))
			if got, _ := z.ground.at(q, 0); got != in && far > 0.05 {
				t.Fatalf("%s: %v is %v and %.2f m off the edge, but %v, %.2f m away, is %v", z, p, in, far, q, Distance(p.lat, p.lon, q.lat, q.lon), got)
			}
		}
	})
}

// A belt is compared with a line cut into stretches of a metre at most, by distance
// alone and by the side of the nearest stretch.
func TestBeltsMatchAPlainComputation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := wiggle(t)
		var pts []point
		for _, s := range l.edges.list {
			n := int(math.Ceil(Distance(s.a.lat, s.a.lon, s.b.lat, s.b.lon) / 5))
			for k := range n {
				pts = append(pts, s.at(float64(k)/float64(n)))
			}
		}
		pts = append(pts, l.edges.list[len(l.edges.list)-1].b)
		metres := rapid.Float64Range(200, 5000).Draw(t, "metres")
		left, right, both := beltOf(t, l, "left", metres), beltOf(t, l, "right", metres), beltOf(t, l, "both", metres)
		for range 20 {
			p := direct(home, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(0, 15000).Draw(t, "off"))
			least, at := math.Inf(1), 0
			for i, q := range pts {
				x, y := offset(p, q)
				if d := math.Hypot(x, y); d < least {
					least, at = d, i
				}
			}
			d := vincenty(p.lat, p.lon, pts[at].lat, pts[at].lon)
			if math.Abs(d-metres) < 3 || d < 50 {
				continue
			}
			inBoth, _ := both.ground.at(p, 0)
			inLeft, _ := left.ground.at(p, 0)
			inRight, _ := right.ground.at(p, 0)
			if inBoth != (d < metres) || (inLeft || inRight) != inBoth || inLeft && inRight {
				t.Fatalf("%v is %.1f m from the line, belt %.1f m: left %v, right %v, both %v", p, d, metres, inLeft, inRight, inBoth)
			}
			if at == 0 || at == len(pts)-1 || !inBoth {
				continue
			}
			before, after := offCourse(pts[at-1], pts[at], p), offCourse(pts[at], pts[at+1], p)
			if before*after > 0 && math.Abs(before) > 1 && math.Abs(after) > 1 && (before > 0) != inLeft {
				t.Fatalf("%v lies %.1f m left of the line but left is %v", p, before, inLeft)
			}
		}
	})
}

func beltOf(t *rapid.T, l *Line, side string, metres float64) *Zone {
	z, err := l.Belt(side, metres)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// offCourse is how far p lies to the left of the way from a to b.
func offCourse(a, b, p point) float64 {
	d, to := inverse(a, p)
	_, on := inverse(a, b)
	return d * math.Sin((on-to)*radian)
}

// sample draws a point of a piece.
func sample(p *piece, r *rand.Rand) point {
	switch {
	case p.ground == nil && p.line == nil:
		return p.mid
	case p.line != nil:
		return p.line.list[r.IntN(len(p.line.list))].at(r.Float64())
	}
	b := p.ground.around()
	for {
		q := point{b.south + r.Float64()*(b.north-b.south), b.west + r.Float64()*(b.east-b.west)}
		if in, _ := p.ground.at(q, 0); in {
			return q
		}
	}
}

// Every combination that a sampled point has, a metre or more off all edges, is found;
// and for every combination found there is a point.
func TestClassesMatchSampledPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var zones []*Zone
		for range rapid.IntRange(1, 4).Draw(t, "zones") {
			zones = append(zones, anyZone(t))
		}
		places := []truce.Place{anyPlace(t)}
		if rapid.Bool().Draw(t, "two places") {
			places = append(places, anyPlace(t))
		}
		e := extentOf(t, places...)
		left := map[string]bool{}
		for _, row := range Classes(e, zones) {
			left[fmt.Sprint(row)] = false
		}
		r := rand.New(rand.NewPCG(7, rapid.Uint64().Draw(t, "seed")))
		for range 4000 {
			p := e.pieces[r.IntN(len(e.pieces))]
			q := sample(p, r)
			off := math.Inf(1)
			if p.ground != nil {
				_, off = p.ground.at(q, 5)
			}
			row := make([]bool, len(zones))
			for i, z := range zones {
				in, far := z.ground.at(q, 5)
				row[i], off = in, min(off, far)
			}
			if _, ok := left[fmt.Sprint(row)]; ok {
				left[fmt.Sprint(row)] = true
			} else if off > 1 {
				t.Fatalf("%v in %s has %v, which is not among the classes %v of %v", q, e, row, Classes(e, zones), zones)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(left)) {
			if e.pieces[0].ground != nil && !left[k] && !witnessed(e, zones, k) {
				t.Fatalf("nothing in %s has %s of %v", e, k, zones)
			}
		}
	})
}

// witnessed looks for a point with the wanted memberships: it cuts the ground into cells,
// leaves out those that cannot hold such a point, and tries the middles of the others.
func witnessed(e Extent, zones []*Zone, want string) bool {
	words := strings.Fields(strings.Trim(want, "[]"))
	for _, p := range e.pieces {
		if p.ground == nil {
			continue
		}
		for cells := []box{p.ground.around()}; len(cells) > 0; {
			var next []box
			for _, b := range cells {
				q, r := b.middle()
				in, far := p.ground.at(q, r)
				here, could := in, in || far < r
				for i, z := range zones {
					in, far := z.ground.at(q, r)
					right := words[i] == fmt.Sprint(in)
					here, could = here && right, could && (right || far < r)
				}
				if here {
					return true
				}
				if could && r > 0.1 {
					one, two := b.halves()
					next = append(next, one, two)
				}
			}
			cells = next
		}
	}
	return false
}

// What is firm for a wide extent is firm for each part of it.
func TestWideningNeverMakesFirm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := anyZone(t)
		p := direct(home, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(0, 15000).Draw(t, "off"))
		wide := rapid.Float64Range(10, 6000).Draw(t, "radius")
		tight := rapid.Float64Range(0, wide-5).Draw(t, "less")
		q := direct(p, rapid.Float64Range(0, 360).Draw(t, "to"), (wide-5-tight)*rapid.Float64Range(0, 1).Draw(t, "shift"))
		big := Relate(extentOf(t, truce.Place{Form: truce.FormDisc, Lat: p.lat, Lon: p.lon, Within: wide}), z)
		small := Relate(extentOf(t, truce.Place{Form: truce.FormDisc, Lat: q.lat, Lon: q.lon, Within: tight}), z)
		if big != truce.Unknown && small != big {
			t.Fatalf("%s: %v for %.1f m, %v for %.1f m inside", z, big, wide, small, tight)
		}
		if both := Relate(extentOf(t, anyPlace(t), truce.Place{Form: truce.FormDisc, Lat: p.lat, Lon: p.lon, Within: wide}), z); both != truce.Unknown && both != big {
			t.Fatalf("%s: another place added makes %v of %v", z, both, big)
		}
	})
}

// The two sides of a line make up both of them.
func TestSidesAreComplements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := wiggle(t)
		m := rapid.Float64Range(200, 5000).Draw(t, "metres")
		e := extentOf(t, anyPlace(t))
		left, right, both := Relate(e, beltOf(t, l, "left", m)), Relate(e, beltOf(t, l, "right", m)), Relate(e, beltOf(t, l, "both", m))
		switch {
		case both == truce.No && (left != truce.No || right != truce.No),
			left == truce.Yes && (both != truce.Yes || right != truce.No),
			both == truce.Yes && left == truce.No && right != truce.Yes,
			left == truce.No && right == truce.No && both != truce.No:
			if !sliverOf(e, m, l) {
				t.Fatalf("left %v, right %v, both %v", left, right, both)
			}
		}
	})
}

// sliverOf reports whether the extent comes within two metres of an edge of the belts,
// where what is ignored as a sliver may differ.
func sliverOf(e Extent, m float64, l *Line) bool {
	z, _ := l.Belt("both", m)
	low, high := DistanceRange(e, z)
	return math.Abs(low-m) < 2+low/500 || math.Abs(high-m) < 2+high/500 || low < 2
}

// Classes of several zones agree with the relation to each.
func TestClassesAgreeWithRelate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zones := []*Zone{anyZone(t), anyZone(t), anyZone(t)}
		e := extentOf(t, anyPlace(t))
		rows := Classes(e, zones)
		for i, z := range zones {
			yes, no := false, false
			for _, row := range rows {
				yes, no = yes || row[i], no || !row[i]
			}
			got, want := truce.Unknown, Relate(e, z)
			if yes != no {
				got = truce.Of(yes)
			}
			if got != want && want != truce.Unknown {
				t.Fatalf("%s: %v, classes %v", z, want, rows)
			}
		}
	})
}
