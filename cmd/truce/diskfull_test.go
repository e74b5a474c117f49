//go:build linux

package main

import (
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
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
	t.Parallel()
	const some = 10 // of one record: later its write-ahead log has gone round and needs no room
	rnd := rand.New(rand.NewPCG(1, 2))
	for done := 0; done < *fills; done += some {
		fillAgain(t, rnd, min(some, *fills-done))
	}
}

func fillAgain(t *testing.T, rnd *rand.Rand, times int) {
	t.Helper()
	dir := smallDisk(t, "24m")
	db := newRecord(t, dir)
	h := hand(t, serve(t, db))
	for i := range times {
		ballast := fill(t, dir, rnd.IntN(160)*min(i, 1)) // the first time to the last byte
		h.until(http.StatusInsufficientStorage)
		h.look()
		if i == 0 {
			fullElsewhere(t, h, dir, db)
		}
		// Emptied, not removed: a program that another test is starting may hold it for a moment.
		if err := os.Truncate(ballast, 0); err != nil {
			t.Fatal(err)
		}
		h.again()
		h.look()
		if t.Failed() {
			out, _ := exec.Command("sh", "-c", "ls -la "+dir+"; df "+dir).CombinedOutput()
			t.Fatalf("at fill %d: %s", i+1, out)
		}
	}
	t.Logf("%d fills, %d reports taken", times, len(h.taken))
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
	runs(t, exitFailed, "no space left", "load", "../../missions/syria-2016", "--quiet", "--record", filepath.Join(dir, "new.db"))
	if _, err := os.Stat(filepath.Join(dir, "new.db.key")); err == nil {
		t.Error("half a key is left behind")
	}
}

// TestFileSizeLimit makes every write past a size fail, as a quota or a failing disk does.
// Clients get 503; once the limit is gone, which takes a new process, all is taken.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	dir := smallDisk(t, "24m")
	db := newRecord(t, dir)
	runs(t, exitNothing, "sound", "fsck", "--record", db)
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
