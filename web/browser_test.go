package web

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"truce/people"
)

// browse starts Chromium. It skips by name where there is none.
func browse(t *testing.T) context.Context {
	t.Helper()
	out, err := exec.Command("../scripts/chromium.sh", "--find").Output()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	// Chromium may still write its profile after it is told to end, so the folder is not t.TempDir's.
	profile, err := os.MkdirTemp("", "truce-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) })
	ctx, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(strings.TrimSpace(string(out))), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(profile))
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	return ctx
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

// TestPagesAreAccessible looks at every page in light, dark and narrow.
func TestPagesAreAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
	for _, path := range []string{"/", "/record", "/rows", "/rows/report?text=shell*", "/rows/report/C001", "/entries", "/entries/3", "/nothing", "/?as_of=soon"} {
		do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.origin+path))
		look(t, ctx, axe, path)
	}
	w = newWorld(t)
	token, _, err := w.people.Invite(w.ctx, people.Invitation{Account: "nour", Post: people.Post{Name: "Nour", Roles: []string{"auditor"}}}, w.clock.now())
	w.no(err)
	for _, path := range []string{"/sign-in", "/invitation?token=" + token.Reveal()} {
		do(t, ctx, chromedp.Navigate(w.origin+path))
		look(t, ctx, axe, path[:8])
	}
	eval[bool](t, ctx, `document.querySelector("main button").click(); true`)
	until(t, ctx, `location.pathname === "/account"`)
	look(t, ctx, axe, "/account")
	eval[bool](t, ctx, `document.querySelector("form[action='/account/authenticator'] button").click(); true`)
	until(t, ctx, `document.querySelector("svg.qr")`)
	look(t, ctx, axe, "/account/authenticator")
	w.account("amal", people.Post{Roles: []string{"desk", "head"}})
	do(t, ctx, chromedp.Navigate(w.origin+"/sign-in"))
	eval[bool](t, ctx, fmt.Sprintf(`document.getElementById("account").value = "amal"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; document.querySelector("main button").click(); true`, plantedPassword, w.code("amal")))
	until(t, ctx, `document.body.innerText.includes("Account amal")`)
	do(t, ctx, chromedp.Navigate(w.origin+"/account"))
	look(t, ctx, axe, "/account of amal")
	if axe == "" {
		t.Skip("skipped: axe-core " + axeVersion + " is not in .cache (the tests of package export fetch it)")
	}
}

// look holds what the browser shows to WCAG 2.2 AA, light and dark, wide and narrow. With
// TRUCE_PICTURES set to a folder pictures are kept there.
func look(t *testing.T, ctx context.Context, axe, name string) {
	t.Helper()
	type view struct {
		scheme string
		width  int64
	}
	views := []view{{"light", 1280}, {"dark", 320}}
	if os.Getenv("TRUCE_PICTURES") != "" {
		views = append(views, view{"dark", 1280}, view{"light", 320})
	}
	for _, l := range views {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}})
		if err != nil {
			t.Fatal(err)
		}
		do(t, ctx, chromedp.EmulateViewport(l.width, 900))
		if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s at %d: %d px wider than the window", name, l.width, over)
		}
		if folder := os.Getenv("TRUCE_PICTURES"); folder != "" {
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			file := fmt.Sprintf("%s-%s-%d.png", strings.NewReplacer("/", "_", "?", "_", "*", "", "=", "_", " ", "_").Replace(name), l.scheme, l.width)
			if err := os.WriteFile(filepath.Join(folder, file), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if axe == "" {
			continue
		}
		eval[bool](t, ctx, axe+`; true`)
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
			.then(r => (r.passes.length < 8 ? ["only " + r.passes.length + " rules applied"] : []).concat(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary))))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s, %s, %d: %s", name, l.scheme, l.width, f)
		}
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
