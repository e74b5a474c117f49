package attach

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
)

// Limits bound what one attachment may cost. A zero field is its default.
type Limits struct {
	Bytes    int64 // of a file; DefaultBytes
	Unpacked int64 // bytes of all entries of an archive; DefaultUnpacked
	Entries  int   // of an archive; DefaultEntries
	Ratio    int   // how many times its own size an archive may unpack to; DefaultRatio
	Pixels   int64 // of a picture, all frames together; DefaultPixels
}

// The limits where none are given. A picture of fifty million pixels takes up to 0.8 GB of memory (0.4 GB as cameras usually write it)
// while it is drawn anew, and one picture is drawn at a time.
const (
	DefaultBytes    = 64 << 20
	DefaultUnpacked = 64 << 20
	DefaultEntries  = 10_000
	DefaultRatio    = 200
	DefaultPixels   = 50_000_000
)

func (l Limits) filled() Limits {
	fill(&l.Bytes, DefaultBytes)
	fill(&l.Unpacked, DefaultUnpacked)
	fill(&l.Entries, DefaultEntries)
	fill(&l.Ratio, DefaultRatio)
	fill(&l.Pixels, DefaultPixels)
	return l
}

func fill[N int | int64](n *N, to N) {
	if *n <= 0 {
		*n = to
	}
}

// Options say how a folder keeps what comes in. The zero value works and seals nothing.
type Options struct {
	Limits Limits
	// Seal are those who can open originals. Where there are none originals rest plainly, in
	// files that only this account may read.
	Seal []age.Recipient
}

// Folder holds attachments. It is safe for concurrent use by one process.
type Folder struct {
	disk    disk
	limits  Limits
	seal    []age.Recipient
	naming  sync.Mutex // while files get or lose their names
	working sync.Mutex // while a picture is drawn or an archive unpacked
}

// New returns the folder at path and makes it if it is not there.
func New(path string, o Options) (*Folder, error) {
	f := &Folder{disk: disk{path: path}, limits: o.Limits.filled(), seal: o.Seal}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, unavailable(err)
	}
	if err := f.disk.folders(incoming); err != nil {
		return nil, unavailable(err)
	}
	return f, nil
}

// Sweep wipes what a crash left half written. Call it before the first Put, never while
// another process writes the folder.
func (f *Folder) Sweep() error {
	left, err := os.ReadDir(filepath.Join(f.disk.path, incoming))
	if err != nil {
		return unavailable(err)
	}
	for _, e := range left {
		if err := f.disk.wipe(filepath.Join(f.disk.path, incoming, e.Name())); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// place is where a file lies: whose it is and what its own bytes hash to, which for a plain
// original is the same.
type place struct {
	of, file Hash
	form     form
}

// form is what a file of the folder is.
type form int

const (
	plainOriginal form = iota
	sealedOriginal
	workingCopy
)

// name returns the path in the folder, with slashes.
func (p place) name() string {
	of := p.of.String()
	two := "/" + of[:2] + "/" + of[2:4] + "/" + of
	switch p.form {
	case sealedOriginal:
		return "originals" + two + "." + p.file.String() + ".age"
	case workingCopy:
		return "copies" + two + "." + p.file.String()
	}
	return "originals" + two
}

// parsePlace reads a path that name wrote.
func parsePlace(name string) (place, bool) {
	p := place{}
	base := name[strings.LastIndex(name, "/")+1:]
	of, file, two := strings.Cut(base, ".")
	switch {
	case strings.HasPrefix(name, "copies/"):
		p.form = workingCopy
	case two:
		p.form, file = sealedOriginal, strings.TrimSuffix(file, ".age")
	default:
		file = of
	}
	if !decode(&p.of, of) || !decode(&p.file, file) {
		return place{}, false
	}
	return p, p.name() == name
}

func decode(h *Hash, s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && copy(h[:], b) == len(h) && len(b) == len(h)
}

// places returns the files of one attachment, originals first and sealed ones before plain.
func (f *Folder) places(h Hash) ([]place, error) {
	var out []place
	for _, near := range []place{{of: h, file: h}, {of: h, form: workingCopy}} {
		dir := near.name()[:strings.LastIndex(near.name(), "/")]
		list, err := os.ReadDir(filepath.Join(f.disk.path, dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unavailable(err)
		}
		for _, e := range list {
			if p, ok := parsePlace(dir + "/" + e.Name()); ok && p.of == h && e.Type().IsRegular() {
				out = append(out, p)
			}
		}
	}
	rank := map[form]int{sealedOriginal: 0, plainOriginal: 1, workingCopy: 2}
	slices.SortStableFunc(out, func(a, b place) int { return rank[a.form] - rank[b.form] })
	return out, nil
}

// at returns the path of a place in the file system.
func (f *Folder) at(p place) string { return filepath.Join(f.disk.path, filepath.FromSlash(p.name())) }
