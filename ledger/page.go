package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// page is what the check of one bundle found, alone and without what came before it.
type page struct {
	n      int64 // number of the bundle
	path   string
	faults []Fault

	known bool // the hashes of all leaves are known
	full  bool
	root  Hash // of a full bundle

	firstN           int64
	firstAt, lastAt  moment // recorded times of its first and its latest entry
	kinds            []kindCount
	turns            []turn
	values, withheld int64 // fields
	closed           int64 // entries
}

// moment is a recorded time as text; such texts are in the order of their times.
type moment [len(layout)]byte

func (m moment) String() string { return string(m[:]) }

type kindCount struct {
	kind  string
	count int64
}

// turn is an entry at which the keys must be looked at: another key answers than for the
// entry before, a key comes or goes, or there is a signature.
type turn struct {
	n                 int64
	kind, key, enrols string
	message, sig      []byte
}

// where names an entry.
func (p *page) where(n int64) string { return fmt.Sprintf("%s: entry %d", p.path, n) }

func (p *page) fault(n int64, format string, a ...any) {
	p.faults = append(p.faults, Fault{p.where(n), fmt.Sprintf(format, a...)})
}

// count counts an entry of a kind; the last kind met stands first.
func (p *page) count(kind []byte) {
	for i := range p.kinds {
		if string(kind) == p.kinds[i].kind {
			p.kinds[i].count++
			return
		}
	}
	p.kinds = append(p.kinds, kindCount{string(kind), 1})
}

// pageReader reads bundles, one after the other, into the same room.
type pageReader struct {
	check  *check
	scan   scan
	key    []byte // of the entry before
	turned bool   // the next entry is a turn, whatever it is
	bundle []byte
	tile   []byte
	fields []byte
	hashes [tileWidth * hashSize]byte
	spent  [tileWidth * hashSize]byte
	roots  [tileWidth][44]byte // of the fields in base64, by entry
	good   [tileWidth]bool     // the leaf was read
}

// read checks bundle n: its leaves, the tile of their hashes, and their fields.
func (r *pageReader) read(n int64) page {
	size := r.check.head.Size
	width := widthAt(size, 0, n)
	p := page{n: n, path: BundlePath(n, width), full: width == tileWidth}
	clear(r.good[:])
	leaves := r.readLeaves(&p, width)
	tile := r.readTile(&p, width, leaves)
	switch {
	case leaves:
		p.known = true
	case tile != nil:
		p.known = true // go on with what the tile says, the fault is noted
		copy(r.hashes[:], tile)
	}
	if p.known && p.full {
		r.spent = r.hashes
		p.root = reduce(r.spent[:])
	}
	r.readFields(&p, width)
	return p
}

// there reports whether a file was listed; if not, that fault is noted already.
func (r *pageReader) there(level int, n int64) bool { return contains(r.check.present[level], n) }

// readLeaves reads and hashes the leaves; false if they are not all there.
func (r *pageReader) readLeaves(p *page, width int) bool {
	if !r.there(levelBundle, p.n) {
		return false
	}
	b, err := readFile(r.check.files, p.path, maxBundle, r.bundle)
	if err != nil {
		p.faults = append(p.faults, fault(p.path, err))
		return false
	}
	r.bundle, r.key, r.turned = b, r.key[:0], true
	at := 0
	for i := range width {
		n := p.n*tileWidth + int64(i)
		if len(b)-at < 2 || len(b)-at-2 < int(binary.BigEndian.Uint16(b[at:])) {
			p.fault(n, "the bundle ends within it; expected %d entries", width)
			return false
		}
		start := at + 2
		at = start + int(binary.BigEndian.Uint16(b[at:]))
		r.hash(i, b[start-1:at])
		if err := r.scan.leaf(b[start:at]); err != nil {
			p.fault(n, "%v", err)
			continue
		}
		r.good[i], r.roots[i] = true, [44]byte(r.scan.root)
		r.follow(p, n, b[start:at])
	}
	if at < len(b) {
		p.faults = append(p.faults, Fault{p.path, fmt.Sprintf("%d bytes after its %d entries; expected none", len(b)-at, width)})
	}
	return true
}

