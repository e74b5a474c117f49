package reading

import (
	"slices"
	"strings"
)

// counts says what a number counts: the noun behind it and what befell it, or what stands
// before it.
func (p *page) counts(q figure) string {
	if p.percent(q) {
		return "percent"
	}
	if q.words {
		if h := p.countAt(q.b - 1); h.entry != nil && h.code == "people" && p.harmBefore(q.a) != "" {
			return p.harmBefore(q.a)
		} else if h.entry != nil && h.b == q.b && strings.Contains(" hours days weeks months years people killed injured times shells strikes villages arms ", " "+h.code+" ") {
			return h.code
		}
	}
	if p.is(q.n-1, "of") && p.is(q.n-2, "family") && p.breaks(q.b) {
		if harm := p.harmBefore(q.n - 2); harm != "" {
			return harm
		}
		return "people"
	}
	if p.risen(q) {
		return "killed"
	}
	if p.is(q.b, "of") && p.is(q.b+1, "the") && p.numberAt(q.b+2) { // "two of the five wounded died"
		if h := p.countAt(q.b + 3); h.entry != nil && harm(h.code) {
			return p.harmAfter(h.b)
		}
	}
	if code := p.among(q); code != "" {
		return code
	}
	if code := p.loneCount(q); code != "" {
		return code
	}
	noun, k := p.noun(q.b)
	if noun == "people" && slices.Contains([]string{"lost", "lose", "loses", "потеряли", "потерял", "потеряла"}, p.lowerAt(q.a-1)) {
		return "killed"
	}
	if harm := p.harmBefore(q.a); (noun == "people" || noun == "" || arabic(p.text[p.toks[max(q.a-1, 0)].from:])) && strings.Contains(" killed injured casualties ", " "+harm+" ") && p.countEnds(q.a) {
		return harm
	}
	switch {
	case noun == "people":
		if harm := p.harmAfter(k); harm != "" {
			return harm
		}
		if harm := p.harmBefore(q.a); harm != "" {
			return harm
		}
		if harm := p.harmFirst(q.a); harm != "" {
			return harm
		}
		if harm := p.harmShared(q); harm != "" {
			return harm
		}
		return noun
	case noun != "":
		return noun
	}
	if harm := p.harmAfter(q.b); harm != "" && (p.closeHarm(q.b) || p.is(q.b, "from", "of", "in", "من", "из")) {
		return harm
	}
	if harm := p.harmBefore(q.a); harm != "" {
		return harm
	}
	if harm := p.harmPassive(q.b); harm != "" {
		return harm
	}
	return p.listOf(q)
}

// loneCount finds what a number between commas counts: "the wounded, some 300, could go". Numbers that
// are spoken of on their own count what the sentence before did.
func (p *page) loneCount(q figure) string {
	if p.kind(q.a-1) == ',' && p.kind(q.b) == ',' {
		if h := p.countAt(q.a - 2); h.entry != nil && (harm(h.code) || h.code == "people") {
			return h.code
		}
	}
	if p.is(q.a-1, "from") && (p.lowerAt(q.a-2) == "down" || p.is(q.a-2, "up")) || p.is(q.a-1, "with", "to") && p.lowerAt(q.a-2) == "compared" {
		if k := len(p.ments) - 1; p.countAt(q.b).entry == nil {
			for ; k >= 0 && p.sent[p.ments[k].a] == p.sent[q.a]; k-- {
				if p.ments[k].it.Kind == KindQuantity {
					return p.ments[k].it.Counts
				}
			}
		}
	}
	spoken := p.is(q.a-1, "of") && slices.Contains([]string{"speak", "speaks", "spoke", "talk", "talks"}, p.lowerAt(q.a-2)) || p.is(q.a-1, "о") && strings.HasPrefix(p.lowerAt(q.a-2), "говор")
	if !spoken || !p.breaks(q.b) {
		return ""
	}
	for k := len(p.ments) - 1; k >= 0 && p.sent[q.a]-p.sent[p.ments[k].a] <= 1; k-- {
		if m := p.ments[k]; m.it.Kind == KindQuantity && harm(m.it.Counts) {
			return m.it.Counts
		}
	}
	return ""
}

// harmShared is what befell those counted just before, for others joined to them: "killing 13 women
// and 17 children".
func (p *page) harmShared(q figure) string {
	k := len(p.ments) - 1
	if k < 0 || p.ments[k].it.Kind != KindQuantity || p.sent[p.ments[k].a] != p.sent[q.a] || q.a-p.ments[k].b > 4 {
		return ""
	}
	if code := p.ments[k].it.Counts; p.is(q.a-1, "and", "и") && (code == "killed" || code == "injured") && p.harmBefore(p.ments[k].a) == code {
		return code
	}
	return ""
}

