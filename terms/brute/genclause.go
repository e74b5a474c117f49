package brute

import (
	"fmt"
	"slices"
	"strings"
)

// entry is one key of a clause with its value in YAML's flow style.
type entry struct{ key, value string }

func (g *generator) drawClauses(b *strings.Builder) {
	b.WriteString("clauses:\n")
	var excuses []string
	for i := range g.IntN(3) {
		excuses = append(excuses, fmt.Sprintf("X%d", i))
	}
	var duties []string
	for i := range 1 + g.IntN(3) {
		duties = append(duties, fmt.Sprintf("D%d", i))
	}
	for _, id := range duties {
		g.print(b, id, g.duty(excuses))
	}
	for _, id := range excuses {
		g.print(b, id, g.excuse(id))
	}
	if g.chance(40) {
		g.print(b, "P0", g.permit(duties))
	}
}

func (g *generator) print(b *strings.Builder, id string, keys []entry) {
	fmt.Fprintf(b, "  - id: %s\n", id)
	for _, k := range keys {
		fmt.Fprintf(b, "    %s: %s\n", k.key, k.value)
	}
}

// dutyActs are acts that duties name, with some that stand below others.
func dutyActs() []string {
	return []string{"attack", "shelling", "air-strike", "hostile-act", "flight", "combat-flight", "presence",
		"gain-ground", "mortar-fire", "taunting", "movement"}
}

func (g *generator) duty(excuses []string) []entry {
	words := some(g, dutyActs(), 1+g.IntN(2))
	g.c.acts = append(g.c.acts, words...)
	acts := list(words)
	var out []entry
	switch k := g.IntN(100); {
	case k < 60:
		out = append(out, entry{"forbid", acts})
	case k < 78:
		out = append(out, entry{"keep", "calm-state"}, entry{"broken_by", acts})
		if g.chance(30) {
			out = append(out, entry{"fresh", "48 hours"}, entry{"confirmed_by", "withdrawal"})
		}
	default:
		out = append(out, entry{"require", "notification"}, entry{"upon", acts})
		if g.chance(30) {
			out = append(out, entry{"shown", "{effort: made}"}, entry{"effort", "yes"})
		} else {
			out = append(out, entry{"shown", pickOne(g, []string{"{notified: yes}", "{notified: yes, response: immediate}", "{scale: [proportionate, massive]}"})})
		}
	}
	contested := g.chance(20)
	g.bothEnds = !contested
	out = append(out, g.conditions(60, 30, 25, 35, 20)...)
	g.bothEnds = false
	if g.chance(10) {
		out = append(out, entry{"count", fmt.Sprintf("'%s %d'", pickOne(g, []string{">", ">=", "<", "<="}), 5+g.IntN(3))})
	}
	if len(g.accepting) > 0 && g.chance(30) {
		before, _ := g.wall(-24, hours)
		out = append(out, entry{"provided", "{accepted: " + list(some(g, g.accepting, 1+g.IntN(2))) +
			pickOne(g, []string{"", ", before: '" + before + "'"}) + "}"})
	}
	if len(excuses) > 0 && g.chance(75) {
		out = append(out, entry{"unless", list(some(g, excuses, 1+g.IntN(2)))})
	}
	if contested {
		out = append(out, entry{"readings", g.readings(out)})
	}
	return out
}

