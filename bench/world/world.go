// Package world makes the benchmark's workload from one seed: a country with provinces,
// local areas and corridors, parties with dated members, agreements of several terms,
// and incident reports as CSV. Nothing in it is real.
//
// The two functions most people need are [New], which makes the world, and
// [World.WriteCSV], which writes its incidents. [World.Judge] is the slow, plain
// evaluator that every engine is compared with.
//
// Coordinates are WGS 84 in micro-degrees. Days are civil days, counted from 1970-01-01.
// A polygon's edges and a corridor's line are straight in longitude and latitude; a
// corridor's width is geodesic, in metres.
package world

import "fmt"

// Day is a civil day: the number of days since 1970-01-01.
type Day int32

// The days incidents fall on: FirstDay up to, not including, LastDay.
const (
	FirstDay Day = 14975 // 2011-01-01
	LastDay  Day = 20759 // 2026-11-02
)

// Always bounds memberships that never begin or end within the world.
const (
	alwaysFrom Day = -1 << 30
	alwaysTo   Day = 1 << 30
)

// Point is a place in micro-degrees.
type Point struct{ Lon, Lat int32 }

// Zone is a polygon or a corridor.
type Zone struct {
	Name string
	// Ring is the polygon's outline without the closing point; nil for a corridor.
	Ring []Point
	// Line is the corridor's middle and Metres how far it reaches on both sides.
	Line   []Point
	Metres float64
}

// Where the kinds of zone begin in World.Zones.
const (
	Country       = 0
	FirstProvince = 1
	FirstArea     = 15
	FirstCorridor = 75
	ZoneCount     = 95
)

// Member is an actor's membership in a party, in [From, To).
type Member struct {
	Actor    int
	From, To Day
}

// Dated reports whether the membership begins or ends within the world.
func (m Member) Dated() bool { return m.From != alwaysFrom || m.To != alwaysTo }

// None stands for a party, zone, actor or number that is absent or unknown.
const None = -1

// Term is one duty of an agreement; it is met when all its conditions hold.
type Term struct {
	From, To Day
	// Place lists zones of which one must hold the point; nil is anywhere. Not is a zone
	// that must not, or None.
	Place []int
	Not   int
	// By is the party that must hold the first actor; Against the second, or None;
	// Except must not hold the first, or None. Members count as of the incident's first day.
	By, Against, Except int
	// Means is a set of means, bit m for means m; 0 is any.
	Means uint32
	// Deaths is the least number of deaths; 0 asks nothing.
	Deaths int
}

// Agreement is a list of terms.
type Agreement struct {
	From, To Day
	Terms    []Term
}

// World holds all that the seed fixes but the incidents themselves.
type World struct {
	Config
	Zones      []Zone
	Actors     []string
	Means      []string
	Parties    [][]Member
	Agreements []Agreement

	spots []spot
	words []string
}

// Config says which world to make. A zero field means its default.
type Config struct {
	Seed       uint64 // default DefaultSeed
	Vertices   int    // 1 (default), 4 or 16: how many times finer provinces and country are drawn
	Agreements int    // default 40
	Terms      int    // terms an agreement; default 10
}

// DefaultSeed makes a world whose polygons are all valid. Some seeds do not: a roughened
// border may touch itself, and then engines may rightly differ.
const DefaultSeed = 7

func (c Config) withDefaults() Config {
	if c.Seed == 0 {
		c.Seed = DefaultSeed
	}
	if c.Vertices == 0 {
		c.Vertices = 1
	}
	if c.Agreements == 0 {
		c.Agreements = 40
	}
	if c.Terms == 0 {
		c.Terms = 10
	}
	return c
}

func (c Config) valid() error {
	switch c.Vertices {
	case 1, 4, 16:
	default:
		return fmt.Errorf("vertices: 1, 4 or 16 expected, not %d", c.Vertices)
	}
	if c.Agreements < 1 || c.Terms < 1 {
		return fmt.Errorf("at least one agreement of one term expected, not %d of %d", c.Agreements, c.Terms)
	}
	return nil
}

// New makes the world of a seed. It fails only on a Config that is out of range.
func New(c Config) (*World, error) {
	c = c.withDefaults()
	if err := c.valid(); err != nil {
		return nil, err
	}
	w := &World{Config: c}
	w.drawProvinces()
	w.drawAreas()
	w.drawCorridors()
	w.nameAll()
	w.fillParties()
	w.writeAgreements()
	return w, nil
}

// Corners is the number of corners of all zones together.
func (w *World) Corners() int {
	n := 0
	for _, z := range w.Zones {
		n += len(z.Ring) + len(z.Line)
	}
	return n
}
