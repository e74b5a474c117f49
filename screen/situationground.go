package screen

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/figures"
	"truce/terms"
)

// ground is a piece of ground that clauses of an agreement speak of, for looking at: where it
// counts, package geo measures.
type ground struct {
	Agreement, Title string
	Name             string   // of the place in the agreement, with the distance of a belt
	Clauses          []string // that speak of it
	Geometry         json.RawMessage
	windows          [][2]time.Time
}

// inForce reports whether a clause about the ground is in force on a day of a stretch. The
// boundsOf are instants; zero ones are open.
func (g *ground) inForce(from, to time.Time) bool {
	for _, w := range g.windows {
		if (to.IsZero() || w[0].IsZero() || w[0].Before(to)) && (from.IsZero() || w[1].IsZero() || w[1].After(from)) {
			return true
		}
	}
	return false
}

// groundsOf lists the ground of all clauses, in their order; what is said of outside a place,
// of who holds it, or of whatever is near is not drawn.
func groundsOf(r *desk.Result) []ground {
	var out []ground
	for _, j := range r.Judges {
		d := drafter{a: j.Agreement(), mission: r.Mission, at: map[string]int{}}
		for _, c := range d.a.Clauses {
			d.clause, d.windows = c.ID, j.Windows(c)
			for _, p := range []*terms.Place{d.a.Where, c.Within, c.Outside} {
				d.place(p)
			}
		}
		out = append(out, d.out...)
	}
	return out
}

// drafter gathers the ground of one agreement.
type drafter struct {
	a       *terms.Agreement
	mission *desk.Mission
	clause  string
	windows [][2]time.Time
	out     []ground
	at      map[string]int // by name
}

func (d *drafter) place(p *terms.Place) {
	switch {
	case p == nil:
	case p.Base != nil:
		for _, party := range sortedNames(p.Base) {
			for _, side := range sortedNames(p.Sides) {
				d.belt(p.Base[party], side, party, p.Sides[side])
			}
		}
	case p.Ref != "":
		d.named(p.Ref)
	default:
		for _, x := range append(append([]*terms.Place{}, p.Any...), p.All...) {
			d.place(x)
		}
	}
}

// named adds a place that has a name: in the agreement, or an area of the mission.
func (d *drafter) named(ref string) {
	p, own := d.a.Places[ref]
	var places []truce.Place
	switch {
	case !own:
		places = append(places, truce.Place{Form: truce.FormArea, Area: ref})
		if a, ok := d.mission.Book.Atlas.Area(ref); ok {
			ref = a.Name
		}
	case p.Union != nil:
		for _, u := range p.Union {
			d.named(u)
		}
	case p.Areas != nil:
		for _, code := range p.Areas {
			places = append(places, truce.Place{Form: truce.FormArea, Area: code})
		}
	case p.Disc != nil:
		places = append(places, truce.Place{Form: truce.FormDisc, Lat: p.Disc.Lat, Lon: p.Disc.Lon, Within: p.Disc.Radius})
	case p.Sector != nil:
		places = append(places, truce.Place{Form: truce.FormSector, Lat: p.Sector.Lat, Lon: p.Sector.Lon, Bearing: p.Sector.Bearing, Range: p.Sector.Range})
	case p.Shape != "":
		d.add(ref, json.RawMessage(p.Shape))
	}
	if places == nil {
		return
	}
	if x, err := d.mission.Book.Atlas.Extent(places); err == nil {
		if text, ok := x.GeoJSON(); ok {
			d.add(ref, json.RawMessage(text))
		}
	}
}

// belt adds the strip along a line.
func (d *drafter) belt(base, side, party string, metres float64) {
	line := d.a.Places[base].Line
	if line == nil {
		return
	}
	points := lineOf(line.Shape)
	if side == "own side" {
		side = party
	}
	left, right := metres, metres
	switch side {
	case line.Left:
		right = 0
	case line.Right:
		left = 0
	}
	if text, err := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{strip(points, left, right)}}); err == nil && len(points) > 1 {
		d.add(fmt.Sprintf("%s %s %g m", base, side, metres), text)
	}
}

// add enters ground once under its name, with every clause that speaks of it.
func (d *drafter) add(name string, geometry json.RawMessage) {
	k, had := d.at[name]
	if !had {
		k = len(d.out)
		d.at[name] = k
		d.out = append(d.out, ground{Agreement: d.a.ID, Title: d.a.Title, Name: strings.ReplaceAll(name, "-", " "), Geometry: geometry})
	}
	g := &d.out[k]
	if n := len(g.Clauses); n == 0 || g.Clauses[n-1] != d.clause {
		g.Clauses = append(g.Clauses, d.clause)
		g.windows = append(g.windows, d.windows...)
	}
}

