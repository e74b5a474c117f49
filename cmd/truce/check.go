package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"truce"
	"truce/desk"
	"truce/export"
	"truce/intake"
)

// source are the flags that say what is judged.
type source struct {
	Mapping   string   `help:"How the records' columns become ours: a mapping file, or ucdp-ged, acled, airwars." placeholder:"FILE"`
	Agreement []string `help:"Judge under these agreement files instead of the mission's." placeholder:"FILE" sep:"none"`
	Places    []string `help:"Boundary files (GeoJSON, also .gz) beside the mission's." placeholder:"FILE" sep:"none"`
	Workers   int      `help:"Elements judged at once; changes nothing but the time." default:"0" placeholder:"N"`
}

func (f source) open(dir string) (*desk.Mission, error) {
	m, _, err := desk.Open(dir, desk.OpenOptions{Agreements: f.Agreement, Places: f.Places})
	return m, err
}

func (f source) records(files []string) []desk.Source {
	var out []desk.Source
	for _, r := range files {
		out = append(out, desk.Source{File: r, Mapping: f.Mapping})
	}
	return out
}

type checkCmd struct {
	source
	Mission  string   `arg:"" help:"The mission's folder."`
	Records  []string `arg:"" optional:"" help:"Records to judge instead of the mission's: .csv, .ndjson, .geojson, .xlsx, also .gz; - for standard input."`
	JSON     bool     `name:"json" help:"Every verdict as one line of JSON." xor:"form"`
	CSV      bool     `name:"csv" help:"Every verdict as a row of CSV." xor:"form"`
	HXL      bool     `name:"hxl" help:"With --csv: a row of HXL hashtags under the names of the columns."`
	GeoJSON  bool     `name:"geojson" help:"The elements with their outcomes, places coarsened." xor:"form"`
	HTML     string   `name:"html" help:"Write one self-contained page to FILE." placeholder:"FILE"`
	SetAside string   `help:"Where rows that cannot be read go." default:"set-aside.csv" placeholder:"FILE"`
	Quiet    bool     `short:"q" help:"No progress, no list of odd rows."`
}

func (checkCmd) Help() string {
	return `Example:

  truce check missions/syria-2016 --html report.html
  truce check missions/syria-2016 events.csv.gz --mapping ucdp-ged --places admin1.geojson.gz

Rows that cannot be read are set aside in a CSV file, with line, field, value and what was
expected; the rest is judged. Exit code 0: nothing found. 1: at least one violation or
undetermined verdict. 2: rows were set aside, whatever else was found. 3 and above: could not run.`
}

// Run judges the record and writes what was found.
func (c *checkCmd) Run(ctx context.Context, s *streams) error {
	m, err := c.open(c.Mission)
	if err != nil {
		return err
	}
	if err := c.outputs(m); err != nil {
		return err
	}
	progress, done := bar(s, c.Quiet)
	o := desk.CheckOptions{Records: c.records(c.Records), Stdin: s.in, SetAside: c.SetAside, Workers: c.Workers, Progress: progress}
	var r *desk.Result
	switch {
	case c.JSON:
		err = stream(s.out, export.JSON, func(each eachFunc) error { o.Each = each; r, err = m.Check(ctx, o); return err })
	case c.CSV:
		err = stream(s.out, c.rows(), func(each eachFunc) error { o.Each = each; r, err = m.Check(ctx, o); return err })
	default:
		r, err = m.Check(ctx, o)
	}
	done()
	if err == nil && c.GeoJSON {
		err = export.GeoJSON(s.out, r.Export())
	}
	if err == nil && c.HTML != "" {
		err = writeWhole(c.HTML, s.out, func(w io.Writer) error { return export.Page(w, r.Export()) })
	}
	if err == nil && !c.JSON && !c.CSV && !c.GeoJSON && c.HTML != "-" {
		err = summary(s.out, r, c.HTML)
	}
	if err != nil {
		return err
	}
	c.tell(s, r)
	s.found(r.Found())
	if r.Tally.SetAside > 0 {
		s.code = exitSetAside
	}
	return nil
}

