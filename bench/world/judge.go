package world

import (
	"math/bits"
	"strings"

	"github.com/tidwall/geodesic"

	"truce"
)

// Facts is a set of facts of a row.
type Facts uint8

// The facts a verdict may be open for.
const (
	Time Facts = 1 << iota
	Place
	FirstActor
	SecondActor
	MeansUsed
	DeathsToll
)

// String lists the facts.
func (f Facts) String() string {
	names := []string{"time", "place", "first actor", "second actor", "means", "deaths"}
	var out []string
	for k, name := range names {
		if f>>k&1 == 1 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// Finding says that a row meets, or may meet, an agreement: by which term, and for
// which unknown facts it is open. Open is empty when the term is surely met.
type Finding struct {
	Row, Agreement, Term int
	Open                 Facts
}

// ZoneSet is a set of zones, bit z%64 of word z/64 for zone z.
type ZoneSet [2]uint64

// Has reports whether zone z is in the set.
func (s ZoneSet) Has(z int) bool { return s[z/64]>>(z%64)&1 == 1 }

// Add puts zone z into the set.
func (s *ZoneSet) Add(z int) { s[z/64] |= 1 << (z % 64) }

// Len is the number of zones in the set.
func (s ZoneSet) Len() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// Judge is the plain evaluator: it looks at every term of every agreement and joins the
// conditions by three-valued AND. An agreement's finding is its first term that is
// surely met, else its first that may be; agreements whose terms all fail have none.
func (w *World) Judge(row Row, zones ZoneSet) []Finding {
	var out []Finding
	for g, a := range w.Agreements {
		best := Finding{Term: None}
		for k, t := range a.Terms {
			met, open := w.meets(row, zones, t)
			if met == truce.Yes {
				best = Finding{row.ID, g, k, 0}
				break
			}
			if met == truce.Unknown && best.Term == None {
				best = Finding{row.ID, g, k, open}
			}
		}
		if best.Term != None {
			out = append(out, best)
		}
	}
	return out
}

func (w *World) meets(row Row, zones ZoneSet, t Term) (truce.Tri, Facts) {
	conditions := []truce.Tri{
		inWindow(row, t), inPlace(row, zones, t), w.acted(row, t), w.suffered(row, t), used(row, t), killed(row, t),
	}
	met, open := truce.Yes, Facts(0)
	for k, c := range conditions {
		met = min(met, c)
		if c == truce.Unknown {
			open |= 1 << k
		}
	}
	return met, open
}

func inWindow(row Row, t Term) truce.Tri {
	switch {
	case row.End < t.From || row.Start >= t.To:
		return truce.No
	case row.Start >= t.From && row.End < t.To:
		return truce.Yes
	}
	return truce.Unknown
}

func inPlace(row Row, zones ZoneSet, t Term) truce.Tri {
	if t.Place == nil {
		return truce.Yes
	}
	if row.WherePrec >= 4 {
		return truce.Unknown
	}
	in := false
	for _, z := range t.Place {
		in = in || zones.Has(z)
	}
	return truce.Of(in && (t.Not == None || !zones.Has(t.Not)))
}

func (w *World) acted(row Row, t Term) truce.Tri {
	if row.A == None {
		return truce.Unknown
	}
	return truce.Of(w.isMember(t.By, row.A, row.Start) && !w.isMember(t.Except, row.A, row.Start))
}

func (w *World) suffered(row Row, t Term) truce.Tri {
	if t.Against == None {
		return truce.Yes
	}
	if row.B == None {
		return truce.Unknown
	}
	return truce.Of(w.isMember(t.Against, row.B, row.Start))
}

func (w *World) isMember(party, actor int, on Day) bool {
	if party == None {
		return false
	}
	for _, m := range w.Parties[party] {
		if m.Actor == actor && m.From <= on && on < m.To {
			return true
		}
	}
	return false
}

func used(row Row, t Term) truce.Tri {
	switch {
	case t.Means == 0:
		return truce.Yes
	case row.Means == None:
		return truce.Unknown
	}
	return truce.Of(t.Means>>row.Means&1 == 1)
}

func killed(row Row, t Term) truce.Tri {
	switch {
	case t.Deaths == 0:
		return truce.Yes
	case row.Deaths == None:
		return truce.Unknown
	}
	return truce.Of(row.Deaths >= t.Deaths)
}

// Locate returns the zones that hold p, by ray casting and by geodesic distance.
func (w *World) Locate(p Point) ZoneSet {
	var set ZoneSet
	for z, zone := range w.Zones {
		if zone.Ring != nil && inRing(zone.Ring, p) || zone.Line != nil && zone.Near(p, zone.Metres) {
			set.Add(z)
		}
	}
	return set
}

// inRing counts the edges to the east of p. Whole numbers make it exact; a point on an
// edge shared by two rings is in one of them.
func inRing(ring []Point, p Point) bool {
	in := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) {
			// p is west of the edge when the cross product has the sign of the edge's rise.
			rise := int64(b.Lat) - int64(a.Lat)
			cross := (int64(b.Lon)-int64(a.Lon))*(int64(p.Lat)-int64(a.Lat)) - (int64(p.Lon)-int64(a.Lon))*rise
			if cross != 0 && (cross > 0) == (rise > 0) {
				in = !in
			}
		}
		a = b
	}
	return in
}

// Near reports whether p is less than metres from a corridor's line.
func (z Zone) Near(p Point, metres float64) bool {
	line := z.Line
	for i := 1; i < len(line); i++ {
		if nearSegment(line[i-1].planar(), line[i].planar(), p.planar(), metres) {
			return true
		}
	}
	return false
}

// nearSegment halves the segment a-b until each piece is surely too far away, or its
// middle is near enough. By the triangle inequality no point of a piece is nearer than
// its middle less half its length. Pieces of a tenth of a millimetre are points.
func nearSegment(a, b, p planar, metres float64) bool {
	m := planar{(a.x + b.x) / 2, (a.y + b.y) / 2}
	// No degree is longer than 111.7 km.
	half := 111_700 * (abs(b.x-a.x) + abs(b.y-a.y)) / 2
	// In this world a degree is nowhere shorter than 110 km northward, 80 km eastward.
	if max(110_000*abs(p.y-m.y), 80_000*abs(p.x-m.x)) > metres+half {
		return false
	}
	var d float64
	geodesic.WGS84.Inverse(p.y, p.x, m.y, m.x, &d, nil, nil)
	if d < metres {
		return true
	}
	if d-half >= metres || half < 1e-4 {
		return false
	}
	return nearSegment(a, m, p, metres) || nearSegment(m, b, p, metres)
}

func abs(x float64) float64 { return max(x, -x) }