// hash hashes a leaf where it stands. The byte before it, which must be zero for the hash, is
// half of its length in the bundle; it is put back.
func (r *pageReader) hash(i int, b []byte) {
	low := b[0]
	b[0] = 0
	h := sha256.Sum256(b)
	b[0] = low
	copy(r.hashes[i*hashSize:], h[:])
}

// follow notes what has to be looked at in order: time, kind and key of an entry.
func (r *pageReader) follow(p *page, n int64, leaf []byte) {
	s := &r.scan
	switch at := moment(s.at); {
	case p.firstAt == moment{}:
		p.firstN, p.firstAt, p.lastAt = n, at, at
	case bytes.Compare(at[:], p.lastAt[:]) < 0:
		p.fault(n, "%v", errBack(at, p.lastAt))
	default:
		p.lastAt = at
	}
	p.count(s.kind)
	about := aboutKey(s.kind)
	if !r.turned && !about && !s.signed() && bytes.Equal(r.key, s.key) {
		return
	}
	t := turn{n: n, kind: string(s.kind), key: string(s.key)}
	if about {
		t.enrols = string(s.enrols)
	}
	if s.signed() {
		t.message = bytes.Clone(leaf[:s.message])
		t.sig = make([]byte, ed25519.SignatureSize)
		if err := decode(t.sig, s.sig); err != nil {
			p.fault(n, "line 7: %v", err)
		}
	}
	p.turns = append(p.turns, t)
	r.key, r.turned = append(r.key[:0], s.key...), about || s.signed()
}

// readTile reads the tile of the leaves' hashes and compares; nil if it cannot be read.
func (r *pageReader) readTile(p *page, width int, leaves bool) []byte {
	if !r.there(0, p.n) {
		return nil
	}
	path := TilePath(0, p.n, width)
	b, err := readFile(r.check.files, path, width*hashSize, r.tile)
	if err == nil && len(b) != width*hashSize {
		err = fmt.Errorf("%d bytes; expected %d", len(b), width*hashSize)
	}
	if err != nil {
		p.faults = append(p.faults, fault(path, err))
		return nil
	}
	r.tile = b
	if !leaves || bytes.Equal(b, r.hashes[:len(b)]) {
		return b
	}
	for i := range width {
		if !bytes.Equal(b[i*hashSize:][:hashSize], r.hashes[i*hashSize:][:hashSize]) {
			p.fault(p.n*tileWidth+int64(i), "its hash is not the one in %s", path)
		}
	}
	return b
}

// readFields checks the values against what the leaves commit to.
func (r *pageReader) readFields(p *page, width int) {
	if !r.there(levelFields, p.n) {
		return
	}
	path := FieldsPath(p.n, width)
	text, err := readFile(r.check.files, path, maxFieldsFile, r.fields)
	if err != nil {
		p.faults = append(p.faults, fault(path, err))
		return
	}
	r.fields = text
	for i := range width {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			p.faults = append(p.faults, Fault{path, fmt.Sprintf("it ends in line %d; expected %d whole lines", i+1, width)})
			return
		}
		if err := r.fieldsOf(p, i, text[:end]); err != nil {
			where := fmt.Sprintf("%s: entry %d", path, p.n*tileWidth+int64(i))
			p.faults = append(p.faults, Fault{where, err.Error()})
		}
		text = text[end+1:]
	}
	if len(text) > 0 {
		p.faults = append(p.faults, Fault{path, fmt.Sprintf("more than its %d lines", width)})
	}
}

func (r *pageReader) fieldsOf(p *page, i int, line []byte) error {
	if string(line) == "null" {
		p.closed++
		return nil
	}
	f, err := parseFields(line)
	if err != nil {
		return err
	}
	if r.good[i] && f.Root().String() != string(r.roots[i][:]) {
		return errors.New("they are not the fields that the leaf commits to")
	}
	for _, x := range f.list {
		if x.value != nil {
			p.values++
		} else {
			p.withheld++
		}
	}
	return nil
}
