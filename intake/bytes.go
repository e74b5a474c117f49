package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// plain undoes gzip where the first bytes say so.
func plain(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

// utf8Text drops a byte order mark, and turns UTF-16 that has one into UTF-8. Text
// without a mark is passed on as it is; lines checks it.
func utf8Text(b *bufio.Reader) *bufio.Reader {
	head, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = b.Discard(3)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		d := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		return bufio.NewReaderSize(transform.NewReader(b, d), 64<<10)
	}
	return b
}

// line is one physical line. Of a line that is too long only the beginning is kept.
type line struct {
	n    int
	text string
	long bool
	last bool // the file ended without a line end
}

// lines reads physical lines and never holds more than max bytes of one.
type lines struct {
	file string
	r    *bufio.Reader
	max  int
	n    int
	back []line // to be read again; the last one comes first
}

const keptOfLong = 1 << 10

// next returns the next line, without its line end, or io.EOF. Any other error ends the
// reading: it has been given file and line.
func (l *lines) next() (line, error) {
	if n := len(l.back); n > 0 {
		ln := l.back[n-1]
		l.back = l.back[:n-1]
		return ln, nil
	}
	buf, long, last, err := l.raw()
	if err != nil {
		return line{}, err
	}
	l.n++
	text := string(bytes.TrimSuffix(buf, []byte("\r")))
	if long {
		return line{n: l.n, text: strings.ToValidUTF8(text, "?"), long: true}, nil
	}
	if !utf8.ValidString(text) {
		return line{}, broken(l.file, l.n, "the text is not UTF-8",
			"save the file as UTF-8, or as UTF-16 with a byte order mark", nil)
	}
	return line{n: l.n, text: text, last: last}, nil
}

// raw collects the bytes up to the next line end.
func (l *lines) raw() (buf []byte, long, last bool, err error) {
	for {
		part, err := l.r.ReadSlice('\n')
		switch {
		case long:
		case len(buf)+len(part) > l.max+1:
			long = true
			buf = append(buf, part[:min(len(part), max(0, keptOfLong-len(buf)))]...)
			buf = buf[:min(len(buf), keptOfLong)]
		case err == nil && buf == nil:
			return part[:len(part)-1], false, false, nil
		default:
			buf = append(buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil:
			return bytes.TrimSuffix(buf, []byte("\n")), long, false, nil
		case err == io.EOF && (len(buf) > 0 || long):
			return buf, long, true, nil
		case err == io.EOF:
			return nil, false, false, io.EOF
		default:
			return nil, false, false, cut(l.file, l.n+1, err)
		}
	}
}

// cut explains an error of the bytes below the text.
func cut(file string, n int, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return broken(file, n, "the file is cut off", "fetch the whole file again", err)
	}
	return broken(file, n, "the file cannot be read further", "", err)
}

// tooLong is the fault of a line longer than max bytes.
func tooLong(max int) *fault {
	return &fault{code: "line-too-long", want: fmt.Sprintf("at most %d bytes", max), msg: "the line is too long"}
}
