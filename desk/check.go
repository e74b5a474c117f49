package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"truce"
	"truce/geo"
	"truce/intake"
	"truce/terms"
)

// CheckOptions say what is checked and how. The zero value checks the mission's own records.
type CheckOptions struct {
	Records []Source
	// Stdin is read where a record's file is "-".
	Stdin io.Reader
	// SetAside is the file that rows which cannot be read go to; empty writes none and
	// only counts them.
	SetAside string
	// Workers is how many elements are judged at once; 0 is one for each processor.
	// It changes nothing but the time taken.
	Workers int
	// Progress, if set, is told how much is done of how much: bytes while reading, then
	// elements while judging.
	Progress func(stage string, done, total int64)
	// Each, if set, is given every verdict in order: elements by time and identifier, and
	// for each the clauses in the order of the agreements.
	Each func(*truce.Element, truce.Verdict) error
}

// Result is what a check found.
type Result struct {
	Mission   *Mission
	Judges    []*terms.Judge
	Elements  []truce.Element // by time, then identifier
	Reports   int
	Rows      int
	Outside   int    // elements that surely lie outside the mission's period
	Tally     *Tally // of a check; nil in a sight, of which pages count what they show
	Unmatched intake.Unmatched
	SetAside  []*intake.RowError
	Warnings  truce.Problems

	kept        [][]*truce.Verdict // as Elements; of a check those that are not plain "no violation"
	first, last string             // the days between which lie the elements of one day
	part        *Part              // what it was made from, where that is not all; then nothing is followed over time
	once        sync.Once
	duties      []terms.Duty
	clocks      []Clock
}

// Found reports whether any verdict is a violation or undetermined.
func (r *Result) Found() bool { return r.Tally.Violation+r.Tally.Undetermined > 0 }

// Compile makes every agreement of the mission ready to judge.
func (m *Mission) Compile() ([]*terms.Judge, truce.Problems) {
	var out []*terms.Judge
	var all truce.Problems
	for _, a := range m.Agreements {
		j, problems := terms.Compile(a, m.Book)
		out, all = append(out, j), append(all, problems...)
	}
	return out, all
}

// Check reads the records, judges every element under every agreement and adds up.
func (m *Mission) Check(ctx context.Context, o CheckOptions) (*Result, error) {
	judges, problems := m.Compile()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r := &Result{Mission: m, Judges: judges, Unmatched: intake.Unmatched{}, Tally: NewTally(), Warnings: problems}
	if err := m.Read(ctx, o, r); err != nil {
		return nil, err
	}
	if err := r.judge(ctx, o); err != nil {
		return nil, err
	}
	r.once.Do(r.follow)
	return r, nil
}

// Read reads the records into r without judging them.
func (m *Mission) Read(ctx context.Context, o CheckOptions, r *Result) error {
	records := o.Records
	if len(records) == 0 {
		records = m.Records
	}
	if len(records) == 0 {
		return &truce.Error{Kind: truce.Absent, At: filepath.Join(m.Dir, MissionFile), Msg: "there is no record to check", Hint: "records: in the mission file, or a file on the command line"}
	}
	aside := intake.NewSetAside(o.SetAside)
	defer aside.Discard()
	seen := map[string]string{}
	for _, s := range records {
		keep := func(report truce.Report) { r.Elements = append(r.Elements, report.Elements...) }
		if err := m.readOne(ctx, s, o, r, aside, seen, keep); err != nil {
			return err
		}
	}
	r.Outside = m.leaveOut(&r.Elements)
	slices.SortFunc(r.Elements, compareElements)
	return aside.Close()
}

