package ledger

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVerifyWhole(t *testing.T) {
	for _, n := range []int{1, 2, 6, 255, 256, 257, 512, 700} {
		s := begin(t)
		if n >= 6 {
			s = people(t, n)
		}
		s.fill(n)
		v := verify(t, s.files(s.checkpoint()), VerifyOptions{Keys: []string{s.key.Verifier()}, Workers: 1 + n%3})
		if v.Err() != nil {
			t.Fatalf("%d entries: %v", n, v.Faults)
		}
		if v.Size != int64(n) || v.Root != s.tree.Root() || v.Origin != "desk.example" || v.Trust != "the key given" {
			t.Errorf("%d entries: %+v", n, v)
		}
	}
}

func TestVerifyCounts(t *testing.T) {
	s := people(t, 300)
	v := verify(t, s.files(s.checkpoint()), VerifyOptions{})
	if v.Err() != nil {
		t.Fatal(v.Faults)
	}
	want := map[string]int64{KeyEnrolled: 3, KeyRevoked: 1, "finding.signed": 2, "report.received": 294}
	if d := cmp.Diff(want, v.Kinds); d != "" {
		t.Error(d)
	}
	// Four signed entries. Three fields in each of 294 reports but the closed one, and four
	// values of one field in entries 1 to 4; the one of entry 5 is withheld.
	if v.Signed != 4 || v.Values != 3*293+4 || v.Withheld != 1 || v.Closed != 1 {
		t.Errorf("signed %d, values %d, withheld %d, closed %d", v.Signed, v.Values, v.Withheld, v.Closed)
	}
	if !strings.Contains(v.Trust, s.key.Verifier()) {
		t.Errorf("trust: %s", v.Trust)
	}
}

// fault expects a fault at a place, and that nothing is claimed to be wrong elsewhere.
func wantFault(t *testing.T, v *Verified, where, what string) {
	t.Helper()
	if !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.Where == where && strings.Contains(f.What, what) }) {
		t.Errorf("faults %v; expected %s: ...%s...", v.Faults, where, what)
	}
}

