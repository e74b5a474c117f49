package web

import (
	"iter"
	"maps"
	"strconv"
	"sync"

	"truce/access"
)

// ofSituation are the questions about where things stand, and about lists of incidents.
func (m *matrix) ofSituation(x *asker) iter.Seq[question] {
	may := sync.OnceValue(func() map[int]bool {
		out := map[int]bool{}
		for _, kind := range []string{"element", "verdict", "coverage", "mission", "agreement", "places"} {
			maps.Copy(out, m.granted(x.who, access.List, m.of(kind, false)))
		}
		return out
	})
	then := "as_of=" + strconv.Itoa(len(m.entries)-3)
	return func(yield func(question) bool) {
		for _, q := range []question{
			{route: "GET /{$}", path: "/", always: true},
			{route: "GET /{$}", path: "/?as_of=" + strconv.Itoa(len(m.entries)-1)},
			{route: "GET /{$}", path: "/?as_of=nonsense"},
			{route: "GET /{$}", path: "/?from=2016-08-24&to=2016-08-27&compare=2016-08-20..2016-08-23", always: true},
			{route: "GET /{$}", path: "/?lang=ar&outcome=undetermined&" + then},
			{route: "GET /{$}", path: "/?q=canary"},
			{route: "GET /incidents", path: "/incidents", always: true},
			{route: "GET /incidents", path: "/incidents?oldest=1&lang=ar&" + then},
			{route: "GET /incidents", path: "/incidents?q=canary", always: true},
			{route: "GET /incidents", path: "/incidents?agreement=sy-coh-2016-02&outcome=violation&colour=red"},
			{route: "GET /tiles/{z}/{x}/{y}", path: "/tiles/0/0/0", always: true},
			{route: "GET /tiles/{z}/{x}/{y}", path: "/tiles/6/38/25?from=2016-08-24&" + then},
			{route: "GET /tiles/{z}/{x}/{y}", path: "/tiles/x/0/0"},
			{route: "GET /base/{z}/{x}/{y}", path: "/base/3/4/3", always: true},
			{route: "GET /areas.geojson", path: "/areas.geojson?from=2016-08-24&to=2016-08-27", always: true},
		} {
			if q.may = may; !yield(q) {
				return
			}
		}
	}
}
