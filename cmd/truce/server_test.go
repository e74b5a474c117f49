package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"truce"
	"truce/desk"
	"truce/people"
)

// binary is the program that the proofs run: by default this test binary, which is the
// program under the name truce; for a release, the file that is released.
var binary = flag.String("truce", "truce", "the truce program that the proofs run")

// seed is the sample mission as a record with one account, made once and copied.
var seed = struct {
	sync.Once
	dir, token string
	err        error
}{}

// newRecord puts a copy of the seed into a folder and returns the path of its database.
func newRecord(t testing.TB, dir string) string {
	t.Helper()
	seed.Do(func() { seed.dir, seed.token, seed.err = makeSeed() })
	if seed.err != nil {
		t.Fatal(seed.err)
	}
	for _, end := range []string{"", ".key", ".key.people"} {
		copyFile(t, filepath.Join(seed.dir, "record.db"+end), filepath.Join(dir, "record.db"+end))
	}
	return filepath.Join(dir, "record.db")
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// makeSeed loads the sample mission and gives an account a token. The folder stands beside the
// program, so that it goes when the tests end.
func makeSeed() (dir, token string, err error) {
	path, err := exec.LookPath("truce")
	if err != nil {
		return "", "", err
	}
	if dir, err = os.MkdirTemp(filepath.Dir(path), "seed-"); err != nil {
		return "", "", err
	}
	w := where{Record: filepath.Join(dir, "record.db"), Name: "desk.example", As: "operator"}
	out, err := exec.Command(*binary, "load", "../../missions/syria-2016", "--quiet", "--record", w.Record, "--name", w.Name).CombinedOutput()
	if err != nil {
		return "", "", fmt.Errorf("truce load: %w: %s", err, out)
	}
	err = w.with(context.Background(), false, func(at *site) error {
		p, err := (&serveCmd{where: w}).people(at)
		if err == nil {
			token, err = tokenOf(p, "amal", "desk")
		}
		return err
	})
	return dir, token, err
}

// tokenOf makes an account with a password and an app, signs it in, and makes a token.
func tokenOf(p *people.People, id string, roles ...string) (string, error) {
	ctx, now := context.Background(), time.Now()
	password := people.Hide("tinder oboe glacier " + rnd(8))
	link, _, err := p.Invite(ctx, people.Invitation{Account: id, Post: people.Post{Name: id, Org: "mission", Roles: roles}}, now)
	if err != nil {
		return "", err
	}
	s, err := p.Accept(ctx, link, people.Client{}, now)
	if err != nil {
		return "", err
	}
	if s, err = p.SetPassword(ctx, s.Session, people.Secret{}, password, now); err != nil {
		return "", err
	}
	app, err := p.NewTOTP(ctx, s.Session, now)
	if err != nil {
		return "", err
	}
	code := func(at time.Time) people.Secret {
		code, _ := totp.GenerateCode(strings.ReplaceAll(app.Secret.Reveal(), "-", ""), at)
		return people.Hide(code)
	}
	if _, err = p.ConfirmTOTP(ctx, s.Session, code(now), now); err != nil {
		return "", err
	}
	now = now.Add(time.Minute) // a code counts once
	if s, err = p.SignIn(ctx, people.Attempt{Account: id, Password: password, Code: code(now)}, now); err != nil {
		return "", err
	}
	secret, _, err := p.NewToken(ctx, s.Session, "proofs", roles, now.Add(24*time.Hour), now)
	return secret.Reveal(), err
}

// rnd is a text that is new each time.
func rnd(n int) string { return fmt.Sprintf("%0*x", n, time.Now().UnixNano()) }

// truceRun runs the program in a folder, "" for this one, to its end and returns its exit code and what it printed.
func truceRun(t testing.TB, dir string, args ...string) (code int, out string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, *binary, args...)
	c.Dir = dir
	b, err := c.CombinedOutput()
	var e *exec.ExitError
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("truce %s: %v", strings.Join(args, " "), err)
	}
	return c.ProcessState.ExitCode(), string(b)
}

// runs runs the program and holds its exit code and some words of what it printed.
func runs(t testing.TB, code int, words string, args ...string) string {
	t.Helper()
	return runsIn(t, "", code, words, args...)
}

// runsIn does so in a folder.
func runsIn(t testing.TB, dir string, code int, words string, args ...string) string {
	t.Helper()
	got, out := truceRun(t, dir, args...)
	if got != code || !strings.Contains(out, words) {
		t.Errorf("truce %s: exit code %d, expected %d with %q:\n%s", strings.Join(args, " "), got, code, words, out)
	}
	return out
}

