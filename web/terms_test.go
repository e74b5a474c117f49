package web

import (
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"truce"
	"truce/desk"
)

// demoWorld serves the sample mission to whoever is on this machine.
func demoWorld(t *testing.T) *client {
	t.Helper()
	head := headOf("demo")
	fast := Rate{PerSecond: 1e6, Burst: 1e6}
	return newWorld(t, func(o *Options) { o.Demo, o.Origin, o.PerAddress, o.PerAccount = &head, "", fast, fast }).nobody()
}

// everyVerdict reads all verdicts over the API, page by page, as a stranger to the pages would.
func everyVerdict(c *client) map[string][]truce.Verdict {
	c.Helper()
	out, after := map[string][]truce.Verdict{}, ""
	for {
		var page struct {
			Verdicts []truce.Verdict `json:"verdicts"`
			Next     string          `json:"next"`
		}
		r := c.get("/api/v1/verdicts?limit=1000&after=" + after)
		if err := json.Unmarshal([]byte(r.body), &page); err != nil || r.status != 200 {
			c.Fatalf("%d %.200s", r.status, r.body)
		}
		for _, v := range page.Verdicts {
			out[v.Element] = append(out[v.Element], v)
		}
		if after = page.Next; after == "" {
			return out
		}
	}
}

// slowCount counts elements that an address selects: those whose gravest verdict of what it
// names is of the outcome, and of which one wants the fact.
func slowCount(all map[string][]truce.Verdict, q url.Values) int {
	if ids := q.Get("ids"); ids != "" {
		n := 0
		for _, id := range strings.Split(ids, ",") {
			if _, is := all[id]; is {
				n++
			}
		}
		return n
	}
	n := 0
	for _, list := range all {
		gravest, wanted := 4, q.Get("want") == ""
		for _, v := range list {
			if v.Agreement != q.Get("agreement") || q.Get("clause") != "" && v.Clause != q.Get("clause") {
				continue
			}
			rank := slices.Index([]string{"violation", "undetermined", "no violation", "withdrawn"}, string(v.Outcome))
			if v.Code == "RETRACTED" || v.Code == "DUP" {
				rank = 3
			}
			gravest = min(gravest, rank)
			for _, s := range v.Settle {
				for _, f := range s.Facts {
					wanted = wanted || rank == 1 && s.Always && desk.Fact(f) == q.Get("want")
				}
			}
		}
		if o := q.Get("outcome"); gravest < 4 && wanted && (o == "" || o == []string{"violation", "undetermined", "no violation", "withdrawn"}[gravest]) {
			n++
		}
	}
	return n
}

