// Command ui bundles the islands of the pages: the map, the timeline and live updates, with
// the fonts. It reads ui/src and ui/node_modules and writes screen/dist: files with a hash
// of what is in them in their names, each beside its gzipped form where that is smaller, and
// manifest.json, which says what "map.js" and the others are called.
//
//	go run ./ui        from the root of the repository; scripts/ui.sh does it when needed
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run(".", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ui:", err)
		os.Exit(1)
	}
}

// run builds what is in root.
func run(root string, out *os.File) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	b := &bundle{src: filepath.Join(root, "ui", "src"), modules: filepath.Join(root, "ui", "node_modules"), names: map[string]string{}, files: map[string][]byte{}}
	if _, err := os.Stat(filepath.Join(b.modules, "maplibre-gl")); err != nil {
		return errors.New("ui/node_modules is not there; scripts/ui.sh fetches it")
	}
	if err := b.build(); err != nil {
		return err
	}
	if err := b.write(filepath.Join(root, "screen", "dist")); err != nil {
		return err
	}
	b.report(out)
	return nil
}

// bundle is what was built: files by their hashed names, and those names by the plain ones.
type bundle struct {
	src, modules string
	names        map[string]string
	files        map[string][]byte
}

// build makes first what others refer to by its hashed name.
func (b *bundle) build() error {
	worker := filepath.Join(b.modules, "maplibre-gl", "dist", "maplibre-gl-worker.mjs")
	if err := b.add(nil, api.EntryPoint{InputPath: worker, OutputPath: "map-worker"}); err != nil {
		return err
	}
	if err := b.add(nil, b.entry("fonts.css"), b.entry("map.css")); err != nil {
		return err
	}
	known := map[string]string{"MAP_WORKER": quoted("./" + b.names["map-worker.js"]), "MAP_CSS": quoted("./" + b.names["map.css"])}
	return b.add(known, b.entry("map.ts"), b.entry("timeline.ts"), b.entry("live.ts"), b.entry("timer.ts"), b.entry("verify.ts"))
}

func (b *bundle) entry(file string) api.EntryPoint {
	return api.EntryPoint{InputPath: filepath.Join(b.src, file), OutputPath: strings.TrimSuffix(file, filepath.Ext(file))}
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// add bundles entry points; known are names that the code is told.
func (b *bundle) add(known map[string]string, entries ...api.EntryPoint) error {
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries, Bundle: true, Splitting: true, Format: api.FormatESModule, Platform: api.PlatformBrowser,
		Target: api.ES2022, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Charset: api.CharsetUTF8,
		LegalComments: api.LegalCommentsInline, Define: known, Outdir: "out", AbsWorkingDir: b.src, NodePaths: []string{b.modules},
		EntryNames: "[name]-[hash]", ChunkNames: "[name]-[hash]", AssetNames: "[name]-[hash]",
		Loader: map[string]api.Loader{".woff2": api.LoaderFile}, Metafile: true,
	})
	if len(result.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	for _, f := range result.OutputFiles {
		name := filepath.Base(f.Path)
		b.files[name] = f.Contents
		if !strings.HasPrefix(name, "chunk-") { // no page asks for one
			b.names[plain(name)] = name
		}
	}
	return nil
}

// plain takes the hash out of a name.
func plain(name string) string {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return stem[:strings.LastIndexByte(stem, '-')] + ext
}

// write replaces what is in the folder, but for what was there to begin with. The manifest
// comes last: while it is not there, pages do without.
func (b *bundle) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, data := range b.files {
		if small := gzipped(data); len(small) < len(data)*9/10 {
			b.files[name+".gz"] = small
		}
	}
	manifest, err := json.MarshalIndent(b.names, "", "  ")
	if err != nil {
		return err
	}
	old, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range old {
		if f.Name() != "README" && b.files[f.Name()] == nil {
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return err
			}
		}
	}
	for name, data := range b.files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "manifest.json"), append(manifest, '\n'), 0o644)
}

// gzipped is data as they are sent to a browser.
func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return data
	}
	if _, err := w.Write(data); err != nil || w.Close() != nil {
		return data
	}
	return b.Bytes()
}

// report says how much a browser fetches.
func (b *bundle) report(out *os.File) {
	for _, name := range []string{"live.js", "timeline.js", "verify.js", "map.js", "map-gl.js", "map-worker.js", "map.css", "fonts.css"} {
		if data := b.files[b.names[name]]; data != nil {
			fmt.Fprintf(out, "%-14s %7d bytes, %6d compressed\n", name, len(data), min(len(data), len(gzipped(data))))
		}
	}
}
