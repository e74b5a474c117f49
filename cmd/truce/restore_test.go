package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"truce/record"
	"truce/store"
)

var (
	writes = flag.Int("writes", 100, "how many reports TestBackupUnderLoad hands in, 50 a second")
	flips  = flag.Int("flips", 60, "at how many places TestDamagedBackupIsRefused flips a byte")
)

// TestBackupUnderLoad makes backups of a record that is being written 50 times a second, and
// restores each where nothing is: in a folder, and in PostgreSQL. What comes back is the record
// as it was after as many entries: every entry, the state, the verdicts, the root; the
// attachments and the accounts too.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := newRecord(t, dir)
	runs(t, exitNothing, "entry 225", "attach", "C001", "../../docs/picture.png", "--record", db)
	s := serve(t, db)
	if status, _, err := s.send("GET", "/api/v1/checkpoint", "", nil); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	backups, rate := load(t, s, dir, *writes)
	if code := s.stop(); code != exitNothing {
		t.Errorf("the server ended with exit code %d: %s", code, s.log)
	}
	var sizes []int64
	for i, backup := range backups {
		there := t.TempDir()
		lite := filepath.Join(there, "record.db")
		size := restore(t, backup, db, lite, there)
		was := look(t, db, db+".key", size)
		if d := cmp.Diff(was, look(t, lite, db+".key", 0)); d != "" {
			t.Errorf("restored (-as of %d entries +restored):\n%.2000s", size, d)
		}
		if sizes = append(sizes, size); i < len(backups)-1 {
			continue
		}
		url := postgres(t)
		restore(t, backup, db, url, there)
		if d := cmp.Diff(was, look(t, url, db+".key", 0)); d != "" {
			t.Errorf("restored into PostgreSQL (-as of %d entries +restored):\n%.2000s", size, d)
		}
		digests(t, lite, url)
		for _, record := range []string{lite, url} {
			runsIn(t, there, exitNothing, "sound", "fsck", "--record", record, "--key", lite+".key")
		}
		opens(t, lite)
	}
	t.Logf("%d reports at %.0f a second; backups hold %v entries", *writes, rate, sizes)
}

// load hands in reports, one every 20 ms whether or not those before it are answered, and lets
// the program make backups meanwhile. It returns their files and the rate that was reached.
func load(t *testing.T, s *server, dir string, n int) (backups []string, rate float64) {
	due := make(chan int, n)
	begun := time.Now()
	go func() {
		defer close(due)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var clients sync.WaitGroup
		for i := range n {
			<-tick.C
			clients.Go(func() {
				id := fmt.Sprintf("L%d", i)
				status, answer, err := s.send("POST", "/api/v1/reports", "form "+id, map[string]any{"report": said(id)})
				if err != nil || status != http.StatusOK {
					t.Errorf("%s: %d %s %v", id, status, answer, err)
				}
			})
			if i%100 == 50 {
				due <- i
			}
		}
		clients.Wait()
		rate = float64(n) / time.Since(begun).Seconds()
	}()
	for i := range due {
		name := filepath.Join(dir, fmt.Sprintf("%d.truce", i))
		runs(t, exitNothing, "", "backup", "--record", filepath.Join(dir, "record.db"), name)
		backups = append(backups, name)
	}
	return backups, rate
}

// restore restores a backup on an empty machine, a folder to which the keys that were kept
// apart are brought, and returns the number of entries.
func restore(t *testing.T, backup, from, url, folder string) (size int64) {
	t.Helper()
	key := filepath.Join(folder, "record.db.key")
	copyFile(t, from+".key", key)
	copyFile(t, from+".key.people", key+".people")
	out := runsIn(t, folder, exitNothing, " entries, root ", "restore", backup, "--record", url, "--key", key)
	if _, err := fmt.Sscanf(out, "%d entries", &size); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	return size
}

// looked is what can be seen of a record.
type looked struct {
	Status  string
	Rows    map[string]string
	Entries []string // leaves with their fields, whole
}

