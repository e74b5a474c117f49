package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"truce/ledger"
)

// testKey is the same key for the same words in every run; the name is all before a blank.
func testKey(t testing.TB, words string) *ledger.Key {
	t.Helper()
	seed := sha256.Sum256([]byte(words))
	name, _, _ := strings.Cut(words, " ")
	k, err := ledger.NewKey(bytes.NewReader(seed[:]), name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testFields(t testing.TB, seed string, values map[string]any) ledger.Fields {
	t.Helper()
	sum := sha256.Sum256([]byte(seed))
	f := ledger.NewFields([16]byte(sum[:]))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := f.Set(name, values[name]); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// loose is a record taken apart, so that it can be put together again otherwise.
type loose struct {
	leaves [][]byte
	lines  []string
	note   []byte
}

func (l loose) clone() loose {
	return loose{slices.Clone(l.leaves), slices.Clone(l.lines), bytes.Clone(l.note)}
}

// tree is the tree of the leaves, and all its tiles.
func (l loose) tree(t testing.TB) (*ledger.Tree, []ledger.Tile) {
	t.Helper()
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range l.leaves {
		tree.Append(leaf)
	}
	return tree, tree.Changed()
}

// sign puts a checkpoint for the leaves as they are, by the keys; the first is the log's.
func (l *loose) sign(t testing.TB, k *ledger.Key, witnesses ...*ledger.Key) {
	t.Helper()
	tree, _ := l.tree(t)
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: k.Name(), Size: tree.Size(), Root: tree.Root()}, k)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range witnesses {
		line, err := ledger.Cosign(note, w, time.Unix(1472313600, 0))
		if err != nil {
			t.Fatal(err)
		}
		note = append(note, line...)
	}
	l.note = note
}

// files are the leaves, lines and the note as a folder, with the tiles that belong to the leaves.
func (l loose) files(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{"checkpoint": {Data: l.note}}
	_, tiles := l.tree(t)
	for _, tile := range tiles {
		out[ledger.TilePath(tile.Level, tile.N, len(tile.Hashes)/32)] = &fstest.MapFile{Data: tile.Hashes}
	}
	for n := 0; n < len(l.leaves); n += 256 {
		part := l.leaves[n:min(n+256, len(l.leaves))]
		var bundle []byte
		for _, leaf := range part {
			bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...)
		}
		out[ledger.BundlePath(int64(n/256), len(part))] = &fstest.MapFile{Data: bundle}
		text := strings.Join(l.lines[n:min(n+256, len(l.lines))], "\n") + "\n"
		out[ledger.FieldsPath(int64(n/256), len(part))] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// maker makes a record by package ledger.
type maker struct {
	t       testing.TB
	name    string
	key     *ledger.Key
	clock   time.Time
	entries []*ledger.Entry
}

func begin(t testing.TB, name string) *maker {
	m := &maker{t: t, name: name, key: testKey(t, "desk.example"), clock: time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC)}
	m.add(ledger.KeyEnrolled, m.key, m.key.Verifier(), false, map[string]any{"name": "desk"})
	return m
}

func (m *maker) add(kind string, by *ledger.Key, enrols string, sign bool, values map[string]any) *ledger.Entry {
	m.t.Helper()
	f := testFields(m.t, fmt.Sprint(m.name, len(m.entries)), values)
	e := &ledger.Entry{Kind: kind, At: m.clock, Key: by.ID(), Enrols: enrols, Root: f.Root(), Fields: f}
	if sign {
		if err := e.Sign(by); err != nil {
			m.t.Fatal(err)
		}
	}
	m.clock = m.clock.Add(time.Duration(len(m.entries)%3) * 1500 * time.Millisecond)
	m.entries = append(m.entries, e)
	return e
}

// fill adds reports by the desk and by people, in every form of fields, until there are n entries.
func (m *maker) fill(n int, people ...*ledger.Key) {
	for i := len(m.entries); i < n; i++ {
		by, sign := m.key, i%5 == 0
		if len(people) > 0 && i%3 == 0 {
			by, sign = people[i%len(people)], true
		}
		e := m.add("report.received", by, "", sign, map[string]any{
			"what": fmt.Sprintf("shelling %d <é\u2028\n\"", i), "killed": i % 4, "place": []any{36.2 + float64(i)/7, 37.1}, "source": map[string]any{"phone": nil, "ok": true}})
		switch i % 7 {
		case 1:
			e.Fields = e.Fields.Withhold("source")
		case 2:
			e.Fields = e.Fields.Withhold("source", "what", "killed", "place")
		case 3:
			e.Fields = ledger.Fields{}
		case 4:
			e.Fields = e.Fields.Withhold() // all there, but without the seed
		}
	}
}

func (m *maker) all() iter.Seq2[*ledger.Entry, error] {
	return func(yield func(*ledger.Entry, error) bool) {
		for _, e := range m.entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// loosen takes the first n entries of the record apart, with a checkpoint.
func (m *maker) loosen(n int, witnesses ...*ledger.Key) loose {
	l := loose{}
	for _, e := range m.entries[:n] {
		l.leaves, l.lines = append(l.leaves, e.Leaf()), append(l.lines, string(e.Fields.Text()))
	}
	l.sign(m.t, m.key, witnesses...)
	return l
}

// written is the record as package ledger writes it.
func (m *maker) written(note []byte) fstest.MapFS {
	m.t.Helper()
	out := fstest.MapFS{}
	err := ledger.WriteRecord(m.all(), note, func(path string, data []byte) error {
		out[path] = &fstest.MapFile{Data: bytes.Clone(data)}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// sample is an untouched record, and what its readers know of it.
type sample struct {
	name  string
	m     *maker
	whole loose
	files fstest.MapFS
	keys  []string // the desk's, and the witness's where there is one
	since [][]byte // checkpoints from before
}

// samples are records of 1 to 700 entries, of the desk alone or of several people of whom one
// left, with and without a witness: those of at most so many entries.
func samples(t testing.TB, most int) []sample {
	var out []sample
	for i, n := range []int{1, 2, 3, 4, 6, 7, 9, 12, 17, 255, 256, 257, 300, 700} {
		if n > most {
			break
		}
		m := begin(t, fmt.Sprint("record ", i, " "))
		if n > 6 {
			ana, ben := testKey(t, "desk.example/ana"), testKey(t, "desk.example/ben")
			m.add(ledger.KeyEnrolled, m.key, ana.Verifier(), true, map[string]any{"who": "Ana"})
			m.add(ledger.KeyEnrolled, ana, ben.Verifier(), true, nil)
			m.add("report.received", ben, "", true, map[string]any{"what": "heard", "source": "a neighbour"})
			m.add(ledger.KeyRevoked, m.key, ben.Verifier(), false, map[string]any{"why": "left"})
			m.fill(n, ana)
		}
		m.fill(n)
		s := sample{name: fmt.Sprint(n, " entries"), m: m, keys: []string{m.key.Verifier()}}
		var witnesses []*ledger.Key
		if i%2 == 1 {
			w := testKey(t, "witness.example")
			witnesses, s.keys = append(witnesses, w), append(s.keys, w.WitnessVerifier())
		}
		s.whole = m.loosen(n, witnesses...)
		s.files = m.written(s.whole.note)
		for _, old := range []int{1, n / 2, n} {
			if old > 0 {
				s.since = append(s.since, m.loosen(old).note)
			}
		}
		out = append(out, s)
	}
	return out
}
