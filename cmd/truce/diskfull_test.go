//go:build linux

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"truce/desk"
)

var fills = flag.Int("fills", 6, "how often TestFullDisk fills the disk under a server")

// smallDisk is a disk of its own of a few megabytes, where the system lets us have one.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk needs the right to mount: %v; TestFileSizeLimit runs everywhere", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// handed is what clients handed in to a server that cannot always write.
type handed struct {
	*testing.T
	s     *server
	first int64
	mu    sync.Mutex
	n     int
	taken map[string]int64
	open  []string // refused, to be handed in again
}

// handIn hands in a report of some kilobytes and returns the status.
func (h *handed) handIn(id string) int {
	report := said(id)
	report.Text += strings.Repeat("x", 3000)
	status, answer, err := h.s.send("POST", "/api/v1/reports", "form "+id, map[string]any{"report": report})
	if err != nil {
		h.Fatalf("%s: %v: the server is gone: %s", id, err, h.s.log)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if status != http.StatusOK {
		var p struct {
			Status int
			Code   string
		}
		if err := json.Unmarshal(answer, &p); err != nil || p.Status != status || p.Code == "" {
			h.Errorf("%s: %d %s", id, status, answer)
		}
		h.open = append(h.open, id)
		return status
	}
	var e desk.Entered
	if err := json.Unmarshal(answer, &e); err != nil {
		h.Fatal(err)
	}
	if _, was := h.taken[id]; was != e.Repeat {
		h.Errorf("%s: repeat is %v", id, e.Repeat)
	}
	h.taken[id] = e.N
	return status
}

// until has four clients hand in reports until each was refused three times, and holds the
// refusals against what is expected.
func (h *handed) until(want int) {
	h.Helper()
	var clients sync.WaitGroup
	for k := range 4 {
		clients.Go(func() {
			for refused, i := 0, 0; refused < 3; i++ {
				h.mu.Lock()
				h.n++
				id := fmt.Sprintf("F%d-%d", k, h.n)
				h.mu.Unlock()
				switch status := h.handIn(id); {
				case status == want:
					refused++
				case status != http.StatusOK:
					h.Errorf("%s is answered %d, expected 200 or %d", id, status, want)
					return
				case i > 3000:
					h.Error("nothing is refused")
					return
				}
			}
		})
	}
	clients.Wait()
}

// again hands in what was refused; now it is taken, and is not there already.
func (h *handed) again() {
	h.Helper()
	open := h.open
	h.open = nil
	for _, id := range open {
		if status := h.handIn(id); status != http.StatusOK {
			h.Errorf("%s is answered %d after the trouble is over", id, status)
		}
	}
}

// look holds the record against what was acknowledged: one entry each, and none beside them.
func (h *handed) look() {
	h.Helper()
	if n := len(h.s.entries(h.first)); n != len(h.taken) {
		h.Errorf("%d reports were taken; there are %d entries", len(h.taken), n)
	}
	at := map[string]int64{}
	for _, r := range h.s.reports() {
		at[r.ID] = r.Body.Entry
	}
	for id, n := range h.taken {
		if at[id] != n {
			h.Errorf("%s was taken as entry %d and is at %d", id, n, at[id])
		}
	}
}

// sound ends the server and checks the record.
func (h *handed) sound(db string) {
	h.Helper()
	if code := h.s.stop(); code != exitNothing {
		h.Errorf("the server ended with exit code %d: %s", code, h.s.log)
	}
	runs(h, exitNothing, "sound", "fsck", "--record", db)
	runs(h, exitNothing, "the record holds", "verify", "--quiet", db)
}

func hand(t *testing.T, s *server) *handed {
	return &handed{T: t, s: s, first: s.state().Entries, taken: map[string]int64{}}
}

// fill takes all of a disk but so many pages, and returns the file that does.
func fill(t *testing.T, dir string, pages int) string {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, os.Getpagesize())
	for err == nil {
		_, err = f.Write(page)
	}
	size, _ := f.Seek(0, io.SeekCurrent)
	if err := f.Truncate(max(0, size-int64(pages*len(page)))); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// TestFullDisk fills the disk under a server again and again, each time with another few pages
// left, so that another write is the first that fails. Clients get 507 and nothing else,
// readers go on, and as soon as there is room the server takes all again. (-fills 60 is the
// long proof.)
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "24m")
	db := newRecord(t, dir)
	h := hand(t, serve(t, db))
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range *fills {
		ballast := fill(t, dir, rnd.IntN(24))
		h.until(http.StatusInsufficientStorage)
		h.look()
		if i == 0 {
			fullElsewhere(t, h, dir, db)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		h.again()
		h.look()
		if t.Failed() {
			t.Fatalf("at fill %d", i+1)
		}
	}
	t.Logf("%d fills, %d reports taken", *fills, len(h.taken))
	h.sound(db)
}

