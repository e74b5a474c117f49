package screen

import (
	"slices"
	"strings"

	"truce/desk"
	"truce/intake"
)

// Upload is a file of reports on its way in.
type Upload struct {
	Token, Name string
	Most        int
	// Their are the columns of the file with their first values; empty for what is no table.
	Their  []UploadColumn
	Fields []UploadField
	// Bad is what is wrong with the file as a whole.
	Bad     string
	Read    bool
	Rows    []UploadRow
	Reports int
	Aside   []UploadAside
	Left    int // set aside beyond those shown
	Done    *desk.SheetDone
}

// UploadColumn is a column of the file.
type UploadColumn struct {
	Name   string
	Values []string
}

// UploadField is a column of ours, and the file's that fills it; empty for none.
type UploadField struct{ Ours, Theirs string }

// UploadRow is a report as it will be read.
type UploadRow struct {
	ID, Where, Text  string
	When             []string
	Act, By, Against []string
}

// UploadAside is a row that cannot be read.
type UploadAside struct {
	Line                    int
	Field, Value, Msg, Want string
}

// likes are names under which columns of others often stand, by ours.
var likes = map[string][]string{
	"id": {"id", "no", "number", "event id", "incident id", "رقم"}, "from": {"from", "date", "event date", "start", "when", "time", "التاريخ"},
	"to": {"to", "end", "end date", "until"}, "place": {"place", "location", "where", "site", "المكان"}, "lat": {"lat", "latitude"}, "lon": {"lon", "lng", "long", "longitude"},
	"within": {"within", "radius", "precision m"}, "act": {"act", "type", "kind", "event type"}, "by": {"by", "actor", "actor1", "perpetrator"}, "against": {"against", "target", "actor2", "victim"},
	"means": {"means", "weapon"}, "killed_low": {"killed low", "killed", "deaths", "fatalities"}, "killed_high": {"killed high", "killed", "deaths", "fatalities"},
	"injured_low": {"injured low", "injured", "wounded"}, "injured_high": {"injured high", "injured", "wounded"}, "source": {"source", "sources", "reported by", "المصدر"},
	"text": {"text", "notes", "description", "summary", "النص"}, "title": {"title", "headline"}, "area": {"area", "pcode", "admin code"},
}

// NewUpload offers the columns of a file to ours, by their names.
func NewUpload(name string, columns []string, first [][]string, ours []string) *Upload {
	u := &Upload{Name: name}
	if columns == nil {
		return u
	}
	for i, c := range columns {
		col := UploadColumn{Name: c}
		for _, row := range first {
			if i < len(row) {
				col.Values = append(col.Values, short(row[i]))
			}
		}
		u.Their = append(u.Their, col)
	}
	for _, o := range ours {
		u.Fields = append(u.Fields, UploadField{o, likely1(o, columns)})
	}
	return u
}

// likely1 is the file's column that is named like one of ours.
func likely1(ours string, columns []string) string {
	plain := func(s string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), " ")
	}
	for _, like := range append([]string{plain(ours)}, likes[ours]...) {
		if i := slices.IndexFunc(columns, func(c string) bool { return plain(c) == like }); i >= 0 {
			return columns[i]
		}
	}
	return ""
}

// Columns are the file's columns by ours; none where the file is no table.
func (u *Upload) Columns() map[string]string {
	out := map[string]string{}
	for _, f := range u.Fields {
		if f.Theirs != "" {
			out[f.Ours] = f.Theirs
		}
	}
	return out
}

// mostPreviewed is how many rows are shown as they will be read.
const mostPreviewed = 10

// Preview shows how the first rows are read.
func (u *Upload) Preview(read *desk.SheetRead) {
	u.Read, u.Reports = true, len(read.Reports)
	for _, r := range read.Reports[:min(len(read.Reports), mostPreviewed)] {
		row := UploadRow{ID: short(r.ID), Text: short(r.Text)}
		for _, e := range r.Elements[:min(1, len(r.Elements))] {
			row.Act, row.By, row.Against = e.Acts, e.By, e.Against
			for _, w := range e.When {
				row.When = append(row.When, w.From.UTC().Format("2006-01-02 15:04")+" – "+w.To.UTC().Format("2006-01-02 15:04 UTC"))
			}
			for _, p := range e.Where {
				row.Where = strings.TrimSpace(p.Name + " " + p.Area)
			}
		}
		u.Rows = append(u.Rows, row)
	}
	u.aside(read.Aside)
}

func (u *Upload) aside(list []*intake.RowError) {
	for _, e := range list[:min(len(list), 2*mostPreviewed)] {
		u.Aside = append(u.Aside, UploadAside{e.Line, e.Field, short(e.Value), e.Problem.Msg, e.Want})
	}
	u.Left = len(list) - len(u.Aside)
}

// Finish shows what became of the file.
func (u *Upload) Finish(done *desk.SheetDone) {
	u.Done = done
	u.aside(done.Aside)
}
