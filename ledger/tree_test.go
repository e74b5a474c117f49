package ledger

import (
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// memory holds the tiles of a tree that grew with it.
type memory map[[2]int64][]byte

func (m memory) read(level int, n int64) ([]byte, error) {
	b, ok := m[[2]int64{int64(level), n}]
	if !ok {
		return nil, fmt.Errorf("no tile %d of level %d", n, level)
	}
	return b, nil
}

func (m memory) put(tiles []Tile) {
	for _, t := range tiles {
		m[[2]int64{int64(t.Level), t.N}] = t.Hashes
	}
}

// stored is the reference: all hashes as tlog keeps them.
type stored []Hash

func (s stored) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		out[i] = s[x]
	}
	return out, nil
}

func (s *stored) add(t testing.TB, n int64, leaf []byte) {
	h, err := tlog.StoredHashes(n, leaf, *s)
	if err != nil {
		t.Fatal(err)
	}
	*s = append(*s, h...)
}

// TestKnownTree checks roots and proofs against the vectors of Certificate Transparency's
// own tests (eight leaves, RFC 6962).
func TestKnownTree(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	tree, err := NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		root := tree.Root()
		if got := hex.EncodeToString(root[:]); got != roots[n] {
			t.Errorf("%d leaves: root %s; expected %s", n, got, roots[n])
		}
		if n == len(leaves) {
			return
		}
		leaf, _ := hex.DecodeString(leaves[n])
		if h := tree.Append(leaf); h != LeafHash(leaf) {
			t.Errorf("leaf %d: hash %v; expected %v", n, h, LeafHash(leaf))
		}
	}
}

func leafText(n int64) []byte { return fmt.Appendf(nil, "leaf %d", n) }

// TestTreeAgainstTlog grows a tree past a full tile and asks every size for its root, its
// tiles and the tree that is opened from them.
func TestTreeAgainstTlog(t *testing.T) {
	const most = 700
	tree, _ := NewTree(0, nil)
	tiles, all := memory{}, stored{}
	for n := range int64(most) {
		tree.Append(leafText(n))
		all.add(t, n, leafText(n))
		want, _ := tlog.TreeHash(n+1, all)
		if tree.Root() != want || tree.Size() != n+1 {
			t.Fatalf("size %d: root %v; expected %v", n+1, tree.Root(), want)
		}
		changed := tree.Changed()
		tiles.put(changed)
		for _, c := range changed {
			ref := tlog.Tile{H: tileHeight, L: c.Level, N: c.N, W: len(c.Hashes) / hashSize}
			b, err := tlog.ReadTileData(ref, all)
			if err != nil || !slices.Equal(b, c.Hashes) {
				t.Fatalf("size %d: tile %d/%d is not tlog's", n+1, c.Level, c.N)
			}
		}
		if len(changed) != len(tlog.NewTiles(tileHeight, n, n+1)) {
			t.Fatalf("size %d: %d tiles changed; expected %v", n+1, len(changed), tlog.NewTiles(tileHeight, n, n+1))
		}
		again, err := NewTree(n+1, tiles.read)
		if err != nil || again.Root() != want {
			t.Fatalf("size %d: opened from tiles: %v, %v", n+1, again.Root(), err)
		}
	}
}

// TestProofsAgainstTlog makes every proof of small trees and of random larger ones.
func TestProofsAgainstTlog(t *testing.T) {
	const most = 520
	tree, _ := NewTree(0, nil)
	tiles, all := memory{}, stored{}
	roots := []Hash{tree.Root()}
	for n := range int64(most) {
		tree.Append(leafText(n))
		all.add(t, n, leafText(n))
		roots = append(roots, tree.Root())
	}
	tiles.put(tree.Changed())
	check := func(t interface{ Fatalf(string, ...any) }, size, n int64) {
		p, err := Inclusion(size, n, tiles.read)
		want, _ := tlog.ProveRecord(size, n, all)
		if err != nil || !cmp.Equal(p, []Hash(want)) {
			t.Fatalf("entry %d of %d: another proof than tlog's, %v", n, size, err)
		}
		if err := CheckInclusion(p, size, roots[size], n, LeafHash(leafText(n))); err != nil {
			t.Fatalf("entry %d of %d: %v", n, size, err)
		}
		c, err := Consistency(n, size, tiles.read)
		if err != nil {
			t.Fatalf("%d in %d: %v", n, size, err)
		}
		if err := CheckConsistency(c, size, roots[size], n, roots[n]); err != nil {
			t.Fatalf("%d in %d: %v", n, size, err)
		}
		if err := CheckConsistency(c, size, roots[size-1], n, roots[n]); err == nil && n > 0 {
			t.Fatalf("%d in %d: a wrong root passes", n, size)
		}
	}
	for size := int64(1); size <= 40; size++ {
		for n := range size {
			check(t, size, n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, most).Draw(t, "size")
		check(t, size, rapid.Int64Range(0, size-1).Draw(t, "n"))
	})
}

