package web

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
)

// telling is what answers tell without showing anything: how many rows there are, which are
// found by what, in which order they stand, and whether something hidden is there at all.
func (m *matrix) telling() {
	m.everybody(func(x *asker) {
		m.counting(x)
		m.stating(x)
		m.searching(x)
		m.turning(x)
		m.hiding(x)
		m.listening(x)
	})
}

// number is a member of a JSON answer that is a number; -1 without one.
func (r said) number(name string) int {
	var b map[string]any
	if json.Unmarshal(r.body, &b) == nil {
		if n, ok := b[name].(float64); ok {
			return int(n)
		}
	}
	return -1
}

// first is the client with which somebody asks where one is enough.
func (x *asker) first() *client { return x.by[0] }

// get asks as a program does.
func (m *matrix) get(x *asker, path string) said { return m.do(x.first(), "GET", path, nil) }

// shut reports whether who asks is shut out for being nobody.
func (r said) shut() bool { return r.status == http.StatusUnauthorized }

// counting holds counts to the rows that the policy lets somebody list.
func (m *matrix) counting(x *asker) {
	for _, kind := range access.Kinds() {
		want := 0
		for _, r := range m.of(kind, true) {
			if m.may(x.who, access.List, r) {
				want++
			}
		}
		r := m.get(x, "/api/v1/counts/"+kind)
		m.asking(x, routeCounts)
		if got := r.number("count"); !r.shut() && got != want {
			m.leak("%s counts %d rows of %s, and may list %d", x.name, got, kind, want)
		}
	}
}

// stating holds the verdicts counted in the one view of the record to those that somebody may
// list; those on what was withdrawn are listed and not counted.
func (m *matrix) stating(x *asker) {
	r := m.get(x, "/api/v1/state")
	var state struct{ Verdicts map[string]int }
	_ = json.Unmarshal(r.body, &state)
	counted := 0
	for _, n := range state.Verdicts {
		counted += n
	}
	listed := m.get(x, "/api/v1/verdicts?limit=1").number("total")
	sees := slices.ContainsFunc(m.of("element", true), func(e stored) bool { return m.may(x.who, access.List, e) })
	if !r.shut() && (counted > listed || sees != (counted > 0) || !sees && state.Verdicts != nil) {
		m.leak("%s is told of %d verdicts and may list %d", x.name, counted, listed)
	}
}

// asking notes that a route was asked.
func (m *matrix) asking(x *asker, route string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked[route]++
	m.cells[[2]string{x.name, route}] = true
}

// searching looks for rows by words, places, times and names that are withheld: none is found.
func (m *matrix) searching(x *asker) {
	for i, r := range m.rows {
		if !r.now || !m.full && (i+len(x.name)+int(m.phase))%40 != 0 {
			continue
		}
		row, err := m.db.Get(m.ctx, 0, r.kind, r.id)
		m.no(err)
		may, g := m.granted(x.who, access.List, []stored{r}), m.grant(x.who, access.List, r.kind, r.mark)
		withheld := map[string]string{}
		if word := lastWord(row.Text); !hasAll(may, m.in([]byte(word))) {
			withheld["text"] = word
		}
		if g.Fields == nil {
			withheld["parent"] = row.Parent
		}
		if !g.Whole(access.GradePlace) || !g.Whole(access.GradeTime) {
			withheld["box"] = tiny(row.Box)
		}
		for by, value := range withheld {
			got := m.get(x, "/api/v1/counts/"+r.kind+"?"+url.Values{by: {value}}.Encode())
			least := 0
			if by == "parent" {
				least = m.under(x, r.kind, value)
			}
			if n := got.number("count"); len(m.in([]byte(value))) > 0 && n > least {
				m.leak("%s finds %d rows of %s by the %s of one under %s, which is withheld", x.name, n, r.kind, by, r.mark)
			}
		}
	}
}

// under is how many rows of a kind somebody may find by the incident that they belong to: none
// where the incident is hidden.
func (m *matrix) under(x *asker, kind, incident string) int {
	n := 0
	for _, r := range m.rows {
		switch {
		case !r.now:
		case r.kind == "incident" && r.id == incident && !m.may(x.who, access.List, r):
			return 0
		case r.kind == kind && r.parent == incident && m.may(x.who, access.List, r):
			n++
		}
	}
	return n
}

// tiny is a box around a point alone.
func tiny(b *truce.Box) string {
	if b == nil {
		return ""
	}
	f := func(v, by float64) string { return strconv.FormatFloat(v+by, 'f', -1, 64) }
	const by = 1e-7
	return strings.Join([]string{f(b.West, -by), f(b.South, -by), f(b.East, by), f(b.North, by)}, ",")
}

