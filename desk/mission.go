// Package desk puts the steps together: it opens a mission's folder, reads its record,
// has it judged and adds up what came out. [Open] and [Mission.Check] are what most
// callers need. The rules themselves live in the packages it calls.
package desk

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
	"truce/actors"
	"truce/calm"
	"truce/geo"
	"truce/intake"
	"truce/mappings"
	"truce/terms"
	"truce/vault"
)

// MissionFile is the name of the file that makes a folder a mission.
const MissionFile = "mission.yaml"

// Mission is one ceasefire and the people who watch it: a folder with agreements, a
// register, places, records and mappings.
type Mission struct {
	Dir   string
	ID    string
	Title string
	// Zone is the mission's; a reporting day starts there at Cut after midnight.
	Zone *time.Location
	Cut  time.Duration
	// From and To bound the days that are charted, both included; zero is the record's own.
	From, To   time.Time
	Agreements []*terms.Agreement
	Book       terms.Book
	Records    []Source
	Limits     []string
	Sources    []string
	Outline    []byte // GeoJSON
	Areas      []byte // GeoJSON drawn on maps
	// Coarse is the level of area below which no place is published; see geo.Coarsen.
	Coarse int

	// Stages are those of a case with how long it may stand in each; Measures the steps after a
	// finding, in their order. Both have defaults.
	Stages   []Stage
	Measures []string
	// Sealing are the people to whom who a source is can be sealed at the door.
	Sealing []vault.Recipient

	shelf     shelf
	register  *actors.Register
	atlas     *geo.Atlas
	published sync.Mutex            // guards coarse
	coarse    map[string]geo.Extent // places as published, by extent
	files     []string
}

// Files lists the files that the mission was read from, its records left out.
func (m *Mission) Files() []string { return slices.Clone(m.files) }

// Source is a file of records with how to read it.
type Source struct {
	File    string
	Mapping string // a file, the name of a built-in mapping, or empty for our own layout
}

// missionFile is mission.yaml.
type missionFile struct {
	Mission    string   `yaml:"mission"`
	Title      string   `yaml:"title"`
	Zone       string   `yaml:"zone"`
	Day        string   `yaml:"day"`
	From       string   `yaml:"from"`
	To         string   `yaml:"to"`
	Agreements []string `yaml:"agreements"`
	Register   string   `yaml:"register"`
	Places     []string `yaml:"places"`
	Records    []struct {
		File    string `yaml:"file"`
		Mapping string `yaml:"mapping"`
	} `yaml:"records"`
	Entries  string      `yaml:"entries"`
	Outline  string      `yaml:"outline"`
	Areas    string      `yaml:"areas"`
	Coarse   int         `yaml:"publish_level"`
	Limits   []string    `yaml:"limits"`
	Sources  []string    `yaml:"sources"`
	Stages   []stageFile `yaml:"stages"`
	Measures []string    `yaml:"measures"`
	Sealing  []struct {
		Person string `yaml:"person"`
		Key    string `yaml:"key"`
	} `yaml:"sealing"`
}

// entriesFile holds what was declared and judged.
type entriesFile struct {
	Moments []struct {
		Agreement string `yaml:"agreement"`
		Moment    string `yaml:"moment"`
		At        string `yaml:"at"`
		By        string `yaml:"by"`
	} `yaml:"moments"`
	Judgments []struct {
		Agreement string `yaml:"agreement"`
		Clause    string `yaml:"clause"`
		By        string `yaml:"by"`
		At        string `yaml:"at"`
		Says      string `yaml:"says"`
		Note      string `yaml:"note"`
	} `yaml:"judgments"`
}

// OpenOptions change what a mission says of itself.
type OpenOptions struct {
	Agreements []string // instead of the mission's, when not empty
	Places     []string // boundary files beside the mission's
}

// shelf is where a mission's files are read: a folder on disk, or a record that keeps them.
type shelf struct {
	read func(path string) ([]byte, error)
	// beside reads a file that stands beside another and is named by it; it may not lie
	// outside that one's folder.
	beside func(path, name string) ([]byte, error)
}