// TestProofsAreBound: changing, dropping or adding one hash of a proof, or the place it is
// for, breaks it. (The size is bound by the
// signature over size and root, not by the proof.)
func TestProofsAreBound(t *testing.T) {
	const size, n = 300, 77
	tree, _ := NewTree(0, nil)
	var old Hash
	for i := range int64(size) {
		if i == n {
			old = tree.Root()
		}
		tree.Append(leafText(i))
	}
	tiles := memory{}
	tiles.put(tree.Changed())
	leaf := LeafHash(leafText(n))
	p, _ := Inclusion(size, n, tiles.read)
	c, _ := Consistency(n, size, tiles.read)
	inclusion := func(p []Hash) error { return CheckInclusion(p, size, tree.Root(), n, leaf) }
	consistency := func(p []Hash) error { return CheckConsistency(p, size, tree.Root(), n, old) }
	for name, try := range map[string]func([]Hash) error{"inclusion": inclusion, "consistency": consistency} {
		proof := p
		if name == "consistency" {
			proof = c
		}
		for i := range proof {
			bad := slices.Clone(proof)
			bad[i][i%32] ^= 1
			if try(bad) == nil || try(slices.Delete(slices.Clone(proof), i, i+1)) == nil || try(slices.Insert(slices.Clone(proof), i, leaf)) == nil {
				t.Errorf("%s: hash %d does not matter", name, i)
			}
		}
	}
	if CheckInclusion(p, size, tree.Root(), n+1, leaf) == nil {
		t.Error("inclusion holds at another place")
	}
	for _, bad := range [][2]int64{{0, 0}, {5, 5}, {5, -1}, {maxSize + 1, 0}} {
		if _, err := Inclusion(bad[0], bad[1], tiles.read); err == nil {
			t.Errorf("inclusion of %d in %d", bad[1], bad[0])
		}
	}
}

func TestCloneGrowsAlone(t *testing.T) {
	a, _ := NewTree(0, nil)
	for n := range int64(255) {
		a.Append(leafText(n))
	}
	b := a.Clone()
	a.Append([]byte("one"))
	b.Append([]byte("other"))
	if a.Root() == b.Root() || cmp.Equal(a.Changed(), b.Changed()) {
		t.Error("a clone shares its leaves")
	}
}

func TestEmptyTree(t *testing.T) {
	empty, _ := NewTree(0, nil)
	if err := CheckConsistency(nil, 5, LeafHash(nil), 0, empty.Root()); err != nil {
		t.Error(err)
	}
	if CheckConsistency(nil, 5, LeafHash(nil), 0, LeafHash(nil)) == nil {
		t.Error("no entries have a root of their own")
	}
	if empty.Changed() != nil || empty.Root() != emptyRoot() {
		t.Error("an empty tree has tiles or another root")
	}
}

func BenchmarkAppend(b *testing.B) {
	leaf := make([]byte, 250)
	b.Run("ledger", func(b *testing.B) {
		b.ReportAllocs()
		tree, _ := NewTree(0, nil)
		for i := 0; b.Loop(); i++ {
			tree.Append(leaf)
			if i%10000 == 0 {
				tree.Changed()
			}
		}
	})
	b.Run("tlog", func(b *testing.B) {
		b.ReportAllocs()
		var all stored
		for n := int64(0); b.Loop(); n++ {
			all.add(b, n, leaf)
		}
	})
}
