package reading

import (
	"slices"
	"strings"
)

// conduct finds words for acts and for means.
func (p *page) conduct() {
	for _, c := range []category{isAct, isMeans} {
		for i := 0; i < len(p.toks); {
			h, ok := p.inCompany(i, c)
			if !ok || p.isName(h) || h.code == "air-strike" && slices.Contains(harmless, p.lowerAt(h.b)) || h.form == 'v' && h.b == h.a+1 && p.numberAt(h.a-1) && strings.HasSuffix(p.lower(h.a), "s") {
				i++
				continue
			}
			kind := KindAct
			if c == isMeans {
				kind = KindMeans
			}
			it := Item{Kind: kind, Codes: []string{h.code}, Certain: true}
			if h.code == "violation" {
				it.Codes, it.Name = nil, "violation"
			}
			p.note(mention{a: h.a, b: h.b, it: it, act: h.entry})
			i = h.b
		}
	}
	p.order()
}

// harmless are what aircraft drop that does no harm.
var harmless = strings.Fields("leaflets leaflet flyers pamphlets papers aid food supplies parcels rations crates")

// inCompany returns the longest hit of a category at a token whose company stands near.
func (p *page) inCompany(i int, c category) (hit, bool) {
	var best hit
	for _, h := range p.at(i) {
		if h.category == c && h.b > best.b && (h.company == nil || p.company(h)) {
			best = h
		}
	}
	return best, best.entry != nil
}

// company reports whether one of the words that an act asks for stands near it in its sentence.
func (p *page) company(h hit) bool {
	first, end := p.starts[p.sent[h.a]], p.starts[p.sent[h.a]+1]
	if p.lowerIn(h.a, "left", "leaves") && p.leftDead(h.b) {
		return false
	}
	for k := max(first, h.a-12); k < min(end, h.b+8); k++ {
		if (k < h.a || k >= h.b) && p.kind(k) == word && slices.Contains(h.company, p.toks[k].id) {
			return true
		}
	}
	return false
}

// leftDead reports whether "left" has the dead for its object: "clashes that left 18 fighters dead".
func (p *page) leftDead(i int) bool {
	for k := i; k < i+7 && p.sentOf(k) == p.sentOf(i-1); k++ {
		if p.lowerAt(k) == "dead" || p.lowerAt(k) == "wounded" || p.lowerAt(k) == "injured" || p.lowerAt(k) == "homeless" {
			return true
		}
	}
	return false
}

// isName reports whether a word is part of a name of an actor or a place, such as
// "Mujahideen Army", and no act.
func (p *page) isName(h hit) bool {
	if !p.taken[h.a] && (h.b >= len(p.toks) || !p.taken[h.b-1]) {
		return false
	}
	return p.toks[h.a].capital || h.b-h.a == 1 && p.taken[h.a]
}

// clause returns the tokens [a, b) of the clause around token i: from one joint of the
// sentence to the next.
func (p *page) clause(i int) (a, b int) {
	first, end := p.starts[p.sent[i]], p.starts[p.sent[i]+1]
	for a = i; a > first && !p.joint(a); a-- {
	}
	for b = i + 1; b < end && !p.joint(b); b++ {
	}
	return a, b
}

// joint reports whether a clause begins at token i.
func (p *page) joint(i int) bool {
	switch p.kind(i - 1) {
	case ';', '-', '.', '(', ')':
		return true
	case ',':
		if i < len(p.toks) && strings.HasPrefix(p.text[p.toks[i].from:], "و") {
			return true
		}
		return p.is(i, "and", "but", "while", "although", "whereas", "which", "who", "as", "when", "where", "after", "including") || p.speechAt(i) || p.verbSoon(i)
	}
	return p.is(i, "but", "while", "although", "whereas", "because", "that", "which", "who", "when") && !p.is(i-1, "of")
}

func (p *page) speechAt(i int) bool {
	_, ok := p.longest(i, isSpeech)
	return ok
}