// onDisk reads a folder on disk.
func onDisk() shelf {
	return shelf{read: ReadFile, beside: func(path, name string) ([]byte, error) {
		root, err := os.OpenRoot(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return root.ReadFile(name)
	}}
}

// Open reads a mission's folder. Problems that are not warnings come as the error.
func Open(dir string, o OpenOptions) (*Mission, truce.Problems, error) {
	return openIn(onDisk(), dir, o)
}

func openIn(in shelf, dir string, o OpenOptions) (*Mission, truce.Problems, error) {
	var f missionFile
	path := filepath.Join(dir, MissionFile)
	if err := readYAML(in, path, &f); err != nil {
		return nil, nil, err
	}
	m := &Mission{shelf: in, Dir: dir, ID: f.Mission, Title: f.Title, Limits: f.Limits, Sources: f.Sources, Coarse: f.Coarse, atlas: geo.NewAtlas(), coarse: map[string]geo.Extent{}}
	if m.ID == "" || f.Zone == "" {
		return nil, nil, &truce.Error{Kind: truce.Invalid, At: path, Msg: "mission: or zone: is missing", Hint: "mission: NAME and zone: an IANA time zone"}
	}
	if err := m.setTime(f, path); err != nil {
		return nil, nil, err
	}
	if m.Coarse == 0 {
		m.Coarse = 2
	}
	if err := m.setWork(f, path); err != nil {
		return nil, nil, err
	}
	for _, s := range f.Sealing {
		m.Sealing = append(m.Sealing, vault.Recipient{Name: s.Person, Key: s.Key})
	}
	version := sha256.New()
	if err := m.loadPlaces(append(m.paths(f.Places...), o.Places...), version); err != nil {
		return nil, nil, err
	}
	problems, err := m.loadRegister(f.Register, version)
	if err != nil {
		return nil, problems, err
	}
	if err := m.loadEntries(f.Entries, version); err != nil {
		return nil, problems, err
	}
	m.Book.Register, m.Book.Atlas, m.Book.Version = m.register, m.atlas, hex.EncodeToString(version.Sum(nil))
	files := m.paths(f.Agreements...)
	if len(o.Agreements) > 0 {
		files = o.Agreements
	}
	more, err := m.loadAgreements(files)
	problems = append(problems, more...)
	if err != nil {
		return nil, problems, err
	}
	if err := m.checkEntries(m.path(f.Entries)); err != nil {
		return nil, problems, err
	}
	m.files = append(append([]string{path, m.path(f.Register), m.path(f.Entries), m.path(f.Outline), m.path(f.Areas)}, m.paths(f.Places...)...), append(files, o.Places...)...)
	for _, r := range f.Records {
		s := Source{m.path(r.File), r.Mapping}
		if _, builtin := mappings.Builtin(r.Mapping); r.Mapping != "" && !builtin {
			s.Mapping = m.path(r.Mapping)
		}
		m.Records = append(m.Records, s)
	}
	for _, x := range []struct {
		name string
		to   *[]byte
	}{{f.Outline, &m.Outline}, {f.Areas, &m.Areas}} {
		if x.name == "" {
			continue
		}
		if *x.to, err = in.read(m.path(x.name)); err != nil {
			return nil, problems, err
		}
	}
	return m, problems, nil
}

func (m *Mission) setTime(f missionFile, path string) error {
	zone, err := truce.Zone(path, f.Zone)
	if err != nil {
		return err
	}
	m.Zone = zone
	if f.Day != "" {
		t, err := time.Parse("15:04", f.Day)
		if err != nil {
			return &truce.Error{Kind: truce.Invalid, At: path, Msg: fmt.Sprintf("day: %q is not an hour", f.Day), Hint: "the hour at which a reporting day starts, such as 00:00 or 19:30"}
		}
		m.Cut = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	for _, x := range []struct {
		text string
		to   *time.Time
	}{{f.From, &m.From}, {f.To, &m.To}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = time.ParseInLocation(time.DateOnly, x.text, zone); err != nil {
			return &truce.Error{Kind: truce.Invalid, At: path, Msg: fmt.Sprintf("%q is not a day", x.text), Hint: "a day such as 2016-02-27"}
		}
	}
	return nil
}

// path is a file of the mission.
func (m *Mission) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(m.Dir, name)
}

func (m *Mission) paths(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, m.path(n))
	}
	return out
}

