package web

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"truce"
	"truce/desk"
	"truce/screen"
)

// TestTimersGoOn looks at a limit ten minutes before it comes: it counts on in the open page, and says
// so once, in both languages; with less motion, no seconds are told.
func TestTimersGoOn(t *testing.T) {
	if manifest, err := fs.ReadFile(screen.Files(), "dist/manifest.json"); err != nil || !strings.Contains(string(manifest), `"timer.js"`) {
		t.Skip("skipped: screen/dist has no timer.js (scripts/ui.sh makes it)")
	}
	ctx := browse(t)
	who := headOf("amal")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &who, "" })
	_, err := w.record.HandIn(w.ctx, who, "", desk.Handed{Door: desk.DoorAPI, Danger: []string{"fire"}, Report: truce.Report{ID: "now", Elements: []truce.Element{{ID: "now", Title: "the mill"}}}})
	w.no(err)
	w.clock.wait(50*time.Minute - 3*time.Second)
	for _, x := range [][3]string{{"en", "ten minutes left", "second"}, {"ar", "عشر دقائق", "ثاني"}} {
		do(t, ctx, chromedp.Navigate(w.origin+"/inbox?lang="+x[0]))
		until(t, ctx, fmt.Sprintf("document.querySelector('[data-timers]').textContent.includes(%q)", x[1]))
		until(t, ctx, fmt.Sprintf("document.querySelector('[data-due] time').textContent.includes(%q)", x[2]))
		if first := eval[string](t, ctx, "document.querySelector('[data-timers]').getAttribute('role')"); first != "status" {
			t.Errorf("it is said by %s", first)
		}
	}
	emulate(t, ctx, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	do(t, ctx, chromedp.Navigate(w.origin+"/inbox?lang=en"))
	until(t, ctx, "document.querySelector('[data-timers]').textContent.includes('ten minutes left')")
	if said := eval[string](t, ctx, "document.querySelector('[data-due] time').textContent"); said != "9 minutes" {
		t.Errorf("with less motion it says %q", said)
	}
}
