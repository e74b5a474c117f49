// Program verifier checks a Truce record, or the receipt of one entry, and says in plain words what it
// found. It ends with 0 if all is sound, 1 if there are faults, 3 if it cannot run. It is a second opinion,
// written from docs/ledger.md with Go's standard library alone, so that a mistake in Truce is not one here.
//
//	verifier [--json] [--key VKEY]... [--since CHECKPOINT]... DIR
//	verifier [--json] receipt FILE --key VKEY...
package main

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/bits"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// report is what a check found. A record without faults is sound.
type report struct {
	Origin   string   `json:"origin"`
	Size     int64    `json:"entries"`
	Root     string   `json:"root"`
	Signers  []string `json:"signers"`
	Values   int64    `json:"values"`   // shown, and what was committed to
	Withheld int64    `json:"withheld"` // committed to and not shown
	Note     string   `json:"note"`
	Faults   []fault  `json:"faults"`
}

// fault is one thing that is wrong, and where.
type fault struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// want notes a fault unless all is well.
func (r *report) want(well bool, where, what string) bool {
	if !well {
		r.Faults = append(r.Faults, fault{where, what})
	}
	return well
}

// String is the report in plain words.
func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Record %s, %d entries, signed by %s.\n%d values are shown, %d withheld or destroyed.\n%s\n",
		r.Origin, r.Size, strings.Join(r.Signers, " and "), r.Values, r.Withheld, cmp.Or(r.Note, "The keys given were trusted."))
	if len(r.Faults) == 0 {
		return b.String() + "SOUND: what is here is what was recorded, complete and in order."
	}
	fmt.Fprintf(&b, "NOT SOUND: %d faults", len(r.Faults))
	for _, f := range r.Faults {
		b.WriteString("\n  " + f.Where + ": " + f.What)
	}
	return b.String()
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	var keys []key
	var since [][]byte
	f := flag.NewFlagSet("verifier", flag.ContinueOnError)
	f.SetOutput(errs)
	asJSON := f.Bool("json", false, "write the findings as JSON")
	f.Func("key", "a key you trust: the record's, or a witness's, who must then have co-signed", func(s string) error {
		k, err := parseKey(s)
		keys = append(keys, k)
		return err
	})
	f.Func("since", "a `file` with a checkpoint you kept: what it covers must be unchanged", func(s string) error {
		b, err := os.ReadFile(s)
		since = append(since, b)
		return err
	})
	var words []string
	for ; len(args) > 0; args = f.Args()[min(1, f.NArg()):] {
		if f.Parse(args) != nil {
			return 3
		}
		words = append(words, f.Args()[:min(1, f.NArg())]...)
	}
	r, err := &report{}, errors.New("expected the folder of a record; or receipt, a file, and --key with the record's key")
	if len(words) == 2 && words[0] == "receipt" && len(keys) > 0 {
		var b []byte
		b, err = os.ReadFile(words[1])
		r = receipt(b, keys)
	} else if len(words) == 1 && words[0] != "receipt" {
		_, err = os.ReadDir(words[0])
		r = verify(os.DirFS(words[0]), keys, since...)
	}
	text := []byte(r.String())
	if *asJSON {
		text, _ = json.MarshalIndent(r, "", "  ")
	}
	if err != nil {
		fmt.Fprintln(errs, "verifier cannot run:", err)
		return 3
	}
	fmt.Fprintf(out, "%s\n", text)
	return min(1, len(r.Faults))
}

// check is a record being checked.
type check struct {
	report
	fsys   fs.FS
	unread map[string]bool // files that nothing has asked for
	hashes []hash          // of the leaves
	keys   map[string]key  // enrolled so far; an empty one is revoked
	own    key             // the instance's, from entry 0
	last   string          // recorded time
}

