package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/desk"
	"truce/people"
)

// elementRow is an element as the rows of the API give it.
type elementRow struct {
	ID   string
	Body struct {
		Incident, Report string
		Said             []truce.Said
		Sources          []string
		Conflict         []string
	}
}

// elementRows reads all elements page by page.
func elementRows(c *client) []elementRow {
	var out []elementRow
	for after := ""; ; {
		var p struct {
			Rows []elementRow
			Next string
		}
		r := c.get("/api/v1/rows/element?limit=100&after="+url.QueryEscape(after)).want(200, "")
		c.no(json.Unmarshal([]byte(r.body), &p))
		out = append(out, p.Rows...)
		if after = p.Next; after == "" {
			return out
		}
	}
}

// TestEveryNumberOfAnIncidentIsRecounted counts what the page of an incident says in a second
// way, from rows and verdicts of the API, and follows each number to what it counts.
func TestEveryNumberOfAnIncidentIsRecounted(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	of := map[string][]elementRow{}
	for _, e := range elementRows(c) {
		id := e.Body.Incident
		if id == "" {
			id = e.ID
		}
		of[id] = append(of[id], e)
	}
	for _, id := range []string{"C061", "C143", "C128", "C035", "C139", "C132"} {
		page := c.page("/incidents/" + id)
		check(t, id, page, 200)
		verdicts, outline, sources, odds := map[string]string{}, map[string]string{}, map[string]int{}, 0
		for _, e := range of[id] {
			for _, v := range verdictsOf(c, e.ID) {
				key := strings.Join([]string{e.ID, v.Agreement, v.Clause}, ":")
				verdicts[key] = string(v.Outcome)
				if v.Outcome != truce.NoViolation {
					outline[key] = string(v.Outcome)
				}
			}
			for _, s := range e.Body.Said {
				sources[s.Source]++
			}
			for _, s := range e.Body.Sources {
				sources[s]++
			}
			odds += len(e.Body.Conflict)
			if !strings.Contains(page.body, `<section class="element" id="`+e.ID+`">`) {
				t.Errorf("%s: %s is not there", id, e.ID)
			}
		}
		if d := cmp.Diff(verdicts, shownVerdicts(page.body)); d != "" {
			t.Errorf("%s: verdicts (-rows +page):\n%s", id, d)
		}
		if d := cmp.Diff(outline, shownOutline(page.body)); d != "" {
			t.Errorf("%s: overview (-rows +page):\n%s", id, d)
		}
		if d := cmp.Diff(sources, shownSources(t, page.body)); d != "" {
			t.Errorf("%s: sources (-rows +page):\n%s", id, d)
		}
		if got := strings.Count(page.body, "Sources contradict each other on this"); got != odds {
			t.Errorf("%s: %d contradictions, the rows have %d", id, got, odds)
		}
		folds(t, id, page.body)
		receipts(t, c, page.body)
	}
}

func verdictsOf(c *client, element string) []truce.Verdict {
	var p struct{ Verdicts []truce.Verdict }
	r := c.get("/api/v1/verdicts?limit=1000&element="+url.QueryEscape(element)).want(200, "")
	c.no(json.Unmarshal([]byte(r.body), &p))
	return p.Verdicts
}

// shownVerdicts are the outcomes that a page says, by anchor.
func shownVerdicts(page string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`<li id="([^"]+)"><details class="verdict"><summary><span class="mark [vun]">([a-z ]+)</span>`).FindAllStringSubmatch(page, -1) {
		out[html.UnescapeString(m[1])] = m[2]
	}
	return out
}

// shownOutline are those of the overview, each with the anchor it leads to.
func shownOutline(page string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`<div class="line"><a href="#([^"]+)"><span class="mark [vun]">([a-z ]+)</span></a>`).FindAllStringSubmatch(page, -1) {
		anchor, _ := url.PathUnescape(html.UnescapeString(m[1]))
		out[anchor] = m[2]
	}
	return out
}

// shownSources are the numbers beside the sources; each must lead to as many lines.
func shownSources(t *testing.T, page string) map[string]int {
	out := map[string]int{}
	for _, m := range regexp.MustCompile(`<a href="#(source-\d+)"><bdi>([^<]*)</bdi> <span class="soft">(\d+)</span></a>`).FindAllStringSubmatch(page, -1) {
		_, list, found := strings.Cut(page, `<li id="`+m[1]+`">`)
		list, _, _ = strings.Cut(list, "</ul>")
		n := strings.Count(list, "<li>")
		if !found || fmt.Sprint(n) != m[3] || !strings.Contains(list, "<h3><bdi>"+m[2]+"</bdi></h3>") {
			t.Errorf("%s %s leads to %d lines", m[2], m[3], n)
		}
		for _, a := range regexp.MustCompile(`<a href="#([^"]+)">`).FindAllStringSubmatch(list, -1) {
			anchor, _ := url.PathUnescape(html.UnescapeString(a[1]))
			if !strings.Contains(page, `id="`+html.EscapeString(anchor)+`"`) {
				t.Errorf("%s leads to #%s, which is not there", m[2], anchor)
			}
		}
		out[html.UnescapeString(m[2])] = n
	}
	return out
}

