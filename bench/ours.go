package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/bench/engine"
	"truce/bench/exact"
	"truce/bench/world"
	"truce/columns"
)

// job is a world with the incidents to be judged.
type job struct {
	*world.World
	rows int
	csv  []byte
	e    *engine.Engine
	// prepare is what the place index and the planes cost.
	prepare cost
}

func newJob(c world.Config, rows int) (*job, error) {
	w, err := world.New(c)
	if err != nil {
		return nil, err
	}
	j := &job{World: w, rows: rows}
	var buf bytes.Buffer
	buf.Grow(rows * 260)
	if err := w.WriteCSV(&buf, rows, 2); err != nil {
		return nil, err
	}
	j.csv = buf.Bytes()
	j.prepare, err = measure(func() (err error) { j.e, err = engine.New(w); return err })
	return j, err
}

// answers runs the whole check and returns its findings.
func (j *job) answers(workers int) (answers, error) {
	parts := make([][]world.Finding, workers)
	terms := j.Config.Terms
	err := j.e.Check(bytes.NewReader(j.csv), workers, func(worker, _ int, t *columns.Table, found []columns.Finding) error {
		if len(t.Bad) > 0 {
			return truce.Problems(t.Bad)
		}
		for _, f := range found {
			id, err := strconv.Atoi(t.String(t.ID[f.Row]))
			if err != nil {
				return err
			}
			parts[worker] = append(parts[worker], world.Finding{Row: id, Agreement: int(f.Group),
				Term: int(f.Clause) % terms, Open: world.Facts(f.Open)})
		}
		return nil
	})
	out := answers(slices.Concat(parts...))
	out.sort()
	return out, err
}

// whole is the check from CSV bytes to findings.
func (j *job) whole(workers int) func() error {
	return func() error {
		return j.e.Check(bytes.NewReader(j.csv), workers, func(int, int, *columns.Table, []columns.Finding) error { return nil })
	}
}

// parse is reading alone.
func (j *job) parse(workers int) func() error {
	return func() error {
		return columns.Scan(bytes.NewReader(j.csv), j.e.Options(workers), func(int, int, *columns.Table) error { return nil })
	}
}

// parsePlain is reading with encoding/csv and strconv.
func (j *job) parsePlain() error {
	_, err := columns.Plain(bytes.NewReader(j.csv), j.e.Options(1))
	return err
}

// table reads all rows into one table.
func (j *job) table() (*columns.Table, error) {
	o := j.e.Options(1)
	t := &columns.Table{Actors: columns.On(o.Actors), MeansWords: columns.On(o.Means)}
	err := columns.Scan(bytes.NewReader(j.csv), o, func(_, _ int, u *columns.Table) error { t.Append(u); return nil })
	return t, err
}

// stages measures the check from columns in memory: place alone, all classes, and everything.
type stages struct{ place, classify, all cost }

// again measures a job's stages once more and keeps the least.
func (s *stages) again(j *job) error {
	n, err := j.stages(3) // the first one makes room
	s.place, s.classify, s.all = least(s.place, n.place), least(s.classify, n.classify), least(s.all, n.all)
	return err
}

const rowsAtOnce = 2048

func (j *job) stages(times int) (s stages, err error) {
	t, err := j.table()
	if err != nil {
		return s, err
	}
	judge := j.e.NewJudge()
	each := func(f func(from, to int)) func() error {
		return func() error {
			for from := 0; from < j.rows; from += rowsAtOnce {
				f(from, min(j.rows, from+rowsAtOnce))
			}
			return nil
		}
	}
	lon, lat, out := t.Lon, t.Lat, make([]uint32, rowsAtOnce)
	for range times {
		for _, m := range []struct {
			into *cost
			f    func() error
		}{
			{&s.place, each(func(from, to int) { j.e.Places.Classes(lon[from:to], lat[from:to], out[:to-from]) })},
			{&s.classify, each(func(from, to int) { judge.Classify(t, from, to) })},
			{&s.all, func() error { judge.Judge(t); return nil }},
		} {
			c, err := measure(m.f)
			if err != nil {
				return s, err
			}
			*m.into = least(*m.into, c)
		}
	}
	return s, nil
}

