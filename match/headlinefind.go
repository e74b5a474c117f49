package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce/words"
)

// HeadlineMatch is two lines that may tell of one event.
type HeadlineMatch struct {
	// A and B are numbers of lines, A the lower one.
	A, B int
	// LogOdds are those that both tell of one event, among all pairs of lines as far apart.
	LogOdds float64
}

// Probability is that of the log-odds.
func (m HeadlineMatch) Probability() float64 { return Probability(m.LogOdds) }

// Likely returns the pairs of lines whose probability is at least least, the likeliest first.
// Lines whose days are farther apart than was learned from are not held against each other. told,
// if not nil, is told how many lines are done.
func (h *Headlines) Likely(ctx context.Context, w *HeadlineWeights, least float64, told func(done, all int)) ([]HeadlineMatch, error) {
	order := make([]int, len(h.gists))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(h.gists[a].From, h.gists[b].From) })
	var out []HeadlineMatch
	for at, i := range order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if told != nil {
			told(at, len(order))
		}
		for _, j := range order[at+1:] {
			if h.gists[j].From > h.gists[i].To+len(w.Days) {
				break
			}
			m := HeadlineMatch{A: min(i, j), B: max(i, j)}
			odds, ok := w.LogOddsAmongAll(h.Evidence(m.A, m.B), h.gists[i].DaysApart(&h.gists[j]))
			if m.LogOdds = odds; ok && m.Probability() >= least {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(p, q HeadlineMatch) int {
		return cmp.Or(cmp.Compare(q.LogOdds, p.LogOdds), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out, nil
}

// Reasons says in words what lines a and b, numbers i and j, have in common and what not.
func (h *Headlines) Reasons(i, j int, a, b Headline) []string {
	x, y := &h.gists[i], &h.gists[j]
	out := []string{saidDays(x, y)}
	if names := sharedNames(a.Text, x, y); names != "" {
		out = append(out, "both name "+names)
	} else if slices.ContainsFunc(x.Terms, namesPlace) && slices.ContainsFunc(y.Terms, namesPlace) {
		out = append(out, "other names")
	}
	if acts := common(x.Acts, y.Acts); len(acts) > 0 {
		out = append(out, "both tell of "+strings.Join(acts, ", "))
	} else if len(x.Acts) > 0 && len(y.Acts) > 0 {
		out = append(out, "other acts: "+strings.Join(x.Acts, ", ")+" and "+strings.Join(y.Acts, ", "))
	}
	if tolls := common(x.Tolls, y.Tolls); len(tolls) > 0 {
		out = append(out, "both count "+list(tolls))
	} else if len(x.Tolls) > 0 && len(y.Tolls) > 0 {
		out = append(out, "one counts "+list(x.Tolls)+", the other "+list(y.Tolls))
	}
	switch n := btoi(x.Total || x.Long) + btoi(y.Total || y.Long); n {
	case 1:
		out = append(out, "one sums up a day or more")
	case 2:
		out = append(out, "both sum up a day or more")
	}
	if like := x.Runs.Resemblance(y.Runs); like >= 0.2 {
		out = append(out, fmt.Sprintf("%.0f %% of their runs of two words are the same", 100*like))
	}
	if x.Office == y.Office && x.Office != "" {
		out = append(out, "of one office")
	}
	return out
}

func saidDays(x, y *Gist) string {
	day := func(n int) string { return time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly) }
	switch apart := x.DaysApart(y); {
	case x.To < x.From || y.To < y.From:
		return "the day of one is not known"
	case apart == 0 && x.From == x.To && y.From == y.To:
		return "both tell of " + day(x.From)
	case apart == 0:
		return "their days overlap from " + day(max(x.From, y.From))
	default:
		return fmt.Sprintf("%d days apart", apart)
	}
}

// sharedNames are the words of a line, as written there, that are of names in both.
func sharedNames(text string, x, y *Gist) string {
	var both []string
	for _, t := range common(x.Terms, y.Terms) {
		if namesPlace(t) {
			both = append(both, t[1:])
		}
	}
	var out []string
	tokens := words.Tokens(text)
	for i := 0; i < len(tokens); i++ {
		for n := 1; n <= min(longestName, len(tokens)-i); n++ {
			written := text[tokens[i].Start:tokens[i+n-1].End]
			if mayName(tokens[i]) && slices.Contains(both, words.Skeleton(written)) && !slices.Contains(out, written) {
				out = append(out, written)
				i += n - 1
				break
			}
		}
	}
	return strings.Join(out, ", ")
}

func common[T cmp.Ordered](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { _, ok := slices.BinarySearch(b, x); return !ok })
}

func list(numbers []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(numbers)), ", "), "[]")
}
