package exact

import (
	"truce"
	"truce/bench/world"
)

// plain answers the language's own question without the engine: is the term broken on
// every day on which the row may have happened, on none, or on some? On one day the
// conditions rest on different facts, so that joining them one by one is exact.
func (e *Engine) plain(row world.Row, zones world.ZoneSet, t world.Term) truce.Tri {
	some, all := false, true
	place := e.inPlace(row, zones, t)
	for day := row.Start; day <= row.End; day++ {
		met := truce.Of(t.From <= day && day < t.To)
		for _, c := range []truce.Tri{place, e.acted(row, t, day), e.suffered(row, t, day), e.used(row, t), killed(row, t)} {
			met = min(met, c)
		}
		some = some || met != truce.No
		all = all && met == truce.Yes
	}
	switch {
	case all:
		return truce.Yes
	case some:
		return truce.Unknown
	}
	return truce.No
}

// may is unknown when it may be so, else no.
func may(b bool) truce.Tri { return min(truce.Unknown, truce.Of(b)) }

// acted leaves an unknown actor open only if somebody was bound that day; an actor that
// no register names never was.
func (e *Engine) acted(row world.Row, t world.Term, day world.Day) truce.Tri {
	if row.A != world.None {
		return truce.Of(e.member(t.By, row.A, day) && !e.member(t.Except, row.A, day))
	}
	for a := range e.w.Actors {
		if e.member(t.By, a, day) && !e.member(t.Except, a, day) {
			return truce.Unknown
		}
	}
	return truce.No
}

func (e *Engine) suffered(row world.Row, t world.Term, day world.Day) truce.Tri {
	switch {
	case t.Against == world.None:
		return truce.Yes
	case row.B != world.None:
		return truce.Of(e.member(t.Against, row.B, day))
	}
	for a := range e.w.Actors {
		if e.member(t.Against, a, day) {
			return truce.Unknown
		}
	}
	return truce.No
}

func (e *Engine) member(party, actor int, day world.Day) bool {
	if party == world.None {
		return false
	}
	for _, m := range e.w.Parties[party] {
		if m.Actor == actor {
			return m.From <= day && day < m.To
		}
	}
	return false
}

func (e *Engine) used(row world.Row, t world.Term) truce.Tri {
	switch {
	case t.Means == 0:
		return truce.Yes
	case row.Means == world.None:
		return truce.Unknown
	}
	return truce.Of(t.Means>>row.Means&1 == 1)
}

func killed(row world.Row, t world.Term) truce.Tri {
	switch {
	case t.Deaths == 0:
		return truce.Yes
	case row.Deaths == world.None:
		return truce.Unknown
	}
	return truce.Of(row.Deaths >= t.Deaths)
}

func (e *Engine) inPlace(row world.Row, zones world.ZoneSet, t world.Term) truce.Tri {
	if t.Place == nil {
		return truce.Yes
	}
	if row.WherePrec >= 4 {
		return may(e.open(t))
	}
	in := false
	for _, z := range t.Place {
		in = in || zones.Has(z)
	}
	return truce.Of(in && (t.Not == world.None || !zones.Has(t.Not)))
}

// open reports whether some point lies in one of the term's places and not in the zone
// that is left out, by trying many.
func (e *Engine) open(t world.Term) bool {
	if t.Not == world.None {
		return true
	}
	for _, z := range t.Place {
		two := &world.World{Zones: []world.Zone{e.w.Zones[z], e.w.Zones[t.Not]}}
		for _, p := range sample(e.w.Zones[z]) {
			if set := two.Locate(p); set.Has(0) && !set.Has(1) {
				return true
			}
		}
	}
	return false
}

// sample is a grid of points over a zone and somewhat around it.
func sample(z world.Zone) []world.Point {
	const steps = 50
	corners := z.Ring
	if corners == nil {
		corners = z.Line
	}
	low, high := corners[0], corners[0]
	for _, p := range corners {
		low = world.Point{Lon: min(low.Lon, p.Lon), Lat: min(low.Lat, p.Lat)}
		high = world.Point{Lon: max(high.Lon, p.Lon), Lat: max(high.Lat, p.Lat)}
	}
	around := int32(z.Metres * 12) // a metre is never more than 12 micro-degrees here
	var out []world.Point
	for i := range int32(steps + 1) {
		for k := range int32(steps + 1) {
			out = append(out, world.Point{
				Lon: low.Lon - around + (high.Lon-low.Lon+2*around)/steps*i,
				Lat: low.Lat - around + (high.Lat-low.Lat+2*around)/steps*k,
			})
		}
	}
	return out
}
