package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
)

func TestPathsAreC2SP(t *testing.T) {
	for _, n := range []int64{0, 5, 999, 1000, 1234067, 987654321} {
		for _, w := range []int{1, 44, 255, 256} {
			for level := -1; level < 3; level++ {
				want := torchwood.TilePath(tlog.Tile{H: 8, L: level, N: n, W: w})
				if got := pathOf(level, n, w); got != want {
					t.Errorf("%s; expected %s", got, want)
				}
			}
			for level := levelFields; level < 3; level++ {
				l, m, x, ok := parsePath(pathOf(level, n, w))
				if !ok || l != level || m != n || x != w {
					t.Errorf("%s is read as %d %d %d %v", pathOf(level, n, w), l, m, x, ok)
				}
			}
		}
	}
	for _, bad := range []string{"", "x", "tile/0", "tile/8/000", "tile/-1/000", "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
		"tile/0/x000/001", "tile/data/000", "fields/0", "fields/000.p/256", "fields/entries/000", "fields/8/data/000", "tile/entries/x001/x002", "tile/+1/000"} {
		if level, n, w, ok := parsePath(bad); ok {
			t.Errorf("%q is read as %d %d %d", bad, level, n, w)
		}
	}
}

func TestWriteRecordAndRead(t *testing.T) {
	for _, n := range []int{6, 255, 256, 257, 600} {
		s := people(t, n)
		dir := t.TempDir()
		if err := WriteRecord(s.all(), s.checkpoint(), Folder(dir)); err != nil {
			t.Fatal(err)
		}
		if v := verify(t, os.DirFS(dir), VerifyOptions{Keys: []string{s.key.Verifier()}}); v.Err() != nil {
			t.Fatal(v.Faults)
		}
		r, err := OpenRecord(os.DirFS(dir))
		if err != nil || r.Checkpoint.Size != int64(n) || !bytes.Equal(r.Signed, s.checkpoint()) {
			t.Fatal(r, err)
		}
		read := func(from, to int64) (out []*Entry) {
			for e, err := range r.Entries(from, to) {
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, e)
			}
			return out
		}
		for _, span := range [][2]int64{{0, int64(n)}, {-5, int64(n) + 5}, {3, 5}, {5, 5}, {int64(n) - 1, int64(n)}} {
			from, to := max(span[0], 0), min(span[1], int64(n))
			got, want := read(span[0], span[1]), s.entries[from:to]
			if len(got) != len(want) {
				t.Fatalf("%v: %d entries; expected %d", span, len(got), len(want))
			}
			for i := range got {
				if !bytes.Equal(got[i].Leaf(), want[i].Leaf()) || got[i].Fields.Root() != want[i].Fields.Root() || !slices.Equal(got[i].Fields.Held(), want[i].Fields.Held()) {
					t.Fatalf("entry %d is another", from+int64(i))
				}
			}
		}
		proof, err := Inclusion(int64(n), 5, r.Tile)
		if err != nil || CheckInclusion(proof, int64(n), r.Checkpoint.Root, 5, LeafHash(s.entries[5].Leaf())) != nil {
			t.Errorf("a proof from the files: %v", err)
		}
		tree, err := NewTree(int64(n), r.Tile)
		if err != nil || tree.Root() != s.tree.Root() {
			t.Errorf("a tree from the files: %v", err)
		}
		// Nothing is written over.
		if err := WriteRecord(s.all(), s.checkpoint(), Folder(dir)); err == nil {
			t.Error("written over")
		}
	}
}

