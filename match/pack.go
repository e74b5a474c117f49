package match

import (
	"math"
	"math/bits"
)

// pack is an account that states each fact at most once, with words and actors by number: what
// quick comparing needs. Zero is not stated.
type pack struct {
	report            uint64 // hash of the report
	words             text
	sign              uint64 // a bit for each word
	when              interval
	at                disc
	killed, injured   [2]float32
	act, means        int16
	by, against       int16
	timed, located    bool
	dead, hurt, plain bool
}

// packs are the accounts of a list, and the levels of every two numbers.
type packs struct {
	all     []pack
	table   *weightTable
	levels  [4]matrix           // of acts, means, by, against
	topText [mostLevels]float64 // the most that the words can add, when they are no more alike than a level
}

// matrix holds a level for every two numbers.
type matrix struct {
	n  int
	of []Level
}

func (x *matrix) level(a, b int16) Level { return x.of[int(a)*x.n+int(b)] }

// mostNumbers is how many different words or actors a matrix is made for; accounts with further ones
// are compared the plain way.
const mostNumbers = 1000

// numbers gives words numbers from 1.
type numbers struct {
	at    map[string]int16
	words []string
}

// of is the number of the only word of a list; 0 for none, false for several or too many.
func (n *numbers) of(list []string) (int16, bool) {
	if len(list) == 0 {
		return 0, true
	}
	k, ok := n.at[list[0]]
	if !ok && len(n.words) < mostNumbers {
		n.words = append(n.words, list[0])
		k, ok = int16(len(n.words)), true
		n.at[list[0]] = k
	}
	return k, ok && len(list) == 1
}

// matrix works out the level of every two.
func (n *numbers) matrix(level func(a, b string) Level) matrix {
	size := len(n.words) + 1
	x := matrix{size, make([]Level, size*size)}
	for i, a := range n.words {
		for k, b := range n.words {
			x.of[(i+1)*size+k+1] = level(a, b)
		}
	}
	return x
}

// pack makes a list ready for quick comparing.
func (m *Matcher) pack(list []Account) *packs {
	p := &packs{all: make([]pack, len(list)), table: &m.table}
	var of [4]numbers
	for i := range of {
		of[i].at = map[string]int16{}
	}
	for i := range list {
		p.all[i] = packed(&list[i], &of)
	}
	for i, level := range []func(a, b string) Level{
		func(a, b string) Level { return wordLevel(m.known.Acts, a, b) },
		func(a, b string) Level { return wordLevel(m.known.Means, a, b) },
		m.actorLevel, m.actorLevel} {
		p.levels[i] = of[i].matrix(level)
	}
	for l := OtherText; l > 0; l-- {
		p.topText[l] = m.table.of[Text][l]
		if l < OtherText {
			p.topText[l] = max(p.topText[l], p.topText[l+1])
		}
	}
	return p
}

// bound is the closest level that two texts can have, by the words that one of them surely lacks.
func (a *pack) bound(b *pack) Level {
	n, m := len(a.words), len(b.words)
	if n < fewWords || m < fewWords {
		return 0
	}
	both := min(n-bits.OnesCount64(a.sign&^b.sign), m-bits.OnesCount64(b.sign&^a.sign))
	return likeLevel(float64(both) / float64(n+m-both))
}

func packed(a *Account, of *[4]numbers) pack {
	p := pack{report: hash(a.Report), words: a.text, plain: len(a.when) <= 1 && len(a.where) <= 1 && len(a.names) == 0}
	ok := [4]bool{}
	p.act, ok[0] = of[0].of(a.acts)
	p.means, ok[1] = of[1].of(a.means)
	p.by, ok[2] = of[2].of(a.by)
	p.against, ok[3] = of[3].of(a.against)
	p.plain = p.plain && ok == [4]bool{true, true, true, true}
	if len(a.when) > 0 {
		p.when, p.timed = a.when[0], true
	}
	if len(a.where) > 0 {
		p.at, p.located = a.where[0], true
	}
	for _, w := range a.text {
		p.sign |= 1 << (w * 0x9e3779b97f4a7c15 >> 58)
	}
	if a.killed != nil {
		p.killed, p.dead = [2]float32{float32(a.killed.Low), float32(a.killed.High)}, true
		p.plain = p.plain && float64(p.killed[0]) == a.killed.Low && float64(p.killed[1]) == a.killed.High
	}
	if a.injured != nil {
		p.injured, p.hurt = [2]float32{float32(a.injured.Low), float32(a.injured.High)}, true
		p.plain = p.plain && float64(p.injured[0]) == a.injured.Low && float64(p.injured[1]) == a.injured.High
	}
	return p
}

// between is the log-odds of two accounts, or something below the floor where they are sure to lie below it. False: they must be
// compared the plain way. Weights add up in the order of the features, so that both ways
// give the same number.
func (p *packs) between(a, b *pack, floor float64) (float64, bool) {
	if !a.plain || !b.plain {
		return 0, false
	}
	w := p.table
	odds := w.prior
	if a.timed && b.timed {
		l, _ := timeLevel(a.when, b.when)
		odds += w.of[Time][l]
	}
	if a.located && b.located {
		odds += w.of[Place][placeLevel(a.at, b.at, metres(a.at, b.at))]
	}
	odds += w.of[Act][p.levels[0].level(a.act, b.act)]
	odds += w.of[Means][p.levels[1].level(a.means, b.means)]
	odds += w.of[By][p.levels[2].level(a.by, b.by)]
	odds += w.of[Against][p.levels[3].level(a.against, b.against)]
	if a.dead && b.dead {
		odds += w.of[Killed][tollLevel(a.killed, b.killed)]
	}
	if a.hurt && b.hurt {
		odds += w.of[Injured][tollLevel(a.injured, b.injured)]
	}
	most := a.bound(b)
	switch {
	case odds+p.topText[most] < floor:
		return math.Inf(-1), true
	case most == 0 || most == OtherText:
		return odds + w.of[Text][most], true
	}
	return odds + w.of[Text][textLevel(a.words, b.words)], true
}

func tollLevel(a, b [2]float32) Level {
	l, _ := compareRanges(float64(a[0]), float64(a[1]), float64(b[0]), float64(b[1]))
	return l
}