// verify checks a whole record by the keys, or by the key in its own first entry where none of
// them is a log's. Each of since is an older checkpoint, which the record must still contain.
func verify(fsys fs.FS, keys []key, since ...[]byte) *report {
	c := &check{report: report{Faults: []fault{}}, fsys: fsys, unread: map[string]bool{}, keys: map[string]key{}}
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if c.want(err == nil, name, "cannot be read") && !d.IsDir() {
			c.unread[name] = true
		}
		return nil
	})
	note, _ := c.file("checkpoint")
	h, ok := parseHead(string(note))
	c.want(ok, "checkpoint", "is not a signed checkpoint; the rest is checked without it")
	c.Origin, c.Size = h.origin, h.size
	for w := width; !ok && w > 0; w-- { // count by the names of the files, the last of which may be a part
		if c.unread[tilePath("tile/entries", c.Size/width, w)] {
			c.Size, w = c.Size+int64(w), w/width*(width+1)
		}
	}
	c.entries()
	c.tiles()
	root := treeHash(c.hashes)
	c.Root = encode(root[:])
	c.want(!ok || root == h.root && int64(len(c.hashes)) == h.size && strings.HasPrefix(c.own.id, h.origin+"+"), "checkpoint", "was made over other entries than these, or for another instance")
	if !slices.ContainsFunc(keys, func(k key) bool { return k.kind == signs }) {
		c.Note = "NOTE: No key of the record was given, so it was believed as to its own key. Compare that with what you know: " + c.own.text
		keys = append(slices.Clone(keys), c.keys[c.own.id])
	}
	c.want(slices.ContainsFunc(keys, func(k key) bool { return k.text == c.own.text }), "entry 0", "enrols the key "+c.own.id+", which is none of those trusted, or was revoked")
	c.Signers = c.signed("checkpoint", h, keys, true)
	for i, note := range since {
		where := fmt.Sprintf("older checkpoint %d", i+1)
		old, ok := parseHead(string(note))
		c.want(ok && old.origin == h.origin, where, "is not a checkpoint of this record")
		c.signed(where, old, keys, false)
		if c.want(old.size <= int64(len(c.hashes)), where, "covers more entries than are here: the record was rolled back") {
			c.want(treeHash(c.hashes[:old.size]) == old.root, where, "covers other entries than the first ones here: history was rewritten")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.unread)) {
		c.want(false, name, "has no place in this record")
	}
	return &c.report
}

// file reads a file that ought to be there.
func (c *check) file(name string) ([]byte, bool) {
	b, err := fs.ReadFile(c.fsys, name)
	delete(c.unread, name)
	return b, c.want(err == nil, name, "is missing or cannot be read")
}

// tilePath names file n of a series; the last may hold less than a full one.
func tilePath(series string, n int64, w int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if w < width {
		name += fmt.Sprintf(".p/%d", w)
	}
	return series + "/" + name
}

// entries checks every entry with its fields, and notes its hash.
func (c *check) entries() {
	c.want(c.Size > 0, "entry 0", "is missing: a record begins with its own key")
	most := int64(len(c.unread)) + 1 // a false checkpoint may speak of any number
	for n := int64(0); n < most && n*width < c.Size; n++ {
		w := int(min(width, c.Size-n*width))
		bundle, lines := tilePath("tile/entries", n, w), tilePath("fields", n, w)
		b, _ := c.file(bundle)
		text, there := c.file(lines)
		line := append(bytes.Split(text, []byte("\n")), make([][]byte, w)...)
		c.want(!there || len(line) == 2*w+1 && len(line[w]) == 0, lines, fmt.Sprintf("does not hold %d whole lines", w))
		for i := range w {
			var h hash
			at := fmt.Sprintf("entry %d", n*width+int64(i))
			size := 2 + int(binary.BigEndian.Uint16(append(slices.Clip(b[:min(2, len(b))]), 0, 0)))
			if c.want(len(b) >= size, at, "is missing or cut short in "+bundle) {
				c.entry(at, b[2:size], line[i], fmt.Sprintf("%s line %d", lines, i+1))
				h = node([]byte{0}, b[2:size])
			}
			b = b[min(size, len(b)):]
			c.hashes = append(c.hashes, h)
		}
		c.want(len(b) == 0, bundle, fmt.Sprintf("has %d bytes too many", len(b)))
	}
}

