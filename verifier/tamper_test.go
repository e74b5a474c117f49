package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"truce/ledger"
)

var mutations = flag.Int("mutations", 3000, "how many records to tamper with in TestTampering")

// tamperer spoils copies of a sample; all it does follows from the number it was made with.
type tamperer struct {
	t testing.TB
	*rand.Rand
	sample
	other sample // another record of the same desk
}

// forms are all ways of tampering. Each returns what it did, the spoilt files and what the reader
// holds against them; no files mean that the way does not apply to this record.
var forms = []struct {
	name string
	do   func(*tamperer) (fstest.MapFS, [][]byte)
}{
	{"turn a bit of a file", (*tamperer).turn},
	{"turn a bit of the checkpoint", (*tamperer).turnCheckpoint},
	{"cut or lengthen a file", (*tamperer).resize},
	{"drop a file", (*tamperer).dropFile},
	{"add a file", (*tamperer).addFile},
	{"swap two files", (*tamperer).swapFiles},
	{"drop, swap, insert or double an entry", (*tamperer).reorder},
	{"the same, with the tree made anew", (*tamperer).reorderTree},
	{"the same, with the tree and a checkpoint made anew by another key", (*tamperer).reorderSigned},
	{"rewrite an entry", (*tamperer).rewrite},
	{"change a value or a salt", (*tamperer).changeFields},
	{"write the fields otherwise", (*tamperer).respell},
	{"swap the fields of two entries", (*tamperer).swapFields},
	{"spell base64 otherwise", (*tamperer).respellBase64},
	{"roll back", (*tamperer).rollBack},
	{"tell two histories", (*tamperer).fork},
	{"replay a checkpoint of another record", (*tamperer).replay},
	{"strip or double a signature of the checkpoint", (*tamperer).stripNote},
	{"break the rules between entries, under the record's own key", (*tamperer).breakRules},
	{"a false older checkpoint", (*tamperer).falseSince},
}

// TestTampering spoils records in thousands of ways. Both verifiers must refuse each and name a place.
func TestTampering(t *testing.T) {
	all := samples(t, 700)
	small := slices.IndexFunc(all, func(s sample) bool { return len(s.m.entries) > 100 })
	counts := map[string]int{}
	start := time.Now()
	for i, done := 0, 0; done < *mutations; i++ {
		r := rand.New(rand.NewPCG(20160827, uint64(i)))
		s, other := all[r.IntN(small)], all[r.IntN(small)]
		if r.IntN(200) == 0 {
			s = all[small+r.IntN(len(all)-small)]
		}
		form := forms[i%len(forms)]
		files, since := form.do(&tamperer{t, r, s, other})
		if files == nil {
			continue
		}
		done++
		counts[form.name]++
		keys := s.keys
		if len(keys) == 1 && since == nil && unsigned[form.name] && r.IntN(2) == 0 {
			keys = nil // whoever lacks the desk's key is found out even by a reader who knows none
		}
		refuse(t, fmt.Sprintf("%d: %s: %s", i, s.name, form.name), files, keys, since...)
		if t.Failed() && testing.Verbose() {
			break
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%7d  %s", counts[name], name)
	}
	t.Logf("%v", time.Since(start).Round(time.Second))
}

// unsigned are the forms for which no key at all is needed to see them.
var unsigned = map[string]bool{"turn a bit of a file": true, "turn a bit of the checkpoint": true, "cut or lengthen a file": true, "drop a file": true, "add a file": true,
	"swap two files": true, "drop, swap, insert or double an entry": true, "the same, with the tree made anew": true, "rewrite an entry": true, "change a value or a salt": true}

func (x *tamperer) copied() fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range x.files {
		out[name] = &fstest.MapFile{Data: bytes.Clone(f.Data)}
	}
	return out
}

// pick returns a file of the record, all kinds alike.
func (x *tamperer) pick() string {
	kinds := []string{"checkpoint", "tile/entries/", "fields/", "tile/0/", "tile/"}
	kind := kinds[x.IntN(len(kinds))]
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(x.files)), func(s string) bool { return !strings.HasPrefix(s, kind) })
	return names[x.IntN(len(names))]
}

func (x *tamperer) turn() (fstest.MapFS, [][]byte) {
	files := x.copied()
	b := files[x.pick()].Data
	b[x.IntN(len(b))] ^= 1 << x.IntN(8)
	return files, nil
}

