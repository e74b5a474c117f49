package attach

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"truce"
)

// The marks by which a zip file is read.
const (
	markLocal = "PK\x03\x04"
	markEntry = "PK\x01\x02"
	markEnd   = "PK\x05\x06"
)

// foremost is how far the end mark may lie before the end of a zip file: its 22 bytes and a
// comment of at most 65,535.
const foremost = 22 + 0xffff

// examine reads a zip file as far as is needed to say that it harms nobody who unpacks it,
// and tells whether it is an office file. Nothing is written, no more than Limits.Unpacked
// bytes are unpacked, and what is plain from the directory is refused before any unpacking.
func examine(ctx context.Context, data []byte, l Limits) (string, error) {
	files, err := directory(data, l)
	if err != nil {
		return "", err
	}
	if err := apart(files, data); err != nil {
		return "", err
	}
	left := l.Unpacked
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return "", brokenOff(err)
		}
		n, err := unpack(f, left)
		if err != nil {
			return "", entryError(i, err)
		}
		left -= n
	}
	return office(files)
}

// directory returns the entries, each of which is well named and of a size that it may have.
func directory(data []byte, l Limits) ([]*zip.File, error) {
	if bytes.Count(data, []byte(markEntry)) > l.Entries {
		return nil, refuseFor(ErrTooLarge, "content", "an archive of too many entries", fmt.Sprintf("at most %d entries", l.Entries))
	}
	if bytes.Count(data[max(0, len(data)-foremost):], []byte(markEnd)) > 1 {
		return nil, refuseFor(ErrArchive, "content", "an archive with two directories", "an archive that every program reads alike")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "content", Msg: "a damaged archive", Hint: "a whole zip file", Err: ErrArchive}
	}
	var unpacked uint64
	names := map[string]bool{}
	for i, f := range z.File {
		if err := entry(f, names); err != nil {
			return nil, entryError(i, err)
		}
		if f.UncompressedSize64 > uint64(l.Unpacked) || unpacked+f.UncompressedSize64 > uint64(l.Unpacked) {
			return nil, refuseFor(ErrTooLarge, "content", "an archive that unpacks to too much", "at most "+size(l.Unpacked)+" unpacked")
		}
		unpacked += f.UncompressedSize64
	}
	if most := max(1<<20, uint64(len(data))*uint64(l.Ratio)); unpacked > most {
		return nil, refuseFor(ErrTooLarge, "content", fmt.Sprintf("an archive that unpacks to %d times its size", unpacked/uint64(len(data))),
			fmt.Sprintf("at most %d times", l.Ratio))
	}
	return z.File, nil
}

// harmful makes the refusal of one entry.
func harmful(msg, want string) *truce.Error { return refuseFor(ErrArchive, "content", msg, want) }

// entryError adds which entry it was. The entry's name is left out: it may say too much for a log.
func entryError(i int, err error) error {
	if e, ok := errors.AsType[*truce.Error](err); ok {
		e.At = fmt.Sprintf("content, entry %d", i+1)
	}
	return err
}

