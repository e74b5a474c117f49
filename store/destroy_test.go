package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"truce"
	"truce/store"
)

func destroyed(of int64, why string) store.Draft {
	return store.Draft{Kind: "entry.destroyed", Fields: fields(said{Of: fmt.Sprint(of), Text: why})}
}

// files returns the raw files that hold the record.
func (p place) files(t *testing.T) string {
	if p.sqlite != "" {
		return filepath.Dir(p.sqlite)
	}
	if dir := os.Getenv("TRUCE_POSTGRES_DATA"); dir != "" {
		return dir
	}
	c, err := pgx.Connect(t.Context(), postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	var dir string
	if err := c.QueryRow(t.Context(), "SHOW data_directory").Scan(&dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// holds lists the files that hold a word.
func holds(t *testing.T, dir string, words ...string) []string {
	t.Helper()
	var out []string
	read := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // the server removes files while we look
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		read++
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) {
				rel, _ := filepath.Rel(dir, path)
				out = append(out, rel+": "+w)
			}
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Fatalf("%d files read in %s, %v", read, dir, err)
	}
	return out
}

// TestDestroyedValuesLeaveTheFiles plants words that stand nowhere else, destroys them, and
// looks for them in every raw file of the database and in a backup made after.
func TestDestroyedValuesLeaveTheFiles(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		if p.sqlite == "" {
			admin(t, "ALTER SYSTEM SET wal_recycle = off")
			admin(t, "ALTER SYSTEM SET min_wal_size = '32MB'")
			admin(t, "SELECT pg_reload_conf()")
			defer admin(t, "ALTER SYSTEM RESET ALL")
		}
		db := p.open(t)
		word := func(n int) string { return fmt.Sprintf("planted%dq%d", n, time.Now().UnixNano()) }
		source, text, label := word(1), word(2), word(3)
		for i := range 300 { // so that pages are split around it
			add(t, db, received(said{ID: fmt.Sprintf("r%03d", i*7%300), Label: "CLEAR", Text: "shells near the river", Source: strings.Repeat("s", i*13%700)}))
		}
		n := add(t, db, received(said{ID: "victim", Label: label, Text: text, Source: source, Sort: "x"}))[0].N
		add(t, db, store.Draft{Kind: "report.copied", Fields: fields(said{ID: "copy", Of: "victim"})})
		add(t, db, store.Draft{Kind: "report.copied", Fields: fields(said{ID: "copy of copy", Of: "copy"})})
		add(t, db, received(said{ID: "victim", Label: "CLEAR", Text: "later"}))
		for i := range 300 {
			add(t, db, received(said{ID: fmt.Sprintf("s%03d", i*7%300), Label: "CLEAR", Text: "shells near the river", Source: strings.Repeat("s", i*17%700)}))
		}
		head, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before, err := db.Entry(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if found := holds(t, p.files(t), source, text, label); len(found) < 3 {
			t.Fatalf("planted in %q only: the test shows nothing", found)
		}
		got, err := db.Destroy(t.Context(), n, []string{"text", "source", "label"}, destroyed(n, "the source asked"))
		if err != nil || got.N != head.Size {
			t.Fatalf("%v, %v; expected entry %d", got, err, head.Size)
		}
		if found := holds(t, p.files(t), source, text, label); len(found) > 0 {
			t.Errorf("still in %q", found)
		}
		var backup bytes.Buffer
		if err := db.Backup(t.Context(), &backup, nil); err != nil {
			t.Fatal(err)
		}
		for _, w := range []string{source, text, label} {
			if bytes.Contains(backup.Bytes(), []byte(w)) {
				t.Errorf("%s is in a backup made after", w)
			}
		}
		after, err := db.Entry(t.Context(), n)
		if err != nil || after.Root != before.Root || !bytes.Equal(after.Leaf(), before.Leaf()) {
			t.Errorf("the leaf changed: %v", err)
		}
		if diff := cmp.Diff([]string{"id", "sort"}, after.Fields.Held()); diff != "" {
			t.Error(diff)
		}
		for _, id := range []string{"victim", "copy", "copy of copy"} {
			h, err := db.History(t.Context(), "report", id)
			if err != nil || len(h) == 0 || h[0].Row.Text != "" || strings.Contains(fmt.Sprint(h), "planted") {
				t.Errorf("%s: %v, %v", id, h, err)
			}
		}
		if labels, err := db.Labels(t.Context(), "report"); err != nil || !cmp.Equal(labels, []string{"", "CLEAR"}) {
			t.Errorf("labels %q, %v", labels, err)
		}
		sound(t, db)
		add(t, db, received(said{ID: "afterwards", Label: "CLEAR"}))
	})
}

