package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"truce/access"
	"truce/people"
)

// tabTo presses Tab until something has the focus.
func tabTo(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	for range 400 {
		if eval[bool](t, ctx, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	t.Fatalf("Tab never comes to %s on %s", selector, eval[string](t, ctx, "location.pathname"))
}

// press goes to something by keyboard and presses a key on it.
func press(t *testing.T, ctx context.Context, selector, key string) {
	t.Helper()
	tabTo(t, ctx, selector)
	do(t, ctx, chromedp.KeyEvent(key))
}

// choose goes to a list by keyboard and moves down to a value.
func choose(t *testing.T, ctx context.Context, selector, value string) {
	t.Helper()
	tabTo(t, ctx, selector)
	for range 60 {
		if eval[bool](t, ctx, fmt.Sprintf("document.activeElement.value === %q", value)) {
			return
		}
		do(t, ctx, chromedp.KeyEvent(kb.ArrowDown))
	}
	t.Fatalf("%s has no %q", selector, value)
}

// TestVerifyDetermineReleaseByKeyboard works on a case, has two people find, and publishes, from
// start to end by keyboard alone, in English and in Arabic.
func TestVerifyDetermineReleaseByKeyboard(t *testing.T) {
	ctx := browse(t)
	who := headOf("nobody")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &who, "" })
	for _, lang := range []string{"en", "ar"} {
		vera, hala := headOf("vera-"+lang), headOf("hala-"+lang)
		for _, p := range []access.Person{vera, hala} {
			_, err := w.record.Write(w.ctx, access.Person{ID: "root", Roles: []access.Role{access.Administrator}, TwoFactor: true},
				admitted(p.ID, post(people.Post{Name: p.ID, Roles: []string{"desk", "verifier", "head"}, Org: "mission"})))
			w.no(err)
		}
		who = vera
		do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.origin+"/verify/C139?lang="+lang))
		choose(t, ctx, "#to-stage", "under examination")
		press(t, ctx, "#why-stage", "Team goes out "+lang)
		press(t, ctx, `form:has([value=stage]) button`, kb.Enter)
		until(t, ctx, fmt.Sprintf("document.body.innerText.includes(%q)", "Team goes out "+lang))
		press(t, ctx, "#body", "The mission")
		choose(t, ctx, "#verdict", "violation")
		press(t, ctx, "#statement", "Aid was attacked, "+lang)
		press(t, ctx, "#dissent", "None")
		press(t, ctx, `form:has(#statement) button`, kb.Enter)
		until(t, ctx, `document.querySelector("form[action^='/proposals/']")`)

		press(t, ctx, `header a[href="/verify"]`, kb.Enter)
		until(t, ctx, `location.pathname === "/verify"`)
		who = hala
		press(t, ctx, `main a[href="/proposals"]`, kb.Enter)
		until(t, ctx, `location.pathname === "/proposals" && document.querySelector("input[name=sure]")`)
		press(t, ctx, "input[name=sure]", " ")
		press(t, ctx, `form:has([value=confirm]) button`, kb.Enter)
		until(t, ctx, `document.querySelector(".empty")`)

		press(t, ctx, `header a[href="/telling"]`, kb.Enter)
		until(t, ctx, `location.pathname === "/telling"`)
		press(t, ctx, `main a[href="/telling/new"]`, kb.Enter)
		until(t, ctx, `location.pathname === "/telling/new"`)
		press(t, ctx, "#title", "Bulletin "+lang)
		press(t, ctx, "#rows", "incident/C139")
		press(t, ctx, `form:has(#rows) button`, kb.Enter)
		until(t, ctx, `document.querySelector("#preview")`)
		press(t, ctx, "input[name=sure]", " ")
		press(t, ctx, `form[action="/telling/publish"] button`, kb.Enter)
		until(t, ctx, `location.pathname.startsWith("/telling/releases/R-")`)
		if got := eval[string](t, ctx, "document.documentElement.lang + ' ' + document.querySelector('h1').innerText"); got != lang+" Bulletin "+lang {
			t.Errorf("the release is %q", got)
		}
	}
}