// lastWord is the last of the words by which a row is found.
func lastWord(text string) string {
	list := strings.Fields(text)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func hasAll(in, all map[int]bool) bool {
	for id := range all {
		if !in[id] {
			return false
		}
	}
	return true
}

// turning turns the pages of a list: together they hold the rows of the long list, each once.
func (m *matrix) turning(x *asker) {
	kinds := access.Kinds()
	if !m.full {
		kinds = []string{"element"}
	}
	for _, kind := range kinds {
		for _, newest := range []string{"", "&newest=true"} {
			whole := ids(m.get(x, "/api/v1/rows/"+kind+"?limit=1000"+newest))
			var paged []string
			for after, n := "", 0; n < 1000; n++ {
				r := m.get(x, "/api/v1/rows/"+kind+"?limit=2"+newest+"&after="+after)
				paged = append(paged, ids(r)...)
				var page struct{ Next string }
				if json.Unmarshal(r.body, &page) != nil || page.Next == "" {
					break
				}
				after = page.Next
			}
			if !slices.Equal(whole, paged) {
				m.leak("%s turns the pages of %s and gets %v instead of %v", x.name, kind, paged, whole)
			}
		}
	}
}

// ids are the identifiers in a list.
func ids(r said) []string {
	var page struct{ Rows []struct{ ID string } }
	_ = json.Unmarshal(r.body, &page)
	var out []string
	for _, row := range page.Rows {
		out = append(out, row.ID)
	}
	return out
}

// hiding asks for what is there and hidden, and for what is not there: the answers are the
// same, to the byte. Of the ways to ask, each person takes another one for the same row.
func (m *matrix) hiding(x *asker) {
	absent, at := map[string]said{}, slices.Index(m.askers, x)
	seen := map[string]int{}
	for i, r := range m.rows {
		if !r.now || seen[r.kind] > 0 && !m.full || m.readEver(x, r.kind, r.id) {
			continue
		}
		seen[r.kind]++
		api, page := "/api/v1/rows/"+r.kind+"/", "/rows/"+r.kind+"/"
		ways := [][2]string{{api, ""}, {page, ""}, {api, "/history"}, {api, "?as_of=" + strconv.Itoa(len(m.entries))}}
		if !m.readEver(x, "", r.id) { // or what belongs to the one of another kind may be seen
			ways = append(ways, [][2]string{{"/api/v1/verdicts?element=", ""}, {"/api/v1/rows/element?parent=", ""}, {"/api/v1/rows/finding?limit=3&parent=", ""}}...)
		}
		way := ways[(i+at)%len(ways)]
		m.twins(x, absent, way[0]+url.PathEscape(r.id)+way[1], way[0]+strings.Repeat("e", 64)+way[1])
		if r.kind == "attachment" {
			m.twins(x, absent, "/api/v1/attachments/"+r.id, "/api/v1/attachments/"+strings.Repeat("e", 64))
		}
	}
	for n, e := range m.entries {
		if k, mark := madeBy(e); (m.full || n%40 == int(m.phase)) && mark != "" && !m.may(x.who, access.Read, stored{kind: k, mark: mark}) {
			way := []string{"/api/v1/entries/%d", "/api/v1/entries/%d/receipt", "/entries/%d"}[(n+at)%3]
			m.twins(x, absent, fmt.Sprintf(way, n), fmt.Sprintf(way, 987654))
		}
	}
}

// madeBy is the kind of row that an entry makes, by which it is decided who may see it, and
// its mark.
func madeBy(e *ledger.Entry) (kind, mark string) {
	_, _ = e.Fields.Get("mark", &mark)
	k, _ := record.Lookup(e.Kind)
	return cmp.Or(k.Row, "entry"), mark
}

// readEver reports whether somebody may read a version of a row, of one kind or of any.
func (m *matrix) readEver(x *asker, kind, id string) bool {
	return slices.ContainsFunc(m.rows, func(v stored) bool {
		return (kind == "" || v.kind == kind) && v.id == id && m.may(x.who, access.Read, v)
	})
}

// twins asks for something hidden and for something that is not there, and fails where the
// two answers can be told apart. had are the answers about what is not there, by what was asked.
func (m *matrix) twins(x *asker, had map[string]said, hidden, absent string) {
	for _, accept := range []string{"application/json", "text/html"} {
		one := m.do(x.first(), "GET", hidden, nil, "Accept", accept)
		other, known := had[accept+absent]
		if !known {
			other = m.do(x.first(), "GET", absent, nil, "Accept", accept)
			had[accept+absent] = other
		}
		plain := func(r said, path string) string { return strings.ReplaceAll(r.header, url.QueryEscape(path), "") }
		if one.status != other.status || !bytes.Equal(one.body, other.body) || plain(one, hidden) != plain(other, absent) {
			m.leak("%s can tell that %s is there: %d %.300s; and of %s: %d %.300s", x.name, hidden, one.status, one.body, absent, other.status, other.body)
		}
	}
}

// listening follows the stream of entries from the first: it brings those that the list of
// entries has, and nothing of what they say.
func (m *matrix) listening(x *asker) {
	const route = "GET /api/v1/events"
	last := -1
	for from := 0; ; {
		var page struct {
			Entries []struct{ N int }
			Next    int
		}
		r := m.get(x, fmt.Sprintf("/api/v1/entries?limit=1000&from=%d", from))
		if json.Unmarshal(r.body, &page) != nil {
			break
		}
		if n := len(page.Entries); n > 0 {
			last = page.Entries[n-1].N
		}
		if from = page.Next; from == 0 {
			break
		}
	}
	c := x.first()
	req := c.request("GET", "/api/v1/events", nil, "Last-Event-ID", "0")
	resp, err := c.http.Do(req)
	if err != nil {
		m.leak("%s follows nothing: %v", x.name, err)
		return
	}
	defer resp.Body.Close()
	m.mu.Lock()
	m.made[resp.Header.Get("X-Request-Id")] = resp.StatusCode
	m.mu.Unlock()
	r := said{status: resp.StatusCode}
	for in := bufio.NewScanner(resp.Body); in.Scan(); {
		r.body = append(append(r.body, in.Bytes()...), '\n')
		if last < 1 || strings.HasPrefix(in.Text(), "id: ") && in.Text() == fmt.Sprintf("id: %d", last) {
			break
		}
	}
	m.look(x, question{route: route, path: "/api/v1/events", may: nothing}, r)
}
