package web

import (
	"encoding/json"
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/people"
)

// slow is the sample mission read row by row and verdict by verdict through the API, to count
// again what pages say.
type slow struct {
	*client
	elements map[string]truce.Element
	verdicts map[string][]truce.Verdict
	zone     *time.Location
}

func slowly(c *client) *slow {
	s := &slow{client: c, elements: map[string]truce.Element{}, verdicts: map[string][]truce.Verdict{}}
	var err error
	s.zone, err = time.LoadLocation("Asia/Damascus")
	c.no(err)
	for after := ""; ; {
		page := c.get("/api/v1/rows/element?limit=100&after="+url.QueryEscape(after)).want(200, "").json()
		for _, row := range page["rows"].([]any) {
			var e truce.Element
			text, err := json.Marshal(row.(map[string]any)["body"])
			c.no(err)
			c.no(json.Unmarshal(text, &e))
			s.elements[e.ID] = e
		}
		if after, _ = page["next"].(string); after == "" {
			break
		}
	}
	for id := range s.elements {
		var out struct{ Verdicts []truce.Verdict }
		c.no(json.Unmarshal([]byte(c.get("/api/v1/verdicts?limit=1000&element="+url.QueryEscape(id)).want(200, "").body), &out))
		s.verdicts[id] = out.Verdicts
	}
	return s
}

// days are the first and the last reporting day of an element.
func (s *slow) days(e truce.Element) (first, last string) {
	for i, w := range e.When {
		a, b := w.From.In(s.zone).Format(time.DateOnly), w.To.In(s.zone).Format(time.DateOnly)
		if w.To.After(w.From) && w.To.In(s.zone).Format("15:04:05") == "00:00:00" {
			b = w.To.In(s.zone).AddDate(0, 0, -1).Format(time.DateOnly)
		}
		if i == 0 || a < first {
			first = a
		}
		last = max(last, b)
	}
	return first, last
}

// in says whether an element surely and whether it possibly lies between two days; none are all.
func (s *slow) in(e truce.Element, from, to string) (sure, maybe bool) {
	first, last := s.days(e)
	if from == "" {
		return true, true
	}
	if first == "" {
		return false, true
	}
	maybe = last >= from && first <= to
	lasts := len(e.When) == 1 && e.When[0].Lasts
	return maybe && (lasts || first >= from && last <= to), maybe
}

// class is the outcome of the gravest verdict of an element, of one agreement or of all.
func (s *slow) class(id, agreement string) string {
	gravest := "not judged"
	for _, outcome := range []string{"no violation", "undetermined", "violation"} {
		for _, v := range s.verdicts[id] {
			if string(v.Outcome) == outcome && (agreement == "" || v.Agreement == agreement) {
				gravest = outcome
			}
		}
	}
	return gravest
}

func incidentOf(e truce.Element) string {
	if e.Incident != "" {
		return e.Incident
	}
	return e.ID
}

// spread is a number from low to high, as a page writes it.
func spread(low, high int) string {
	if low == high {
		return grouped(low)
	}
	return grouped(low) + " to " + grouped(high)
}

func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// count counts the incidents and elements that fit.
func (s *slow) count(from, to string, fits func(truce.Element) bool) (elements, incidents string) {
	low, high := 0, 0
	sure, maybe := map[string]bool{}, map[string]bool{}
	for _, e := range s.elements {
		if !fits(e) {
			continue
		}
		surely, possibly := s.in(e, from, to)
		if possibly {
			high++
			maybe[incidentOf(e)] = true
		}
		if surely {
			low++
			sure[incidentOf(e)] = true
		}
	}
	return spread(low, high), spread(len(sure), len(maybe))
}

// people adds up a figure, once for each incident; statements about others are left out.
func (s *slow) people(from, to string, of func(truce.Element) *truce.Range) string {
	type figure struct {
		low, high float64
		sure      bool
	}
	all := map[string]*figure{}
	for _, e := range s.elements {
		words := slices.ContainsFunc(e.Acts, func(a string) bool {
			return !slices.Contains([]string{"statement", "announcement", "acceptance", "order"}, a)
		})
		_, possibly := s.in(e, from, to)
		if r := of(e); r != nil && possibly && (words || len(e.Acts) == 0) {
			first, last := s.days(e)
			inside := from == "" || first >= from && last <= to && first != ""
			if f := all[incidentOf(e)]; f != nil {
				f.low, f.high, f.sure = math.Min(f.low, r.Low), math.Max(f.high, r.High), f.sure && inside
			} else {
				all[incidentOf(e)] = &figure{r.Low, r.High, inside}
			}
		}
	}
	low, high := 0.0, 0.0
	for _, f := range all {
		if f.sure {
			low += f.low
		}
		high += f.high
	}
	if len(all) == 0 {
		return "no figure"
	}
	return spread(int(low), int(high))
}