func TestVerifyNamesTheFault(t *testing.T) {
	s := people(t, 300)
	good := s.files(s.checkpoint())
	leaf := func(n int) []byte { return s.entries[n].Leaf() }
	swapBytes := func(f fstest.MapFS, path string, old, new []byte) {
		if len(old) != len(new) || !bytes.Contains(f[path].Data, old) {
			t.Fatalf("%s: nothing to change", path)
		}
		f[path].Data = bytes.Replace(f[path].Data, old, new, 1)
	}
	const first, second = "tile/entries/000", "tile/entries/001.p/44"
	for _, c := range []struct {
		name  string
		spoil func(f fstest.MapFS)
		where string
		what  string
	}{
		{"a kind changed", func(f fstest.MapFS) {
			swapBytes(f, first, leaf(20), bytes.Replace(leaf(20), []byte("received"), []byte("accepted"), 1))
		}, first + ": entry 20", "its hash is not the one in tile/0/000"},
		{"a leaf not canonical", func(f fstest.MapFS) {
			swapBytes(f, second, leaf(280), bytes.Replace(leaf(280), []byte("T18"), []byte("t18"), 1))
		}, second + ": entry 280", "line 3"},
		{"two leaves swapped", func(f fstest.MapFS) {
			a, b := leaf(20), leaf(21)
			swapBytes(f, first, append(append(bytes.Clone(a), 0, byte(len(b))), b...), append(append(bytes.Clone(b), 0, byte(len(a))), a...))
		}, first + ": entry 21", "line 3: recorded at"},
		{"a tile's hash", func(f fstest.MapFS) { f["tile/0/000"].Data[32*9] ^= 1 }, first + ": entry 9", "tile/0/000"},
		{"the upper tile", func(f fstest.MapFS) { f["tile/1/000.p/1"].Data[0] ^= 1 }, "tile/1/000.p/1", "hash 0"},
		{"a tile too long", func(f fstest.MapFS) { f["tile/1/000.p/1"].Data = make([]byte, 64) }, "tile/1/000.p/1", "64 bytes"},
		{"a tile too short", func(f fstest.MapFS) { f["tile/0/001.p/44"].Data = nil }, "tile/0/001.p/44", "0 bytes; expected 1408"},
		{"a bundle missing", func(f fstest.MapFS) { delete(f, first) }, first, "missing"},
		{"a tile missing", func(f fstest.MapFS) { delete(f, "tile/0/000") }, "tile/0/000", "missing"},
		{"fields missing", func(f fstest.MapFS) { delete(f, "fields/001.p/44") }, "fields/001.p/44", "missing"},
		{"a surplus file", func(f fstest.MapFS) { f["notes.txt"] = &fstest.MapFile{} }, "notes.txt", "surplus"},
		{"a wrong width", func(f fstest.MapFS) { f["tile/0/001.p/43"] = f["tile/0/001.p/44"] }, "tile/0/001.p/43", "surplus"},
		{"a level too many", func(f fstest.MapFS) { f["tile/2/000.p/1"] = f["tile/1/000.p/1"] }, "tile/2/000.p/1", "surplus"},
		{"a path written in another way", func(f fstest.MapFS) { f["tile/00/000"] = f["tile/0/000"] }, "tile/00/000", "surplus"},
		{"a value changed", func(f fstest.MapFS) {
			swapBytes(f, "fields/000", []byte(`"killed":20`), []byte(`"killed":21`))
		}, "fields/000: entry 20", "commits"},
		{"a value written in another way", func(f fstest.MapFS) {
			f["fields/000"].Data = bytes.Replace(f["fields/000"].Data, []byte(`"killed":20`), []byte(`"killed":20.0`), 1)
		}, "fields/000: entry 20", "number"},
		{"a line of fields missing", func(f fstest.MapFS) {
			f["fields/000"].Data = bytes.Replace(f["fields/000"].Data, []byte("null\n"), nil, 1)
		},
			"fields/000", "line 256"},
		{"a line of fields too many", func(f fstest.MapFS) { f["fields/001.p/44"].Data = append(f["fields/001.p/44"].Data, "null\n"...) },
			"fields/001.p/44", "more than its 44 lines"},
		{"a bundle cut short", func(f fstest.MapFS) { f[second].Data = f[second].Data[:len(f[second].Data)-1] }, second + ": entry 299", "ends within"},
		{"a bundle too long", func(f fstest.MapFS) { f[second].Data = append(f[second].Data, 0) }, second, "1 bytes after"},
		{"no checkpoint", func(f fstest.MapFS) { delete(f, "checkpoint") }, "checkpoint", "file does not exist"},
		{"a checkpoint of another size", func(f fstest.MapFS) {
			f["checkpoint"].Data = bytes.Replace(f["checkpoint"].Data, []byte("\n300\n"), []byte("\n301\n"), 1)
		}, "tile/entries/001.p/45", "missing"},
		{"a signature cut off", func(f fstest.MapFS) { f["checkpoint"].Data = f["checkpoint"].Data[:40] }, "checkpoint", "not a signed note"},
		{"a signature spoilt", func(f fstest.MapFS) {
			d := f["checkpoint"].Data
			d[len(d)-20] ^= 1
		}, "checkpoint", ""},
		{"a size beyond all", func(f fstest.MapFS) {
			f["checkpoint"].Data = bytes.Replace(f["checkpoint"].Data, []byte("\n300\n"), []byte("\n200000000000000\n"), 1)
		}, "tile/entries/000", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := copied(good)
			c.spoil(f)
			if c.what != "" || c.where == "checkpoint" {
				wantFault(t, verify(t, f, VerifyOptions{Keys: []string{s.key.Verifier()}}), c.where, c.what)
			}
			if verify(t, f, VerifyOptions{}).Err() == nil {
				t.Error("it holds without a key")
			}
		})
	}
}

