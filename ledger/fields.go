package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// saltSize is the length of a seed and of a salt in bytes.
const saltSize = 16

// MaxField is the longest name of a field, in bytes.
const MaxField = 64

// Fields is the content of an entry: named values, each with a salt, so that a commitment to
// a value that is withheld gives nothing away. While it holds its seed it is whole; once
// something was withheld the seed is gone and it can only lose more. The zero value says
// that nothing is known of the fields, not even their names.
//
// Fields is a value: what a copy does leaves the original alone.
type Fields struct {
	whole bool
	seed  [saltSize]byte
	list  []field // sorted by name
}

// field is one field. Without a value it is withheld or destroyed and only hash stands.
type field struct {
	name  string
	salt  [saltSize]byte
	value []byte // canonical JSON; nil: withheld
	hash  Hash   // the commitment
}

// NewFields returns fields without any values. The seed must be 16 random bytes, new for
// every entry: all salts come from it.
func NewFields(seed [saltSize]byte) Fields { return Fields{whole: true, seed: seed} }

// ValidField reports whether a field may have this name: a small letter, then small letters,
// digits and underscores, [MaxField] bytes at most.
func ValidField(name string) bool {
	if name == "" || len(name) > MaxField || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Set gives a field a value, which is kept as canonical JSON (RFC 8785). Numbers are those of
// JSON, 64-bit floats: an integer that none of them equals is refused rather than rounded.
func (f *Fields) Set(name string, v any) error {
	if !ValidField(name) {
		return errField(name)
	}
	if !f.whole {
		return fmt.Errorf("field %s: nothing can be set without the seed; expected fields from NewFields", name)
	}
	value, err := canonical(v)
	if err != nil {
		return fmt.Errorf("field %s: %w", name, err)
	}
	n := field{name: name, salt: salt(&f.seed, name), value: value}
	n.hash = n.commitment()
	i, found := f.find(name)
	list := make([]field, 0, max(len(f.list)+1, 8))
	list = append(append(list, f.list[:i]...), n)
	if found {
		i++
	}
	f.list = append(list, f.list[i:]...)
	return nil
}

// Get decodes a field's value into what into points to. ok is false when there is no such
// field or its value is withheld.
func (f Fields) Get(name string, into any) (ok bool, err error) {
	i, found := f.find(name)
	if !found || f.list[i].value == nil {
		return false, nil
	}
	if err := json.Unmarshal(f.list[i].value, into); err != nil {
		return false, fmt.Errorf("field %s: %w", name, err)
	}
	return true, nil
}

// Raw returns a field's value as canonical JSON.
func (f Fields) Raw(name string) (value json.RawMessage, ok bool) {
	i, found := f.find(name)
	if !found || f.list[i].value == nil {
		return nil, false
	}
	return bytes.Clone(f.list[i].value), true
}

// Names returns the names of all fields, sorted, withheld ones too.
func (f Fields) Names() []string {
	out := make([]string, len(f.list))
	for i, x := range f.list {
		out[i] = x.name
	}
	return out
}

// Held returns the names of the fields whose values are here, sorted.
func (f Fields) Held() []string {
	var out []string
	for _, x := range f.list {
		if x.value != nil {
			out = append(out, x.name)
		}
	}
	return out
}

// IsZero reports whether nothing is known of the fields.
func (f Fields) IsZero() bool { return !f.whole && f.list == nil }

// IsWhole reports whether the fields hold their seed, and so every value.
func (f Fields) IsWhole() bool { return f.whole }

// Root returns the commitment to all fields, which is the same whatever is withheld.
func (f Fields) Root() Hash {
	var room [1024]byte
	b := append(room[:0], "truce/fields/1\n"...)
	for i := range f.list {
		b = append(append(b, f.list[i].name...), ' ')
		b = append(base64.StdEncoding.AppendEncode(b, f.list[i].hash[:]), '\n')
	}
	return sha256.Sum256(b)
}

// Withhold returns the fields without the values of those named, and without the seed: with
// it, a guess at a withheld value could be checked. Names that are not there do not matter.
func (f Fields) Withhold(names ...string) Fields {
	return f.keep(func(name string) bool { return !slices.Contains(names, name) })
}

// Disclose returns the fields with the values of only those named, and without the seed.
func (f Fields) Disclose(names ...string) Fields {
	return f.keep(func(name string) bool { return slices.Contains(names, name) })
}

func (f Fields) keep(held func(name string) bool) Fields {
	if f.IsZero() {
		return f
	}
	out := Fields{list: make([]field, len(f.list))}
	for i, x := range f.list {
		if !held(x.name) {
			x = field{name: x.name, hash: x.hash}
		}
		out.list[i] = x
	}
	return out
}

// String names the fields and shows none of the values.
func (f Fields) String() string {
	return fmt.Sprintf("fields %s (here: %s)", strings.Join(f.Names(), " "), strings.Join(f.Held(), " "))
}

// GoString is String, so that no way of printing shows a value or the seed.
func (f Fields) GoString() string { return f.String() }

// Text returns the private form as canonical JSON, "null" for the zero value. It is what
// stands in the database and in the files of a record, and what [ParseFields] reads.
func (f Fields) Text() []byte {
	switch {
	case f.whole && len(f.list) > 0: // without values nothing would hold the seed
		b := append([]byte(`{"seed":"`), base64.StdEncoding.EncodeToString(f.seed[:])...)
		return append(f.appendValues(append(b, `",`...)), '}')
	case f.IsZero():
		return []byte("null")
	}
	b := append([]byte(`{"hashes":`), '{')
	for _, x := range f.list {
		if x.value == nil {
			b = appendMember(b, x.name, x.hash[:])
		}
	}
	b = append(b, `},"salts":{`...)
	for _, x := range f.list {
		if x.value != nil {
			b = appendMember(b, x.name, x.salt[:])
		}
	}
	return append(f.appendValues(append(b, `},`...)), '}')
}

func (f Fields) appendValues(b []byte) []byte {
	b = append(b, `"values":{`...)
	for _, x := range f.list {
		if x.value != nil {
			b = append(append(appendName(b, x.name), x.value...), ',')
		}
	}
	return append(bytes.TrimSuffix(b, []byte(",")), '}')
}

// appendName opens a member of an object, after a comma where one is needed.
func appendName(b []byte, name string) []byte {
	return append(append(append(b, '"'), name...), `":`...)
}

func appendMember(b []byte, name string, value []byte) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(appendName(b, name), '"')
	return append(base64.StdEncoding.AppendEncode(b, value), '"')
}

