package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"truce"
	"truce/access"
	"truce/attach"
	"truce/desk"
	"truce/ledger"
	"truce/people"
	"truce/record"
	"truce/store"
)

// What must never be seen where it does not belong: in a log, a metric, or an answer to
// somebody who may not know it.
const (
	plantedText     = "planted-text-a67e1c"
	plantedSource   = "planted-source-90b2f4"
	plantedName     = "planted-name-37cc58"
	plantedPassword = "planted words tinder oboe glacier"
	plantedQuery    = "planted-query-5d3b81"
)

// noon is when the tests begin; the sample mission was loaded before.
var noon = time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC)

// clock is one that the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// take returns the lines since the last call, parsed.
func (l *lines) take(t testing.TB) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []map[string]any
	for line := range bytes.Lines(l.b.Bytes()) {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			t.Errorf("the log holds %q: %v", line, err)
		}
		out = append(out, m)
	}
	l.b.Reset()
	return out
}

// sampleFile is the sample mission as a record, made once for all tests.
var sampleFile = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "truce-web-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "record.db")
	c := &clock{at: noon.Add(-time.Hour)}
	db, err := store.Open(context.Background(), path, store.Options{Now: c.now, Fold: record.Fold, FoldVersion: record.Version})
	if err != nil {
		return "", err
	}
	defer db.Close()
	k, err := testKey()
	if err != nil {
		return "", err
	}
	db.SetKey(k)
	r, err := desk.NewRecord(desk.RecordOptions{DB: db, Key: k, Now: c.now})
	if err != nil {
		return "", err
	}
	if _, err = r.Load(context.Background(), headOf("amal"), "../missions/syria-2016", desk.LoadOptions{}); err != nil {
		return "", err
	}
	_, err = r.State(context.Background(), 0)
	return path, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range atEnd {
		f()
	}
	if path, err := sampleFile(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func testKey() (*ledger.Key, error) { return ledger.NewKey(zeros{}, "desk.example") }

func headOf(id string) access.Person {
	return access.Person{ID: id, Roles: []access.Role{access.Desk, access.Verifier, access.Head}, Org: "mission", TwoFactor: true}
}

// world is an instance behind a real server.
type world struct {
	testing.TB
	ctx    context.Context
	clock  *clock
	db     *store.DB
	record *desk.Record
	people *people.People
	log    *lines
	site   *site
	srv    *httptest.Server
	origin string
	apps   map[string]string // secrets of authenticators, by account
}

// newWorld serves the sample mission.
func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	sample, err := sampleFile()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "record.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return serveWorld(t, dir, change...)
}

// serveWorld serves the record in a folder; one that is not there is made empty.
func serveWorld(t testing.TB, dir string, change ...func(*Options)) *world {
	t.Helper()
	var err error
	w := &world{TB: t, ctx: context.Background(), clock: &clock{at: noon}, log: &lines{}, apps: map[string]string{}}
	if w.db, err = store.Open(w.ctx, filepath.Join(dir, "record.db"), store.Options{Now: w.clock.now, Fold: record.Fold, FoldVersion: record.Version}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.db.Close() })
	k, err := testKey()
	if err != nil {
		t.Fatal(err)
	}
	w.db.SetKey(k)
	if w.record, err = desk.NewRecord(desk.RecordOptions{DB: w.db, Key: k, Now: w.clock.now}); err != nil {
		t.Fatal(err)
	}
	w.srv = httptest.NewUnstartedServer(nil)
	w.origin = strings.Replace("http://"+w.srv.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	if w.people, err = people.New(desk.NewSide(w.db), people.Options{Name: "Truce", Origin: w.origin, Key: people.NewSealingKey()}); err != nil {
		t.Fatal(err)
	}
	files, err := attach.New(filepath.Join(dir, "files"), attach.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Record: w.record, People: w.people, Files: files, Now: w.clock.now, Name: "Syria 2016", Version: "test", Origin: w.origin,
		Log: slog.New(slog.NewJSONHandler(w.log, nil))}
	for _, f := range change {
		f(&o)
	}
	if w.site, err = newSite(o); err != nil {
		t.Fatal(err)
	}
	w.srv.Config.Handler = w.site.handler()
	w.srv.Start()
	t.Cleanup(func() { shut(w.srv) })
	return w
}

// shut closes a server under pages that keep streams open and open them again.
func shut(srv *httptest.Server) {
	done := make(chan struct{})
	go func() {
		srv.Close()
		close(done)
	}()
	for {
		select {
		case <-done:
			return
		case <-time.After(50 * time.Millisecond):
			srv.CloseClientConnections()
		}
	}
}

