package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/desk"
	"truce/figures"
	"truce/screen"
)

// TestADayIsFrozenAndItsCorrectionTold goes the way of a head of mission: reads, freezes,
// corrects, and is told what differs.
func TestADayIsFrozenAndItsCorrectionTold(t *testing.T) {
	w := newWorld(t)
	amal, dora := w.as("amal", "head", "desk", "verifier"), w.as("dora", "desk")
	first := amal.page("/days/2016-05-05")
	check(t, "day", first, 200, "Thursday, 5 May 2016", "24 hours long", "20 to 273", "Freeze this report", `value="AMBER"`, "Not known.", "2 to 4")
	if r := dora.page("/days/2016-05-05"); strings.Contains(r.body, "Freeze this report") {
		t.Error("the desk is offered to freeze")
	}
	w.log.take(t)
	dora.form("/days/2016-05-05", url.Values{"mark": {"AMBER"}, "confirm": {"yes"}}).want(403, "")
	if lines := w.log.take(t); len(lines) != 1 || lines[0]["msg"] != "refused" || lines[0]["action"] != "publish" || lines[0]["act"] != "day frozen" {
		t.Errorf("the log says %v", lines)
	}
	amal.form("/days/2016-05-05", url.Values{"mark": {"AMBER"}}).want(422, "")
	amal.form("/days/2016-05-05", url.Values{"mark": {"PINK"}, "confirm": {"yes"}}).want(422, "")
	amal.form("/days/2016-02-30", url.Values{"mark": {"AMBER"}, "confirm": {"yes"}}).want(422, "")
	amal.form("/days/2016-05-05", url.Values{"mark": {"CLEAR"}, "confirm": {"yes"}}).want(409, "") // the public may see no mission
	to := amal.form("/days/2016-05-05", url.Values{"mark": {"AMBER"}, "confirm": {"yes"}}).want(303, "").header.Get("Location")
	if to != "/days/2016-05-05?frozen=AMBER" {
		t.Errorf("then to %s", to)
	}
	amal.form("/days/2016-05-05", url.Values{"mark": {"AMBER"}, "confirm": {"yes"}}).want(409, "")
	j := amal.get("/days/2016-05-05.json").want(200, "")
	sum := sha256.Sum256([]byte(j.body))
	hash := hex.EncodeToString(sum[:])
	if j.header.Get("ETag") != `"`+hash+`"` || j.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v, and its hash is %s", j.header, hash)
	}
	if r := amal.do("GET", "/days/2016-05-05.json", nil, "If-None-Match", `"`+hash+`"`); r.status != 304 || r.body != "" {
		t.Errorf("asked again: %d %s", r.status, r.body)
	}
	check(t, "frozen day", amal.page(to), 200, hash, "byte for byte", "for the mission")
	check(t, "days", amal.page("/days?month=2016-05"), 200, hash[:12], "AMBER", "Agreements")
	_, err := w.record.Write(w.ctx, headOf("amal"), desk.Act{Kind: "element.assessed", Fields: map[string]any{"element": "C057", "reason": "a later count",
		"changes": map[string]any{"killed": map[string]any{"low": 28, "high": 28}}}})
	w.no(err)
	for _, path := range []string{"/days/2016-05-05", to} {
		check(t, path, amal.page(path), 200, "Notice: figures have changed since it was frozen", "20 to 273", "28 to 271", "Element assessed", `href="/entries/`)
	}
	check(t, "days", amal.page("/days"), 200, "Notice: figures of one frozen report have changed", "was 20 to 273, now 28 to 271")
	check(t, "the day after", amal.page("/days/2016-05-06"), 200, "Freeze this report")
	if r := amal.get("/days/2016-05-05.json").want(200, ""); r.body != j.body {
		t.Error("the frozen figures have changed")
	}
	if r := amal.get("/days/2016-05-05.json?frozen=no").want(200, ""); r.body == j.body {
		t.Error("today's figures have not")
	}
	for _, lang := range []string{"en", "ar"} { // the words are not in it
		if r := amal.get("/days/2016-05-05.json?lang="+lang).want(200, ""); r.body != j.body {
			t.Errorf("the figures differ in %s", lang)
		}
	}
}

