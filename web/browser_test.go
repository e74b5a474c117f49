package web

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdpnet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"truce/people"
)

// chromium is the one browser that all tests share; each gets a tab with cookies of its own.
// Its first error says that there is none.
var chromium = sync.OnceValues(func() (context.Context, error) {
	out, err := exec.Command("../scripts/chromium.sh", "--find").Output()
	if err != nil {
		return nil, err
	}
	// Chromium may still write its profile after it is told to end, so it goes last of all.
	profile, err := os.MkdirTemp("", "truce-chromium-")
	if err != nil {
		return nil, err
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(strings.TrimSpace(string(out))), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(profile))
	ctx, shut := chromedp.NewContext(ctx)
	atEnd = append(atEnd, func() { shut(); stop(); os.RemoveAll(profile) })
	return ctx, chromedp.Do(ctx)
})

// atEnd is what TestMain does last.
var atEnd []func()

// browse opens a tab. It skips by name where there is no Chromium. That a page asks another
// machine for anything is a failure of the test.
func browse(t *testing.T) context.Context {
	t.Helper()
	shared, err := chromium()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	ctx, stop := chromedp.NewContext(shared, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	do(t, ctx)
	if _, err := chromedp.Call(ctx, cdpnet.Enable, cdpnet.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	onRequest(t, ctx, func(asked *url.URL) {
		if host := asked.Hostname(); asked.Scheme != "data" && asked.Scheme != "blob" && host != "localhost" && host != "127.0.0.1" {
			t.Errorf("a request leaves the machine: %s", asked)
		}
	})
	return ctx
}

// onRequest tells of every request of a tab.
func onRequest(t *testing.T, ctx context.Context, tell func(*url.URL)) {
	t.Helper()
	if err := chromedp.Listen(ctx, func(ev any) {
		if sent, ok := ev.(*cdpnet.EventRequestWillBeSent); ok {
			if asked, err := url.Parse(sent.Request.URL); err == nil {
				tell(asked)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits for something to be true of the page, which may be another by then.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+js+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not so (%v): %s", js, err, eval[string](t, ctx, "document.body.innerText"))
		}
	}
}

// TestAPasskeyLetsItsOwnerIn goes from the invitation to the record with a passkey alone, by
// the pages and their script in a real browser.
func TestAPasskeyLetsItsOwnerIn(t *testing.T) {
	ctx := browse(t)
	w := newWorld(t)
	token, _, err := w.people.Invite(w.ctx, people.Invitation{Account: "nour", Post: people.Post{Name: "Nour", Roles: []string{"auditor"}}}, w.clock.now())
	w.no(err)
	do(t, ctx, chromedp.Navigate(w.origin+"/sign-in"))
	_, err = chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{})
	w.no(err)
	_, err = chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	w.no(err)
	// A passkey that is not known here lets nobody in, and the page says so.
	until(t, ctx, `document.querySelector("button[data-begin]").offsetParent`)
	eval[bool](t, ctx, `document.querySelector("button[data-begin]").click(); true`)
	until(t, ctx, `document.getElementById("passkey_said").textContent === "The passkey was not accepted."`)

	do(t, ctx, chromedp.Navigate(w.origin+"/invitation?token="+token.Reveal()))
	eval[bool](t, ctx, `document.querySelector("main button").click(); true`)
	until(t, ctx, `location.pathname === "/account" && document.querySelector("button[data-begin]").offsetParent`)
	eval[bool](t, ctx, `document.getElementById("passkey-name").value = "telephone"; document.querySelector("button[data-begin]").click(); true`)
	until(t, ctx, `document.body.innerText.includes("telephone") && document.body.innerText.includes("Done: go and sign in")`)
	eval[bool](t, ctx, `[...document.querySelectorAll("button")].find(b => b.textContent === "Done: go and sign in").click(); true`)
	until(t, ctx, `location.pathname === "/sign-in" && document.querySelector("button[data-begin]").offsetParent`)
	w.log.take(t)
	eval[bool](t, ctx, `document.querySelector("button[data-begin]").click(); true`)
	until(t, ctx, `location.pathname === "/" && document.body.innerText.includes("entries of the record")`)
	found := false
	for _, line := range w.log.take(t) {
		found = found || line["msg"] == "signed in" && line["who"] == "nour" && line["way"] == people.HowPasskey && line["two_factor"] == true
	}
	if !found {
		t.Error("the log does not say so")
	}
	// The session's cookie is out of reach of scripts.
	if got := eval[string](t, ctx, "document.cookie"); got != "" {
		t.Errorf("scripts see %s", got)
	}
}

// deskPages are the pages that are looked at, for the head of a mission who reads. Every page
// belongs here.
func deskPages() []string {
	return []string{
		"/", "/?about=0&from=2016-09-12&to=2016-09-18&compare=2016-09-05..2016-09-11&agreement=sy-cessation-2016-09",
		"/incidents", "/incidents?outcome=violation&q=none-such", "/incidents/C139", "/incidents/C058", "/incidents?from=2016-04-16&to=2016-04-30&area=ALEPPO-CITY",
		"/record", "/record?as_of=100", "/record/check", "/entries", "/entries/3", "/entries/25",
		"/rows", "/rows/report?text=shell*", "/rows/report/C001", "/rows/element/C033%2F1",
		"/days?month=2016-05", "/days/2016-05-05", "/days/2016-06-01",
		"/read", "/read/beside", "/agreements", "/agreements/sy-coh-2016-02", "/agreements/sy-cessation-2016-09/versions", "/agreements/try?from=sy-eid-calm-2016-07", "/reconcile", "/actors", "/actors/nusra", "/actors?q=none-such",
		"/calm", "/calm?agreement=sy-coh-2016-02&coverage=assumed",
		"/take", "/inbox", "/upload", "/send", "/send/receipt", "/complaints",
		"/verify", "/verify/C139", "/proposals", "/calming", "/calming/C139", "/telling", "/telling/new?row=incident/C139", "/telling/deliveries",
		"/nothing", "/?as_of=soon",
	}
}

// axeVersion is the accessibility checker that pages are held to.
const axeVersion = "4.14.1"

// axeScript reads axe-core from the repository's cache folder; "" where it is not.
func axeScript(t *testing.T) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", ".cache", "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		return ""
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == "package/axe.min.js" {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
}
