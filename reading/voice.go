package reading

import (
	"slices"
	"strings"
)

// phraseLeft takes the words before a word of speech for the speaker: "activists in the
// town said".
func (p *page) phraseLeft(h hit) (voiced, bool) {
	first := p.starts[p.sent[h.a]]
	a, end := h.a, p.beforeAside(h.a)
	if end < h.a {
		a = end
	}
	for a > first && end-a < 9 && p.kind(a-1) == word && p.depth[a-1] == p.depth[h.a] && !p.is(a-1, "that", "but", "while", "as", "when", "which", "who") {
		if a-1 > first && p.is(a-1, "and") || p.is(a, "the", "a", "an") && !p.is(a-1, "of", "in", "at", "for", "from", "by", "with", "to", "on", "and") {
			break
		}
		a--
	}
	if p.is(a-1, "who") && a-1 > first && p.kind(a-2) == word {
		a, end = p.beforeWho(a-1, first), a-1
	}
	end = p.trimmed(a, end)
	for a < end && (p.is(a, "the", "a", "an", "and", "but", "in", "has", "have", "had") || p.kind(a) != word) {
		a++
	}
	strong := slices.Contains(sayingVerbs, p.lower(h.a)) && (p.is(a-1, "the", "a", "an") || p.numberAt(a) && p.is(a+1, "of")) && end-a <= 7
	if a >= end || p.noSubject(a, end) || !strong && !p.looksLikeSpeaker(a, end) {
		return voiced{}, false
	}
	if p.is(a, "its", "their") {
		if v := p.ofBody(a, end); v != nil {
			return voiced{v, -1, a, end, false}, true
		}
	}
	m := p.byToken[a] - 1
	if m < 0 && a > first && p.is(a-1, "the") {
		m = p.byToken[a-1] - 1 // "the mission's head of human rights"
	}
	if m >= 0 && p.ments[m].b < end && len(p.ments[m].it.Codes) > 0 {
		v := p.voice(m) // "residents contacted by telephone"
		v.Certain = false
		return voiced{v, m, a, end, false}, true
	}
	if v := p.mouthOf(a, end); v != nil {
		return voiced{v, -1, a, h.a, false}, true
	}
	if v := p.officeOf(a, end); v != nil && !p.is(first, "we") {
		return voiced{v, -1, a, h.a, false}, true
	}
	s := p.span(a, end)
	name := strings.TrimSpace(p.str(s))
	return voiced{&Voice{Span: s, Text: name, Codes: []string{"?" + name}, Name: name}, -1, a, h.a, false}, true
}

// beforeWho goes back from "who" over the words for whom the clause is about: "a member of the council
// who asked not to be named said".
func (p *page) beforeWho(i, first int) int {
	a := i
	for a > first && i-a < 8 && p.kind(a-1) == word && p.depth[a-1] == p.depth[i] && !p.speechAt(a-1) && !p.is(a-1, "that", "but", "while", "as", "when", "which", "and") {
		a--
	}
	return a
}

// sayingVerbs have a speaker for subject, whatever he is called.
var sayingVerbs = strings.Fields("said says told added warned denied insisted announced confirmed explained stressed")

// beforeAside goes back over words between commas: "a source, who spoke on condition of anonymity, said".
func (p *page) beforeAside(i int) int {
	if p.kind(i-1) != ',' {
		return i
	}
	for k := i - 2; k > i-18 && k > p.starts[p.sent[i]]; k-- {
		if p.kind(k) == ',' {
			return k
		}
	}
	return i
}

// ofBody reads "its spokesman": whoever was named last.
func (p *page) ofBody(a, b int) *Voice {
	m := mention{a: a, b: b}
	p.pointToBody(&m)
	if len(m.it.Codes) == 0 {
		return nil
	}
	s := p.span(a, b)
	return &Voice{Span: s, Text: p.str(s), Codes: m.it.Codes, Name: m.it.Name}
}

// looksLikeSpeaker reports whether words before a word of speech can be somebody.
func (p *page) looksLikeSpeaker(a, b int) bool {
	for k := a; k < b; k++ {
		if p.official[p.next(k)] || p.officeBefore(k) || slices.Contains(voices, p.lower(k)) {
			return true
		}
		if k > a || !p.toks[k].next {
			if p.toks[k].capital && !p.taken[k] && cased(p.text[p.toks[k].from:]) {
				return b-a <= 6
			}
		}
	}
	return p.toks[a].capital && b-a <= 3 && b-a >= 2 && p.toks[a+1].capital
}

func cased(s string) bool { return !arabic(s) }

// voices are nouns for those who speak.
var voices = strings.Fields("полиции полицией властей врачей очевидцев источника источников жителей медиков спасателей военных штаба министерства ведомства наблюдателей активистов monitor media television broadcaster charity foundation institute union committee commission court parliament congress church prosecutor prosecutors police judge governor admiral bishop priest imam elder elders chairman chairwoman president deputy adviser ambassador directorate department newspaper radio channel mother father widow brother sister cousin uncle aunt son daughter driver drivers baker engineer student students pilot prisoner prisoners refugee refugees mediator observer delegation lawmaker lawmakers senator economist historian woman man women mayor leader leaders commander commanders member members director head surgeon surgeons nurses teachers company authority authorities embassy tribe nurse teacher shopkeepers farmers neighbours neighbors mediators lawyer lawyers relatives survivors shopkeeper farmer villager staff workers worker medic rescuer surgeon врачи врач фельдшер житель жительница женщина мужчина представитель представительница сотрудник правозащитники правозащитников ополченец наблюдатели полиция власти военные медики спасатели волонтеры депутат дипломат дипломаты чиновник пресс служба говорящий residents activists witnesses analysts observers sources source officials doctors medics rescuers monitors journalists штаб штабе министерстве ведомстве минобороны мид experts group agency statement ministry report bulletin communique fighters people rebels militants they we i it who correspondent spokesman aid organisation organization council office he she locals watchdog centre center negotiators villagers nobody network parties sides жители активисты источники очевидцы эксперты источник ведомство")
