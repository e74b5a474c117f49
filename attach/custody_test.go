package attach

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// custodyPage writes the page of the test to a file, to be looked at in a browser.
var custodyPage = flag.String("custody", "", "write the page of custody to this file")

func sampleItem() (Item, Custody) {
	day := time.Date(2016, 8, 27, 6, 12, 40, 0, time.FixedZone("", 3*3600))
	item := Item{Hash: Hash{0xab, 1}, Size: 2_481_333, Name: "المطحنة ٢٧ آب.jpg", Type: "image/jpeg", Claimed: "image/jpeg", Captured: day, Clock: "camera",
		Address: "https://example.org/posts/8812?x=<script>alert(1)</script>", Place: "36.2021, 37.1343", By: "monitor-4", Sealed: true,
		Copy: &Copy{Hash: Hash{0xcd, 2}, Size: 1_204_118, Type: "image/jpeg"}}
	c := Custody{Printed: day.Add(90 * time.Hour), Access: []string{"desk", "verifier", "head"}, Retention: "until the mission's archive is handed over"}
	c.Events = []Event{
		{day.Add(time.Hour), "monitor-4", Received, item.Hash, "by the desk's upload form"},
		{day.Add(2 * time.Hour), "ليلى", Viewed, item.Copy.Hash, ""},
		{day.Add(3 * time.Hour), "head and verifier-2", Opened, item.Hash, "to read the camera's clock"},
		{day.Add(4 * time.Hour), "ليلى", Viewed, item.Copy.Hash, "\x1b[31mred\u202e"},
		{day.Add(5 * time.Hour), "", "handed over", Hash{}, ""},
		{day.Add(6 * time.Hour), "auditor", Verified, Hash{0xee}, "these are not\nthe bytes"},
	}
	return item, c
}

func TestThePageOfCustodyHoldsWhatTheProtocolAsksFor(t *testing.T) {
	item, c := sampleItem()
	var b bytes.Buffer
	if err := CustodyPage(&b, item, c); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if *custodyPage != "" {
		if err := os.WriteFile(*custodyPage, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		item.Hash.String(), item.Copy.Hash.String(), "2016-08-27 03:12:40 UTC", "camera", "36.2021, 37.1343", "monitor-4", `<bdi dir="auto">ليلى</bdi>; <bdi dir="auto">head and verifier-2</bdi>`,
		"not known", "to read the camera&#39;s clock", "other bytes: ee", "age --decrypt -i KEY FILE | sha256sum",
		`<a href="#copy">the working copy</a>`, `<a href="#original">the original</a>`, `id="original"`, `id="copy"`, "2016-08-30 21:12:40 UTC",
		`<h1><bdi dir="auto">المطحنة`, "&lt;script&gt;alert(1)", "size: A4",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script", "src=", "@import", "url(", "<link", "<iframe", "ZgotmplZ"} {
		if strings.Contains(got, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if regexp.MustCompile(`href="[^#]`).MatchString(got) {
		t.Error("the page leads elsewhere")
	}
	wellFormed(t, got)
}

// wellFormed checks that every tag is closed.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	page = regexp.MustCompile(`<meta[^>]*>`).ReplaceAllString(page, "")
	d := xml.NewDecoder(strings.NewReader(page))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheTextOfCustodySaysTheSame(t *testing.T) {
	item, c := sampleItem()
	var b strings.Builder
	if err := CustodyText(&b, item, c); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{item.Hash.String(), item.Copy.Hash.String(), "2016-08-27 03:12:40 UTC", "ليلى", `\u001b[31mred\u202e`, "ليلى; head and verifier-2", "the working copy", "other bytes: ee", "these are not the bytes"} {
		if !strings.Contains(got, want) {
			t.Errorf("the text lacks %q:\n%s", want, got)
		}
	}
	if strings.ContainsFunc(strings.ReplaceAll(got, "\n", ""), hidden) {
		t.Error("a letter that steers the terminal")
	}
	t.Log("\n" + got)
}

func TestNothingKnownIsSaidSo(t *testing.T) {
	item := Item{Hash: Hash{1}, Type: "application/pdf", NoCopy: "none is made of a PDF"}
	var page, text strings.Builder
	if err := errors.Join(CustodyPage(&page, item, Custody{}), CustodyText(&text, item, Custody{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not known", "nothing is recorded", "nobody, as far as is recorded", "none is made of a PDF", "not encrypted"} {
		if !strings.Contains(page.String(), want) || !strings.Contains(text.String(), want) {
			t.Errorf("lacks %q", want)
		}
	}
	if strings.Contains(page.String(), "0001-01-01") {
		t.Error("an unknown time was made up")
	}
	wellFormed(t, page.String())
}
