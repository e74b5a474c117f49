package attach

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
)

// The colours of a test picture's corners.
var (
	red   = color.RGBA{220, 20, 20, 255}
	green = color.RGBA{20, 200, 20, 255}
	blue  = color.RGBA{20, 20, 220, 255}
	white = color.RGBA{250, 250, 250, 255}
)

// painted is 96 wide and 64 high: red top left, green top right, blue bottom left, white bottom right.
func painted() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			c := [2][2]color.RGBA{{red, green}, {blue, white}}[y/32][x/48]
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// exif is an EXIF segment with an orientation and a secret.
func exif(orientation uint16) []byte {
	b := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x0f, 0, 2, 0, 0, 0, 6, 0, 0, 0, 38) // maker
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(orientation>>8), byte(orientation), 0, 0)
	return append(b, "\x00\x00\x00\x00secret-camera-of-mahmud"...)
}

func segment(marker byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

// photo is a JPEG as a camera makes it, with an orientation, a secret in EXIF and one in a comment.
func photo(orientation uint16) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, painted(), &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	out := append([]byte{0xff, 0xd8}, segment(0xe1, exif(orientation))...)
	out = append(out, segment(0xfe, []byte("secret-comment"))...)
	return append(append(out, b.Bytes()[2:]...), "secret-tail"...)
}

// nameOf tells a colour by its nearest name.
func nameOf(c color.Color) string {
	r, g, b, _ := c.RGBA()
	switch {
	case r > 0x8000 && g > 0x8000 && b > 0x8000:
		return "white"
	case r > g && r > b:
		return "red"
	case g > b:
		return "green"
	}
	return "blue"
}

func corners(m image.Image) []string {
	b := m.Bounds()
	return []string{nameOf(m.At(b.Min.X+5, b.Min.Y+5)), nameOf(m.At(b.Max.X-6, b.Min.Y+5)), nameOf(m.At(b.Min.X+5, b.Max.Y-6)), nameOf(m.At(b.Max.X-6, b.Max.Y-6))}
}

// TestAWorkingCopyIsUprightAndTellsNothing takes its expectations from the EXIF standard,
// which says of each orientation where the stored first row and first column belong.
func TestAWorkingCopyIsUprightAndTellsNothing(t *testing.T) {
	f := folder(t, Options{})
	for _, c := range []struct {
		orientation uint16
		says        string
		corners     []string // top left, top right, bottom left, bottom right
		w, h        int
	}{
		{1, "row 0 top, column 0 left", []string{"red", "green", "blue", "white"}, 96, 64},
		{2, "row 0 top, column 0 right", []string{"green", "red", "white", "blue"}, 96, 64},
		{3, "row 0 bottom, column 0 right", []string{"white", "blue", "green", "red"}, 96, 64},
		{4, "row 0 bottom, column 0 left", []string{"blue", "white", "red", "green"}, 96, 64},
		{5, "row 0 left, column 0 top", []string{"red", "blue", "green", "white"}, 64, 96},
		{6, "row 0 right, column 0 top", []string{"blue", "red", "white", "green"}, 64, 96},
		{7, "row 0 right, column 0 bottom", []string{"white", "green", "blue", "red"}, 64, 96},
		{8, "row 0 left, column 0 bottom", []string{"green", "white", "red", "blue"}, 64, 96},
		{9, "no such orientation", []string{"red", "green", "blue", "white"}, 96, 64},
	} {
		t.Run(c.says, func(t *testing.T) {
			data := photo(c.orientation)
			item := put(t, f, data, Info{Name: "a.jpg"})
			if item.Copy == nil || item.NoCopy != "" || item.Copy.Hash == item.Hash || item.Copy.Type != "image/jpeg" {
				t.Fatalf("%+v", item)
			}
			r, err := f.Open(item.Hash)
			b := read(t, r, err)
			if bytes.Contains(b, []byte("secret")) || bytes.Contains(b, []byte("Exif")) || int64(len(b)) != item.Copy.Size {
				t.Error("the copy tells something")
			}
			m, err := jpeg.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.corners, corners(m)); diff != "" || m.Bounds().Dx() != c.w || m.Bounds().Dy() != c.h {
				t.Error(diff, m.Bounds())
			}
			r, err = f.Original(item.Hash)
			if !bytes.Equal(read(t, r, err), data) {
				t.Error("the original changed")
			}
		})
	}
	sound(t, f)
}

// chunked puts a chunk behind a PNG's header.
func chunked(data []byte, kind, body string) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(c, kind+body...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE([]byte(kind+body)))
	return append(append(bytes.Clone(data[:33]), c...), data[33:]...)
}

