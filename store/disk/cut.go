package disk

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Kind says what an operation does.
type Kind int

// The kinds of operation. A file's body is told from its name: a name that is deleted and made
// again has another body.
const (
	Found      Kind = iota + 1 // the file was there from the start, with this Data
	Create                     // an empty file
	Delete                     // the name goes
	Write                      // Data at Offset
	Truncate                   // the size becomes Offset
	Sync                       // the file is safe
	SyncFailed                 // a sync of the file that failed
	SyncFolder                 // the names are safe
)

// Op is one operation on a file.
type Op struct {
	Kind   Kind
	Path   string
	Body   int // numbered from 1
	Offset int64
	Data   []byte
}

// Recording is what was done to the files of one folder, in order.
type Recording []Op

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// Cut fills a folder with the files as a power cut after the first k operations could have left
// them. The same seed leaves the same files.
//
//   - What was done to a file before its last sync that succeeded is there.
//   - Of what was done to it since, any part is there: each write and truncation is kept, lost or,
//     if a write, torn: each of its sectors of 512 bytes is kept or lost by itself. What is kept
//     was carried out in any order. Bytes beside a write are never harmed.
//   - What a failed sync was to make safe may be lost at any time after, even if a later sync
//     succeeds: systems forget such writes.
//   - Names made and deleted before the last sync of the folder are so; each one since is, or is
//     as before. Syncing a file does not make its name safe.
//   - Shared memory (-shm) is a file of noise, since it may be there but means nothing.
func (r Recording) Cut(k int, seed uint64, folder string) error {
	p := platter{bodies: map[int]*body{}, names: map[string]int{}, rnd: rand.New(rand.NewPCG(seed, uint64(k)))}
	for i, op := range r {
		if i < k || op.Kind == Found {
			p.do(op)
		}
	}
	p.cut()
	for _, path := range slices.Sorted(maps.Keys(p.names)) {
		to := filepath.Join(folder, filepath.Base(path))
		if err := os.WriteFile(to, p.bodies[p.names[path]].data, 0o600); err != nil {
			return err
		}
		if db, ok := strings.CutSuffix(to, "-wal"); ok {
			if err := os.WriteFile(db+"-shm", p.noise(32<<10), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// platter is what is safe, and what is still on its way.
type platter struct {
	bodies map[int]*body
	names  map[string]int // of bodies
	coming []Op           // names made and deleted since the last sync of the folder
	rnd    *rand.Rand
}

// body is the bytes of a file that are safe, and what was done to them since. What a failed
// sync was to make safe are the first doubtful ones of these.
type body struct {
	data     []byte
	coming   []Op
	doubtful int
}

func (p *platter) do(op Op) {
	if p.bodies[op.Body] == nil {
		p.bodies[op.Body] = &body{}
	}
	b := p.bodies[op.Body]
	switch op.Kind {
	case Found:
		b.data, p.names[op.Path] = slices.Clone(op.Data), op.Body
	case Create, Delete:
		p.coming = append(p.coming, op)
	case Write, Truncate:
		b.coming = append(b.coming, op)
	case SyncFailed:
		b.doubtful = len(b.coming)
	case Sync:
		p.settle(b)
	case SyncFolder:
		p.rename(1)
	}
}

// settle makes safe what was done to a body.
func (p *platter) settle(b *body) {
	b.apply(p.survivors(b.coming[:b.doubtful], p.rnd.Float64()))
	b.apply(b.coming[b.doubtful:])
	b.coming, b.doubtful = nil, 0
}

// rename carries out what was done to names, each with the given chance.
func (p *platter) rename(chance float64) {
	for _, op := range p.coming {
		switch {
		case p.rnd.Float64() >= chance:
		case op.Kind == Create:
			p.names[op.Path] = op.Body
		case p.names[op.Path] == op.Body:
			delete(p.names, op.Path)
		}
	}
	p.coming = nil
}

// cut leaves of what is on its way any part, in any order.
func (p *platter) cut() {
	for _, n := range slices.Sorted(maps.Keys(p.bodies)) {
		b := p.bodies[n]
		left := p.survivors(b.coming, p.chance())
		if p.rnd.IntN(2) == 0 {
			p.rnd.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		}
		b.apply(left)
	}
	p.rename(p.chance())
}

// chance draws how much of a file gets through: now and then nothing or all of it.
func (p *platter) chance() float64 { return min(1, max(0, p.rnd.Float64()*1.5-0.25)) }

// survivors returns the operations that got through, the torn ones in pieces.
func (p *platter) survivors(ops []Op, chance float64) []Op {
	var out []Op
	for _, op := range ops {
		pieces := []Op{op}
		if op.Kind == Write && p.rnd.IntN(4) == 0 {
			pieces = sectors(op)
		}
		for _, piece := range pieces {
			if p.rnd.Float64() < chance {
				out = append(out, piece)
			}
		}
	}
	return out
}

// sectors divides a write into its sectors.
func sectors(op Op) []Op {
	var out []Op
	for len(op.Data) > 0 {
		n := min(len(op.Data), sector-int(op.Offset%sector))
		piece := op
		piece.Data = op.Data[:n]
		out = append(out, piece)
		op.Data, op.Offset = op.Data[n:], op.Offset+int64(n)
	}
	return out
}

// apply carries out writes and truncations. What lies between the end and a write is zero.
func (b *body) apply(ops []Op) {
	for _, op := range ops {
		end := int(op.Offset) + len(op.Data)
		if grow := end - len(b.data); grow > 0 {
			b.data = append(b.data, make([]byte, grow)...)
		}
		if op.Kind == Truncate {
			b.data = b.data[:end]
		}
		copy(b.data[op.Offset:], op.Data)
	}
}

func (p *platter) noise(n int) []byte {
	out := make([]byte, 0, n)
	for len(out) < n {
		out = binary.LittleEndian.AppendUint64(out, p.rnd.Uint64())
	}
	return out
}
