package store

import (
	"context"

	"truce"
	"truce/ledger"
)

// batch is what one transaction will write. All of it is gathered in memory first, so that a
// request that fails leaves nothing behind; flush writes it in bulk.
type batch struct {
	db  *DB
	ctx context.Context
	c   *conn

	size    int64 // entries, with those of the batch
	last    int64 // milliseconds of the last
	entries []pending
	named   map[string]int64 // submissions and their entries; -1: known not to be there
	keys    map[string]bool  // verifier keys in force; replaced, never changed

	rows     map[rowKey]held
	undo     []undone
	versions []version
	ended    []version // stored versions that the batch replaces, with their new end
	dropped  []version // stored versions that go
	more     []statement

	known map[*ledger.Key]string // the verifier keys of the drafts' keys

	broken error // the database failed while a request was at work
}

// pending is an entry to be written.
type pending struct {
	n, at      int64
	kind       string
	leaf       []byte
	fields     ledger.Fields
	submission string
	enrols     string
	key        string
}

// held is what the batch knows of a row: its latest version, if there is one.
type held struct {
	version
	known bool // there is a version; with a nil body it says that the row ended
	fresh int  // where it stands in versions, -1: it is in the database
}

// undone is what stood in rows before.
type undone struct {
	key  rowKey
	was  held
	had  bool
	ends bool // the version that was got an end
}

// statement is something small that goes with the transaction.
type statement struct {
	sql  string
	args []any
}

// mark is a point to which a batch can be rolled back.
type mark struct {
	size, last                                    int64
	entries, undo, versions, ended, dropped, more int
	keys                                          map[string]bool
	nextID                                        int64
}

func (db *DB) newBatch(ctx context.Context) *batch {
	b := &batch{db: db, ctx: ctx, c: db.w.conn, named: map[string]int64{}, keys: db.w.keys, rows: map[rowKey]held{}, known: map[*ledger.Key]string{}, last: db.w.last}
	b.size = db.w.tree.Size()
	return b
}

func (b *batch) mark() mark {
	return mark{b.size, b.last, len(b.entries), len(b.undo), len(b.versions), len(b.ended), len(b.dropped), len(b.more), b.keys, b.db.w.nextID}
}

// rollback takes back everything since the mark.
func (b *batch) rollback(m mark) {
	for i := len(b.undo) - 1; i >= m.undo; i-- {
		u := b.undo[i]
		if u.had {
			b.rows[u.key] = u.was
		} else {
			delete(b.rows, u.key)
		}
		if u.ends && u.was.fresh >= 0 {
			b.versions[u.was.fresh].to = forever
		}
	}
	for _, e := range b.entries[m.entries:] {
		delete(b.named, e.submission)
	}
	b.size, b.last, b.keys, b.db.w.nextID = m.size, m.last, m.keys, m.nextID
	b.entries, b.undo, b.versions = b.entries[:m.entries], b.undo[:m.undo], b.versions[:m.versions]
	b.ended, b.dropped, b.more = b.ended[:m.ended], b.dropped[:m.dropped], b.more[:m.more]
}

// begin begins the transaction.
func (b *batch) begin() error {
	start := "BEGIN IMMEDIATE"
	if b.db.pg != nil {
		start = "BEGIN"
	}
	_, err := b.c.exec(b.ctx, start)
	return err
}

// commit writes the batch and makes it durable.
func (b *batch) commit() error {
	if len(b.entries) == 0 && len(b.versions) == 0 && len(b.ended) == 0 && len(b.dropped) == 0 && len(b.more) == 0 {
		_, err := b.c.exec(b.ctx, "ROLLBACK")
		return err
	}
	grew := len(b.entries) > 0
	if err := b.flush(); err != nil {
		return err
	}
	if _, err := b.c.exec(b.ctx, "COMMIT"); err != nil {
		return err
	}
	if grew {
		w := &b.db.w
		b.db.publish(Head{Size: w.tree.Size(), Root: w.tree.Root(), At: instant(w.last)})
	}
	return nil
}

// latest returns the latest version of a row, and remembers it.
func (b *batch) latest(k rowKey) (held, error) {
	if h, ok := b.rows[k]; ok {
		return h, nil
	}
	if b.broken != nil {
		return held{}, b.broken
	}
	h := held{fresh: -1}
	if plain("", k.kind, maxKind) != nil || plain("", k.id, maxID) != nil {
		return h, nil // no row can have such a name
	}
	if b.c.pg == nil {
		if none, err := b.c.never(b.ctx, k); none || err != nil {
			b.broken = err
			b.rows[k] = h
			return h, err
		}
	}
	r, err := b.c.query(b.ctx, "SELECT "+versionColumns+" FROM version WHERE kind = $1 AND rid = $2 ORDER BY from_n DESC LIMIT 1", k.kind, k.id)
	if err == nil {
		if h.known = r.next(); h.known {
			h.version, err = scanVersion(r)
		}
		if end := r.close(); err == nil {
			err = end
		}
	}
	if err != nil {
		b.broken = err
		return h, err
	}
	b.rows[k] = h
	return h, nil
}

