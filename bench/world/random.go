package world

import "math/bits"

// stream names what a run of random numbers is for. Streams are never renumbered: a
// world is fixed by its seed and these.
type stream uint64

const (
	forOutline stream = iota + 1
	forProvinces
	forEdges
	forHotSpots
	forAreas
	forCorridors
	forNames
	forParties
	forAgreements
	forRows
	forRepeats
)

// random is a splitmix64 generator. One made with the same seed, stream and row gives
// the same numbers, so that row i can be had without the rows before it.
type random struct{ state uint64 }

func newRandom(seed uint64, s stream, row uint64) random {
	return random{mix(mix(mix(seed)+uint64(s)*0x9e3779b97f4a7c15) + row*0xd1342543de82ef95)}
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// unit is uniform in [0, 1).
func (r *random) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// between is uniform in [low, high).
func (r *random) between(low, high float64) float64 { return low + (high-low)*r.unit() }

// below is uniform in 0..n-1.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}

// from is uniform in low..high, both included.
func (r *random) from(low, high int) int { return low + r.below(high-low+1) }

// chance is true in one of a hundred for each percent.
func (r *random) chance(percent int) bool { return r.below(100) < percent }

// normal has mean 0 and standard deviation 1: the sum of twelve uniform numbers, made
// of integers so that it is the same on every machine.
func (r *random) normal() float64 {
	sum := 0
	for range 3 {
		for v := r.next(); v != 0; v >>= 16 {
			sum += int(v & 0xffff)
		}
	}
	return (float64(sum) - 6*65535) / 65536
}