// fullElsewhere tries other work on the full disk.
func fullElsewhere(t *testing.T, h *handed, dir, db string) {
	t.Helper()
	runs(t, exitFailed, "no space left", "backup", "--record", db, filepath.Join(dir, "b.truce"))
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	picture, err := os.ReadFile("../../docs/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	status, answer := h.upload("C001", "crater.png", picture)
	if status != http.StatusInsufficientStorage {
		t.Errorf("an attachment on a full disk is answered %d: %s", status, answer)
	}
	runs(t, exitFailed, "", "load", "../../missions/syria-2016", "--quiet", "--record", filepath.Join(dir, "new.db"))
}

// upload puts a file beside a report.
func (h *handed) upload(report, name string, data []byte) (int, string) {
	h.Helper()
	r, err := http.NewRequest("POST", h.s.url+"/api/v1/reports/"+report+"/attachments?name="+name, strings.NewReader(string(data)))
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+seed.token)
	r.Header.Set("Content-Type", "image/png")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer a.Body.Close()
	b, _ := io.ReadAll(a.Body)
	return a.StatusCode, string(b)
}

// TestFileSizeLimit makes every write past a size fail, as a quota or a failing disk does.
// Clients get 503; once the limit is gone, which takes a new process, all is taken.
func TestFileSizeLimit(t *testing.T) {
	dir := t.TempDir()
	db := newRecord(t, dir)
	s := launch(t, "ulimit -f 2000", db) // in blocks of 512 or 1024 bytes, as the shell sees it
	s.wait()
	h := hand(t, s)
	h.until(http.StatusServiceUnavailable)
	h.look()
	if code := s.stop(); code != exitNothing {
		t.Errorf("the server ended with exit code %d: %s", code, s.log)
	}
	h.s = serve(t, db)
	h.again()
	h.look()
	h.sound(db)
}

// TestReadOnlyFiles takes away the right to write while a server runs and gives it back.
// Clients get 503 and the server recovers by itself. Readers go on, unless the memory that
// they share goes too, as on a disk that the system has stopped writing to.
func TestReadOnlyFiles(t *testing.T) {
	for _, frozen := range []struct {
		name  string
		files []string
		reads bool
	}{
		{"database and log", []string{"", "-wal"}, true},
		{"shared memory too", []string{"", "-wal", "-shm"}, false},
	} {
		t.Run(frozen.name, func(t *testing.T) {
			db := newRecord(t, t.TempDir())
			h := hand(t, serve(t, db))
			h.handIn("F-before")
			thaw := freeze(t, db, frozen.files)
			h.until(http.StatusServiceUnavailable)
			if frozen.reads {
				h.look()
			}
			thaw()
			h.again()
			h.look()
			h.sound(db)
		})
	}
}

// freeze makes files immutable, even for the root user, until thaw.
func freeze(t *testing.T, db string, ends []string) (thaw func()) {
	t.Helper()
	var files []string
	for _, end := range ends {
		files = append(files, db+end)
	}
	if out, err := exec.Command("chattr", append([]string{"+i"}, files...)...).CombinedOutput(); err != nil {
		t.Skipf("files cannot be made immutable here: %v: %s; TestReadOnlyDisk tries it another way", err, out)
	}
	thaw = func() { _ = exec.Command("chattr", append([]string{"-i"}, files...)...).Run() }
	t.Cleanup(thaw)
	return thaw
}

// TestReadOnlyDisk holds what the program says of a record on a disk that cannot be written.
func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "24m")
	db := newRecord(t, dir)
	runs(t, exitNothing, "225 entries", "status", "--record", db)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"serve", "--listen", "127.0.0.1:0", "--record", db},
		{"add", "../../docs/language.md", "--record", db},
		{"load", "../../missions/syria-2016", "--quiet", "--record", db},
	} {
		runs(t, exitFailed, "read-only file system", args...)
	}
	// SQLite needs to write beside a file in this mode even to read it: a backup is made of a
	// copy of the files.
	runs(t, exitFailed, "the database cannot be written", "backup", "--record", db, filepath.Join(t.TempDir(), "b.truce"))
	copied := filepath.Join(t.TempDir(), "record.db")
	copyFile(t, db, copied)
	copyFile(t, db+".key", copied+".key")
	runs(t, exitNothing, "", "backup", "--record", copied, filepath.Join(t.TempDir(), "b.truce"))
}
