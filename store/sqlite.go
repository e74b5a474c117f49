package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"

	"truce"
)

// liteFile is a SQLite database: one connection that writes, a pool that reads, and a lock
// that says that this process serves the file.
type liteFile struct {
	path  string
	write *sql.DB // nil if read only
	read  *sql.DB
	lock  *sql.DB       // nil if read only
	slots chan struct{} // one for each connection that reads at a time
	idle  chan *conn    // those that read, with their prepared statements
}

// maxReady is how many statements a connection keeps prepared.
const maxReady = 64

// settings of every connection. The file is trusted no further than needed, what is deleted
// is overwritten, and a commit is on the disk when it returns.
var liteSettings = []string{
	"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", "secure_delete(on)", "trusted_schema(off)", "foreign_keys(on)",
	"cell_size_check(on)", "mmap_size(0)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)",
}

// openLite opens a file, creating it if it is to be written and not there.
func openLite(ctx context.Context, path string, readOnly bool) (*liteFile, error) {
	path, query, _ := strings.Cut(path, "?")
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, invalid("path", "%v", err)
	}
	// Else any part of the process that opens the file and closes it drops our locks. Where
	// there is no such locking, or it is too late to ask, the usual one must do.
	_, _ = sqlite.OFDLocking(true)
	f := &liteFile{path: path}
	extra, err := url.ParseQuery(query)
	if err != nil {
		return nil, invalid("path", "%v", err)
	}
	if readOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, fileFault(err)
		}
	} else if err := f.claim(ctx); err != nil {
		return f, err
	}
	if !readOnly {
		f.write = liteOpen(path, extra, "cache_size(-16000)")
		f.write.SetMaxOpenConns(1)
	}
	f.read = liteOpen(path, extra, "cache_size(-4000)", "query_only(on)")
	f.slots = make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))
	f.idle = make(chan *conn, cap(f.slots))
	return f, nil
}

// liteOpen makes a handle; nothing is opened yet.
func liteOpen(path string, extra url.Values, settings ...string) *sql.DB {
	q := url.Values{"_pragma": append(append([]string{}, liteSettings...), settings...), "_defensive": {"1"}, "_dqs": {"0"}}
	if vfs := extra.Get("vfs"); vfs != "" {
		q.Set("vfs", vfs)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		panic(err) // the driver is linked in; Open only looks it up
	}
	return db
}

// claim takes the lock, which is a database of its own beside the file, held in an exclusive
// transaction: the system gives it back when the process ends, however it ends. Then it makes
// the file.
func (f *liteFile) claim(ctx context.Context) error {
	// Only a new file is opened and closed here: POSIX drops all locks of a process on a file
	// of which it closes any descriptor.
	file, err := os.OpenFile(f.path+".lock", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fileFault(err)
	}
	f.lock, err = sql.Open("sqlite", "file:"+(&url.URL{Path: f.path + ".lock"}).EscapedPath()+"?_pragma=busy_timeout(0)&_pragma=journal_mode(memory)")
	if err != nil {
		return fault(err)
	}
	f.lock.SetMaxOpenConns(1)
	f.lock.SetMaxIdleConns(1)
	if _, err := f.lock.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return served(filepath.Base(f.path))
	}
	file, err = os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fileFault(err)
	}
	return errors.Join(file.Chmod(0o600), file.Close(), syncDir(filepath.Dir(f.path)))
}

// syncDir makes the name of a new file durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fileFault(err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fileFault(err)
	}
	return nil
}

// fileFault gives an error of the file system its kind.
func fileFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return absent("%v", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault(err)
	}
	return unavailable("%v", err)
}

func (f *liteFile) close() error {
	for len(f.idle) > 0 {
		(<-f.idle).discard()
	}
	var errs []error
	for _, db := range []*sql.DB{f.read, f.write, f.lock} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return fault(errors.Join(errs...))
}

// lend lends a connection that reads. One on which something failed is not used again.
func (f *liteFile) lend(ctx context.Context, use func(c *conn) error) error {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var c *conn
	select {
	case c = <-f.idle:
	default:
		lite, err := f.read.Conn(ctx)
		if err != nil {
			return fault(err)
		}
		c = &conn{lite: lite, ready: map[string]*sql.Stmt{}}
	}
	err := use(c)
	if err == nil || is(err, truce.Absent) || is(err, truce.Invalid) {
		f.idle <- c // there is room for one a slot
	} else {
		c.discard()
	}
	return err
}

// discard closes a connection of SQLite.
func (c *conn) discard() {
	for _, s := range c.ready {
		s.Close()
	}
	for _, s := range c.bare {
		s.Close()
	}
	_ = c.lite.Raw(func(any) error { return driver.ErrBadConn }) // the pool closes it
	c.lite.Close()
}

