package columns

import (
	"bytes"
	"context"
	"io"

	"golang.org/x/sync/errgroup"

	"truce"
)

// Options says how Scan reads. Its zero value works.
type Options struct {
	// Workers is how many blocks are read side by side; 0 is one.
	Workers int
	// Block is the size of a block in bytes; 0 is DefaultBlock.
	Block int
	// Actors and Means hold the words known beforehand; nil is none. They must not grow
	// while Scan runs.
	Actors, Means *Dict
}

// DefaultBlock holds some 2 000 rows of 250 bytes with their columns in a core's own cache.
const DefaultBlock = 512 << 10

func (o Options) withDefaults() Options {
	o.Workers = max(1, o.Workers)
	if o.Block <= 0 {
		o.Block = DefaultBlock
	}
	if o.Actors == nil {
		o.Actors = NewDict()
	}
	if o.Means == nil {
		o.Means = NewDict()
	}
	return o
}

// Scan reads incidents as CSV (RFC 4180, with a header line that names the columns) and
// calls each with one block of rows after another: block 0, 1, 2. With several workers
// the calls come from several goroutines and in any order, but for each worker one by
// one; worker is 0 to Workers-1. The table is the worker's: it must not be kept, but may
// be copied with Append. What the blocks hold does not depend on the number of workers.
//
// A row that cannot be understood is set aside in its block's Bad and reading goes on.
// Scan fails on a header it cannot use, when r fails, and when each does.
func Scan(r io.Reader, o Options, each func(worker, block int, t *Table) error) error {
	o = o.withDefaults()
	s := &splitter{r: r, size: o.Block, line: 1}
	layout, err := s.header()
	if err != nil {
		return err
	}
	if o.Workers == 1 {
		return scanAlone(s, newWorker(0, layout, o), each)
	}
	g, ctx := errgroup.WithContext(context.Background())
	blocks := make(chan block)
	free := make(chan []byte, 2*o.Workers)
	g.Go(func() error { defer close(blocks); return s.deal(blocks, free, ctx.Done()) })
	for i := range o.Workers {
		w := newWorker(i, layout, o)
		g.Go(func() error { return w.run(blocks, free, each) })
	}
	return g.Wait()
}

func scanAlone(s *splitter, w *worker, each func(worker, block int, t *Table) error) error {
	var buf []byte
	before := make(chan rest, 1)
	before <- rest{}
	for index := 0; ; index++ {
		b, err := s.next(buf, index)
		if err != nil {
			return err
		}
		b.before, b.behind = before, before
		w.read(b)
		if err := each(0, index, &w.t); err != nil || b.final {
			return err
		}
		buf = b.buf
	}
}

// block is a stretch of the file that probably begins and ends between two rows.
type block struct {
	index int
	buf   []byte // the bytes and their padding
	end   int
	line  int // number of the first line
	final bool
	// before yields what the block before could not read to its end; behind takes the
	// same from this one. Only that makes sure where a row begins: a newline may stand
	// inside quotes.
	before <-chan rest
	behind chan<- rest
}

// rest is the beginning of a row, and the number of its first line.
type rest struct {
	b    []byte
	line int
}

// worker reads blocks into its own table.
type worker struct {
	number int
	parser parser
	t      Table
}

func newWorker(number int, layout []column, o Options) *worker {
	w := &worker{number: number, parser: parser{layout: layout}}
	w.t.Actors, w.t.MeansWords = On(o.Actors), On(o.Means)
	w.parser.t = &w.t
	return w
}

func (w *worker) run(blocks <-chan block, free chan<- []byte, each func(worker, block int, t *Table) error) error {
	for b := range blocks {
		w.read(b)
		if err := each(w.number, b.index, &w.t); err != nil {
			return err
		}
		free <- b.buf
	}
	return nil
}

// read fills the table with the block's rows: first as if the block began with a row,
// and once more if the block before turns out to end inside one.
func (w *worker) read(b block) {
	next := w.parse(b.buf, b.end, b.line, b.final)
	from := b.buf
	end, line := b.end, b.line
	if before := <-b.before; len(before.b) > 0 {
		from = padded(append(append([]byte(nil), before.b...), b.buf[:b.end]...))
		end, line = len(from)-padding, before.line
		next = w.parse(from, end, line, b.final)
	}
	var left rest
	if next < end {
		left = rest{bytes.Clone(from[next:end]), line + bytes.Count(from[:next], []byte{'\n'})}
	}
	b.behind <- left
}

