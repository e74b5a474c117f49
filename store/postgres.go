package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"truce"
	"truce/ledger"
)

// pgServer is a schema of a PostgreSQL database: a pool that reads; connect opens the one
// connection that writes, which holds an advisory lock for as long as it lives.
type pgServer struct {
	pool   *pgxpool.Pool
	config *pgx.ConnConfig
}

// dialPG connects to a server.
func dialPG(ctx context.Context, url string, readOnly bool) (*pgServer, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: "url", Msg: "no connection string of PostgreSQL", Hint: "postgres://user@host/database"}
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "truce"
	}
	config.MaxConns = max(config.MaxConns, int32(2*runtime.GOMAXPROCS(0)))
	config.MaxConnIdleTime = time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fault(err)
	}
	s := &pgServer{pool: pool, config: config.ConnConfig}
	if err := s.spatial(ctx, readOnly); err != nil {
		return s, err
	}
	return s, nil
}

// spatial makes sure that the database has PostGIS.
func (s *pgServer) spatial(ctx context.Context, readOnly bool) error {
	return s.lend(ctx, func(c *conn) error {
		n, err := c.number(ctx, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
		if err != nil || n > 0 {
			return err
		}
		if !readOnly {
			_, err = c.exec(ctx, "CREATE EXTENSION postgis")
		}
		if readOnly || err != nil {
			return &truce.Error{Kind: truce.Unavailable, Msg: "the database has no PostGIS", Hint: "CREATE EXTENSION postgis, as its owner", Err: err}
		}
		return nil
	})
}

// lend lends a connection that reads.
func (s *pgServer) lend(ctx context.Context, use func(c *conn) error) error {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return fault(err)
	}
	defer c.Release()
	return use(&conn{pg: c.Conn()})
}

// connect opens the connection that writes. The lock is the connection's own: who loses the
// connection loses the lock, and cannot write with either.
func (s *pgServer) connect(ctx context.Context) (*conn, error) {
	pc, err := pgx.ConnectConfig(ctx, s.config.Copy())
	if err != nil {
		return nil, fault(err)
	}
	c := &conn{pg: pc}
	if err := s.claim(ctx, c); err != nil {
		pc.Close(ctx)
		return nil, err
	}
	return c, nil
}

