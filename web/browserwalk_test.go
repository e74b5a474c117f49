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
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin, o.Send = &head, "", true })
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

// walk presses Tab until the last stop was reached. Beyond it the browser itself would wait.
func walk(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	until(t, ctx, `!document.querySelector("[autofocus]") || document.activeElement.matches("[autofocus]")`)
	stops := eval[int](t, ctx, watchFocus)
	if stops == 0 {
		t.Errorf("%s has nothing to go to", name)
	}
	last := min(stops, mostStops)
	for range 2*last + 50 { // islands add stops of their own meanwhile
		if eval[bool](t, ctx, fmt.Sprintf("arrived(%d)", last)) {
			break
		}
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	for _, wrong := range eval[[]string](t, ctx, fmt.Sprintf("walked(%d)", last)) {
		t.Errorf("%s by keyboard: %s", name, wrong)
	}
}

// watchFocus finds the stops of a page, and notes where the focus goes.
const watchFocus = `(() => {
	const top = document.body.insertBefore(document.createElement("span"), document.body.firstChild); // not where a page puts the focus
	top.tabIndex = -1, top.focus(), top.remove();
	const what = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("aria-label") ?? e.textContent ?? "").trim().slice(0, 40);
	const chosen = (e) => document.querySelector('input[type=radio][name="' + e.name + '"]:checked') ?? document.querySelector('input[type=radio][name="' + e.name + '"]');
	const stop = (e) => e.matches("a[href], button, input, select, textarea, summary, [tabindex]") && e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" &&
		(e.type !== "radio" || chosen(e) === e) && e.checkVisibility({visibilityProperty: true});
	const line = (e, s = getComputedStyle(e)) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none" || e instanceof SVGElement && s.stroke !== "none" && parseFloat(s.strokeWidth) > 0;
	const stops = [...document.querySelectorAll("*")].filter(stop);
	const been = [], wrong = stops.filter(e => e.tabIndex > 0).map(e => "a place in line of its own: " + what(e));
	document.addEventListener("focusin", (event) => {
		const e = event.target, before = been.at(-1), r = e.getBoundingClientRect();
		if (before?.isConnected && !(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push(what(e) + " comes after " + what(before));
		if (!stop(e) && !(e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight)) wrong.push("unexpected stop: " + what(e));
		if (!line(e) && !(e instanceof SVGElement && [...e.children].some(c => line(c)))) wrong.push("focus is not seen on " + what(e));
		if (r.width < 1 || r.height < 1) wrong.push("nothing is there to be seen: " + what(e));
		been.push(e);
	});
	window.arrived = (last) => been.includes(stops[last - 1]);
	window.walked = (last) => wrong.concat(stops.slice(0, last).filter(e => e.isConnected && stop(e) && !been.includes(e)).map(e => "never reached: " + what(e))).slice(0, 10);
	return stops.length;
})()`
