package reading

import (
	"slices"
	"strings"
)

// entities finds actors and places: of the names that begin at a token the longest, and of
// equally long ones the first kind that fits what stands around it.
func (p *page) entities() {
	for i := 0; i < len(p.toks); {
		if n := p.entity(i); n > i {
			i = n
		} else {
			i++
		}
	}
}

// entity reads a mention at token i and returns where it ends.
func (p *page) entity(i int) int {
	hs := slices.Clone(p.at(i))
	hs = slices.DeleteFunc(hs, func(h hit) bool { return h.category > isPlace })
	slices.SortStableFunc(hs, func(x, y hit) int {
		if x.b != y.b {
			return y.b - x.b
		}
		return int(x.category) - int(y.category)
	})
	if len(hs) > 0 && p.is(i, "the") && p.reach(i+1) > hs[0].b {
		return i // what follows "the" is longer
	}
	for k, h := range hs {
		if n := p.mention(h, hs[k:]); n > i {
			return n
		}
	}
	if len(hs) == 0 {
		if n := p.elsewhere(i); n > i {
			return n
		}
		return p.spelled(i)
	}
	return i
}

// reach returns where the longest name that begins at a token ends.
func (p *page) reach(i int) int {
	n := 0
	for _, h := range p.at(i) {
		if h.category <= isPlace {
			n = max(n, h.b)
		}
	}
	return n
}

// mention enters a hit, if what stands around allows it.
func (p *page) mention(h hit, rest []hit) int {
	switch h.category {
	case isActor, isStand:
		if h.b == h.a+1 {
			if n := p.belonging(h.a, rest); n > 0 {
				return n
			}
		}
		if p.backed[p.next(h.b)] && p.joinedNext(h.b) {
			return h.b + 1 // "Turkey-backed" is no mention of Turkey
		}
		if pl, ok := among(rest, isPlace, h.b); ok && p.locative(h.a, h.b) {
			return p.place(pl, rest)
		}
		return p.actor(h, h.code, h.category == isActor || h.category == isStand)
	case isOpen:
		if p.backed[p.next(h.a-1)] || h.b < len(p.toks) && p.toks[h.b].joined && p.backed[p.next(h.b)] {
			return 0
		}
		return p.actor(h, h.code, false)
	case isSeat:
		return p.seat(h, rest)
	case isBelong:
		return p.belonging(h.a, rest)
	case isPerson:
		return p.somebody(h, rest)
	case isTitle:
		return p.titled(h, rest)
	case isPlace:
		return p.place(h, rest)
	}
	return 0
}

// among returns the hit of a category that ends at b.
func among(hs []hit, c category, b int) (hit, bool) {
	for _, h := range hs {
		if h.category == c && h.b == b {
			return h, true
		}
	}
	return hit{}, false
}

// next returns the number of the word at token i.
func (p *page) next(i int) int32 {
	if p.kind(i) == word && !p.toks[i].para {
		return p.toks[i].id
	}
	return none - 1
}

func (p *page) joinedNext(i int) bool {
	return i < len(p.toks) && p.toks[i].joined || p.kind(i) == word
}

// actor enters a mention of a name.
func (p *page) actor(h hit, name string, sure bool) int {
	other, foreign := p.elsewhereName(h)
	if foreign {
		if other == "" {
			return p.nobodyKnown(h)
		}
		name, sure = other, false
	}
	codes := p.codes(name)
	unknown := len(codes) > 0 && strings.HasPrefix(codes[0], "?")
	if unknown && !foreign && name[0] != '?' && h.category != isPerson && (h.category == isOpen || !p.toks[h.a].capital || arabic(p.text[p.toks[h.a].from:])) {
		return 0 // the mission does not know whom this stands for
	}
	it := Item{Kind: KindActor, Codes: codes, Name: strings.TrimPrefix(name, "?"), Certain: sure && len(codes) == 1}
	switch {
	case len(codes) > 1:
		it.Why = "the name fits several actors"
	case !sure:
		it.Why = "a word that may mean others"
	}
	p.note(mention{a: h.a, b: h.b, it: it})
	p.take(h.a, h.b)
	return h.b
}

