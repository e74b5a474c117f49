package attach

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"

	"truce"
)

// Member is one file of the folder as it lies on disk, sealed ones sealed, for a backup.
type Member struct {
	Name string // path in the folder, with slashes
	Size int64
	// Open reads the file and checks it against its name, like Folder.Open.
	Open func() (io.ReadCloser, error)
}

// errStop ends a walk whose caller has had enough.
var errStop = errors.New("stop")

// Members returns the files that a backup needs, working copies before originals, each by
// path. What was destroyed meanwhile is left out, what came meanwhile may be in or not. A file
// whose bytes changed is noticed when it is read.
func (f *Folder) Members(ctx context.Context) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		err := f.walk(ctx, func(name string, d fs.DirEntry) error {
			p, ok := parsePlace(name)
			if !ok || !d.Type().IsRegular() {
				return nil
			}
			st, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Member{name, st.Size(), func() (io.ReadCloser, error) { return f.reader(p, false, nil) }}, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Member{}, err)
		}
	}
}

// Restore puts back a file of a backup under the name that Members gave it. Bytes that are
// not those of the name are refused, and nothing is kept of them.
func (f *Folder) Restore(ctx context.Context, name string, r io.Reader) error {
	p, ok := parsePlace(name)
	if !ok {
		return refuse("name", "no file of a folder of attachments", "a name such as "+place{}.name())
	}
	d, err := f.disk.create()
	if err != nil {
		return unavailable(err)
	}
	defer d.discard()
	if _, err := io.Copy(d, &source{ctx: ctx, r: r, left: 1<<62 - 1}); err != nil {
		return unavailable(err)
	}
	if d.hash() != p.file {
		return &truce.Error{Kind: truce.Invalid, At: name, Msg: "not the bytes that its name says", Hint: "the backup as it was made", Err: ErrChanged}
	}
	if err := d.settle(); err != nil {
		return unavailable(err)
	}
	f.naming.Lock()
	defer f.naming.Unlock()
	if err := d.keep(name); err != nil {
		return unavailable(err)
	}
	return nil
}

// Destroy takes an attachment away: working copies and original lose their names, are
// overwritten and removed. Absent if there is none. If it fails, call it again. Why it was
// done is for the caller to record. Backups keep what they hold.
func (f *Folder) Destroy(ctx context.Context, h Hash) error {
	f.naming.Lock()
	defer f.naming.Unlock()
	have, err := f.places(h)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		return &truce.Error{Kind: truce.Absent, At: "hash", Msg: "no such attachment"}
	}
	for _, p := range slices.Backward(have) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.destroy(p); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// destroy takes the name first, so that nobody ever reads a file half overwritten; Sweep
// ends what a crash leaves.
func (f *Folder) destroy(p place) error {
	doomed := filepath.Join(f.disk.path, incoming, path.Base(p.name()))
	if err := f.disk.step("rename"); err != nil {
		return err
	}
	if err := os.Rename(f.at(p), doomed); err != nil {
		return err
	}
	if err := f.disk.sync(path.Dir(p.name())); err != nil {
		return err
	}
	return f.disk.wipe(doomed)
}

// listed returns the objects that have an original, by hash.
func listed(all []Object) []Object {
	all = slices.DeleteFunc(all, func(o Object) bool { return o.Size == 0 })
	slices.SortFunc(all, func(a, b Object) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
	return all
}
