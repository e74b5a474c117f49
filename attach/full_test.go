//go:build unix

package attach

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bytes"

	"truce"
)

// TestAFullDisk runs itself in a process whose files may not grow beyond a size, so that the
// real system refuses the write at every stage: in the original, in the copy, at the first byte.
func TestAFullDisk(t *testing.T) {
	if os.Getenv("ATTACH_FULL") != "" {
		fullDisk(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestAFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), "ATTACH_FULL=1", "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "stages: ") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func fullDisk(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := New(filepath.Join(t.TempDir(), "a"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	data := photo(6)
	copied := put(t, f, data, Info{}).Copy.Size
	if err := f.Destroy(t.Context(), put(t, f, data, Info{}).Hash); err != nil {
		t.Fatal(err)
	}
	most := max(int64(len(data)), copied)
	stages := 0
	for limit := int64(0); limit < most; limit += most/40 + 1 {
		var was syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Fatal(err)
		}
		room := was
		room.Cur = uint64(limit)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
			t.Fatal(err)
		}
		_, err := f.Put(t.Context(), bytes.NewReader(data), Info{})
		if again := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); again != nil {
			t.Fatal(again)
		}
		e, ok := errors.AsType[*truce.Error](err)
		if !ok || e.Kind != truce.Unavailable || e.Hint != "507" {
			t.Fatalf("room for %d bytes: %v", limit, err)
		}
		if all := raw(t, f); len(all) != 0 {
			t.Fatalf("room for %d bytes: left %d files", limit, len(all))
		}
		stages++
	}
	put(t, f, data, Info{})
	sound(t, f)
	fmt.Println("stages:", stages)
}
