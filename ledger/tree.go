package ledger

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is the height of a tile in levels of the tree, tileWidth its hashes.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	hashSize   = tlog.HashSize
	levels     = 64/tileHeight - 1 // of tiles; sizes are below 1<<56
)

// maxSize bounds the number of entries, so that sums stay in range everywhere.
const maxSize = 1 << 48

// Tree is a Merkle tree that grows at its right edge (RFC 6962). It holds only that edge:
// the tiles that are not full, and the roots of the full subtrees.
type Tree struct {
	size    int64
	peaks   [64]Hash           // peaks[l] is the root of the full subtree of 2^l leaves, where bit l of size is set
	edge    [levels + 1][]byte // the tile at each level that is not full yet
	full    [levels + 1][]Tile // tiles filled since the last call of Changed
	changed [levels + 1]bool   // edge tiles with new hashes since then
	room    []byte             // for hashing leaves
}

// NewTree returns the tree of the first size leaves, of which tile gives the tiles.
// For size 0 tile may be nil.
func NewTree(size int64, tile TileReader) (*Tree, error) {
	if size < 0 || size > maxSize {
		return nil, fmt.Errorf("tree of %d entries; expected 0 to %d", size, int64(maxSize))
	}
	t := &Tree{size: size}
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		have := size >> (tileHeight * level)
		width := int(have % tileWidth)
		if width == 0 {
			continue
		}
		b, err := readTile(tile, level, have/tileWidth, width)
		if err != nil {
			return nil, err
		}
		t.edge[level] = append(make([]byte, 0, tileWidth*hashSize), b...)
		t.setPeaks(level, width)
	}
	return t, nil
}

// setPeaks computes the full subtrees within an edge tile.
func (t *Tree) setPeaks(level, width int) {
	rest := t.edge[level]
	for k := tileHeight - 1; k >= 0; k-- {
		if width>>k&1 == 1 {
			t.peaks[tileHeight*level+k] = subtree(rest[:hashSize<<k])
			rest = rest[hashSize<<k:]
		}
	}
}

// subtree is the root of a full subtree whose lowest hashes are given: a power of two.
func subtree(b []byte) Hash {
	if len(b) == hashSize {
		return Hash(b)
	}
	left, right := subtree(b[:len(b)/2]), subtree(b[len(b)/2:])
	return nodeHash(&left, &right)
}

// Clone returns a tree that grows on its own.
func (t *Tree) Clone() *Tree {
	c := *t
	c.room = nil
	for level := range t.edge {
		c.edge[level] = slices.Clone(t.edge[level])
		c.full[level] = slices.Clone(t.full[level])
	}
	return &c
}

// Append adds a leaf and returns its hash.
func (t *Tree) Append(leaf []byte) Hash {
	t.room = append(append(t.room[:0], 0), leaf...)
	h := Hash(sha256.Sum256(t.room))
	t.AppendHash(h)
	return h
}

// AppendHash adds a leaf of which only the hash is known.
func (t *Tree) AppendHash(leaf Hash) {
	t.push(0, &leaf)
	h := leaf
	for l := 0; ; l++ {
		if t.size>>l&1 == 0 {
			t.peaks[l] = h
			break
		}
		h = nodeHash(&t.peaks[l], &h)
		if (l+1)%tileHeight == 0 {
			t.push((l+1)/tileHeight, &h)
		}
	}
	t.size++
}

// push adds a hash to the edge tile of a level.
func (t *Tree) push(level int, h *Hash) {
	if t.edge[level] == nil {
		t.edge[level] = make([]byte, 0, tileWidth*hashSize)
	}
	t.edge[level] = append(t.edge[level], h[:]...)
	t.changed[level] = true
	if len(t.edge[level]) == tileWidth*hashSize {
		n := t.size >> (tileHeight * (level + 1))
		t.full[level] = append(t.full[level], Tile{level, n, t.edge[level]})
		t.edge[level], t.changed[level] = nil, false
	}
}

// Size returns the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Root returns the root hash. That of no leaves is the SHA-256 of nothing.
func (t *Tree) Root() Hash {
	root, started := emptyRoot(), false
	for l := 0; t.size>>l > 0; l++ {
		switch {
		case t.size>>l&1 == 0:
		case !started:
			root, started = t.peaks[l], true
		default:
			root = nodeHash(&t.peaks[l], &root)
		}
	}
	return root
}

// Changed returns the tiles with new hashes since the last call, each whole, sorted by level
// and number.
func (t *Tree) Changed() []Tile {
	var out []Tile
	for level := range t.edge {
		out = append(out, t.full[level]...)
		t.full[level] = nil
		if t.changed[level] {
			n := t.size >> (tileHeight * (level + 1))
			out = append(out, Tile{level, n, slices.Clone(t.edge[level])})
			t.changed[level] = false
		}
	}
	return out
}
