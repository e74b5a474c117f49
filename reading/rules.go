package reading

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"truce/actors"
)

// Lists are what a mission knows: who is who, and which places there are beside those that
// come with the program.
type Lists struct {
	Register *actors.Register
	// Taught are names that people corrected, with the actor of the register each means.
	Taught map[string]string
	Sites  []Site
}

// Site is a place of the gazetteer.
type Site struct {
	Code  string
	Names []string // in every script and spelling
	// Level: country, governorate, district, settlement, quarter, site, region; "" if nobody says.
	Level       string
	Governorate string  // code of the governorate it lies in, or ""
	Lat, Lon    float64 // WGS 84 degrees, read only when Within is set
	Within      float64 // metres around Lat, Lon
	Area        string  // code of an area of the mission's atlas, or ""
}

// Rules is the built-in reader: tables and rules, no network, no model. It may be used by
// many goroutines.
type Rules struct {
	lists Lists
	*book
}

// NewRules makes a reader that knows the lists.
func NewRules(l Lists) (*Rules, error) {
	b, err := newBook(l)
	if err != nil {
		return nil, err
	}
	return &Rules{lists: l, book: b}, nil
}

// Lists returns what the reader knows.
func (r *Rules) Lists() Lists { return r.lists }

// Read reads a text. The same text and lists give the same reading.
func (r *Rules) Read(ctx context.Context, text string, a Account) (Reading, error) {
	p := newPage(r, text, a)
	if err := ctx.Err(); err != nil {
		return Reading{}, err
	}
	p.about = p.country()
	p.entities()
	p.strangers()
	p.times()
	p.quantities()
	p.conduct()
	p.pointers()
	p.statements()
	p.spread()
	p.moods()
	out := p.reading()
	return out, ctx.Err()
}

// Start returns a reading in which nothing was found yet.
func Start(text string, a Account, reader string) Reading {
	sum := sha256.Sum256([]byte(text))
	r := Reading{At: a.At, Outlet: a.Outlet, Title: a.Title, Reader: reader, Hash: hex.EncodeToString(sum[:]), Text: text,
		Sentences: []Span{}, Items: []Item{}, Statements: []Statement{}, Happenings: []Happening{}, Claims: []Claim{}, Doubts: []Doubt{}}
	if !a.Date.IsZero() {
		r.Date = a.Date.In(a.zone()).Format(time.DateOnly)
	}
	if a.Zone != nil {
		r.Zone = a.Zone.String()
	}
	return r
}

// zone is that of the account's days.
func (a Account) zone() *time.Location {
	if a.Zone != nil {
		return a.Zone
	}
	return a.Date.Location()
}

// page is a text being read.
type page struct {
	*Rules
	text    string
	account Account
	day     time.Time // the first moment of the account's day; zero if nobody knows it
	toks    []token
	hits    []hit
	first   []int // of each token, its first hit; one more at the end
	sent    []int // of each token, its sentence
	starts  []int // of each sentence, its first token; one more at the end
	quotes  []quote
	depth   []int8 // of each token, how many quotations it stands in
	taken   []bool // tokens that belong to an actor, a place or a time

	ments    []mention // by a
	byToken  []int     // of each token, one more than the mention that begins there
	said     []saying
	resolved map[string][]string
	dropTime int
	over     [][]int32    // of each sentence, the statements that reach into it
	speaks   map[int]bool // mentions that are speakers
	paras    []int        // of each token, its paragraph
	ends     []int        // of each token, one more than the actor that ends there
	opensAt  []int        // of each token, one more than the actor that begins there
	saidYear int          // of the last date that was read with one
	saidIn   int          // paragraph of that date
	logged   bool         // hours stand in four figures
	about    string       // the country that the text is about
}

// mention is an item with its tokens [a, b).
type mention struct {
	a, b int
	it   Item
	who  *person
	act  *entry
}

