package reconcile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"truce"
)

// Bad is a row that could not be read. Reading goes on after it.
type Bad struct {
	Problem truce.Problem
	Raw     string
}

// Error says what is wrong where.
func (b *Bad) Error() string { return b.Problem.String() }

// Daily reports whether a header line is that of daily totals.
func Daily(header []byte) bool {
	row, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(header, []byte(bom)))).Read()
	if err != nil {
		return false
	}
	_, date := column(row, "date")
	_, total := column(row, "total")
	_, author := column(row, authorColumns...)
	return date && total && author
}

const bom = "\ufeff"

// authorColumns are what the column with the author's name may be called.
var authorColumns = []string{"ledger", "claimant", "author"}

// known are the columns with a meaning of their own. The columns that stand after "total" up
// to the next of them are areas.
var known = strings.Fields("date ledger claimant author total breakdown cumulative cumulative_since answered_by confirmed exempt_target not_confirmed date_from note seen_at")

// ReadDays reads daily totals: CSV with the columns date, ledger (or claimant, author), total,
// then one column for each area, then any of breakdown, cumulative, cumulative_since,
// answered_by, confirmed, exempt_target, not_confirmed, date_from, note, seen_at. An empty
// field is "not stated". Rows that cannot be read are set aside; an error says that the
// file as a whole cannot be.
func ReadDays(name string, r io.Reader) ([]Day, []Bad, error) {
	t, err := openTable(name, r, "date", "total")
	if err != nil {
		return nil, nil, err
	}
	if _, ok := column(t.header, authorColumns...); !ok {
		return nil, nil, t.wrong("there is no column with the author", "a column ledger, claimant or author")
	}
	areas, err := t.areas()
	if err != nil {
		return nil, nil, err
	}
	var days []Day
	first := map[[2]string]int{}
	err = t.each(func(row *row) {
		d := row.day(areas)
		key := [2]string{d.Date, d.Author}
		if at := first[key]; row.bad == nil && at > 0 {
			row.refuse("date", d.Date, "repeated-day", fmt.Sprintf("%s has a row for this day on line %d already", d.Author, at), "one row for a day of an author")
		}
		if row.bad == nil {
			first[key] = row.line
			days = append(days, d)
		}
	})
	return days, t.aside, err
}

// areas are the columns between total and the next column with a meaning of its own.
func (t *table) areas() ([]int, error) {
	at, _ := column(t.header, "total")
	var out []int
	for i := at + 1; i < len(t.header) && !slices.Contains(known, t.header[i]); i++ {
		if slices.Contains(t.header[:i], t.header[i]) || t.header[i] == "" {
			return nil, t.wrong(fmt.Sprintf("column %d: %q stands twice or is empty", i+1, t.header[i]), "a name for each area")
		}
		out = append(out, i)
	}
	for i, name := range t.header {
		if !slices.Contains(known, name) && !slices.Contains(out, i) {
			return nil, t.wrong(fmt.Sprintf("the column %q is not known", name), "areas right after total, and "+strings.Join(known, ", "))
		}
	}
	return out, nil
}

func (r *row) day(areas []int) Day {
	d := Day{Date: r.date("date"), Author: r.required(authorColumns...), Total: r.count("total"), Cumulative: r.count("cumulative"),
		Breakdown: r.word("breakdown", "full", "partial", "none"), DateFrom: r.text("date_from"), Note: r.text("note"), Seen: r.text("seen_at"),
		File: r.t.name, Line: r.line}
	for _, i := range areas {
		d.Parts = append(d.Parts, Part{r.t.header[i], r.countAt(i)})
	}
	d.Answer = Answer{r.text("answered_by"), r.count("confirmed"), r.count("exempt_target"), r.count("not_confirmed")}
	if d.Cumulative.Stated {
		d.Since = r.since(d)
	}
	return d
}

// sinceWords finds from which day a note says that a running count runs.
var sinceWords = regexp.MustCompile(`(?i)\bsince\b[^0-9;.]{0,60}(\d{1,2} [A-Za-z]{3,9} \d{4}|\d{4}-\d{2}-\d{2})`)

// since is the first day of a running count, by its column or else by the note.
func (r *row) since(d Day) string {
	text := r.text("cumulative_since")
	if m := sinceWords.FindStringSubmatch(d.Note); text == "" && m != nil {
		text = m[1]
	} else if text == "" {
		return ""
	}
	for _, form := range []string{time.DateOnly, "2 Jan 2006", "2 January 2006"} {
		if t, err := time.Parse(form, text); err == nil && t.Format(time.DateOnly) <= d.Date {
			return t.Format(time.DateOnly)
		}
	}
	r.refuse("cumulative_since", text, "bad-date", fmt.Sprintf("%q is not a day up to that of the row", text), "a day such as 2016-02-27")
	return ""
}

// Named is a place that a bulletin names, under its spelling.
type Named struct {
	Date   string `json:"date"`
	Author string `json:"author"`
	Area   string `json:"area"`
	Place  string `json:"place"`
	// Times is how many cases are named there.
	Times int    `json:"times"`
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
}

