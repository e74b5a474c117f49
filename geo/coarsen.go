package geo

import (
	"math"

	"truce"
)

// grid is the size in degrees of the cells in which a place is published when no
// boundaries are known.
const grid = 0.1

// Coarsen returns an extent for publication that contains e and is never finer than the
// areas of a level (2 is a district): each piece becomes all areas of that level that it
// touches. What lies outside every such area becomes whole cells of a tenth of a degree.
// A piece that is an area of that level or a wider one stays what it is.
func Coarsen(e Extent, a *Atlas, level int) Extent {
	if e.Anywhere() {
		return e
	}
	var pieces []*piece
	for _, p := range e.pieces {
		pieces = append(pieces, p.coarse(a, level)...)
	}
	return newExtent(pieces)
}

// coarse is Coarsen for one piece.
func (p *piece) coarse(a *Atlas, level int) []*piece {
	if p.area != nil && p.area.Level >= 0 && p.area.Level <= level {
		return []*piece{p}
	}
	var touched []*piece
	var zones []*Zone
	for _, code := range a.Codes() {
		e := a.areas[code]
		if e.Level != level {
			continue
		}
		z := &Zone{key: e.piece.key, ground: e.polygon}
		switch p.relate(z) {
		case truce.Yes:
			return []*piece{e.piece}
		case truce.Unknown:
			touched, zones = append(touched, e.piece), append(zones, z)
		}
	}
	if len(touched) == 0 || p.sticksOut(zones) {
		touched = append(touched, gridPiece(p.around()))
	}
	return touched
}

// sticksOut reports whether a part of p lies in none of the zones.
func (p *piece) sticksOut(zones []*Zone) bool {
	found := classes{}
	found.piece(p, zones)
	none := make([]byte, len(zones))
	for i := range none {
		none[i] = out
	}
	return found[string(none)]
}

// gridPiece returns the cells around a box.
func gridPiece(b box) *piece {
	low := func(v float64) float64 { return math.Floor(v/grid) * grid }
	high := func(v float64) float64 { return (math.Floor(v/grid) + 1) * grid }
	w, s, e, n := round(low(b.west)), round(low(b.south)), round(high(b.east)), round(high(b.north))
	w, s, e, n = max(w, -180), max(s, -farthest), min(e, 180), min(n, farthest)
	g := drawn([][]point{{{s, w}, {s, e}, {n, e}, {n, w}, {s, w}}})
	return polygonPiece(number(s)+" to "+number(n)+" north, "+number(w)+" to "+number(e)+" east", g)
}

// round drops what binary fractions add to a tenth.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }
