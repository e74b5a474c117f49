package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// VerifyOptions says what to hold a record to. The zero value checks it against itself.
type VerifyOptions struct {
	// Keys are the verifier keys that are trusted: the record's own, of which one must have
	// signed the checkpoint and one be enrolled by entry 0, and witnesses', each of which must
	// have co-signed it. Without a
	// key of the record's own, the key that entry 0 enrols is taken; then Verified.Trust says
	// so, and somebody should compare it with a key they have from elsewhere.
	Keys []string
	// Since are signed checkpoints of the same record from before. Each must be a beginning
	// of this record: else it was rolled back, or there are two histories.
	Since [][]byte
	// Workers is how many processors to use; 0 means all.
	Workers int
	// Progress, if not nil, is told how many entries of how many are done.
	Progress func(done, total int64)
}

// Verified is what a check of a record found.
type Verified struct {
	Origin string
	Size   int64
	Root   Hash
	// Kinds counts the entries by kind.
	Kinds map[string]int64
	// Signed counts good signatures by people's keys on entries.
	Signed int64
	// Values counts fields whose value is here and is the one committed to, Withheld those of
	// which only the commitment is here, Closed entries of whose fields nothing is here.
	Values, Withheld, Closed int64
	// Trust says on which key all this rests.
	Trust string
	// Witnesses are the IDs of the given witnesses that co-signed; Unknown those of keys that
	// signed too and were not given, so that nothing can be said of them.
	Witnesses, Unknown []string
	// Faults are all that is wrong, in the order of the checkpoint, the files, the entries,
	// the tree and the older checkpoints. None means that the record holds.
	Faults []Fault
}

// Fault is one thing that is wrong with a record.
type Fault struct {
	Where string // file, or "file: entry 17"
	What  string
}

// String returns "where: what".
func (f Fault) String() string { return f.Where + ": " + f.What }

// Err returns nil for a record that holds, else an error that names the first fault.
func (v *Verified) Err() error {
	if len(v.Faults) == 0 {
		return nil
	}
	return fmt.Errorf("the record does not hold: %v (%d faults)", v.Faults[0], len(v.Faults))
}

// round is how many bundles are read before their entries are put in order.
const round = 256

// Verify checks a record's files: every file there and none besides; each leaf well formed
// and in its place; the tree, anew from the leaves, against every tile and the signed root;
// the keys and signatures; the values against their commitments; the order of times; older
// checkpoints. It goes on after a fault, so that all are listed, and its findings do not
// depend on the number of workers. An error means that it could not be done: cancelled, or a
// key among the options that is none.
func Verify(ctx context.Context, files fs.FS, o VerifyOptions) (*Verified, error) {
	for _, k := range o.Keys {
		if _, err := parseVerifier(k); err != nil {
			return nil, err
		}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	c := &check{files: files, o: o, v: &Verified{Kinds: map[string]int64{}}, present: map[int][]int64{}}
	c.readCheckpoint()
	c.list()
	if err := c.entries(ctx); err != nil {
		return nil, err
	}
	c.tree()
	c.trust()
	c.since()
	for _, s := range [][]Fault{c.atCheckpoint, c.atFiles, c.atEntries, c.atTree, c.atSince} {
		c.v.Faults = append(c.v.Faults, s...)
	}
	return c.v, nil
}

// check is one run of Verify.
type check struct {
	files fs.FS
	o     VerifyOptions
	v     *Verified

	signed  []byte          // the checkpoint; nil if there is none
	head    Checkpoint      // what it says
	present map[int][]int64 // by level: the tiles, bundles and fields that are there, sorted

	chain Chain
	last  moment   // recorded time of the last entry
	first string   // verifier key that entry 0 enrols
	nodes [][]Hash // by level of tiles: the hashes, anew from the leaves
	torn  bool     // leaves are missing; no hash above them is known

	atCheckpoint, atFiles, atEntries, atTree, atSince []Fault
}

// readCheckpoint reads the checkpoint; its signature is checked when the keys are known.
func (c *check) readCheckpoint() {
	signed, err := readFile(c.files, checkpointPath, maxNote, nil)
	if err == nil {
		c.head, err = ParseCheckpoint(signed)
	}
	if err != nil {
		c.atCheckpoint = append(c.atCheckpoint, fault(checkpointPath, err))
		return
	}
	c.signed = signed
}

// fault is what an error says about a file, whose path it may begin with.
func fault(path string, err error) Fault {
	return Fault{path, strings.TrimPrefix(err.Error(), path+": ")}
}

// list looks which files are there and which should be.
func (c *check) list() {
	var odd []string
	err := fs.WalkDir(c.files, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			c.atFiles = append(c.atFiles, Fault{path, "cannot be read: " + errors.Unwrap(unwrapped(path, err)).Error()})
		case d.IsDir():
		case !d.Type().IsRegular():
			c.atFiles = append(c.atFiles, Fault{path, "not a file"})
		case path == checkpointPath:
		default:
			if level, n, width, ok := parsePath(path); ok && (c.signed == nil || widthAt(c.head.Size, max(level, 0), n) == width) {
				c.present[level] = append(c.present[level], n)
				if c.signed == nil && level == levelBundle {
					c.head.Size = max(c.head.Size, n*tileWidth+int64(width))
				}
				return nil
			}
			odd = append(odd, path)
		}
		return nil
	})
	if err != nil {
		c.atFiles = append(c.atFiles, Fault{".", err.Error()})
	}
	for _, path := range odd {
		c.atFiles = append(c.atFiles, Fault{path, fmt.Sprintf("surplus; no such file belongs to a record of %d entries", c.head.Size)})
	}
	c.v.Origin, c.v.Size, c.v.Root = c.head.Origin, c.head.Size, c.head.Root
	for level := levelFields; level <= levels; level++ {
		slices.Sort(c.present[level])
		c.present[level] = slices.Compact(c.present[level])
		c.missing(level)
	}
}

