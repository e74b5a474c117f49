// Package scenario holds cases that were worked out by hand against the engine. A file of
// cases is a txtar archive that a negotiator can read: a small mission (agreements, register,
// places, record) and, under "expect", what should come out of it, a line for each thing:
//
//	HC-T1  strike-1  sy-coh-2016-02/G2  NV  NV-TIME
//
// [Run] sets the mission up, has it judged as any mission is, and gives one [Row] for each
// line: what was wanted, what was got. docs/scenarios.md is the reference.
//
// The package also has the few nouns that cases speak of and a single verdict does not:
// an [Incident] with its toll and the origins of its reports, and a [Finding].
package scenario

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"truce"
	"truce/desk"
	"truce/terms"
)

// Row is one line of expectations with what came of it.
type Row struct {
	// Case is the label the line starts with, such as "HC-T1".
	Case string
	// At is file:line.
	At string
	// Of is what the line speaks of: "strike-1 sy-coh-2016-02/G2".
	Of string
	// Want and Got are in the words of the file. They are equal when the line holds.
	Want, Got string
	// Table is what somebody else's table wants where this file disagrees with it; empty
	// when it does not.
	Table string
	// Verdict is what was judged, where the line is about one.
	Verdict truce.Verdict
}

// Holds reports whether what was wanted came out.
func (r Row) Holds() bool { return r.Want == r.Got }

// String returns "at: case: of: want, got".
func (r Row) String() string {
	s := fmt.Sprintf("%s: %s: %s: want %s", r.At, r.Case, r.Of, r.Want)
	if !r.Holds() {
		s += ", got " + r.Got
	}
	if r.Table != "" {
		s += " (the table says " + r.Table + ")"
	}
	return s
}

// Result is what a file of cases gave.
type Result struct {
	Name string
	Rows []Row
}

// Failed lists the rows that do not hold.
func (r Result) Failed() []Row {
	return slices.DeleteFunc(slices.Clone(r.Rows), Row.Holds)
}

// Expect is the name of the parts of a file that hold expectations.
const Expect = "expect"

// Run runs a file of cases. Files that its mission names and that it does not hold are
// looked for in beside, in order (the folder of the file, the shipped agreements). Errors
// are truce.Error or truce.Problems with file and line. It writes to a temporary folder
// only, and leaves nothing there.
func Run(ctx context.Context, name string, text []byte, beside ...fs.FS) (Result, error) {
	dir, err := os.MkdirTemp("", "scenario")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	s := &stage{name: name, dir: dir, beside: beside}
	result := Result{Name: name}
	for _, part := range parts(txtar.Parse(text), text) {
		if part.Name != Expect {
			if err := s.put(part); err != nil {
				return result, err
			}
			continue
		}
		lines, err := parseLines(name, part.line, string(part.Data))
		if err != nil {
			return result, err
		}
		if err := s.check(ctx); err != nil {
			return result, s.plain(err)
		}
		if err := s.aside(lines); err != nil {
			return result, err
		}
		for _, l := range lines {
			row, err := s.row(l)
			if err != nil {
				return result, err
			}
			result.Rows = append(result.Rows, row)
		}
	}
	if result.Rows == nil {
		return result, &truce.Error{Kind: truce.Invalid, At: name, Msg: "nothing is expected", Hint: "a part -- expect --"}
	}
	return result, nil
}

// Unpack sets the mission of a file of cases up in a folder, as it stands before the first
// expectations, with all that it names: to open, check and look at like any mission.
func Unpack(dir, name string, text []byte, beside ...fs.FS) error {
	s := &stage{name: name, dir: dir, beside: beside}
	for _, part := range parts(txtar.Parse(text), text) {
		if part.Name == Expect {
			break
		}
		if err := s.put(part); err != nil {
			return err
		}
	}
	return s.fetch()
}

// part is one file of an archive with the line its text starts on.
type part struct {
	txtar.File
	line int
}

// parts finds the line of each file, which txtar does not keep.
func parts(a *txtar.Archive, text []byte) []part {
	var out []part
	lines := strings.Split(string(text), "\n")
	at := 0
	for _, f := range a.Files {
		for at < len(lines) && strings.TrimRight(lines[at], "\r") != "-- "+f.Name+" --" {
			at++
		}
		at++
		out = append(out, part{f, at + 1})
	}
	return out
}

