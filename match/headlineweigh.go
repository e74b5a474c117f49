package match

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"

	"truce"
)

// HeadlineWeights say how much evidence of headlines speaks for one event or against: log-odds
// (natural logarithms) that add up.
type HeadlineWeights struct {
	// About says where they come from.
	About string `json:"about"`
	// Prior is the log-odds of a pair without evidence, where half of all pairs are the same.
	Prior float64 `json:"prior"`
	// Weights are by evidence as [Headlines.Evidence] words it. What is missing has weight 0.
	Weights map[string]float64 `json:"weights"`
	// Days are the log-odds, among all pairs of lines, that two tell of one event, by the days
	// between what they tell of: 0, 1 and so on; of lines farther apart nothing is known.
	Days []float64 `json:"days"`
}

// HeadlinePair is two lines and whether a person holds that they tell of one event.
type HeadlinePair struct {
	Evidence []string
	Same     bool
}

//go:embed headline.json
var shippedHeadlines []byte

// ShippedHeadlines returns the weights that come with the program.
func ShippedHeadlines() (*HeadlineWeights, error) {
	w := &HeadlineWeights{}
	if err := json.Unmarshal(shippedHeadlines, w); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: "headline.json", Msg: "these are no weights", Err: err}
	}
	return w, nil
}

// LogOdds is how surely two lines tell of one event by their evidence, where half of all pairs
// do; for another share add the difference of the log-odds.
func (w *HeadlineWeights) LogOdds(evidence []string) float64 {
	s := w.Prior
	for _, e := range evidence {
		s += w.Weights[e]
	}
	return s
}

// LogOddsAmongAll is the same where every pair of lines is held against each other, which is
// seldom the same: ok is false for lines that are farther apart than was learned from.
func (w *HeadlineWeights) LogOddsAmongAll(evidence []string, daysApart int) (logOdds float64, ok bool) {
	if daysApart >= len(w.Days) {
		return 0, false
	}
	return w.LogOdds(evidence) + w.Days[daysApart], true
}

// LearnDays fits the log-odds by days apart: same and all are how many pairs there are at 0, 1 and
// so on days apart. Each count is taken half higher, so that none is nothing.
func (w *HeadlineWeights) LearnDays(same, all []int) {
	w.Days = nil
	for d := range all {
		w.Days = append(w.Days, round(math.Log((float64(same[d])+0.5)/(float64(all[d]-same[d])+0.5))))
	}
}

// LearnHeadlines fits weights to judged pairs by logistic regression, each weight believed to be
// near zero before. The prior is then moved to where half of all pairs are the same. There must be
// pairs of both kinds; their order does not matter.
func LearnHeadlines(about string, pairs []HeadlinePair) *HeadlineWeights {
	byReason := map[string]float64{bothDatedApart: -4, oneDatedApart: -2}
	at := map[string]int{bothDatedApart: 0, oneDatedApart: 0}
	for _, p := range pairs {
		for _, e := range p.Evidence {
			at[e] = 0
		}
	}
	known := sortedKeys(at)
	p := problem{start: make([]float64, 1+len(known)), hold: slices.Repeat([]float64{20}, 1+len(known))}
	p.hold[0] = 0.001
	for i, e := range known {
		at[e] = i + 1
		if x, ok := byReason[e]; ok {
			p.start[i+1], p.hold[i+1] = x, 1e9
		}
	}
	same := 0
	for _, pair := range pairs {
		same += btoi(pair.Same)
		row := []term{{0, 1}}
		for _, e := range pair.Evidence {
			row = append(row, term{at[e], 1})
		}
		p.add(row, pair.Same)
	}
	return weighed(about, p.solve(), known, math.Log(float64(same)/float64(len(pairs)-same)))
}

// weighed puts a solution into words.
func weighed(about string, x []float64, known []string, share float64) *HeadlineWeights {
	w := &HeadlineWeights{About: about, Prior: round(x[0] - share), Weights: map[string]float64{}}
	for i, e := range known {
		if v := round(x[i+1]); v != 0 {
			w.Weights[e] = v
		}
	}
	return w
}
