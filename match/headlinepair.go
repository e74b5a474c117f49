package match

import (
	"math"
	"slices"
	"strconv"
)

// Headlines are lines to be held against each other: how rare a word is, and how many lines of
// some days tell of a place, is known only among many.
type Headlines struct {
	gists  []Gist
	lines  map[string]int         // of an office
	with   map[string]int         // lines with a term
	office map[[2]string]int      // lines of an office with a term
	daily  map[string]map[int]int // lines with a term that tell of a day
}

// NewHeadlines takes what was read in lines.
func NewHeadlines(gists []Gist) *Headlines {
	h := &Headlines{gists, map[string]int{}, map[string]int{}, map[[2]string]int{}, map[string]map[int]int{}}
	for _, g := range gists {
		h.lines[g.Office]++
		for _, t := range g.Terms {
			h.with[t]++
			h.office[[2]string{g.Office, t}]++
			if h.daily[t] == nil {
				h.daily[t] = map[int]int{}
			}
			for d := g.From; d <= g.To; d++ {
				h.daily[t][d]++
			}
		}
	}
	return h
}

// Gist returns what was read in line i.
func (h *Headlines) Gist(i int) *Gist { return &h.gists[i] }

// Lines counts the lines with a term.
func (h *Headlines) Lines(term string) int { return h.with[term] }

// usual is how many lines of all offices stand for what an office of few lines usually says.
const usual = 5

// rarity is how rare a term is among all lines and among those of the offices, as the mean of two
// logarithms: a word that an office always uses tells little.
func (h *Headlines) rarity(term string, offices ...string) float64 {
	all := float64(h.with[term]+1) / float64(len(h.gists)+1)
	most := all
	for _, o := range offices {
		n := float64(h.office[[2]string{o, term}]) + usual*all
		most = max(most, n/(float64(h.lines[o])+usual))
	}
	return -math.Log(min(1, most))/2 - math.Log(min(1, all))/2
}

// DaysApart is how many days lie between what two lines tell of, 0 if they share one; far if
// a day is not known.
func (a *Gist) DaysApart(b *Gist) int {
	const far = 1 << 20
	if a.To < a.From || b.To < b.From {
		return far
	}
	return max(0, a.From-b.To, b.From-a.To)
}

// shared is what two lines have in common.
type shared struct {
	days                     int
	place, second            float64 // rarity of the rarest place or name of both, and of the next
	act, word, words, region float64 // rarity of the rarest of each kind; words adds up
	others                   int     // lines of those days that name the place named least
	cosine                   float64
	bothPlace, onePlace      bool
}

// compare finds what two lines have in common.
func (h *Headlines) compare(a, b *Gist) shared {
	s := shared{days: a.DaysApart(b), others: math.MaxInt, region: -1}
	var common, na, nb float64
	for _, t := range a.Terms {
		na += square(h.rarity(t, a.Office))
		if _, ok := slices.BinarySearch(b.Terms, t); ok {
			common += s.take(h, t, a, b)
		}
	}
	for _, t := range b.Terms {
		nb += square(h.rarity(t, b.Office))
	}
	if na*nb > 0 {
		s.cosine = common / math.Sqrt(na*nb)
	}
	inA, inB := slices.ContainsFunc(a.Terms, namesPlace), slices.ContainsFunc(b.Terms, namesPlace)
	s.bothPlace, s.onePlace = inA && inB, inA != inB
	return s
}

func namesPlace(term string) bool { return term[0] == 'p' || term[0] == 'n' }

func square(x float64) float64 { return x * x }

// take notes a term of both lines and returns its weight in their likeness.
func (s *shared) take(h *Headlines, term string, a, b *Gist) float64 {
	w := h.rarity(term, a.Office, b.Office)
	switch term[0] {
	case 'p', 'n':
		s.second = max(s.second, min(w, s.place))
		s.place = max(s.place, w)
		s.others = min(s.others, h.around(term, a, b))
	case 'a':
		s.act = max(s.act, w)
	case 'r':
		s.region = max(s.region, w)
	default:
		s.word, s.words = max(s.word, w), s.words+w
	}
	return w * w
}

// around counts the lines with a term that tell of the days of two lines or the day beside.
func (h *Headlines) around(term string, a, b *Gist) int {
	n := 0
	for d := min(a.From, b.From) - 1; d <= max(a.To, b.To)+1 && n < 100; d++ {
		n += h.daily[term][d]
	}
	return n
}

