package disk_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"truce/store/disk"
)

var (
	cuts = flag.Int("cuts", 200, "power cuts to try on each database")
	nth  = flag.Int("nth", 16, "how many of the first 500 writes (60 syncs) to let fail, for each fault")
)

// fresh returns a disk of this test's own.
func fresh(t testing.TB, name string) *disk.Disk {
	t.Helper()
	d, err := disk.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func shut(t testing.TB, d *disk.Disk) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// A sector's worth of one letter.
func letters(s string) []byte {
	var out []byte
	for _, c := range []byte(s) {
		out = append(out, bytes.Repeat([]byte{c}, 512)...)
	}
	return out
}

// shape is the other way round: one letter a sector, "." for zeros, "?" for a mix.
func shape(data []byte) string {
	var b strings.Builder
	for s := range slices.Chunk(data, 512) {
		switch c := s[0]; {
		case !bytes.Equal(s, bytes.Repeat([]byte{c}, len(s))):
			b.WriteByte('?')
		case c == 0:
			b.WriteByte('.')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// TestCutLeavesAllThatMayBeLeft: over many seeds, a cut leaves exactly the files that the model
// allows, and each of them at some seed.
func TestCutLeavesAllThatMayBeLeft(t *testing.T) {
	write := func(at int64, s string) disk.Op {
		return disk.Op{Kind: disk.Write, Path: "f", Body: 1, Offset: at * 512, Data: letters(s)}
	}
	found := disk.Op{Kind: disk.Found, Path: "f", Body: 1, Data: letters("ab")}
	do := func(k disk.Kind) disk.Op { return disk.Op{Kind: k, Path: "f", Body: 1} }
	create, sync, fail, folder, remove := do(disk.Create), do(disk.Sync), do(disk.SyncFailed), do(disk.SyncFolder), do(disk.Delete)
	again := disk.Op{Kind: disk.Create, Path: "f", Body: 2}
	for name, c := range map[string]struct {
		ops  disk.Recording
		want string // the shapes there may be; "-" is no file, "0" an empty one
	}{
		"nothing was done":                         {disk.Recording{found}, "ab"},
		"a write and a sync":                       {disk.Recording{found, write(0, "x"), sync}, "xb"},
		"a write of one sector":                    {disk.Recording{found, write(0, "x")}, "ab xb"},
		"a torn write":                             {disk.Recording{found, write(0, "xy")}, "ab ay xb xy"},
		"two writes to one place, either last":     {disk.Recording{found, write(0, "x"), write(0, "y")}, "ab xb yb"},
		"a later write without an earlier":         {disk.Recording{found, write(2, "c"), write(3, "d")}, "ab ab.d abc abcd"},
		"a sync covers only what came before":      {disk.Recording{found, write(0, "x"), sync, write(1, "y")}, "xb xy"},
		"cut short":                                {disk.Recording{found, {Kind: disk.Truncate, Path: "f", Body: 1, Offset: 512}}, "a ab"},
		"cut short and synced":                     {disk.Recording{found, {Kind: disk.Truncate, Path: "f", Body: 1, Offset: 512}, sync}, "a"},
		"a failed sync":                            {disk.Recording{found, write(0, "x"), fail}, "ab xb"},
		"a failed sync and a good one":             {disk.Recording{found, write(0, "x"), fail, sync}, "ab xb"},
		"written again after a failed sync":        {disk.Recording{found, write(0, "x"), fail, write(0, "x"), sync}, "xb"},
		"made, its name not safe":                  {disk.Recording{create, write(0, "x"), sync}, "- x"},
		"made, its name safe, its bytes not":       {disk.Recording{create, write(0, "x"), folder}, "0 x"},
		"made, both safe":                          {disk.Recording{create, write(0, "x"), sync, folder}, "x"},
		"deleted":                                  {disk.Recording{found, remove}, "- ab"},
		"deleted and the folder synced":            {disk.Recording{found, remove, folder}, "-"},
		"deleted and made again":                   {disk.Recording{found, remove, again}, "- ab 0"},
		"deleted and made again, folder synced":    {disk.Recording{found, remove, again, folder}, "0"},
		"written, then deleted, folder not synced": {disk.Recording{found, write(0, "x"), sync, remove}, "- xb"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[string]bool{}
			folder := t.TempDir()
			for seed := range uint64(200) {
				seen[left(t, c.ops, seed, folder)] = true
			}
			want := map[string]bool{}
			for w := range strings.FieldsSeq(c.want) {
				want[w] = true
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("(-may be left +was left):\n%s", diff)
			}
		})
	}
}

// left returns the shape of the file f after a cut at the end.
func left(t *testing.T, ops disk.Recording, seed uint64, folder string) string {
	t.Helper()
	_ = os.Remove(filepath.Join(folder, "f"))
	if err := ops.Cut(len(ops), seed, folder); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, "f"))
	if os.IsNotExist(err) {
		return "-"
	} else if err != nil {
		t.Fatal(err)
	}
	if len(data) == 0 {
		return "0"
	}
	return shape(data)
}

func TestTheSameSeedLeavesTheSameFiles(t *testing.T) {
	rec, _ := record(t, 7, 10, "FULL")
	one, two := t.TempDir(), t.TempDir()
	for _, folder := range []string{one, two} {
		if err := rec.Cut(len(rec)/2, 3, folder); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"a.db", "a.db-wal", "a.db-shm"} {
		a, errA := os.ReadFile(filepath.Join(one, f))
		b, errB := os.ReadFile(filepath.Join(two, f))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v %v", f, errA, errB)
		}
	}
}

// TestRecordingIsWhatHappened: all of a recording, carried out, gives the files that are there.
func TestRecordingIsWhatHappened(t *testing.T) {
	d := fresh(t, t.Name())
	defer shut(t, d)
	folder, again := t.TempDir(), t.TempDir()
	db := open(t, filepath.Join(folder, "a.db"), t.Name(), "FULL")
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE a (b); INSERT INTO a VALUES (1); PRAGMA wal_checkpoint(PASSIVE); INSERT INTO a VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	rec := d.Recording()
	for _, op := range rec[:len(rec):len(rec)] {
		if op.Kind == disk.Write {
			rec = append(rec, disk.Op{Kind: disk.Sync, Path: op.Path, Body: op.Body})
		}
	}
	if err := append(rec, disk.Op{Kind: disk.SyncFolder}).Cut(len(rec)+1, 1, again); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"a.db", "a.db-wal"} {
		want, err := os.ReadFile(filepath.Join(folder, f))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(again, f)); err != nil || !bytes.Equal(want, got) {
			t.Errorf("%s: %d bytes are there, %d recorded, %v", f, len(want), len(got), err)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(again, "*")); len(names) != 3 {
		t.Errorf("files after the cut: %v", names)
	}
}
