package reading

import (
	"slices"
	"strings"
)

// pointers finds pronouns and titles that point back, and whom they may mean.
func (p *page) pointers() {
	var found []mention
	p.index()
	for i := range p.toks {
		h, ok := p.longest(i, isPronoun)
		if !ok || p.taken[i] || p.depth[i] > 0 && h.code != "two" {
			continue
		}
		if m, ok := p.pointer(h); ok {
			found = append(found, m)
			p.take(m.a, m.b)
		}
	}
	for _, m := range found {
		p.note(m)
	}
	p.order()
}

func (p *page) pointer(h hit) (mention, bool) {
	m := mention{a: h.a, b: h.b, it: Item{Kind: KindActor}}
	if p.is(h.a-1, "the") && h.code == "role" {
		m.a--
	}
	switch h.code {
	case "he", "she":
		who := p.peopleBefore(h.a)
		if len(who) == 0 && h.code == "he" {
			who = p.onlyPerson(h.a)
		}
		p.pointTo(&m, who, "several people were named before")
		if k := p.officer(h.a); len(who) == 0 && k >= 0 {
			m.it.Codes, m.it.Name, m.it.Why = p.ments[k].it.Codes, p.ments[k].it.Name, "who was named by an office"
		}
	case "role":
		if p.personSoon(h.b) || p.lowerAt(h.b) == "staff" {
			return m, false
		}
		if !strings.HasPrefix(p.lower(h.a), "the") && !arabic(p.text[p.toks[h.a].from:]) && !cyrillic(p.text[p.toks[h.a].from:]) || p.kind(h.b) == word && p.toks[h.b].capital {
			return m, false
		}
		p.pointTo(&m, p.ofTitle(h), "whose title it is, is not said")
		if m.it.Certain {
			m.it.Certain, m.it.Why = false, "a title without a name"
		}
	case "we":
		v := p.issuer()
		if v == nil || !p.speechSoon(h.b) {
			return m, false
		}
		m.it.Codes, m.it.Name, m.it.Why = v.Codes, v.Name, "whose statement this is"
	case "two":
		p.pointToTwo(&m)
	case "org":
		p.pointToBody(&m)
	case "they", "it":
		if !p.speechAt(h.b) && !(p.is(h.b, "had", "has", "have", "will", "would") && p.speechAt(h.b+1)) {
			return m, false
		}
		p.pointToBody(&m)
	default:
		return m, false
	}
	return m, true
}

// speechSoon reports whether a word of speech follows within two words.
func (p *page) speechSoon(i int) bool { return p.speechAt(i) || p.speechAt(i+1) || p.speechAt(i+2) }

// personSoon reports whether a person is named within a few words from token i.
func (p *page) personSoon(i int) bool {
	for k := i; k < i+4 && k < len(p.toks) && p.kind(k) == word; k++ {
		if j := p.mentionAt(k, KindActor); j >= 0 && p.ments[j].who != nil {
			return true
		}
	}
	return false
}

// bodyFits reports whether an actor may be meant by "the organisation" or "the group".
func (p *page) bodyFits(code string, m *mention) bool {
	if slices.Contains(noBody, code) {
		return false
	}
	if p.lists.Register == nil {
		return true
	}
	a, known := p.lists.Register.Actor(code)
	armed := known && (strings.HasPrefix(a.Kind, "non-state") || strings.HasPrefix(a.Kind, "foreign") || a.Kind == "umbrella" || a.Kind == "coalition" || a.Kind == "state-aligned-militia" || a.Kind == "state-forces")
	text := strings.ToLower(p.str(p.span(m.a, m.b)))
	switch {
	case strings.HasSuffix(text, "isation"), strings.HasSuffix(text, "ization"), strings.HasSuffix(text, "agency"), strings.HasSuffix(text, "watchdog"), strings.HasSuffix(text, "monitor"):
		return !armed
	case strings.HasSuffix(text, "movement"), strings.HasSuffix(text, "faction"), strings.HasSuffix(text, "group"):
		return known && armed && !strings.HasSuffix(a.Kind, "state-forces")
	case strings.HasSuffix(text, "ministry"):
		return known && strings.HasSuffix(a.Kind, "state-forces")
	}
	return true
}

// pointToBody finds the group, force or office that was named last, in the paragraph or the
// one before.
func (p *page) pointToBody(m *mention) {
	m.it.Why = "nobody is named before"
	for k := p.firstFrom(m.a) - 1; k >= 0 && p.paragraphs(p.ments[k].a, m.a) <= 3; k-- {
		x := p.ments[k]
		if x.b > m.a || x.it.Kind != KindActor || x.who != nil || len(x.it.Codes) == 0 || !p.bodyFits(x.it.Codes[0], m) {
			continue
		}
		m.it.Codes, m.it.Name, m.it.Why = x.it.Codes, x.it.Name, "who was named last"
		return
	}
}

// noBody are actors that "the group" and "the ministry" do not mean.
var noBody = []string{"civilians", "health-care", "?activists", "?state media", "?AFP", "?Reuters", "?SANA", "?TASS", "?RIA Novosti", "?Al Jazeera", "?TV7"}

