package attach

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"truce"
)

// member is an entry of an archive to be made: name and content.
type member struct{ name, data string }

func archived(members ...member) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err == nil {
			_, err = io.WriteString(f, m.data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// headed makes an archive of one entry whose header says what it likes of the packed bytes.
func headed(h zip.FileHeader, packed []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&h)
	if err == nil {
		_, err = f.Write(packed)
	}
	if err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func deflated(n int64) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	if _, err := io.CopyN(w, zeros{}, n); err != nil {
		panic(err)
	}
	w.Close()
	return b.Bytes()
}

// liar says that its entry unpacks to says bytes; it does to n.
func liar(says uint64, n int64) []byte {
	packed := deflated(n)
	return headed(zip.FileHeader{Name: "a.txt", Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: says}, packed)
}

// shared makes an archive of n entries over the same bytes, by writing the directory n times.
func shared(n int, rename bool) []byte {
	data := archived(member{"a.txt", strings.Repeat("x", 1000)})
	at := bytes.Index(data, []byte(markEntry))
	end := bytes.Index(data, []byte(markEnd))
	var entries []byte
	for i := range n {
		entry := bytes.Clone(data[at:end])
		if rename {
			entry[46] = byte('a' + i)
		}
		entries = append(entries, entry...)
	}
	return joined(data[:at], entries, data[end:], n)
}

// quoted makes an archive whose second entry lies inside the bytes of the first.
func quoted() []byte {
	inner := archived(member{"b.txt", "words"})
	record := inner[:bytes.Index(inner, []byte(markEntry))]
	stored := headed(zip.FileHeader{Name: "a.txt", Method: zip.Store, CompressedSize64: uint64(len(record) + 1), UncompressedSize64: uint64(len(record) + 1),
		CRC32: crc32.ChecksumIEEE(append([]byte("x"), record...))}, append([]byte("x"), record...))
	from, end := bytes.Index(stored, []byte(markEntry)), bytes.Index(stored, []byte(markEnd))
	second := bytes.Clone(inner[len(record):bytes.Index(inner, []byte(markEnd))])
	binary.LittleEndian.PutUint32(second[42:], uint32(bytes.Index(stored[1:], []byte(markLocal))+1))
	return joined(stored[:from], append(bytes.Clone(stored[from:end]), second...), stored[end:], 2)
}

// joined puts an archive together from records, a directory of n entries and an end.
func joined(records, directory, end []byte, n int) []byte {
	tail := bytes.Clone(end)
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(directory)))
	return append(append(bytes.Clone(records), directory...), tail...)
}

// words is a text of n bytes that packs about as words do.
func words(n int) string {
	r, b := rand.New(rand.NewPCG(1, 2)), make([]byte, 0, n+10)
	for len(b) < n {
		b = fmt.Appendf(b, "%s ", []string{"shell", "fell", "mill", "near", "river", "north", "mortar", "village"}[r.IntN(8)])
	}
	return string(b[:n])
}

// long is an archive of one entry that truly unpacks to n MiB and then to one byte more than it says.
func long(n int) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	chunk := words(1 << 20)
	io.WriteString(w, chunk)
	w.Flush() // to a whole byte, so that the chunk can stand many times in a row
	packed := append(bytes.Repeat(b.Bytes(), n), "\x01\x01\x00\xfe\xffx"...)
	return headed(zip.FileHeader{Name: "a.txt", Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(n << 20)}, packed)
}

// noise is n bytes that do not pack, always the same.
func noise(n int) string {
	r, b := rand.NewChaCha8([32]byte{}), make([]byte, n)
	r.Read(b)
	return "n" + string(b)
}

func withMode(mode fs.FileMode) []byte {
	h := zip.FileHeader{Name: "a.txt", Method: zip.Store, CompressedSize64: 1, UncompressedSize64: 1, CRC32: crc32.ChecksumIEEE([]byte("x"))}
	h.SetMode(mode)
	return headed(h, []byte("x"))
}

