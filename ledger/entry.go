package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The kinds of entry that change which keys are in force. All other kinds are free.
const (
	KeyEnrolled = "key.enrolled"
	KeyRevoked  = "key.revoked"
)

// header is the first line of every leaf.
const header = "truce/entry/1\n"

// none stands in a line of a leaf that has nothing to say.
const none = "-"

// layout is the form of the recorded time, as [time.Time.Format] writes it.
const layout = "2006-01-02T15:04:05.000Z"

// MaxKind is the longest kind of entry, in bytes.
const MaxKind = 64

// Entry is one entry of the record: the leaf's lines and, where they are known, the fields.
type Entry struct {
	// Kind is two or more words of small letters with dots between: "report.received".
	Kind string
	// At is when the record took the entry in: UTC, whole milliseconds.
	At time.Time
	// Root is the commitment to the fields.
	Root Hash
	// Key names the key of whoever answers for the entry: "desk.example+1f2e3d4c".
	Key string
	// Enrols is the verifier key that the entry enrols or revokes; "" for all other kinds.
	Enrols string
	// Sig is the Ed25519 signature by Key over [Entry.Message]. Nil: the instance answers
	// for the entry by the checkpoints that cover it.
	Sig []byte
	// Fields is the content, as far as it is held here; the zero value where nothing is.
	Fields Fields
}

// Message returns what a personal signature covers: the leaf's first six lines.
func (e *Entry) Message() []byte { return e.message(nil) }

func (e *Entry) message(b []byte) []byte {
	b = append(b, header...)
	b = append(append(b, e.Kind...), '\n')
	b = append(e.At.UTC().AppendFormat(b, layout), '\n')
	b = append(base64.StdEncoding.AppendEncode(b, e.Root[:]), '\n')
	b = append(append(b, e.Key...), '\n')
	if e.Enrols == "" {
		return append(b, none+"\n"...)
	}
	return append(append(b, e.Enrols...), '\n')
}

// Leaf returns the entry as it stands in the tree. An entry made by hand may be wrong;
// [ParseLeaf] of the result tells.
func (e *Entry) Leaf() []byte {
	b := e.message(make([]byte, 0, 256))
	if e.Sig == nil {
		return append(b, none+"\n"...)
	}
	return append(base64.StdEncoding.AppendEncode(b, e.Sig), '\n')
}

// Sign puts k's signature on the entry; k must be the key that the entry names.
func (e *Entry) Sign(k *Key) error {
	if e.Key != k.ID() {
		return fmt.Errorf("sign: the entry names key %s; expected %s", e.Key, k.ID())
	}
	e.Sig = k.Sign(e.Message())
	return nil
}

// Attach sets the fields if they are the ones that the leaf commits to.
func (e *Entry) Attach(f Fields) error {
	if root := f.Root(); root != e.Root {
		return fmt.Errorf("fields: their root is %v; expected %v", root, e.Root)
	}
	e.Fields = f
	return nil
}

// CheckSignature checks the signature against a verifier key, which must be the key that the
// entry names. An entry without a signature is an error.
func (e *Entry) CheckSignature(vkey string) error {
	if e.Sig == nil {
		return errors.New("line 7: no signature")
	}
	v, err := parseVerifier(vkey)
	if err != nil {
		return err
	}
	if v.id() != e.Key {
		return fmt.Errorf("line 5: key %s; expected %s", e.Key, v.id())
	}
	if v.algorithm != algorithmNote || !ed25519.Verify(v.public, e.Message(), e.Sig) {
		return fmt.Errorf("line 7: the signature is not by %s over lines 1 to 6", e.Key)
	}
	return nil
}

// ParseLeaf reads a leaf. It takes only what [Entry.Leaf] would write, byte for byte; the
// error names the line and what was expected there.
func ParseLeaf(leaf []byte) (*Entry, error) {
	var s scan
	if err := s.leaf(leaf); err != nil {
		return nil, err
	}
	e := &Entry{Kind: string(s.kind), At: instant(s.at), Key: string(s.key)}
	if err := decode(e.Root[:], s.root); err != nil {
		return nil, refuse(4, s.root, "a hash in base64")
	}
	if string(s.enrols) != none {
		e.Enrols = string(s.enrols)
	}
	if string(s.sig) != none {
		e.Sig = make([]byte, ed25519.SignatureSize)
		if err := decode(e.Sig, s.sig); err != nil {
			return nil, refuse(7, s.sig, "a signature in base64")
		}
	}
	return e, nil
}

