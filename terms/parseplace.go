package terms

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (d *decoder) places(n *yaml.Node, out map[string]Named) {
	for _, f := range d.fields(n, "places") {
		d.mark("places/"+f.key, f.name)
		out[f.key] = d.named(f.value, "place "+f.key)
	}
}

func (d *decoder) named(n *yaml.Node, what string) Named {
	var p Named
	var sides map[string]string
	forms := 0
	form := func(read func(*yaml.Node)) func(*yaml.Node) {
		return func(v *yaml.Node) { forms++; read(v) }
	}
	needs := func(v **yaml.Node) func(*yaml.Node) { return func(n *yaml.Node) { *v = n } }
	var radius, bearing, rng, straight *yaml.Node
	d.each(n, what, map[string]func(*yaml.Node){
		"area":     form(func(v *yaml.Node) { p.Areas = d.list(v, what+" area") }),
		"disc":     form(func(v *yaml.Node) { p.Disc = &Disc{}; p.Disc.Lat, p.Disc.Lon = d.latlon(v, what) }),
		"sector":   form(func(v *yaml.Node) { p.Sector = &Sector{}; p.Sector.Lat, p.Sector.Lon = d.latlon(v, what) }),
		"line":     form(func(v *yaml.Node) { p.Line = &Line{Shape: d.geometry(v, what)} }),
		"file":     form(func(v *yaml.Node) { p.Shape = d.fileText(v, what) }),
		"shape":    form(func(v *yaml.Node) { p.Shape = d.geometry(v, what) }),
		"union":    form(func(v *yaml.Node) { p.Union = d.list(v, what+" union") }),
		"outside":  form(func(v *yaml.Node) { p.Outside = d.text(v, what+" outside") }),
		"note":     func(v *yaml.Node) { p.Note = d.text(v, what+" note") },
		"sides":    func(v *yaml.Node) { sides = d.sides(v, what) },
		"radius":   needs(&radius),
		"bearing":  needs(&bearing),
		"range":    needs(&rng),
		"straight": needs(&straight),
	})
	if forms != 1 {
		d.bad(n, "place", "exactly one of area, disc, sector, line, file, shape, union, outside", "%s has %d forms", what, forms)
		return p
	}
	switch {
	case p.Disc != nil && radius != nil:
		p.Disc.Radius = d.metres(radius, what+" radius")
	case p.Disc != nil:
		d.bad(n, "missing-key", "radius:", "%s is a disc without a radius", what)
	case p.Sector != nil && (bearing == nil || rng == nil):
		d.bad(n, "missing-key", "bearing: and range:", "%s is a sector without them", what)
	case p.Sector != nil:
		d.pair(bearing, what+" bearing", &p.Sector.Bearing, d.number)
		d.pair(rng, what+" range", &p.Sector.Range, d.metres)
	case p.Line != nil:
		p.Line.Left, p.Line.Right = sides["left"], sides["right"]
		p.Line.Chart = straight != nil && d.oneOf(straight, what+" straight", "geodesic", "chart") == "chart"
	}
	return p
}

func (d *decoder) sides(n *yaml.Node, what string) map[string]string {
	out := map[string]string{}
	d.each(n, what+" sides", map[string]func(*yaml.Node){
		"left":  func(v *yaml.Node) { out["left"] = d.text(v, what+" left") },
		"right": func(v *yaml.Node) { out["right"] = d.text(v, what+" right") },
	})
	return out
}

func (d *decoder) pair(n *yaml.Node, what string, out *[2]float64, read func(*yaml.Node, string) float64) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.bad(n, "kind", "a list of two", "%s is %s", what, kindName(n))
		return
	}
	out[0], out[1] = read(follow(n.Content[0]), what), read(follow(n.Content[1]), what)
}