// harmPassive finds what befell those whom no list names: "30 pro-Russian separatists were killed".
func (p *page) harmPassive(b int) string {
	for k := b; k < b+9 && !p.toks[min(k, len(p.toks)-1)].next; k++ {
		if c := p.kind(k); c == opens || c == closes || c == '"' {
			continue
		}
		if p.kind(k) != word {
			return ""
		}
		if h := p.countAt(k); h.entry != nil {
			if harm(h.code) && k > b && p.is(k-1, "were", "was", "been") {
				return h.code
			}
			return ""
		}
		if p.is(k, "and", "who", "that", "which", "when", "after", "as", "while") || p.numberAt(k) {
			return ""
		}
	}
	return ""
}

// risen reports whether a number is what a death toll has come to: "the toll has risen to nine".
func (p *page) risen(q figure) bool {
	if !p.is(q.a-1, "to", "at") || !slices.Contains([]string{"risen", "rose", "climbed", "rises", "stands", "stood", "rising", "put", "jumped", "up"}, p.lowerAt(q.a-2)) {
		return false
	}
	if noun, _ := p.noun(q.b); noun != "" && noun != "people" {
		return false
	}
	for k := p.starts[p.sent[q.a]]; k < q.a; k++ {
		if h := p.countAt(k); h.entry != nil && h.code == "killed" {
			return true
		}
	}
	return false
}

// countEnds reports whether a word of harm stands just before token a.
func (p *page) countEnds(a int) bool {
	for p.is(a-1, "a", "the") {
		a--
	}
	for k := a - 1; k >= a-4 && k >= 0; k-- {
		if h := p.countAt(k); h.entry != nil && harm(h.code) && h.b == a {
			return true
		}
	}
	return false
}

// among returns what befell those of whom these are a part: "21 people, among them five
// children, were killed".
func (p *page) among(q figure) string {
	if !p.ofThem(q) && !p.is(q.a-1, "including", "بينهم", "بينهن") && !(p.is(q.a-1, "them", "whom") && p.is(q.a-2, "among", "of")) && !(p.is(q.a-1, "них", "числе") && p.is(q.a-2, "среди", "том", "из")) {
		return ""
	}
	if noun, _ := p.noun(q.b); noun != "people" && noun != "" && !harm(noun) {
		return ""
	}
	for i := len(p.ments) - 1; i >= 0; i-- {
		if m := p.ments[i]; m.it.Kind == KindQuantity {
			if p.sent[m.a] == p.sent[q.a] && harm(m.it.Counts) {
				return m.it.Counts
			}
			return ""
		}
	}
	return ""
}

// ofThem reports whether a number is part of one before: "eight of them children", "five women among them".
func (p *page) ofThem(q figure) bool {
	if p.is(q.b, "of", "из") && p.is(q.b+1, "them", "whom", "них") {
		return true
	}
	for k := q.b; k < q.b+4 && k < len(p.toks) && p.kind(k) == word; k++ {
		if p.is(k, "among") && p.is(k+1, "them") {
			return true
		}
	}
	return false
}

// noun finds what is counted within a few words behind a number, and where it ends.
func (p *page) noun(b int) (string, int) {
	if p.kind(b) == number && (p.lowerAt(b+1) == "mm" || p.lowerAt(b+1) == "мм") {
		b += 2 // "two 122mm howitzers"
	}
	for k := b; k < b+5 && k < len(p.toks); k++ {
		if p.kind(k) != word && p.kind(k) != opens && p.kind(k) != closes && p.kind(k) != '"' || k > b && (p.numberAt(k) || p.toks[k].next) {
			return "", k
		}
		if p.is(k, "и", "за", "по", "до", "с", "на", "в", "خلال", "إلى") || k == b && p.is(k, "and", "in", "at", "on", "by", "while", "when", "after", "during", "في", "على") {
			return "", k
		}
		best := p.countAt(k)
		if best.entry != nil {
			return best.code, best.b
		}
		if k > b && p.is(k, "and", "to", "in", "at", "for", "by", "that", "with", "on", "from", "who", "were", "was", "the", "as", "while", "after", "before") {
			return "", k
		}
	}
	return "", b
}

