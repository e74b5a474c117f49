package desk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"truce"
	"truce/intake"
	"truce/match"
	"truce/reconcile"
)

// HeadlineFile is lines of which little else is known.
type HeadlineFile struct {
	Lines    []match.Headline
	SetAside []*intake.RowError
	// Repeated counts rows that say again what another row says.
	Repeated int
}

// ReadHeadlines reads lines: CSV with the columns office, date (or report_date; a day, or empty)
// and headline, and report_id or id, without which a line is named by its number. Rows that cannot
// be read are set aside.
func ReadHeadlines(name string, text []byte) (*HeadlineFile, error) {
	if !utf8.Valid(text) {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the text is not UTF-8", Hint: "CSV saved as UTF-8"}
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name + ":1", Msg: "there is no header line", Hint: "office,date,headline", Err: err}
	}
	t := &headlineTable{name: name, at: map[string]int{}, seen: map[string]string{}, columns: len(header)}
	for _, c := range [][]string{{"headline"}, {"office"}, {"date", "report_date"}, {"id", "report_id"}} {
		t.at[c[0]] = slices.IndexFunc(header, func(h string) bool { return slices.Contains(c, strings.ToLower(strings.TrimSpace(h))) })
	}
	for _, c := range []string{"office", "date", "headline"} {
		if t.at[c] < 0 {
			return nil, &truce.Error{Kind: truce.Invalid, At: name + ":1", Msg: "there is no column " + c, Hint: "columns office, date, headline, and id if there is one"}
		}
	}
	return &t.out, t.read(in)
}

type headlineTable struct {
	name    string
	at      map[string]int    // columns
	seen    map[string]string // what is said under a name
	columns int
	out     HeadlineFile
}

func (t *headlineTable) read(in *csv.Reader) error {
	for {
		row, err := in.Read()
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &broken):
			t.refuse(broken.StartLine, "", "", broken.Err.Error(), "CSV with quotes in pairs", row)
		case err != nil:
			return &truce.Error{Kind: truce.Invalid, At: t.name, Msg: "cannot be read", Hint: "CSV", Err: err}
		default:
			line, _ := in.FieldPos(0)
			t.row(line, row)
		}
	}
}

func (t *headlineTable) row(line int, row []string) {
	if len(row) != t.columns {
		t.refuse(line, "", "", fmt.Sprintf("%d fields", len(row)), fmt.Sprintf("%d, one for each column", t.columns), row)
		return
	}
	get := func(c string) string {
		if i := t.at[c]; i >= 0 {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	h := match.Headline{ID: get("id"), Office: get("office"), Text: get("headline")}
	if h.ID == "" {
		h.ID = fmt.Sprintf("line %d", line)
	}
	if h.Text == "" {
		t.refuse(line, "headline", "", "there is no line", "what the report is headed by", row)
		return
	}
	if date := get("date"); date != "" {
		var err error
		if h.Day, err = time.Parse(time.DateOnly, date); err != nil {
			t.refuse(line, "date", date, fmt.Sprintf("%.40q is not a day", date), "a day such as 2016-08-26, or nothing", row)
			return
		}
	}
	says := strings.Join([]string{h.Office, get("date"), h.Text}, "\x00")
	switch was, known := t.seen[h.ID]; {
	case !known:
		t.seen[h.ID] = says
		t.out.Lines = append(t.out.Lines, h)
	case was == says:
		t.out.Repeated++
	default:
		t.refuse(line, "id", h.ID, "another line has this name", "a name for each line", row)
	}
}

func (t *headlineTable) refuse(line int, field, value, msg, want string, row []string) {
	var raw strings.Builder
	w := csv.NewWriter(&raw)
	_ = w.Write(row) // a builder takes everything
	w.Flush()
	t.out.SetAside = append(t.out.SetAside, &intake.RowError{Line: line, Field: field, Value: value, Want: want, Raw: strings.TrimSuffix(raw.String(), "\n"),
		Problem: truce.Problem{File: t.name, Line: line, Field: field, Code: "bad-headline", Msg: msg, Want: want}})
}

// HeadlinePlaces are the names by which places are found in headlines: those of the mission's
// areas and of more places.
func (m *Mission) HeadlinePlaces(more []reconcile.Place) *match.Gazetteer {
	g := match.NewGazetteer()
	for _, p := range append(reconcile.AreasOf(m.atlas, m.ID), more...) {
		for _, name := range p.Names {
			g.Add(name, p.Area)
		}
		if p.Area != "" {
			g.Add(p.Area, p.Area)
		}
	}
	return g
}
