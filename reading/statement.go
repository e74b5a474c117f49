package reading

import (
	"slices"
	"strings"
)

// saying is a statement with its tokens: what is said is [from, to).
type saying struct {
	Statement
	from, to int
	verb     int
	speaker  int // mention, or -1
}

// statements finds who says what.
func (p *page) statements() {
	p.index()
	for i := range p.toks {
		h, ok := p.longest(i, isSpeech)
		if !ok || i > 0 && p.covered(i, h) {
			continue
		}
		if s, ok := p.speech(h); ok {
			p.said = append(p.said, s)
		}
	}
	p.bareQuotes()
	p.own()
}

// index notes for each token the mention of an actor that begins there.
func (p *page) index() {
	p.byToken = make([]int, len(p.toks)+1)
	for k := range p.ments {
		if p.ments[k].it.Kind == KindActor {
			p.byToken[p.ments[k].a] = k + 1
		}
	}
}

// covered reports whether a word of speech is part of a longer one, of a name, or negated.
func (p *page) covered(i int, h hit) bool {
	if before, ok := p.longest(i-1, isSpeech); ok && before.b >= h.b {
		return true
	}
	if p.taken[i] || p.asNoun(i, h) || p.depth[i] > 0 && p.is(i-1, "i", "we", "мы", "я") {
		return true
	}
	if p.lower(i) == "asked" && p.is(h.b, "not") && p.is(h.b+1, "to") && p.is(h.b+2, "be") {
		return true // "who asked not to be named"
	}
	if p.reduced(i, h) {
		return true
	}
	if p.is(i-1, "not", "never", "without", "neither", "nor") || h.code == string(Asserts) && slices.Contains([]string{"counts", "counted"}, p.lower(i)) && !p.numberSoon(h.b) {
		return true
	}
	return p.is(i-1, "to") && !arabic(p.text[p.toks[i].from:])
}

// asNoun reports whether a word of speech is a noun here: "five documents", "the claims".
func (p *page) asNoun(i int, h hit) bool {
	w := p.lower(i)
	return h.b == i+1 && slices.Contains(nouns, w) && (p.numberAt(i-1) || p.is(i-1, "the", "a", "an", "its", "their", "his", "of", "these", "those", "other", "many"))
}

// nouns are words of speech that are nouns as often.
var nouns = strings.Fields("documents reports report claims claim demands charges questions notes estimates details counts fears appeals hears records tells says wants pledge demand")

// speech reads the statement around a word of speech.
func (p *page) speech(h hit) (saying, bool) {
	s := saying{verb: h.a, speaker: -1, Statement: Statement{Stance: Stance(h.code), Verb: p.str(p.span(h.a, h.b))}}
	if w := p.lower(h.a); h.b == h.a+1 && (w == "called" || w == "branded" || w == "calls") {
		st, ok := p.labelled(h.a)
		if !ok {
			return s, false
		}
		s.Stance = st
	}
	if w := p.lower(h.a); s.Stance == Asserts && (strings.HasPrefix(w, "назва") || strings.HasPrefix(w, "называ")) {
		s.Stance = p.labelledRu(h.b)
	}
	v, ok := p.speaker(h)
	if !ok {
		return s, false
	}
	if v.mention < 0 && !v.right && p.depth[h.a] == 0 && p.aloneBefore(v, h) {
		return s, false // "I counted": the account's own
	}
	s.Speaker, s.speaker = p.insideVoice(h, v), v.mention
	s.Within = p.depth[h.a] > 0
	if s.Within && v.mention < 0 && p.is(v.a, "i", "we", "мы", "я") {
		return s, false // the quotation itself is the statement
	}
	from, to, quoted := p.content(h, v)
	if p.onlyThat(from, to) {
		return s, false
	}
	if to <= from && s.Stance != Asserts && s.Stance != Agrees {
		from, to = min(v.a, h.a), h.b // "Kiev denied it"
	}
	if to <= from {
		return s, false
	}
	s.from, s.to, s.Quoted = from, to, quoted
	if w := p.lower(h.a); !quoted && from >= h.b && (w == "continued" || w == "added" || w == "demands" || w == "questions") && !p.is(from-1, "that") && !p.afterQuote(h.a) && !v.right {
		return s, false
	}
	s.Said = p.span(from, to)
	s.Addressee = p.addressee(h)
	a, b := min(from, v.a, h.a), max(to, v.b, h.b)
	s.Span = p.span(a, b)
	s.When = p.spokenWhen(h, from, to)
	s.About = p.topics(from, to)
	p.temper(&s)
	return s, true
}

