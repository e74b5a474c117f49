package reading

import (
	"slices"
	"strings"
)

// temper takes the stance of a statement from the words said, where the word of speech is a
// plain one: a denial, a promise, a threat, a demand, a charge.
func (p *page) temper(s *saying) {
	if s.Stance != Asserts {
		return
	}
	from, to := s.from, s.to
	for from < to && (p.kind(from) != word || p.is(from, "that", "что", "أن", "إن", "بأن")) {
		from++
	}
	if from >= to {
		return
	}
	if st := p.performed(from, to); st != "" {
		s.Stance = st
		return
	}
	switch {
	case p.refuses(from, to), p.refusesOwn(s, from, to):
		s.Stance = Denies
	case p.undertakes(from, to):
		s.Stance = Promises
		if p.retaliates(from, to) {
			s.Stance = Threatens
		}
	case p.demanded(from, to):
		s.Stance = Calls
	case !s.Quoted && p.foretold(from, to):
		s.Stance = Announces
	case p.charges(s, from, to):
		s.Stance = Accuses
	}
}

// performed reads words that do what they say: "we call on", "I deny", "we doubt that".
func (p *page) performed(from, to int) Stance {
	for k := from; k < min(from+4, to); k++ {
		other := p.is(k, "it", "they", "he")
		if !other && !p.is(k, "i", "we", "мы", "я", "نحن") {
			continue
		}
		for n := k + 1; n < min(k+4, to); n++ {
			if h, ok := p.longest(n, isSpeech); ok && h.code != string(Asserts) && h.code != string(Agrees) && (!other || h.code != string(Accuses) && h.code != string(Announces)) {
				if p.is(n-1, "not", "не") {
					return ""
				}
				return Stance(h.code)
			}
		}
	}
	return ""
}

// ownSubject reports whether a word at token i stands for the speaker.
func (p *page) ownSubject(i int) bool {
	return p.is(i, "it", "they", "he", "she", "we", "i", "мы", "я", "он", "она", "они", "نحن", "إنه", "إننا", "its", "our", "his", "their")
}

// refuses reports whether the speaker says that it did not do something.
func (p *page) refuses(from, to int) bool {
	for k := from; k < min(from+7, to); k++ {
		if p.is(k, "untrue", "false", "fabricated", "baseless", "lies", "propaganda", "ложь", "كذب") {
			return true
		}
	}
	if p.future(from+1) || p.future(from+2) {
		return false
	}
	for k := from + 1; k < min(from+5, to); k++ {
		if (p.is(k, "not", "never", "не") || p.is(k, "no") && p.is(k-1, "had", "has", "have")) && !p.is(k+1, "only", "yet") {
			return p.ownSubject(from) && !p.is(k-1, "would", "will", "could", "can") && !p.is(k+1, "know", "been", "see", "seen", "знаем", "знает") && !slices.Contains(unmet, p.lowerAt(k+1))
		}
	}
	return false
}

// refusesOwn reports whether a party says that it or its own forces did not do something, in a
// sentence that begins with them or, in Russian, names nobody.
func (p *page) refusesOwn(s *saying, from, to int) bool {
	if s.Speaker == nil || len(s.Speaker.Codes) == 0 || !p.party(s.Speaker.Codes[0]) {
		return false
	}
	code, own := s.Speaker.Codes[0], cyrillic(p.lowerAt(from))
	for k := p.firstFrom(from); k < len(p.ments) && p.ments[k].a < min(from+8, to); k++ {
		if m := p.ments[k]; m.it.Kind == KindActor && len(m.it.Codes) > 0 {
			own = m.it.Codes[0] == code || strings.HasPrefix(m.it.Codes[0], code[:min(5, len(code))])
			break
		}
	}
	for k := from; k < min(from+8, to); k++ {
		if p.is(k, "ни") || p.lowerAt(k) == "никто" {
			return false // "not one man came out": nobody's own act
		}
	}
	for k := from; own && k < min(from+11, to); k++ {
		if (p.is(k, "not") && !p.is(k-1, "would", "will", "could", "can", "has", "have") || p.is(k, "не")) && !p.future(k-1) && !p.perfective(k+1) && !p.hedging(k) {
			return !strings.HasPrefix(p.lowerAt(k+1), "намер") && !p.is(k+1, "станем", "будем", "может", "могут", "знаем")
		}
	}
	return false
}

// unmet are words for what did not come to somebody, which is no denial.
var unmet = strings.Fields("received receive heard hear got yet decided able sure agreed signed seen given informed told")

// undertakes reports whether the speaker says what it will do.
func (p *page) undertakes(from, to int) bool {
	for k := from; k < min(from+4, to); k++ {
		if p.ownSubject(k) && !p.is(k, "its", "our", "his", "their") || k == from && p.is(from, "لن", "سوف") {
			if p.is(from, "لن", "سوف") && p.firstPlural(from+1) || p.is(k+1, "will", "would", "shall") && !p.is(k+2, "be") ||
				p.is(k, "мы", "я") && (p.perfective(k+1) || p.is(k+1, "не") && p.perfective(k+2)) {
				return true
			}
		}
	}
	return p.firstPlural(from) && strings.HasPrefix(p.text[p.toks[from].from:], "سن")
}