// folds holds the numbers of folded clauses to the lists that they unfold to.
func folds(t *testing.T, what, page string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?s)<summary>(One|\d+) clauses? plainly do(?:es)? not apply: <span class="soft">(.*?)</span></summary>\n<ul class="plain verdicts">(.*?)</ul></details>`).FindAllStringSubmatch(page, -1) {
		n := strings.Count(m[3], `<details class="verdict">`)
		said, sum := m[1], 0
		if said == "One" {
			said = "1"
		}
		for _, part := range regexp.MustCompile(`\((\d+)\)`).FindAllStringSubmatch(m[2], -1) {
			k := 0
			fmt.Sscan(part[1], &k)
			sum += k
		}
		if fmt.Sprint(n) != said || sum != n {
			t.Errorf("%s: %s clauses are said, %d by reason, %d are there", what, said, sum, n)
		}
	}
}

// receipts follows the first and the last receipt.
func receipts(t *testing.T, c *client, page string) {
	t.Helper()
	all := regexp.MustCompile(`href="(/api/v1/entries/\d+/receipt)"`).FindAllStringSubmatch(page, -1)
	if len(all) == 0 {
		t.Error("no receipts")
		return
	}
	for _, m := range [][]string{all[0], all[len(all)-1]} {
		c.get(m[1]).want(200, "")
	}
}

func TestIncidentAddresses(t *testing.T) {
	w := newWorld(t)
	w.plant()
	c, other := w.as("amal", "desk", "verifier", "head"), w.as("olga", "desk")
	for path, want := range map[string]string{
		"/incidents/C061%2F2":           "/incidents/C061#C061/2",
		"/incidents/C061%2F2?as_of=220": "/incidents/C061?as_of=220#C061/2",
		"/incidents/C139%2F1":           "/incidents/C139#C139/1",
	} {
		if r := c.page(path); r.status != 303 || r.header.Get("Location") != want {
			t.Errorf("%s: %d %s, not %s", path, r.status, r.header.Get("Location"), want)
		}
	}
	// What is not there and what is hidden are answered alike, to the byte.
	unknown, hidden := other.page("/incidents/nothing"), other.page("/incidents/planted")
	if unknown.status != 404 || hidden.status != 404 || unknown.body != hidden.body {
		t.Errorf("%d, %d: %s", unknown.status, hidden.status, hidden.body)
	}
	c.page("/incidents/planted").want(200, "")
	c.page("/incidents/C061?as_of=20").want(404, "") // not yet in the record
	check(t, "another's element", c.page("/incidents/C061?element=C143%2F1"), 422, "element")
	check(t, "as of nonsense", c.page("/incidents/C061?as_of=soon"), 422)
	r := c.page("/incidents/C061?element=C061%2F2")
	check(t, "one element alone", r, 200, `id="C061/2"`, "Further elements of this incident", "Show the first elements")
	if strings.Contains(r.body, `<section class="element" id="C061/1">`) {
		t.Error("the others are laid out, too")
	}
	then := c.page("/incidents/C061?as_of=220")
	check(t, "as of then", then, 200, `href="/agreements/sy-coh-2016-02?as_of=220#G4"`)
	arabic := c.page("/incidents/C143?lang=ar")
	for _, words := range []string{`<html lang="ar" dir="rtl">`, "لا أحد يعرف من هو", "<bdi>Syrian armed forces</bdi>", "ما الذي يحسمه"} {
		if !strings.Contains(arabic.body, words) {
			t.Errorf("in Arabic there is no %q", words)
		}
	}
}

// TestAnIncidentOfManyActs lays the first out and leads to each of the others.
func TestAnIncidentOfManyActs(t *testing.T) {
	w := newWorld(t)
	report := truce.Report{ID: "many"}
	for i := range 30 {
		report.Elements = append(report.Elements, truce.Element{ID: fmt.Sprintf("many/%02d", i), Incident: "long day", Title: "shot", Acts: []string{"shelling"}, When: []truce.When{{From: noon.Add(-72 * time.Hour), To: noon.Add(-71 * time.Hour)}}})
	}
	_, err := w.record.HandIn(w.ctx, headOf("amal"), "", desk.Handed{Report: report})
	w.no(err)
	c := w.as("amal", "desk")
	r := c.page("/incidents/long%20day")
	check(t, "the first", r, 200)
	if n, others := strings.Count(r.body, `<section class="element"`), strings.Count(r.body, `element=many%2F`); n != 12 || others != 18 {
		t.Errorf("%d in full, %d others", n, others)
	}
	if to := c.page("/incidents/many%2F29").header.Get("Location"); to != "/incidents/long%20day?element=many%2F29#many/29" {
		t.Errorf("the last is at %s", to)
	}
	if to := c.page("/incidents/many").header.Get("Location"); to != "/incidents/long%20day#report:many" {
		t.Errorf("the report is at %s", to)
	}
}

// TestAnIncidentTellsAllSides shows findings, contacts, attachments, corrections and hostile
// texts, to the desk and to somebody of a party.
func TestAnIncidentTellsAllSides(t *testing.T) {
	w := emptyWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"))
	c, boris := w.as("amal", "desk", "verifier", "head"), w.as("boris", "verifier")
	hostile := "<script>alert(1)</script>\u202egnp.exe " + strings.Repeat("z\u0301\u0302\u0303\u0304", 300)
	_, err := w.record.HandIn(w.ctx, headOf("amal"), "", desk.Handed{Report: truce.Report{ID: "H", Source: "S-12", Text: hostile + strings.Repeat(" long", 400_000), Elements: []truce.Element{{
		ID: "H/1", Title: hostile, Acts: []string{"shelling"}, By: []string{"?" + hostile, "russia"}, Conflict: []string{"killed"}, Killed: &truce.Range{Low: 2, High: 9},
		When: []truce.When{{From: noon.Add(-72 * time.Hour), To: noon.Add(-60 * time.Hour), Lasts: true}},
		Said: []truce.Said{{Fact: "killed", Value: "2", Source: "SOHR"}, {Fact: "killed", Value: "9", Source: "<b>Ministry</b>"}, {Fact: "colour", Value: "red", Source: "SOHR"}},
	}}}, Mark: "TLP:GREEN"})
	w.no(err)
	c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "I", "title": "What was heard", "members": []string{"H/1"}, "mark": "TLP:GREEN"})).want(200, "")
	c.do("POST", "/api/v1/reports/H/attachments?name=a.png", strings.NewReader(string(picturePNG())), "Content-Type", "image/png").want(200, "")
	for _, f := range []map[string]any{
		{"id": "F-1", "incident": "I", "body": "the commission", "standard": "verified", "statement": "two were killed", "verdict": "breach of G2"},
		{"id": "F-2", "incident": "I", "body": "the other commission", "standard": "reasonable-grounds", "statement": "nine were killed", "dissent": "one of us says five"},
	} {
		n := c.send("POST", "/api/v1/proposals", map[string]any{"kind": "finding.signed", "fields": f}).want(200, "").json()["entry"]
		boris.send("POST", fmt.Sprintf("/api/v1/proposals/%v/confirm", n), nil).want(200, "")
	}
	c.send("POST", "/api/v1/entries", act1("contact.made", map[string]any{"with": "the north", "at": "2016-08-27T12:00:00Z", "words": "asked for an answer", "about": "H/1", "reply_due": "2016-08-28T12:00:00Z"})).want(200, "")
	r := c.page("/incidents/I")
	check(t, "the desk", r, 200, "What was heard", "Contradictions to work on", "&lt;script&gt;alert(1)", "&lt;b&gt;Ministry&lt;/b&gt;", "2 to 9", "colour", "(not in the register)",
		"the commission", "the other commission", "two were killed", "nine were killed", "one of us says five", "asked for an answer", "a.png", "lasting from", "Standard: verified",
		"more characters stand in the record", "Incident opened", "Attachment", "truce verify RECEIPT")
	if len(r.body) > 2_000_000 {
		t.Errorf("%d bytes for one incident", len(r.body))
	}
	if !strings.Contains(r.body, ">2</bdi>") || !strings.Contains(r.body, ">9</bdi>") {
		t.Error("one of the figures is gone")
	}
	lina := w.signInAs("lina", "north")
	r = lina.page("/incidents/I")
	check(t, "a liaison", r, 200, "not shown to your post", "Who says it is not shown to your post.", "What was heard")
	for _, bad := range []string{"SOHR", "Ministry", "S-12", "asked for an answer", "two were killed", "a.png"} {
		if strings.Contains(r.body, bad) {
			t.Errorf("a liaison sees %s", bad)
		}
	}
	w.nobody().page("/incidents/I").want(404, "")
	c.send("POST", "/api/v1/entries", act1("report.retracted", map[string]any{"id": "H", "reason": "the caller was elsewhere"})).want(200, "")
	check(t, "withdrawn", c.page("/incidents/I"), 200, "The report of this was withdrawn.", "the caller was elsewhere", "Report retracted")
}

// signInAs makes an account of a party's liaison and signs it in.
func (w *world) signInAs(id, party string) *client {
	w.Helper()
	w.account(id, people.Post{Roles: []string{"liaison"}, Party: party})
	return w.signIn(id)
}
