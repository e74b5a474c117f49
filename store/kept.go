package store

import (
	"context"
	"time"
)

// Keep keeps a small private thing beside the log, in place of what was kept under the name:
// an account, a session. It is gone at expires; the zero time: never. Nothing of it enters
// the log.
func (db *DB) Keep(ctx context.Context, kind, id string, body []byte, expires time.Time) error {
	if err := plain("kind", kind, maxKind); err != nil {
		return err
	}
	if err := plain("id", id, maxID); err != nil {
		return err
	}
	body = some(body)
	return db.submit(&request{ctx: ctx, weight: 1, work: func(b *batch) error {
		b.sweep()
		b.more = append(b.more, statement{"INSERT INTO kept (kind, id, body, expires) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, expires = excluded.expires", []any{kind, id, body, milli(expires)}})
		return nil
	}})
}

// sweep deletes what has expired.
func (b *batch) sweep() {
	b.more = append(b.more, statement{"DELETE FROM kept WHERE expires > 0 AND expires <= $1", []any{b.db.o.Now().UnixMilli()}})
}

// Kept returns what is kept under a name; what is not, or has expired, is Absent.
func (db *DB) Kept(ctx context.Context, kind, id string) ([]byte, error) {
	if plain("", kind, maxKind) != nil || plain("", id, maxID) != nil {
		return nil, absent("nothing is kept under such a name")
	}
	var body []byte
	err := db.peek(ctx, func(c *conn) error {
		found, err := c.one(ctx, "SELECT body FROM kept WHERE kind = $1 AND id = $2 AND (expires = 0 OR expires > $3)", []any{kind, id, db.o.Now().UnixMilli()}, &body)
		if err == nil && !found {
			err = absent("no %s %.80q is kept", kind, id)
		}
		return err
	})
	return some(body), err
}

// some is b, never nil: SQLite gives that for an empty one.
func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// KeptAll returns all that is kept of a kind, by identifier.
func (db *DB) KeptAll(ctx context.Context, kind string) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT id, body FROM kept WHERE kind = $1 AND (expires = 0 OR expires > $2)", []any{kind, db.o.Now().UnixMilli()}, func(r *rows) error {
			var id string
			var body []byte
			err := r.scan(&id, &body)
			out[id] = some(body)
			return err
		})
	})
	return out, err
}

// Forget deletes what is kept under a name, if anything is. On SQLite the bytes are
// overwritten at once, and leave the write-ahead log as it is used again; [DB.Wipe] sees to
// both databases' files at once.
func (db *DB) Forget(ctx context.Context, kind, id string) error {
	if plain("", kind, maxKind) != nil || plain("", id, maxID) != nil {
		return nil
	}
	return db.submit(&request{ctx: ctx, weight: 1, work: func(b *batch) error {
		b.sweep()
		b.more = append(b.more, statement{"DELETE FROM kept WHERE kind = $1 AND id = $2", []any{kind, id}})
		return nil
	}})
}