var (
	countLink = regexp.MustCompile(`<a href="(/incidents\?[^"]*)"><b>([\d,]+)</b>`)
	wantLink  = regexp.MustCompile(`<a href="(/incidents\?[^"]*want=[^"]*)">[^<]* \(([\d,]+)\)</a>`)
	differs   = regexp.MustCompile(`<a href="(/incidents\?ids=[^"]*)">The readings differ on ([\d]+|one) `)
	lineOf    = regexp.MustCompile(`data-elements="(\d+)"`)
	nextPage  = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

// listedElements follows a list to its end and adds up what its lines stand for.
func listedElements(c *client, path string) int {
	c.Helper()
	n := 0
	for path != "" {
		r := c.page(path)
		if r.status != 200 {
			c.Fatalf("%s: %d %.300s", path, r.status, r.body)
		}
		for _, m := range lineOf.FindAllStringSubmatch(r.body, -1) {
			k, _ := strconv.Atoi(m[1])
			n += k
		}
		m := nextPage.FindStringSubmatch(r.body)
		if path = ""; m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	return n
}

// TestEveryNumberOfAnAgreementIsCountedTwice recomputes what stands behind every number on
// the pages of agreements from the verdicts of the API, and follows links to their lists.
func TestEveryNumberOfAnAgreementIsCountedTwice(t *testing.T) {
	c := demoWorld(t)
	all := everyVerdict(c)
	page := c.page("/agreements").body
	ids := regexp.MustCompile(`<li class="card" id="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 8 {
		t.Fatalf("%d agreements", len(ids))
	}
	bodies := map[string]string{"all": page}
	for _, id := range ids {
		bodies[id[1]] = c.page("/agreements/" + id[1]).body
	}
	numbers, followed := 0, 0
	for where, body := range bodies {
		for _, form := range []*regexp.Regexp{countLink, wantLink, differs} {
			for _, m := range form.FindAllStringSubmatch(body, -1) {
				numbers++
				shown, _ := strconv.Atoi(strings.NewReplacer(",", "", "one", "1").Replace(m[2]))
				link := html.UnescapeString(m[1])
				u, err := url.Parse(link)
				if err != nil {
					t.Fatal(err)
				}
				if want := slowCount(all, u.Query()); shown != want {
					t.Errorf("%s: %s says %d; there are %d", where, link, shown, want)
				}
				if shown > 0 && shown < 60 && numbers%7 == 0 || form == differs {
					followed++
					if n := listedElements(c, link); n != shown {
						t.Errorf("%s: %s says %d and lists %d", where, link, shown, n)
					}
				}
			}
		}
	}
	if numbers < 150 || followed < 12 {
		t.Errorf("only %d numbers, %d followed", numbers, followed)
	}
	t.Logf("%d numbers, %d lists", numbers, followed)
}

// TestAClauseStandsBesideItsOwnLines holds the code that is shown to the adopted file.
func TestAClauseStandsBesideItsOwnLines(t *testing.T) {
	c := demoWorld(t)
	texts, err := c.record.AgreedTexts(c.ctx, headOf("demo"), 0, "sy-coh-2016-02")
	c.no(err)
	lines := strings.Split(strings.TrimSuffix(texts[0].Text, "\n"), "\n")
	shown := map[int]bool{}
	body := c.page("/agreements/sy-coh-2016-02").body
	for _, m := range regexp.MustCompile(`(?s)id="L(\d+)"><span class="code-n">(\d+)</span><span class="code-t">(.*?)\n</span>`).FindAllStringSubmatch(body, -1) {
		n, _ := strconv.Atoi(m[1])
		if m[1] != m[2] || shown[n] || html.UnescapeString(m[3]) != lines[n-1] {
			t.Errorf("line %s is shown as %q", m[1], m[3])
		}
		shown[n] = true
	}
	for n, text := range lines {
		if !shown[n+1] && strings.TrimSpace(text) != "" {
			t.Errorf("line %d is not shown: %s", n+1, text)
		}
	}
	for _, want := range []string{`id="O2"`, "must not be done", `href="#party-opposition"`, "from 27 February 2016 on", `href="/entries/`, texts[0].Version} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// draft posts a text as the page does.
func (c *client) draft(text, from, against string) reply {
	c.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for _, f := range [][2]string{{"text", text}, {"from", from}, {"against", against}} {
		c.no(w.WriteField(f[0], f[1]))
	}
	c.no(w.Close())
	return c.do("POST", "/agreements/try", strings.NewReader(b.String()), "Content-Type", w.FormDataContentType(), "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
}

func TestADraftIsTriedAndNothingIsStored(t *testing.T) {
	c := demoWorld(t)
	texts, err := c.record.AgreedTexts(c.ctx, headOf("demo"), 0, "sy-freeze-2016-09")
	if err == nil {
		t.Fatalf("the sample has it: %v", texts)
	}
	texts, err = c.record.AgreedTexts(c.ctx, headOf("demo"), 0, "sy-eid-calm-2016-07")
	c.no(err)
	text := texts[0].Text
	before := c.get("/api/v1/state").body
	if r := c.page("/agreements/try?from=sy-eid-calm-2016-07"); r.status != 200 || !strings.Contains(html.UnescapeString(r.body), text) || !strings.Contains(r.body, "Nothing of it is stored.") {
		t.Errorf("the start: %d", r.status)
	}
	one := regexp.MustCompile(`(?m)^    by: .*$`).ReplaceAllString(text, "    by: anyone")
	for name, x := range map[string]struct {
		text, against string
		status        int
		words         []string
	}{
		"as adopted":           {text, "", 200, []string{"It says the same as the adopted text", "no verdict differs"}},
		"by whoever":           {one, "", 200, []string{"Against <bdi>Eid calm declared by the Syrian army, July 2016</bdi>", "Verdicts that differ", `href="/incidents/C`}},
		"against nothing":      {one, "-", 200, []string{"What it would have found"}},
		"a key that is none":   {strings.Replace(text, "    forbid:", "    forbidd:", 1), "", 200, []string{"stop it from being used", "forbidd", "column 5", `href="#L`}},
		"no YAML":              {"a: [", "", 200, []string{"One problem stops it", `href="#L1"`}},
		"hostile":              {"<script>alert(1)</script>\u202e: x", "", 200, []string{"&lt;script&gt;"}},
		"nothing":              {" ", "", 200, []string{"Try a text"}},
		"an unknown neighbour": {text, "none-such", 200, []string{"What it would have found"}},
		"a million and one":    {strings.Repeat("#", 1_000_001), "", 413, []string{"Too large"}},
		"more than a request":  {strings.Repeat("#", 1<<20), "", 413, []string{"Too large"}},
		"many lines":           {strings.Repeat("#\n", 5000), "", 200, []string{"only the lines around problems"}},
	} {
		r := c.draft(x.text, "sy-eid-calm-2016-07", x.against)
		check(t, name, r, x.status, x.words...)
		if strings.Contains(r.body, "<script>alert") {
			t.Errorf("%s: a script is in the page", name)
		}
	}
	if r := c.do("POST", "/agreements/try", strings.NewReader("text=a"), "Content-Type", "multipart/form-data", "Accept", "text/html", "Sec-Fetch-Site", "same-origin"); r.status != 422 {
		t.Errorf("a form that is none: %d", r.status)
	}
	if r := c.do("POST", "/agreements/try", strings.NewReader("text=a"), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Sec-Fetch-Site", "cross-site"); r.status != 403 {
		t.Errorf("from another site: %d", r.status)
	}
	if after := c.get("/api/v1/state").body; after != before {
		t.Errorf("the record was %s and is %s", before, after)
	}
}

func TestTextsAreTriedFewAtATime(t *testing.T) {
	w := newWorld(t)
	b := &tryBench{site: w.site, slots: make(chan struct{}, 1)}
	b.slots <- struct{}{}
	if _, failed, err := b.try(w.ctx, &desk.Sight{}, desk.TryQuestion{}); failed != tryBusy || err != nil {
		t.Errorf("%q %v", failed, err)
	}
	<-b.slots
	if _, _, err := b.try(w.ctx, &desk.Sight{}, desk.TryQuestion{}); err == nil { // no visit: the work panics
		t.Error("a text broke the engine and nobody says so")
	}
	if len(b.slots) != 0 {
		t.Error("its place is still taken")
	}
}

// TestVersionsAreComparedAndOlderStatesStay adopts another version of a text.
func TestVersionsAreComparedAndOlderStatesStay(t *testing.T) {
	c := demoWorld(t)
	const id = "sy-eid-calm-2016-07"
	if r := c.page("/agreements/" + id + "/versions"); r.status != 200 || !strings.Contains(r.body, "There is one version only") {
		t.Errorf("one version: %d %s", r.status, r.body)
	}
	texts, err := c.record.AgreedTexts(c.ctx, headOf("demo"), 0, id)
	c.no(err)
	size, err := c.record.Wait(c.ctx, -1)
	c.no(err)
	old := texts[0]
	text := regexp.MustCompile(`(?m)^    by: .*$`).ReplaceAllString(old.Text, "    by: anyone")
	_, err = c.record.Write(c.ctx, headOf("amal"), desk.Act{Kind: "agreement.adopted", Submission: "again", Fields: map[string]any{"id": id, "title": "Eid <b>calm</b>", "name": old.Name, "version": "2", "text": text}})
	c.no(err)
	page := c.page("/agreements/" + id + "/versions")
	check(t, "versions", page, 200, "What changed in the text", "by: anyone", "code-line less", "code-line more", "What changed in the verdicts", "Verdicts that differ", "Eid &lt;b&gt;calm", `rel=`[:0])
	if n := strings.Count(page.body, "code-line more"); n != strings.Count(old.Text, "\n    by: ") {
		t.Errorf("%d lines changed", n)
	}
	for path, want := range map[string]int{
		fmt.Sprintf("?from=%d&to=%d", old.Entry, size): 200, fmt.Sprintf("?from=%d&to=%d", size, size): 200, "?from=1&to=2": 422, "?from=x": 422, "?to=-1": 422,
		fmt.Sprintf("?as_of=%d", size): 200, "?from=99999999999999999999": 422,
	} {
		if r := c.page("/agreements/" + id + "/versions" + path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if r := c.page(fmt.Sprintf("/agreements/%s?as_of=%d", id, size)); strings.Contains(r.body, "by: anyone") || !strings.Contains(r.body, "One version") {
		t.Error("the earlier state shows the later text")
	}
	if r := c.page("/agreements/" + id); !strings.Contains(r.body, "by: anyone") || !strings.Contains(r.body, "2 versions") {
		t.Error("the later text is not shown")
	}
}

// TestActorsAreFoundByAnyName looks for names in all scripts, and for what is not there.
func TestActorsAreFoundByAnyName(t *testing.T) {
	c := demoWorld(t)
	for q, want := range map[string]string{"nusra": "nusra", "النصره": "nusra", "Хезболла": "hezbollah", "ИГИЛ": "daesh"} {
		r := c.page("/actors?q=" + url.QueryEscape(q))
		found := regexp.MustCompile(`<th scope="row"><a href="/actors/([^"]+)"`).FindAllStringSubmatch(r.body, -1)
		if len(found) != 1 || found[0][1] != want {
			t.Errorf("%s: %v", q, found)
		}
	}
	check(t, "a hostile name", c.page("/actors?q="+url.QueryEscape("<script>\u202e"+strings.Repeat("\u0301", 100))), 200, "No name in the register fits", "&lt;script&gt;")
	for path, want := range map[string]int{"/actors?q=" + strings.Repeat("a", 801): 422, "/actors?q=%ff": 422, "/actors/none": 404, "/actors/%3Fsomebody": 404, "/agreements/none": 404, "/agreements/none/versions": 404, "/agreements/try?from=none": 404} {
		if r := c.page(path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	check(t, "nusra", c.page("/actors/nusra"), 200, "Jabhat Fatah al-Sham", "جبهة النصرة", "Джебхат ан-Нусра", "The same actor under another name: nothing else changes.", "UN Security Council list", "It counts no breaches", "shut out as", "by the word of")
	for _, path := range []string{"/actors", "/actors/nusra", "/actors/syrian-armed-forces"} {
		if body := c.page(path).body; strings.Contains(body, `class="mark v"`) || strings.Contains(body, "outcome=") {
			t.Errorf("%s speaks of breaches", path)
		}
	}
}
