package reading

import (
	"slices"
	"strings"

	"truce"
)

// content finds what is said: the quotations of the sentence, or else the words behind the
// verb, or those before it.
func (p *page) content(h hit, v voiced) (from, to int, quoted bool) {
	if q, ok := p.quoteBefore(h.a); ok {
		return q.a, q.b, true
	}
	if q, ok := p.quoteBefore(v.a); ok && !v.right && v.a < h.a && q.b > 1 && p.kind(q.b-2) == ',' && p.paragraphs(q.a, h.a) == 0 {
		return q.a, q.b, true // "...," X, deputy head of Y, told journalists
	}
	first, end := p.starts[p.sent[h.a]], p.starts[p.sent[h.a]+1]
	depth := p.depth[h.a]
	qa, qb := -1, -1
	for k := first; k < end; k++ {
		if p.depth[k] > depth {
			if qa < 0 {
				qa = k
			}
			qb = k + 1
		}
	}
	after := max(h.b, 0)
	if v.right {
		after = max(after, v.b)
	}
	if a := p.addresseeEnd(h); a > after {
		after = a
	}
	after = p.behindThat(after)
	for p.kind(after) == ',' || p.is(after, "that", "что", "أن", "إن", "بأن") {
		after++
	}
	for end > after && (p.kind(end-1) == '.' || p.depth[end-1] < depth) {
		end--
	}
	long := qb-qa > 6
	switch {
	case qa >= 0 && long && (qb <= h.a && qb >= h.a-3 || qa >= h.b && qa <= after+3):
		qb = p.continued(qb)
		return qa, qb, true
	case p.shortQuote(qa, qb, first, min(h.a, v.a)), p.farQuote(qa, qb, first, h.a):
		return qa, qb, true
	case p.before(h, v):
		if a := p.commaBefore(min(h.a, v.a)); p.midway(h, v) && a-first < 8 && !p.goesOnSaying(max(h.b, v.b)) {
			return first, end, qa >= 0
		}
		return first, p.commaBefore(min(h.a, v.a)), qa >= 0
	case after < end:
		return after, p.endOfSaid(after, end), qa >= after
	case v.right && h.a-first > 1:
		return first, h.a, qa >= 0 // "three died according to X."
	}
	return 0, 0, false
}

// asides may stand between a word of speech and "that".
var asides = strings.Fields("on in a an the statement to reporters journalists late early at news conference carried by state media briefing interview with earlier also him her them us parliament television press brief local social media website via its his their own telephone phone by official twitter channel statement telegram again newspaper this журналистам агентству телеканалу репортерам брифинге на в пресс конференции заседании للصحفيين خلال في مؤتمر صحفي بيان تصريح")

// shortQuote reports whether a quotation of a few words opens the sentence and ends before its speaker:
// "Nobody came," she said.
func (p *page) shortQuote(qa, qb, first, speaker int) bool {
	if qa != first || qb > speaker || qb-qa < 4 || speaker-qb > 3 {
		return false
	}
	return p.kind(qb-2) == ',' || p.kind(qb-2) == '.'
}

// farQuote reports whether a quotation opens the sentence and the words up to the word of speech only
// tell who speaks: "..., " a teacher who gave his name as X told the agency.
func (p *page) farQuote(qa, qb, first, verb int) bool {
	if qa != first || qb >= verb || verb-qb > 16 || p.kind(qb-2) != ',' {
		return false
	}
	for k := qb; k < verb; k++ {
		if p.speechAt(k) || p.kind(k) == '.' || p.kind(k) == ';' {
			return false
		}
	}
	return true
}

// behindThat passes over "on Thursday" and "in a statement" up to "that".
func (p *page) behindThat(a int) int {
	for k := a; k < a+10 && k < len(p.toks) && !p.toks[k].next && p.depth[k] == p.depth[a]; k++ {
		if p.is(k, "that", "что", "أن", "إن", "بأن") {
			return k + 1
		}
		if p.kind(k) == ',' && p.is(k+1, "что") && k > a {
			continue
		}
		if p.kind(k) != word {
			break
		}
		if !p.taken[k] && !slices.Contains(asides, p.lower(k)) {
			break
		}
	}
	return a
}

// quoteBefore returns the quotation that ends just before token i, at its own depth.
func (p *page) quoteBefore(i int) (quote, bool) {
	k := i
	for k > i-3 && k > 0 && (p.kind(k-1) == ',' || p.kind(k-1) == '-') {
		k--
	}
	for _, q := range p.quotes {
		if q.b == k && q.depth == p.depth[i]+1 && q.b-q.a > 5 {
			return q, true
		}
	}
	return quote{}, false
}

