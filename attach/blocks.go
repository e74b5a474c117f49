package attach

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errForm: the blocks of a picture are not as its format has them.
var errForm = errors.New("blocks out of order")

// walk goes through the blocks of a file. Nil has come to the end; all its methods say so.
type walk struct{ rest []byte }

func (g *walk) bytes(n int) []byte {
	if g == nil || len(g.rest) < n {
		return nil
	}
	b := g.rest[:n]
	g.rest = g.rest[n:]
	return b
}

func (g *walk) byte() byte {
	if b := g.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (g *walk) skip(n int) *walk {
	if g.bytes(n) == nil {
		return nil
	}
	return g
}

// gifPixels returns the pixels of all frames of a GIF together. It follows only blocks of
// the sizes that the format gives them, so that a decoder cannot find more frames than it does.
func gifPixels(data []byte) (int64, error) {
	g, total := &walk{data}, int64(0)
	head := g.bytes(13)
	if head == nil {
		return 0, errForm
	}
	g = g.colours(head[10])
	for g != nil {
		switch g.byte() {
		case '!':
			g = g.extension().blocks()
		case ',':
			frame := g.bytes(9)
			if frame == nil {
				return 0, errForm
			}
			total += int64(binary.LittleEndian.Uint16(frame[4:])) * int64(binary.LittleEndian.Uint16(frame[6:]))
			g = g.colours(frame[8]).skip(1).blocks()
		case ';':
			return total, nil
		default:
			return 0, errForm
		}
	}
	return 0, errForm
}

// extension stands before the data blocks of an extension, or is nil if its first block is
// not of the size that its kind has.
func (g *walk) extension() *walk {
	sizes := map[byte]byte{0xf9: 4, 0x01: 12, 0xff: 11}
	kind := g.byte()
	if n, fixed := sizes[kind]; fixed {
		if g.byte() != n || g.skip(int(n)) == nil {
			return nil
		}
		if kind == 0xf9 && (len(g.rest) == 0 || g.rest[0] != 0) {
			return nil
		}
	}
	return g
}

// colours passes over a table of colours, if flags say that there is one.
func (g *walk) colours(flags byte) *walk {
	if flags&0x80 == 0 {
		return g
	}
	return g.skip(3 << (flags&7 + 1))
}

// blocks passes over data blocks up to the empty one.
func (g *walk) blocks() *walk {
	for g != nil && len(g.rest) > 0 {
		n := int(g.byte())
		if n == 0 {
			return g
		}
		g = g.skip(n)
	}
	return nil
}

// segment passes over the next segment of a JPEG and returns its marker and body. What
// stands between segments is drawn data, in which 0xff is followed by 0 or a restart. At the
// end the marker is that of the end, 0xd9.
func (g *walk) segment() (marker byte, body []byte) {
	for g != nil {
		i := bytes.IndexByte(g.rest, 0xff)
		if i < 0 || i+1 >= len(g.rest) {
			break
		}
		marker = g.rest[i+1]
		g.rest = g.rest[i+1:]
		if marker == 0 || marker == 0xff || marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 {
			continue
		}
		if marker == 0xd9 || len(g.rest) < 3 {
			break
		}
		n := int(binary.BigEndian.Uint16(g.rest[1:]))
		g.rest = g.rest[1:]
		return marker, g.bytes(min(max(n, 2), len(g.rest)))[2:]
	}
	return 0xd9, nil
}

// jpegScans returns how many times over a JPEG draws itself, at least 1.
func jpegScans(data []byte) int64 {
	n := int64(0)
	for g := (&walk{data}); ; {
		switch marker, _ := g.segment(); marker {
		case 0xda:
			n++
		case 0xd9:
			return max(n, 1)
		}
	}
}

// orientation returns the EXIF orientation of a JPEG, 1 (upright) to 8; 1 where none is stated.
func orientation(data []byte) int {
	for g := (&walk{data}); ; {
		marker, body := g.segment()
		if marker == 0xd9 || marker == 0xda {
			return 1
		}
		if rest, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return orientationTIFF(rest)
		}
	}
}

// orientationTIFF reads tag 0x0112 of the first directory; 1 where it is not found.
func orientationTIFF(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(b, []byte("MM")) {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for e := at + 2; n > 0 && e+12 <= int64(len(b)); n, e = n-1, e+12 {
		if o := order.Uint16(b[e+8:]); order.Uint16(b[e:]) == 0x0112 && o >= 1 && o <= 8 {
			return int(o)
		}
	}
	return 1
}
