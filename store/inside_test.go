package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// TestOneProcessServes: neither another process nor this one can open the record twice.
func TestOneProcessServes(t *testing.T) {
	if path := os.Getenv("STORE_TEST_SECOND"); path != "" {
		_, err := Open(t.Context(), path, options())
		fmt.Println("second:", err)
		return
	}
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	db.SetKey(instance(t))
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil {
		t.Fatal(err)
	}
	const words = "another process serves this record"
	if _, err := Open(t.Context(), path, options()); !is(err, truce.Unavailable) || !strings.Contains(err.Error(), words) {
		t.Errorf("opened twice: %v", err)
	}
	second := exec.Command(os.Args[0], "-test.run=^TestOneProcessServes$", "-test.v")
	second.Env = append(os.Environ(), "STORE_TEST_SECOND="+path)
	if out, err := second.CombinedOutput(); err != nil || !strings.Contains(string(out), words) {
		t.Errorf("%v\n%s", err, out)
	}
	o := options()
	o.ReadOnly = true
	reader, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil {
		t.Fatal(err)
	}
	a, errA := reader.Head(t.Context())
	b, errB := db.Head(t.Context())
	if a != b || a.Size != 3 || errA != nil || errB != nil {
		t.Errorf("%v and %v, %v %v", a, b, errA, errB)
	}
	if _, err := reader.Append(t.Context(), Draft{Kind: "a.b"}); !is(err, truce.Denied) {
		t.Errorf("read only, and wrote: %v", err)
	}
	if p, err := reader.Fsck(t.Context()); err != nil || p != nil {
		t.Errorf("%v, %v", p, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(t.Context(), path, options()); err != nil {
		t.Fatal(err)
	}
	db.Close()
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

// older is the schema as it might have been, one step less than what the test knows.
func older() []migration {
	return append(steps(false), migration{2, "CREATE TABLE more (x INTEGER) STRICT;"})
}

func TestOlderSchemaIsKeptAndBroughtUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	db.SetKey(instance(t))
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil {
		t.Fatal(err)
	}
	want, _ := db.Head(t.Context())
	db.Close()
	if db, err = open(t.Context(), path, options(), older()); err != nil {
		t.Fatal(err)
	}
	if is, err := db.Head(t.Context()); is != want || err != nil {
		t.Errorf("%v, %v; expected %v", is, err, want)
	}
	db.Close()
	// The old program refuses the new file, and does not touch it; it opens the kept one.
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, options())
	if !is(err, truce.Unavailable) || !strings.Contains(err.Error(), "schema 2") {
		t.Errorf("%v; expected a refusal", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the newer file was touched: %v", err)
	}
	if db, err = Open(t.Context(), path+".v1", options()); err != nil {
		t.Fatal(err)
	}
	if is, err := db.Head(t.Context()); is != want || err != nil {
		t.Errorf("kept: %v, %v; expected %v", is, err, want)
	}
	db.Close()
	// A wipe takes the kept copy along, which might hold what was destroyed.
	if db, err = open(t.Context(), path, options(), older()); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Wipe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".v1"); err == nil {
		t.Error("the kept copy outlived the wipe")
	}
}

func TestMigrationThatFailsChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	bad := append(steps(false), migration{2, "CREATE TABLE more (x INTEGER) STRICT; CREATE TABLE entry (x INTEGER);"})
	if _, err := open(t.Context(), path, options(), bad); err == nil {
		t.Fatal("it did not fail")
	}
	if db, err = Open(t.Context(), path, options()); err != nil {
		t.Fatal(err)
	}
	db.Close()
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

// TestDamageIsFound changes the database behind the record's back, each time in one way.
func TestDamageIsFound(t *testing.T) {
	for sql, want := range map[string]string{
		"UPDATE entry SET leaf = replace(leaf, 'a.b', 'a.c') WHERE n = 2":     "entry",
		"UPDATE entry SET fields = replace(fields, 'one', 'two') WHERE n = 2": "entry",
		"UPDATE entry SET at = at - 1 WHERE n = 2":                            "entry time",
		"DELETE FROM entry WHERE n = 2":                                       "gap",
		"UPDATE tile SET hashes = zeroblob(length(hashes))":                   "tile",
		"DELETE FROM tile":                                      "tile",
		"INSERT INTO tile VALUES (0, 7, x'00')":                 "tile",
		"UPDATE version SET to_n = 3 WHERE rid = '1'":           "version",
		"UPDATE version SET from_n = 99 WHERE rid = '1'":        "version",
		"UPDATE version SET text = 'ONE' WHERE rid = '1'":       "version",
		"UPDATE version SET text = 'two' WHERE rid = '1'":       "index",
		"UPDATE version SET west = 7, east = 8 WHERE rid = '1'": "index",
		"DELETE FROM place WHERE id = 2":                        "index",
		"DELETE FROM version WHERE rid = '2'":                   "index",
		"DELETE FROM label":                                     "label",
		"INSERT INTO submission VALUES ('x', 99)":               "submission",
		"INSERT INTO checkpoint VALUES (2, 'desk.example')":     "checkpoint",
		"INSERT INTO meta VALUES ('wipe', 'due')":               "wipe",
	} {
		t.Run(sql, func(t *testing.T) {
			o := options()
			o.Fold = func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
				return []truce.Row{{Kind: "r", ID: fmt.Sprint(n), Body: []byte("{}"), Text: "one", Box: &truce.Box{West: 1, East: 2, South: 1, North: 2}}}, nil
			}
			db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			db.SetKey(instance(t))
			for range 4 {
				f := ledger.NewFields(seed())
				if err := f.Set("x", "one"); err != nil {
					t.Fatal(err)
				}
				if _, err := db.Append(t.Context(), Draft{Kind: "a.b", Fields: f}); err != nil {
					t.Fatal(err)
				}
			}
			if p, err := db.Fsck(t.Context()); err != nil || p != nil {
				t.Fatalf("before: %v, %v", p, err)
			}
			err = db.submit(&request{ctx: t.Context(), alone: func(ctx context.Context) error {
				sql = strings.Replace(strings.Replace(sql, "replace(leaf", "CAST(replace(CAST(leaf AS TEXT)", 1), "replace(fields", "CAST(replace(CAST(fields AS TEXT)", 1)
				if strings.Contains(sql, "CAST") {
					sql = strings.Replace(sql, ") WHERE", ") AS BLOB) WHERE", 1)
				}
				if strings.Contains(sql, "checkpoint") {
					sql = strings.Replace(sql, "'desk.example'", "x'00'", 1)
				}
				n, err := db.w.conn.exec(ctx, sql)
				if n == 0 && err == nil {
					t.Error("nothing was changed")
				}
				return err
			}})
			if err != nil {
				t.Fatal(err)
			}
			p, err := db.Fsck(t.Context())
			found := map[string]bool{}
			for _, x := range p {
				found[x.Code] = true
			}
			for _, w := range strings.Fields(want) {
				if !found[w] {
					t.Errorf("found %v, %v; expected %s", p, err, want)
				}
			}
		})
	}
}

// TestDiskThatTurnsReadOnly: what cannot be written is refused, and written when it can.
func TestDiskThatTurnsReadOnly(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), options())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetKey(instance(t))
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil {
		t.Fatal(err)
	}
	err = db.submit(&request{ctx: t.Context(), alone: func(ctx context.Context) error {
		_, err := db.w.conn.exec(ctx, "PRAGMA query_only = on")
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Append(t.Context(), Draft{Kind: "a.b"}); !is(err, truce.Unavailable) {
		t.Errorf("%v; expected it to be unavailable", err)
	}
	if got, err := db.Append(t.Context(), Draft{Kind: "a.b"}); err != nil || got[0].N != 2 {
		t.Errorf("%v, %v", got, err)
	}
}
