package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"truce/access"
	"truce/ledger"
	"truce/store"
)

// matrix is everybody before a record full of canaries, with what the policy grants.
type matrix struct {
	*world
	t        *testing.T
	policy   *access.Policy
	canaries *canaries
	askers   []*asker
	rows     []stored
	entries  []*ledger.Entry
	names    map[int][]stored // rows by the canary in their identifier
	marks    []string         // of what is planted
	full     bool
	part     uint32 // one question of so many is asked, unless all are
	phase    uint32 // which one

	mu     sync.Mutex
	grants map[string]access.Grant
	found  map[[32]byte]map[int]bool // canaries by answer
	made   map[string]int            // status by request
	asked  map[string]int            // questions by route
	cells  map[[2]string]bool        // who asked which route
	leaks  int
	shown  int // canaries seen where they may be
}

// stored is one version of a row as the database holds it.
type stored struct {
	kind, id, mark string
	parent         string
	body           []byte
	now            bool
}

// take reads everything that is in the database, whoever may see it.
func (m *matrix) take() {
	m.rows, m.entries, m.names = nil, nil, map[int][]stored{}
	for _, kind := range access.Kinds() {
		q := store.Query{Kind: kind, AnyLabel: true, Limit: 5000}
		page, err := m.db.List(m.ctx, q)
		m.no(err)
		for _, row := range page.Rows {
			versions, err := m.db.History(m.ctx, kind, row.ID)
			m.no(err)
			for _, v := range versions {
				if v.Row.Body != nil {
					m.rows = append(m.rows, stored{kind, row.ID, v.Row.Label, v.Row.Parent, v.Row.Body, v.To < 0})
				}
			}
		}
	}
	size, err := m.db.Size(m.ctx)
	m.no(err)
	for e, err := range m.db.Entries(m.ctx, 0, size) {
		m.no(err)
		m.entries = append(m.entries, e)
	}
	for _, r := range m.rows {
		for id := range m.in([]byte(r.id)) {
			m.names[id] = append(m.names[id], r)
		}
	}
}

// mostFound is how many answers' canaries are remembered.
const mostFound = 20_000

// in returns the canaries in a text.
func (m *matrix) in(text []byte) map[int]bool {
	key := sha256.Sum256(text)
	m.mu.Lock()
	found, ok := m.found[key]
	m.mu.Unlock()
	if !ok {
		found = map[int]bool{}
		m.canaries.in(text, found)
		m.mu.Lock()
		if len(m.found) > mostFound {
			clear(m.found)
		}
		m.found[key] = found
		m.mu.Unlock()
	}
	return found
}

// grant is what the policy says, asked once.
func (m *matrix) grant(who access.Person, do access.Action, kind, mark string) access.Grant {
	key := strings.Join([]string{who.ID, fmt.Sprint(who.Roles), string(do), kind, mark}, "\n")
	m.mu.Lock()
	g, ok := m.grants[key]
	m.mu.Unlock()
	if !ok {
		l, err := access.ParseLabel(mark)
		if err == nil {
			g = m.policy.Fields(who, do, kind, l, m.clock.now())
		}
		m.mu.Lock()
		m.grants[key] = g
		m.mu.Unlock()
	}
	return g
}

// may reports whether a person may do something to a row.
func (m *matrix) may(who access.Person, do access.Action, r stored) bool {
	return m.grant(who, do, r.kind, r.mark).Fields != nil
}

// granted are the canaries that a person may see in rows by an act: what the policy leaves of
// their bodies, and their identifiers, but no identifier of another row that is hidden.
func (m *matrix) granted(who access.Person, do access.Action, rows []stored) map[int]bool {
	out := map[int]bool{}
	for _, r := range rows {
		g := m.grant(who, do, r.kind, r.mark)
		if g.Fields == nil {
			continue
		}
		body, err := g.Apply(r.body, nil)
		m.no(err)
		for id := range m.in(body) {
			if others := m.names[id]; others == nil || slices.ContainsFunc(others, func(o stored) bool { return m.may(who, do, o) }) {
				out[id] = true
			}
		}
		maps.Copy(out, m.in([]byte(r.id)))
	}
	return out
}

// question is one request and what its answer may hold.
type question struct {
	route, path string
	// may are the canaries that may be in the answer; whole says that all of them must be.
	may   func() map[int]bool
	whole bool
	// always: asked in every run, whatever part of the questions is.
	always bool
}

// nothing is what most answers may hold.
func nothing() map[int]bool { return nil }

