package words

import (
	"strings"
	"unicode/utf8"
)

// Name is the name of a place, a person or a group in the forms in which names are
// compared. The zero Name is no name and like nothing.
type Name struct {
	// Latin is the name in folded Latin letters, without articles and without words that say
	// only what kind of thing it is ("quarter", "governorate", "حي"), doubled letters once.
	Latin string
	// Bones are the consonants of Latin, those that are often confused made equal. They
	// are the same in every script and most spellings, and of some different names.
	Bones string
	// Bare tells that the name was written in a script that leaves out vowels.
	Bare bool
}

// NameOf returns a name in the forms in which names are compared.
func NameOf(name string) Name {
	latin := strings.Fields(Latin(name))
	kept := make([]string, 0, len(latin))
	for _, w := range latin {
		if !isKind(w) {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 { // a name that is nothing but such words
		kept = latin
	}
	n := Name{Latin: single(strings.Join(kept, " ")), Bare: isArabic(name)}
	for _, w := range kept {
		n.Bones += Bones(w)
	}
	return n
}

// Skeleton returns the consonants of a name: the same for "Khai-al-Ansari", "Hayy al-Ansari",
// "حي الأنصاري" and "Хай-аль-Ансари". It is a key to find names by, not proof that they
// are the same: short names share theirs with others.
func Skeleton(name string) string { return NameOf(name).Bones }

// Like says how much two names are alike, from 0, nothing, to 1, the same letters. Above
// 0.9 they are mostly spellings of one name.
func (n Name) Like(m Name) float64 {
	switch {
	case n.Latin == "" || m.Latin == "":
		return 0
	case n.Latin == m.Latin:
		return 1
	}
	bones := JaroWinkler(n.Bones, m.Bones)
	if n.Bare || m.Bare {
		return bones * certainty(min(len(n.Bones), len(m.Bones)))
	}
	return 0.5*bones + 0.5*JaroWinkler(sounded(n.Latin), sounded(m.Latin))
}

// certainty is how much consonants alone can say of a name: the fewer, the less.
func certainty(consonants int) float64 {
	switch {
	case consonants >= 4:
		return 0.98
	case consonants == 3:
		return 0.95
	}
	return 0.8
}

// sounded writes a Latin name without spaces, the spellings of a sound made equal.
func sounded(latin string) string { return sounds.Replace(strings.ReplaceAll(latin, " ", "")) }

// isKind reports whether a word in Latin letters is an article or says only what kind of
// place a name names. Those without vowels are Arabic words as Latin writes them.
func isKind(w string) bool {
	const kinds = " al el ar as ash at ath az ez er es et ed an ad adh ul the of in " +
		"governorate province district subdistrict sub county region municipality city town village " +
		"quarter neighborhood neighbourhood area countryside rural " +
		"hayy hay khai hai khay markaz mintaqat mintaqah mantiqah mantiqa muhafazat muhafazah nahiyat nahiya nahiyah " +
		"rif reef madinat qaryat baldat hy mdynh bldh qryh nahyh mntqh mhafzh mrkz ryf " +
		"kvartal rayon raion gorod poselok selo derevnya provintsiya oblast "
	return strings.Contains(kinds, " "+w+" ")
}

// isArabic reports whether a text has Arabic letters.
func isArabic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x620 && r <= 0x6d3 || r >= 0xfb50 && r <= 0xfefc && r != utf8.RuneError
	})
}

// single writes doubled letters once.
func single(s string) string {
	var b strings.Builder
	last := rune(-1)
	for _, r := range s {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// Bones returns the consonants of one word in Latin letters, those that are often
// confused made equal. W and y count only where a word begins with them; a last h that
// is not heard does not.
func Bones(word string) string {
	if w := strings.TrimSuffix(word, "h"); len(w) > 1 && !strings.ContainsAny(w[len(w)-1:], "cdgkpstz") {
		word = w
	}
	word = single(sounds.Replace(word))
	first := ""
	if word != "" && (word[0] == 'w' || word[0] == 'y' && !strings.HasPrefix(word, "ye") && !strings.HasPrefix(word, "yi")) {
		first = word[:1]
	}
	return first + strings.Map(consonant, word)
}

// consonant drops vowels, and letters that stand for one.
func consonant(r rune) rune {
	if strings.ContainsRune("aeiouwy", r) {
		return -1
	}
	return r
}

// sounds makes spellings of one sound one letter, the same for sounds often confused.
// S is the sound of sh.
var sounds = strings.NewReplacer("dzh", "j", "shch", "S", "tch", "S", "sch", "S", "dj", "j", "zh", "j", "sh", "S", "ch", "S",
	"kh", "h", "gh", "g", "th", "t", "dh", "d", "ph", "f", "ck", "k", "q", "k", "c", "k", "x", "ks", "p", "b", "v", "w")
