package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// testKey is a key whose seed comes from its name, so that every run has the same.
func testKey(t testing.TB, name string) *Key {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	k, err := NewKey(bytes.NewReader(seed[:]), name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// testFields are fields with a seed from a number.
func testFields(t testing.TB, n int64, values map[string]any) Fields {
	t.Helper()
	seed := sha256.Sum256(fmt.Appendf(nil, "seed %d", n))
	f := NewFields([16]byte(seed[:]))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := f.Set(name, values[name]); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// sample is a record in memory that grows entry by entry.
type sample struct {
	t       testing.TB
	key     *Key
	entries []*Entry
	tree    *Tree
	tiles   memory
}

// begin starts a record: entry 0 enrols the instance's key.
func begin(t testing.TB) *sample {
	t.Helper()
	tree, err := NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sample{t: t, key: testKey(t, "desk.example"), tree: tree, tiles: memory{}}
	s.add(KeyEnrolled, s.key, s.key.Verifier(), false, nil)
	return s
}

// add appends an entry, a second after the one before.
func (s *sample) add(kind string, by *Key, enrols string, sign bool, values map[string]any) *Entry {
	s.t.Helper()
	n := int64(len(s.entries))
	f := testFields(s.t, n, values)
	e := &Entry{Kind: kind, At: time.Date(2016, 8, 27, 18, 0, int(n), 0, time.UTC), Root: f.Root(), Key: by.ID(), Enrols: enrols, Fields: f}
	if sign {
		if err := e.Sign(by); err != nil {
			s.t.Fatal(err)
		}
	}
	s.put(e)
	return e
}

func (s *sample) put(e *Entry) {
	s.entries = append(s.entries, e)
	s.tree.Append(e.Leaf())
	s.tiles.put(s.tree.Changed())
}

// fill appends reports by the instance until there are n entries.
func (s *sample) fill(n int) *sample {
	s.t.Helper()
	for i := len(s.entries); i < n; i++ {
		s.add("report.received", s.key, "", false, map[string]any{"place": "Kafr <& \u00e9", "source": "somebody", "killed": i})
	}
	return s
}

func (s *sample) checkpoint() []byte {
	s.t.Helper()
	signed, err := SignCheckpoint(Checkpoint{Origin: s.key.Name(), Size: s.tree.Size(), Root: s.tree.Root()}, s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return signed
}

func (s *sample) all() iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		for _, e := range s.entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// files writes the record into memory under a checkpoint.
func (s *sample) files(signed []byte) fstest.MapFS {
	s.t.Helper()
	out := fstest.MapFS{}
	err := WriteRecord(s.all(), signed, func(path string, data []byte) error {
		if out[path] != nil {
			return fmt.Errorf("%s: written twice", path)
		}
		out[path] = &fstest.MapFile{Data: bytes.Clone(data), Mode: 0o444}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// copied is a copy that can be spoilt.
func copied(files fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for path, f := range files {
		out[path] = &fstest.MapFile{Data: bytes.Clone(f.Data), Mode: f.Mode}
	}
	return out
}

func verify(t testing.TB, files fs.FS, o VerifyOptions) *Verified {
	t.Helper()
	v, err := Verify(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// people is a record of n entries with two people, of whom one leaves, and a withheld entry.
func people(t testing.TB, n int) *sample {
	s := begin(t)
	ana, ben := testKey(t, "desk.example/ana"), testKey(t, "desk.example/ben")
	s.add(KeyEnrolled, s.key, ana.Verifier(), false, map[string]any{"who": "Ana"})
	s.add(KeyEnrolled, ana, ben.Verifier(), true, map[string]any{"who": "Ben"})
	s.add("finding.signed", ben, "", true, map[string]any{"finding": "F-1"})
	s.add(KeyRevoked, ana, ben.Verifier(), true, map[string]any{"reason": "left"})
	s.add("finding.signed", ana, "", true, map[string]any{"finding": "F-2"})
	s.fill(n)
	s.entries[5].Fields = s.entries[5].Fields.Withhold("finding")
	if n > 7 {
		s.entries[7].Fields = Fields{}
	}
	return s
}