// connect opens the connection that writes.
func (f *liteFile) connect(ctx context.Context) (*conn, error) {
	c, err := f.write.Conn(ctx)
	if err != nil {
		return nil, fault(err)
	}
	return &conn{lite: c, ready: map[string]*sql.Stmt{}, bare: map[string]driver.Stmt{}}, nil
}

// schema returns the number of the schema, 0 for an empty file.
func (f *liteFile) schema(ctx context.Context, c *conn) (int, error) {
	tables, err := c.number(ctx, "SELECT count(*) FROM sqlite_schema")
	if err != nil || tables == 0 {
		return 0, err
	}
	if n, err := c.number(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'"); err != nil || n == 0 {
		return 0, cmp.Or(err, invalid(filepath.Base(f.path), "this database is not a record of Truce"))
	}
	return schemaNumber(ctx, c)
}

// keep checks an older file and copies it beside itself before it is changed.
func (f *liteFile) keep(ctx context.Context, c *conn, have int) error {
	var word string
	if _, err := c.one(ctx, "PRAGMA quick_check(1)", nil, &word); err != nil || word != "ok" {
		return cmp.Or(err, unavailable("the file is damaged, so it is not brought up to date: %s", word))
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return fileFault(err)
	}
	if free := freeSpace(filepath.Dir(f.path)); free >= 0 && free < 3*info.Size() {
		return noSpace(3*info.Size(), free)
	}
	copied := fmt.Sprintf("%s.v%d", f.path, have)
	if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileFault(err)
	}
	if _, err := c.exec(ctx, "VACUUM INTO $1", copied); err != nil {
		return err
	}
	return fileFault(os.Chmod(copied, 0o600))
}

// wipe makes the file and the log beside it lose all that was deleted: kept copies go, the
// file is written anew, and the write-ahead log is emptied.
func (f *liteFile) wipe(ctx context.Context, c *conn) error {
	old, err := filepath.Glob(globSafe(f.path) + ".v[0-9]*")
	if err != nil {
		return invalid("path", "%v", err)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return fileFault(err)
		}
	}
	if err := f.checkpoint(ctx, c); err != nil {
		return err
	}
	if info, err := os.Stat(f.path); err != nil {
		return fileFault(err)
	} else if free := freeSpace(filepath.Dir(f.path)); free >= 0 && free < 2*info.Size() {
		return noSpace(2*info.Size(), free)
	}
	if _, err := c.exec(ctx, "VACUUM"); err != nil {
		return err
	}
	return f.checkpoint(ctx, c)
}

