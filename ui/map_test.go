package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const ready = `document.querySelector("[data-map]").dataset.mapState === "ready"`

// TestMap draws the map under the strict policy, in all looks, and works it by keyboard alone.
func TestMap(t *testing.T) {
	s := newSite(t)
	ctx, h := browse(t, drawing()...)
	scheme(t, ctx, "screen", "light")
	do(t, ctx, chromedp.EmulateViewport(900, 900), chromedp.Navigate(s.URL+"/"))
	until(t, ctx, ready)
	picture(t, ctx, "light")
	if got := eval[string](t, ctx, `getComputedStyle(document.querySelector("[data-map] > svg")).visibility`); got != "hidden" {
		t.Errorf("the drawing behind the map is %s", got)
	}

	t.Run("keyboard", func(t *testing.T) {
		eval[bool](t, ctx, `document.querySelector(".maplibregl-canvas").focus(); true`)
		do(t, ctx, chromedp.KeyEvent(kb.PageDown))
		until(t, ctx, `/Incidents here: \d+/.test(document.querySelector(".map-status").textContent) && !document.querySelector(".map-target").hidden`)
		do(t, ctx, chromedp.KeyEvent(kb.Enter))
		until(t, ctx, `document.querySelector("dialog.map-card").open && document.activeElement.closest("dialog")`)
		if href := eval[string](t, ctx, `[...document.querySelectorAll(".map-card a")].at(-1).getAttribute("href")`); !strings.HasPrefix(href, "/incidents?q=1&at=") {
			t.Errorf("the list is at %s", href)
		}
		picture(t, ctx, "card")
		do(t, ctx, chromedp.KeyEvent(kb.Escape))
		until(t, ctx, `!document.querySelector("dialog.map-card").open && document.activeElement.matches("canvas")`)
		do(t, ctx, chromedp.KeyEvent("+"))
		until(t, ctx, `new URL(location).searchParams.has("map")`)
	})
	t.Run("the address brings the view back", func(t *testing.T) {
		do(t, ctx, chromedp.Navigate(s.URL+"/?map=11.5/36.2/37.15"))
		until(t, ctx, ready)
		picture(t, ctx, "near")
		if got := eval[string](t, ctx, `new URL(location).searchParams.get("map")`); got != "11.5/36.2/37.15" {
			t.Errorf("map=%s", got)
		}
		eval[bool](t, ctx, `document.querySelector(".map-controls .farther").click(); true`)
		until(t, ctx, `new URL(location).searchParams.get("map").startsWith("10.5/")`)
	})
	t.Run("dark and Arabic", func(t *testing.T) {
		scheme(t, ctx, "screen", "dark")
		do(t, ctx, chromedp.Navigate(s.URL+"/?lang=ar"))
		until(t, ctx, ready)
		picture(t, ctx, "dark-arabic")
	})
	t.Run("narrow", func(t *testing.T) {
		do(t, ctx, chromedp.EmulateViewport(320, 700), chromedp.Reload())
		until(t, ctx, ready)
		picture(t, ctx, "narrow")
		if over := eval[int](t, ctx, `document.querySelector("[data-map]").scrollWidth - document.querySelector("[data-map]").clientWidth`); over > 0 {
			t.Errorf("the map is %d px wider than its place", over)
		}
		if small := eval[int](t, ctx, `[...document.querySelectorAll(".map-controls button")].filter(b => b.getBoundingClientRect().width < 24 || b.getBoundingClientRect().height < 24).length`); small > 0 {
			t.Errorf("%d buttons are too small", small)
		}
	})
	t.Run("print", func(t *testing.T) {
		scheme(t, ctx, "print", "light")
		do(t, ctx, chromedp.EmulateViewport(800, 900))
		if got := eval[string](t, ctx, `getComputedStyle(document.querySelector("[data-map] > svg")).visibility + getComputedStyle(document.querySelector(".map-live")).display`); got != "visiblenone" {
			t.Errorf("in print the drawing and the map are %s", got)
		}
		scheme(t, ctx, "screen", "light")
	})
	t.Run("a region that is swapped keeps its map", func(t *testing.T) {
		do(t, ctx, chromedp.EmulateViewport(900, 900), chromedp.Navigate(s.URL+"/?map=8/36/37"))
		until(t, ctx, ready)
		eval[bool](t, ctx, `window.canvas = document.querySelector("canvas"); const o = document.getElementById("outcome"); o.value = "violation"; o.dispatchEvent(new Event("change", {bubbles: true})); true`)
		until(t, ctx, `document.getElementById("count").textContent.startsWith("violation") && document.querySelector("canvas") === window.canvas`)
		until(t, ctx, `JSON.parse(document.querySelector("[data-map] script").textContent).tiles.includes("outcome=violation")`)
	})
	h.silent(t, s.URL)
}

