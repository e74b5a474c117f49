package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"truce"
	"truce/ledger"
)

// page is how many entries one statement reads.
const page = 1024

// Entry returns entry n with what is left of its fields. A number that the record has not
// come to is Absent.
func (db *DB) Entry(ctx context.Context, n int64) (*ledger.Entry, error) {
	var e *ledger.Entry
	err := db.peek(ctx, func(c *conn) (err error) {
		e, err = readEntry(ctx, c, n)
		return err
	})
	return e, err
}

// Entries yields the entries from <= n < to in order, with what is left of their fields. It
// ends early where the record does, and after an error. Nothing is held between two pages of
// a thousand, so it may be taken slowly.
func (db *DB) Entries(ctx context.Context, from, to int64) iter.Seq2[*ledger.Entry, error] {
	return func(yield func(*ledger.Entry, error) bool) {
		for from = max(from, 0); from < to; {
			var list []*ledger.Entry
			err := db.peek(ctx, func(c *conn) (err error) {
				list, err = readEntries(ctx, c, from, min(to, from+page))
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
			if len(list) == 0 {
				return
			}
			from += int64(len(list))
		}
	}
}

// Kinds returns the kinds of the entries from <= n < to, each once.
func (db *DB) Kinds(ctx context.Context, from, to int64) ([]string, error) {
	var out []string
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT DISTINCT kind FROM entry WHERE n >= $1 AND n < $2 ORDER BY kind", []any{from, to}, func(r *rows) error {
			var kind string
			err := r.scan(&kind)
			out = append(out, kind)
			return err
		})
	})
	return out, err
}