// lineOf reads the points of a GeoJSON LineString, or of a Feature or collection of one; none
// where it is something else.
func lineOf(text string) [][2]float64 {
	type geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	var g struct {
		geometry
		Geometry *geometry `json:"geometry"`
		Features []struct {
			Geometry geometry `json:"geometry"`
		} `json:"features"`
	}
	var points [][2]float64
	if json.Unmarshal([]byte(text), &g) != nil {
		return nil
	}
	from := g.geometry
	if g.Geometry != nil {
		from = *g.Geometry
	} else if len(g.Features) > 0 {
		from = g.Features[0].Geometry
	}
	if from.Type != "LineString" || json.Unmarshal(from.Coordinates, &points) != nil {
		return nil
	}
	return points
}

// metresPerDegree is the length of a degree of latitude, near enough to draw with.
const metresPerDegree = 111_195.0

// strip is the ring around what lies so many metres to the left and to the right of a line.
func strip(line [][2]float64, left, right float64) [][2]float64 {
	var one, other [][2]float64
	for i := range line {
		nx, ny := sideways(line, i)
		squeeze := math.Cos(line[i][1] * math.Pi / 180)
		off := func(metres float64) [2]float64 {
			return [2]float64{line[i][0] + nx*metres/metresPerDegree/squeeze, line[i][1] + ny*metres/metresPerDegree}
		}
		one, other = append(one, off(left)), append(other, off(-right))
	}
	for i := len(other) - 1; i >= 0; i-- {
		one = append(one, other[i])
	}
	if len(one) > 0 {
		one = append(one, one[0])
	}
	return one
}

// sideways is the direction to the left of a line at one of its points, of unit length.
func sideways(line [][2]float64, i int) (x, y float64) {
	a, b := line[max(0, i-1)], line[min(len(line)-1, i+1)]
	dx, dy := (b[0]-a[0])*math.Cos(line[i][1]*math.Pi/180), b[1]-a[1]
	if l := math.Hypot(dx, dy); l > 0 {
		return -dy / l, dx / l
	}
	return 0, 0
}

// boundsOf are the instants between which the days of a stretch lie; zero for an open end.
func boundsOf(m *desk.Mission, s figures.Stretch) (from, to time.Time) {
	at := func(day string) time.Time {
		t, err := time.ParseInLocation(time.DateOnly, day, m.Zone)
		if err != nil {
			return time.Time{}
		}
		return t.Add(m.Cut)
	}
	from = at(s.From)
	if s.To != "" {
		to = at(figures.Shift(s.To, 1))
	}
	return from, to
}

// Areas is a GeoJSON FeatureCollection of the ground that is in force on a day of a stretch;
// each feature has the properties name, agreement, title and clauses.
func (b *Board) Areas(s figures.Stretch) ([]byte, error) {
	type feature struct {
		Type       string          `json:"type"`
		Properties map[string]any  `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	out := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", []feature{}}
	from, to := boundsOf(b.Sight.Result.Mission, s)
	for _, g := range b.grounds {
		if g.inForce(from, to) {
			out.Features = append(out.Features, feature{"Feature", map[string]any{"name": g.Name, "agreement": g.Agreement, "title": g.Title, "clauses": strings.Join(g.Clauses, ", ")}, plainGeometry(g.Geometry)})
		}
	}
	return json.Marshal(out)
}

// plainGeometry takes the geometry out of a Feature, or out of a collection of several.
func plainGeometry(raw json.RawMessage) json.RawMessage {
	var g struct {
		Type     string          `json:"type"`
		Geometry json.RawMessage `json:"geometry"`
		Features []struct {
			Geometry json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if json.Unmarshal(raw, &g) != nil {
		return json.RawMessage("null")
	}
	switch g.Type {
	case "Feature":
		return g.Geometry
	case "FeatureCollection":
		var all []json.RawMessage
		for _, f := range g.Features {
			all = append(all, f.Geometry)
		}
		text, err := json.Marshal(map[string]any{"type": "GeometryCollection", "geometries": all})
		if err != nil {
			return json.RawMessage("null")
		}
		return text
	}
	return raw
}
