package terms

import (
	"iter"
	"slices"
	"sort"
	"strings"

	"truce"
)

// Verdicts judges elements under every clause that can be broken by one: forbid, keep,
// and require upon an occasion. The order is that of the elements, then of the clauses.
func (j *Judge) Verdicts(elements []truce.Element) iter.Seq[truce.Verdict] {
	return func(yield func(truce.Verdict) bool) {
		for i := range elements {
			s := NewSubject(j.book.Atlas, &elements[i])
			for _, c := range j.a.Clauses {
				if Judged(c) && !yield(j.Verdict(s, c)) {
					return
				}
			}
		}
	}
}

// Judged reports whether a clause is judged element by element. The others have a state
// over time or only bear on clauses that are.
func Judged(c *Clause) bool {
	return c.Kind == Forbid || c.Kind == Keep || c.Kind == Require && c.Upon != nil
}

// Verdict judges one element under one clause.
func (j *Judge) Verdict(s *Subject, c *Clause) truce.Verdict { return j.verdict(s, c, false) }

// verdict is Verdict; in short it leaves out what a brief does not say.
func (j *Judge) verdict(s *Subject, c *Clause, short bool) truce.Verdict {
	v := truce.Verdict{Agreement: j.a.ID, Version: j.version, Clause: c.ID, Cite: c.Cite, Element: s.e.ID,
		State: digest([]byte(s.version + j.book.Version))}
	switch s.e.Status {
	case "retracted":
		return withCode(v, truce.Undetermined, "RETRACTED")
	case "duplicate":
		return withCode(v, truce.Undetermined, "DUP")
	}
	rules := j.rules[c.ID]
	if j.early(&v, s, rules) {
		return v
	}
	sp := newSpace(j, s, rules)
	sp.short = short
	sp.judge(&v, c)
	return v
}

// judge answers a clause over all worlds, and says why.
func (sp *space) judge(v *truce.Verdict, c *Clause) {
	factors := sp.factors()
	all := sp.solve(factors)
	v.Outcome = all.outcome
	if !sp.short {
		v.Steps = sp.steps(factors)
	}
	sp.readingsOf(v)
	sp.explain(v, c, factors, all)
	if sp.short {
		return
	}
	sp.parts(v, factors)
	v.Notes = sp.notes(sp.rules, v.Outcome)
}

// explain gives the reasons of an outcome.
func (sp *space) explain(v *truce.Verdict, c *Clause, factors []*factor, s solution) {
	switch s.outcome {
	case truce.Violation:
		sp.violation(v, c, factors, s)
	case truce.NoViolation:
		sp.noViolation(v, factors)
	default:
		sp.undetermined(v, factors)
	}
}

func withCode(v truce.Verdict, o truce.Outcome, code string) truce.Verdict {
	v.Outcome, v.Code, v.Codes = o, code, []string{code}
	return v
}

// early answers the many cases in which the act or the time alone decides, without
// laying out the worlds.
func (j *Judge) early(v *truce.Verdict, s *Subject, rules []*rule) bool {
	act, at := false, false
	for _, r := range rules {
		act = act || j.mayBe(s.e.Acts, r.actsAsked())
		at = at || mayFall(s.when, r.windows) || mayFall(s.when, r.perhaps)
	}
	if act && at {
		return false
	}
	sp := &space{j: j, s: s, rules: rules}
	var c *condition
	var because, name string
	if !act {
		c, because, name = sp.actCondition(rules[0]), actText(s.e.Acts), "act"
	} else {
		c, because, name = sp.timeCondition(rules[0]), sp.timeText(), "time"
	}
	*v = withCode(*v, truce.NoViolation, reasons[c.about])
	v.Steps = []truce.Step{{Condition: c.label, Answer: "no", Because: because, Facts: []string{name}, Sources: s.sources([]string{name})}}
	v.Rests = []string{name}
	if len(rules) > 1 {
		for _, r := range rules {
			v.Readings = append(v.Readings, truce.Reading{Name: r.name, HeldBy: r.heldBy, Outcome: v.Outcome, Code: v.Code})
		}
	}
	v.Notes = sp.notes(rules, v.Outcome)
	return true
}

// mayBe reports whether an act known as one of given may be one of asked.
func (j *Judge) mayBe(given, asked []string) bool {
	if len(given) == 0 {
		return len(asked) > 0
	}
	for _, g := range given {
		for _, a := range asked {
			if j.acts.Covers(a, g) || j.acts.Covers(g, a) {
				return true
			}
		}
	}
	return false
}

