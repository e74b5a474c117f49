package intake

import (
	"fmt"
	"io"
	"iter"
	"strings"
)

// record is one row of a table: its cells, or what is wrong with it.
type record struct {
	line  int
	cells []string
	raw   string
	bad   *fault
}

// csvReader reads records of CSV. After a damaged row (a quote opened and never closed, say)
// it goes on at the next line that is a record with the right number of fields.
type csvReader struct {
	lines
	sep   byte
	width int // number of fields, from the header; 0 before it
}

// csvRecords yields the records of a CSV text, the header first. sep 0 means that the
// header tells: comma, semicolon or tab.
func csvRecords(l lines, sep byte) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		c := &csvReader{lines: l, sep: sep}
		for {
			rec, err := c.record()
			if err == io.EOF {
				return
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// record returns the next record; blank lines are passed over.
func (c *csvReader) record() (record, error) {
	first, err := c.next()
	for err == nil && !first.long && strings.TrimSpace(first.text) == "" {
		first, err = c.next()
	}
	if err != nil {
		return record{}, err
	}
	if c.sep == 0 {
		c.sep = separator(first.text)
	}
	block, size := []line{first}, 0
	p := csvParser{sep: c.sep, cells: make([]string, 0, c.width)}
	for {
		ln := block[len(block)-1]
		size += len(ln.text) + 1
		f := c.feed(&p, ln, size)
		if f != nil {
			return c.damaged(block, f)
		}
		if !p.open {
			return c.whole(block, p.cells)
		}
		more, err := c.next()
		if err == io.EOF {
			return c.unclosed(block)
		}
		if err != nil {
			return record{}, err
		}
		block = append(block, more)
	}
}

// feed gives the parser one more line of a record.
func (c *csvReader) feed(p *csvParser, ln line, size int) *fault {
	if ln.long || size > c.max+1 {
		return tooLong(c.max)
	}
	return p.feed(ln.text)
}

// whole returns a record that is complete, if it has the right number of fields.
func (c *csvReader) whole(block []line, cells []string) (record, error) {
	if c.width == 0 {
		c.width = len(cells)
	}
	if len(cells) != c.width {
		return c.damaged(block, &fault{code: "field-count", want: fmt.Sprintf("%d fields, as in the header", c.width),
			msg: fmt.Sprintf("the row has %d fields", len(cells))})
	}
	return record{line: block[0].n, cells: cells, raw: joined(block)}, nil
}

// damaged gives back the lines after the damage and returns the rest as a bad record.
func (c *csvReader) damaged(block []line, f *fault) (record, error) {
	j := c.resume(block)
	if j == 0 {
		j = len(block)
		if f.code == "bad-quote" && j > 1 {
			j-- // the line at which the quote closed may begin a record of several lines
		}
	}
	for i := len(block) - 1; i >= j; i-- {
		c.back = append(c.back, block[i])
	}
	return record{line: block[0].n, raw: joined(block[:j]), bad: f}, nil
}

// unclosed handles a quote still open when the file ends: if good rows follow, it was a
// stray quote; if none do, the file is cut.
func (c *csvReader) unclosed(block []line) (record, error) {
	if c.resume(block) == 0 {
		return record{}, broken(c.file, block[0].n, "the file ends inside quotes that open in this row",
			"fetch the whole file again, or close the quote", io.ErrUnexpectedEOF)
	}
	return c.damaged(block, &fault{code: "bad-quote", msg: "a quote is opened and never closed", want: `a closing "`})
}

// resume returns the index of the first line after the first that is a good record by
// itself, or 0.
func (c *csvReader) resume(block []line) int {
	for j := 1; j < len(block); j++ {
		p := csvParser{sep: c.sep}
		if !block[j].long && p.feed(block[j].text) == nil && !p.open && len(p.cells) == c.width && c.width > 1 {
			return j
		}
	}
	return 0
}

func joined(block []line) string {
	if len(block) == 1 {
		return block[0].text
	}
	texts := make([]string, len(block))
	for i, ln := range block {
		texts[i] = ln.text
	}
	return strings.Join(texts, "\n")
}

// separator returns the one of comma, semicolon and tab that the header has most of
// outside quotes.
func separator(header string) byte {
	best, most := byte(','), 0
	for _, sep := range []byte{',', ';', '\t'} {
		n, quoted := 0, false
		for i := range len(header) {
			switch {
			case header[i] == '"':
				quoted = !quoted
			case header[i] == sep && !quoted:
				n++
			}
		}
		if n > most {
			best, most = sep, n
		}
	}
	return best
}

// csvParser takes one record line by line.
type csvParser struct {
	sep    byte
	cells  []string
	quoted strings.Builder // the quoted field begun on an earlier line
	open   bool            // a quote is open at the end of the line
}

// feed parses one more line of the record.
func (p *csvParser) feed(s string) *fault {
	if p.open {
		p.quoted.WriteByte('\n')
		rest, f := p.quotedField(s)
		if f != nil || p.open {
			return f
		}
		if rest == "" {
			return nil
		}
		s = rest[1:]
	}
	for {
		var f *fault
		var done bool
		if s, done, f = p.field(s); done || f != nil {
			return f
		}
	}
}

// field takes the field at the start of s and returns what follows its separator.
func (p *csvParser) field(s string) (rest string, done bool, f *fault) {
	if strings.HasPrefix(s, `"`) {
		rest, f = p.quotedField(s[1:])
		if f != nil || p.open || rest == "" {
			return "", true, f
		}
		return rest[1:], false, nil
	}
	cell, rest, more := strings.Cut(s, string(rune(p.sep)))
	if i := strings.IndexByte(cell, '"'); i >= 0 {
		return "", true, &fault{value: cell, code: "bad-quote", msg: "a quote stands inside a field that is not quoted",
			want: `quotes around the whole field, and "" for a quote inside it`}
	}
	p.cells = append(p.cells, cell)
	return rest, !more, nil
}

// quotedField takes text up to the closing quote; rest is "" or begins with the separator.
func (p *csvParser) quotedField(s string) (rest string, f *fault) {
	p.open = true
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			p.quoted.WriteString(s)
			return "", nil
		}
		p.quoted.WriteString(s[:i])
		s = s[i+1:]
		if strings.HasPrefix(s, `"`) {
			p.quoted.WriteByte('"')
			s = s[1:]
			continue
		}
		p.open = false
		p.cells = append(p.cells, p.quoted.String())
		p.quoted.Reset()
		if s != "" && s[0] != p.sep {
			return "", &fault{value: clip(s, 80), code: "bad-quote", msg: "text follows a closing quote",
				want: `a separator after a closing quote, and "" for a quote inside`}
		}
		return s, nil
	}
}
