package reading

import (
	"math"
	"slices"
	"strings"
)

// portion reads a share: "a third of", "two out of three", "half of them", "40 percent".
func (p *page) portion(i int) (figure, bool) {
	q := figure{a: i, n: i, words: true, share: true}
	if h, ok := p.longest(i, isNumber); ok && h.code == "share" {
		if p.ordinalShare(h) {
			return q, false
		}
		if p.is(h.b, "a", "an") || h.low == 50 && !p.sharesWhole(h) {
			return q, false
		}
		q.b = h.b
		q.low, q.high = exactly(h.low)
		return q, true
	}
	x, b, ok := p.count(i)
	if !ok || x > 20 {
		return q, false
	}
	switch {
	case p.is(b, "out") && p.is(b+1, "of"):
		b += 2
	case p.is(b, "in") && x == 1 && p.kind(i) == word, p.is(b, "из") && p.kind(i) == word:
		b++
	default:
		return q, false
	}
	y, end, ok := p.count(b)
	if !ok || y <= x || y > 20 {
		return q, false
	}
	if _, timed := p.unit(end); timed || p.countAt(end).entry != nil && p.countAt(end).code != "people" {
		return q, false
	}
	part := math.Round(1000*float64(x)/float64(y)) / 10
	q.b = end
	q.low, q.high = exactly(part)
	return q, true
}

// ordinalShare reports whether "a third" only counts on: "for a third week".
func (p *page) ordinalShare(h hit) bool {
	if h.b-h.a != 2 || !p.is(h.a, "a") || p.kind(h.b) != word || p.toks[h.b].next {
		return false
	}
	return !slices.Contains(strings.Fields("of are is were was have has had live remain in on from said say more less and or to at"), p.lower(h.b))
}

// sharesWhole reports whether "half" is that of a whole: "half of", "half the", "by half".
func (p *page) sharesWhole(h hit) bool {
	if cyrillic(p.lower(h.a)) && (p.kind(h.b) == '-' || p.kind(h.a-1) == ',') {
		return true // "половина - дети"
	}
	return h.b-h.a > 1 || p.is(h.b, "of", "the", "its", "their", "his", "her", "из") || p.is(h.a-1, "by", "than", "nearly", "about", "almost", "the", "and") || arabic(p.text[p.toks[h.a].from:]) && p.kind(h.b) == word
}

// percent reports whether a number is one of hundredths.
func (p *page) percent(q figure) bool {
	return q.share || p.kind(q.b) == '%'
}
