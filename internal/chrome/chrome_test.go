package chrome

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
)

// printer skips by name where there is no Chromium.
func printer(t *testing.T) *Printer {
	t.Helper()
	out, err := exec.Command("../../scripts/chromium.sh", "--find").Output()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	p, err := NewPrinter(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAPageIsPrintedFromBytesAlone prints a page in Latin and Arabic letters twice. It refers
// to a server on this machine in every way that a page can, and none is asked.
func TestAPageIsPrintedFromBytesAlone(t *testing.T) {
	p := printer(t)
	var asked atomic.Int64
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1) }))
	defer outside.Close()
	page := Page{Path: "/days/2016-04-10", Files: fstest.MapFS{"static/day.css": {Data: []byte("@page { size: A4; margin: 20mm } h1 { color: #123456 }")}},
		Document: []byte(`<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>يوم</title><link rel="stylesheet" href="/static/day.css"><link rel="stylesheet" href="` + outside.URL + `/x.css">
<script src="` + outside.URL + `/x.js"></script><script>document.title = "changed"; fetch("` + outside.URL + `")</script></head>
<body><h1>تقرير يوم 10 نيسان/أبريل 2016</h1><p>Report</p><img src="` + outside.URL + `/x.png" alt=""><img src="file:///etc/hostname" alt=""><iframe src="` + outside.URL + `"></iframe></body></html>`)}
	first, err := p.Print(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(first, []byte("%PDF-")) || bytes.Count(first, []byte("/Type /Page\n")) != 1 {
		t.Errorf("%.100q", first)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server outside was asked %d times", n)
	}
	if !bytes.Contains(first, []byte("/FontFile2")) && !bytes.Contains(first, []byte("/FontFile3")) {
		t.Error("no font is embedded")
	}
	if !bytes.Contains(first, []byte("/StructTreeRoot")) || !bytes.Contains(first, []byte("(ar)")) {
		t.Error("not tagged, or in no language")
	}
	again, err := p.Print(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	digits := regexp.MustCompile(`\d+`) // Chromium numbers the parts of a tagged page as it comes to them
	if !bytes.Equal(digits.ReplaceAll(first, nil), digits.ReplaceAll(again, nil)) {
		i := 0
		for i < min(len(first), len(again)) && first[i] == again[i] {
			i++
		}
		t.Errorf("printed twice, it differs from byte %d of %d and %d: %q", i, len(first), len(again), first[max(0, i-40):min(len(first), i+40)])
	}
}

func TestWithoutABrowser(t *testing.T) {
	if _, err := NewPrinter("no-such-program"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

func TestTheDatesOfAPDFAreTakenOut(t *testing.T) {
	in := "1 0 obj <</CreationDate (D:20261122123456+00'00')\n/ModDate (D:20261122123457+00'00')>> 20261122"
	want := "1 0 obj <</CreationDate (D:00000000000000+00'00')\n/ModDate (D:00000000000000+00'00')>> 20261122"
	if got := string(settle([]byte(in))); got != want {
		t.Errorf("%s", got)
	}
}

// TestNoSuchSite holds the origin of printed pages to be a name that nobody can have.
func TestNoSuchSite(t *testing.T) {
	if _, err := net.LookupHost(strings.TrimPrefix(site, "http://")); err == nil {
		t.Error(site, "is somewhere")
	}
}