// missing lists the files of a level that are not there, each run of them once.
func (c *check) missing(level int) {
	have := c.head.Size >> (tileHeight * max(level, 0))
	count := (have + tileWidth - 1) / tileWidth
	path := func(n int64) string { return pathOf(level, n, widthAt(c.head.Size, max(level, 0), n)) }
	next := int64(0)
	for _, n := range append(slices.Clone(c.present[level]), count) {
		switch {
		case n == next+1:
			c.atFiles = append(c.atFiles, Fault{path(next), "missing"})
		case n > next:
			c.atFiles = append(c.atFiles, Fault{path(next), fmt.Sprintf("missing, and all %d to %s", n-next, path(n-1))})
		}
		next = n + 1
	}
}

// entries goes through the bundles, a round at a time: first each alone on all processors,
// then their entries in order, then the signatures on all processors.
func (c *check) entries(ctx context.Context) error {
	all := slices.Concat(c.present[levelBundle], c.present[0])
	slices.Sort(all)
	all = slices.Compact(all)
	c.nodes = [][]Hash{nil, make([]Hash, 0, len(all))}
	rooms := make([]pageReader, c.o.Workers)
	for i := range rooms {
		rooms[i].check = c
	}
	for len(all) > 0 {
		now := all[:min(round, len(all))]
		all = all[len(now):]
		pages := make([]page, len(now))
		parallel(c.o.Workers, len(now), func(worker, i int) { pages[i] = rooms[worker].read(now[i]) })
		if err := ctx.Err(); err != nil {
			return err
		}
		c.order(pages)
		if c.o.Progress != nil {
			c.o.Progress(min((now[len(now)-1]+1)*tileWidth, c.head.Size), c.head.Size)
		}
	}
	return nil
}