func (x *tamperer) turnCheckpoint() (fstest.MapFS, [][]byte) {
	files := x.copied()
	b := files["checkpoint"].Data
	b[x.IntN(len(b))] ^= 1 << x.IntN(8)
	return files, nil
}

func (x *tamperer) resize() (fstest.MapFS, [][]byte) {
	files, name := x.copied(), x.pick()
	b := files[name].Data
	ends := []string{"\n", " ", "\x00", "\r\n", "null\n", "\x00\x00", strings.Repeat("\x00", 32), "\n\n", string(b)}
	switch x.IntN(4) {
	case 0:
		files[name].Data = b[:len(b)-1-x.IntN(len(b))]
	case 1:
		files[name].Data = b[1+x.IntN(len(b)):]
	case 2:
		files[name].Data = append([]byte(ends[x.IntN(len(ends))]), b...)
	default:
		files[name].Data = append(b, ends[x.IntN(len(ends))]...)
	}
	return files, nil
}

func (x *tamperer) dropFile() (fstest.MapFS, [][]byte) {
	files := x.copied()
	delete(files, x.pick())
	return files, nil
}

func (x *tamperer) addFile() (fstest.MapFS, [][]byte) {
	files, name := x.copied(), x.pick()
	names := []string{"README", "checkpoint.old", "checkpoint/x", ".hidden", "tile/0/999", "tile/1/000.p/200", "tile/entries/x000/000", "fields/001.p/9", "tile/00/000",
		name + "~", "x/" + name, strings.TrimSuffix(name, "/") + ".p/0", "tile/0/000.p/254", "tile/entries/000.p/253", "fields/000.p/252", "tile/7/000.p/1"}
	add := names[x.IntN(len(names))]
	if files[add] != nil || add == "checkpoint/x" {
		add = "tile/9/000"
	}
	files[add] = &fstest.MapFile{Data: files[name].Data[:x.IntN(len(files[name].Data)+1)]}
	return files, nil
}

func (x *tamperer) swapFiles() (fstest.MapFS, [][]byte) {
	files, a, b := x.copied(), x.pick(), x.pick()
	if x.IntN(3) == 0 { // one is moved to where it does not belong
		files["tile/0/500.p/3"] = files[a]
		delete(files, a)
		return files, nil
	}
	if bytes.Equal(files[a].Data, files[b].Data) {
		return nil, nil
	}
	files[a], files[b] = files[b], files[a]
	return files, nil
}

// shuffled drops, swaps, inserts or doubles an entry with its fields.
func (x *tamperer) shuffled() (l loose, ok bool) {
	l = x.whole.clone()
	n, m := x.IntN(len(l.leaves)), x.IntN(len(l.leaves))
	put := func(at int, leaf []byte, line string) {
		l.leaves, l.lines = slices.Insert(l.leaves, at, leaf), slices.Insert(l.lines, at, line)
	}
	switch x.IntN(4) {
	case 0:
		l.leaves, l.lines = slices.Delete(l.leaves, n, n+1), slices.Delete(l.lines, n, n+1)
	case 1:
		l.leaves[n], l.leaves[m] = l.leaves[m], l.leaves[n]
		l.lines[n], l.lines[m] = l.lines[m], l.lines[n]
	case 2:
		put(m, l.leaves[n], l.lines[n])
	default:
		forged := x.forged()
		put(x.IntN(len(l.leaves)+1), forged.Leaf(), string(forged.Fields.Text()))
	}
	same := slices.EqualFunc(l.leaves, x.whole.leaves, bytes.Equal)
	return l, !same && len(l.leaves) > 0
}

// forged is an entry that nobody of the record made, with a time that would fit.
func (x *tamperer) forged() *ledger.Entry {
	f := testFields(x.t, fmt.Sprint(x.Uint64()), map[string]any{"what": "nothing happened"})
	near := x.m.entries[x.IntN(len(x.m.entries))]
	e := &ledger.Entry{Kind: "report.received", At: near.At, Key: x.m.key.ID(), Root: f.Root(), Fields: f}
	if x.IntN(2) == 0 {
		e.Sig = testKey(x.t, "desk.example of somebody else").Sign(e.Message())
	}
	return e
}

// reorder leaves the tiles and the checkpoint as they were, as far as they are still of use.
func (x *tamperer) reorder() (fstest.MapFS, [][]byte) {
	l, ok := x.shuffled()
	if !ok {
		return nil, nil
	}
	files := l.files(x.t)
	for name, f := range x.files {
		if strings.HasPrefix(name, "tile/") && !strings.HasPrefix(name, "tile/entries/") {
			files[name] = f
		}
	}
	return files, nil
}