// TestDestroyFoldsWhatHangsOnIt: rows that were made from the entry, by whatever way, and
// those that were ended or never made because of it, come out as a fresh fold has them.
func TestDestroyFoldsWhatHangsOnIt(t *testing.T) {
	copied := func(id, of string) store.Draft {
		return store.Draft{Kind: "report.copied", Fields: fields(said{ID: id, Of: of})}
	}
	for name, c := range map[string]struct {
		drafts []store.Draft // from entry 1
		n      int64
		field  string
	}{
		"a later version counts on":     {[]store.Draft{received(said{ID: "a", Text: "x"}), received(said{ID: "a", Text: "y"}), received(said{ID: "a", Text: "y"})}, 1, "text"},
		"the row loses its name":        {[]store.Draft{received(said{ID: "a", Text: "x"}), received(said{ID: "b", Text: "y"})}, 2, "text"},
		"copies of copies":              {[]store.Draft{received(said{ID: "a", Text: "x"}), copied("b", "a"), copied("c", "b"), received(said{ID: "b", Text: "z"}), copied("d", "b")}, 1, "text"},
		"what was a repeat is a change": {[]store.Draft{received(said{ID: "a", Text: "x"}), received(said{ID: "b", Text: "x"}), copied("a", "b"), copied("a", "b")}, 2, "text"},
		"what was a change is a repeat": {[]store.Draft{received(said{ID: "a"}), received(said{ID: "b", Text: "x"}), copied("a", "b")}, 2, "text"},
		"the end of a row":              {[]store.Draft{received(said{ID: "a", Text: "x"}), closed("a"), copied("b", "a"), received(said{ID: "a", Text: "y"})}, 1, "text"},
		"a copy of nothing":             {[]store.Draft{received(said{ID: "a", Text: "x"}), copied("b", "a"), closed("b"), copied("b", "a")}, 1, "sort"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				db := p.open(t)
				for i := range c.drafts {
					if c.field == "sort" {
						s := said{ID: "a", Text: "x", Sort: "1"}
						if i == 0 {
							c.drafts[0] = received(s)
						}
					}
				}
				add(t, db, c.drafts...)
				if _, err := db.Destroy(t.Context(), c.n, []string{c.field}, destroyed(c.n, "")); err != nil {
					t.Fatal(err)
				}
				sound(t, db)
			})
		})
	}
}

func TestDestroyRefuses(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a", Text: "x"}))
		for name, c := range map[string]struct {
			n     int64
			names []string
			d     store.Draft
			kind  truce.Kind
		}{
			"no such entry":   {9, []string{"text"}, destroyed(9, ""), truce.Absent},
			"no such field":   {1, []string{"colour"}, destroyed(1, ""), truce.Absent},
			"no field":        {1, nil, destroyed(1, ""), truce.Invalid},
			"no draft":        {1, []string{"text"}, store.Draft{}, truce.Invalid},
			"fold that fails": {1, []string{"text"}, store.Draft{Kind: "fold.fails"}, truce.Invalid},
			"panics":          {1, []string{"text"}, store.Draft{Kind: "fold.panics"}, truce.Internal},
		} {
			_, err := db.Destroy(t.Context(), c.n, c.names, c.d)
			if kindOf(err) != c.kind {
				t.Errorf("%s: %v; expected kind %d", name, err, c.kind)
			}
		}
		if r, err := db.Get(t.Context(), 0, "report", "a"); err != nil || r.Text != "x" || size(t, db) != 2 {
			t.Errorf("%v, %v: something was destroyed all the same", r, err)
		}
		if _, err := db.Destroy(t.Context(), 1, []string{"text"}, destroyed(1, "")); err != nil {
			t.Fatal(err)
		}
		_, err := db.Destroy(t.Context(), 1, []string{"text"}, destroyed(1, ""))
		refused(t, err, truce.Conflict, "text")
	})
}

// TestDestroyWhileOthersWrite: readers and writers go on.
func TestDestroyWhileOthersWrite(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		n := add(t, db, received(said{ID: "victim", Text: "secret"}))[0].N
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := range 20 {
					if _, err := db.Append(context.Background(), received(said{ID: fmt.Sprint(w, i), Label: "CLEAR"})); err != nil {
						t.Error(err)
					}
					if _, err := db.List(context.Background(), store.Query{Kind: "report", AnyLabel: true}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		if _, err := db.Destroy(t.Context(), n, []string{"text"}, destroyed(n, "")); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if size(t, db) != 83 {
			t.Errorf("%d entries; expected 83", size(t, db))
		}
		sound(t, db)
	})
}

func TestKeptThings(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		keep := func(kind, id, body string, expires time.Time) {
			t.Helper()
			if err := db.Keep(t.Context(), kind, id, []byte(body), expires); err != nil {
				t.Fatal(err)
			}
		}
		keep("account", "ana", "one", time.Time{})
		keep("account", "ana", "two", time.Time{})
		keep("account", "bob", "", time.Time{})
		keep("session", "s1", "secret of s1", noon.Add(time.Hour))
		if b, err := db.Kept(t.Context(), "account", "ana"); err != nil || string(b) != "two" {
			t.Errorf("%q, %v", b, err)
		}
		all, err := db.KeptAll(t.Context(), "account")
		if err != nil || !cmp.Equal(all, map[string][]byte{"ana": []byte("two"), "bob": {}}) {
			t.Errorf("%q, %v", all, err)
		}
		p.clock.Add(time.Hour)
		_, err = db.Kept(t.Context(), "session", "s1")
		refused(t, err, truce.Absent)
		if err := db.Forget(t.Context(), "account", "ana"); err != nil {
			t.Fatal(err)
		}
		if err := db.Forget(t.Context(), "account", "ana"); err != nil {
			t.Errorf("forgotten twice: %v", err)
		}
		_, err = db.Kept(t.Context(), "account", "ana")
		refused(t, err, truce.Absent)
		if err := db.Wipe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p.sqlite != "" {
			if found := holds(t, p.files(t), "secret of s1"); len(found) > 0 {
				t.Errorf("an expired session is still in %q", found)
			}
		}
		for _, err := range []error{db.Keep(t.Context(), "a\x00", "b", nil, time.Time{}), db.Keep(t.Context(), "a", strings.Repeat("b", 300), nil, time.Time{})} {
			refused(t, err, truce.Invalid)
		}
	})
}
