package web

import (
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"truce/access"
)

// ofTerms are the questions about what was agreed and who is who.
func (m *matrix) ofTerms(x *asker) iter.Seq[question] {
	may := sync.OnceValue(func() map[int]bool { return m.agreed(x) })
	told := sync.OnceValue(func() map[int]bool { return m.told(x) })
	then := "as_of=" + strconv.Itoa(len(m.entries)-3)
	list := []question{
		{route: "GET /agreements", path: "/agreements", always: true},
		{route: "GET /agreements", path: "/agreements?" + then},
		{route: "GET /agreements/try", path: "/agreements/try?from=sy-coh-2016-02", always: true},
		{route: "GET /reconcile", path: "/reconcile", always: true, may: told},
		{route: "GET /reconcile", path: "/reconcile?lang=ar&" + then, may: told},
		{route: "GET /agreements/{id}", path: "/agreements/sy-coh-2016-02"},
		{route: "GET /agreements/{id}", path: "/agreements/sy-cessation-2016-09?lang=ar&" + then, always: true},
		{route: "GET /agreements/{id}", path: "/agreements/none"},
		{route: "GET /agreements/{id}/versions", path: "/agreements/sy-coh-2016-02/versions", always: true},
		{route: "GET /actors", path: "/actors", always: true},
		{route: "GET /actors", path: "/actors?q=canary&" + then},
		{route: "GET /actors/{id}", path: "/actors/syrian-air-force", always: true}, // of which steps are planted
		{route: "GET /actors/{id}", path: "/actors/syrian-air-force?" + then},
		{route: "GET /actors/{id}", path: "/actors/none"},
	}
	for _, kind := range []string{"agreement", "actor"} {
		for _, r := range m.of(kind, true) {
			path := "/" + kind + "s/" + url.PathEscape(r.id)
			list = append(list, question{route: "GET /" + kind + "s/{id}", path: path})
			if kind == "agreement" {
				list = append(list, question{route: "GET /agreements/{id}/versions", path: path + "/versions"}, question{route: "GET /agreements/try", path: "/agreements/try?from=" + url.QueryEscape(r.id)})
			}
		}
	}
	return func(yield func(question) bool) {
		for _, q := range list {
			if q.may == nil {
				q.may = may
			}
			if !yield(q) {
				return
			}
		}
	}
}

// agreed are the canaries that pages about agreements and actors may show somebody.
func (m *matrix) agreed(x *asker) map[int]bool {
	out := map[int]bool{}
	for _, kind := range []string{"mission", "agreement", "register", "places", "adherence", "moment", "judgment", "element", "verdict"} {
		for _, do := range []access.Action{access.List, access.Read} {
			maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
		}
	}
	return out
}

// trying is everybody trying a text that is none, and one that names what is planted.
func (m *matrix) trying() {
	const route = "POST /agreements/try"
	m.everybody(func(x *asker) {
		ledgers := "--b\r\nContent-Disposition: form-data; name=\"file_a\"; filename=\"a.csv\"\r\n\r\ndate,ledger,total\n2017-01-12,North,6\n\r\n--b--\r\n"
		r := m.do(x.first(), "POST", "/reconcile", strings.NewReader(ledgers), "Content-Type", "multipart/form-data; boundary=b", "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
		m.look(x, question{route: "POST /reconcile", path: "/reconcile", may: func() map[int]bool { return m.told(x) }}, r)
		for i, text := range []string{"a: [", "truce: 1\nagreement: x\nplaces:\n  p: {file: ../none.geojson}\nclauses: []\n"} {
			if c := x.first(); m.full || i == 0 {
				r := m.do(c, "POST", "/agreements/try", strings.NewReader(url.Values{"text": {text}}.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
				m.look(x, question{route: route, path: "/agreements/try", may: nothing}, r)
			}
		}
	})
}

// told are the canaries that somebody may see of elements in a list: the page of two ledgers
// names who tells of them.
func (m *matrix) told(x *asker) map[int]bool {
	return m.granted(x.who, access.List, m.of("element", false))
}
