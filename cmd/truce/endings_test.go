package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"truce/desk"
	"truce/record"
	"truce/store"
)

var pages = flag.Int("pages", 12, "how many pages TestDamagedDatabaseIsSaid damages, one at a time")

// TestDamagedDatabaseIsSaid cuts a database short and overwrites pages of it. Whatever is asked,
// the answer is a message and an exit code.
func TestDamagedDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := newRecord(t, dir)
	good, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		for _, end := range []string{"-wal", "-shm"} {
			_ = os.Remove(db + end)
		}
		if err := os.WriteFile(db, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []int{0, 1, 100, 4096, len(good) / 2, len(good) - 4096, len(good) - 1} {
		code, words := exitFailed, "the database file is damaged"
		if size < 2 {
			code, words = exitUsage, "the record is empty"
		}
		put(good[:size])
		runs(t, code, words, "serve", "--record", db, "--listen", "127.0.0.1:0")
		for _, args := range [][]string{{"status"}, {"fsck"}, {"rebuild"}, {"rows", "report"}, {"backup", filepath.Join(dir, "b.truce")}} {
			runsHere(t, code, words, append(args, "--record", db)...)
		}
		runsHere(t, code, words, "verify", "--quiet", db)
		if left, _ := filepath.Glob(filepath.Join(dir, "*b.truce*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if t.Failed() {
			t.Fatalf("at %d of %d bytes", size, len(good))
		}
	}
	rnd := rand.New(rand.NewPCG(5, 6))
	for range *pages {
		n := rnd.IntN(len(good) / 4096)
		b := bytes.Clone(good)
		for i := range 4096 {
			b[n*4096+i] = byte(rnd.Uint32())
		}
		put(b)
		var out bytes.Buffer
		code := run(context.Background(), []string{"fsck", "--record", db}, &streams{in: strings.NewReader(""), out: &out, err: &out})
		if said := out.String(); code == exitNothing || strings.Contains(said, "sound") || said == "" {
			t.Errorf("page %d is noise and fsck ends with %d: %s", n+1, code, said)
		}
	}
	letters(t, db, good, put)
}

// letters changes one letter in each place where a text stands. In an entry fsck finds it; in
// the state made of the entries rebuild does, and mends it.
func letters(t *testing.T, db string, good []byte, put func([]byte)) {
	t.Helper()
	text := []byte("Co-chairs adopt the Terms")
	places := 0
	for at := bytes.Index(good, text); at >= 0; places++ {
		b := bytes.Clone(good)
		b[at] = 'X'
		put(b)
		if next := bytes.Index(good[at+1:], text); next >= 0 {
			at += 1 + next
		} else {
			at = -1
		}
		args := []string{"fsck", "--record", db}
		if run(context.Background(), args, &streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard}) == exitFound {
			continue
		}
		runsHere(t, exitFound, "the state was another", "rebuild", "--record", db)
		runsHere(t, exitNothing, "the state is what it was", "rebuild", "--record", db)
		if out := runsHere(t, exitNothing, "", "rows", "report", "--record", db); !strings.Contains(out, string(text)) {
			t.Error("the text is not mended")
		}
	}
	if places < 2 {
		t.Errorf("the text stands in %d places; expected an entry and a row", places)
	}
}

// TestKeysThatDoNotFit holds what is said of a key that is missing, damaged or another's.
func TestKeysThatDoNotFit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := newRecord(t, dir)
	key := db + ".key"
	served := []string{"serve", "--listen", "127.0.0.1:0", "--record", db}

	runs(t, exitNothing, "another+", "key", "another", "--out", filepath.Join(dir, "another.key"))
	runs(t, exitUsage, "is not in force in the record", append(served, "--key", filepath.Join(dir, "another.key"))...)
	if err := os.WriteFile(filepath.Join(dir, "junk.key"), []byte("junk\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(t, exitUsage, "this is no signing key", append(served, "--key", filepath.Join(dir, "junk.key"))...)

	// The key that seals the accounts: without it nobody could sign in, and a new one would
	// hide that.
	if err := os.Rename(key+".people", key+".kept"); err != nil {
		t.Fatal(err)
	}
	runs(t, exitUsage, "the accounts were sealed with another key", served...)
	if _, err := os.Stat(key + ".people"); err == nil {
		t.Error("a new sealing key was made beside accounts that another one sealed")
	}
	if err := os.Rename(key+".kept", key+".people"); err != nil {
		t.Fatal(err)
	}

	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	runs(t, exitFailed, "the instance's key cannot be read", served...)
	runs(t, exitFailed, "the instance's key cannot be read", "backup", "--record", db, filepath.Join(dir, "b.truce"))
	runs(t, exitUsage, "there is no record", "status", "--record", filepath.Join(dir, "nowhere.db"))
}

// TestSecondServer holds what happens beside a server: another one, a port that is taken, what
// may be done meanwhile, and that the server is not disturbed.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := newRecord(t, dir)
	s := serve(t, db)
	runs(t, exitFailed, "another process serves this record", "serve", "--listen", "127.0.0.1:0", "--record", db)
	runs(t, exitFailed, "another process serves this record", "load", "../../missions/syria-2016", "--quiet", "--record", db)
	backup := filepath.Join(dir, "b.truce")
	runs(t, exitNothing, "", "backup", "--record", db, backup)
	runs(t, exitFailed, "another process serves this record", "restore", backup, "--replace", "--record", db)
	other := newRecord(t, t.TempDir())
	runs(t, exitFailed, "cannot listen here", "serve", "--listen", strings.TrimPrefix(s.url, "http://"), "--record", other)
	if s.size() != 225 {
		t.Error("the server was disturbed")
	}
	if code := s.stop(); code != exitNothing {
		t.Errorf("the server ended with exit code %d", code)
	}
}