func (m *Mission) loadPlaces(files []string, version io.Writer) error {
	for _, name := range files {
		text, err := m.shelf.read(name)
		if err != nil {
			return err
		}
		version.Write(text)
		if err := m.atlas.Load(filepath.Base(strings.TrimSuffix(name, ".gz")), bytes.NewReader(text)); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mission) loadRegister(name string, version io.Writer) (truce.Problems, error) {
	text := []byte("register: 1\nzone: UTC\nactors: []\n")
	if name != "" {
		var err error
		if text, err = m.shelf.read(m.path(name)); err != nil {
			return nil, err
		}
	}
	version.Write(text)
	r, problems := actors.Parse(name, text)
	if err := problems.Err(); err != nil {
		return problems, err
	}
	m.register = r
	return problems, nil
}

func (m *Mission) loadAgreements(files []string) (truce.Problems, error) {
	var all truce.Problems
	for _, name := range files {
		a, problems, err := m.shelf.agreement(name)
		all = append(all, problems...)
		if err != nil {
			return all, err
		}
		for _, had := range m.Agreements {
			if had.ID == a.ID {
				return all, &truce.Error{Kind: truce.Conflict, At: name, Msg: fmt.Sprintf("agreement %s is loaded already", a.ID), Hint: "each agreement once"}
			}
		}
		m.Agreements = append(m.Agreements, a)
	}
	return all, nil
}

// OpenAgreement reads an agreement file; files that it names stand beside it and may not
// lie outside its folder.
func OpenAgreement(name string) (*terms.Agreement, truce.Problems, error) {
	return onDisk().agreement(name)
}

func (in shelf) agreement(name string) (*terms.Agreement, truce.Problems, error) {
	text, err := in.read(name)
	if err != nil {
		return nil, nil, err
	}
	a, problems := terms.Parse(filepath.ToSlash(filepath.Clean(name)), text, func(other string) ([]byte, error) { return in.beside(name, other) })
	return a, problems, problems.Err()
}

func (m *Mission) loadEntries(name string, version io.Writer) error {
	if name == "" {
		return nil
	}
	path := m.path(name)
	var f entriesFile
	if err := readYAML(m.shelf, path, &f); err != nil {
		return err
	}
	text, err := m.shelf.read(path)
	if err != nil {
		return err
	}
	version.Write(text)
	for _, e := range f.Moments {
		t, err := m.instant(e.At, path, e.Moment)
		if err != nil {
			return err
		}
		m.Book.Moments = append(m.Book.Moments, terms.Declared{Agreement: e.Agreement, Moment: e.Moment, At: t, By: e.By})
	}
	for _, e := range f.Judgments {
		t, err := m.instant(e.At, path, e.Clause)
		if err != nil {
			return err
		}
		m.Book.Judgments = append(m.Book.Judgments, terms.Judgment{Agreement: e.Agreement, Clause: e.Clause, By: e.By, At: t, Says: e.Says, Note: e.Note})
	}
	return nil
}

// checkEntries refuses entries about what the loaded agreements do not have. Those about
// other agreements wait.
func (m *Mission) checkEntries(path string) error {
	find := func(id string) *terms.Agreement {
		for _, a := range m.Agreements {
			if a.ID == id {
				return a
			}
		}
		return nil
	}
	bad := func(msg, hint string) error {
		return &truce.Error{Kind: truce.Invalid, At: path, Msg: msg, Hint: hint}
	}
	for _, e := range m.Book.Moments {
		if a := find(e.Agreement); a != nil {
			if _, ok := a.Moments[e.Moment]; !ok {
				return bad(fmt.Sprintf("%s has no moment %q", e.Agreement, e.Moment), "one of "+strings.Join(sortedWords(a.Moments), ", "))
			}
		}
	}
	for _, e := range m.Book.Judgments {
		if a := find(e.Agreement); a != nil {
			if c := a.Clause(e.Clause); c == nil || c.Kind != terms.Calm {
				return bad(fmt.Sprintf("%s has no calm clause %q", e.Agreement, e.Clause), "the id of a calm clause")
			}
		}
		if !slices.Contains(calm.Words(), calm.Word(e.Says)) {
			return bad(fmt.Sprintf("a judgment on %s says %q", e.Clause, e.Says), "satisfied, not satisfied, hold, resume or reset")
		}
	}
	return nil
}

func (m *Mission) instant(text, path, what string) (time.Time, error) {
	t, err := terms.ParseTime(text, m.Zone)
	if err != nil {
		return t, &truce.Error{Kind: truce.Invalid, At: path, Msg: what + ": " + err.Error(), Hint: "a time such as 2016-09-12 19:00"}
	}
	return t, nil
}

// MaxFile is the size beyond which a mission's own file is refused.
const MaxFile = 256 << 20

// ReadFile reads a file whole, undoing gzip.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fileError(name, err)
		}
		r = z
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		return nil, fileError(name, err)
	case len(text) > MaxFile:
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the file is too large", Hint: fmt.Sprintf("at most %d bytes", MaxFile)}
	}
	return text, nil
}