// firstPlural reports whether an Arabic verb says what "we" do.
func (p *page) firstPlural(i int) bool {
	return p.kind(i) == word && (strings.HasPrefix(p.text[p.toks[i].from:], "ن") || strings.HasPrefix(p.text[p.toks[i].from:], "سن"))
}

// perfective reports whether a Russian verb of the first person speaks of what is to come.
func (p *page) perfective(i int) bool {
	if p.kind(i) != word || !cyrillic(p.text[p.toks[i].from:]) {
		return false
	}
	w := p.lower(i)
	return p.is(i, "будем", "станем") || (strings.HasSuffix(w, "ем") || strings.HasSuffix(w, "им")) && (strings.HasPrefix(w, "по") || strings.HasPrefix(w, "от") || strings.HasPrefix(w, "вы") || strings.HasPrefix(w, "об") || strings.HasPrefix(w, "ос") || strings.HasPrefix(w, "с") || strings.HasPrefix(w, "при"))
}

// retaliates reports whether a promise is one of harm.
func (p *page) retaliates(from, to int) bool {
	for k := from; k < to; k++ {
		if slices.Contains(harming, p.lowerAt(k)) {
			return true
		}
	}
	return p.is(from, "if", "если", "إن", "إذا")
}

// harming are words of threats.
var harming = strings.Fields("retaliate respond answer punish avenge revenge crush strike destroy hit harm suffer regret pay bomb attack target force consequences ответим ответ накажем уничтожим отомстим ударим سنرد نرد سندمر سننتقم ندمر")

// demanded reports whether what is said is a demand: "must", "should", "has to".
func (p *page) demanded(from, to int) bool {
	for k := from; k < min(from+12, to); k++ {
		if slices.Contains(demanding, p.lowerAt(k)) || p.is(k, "has", "have", "needs", "need") && p.is(k+1, "to") && !p.ownSubject(from) {
			return true
		}
	}
	return false
}

// demanding are words of demands.
var demanding = strings.Fields("must should ought должны должен должна необходимо следует нужно يجب ينبغي")

// foretold reports whether what is said is to come.
func (p *page) foretold(from, to int) bool {
	for k := from; k < min(from+10, to); k++ {
		if p.is(k, "if", "если", "إذا", "unless") {
			return false
		}
		if p.is(k, "will", "would") && !p.is(k+1, "be", "add", "have", "like") || p.aheadArabic(k) || cyrillic(p.lowerAt(k)) && p.future(k) && !p.is(k, "может", "могут") || p.is(k, "вернутся", "начнут") {
			return true
		}
	}
	return false
}

// charges reports whether a party says that another actor did a hostile act. Offices that only
// watch or help are no parties.
func (p *page) charges(s *saying, from, to int) bool {
	if s.Speaker == nil || len(s.Speaker.Codes) == 0 || !p.party(s.Speaker.Codes[0]) {
		return false
	}
	end := p.starts[p.sentOf(from)+1]
	for k := p.firstFrom(from); k < len(p.ments) && p.ments[k].a < min(from+7, to, end); k++ {
		m := p.ments[k]
		if m.it.Kind != KindActor || len(m.it.Codes) == 0 && !p.is(m.a, "they") || len(m.it.Codes) > 0 && slices.Contains(s.Speaker.Codes, m.it.Codes[0]) || p.is(m.a, "he", "we", "it", "i") {
			continue
		}
		return p.hostileSoon(m.b, min(m.b+9, to, end))
	}
	for k := from; k < min(from+4, to); k++ {
		if slices.Contains(foes, p.lowerAt(k)) {
			return p.hostileSoon(k+1, min(k+8, to, end))
		}
	}
	return false
}

// foes are words for others who fight, where no name is said.
var foes = strings.Fields("they militants rebels terrorists gunmen insurgents battalions mercenaries они боевики террористы силовики боевиками مسلحون المسلحون إرهابيون الإرهابيون")

// hostileSoon reports whether a finite word of a hostile act stands in tokens [a, b).
func (p *page) hostileSoon(a, b int) bool {
	for k := a; k < b; k++ {
		if h, ok := p.inCompany(k, isAct); ok && h.form == 'v' && slices.Contains(hostile, h.code) {
			return true
		}
	}
	return false
}

// hostile are the acts that a charge is made of.
var hostile = strings.Fields("attack armed-clash air-strike drone-strike shelling rocket-fire missile-strike small-arms-fire sniping ground-assault raid ambush bombing suicide-bombing chemical-attack killing attack-on-aid attack-on-health-care refuse-access remove-goods looting destruction troop-movement siege gain-ground abduction torture reinforcement")

// party reports whether an actor is one of those who fight.
func (p *page) party(code string) bool {
	if p.lists.Register == nil {
		return false
	}
	a, known := p.lists.Register.Actor(code)
	return known && !slices.Contains([]string{"humanitarian", "international-mission", "medical", "press", "civilians"}, a.Kind)
}
