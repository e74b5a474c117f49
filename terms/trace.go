package terms

import (
	"slices"
	"strings"

	"truce"
)

// steps explains each condition, in the order of the clause, then its exceptions.
func (sp *space) steps(factors []*factor) []truce.Step {
	var out []truce.Step
	for _, f := range factors {
		if f.joint {
			continue
		}
		under := ""
		if f.reading >= 0 {
			under = ", read as " + sp.rules[f.reading].name
		}
		if f.except == nil {
			s := sp.step(f.conditions[0])
			s.Condition += under
			out = append(out, s)
			continue
		}
		out = append(out, sp.exceptionStep(f, under))
	}
	seen := map[string]bool{}
	for _, r := range sp.rules {
		for _, x := range r.excuses {
			if x.clause.Kind != Permit && !sp.applies(x) && !seen[x.clause.ID] {
				seen[x.clause.ID] = true
				out = append(out, truce.Step{Condition: "exception " + x.clause.ID + " applies", Answer: "no",
					Because: "nobody raised it and no report suggests it", Facts: excuseFacts(x)})
			}
		}
	}
	return out
}

func (sp *space) exceptionStep(f *factor, under string) truce.Step {
	s := truce.Step{Condition: "exception " + f.except.clause.ID + " applies" + under, Answer: flip(sp.answer(f))}
	var parts []string
	for _, c := range f.conditions {
		part := sp.step(c)
		parts = append(parts, part.Condition+": "+part.Answer+" ("+part.Because+")")
		s.Facts = append(s.Facts, part.Facts...)
		s.Sources = append(s.Sources, part.Sources...)
	}
	if parts == nil {
		parts = []string{"it has no conditions"}
	}
	s.Because = strings.Join(parts, "; ")
	slices.Sort(s.Facts)
	s.Facts = slices.Compact(s.Facts)
	slices.Sort(s.Sources)
	s.Sources = slices.Compact(s.Sources)
	return s
}

func flip(answer string) string {
	switch answer {
	case "yes":
		return "no"
	case "no":
		return "yes"
	}
	return answer
}

// answer solves a factor by itself.
func (sp *space) answer(f *factor) string {
	alone := *f
	alone.reading = -1
	switch sp.solve([]*factor{&alone}).outcome {
	case truce.Violation:
		return "yes"
	case truce.NoViolation:
		return "no"
	}
	return "open"
}

func (sp *space) step(c *condition) truce.Step {
	f := &factor{conditions: []*condition{c}, reading: -1}
	s := truce.Step{Condition: c.label, Answer: sp.answer(f), Facts: sp.names([]*factor{f})}
	s.Because = sp.because(c)
	s.Sources = sp.s.sources(s.Facts)
	return s
}

// because puts the fact a condition rests on into words.
func (sp *space) because(c *condition) string {
	if c.words != "" {
		return c.words
	}
	switch c.about {
	case ofAct:
		return actText(sp.s.e.Acts)
	case ofTime:
		return sp.timeText()
	case ofPlace:
		return sp.placeText(c)
	case ofActor, ofTarget:
		return sp.partyText(c)
	case ofMeans:
		return meansText(sp.s.e.Means)
	case ofOccurrence:
		return "it is not established that it happened"
	}
	return sp.factText(c)
}

func actText(acts []string) string {
	if len(acts) == 0 {
		return "what was done is not known"
	}
	return "reported as " + orList(acts)
}

func (sp *space) timeText() string {
	var parts []string
	for _, w := range sp.s.when {
		switch {
		case w.From.IsZero() && w.To.IsZero():
			parts = append(parts, "the time is not known")
		case w.Lasts:
			parts = append(parts, "it lasted "+sp.j.stretch(w.From, w.To))
		case w.Instant():
			parts = append(parts, "it happened at "+sp.j.stretch(w.From, w.To))
		default:
			parts = append(parts, "it happened at some moment of "+sp.j.stretch(w.From, w.To))
		}
	}
	return strings.Join(parts, "; or ") + " (" + sp.j.a.Zone + ")"
}

func (sp *space) placeText(c *condition) string {
	text := "the place is known as " + sp.s.extent.String()
	if sp.s.extent.Anywhere() {
		text = "the place is not known"
	}
	if len(sp.s.e.Control) > 0 && slices.Contains(c.facts, factControl) {
		var names []string
		for _, id := range sp.s.e.Control {
			names = append(names, sp.j.who.name(id, sp.s.around()))
		}
		text += "; held by " + orList(names)
	} else if slices.Contains(c.facts, factControl) {
		text += "; who holds it is not known"
	}
	return text
}

// partyText says for the candidates what the register says of each.
func (sp *space) partyText(c *condition) string {
	e := sp.s.e
	ids := e.By
	if c.about == ofTarget {
		ids = e.Against
	}
	if e.Mutual {
		ids = slices.Concat(e.By, e.Against)
	}
	if len(ids) == 0 {
		return "nobody knows who"
	}
	var parts []string
	for _, id := range ids[:min(len(ids), 6)] {
		name := sp.j.who.name(id, sp.s.around())
		if why := sp.whyText(c, id); strings.HasPrefix(why, name) {
			parts = append(parts, why)
		} else {
			parts = append(parts, strings.TrimSuffix(name+": "+why, ": "))
		}
	}
	if len(ids) > 6 {
		parts = append(parts, itoa(len(ids)-6)+" more")
	}
	text := strings.Join(parts, "; ")
	if e.Mutual {
		text += "; who attacked whom is not said"
	}
	return text
}

func (sp *space) whyText(c *condition, id string) string {
	parties := sp.rules[0].clause.By
	if c.about == ofTarget {
		parties = sp.rules[0].clause.Against
	}
	at := sp.s.around()
	if at.IsZero() {
		at = sp.moments[len(sp.moments)-1].at
	}
	best, whys := truce.No, []string(nil)
	for _, p := range parties {
		r := sp.j.who.reason(p, id, at)
		if r.is > best {
			best, whys = r.is, nil
		}
		if r.is == best && r.why != "" {
			whys = append(whys, r.why)
		}
	}
	if best == truce.No && len(parties) > 1 {
		return "nothing on record puts it in " + orList(parties)
	}
	slices.Sort(whys)
	return strings.Join(slices.Compact(whys), ", ")
}

func meansText(ms []truce.Means) string {
	if len(ms) == 0 {
		return "the means is not known"
	}
	var parts []string
	for _, m := range ms {
		text := m.Kind
		for _, n := range sortedKeys(m.Num) {
			if r := m.Num[n]; r.Low == r.High {
				text += " of " + n + " " + ftoa(r.Low)
			} else {
				text += " of " + n + " " + ftoa(r.Low) + " to " + ftoa(r.High)
			}
		}
		parts = append(parts, text)
	}
	return "reported as " + orList(parts)
}

func (sp *space) factText(c *condition) string {
	var parts []string
	for _, i := range c.facts {
		if i < factFixed {
			continue
		}
		f := sp.facts[i]
		switch {
		case sp.known(f.name):
			parts = append(parts, f.name+" is "+orList(f.labels))
		default:
			parts = append(parts, f.name+" is not known")
		}
	}
	if parts == nil {
		return "as recorded"
	}
	return strings.Join(parts, "; ")
}

func (sp *space) known(name string) bool {
	e := sp.s.e
	switch name {
	case "killed":
		return e.Killed != nil
	case "injured":
		return e.Injured != nil
	case "number":
		return e.Number != nil
	}
	v, ok := e.Facts[name]
	return ok && (len(v.Words) > 0 || v.Number != nil)
}