// plant enters a report that only its author and the head may see, full of what must not
// get out.
func (w *world) plant() desk.Entered {
	w.Helper()
	done, err := w.record.HandIn(w.ctx, headOf("amal"), "planted", desk.Handed{Report: truce.Report{
		ID: "planted", Source: plantedSource, Text: plantedText,
		Elements: []truce.Element{{ID: "planted", Title: plantedName, Acts: []string{"shelling"}, When: []truce.When{{From: noon.Add(-72 * time.Hour), To: noon.Add(-71 * time.Hour)}}}},
	}, Mark: "TLP:RED TO:amal"})
	if err != nil {
		w.Fatal(err)
	}
	return done
}

// client asks as somebody.
type client struct {
	*world
	http   *http.Client
	bearer string
}

// nobody asks without an account, as a browser or a program.
func (w *world) nobody() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &client{world: w, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// account makes an account with a password and an authenticator.
func (w *world) account(id string, post people.Post) {
	w.Helper()
	post.Name = id
	now := w.clock.now()
	token, _, err := w.people.Invite(w.ctx, people.Invitation{Account: id, Post: post}, now)
	w.no(err)
	s, err := w.people.Accept(w.ctx, token, people.Client{}, now)
	w.no(err)
	s, err = w.people.SetPassword(w.ctx, s.Session, people.Secret{}, people.Hide(plantedPassword), now)
	w.no(err)
	e, err := w.people.NewTOTP(w.ctx, s.Session, now)
	w.no(err)
	w.apps[id] = strings.ReplaceAll(e.Secret.Reveal(), "-", "")
	_, err = w.people.ConfirmTOTP(w.ctx, s.Session, people.Hide(w.code(id)), now)
	w.no(err)
	_, err = w.record.Write(w.ctx, access.Person{ID: "root", Roles: []access.Role{access.Administrator}, TwoFactor: true}, admitted(id, webPost(post)))
	w.no(err)
	w.clock.wait(time.Minute) // a code counts once
}

func webPost(p people.Post) post { return post(p) }

func (w *world) no(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// code is what an account's app shows now.
func (w *world) code(id string) string {
	w.Helper()
	code, err := totp.GenerateCode(w.apps[id], w.clock.now())
	w.no(err)
	return code
}

// as makes an account and signs it in by the page.
func (w *world) as(id string, roles ...string) *client {
	w.Helper()
	w.account(id, people.Post{Roles: roles, Org: "mission"})
	return w.signIn(id)
}

func (w *world) signIn(id string) *client {
	w.Helper()
	c := w.nobody()
	r := c.form("/sign-in", url.Values{"account": {id}, "password": {plantedPassword}, "code": {w.code(id)}})
	if r.status != http.StatusSeeOther {
		w.Fatalf("signing in: %d %s", r.status, r.body)
	}
	w.clock.wait(time.Minute)
	return c
}

// token makes a token for a program and asks with it.
func (c *client) token(roles ...string) *client {
	c.Helper()
	r := c.send("POST", "/api/v1/me/tokens", map[string]any{"name": "test", "roles": roles, "expires": c.clock.now().Add(24 * time.Hour)})
	if r.status != http.StatusOK {
		c.Fatalf("making a token: %d %s", r.status, r.body)
	}
	t := c.nobody()
	t.bearer = r.json()["secret"].(string)
	return t
}

// reply is an answer, read whole.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

func (r reply) json() map[string]any {
	r.t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		r.t.Fatalf("%q: %v", r.body, err)
	}
	return m
}

func (c *client) get(path string) reply { c.Helper(); return c.send("GET", path, nil) }

// page asks as a browser does.
func (c *client) page(path string) reply {
	c.Helper()
	return c.do("GET", path, nil, "Accept", "text/html,*/*")
}

func (c *client) form(path string, v url.Values) reply {
	c.Helper()
	return c.do("POST", path, strings.NewReader(v.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
}

func (c *client) send(method, path string, v any, headers ...string) reply {
	c.Helper()
	if v == nil {
		return c.do(method, path, nil, headers...)
	}
	text, err := json.Marshal(v)
	c.no(err)
	return c.do(method, path, bytes.NewReader(text), append([]string{"Content-Type", "application/json"}, headers...)...)
}

func (c *client) request(method, path string, in io.Reader, headers ...string) *http.Request {
	c.Helper()
	r, err := http.NewRequest(method, c.origin+path, in)
	c.no(err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	if c.bearer != "" && r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	return r
}

func (c *client) do(method, path string, in io.Reader, headers ...string) reply {
	c.Helper()
	resp, err := c.http.Do(c.request(method, path, in, headers...))
	c.no(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	c.no(err)
	return reply{c.TB, resp.StatusCode, resp.Header, string(body)}
}

// want fails unless an answer has a status and, if given, a code.
func (r reply) want(status int, code string) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Errorf("status %d, not %d: %s", r.status, status, r.body)
	}
	if code != "" && !strings.Contains(r.body, `"code":"`+code+`"`) {
		r.t.Errorf("no code %s: %s", code, r.body)
	}
	return r
}
