// Package columns keeps incidents as columns in memory, and judges them in bulk.
//
// [Scan] reads a CSV file of incidents into blocks of a [Table], on one or more cores
// and in memory that does not grow with the file; [PlaceIndex] tells which zones hold a
// point; [Planes] tells which clauses a row meets, may meet or does not meet. Each is
// fast, and each has a plain version that it is tested against.
//
// Units: days are civil days counted from 1970-01-01; coordinates are WGS 84 in
// micro-degrees; distances are geodesic, in metres. What a row does not say is Missing,
// code 0 of a dictionary, or precision 0; it is never a number.
package columns

import (
	"bytes"
	"math"
	"strings"

	"truce"
)

// Missing stands for a day, a coordinate or a count that the row does not give.
const Missing int32 = math.MinInt32

// Span is a stretch of a table's Bytes: where it starts, and how long it is.
type Span uint64

// longestSpan bounds the length of a span; offsets have the remaining 40 bits.
const longestSpan = 1<<24 - 1

func span(from, to int) Span { return Span(from)<<24 | Span(to-from) }

// At is where the span starts.
func (s Span) At() int { return int(s >> 24) }

// Len is how many bytes it has.
func (s Span) Len() int { return int(s & longestSpan) }

// Table holds incidents, one a row; row i is element i of every column.
type Table struct {
	// ID, Source and Text are as written in Bytes, quotes included; use Table.String.
	ID, Source, Text []Span
	// From and To are the first and last civil day, both included.
	From, To []int32
	// FromPrec and WherePrec are the precision codes of the day and of the place; 0 is missing.
	FromPrec, WherePrec []uint8
	Lat, Lon            []int32
	// A, B and Means are codes of the dictionaries below; 0 is unknown.
	A, B, Means []uint32
	// Deaths is the best number, Low and High its bounds, Civilians those among them.
	Deaths, Low, High, Civilians []int32

	// Actors and MeansWords say what the codes mean.
	Actors, MeansWords *Dict
	// Bytes is what the spans point into.
	Bytes []byte
	// Bad holds the rows that were set aside, by line: what is wrong and what was expected.
	Bad []truce.Problem
}

// Rows is the number of rows.
func (t *Table) Rows() int { return len(t.ID) }

// String returns what a span holds, without CSV quotes.
func (t *Table) String(s Span) string { return unquote(t.Bytes[s.At() : s.At()+s.Len()]) }

func unquote(b []byte) string {
	if len(b) < 2 || b[0] != '"' {
		return string(b)
	}
	b = bytes.ReplaceAll(b[1:len(b)-1], []byte("\r\n"), []byte("\n"))
	return strings.ReplaceAll(string(b), `""`, `"`)
}

// Append copies the rows of u behind those of t. Words that t does not know yet get
// their codes in the order of the rows, so that the outcome does not depend on who read u.
// The dictionaries of t must have been made on the same base as those of u.
func (t *Table) Append(u *Table) {
	t.ID = t.keep(t.ID, u, u.ID)
	t.Source = t.keep(t.Source, u, u.Source)
	t.Text = t.keep(t.Text, u, u.Text)
	t.From, t.To = append(t.From, u.From...), append(t.To, u.To...)
	t.FromPrec, t.WherePrec = append(t.FromPrec, u.FromPrec...), append(t.WherePrec, u.WherePrec...)
	t.Lat, t.Lon = append(t.Lat, u.Lat...), append(t.Lon, u.Lon...)
	for i := range u.A {
		t.A = append(t.A, t.Actors.take(u.Actors, u.A[i]))
		t.B = append(t.B, t.Actors.take(u.Actors, u.B[i]))
		t.Means = append(t.Means, t.MeansWords.take(u.MeansWords, u.Means[i]))
	}
	t.Deaths, t.Low = append(t.Deaths, u.Deaths...), append(t.Low, u.Low...)
	t.High, t.Civilians = append(t.High, u.High...), append(t.Civilians, u.Civilians...)
	t.Bad = append(t.Bad, u.Bad...)
}

func (t *Table) keep(to []Span, u *Table, from []Span) []Span {
	for _, s := range from {
		at := len(t.Bytes)
		t.Bytes = append(t.Bytes, u.Bytes[s.At():s.At()+s.Len()]...)
		to = append(to, span(at, len(t.Bytes)))
	}
	return to
}

// resize sets the length of every column to n; the rows that stay keep their values.
func (t *Table) resize(n int) {
	t.ID, t.Source, t.Text = sized(t.ID, n), sized(t.Source, n), sized(t.Text, n)
	t.From, t.To = sized(t.From, n), sized(t.To, n)
	t.FromPrec, t.WherePrec = sized(t.FromPrec, n), sized(t.WherePrec, n)
	t.Lat, t.Lon = sized(t.Lat, n), sized(t.Lon, n)
	t.A, t.B, t.Means = sized(t.A, n), sized(t.B, n), sized(t.Means, n)
	t.Deaths, t.Low = sized(t.Deaths, n), sized(t.Low, n)
	t.High, t.Civilians = sized(t.High, n), sized(t.Civilians, n)
}

func sized[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	out := make([]T, n, n+n/4)
	copy(out, s)
	return out
}
