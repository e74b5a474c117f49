package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"truce/desk"
	"truce/ledger"
	"truce/screen"
)

// faulty passes on what a site answers, but for one path: of that a byte is changed, or a
// whole body put in its place. Every tile is refused once, as by a server that is busy.
type faulty struct {
	to http.Handler

	mu      sync.Mutex
	path    string
	at      int
	instead []byte
	busy    bool
	refused map[string]bool
	held    chan struct{} // tiles wait for it
}

func (f *faulty) set(path string, at int, instead []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.path, f.at, f.instead, f.refused = path, at, instead, map[string]bool{}
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, at, instead, held, busy := f.plan(r.URL.Path)
	if held != nil && strings.HasPrefix(r.URL.Path, "/log/tile/0/") {
		<-held
	}
	if busy {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if r.URL.Path != path {
		f.to.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	f.to.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	if instead != nil {
		body = instead
	} else {
		body[at] ^= 1
	}
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = w.Write(body)
}

// plan is what to do about a path. Streams stay open, so nothing is locked while answering.
func (f *faulty) plan(asked string) (path string, at int, instead []byte, held chan struct{}, busy bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	busy = f.busy && strings.HasPrefix(asked, "/log/tile/0/") && !f.refused[asked]
	f.refused[asked] = f.refused[asked] || busy
	return f.path, f.at, f.instead, f.held, busy
}

// do changes what is done.
func (f *faulty) do(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// checked is the page that checks the record in front of a site that can be made faulty.
type checked struct {
	*testing.T
	ctx    context.Context
	world  *world
	site   *faulty
	origin string
}

// newChecked serves a record of more than one tile.
func newChecked(t *testing.T) *checked {
	if manifest, err := fs.ReadFile(screen.Files(), "dist/manifest.json"); err != nil || !strings.Contains(string(manifest), `"verify.js"`) {
		t.Skip("skipped: screen/dist has no verify.js (scripts/ui.sh makes it)")
	}
	ctx := browse(t)
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.Origin = &head, "" })
	for i := range 100 {
		_, err := w.record.Write(w.ctx, head, desk.Act{Kind: "contact.made", Fields: map[string]any{"with": "north", "at": "2016-08-27T10:00:00Z", "words": fmt.Sprint("call ", i)}})
		w.no(err)
	}
	site := &faulty{to: w.site.handler()}
	site.set("", 0, nil)
	srv := httptest.NewServer(site)
	t.Cleanup(func() { shut(srv) })
	return &checked{t, ctx, w, site, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)}
}

// record has the page check the whole record and returns what it says: the verdict, and the
// steps.
func (c *checked) record(set string) string {
	c.Helper()
	do(c.T, c.ctx, chromedp.Navigate(c.origin+"/record/check?lang=en"))
	until(c.T, c.ctx, `!document.getElementById("check").hidden`)
	eval[bool](c.T, c.ctx, set+`; document.getElementById("check-start").click(); true`)
	return c.said("record")
}

func (c *checked) said(part string) string {
	c.Helper()
	until(c.T, c.ctx, `document.querySelector("#check-`+part+`-said .verdict") && !document.querySelector("#check-`+part+`-said").textContent.includes("Checking")`)
	return eval[string](c.T, c.ctx, `document.querySelector("#check-`+part+`-said").textContent + "\n" + [...document.querySelectorAll("#check-`+part+`-steps > li")].map(li => li.className + " " + li.lastChild.textContent).join("\n")`)
}

// want fails unless what was said holds all texts.
func (c *checked) want(said string, texts ...string) {
	c.Helper()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			c.Errorf("%q is missing in: %s", text, said)
		}
	}
}

// inScript is a text as a script writes it.
func inScript(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts can be written
	}
	return string(out)
}

