package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"truce/desk"
)

// parted serves the world's record as one too large to be looked at whole.
func parted(w *world, atOnce int) {
	k, err := testKey()
	w.no(err)
	o := w.site.Options
	o.Record, err = desk.NewRecord(desk.RecordOptions{DB: w.db, Key: k, Now: w.clock.now, AtOnce: atOnce})
	w.no(err)
	w.site, err = newSite(o)
	w.no(err)
	w.srv.Config.Handler = w.site.handler()
}

var noteText = regexp.MustCompile(`<p class="then" role="note">([^<]*)`)

// TestPagesOfALargeRecord: each says which part of the record it shows, and every number of it
// is that of the record.
func TestPagesOfALargeRecord(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	s := slowly(c)
	whole := c.page("/incidents?ids=C001/1").want(200, "").body
	compared := "/?from=2016-09-19&to=2016-09-19&compare=2016-09-18..2016-09-18"
	cells := cellsOf(c.page(compared).want(200, "").body)
	parted(w, 120)
	for _, q := range []struct{ query, from, to, agreement string }{
		{"?from=2016-04-16&to=2016-04-30", "2016-04-16", "2016-04-30", ""},
		{"?from=2016-09-12&to=2016-09-19&agreement=sy-cessation-2016-09", "2016-09-12", "2016-09-19", "sy-cessation-2016-09"},
		{"?from=2016-09-19&to=2016-09-19", "2016-09-19", "2016-09-19", ""},
	} {
		s.figures(q.query, q.from, q.to, q.agreement)
	}
	for path, says := range map[string]string{
		"/?from=2016-04-16&to=2016-04-30": "16 to 30 April 2016",
		"/":                               "September 2016",
		"/incidents":                      "September 2016",
		"/incidents?q=shelling":           "the newest that have these words",
		"/agreements":                     "September 2016",
		"/agreements/sy-coh-2016-02":      "September 2016",
		"/actors":                         "September 2016",
		"/calm":                           "September 2016",
		"/days":                           "September 2016",
		"/days?month=2016-04":             "April 2016",
		"/days?to=2016-05-03":             "May 2016",
		"/days/2016-04-10":                "April 2016",
		"/incidents?ids=C001/1":           "",
		"/incidents/C001":                 "",
		"/record":                         "",
		"/rows/element":                   "",
	} {
		body := c.page(path).want(200, "").body
		note := ""
		if m := noteText.FindStringSubmatch(body); m != nil {
			note = m[1]
		}
		if (says == "") != (note == "") || !strings.Contains(note, says) {
			t.Errorf("%s says %q; expected %q in it", path, note, says)
		}
	}
	if part := c.page("/incidents?ids=C001/1").want(200, "").body; figuresIn(part) != figuresIn(whole) {
		t.Errorf("one element: %s, in the whole %s", figuresIn(part), figuresIn(whole))
	}
	if r := c.page("/?from=2016-03-01&to=2016-04-30&compare=2016-05-01..2016-09-30"); r.status != 422 {
		t.Errorf("stretches of more than a part holds are compared: %d", r.status)
	}
	if got := cellsOf(c.page(compared).want(200, "").body); !slices.Equal(got, cells) || len(cells) < 5 {
		t.Errorf("compared are %q, in the whole %q", got, cells)
	}
	for _, path := range []string{"/tiles/0/0/0?from=2016-04-16&to=2016-04-30", "/tiles/0/0/0", "/areas.geojson"} {
		if r := c.get(path); r.status != 200 && r.status != 204 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

var figure = regexp.MustCompile(`data-figure="incidents" data-low="\d+" data-high="\d+"`)

func figuresIn(body string) string { return figure.FindString(body) }

// cellsOf are the numbers of tables with where they lead, but for the kinds of act, of which a
// page names those that its own elements are reported as.
func cellsOf(body string) []string {
	return slices.DeleteFunc(cellLink.FindAllString(body, -1), func(cell string) bool { return strings.Contains(cell, "act=") })
}