// TestVerifyKeys: who may sign what, and when.
func TestVerifyKeys(t *testing.T) {
	ana, eve := testKey(t, "desk.example/ana"), testKey(t, "desk.example/eve")
	for _, c := range []struct {
		name  string
		build func(s *sample)
		where string
		what  string
	}{
		{"a key never enrolled", func(s *sample) { s.add("finding.signed", eve, "", true, nil) }, "entry 1", "not enrolled"},
		{"a key never enrolled, not signing", func(s *sample) { s.add("finding.signed", eve, "", false, nil) }, "entry 1", "not enrolled"},
		{"a key enrolled later", func(s *sample) {
			s.add("finding.signed", ana, "", true, nil)
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
		}, "entry 1", "not enrolled"},
		{"a key revoked before", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			s.add(KeyRevoked, s.key, ana.Verifier(), false, nil)
			s.add("finding.signed", ana, "", true, nil)
		}, "entry 3", "was revoked"},
		{"a person's entry without a signature", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			s.add("finding.signed", ana, "", true, nil)
			s.add("finding.signed", ana, "", false, nil)
		}, "entry 3", "line 7: no signature"},
		{"a key enrolled twice", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
		}, "entry 2", "was enrolled before"},
		{"a key revoked twice", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			s.add(KeyRevoked, s.key, ana.Verifier(), false, nil)
			s.add(KeyRevoked, s.key, ana.Verifier(), false, nil)
		}, "entry 3", "not in force"},
		{"a key that enrols itself", func(s *sample) { s.add(KeyEnrolled, eve, eve.Verifier(), true, nil) }, "entry 1", "not enrolled"},
		{"a signature by another", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			e := *s.add("finding.signed", ana, "", true, map[string]any{"finding": 1})
			e.Sig = eve.Sign(e.Message())
			s.put(&e)
		}, "entry 3", "line 7"},
		{"a signature of another entry", func(s *sample) {
			s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
			e := *s.add("finding.signed", ana, "", true, nil)
			e.At = e.At.Add(time.Second)
			s.put(&e)
		}, "entry 3", "line 7"},
		{"a time that goes back", func(s *sample) {
			e := *s.add("report.received", s.key, "", false, nil)
			e.At = e.At.Add(-time.Minute)
			s.put(&e)
		}, "entry 2", "line 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t)
			c.build(s)
			s.fill(5)
			v := verify(t, s.files(s.checkpoint()), VerifyOptions{})
			wantFault(t, v, "tile/entries/000.p/5: "+c.where, c.what)
			if len(v.Faults) != 1 {
				t.Errorf("more faults than one: %v", v.Faults)
			}
			var chain Chain
			for n, e := range s.entries {
				err := chain.Follow(e)
				if want := c.where == fmt.Sprintf("entry %d", n); (err != nil) != want {
					t.Errorf("entry %d: chain says %v", n, err)
				}
				if err != nil {
					if !strings.Contains(err.Error(), c.what) {
						t.Errorf("entry %d: %v; expected %s", n, err, c.what)
					}
					break
				}
			}
		})
	}
}

func TestVerifyEntryZero(t *testing.T) {
	s := begin(t)
	ana := testKey(t, "desk.example/ana")
	for name, e := range map[string]*Entry{
		"no key":      {Kind: "report.received", Key: s.key.ID()},
		"another key": {Kind: KeyEnrolled, Key: s.key.ID(), Enrols: ana.Verifier()},
	} {
		b := &sample{t: t, key: s.key, tiles: memory{}}
		b.tree, _ = NewTree(0, nil)
		e.Fields = testFields(t, 0, nil)
		e.Root, e.At = e.Fields.Root(), time.Unix(0, 0)
		b.put(e)
		v := verify(t, b.files(b.checkpoint()), VerifyOptions{Keys: []string{s.key.Verifier()}})
		wantFault(t, v, "tile/entries/000.p/1: entry 0", "entry 0 is "+e.Kind)
		if new(Chain).Follow(e) == nil {
			t.Errorf("%s: chain follows it", name)
		}
	}
}

func TestVerifyTrust(t *testing.T) {
	s := begin(t).fill(10)
	other := testKey(t, "desk.example/other")
	signed := s.checkpoint()
	v := verify(t, s.files(signed), VerifyOptions{Keys: []string{other.Verifier()}})
	wantFault(t, v, "checkpoint", "no signature by a key that is trusted")

	wantFault(t, v, "entry 0", "none of the keys given")

	s.add(KeyRevoked, s.key, s.key.Verifier(), false, nil)
	v = verify(t, s.files(s.checkpoint()), VerifyOptions{})
	wantFault(t, v, "checkpoint", "was revoked")

	none, _ := SignCheckpoint(Checkpoint{Origin: "desk.example", Root: emptyRoot()}, s.key)
	v = verify(t, fstest.MapFS{"checkpoint": {Data: none}}, VerifyOptions{Keys: []string{s.key.Verifier()}})
	wantFault(t, v, "entry 0", "missing")

	if _, err := Verify(t.Context(), s.files(signed), VerifyOptions{Keys: []string{"desk.example"}}); err == nil {
		t.Error("something that is no key is taken for one")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, s.files(signed), VerifyOptions{}); err == nil {
		t.Error("goes on after it was cancelled")
	}
}

func TestVerifyWitnesses(t *testing.T) {
	s := begin(t).fill(10)
	w1, w2 := testKey(t, "witness.example/1"), testKey(t, "witness.example/2")
	signed := s.checkpoint()
	for _, w := range []*Key{w1, w2} {
		line, err := Cosign(signed, w, time.Unix(1472320800, 0))
		if err != nil {
			t.Fatal(err)
		}
		if signed, err = AddSignatures(signed, line); err != nil {
			t.Fatal(err)
		}
	}
	v := verify(t, s.files(signed), VerifyOptions{Keys: []string{w1.WitnessVerifier()}})
	id1, _, _ := ParseVerifier(w1.WitnessVerifier())
	id2, _, _ := ParseVerifier(w2.WitnessVerifier())
	if v.Err() != nil || !slices.Equal(v.Witnesses, []string{id1}) || !slices.Equal(v.Unknown, []string{id2}) {
		t.Errorf("%v: witnesses %v, unknown %v", v.Faults, v.Witnesses, v.Unknown)
	}
	v = verify(t, s.files(s.checkpoint()), VerifyOptions{Keys: []string{w1.WitnessVerifier()}})
	wantFault(t, v, "checkpoint", "not co-signed by witness.example/1")
}

