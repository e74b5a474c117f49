package web

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"truce"
	"truce/desk"
	"truce/intake"
	"truce/screen"
)

// tableRoute takes files of reports, which may be longer than forms.
const tableRoute = "POST /upload"

// Files wait on the shelf while somebody says what their columns mean.
const (
	sheetMost = 8 << 20 // bytes of one
	sheetsAll = 16      // at once
	sheetTime = time.Hour
)

// sheets is the shelf: files that were handed in and not entered yet, by a name that only who
// handed them in knows. It is in memory alone.
type sheets struct {
	mu sync.Mutex
	by map[string]shelved
}

type shelved struct {
	sheet desk.Sheet
	who   string
	at    time.Time
}

// put keeps a file and returns its name. The oldest goes where there is no room.
func (s *sheets) put(sheet desk.Sheet, who string, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := ""
	for name, x := range s.by {
		if now.Sub(x.at) > sheetTime {
			delete(s.by, name)
		} else if oldest == "" || x.at.Before(s.by[oldest].at) {
			oldest = name
		}
	}
	if len(s.by) >= sheetsAll {
		delete(s.by, oldest)
	}
	name := rand.Text()
	s.by[name] = shelved{sheet, who, now}
	return name
}

func (s *sheets) get(name, who string, now time.Time) (desk.Sheet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.by[name]
	return x.sheet, ok && x.who == who && now.Sub(x.at) <= sheetTime
}

// uploadRoutes are files of reports, with mapping in the browser.
func (s *site) uploadRoutes() {
	s.page("GET /upload", false, func(w http.ResponseWriter, r *http.Request) error {
		if err := s.Record.MayTake(of(r.Context()).who); err != nil {
			return err
		}
		return s.showUpload(w, r, http.StatusOK, &screen.Upload{})
	})
	s.page(tableRoute, false, s.upload)
	s.page("POST /upload/read", false, s.uploadRead)
}

func (s *site) showUpload(w http.ResponseWriter, r *http.Request, status int, v *screen.Upload) error {
	v.Most = desk.MostSheetRows
	s.showAs(w, r, status, screen.Frame{Page: "upload", Zone: s.Record.Zone(r.Context()), View: v})
	return nil
}

// upload takes a file in and shows its columns, with what they probably mean.
func (s *site) upload(w http.ResponseWriter, r *http.Request) error {
	who := of(r.Context()).who
	if err := s.Record.MayTake(who); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, sheetMost+1<<16)
	name, data, err := sheetOf(r)
	if err != nil {
		return err
	}
	columns, first, err := intake.Header(name, bytes.NewReader(data), 3)
	if err != nil {
		return s.showUpload(w, r, http.StatusUnprocessableEntity, &screen.Upload{Bad: problemWords(err)})
	}
	sheet := desk.Sheet{Name: name, Data: data}
	v := screen.NewUpload(name, columns, first, desk.SheetColumns())
	sheet.Columns = v.Columns()
	v.Token = s.sheets.put(sheet, who.ID, s.Now())
	return s.preview(w, r, sheet, v)
}

// sheetOf reads the file of a form.
func sheetOf(r *http.Request) (name string, data []byte, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, badForm(err)
	}
	for {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil {
			return "", nil, orNoFile(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			data, err = io.ReadAll(part)
			return cleanName(part.FileName()), data, err
		}
	}
}

func orNoFile(err error) error {
	if errors.Is(err, io.EOF) {
		return invalid("file", "there is no file", "a table, a workbook or GeoJSON")
	}
	return badForm(err)
}

// cleanName is a file's name without folders and without what is no text.
func cleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if len(name) > 100 {
		name = name[len(name)-100:]
	}
	return name
}

// preview shows how the first rows will be read.
func (s *site) preview(w http.ResponseWriter, r *http.Request, sheet desk.Sheet, v *screen.Upload) error {
	read, err := s.Record.ReadSheet(r.Context(), of(r.Context()).who, sheet)
	if p := problemOf(orNil(err)); err != nil && p.Status >= 500 {
		return err
	}
	if err != nil {
		v.Bad = problemWords(err)
		return s.showUpload(w, r, http.StatusUnprocessableEntity, v)
	}
	v.Preview(read)
	return s.showUpload(w, r, http.StatusOK, v)
}

func orNil(err error) error {
	if err == nil {
		return nothingHere()
	}
	return err
}

// problemWords are what is wrong with a file, for whoever handed it in.
func problemWords(err error) string {
	var e *truce.Error
	var list truce.Problems
	switch {
	case errors.As(err, &list) && len(list) > 0:
		return list[0].Msg + "; " + list[0].Want
	case errors.As(err, &e):
		return e.Msg + "; " + e.Hint
	}
	return ""
}

// uploadRead reads the file again by other columns, enters it, or hands out what was set aside.
func (s *site) uploadRead(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	who := of(r.Context()).who
	sheet, ok := s.sheets.get(r.PostForm.Get("token"), who.ID, s.Now())
	if !ok {
		return invalid("token", "the file is not here any more", "hand it in again")
	}
	columns, first, err := intake.Header(sheet.Name, bytes.NewReader(sheet.Data), 3)
	if err != nil {
		return err
	}
	v := screen.NewUpload(sheet.Name, columns, first, desk.SheetColumns())
	v.Token = r.PostForm.Get("token")
	for i := range v.Fields {
		theirs := r.PostForm.Get("to_" + v.Fields[i].Ours)
		if theirs != "" && !slices.Contains(columns, theirs) {
			return invalid("to_"+v.Fields[i].Ours, "the file has no such column", "one of its columns")
		}
		v.Fields[i].Theirs = theirs
	}
	sheet.Columns = v.Columns()
	switch r.PostForm.Get("step") {
	case "save":
		done, err := s.Record.TakeSheet(r.Context(), who, sheet)
		if err != nil {
			return err
		}
		of(r.Context()).did("file entered")
		v.Finish(done)
		return s.showUpload(w, r, http.StatusOK, v)
	case "aside":
		read, err := s.Record.ReadSheet(r.Context(), who, sheet)
		if err != nil {
			return err
		}
		return sendAside(w, read.Aside)
	}
	return s.preview(w, r, sheet, v)
}

// sendAside hands out the rows that were set aside, each with why.
func sendAside(w http.ResponseWriter, list []*intake.RowError) error {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	_ = c.Write([]string{"line", "field", "value", "what is wrong", "expected"}) // memory takes everything
	for _, e := range list {
		_ = c.Write([]string{strconv.Itoa(e.Line), e.Field, spreadsheetSafe(e.Value), e.Problem.Msg, e.Want})
	}
	c.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="set-aside.csv"`)
	_, err := w.Write(b.Bytes())
	return err
}

// spreadsheetSafe keeps a value from being taken for a formula.
func spreadsheetSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