// entry checks an entry against all those before it, and its fields against its root.
func (c *check) entry(at string, leaf, line []byte, where string) {
	e, ok := parseEntry(leaf)
	if !c.want(ok, at, "is not written as the seven lines of an entry must be") {
		return
	}
	if at == "entry 0" {
		c.want(e.kind == "key.enrolled" && e.other.id == e.by, at, "does not enrol the key that answers for it, as the first must")
		c.own, c.keys[e.by] = e.other, e.other
	}
	k := c.keys[e.by]
	c.want(k.text != "", at, "is answered for by "+e.by+", which was not enrolled before, or was revoked")
	c.want(e.sig != nil || e.by == c.own.id, at, "lacks the signature of "+e.by)
	c.want(e.sig == nil || k.text != "" && ed25519.Verify(k.pub, e.message, e.sig), at, "bears a signature that is not one of "+e.by+" over this entry")
	c.want(e.at >= c.last, at, "was recorded before the entry ahead of it: time goes back")
	c.last = max(c.last, e.at)
	old, known := c.keys[e.other.id]
	if e.kind == "key.enrolled" && at != "entry 0" {
		c.want(!known, at, "enrols a second time the key "+e.other.id)
		c.keys[e.other.id] = e.other
	} else if e.kind == "key.revoked" {
		c.want(old.text == e.other.text, at, "revokes a key that was not enrolled before, or was revoked, "+e.other.id)
		c.keys[e.other.id] = key{}
	}
	if line != nil && string(line) != "null" {
		c.fields(where, line, e.root)
	}
}

// fields checks the private form of an entry's fields, whole or partial, against their root.
func (r *report) fields(where string, line []byte, root hash) {
	var v any
	if err := json.Unmarshal(line, &v); !r.want(err == nil && canonical(v, -2) == string(line), where, "is not JSON in its canonical form") {
		return
	}
	form, _ := v.(map[string]any)
	values, ok := form["values"].(map[string]any)
	salts, salted := form["salts"].(map[string]any)
	hashes, partial := form["hashes"].(map[string]any)
	seed, whole := form["seed"].(string)
	ok = ok && (whole && len(values) > 0 && decode(seed, 16) != nil && len(form) == 2 || partial && salted && len(form) == 3 && len(salts) == len(values))
	lines := []string{"truce/fields/1\n"}
	for name, value := range values {
		salt := decode(fmt.Sprint(salts[name]), 16)
		if whole {
			mac := hmac.New(sha256.New, decode(seed, 16))
			mac.Write([]byte(name))
			salt = mac.Sum(nil)[:16]
		}
		sum := sha256.Sum256([]byte("truce/field/1\n" + name + "\n" + string(salt) + canonical(value, 0)))
		lines = append(lines, name+" "+encode(sum[:])+"\n")
		ok = ok && salt != nil && hashes[name] == nil && fieldForm.MatchString(name)
	}
	for name, commitment := range hashes {
		lines = append(lines, fmt.Sprintln(name, commitment))
		ok = ok && decode(fmt.Sprint(commitment), 32) != nil && fieldForm.MatchString(name)
	}
	slices.Sort(lines[1:])
	r.want(ok && root == sha256.Sum256([]byte(strings.Join(lines, ""))), where, "is not what the entry was made of: a name, a value or a salt was changed")
	r.Values, r.Withheld = r.Values+int64(len(values)), r.Withheld+int64(len(hashes))
}

// tiles compares every tile with the hashes that the entries give.
func (c *check) tiles() {
	for l, level := 0, c.hashes; len(level) > 0; l++ {
		var above []hash
		for part := range slices.Chunk(level, width) {
			name := tilePath(fmt.Sprintf("tile/%d", l), int64(len(above)), len(part))
			b, there := c.file(name)
			c.want(!there || len(b) == len(part)*32, name, fmt.Sprintf("is %d bytes long; expected %d", len(b), len(part)*32))
			for i, h := range part[:min(len(part), len(b)/32)] {
				c.want(h == hash{} || hash(b[i*32:]) == h, name, fmt.Sprintf("hash %d is not that of the entries below it", i))
			}
			above = append(above, treeHash(part))
		}
		level = above[:len(level)/width]
	}
}

