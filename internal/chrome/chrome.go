// Package chrome prints a page of ours to PDF with a Chromium on this machine. The page and
// whatever it refers to are handed over as bytes: the browser has no network, no cookies and
// no scripts, and every file it leaves is removed.
//
// [Printer.Print] is all there is. The same page looks the same from the same Chromium with the
// same fonts, and dates are taken out; the numbers by which Chromium names the parts of a
// tagged page may still differ from run to run.
package chrome

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrNone says that there is no Chromium on this machine.
var ErrNone = errors.New("there is no Chromium to print with")

// patience is how long one print may take, with the start of the browser.
const patience = 90 * time.Second

// Names are what a Chromium is called, the likeliest first.
func Names() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
}

// Printer prints one page at a time.
type Printer struct {
	program string
	turn    chan struct{}
}

// NewPrinter finds the browser: the program named, or one of the usual names. It fails with
// [ErrNone] where there is none.
func NewPrinter(program string) (*Printer, error) {
	names := Names()
	if program != "" {
		names = []string{program}
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return &Printer{found, make(chan struct{}, 1)}, nil
		}
	}
	return nil, ErrNone
}

// Page is what is printed.
type Page struct {
	Document []byte // HTML, UTF-8
	// Path is the address under which the document stands, "/days/2016-04-10": what it refers
	// to by a path of the same site is read from Files under that path.
	Path  string
	Files fs.FS
}

// site is the origin of a page while it is printed. It is no name that could be looked up.
const site = "http://page.invalid"

// Print returns the page as PDF: A4 unless its style says otherwise, tagged, with an outline
// of its headings.
func (p *Printer) Print(ctx context.Context, page Page) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	profile, err := os.MkdirTemp("", "truce-print-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(profile)
	ctx, stop = chromedp.NewExecAllocator(ctx, p.flags(profile)...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	text, err := print(ctx, page)
	if err != nil {
		return nil, err
	}
	return settle(text), nil
}

// flags shut the browser in. Its sandbox needs a user other than root.
func (p *Printer) flags(profile string) []chromedp.ExecAllocatorOption {
	flags := []chromedp.ExecAllocatorOption{chromedp.ExecPath(p.program), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-extensions", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), chromedp.Flag("font-render-hinting", "none")}
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox)
	}
	return flags
}

// print answers every request of the browser itself, and prints once all is loaded.
func print(ctx context.Context, page Page) ([]byte, error) {
	if _, err := chromedp.Call(ctx, fetch.Enable, fetch.EnableParams{}); err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		return nil, err
	}
	asked := chromedp.Events(ctx, fetch.RequestPaused)
	go func() {
		for ask, err := range asked {
			if err != nil || page.answer(ctx, ask) != nil {
				return
			}
		}
	}()
	if err := chromedp.Do(ctx, chromedp.Navigate(site+page.Path)); err != nil {
		return nil, err
	}
	yes := true
	out, err := chromedp.Call(ctx, cdp.PrintToPDF, cdp.PrintToPDFParams{PreferCSSPageSize: &yes, PrintBackground: &yes, GenerateTaggedPDF: &yes,
		GenerateDocumentOutline: &yes, PaperWidth: 210 / 25.4, PaperHeight: 297 / 25.4})
	return out.Data, err
}

// answer gives the browser the document or one of the files, and nothing else.
func (p Page) answer(ctx context.Context, ask fetch.EventRequestPaused) error {
	name, ours := strings.CutPrefix(ask.Request.URL, site)
	name, _, _ = strings.Cut(name, "?")
	body, kind := p.Document, "text/html; charset=utf-8"
	if ours && name != p.Path {
		body, kind = p.file(strings.TrimPrefix(name, "/"))
	}
	if !ours || body == nil || ask.Request.Method != "GET" {
		_, err := chromedp.Call(ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: ask.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
		return err
	}
	_, err := chromedp.Call(ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: ask.RequestID, ResponseCode: 200, Body: body,
		ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: kind}}})
	return err
}

// file is a style or a font; nil for anything else.
func (p Page) file(name string) (body []byte, kind string) {
	kind = map[string]string{".css": "text/css; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml"}[path.Ext(name)]
	if kind == "" || p.Files == nil || !fs.ValidPath(name) {
		return nil, ""
	}
	body, err := fs.ReadFile(p.Files, name)
	if err != nil {
		return nil, ""
	}
	return body, kind
}

var (
	dated = regexp.MustCompile(`/(CreationDate|ModDate) ?\(D:[^)]*\)`)
	digit = regexp.MustCompile(`[0-9]`)
)

// settle puts zeros for the digits of the dates on which a PDF was made, so that it keeps its
// length and its table of places.
func settle(pdf []byte) []byte {
	return dated.ReplaceAllFunc(pdf, func(m []byte) []byte { return digit.ReplaceAll(m, []byte("0")) })
}
