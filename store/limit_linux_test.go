package store_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"truce"
	"truce/store"
)

// writes is up to how many writes of a transaction are tried to fail at.
var writes = flag.Int("writes", 40, "limits on the size of files to write into, in steps of a page")

// TestDiskThatFailsAtAnyWrite lets the system refuse a write of a transaction, the first, the
// second and so on: the call is refused, nothing of it is there, and the same call is taken
// when writes work again, all in one process without opening the record anew.
func TestDiskThatFailsAtAnyWrite(t *testing.T) {
	if os.Getenv("STORE_TEST_LIMIT") != "" {
		failAtAnyWrite(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskThatFailsAtAnyWrite$", "-test.v", fmt.Sprint("-writes=", *writes))
	cmd.Env = append(os.Environ(), "STORE_TEST_LIMIT=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "refused and taken") {
		t.Errorf("%v\n%s", err, out)
	}
}

func failAtAnyWrite(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	p := onSQLite(t)
	db := p.open(t)
	add(t, db, received(said{ID: "first", Text: "word"}))
	refusals := 0
	for i := range *writes {
		d := received(said{ID: fmt.Sprint(i), Text: strings.Repeat("word ", 2000), Box: &truce.Box{East: 1, North: 1}})
		d.ID = fmt.Sprint("limit ", i)
		before, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		limit(t, used(t, p)+uint64(i%20)*2048)
		_, err = db.Append(t.Context(), d)
		limit(t, 1<<40)
		if err != nil {
			refused(t, err, truce.Unavailable)
			refusals++
			if now, err := db.Head(t.Context()); err != nil || now != before {
				t.Fatalf("%v, %v: something of it was written; expected %v", now, err, before)
			}
		}
		if got := add(t, db, d); got[0].Repeat != (err == nil) {
			t.Errorf("limit %d: repeat %v after %v", i, got[0].Repeat, err)
		}
	}
	sound(t, db)
	if refusals < *writes/10 {
		t.Errorf("only %d of %d calls were refused: the test shows little", refusals, *writes)
	}
	if n, err := db.Count(t.Context(), store.Query{Kind: "report", AnyLabel: true}); err != nil || n[0].N != int64(*writes)+1 {
		t.Errorf("%v, %v", n, err)
	}
	fmt.Println(refusals, "refused and taken")
}

// used is the size of the larger of the database and its log.
func used(t *testing.T, p place) uint64 {
	var n uint64
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(filepath.Clean(p.sqlite) + end); err == nil {
			n = max(n, uint64(info.Size()))
		}
	}
	return n
}

func limit(t *testing.T, n uint64) {
	t.Helper()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: syscall.RLIM_INFINITY & (1<<64 - 1)}); err != nil {
		t.Fatal(err)
	}
}