// look takes a record in, as of some entries or, with 0, whole.
func look(t *testing.T, url, key string, asOf int64) looked {
	t.Helper()
	ask := func(args ...string) string {
		if args = append(args, "--record", url, "--key", key); asOf > 0 {
			args = append(args, "--as-of", fmt.Sprint(asOf))
		}
		return runsHere(t, exitNothing, "", args...)
	}
	l := looked{Status: ask("status"), Rows: map[string]string{}}
	for _, kind := range []string{"report", "element", "incident", "attachment"} {
		l.Rows[kind] = ask("rows", kind)
	}
	db, err := store.Open(context.Background(), url, store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	to := asOf
	if to == 0 {
		if to, err = db.Size(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for e, err := range db.Entries(context.Background(), 0, to) {
		if err != nil {
			t.Fatal(err)
		}
		fields, err := json.Marshal(e.Fields)
		if err != nil {
			t.Fatal(err)
		}
		l.Entries = append(l.Entries, string(e.Leaf())+string(fields))
	}
	return l
}

// digests holds two records against each other: all versions of all rows.
func digests(t *testing.T, urls ...string) {
	t.Helper()
	var sums [][32]byte
	for _, url := range urls {
		db, err := store.Open(context.Background(), url, store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		sum, err := db.Digest(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] != sums[1] {
		t.Error("the states differ")
	}
}

// opens serves a restored record: the account's token is good there, and the attachment is
// there; and it goes on taking reports.
func opens(t *testing.T, db string) {
	t.Helper()
	s := serve(t, db)
	if status, answer, err := s.send("POST", "/api/v1/reports", "form after", map[string]any{"report": said("after")}); err != nil || status != http.StatusOK {
		t.Errorf("after the restoration: %d %s %v", status, answer, err)
	}
	s.stop()
	picture, err := os.ReadFile("../../docs/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(picture)
	found := false
	_ = filepath.WalkDir(db+".files", func(path string, d fs.DirEntry, err error) error {
		found = found || err == nil && strings.Contains(path, hex.EncodeToString(sum[:])[4:])
		return nil
	})
	if !found {
		t.Error("the attachment is not in the restored folder")
	}
}

// postgres is an empty schema of the server that TRUCE_POSTGRES names, or of one that the
// script starts.
func postgres(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TRUCE_POSTGRES")
	if url == "" {
		url = startPostgres(t)
	}
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("truce_%d", os.Getpid())
	exec := func(sql string) {
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Error(err)
		}
	}
	exec("CREATE SCHEMA " + schema)
	t.Cleanup(func() {
		exec("DROP SCHEMA " + schema + " CASCADE")
		_ = c.Close(context.Background())
	})
	return url + "&search_path=" + schema + ",public"
}

func startPostgres(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("../../scripts/postgres.sh")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("a backup must be restored into PostgreSQL too, and none can be had: %v", err)
	}
	return strings.TrimSpace(line)
}

// TestDamagedBackupIsRefused flips bytes of a backup, one at a time, and cuts it short; none of
// these is restored: not over a record, which stays as it is to the byte, and not where nothing
// is, which stays so. (-flips 1000 is the long proof.)
func TestDamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := newRecord(t, dir)
	runs(t, exitNothing, "entry 225", "attach", "C001", "../../docs/picture.png", "--record", db)
	name := filepath.Join(dir, "good.truce")
	runs(t, exitNothing, "", "backup", "--record", db, name)
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	was := files(t, dir)
	bad := filepath.Join(t.TempDir(), "bad.truce")
	tried := 0
	refused := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		runsHere(t, exitUsage, "the backup is damaged", "restore", bad, "--record", db, "--replace")
		if tried++; tried%8 == 1 {
			empty := t.TempDir()
			runsHere(t, exitUsage, "the backup is damaged", "restore", bad, "--record", filepath.Join(empty, "record.db"))
			if left := files(t, empty); len(left) > 0 {
				t.Errorf("%s: left behind: %v", what, left)
			}
		}
		if d := cmp.Diff(was, files(t, dir)); d != "" {
			t.Errorf("%s: the record changed: %s", what, d)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range *flips {
		b, i, bit := bytes.Clone(good), rnd.IntN(len(good)), byte(1)<<rnd.IntN(8)
		b[i] ^= bit
		refused(fmt.Sprintf("byte %d of %d, bit %02x", i, len(good), bit), b)
	}
	for _, n := range cuts(len(good), *flips/4, rnd) {
		refused(fmt.Sprintf("cut to %d of %d bytes", n, len(good)), good[:n])
	}
	refused("with more zeros at its end", append(bytes.Clone(good), make([]byte, 1024)...))
	refused("twice", append(bytes.Clone(good), good...))
	t.Logf("%d flips and %d cuts of %d bytes refused", *flips, len(cuts(len(good), *flips/4, rnd)), len(good))

	runs(t, exitUsage, "", "restore", name, "--record", db) // there is a record
	if d := cmp.Diff(was, files(t, dir)); d != "" {
		t.Errorf("without --replace the record changed: %s", d)
	}
	line := runs(t, exitNothing, "226 entries", "status", "--record", db)
	runs(t, exitNothing, "entry 226", "act", "coverage.logged", coverage(t), "--record", db)
	runs(t, exitNothing, "226 entries", "restore", name, "--record", db, "--replace")
	if d := cmp.Diff(line, runs(t, exitNothing, "", "status", "--record", db)); d != "" {
		t.Errorf("after the good backup took its place: %s", d)
	}
}

// cuts are lengths to which a backup is cut: the ends, blocks of tar, and others.
func cuts(size, n int, rnd *rand.Rand) []int {
	all := []int{0, 1, 511, 512, size / 2 / 512 * 512, size - 2048, size - 1024, size - 512, size - 1}
	for range n {
		all = append(all, rnd.IntN(size))
	}
	return all
}

// files are all files of a folder with their hashes.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		all[path] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// coverage is a file with an act that is not in the seed.
func coverage(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "coverage.json")
	text := `{"valid": {"from": "2016-08-27T00:00:00Z", "to": "2016-08-28T00:00:00Z"}, "where": {"area": "SY02", "form": "area"}}`
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
