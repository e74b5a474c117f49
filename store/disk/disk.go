// Package disk is a disk that can be made to fail, for tests only. It stands between SQLite and
// the files: it writes down all that SQLite asks of the disk, lets a chosen write or sync fail,
// and lays a folder as a power cut at any of those moments could have left it.
//
// A [Disk] is a VFS in the sense of https://sqlite.org/vfs.html and is chosen by the DSN
// parameter vfs=NAME. It is a copy of SQLite's own VFS with six calls replaced (open, delete,
// write, truncate, sync, close); locks, shared memory and reads are SQLite's own.
package disk

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Code is a result code of SQLite, https://sqlite.org/rescode.html.
type Code int32

// The ways in which a disk fails.
const (
	Full       Code = sqlite3.SQLITE_FULL        // no room: half of what was to be written is there
	WriteError Code = sqlite3.SQLITE_IOERR_WRITE // a write failed: half of it is there
	SyncError  Code = sqlite3.SQLITE_IOERR_FSYNC // a sync failed: what it was to make safe never will be
	ReadOnly   Code = sqlite3.SQLITE_READONLY    // nothing was written; no file can be made or deleted if that is so for good
)

// Fault says which operation fails, and how.
type Fault struct {
	On     Kind // Write, which counts truncations too, or Sync
	N      int  // the first to fail, from now on; the next one is 1
	Code   Code
	Always bool // not only the N-th but all after it
}

// Disk records what SQLite does to the files that it opened through it, and lets some of it
// fail. Its syncs are recorded, not carried out: the folder beneath is scratch. While a file is
// open through a Disk, nothing else in the process may open that file: the locks of POSIX would
// be lost. A Disk must be held until it is closed. Safe for concurrent use.
type Disk struct {
	under *sqlite3.Tsqlite3_vfs // SQLite's own
	vfs   *sqlite3.Tsqlite3_vfs // the copy
	name  []byte                // ended by 0, as vfs refers to it

	mu      sync.Mutex
	open    map[uintptr]*handle // by sqlite3_file
	methods map[uintptr]*sqlite3.Tsqlite3_io_methods
	bodies  map[string]int // which body a path has now
	last    int            // the newest body
	ops     Recording
	fault   Fault
	left    int // operations until the fault
	failed  int
	held    []any // functions that SQLite knows by address only
}

// handle is a file that SQLite has open.
type handle struct {
	under  *sqlite3.Tsqlite3_io_methods // the file's own methods
	path   string
	body   int
	folder bool // its next sync syncs the folder too
}

// New registers a disk with SQLite under a name that no other VFS of the process has.
func New(name string) (*Disk, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	under := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if under == 0 {
		return nil, fmt.Errorf("disk %s: SQLite has no VFS", name)
	}
	d := &Disk{
		under:   at[sqlite3.Tsqlite3_vfs](under),
		name:    append([]byte(name), 0),
		open:    map[uintptr]*handle{},
		methods: map[uintptr]*sqlite3.Tsqlite3_io_methods{},
		bodies:  map[string]int{},
	}
	if sqlite3.Xsqlite3_vfs_find(tls, address(&d.name[0])) != 0 {
		return nil, fmt.Errorf("disk %s: the name is taken", name)
	}
	vfs := *d.under
	vfs.FpNext, vfs.FzName = 0, address(&d.name[0])
	vfs.FxOpen, vfs.FxDelete = entry(d, d.xOpen), entry(d, d.xDelete)
	d.vfs = &vfs
	if rc := sqlite3.Xsqlite3_vfs_register(tls, address(d.vfs), 0); rc != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("disk %s: SQLite refuses it with %d", name, rc)
	}
	return d, nil
}

// Close takes the disk from SQLite. Every database on it must be closed before.
func (d *Disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.open) > 0 {
		return fmt.Errorf("disk %s: %d files are open", d.name[:len(d.name)-1], len(d.open))
	}
	tls := libc.NewTLS()
	defer tls.Close()
	if rc := sqlite3.Xsqlite3_vfs_unregister(tls, address(d.vfs)); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("disk %s: SQLite keeps it with %d", d.name[:len(d.name)-1], rc)
	}
	return nil
}

// Done returns how many operations are recorded: the power can be cut after any of them.
func (d *Disk) Done() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.ops)
}

// Recording returns what was done so far.
func (d *Disk) Recording() Recording {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops[:len(d.ops):len(d.ops)]
}

// Fail makes operations fail from now on; it replaces any earlier fault.
func (d *Disk) Fail(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.left, d.failed = f, f.N, 0
}

// Failed returns how many operations have failed since Fail.
func (d *Disk) Failed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// Heal ends all faults and returns how many operations have failed since Fail.
func (d *Disk) Heal() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.left = Fault{}, 0
	return d.failed
}

// fails counts an operation and returns the code that it fails with, or 0.
func (d *Disk) fails(k Kind) Code {
	if d.fault.N == 0 || d.fault.On != k {
		return 0
	}
	if d.left--; d.left == 0 || d.left < 0 && d.fault.Always {
		d.failed++
		return d.fault.Code
	}
	return 0
}

// locked reports whether the disk is read-only now.
func (d *Disk) locked() bool {
	return d.fault.N > 0 && d.left <= 0 && d.fault.Always && d.fault.Code == ReadOnly
}

