package reading

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"truce"
)

// MaxBytes is the most that a file may hold.
const MaxBytes = 32 << 20

// Paper is one account in a file: a text, an article of a page, an entry of a feed.
type Paper struct {
	Account
	Text string
	// Pages are the offsets in Text at which the pages of a PDF begin.
	Pages []int
	// Notes say where the date and the outlet come from, and what is missing.
	Notes []string
}

// Open makes accounts of a file: plain text, an HTML page, an RSS or Atom feed, or a PDF, told
// apart by what they hold. What a says of date, zone, outlet and title goes before what the
// file says of itself; nothing is guessed.
func Open(name string, r io.Reader, a Account) ([]Paper, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: name, Msg: "cannot be read", Err: err}
	}
	if len(data) > MaxBytes {
		return nil, bad(name, fmt.Sprintf("holds more than %d MB", MaxBytes>>20), "one account, or a feed, in a file; cut it up")
	}
	a.At = name
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, bad(name, "is empty", "a text")
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return openPDF(name, data, a)
	case isFeed(data):
		return openFeed(name, data, a)
	case isPage(data):
		return openPage(name, data, a)
	}
	return openPlain(name, data, a)
}

func bad(at, msg, hint string) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: hint}
}

// head is the beginning of a file without space and byte order mark, in lower case.
func head(data []byte) string {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	return strings.ToLower(string(data[:min(len(data), 1024)]))
}

func isPage(data []byte) bool {
	h := head(data)
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<p "} {
		if strings.HasPrefix(h, tag) {
			return true
		}
	}
	return strings.HasPrefix(h, "<") && strings.Contains(h, "<html")
}

func isFeed(data []byte) bool {
	h := head(data)
	return strings.HasPrefix(h, "<") && (strings.Contains(h, "<rss") || strings.Contains(h, "<feed") || strings.Contains(h, "<rdf:rdf"))
}

func openPlain(name string, data []byte, a Account) ([]Paper, error) {
	text, err := Clean(name, data)
	if err != nil {
		return nil, err
	}
	return []Paper{paper(text, a)}, nil
}

// Clean returns the text that spans point into: valid UTF-8, line ends as one byte, without
// byte order mark, control characters and soft hyphens.
func Clean(name string, data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", bad(place(name, data, i), "is no text: a byte is zero", "UTF-8; a document of an office program must be saved as text or PDF")
	}
	if i := invalid(data); i >= 0 {
		return "", bad(place(name, data, i), fmt.Sprintf("byte %#x is not UTF-8", data[i]), "convert the file to UTF-8")
	}
	text := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\u00ad' || c == '\ufeff' {
			return -1
		}
		return c
	}, strings.ReplaceAll(string(data), "\r\n", "\n"))
	if strings.TrimSpace(text) == "" {
		return "", bad(name, "holds no text", "an account in words")
	}
	return text, nil
}

// invalid returns where bytes are not UTF-8, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		c, n := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// place names file, line and column of a byte.
func place(name string, data []byte, i int) string {
	line := bytes.Count(data[:i], []byte("\n")) + 1
	return fmt.Sprintf("%s:%d:%d", name, line, i-bytes.LastIndexByte(data[:i], '\n'))
}

// paper is an account with a note of what is missing.
func paper(text string, a Account, notes ...string) Paper {
	p := Paper{Account: a, Text: text, Notes: notes}
	if a.Date.IsZero() {
		p.Notes = append(p.Notes, "no date: relative times stay open; give one with --date")
	}
	if a.Outlet == "" {
		p.Notes = append(p.Notes, "no outlet: give one with --outlet")
	}
	return p
}

// found fills in what a file says of itself, where nobody said otherwise.
func (a *Account) found(date time.Time, outlet, title, where string) (notes []string) {
	if a.Date.IsZero() && !date.IsZero() {
		a.Date = date
		notes = append(notes, "date "+date.In(a.zone()).Format(time.DateOnly)+" "+where)
	}
	if outlet = strings.TrimSpace(outlet); a.Outlet == "" && outlet != "" {
		a.Outlet = outlet
		notes = append(notes, "outlet "+outlet+" "+where)
	}
	if a.Title == "" {
		a.Title = strings.TrimSpace(title)
	}
	return notes
}
