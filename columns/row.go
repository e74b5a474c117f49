package columns

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"truce"
)

// parser reads the rows of a block into a table.
type parser struct {
	layout []column
	t      *Table
	b      []byte // the block, then padding
	end    int    // of the block
	line   int    // the number of the block's first line
	fields []Span
}

// The padding behind a block: newlines, so that every search ends, and enough of them
// for reads of eight bytes.
const padding = 32

// longestRow is the longest row that is read; a quote that is never closed would
// otherwise swallow the rest of the file.
const longestRow = 1 << 20

// parse reads all rows of the block and returns where the last row begins that the
// block does not hold to its end. If the block is final there is no such row.
func (p *parser) parse(final bool) int {
	n, i := 0, 0
	for i < p.end {
		if n == p.t.Rows() {
			p.t.resize(n + n/2 + 1024)
		}
		if next := p.quick(i, n); next > 0 {
			i = next
			n++
			continue
		}
		next, ok := p.careful(i, n, final)
		if next < 0 {
			break
		}
		i = next
		if ok {
			n++
		}
	}
	p.t.resize(n)
	return i
}

// quick reads the row that begins at i if it is spelled in the usual way, and returns
// where the next one begins, or 0 for one that needs a careful look.
func (p *parser) quick(i, n int) int {
	b, t := p.b, p.t
	last := len(p.layout) - 1
	for c, col := range p.layout {
		j, ok := i, true
		switch col {
		case colFrom:
			t.From[n], ok = tenDay(binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint16(b[i+8:]))
			j = i + 10
		case colTo:
			t.To[n], ok = tenDay(binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint16(b[i+8:]))
			j = i + 10
		case colLat:
			t.Lat[n], j, ok = sixDecimals(b, i, 90e6)
		case colLon:
			t.Lon[n], j, ok = sixDecimals(b, i, 180e6)
		case colFromPrec:
			t.FromPrec[n], j, ok = oneDigit(b, i)
		case colWherePrec:
			t.WherePrec[n], j, ok = oneDigit(b, i)
		case colA:
			t.A[n], j = wordFrom(t.Actors, b, i)
		case colB:
			t.B[n], j = wordFrom(t.Actors, b, i)
		case colMeans:
			t.Means[n], j = wordFrom(t.MeansWords, b, i)
		case colDeaths:
			t.Deaths[n], j = digitsFrom(b, i)
		case colLow:
			t.Low[n], j = digitsFrom(b, i)
		case colHigh:
			t.High[n], j = digitsFrom(b, i)
		case colCivilians:
			t.Civilians[n], j = digitsFrom(b, i)
		default:
			j = p.text(i)
			p.put(col, n, span(i, p.trimmed(i, j)))
		}
		if !ok {
			return 0
		}
		if c == last {
			return p.lineEnd(j, col)
		}
		if b[j] != ',' {
			return 0
		}
		i = j + 1
	}
	return 0
}

// lineEnd returns where the next row begins when the row's last field ends at j with a
// newline inside the block, or 0.
func (p *parser) lineEnd(j int, col column) int {
	if p.b[j] == '\r' {
		j++
	}
	if p.b[j] != '\n' || j >= p.end {
		return 0
	}
	if word := col == colA || col == colB || col == colMeans; word && p.b[j-1] == '\r' {
		return 0 // the word was read with the carriage return
	}
	return j + 1
}

// put stores a span in the column it belongs to.
func (p *parser) put(col column, n int, s Span) {
	switch col {
	case colID:
		p.t.ID[n] = s
	case colSource:
		p.t.Source[n] = s
	case colText:
		p.t.Text[n] = s
	}
}

func oneDigit(b []byte, i int) (uint8, int, bool) {
	v := b[i] - '0'
	return v, i + 1, v >= 1 && v <= 9
}

// text returns where the text that begins at i ends. A text that is not well quoted
// ends at a quote, which no field may.
func (p *parser) text(i int) int {
	if p.b[i] != '"' {
		return nextSpecial(p.b, i)
	}
	for j := i + 1; ; j += 2 {
		k := bytes.IndexByte(p.b[j:p.end], '"')
		if k < 0 {
			return i
		}
		if j += k; p.b[j+1] != '"' {
			return j + 1
		}
	}
}

