package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"truce"
	"truce/ledger"
)

// Restoring says how to restore a backup.
type Restoring struct {
	// Replace lets the backup take the place of a record that is there.
	Replace bool
	// Extra takes the members that the caller of Backup added. It is called before the record
	// is replaced, and with an error nothing is. Nil: a backup with such members is refused.
	Extra func(name string, r io.Reader) error
}

// Restore puts a backup into the database at a URL, of either kind, and returns the head of
// the record. The backup is checked from its first byte to its last (its digest, every leaf,
// every field against its leaf, the tree against the manifest and the checkpoints) before
// anything is created or changed; then all of it is put in, in one transaction. A backup that
// cannot be read again from its start is first written to a temporary file.
func Restore(ctx context.Context, r io.Reader, url string, o Options, how Restoring) (Head, error) {
	f, ok := r.(io.ReadSeeker)
	if !ok {
		spooled, err := spool(r)
		if err != nil {
			return Head{}, err
		}
		defer os.Remove(spooled.Name())
		defer spooled.Close()
		f = spooled
	}
	if err := checkBackup(f, how); err != nil {
		return Head{}, err
	}
	fresh := fresh(url)
	db, err := Open(ctx, url, o)
	if err != nil {
		return Head{}, err
	}
	var h Head
	err = db.submit(&request{ctx: ctx, alone: func(ctx context.Context) (err error) {
		h, err = db.restore(ctx, f, how)
		return err
	}})
	err = errors.Join(err, db.Close())
	if err != nil && fresh != "" {
		for _, end := range []string{"", "-wal", "-shm", ".lock"} {
			_ = os.Remove(fresh + end) // what is not there need not go
		}
	}
	return h, err
}

// fresh returns the path of a SQLite file that is not there yet.
func fresh(url string) string {
	if strings.HasPrefix(url, "postgres") {
		return ""
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(url, "sqlite:"), "?")
	path, err := filepath.Abs(path)
	if _, missing := os.Stat(path); err == nil && errors.Is(missing, os.ErrNotExist) {
		return path
	}
	return ""
}

// spool writes a stream to a temporary file that only we can read.
func spool(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "truce-restore-*")
	if err != nil {
		return nil, fileFault(err)
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, fileFault(err)
	}
	return f, nil
}

// damaged is what every fault of a backup is.
func damaged(at, format string, args ...any) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: "the backup is damaged: " + fmt.Sprintf(format, args...), Hint: "take another; nothing was changed"}
}

// checkBackup reads a backup from its start and refuses one that is not wholly right.
func checkBackup(f io.ReadSeeker, how Restoring) error {
	if err := checkDigest(f); err != nil {
		return err
	}
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		return err
	}
	k := &checker{tree: tree, how: how}
	return readBackup(f, visitor{
		manifest:    func(m manifest) error { k.m = m; return nil },
		entry:       k.entry,
		checkpoint:  k.checkpoint,
		kept:        func(l keptLine) error { return errors.Join(plain("kept", l.Kind, maxKind), plain("kept", l.ID, maxID)) },
		extra:       k.extra,
		afterAll:    k.end,
		checkHashes: true,
	})
}

// checkDigest compares the digest with the bytes.
func checkDigest(f io.ReadSeeker) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fileFault(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fileFault(err)
	}
	if size < 2*tailSize {
		return damaged("", "it is cut short, at %d bytes", size)
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, f, size-tailSize); err != nil {
		return fileFault(err)
	}
	end, err := io.ReadAll(f)
	if err != nil {
		return fileFault(err)
	}
	want, err := tail(sum.Sum(nil))
	if err != nil {
		return err
	}
	if !bytes.Equal(end, want) {
		return damaged(blame(f), "its digest is not that of its %d bytes", size)
	}
	return nil
}

// blame tries to say which member of a damaged backup is at fault.
func blame(f io.ReadSeeker) string {
	err := readBackup(f, visitor{checkHashes: true})
	var e *truce.Error
	if errors.As(err, &e) {
		return e.At
	}
	return ""
}

// checker is the check of a backup.
type checker struct {
	m     manifest
	how   Restoring
	tree  *ledger.Tree
	last  int64
	names map[string]bool
	notes []ledger.Checkpoint
}

func (k *checker) entry(n int64, l *entryLine) error {
	e, err := openEntry([]byte(l.Leaf), l.Fields)
	if err != nil {
		return err
	}
	if at := e.At.UnixMilli(); at < k.last {
		return errors.New("it was recorded before the entry before it")
	} else {
		k.last = at
	}
	if err := plain("id", l.ID, maxID); err != nil {
		return err
	}
	if l.ID != "" && k.names[l.ID] {
		return errors.New("its submission is another entry's too")
	}
	if l.ID != "" {
		if k.names == nil {
			k.names = map[string]bool{}
		}
		k.names[l.ID] = true
	}
	k.tree.Append([]byte(l.Leaf))
	return nil
}

