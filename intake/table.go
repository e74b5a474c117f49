package intake

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"truce"
)

// layout fills our columns from the cells of one row, or says what is wrong with them.
type layout func(cells []string, out *row) *fault

// table turns records, the first of which is the header, into reports.
func (f *file) table(records iter.Seq2[record, error]) iter.Seq2[truce.Report, error] {
	return func(yield func(truce.Report, error) bool) {
		var fill layout
		first := true
		for rec, err := range records {
			if err == nil && fill == nil {
				if fill, err = f.header(rec); err == nil {
					continue
				}
			}
			if err != nil {
				yield(truce.Report{}, err)
				return
			}
			if first && tags(rec.cells) {
				first = false
				continue
			}
			first = false
			if !f.tableRow(fill, rec, yield) {
				return
			}
		}
		if fill == nil {
			yield(truce.Report{}, broken(f.name, 0, "the file is empty", "a line with the names of the columns", nil))
		}
	}
}

// header reads the names of the columns.
func (f *file) header(rec record) (layout, error) {
	if rec.bad != nil {
		return nil, broken(f.name, rec.line, "the header cannot be read: "+rec.bad.msg, "expected "+rec.bad.want, nil)
	}
	names := make([]string, len(rec.cells))
	for i, c := range rec.cells {
		names[i] = strings.TrimSpace(c)
		if names[i] != "" && slices.Contains(names[:i], names[i]) {
			return nil, broken(f.name, rec.line, fmt.Sprintf("the column %q stands twice", clip(names[i], 60)), "give each column its own name", nil)
		}
	}
	f.columns = names
	bind := f.own
	if f.o.Mapping != nil {
		bind = f.mapped
	}
	fill, msg, hint := bind(names)
	if msg != "" {
		return nil, broken(f.name, rec.line, msg, hint, nil)
	}
	return fill, nil
}

// own binds a header in our own layout. Columns whose names begin with x_ are passed over.
func (f *file) own(names []string) (fill layout, msg, hint string) {
	ours := Columns()
	at := make([]int, len(names))
	for i, n := range names {
		at[i] = slices.Index(ours, n)
		if at[i] < 0 && n != "" && !strings.HasPrefix(n, "x_") {
			hint = "columns are " + strings.Join(ours, ", ")
			if near := nearest(strings.ReplaceAll(n, "_", "-"), ours); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, fmt.Sprintf("our layout has no column %q", clip(n, 60)), hint + "; begin the name with x_ to have it passed over, or read the file with a mapping"
		}
	}
	for _, need := range []column{colID, colFrom} {
		if !slices.Contains(at, int(need)) {
			return nil, fmt.Sprintf("the column %q is missing", ours[need]), "our layout needs at least id and from"
		}
	}
	return func(cells []string, out *row) *fault {
		for i, c := range cells {
			if at[i] >= 0 {
				c = strings.TrimSpace(c)
				out[at[i]] = cell{text: c, field: names[i], value: c}
			}
		}
		return nil
	}, "", ""
}

// tags reports whether cells are a row of HXL tags, which may stand below the header.
func tags(cells []string) bool {
	some := false
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" && !strings.HasPrefix(c, "#") {
			return false
		} else if c != "" {
			some = true
		}
	}
	return some
}

// tableRow yields the report of one record; false ends the reading.
func (f *file) tableRow(fill layout, rec record, yield func(truce.Report, error) bool) bool {
	bad := rec.bad
	var rep truce.Report
	if bad == nil {
		t := taker{file: f, row: new(row)}
		if bad = fill(rec.cells, t.row); bad == nil {
			rep, bad = t.report(fmt.Sprintf("%s:%d", f.name, rec.line))
		}
		if bad == nil {
			if bad = f.accept(&rep, rec.line); bad != nil && t.row[colID].field != "" {
				bad.field = t.row[colID].field
			}
		}
		if bad == nil {
			f.check(&rep, rec)
		}
	}
	if bad != nil {
		return yield(truce.Report{}, bad.rowError(f.name, rec.line, rec.raw))
	}
	return yield(rep, nil)
}
