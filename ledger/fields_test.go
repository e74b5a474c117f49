package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

// rootOf computes a root from the words of docs/ledger.md alone.
func rootOf(seed []byte, values map[string]string) Hash {
	text := "truce/fields/1\n"
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		mac := hmac.New(sha256.New, seed)
		mac.Write([]byte(name))
		salt := mac.Sum(nil)[:16]
		c := sha256.Sum256([]byte("truce/field/1\n" + name + "\n" + string(salt) + values[name]))
		text += name + " " + base64.StdEncoding.EncodeToString(c[:]) + "\n"
	}
	return sha256.Sum256([]byte(text))
}

func TestRootOfFields(t *testing.T) {
	f := testFields(t, 3, map[string]any{"place": "Darayya", "killed": map[string]any{"low": 2, "high": 4}, "act": []string{"shelling"}})
	seed := sha256.Sum256([]byte("seed 3"))
	want := rootOf(seed[:16], map[string]string{"act": `["shelling"]`, "killed": `{"high":4,"low":2}`, "place": `"Darayya"`})
	if f.Root() != want {
		t.Errorf("root %v; expected %v", f.Root(), want)
	}
	if (Fields{}).Root() != Hash(sha256.Sum256([]byte("truce/fields/1\n"))) {
		t.Error("the root of no fields")
	}
}

// TestRootIsTheSameWhateverIsWithheld also checks that each form is read back as it was.
func TestRootIsTheSameWhateverIsWithheld(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.MapOf(rapid.StringMatching(`[a-z][a-z0-9_]{0,8}`), rapid.String()).Draw(rt, "values")
		any := map[string]any{}
		for name, v := range values {
			any[name] = v
		}
		f := testFields(t, 1, any)
		hidden := rapid.SliceOf(rapid.SampledFrom(append(f.Names(), "none"))).Draw(rt, "hidden")
		part := f.Withhold(hidden...)
		less := part.Disclose(f.Names()[:len(f.Names())/2]...)
		for _, x := range []Fields{f, part, less} {
			if x.Root() != f.Root() || !slices.Equal(x.Names(), f.Names()) {
				rt.Fatalf("another root or other names: %v", x)
			}
			back, err := ParseFields(x.Text())
			if err != nil || back.Root() != f.Root() || !bytes.Equal(back.Text(), x.Text()) || !slices.Equal(back.Held(), x.Held()) {
				rt.Fatalf("%s: read back as %s: %v", x.Text(), back.Text(), err)
			}
			var loose struct{ F Fields }
			doc, _ := json.MarshalIndent(struct{ F Fields }{x}, "", "\t")
			if err := json.Unmarshal(doc, &loose); err != nil || !bytes.Equal(loose.F.Text(), x.Text()) {
				rt.Fatalf("%s: read from a document as %s: %v", x.Text(), loose.F.Text(), err)
			}
		}
		for _, name := range f.Names() {
			var s string
			ok, err := part.Get(name, &s)
			if err != nil || ok == slices.Contains(hidden, name) || ok && s != values[name] {
				rt.Fatalf("%s: %q %v %v; expected %q", name, s, ok, err, values[name])
			}
		}
	})
}

