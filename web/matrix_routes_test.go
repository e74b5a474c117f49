package web

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"truce/access"
	"truce/record"
)

// Patterns of the routes that show rows.
const (
	routeRows     = "GET /api/v1/rows/{kind}"
	routeRow      = "GET /api/v1/rows/{kind}/{id}"
	routeHistory  = "GET /api/v1/rows/{kind}/{id}/history"
	routeCounts   = "GET /api/v1/counts/{kind}"
	routeExport   = "GET /api/v1/exports/{kind}"
	routeVerdicts = "GET /api/v1/verdicts"
	routeEntry    = "GET /api/v1/entries/{n}"
	routeReceipt  = "GET /api/v1/entries/{n}/receipt"
	routeFile     = "GET /api/v1/attachments/{sha256}"
	pageRows      = "GET /rows/{kind}"
	pageRow       = "GET /rows/{kind}/{id}"
	pageEntries   = "GET /entries"
	pageEntry     = "GET /entries/{n}"
	pageIncident  = "GET /incidents/{id}"
)

// questions are all that one person asks of the record.
func (m *matrix) questions(x *asker) iter.Seq[question] {
	return func(yield func(question) bool) {
		for _, list := range []iter.Seq[question]{m.ofKinds(x), m.ofRows(x), m.ofEntries(x), m.ofDays(x), m.ofTerms(x), m.ofSituation(x), m.ofRead(x), m.ofWork(x), m.ofTake(x), m.ofAll(x)} {
			for q := range list {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// of are the stored rows of a kind; those of today or all versions.
func (m *matrix) of(kind string, now bool) []stored {
	return slices.DeleteFunc(slices.Clone(m.rows), func(r stored) bool { return r.kind != kind || now && !r.now })
}

// ofKinds are the questions about lists.
func (m *matrix) ofKinds(x *asker) iter.Seq[question] {
	return func(yield func(question) bool) {
		for i, kind := range access.Kinds() {
			turn := (i+len(x.name)+int(m.phase))%2 == 0 // lists on one database, files on the other
			now, ever := m.of(kind, true), m.of(kind, false)
			listed := func() map[int]bool { return m.granted(x.who, access.List, now) }
			before := func() map[int]bool { return m.granted(x.who, access.List, ever) }
			taken := func() map[int]bool { return m.granted(x.who, access.Export, now) }
			api, page := "/api/v1/rows/"+kind, "/rows/"+kind
			list := []question{
				{route: routeRows, path: api + "?limit=1000", may: listed, whole: true, always: turn},
				{route: routeRows, path: api + "?limit=2&newest=true", may: listed},
				{route: routeRows, path: api + "?limit=3", may: listed},
				{route: routeRows, path: api + "?limit=1000&as_of=" + strconv.Itoa(len(m.entries)-3), may: before},
				{route: routeRows, path: api + "?limit=1000&box=36,36,38,38&from=2016-01-01T00:00:00Z", may: listed},
				{route: routeRows, path: api + "?limit=1000&text=canary*", may: listed},
				{route: routeCounts, path: "/api/v1/counts/" + kind, may: nothing},
				{route: routeExport, path: "/api/v1/exports/" + kind + "?format=json", may: taken, whole: true, always: !turn},
				{route: routeExport, path: "/api/v1/exports/" + kind + "?format=csv", may: taken, whole: true},
				{route: routeExport, path: "/api/v1/exports/" + kind + "?format=geojson", may: taken, whole: true},
				{route: routeExport, path: "/api/v1/exports/" + kind + "?format=json&box=36,36,38,38", may: taken},
				{route: routeExport, path: "/api/v1/exports/" + kind + "?format=json&as_of=" + strconv.Itoa(len(m.entries)-3), may: func() map[int]bool { return m.granted(x.who, access.Export, ever) }},
				{route: pageRows, path: page, may: listed},
				{route: pageRows, path: page + "?newest=1&text=canary*", may: listed},
			}
			for _, q := range list {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// ofRows are the questions about each row.
func (m *matrix) ofRows(x *asker) iter.Seq[question] {
	return func(yield func(question) bool) {
		incident := sync.OnceValue(func() map[int]bool { return m.beside(x) })
		for _, r := range m.rows {
			if !r.now {
				continue
			}
			versions := slices.DeleteFunc(m.of(r.kind, false), func(v stored) bool { return v.id != r.id })
			read := func() map[int]bool { return m.granted(x.who, access.Read, []stored{r}) }
			ever := func() map[int]bool { return m.granted(x.who, access.Read, versions) }
			verdicts := func() map[int]bool { return m.granted(x.who, access.List, m.of("element", false)) }
			id := url.PathEscape(r.kind) + "/" + url.PathEscape(r.id)
			list := []question{
				{route: routeRow, path: "/api/v1/rows/" + id, may: read, whole: true},
				{route: routeRow, path: "/api/v1/rows/" + id + "?as_of=" + strconv.Itoa(len(m.entries)-3), may: ever},
				{route: routeHistory, path: "/api/v1/rows/" + id + "/history", may: ever, whole: true},
				{route: pageRow, path: "/rows/" + id, may: ever},
			}
			switch r.kind {
			case "attachment":
				list = append(list, question{route: routeFile, path: "/api/v1/attachments/" + r.id, may: nothing})
			case "element":
				list = append(list, question{route: routeVerdicts, path: "/api/v1/verdicts?element=" + r.id, may: verdicts})
			}
			if r.kind == "element" || r.kind == "incident" || r.kind == "report" {
				path := "/incidents/" + url.PathEscape(r.id)
				list = append(list, question{route: pageIncident, path: path, may: incident},
					question{route: pageIncident, path: path + "?lang=ar&as_of=" + strconv.Itoa(len(m.entries)-3), may: incident})
			}
			for _, q := range list {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// beside are the canaries that a page about an incident may show somebody: of rows of the kinds
// that it shows, and of the entries that made them.
func (m *matrix) beside(x *asker) map[int]bool {
	out := map[int]bool{}
	for _, kind := range []string{"incident", "element", "report", "finding", "contact", "request", "attachment", "claim", "hypothesis"} {
		for _, do := range []access.Action{access.List, access.Read} {
			maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
		}
	}
	maps.Copy(out, m.anyDisclosed(x))
	return out
}

// anyDisclosed are the canaries that receipts of all entries may show somebody together.
func (m *matrix) anyDisclosed(x *asker) map[int]bool {
	out := map[int]bool{}
	for n := range m.entries {
		maps.Copy(out, m.disclosed(x, n))
	}
	return out
}

// ofEntries are the questions about each entry.
func (m *matrix) ofEntries(x *asker) iter.Seq[question] {
	return func(yield func(question) bool) {
		for n := range m.entries {
			for _, q := range []question{
				{route: routeEntry, path: fmt.Sprintf("/api/v1/entries/%d", n), may: nothing},
				{route: routeReceipt, path: fmt.Sprintf("/api/v1/entries/%d/receipt", n), may: func() map[int]bool { return m.disclosed(x, n) }},
				{route: pageEntry, path: fmt.Sprintf("/entries/%d", n), may: func() map[int]bool { return m.disclosed(x, n) }},
			} {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// disclosed are the canaries that a receipt of an entry may show somebody: in fields of the
// row that it makes, as the policy grants them, and in one's own words.
func (m *matrix) disclosed(x *asker, n int) map[int]bool {
	e := m.entries[n]
	k, _ := record.Lookup(e.Kind)
	values := map[string]json.RawMessage{}
	var mark, author string
	_, err := e.Fields.Get("mark", &mark)
	m.no(err)
	_, err = e.Fields.Get("author", &author)
	m.no(err)
	for _, name := range e.Fields.Held() {
		values[name], _ = e.Fields.Raw(name)
	}
	r := stored{kind: k.Row, mark: mark}
	if !m.may(x.who, access.Read, r) {
		return nil
	}
	delete(values, "sealed")
	r.body, err = json.Marshal(values)
	m.no(err)
	if author != "" && author == x.who.ID {
		return m.in(r.body)
	}
	return m.granted(x.who, access.Read, []stored{r})
}

// ofAll are the questions that are not about one kind, row or entry.
func (m *matrix) ofAll(x *asker) iter.Seq[question] {
	size := len(m.entries)
	plain := map[string][]string{
		"GET /calm":                      {"/calm", "/calm?agreement=sy-coh-2016-02&pair=government,opposition", "/calm?from=2016-04-01&to=2016-04-30&coverage=assumed&days=exact&measure=deaths&act=any-act", "/calm?as_of=" + strconv.Itoa(size-1), "/calm?area=none"},
		"GET /record":                    {"/record", "/record?as_of=" + strconv.Itoa(size-1)},
		"GET /rows":                      {"/rows"},
		"GET /record/check":              {"/record/check", "/record/check?entry=" + strconv.Itoa(size-1), "/record/check?entry=none"},
		"GET /account":                   {"/account"},
		"GET /sign-in":                   {"/sign-in", "/sign-in?next=/rows/report"},
		"GET /sign-in/back":              {"/sign-in/back?state=x&code=y"},
		"GET /sign-in/with/{provider}":   {"/sign-in/with/nobody"},
		"GET /invitation":                {"/invitation", "/invitation?token=none"},
		"GET /static/":                   {"/static/style.css", "/static/passkey.js", "/static/none"},
		"GET /dist/":                     {"/dist/README", "/dist/none"},
		"GET /health":                    {"/health"},
		"GET /ready":                     {"/ready"},
		"GET /metrics":                   {"/metrics"},
		"GET /log/checkpoint":            {"/log/checkpoint"},
		"GET /log/{path...}":             {"/log/tile/0/000.p/100", "/log/tile/0/000", "/log/tile/entries/000.p/100", "/log/tile/entries/000", "/log/tile/entries/001.p/3", "/log/fields/000"},
		"GET " + openAPIPath:             {openAPIPath},
		"GET /api/v1/state":              {"/api/v1/state", "/api/v1/state?as_of=" + strconv.Itoa(size-1), "/api/v1/state?as_of=2016-08-27T17:00:00Z"},
		"GET /api/v1/checkpoint":         {"/api/v1/checkpoint"},
		"GET /api/v1/entries":            {"/api/v1/entries?limit=1000", "/api/v1/entries?from=100&limit=7"},
		"GET /api/v1/me":                 {"/api/v1/me"},
		"GET /api/v1/me/sessions":        {"/api/v1/me/sessions"},
		"GET /api/v1/me/tokens":          {"/api/v1/me/tokens"},
		"GET /api/v1/people":             {"/api/v1/people"},
		"GET /api/v1/people/invitations": {"/api/v1/people/invitations"},
		"":                               {"/none", "/api/v1/none", "/api/v1/rows", "/api/v1/rows/none", "/rows/none", "/rows/report/none", "/api/v1/rows/report?nonsense=1", "/api/v1/rows/report?after=nonsense", "/api/v1/counts/none", "/api/v1/exports/report?format=none"},
	}
	return func(yield func(question) bool) {
		for _, route := range slices.Sorted(maps.Keys(plain)) {
			for _, path := range plain[route] {
				if !yield(question{route: route, path: path, may: nothing, always: true}) {
					return
				}
			}
		}
		disclosed := func() map[int]bool { return m.anyDisclosed(x) }
		for _, path := range []string{"/entries", "/entries?from=100", "/entries?as_of=" + strconv.Itoa(size-3), "/entries?from=" + strconv.Itoa(size-40)} {
			if !yield(question{route: pageEntries, path: path, may: disclosed, always: true}) {
				return
			}
		}
		may := func() map[int]bool { return m.granted(x.who, access.List, m.of("element", false)) }
		for _, path := range []string{"?limit=1000", "?limit=2&outcome=undetermined", "?limit=1000&agreement=sy-coh-2016-02", "?limit=1000&as_of=" + strconv.Itoa(size-3)} {
			if !yield(question{route: routeVerdicts, path: "/api/v1/verdicts" + path, may: may, always: true}) {
				return
			}
		}
	}
}

// doors are the patterns of all routes: those of the description, and those that stand in the
// source.
func (m *matrix) doors() []string {
	d, _ := describe(m.t, m.nobody())
	var out []string
	d.operations(func(path, method string, _ operation) { out = append(out, method+" "+path) })
	pattern := regexp.MustCompile(`"((?:GET|POST|PUT|PATCH|DELETE|HEAD) /[^" ]*)"`)
	files, err := filepath.Glob("*.go")
	m.no(err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		m.no(err)
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			out = append(out, found[1])
		}
	}
	out = append(out, "GET "+openAPIPath)
	slices.Sort(out)
	return slices.Compact(out)
}
