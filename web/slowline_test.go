package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	cdpnet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A line of 64 kbit/s on which every answer takes a second to come.
const (
	slowBytes = 8000 // a second, either way
	slowDelay = 1000 // milliseconds until an answer begins
)

func throttle(t *testing.T, ctx context.Context, c *cdpnet.Conditions) {
	t.Helper()
	if _, err := chromedp.Call(ctx, cdpnet.EmulateNetworkConditionsByRule, cdpnet.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*cdpnet.Conditions{c}}); err != nil {
		t.Fatal(err)
	}
}

// arrival is when a page could be seen and read whole, in milliseconds from when it was asked
// for, with what had come over the line by then.
type arrival struct {
	Seen, Read float64
	Bytes      float64
	Files      int
	Blocking   []string // what held up the first paint
	Shift      float64  // of what stood on the page already
}

const arrivalScript = `(() => {
	const nav = performance.getEntriesByType("navigation")[0];
	const paint = performance.getEntriesByType("paint").find(e => e.name === "first-contentful-paint");
	const files = performance.getEntriesByType("resource");
	const held = files.filter(e => e.renderBlockingStatus === "blocking");
	return {Seen: paint?.startTime ?? -1, Read: nav.domInteractive || -1, Files: 1 + files.filter(e => e.transferSize > 0).length,
		Bytes: nav.transferSize + files.reduce((n, e) => n + e.transferSize, 0), Blocking: held.map(e => new URL(e.name).pathname), Shift: self.shifted ?? 0};
})()`

// watchShifts adds up how far things move that nobody asked to move.
const watchShifts = `self.shifted = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) self.shifted += e.value; }).observe({type: "layout-shift", buffered: true}); true`

// arrives waits until a page can be read, and says how it came.
func arrives(t *testing.T, ctx context.Context, path string) arrival {
	t.Helper()
	here := fmt.Sprintf(`location.pathname + location.search === %q && document.readyState !== "loading" && performance.getEntriesByType("paint").length > 1`, path)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](here)); err == nil && ok {
			return eval[arrival](t, ctx, arrivalScript)
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not come", path)
		}
	}
}

// TestTheDeskOnASlowLine goes from the first page to a list, an incident and the calms over
// 64 kbit/s with a second of delay, by the links of the pages, and does not wait for the map.
// docs/operate.md states what it measured on a machine with nothing else to do.
func TestTheDeskOnASlowLine(t *testing.T) {
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
	for _, path := range []string{"/", "/incidents", "/incidents/C139", "/calm"} { // the first to ask waits for the judge; that is another matter
		w.nobody().page(path).want(200, "")
	}
	do(t, ctx, chromedp.Navigate("about:blank"))
	throttle(t, ctx, &cdpnet.Conditions{Latency: slowDelay, DownloadThroughput: slowBytes, UploadThroughput: slowBytes})
	for i, step := range []struct {
		path string
		most float64 // milliseconds until it can be read
	}{{"/", 15_000}, {"/incidents", 12_000}, {"/incidents/C139", 12_000}, {"/calm", 12_000}} {
		begun := time.Now()
		eval[bool](t, ctx, follow(w.origin, step.path, i == 0))
		a := arrives(t, ctx, step.path)
		t.Logf("%s: seen after %.1f s, read after %.1f s (%.1f s by the clock), %d files of %.0f kB, held up by %s", step.path, a.Seen/1000, a.Read/1000, time.Since(begun).Seconds(), a.Files, a.Bytes/1000, strings.Join(a.Blocking, " "))
		if a.Read > step.most || a.Seen > step.most {
			t.Errorf("%s is seen after %.0f ms and can be read after %.0f; expected at most %.0f", step.path, a.Seen, a.Read, step.most)
		}
		if slices.ContainsFunc(a.Blocking, func(file string) bool { return !strings.HasSuffix(file, ".css") }) {
			t.Errorf("%s is held up by %q; expected style sheets alone", step.path, a.Blocking)
		}
	}
}

// follow goes to a page: by its address, or by a link of the page that is shown.
func follow(origin, path string, first bool) string {
	if first {
		return fmt.Sprintf("location.href = %q; true", origin+path)
	}
	return fmt.Sprintf(`(() => { const a = [...document.querySelectorAll("a[href]")].find(a => a.getAttribute("href") === %q); if (!a) { location.href = %[1]q; return false } a.click(); return true })()`, path)
}

// TestNothingMovesWhenTheMapComes: what is being read stays where it is.
func TestNothingMovesWhenTheMapComes(t *testing.T) {
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
	w.nobody().page("/").want(200, "")
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.origin+"/?about=0"))
	eval[bool](t, ctx, watchShifts)
	eval[bool](t, ctx, `document.getElementById("map").scrollIntoView({block: "center"}); true`)
	until(t, ctx, `document.querySelector("[data-map-state]") || document.querySelector("[data-map] canvas")`)
	time.Sleep(2 * time.Second)
	if a := eval[arrival](t, ctx, arrivalScript); a.Shift > 0.1 {
		t.Errorf("things moved by %.3f; expected at most 0.1", a.Shift)
	} else {
		t.Logf("things moved by %.3f", a.Shift)
	}
}
