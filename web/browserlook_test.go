package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"truce/people"
	"truce/screen"
)

// TestPagesAreAccessible looks at every page in both languages, in light and dark, wide,
// narrow and at twice the size.
func TestPagesAreAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin, o.Send = &head, "", true })
	for _, path := range deskPages() {
		lookBoth(t, ctx, axe, w.origin, path)
	}
	w = newWorld(t)
	token, _, err := w.people.Invite(w.ctx, people.Invitation{Account: "nour", Post: people.Post{Name: "Nour", Roles: []string{"auditor"}}}, w.clock.now())
	w.no(err)
	lookBoth(t, ctx, axe, w.origin, "/sign-in")
	lookBoth(t, ctx, axe, w.origin, "/invitation?token="+token.Reveal())
	eval[bool](t, ctx, `document.querySelector("main button").click(); true`)
	until(t, ctx, `location.pathname === "/account"`)
	lookBoth(t, ctx, axe, w.origin, "/account")
	eval[bool](t, ctx, `document.querySelector("form[action='/account/authenticator'] button").click(); true`)
	until(t, ctx, `document.querySelector("svg.qr")`)
	look(t, ctx, axe, "/account/authenticator", views()[2:])
	w.account("amal", people.Post{Roles: []string{"desk", "head"}})
	do(t, ctx, chromedp.Navigate(w.origin+"/sign-in?lang=en"))
	eval[bool](t, ctx, fmt.Sprintf(`document.getElementById("account").value = "amal"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; document.querySelector("main button").click(); true`, plantedPassword, w.code("amal")))
	until(t, ctx, `document.body.innerText.includes("Account amal")`)
	lookBoth(t, ctx, axe, w.origin, "/account?of=amal")
	if axe == "" {
		t.Skip("skipped: axe-core " + axeVersion + " is not in .cache (the tests of package export fetch it)")
	}
}

// view is one way of looking at a page.
type view struct {
	scheme string
	width  int64
	axe    bool // held to WCAG 2.2 AA, too
}

// views are those of every language: 640 is a window of 1280 at twice the size.
func views() []view {
	return []view{{"light", 1280, true}, {"light", 640, false}, {"dark", 320, true}}
}

// lookBoth looks at an address in English and in Arabic.
func lookBoth(t *testing.T, ctx context.Context, axe, origin, path string) {
	t.Helper()
	name, _, _ := strings.Cut(path, "?token")
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(origin+with(path, "lang", "en")))
	look(t, ctx, axe, name, views())
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(origin+with(path, "lang", "ar")))
	if got := eval[string](t, ctx, `document.documentElement.lang + " " + document.documentElement.dir`); got != "ar rtl" {
		t.Errorf("%s is %s", name, got)
	}
	for _, text := range eval[[]string](t, ctx, "("+leftInEnglish+")("+english(t)+")") {
		t.Errorf("%s in Arabic says %q", name, text)
	}
	look(t, ctx, axe, name+" ar", []view{{"dark", 1280, false}, {"dark", 640, false}, {"light", 320, true}})
}

// with adds a value to the query of a path.
func with(path, name, value string) string {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + name + "=" + value
}

// english is every text of the English catalogues, for a script.
var english = func() func(testing.TB) string {
	once := sync.OnceValues(func() (string, error) {
		set, err := screen.New()
		if err != nil {
			return "", err
		}
		texts, w := []string{}, set.Words(screen.English)
		for _, name := range w.Names() {
			if text, err := w.T(name); err == nil {
				texts = append(texts, text)
			}
		}
		out, err := json.Marshal(texts)
		return string(out), err
	})
	return func(t testing.TB) string {
		text, err := once()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}()

// leftInEnglish lists what a page says in Latin letters that is neither what the record holds
// nor code, both of which are marked as such. Options of lists, drawings and the title of the
// window cannot be marked so: of them the words of the English catalogues are listed. Names of
// zones and of forms of files, and words in capitals alone, such as TLP:AMBER and UTC, are the
// same in every language, and so is what a script fills in.
const leftInEnglish = `(english) => {
	const ours = new Set(english.map(text => text.trim()));
	const words = (text) => /[A-Za-z]{3,}/.test(text.replace(/\{\w+\}|[A-Z][A-Za-z]+\/[A-Za-z_]+|GeoJSON/g, "").replace(/\b[A-Z][A-Z0-9:+-]+\b/g, ""));
	const out = [];
	const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (nodes.nextNode()) {
		const of = nodes.currentNode.parentElement, text = nodes.currentNode.data.trim();
		if (of.closest("bdi, code, pre, script, style, template, textarea, [lang]:not(html), [dir=auto]") || !words(text)) continue;
		if (!of.closest("option, svg") || ours.has(text)) out.push(text);
	}
	for (const e of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
		if (e.closest("[lang]:not(html)")) continue;
		for (const name of ["aria-label", "placeholder", "title", "alt"]) {
			const text = e.getAttribute(name) ?? "";
			if (words(text) && !/[\u0600-\u06ff]/.test(text)) out.push(name + ": " + text);
		}
	}
	for (const part of document.title.split(" · ").slice(0, -1)) if (ours.has(part.trim())) out.push("title: " + part);
	return out.slice(0, 20);
}`

// look holds what the browser shows to WCAG 2.2 AA and to the width of the window. With
// TRUCE_PICTURES set to a folder pictures are kept there.
func look(t *testing.T, ctx context.Context, axe, name string, views []view) {
	t.Helper()
	if axe != "" {
		eval[bool](t, ctx, axe+`; true`)
	}
	for _, v := range views {
		emulate(t, ctx, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}})
		do(t, ctx, chromedp.EmulateViewport(v.width, 900))
		if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s at %d: %d px wider than the window", name, v.width, over)
		}
		keepPicture(t, ctx, fmt.Sprintf("%s-%s-%d", name, v.scheme, v.width))
		if axe == "" || !v.axe {
			continue
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], resultTypes: ["violations", "passes"]})
			.then(r => (r.passes.length < 8 ? ["only " + r.passes.length + " rules applied"] : []).concat(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary))))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s, %s, %d: %s", name, v.scheme, v.width, f)
		}
	}
}

