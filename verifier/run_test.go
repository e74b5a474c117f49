package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"truce/ledger"
)

// onDisk writes files below a new folder.
func onDisk(t *testing.T, files fstest.MapFS) string {
	t.Helper()
	dir := t.TempDir()
	for name, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRun(t *testing.T) {
	m := begin(t, "run")
	e := m.add("report.received", m.key, "", true, map[string]any{"what": "heard", "source": "a neighbour"})
	m.fill(5)
	l, old := m.loosen(5), m.loosen(3)
	spoilt := l.clone()
	spoilt.lines[1] = strings.Replace(spoilt.lines[1], "heard", "seen", 1)
	tile := ledger.LeafHash(l.leaves[0])
	proved, err := ledger.MakeReceipt(e, 1, e.Fields.Withhold("source"), []ledger.Hash{tile}, m.loosen(2).note)
	if err != nil {
		t.Fatal(err)
	}
	good, bad := onDisk(t, l.files(t)), onDisk(t, spoilt.files(t))
	rest := onDisk(t, fstest.MapFS{"old": {Data: old.note}, "receipt": {Data: proved.Text()}, "torn": {Data: proved.Text()[1:]}})
	file := func(name string) string { return filepath.Join(rest, name) }
	k, strange := m.key.Verifier(), testKey(t, "desk.example of somebody else").Verifier()
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"sound", []string{"--key", k, "--since", file("old"), good}, 0, "SOUND: "},
		{"key behind the folder", []string{good, "--key=" + k}, 0, "The keys given were trusted."},
		{"no key", []string{good}, 0, "believed as to its own key. Compare that with what you know: " + k},
		{"another key", []string{"--key", strange, good}, 1, "NOT SOUND: "},
		{"spoilt", []string{"--key", k, bad}, 1, "fields/000.p/5 line 2: is not what the entry was made of"},
		{"spoilt, as JSON", []string{"--json", bad}, 1, `"where": "fields/000.p/5 line 2"`},
		{"rolled back", []string{"--since", filepath.Join(good, "checkpoint"), onDisk(t, old.files(t))}, 1, "older checkpoint 1: covers more entries than are here"},
		{"receipt", []string{"receipt", file("receipt"), "--key", k}, 0, "SOUND: "},
		{"torn receipt", []string{"receipt", file("torn"), "--key", k}, 1, "NOT SOUND: "},
		{"receipt without a key", []string{"receipt", file("receipt")}, 3, "cannot run"},
		{"nothing", nil, 3, "cannot run"},
		{"no such folder", []string{"--key", k, filepath.Join(good, "absent")}, 3, "cannot run"},
		{"no such receipt", []string{"receipt", file("absent"), "--key", k}, 3, "cannot run"},
		{"no key but words", []string{"--key", "word", good}, 3, "is not a verifier key"},
		{"no such checkpoint", []string{"--since", file("absent"), good}, 3, "absent"},
		{"a flag that is none", []string{"--trust", good}, 3, "trust"},
		{"two folders", []string{good, bad}, 3, "cannot run"},
	} {
		var out, errs bytes.Buffer
		if code := run(c.args, &out, &errs); code != c.code || !strings.Contains(out.String()+errs.String(), c.says) {
			t.Errorf("%s: %d, expected %d and %q:\n%s%s", c.name, code, c.code, c.says, &out, &errs)
		}
		if (c.code == 3) != (out.Len() == 0) {
			t.Errorf("%s: writes %q", c.name, &out)
		}
		var r report
		if err := json.Unmarshal(out.Bytes(), &r); slices.Contains(c.args, "--json") && (err != nil || len(r.Faults) != 1 || r.Size != 5) {
			t.Errorf("%s: %v %+v", c.name, err, r)
		}
	}
}

// A fault is named where it is, and no other is invented.
func TestFaultsAreNamedWhereTheyAre(t *testing.T) {
	m := begin(t, "places")
	m.fill(300)
	l := m.loosen(300)
	damaged := func(name string, change func([]byte) []byte) fstest.MapFS {
		files := l.files(t)
		if change == nil {
			delete(files, name)
		} else {
			files[name] = &fstest.MapFile{Data: change(append([]byte{}, l.files(t)[name].Data...))}
		}
		return files
	}
	turn := func(at int) func([]byte) []byte { return func(b []byte) []byte { b[at] ^= 1; return b } }
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		where []string
	}{
		{"a hash", damaged("tile/0/001.p/44", turn(3*32+5)), []string{"tile/0/001.p/44"}},
		{"a hash of hashes", damaged("tile/1/000.p/1", turn(0)), []string{"tile/1/000.p/1"}},
		{"a tile gone", damaged("tile/0/000", nil), []string{"tile/0/000"}},
		{"fields gone", damaged("fields/000", nil), []string{"fields/000"}},
		{"a value", damaged("fields/001.p/44", func(b []byte) []byte { return bytes.Replace(b, []byte("shelling 256"), []byte("shelling 257"), 1) }), []string{"fields/001.p/44 line 1"}},
		{"a line end", damaged("fields/001.p/44", func(b []byte) []byte { return append(b, '\n') }), []string{"fields/001.p/44"}},
		{"a letter of an entry", damaged("tile/entries/001.p/44", func(b []byte) []byte {
			return bytes.Replace(b, []byte("report.received"), []byte("report.recalled"), 1)
		}),
			[]string{"tile/0/001.p/44", "checkpoint"}},
		{"the checkpoint gone", damaged("checkpoint", nil), []string{"checkpoint"}},
		{"the checkpoint torn", damaged("checkpoint", func(b []byte) []byte { return b[:len(b)-1] }), []string{"checkpoint"}},
	} {
		var where []string
		for _, f := range verify(c.files, nil).Faults {
			where = append(where, f.Where)
		}
		if slices.Sort(where); !slices.Equal(slices.Compact(where), slices.Sorted(slices.Values(c.where))) {
			t.Errorf("%s: %q, expected %q", c.name, where, c.where)
		}
	}
}