// misnamed changes the name before the bytes, or in the directory.
func misnamed() []byte {
	data := archived(member{"a.txt", "words"})
	data[30] = 'b'
	return data
}

func many(n int) []byte {
	list := make([]member, n)
	for i := range list {
		list[i].name = fmt.Sprint("f", i)
	}
	return archived(list...)
}

func TestHarmfulArchivesAreRefusedWithinASecond(t *testing.T) {
	whole := archived(member{"a.txt", letter})
	damaged := bytes.Clone(whole)
	damaged[40] ^= 1
	store := func(method, flags uint16) []byte {
		return headed(zip.FileHeader{Name: "a.txt", Method: method, Flags: flags, CompressedSize64: 4, UncompressedSize64: 4}, []byte("word"))
	}
	cases := []struct {
		name  string
		data  []byte
		cause error
	}{
		{"a bomb that says so: 10 GB of zeros in 10 kB", liar(10<<30, 10<<20), ErrTooLarge},
		{"a bomb within the size but beyond the ratio", liar(60<<20, 60<<20), ErrTooLarge},
		{"a bomb that says it is small", liar(1000, 300<<20), ErrArchive},
		{"a bomb that says it is empty", liar(0, 300<<20), ErrArchive},
		{"a bomb that lies after 60 MiB of truth", long(60), ErrArchive},
		{"a bomb of entries over the same bytes", shared(20, true), ErrArchive},
		{"an entry inside another", quoted(), ErrArchive},
		{"one entry written twice", shared(2, false), ErrArchive},
		{"a zip in a zip", archived(member{"inner.zip", string(whole)}), ErrArchive},
		{"a zip in a zip under another name", archived(member{"a.txt", letter}, member{"photo.jpg", string(whole)}), ErrArchive},
		{"gzip in a zip", archived(member{"a.gz", "\x1f\x8b\x08\x00"}), ErrArchive},
		{"tar in a zip", archived(member{"a", strings.Repeat("a", 257) + "ustar\x0000" + strings.Repeat("\x00", 300)}), ErrArchive},
		{"a program in a zip", archived(member{"a.txt", "MZ\x90\x00\x03\x00\x00"}), ErrArchive},
		{"up and out", archived(member{"../../etc/passwd", "x"}), ErrArchive},
		{"up from inside", archived(member{"a/../../b", "x"}), ErrArchive},
		{"from the root", archived(member{"/etc/passwd", "x"}), ErrArchive},
		{"a drive", archived(member{"C:/a.txt", "x"}), ErrArchive},
		{"backslashes", archived(member{`..\a.txt`, "x"}), ErrArchive},
		{"a name that turns round", archived(member{"gpj.\u202etxt", "x"}), ErrArchive},
		{"a name with a control letter", archived(member{"a\x00.txt", "x"}), ErrArchive},
		{"an empty name", archived(member{"", "x"}), ErrArchive},
		{"a name of dots", archived(member{"a/.../b", "x"}), ErrArchive},
		{"two names that are one elsewhere", archived(member{"a.txt", "x"}, member{"A.TXT", "y"}), ErrArchive},
		{"a link", withMode(fs.ModeSymlink | 0o777), ErrArchive},
		{"a device", withMode(fs.ModeDevice | 0o600), ErrArchive},
		{"an encrypted entry", store(zip.Store, 1), ErrArchive},
		{"an unknown method", store(14, 0), ErrArchive},
		{"another name where it stands", misnamed(), ErrArchive},
		{"too many entries", many(DefaultEntries + 1), ErrTooLarge},
		{"a damaged entry", damaged, ErrArchive},
		{"half an archive", whole[:len(whole)/2], ErrArchive},
		{"an archive behind another", append(bytes.Clone(whole), archived(member{"b.txt", noise(70_000)})...), ErrArchive},
		{"two directories", append(bytes.Clone(whole), whole[bytes.Index(whole, []byte(markEnd)):]...), ErrArchive},
		{"macros", archived(member{"[Content_Types].xml", "x"}, member{"word/document.xml", "x"}, member{"word/vbaProject.bin", "x"}), ErrArchive},
		{"a Java program", archived(member{"META-INF/MANIFEST.MF", "Main-Class: X"}), ErrType},
		{"a binary workbook", archived(member{"[Content_Types].xml", "x"}, member{"xl/workbook.bin", "x"}), ErrType},
	}
	f := folder(t, Options{})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			took := time.Hour
			for try := 0; try < 3 && took > time.Second; try++ { // the machine may be busy with other work
				began := time.Now()
				_, err := f.Put(t.Context(), bytes.NewReader(c.data), Info{Name: "a.zip"})
				took = time.Since(began)
				refused(t, err, truce.Invalid, "content", c.cause)
			}
			if took > time.Second {
				t.Errorf("took %v", took)
			}
			t.Log(took)
		})
	}
	if all := raw(t, f); len(all) != 0 {
		t.Errorf("left: %d files", len(all))
	}
}