func mayFall(when []truce.When, ss spans) bool {
	for _, w := range when {
		if w.From.IsZero() || w.To.IsZero() {
			if len(ss) > 0 {
				return true
			}
			continue
		}
		i := sort.Search(len(ss), func(i int) bool { return ss[i].to.IsZero() || w.From.Before(ss[i].to) })
		if i < len(ss) && (w.Instant() && ss[i].has(w.From) || !w.Instant() && !ss[i].meet(span{w.From, w.To}).empty()) {
			return true
		}
	}
	return false
}

// readingsOf gives the outcome under each reading of a contested clause.
func (sp *space) readingsOf(v *truce.Verdict) {
	if len(sp.rules) < 2 {
		return
	}
	for _, r := range sp.rules {
		one := newSpace(sp.j, sp.s, []*rule{r})
		one.forest, one.short = sp.forest, sp.short
		factors := one.factors()
		s := one.solve(factors)
		var u truce.Verdict
		one.explain(&u, r.clause, factors, s)
		v.Readings = append(v.Readings, truce.Reading{Name: r.name, HeldBy: r.heldBy, Outcome: s.outcome, Code: u.Code})
	}
}

func (sp *space) violation(v *truce.Verdict, c *Clause, factors []*factor, s solution) {
	code := "V"
	if c.Kind == Require {
		code = "V-OMIT"
	} else if len(sp.s.e.By) != 1 || sp.s.e.Mutual || sp.umbrella(sp.s.e.By[0]) || strings.HasPrefix(sp.s.e.By[0], "?") {
		code = "V-NOATTR"
	}
	*v = withCode(*v, truce.Violation, code)
	v.Rests = sp.everyFact(factors)
	v.Could = sp.could(s)
}

