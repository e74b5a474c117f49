package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

const source = "Name: Rana H.\nTelephone: +963 11 555 0100\n"

var noon = time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)

// keeper is somebody with a key of their own.
type keeper struct {
	Recipient
	file []byte // age identity file
}

func newKeeper(t testing.TB, name string) keeper {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return keeper{Recipient{name, id.Recipient().String()}, []byte("# made for a test\n" + id.String() + "\n")}
}

func keepers(t testing.TB, names ...string) (ks []keeper, to []Recipient) {
	t.Helper()
	for _, n := range names {
		k := newKeeper(t, n)
		ks, to = append(ks, k), append(to, k.Recipient)
	}
	return ks, to
}

func seal(t testing.TB, to []Recipient) *Box {
	t.Helper()
	b, err := Seal([]byte(source), to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (k keeper) share(t testing.TB, b *Box) Share {
	t.Helper()
	s, err := b.Share(k.Name, k.file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// book is where openings are recorded.
type book struct {
	openings []Opening
	fail     error
}

func (b *book) record(o Opening) error {
	if b.fail == nil {
		b.openings = append(b.openings, o)
	}
	return b.fail
}

func is(t testing.TB, err error, kind truce.Kind, says string) {
	t.Helper()
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(err.Error(), says) {
		t.Errorf("error %v; want kind %d saying %q", err, kind, says)
	}
}

func TestTwoPeopleOpen(t *testing.T) {
	ks, to := keepers(t, "anna", "boris", "carla")
	b := seal(t, to)
	var k book
	got, err := b.Open(ks[2].share(t, b), ks[0].share(t, b), "court order 12", noon, k.record)
	if err != nil || string(got.Reveal()) != source {
		t.Fatalf("%v", err)
	}
	want := []Opening{{Box: b.ID(), Digest: b.Digest(), By: [2]string{"anna", "carla"}, At: noon, Why: "court order 12"}}
	if d := cmp.Diff(want, k.openings); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"anna", "boris", "carla"}, b.People()); d != "" {
		t.Error(d)
	}
}

// On a machine of one's own with age itself: only the text of the share comes back.
func TestShareBroughtFromElsewhere(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	b := seal(t, to)
	parcel, err := b.Parcel("boris")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(ks[1].file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := decrypt(parcel, ids...)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string][]byte{"as it is": text, "with Windows' lines": bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), "with space around": append([]byte("\n\n"), append(text, ' ', '\n')...)} {
		brought, err := ParseShare(form)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if brought.Name() != "boris" || brought.Box() != b.ID() {
			t.Errorf("%s: %s %s", name, brought.Name(), brought.Box())
		}
		got, err := b.Open(ks[0].share(t, b), brought, "why", noon, new(book).record)
		if err != nil || string(got.Reveal()) != source {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = b.Parcel("carla")
	is(t, err, truce.Absent, "carla")
}

func TestKeysThatWithstandQuantumComputers(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	ks[1] = keeper{Recipient{"boris", id.Recipient().String()}, []byte(id.String())}
	to[1] = ks[1].Recipient
	b, err := Parse(seal(t, to).Text())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.Open(ks[0].share(t, b), ks[1].share(t, b), "why", noon, new(book).record); err != nil || string(got.Reveal()) != source {
		t.Error(err)
	}
}

func TestAnyTwoOfThemAndNoOneAlone(t *testing.T) {
	all, _ := keepers(t, "a1", "b2", "c3", "d4", "e5", "f6", "g7")
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, len(all)).Draw(rt, "n")
		to := make([]Recipient, n)
		for i := range to {
			to[i] = all[i].Recipient
		}
		identity := rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(rt, "identity")
		b, err := Seal(identity, to)
		if err != nil {
			rt.Fatal(err)
		}
		i, j := rapid.IntRange(0, n-1).Draw(rt, "i"), rapid.IntRange(0, n-1).Draw(rt, "j")
		var k book
		got, err := b.Open(all[i].share(t, b), all[j].share(t, b), "why", noon, k.record)
		if opened := err == nil; opened != (i != j) || opened && !bytes.Equal(got.Reveal(), identity) || len(k.openings) > 0 != opened {
			rt.Fatalf("%d of %d and %d: %v", i, n, j, err)
		}
	})
}

