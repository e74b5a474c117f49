package attach

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"truce"
)

func folder(t *testing.T, o Options) *Folder {
	t.Helper()
	f, err := New(filepath.Join(t.TempDir(), "attachments"), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func key(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func put(t *testing.T, f *Folder, data []byte, info Info) Item {
	t.Helper()
	item, err := f.Put(t.Context(), bytes.NewReader(data), info)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

func read(t *testing.T, r io.ReadCloser, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sound fails the test if the folder has a problem, even a warning.
func sound(t *testing.T, f *Folder, ids ...age.Identity) {
	t.Helper()
	problems, err := f.Check(t.Context(), ids...)
	if err != nil || len(problems) > 0 {
		t.Fatalf("the folder is not sound: %v %v", problems, err)
	}
}

// raw returns the bytes of all files of the folder, by path.
func raw(t *testing.T, f *Folder) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(f.disk.path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(f.disk.path, path)
		out[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refused checks that err is a refusal of the kind and cause, at the field.
func refused(t *testing.T, err error, kind truce.Kind, at string, cause error) {
	t.Helper()
	e, ok := errors.AsType[*truce.Error](err)
	if !ok {
		t.Fatalf("got %v, want a truce.Error", err)
	}
	if e.Kind != kind || !strings.HasPrefix(e.At, at) || cause != nil && !errors.Is(err, cause) {
		t.Errorf("got kind %d at %q: %v; want kind %d at %q, cause %v", e.Kind, e.At, err, kind, at, cause)
	}
	if e.Hint == "" && kind == truce.Invalid {
		t.Errorf("%v does not say what was expected", err)
	}
}

const letter = "On the morning of 27 August two shells fell beside the mill. Mahmud saw it.\n"

func TestAnOriginalIsKeptAsItCame(t *testing.T) {
	f := folder(t, Options{})
	at := time.Date(2016, 8, 27, 6, 30, 0, 0, time.UTC)
	info := Info{Name: "letter.txt", Type: "text/plain; charset=utf-8", Captured: at, Clock: "phone", Address: "https://example.org/1", Place: "mill", Tool: "desk 1", By: "monitor-4"}
	item := put(t, f, []byte(letter), info)
	want := Item{Hash: sha256.Sum256([]byte(letter)), Size: int64(len(letter)), Name: "letter.txt", Type: "text/plain", Claimed: "text/plain; charset=utf-8",
		Captured: at, Clock: "phone", Address: "https://example.org/1", Place: "mill", Tool: "desk 1", By: "monitor-4", NoCopy: item.NoCopy}
	if diff := cmp.Diff(want, item); diff != "" || item.NoCopy == "" {
		t.Error(diff, item.NoCopy)
	}
	r, err := f.Original(item.Hash)
	if got := read(t, r, err); string(got) != letter {
		t.Errorf("got %q", got)
	}
	hex := fmt.Sprintf("%x", sha256.Sum256([]byte(letter)))
	name := "originals/" + hex[:2] + "/" + hex[2:4] + "/" + hex
	st, err := os.Stat(filepath.Join(f.disk.path, name))
	if err != nil || st.Mode().Perm() != 0o400 {
		t.Errorf("%v %v", st, err)
	}
	if _, err := f.Open(item.Hash); err == nil {
		t.Error("a working copy of a text was opened")
	} else {
		refused(t, err, truce.Absent, "hash", nil)
	}
	sound(t, f)
}

func TestASealedOriginalOpensOnlyToItsKeys(t *testing.T) {
	one, two, other := key(t), key(t), key(t)
	f := folder(t, Options{Seal: []age.Recipient{one.Recipient(), two.Recipient()}})
	item := put(t, f, []byte(letter), Info{Name: "letter.txt"})
	if !item.Sealed {
		t.Error("not sealed")
	}
	for name, b := range raw(t, f) {
		if bytes.Contains(b, []byte("Mahmud")) {
			t.Errorf("%s holds the words", name)
		}
	}
	for _, id := range []age.Identity{one, two} {
		r, err := f.Original(item.Hash, id)
		if got := read(t, r, err); string(got) != letter {
			t.Errorf("got %q", got)
		}
	}
	_, err := f.Original(item.Hash)
	refused(t, err, truce.Denied, "hash", nil)
	_, err = f.Original(item.Hash, other)
	refused(t, err, truce.Denied, "hash", nil)
	sound(t, f)
	sound(t, f, one)
	if problems, _ := f.Check(t.Context(), other); len(problems) != 1 {
		t.Errorf("checked with another key: %v", problems)
	}
}

func TestTheSameContentIsTheSameObject(t *testing.T) {
	for _, seal := range []bool{false, true} {
		f := folder(t, Options{})
		if seal {
			f.seal = []age.Recipient{key(t).Recipient()}
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { put(t, f, photo(1), Info{Name: "a.jpg"}) })
		}
		wg.Wait()
		again := put(t, f, photo(1), Info{Name: "other name.jpeg"})
		if all := raw(t, f); len(all) != 2 {
			t.Errorf("sealed %v: %d files, want the original and its copy", seal, len(all))
		}
		list, err := f.List(t.Context())
		if err != nil || len(list) != 1 || list[0].Hash != again.Hash || list[0].Copy != again.Copy.Hash || list[0].Sealed != seal {
			t.Errorf("%+v %v", list, err)
		}
		sound(t, f)
	}
}

func TestSealingLaterTakesThePlainOneAway(t *testing.T) {
	id := key(t)
	f := folder(t, Options{})
	put(t, f, []byte(letter), Info{})
	f.seal = []age.Recipient{id.Recipient()}
	item := put(t, f, []byte(letter), Info{})
	if all := raw(t, f); len(all) != 1 || !item.Sealed {
		t.Errorf("%d files, sealed %v", len(all), item.Sealed)
	}
	sound(t, f, id)
}

func TestADamagedOriginalIsMadeGoodWhenItComesAgain(t *testing.T) {
	for _, seal := range [][]age.Recipient{nil, {key(t).Recipient()}} {
		f := folder(t, Options{Seal: seal})
		put(t, f, []byte(letter), Info{})
		for name := range raw(t, f) {
			flip(t, f, name, 20)
		}
		put(t, f, []byte(letter), Info{})
		sound(t, f)
		if all := raw(t, f); len(all) != 1 {
			t.Errorf("%d files", len(all))
		}
	}
}

// counted counts what is read of it.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

func TestAnUploadIsRefusedAsSoonAsTheLimitIsPassed(t *testing.T) {
	for name, head := range map[string]string{"film": "\x00\x00\x00\x18ftypmp42", "picture": "\xff\xd8\xff\xe0", "archive": "PK\x03\x04", "text": "words "} {
		t.Run(name, func(t *testing.T) {
			f := folder(t, Options{Limits: Limits{Bytes: 1 << 20}})
			c := &counted{Reader: io.LimitReader(io.MultiReader(strings.NewReader(head), letters{}), 10<<30)}
			_, err := f.Put(t.Context(), c, Info{})
			refused(t, err, truce.Invalid, "content", ErrTooLarge)
			if c.n > 1<<20+64<<10 {
				t.Errorf("%d bytes were read", c.n)
			}
			if all := raw(t, f); len(all) != 0 {
				t.Errorf("left: %d files", len(all))
			}
		})
	}
	f := folder(t, Options{Limits: Limits{Bytes: 1000}})
	put(t, f, bytes.Repeat([]byte("x"), 1000), Info{})
	_, err := f.Put(t.Context(), strings.NewReader(strings.Repeat("y", 1001)), Info{})
	refused(t, err, truce.Invalid, "content", ErrTooLarge)
}

// letters is a text without end.
type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	f := folder(t, Options{})
	cause := errors.New("connection reset")
	for _, head := range []string{letter, string(photo(1)), "\x00\x00\x00\x18ftypmp42" + strings.Repeat("\x00", 9000)} {
		_, err := f.Put(t.Context(), io.MultiReader(strings.NewReader(head), iotest.ErrReader(cause)), Info{})
		refused(t, err, truce.Unavailable, "content", cause)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stops := readerFunc(func(b []byte) (int, error) { cancel(); return letters{}.Read(b[:min(len(b), 5000)]) })
	_, err := f.Put(ctx, stops, Info{})
	refused(t, err, truce.Unavailable, "content", context.Canceled)
	if all := raw(t, f); len(all) != 0 {
		t.Errorf("left: %d files", len(all))
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestWhatIsSaidOfAFileIsOneLineOfText(t *testing.T) {
	f := folder(t, Options{})
	for _, c := range []struct {
		at   string
		info Info
	}{
		{"name", Info{Name: "../../etc/passwd"}}, {"name", Info{Name: `C:\a.txt`}}, {"name", Info{Name: strings.Repeat("x", 256)}},
		{"name", Info{Name: "photo\u202egpj.txt"}}, {"name", Info{Name: "a\x00.txt"}}, {"name", Info{Name: "a\xff.txt"}},
		{"type", Info{Type: "text/plain\r\nX: y"}}, {"address", Info{Address: "x\ny"}}, {"by", Info{By: "\x1b[31m"}}, {"place", Info{Place: "\u2066"}},
	} {
		_, err := f.Put(t.Context(), strings.NewReader(letter), c.info)
		refused(t, err, truce.Invalid, c.at, nil)
	}
	put(t, f, []byte(letter), Info{Name: "تقرير ٢٧ آب.txt", By: "رصد"})
	put(t, f, []byte(letter), Info{Name: "\u200eзвіт.txt"})
	_, err := f.Put(t.Context(), strings.NewReader(""), Info{})
	refused(t, err, truce.Invalid, "content", nil)
}

// TestNothingIsHalfWrittenWhicheverStepFails lets the n-th step of the disk fail, for every
// n until none does.
func TestNothingIsHalfWrittenWhicheverStepFails(t *testing.T) {
	id := key(t)
	for _, seal := range [][]age.Recipient{nil, {id.Recipient()}} {
		for n := 1; ; n++ {
			f := folder(t, Options{Seal: seal})
			f.disk.fault = failAt(n)
			_, err := f.Put(t.Context(), bytes.NewReader(photo(6)), Info{Name: "a.jpg"})
			f.disk.fault = nil
			if err == nil {
				if n < 8 {
					t.Fatalf("only %d steps were tried", n)
				}
				break
			}
			refused(t, err, truce.Unavailable, "attachments", errDisk)
			if all := raw(t, f); len(all) != 0 {
				t.Fatalf("step %d: left %d files", n, len(all))
			}
			put(t, f, photo(6), Info{Name: "a.jpg"})
			sound(t, f, id)
		}
	}
}

var errDisk = errors.New("the disk fails")

// failAt returns a fault that lets the n-th step fail, and only that.
func failAt(n int) func(string) error {
	return func(string) error {
		if n--; n == 0 {
			return errDisk
		}
		return nil
	}
}

func TestErrorsNameNoPathAndNoFile(t *testing.T) {
	f := folder(t, Options{})
	if err := os.RemoveAll(filepath.Join(f.disk.path, incoming)); err != nil {
		t.Fatal(err)
	}
	_, err := f.Put(t.Context(), strings.NewReader(letter), Info{Name: "mahmud.txt"})
	refused(t, err, truce.Unavailable, "attachments", fs.ErrNotExist)
	for _, word := range []string{"mahmud", "/", incoming} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("%v tells %q", err, word)
		}
	}
}

func TestSweepTakesWhatACrashLeft(t *testing.T) {
	f := folder(t, Options{})
	if err := os.WriteFile(filepath.Join(f.disk.path, incoming, "HALF"), []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	if problems, _ := f.Check(t.Context()); len(problems) != 1 || problems[0].Code != "attach-unfinished" || !problems[0].Warning {
		t.Errorf("%v", problems)
	}
	if err := f.Sweep(); err != nil {
		t.Fatal(err)
	}
	sound(t, f)
}

func TestASlowUploadHoldsNobodyUp(t *testing.T) {
	f := folder(t, Options{})
	slow, feed := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := f.Put(context.Background(), slow, Info{})
		done <- err
	}()
	if _, err := feed.Write(photo(1)[:500]); err != nil {
		t.Fatal(err)
	}
	put(t, f, photo(2), Info{}) // would wait for ever
	if _, err := feed.Write(photo(1)[500:]); err != nil {
		t.Fatal(err)
	}
	feed.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	sound(t, f)
}