// parallel calls do for 0 to count-1, on so many workers.
func parallel(workers, count int, do func(worker, i int)) {
	if workers = min(workers, count); workers <= 1 {
		for i := range count {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < count; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	wait.Wait()
}

// order takes the entries of some bundles in their order.
func (c *check) order(pages []page) {
	var jobs []signing
	for i := range pages {
		p := &pages[i]
		c.atEntries = append(c.atEntries, p.faults...)
		if p.known && !c.torn && int64(len(c.nodes[1])) == p.n {
			if p.full {
				c.nodes[1] = append(c.nodes[1], p.root)
			}
		} else {
			c.torn = true
		}
		for _, k := range p.kinds {
			c.v.Kinds[k.kind] += k.count
		}
		c.v.Values, c.v.Withheld, c.v.Closed = c.v.Values+p.values, c.v.Withheld+p.withheld, c.v.Closed+p.closed
		if bytes.Compare(p.firstAt[:], c.last[:]) < 0 && p.firstAt != (moment{}) {
			c.atEntries = append(c.atEntries, Fault{p.where(p.firstN), errBack(p.firstAt, c.last).Error()})
		}
		if bytes.Compare(p.lastAt[:], c.last[:]) > 0 {
			c.last = p.lastAt
		}
		jobs = append(jobs, c.keys(p)...)
	}
	parallel(c.o.Workers, len(jobs), func(_, i int) { jobs[i].good = ed25519.Verify(jobs[i].key, jobs[i].message, jobs[i].sig) })
	for _, j := range jobs {
		if j.good {
			c.v.Signed++
		} else {
			c.atEntries = append(c.atEntries, Fault{j.where, "line 7: the signature is not by the key of line 5 over lines 1 to 6"})
		}
	}
}

// signing is one signature to be checked.
type signing struct {
	where        string
	key          ed25519.PublicKey
	message, sig []byte
	good         bool
}

// keys follows which keys are in force through one bundle, and returns the signatures that
// can be checked.
func (c *check) keys(p *page) []signing {
	var jobs []signing
	for _, t := range p.turns {
		if err := c.chain.check(t.n, t.kind, t.key, t.enrols, t.sig != nil); err != nil {
			c.atEntries = append(c.atEntries, Fault{p.where(t.n), err.Error()})
		}
		if t.n == 0 && t.kind == KeyEnrolled {
			c.first = t.enrols
		}
		if vkey, ok := c.chain.signer(t.n, t.key, t.enrols); ok && t.sig != nil {
			if v, err := parseVerifier(vkey); err == nil {
				jobs = append(jobs, signing{where: p.where(t.n), key: v.public, message: t.message, sig: t.sig})
			}
		}
		c.chain.apply(t.n, t.kind, t.enrols)
	}
	return jobs
}

// trust checks the signatures on the checkpoint.
func (c *check) trust() {
	if c.signed == nil {
		return
	}
	if c.head.Size == 0 {
		c.atEntries = append(c.atEntries, Fault{"entry 0", "missing; a record begins with the key of its instance"})
	}
	bad := func(what string) { c.atCheckpoint = append(c.atCheckpoint, Fault{checkpointPath, what}) }
	keys := slices.Clone(c.o.Keys)
	own := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { v, _ := parseVerifier(k); return v.algorithm != algorithmNote })
	if len(own) > 0 {
		c.v.Trust = "the key given"
		if !slices.Contains(own, c.first) {
			c.atEntries = append(c.atEntries, Fault{"entry 0", fmt.Sprintf("it enrols %.200q, which is none of the keys given", c.first)})
		}
	} else {
		v, err := parseVerifier(c.first)
		if err != nil {
			bad("no key was given, and entry 0 enrols none")
			return
		}
		c.v.Trust = "the key that entry 0 enrols, " + c.first + "; compare it with one you have from elsewhere"
		if c.chain.keys[v.id()].revoked {
			bad("no key was given, and the one that entry 0 enrols was revoked; expected the record's present key")
		}
		keys = append(keys, c.first)
	}
	if v, err := parseVerifier(c.first); err == nil && v.name != c.v.Origin {
		bad(fmt.Sprintf("it is a checkpoint of %q, and entry 0 enrols a key of %q; expected the same name", c.v.Origin, v.name))
	}
	_, ids, err := OpenCheckpoint(c.signed, keys...)
	if err != nil {
		bad(err.Error())
	}
	c.signers(ids, bad)
}

// signers sorts who signed the checkpoint, and misses witnesses that were given and did not.
func (c *check) signers(ids []string, bad func(string)) {
	for _, k := range c.o.Keys {
		v, _ := parseVerifier(k)
		switch {
		case v.algorithm != algorithmCosignature:
		case slices.Contains(ids, v.id()):
			c.v.Witnesses = append(c.v.Witnesses, v.id())
		default:
			bad("not co-signed by " + v.id())
		}
	}
	_, sigs, err := splitNote(c.signed)
	if err != nil {
		bad(err.Error())
	}
	for _, s := range sigs {
		if !slices.Contains(ids, s.id()) {
			c.v.Unknown = append(c.v.Unknown, s.id())
		}
	}
}

// since holds the record to checkpoints from before.
func (c *check) since() {
	for i, signed := range c.o.Since {
		where := fmt.Sprintf("older checkpoint %d", i+1)
		if what := c.older(signed); what != "" {
			c.atSince = append(c.atSince, Fault{where, what})
		}
	}
}

// older says what is wrong between the record and one older checkpoint.
func (c *check) older(signed []byte) string {
	keys := slices.Clone(c.o.Keys)
	if !strings.HasPrefix(c.v.Trust, "the key given") {
		keys = append(keys, c.first)
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == "" })
	old, _, err := OpenCheckpoint(signed, keys...)
	switch {
	case err != nil:
		return err.Error()
	case c.signed != nil && old.Origin != c.head.Origin:
		return fmt.Sprintf("it is of %s; expected one of %s", old.Origin, c.head.Origin)
	case old.Size > c.head.Size:
		return fmt.Sprintf("rolled back: it has %d entries, the record %d", old.Size, c.head.Size)
	}
	root, err := c.rootAt(old.Size)
	switch {
	case err != nil:
		return err.Error()
	case root != old.Root:
		return fmt.Sprintf("two histories: its root of %d entries is %v, the record's %v", old.Size, old.Root, root)
	}
	return ""
}
