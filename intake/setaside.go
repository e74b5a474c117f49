package intake

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
)

// SetAside writes the rows that could not be read to a CSV file with the columns file,
// line, field, value, expected, message, raw. The file appears only when Close is
// called and only if there was such a row; until then the rows are in a file of another
// name beside it, so that nobody takes half of it for the whole.
type SetAside struct {
	path string
	temp *os.File
	csv  *csv.Writer
	n    int
}

// NewSetAside returns a SetAside that will write to path. Nothing is created yet.
func NewSetAside(path string) *SetAside { return &SetAside{path: path} }

// Count returns how many rows were added.
func (s *SetAside) Count() int { return s.n }

// Add writes one row.
func (s *SetAside) Add(e *RowError) error {
	if s.temp == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.n++
	p := e.Problem
	return s.csv.Write([]string{p.File, strconv.Itoa(e.Line), e.Field, e.Value, e.Want, p.Msg, e.Raw})
}

func (s *SetAside) begin() error {
	f, err := os.CreateTemp(filepath.Dir(s.path), "."+filepath.Base(s.path)+".*.part")
	if err != nil {
		return err
	}
	s.temp, s.csv = f, csv.NewWriter(f)
	return s.csv.Write([]string{"file", "line", "field", "value", "expected", "message", "raw"})
}

// Close finishes the file and gives it its name. Without a row it does nothing.
func (s *SetAside) Close() error {
	if s.temp == nil {
		return nil
	}
	f := s.temp
	s.temp = nil
	s.csv.Flush()
	err := s.csv.Error()
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), s.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Discard throws away what was written, as when reading ended with an error and is to
// be repeated. After Close it does nothing.
func (s *SetAside) Discard() {
	if s.temp != nil {
		s.temp.Close()
		os.Remove(s.temp.Name())
		s.temp = nil
	}
}
