package ledger

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// Tile is up to 256 hashes that stand side by side at one height of the tree: at level 0
// those of leaves, at each further level those of full tiles one level below.
type Tile struct {
	Level  int
	N      int64  // number of the tile within its level
	Hashes []byte // 32 bytes each
}

// TileReader returns all hashes that a tile has now.
type TileReader func(level int, n int64) ([]byte, error)

// readTile reads the first width hashes of a tile.
func readTile(read TileReader, level int, n int64, width int) ([]byte, error) {
	b, err := read(level, n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", TilePath(level, n, width), err)
	}
	if len(b) < width*hashSize {
		return nil, fmt.Errorf("%s: %d bytes; expected at least %d", TilePath(level, n, width), len(b), width*hashSize)
	}
	return b[:width*hashSize], nil
}

// tileName is the number of a tile as a path of three digits each, with the width where the
// tile is not full.
func tileName(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < tileWidth {
		name += ".p/" + strconv.Itoa(width)
	}
	return name
}

// TilePath is where a tile of hashes stands (C2SP tlog-tiles); width is its number of
// hashes, 256 for a full one.
func TilePath(level int, n int64, width int) string {
	return "tile/" + strconv.Itoa(level) + "/" + tileName(n, width)
}

// BundlePath is where the leaves of tile n of level 0 stand.
func BundlePath(n int64, width int) string { return "tile/entries/" + tileName(n, width) }

// FieldsPath is where the fields of those leaves stand.
func FieldsPath(n int64, width int) string { return "fields/" + tileName(n, width) }

// The levels of paths that are no hashes.
const (
	levelBundle = -1
	levelFields = -2
)

// parsePath reads a path that TilePath, BundlePath or FieldsPath made.
func parsePath(path string) (level int, n int64, width int, ok bool) {
	tile := path
	rest, isFields := strings.CutPrefix(path, "fields/")
	if isFields {
		tile = "tile/entries/" + rest
	}
	t, err := torchwood.ParseTilePath(tile)
	if err != nil || t.L >= levels+1 {
		return 0, 0, 0, false
	}
	level = t.L
	if isFields {
		level = levelFields
	}
	return level, t.N, t.W, pathOf(level, t.N, t.W) == path
}

// pathOf is the path of a tile, a bundle or the fields of one.
func pathOf(level int, n int64, width int) string {
	switch level {
	case levelBundle:
		return BundlePath(n, width)
	case levelFields:
		return FieldsPath(n, width)
	}
	return TilePath(level, n, width)
}

// AppendBundle adds a leaf to an entry bundle: its length in two bytes, big-endian, and the
// leaf.
func AppendBundle(bundle, leaf []byte) ([]byte, error) {
	if len(leaf) > 1<<16-1 {
		return nil, fmt.Errorf("leaf of %d bytes; expected at most 65535", len(leaf))
	}
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...), nil
}

// SplitBundle returns the leaves of an entry bundle as parts of it.
func SplitBundle(bundle []byte) ([][]byte, error) {
	var out [][]byte
	for len(bundle) > 0 {
		leaf, rest, err := torchwood.ReadTileEntry(bundle)
		if err != nil {
			return out, fmt.Errorf("leaf %d of the bundle: %w", len(out), err)
		}
		out, bundle = append(out, leaf), rest
	}
	return out, nil
}

// hashes reads nodes of the tree out of tiles, each tile once.
func (read TileReader) hashes() tlog.HashReader {
	type place struct {
		level int
		n     int64
	}
	seen := map[place][]byte{}
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		out := make([]Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(tileHeight, index)
			at := place{t.L, t.N}
			if len(seen[at]) < t.W*hashSize {
				b, err := read(t.L, t.N)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", TilePath(t.L, t.N, t.W), err)
				}
				seen[at] = b
			}
			h, err := tlog.HashFromTile(t, seen[at], index)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", TilePath(t.L, t.N, t.W), err)
			}
			out[i] = h
		}
		return out, nil
	})
}