// peopleBefore lists the people named before token i in its paragraph, the last first, in
// the last sentence that names any.
func (p *page) peopleBefore(i int) []*person {
	var out []*person
	found := -1
	for k := p.firstFrom(i) - 1; k >= 0; k-- {
		m := p.ments[k]
		if p.paragraphs(m.a, i) > 2 || p.paragraphs(m.a, i) > 0 && found >= 0 {
			break
		}
		if m.who == nil || p.depth[m.a] > p.depth[i] {
			continue
		}
		if found < 0 {
			found = p.sent[m.a]
		}
		if p.sent[m.a] != found {
			break
		}
		if p.speechAt(m.b) || p.speechAt(m.a-1) {
			return []*person{m.who}
		}
		if !slices.Contains(out, m.who) {
			out = append(out, m.who)
		}
	}
	return out
}

// ofTitle lists who "the minister" may be: the person last named with that word beside the name, or else
// those last named, unless another office stands with them.
func (p *page) ofTitle(h hit) []*person {
	role := p.lower(h.b - 1)
	first := p.firstFrom(h.a)
	for k := first - 1; k >= max(0, first-farBack) && p.paragraphs(p.ments[k].a, h.a) <= 5; k-- {
		if m := p.ments[k]; m.who != nil && p.titledBy(m, role) {
			return []*person{m.who}
		}
	}
	who := p.peopleBefore(h.a)
	for k := first - 1; k >= 0 && len(who) == 1 && p.paragraphs(p.ments[k].a, h.a) <= 2; k-- {
		if m := p.ments[k]; m.who == who[0] && p.otherOffice(m, role) {
			return nil
		}
	}
	return who
}

// titledBy reports whether a word stands in a mention of a person or in an apposition to it.
func (p *page) titledBy(m mention, role string) bool {
	for k := max(m.a-6, p.starts[p.sent[m.a]]); k < m.b+8 && p.sentOf(k) == p.sent[m.a]; k++ {
		if p.lowerAt(k) == role && (k < m.b || p.kind(m.b) == ',') {
			return true
		}
	}
	return false
}

// otherOffice reports whether an office other than that of a word stands in a mention of a person or
// just before it.
func (p *page) otherOffice(m mention, role string) bool {
	for k := max(m.a-2, p.starts[p.sent[m.a]]); k < m.b; k++ {
		if w := p.lowerAt(k); w != role && latin(p.text[p.toks[k].from]&^0x20) && slices.Contains([]string{"president", "minister", "envoy", "spokesman", "spokeswoman", "general", "ambassador", "governor", "commander", "mayor"}, w) {
			return true
		}
	}
	return false
}

// onlyPerson is the one person whom the text has named before token i, if there is just one.
func (p *page) onlyPerson(i int) []*person {
	var out []*person
	first := p.firstFrom(i)
	for k := first - 1; k >= max(0, first-farBack) && len(out) < 2; k-- {
		if who := p.ments[k].who; who != nil && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	if len(out) == 1 {
		return out
	}
	return nil
}

// inParagraph reports whether a person is named in the paragraph of token i, before it.
func (p *page) inParagraph(i int, who *person) bool {
	for k := p.firstFrom(i) - 1; k >= 0 && p.paragraphs(p.ments[k].a, i) == 0; k-- {
		if p.ments[k].who == who {
			return true
		}
	}
	return false
}

// paragraphs counts the paragraphs that begin after token a up to token i.
func (p *page) paragraphs(a, i int) int {
	return p.paras[i] - p.paras[a]
}

func (p *page) pointTo(m *mention, who []*person, why string) {
	switch len(who) {
	case 0:
		m.it.Why = "nobody is named before"
	case 1:
		m.who = who[0]
		m.it.Name, m.it.Codes, m.it.Certain = who[0].name, p.codes(who[0].actor), p.inParagraph(m.a, who[0])
		if !m.it.Certain {
			m.it.Why = "who was named in the paragraph before"
		}
	default:
		m.it.Why = why
		for _, w := range who {
			for _, c := range p.codes(w.actor) {
				if !slices.Contains(m.it.Codes, c) {
					m.it.Codes = append(m.it.Codes, c)
				}
			}
		}
	}
}

// pointToTwo finds the two who were last named together.
func (p *page) pointToTwo(m *mention) {
	var last []mention
	for k := p.firstFrom(m.a) - 1; k >= 0 && len(last) < 8; k-- {
		x := p.ments[k]
		if x.a < m.a && x.it.Kind == KindActor && len(x.it.Codes) == 1 && x.it.Certain {
			last = append(last, x)
		}
	}
	for i := 0; i+1 < len(last); i++ {
		y, x := last[i], last[i+1]
		if x.it.Codes[0] != y.it.Codes[0] && x.b < y.a && y.a-x.b <= 2 && p.is(y.a-1, "and", "و", "the") {
			m.it.Codes = []string{x.it.Codes[0], y.it.Codes[0]}
			m.it.Certain = p.sent[m.a]-p.sent[x.a] <= 4
			if !m.it.Certain {
				m.it.Why = "the two were named long before"
			}
			return
		}
	}
	m.it.Why = "which two is not said"
	if len(last) > 0 {
		m.it.Codes = slices.Clone(last[0].it.Codes)
	}
}