func TestHonestArchivesAreKept(t *testing.T) {
	book := excelize.NewFile()
	for i := range 200 {
		if err := book.SetCellValue("Sheet1", fmt.Sprint("A", i+1), i); err != nil {
			t.Fatal(err)
		}
	}
	var sheet bytes.Buffer
	if err := book.Write(&sheet); err != nil {
		t.Fatal(err)
	}
	word := archived(member{"[Content_Types].xml", "<Types/>"}, member{"word/document.xml", "<w/>"}, member{"word/media/image1.jpg", string(photo(1))})
	open := archived(member{"mimetype", odt}, member{"content.xml", "<x/>"}, member{"META-INF/manifest.xml", "<x/>"})
	places := archived(member{"doc.kml", "<kml/>"})
	plain := archived(member{"photos/", ""}, member{"photos/1.jpg", string(photo(1))}, member{"notes/قرية.txt", letter}, member{"notes/empty", ""})
	for _, c := range []struct {
		name, file, media, want string
		data                    []byte
	}{
		{"a workbook that another program wrote", "a.xlsx", xlsx, xlsx, sheet.Bytes()},
		{"a workbook that claims nothing", "", "", xlsx, sheet.Bytes()},
		{"a letter", "a.docx", "application/zip", docx, word},
		{"an open letter", "a.odt", "", odt, open},
		{"places", "a.kmz", "", kmz, places},
		{"pictures and notes", "a.zip", "application/x-zip-compressed", zipped, plain},
		{"an empty archive", "a.zip", "", zipped, archived()},
		{"a name in an old code page", "a.zip", "", zipped, archived(member{"\x8e\xe2\xe7\xa5\xe2.txt", letter})},
	} {
		t.Run(c.name, func(t *testing.T) {
			item := put(t, folder(t, Options{}), c.data, Info{Name: c.file, Type: c.media})
			if item.Type != c.want || item.Copy != nil || item.NoCopy == "" {
				t.Errorf("got %+v, want type %q", item, c.want)
			}
		})
	}
	f := folder(t, Options{})
	_, err := f.Put(t.Context(), bytes.NewReader(word), Info{Name: "a.xlsx"})
	refused(t, err, truce.Invalid, "name", ErrType)
	_, err = f.Put(t.Context(), bytes.NewReader(plain), Info{Name: "a.docx"})
	refused(t, err, truce.Invalid, "name", ErrType)
}

func TestARefusalDoesNotTellTheEntrysName(t *testing.T) {
	_, err := examine(t.Context(), archived(member{"ok", "x"}, member{"../mahmud", "x"}), Limits{}.filled())
	refused(t, err, truce.Invalid, "content, entry 2", ErrArchive)
	if strings.Contains(err.Error(), "mahmud") {
		t.Error(err)
	}
}
