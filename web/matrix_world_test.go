package web

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"truce"
	"truce/access"
	"truce/attach"
	"truce/desk"
	"truce/ledger"
	"truce/people"
	"truce/record"
	"truce/store"
)

// postgres returns the connection string of a PostgreSQL: TRUCE_POSTGRES, or one that the
// script starts until the test ends. The test fails where none can be had.
func postgres(t *testing.T) string {
	t.Helper()
	if url := os.Getenv("TRUCE_POSTGRES"); url != "" {
		return url
	}
	cmd := exec.Command("../scripts/postgres.sh")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("who may see what must be proved on PostgreSQL too, and none can be had: %v", err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("who may see what must be proved on PostgreSQL too, and scripts/postgres.sh starts none: %v", err)
	}
	return strings.TrimSpace(line)
}

// schema makes a schema that goes when the test ends, and returns its connection string.
func schema(t *testing.T, url string) string {
	t.Helper()
	name := fmt.Sprintf("matrix_%d", os.Getpid())
	run := func(sql string) {
		c, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("DROP SCHEMA IF EXISTS " + name + " CASCADE; CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") })
	return url + "&search_path=" + name + ",public"
}

// emptyWorld serves a new record on a database, with the sample mission but none of its
// reports. Its clock begins fourteen hours before noon.
func emptyWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{TB: t, ctx: context.Background(), clock: &clock{at: noon.Add(-14 * time.Hour)}, log: &lines{}, apps: map[string]string{}}
	var err error
	w.db, err = store.Open(w.ctx, url, store.Options{Now: w.clock.now, Fold: foldPlanted})
	w.no(err)
	t.Cleanup(func() { w.db.Close() })
	k, err := testKey()
	w.no(err)
	w.db.SetKey(k)
	w.record, err = desk.NewRecord(desk.RecordOptions{DB: w.db, Key: k, Now: w.clock.now})
	w.no(err)
	none := filepath.Join(t.TempDir(), "none.ndjson")
	w.no(os.WriteFile(none, nil, 0o600))
	_, err = w.record.Load(w.ctx, headOf("amal"), "../missions/syria-2016", desk.LoadOptions{Records: []desk.Source{{File: none}}, Mark: "TLP:CLEAR"})
	w.no(err)
	w.serve(t)
	return w
}

// serve puts the door before a record. Limits of rate are another test's.
func (w *world) serve(t *testing.T) {
	w.srv = httptest.NewUnstartedServer(nil)
	w.origin = strings.Replace("http://"+w.srv.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	var err error
	w.people, err = people.New(desk.NewSide(w.db), people.Options{Name: "Truce", Origin: w.origin, Key: people.NewSealingKey()})
	w.no(err)
	files, err := attach.New(filepath.Join(t.TempDir(), "files"), attach.Options{})
	w.no(err)
	own, err := ledger.NewKey(zeros{}, "witness.example")
	w.no(err)
	fast := Rate{PerSecond: 1e6, Burst: 1e6}
	w.site, err = newSite(Options{Record: w.record, People: w.people, Files: files, Now: w.clock.now, Name: "Syria 2016", Version: "test", Origin: w.origin,
		Witness: &ledger.Witness{Key: own, Logs: map[string][]string{"other.example": {own.Verifier()}}, Load: desk.NewSide(w.db).Load, Store: desk.NewSide(w.db).Store},
		Public:  true, Send: true, PerAddress: fast, PerAccount: fast, PerSend: fast, Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{ReplaceAttr: timeless}))})
	w.no(err)
	w.srv.Config.Handler = w.site.handler()
	w.srv.Start()
	t.Cleanup(func() { shut(w.srv) })
}

