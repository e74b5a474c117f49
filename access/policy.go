package access

import (
	_ "embed" // the rules
	"fmt"
	"maps"
	"slices"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"truce"
)

//go:embed policy.cedar
var rules []byte

// Policy is the rules, read and ready. It is never changed and may be used from many
// goroutines.
type Policy struct {
	rows, fields rulebook // about rows by act, and about fields of them
	kinds        map[string][]Field
	groups       map[string]cedar.String
}

// rulebook is rules in the order of the file, and those of them that speak of each act.
type rulebook struct {
	names []string // of the rules, which are sentences
	by    map[cedar.EntityUID]cedar.PolicyMap
}

// Rules returns the text of the rules, for people to read.
func Rules() string { return string(rules) }

// New reads the rules that come with the program. The error is a [truce.Error] of kind
// Internal: the program was built with rules that cannot be read.
func New() (*Policy, error) { return newPolicy(rules) }

func newPolicy(text []byte) (*Policy, error) {
	list, err := cedar.NewPolicyListFromBytes("policy.cedar", text)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "policy.cedar", Msg: "the rules cannot be read", Err: err}
	}
	p := &Policy{
		rows: newRulebook(Actions()...), fields: newRulebook(see, seeCoarse),
		kinds: map[string][]Field{}, groups: map[string]cedar.String{},
	}
	for _, k := range kinds {
		p.kinds[k.name] = FieldsOf(k.name)
		p.groups[k.name] = cedar.String(k.group)
	}
	for _, c := range list {
		if err := p.add(c); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func newRulebook(acts ...Action) rulebook {
	b := rulebook{by: map[cedar.EntityUID]cedar.PolicyMap{}}
	for _, a := range acts {
		b.by[action(a)] = cedar.PolicyMap{}
	}
	return b
}

func action(do Action) cedar.EntityUID { return cedar.NewEntityUID("Action", cedar.String(do)) }

// add sorts a rule to those about rows or those about fields, told by its scope.
func (p *Policy) add(c *cedar.Policy) error {
	wrong := func(msg, want string) error {
		return &truce.Error{Kind: truce.Internal, At: fmt.Sprintf("policy.cedar:%d", c.Position().Line), Msg: msg, Hint: "expected " + want}
	}
	name := string(c.Annotations()["id"])
	if name == "" || slices.Contains(p.rows.names, name) || slices.Contains(p.fields.names, name) {
		return wrong("a rule needs a name of its own", `@id("...")`)
	}
	book := &p.rows
	switch scope, _ := c.AST().Resource.(ast.ScopeTypeIs); scope.Type {
	case rowType:
	case fieldType:
		book = &p.fields
	default:
		return wrong("a rule is about rows or about fields", "resource is Row, or resource is Field")
	}
	if !book.add(name, c) {
		return wrong("a rule names an act that there is not", "the words of Actions, or see and see-coarse for fields")
	}
	return nil
}

// add files a rule under the acts it speaks of. It reports false for an act not known: such
// a rule would never apply, and a forbidding one would silently forbid nothing.
func (b *rulebook) add(name string, c *cedar.Policy) bool {
	b.names = append(b.names, name)
	var acts []cedar.EntityUID
	switch scope := c.AST().Action.(type) {
	case ast.ScopeTypeAll:
		acts = slices.Collect(maps.Keys(b.by))
	case ast.ScopeTypeEq:
		acts = append(acts, scope.Entity)
	case ast.ScopeTypeInSet:
		acts = scope.Entities
	}
	for _, a := range acts {
		if b.by[a] == nil {
			return false
		}
		b.by[a][cedar.PolicyID(name)] = c
	}
	return len(acts) > 0
}

// The acts of looking at a field.
const (
	see       Action = "see"
	seeCoarse Action = "see-coarse"
)

// The two types of resource in the rules.
const (
	rowType   = "Row"
	fieldType = "Field"
)

// request is one question to the rules.
type request struct {
	who     Person
	do      Action
	kind    string
	label   Label
	now     time.Time
	step    step
	consent bool
}

// step says which part of an act is asked for.
type step string

const (
	alone  step = "alone"
	first  step = "first"
	second step = "second"
)

// May says whether who may do that to a row of a kind under a label, at now. For an act of
// two persons Allowed is always false, and Two says whether who may propose it.
func (p *Policy) May(who Person, do Action, kind string, l Label, now time.Time) Decision {
	r := request{who: who, do: do, kind: kind, label: l, now: now, step: alone}
	d := p.decide(r)
	if !d.Allowed && twoPersons(do) {
		r.step = first
		d.Two = p.decide(r).Allowed
	}
	return d
}

// twoPersons reports whether an act takes two.
func twoPersons(do Action) bool {
	return do == Sign || do == Exclude || do == OpenSource || do == Widen
}

// Labels returns those of the labels, in their canonical form, under which who may do that
// to rows of a kind. Each is decided by itself and nothing is remembered. An empty answer
// means that nothing is allowed; a label that cannot be read is not.
func (p *Policy) Labels(who Person, do Action, kind string, labels []string, now time.Time) []string {
	out := []string{} // never nil: some take nil for "no restriction"
	for _, s := range labels {
		if l, err := ParseLabel(s); err == nil && p.May(who, do, kind, l, now).Allowed {
			out = append(out, s)
		}
	}
	return out
}

// decide answers a question about a row.
func (p *Policy) decide(r request) Decision {
	if why := r.refused(); why != "" {
		return Decision{Why: why}
	}
	e := p.entities(r, rowType)
	return p.rows.ask(r.query(e), e)
}

// query is the question about a row as the rules take it.
func (r request) query(e entities) cedar.Request {
	return cedar.Request{
		Principal: e.who.UID, Action: action(r.do), Resource: e.row.UID,
		Context: cedar.NewRecord(cedar.RecordMap{
			"do": cedar.String(r.do), "now": millis(r.now), "step": cedar.String(r.step), "consent": cedar.Boolean(r.consent),
		}),
	}
}

// refused says what of a question makes no sense; "" if nothing.
func (r request) refused() string {
	k, known := lookup(r.kind)
	switch {
	case !known || k.group == "":
		return "there is no such kind of row"
	case !slices.Contains(Actions(), r.do):
		return "there is no such act"
	case r.who.valid() != "":
		return "the person's " + r.who.valid() + " is not a name"
	case r.label.Valid() != nil:
		return "the mark cannot be read"
	}
	return ""
}

// ask puts a question to the rules.
func (b rulebook) ask(q cedar.Request, e entities) Decision {
	allowed, why := b.reasons(q, e)
	if why == nil {
		return Decision{Why: "no rule allows it"}
	}
	return Decision{Allowed: allowed, Why: why[0]}
}

// reasons returns the rules that decided, in the order of the file, in whatever order they
// were tried. A rule that cannot be applied closes: a forbidding rule that failed must not
// be as good as none.
func (b rulebook) reasons(q cedar.Request, e entities) (allowed bool, why []string) {
	verdict, notes := cedar.Authorize(b.by[q.Action], e, q)
	if len(notes.Errors) > 0 {
		return false, []string{"a rule could not be applied"}
	}
	for _, name := range b.names {
		if slices.ContainsFunc(notes.Reasons, func(d cedar.DiagnosticReason) bool { return string(d.PolicyID) == name }) {
			why = append(why, name)
		}
	}
	return verdict == cedar.Allow, why
}

// entities are the person and the row of a question, as the rules see them.
type entities struct{ who, row cedar.Entity }

// Get implements cedar's lookup.
func (e entities) Get(id cedar.EntityUID) (cedar.Entity, bool) {
	switch id {
	case e.who.UID:
		return e.who, true
	case e.row.UID:
		return e.row, true
	}
	return cedar.Entity{}, false
}

func (p *Policy) entities(r request, of cedar.EntityType) entities {
	who := cedar.RecordMap{
		"roles": set(r.who.Roles), "self": set(r.who.self()), "names": set(r.who.names()),
		"purposes": set(r.who.Purposes), "twoFactor": cedar.Boolean(r.who.TwoFactor),
	}
	if r.who.Party != "" {
		who["party"] = cedar.String(r.who.Party)
	}
	l := r.label
	row := cedar.RecordMap{
		"kind": cedar.String(r.kind), "group": p.groups[r.kind], "tlp": cedar.String(l.TLP), "to": set(l.To), "purpose": set(l.Purpose),
		"owners": set(l.owners()), "originator": set(l.originator()),
		"orcon": cedar.Boolean(l.Orcon), "pii": cedar.Boolean(l.PII), "minor": cedar.Boolean(l.Minor),
	}
	if l.Party != "" {
		row["party"] = cedar.String(l.Party)
	}
	if !l.Embargo.IsZero() {
		row["embargo"] = millis(l.Embargo)
	}
	return entities{
		who: cedar.Entity{UID: cedar.NewEntityUID("Person", "who"), Attributes: cedar.NewRecord(who)},
		row: cedar.Entity{UID: cedar.NewEntityUID(of, "it"), Attributes: cedar.NewRecord(row)},
	}
}

func set[T ~string](words []T) cedar.Set {
	out := make([]cedar.Value, len(words))
	for i, w := range words {
		out[i] = cedar.String(w)
	}
	return cedar.NewSet(out...)
}

// millis is an instant for the rules, rounded down: an embargo never ends early.
func millis(t time.Time) cedar.Datetime { return cedar.NewDatetimeFromMillis(t.UnixMilli()) }
