package brute

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"truce"
	"truce/terms"
)

// Cell is a square degree named by its south-western corner. Whatever this package draws
// is made of whole cells or of points in the middle of one.
type Cell struct{ Lat, Lon int }

// The ground on which cases play, with one cell far from it.
const (
	south, north = 10, 14
	west, east   = 30, 34
)

func elsewhere() Cell { return Cell{-30, -60} }

func allCells() []Cell {
	out := []Cell{elsewhere()}
	for lat := south; lat < north; lat++ {
		for lon := west; lon < east; lon++ {
			out = append(out, Cell{lat, lon})
		}
	}
	return out
}

// box is a rectangle of cells.
type box struct{ lat0, lon0, lat1, lon1 int }

func (b box) ring() string {
	return fmt.Sprintf("[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]",
		b.lon0, b.lat0, b.lon1, b.lat0, b.lon1, b.lat1, b.lon0, b.lat1, b.lon0, b.lat0)
}

// apart says that the boxes neither overlap nor touch.
func (b box) apart(o box) bool {
	return b.lat1 < o.lat0 || o.lat1 < b.lat0 || b.lon1 < o.lon0 || o.lon1 < b.lon0
}

// shape writes boxes as a GeoJSON geometry.
func shape(boxes []box) string {
	if len(boxes) == 1 {
		return `{"type":"Polygon","coordinates":[` + boxes[0].ring() + `]}`
	}
	var parts []string
	for _, b := range boxes {
		parts = append(parts, "["+b.ring()+"]")
	}
	return `{"type":"MultiPolygon","coordinates":[` + strings.Join(parts, ",") + `]}`
}

// cellsOf reads the shapes that this package writes.
func cellsOf(geojson string) []Cell {
	var g struct {
		Type        string
		Coordinates json.RawMessage
	}
	read := func(v any) {
		if err := json.Unmarshal(g.Coordinates, v); err != nil {
			panic(err)
		}
	}
	if err := json.Unmarshal([]byte(geojson), &g); err != nil {
		panic(err)
	}
	var polygons [][][][2]float64
	switch g.Type {
	case "Point":
		var p [2]float64
		read(&p)
		return []Cell{cellAt(p[1], p[0])}
	case "LineString":
		var l [][2]float64
		read(&l)
		polygons = [][][][2]float64{{l}}
	case "Polygon":
		var p [][][2]float64
		read(&p)
		polygons = [][][][2]float64{p}
	default:
		read(&polygons)
	}
	var out []Cell
	for _, p := range polygons {
		lat0, lat1, lon0, lon1 := 90.0, -90.0, 180.0, -180.0
		for _, q := range p[0] {
			lon0, lon1 = min(lon0, q[0]), max(lon1, q[0])
			lat0, lat1 = min(lat0, q[1]), max(lat1, q[1])
		}
		for lat := int(math.Floor(lat0)); float64(lat) < lat1; lat++ {
			for lon := int(math.Floor(lon0)); float64(lon) < lon1; lon++ {
				out = append(out, Cell{lat, lon})
			}
		}
	}
	return out
}

func cellAt(lat, lon float64) Cell { return Cell{int(math.Floor(lat)), int(math.Floor(lon))} }

// extent is the cells in which an element may have been.
func extent(places []truce.Place) []Cell {
	if len(places) == 0 {
		return allCells()
	}
	var out []Cell
	for _, p := range places {
		switch p.Form {
		case truce.FormUnknown:
			return allCells()
		case truce.FormDisc: // always small, around the middle of a cell
			out = append(out, cellAt(p.Lat, p.Lon))
		case truce.FormShape:
			out = append(out, cellsOf(p.Shape)...)
		default:
			panic("no extent for " + p.Form)
		}
	}
	slices.SortFunc(out, func(a, b Cell) int { return (a.Lat-b.Lat)*1000 + a.Lon - b.Lon })
	return slices.Compact(out)
}

// inside says whether a cell belongs to a named place.
func (q *Text) inside(name string, at Cell) bool {
	key := cellIn{name, at}
	if in, ok := q.ground[key]; ok {
		return in
	}
	n, in := q.a.Places[name], false
	switch {
	case n.Outside != "":
		in = !q.inside(n.Outside, at)
	case n.Union != nil:
		in = slices.ContainsFunc(n.Union, func(u string) bool { return q.inside(u, at) })
	default:
		in = slices.Contains(cellsOf(n.Shape), at)
	}
	q.ground[key] = in
	return in
}

type cellIn struct {
	name string
	at   Cell
}

// beltWide and nearWide are distances that tell the middle of the cells next to a line or
// place from the middle of all others: half a degree is at most 56 km.
const (
	beltWide = 80_000
	nearWide = 20_000
)

// holds says whether the place expression holds in a world, for the party that acts
// under clause c.
func (v *view) place(p *terms.Place, c *terms.Clause) bool {
	switch {
	case p.Any != nil:
		return slices.ContainsFunc(p.Any, func(x *terms.Place) bool { return v.place(x, c) })
	case p.Control == "own":
		return v.heldByActor(c)
	case p.Control != "":
		return v.in(p.Control, v.holder(), "holder")
	case p.Base != nil:
		for _, party := range sorted(p.Base) {
			if (party == "" || v.in(party, v.actor(), v.actorSide())) && v.besideLine(p, party) {
				return true
			}
		}
		return false
	}
	return v.q.inside(p.Ref, v.cell()) // near: a middle is in the place or far from it
}

// apartFrom lists the sides in parties: one made only of others is several sides, and
// ground of one of them is not the ground of another.
func (q *Text) apartFrom(parties []string) []string {
	var out []string
	for _, name := range parties {
		p := q.a.Parties[name]
		sum := len(p.Parties) > 0 && !p.Anyone && !p.Adhering && len(p.Actors)+len(p.Listed)+len(p.Kind) == 0
		if sum {
			out = append(out, q.apartFrom(p.Parties)...)
		} else {
			out = append(out, name)
		}
	}
	return out
}

// heldByActor says that who holds the ground is a member of the party that acts.
func (v *view) heldByActor(c *terms.Clause) bool {
	if who := v.actor().id; who == v.holder().id && who != unnamed {
		return true
	}
	for _, party := range v.q.apartFrom(c.By) {
		if v.in(party, v.actor(), v.actorSide()) && v.in(party, v.holder(), "holder") {
			return true
		}
	}
	return false
}

// besideLine measures in cells: lines run north along a meridian, left of them is west.
func (v *view) besideLine(p *terms.Place, party string) bool {
	line := v.q.a.Places[p.Base[party]].Line
	lon := meridianOf(line.Shape)
	for side := range p.Sides {
		if side == "own side" {
			side = party
		}
		westOfIt := v.cell().Lon == lon-1 && (side == "both" || side == line.Left)
		eastOfIt := v.cell().Lon == lon && (side == "both" || side == line.Right)
		if v.cell() != elsewhere() && (westOfIt || eastOfIt) {
			return true
		}
	}
	return false
}

func meridianOf(geojson string) int {
	var g struct{ Coordinates [][2]float64 }
	if err := json.Unmarshal([]byte(geojson), &g); err != nil {
		panic(err)
	}
	return int(g.Coordinates[0][0])
}

func meridian(lon int) string {
	return fmt.Sprintf(`{"type":"LineString","coordinates":[[%d,%d],[%d,%d]]}`, lon, south-3, lon, north+3)
}
