package reading

import (
	"slices"
	"strings"
)

// oneOf reports whether "One" begins a sentence and a noun follows: "One helicopter was hit", or counts
// what there is for so many: "one toilet for 350 people".
func (p *page) oneOf(q figure) bool {
	if q.vague || q.low == nil || q.high == nil || *q.low != 1 || *q.high != 1 || p.lower(q.n) != "one" || !p.nounBehind(q.b) {
		return false
	}
	if _, timed := p.unit(q.b); timed {
		return false
	}
	if p.toks[q.n].next {
		return !slices.Contains(strings.Fields("thing more such way reason step option question point side"), p.lower(q.b))
	}
	for k := q.b + 1; k < q.b+4; k++ {
		if (p.is(k, "for") || p.lowerAt(k) == "per" || p.lowerAt(k) == "serves") && (p.numberAt(k+1) || p.is(k+1, "every", "some", "about") && p.numberAt(k+2)) {
			return true
		}
	}
	return false
}

// oneSpeaks reports whether who is counted as one says something: "One resident said".
func (p *page) oneSpeaks(b int) bool {
	for k := b; k < b+4 && p.kind(k) == word; k++ {
		if p.speechAt(k) || p.is(k, "of", "who") {
			return true
		}
	}
	return false
}

// plainNoun reports whether a word in small letters stands at token i that is no "the" and no "them".
func (p *page) plainNoun(i int) bool {
	return p.kind(i) == word && !p.toks[i].capital && !slices.Contains(plainWords, p.lower(i)) && !p.is(i, "them", "those", "these", "whom", "others")
}

// definiteDual reports whether an Arabic dual has its article: "one of the two shells".
func (p *page) definiteDual(q figure) bool {
	return q.b == q.n+1 && *orZero(q.low) == 2 && strings.HasPrefix(p.foldAt(q.n), "ال") && p.countAt(q.n).entry != nil
}

// comparedBy reports whether a number only compares: "twice as many as".
func (p *page) comparedBy(q figure) bool {
	return p.is(q.b, "as", "the") && slices.Contains([]string{"twice", "thrice"}, p.lower(q.n))
}

// pauseAt reports whether a Russian word for a pause in fighting stands at token i.
func (p *page) pauseAt(i int) bool {
	return slices.ContainsFunc([]string{"перемири", "пауз", "режим", "прекращени", "тишин"}, func(w string) bool { return strings.HasPrefix(p.foldAt(i), w) })
}

// nounBehind reports whether a word that can be a noun stands behind a number: "two humanitarian
// actions", "два мобильных госпиталя".
func (p *page) nounBehind(b int) bool {
	if p.kind(b) == number && (p.lowerAt(b+1) == "mm" || p.lowerAt(b+1) == "мм" || p.kind(b+1) == '-' || p.toks[b].to+2 == p.toks[b+1].to && p.toks[b].to == p.toks[b+1].from) {
		return true // "two 122mm howitzers"
	}
	if p.kind(b) != word || p.toks[b].next || p.is(b-2, "the", "these") || p.official[p.next(b)] || p.officeBefore(b) || p.toks[b].capital && cased(p.text[p.toks[b].from:]) {
		return false
	}
	if p.speechAt(b) || p.verbAt(b) || p.numberAt(b) || p.lowerAt(b) == "sides" {
		return false
	}
	return !slices.Contains(plainWords, p.lower(b))
}

// plainWords are words that are no nouns and no adjectives.
var plainWords = strings.Fields("of in on at to and or for from by with that which who as is are was were be been has have had will would the a an they we he she it did do after before when while if but than then so not also still both из в на и по с к о что но не были было был была их к для إلى في من على عن و أن كانا كانتا")

// alike gives what befell the second of two groups to the first, where one verb tells of both: "33
// fighters of X and 19 soldiers were killed".
func (p *page) alike() {
	last := -1
	for k := range p.ments {
		if p.ments[k].it.Kind != KindQuantity {
			continue
		}
		if last >= 0 {
			x, y := &p.ments[last], p.ments[k]
			if noun, _ := p.noun(y.b); x.it.Counts == "people" && noun == "people" && (y.it.Counts == "killed" || y.it.Counts == "injured") && p.joins(x.b, y.a) && p.harmAfter(y.b) == y.it.Counts {
				x.it.Counts = y.it.Counts
			}
		}
		last = k
	}
}

// joins reports whether "and" alone joins what stands in tokens [a, b) to what follows.
func (p *page) joins(a, b int) bool {
	if !p.is(b-1, "and", "и", "و") || b-a > 11 {
		return false
	}
	for k := a; k < b-1; k++ {
		if p.kind(k) != word || p.toks[k].next || p.verbAt(k) || p.countAt(k).entry != nil && harm(p.countAt(k).code) {
			return false
		}
	}
	return true
}
