package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"truce"
	"truce/ledger"
)

// maxProblems is how many problems Fsck lists of one sort; further ones are counted.
const maxProblems = 100

// check is one run of Fsck over one unchanging state of the database.
type check struct {
	ctx      context.Context
	c        *conn
	problems []truce.Problem
	counts   map[string]int
}

// Fsck checks the whole record: the database's own structures, every leaf, every entry's
// fields against its leaf, every tile against the leaves, checkpoints against the tree, the
// versions of every row (no gap, no overlap) and the indexes of place and words. It returns
// what it found, nil for a sound record. Whether the state is what the entries add up to is
// for Rebuild and Digest to show.
func (db *DB) Fsck(ctx context.Context) ([]truce.Problem, error) {
	k := &check{ctx: ctx, counts: map[string]int{}}
	err := db.view(ctx, func(c *conn) error {
		k.c = c
		for _, part := range []func() error{func() error { return db.checkStructure(k) }, k.entries, k.versions, k.rest} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	if is(err, truce.Unavailable) && k.counts["structure"] > 0 {
		return k.problems, nil // too damaged to go on, and it is said so
	}
	if err == nil && db.lite != nil && !db.o.ReadOnly {
		err = db.checkWords(ctx, k)
	}
	return k.problems, err
}

func (db *DB) checkStructure(k *check) error {
	if db.pg != nil {
		return db.pg.check(k)
	}
	return db.lite.check(k)
}

// found notes a problem.
func (k *check) found(code, field, format string, args ...any) {
	k.counts[code]++
	if n := k.counts[code]; n <= maxProblems {
		k.problems = append(k.problems, truce.Problem{Code: code, Field: field, Msg: fmt.Sprintf(format, args...)})
	}
}

// entries checks the log from its first entry to its last.
func (k *check) entries() error {
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		return err
	}
	notes, err := k.checkpoints()
	if err != nil {
		return err
	}
	last := int64(0)
	r, err := k.c.query(k.ctx, "SELECT n, at, kind, leaf, fields FROM entry ORDER BY n")
	if err != nil {
		return err
	}
	tiles := map[tileName][32]byte{}
	note := func() {
		for _, t := range tree.Changed() {
			tiles[tileName{int64(t.Level), t.N}] = sha256.Sum256(t.Hashes)
		}
	}
	for r.next() {
		var e pending
		var fields []byte
		if err := r.scan(&e.n, &e.at, &e.kind, &e.leaf, &fields); err != nil {
			return err
		}
		k.entry(&e, fields, tree.Size(), last)
		last = e.at
		tree.Append(e.leaf)
		if root, ok := notes[tree.Size()]; ok && root != tree.Root() {
			k.found("checkpoint", fmt.Sprintf("checkpoint %d", tree.Size()), "its root is another than that of the entries")
		}
		delete(notes, tree.Size())
		if tree.Size()%(1<<16) == 0 {
			note()
		}
	}
	if err := r.close(); err != nil {
		return err
	}
	delete(notes, 0)
	for _, size := range slices.Sorted(maps.Keys(notes)) {
		k.found("checkpoint", fmt.Sprintf("checkpoint %d", size), "the record has only %d entries", tree.Size())
	}
	note()
	return k.tiles(tiles)
}

// tileName names a tile of hashes.
type tileName struct{ level, n int64 }

// entry checks one entry that is expected to be number want.
func (k *check) entry(e *pending, fields []byte, want, last int64) {
	at := fmt.Sprintf("entry %d", e.n)
	if e.n != want {
		k.found("gap", at, "it stands where entry %d should", want)
	}
	if e.at < last {
		k.found("time", at, "it was recorded before the entry before it")
	}
	leaf, err := openEntry(e.leaf, fields)
	switch {
	case err != nil:
		k.found("entry", at, "%v", err)
	case leaf.Kind != e.kind || leaf.At.UnixMilli() != e.at:
		k.found("entry", at, "its kind and time are not those of its leaf")
	}
}

func (k *check) checkpoints() (map[int64]ledger.Hash, error) {
	out := map[int64]ledger.Hash{}
	return out, k.c.each(k.ctx, "SELECT size, note FROM checkpoint", nil, func(r *rows) error {
		var size int64
		var note []byte
		if err := r.scan(&size, &note); err != nil {
			return err
		}
		cp, err := ledger.ParseCheckpoint(note)
		if err != nil || cp.Size != size {
			k.found("checkpoint", fmt.Sprintf("checkpoint %d", size), "it cannot be read as one of that size")
			return nil
		}
		out[size] = cp.Root
		return nil
	})
}

// tiles compares the stored tiles with the hashes of those computed from the leaves.
func (k *check) tiles(want map[tileName][32]byte) error {
	err := k.c.each(k.ctx, "SELECT level, n, hashes FROM tile", nil, func(r *rows) error {
		var at tileName
		var hashes []byte
		if err := r.scan(&at.level, &at.n, &hashes); err != nil {
			return err
		}
		if w, ok := want[at]; !ok || w != sha256.Sum256(hashes) {
			k.found("tile", at.String(), "it is not what the entries give")
		}
		delete(want, at)
		return nil
	})
	for _, at := range slices.SortedFunc(maps.Keys(want), func(a, b tileName) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.n, b.n)) }) {
		k.found("tile", at.String(), "it is missing")
	}
	return err
}

func (n tileName) String() string { return fmt.Sprintf("tile %d/%d", n.level, n.n) }

// versions checks that those of every row follow each other.
func (k *check) versions() error {
	size, err := k.c.number(k.ctx, "SELECT max(n) + 1 FROM entry")
	if err != nil {
		return err
	}
	var last *version
	for v, err := range versions(k.ctx, k.c, "ORDER BY kind, rid, from_n") {
		if err != nil {
			return err
		}
		at := rowKey{v.row.Kind, v.row.ID}
		next := last != nil && last.row.Kind == v.row.Kind && last.row.ID == v.row.ID
		switch {
		case next && last.to != v.from:
			k.found("version", at.String(), "the version of entry %d ends at %d; the next begins at %d", last.from, last.to, v.from)
		case !next && last != nil && last.to != forever:
			k.found("version", rowKey{last.row.Kind, last.row.ID}.String(), "the last version ends at entry %d", last.to)
		}
		if v.from < 0 || v.from >= size || v.to <= v.from {
			k.found("version", at.String(), "it goes from entry %d to %d of %d", v.from, v.to, size)
		}
		if r, err := stored(v.row); err != nil || !same(&r, &v.row) {
			k.found("version", at.String(), "the version of entry %d is not as it would be stored", v.from)
		}
		last = &v
	}
	if last != nil && last.to != forever {
		k.found("version", rowKey{last.row.Kind, last.row.ID}.String(), "the last version ends at entry %d", last.to)
	}
	return nil
}

// rest checks what hangs on entries and versions.
func (k *check) rest() error {
	for _, c := range []struct{ code, sql, msg string }{
		{"submission", "SELECT count(*) FROM submission s WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.n = s.n)", "of %d submissions the entries are missing"},
		{"label", "SELECT count(DISTINCT v.label) FROM version v WHERE v.body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label l WHERE l.kind = v.kind AND l.label = v.label)", "%d labels are not listed"},
		{"wipe", "SELECT count(*) FROM meta WHERE name = 'wipe'", "the files still hold destroyed values: wipe them (%d)"},
	} {
		n, err := k.c.number(k.ctx, c.sql)
		if err != nil {
			return err
		}
		if n > 0 {
			k.found(c.code, c.code, c.msg, n)
		}
	}
	return nil
}
