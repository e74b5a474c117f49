package reading

import (
	"slices"
	"strings"
)

// aloneBefore reports whether the subject before a word of speech is "I": the writer of the account.
func (p *page) aloneBefore(v voiced, h hit) bool {
	for k := v.a; k < h.a; k++ {
		if p.is(k, "i", "я") || p.lowerAt(k) == "انا" || p.lowerAt(k) == "أنا" {
			return true
		}
	}
	return false
}

// numberSoon reports whether a number stands within a few words: "counted 40 impacts".
func (p *page) numberSoon(i int) bool {
	for k := i; k < i+5 && p.kind(k) == word || p.kind(k) == number; k++ {
		if p.numberAt(k) {
			return true
		}
	}
	return false
}

// openingVerb reads a sentence of notes that begins with its verb: "Denies any movement.", "Says two
// rockets fell": whoever spoke last in the paragraph.
func (p *page) openingVerb(h hit) (voiced, bool) {
	w := p.lower(h.a)
	if !p.toks[h.a].next || h.a == 0 || !latin(w[0]&^0x20) || !strings.HasSuffix(w, "s") || p.depth[h.a] > 0 {
		return voiced{}, false
	}
	s := p.lastSaying(h.a)
	if s == nil || p.paras[s.verb] != p.paras[h.a] {
		return voiced{}, false
	}
	v := *s.Speaker
	v.Certain = false
	return voiced{&v, s.speaker, h.a, h.a, false}, true
}

// lastPerson is the mention of the person named last before token i, in its paragraph or the one before, or -1.
func (p *page) lastPerson(i int) int {
	for k := p.firstFrom(i) - 1; k >= 0 && p.paragraphs(p.ments[k].a, i) <= 1; k-- {
		if m := p.ments[k]; m.who != nil && p.depth[m.a] == 0 {
			return k
		}
	}
	return -1
}

// bracketEnd is the token that closes the bracket opened at token k, or k.
func (p *page) bracketEnd(k int) int {
	for n := k + 1; n < k+14 && n < len(p.toks) && !p.toks[n].para; n++ {
		if p.kind(n) == ')' {
			return n
		}
	}
	return k
}

// opening is the actor that a sentence begins with, as the subject of "and said" in it: "X flew to
// Geneva and said". It is -1 if there is none.
func (p *page) opening(h hit) int {
	first := p.starts[p.sent[h.a]]
	for k := first; k < h.a && k < first+7; k++ {
		if p.kind(k) != word || p.is(k, "in", "on", "at", "after", "when", "if", "as", "from", "by", "for", "with", "в", "на", "после", "когда") && k == first {
			return -1
		}
		if m := p.byToken[k] - 1; m >= 0 {
			if !p.verbal(p.ments[m].b, h.a-1) {
				return -1
			}
			return m
		}
	}
	return -1
}

// verbal reports whether tokens [a, b) hold no other actor, no second clause and no quotation.
func (p *page) verbal(a, b int) bool {
	for k := a; k < b; k++ {
		if p.depth[k] > 0 || p.kind(k) == ';' || p.kind(k) == '.' || p.is(k, "that", "which", "who", "when", "while", "что", "который", "but") || p.speechAt(k) {
			return false
		}
	}
	return true
}

// quotedName is the mention of an actor whose whole name stands in quotation marks that end at token
// k: "«Белые каски» сообщили". It is -1 if there is none.
func (p *page) quotedName(k int) int {
	if p.kind(k) != closes && p.kind(k) != '"' {
		return -1
	}
	for j := p.firstFrom(k - 6); j < len(p.ments) && p.ments[j].a < k; j++ {
		if m := p.ments[j]; m.it.Kind == KindActor && m.b == k && (p.kind(m.a-1) == opens || p.kind(m.a-1) == '"') {
			return j
		}
	}
	return -1
}

// introduced is who stands before a colon and a quotation: "Jan Egeland: "not one person"".
func (p *page) introduced(q quote) *Voice {
	c := q.a - 1
	if c < 1 || p.kind(c) != ';' || p.text[p.toks[c].from] != ':' || p.toks[q.a].para {
		return nil
	}
	for k := p.firstFrom(c - 8); k < len(p.ments) && p.ments[k].a < c; k++ {
		if m := p.ments[k]; m.it.Kind == KindActor && m.b == c {
			return p.voice(k)
		}
	}
	return nil
}

// thatWithin reports whether an Arabic "that" follows within n words.
func (p *page) thatWithin(i, n int) bool {
	for k := i; k < i+n; k++ {
		if p.saidAt(k) {
			return true
		}
	}
	return false
}