// MarshalJSON returns Text. Inside a larger document encoding/json writes <, > and & of
// values in another way; UnmarshalJSON reads that too, [ParseFields] does not.
func (f Fields) MarshalJSON() ([]byte, error) { return f.Text(), nil }

// UnmarshalJSON reads the private form in any way of writing the same JSON.
func (f *Fields) UnmarshalJSON(text []byte) error {
	n, err := ParseFields(text)
	if err != nil {
		if text, err = transform(text); err == nil {
			n, err = ParseFields(text)
		}
	}
	if err != nil {
		return err
	}
	*f = n
	return nil
}

// ParseFields reads the private form. It takes only what [Fields.Text] would write, byte for
// byte.
func ParseFields(text []byte) (Fields, error) { return parseFields(bytes.Clone(text)) }

// find returns where a field is or would be.
func (f Fields) find(name string) (int, bool) {
	return slices.BinarySearchFunc(f.list, name, func(x field, name string) int { return strings.Compare(x.name, name) })
}

// commitment is the hash of a field that has its value.
func (x *field) commitment() Hash {
	var room [1024]byte
	b := append(room[:0], "truce/field/1\n"...)
	b = append(append(b, x.name...), '\n')
	return sha256.Sum256(append(append(b, x.salt[:]...), x.value...))
}

// salt is the first half of HMAC-SHA256(seed, name), written out because crypto/hmac
// allocates six times and this runs for every field of every entry.
func salt(seed *[saltSize]byte, name string) [saltSize]byte {
	const block = 64
	var inner [block + MaxField]byte
	var outer [block + sha256.Size]byte
	for i := range block {
		inner[i], outer[i] = 0x36, 0x5c
	}
	for i, c := range seed {
		inner[i], outer[i] = c^0x36, c^0x5c
	}
	sum := sha256.Sum256(append(inner[:block], name...))
	copy(outer[block:], sum[:])
	sum = sha256.Sum256(outer[:])
	return [saltSize]byte(sum[:])
}

// parseFields is ParseFields without the copy: values are parts of text.
func parseFields(text []byte) (Fields, error) {
	r := reader{text: text}
	var f Fields
	var err error
	switch {
	case string(text) == "null":
		return Fields{}, nil
	case r.skip(`{"seed":"`):
		f, err = r.whole()
	case r.skip(`{"hashes":{`):
		f, err = r.partial()
	default:
		return Fields{}, r.refuse(`null, {"seed":... or {"hashes":...`)
	}
	if err != nil {
		return Fields{}, err
	}
	if !r.skip("}") || r.at != len(text) {
		return Fields{}, r.refuse("the end")
	}
	return f, nil
}

