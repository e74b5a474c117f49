package geo

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"truce/words"
)

// word is a name in the forms in which names are compared.
type word struct {
	fold  string // lower case, Latin letters, no marks, doubles, articles or words for its kind
	bones string // the consonants of fold, spelling variants made equal
	bare  bool   // from a script that does not write its vowels
}

// Find returns the areas that bear a name, in any script and a usual spelling, on one
// level or, with -1, on any. Words for the kind of area ("Governorate", "district",
// "Markaz") and articles are not compared. If no name is the same, one with the same
// consonants is taken, or else one that differs from it by a letter, or by two in a long
// one; but only if a single name is as near as that. Find never guesses between two: it
// then returns nothing.
func (a *Atlas) Find(name string, level int) []Area {
	want := wordOf(name)
	if want.bones == "" {
		return nil
	}
	for _, grade := range []func(word, word) int{sameName, sameBones, nearBones} {
		if found := a.best(want, level, grade); len(found) > 0 {
			return found
		}
	}
	return nil
}

// miss is a grade that does not count.
const miss = -1

// best returns the areas of the lowest grade; those that are not the same name are given
// only if one name alone has that grade.
func (a *Atlas) best(want word, level int, grade func(word, word) int) []Area {
	var found []*entry
	least := miss
	for _, code := range a.Codes() {
		e := a.areas[code]
		if level >= 0 && e.Level != level {
			continue
		}
		g := miss
		for _, w := range e.words {
			if d := grade(want, w); d != miss && (g == miss || d < g) {
				g = d
			}
		}
		switch {
		case g == miss || least != miss && g > least:
		case g == least:
			found = append(found, e)
		default:
			least, found = g, []*entry{e}
		}
	}
	return oneName(found)
}

// oneName returns the areas if all share a name, or none.
func oneName(found []*entry) []Area {
	var out []Area
	for _, e := range found {
		if !slices.ContainsFunc(e.words, func(w word) bool {
			return slices.ContainsFunc(found[0].words, func(v word) bool { return v.fold == w.fold })
		}) {
			return nil
		}
		out = append(out, e.Area)
	}
	return out
}

func sameName(a, b word) int {
	if a.fold == b.fold {
		return 0
	}
	return miss
}

// sameBones compares consonants. With two of them or fewer, the vowels must nearly agree
// too, unless one of the names is written without.
func sameBones(a, b word) int {
	if a.bones != b.bones {
		return miss
	}
	if len(a.bones) <= 2 && !a.bare && !b.bare && words.Edits(a.fold, b.fold, 2) > 2 {
		return miss
	}
	return 0
}

// nearBones counts the consonants that differ, if there are enough in common.
func nearBones(a, b word) int {
	n := min(len(a.bones), len(b.bones))
	most := 0
	switch {
	case n >= 6:
		most = 2
	case n >= 4:
		most = 1
	}
	if d := words.Edits(a.bones, b.bones, most); d <= most && most > 0 && (len(a.bones) != len(b.bones) || a.bones[0] == b.bones[0]) {
		return d
	}
	return miss
}

// wordsOf returns the forms of names.
func wordsOf(names []string) []word {
	var out []word
	for _, n := range names {
		w := wordOf(n)
		if w.bones == "" {
			continue
		}
		out = append(out, w)
		if w.bare && strings.Contains(w.bones, "w") { // the letter waw may be a vowel
			w.bones = strings.ReplaceAll(w.bones, "w", "")
			out = append(out, w)
		}
	}
	return out
}

// wordOf returns the forms of one name.
func wordOf(name string) word {
	latin, bare := romanised(norm.NFD.String(strings.ToLower(name)))
	var kept []string
	for _, f := range strings.Fields(latin) {
		if !isKind(f) {
			kept = append(kept, f)
		}
	}
	if len(kept) == 0 { // a name that is nothing but such words
		kept = strings.Fields(latin)
	}
	w := word{fold: single(strings.Join(kept, " ")), bare: bare}
	for _, k := range kept {
		w.bones += bonesOf(k)
	}
	return w
}

// romanised drops marks, opens hyphens and writes Arabic letters in Latin ones; bare
// tells whether there were any.
func romanised(s string) (latin string, bare bool) {
	var b strings.Builder
	atStart := true
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		switch to, arabic := arabicLetter(r); {
		case atStart && r == 'ا' && i+2 < len(rs) && rs[i+1] == 'ل':
			bare = true
			b.WriteString("al ")
			i++
		case arabic:
			bare = true
			b.WriteString(to)
			atStart = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			atStart = false
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '/' || r == ',':
			b.WriteByte(' ')
			atStart = true
		}
	}
	return b.String(), bare
}

// single writes doubled letters once.
func single(s string) string {
	var out []rune
	for _, r := range s {
		if len(out) == 0 || out[len(out)-1] != r {
			out = append(out, r)
		}
	}
	return string(out)
}

// bonesOf returns the consonants of a word, with pairs of letters that stand for one
// sound made one and sounds that are often confused made equal.
func bonesOf(w string) string {
	if t := strings.TrimRight(w, "h"); len(t) > 1 && strings.ContainsRune("aeiou", rune(t[len(t)-1])) {
		w = t // the silent h of Raqqah
	}
	return single(strings.Map(func(r rune) rune {
		if strings.ContainsRune("aeiouy", r) {
			return -1
		}
		return r
	}, sounds(w)))
}
