package reading

import (
	"math"
	"slices"
	"strings"
)

// quantities finds numbers as ranges, with what they count.
func (p *page) quantities() {
	for i := 0; i < len(p.toks); {
		if q, ok := p.quantity(i); ok {
			p.enterQuantity(q)
			i = q.b
		} else {
			i++
		}
	}
	p.alike()
	p.order()
}

// figure is a number as it is read: tokens [a, b), the number itself from n on.
type figure struct {
	a, n, b   int
	low, high *float64
	vague     bool
	open      string
	words     bool // written in words
	share     bool // of hundredths
}

func exactly(x float64) (low, high *float64) { return &x, &x }

func (p *page) quantity(i int) (figure, bool) {
	a := i
	kind := ""
	if p.is(i, "до") && p.kind(i-1) == number && p.is(i-2, "с") && p.kind(i+1) == number {
		a, i = i+1, i+1 // "с 120 до 340"
	} else if h, ok := p.hedge(i); ok {
		kind, i = h.code, h.b
	} else if p.is(i, "between", "от", "بين", "между") {
		kind, i = "between", i+1
	}
	q, ok := p.portion(i)
	if !ok {
		q, ok = p.amount(i)
	}
	if !ok {
		return q, false
	}
	if kind == "" || kind == "between" && !p.rangeFollows(q) {
		a = i
	}
	if _, timed := p.unit(q.b); timed && p.is(a, "over") && q.n == a+1 && !p.is(a-1, "for", "after", "well", "of", "lasted", "lasting", "took") {
		a, kind = q.n, "" // "five violations over 24 hours"
	}
	q.a = a
	p.through(&q, kind)
	hedged(&q, kind)
	p.hedgedBehind(&q)
	if p.kind(q.b) == '*' && p.text[p.toks[q.b].from] == '+' && p.toks[q.b].from == p.toks[q.b-1].to {
		hedged(&q, "least") // "60+"
		q.b++
	}
	return q, p.plausible(q)
}

// hedgedBehind reads words that widen a number behind it or behind its noun: "30 persons at least".
func (p *page) hedgedBehind(q *figure) {
	for k := q.b; k <= q.b+5 && p.sentOf(k) == p.sentOf(q.n); k++ {
		if h, ok := p.longest(k, isHedge); ok && h.after {
			hedged(q, h.code)
			if k == q.b || arabic(p.text[p.toks[k].from:]) && k == q.b+1 {
				q.b = h.b
			}
			return
		}
		if k > q.b && p.countAt(k).entry == nil && !p.is(k, "and", "or", "were", "are") || p.kind(k) != word || p.numberAt(k) {
			return
		}
	}
}

// hedge reads words before a number that make it a range.
func (p *page) hedge(i int) (hit, bool) {
	h, ok := p.longest(i, isHedge)
	if !ok || h.after || h.b == h.a+1 && p.is(h.b, "the") && slices.Contains(situated, p.lower(h.a)) {
		return h, false
	}
	if h.code == "between" {
		return h, false
	}
	for next, more := p.longest(h.b, isHedge); more && !next.after; next, more = p.longest(h.b, isHedge) {
		h.b = next.b // "at least some 30"
	}
	for p.is(h.b, "a", "the") && p.numberAt(h.b+1) {
		h.b++
	}
	return h, p.numberAt(h.b)
}

// changing are verbs that lead from one number to another.
var changing = strings.Fields("rose risen rise fell fallen increased grew grown dropped down up decreased climbed jumped went declined выросло вырос выросла увеличилось увеличилась увеличился сократилось сократился снизилось упало возросло ارتفع ارتفعت انخفض انخفضت زاد زادت تراجع تراجعت")

// situated are hedges that say where before "the": "under the two-month plan".
var situated = []string{"under", "above", "below", "over"}

func (p *page) numberAt(i int) bool {
	_, ok := p.longest(i, isNumber)
	return ok || p.kind(i) == number
}

// amount reads a number: figures, words, scales, in that order.
func (p *page) amount(i int) (figure, bool) {
	if i >= len(p.toks) || p.taken[i] {
		return figure{}, false
	}
	q := figure{a: i, n: i}
	if u, ok := p.unit(i + 1); ok && p.is(i, "a", "an") && (p.is(i-1, "for", "within", "after", "lasting", "lasted", "over", "during") || p.is(u.b, "long")) {
		q.b = i + 1
		q.low, q.high = exactly(1)
		return q, true
	}
	switch {
	case p.kind(i) == number && !p.toks[i].ordinal:
		q.b = i + 1
		q.low, q.high = exactly(p.scaled(p.toks[i].value, &q.b))
		return q, true
	case p.kind(i) == word:
		return p.inWords(q)
	}
	return q, false
}

