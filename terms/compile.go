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
	notes   []string
}

// Agreement returns the agreement that is applied.
func (j *Judge) Agreement() *Agreement { return j.a }

// rule is a clause under one reading, ready to be applied.
type rule struct {
	clause   *Clause
	name     string
	heldBy   string
	windows  spans
	waits    []string // moments nobody declared
	place    *placeTest
	when     *when
	excuses  []*rule
	provided truce.Tri
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
	j.opens = j.inForce()
	for _, c := range a.Clauses {
		for _, v := range readings(c) {
			j.rules[c.ID] = append(j.rules[c.ID], j.rule(d, v.Clause, v.Name, v.HeldBy))
		}
	}
	for _, c := range a.Clauses {
		for _, r := range j.rules[c.ID] {
			j.link(r)
		}
	}
	for _, code := range j.book.Register.Areas(a.ID) {
		if z, err := j.book.Atlas.AreaZone(code); err == nil {
			j.areas[code] = j.intern(z)
		}
	}
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

// inForce is when the agreement applies: its own window, and once every party it needs has
// an actor that accepted.
func (j *Judge) inForce() spans {
	ss, undeclared := j.clock.spans(j.a.InForce)
	for _, m := range undeclared {
		j.notes = append(j.notes, fmt.Sprintf("%s has not been declared, so the agreement is not in force", m))
	}
	for _, party := range j.a.Needs {
		accepted := j.who.accepted(party)
		if len(accepted) == 0 {
			j.notes = append(j.notes, fmt.Sprintf("%s has not accepted, so the agreement is not in force", party))
		}
		ss = ss.meet(accepted)
	}
	return ss
}

func (j *Judge) rule(d *decoder, c *Clause, name, heldBy string) *rule {
	r := &rule{clause: c, name: name, heldBy: heldBy, provided: truce.Yes}
	r.windows, r.waits = j.windows(c)
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

// windows is when a clause applies. A clause whose own window starts before the agreement
// does, such as a duty of the run-up, is held to its own start.
func (j *Judge) windows(c *Clause) (spans, []string) {
	if c.During == nil {
		return j.opens, nil
	}
	ss, waits := j.clock.spans(c.During)
	if waits != nil || len(ss) == 0 || len(j.opens) == 0 {
		return nil, waits
	}
	outer := slices.Clone(j.opens)
	if from := ss[0].from; !from.IsZero() && from.Before(outer[0].from) && c.During.From != nil {
		outer[0].from = from
	}
	return ss.meet(outer), nil
}

// link ties a rule to the excuses it names and the permits that apply to it.
func (j *Judge) link(r *rule) {
	for _, id := range r.clause.Unless {
		r.excuses = append(r.excuses, j.rules[id]...)
	}
	if r.clause.Kind != Forbid && r.clause.Kind != Keep {
		return
	}
	for _, c := range j.a.Clauses {
		if c.Kind == Permit && (len(c.Of) == 0 || slices.Contains(c.Of, r.clause.ID)) {
			r.excuses = append(r.excuses, j.rules[c.ID]...)
		}
	}
}

func (j *Judge) intern(z *geo.Zone) int {
	if i, ok := j.zoneOf[z.Key()]; ok {
		return i
	}
	j.zones = append(j.zones, z)
	j.zoneOf[z.Key()] = len(j.zones) - 1
	return len(j.zones) - 1
}