// continued goes on over quotations that follow at once in the same paragraph.
func (p *page) continued(b int) int {
	for b < len(p.toks) && !p.toks[b].para && p.depth[b] > 0 {
		b++
	}
	return b
}

// commaBefore goes back from token i to the comma before it.
func (p *page) commaBefore(i int) int {
	for k := i; k > i-4; k-- {
		if p.kind(k-1) == ',' {
			return k - 1
		}
	}
	return i
}

// before reports whether what is said stands before the word of speech: "..., he said."
func (p *page) before(h hit, v voiced) bool {
	a := min(h.a, v.a)
	for p.is(a-1, "the", "a", "an") {
		a--
	}
	end := p.starts[p.sent[h.a]+1]
	rest := max(h.b, v.b)
	for k := a - 1; p.is(a-1, "and") && k > a-8; k-- {
		if p.kind(k) == ',' {
			a = k + 1 // "..., rescuers and a monitor said"
			break
		}
	}
	for n := rest; n < end && n < rest+6; n++ {
		if p.kind(n) == ',' && n > rest {
			rest = n // "residents said today, as"
			break
		}
		if p.kind(n) != word && p.kind(n) != number || !p.taken[n] && !slices.Contains(asides, p.lowerAt(n)) && !p.official[p.next(n)] && !slices.Contains(voices, p.lowerAt(n)) || p.is(n, "a", "an", "it", "his", "its") {
			break
		}
	}
	inverted := v.right && cyrillic(p.lower(h.a)) && (p.kind(a-1) == ',' || p.kind(a-1) == '-') && !p.thatSoon(rest)
	return p.kind(a-1) == ',' && a-p.starts[p.sent[a]] > 4 && (end-rest < 4 || p.kind(rest) == '.' || p.kind(rest) == ',' || p.kind(rest) == ';' || p.onlyAsides(rest, end) || p.lower(h.a) == "told" && p.noClause(rest, end)) || inverted && a > p.starts[p.sent[a]]+1
}

// onlyAsides reports whether tokens [a, b) only say where and when something was said.
func (p *page) onlyAsides(a, b int) bool {
	for k := a; k < b; k++ {
		if p.kind(k) == word && !p.taken[k] && !slices.Contains(asides, p.lower(k)) {
			return false
		}
	}
	return true
}

// midway reports whether what is said goes on behind "he stressed,".
func (p *page) midway(h hit, v voiced) bool {
	rest := max(h.b, v.b)
	end := p.starts[p.sent[h.a]+1]
	for k := rest; k < rest+6 && k < end; k++ {
		if p.kind(k) == ',' {
			return end-k > 1
		}
	}
	return false
}

// goesOnSaying reports whether another word of saying follows the comma: "he said, adding that".
func (p *page) goesOnSaying(i int) bool {
	for k := i; k < i+6; k++ {
		if p.kind(k) == ',' {
			return p.speechAt(k+1) && strings.HasSuffix(p.lowerAt(k+1), "ing")
		}
	}
	return false
}

// thatSoon reports whether "that" follows within a few words: what is said is still to come.
func (p *page) thatSoon(i int) bool {
	for k := i; k < i+9 && p.sentOf(k) == p.sent[i-1]; k++ {
		if p.is(k, "что") {
			return true
		}
	}
	return false
}

// endOfSaid ends what is said indirectly before a new clause that has its own speaker.
func (p *page) endOfSaid(a, b int) int {
	for k := a + 3; k < b; k++ {
		if p.kind(k) == ';' && p.text[p.toks[k].from] == ';' {
			return k
		}
		if p.kind(k-1) == ',' && (p.is(k, "while", "but") || p.depth[k] == p.depth[a] && (p.speechAt(k+1) || p.speechAt(k+2)) && p.byToken[k] > 0) {
			return k - 1
		}
	}
	return b
}

// addressee reads to whom something is told: "told reporters".
func (p *page) addressee(h hit) *Voice {
	k := h.b
	if w := p.lower(h.a); w != "told" && w != "tells" && w != "informed" && !p.is(k, "to") {
		if p.is(k, "to") {
			k++
		} else {
			return nil
		}
	}
	for p.is(k, "to", "the", "by") {
		k++
	}
	if m := p.byToken[k] - 1; k < len(p.toks) && m >= 0 {
		return p.voice(m)
	}
	if p.lower(h.a) == "told" && p.kind(k) == word {
		s := p.span(k, k+1)
		return &Voice{Span: s, Text: p.str(s), Codes: []string{"?" + p.str(s)}, Name: p.str(s)}
	}
	return nil
}

