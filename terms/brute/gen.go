package brute

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"truce/terms"
)

// generator draws a case.
type generator struct {
	*rand.Rand
	c         *Case
	parties   []string
	areas     []string // names of places made of whole cells
	lines     []string
	points    bool // distances decide, so elements lie in the middle of cells
	umbrella  bool
	leaving   bool // actors may leave again; parties that accept then have no names, since leaving ends what names bind
	stepped   map[string]bool
	accepting []string // parties whose acceptances are beyond doubt
	bothEnds  bool     // a window may be given an end and a length that disagree
}

// elementsEach is how many elements are judged under one agreement.
const elementsEach = 10

// New makes the case of a seed. The same seed makes the same case.
func New(seed uint64) *Case {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 77)), c: &Case{Seed: seed, exprs: map[string]*Expr{}}, stepped: map[string]bool{}}
	where := pickOne(g, places())
	g.c.zone = zoneOf(where.zone)
	g.c.base = where.base
	g.umbrella, g.leaving = g.chance(25), g.chance(50)
	g.persons()
	text := g.agreement(where.zone)
	g.c.Agreement = text
	g.c.Register = g.register(where.zone)
	for range elementsEach {
		g.c.Elements = append(g.c.Elements, g.element(len(g.c.Elements)))
	}
	return g.c
}

// somewhere is a zone and a first day, some with a change of clocks ahead.
type somewhere struct {
	zone string
	base time.Time
}

