package web

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard presses keys and counts those that are no text of the report.
type keyboard struct {
	t    *testing.T
	ctx  context.Context
	keys int
}

func (k *keyboard) press(keys ...string) {
	k.t.Helper()
	for _, key := range keys {
		k.keys += len([]rune(key))
		do(k.t, k.ctx, chromedp.KeyEvent(key))
	}
}

// text types what was told.
func (k *keyboard) text(s string) {
	k.t.Helper()
	for _, r := range s {
		do(k.t, k.ctx, chromedp.KeyEvent(string(r)))
	}
}

func (k *keyboard) focus() string {
	k.t.Helper()
	return eval[string](k.t, k.ctx, `document.activeElement.id || document.activeElement.name || document.activeElement.tagName`)
}

// at fails unless a field has the focus.
func (k *keyboard) at(field string) {
	k.t.Helper()
	if got := k.focus(); got != field {
		k.t.Fatalf("%s has the focus, not %s", got, field)
	}
}

// mostKeys is how many keys a usual report may take beyond its text.
const mostKeys = 60

// TestACallIsTakenByKeyboard takes a usual report down and triages it, by keyboard alone, in
// English and in Arabic.
func TestACallIsTakenByKeyboard(t *testing.T) {
	for _, c := range []struct{ lang, act, means, place, when, who, words, opened string }{
		{"en", "she", "mor", "Douma", "20 minutes ago", "nobody knows", "They fire on the market", "A new incident was opened."},
		{"ar", "قصف", "هاون", "دوما", "قبل ٢٠ دقيقة", "لا أحد يعرف", "يطلقون النار على السوق", "فُتحت حادثة جديدة."},
	} {
		t.Run(c.lang, func(t *testing.T) {
			ctx := browse(t)
			head := headOf("demo")
			w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
			do(t, ctx, chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(w.origin+"/take?lang="+c.lang))
			k := &keyboard{t: t, ctx: ctx}
			until(t, ctx, `document.activeElement.id === "act"`)
			k.press(strings.Split(c.act, "")...)
			k.press(kb.Tab)
			k.at("means")
			k.press(strings.Split(c.means, "")...)
			k.press(kb.Tab)
			k.at("place")
			k.text(c.place)
			k.press(kb.Tab)
			k.text(c.when)
			k.press(kb.Tab)
			k.at("going")
			k.press(kb.ArrowDown, kb.Tab)
			k.text(c.who)
			k.press(kb.Tab, kb.Tab)
			k.at("killed")
			k.text("2-3")
			k.press(kb.Tab, kb.Tab, kb.Tab, kb.Tab)
			k.at("words")
			k.text(c.words)
			// The island has read it back meanwhile; the place is chosen and read back above.
			until(t, ctx, `document.querySelector("[name=pick]") && document.querySelector("[name=read_back]")`)
			if got := eval[string](t, ctx, `document.querySelector("[name=act]").value + " " + document.querySelector("[name=means]").value`); got != "shelling mortar" {
				t.Fatalf("%s was chosen", got)
			}
			k.press(kb.Tab, kb.Tab, kb.Tab, kb.Tab, kb.Tab, kb.Tab, kb.Tab, kb.Tab)
			k.at("step")
			k.press(kb.Enter)
			until(t, ctx, `document.activeElement.name === "pick" || document.activeElement.name === "read_back"`)
			if k.focus() == "pick" {
				k.press(" ", kb.Tab)
			}
			k.at("read_back")
			k.press(" ", kb.Enter)
			until(t, ctx, `location.search.includes("saved=")`)
			t.Logf("%s: %d keys beyond the text", c.lang, k.keys)
			if k.keys > mostKeys {
				t.Errorf("%d keys beyond the text, not %d", k.keys, mostKeys)
			}
			keepPicture(t, ctx, "take-saved-"+c.lang)
			id := eval[string](t, ctx, `new URLSearchParams(location.search).get("saved")`)

			do(t, ctx, chromedp.Navigate(w.origin+"/inbox?lang="+c.lang))
			until(t, ctx, `document.querySelector(".open") && !document.querySelector("[data-keys]").hidden`)
			keepPicture(t, ctx, "inbox-"+c.lang)
			k.press("a")
			until(t, ctx, `location.search.includes("done=acknowledge")`)
			k.press("o")
			until(t, ctx, `document.body.innerText.includes(`+"`"+c.opened+"`"+`)`)
			do(t, ctx, chromedp.Navigate(w.origin+"/incidents/I-"+id+"?lang="+c.lang))
			until(t, ctx, `document.body.innerText.includes(`+"`"+c.place+"`"+`)`)
		})
	}
}
