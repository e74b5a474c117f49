package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Inclusion proves that entry n is in the tree of the first size entries: the hashes from
// the leaf's sibling up (RFC 6962, 2.1.1).
func Inclusion(size, n int64, r TileReader) ([]Hash, error) {
	if n < 0 || n >= size || size > maxSize {
		return nil, fmt.Errorf("inclusion of entry %d in %d entries; expected an entry below the size", n, size)
	}
	return tlog.ProveRecord(size, n, r.hashes())
}

// Consistency proves that the tree of old entries is the beginning of the tree of size
// entries (RFC 6962, 2.1.2). From no entries, and between equal sizes, the proof is empty.
func Consistency(old, size int64, r TileReader) ([]Hash, error) {
	if old < 0 || old > size || size > maxSize {
		return nil, fmt.Errorf("consistency of %d with %d entries; expected the smaller first", old, size)
	}
	if old == 0 || old == size {
		return nil, nil
	}
	return tlog.ProveTree(size, old, r.hashes())
}

// CheckInclusion checks a proof that leaf, a leaf's hash, is entry n of the tree with this
// size and root.
func CheckInclusion(proof []Hash, size int64, root Hash, n int64, leaf Hash) error {
	if n < 0 || n >= size || size > maxSize {
		return fmt.Errorf("inclusion of entry %d in %d entries; expected an entry below the size", n, size)
	}
	if tlog.CheckRecord(proof, size, root, n, leaf) != nil {
		return fmt.Errorf("the proof does not lead from entry %d to the root of %d entries", n, size)
	}
	return nil
}

// CheckConsistency checks a proof that the tree of old entries is the beginning of the one
// of size entries.
func CheckConsistency(proof []Hash, size int64, root Hash, old int64, oldRoot Hash) error {
	switch {
	case old < 0 || old > size || size > maxSize:
		return fmt.Errorf("consistency of %d with %d entries; expected the smaller first", old, size)
	case (old == 0 || old == size) && len(proof) > 0:
		return fmt.Errorf("%d hashes; expected none between %d and %d entries", len(proof), old, size)
	case old == 0 && oldRoot != emptyRoot():
		return errors.New("the root of no entries; expected the SHA-256 of nothing")
	case old == 0:
		return nil
	case old == size && root != oldRoot:
		return fmt.Errorf("two roots for %d entries: %v and %v", size, oldRoot, root)
	case old == size:
		return nil
	}
	if tlog.CheckTree(proof, size, root, old, oldRoot) != nil {
		return fmt.Errorf("the proof does not lead from the root of %d entries to that of %d", old, size)
	}
	return nil
}