// insideVoice is the speaker of a statement, where "it" inside somebody's statement is that somebody.
func (p *page) insideVoice(h hit, v voiced) *Voice {
	if len(p.said) == 0 || v.voice == nil || !p.is(v.a, "it", "they", "he", "she", "его", "он", "она", "они") {
		return v.voice
	}
	if s := p.said[len(p.said)-1]; s.Speaker != nil && s.from <= h.a && h.a < s.to && p.sent[s.verb] == p.sent[h.a] && len(s.Speaker.Codes) > 0 {
		out := *s.Speaker
		out.Certain = false
		return &out
	}
	return v.voice
}

// onlyThat reports whether all that is said is "that", of words told before: "they said that yesterday".
func (p *page) onlyThat(from, to int) bool {
	if from < 1 || to <= from || to-from > 3 || !p.is(from-1, "that") && !p.is(from, "that") {
		return false
	}
	for k := from; k < to; k++ {
		if p.kind(k) == word && !p.taken[k] && !p.is(k, "that") && p.lower(k) != "too" && p.lower(k) != "also" {
			return false
		}
	}
	return true
}

// voiced is a speaker found: tokens [a, b).
type voiced struct {
	voice   *Voice
	mention int
	a, b    int
	right   bool // stands behind the word of speech
}

// speaker finds who speaks: before the word of speech or behind it.
func (p *page) speaker(h hit) (voiced, bool) {
	w := p.lower(h.a)
	first := p.left
	second := p.right
	bare := h.b-h.a == 1 && p.is(h.a-1, "was", "were", "been", "be", "is", "are") && !p.taken[h.a-1]
	switch {
	case bare && p.byBehind(h.b) > 0 && !p.asSaying(h.b) && h.code != string(Promises):
		return p.right(p.byBehind(h.b)-1, h)
	case w == "by" || w == "according" || w == "in" || strings.HasPrefix(w, "по") && h.b-h.a > 1 || w == "согласно" || w == "со":
		if p.is(h.b-2, "его", "ее", "их") || p.is(h.a+1, "его", "ее", "их") {
			return p.again(h)
		}
		return p.right(h.b-1, h)
	case arabic(w):
		return p.arabicSpeaker(h)
	case p.quoteEnds(h.a):
		first, second = p.right0, p.left
	case p.afterQuote(h.a):
		if v, ok := p.left(h.b-1, h); ok && v.mention >= 0 {
			return v, true
		}
		first, second = p.right0, p.left
	case bare && !p.asSaying(h.b) && (p.is(h.a-1, "was", "were", "been", "be") || strings.HasSuffix(w, "ed") && w != "concerned"):
		return voiced{}, false // "it was reported": nobody says by whom
	}
	if (w == "quoted" || w == "cited") && p.asSaying(h.b) {
		return p.left(h.b-1, h)
	}
	if p.is(h.b, "of") && strings.HasPrefix(w, "report") || strings.HasPrefix(w, "claim") && p.is(h.b, "of") && !p.is(h.a-1, "has", "have") && p.toks[h.a].next {
		return voiced{}, false // "reports of a violation"
	}
	if c := p.countAt(h.b); w == "reported" && c.entry != nil && harm(c.code) && c.b == h.b+1 {
		return voiced{}, false // "60 people reported dead"
	}
	if v, ok := p.sameAgain(h); ok {
		return v, true
	}
	if v, ok := p.openingVerb(h); ok {
		return v, true
	}
	if v, ok := first(h.b-1, h); ok {
		return v, true
	}
	if v, ok := p.right0(h.b-1, h); ok && p.kind(h.a-1) == ',' && !strings.HasSuffix(w, "ing") && w != "told" && !p.is(h.b-1, "to", "on", "for", "upon", "with") {
		return v, true
	}
	if slices.Contains(ambiguous, w) {
		return voiced{}, false
	}
	if strings.HasSuffix(w, "ing") {
		return p.subjectOf(h)
	}
	if p.afterQuote(h.a) || cyrillic(w) {
		return second(h.b-1, h)
	}
	return voiced{}, false
}

// asSaying reports whether "as saying" follows: "was quoted by the agency as saying".
func (p *page) asSaying(i int) bool {
	for k := i; k < i+7 && k < len(p.toks) && !p.toks[k].next; k++ {
		if p.is(k, "as") && p.lowerAt(k+1) == "saying" {
			return true
		}
	}
	return false
}

