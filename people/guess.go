package people

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

// common holds the words that people make passwords of most, in the languages of missions
// that we know, gathered by ourselves. A password of such words, whatever their case, with
// digits for letters, years, runs and walks over the keyboard between them, is refused: that
// is a far larger set than any list of passwords.
//
//go:embed common.txt
var common string

// walks are rows of the keyboard and other orders that fingers follow.
var walks = strings.Fields("abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm " +
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm qazwsxedcrfvtgb 1q2w3e4r5t6y7u8i9o0p !@#$%^&*() !\"§$%&/()= йцукенгшщзхъ фывапролджэ ячсмитьбю abcabcabc 123123123")

// leet undoes digits and signs put for letters.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "|", "l")

// leastGuess is the least number of pieces that a guesser must put together.
const leastGuess = 6

// guessable reports whether a password falls into so few pieces that it would be tried early.
// words are further words that a guesser would think of: names of the person and the mission.
func guessable(password string, words []string) bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(common) {
		known[w] = true
	}
	for _, w := range words {
		for _, part := range strings.FieldsFunc(strings.ToLower(w), func(r rune) bool { return strings.ContainsRune(" .,-_/@", r) }) {
			if utf8.RuneCountInString(part) >= 3 {
				known[part] = true
			}
		}
	}
	lower := strings.ToLower(password)
	return pieces(lower, known) < leastGuess || pieces(leet.Replace(lower), known) < leastGuess
}

// pieces is the least number of pieces that s falls into: words, runs, walks, years,
// repetitions of what stands before, and single characters.
func pieces(s string, known map[string]bool) int {
	rs := []rune(s)
	best := make([]int, len(rs)+1) // best[i] is the least for rs[:i]
	for i := 1; i <= len(rs); i++ {
		best[i] = best[i-1] + 1
		for j := max(0, i-32); j <= i-2; j++ {
			if best[j]+1 < best[i] && (piece(rs[j:i], known) || again(rs[:i], j)) {
				best[i] = best[j] + 1
			}
		}
	}
	return best[len(rs)]
}

// piece reports whether rs counts as one.
func piece(rs []rune, known map[string]bool) bool {
	if slices.Max(rs) == slices.Min(rs) {
		return true
	}
	return len(rs) >= 3 && (known[string(rs)] || walk(rs) || year(rs))
}

// again reports whether rs[from:], of three characters or more, repeats what came before it.
func again(rs []rune, from int) bool {
	if len(rs)-from < 3 {
		return false
	}
	for back := 1; back <= from; back++ {
		if slices.Equal(rs[from:], rs[from-back:len(rs)-back]) {
			return true
		}
	}
	return false
}

func walk(rs []rune) bool {
	forth := string(rs)
	back := slices.Clone(rs)
	slices.Reverse(back)
	return slices.ContainsFunc(walks, func(w string) bool { return strings.Contains(w, forth) || strings.Contains(w, string(back)) })
}

func year(rs []rune) bool {
	s := string(rs)
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && strings.Trim(s, "0123456789") == ""
}
