package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"truce"
	"truce/access"
	"truce/intake"
)

// Sheet is a file of reports that somebody hands in, with which of its columns fill ours.
type Sheet struct {
	Name string
	Data []byte
	// Columns are the file's columns by ours. Without any, the file is in our own layout.
	Columns map[string]string
}

// MostSheetRows is how many rows of a file are taken at once; more are loaded from the command line.
const MostSheetRows = 5000

// SheetRead is what a file was taken to say.
type SheetRead struct {
	Reports []truce.Report
	Aside   []*intake.RowError
}

// SheetDone is what became of a file.
type SheetDone struct {
	Entered  int `json:"entered"`
	Repeated int `json:"repeated"` // that were in the record already
	Aside    []*intake.RowError
}

// ReadSheet reads a file as its columns say, without entering anything.
func (r *Record) ReadSheet(ctx context.Context, who access.Person, s Sheet) (*SheetRead, error) {
	if err := r.MayTake(who); err != nil {
		return nil, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, err
	}
	opts, err := o.mission.options(Source{File: s.Name}, intake.Unmatched{}, func(truce.Problem) {})
	if err != nil {
		return nil, err
	}
	if len(s.Columns) > 0 {
		var problems truce.Problems
		if opts.Mapping, problems = intake.ParseMapping("upload", s.mapping()); problems.Err() != nil {
			return nil, problems.Err()
		}
	}
	out := &SheetRead{}
	for report, err := range intake.Read(s.Name, bytes.NewReader(s.Data), opts) {
		var bad *intake.RowError
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &bad):
			out.Aside = append(out.Aside, bad)
		case err != nil:
			return nil, err
		default:
			out.Reports = append(out.Reports, report)
		}
		if len(out.Reports)+len(out.Aside) > MostSheetRows {
			return nil, &truce.Error{Kind: truce.Invalid, At: "file", Msg: "these are too many rows at once", Hint: "at most 5,000; load more with truce load"}
		}
	}
	return out, nil
}

// mapping is the sheet's mapping file. A sheet without identifiers gets them from all that is
// taken of a row, so that the same row is the same report again.
func (s Sheet) mapping() []byte {
	fields := map[string]any{}
	var all []string
	for _, ours := range sortedWords(s.Columns) {
		fields[ours] = map[string]string{"column": s.Columns[ours]}
		all = append(all, "{"+s.Columns[ours]+"}")
	}
	if fields["id"] == nil {
		fields["id"] = strings.Join(all, " ")
	}
	text, err := json.Marshal(map[string]any{"mapping": "upload", "fields": fields}) // YAML holds JSON
	if err != nil {
		return nil // texts alone; what is wrong then says so when it is parsed
	}
	return text
}

// TakeSheet enters the reports of a file. A row that is in the record already is not entered
// again; what contradicts the record is set aside.
func (r *Record) TakeSheet(ctx context.Context, who access.Person, s Sheet) (*SheetDone, error) {
	read, err := r.ReadSheet(ctx, who, s)
	if err != nil {
		return nil, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := &SheetDone{Aside: read.Aside}
	for _, report := range read.Reports {
		if s.Columns["id"] == "" && len(s.Columns) > 0 {
			nameBySaying(&report)
		}
		for i := range report.Elements {
			report.Elements[i].Incident = "" // incidents are judged by people
		}
		f := reportFields(o.mission, report)
		f["door"] = DoorUpload
		delete(f, "read_at") // the same row in another file is the same report
		done, err := r.Write(ctx, who, Act{Kind: "report.received", Submission: who.ID + "/upload/" + submission("report.received", report.ID, f), Fields: f})
		switch {
		case err != nil && kindOf(err) == truce.Conflict:
			out.Aside = append(out.Aside, &intake.RowError{Field: "id", Value: report.ID, Want: "another identifier, or a correction",
				Problem: truce.Problem{File: s.Name, Field: "id", Code: "conflict", Msg: "there is a report of this name that says something else", Want: "another identifier, or a correction", Value: report.ID}})
		case err != nil:
			return out, err
		case done[0].Repeat:
			out.Repeated++
		default:
			out.Entered++
		}
	}
	return out, nil
}

// nameBySaying gives a report an identifier made of what it says.
func nameBySaying(report *truce.Report) {
	sum := sha256.Sum256([]byte(report.ID))
	id := "U-" + strings.ToUpper(hex.EncodeToString(sum[:6]))
	for i := range report.Elements {
		report.Elements[i].ID = id + strings.TrimPrefix(report.Elements[i].ID, report.ID)
	}
	report.ID = id
}

// SheetColumns are our columns that a sheet may fill.
func SheetColumns() []string {
	return slices.DeleteFunc(intake.Columns(), func(c string) bool { return c == "incident" || c == "status" })
}
