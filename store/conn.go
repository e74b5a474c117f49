package store

import (
	"context"
	"database/sql"
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
	ready map[string]*sql.Stmt // prepared statements of the writer; nil on readers

	pg      *pgx.Conn
	waiting *pgx.Batch // statements that go with the next round trip
}

// question turns $1 into ?1, which is how SQLite numbers what is put in.
func question(q string) string { return strings.ReplaceAll(q, "$", "?") }

// exec runs a statement and returns the number of rows that it touched.
func (c *conn) exec(ctx context.Context, q string, args ...any) (int64, error) {
	if c.pg != nil {
		tag, err := c.pg.Exec(ctx, q, args...)
		return tag.RowsAffected(), fault(err)
	}
	var r sql.Result
	var err error
	if s, perr := c.prepare(ctx, q); perr != nil {
		return 0, fault(perr)
	} else if s != nil {
		r, err = s.ExecContext(ctx, args...)
	} else {
		r, err = c.lite.ExecContext(ctx, question(q), args...)
	}
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

// prepare returns the prepared form of a statement on the writer, nil on a reader.
func (c *conn) prepare(ctx context.Context, q string) (*sql.Stmt, error) {
	if c.ready == nil {
		return nil, nil
	}
	if s := c.ready[q]; s != nil {
		return s, nil
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
	var r *sql.Rows
	if s != nil {
		r, err = s.QueryContext(ctx, args...)
	} else {
		r, err = c.lite.QueryContext(ctx, question(q), args...)
	}
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

// fill adds n rows to a table, many at a time.
func (c *conn) fill(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	const some = 32 // rows in a statement; from so many on PostgreSQL copies
	if c.pg != nil && n >= some {
		return c.copyIn(ctx, table, columns, n, row)
	}
	for i := 0; i < n; {
		k := 1
		if n-i >= some {
			k = some
		}
		args := make([]any, 0, k*len(columns))
		for range k {
			args = append(args, row(i)...)
			i++
		}
		if err := c.later(ctx, insertion(table, columns, k), args...); err != nil {
			return err
		}
	}
	return nil
}

// insertion is the statement that adds n rows.
func insertion(table string, columns []string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	for i := range n * len(columns) {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%len(columns) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// columnList takes a list of columns apart.
func columnList(s string) []string { return strings.Split(s, ", ") }

// rollback ends a transaction without keeping it. It works when ctx has ended too.
func (c *conn) rollback(ctx context.Context) error {
	c.waiting = nil
	_, err := c.exec(context.WithoutCancel(ctx), "ROLLBACK")
	return err
}
