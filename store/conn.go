package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// conn is one connection to either database; exactly one of lite and pg is set. It is the
// only place where the two meet: statements above it are written once, with $1, $2 for what
// is put in.
type conn struct {
	lite  *sql.Conn
	ready map[string]*sql.Stmt   // prepared statements
	bare  map[string]driver.Stmt // those of insertAll

	pg      *pgx.Conn
	waiting *pgx.Batch // statements that go with the next round trip

	insertions map[string]string // by table
}

// question turns $1 into ?1, which is how SQLite numbers what is put in.
func question(q string) string { return strings.ReplaceAll(q, "$", "?") }

// exec runs a statement and returns the number of rows that it touched.
func (c *conn) exec(ctx context.Context, q string, args ...any) (int64, error) {
	if c.pg != nil {
		tag, err := c.pg.Exec(ctx, q, args...)
		return tag.RowsAffected(), fault(err)
	}
	s, err := c.prepare(ctx, q)
	if err != nil {
		return 0, fault(err)
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, fault(err)
	}
	n, err := r.RowsAffected()
	return n, fault(err)
}

// later runs a statement whose outcome is asked for only in settle: on PostgreSQL many of
// them make one round trip.
func (c *conn) later(ctx context.Context, q string, args ...any) error {
	if c.pg == nil {
		_, err := c.exec(ctx, q, args...)
		return err
	}
	if c.waiting == nil {
		c.waiting = &pgx.Batch{}
	}
	c.waiting.Queue(q, args...)
	return nil
}

// settle sends what later has gathered.
func (c *conn) settle(ctx context.Context) error {
	if c.waiting == nil {
		return nil
	}
	b := c.waiting
	c.waiting = nil
	return fault(c.pg.SendBatch(ctx, b).Close())
}

// prepare returns the prepared form of a statement.
func (c *conn) prepare(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := c.ready[q]; s != nil {
		return s, nil
	}
	if len(c.ready) >= maxReady {
		for _, s := range c.ready {
			s.Close()
		}
		clear(c.ready)
	}
	s, err := c.lite.PrepareContext(ctx, question(q))
	if err == nil {
		c.ready[q] = s
	}
	return s, err
}

// rows are the answer to a query of either database.
type rows struct {
	lite *sql.Rows
	pg   pgx.Rows
}

// query asks for rows; they must be closed.
func (c *conn) query(ctx context.Context, q string, args ...any) (*rows, error) {
	if c.pg != nil {
		r, err := c.pg.Query(ctx, q, args...)
		return &rows{pg: r}, fault(err)
	}
	s, err := c.prepare(ctx, q)
	if err != nil {
		return nil, fault(err)
	}
	r, err := s.QueryContext(ctx, args...)
	return &rows{lite: r}, fault(err)
}

func (r *rows) next() bool {
	if r.pg != nil {
		return r.pg.Next()
	}
	return r.lite.Next()
}

func (r *rows) scan(dest ...any) error {
	if r.pg != nil {
		return fault(r.pg.Scan(dest...))
	}
	return fault(r.lite.Scan(dest...))
}

// close ends the answer and returns what went wrong on the way.
func (r *rows) close() error {
	if r.pg != nil {
		r.pg.Close()
		return fault(r.pg.Err())
	}
	return fault(errors.Join(r.lite.Err(), r.lite.Close()))
}

// each calls f for every row of an answer; f scans it.
func (c *conn) each(ctx context.Context, q string, args []any, f func(r *rows) error) error {
	r, err := c.query(ctx, q, args...)
	if err != nil {
		return err
	}
	for r.next() {
		if err := f(r); err != nil {
			return errors.Join(err, r.close())
		}
	}
	return r.close()
}

// one scans the first row of an answer and reports whether there was one.
func (c *conn) one(ctx context.Context, q string, args []any, dest ...any) (bool, error) {
	r, err := c.query(ctx, q, args...)
	if err != nil {
		return false, err
	}
	found := r.next()
	if found {
		if err := r.scan(dest...); err != nil {
			return false, errors.Join(err, r.close())
		}
	}
	return found, r.close()
}

// number returns the single integer that a query answers with, 0 for none.
func (c *conn) number(ctx context.Context, q string, args ...any) (int64, error) {
	var n *int64
	if _, err := c.one(ctx, q, args, &n); err != nil || n == nil {
		return 0, err
	}
	return *n, nil
}

// fill adds n rows to a table. On SQLite one statement a row is the quickest way, because one
// for several rows keeps a journal of its own.
func (c *conn) fill(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	const many = 32
	if c.pg != nil && n >= many {
		return c.copyIn(ctx, table, columns, n, row)
	}
	q := c.insertion(table, columns)
	if c.pg == nil {
		return c.insertAll(ctx, q, n, row)
	}
	for i := range n {
		if err := c.later(ctx, q, row(i)...); err != nil {
			return err
		}
	}
	return nil
}

// insertion is the statement that adds a row.
func (c *conn) insertion(table string, columns []string) string {
	if s := c.insertions[table]; s != "" {
		return s
	}
	marks := places(1, len(columns))
	if c.pg == nil {
		marks = strings.Repeat("?, ", len(columns)-1) + "?" // SQLite looks up a number each time
	}
	if c.insertions == nil {
		c.insertions = map[string]string{}
	}
	c.insertions[table] = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ", "), marks)
	return c.insertions[table]
}

// columnList takes a list of columns apart.
func columnList(s string) []string { return strings.Split(s, ", ") }

// rollback ends a transaction without keeping it. It works when ctx has ended too.
func (c *conn) rollback(ctx context.Context) error {
	c.waiting = nil
	_, err := c.exec(context.WithoutCancel(ctx), "ROLLBACK")
	return err
}