// readOne reads one file; each report that can be read and was not there before is kept.
func (m *Mission) readOne(ctx context.Context, s Source, o CheckOptions, r *Result, aside *intake.SetAside, seen map[string]string, keep func(truce.Report)) error {
	opts, err := m.options(s, r.Unmatched, func(p truce.Problem) { r.Warnings = append(r.Warnings, p) })
	if err != nil {
		return err
	}
	in, size, err := open(s.File, o.Stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	counted := &meter{r: in, total: size, tell: o.Progress}
	for report, err := range intake.Read(s.File, bufio.NewReaderSize(counted, 1<<20), opts) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.Rows++
		var bad *intake.RowError
		switch {
		case errors.As(err, &bad):
			if err := r.putAside(bad, aside, o.SetAside); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		if first, twice := seen[report.ID]; twice {
			bad := repeated(s.File, report, first)
			if err := r.putAside(bad, aside, o.SetAside); err != nil {
				return err
			}
			continue
		}
		seen[report.ID] = report.At
		r.Reports++
		keep(report)
	}
	return nil
}

// putAside keeps a bad row for the list and writes it to the file, if there is one.
func (r *Result) putAside(bad *intake.RowError, aside *intake.SetAside, path string) error {
	if len(r.SetAside) < 1000 {
		kept := *bad
		kept.Raw = ""
		r.SetAside = append(r.SetAside, &kept)
	}
	r.Tally.SetAside++
	if path == "" {
		return nil
	}
	return aside.Add(bad)
}

// repeated is the error of a report whose identifier another file had already.
func repeated(file string, report truce.Report, first string) *intake.RowError {
	want := "an identifier of its own"
	line := 0
	if at := strings.LastIndexByte(report.At, ':'); at >= 0 {
		line, _ = strconv.Atoi(report.At[at+1:])
	}
	return &intake.RowError{Line: line, Raw: report.ID, Field: "id", Value: report.ID, Want: want, Problem: truce.Problem{
		File: file, Line: line, Field: "id", Code: "duplicate-id", Msg: fmt.Sprintf("%q was read already at %s", report.ID, first), Want: want, Value: report.ID}}
}

// leaveOut takes out the elements that surely lie outside the mission's period and counts them.
func (m *Mission) leaveOut(elements *[]truce.Element) int {
	before := len(*elements)
	end := m.To
	if !end.IsZero() {
		end = end.AddDate(0, 0, 1).Add(m.Cut)
	}
	out := func(w truce.When) bool {
		return !w.To.IsZero() && !m.From.IsZero() && (w.To.Before(m.From.Add(m.Cut)) || w.To.Equal(m.From.Add(m.Cut)) && !w.Instant()) ||
			!w.From.IsZero() && !end.IsZero() && !w.From.Before(end)
	}
	*elements = slices.DeleteFunc(*elements, func(e truce.Element) bool {
		return len(e.When) > 0 && !slices.ContainsFunc(e.When, func(w truce.When) bool { return !out(w) })
	})
	return before - len(*elements)
}

func compareElements(a, b truce.Element) int {
	if len(a.When) > 0 && len(b.When) > 0 {
		if n := a.When[0].From.Compare(b.When[0].From); n != 0 {
			return n
		}
	} else if n := len(b.When) - len(a.When); n != 0 {
		return n // what has no time stands last
	}
	return strings.Compare(a.ID, b.ID)
}

func open(name string, stdin io.Reader) (io.ReadCloser, int64, error) {
	if name == "-" {
		if stdin == nil {
			return nil, 0, &truce.Error{Kind: truce.Invalid, At: "-", Msg: "there is no standard input"}
		}
		return io.NopCloser(stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, fileError(name, err)
	}
	st, err := f.Stat()
	if err != nil || st.IsDir() {
		f.Close()
		return nil, 0, &truce.Error{Kind: truce.Invalid, At: name, Msg: "is not a file", Err: err}
	}
	return f, st.Size(), nil
}

// meter counts what was read.
type meter struct {
	r           io.Reader
	done, total int64
	tell        func(string, int64, int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.done += int64(n); m.tell != nil {
		m.tell("reading", m.done, m.total)
	}
	return n, err
}

// block is how many elements are judged as one piece of work.
const block = 64

// judge runs every judge over every element, and adds up.
func (r *Result) judge(ctx context.Context, o CheckOptions) error {
	return r.inBlocks(ctx, o.Workers, inFull, func(i int, verdicts [][]*truce.Verdict) error { return r.take(i, verdicts, o) })
}

// judging is how one element is judged under one clause.
type judging func(j *terms.Judge, s *terms.Subject, c *terms.Clause) *truce.Verdict

// inFull is a judging that keeps every reason.
func inFull(j *terms.Judge, s *terms.Subject, c *terms.Clause) *truce.Verdict {
	v := j.Verdict(s, c)
	return &v
}

// inBlocks judges every element, side by side, and hands the verdicts on in order, block by
// block.
func (r *Result) inBlocks(ctx context.Context, workers int, how judging, take func(i int, verdicts [][]*truce.Verdict) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	blocks := (len(r.Elements) + block - 1) / block
	done := make([]chan [][]*truce.Verdict, blocks)
	for i := range done {
		done[i] = make(chan [][]*truce.Verdict, 1)
	}
	next := make(chan int)
	stop, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	for range workers {
		wait.Go(func() {
			for i := range next {
				done[i] <- r.judgeBlock(i, how)
			}
		})
	}
	wait.Go(func() {
		defer close(next)
		for i := range blocks {
			select {
			case next <- i:
			case <-stop.Done():
				return
			}
		}
	})
	for i := range done {
		select {
		case verdicts := <-done[i]:
			if err := take(i, verdicts); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (r *Result) judgeBlock(i int, how judging) [][]*truce.Verdict {
	elements := r.Elements[i*block : min((i+1)*block, len(r.Elements))]
	out := make([][]*truce.Verdict, len(elements))
	for k := range elements {
		s := terms.NewSubject(r.Mission.atlas, &elements[k])
		for _, j := range r.Judges {
			for _, c := range j.Agreement().Clauses {
				if terms.Judged(c) {
					out[k] = append(out[k], how(j, s, c))
				}
			}
		}
	}
	return out
}

// take adds a block's verdicts up, in order.
func (r *Result) take(i int, verdicts [][]*truce.Verdict, o CheckOptions) error {
	for k := range verdicts {
		e := &r.Elements[i*block+k]
		if day, ok := r.Mission.Day(e); ok {
			r.lies(day)
		}
		r.kept = append(r.kept, nil)
		for _, v := range verdicts[k] {
			r.Tally.add(r.Mission, e, v)
			if last := len(r.kept) - 1; v.Outcome != truce.NoViolation {
				r.kept[last] = append(r.kept[last], v)
			}
			if o.Each != nil {
				if err := o.Each(e, *v); err != nil {
					return err
				}
			}
		}
	}
	if o.Progress != nil {
		o.Progress("judging", int64(min((i+1)*block, len(r.Elements))), int64(len(r.Elements)))
	}
	return nil
}

// WideEnough is the radius in metres from which a disc is published as it is.
const WideEnough = 5000

// Extent lays out an element's place for publication: no finer than a disc of WideEnough
// metres, an area of the mission's level, or a tenth of a degree.
func (m *Mission) Extent(e *truce.Element) geo.Extent {
	x, err := m.atlas.Extent(e.Where)
	if err != nil {
		return geo.Extent{}
	}
	fine := slices.ContainsFunc(e.Where, func(p truce.Place) bool { return p.Form != truce.FormDisc || p.Within < WideEnough })
	if !fine {
		return x
	}
	m.published.Lock()
	defer m.published.Unlock()
	if had, ok := m.coarse[x.Key()]; ok {
		return had
	}
	wide := geo.Coarsen(x, m.atlas, m.Coarse)
	m.coarse[x.Key()] = wide
	return wide
}

// Explained is one element with every verdict on it.
type Explained struct {
	Element  *truce.Element
	Verdicts []truce.Verdict
}

// Explain judges one element, or every element of one report, and keeps all verdicts.
func (m *Mission) Explain(ctx context.Context, o CheckOptions, id string) ([]Explained, error) {
	judges, problems := m.Compile()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r := &Result{Mission: m, Judges: judges, Unmatched: intake.Unmatched{}, Tally: NewTally()}
	if err := m.Read(ctx, o, r); err != nil {
		return nil, err
	}
	var out []Explained
	for i := range r.Elements {
		e := &r.Elements[i]
		if id == "" || e.ID != id && e.Incident != id && !strings.HasPrefix(e.ID, id+"/") {
			continue
		}
		out = append(out, Explained{e, m.verdictsOn(judges, e)})
	}
	if out == nil {
		return nil, &truce.Error{Kind: truce.Absent, At: id, Msg: "no such element in the record", Hint: "an identifier from the record"}
	}
	return out, nil
}

// verdictsOn judges one element and keeps every reason.
func (m *Mission) verdictsOn(judges []*terms.Judge, e *truce.Element) []truce.Verdict {
	var out []truce.Verdict
	s := terms.NewSubject(m.atlas, e)
	for _, j := range judges {
		for _, c := range j.Agreement().Clauses {
			if terms.Judged(c) {
				out = append(out, j.Verdict(s, c))
			}
		}
	}
	return out
}