func TestRecordComesFirst(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	b := seal(t, to)
	one, two := ks[0].share(t, b), ks[1].share(t, b)
	gone := errors.New("disk full")
	if got, err := b.Open(one, two, "why", noon, (&book{fail: gone}).record); !errors.Is(err, gone) || got.Reveal() != nil {
		t.Errorf("%v %q", err, got.Reveal())
	}
	if next, err := b.Reseal(one, two, to, "why", noon, (&book{fail: gone}).record); !errors.Is(err, gone) || next != nil {
		t.Errorf("%v %v", err, next)
	}
	_, err := b.Open(one, two, "why", noon, nil)
	is(t, err, truce.Invalid, "record")
	_, err = b.Open(one, two, " \n", noon, new(book).record)
	is(t, err, truce.Invalid, "why")
}

func TestWhoCannotOpen(t *testing.T) {
	ks, to := keepers(t, "anna", "boris", "carla")
	b, other := seal(t, to), seal(t, to)
	stranger := newKeeper(t, "anna")
	_, err := b.Share("anna", stranger.file)
	is(t, err, truce.Denied, "anna")
	_, err = b.Share("anna", ks[1].file)
	is(t, err, truce.Denied, "anna")
	_, err = b.Share("dora", ks[1].file)
	is(t, err, truce.Absent, "dora")
	_, err = b.Share("anna", []byte("AGE-SECRET-KEY-1TYPO"))
	is(t, err, truce.Invalid, "anna")
	if strings.Contains(err.Error(), "TYPO") {
		t.Errorf("repeated: %v", err)
	}
	anna, boris := ks[0].share(t, b), ks[1].share(t, b)
	renamed, forged, moved := boris, boris, boris
	renamed.name = "carla"
	y := slices.Clone(boris.bytes())
	y[3] ^= 1
	forged.hide(y)
	moved.x = 3
	for name, c := range map[string]struct {
		one, two Share
		kind     truce.Kind
		says     string
	}{
		"anna alone":                  {anna, anna, truce.Denied, "anna alone"},
		"boris, who says he is carla": {anna, renamed, truce.Invalid, "carla: wrong or forged"},
		"a forged share":              {anna, forged, truce.Invalid, "boris: wrong or forged"},
		"a share of another point":    {anna, moved, truce.Invalid, "boris: wrong or forged"},
		"of another box":              {anna, ks[1].share(t, other), truce.Invalid, "of another box"},
		"nothing":                     {anna, Share{}, truce.Invalid, "of another box"},
	} {
		for _, pair := range [][2]Share{{c.one, c.two}, {c.two, c.one}} {
			var k book
			_, err := b.Open(pair[0], pair[1], "why", noon, k.record)
			if err == nil || len(k.openings) > 0 {
				t.Errorf("%s: opened", name)
				continue
			}
			is(t, err, c.kind, c.says)
		}
	}
}

// Somebody who can write to the database cannot have one box opened under the name of another.
func TestBoxesDoNotMix(t *testing.T) {
	ks, to := keepers(t, "anna", "boris", "carla")
	b, other := seal(t, to), seal(t, to)
	for name, change := range map[string]func(*Box){
		"another's body": func(b *Box) { b.body = other.body },
		"people swapped": func(b *Box) { b.shares[1], b.shares[2] = b.shares[2], b.shares[1] },
		"one left out":   func(b *Box) { b.shares = b.shares[:2] },
		"a key changed":  func(b *Box) { b.shares[2].Key = newKeeper(t, "x").Key },
		"damaged":        func(b *Box) { b.body = b.body[:len(b.body)-1] },
	} {
		mixed := &Box{b.id, slices.Clone(b.shares), b.body}
		change(mixed)
		var k book
		_, err := mixed.Open(ks[0].share(t, b), ks[1].share(t, b), "why", noon, k.record)
		if err == nil || len(k.openings) > 0 {
			t.Errorf("%s: opened", name)
		}
	}
	renamed := &Box{other.id, b.shares, b.body}
	if _, err := renamed.Share("anna", ks[0].file); err == nil {
		t.Error("another's name: a share fits")
	}
}