func TestNoSuchDayIsAnswered(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "head", "desk")
	for path, status := range map[string]int{
		"/days/2016-02-30": 422, "/days/today": 422, "/days/2016-02-30.json": 422, "/days/2016-02-21": 404, "/days/2016-10-01": 404, "/days/2030-01-01": 404,
		"/days/2016-09-20":                 404, // it has not begun
		"/days/2016-05-05.xml":             404,
		"/days/2016-05-05.":                404,
		"/days/2016-05-05?frozen=CLEAR":    404, // it is not
		"/days/2016-05-05?frozen=PINK":     422,
		"/days/2016-05-05?frozen=no&x=1":   422,
		"/days/2016-05-05?as_of=soon":      422,
		"/days/2016-05-05.json?as_of=9999": 422,
		"/days?month=2016-13":              422,
		"/days?month=2015-04":              422,
		"/days?month=2016-04&month=1":      422,
		"/days/2016-05-05?as_of=3":         404, // the record had no mission yet
		"/days/%3Cscript%3E":               422,
		"/days/2016-05-05%00":              422,
		"/days/2016-05-05?as_of=200":       200,
		"/days?as_of=200":                  200,
	} {
		r := c.page(path)
		if r.status != status {
			t.Errorf("%s: %d, not %d", path, r.status, status)
		}
	}
	check(t, "days of an empty record", w.emptyDays(t), 200, "No mission has been adopted yet")
}

// emptyDays is the list of days of a record without a mission.
func (w *world) emptyDays(t *testing.T) reply {
	t.Helper()
	head := headOf("demo")
	empty := serveWorld(t, t.TempDir(), func(o *Options) { o.Demo, o.Origin = &head, "" })
	return empty.nobody().page("/days")
}

// TestADayShowsEachWhatTheyMaySee asks for one day as people of several posts.
func TestADayShowsEachWhatTheyMaySee(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.plant() // RED, on 24 August
	w.enter("green", "TLP:GREEN")
	amal, dora, mona, lina := w.as("amal", "head", "desk"), w.as("dora", "desk"), w.as("mona", "monitor"), w.as("lina", "liaison")
	for _, c := range []*client{dora, mona, lina, w.nobody()} {
		for _, path := range []string{"/days", "/days/2016-08-24", "/days/2016-08-24.json", "/days?month=2016-08"} {
			if r := c.page(path); strings.Contains(r.body, plantedName) || strings.Contains(r.body, plantedSource) || strings.Contains(r.body, plantedText) {
				t.Errorf("%s shows what is RED", path)
			}
		}
	}
	if r := amal.page("/days/2016-08-24"); !strings.Contains(r.body, plantedName) {
		t.Error("whom it is for does not see it")
	}
	if r := amal.get("/days/2016-08-24.json"); strings.Contains(r.body, plantedName) || r.status != 200 {
		t.Error("RED leaves in a file")
	}
	if r := amal.get("/days/2016-05-05.json").want(200, ""); strings.Contains(r.body, "UCDP") {
		t.Error("sources leave in a file")
	}
	if r := amal.page("/days/2016-05-05"); !strings.Contains(r.body, "UCDP") {
		t.Error("the head does not see sources")
	}
	mona.get("/days/2016-05-05.json").want(404, "") // she may read AMBER, and not take it out
	mona.page("/days/2016-05-05").want(200, "")
	lina.page("/days/2016-05-05").want(404, "") // the mission is AMBER
	w.nobody().page("/days/2016-05-05").want(404, "")
}

// TestEveryNumberOfADayLeadsToItsRecords follows every link of the page of a day that names
// elements one by one, and holds the number to how many it names.
func TestEveryNumberOfADayLeadsToItsRecords(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "head", "desk")
	page := c.page("/days/2016-05-05").want(200, "")
	row := regexp.MustCompile(`<tr><th scope="row">([^<]+)</th><td class="num">(?:<a href="/incidents\?ids=([^"]+)">)?([^<]*)`)
	seen := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(page.body, -1) {
		low, high, both := strings.Cut(m[3], " to ")
		if !both {
			high = low
		}
		n, err := strconv.Atoi(high)
		ids, bad := url.QueryUnescape(m[2])
		if err != nil || bad != nil {
			continue
		}
		named := strings.Split(ids, ",")
		switch {
		case strings.HasPrefix(m[1], "Elements") && (n != len(named) && n > 0 || n == 0 && ids != ""):
			t.Errorf("%s: %d, and it leads to %d", m[1], n, len(named))
		case strings.HasPrefix(m[1], "Incidents"):
			of := map[string]bool{}
			for _, id := range named {
				incident, _, _ := strings.Cut(id, "/")
				of[incident] = true
			}
			if n > 0 && len(of) != n {
				t.Errorf("%s: %d, and it leads to %v", m[1], n, of)
			}
		}
		for _, id := range named {
			if ids != "" {
				c.get("/api/v1/rows/element/"+url.PathEscape(id)).want(200, "")
			}
		}
		seen[m[1]] = true
	}
	if len(seen) < 8 {
		t.Errorf("only %d figures: %s", len(seen), page.body)
	}
}

