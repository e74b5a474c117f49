package export

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"truce"
)

// axeVersion is the accessibility checker that the page is held to.
const axeVersion = "4.14.1"

// openPage starts Chromium on a page written to a file. It skips by name where there is
// no Chromium.
func openPage(t *testing.T, c Check) context.Context {
	t.Helper()
	out, err := exec.Command("../scripts/chromium.sh", "--find").Output()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "page.html")
	var b bytes.Buffer
	if err := Page(&b, c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
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
	ctx, stop = context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(stop)
	do(t, ctx, chromedp.Navigate("file://"+file))
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

func scheme(t *testing.T, ctx context.Context, media, value string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	if err != nil {
		t.Fatal(err)
	}
}

type look struct {
	name   string
	width  int64
	scheme string
	dir    string
}

func looks() []look {
	return []look{{"wide light", 1280, "light", "ltr"}, {"wide dark", 1280, "dark", "ltr"}, {"narrow light", 320, "light", "ltr"},
		{"narrow dark", 320, "dark", "ltr"}, {"wide right to left", 1280, "light", "rtl"}, {"narrow right to left", 320, "light", "rtl"}, {"wide at 200 %", 640, "light", "ltr"}}
}

// TestLooks renders the sample in every look. With TRUCE_PICTURES set to a folder the
// pictures are kept there, to be looked at.
func TestLooks(t *testing.T) {
	folder, acts := os.Getenv("TRUCE_PICTURES"), 200
	if folder == "" {
		folder, acts = t.TempDir(), 20 // enough to check, and faster
	}
	ctx, axe := openPage(t, sample(acts)), axeScript(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Reload())
	for _, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			scheme(t, ctx, "", l.scheme)
			do(t, ctx, chromedp.EmulateViewport(l.width, 900))
			eval[bool](t, ctx, `document.documentElement.dir = "`+l.dir+`"; for (const s of ["details.vv", "details.vu", ".newcomer", "#days .table", "#places", ".more details", ".duties details", "footer details"]) document.querySelector(s).open = true; true`)
			if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("the page is %d px wider than the window", over)
			}
			takePictures(t, ctx, filepath.Join(folder, strings.NewReplacer(" ", "-", "%", "percent").Replace(l.name)), l.width)
			checkAxe(t, ctx, axe)
		})
	}
}

// takePictures keeps the first stretch of the page, or the first four where they are to be looked at.
func takePictures(t *testing.T, ctx context.Context, name string, width int64) {
	t.Helper()
	height := int64(2000)
	do(t, ctx, chromedp.EmulateViewport(width, height))
	stretches := int64(1)
	if os.Getenv("TRUCE_PICTURES") != "" {
		stretches = 4
	}
	for i := range stretches {
		eval[bool](t, ctx, fmt.Sprintf("scrollTo(0, %d); true", i*height))
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("%s-%d.png", name, i+1), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	eval[bool](t, ctx, "scrollTo(0, 0); true")
}

// TestHostileWidth: no text makes the page wider than a small window or runs.
func TestHostileWidth(t *testing.T) {
	all := ""
	for _, h := range hostile() {
		all += h.text[:min(len(h.text), 300)] + " "
	}
	for _, h := range []string{all, strings.Repeat("x", 5000), strings.Repeat("م", 3000)} {
		ctx := openPage(t, soaked(h))
		do(t, ctx, chromedp.EmulateViewport(320, 900))
		eval[bool](t, ctx, `document.querySelectorAll("details").forEach(d => d.open = true); true`)
		if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("the page is %d px wider than the window", over)
		}
		if folder := os.Getenv("TRUCE_PICTURES"); folder != "" {
			takePictures(t, ctx, filepath.Join(folder, "hostile-"+string([]rune(h)[0])), 640)
		}
	}
}

// TestPrint keeps a picture of the page as printed.
func TestPrint(t *testing.T) {
	ctx := openPage(t, sample(200))
	scheme(t, ctx, "print", "dark")
	if ink := eval[string](t, ctx, `getComputedStyle(document.body).color`); ink != "rgb(0, 0, 0)" {
		t.Errorf("printed in %s, want black", ink)
	}
	if v := eval[string](t, ctx, `getComputedStyle(document.documentElement).getPropertyValue("--v")`); v != "#5a2a66" {
		t.Errorf("a dark screen prints violations in %s", v)
	}
	if shown := eval[bool](t, ctx, `getComputedStyle(document.querySelector("#filter")).display !== "none"`); shown {
		t.Error("the choosing form is printed")
	}
	if folder := os.Getenv("TRUCE_PICTURES"); folder != "" {
		takePictures(t, ctx, filepath.Join(folder, "print"), 800)
	}
}

// TestOffline says that nothing is fetched and nothing is refused.
func TestOffline(t *testing.T) {
	ctx := openPage(t, sample(40))
	if n := eval[int](t, ctx, `performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length`); n != 0 {
		t.Errorf("%d requests", n)
	}
	if on := eval[bool](t, ctx, `document.documentElement.classList.contains("js") && getComputedStyle(document.querySelector(".card")).borderTopStyle === "solid"`); !on {
		t.Error("the policy refused the page's own script or style")
	}
}