// old is the state that a fold sees.
func (b *batch) old(kind, id string) (truce.Row, bool, error) {
	h, err := b.latest(rowKey{kind, id})
	if err != nil || !h.known || h.row.Body == nil {
		return truce.Row{}, false, err
	}
	return h.row, true, nil
}

// fold runs the fold on entry n and takes the rows that it gives.
func (b *batch) fold(n int64, e *ledger.Entry) error {
	rows, err := b.db.o.Fold(b.old, n, e)
	if b.broken != nil {
		return b.broken
	}
	if err != nil {
		return err
	}
	for i, r := range rows {
		r, err := stored(r)
		if err != nil {
			return err
		}
		k := rowKey{r.Kind, r.ID}
		if i > 0 && b.rows[k].known && b.rows[k].from == n {
			return &truce.Error{Kind: truce.Internal, At: k.String(), Msg: "one entry changes the row twice"}
		}
		if err := b.put(k, n, r); err != nil {
			return err
		}
	}
	return nil
}

// put makes r the row's version from entry n on. A row that is as it was stays as it is.
func (b *batch) put(k rowKey, n int64, r truce.Row) error {
	was, err := b.latest(k)
	switch {
	case err != nil:
		return err
	case !was.known && r.Body == nil, was.known && was.row.Body == nil && r.Body == nil:
		return nil
	case was.known && r.Body != nil && same(&was.row, &r):
		return nil
	}
	b.undo = append(b.undo, undone{k, was, true, was.known})
	if was.known && was.fresh >= 0 {
		b.versions[was.fresh].to = n
	} else if was.known {
		end := was.version
		end.to = n
		b.ended = append(b.ended, end)
	}
	v := version{id: b.db.w.nextID, from: n, to: forever, row: r}
	b.db.w.nextID++
	b.versions = append(b.versions, v)
	b.rows[k] = held{version: v, known: true, fresh: len(b.versions) - 1}
	return nil
}

// flush writes what was gathered. The transaction stays open and the batch can go on, as
// Rebuild and Restore do.
func (b *batch) flush() error {
	for _, write := range []func() error{b.flushEntries, b.flushEnded, b.flushVersions, b.flushLabels, b.flushTiles} {
		if err := write(); err != nil {
			return err
		}
	}
	for _, s := range b.more {
		if err := b.c.later(b.ctx, s.sql, s.args...); err != nil {
			return err
		}
	}
	if err := b.c.settle(b.ctx); err != nil {
		return err
	}
	b.db.w.last, b.db.w.keys = b.last, b.keys
	b.entries, b.undo, b.versions, b.ended, b.dropped, b.more = nil, nil, nil, nil, nil, nil
	for k, h := range b.rows {
		h.fresh = -1
		b.rows[k] = h
	}
	return nil
}

func (b *batch) flushEntries() error {
	err := b.c.fill(b.ctx, "entry", []string{"n", "at", "kind", "leaf", "fields"}, len(b.entries), func(i int) []any {
		e := &b.entries[i]
		return []any{e.n, e.at, e.kind, e.leaf, e.fields.Text()}
	})
	if err != nil {
		return err
	}
	var named []*pending
	for i := range b.entries {
		if b.entries[i].submission != "" {
			named = append(named, &b.entries[i])
		}
	}
	return b.c.fill(b.ctx, "submission", []string{"id", "n"}, len(named), func(i int) []any { return []any{named[i].submission, named[i].n} })
}

func (b *batch) flushEnded() error {
	for i := range b.dropped {
		if err := b.drop(&b.dropped[i]); err != nil {
			return err
		}
	}
	for _, v := range b.ended {
		if err := b.c.later(b.ctx, "UPDATE version SET to_n = $1 WHERE id = $2", v.to, v.id); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes a stored version, from the indexes that do not follow by themselves first.
func (b *batch) drop(v *version) error {
	if b.c.pg == nil {
		if err := b.c.unindex(b.ctx, v); err != nil {
			return err
		}
	}
	return b.c.later(b.ctx, "DELETE FROM version WHERE id = $1", v.id)
}

func (b *batch) flushVersions() error {
	err := b.c.fill(b.ctx, "version", columnList(versionColumns), len(b.versions), func(i int) []any { return b.versions[i].args() })
	if err != nil || b.c.pg != nil {
		return err
	}
	return b.c.index(b.ctx, b.versions)
}

func (b *batch) flushLabels() error {
	for i := range b.versions {
		r := &b.versions[i].row
		k := [2]string{r.Kind, r.Label}
		if r.Body == nil || b.db.w.labels[k] {
			continue
		}
		b.db.w.labels[k] = true // should the transaction fail, the writer forgets all it knows
		if err := b.c.later(b.ctx, "INSERT INTO label (kind, label) VALUES ($1, $2) ON CONFLICT DO NOTHING", r.Kind, r.Label); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) flushTiles() error {
	tree := b.db.w.tree
	for i := range b.entries {
		tree.Append(b.entries[i].leaf)
	}
	for _, t := range tree.Changed() {
		err := b.c.later(b.ctx, "INSERT INTO tile (level, n, hashes) VALUES ($1, $2, $3) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes", int64(t.Level), t.N, t.Hashes)
		if err != nil {
			return err
		}
	}
	return nil
}