// globSafe quotes what a pattern would read as more than itself.
func globSafe(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// checkpoint moves the write-ahead log into the file and cuts it to nothing. Readers may hold
// it up; it is tried until they are through.
func (f *liteFile) checkpoint(ctx context.Context, c *conn) error {
	for {
		var busy, frames, moved int64
		if _, err := c.one(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil, &busy, &frames, &moved); err != nil {
			return err
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return unavailable("readers hold the write-ahead log: %v", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// insertAll runs a statement for many rows, past database/sql and what it does for each. The
// values are those that drivers know: int64, float64, string, []byte and nil.
func (c *conn) insertAll(ctx context.Context, q string, n int, row func(i int) []any) error {
	if n == 0 {
		return nil
	}
	return fault(c.lite.Raw(func(dc any) error {
		s, err := c.bareStatement(ctx, dc, q)
		if err != nil {
			return err
		}
		var args []driver.NamedValue
		for i := range n {
			args = args[:0]
			for j, v := range row(i) {
				args = append(args, driver.NamedValue{Ordinal: j + 1, Value: v})
			}
			if _, err := s.(driver.StmtExecContext).ExecContext(ctx, args); err != nil {
				return err
			}
		}
		return nil
	}))
}

// bareStatement returns a prepared statement of the driver's own.
func (c *conn) bareStatement(ctx context.Context, dc any, q string) (driver.Stmt, error) {
	if s := c.bare[q]; s != nil {
		return s, nil
	}
	s, err := dc.(driver.ConnPrepareContext).PrepareContext(ctx, q)
	if err == nil {
		c.bare[q] = s
	}
	return s, err
}

// never reports whether there was never a row of the name, which for most entries of a batch
// is all that there is to know: past database/sql too.
func (c *conn) never(ctx context.Context, k rowKey) (none bool, err error) {
	err = c.lite.Raw(func(dc any) error {
		s, err := c.bareStatement(ctx, dc, "SELECT 1 FROM version WHERE kind = ? AND rid = ? LIMIT 1")
		if err != nil {
			return err
		}
		r, err := s.(driver.StmtQueryContext).QueryContext(ctx, []driver.NamedValue{{Ordinal: 1, Value: k.kind}, {Ordinal: 2, Value: k.id}})
		if err != nil {
			return err
		}
		var one [1]driver.Value
		err = r.Next(one[:])
		if none = errors.Is(err, io.EOF); none {
			err = nil
		}
		return cmp.Or(err, r.Close())
	})
	return none, fault(err)
}

// index puts versions into the indexes that do not follow by themselves.
func (c *conn) index(ctx context.Context, list []version) error {
	var placed, worded []*version
	for i := range list {
		if list[i].row.Box != nil {
			placed = append(placed, &list[i])
		}
		if list[i].row.Text != "" {
			worded = append(worded, &list[i])
		}
	}
	err := c.fill(ctx, "place", columnList("id, west, east, south, north, since, till"), len(placed), func(i int) []any {
		west, south, east, north, since, till := thin(placed[i].row.Box)
		return []any{placed[i].id, west, east, south, north, since, till}
	})
	if err != nil {
		return err
	}
	return c.fill(ctx, "words", columnList("rowid, text"), len(worded), func(i int) []any { return []any{worded[i].id, worded[i].row.Text} })
}

// unindex takes a version out of them; it must still be as it was put in.
func (c *conn) unindex(ctx context.Context, v *version) error {
	if v.row.Text != "" {
		if _, err := c.exec(ctx, "INSERT INTO words (words, rowid, text) VALUES ('delete', $1, $2)", v.id, v.row.Text); err != nil {
			return err
		}
	}
	if v.row.Box == nil {
		return nil
	}
	_, err := c.exec(ctx, "DELETE FROM place WHERE id = $1", v.id)
	return err
}

// clearState deletes all versions. The indexes are made anew, which is quicker than emptying
// them row by row.
func (f *liteFile) clearState(ctx context.Context, c *conn) error {
	for _, table := range []string{"place", "words"} {
		var again string
		if _, err := c.one(ctx, "SELECT sql FROM sqlite_schema WHERE name = $1", []any{table}, &again); err != nil {
			return err
		}
		if err := c.script(ctx, "DROP TABLE "+table+"; "+again); err != nil {
			return err
		}
	}
	return c.script(ctx, "INSERT INTO words (words, rank) VALUES ('secure-delete', 1); DELETE FROM version; DELETE FROM label")
}

// check lets SQLite check its own structures, and the indexes that do not follow by
// themselves.
func (f *liteFile) check(k *check) error {
	words := func(r *rows) error {
		var word string
		err := r.scan(&word)
		if word != "ok" {
			k.found("structure", filepath.Base(f.path), "%s", word)
		}
		return err
	}
	// FTS5 checks what it remembers of its index; a question makes it look at the disk first.
	if _, err := k.c.number(k.ctx, "SELECT count(*) FROM words WHERE words MATCH 'a'"); err != nil && !is(err, truce.Unavailable) {
		return err
	}
	if err := k.c.each(k.ctx, "PRAGMA integrity_check(100)", nil, words); err != nil {
		if is(err, truce.Unavailable) {
			k.found("structure", filepath.Base(f.path), "%v", err)
		}
		return err
	}
	if err := k.c.each(k.ctx, "SELECT rtreecheck('place')", nil, words); err != nil {
		return err
	}
	for _, c := range []struct{ sql, msg string }{
		{"SELECT count(*) FROM version v WHERE v.west IS NOT NULL AND NOT EXISTS (SELECT 1 FROM place p WHERE p.id = v.id AND p.south <= v.south AND p.north >= v.north AND p.west <= v.west AND p.east >= v.east)", "%d versions are not in the index of places"},
		{"SELECT count(*) FROM place p WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.id = p.id AND v.west IS NOT NULL)", "the index of places has %d versions too many"},
	} {
		n, err := k.c.number(k.ctx, c.sql)
		if err != nil {
			return err
		}
		if n > 0 {
			k.found("index", filepath.Base(f.path), c.msg, n)
		}
	}
	return nil
}

// checkWords lets SQLite compare the index of words with the versions, which only the writer
// may ask for.
func (db *DB) checkWords(ctx context.Context, k *check) error {
	return db.submit(&request{ctx: ctx, alone: func(ctx context.Context) error {
		_, err := db.w.conn.exec(ctx, "INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
		if is(err, truce.Unavailable) {
			k.found("index", filepath.Base(db.lite.path), "the index of words is not that of the versions")
			err = nil
		}
		return err
	}})
}
