package web

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"truce/people"
)

// TestBothAccountsFromStartToEnd reads, corrects and accepts the two accounts that Truce starts
// from, by keyboard, and lays them side by side.
func TestBothAccountsFromStartToEnd(t *testing.T) {
	var texts [2]string
	for i, name := range []string{"000_8f47797bc4d08e33.txt", "004_0f81284120fb97ed.txt"} {
		path := filepath.Join("..", "..", "shared", "data", "accounts", name)
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			t.Skipf("missing: %s", path)
		}
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(b)
	}
	ctx := browse(t)
	w := newWorld(t)
	w.account("amal", people.Post{Roles: []string{"desk"}, Org: "mission"})
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.origin+"/sign-in?lang=en"))
	eval[bool](t, ctx, fmt.Sprintf(`document.getElementById("account").value = "amal"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; document.querySelector("main button").click(); true`, plantedPassword, w.code("amal")))
	until(t, ctx, `document.body.innerText.includes("Account amal")`)

	var kept [2]string
	for i, text := range texts {
		do(t, ctx, chromedp.Navigate(w.origin+"/read"))
		eval[bool](t, ctx, fmt.Sprintf(`for (const [id, v] of Object.entries({text: %q, day: "2016-08-27", outlet: "Account %d", title: "Account %d"})) document.getElementById(id).value = v; document.querySelector("main form button").click(); true`, text, i, i))
		until(t, ctx, `document.querySelectorAll("[data-draft]").length > 5 && !document.querySelector(".keys").hidden`)
		if n := eval[int](t, ctx, `document.querySelectorAll("mark.k-actor").length`); n < 20 {
			t.Errorf("account %d: %d actors are marked", i, n)
		}
		if slip := []string{"choline", "seize"}[i]; !eval[bool](t, ctx, fmt.Sprintf(`[...document.querySelectorAll("mark.k-doubt")].some(m => m.textContent.includes(%q))`, slip)) {
			t.Errorf("account %d: %s is not marked as a doubt", i, slip)
		}
		keepPicture(t, ctx, fmt.Sprintf("read-%d", i))
		// By keyboard: the first is corrected and accepted, the second rejected, the rest accepted.
		n := eval[int](t, ctx, `document.querySelectorAll("[data-draft]").length`)
		do(t, ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("c"))
		until(t, ctx, `document.activeElement.matches("[data-draft] details input")`)
		eval[bool](t, ctx, `document.activeElement.closest("details").querySelector("input[name^=place]").value = "DARAYA"; true`)
		do(t, ctx, chromedp.KeyEvent("\x1b"), chromedp.KeyEvent("a"), chromedp.KeyEvent("r"))
		for range n - 2 {
			do(t, ctx, chromedp.KeyEvent("a"))
		}
		if got := eval[string](t, ctx, `[document.querySelectorAll("[data-draft] input[value=accepted]:checked").length, document.querySelectorAll("[data-draft] input[value=rejected]:checked").length].join()`); got != fmt.Sprintf("%d,1", n-1) {
			t.Fatalf("account %d: accepted and rejected: %s of %d", i, got, n)
		}
		eval[bool](t, ctx, `document.querySelector("button[value=enter]").click(); true`)
		until(t, ctx, `location.pathname.startsWith("/read/ACC-") && document.querySelectorAll(".entered").length > 0`)
		if got := eval[int](t, ctx, `document.querySelectorAll(".entered").length`); got != n-1 {
			t.Errorf("account %d: %d are in the record, of %d accepted", i, got, n-1)
		}
		keepPicture(t, ctx, fmt.Sprintf("read-%d-entered", i))
		kept[i] = eval[string](t, ctx, `location.pathname.slice("/read/".length)`)
	}
	do(t, ctx, chromedp.Navigate(w.origin+"/read/beside?a="+url.QueryEscape(kept[0])+"&b="+url.QueryEscape(kept[1])))
	for _, words := range []string{"Probably the same story.", "nationwide", "48-hour", "nine hours", "choline", "seize", "no name change by Nusra", "Kurdish fighters say they are withdrawing"} {
		if !eval[bool](t, ctx, fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, words)) {
			t.Errorf("side by side, the page lacks %q", words)
		}
	}
	keepPicture(t, ctx, "read-beside")
	do(t, ctx, chromedp.Navigate(w.origin+"/read/beside?lang=ar&a="+url.QueryEscape(kept[0])+"&b="+url.QueryEscape(kept[1])))
	keepPicture(t, ctx, "read-beside-ar")
	do(t, ctx, chromedp.Navigate(w.origin+"/read/"+kept[1]+"?lang=ar"), chromedp.EmulateViewport(320, 800))
	if wide := eval[int](t, ctx, `document.documentElement.scrollWidth`); wide > 320 {
		t.Errorf("at 320 the page is %d wide: %s", wide, eval[string](t, ctx, `[...document.querySelectorAll("body *")].filter(e => { const b = e.getBoundingClientRect(); return b.left < -1 || b.right > innerWidth + 1; }).slice(0, 8).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join("; ")`))
	}
	keepPicture(t, ctx, "read-1-ar-320")
}