// whole reads the rest of a whole form.
func (r *reader) whole() (Fields, error) {
	f := Fields{whole: true}
	if err := r.base64(f.seed[:]); err != nil {
		return f, err
	}
	if !r.skip(`,"values":{`) {
		return f, r.refuse(`,"values":{`)
	}
	err := r.members(func(name string) error {
		x := field{name: name, salt: salt(&f.seed, name)}
		start := r.at
		if err := r.value(0); err != nil {
			return err
		}
		x.value = r.text[start:r.at]
		x.hash = x.commitment()
		f.list = append(f.list, x)
		return nil
	})
	if err == nil && len(f.list) == 0 {
		return f, errors.New("a seed and no values; expected no seed where there are none")
	}
	return f, err
}

// partial reads the rest of a partial form.
func (r *reader) partial() (Fields, error) {
	f := Fields{list: []field{}}
	err := r.members(func(name string) error {
		f.list = append(f.list, field{name: name})
		return r.quoted(f.list[len(f.list)-1].hash[:])
	})
	if err != nil {
		return f, err
	}
	if !r.skip(`,"salts":{`) {
		return f, r.refuse(`,"salts":{`)
	}
	withheld := len(f.list)
	err = r.members(func(name string) error {
		f.list = append(f.list, field{name: name})
		return r.quoted(f.list[len(f.list)-1].salt[:])
	})
	if err != nil {
		return f, err
	}
	if !r.skip(`,"values":{`) {
		return f, r.refuse(`,"values":{`)
	}
	if err := r.salted(f.list[withheld:]); err != nil {
		return f, err
	}
	slices.SortFunc(f.list, func(a, b field) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(f.list); i++ {
		if f.list[i].name == f.list[i-1].name {
			return f, fmt.Errorf("field %s is both withheld and given; expected one of them", f.list[i].name)
		}
	}
	return f, nil
}

// salted reads the values of fields whose salts are known; the names must be the same.
func (r *reader) salted(list []field) error {
	i := 0
	err := r.members(func(name string) error {
		if i == len(list) || list[i].name != name {
			return fmt.Errorf("field %s has a value and no salt; expected both", name)
		}
		start := r.at
		if err := r.value(0); err != nil {
			return err
		}
		list[i].value = r.text[start:r.at]
		list[i].hash = list[i].commitment()
		i++
		return nil
	})
	if err == nil && i < len(list) {
		return fmt.Errorf("field %s has a salt and no value; expected both", list[i].name)
	}
	return err
}

// members reads an object of fields after its opening brace, to its closing one: names sorted
// and each once; read reads what follows the colon.
func (r *reader) members(read func(name string) error) error {
	if r.skip("}") {
		return nil
	}
	for last := ""; ; {
		name, err := r.fieldName()
		if err != nil {
			return err
		}
		if name <= last {
			return fmt.Errorf("field %s after %s; expected names sorted, each once", name, last)
		}
		if err := read(name); err != nil {
			return err
		}
		if last = name; r.skip("}") {
			return nil
		}
		if !r.skip(",") {
			return r.refuse(`"," or "}"`)
		}
	}
}

// fieldName reads "name":
func (r *reader) fieldName() (string, error) {
	if !r.skip(`"`) {
		return "", r.refuse("the name of a field")
	}
	end := bytes.IndexByte(r.text[r.at:], '"')
	if end < 0 || end > MaxField {
		return "", r.refuse("the name of a field")
	}
	name := string(r.text[r.at : r.at+end])
	if !ValidField(name) {
		return "", errField(name)
	}
	if r.at += end; !r.skip(`":`) {
		return "", r.refuse(`":`)
	}
	return name, nil
}

// quoted reads a string of base64 that fills dst.
func (r *reader) quoted(dst []byte) error {
	if !r.skip(`"`) {
		return r.refuse("a string of base64")
	}
	return r.base64(dst)
}

// base64 is quoted after the opening quote.
func (r *reader) base64(dst []byte) error {
	end := bytes.IndexByte(r.text[r.at:], '"')
	if end < 0 {
		return r.refuse("the end of a string")
	}
	if decode(dst, r.text[r.at:r.at+end]) != nil {
		return r.refuse(fmt.Sprintf("%d bytes in base64", len(dst)))
	}
	r.at += end + 1
	return nil
}

func errField(name string) error {
	return fmt.Errorf("%.80q cannot be the name of a field; expected a small letter, then small letters, digits and _, %d at most", name, MaxField)
}

var errDeep = errors.New("nested too deeply; expected at most 100 levels")
