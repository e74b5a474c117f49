package actors

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
)

// Parse reads a register. Every problem is reported, with line, column and what was
// expected; the register is nil when one of them is not a warning. name stands as the
// file in the problems.
func Parse(name string, text []byte) (*Register, truce.Problems) {
	p := &parser{
		reader: reader{file: name, zone: time.UTC},
		at:     map[string]*yaml.Node{},
		r:      &Register{actors: map[string]*Actor{}, lists: map[string]string{}},
	}
	if root := p.load(text); root != nil {
		p.root(root)
		p.references()
		p.circles()
	}
	p.found.Sort()
	p.r.zone = p.zone
	if len(p.found.Fatal()) > 0 {
		return nil, p.found
	}
	p.r.index()
	return p.r, p.found
}

// parser fills a register from nodes.
type parser struct {
	reader
	r    *Register
	at   map[string]*yaml.Node // where each actor is declared
	refs []reference
}

// reference is a mention of an actor, or of a list, that must be declared somewhere.
type reference struct {
	node *yaml.Node
	what string // "actor" or "list"
	id   string
}

func (p *parser) root(n *yaml.Node) {
	f := p.fields(n, "the register", "register zone note lists actors adherence")
	p.need(n, f, "the register", "register zone actors")
	if v := f["register"]; v != nil && v.Value != "1" {
		p.bad(v, "bad-version", fmt.Sprintf("register version %q", v.Value), "1")
	}
	p.readZone(f["zone"])
	p.text(f["note"], "note")
	if v := f["lists"]; v != nil {
		p.listNames(v)
	}
	for _, n := range p.items(f["actors"], "actors") {
		p.actor(n)
	}
	for _, n := range p.items(f["adherence"], "adherence") {
		p.adherence(n)
	}
}

func (p *parser) readZone(n *yaml.Node) {
	s := p.text(n, "zone")
	if s == "" {
		return
	}
	zone, err := truce.Zone("", s)
	if err != nil {
		p.bad(n, "unknown-zone", fmt.Sprintf("unknown zone %q", s), "an IANA zone such as Asia/Damascus")
		return
	}
	p.zone = zone
}

// listNames reads the lists that listings may name.
func (p *parser) listNames(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.bad(n, "not-a-map", "lists is "+kindOf(n), "a map from each list's identifier to its name")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		id := p.slug(n.Content[i], "list")
		if _, twice := p.r.lists[id]; twice {
			p.bad(n.Content[i], "duplicate-key", fmt.Sprintf("list %q is given twice", id), "each list once")
		}
		p.r.lists[id] = p.text(n.Content[i+1], "name of list "+id)
	}
}

func (p *parser) actor(n *yaml.Node) {
	f := p.fields(n, "the actor", "id kind names note source links listed members open")
	if f == nil {
		return
	}
	p.need(n, f, "the actor", "id kind names")
	a := &Actor{
		ID:      p.slug(f["id"], "id"),
		Kind:    p.word(f["kind"], "kind", kinds),
		Members: p.slugs(f["members"], "member"),
		Open:    p.yes(f["open"], "open"),
		Note:    p.text(f["note"], "note"),
		Source:  p.text(f["source"], "source"),
	}
	for _, c := range p.items(f["names"], "names") {
		a.Names = append(a.Names, p.name(c))
	}
	for _, c := range p.items(f["links"], "links") {
		a.Links = append(a.Links, p.link(c, a.ID))
	}
	for _, c := range p.items(f["listed"], "listed") {
		a.Listings = append(a.Listings, p.listing(c))
	}
	p.checkActor(f, a)
	p.declare(f["id"], a)
}

func (p *parser) checkActor(f map[string]*yaml.Node, a *Actor) {
	if v := f["names"]; v != nil && v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
		p.bad(v, "no-name", "the actor has no name", "at least one name")
	}
	for _, k := range []string{"members", "open"} {
		if f[k] != nil && !a.covers() {
			p.bad(f[k], "not-an-umbrella", fmt.Sprintf("an actor of kind %s has no %s", a.Kind, k), "kind umbrella or coalition")
		}
	}
	for i, m := range a.Members {
		p.mention(itemAt(f["members"], i), "actor", m)
	}
}

// itemAt returns the i-th node of a list, or the node itself.
func itemAt(n *yaml.Node, i int) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content[i]
	}
	return n
}

// declare puts an actor into the register.
func (p *parser) declare(n *yaml.Node, a *Actor) {
	if a.ID == "" {
		return
	}
	if first := p.at[a.ID]; first != nil {
		p.bad(n, "duplicate", fmt.Sprintf("actor %q is declared twice, first on line %d", a.ID, first.Line), "each actor once")
		return
	}
	p.at[a.ID], p.r.actors[a.ID] = n, a
}

