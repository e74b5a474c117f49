package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"truce/ledger"
)

// cases is what the check in the browser is held to. Package ledger makes them and says what
// is right; testdata/verify.test.mjs asks the browser's code.
type cases struct {
	Key      string        `json:"key"`
	Hashes   []hashCase    `json:"hashes"`
	Receipts []receiptCase `json:"receipts"`
	Notes    []noteCase    `json:"notes"`
	Trees    []treeCase    `json:"trees"`
	Fields   fieldsCase    `json:"fields"`
	Leaf     [2]string     `json:"leaf"` // and its hash
}

// All texts and bytes are in base64, so that nothing is lost on the way.
type hashCase struct{ In, Sum []byte }

type receiptCase struct {
	What string
	Text []byte
	Good bool
}

type noteCase struct {
	Text   []byte
	Good   bool
	Origin string
	Size   int64
	Root   []byte
}

type treeCase struct {
	Size  int64
	Root  []byte
	Tiles map[string][]byte
	Roots map[string][]byte // by size, of the same tree before
	Bad   []badTile
}

// badTile is a tile with one byte changed.
type badTile struct {
	Path string
	At   int
}

type fieldsCase struct {
	Partial json.RawMessage
	Root    string
}

// TestVerifyAgreesWithTheLedger holds the check in the browser to package ledger: what one
// takes the other takes, and one byte changed anywhere is refused.
func TestVerifyAgreesWithTheLedger(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: no node")
	}
	dir := t.TempDir()
	c := newSample(t, 300).cases()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "cases.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	test, err := filepath.Abs("testdata/verify.test.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "--test", "--test-reporter=spec", test)
	cmd.Env = append(os.Environ(), "CASES="+path, "BUNDLE="+bundled(t, dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if !bytes.Contains(out, []byte("pass 7")) {
		t.Errorf("not all ran:\n%s", out)
	}
}

// bundled is the pure part of the check as a module for node.
func bundled(t *testing.T, dir string) string {
	t.Helper()
	src, err := filepath.Abs("src")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "check.mjs")
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: `export * from "./log"; export * from "./note";`, ResolveDir: src},
		Bundle: true, Format: api.FormatESModule, Target: api.ES2022, Outfile: out, Write: true,
	})
	if len(result.Errors) > 0 {
		t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
	}
	return out
}

// sample is a record made up for the test.
type sample struct {
	*testing.T
	key     *ledger.Key
	entries []*ledger.Entry
	tree    *ledger.Tree
	tiles   map[[2]int64][]byte
}

func newSample(t *testing.T, n int) *sample {
	key, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{7}, 32)), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	person, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{9}, 32)), "desk.example/ana")
	if err != nil {
		t.Fatal(err)
	}
	l := &sample{T: t, key: key}
	if l.tree, err = ledger.NewTree(0, nil); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		e := &ledger.Entry{Kind: "report.received", At: time.Date(2016, 2, 29, 23, 59, 59, i*1e6, time.UTC), Key: key.ID(), Fields: content(t, i)}
		switch i {
		case 0:
			e.Kind, e.Enrols = ledger.KeyEnrolled, key.Verifier()
		case 1:
			e.Kind, e.Enrols = ledger.KeyEnrolled, person.Verifier()
		case 2:
			e.Key = person.ID()
		}
		e.Root = e.Fields.Root()
		if i == 2 {
			if err := e.Sign(person); err != nil {
				t.Fatal(err)
			}
		}
		l.entries = append(l.entries, e)
		l.tree.Append(e.Leaf())
	}
	l.tiles = tilesOf(l.tree)
	return l
}

