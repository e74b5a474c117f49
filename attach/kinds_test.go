package attach

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"truce"
)

// film begins a film of a brand.
func film(brand string) string {
	return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x02\x00" + strings.Repeat("\x00\x01", 300)
}

func TestSniffTellsTypesByTheirBytes(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"a photograph", "\xff\xd8\xff\xe1\x00\x10Exif", "image/jpeg"},
		{"a PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
		{"a GIF", "GIF89a\x01\x00", "image/gif"},
		{"a WebP", "RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"an iPhone's picture", film("heic"), "image/heic"},
		{"an iPhone's film", film("qt  "), "video/quicktime"},
		{"a phone's film", film("isom"), "video/mp4"},
		{"an old phone's film", film("3gp5"), "video/3gpp"},
		{"an old film without a brand", "\x00\x00\x10\x00moov\x00\x00\x00\x6cmvhd\x00\x00", "video/quicktime"},
		{"a voice note", "OggS\x00\x02", "audio/ogg"},
		{"an old voice note", "#!AMR\n\x3c\x00", "audio/amr"},
		{"a web film", "\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"},
		{"a sound with a tag", "ID3\x03\x00\x00", "audio/mpeg"},
		{"a bare sound", "\xff\xfb\x90\x64\x00\x00\x00\x00", "audio/mpeg"},
		{"a wave", "RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"},
		{"a paper", "%PDF-1.7\n", "application/pdf"},
		{"an old Word file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", oldOffice},
		{"a text", "At 10:00 shells fell.", plainText},
		{"a text in Arabic", "سقطت قذيفتان", plainText},
		{"a text in UTF-16", "\xff\xfeA\x00t\x00", plainText},
		{"a text in a Cyrillic code page", "\xca\xee\xf0\xe4\xee\xed \xe7\xe0\xea\xf0\xfb\xf2", plainText},
		{"a text about the PKK", "PKK fighters were seen", plainText},
		{"a text that begins with MZ", "MZ-80 mortar seen", plainText},
		{"a text that begins with The wide", "The wide road", plainText},
		{"a text that begins with BM", "BM-21 launchers fired", plainText},
		{"a text that begins with RIFF", "RIFF RAFF in the WAVE", plainText},
		{"a text about markup", "The sign read <svg> and <html>", plainText},
		{"a page", "<!DOCTYPE html><html>", "text/html"},
		{"a page behind an XML line", `<?xml version="1.0"?><html xmlns="x">`, "text/html"},
		{"places on a map", `<?xml version="1.0"?><kml>`, xmlText},
		{"a drawing", `<?xml version="1.0"?><svg xmlns="x" onload="y">`, "a drawing that may hold scripts (SVG)"},
		{"a drawing without an XML line", "\n <SVG onload=x>", "a drawing that may hold scripts (SVG)"},
		{"a Windows program", "MZ\x90\x00\x03\x00", program},
		{"a Linux program", "\x7fELF\x02\x01", program},
		{"a script", "#!/bin/sh\nrm -rf /", program},
		{"a shortcut", "L\x00\x00\x00\x01\x14\x02\x00\x00", program},
		{"gzip", "\x1f\x8b\x08", archive},
		{"tar", strings.Repeat("a", 257) + "ustar\x0000", archive},
		{"7-Zip", "7z\xbc\xaf\x27\x1c\x00", archive},
		{"noise", "\x01\x02\x03\x04\x05\x06\x07\x08", nothing},
		{"nothing but zeros", strings.Repeat("\x00", 600), nothing},
	} {
		if got := sniff([]byte(c.head)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestATypeThatIsClaimedMustBeTrue(t *testing.T) {
	jpeg, text, mov := string(photo(1)), letter, film("qt  ")
	for _, c := range []struct{ name, file, media, data, at, want string }{
		{"a photograph as what it is", "a.JPG", "image/jpeg", jpeg, "", "image/jpeg"},
		{"an old browser's word for it", "a.jpeg", "image/pjpeg", jpeg, "", "image/jpeg"},
		{"no claim at all", "", "", jpeg, "", "image/jpeg"},
		{"a sender that does not know", "a", "application/octet-stream", jpeg, "", "image/jpeg"},
		{"a photograph called a PNG", "a.png", "image/jpeg", jpeg, "name", "claims png, is image/jpeg"},
		{"a photograph declared as a film", "", "video/mp4", jpeg, "type", "claims video/mp4, is image/jpeg"},
		{"a program called a photograph", "a.jpg", "", "MZ\x90\x00\x03\x00", "content", "is a program and claims jpg"},
		{"a program that claims nothing", "", "", "\x7fELF\x02\x01\x01", "content", "is a program"},
		{"a text called a paper", "a.pdf", "", text, "name", "claims pdf, is text/plain"},
		{"a page called a text", "a.txt", "", "<html><script>x</script>", "name", "claims txt, is text/html"},
		{"a drawing with scripts", "a.svg", "", "<svg/>", "name", "ends in .svg, which a system would run"},
		{"a text that a system would run", "a.bat", "", "del *", "name", "ends in .bat"},
		{"a shell script without its first line, dotted", "a.sh. ", "", "rm x", "name", "ends in .sh"},
		{"a type that is not kept", "", "application/x-thing", text, "type", "claims application/x-thing, which is no type that is kept"},
		{"a type that is none", "", "; ;", text, "type", "not a media type"},
		{"an archive in another form", "a.tar.gz", "application/gzip", "\x1f\x8b\x08\x00", "content", "is an archive that cannot be examined and claims application/gzip"},
		{"a table", "a.csv", "text/csv", "a,b\n1,2\n", "", "text/csv"},
		{"a table as a browser on Windows says it", "a.csv", "application/vnd.ms-excel", "a,b\n", "", "text/csv"},
		{"an old workbook under the same word", "a.xls", "application/vnd.ms-excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "", "application/vnd.ms-excel"},
		{"a table that is a text to its sender", "a.csv", "text/plain", "a,b\n", "", "text/csv"},
		{"places", "a.geojson", "", `{"type":"Point"}`, "", "application/geo+json"},
		{"a name with a dot in it", "statement v1.2", "", text, "", "text/plain"},
		{"an iPhone's film", "IMG_1.MOV", "video/quicktime", mov, "", "video/quicktime"},
		{"a film of that family under its other name", "a.mp4", "video/mp4", mov, "", "video/mp4"},
		{"an iPhone's picture called a JPEG", "a.jpg", "image/jpeg", film("heic"), "name", "claims jpg, is image/heic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(t, Options{})
			item, err := f.Put(t.Context(), strings.NewReader(c.data), Info{Name: c.file, Type: c.media})
			if c.at == "" {
				if err != nil || item.Type != c.want {
					t.Errorf("got %q, %v; want %q", item.Type, err, c.want)
				}
				return
			}
			refused(t, err, truce.Invalid, c.at, ErrType)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q", err, c.want)
			}
		})
	}
}

func TestATextIsTextToItsEnd(t *testing.T) {
	f := folder(t, Options{})
	data := append(bytes.Repeat([]byte("word "), 30_000), 0, 1, 2)
	_, err := f.Put(t.Context(), bytes.NewReader(data), Info{Name: "a.txt"})
	refused(t, err, truce.Invalid, "content", ErrType)
	put(t, f, []byte("\xff\xfeA\x00\n\x00"), Info{Name: "wide.txt"})
	if all := raw(t, f); len(all) != 1 {
		t.Errorf("%d files", len(all))
	}
}

func TestEveryTypeToldIsAKindOrARefusal(t *testing.T) {
	told := []string{plainText, xmlText, "text/html", "video/webm", "video/x-matroska", "video/mp4", "audio/aac", "audio/mpeg", "image/bmp", docx, xlsx, pptx, odt, ods, odp, kmz}
	for _, list := range [][]magic{magics, weak, brands, riffs} {
		for _, m := range list {
			told = append(told, m.name)
		}
	}
	for _, name := range told {
		if name != program && name != archive && !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name }) {
			t.Errorf("%s has no kind", name)
		}
	}
	for _, k := range kinds {
		for of := range strings.FieldsSeq(k.of) {
			if !slices.Contains(told, of) {
				t.Errorf("%s may be %s, which nothing tells", k.name, of)
			}
		}
		for e := range strings.FieldsSeq(k.endings) {
			if slices.Contains(programs, e) {
				t.Errorf(".%s is kept and refused", e)
			}
		}
	}
}