// scan holds the lines of one leaf as slices of it. Used again for the next leaf it spares
// the work on what is the same as before: leaves of a record are mostly alike but for the
// seconds and the root.
type scan struct {
	kind, at, root, key, enrols, sig []byte

	message int    // bytes of the first six lines
	before  []byte // the last good leaf without a signature, and where its time begins
	time    int
}

// leaf reads and checks all lines. The slices are parts of b.
func (s *scan) leaf(b []byte) error {
	if s.alike(b) {
		return nil
	}
	if !bytes.HasPrefix(b, []byte(header)) {
		first, _, _ := bytes.Cut(b, []byte("\n"))
		return refuse(1, first, `"truce/entry/1"`)
	}
	rest := b[len(header):]
	for i, line := range [...]*[]byte{&s.kind, &s.at, &s.root, &s.key, &s.enrols, &s.sig} {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return refuse(i+2, rest, "a line that ends with a newline")
		}
		*line, rest = rest[:end], rest[end+1:]
	}
	if len(rest) > 0 {
		return refuse(8, rest, "nothing after line 7")
	}
	s.message = len(b) - len(s.sig) - 1
	if err := s.check(); err != nil {
		return err
	}
	if !s.signed() {
		s.before, s.time = append(s.before[:0], b...), len(header)+len(s.kind)+1
	}
	return nil
}

// alike reads a leaf that differs from the one before only in seconds and root. What is the
// same was checked then.
func (s *scan) alike(b []byte) bool {
	const minute, time, root = 17, 24, 44
	rest := s.time + time + 1 + root
	if len(b) != len(s.before) || len(b) == 0 || !bytes.Equal(b[:s.time+minute], s.before[:s.time+minute]) || !bytes.Equal(b[rest:], s.before[rest:]) {
		return false
	}
	at, sum := b[s.time:s.time+time], b[rest-root:rest]
	if b[rest-root-1] != '\n' || !validSeconds(at[minute:]) || !validHash(sum) {
		return false // the long way finds out why
	}
	last := s.before
	s.kind, s.at, s.root = b[len(header):s.time-1], at, sum
	key := bytes.IndexByte(last[rest+1:], '\n')
	s.key = b[rest+1 : rest+1+key]
	enrols := rest + 1 + key + 1
	s.enrols, s.sig = b[enrols:len(b)-3], b[len(b)-2:len(b)-1]
	s.message = len(b) - 2
	return true
}

// check looks at every line.
func (s *scan) check() error {
	switch {
	case !validKind(s.kind):
		return refuse(2, s.kind, "a kind such as report.received")
	case !validInstant(s.at):
		return refuse(3, s.at, "a time in UTC such as 2016-08-27T18:00:00.000Z")
	case !validHash(s.root):
		return refuse(4, s.root, "the root of the fields, 44 characters of base64")
	case !validID(string(s.key)):
		return refuse(5, s.key, "a key such as desk.example+1f2e3d4c")
	}
	if err := s.checkEnrols(); err != nil {
		return err
	}
	if len(s.sig) == 1 && s.sig[0] == '-' {
		return nil
	}
	var sig [ed25519.SignatureSize]byte
	if decode(sig[:], s.sig) != nil {
		return refuse(7, s.sig, `"-" or an Ed25519 signature, 88 characters of base64`)
	}
	return nil
}

// checkEnrols: line 6 holds a verifier key if, and only if, the entry is about one.
func (s *scan) checkEnrols() error {
	if !aboutKey(s.kind) {
		if len(s.enrols) != 1 || s.enrols[0] != '-' {
			return refuse(6, s.enrols, `"-" in an entry that enrols or revokes no key`)
		}
		return nil
	}
	v, err := parseVerifier(string(s.enrols))
	if err != nil || v.algorithm != algorithmNote {
		return refuse(6, s.enrols, "an Ed25519 verifier key such as desk.example+1f2e3d4c+AQ...")
	}
	return nil
}

// aboutKey reports whether entries of the kind enrol or revoke a key.
func aboutKey(kind []byte) bool {
	return string(kind) == KeyEnrolled || string(kind) == KeyRevoked
}