func (d *decoder) latlon(n *yaml.Node, what string) (lat, lon float64) {
	var p [2]float64
	d.pair(n, what+" [latitude, longitude]", &p, d.number)
	if p[0] < -90 || p[0] > 90 {
		d.bad(n, "latitude", "a latitude from -90 to 90, then a longitude", "%s: latitude %v", what, p[0])
	}
	if p[1] < -180 || p[1] > 180 {
		d.bad(n, "longitude", "a longitude from -180 to 180", "%s: longitude %v", what, p[1])
	}
	return p[0], p[1]
}

// geometry reads a GeoJSON geometry written in place, or the name of a file with one.
func (d *decoder) geometry(n *yaml.Node, what string) string {
	if n.Kind == yaml.ScalarNode {
		return d.fileText(n, what)
	}
	var v any
	if err := n.Decode(&v); err != nil {
		d.bad(n, "shape", "a GeoJSON geometry", "%s: %v", what, err)
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		d.bad(n, "shape", "a GeoJSON geometry", "%s: %v", what, err)
	}
	return string(text)
}

// place reads a place expression.
func (d *decoder) place(n *yaml.Node, what string) *Place {
	d.mark(what, n)
	switch n.Kind {
	case yaml.ScalarNode:
		if s := d.text(n, what); s != "" {
			return &Place{Ref: s}
		}
	case yaml.SequenceNode:
		p := &Place{}
		for _, c := range n.Content {
			if q := d.place(follow(c), what); q != nil {
				p.Any = append(p.Any, q)
			}
		}
		if len(p.Any) > 0 {
			return p
		}
	case yaml.MappingNode:
		return d.placeMap(n, what)
	}
	d.bad(n, "place", "a place's name, an area code, a list of them, or {of:}, {near:}, {control:}", "%s is %s", what, kindName(n))
	return nil
}

func (d *decoder) placeMap(n *yaml.Node, what string) *Place {
	p := &Place{}
	for _, f := range d.fields(n, what) {
		switch f.key {
		case "all":
			if all := d.place(f.value, what+" all"); all != nil {
				p.All = all.Any
			}
		case "place":
			p.Ref = d.text(f.value, what+" place")
		case "near":
			p.Ref = d.text(f.value, what+" near")
		case "distance":
			p.Distance = d.metres(f.value, what+" distance")
		case "control":
			p.Control = d.text(f.value, what+" control")
		case "of":
			p.Base = map[string]string{}
			if f.value.Kind == yaml.ScalarNode {
				p.Base[""] = d.text(f.value, what+" of")
				continue
			}
			for _, b := range d.fields(f.value, what+" of") {
				p.Base[b.key] = d.text(b.value, what+" of "+b.key)
			}
		default: // a side of the line
			if p.Sides == nil {
				p.Sides = map[string]float64{}
			}
			p.Sides[f.key] = d.metres(f.value, what+" "+f.key)
		}
	}
	near := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		near = near || n.Content[i].Value == "near"
	}
	if forms := btoi(p.Base != nil) + btoi(p.Ref != "") + btoi(p.Control != "") + btoi(p.All != nil); forms > 1 {
		d.bad(n, "place", "one of of:, near:, place:, control:, all:", "%s has %d forms", what, forms)
	}
	switch {
	case near != (p.Distance > 0):
		d.bad(n, "place", "near: with a distance: above 0", "%s has one without the other", what)
	case p.Base != nil && len(p.Sides) == 0:
		d.bad(n, "belt", "a distance for each side, such as north: 3500 m, both: 500 m, own side: 25 km", "%s has a base line and no distance", what)
	case p.Base == nil && len(p.Sides) > 0:
		d.bad(n, "unknown-key", "place, of, near, distance, control", "%s has no key %q", what, strings.Join(sortedKeys(p.Sides), ", "))
	case p.Base == nil && p.Ref == "" && p.Control == "" && len(p.All) == 0:
		d.bad(n, "place", "of:, near:, place:, control:, or all: with a list", "%s says no place", what)
	}
	return p
}
