package reading

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ledongthuc/pdf"
)

// maxPages is the most pages that a PDF may have.
const maxPages = 2000

// openPDF takes the text out of a PDF, page by page.
func openPDF(name string, data []byte, a Account) ([]Paper, error) {
	pages, err := pdfPages(data)
	if err != nil {
		return nil, bad(name, "no text can be taken out of this PDF: "+err.Error(), "a PDF with text in it, without a password")
	}
	var b strings.Builder
	var starts []int
	for _, page := range pages {
		starts = append(starts, b.Len())
		text, err := Clean(name, []byte(strings.ToValidUTF8(page, "\ufffd")))
		if err == nil {
			b.WriteString(strings.TrimSpace(text) + "\n\n")
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return nil, bad(name, "holds no text: its pages are pictures", "a PDF with text in it; have the pictures read first")
	}
	p := paper(b.String(), a, fmt.Sprintf("%d pages", len(pages)))
	p.Pages = starts
	return []Paper{p}, nil
}

// pdfPages returns the text of each page. The library panics on some broken files.
func pdfPages(data []byte) (pages []string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the file is broken: %v", r)
		}
	}()
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	n := r.NumPage()
	if n > maxPages {
		return nil, fmt.Errorf("%d pages, more than %d", n, maxPages)
	}
	fonts := map[string]*pdf.Font{}
	for i := 1; i <= n; i++ {
		page := r.Page(i)
		if page.V.IsNull() {
			pages = append(pages, "")
			continue
		}
		text, err := page.GetPlainText(fonts)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i, err)
		}
		pages = append(pages, text)
	}
	return pages, nil
}

// Page returns the number of the page, from 1, that holds an offset of the text; 0 if the
// account has no pages.
func (p Paper) Page(offset int) int {
	n := 0
	for n < len(p.Pages) && p.Pages[n] <= offset {
		n++
	}
	return n
}
