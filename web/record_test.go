package web

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"truce/access"
	"truce/desk"
	"truce/people"
)

// TestNumbersOfTheRecordAreCountedAgain counts what the page of the record says a second, slow
// way: entries one by one, verdicts page by page, rows page by page; and follows the links.
func TestNumbersOfTheRecordAreCountedAgain(t *testing.T) {
	w := newWorld(t)
	c := w.as("hala", "head", "desk", "verifier")
	who := headOf("hala")
	page := html.UnescapeString(c.page("/record").want(200, "").body)
	said := func(pattern string) int {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("%s is not on the page: %s", pattern, page)
		}
		n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		w.no(err)
		return n
	}
	entries := 0
	for {
		if _, err := w.db.Entry(w.ctx, int64(entries)); err != nil {
			break
		}
		entries++
	}
	if n := said(`href="/entries"><span class="big">([0-9,]+) entries`); n != entries {
		t.Errorf("%d entries, counted %d", n, entries)
	}
	if n := len(readList(c, "/entries", `<th scope="row" class="num"><a href="/entries/([0-9]+)`)); n != entries {
		t.Errorf("the list holds %d entries, not %d", n, entries)
	}
	for _, outcome := range []string{"violation", "undetermined", "no violation"} {
		counted := 0
		for q := (desk.VerdictQuestion{Outcome: outcome, Limit: desk.MaxLimit}); ; {
			p, err := w.record.Verdicts(w.ctx, who, q)
			w.no(err)
			counted += len(p.Verdicts)
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if n := said(regexp.QuoteMeta(`href="/incidents?outcome=`+url.QueryEscape(outcome)) + `"><span class="big">([0-9,]+)<`); n != counted {
			t.Errorf("%d %s, counted %d", n, outcome, counted)
		}
	}
	page = html.UnescapeString(c.page("/rows").want(200, "").body)
	for _, kind := range access.Kinds() {
		counted := 0
		for q := (desk.Question{Kind: kind, Limit: desk.MaxLimit}); ; {
			p, err := w.record.Rows(w.ctx, who, q)
			w.no(err)
			counted += len(p.Rows)
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if counted == 0 {
			if strings.Contains(page, `href="/rows/`+kind+`"`) {
				t.Errorf("%s is listed with none", kind)
			}
			continue
		}
		if n := said(`href="/rows/` + kind + `" aria-label="[^"]*">([0-9,]+)<`); n != counted {
			t.Errorf("%d rows %s, counted %d", n, kind, counted)
		}
		if n := len(readList(c, "/rows/"+kind, `<th scope="row"><a href="(/rows/`+kind+`/[^"?]+)`)); n != counted {
			t.Errorf("the list holds %d rows %s, not %d", n, kind, counted)
		}
	}
}

// readList follows a list to its end and returns what a pattern finds on all its pages, each
// once.
func readList(c *client, path, pattern string) []string {
	c.Helper()
	var out []string
	for path != "" {
		body := c.page(path).want(200, "").body
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
		if path = ""; next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestEntriesSayWhatTheReceiptSays holds the page of each entry to its receipt: the same
// fields, and those withheld said to be.
func TestEntriesSayWhatTheReceiptSays(t *testing.T) {
	w := newWorld(t)
	w.enter("report-of-north", "TLP:GREEN PARTY:north ORIGINATOR:party:north")
	w.account("lina", people.Post{Roles: []string{"liaison"}, Party: "north"})
	c := w.signIn("lina")
	size, err := w.db.Size(w.ctx)
	w.no(err)
	seen := 0
	for n := range size {
		r := c.page(fmt.Sprintf("/entries/%d", n))
		receipt := c.get(fmt.Sprintf("/api/v1/entries/%d/receipt", n))
		if r.status != receipt.status {
			t.Errorf("entry %d: the page answers %d, the receipt %d", n, r.status, receipt.status)
		}
		if r.status != 200 {
			continue
		}
		seen++
		fields := receipt.json()["fields"].(map[string]any)
		for name := range fields["hashes"].(map[string]any) {
			if name != "mark" && !regexp.MustCompile(`<code class="small">`+name+`</code></dt>\s*<dd><span class="soft">Not shown to your post`).MatchString(r.body) {
				t.Errorf("entry %d: %s is not said to be withheld", n, name)
			}
		}
		for name, value := range fields["values"].(map[string]any) {
			text, ok := value.(string)
			if ok && name != "mark" && len(text) < 500 && !strings.Contains(html.UnescapeString(r.body), text) {
				t.Errorf("entry %d: %s is not shown", n, name)
			}
		}
	}
	if seen < 2 || seen == int(size) {
		t.Errorf("%d of %d entries are seen", seen, size)
	}
}

// TestEntriesAsOf: what came later is not there, in the list and by itself.
func TestEntriesAsOf(t *testing.T) {
	w := newWorld(t)
	c := w.as("hala", "head", "desk")
	if n := len(readList(c, "/entries?as_of=60", `<th scope="row" class="num"><a href="/entries/([0-9]+)`)); n != 60 {
		t.Errorf("%d entries as of 60", n)
	}
	c.page("/entries/59?as_of=60").want(200, "")
	c.page("/entries/60?as_of=60").want(404, "")
	c.page("/entries/-1").want(404, "")
	c.page("/entries/1e3").want(404, "")
	c.page("/entries?from=-1").want(422, "")
	c.page("/entries?from=9999999999999999999").want(422, "")
	c.page("/entries?from=999999").want(200, "")
	c.page("/record?as_of=soon").want(422, "")
	c.page("/record/check?entry=-5").want(422, "")
}

// TestHostileEntriesStayOnTheirPage enters what would break a page and looks at it in both
// languages.
func TestHostileEntriesStayOnTheirPage(t *testing.T) {
	w := newWorld(t)
	c := w.as("hala", "head", "desk")
	for name, text := range map[string]string{
		"script":    `<script>alert(1)</script><img src=x onerror=alert(1)>`,
		"overrides": "\u202e\u2067evil\u2066",
		"combining": "a" + strings.Repeat("\u0301", 1000),
		"long":      strings.Repeat("word ", 400_000),
		"one word":  strings.Repeat("w", 5000),
	} {
		done, err := w.record.Write(w.ctx, headOf("hala"), desk.Act{Kind: "incident.opened", Fields: map[string]any{"id": name, "title": text}})
		w.no(err)
		for _, path := range []string{fmt.Sprintf("/entries/%d", done[0].N), fmt.Sprintf("/entries?from=%d", done[0].N), "/rows/incident/" + url.PathEscape(name), "/rows/incident?newest=1"} {
			r := c.page(path)
			if r.status != 200 || strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") {
				t.Errorf("%s at %s: %d", name, path, r.status)
			}
			if len(r.body) > 1<<20 {
				t.Errorf("%s at %s: %d bytes", name, path, len(r.body))
			}
			balanced(t, name+" "+path, regexp.MustCompile(`(?s)<script type="module"[^>]*></script>`).ReplaceAllString(r.body, ""))
		}
	}
}
