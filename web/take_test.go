package web

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"truce"
	"truce/desk"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// begin opens a form and returns what is hidden in it.
func (c *client) begin(path string) url.Values {
	c.Helper()
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(c.page(path).want(200, "").body, -1) {
		if v.Get(m[1]) == "" {
			v.Set(m[1], m[2])
		}
	}
	return v
}

func with1(v url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// TestACallIsTakenDown takes a report down by the plain form: what was told is kept as told, the
// place is read back or unknown, and the form sent twice is one report.
func TestACallIsTakenDown(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	form := dora.begin("/take")
	told := with1(form, "act", "shelling", "means", "mortar", "place", "Douma", "when", "20 minutes ago", "going", "yes", "who", "nobody knows", "killed", "2-3",
		"words", "They fire on the market", "source", "resident", "trapped", "yes", "step", "save")

	r := dora.form("/take", told).want(422, "")
	if !strings.Contains(r.body, "Choose which place is meant") {
		t.Errorf("nobody is asked which Douma: %s", r.body)
	}
	pick := regexp.MustCompile(`name="pick" value="(disc:[^"]+)"[^>]*> <span><bdi>Douma`).FindStringSubmatch(r.body)
	if pick == nil {
		t.Fatalf("Douma is not offered: %s", r.body)
	}
	r = dora.form("/take", with1(told, "pick", pick[1])).want(422, "")
	if !strings.Contains(r.body, "Read the place back first") {
		t.Errorf("the place need not be read back: %s", r.body)
	}
	r = dora.form("/take", with1(told, "pick", "disc:1,2,3", "read_back", "yes")).want(422, "")
	if !strings.Contains(r.body, "choose again") {
		t.Errorf("a place that nobody offered is taken: %s", r.body)
	}
	saved := dora.form("/take", with1(told, "pick", pick[1], "read_back", "yes")).want(303, "").header.Get("Location")
	again := dora.form("/take", with1(told, "pick", pick[1], "read_back", "yes", "words", "another text")).want(303, "").header.Get("Location")
	if !strings.Contains(again, "again=1") {
		t.Errorf("%s, then %s", saved, again)
	}
	id := regexp.MustCompile(`saved=([^&]+)`).FindStringSubmatch(saved)[1]
	row, err := w.record.Row(w.ctx, headOf("amal"), 0, "report", id)
	w.no(err)
	var b struct {
		Door, ReadBack, Text, Source, Reliability, Credibility string
		Danger, Consent                                        []string
		Number                                                 int64
	}
	w.no(json.Unmarshal([]byte(strings.ReplaceAll(string(row.Body), "read_back", "readback")), &b))
	if b.Door != "call" || b.ReadBack != "yes" || b.Text != "They fire on the market" || b.Reliability != "F" || b.Credibility != "6" ||
		strings.Join(b.Danger, " ") != "fire trapped" || strings.Join(b.Consent, " ") != "number" || b.Number == 0 || b.Source != "resident" {
		t.Errorf("%s", row.Body)
	}
	row, err = w.record.Row(w.ctx, headOf("amal"), 0, "element", id)
	w.no(err)
	var e truce.Element
	w.no(json.Unmarshal(row.Body, &e))
	// Shelling since 20 minutes, five each way, and still: it began somewhere between 17:35 and
	// 17:45 by the clock of the test, 18:00 UTC.
	if len(e.When) != 2 || !e.When[0].Lasts || e.When[1].From.Sub(e.When[0].From).Minutes() != 10 || e.Where[0].Name != "Douma" || e.Where[0].Form != "disc" ||
		strings.Join(e.By, " ") != "?nobody knows" || e.Killed == nil || e.Killed.Low != 2 || e.Killed.High != 3 || len(e.Said) != 4 {
		t.Errorf("%s", row.Body)
	}

	// The same straight to the record, without the reading back, is refused.
	e.ID = "x-1"
	f := map[string]any{"id": "x-1", "door": "call", "elements": []truce.Element{e}}
	dora.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "report.received", "fields": f}}}).want(422, "invalid")

	// A place that is none of those offered is saved as a name alone.
	form = dora.begin("/take")
	saved = dora.form("/take", with1(form, "place", "behind the mill", "pick", "unknown", "step", "save")).want(303, "").header.Get("Location")
	page := dora.page(saved).want(200, "")
	if !strings.Contains(page.body, "Saved. Its number is") {
		t.Error(page.body)
	}

	// Who may not take reports in is refused.
	lia := w.as("lia", "auditor")
	lia.page("/take").want(403, "")
	lia.form("/take", told).want(403, "")
	w.nobody().form("/take", told).want(401, "")
	for _, wrong := range []url.Values{with1(form, "once", "short"), with1(form, "at", "2016-08-20T00:00:00Z"), with1(form, "at", "soon")} {
		dora.form("/take", wrong).want(422, "")
	}
}

// TestAQuietWatchIsAReport enters that nothing happened, and where somebody could watch.
func TestAQuietWatchIsAReport(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	form := dora.begin("/take")
	dora.form("/take/watch", with1(form, "area", "none", "watched", "08:00-14:00", "saw", "quiet")).want(422, "")
	dora.form("/take/watch", with1(form, "area", "ALEPPO-CITY", "watched", "soon", "saw", "quiet")).want(422, "")
	for range 2 {
		dora.form("/take/watch", with1(form, "area", "ALEPPO-CITY", "watched", "08:00-14:00", "saw", "quiet", "by", "team 2")).want(303, "")
	}
	page, err := w.record.Rows(w.ctx, headOf("amal"), desk.Question{Kind: "coverage"})
	w.no(err)
	if len(page.Rows) != 1 || !strings.Contains(string(page.Rows[0].Body), `"saw":"quiet"`) {
		t.Errorf("%v", page.Rows)
	}
}