func TestReseal(t *testing.T) {
	ks, to := keepers(t, "anna", "boris", "carla", "dora")
	b := seal(t, to[:3])
	var k book
	next, err := b.Reseal(ks[0].share(t, b), ks[1].share(t, b), []Recipient{to[1], to[2], to[3]}, "anna left", noon, k.record)
	if err != nil {
		t.Fatal(err)
	}
	if next.ID() == b.ID() || !slices.Equal(next.People(), []string{"boris", "carla", "dora"}) {
		t.Errorf("%s %v", next.ID(), next.People())
	}
	if len(k.openings) != 1 || k.openings[0].Into != next.ID() || k.openings[0].Why != "anna left" {
		t.Errorf("%+v", k.openings)
	}
	got, err := next.Open(ks[2].share(t, next), ks[3].share(t, next), "why", noon, k.record)
	if err != nil || string(got.Reveal()) != source {
		t.Error(err)
	}
	_, err = next.Share("anna", ks[0].file)
	is(t, err, truce.Absent, "anna")
	_, err = next.Open(ks[0].share(t, b), ks[1].share(t, next), "why", noon, k.record)
	is(t, err, truce.Invalid, "of another box")
	_, err = b.Reseal(ks[0].share(t, b), ks[1].share(t, b), to[:1], "why", noon, k.record)
	is(t, err, truce.Invalid, "recipients")
	if len(k.openings) != 2 {
		t.Errorf("%d openings", len(k.openings))
	}
}