// readings draws contested meanings, each with keys in the place of the clause's own.
func (g *generator) readings(own []entry) string {
	var out []string
	for _, name := range []string{"strict", "loose", "third"}[:2+g.IntN(2)] {
		keys := []string{"held_by: somebody"}
		seen := map[string]bool{}
		for range 1 + g.IntN(2) {
			k := pickOne(g, []string{"by", "against", "during", "means", "within"})
			if seen[k] {
				continue
			}
			seen[k] = true
			keys = append(keys, k+": "+g.condition(k))
		}
		out = append(out, name+": {"+strings.Join(keys, ", ")+"}")
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// conditions draws the keys that clauses share, with a chance in percent for each group.
func (g *generator) conditions(by, means, place, during, when int) []entry {
	var out []entry
	add := func(percent int, key string) {
		if g.chance(percent) {
			out = append(out, entry{key, g.condition(key)})
		}
	}
	add(by, "by")
	add(by*2/3, "against")
	add(means, "means")
	add(place, "within")
	add(place/2, "outside")
	add(during, "during")
	add(when, "when")
	return out
}

func (g *generator) condition(key string) string {
	switch key {
	case "by", "against":
		names := slices.Concat(g.parties, g.parties, []string{"anyone"})
		if g.chance(5) {
			names = append(names, "nobody")
		}
		return list(some(g, names, 1+g.IntN(2)))
	case "means":
		return g.means()
	case "within", "outside":
		return g.place(false)
	case "during":
		return g.time(2)
	}
	x := g.expr(2)
	text := x.String()
	g.c.exprs[text] = x
	return "'" + text + "'"
}

func (g *generator) means() string {
	kinds := some(g, []string{"artillery", "mortar", "small-arms", "howitzer", "heavy-mortar", "drone", "tank", "weapon"}, 1+g.IntN(2))
	g.c.kinds = append(g.c.kinds, kinds...)
	if g.chance(50) {
		return list(kinds)
	}
	var out []string
	for _, k := range kinds {
		test := fmt.Sprintf("{calibre: '%s %d mm'}", pickOne(g, []string{">", ">=", "<", "<="}), pickOne(g, []int{82, 100, 120}))
		if g.chance(20) {
			test = fmt.Sprintf("{calibre: '>= %d mm', range: '> %d km'}", pickOne(g, []int{82, 100, 120}), pickOne(g, []int{10, 20}))
		}
		out = append(out, k+": "+pickOne(g, []string{test, test, "yes"}))
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// excuse draws an excuse with facts, or one that turns on its other keys alone.
func (g *generator) excuse(id string) []entry {
	var out []entry
	facts := pickOne(g, []string{"{response: immediate}", "{response: immediate, scale: proportionate}",
		"{notified: yes}", "{scale: [proportionate, massive], notified: no}", "yes"})
	out = append(out, entry{"excuse", facts})
	if g.chance(50) {
		out = append(out, entry{"raised_as", "self-defence"})
	}
	if g.chance(20) {
		out = append(out, entry{"counts_as", pickOne(g, []string{"consent", "notified"})})
	}
	more := g.conditions(25, 20, 0, 20, 15)
	if facts == "yes" && len(more) == 0 {
		more = append(more, entry{"by", g.condition("by")})
	}
	if g.chance(20) {
		more = append(more, entry{"within", g.place(false)})
	}
	return append(out, more...)
}

func (g *generator) permit(duties []string) []entry {
	out := []entry{{"permit", list(some(g, dutyActs(), 1+g.IntN(2)))}}
	if g.chance(40) {
		out = append(out, entry{"of", list(some(g, duties, 1+g.IntN(2)))})
	}
	return append(out, g.conditions(40, 30, 20, 25, 20)...)
}

// expr draws a condition in CEL over facts and counts.
func (g *generator) expr(depth int) *Expr {
	if depth > 0 && g.chance(45) {
		x := &Expr{Op: pickOne(g, []string{"&&", "||", "!"}), Args: []*Expr{g.expr(depth - 1)}}
		if x.Op != "!" {
			x.Args = append(x.Args, g.expr(depth-1))
		}
		return x
	}
	switch g.IntN(4) {
	case 0:
		return &Expr{Op: "is", Fact: pickOne(g, []string{"cleared", "notified"})}
	case 1:
		return &Expr{Op: pickOne(g, []string{"==", "!="}), Fact: "response", Word: pickOne(g, []string{"immediate", "delayed"})}
	case 2:
		return &Expr{Op: pickOne(g, []string{"<", "<=", ">", ">="}), Fact: "delay", Num: float64(pickOne(g, []int{12, 24, 48}))}
	}
	return &Expr{Op: pickOne(g, []string{"<", "<=", ">", ">=", "=="}), Fact: pickOne(g, []string{"killed", "injured", "number"}), Num: float64(pickOne(g, []int{4, 8}))}
}

// time draws a time expression.
func (g *generator) time(depth int) string {
	at, _ := g.wall(0, 140)
	to, _ := g.wall(180, hours)
	forms := []string{
		fmt.Sprintf("'%s ..'", at), fmt.Sprintf("'%s .. %s'", at, to), fmt.Sprintf("'.. %s'", to),
		fmt.Sprintf("'%s for %d hours'", at, 6+g.IntN(90)), fmt.Sprintf("'%s for %d days'", at, 1+g.IntN(6)),
		"'day-d ..'", "'day-e + 1 days ..'", fmt.Sprintf("'%s + 1 days .. day-d'", at), "'signed + 36 hours for 3 days'", "'in_force - 12 hours ..'",
		fmt.Sprintf("{every: %s, for: %s, from: '%s', times: %d}", pickOne(g, []string{"3 days", "30 hours"}), pickOne(g, []string{"20 hours", "1 days"}), at, 1+g.IntN(3)),
		fmt.Sprintf("'%s Europe/Moscow ..'", at), fmt.Sprintf("'%sZ .. %s'", strings.Replace(at, " ", "T", 1), to),
	}
	if g.bothEnds && depth > 0 {
		forms = append(forms, fmt.Sprintf("{from: '%s', for: 3 days, to: '%s'}", at, to))
	}
	if depth > 0 {
		during := fmt.Sprintf("'%s .. %s'", at[:10], to)
		forms = append(forms,
			fmt.Sprintf("{daily: '%02d:00 - %02d:00', during: %s}", g.IntN(12), 12+g.IntN(13), during),
			fmt.Sprintf("{daily: '%02d:00 - %02d:00', during: %s}", 18+g.IntN(6), g.IntN(10), during),
			fmt.Sprintf("{weekly: %s, at: '%02d:00', for: %s, during: %s}", list(some(g, []string{"mon", "wed", "fri", "sun"}, 1+g.IntN(2))), g.IntN(24),
				pickOne(g, []string{"12 hours", "1 days", "30 hours"}), during),
			fmt.Sprintf("[%s, %s]", g.time(0), g.time(0)))
	}
	return pickOne(g, forms)
}
