package reading

import (
	"slices"
	"strings"
)

// strangers finds people whom no list knows: a title with a name behind it, "Abu" somebody,
// or a name beside a word of speech. Once met, a surname is enough.
func (p *page) strangers() {
	met := map[string]*person{}
	p.ends, p.opensAt = make([]int, len(p.toks)+1), make([]int, len(p.toks)+1)
	for k, m := range p.ments {
		if m.it.Kind == KindActor && len(m.it.Codes) > 0 {
			p.ends[m.b], p.opensAt[m.a] = k+1, k+1
		}
	}
	for i := 0; i < len(p.toks); i++ {
		if p.taken[i] || p.kind(i) != word || !p.toks[i].capital || !cased(p.text[p.toks[i].from:]) {
			continue
		}
		a, b := p.strangerAt(i, met)
		if b <= i {
			continue
		}
		p.enterStranger(a, i, b, met)
		i = b - 1
	}
	p.order()
}

// strangerAt returns where a name that begins at token i ends, and where its titles begin;
// b is 0 if there is none.
func (p *page) strangerAt(i int, met map[string]*person) (a, b int) {
	a = p.titlesBefore(i)
	titled := a < i || p.kind(i-1) == ',' && i > 1 && p.officeBefore(i-2)
	kunya := slices.Contains([]string{"abu", "umm", "um", "abo"}, p.lower(i))
	if kunya && (p.is(i-1, "in", "near", "at", "around") || p.is(i-1, "of") && p.is(i-2, "village", "town", "city", "district")) {
		return a, 0 // a village
	}
	for b = i; b < i+4 && b < len(p.toks) && p.nameToken(b, i, kunya); b++ {
		if b > i && p.toks[b].next {
			break
		}
	}
	n := b - i
	switch {
	case n == 0, slices.Contains(grounds, p.lower(b-1)), p.lowerAt(a) == "sheikh" && p.is(a-1, "in", "near", "at", "around", "into", "from", "over"):
		return a, 0
	case met[p.lower(b-1)] != nil && n == 1, titled, kunya && n > 1:
		return a, b
	case n >= 2 && p.kind(b) == ',' && p.is(b+1, "a", "an", "who") && !p.groundSoon(b+2):
		return a, b
	case n == 1 && p.kind(b) == ',' && p.is(b+1, "a", "an") && p.titleSoon(b+2) && !p.known(i):
		return a, b
	case n >= 2 && (p.speechAt(b) || p.speechAt(i-1) || p.kind(b) == ',' && p.titleSoon(b+1)):
		return a, b
	}
	return a, 0
}

// grounds are last words of the names of places that have capitals like people's.
var grounds = strings.Fields("command staff assembly council secretariat directorate office committee ministry army front brigade corps street road avenue square bridge hospital school mosque church hotel airport junction roundabout market camp university prison station port river valley hill hills crossing gate park district quarter")

// groundSoon reports whether a word for a kind of place follows within a few words: "X, a town near".
func (p *page) groundSoon(k int) bool {
	for end := k + 4; k < end && p.kind(k) == word; k++ {
		if p.is(k, "village", "town", "city", "suburb", "district", "region", "province", "area", "camp", "neighborhood", "neighbourhood", "airbase", "capital", "crossing") {
			return true
		}
	}
	return false
}

// nameToken reports whether a token can be part of a person's name.
func (p *page) nameToken(k, first int, kunya bool) bool {
	t := p.toks[k]
	if t.kind != word || !t.capital || p.taken[k] || t.para && k > first || t.upper && t.to-t.from > 1 {
		return false
	}
	if k == first && kunya {
		return true
	}
	for _, h := range p.at(k) {
		if c := h.category; c == isTime || c == isRole || c == isSpeech || c == isTitle || c == isBelong || c == isPronoun || c == isHedge || c == isNumber || c == isMood && k == first {
			return false
		}
	}
	return t.id == none || t.article || !t.next && k > first || !t.next && !p.known(k)
}

// known reports whether a list has a meaning for a word.
func (p *page) known(k int) bool { return len(p.at(k)) > 0 }

// titleSoon reports whether a title stands within a few words, as in "X, a spokesman for".
func (p *page) titleSoon(k int) bool {
	for end := k + 5; k < end && p.kind(k) == word; k++ {
		if _, ok := p.longest(k, isRole); ok {
			return true
		}
	}
	return false
}

func (p *page) enterStranger(a, i, b int, met map[string]*person) {
	last := p.lower(b - 1)
	who := met[last]
	if who == nil {
		who = &person{name: strings.Join(strings.Fields(p.str(p.span(i, b))), " ")}
		who.actor = p.speaksFor(a, b)
		if who.actor == "" {
			who.actor = "?" + who.name
		}
		met[last] = who
	}
	it := Item{Kind: KindActor, Name: who.name, Codes: p.codes(who.actor), Why: "a person whom no list knows"}
	p.note(mention{a: a, b: b, who: who, it: it})
	p.take(a, b)
}

// speaksFor returns the actor that stands with a name: before its title, or behind it after
// "of", in brackets or between commas.
func (p *page) speaksFor(a, b int) string {
	for k := a; k > a-4 && k > 0; k-- {
		if m := p.actorEnding(k); m >= 0 {
			return p.ments[m].it.Codes[0]
		}
		if !p.official[p.next(k-1)] && !p.filler2(k-1) {
			break
		}
	}
	if p.kind(b) != ',' && p.kind(b) != '(' && !p.is(b, "of", "from", "for") {
		return ""
	}
	for k := b + 1; k < b+9 && k < len(p.toks) && !p.toks[k].next; k++ {
		if p.kind(k) == ',' || p.kind(k) == ')' || p.speechAt(k) {
			return ""
		}
		if m := p.mentionFrom(k); m >= 0 && len(p.ments[m].it.Codes) > 0 {
			return p.ments[m].it.Codes[0]
		}
	}
	return ""
}

// filler2 reports whether a word may stand between an actor and a title.
func (p *page) filler2(k int) bool { return p.kind(k) == word && p.filler(k) }

// actorEnding returns the mention of an actor that ends at token a, or -1.
func (p *page) actorEnding(a int) int {
	if p.toks[a].next {
		return -1
	}
	return p.ends[a] - 1
}

// mentionFrom returns the mention of an actor that begins at token k, or -1.
func (p *page) mentionFrom(k int) int {
	return p.opensAt[k] - 1
}