// belonging reads "Russian warplanes" and "Turkish officials".
func (p *page) belonging(i int, hs []hit) int {
	k := slices.IndexFunc(hs, func(h hit) bool { return h.category == isBelong })
	if k < 0 {
		return 0
	}
	h := hs[k]
	end := h.b
	for end < h.b+2 && end < len(p.toks) && !p.official[p.next(end)] && !p.force[p.next(end)] && p.kind(end) == word && p.filler(end) {
		end++
	}
	switch {
	case p.backed[p.next(h.b)]:
		return 0
	case p.official[p.next(end)] || p.force[p.next(end)] && !p.isAct(end):
		for p.official[p.next(end+1)] || p.force[p.next(end+1)] && !p.isAct(end+1) {
			end++
		}
		if pl, ok := p.longest(h.b, isTitle); ok && pl.b > end {
			end = pl.b - 1
		}
		return p.actor(hit{h.a, end + 1, h.entry}, h.code, true)
	case p.force[p.next(end)]:
		return p.actor(h, h.code, true)
	case strings.HasSuffix(fold(p.text[p.toks[i].from:p.toks[i].to]), "s") && h.b == i+1 && !p.toks[i].upper && p.kind(h.b) != 0:
		return p.actor(h, h.code, false)
	}
	return 0
}

// filler reports whether a word may stand between a word of belonging and its noun.
func (p *page) filler(i int) bool {
	return slices.Contains(fillers, fold(p.text[p.toks[i].from:p.toks[i].to]))
}

// fillers stand between a word of belonging and its noun.
var fillers = strings.Fields("foreign defence defense fighter military air state deputy security senior top ground special intelligence government armed border war combat prime affairs heavy allied interior")

func (p *page) isAct(i int) bool {
	_, ok := p.longest(i, isAct)
	return ok
}

// locative reports whether a name stands for the ground: "in Russia", "northern Iraq",
// "border with Turkey".
func (p *page) locative(a, b int) bool {
	before := a - 1
	for p.is(before, "the") {
		before--
	}
	if p.is(before, "in", "into", "inside", "near", "outside", "through", "across", "around", "northern", "southern", "eastern", "western", "northeastern", "northwestern", "southeastern", "southwestern", "north", "south", "east", "west", "central", "northeast", "northwest", "на", "из", "под") {
		return true
	}
	if p.is(before, "from", "to") && !p.speechNear(b) {
		return true
	}
	if p.is(before, "at") || p.is(b, "border") {
		return true
	}
	return p.is(before, "with", "of") && p.is(before-1, "border", "north", "south", "east", "west") || p.is(b, "province", "governorate", "city", "countryside", "airport", "neighborhoods", "neighbourhoods", "suburbs", "suburb")
}

// speechNear reports whether a word of speech or of intent stands at token i.
func (p *page) speechNear(i int) bool {
	if _, ok := p.longest(i, isSpeech); ok {
		return true
	}
	return p.is(i, "will", "would", "has", "have", "had", "could", "may", "can", "is", "was", "did", "does", "are")
}

// seat reads "Moscow", which is a place, a government or both.
func (p *page) seat(h hit, rest []hit) int {
	pl, both := among(rest, isPlace, h.b)
	if !both {
		return p.actor(h, h.code, true)
	}
	if p.belongsTo(h) || p.locative(h.a, h.b) || p.kind(h.b) == '(' || p.dateline(h.a, h.b) {
		return p.place(pl, rest)
	}
	acts := p.speechNear(h.b) || p.coordinated(h.b)
	if acts || h.code != "Syrian government" && p.is(h.a-1, "that", "and", "with", "by", "but", "while", "as") {
		return p.actor(h, h.code, true)
	}
	if h.code == "Syrian government" || p.is(h.a-1, "of") || p.kind(h.b) == ',' && !p.is(h.a-1, "by") && latin(p.text[p.toks[h.a].from]) {
		return p.place(pl, rest)
	}
	return p.actor(h, h.code, false)
}

// belongsTo reports whether a name is part of a place's: "Damascus suburb".
func (p *page) belongsTo(h hit) bool {
	return p.is(h.b, "suburb", "suburbs", "province", "governorate", "countryside", "city", "airport", "neighborhood", "neighbourhood")
}

// coordinated reports whether "and", a second name and a word of speech or intent follow.
func (p *page) coordinated(i int) bool {
	if !p.is(i, "and") {
		return false
	}
	for k := i + 2; k <= i+4; k++ {
		if p.speechNear(k) {
			return true
		}
	}
	_, ok := p.longest(i+1, isSeat)
	return ok
}