// stage is the mission as it stands at one point of the file.
type stage struct {
	name     string
	dir      string
	beside   []fs.FS
	mission  *desk.Mission
	result   *desk.Result
	verdicts map[[2]string]truce.Verdict // by element and "agreement/clause"
	findings []Finding
	repeats  map[string]string
}

// put writes a file of the archive into the mission's folder.
func (s *stage) put(p part) error {
	if !fs.ValidPath(p.Name) {
		return &truce.Error{Kind: truce.Invalid, At: fmt.Sprintf("%s:%d", s.name, p.line-1), Msg: fmt.Sprintf("%q is not a file name", p.Name), Hint: "a path inside the mission, such as places/road.geojson"}
	}
	file := filepath.Join(s.dir, filepath.FromSlash(p.Name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, p.Data, 0o644)
}

// check opens the mission as it stands and has its record judged.
func (s *stage) check(ctx context.Context) error {
	if err := s.fetch(); err != nil {
		return err
	}
	m, _, err := desk.Open(s.dir, desk.OpenOptions{})
	if err != nil {
		return err
	}
	s.mission, s.verdicts = m, map[[2]string]truce.Verdict{}
	s.result, err = m.Check(ctx, desk.CheckOptions{Each: func(e *truce.Element, v truce.Verdict) error {
		s.verdicts[[2]string{e.ID, v.Agreement + "/" + v.Clause}] = v
		return nil
	}})
	if err != nil {
		return err
	}
	return s.notes()
}

// aside refuses a record with rows that cannot be read, unless the lines count them.
func (s *stage) aside(lines []line) error {
	counted := func(l line) bool { return l.words[0] == "count" && l.words[1] == "set-aside" }
	if len(s.result.SetAside) == 0 || slices.ContainsFunc(lines, counted) {
		return nil
	}
	return s.plain(s.result.SetAside[0])
}

// fetch copies what the mission names and the file does not hold.
func (s *stage) fetch() error {
	text, err := os.ReadFile(filepath.Join(s.dir, desk.MissionFile))
	if err != nil {
		return &truce.Error{Kind: truce.Absent, At: s.name, Msg: "there is no " + desk.MissionFile, Hint: "a part -- " + desk.MissionFile + " --"}
	}
	names := named(text)
	for len(names) > 0 {
		n := names[0]
		names = names[1:]
		file := filepath.Join(s.dir, filepath.FromSlash(n))
		if _, err := os.Stat(file); err == nil || !fs.ValidPath(n) {
			continue
		}
		for _, from := range s.beside {
			data, err := fs.ReadFile(from, n)
			if err != nil {
				continue
			}
			if err := s.put(part{File: txtar.File{Name: n, Data: data}}); err != nil {
				return err
			}
			for _, more := range named(data) {
				names = append(names, path.Join(path.Dir(n), more))
			}
			break
		}
	}
	return nil
}

// named lists the words of a YAML text that look like names of files.
func named(text []byte) []string {
	var out []string
	for _, line := range strings.Split(string(text), "\n") {
		if at := strings.Index(line, "#"); at >= 0 {
			line = line[:at]
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r[]{},:\"'", r) }) {
			switch path.Ext(word) {
			case ".yaml", ".geojson", ".csv":
				out = append(out, word)
			}
		}
	}
	return out
}

// plain names the file of cases in an error instead of the folder it was unpacked to.
func (s *stage) plain(err error) error {
	if text := err.Error(); strings.Contains(text, s.dir) {
		return &truce.Error{Kind: truce.Invalid, At: s.name, Msg: strings.ReplaceAll(strings.ReplaceAll(text, s.dir+string(filepath.Separator), ""), s.dir, ".")}
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// judge returns the judge of an agreement with one of its clauses.
func (s *stage) judge(clause string) (*terms.Judge, *terms.Clause) {
	agreement, id, _ := strings.Cut(clause, "/")
	for _, j := range s.result.Judges {
		if j.Agreement().ID == agreement {
			return j, j.Agreement().Clause(id)
		}
	}
	return nil, nil
}

// instant reads a time of the file in the mission's zone.
func (s *stage) instant(text string) (time.Time, error) { return terms.ParseTime(text, s.mission.Zone) }