// TestWithoutWebGL: the drawing stays, and the page says so.
func TestWithoutWebGL(t *testing.T) {
	s := newSite(t)
	ctx, h := browse(t, chromedp.Flag("disable-3d-apis", true), chromedp.DisableGPU)
	do(t, ctx, chromedp.Navigate(s.URL+"/"))
	until(t, ctx, `document.querySelector(".map-note")?.textContent === "This browser cannot draw the map."`)
	if got := eval[string](t, ctx, `getComputedStyle(document.querySelector("[data-map] > svg")).visibility`); got != "visible" {
		t.Errorf("the drawing is %s", got)
	}
	h.silent(t, s.URL)
}

// TestTimeline selects stretches of days with the keyboard and with a pointer.
func TestTimeline(t *testing.T) {
	s := newSite(t)
	ctx, h := browse(t, chromedp.DisableGPU)
	do(t, ctx, chromedp.EmulateViewport(900, 1400), chromedp.Navigate(s.URL+"/?without=map&cursor=abc&outcome=violation"))
	until(t, ctx, `document.getElementById("days").dataset.timelineState === "ready"`)
	if stops := eval[int](t, ctx, `document.querySelectorAll("#days a[tabindex='0']").length`); stops != 1 {
		t.Errorf("%d stops of the Tab key", stops)
	}
	eval[bool](t, ctx, `document.querySelector("#days a").focus(); true`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)))
	until(t, ctx, `document.querySelector(".timeline-status").textContent === "2016-03-02 to 2016-03-04"`)
	picture(t, ctx, "timeline")
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `location.search === "?without=map&outcome=violation&from=2016-03-02&to=2016-03-05"`)
	until(t, ctx, `document.getElementById("days").dataset.timelineState === "ready"`)
	x := func(i int) float64 {
		return eval[float64](t, ctx, `(b => b.left + b.width / 2)(document.querySelectorAll("#days a")[`+string(rune('0'+i))+`].getBoundingClientRect())`)
	}
	y := eval[float64](t, ctx, `document.getElementById("days").getBoundingClientRect().top + 30`)
	from, to := x(7), x(4)
	do(t, ctx, chromedp.MouseEvent("mousePressed", from, y, chromedp.ButtonLeft, chromedp.ClickCount(1)), chromedp.MouseEvent("mouseMoved", (from+to)/2, y, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", to, y, chromedp.ButtonLeft), chromedp.MouseEvent("mouseReleased", to, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	until(t, ctx, `location.search === "?without=map&outcome=violation&from=2016-03-05&to=2016-03-09"`)
	do(t, ctx, chromedp.NavigateBack())
	until(t, ctx, `location.search === "?without=map&outcome=violation&from=2016-03-02&to=2016-03-05"`)
	h.silent(t, s.URL)
}

// TestLive follows entries, a server that goes and one that comes back.
func TestLive(t *testing.T) {
	s := newSite(t)
	ctx, h := browse(t, chromedp.DisableGPU)
	do(t, ctx, chromedp.Navigate(s.URL+"/?without=map"))
	until(t, ctx, `performance.getEntriesByType("resource").length > 0 && document.querySelector("[data-live]").hidden`)
	s.entry <- 5
	s.entry <- 6
	until(t, ctx, `document.querySelector("[data-live]").textContent === "New entries: 2. Show them"`)
	if got := s.after.Load(); got != "4" {
		t.Errorf("the stream was asked for what comes after %v", got)
	}
	before := eval[string](t, ctx, `document.getElementById("count").textContent`)
	eval[bool](t, ctx, `document.getElementById("more").open = true; document.querySelector("#found > a").focus(); document.querySelector("[data-live] a").click(); true`)
	until(t, ctx, `document.getElementById("count").textContent !== "`+before+`" && document.querySelector("[data-live]").hidden`)
	if !eval[bool](t, ctx, `document.getElementById("more").open && document.activeElement.getAttribute("href") === "/?q=again"`) {
		t.Error("what was open and where the focus was is lost")
	}
	h.silent(t, s.URL)

	s.broken.Store(true)
	s.CloseClientConnections()
	until(t, ctx, `/^No connection. As of \d\d:\d\d.*\. Show them$/.test(document.querySelector("[data-live]").textContent.replace(/ [AP]M/, ""))`)
	s.broken.Store(false)
	until(t, ctx, `document.querySelector("[data-live]").textContent === "Back."`)
	until(t, ctx, `document.querySelector("[data-live]").hidden`)
	h.silent(t, s.URL, "net::ERR_", "Failed to load")

	do(t, ctx, chromedp.Navigate(s.URL+"/?without=map&auto=auto"))
	until(t, ctx, `document.querySelector("[data-live]").dataset.live === "auto"`)
	before = eval[string](t, ctx, `document.getElementById("count").textContent`)
	s.entry <- 9
	until(t, ctx, `document.getElementById("count").textContent !== "`+before+`"`)

	do(t, ctx, chromedp.Navigate(s.URL+"/?without=map"))
	eval[bool](t, ctx, `const q = document.getElementById("q"); q.focus(); q.value = "mortar"; q.form.requestSubmit(); true`)
	until(t, ctx, `location.search === "?q=mortar" && document.getElementById("count").textContent.startsWith("mortar") && document.activeElement.id === "q"`)
	h.silent(t, s.URL, "net::ERR_", "Failed to load")
}