// timeless leaves the time out of the log, whose digits might be taken for a canary's.
func timeless(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// plantedRow is the kind of entry by which the matrix plants rows of any kind.
const plantedRow = "row.planted"

// foldPlanted is the record's own fold, and takes the matrix's rows as they are.
func foldPlanted(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
	if e.Kind != plantedRow {
		return record.Fold(old, n, e)
	}
	var row truce.Row
	_, err := e.Fields.Get("row", &row)
	return []truce.Row{row}, err
}

// asker is somebody who asks, and who that is to the policy.
type asker struct {
	name string
	who  access.Person
	// by is what the person asks with: a session, a token, or nothing.
	by []*client
	// secrets of the person that no answer may hold.
	secrets []string
}

// posts are the people of the matrix.
func posts() []access.Person {
	return []access.Person{
		{ID: "paul", Roles: []access.Role{access.Public}},
		{ID: "mona", Roles: []access.Role{access.Monitor}, Org: "mission"},
		{ID: "lent", Roles: []access.Role{access.Monitor}, Party: "north"},
		{ID: "dora", Roles: []access.Role{access.Desk}, Org: "mission"},
		{ID: "vera", Roles: []access.Role{access.Verifier}, Org: "other", Purposes: []string{"protection"}},
		{ID: "nora", Roles: []access.Role{access.Liaison}, Party: "north"},
		{ID: "sami", Roles: []access.Role{access.Liaison}, Party: "south"},
		{ID: "hana", Roles: []access.Role{access.Head}, Org: "mission"},
		{ID: "audi", Roles: []access.Role{access.Auditor}, Org: "mission"},
		{ID: "root", Roles: []access.Role{access.Administrator}, Org: "mission"},
		{ID: "none"},
	}
}

// askers makes accounts for everybody and signs them in: in each post with a session and with
// a token; a reader without account; and some who were shut out in different ways.
func (w *world) askers() []*asker {
	w.Helper()
	shut := []access.Person{{ID: "late"}, {ID: "gone"}, {ID: "lost"}}
	for i := range shut {
		shut[i].Roles, shut[i].Org = []access.Role{access.Desk, access.Verifier, access.Head, access.Auditor}, "mission"
	}
	sessions := map[string]*client{}
	enter := func(p access.Person) {
		post := people.Post{Party: p.Party, Org: p.Org, Purposes: p.Purposes}
		for _, role := range p.Roles {
			post.Roles = append(post.Roles, string(role))
		}
		w.account(p.ID, post)
		sessions[p.ID] = w.signIn(p.ID)
	}
	enter(shut[0])
	w.clock.wait(noon.Sub(w.clock.now()))
	out := []*asker{{name: "a reader", who: access.Person{Roles: []access.Role{access.Public}}, by: []*client{w.nobody()}}}
	for _, p := range append(posts(), shut[1:]...) {
		enter(p)
		x := &asker{name: p.ID, who: p, by: []*client{sessions[p.ID]}, secrets: []string{w.apps[p.ID]}}
		if len(p.Roles) > 0 {
			var roles []string
			for _, r := range p.Roles {
				roles = append(roles, string(r))
			}
			t := sessions[p.ID].token(roles...)
			x.by, x.secrets = append(x.by, t), append(x.secrets, t.bearer)
		}
		out = append(out, x)
	}
	w.shutOut(sessions, out[len(out)-2:])
	late := &asker{name: "late", by: []*client{sessions["late"]}, secrets: []string{w.apps["late"]}}
	late.who.Roles = []access.Role{access.Public} // a session that is over is nobody
	for _, x := range append(out, late) {
		for _, c := range x.by {
			for _, k := range c.http.Jar.Cookies(c.request("GET", "/", nil).URL) {
				x.secrets = append(x.secrets, k.Value)
			}
		}
	}
	return append(out, late)
}

// shutOut disables the first account and ends the sessions and tokens of the second.
func (w *world) shutOut(sessions map[string]*client, x []*asker) {
	w.no(w.people.Disable(w.ctx, x[0].who.ID, w.clock.now()))
	tokens, err := w.people.Tokens(w.ctx, x[1].who.ID, w.clock.now())
	w.no(err)
	for _, t := range tokens {
		w.no(w.people.RevokeToken(w.ctx, x[1].who.ID, t.ID, w.clock.now()))
	}
	w.no(w.people.EndAll(w.ctx, x[1].who.ID, w.clock.now()))
	for _, x := range x { // the session is nobody's, and the token is refused
		x.who = access.Person{Roles: []access.Role{access.Public}}
	}
}

// said is an answer.
type said struct {
	status int
	header string // all of it that is not of this request alone
	id     string // of the request
	body   []byte
}