func (w *worker) parse(buf []byte, end, line int, final bool) int {
	p := &w.parser
	p.b, p.end, p.line = buf, end, line
	w.t.Bytes, w.t.Bad = buf[:end], nil
	w.t.resize(cap(w.t.ID))
	return p.parse(final)
}

// splitter cuts the file into blocks.
type splitter struct {
	r     io.Reader
	size  int
	line  int
	carry []byte // read, but behind the last cut
	ended bool
}

// deal sends one block after another until the file ends or stop is closed.
func (s *splitter) deal(blocks chan<- block, free <-chan []byte, stop <-chan struct{}) error {
	before := make(chan rest, 1)
	before <- rest{}
	for index := 0; ; index++ {
		var buf []byte
		select {
		case buf = <-free:
		default:
		}
		b, err := s.next(buf, index)
		if err != nil {
			return err
		}
		behind := make(chan rest, 1)
		b.before, b.behind = before, behind
		select {
		case blocks <- b:
		case <-stop:
			return nil
		}
		if b.final {
			return nil
		}
		before = behind
	}
}

// next reads the next block into buf. Its end is the last newline that is not inside
// quotes, reckoned from the number of quotes; if there is none the block grows.
func (s *splitter) next(buf []byte, index int) (block, error) {
	buf = append(buf[:0], s.carry...)
	for {
		var err error
		if buf, err = s.fill(buf, max(s.size-len(buf), s.size/2+1)); err != nil {
			return block{}, err
		}
		if s.ended {
			break
		}
		cut := lastCut(buf)
		if cut == 0 && len(buf) > longestRow {
			cut = len(buf)
		}
		if cut > 0 {
			s.carry = append(s.carry[:0], buf[cut:]...)
			buf = buf[:cut]
			break
		}
	}
	if s.ended {
		s.carry = nil
		if n := len(buf); n > 0 && buf[n-1] != '\n' {
			buf = append(buf, '\n')
		}
	}
	b := block{index: index, end: len(buf), line: s.line, final: s.ended}
	s.line += bytes.Count(buf, []byte{'\n'})
	b.buf = padded(buf)
	return b, nil
}

// fill appends up to n bytes of the file to buf.
func (s *splitter) fill(buf []byte, n int) ([]byte, error) {
	have := len(buf)
	if need := have + n + padding + 1; need > cap(buf) {
		buf = append(make([]byte, 0, need), buf...)
	}
	got, err := io.ReadFull(s.r, buf[have:have+n])
	buf = buf[:have+got]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		s.ended = true
		return buf, nil
	}
	if err != nil {
		return buf, &truce.Error{Kind: truce.Unavailable, Msg: "reading incidents", Err: err}
	}
	return buf, nil
}

// lastCut returns the place behind the last newline with an even number of quotes before
// it, else behind the last newline, else 0. It is a guess: blocks that begin inside a
// row are read again.
func lastCut(b []byte) int {
	last := bytes.LastIndexByte(b, '\n')
	odd := bytes.Count(b, []byte{'"'}) & 1
	end := len(b)
	for at := last; at >= 0 && end-at < 1<<16; at = bytes.LastIndexByte(b[:at], '\n') {
		if odd ^= bytes.Count(b[at:end], []byte{'"'}) & 1; odd == 0 {
			return at + 1
		}
		end = at
	}
	return last + 1
}

func padded(b []byte) []byte {
	for range padding {
		b = append(b, '\n')
	}
	return b
}

// header reads the first line and leaves what is behind it in carry.
func (s *splitter) header() ([]column, error) {
	var buf []byte
	for !s.ended && len(buf) < longestRow && bytes.IndexByte(buf, '\n') < 0 {
		var err error
		if buf, err = s.fill(buf, s.size); err != nil {
			return nil, err
		}
	}
	buf = bytes.TrimPrefix(buf, []byte("\ufeff"))
	n := bytes.IndexByte(buf, '\n')
	if n < 0 {
		n = len(buf)
	}
	p := parser{b: padded(bytes.Clone(buf[:n])), end: n + 1}
	if _, problem := p.split(0); problem != nil || len(p.fields) == 0 {
		return nil, headerError("the header line is not CSV")
	}
	var names []string
	for _, f := range p.fields {
		names = append(names, unquote(p.b[f.At():f.At()+f.Len()]))
	}
	s.line = 2
	s.carry = buf[min(n+1, len(buf)):]
	return layoutOf(names)
}