// TestWithheldCannotBeGuessed: what is left after withholding holds nothing with which a
// guess at a value could be checked, though whoever holds the seed could check it.
func TestWithheldCannotBeGuessed(t *testing.T) {
	f := testFields(t, 1, map[string]any{"armed": true, "place": "Homs"})
	left := f.Withhold("armed")
	text := left.Text()
	if bytes.Contains(text, []byte("seed")) || bytes.Contains(text, []byte("true")) || left.IsWhole() {
		t.Fatalf("the seed or the value is there: %s", text)
	}
	armed := f.list[0]
	for _, secret := range [][]byte{f.seed[:], armed.salt[:]} {
		if bytes.Contains(text, []byte(base64.StdEncoding.EncodeToString(secret))) {
			t.Errorf("the seed or the salt of the value is there: %s", text)
		}
	}
	// Someone who tries both values with everything that is left finds no match.
	var tries [][]byte
	for _, x := range left.list {
		tries = append(tries, x.salt[:])
	}
	tries = append(tries, make([]byte, 16), left.seed[:])
	for _, salt := range tries {
		for _, value := range []string{"true", "false"} {
			guess := field{name: "armed", salt: [16]byte(salt), value: []byte(value)}
			if guess.commitment() == armed.hash {
				t.Errorf("the value can be guessed")
			}
		}
	}
	if armed.commitment() != armed.hash || f.seed == left.seed {
		t.Error("the guess cannot be checked even with the salt, or the seed is still there")
	}
	if err := left.Set("armed", false); err == nil {
		t.Error("a withheld field can be set")
	}
	if again := left.Disclose("armed"); len(again.Held()) != 0 {
		t.Error("a withheld value comes back")
	}
}

func TestFieldsPrintNothing(t *testing.T) {
	f := testFields(t, 1, map[string]any{"source": "Abu Ahmad"})
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(form, f); strings.Contains(s, "Ahmad") || strings.Contains(s, fmt.Sprint(f.seed[:4])) {
			t.Errorf("%s shows a value: %s", form, s)
		}
	}
}

func TestACopyIsLeftAlone(t *testing.T) {
	a := testFields(t, 1, map[string]any{"b": 1, "d": 2})
	b := a
	for _, name := range []string{"a", "c", "e", "b"} {
		if err := b.Set(name, "other"); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"b", "d"}, a.Names()); d != "" {
		t.Error(d)
	}
	if raw, _ := a.Raw("b"); string(raw) != "1" {
		t.Errorf("b is %s", raw)
	}
	raw, _ := b.Raw("b")
	raw[0] = 'x'
	if raw, _ := b.Raw("b"); string(raw) != `"other"` {
		t.Error("Raw hands out the value itself")
	}
}

func TestSetRefused(t *testing.T) {
	deep := strings.Repeat("[", 102) + strings.Repeat("]", 102)
	for name, c := range map[string]struct {
		field string
		value any
	}{
		"no name":                     {"", 1},
		"a capital":                   {"Place", 1},
		"a digit first":               {"1st", 1},
		"a dash":                      {"a-b", 1},
		"a name too long":             {strings.Repeat("a", 65), 1},
		"not a number":                {"a", math.NaN()},
		"a function":                  {"a", func() {}},
		"an integer that is no float": {"a", int64(9007199254740993)},
		"an unsigned one":             {"a", map[string]any{"n": []uint64{math.MaxUint64}}},
		"a number too large":          {"a", json.RawMessage("1e400")},
		"a member twice":              {"a", json.RawMessage(`{"a":1,"a":2}`)},
		"half a surrogate pair":       {"a", json.RawMessage(`"\ud800"`)},
		"too deep":                    {"a", json.RawMessage(deep)},
		"not JSON":                    {"a", json.RawMessage(`{`)},
	} {
		f := NewFields([16]byte{1})
		if err := f.Set(c.field, c.value); err == nil {
			t.Errorf("%s: taken as %s", name, f.Text())
		}
		if len(f.Names()) != 0 {
			t.Errorf("%s: half done", name)
		}
	}
	f := NewFields([16]byte{1})
	for _, exact := range []any{int64(9007199254740992), uint64(1 << 63), 0.1, 1e300, "9007199254740993", json.RawMessage(`"\"9007199254740993"`)} {
		if err := f.Set("a", exact); err != nil {
			t.Errorf("%v: %v", exact, err)
		}
	}
}

