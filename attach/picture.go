package attach

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"truce"
)

// quality is that of a working copy in JPEG, of 100.
const quality = 92

// scans is how many times over a JPEG of the largest size may draw itself. Ten is usual; a
// file of thousands keeps a machine busy for hours.
const scans = 32

// redraws reports whether pictures of a type are drawn anew. No other type can be stripped
// of what it says about its maker with any certainty.
func redraws(is string) bool { return is == "image/jpeg" || is == "image/png" || is == "image/gif" }

// redraw returns the picture without metadata, turned as its EXIF orientation says. A
// picture that cannot be drawn to its end, such as half of one, has no working copy: why
// says so. What is no picture at all, is another file too, or has too many pixels is refused.
func redraw(data []byte, is string, l Limits) (out []byte, why string, err error) {
	if bytes.Contains(data, []byte(markEntry)) && bytes.Contains(data[max(0, len(data)-foremost):], []byte(markEnd)) {
		return nil, "", refuseFor(ErrType, "content", "claims "+is+", is an archive too", "a picture and nothing else")
	}
	if err := measure(data, is, l); errors.Is(err, errForm) {
		return nil, "the picture cannot be drawn: its blocks are out of order", nil
	} else if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	switch is {
	case "image/gif":
		err = redrawGIF(&b, data)
	case "image/png":
		err = redrawPNG(&b, data)
	default:
		err = redrawJPEG(&b, data)
	}
	if err != nil {
		return nil, "the picture cannot be drawn to its end: " + printable(err.Error()), nil
	}
	return b.Bytes(), "", nil
}

// measure refuses a picture before it is decoded if that would cost too much.
func measure(data []byte, is string, l Limits) error {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || "image/"+format != is {
		return &truce.Error{Kind: truce.Invalid, At: "content", Msg: "claims " + is + ", is no picture that can be read", Hint: "a whole picture", Err: ErrType}
	}
	pixels, most := int64(c.Width)*int64(c.Height), l.Pixels
	switch {
	case pixels > most:
	case is == "image/gif":
		if pixels, err = gifPixels(data); err != nil {
			return err
		}
	case is == "image/jpeg":
		pixels, most = pixels*jpegScans(data), most*scans
	}
	if pixels > most {
		return refuseFor(ErrTooLarge, "content", "a picture of too many pixels", fmt.Sprintf("at most %d million", l.Pixels/1e6))
	}
	return nil
}

func redrawPNG(w io.Writer, data []byte) error {
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return png.Encode(w, m)
}

func redrawJPEG(w io.Writer, data []byte) error {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return jpeg.Encode(w, turn(m, orientation(data)), &jpeg.Options{Quality: quality})
}

// redrawGIF keeps all frames, their times and the number of rounds; comments and
// applications' blocks go.
func redrawGIF(w io.Writer, data []byte) error {
	m, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return gif.EncodeAll(w, m)
}

// turn returns m as it is to be seen. Orientations 5 to 8 lie on their side.
func turn(m image.Image, orientation int) image.Image {
	if orientation == 1 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	row := image.NewRGBA(image.Rect(0, 0, w, 1))
	for y := range h {
		draw.Draw(row, row.Bounds(), m, b.Min.Add(image.Pt(0, y)), draw.Src)
		for x := range w {
			at := out.PixOffset(turned(orientation, x, y, w, h))
			copy(out.Pix[at:at+4], row.Pix[4*x:4*x+4])
		}
	}
	return out
}

// turned returns where the pixel x, y of a picture w wide and h high comes to stand.
func turned(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
