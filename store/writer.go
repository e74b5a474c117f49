package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"truce"
	"truce/ledger"
)

// Bounds of one transaction and of one call. A group is no larger than its callers make it:
// it is what came in while the one before was being written.
const (
	maxGroup  = 256    // calls in a transaction
	maxShared = 20_000 // drafts in a transaction, unless one call has more
	maxDrafts = 100_000
)

// patience is how long a transaction of a group may take on a server.
const patience = 2 * time.Minute

// writer is what the writer's goroutine holds: its connection, and what the disk says.
type writer struct {
	conn   *conn
	tree   *ledger.Tree
	last   int64 // milliseconds of the last entry
	nextID int64 // of versions
	labels map[[2]string]bool
	keys   map[string]bool // verifier keys in force
}

// request is one call that waits for the writer. With work it adds to a batch and shares a
// transaction; with alone it has the connection to itself.
type request struct {
	ctx    context.Context
	weight int
	work   func(b *batch) error
	alone  func(ctx context.Context) error
	err    error
	taken  atomic.Bool // by the writer, or by the caller who gave up
	done   chan struct{}
}

// submit queues a request and waits for its end. A caller whose context ends before the
// writer has come to the request is sure that nothing was written; one whose context ends
// after that waits for the truth.
func (db *DB) submit(r *request) error {
	if db.o.ReadOnly {
		return &truce.Error{Kind: truce.Denied, Msg: "the record is open for reading only"}
	}
	r.done = make(chan struct{})
	select {
	case <-db.stop:
		return unavailable("the record is closed")
	default:
	}
	select {
	case db.queue <- r:
	default:
		return &truce.Error{Kind: truce.Unavailable, Msg: fmt.Sprintf("%d calls wait to be written", cap(db.queue)), Hint: "try again in a moment"}
	}
	select {
	case <-r.done:
	case <-r.ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return r.ctx.Err()
		}
		<-r.done
	case <-db.done:
		if r.taken.CompareAndSwap(false, true) {
			return unavailable("the record is closed")
		}
		<-r.done
	}
	return r.err
}

// write is the writer: it takes requests until Close.
func (db *DB) write() {
	defer close(db.done)
	var next *request
	for {
		if next == nil {
			select {
			case next = <-db.queue:
			case <-db.stop:
				return
			}
		}
		var group []*request
		group, next = db.gather(next)
		db.serve(group)
		select {
		case <-db.stop:
			if next != nil && next.taken.CompareAndSwap(false, true) {
				next.finish(unavailable("the record is closed"))
			}
			return
		default:
		}
	}
}

// gather returns first and the requests that wait behind it and may share its transaction,
// and the one that may not.
func (db *DB) gather(first *request) (group []*request, next *request) {
	weight := 0
	for r := first; ; {
		if len(group) > 0 && (r.alone != nil || weight+r.weight > maxShared) {
			return group, r
		}
		if r.taken.CompareAndSwap(false, true) {
			group = append(group, r)
			weight += r.weight
		}
		if r.alone != nil || len(group) == maxGroup {
			return group, nil
		}
		select {
		case r = <-db.queue:
		default:
			return group, nil
		}
	}
}

// finish tells the caller how it went.
func (r *request) finish(err error) {
	r.err = err
	close(r.done)
}

// serve answers every request of a group.
func (db *DB) serve(group []*request) {
	switch err := db.ready(context.Background()); {
	case len(group) == 0:
	case err != nil:
		for _, r := range group {
			r.finish(err)
		}
	case group[0].alone != nil:
		err := group[0].runAlone()
		if err != nil {
			db.disconnect(context.Background(), err)
		}
		group[0].finish(err)
	default:
		db.commit(context.Background(), group)
	}
}

// commit writes a group in one transaction. Should the transaction fail, and not for want of
// the database, each request gets one of its own, so that none suffers for another.
func (db *DB) commit(ctx context.Context, group []*request) {
	live, err := db.try(ctx, group)
	if err != nil && len(live) > 1 && !is(err, truce.Unavailable) {
		for _, r := range live {
			if r.err = db.ready(ctx); r.err == nil {
				_, r.err = db.try(ctx, []*request{r})
			}
		}
	} else if err != nil {
		for _, r := range live {
			r.err = err
		}
	}
	for _, r := range group {
		r.finish(r.err)
	}
}

