package match

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"truce/words"
)

// Headline is a report of which only its office, its day and one line are known.
type Headline struct {
	// ID tells the report from others.
	ID string
	// Office is who put it out.
	Office string
	// Day is the day on which it was put out, at midnight UTC; the zero Time: not known.
	Day time.Time
	// Text is the line.
	Text string
}

// Gist is what can be read in a headline. What the line does not say is empty.
type Gist struct {
	// Office is who put it out, folded.
	Office string
	// From and To are the first and the last day told of, as days since 1970. To before From:
	// no day is known.
	From, To int
	// Dated tells that the line itself names the day.
	Dated bool
	// Total tells that the line adds up a whole day or month; Long that it adds up more than
	// three days.
	Total, Long bool
	// Terms are what the line tells of, sorted, each once. The first letter says what a term is:
	// p a place, n another name, r a region, a an act at a place, s a word without its ending.
	Terms []string
	// Acts are the kinds of act told of, sorted.
	Acts []string
	// Tolls are the numbers of people told of, sorted.
	Tolls []int
	// Grows tells that the line calls a number grown, or says "more".
	Grows bool
	// Things is of how many things the line tells, as far as its commas and its "and" show.
	Things int
	// Runs are its words in twos.
	Runs words.Shingles
}

// Gazetteer finds places by their names in any script and usual spelling.
type Gazetteer struct{ byBones map[string][]gazetted }

// gazetted is a place by one of its names.
type gazetted struct {
	name   words.Name
	region string // bones of the region's name
}

// NewGazetteer returns an empty gazetteer.
func NewGazetteer() *Gazetteer { return &Gazetteer{map[string][]gazetted{}} }

// Add adds a place by one of its names, and the name of the region around it if that is known.
func (g *Gazetteer) Add(name, region string) {
	if n := words.NameOf(name); n.Bones != "" {
		g.byBones[n.Bones] = append(g.byBones[n.Bones], gazetted{n, words.Skeleton(region)})
	}
}

// find reports whether a name is a place's, and of which region: "" if it may be of several.
func (g *Gazetteer) find(n words.Name) (region string, ok bool) {
	least := 0.84
	if len(n.Bones) < 3 {
		least = 0.9
	}
	best := 0.0
	for _, p := range g.byBones[n.Bones] {
		switch like := n.Like(p.name); {
		case like < least || like < best:
		case like > best:
			region, best = p.region, like
		case region != p.region:
			region = ""
		}
	}
	return region, best > 0
}

// Read reads a headline. Acts and numbers are read in English; places, days as figures and
// names in any script.
func (g *Gazetteer) Read(h Headline) Gist {
	r := headlineReader{places: g, gist: Gist{Office: words.Fold(h.Office), To: -1, Runs: words.ShinglesOf(h.Text, 2)}}
	r.text = r.gist.days(h)
	r.tokens = words.Tokens(r.text)
	r.parts()
	for i := 0; i < len(r.tokens); {
		i += max(1, r.read(i))
	}
	return r.done()
}

// headlineReader reads one headline.
type headlineReader struct {
	places *Gazetteer
	gist   Gist
	text   string // with blanks for its dates
	tokens []words.Token
	part   []int // by token: of which thing it tells
	where  []partTerm
	what   []partTerm
}

// partTerm is a term of one of the things that a line tells of.
type partTerm struct {
	term string
	part int
}

// parts tells apart the things that a line tells of.
func (r *headlineReader) parts() {
	n := 0
	for i, t := range r.tokens {
		parted := i > 0 && strings.ContainsAny(r.text[r.tokens[i-1].End:t.Start], ",;:…|.")
		if parted || slices.Contains([]string{"and", "while", "as", "amid"}, t.Folded) {
			n++
		}
		r.part = append(r.part, n)
	}
	if len(r.tokens) > 0 {
		r.gist.Things = n + 1
	}
}

// read reads what begins at token i and returns of how many tokens it is, 0 for one.
func (r *headlineReader) read(i int) int {
	if n := r.place(i); n > 0 {
		return n
	}
	r.word(i)
	return 0
}