// content is what entry i says; among it is what JSON can be written in many ways.
func content(t *testing.T, i int) ledger.Fields {
	f := ledger.NewFields([16]byte{byte(i), byte(i >> 8)})
	for name, v := range map[string]any{
		"text":   fmt.Sprintf("report %d: «درايا», \"Darayya\", \u2028 <b> \\ \t \x7f 😀", i),
		"counts": map[string]any{"low": i, "high": float64(i) + 0.1, "e": 1e21, "small": 5e-324, "": nil, "é": true, "😀": -1, "\ufb01": 2},
		"list":   []any{[]any{}, map[string]any{}, "x", false},
		"secret": "withheld",
	} {
		if err := f.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// tilesOf are the tiles of a tree that has only just grown.
func tilesOf(tree *ledger.Tree) map[[2]int64][]byte {
	tiles := map[[2]int64][]byte{}
	for _, tile := range tree.Changed() {
		tiles[[2]int64{int64(tile.Level), tile.N}] = tile.Hashes
	}
	return tiles
}

func reader(tiles map[[2]int64][]byte) ledger.TileReader {
	return func(level int, n int64) ([]byte, error) { return tiles[[2]int64{int64(level), n}], nil }
}

func (l *sample) checkpoint() []byte {
	signed, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: l.key.Name(), Size: l.tree.Size(), Root: l.tree.Root()}, l.key)
	if err != nil {
		l.Fatal(err)
	}
	return signed
}

func (l *sample) receipt(n int64, withheld ...string) []byte {
	proof, err := ledger.Inclusion(l.tree.Size(), n, reader(l.tiles))
	if err != nil {
		l.Fatal(err)
	}
	r, err := ledger.MakeReceipt(l.entries[n], n, l.entries[n].Fields.Withhold(withheld...), proof, l.checkpoint())
	if err != nil {
		l.Fatal(err)
	}
	return r.Text()
}

// good is what package ledger says of a receipt.
func (l *sample) good(text []byte) bool {
	r, err := ledger.ParseReceipt(text)
	return err == nil && r.Check(l.key.Verifier()) == nil
}

func (l *sample) cases() cases {
	c := cases{Key: l.key.Verifier(), Fields: fieldsCase{
		// The numbers of docs/ledger.md, section 10, made by another program.
		Partial: json.RawMessage(`{"hashes":{"place":"tBmrqg7zju3OyXuuPIBOle+Xm6fqIW+cP2bNLzZuWvk="},"salts":{"killed":"0YFMpFxwEsMcOU3PzXTvOQ=="},"values":{"killed":{"high":4,"low":2}}}`),
		Root:    "z7Ptpv/jqszwGssCVGUXwEpltxb5Xy+cpnCi4Cuoi2o=",
	}, Leaf: [2]string{"truce/entry/1\nreport.received\n2016-08-27T18:00:00.000Z\nz7Ptpv/jqszwGssCVGUXwEpltxb5Xy+cpnCi4Cuoi2o=\ndesk.example+60b3edb2\n-\n-\n",
		"M/0YK7m0HVGFbz8ZZjgH0eZzfE186FQxHMc9Xt4DHq0="}}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		in := make([]byte, n)
		for i := range in {
			in[i] = byte(random.Uint32())
		}
		sum := sha256.Sum256(in)
		c.Hashes = append(c.Hashes, hashCase{in, sum[:]})
	}
	c.Receipts = l.receipts(random)
	c.Notes = l.notes(random)
	for _, size := range []int{1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 513, 65536, 65537, 66000} {
		c.Trees = append(c.Trees, l.treeOf(size))
	}
	return c
}