// scaled multiplies with the scales behind a number: "2.5 million".
func (p *page) scaled(x float64, b *int) float64 {
	for *b < len(p.toks) && p.kind(*b) == word && !p.toks[*b].para {
		s := p.scales[p.toks[*b].id]
		if s < 100 || s < 1000 && x >= 100 {
			break
		}
		x *= s
		*b++
	}
	return x
}

// inWords reads "twenty five", "two dozen", "tens of thousands", "a hundred".
func (p *page) inWords(q figure) (figure, bool) {
	h, ok := p.longest(q.n, isNumber)
	if !ok && p.is(q.n, "a") {
		if h, ok = p.longest(q.n+1, isNumber); ok && h.code == "" && h.low < 10 {
			return q, false
		}
	}
	if !ok {
		return q, false
	}
	q.b, q.words = h.b, true
	if h.code == "share" && h.low != 50 {
		return q, false
	}
	if h.code == "share" && p.is(h.b, "a") {
		if s := p.next(h.b + 1); s >= 0 && p.scales[s] >= 1000 {
			q.b = h.b + 2
			q.low, q.high = exactly(p.scales[s] / 2)
			return q, true
		}
	}
	if h.code == "share" {
		return q, false
	}
	if h.code == "vague" {
		low := h.low
		q.low, q.high, q.vague = &low, h.high, true
		return q, true
	}
	x := h.low
	for {
		if x >= 100 && p.is(q.b, "and", "و") { // "a hundred and eighty"
			if tail, ok := p.longest(q.b+1, isNumber); ok && tail.code == "" && tail.low < 100 && tail.low > 0 {
				q.b++
			}
		}
		next, more := p.longest(q.b, isNumber)
		if more && next.code == "vague" && x < 12 && strings.HasPrefix(p.lower(q.b), "десятк") { // "два десятка"
			x, q.open = x*10, "about"
			q.b = next.b
			continue
		}
		if more && next.code == "vague" && arabic(p.text[p.toks[q.b].from:]) && x < 1000 && next.low >= 2000 { // "ثلاثة ملايين"
			x *= next.low / 2
			q.b = next.b
			continue
		}
		if !more || next.code != "" || p.toks[q.b].para {
			break
		}
		switch {
		case next.low == 12 && x < 12 && p.lower(q.b) == "dozen", next.low == 10 && x < 10 && strings.HasPrefix(p.lower(q.b), "десятк"), next.low >= 100 && x < next.low:
			x *= next.low
		case next.low < 10 && x >= 20 && math.Mod(x, 10) == 0, next.low < 100 && x >= 100 && math.Mod(x, 100) == 0:
			x += next.low
		default:
			q.low, q.high = exactly(x)
			return q, true
		}
		q.b = next.b
	}
	q.low, q.high = exactly(x)
	return q, true
}

// rangeFollows reports whether "and" or "to" and a second number follow.
func (p *page) rangeFollows(q figure) bool {
	return p.is(q.b, "and", "to", "до", "و", "и") && p.numberAt(q.b+1) || p.andArabic(q.b)
}

// andArabic reports whether a number stands behind "and" in one Arabic word.
func (p *page) andArabic(i int) bool {
	return i < len(p.toks) && p.toks[i].lead > 0 && strings.HasPrefix(p.text[p.toks[i].from:], "و") && p.numberAt(i)
}

// through reads the upper end of "10 to 15", "10-15", "between 10 and 15".
func (p *page) through(q *figure, kind string) {
	k := q.b
	if p.is(q.n-1, "from", "с", "من") && slices.Contains(changing, p.lowerAt(q.n-2)) {
		return // "rose from 30 to 45"
	}
	switch {
	case p.kind(k) == number && p.toks[k].joined, kind == "between" && p.andArabic(k):
	case p.is(k, "to", "or", "до", "إلى") && p.numberAt(k+1) && p.kind(k+1) == p.kind(q.n), kind == "between" && p.is(k, "and", "to", "до", "و", "и"):
		k++
	default:
		return
	}
	up, ok := p.amount(k)
	if !ok || up.high == nil || q.low == nil || *up.high < *q.low {
		return
	}
	low := *q.low
	if f := *up.high / low; f >= 1000 && (up.b > k+1 || p.toks[k].grouped) { // "10 to 15 thousand"
		low *= 1000
	}
	q.low, q.high, q.b = &low, up.high, up.b
}

