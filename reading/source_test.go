package reading_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"truce/reading"
)

func opened(t *testing.T, name, data string) []reading.Paper {
	t.Helper()
	got, err := reading.Open(name, strings.NewReader(data), reading.Account{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const page = `<!doctype html><html lang="en"><head><title>Truce holds in Homs</title>
<meta property="og:site_name" content="The Paper"><meta property="article:published_time" content="2016-09-14T08:00:00+03:00"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Truce holds in Homs</h1>
<p>The truce held in Homs on Tuesday, residents said, and for the first time in months the markets of the city were open until late in the evening.</p>
<p>Two convoys waited at the border for permission to enter, the United Nations said, adding that the letters that it needs had not come.</p>
<p>A spokesman for the opposition said that the calm was welcome, but that shells had fallen on a village north of the city in the afternoon.</p></article>
<footer>Copyright. Subscribe to our newsletter.</footer><script>var x = "shelling";</script></body></html>`

func TestPageGivesItsArticle(t *testing.T) {
	p := opened(t, "page.html", page)[0]
	if strings.Contains(p.Text, "newsletter") || strings.Contains(p.Text, "Sport") || strings.Contains(p.Text, "var x") || !strings.Contains(p.Text, "\n\nTwo convoys") {
		t.Errorf("text %q", p.Text)
	}
	if p.Outlet != "The Paper" || p.Date.UTC().Format(time.RFC3339) != "2016-09-14T05:00:00Z" || p.Title != "Truce holds in Homs" {
		t.Errorf("outlet %q, date %v, title %q", p.Outlet, p.Date, p.Title)
	}
	if len(p.Notes) != 2 || !strings.Contains(p.Notes[0], "as the page says") {
		t.Errorf("notes %q", p.Notes)
	}
}

func TestWhatTheReaderSaysGoesFirst(t *testing.T) {
	a := damascus(t, friday)
	got, err := reading.Open("page.html", strings.NewReader(page), a)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Outlet != a.Outlet || !got[0].Date.Equal(a.Date) {
		t.Errorf("outlet %q, date %v", got[0].Outlet, got[0].Date)
	}
}

func TestFeedGivesItsEntries(t *testing.T) {
	for name, data := range map[string]string{
		"RSS": `<?xml version="1.0"?><rss version="2.0"><channel><title>The Paper</title>
<item><title>Shelling in Homs</title><description>&lt;p&gt;Two people were &lt;b&gt;killed&lt;/b&gt;.&lt;/p&gt;</description><pubDate>Wed, 14 Sep 2016 08:00:00 +0300</pubDate></item>
<item><title>Truce holds</title></item></channel></rss>`,
		"Atom": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Paper</title>
<entry><title>Shelling in Homs</title><content type="html">&lt;p&gt;Two people were &lt;b&gt;killed&lt;/b&gt;.&lt;/p&gt;</content><published>2016-09-14T08:00:00+03:00</published></entry>
<entry><title>Truce holds</title></entry></feed>`,
	} {
		t.Run(name, func(t *testing.T) {
			got := opened(t, "feed.xml", data)
			if len(got) != 2 || got[0].Text != "Shelling in Homs\n\nTwo people were killed." || got[0].Outlet != "The Paper" || got[0].At != "feed.xml#1" {
				t.Fatalf("%+v", got)
			}
			if got[0].Date.UTC().Format(time.RFC3339) != "2016-09-14T05:00:00Z" || !got[1].Date.IsZero() {
				t.Errorf("dates %v, %v", got[0].Date, got[1].Date)
			}
			if len(got[1].Notes) != 2 || !strings.Contains(strings.Join(got[1].Notes, " "), "no date") {
				t.Errorf("notes %q", got[1].Notes)
			}
		})
	}
}

// written makes a PDF with a line of text on each page, as the format's specification has it.
func written(lines ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(at)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range lines {
		kids = append(kids, fmt.Sprintf("%d 0 R", 4+2*i))
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(lines))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, l := range lines {
		stream := "BT /F1 12 Tf 72 720 Td (" + l + ") Tj ET"
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", 5+2*i)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func TestPDFGivesItsPages(t *testing.T) {
	got, err := reading.Open("paper.pdf", bytes.NewReader(written("Shells fell on Homs.", "Two people were killed.")), reading.Account{})
	if err != nil {
		t.Fatal(err)
	}
	p := got[0]
	second := strings.Index(p.Text, "Two people")
	if !strings.HasPrefix(p.Text, "Shells fell on Homs.") || second < 0 || p.Page(0) != 1 || p.Page(second) != 2 {
		t.Errorf("text %q, pages %v", p.Text, p.Pages)
	}
}

// TestWhatCannotBeRead: each with where it is and what was expected.
func TestWhatCannotBeRead(t *testing.T) {
	for name, x := range map[string]struct{ data, want string }{
		"empty":             {" \n ", "is empty"},
		"invalid UTF-8":     {"It was shelled.\nThen \xff\xfe came.", "x:2:6: byte 0xff is not UTF-8 (convert the file to UTF-8)"},
		"a program's file":  {"PK\x03\x04\x00\x00", "x:1:5: is no text"},
		"markup only":       {"<!doctype html><html><head><title></title></head><body><div><img src='x.png'></div><script>1</script></body></html>", "markup only"},
		"an empty feed":     {"<rss version='2.0'><channel><title>x</title></channel></rss>", "no entries"},
		"a broken feed":     {"<rss version='2.0'><channel><item>", "feed"},
		"a broken PDF":      {"%PDF-1.4\ngarbage", "no text can be taken out"},
		"a PDF of pictures": {string(written("")), "pictures"},
		"deep markup":       {"<html><body>" + strings.Repeat("<div>", 5000), "nested too deeply"},
		"100 MB":            {strings.Repeat("a", 33<<20), "more than 32 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reading.Open("x", strings.NewReader(x.data), reading.Account{})
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error %v, want %q", err, x.want)
			}
		})
	}
}

func TestCleanTextKeepsItsWords(t *testing.T) {
	p := opened(t, "x.txt", "\ufeffShells fell.\r\nA con\u00advoy\x07 came.")[0]
	if p.Text != "Shells fell.\nA convoy came." {
		t.Errorf("%q", p.Text)
	}
}

// TestMixedScripts: three languages in one text, and a word of two scripts.
func TestMixedScripts(t *testing.T) {
	got := read(t, "Shelling hit Homs. قصف على حلب. Обстрел Идлиба. The sh\u0435lling went on.")
	if n := len(items(got, reading.KindPlace)); n != 3 {
		t.Errorf("%d places", n)
	}
	if len(got.Doubts) != 1 || !strings.Contains(got.Doubts[0].Why, "two scripts") {
		t.Errorf("doubts %+v", got.Doubts)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte("<rss><channel><item><title>x</title></item></channel></rss>"))
	f.Add(written("Shells fell."))
	f.Add([]byte("On Friday 12 people were killed."))
	f.Fuzz(func(t *testing.T, data []byte) {
		papers, err := reading.Open("x", bytes.NewReader(data), reading.Account{})
		if err != nil {
			return
		}
		for _, p := range papers {
			if !strings.Contains(p.Text, "") || len(p.Text) == 0 {
				t.Error("an account without text")
			}
		}
	})
}