// TestChoosing drives the page with pointer, keys and address.
func TestChoosing(t *testing.T) {
	c := sample(200)
	ctx := openPage(t, c)
	do(t, ctx, chromedp.EmulateViewport(1280, 900))
	visible := func() int {
		return eval[int](t, ctx, `[...document.querySelectorAll("#acts li[data-i]")].filter(e => !e.hidden).length`)
	}
	hash := func() string { return eval[string](t, ctx, `location.hash`) }
	if n := visible(); n != 200 {
		t.Fatalf("%d acts at first, want 200", n)
	}

	t.Run("a count leads to its acts", func(t *testing.T) {
		want := 0
		for _, r := range c.Elements {
			want += bit(slices.ContainsFunc(r.Verdicts, func(v truce.Verdict) bool { return v.Clause == "G2" && v.Outcome == truce.Violation }))
		}
		eval[bool](t, ctx, `document.querySelector('a[data-c="4"][data-o="v"]').click(); true`)
		if n := visible(); n != want || want == 0 {
			t.Errorf("%d acts, want %d", n, want)
		}
		if h := hash(); h != "#c=4&o=v" {
			t.Errorf("address %s", h)
		}
	})
	t.Run("a drag chooses days", func(t *testing.T) {
		eval[bool](t, ctx, `document.querySelector("#f-reset").click(); document.querySelector("#strips").scrollIntoView({block: "center"}); true`)
		at := eval[[]float64](t, ctx, `(r => [r.left, r.top + 30, r.width])(document.querySelector("#strips .strip svg").getBoundingClientRect())`)
		do(t, ctx, chromedp.DragAndDropXY(at[0]+at[2]*4.5/16, at[1], at[0]+at[2]*6.5/16, at[1]))
		if h := hash(); h != "#f=2016-09-13&t=2016-09-15" {
			t.Errorf("address %s", h)
		}
		if n := visible(); n == 0 || n >= 60 {
			t.Errorf("%d acts on three of sixteen days", n)
		}
	})
	t.Run("the keyboard moves the days on", func(t *testing.T) {
		do(t, ctx, chromedp.Focus("#f-later"), chromedp.KeyEvent("\r"))
		if h := hash(); h != "#f=2016-09-16&t=2016-09-18" {
			t.Errorf("address %s", h)
		}
	})
	t.Run("the address alone is enough", func(t *testing.T) {
		eval[bool](t, ctx, `location.hash = "#f=2016-09-20&t=2016-09-20&o=u"; true`)
		do(t, ctx, chromedp.Reload())
		if on := eval[bool](t, ctx, `document.querySelector("#f-f").value === "2016-09-20" && !document.querySelector("#f-v").checked`); !on {
			t.Error("the form does not show what the address says")
		}
	})
	t.Run("a hidden verdict is reached by its link", func(t *testing.T) {
		eval[bool](t, ctx, `location.hash = "#" + [...document.querySelectorAll("details.vv")][0].id; true`)
		do(t, ctx, chromedp.Sleep(200*time.Millisecond))
		if open := eval[bool](t, ctx, `(e => e.open && !e.closest("[hidden]"))(document.querySelector("details.vv"))`); !open {
			t.Error("it stays folded or hidden")
		}
	})
	t.Run("nonsense in the address changes nothing", func(t *testing.T) {
		eval[bool](t, ctx, `location.hash = "#f=x&o=zz&a=99&c=-1&%"; true`)
		do(t, ctx, chromedp.Sleep(200*time.Millisecond))
		if n := visible(); n != 200 {
			t.Errorf("%d acts", n)
		}
	})
}

func checkAxe(t *testing.T, ctx context.Context, axe string) {
	t.Helper()
	if axe == "" {
		t.Skip("skipped: axe-core " + axeVersion + " could not be fetched with npm")
	}
	eval[bool](t, ctx, axe+`; true`)
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
		.then(r => (r.passes.length < 15 ? ["only " + r.passes.length + " rules applied"] : []).concat(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range found {
		if i < 12 {
			t.Error(f)
		}
	}
	if len(found) > 12 {
		t.Errorf("and %d more", len(found)-12)
	}
}

// axeScript fetches axe-core once into the repository's cache folder; "" where it cannot.
func axeScript(t *testing.T) string {
	t.Helper()
	folder := filepath.Join("..", ".cache")
	file := filepath.Join(folder, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("npm", "pack", "axe-core@"+axeVersion, "--silent", "--pack-destination", folder).CombinedOutput(); err != nil {
			t.Logf("npm pack axe-core: %v: %s", err, out)
			return ""
		}
	}
	script, err := fromPackage(file, "package/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func fromPackage(file, name string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			return "", fmt.Errorf("%s in %s: %w", name, file, err)
		}
		if h.Name == name {
			b, err := io.ReadAll(r)
			return string(b), err
		}
	}
}