func paintedPNG() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, painted()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// moving is a GIF of three frames that repeats, with a comment.
func moving() []byte {
	g := &gif.GIF{}
	for i := range 3 {
		m := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{red, green, blue})
		for p := range m.Pix {
			m.Pix[p] = uint8(i)
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 10*(i+1))
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		panic(err)
	}
	out := b.Bytes()
	at := bytes.Index(out, []byte("!\xff\x0bNETSCAPE"))
	return append(append(bytes.Clone(out[:at]), "!\xfe\x06secret\x00"...), out[at:]...)
}

func TestPNGAndGIFKeepTheirPictureAndLoseTheirWords(t *testing.T) {
	f := folder(t, Options{})
	item := put(t, f, chunked(paintedPNG(), "tEXt", "Author\x00secret"), Info{Name: "a.png"})
	r, err := f.Open(item.Hash)
	b := read(t, r, err)
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil || bytes.Contains(b, []byte("secret")) {
		t.Fatal(err, "or the copy tells something")
	}
	for y := range 64 {
		for x := range 96 {
			if got := color.RGBAModel.Convert(m.At(x, y)); got != painted().RGBAAt(x, y) {
				t.Fatalf("pixel %d,%d: %v", x, y, got)
			}
		}
	}
	item = put(t, f, moving(), Info{Name: "a.gif"})
	r, err = f.Open(item.Hash)
	b = read(t, r, err)
	g, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil || len(g.Image) != 3 || bytes.Contains(b, []byte("secret")) {
		t.Fatal(err, len(g.Image))
	}
	if diff := cmp.Diff([]int{10, 20, 30}, g.Delay); diff != "" {
		t.Error(diff)
	}
}

// huge is a PNG whose header says 60,000 by 60,000.
func huge() []byte {
	b := paintedPNG()
	binary.BigEndian.PutUint32(b[16:], 60_000)
	binary.BigEndian.PutUint32(b[20:], 60_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// frames is a GIF with n times the first frame of moving, of 8 by 8.
func frames(n int) []byte {
	b := moving()
	from := bytes.IndexByte(b[30:], ',') + 30
	one := b[from : from+bytes.Index(b[from:], []byte("\x00!"))+1]
	return append(append(bytes.Clone(b[:from]), bytes.Repeat(one, n)...), ';')
}

func TestPicturesThatCostTooMuchAreRefusedBeforeTheyAreDrawn(t *testing.T) {
	f := folder(t, Options{Limits: Limits{Pixels: 10_000}})
	scan := photo(1)
	at := bytes.Index(scan, []byte{0xff, 0xda})
	repeated := append(bytes.Clone(scan[:at]), bytes.Repeat(scan[at:len(scan)-len("secret-tail")-2], 60)...)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"a PNG of 3.6 thousand million pixels", huge()},
		{"a GIF of many frames", frames(200)},
		{"a JPEG that draws itself 60 times", append(repeated, 0xff, 0xd9)},
	} {
		_, err := f.Put(t.Context(), bytes.NewReader(c.data), Info{})
		t.Log(err)
		refused(t, err, truce.Invalid, "content", ErrTooLarge)
	}
	put(t, f, frames(100), Info{})
	put(t, f, photo(1), Info{})
	tail := append(photo(1), strings.Repeat("\xff\xda", 5000)...) // a film behind the picture is no scan
	if item := put(t, f, tail, Info{}); item.Copy == nil {
		t.Error(item.NoCopy)
	}
}

func TestHalfAPictureIsKeptWithoutACopy(t *testing.T) {
	f := folder(t, Options{})
	for name, data := range map[string][]byte{"JPEG": photo(1)[:700], "PNG": paintedPNG()[:150], "GIF": moving()[:80]} {
		item := put(t, f, data, Info{})
		if item.Copy != nil || item.NoCopy == "" {
			t.Errorf("%s: %+v", name, item)
		}
	}
	for name, data := range map[string]string{"JPEG": "\xff\xd8\xff\xe0 and words", "PNG": "\x89PNG\r\n\x1a\nwords", "GIF": "GIF89a"} {
		_, err := f.Put(t.Context(), strings.NewReader(data), Info{})
		refused(t, err, truce.Invalid, "content", ErrType)
		t.Log(name, err)
	}
	_, err := f.Put(t.Context(), bytes.NewReader(append(photo(1), archived(member{"a.txt", "x"})...)), Info{})
	refused(t, err, truce.Invalid, "content", ErrType)
}