func TestFieldsRefused(t *testing.T) {
	f := testFields(t, 1, map[string]any{"a": 1, "b": "x"})
	whole, part := string(f.Text()), string(f.Withhold("a").Text())
	all := string(f.Withhold().Text())
	swap := func(s, old, new string) string {
		if !strings.Contains(s, old) {
			t.Fatalf("%q is not in %s", old, s)
		}
		return strings.Replace(s, old, new, 1)
	}
	for name, text := range map[string]string{
		"nothing":                      "",
		"a list":                       "[]",
		"white space":                  " " + whole,
		"a newline":                    whole + "\n",
		"two of them":                  whole + whole,
		"cut short":                    whole[:len(whole)-1],
		"a seed too short":             swap(whole, `{"seed":"`, `{"seed":"AA`),
		"a seed of spare bits":         swap(whole, `==","values"`, `=","values"`),
		"a seed and no values":         `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{}}`,
		"no seed":                      `{"values":{"a":1}}`,
		"names not sorted":             `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{"b":1,"a":1}}`,
		"a name twice":                 `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{"a":1,"a":1}}`,
		"a bad name":                   `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{"A":1}}`,
		"a value with a space":         swap(whole, `"a":1`, `"a": 1`),
		"a number in another form":     swap(whole, `"a":1`, `"a":1.0`),
		"an escape that is not needed": swap(whole, `"x"`, `"\u0078"`),
		"a comma too many":             swap(whole, `"x"`, `"x",`),
		"members in another order":     `{"salts":{},"hashes":{},"values":{}}`,
		"a value without a salt":       swap(all, `"values":{"a":1,"b":"x"}`, `"values":{"a":1,"b":"x","c":1}`),
		"a salt without a value":       swap(all, `"values":{"a":1,"b":"x"}`, `"values":{"a":1}`),
		"a hash and a value":           swap(part, `"salts":{"b"`, `"salts":{"a"`),
		"a hash too short":             swap(part, `{"hashes":{"a":"`, `{"hashes":{"a":"AAAA`),
		"no salts":                     `{"hashes":{},"values":{}}`,
	} {
		if got, err := ParseFields([]byte(text)); err == nil {
			t.Errorf("%s: %s is read as %s", name, text, got.Text())
		}
	}
	var loose Fields
	if err := loose.UnmarshalJSON([]byte(`{"values": {"b":1.0, "a":"\u0078"}, "seed":"AAAAAAAAAAAAAAAAAAAAAA=="}`)); err != nil {
		t.Error(err)
	}
	if want := `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{"a":"x","b":1}}`; string(loose.Text()) != want {
		t.Errorf("%s; expected %s", loose.Text(), want)
	}
	if err := loose.UnmarshalJSON([]byte(`{"values":{"a":9007199254740993},"seed":"AAAAAAAAAAAAAAAAAAAAAA=="}`)); err == nil {
		t.Error("a number is rounded")
	}
}

func TestAttach(t *testing.T) {
	f := testFields(t, 1, map[string]any{"a": 1})
	e := &Entry{Root: f.Root()}
	if err := e.Attach(f.Withhold("a")); err != nil || !slices.Equal(e.Fields.Names(), []string{"a"}) {
		t.Error(err)
	}
	if err := e.Attach(testFields(t, 2, map[string]any{"a": 1})); err == nil {
		t.Error("the same value with another seed passes")
	}
}