func (k *checker) checkpoint(l checkpointLine) error {
	cp, err := ledger.ParseCheckpoint([]byte(l.Note))
	if err != nil {
		return err
	}
	if cp.Size != l.Size || cp.Size > k.tree.Size() || cp.Size < 0 {
		return fmt.Errorf("it covers %d entries of %d; expected %d", cp.Size, k.tree.Size(), l.Size)
	}
	k.notes = append(k.notes, cp)
	return nil
}

func (k *checker) extra(name string, _ io.Reader) error {
	if k.how.Extra == nil {
		return errors.New("there is nowhere to put this member")
	}
	return nil
}

// end compares the tree with the manifest and with the checkpoints.
func (k *checker) end() error {
	if k.tree.Size() != k.m.Size || k.tree.Root() != k.m.Root {
		return damaged("record.json", "its %d entries have another root than the %d entries of the manifest", k.tree.Size(), k.m.Size)
	}
	tiles := map[tileName][]byte{}
	for _, t := range k.tree.Changed() {
		tiles[tileName{int64(t.Level), t.N}] = t.Hashes
	}
	for _, cp := range k.notes {
		then, err := ledger.NewTree(cp.Size, func(level int, n int64) ([]byte, error) { return tiles[tileName{int64(level), n}], nil })
		if err != nil {
			return err
		}
		if then.Root() != cp.Root {
			return damaged("checkpoints", "the one of %d entries has another root", cp.Size)
		}
	}
	return nil
}

// visitor is what is to be done with the parts of a backup; what is nil is passed over.
type visitor struct {
	manifest    func(manifest) error
	entry       func(n int64, l *entryLine) error
	checkpoint  func(checkpointLine) error
	kept        func(keptLine) error
	extra       func(name string, r io.Reader) error
	afterAll    func() error
	checkHashes bool
}

// readBackup goes through a backup from its start.
func readBackup(f io.ReadSeeker, v visitor) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fileFault(err)
	}
	t := tar.NewReader(f)
	var hashes bytes.Buffer
	next := int64(0)
	for i := 0; ; i++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return damaged("", "its end is missing")
		}
		if err != nil {
			return damaged("", "%v", err)
		}
		if (i == 0) != (h.Name == "record.json") {
			return damaged(h.Name, "it does not stand where it should")
		}
		if h.Name == "hashes" {
			return finish(t, &hashes, v)
		}
		sum := sha256.New()
		if err := v.member(h, io.TeeReader(t, sum), &next); err != nil {
			var known *truce.Error
			if errors.As(err, &known) {
				return err
			}
			return damaged(h.Name, "%v", err)
		}
		if err := drain(t, sum); err != nil {
			return damaged(h.Name, "%v", err)
		}
		fmt.Fprintf(&hashes, "%x %d %s\n", sum.Sum(nil), h.Size, h.Name)
	}
}

// drain reads what a visitor left of a member.
func drain(r io.Reader, sum hash.Hash) error {
	_, err := io.Copy(sum, r)
	return err
}

// finish compares the hashes of all members with those that stand in the backup.
func finish(r io.Reader, got *bytes.Buffer, v visitor) error {
	want, err := io.ReadAll(io.LimitReader(r, int64(got.Len())+maxMember))
	if err != nil {
		return damaged("hashes", "%v", err)
	}
	if v.checkHashes && !bytes.Equal(want, got.Bytes()) {
		a, b := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				_, name, _ := strings.Cut(b[i], " ")
				_, name, _ = strings.Cut(name, " ")
				return damaged(name, "its hash is not the one that was written")
			}
		}
		return damaged("hashes", "it does not list the members")
	}
	if v.afterAll != nil {
		return v.afterAll()
	}
	return nil
}

