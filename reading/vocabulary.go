package reading

import "strings"

// vocabulary numbers every word of the lists.
type vocabulary struct {
	ids   map[string]int32
	stems map[string]int32 // of Russian words
}

func newVocabulary() *vocabulary {
	return &vocabulary{ids: map[string]int32{}, stems: map[string]int32{}}
}

// add returns the number of a folded word, a new one if need be.
func (v *vocabulary) add(folded string) int32 {
	id, ok := v.ids[folded]
	if !ok {
		id = int32(len(v.ids))
		v.ids[folded] = id
		if cyrillic(folded) {
			if s := stem(folded); v.stems[s] == 0 {
				v.stems[s] = id + 1
			}
		}
	}
	return id
}

// id returns the number of a folded word, or none.
func (v *vocabulary) id(folded string) int32 {
	if id, ok := v.ids[folded]; ok {
		return id
	}
	return none
}

// find returns the number of a word as it stands, and how many bytes of an Arabic prefix
// come before it.
func (v *vocabulary) find(raw string) (id int32, lead int) {
	f := fold(raw)
	if id, ok := v.ids[f]; ok {
		return id, 0
	}
	switch {
	case cyrillic(f):
		return v.findRussian(f), 0
	case arabic(f):
		return v.findArabic(raw, f)
	}
	return none, 0
}

// findRussian takes a word for another case of one that is known.
func (v *vocabulary) findRussian(f string) int32 {
	for _, end := range endings {
		if s, ok := strings.CutSuffix(f, end); ok && len(s) >= 8 {
			if id, ok := v.ids[s]; ok {
				return id
			}
		}
	}
	if id, ok := v.stems[stem(f)]; ok {
		return id - 1
	}
	return none
}

func (v *vocabulary) findArabic(raw, f string) (int32, int) {
	for _, p := range prefixes {
		rest, ok := strings.CutPrefix(f, p)
		if !ok || !strings.HasPrefix(raw, p) {
			continue
		}
		for _, with := range []string{rest, "ا" + rest, "ال" + rest} { // لل stands for ل and ال
			if with != rest && !strings.HasPrefix(rest, "ل") || len(rest) < 4 {
				continue
			}
			if id, ok := v.ids[with]; ok {
				return id, len(p)
			}
		}
	}
	if rest, ok := strings.CutPrefix(f, "ال"); ok {
		if id, ok := v.ids[rest]; ok && strings.HasPrefix(raw, "ال") {
			return id, 0
		}
	}
	return none, 0
}

// phrases is a tree of phrases over numbered words.
type phrases struct {
	next map[uint64]int32
	hits [][]*entry // by node
}

func newPhrases() *phrases {
	return &phrases{next: map[uint64]int32{}, hits: make([][]*entry, 1)}
}

func (p *phrases) add(ids []int32, e *entry) {
	node := int32(0)
	for _, id := range ids {
		key := uint64(uint32(node))<<32 | uint64(uint32(id))
		to, ok := p.next[key]
		if !ok {
			to = int32(len(p.hits))
			p.hits = append(p.hits, nil)
			p.next[key] = to
		}
		node = to
	}
	if node != 0 {
		p.hits[node] = append(p.hits[node], e)
	}
}

// hit is a phrase found: tokens [a, b).
type hit struct {
	a, b int
	*entry
}

// find appends the phrases that begin at a token.
func (p *phrases) find(toks []token, a int, out []hit) []hit {
	node := int32(0)
	for b := a; b < len(toks) && toks[b].kind == word && toks[b].id != none; b++ {
		if b > a && toks[b].para {
			break
		}
		to, ok := p.next[uint64(uint32(node))<<32|uint64(uint32(toks[b].id))]
		if !ok {
			break
		}
		node = to
		for _, e := range p.hits[node] {
			if e.fits(toks, a, b+1) {
				out = append(out, hit{a, b + 1, e})
			}
		}
	}
	return out
}
