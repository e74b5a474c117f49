package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// tree compares the tiles above the leaves, and the root, with those made anew from the
// leaves.
func (c *check) tree() {
	if c.torn || int64(len(c.nodes[1])) != c.head.Size>>tileHeight {
		c.torn = true
		c.atTree = append(c.atTree, Fault{checkpointPath, "its root cannot be checked: leaves are missing"})
		return
	}
	for level := 1; len(c.nodes[level]) > 0; level++ {
		c.nodes = append(c.nodes, c.level(level))
	}
	if c.signed == nil {
		return
	}
	root, err := c.rootAt(c.head.Size)
	if err == nil && root != c.head.Root {
		err = fmt.Errorf("the root of the entries is %v; it signs %v", root, c.head.Root)
	}
	if err != nil {
		c.atTree = append(c.atTree, Fault{checkpointPath, err.Error()})
	}
}

// level compares the tiles of one level and returns the hashes of the next.
func (c *check) level(level int) []Hash {
	var up []Hash
	nodes := c.nodes[level]
	var room [tileWidth * hashSize]byte
	for n := int64(0); int(n*tileWidth) < len(nodes); n++ {
		b := room[:0]
		for _, h := range nodes[n*tileWidth : min(int(n+1)*tileWidth, len(nodes))] {
			b = append(b, h[:]...)
		}
		c.compare(level, n, b)
		if len(b) == len(room) {
			up = append(up, reduce(b))
		}
	}
	return up
}

// compare holds a stored tile to the hashes that it should have.
func (c *check) compare(level int, n int64, want []byte) {
	if !contains(c.present[level], n) {
		return
	}
	path := TilePath(level, n, len(want)/hashSize)
	got, err := readFile(c.files, path, len(want), nil)
	if err == nil && len(got) != len(want) {
		err = fmt.Errorf("%d bytes; expected %d", len(got), len(want))
	}
	if err != nil {
		c.atTree = append(c.atTree, fault(path, err))
		return
	}
	for i := 0; i < len(want); i += hashSize {
		if string(got[i:i+hashSize]) != string(want[i:i+hashSize]) {
			c.atTree = append(c.atTree, Fault{path, fmt.Sprintf("hash %d is not that of the tile below", i/hashSize)})
		}
	}
}

// rootAt is the root of the first size entries, anew from the leaves.
func (c *check) rootAt(size int64) (Hash, error) {
	if c.torn {
		return Hash{}, errors.New("it cannot be compared: leaves are missing")
	}
	t, err := NewTree(size, func(level int, n int64) ([]byte, error) {
		if level == 0 {
			r := pageReader{check: c}
			if p := r.read(n); !p.known {
				return nil, errors.New("leaves are missing")
			}
			return r.hashes[:widthAt(c.head.Size, 0, n)*hashSize], nil
		}
		var b []byte
		for _, h := range c.nodes[level][n*tileWidth : min(int(n+1)*tileWidth, len(c.nodes[level]))] {
			b = append(b, h[:]...)
		}
		return b, nil
	})
	if err != nil {
		return Hash{}, err
	}
	return t.Root(), nil
}

// contains reports whether a sorted list holds n.
func contains(sorted []int64, n int64) bool {
	_, ok := slices.BinarySearch(sorted, n)
	return ok
}

// reduce is the root of a full tile; the tile is used up.
func reduce(b []byte) Hash {
	var pair [1 + 2*hashSize]byte
	pair[0] = 1
	for ; len(b) > hashSize; b = b[:len(b)/2] {
		for i := 0; i < len(b); i += 2 * hashSize {
			copy(pair[1:], b[i:i+2*hashSize])
			h := sha256.Sum256(pair[:])
			copy(b[i/2:], h[:])
		}
	}
	return Hash(b)
}
