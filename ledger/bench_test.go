package ledger

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"
)

// many is a record of n entries by the instance, with fields if asked for.
func many(b *testing.B, n int, fields bool) (fstest.MapFS, *sample) {
	s := begin(b)
	if fields {
		s.fill(n)
	} else {
		root := testFields(b, 1, map[string]any{"act": "shelling"}).Root()
		for i := len(s.entries); i < n; i++ {
			root[i%32] ^= byte(i)
			s.put(&Entry{Kind: "report.received", At: s.entries[0].At, Root: root, Key: s.key.ID()})
		}
		s.entries[0].At = s.entries[1].At
	}
	return s.files(s.checkpoint()), s
}

// BenchmarkVerify compares checking a record with nothing but SHA-256 over the same leaves,
// each by itself, and over all bundles in one go; all on every processor.
func BenchmarkVerify(b *testing.B) {
	const n = 200_000
	files, s := many(b, n, false)
	var bundles [][]byte
	var bytes int64
	for i := int64(0); i*tileWidth < n; i++ {
		bundles = append(bundles, files[BundlePath(i, widthAt(n, 0, i))].Data)
		bytes += int64(len(bundles[i]))
	}
	leaves := make([][][]byte, len(bundles))
	for i, x := range bundles {
		leaves[i], _ = SplitBundle(x)
	}
	workers := runtime.GOMAXPROCS(0)
	run := func(name string, do func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(bytes)
			for b.Loop() {
				do()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
		})
	}
	run("record", func() {
		v, err := Verify(b.Context(), files, VerifyOptions{Keys: []string{s.key.Verifier()}})
		if err != nil || v.Err() != nil {
			b.Fatal(err, v.Faults)
		}
	})
	run("bare leaf by leaf", func() {
		parallel(workers, len(leaves), func(_, i int) {
			for _, leaf := range leaves[i] {
				sha256.Sum256(leaf)
			}
		})
	})
	run("bare with nodes", func() {
		parallel(workers, len(leaves), func(_, i int) {
			var pair [65]byte
			for _, leaf := range leaves[i] {
				sha256.Sum256(leaf)
				sha256.Sum256(pair[:])
			}
		})
	})
	run("bare bundle by bundle", func() {
		parallel(workers, len(bundles), func(_, i int) { sha256.Sum256(bundles[i]) })
	})
}

// BenchmarkValues checks a record with three fields an entry.
func BenchmarkValues(b *testing.B) {
	const n = 50_000
	files, s := many(b, n, true)
	for b.Loop() {
		v, err := Verify(b.Context(), files, VerifyOptions{Keys: []string{s.key.Verifier()}})
		if err != nil || v.Err() != nil {
			b.Fatal(err, v.Faults)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
}

func BenchmarkParseLeaf(b *testing.B) {
	leaf := begin(b).fill(2).entries[1].Leaf()
	b.SetBytes(int64(len(leaf)))
	var s scan
	for b.Loop() {
		if err := s.leaf(leaf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFields(b *testing.B) {
	f := begin(b).fill(2).entries[1].Fields
	text := f.Text()
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f := NewFields([16]byte{1})
			for i := range 3 {
				if err := f.Set(fmt.Sprintf("name%d", i), "value"); err != nil {
					b.Fatal(err)
				}
			}
			f.Root()
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseFields(text); err != nil {
				b.Fatal(err)
			}
		}
	})
}