// Evidence is what two lines say for and against telling of one event, each as a feature and its
// level: the words under which it is weighed.
func (h *Headlines) Evidence(i, j int) []string {
	a, b := &h.gists[i], &h.gists[j]
	s := h.compare(a, b)
	days := level(float64(s.days), 1, 2, 3, 4, 8, 15)
	near := strconv.Itoa(min(s.days, 3))
	totals := totalLevel(a, b)
	out := []string{
		"days apart " + days + ", totals " + totals,
		"place " + s.placeLevel(),
		"other lines " + level(float64(s.others), 3, 4, 6, 9, 15, 30),
		"second place " + level(s.second, .01, 2, 4),
		"act there " + level(s.act, .01, 3, 4, 5, 6),
		"words " + level(s.words, .01, 3, 6, 9, 12, 18),
		"rarest word " + level(s.word, .01, 3, 4, 5, 6, 7),
		"likeness " + level(s.cosine, .02, .05, .1, .15, .2, .3, .4, .6),
		"likeness " + level(s.cosine, .05, .15, .3, .5) + ", days " + near + ", totals " + totals,
		"region " + s.regionLevel(a, b),
		"region " + s.regionLevel(a, b) + ", place " + strconv.FormatBool(s.place > 0) + ", days " + strconv.Itoa(min(s.days, 2)),
		"long times " + strconv.Itoa(btoi(a.Long)+btoi(b.Long)),
		"kinds of act " + sharedLevel(a.Acts, b.Acts),
		"things " + level(float64(min(a.Things, b.Things)), 2, 3) + " " + level(float64(max(a.Things, b.Things)), 2, 3, 4),
		"grows " + strconv.FormatBool(later(a, b).Grows) + ", days " + strconv.Itoa(min(s.days, 2)) + ", place " + strconv.FormatBool(s.place > 3),
		"same office " + strconv.FormatBool(a.Office == b.Office),
		"wording " + level(a.Runs.Resemblance(b.Runs), .01, .05, .1, .2, .4, .8),
	}
	out = append(out, tollLevels(a, b)...)
	return append(out, ownDay(a, b, s.days)...)
}

// ownDay is the evidence of days that lines name themselves. It is weighed by reason, not learned: two
// lines that name days apart mostly tell of two things.
func ownDay(a, b *Gist, days int) []string {
	switch {
	case a.Dated && b.Dated && days > 0:
		return []string{bothDatedApart}
	case a.Dated != b.Dated && days > 1:
		return []string{oneDatedApart}
	}
	return nil
}

const (
	bothDatedApart = "both name their day, apart"
	oneDatedApart  = "one names its day, two days apart or more"
)

// totalLevel says how many of two lines add up a day, or that one adds up a longer time, which
// meets every day in it.
func totalLevel(a, b *Gist) string {
	if a.Long || b.Long {
		return "of a long time"
	}
	return strconv.Itoa(btoi(a.Total) + btoi(b.Total))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// level is how many of the rising bounds x reaches.
func level(x float64, bounds ...float64) string {
	n := 0
	for n < len(bounds) && x >= bounds[n] {
		n++
	}
	return strconv.Itoa(n)
}

func later(a, b *Gist) *Gist {
	if a.From > b.From || a.From == b.From && a.Grows {
		return a
	}
	return b
}

func (s *shared) placeLevel() string {
	switch {
	case s.bothPlace:
		return level(s.place, .01, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
	case s.onePlace:
		return "in one only"
	}
	return "in none"
}

func (s *shared) regionLevel(a, b *Gist) string {
	isRegion := func(t string) bool { return t[0] == 'r' }
	switch {
	case s.region >= 0:
		return "shared " + level(s.region, 1.5, 2.5, 3.5)
	case slices.ContainsFunc(a.Terms, isRegion) && slices.ContainsFunc(b.Terms, isRegion):
		return "differs"
	}
	return "unknown"
}

// sharedLevel says whether two lists have something in common; a list without anything says nothing.
func sharedLevel[T comparable](a, b []T) string {
	switch {
	case len(a) == 0 || len(b) == 0:
		return "unknown"
	case slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) }):
		return "shared"
	}
	return "differ"
}

// tollLevels are the evidence of numbers of people.
func tollLevels(a, b *Gist) []string {
	same := sharedLevel(a.Tolls, b.Tolls)
	if same == "unknown" {
		return []string{"tolls unknown"}
	}
	for _, n := range a.Tolls {
		if n >= 10 && slices.Contains(b.Tolls, n) {
			same = "shared, ten or more"
		}
	}
	ratio := math.Abs(math.Log(float64(slices.Max(a.Tolls)+1) / float64(slices.Max(b.Tolls)+1)))
	return []string{"tolls " + same, "greatest tolls " + level(ratio, .01, .3, .7, 1.4, 2.2)}
}
