package intake

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"truce"
	"truce/words"
)

// RowError is one row that could not be read. Reading goes on after it.
type RowError struct {
	// Line is where the row begins; in a workbook it is the number of the row.
	Line int
	// Field is the column (or JSON key) at fault and Value what stands there; both are
	// empty where the row as a whole is at fault.
	Field, Value string
	// Want says what was expected.
	Want string
	// Raw is the row as read, so that it can be mended and read again. Of a line that is
	// too long only the beginning is kept.
	Raw string
	// Problem says the same with the file's name and a code.
	Problem truce.Problem
}

// Error returns "file:line: field: message; expected ... [code]".
func (e *RowError) Error() string { return e.Problem.String() }

// fault is what is wrong with one field, before file and line are known.
type fault struct{ field, value, want, code, msg string }

// Error returns the message alone.
func (f *fault) Error() string { return f.field + ": " + f.msg + "; expected " + f.want }

// wrong returns a fault about the text of a field.
func wrong(code, value, want string) *fault {
	return &fault{value: value, want: want, code: code, msg: fmt.Sprintf("%q does not fit", clip(value, 80))}
}

// in names the field of a fault that has none yet.
func (f *fault) in(field string) *fault {
	if f != nil && f.field == "" {
		f.field = field
	}
	return f
}

// rowError gives a fault its place in the file.
func (f *fault) rowError(file string, line int, raw string) *RowError {
	return &RowError{
		Line: line, Field: f.field, Value: clip(f.value, 200), Want: f.want, Raw: raw,
		Problem: truce.Problem{File: file, Line: line, Field: f.field, Code: f.code,
			Msg: f.msg, Want: f.want, Value: clip(f.value, 200)},
	}
}

// clip shortens text to at most n bytes, at a rune.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// broken is an error that ends the reading of a file.
func broken(file string, line int, msg, hint string, cause error) error {
	at := file
	if line > 0 {
		at = fmt.Sprintf("%s:%d", file, line)
	}
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: hint, Err: cause}
}

// Unmatched counts the names that no actor of the register matched.
type Unmatched map[string]int

// Names returns the names, most frequent first, then by alphabet.
func (u Unmatched) Names() []string {
	out := make([]string, 0, len(u))
	for n := range u {
		out = append(out, n)
	}
	sort.Slice(out, func(i, j int) bool {
		if u[out[i]] != u[out[j]] {
			return u[out[i]] > u[out[j]]
		}
		return out[i] < out[j]
	})
	return out
}

// nearest returns the word most like w, or "" when none is close. It is meant for hints.
func nearest(w string, known []string) string {
	if len(w) > 40 {
		return ""
	}
	w = strings.ToLower(strings.NewReplacer("_", "-", " ", "-").Replace(w))
	best, least := "", 2*(len(w)/3+2)-1
	for _, o := range known {
		d := 2 * words.Edits(w, o, -1)
		if w != "" && o != "" && w[0] == o[0] { // the first letter is rarely the wrong one
			d--
		}
		if d < least {
			best, least = o, d
		}
	}
	return best
}
