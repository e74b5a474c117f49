package attach

import (
	"bytes"
	"net/http"
	"strings"
)

// headSize is how many of the first bytes sniff may look at.
const headSize = 4096

// magic is a type told by bytes at a place.
type magic struct {
	at          int
	bytes, name string
}

// Types that sniff tells in order to refuse them by name.
const (
	program = "a program"
	archive = "an archive that cannot be examined"
	nothing = "of no type that is kept"
)

// magics are the types told by their first bytes, from the formats' own descriptions. The
// first that fits is taken. None of them is how a report could begin, so each is told before text.
var magics = []magic{
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "GIF87a", "image/gif"}, {0, "GIF89a", "image/gif"},
	{0, "II*\x00", "image/tiff"}, {0, "MM\x00*", "image/tiff"},
	{0, "%PDF-", "application/pdf"},
	{0, "PK\x03\x04", zipped}, {0, "PK\x05\x06", zipped}, {0, "PK\x07\x08", archive},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", oldOffice},
	{0, `{\rtf`, "text/rtf"},
	{0, "ID3\x02", "audio/mpeg"}, {0, "ID3\x03", "audio/mpeg"}, {0, "ID3\x04", "audio/mpeg"},
	{0, "OggS\x00", "audio/ogg"},
	{0, "fLaC\x00", "audio/flac"}, {0, "fLaC\x80", "audio/flac"},
	{0, "#!AMR", "audio/amr"},
	{0, "\x00\x00\x00\x08wide", "video/quicktime"},
	{0, "#!", program}, {0, "%!PS", program}, {0, "\x7fELF", program}, {0, "\xca\xfe\xba\xbe", program}, {0, "\x00asm", program},
	{0, "\xfe\xed\xfa\xce", program}, {0, "\xfe\xed\xfa\xcf", program}, {0, "\xce\xfa\xed\xfe", program}, {0, "\xcf\xfa\xed\xfe", program},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", program},
	{0, "Rar!\x1a\x07", archive}, {0, "7z\xbc\xaf\x27\x1c", archive}, {0, "\x1f\x8b", archive}, {0, "\x1f\x9d", archive},
	{4, "1AY&SY", archive}, {0, "\xfd7zXZ\x00", archive}, {0, "\x28\xb5\x2f\xfd", archive}, {0, "\x04\x22\x4d\x18", archive},
	{0, "MSCF\x00\x00\x00\x00", archive}, {257, "ustar", archive}, {0, "LZIP\x01", archive},
}

// weak are the types whose marks a text may begin with, so each is told after text.
var weak = []magic{
	{4, "moov", "video/quicktime"}, {4, "mdat", "video/quicktime"}, {0, "MZ", program},
}

// brands are the types of ISO base media files by the first letters of their brand; what is
// not here is video/mp4.
var brands = []magic{
	{0, "hei", "image/heic"}, {0, "hev", "image/heic"}, {0, "mif1", "image/heic"}, {0, "msf1", "image/heic"}, {0, "avi", "image/avif"},
	{0, "qt  ", "video/quicktime"}, {0, "3g", "video/3gpp"}, {0, "M4A", "audio/mp4"}, {0, "M4B", "audio/mp4"},
}

// riffs are the types of RIFF files by the form that follows their length.
var riffs = []magic{{0, "WAVE", "audio/wav"}, {0, "AVI ", "video/x-msvideo"}, {0, "WEBP", "image/webp"}}

// told returns the type of the first of a list that fits.
func told(list []magic, b []byte) string {
	for _, m := range list {
		if len(b) >= m.at && bytes.HasPrefix(b[m.at:], []byte(m.bytes)) {
			return m.name
		}
	}
	return ""
}

// sniff tells what a file is by its first bytes: a media type, or one of the words program,
// archive and nothing.
func sniff(head []byte) string {
	if len(head) >= 12 && head[0] == 0 && string(head[4:8]) == "ftyp" {
		return orElse(told(brands, head[8:]), "video/mp4")
	}
	if form := head[min(8, len(head)):]; bytes.HasPrefix(head, []byte("RIFF")) && told(riffs, form) != "" {
		return told(riffs, form)
	}
	if name := told(magics, head); name != "" {
		return name
	}
	switch {
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")) && bytes.Contains(head, []byte("webm")):
		return "video/webm"
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return "video/x-matroska"
	}
	return sniffWeak(head)
}

// sniffWeak tells the types whose marks are too short to go before others.
func sniffWeak(head []byte) string {
	detected, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch {
	case detected == "text/html", detected == xmlText:
		return sniffText(head, detected)
	case wide(head), !notText(head): // DetectContentType takes a text about BM-21 launchers for a bitmap
		return sniffText(head, plainText)
	case len(head) >= 4 && head[0] == 0xff && head[1]&0xf6 == 0xf0 && head[2] != 0xff:
		return "audio/aac"
	case len(head) >= 4 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[2]&0xf0 != 0xf0 && head[2]&0x0c != 0x0c:
		return "audio/mpeg"
	case len(head) >= 26 && string(head[:2]) == "BM" && string(head[6:10]) == "\x00\x00\x00\x00" && string(head[15:18]) == "\x00\x00\x00":
		return "image/bmp"
	}
	return orElse(told(weak, head), nothing)
}

// sniffText tells pages and drawings that hide behind an XML line or a comment.
func sniffText(head []byte, detected string) string {
	lower := bytes.ToLower(head)
	markup := detected != plainText || bytes.HasPrefix(bytes.TrimLeft(lower, "\xef\xbb\xbf \t\r\n"), []byte("<"))
	switch {
	case markup && bytes.Contains(lower, []byte("<svg")):
		return "a drawing that may hold scripts (SVG)"
	case markup && bytes.Contains(lower, []byte("<html")):
		return "text/html"
	}
	return detected
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// notText reports whether b holds a byte that no text holds, but for text in UTF-16.
func notText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b {
			return true
		}
	}
	return false
}

// wide reports whether text begins with the mark of UTF-16.
func wide(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}