// TestTheRecordIsCheckedInTheBrowser has Chromium check a record that is whole, and one of
// which a byte is changed on the way.
func TestTheRecordIsCheckedInTheBrowser(t *testing.T) {
	c := newChecked(t)
	note, err := c.world.record.Checkpoint(c.world.ctx)
	c.world.no(err)
	point, err := ledger.ParseCheckpoint(note)
	c.world.no(err)
	key, err := testKey()
	c.world.no(err)
	root := base64.StdEncoding.EncodeToString(point.Root[:])
	c.want(c.record(""), fmt.Sprintf("The record holds. Entries: %d;", point.Size), "the signature by "+key.ID()+" is good", "good The hashes of all", root, "It rests on the key that this server showed.")
	c.site.do(func() { c.site.busy = true })
	c.want(c.record(""), "The record holds.")
	held := make(chan struct{})
	c.site.do(func() { c.site.busy, c.site.held = false, held })
	do(t, c.ctx, chromedp.Navigate(c.origin+"/record/check?lang=en"))
	until(t, c.ctx, `!document.getElementById("check").hidden`)
	eval[bool](t, c.ctx, `document.getElementById("check-start").click(); true`)
	until(t, c.ctx, `!document.getElementById("check-stop").hidden && document.querySelector("#check-record-steps > .good")`)
	eval[bool](t, c.ctx, `document.getElementById("check-stop").click(); true`)
	c.want(c.said("record"), "Stopped before the end", "The record as a whole is not checked.")
	close(held)
	c.site.do(func() { c.site.held = nil })

	tail := fmt.Sprintf("/log/tile/0/001.p/%d", point.Size-256)
	for _, bad := range []struct {
		what, path string
		at         int
		says       []string
	}{
		{"a hash in a full tile", "/log/tile/0/000", 32*100 + 5, []string{"bad The tile tile/0/000 does not have the hash that stands for it one level higher. It holds entries 0 to 255.", "bad The hash of entry 100 in the tile tile/0/000"}},
		{"a hash in the newest tile", tail, 32*7 + 1, []string{"bad The newest tiles do not lead to the root", tail[len("/log/"):], "bad The hash of entry 263 in the tile"}},
		{"a hash one level higher", "/log/tile/1/000.p/1", 0, []string{"bad The newest tiles do not lead to the root", "tile/1/000.p/1"}},
		{"the root in the checkpoint", "/log/checkpoint", strings.Index(string(note), root), []string{"bad The signature by " + key.ID() + " on the checkpoint is not good.", "bad The newest tiles do not lead"}},
		{"the signature", "/log/checkpoint", inSignature(note), []string{"bad The signature by " + key.ID() + " on the checkpoint is not good."}},
	} {
		c.site.set(bad.path, bad.at, nil)
		said := c.record("")
		c.want(said, append(bad.says, "The record does not hold.")...)
		if strings.Contains(said, "The record holds") {
			t.Errorf("%s: %s", bad.what, said)
		}
	}
	c.site.set("/log/tile/0/000", 0, []byte("short"))
	c.want(c.record(""), "bad The tile tile/0/000 has 5 bytes; 8,192 were expected.")
	c.site.set("", 0, nil)
	stranger, err := ledger.NewKey(strings.NewReader(strings.Repeat("x", 32)), "desk.example")
	c.world.no(err)
	c.want(c.record(`document.getElementById("check-key").value = "`+stranger.Verifier()+`"`), "bad The checkpoint is not signed by "+stranger.ID())
	c.want(c.record(`document.getElementById("check-key").value = "none"`), "bad This is no public key")
}

// inSignature is a place in a note's signature where another letter, one bit away, is still base64.
func inSignature(note []byte) int {
	at := len(note) - 20
	for !regexp.MustCompile(`^[A-Za-z0-9+/]$`).Match([]byte{note[at] ^ 1}) {
		at--
	}
	return at
}

