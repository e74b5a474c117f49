package web

import (
	"iter"
	"maps"
	"net/url"
	"strconv"

	"truce/access"
)

// Patterns of the routes of days.
const (
	pageDays  = "GET /days"
	pageDay   = "GET /days/{day}"
	dayFrozen = "POST /days/{day}"
)

// ofDays are the questions about reporting days: a page shows what may be listed, a file what
// may be taken out.
func (m *matrix) ofDays(x *asker) iter.Seq[question] {
	may := func(do access.Action) func() map[int]bool {
		return func() map[int]bool {
			out := map[int]bool{}
			for _, kind := range []string{"element", "coverage", "mission", "agreement", "release"} {
				maps.Copy(out, m.granted(x.who, do, m.of(kind, false)))
			}
			return out
		}
	}
	then := "as_of=" + strconv.Itoa(len(m.entries)-3)
	return func(yield func(question) bool) {
		for _, q := range []question{
			{route: pageDays, path: "/days", may: may(access.List), always: true},
			{route: pageDays, path: "/days?month=2016-08&lang=ar&" + then, may: may(access.List)},
			{route: pageDay, path: "/days/2016-08-24", may: may(access.List)},
			{route: pageDay, path: "/days/2016-08-25", may: may(access.List), always: true},
			{route: pageDay, path: "/days/2016-08-26", may: may(access.List), always: true},
			{route: pageDay, path: "/days/2016-08-27", may: may(access.List), always: true},
			{route: pageDay, path: "/days/2016-08-27?lang=ar&" + then, may: may(access.List)},
			{route: pageDay, path: "/days/2016-08-25.json", may: may(access.Export), always: true},
			{route: pageDay, path: "/days/2016-08-26.json?frozen=no", may: may(access.Export), always: true},
			{route: pageDay, path: "/days/2016-08-27.json?frozen=no&" + then, may: may(access.Export), always: true},
			{route: pageDay, path: "/days/2016-08-26.json?frozen=CLEAR", may: nothing},
			{route: pageDay, path: "/days/2016-02-30", may: nothing},
		} {
			if !yield(q) {
				return
			}
		}
	}
}

// dayStrays are requests to freeze a day that come to nothing, whoever makes them.
func dayStrays() []stray {
	return []stray{
		{dayFrozen, "/days/2016-08-25", url.Values{"mark": {"PURPLE"}, "confirm": {"yes"}}},
		{dayFrozen, "/days/2016-08-25", url.Values{"mark": {"CLEAR"}}},
	}
}
