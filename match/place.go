package match

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"truce"
	"truce/words"
)

// disc is where something may have been: degrees on WGS 84 and metres around.
type disc struct{ lat, lon, within float64 }

// discs returns a disc around each place; nil when one of them is unknown.
func (m *Matcher) discs(places []truce.Place) []disc {
	var out []disc
	for _, p := range places {
		d, ok := m.disc(p)
		if !ok {
			return nil
		}
		out = append(out, d)
	}
	return out
}

func (m *Matcher) disc(p truce.Place) (disc, bool) {
	switch {
	case p.Form == truce.FormUnknown:
		return disc{}, false
	case p.Form == truce.FormDisc:
		return disc{p.Lat, p.Lon, p.Within}, true
	case m.known.Atlas == nil:
		return disc{}, false
	}
	x, err := m.known.Atlas.Extent([]truce.Place{p})
	if err != nil || x.Anywhere() {
		return disc{}, false
	}
	west, south, east, north := x.Bounds()
	d := disc{lat: (south + north) / 2, lon: (west + east) / 2}
	d.within = metres(d, disc{lat: north, lon: east})
	return d, true
}

func whereKey(list []truce.Place) string {
	key := ""
	for _, p := range list {
		key += fmt.Sprint(p)
	}
	return key
}

// metres is the distance of two middles by the mid-latitude formula, right to a hundredth up
// to 300 km. Levels of distance are far coarser.
func metres(a, b disc) float64 {
	dLon := math.Abs(a.lon - b.lon)
	if dLon > 180 {
		dLon = 360 - dLon
	}
	x := dLon * 111320 * math.Cos((a.lat+b.lat)/2*math.Pi/180)
	y := (a.lat - b.lat) * 111130
	return math.Sqrt(x*x + y*y)
}

// Extents of up to 12 km are a town or less and compared by distance; wider ones by whether the
// one lies in the other.
const (
	local    = 12e3
	regional = 60e3
)

// comparePlace takes the nearest pair of places.
func comparePlace(a, b *Account, p *Part) {
	for _, x := range a.where {
		for _, y := range b.where {
			far := metres(x, y)
			if l := placeLevel(x, y, far); p.Level == 0 || l < p.Level || l == p.Level && far < p.Amount*1000 {
				p.Level, p.Amount, p.Of = l, far/1000, max(x.within, y.within)/1000
			}
		}
	}
}

func placeLevel(x, y disc, far float64) Level {
	wide := max(x.within, y.within)
	switch {
	case wide > regional && far <= x.within+y.within:
		return InRegion
	case wide > local && far <= x.within+y.within:
		return InExtent
	case wide > local && far <= x.within+y.within+16e3:
		return ByExtent
	case wide > local:
		return Elsewhere
	}
	for i, km := range steps {
		if far < km*1000 {
			return Spot + Level(i)
		}
	}
	return Elsewhere
}

// steps are the distances in km at which one level of nearness ends.
var steps = [...]float64{0.25, 1, 2, 4, 8, 16, 32}

// placeName is what a source calls a place.
type placeName struct {
	words.Name
	parts []string // the consonants of its words, those with two or more
	// pieces are the parts of each of the names that it is put together of: "Raqqa: White Garden (park)"
	// names a town, a quarter in it and what that is.
	pieces [][]string
}

func placeNames(list []truce.Place) []placeName {
	var out []placeName
	for _, p := range list {
		n := placeName{Name: words.NameOf(p.Name)}
		n.parts = partsOf(n.Latin)
		for _, piece := range strings.FieldsFunc(p.Name, func(r rune) bool { return strings.ContainsRune(",;:/()[]،؛", r) }) {
			if parts := partsOf(words.NameOf(piece).Latin); parts != nil {
				n.pieces = append(n.pieces, parts)
			}
		}
		if n.Latin != "" && !slices.ContainsFunc(out, func(o placeName) bool { return o.Latin == n.Latin }) {
			out = append(out, n)
		}
	}
	return out
}

// partsOf are the consonants of the words of a name that can tell it from another.
func partsOf(latin string) []string {
	var out []string
	for w := range strings.FieldsSeq(latin) {
		if b := words.Bones(w); len(b) > 1 && !strings.Contains(" near and or between next to ", " "+w+" ") {
			out = append(out, b)
		}
	}
	return out
}

// compareNames compares what the places are called.
func compareNames(a, b *Account, p *Part) {
	for _, x := range a.names {
		for _, y := range b.names {
			if l := nameLevel(x, y); p.Level == 0 || l < p.Level {
				p.Level = l
			}
		}
	}
}

func nameLevel(x, y placeName) Level {
	like := x.Like(y.Name)
	switch {
	case like > 0.92:
		return SameName
	case slices.ContainsFunc(x.parts, func(w string) bool { return len(w) > 2 && slices.Contains(y.parts, w) }):
		return SharedName
	case like > 0.84 || (x.Bare || y.Bare) && x.Bones == y.Bones && x.Bones != "":
		return LikeName
	}
	return OtherName
}