// signed reports whether the leaf carries a signature of its own.
func (s *scan) signed() bool { return len(s.sig) > 1 }

// refuse says which line is wrong and what was expected there.
func refuse(line int, got []byte, want string) error {
	const most = 80
	if len(got) > most {
		got = append(bytes.Clone(got[:most]), "..."...)
	}
	return fmt.Errorf("line %d: %q; expected %s", line, got, want)
}

// decode reads canonical base64 (RFC 4648, padded, unused bits zero, no line breaks) that
// fills dst exactly.
func decode(dst, text []byte) error {
	var room [3 * 32]byte // the decoder writes past the end of short values
	if len(text) != base64.StdEncoding.EncodedLen(len(dst)) {
		return errBase64
	}
	n, err := base64.StdEncoding.Decode(room[:], text)
	if err != nil || n != len(dst) || !spare(text, len(dst)%3) {
		return errBase64
	}
	copy(dst, room[:n])
	return nil
}

var errBase64 = errors.New("not base64 of the right length")

// spare reports whether the bits of the last character that no byte uses are zero; rest is
// the number of bytes in the last group.
func spare(text []byte, rest int) bool {
	switch rest {
	case 1:
		return strings.IndexByte("AQgw", text[len(text)-3]) >= 0
	case 2:
		return strings.IndexByte("AEIMQUYcgkosw048", text[len(text)-2]) >= 0
	}
	return true
}

// validKind reports whether b is [a-z]+(\.[a-z]+)+ and not too long.
func validKind(b []byte) bool {
	words, dots := 0, 0
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			words = dots + 1
		case c == '.' && words == dots+1:
			dots++
		default:
			return false
		}
	}
	return dots > 0 && words == dots+1 && len(b) <= MaxKind
}

// ValidKind reports whether a kind of entry is well formed: words of small letters with dots
// between, two at least, [MaxKind] bytes at most.
func ValidKind(kind string) bool { return validKind([]byte(kind)) }

// validInstant reports whether b is a time in layout that exists in the calendar.
func validInstant(b []byte) bool {
	const form = "0000-00-00T00:00:00.000Z"
	if len(b) != len(form) {
		return false
	}
	for i := range len(form) - len("00.000Z") {
		if b[i] != form[i] && (form[i] != '0' || b[i]-'0' > 9) {
			return false
		}
	}
	month, day := two(b[5:]), two(b[8:])
	if month < 1 || month > 12 || day < 1 || two(b[11:]) > 23 || two(b[14:]) > 59 || !validSeconds(b[17:]) {
		return false
	}
	return day <= 28 || day <= daysIn(two(b)*100+two(b[2:]), month)
}

// validSeconds reports whether b is the rest of a time after the minute: "00.000Z" to
// "59.999Z".
func validSeconds(b []byte) bool {
	return len(b) == 7 && b[0]-'0' <= 5 && b[1]-'0' <= 9 && b[2] == '.' && b[3]-'0' <= 9 && b[4]-'0' <= 9 && b[5]-'0' <= 9 && b[6] == 'Z'
}

// validHash reports whether b is base64 of 32 bytes, without decoding it.
func validHash(b []byte) bool {
	if len(b) != 44 || b[43] != '=' || !spare(b, 2) {
		return false
	}
	bad := byte(0)
	for _, c := range b[:43] {
		bad |= notBase64[c]
	}
	return bad == 0
}

func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// instant is the time that a valid text stands for.
func instant(b []byte) time.Time {
	milli := int(b[20]-'0')*100 + two(b[21:])
	return time.Date(two(b)*100+two(b[2:]), time.Month(two(b[5:])), two(b[8:]), two(b[11:]), two(b[14:]), two(b[17:]), milli*1e6, time.UTC)
}

// validID reports whether id is a key's name, a plus and eight hexadecimal digits.
func validID(id string) bool {
	name, hash, ok := strings.Cut(id, "+")
	return ok && ValidName(name) && len(hash) == 8 && strings.Trim(hash, "0123456789abcdef") == ""
}

// notBase64 is 1 for every byte that is no digit of base64.
const notBase64 = "" +
	"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" + "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" +
	"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00\x01\x01\x01\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01\x01\x01" +
	"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01\x01" +
	"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01\x01" +
	upper + upper + upper + upper + upper + upper + upper + upper

// upper is sixteen bytes beyond ASCII.
const upper = "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
