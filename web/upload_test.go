package web

import (
	"bytes"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
)

// file hands a file in as a browser does.
func (c *client) file(path, name, text string) reply {
	c.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	c.no(err)
	_, err = part.Write([]byte(text))
	c.no(err)
	c.no(m.Close())
	return c.do("POST", path, &b, "Content-Type", m.FormDataContentType(), "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
}

var chosen = regexp.MustCompile(`<select id="(to_[a-z_]+)" name="to_[a-z_]+">(?s:(.*?))</select>`)

// mapped are the choices of a page of columns, as they stand.
func mapped(r reply) map[string]string {
	out := map[string]string{}
	for _, m := range chosen.FindAllStringSubmatch(r.body, -1) {
		if at := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(m[2]); at != nil {
			out[m[1]] = at[1]
		}
	}
	return out
}

// TestAFileIsMappedAndEntered hands in a table under names of its own: its columns are offered,
// the first rows shown as they will be read, bad rows set aside with reasons, and the file handed
// in again makes no second record.
func TestAFileIsMappedAndEntered(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	const table = "Event Date,Location,Latitude,Longitude,Radius,Kind of event,Killed,Notes\n" +
		"2016-08-20 14:00,Douma,33.57,36.40,2000,shelling,2,first\n" +
		"some day,Douma,33.57,36.40,2000,shelling,2,=danger\n" +
		"2016-08-21 15:00,Harasta,33.56,36.37,2000,air-strike,,third\n"
	r := dora.file("/upload", "../odd/table.csv", table).want(200, "")
	got := mapped(r)
	for ours, theirs := range map[string]string{"to_from": "Event Date", "to_place": "Location", "to_lat": "Latitude", "to_lon": "Longitude", "to_within": "Radius", "to_killed_low": "Killed", "to_killed_high": "Killed", "to_text": "Notes"} {
		if got[ours] != theirs {
			t.Errorf("%s is offered %q, not %q", ours, got[ours], theirs)
		}
	}
	if strings.Contains(r.body, "odd") {
		t.Error("the folder is kept")
	}
	form := with1(nil, "token", regexp.MustCompile(`name="token" value="([A-Z0-9]+)"`).FindStringSubmatch(r.body)[1], "step", "read", "to_act", "Kind of event")
	for ours, theirs := range got {
		form.Set(ours, theirs)
	}
	r = dora.form("/upload/read", form).want(200, "")
	for _, want := range []string{"2 reports can be read", "Rows set aside", "some day", "air strike"} {
		if !strings.Contains(strings.ReplaceAll(r.body, "air-strike", "air strike"), want) {
			t.Errorf("the preview lacks %q: %s", want, r.body)
		}
	}
	aside := dora.form("/upload/read", with1(form, "step", "aside")).want(200, "")
	if !strings.HasPrefix(aside.body, "line,field,value") || !strings.Contains(aside.body, "some day") || aside.header.Get("Content-Disposition") == "" {
		t.Errorf("set aside: %s", aside.body)
	}
	before, err := w.db.Size(w.ctx)
	w.no(err)
	r = dora.form("/upload/read", with1(form, "step", "save")).want(200, "")
	if !strings.Contains(r.body, "2 reports were entered") {
		t.Error(r.body)
	}
	r = dora.form("/upload/read", with1(form, "step", "save")).want(200, "")
	if after, err := w.db.Size(w.ctx); err != nil || after != before+2 || !strings.Contains(r.body, "2 were in the record already") {
		t.Errorf("%d entries, then %d (%v): %s", before, after, err, r.body)
	}
	in, err := w.record.Inbox(w.ctx, headOf("amal"))
	w.no(err)
	if len(in.Waiting) != 2 || in.Waiting[0].Door != "upload" {
		t.Errorf("%+v", in.Waiting)
	}
	// The file is its own: nobody else reads it on, and columns that it has not are refused.
	w.as("nour", "desk").form("/upload/read", form).want(422, "")
	dora.form("/upload/read", with1(form, "to_text", "Nothing")).want(422, "")
	for name, text := range map[string]string{"empty.csv": "", "twice.csv": "a,a\n1,2\n", "none.xlsx": "no workbook"} {
		dora.file("/upload", name, text).want(422, "")
	}
	w.as("lia", "auditor").file("/upload", "table.csv", table).want(403, "")
}

// TestOurOwnLayoutIsReadAsItIs hands in GeoJSON, which has no columns to choose.
func TestOurOwnLayoutIsReadAsItIs(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	const text = `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[36.4,33.57]},"properties":{"id":"G1","from":"2016-08-20 14:00","within":"2000","act":"shelling"}}]}`
	r := dora.file("/upload", "one.geojson", text).want(200, "")
	if !strings.Contains(r.body, "One report can be read") || strings.Contains(r.body, "to_from") {
		t.Error(r.body)
	}
}
