package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"iter"
	"log/slog"
	"math"
	"strconv"

	"truce"
	"truce/ledger"
)

// Rebuild folds all entries into a fresh state, in one transaction: readers see the old state
// or the new. Both are the same unless the fold has changed.
func (db *DB) Rebuild(ctx context.Context) error {
	return db.submit(&request{ctx: ctx, alone: db.rebuild})
}

// folded sees to it that the state is as this program's fold makes it.
func (db *DB) folded(ctx context.Context) error {
	var word string
	if _, err := db.w.conn.one(ctx, "SELECT value FROM meta WHERE name = 'fold'", nil, &word); err != nil {
		return err
	}
	have, err := strconv.Atoi(cmp.Or(word, "0"))
	switch want := db.o.FoldVersion; {
	case err != nil:
		return unavailable("the fold calls itself %q; expected a number", word)
	case have > want:
		return &truce.Error{Kind: truce.Unavailable, Msg: fmt.Sprintf("the state was made by fold %d, this program knows %d", have, want), Hint: "use the newer program that made it"}
	case have == want:
		return nil
	}
	if n := db.w.tree.Size(); n > 0 {
		slog.InfoContext(ctx, "an older program made the state of the record; it is made anew", "entries", n)
	}
	return db.rebuild(ctx)
}

// rebuild folds all entries in one transaction of the writer's connection.
func (db *DB) rebuild(ctx context.Context) error {
	b := db.newBatch(ctx)
	if err := b.begin(); err != nil {
		return err
	}
	if err := b.rebuild(); err != nil {
		return err
	}
	if _, err := b.c.exec(ctx, "INSERT INTO meta (name, value) VALUES ('fold', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", strconv.Itoa(db.o.FoldVersion)); err != nil {
		return err
	}
	if _, err := b.c.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	return db.load(ctx)
}

// rebuild replaces the state within the batch's transaction.
func (b *batch) rebuild() error {
	if err := b.clearState(); err != nil {
		return err
	}
	b.db.w.nextID, b.db.w.labels = 1, map[[2]string]bool{}
	for first := int64(0); first < b.size; first += page {
		entries, err := readEntries(b.ctx, b.c, first, min(b.size, first+page))
		if err != nil {
			return err
		}
		if err := b.foldAll(first, entries); err != nil {
			return err
		}
		if err := b.flush(); err != nil {
			return err
		}
		if done := first + page; done%(1<<17) == 0 {
			slog.InfoContext(b.ctx, "folding", "entries", done, "of", b.size)
		}
	}
	return nil
}

func (b *batch) clearState() error {
	if b.db.pg != nil {
		return b.db.pg.clearState(b.ctx, b.c)
	}
	return b.db.lite.clearState(b.ctx, b.c)
}

// foldAll folds entries that are in the record already.
func (b *batch) foldAll(first int64, entries []*ledger.Entry) error {
	const most = 50_000 // rows remembered
	if len(b.rows) > most {
		clear(b.rows)
	}
	if b.c.pg != nil {
		if err := b.foresee(first, entries); err != nil {
			return err
		}
	}
	for i, e := range entries {
		if err := b.fold(first+int64(i), e); err != nil {
			return err
		}
	}
	return nil
}

// Digest is the SHA-256 of all versions of all rows, in the order of the entries that made
// them and then of their names. It is the same on both databases, and after Rebuild.
func (db *DB) Digest(ctx context.Context) ([32]byte, error) {
	h := sha256.New()
	err := db.view(ctx, func(c *conn) error {
		for v, err := range versions(ctx, c, "ORDER BY from_n, kind, rid") {
			if err != nil {
				return err
			}
			digest(h, &v)
		}
		return nil
	})
	return [32]byte(h.Sum(nil)), err
}

// digest adds a version: every text after its length, every number in eight bytes.
func digest(h hash.Hash, v *version) {
	r := &v.row
	b := make([]byte, 0, 256+len(r.Body)+len(r.Text))
	text := func(s string) { b = append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...) }
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text(r.Kind)
	text(r.ID)
	number(v.from)
	number(v.to)
	for _, s := range []string{r.Label, r.Text, r.Sort, r.Parent} {
		text(s)
	}
	switch {
	case r.Body == nil:
		number(-1)
	default:
		text(string(r.Body))
	}
	if r.Box == nil {
		number(-1)
	} else {
		for _, f := range []float64{r.Box.West, r.Box.South, r.Box.East, r.Box.North} {
			number(int64(math.Float64bits(f + 0))) // no negative zero
		}
		since, till := span(r.Box)
		number(since)
		number(till)
	}
	h.Write(b)
}

// versions yields versions as the end of the query says. It must be read to its end, or left,
// before the connection is used for anything else.
func versions(ctx context.Context, c *conn, end string, args ...any) iter.Seq2[version, error] {
	return func(yield func(version, error) bool) {
		r, err := c.query(ctx, "SELECT "+versionColumns+" FROM version "+end, args...)
		if err != nil {
			yield(version{}, err)
			return
		}
		for r.next() {
			v, err := scanVersion(r)
			if !yield(v, err) || err != nil {
				_ = r.close()
				return
			}
		}
		if err := r.close(); err != nil {
			yield(version{}, err)
		}
	}
}
