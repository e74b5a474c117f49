package attach

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"filippo.io/age"

	"truce"
)

// Open opens the working copy of the original with the hash h; Absent where there is none.
// The bytes are checked while they are read: whoever reads to io.EOF has what was put there,
// and whose last Read fails with ErrChanged has not had the last of it.
func (f *Folder) Open(h Hash) (io.ReadCloser, error) {
	return f.open(h, func(p place) bool { return p.form == workingCopy }, "no working copy of it")
}

// Original opens an original, checked like Open. A sealed one needs an identity that it was
// sealed to, else it is Denied; a plain one needs none. The caller records who read it.
func (f *Folder) Original(h Hash, ids ...age.Identity) (io.ReadCloser, error) {
	return f.open(h, func(p place) bool { return p.form != workingCopy }, "no such attachment", ids...)
}

func (f *Folder) open(h Hash, fits func(place) bool, none string, ids ...age.Identity) (io.ReadCloser, error) {
	have, err := f.places(h)
	if err != nil {
		return nil, err
	}
	for _, p := range have {
		if fits(p) {
			return f.reader(p, p.form == sealedOriginal, ids)
		}
	}
	return nil, &truce.Error{Kind: truce.Absent, At: "hash", Msg: none}
}

// reader opens a file: the plain bytes of a sealed one if unseal is set, else the file's own.
func (f *Folder) reader(p place, unseal bool, ids []age.Identity) (io.ReadCloser, error) {
	file, err := os.Open(f.at(p))
	if err != nil {
		return nil, unavailable(err)
	}
	c := &checked{r: bufio.NewReaderSize(file, 64<<10), file: file, sum: sha256.New(), want: p.file}
	if !unseal {
		return c, nil
	}
	opened, err := unsealed(c.r, ids)
	if err != nil {
		file.Close()
		return nil, err
	}
	c.r, c.want = bufio.NewReaderSize(opened, 64<<10), p.of
	return c, nil
}

// unsealed decrypts r.
func unsealed(r io.Reader, ids []age.Identity) (io.Reader, error) {
	if len(ids) == 0 {
		return nil, &truce.Error{Kind: truce.Denied, At: "hash", Msg: "sealed", Hint: "the key of somebody it was sealed to"}
	}
	out, err := age.Decrypt(r, ids...)
	if _, none := errors.AsType[*age.NoIdentityMatchError](err); none {
		return nil, &truce.Error{Kind: truce.Denied, At: "hash", Msg: "sealed to others", Hint: "the key of somebody it was sealed to"}
	}
	if err != nil {
		return nil, changed()
	}
	return out, nil
}

func changed() error {
	return &truce.Error{Kind: truce.Unavailable, At: "hash", Msg: "not the bytes that were put here", Hint: "the copy in a backup", Err: ErrChanged}
}

// checked reads a file and holds its end back until all of it has the right hash.
type checked struct {
	r    *bufio.Reader
	file io.Closer
	sum  hash.Hash
	want Hash
	err  error
}

// Read reads from the file.
func (c *checked) Read(b []byte) (int, error) {
	if c.err != nil || len(b) == 0 {
		return 0, c.err
	}
	n, err := c.r.Read(b)
	c.sum.Write(b[:n])
	if err == nil {
		_, err = c.r.Peek(1) // to know the end before its bytes are handed out
	}
	switch {
	case errors.Is(err, io.EOF) && Hash(c.sum.Sum(nil)) == c.want:
		c.err = io.EOF
	case err != nil:
		c.err = changed()
		return 0, c.err
	}
	return n, nil
}

// Close closes the file.
func (c *checked) Close() error { return c.file.Close() }

// intact reports whether a file has the bytes that its name says.
func (f *Folder) intact(p place) bool {
	r, err := f.reader(p, false, nil)
	if err != nil {
		return false
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err == nil
}

// Object is one attachment as the folder knows it: the rest is in the record.
type Object struct {
	Hash     Hash
	Sealed   bool
	Size     int64 // of the original's file, which is larger than the original if sealed
	Copy     Hash  // of the working copy; zero where there is none
	CopySize int64
}

// List returns what the folder holds, by hash.
func (f *Folder) List(ctx context.Context) ([]Object, error) {
	var out []Object
	at := map[Hash]int{}
	for m, err := range f.Members(ctx) { // originals come last
		if err != nil {
			return nil, err
		}
		p, _ := parsePlace(m.Name)
		i, known := at[p.of]
		if !known {
			i = len(out)
			at[p.of], out = i, append(out, Object{Hash: p.of})
		}
		if p.form == workingCopy {
			out[i].Copy, out[i].CopySize = p.file, m.Size
		} else {
			out[i].Sealed, out[i].Size = p.form == sealedOriginal, m.Size
		}
	}
	return listed(out), nil
}

// Check reads the whole folder and returns what is wrong with it: files whose bytes are not
// those of their name (attach-changed), that belong to nothing (attach-stray, attach-orphan),
// and as warnings what is half written (attach-unfinished) or open to others (attach-mode).
// Sealed originals are checked as they lie; with identities they are also opened.
func (f *Folder) Check(ctx context.Context, ids ...age.Identity) (truce.Problems, error) {
	var out truce.Problems
	originals, copies := map[Hash]bool{}, []place{}
	err := f.walk(ctx, func(name string, d fs.DirEntry) error {
		p, ok := parsePlace(name)
		problem := func(code, msg, want string, warning bool) {
			out = append(out, truce.Problem{File: name, Code: code, Msg: msg, Want: want, Warning: warning})
		}
		switch {
		case strings.HasPrefix(name, incoming+"/"):
			problem("attach-unfinished", "half written, or being written now", "nothing here while nothing is written", true)
			return nil
		case !ok || !d.Type().IsRegular():
			problem("attach-stray", "no attachment", "only files that Put made", false)
			return nil
		case p.form == workingCopy:
			copies = append(copies, p)
		default:
			originals[p.of] = true
		}
		if st, err := d.Info(); err == nil && st.Mode().Perm() != 0o400 && runtime.GOOS != "windows" {
			problem("attach-mode", "others may read or change it", "mode 0400", true)
		}
		if msg := f.wrong(p, ids); msg != "" {
			problem("attach-changed", msg, "the bytes that its name says", false)
		}
		return nil
	})
	for _, p := range copies {
		if !originals[p.of] {
			out = append(out, truce.Problem{File: p.name(), Code: "attach-orphan", Msg: "a working copy without its original", Want: "the original " + p.of.String()})
		}
	}
	out.Sort()
	return out, err
}

// wrong says what is wrong with the bytes of a file; empty if nothing is.
func (f *Folder) wrong(p place, ids []age.Identity) string {
	if !f.intact(p) {
		return "not the bytes that were put here"
	}
	if p.form != sealedOriginal || len(ids) == 0 {
		return ""
	}
	r, err := f.reader(p, true, ids)
	if err != nil {
		return "cannot be opened with the keys given"
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return "sealed, and what it holds is not what was put here"
	}
	return ""
}

// walk calls visit for every file of the folder, sorted by path, and for whatever else lies
// there that is no folder.
func (f *Folder) walk(ctx context.Context, visit func(name string, d fs.DirEntry) error) error {
	err := filepath.WalkDir(f.disk.path, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist) && path != f.disk.path:
			return nil // gone while we looked
		case err != nil || d.IsDir():
			return err
		}
		name, err := filepath.Rel(f.disk.path, path)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(name), d)
	})
	if err != nil && ctx.Err() == nil {
		return unavailable(err)
	}
	return err
}
