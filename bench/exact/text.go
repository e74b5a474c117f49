package exact

import (
	"encoding/json"
	"fmt"
	"strings"

	"truce/bench/world"
)

// Register writes the world's actors as a register. Each party is a list, since entries
// on a list are dated and add nobody to the actors.
func Register(w *world.World) string {
	var b strings.Builder
	b.WriteString("register: 1\nzone: UTC\nlists:\n")
	listed := make([][]string, len(w.Actors))
	for p, party := range w.Parties {
		fmt.Fprintf(&b, "  list-%02d: Party %d\n", p, p)
		for _, m := range party {
			entry := fmt.Sprintf("{list: list-%02d", p)
			if m.Dated() {
				entry += fmt.Sprintf(", from: %s, to: %s", date(m.From), date(m.To))
			}
			listed[m.Actor] = append(listed[m.Actor], entry+"}")
		}
	}
	b.WriteString("actors:\n")
	for a, name := range w.Actors {
		fmt.Fprintf(&b, "  - {id: %s, kind: non-state-armed-group, names: [%s], listed: [%s]}\n",
			actor(a), name, strings.Join(listed[a], ", "))
	}
	return b.String()
}

func date(d world.Day) string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

func actor(a int) string { return fmt.Sprintf("actor-%03d", a) }

// Areas writes the world's polygons as the boundary file of a mission, GeoJSON.
func Areas(w *world.World) string {
	var features []string
	for _, z := range w.Zones {
		if z.Ring != nil {
			features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q},"geometry":{"type":"Polygon","coordinates":[%s]}}`,
				z.Name, z.Name, positions(append(z.Ring[:len(z.Ring):len(z.Ring)], z.Ring[0]))))
		}
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

func positions(line []world.Point) string {
	var b strings.Builder
	for i, p := range line {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "[%s,%s]", degrees(p.Lon), degrees(p.Lat))
	}
	return "[" + b.String() + "]"
}

// degrees writes micro-degrees; those of the world are positive.
func degrees(micro int32) string { return fmt.Sprintf("%d.%06d", micro/1e6, micro%1e6) }

// Line is the file of a corridor's line, GeoJSON.
func Line(z world.Zone) string {
	return `{"type":"LineString","coordinates":` + positions(z.Line) + `}`
}

// point reports whether a corridor's line has no length.
func point(z world.Zone) bool {
	for _, p := range z.Line {
		if p != z.Line[0] {
			return false
		}
	}
	return true
}

// Text writes an agreement in the terms language.
func Text(w *world.World, number int) string {
	a := w.Agreements[number]
	var b strings.Builder
	fmt.Fprintf(&b, "truce: 1\nagreement: agreement-%02d\ntitle: Agreement %d\nform: agreement\nzone: UTC\nin_force: %s\n",
		number, number, span(a.From, a.To))
	fmt.Fprintf(&b, "means: {%s: [%s]}\n", meansRoot, strings.Join(kinds(w, 1<<len(w.Means)-1), ", "))
	b.WriteString("parties:\n")
	for p := range w.Parties {
		fmt.Fprintf(&b, "  party-%02d: {listed: list-%02d}\n", p, p)
	}
	for k, t := range a.Terms {
		if t.Except != world.None {
			fmt.Fprintf(&b, "  bound-%d: {parties: [party-%02d], except: [party-%02d]}\n", k, t.By, t.Except)
		}
	}
	b.WriteString("places:\n")
	for z, zone := range w.Zones {
		b.WriteString("  place-" + zone.Name + ": " + named(z, zone) + "\n")
	}
	b.WriteString("clauses:\n")
	for k, t := range a.Terms {
		b.WriteString(clause(w, k, t))
	}
	return b.String()
}

func span(from, to world.Day) string { return date(from) + " .. " + date(to) }

// named is what stands for a zone under "places".
func named(z int, zone world.Zone) string {
	switch {
	case z < world.FirstCorridor:
		return "{area: " + zone.Name + "}"
	case point(zone):
		p := zone.Line[0]
		return fmt.Sprintf("{disc: [%s, %s], radius: %g m}", degrees(p.Lat), degrees(p.Lon), zone.Metres)
	}
	return "{line: " + zone.Name + ".geojson, straight: chart}"
}

// place is what stands for a zone in a clause.
func place(z int, zone world.Zone) string {
	if z < world.FirstCorridor || point(zone) {
		return "place-" + zone.Name
	}
	return fmt.Sprintf("{of: place-%s, both: %g m}", zone.Name, zone.Metres)
}

func clause(w *world.World, k int, t world.Term) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: T%d\n    forbid: attack\n    during: %s\n", k, span(t.From, t.To))
	line := func(key, value string) { fmt.Fprintf(&b, "    %s: %s\n", key, value) }
	if by := fmt.Sprintf("party-%02d", t.By); t.Except == world.None {
		line("by", by)
	} else {
		line("by", fmt.Sprintf("bound-%d", k))
	}
	if t.Against != world.None {
		line("against", fmt.Sprintf("party-%02d", t.Against))
	}
	if t.Means != 0 {
		line("means", "["+strings.Join(kinds(w, t.Means), ", ")+"]")
	}
	if t.Place != nil {
		var places []string
		for _, z := range t.Place {
			places = append(places, place(z, w.Zones[z]))
		}
		line("within", "["+strings.Join(places, ", ")+"]")
	}
	if t.Not != world.None {
		line("outside", place(t.Not, w.Zones[t.Not]))
	}
	if t.Deaths > 0 {
		line("when", fmt.Sprintf("killed >= %d.0", t.Deaths))
	}
	return b.String()
}

// kinds are the words for a set of means. The prefix keeps the invented words apart from
// those of the language.
func kinds(w *world.World, set uint32) []string {
	var out []string
	for m, word := range w.Means {
		if set>>m&1 == 1 {
			out = append(out, "means-"+word)
		}
	}
	return out
}

// load serves the files that the agreements name.
func load(w *world.World) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		for _, z := range w.Zones[world.FirstCorridor:] {
			if z.Name+".geojson" == name {
				return json.RawMessage(Line(z)), nil
			}
		}
		return nil, fmt.Errorf("the world has no file %q", name)
	}
}