// TestADayIsPrinted makes PDFs in both languages, and says how to print where there is nothing
// to print with.
func TestADayIsPrinted(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Chromium = "no-such-program" })
	c := w.as("amal", "head", "desk")
	check(t, "no printer", c.page("/days/2016-05-05.pdf"), 501, "print it from your browser")
	c.get("/days/2016-05-05.pdf").want(501, "no-printer")
	c.get("/days/2016-02-30.pdf").want(422, "invalid")
	out, err := exec.Command("../scripts/chromium.sh", "--find").Output()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	w.site.Chromium = strings.TrimSpace(string(out))
	var first []byte
	for _, lang := range screen.Langs() {
		r := c.get("/days/2016-05-05.pdf?lang="+string(lang)).want(200, "")
		if r.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(r.body, "%PDF-") || !strings.Contains(r.body, "/FontFile2") || !strings.Contains(r.body, "("+string(lang)+")") {
			t.Errorf("%s: %v %.20q", lang, r.header, r.body)
		}
		if lang == screen.English {
			first = []byte(r.body)
		}
	}
	digits := regexp.MustCompile(`\d+`) // Chromium numbers the parts of a tagged page as it comes to them
	if r := c.get("/days/2016-05-05.pdf?lang=en"); !bytes.Equal(digits.ReplaceAll(first, nil), digits.ReplaceAll([]byte(r.body), nil)) {
		t.Error("printed twice, it differs")
	}
}

// TestHostileTextsInADay enters a report whose texts are made to break a page.
func TestHostileTextsInADay(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "head", "desk")
	for name, title := range map[string]string{
		"script": "<script>alert(1)</script>", "bidi": "a\u202eb\u2066c", "marks": "e" + strings.Repeat("\u0301", 1000), "long": strings.Repeat("a very long title ", 60000),
		"newlines": "a\nb\r\nc", "quotes": `"'><img src=x onerror=y>`,
	} {
		_, err := w.record.HandIn(w.ctx, headOf("amal"), "", desk.Handed{Report: truce.Report{ID: name, Elements: []truce.Element{{ID: name, Title: title, Acts: []string{"shelling"},
			When: []truce.When{{From: noon.Add(-30 * 24 * time.Hour), To: noon.Add(-30*24*time.Hour + time.Hour)}}, Said: []truce.Said{{Fact: "<b>", Value: title, Source: "<i>"}}}}}})
		w.no(err)
	}
	r := c.page("/days/2016-07-28").want(200, "")
	for _, bad := range []string{"<script>alert", "<img src", "<b>", "<i>"} {
		if strings.Contains(r.body, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	var d desk.DayReport
	if err := json.Unmarshal([]byte(c.get("/days/2016-07-28.json").want(200, "").body), &d); err != nil || len(d.Rows) < 6 {
		t.Errorf("%d rows, %v", len(d.Rows), err)
	}
}

// TestDaysAndTheSituationCountAlike holds the figures of every day to those that the situation
// shows of it, which are counted by another package.
func TestDaysAndTheSituationCountAlike(t *testing.T) {
	w := newWorld(t)
	sight, err := w.record.Sight(w.ctx, headOf("amal"), 0)
	w.no(err)
	var items []figures.Item
	for i := range sight.Result.Elements {
		a := sight.About[i]
		if e := &sight.Result.Elements[i]; a.First != "" { // days leave out what is of no known day
			x := figures.NewItem(e, a.First, a.Last, a.Verdicts)
			x.Stated = len(e.Acts) == 1 && truce.Acts().Covers("statement", e.Acts[0])
			items = append(items, x)
		}
	}
	days, err := w.record.Days(w.ctx, headOf("amal"), "", "", 0)
	w.no(err)
	for _, d := range days {
		f := figures.Count(items, figures.Stretch{From: d.Span.Day, To: d.Span.Day})
		n := d.Figures
		got := [][2]int{{n.Incidents.Sure, n.Incidents.Possible}, {n.Killed.Low, n.Killed.High}, {n.Killed.Without.Possible, n.Killed.Stated.Possible}, {n.Injured.Low, n.Injured.High},
			{n.Violation.Sure, n.Violation.Possible}, {n.Undetermined.Sure, n.Undetermined.Possible}}
		want := [][2]int{{f.Incidents.Low, f.Incidents.High}, {f.Killed.People.Low, f.Killed.People.High}, {f.Killed.Unknown, f.Killed.Stated}, {f.Injured.People.Low, f.Injured.People.High},
			{f.Classes[figures.Violation].Low, f.Classes[figures.Violation].High}, {f.Classes[figures.Undetermined].Low, f.Classes[figures.Undetermined].High}}
		if !cmp.Equal(got, want) {
			t.Errorf("%s: %v, and the situation says %v", d.Span.Day, got, want)
		}
	}
}
