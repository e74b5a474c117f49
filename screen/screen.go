// Package screen is what people see: the templates of the pages, their words in every
// language, days and numerals as people write them, and drawings. It decides nothing and
// fetches nothing; package web hands it what a person may see.
//
// [New] reads what is embedded and [Set.Render] makes one page. A page is a template in
// pages/, its words stand in words/LANGUAGE/, one file for a group of pages, and every
// language must have them all. Days are reporting days of the mission's zone, written
// 2016-08-26 between programs; instants are shown in the mission's zone, named.
package screen

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"truce"
)

//go:embed pages static words all:dist
var files embed.FS

// Frame is what stands around every page. Templates call it "$".
type Frame struct {
	Page     string // name of the template
	Mission  string
	Who      string // account; empty for nobody
	Reads    bool   // whoever it is may read something
	Demo     bool
	Accounts bool // there are accounts to sign in to
	// Path and Query are the address that was asked.
	Path  string
	Query url.Values
	// AsOf is the state asked for, as asked; empty for now. Entries is how many entries are
	// known in what is shown, 0 where that does not matter, and Recorded when the last of
	// them was recorded.
	AsOf     string
	Entries  int64
	Recorded time.Time
	// Zone is the mission's; nil is UTC.
	Zone *time.Location
	// Portion says which part of a large record is shown; nil where it is the whole.
	Portion *Part
	View    any

	words *Words
	set   *Set
}

// Set is all pages in all languages. A page is read when it is first made: most desks show few
// of them.
type Set struct {
	by     map[Lang]map[string]func() (*template.Template, error)
	words  map[Lang]*Words
	assets map[string]string
}

// New reads what is embedded. An error is a defect of the program.
func New() (*Set, error) {
	s := &Set{by: map[Lang]map[string]func() (*template.Template, error){}, words: map[Lang]*Words{}, assets: map[string]string{}}
	if text, err := files.ReadFile("dist/manifest.json"); err == nil { // the islands may not be built
		if err := json.Unmarshal(text, &s.assets); err != nil {
			return nil, defect(err)
		}
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, defect(err)
	}
	for _, lang := range Langs() {
		w, err := readWords(lang)
		if err != nil {
			return nil, defect(err)
		}
		s.words[lang], s.by[lang] = w, map[string]func() (*template.Template, error){}
		for _, name := range names {
			s.by[lang][strings.TrimSuffix(path.Base(name), ".html")] = sync.OnceValues(func() (*template.Template, error) {
				t := template.New("layout.html").Option("missingkey=error").Funcs(functions(w))
				return t.ParseFS(files, "pages/layout.html", "pages/parts.html", name)
			})
		}
	}
	return s, nil
}

func defect(err error) error {
	return &truce.Error{Kind: truce.Internal, Msg: "the pages are damaged", Err: err}
}

// Files are what pages refer to: /static/NAME and /dist/NAME.
func Files() fs.FS { return files }

// Words returns the words of a language.
func (s *Set) Words(lang Lang) *Words { return s.words[lang] }

// Has reports whether there is a page of that name.
func (s *Set) Has(page string) bool { return s.by[English][page] != nil }

// Render makes a page whole before anything of it is sent.
func (s *Set) Render(lang Lang, f Frame) ([]byte, error) {
	f.words, f.set = s.words[lang], s
	read := s.by[lang][f.Page]
	if read == nil {
		return nil, &truce.Error{Kind: truce.Internal, At: f.Page, Msg: "there is no such page"}
	}
	t, err := read()
	if err != nil {
		return nil, defect(err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, f)
	return b.Bytes(), err
}

// To is an address of ours in the state that is shown: the path with names and values, and
// as_of where an earlier state was asked. Empty values are left out.
func (f Frame) To(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if f.AsOf != "" && q.Get("as_of") == "" {
		q.Set("as_of", f.AsOf)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// With is the address of this page with some values of it changed; an empty value takes the
// name out. Where a list was read page by page, it starts anew.
func (f Frame) With(pairs ...string) string {
	q := url.Values{}
	for name, values := range f.Query {
		q[name] = values
	}
	q.Del("after")
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return f.Path
	}
	return f.Path + "?" + q.Encode()
}

// Asset is the address of an island or font, by its plain name; empty where it is not built.
func (f Frame) Asset(name string) string {
	if hashed := f.set.assets[name]; hashed != "" {
		return "/dist/" + hashed
	}
	return ""
}

// Lang is the language of the page.
func (f Frame) Lang() Lang { return f.words.Lang }

// Others are the languages that the page can be switched to.
func (f Frame) Others() []Lang {
	var out []Lang
	for _, l := range Langs() {
		if l != f.words.Lang {
			out = append(out, l)
		}
	}
	return out
}

// At is an instant in the mission's zone, with the zone's name.
func (f Frame) At(t time.Time) string { return f.words.Instant(t, f.Zone) }

// Section is the part of the desk that the page belongs to.
func (f Frame) Section() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "/"), "/")
	switch first {
	case "":
		return "situation"
	case "day", "days":
		return "days"
	case "rows", "entries", "record":
		return "record"
	}
	return first
}