// mention remembers a reference to be checked when everything is read.
func (p *parser) mention(n *yaml.Node, what, id string) {
	if id != "" {
		p.refs = append(p.refs, reference{n, what, id})
	}
}

func (p *parser) name(n *yaml.Node) Name {
	if n.Kind == yaml.ScalarNode {
		return Name{Name: p.spoken(n)}
	}
	f := p.fields(n, "the name", "name lang from to")
	p.need(n, f, "the name", "name")
	out := Name{Name: p.spoken(f["name"]), Lang: p.text(f["lang"], "lang")}
	out.From, out.To = p.span(f, "from", "to")
	return out
}

// spoken reads a name, which must hold a letter or digit to be found by.
func (p *parser) spoken(n *yaml.Node) string {
	s := p.text(n, "name")
	if s != "" && fold(s) == "" {
		p.bad(n, "bad-name", fmt.Sprintf("name %q", s), "a name with letters or digits")
	}
	return s
}

func (p *parser) link(n *yaml.Node, id string) Link {
	f := p.fields(n, "the link", linkKinds+" from to standing source")
	if f == nil {
		return Link{}
	}
	p.need(n, f, "the link", "standing")
	l := Link{Claimed: p.claimed(f["standing"]), Source: p.text(f["source"], "source")}
	l.From, l.To = p.span(f, "from", "to")
	for k := range strings.FieldsSeq(linkKinds) {
		v := f[k]
		if v == nil {
			continue
		}
		if l.Kind != "" {
			p.bad(v, "two-links", "the link is both "+l.Kind+" and "+k, "one kind a link")
		}
		l.Kind, l.Other = k, p.slug(v, k)
		p.mention(v, "actor", l.Other)
		if l.Other == id {
			p.bad(v, "link-to-itself", fmt.Sprintf("%q is linked to itself", id), "another actor")
		}
	}
	if l.Kind == "" {
		p.bad(n, "missing-key", "the link has no kind", "one of "+strings.Join(strings.Fields(linkKinds), ", "))
	}
	return l
}

// linkKinds are the kinds of link, each a key of the file.
const linkKinds = "part-of allied supports fought-beside renamed-from"

// claimed reads a standing. There is no default: what is established must be said so.
func (p *parser) claimed(n *yaml.Node) bool {
	return n != nil && p.word(n, "standing", "established claimed") != "established"
}

func (p *parser) listing(n *yaml.Node) Listing {
	f := p.fields(n, "the listing", "list from to as source")
	p.need(n, f, "the listing", "list")
	out := Listing{List: p.slug(f["list"], "list"), As: p.text(f["as"], "as"), Source: p.text(f["source"], "source")}
	out.From, out.To = p.span(f, "from", "to")
	p.mention(f["list"], "list", out.List)
	return out
}

// statuses are the steps in or out of an agreement.
const statuses = "accepted acceded deemed suspended notice withdrawn excluded declined"

func (p *parser) adherence(n *yaml.Node) {
	f := p.fields(n, "the adherence", "agreement actor as status at until where by standing source note")
	if f == nil {
		return
	}
	p.need(n, f, "the adherence", "agreement actor as status at by standing")
	d := Adherence{
		Agreement: p.slug(f["agreement"], "agreement"),
		Actor:     p.slug(f["actor"], "actor"),
		As:        p.slug(f["as"], "as"),
		Status:    p.word(f["status"], "status", statuses),
		Where:     p.slugs(f["where"], "area"),
		By:        p.text(f["by"], "by"),
		Claimed:   p.claimed(f["standing"]),
		Source:    p.text(f["source"], "source"),
		Note:      p.text(f["note"], "note"),
	}
	d.At, d.Until = p.span(f, "at", "until")
	slices.Sort(d.Where)
	p.mention(f["actor"], "actor", d.Actor)
	for _, e := range p.r.adhered {
		if e.same(d) {
			p.bad(n, "duplicate", fmt.Sprintf("a second step of %s in or out of %s at the same time and place", d.Actor, d.Agreement), "one step at a time")
		}
	}
	p.r.adhered = append(p.r.adhered, d)
}

// same reports whether two steps concern the same actor, agreement, party, time and place.
func (d Adherence) same(e Adherence) bool { return d.compare(e) == 0 }

