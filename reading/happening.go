package reading

import (
	"fmt"
	"slices"

	"truce"
)

// reading puts together what was found.
func (p *page) reading() Reading {
	out := Start(p.text, p.account, "rules")
	out.Language = p.language()
	for s := 0; s+1 < len(p.starts); s++ {
		out.Sentences = append(out.Sentences, p.span(p.starts[s], p.starts[s+1]))
	}
	for _, m := range p.ments {
		out.Items = append(out.Items, m.it)
	}
	for _, s := range p.said {
		out.Statements = append(out.Statements, s.Statement)
	}
	out.Happenings = p.events(out.Hash)
	if out.Happenings == nil {
		out.Happenings = []Happening{}
	}
	out.Claims = append(out.Claims, p.summaries()...)
	out.Doubts = append(out.Doubts, p.doubts()...)
	if p.dropTime > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("the account has no date: %d relative times stay open", p.dropTime))
	}
	return out
}

// language is that of most of the words.
func (p *page) language() string {
	var en, ar, ru int
	for _, t := range p.toks {
		if t.kind != word {
			continue
		}
		switch w := p.text[t.from:t.to]; {
		case arabic(w):
			ar++
		case cyrillic(w):
			ru++
		default:
			en++
		}
	}
	switch {
	case en+ar+ru == 0:
		return ""
	case ar > en && ar > ru:
		return "ar"
	case ru > en:
		return "ru"
	}
	return "en"
}

// events makes a draft report of each act that is told as a fact.
func (p *page) events(hash string) []Happening {
	var out []Happening
	for k, m := range p.ments {
		if m.it.Kind != KindAct || m.it.Mood != Fact || !incident(m.it.Codes) || p.repeated(k) {
			continue
		}
		out = append(out, p.event(k, hash, len(out)+1))
	}
	return out
}

// incident reports whether an act is one that a record holds: talks and statements are not.
func incident(codes []string) bool {
	return len(codes) > 0 && !slices.Contains([]string{"talks", "statement", "announcement", "meeting", "siege"}, codes[0])
}

// repeated reports whether an act is told again in the same clause: "air strikes ... bombed".
func (p *page) repeated(k int) bool {
	m := p.ments[k]
	for j := k - 1; j >= 0 && p.sent[p.ments[j].a] == p.sent[m.a]; j-- {
		x := p.ments[j]
		if x.it.Kind != KindAct || x.it.Mood != Fact || !incident(x.it.Codes) {
			continue
		}
		same := x.it.Codes[0] == m.it.Codes[0] || generic(m.it.Codes[0]) || x.it.Codes[0] == "sniping" && m.it.Codes[0] == "small-arms-fire"
		if same && !p.split(x.b, m.a) {
			return true
		}
	}
	for j := k + 1; generic(m.it.Codes[0]) && j < len(p.ments) && p.sent[p.ments[j].a] == p.sent[m.a]; j++ {
		x := p.ments[j]
		if x.it.Kind == KindAct && x.it.Mood == Fact && incident(x.it.Codes) && !generic(x.it.Codes[0]) && !p.split(m.b, x.a) {
			return true
		}
	}
	return false
}

// generic reports whether a word for an act only repeats a finer one beside it.
func generic(code string) bool {
	return code == "attack" || code == "killing" || code == "explosion" || code == "destruction"
}

// split reports whether "and" or a comma with a second place stands between two tokens.
func (p *page) split(a, b int) bool {
	place := false
	for i := a; i < b; i++ {
		if p.kind(i) == ';' || p.kind(i) == '.' {
			return true
		}
		if k := p.mentionAt(i, KindPlace); k >= 0 {
			place = true
		}
		if place && p.is(i, "and") && !p.numberAt(i+1) {
			return true
		}
	}
	return false
}

func (p *page) mentionAt(i int, kind Kind) int {
	k, _ := slices.BinarySearchFunc(p.ments, i, func(m mention, i int) int { return m.a - i })
	for ; k < len(p.ments) && p.ments[k].a == i; k++ {
		if p.ments[k].it.Kind == kind {
			return k
		}
	}
	return -1
}

