package reading

import (
	"slices"
	"strings"
)

// arabicSpeaker finds who speaks beside an Arabic verb: the subject behind it, the one whom a
// relative clause is about, or else who spoke before.
func (p *page) arabicSpeaker(h hit) (voiced, bool) {
	if p.is(h.a-1, "التي", "الذي", "الذين", "وهو", "ما") {
		if m := p.actorUpTo(h.a - 1); m >= 0 && p.is(h.a-1, "التي", "الذي", "الذين") {
			return voiced{p.voice(m), m, p.ments[m].a, h.b, false}, true
		}
	}
	if p.saidAt(h.b) {
		return p.again(h)
	}
	v, ok := p.right(h.b-1, h)
	switch {
	case ok && v.mention >= 0 && p.is(v.a-1, "إلى", "عن", "على") && !p.is(h.b-1, "عن"):
		return p.again(h)
	case ok && v.mention >= 0 && (p.arabicOffice(v.a) || p.farFrom(h.b, v.a)) && !p.arabicOffice(h.b) && !p.nameBefore(v):
		return p.again(h)
	case ok && v.mention < 0 && !p.arabicOffice(v.a):
		return p.again(h)
	case ok && v.mention < 0 && p.ofItsOwn(v.a, v.b) != nil:
		v.voice = p.ofItsOwn(v.a, v.b)
	}
	if !ok {
		return p.again(h)
	}
	return v, true
}

// saidAt reports whether what is said begins at once: "that", a colon or a quotation.
func (p *page) saidAt(i int) bool {
	return p.is(i, "أن", "إن", "بأن", "أنه", "إنه", "أنها", "إنها", "أنهم") || p.kind(i) == opens || p.kind(i) == ';' || p.is(i, "إلى") && p.is(i+1, "أن", "أنه", "أنها")
}

// farFrom reports whether words that name nobody stand between a verb and its subject.
func (p *page) farFrom(a, b int) bool { return b-a > 4 }

// nameBefore reports whether the words of a voice are a person's.
func (p *page) nameBefore(v voiced) bool { return v.mention >= 0 && p.ments[v.mention].who != nil }

// actorUpTo is the mention of an actor that ends at token i, or -1.
func (p *page) actorUpTo(i int) int {
	for k := p.firstFrom(i) - 1; k >= 0 && p.ments[k].a > i-6; k-- {
		if p.ments[k].it.Kind == KindActor && p.ments[k].b <= i {
			return k
		}
	}
	return -1
}

// arabicOffice reports whether a word is one for somebody who speaks.
func (p *page) arabicOffice(i int) bool {
	if p.kind(i) != word {
		return false
	}
	w := strings.TrimPrefix(fold(p.text[p.toks[i].from:p.toks[i].to]), "ال")
	return slices.Contains(arabicVoices, w)
}

// arabicVoices are nouns for those who speak, as fold leaves them.
var arabicVoices = strings.Fields("منسق منسقه حقوقي محام محاميه خطيب شيخ عميد عقيد محافظ رييسه طالب بايعه ممثل ممثله ناطقه مزارع خباز مندوبه قاض مفتش مراقب مراقبون ضباط معارض معارضون لاجي لاجيه نازحه بايع سايق مصدر مصادر ناشط ناشطون ناشطين شهود شاهد سكان اهالي اهل طبيب اطباء طبيبه مسوول مسوولون متحدث متحدثه ناطق ناطقه مدير مديره قايد قاده مقاتل مسعف مسعفون وزير رييس سفير دبلوماسي دبلوماسيون مبعوث مندوب محلل خبير مراسل مراسلون صحفي صحافي وكاله بيان منظمه لجنه قياده هييه وزاره ام ابو ممرضه ممرض معلم والد والده شاهده قيادي عنصر ضابط مستشار نايب امين عضو موظف موظفه جيران ناس نازح نازحون مواطن مواطنون")

// ofItsOwn reads "the spokeswoman in its name": whoever was named last.
func (p *page) ofItsOwn(a, b int) *Voice {
	for k := a; k < b; k++ {
		if w := p.lower(k); w == "باسمها" || w == "باسمه" || w == "باسمهم" {
			return p.ofBody(a, b)
		}
	}
	return nil
}