// hedged widens a number as the words beside it say.
func hedged(q *figure, kind string) {
	switch kind {
	case "least", "over":
		q.high = nil
	case "most", "under":
		q.low = nil
		if kind == "under" && q.high != nil && *q.high <= 1000 {
			x := *q.high - 1
			q.high = &x
		}
	case "near", "about":
		q.approximate(kind)
	}
}

// approximate makes about N the numbers within a tenth of it.
func (q *figure) approximate(kind string) {
	if q.low == nil || q.high == nil || *q.low != *q.high {
		return
	}
	low, high := math.Floor(*q.low*0.9+1e-6), math.Ceil(*q.high*1.1-1e-6)
	if kind == "near" {
		high = *q.high
	}
	q.low, q.high, q.open = &low, &high, "about"
}

// plausible tells numbers that count from those that name: dates, ages, addresses.
func (p *page) plausible(q figure) bool {
	if !p.free(q.n, q.b) || p.enumerates(q) || p.ofPair(q) {
		return false
	}
	if p.age(q) || p.label(q) {
		return false
	}
	if q.words {
		return p.countedWord(q)
	}
	t := p.toks[q.n]
	if p.yearAt(q.n) && !t.grouped && p.counts(q) == "" && q.a == q.n {
		return false
	}
	return !t.joined || p.kind(q.n-1) == number || q.a < q.n
}

// enumerates reports whether a number only counts the lines of a list.
func (p *page) enumerates(q figure) bool {
	return p.toks[q.n].line && q.b == q.n+1 && (p.kind(q.b) == '.' || p.kind(q.b) == ')')
}

// ofPair reports whether a number is part of "the two sides".
func (p *page) ofPair(q figure) bool {
	for k := q.n - 1; k <= q.n; k++ {
		if h, ok := p.longest(max(k, 0), isPronoun); ok && h.code == "two" && h.b > q.n {
			return true
		}
	}
	return false
}

// age reports whether a number is somebody's age.
func (p *page) age(q figure) bool {
	k := q.b
	if p.is(k, "year", "years", "лет", "عاما") {
		if p.is(k+1, "old") || p.is(k+2, "old") {
			return true
		}
	}
	if p.kind(q.n-1) == '(' && p.is(k, "лет", "года", "год") && (p.kind(k+1) == ')' || p.kind(k+1) == ',') {
		return true
	}
	if p.is(q.n-1, "of") && p.is(q.n-2, "nurse", "teacher", "boy", "girl", "man", "woman", "child", "youth") {
		return true
	}
	if p.is(q.n-1, "aged", "age") || p.is(q.n-1, "of") && p.is(q.n-2, "age") || p.is(q.n-1, "and", "to") && p.is(q.n-3, "aged") {
		return true
	}
	small := q.low != nil && *q.low < 110 && q.a == q.n
	name := p.kind(q.n-2) == word && p.toks[q.n-2].capital && !p.placeOver(q.n-2) && !p.placeEnds(q.n-1)
	inCommas := p.kind(q.n-1) == ',' && (p.kind(k) == ',' || p.kind(k) == '.') || p.kind(q.n-1) == '(' && p.kind(k) == ')'
	return small && name && inCommas && !q.words
}

// placeEnds reports whether the name of a place ends before token i.
func (p *page) placeEnds(i int) bool {
	for k := p.firstFrom(i - 4); k < len(p.ments) && p.ments[k].a < i; k++ {
		if p.ments[k].b == i && p.ments[k].it.Kind == KindPlace {
			return true
		}
	}
	return false
}

// label reports whether a number is part of a name: "Resolution 2268", "12 Baghdad Street".
func (p *page) label(q figure) bool {
	k := q.n - 1
	if p.is(k, "no", "number", "article", "resolution", "route", "highway", "brigade", "division", "phase", "chapter", "page", "geneva", "room", "unit") && (p.toks[k].capital || p.is(k, "article", "resolution", "page")) {
		return true
	}
	if p.lowerAt(q.b) == "mm" || p.lowerAt(q.b) == "мм" || p.lowerAt(q.b) == "ملم" {
		return true // a calibre
	}
	if p.is(k, "district", "block", "sector") && !q.words {
		return true
	}
	for n := q.b; n < q.b+3; n++ {
		if p.is(n, "street", "avenue") && p.toks[n].capital {
			return true
		}
	}
	if q.b == q.n+1 && p.kind(q.b) == word && p.toks[q.b].capital && !p.toks[q.b].upper && p.is(q.b, "street", "avenue", "brigade", "division") {
		return true
	}
	return p.kind(k) == '$' || p.kind(q.b) == '/' || p.kind(k) == '/'
}