func emulate(t *testing.T, ctx context.Context, media emulation.SetEmulatedMediaParams) {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
}

// keepPicture keeps what is shown where TRUCE_PICTURES names a folder.
func keepPicture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("TRUCE_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer("/", "_", "?", "_", "*", "", "=", "_", " ", "_", "%", "_", "&", "_").Replace(name) + ".png"
	if err := os.WriteFile(filepath.Join(folder, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPagesPrintWhole looks at every page as it goes to paper: nothing that is read is hidden
// or cut.
func TestPagesPrintWhole(t *testing.T) {
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin, o.Send = &head, "", true })
	for i, path := range deskPages() {
		lang := []string{"en", "ar"}[i%2]
		do(t, ctx, chromedp.EmulateViewport(720, 1000), chromedp.Navigate(w.origin+with(path, "lang", lang)))
		eval[bool](t, ctx, `window.shown = [...document.querySelectorAll("main :is(h1, h2, h3, p, dl, dd, pre, table, th, td, svg, li)")]
			.filter(e => e.checkVisibility() && !e.closest("form, button, nav, .noprint, [data-map], .then")); true`)
		emulate(t, ctx, emulation.SetEmulatedMediaParams{Media: "print"})
		for _, lost := range eval[[]string](t, ctx, lostOnPaper) {
			t.Errorf("%s on paper, %s: %s", path, lang, lost)
		}
		keepPicture(t, ctx, path+"-print-"+lang)
		emulate(t, ctx, emulation.SetEmulatedMediaParams{})
	}
}

// lostOnPaper lists what was shown and is hidden on paper, and what is cut off. Chromium makes
// a page smaller that is a little too wide.
const lostOnPaper = `(() => {
	const what = (e) => e.tagName + " " + (e.textContent ?? "").trim().slice(0, 60);
	const out = window.shown.filter(e => !e.checkVisibility()).map(e => "hidden: " + what(e));
	for (const e of document.querySelectorAll("main *")) {
		const s = getComputedStyle(e);
		if (e.checkVisibility() && s.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1 && !e.closest("svg, .away, form, .noprint")) out.push("cut: " + what(e));
	}
	const wide = document.documentElement.scrollWidth / document.documentElement.clientWidth;
	if (wide > 1.4) out.push("too wide by " + wide);
	return out.slice(0, 10);
})()`

// firstLoad is the most that the first page may weigh in bytes, compressed, without the map
// that comes once it can be read.
const firstLoad = 300_000

// TestTheFirstPageIsLight adds up what the first visit fetches.
func TestTheFirstPageIsLight(t *testing.T) {
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin, o.Send = &head, "", true })
	for _, lang := range []string{"en", "ar"} {
		var mu sync.Mutex
		asked := map[string]bool{}
		onRequest(t, ctx, func(u *url.URL) {
			mu.Lock()
			defer mu.Unlock()
			asked[u.String()] = true
		})
		do(t, ctx, chromedp.Navigate(w.origin+"/?lang="+lang))
		until(t, ctx, `document.fonts.status === "loaded"`)
		time.Sleep(time.Second)
		mu.Lock()
		total, list := 0, ""
		for address := range asked {
			if ofMap(address) {
				continue
			}
			n := weight(t, address)
			total, list = total+n, list+fmt.Sprintf("\n%7d %s", n, strings.TrimPrefix(address, w.origin))
		}
		mu.Unlock()
		t.Logf("%s: %d bytes compressed%s", lang, total, list)
		if total > firstLoad || total == 0 {
			t.Errorf("%s: the first page weighs %d bytes; expected at most %d", lang, total, firstLoad)
		}
	}
}

// ofMap says of an address that it belongs to the map, which is loaded after the page.
func ofMap(address string) bool {
	for _, part := range []string{"/dist/map", "/tiles/", "/base/", "/areas.geojson", "/api/v1/events", "data:", "blob:"} {
		if strings.Contains(address, part) {
			return true
		}
	}
	return false
}

// weight is how much an address sends to a browser, compressed as well as gzip does it where
// the server does not.
func weight(t *testing.T, address string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept", "text/html,*/*")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Content-Encoding") != "" || strings.HasSuffix(address, ".woff2") {
		return len(body)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.Len()
}
