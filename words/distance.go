package words

// Edits is how many letters must be added, dropped or changed to make b of a. More than
// most is only known to be more, and returned as most+1; a negative most sets no bound.
func Edits(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if most < 0 {
		most = len(x) + len(y)
	}
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			next := diagonal
			if x[i] != y[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return min(row[len(y)], most+1)
}

// JaroWinkler says how much two words are alike, from 0 to 1: letters in common near the
// same place, and a common beginning counts more. Nothing is like nothing: two empty words give 0.
func JaroWinkler(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	jaro := jaro(x, y)
	prefix := 0
	for prefix < min(len(x), len(y), 4) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + 0.1*float64(prefix)*(1-jaro)
}

func jaro(x, y []rune) float64 {
	fromX, fromY := common(x, y)
	if len(fromX) == 0 {
		return 0
	}
	moved := 0
	for i := range fromX {
		if fromX[i] != fromY[i] {
			moved++
		}
	}
	m := float64(len(fromX))
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(moved)/2)/m) / 3
}

// common returns the letters that two words share near the same place, each used once, in
// the order of the one and of the other.
func common(x, y []rune) (fromX, fromY []rune) {
	reach := max(max(len(x), len(y))/2-1, 0)
	used := make([]bool, len(y))
	for i, r := range x {
		for j := max(0, i-reach); j < min(len(y), i+reach+1); j++ {
			if !used[j] && y[j] == r {
				used[j] = true
				fromX = append(fromX, r)
				break
			}
		}
	}
	for j, r := range y {
		if used[j] {
			fromY = append(fromY, r)
		}
	}
	return fromX, fromY
}
