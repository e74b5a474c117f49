package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestPure runs the tests of what touches no page, in Node.
func TestPure(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: no node")
	}
	tests, err := filepath.Glob("src/*.test.ts")
	if err != nil || len(tests) == 0 {
		t.Fatal("no tests in src", err)
	}
	out := t.TempDir()
	result := api.Build(api.BuildOptions{EntryPoints: tests, Bundle: true, Format: api.FormatESModule, Platform: api.PlatformNode, Outdir: out, OutExtension: map[string]string{".js": ".mjs"}, Write: true})
	if len(result.Errors) > 0 {
		t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
	}
	cmd := exec.Command(node, "--test")
	cmd.Dir = out
	if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), "# fail 0") {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestBundle builds twice: the same files come out, each is small enough, and what is old goes.
func TestBundle(t *testing.T) {
	if _, err := os.Stat("node_modules/maplibre-gl"); err != nil {
		t.Skip("skipped: ui/node_modules is not there (scripts/ui.sh fetches it)")
	}
	root := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(here, filepath.Join(root, "ui")); err != nil {
		t.Fatal(err)
	}
	dist := filepath.Join(root, "screen", "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README", "map-OLD.js"} {
		if err := os.WriteFile(filepath.Join(dist, name), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	quiet, err := os.Create(filepath.Join(root, "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Close()
	var sets [2]string
	for i := range sets {
		if err := run(root, quiet); err != nil {
			t.Fatal(err)
		}
		list, err := os.ReadDir(dist)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			sets[i] += f.Name() + "\n"
		}
	}
	if sets[0] != sets[1] || strings.Contains(sets[0], "OLD") || !strings.Contains(sets[0], "README") {
		t.Errorf("first\n%s\nthen\n%s", sets[0], sets[1])
	}
	// On every page: live updates with what they share. On a page with a map at first: map.js.
	most := map[string]int64{"live-": 4000, "timeline-": 4000, "map-gl-": 320_000, "map-worker-": 170_000}
	list, _ := filepath.Glob(filepath.Join(dist, "*.js.gz"))
	for _, file := range list {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, size := range most {
			if strings.HasPrefix(info.Name(), name) && info.Size() > size {
				t.Errorf("%s has %d bytes compressed, more than %d", info.Name(), info.Size(), size)
			}
		}
	}
}