// careful reads the row that begins at i whatever its spelling. It returns where the
// next row begins, or -1 if the block does not hold the row to its end; and whether the
// row was accepted. A row that is not accepted is added to the bad ones.
func (p *parser) careful(i, n int, final bool) (next int, ok bool) {
	next, problem := p.split(i)
	if next < 0 && !final && p.end-i <= longestRow {
		return -1, false
	}
	if next < 0 || next-i > longestRow {
		problem = &truce.Problem{Code: "csv-quote", Msg: "a quote is not closed, or the row is longer than 1 MiB",
			Want: "a quote at the end of the field"}
		next = p.nextLine(i)
	}
	if problem == nil && next-i <= 2 && blank(p.b[i:next]) {
		return next, false
	}
	if problem == nil {
		problem = p.store(n)
	}
	if problem != nil {
		problem.Line = p.line + bytes.Count(p.b[:i], []byte{'\n'})
		p.t.Bad = append(p.t.Bad, *problem)
	}
	return next, problem == nil
}

func blank(row []byte) bool { return row[0] == '\n' || row[0] == '\r' && row[len(row)-1] == '\n' }

// nextLine returns where the line behind the one at i begins. After a broken quote
// reading goes on there, so that one stray quote costs one line.
func (p *parser) nextLine(i int) int {
	if k := bytes.IndexByte(p.b[i:p.end], '\n'); k >= 0 {
		return i + k + 1
	}
	return p.end
}

// split finds the fields of the row that begins at i and returns where the next row
// begins, or -1 if the block ends before.
func (p *parser) split(i int) (next int, problem *truce.Problem) {
	p.fields = p.fields[:0]
	for {
		j := p.text(i)
		if j == i && p.b[i] == '"' {
			return -1, nil
		}
		if p.b[j] == '\r' && p.b[j+1] == '\n' { // behind a quoted field
			j++
			p.fields = append(p.fields, span(i, j-1))
		} else {
			p.fields = append(p.fields, span(i, p.trimmed(i, j)))
		}
		switch {
		case j >= p.end:
			return -1, nil
		case p.b[j] == '\n':
			return j + 1, nil
		case p.b[j] != ',' && bytes.IndexByte(p.b[j:p.end], '\n') < 0:
			return -1, nil
		case p.b[j] != ',':
			return p.nextLine(j), &truce.Problem{Code: "csv-quote", Msg: "a quote stands inside a field",
				Want: "a field with quotes to be quoted as a whole, its quotes doubled"}
		}
		i = j + 1
	}
}

// trimmed is where the field i..j ends without the carriage return before a newline.
func (p *parser) trimmed(i, j int) int {
	if p.b[j] == '\n' && j > i && p.b[j-1] == '\r' {
		return j - 1
	}
	return j
}

// store writes the split fields into row n, or says what is wrong with them.
func (p *parser) store(n int) *truce.Problem {
	if len(p.fields) != len(p.layout) {
		return &truce.Problem{Code: "csv-columns", Msg: fmt.Sprintf("the row has %d fields", len(p.fields)),
			Want: fmt.Sprintf("%d, as many as the header", len(p.layout))}
	}
	for c, col := range p.layout {
		s := p.fields[c]
		raw := p.b[s.At() : s.At()+s.Len()]
		if len(raw) > 0 && raw[0] == '"' {
			raw = []byte(unquote(raw))
		}
		if !p.t.set(col, n, raw) {
			return &truce.Problem{Field: col.name(), Code: "bad-value", Msg: "not understood", Want: col.wants(),
				Value: string(raw[:min(len(raw), 40)])}
		}
		p.put(col, n, s)
	}
	return nil
}

// set stores a field's text, without quotes, in row n and reports whether it is valid.
func (t *Table) set(col column, n int, b []byte) (ok bool) {
	ok = true
	switch col {
	case colFrom:
		t.From[n], ok = day(b)
	case colTo:
		t.To[n], ok = day(b)
	case colFromPrec:
		t.FromPrec[n], ok = precision(b)
	case colLat:
		t.Lat[n], ok = degrees(b, 90e6)
	case colLon:
		t.Lon[n], ok = degrees(b, 180e6)
	case colWherePrec:
		t.WherePrec[n], ok = precision(b)
	case colA:
		t.A[n] = t.Actors.Code(string(b))
	case colB:
		t.B[n] = t.Actors.Code(string(b))
	case colMeans:
		t.Means[n] = t.MeansWords.Code(string(b))
	case colDeaths:
		t.Deaths[n], ok = number(b)
	case colLow:
		t.Low[n], ok = number(b)
	case colHigh:
		t.High[n], ok = number(b)
	case colCivilians:
		t.Civilians[n], ok = number(b)
	}
	return ok
}