// TestOlderCheckpointsAreHeldAgainstTheRecord tries one that fits, and each that does not.
func TestOlderCheckpointsAreHeldAgainstTheRecord(t *testing.T) {
	c := newChecked(t)
	key, err := testKey()
	c.world.no(err)
	sign := func(origin string, size int64, root ledger.Hash, k *ledger.Key) string {
		note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: origin, Size: size, Root: root}, k)
		c.world.no(err)
		return "document.getElementById('check-older').value = " + inScript(string(note))
	}
	tree, err := ledger.NewTree(270, func(level int, n int64) ([]byte, error) { return c.world.db.Tile(c.world.ctx, level, n) })
	c.world.no(err)
	stranger, err := ledger.NewKey(strings.NewReader(strings.Repeat("x", 32)), "other.example")
	c.world.no(err)
	c.want(c.record(sign("desk.example", 270, tree.Root(), key)), "The record holds.", "good The record continues the older checkpoint of 270 entries (pasted).")
	c.want(c.record(sign("desk.example", 269, tree.Root(), key)), "The record does not hold.", "bad Two histories: at 269 entries")
	c.want(c.record(sign("desk.example", 5000, tree.Root(), key)), "bad Rolled back: the older checkpoint (pasted) covers 5,000 entries")
	c.want(c.record(sign("other.example", 270, tree.Root(), stranger)), "bad The older checkpoint (pasted) is of another record, other.example.")
	c.want(c.record("document.getElementById('check-older').value = 'x'"), "bad The older checkpoint (pasted) is no signed note.")

	// What is kept in the browser is found the next time.
	c.record("")
	eval[bool](t, c.ctx, `document.getElementById("check-keep").click(); true`)
	until(t, c.ctx, `document.getElementById("check-kept").textContent.includes("is kept, since")`)
	c.want(c.record(""), "good The record continues the older checkpoint", "(kept in this browser)")
	small, err := ledger.NewTree(200, func(level int, n int64) ([]byte, error) { return c.world.db.Tile(c.world.ctx, level, n) })
	c.world.no(err)
	back, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: "desk.example", Size: 200, Root: small.Root()}, key)
	c.world.no(err)
	c.site.set("/log/checkpoint", 0, back)
	c.want(c.record(""), "The record does not hold.", "bad Rolled back: the older checkpoint (kept in this browser)")
	eval[bool](t, c.ctx, `document.getElementById("check-forget").click(); true`)
	c.want(c.record(""), "The record holds. Entries: 200;")
}

// TestReceiptsAreCheckedInTheBrowser checks that of an entry, and some that were changed.
func TestReceiptsAreCheckedInTheBrowser(t *testing.T) {
	c := newChecked(t)
	receipt, err := c.world.record.Receipt(c.world.ctx, headOf("demo"), 25)
	c.world.no(err)
	do(t, c.ctx, chromedp.Navigate(c.origin+"/record/check?entry=25&lang=en"))
	c.want(c.said("receipt"), "The receipt holds: entry 25, Report received, recorded 2016-08-27 17:00:00 UTC", "good The record as it is served now holds the same entry at that place.")
	for _, bad := range []struct {
		was, is string
		says    string
	}{
		{"97 armed groups", "98 armed groups", "bad The fields are not those that the leaf commits to."},
		{"report.received", "report.corrected", "bad The proof does not lead from entry 25"},
		{"index 25", "index 26", "bad The proof does not lead from entry 26"},
		{`{"leaf"`, `{ "leaf"`, "bad This is no receipt"},
	} {
		do(t, c.ctx, chromedp.Navigate(c.origin+"/record/check?lang=en"))
		until(t, c.ctx, `!document.getElementById("check").hidden`)
		text := strings.Replace(string(receipt), bad.was, bad.is, 1)
		eval[bool](t, c.ctx, `document.getElementById("check-receipt").value = `+inScript(text)+`; document.getElementById("check-receipt-start").click(); true`)
		c.want(c.said("receipt"), "The receipt does not hold.", bad.says)
	}
	c.site.set("/log/tile/0/000", 32*25+1, nil)
	do(t, c.ctx, chromedp.Navigate(c.origin+"/record/check?entry=25&lang=en"))
	c.want(c.said("receipt"), "The receipt does not hold.", "bad The tile tile/0/000 does not have the hash")
}
