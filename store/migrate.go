package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"truce"
)

//go:embed migrations/*.sql
var scripts embed.FS

// migration is one step of the schema. Steps are numbered from 1 without gaps and never
// change once released.
type migration struct {
	number int
	sql    string
}

// steps returns the migrations of a database in order.
func steps(postgres bool) []migration {
	end := ".sqlite.sql"
	if postgres {
		end = ".postgres.sql"
	}
	var out []migration
	names, err := fs.Glob(scripts, "migrations/*"+end)
	for _, name := range names {
		b, rerr := scripts.ReadFile(name)
		if rerr != nil {
			err = rerr
		}
		out = append(out, migration{len(out) + 1, string(b)})
	}
	if err != nil {
		panic(err) // they are part of the program
	}
	return out
}

// schemaNumber reads which step the database has come to.
func schemaNumber(ctx context.Context, c *conn) (int, error) {
	var word string
	if _, err := c.one(ctx, "SELECT value FROM meta WHERE name = 'schema'", nil, &word); err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 {
		return 0, unavailable("the schema calls itself %q; expected a number", word)
	}
	return n, nil
}

// schema reads which step the database has come to, 0 for an empty one.
func (db *DB) schema(ctx context.Context, c *conn) (int, error) {
	if db.pg != nil {
		return db.pg.schema(ctx, c)
	}
	return db.lite.schema(ctx, c)
}

// current refuses a schema that is not the one that the steps lead to.
func (db *DB) current(ctx context.Context, c *conn, list []migration) error {
	have, err := db.schema(ctx, c)
	if err != nil {
		return err
	}
	want := len(list)
	switch {
	case have > want:
		return &truce.Error{Kind: truce.Unavailable, Msg: fmt.Sprintf("the record has schema %d, this program knows %d", have, want), Hint: "use the newer program that made it"}
	case have < want:
		return unavailable("the record has schema %d; expected %d: open it for writing once", have, want)
	}
	return nil
}

// migrate brings the schema up to date, each step in a transaction of its own. An older
// record is checked and copied before it is touched; a newer one is refused.
func (db *DB) migrate(ctx context.Context, c *conn, list []migration) error {
	have, err := db.schema(ctx, c)
	if err != nil {
		return err
	}
	if have >= len(list) {
		return db.current(ctx, c, list)
	}
	if have > 0 {
		if err := db.keepOld(ctx, c, have); err != nil {
			return err
		}
	}
	for _, m := range list[have:] {
		if err := step(ctx, c, m); err != nil {
			return fmt.Errorf("schema %d: %w", m.number, err)
		}
	}
	return nil
}

func (db *DB) keepOld(ctx context.Context, c *conn, have int) error {
	if db.pg != nil {
		return db.pg.keep(ctx, c, have)
	}
	return db.lite.keep(ctx, c, have)
}

// step runs one migration and notes that it is done.
func step(ctx context.Context, c *conn, m migration) error {
	note := fmt.Sprintf("\nINSERT INTO meta (name, value) VALUES ('schema', '%d') ON CONFLICT (name) DO UPDATE SET value = excluded.value;\nCOMMIT;\n", m.number)
	err := c.script(ctx, "BEGIN;\n"+strings.TrimSuffix(strings.TrimSpace(m.sql), ";")+";"+note)
	if err != nil {
		_ = c.rollback(ctx) // the script's own error says more
	}
	return err
}

// script runs several statements.
func (c *conn) script(ctx context.Context, sql string) error {
	if c.pg != nil {
		_, err := c.pg.PgConn().Exec(ctx, sql).ReadAll()
		return fault(err)
	}
	_, err := c.lite.ExecContext(ctx, sql)
	return fault(err)
}

func noSpace(need, have int64) error {
	return &truce.Error{Kind: truce.Unavailable, Msg: fmt.Sprintf("the disk has %d MB free; expected %d MB", have>>20, need>>20), Hint: full}
}
