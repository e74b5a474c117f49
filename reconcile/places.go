package reconcile

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"truce/geo"
	"truce/words"
)

// Place is a place of a gazetteer under the names that it bears.
type Place struct {
	Names []string `json:"names"`
	// Area is the governorate or what is like it, as the gazetteer names it; empty where it
	// does not say.
	Area string `json:"area,omitempty"`
	// Lat and Lon are WGS 84 degrees, where Placed.
	Placed   bool    `json:"-"`
	Lat, Lon float64 `json:"-"`
	// From is the gazetteer.
	From string `json:"from"`
}

// Gazetteer finds places by a name in any script and most spellings.
type Gazetteer struct {
	places []Place
	names  []spelled
	// same are names of areas that stand for one another, folded.
	same  map[string]string
	areas []words.Name // of places
}

// spelled is one name of one place, in the form in which names are compared.
type spelled struct {
	words.Name
	text  string
	place int
}

// NewGazetteer makes places findable. Same lists names of areas that a gazetteer and a bulletin
// use for one another, such as Damascus and Rural Damascus.
func NewGazetteer(places []Place, same ...[]string) *Gazetteer {
	g := &Gazetteer{places: places, same: map[string]string{}, areas: make([]words.Name, len(places))}
	for _, names := range same {
		for _, n := range names {
			g.same[areaKey(n)] = names[0]
		}
	}
	for i, p := range places {
		g.areas[i] = g.area(p.Area)
		for _, n := range p.Names {
			for _, text := range namesIn(n) {
				g.add(text, i)
			}
		}
	}
	return g
}

// add takes in a name, whole and without words for what kind of thing it is of.
func (g *Gazetteer) add(text string, place int) {
	whole := words.NameOf(text)
	if whole.Latin != "" {
		g.names = append(g.names, spelled{whole, text, place})
	}
	if short, _ := bare(text); short != "" && !whole.Bare {
		if n := words.NameOf(short); n != whole {
			g.names = append(g.names, spelled{n, text, place})
		}
	}
}

// Len is how many places there are.
func (g *Gazetteer) Len() int { return len(g.places) }

// namesIn takes apart a name with another beside it, as in "Toubal/Shalaf castle (Qallat
// Shillif)".
func namesIn(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '(' || r == ')' || r == ',' || r == ';' })
}

func areaKey(s string) string { return words.NameOf(s).Latin }

// area brings the names of one area to one.
func (g *Gazetteer) area(s string) words.Name {
	return words.NameOf(cmp.Or(g.same[areaKey(s)], s))
}

// Sighting is a place that a name may mean.
type Sighting struct {
	Place
	// As is the name of the place that the asked one is like, and Like how much, up to 1.
	As   string  `json:"as"`
	Like float64 `json:"like"`
	// Near says that the asked name speaks of the surroundings: "farms of Haush al-Fara".
	Near bool `json:"near,omitempty"`
}

// How alike two names must be: in an area that both name, and where nobody says in which.
const (
	likeInArea   = 0.93
	likeAnywhere = 0.98
)

// Find returns the places that a name may mean, the likest first; with an area only those
// there, and those of which no gazetteer says where. Nothing that is like it returns nothing.
func (g *Gazetteer) Find(name, area string) []Sighting {
	asked, near := spellings(name)
	in := g.area(area)
	best := map[int]Sighting{}
	for _, s := range g.names {
		least := likeAnywhere
		if area != "" && g.areas[s.place].Latin != "" {
			if least = likeInArea; likeness(in, g.areas[s.place]) < 0.9 {
				continue
			}
		}
		for _, want := range asked {
			like := likeness(want, s.Name)
			if had, ok := best[s.place]; like >= least && (!ok || like > had.Like) {
				best[s.place] = Sighting{g.places[s.place], strings.TrimSpace(s.text), like, near}
			}
		}
	}
	out := make([]Sighting, 0, len(best))
	for _, s := range best {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Sighting) int {
		return cmp.Or(cmp.Compare(b.Like, a.Like), strings.Compare(a.As, b.As), strings.Compare(a.From, b.From), cmp.Compare(a.Lat, b.Lat), cmp.Compare(a.Lon, b.Lon))
	})
	return out
}

