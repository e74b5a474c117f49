package reading

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// openPage takes the article out of an HTML page.
func openPage(name string, data []byte, a Account) ([]Paper, error) {
	r, err := charset.NewReader(bytes.NewReader(data), "text/html")
	if err != nil {
		return nil, bad(name, "its character set is not known", "UTF-8")
	}
	if tooDeep(data) {
		return nil, bad(name, "is nested too deeply", "a page that a browser shows")
	}
	article, err := readability.FromReader(r, &url.URL{Scheme: "file", Path: "/"})
	if err != nil {
		return nil, bad(name, "no article can be found: "+err.Error(), "a page with running text")
	}
	if article.Node == nil {
		return nil, bad(name, "holds no article", "a page with running text; this is markup only")
	}
	text, err := Clean(name, []byte(inWords(article.Node)))
	if err != nil {
		return nil, bad(name, "holds no article", "a page with running text; this is markup only")
	}
	date, err := article.PublishedTime()
	if err != nil {
		date = time.Time{}
	}
	notes := a.found(date, article.SiteName(), article.Title(), "as the page says")
	if title := strings.TrimSpace(article.Title()); title != "" && !strings.HasPrefix(strings.TrimSpace(text), title) {
		text = title + "\n\n" + text
	}
	return []Paper{paper(text, a, notes...)}, nil
}

// tooDeep reports whether tags are nested so deeply that walking them would not end well.
func tooDeep(data []byte) bool {
	const most = 2000
	depth := 0
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			if name, _ := z.TagName(); !strings.Contains(void, " "+string(name)+" ") {
				depth++
			}
		case html.EndTagToken:
			depth = max(0, depth-1)
		}
		if depth > most {
			return true
		}
	}
}

// void are tags that hold nothing, or that need not be closed.
const void = " area base br col embed hr img input link meta source track wbr p li td tr th option "

// inWords returns the text of a page, paragraphs apart.
func inWords(n *html.Node) string {
	var b strings.Builder
	writeWords(&b, n)
	lines := strings.Split(b.String(), "\n")
	var out []string
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n\n")
}

func writeWords(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	}
	if n.Type == html.ElementNode && strings.Contains(" script style noscript template svg figure ", " "+n.Data+" ") {
		return
	}
	block := n.Type == html.ElementNode && strings.Contains(blocks, " "+n.Data+" ")
	if block {
		b.WriteByte('\n')
	}
	for c := range n.ChildNodes() {
		writeWords(b, c)
	}
	if block {
		b.WriteByte('\n')
	}
}

// blocks are tags that begin and end a paragraph.
const blocks = " p div section article h1 h2 h3 h4 h5 h6 li ul ol blockquote br tr table pre header footer aside main dd dt dl figcaption "

// openFeed takes the entries of a feed, each an account of its own.
func openFeed(name string, data []byte, a Account) ([]Paper, error) {
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(data))
	if err != nil {
		return nil, bad(name, "is no feed that can be read: "+err.Error(), "RSS or Atom")
	}
	var out []Paper
	for i, item := range feed.Items {
		entry := a
		entry.At = fmt.Sprintf("%s#%d", name, i+1)
		if p, ok := openEntry(entry, feed.Title, item); ok {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, bad(name, "the feed has no entries with text", "entries with a title or a text")
	}
	return out, nil
}

func openEntry(a Account, outlet string, item *gofeed.Item) (Paper, bool) {
	body := item.Content
	if strings.TrimSpace(body) == "" {
		body = item.Description
	}
	text := strings.TrimSpace(item.Title) + "\n\n" + fragment(body)
	text, err := Clean(a.At, []byte(strings.ToValidUTF8(text, "\ufffd")))
	if err != nil {
		return Paper{}, false
	}
	var date time.Time
	for _, t := range []*time.Time{item.UpdatedParsed, item.PublishedParsed} {
		if t != nil {
			date = *t
		}
	}
	notes := a.found(date, outlet, item.Title, "as the feed says")
	return paper(text, a, notes...), true
}

// fragment is the text of a piece of HTML.
func fragment(s string) string {
	n, err := html.Parse(strings.NewReader(s))
	if err != nil || tooDeep([]byte(s)) {
		return ""
	}
	return inWords(n)
}
