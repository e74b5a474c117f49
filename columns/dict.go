package columns

import (
	"encoding/binary"
	"math/bits"
)

// Dict gives each word a code. Code 0 is the empty word: unknown. A Dict made on a base
// keeps the base's codes and adds words of its own behind them, so that several readers
// share the words known beforehand without locking.
type Dict struct {
	base  *Dict
	first uint32 // code of words[0]
	words []string
	slots []slot
}

// slot holds a word's hash and code; code 0 is an empty slot, which the empty word never needs.
type slot struct{ hash, code uint32 }

// NewDict returns a dictionary with words at codes 1, 2, 3 and so on. A word that stands
// twice keeps its first code.
func NewDict(words ...string) *Dict {
	d := &Dict{first: 1, slots: make([]slot, 16)}
	for _, w := range words {
		d.Code(w)
	}
	return d
}

// On returns an empty dictionary on base, which must not grow any more.
func On(base *Dict) *Dict {
	return &Dict{base: base, first: uint32(base.Len()), slots: make([]slot, 16)}
}

// Len is the number of codes, with code 0.
func (d *Dict) Len() int { return int(d.first) + len(d.words) }

// Word returns the word of a code, "" for 0.
func (d *Dict) Word(code uint32) string {
	switch {
	case code >= d.first:
		return d.words[code-d.first]
	case d.base != nil:
		return d.base.Word(code)
	}
	return ""
}

// Code returns the word's code and adds the word if it is new.
func (d *Dict) Code(word string) uint32 {
	if word == "" {
		return 0
	}
	h := hash(word)
	if c := d.lookUp(h, []byte(word)); c != 0 {
		return c
	}
	return d.add(h, word)
}

// Find returns the word's code, or 0.
func (d *Dict) Find(word string) uint32 { return d.lookUp(hash(word), []byte(word)) }

// code is Code for bytes whose hash is known.
func (d *Dict) code(h uint32, word []byte) uint32 {
	if c := d.lookUp(h, word); c != 0 {
		return c
	}
	return d.add(h, string(word))
}

func (d *Dict) lookUp(h uint32, word []byte) uint32 {
	if d.base != nil {
		if c := d.base.find(h, word); c != 0 {
			return c
		}
	}
	return d.find(h, word)
}

func (d *Dict) find(h uint32, word []byte) uint32 {
	mask := uint32(len(d.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.slots[i]
		if s.code == 0 {
			return 0
		}
		if s.hash == h && d.words[s.code-d.first] == string(word) {
			return s.code
		}
	}
}

func (d *Dict) add(h uint32, word string) uint32 {
	if 2*(len(d.words)+1) > len(d.slots) {
		d.grow()
	}
	code := uint32(d.Len())
	d.words = append(d.words, word)
	d.put(slot{h, code})
	return code
}

func (d *Dict) put(s slot) {
	mask := uint32(len(d.slots) - 1)
	i := s.hash & mask
	for d.slots[i].code != 0 {
		i = (i + 1) & mask
	}
	d.slots[i] = s
}

func (d *Dict) grow() {
	old := d.slots
	d.slots = make([]slot, 4*len(old))
	for _, s := range old {
		if s.code != 0 {
			d.put(s)
		}
	}
}

// take returns the code in d of a word that has the given code in other, a dictionary
// on the same base.
func (d *Dict) take(other *Dict, code uint32) uint32 {
	if code == 0 || d.base == other.base && code < d.first {
		return code
	}
	return d.Code(other.Word(code))
}

// hash is the hash of a word; hashStep and hashEnd make it eight bytes at a time.
func hash(word string) uint32 {
	var h uint64
	for len(word) >= 8 {
		h = hashStep(h, binary.LittleEndian.Uint64([]byte(word[:8])))
		word = word[8:]
	}
	var rest uint64
	for k := range len(word) {
		rest |= uint64(word[k]) << (8 * k)
	}
	return hashEnd(hashStep(h, rest))
}

func hashStep(h, eight uint64) uint64 {
	return (bits.RotateLeft64(h, 29) ^ eight) * 0x9e3779b97f4a7c15
}

func hashEnd(h uint64) uint32 { return uint32(h>>32 ^ h>>47) }