// try runs a transaction. It returns the requests that hang on its outcome; those that failed
// by themselves have their error and left no trace in it.
func (db *DB) try(ctx context.Context, group []*request) (live []*request, err error) {
	if db.pg != nil { // a server may never answer; SQLite does, and is quicker without a deadline
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	b := db.newBatch(ctx)
	defer func() {
		if errors.Is(err, context.DeadlineExceeded) {
			err = unavailable("the database did not answer within %s", patience)
		}
		if err != nil {
			db.disconnect(ctx, err)
		}
	}()
	if err := b.begin(); err != nil {
		return group, err
	}
	for _, r := range group {
		m := b.mark()
		if r.err = b.run(r); r.err != nil {
			b.rollback(m)
		} else {
			live = append(live, r)
		}
		if b.broken != nil {
			return group, b.broken
		}
	}
	return live, b.commit()
}

// run does the work of a request. A fold that panics fails its own request only.
func (b *batch) run(r *request) (err error) {
	defer caught(&err)
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.work(b)
}

func (r *request) runAlone() (err error) {
	defer caught(&err)
	return r.alone(r.ctx)
}

// caught makes a panic an error. It says what the panic was only if that is an error of the
// program's own making: a value might be of an entry.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = &truce.Error{Kind: truce.Internal, Msg: fmt.Sprintf("the fold failed: %T", p)}
		if e, ok := p.(runtime.Error); ok {
			*err = &truce.Error{Kind: truce.Internal, Msg: "the fold failed", Err: e}
		}
	}
}

// ready makes sure that the writer is connected and knows what the disk says.
func (db *DB) ready(ctx context.Context) error {
	if db.w.tree != nil {
		return nil
	}
	if db.w.conn == nil {
		if err := db.connect(ctx); err != nil {
			return err
		}
	}
	if err := db.load(ctx); err != nil {
		db.disconnect(ctx, err)
		return err
	}
	return nil
}

// connect opens the connection that writes.
func (db *DB) connect(ctx context.Context) (err error) {
	if db.pg != nil {
		db.w.conn, err = db.pg.connect(ctx)
	} else {
		db.w.conn, err = db.lite.connect(ctx)
	}
	return err
}

// disconnect gives up whatever the writer had begun, and its connection too where that may
// be at fault. All that the writer knew is read anew.
func (db *DB) disconnect(ctx context.Context, why error) {
	c := db.w.conn
	db.w = writer{}
	if c == nil {
		return
	}
	if c.pg != nil {
		if is(why, truce.Unavailable) || !c.again(ctx) {
			c.pg.Close(context.WithoutCancel(ctx))
			return
		}
		db.w.conn = c
		return
	}
	_ = c.rollback(ctx) // there may be none
	c.discard()
}

// load reads how far the record has come.
func (db *DB) load(ctx context.Context) error {
	w, c := &db.w, db.w.conn
	tree, h, err := db.readHead(ctx, c)
	if err != nil {
		return err
	}
	w.tree, w.last = tree, milli(h.At)
	if w.nextID, err = c.number(ctx, "SELECT max(id) FROM version"); err != nil {
		return err
	}
	w.nextID++
	if w.labels, err = readLabels(ctx, c); err != nil {
		return err
	}
	if w.keys, err = readKeys(ctx, c); err != nil {
		return err
	}
	db.publish(h)
	return nil
}

// readHead reads the head from the entries and the tiles.
func (db *DB) readHead(ctx context.Context, c *conn) (*ledger.Tree, Head, error) {
	var n, at int64
	some, err := c.one(ctx, "SELECT n, at FROM entry ORDER BY n DESC LIMIT 1", nil, &n, &at)
	if err != nil {
		return nil, Head{}, err
	}
	h := Head{}
	if some {
		h = Head{Size: n + 1, At: instant(at)}
	}
	tree, err := ledger.NewTree(h.Size, func(level int, n int64) ([]byte, error) { return readTile(ctx, c, level, n) })
	if err != nil {
		return nil, h, cmp.Or(unwrapKnown(err), error(&truce.Error{Kind: truce.Unavailable, Msg: "the tiles are damaged", Hint: "run fsck", Err: err}))
	}
	h.Root = tree.Root()
	return tree, h, nil
}

// unwrapKnown returns the truce.Error within err, or nil.
func unwrapKnown(err error) error {
	var e *truce.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

func readLabels(ctx context.Context, c *conn) (map[[2]string]bool, error) {
	out := map[[2]string]bool{}
	return out, c.each(ctx, "SELECT kind, label FROM label", nil, func(r *rows) error {
		var k [2]string
		err := r.scan(&k[0], &k[1])
		out[k] = true
		return err
	})
}

// readKeys returns the verifier keys in force.
func readKeys(ctx context.Context, c *conn) (map[string]bool, error) {
	out := map[string]bool{}
	return out, c.each(ctx, "SELECT leaf FROM entry WHERE kind IN ('key.enrolled', 'key.revoked') ORDER BY n", nil, func(r *rows) error {
		var leaf []byte
		if err := r.scan(&leaf); err != nil {
			return err
		}
		e, err := ledger.ParseLeaf(leaf)
		if err != nil {
			return &truce.Error{Kind: truce.Unavailable, Msg: "an entry is damaged", Hint: "run fsck", Err: err}
		}
		out[e.Enrols] = e.Kind == ledger.KeyEnrolled
		return nil
	})
}

// milli is a time as it is stored; instant is the way back.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