// byBehind finds "by" behind a word of speech and an actor or an office behind that, or 0.
func (p *page) byBehind(i int) int {
	for k := i; k < i+9 && k < len(p.toks) && !p.toks[k].next && p.kind(k) == word; k++ {
		if p.is(k, "by") && (k == i || p.byToken[k+1] > 0 || p.is(k+1, "the") && p.byToken[min(k+2, len(p.toks))] > 0 || slices.Contains(voices, p.lowerAt(k+1))) {
			return k + 1
		}
	}
	return 0
}

// quoteEnds reports whether a quotation itself ends just before token i.
func (p *page) quoteEnds(i int) bool {
	k := i - 1
	for p.kind(k) == ',' || p.kind(k) == '-' {
		k--
	}
	return k >= 0 && p.depth[k] > p.depth[i]
}

// ambiguous are words of speech that are also other words.
var ambiguous = strings.Fields("report reports claims claim questions demands continued added agreed accepted describes asks charges blame quoted posted estimates estimate documents condemned expressed welcomed stress notes ordered invited replied")

func (p *page) right0(i int, h hit) (voiced, bool) {
	v, ok := p.right(i, h)
	if !ok || v.a-h.b <= 2 {
		return v, ok
	}
	for k := h.b; k < v.a; k++ {
		if p.officeBefore(k) {
			return v, v.a-h.b < 6
		}
	}
	return voiced{}, false
}

// afterQuote reports whether a quotation, or a comma behind one, ends just before token i.
func (p *page) afterQuote(i int) bool {
	k := i - 1
	if p.kind(k) == ',' || p.kind(k) == '-' {
		k--
		if cyrillic(p.lowerAt(i)) {
			return true
		}
	}
	return p.kind(k) == closes || p.kind(k) == '"' && p.depth[k] > p.depth[i]
}

func (p *page) lowerAt(i int) string {
	if p.kind(i) != word {
		return ""
	}
	return p.lower(i)
}

// left reads the subject before a word of speech.
func (p *page) left(_ int, h hit) (voiced, bool) {
	first := p.starts[p.sent[h.a]]
	stop := h.a
	for k := h.a - 1; k >= first && k > h.a-22; k-- {
		if m := p.quotedName(k); m >= 0 && p.subject(p.ments[m], h) {
			return voiced{p.voice(m), m, p.ments[m].a - 1, h.a, false}, true
		}
		if p.depth[k] != p.depth[h.a] {
			if p.depth[k] > p.depth[h.a] && stop == k+1 {
				break
			}
			continue
		}
		if m := p.byToken[k] - 1; m >= 0 && p.ments[m].b <= h.a && p.subject(p.ments[m], h) {
			m = p.firstOfGroup(m)
			return voiced{p.voice(m), m, p.ments[m].a, h.a, false}, true
		}
		if p.kind(k) == ';' || p.kind(k) == '.' || p.is(k, "that", "but") {
			break
		}
	}
	return p.phraseLeft(h)
}

// subject reports whether a mention may be the subject of a word of speech: between them
// stand only words that go with a name, such as "addressing a news conference" in commas.
func (p *page) subject(m mention, h hit) bool {
	prep := m.a - 1
	for p.is(prep, "the") {
		prep--
	}
	if p.is(prep, "of", "by", "with", "to", "in", "from", "against", "for", "between", "on", "about", "toward", "towards") && p.nounBefore(prep-1) {
		return m.b == h.a && p.officeBefore(prep-1)
	}
	commas := 0
	if p.aPhrase(m.b, h.a) {
		return true
	}
	for k := m.b; k < h.a; k++ {
		if p.kind(k) == '(' {
			k = p.bracketEnd(k)
			continue
		}
		switch {
		case p.kind(k) == ',':
			commas++
		case p.kind(k) == word && commas%2 == 0 && !p.goesWith(k) && !p.genitives(m.b, h.a):
			return false
		case p.kind(k) == ';' || p.kind(k) == '.':
			return false
		}
	}
	return commas%2 == 0 || commas == 1 && p.kind(m.a-1) == ',' // "a spokesman, X, said"
}

// aPhrase reports whether tokens [a, b) are one phrase that says where or of what a subject is:
// "on the radio", "at the airbase".
func (p *page) aPhrase(a, b int) bool {
	if b-a < 2 || b-a > 6 || !p.is(a, "in", "on", "at", "from", "near", "of", "with", "в", "на", "из", "по") {
		return false
	}
	for k := a; k < b; k++ {
		if p.kind(k) != word || p.verbAt(k) || p.speechAt(k) || p.byToken[k] > 0 || p.is(k, "that", "who", "and", "was", "were") {
			return false
		}
	}
	return true
}

