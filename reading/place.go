package reading

import (
	"slices"
	"strings"
)

// place enters a mention of a place, with every place of the gazetteer that it may be.
func (p *page) place(h hit, rest []hit) int {
	a, b := h.a, h.b
	if p.joinedBefore(a) || p.nameOfSomething(a, b) || p.otherCapital(a, b) {
		return 0
	}
	var sites []int
	for _, x := range rest {
		if x.category == isPlace && x.b == b && !slices.Contains(sites, x.site) {
			sites = append(sites, x.site)
		}
	}
	if len(sites) == 0 || p.weak(sites, a, b) {
		return 0
	}
	p.enterPlace(a, b, p.choose(sites, a, b), "")
	return b
}

// otherCapital reports whether "the capital" is that of somewhere that is named behind it.
func (p *page) otherCapital(a, b int) bool {
	return p.is(b-1, "capital") && b > a+1 && (p.is(b, "of", "city") || p.kind(b) == word && p.toks[b].capital)
}

// weak reports whether a name of the longer list stands where no place is expected: many
// villages are called like people or things.
func (p *page) weak(sites []int, a, b int) bool {
	for _, s := range sites {
		if p.ranks[s] == 0 {
			return false
		}
	}
	if p.toks[a].article || b-a > 1 {
		return false
	}
	return !p.placed(a, b)
}

// placed reports whether what stands around calls for a place.
func (p *page) placed(a, b int) bool {
	before := a - 1
	for p.is(before, "the") {
		before--
	}
	if p.is(before, "in", "at", "near", "into", "inside", "outside", "around", "from", "to", "on", "of", "and", "between", "town", "village", "city", "northern", "southern", "eastern", "western", "vicinity", "outskirts", "through", "across", "toward", "towards", "by") {
		return true
	}
	if p.kind(before) == ',' && before > 0 && p.taken[before-1] {
		return true
	}
	return p.is(b, "village", "town", "city", "area", "camp", "airport", "neighborhood", "neighbourhood", "district", "airbase", "countryside", "province")
}

// joinedBefore reports whether a name is the second half of another: "anti-Hama".
func (p *page) joinedBefore(a int) bool {
	return p.toks[a].joined && p.kind(a-1) == word && !p.taken[a-1] && !p.is(a-1, "north", "south", "east", "west")
}

// nameOfSomething reports whether a name is part of another name, of a person or a street.
func (p *page) nameOfSomething(a, b int) bool {
	return p.is(b, "street", "avenue") || p.kind(b) == word && p.toks[b].joined && p.backed[p.toks[b].id]
}

// settled are the words about a name by which it is a town, and ruled those by which it is
// a governorate.
func (p *page) settled(a, b int) bool {
	return p.is(b, "city", "town", "airport", "neighborhoods", "neighborhood", "neighbourhoods", "neighbourhood", "residents") ||
		p.is(a-1, "city", "town", "مدينة", "город", "городе", "capital") || p.is(a-1, "of") && p.is(a-2, "city", "town", "neighborhoods", "neighbourhoods")
}

func (p *page) ruled(a, b int) bool {
	return p.toks[a].para && p.kind(b) == ';' && p.text[p.toks[b].from] == ':' || p.is(a-1, "rural") || p.listed(a, b) || p.insideOf(a) || p.is(b, "province", "governorate", "countryside", "region", "provinces", "governorates", "провинции", "провинция") ||
		p.is(a-1, "ريف", "محافظة", "провинции", "провинция", "провинцию") ||
		p.is(a-1, "of") && (p.is(a-2, "countryside", "province", "governorate", "provinces", "region") || p.is(a-2, "the") && p.is(a-3, "countryside"))
}

// listed reports whether a name stands in a list of governorates: "the provinces of Aleppo,
// Idlib and Hama".
func (p *page) listed(a, b int) bool {
	for k := a - 1; k >= 0 && k > a-16 && p.sent[k] == p.sent[a]; k-- {
		if p.is(k, "provinces", "governorates", "провинциях", "محافظات") {
			return true
		}
		if p.kind(k) == word && !p.taken[k] && !p.is(k, "of", "and", "in", "the", "و") && !p.numberAt(k) && p.countAt(k).entry == nil || p.kind(k) == '.' {
			break
		}
	}
	for k := b; k < len(p.toks) && k < b+16 && p.sent[k] == p.sent[a]; k++ {
		if p.is(k, "provinces", "governorates") {
			return true
		}
		if p.kind(k) == word && !p.toks[k].capital && !p.is(k, "and", "in", "the") {
			break
		}
	}
	return false
}

// besideRuled reports whether a governorate was surely named just before in the sentence, with
// which this name is counted: "six in the province of Latakia, three in Aleppo".
func (p *page) besideRuled(a int) bool {
	for k := len(p.ments) - 1; k >= 0 && p.sent[p.ments[k].a] == p.sent[a]; k-- {
		if m := p.ments[k]; m.it.Kind == KindPlace {
			return m.it.Level == "governorate" && m.it.Certain && p.is(a-1, "in", "and", "в", "في", "و")
		}
	}
	return false
}

// insideOf reports whether a name stands behind that of a town in it: "Saraqib, Idlib".
func (p *page) insideOf(a int) bool {
	if p.kind(a-1) != ',' || len(p.ments) == 0 {
		return false
	}
	m := p.ments[len(p.ments)-1]
	return m.it.Kind == KindPlace && m.b == a-1 && (m.it.Level == "settlement" || m.it.Level == "quarter") && len(m.it.Codes) == 1
}