// officeOf is the actor for whom somebody speaks who is told by his office: "the head of the UN
// mission", "a member of the local council of X". It is nil if none is named.
func (p *page) officeOf(a, b int) *Voice {
	of := a
	for of < b && !p.is(of, "of", "for", "from") {
		of++
	}
	if of == a || of >= b || !slices.ContainsFunc(p.lowers(a, of), func(w string) bool { return slices.Contains(holders, w) }) {
		return nil
	}
	for k := of + 1; k < b; k++ {
		m := p.byToken[k] - 1
		if m < 0 || len(p.ments[m].it.Codes) == 0 || slices.Contains(unarmed, p.ments[m].it.Codes[0]) {
			continue
		}
		s := p.span(a, b)
		return &Voice{Span: s, Text: p.str(s), Codes: p.ments[m].it.Codes, Name: p.ments[m].it.Name}
	}
	return nil
}

// mouthOf is the body of which "a spokeswoman" speaks who is told by no other word: that named last in the
// paragraph. It is nil if none is.
func (p *page) mouthOf(a, b int) *Voice {
	if b-a != 1 || !slices.Contains([]string{"spokesman", "spokeswoman", "spokesperson"}, p.lowerAt(a)) {
		return nil
	}
	m := mention{a: a, b: b}
	p.pointToBody(&m)
	if len(m.it.Codes) == 0 || p.paras[a] != p.paras[p.nearestOf(m.it.Codes[0], a)] {
		return nil
	}
	s := p.span(a, b)
	return &Voice{Span: s, Text: p.str(s), Codes: m.it.Codes, Name: m.it.Name}
}

// nearestOf is the token where an actor was named last before token i, or 0.
func (p *page) nearestOf(code string, i int) int {
	for k := p.firstFrom(i) - 1; k >= 0 && p.paras[p.ments[k].a] == p.paras[i]; k-- {
		if m := p.ments[k]; m.it.Kind == KindActor && slices.Contains(m.it.Codes, code) {
			return m.a
		}
	}
	return 0
}

// officer is the actor named last in the paragraph by somebody who holds an office of it: "the Russian
// general", "Jaysh al-Islam's political officer", or -1.
func (p *page) officer(i int) int {
	for k := p.firstFrom(i) - 1; k >= 0 && p.paras[p.ments[k].a] == p.paras[i]; k-- {
		m := p.ments[k]
		if m.it.Kind != KindActor || len(m.it.Codes) == 0 || m.b > i {
			continue
		}
		for j := m.b - 1; j < m.b+3 && p.kind(j) == word && !p.toks[j].next; j++ {
			if slices.Contains(holders, p.lowerAt(j)) || slices.Contains([]string{"general", "colonel", "commander", "liaison"}, p.lowerAt(j)) {
				return k
			}
			if p.verbAt(j) || p.speechAt(j) {
				break
			}
		}
	}
	return -1
}

// reduced reports whether a word of saying only tells more of the noun before it: "the truce announced
// on Saturday is holding".
func (p *page) reduced(i int, h hit) bool {
	if !strings.HasSuffix(p.lower(i), "ed") || h.b != i+1 || p.kind(i-1) != word || p.byToken[i-1] > 0 {
		return false
	}
	k := h.b
	for ; k < h.b+8 && p.kind(k) == word && (p.taken[k] || p.is(k, "on", "at", "by", "in", "last", "the", "earlier")) && p.byToken[k] == 0; k++ {
	}
	return k > h.b && p.is(k, "is", "are", "was", "were", "has", "have", "had", "will", "would") && !p.actorEnds(i)
}

// actorEnds reports whether the name of an actor ends before token i.
func (p *page) actorEnds(i int) bool {
	for k := p.firstFrom(i - 8); k < len(p.ments) && p.ments[k].a < i; k++ {
		if m := p.ments[k]; m.it.Kind == KindActor && m.b == i {
			return true
		}
	}
	return p.officeBefore(i-1) || p.official[p.next(i-1)] || slices.Contains(voices, p.lowerAt(i-1))
}

// noClause reports whether tokens [a, b) hold no verb that could tell what is said.
func (p *page) noClause(a, b int) bool {
	for k := a; k < b; k++ {
		if p.is(k, "that", "is", "are", "was", "were", "has", "have", "had", "will", "would", "it", "they", "he", "she", "he", "not") || p.verbAt(k) || p.speechAt(k) || p.depth[k] > p.depth[a] || p.kind(k) == ';' {
			return false
		}
	}
	return b-a < 9
}