func TestSealRefuses(t *testing.T) {
	_, to := keepers(t, "anna", "boris")
	with := func(r Recipient) []Recipient { return []Recipient{to[0], r} }
	for name, c := range map[string]struct {
		identity string
		to       []Recipient
	}{
		"nothing":                  {"", to},
		"too much":                 {strings.Repeat("x", IdentityMost+1), to},
		"nobody":                   {source, nil},
		"one person":               {source, to[:1]},
		"one person twice":         {source, with(Recipient{"anna", to[1].Key})},
		"one key twice":            {source, with(Recipient{"carla", to[0].Key})},
		"one key in capitals":      {source, with(Recipient{"carla", strings.ToUpper(to[0].Key)})},
		"no name":                  {source, with(Recipient{"", to[1].Key})},
		"a name of two lines":      {source, with(Recipient{"a\nb", to[1].Key})},
		"no key":                   {source, with(Recipient{"boris", ""})},
		"a secret key":             {source, with(Recipient{"boris", "AGE-SECRET-KEY-1QQQ"})},
		"more people than it fits": {source, slices.Repeat(to, 33)},
	} {
		_, err := Seal([]byte(c.identity), c.to)
		var e *truce.Error
		if !errors.As(err, &e) || e.Kind != truce.Invalid || strings.Contains(err.Error(), "SECRET-KEY-1QQQ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The length of a box does not tell a short name from a long one; nothing of it is readable.
func TestBoxSaysLittle(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	short, _ := Seal([]byte("x"), to)
	b := seal(t, to)
	if len(short.Text()) != len(b.Text()) {
		t.Errorf("%d and %d bytes", len(short.Text()), len(b.Text()))
	}
	again := seal(t, to)
	if bytes.Equal(b.body, again.body) || b.ID() == again.ID() {
		t.Error("two boxes of one source can be told to be so")
	}
	for _, secret := range []string{"Rana", "SECRET", string(ks[0].share(t, b).bytes()), b64(ks[0].share(t, b).bytes())} {
		if bytes.Contains(b.Text(), []byte(secret)) {
			t.Errorf("the text holds %q", secret)
		}
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	b := seal(t, to)
	s := ks[0].share(t, b)
	id, err := b.Open(s, ks[1].share(t, b), "why", noon, new(book).record)
	if err != nil {
		t.Fatal(err)
	}
	inner := struct {
		s  Share
		id Identity
	}{s, id}
	var out bytes.Buffer
	for _, v := range []any{s, &s, id, &id, inner, &inner, []Share{s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		js, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(js)
	}
	for _, secret := range []string{"Rana", fmt.Sprintf("%x", "Rana"), b64(s.bytes())[:12], fmt.Sprint(s.bytes()[:4])[1:9], fmt.Sprintf("%x", s.bytes()[:4])} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed %q in %s", secret, out.String())
		}
	}
}

func TestBoxText(t *testing.T) {
	_, to := keepers(t, "anna", "boris")
	b := seal(t, to)
	text := string(b.Text())
	again, err := Parse([]byte(text))
	if err != nil || again.ID() != b.ID() || again.Digest() != b.Digest() {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"nothing":             "",
		"no JSON":             "age-encryption.org/v1",
		"two boxes":           text + text,
		"space before":        " " + text,
		"no end of line":      strings.TrimSpace(text),
		"another form":        strings.Replace(text, "box/1", "box/2", 1),
		"a key in capitals":   strings.Replace(text, `"truce"`, `"Truce"`, 1),
		"a key more":          strings.Replace(text, "{", `{"x":1,`, 1),
		"a key twice":         strings.Replace(text, "{", `{"id":"x",`, 1),
		"identifier cut":      strings.Replace(text, b.ID(), b.ID()[1:], 1),
		"one person":          strings.Replace(text, "boris", "anna", 1),
		"no name":             strings.Replace(text, "boris", "", 1),
		"no key":              strings.Replace(text, to[0].Key, "", 1),
		"cut":                 text[:len(text)/2],
		"commitment cut":      strings.Replace(text, b64(b.shares[0].Commitment), "AAAA", 1),
		"no body":             strings.Replace(text, b64(b.body), "", 1),
		"longer than any box": text + strings.Repeat(" ", boxMost),
	} {
		_, err := Parse([]byte(bad))
		var e *truce.Error
		if !errors.As(err, &e) || e.Kind != truce.Invalid || e.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShareText(t *testing.T) {
	ks, to := keepers(t, "anna", "boris")
	b := seal(t, to)
	good := ks[0].share(t, b).text()
	line := strings.Split(good, "\n")
	for name, bad := range map[string]string{
		"nothing":         "",
		"another form":    strings.Replace(good, "share/1", "share/2", 1),
		"no box":          strings.Replace(good, b.ID(), "", 1),
		"no person":       strings.Replace(good, "anna", "", 1),
		"point zero":      strings.Replace(good, "\n1\n", "\n0\n", 1), // would be the secret itself
		"point 256":       strings.Replace(good, "\n1\n", "\n256\n", 1),
		"point 01":        strings.Replace(good, "\n1\n", "\n01\n", 1),
		"no number":       strings.Replace(good, "\n1\n", "\nx\n", 1),
		"no value":        strings.Join(line[:3], "\n") + "\n\n",
		"not base64":      strings.Join(line[:3], "\n") + "\n####\n",
		"a line more":     good + "x\n",
		"an age identity": string(ks[0].file),
		"endless":         good + strings.Repeat("\n", shareMost),
	} {
		_, err := ParseShare([]byte(bad))
		is(t, err, truce.Invalid, "share")
		if err != nil && strings.Contains(err.Error(), "SECRET-KEY-") {
			t.Errorf("%s: repeated: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	_, to := keepers(f, "anna", "boris")
	f.Add(seal(f, to).Text())
	f.Add([]byte(`{"truce":"box/1","id":"AAAAAAAAAAAAAAAAAAAAAAAAAA","shares":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(text)
		if err != nil {
			return
		}
		if !bytes.Equal(b.Text(), text) || len(b.People()) < 2 {
			t.Errorf("%s", text)
		}
	})
}

func FuzzParseShare(f *testing.F) {
	ks, to := keepers(f, "anna", "boris")
	b := seal(f, to)
	f.Add([]byte(ks[0].share(f, b).text()))
	f.Add([]byte("truce/share/1 AAAAAAAAAAAAAAAAAAAAAAAAAA\nanna\n1\nAAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseShare(text)
		if err != nil {
			return
		}
		again, err := ParseShare([]byte(s.text()))
		if err != nil || again.text() != s.text() {
			t.Errorf("%q: %v", text, err)
		}
		if b.check(s) == nil && s.text() != ks[0].share(t, b).text() {
			t.Errorf("a forged share fits: %q", text)
		}
	})
}
