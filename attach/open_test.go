package attach

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"truce"
)

// flip changes one bit of a file of the folder.
func flip(t *testing.T, f *Folder, name string, at int) {
	t.Helper()
	path := filepath.Join(f.disk.path, name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	rewrite(t, path, b)
}

func rewrite(t *testing.T, path string, b []byte) {
	t.Helper()
	for _, err := range []error{os.Chmod(path, 0o600), os.WriteFile(path, b, 0o600), os.Chmod(path, 0o400)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFlippedByteIsNoticed(t *testing.T) {
	id := key(t)
	long := bytes.Repeat([]byte("words and "), 20_000) // several of age's chunks, and of ours
	for _, c := range []struct {
		name string
		seal []age.Recipient
		data []byte
	}{{"plain", nil, []byte(letter)}, {"plain, long", nil, long}, {"sealed", []age.Recipient{id.Recipient()}, []byte(letter)}, {"sealed, long", []age.Recipient{id.Recipient()}, long}} {
		f := folder(t, Options{Seal: c.seal})
		item := put(t, f, c.data, Info{})
		for name, b := range raw(t, f) {
			for at := 0; at < len(b); at += max(1, len(b)/40) {
				flip(t, f, name, at)
				if got, err := readAll(f.Original(item.Hash, id)); err == nil || len(got) >= len(c.data) {
					t.Errorf("%s: byte %d of %d: %v, %d bytes read", c.name, at, len(b), err, len(got))
				}
				if problems, err := f.Check(t.Context()); err != nil || len(problems) != 1 || problems[0].Code != "attach-changed" || problems[0].File != name {
					t.Errorf("%s: byte %d: %v %v", c.name, at, problems, err)
				}
				flip(t, f, name, at)
			}
			rewrite(t, filepath.Join(f.disk.path, name), b[:len(b)-1])
			if _, err := readAll(f.Original(item.Hash, id)); !errors.Is(err, ErrChanged) {
				t.Errorf("%s: a byte short: %v", c.name, err)
			}
			rewrite(t, filepath.Join(f.disk.path, name), append(slices.Clone(b), 0))
			if _, err := readAll(f.Original(item.Hash, id)); !errors.Is(err, ErrChanged) {
				t.Errorf("%s: a byte more: %v", c.name, err)
			}
			rewrite(t, filepath.Join(f.disk.path, name), b)
		}
		sound(t, f, id)
	}
}

func readAll(r io.ReadCloser, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestAWorkingCopyIsCheckedTooAndByteByByteReadersSeeIt(t *testing.T) {
	f := folder(t, Options{})
	item := put(t, f, photo(1), Info{})
	name := place{of: item.Hash, file: item.Copy.Hash, form: workingCopy}.name()
	flip(t, f, name, 100)
	r, err := f.Open(item.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := int64(0)
	for err == nil {
		_, err = r.Read(make([]byte, 1))
		n++
	}
	if !errors.Is(err, ErrChanged) || n != item.Copy.Size {
		t.Errorf("%v after %d of %d", err, n-1, item.Copy.Size)
	}
}

func TestCheckFindsWhatDoesNotBelong(t *testing.T) {
	f := folder(t, Options{})
	item := put(t, f, photo(1), Info{})
	other := put(t, f, []byte(letter), Info{})
	original := place{of: item.Hash, file: item.Hash}.name()
	copied := place{of: item.Hash, file: item.Copy.Hash, form: workingCopy}.name()
	text := place{of: other.Hash, file: other.Hash}.name()
	for _, err := range []error{
		os.Remove(filepath.Join(f.disk.path, original)),
		os.Symlink("/etc/hostname", filepath.Join(f.disk.path, original)),
		os.WriteFile(filepath.Join(f.disk.path, "originals", "notes.txt"), []byte("x"), 0o400),
		os.Chmod(filepath.Join(f.disk.path, text), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	problems, err := f.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range problems {
		got[p.File] = p.Code
	}
	want := map[string]string{original: "attach-stray", copied: "attach-orphan", "originals/notes.txt": "attach-stray", text: "attach-mode"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := f.Original(item.Hash); err == nil {
		t.Error("a link was followed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestDestroyedIsOverwrittenAndGone(t *testing.T) {
	f := folder(t, Options{})
	item, stays := put(t, f, photo(1), Info{}), put(t, f, photo(2), Info{})
	var links []string
	for name := range raw(t, f) {
		if p, _ := parsePlace(name); p.of == item.Hash {
			link := filepath.Join(t.TempDir(), "link") // the same bytes on disk, under a name that stays
			if err := os.Link(filepath.Join(f.disk.path, name), link); err != nil {
				t.Fatal(err)
			}
			links = append(links, link)
		}
	}
	if err := f.Destroy(t.Context(), item.Hash); err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		b, err := os.ReadFile(link)
		if err != nil || len(b) == 0 || len(bytes.Trim(b, "\x00")) > 0 {
			t.Errorf("the bytes are still on the disk: %v, %d bytes", err, len(b))
		}
	}
	if len(links) != 2 {
		t.Errorf("%d files, want original and copy", len(links))
	}
	_, err := f.Original(item.Hash)
	refused(t, err, truce.Absent, "hash", nil)
	_, err = f.Open(item.Hash)
	refused(t, err, truce.Absent, "hash", nil)
	refused(t, f.Destroy(t.Context(), item.Hash), truce.Absent, "hash", nil)
	list, err := f.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Hash != stays.Hash {
		t.Errorf("%v %v", list, err)
	}
	sound(t, f)
	put(t, f, photo(1), Info{})
	sound(t, f)
}

func TestDestroyIsEndedByCallingItAgain(t *testing.T) {
	for n := 1; ; n++ {
		f := folder(t, Options{})
		item := put(t, f, photo(1), Info{})
		f.disk.fault = failAt(n)
		err := f.Destroy(t.Context(), item.Hash)
		f.disk.fault = nil
		if err == nil {
			if n < 6 {
				t.Errorf("only %d steps", n)
			}
			return
		}
		refused(t, err, truce.Unavailable, "attachments", errDisk)
		problems, _ := f.Check(t.Context())
		if len(problems.Fatal()) > 0 {
			t.Errorf("step %d: %v", n, problems)
		}
		if err := f.Destroy(t.Context(), item.Hash); err != nil {
			refused(t, err, truce.Absent, "hash", nil)
		}
		if err := f.Sweep(); err != nil {
			t.Fatal(err)
		}
		if all := raw(t, f); len(all) != 0 {
			t.Errorf("step %d: left %d files", n, len(all))
		}
	}
}

func TestABackupIsTheSameFolder(t *testing.T) {
	id := key(t)
	from := folder(t, Options{Seal: []age.Recipient{id.Recipient()}})
	for o := range uint16(5) {
		put(t, from, photo(o+1), Info{})
	}
	put(t, from, []byte(letter), Info{})
	to := folder(t, Options{}) // needs no key, and does not unseal
	n := 0
	for m, err := range from.Members(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Restore(t.Context(), m.Name, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
		if m.Size != int64(len(raw(t, to)[m.Name])) {
			t.Errorf("%s: size %d", m.Name, m.Size)
		}
		n++
	}
	if diff := cmp.Diff(raw(t, from), raw(t, to)); diff != "" || n != 11 {
		t.Errorf("%d files; %s", n, diff)
	}
	sound(t, to, id)
}

func TestRestoreRefusesOtherBytesAndOtherNames(t *testing.T) {
	f := folder(t, Options{})
	item := put(t, folder(t, Options{}), []byte(letter), Info{})
	name := place{of: item.Hash, file: item.Hash}.name()
	for at := range len(letter) {
		b := []byte(letter)
		b[at] ^= 1
		refused(t, f.Restore(t.Context(), name, bytes.NewReader(b)), truce.Invalid, name, ErrChanged)
	}
	for _, bad := range []string{"", "originals", "../" + name, "originals/../" + name, strings.ToUpper(name), name + ".age", name + "." + item.Hash.String(), strings.Replace(name, "originals", "copies", 1), "originals/aa/bb/" + item.Hash.String()} {
		refused(t, f.Restore(t.Context(), bad, strings.NewReader(letter)), truce.Invalid, "name", nil)
	}
	if all := raw(t, f); len(all) != 0 {
		t.Errorf("left %d files", len(all))
	}
	if err := f.Restore(t.Context(), name, strings.NewReader(letter)); err != nil {
		t.Fatal(err)
	}
	sound(t, f)
}

func TestABackupNoticesChangedBytes(t *testing.T) {
	f := folder(t, Options{})
	put(t, f, []byte(letter), Info{})
	for m := range f.Members(t.Context()) {
		flip(t, f, m.Name, 3)
		if _, err := readAll(m.Open()); !errors.Is(err, ErrChanged) {
			t.Error(err)
		}
	}
}

func TestHashesHaveOneSpelling(t *testing.T) {
	item := put(t, folder(t, Options{}), []byte(letter), Info{})
	text, _ := item.Hash.MarshalText()
	var h Hash
	if err := h.UnmarshalText(text); err != nil || h != item.Hash || h.IsZero() {
		t.Error(err)
	}
	for _, bad := range []string{"", "ab", strings.ToUpper(string(text)), string(text) + "00", strings.Repeat("g", 64)} {
		_, err := ParseHash(bad)
		refused(t, err, truce.Invalid, "hash", nil)
	}
}
