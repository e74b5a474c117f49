// Package ledger is the record's memory: a list of entries that only grows, which anybody
// can check without trusting whoever keeps it.
//
// An [Entry] is a leaf of seven lines that never changes, and [Fields], the content, of
// which the leaf holds only a commitment: a field can be withheld or destroyed and the leaf
// still stands. The leaves hang in a Merkle tree (RFC 6962, [Tree]) whose root is signed as a
// [Checkpoint]; witnesses co-sign it ([Witness], [Ask]). A [Receipt] proves one entry alone,
// [WriteRecord] writes a record as files and [Verify] checks all of them.
//
// Start with [Verify] and [Receipt.Check]. The formats are those of C2SP (tlog-tiles,
// tlog-checkpoint, signed-note, tlog-cosignature, tlog-witness, tlog-proof); docs/ledger.md
// says exactly what stands where. Times are UTC in milliseconds. Nothing here reads a clock
// or keeps a database.
package ledger

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 value: of a leaf, of a node of the tree, or of an entry's fields.
type Hash = tlog.Hash

// LeafHash is the hash of a leaf in the tree: SHA-256 of a zero byte and the leaf.
func LeafHash(leaf []byte) Hash {
	var room [512]byte
	return sha256.Sum256(append(room[:1], leaf...))
}

// nodeHash is the hash of an inner node: SHA-256 of a byte 1 and its two children.
func nodeHash(left, right *Hash) Hash {
	var b [1 + 2*tlog.HashSize]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+tlog.HashSize:], right[:])
	return sha256.Sum256(b[:])
}

// emptyRoot is the root of no entries: the SHA-256 of nothing.
func emptyRoot() Hash { return sha256.Sum256(nil) }
