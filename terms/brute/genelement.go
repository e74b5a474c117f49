package brute

import (
	"fmt"
	"slices"
	"time"

	"truce"
)

// element draws an element. Most facts are narrow; a few are open, so that the worlds
// stay countable.
func (g *generator) element(i int) truce.Element {
	e := truce.Element{ID: fmt.Sprintf("E%d", i)}
	for _, field := range Fields() {
		g.Redraw(&e, field)
	}
	return e
}

// Fields names the facts of an element that can be drawn anew, as verdicts name them.
func Fields() []string {
	return []string{"time", "place", "act", "sides", "means", "control", "killed", "injured", "number",
		"response", "scale", "notified", "cleared", "delay", "effort", "raised", "occurrence"}
}

// Redraw gives one fact of an element another random set of values.
func (g *generator) Redraw(e *truce.Element, field string) {
	open := g.chance(12)
	switch field {
	case "time":
		e.When = g.when(g.chance(6))
	case "place":
		e.Where = nil
		for range 1 + bit(g.chance(20)) {
			e.Where = append(e.Where, g.where())
		}
		if g.chance(10) && !g.points { // a place near a line may be anywhere in its cell
			e.Where = nil
		}
	case "act":
		e.Acts = nil
		if g.chance(60) {
			e.Acts = some(g, g.c.acts, 1+bit(open))
		} else if !g.chance(8) {
			e.Acts = some(g, []string{"attack", "shelling", "shelling", "air-strike", "mortar-fire", "hostile-act", "combat-flight", "presence", "gain-ground", "flight"}, 1+bit(open))
		}
	case "sides":
		g.sides(e)
	case "means":
		e.Means = g.tools()
	case "control":
		e.Control = nil
		if !open {
			e.Control = some(g, g.ids(), 1+bit(g.chance(30)))
		}
	case "killed":
		e.Killed = g.count()
	case "injured":
		e.Injured = g.count()
	case "number":
		e.Number = g.count()
	case "raised":
		e.Raised = nil
		if g.chance(40) {
			e.Raised = []string{pickOne(g, []string{"self-defence", "X0", "X1", "nothing"})}
		}
	case "occurrence":
		e.Doubted = g.chance(8)
	default:
		g.fact(e, field)
	}
}

func (g *generator) fact(e *truce.Element, name string) {
	if e.Facts == nil {
		e.Facts = map[string]truce.Values{}
	}
	delete(e.Facts, name)
	if g.chance(40) {
		return
	}
	words := map[string][]string{"response": {"immediate", "delayed"}, "scale": {"proportionate", "excessive", "massive"},
		"notified": {"yes", "no"}, "cleared": {"yes", "no"}, "effort": {"made", "none"}}[name]
	if words == nil {
		low := float64(pickOne(g, []int{6, 12, 24, 30, 48}))
		e.Facts[name] = truce.Values{Number: &truce.Range{Low: low, High: low + float64(g.IntN(2)*18)}}
		return
	}
	e.Facts[name] = truce.Values{Words: some(g, words, 1+bit(g.chance(25)))}
}

func (g *generator) count() *truce.Range {
	if g.chance(35) {
		return nil
	}
	low := float64(g.IntN(10))
	return &truce.Range{Low: low, High: low + float64(bit(g.chance(30))*g.IntN(5))}
}

func (g *generator) when(unknown bool) []truce.When {
	if unknown {
		return nil
	}
	var out []truce.When
	for range 1 + bit(g.chance(20)) {
		_, from := g.wall(24*g.IntN(6)-12, hours-48)
		w := truce.When{From: from, To: from}
		if g.chance(50) {
			w.From = from.Add(time.Duration(g.IntN(7200)-3600) * time.Second)
			w.To = w.From
		}
		switch g.IntN(5) {
		case 0, 1:
			w.To = w.From.Add(time.Duration(2+g.IntN(40*3600)) * time.Second)
		case 2:
			w.To = w.From.Add(time.Duration(2+g.IntN(40*3600)) * time.Second)
			w.Lasts = true
		}
		w.From, w.To = w.From.UTC(), w.To.UTC()
		out = append(out, w)
	}
	return out
}

func (g *generator) where() truce.Place {
	if g.points || g.chance(50) {
		lat, lon := float64(south+g.IntN(north-south))+0.5, float64(west+g.IntN(east-west))+0.5
		if g.chance(30) {
			return truce.Place{Form: truce.FormDisc, Lat: lat, Lon: lon, Within: 5000}
		}
		return truce.Place{Form: truce.FormShape, Shape: fmt.Sprintf(`{"type":"Point","coordinates":[%g,%g]}`, lon, lat)}
	}
	if g.chance(25) {
		lat, lon := float64(south+g.IntN(north-south))+0.5, float64(west+g.IntN(east-west-1))+0.5
		return truce.Place{Form: truce.FormShape, Shape: fmt.Sprintf(`{"type":"LineString","coordinates":[[%g,%g],[%g,%g]]}`, lon, lat, lon+1, lat)}
	}
	return truce.Place{Form: truce.FormShape, Shape: shape(g.boxes())}
}

func (g *generator) tools() []truce.Means {
	if g.chance(8) {
		return nil
	}
	var out []truce.Means
	for range 1 + bit(g.chance(15)) {
		m := truce.Means{Kind: pickOne(g, []string{"artillery", "howitzer", "mortar", "heavy-mortar", "rifle", "tank", "weapon"})}
		if len(g.c.kinds) > 0 && g.chance(60) {
			m.Kind = pickOne(g, g.c.kinds)
		}
		if g.chance(65) {
			low := float64(pickOne(g, []int{60, 82, 99, 100, 120, 152}))
			m.Num = map[string]truce.Range{"calibre": {Low: low, High: low + float64(bit(g.chance(30))*20)}}
		}
		if g.chance(30) {
			if m.Num == nil {
				m.Num = map[string]truce.Range{}
			}
			low := float64(pickOne(g, []int{5000, 10000, 20000}))
			m.Num["range"] = truce.Range{Low: low, High: low + 5000}
		}
		out = append(out, m)
	}
	return out
}

// sides draws who acted against whom.
func (g *generator) sides(e *truce.Element) {
	e.Mutual = g.chance(12)
	e.By = g.candidates()
	e.Against = g.candidates()
	if !e.Mutual && g.chance(10) {
		e.By = nil
	}
	if !e.Mutual && g.chance(12) {
		e.Against = nil
	} else if !e.Mutual && g.chance(5) {
		e.Against = []string{nobody}
	}
}

func (g *generator) candidates() []string {
	ids := g.ids()
	if g.umbrella {
		ids = append(ids, "bloc", "bloc")
	}
	if g.chance(12) {
		ids = append(ids, "*")
	}
	if g.chance(10) {
		ids = append(ids, "?strangers")
	}
	out := some(g, ids, 1+bit(g.chance(25))+bit(g.chance(10)))
	slices.Sort(out)
	return slices.Compact(out)
}