// outputs refuses to write over an input, into a folder that is not there, or two things
// to standard output.
func (c *checkCmd) outputs(m *desk.Mission) error {
	if c.HXL && !c.CSV {
		return &truce.Error{Kind: truce.Invalid, At: "--hxl", Msg: "hashtags stand in CSV", Hint: "--csv --hxl"}
	}
	if c.HTML == "-" && (c.JSON || c.CSV || c.GeoJSON) {
		return &truce.Error{Kind: truce.Invalid, Msg: "--html - and another form would share standard output", Hint: "--html FILE"}
	}
	inputs := append(m.Files(), c.Records...)
	for _, r := range m.Records {
		inputs = append(inputs, r.File)
	}
	for _, path := range []string{c.HTML, c.SetAside} {
		if path == "" || path == "-" {
			continue
		}
		if st, err := os.Stat(filepath.Dir(path)); err != nil || !st.IsDir() {
			return &truce.Error{Kind: truce.Absent, At: path, Msg: "its folder does not exist"}
		}
		out, err := os.Stat(path)
		if err != nil {
			continue
		}
		if out.IsDir() {
			return &truce.Error{Kind: truce.Invalid, At: path, Msg: "is a folder", Hint: "a file to write"}
		}
		for _, in := range inputs {
			if st, err := os.Stat(in); err == nil && os.SameFile(st, out) {
				return &truce.Error{Kind: truce.Invalid, At: path, Msg: "is one of the inputs", Hint: "another file to write"}
			}
		}
	}
	return nil
}

type eachFunc = func(*truce.Element, truce.Verdict) error

var errStopped = errors.New("the reader of the output went away")

// rows is the form of the rows of CSV.
func (c *checkCmd) rows() func(io.Writer, iter.Seq[truce.Verdict]) error {
	if c.HXL {
		return export.TaggedCSV
	}
	return export.CSV
}

// stream writes verdicts as they come.
func stream(out io.Writer, write func(io.Writer, iter.Seq[truce.Verdict]) error, judge func(eachFunc) error) error {
	b := bufio.NewWriterSize(out, 1<<16)
	var failed error
	err := write(b, func(yield func(truce.Verdict) bool) {
		failed = judge(func(_ *truce.Element, v truce.Verdict) error {
			if !yield(v) {
				return errStopped
			}
			return nil
		})
	})
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return err
	}
	return failed
}

// tell lists what was odd, on the error stream.
func (c *checkCmd) tell(s *streams, r *desk.Result) {
	if !c.Quiet {
		tellAside(s, r.SetAside, r.Tally.SetAside, c.SetAside)
		tellNotes(s, r.Warnings)
	}
}

// mostTold is how many rows or notes are told one by one.
const mostTold = 10

// tellAside tells the rows that were set aside, all in all n, and the file they are in.
func tellAside(s *streams, bad []*intake.RowError, n int, file string) {
	for _, b := range bad[:min(len(bad), mostTold)] {
		fmt.Fprintln(s.err, "set aside:", b)
	}
	switch {
	case n == 0:
		return
	case n > mostTold:
		fmt.Fprintf(s.err, "... and %d more\n", n-mostTold)
	}
	in := ""
	if file != "" {
		in = " in " + file
	}
	fmt.Fprintf(s.err, "%s set aside%s\n", count(n, "row"), in)
}

// tellNotes tells what is odd and was read all the same.
func tellNotes(s *streams, odd truce.Problems) {
	for _, w := range odd[:min(len(odd), mostTold)] {
		fmt.Fprintln(s.err, "note:", w)
	}
	if len(odd) > mostTold {
		fmt.Fprintf(s.err, "... and %d more notes\n", len(odd)-mostTold)
	}
}

// bar shows progress on a terminal; in a pipe it is silent.
func bar(s *streams, quiet bool) (progress func(string, int64, int64), done func()) {
	if quiet || !s.terminal {
		return nil, func() {}
	}
	var b *progressbar.ProgressBar
	stage := ""
	return func(now string, n, total int64) {
			if now != stage {
				stage = now
				if total == 0 {
					total = -1
				}
				b = progressbar.NewOptions64(total, progressbar.OptionSetDescription(now), progressbar.OptionSetWriter(s.err),
					progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
			}
			_ = b.Set64(n)
		}, func() {
			if b != nil {
				_ = b.Finish()
			}
		}
}

// writeWhole writes a file under another name first, so that nobody finds half of it.
func writeWhole(path string, out io.Writer, write func(io.Writer) error) error {
	if path == "-" {
		return write(out)
	}
	f, err := tempBeside(path)
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: path, Msg: "cannot be written", Err: err}
	}
	return f.finish(write)
}

func shown(path string) string { return filepath.ToSlash(path) }

func join(words []string) string { return strings.Join(words, ", ") }
