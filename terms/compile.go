package terms

import (
	"fmt"
	"slices"
	"time"

	"truce"
	"truce/actors"
	"truce/geo"
)

// Book is what a verdict consults beside the agreement and the element: who is who, where
// things are, and what was declared.
type Book struct {
	Register  *actors.Register
	Atlas     *geo.Atlas
	Moments   []Declared
	Judgments []Judgment
	// Version names the state of all of this; it enters the state hash of every verdict.
	Version string
}

// Declared is an entry of the record that sets a moment.
type Declared struct {
	Agreement string
	Moment    string
	At        time.Time
	By        string
}

// Judgment is one body's word on a calm for one civil day (or, for a calm counted in
// hours, for the stretch up to At).
type Judgment struct {
	Agreement string
	Clause    string
	By        string // the party or body
	At        time.Time
	Says      string // satisfied, not satisfied, hold, resume, reset
	Note      string
}

// Judge applies one agreement. It is safe for concurrent use.
type Judge struct {
	a       *Agreement
	version string
	book    Book
	acts    *truce.Tree
	means   *truce.Tree
	clock   clock
	rules   map[string][]*rule // by clause, one for each reading
	zones   []*geo.Zone
	zoneOf  map[string]int
	lines   map[string]*geo.Line
	areas   map[string]int // zones of areas that adherence depends on
	who     *roll
	cache   *geo.Cache
	opens   spans // when the agreement is in force
	// inForces are opens as others see them.
	inForces [][2]time.Time
	notes    []string
	alike    map[string]*likeness // by clause that is judged
	briefs   briefs

	anyMeans meansKept
}

// Agreement returns the agreement that is applied.
func (j *Judge) Agreement() *Agreement { return j.a }

// rule is a clause under one reading, ready to be applied.
type rule struct {
	clause   *Clause
	name     string
	heldBy   string
	windows  spans
	perhaps  spans    // the windows if those whose acceptance is open did accept
	waits    []string // moments nobody declared
	place    *placeTest
	sides    []string // who is on the acting party's side, spelled out
	when     *when
	excuses  []*rule
	provided *provision
	notes    []string
}

// placeTest is a place expression over zones. Exactly one form is used.
type placeTest struct {
	any   []*placeTest
	not   *placeTest
	all   []*placeTest
	zone  int            // index, when leaf
	base  map[string]int // acting party to zone
	ctrl  string         // "own" or a party
	leaf  bool
	label string
}

// Compile makes an agreement ready to judge against a book. Problems name actors, areas
// and geometries that the book does not have.
func Compile(a *Agreement, b Book) (*Judge, truce.Problems) {
	j := &Judge{a: a, version: a.Version(), book: b, acts: a.ActTree(), means: a.MeansTree(),
		rules: map[string][]*rule{}, zoneOf: map[string]int{}, lines: map[string]*geo.Line{},
		areas: map[string]int{}, cache: &geo.Cache{}}
	if b.Register == nil {
		b.Register, _ = actors.Parse("", []byte("register: 1\nzone: UTC\nactors: []\n"))
		j.book.Register = b.Register
	}
	if b.Atlas == nil {
		j.book.Atlas = geo.NewAtlas()
	}
	d := &decoder{file: a.file, at: a.at}
	zone, err := loadZone(a.Zone)
	if err != nil {
		zone = time.UTC
	}
	j.clock = clock{zone, map[string]time.Time{}}
	j.declare()
	j.who = newRoll(j)
	j.checkActors(d)
	openings := j.inForce()
	j.opens = openings[0].sure
	j.inForces = j.opens.pairs()
	for _, c := range a.Clauses {
		for _, o := range openings {
			for _, v := range readings(c) {
				j.rules[c.ID] = append(j.rules[c.ID], j.rule(d, v.Clause, both(o.name, v.Name), v.HeldBy, o))
			}
		}
		j.rules[c.ID] = agreeing(j.rules[c.ID])
	}
	for _, c := range a.Clauses {
		if c.Kind != Excuse && c.Kind != Permit {
			j.rules[c.ID] = j.linked(j.rules[c.ID])
		}
	}
	for _, code := range j.book.Register.Areas(a.ID) {
		if z, err := j.book.Atlas.AreaZone(code); err == nil {
			j.areas[code] = j.intern(z)
		}
	}
	j.alike = j.likenesses()
	d.problems.Sort()
	return j, d.problems
}