// spellings are the forms in which an asked name is looked for: as it stands, without words
// for what kind of thing it is of, and with the g of a Russian spelling read as h and as j.
func spellings(name string) (out []words.Name, near bool) {
	short, near := bare(name)
	for _, text := range []string{name, short, strings.ReplaceAll(short, "g", "h"), strings.ReplaceAll(short, "g", "j")} {
		if n := words.NameOf(text); short != "" && n.Latin != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, near
}

// likeness of two names: that of their letters, or of their consonants where there are enough
// of them and all are the same. A name without vowels is like another only by these.
func likeness(a, b words.Name) float64 {
	same := a.Bones == b.Bones && len(a.Bones) >= 3
	switch {
	case a.Latin == b.Latin && a.Latin != "":
		return 1
	case (a.Bare || b.Bare) && !same, words.JaroWinkler(a.Bones, b.Bones) < 0.8:
		return 0
	case (a.Bare || b.Bare) && len(a.Bones) == 3:
		return likeInArea // three consonants are not much
	case same:
		return max(a.Like(b), likeInArea)
	}
	return a.Like(b)
}

// around are words with which a bulletin speaks of what lies around a place.
var around = strings.Fields("farms_of farms_in road_to near outskirts_of area_of vicinity_of")

// features are words for what kind of thing a name is of, which gazetteers leave out or put
// elsewhere.
var features = strings.Fields("mountain jabal jebel mount fortress castle farms camp mukhim mukheim mukhayyam mukhayam trade centre center road street " +
	"school hospital plant factory gas cement jail prison central former project apartments base airport airfield roundabout square university academy military armament")

// bare takes off what says only where about, or what kind of thing.
func bare(name string) (string, bool) {
	folded := strings.Fields(words.Latin(name))
	near := false
	for _, a := range around {
		lead := strings.Split(a, "_")
		if len(folded) > len(lead) && slices.Equal(folded[:len(lead)], lead) {
			folded, near = folded[len(lead):], true
		}
	}
	kept := slices.DeleteFunc(slices.Clone(folded), func(w string) bool { return slices.Contains(features, w) })
	if len(kept) == 0 {
		return "", near // a kind of thing without a name
	}
	return strings.Join(kept, " "), near
}

// columns of gazetteers: names, the area, and degrees.
var (
	nameColumns = strings.Fields("name place place_en place_ar where_coordinates name_en name_ar")
	areaColumns = strings.Fields("governorate adm_1 province")
)

// ReadGazetteer reads places: CSV with any of the columns name, place, place_en, place_ar,
// where_coordinates (names), governorate, adm_1, province (the area), and lat, lon or latitude,
// longitude in degrees. Rows that cannot be read are set aside.
func ReadGazetteer(name string, r io.Reader) ([]Place, []Bad, error) {
	t, err := openTable(name, r)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := column(t.header, nameColumns...); !ok {
		return nil, nil, t.wrong("there is no column with names", strings.Join(nameColumns, ", "))
	}
	var out []Place
	err = t.each(func(row *row) {
		p := row.place()
		if row.bad == nil && len(p.Names) > 0 {
			out = append(out, p)
		}
	})
	return out, t.aside, err
}

func (r *row) place() Place {
	p := Place{Area: r.text(areaColumns...), From: r.t.name}
	for _, c := range nameColumns {
		if text := r.text(c); text != "" {
			p.Names = append(p.Names, text)
		}
	}
	lat, lon := r.text("lat", "latitude"), r.text("lon", "longitude")
	if lat == "" && lon == "" {
		return p
	}
	var err error
	if p.Lat, p.Lon, err = geo.ParseLatLon(lat, lon); err != nil {
		r.refuse("lat", lat+" "+lon, "bad-place", fmt.Sprintf("%s, %s is no place", strconv.Quote(clip(lat)), strconv.Quote(clip(lon))), "degrees on WGS 84")
	}
	p.Placed = true
	return p
}

// AreasOf are the named areas of an atlas, as places; the area of each is the one of level 1
// that it lies in.
func AreasOf(a *geo.Atlas, from string) []Place {
	var out []Place
	for _, code := range a.Codes() {
		x, _ := a.Area(code)
		p := Place{Names: x.Names, From: from}
		for up, ok := x, true; ok && up.Level > 0; up, ok = a.Area(up.Parent) {
			p.Area = up.Name
		}
		if x.Level > 1 || x.Level < 0 {
			out = append(out, p)
		}
	}
	return out
}