// claim sets the connection up and takes the lock of the schema.
func (s *pgServer) claim(ctx context.Context, c *conn) error {
	if _, err := c.exec(ctx, "SET synchronous_commit = on"); err != nil {
		return err
	}
	var schema string
	if _, err := c.one(ctx, "SELECT coalesce(current_schema(), '')", nil, &schema); err != nil {
		return err
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "truce/record/%s", schema)
	for try := 0; ; try++ { // the server may need a moment to see that our last connection is dead
		var got bool
		if _, err := c.one(ctx, "SELECT pg_try_advisory_lock($1)", []any{int64(h.Sum64())}, &got); err != nil || got {
			return err
		}
		if try == 20 {
			return served("schema " + schema)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// again ends the transaction that the connection is in, and reports whether it can be used
// for another.
func (c *conn) again(ctx context.Context) bool {
	return c.rollback(ctx) == nil && !c.pg.IsClosed()
}

// schema returns the number of the schema, 0 for an empty one.
func (s *pgServer) schema(ctx context.Context, c *conn) (int, error) {
	n, err := c.number(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'")
	if err != nil || n == 0 {
		return 0, err
	}
	return schemaNumber(ctx, c)
}

// tables of a record, in an order in which they can be filled.
var tables = []string{"meta", "entry", "submission", "tile", "checkpoint", "version", "label", "kept"}

// keep copies the tables of an older schema into a schema beside it before they are changed.
func (s *pgServer) keep(ctx context.Context, c *conn, have int) error {
	var name string
	if _, err := c.one(ctx, "SELECT current_schema()", nil, &name); err != nil {
		return err
	}
	beside := pgx.Identifier{fmt.Sprintf("%s_v%d", name, have)}.Sanitize()
	script := "BEGIN; DROP SCHEMA IF EXISTS " + beside + " CASCADE; CREATE SCHEMA " + beside + ";\n"
	for _, t := range tables {
		n, err := c.number(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1", t)
		if err != nil {
			return err
		}
		if n > 0 {
			script += fmt.Sprintf("CREATE TABLE %s.%s (LIKE %s INCLUDING ALL); INSERT INTO %[1]s.%[2]s SELECT * FROM %[3]s;\n", beside, t, pgx.Identifier{name, t}.Sanitize())
		}
	}
	return c.script(ctx, script+"COMMIT")
}

// wipe makes the data files lose all that was deleted: kept copies go, the tables are written
// anew, and the write-ahead log moves on to a new file. What the old log files hold goes when
// the server removes them at its checkpoint, which takes wal_recycle = off and min_wal_size at
// its least; archives and replicas are the operator's to clean.
func (s *pgServer) wipe(ctx context.Context, c *conn) error {
	var name string
	if _, err := c.one(ctx, "SELECT current_schema()", nil, &name); err != nil {
		return err
	}
	var kept []string
	err := c.each(ctx, "SELECT nspname FROM pg_namespace WHERE nspname LIKE $1", []any{strings.NewReplacer("_", `\_`, "%", `\%`).Replace(name) + `\_v%`}, func(r *rows) error {
		var n string
		err := r.scan(&n)
		kept = append(kept, n)
		return err
	})
	for _, n := range kept {
		if err == nil && strings.Trim(strings.TrimPrefix(n, name+"_v"), "0123456789") == "" {
			_, err = c.exec(ctx, "DROP SCHEMA "+pgx.Identifier{n}.Sanitize()+" CASCADE")
		}
	}
	for _, t := range tables {
		if err == nil {
			_, err = c.exec(ctx, "VACUUM (FULL, ANALYZE) "+pgx.Identifier{name, t}.Sanitize())
		}
	}
	if err != nil {
		return err
	}
	return s.moveOn(ctx, c)
}

// moveOn begins a new file of the write-ahead log and checkpoints twice, so that the files
// before are removed. A server that lets us do neither does both by itself in time.
func (s *pgServer) moveOn(ctx context.Context, c *conn) error {
	for _, q := range []string{"CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"} {
		if _, err := c.exec(ctx, q); err != nil {
			var e *truce.Error
			if errors.As(err, &e) && e.Kind == truce.Internal { // not allowed
				return nil
			}
			return err
		}
	}
	return nil
}

// copyIn fills a table in the quickest way.
func (c *conn) copyIn(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	if err := c.settle(ctx); err != nil {
		return err
	}
	got, err := c.pg.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
	if err == nil && got != int64(n) {
		err = fmt.Errorf("%d of %d rows were taken", got, n)
	}
	return fault(err)
}

// foresee fetches in one round trip the rows that the folds of entries will ask for, by
// running them once for nothing but their questions.
func (b *batch) foresee(first int64, entries []*ledger.Entry) error {
	wanted := map[rowKey]bool{}
	ask := func(kind, id string) (truce.Row, bool, error) {
		if h, ok := b.rows[rowKey{kind, id}]; ok {
			return h.row, h.known && h.row.Body != nil, nil
		}
		wanted[rowKey{kind, id}] = true
		return truce.Row{}, false, nil
	}
	for i, e := range entries {
		func() {
			defer func() { _ = recover() }() // it will fail again where it counts
			out, _ := b.db.o.Fold(ask, first+int64(i), e)
			for _, r := range out {
				_, _, _ = ask(r.Kind, r.ID)
			}
		}()
	}
	var kinds, ids []string
	for k := range wanted {
		if plain("", k.kind, maxKind) == nil && plain("", k.id, maxID) == nil {
			kinds, ids = append(kinds, k.kind), append(ids, k.id)
			b.rows[k] = held{fresh: -1}
		}
	}
	return b.c.each(b.ctx, "SELECT "+versionColumns+` FROM unnest($1::text[], $2::text[]) w (k, i) CROSS JOIN LATERAL (
		SELECT * FROM version v WHERE v.kind = w.k COLLATE "C" AND v.rid = w.i COLLATE "C" ORDER BY v.from_n DESC LIMIT 1) x`, []any{kinds, ids}, func(r *rows) error {
		v, err := scanVersion(r)
		b.rows[rowKey{v.row.Kind, v.row.ID}] = held{version: v, known: true, fresh: -1}
		return err
	})
}

// clearState deletes all versions.
func (s *pgServer) clearState(ctx context.Context, c *conn) error {
	return c.script(ctx, "DELETE FROM version; DELETE FROM label")
}

// check lets the server check its indexes against the tables, where it has the extension
// amcheck for that.
func (s *pgServer) check(k *check) error {
	n, err := k.c.number(k.ctx, "SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")
	if err != nil || n == 0 {
		return err
	}
	var names []string
	err = k.c.each(k.ctx, "SELECT c.relname FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1", nil, func(r *rows) error {
		var name string
		err := r.scan(&name)
		names = append(names, name)
		return err
	})
	for _, name := range names {
		if err == nil {
			if _, bad := k.c.exec(k.ctx, "SELECT bt_index_check($1::regclass, true)", pgx.Identifier{name}.Sanitize()); bad != nil {
				k.found("structure", name, "%v", bad)
				err = bad // the transaction has ended with it
			}
		}
	}
	return err
}