// verbSoon reports whether a finite word of an act stands within the next few words.
func (p *page) verbSoon(i int) bool {
	for k := i; k < i+4; k++ {
		if h, ok := p.inCompany(k, isAct); ok && h.form == 'v' {
			return true
		}
	}
	return false
}

// moods decides of every act how it is told.
func (p *page) moods() {
	for i := range p.ments {
		if m := &p.ments[i]; m.act != nil && m.it.Kind == KindAct {
			m.it.Mood = p.mood(m)
		}
	}
}

// mood reads the words around an act.
func (p *page) mood(m *mention) Mood {
	a, b := p.clause(m.a)
	if cue := p.nearestCue(a, m.a); cue != "" {
		return cue
	}
	if cue := p.cueBehind(m.b, b); cue != "" && m.act.form != 'v' {
		return cue
	}
	if p.stanceOver(m) != "" {
		return p.stanceOver(m)
	}
	if p.longAgo(a, b, m) || p.pluperfect(m) || p.agoBefore(a, b) || p.inLife(m, a, b) || p.background(m, a, b) {
		return History
	}
	if p.standing(m, a, b) {
		return Summary
	}
	if p.compound(m) {
		return Mentioned
	}
	if p.summed(m.a) {
		return Summary
	}
	return p.plainMood(m, a, b)
}

// nearestCue returns the mood of the nearest cue before token i in its clause. What is
// negated is so however it is hoped for.
func (p *page) nearestCue(a, i int) Mood {
	out := Mood("")
	for k := i - 1; k >= a && k > i-14; k-- {
		for _, h := range p.at(k) {
			if h.category != isMood || h.b > i || p.taken[k] || p.hedging(k) || h.code == "summary" || h.code == "history" || p.weakCue(h, i) {
				continue
			}
			if h.code == "not" {
				return Denied
			}
			if out == "" {
				out = Mood(h.code)
			}
		}
	}
	return out
}

// hedging reports whether "no" and "not" only belong to a number: "no fewer than", "не менее".
func (p *page) hedging(i int) bool {
	h, ok := p.longest(i, isHedge)
	return ok && (h.b-h.a > 1 || p.numberAt(h.b))
}

// weakCue reports whether a cue does not reach token i: another finite word stands between,
// or it is of a kind that only reaches what follows at once.
func (p *page) weakCue(h hit, i int) bool {
	near := i - h.b
	if p.is(h.a, "can", "may", "could", "might", "if") {
		return near > 8
	}
	for k := h.b; k < i; k++ {
		if x, ok := p.inCompany(k, isAct); ok && x.form == 'v' && x.b < i {
			return true
		}
		if p.is(k, "after") || p.kind(k) == ',' && p.is(k+1, "and") {
			return true
		}
	}
	return h.b-h.a == 1 && near > 6 && p.lowerIn(h.a, "without", "end", "halt", "stop", "no", "none", "support", "lack", "by")
}

func (p *page) lowerIn(i int, words ...string) bool { return slices.Contains(words, p.lower(i)) }

// cueBehind reads "the deal has not been reached", "the talks collapsed".
func (p *page) cueBehind(i, b int) Mood {
	for k := i; k < b && k < i+14; k++ {
		if p.kind(k) == ',' {
			return ""
		}
		if k >= i+5 && !(p.is(k-1, "was", "were", "been") && p.lowerIn(k, "halted", "postponed", "suspended", "cancelled", "canceled", "prevented", "averted", "foiled", "thwarted", "blocked", "delayed")) {
			continue
		}
		for _, h := range p.at(k) {
			if h.category == isMood && !p.taken[k] && !p.hedging(k) && (h.code == "not" || !p.is(k-1, "it", "he", "she", "they", "we") && (h.code == "future" && k < i+2 || h.code == "if" && k < i+2)) {
				return map[string]Mood{"not": Denied, "future": Future, "if": If}[h.code]
			}
		}
		if h, ok := p.inCompany(k, isAct); ok && h.form == 'v' {
			return ""
		}
	}
	return ""
}