// event drafts the report of one act.
func (p *page) event(k int, hash string, n int) Happening {
	m := p.ments[k]
	s := p.sent[m.a]
	a, b := p.starts[s], p.starts[s+1]
	d := draft{p: p, act: k, a: a, b: b}
	d.e.ID = fmt.Sprintf("read-%s-%d", hash[:12], n)
	d.e.Acts = m.it.Codes
	d.who()
	d.where()
	d.when()
	d.means()
	d.toll()
	d.told()
	span := p.span(a, b)
	d.e.Title = d.title()
	if p.account.Outlet != "" {
		d.e.Sources = []string{p.account.Outlet}
	}
	slices.Sort(d.used)
	return Happening{Span: span, Act: k, Title: d.e.Title, By: d.by, Items: slices.Compact(d.used), Open: d.open,
		Report: truce.Report{ID: d.e.ID, Source: p.account.Outlet, At: p.account.At, Text: p.str(span), Elements: []truce.Element{d.e}}}
}

// summaries lists the sentences that add up over time or places.
func (p *page) summaries() []Claim {
	var out []Claim
	seen := -1
	for _, m := range p.ments {
		summed := m.it.Kind == KindAct && (m.it.Mood == Summary || m.it.Name == "violation" && p.summed(m.a)) ||
			m.it.Kind == KindQuantity && m.it.Counts == "violations" ||
			m.it.Kind == KindQuantity && (m.it.Counts == "reached" || harm(m.it.Counts) && p.summed(m.a))
		if !summed || p.sent[m.a] == seen {
			continue
		}
		seen = p.sent[m.a]
		span := p.span(p.starts[seen], p.starts[seen+1])
		out = append(out, Claim{Span: span, Text: p.str(span), Why: "adds up over time or places; nothing single", By: p.sayer(m.a)})
	}
	return out
}

// sayer names who says what stands at token i, or nobody.
func (p *page) sayer(i int) string {
	for _, k := range p.over[p.sent[i]] {
		s := p.said[k]
		if !s.Own && s.Speaker != nil && i >= s.from && i < s.to {
			if s.Speaker.Name != "" {
				return s.Speaker.Name
			}
			return s.Speaker.Text
		}
	}
	return ""
}

// doubts lists the probable slips of the text.
func (p *page) doubts() []Doubt {
	var out []Doubt
	for i := range p.toks {
		if h, ok := p.longest(i, isSlip); ok && p.close(h) {
			span := p.span(h.a, h.b)
			out = append(out, Doubt{Span: span, Text: p.str(span), Perhaps: h.slip.perhaps, Why: "probably a slip of the text"})
		}
		if t := p.toks[i]; t.kind == word && twoScripts(p.text[t.from:t.to]) {
			out = append(out, Doubt{Span: p.span(i, i+1), Text: p.str(p.span(i, i+1)), Why: "letters of two scripts in one word"})
		}
		if i > 0 && p.toks[i].line && p.toks[i].from == p.toks[i-1].to && p.kind(i) == word && p.kind(i-1) == word {
			span := p.span(i-1, i+1)
			out = append(out, Doubt{Span: span, Text: p.str(span), Perhaps: p.str(p.span(i-1, i)) + " " + p.str(p.span(i, i+1)), Why: "two words run into one: the end of a sentence or a heading is missing"})
		}
	}
	return out
}

// twoScripts reports whether a word mixes Latin and Cyrillic letters.
func twoScripts(w string) bool {
	latin, cyr := false, false
	for _, c := range w {
		latin = latin || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		cyr = cyr || c >= 0x400 && c < 0x530
	}
	return latin && cyr
}

// close reports whether a word that gives a slip away stands near it.
func (p *page) close(h hit) bool {
	if len(h.slip.near) == 0 {
		return true
	}
	for k := max(0, h.a-12); k < h.b+12 && k < len(p.toks); k++ {
		if (k < h.a || k >= h.b) && p.kind(k) == word && slices.Contains(h.slip.near, p.toks[k].id) {
			return true
		}
	}
	return false
}