func (p *page) nounBefore(i int) bool { return p.kind(i) == word }

// officeBefore reports whether a word for somebody who speaks stands at token i.
func (p *page) officeBefore(i int) bool {
	_, role := p.longest(i, isRole)
	return role || p.official[p.next(i)]
}

// goesWith reports whether a word may stand between a subject and its word of speech.
func (p *page) goesWith(i int) bool {
	if p.is(i, "of", "in", "from", "near", "at", "the", "district", "city", "town", "province", "countryside", "neighborhood", "area", "camp") || p.taken[i] && p.placeOver(i) {
		return true
	}
	return p.is(i, "has", "have", "had", "was", "is", "will", "would") || p.official[p.next(i)] || p.force[p.next(i)] ||
		slices.Contains(adverbs, p.lower(i)) || p.officeBefore(i) || p.numberAt(i) || p.taken[i] || strings.HasSuffix(p.lower(i), "ly")
}

// placeOver reports whether token i is part of a place's name.
func (p *page) placeOver(i int) bool {
	return p.mentionAt(i, KindPlace) >= 0 || p.mentionAt(i-1, KindPlace) >= 0
}

// adverbs stand between a subject and its verb.
var adverbs = strings.Fields("это этого эти их его также also later then again earlier today yesterday meanwhile repeatedly already both all each jointly publicly previously further himself herself themselves militants group fighters movement and monday tuesday wednesday thursday friday saturday sunday on 's news agency leaders chief correspondent activist based в также")

// right reads who stands behind a word of speech: "said Kerry", "according to the UN".
func (p *page) right(i int, h hit) (voiced, bool) {
	end := p.starts[p.sent[h.a]+1]
	k := max(i+1, h.b)
	for ; k < end && k < h.b+7; k++ {
		if m := p.byToken[k] - 1; m >= 0 {
			m = p.personBehind(m)
			return voiced{p.voice(m), m, p.ments[m].a, p.ments[m].b, true}, true
		}
		if p.kind(k) != word || p.is(k, "that", "in", "at", "on", "to") && k > h.b+1 {
			break
		}
	}
	return p.phraseRight(h, max(i+1, h.b), end)
}

// personBehind goes on from an office to who holds it: "the spokesman of the president X".
func (p *page) personBehind(m int) int {
	if p.ments[m].who != nil {
		return m
	}
	for k := m + 1; k < len(p.ments) && p.ments[k].a-p.ments[m].b <= 3 && p.sent[p.ments[k].a] == p.sent[p.ments[m].a]; k++ {
		if p.ments[k].who == nil {
			continue
		}
		for i := p.ments[m].b; i < p.ments[k].a; i++ {
			if p.kind(i) != word || p.is(i, "and", "и", "و", "to") {
				return m
			}
		}
		return k
	}
	return m
}

func (p *page) phraseRight(h hit, a, end int) (voiced, bool) {
	if p.is(a, "its", "their") && a+1 < end {
		if v := p.ofBody(a, a+2); v != nil {
			return voiced{v, -1, a, a + 2, true}, true
		}
	}
	for p.is(a, "by", "the", "a", "an", "to", "в") {
		a++
	}
	b := a
	most := 6
	if a < end && p.arabicOffice(a) && arabic(p.text[p.toks[a].from:]) && !p.thatWithin(a, 7) {
		most = 3
	}
	for b < end && b < a+most && p.kind(b) == word && !(b > a && p.byToken[b] > 0) && !p.is(b, "что", "أن", "إن", "بأن", "إلى", "على", "that", "who", "on", "in", "at") && !p.verbAt(b) && !(b > a && strings.HasPrefix(p.text[p.toks[b].from:], "لو")) {
		b++
	}
	if b <= a || !p.looksLikeSpeaker(a, b) && !p.toks[a].capital {
		return voiced{}, false
	}
	s := p.span(a, b)
	return voiced{&Voice{Span: s, Text: p.str(s), Codes: []string{"?" + p.str(s)}, Name: p.str(s)}, -1, a, b, true}, true
}

func (p *page) verbAt(i int) bool {
	h, ok := p.longest(i, isAct)
	return ok && h.form == 'v'
}

func (p *page) voice(m int) *Voice {
	it := p.ments[m].it
	return &Voice{Span: it.Span, Text: it.Text, Codes: it.Codes, Name: it.Name, Certain: it.Certain}
}
