package desk

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"truce"
	"truce/geo"
	"truce/words"
)

// Spot is a named place of a gazetteer: a disc around a point, as wide as places of its size.
type Spot struct {
	Names    []string // the usual one first
	Lat, Lon float64
	Within   float64 // metres
}

// Gazetteer finds places by their names in any script and usual spelling. It is immutable and
// safe for concurrent use.
type Gazetteer struct {
	spots []Spot
	names [][]words.Name
}

// NewGazetteer returns a gazetteer of spots.
func NewGazetteer(spots []Spot) *Gazetteer {
	g := &Gazetteer{spots: spots, names: make([][]words.Name, len(spots))}
	for i, s := range spots {
		for _, n := range s.Names {
			g.names[i] = append(g.names[i], words.NameOf(n))
		}
	}
	return g
}

// Where is a place that a text may mean.
type Where struct {
	// Pick names it between programs: "area:SY0309", "disc:33.5,36.4,2000".
	Pick  string
	Name  string
	Also  string // a further name, in another script where there is one
	Place truce.Place
	// Alike is how much its name is like what was asked, from 0 to 1; 1 for a position.
	Alike float64
}

// leastAlike is how much a name must be like what was told to be offered, and mostWhere how many
// are.
const (
	leastAlike = .82
	mostWhere  = 6
)

// Places lists what a text may mean: a position as people write it, or places of the mission
// and of a gazetteer by their names, the most alike first, the mission's own before others.
// Around the mission's ground places of the gazetteer are looked for; g may be nil.
func (r *Record) Places(ctx context.Context, g *Gazetteer, text string) ([]Where, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if p, err := geo.ParsePosition(text); err == nil {
		return []Where{whereDisc(Spot{nil, p.Lat, p.Lon, math.Ceil(p.Within)}, 1)}, nil
	}
	o, err := r.terms(ctx, 0)
	if err != nil && !errors.Is(err, noMission{}) {
		return nil, err
	}
	name := words.NameOf(text)
	var found []Where
	if err == nil {
		found = o.mission.areasLike(name)
		found = append(found, g.like(name, o.mission.ground())...)
	}
	slices.SortStableFunc(found, func(a, b Where) int { return cmp.Compare(b.Alike, a.Alike) })
	return found[:min(len(found), mostWhere)], nil
}

// areasLike are the mission's areas under names like one.
func (m *Mission) areasLike(name words.Name) []Where {
	var out []Where
	for _, code := range m.atlas.Codes() {
		a, _ := m.atlas.Area(code)
		best := 0.0
		for _, n := range append(slices.Clone(a.Names), code) {
			best = max(best, alike(name, words.NameOf(n)))
		}
		if best >= leastAlike {
			out = append(out, whereArea(a, best))
		}
	}
	return out
}

// alike says how much two names are alike; a beginning of three letters and more is enough to
// be offered, since names are typed from their beginning.
func alike(asked, name words.Name) float64 {
	like := asked.Like(name)
	if like < leastAlike && len(asked.Latin) >= 3 && strings.HasPrefix(name.Latin, asked.Latin) {
		return leastAlike
	}
	return like
}

func whereArea(a geo.Area, like float64) Where {
	w := Where{Pick: "area:" + a.Code, Name: cmp.Or(a.Name, a.Code), Alike: like, Place: truce.Place{Form: truce.FormArea, Area: a.Code}}
	if len(a.Names) > 1 {
		w.Also = a.Names[1]
	}
	return w
}

func whereDisc(s Spot, like float64) Where {
	w := Where{Alike: like, Place: truce.Place{Form: truce.FormDisc, Lat: rounded(s.Lat), Lon: rounded(s.Lon), Within: s.Within}}
	if len(s.Names) > 0 {
		w.Name = s.Names[0]
	}
	if len(s.Names) > 1 {
		w.Also = s.Names[1]
	}
	w.Pick = pickDisc(w.Place)
	return w
}

// rounded is a degree to a tenth of a metre or so: what a place is told by is no finer.
func rounded(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// box is ground in degrees.
type ground struct{ west, south, east, north float64 }

// around is how far beyond the mission's areas places are looked for, in degrees.
const around = 2

// ground is where the mission's areas lie, with what is around them; all of the world where it
// has none.
func (m *Mission) ground() ground {
	var places []truce.Place
	for _, code := range m.atlas.Codes() {
		places = append(places, truce.Place{Form: truce.FormArea, Area: code})
	}
	x, err := m.atlas.Extent(places)
	if err != nil || x.Anywhere() {
		return ground{-180, -90, 180, 90}
	}
	west, south, east, north := x.Bounds()
	return ground{west - around, south - around, east + around, north + around}
}

func (g ground) holds(s Spot) bool {
	return s.Lon >= g.west && s.Lon <= g.east && s.Lat >= g.south && s.Lat <= g.north
}

// like are the spots on some ground under names like one.
func (g *Gazetteer) like(name words.Name, on ground) []Where {
	if g == nil {
		return nil
	}
	var out []Where
	for i, s := range g.spots {
		if !on.holds(s) {
			continue
		}
		best := 0.0
		for _, n := range g.names[i] {
			best = max(best, alike(name, n))
		}
		if best >= leastAlike {
			out = append(out, whereDisc(s, best))
		}
	}
	return out
}
