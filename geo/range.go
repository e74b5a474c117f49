package geo

import "math"

// DistanceRange returns the least and the greatest distance in metres from points of e
// to the edge of z; for a belt, to its line; for the surroundings of something, to that
// thing, 0 inside it. It is right to half a metre or a thousandth, for explanations; no
// verdict rests on it. An extent that may be anywhere has the range from 0 to infinity.
func DistanceRange(e Extent, z *Zone) (least, most float64) {
	if e.Anywhere() {
		return 0, math.Inf(1)
	}
	least = math.Inf(1)
	for _, p := range e.pieces {
		lo, hi := p.span(z)
		least, most = min(least, lo), max(most, hi)
	}
	return least, most
}

// gauge is the distance that explains a relation of p to z.
func (z *Zone) gauge(p point) float64 {
	switch g := z.ground.(type) {
	case *belt:
		return g.line.nearest(p, math.Inf(1)).d
	case sites:
		return max(0, g.off(p, math.Inf(1)))
	case about:
		in, far := g.base.at(p, math.Inf(1))
		if in {
			return 0
		}
		return far
	}
	_, far := z.ground.at(p, math.Inf(1))
	return far
}

// span is DistanceRange for one piece.
func (p *piece) span(z *Zone) (least, most float64) {
	switch {
	case p.ground != nil:
		return -peak(p.ground, func(q point) float64 { return -z.gauge(q) }), peak(p.ground, z.gauge)
	case p.line == nil:
		d := z.gauge(p.mid)
		return d, d
	}
	least = math.Inf(1)
	for _, s := range p.line.list {
		n := int(math.Ceil(Distance(s.a.lat, s.a.lon, s.b.lat, s.b.lon) / 100))
		for k := 0; k <= n; k++ {
			d := z.gauge(s.at(float64(k) / float64(n)))
			least, most = min(least, d), max(most, d)
		}
	}
	return least, most
}

// mostLooks is where peak gives up looking closer.
const mostLooks = 20000

// peak returns the greatest value of f over g. A step of a metre changes f by a metre at
// most, so a cell whose middle is far below the best one is done with.
func peak(g ground, f func(point) float64) float64 {
	best := math.Inf(-1)
	cells := []box{g.around()}
	p, _ := cells[0].middle()
	spare := f(p)
	for seen := 0; len(cells) > 0 && seen < mostLooks; seen += len(cells) {
		var next []box
		for _, b := range cells {
			p, r := b.middle()
			inside, far := g.at(p, r)
			if !inside && far >= r {
				continue
			}
			v := f(p)
			if inside {
				best = max(best, v)
			}
			if slack := max(0.5, math.Abs(v)/1000); v+r > best+slack && r > 0.05 {
				one, two := b.halves()
				next = append(next, one, two)
			}
		}
		cells = next
	}
	if math.IsInf(best, -1) {
		return spare
	}
	return best
}
