package store_test

import (
	"bytes"
	"context"
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
	"truce/store"
)

func head(t testing.TB, db *store.DB) store.Head {
	t.Helper()
	h, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// next opens the record with a program that knows one step of the schema more.
func (p place) next(sql string) (*store.DB, error) {
	return store.OpenNext(context.Background(), p.url, store.Options{Now: p.clock.Now, Fold: fold}, sql)
}

func TestOlderSchemaIsKeptAndBroughtUpToDate(t *testing.T) {
	const step = "CREATE TABLE more (x integer)"
	each(t, func(t *testing.T, p place) {
		db := told(t, p, 30)
		want := head(t, db)
		check := func(what string, db *store.DB, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if is := head(t, db); is != want {
				t.Errorf("%s: %v; expected %v", what, is, want)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := p.next(step)
		check("brought up to date", db, err)
		db, err = p.next(step)
		check("again", db, err)
		// The old program refuses the new schema, and opens the copy that was kept.
		_, err = p.try(store.Options{})
		refused(t, err, truce.Unavailable, "schema 2", "knows 1")
		db, err = p.next(step)
		check("after the refusal", db, err)
		kept := p
		if p.sqlite != "" {
			kept.url += ".v1"
		} else {
			kept.url = strings.Replace(p.url, p.schema, p.schema+"_v1", 1)
			defer admin(t, "DROP SCHEMA IF EXISTS "+p.schema+"_v1 CASCADE")
		}
		db, err = kept.try(store.Options{})
		check("kept", db, err)
		// A wipe takes the copy along, which might hold what was destroyed.
		if db, err = p.next(step); err != nil {
			t.Fatal(err)
		}
		if err := db.Wipe(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("wiped", db, nil)
		if db, err := kept.try(store.Options{ReadOnly: true}); err == nil {
			db.Close()
			t.Error("the kept copy outlived the wipe")
		}
	})
}

func TestMigrationThatFailsChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := told(t, p, 30)
		want := head(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.next("CREATE TABLE more (x integer); CREATE TABLE entry (x integer)"); err == nil {
			t.Fatal("it did not fail")
		}
		if !strings.HasSuffix(p.url, ".db") {
			defer admin(t, "DROP SCHEMA IF EXISTS "+p.schema+"_v1 CASCADE")
		}
		db = p.open(t)
		if is := head(t, db); is != want {
			t.Errorf("%v; expected %v", is, want)
		}
		sound(t, db)
	})
}

func TestAnOlderFoldsStateIsMadeAnew(t *testing.T) {
	loud := func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
		rows, err := fold(old, n, e)
		for i := range rows {
			rows[i].Text = strings.ToUpper(rows[i].Text) + " again"
		}
		return rows, err
	}
	broken := func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
		if n == 20 {
			return nil, errors.New("the fold is broken")
		}
		return loud(old, n, e)
	}
	each(t, func(t *testing.T, p place) {
		close := func(db *store.DB) {
			t.Helper()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		open := func(o store.Options) *store.DB {
			t.Helper()
			db, err := p.try(o)
			if err != nil {
				t.Fatal(err)
			}
			return db
		}
		db := told(t, p, 30)
		first, old := head(t, db), digest(t, db)
		close(db)

		db = open(store.Options{Fold: loud, FoldVersion: 2, ReadOnly: true})
		if digest(t, db) != old {
			t.Error("who only reads changed the state")
		}
		close(db)
		_, err := p.try(store.Options{Fold: broken, FoldVersion: 2})
		refused(t, err, -1, "the fold is broken")
		db = open(store.Options{})
		if digest(t, db) != old {
			t.Error("a fold that failed left another state")
		}
		close(db)

		db = open(store.Options{Fold: loud, FoldVersion: 2})
		if digest(t, db) == old || head(t, db) != first {
			t.Error("the state is the older fold's, or the log is another")
		}
		if got := ids(list(t, db, store.Query{AnyLabel: true, Text: "again"}).Rows); got == "" {
			t.Error("the search does not know the newer fold's words")
		}
		add(t, db, received(said{ID: "after", Label: "CLEAR"}))
		sound(t, db)
		close(db)
		_, err = p.try(store.Options{FoldVersion: 1})
		refused(t, err, truce.Unavailable, "fold 2", "knows 1")
	})
}

// TestOneProcessServes: neither another process nor this one can open the record twice, but
// to read it.
func TestOneProcessServes(t *testing.T) {
	if url := os.Getenv("STORE_TEST_SECOND"); url != "" {
		_, err := place{url: url, clock: &clock{now: noon}}.try(store.Options{})
		fmt.Println("second:", err)
		return
	}
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a", Label: "CLEAR"}))
		const words = "another process serves this record"
		_, err := p.try(store.Options{})
		refused(t, err, truce.Unavailable, words)
		second := exec.Command(os.Args[0], "-test.run=^TestOneProcessServes$", "-test.v")
		second.Env = append(os.Environ(), "STORE_TEST_SECOND="+p.url)
		if out, err := second.CombinedOutput(); err != nil || !strings.Contains(string(out), words) {
			t.Errorf("%v\n%s", err, out)
		}
		reader, err := p.try(store.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		add(t, db, received(said{ID: "b", Label: "CLEAR"}))
		if a, b := head(t, reader), head(t, db); a != b || a.Size != 3 {
			t.Errorf("%v and %v", a, b)
		}
		if got := ids(list(t, reader, store.Query{AnyLabel: true}).Rows); got != "a b" {
			t.Errorf("it reads %q", got)
		}
		_, err = reader.Append(t.Context(), received(said{ID: "c"}))
		refused(t, err, truce.Denied, "reading only")
		for _, err := range []error{reader.Keep(t.Context(), "a", "b", nil, time.Time{}), reader.Rebuild(t.Context()), reader.Wipe(t.Context())} {
			refused(t, err, truce.Denied)
		}
		if problems, err := reader.Fsck(t.Context()); err != nil || problems != nil {
			t.Errorf("%v, %v", problems, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		p.open(t)
	})
}

// TestDamageIsFound changes the database behind the record's back, each time in one way.
func TestDamageIsFound(t *testing.T) {
	for sql, want := range map[string]string{
		"UPDATE entry SET leaf = $1 WHERE n = 2":                "checkpoint tile",
		"UPDATE entry SET fields = $2 WHERE n = 2":              "entry",
		"UPDATE entry SET at = at - 1 WHERE n = 2":              "entry time",
		"UPDATE entry SET kind = 'a.c' WHERE n = 2":             "entry",
		"DELETE FROM entry WHERE n = 2":                         "gap tile",
		"UPDATE tile SET hashes = $1":                           "tile",
		"DELETE FROM tile":                                      "tile",
		"INSERT INTO tile VALUES (0, 7, $1)":                    "tile",
		"UPDATE version SET to_n = 3 WHERE rid = 'a'":           "version",
		"UPDATE version SET from_n = 99 WHERE rid = 'b'":        "version",
		"UPDATE version SET text = 'ONE' WHERE rid = 'a'":       "version",
		"UPDATE version SET text = 'two' WHERE rid = 'a'":       "sqlite index",
		"UPDATE version SET west = 7, east = 8 WHERE rid = 'a'": "sqlite index",
		"DELETE FROM place WHERE id = 2":                        "sqlite index",
		"DELETE FROM version WHERE rid = 'b'":                   "sqlite index",
		"DELETE FROM label":                                     "label",
		"INSERT INTO submission VALUES ('x', 99)":               "submission",
		"INSERT INTO checkpoint VALUES (2, $1)":                 "checkpoint",
		"UPDATE checkpoint SET size = 3":                        "checkpoint",
		"INSERT INTO meta VALUES ('wipe', 'due')":               "wipe",
	} {
		f := func(t *testing.T, p place) {
			db := p.open(t)
			for _, id := range []string{"a", "b", "a"} {
				add(t, db, received(said{ID: id, Label: "CLEAR", Text: "one", Box: &truce.Box{West: 1, East: 2, South: 1, North: 2}}))
			}
			checkpoint(t, db)
			if found, err := db.Fsck(t.Context()); err != nil || found != nil {
				t.Fatalf("before: %v, %v", found, err)
			}
			e, err := db.Entry(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			var args []any
			if strings.Contains(sql, "$1") {
				args = []any{bytes.Replace(e.Leaf(), []byte("desk"), []byte("disk"), 1)}
			} else if strings.Contains(sql, "$2") {
				args = []any{bytes.Replace(e.Fields.Text(), []byte("one"), []byte("two"), 1)}
			}
			if n, err := db.Exec(t.Context(), strings.Replace(sql, "$2", "$1", 1), args...); n == 0 || err != nil {
				t.Fatalf("%d rows were changed, %v", n, err)
			}
			problems, err := db.Fsck(t.Context())
			found := map[string]bool{"sqlite": true}
			for _, x := range problems {
				found[x.Code] = true
			}
			for _, w := range strings.Fields(want) {
				if !found[w] {
					t.Errorf("found %v, %v; expected %s", problems, err, want)
				}
			}
		}
		t.Run(sql, func(t *testing.T) {
			if strings.HasPrefix(want, "sqlite") { // PostgreSQL's indexes follow by themselves
				f(t, onSQLite(t))
			} else {
				each(t, f)
			}
		})
	}
}

// TestDiskThatTurnsReadOnly: what cannot be written is refused, and written when it can be.
func TestDiskThatTurnsReadOnly(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a"}))
		turn := "PRAGMA query_only = on"
		if p.sqlite == "" {
			turn = "SET default_transaction_read_only = on"
		}
		if _, err := db.Exec(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		_, err := db.Append(t.Context(), received(said{ID: "b"}))
		refused(t, err, truce.Unavailable, "cannot be written")
		if got := add(t, db, received(said{ID: "b"})); got[0].N != 2 {
			t.Errorf("%v; expected entry 2", got)
		}
		sound(t, db)
	})
}

// TestServedFileIsLeftAlone: the lock file holds nothing, and stays.
func TestServedFileIsLeftAlone(t *testing.T) {
	p := onSQLite(t)
	db := p.open(t)
	add(t, db, received(said{ID: "a"}))
	left, err := filepath.Glob(p.sqlite + "*")
	if err != nil || len(left) != 4 {
		t.Errorf("%q, %v; expected the file, its lock, -shm and -wal", left, err)
	}
	if info, err := os.Stat(p.sqlite + ".lock"); err != nil || info.Size() != 0 {
		t.Errorf("%v, %v", info, err)
	}
}