// countedWord says whether a number in words counts something: "one" seldom does.
func (p *page) countedWord(q figure) bool {
	c := p.counts(q)
	if q.share {
		return true
	}
	if p.definiteDual(q) || p.comparedBy(q) || strings.HasPrefix(p.foldAt(q.n), "суточн") && !p.pauseAt(q.n+1) {
		return false
	}
	if c == "times" && !p.is(q.n-1, "at", "for", "the") {
		return true
	}
	if c != "" && *orZero(q.low) >= 1 && p.inList(q) {
		return true
	}
	if !q.vague && q.low != nil && *q.low >= 2 && p.standsAlone(q) {
		return true
	}
	if !q.vague && q.low != nil && *q.low == 1 && (p.is(q.n-1, "from", "of", "no", "any", "not", "ни")) {
		return false
	}
	if q.vague && *orZero(q.low) >= 20 && (p.is(q.b, "of") && p.plainNoun(q.b+1) || p.is(q.b-1, "of") && p.plainNoun(q.b)) {
		return true // "dozens of targets"
	}
	if p.oneOf(q) {
		return !p.oneSpeaks(q.b)
	}
	if q.vague || q.low != nil && q.high != nil && *q.low == 1 && *q.high == 1 {
		return c != "" && !p.is(q.b, "of") || q.vague && (c != "" || *orZero(q.low) >= 200)
	}
	w := p.lower(q.n)
	switch w {
	case "half", "couple", "pair", "both", "zero", "second":
		return c != ""
	}
	return c != "" || *orZero(q.low) >= 3 || q.a < q.n || *orZero(q.low) == 2 && p.nounBehind(q.b)
}

// standsAlone reports whether a number stands for what was counted before: "two of them", "three
// were freed".
func (p *page) standsAlone(q figure) bool {
	if p.is(q.b, "of", "из", "من") && (arabic(p.lower(q.n)) || p.is(q.b+1, "them", "whom", "those", "these", "his", "her", "its", "their", "our", "my", "the", "них")) {
		return true
	}
	return (p.toks[q.n].next || p.is(q.n-1, "whom", "which") || q.a < q.n || p.kind(q.n-1) == ',' && p.is(q.b, "more", "others")) && p.is(q.b, "were", "are", "have", "had", "was", "died", "remain", "others", "more")
}

// inList reports whether a number takes its noun from one counted before in the sentence: "three
// in Aleppo, one in Idlib".
func (p *page) inList(q figure) bool {
	return p.nounOf(q) == "" && p.listOf(q) != ""
}

// nounOf is the noun behind a number.
func (p *page) nounOf(q figure) string {
	noun, _ := p.noun(q.b)
	return noun
}

// listOf is what the number before in the sentence counts, where this one ends a clause or goes
// on with a place.
func (p *page) listOf(q figure) string {
	if !p.is(q.b, "in", "в", "في", "near", "at") && !p.breaks(q.b) || p.is(q.n-1, "of", "by", "from") {
		return ""
	}
	for k := len(p.ments) - 1; k >= 0; k-- {
		if m := p.ments[k]; m.it.Kind == KindQuantity {
			if p.sent[m.a] == p.sent[q.a] && strings.Contains(" violations shells strikes killed injured villages explosions ", " "+m.it.Counts+" ") {
				return m.it.Counts
			}
			return ""
		}
	}
	return ""
}

func orZero(x *float64) *float64 {
	if x == nil {
		return new(float64)
	}
	return x
}

func (p *page) enterQuantity(q figure) {
	it := Item{Kind: KindQuantity, Amount: &Amount{Low: q.low, High: q.high}, Counts: p.counts(q), Certain: !q.vague && q.open == "", Why: q.open}
	b := q.b
	if h, ok := p.unit(q.b); ok && h.code == it.Counts {
		b = h.b
	}
	if q.vague {
		it.Why = "a vague number"
		for p.is(b-1, "of") {
			b--
		}
	}
	p.note(mention{a: q.a, b: b, it: it})
}