// receipts are good ones, each also with every byte changed, and changed in ways that leave
// the JSON the same.
func (l *sample) receipts(random *rand.Rand) []receiptCase {
	var out []receiptCase
	add := func(what string, text []byte) {
		out = append(out, receiptCase{what, text, l.good(text)})
	}
	for _, n := range []int64{0, 1, 2, 3, 255, 256, 299} {
		text := l.receipt(n, "secret")
		add(fmt.Sprintf("receipt %d", n), text)
		if !out[len(out)-1].Good {
			l.Fatalf("receipt %d is not good", n)
		}
		step := 7 // every byte of one receipt, some of the others
		if n == 2 {
			step = 1
		}
		for i := int(n) % step; i < len(text); i += step {
			for _, flip := range []byte{1 << random.IntN(8), 0x20} {
				bad := bytes.Clone(text)
				bad[i] ^= flip
				add(fmt.Sprintf("receipt %d, byte %d ^ %x", n, i, flip), bad)
				if out[len(out)-1].Good {
					l.Errorf("receipt %d holds with byte %d ^ %x", n, i, flip)
				}
			}
		}
		for _, change := range [][2]string{
			{`{"leaf"`, `{ "leaf"`}, {`"fields":`, `"fields": `}, {`"values":{`, `"values":{"x":1,`}, {`"hashes":{`, `"hashes":{"secret":"AAAA",`},
			{`"low":`, `"low":0`}, {`1e+21`, `1000000000000000000000`}, {`5e-324`, `4.9e-324`}, {`\t`, `\u0009`}, {`«`, `\u00ab`}, {`/`, `\/`}, {"\u2028", `\u2028`},
			{`"withheld"`, `"other"`}, {`index `, `index 0`}, {`\n\n`, `\n`}, {`}`, `},`}, {`desk.example\n`, `desk.other\n`}, {`"proof":"`, `"proof":"x`}, {`— desk`, `- desk`},
			{`false`, `0`}, {`null`, `false`}, {`{}`, `[]`}, {`"salts":{`, `"salts":{"x":"AAAAAAAAAAAAAAAAAAAAAA==",`}, {`😀`, `\ud83d`}, {`😀`, "\ufffd"},
		} {
			add(fmt.Sprintf("receipt %d with %q for %q", n, change[1], change[0]), []byte(strings.Replace(string(text), change[0], change[1], 1)))
		}
		add("cut", text[:len(text)-1])
		add("and more", append(bytes.Clone(text), ' '))
	}
	whole, _ := ledger.ParseReceipt(l.receipt(5))
	other, _ := ledger.ParseReceipt(l.receipt(6))
	swapped := whole
	swapped.Fields = other.Fields
	add("fields of another", swapped.Text())
	swapped = whole
	swapped.Proof = other.Proof
	add("proof of another", swapped.Text())
	stranger, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{8}, 32)), "desk.example")
	if err != nil {
		l.Fatal(err)
	}
	l.key, stranger = stranger, l.key
	foreign := l.receipt(4)
	l.key = stranger
	add("signed by a stranger of the same name", foreign)
	return out
}

// notes are the checkpoint and what is almost one.
func (l *sample) notes(random *rand.Rand) []noteCase {
	signed := l.checkpoint()
	texts := [][]byte{signed, bytes.TrimSuffix(signed, []byte("\n")), bytes.ReplaceAll(signed, []byte("\n\n"), []byte("\nmore\n\n")), bytes.ReplaceAll(signed, []byte("\n\n"), []byte("\n\n\n")),
		bytes.Replace(signed, []byte("300"), []byte("0300"), 1), bytes.Replace(signed, []byte("300"), []byte("999999999999999"), 1), bytes.Replace(signed, []byte("300"), []byte("-1"), 1),
		append(bytes.Clone(signed), signed[bytes.LastIndex(signed, []byte("—")):]...), []byte("\n\n"), nil, []byte("x"), bytes.Replace(signed, []byte("desk"), []byte("\xff"), 1)}
	for i := range signed {
		bad := bytes.Clone(signed)
		bad[i] ^= 1 << random.IntN(8)
		texts = append(texts, bad)
	}
	var out []noteCase
	for _, text := range texts {
		c, err := ledger.ParseCheckpoint(text)
		out = append(out, noteCase{text, err == nil, c.Origin, c.Size, c.Root[:]})
	}
	return out
}

// treeOf is a tree of made-up leaves with its tiles, roots of some smaller sizes, and bytes to
// change.
func (l *sample) treeOf(size int) treeCase {
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		l.Fatal(err)
	}
	c := treeCase{Size: int64(size), Tiles: map[string][]byte{}, Roots: map[string][]byte{}}
	old := map[int]bool{1: true, 2: true, size / 3: true, size / 2: true, 256: true, 257: true, size - 1: true, size: true}
	for i := range size {
		tree.Append(fmt.Appendf(nil, "leaf %d", i))
		if old[i+1] {
			root := tree.Root()
			c.Roots[fmt.Sprint(i+1)] = root[:]
		}
	}
	root := tree.Root()
	c.Root = root[:]
	for at, hashes := range tilesOf(tree) {
		path := ledger.TilePath(int(at[0]), at[1], len(hashes)/32)
		c.Tiles[path] = hashes
		if size < 1000 || at[0] > 0 || at[1]%100 == 7 {
			c.Bad = append(c.Bad, badTile{path, int(at[1]*31+7) % len(hashes)})
		}
	}
	return c
}