// readings returns the clause itself, or its readings when it is contested.
func readings(c *Clause) []Variant {
	if len(c.Readings) == 0 {
		return []Variant{{Clause: c}}
	}
	return c.Readings
}

// declare fixes the moments: by the text, else by the last declaration of the record.
func (j *Judge) declare() {
	set := func(name string, i *Instant) {
		if t, ok := j.clock.instant(i); ok && i != nil {
			j.clock.moments[name] = t
		}
	}
	set("signed", j.a.Signed)
	for _, name := range sortedKeys(j.a.Moments) {
		set(name, j.a.Moments[name].At)
	}
	for _, e := range j.book.Moments {
		if e.Agreement == j.a.ID {
			j.clock.moments[e.Moment] = e.At
		}
	}
	if ss, _ := j.clock.spans(j.a.InForce); len(ss) > 0 && !ss[0].from.IsZero() {
		j.clock.moments["in_force"] = ss[0].from
	}
	for range j.a.Moments { // moments fixed from other moments
		for _, name := range sortedKeys(j.a.Moments) {
			if _, ok := j.clock.moments[name]; !ok {
				set(name, j.a.Moments[name].At)
			}
		}
	}
}

func (j *Judge) checkActors(d *decoder) {
	for _, name := range sortedKeys(j.a.Parties) {
		for _, id := range j.a.Parties[name].Actors {
			if _, ok := j.book.Register.Actor(id); !ok {
				d.badAt(d.at["parties/"+name], "undefined-actor", "an actor of the register", "party %s: no actor %q", name, id)
			}
		}
	}
}

// opening is when the agreement applies, under one reading of its own dates.
type opening struct {
	name string
	sure spans
	// perhaps is when it applies if those whose acceptance is open did accept; nil if
	// that makes no difference.
	perhaps spans
}

// acceptance is the fact that an agreement in force "perhaps" turns on.
const acceptance = "acceptance of those whom the agreement needs"

// inForce is when the agreement applies: its own window, and once every party it needs has
// an actor that accepted. An end and a length that disagree are two readings.
func (j *Judge) inForce() []opening {
	x := j.a.InForce
	if x != nil && x.From != nil && x.To != nil && x.For != nil {
		byEnd, byLength := j.opening("by its end", &Time{From: x.From, To: x.To}), j.opening("by its length", &Time{From: x.From, For: x.For})
		if !byEnd.sure.equal(byLength.sure) || !byEnd.perhaps.equal(byLength.perhaps) {
			return []opening{byEnd, byLength}
		}
	}
	return []opening{j.opening("", x)}
}

func (j *Judge) opening(name string, x *Time) opening {
	ss, undeclared := j.clock.spans(x)
	for _, m := range undeclared {
		j.notes = append(j.notes, fmt.Sprintf("%s has not been declared, so the agreement is not yet in force", m))
	}
	o := opening{name: name, sure: ss}
	perhaps := ss
	for _, party := range j.a.Needs {
		sure, maybe := j.who.accepted(party)
		if len(maybe) == 0 {
			j.notes = append(j.notes, fmt.Sprintf("%s has not accepted, so the agreement is not in force", party))
		}
		o.sure, perhaps = o.sure.meet(sure), perhaps.meet(maybe)
	}
	if !o.sure.equal(perhaps) {
		o.perhaps = perhaps
	}
	return o
}

// both puts two names of readings together.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// agreeing drops the readings of an end and a length that come to the same.
func agreeing(rules []*rule) []*rule {
	if len(rules) == 2 && rules[0].name == "by its end" && rules[1].name == "by its length" && rules[0].windows.equal(rules[1].windows) {
		rules[0].name = ""
		return rules[:1]
	}
	return rules
}