// lowers lists tokens [a, b) as words in lower case.
func (p *page) lowers(a, b int) []string {
	var out []string
	for k := a; k < b; k++ {
		out = append(out, p.lowerAt(k))
	}
	return out
}

// holders are those who speak for the body that their office belongs to.
var holders = strings.Fields("head chief director deputy spokesman spokeswoman spokesperson official officials member members representative representatives leader leaders commander commanders envoy delegate ambassador chairman chairwoman president secretary minister adviser officer officers coordinator negotiator")

// trimmed takes auxiliaries and adverbs off the end of a subject: "the Turkish party has".
func (p *page) trimmed(a, end int) int {
	for end > a+1 && (p.is(end-1, "has", "have", "had", "will", "would", "also", "again", "later", "earlier", "once", "never", "already", "today", "yesterday", "was", "were", "is", "are") || strings.HasSuffix(p.lowerAt(end-1), "ly") && !p.toks[end-1].capital) {
		end--
	}
	return end
}

// noSubject reports whether words before a word of speech cannot be its subject: they begin with what
// only belongs to something else, or with how many.
func (p *page) noSubject(a, end int) bool {
	if slices.Contains(anybody, p.lowerAt(a)) || p.is(a, "of", "under", "for", "with", "by", "from", "since", "until", "on", "at", "through", "to", "during", "than") || p.scaleAt(a) {
		return true
	}
	for k := a; k < end; k++ {
		if p.is(k, "is", "are", "was", "were", "been", "be") {
			return true
		}
	}
	return false
}

// labelled reports whether "called" names what somebody thinks of something: "called the strike a
// flagrant violation", and what stance that is.
func (p *page) labelled(i int) (Stance, bool) {
	if p.is(i-1, "so", "was", "were", "is", "are", "been", "be", "to") || p.is(i+1, "for", "on", "off", "up", "in", "out", "by", "to", "it", "at", "upon") || p.kind(i+1) != word || p.toks[i].next {
		return "", false
	}
	stance, named := Asserts, false
	for k := i + 1; k < i+16 && p.sentOf(k) == p.sent[i]; k++ {
		named = named || p.is(k, "a", "an") && k > i+1 || p.depth[k] > p.depth[i]
		switch w := p.lowerAt(k); {
		case !named:
		case slices.Contains(charging, w):
			stance = Accuses
		case slices.Contains(dismissing, w):
			stance = Denies
		}
		if p.kind(k) == ';' || named && p.kind(k) == ',' {
			break
		}
	}
	return stance, named
}

// labelledRu is the stance of a Russian "called it ..." by what it was called.
func (p *page) labelledRu(i int) Stance {
	for k := i; k < i+9 && p.sentOf(k) == p.sent[i-1]; k++ {
		w := p.lowerAt(k)
		begins := func(stem string) bool { return strings.HasPrefix(w, stem) }
		switch {
		case slices.ContainsFunc(strings.Fields("необоснован голословн лож фейк вымыс выдум бред сказк абсурд недостоверн беспочвен"), begins):
			return Denies
		case slices.ContainsFunc(strings.Fields("преступлен агресси терак провокац варварств"), begins):
			return Accuses
		}
	}
	return Asserts
}

// charging are nouns that charge somebody; dismissing are words that call something untrue.
var (
	charging   = strings.Fields("violation violations crime crimes aggression massacre terrorism provocation breach murder slaughter outrage atrocity barbaric deliberate invasion")
	dismissing = strings.Fields("lie lies fabrication fabricated false untrue nonsense baseless propaganda invention groundless fake")
)

// anybody are words for nobody in particular, who say nothing.
var anybody = strings.Fields("no neither nobody anybody anyone everybody everyone none whoever")

// genitives reports whether tokens [a, b) are a few Russian words that belong to the name before
// them: "отряды народной самообороны".
func (p *page) genitives(a, b int) bool {
	if b-a > 4 || b <= a {
		return false
	}
	for k := a; k < b; k++ {
		w := p.lowerAt(k)
		if w == "" || !cyrillic(w) || p.verbAt(k) || !slices.ContainsFunc(genitiveEnds, func(e string) bool { return strings.HasSuffix(w, e) }) {
			return false
		}
	}
	return true
}

// genitiveEnds are endings of Russian words that belong to another.
var genitiveEnds = strings.Fields("ой ей ов ев ого его ых их ии ы и а я")