func TestVerifySince(t *testing.T) {
	s := people(t, 20)
	empty, _ := SignCheckpoint(Checkpoint{Origin: "desk.example", Root: emptyRoot()}, s.key)
	olds := [][]byte{empty}
	for _, n := range []int{20, 255, 256, 257, 511, 512, 600} {
		s.fill(n)
		olds = append(olds, s.checkpoint())
	}
	v := verify(t, s.files(s.checkpoint()), VerifyOptions{Since: olds})
	if v.Err() != nil {
		t.Fatal(v.Faults)
	}

	other := people(t, 20) // the same to entry 19, then another history
	other.add("report.received", s.key, "", false, nil)
	other.fill(600)
	v = verify(t, other.files(other.checkpoint()), VerifyOptions{Since: olds})
	for i := range olds {
		where := fmt.Sprintf("older checkpoint %d", i+1)
		got := slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.Where == where && strings.HasPrefix(f.What, "two histories") })
		if want := i > 1; got != want {
			t.Errorf("%s: two histories: %v; expected %v", where, got, want)
		}
	}

	back := people(t, 20)
	back.fill(400)
	v = verify(t, back.files(back.checkpoint()), VerifyOptions{Since: olds})
	wantFault(t, v, "older checkpoint 6", "rolled back: it has 511 entries, the record 400")

	stranger := testKey(t, "desk.example/stranger")
	forged, _ := SignCheckpoint(Checkpoint{Origin: stranger.Name(), Size: 1}, stranger)
	v = verify(t, s.files(s.checkpoint()), VerifyOptions{Since: [][]byte{forged, []byte("x")}})
	wantFault(t, v, "older checkpoint 1", "no signature by a key that is trusted")
	wantFault(t, v, "older checkpoint 2", "not a signed note")
}

// TestVerifyIsTheSameOnAnyNumberOfWorkers compares all findings.
func TestVerifyIsTheSameOnAnyNumberOfWorkers(t *testing.T) {
	s := people(t, 900)
	f := s.files(s.checkpoint())
	for _, path := range []string{"tile/entries/000", "tile/entries/002", "fields/001", "tile/0/001"} {
		d := f[path].Data
		for i := 100; i < len(d); i += len(d) / 5 {
			d[i] ^= 4
		}
	}
	one := verify(t, f, VerifyOptions{Workers: 1})
	if len(one.Faults) < 8 {
		t.Fatalf("only %d faults", len(one.Faults))
	}
	for workers := 2; workers < 5; workers++ {
		if d := cmp.Diff(one, verify(t, f, VerifyOptions{Workers: workers})); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
}

// TestEveryFlipIsSeen flips one bit in every byte of a small record, and cuts every file
// short by a byte.
func TestEveryFlipIsSeen(t *testing.T) {
	s := people(t, 12)
	good := s.files(s.checkpoint())
	o := VerifyOptions{Keys: []string{s.key.Verifier()}, Workers: 1}
	for path := range good {
		for i := range good[path].Data {
			f := copied(good)
			f[path].Data[i] ^= 1 << (i % 8)
			if verify(t, f, o).Err() == nil {
				t.Errorf("%s: byte %d flipped and not seen", path, i)
			}
		}
		for _, change := range []func([]byte) []byte{
			func(b []byte) []byte { return b[:len(b)-1] },
			func(b []byte) []byte { return b[1:] },
			func(b []byte) []byte { return append(b, '\n') },
			func(b []byte) []byte { return append(b, b...) },
		} {
			f := copied(good)
			f[path].Data = change(f[path].Data)
			if verify(t, f, o).Err() == nil {
				t.Errorf("%s: a change not seen", path)
			}
		}
	}
}

func TestProgress(t *testing.T) {
	s := begin(t).fill(600)
	var got [][2]int64
	verify(t, s.files(s.checkpoint()), VerifyOptions{Progress: func(done, total int64) { got = append(got, [2]int64{done, total}) }})
	if d := cmp.Diff([][2]int64{{600, 600}}, got); d != "" {
		t.Error(d)
	}
}