var (
	tileLink = regexp.MustCompile(`<a href="(/incidents[^"]*)"><span class="big" data-figure="([^"]+)">([^<]*)<`)
	cellLink = regexp.MustCompile(`<td class="num"><a href="(/incidents[^"]*)">([^<]*)</a>`)
	barLink  = regexp.MustCompile(`data-from="([^"]+)" data-to="([^"]+)" aria-label="[^":]*: (.*?) elements?[",]`)
	listLine = regexp.MustCompile(`data-incident="([^"]+)" data-elements="(\d+)"`)
	listHead = regexp.MustCompile(`data-figure="(incidents|elements)" data-low="(\d+)" data-high="(\d+)"`)
	nextLink = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

// listed follows a link to a list, reads all of its pages, and says how many elements and
// incidents it lists, and from how many it says.
func (c *client) listed(link string) (elements, incidents string) {
	c.Helper()
	lines, all, said := 0, 0, map[string]string{}
	highs := map[string]int{}
	for next := html.UnescapeString(link); next != ""; {
		body := c.page(next).want(200, "").body
		for _, m := range listLine.FindAllStringSubmatch(body, -1) {
			n, err := strconv.Atoi(m[2])
			c.no(err)
			lines, all = lines+1, all+n
		}
		for _, m := range listHead.FindAllStringSubmatch(body, -1) {
			low, err := strconv.Atoi(m[2])
			c.no(err)
			high, err := strconv.Atoi(m[3])
			c.no(err)
			said[m[1]], highs[m[1]] = spread(low, high), high
		}
		next = ""
		if m := nextLink.FindStringSubmatch(body); m != nil {
			next = html.UnescapeString(m[1])
		}
	}
	if lines != highs["incidents"] || all != highs["elements"] {
		c.Errorf("%s says %v and lists %d incidents of %d elements", link, said, lines, all)
	}
	return said["elements"], said["incidents"]
}

// TestEveryFigureOfTheSituation counts every number of the first page again, row by row, and
// follows its link to a list of as many.
func TestEveryFigureOfTheSituation(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	s := slowly(c)
	for _, q := range []struct{ query, from, to, agreement string }{
		{"", "", "", ""},
		{"?from=2016-04-16&to=2016-04-30", "2016-04-16", "2016-04-30", ""},
		{"?from=2016-09-12&to=2016-09-19&agreement=sy-cessation-2016-09", "2016-09-12", "2016-09-19", "sy-cessation-2016-09"},
		{"?from=2016-09-19&to=2016-09-19", "2016-09-19", "2016-09-19", ""},
	} {
		s.figures(q.query, q.from, q.to, q.agreement)
	}
}

// figures counts every number of the first page again.
func (s *slow) figures(query, from, to, agreement string) {
	body := s.page("/"+query).want(200, "").body
	seen := 0
	for _, m := range tileLink.FindAllStringSubmatch(body, -1) {
		seen++
		link, name, shown := m[1], m[2], m[3]
		elements, incidents := s.listed(link)
		all := func(truce.Element) bool { return true }
		of := func(e truce.Element) bool { return s.class(e.ID, agreement) == name }
		want, list := "", elements
		switch name {
		case "incidents":
			_, want = s.count(from, to, all)
			list = incidents
		case "killed":
			want = s.people(from, to, func(e truce.Element) *truce.Range { return e.Killed })
			list = want
		case "injured":
			want = s.people(from, to, func(e truce.Element) *truce.Range { return e.Injured })
			list = want
		default:
			want, _ = s.count(from, to, of)
		}
		if shown != want || list != want {
			s.Errorf("%s: %s is shown as %s, counted as %s; the list has %s", query, name, shown, want, list)
		}
	}
	if seen < 6 {
		s.Errorf("%s shows %d figures", query, seen)
	}
	links := 0
	for _, m := range cellLink.FindAllStringSubmatch(body, -1) {
		links++
		if elements, _ := s.listed(m[1]); elements != m[2] {
			s.Errorf("%s: %s leads to a list of %s", m[2], m[1], elements)
		}
	}
	if links < 5 {
		s.Errorf("%s has %d numbers in tables", query, links)
	}
	bars := barLink.FindAllStringSubmatch(body, -1)
	for _, m := range bars {
		want, _ := s.count(m[1], m[2], func(truce.Element) bool { return true })
		if m[3] != want {
			s.Errorf("%s: the bar from %s to %s says %s, not %s", query, m[1], m[2], m[3], want)
		}
	}
	if len(bars) == 0 {
		s.Errorf("%s has no bars", query)
	}
}

// TestListsOfIncidents asks for lists in all the ways that pages link to them.
func TestListsOfIncidents(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	s := slowly(c)
	undated := func(e truce.Element) bool {
		first, last := s.days(e)
		return first == "" || first != last
	}
	says := func(agreement, clause, outcome string) func(truce.Element) bool {
		return func(e truce.Element) bool {
			return slices.ContainsFunc(s.verdicts[e.ID], func(v truce.Verdict) bool {
				return v.Agreement == agreement && v.Clause == clause && string(v.Outcome) == outcome
			})
		}
	}
	for _, q := range []struct {
		query string
		fits  func(truce.Element) bool
	}{
		{"", func(truce.Element) bool { return true }},
		{"?oldest=1", func(truce.Element) bool { return true }},
		{"?undated=1", undated},
		{"?ids=C001/1,C071,nothing", func(e truce.Element) bool { return e.ID == "C001/1" || e.ID == "C071" }},
		{"?incident=C046", func(e truce.Element) bool { return e.Incident == "C046" }},
		{"?agreement=sy-coh-2016-02&clause=G2&outcome=undetermined", says("sy-coh-2016-02", "G2", "undetermined")},
		{"?agreement=sy-coh-2016-02&clause=G2&outcome=no+violation", says("sy-coh-2016-02", "G2", "no violation")},
		{"?actor=russia", func(e truce.Element) bool {
			return slices.Contains(slices.Concat(e.By, e.Against, e.Control), "russia")
		}},
		{"?act=evacuation", func(e truce.Element) bool { return slices.Equal(e.Acts, []string{"evacuation"}) }},
		{"?agreement=none", func(truce.Element) bool { return false }},
		{"?q=qamishli", func(e truce.Element) bool { return strings.Contains(e.Title, "Qamishli") }},
	} {
		want, incidents := s.count("", "", q.fits)
		if elements, got := c.listed("/incidents" + q.query); elements != want || got != incidents {
			t.Errorf("%s: %s elements of %s incidents, not %s of %s", q.query, elements, got, want, incidents)
		}
	}
	for _, bad := range []string{"?from=soon", "?outcome=guilty", "?colour=red", "?after=nothing", "?area=nowhere", "?at=c99.1.1", "?at=enothing", "?clause=G2", "?q=%ff"} {
		if r := c.page("/incidents" + bad); r.status != 422 {
			t.Errorf("%s: %d", bad, r.status)
		}
	}
	if r := c.page("/?compare=2016-01-02..2016-01-01"); r.status != 422 {
		t.Errorf("%d", r.status)
	}
}

// TestASituationForWhomNothingIsShown: empty states say that they are.
func TestASituationForWhomNothingIsShown(t *testing.T) {
	w := serveWorld(t, t.TempDir())
	c := w.as("amal", "desk", "verifier", "head")
	for _, path := range []string{"/", "/incidents"} {
		if r := c.page(path).want(200, ""); !strings.Contains(r.body, "No mission has been adopted yet") {
			t.Errorf("%s of an empty record: %s", path, r.body)
		}
	}
	c.page("/tiles/0/0/0").want(404, "")
	full := newWorld(t)
	full.account("empty", people.Post{})
	if r := full.signIn("empty").page("/").want(200, ""); !strings.Contains(r.body, "No mission has been adopted yet") {
		t.Errorf("%s", r.body)
	}
}

// TestTilesShowWhatTheListHas: the numbers on the map add up to the elements that have a place.
func TestTilesShowWhatTheListHas(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	c.page("/tiles/0/0/0?from=2016-04-16&to=2016-04-30").want(200, "")
	c.page("/tiles/0/0/0?from=soon").want(422, "")
	c.page("/tiles/0/0/1").want(404, "")
	c.page("/base/0/0/0").want(200, "")
	var areas struct {
		Features []struct{ Properties map[string]string }
	}
	c.no(json.Unmarshal([]byte(c.page("/areas.geojson?from=2016-09-13&to=2016-09-13").want(200, "").body), &areas))
	names, agreements := map[string]bool{}, map[string]bool{}
	for _, f := range areas.Features {
		names[f.Properties["name"]], agreements[f.Properties["agreement"]] = true, true
	}
	if !names["castello north 3500 m"] || !names["ramouseh gap"] {
		t.Errorf("on 13 September the September cessation speaks of %v", names)
	}
	if agreements["sy-aleppo-calm-2016-05"] {
		t.Error("the calm of May is in force in September")
	}
	for _, place := range regexp.MustCompile(`href="(/incidents\?at=[^"]+)">(\d+)<`).FindAllStringSubmatch(c.page("/").body, -1) {
		if elements, _ := c.listed(place[1]); elements != place[2] {
			t.Errorf("%s has %s, not %s", place[1], elements, place[2])
		}
	}
}
