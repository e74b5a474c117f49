package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"truce/ledger"
)

// both runs both verifiers and returns what they find; each fault must name a place.
func both(t testing.TB, files fs.FS, keys []string, since ...[]byte) (mine, theirs []string) {
	t.Helper()
	var trusted []key
	for _, text := range keys {
		k, err := parseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		trusted = append(trusted, k)
	}
	for _, f := range verify(files, trusted, since...).Faults {
		if f.Where == "" || f.What == "" {
			t.Errorf("a fault without a place: %q %q", f.Where, f.What)
		}
		mine = append(mine, f.Where+" "+f.What)
	}
	v, err := ledger.Verify(t.Context(), files, ledger.VerifyOptions{Keys: keys, Since: since, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Faults {
		if f.Where == "" || f.What == "" {
			t.Errorf("ledger: a fault without a place: %q %q", f.Where, f.What)
		}
		theirs = append(theirs, f.String())
	}
	return mine, theirs
}

// accept says that both must find the record sound; refuse, that neither may.
func accept(t testing.TB, name string, files fs.FS, keys []string, since ...[]byte) {
	t.Helper()
	if mine, theirs := both(t, files, keys, since...); len(mine) > 0 || len(theirs) > 0 {
		t.Errorf("%s: refused, but it is sound\n  verifier: %q\n  ledger: %q", name, mine[:min(3, len(mine))], theirs[:min(3, len(theirs))])
	}
}

func refuse(t testing.TB, name string, files fs.FS, keys []string, since ...[]byte) {
	t.Helper()
	if mine, theirs := both(t, files, keys, since...); len(mine) == 0 || len(theirs) == 0 {
		t.Errorf("%s: accepted, but it was tampered with\n  verifier: %q\n  ledger: %q", name, mine[:min(3, len(mine))], theirs[:min(3, len(theirs))])
	}
}

func TestUntouchedRecordsAreSound(t *testing.T) {
	for _, s := range samples(t, 700) {
		accept(t, s.name, s.files, s.keys)
		accept(t, s.name+", put together by the test", s.whole.files(t), s.keys)
		accept(t, s.name+", with older checkpoints", s.files, s.keys, s.since...)
		accept(t, s.name+", with the witness's key alone", s.files, s.keys[1:])
		if n := len(s.m.entries); n > 1 {
			accept(t, s.name+", less the last", s.m.loosen(n-1).files(t), s.keys[:1], s.since[0])
		}
	}
}

func TestBothCountTheSame(t *testing.T) {
	for _, s := range samples(t, 700) {
		v, err := ledger.Verify(t.Context(), s.files, ledger.VerifyOptions{Keys: s.keys})
		if err != nil {
			t.Fatal(err)
		}
		r := verify(s.files, nil)
		if r.Origin != v.Origin || r.Size != v.Size || r.Root != encode(v.Root[:]) || r.Values != v.Values || r.Withheld != v.Withheld {
			t.Errorf("%s: %+v, ledger %+v", s.name, r, v)
		}
		if !strings.Contains(r.Note, s.keys[0]) {
			t.Errorf("%s: does not say which key it believed: %q", s.name, r.Note)
		}
	}
}

// Less shown, or a line of the note by somebody unknown, is not a tampering.
func TestDisclosureIsNoTampering(t *testing.T) {
	for _, s := range samples(t, 256) {
		for n := 0; n < len(s.whole.lines); n += 1 + 2*n {
			l := s.whole.clone()
			l.lines[n] = "null"
			accept(t, fmt.Sprint(s.name, ": closed ", n), l.files(t), s.keys)
			e := s.m.entries[n]
			for _, name := range e.Fields.Held()[:min(len(e.Fields.Held()), max(1, 20-n))] {
				l.lines[n] = string(e.Fields.Withhold(name).Text())
				accept(t, fmt.Sprint(s.name, ": withheld ", n, name), l.files(t), s.keys)
			}
		}
		stranger := testKey(t, "stranger.example")
		l := s.whole.clone()
		line, err := ledger.Cosign(l.note, stranger, s.m.clock)
		if err != nil {
			t.Fatal(err)
		}
		l.note = append(l.note, line...)
		accept(t, s.name+": co-signed by a stranger", l.files(t), s.keys)
		if len(s.keys) > 1 {
			accept(t, s.name+": a witness nobody asked about", s.files, s.keys[:1])
		}
	}
}

func TestReceipts(t *testing.T) {
	for _, s := range samples(t, 257) {
		s.whole.sign(t, s.m.key) // a stranger's line may be turned without harm, so there is none
		tree, tiles := s.whole.tree(t)
		read := func(level int, n int64) ([]byte, error) {
			for _, tile := range tiles {
				if tile.Level == level && tile.N == n {
					return tile.Hashes, nil
				}
			}
			return nil, fs.ErrNotExist
		}
		for n := int64(0); n < tree.Size(); n += 1 + n {
			proof, err := ledger.Inclusion(tree.Size(), n, read)
			if err != nil {
				t.Fatal(err)
			}
			e := s.m.entries[n]
			if e.Fields.IsZero() {
				continue
			}
			made, err := ledger.MakeReceipt(e, n, e.Fields.Disclose("what"), proof, s.whole.note)
			if err != nil {
				t.Fatal(err)
			}
			checkReceipt(t, fmt.Sprint(s.name, " receipt ", n), made.Text(), s.keys[:1])
		}
	}
}

// checkReceipt checks that both take the receipt, and neither with any bit turned.
func checkReceipt(t *testing.T, name string, text []byte, keys []string) {
	t.Helper()
	mine, theirs := bothReceipt(t, text, keys)
	if mine != "" || theirs != "" {
		t.Fatalf("%s: refused: %q, ledger %q\n%s", name, mine, theirs, text)
	}
	for i := len(name) % 11; i < len(text); i += 11 {
		b := []byte(string(text))
		b[i] ^= 1 << (i % 8)
		if mine, theirs := bothReceipt(t, b, keys); mine == "" || theirs == "" {
			t.Errorf("%s: byte %d turned, and accepted: %q, ledger %q", name, i, mine, theirs)
		}
	}
	for _, more := range []string{"\n", " ", "\x00", "{}"} {
		if mine, theirs := bothReceipt(t, append([]byte(string(text)), more...), keys); mine == "" || theirs == "" {
			t.Errorf("%s: with %q after its end, accepted: %q, ledger %q", name, more, mine, theirs)
		}
	}
}

func bothReceipt(t testing.TB, text []byte, keys []string) (mine, theirs string) {
	t.Helper()
	var trusted []key
	for _, s := range keys {
		k, err := parseKey(s)
		if err != nil {
			t.Fatal(err)
		}
		trusted = append(trusted, k)
	}
	mine = fmt.Sprint(receipt(text, trusted).Faults)
	r, err := ledger.ParseReceipt(text)
	if err == nil {
		err = r.Check(keys...)
	}
	if err != nil {
		theirs = err.Error()
	}
	return strings.TrimSuffix(strings.TrimPrefix(mine, "["), "]"), theirs
}

// A receipt is for one entry, in the partial form, and as good as the keys that it is checked by.
func TestReceiptsThatAreNone(t *testing.T) {
	m := begin(t, "receipts")
	ana, witness := testKey(t, "desk.example/ana"), testKey(t, "witness.example")
	m.add(ledger.KeyEnrolled, m.key, ana.Verifier(), false, nil)
	e := m.add("report.received", ana, "", true, map[string]any{"what": "heard", "source": "a neighbour"})
	l := m.loosen(3)
	tree, _ := l.tree(t)
	first, second := ledger.LeafHash(l.leaves[0]), ledger.LeafHash(l.leaves[1])
	left := node([]byte{1}, first[:], second[:])
	good, err := ledger.MakeReceipt(e, 2, e.Fields.Withhold("source"), []ledger.Hash{left}, l.note)
	if err != nil || tree.Size() != 3 {
		t.Fatal(err)
	}
	text := string(good.Text())
	desk := m.key.Verifier()
	again := l.clone()
	again.sign(t, testKey(t, "other.example"))
	for _, c := range []struct {
		name, old, new string
		keys           []string
		sound          bool
	}{
		{"as made", "", "", []string{desk}, true},
		{"with the person's key", "", "", []string{desk, ana.Verifier()}, true},
		{"with another record's key", "", "", []string{testKey(t, "other.example").Verifier()}, false},
		{"with another key of that name", "", "", []string{testKey(t, "desk.example of somebody else").Verifier()}, false},
		{"with the person's key alone", "", "", []string{ana.Verifier()}, false},
		{"with a witness's key alone", "", "", []string{witness.WitnessVerifier()}, false},
		{"another number", "index 2", "index 1", []string{desk}, false},
		{"a number with a nought", "index 2", "index 02", []string{desk}, false},
		{"extra data", "index 2", `extra AAAA\nindex 2`, []string{desk}, false},
		{"another checkpoint", string(l.note), string(again.note), []string{desk}, false},
		{"whole fields", fieldsOf(text), string(e.Fields.Text()), []string{desk}, false},
		{"no fields", fieldsOf(text), "null", []string{desk}, false},
		{"another order", `{"leaf":`, `{"more":1,"leaf":`, []string{desk}, false},
		{"a space", `,"proof"`, `, "proof"`, []string{desk}, false},
		{"a name twice", `,"proof":`, `,"proof":"","proof":`, []string{desk}, false},
		{"a name in capitals", `,"proof":`, `,"Proof":`, []string{desk}, false},
		{"an escape", `"truce/`, `"\u0074ruce/`, []string{desk}, false},
		{"no hash", encode(left[:]) + `\n`, "", []string{desk}, false},
		{"a hash twice", encode(left[:]) + `\n`, encode(left[:]) + `\n` + encode(left[:]) + `\n`, []string{desk}, false},
	} {
		old, new := strings.ReplaceAll(c.old, "\n", `\n`), strings.ReplaceAll(c.new, "\n", `\n`)
		if old != "" && !strings.Contains(text, old) {
			t.Fatalf("%s: no %q in %s", c.name, old, text)
		}
		mine, theirs := bothReceipt(t, []byte(strings.Replace(text, old, new, 1)), c.keys)
		if (mine == "") != c.sound || (theirs == "") != c.sound {
			t.Errorf("%s: %q, ledger %q; sound: %v", c.name, mine, theirs, c.sound)
		}
	}
}

func fieldsOf(receipt string) string {
	_, rest, _ := strings.Cut(receipt, `"fields":`)
	fields, _, _ := strings.Cut(rest, `,"proof"`)
	return fields
}

// An entry whose signature is false proves nothing to whoever has that person's key.
func TestReceiptOfAFalseSignature(t *testing.T) {
	m := begin(t, "false signature")
	ana := testKey(t, "desk.example/ana")
	e := m.add("report.received", ana, "", false, map[string]any{"what": "heard"})
	e.Sig = m.key.Sign(e.Message())
	l := m.loosen(2)
	made, err := ledger.MakeReceipt(e, 1, e.Fields, []ledger.Hash{ledger.LeafHash(l.leaves[0])}, l.note)
	if err != nil {
		t.Fatal(err)
	}
	if mine, theirs := bothReceipt(t, made.Text(), []string{m.key.Verifier(), ana.Verifier()}); mine == "" || theirs == "" {
		t.Errorf("%q, ledger %q", mine, theirs)
	}
}

// A witness whose key is given must have co-signed the checkpoint of a receipt too. Package ledger
// leaves it to its caller to ask for that: it says who signed.
func TestReceiptWithoutItsWitness(t *testing.T) {
	m, w := begin(t, "witnessed"), testKey(t, "witness.example")
	keys := []string{m.key.Verifier(), w.WitnessVerifier()}
	for _, c := range []struct {
		name  string
		note  []byte
		sound bool
	}{{"co-signed", m.loosen(1, w).note, true}, {"not co-signed", m.loosen(1).note, false}} {
		made, err := ledger.MakeReceipt(m.entries[0], 0, m.entries[0].Fields, nil, c.note)
		if err != nil {
			t.Fatal(err)
		}
		mine, _ := bothReceipt(t, made.Text(), keys)
		proved, err := made.Open(keys...)
		if err == nil && len(proved.Signers) < len(keys) {
			err = errors.New("not all of them signed")
		}
		if (mine == "") != c.sound || (err == nil) != c.sound {
			t.Errorf("%s: %q, ledger %v", c.name, mine, err)
		}
	}
}