func (x *tamperer) reorderTree() (fstest.MapFS, [][]byte) {
	l, ok := x.shuffled()
	if !ok {
		return nil, nil
	}
	tree, _ := l.tree(x.t)
	root := tree.Root()
	if x.IntN(2) == 0 { // a checkpoint that fits, with the signatures of the old one
		sigs := l.note[bytes.LastIndex(l.note, []byte("\n\n")):]
		l.note = append(fmt.Appendf(nil, "%s\n%d\n%s", x.m.key.Name(), tree.Size(), encode(root[:])), sigs...)
	}
	return l.files(x.t), nil
}

func (x *tamperer) reorderSigned() (fstest.MapFS, [][]byte) {
	l, ok := x.shuffled()
	if !ok {
		return nil, nil
	}
	mallory := testKey(x.t, "desk.example of somebody else")
	if x.IntN(2) == 0 { // entry 0 enrols the other key as well
		f := testFields(x.t, "mallory", nil)
		e := &ledger.Entry{Kind: ledger.KeyEnrolled, At: x.m.entries[0].At, Key: mallory.ID(), Enrols: mallory.Verifier(), Root: f.Root()}
		l.leaves[0], l.lines[0] = e.Leaf(), string(f.Text())
		if x.IntN(2) == 0 {
			l.leaves, l.lines = l.leaves[:1], l.lines[:1]
		}
	}
	l.sign(x.t, mallory)
	if x.IntN(2) == 0 { // and calls it the desk's
		l.note = bytes.ReplaceAll(l.note, []byte("— "+mallory.Name()+" "), x.whole.note[bytes.LastIndex(x.whole.note, []byte("\n\n"))+2:][:len("— "+mallory.Name()+" ")])
	}
	return l.files(x.t), nil
}

// rewrite changes a line of a leaf, alone or with its tree.
func (x *tamperer) rewrite() (fstest.MapFS, [][]byte) {
	l := x.whole.clone()
	n := x.IntN(len(l.leaves))
	line := strings.SplitAfter(string(l.leaves[n]), "\n")
	i := x.IntN(7)
	old := line[i]
	news := []string{"-\n", "", "\n", old + old, strings.ToUpper(old), strings.Replace(old, "\n", "\r\n", 1), " " + old, strings.Replace(old, "\n", " \n", 1), strings.Replace(old, "0", "1", 1),
		"report.dropped\n", x.m.clock.Add(time.Hour).Format("2006-01-02T15:04:05.000Z\n"), encode(make([]byte, 32)) + "\n", encode(make([]byte, 64)) + "\n", "desk.example+00000000\n"}
	if line[i] = news[x.IntN(len(news))]; line[i] == old {
		return nil, nil
	}
	l.leaves[n] = []byte(strings.Join(line, ""))
	files := l.files(x.t)
	if x.IntN(2) == 0 {
		for name, f := range x.files {
			if strings.HasPrefix(name, "tile/") && !strings.HasPrefix(name, "tile/entries/") {
				files[name] = f
			}
		}
	}
	return files, nil
}

// withLine returns the record with other fields for an entry.
func (x *tamperer) withLine(n int, line string) (fstest.MapFS, [][]byte) {
	if line == x.whole.lines[n] {
		return nil, nil
	}
	l := x.whole.clone()
	l.lines[n] = line
	return l.files(x.t), nil
}

// changeFields changes one thing in a line of fields, which stays canonical.
func (x *tamperer) changeFields() (fstest.MapFS, [][]byte) {
	n := x.IntN(len(x.whole.lines))
	var form map[string]any
	if err := json.Unmarshal([]byte(x.whole.lines[n]), &form); err != nil || form == nil {
		return nil, nil
	}
	values, _ := form["values"].(map[string]any)
	names := slices.Sorted(maps.Keys(values))
	switch part := slices.Sorted(maps.Keys(form))[x.IntN(len(form))]; {
	case part == "seed":
		form["seed"] = encode([]byte("sixteen bytes!!!"))
	case part == "salts" && len(names) > 0:
		form["salts"].(map[string]any)[names[x.IntN(len(names))]] = encode([]byte("sixteen bytes!!!"))
	case part == "hashes":
		form["hashes"].(map[string]any)["added"] = encode(make([]byte, 32))
		if old := slices.Sorted(maps.Keys(form["hashes"].(map[string]any))); x.IntN(2) == 0 && len(old) > 1 {
			delete(form["hashes"].(map[string]any), "added")
			delete(form["hashes"].(map[string]any), old[len(old)-1])
		}
	case len(names) == 0:
		values["added"] = 1
	default:
		name := names[x.IntN(len(names))]
		old := fmt.Sprint(values[name])
		others := []any{nil, true, false, 1, 0.5, "", old + " ", "nothing", []any{}, map[string]any{}, []any{values[name]}}
		if next := others[x.IntN(len(others))]; canonical(values[name], 0) != canonical(plain(next), 0) {
			values[name] = next
		} else {
			delete(values, name)
		}
		if x.IntN(8) == 0 {
			delete(values, name)
		}
	}
	return x.withLine(n, canonical(plain(form), 0))
}