func newPage(r *Rules, text string, a Account) *page {
	p := &page{Rules: r, text: text, account: a, toks: tokens(text, r.words), resolved: map[string][]string{}}
	if !a.Date.IsZero() {
		y, m, d := a.Date.In(a.zone()).Date()
		p.day = time.Date(y, m, d, 0, 0, 0, 0, a.zone())
	}
	p.taken = make([]bool, len(p.toks)+1)
	p.first = make([]int, len(p.toks)+1)
	for i := range p.toks {
		p.first[i] = len(p.hits)
		if p.toks[i].kind == word && p.toks[i].id != none {
			p.hits = p.phrases.find(p.toks, i, p.hits)
		}
	}
	p.first[len(p.toks)] = len(p.hits)
	p.sentences()
	p.logged = p.logs()
	p.numberParagraphs()
	p.quotations()
	return p
}

// at returns the hits that begin at a token.
func (p *page) at(i int) []hit {
	if i < 0 || i >= len(p.toks) {
		return nil
	}
	return p.hits[p.first[i]:p.first[i+1]]
}

// longest returns the longest hit of a category that begins at a token.
func (p *page) longest(i int, c category) (hit, bool) {
	var best hit
	for _, h := range p.at(i) {
		if h.category == c && h.b > best.b {
			best = h
		}
	}
	return best, best.entry != nil
}

// is reports whether a token is one of the words.
func (p *page) is(i int, words ...string) bool {
	if i < 0 || i >= len(p.toks) || p.toks[i].kind != word || p.toks[i].id == none {
		return false
	}
	for _, w := range words {
		if id, ok := p.cue[w]; ok && id == p.toks[i].id {
			return true
		}
	}
	return false
}

func (p *page) kind(i int) byte {
	if i < 0 || i >= len(p.toks) {
		return 0
	}
	return p.toks[i].kind
}

// span is that of tokens [a, b).
func (p *page) span(a, b int) Span {
	return Span{p.toks[a].from + p.toks[a].lead, p.toks[b-1].to}
}

func (p *page) str(s Span) string { return p.text[s.From:s.To] }

// note enters a mention and takes its tokens.
func (p *page) note(m mention) *mention {
	m.it.Span = p.span(m.a, m.b)
	m.it.Text = p.str(m.it.Span)
	p.ments = append(p.ments, m)
	return &p.ments[len(p.ments)-1]
}

func (p *page) take(a, b int) {
	for i := a; i < b; i++ {
		p.taken[i] = true
	}
}

func (p *page) free(a, b int) bool { return !slices.Contains(p.taken[a:b], true) }

// numberParagraphs counts the paragraphs up to each token.
func (p *page) numberParagraphs() {
	p.paras = make([]int, len(p.toks)+1)
	for i, t := range p.toks {
		if i > 0 {
			p.paras[i] = p.paras[i-1]
		}
		if t.para {
			p.paras[i]++
		}
	}
}

// firstFrom returns the first mention, in order, that begins at token i or behind it.
func (p *page) firstFrom(i int) int {
	k, _ := slices.BinarySearchFunc(p.ments, i, func(m mention, i int) int { return m.a - i })
	for k > 0 && p.ments[k-1].a == i {
		k--
	}
	return k
}

// order sorts the mentions.
func (p *page) order() {
	slices.SortStableFunc(p.ments, func(x, y mention) int {
		if x.a != y.a {
			return x.a - y.a
		}
		return y.b - x.b
	})
}

// codes returns the actors that a name means on the account's day.
func (p *page) codes(name string) []string {
	if name == "" {
		return nil
	}
	if name[0] == '?' {
		rest := p.codes(name[1:])
		if len(rest) > 0 && rest[0][0] != '?' {
			return rest
		}
		return []string{name}
	}
	if out, ok := p.resolved[name]; ok {
		return out
	}
	out := []string{"?" + name}
	if code := p.lists.Taught[name]; code != "" {
		out = []string{code}
	} else if reg := p.lists.Register; reg != nil {
		if found := reg.Resolve(name, p.day); len(found) > 0 {
			out = found
		}
	}
	p.resolved[name] = out
	return out
}