// TestWriteRecordTiles compares the tiles with those that tlog would publish.
func TestWriteRecordTiles(t *testing.T) {
	s := begin(t).fill(66_000 / 100)
	f := s.files(s.checkpoint())
	want := []string{"checkpoint"}
	for _, tile := range tlog.NewTiles(8, 0, s.tree.Size()) {
		want = append(want, torchwood.TilePath(tile))
		if tile.L == 0 {
			tile.L = -1
			want = append(want, torchwood.TilePath(tile), strings.Replace(torchwood.TilePath(tile), "tile/entries", "fields", 1))
		}
	}
	var got []string
	for path := range f {
		got = append(got, path)
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWriteRecordRefused(t *testing.T) {
	s := begin(t).fill(300)
	boom := errors.New("no room")
	fail := func(yield func(*Entry, error) bool) { _ = yield(s.entries[0], nil) && yield(nil, boom) }
	spoilt := func(yield func(*Entry, error) bool) {
		e := *s.entries[0]
		e.Fields = testFields(t, 9, map[string]any{"a": 1})
		yield(&e, nil)
	}
	short := func(yield func(*Entry, error) bool) { yield(s.entries[0], nil) }
	swapped := func(yield func(*Entry, error) bool) {
		for i := range s.entries {
			if i == 8 || i == 9 {
				i = 17 - i
			}
			if !yield(s.entries[i], nil) {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		entries iter.Seq2[*Entry, error]
		signed  []byte
		fail    string
		want    string
	}{
		"entries that cannot be read": {fail, s.checkpoint(), "", "entry 1: no room"},
		"other fields":                {spoilt, s.checkpoint(), "", "entry 0"},
		"too few entries":             {short, s.checkpoint(), "", "1 entries with root"},
		"other entries":               {swapped, s.checkpoint(), "", "300 entries with root"},
		"no checkpoint":               {s.all(), []byte("x"), "", "not a signed note"},
		"a full disk":                 {s.all(), s.checkpoint(), "tile/0/000", "no room"},
	} {
		wrote := fstest.MapFS{}
		err := WriteRecord(c.entries, c.signed, func(path string, data []byte) error {
			if path == c.fail {
				return boom
			}
			wrote[path] = &fstest.MapFile{Data: data}
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; expected ...%s...", name, err, c.want)
		}
		if wrote["checkpoint"] != nil {
			t.Errorf("%s: a checkpoint was written", name)
		}
	}
}

func TestRecordRefused(t *testing.T) {
	s := people(t, 12)
	good := s.files(s.checkpoint())
	for name, spoil := range map[string]func(f fstest.MapFS){
		"no bundle":   func(f fstest.MapFS) { delete(f, "tile/entries/000.p/12") },
		"no fields":   func(f fstest.MapFS) { delete(f, "fields/000.p/12") },
		"a leaf":      func(f fstest.MapFS) { f["tile/entries/000.p/12"].Data[5] ^= 1 },
		"a line less": func(f fstest.MapFS) { f["fields/000.p/12"].Data = f["fields/000.p/12"].Data[3:] },
		"a value": func(f fstest.MapFS) {
			f["fields/000.p/12"].Data = bytes.Replace(f["fields/000.p/12"].Data, []byte("Ana"), []byte("Eve"), 1)
		},
		"a bundle short": func(f fstest.MapFS) { f["tile/entries/000.p/12"].Data = f["tile/entries/000.p/12"].Data[:300] },
		"a folder for a file": func(f fstest.MapFS) {
			f["fields/000.p/12/x"] = &fstest.MapFile{}
			delete(f, "fields/000.p/12")
		},
	} {
		f := copied(good)
		spoil(f)
		r, err := OpenRecord(f)
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for _, last = range r.Entries(0, 12) {
		}
		if last == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
	if _, err := OpenRecord(fstest.MapFS{}); err == nil {
		t.Error("no checkpoint, no error")
	}
	r, _ := OpenRecord(good)
	if _, err := r.Tile(0, 1); err == nil {
		t.Error("a tile beyond the record")
	}
}

func TestVerifyRefusesLinks(t *testing.T) {
	s := begin(t).fill(4)
	dir := t.TempDir()
	if err := WriteRecord(s.all(), s.checkpoint(), Folder(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "checkpoint"), filepath.Join(dir, "link")); err != nil {
		t.Skip("links: ", err)
	}
	wantFault(t, verify(t, os.DirFS(dir), VerifyOptions{}), "link", "not a file")
}

// FuzzRecord spoils one file of a record at one place: the reader and Verify must not break,
// and Verify must see it.
func FuzzRecord(f *testing.F) {
	s := people(f, 12)
	good := s.files(s.checkpoint())
	var paths []string
	for path := range good {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for i := range paths {
		f.Add(uint8(i), uint16(7*i), []byte{byte(i)}, uint8(1))
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint16, put []byte, drop uint8) {
		bad := copied(good)
		path := paths[int(which)%len(paths)]
		data := bad[path].Data
		from := int(at) % (len(data) + 1)
		to := min(from+int(drop), len(data))
		bad[path].Data = slices.Concat(data[:from], put, data[to:])
		v := verify(t, bad, VerifyOptions{Keys: []string{s.key.Verifier()}, Workers: 1})
		if same := bytes.Equal(data, bad[path].Data); same != (v.Err() == nil) {
			t.Errorf("%s: the same %v; %v", path, same, v.Faults)
		}
		if r, err := OpenRecord(bad); err == nil {
			for _, err := range r.Entries(0, 12) {
				_ = fmt.Sprint(err)
			}
		}
	})
}
