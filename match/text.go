package match

import (
	"slices"
	"strings"

	"truce/words"
)

// text is the words of an account as it is compared: what they sound like, hashed, sorted.
type text []uint64

// fewWords is how many different words a text must have to be held against another.
const fewWords = 4

func textOf(s string) text {
	if s == "" {
		return nil
	}
	var out text
	for _, t := range words.Tokens(s) {
		for w := range strings.FieldsSeq(words.Latin(t.Text)) {
			if b := sound(w); b != "" {
				out = append(out, hash(b))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sound is a number as it stands, and of a word the consonants, if there are two.
func sound(w string) string {
	if w[0] >= '0' && w[0] <= '9' {
		return w
	}
	if b := words.Bones(w); len(b) > 1 {
		return b
	}
	return ""
}

// hash is FNV-1a: the same everywhere and always.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (t text) has(word string) bool {
	_, found := slices.BinarySearch(t, hash(word))
	return found
}

// likeness is the share of the words of both that both have.
func (t text) likeness(u text) float64 {
	both := 0
	for i, k := 0, 0; i < len(t) && k < len(u); {
		switch {
		case t[i] == u[k]:
			both, i, k = both+1, i+1, k+1
		case t[i] < u[k]:
			i++
		default:
			k++
		}
	}
	return float64(both) / float64(len(t)+len(u)-both)
}

func compareText(a, b *Account, p *Part) {
	if p.Level = textLevel(a.text, b.text); p.Level > 0 {
		p.Amount = a.text.likeness(b.text)
	}
}

// textLevel says how alike two texts are; 0 where one is too short to tell.
func textLevel(a, b text) Level {
	if len(a) < fewWords || len(b) < fewWords {
		return 0
	}
	return likeLevel(a.likeness(b))
}

func likeLevel(like float64) Level {
	switch {
	case like >= 0.8:
		return SameText
	case like >= 0.4:
		return LikeText
	case like >= 0.15:
		return SomeText
	}
	return OtherText
}

// compareTold asks whether the words of one name the place of the other: those words of its
// name that the first one's own place does not have.
func compareTold(a, b *Account, p *Part) {
	there, back := told(a, b), told(b, a)
	switch {
	case there == 0 || back != 0 && back < there:
		p.Level = back
	default:
		p.Level = there
	}
}

func told(a, b *Account) Level {
	if len(a.text) == 0 {
		return 0
	}
	best := Level(0)
	for _, n := range b.names {
		for _, piece := range n.pieces {
			if l := toldPiece(a, piece); l != 0 && (best == 0 || l < best) {
				best = l
			}
		}
	}
	return best
}

// toldPiece looks for those words of a name that the account's own places do not have.
func toldPiece(a *Account, piece []string) Level {
	asked, found := 0, 0
	for _, w := range piece {
		if slices.ContainsFunc(a.names, func(own placeName) bool { return slices.Contains(own.parts, w) }) {
			continue
		}
		if asked++; a.text.has(w) {
			found++
		}
	}
	return toldLevel(asked, found)
}

func toldLevel(asked, found int) Level {
	switch {
	case asked == 0:
		return 0
	case found == asked:
		return ToldWhole
	case found > 0:
		return ToldPart
	}
	return 0
}
