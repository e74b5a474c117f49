package reading

import (
	"slices"
	"strings"
)

// standing reports whether a word for an act tells of a state or of how many, not of an act: "remains
// closed", "people are displaced", "families have fled since June".
func (p *page) standing(m *mention, a, b int) bool {
	before := m.a - 1
	for p.lowerAt(before) == "still" || p.lowerAt(before) == "partly" {
		before--
	}
	if slices.Contains([]string{"remain", "remains", "remained", "remaining"}, p.lowerAt(before)) {
		return true
	}
	if p.opensWith(m, a) || p.goneOver(m) {
		return true
	}
	if m.it.Codes == nil || !slices.Contains([]string{"forced-displacement", "evacuation", "withdrawal"}, m.it.Codes[0]) {
		return false
	}
	if p.is(m.a-1, "she", "he", "i", "my", "her", "his") || p.is(m.a-2, "she", "he", "i") && p.is(m.a-1, "had", "has") {
		return true // one of many lives
	}
	if m.it.Codes[0] != "forced-displacement" {
		return m.it.Codes[0] == "evacuation" && p.is(m.a-1, "have", "has") && p.numbers(a, b) && !p.datedIn(m.a)
	}
	return p.is(m.a-1, "are", "is", "have", "has") || arabic(p.lower(m.a)) && p.numbers(a, b) && !p.datedIn(m.a)
}

// numbers reports whether a quantity stands in tokens [a, b).
func (p *page) numbers(a, b int) bool {
	for k := p.firstFrom(a); k < len(p.ments) && p.ments[k].a < b; k++ {
		if p.ments[k].it.Kind == KindQuantity {
			return true
		}
	}
	return false
}

// goneOver reports whether the words only go back to what was told: "the raid lasted two hours", "since
// the raids started", "claims that rockets were fired".
func (p *page) goneOver(m *mention) bool {
	if first := p.starts[p.sent[m.a]]; slices.Contains([]string{"claims", "allegations", "rumours", "rumors", "reports", "suggestions"}, p.lowerAt(first)) && (p.is(first+1, "that") || p.is(first+1, "of")) {
		return true
	}
	if m.act.form == 'v' || !p.is(m.a-1, "the") {
		return false
	}
	return p.is(m.a-2, "since") || slices.Contains([]string{"lasted", "ended", "took"}, p.lowerAt(m.b))
}

// opensWith reports whether an act is a participle that opens its sentence: "Partly destroyed, the
// hospital ...".
func (p *page) opensWith(m *mention, a int) bool {
	return m.act.form == 'v' && m.a-p.starts[p.sent[m.a]] <= 1 && p.kind(m.b) == ',' && strings.HasSuffix(p.lower(m.b-1), "ed")
}

// compound reports whether a noun for an act only tells what kind of thing another is: "withdrawal
// lines", "evacuation plan", "attack helicopter".
func (p *page) compound(m *mention) bool {
	return m.act.form != 'v' && m.b < len(p.toks) && !p.toks[m.b].next && slices.Contains(carried, p.lowerAt(m.b))
}

// carried are nouns that an act before them only describes.
var carried = strings.Fields("line lines zone zones plan plans route routes corridor corridors deal deals agreement agreements talks mechanism mechanisms team teams centre center room shelter shelters alert alerts helicopter helicopters order orders site ban threat threats schedule list lists point points procedure procedures committee fund tariff season")

// pluperfect reports whether an Arabic clause tells what had been before: "وكان القتال قد أدى".
func (p *page) pluperfect(m *mention) bool {
	if !arabic(p.text[p.toks[m.a].from:]) {
		return false
	}
	first := p.starts[p.sent[m.a]]
	for k := first; k < first+2 && k < m.b; k++ {
		if w := strings.TrimPrefix(p.foldAt(k), "و"); w != "كان" && w != "كانت" {
			continue
		}
		for n := k + 1; n < k+5 && p.sentOf(n) == p.sent[m.a]; n++ {
			if p.foldAt(n) == "قد" {
				return m.a < n+3
			}
		}
	}
	return false
}

