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
		{route: "GET /upload", path: "/upload", may: nothing},
		{route: "GET /send", path: "/send", may: nothing},
		{route: "GET /send/receipt", path: "/send/receipt", may: nothing},
		{route: "GET /complaints", path: "/complaints", may: nothing, always: true},
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
	return []stray{
		form("/take", url.Values{}), form("/take/watch", url.Values{"once": {"short"}}), form("/inbox", url.Values{"report": {"none"}}), {"POST /incidents/{id}/claims", "/incidents/none/claims", url.Values{"once": {"AAAAAAAAAAAAAAAAAAAAAAAAAA"}, "do": {"claim"}, "by": {"x"}, "claim": {"denies"}}}, form("/upload", url.Values{}), form("/upload/read", url.Values{"token": {"none"}}),
		form("/send", url.Values{"words": {"x"}}), form("/send/receipt", url.Values{"code": {"AAAA-BBBB"}}), form("/send/answer", url.Values{"code": {"AAAA"}, "words": {"x"}}),
	}
}
