package intake

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Header returns the names of the columns of a table, in their order, and the first rows under
// them, at most so many. What is no table, such as GeoJSON, has no columns.
func Header(name string, r io.Reader, rows int) (columns []string, first [][]string, err error) {
	b, err := plain(r)
	if err != nil {
		return nil, nil, cut(name, 0, err)
	}
	head, err := b.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, cut(name, 0, err)
	}
	f := newFile(name, Options{})
	records := xlsxRecords(name, b, "")
	if !strings.HasPrefix(string(head), "PK\x03\x04") {
		b = utf8Text(b)
		head, _ = b.Peek(4096)
		if format(name, head) != "csv" {
			return nil, nil, nil
		}
		records = csvRecords(f.lines(b), 0)
	}
	for rec, err := range records {
		switch {
		case err != nil:
			return columns, first, err
		case columns == nil:
			if _, err := f.header(rec); err != nil && f.columns == nil {
				return nil, nil, err
			}
			columns = f.columns
		case len(first) == rows:
			return columns, first, nil
		case rec.bad == nil:
			first = append(first, slices.Clone(rec.cells))
		}
	}
	return columns, first, nil
}
