// Package intake turns bytes into reports: CSV, workbooks, GeoJSON and JSON lines, in
// our own layout (docs/record.md) or in anybody's, by way of a mapping file.
//
// The two functions most people need are [Read] and [ParseMapping]:
//
//	for report, err := range intake.Read("reports.csv", r, intake.Options{Zone: zone}) {
//		var bad *intake.RowError
//		if errors.As(err, &bad) {
//			... // this row was set aside; reading goes on
//		}
//	}
//
// Nothing is guessed. A wall time needs a zone, a position needs a radius, an empty
// field means that nobody knows. What cannot be read is set aside with file, line, field
// and what was expected. Times are instants with their zone, spans half open, places WGS 84
// degrees with metres. The package never logs and reads neither clock nor environment.
package intake

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"time"

	"truce"
)

// DefaultMaxLine is how many bytes one line or record may have.
const DefaultMaxLine = 16 << 20

// Options say how a file is to be read. The zero value reads our own layout whose times
// carry their zone.
type Options struct {
	// Zone holds for wall times and dates that name none. Where it is nil such a row is
	// set aside.
	Zone *time.Location
	// Mapping is how foreign columns become ours; nil is our own layout. Only CSV and
	// workbooks have one.
	Mapping *Mapping
	// Names returns the actors that a name may stand for on a day (the register); at is
	// zero when the time is unknown. Nil takes names as identifiers.
	Names func(name string, at time.Time) []string
	// Area returns the code of an area by its name: level 0 is a country, 1 and 2 the
	// parts below it. Only mappings ask. Nil knows none.
	Area func(name string, level int) (string, bool)
	// MaxLine is how many bytes a line may have; 0 means DefaultMaxLine. A longer one is
	// set aside without being kept in memory.
	MaxLine int
	// Acts and Means are the trees whose words are known; nil means the ones every
	// mission starts from. An agreement may have added words to them.
	Acts, Means *truce.Tree
	// Unmatched, where it is not nil, counts the names that Names did not match.
	Unmatched Unmatched
	// Warn, where it is not nil, is told of what is odd in a row that was nevertheless read,
	// such as a total that its parts do not add up to.
	Warn func(truce.Problem)
}

// file is what the reading of one file goes by.
type file struct {
	name        string
	o           Options
	clock       clock
	acts, means *truce.Tree
	columns     []string       // of a table
	ids         bool           // actors stand as identifiers
	reports     map[string]int // line by identifier, to find repetitions
	elements    map[string]int
}

func newFile(name string, o Options) *file {
	f := &file{name: name, o: o, acts: o.Acts, means: o.Means, clock: clock{zone: o.Zone},
		reports: map[string]int{}, elements: map[string]int{}}
	if f.acts == nil {
		f.acts = truce.Acts()
	}
	if f.means == nil {
		f.means = truce.MeansTree()
	}
	if f.o.MaxLine <= 0 {
		f.o.MaxLine = DefaultMaxLine
	}
	if m := o.Mapping; m != nil {
		f.ids, f.clock.dates = m.ids, m.dates
		if m.zone != nil {
			f.clock.zone = m.zone
		}
	}
	return f
}

// Read yields the reports of a file, row by row. The format is told by name (.csv, .tsv,
// .ndjson, .jsonl, .geojson, .xlsx, each also with .gz) and by the first bytes where the name
// says nothing, as "-" does; gzip is undone wherever the bytes are gzip.
//
// A row that cannot be read yields a *RowError and reading goes on. Any other error ends it:
// a column is missing, the file is cut off, the text is not UTF-8 (or UTF-16 with a byte order mark).
// What was yielded before such an error stands.
func Read(name string, r io.Reader, o Options) iter.Seq2[truce.Report, error] {
	return func(yield func(truce.Report, error) bool) {
		b, err := plain(r)
		if err != nil {
			yield(truce.Report{}, cut(name, 0, err))
			return
		}
		newFile(name, o).read(b)(yield)
	}
}

// read chooses the format.
func (f *file) read(b *bufio.Reader) iter.Seq2[truce.Report, error] {
	head, err := b.Peek(4096)
	if err != nil && err != io.EOF {
		return failed(cut(f.name, 0, err))
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return f.table(xlsxRecords(f.name, b, f.o.Mapping.sheetName()))
	}
	b = utf8Text(b)
	head, _ = b.Peek(4096)
	switch form := format(f.name, head); {
	case form == "xlsx":
		return failed(broken(f.name, 0, "this is not a workbook", "save it as .xlsx, or name it for what it is", nil))
	case form == "csv":
		return f.table(csvRecords(f.lines(b), f.o.Mapping.separator()))
	case f.o.Mapping != nil:
		return failed(broken(f.name, 0, "a mapping needs a table", "give a CSV file or a workbook, or leave out the mapping", nil))
	case form == "geojson":
		return f.geojson(b)
	}
	return f.ndjson(f.lines(b))
}

func (f *file) lines(b *bufio.Reader) lines { return lines{file: f.name, r: b, max: f.o.MaxLine} }

// format tells what a text is, by name and else by its first bytes.
func format(name string, head []byte) string {
	switch path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")) {
	case ".csv", ".tsv":
		return "csv"
	case ".ndjson", ".jsonl":
		return "ndjson"
	case ".geojson":
		return "geojson"
	case ".xlsx":
		return "xlsx"
	}
	switch text := bytes.TrimSpace(head); {
	case bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte(`"FeatureCollection"`)):
		return "geojson"
	case bytes.HasPrefix(text, []byte("{")):
		return "ndjson"
	}
	return "csv"
}

// failed yields one error.
func failed(err error) iter.Seq2[truce.Report, error] {
	return func(yield func(truce.Report, error) bool) { yield(truce.Report{}, err) }
}

// accept takes over a report, unless its identifier or that of an element was there before.
func (f *file) accept(r *truce.Report, line int) *fault {
	if before, twice := f.reports[r.ID]; twice {
		return repeated(r.ID, before)
	}
	for i, e := range r.Elements {
		if before, twice := f.elements[e.ID]; twice {
			for _, undo := range r.Elements[:i] {
				delete(f.elements, undo.ID)
			}
			return repeated(e.ID, before)
		}
		f.elements[e.ID] = line
	}
	f.reports[r.ID] = line
	return nil
}

func repeated(id string, before int) *fault {
	return &fault{field: "id", value: id, code: "repeated-id", want: "an identifier that occurs once",
		msg: fmt.Sprintf("the identifier stands on line %d already", before)}
}
