package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// maxDepth is how deeply arrays and objects may nest in a value.
const maxDepth = 100

// canonical returns a value as canonical JSON (RFC 8785).
func canonical(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	text, err := transform(buf.Bytes())
	if err != nil {
		return nil, err
	}
	r := reader{text: text}
	if err := r.value(0); err != nil {
		return nil, err
	}
	return text, nil
}

// transform rewrites JSON in its canonical form. Integers that no float equals are refused.
func transform(text []byte) ([]byte, error) {
	if err := exact(text); err != nil {
		return nil, err
	}
	return jcs.Transform(text)
}

// exact refuses integers that would be rounded.
func exact(text []byte) error {
	digits, inString := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && c >= '0' && c <= '9':
			if digits++; digits > 15 {
				return exactNumbers(text)
			}
			continue
		}
		digits = 0
	}
	return nil
}

// exactNumbers is exact for texts with long numbers.
func exactNumbers(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return nil // the end, or a fault that the transformation names
		}
		n, ok := t.(json.Number)
		if !ok || strings.ContainsAny(n.String(), ".eE") {
			continue
		}
		whole, _ := new(big.Int).SetString(n.String(), 10)
		if f, _ := new(big.Float).SetInt(whole).Float64(); new(big.Float).SetInt(whole).Cmp(big.NewFloat(f)) != 0 {
			return fmt.Errorf("number %s is not exact in JSON; expected it as a string", n)
		}
	}
}

// reader walks over canonical JSON and refuses any other way of writing it.
type reader struct {
	text []byte
	at   int
}

// refuse says where the text is wrong and what was expected there.
func (r *reader) refuse(want string) error {
	got := r.text[min(r.at, len(r.text)):]
	return fmt.Errorf("byte %d: %.20q; expected %s", r.at+1, got, want)
}

// skip passes over exactly this text, if it is next.
func (r *reader) skip(text string) bool {
	if len(r.text)-r.at < len(text) || string(r.text[r.at:r.at+len(text)]) != text {
		return false
	}
	r.at += len(text)
	return true
}

// value passes over one value.
func (r *reader) value(depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	if r.at == len(r.text) {
		return r.refuse("a value")
	}
	switch c := r.text[r.at]; {
	case c == '"':
		_, err := r.str()
		return err
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case r.skip("true") || r.skip("false") || r.skip("null"):
		return nil
	}
	return r.refuse("a value")
}

func (r *reader) array(depth int) error {
	if r.at++; r.skip("]") {
		return nil
	}
	for {
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if r.skip("]") {
			return nil
		}
		if !r.skip(",") {
			return r.refuse(`"," or "]"`)
		}
	}
}

func (r *reader) object(depth int) error {
	if r.at++; r.skip("}") {
		return nil
	}
	var last []byte
	for {
		if r.at == len(r.text) || r.text[r.at] != '"' {
			return r.refuse("the name of a member")
		}
		name, err := r.str()
		if err != nil {
			return err
		}
		if last != nil && compare(last, name) >= 0 {
			return fmt.Errorf("member %.40s after %.40s; expected names sorted, each once", name, last)
		}
		last = name
		if !r.skip(":") {
			return r.refuse(`":"`)
		}
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if r.skip("}") {
			return nil
		}
		if !r.skip(",") {
			return r.refuse(`"," or "}"`)
		}
	}
}

// compare orders two quoted names by their UTF-16 units, as RFC 8785 asks.
func compare(a, b []byte) int {
	simple := func(s []byte) bool {
		return !slices.ContainsFunc(s, func(c byte) bool { return c >= utf8.RuneSelf || c == '\\' })
	}
	if simple(a) && simple(b) {
		return bytes.Compare(a[1:len(a)-1], b[1:len(b)-1])
	}
	return slices.Compare(units(a), units(b))
}

func units(quoted []byte) []uint16 {
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return nil
	}
	return utf16.Encode([]rune(s))
}

// str passes over a string and returns it with its quotes.
func (r *reader) str() ([]byte, error) {
	start := r.at
	for r.at++; r.at < len(r.text); {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return r.text[start:r.at], nil
		case c == '\\':
			n := escape(r.text[r.at:])
			if n == 0 {
				return nil, r.refuse("the one escape of RFC 8785")
			}
			r.at += n
		case c < ' ':
			return nil, r.refuse("an escape")
		case c < utf8.RuneSelf:
			r.at++
		default:
			c, n := utf8.DecodeRune(r.text[r.at:])
			if c == utf8.RuneError && n == 1 {
				return nil, r.refuse("UTF-8")
			}
			r.at += n
		}
	}
	return nil, r.refuse("the end of a string")
}

// escape returns the length of the escape that b begins with, or 0 if RFC 8785 would have
// written it in another way.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if strings.IndexByte(`"\bfnrt`, b[1]) >= 0 {
		return 2
	}
	if len(b) < 6 || string(b[:4]) != `\u00` || b[4] != '0' && b[4] != '1' {
		return 0
	}
	low := strings.IndexByte("0123456789abcdef", b[5])
	if low < 0 || b[4] == '0' && strings.IndexByte("89acd", b[5]) >= 0 {
		return 0 // these five have short escapes
	}
	return 6
}

// number passes over a number.
func (r *reader) number() error {
	end := r.at
	for end < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[end]) >= 0 {
		end++
	}
	text := r.text[r.at:end]
	if !plain(text) {
		f, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return r.refuse("a number")
		}
		if want, err := jcs.NumberToJSON(f); err != nil || want != string(text) {
			return r.refuse("the number as " + want)
		}
	}
	r.at = end
	return nil
}

// plain reports whether a number is a short integer, which needs no further look.
func plain(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		if b = b[1:]; len(b) > 0 && b[0] == '0' {
			return false
		}
	}
	if len(b) == 0 || len(b) > 15 || b[0] == '0' && len(b) > 1 {
		return false
	}
	return !slices.ContainsFunc(b, func(c byte) bool { return c < '0' || c > '9' })
}