// TestCanonicalVectors: numbers and escapes as RFC 8785 and ECMAScript have them.
func TestCanonicalVectors(t *testing.T) {
	for text, want := range map[string]bool{
		`0`: true, `-0`: false, `00`: false, `-1`: true, `+1`: false, `1.5`: true, `1.50`: false, `.5`: false, `1.`: false,
		`1e21`: false, `1e+21`: true, `100000000000000000000`: true, `1e-7`: true, `0.000001`: true, `0.0000001`: false,
		`9007199254740992`: true, `9007199254740993`: false, `999999999999999`: true, `1E+21`: false, `-`: false,
		`"\b\t\n\f\r\"\\"`: true, `"\/"`: false, `"\u0001"`: true, `"\u001F"`: false, `"\u001f"`: true, `"\u0008"`: false,
		`"\u007f"`: false, "\"\x7f\"": true, "\"\x01\"": false, "\"\u00e9\"": true, `"\u00e9"`: false, "\"\xff\"": false, `"a`: false,
		`[]`: true, `[1,2]`: true, `[1,]`: false, `[,]`: false, `[ ]`: false, `[`: false, `{}`: true, `{"a":1,"b":2}`: true,
		`{"b":1,"a":2}`: false, `{"a":1,"a":2}`: false, `{"a":1,}`: false, `{"a"}`: false, `{a:1}`: false, `{`: false,
		// U+FB33 comes after U+1F600, whose first UTF-16 unit is D83D.
		"{\"\U0001F600\":1,\"\uFB33\":2}": true, "{\"\uFB33\":1,\"\U0001F600\":2}": false, `{"\n":1,"a":2}`: true,
		`true`: true, `false`: true, `null`: true, `True`: false, `nul`: false, ``: false,
	} {
		r := reader{text: []byte(text)}
		err := r.value(0)
		if got := err == nil && r.at == len(text); got != want {
			t.Errorf("%s: %v (%v); expected %v", text, got, err, want)
		}
	}
}

// FuzzCanonical holds our own reader of canonical JSON to the library that writes it.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\n"],"b":{}}`, `"é"`, `1e+21`, `{"":0,"\u0000":1}`, `[-1,0.1,null,true]`, "{\"\U0001F600\":1,\"\uFB33\":2}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := reader{text: text}
		err := r.value(0)
		ours := err == nil && r.at == len(text)
		theirs, err := jcs.Transform(text)
		if ours != (err == nil && bytes.Equal(theirs, text)) && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) <= maxDepth {
			t.Errorf("%q: canonical %v; the library writes %q, %v", text, ours, theirs, err)
		}
	})
}

func FuzzFields(f *testing.F) {
	x := testFields(f, 1, map[string]any{"a": 1, "b": "x", "c": []any{nil, map[string]any{"k": "<&>"}}})
	for _, s := range []Fields{{}, x, x.Withhold(), x.Withhold("b"), x.Disclose()} {
		f.Add(s.Text())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if x, err := ParseFields(text); err == nil && !bytes.Equal(x.Text(), text) {
			t.Errorf("%q is written as %q", text, x.Text())
		}
		var loose Fields
		if err := loose.UnmarshalJSON(text); err != nil {
			return
		}
		again, err := ParseFields(loose.Text())
		if err != nil || again.Root() != loose.Root() {
			t.Errorf("%q: %q is not read back: %v", text, loose.Text(), err)
		}
	})
}

// TestKnownFields checks the numbers of docs/ledger.md, section 10, which another program in
// another language made.
func TestKnownFields(t *testing.T) {
	var seed [16]byte
	for i := range seed {
		seed[i] = byte(i)
	}
	f := NewFields(seed)
	for name, v := range map[string]any{"killed": map[string]int{"low": 2, "high": 4}, "place": "Darayya"} {
		if err := f.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.Root().String(); got != "z7Ptpv/jqszwGssCVGUXwEpltxb5Xy+cpnCi4Cuoi2o=" {
		t.Errorf("root %s", got)
	}
	want := `{"hashes":{"killed":"x9PmpeZ7G3kiDO1PTWvre1kSeRMiK1Y1x3O9w/j+FtM="},"salts":{"place":"yYivPHulbfN4E8ekD3lGgQ=="},"values":{"place":"Darayya"}}`
	if got := string(f.Withhold("killed").Text()); got != want {
		t.Errorf("%s; expected %s", got, want)
	}
	if id, _, err := ParseVerifier("desk.example+60b3edb2+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"); err != nil {
		t.Error(id, err)
	}
	e := &Entry{Kind: "report.received", At: time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC), Root: f.Root(), Key: "desk.example+60b3edb2"}
	if got := LeafHash(e.Leaf()).String(); got != "M/0YK7m0HVGFbz8ZZjgH0eZzfE186FQxHMc9Xt4DHq0=" {
		t.Errorf("leaf hash %s", got)
	}
}