// runsHere does what runs does, without a process of its own: where only the answer counts.
func runsHere(t testing.TB, code int, words string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	got := run(context.Background(), args, &streams{in: strings.NewReader(""), out: &out, err: &out})
	if got != code || !strings.Contains(out.String(), words) {
		t.Errorf("truce %s: exit code %d, expected %d with %q:\n%s", strings.Join(args, " "), got, code, words, out.String())
	}
	return out.String()
}

// server is a program that serves a record.
type server struct {
	t       testing.TB
	cmd     *exec.Cmd
	url     string
	client  *http.Client
	began   time.Time
	started time.Duration // until it listened
	log     *bytes.Buffer // read it after the end only
	ended   chan struct{}
	ready   chan struct{} // closed when it listens, or has ended
}

// launch starts a server and does not wait for it. A wrapper, if any, is a shell command that
// the server replaces, such as "ulimit -f 100".
func launch(t testing.TB, wrapper, db string, args ...string) *server {
	t.Helper()
	args = append([]string{"serve", "--record", db, "--listen", "127.0.0.1:0"}, args...)
	s := &server{t: t, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}, log: &bytes.Buffer{}, ended: make(chan struct{}), ready: make(chan struct{})}
	if wrapper == "" {
		s.cmd = exec.Command(*binary, args...)
	} else {
		s.cmd = exec.Command("sh", append([]string{"-c", wrapper + `; exec "$@"`, "sh", *binary}, args...)...)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.log
	begun := time.Now()
	s.began = begun
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if at, ok := strings.CutPrefix(lines.Text(), "listening on "); ok && s.url == "" {
				s.url, s.started = "http://"+at, time.Since(begun)
				close(s.ready)
			}
		}
		_ = s.cmd.Wait()
		if s.url == "" {
			close(s.ready)
		}
		close(s.ended)
	}()
	return s
}

// serve starts a server and waits until it listens.
func serve(t testing.TB, db string, args ...string) *server {
	t.Helper()
	s := launch(t, "", db, args...)
	s.wait()
	return s
}

// wait waits until the server listens.
func (s *server) wait() {
	s.t.Helper()
	<-s.ready
	if s.url == "" {
		<-s.ended
		s.t.Fatalf("the server did not start: %s", s.log)
	}
}

// kill ends the server as a power cut would end it, but for the disk.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	s.client.CloseIdleConnections()
	<-s.ended
}

// tail is the end of the log of a server that has ended.
func (s *server) tail() []byte {
	b := s.log.Bytes()
	return b[max(0, len(b)-2000):]
}

// stop asks the server to end and returns its exit code.
func (s *server) stop() int {
	s.client.CloseIdleConnections() // a server waits some seconds for one that was never used
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.ended
	return s.cmd.ProcessState.ExitCode()
}

// send sends a request as the account of the seed and returns the status and the body; an
// error means that nobody knows what became of it.
func (s *server) send(method, path, key string, body any) (int, []byte, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, s.url+path, in)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+seed.token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	a, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return a.StatusCode, b, err
}

// get asks for something that must be there.
func (s *server) get(path string, into any) {
	s.t.Helper()
	status, b, err := s.send("GET", path, "", nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, b)
	}
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		s.kill()
		s.t.Fatalf("GET %s: %v\n%s", path, err, s.tail())
	}
}

// size is the number of entries. (The state would say it too, but judges first.)
func (s *server) size() int64 {
	s.t.Helper()
	all := s.entries(0)
	return all[len(all)-1].N + 1
}

// entries are all entries from a number on.
func (s *server) entries(from int64) (all []desk.SeenEntry) {
	s.t.Helper()
	for more := true; more; {
		var page struct {
			Entries []desk.SeenEntry
			Next    int64
		}
		s.get(fmt.Sprintf("/api/v1/entries?limit=1000&from=%d", from), &page)
		all, from, more = append(all, page.Entries...), page.Next, page.Next > 0
	}
	return all
}

// reportRow is a report as the API shows it.
type reportRow struct {
	ID   string
	Body struct {
		Entry int64
		Text  string
	}
}

// reports are all reports.
func (s *server) reports() (all []reportRow) {
	s.t.Helper()
	for after, more := "", true; more; {
		var page struct {
			Rows []reportRow
			Next string
		}
		s.get("/api/v1/rows/report?limit=1000&after="+url.QueryEscape(after), &page)
		all, after, more = append(all, page.Rows...), page.Next, page.Next != ""
	}
	return all
}

// said is a report as a monitor sends it.
func said(id string) truce.Report {
	from := time.Date(2016, 3, 2, 10, 0, 0, 0, time.UTC)
	return truce.Report{ID: id, Source: "monitor", Text: "heard by " + id + ", twice: " + strings.Repeat("boom ", len(id)),
		Elements: []truce.Element{{ID: id, Acts: []string{"shelling"}, When: []truce.When{{From: from, To: from.Add(time.Hour)}}, Against: []string{"?" + id}}}}
}
