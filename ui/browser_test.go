package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// heard is what a browser complained of, and where it went.
type heard struct {
	sync.Mutex
	complaints []string
	hosts      []string
}

func (h *heard) event(ev any) {
	h.Lock()
	defer h.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" || ev.Entry.Level == "warning" {
			h.complaints = append(h.complaints, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" || ev.Type == "assert" {
			for _, a := range ev.Args {
				h.complaints = append(h.complaints, fmt.Sprintf("console.%s: %s %s", ev.Type, a.Value, a.Description))
			}
		}
	case *runtime.EventExceptionThrown:
		h.complaints = append(h.complaints, ev.ExceptionDetails.Text+": "+ev.ExceptionDetails.Exception.Description)
	case *network.EventRequestWillBeSent:
		host, _, _ := strings.Cut(strings.TrimPrefix(ev.Request.URL, "http://"), "/")
		h.hosts = append(h.hosts, host)
	}
}

// silent checks that nothing was complained of but what is expected, and no other host asked.
func (h *heard) silent(t *testing.T, host string, expected ...string) {
	t.Helper()
	h.Lock()
	defer h.Unlock()
	expected = append(expected, "GPU stall due to ReadPixels") // of a processor that draws in the place of one
	for _, c := range h.complaints {
		if !slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(c, e) }) {
			t.Errorf("the browser says: %s", c)
		}
	}
	for _, other := range h.hosts {
		if other != strings.TrimPrefix(host, "http://") {
			t.Errorf("a request to %s", other)
		}
	}
	h.complaints = nil
}

// browse starts Chromium; what it draws on the map is computed, not accelerated.
func browse(t *testing.T, flags ...chromedp.ExecAllocatorOption) (context.Context, *heard) {
	t.Helper()
	out, err := exec.Command("../scripts/chromium.sh", "--find").Output()
	if err != nil {
		t.Skip("skipped: no chromium (scripts/chromium.sh installs it)")
	}
	profile, err := os.MkdirTemp("", "truce-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) })
	flags = append([]chromedp.ExecAllocatorOption{chromedp.ExecPath(strings.TrimSpace(string(out))), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.UserDataDir(profile)}, flags...)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(stop)
	h := &heard{}
	do(t, ctx, chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, h.event); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return ctx, h
}

// drawing makes Chromium draw WebGL on the processor.
func drawing() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("use-gl", "angle"), chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("ignore-gpu-blocklist", true)}
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

func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+js+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not so (%v): %s", js, err, eval[string](t, ctx, "location.href + ' ' + document.body.innerText"))
		}
	}
}

func scheme(t *testing.T, ctx context.Context, media, value string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		t.Fatal(err)
	}
}

// picture keeps a picture where TRUCE_PICTURES names a folder, to be looked at.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if folder := os.Getenv("TRUCE_PICTURES"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, "island-"+name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