func readEntry(ctx context.Context, c *conn, n int64) (*ledger.Entry, error) {
	list, err := readEntries(ctx, c, n, n+1)
	if err == nil && len(list) == 0 {
		err = absent("the record has no entry %d", n)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func readEntries(ctx context.Context, c *conn, from, to int64) ([]*ledger.Entry, error) {
	var out []*ledger.Entry
	return out, c.each(ctx, "SELECT n, leaf, fields FROM entry WHERE n >= $1 AND n < $2 ORDER BY n", []any{from, to}, func(r *rows) error {
		var n int64
		var leaf, fields []byte
		if err := r.scan(&n, &leaf, &fields); err != nil {
			return err
		}
		e, err := openEntry(leaf, fields)
		if err != nil {
			return &truce.Error{Kind: truce.Unavailable, At: fmt.Sprintf("entry %d", n), Msg: "it is damaged", Hint: "run fsck", Err: err}
		}
		out = append(out, e)
		return nil
	})
}

// openEntry puts an entry together and checks the fields against the leaf.
func openEntry(leaf, fields []byte) (*ledger.Entry, error) {
	e, err := ledger.ParseLeaf(leaf)
	if err != nil {
		return nil, err
	}
	f, err := ledger.ParseFields(fields)
	if err != nil {
		return nil, err
	}
	return e, e.Attach(f)
}

// readSubmissions returns the entries of those submissions that are in the record.
func readSubmissions(ctx context.Context, c *conn, ids []string) (map[string]int64, error) {
	const some = 256
	out := map[string]int64{}
	for len(ids) > 0 {
		part := ids[:min(some, len(ids))]
		ids = ids[len(part):]
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		err := c.each(ctx, "SELECT id, n FROM submission WHERE id IN ("+places(1, len(part))+")", args, func(r *rows) error {
			var id string
			var n int64
			err := r.scan(&id, &n)
			out[id] = n
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// places is "$from, ..." for n values.
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// Submitted returns the number of the entry that a submission became.
func (db *DB) Submitted(ctx context.Context, id string) (int64, error) {
	if plain("", id, maxID) != nil {
		return 0, absent("no such submission")
	}
	var n int64
	err := db.peek(ctx, func(c *conn) error {
		found, err := c.one(ctx, "SELECT n FROM submission WHERE id = $1", []any{id}, &n)
		if err == nil && !found {
			err = absent("no submission %.80q", id)
		}
		return err
	})
	return n, err
}

// Tile returns all hashes that a tile of the tree has now; one that is not there is Absent.
// It is a ledger.TileReader but for the context.
func (db *DB) Tile(ctx context.Context, level int, n int64) ([]byte, error) {
	var hashes []byte
	err := db.peek(ctx, func(c *conn) (err error) {
		hashes, err = readTile(ctx, c, level, n)
		return err
	})
	return hashes, err
}

func readTile(ctx context.Context, c *conn, level int, n int64) ([]byte, error) {
	var hashes []byte
	found, err := c.one(ctx, "SELECT hashes FROM tile WHERE level = $1 AND n = $2", []any{int64(level), n}, &hashes)
	if err == nil && !found {
		err = absent("no tile %d at level %d", n, level)
	}
	return hashes, err
}

// Bundle returns the entry bundle of tile n of level 0: its leaves, each after its length in
// two bytes. One without leaves is Absent.
func (db *DB) Bundle(ctx context.Context, n int64) ([]byte, error) {
	const width = 256
	var out []byte
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT leaf FROM entry WHERE n >= $1 AND n < $2 ORDER BY n", []any{n * width, (n + 1) * width}, func(r *rows) error {
			var leaf []byte
			if err := r.scan(&leaf); err != nil {
				return err
			}
			var err error
			out, err = ledger.AppendBundle(out, leaf)
			return err
		})
	})
	if err == nil && out == nil {
		err = absent("no entries in bundle %d", n)
	}
	return out, err
}

// AsOf returns the number of entries that were recorded at or before t. Where there is none
// it is Absent, because 0 in a question means all.
func (db *DB) AsOf(ctx context.Context, t time.Time) (int64, error) {
	var n int64
	err := db.view(ctx, func(c *conn) error {
		low, err := int64(0), error(nil)
		high, err := c.number(ctx, "SELECT max(n) + 1 FROM entry")
		for err == nil && low < high { // the times never go back, so halving finds it
			mid := (low + high) / 2
			var at int64
			if at, err = c.number(ctx, "SELECT at FROM entry WHERE n = $1", mid); at <= t.UnixMilli() {
				low = mid + 1
			} else {
				high = mid
			}
		}
		n = low
		return err
	})
	if err == nil && n == 0 {
		err = absent("the record knew nothing yet at %s", t.UTC().Format(time.RFC3339))
	}
	return n, err
}

// SaveCheckpoint keeps a signed checkpoint. One of the same size takes the place of the old
// one, so that co-signatures can be added. It must be about the record as it was: another
// root at its size is a Conflict.
func (db *DB) SaveCheckpoint(ctx context.Context, note []byte) error {
	cp, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return invalid("checkpoint", "%v", err)
	}
	return db.submit(&request{ctx: ctx, weight: 1, work: func(b *batch) error {
		if err := b.covers(cp); err != nil {
			return err
		}
		b.more = append(b.more, statement{"INSERT INTO checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO UPDATE SET note = excluded.note", []any{cp.Size, note}})
		return nil
	}})
}

// covers refuses a checkpoint that is not of this record as it is on the disk.
func (b *batch) covers(cp ledger.Checkpoint) error {
	tree := b.db.w.tree
	if cp.Size > tree.Size() || cp.Size < 0 {
		return conflict("checkpoint", "it covers %d entries; the record has %d", cp.Size, tree.Size())
	}
	if cp.Size < tree.Size() {
		var err error
		tree, err = ledger.NewTree(cp.Size, func(level int, n int64) ([]byte, error) { return readTile(b.ctx, b.c, level, n) })
		if err != nil {
			return err
		}
	}
	if tree.Root() != cp.Root {
		return conflict("checkpoint", "its root at %d entries is another than the record's", cp.Size)
	}
	return nil
}

// Checkpoint returns the signed checkpoint of the most entries that is no larger than asOf;
// 0: the latest. Where there is none it is Absent.
func (db *DB) Checkpoint(ctx context.Context, asOf int64) ([]byte, error) {
	if asOf == 0 {
		asOf = forever
	}
	var note []byte
	err := db.peek(ctx, func(c *conn) error {
		found, err := c.one(ctx, "SELECT note FROM checkpoint WHERE size <= $1 ORDER BY size DESC LIMIT 1", []any{asOf}, &note)
		if err == nil && !found {
			err = absent("no checkpoint yet")
		}
		return err
	})
	return note, err
}
