package store

import "context"

// OpenNext opens a record with a program that knows one step of the schema more.
func OpenNext(ctx context.Context, url string, o Options, sql string) (*DB, error) {
	list := steps(len(url) > 8 && url[:8] == "postgres")
	return open(ctx, url, o, append(list, migration{len(list) + 1, sql}))
}

// Exec changes the database behind the record's back and returns how many rows it touched.
func (db *DB) Exec(ctx context.Context, sql string, args ...any) (n int64, err error) {
	err = db.submit(&request{ctx: ctx, alone: func(ctx context.Context) (err error) {
		n, err = db.w.conn.exec(ctx, sql, args...)
		return err
	}})
	return n, err
}