// entry checks what the directory says of one file.
func entry(f *zip.File, names map[string]bool) error {
	// Some programs write folders with a backslash or a case of their own; two entries that
	// land on one file somewhere are two answers to what the archive holds.
	folded := strings.ToLower(strings.TrimSuffix(f.Name, "/"))
	mode := f.Mode()
	switch {
	case tricky(f.Name):
		return harmful("an entry whose name leads elsewhere", "a name such as folder/file.txt")
	case names[folded]:
		return harmful("two entries of one name", "each name once")
	case f.Flags&1 != 0:
		return harmful("an encrypted entry, which cannot be examined", "no password")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return harmful(fmt.Sprintf("an entry packed by method %d, which cannot be examined", f.Method), "stored or deflated")
	case mode&^(fs.ModePerm|fs.ModeDir|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0:
		return harmful("an entry that is a link or a device", "files and folders")
	case strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 != 0:
		return harmful("a folder with content", "an empty entry")
	case f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
		return harmful("a stored entry with two sizes", "one size")
	case strings.HasSuffix(folded, "vbaproject.bin"):
		return harmful("macros", "an office file without macros")
	}
	names[folded] = true
	return nil
}

// tricky reports whether a name could lead out of the folder that it is unpacked in, on any
// system, or shows as another name than it is.
func tricky(name string) bool {
	drive := len(name) > 1 && name[1] == ':'
	if name == "" || drive || len(name) > 1024 || strings.Contains(name, `\`) || strings.ContainsFunc(name, hidden) {
		return true
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if strings.Trim(part, ". ") == "" {
			return true
		}
	}
	return false
}

// apart checks that each entry has bytes of its own inside the file, and that the name that
// stands before them is the one in the directory: else two programs see two archives.
func apart(files []*zip.File, data []byte) error {
	type span struct{ from, to, entry int }
	spans := make([]span, 0, len(files))
	for i, f := range files {
		body, err := f.DataOffset()
		if err != nil || body < 0 || body > int64(len(data)) || f.CompressedSize64 > uint64(int64(len(data))-body) {
			return entryError(i, harmful("an entry that reaches out of the file", "a whole zip file"))
		}
		from := header(data[:body], f.Name)
		if from < 0 {
			return entryError(i, harmful("an entry that has another name where it stands than in the directory", "one name"))
		}
		spans = append(spans, span{from, int(body) + int(f.CompressedSize64), i})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	if len(spans) > 0 && spans[0].from != 0 || len(spans) == 0 && !bytes.HasPrefix(data, []byte(markEnd)) {
		return harmful("an archive behind another file", "a zip file from its first byte")
	}
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return entryError(spans[i].entry, harmful("an entry that shares its bytes with another", "bytes of its own for each"))
		}
	}
	return nil
}

// header returns where the local header that ends b begins, or -1 if none of that name does.
func header(b []byte, name string) int {
	low := max(0, len(b)-30-2*0xffff)
	at := bytes.LastIndex(b[low:], []byte(markLocal))
	if at < 0 || len(b)-low-at < 30 {
		return -1
	}
	h := b[low+at:]
	n, extra := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
	if len(h) != 30+n+extra || string(h[30:30+n]) != name {
		return -1
	}
	return low + at
}

// unpack reads one entry to its end and returns its size. It must be what it says: of the
// stated size and checksum, no archive and no program.
func unpack(f *zip.File, left int64) (int64, error) {
	r, err := f.Open()
	if err != nil {
		return 0, harmful("an entry that cannot be read", "a whole zip file")
	}
	defer r.Close()
	head := make([]byte, min(headSize, int(f.UncompressedSize64)))
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, harmful("an entry that is damaged or not of the size it states", "a whole zip file")
	}
	switch is := sniff(head); {
	case len(head) > 0 && (is == zipped || is == archive):
		return 0, harmful("an archive inside the archive", "the inner file, by itself")
	case len(head) > 0 && is == program:
		return 0, harmful("a program", "files that are no programs")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, left-int64(len(head))+1))
	if n += int64(len(head)); err != nil || n > left || uint64(n) != f.UncompressedSize64 {
		return 0, harmful("an entry that is damaged or not of the size it states", "a whole zip file")
	}
	return n, nil
}

// parts are the entries that make an archive an office file.
var parts = []struct{ entry, is string }{
	{"word/document.xml", docx}, {"xl/workbook.xml", xlsx}, {"xl/workbook.bin", "a binary workbook (XLSB)"}, {"ppt/presentation.xml", pptx},
	{"META-INF/MANIFEST.MF", program}, {"AndroidManifest.xml", program}, {"doc.kml", kmz},
}

// office tells what an examined archive is.
func office(files []*zip.File) (string, error) {
	has := map[string]bool{}
	for _, f := range files {
		has[f.Name] = true
	}
	for _, p := range parts {
		if has[p.entry] && (has["[Content_Types].xml"] || !strings.Contains(p.entry, ".xml") || p.is == program) {
			return p.is, nil
		}
	}
	if len(files) == 0 || files[0].Name != "mimetype" || files[0].UncompressedSize64 > 100 {
		return zipped, nil
	}
	r, err := files[0].Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if is := string(b); is == odt || is == ods || is == odp {
		return is, err
	}
	return zipped, err
}

// hidden reports whether a letter steers a terminal or turns the order of what stands beside
// it. Marks that only say which way a word runs are in many honest names.
func hidden(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}

// printable returns s with every hidden letter, and every byte that is no UTF-8, spelt out.
func printable(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
