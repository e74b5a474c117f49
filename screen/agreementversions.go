package screen

import (
	"slices"
	"strings"

	"truce"
	"truce/desk"
)

// AgreementVersions is the page of an agreement's versions, and of what changed between two.
type AgreementVersions struct {
	ID, Title string
	List      []desk.AgreedText // newest first
	// From and To are the entries of the two that are compared; 0 while there is only one.
	From, To int64
	Diff     []diffLine
	Same     bool // letter by letter
	Tried    *TrialView
	// Untried is the name of the words that say why the verdicts are not compared.
	Untried string
}

// NewAgreementVersions compares two versions by their entries; where these are 0, the last
// with the one before it. It is false where there are no such versions.
func NewAgreementVersions(list []desk.AgreedText, from, to int64) (AgreementVersions, bool) {
	v := AgreementVersions{List: slices.Clone(list)}
	slices.Reverse(v.List)
	v.ID, v.Title = v.List[0].ID, v.List[0].Title
	if to == 0 {
		to = v.List[0].Entry
	}
	b := slices.IndexFunc(v.List, func(t desk.AgreedText) bool { return t.Entry == to })
	if b < 0 {
		return v, false
	}
	if from == 0 {
		if b+1 == len(v.List) {
			return v, true
		}
		from = v.List[b+1].Entry
	}
	a := slices.IndexFunc(v.List, func(t desk.AgreedText) bool { return t.Entry == from })
	if a < 0 {
		return v, false
	}
	v.From, v.To = from, to
	v.Same = v.List[a].Text == v.List[b].Text
	v.Diff = folded(difference(linesOf(v.List[a].Text), linesOf(v.List[b].Text)))
	return v, true
}

// Compared are the two versions, the older first.
func (v AgreementVersions) Compared() (was, is desk.AgreedText) {
	for _, t := range v.List {
		if t.Entry == v.From {
			was = t
		}
		if t.Entry == v.To {
			is = t
		}
	}
	return was, is
}

// diffLine is a line of two texts: in both, in one, or so many lines of both left out.
type diffLine struct {
	Sign    string // "", "-", "+" or "…"
	Was, Is int    // its number in each, 0 where it is not there
	Text    string
	Omitted int
}

func linesOf(text string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
}

// mostCompared bounds the work of a comparison: lines of one text times lines of the other,
// what they begin and end with in common left aside.
const mostCompared = 4 << 20

// difference compares two texts line by line: of all ways to get from one to the other it
// takes one with the fewest lines changed. Beyond mostCompared all of the middle is changed.
func difference(was, is []string) []diffLine {
	head := 0
	for head < min(len(was), len(is)) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < min(len(was), len(is))-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	a, b := was[head:len(was)-tail], is[head:len(is)-tail]
	longest := common(a, b)
	var out []diffLine
	both := func(i, j int) { out = append(out, diffLine{Was: i + 1, Is: j + 1, Text: was[i]}) }
	for i := range head {
		both(i, i)
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case longest != nil && i < len(a) && j < len(b) && a[i] == b[j]:
			both(head+i, head+j)
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && (longest == nil || longest[i+1][j] >= longest[i][j+1]):
			out = append(out, diffLine{Sign: "-", Was: head + i + 1, Text: a[i]})
			i++
		default:
			out = append(out, diffLine{Sign: "+", Is: head + j + 1, Text: b[j]})
			j++
		}
	}
	for k := range tail {
		both(len(was)-tail+k, len(is)-tail+k)
	}
	return out
}

// common holds, for every pair of places, how many lines two texts have in common in the
// same order from there on; nil where that is too much work.
func common(a, b []string) [][]int32 {
	if len(a)*len(b) > mostCompared {
		return nil
	}
	out := make([][]int32, len(a)+1)
	for i := range out {
		out[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				out[i][j] = out[i+1][j+1] + 1
			} else {
				out[i][j] = max(out[i+1][j], out[i][j+1])
			}
		}
	}
	return out
}

// around is how many lines are left on either side of a change.
const around = 3

// folded leaves out lines of both texts that are far from any change.
func folded(list []diffLine) []diffLine {
	keep := make([]bool, len(list))
	for i, l := range list {
		if l.Sign != "" {
			for k := max(0, i-around); k < min(len(list), i+around+1); k++ {
				keep[k] = true
			}
		}
	}
	var out []diffLine
	for i, l := range list {
		switch n := len(out); {
		case keep[i]:
			out = append(out, l)
		case n > 0 && out[n-1].Sign == "…":
			out[n-1].Omitted++
		default:
			out = append(out, diffLine{Sign: "…", Omitted: 1})
		}
	}
	return out
}

// TrialView is a draft held against what a person sees.
type TrialView struct {
	*desk.Trial
	Against string // title of the text that the flips are against
	Clauses []trialClause
	Flips   []desk.Flip
	More    int // flips that are not written out
}

// trialClause is what one clause finds.
type trialClause struct {
	desk.ClauseTrial
	Outcomes []trialOutcome
	Wants    []desk.Count
}

// trialOutcome is the elements of one outcome.
type trialOutcome struct {
	Outcome truce.Outcome
	N       int
	IDs     string // for an address; empty where they are too many
	List    []string
	More    int
}

// How much of a trial is written out.
const (
	mostFlips = 300
	mostFound = 60
)

// NewTrialView lays a trial out; against is the title of the older text, if any.
func NewTrialView(t *desk.Trial, against string) *TrialView {
	v := &TrialView{Trial: t, Against: against}
	for _, c := range t.Clauses {
		x := trialClause{ClauseTrial: c, Wants: desk.Ranked(c.Tally.WantOf)}
		x.Wants = x.Wants[:min(len(x.Wants), 3)]
		for _, o := range []truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation} {
			ids := c.Found[o]
			x.Outcomes = append(x.Outcomes, trialOutcome{Outcome: o, N: len(ids), IDs: idList(ids), List: ids[:min(len(ids), mostFound)], More: max(0, len(ids)-mostFound)})
		}
		v.Clauses = append(v.Clauses, x)
	}
	v.Flips = t.Flips[:min(len(t.Flips), mostFlips)]
	v.More = len(t.Flips) - len(v.Flips)
	return v
}
