package intake

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Limits for workbooks, which are compressed and may be made to swell.
const (
	mostWorkbook = 256 << 20 // bytes of the file
	mostUnzipped = 1 << 30   // bytes it unpacks to
	mostXML      = 16 << 20  // bytes of one part held in memory; more goes through a temporary file
)

// xlsxRecords yields the rows of a sheet, the header first. No name means the first sheet.
func xlsxRecords(name string, r io.Reader, sheet string) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		limited := &io.LimitedReader{R: r, N: mostWorkbook + 1}
		book, err := excelize.OpenReader(limited, excelize.Options{UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostXML, RawCellValue: true})
		switch {
		case limited.N == 0:
			err = broken(name, 0, "the workbook is too large", fmt.Sprintf("at most %d bytes; save the sheet as CSV", mostWorkbook), nil)
		case err != nil:
			err = broken(name, 0, "the workbook cannot be opened", "is the file whole, and without a password?", err)
		}
		if err != nil {
			yield(record{}, err)
			return
		}
		defer book.Close()
		if err := sheetRecords(name, book, sheet, yield); err != nil {
			yield(record{}, err)
		}
	}
}

func sheetRecords(name string, book *excelize.File, sheet string, yield func(record, error) bool) error {
	if sheet == "" {
		if all := book.GetSheetList(); len(all) > 0 {
			sheet = all[0]
		}
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return broken(name, 0, fmt.Sprintf("the sheet %q cannot be read", sheet), "sheets are "+strings.Join(book.GetSheetList(), ", "), err)
	}
	defer rows.Close()
	s := sheetReader{epoch1904: epoch1904(book)}
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return broken(name, n, "the workbook is damaged", "", err)
		}
		if rec, some := s.record(n, cells); some && !yield(rec, nil) {
			return nil
		}
	}
	if err := rows.Error(); err != nil {
		return broken(name, 0, "the workbook is damaged", "", err)
	}
	return nil
}

func epoch1904(book *excelize.File) bool {
	p, err := book.GetWorkbookProps()
	return err == nil && p.Date1904 != nil && *p.Date1904
}

// sheetReader remembers which columns hold times: a workbook keeps dates as numbers.
type sheetReader struct {
	width     int
	times     []bool
	epoch1904 bool
}

// record makes a record of the cells of row n; false when they are all blank.
func (s *sheetReader) record(n int, cells []string) (record, bool) {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return record{}, false
	}
	if s.width == 0 {
		s.width = len(cells)
		for _, c := range cells {
			s.times = append(s.times, timeColumn(c))
		}
	}
	rec := record{line: n, raw: csvLine(cells)}
	if len(cells) > s.width {
		rec.bad = &fault{code: "field-count", msg: fmt.Sprintf("the row has %d fields", len(cells)), want: fmt.Sprintf("at most %d, as in the header", s.width)}
		return rec, true
	}
	rec.cells = make([]string, s.width)
	for i, c := range cells {
		if rec.cells[i] = c; s.times[i] {
			rec.cells[i] = s.date(c)
		}
	}
	return rec, true
}

// timeColumn tells by its name whether a column holds times.
func timeColumn(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	return name == "from" || name == "to" || strings.Contains(name, "date") && !strings.Contains(name, "prec")
}

// date turns a serial number of days into a date or a time; other text stays as it is.
func (s *sheetReader) date(text string) string {
	x, ok := number(text)
	if !ok || x < 10_000 || x > 2_000_000 {
		return text
	}
	t, err := excelize.ExcelDateToTime(x, s.epoch1904)
	if err != nil {
		return text
	}
	t = t.Round(time.Second)
	switch {
	case x == float64(int64(x)):
		return t.Format("2006-01-02")
	case t.Second() == 0:
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("2006-01-02 15:04:05")
}

// csvLine writes cells as one line of CSV.
func csvLine(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells)
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