// longestName is of how many words the name of a place may be.
const longestName = 4

// place reads a place that begins at token i and returns of how many tokens its name is.
func (r *headlineReader) place(i int) int {
	for n := min(longestName, len(r.tokens)-i); n > 0; n-- {
		last := r.tokens[i+n-1]
		written := r.text[r.tokens[i].Start:last.End]
		if !mayName(r.tokens[i]) || !mayName(last) || strings.ContainsAny(written, ",;:…") ||
			n > 1 && (r.tokens[i].Folded == "the" || words.IsStop(last.Folded, "en")) {
			continue
		}
		name := words.NameOf(written)
		if region, ok := r.places.find(name); ok {
			r.name(i, name.Bones, region)
			return n
		}
	}
	return 0
}

// mayName reports whether a word may begin or end a name: by a capital, where there are any.
func mayName(t words.Token) bool {
	first := []rune(t.Text)[0]
	if !unicode.In(first, unicode.Latin, unicode.Cyrillic) {
		return unicode.IsLetter(first)
	}
	return unicode.IsUpper(first) || slices.Contains([]string{"al", "ar", "ez", "el"}, t.Folded)
}

// name notes a place, with the side of it and whether its countryside is meant.
func (r *headlineReader) name(i int, bones, region string) {
	r.locate(i, "p"+bones)
	if region != "" {
		r.gist.Terms = append(r.gist.Terms, "r"+region)
	}
	for j := max(0, i-5); j < min(len(r.tokens), i+4); j++ {
		if r.part[j] != r.part[i] {
			continue
		}
		switch f := r.tokens[j].Folded; {
		case slices.Contains(headlineSides, f):
			r.locate(i, "p"+strings.TrimSuffix(f, "ern")+" of "+bones)
		case slices.Contains(headlineLand, f):
			r.locate(i, "p around "+bones)
		}
	}
}

func (r *headlineReader) locate(i int, term string) {
	r.where = append(r.where, partTerm{term, r.part[i]})
}

// word reads a word that is of no place.
func (r *headlineReader) word(i int) {
	t := r.tokens[i]
	if n, ok := headlineNumber(t); ok {
		if n < 1990 && r.countsPeople(i) {
			r.gist.Tolls = append(r.gist.Tolls, n)
		}
		return
	}
	if words.IsStop(t.Folded, "en") || len(t.Folded) < 2 {
		return
	}
	stem := words.Stem(t.Folded, "en")
	if slices.Contains([]string{"rais", "rise", "more"}, stem) {
		r.gist.Grows = true
	}
	bones := words.Skeleton(t.Text)
	switch act := headlineActs[stem]; {
	case act != "":
		r.what = append(r.what, partTerm{act, r.part[i]})
	case (i > 0 && mayName(t) || t.Folded[0] >= 0x80) && len(bones) > 1:
		r.locate(i, "n"+bones)
	default:
		r.gist.Terms = append(r.gist.Terms, "s"+stem)
	}
}

// countsPeople reports whether the number at token i stands near a word for people or harm, and not
// before a unit.
func (r *headlineReader) countsPeople(i int) bool {
	if i+1 < len(r.tokens) && slices.Contains(headlineUnits, words.Stem(r.tokens[i+1].Folded, "en")) {
		return false
	}
	return slices.ContainsFunc(r.tokens[max(0, i-4):min(len(r.tokens), i+5)], func(t words.Token) bool {
		return slices.Contains(headlineHarm, words.Stem(t.Folded, "en"))
	})
}

// done puts together what was read.
func (r *headlineReader) done() Gist {
	g := r.gist
	for _, w := range r.where {
		g.Terms = append(g.Terms, w.term)
		for _, a := range r.what {
			if a.part == w.part {
				g.Terms = append(g.Terms, "a"+a.term+" at "+w.term)
			}
		}
	}
	for _, a := range r.what {
		g.Acts = append(g.Acts, a.term)
	}
	g.Terms, g.Acts, g.Tolls = once(g.Terms), once(g.Acts), once(g.Tolls)
	return g
}

// once returns a list sorted, each once.
func once[T string | int](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
