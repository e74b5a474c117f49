package web

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"truce/people"
)

// upload hands two ledgers in.
func (c *client) ledgers(t *testing.T, files map[string]string, fields map[string]string) reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, text := range files {
		f, err := w.CreateFormFile(name, name+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.do("POST", "/reconcile", &b, "Content-Type", w.FormDataContentType(), "Accept", "text/html", "Sec-Fetch-Site", "same-origin")
}

const twoAuthors = "date,ledger,total,aleppo,hama,idlib,latakia,breakdown,answered_by,confirmed,exempt_target,not_confirmed\n" +
	"2017-01-12,North,6,0,2,0,4,full,,,,\n2017-01-12,South,25,8,6,11,0,full,North,0,5,20\n2017-01-13,North,3,0,0,0,3,full,,,,\n2017-01-14,North,1,0,0,0,1,full,,,,\n2017-01-14,South,15,11,1,1,1,full,,,,\n"

func TestLedgersSideBySide(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	text := func(r reply) string {
		return strings.NewReplacer("<bdi>", "", "</bdi>", "").Replace(html.UnescapeString(r.body))
	}
	for name, x := range map[string]struct {
		files, fields map[string]string
		status        int
		want          []string
	}{
		"one file of two authors": {map[string]string{"file_a": twoAuthors}, nil, 200, []string{"North and South", "3 days.", "On one of them a ledger has no row.", "One slip of arithmetic.",
			"South counts 19 more than North", "Idlib +11, Aleppo +8, Hama +4, Latakia -4", "at most 2 can be the same cases", "it is missing, not zero", "the parts add up to 14, the total says 15", "Thursday, 12 January 2017"}},
		"the other way round": {map[string]string{"file_a": twoAuthors, "file_b": twoAuthors}, map[string]string{"ledger_a": "South", "ledger_b": "North"}, 200, []string{"South and North"}},
		"two lists": {map[string]string{"file_a": "id,from,lat,lon,within,act\nO1,2016-09-12,36.2,37.1,500,shelling\nO3,2016-09-13,33.5,36.3,500,shelling\n", "file_b": "id,from,lat,lon,within,act\nT1,2016-09-12,36.2,37.1,500,shelling\n"}, nil, 200,
			[]string{"file_a.csv and file_b.csv", "only in file_a.csv", "What is in both is told alike.", "O3"}},
		"rows that cannot be read":        {map[string]string{"file_a": twoAuthors + "2017-01-15,North,six,0,0,0,0,full,,,,\n"}, nil, 200, []string{"One row could not be read", "a whole number from 0"}},
		"named places":                    {map[string]string{"file_a": "date,ledger,total,aleppo,breakdown\n2016-09-14,C,42,2,partial\n", "named": "date,ledger,province,place_as_written,times\n2016-09-14,C,Aleppo,Khai-al-Ansari,3\n"}, nil, 200, []string{"Khai-al-Ansari", "3 cases are named in Aleppo, but only 2 counted"}},
		"two of two forms":                {map[string]string{"file_a": twoAuthors, "file_b": "id,from\nx,2016-09-12\n"}, nil, 200, []string{"one file holds totals by day and the other a list"}},
		"no such author":                  {map[string]string{"file_a": twoAuthors}, map[string]string{"ledger_a": "East"}, 200, []string{"one of North, South"}},
		"packed":                          {map[string]string{"file_a": "\x1f\x8b\x08"}, nil, 422, []string{"file_a", "plain text"}},
		"no file":                         {nil, nil, 422, []string{"file_a"}},
		"a mapping that is a path":        {map[string]string{"file_a": twoAuthors}, map[string]string{"mapping_a": "../../secret.yaml"}, 422, []string{"mapping_a"}},
		"a zone that nobody knows":        {map[string]string{"file_a": twoAuthors}, map[string]string{"zone_a": "Nowhere/Else"}, 422, []string{"zone_a"}},
		"a day that starts at a bad hour": {map[string]string{"file_a": twoAuthors}, map[string]string{"cut_a": "25:00"}, 422, []string{"cut_a"}},
	} {
		r := c.ledgers(t, x.files, x.fields)
		if r.status != x.status {
			t.Errorf("%s: %d", name, r.status)
		}
		for _, want := range x.want {
			if !strings.Contains(text(r), want) {
				t.Errorf("%s: the page lacks %q", name, want)
			}
		}
		check(t, name, r, x.status)
	}
	if r := c.ledgers(t, map[string]string{"file_a": twoAuthors, "file_b": ""}, map[string]string{"lang": "ar"}); r.status != 200 {
		t.Errorf("an empty second file: %d", r.status)
	}
	for query, want := range map[string]int{"?x=1": 422, "?a=SOHR": 422, "?a=SOHR&a=UN&b=UN": 422, "?a=none&b=none": 404, "?a=SOHR&b=UN&cut_a=x": 422, "?as_of=x": 422} {
		if r := c.page("/reconcile" + query); r.status != want {
			t.Errorf("%s: %d; expected %d", query, r.status, want)
		}
	}
	w.account("empty", people.Post{})
	e := w.signIn("empty")
	if r := e.page("/reconcile"); r.status != 200 || strings.Contains(r.body, "<option value=\"SOHR") {
		t.Errorf("somebody without a post: %d", r.status)
	}
}

// TestSourcesSideBySide compares two sources of the sample mission, and counts what the page
// lists a second way: by the rows of the record.
func TestSourcesSideBySide(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "verifier", "head")
	front := c.page("/reconcile")
	options := regexp.MustCompile(`<option value="([^"]+)" dir="auto">[^<]*\((\d+)\)`).FindAllStringSubmatch(front.body, -1)
	if len(options) < 4 {
		t.Fatalf("%d sources", len(options))
	}
	a, b := html.UnescapeString(options[0][1]), html.UnescapeString(options[1][1])
	r := c.page("/reconcile?a=" + url.QueryEscape(a) + "&b=" + url.QueryEscape(b))
	check(t, "sources", r, 200)
	links := regexp.MustCompile(`href="/incidents/([^"#?]+)"`).FindAllStringSubmatch(r.body, -1)
	want := 0
	for _, o := range options[:2] {
		n, err := strconv.Atoi(o[2])
		if err != nil {
			t.Fatal(err)
		}
		want += n
	}
	if len(links) != want {
		t.Errorf("%d items are listed; the two sources tell %d", len(links), want)
	}
	for _, l := range links[:min(len(links), 3)] {
		if r := c.page("/incidents/" + l[1]); r.status != 200 && r.status != 303 { // an element leads to its incident
			t.Errorf("%s: %d", l[1], r.status)
		}
	}
	tiles := regexp.MustCompile(`<a href="#([a-z-]+)"><span class="big">(\d+)</span>`).FindAllStringSubmatch(r.body, -1)
	if len(tiles) != 5 {
		t.Fatalf("%d tiles", len(tiles))
	}
	for _, tile := range tiles {
		_, rest, ok := strings.Cut(r.body, `id="`+tile[1]+`"`)
		rest, _, _ = strings.Cut(rest, "</section>")
		if n := strings.Count(rest, `<div class="sides">`); !ok || strconv.Itoa(n) != tile[2] {
			t.Errorf("%s: the number is %s, and %d are listed", tile[1], tile[2], n)
		}
	}
}
