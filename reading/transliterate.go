package reading

import "strings"

// elsewhere reads a name in Arabic or Russian letters that the gazetteer has only in Latin ones: the
// same consonants, where what stands before calls for a place. It is never sure.
func (p *page) elsewhere(i int) int {
	t := p.toks[i]
	if t.kind != word || t.id != none || p.taken[i] || t.next && !t.para {
		return i
	}
	w := fold(p.text[t.from+t.lead : t.to])
	least, spellings := 3, []string{}
	switch {
	case arabic(w) && p.placeNoun(i-1):
		spellings = arabicLatin(w)
	case cyrillic(w) && t.capital && (p.placeNoun(i-1) || p.is(i-1, "в", "под", "у", "из", "близ", "возле", "близь", "севернее", "южнее", "западнее", "восточнее")):
		spellings = russianLatin(w)
		if !p.placeNoun(i - 1) {
			least = 4
		}
	}
	for _, s := range spellings {
		key := bare(s)
		if sites := p.spell[key]; len(sites) > 0 && len(key) >= least {
			p.enterPlace(i, i+1, p.choose(sites, i, i+1), "the spelling is another one; ")
			return i + 1
		}
	}
	return i
}

// placeNoun reports whether a token is a word for a kind of place.
func (p *page) placeNoun(i int) bool {
	return p.is(i, "مدينة", "بلدة", "قرية", "حي", "مخيم", "بلدتي", "مدينتي", "قريتي", "معبر", "منطقة",
		"город", "города", "городе", "поселок", "поселка", "поселке", "село", "села", "селе", "квартал", "квартала", "квартале", "пункт", "пункта", "пункте", "деревня", "деревни", "деревне", "район", "района", "районе", "аэропорт", "аэропорта")
}

// arabicLatin spells an Arabic word in Latin letters, without its article.
func arabicLatin(w string) []string {
	w = strings.TrimPrefix(w, "ال")
	var b strings.Builder
	for i, c := range []rune(w) {
		if s, ok := arabicLetters[c]; ok {
			b.WriteString(s)
		} else if c == 'ع' && i == 0 {
			b.WriteByte('a')
		}
	}
	return []string{b.String()}
}

// arabicLetters are the letters that fold leaves; ain and the final h are not written.
var arabicLetters = map[rune]string{'ا': "a", 'ب': "b", 'ت': "t", 'ث': "th", 'ج': "j", 'ح': "h", 'خ': "kh", 'د': "d", 'ذ': "dh", 'ر': "r", 'ز': "z", 'س': "s", 'ش': "sh",
	'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'غ': "gh", 'ف': "f", 'ق': "q", 'ك': "k", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h", 'و': "w", 'ي': "y"}

// russianLatin spells a Russian word in Latin letters, in the ways in which Russian writes the names
// of others: kh or h for one letter, w or v for another.
func russianLatin(w string) []string {
	var out []string
	for _, kh := range []string{"kh", "h"} {
		for _, v := range []string{"v", "w"} {
			out = append(out, spelledWith(w, kh, v))
		}
	}
	return out
}

func spelledWith(w, kh, v string) string {
	var b strings.Builder
	w = strings.ReplaceAll(w, "дж", "j")
	for _, c := range w {
		switch {
		case c == 'х':
			b.WriteString(kh)
		case c == 'в':
			b.WriteString(v)
		case c == 'j':
			b.WriteByte('j')
		default:
			b.WriteString(russianLetters[c])
		}
	}
	return b.String()
}

var russianLetters = map[rune]string{'а': "a", 'б': "b", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o",
	'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sh", 'ы': "y", 'э': "e", 'ю': "yu", 'я': "ya"}
