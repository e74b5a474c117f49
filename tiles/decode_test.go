package tiles

import (
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// feature is a feature of a tile as read back from its bytes by the specification, with
// another reader of protocol buffers than what wrote it.
type feature struct {
	kind   int
	x, y   []int        // of all points
	starts map[int]bool // which points a ring or line starts with
	rings  []int        // twice the area of each closed ring, in y downwards
	tags   map[string]any
}

func (f feature) text(key string) string { s, _ := f.tags[key].(string); return s }
func (f feature) number(key string) int  { n, _ := f.tags[key].(int); return n }
func (f feature) real(key string) float64 {
	r, _ := f.tags[key].(float64)
	return r
}

type wireField struct {
	id    protowire.Number
	n     uint64
	bytes []byte
}

func message(t testing.TB, b []byte) []wireField {
	var out []wireField
	for len(b) > 0 {
		id, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatalf("no tag: %x", b)
		}
		b = b[n:]
		f := wireField{id: id}
		switch kind {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(b)
		default:
			t.Fatalf("type %d", kind)
		}
		if n < 0 {
			t.Fatalf("cut short: %x", b)
		}
		b = b[n:]
		out = append(out, f)
	}
	return out
}

func packed(t testing.TB, b []byte) (out []uint64) {
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			t.Fatalf("cut short: %x", b)
		}
		out, b = append(out, v), b[n:]
	}
	return out
}

// decode reads the layers of a tile.
func decode(t testing.TB, tile []byte) map[string][]feature {
	out := map[string][]feature{}
	for _, f := range message(t, tile) {
		var name string
		var keys []string
		var values []any
		var raw [][]byte
		extent, version := uint64(0), uint64(0)
		for _, g := range message(t, f.bytes) {
			switch g.id {
			case 1:
				name = string(g.bytes)
			case 2:
				raw = append(raw, g.bytes)
			case 3:
				keys = append(keys, string(g.bytes))
			case 4:
				v := message(t, g.bytes)[0]
				values = append(values, map[protowire.Number]any{1: string(v.bytes), 3: math.Float64frombits(v.n), 5: int(v.n)}[v.id])
			case 5:
				extent = g.n
			case 15:
				version = g.n
			}
		}
		if f.id != 3 || extent != 4096 || version != 2 || name == "" || out[name] != nil || len(raw) == 0 {
			t.Fatalf("layer %q: field %d, extent %d, version %d, %d features", name, f.id, extent, version, len(raw))
		}
		for _, r := range raw {
			out[name] = append(out[name], decodeFeature(t, r, keys, values))
		}
	}
	return out
}

func decodeFeature(t testing.TB, raw []byte, keys []string, values []any) feature {
	f := feature{tags: map[string]any{}, starts: map[int]bool{}}
	var geometry []uint64
	for _, g := range message(t, raw) {
		switch g.id {
		case 2:
			tags := packed(t, g.bytes)
			for i := 0; i < len(tags); i += 2 {
				f.tags[keys[tags[i]]] = values[tags[i+1]]
			}
		case 3:
			f.kind = int(g.n)
		case 4:
			geometry = packed(t, g.bytes)
		}
	}
	f.walk(t, geometry)
	return f
}

// walk follows the commands of a geometry.
func (f *feature) walk(t testing.TB, g []uint64) {
	x, y, start := 0, 0, 0
	for i := 0; i < len(g); {
		command, count := g[i]&7, int(g[i]>>3)
		i++
		if command == 7 {
			area := 0
			for k := start; k < len(f.x); k++ {
				next := k + 1
				if next == len(f.x) {
					next = start
				}
				area += f.x[k]*f.y[next] - f.x[next]*f.y[k]
			}
			f.rings = append(f.rings, area)
			continue
		}
		if count == 0 || command != 1 && command != 2 || f.kind == points && command != 1 || f.kind != points && command == 1 && count != 1 {
			t.Fatalf("command %d, %d times, in a feature of kind %d", command, count, f.kind)
		}
		if command == 1 {
			start = len(f.x)
			f.starts[start] = true
		}
		for range count {
			dx, dy := protowire.DecodeZigZag(g[i]), protowire.DecodeZigZag(g[i+1])
			if command == 2 && dx == 0 && dy == 0 {
				t.Fatal("a line that goes nowhere")
			}
			x, y, i = x+int(dx), y+int(dy), i+2
			f.x, f.y = append(f.x, x), append(f.y, y)
		}
	}
}