func (j *Judge) rule(d *decoder, c *Clause, name, heldBy string, o opening) *rule {
	r := &rule{clause: c, name: name, heldBy: heldBy, sides: j.who.sides(c.By)}
	r.windows, r.waits = j.windowsIn(c, o.sure)
	if o.perhaps != nil {
		r.perhaps, _ = j.windowsIn(c, o.perhaps)
	}
	r.notes = append(j.clock.oddities(c.During), j.clock.oddities(j.a.InForce)...)
	for _, m := range r.waits {
		r.notes = append(r.notes, m+" has not been declared")
	}
	where, at := c.Within, "clause "+c.ID+" within"
	if where == nil {
		where, at = j.a.Where, "where"
	}
	if c.Kind == Excuse || c.Kind == Permit {
		where, at = c.Within, "clause "+c.ID+" within"
	}
	r.place = j.placeTest(d, at, c, where)
	if c.Outside != nil {
		out := j.placeTest(d, "clause "+c.ID+" outside", c, c.Outside)
		r.place = &placeTest{all: nonNil(r.place, &placeTest{not: out}), label: "outside " + out.label}
	}
	if c.When != "" {
		r.when, _ = compileWhen(j.a, c.When)
	}
	if c.Provided != nil {
		r.provided = j.who.provided(c.Provided)
	}
	return r
}

func nonNil(ps ...*placeTest) []*placeTest {
	return slices.DeleteFunc(ps, func(p *placeTest) bool { return p == nil })
}

// windows is when a clause surely applies.
func (j *Judge) windows(c *Clause) (spans, []string) { return j.windowsIn(c, j.opens) }

// windowsIn is when a clause applies while its agreement does. A clause whose own window starts before the agreement
// does, such as a duty of the run-up, is held to its own start.
func (j *Judge) windowsIn(c *Clause, opens spans) (spans, []string) {
	if c.During == nil {
		return opens, nil
	}
	ss, waits := j.clock.spans(c.During)
	if len(ss) == 0 || len(opens) == 0 {
		return nil, waits
	}
	return ss.meet(j.a.runUp(c, ss, opens)), waits
}

// runUp widens the time in force to the start of a clause's own window where that comes
// before, as a duty of the run-up does; not where the agreement waits for acceptance.
func (a *Agreement) runUp(c *Clause, ss, opens spans) spans {
	outer := slices.Clone(opens)
	if from := ss[0].from; len(a.Needs) == 0 && !from.IsZero() && from.Before(outer[0].from) && c.During.From != nil {
		outer[0].from = from
	}
	return outer
}

// linked ties a clause's rules to the excuses it names and the permits that apply to it.
// An excuse that is itself contested makes the clause contested.
func (j *Judge) linked(rules []*rule) []*rule {
	var out []*rule
	for _, r := range rules {
		out = append(out, j.excused(r)...)
	}
	return out
}

// excused is one rule with its excuses; one rule for each reading of them.
func (j *Judge) excused(r *rule) []*rule {
	rules := []*rule{r}
	for _, id := range j.excusesOf(r.clause) {
		var next []*rule
		for _, r := range rules {
			for _, x := range j.rules[id] {
				s := *r
				s.excuses = append(slices.Clone(r.excuses), x)
				if x.name != "" {
					s.name, s.heldBy = both(r.name, id+" "+x.name), both(r.heldBy, x.heldBy)
				}
				next = append(next, &s)
			}
		}
		rules = next
	}
	return rules
}

// excusesOf lists the excuses that a clause names, and the permits.
func (j *Judge) excusesOf(c *Clause) []string {
	ids := slices.Clone(c.Unless)
	if c.Kind != Forbid && c.Kind != Keep {
		return ids
	}
	for _, p := range j.a.Clauses {
		if p.Kind == Permit && (len(p.Of) == 0 || slices.Contains(p.Of, c.ID)) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func (j *Judge) intern(z *geo.Zone) int {
	if i, ok := j.zoneOf[z.Key()]; ok {
		return i
	}
	j.zones = append(j.zones, z)
	j.zoneOf[z.Key()] = len(j.zones) - 1
	return len(j.zones) - 1
}
