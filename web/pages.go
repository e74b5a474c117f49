package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"truce"
)

//go:embed templates static words.en.json
var files embed.FS

// pages are the templates, each under its name, ready with the words of a language.
type pages struct {
	by     map[string]*template.Template
	static http.Handler
}

// newPages reads what is embedded. An error is a defect of the program.
func newPages() (*pages, error) {
	words, err := readWords("words.en.json")
	if err != nil {
		return nil, defect(err)
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, defect(err)
	}
	p := &pages{by: map[string]*template.Template{}, static: http.StripPrefix("/static/", http.FileServerFS(static))}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, defect(err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".html")
		t := template.New("layout.html").Option("missingkey=error").Funcs(functions(words))
		if p.by[base], err = t.ParseFS(files, "templates/layout.html", name); err != nil {
			return nil, defect(err)
		}
	}
	return p, nil
}

func defect(err error) error {
	return &truce.Error{Kind: truce.Internal, Msg: "the pages are damaged", Err: err}
}

// readWords reads a catalogue: every text that a page shows, by its name.
func readWords(name string) (map[string]string, error) {
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var words map[string]string
	return words, json.Unmarshal(text, &words)
}

// functions are what templates may call: t says a text of the catalogue.
func functions(words map[string]string) template.FuncMap {
	return template.FuncMap{
		"t": func(name string, args ...any) (string, error) {
			text, ok := words[name]
			if !ok {
				return "", fmt.Errorf("no words for %q", name)
			}
			if len(args) == 0 {
				return text, nil
			}
			return fmt.Sprintf(text, args...), nil
		},
		"known":  func(name string) bool { return words[name] != "" },
		"time":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"row":    func(kind, id string) string { return "/rows/" + url.PathEscape(kind) + "/" + url.PathEscape(id) },
		"after":  func(n int64) int64 { return n + 1 },
		"pretty": pretty,
	}
}

// pretty writes a JSON value for people: a text as it is, everything else indented.
func pretty(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return ""
	}
	return b.String()
}

// frame is what every page shows around its own.
type frame struct {
	Page     string // name of the template
	Mission  string
	Who      string // account; empty for nobody
	Reads    bool   // whoever it is may read something
	Demo     bool
	Accounts bool // there are accounts to sign in to
	View     any
}

// show writes a page. It is made whole before anything is sent.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, page string, view any) {
	text, err := s.render(r, page, view)
	if err != nil {
		of(r.Context()).refused = problem(http.StatusInternalServerError, "internal", "").because(cause(err))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func (s *site) render(r *http.Request, page string, view any) ([]byte, error) {
	v := of(r.Context())
	var b bytes.Buffer
	err := s.pages.by[page].Execute(&b, frame{page, s.Name, v.who.ID, len(v.who.Roles) > 0, s.Demo != nil, s.People != nil, view})
	return b.Bytes(), err
}

// wantsPage reports whether an answer shall be a page, for people in a browser.
func wantsPage(r *http.Request) bool {
	for _, prefix := range []string{"/api/", "/log/", "/witness/", "/metrics", "/health", "/ready"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// failPage answers a refusal as a page. Whoever only has to sign in is shown where.
func (s *site) failPage(w http.ResponseWriter, r *http.Request, p *Problem) {
	if p.Code == "sign-in" && r.Method == http.MethodGet && s.People != nil {
		w.Header().Del("WWW-Authenticate")
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	s.show(w, r, p.Status, "problem", p)
}

// staticFile serves the style sheet and the script. They change with the program only.
func (s *site) staticFile(w http.ResponseWriter, r *http.Request) {
	if is, err := fs.Stat(files, strings.TrimPrefix(r.URL.Path, "/")); err != nil || is.IsDir() {
		s.fail(w, r, nothingHere())
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	s.pages.static.ServeHTTP(w, r)
}

// local is a path of ours to go to next, or the first page: no other site can be named.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\n\r\t") {
		return "/"
	}
	return next
}

// page is a handler of a page, for somebody or also for nobody.
func (s *site) page(pattern string, anybody bool, h func(http.ResponseWriter, *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if !anybody {
			if _, err := s.person(r.Context()); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// pageRoutes lays out the pages.
func (s *site) pageRoutes() {
	s.mux.HandleFunc("GET /static/", s.staticFile)
	s.page("GET /{$}", false, s.statePage)
	s.page("GET /rows", false, s.kindsPage)
	s.page("GET /rows/{kind}", false, s.rowsPage)
	s.page("GET /rows/{kind}/{id}", false, s.rowPage)
	s.page("GET /entries", false, s.entriesPage)
	s.page("GET /entries/{n}", false, s.entryPage)
	if s.People != nil {
		s.signInRoutes()
		s.accountRoutes()
	}
}