func places() []somewhere {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	return []somewhere{
		{"Asia/Damascus", day(2016, 3, 20)}, // jump on 25 March 00:00
		{"Asia/Damascus", day(2016, 10, 24)},
		{"Europe/Kyiv", day(2015, 10, 20)}, // back on 25 October 04:00
		{"America/New_York", day(2021, 3, 9)},
		{"Asia/Aden", day(2022, 4, 2)},
	}
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pickOne[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// some returns n distinct entries, or all.
func some[T any](g *generator, from []T, n int) []T {
	out := slices.Clone(from)
	g.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}

// wall is a full hour of the case's days, as text and as the instant it means.
func (g *generator) wall(from, to int) (string, time.Time) {
	w := g.c.base.Add(time.Duration(from+g.IntN(to-from)) * time.Hour)
	if g.chance(25) { // where clocks change, hours matter
		w = time.Date(w.Year(), w.Month(), w.Day(), 0, 0, 0, 0, time.UTC)
	}
	return w.Format("2006-01-02 15:04"), resolve(w, g.c.zone)
}

const hours = days * 24

// persons draws who is who.
func (g *generator) persons() {
	tb := &g.c.table
	plain := []Person{
		{ID: "army", Kind: "state-forces", Armed: true},
		{ID: "front", Kind: "non-state-armed-group", Armed: true},
		{ID: "militia", Kind: "state-aligned-militia", Armed: true},
		{ID: "brigade", Kind: "non-state-armed-group", Armed: true},
		{ID: "police", Kind: "police", Armed: true},
		{ID: "villagers", Kind: "civilians"},
		{ID: "envoys", Kind: "international-mission"},
	}
	tb.Persons = plain[:3+g.IntN(5)]
	g.ties()
	g.stays()
	if g.umbrella {
		p := Person{ID: "bloc", Kind: "umbrella", Umbrella: true, Open: g.chance(30)}
		for _, m := range some(g, []string{"front", "militia", "army"}, 1+g.IntN(3)) {
			p.Members = append(p.Members, m)
		}
		slices.Sort(p.Members)
		tb.Persons = append(tb.Persons, p)
	}
}

// ties are all of one kind in a case: how kinds combine is not the language's business.
func (g *generator) ties() {
	kinds := pickOne(g, [][]string{nil, {"part-of"}, {"allied"}, {"supports"}})
	ps := g.c.table.Persons
	for i := 2; i < len(ps) && kinds != nil; i++ {
		if g.chance(50) {
			continue
		}
		t := Tie{Kind: kinds[0], Other: ps[g.IntN(2)].ID, Claimed: g.chance(40)}
		if t.Kind == "part-of" && g.chance(30) {
			t.Other = ps[g.IntN(i)].ID
		}
		if g.chance(50) {
			_, t.From = g.wall(0, hours/2)
		}
		if g.chance(30) {
			_, t.To = g.wall(hours/2, hours)
		}
		ps[i].Ties = []Tie{t}
	}
}

func (g *generator) stays() {
	ps := g.c.table.Persons
	for i := range ps {
		if !g.chance(25) {
			continue
		}
		s := Stay{List: "blacklist"}
		if g.chance(50) {
			_, s.From = g.wall(0, hours/2)
		}
		if g.chance(40) {
			_, s.To = g.wall(hours/2, hours)
		}
		ps[i].Stays = []Stay{s}
	}
}

// steps draws who accepted as a party and when. Who is part of another accepts nothing
// itself, so that the two never disagree.
func (g *generator) steps(as string) {
	if g.stepped[as] {
		return
	}
	g.stepped[as] = true
	ps := g.c.table.Persons
	for i := range ps {
		p := &ps[i]
		if p.Umbrella && slices.ContainsFunc(ps, func(o Person) bool { return len(o.Ties) > 0 && o.Ties[0].Kind == "part-of" }) {
			continue
		}
		if !g.chance(45) || slices.ContainsFunc(p.Ties, func(t Tie) bool { return t.Kind == "part-of" }) {
			continue
		}
		_, at := g.wall(-24, hours/2)
		p.Steps = append(p.Steps, Step{As: as, Status: "accepted", At: at, Claimed: g.chance(25)})
		if !p.Umbrella && g.leaving && g.chance(40) {
			_, at := g.wall(hours/2, hours)
			leaves := []string{"withdrawn", "excluded", "suspended", "notice"}
			if p.Steps[len(p.Steps)-1].Claimed { // whether notice says that it was bound is not for us to say
				leaves = leaves[:3]
			}
			p.Steps = append(p.Steps, Step{as, pickOne(g, leaves), at, g.chance(25)})
		}
	}
}

// stamp writes an instant for the register.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }

// register prints the table.
func (g *generator) register(zone string) string {
	var b strings.Builder
	span := func(from, to time.Time) {
		if !from.IsZero() {
			fmt.Fprintf(&b, ", from: '%s'", stamp(from))
		}
		if !to.IsZero() {
			fmt.Fprintf(&b, ", to: '%s'", stamp(to))
		}
	}
	standing := func(claimed bool) string {
		if claimed {
			return "claimed"
		}
		return "established"
	}
	fmt.Fprintf(&b, "register: 1\nzone: %s\nlists: {blacklist: The black list}\nactors:\n", zone)
	var steps strings.Builder
	for _, p := range g.c.table.Persons {
		fmt.Fprintf(&b, "  - id: %s\n    kind: %s\n    names: [%s]\n", p.ID, p.Kind, p.ID)
		if p.Umbrella {
			fmt.Fprintf(&b, "    members: [%s]\n", strings.Join(p.Members, ", "))
		}
		if p.Open {
			b.WriteString("    open: yes\n")
		}
		if len(p.Ties) > 0 {
			b.WriteString("    links:\n")
		}
		for _, t := range p.Ties {
			fmt.Fprintf(&b, "      - {%s: %s, standing: %s", t.Kind, t.Other, standing(t.Claimed))
			span(t.From, t.To)
			b.WriteString("}\n")
		}
		if len(p.Stays) > 0 {
			b.WriteString("    listed:\n")
		}
		for _, s := range p.Stays {
			fmt.Fprintf(&b, "      - {list: %s", s.List)
			span(s.From, s.To)
			b.WriteString("}\n")
		}
		for _, s := range p.Steps {
			fmt.Fprintf(&steps, "  - {agreement: brute, actor: %s, as: %s, status: %s, at: '%s', by: them, standing: %s}\n",
				p.ID, s.As, s.Status, stamp(s.At), standing(s.Claimed))
		}
	}
	if steps.Len() > 0 {
		b.WriteString("adherence:\n" + steps.String())
	}
	return b.String()
}

// agreement draws and prints the text.
func (g *generator) agreement(zone string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "truce: 1\nagreement: brute\ntitle: Case %d\nform: agreement\nzone: %s\n", g.c.Seed, zone)
	from, _ := g.wall(0, 96)
	inForce := "'" + from + " ..'"
	if g.chance(40) {
		to, _ := g.wall(200, hours)
		inForce = fmt.Sprintf("'%s .. %s'", from, to)
		if g.chance(25) {
			x, _ := g.wall(100, 140)
			y, _ := g.wall(150, 190)
			inForce = fmt.Sprintf("['%s .. %s', '%s .. %s']", from, x, y, to)
		}
	}
	fmt.Fprintf(&b, "in_force: %s\nsigned: '%s'\n", inForce, from)
	if g.chance(30) {
		g.c.table.Notice = terms.Length{Days: 1}
		b.WriteString("notice: 1 days\n")
	}
	b.WriteString("facts: {response: [immediate, delayed], scale: [proportionate, excessive, massive], notified: yes/no, cleared: yes/no, delay: number, effort: [made, none]}\n")
	b.WriteString("acts: {attack: [mortar-fire], hostile-act: [taunting]}\nmeans: {mortar: [heavy-mortar]}\n")
	g.moments(&b)
	g.drawParties(&b)
	g.drawPlaces(&b)
	if g.chance(25) {
		fmt.Fprintf(&b, "where: %s\n", g.place(true))
	}
	g.drawClauses(&b)
	return b.String()
}

func (g *generator) moments(b *strings.Builder) {
	_, at := g.wall(48, hours)
	at2, _ := g.wall(24, hours)
	g.c.Declared = []terms.Declared{{Agreement: "brute", Moment: "day-d", At: at, By: "the chair"}}
	fmt.Fprintf(b, "moments: {day-d: {declared_by: the chair}, day-e: {at: '%s'}}\n", at2)
}

func (g *generator) ids() []string {
	var out []string
	for _, p := range g.c.table.Persons {
		if !p.Umbrella {
			out = append(out, p.ID)
		}
	}
	return out
}

func (g *generator) drawParties(b *strings.Builder) {
	b.WriteString("parties:\n")
	for _, name := range []string{"gov", "opp", "third", "all", "rest"}[:2+g.IntN(4)] {
		fmt.Fprintf(b, "  %s: {%s}\n", name, strings.Join(g.party(name), ", "))
		g.parties = append(g.parties, name)
	}
	if len(g.accepting) > 0 && g.chance(25) {
		fmt.Fprintf(b, "needs: %s\n", list(some(g, g.accepting, 1+g.IntN(2))))
	}
}

func list(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

func (g *generator) party(name string) []string {
	var keys []string
	if g.chance(6) {
		keys = append(keys, "anyone: yes")
	}
	if g.chance(60) {
		keys = append(keys, "actors: "+list(some(g, g.ids(), 1+g.IntN(2))))
		if g.chance(50) {
			keys = append(keys, "with: "+pickOne(g, []string{"associated", "part-of", "[allied, supports]"}))
		}
	}
	accepts := false
	if len(keys) < 2 && !(g.leaving && len(keys) > 0) && g.chance(40) {
		accepts = g.leaving
		at, _ := g.wall(0, hours/2)
		keys = append(keys, "adhering: "+pickOne(g, []string{"yes", "'" + at + "'", "{from: '" + at + "', as: signatory}", "{as: signatory}"}))
		as := map[bool]string{true: "signatory", false: name}[strings.Contains(keys[len(keys)-1], "signatory")]
		g.steps(as)
		if g.beyondDoubt(as) && !strings.Contains(keys[len(keys)-1], at) {
			g.accepting = append(g.accepting, name)
		}
	}
	if !accepts && len(keys) < 2 && g.chance(25) {
		keys = append(keys, "listed: blacklist")
	}
	if !accepts && g.chance(15) {
		keys = append(keys, "kind: "+list(some(g, []string{"state-forces", "non-state-armed-group", "police", "civilians"}, 2)))
	}
	if len(g.parties) > 0 && (len(keys) == 0 || g.chance(20)) {
		keys = append(keys, "parties: "+list(some(g, g.parties, 1+g.IntN(2))))
	}
	if len(keys) == 0 {
		keys = append(keys, "actors: "+list(some(g, g.ids(), 2)))
	}
	if len(g.parties) > 0 && g.chance(25) {
		keys = append(keys, "except: "+list(some(g, g.parties, 1)))
	}
	return keys
}

// box draws a rectangle of cells.
func (g *generator) box() box {
	lat, lon := south+g.IntN(north-south), west+g.IntN(east-west)
	return box{lat, lon, min(north, lat+1+g.IntN(2)), min(east, lon+1+g.IntN(2))}
}

func (g *generator) boxes() []box {
	out := []box{g.box()}
	for range 3 {
		if b := g.box(); g.chance(30) && !slices.ContainsFunc(out, func(o box) bool { return !b.apart(o) }) {
			out = append(out, b)
		}
	}
	return out
}

func (g *generator) drawPlaces(b *strings.Builder) {
	b.WriteString("places:\n")
	for _, name := range []string{"alpha", "beta", "gamma"}[:1+g.IntN(3)] {
		fmt.Fprintf(b, "  %s: {shape: %s}\n", name, shape(g.boxes()))
		g.areas = append(g.areas, name)
	}
	if g.chance(25) {
		fmt.Fprintf(b, "  sum: {union: %s}\n", list(some(g, g.areas, 2)))
		g.areas = append(g.areas, "sum")
	}
	if g.chance(25) {
		fmt.Fprintf(b, "  rest: {outside: %s}\n", pickOne(g, g.areas))
		g.areas = append(g.areas, "rest")
	}
	if g.points = g.chance(30); g.points {
		for _, name := range []string{"front-line", "old-line"} {
			fmt.Fprintf(b, "  %s: {line: %s, sides: {left: gov, right: opp}}\n", name, meridian(west+1+g.IntN(3)))
			g.lines = append(g.lines, name)
		}
	}
}

// place draws a place expression; plain ones do not ask who acts or holds the ground.
func (g *generator) place(plain bool) string {
	var forms []string
	forms = append(forms, pickOne(g, g.areas), pickOne(g, g.areas), list(some(g, g.areas, 2)))
	if !plain {
		forms = append(forms, "{control: "+pickOne(g, append([]string{"own"}, g.parties...))+"}",
			fmt.Sprintf("[%s, {control: %s}]", pickOne(g, g.areas), pickOne(g, g.parties)))
	}
	if g.points {
		forms = append(forms, fmt.Sprintf("{near: %s, distance: %d m}", pickOne(g, g.drawn()), nearWide),
			fmt.Sprintf("{of: %s, both: %d m}", pickOne(g, g.lines), beltWide),
			fmt.Sprintf("{of: %s, %s: %d m}", pickOne(g, g.lines), pickOne(g, []string{"gov", "opp"}), beltWide))
		if !plain {
			forms = append(forms, fmt.Sprintf("{of: {gov: %s, opp: %s}, own side: %d m}", g.lines[0], g.lines[1], beltWide),
				fmt.Sprintf("{of: {gov: %s, opp: %s}, both: %d m}", g.lines[0], g.lines[1], beltWide))
		}
	}
	return pickOne(g, forms)
}

// Again returns a generator that draws facts for a case made before.
func Again(c *Case, salt string) *generator {
	h := c.Seed
	for _, b := range []byte(salt) {
		h = h*1099511628211 + uint64(b)
	}
	g := &generator{Rand: rand.New(rand.NewPCG(h, 78)), c: c, points: strings.Contains(c.Agreement, "front-line")}
	g.umbrella = c.table.person("bloc") != nil
	return g
}

// drawn returns the places that have an edge of their own, which the outside of another has not.
func (g *generator) drawn() []string {
	return slices.DeleteFunc(slices.Clone(g.areas), func(a string) bool { return a == "rest" })
}

// beyondDoubt says that acceptances as that party are established, lasting, and of actors
// that are themselves: what else it takes to be accepted is not this package's business.
func (g *generator) beyondDoubt(as string) bool {
	for _, p := range g.c.table.Persons {
		for _, s := range p.Steps {
			if s.As == as && (s.Claimed || s.Status != "accepted" || p.Umbrella) {
				return false
			}
		}
	}
	return true
}