// addresseeEnd is the token behind the addressee, or 0.
func (p *page) addresseeEnd(h hit) int {
	v := p.addressee(h)
	if v == nil {
		return 0
	}
	for k := h.b; k < len(p.toks) && k < h.b+8; k++ {
		if p.toks[k].from >= v.To {
			return k
		}
	}
	return 0
}

// spokenWhen finds the time of the speaking: one in the sentence, outside what is said.
func (p *page) spokenWhen(h hit, from, to int) *truce.When {
	for k := p.firstFrom(p.starts[p.sent[h.a]]); k < len(p.ments) && p.sent[p.ments[k].a] == p.sent[h.a]; k++ {
		m := p.ments[k]
		if m.it.Kind == KindTime && (m.b <= from || m.a >= to) && m.it.When != nil && abs(m.a-h.a) < 8 {
			return m.it.When
		}
	}
	return nil
}

func abs(x int) int { return max(x, -x) }

// topics lists what tokens [a, b) are about.
func (p *page) topics(a, b int) []string {
	var out []string
	for k := a; k < b; k++ {
		for _, h := range p.at(k) {
			if h.category == isTopic && !slices.Contains(out, h.code) {
				out = append(out, h.code)
			}
		}
	}
	slices.Sort(out)
	return out
}

// bareQuotes enters quotations that no word of speech introduces: of the speaker before in
// the paragraph, if there is one, but not surely.
func (p *page) bareQuotes() {
	for _, q := range p.quotes {
		if q.depth > 1 || q.b-q.a < 7 || p.inStatement(q.a, q.b) {
			continue
		}
		s := saying{from: q.a, to: q.b, verb: q.a, speaker: -1, Statement: Statement{Span: p.span(q.a, q.b), Said: p.span(q.a, q.b), Stance: Asserts, Quoted: true, About: p.topics(q.a, q.b)}}
		if before := p.introduced(q); before != nil {
			s.Speaker = before
		} else if before := p.nextSpeaker(q); before != nil {
			s.Speaker = before
		} else if before := p.lastSpeaker(q.a); before != nil {
			v := *before
			v.Certain = false
			s.Speaker = &v
		}
		p.said = append(p.said, s)
	}
	slices.SortStableFunc(p.said, func(x, y saying) int {
		if x.From != y.From {
			return x.From - y.From
		}
		return x.verb - y.verb
	})
}

// nextSpeaker is who says the quotation that follows at once, with no word between.
func (p *page) nextSpeaker(q quote) *Voice {
	for _, s := range p.said {
		if s.Quoted && s.Speaker != nil && s.from >= q.b && s.from <= q.b+2 && p.paragraphs(q.b, s.from) == 0 {
			words := false
			for k := q.b; k < s.from; k++ {
				words = words || p.kind(k) == word
			}
			if !words {
				return s.Speaker
			}
		}
	}
	return nil
}

func (p *page) inStatement(a, b int) bool {
	return slices.ContainsFunc(p.said, func(s saying) bool { return s.from <= a && b <= s.to+1 })
}

// lastSpeaker is who spoke last before token i in its paragraph.
func (p *page) lastSpeaker(i int) *Voice {
	var out *Voice
	last, far := -1, 0
	if p.toks[i].para {
		far = 1 // a quotation that goes on over paragraphs
	}
	for _, s := range p.said {
		if s.verb < i && s.verb > last && s.Speaker != nil && p.paragraphs(s.verb, i) <= far && (p.paragraphs(s.verb, i) == 0 || s.Quoted) {
			out, last = s.Speaker, s.verb
		}
	}
	return out
}

// own enters the account's own assertions: sentences that nobody is said to say.
func (p *page) own() {
	all, titled := p.signers(), p.issuer()
	told := p.told()
	for s := 0; s+1 < len(p.starts); s++ {
		a, b := p.starts[s], p.starts[s+1]
		group := all
		if group == nil && titled != nil && p.ours(a, b) {
			group = titled
		}
		if b-a < 5 || group == nil && !p.tells(a, b) || told[s] {
			continue
		}
		own := p.unsaid(group, a, b)
		if all == nil && group != nil && own.Stance == Asserts {
			continue // told in the first person, but only told
		}
		p.said = append(p.said, saying{from: a, to: b, verb: a, speaker: -1, Statement: own})
	}
	slices.SortStableFunc(p.said, func(x, y saying) int {
		if x.From != y.From {
			return x.From - y.From
		}
		return x.verb - y.verb
	})
}