func (d Adherence) compare(e Adherence) int {
	return cmp.Or(cmp.Compare(d.Agreement, e.Agreement), d.At.Compare(e.At),
		cmp.Compare(d.Actor, e.Actor), cmp.Compare(d.As, e.As), slices.Compare(d.Where, e.Where))
}

// references checks that whatever is mentioned is declared.
func (p *parser) references() {
	for _, ref := range p.refs {
		_, actor := p.r.actors[ref.id]
		_, list := p.r.lists[ref.id]
		if ref.what == "actor" && !actor || ref.what == "list" && !list {
			p.bad(ref.node, "undeclared", fmt.Sprintf("%s %q is not declared", ref.what, ref.id), "an identifier under "+ref.what+"s")
		}
	}
}

// circles reports names that cover themselves, through others or not.
func (p *parser) circles() {
	above := map[string][]string{} // what covers an actor, on whatever day
	for id, a := range p.r.actors {
		for _, m := range a.Members {
			above[m] = append(above[m], id)
		}
		for _, l := range a.Links {
			if b := p.r.actors[l.Other]; l.Kind == partOf && b != nil && b.covers() {
				above[id] = append(above[id], l.Other)
			}
		}
	}
	for id, n := range p.at {
		queue, seen := slices.Clone(above[id]), map[string]bool{}
		for len(queue) > 0 && !seen[id] {
			next := queue[0]
			queue = queue[1:]
			if !seen[next] {
				seen[next] = true
				queue = append(queue, above[next]...)
			}
		}
		if seen[id] {
			p.bad(n, "circle", fmt.Sprintf("%q is a member of itself", id), "an umbrella or coalition whose members do not lead back to it")
		}
	}
}

// index prepares the register for questions. It does not depend on the order of records.
func (r *Register) index() {
	r.up, r.down = map[string][]edge{}, map[string][]edge{}
	r.named = map[string][]naming{}
	for id, a := range r.actors {
		r.ids = append(r.ids, id)
		for _, n := range a.Names {
			key := fold(n.Name)
			r.named[key] = append(r.named[key], naming{id, n.From, n.To})
		}
	}
	slices.Sort(r.ids)
	for _, id := range r.ids {
		r.connect(r.actors[id])
	}
	r.sortSteps()
}

// sortSteps puts the steps in order, and apart by agreement and actor.
func (r *Register) sortSteps() {
	r.records = map[string]map[string][]Adherence{}
	slices.SortFunc(r.adhered, Adherence.compare)
	for _, d := range r.adhered {
		byActor := r.records[d.Agreement]
		if byActor == nil {
			byActor = map[string][]Adherence{}
			r.records[d.Agreement] = byActor
		}
		byActor[d.Actor] = append(byActor[d.Actor], d)
	}
}

// With returns a register that also has steps recorded elsewhere, under the rules for
// those in the file: known actors, known words, one step at a time.
func (r *Register) With(steps ...Adherence) (*Register, truce.Problems) {
	var problems truce.Problems
	bad := func(code, msg, want string) {
		problems = append(problems, truce.Problem{Field: "adherence", Code: code, Msg: msg, Want: want})
	}
	more := *r
	more.adhered = slices.Clone(r.adhered)
	for _, d := range steps {
		d.Where = slices.Sorted(slices.Values(d.Where))
		switch {
		case r.actors[d.Actor] == nil:
			bad("unknown-actor", fmt.Sprintf("there is no actor %q", d.Actor), "an identifier of the register")
		case !slices.Contains(strings.Fields(statuses), d.Status):
			bad("unknown-word", fmt.Sprintf("status %q is not known", d.Status), "one of "+statuses)
		case slices.ContainsFunc(more.adhered, d.same):
			bad("duplicate", fmt.Sprintf("a second step of %s in or out of %s at the same time and place", d.Actor, d.Agreement), "one step at a time")
		default:
			more.adhered = append(more.adhered, d)
		}
	}
	more.sortSteps()
	return &more, problems
}

// connect adds the edges that an actor's links and members make.
func (r *Register) connect(a *Actor) {
	for _, m := range a.Members {
		r.join(edge{Link: Link{Kind: within}, from: m, to: a.ID})
	}
	for _, l := range a.Links {
		if l.Kind == partOf && r.actors[l.Other].Kind == umbrella {
			l.Kind = within
		}
		r.join(edge{Link: l, from: a.ID, to: l.Other})
		if l.Kind == allied {
			r.join(edge{Link: l, from: l.Other, to: a.ID})
		}
	}
}

func (r *Register) join(e edge) {
	r.up[e.from] = append(r.up[e.from], e)
	r.down[e.to] = append(r.down[e.to], e)
}