// ReadNamed reads the places that bulletins name: CSV with the columns date, ledger (or claimant,
// author), province, place_as_written and times; others are not read.
func ReadNamed(name string, r io.Reader) ([]Named, []Bad, error) {
	t, err := openTable(name, r, "date", "province", "place_as_written", "times")
	if err != nil {
		return nil, nil, err
	}
	if _, ok := column(t.header, authorColumns...); !ok {
		return nil, nil, t.wrong("there is no column with the author", "a column ledger, claimant or author")
	}
	var out []Named
	err = t.each(func(row *row) {
		n := Named{row.date("date"), row.required(authorColumns...), row.required("province"), row.required("place_as_written"), row.count("times").N, name, row.line}
		if row.bad == nil && n.Times < 1 {
			row.refuse("times", row.text("times"), "bad-count", "a place is named at least once", "a whole number above zero")
		}
		if row.bad == nil {
			out = append(out, n)
		}
	})
	return out, t.aside, err
}

// most is how many bytes a ledger may have.
const most = 64 << 20

// table is a CSV file with a header.
type table struct {
	name   string
	header []string
	csv    *csv.Reader
	text   []byte
	aside  []Bad
}

func openTable(name string, r io.Reader, required ...string) (*table, error) {
	t := &table{name: name}
	var err error
	if t.text, err = plain(r); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "cannot be read", Hint: "CSV text, also gzipped, of at most 64 MB", Err: err}
	}
	if !utf8.Valid(t.text) {
		return nil, t.wrong("the text is not UTF-8", "CSV saved as UTF-8")
	}
	t.csv = csv.NewReader(bytes.NewReader(t.text))
	t.csv.FieldsPerRecord = -1
	if t.header, err = t.csv.Read(); err != nil {
		return nil, t.wrong("there is no header line", "columns "+strings.Join(required, ", "))
	}
	for i, h := range t.header {
		t.header[i] = strings.ToLower(strings.TrimSpace(h))
	}
	for _, c := range required {
		if _, ok := column(t.header, c); !ok {
			return nil, t.wrong("there is no column "+c, "columns "+strings.Join(required, ", "))
		}
	}
	return t, nil
}

// plain undoes gzip and drops a byte order mark.
func plain(r io.Reader) ([]byte, error) {
	b := bufio.NewReader(r)
	var in io.Reader = b
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		in = z
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && len(text) > most {
		err = errors.New("the file is too long")
	}
	return bytes.TrimPrefix(text, []byte(bom)), err
}

func (t *table) wrong(msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: t.name + ":1", Msg: msg, Hint: want}
}

// column is where a column of one of the names stands.
func column(header []string, names ...string) (int, bool) {
	for _, n := range names {
		if i := slices.Index(header, n); i >= 0 {
			return i, true
		}
	}
	return 0, false
}

// each gives every row, and sets aside those that were refused.
func (t *table) each(take func(*row)) error {
	for {
		from := t.csv.InputOffset()
		fields, err := t.csv.Read()
		if err == io.EOF {
			return nil
		}
		r := &row{t: t, fields: fields}
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			r.line = broken.StartLine
			r.refuse("", "", "bad-row", broken.Err.Error(), "CSV with quotes in pairs")
		case err != nil:
			return t.wrong(err.Error(), "CSV")
		default:
			r.line, _ = t.csv.FieldPos(0)
			if len(fields) != len(t.header) {
				r.refuse("", "", "bad-row", fmt.Sprintf("%d fields", len(fields)), fmt.Sprintf("%d, one for each column", len(t.header)))
			} else {
				take(r)
			}
		}
		if r.bad != nil {
			r.bad.Raw = strings.Trim(string(t.text[from:t.csv.InputOffset()]), "\r\n")
			t.aside = append(t.aside, *r.bad)
		}
	}
}

// row is one row of a table; the first thing wrong with it is kept.
type row struct {
	t      *table
	fields []string
	line   int
	bad    *Bad
}

func (r *row) refuse(field, value, code, msg, want string) {
	if r.bad == nil {
		r.bad = &Bad{Problem: truce.Problem{File: r.t.name, Line: r.line, Field: field, Value: clip(value), Code: code, Msg: msg, Want: want}}
	}
}

// clip keeps the beginning of a long value.
func clip(s string) string {
	if len(s) <= 200 {
		return s
	}
	return strings.ToValidUTF8(s[:200], "") + "…"
}

func (r *row) text(names ...string) string {
	i, ok := column(r.t.header, names...)
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

func (r *row) required(names ...string) string {
	text := r.text(names...)
	if text == "" {
		i, _ := column(r.t.header, names...)
		r.refuse(r.t.header[i], "", "missing", "nothing stands here", "a name")
	}
	return text
}

func (r *row) date(name string) string {
	text := r.text(name)
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		r.refuse(name, text, "bad-date", fmt.Sprintf("%q is no day", clip(text)), "a day such as 2017-01-12")
	}
	return text
}

func (r *row) word(name string, words ...string) string {
	text := r.text(name)
	if text != "" && !slices.Contains(words, text) {
		r.refuse(name, text, "unknown-word", fmt.Sprintf("%q is not known", clip(text)), strings.Join(words, ", ")+", or nothing")
	}
	return text
}

func (r *row) count(name string) Count {
	i, ok := column(r.t.header, name)
	if !ok {
		return Count{}
	}
	return r.countAt(i)
}

func (r *row) countAt(i int) Count {
	text := strings.TrimSpace(r.fields[i])
	if text == "" {
		return Count{}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000 || strconv.Itoa(n) != text {
		r.refuse(r.t.header[i], text, "bad-count", fmt.Sprintf("%q is no count", clip(text)), "a whole number from 0, or nothing where none is stated")
		return Count{}
	}
	return Of(n)
}
