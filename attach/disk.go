package attach

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"filippo.io/age"

	"truce"
)

// disk is a folder of the file system in which a file appears whole or not at all.
type disk struct {
	path string
	// fault, set by tests only, is asked before each step that the file system could refuse.
	fault func(step string) error
}

// incoming is where files are while they are written.
const incoming = "incoming"

func (d disk) step(name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(name)
}

// unavailable makes the error for what the file system refused.
func unavailable(err error) error {
	if e, ok := errors.AsType[*truce.Error](err); ok {
		return e
	}
	e := &truce.Error{Kind: truce.Unavailable, At: "attachments", Msg: "cannot be kept now", Hint: "503", Err: bare(err)}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		e.Msg, e.Hint = "no room left", "507"
	}
	return e
}

// bare takes the path off an error, as answers and logs are no place for it.
func bare(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}

// draft is a file being written. It counts and hashes what the disk gets.
type draft struct {
	disk disk
	file *os.File
	sum  hash.Hash
	size int64
}

// create begins a draft. Whoever does so calls discard in the end; after keep it does nothing.
func (d disk) create() (*draft, error) {
	if err := d.step("create"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(d.path, incoming, rand.Text()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &draft{disk: d, file: f, sum: sha256.New()}, nil
}

// Write writes to the file.
func (w *draft) Write(b []byte) (int, error) {
	if err := w.disk.step("write"); err != nil {
		return 0, err
	}
	n, err := w.file.Write(b)
	w.sum.Write(b[:n])
	w.size += int64(n)
	return n, err
}

// hash returns the hash of what was written.
func (w *draft) hash() (h Hash) {
	w.sum.Sum(h[:0])
	return h
}

// settle makes what was written durable, under its temporary name.
func (w *draft) settle() error {
	if err := w.disk.step("sync"); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	if err := w.file.Chmod(0o400); err != nil && runtime.GOOS != "windows" {
		return err
	}
	return w.file.Close()
}

// keep gives a settled draft its name, durably. If that fails nothing has the name.
func (w *draft) keep(name string) error {
	if err := w.disk.folders(filepath.Dir(name)); err != nil {
		return err
	}
	if err := w.disk.step("rename"); err != nil {
		return err
	}
	to := filepath.Join(w.disk.path, name)
	if err := os.Rename(w.file.Name(), to); err != nil {
		return err
	}
	if err := w.disk.sync(filepath.Dir(name)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// discard takes away a draft that was not kept. It may hold what must not stay, so it is
// overwritten first.
func (w *draft) discard() {
	w.file.Close()
	_ = w.disk.wipe(w.file.Name()) // nothing can be done here; Sweep takes what stays
}

// folders makes a folder and those above it, durably.
func (d disk) folders(name string) error {
	full := filepath.Join(d.path, name)
	if _, err := os.Stat(full); err == nil || name == "." {
		return err
	}
	if err := d.folders(filepath.Dir(name)); err != nil {
		return err
	}
	if err := d.step("mkdir"); err != nil {
		return err
	}
	if err := os.Mkdir(full, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return d.sync(filepath.Dir(name))
}

// sync makes the names in a folder durable.
func (d disk) sync(name string) error {
	if runtime.GOOS == "windows" { // which has no such call, and needs none
		return nil
	}
	if err := d.step("sync folder"); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(d.path, name))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// wipe overwrites a file with zeros and removes it; one that is not there is wiped already.
// On a disk that writes to new places (flash, snapshots) the old bytes may outlive that: only
// sealing, and losing the key, is sure.
func (d disk) wipe(path string) error {
	if err := os.Chmod(path, 0o600); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = errors.Join(d.overwrite(f), f.Close())
	return errors.Join(err, os.Remove(path))
}

func (d disk) overwrite(f *os.File) error {
	if err := d.step("overwrite"); err != nil {
		return err
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(f, zeros{}, st.Size()); err != nil {
		return err
	}
	return f.Sync()
}

// zeros is a source of nothing but zeros.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// sealed returns a writer that encrypts to the recipients, or writes as it is if there are none.
func sealed(w io.Writer, to []age.Recipient) (io.WriteCloser, error) {
	if len(to) == 0 {
		return plain{w}, nil
	}
	enc, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return enc, nil
}

// plain is a writer whose closing does nothing.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
