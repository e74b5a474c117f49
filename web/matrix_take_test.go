package web

import (
	"iter"
	"maps"
	"net/url"
	"sync"

	"truce/access"
)

// ofTake are the questions about the doors and what came in by them.
func (m *matrix) ofTake(x *asker) iter.Seq[question] {
	agreed := sync.OnceValue(func() map[int]bool { return m.agreed(x) })
	came := sync.OnceValue(func() map[int]bool { return m.came(x) })
	list := []question{
		{route: "GET /take", path: "/take", may: agreed, always: true},
		{route: "GET /take", path: "/take?lang=ar&watch=saved", may: agreed},
		{route: "GET /take", path: "/take?saved=none", may: agreed},
		{route: "GET /inbox", path: "/inbox", may: came, always: true},
		{route: "GET /inbox", path: "/inbox?at=none", may: came},
		{route: "GET /inbox", path: "/inbox?at=none&nonsense=1", may: nothing},
		{route: "GET /upload", path: "/upload", may: nothing, always: true},
		{route: "GET /send", path: "/send", may: nothing, always: true},
		{route: "GET /send/receipt", path: "/send/receipt", may: nothing, always: true},
		{route: "GET /complaints", path: "/complaints", may: nothing, always: true},
		{route: "GET /api/v1/inbox", path: "/api/v1/inbox", may: came, always: true},
		{route: "GET /api/v1/complaints", path: "/api/v1/complaints", may: nothing, always: true},
		{route: "GET /complaints", path: "/complaints?after=nonsense", may: nothing},
	}
	for _, r := range m.of("report", true) {
		id := url.QueryEscape(r.id)
		list = append(list, question{route: "GET /take", path: "/take?saved=" + id, may: came}, question{route: "GET /inbox", path: "/inbox?at=" + id, may: came, always: len(list)%7 == 0})
	}
	return func(yield func(question) bool) {
		for _, q := range list {
			if !yield(q) {
				return
			}
		}
	}
}

// came are the canaries that pages about what came in may show somebody.
func (m *matrix) came(x *asker) map[int]bool {
	out := map[int]bool{}
	for _, kind := range []string{"report", "element", "message", "arrival", "incident"} {
		for _, do := range []access.Action{access.List, access.Read} {
			maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
		}
	}
	return out
}

// takeStrays are forms of the doors that say nothing: nobody gets anything by them.
func takeStrays() []stray {
	form := func(path string, v url.Values) stray { return stray{"POST " + path, path, v} }
	program := func(path string, body any) stray { return stray{"POST " + path, path, body} }
	return []stray{
		program("/api/v1/calls", map[string]any{"words": "x"}), program("/api/v1/calls/read", map[string]any{"going": "perhaps"}), program("/api/v1/watches", map[string]any{"area": "none", "when": "soon", "saw": "quiet"}),
		{"POST /api/v1/inbox/{report}", "/api/v1/inbox/none", map[string]any{"do": "acknowledge"}},
		form("/take", url.Values{}), form("/take/watch", url.Values{"once": {"short"}}), form("/inbox", url.Values{"report": {"none"}}), {"POST /incidents/{id}/claims", "/incidents/none/claims", url.Values{"once": {"AAAAAAAAAAAAAAAAAAAAAAAAAA"}, "do": {"claim"}, "by": {"x"}, "claim": {"denies"}}}, form("/upload", url.Values{}), form("/upload/read", url.Values{"token": {"none"}}),
		form("/send", url.Values{"words": {"x"}}), form("/send/receipt", url.Values{"code": {"AAAA-BBBB"}}), form("/send/answer", url.Values{"code": {"AAAA"}, "words": {"x"}}),
	}
}

// hearCalls is everybody having a report read: the answer knows the lists of the mission, as far
// as they are for whoever asks.
func (m *matrix) hearCalls() {
	m.everybody(func(x *asker) {
		r := m.send(x, "/api/v1/calls/read", map[string]any{"act": "shelling", "place": "Douma", "when": "20 minutes ago", "who": "the north", "against": "canary", "words": "x"})
		m.look(x, question{route: "POST /api/v1/calls/read", path: "/api/v1/calls/read", may: func() map[int]bool { return m.agreed(x) }}, r)
	})
}