// everyFact names the facts that factors turn on, and those that would bring in an
// exception which nobody has raised, or a doubt which nobody has.
func (sp *space) everyFact(factors []*factor) []string {
	out := append(sp.names(factors), sp.facts[factHappened].name)
	for _, r := range sp.rules {
		for _, x := range r.excuses {
			if !sp.applies(x) {
				out = append(out, excuseFacts(x)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// excuseFacts are the facts that would bring an exception up.
func excuseFacts(x *rule) []string { return append(sortedKeys(x.clause.Excuse), "raised") }

// noViolation finds why: one condition that holds in no world, else an exception, else the
// conditions that cannot hold together.
func (sp *space) noViolation(v *truce.Verdict, factors []*factor) {
	core := sp.core(factors)
	var codes []string
	for _, f := range core {
		code := f.code()
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		codes = []string{"NV-ACT"}
	}
	slices.SortStableFunc(codes, func(a, b string) int { return codeRank(a) - codeRank(b) })
	*v = withCode(*v, truce.NoViolation, codes[0])
	v.Codes = codes
	v.Rests = sp.names(core)
}

func (f *factor) code() string {
	if f.except != nil {
		switch f.except.clause.CountsAs {
		case "consent":
			return "NV-CONSENT"
		case "notified":
			return "NV-NOTIFIED"
		}
		return "NV-EXCEPT"
	}
	return reasons[f.conditions[0].about]
}

// core is a smallest group of factors, by leaving out, that already rules a violation out.
// A single plain condition is preferred, then one with an exception.
func (sp *space) core(factors []*factor) []*factor {
	ruledOut := func(fs []*factor) bool { return len(fs) > 0 && sp.solve(fs).outcome == truce.NoViolation }
	if len(sp.rules) == 1 {
		for _, f := range factors {
			if f.except == nil && ruledOut([]*factor{f}) {
				return []*factor{f}
			}
		}
		for _, f := range factors {
			if f.except != nil && ruledOut([]*factor{f}) {
				return []*factor{f}
			}
		}
	}
	core := slices.Clone(factors)
	for i := len(core) - 1; i >= 0; i-- {
		if less := slices.Delete(slices.Clone(core), i, i+1); ruledOut(less) {
			core = less
		}
	}
	return core
}

var codeOrder = []string{"NV-ACT", "NV-TIME", "NV-AREA", "NV-ACTOR", "NV-TARGET", "NV-MEANS", "NV-EXCEPT", "NV-CONSENT", "NV-NOTIFIED",
	"UD-CONFLICT", "UD-TIME", "UD-PLACE", "UD-ACTOR", "UD-STATUS", "UD-TARGET", "UD-ACT", "UD-MEANS", "UD-EXCEPT", "UD-READING", "UD-SOURCE"}

// codeRank orders codes. An exception, where it takes one to rule a violation out, is the reason.
func codeRank(code string) int {
	if code == "NV-EXCEPT" || code == "NV-CONSENT" || code == "NV-NOTIFIED" {
		return -1
	}
	return slices.Index(codeOrder, code)
}

func (sp *space) undetermined(v *truce.Verdict, factors []*factor) {
	sp.loose = true
	defer func() { sp.loose = false }()
	factors = slices.DeleteFunc(slices.Clone(factors), func(f *factor) bool { return f.joint })
	s := sp.solve(factors)
	var codes []string
	for _, c := range s.components {
		for i, f := range c.facts {
			if !c.matters(i) {
				continue
			}
			codes = append(codes, sp.openCode(f, c))
			if name := sp.facts[f].name; sp.s.conflicting(name) && name != "control" {
				codes = append(codes, "UD-CONFLICT")
			}
		}
	}
	slices.SortFunc(codes, func(a, b string) int { return codeRank(a) - codeRank(b) })
	codes = slices.Compact(codes)
	*v = withCode(*v, truce.Undetermined, codes[0])
	v.Codes = codes
	v.Rests = sp.everyFact(factors)
	v.Settle = sp.settle(s)
	v.Could = sp.could(s)
}

// openCode is the reason code of a fact that matters. One of two who fought is asked about
// as actor or as target, by the condition that turns on it.
func (sp *space) openCode(f int, c *component) string {
	if f != factSideA && f != factSideB || !sp.s.e.Mutual {
		return sp.facts[f].code
	}
	for _, fac := range c.factors {
		if fac.joint {
			continue
		}
		for _, cond := range fac.conditions {
			if cond.about == ofActor && slices.Contains(cond.facts, f) {
				return "UD-ACTOR"
			}
		}
	}
	return "UD-TARGET"
}

// names lists the facts that factors turn on, by the names that people know.
func (sp *space) names(factors []*factor) []string {
	var out []string
	for _, f := range factors {
		if f.except != nil && len(f.except.clause.Excuse) > 0 {
			out = append(out, "raised")
		}
		for _, i := range f.facts() {
			name := sp.facts[i].name
			if i >= factFixed && sp.facts[i].code == "UD-STATUS" {
				continue // the register's, not the element's
			}
			if i == factAttacker && !sp.s.e.Mutual || i == factReading {
				continue
			}
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// could lists the actors named as candidates whose act would have broken the clause.
func (sp *space) could(s solution) []string {
	e := sp.s.e
	var out []string
	for i, given := range [2][]string{e.By, e.Against} {
		if i == 1 && !e.Mutual {
			break
		}
		for v, h := range sp.hands[i] {
			named := slices.DeleteFunc(slices.Clone(h.ids), func(id string) bool { return !slices.Contains(given, id) })
			if len(named) > 0 && s.possible(i, v) {
				out = append(out, named...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parts splits a single lasting act where the answer changes.
func (sp *space) parts(v *truce.Verdict, factors []*factor) {
	if len(sp.s.when) != 1 || !sp.s.when[0].Lasts || len(sp.moments) < 2 {
		return
	}
	one := *sp
	one.several = false
	outcomes := map[int]truce.Outcome{}
	for i, m := range sp.moments {
		era := sp.eraOf[i]
		if outcomes[era] == "" {
			one.covers, one.times = [][]int{{era}}, []int{0}
			outcomes[era] = one.solve(factors).outcome
		}
		p := truce.Part{From: m.at, To: m.end, Outcome: outcomes[era]}
		if n := len(v.Parts); n > 0 && v.Parts[n-1].Outcome == p.Outcome {
			v.Parts[n-1].To = p.To
			continue
		}
		v.Parts = append(v.Parts, p)
	}
	if len(v.Parts) == 1 {
		v.Parts = nil
	}
}

func (sp *space) notes(rules []*rule, outcome truce.Outcome) []string {
	out := slices.Concat(sp.s.notes, sp.j.notes)
	for _, r := range rules {
		out = append(out, r.notes...)
	}
	for _, p := range sp.j.a.Precedence {
		note := sp.j.a.ID + " stands before " + p.Over
		if p.Subject != "" {
			note += " for " + p.Subject
		}
		out = append(out, note+"; each is judged by itself")
	}
	if len(sp.s.e.Conflict) > 0 && outcome != "" {
		out = append(out, "sources contradict each other on "+orList(sp.s.e.Conflict))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
