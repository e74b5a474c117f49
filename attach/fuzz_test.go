package attach

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"truce"
)

func seeds(f *testing.F) {
	for _, b := range [][]byte{
		nil, []byte(letter), photo(6), paintedPNG(), moving(), archived(member{"a/b.txt", letter}), archived(member{"[Content_Types].xml", ""}, member{"word/document.xml", ""}),
		archived(member{"mimetype", odt}), shared(3, true), quoted(), misnamed(), []byte(film("heic")), {0xff, 0xfe, 'a', 0}, []byte("RIFF\x00\x00\x00\x00WAVE"), []byte("\x1a\x45\xdf\xa3webm"),
	} {
		f.Add(b)
	}
}

func FuzzSniff(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		is := sniff(b[:min(len(b), headSize)])
		if is == "" {
			t.Error("no answer")
		}
		for _, info := range []Info{{}, {Name: "a.jpg"}, {Type: string(b)}, {Name: string(b)}} {
			if kept, err := agree(info, is); (err == nil) == (kept == "") {
				t.Errorf("%q, %v", kept, err)
			}
		}
		if s := printable(string(b)); strings.ContainsFunc(s, hidden) {
			t.Errorf("%q does not print", s)
		}
	})
}

func FuzzExamine(f *testing.F) {
	seeds(f)
	l := Limits{Unpacked: 1 << 20, Entries: 100}.filled()
	f.Fuzz(func(t *testing.T, b []byte) {
		is, err := examine(context.Background(), b, l)
		if (err == nil) == (is == "") {
			t.Errorf("%q, %v", is, err)
		}
		if e, ok := err.(*truce.Error); err != nil && (!ok || e.Hint == "" || e.At == "") {
			t.Errorf("%v", err)
		}
	})
}

// FuzzRedraw: whatever is drawn anew is a picture of the same type again, within the limit.
func FuzzRedraw(f *testing.F) {
	seeds(f)
	l := Limits{Pixels: 100_000}.filled()
	f.Fuzz(func(t *testing.T, b []byte) {
		is := sniff(b[:min(len(b), headSize)])
		if !redraws(is) {
			return
		}
		out, why, err := redraw(b, is, l)
		if n := len(out); err == nil && (n > 0) == (why != "") || err != nil && n > 0 {
			t.Errorf("%d bytes, %q, %v", n, why, err)
		}
		if len(out) > 0 && (sniff(out[:min(len(out), headSize)]) != is || measure(out, is, l) != nil) {
			t.Error("what was drawn is no such picture")
		}
	})
}

func FuzzPlace(f *testing.F) {
	hash := strings.Repeat("ab", 32)
	for _, s := range []string{"", "originals/ab/ab/" + hash, "originals/ab/ab/" + hash + "." + hash + ".age", "copies/ab/ab/" + hash + "." + hash, "copies/../" + hash} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := parsePlace(s); ok && p.name() != s {
			t.Errorf("%q became %q", s, p.name())
		}
		if h, err := ParseHash(s); err == nil && h.String() != s || bytes.Equal(h[:], nil) {
			t.Errorf("%q became %q", s, h)
		}
	})
}