// told says of each sentence whether a statement reaches into it.
func (p *page) told() []bool {
	out := make([]bool, len(p.starts))
	for _, s := range p.said {
		for k := p.sentenceAt(s.From); k+1 < len(p.starts) && p.toks[p.starts[k]].from < s.To; k++ {
			out[k] = true
		}
	}
	return out
}

// sentenceAt is the sentence that holds an offset of the text.
func (p *page) sentenceAt(offset int) int {
	k, _ := slices.BinarySearchFunc(p.toks, offset, func(t token, o int) int { return t.to - 1 - o })
	return p.sent[min(k, len(p.toks)-1)]
}

// spread notes which statements reach into each sentence, and who speaks.
func (p *page) spread() {
	p.over, p.speaks = make([][]int32, len(p.starts)+1), map[int]bool{}
	for k, s := range p.said {
		if s.speaker >= 0 {
			p.speaks[s.speaker] = true
		}
		for i := p.sent[s.from]; i <= p.sent[max(s.to-1, s.from)]; i++ {
			p.over[i] = append(p.over[i], int32(k))
		}
	}
}

// signers are those who speak in a text that begins with "We, the commanders of".
func (p *page) signers() *Voice {
	for i := 0; len(p.starts) > 1 && i < p.starts[1]; i++ {
		if !p.is(i, "we", "نحن", "мы") || p.depth[i] > 0 {
			continue
		}
		v := Voice{Span: p.span(i, i+1), Text: p.str(p.span(i, i+1)), Certain: true}
		for k := i; k < p.starts[1] && k < i+40; k++ {
			if m := p.byToken[k] - 1; m >= 0 && p.ments[m].who == nil {
				v.Codes = join(v.Codes, p.ments[m].it.Codes)
			}
			if _, ok := p.longest(k, isSpeech); ok {
				break
			}
		}
		if len(v.Codes) > 0 {
			return &v
		}
	}
	return nil
}

// issuer is whose statement a text is that says so in its first line: "Statement of", "بيان".
func (p *page) issuer() *Voice {
	titled := false
	for i := 0; i < len(p.toks) && i < 40 && p.sent[i] < 2; i++ {
		if p.speechAt(i) {
			return nil // "said in a statement" is no title
		}
		titled = titled || slices.Contains(issued, p.lowerAt(i))
		if m := p.byToken[i] - 1; titled && m >= 0 && p.ments[m].who == nil && len(p.ments[m].it.Codes) > 0 && !slices.Contains(noBody, p.ments[m].it.Codes[0]) {
			v := p.voice(m)
			v.Certain = false
			return v
		}
	}
	return nil
}

// issued are words by which a text says that it is a statement.
var issued = strings.Fields("statement communique communiqué declaration بيان بلاغ заявление обращение коммюнике")

// ours reports whether "we" speak in tokens [a, b), outside quotations.
func (p *page) ours(a, b int) bool {
	for k := a; k < b; k++ {
		if p.depth[k] == 0 && p.is(k, "we", "our", "мы", "наши", "نحن") {
			return true
		}
	}
	return false
}

// unsaid is the statement that a sentence makes which nobody is said to say: of the
// account, or of those who sign it.
func (p *page) unsaid(group *Voice, a, b int) Statement {
	s := Statement{Span: p.span(a, b), Said: p.span(a, b), Stance: Asserts, Own: group == nil, About: p.topics(a, b)}
	if group == nil {
		return s
	}
	s.Speaker = group
	for k := a; k < b; k++ {
		if h, ok := p.longest(k, isSpeech); ok && s.Stance == Asserts {
			s.Stance = Stance(h.code)
		}
		if s.Stance == Asserts && p.is(k, "will", "shall") {
			s.Stance = Promises
		}
	}
	if s.Stance == Asserts {
		full := saying{Statement: s, from: a, to: b}
		p.temper(&full)
		s.Stance = full.Stance
	}
	if s.Stance == Promises && p.retaliates(a, b) {
		s.Stance = Threatens
	}
	return s
}

// tells reports whether tokens [a, b) hold an act or an actor.
func (p *page) tells(a, b int) bool {
	k, _ := slices.BinarySearchFunc(p.ments, a, func(m mention, a int) int { return m.a - a })
	for ; k < len(p.ments) && p.ments[k].a < b; k++ {
		if c := p.ments[k].it.Kind; c == KindActor || c == KindAct {
			return true
		}
	}
	return false
}