// fileError says in plain words what is wrong with a file.
func fileError(name string, err error) error {
	kind := truce.Unavailable
	if errors.Is(err, fs.ErrNotExist) {
		kind = truce.Absent
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &truce.Error{Kind: kind, At: name, Msg: "cannot be read", Err: err}
}

var lineOf = regexp.MustCompile(`(?:line |L)(\d+)(?:(?:, column |\.C)(\d+))?`)

// yamlText takes what only a programmer needs out of the library's messages.
var yamlText = strings.NewReplacer("yaml: ", "", " in type desk.missionFile", "", " in type desk.entriesFile", "", "construct errors:", "", "\n", " ")

// readYAML reads a small file into a struct; a key that it does not have is an error.
func readYAML(in shelf, name string, into any) error {
	text, err := in.read(name)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if err := yaml.Load(text, into, yaml.WithKnownFields()); err != nil {
		at := name
		if n := lineOf.FindStringSubmatch(err.Error()); n != nil {
			at += ":" + n[1]
			if n[2] != "" {
				at += ":" + n[2]
			}
		}
		return &truce.Error{Kind: truce.Invalid, At: at, Msg: yamlText.Replace(err.Error()), Hint: "see docs/missions.md"}
	}
	return nil
}

// options are how a source is read.
func (m *Mission) options(s Source, unmatched intake.Unmatched, warn func(truce.Problem)) (intake.Options, error) {
	o := intake.Options{Zone: m.Zone, Acts: truce.Acts(), Means: truce.MeansTree(), Unmatched: unmatched, Warn: warn,
		Names: m.register.Resolve, Area: m.area}
	for _, a := range m.Agreements {
		for _, p := range sortedWords(a.Acts) {
			o.Acts.Add(p, a.Acts[p]...)
		}
		for _, p := range sortedWords(a.Means) {
			o.Means.Add(p, a.Means[p]...)
		}
	}
	if s.Mapping == "" {
		return o, nil
	}
	text, builtin := mappings.Builtin(s.Mapping)
	if !builtin {
		var err error
		if text, err = ReadFile(s.Mapping); err != nil {
			var e *truce.Error
			if errors.As(err, &e) && e.Kind == truce.Absent {
				e.Hint = "a mapping file, or one of " + strings.Join(mappings.Names(), ", ")
			}
			return o, err
		}
	}
	mapping, problems := intake.ParseMapping(s.Mapping, text)
	o.Mapping = mapping
	return o, problems.Err()
}

func sortedWords[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// area finds a code by name, only where one area fits.
func (m *Mission) area(name string, level int) (string, bool) {
	if found := m.atlas.Find(name, level); len(found) == 1 {
		return found[0].Code, true
	}
	return "", false
}

// day is the reporting day that a moment belongs to, as the civil day it starts on.
func (m *Mission) day(t time.Time) string {
	return t.In(m.Zone).Add(-m.Cut).Format(time.DateOnly)
}