// agoBefore reports whether a clause with no time of its own follows, in its sentence, one of a time
// long before the account: "a shell killed him in 2012; his brother was arrested".
func (p *page) agoBefore(a, b int) bool {
	first := p.starts[p.sent[a]]
	ago := false
	for k := p.firstFrom(first); k < len(p.ments) && p.ments[k].a < b; k++ {
		t := p.ments[k]
		if t.it.Kind != KindTime || t.it.When == nil || p.day.IsZero() {
			continue
		}
		if t.a >= a {
			return false
		}
		ago = !t.it.When.Lasts && t.it.When.To.Before(p.day.AddDate(0, 0, -40)) && (t.it.Precision == "month" || t.it.Precision == "year")
	}
	return ago && p.kind(a-1) == ';'
}

// inLife reports whether an act follows one of long ago in its sentence, with no time of its own: "he was
// arrested in 2013 and spent two years in prison, where he was tortured".
func (p *page) inLife(m *mention, a, b int) bool {
	if m.act.form != 'v' || p.timedIn(a, b) || !p.longDated(p.starts[p.sent[m.a]], m.a) {
		return false
	}
	for k := p.firstFrom(p.starts[p.sent[m.a]]); k < len(p.ments) && p.ments[k].a < m.a; k++ {
		if x := p.ments[k]; x.act != nil && x.act.form == 'v' && x.it.Mood == History && x.it.Kind == KindAct {
			return true
		}
	}
	return false
}

// longDated reports whether a month or a year long before the account stands in tokens [a, b).
func (p *page) longDated(a, b int) bool {
	for k := p.firstFrom(a); k < len(p.ments) && p.ments[k].a < b; k++ {
		t := p.ments[k].it
		if t.Kind == KindTime && t.When != nil && !p.day.IsZero() && !t.When.Lasts && t.When.To.Before(p.day.AddDate(0, 0, -40)) && (t.Precision == "month" || t.Precision == "year") {
			return true
		}
	}
	return false
}

// timedIn reports whether a time stands in tokens [a, b).
func (p *page) timedIn(a, b int) bool {
	for k := p.firstFrom(a); k < len(p.ments) && p.ments[k].a < b; k++ {
		if p.ments[k].it.Kind == KindTime {
			return true
		}
	}
	return false
}

// background reports whether a relative clause only tells what had befallen somebody in a month or a
// year: "the hospital, which was bombed twice last month, reopened".
func (p *page) background(m *mention, a, b int) bool {
	if !p.is(m.a-1, "was", "were", "been") || !p.is(a, "which", "that", "who") && !p.is(a-1, "which", "that", "who") {
		return false
	}
	for k := p.firstFrom(a); k < len(p.ments) && p.ments[k].a < b; k++ {
		if t := p.ments[k].it; t.Kind == KindTime && (t.Precision == "month" || t.Precision == "year" || t.Precision == "longer") {
			return true
		}
	}
	return false
}

// datedBlow reports whether a noun for an act of fire stands in a clause with a day or an hour that
// is past: "the bombing of the market on Saturday".
func (p *page) datedBlow(m *mention, a, b int) bool {
	if !p.struck(m.it.Codes) || m.it.Codes[0] == "armed-clash" || p.day.IsZero() {
		return false
	}
	for k := p.firstFrom(a); k < len(p.ments) && p.ments[k].a < min(b+7, p.starts[p.sent[m.a]+1]); k++ {
		t := p.ments[k].it
		if t.Kind == KindTime && t.When != nil && !t.When.Lasts && abs(p.ments[k].a-m.b) < 16 && !t.When.From.After(p.day) && t.When.From.After(p.day.AddDate(0, 0, -40)) && (t.Precision == "day" || t.Precision == "part-of-day" || t.Precision == "minute" || t.Precision == "hour") {
			return true
		}
	}
	return false
}

// countedAct reports whether a number stands just before a noun for an act: "three strikes on".
func (p *page) countedAct(m *mention) bool {
	if !p.atPlace(m.b) && !p.is(m.b, "on") {
		return false
	}
	for k := p.firstFrom(m.a - 4); k < len(p.ments) && p.ments[k].a < m.b; k++ {
		if q := p.ments[k]; q.it.Kind == KindQuantity && (q.b == m.a || q.b == m.b) {
			return true
		}
	}
	return false
}
