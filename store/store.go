// Package store is the record's database: the entries, the state that folding them gives, and
// a few small private things beside the log. One type, [DB], on SQLite or on PostgreSQL with
// PostGIS; both give the same answers.
//
// [Open] opens a record, [DB.Append] adds entries, [DB.List] reads the state as it was after
// any number of entries ("as of"). Entries are numbered from 0; as-of n is the state after
// the first n entries, and 0 in a question means all of them. Times are UTC in milliseconds.
// Places are degrees on WGS 84.
//
// One process serves a record at a time. Concurrent calls of Append share durable
// transactions. Errors are truce.Error; Unavailable with the hint "507" says that the disk is
// full. After any failure the record goes on without a restart.
package store

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"truce"
	"truce/ledger"
)

// Fold turns entry n into the rows that it changes. It is pure: what it gives depends on its
// arguments alone, and old tells the rows as they stood before the entry (false: there is
// none, or it ended); what it returns must not be changed. It may be called again for the same
// entry, and must take entries of which fields are absent, because they were destroyed. A row
// with a nil body ends the row. Rows that come out as they were make no version.
type Fold func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error)

// Options say how to open a record.
type Options struct {
	Now  func() time.Time // the clock; needed
	Fold Fold             // what entries add up to; nil: no state is kept
	// FoldVersion is raised whenever Fold gives for some entry other rows than before. A record
	// whose state an older fold made is rebuilt when it is opened for writing; one whose state a
	// newer one made is then refused. Who only reads sees the state as it was made.
	FoldVersion int
	// ReadOnly opens beside a process that serves the record. Everything that writes is
	// Denied.
	ReadOnly bool
	// Queue is how many calls may wait for the writer; beyond it they are refused as
	// Unavailable. 0: DefaultQueue.
	Queue int
}

// DefaultQueue is how many calls may wait for the writer.
const DefaultQueue = 4096

// maxBack is how far the clock may stand before the last entry. Less is taken for jitter and
// the entry gets the last entry's time.
const maxBack = 5 * time.Second

// DB is an open record. It is safe for concurrent use.
type DB struct {
	o    Options
	lite *liteFile // one of lite and pg is set
	pg   *pgServer

	key   atomic.Pointer[ledger.Key]
	head  atomic.Pointer[Head]
	queue chan *request
	stop  chan struct{} // closed by Close
	done  chan struct{} // closed when the writer has ended

	grown  sync.Mutex
	growth chan struct{} // closed, and made anew, when the record grows
	closed sync.Once

	w writer // touched by the writer's goroutine only, once it runs
}

// Head is how far the record has come.
type Head struct {
	Size int64 // number of entries
	Root ledger.Hash
	At   time.Time // when the last entry was recorded; zero for no entries
}

// Open opens the record at a URL: "postgres://..." for a PostgreSQL database with PostGIS
// (the schema is the first of search_path), a path or "sqlite:path" for a SQLite file, which
// is created with mode 0600. An older schema is brought up to date: a SQLite file is copied
// beside itself first ("record.db.v1"). A newer one is refused. A record that another process
// serves is Unavailable. A state that an older fold made is rebuilt, see [Options].
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	return open(ctx, url, o, steps(strings.HasPrefix(url, "postgres")))
}

func open(ctx context.Context, url string, o Options, list []migration) (*DB, error) {
	if o.Now == nil {
		return nil, invalid("Options.Now", "a clock is needed")
	}
	if o.Fold == nil {
		o.Fold = func(func(string, string) (truce.Row, bool, error), int64, *ledger.Entry) ([]truce.Row, error) {
			return nil, nil
		}
	}
	if o.Queue == 0 {
		o.Queue = DefaultQueue
	}
	db := &DB{o: o, queue: make(chan *request, o.Queue), stop: make(chan struct{}), done: make(chan struct{}), growth: make(chan struct{})}
	var err error
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		db.pg, err = dialPG(ctx, url, o.ReadOnly)
	} else {
		db.lite, err = openLite(ctx, strings.TrimPrefix(url, "sqlite:"), o.ReadOnly)
	}
	if err == nil {
		err = db.begin(ctx, list)
	}
	if err != nil {
		db.release(ctx)
		return nil, err
	}
	return db, nil
}