// member gives a member to the visitor.
func (v *visitor) member(h *tar.Header, r io.Reader, next *int64) error {
	if name, ok := strings.CutPrefix(h.Name, extraFolder); ok {
		if v.extra == nil {
			return nil
		}
		return v.extra(name, r)
	}
	if h.Size > maxMember {
		return fmt.Errorf("%d bytes; expected at most %d", h.Size, maxMember)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch kind, _, _ := strings.Cut(h.Name, "/"); kind {
	case "record.json":
		return v.head(b)
	case "entries":
		return each(b, v.entry != nil, func(l *entryLine) error {
			n := *next
			*next++
			if err := v.entry(n, l); err != nil {
				return damaged(fmt.Sprintf("entry %d", n), "%v", err)
			}
			return nil
		})
	case "checkpoints":
		return each(b, v.checkpoint != nil, func(l *checkpointLine) error { return v.checkpoint(*l) })
	case "kept":
		return each(b, v.kept != nil, func(l *keptLine) error { return v.kept(*l) })
	}
	return errors.New("nobody knows such a member")
}

func (v *visitor) head(b []byte) error {
	if v.manifest == nil {
		return nil
	}
	var m manifest
	if err := strict(b, &m); err != nil {
		return err
	}
	if m.Truce != "record" || m.Form != backupFormat || m.Size < 0 {
		return fmt.Errorf("format %q %d; expected %q %d", m.Truce, m.Form, "record", backupFormat)
	}
	return v.manifest(m)
}

// each reads a text of JSON values, one a line.
func each[T any](text []byte, wanted bool, f func(*T) error) error {
	for n := 1; wanted && len(text) > 0; n++ {
		line, rest, ok := bytes.Cut(text, []byte("\n"))
		if !ok {
			return fmt.Errorf("line %d: expected a newline at its end", n)
		}
		var v T
		if err := strict(line, &v); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := f(&v); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// strict reads one JSON value with no names that are not known.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("expected one value")
	}
	return nil
}

// restore puts a checked backup in, in one transaction.
func (db *DB) restore(ctx context.Context, f io.ReadSeeker, how Restoring) (Head, error) {
	b := db.newBatch(ctx)
	if err := b.begin(); err != nil {
		return Head{}, err
	}
	if b.size > 0 && !how.Replace {
		return Head{}, &truce.Error{Kind: truce.Conflict, Msg: fmt.Sprintf("there is a record with %d entries already", b.size), Hint: "restore elsewhere, or say that it is to be replaced"}
	}
	if err := b.empty(); err != nil {
		return Head{}, err
	}
	if err := b.fillFrom(f, how); err != nil {
		return Head{}, err
	}
	if _, err := b.c.exec(ctx, "COMMIT"); err != nil {
		return Head{}, err
	}
	if err := db.load(ctx); err != nil {
		return Head{}, err
	}
	return *db.head.Load(), nil
}

// empty deletes all that the record holds.
func (b *batch) empty() error {
	if err := b.clearState(); err != nil {
		return err
	}
	if err := b.c.script(b.ctx, "DELETE FROM entry; DELETE FROM submission; DELETE FROM tile; DELETE FROM checkpoint; DELETE FROM kept"); err != nil {
		return err
	}
	tree, err := ledger.NewTree(0, nil)
	b.db.w = writer{conn: b.c, tree: tree, nextID: 1, labels: map[[2]string]bool{}, keys: map[string]bool{}}
	b.size, b.last, b.keys = 0, 0, b.db.w.keys
	return err
}

// fillFrom reads the parts of a backup into the batch, and flushes it as it grows.
func (b *batch) fillFrom(f io.ReadSeeker, how Restoring) error {
	var m manifest
	var entries []*ledger.Entry
	fold := func() error {
		first := b.size - int64(len(entries))
		err := b.foldAll(first, entries)
		entries = nil
		if err != nil {
			return err
		}
		return b.flush()
	}
	err := readBackup(f, visitor{
		manifest: func(got manifest) error { m = got; return nil },
		entry: func(n int64, l *entryLine) error {
			e, err := openEntry([]byte(l.Leaf), l.Fields)
			if err != nil {
				return err
			}
			b.note(n, e, []byte(l.Leaf), l.ID)
			if entries = append(entries, e); len(entries) == page {
				return fold()
			}
			return nil
		},
		checkpoint: func(l checkpointLine) error {
			b.more = append(b.more, statement{"INSERT INTO checkpoint (size, note) VALUES ($1, $2)", []any{l.Size, []byte(l.Note)}})
			return nil
		},
		kept: func(l keptLine) error {
			b.more = append(b.more, statement{"INSERT INTO kept (kind, id, body, expires) VALUES ($1, $2, $3, $4)", []any{l.Kind, l.ID, some(l.Body), l.Expires}})
			return nil
		},
		extra: how.Extra,
	})
	if err == nil {
		err = fold()
	}
	if err == nil && (b.db.w.tree.Size() != m.Size || b.db.w.tree.Root() != m.Root) {
		err = damaged("record.json", "it changed while it was read")
	}
	return err
}