// sameColumns fails unless the plain reader and Scan make equal columns of the same
// bytes.
func (j *job) sameColumns() error {
	fast, err := j.table()
	if err != nil {
		return err
	}
	plain, err := columns.Plain(bytes.NewReader(j.csv), j.e.Options(1))
	if err != nil {
		return err
	}
	ok := fast.Rows() == plain.Rows() && slices.Equal(fast.From, plain.From) && slices.Equal(fast.To, plain.To) &&
		slices.Equal(fast.FromPrec, plain.FromPrec) && slices.Equal(fast.WherePrec, plain.WherePrec) &&
		slices.Equal(fast.Lat, plain.Lat) && slices.Equal(fast.Lon, plain.Lon) &&
		slices.Equal(fast.A, plain.A) && slices.Equal(fast.B, plain.B) && slices.Equal(fast.Means, plain.Means) &&
		slices.Equal(fast.Deaths, plain.Deaths) && slices.Equal(fast.Low, plain.Low) &&
		slices.Equal(fast.High, plain.High) && slices.Equal(fast.Civilians, plain.Civilians)
	for i := 0; ok && i < fast.Rows(); i++ {
		ok = fast.String(fast.ID[i]) == plain.String(plain.ID[i]) && fast.String(fast.Text[i]) == plain.String(plain.Text[i]) &&
			fast.String(fast.Source[i]) == plain.String(plain.Source[i])
	}
	if !ok {
		return fmt.Errorf("the two readers disagree")
	}
	return nil
}

// streamed is what a process of its own needs for judging a file.
type streamed struct {
	cost
	peak int64
}

// stream runs this program once more, to judge a file of so many rows with nothing else in memory.
func stream(c world.Config, rows, workers int) (s streamed, err error) {
	file, err := os.CreateTemp("", "truce-bench-*.csv")
	if err != nil {
		return s, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	w, err := world.New(c)
	if err != nil {
		return s, err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	if err := w.WriteCSV(out, rows, 2); err != nil {
		return s, err
	}
	if err := out.Flush(); err != nil {
		return s, err
	}
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	b, err := exec.Command(self, "-stream", file.Name(), "-workers", strconv.Itoa(workers)).Output()
	if err != nil {
		return s, fmt.Errorf("judging a file in a process of its own: %w", err)
	}
	_, err = fmt.Sscan(string(b), (*int64)(&s.cpu), (*int64)(&s.wall), &s.peak)
	return s, err
}

// exactRun is what the engine of "truce check" needs, and how its answers compare.
type exactRun struct {
	prepare cost
	half    [2]cost // of the first half of the rows and of the second
	load    string
	exact.Tally
}

// measureExact judges some incidents with the engine of "truce check", on one goroutine,
// and holds every answer against the plain evaluators.
func measureExact(f flags, r *report) error {
	if f.exact < 2 {
		return nil
	}
	progress("the exact engine, %d incidents", f.exact)
	w, err := world.New(f.world)
	if err != nil {
		return err
	}
	var e *exact.Engine
	if r.exact.prepare, err = measure(func() (err error) { e, err = exact.New(w); return err }); err != nil {
		return err
	}
	rows, found := make([]world.Row, f.exact), make([][]truce.Tri, f.exact)
	for i := range rows {
		rows[i] = w.Row(i)
	}
	r.exact.load = load()
	for h := range r.exact.half {
		r.exact.half[h], err = measure(func() error {
			for i := h * f.exact / 2; i < (h+1)*f.exact/2; i++ {
				found[i] = e.Outcomes(rows[i])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i, row := range rows {
		e.Compare(&r.exact.Tally, row, found[i])
	}
	return nil
}

// judgeFile is that other process: it prints nanoseconds of processor and wall time, and bytes.
func judgeFile(c world.Config, path string, workers int, out io.Writer) error {
	// Building the tables leaves garbage behind; collect it early instead of holding twice as much.
	debug.SetMemoryLimit(40 << 20)
	w, err := world.New(c)
	if err != nil {
		return err
	}
	e, err := engine.New(w)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	took, err := measure(func() error {
		return e.Check(f, workers, func(int, int, *columns.Table, []columns.Finding) error { return nil })
	})
	fmt.Fprintln(out, took.cpu.Nanoseconds(), took.wall.Nanoseconds(), peakMemory("self"))
	return err
}

func seconds(d time.Duration) string { return strings.TrimSpace(fmt.Sprintf("%8.3f", d.Seconds())) }
