package columns

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
)

// Plain reads the same file as Scan into one table, by encoding/csv and strconv. It is
// the second opinion that Scan is tested and measured against. It fails where
// encoding/csv finds a quote out of place.
func Plain(r io.Reader, o Options) (*Table, error) {
	o = o.withDefaults()
	c := csv.NewReader(r)
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		return nil, err
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	layout, err := layoutOf(slices.Clone(header))
	if err != nil {
		return nil, err
	}
	t := &Table{Actors: On(o.Actors), MeansWords: On(o.Means)}
	n := 0
	for ; ; n++ {
		record, err := c.Read()
		if err == io.EOF {
			t.resize(n)
			return t, nil
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return nil, err
		}
		if n == t.Rows() {
			t.resize(n + n/2 + 1024)
		}
		if problem := t.plainRow(layout, record, n, err); problem != nil {
			problem.Line, _ = c.FieldPos(0)
			t.Bad = append(t.Bad, *problem)
			n--
		}
	}
}

// plainRow stores row n, or says what is wrong; short is the reader's complaint about
// the number of fields.
func (t *Table) plainRow(layout []column, record []string, n int, short error) *truce.Problem {
	if short != nil {
		return &truce.Problem{Code: "csv-columns"}
	}
	for i, col := range layout {
		if !t.plainField(col, n, record[i]) {
			return &truce.Problem{Code: "bad-value", Field: col.name()}
		}
	}
	return nil
}

func (t *Table) plainField(col column, n int, s string) (ok bool) {
	ok = true
	switch col {
	case colID:
		t.ID[n] = t.write(s)
	case colSource:
		t.Source[n] = t.write(s)
	case colText:
		t.Text[n] = t.write(s)
	case colFrom:
		t.From[n], ok = plainDay(s)
	case colTo:
		t.To[n], ok = plainDay(s)
	case colFromPrec:
		t.FromPrec[n], ok = plainPrecision(s)
	case colWherePrec:
		t.WherePrec[n], ok = plainPrecision(s)
	case colLat:
		t.Lat[n], ok = plainDegrees(s, 90e6)
	case colLon:
		t.Lon[n], ok = plainDegrees(s, 180e6)
	case colA:
		t.A[n] = t.Actors.Code(s)
	case colB:
		t.B[n] = t.Actors.Code(s)
	case colMeans:
		t.Means[n] = t.MeansWords.Code(s)
	case colDeaths:
		t.Deaths[n], ok = plainNumber(s)
	case colLow:
		t.Low[n], ok = plainNumber(s)
	case colHigh:
		t.High[n], ok = plainNumber(s)
	case colCivilians:
		t.Civilians[n], ok = plainNumber(s)
	}
	return ok
}

// write adds a text to Bytes in the spelling that String reads.
func (t *Table) write(s string) Span {
	at := len(t.Bytes)
	if strings.HasPrefix(s, `"`) {
		s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	t.Bytes = append(t.Bytes, s...)
	return span(at, len(t.Bytes))
}

func plainDay(s string) (int32, bool) {
	if s == "" {
		return Missing, true
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	seconds := d.Unix()
	return int32((seconds - (seconds%86400+86400)%86400) / 86400), true
}

func plainNumber(s string) (int32, bool) {
	if s == "" {
		return Missing, true
	}
	if len(s) > 9 {
		return 0, false
	}
	v, err := strconv.ParseUint(s, 10, 32)
	return int32(v), err == nil
}

func plainPrecision(s string) (uint8, bool) {
	if s == "" {
		return 0, true
	}
	v, ok := plainNumber(s)
	return uint8(v), ok && v >= 1 && v <= 255
}

// plainDegrees rounds in decimal: the seventh decimal decides.
func plainDegrees(s string, most int32) (int32, bool) {
	if s == "" {
		return Missing, true
	}
	s, negative := strings.CutPrefix(s, "-")
	whole, decimals, point := strings.Cut(s, ".")
	if point && decimals == "" || len(whole) > 3 || bytes.ContainsFunc([]byte(decimals), notDigit) {
		return 0, false
	}
	up := len(decimals) > 6 && decimals[6] >= '5'
	decimals = (decimals + "000000")[:6]
	v, err := strconv.ParseUint(whole+decimals, 10, 32)
	if up {
		v++
	}
	out := int32(v)
	if negative {
		out = -out
	}
	return out, err == nil && whole != "" && v <= uint64(most)
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