// plain is v as encoding/json reads it.
func plain(v any) (out any) {
	b, _ := json.Marshal(v)
	_ = json.Unmarshal(b, &out)
	return out
}

// respell writes the same fields in another way, which JSON would allow.
func (x *tamperer) respell() (fstest.MapFS, [][]byte) {
	n := x.IntN(len(x.whole.lines))
	old := x.whole.lines[n]
	first := func(from, to string) string { return strings.Replace(old, from, to, 1) }
	ways := []string{first(":", ": "), first(",", " ,"), " " + old, old + " ", old + "\r", "\ufeff" + old, "\t" + old, first(`"w`, `"\u0077`), first("é", `\u00e9`), first("\u2028", `\u2028`), first("<", `\u003c`),
		first(`\n`, `\u000a`), first(`\"`, `\u0022`), first(`:1,`, `:1.0,`), first(`:1,`, `:1e0,`), first(`:0,`, `:-0,`), first(`:3,`, `:3.0,`), first(`:2,`, `:02,`), first(`37.1]`, `37.10]`), first("37.1]", "3.71e1]"),
		first("null", "nul"), first("null", "Null"), first("true", "True"), first(`"values":{`, `"values":{"killed":1,`), first(`{"seed"`, `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","seed"`),
		first(`{"seed"`, `{"Seed"`), first(`"values"`, `"Values"`), first(`{"hashes":{},`, `{`), first(`{"salts"`, `{"hashes":{},"salts"`), first(`{`, `{"more":1,`), old + old, old + "null", first("}", ",}"), first("[", "[,"),
		first(`"killed":`, `"killed ":`), "{}", "[]", `""`, "0", "true", "NULL", "nul", ` null`, `"null"`, first("null", "null "), `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{}}`, `{"seed":null,"values":{}}`,
		`{"hashes":null,"salts":null,"values":null}`, `{"values":{}}`, `{"hashes":{},"salts":{}}`, strings.Repeat("[", 20000), strings.ReplaceAll(old, "AA", "AB"), strings.ReplaceAll(old, `=="`, `"`), strings.ReplaceAll(old, `="`, `=="`)}
	return x.withLine(n, ways[x.IntN(len(ways))])
}

func (x *tamperer) swapFields() (fstest.MapFS, [][]byte) {
	l := x.whole.clone()
	n, m := x.IntN(len(l.lines)), x.IntN(len(l.lines))
	if l.lines[n] == l.lines[m] || bytes.Equal(l.leaves[n], l.leaves[m]) || l.lines[n] == "null" {
		return nil, nil
	}
	if x.IntN(2) == 0 { // one for the other: not both, which "null" would allow
		l.lines[m] = l.lines[n]
	} else {
		l.lines[n], l.lines[m] = l.lines[m], l.lines[n]
	}
	return l.files(x.t), nil
}

// respellBase64 sets unused bits of base64, or takes padding away: the same bytes, written otherwise.
func (x *tamperer) respellBase64() (fstest.MapFS, [][]byte) {
	files, name := x.copied(), x.pick()
	b := files[name].Data
	var at []int
	for i := 1; i < len(b); i++ {
		if b[i] == '=' && b[i-1] != '=' {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil, nil
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	i := at[x.IntN(len(at))]
	n := strings.IndexByte(letters, b[i-1])
	if n < 0 {
		return nil, nil
	}
	switch x.IntN(4) {
	case 0:
		files[name].Data = slices.Delete(b, i, i+1)
	case 1:
		files[name].Data = slices.Insert(b, i, '=')
	default:
		b[i-1] = letters[n^1] // the lowest bit is never used before padding
	}
	return files, nil
}
