package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// checkpointPath is where the signed checkpoint stands.
const checkpointPath = "checkpoint"

// The longest files that are read. A bundle of the longest leaves stays below; fields are
// bounded only to spare memory.
const (
	maxBundle     = tileWidth * (2 + 1<<16)
	maxFieldsFile = 1 << 30
)

// WriteRecord writes a record as files: the first entries, as many as the signed checkpoint
// says, with whatever of their fields they hold. Who may see what is decided before: an entry
// whose Fields are zero is written with null, and seeds are written where they are held.
//
// write is called once for each file, the checkpoint last, so that a record that was cut
// short is seen to be none; [Folder] is one. When the entries are not those of the
// checkpoint, that is an error and no checkpoint is written.
func WriteRecord(entries iter.Seq2[*Entry, error], signed []byte, write func(path string, data []byte) error) error {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return err
	}
	tree, err := NewTree(0, nil)
	if err != nil {
		return err
	}
	w := recordWriter{tree: tree, write: write}
	if c.Size > 0 {
		for e, err := range entries {
			if err != nil {
				return fmt.Errorf("entry %d: %w", tree.Size(), err)
			}
			if err := w.add(e); err != nil {
				return fmt.Errorf("entry %d: %w", tree.Size(), err)
			}
			if tree.Size() == c.Size {
				break
			}
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	if tree.Size() != c.Size || tree.Root() != c.Root {
		return fmt.Errorf("%d entries with root %v; expected %d with root %v, as the checkpoint says", tree.Size(), tree.Root(), c.Size, c.Root)
	}
	return write(checkpointPath, signed)
}

// recordWriter gathers entries until a bundle is full.
type recordWriter struct {
	tree   *Tree
	write  func(path string, data []byte) error
	bundle []byte
	fields []byte
	width  int
}

func (w *recordWriter) add(e *Entry) error {
	leaf := e.Leaf()
	if !e.Fields.IsZero() && e.Fields.Root() != e.Root {
		return errors.New("its fields are not those of its leaf")
	}
	b, err := AppendBundle(w.bundle, leaf)
	if err != nil {
		return err
	}
	w.bundle = b
	w.fields = append(append(w.fields, e.Fields.Text()...), '\n')
	w.width++
	w.tree.Append(leaf)
	if w.width == tileWidth {
		return w.flush()
	}
	return nil
}

// flush writes the bundle, and the tiles: full ones as they come, the edge when the last
// bundle is not full or the record ends.
func (w *recordWriter) flush() error {
	if w.width > 0 {
		n := (w.tree.Size() - 1) / tileWidth
		if err := w.write(BundlePath(n, w.width), w.bundle); err != nil {
			return err
		}
		if err := w.write(FieldsPath(n, w.width), w.fields); err != nil {
			return err
		}
	}
	full := w.width == tileWidth
	w.bundle, w.fields, w.width = nil, nil, 0
	for _, t := range w.tree.Changed() {
		width := len(t.Hashes) / hashSize
		if full && width < tileWidth {
			w.tree.changed[t.Level] = true // comes again, fuller, at the end
			continue
		}
		if err := w.write(TilePath(t.Level, t.N, width), t.Hashes); err != nil {
			return err
		}
	}
	return nil
}

// Folder returns a function that writes files below a folder, for [WriteRecord]. It never
// writes over a file that is there.
func Folder(dir string) func(path string, data []byte) error {
	return func(path string, data []byte) error {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	}
}

// Record reads a record's files. It checks forms, not the tree and no signature: [Verify]
// comes first.
type Record struct {
	// Checkpoint is what Signed says.
	Checkpoint Checkpoint
	// Signed is the signed checkpoint.
	Signed []byte
	files  fs.FS
}

// OpenRecord opens the record in a file system.
func OpenRecord(files fs.FS) (*Record, error) {
	signed, err := readFile(files, checkpointPath, maxNote, nil)
	if err != nil {
		return nil, err
	}
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", checkpointPath, err)
	}
	return &Record{c, signed, files}, nil
}

// Entries reads the entries from one number up to, not including, another, with their
// fields. It ends with the first error.
func (r *Record) Entries(from, to int64) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		for n := max(from, 0) / tileWidth; n*tileWidth < min(to, r.Checkpoint.Size); n++ {
			list, err := r.bundle(n)
			if err != nil {
				yield(nil, err)
				return
			}
			for i, e := range list {
				at := n*tileWidth + int64(i)
				if at >= from && at < to && !yield(e, nil) {
					return
				}
			}
		}
	}
}

// bundle reads the entries of one bundle.
func (r *Record) bundle(n int64) ([]*Entry, error) {
	width := widthAt(r.Checkpoint.Size, 0, n)
	b, err := readFile(r.files, BundlePath(n, width), maxBundle, nil)
	if err != nil {
		return nil, err
	}
	leaves, err := SplitBundle(b)
	if err != nil || len(leaves) != width {
		return nil, fmt.Errorf("%s: %d leaves; expected %d", BundlePath(n, width), len(leaves), width)
	}
	text, err := readFile(r.files, FieldsPath(n, width), maxFieldsFile, nil)
	if err != nil {
		return nil, err
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines) != width+1 || len(lines[width]) > 0 {
		return nil, fmt.Errorf("%s: %d lines; expected %d", FieldsPath(n, width), len(lines)-1, width)
	}
	out := make([]*Entry, width)
	for i, leaf := range leaves {
		if out[i], err = whole(leaf, bytes.TrimSuffix(lines[i], []byte("\n"))); err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", BundlePath(n, width), n*tileWidth+int64(i), err)
		}
	}
	return out, nil
}

// whole puts an entry together from its leaf and the line of its fields.
func whole(leaf, line []byte) (*Entry, error) {
	e, err := ParseLeaf(leaf)
	if err != nil {
		return nil, err
	}
	f, err := ParseFields(line)
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	if f.IsZero() {
		return e, nil
	}
	return e, e.Attach(f)
}

// Tile reads a tile; it is a [TileReader].
func (r *Record) Tile(level int, n int64) ([]byte, error) {
	width := widthAt(r.Checkpoint.Size, level, n)
	if width == 0 {
		return nil, fmt.Errorf("%s is beyond the record", TilePath(level, n, tileWidth))
	}
	return readFile(r.files, TilePath(level, n, width), tileWidth*hashSize, nil)
}

// widthAt is how many hashes tile n of a level has in a tree of size entries; 0 where there
// is no such tile.
func widthAt(size int64, level int, n int64) int {
	if level > levels || n < 0 {
		return 0
	}
	have := size>>(tileHeight*level) - n*tileWidth
	return int(max(0, min(have, tileWidth)))
}

// readFile reads a regular file of at most most bytes into room, or anew if room is too
// small.
func readFile(files fs.FS, path string, most int, room []byte) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, unwrapped(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unwrapped(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	if info.Size() > int64(most) {
		return nil, fmt.Errorf("%s: %d bytes; expected at most %d", path, info.Size(), most)
	}
	if int64(cap(room)) < info.Size() {
		room = make([]byte, info.Size())
	}
	room = room[:info.Size()]
	if _, err := io.ReadFull(f, room); err != nil {
		return nil, unwrapped(path, err)
	}
	return room, nil
}

// unwrapped says the path once, and as it is in the record.
func unwrapped(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
