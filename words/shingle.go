package words

import (
	"math/bits"
	"slices"
)

// Shingles is what a text says word by word: the hashes of its runs of words, sorted, each
// once. Texts that share many were copied one from the other, or both from a third.
type Shingles []uint64

// ShinglesOf returns the runs of n folded words of a text; of a text with fewer words, all
// of them as one run. A text without words has none.
func ShinglesOf(text string, n int) Shingles {
	tokens := Tokens(text)
	if len(tokens) == 0 {
		return nil
	}
	n = max(1, min(n, len(tokens)))
	out := make(Shingles, 0, len(tokens)-n+1)
	for i := 0; i+n <= len(tokens); i++ {
		h := uint64(offset)
		for _, t := range tokens[i : i+n] {
			h = hashed(h, t.Folded)
		}
		out = append(out, mixed(h))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Shared counts the runs that two texts have in common.
func (s Shingles) Shared(t Shingles) int {
	n := 0
	for i, j := 0, 0; i < len(s) && j < len(t); {
		switch {
		case s[i] == t[j]:
			n, i, j = n+1, i+1, j+1
		case s[i] < t[j]:
			i++
		default:
			j++
		}
	}
	return n
}

// Resemblance is the share of the runs of both texts that both have, from 0 to 1. A text
// without words resembles nothing.
func (s Shingles) Resemblance(t Shingles) float64 {
	shared := s.Shared(t)
	if shared == 0 {
		return 0
	}
	return float64(shared) / float64(len(s)+len(t)-shared)
}

// Containment is the share of the shorter text's runs that stand in the other too: 1 for
// a text and a part of it.
func (s Shingles) Containment(t Shingles) float64 {
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	return float64(s.Shared(t)) / float64(min(len(s), len(t)))
}

// offset and prime are those of the hash FNV-1a.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// hashed goes on with a hash over a word and its end.
func hashed(h uint64, word string) uint64 {
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * prime
	}
	return (h ^ ' ') * prime
}

// mixed spreads what is in some bits over all of them.
func mixed(h uint64) uint64 {
	h ^= bits.RotateLeft64(h, 25) ^ bits.RotateLeft64(h, 50)
	h *= 0xa24baed4963ee407
	h ^= bits.RotateLeft64(h, 24) ^ bits.RotateLeft64(h, 49)
	h *= 0x9fb21c651e98df25
	return h ^ h>>28
}