// turn says whether a question is in this run, and with which of the person's clients: a
// session and a token are one person to the policy, and share the questions. The second
// database asks by the other one.
func (m *matrix) turn(x *asker, q question) (c *client, asked bool) {
	h := fnv.New32a()
	h.Write([]byte(x.name + q.path))
	n := h.Sum32() >> 3
	return x.by[int(n/m.part+m.phase)%len(x.by)], m.full || q.always || n%m.part == m.phase
}

// part is which part of the questions a short run asks on each database.
const part = 32

// ask puts a question and looks for canaries in the answer.
func (m *matrix) ask(x *asker, q question) {
	if c, asked := m.turn(x, q); asked {
		m.look(x, q, m.do(c, "GET", q.path, nil, "Accept", "text/html, application/json"))
	}
}

// look holds an answer to what it may hold.
func (m *matrix) look(x *asker, q question, r said) {
	found, sent, may := m.in(append([]byte(r.header), r.body...)), m.in([]byte(q.path)), q.may()
	var leaked []int
	for id := range found {
		if !may[id] && !sent[id] {
			leaked = append(leaked, id)
		}
	}
	m.mu.Lock()
	m.asked[q.route]++
	m.cells[[2]string{x.name, q.route}] = true
	m.shown += len(found) - len(leaked)
	m.mu.Unlock()
	if len(leaked) > 0 {
		m.leak("%s sees %s in %s: %d %.600s", x.name, m.tell(leaked[0]), q.path, r.status, around(r, m, leaked[0]))
	}
	if r.status >= 500 {
		m.leak("%s %s: %d %s %s", x.name, q.path, r.status, r.body, m.logged(r.id))
	}
	for _, s := range x.secrets {
		if s != "" && bytes.Contains(r.body, []byte(s)) {
			m.leak("%s: a secret is in the answer to %s", x.name, q.path)
		}
	}
	if !q.whole || r.status != http.StatusOK {
		return
	}
	for id := range may {
		if !found[id] {
			m.leak("%s does not see %s in %s: the matrix looks at less than it says", x.name, m.tell(id), q.path)
			return
		}
	}
}

// logged are the lines of the log about a request.
func (m *matrix) logged(request string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(m.log.String(), "\n"), func(line string) bool { return !strings.Contains(line, request) }), "\n")
}

// leak fails, up to a number of times.
func (m *matrix) leak(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaks++; m.leaks <= 25 {
		m.t.Errorf(format, args...)
	}
}

// tell says what a canary is.
func (m *matrix) tell(id int) string {
	for _, r := range m.rows {
		for _, f := range fieldsOf(r.body) {
			if m.in(f.Value)[id] {
				return fmt.Sprintf("canary %d: %s of %s %s under %s", id, f.Name, r.kind, r.id, r.mark)
			}
		}
	}
	for n, e := range m.entries {
		for _, name := range e.Fields.Held() {
			if raw, _ := e.Fields.Raw(name); m.in(raw)[id] {
				return fmt.Sprintf("canary %d: %s of entry %d, %s", id, name, n, e.Kind)
			}
		}
	}
	return fmt.Sprintf("canary %d", id)
}

// around is the part of an answer with a canary in it.
func around(r said, m *matrix, id int) string {
	lines := bytes.FieldsFunc(r.body, func(c rune) bool { return c == ',' || c == '\n' })
	for i, line := range lines {
		if m.in(line)[id] {
			return string(bytes.Join(lines[max(0, i-2):min(len(lines), i+3)], []byte(",")))
		}
	}
	return r.header
}

// do asks and notes the request, to be held to the log.
func (m *matrix) do(c *client, method, path string, in io.Reader, headers ...string) said {
	req := c.request(method, path, in, headers...)
	resp, err := c.http.Do(req)
	if err != nil {
		m.leak("%s %s: %v", method, path, err)
		return said{status: 599}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		m.leak("%s %s: %v", method, path, err)
	}
	r := said{status: resp.StatusCode, id: resp.Header.Get("X-Request-Id"), body: body}
	resp.Header.Del("X-Request-Id")
	resp.Header.Del("Date")
	var b strings.Builder
	_ = resp.Header.Write(&b) // sorted
	r.header = b.String()
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.made[r.id]; twice || r.id == "" {
		m.t.Errorf("%s %s: the request has no name of its own", method, path)
	}
	m.made[r.id] = r.status
	return r
}

// everybody does something for each asker, some at a time.
func (m *matrix) everybody(f func(*asker)) {
	var wg sync.WaitGroup
	queue := make(chan *asker)
	for range 4 {
		wg.Go(func() {
			for x := range queue {
				f(x)
			}
		})
	}
	for _, x := range m.askers {
		queue <- x
	}
	close(queue)
	wg.Wait()
}

// since logs how long a step took.
func (m *matrix) since(what string, began time.Time) {
	m.t.Logf("%s: %v", what, time.Since(began).Round(time.Millisecond))
}