// ReadOnly reports whether the database was opened beside a process that serves the record.
func (db *DB) ReadOnly() bool { return db.o.ReadOnly }

// begin brings the schema up to date, reads the head and starts the writer.
func (db *DB) begin(ctx context.Context, list []migration) error {
	if db.o.ReadOnly {
		close(db.done)
		return db.view(ctx, func(c *conn) error { return db.current(ctx, c, list) })
	}
	if err := db.connect(ctx); err != nil {
		return err
	}
	if err := db.migrate(ctx, db.w.conn, list); err != nil {
		return err
	}
	if err := db.load(ctx); err != nil {
		return err
	}
	if err := db.folded(ctx); err != nil {
		return err
	}
	if err := db.finishWipe(ctx); err != nil && !is(err, truce.Unavailable) { // Fsck says that it is due
		return err
	}
	go db.write()
	return nil
}

// Close waits for what is being written, refuses what waits and closes the database.
func (db *DB) Close() error {
	var err error
	db.closed.Do(func() {
		close(db.stop)
		<-db.done
		err = db.release(context.Background())
	})
	return err
}

// release lets go of all connections and of the lock.
func (db *DB) release(ctx context.Context) error {
	db.disconnect(ctx, unavailable("closed"))
	switch {
	case db.lite != nil:
		return db.lite.close()
	case db.pg != nil:
		db.pg.pool.Close()
	}
	return nil
}

// SetKey sets the instance's key, which answers for entries that name no other. On an empty
// record the first Append enrols it.
func (db *DB) SetKey(instance *ledger.Key) { db.key.Store(instance) }

// Head returns how far the record has come.
func (db *DB) Head(ctx context.Context) (Head, error) {
	if h := db.head.Load(); h != nil {
		return *h, nil
	}
	var h Head
	err := db.view(ctx, func(c *conn) (err error) {
		_, h, err = db.readHead(ctx, c)
		return err
	})
	return h, err
}

// Size returns the number of entries.
func (db *DB) Size(ctx context.Context) (int64, error) {
	if h := db.head.Load(); h != nil {
		return h.Size, nil
	}
	var n int64
	err := db.peek(ctx, func(c *conn) (err error) {
		n, err = c.number(ctx, "SELECT max(n) + 1 FROM entry")
		return err
	})
	return n, err
}

// Wait returns the number of entries as soon as it is more than size. It sees only what this
// process appends.
func (db *DB) Wait(ctx context.Context, size int64) (int64, error) {
	for {
		db.grown.Lock()
		next := db.growth
		db.grown.Unlock()
		if n, err := db.Size(ctx); err != nil || n > size {
			return n, err
		}
		select {
		case <-next:
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-db.stop:
			return 0, unavailable("the record is closed")
		}
	}
}

// publish shows a new head to readers.
func (db *DB) publish(h Head) {
	db.head.Store(&h)
	db.grown.Lock()
	defer db.grown.Unlock()
	close(db.growth)
	db.growth = make(chan struct{})
}

// peek lends a connection for one statement.
func (db *DB) peek(ctx context.Context, f func(c *conn) error) error {
	if db.pg != nil {
		return db.pg.lend(ctx, f)
	}
	return db.lite.lend(ctx, f)
}

// view lends a connection for statements that see one and the same state.
func (db *DB) view(ctx context.Context, f func(c *conn) error) error {
	start := "BEGIN"
	if db.pg != nil {
		start = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	return db.peek(ctx, func(c *conn) error {
		if _, err := c.exec(ctx, start); err != nil {
			return err
		}
		err := f(c)
		if end := c.rollback(ctx); err == nil {
			err = end
		}
		return err
	})
}