// TestClockBack makes entries from an hour ahead and serves the record with the right clock.
func TestClockBack(t *testing.T) {
	t.Parallel()
	db := newRecord(t, t.TempDir())
	ahead := func() time.Time { return time.Now().Add(time.Hour) }
	w := where{Record: db, As: "operator"}
	key, err := w.readKey(false)
	if err != nil {
		t.Fatal(err)
	}
	d, err := store.Open(context.Background(), db, store.Options{Now: ahead, Fold: record.Fold, FoldVersion: record.Version})
	if err != nil {
		t.Fatal(err)
	}
	d.SetKey(key)
	if _, err := d.Append(context.Background(), store.Draft{Kind: "coverage.logged"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	runs(t, exitFailed, "before the last entry (set the clock right)", "act", "coverage.logged", coverage(t), "--record", db)
	h := hand(t, serve(t, db))
	if status := h.handIn("early"); status != http.StatusServiceUnavailable {
		t.Errorf("a report is answered %d", status)
	}
	if n := h.s.size(); n != 226 {
		t.Errorf("%d entries", n)
	}
}

// TestInterruptLetsRequestsFinish ends a server while bodies are still on their way, for longer
// than a command that serves nothing would be waited for. All are answered; nothing new is let in.
func TestInterruptLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	db := newRecord(t, t.TempDir())
	s := serve(t, db)
	const slow = 3 * time.Second
	var clients, begun sync.WaitGroup
	begun.Add(8)
	for k := range 8 {
		id := fmt.Sprintf("slow-%d", k)
		body, err := json.Marshal(map[string]any{"report": said(id)})
		if err != nil {
			t.Fatal(err)
		}
		clients.Go(func() {
			in, out := io.Pipe()
			r, _ := http.NewRequest("POST", s.url+"/api/v1/reports", in)
			r.Header.Set("Authorization", "Bearer "+seed.token)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", id)
			go func() {
				_, _ = out.Write(body[:10])
				begun.Done()
				time.Sleep(slow)
				_, _ = out.Write(body[10:])
				_ = out.Close()
			}()
			a, err := s.client.Do(r)
			if err != nil {
				t.Errorf("%s: %v", id, err)
				return
			}
			defer a.Body.Close()
			var e desk.Entered
			if err := json.NewDecoder(a.Body).Decode(&e); a.StatusCode != http.StatusOK || err != nil {
				t.Errorf("%s is answered %d, %v", id, a.StatusCode, err)
			}
		})
	}
	begun.Wait()
	time.Sleep(slow / 3)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(slow / 6)
	if c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), time.Second); err == nil {
		_ = c.Close()
		t.Error("somebody new was let in")
	}
	clients.Wait()
	<-s.ended
	if code := s.cmd.ProcessState.ExitCode(); code != exitNothing {
		t.Errorf("exit code %d: %s", code, s.tail())
	}
	out := runs(t, exitNothing, "", "rows", "report", "--record", db)
	if n := strings.Count(out, `{"kind":"report","id":"slow-`); n != 8 {
		t.Errorf("%d of 8 reports are there", n)
	}
	runs(t, exitNothing, "sound", "fsck", "--record", db)
}

// TestSecondInterruptEndsAtOnce is for whoever cannot wait.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	db := newRecord(t, t.TempDir())
	s := serve(t, db)
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /api/v1/reports HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nIdempotency-Key: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", strings.TrimPrefix(s.url, "http://"), seed.token)
	time.Sleep(100 * time.Millisecond)
	begun := time.Now()
	for range 2 {
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		time.Sleep(200 * time.Millisecond)
	}
	<-s.ended
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	runs(t, exitNothing, "sound", "fsck", "--record", db)
}
