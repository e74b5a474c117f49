package screen

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce/access"
	"truce/desk"
	"truce/record"
)

// TestEveryNameHasWords holds the catalogues to what entries and rows may hold.
func TestEveryNameHasWords(t *testing.T) {
	for _, lang := range Langs() {
		w, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		need := func(name string) {
			if !w.Known(name) {
				t.Errorf("%s: no words for %s", lang, name)
			}
		}
		for _, k := range record.Kinds() {
			need("did." + k.Name)
			for _, field := range slices.Concat(record.Always(), k.Needs, k.May) {
				need("field." + field)
			}
		}
		for _, kind := range access.Kinds() {
			need("kind." + kind)
			for _, field := range access.FieldsOf(kind) {
				need("field." + field.Name)
			}
		}
		for _, role := range access.Roles() {
			need("role." + string(role))
		}
	}
}

// TestDatesStandStillInArabic: a date in figures between Arabic words is read from the wrong
// end unless it is isolated.
func TestDatesStandStillInArabic(t *testing.T) {
	w, err := readWords(Arabic)
	if err != nil {
		t.Fatal(err)
	}
	isolated := regexp.MustCompile("\u2066[^\u2069]*\u2069")
	for _, name := range w.Names() {
		text := isolated.ReplaceAllString(w.must(name, 3, 3, 3, 3), "")
		if regexp.MustCompile(`\d-\d`).MatchString(text) {
			t.Errorf("%s: %q holds a date that is not isolated", name, text)
		}
	}
}

// line is a signature line by a key of a name; time is that of a witness, 0 for none.
func line(name string, hash [4]byte, seconds byte) string {
	raw := hash[:]
	if seconds > 0 {
		raw = append(raw, 0, 0, 0, 0, 0, 0, 0, seconds)
	}
	return "— " + name + " " + base64.StdEncoding.EncodeToString(append(raw, make([]byte, 64)...)) + "\n"
}

func TestSigners(t *testing.T) {
	head := "desk.example\n3\nAAAA=\n\n"
	for _, c := range []struct {
		name, note string
		want       []Signer
	}{
		{"the record itself", head + line("desk.example", [4]byte{1, 2, 3, 0xff}, 0), []Signer{{ID: "desk.example+010203ff", Own: true}}},
		{"a witness with a time", head + line("w.example", [4]byte{}, 90), []Signer{{ID: "w.example+00000000", Witnessed: time.Date(1970, 1, 1, 0, 1, 30, 0, time.UTC)}}},
		{"a witness of the record's name is not the record", head + line("desk.example", [4]byte{}, 1), []Signer{{ID: "desk.example+00000000", Witnessed: time.Unix(1, 0).UTC()}}},
		{"another key", head + line("x", [4]byte{}, 0), []Signer{{ID: "x+00000000"}}},
		{"none", head, nil},
		{"no note", "x", nil},
		{"what is no signature", head + "— x !!!!\n— y AAAA\nz\n", nil},
	} {
		if diff := cmp.Diff(c.want, Signers(c.note)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func shownOf(mark string, values map[string]any, withheld ...string) desk.Shown {
	s := desk.Shown{Mark: mark, Values: map[string]json.RawMessage{}, Withheld: map[string]string{}}
	for name, v := range values {
		s.Values[name], _ = json.Marshal(v)
	}
	for _, name := range withheld {
		s.Withheld[name] = "hash of " + name
	}
	return s
}

func TestEntrySaysWhatItIsAbout(t *testing.T) {
	for _, c := range []struct {
		kind, enrols string
		values       map[string]any
		want         Subject
	}{
		{"report.received", "", map[string]any{"id": "C 1/2"}, Subject{"report", "C 1/2", "/incidents/C%201%2F2"}},
		{"element.assessed", "", map[string]any{"element": "C1/1"}, Subject{"element", "C1/1", "/incidents/C1%2F1"}},
		{"agreement.adopted", "", map[string]any{"id": "a"}, Subject{"agreement", "a", "/agreements/a"}},
		{"register.adopted", "", map[string]any{"name": "r.yaml"}, Subject{"register", "r.yaml", "/rows/register/r.yaml"}},
		{"contact.made", "", map[string]any{"with": "north"}, Subject{"contact", "7", "/rows/contact/7"}},
		{"mark.widened", "", map[string]any{"kind": "report", "row": "C1"}, Subject{"report", "C1", "/incidents/C1"}},
		{"key.enrolled", "desk.example+01020304+AQ", nil, Subject{"key", "desk.example+01020304", "/rows/key/desk.example+01020304"}},
		{"attachment.seen", "", nil, Subject{"viewing", "7", ""}}, // nobody reads such rows as tables
		{"report.received", "", nil, Subject{}}, // withheld
		{"report.received", "", map[string]any{"id": 5}, Subject{}},
		{"of.another.program", "", map[string]any{"id": "x"}, Subject{}},
	} {
		v := Entry(desk.SeenEntry{N: 7, Kind: c.kind, Enrols: c.enrols}, shownOf("TLP:AMBER", c.values))
		if v.About != c.want {
			t.Errorf("%s of %v is about %v, want %v", c.kind, c.values, v.About, c.want)
		}
	}
}

func TestEntryShowsFieldsByName(t *testing.T) {
	v := Entry(desk.SeenEntry{N: 7, Kind: "report.received"}, shownOf("TLP:RED", map[string]any{"text": "words", "author": "amal", "title": "T", "mark": "TLP:RED TO:amal"}, "source", "mark"))
	var got []string
	for _, f := range v.Fields {
		got = append(got, fmt.Sprintf("%s %s %s", f.Name, f.Plain(), f.Hash))
	}
	if diff := cmp.Diff([]string{"author amal ", "source  hash of source", "text words ", "title T "}, got); diff != "" {
		t.Error(diff)
	}
	if v.By != "amal" || v.Mark != "TLP:RED" || v.Title != "T" {
		t.Errorf("%+v", v)
	}
}

func TestLongFieldsAreFoldedAndVeryLongOnesLeftOut(t *testing.T) {
	for _, c := range []struct {
		name          string
		value         any
		long, tooLong bool
	}{
		{"600 letters", strings.Repeat("ش", 600), false, false},
		{"601 letters", strings.Repeat("ش", 601), true, false},
		{"12 lines", strings.Repeat("a\n", 11) + "a", false, false},
		{"13 lines", strings.Repeat("a\n", 12) + "a", true, false},
		{"100,001 letters", strings.Repeat("a", 100_001), true, true},
	} {
		raw, _ := json.Marshal(c.value)
		f := EntryField{Value: raw}
		if f.Long() != c.long || f.TooLong() != c.tooLong {
			t.Errorf("%s: long %v, too long %v", c.name, f.Long(), f.TooLong())
		}
	}
}