// dateline reports whether a name begins an agency's dateline: "MOSCOW (Agency) -".
func (p *page) dateline(a, b int) bool {
	if !p.toks[a].para && !p.toks[a].line {
		return false
	}
	if p.kind(b) == ',' && p.toks[a].upper {
		return true
	}
	for k := b; k < b+9 && k < len(p.toks); k++ {
		if p.kind(k) == '-' {
			return true
		}
		if p.kind(k) == '.' {
			return false
		}
	}
	return false
}

// somebody reads a person's name, with the titles before it.
func (p *page) somebody(h hit, rest []hit) int {
	if !p.toks[h.a].capital {
		return 0
	}
	if pl, ok := among(rest, isPlace, h.b); ok && (p.is(h.a-1, "in", "at", "near") || p.belongsTo(h)) {
		return p.place(pl, rest)
	}
	if p.kind(h.b) == word && p.toks[h.b].capital && !p.toks[h.b].next && p.toks[h.b].id == none && h.words == 1 && cased(p.text[p.toks[h.b].from:]) {
		return 0 // the first name of somebody else
	}
	a := p.titlesBefore(h.a)
	sure := p.dated(h.person)
	m := mention{a: a, b: h.b, who: h.person, it: Item{Kind: KindActor, Name: h.person.name, Codes: p.codes(h.person.actor), Certain: sure}}
	if !sure {
		m.it.Why = "the person is known for other years"
	}
	p.absorb(a, h.person)
	p.note(m)
	p.take(a, h.b)
	return h.b
}

// dated reports whether a person held what the list says on the account's day.
func (p *page) dated(who *person) bool {
	return p.day.IsZero() || !who.from.After(p.day) && (who.to.IsZero() || who.to.After(p.day))
}

// titlesBefore returns where the titles before a name begin.
func (p *page) titlesBefore(a int) int {
	for start := max(0, a-6); start < a; start++ {
		if p.taken[start] || p.sent[start] != p.sent[a] {
			continue
		}
		if p.titlesFill(start, a) {
			return start
		}
	}
	return a
}

// titlesFill reports whether tokens [a, b) are titles, one after the other.
func (p *page) titlesFill(a, b int) bool {
	for a < b {
		end := a
		for _, h := range p.at(a) {
			if (h.category == isRole || h.category == isTitle || h.category == isBelong && h.a < b-1) && h.b <= b {
				end = max(end, h.b)
			}
		}
		if end == a {
			return false
		}
		a = end
	}
	return true
}

// absorb drops the mention just before token a, if it is a title of the same person.
func (p *page) absorb(a int, who *person) {
	if n := len(p.ments); n > 0 && p.ments[n-1].b > a {
		p.ments = p.ments[:n-1]
	}
}

// titled reads "the Russian foreign minister", who is known by the day.
func (p *page) titled(h hit, rest []hit) int {
	if next, ok := p.longest(h.b, isPerson); ok {
		if n := p.somebody(next, nil); n > h.b {
			m := &p.ments[len(p.ments)-1]
			if m.a > h.a {
				m.a = h.a
				m.it.Span = p.span(m.a, m.b)
				m.it.Text = p.str(m.it.Span)
				p.take(m.a, m.b)
			}
			return n
		}
	}
	var who []*person
	for _, x := range rest {
		if x.category == isTitle && x.b == h.b && !p.day.IsZero() && p.dated(x.person) && !slices.Contains(who, x.person) {
			who = append(who, x.person)
		}
	}
	if p.kind(h.b) == word && p.toks[h.b].capital && !p.toks[h.b].next || h.words < 2 {
		return 0 // somebody else's title, who is named behind it, or a bare one
	}
	it := Item{Kind: KindActor, Codes: p.codes(h.person.actor), Certain: len(who) == 1}
	if len(who) == 1 {
		it.Name, it.Codes = who[0].name, p.codes(who[0].actor)
	} else {
		it.Why = "who held that office is not known for that day"
	}
	m := mention{a: h.a, b: h.b, it: it}
	if len(who) == 1 {
		m.who = who[0]
	}
	p.note(m)
	p.take(h.a, h.b)
	return h.b
}
