package match

import (
	"math"
)

// Label is a pair of accounts of which somebody said whether they tell of one happening.
type Label struct {
	A, B *Account
	Same bool
}

// Reasoned returns the weights from which learning starts: set by thinking, not by data. Learning moves a
// weight away from here only as far as the labels ask for, so that evidence on which
// they are silent keeps a sensible one.
func Reasoned() *Weights {
	return &Weights{About: "reasoned, not learned", Prior: -3, Rivals: Rivals{Scale: 1, Left: 0.5, Right: 0.5}, Levels: map[string]map[string]float64{
		"time":       {"same hour": 4, "same day": 2, "some day of a span": 0.5, "every day of a span": 1, "two spans": 0.5, "hours apart": -2.5, "next day": -1, "two days": -2.5, "a week": -3.5, "later": -6},
		"place":      {"250 m": 3, "1 km": 2.5, "2 km": 2, "4 km": 1.5, "8 km": 0.5, "16 km": -1, "32 km": -2, "in a wide extent": 0.5, "in a region": 0.2, "near a wide extent": -1.5, "elsewhere": -3.5},
		"place name": {"same": 1.5, "shares a word": 1, "alike": 0.3, "other": -0.8},
		"told":       {"whole name": 1.5, "part of the name": 0.7},
		"act":        {"same": 0.7, "wider": 0.2, "sister": -0.5, "other": -1.5},
		"means":      {"same": 1, "wider": 0.3, "sister": -0.7, "other": -1.5},
		"by":         {"same": 1, "kin": 0.6, "tied": 0, "other": -1},
		"against":    {"same": 0.7, "kin": 0.4, "tied": 0, "other": -0.7},
		"killed":     {"same": 2.5, "same, under five": 0.9, "one end same": 1.2, "overlap": 0.4, "under twice": -0.2, "under four times": -0.8, "more": -1.3},
		"injured":    {"same": 2.5, "same, under five": 0.9, "one end same": 1.2, "overlap": 0.4, "under twice": -0.2, "under four times": -0.6, "more": -1},
		"text":       {"nearly the same": 5, "much alike": 2.5, "some words": 0.5, "other": -0.5},
	}}
}

// The labels hold against the reasoned weights as against a belief with this spread.
const (
	spread      = 1.0
	priorSpread = 3.0
)

// Learn fits weights to labels: logistic regression over the levels, by Newton's method from
// the reasoned weights, with a Gaussian belief around them. The same labels in any order give
// the same weights, rounded to three places.
func (m *Matcher) Learn(about string, labels []Label) *Weights {
	w := Reasoned()
	w.About = about
	start, _ := w.table() // our own table is in order
	p := problem{start: []float64{start.prior}, hold: []float64{1 / (priorSpread * priorSpread)}}
	at := map[[2]int]int{}
	for f, n := range names {
		for l := 1; l < len(n); l++ {
			at[[2]int{f, l}] = len(p.start)
			p.start, p.hold = append(p.start, start.of[f][l]), append(p.hold, 1/(spread*spread))
		}
	}
	for _, l := range labels {
		c := m.Compare(l.A, l.B)
		row := []term{{0, 1}}
		for f, part := range c.Parts {
			if part.Level > 0 {
				row = append(row, term{at[[2]int{f, int(part.Level)}], 1})
			}
		}
		p.add(row, l.Same)
	}
	x := p.solve()
	w.Prior = round(x[0])
	for f, n := range names {
		for l := 1; l < len(n); l++ {
			w.Levels[n[0]][n[l]] = round(x[at[[2]int{f, l}]])
		}
	}
	return w
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// term is a factor of one unknown.
type term struct {
	at int
	by float64
}

// problem is a logistic regression: start is what is believed of each unknown before, hold how
// firmly.
type problem struct {
	start, hold []float64
	rows        map[string]*counted
	order       []string
}

// counted is a row of factors with how often it stood, and how often with yes.
type counted struct {
	row    []term
	n, yes float64
}

// add counts a row. Equal rows are one, so that the sums do not depend on their order.
func (p *problem) add(row []term, yes bool) {
	if p.rows == nil {
		p.rows = map[string]*counted{}
	}
	key := ""
	for _, t := range row {
		key += keyOf(t)
	}
	c := p.rows[key]
	if c == nil {
		c = &counted{row: row}
		p.rows[key] = c
		p.order = nil
	}
	c.n++
	if yes {
		c.yes++
	}
}

func keyOf(t term) string {
	bits := math.Float64bits(t.by)
	b := []byte{byte(t.at), byte(t.at >> 8)}
	for range 8 {
		b, bits = append(b, byte(bits)), bits>>8
	}
	return string(b)
}

// mostSteps of Newton's method are far more than it takes.
const mostSteps = 50

// solve returns the most believable unknowns.
func (p *problem) solve() []float64 {
	p.order = sortedKeys(p.rows)
	x := append([]float64(nil), p.start...)
	for range mostSteps {
		step := p.step(x)
		most := 0.0
		for i := range x {
			d := min(max(step[i], -2), 2)
			x[i] += d
			most = max(most, math.Abs(d))
		}
		if most < 1e-9 {
			break
		}
	}
	return x
}

// step is one step of Newton's method: the gradient against the curvature.
func (p *problem) step(x []float64) []float64 {
	n := len(x)
	slope := make([]float64, n)
	curve := make([][]float64, n)
	for i := range curve {
		curve[i] = make([]float64, n)
		curve[i][i] = p.hold[i]
		slope[i] = p.hold[i] * (p.start[i] - x[i])
	}
	for _, key := range p.order {
		c := p.rows[key]
		s := 0.0
		for _, t := range c.row {
			s += x[t.at] * t.by
		}
		q := Probability(s)
		for _, t := range c.row {
			slope[t.at] += (c.yes - c.n*q) * t.by
			for _, u := range c.row {
				curve[t.at][u.at] += c.n * q * (1 - q) * t.by * u.by
			}
		}
	}
	return cholesky(curve, slope)
}

// cholesky solves a symmetric positive system; a is overwritten.
func cholesky(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for k := range i + 1 {
			sum := a[i][k]
			for j := range k {
				sum -= a[i][j] * a[k][j]
			}
			if i == k {
				a[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				a[i][k] = sum / a[k][k]
			}
		}
	}
	x := append([]float64(nil), b...)
	for i := range n {
		for j := range i {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= a[j][i] * x[j]
		}
		x[i] /= a[i][i]
	}
	return x
}
