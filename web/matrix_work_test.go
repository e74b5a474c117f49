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

// ofWork are the questions about the work on cases, about calls, and about what is told. The
// pages read rows whole that they list; a release is what was published.
func (m *matrix) ofWork(x *asker) iter.Seq[question] {
	may := sync.OnceValue(func() map[int]bool {
		out := m.beside(x)
		for _, kind := range []string{"stage", "task", "access", "line", "fire", "request", "protest", "reply", "measure", "proposal", "release", "correction", "delivery",
			"verdict", "agreement", "register", "mission", "places", "adherence", "moment", "judgment"} {
			for _, do := range []access.Action{access.List, access.Read} {
				maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
			}
		}
		return out
	})
	then := "?as_of=" + strconv.Itoa(len(m.entries)-3) + "&lang=ar"
	return func(yield func(question) bool) {
		list := []question{
			{route: "GET /verify", path: "/verify", always: true}, {route: "GET /verify", path: "/verify" + then}, {route: "GET /verify", path: "/verify?colour=red"},
			{route: "GET /proposals", path: "/proposals", always: true}, {route: "GET /proposals", path: "/proposals" + then},
			{route: "GET /calming", path: "/calming", always: true}, {route: "GET /calming", path: "/calming" + then},
			{route: "GET /telling", path: "/telling", always: true}, {route: "GET /telling", path: "/telling" + then},
			{route: "GET /telling/new", path: "/telling/new?row=incident/none", always: true}, {route: "GET /telling/new", path: "/telling/new?colour=red"},
			{route: "GET /telling/deliveries", path: "/telling/deliveries", always: true}, {route: "GET /telling/deliveries", path: "/telling/deliveries" + then},
			{route: "GET /api/v1/cases", path: "/api/v1/cases", always: true}, {route: "GET /api/v1/proposals", path: "/api/v1/proposals", always: true},
			{route: "GET /api/v1/releases", path: "/api/v1/releases", always: true}, {route: "GET /api/v1/deliveries", path: "/api/v1/deliveries", always: true},
			{route: "GET /feeds/releases.atom", path: "/feeds/releases.atom", always: true}, {route: "GET /feeds/corrections.atom", path: "/feeds/corrections.atom", always: true},
		}
		for _, r := range m.of("incident", true) {
			for _, page := range []string{"verify", "calming"} {
				list = append(list, question{route: "GET /" + page + "/{id}", path: "/" + page + "/" + url.PathEscape(r.id)})
			}
		}
		for _, r := range m.of("release", true) {
			path := "/telling/releases/" + url.PathEscape(r.id)
			list = append(list, question{route: "GET /telling/releases/{id}", path: path}, question{route: "GET /telling/releases/{id}/release.json", path: path + "/release.json"},
				question{route: "GET /api/v1/releases/{id}/bytes", path: "/api/v1/releases/" + url.PathEscape(r.id) + "/bytes"})
		}
		for _, q := range list {
			if q.may = may; !yield(q) {
				return
			}
		}
	}
}

// workStrays are forms that come to nothing, whoever sends them.
func workStrays() []stray {
	return []stray{
		{"POST /verify/{id}", "/verify/none", url.Values{"do": {"stage"}, "stage": {"acknowledged"}, "reason": {"tried"}}},
		{"POST /verify/{id}", "/verify/none", url.Values{"do": {"task"}, "way": {"visit"}, "words": {"tried"}}},
		{"POST /verify/{id}", "/verify/none", url.Values{"do": {"nonsense"}}},
		{"POST /proposals/{n}", "/proposals/987654", url.Values{"do": {"confirm"}, "sure": {"yes"}}},
		{"POST /proposals/{n}", "/proposals/987654", url.Values{"do": {"decline"}, "reason": {"tried"}}},
		{"POST /calming", "/calming", url.Values{"do": {"nonsense"}}},
		{"POST /calming/{id}", "/calming/none", url.Values{"do": {"fire"}, "fire": {"going"}, "at": {"2016-08-27 18:00"}}},
		{"POST /telling/new", "/telling/new", url.Values{"title": {"tried"}, "mark": {"PURPLE"}}},
		{"POST /telling/new", "/telling/new", url.Values{"title": {"tried"}, "mark": {"CLEAR"}, "rows": {"incident/none"}}},
		{"POST /telling/publish", "/telling/publish", url.Values{"id": {"R-x"}, "title": {"tried"}, "mark": {"CLEAR"}, "sha256": {"none"}, "sure": {"yes"}}},
		{"POST /telling/releases/{id}", "/telling/releases/none", url.Values{"do": {"withdraw"}, "words": {"tried"}, "sure": {"yes"}}},
		{"POST /api/v1/proposals/{n}/decline", "/api/v1/proposals/987654/decline", map[string]any{"reason": "tried"}},
		{"POST /api/v1/releases/preview", "/api/v1/releases/preview", map[string]any{"id": "R-x", "title": "tried", "mark": "CLEAR", "rows": []string{"incident/none"}}},
		{"POST /api/v1/releases", "/api/v1/releases", map[string]any{"id": "R-x", "title": "tried", "mark": "CLEAR", "entries": 1, "sha256": strings.Repeat("0", 64)}},
		{"POST /api/v1/releases/{id}/corrections", "/api/v1/releases/none/corrections", map[string]any{"figure": "/text", "is": "x", "words": "tried"}},
		{"POST /api/v1/releases/{id}/withdrawal", "/api/v1/releases/none/withdrawal", map[string]any{"words": "tried"}},
		{"POST /telling/deliveries", "/telling/deliveries", url.Values{"receiver": {"none"}, "entry": {"1"}}},
	}
}
