package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"truce"
	"truce/ledger"
)

// Destroy destroys values of entry n for good. In one transaction it appends d, which is to
// say who destroyed them and why, takes the values from the entry, whose leaf and commitments
// stand, and folds the state anew from that entry on, so that no version of any row, of
// whatever time, holds what the fold took from them. Then it rewrites the database's files,
// see [DB.Wipe], which takes as long as copying them and holds up the writer.
//
// When only the second step fails the error says so; it is done when the record is opened the
// next time, or by Wipe. What was copied elsewhere, backups made before above all, is not
// reached.
func (db *DB) Destroy(ctx context.Context, n int64, names []string, d Draft) (Appended, error) {
	if err := d.valid(); err != nil {
		return Appended{}, err
	}
	var out Appended
	err := db.submit(&request{ctx: ctx, alone: func(ctx context.Context) (err error) {
		out, err = db.destroy(ctx, n, names, d)
		return err
	}})
	return out, err
}

func (db *DB) destroy(ctx context.Context, n int64, names []string, d Draft) (Appended, error) {
	b := db.newBatch(ctx)
	if err := b.begin(); err != nil {
		return Appended{}, err
	}
	out, err := b.destroy(n, names, d)
	if err != nil {
		return Appended{}, err
	}
	if err := b.commit(); err != nil {
		return Appended{}, err
	}
	if err := db.finishWipe(ctx); err != nil {
		return out, wiping(err)
	}
	return out, db.load(ctx)
}

// wiping says that the values are gone from the record, but not yet from its files.
func wiping(err error) error {
	e := &truce.Error{Kind: truce.Unavailable, Msg: "the values are destroyed, but the files still hold them", Hint: "wipe them again", Err: err}
	var cause *truce.Error
	if errors.As(err, &cause) && cause.Hint == full {
		e.Hint = full
	}
	return e
}

// destroy adds all of it to the batch.
func (b *batch) destroy(n int64, names []string, d Draft) (Appended, error) {
	e, err := readEntry(b.ctx, b.c, n)
	if err != nil {
		return Appended{}, err
	}
	if err := destroyable(e, names); err != nil {
		return Appended{}, err
	}
	e.Fields = e.Fields.Withhold(names...)
	if _, err := b.c.exec(b.ctx, "UPDATE entry SET fields = $1 WHERE n = $2", e.Fields.Text(), n); err != nil {
		return Appended{}, err
	}
	if err := b.refold(n, e); err != nil {
		return Appended{}, err
	}
	out, err := b.append([]Draft{d})
	if err != nil {
		return Appended{}, err
	}
	if out[0].Repeat {
		return Appended{}, conflict("ID", "submission %s is entry %d already", d.ID, out[0].N)
	}
	b.more = append(b.more,
		statement{"DELETE FROM label WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.kind = label.kind AND v.label = label.label AND v.body IS NOT NULL)", nil},
		statement{"INSERT INTO meta (name, value) VALUES ('wipe', 'due') ON CONFLICT (name) DO NOTHING", nil})
	return out[0], nil
}

// destroyable refuses names that hold nothing to destroy.
func destroyable(e *ledger.Entry, names []string) error {
	if len(names) == 0 {
		return invalid("fields", "no field is named")
	}
	for _, name := range names {
		if !slices.Contains(e.Fields.Names(), name) {
			return absent("the entry has no field %.80q", name)
		}
		if !slices.Contains(e.Fields.Held(), name) {
			return conflict("fields", "field %s is destroyed or withheld already", name)
		}
	}
	return nil
}

// Wipe makes the database's files lose what was deleted. SQLite: the file is written anew,
// the write-ahead log emptied, copies of older schemas beside it deleted. PostgreSQL: the
// tables are written anew, and the server is asked to leave the write-ahead log's old files;
// it removes them, instead of using them again, only with wal_recycle = off.
func (db *DB) Wipe(ctx context.Context) error {
	return db.submit(&request{ctx: ctx, alone: func(ctx context.Context) error {
		if err := db.wipe(ctx); err != nil {
			return err
		}
		_, err := db.w.conn.exec(ctx, "DELETE FROM meta WHERE name = 'wipe'")
		return err
	}})
}

func (db *DB) wipe(ctx context.Context) error {
	if db.pg != nil {
		return db.pg.wipe(ctx, db.w.conn)
	}
	return db.lite.wipe(ctx, db.w.conn)
}

// finishWipe wipes if a destruction asked for it.
func (db *DB) finishWipe(ctx context.Context) error {
	c := db.w.conn
	if due, err := c.number(ctx, "SELECT count(*) FROM meta WHERE name = 'wipe'"); err != nil || due == 0 {
		return err
	}
	if err := db.wipe(ctx); err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	_, err := c.exec(ctx, "DELETE FROM meta WHERE name = 'wipe'")
	return err
}
