package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/ledger"
)

// These tests look at what the package keeps to itself.

func options() Options {
	return Options{Now: func() time.Time { return time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC) }}
}

func instance(t testing.TB) *ledger.Key {
	k, err := ledger.NewKey(strings.NewReader(strings.Repeat("k", 32)), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestDriverHasItsOwnLibc: the driver is translated against one version of libc and may fail
// in any way with another.
func TestDriverHasItsOwnLibc(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, want, ok := strings.Cut(string(mod), "modernc.org/libc ")
	want, _, _ = strings.Cut(want, "\n")
	out, err = exec.Command("go", "list", "-m", "-f", "{{.Version}}", "modernc.org/libc").Output()
	if is := strings.TrimSpace(string(out)); err != nil || !ok || is != want {
		t.Errorf("libc %s, %v; the driver's go.mod asks for %q", is, err, want)
	}
}

// TestConnectionsAreHardened asks every setting of a connection of either sort.
func TestConnectionsAreHardened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a%20b?.db")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "a%20b#.db")
	db, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetKey(instance(t))
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil {
		t.Fatal(err)
	}
	ask := func(c *conn, pragma string) string {
		var s string
		if _, err := c.one(t.Context(), "PRAGMA "+pragma, nil, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "trusted_schema": "0", "foreign_keys": "1", "cell_size_check": "1", "mmap_size": "0", "busy_timeout": "5000", "query_only": "0"}
	check := func(name string, c *conn) {
		for pragma, w := range want {
			if got := ask(c, pragma); got != w {
				t.Errorf("%s: %s is %s; expected %s", name, pragma, got, w)
			}
		}
		if _, err := c.exec(t.Context(), `SELECT "no such column"`); err == nil {
			t.Errorf("%s takes a name for a text", name)
		}
		if _, err := c.exec(t.Context(), "UPDATE words_data SET block = NULL"); err == nil {
			t.Errorf("%s lets the index be written past", name)
		}
	}
	err = db.submit(&request{ctx: t.Context(), alone: func(context.Context) error { check("writer", db.w.conn); return nil }})
	if err != nil {
		t.Error(err)
	}
	want["query_only"] = "1"
	err = db.peek(t.Context(), func(c *conn) error {
		check("reader", c)
		_, err := c.exec(t.Context(), "DELETE FROM entry")
		if err == nil {
			t.Error("a reader wrote")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		if info, err := os.Stat(path + end); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; expected 0600", end, info.Mode(), err)
		}
	}
}

// TestDiskFull: a transaction that finds no room changes nothing, says so, and the next that
// finds some is written, by the same process.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetKey(instance(t))
	big := func() Draft {
		f := ledger.NewFields(seed())
		if err := f.Set("text", strings.Repeat("word ", 20_000)); err != nil {
			t.Fatal(err)
		}
		return Draft{Kind: "a.b", Fields: f}
	}
	if _, err := db.Append(t.Context(), big()); err != nil {
		t.Fatal(err)
	}
	before, _ := db.Head(t.Context())
	limit := func(pages string) {
		t.Helper()
		err := db.submit(&request{ctx: t.Context(), alone: func(ctx context.Context) error {
			var n int64
			_, err := db.w.conn.one(ctx, "PRAGMA max_page_count = "+pages, nil, &n)
			return err
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes what there is already
	_, err = db.Append(t.Context(), big())
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != truce.Unavailable || e.Hint != "507" {
		t.Fatalf("%v; expected it to be unavailable with the hint 507", err)
	}
	if now, err := db.Head(t.Context()); now != before || err != nil {
		t.Errorf("%v, %v; expected %v", now, err, before)
	}
	// The writer has a new connection by now, which has no limit: as when room was made.
	if _, err := db.Append(t.Context(), big()); err != nil {
		t.Fatal(err)
	}
	if p, err := db.Fsck(t.Context()); err != nil || p != nil {
		t.Errorf("%v, %v", p, err)
	}
}

func TestFilesThatAreNoRecord(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.db")
	x, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Exec("CREATE TABLE t (x)"); err != nil {
		t.Fatal(err)
	}
	x.Close()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{foreign: "not a record", garbage: "damaged", filepath.Join(dir, "none", "a.db"): "no such file", "postgres://%zz": "connection string"} {
		before, _ := os.ReadFile(path)
		_, err := Open(t.Context(), path, options())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; expected %q", path, err, want)
		}
		if after, _ := os.ReadFile(path); len(before) != len(after) {
			t.Errorf("%s was changed", path)
		}
	}
}
