package ledger

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
)

func TestCheckpointIsASignedNote(t *testing.T) {
	k := testKey(t, "desk.example")
	c := Checkpoint{Origin: "desk.example", Size: 300, Root: LeafHash(nil)}
	signed, err := SignCheckpoint(c, k)
	if err != nil {
		t.Fatal(err)
	}
	if want := "desk.example\n300\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\n— desk.example "; !strings.HasPrefix(string(signed), want) {
		t.Errorf("%q; expected %q...", signed, want)
	}
	v, err := note.NewVerifier(k.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
		t.Errorf("the note package: %v", err)
	}
	got, who, err := OpenCheckpoint(signed, k.Verifier(), k.Verifier())
	if err != nil || got != c || !slices.Equal(who, []string{k.ID()}) {
		t.Errorf("%+v %v %v", got, who, err)
	}
}

func TestCheckpointRefused(t *testing.T) {
	k, other := testKey(t, "desk.example"), testKey(t, "other.example")
	namesake, err := NewKey(bytes.NewReader(bytes.Repeat([]byte{7}, 32)), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	c := Checkpoint{Origin: "desk.example", Size: 300, Root: LeafHash(nil)}
	signed, _ := SignCheckpoint(c, k)
	if _, err := SignCheckpoint(c, other); err == nil {
		t.Error("a key of another name signs")
	}
	if _, err := SignCheckpoint(Checkpoint{Origin: "desk.example", Size: -1}, k); err == nil {
		t.Error("a negative size is signed")
	}
	foreign, _ := note.Sign(&note.Note{Text: c.String()}, other.Signer())
	text, sigs, _ := strings.Cut(string(signed), "\n\n")
	for name, x := range map[string]struct {
		note string
		keys []string
	}{
		"no keys":                      {string(signed), nil},
		"another key":                  {string(signed), []string{other.Verifier()}},
		"a namesake's key":             {string(signed), []string{namesake.Verifier()}},
		"a trusted key of another log": {string(foreign), []string{other.Verifier()}},
		"something that is no key":     {string(signed), []string{"desk.example"}},
		"another size":                 {strings.Replace(string(signed), "300", "301", 1), []string{k.Verifier()}},
		"a leading zero":               {strings.Replace(string(signed), "300", "0300", 1), nil},
		"no signature":                 {text + "\n", nil},
		"a signature twice":            {string(signed) + sigs, []string{k.Verifier()}},
		"no newline at the end":        {strings.TrimSuffix(string(signed), "\n"), nil},
		"something after it":           {string(signed) + "x", nil},
		"two lines":                    {"desk.example\n300\n\n" + sigs, nil},
		"an empty origin":              {"\n" + strings.Replace(string(signed), "desk.example", "", 1), nil},
		"a control character":          {"a\x01" + string(signed), nil},
		"too long":                     {strings.Repeat("a", maxNote) + string(signed), nil},
	} {
		if got, _, err := OpenCheckpoint([]byte(x.note), x.keys...); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

func TestCosignatureIsC2SP(t *testing.T) {
	log, w := testKey(t, "desk.example"), testKey(t, "witness.example")
	at := time.Unix(1679315147, 0).UTC()
	signed, _ := SignCheckpoint(Checkpoint{Origin: "desk.example", Size: 3, Root: LeafHash(nil)}, log)
	line, err := Cosign(signed, w, at)
	if err != nil {
		t.Fatal(err)
	}
	both, err := AddSignatures(signed, line)
	if err != nil {
		t.Fatal(err)
	}
	v, err := torchwood.NewCosignatureVerifier(w.WitnessVerifier())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(both, note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("torchwood: %v", err)
	}
	if stamp, _ := torchwood.CosignatureTimestamp(n.Sigs[0]); stamp != at.Unix() {
		t.Errorf("time %d; expected %d", stamp, at.Unix())
	}
	_, who, err := OpenCheckpoint(both, w.WitnessVerifier(), log.Verifier())
	if err != nil || len(who) != 2 {
		t.Errorf("%v %v", who, err)
	}
	if _, _, err := OpenCheckpoint(both, w.WitnessVerifier()); err == nil {
		t.Error("a witness alone is enough")
	}
	id, _, _ := ParseVerifier(w.WitnessVerifier())
	times, err := CosignedAt(both, w.WitnessVerifier())
	if d := cmp.Diff(map[string]time.Time{id: at}, times); d != "" || err != nil {
		t.Error(d, err)
	}
	later, _ := Cosign(both, w, at.Add(time.Hour))
	again, err := AddSignatures(both, later)
	if err != nil || strings.Count(string(again), "witness.example") != 1 || bytes.Equal(again, both) {
		t.Errorf("the later cosignature does not take the place of the old one: %s %v", again, err)
	}
	if _, err := Cosign([]byte("x"), w, at); err == nil {
		t.Error("co-signed what is no checkpoint")
	}
	if _, err := Cosign(signed, w, time.Unix(-1, 0)); err == nil {
		t.Error("co-signed before 1970")
	}
}

func FuzzCheckpoint(f *testing.F) {
	k, w := testKey(f, "desk.example"), testKey(f, "witness.example")
	signed, _ := SignCheckpoint(Checkpoint{Origin: "desk.example", Size: 300, Root: LeafHash(nil), Extension: "more\n"}, k)
	line, _ := Cosign(signed, w, time.Unix(1, 0))
	both, _ := AddSignatures(signed, line)
	f.Add(signed)
	f.Add(both)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCheckpoint(b)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, []byte(c.String()+"\n")) {
			t.Errorf("%q is read as %q", b, c)
		}
		text, sigs, err := splitNote(b)
		if err != nil {
			t.Fatal(err)
		}
		back := text + "\n"
		for _, s := range sigs {
			back += s.line + "\n"
		}
		if back != string(b) {
			t.Errorf("%q is written as %q", b, back)
		}
		if _, _, err := OpenCheckpoint(b, k.Verifier()); err == nil && c.String() != "desk.example\n300\n"+LeafHash(nil).String()+"\nmore\n" {
			t.Errorf("forged: %q", b)
		}
	})
}