// signed returns who of the keys signed: the log must have, and witnesses where wanted; others are passed over.
func (r *report) signed(where string, h head, keys []key, witnessed bool) (by []string) {
	log, seen := false, map[string]bool{}
	for line := range strings.Lines(h.sigs) {
		part := strings.Fields(line)
		raw, _ := base64.StdEncoding.DecodeString(part[2])
		id, text, sig := part[1]+"+"+hex.EncodeToString(raw[:4]), []byte(h.text), raw[4:]
		r.want(len(sig) > 0 && encode(raw) == part[2] && !seen[id], where, "bears a signature twice, or not in proper base64, by "+id)
		seen[id] = true
		i := slices.IndexFunc(keys, func(k key) bool { return k.id == id })
		if i >= 0 && keys[i].kind == cosigns && len(sig) > 8 { // a witness's begins with its time
			text, sig = fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text), sig[8:]
		}
		if i >= 0 && r.want(ed25519.Verify(keys[i].pub, text, sig), where, "bears a false signature by "+id) {
			by, log = append(by, id), log || keys[i].kind == signs && strings.HasPrefix(id, h.origin+"+")
		}
	}
	r.want(log, where, "is not signed by the record's key")
	for _, k := range keys {
		r.want(!witnessed || k.kind != cosigns || slices.Contains(by, k.id), where, "is not co-signed by "+k.id)
	}
	return by
}

// receipt checks the proof that an entry is in a record; and its signature, with the key for that.
func receipt(b []byte, keys []key) *report {
	r := &report{Faults: []fault{}}
	var v struct {
		Leaf, Proof string
		Fields      json.RawMessage
	}
	err := json.Unmarshal(b, &v)
	m := proofForm.FindStringSubmatch(v.Proof)
	one := fmt.Sprintf(`{"leaf":%s,"fields":%s,"proof":%s}`, canonical(v.Leaf, 0), v.Fields, canonical(v.Proof, 0))
	if !r.want(err == nil && one == string(b) && bytes.HasPrefix(v.Fields, []byte(`{"hashes"`)) && m != nil, "receipt", "is not written as a receipt must be: leaf, partial fields and a c2sp.org/tlog-proof@v1") {
		return r
	}
	e, ok := parseEntry([]byte(v.Leaf))
	r.want(ok, "leaf", "is not written as the seven lines of an entry must be")
	for _, k := range keys {
		r.want(k.id != e.by || e.sig == nil || ed25519.Verify(k.pub, e.message, e.sig), "leaf", "bears a signature that is not one of "+k.id)
	}
	r.fields("fields", v.Fields, e.root)
	var beside []hash
	for line := range strings.Lines(m[2]) {
		beside = append(beside, hash(append(decode(strings.TrimSpace(line), 32), make([]byte, 32)...)))
	}
	h, ok := parseHead(m[3])
	r.want(ok, "proof", "holds no signed checkpoint")
	r.Origin, r.Size, r.Root, r.Signers = h.origin, h.size, encode(h.root[:]), r.signed("proof", h, keys, true)
	n, _ := strconv.ParseInt(m[1], 10, 64)
	root, ok := climb(node([]byte{0}, []byte(v.Leaf)), n, h.size, beside)
	r.want(ok && root == h.root, "proof", "does not lead from this entry, as number "+m[1]+", to its checkpoint")
	return r
}