// countAt returns the longest count word at token k.
func (p *page) countAt(k int) hit {
	var best hit
	for _, h := range p.at(k) {
		if h.category == isCount && h.b > best.b {
			best = h
		}
	}
	return best
}

func harm(code string) bool {
	return strings.Contains(" killed injured casualties missing displaced besieged detained evacuated reached ", " "+code+" ")
}

// harmAfter finds what befell those who are counted, behind the noun in the same clause.
func (p *page) harmAfter(k int) string {
	for end := k + 8; k < end && k < len(p.toks); k++ {
		if p.is(k, "بينهم", "بينهن") {
			return ""
		}
		if p.kind(k) == ',' && p.aside(k) > k {
			end += p.aside(k) - k
			k = p.aside(k)
			continue
		}
		if p.kind(k) == opens || p.kind(k) == closes || p.kind(k) == '"' {
			end++
			continue
		}
		if p.kind(k) != word || p.toks[k].next || p.numberAt(k) && !p.is(k-1, "and", "of") || p.is(k, "while", "but", "after", "when", "as") || p.toks[k].lead > 0 && strings.HasPrefix(p.text[p.toks[k].from:], "و") {
			return ""
		}
		if h := p.countAt(k); h.entry != nil {
			if harm(h.code) {
				return h.code
			}
			if h.code != "people" && h.code != "groups" && h.code != "trucks" {
				return ""
			}
		}
	}
	return ""
}

// aside returns the comma that ends "including five children", begun by a comma at token k.
func (p *page) aside(k int) int {
	partly := p.numberAt(k+1) && p.is(k+2, "of") && p.is(k+3, "them", "whom")
	if !partly && !p.is(k+1, "including", "among", "of", "среди", "из", "بينهم") && !(p.is(k+1, "в") && p.is(k+2, "том")) {
		return k
	}
	for n := k + 2; n < k+14 && n < len(p.toks) && !p.toks[n].next; n++ {
		if p.kind(n) == ',' {
			return n
		}
	}
	return k
}

// closeHarm reports whether the word of harm stands at once behind the number.
func (p *page) closeHarm(b int) bool {
	for k := b; k < b+4; k++ {
		if h := p.countAt(k); h.entry != nil {
			return harm(h.code)
		}
	}
	return false
}

// harmFirst finds the verb of harm that begins an Arabic clause whose subject is counted far behind
// it: "وقتل في المعارك التي اندلعت أمس 300 شخص".
func (p *page) harmFirst(a int) string {
	if !arabic(p.text[p.toks[max(a-1, 0)].from:]) {
		return ""
	}
	for k := a - 1; k >= p.starts[p.sent[a]] && k > a-14; k-- {
		if p.numberAt(k) && !p.taken[k] || p.kind(k) != word && p.kind(k) != '/' {
			return ""
		}
		begins := k == p.starts[p.sent[a]] || p.kind(k-1) == ',' || strings.HasPrefix(p.text[p.toks[k].from:], "و")
		if h := p.countAt(k); begins && h.entry != nil && (h.code == "killed" || h.code == "injured") {
			return h.code
		}
	}
	return ""
}

// betweens may stand between a word of harm and its number.
var betweens = strings.Fields("of the a an some at least also another further other all to on yesterday today including included include were reached rose risen climbed rising stands toll number at")

// harmBefore finds a word of harm just before a number: "killing at least 12".
func (p *page) harmBefore(a int) string {
	for k := a - 1; k >= 0 && k >= a-5; k-- {
		if k == a-1 && p.kind(k) == '-' && k > 0 && p.countAt(k-1).entry != nil {
			continue // "среди погибших - 13 женщин"
		}
		if p.kind(k) != word || p.toks[a].next || p.numberAt(k) && !p.is(k, "a") {
			return ""
		}
		if k < a-1 && strings.HasPrefix(p.text[p.toks[k+1].from:], "ولا") {
			return "" // another clause
		}
		h := p.countAt(k)
		for back := k - 1; back >= k-2 && back >= 0; back-- {
			if longer := p.countAt(back); longer.entry != nil && longer.b > k {
				h = longer
			}
		}
		if h.entry != nil && harm(h.code) {
			if both := p.countAt(k - 2); p.is(k-1, "and", "or") && both.entry != nil && harm(both.code) && both.code != h.code {
				return "casualties" // "injure and kill 16"
			}
			return h.code
		}
		if p.toks[k].next || latin(p.text[p.toks[k].from]&^0x20) && !slices.Contains(betweens, p.lower(k)) {
			return ""
		}
	}
	return ""
}
