package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPagesByKeyboard goes through every page with the Tab key alone: every link, button and
// field is reached, in the order in which it stands, is seen to have the focus, and lets it go.
func TestPagesByKeyboard(t *testing.T) {
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
	for i, path := range deskPages() {
		lang := []string{"ar", "en"}[i%2]
		do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.origin+with(path, "lang", lang)))
		walk(t, ctx, path+" "+lang)
	}
	w = newWorld(t)
	do(t, ctx, chromedp.Navigate(w.origin+"/sign-in?lang=ar"))
	walk(t, ctx, "/sign-in ar")
}

// mostStops is how many stops of a page are walked; long lists go on alike.
const mostStops = 250

// walk presses Tab until every stop was reached.
func walk(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	stops := eval[int](t, ctx, watchFocus)
	if stops == 0 {
		t.Errorf("%s has nothing to go to", name)
	}
	for range min(stops, mostStops) + 5 {
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	for _, wrong := range eval[[]string](t, ctx, fmt.Sprintf("walked(%d)", min(stops, mostStops))) {
		t.Errorf("%s by keyboard: %s", name, wrong)
	}
}

// watchFocus finds the stops of a page as they stand, and notes where the focus goes.
const watchFocus = `(() => {
	const what = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("aria-label") ?? e.textContent ?? "").trim().slice(0, 40);
	const radio = (e) => e.type === "radio" && !e.checked && document.querySelector('input[type=radio][name="' + e.name + '"]:checked, input[type=radio][name="' + e.name + '"]') !== e;
	const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
		.filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && !radio(e) && e.checkVisibility({visibilityProperty: true}));
	const been = [], wrong = stops.filter(e => e.tabIndex > 0).map(e => "a place in line of its own: " + what(e));
	document.addEventListener("focusin", (event) => {
		const e = event.target, s = getComputedStyle(e), i = stops.indexOf(e);
		const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
		if (i < 0) {
			const scrolls = e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
			if (!scrolls) wrong.push("unexpected stop: " + what(e));
		} else been.push(i);
		if (!seen) wrong.push("focus is not seen on " + what(e));
		const r = e.getBoundingClientRect();
		if (r.width < 1 || r.height < 1) wrong.push("nothing is there to be seen: " + what(e));
	});
	window.walked = (most) => {
		for (let i = 0; i < most; i++) if (been[i] !== i) return wrong.concat("stop " + i + " is not " + what(stops[i]) + " but " + (been[i] === undefined ? "none" : what(stops[been[i]])));
		return wrong.slice(0, 10);
	};
	return stops.length;
})()`
