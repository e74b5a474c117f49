package export

import (
	"math"
	"sort"
)

// addCells spreads each place evenly over its extent, so that an act known only to the
// province tints the province and never a spot in it.
func (m *chartOfPlaces) addCells(sites []*site) {
	m.Columns, m.Rows = int(math.Ceil(mapWidth/cellSize)), int(math.Ceil(m.Height/cellSize))
	for _, s := range sites {
		m.spread = append(m.spread, m.weights(s.shape))
	}
	m.pile(sites)
}

// pile adds up what was spread.
func (m *chartOfPlaces) pile(sites []*site) {
	sum := map[int][2]float64{}
	for at, s := range sites {
		weights := m.spread[at]
		for i := 0; i < len(weights); i += 2 {
			k := int(weights[i])
			d := sum[k]
			d[0] += weights[i+1] * float64(s.acts.V)
			d[1] += weights[i+1] * float64(s.acts.U)
			sum[k] = d
		}
	}
	for _, d := range sum {
		m.Max[0], m.Max[1] = max(m.Max[0], d[0]), max(m.Max[1], d[1])
	}
	for k, d := range sum {
		m.Cells = append(m.Cells, m.cell(k, d))
	}
	sort.Slice(m.Cells, func(i, j int) bool { return m.Cells[i].K < m.Cells[j].K })
}

func (m *chartOfPlaces) cell(k int, d [2]float64) cellView {
	x, y := float64(k%m.Columns)*cellSize, float64(k/m.Columns)*cellSize
	c := cellView{K: k, X: unit(x), Y: unit(y), V: level(d[0], m.Max[0]), U: level(d[1], m.Max[1])}
	side := float64(c.V) * 2
	c.SX, c.SY, c.SW = unit(x+(cellSize-side)/2), unit(y+(cellSize-side)/2), unit(side)
	return c
}

// faint is the density below which a cell stays blank.
const faint = 0.02

// level brings a density to 0 to levels, on a logarithmic scale. The page's script has
// the same rule.
func level(x, most float64) int {
	if x < faint || most <= 0 {
		return 0
	}
	return max(1, int(math.Ceil(levels*math.Log1p(x)/math.Log1p(most)-1e-9)))
}

// weights lists cell, share, cell, share ... of a shape; the shares add up to about 1.
func (m *chartOfPlaces) weights(s shape) []float64 {
	b := emptyBox()
	s.each(b.add)
	if b.empty() {
		return nil
	}
	var cells []int
	for row := m.clampRow(b.y0); row <= m.clampRow(b.y1); row++ {
		for col := m.clampColumn(b.x0); col <= m.clampColumn(b.x1); col++ {
			if s.holds(point{(float64(col) + 0.5) * cellSize, (float64(row) + 0.5) * cellSize}) {
				cells = append(cells, row*m.Columns+col)
			}
		}
	}
	if len(cells) == 0 {
		cells = m.crossed(s)
	}
	share := math.Round(1e4/float64(len(cells))) / 1e4
	var out []float64
	for _, k := range cells {
		out = append(out, float64(k), share)
	}
	return out
}

// crossed are the cells of a shape that holds no cell's middle: those of its points.
func (m *chartOfPlaces) crossed(s shape) []int {
	seen := map[int]bool{}
	var cells []int
	s.each(func(p point) {
		k := m.clampRow(p[1])*m.Columns + m.clampColumn(p[0])
		if !seen[k] {
			seen[k] = true
			cells = append(cells, k)
		}
	})
	sort.Ints(cells)
	return cells
}

func (m *chartOfPlaces) clampRow(y float64) int {
	return max(0, min(m.Rows-1, int(math.Floor(y/cellSize))))
}

func (m *chartOfPlaces) clampColumn(x float64) int {
	return max(0, min(m.Columns-1, int(math.Floor(x/cellSize))))
}