// stanceOver returns the mood that a statement gives to what is said in it.
func (p *page) stanceOver(m *mention) Mood {
	for _, k := range p.over[p.sent[m.a]] {
		s := p.said[k]
		if m.a < s.from || m.b > s.to {
			continue
		}
		switch s.Stance {
		case Denies:
			return Denied
		case Promises, Threatens:
			if m.act.form != 'v' {
				return Future
			}
		case Calls:
			return Hoped
		case Doubts:
			return Mentioned
		}
	}
	return ""
}

// longAgo reports whether what stands in the clause puts an act long before the account.
func (p *page) longAgo(a, b int, m *mention) bool {
	for _, t := range p.ments[p.firstFrom(a-12):] {
		if t.a >= b+3 {
			break
		}
		switch {
		case t.it.Kind == KindTime && t.it.When != nil && !p.day.IsZero() && t.a < b && t.b > a:
			if t.it.Precision == "day" && !t.it.When.Lasts {
				continue // a day that is named is no passing mention
			}
			if t.it.When.Lasts && t.it.When.From.Before(p.day.AddDate(0, 0, -30)) && !p.datedIn(m.a) || !t.it.When.Lasts && t.it.When.To.Before(p.day.AddDate(0, 0, -21)) {
				return true
			}
		case t.it.Kind == KindTime && t.it.When != nil && p.day.IsZero() && (t.it.Precision == "year") && t.a < b && t.b > a:
			return true
		case t.it.Kind == KindQuantity && (t.it.Counts == "years" || t.it.Counts == "months") && beside(t, *m, 4) && p.sent[t.a] == p.sent[m.a]:
			return true
		}
	}
	return p.cueIn(a, b, "history") || p.fronted(m.a)
}

// fronted reports whether the sentence begins with a time long before the account: "In 2014, ...".
func (p *page) fronted(i int) bool {
	first := p.starts[p.sent[i]]
	for k := p.firstFrom(first); k < len(p.ments) && p.ments[k].a < min(first+3, i); k++ {
		t := p.ments[k].it
		if t.Kind == KindTime && t.When != nil && !p.day.IsZero() && t.Precision != "day" && !t.When.Lasts && t.When.To.Before(p.day.AddDate(0, 0, -40)) {
			return true
		}
	}
	return false
}

// datedIn reports whether the sentence of token i names a day not long before the account.
func (p *page) datedIn(i int) bool {
	s := p.sent[i]
	for k := p.firstFrom(p.starts[s]); k < len(p.ments) && p.ments[k].a < p.starts[s+1]; k++ {
		t := p.ments[k].it
		if t.Kind == KindTime && t.When != nil && !t.When.Lasts && t.When.From.After(p.day.AddDate(0, 0, -21)) {
			return true
		}
	}
	return false
}

func beside(x, y mention, most int) bool {
	return x.b <= y.a && y.a-x.b <= most || y.b <= x.a && x.a-y.b <= most
}

func (p *page) cueIn(a, b int, code string) bool {
	for k := a; k < b; k++ {
		for _, h := range p.at(k) {
			if h.category == isMood && h.code == code && h.b <= b && !(code == "history" && p.is(k, "since", "منذ") && !p.timeAt(k)) {
				return true
			}
		}
	}
	return false
}

func (p *page) timeAt(i int) bool {
	k := p.mentionAt(i, KindTime)
	return k >= 0 && (p.ments[k].it.When == nil || p.ments[k].it.When.From.Before(p.day.AddDate(0, 0, -30)))
}

// summed reports whether the sentence of token i adds up over time or places.
func (p *page) summed(i int) bool {
	s := p.sent[i]
	return p.cueIn(p.starts[s], p.starts[s+1], "summary")
}

