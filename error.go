package truce

import (
	"fmt"
	"sort"
	"strings"
)

// Kind sorts errors by what the reader can do about them. Kinds are never renumbered.
type Kind int

// The kinds of error.
const (
	Internal    Kind = iota // a defect of the program
	Invalid                 // the input is wrong; At says where
	Denied                  // not allowed
	Absent                  // not there
	Conflict                // contradicts what is there
	Unavailable             // cannot be had now
)

// Error is an error with a place and a hint. At is file:line:column, or a field.
type Error struct {
	Kind Kind
	At   string
	Msg  string
	Hint string // what to do, or what was expected
	Err  error
}

// Error returns "at: message: cause (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	if e.At != "" {
		b.WriteString(e.At + ": ")
	}
	b.WriteString(e.Msg)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Problem is one finding in a text: where, what, and what was expected. Code is
// stable, lower case with hyphens. A Warning does not stop the text from being used.
type Problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Code    string `json:"code"`
	Msg     string `json:"message"`
	Want    string `json:"expected,omitempty"`
	Value   string `json:"value,omitempty"`
	Warning bool   `json:"warning,omitempty"`
}

// String returns "file:line:column: message: expected ... [code]".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Msg)
	if p.Want != "" {
		b.WriteString("; expected " + p.Want)
	}
	b.WriteString(" [" + p.Code + "]")
	return b.String()
}

// Problems is a list of problems. As an error it prints one a line.
type Problems []Problem

// Error joins the problems with newlines.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Fatal returns the problems that are not warnings.
func (ps Problems) Fatal() Problems {
	var out Problems
	for _, p := range ps {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

// Sort orders problems by file, line, column, code and message.
func (ps Problems) Sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Column != b.Column:
			return a.Column < b.Column
		case a.Code != b.Code:
			return a.Code < b.Code
		}
		return a.Msg < b.Msg
	})
}

// Err returns the fatal problems as an error, or nil.
func (ps Problems) Err() error {
	if f := ps.Fatal(); len(f) > 0 {
		return f
	}
	return nil
}
