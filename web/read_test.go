package web

import (
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"truce/people"
)

// invented is an account made up for these tests: one happening, a denial, a slip.
const invented = `GENEVA, Aug 26 (Test Wire) - Two mortar shells hit Daraya on Thursday, killing three people, the Syrian Observatory for Human Rights said.

Moscow denied that its planes had bombed the town. "We did not fly there," Lavrov said.`

// multi posts a form that may carry a file, as a page does.
func (c *client) multi(path string, fields url.Values, file string) reply {
	c.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for name, values := range fields {
		for _, v := range values {
			c.no(w.WriteField(name, v))
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "account.html")
		c.no(err)
		_, err = part.Write([]byte(file))
		c.no(err)
	}
	c.no(w.Close())
	return c.do("POST", path, strings.NewReader(b.String()), "Content-Type", w.FormDataContentType(), "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
}

// desker is somebody at the desk of the sample mission.
func desker(t *testing.T) *client {
	t.Helper()
	w := newWorld(t)
	w.account("amal", people.Post{Roles: []string{"desk"}, Org: "mission"})
	return w.signIn("amal")
}

var draftKey = regexp.MustCompile(`name="key" value="(\d+) ([^"]*)"`)

func TestAnAccountIsReadDecidedOnAndEntered(t *testing.T) {
	c := desker(t)
	first := url.Values{"text": {invented}, "day": {"2016-08-26"}, "zone": {"Asia/Damascus"}, "outlet": {"Test Wire"}, "title": {"Shells on Daraya"}}
	r := c.multi("/read", first, "")
	check(t, "read", r, 200, "Shells on Daraya", `class="k k-place"`, "Daraya", "a program; everything below is its suggestion", "drafts to decide on", `value="accepted"`)
	drafts := draftKey.FindAllStringSubmatch(r.body, -1)
	if len(drafts) < 2 {
		t.Fatalf("%d drafts", len(drafts))
	}
	before := c.get("/api/v1/counts/report").body
	decide := url.Values{"do": {"enter"}, "once": {"0123456789abcdef"}}
	for name, v := range first {
		decide[name] = v
	}
	fields := regexp.MustCompile(`name="((?:act|by|against|place|from|to|killed|injured)-\d+)" value="([^"]*)"`).FindAllStringSubmatch(r.body, -1)
	for _, f := range fields {
		decide.Set(f[1], html.UnescapeString(f[2]))
	}
	for _, d := range drafts {
		decide.Add("key", d[1]+" "+html.UnescapeString(d[2]))
	}
	decide.Set("says-"+drafts[0][1], "accepted")
	decide.Set("killed-"+drafts[0][1], "3-4")
	decide.Set("says-"+drafts[1][1], "rejected")
	r = c.multi("/read", decide, "")
	kept := r.header.Get("Location")
	if r.status != 303 || !strings.HasPrefix(kept, "/read/ACC-") {
		t.Fatalf("%d %s %s", r.status, kept, r.body)
	}
	r = c.page(kept)
	check(t, "kept", r, 200, "In the record as", "1 is in the record.")
	report := strings.TrimPrefix(kept, "/read/") + "-" + drafts[0][2]
	row := c.get("/api/v1/rows/report/" + url.PathEscape(report)).body
	for _, want := range []string{`"machine":"rules"`, `"reading":"` + strings.TrimPrefix(kept, "/read/") + `"`, `"source":"Test Wire"`, `"passage":{`} {
		if !strings.Contains(strings.ReplaceAll(row, `": `, `":`), want) {
			t.Errorf("the report lacks %s: %s", want, row)
		}
	}
	account := strings.ReplaceAll(c.get("/api/v1/rows/reading/"+strings.TrimPrefix(kept, "/read/")).body, `": `, `":`)
	for _, want := range []string{`"corrected"`, `"rejected"`, `"text":"GENEVA`} {
		if !strings.Contains(account, want) {
			t.Errorf("the account lacks %s: %s", want, account)
		}
	}
	if r = c.multi("/read", decide, ""); r.status != 303 {
		t.Errorf("sent twice: %d %s", r.status, r.body)
	}
	if after := c.get("/api/v1/counts/report").body; after == before {
		t.Error("no report was entered")
	}
}

func TestATaughtNameIsKnownFromThenOn(t *testing.T) {
	c := desker(t)
	form := url.Values{"text": {"The Hill Watchers of Kessab said on Friday that they had left."}, "day": {"2016-08-26"}, "do": {"teach"},
		"name": {"Hill Watchers"}, "what": {"actor"}, "really": {"nusra"}}
	r := c.multi("/read", form, "")
	check(t, "taught", r, 200, "Hill Watchers", "1 name taught so far")
	form.Del("do")
	r = c.multi("/read", form, "")
	if !regexp.MustCompile(`(?s)Hill Watchers</bdi>.{0,80}nusra`).MatchString(r.body) {
		t.Error("the name is not taken for what was taught")
	}
	form.Set("do", "teach")
	form.Set("really", "nobody of that name")
	check(t, "no such actor", c.multi("/read", form, ""), 422, "is not known", "an actor of the register")
}

func TestAccountsThatCannotBeRead(t *testing.T) {
	c := desker(t)
	for name, x := range map[string]struct {
		form   url.Values
		file   string
		status int
		words  string
	}{
		"nothing":         {url.Values{}, "", 422, "holds no text"},
		"no day":          {url.Values{"text": {"x"}, "day": {"Friday"}}, "", 422, "is no day"},
		"no zone":         {url.Values{"text": {"x"}, "zone": {"Nowhere/Land"}}, "", 422, "is not known"},
		"no form of ours": {url.Values{"text": {"x"}, "do": {"burn"}}, "", 422, "this is no form of the page"},
		"too long":        {url.Values{"text": {strings.Repeat("word ", 41_000)}}, "", 422, "cut it up"},
		"a page":          {url.Values{}, "<!doctype html><html><head><title>Shells</title></head><body><nav>Home Sport</nav><article><h1>Shells</h1><p>" + strings.Repeat("Two mortar shells hit Daraya on Thursday, killing three people. ", 8) + "</p></article></body></html>", 200, "Daraya"},
		"hostile":         {url.Values{"text": {"<script>alert(1)</script> Moscow said so \u202e."}}, "", 200, "&lt;script&gt;"},
	} {
		r := c.multi("/read", x.form, x.file)
		if r.status != x.status || !strings.Contains(r.body, x.words) || strings.Contains(r.body, "<script>alert") {
			t.Errorf("%s: %d, want %d and %q", name, r.status, x.status, x.words)
		}
	}
}

func TestTwoTextsSideBySide(t *testing.T) {
	c := desker(t)
	other := strings.ReplaceAll(strings.ReplaceAll(invented, "three people", "five people"), "Two mortar shells", "Some mortar shells")
	r := c.multi("/read/beside", url.Values{"text-a": {invented}, "day-a": {"2016-08-26"}, "text-b": {other}, "day-b": {"2016-08-27"}, "zone": {"Asia/Damascus"}}, "")
	check(t, "beside", r, 200, "Probably the same story.", "word for word", "Sentence by sentence", "Only in A")
	w := newWorld(t)
	w.account("lin", people.Post{Roles: []string{"liaison"}, Party: "north"})
	if r := w.signIn("lin").multi("/read/beside", url.Values{"text-a": {"x"}, "text-b": {"y"}}, ""); r.status != 403 {
		t.Errorf("a liaison: %d", r.status)
	}
}