// plainMood is that of an act without any cue.
func (p *page) plainMood(m *mention, a, b int) Mood {
	switch m.act.form {
	case 'v':
		if p.is(m.a-1, "to") && !p.is(m.a-2, "began", "started", "continue", "continued", "continues", "begin", "start") {
			return Hoped
		}
		return Fact
	case 'b':
		if p.is(m.a-1, "the") && p.is(m.b, "of") && p.datedBlow(m, a, b) {
			return Fact
		}
		if p.is(m.a-1, "to") && p.usedBefore(a, m.a) {
			return Fact
		}
		if p.is(m.a-1, "to") && !p.is(m.a-2, "began", "started", "continue", "continued", "continues", "begin") {
			return Hoped
		}
		if p.is(m.a-1, "is", "are", "was", "were", "been", "began", "started", "by", "of", "after", "continue", "continued", "continues", "while") || p.plural(m.a-1) {
			return Fact
		}
		return Mentioned
	case 'n':
		if p.headline(m.a) || p.occurs(a, b, m) || p.datedBlow(m, a, b) || p.countedAct(m) {
			return Fact
		}
	}
	return Mentioned
}

// usedBefore reports whether the clause tells what was used: "used mortars to shell".
func (p *page) usedBefore(a, i int) bool {
	for k := a; k < i; k++ {
		if p.is(k, "used") {
			return true
		}
	}
	return false
}

// plural reports whether a mention of an actor ends just before token i: "regime forces
// shell areas".
func (p *page) plural(i int) bool {
	for k := p.firstFrom(i - 8); k < len(p.ments) && p.ments[k].a <= i; k++ {
		if m := p.ments[k]; m.b == i+1 && m.it.Kind == KindActor {
			return true
		}
	}
	return false
}

// headline reports whether the sentence of token i is a line of its own without an end.
func (p *page) headline(i int) bool {
	s := p.sent[i]
	a, b := p.starts[s], p.starts[s+1]
	if slices.Contains(issued, p.lowerAt(a)) || p.lowerAt(a) == "note" || p.lowerAt(a) == "report" {
		return false // "Statement on the battle of X"
	}
	return p.toks[a].para && b-a < 32 && p.kind(b-1) != '.' && (b == len(p.toks) || p.toks[b].para)
}

// occurs reports whether a word in the clause says that something took place.
func (p *page) occurs(a, b int, m *mention) bool {
	for k := a; k < b; k++ {
		for _, h := range p.at(k) {
			if h.category == isOccur && (h.b <= m.a && m.a-h.b < 9 || h.a >= m.b && (h.a-m.b < 9 || m.a-p.starts[p.sent[m.a]] < 3 && h.a-m.b < 16)) {
				return true
			}
			if h.category == isAct && h.form == 'v' && (h.b <= m.a || h.a >= m.b) && (p.is(m.a-1, "in", "during", "by", "after") || p.is(m.a-2, "in", "during", "by", "after")) {
				return true
			}
		}
	}
	return p.is(m.a-1, "in") && p.struck(m.it.Codes) || p.is(m.b, "by") && p.actorAt(m.b+1) || p.struck(m.it.Codes) && p.atPlace(m.b)
}

// struck reports whether an act is one of fire, whose noun beside a place tells that it was done.
func (p *page) struck(codes []string) bool {
	return len(codes) > 0 && slices.Contains([]string{"shelling", "air-strike", "rocket-fire", "missile-strike", "drone-strike", "small-arms-fire", "bombing", "explosion", "chemical-attack", "armed-clash", "attack-on-aid", "attack-on-health-care", "sniping"}, codes[0])
}

// atPlace reports whether a place follows: "shelling of western Aleppo", "fire from Khan Tuman".
func (p *page) atPlace(i int) bool {
	if !p.is(i, "on", "of", "in", "at", "from", "near", "against", "в", "на", "по", "под", "على", "في") {
		return i < len(p.toks) && p.toks[i].lead > 0 && p.mentionAt(i, KindPlace) >= 0
	}
	for k := i + 1; k < i+5 && k < len(p.toks) && p.kind(k) == word && !p.toks[k].next; k++ {
		if p.mentionAt(k, KindPlace) >= 0 {
			return true
		}
	}
	return false
}

func (p *page) actorAt(i int) bool {
	for p.is(i, "the") {
		i++
	}
	return p.mentionAt(i, KindActor) >= 0
}