// choose puts the places that a name may be in order, best first, and says whether the
// first is sure.
func (p *page) choose(sites []int, a, b int) chosen {
	var gov, rest []int
	for _, s := range sites {
		if p.sites[s].Level == "governorate" {
			gov = append(gov, s)
		} else {
			rest = append(rest, s)
		}
	}
	slices.SortStableFunc(rest, func(x, y int) int { return p.ranks[x] - p.ranks[y] })
	switch {
	case len(gov) == 0:
		sure := len(rest) == 1 || p.ranks[rest[0]] == 0 && p.ranks[rest[1]] > 0
		return chosen{rest, sure, "several places bear that name"}
	case len(rest) == 0:
		return chosen{gov, len(gov) == 1, "several governorates bear that name"}
	case p.settled(a, b):
		return chosen{rest[:1], true, ""}
	case p.ruled(a, b), p.besideRuled(a):
		return chosen{gov[:1], true, ""}
	}
	return chosen{append(rest[:1:1], gov[0]), false, "the city or the governorate"}
}

// chosen are places that a name may be.
type chosen struct {
	sites []int
	sure  bool
	why   string
}

func (p *page) enterPlace(a, b int, c chosen, why string) {
	s := p.sites[c.sites[0]]
	it := Item{Kind: KindPlace, Name: s.Names[0], Level: s.Level, Governorate: s.Governorate, Certain: c.sure && why == "", Part: p.part(a, b)}
	for _, k := range c.sites {
		it.Codes = append(it.Codes, p.sites[k].Code)
		if p.sites[k].Governorate != s.Governorate && !c.sure {
			it.Governorate = ""
		}
	}
	if !it.Certain {
		it.Why = c.why + why
	}
	m := mention{a: a, b: b, it: it}
	if a > 0 && p.kind(a-1) == word && p.toks[a-1].capital && strings.Contains(articles, " "+fold(p.text[p.toks[a-1].from:p.toks[a-1].to])+" ") && p.toks[a-1].id == none {
		m.a--
	}
	if p.is(b, "province", "governorate", "city") && p.toks[b].capital {
		m.b++
	}
	p.note(m)
	p.take(m.a, m.b)
}

// part says which part of a place is meant: "northern countryside", "north", "vicinity".
func (p *page) part(a, b int) string {
	if p.is(b, "countryside") {
		if k := a - 1; p.is(k, compass...) {
			return p.lower(k) + " countryside"
		}
		return "countryside"
	}
	k := a - 1
	if p.is(k, compass...) {
		return p.lower(k)
	}
	if !p.is(k, "of") && !p.is(k, "from") {
		return ""
	}
	for k--; p.is(k, "the"); k-- {
	}
	if p.is(k, "countryside", "outskirts", "vicinity", "suburbs") {
		if p.is(k-1, compass...) {
			return p.lower(k-1) + " " + p.lower(k)
		}
		return p.lower(k)
	}
	if p.is(k, compass...) {
		return p.lower(k) + " of"
	}
	return ""
}

func (p *page) lower(i int) string { return strings.ToLower(p.text[p.toks[i].from:p.toks[i].to]) }

// compass are the words for directions.
var compass = strings.Fields("northern southern eastern western northeastern northwestern southeastern southwestern north south east west northeast northwest southeast southwest central")

// spelled reads a name that the gazetteer spells otherwise: the same consonants, where what
// stands around calls for a place.
func (p *page) spelled(i int) int {
	t := p.toks[i]
	if t.kind != word || !t.capital || t.upper || t.to-t.from < 5 || !latin(p.text[t.from]) || t.id != none && !t.article {
		return i
	}
	for n := 3; n > 0; n-- {
		if key, ok := p.spelling(i, i+n); ok && (t.article || n > 1 || p.placed(i, i+n) || len(key) > 5 && !t.next && !p.named(i, i+n)) {
			if sites := p.spell[key]; len(sites) > 0 && len(key) > 3 {

				p.enterPlace(i, i+n, p.choose(sites, i, i+n), "the spelling is another one; ")
				return i + n
			}
		}
	}
	return i
}

// named reports whether tokens [a, b) are rather a person's name: with a title or another
// name beside them.
func (p *page) named(a, b int) bool {
	_, role := p.longest(a-1, isRole)
	beside := func(i int) bool { return p.kind(i) == word && p.toks[i].capital && !p.toks[i].next && !p.taken[i] }
	return role || beside(a-1) || beside(b) || p.speechAt(b)
}

func latin(c byte) bool { return c >= 'A' && c <= 'Z' }

// spelling returns the consonants of tokens [a, b), if they are words with capitals.
func (p *page) spelling(a, b int) (string, bool) {
	if b > len(p.toks) {
		return "", false
	}
	var keys []string
	for k := a; k < b; k++ {
		t := p.toks[k]
		if t.kind != word || k > a && (t.para || !t.capital || p.taken[k]) {
			return "", false
		}
		f := fold(p.raw(p.text, t))
		if strings.Contains(articles, " "+f+" ") {
			continue
		}
		keys = append(keys, bare(f))
	}
	return strings.Join(keys, " "), len(keys) > 0
}
