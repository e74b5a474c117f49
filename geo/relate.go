package geo

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"

	"truce"
)

// Relate says whether all of e lies in z (Yes), none of it (No) or a part (Unknown).
// Touching and slivers do not count. An extent that may be anywhere is always open.
func Relate(e Extent, z *Zone) truce.Tri {
	if e.Anywhere() {
		return truce.Unknown
	}
	var all truce.Tri
	for i, p := range e.pieces {
		t := p.relate(z)
		if t == truce.Unknown || i > 0 && t != all {
			return truce.Unknown
		}
		all = t
	}
	return all
}

// Classes returns every combination of memberships in zones that some point of e has,
// sorted with false before true. It is never empty. For an extent that may be anywhere
// they are the combinations that occur somewhere on the map.
func Classes(e Extent, zones []*Zone) [][]bool {
	found := classes{}
	if e.Anywhere() {
		found.world(zones)
	}
	for _, p := range e.pieces {
		found.piece(p, zones)
	}
	return found.sorted()
}

// classes is a set of combinations, each written as a string of '0' and '1'.
type classes map[string]bool

// The letters of a combination.
const (
	out  = '0'
	in   = '1'
	open = '?'
)

// sorted returns the combinations in order.
func (c classes) sorted() [][]bool {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	rows := make([][]bool, len(keys))
	for i, k := range keys {
		rows[i] = make([]bool, len(k))
		for j := range k {
			rows[i][j] = k[j] == in
		}
	}
	return rows
}

// letter writes a membership.
func letter(b bool) byte {
	if b {
		return in
	}
	return out
}

// piece adds the combinations that points of p have.
func (c classes) piece(p *piece, zones []*Zone) {
	class := make([]byte, len(zones))
	for i, z := range zones {
		switch p.relate(z) {
		case truce.Yes:
			class[i] = in
		case truce.No:
			class[i] = out
		default:
			class[i] = open
		}
	}
	switch strings.Count(string(class), "?") {
	case 0:
		c[string(class)] = true
	case 1:
		i := slices.Index(class, open)
		for _, v := range []byte{out, in} {
			class[i] = v
			c[string(class)] = true
		}
	default:
		c.open(p, zones, class)
	}
}

// open adds the combinations of a piece; the zones that are open in class are not firm
// for it.
func (c classes) open(p *piece, zones []*Zone, class []byte) {
	if p.line != nil {
		c.along(p.line, zones, class)
		return
	}
	for _, part := range c.overlay(p, zones, class) {
		c.search(part.ground, part.width, zones, part.class)
	}
}

// world adds the combinations that occur anywhere. There is always ground outside all
// zones.
func (c classes) world(zones []*Zone) {
	b := nowhere()
	class := make([]byte, len(zones))
	for i, z := range zones {
		b = b.join(z.ground.around())
		class[i] = out
	}
	c[string(class)] = true
	if len(zones) == 0 {
		return
	}
	b = b.grown(10e3)
	b = box{max(b.west, -180), b.south, min(b.east, 180), b.north}
	for i := range class {
		class[i] = open
	}
	c.open(&piece{ground: everywhere{b}, width: 10e3}, zones, class)
}

// relate is Relate for one piece.
func (p *piece) relate(z *Zone) truce.Tri {
	if !p.around().meets(z.ground.around()) {
		return truce.No
	}
	if p.line == nil && p.ground == nil {
		in, _ := z.ground.at(p.mid, 0)
		return truce.Of(in)
	}
	if d, ok := p.ground.(disc); ok {
		if in, far := z.ground.at(d.mid, d.r); far >= d.r {
			return truce.Of(in)
		}
	}
	if t := p.firm(z); t != truce.Unknown {
		return t
	}
	found := classes{}
	found.open(p, []*Zone{z}, []byte{open})
	switch {
	case found["1"] && found["0"]:
		return truce.Unknown
	default:
		return truce.Of(found["1"])
	}
}

// firm relates drawn ground to a drawn zone where that is plain from their borders.
func (p *piece) firm(z *Zone) truce.Tri {
	g, drawn := p.ground.(*polygon)
	o, too := z.ground.(*polygon)
	if !drawn || !too {
		return truce.Unknown
	}
	return g.firm(o)
}

// Cache remembers the relations that were asked for last, so that asking again costs next to
// nothing. The zero value is ready; it is safe for concurrent use and holds no more than twice
// mostClasses.
type Cache struct {
	mu         sync.RWMutex
	young, old map[question][][]bool
}

// question is the hash of what was asked.
type question [sha256.Size]byte

// mostClasses is how many answers are young: when there are more they are old, and those that
// were old before and that nobody asked for again are forgotten.
const mostClasses = 5000

// Classes is the function Classes, remembered. The result must not be changed.
func (c *Cache) Classes(e Extent, zones []*Zone) [][]bool {
	key := asked(e, zones)
	c.mu.RLock()
	rows, young := c.young[key]
	had := young
	if !young {
		rows, had = c.old[key]
	}
	c.mu.RUnlock()
	if young {
		return rows
	}
	if !had {
		rows = Classes(e, zones)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= mostClasses {
		c.young, c.old = map[question][][]bool{}, c.young
	}
	c.young[key] = rows
	return rows
}

// asked is the same for the same extent and zones.
func asked(e Extent, zones []*Zone) question {
	b := make([]byte, 0, 1024)
	b = append(b, e.Key()...)
	for _, z := range zones {
		b = append(append(b, '\n'), z.key...)
	}
	return sha256.Sum256(b)
}

// Relate is the function Relate, remembered.
func (c *Cache) Relate(e Extent, z *Zone) truce.Tri {
	rows := c.Classes(e, []*Zone{z})
	if len(rows) == 2 {
		return truce.Unknown
	}
	return truce.Of(rows[0][0])
}
