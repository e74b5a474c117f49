package calm

// hat holds the days of the base, each a card with a count on it. Put the days of the
// trailing stretch in as well, shake, and draw as many cards as that stretch has days: how
// often do they show as much as the stretch itself did?
type hat struct {
	// ways[k][s] is in how many ways k cards of the base show s or more together.
	ways  [][]float64
	cards int
}

// mostInHat is how much the cards may show together; beyond it the hat is not filled.
const mostInHat = 100_000

// newHat fills a hat, for draws of up to so many cards.
func newHat(cards []int, draw int) hat {
	total := 0
	for _, c := range cards {
		total += c
	}
	h := hat{ways: make([][]float64, draw+1), cards: len(cards)}
	for k := range h.ways {
		h.ways[k] = make([]float64, total+1)
	}
	h.ways[0][0] = 1
	for _, c := range cards {
		for k := draw; k > 0; k-- {
			for s := total; s >= c; s-- {
				h.ways[k][s] += h.ways[k-1][s-c]
			}
		}
	}
	for _, w := range h.ways {
		for s := total; s > 0; s-- {
			w[s-1] += w[s]
		}
	}
	return h
}

// atLeast is the share of draws that show the sum or more, out of the base and these
// further cards, with as many drawn as there are further cards. It is never zero: what
// was found is one of the draws.
func (h hat) atLeast(further []int, sum int) float64 {
	all := choose(h.cards+len(further), len(further))
	return max(1, h.draws(further, len(further), sum)) / all
}

// draws counts the draws of so many cards, from the base and the further ones, that show
// the sum or more.
func (h hat) draws(further []int, draw, sum int) float64 {
	if len(further) == 0 {
		w := h.ways[draw]
		if sum >= len(w) {
			return 0
		}
		return w[max(0, sum)]
	}
	n := h.draws(further[1:], draw, sum)
	if draw > 0 {
		n += h.draws(further[1:], draw-1, sum-further[0])
	}
	return n
}

// atMost is the share of draws of so many cards that show the sum or less.
func atMost(cards []int, draw, sum int) float64 {
	if sum < 0 {
		return 0
	}
	ways := make([][]float64, draw+1)
	for k := range ways {
		ways[k] = make([]float64, sum+1)
	}
	ways[0][0] = 1
	for n, c := range cards {
		for k := min(draw, n+1); k > 0; k-- {
			for s := sum; s >= c; s-- {
				ways[k][s] += ways[k-1][s-c]
			}
		}
	}
	found := 0.0
	for _, w := range ways[draw] {
		found += w
	}
	return found / choose(len(cards), draw)
}

// choose is in how many ways k of n cards can be drawn.
func choose(n, k int) float64 {
	out := 1.0
	for i := range k {
		out = out * float64(n-i) / float64(i+1)
	}
	return out
}
