package reading

import (
	"slices"
	"strings"
)

// country tells which country a text is about, by the places it names: SY, UA, another two letters,
// "" if it names none that the gazetteer has, or "?" if it is long and names nothing of the mission's.
func (p *page) country() string {
	count := map[string]int{}
	for i := range p.toks {
		best := hit{}
		for _, h := range p.at(i) {
			if (h.category == isPlace || h.category == isBelong) && h.b > best.b {
				best = h
			}
		}
		switch {
		case best.entry == nil:
		case best.category == isBelong && best.code == "Syrian government":
			count["SY"] += 3
		case best.category == isBelong && best.code == "Ukraine":
			count["UA"] += 3
		case best.category == isPlace && (p.toks[i].capital || arabic(p.text[p.toks[i].from:])) && p.lower(best.b-1) != "capital":
			if c := p.landOf(best.site); c != "" {
				count[c]++
			}
		}
	}
	out := ""
	for _, c := range []string{"SY", "UA", "-"} {
		if n := count[c]; n > count[out] || out == "" && n > 0 {
			out = c
		}
	}
	switch {
	case count["SY"] > 0 && count["SY"]*3 >= count[out]:
		return "SY"
	case out == "" && len(p.toks) > 60:
		return "?"
	}
	return out
}

// landOf is the country of a place of the gazetteer: "-" is another than those it knows well, "" is
// that of a place far from every war, which tells nothing.
func (p *page) landOf(site int) string {
	s := p.sites[site]
	code := strings.ToUpper(s.Code + "  ")[:3]
	switch {
	case s.Level == "country" && code[2] == ' ':
		if code[:2] == "SY" || code[:2] == "UA" {
			return code[:2]
		}
		return "-"
	case strings.HasPrefix(s.Governorate, "SY") || strings.HasPrefix(code, "SY"):
		return "SY"
	case strings.HasPrefix(s.Governorate, "UA") || code == "UA-":
		return "UA"
	case s.Governorate != "":
		return "SY" // of the mission's own areas
	}
	return ""
}

// common reports whether a stand-in is a word that every country has: "the army", "the rebels".
func (p *page) common(h hit) bool {
	if h.code != "Syrian government" && h.code != "Syrian rebels" {
		return false
	}
	for k := h.a; k < h.b; k++ {
		w := p.foldAt(k)
		for _, own := range []string{"syria", "assad", "regime", "сири", "асад", "режим", "سوري", "نظام", "اسد", "دمشق", "damascus", "fsa"} {
			if strings.Contains(w, own) {
				return false
			}
		}
	}
	return h.category == isOpen || h.category == isStand
}

// elsewhereName is who "the army" and its like stand for in a text about another country: a name the
// register may know, or nobody.
func (p *page) elsewhereName(h hit) (string, bool) {
	if !p.common(h) {
		return "", false
	}
	if name := p.forceBefore(h); name != "" {
		return name, true
	}
	switch p.about {
	case "UA":
		if h.code == "Syrian government" {
			return "Ukraine", true
		}
		return "", true
	case "-", "?":
		return "", true
	}
	return "", false
}

// forceBefore is the foreign force named before in the sentence, where "the army said" follows:
// "Turkish troops crossed the border, the army said".
func (p *page) forceBefore(h hit) string {
	w := p.lower(h.b - 1)
	if h.code != "Syrian government" || w != "army" && w != "military" || !p.speechAt(h.b) {
		return ""
	}
	for k := len(p.ments) - 1; k >= 0 && p.sent[p.ments[k].a] == p.sent[h.a]; k-- {
		m := p.ments[k]
		if m.it.Kind != KindActor || len(m.it.Codes) == 0 {
			continue
		}
		if m.it.Codes[0] == "syrian-armed-forces" || !p.ofState(m.it.Codes[0]) {
			return ""
		}
		return m.it.Name
	}
	return ""
}

// ofState reports whether an actor of the register is another state's forces.
func (p *page) ofState(code string) bool {
	if p.lists.Register == nil {
		return false
	}
	a, known := p.lists.Register.Actor(code)
	return known && slices.Contains([]string{"foreign-state-forces", "foreign-state"}, a.Kind)
}

// nobodyKnown enters a word for somebody whom the text does not let us know.
func (p *page) nobodyKnown(h hit) int {
	p.note(mention{a: h.a, b: h.b, it: Item{Kind: KindActor, Why: "of which country is not said"}})
	p.take(h.a, h.b)
	return h.b
}