// xOpen opens a file and puts the disk's methods in place of the file's own. Temporary files are
// left alone: they are nobody's after a power cut.
func (d *Disk) xOpen(tls *libc.TLS, _, path, file uintptr, flags int32, out uintptr) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	open := *entered[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](&d.under.FxOpen)
	if path == 0 || flags&sqlite3.SQLITE_OPEN_DELETEONCLOSE != 0 {
		return open(tls, address(d.under), path, file, flags, out)
	}
	h := &handle{path: libc.GoString(path)}
	h.folder = flags&sqlite3.SQLITE_OPEN_CREATE != 0 &&
		flags&(sqlite3.SQLITE_OPEN_WAL|sqlite3.SQLITE_OPEN_MAIN_JOURNAL|sqlite3.SQLITE_OPEN_SUPER_JOURNAL) != 0
	was, err := d.find(h.path)
	if err != nil || was == 0 && d.locked() {
		return sqlite3.SQLITE_CANTOPEN
	}
	if rc := open(tls, address(d.under), path, file, flags, out); rc != sqlite3.SQLITE_OK {
		return rc
	}
	if h.body = was; was == 0 {
		h.body = d.create(h.path, Create, nil)
	}
	methods := &at[sqlite3.Tsqlite3_file](file).FpMethods
	h.under = at[sqlite3.Tsqlite3_io_methods](*methods)
	*methods = address(d.over(h.under))
	d.open[file] = h
	return sqlite3.SQLITE_OK
}

// find returns the body of the file at path, or 0 if there is none. A file met for the first
// time is taken as it is.
func (d *Disk) find(path string) (int, error) {
	if _, err := os.Lstat(path); os.IsNotExist(err) {
		return 0, nil
	}
	if b := d.bodies[path]; b != 0 {
		return b, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return d.create(path, Found, data), nil
}

func (d *Disk) create(path string, k Kind, data []byte) int {
	d.last++
	d.bodies[path] = d.last
	d.ops = append(d.ops, Op{Kind: k, Path: path, Body: d.last, Data: data})
	return d.last
}

// over returns a copy of a file's own methods with those that change the file replaced.
func (d *Disk) over(under *sqlite3.Tsqlite3_io_methods) *sqlite3.Tsqlite3_io_methods {
	if m := d.methods[address(under)]; m != nil {
		return m
	}
	m := *under
	m.FxWrite, m.FxTruncate = entry(d, d.xWrite), entry(d, d.xTruncate)
	m.FxSync, m.FxClose = entry(d, d.xSync), entry(d, d.xClose)
	d.methods[address(under)] = &m
	return &m
}

func (d *Disk) xDelete(tls *libc.TLS, _, path uintptr, folder int32) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked() {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	remove := *entered[func(*libc.TLS, uintptr, uintptr, int32) int32](&d.under.FxDelete)
	rc := remove(tls, address(d.under), path, 0)
	if name := libc.GoString(path); rc == sqlite3.SQLITE_OK {
		d.ops = append(d.ops, Op{Kind: Delete, Path: name, Body: d.bodies[name]})
		delete(d.bodies, name)
		if folder&1 != 0 {
			d.ops = append(d.ops, Op{Kind: SyncFolder})
		}
	}
	return rc
}

func (d *Disk) xWrite(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, code := d.open[file], d.fails(Write)
	switch code {
	case ReadOnly:
		n = 0
	case Full, WriteError:
		n /= 2
	}
	if n > 0 {
		write := *entered[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](&h.under.FxWrite)
		if rc := write(tls, file, data, n, offset); rc != sqlite3.SQLITE_OK {
			return rc
		}
		bytes := append([]byte{}, unsafe.Slice(at[byte](data), n)...)
		d.ops = append(d.ops, Op{Kind: Write, Path: h.path, Body: h.body, Offset: offset, Data: bytes})
	}
	return int32(code)
}

func (d *Disk) xTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if code := d.fails(Write); code != 0 {
		return int32(code)
	}
	h := d.open[file]
	truncate := *entered[func(*libc.TLS, uintptr, int64) int32](&h.under.FxTruncate)
	rc := truncate(tls, file, size)
	if rc == sqlite3.SQLITE_OK {
		d.ops = append(d.ops, Op{Kind: Truncate, Path: h.path, Body: h.body, Offset: size})
	}
	return rc
}

// xSync records a sync. Like SQLite's own VFS it syncs the folder with the first sync of a
// journal or write-ahead log, and only then.
func (d *Disk) xSync(_ *libc.TLS, file uintptr, _ int32) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.open[file]
	if code := d.fails(Sync); code != 0 {
		d.ops = append(d.ops, Op{Kind: SyncFailed, Path: h.path, Body: h.body})
		return int32(code)
	}
	d.ops = append(d.ops, Op{Kind: Sync, Path: h.path, Body: h.body})
	if h.folder {
		d.ops = append(d.ops, Op{Kind: SyncFolder})
	}
	h.folder = false
	return sqlite3.SQLITE_OK
}

func (d *Disk) xClose(tls *libc.TLS, file uintptr) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.open[file]
	delete(d.open, file)
	return (*entered[func(*libc.TLS, uintptr) int32](&h.under.FxClose))(tls, file)
}

// In SQLite as translated to Go, a pointer is a number, and a pointer to a function is the
// number of a Go function value. The four functions below go there and back.

// at returns what SQLite's pointer p points to.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// address returns p as SQLite's pointer; p must be held elsewhere.
func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

// entry returns the function f as SQLite's pointer, and has d hold it.
func entry[F any](d *Disk, f F) uintptr {
	d.held = append(d.held, f)
	return *(*uintptr)(unsafe.Pointer(&f))
}

// entered returns the Go function, of type F, behind one of SQLite's pointers to a function.
func entered[F any](p *uintptr) *F { return (*F)(unsafe.Pointer(p)) }
