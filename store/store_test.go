package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"truce"
	"truce/ledger"
	"truce/store"
)

// server is the PostgreSQL that all tests share: TRUCE_POSTGRES, or one that the script starts.
var server = struct {
	sync.Mutex
	url, fault string
	stop       func()
	n          atomic.Int64
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if server.stop != nil {
		server.stop()
	}
	os.Exit(code)
}

// postgres returns the connection string of the server; the test fails where none can be had.
func postgres(t testing.TB) string {
	t.Helper()
	server.Lock()
	defer server.Unlock()
	if server.url == "" && server.fault == "" {
		server.url = os.Getenv("TRUCE_POSTGRES")
	}
	if server.url == "" && server.fault == "" {
		server.url, server.stop, server.fault = startPostgres()
	}
	if server.fault != "" {
		t.Fatalf("the store must pass on PostgreSQL too, and none can be had: %s", server.fault)
	}
	return server.url
}

func startPostgres() (url string, stop func(), fault string) {
	cmd := exec.Command("../scripts/postgres.sh")
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err.Error()
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err.Error()
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err.Error()
	}
	stop = func() { in.Close(); _ = cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, "scripts/postgres.sh did not start: " + err.Error()
	}
	return strings.TrimSpace(line), stop, ""
}

// place is where a test's record lives; open opens it, again and again if need be.
type place struct {
	url    string
	sqlite string // the file, "" on PostgreSQL
	schema string
	clock  *clock
	fold   store.Fold // nil: the tests' own
}

// clock is the tests' own.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// noon is when every test's clock starts.
var noon = time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)

// each runs a test on SQLite and on PostgreSQL.
func each(t *testing.T, f func(t *testing.T, p place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, onPostgres(t)) })
}

func onSQLite(t testing.TB) place {
	file := filepath.Join(t.TempDir(), "record of ours.db")
	return place{url: "sqlite:" + file, sqlite: file, clock: &clock{now: noon}}
}

func onPostgres(t testing.TB) place {
	t.Helper()
	url := postgres(t)
	schema := fmt.Sprintf("t%d_%d", os.Getpid(), server.n.Add(1))
	admin(t, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { admin(t, "DROP SCHEMA IF EXISTS "+schema+" CASCADE") })
	return place{url: url + "&search_path=" + schema + ",public", schema: schema, clock: &clock{now: noon}}
}

// admin runs a statement on the server.
func admin(t testing.TB, sql string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), postgres(t))
	if err != nil { // the test's context has ended in its clean-up
		c, err = pgx.Connect(context.Background(), postgres(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// open opens the record with the tests' key and fold.
func (p place) open(t testing.TB) *store.DB {
	t.Helper()
	db, err := p.try(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// try opens the record with options, which are completed.
func (p place) try(o store.Options) (*store.DB, error) {
	if o.Now == nil {
		o.Now = p.clock.Now
	}
	if o.Fold == nil {
		o.Fold = p.fold
	}
	if o.Fold == nil {
		o.Fold = fold
	}
	db, err := store.Open(context.Background(), p.url, o)
	if err == nil {
		db.SetKey(key("desk.example"))
	}
	return db, err
}

// key returns the key of a name, always the same.
func key(name string) *ledger.Key {
	k, err := ledger.NewKey(strings.NewReader(strings.Repeat(name, 32)), name)
	if err != nil {
		panic(err)
	}
	return k
}

// said is what a test's entry says.
type said struct {
	ID, Label, Text, Parent, Sort, Source string
	Box                                   *truce.Box
	Of                                    string
}

// fields are the fields of an entry; the salts depend on the content alone.
func fields(s said) ledger.Fields {
	f := ledger.NewFields([16]byte([]byte(fmt.Sprintf("%-16.16s", s.ID+s.Text))))
	for name, v := range map[string]any{"id": s.ID, "label": s.Label, "text": s.Text, "parent": s.Parent, "sort": s.Sort, "source": s.Source, "of": s.Of, "box": s.Box} {
		if v == "" || v == (*truce.Box)(nil) {
			continue
		}
		if err := f.Set(name, v); err != nil {
			panic(err)
		}
	}
	return f
}

// received is the draft of a report.
func received(s said) store.Draft { return store.Draft{Kind: "report.received", Fields: fields(s)} }

// fold is the tests' own: report.received makes or replaces a report, report.closed ends it,
// report.copied makes a copy of another as it stands, fold.fails and fold.panics do.
func fold(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
	var s said
	for name, into := range map[string]any{"id": &s.ID, "label": &s.Label, "text": &s.Text, "parent": &s.Parent, "sort": &s.Sort, "source": &s.Source, "of": &s.Of, "box": &s.Box} {
		if _, err := e.Fields.Get(name, into); err != nil {
			return nil, err
		}
	}
	switch e.Kind {
	case "fold.fails":
		return nil, &truce.Error{Kind: truce.Invalid, Msg: "as asked"}
	case "fold.panics":
		panic("as asked")
	case "report.closed":
		return []truce.Row{{Kind: "report", ID: s.ID}}, nil
	case "report.copied":
		was, ok, err := old("report", s.Of)
		if err != nil || !ok {
			return nil, err
		}
		was.ID = s.ID
		return []truce.Row{was}, nil
	case "report.received":
		was, ok, err := old("report", s.ID)
		if err != nil {
			return nil, err
		}
		seen := 1
		if ok {
			var b struct{ Seen int }
			if err := json.Unmarshal(was.Body, &b); err != nil {
				return nil, err
			}
			seen = b.Seen + 1
		}
		body, err := json.Marshal(map[string]any{"seen": seen, "source": s.Source, "text": s.Text})
		return []truce.Row{{Kind: "report", ID: s.ID, Label: s.Label, Body: body, Box: s.Box, Text: s.Text, Sort: s.Sort, Parent: s.Parent}}, err
	}
	return nil, nil
}

// append appends drafts, which must work.
func add(t testing.TB, db *store.DB, drafts ...store.Draft) []store.Appended {
	t.Helper()
	out, err := db.Append(t.Context(), drafts...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// kindOf is the kind of an error of ours, -1 for any other.
func kindOf(err error) truce.Kind {
	var e *truce.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return -1
}

// refused fails the test unless err has the kind and its text holds all of the words.
func refused(t testing.TB, err error, kind truce.Kind, words ...string) {
	t.Helper()
	if kindOf(err) != kind {
		t.Fatalf("got %v; expected an error of kind %d", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q; expected %q in it", err, w)
		}
	}
}

func size(t testing.TB, db *store.DB) int64 {
	t.Helper()
	n, err := db.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ids returns the identifiers of rows.
func ids(rows []truce.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}

func list(t testing.TB, db *store.DB, q store.Query) store.Page {
	t.Helper()
	if q.Kind == "" {
		q.Kind = "report"
	}
	p, err := db.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// digest is the digest of the state.
func digest(t testing.TB, db *store.DB) string {
	t.Helper()
	d, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", d)
}

// sound fails the test unless Fsck finds nothing and a fresh fold gives the same state.
func sound(t testing.TB, db *store.DB) {
	t.Helper()
	problems, err := db.Fsck(t.Context())
	if err != nil || len(problems) > 0 {
		t.Errorf("fsck: %v, %v", problems, err)
	}
	was := digest(t, db)
	if err := db.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if is := digest(t, db); is != was {
		t.Errorf("rebuilt, the state is another")
	}
	if problems, err := db.Fsck(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("fsck after rebuilding: %v, %v", problems, err)
	}
}
