package marked

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// kinds in the order of reports.
var kinds = strings.Fields("actor ref place time duration quantity doubt statement speaker stance happening claim trap")

// Add adds another score to s.
func (s Score) Add(o Score) {
	for k, t := range o {
		s[k] = s[k].Add(t)
	}
}

// Print writes a line for every kind: precision and recall with their 95 % intervals.
func (s Score) Print(w io.Writer) {
	for _, k := range kinds {
		t := s[k]
		if t.Marks+t.Items == 0 {
			continue
		}
		fmt.Fprintf(w, "%-10s precision %s of %-4d recall %s of %d\n", k, share(t.Right, t.Items), t.Items, share(t.Found, t.Marks), t.Marks)
	}
}

func share(part, whole int) string {
	if whole == 0 {
		return "   -                "
	}
	low, high := Wilson(part, whole)
	return fmt.Sprintf("%.3f (%.2f to %.2f)", float64(part)/float64(whole), low, high)
}

// Figures writes every figure as a name, a tab and a value; prefix begins the names.
func (s Score) Figures(w io.Writer, prefix string) {
	line := func(name string, part, whole int) {
		if whole == 0 {
			return
		}
		low, high := Wilson(part, whole)
		fmt.Fprintf(w, "%s\t%.3f\n%s.low\t%.3f\n%s.high\t%.3f\n%s.of\t%d\n", name, float64(part)/float64(whole), name, low, name, high, name, whole)
	}
	for _, k := range kinds {
		line(prefix+"."+k+".precision", s[k].Right, s[k].Items)
		line(prefix+"."+k+".recall", s[k].Found, s[k].Marks)
	}
}

// Groups adds scores up by group, and returns the groups in order.
type Groups map[string]Score

// Add adds a score to each of the groups.
func (g Groups) Add(s Score, names ...string) {
	for _, n := range names {
		if g[n] == nil {
			g[n] = Score{}
		}
		g[n].Add(s)
	}
}

// Names are those of the groups, in order.
func (g Groups) Names() []string { return slices.Sorted(maps.Keys(g)) }

// Listed returns what was missed, one a line, in the order of kinds.
func Listed(missed []Missed) string {
	missed = slices.Clone(missed)
	slices.SortStableFunc(missed, func(a, b Missed) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text)) })
	var b strings.Builder
	for _, m := range missed {
		fmt.Fprintf(&b, "%-12s %-24s %q want %s got %s\n", m.Kind, m.Text, m.At, m.Want, m.Got)
	}
	return b.String()
}
