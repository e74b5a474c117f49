package web

import (
	"bytes"
	"iter"
	"maps"
	"mime/multipart"
	"net/url"

	"truce/access"
)

// ofRead are the questions about accounts that were read.
func (m *matrix) ofRead(x *asker) iter.Seq[question] {
	may := func() map[int]bool { return m.readable(x) }
	list := []question{
		{route: "GET /read", path: "/read", may: may, always: true},
		{route: "GET /read/beside", path: "/read/beside", may: may, always: true},
		{route: "GET /read/{id}", path: "/read/none", may: may, always: true},
	}
	for _, r := range m.of("reading", true) {
		id := url.PathEscape(r.id)
		list = append(list, question{route: "GET /read/{id}", path: "/read/" + id, may: may},
			question{route: "GET /read/beside", path: "/read/beside?a=" + url.QueryEscape(r.id) + "&b=" + url.QueryEscape(r.id), may: may})
	}
	return func(yield func(question) bool) {
		for _, q := range list {
			if !yield(q) {
				return
			}
		}
	}
}

// readable are the canaries that pages about accounts may show somebody: of accounts, lessons,
// reports and the lists of the mission.
func (m *matrix) readable(x *asker) map[int]bool {
	out := map[int]bool{}
	for _, kind := range []string{"reading", "lesson", "report", "mission", "register", "places", "place", "actor"} {
		for _, do := range []access.Action{access.List, access.Read} {
			maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
		}
	}
	return out
}

// readTexts is everybody handing in a text, and two, and names to teach that nothing knows.
func (m *matrix) readTexts() {
	m.everybody(func(x *asker) {
		for _, q := range []struct {
			path   string
			fields map[string]string
		}{
			{"/read", map[string]string{"text": "Moscow denied on Friday that three people were killed.", "day": "2016-08-26"}},
			{"/read", map[string]string{"text": "Moscow denied it.", "do": "teach", "name": "it", "what": "actor", "really": "no-such-actor"}},
			{"/read/beside", map[string]string{"text-a": "Moscow denied it.", "text-b": "Moscow said so."}},
		} {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			for name, v := range q.fields {
				w.WriteField(name, v)
			}
			w.Close()
			r := m.do(x.first(), "POST", q.path, &b, "Content-Type", w.FormDataContentType(), "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
			m.look(x, question{route: "POST " + q.path, path: q.path, may: func() map[int]bool { return m.readable(x) }}, r)
		}
	})
}