// The forms of the texts.
var (
	nameForm  = regexp.MustCompile(`^[!-*,-~]{1,128}$`)
	fieldForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	headForm  = regexp.MustCompile(`^(([^\x00-\x1f]+)\n(0|[1-9][0-9]{0,17})\n([^\x00-\x1f]+)\n(?:[^\x00-\x1f]+\n)*)\n((?:— [^\pZ\x00-\x20\x{85}+]+ (?:[A-Za-z0-9+/]{4})+[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=|[A-Za-z0-9+/]{2})\n){1,100})$`)
	leafForm  = regexp.MustCompile(`^truce/entry/1\n([a-z]+(?:\.[a-z]+)+)\n([^\n]+)\n([^\n]+)\n([!-*,-~]{1,128}\+[0-9a-f]{8})\n([^\n]+)\n([^\n]+)\n$`)
	proofForm = regexp.MustCompile(`(?s)^c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,17})\n((?:[^\n]+\n)*)\n(.*)$`)
	unescape  = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\u2028`, "\u2028", `\u2029`, "\u2029")
)

const (
	width          = 256        // hashes or entries in a full file
	signs, cosigns = 0x01, 0x04 // kinds of key: for notes and entries; a witness's, for checkpoints
)

// key is a verifier key, written name+hash8+base64(kind, public key). Its id is name+hash8.
type key struct {
	id, text string
	kind     byte
	pub      ed25519.PublicKey
}

func parseKey(text string) (key, error) {
	name, rest, _ := strings.Cut(text, "+")
	_, body, _ := strings.Cut(rest, "+")
	raw := decode(body, 1+ed25519.PublicKeySize)
	sum := sha256.Sum256([]byte(name + "\n" + string(raw)))
	id := name + "+" + hex.EncodeToString(sum[:4])
	if raw == nil || raw[0] != signs && raw[0] != cosigns || id+"+"+body != text || !nameForm.MatchString(name) {
		return key{}, fmt.Errorf("%q is not a verifier key, name+hash+base64", text)
	}
	return key{id, text, raw[0], raw[1:]}, nil
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// decode reads n bytes of base64, which can be written in one way only, or returns nil.
func decode(s string, n int) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != n || encode(b) != s {
		return nil
	}
	return b
}

// head is a checkpoint: what a log says of itself, in a note signed by it and its witnesses.
type head struct {
	origin, text, sigs string
	size               int64
	root               hash
}

func parseHead(note string) (h head, ok bool) {
	m := headForm.FindStringSubmatch(note)
	if m == nil || !utf8.ValidString(note) || decode(m[4], 32) == nil {
		return h, false
	}
	size, _ := strconv.ParseInt(m[3], 10, 64)
	return head{m[2], m[1], m[5], size, hash(decode(m[4], 32))}, size <= 1<<48
}

// entry is a leaf of the log.
type entry struct {
	kind, at, by string // at is the recorded time, by the id of the key that answers
	root         hash
	other        key    // the key that is enrolled or revoked
	sig, message []byte // no sig: the instance answers, by its checkpoints
}

func parseEntry(leaf []byte) (e entry, ok bool) {
	m := leafForm.FindStringSubmatch(string(leaf))
	if m == nil || len(m[1]) > 64 || decode(m[3], 32) == nil {
		return e, false
	}
	e = entry{kind: m[1], at: m[2], root: hash(decode(m[3], 32)), by: m[4], sig: decode(m[6], ed25519.SignatureSize), message: leaf[:len(leaf)-len(m[6])-1]}
	at, err := time.Parse(time.RFC3339, e.at)
	ok = err == nil && at.Format("2006-01-02T15:04:05.000Z") == e.at && (e.sig != nil || m[6] == "-")
	if e.kind != "key.enrolled" && e.kind != "key.revoked" {
		return e, ok && m[5] == "-"
	}
	e.other, err = parseKey(m[5])
	return e, ok && err == nil && e.other.kind == signs
}

// canonical writes a JSON value as RFC 8785 has it: the one way in which it may stand.
func canonical(v any, depth int) string {
	switch v := v.(type) {
	case map[string]any:
		names := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		})
		for i, name := range names {
			names[i] = canonical(name, depth) + ":" + canonical(v[name], depth+1)
		}
		return "{" + strings.Join(names, ",") + "}"
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = canonical(v[i], depth+1)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	if v == 0.0 {
		return "0" // never -0
	} else if depth > 100 {
		return "" // deeper than a field may go
	}
	b, _ := json.Marshal(v) // numbers as ECMAScript prints them
	return unescape.Replace(string(b))
}

// hash is a node of the tree of RFC 6962: over 0 and a leaf, or over 1 and two nodes.
type hash = [sha256.Size]byte

func node(b ...[]byte) hash { return sha256.Sum256(slices.Concat(b...)) }

// treeHash is the root over leaf hashes. The left side is the largest power of two below their number.
func treeHash(h []hash) hash {
	if len(h) == 0 {
		return node()
	} else if len(h) == 1 {
		return h[0]
	}
	k := 1 << (bits.Len(uint(len(h)-1)) - 1)
	left, right := treeHash(h[:k]), treeHash(h[k:])
	return node([]byte{1}, left[:], right[:])
}

// climb returns the root of the tree in which h is leaf n, by the hashes beside its way up.
func climb(h hash, n, size int64, beside []hash) (root hash, ok bool) {
	if size <= 1 || len(beside) == 0 {
		return h, size == 1 && n == 0 && len(beside) == 0
	}
	k, up, last := int64(1)<<(bits.Len64(uint64(size-1))-1), beside[:len(beside)-1], beside[len(beside)-1]
	if n < k {
		h, ok = climb(h, n, k, up)
		return node([]byte{1}, h[:], last[:]), ok
	}
	h, ok = climb(h, n-k, size-k, up)
	return node([]byte{1}, last[:], h[:]), ok
}
