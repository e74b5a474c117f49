package ledger

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// receipt makes a receipt for an entry of a record.
func (s *sample) receipt(n int64, fields Fields) Receipt {
	s.t.Helper()
	proof, err := Inclusion(s.tree.Size(), n, s.tiles.read)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := MakeReceipt(s.entries[n], n, fields, proof, s.checkpoint())
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestReceipt(t *testing.T) {
	s := people(t, 300)
	key := s.key.Verifier()
	for _, n := range []int64{0, 3, 20, 255, 256, 299} {
		r := s.receipt(n, s.entries[n].Fields)
		back, err := ParseReceipt(r.Text())
		if err != nil {
			t.Fatal(err)
		}
		p, err := back.Open(key)
		if err != nil || p.N != n || p.Checkpoint.Size != 300 || len(p.Signers) != 1 {
			t.Fatalf("entry %d: %+v %v", n, p, err)
		}
		if bytes.Contains(r.Text(), []byte("seed")) {
			t.Errorf("entry %d: the seed is in the receipt", n)
		}
		doc, _ := json.MarshalIndent(r, "", "  ") // as it may come out of an API
		var loose Receipt
		if err := json.Unmarshal(doc, &loose); err != nil || loose.Check(key) != nil || !bytes.Equal(loose.Text(), r.Text()) {
			t.Errorf("entry %d: out of a document: %v", n, err)
		}
		v, _ := note.NewVerifier(key)
		policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy("desk.example"), torchwood.SingleVerifierPolicy(v))
		if err := torchwood.VerifyProof(policy, LeafHash([]byte(r.Leaf)), []byte(r.Proof)); err != nil {
			t.Errorf("entry %d: torchwood: %v", n, err)
		}
	}
}

func TestReceiptShowsOnlyWhatItMay(t *testing.T) {
	s := begin(t).fill(5)
	r := s.receipt(3, s.entries[3].Fields.Withhold("source"))
	if err := r.Check(s.key.Verifier()); err != nil {
		t.Error(err)
	}
	if bytes.Contains(r.Text(), []byte("somebody")) || !bytes.Contains(r.Text(), []byte("Kafr")) {
		t.Errorf("%s", r.Text())
	}
}

func TestReceiptRefused(t *testing.T) {
	s := people(t, 30)
	good := s.receipt(20, s.entries[20].Fields)
	key := s.key.Verifier()
	ana := testKey(t, "desk.example/ana")
	signed := s.receipt(5, s.entries[5].Fields)
	if err := signed.Check(key, ana.Verifier()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(r *Receipt){
		"another leaf":               func(r *Receipt) { r.Leaf = string(s.entries[21].Leaf()) },
		"a leaf not canonical":       func(r *Receipt) { r.Leaf += "\n" },
		"other fields":               func(r *Receipt) { r.Fields = s.entries[21].Fields.Withhold() },
		"the seed":                   func(r *Receipt) { r.Fields = s.entries[20].Fields },
		"no fields":                  func(r *Receipt) { r.Fields = Fields{} },
		"another index":              func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 20", "index 21", 1) },
		"an index written otherwise": func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 20", "index 020", 1) },
		"an index beyond":            func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 20", "index 99", 1) },
		"no index":                   func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 20\n", "", 1) },
		"another header":             func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "@v1", "@v2", 1) },
		"extra data":                 func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index", "extra AA==\nindex", 1) },
		"a hash less": func(r *Receipt) {
			lines := strings.SplitAfter(r.Proof, "\n")
			r.Proof = strings.Join(append(lines[:2:2], lines[3:]...), "")
		},
		"no checkpoint": func(r *Receipt) { r.Proof, _, _ = strings.Cut(r.Proof, "\n\n") },
		"another size":  func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "\n30\n", "\n31\n", 1) },
	} {
		r := good
		spoil(&r)
		if r.Check(key) == nil {
			t.Errorf("%s: it passes", name)
		}
	}
	if good.Check() == nil || good.Check(ana.Verifier()) == nil {
		t.Error("it passes without the record's key")
	}
	if _, err := MakeReceipt(s.entries[20], 21, s.entries[20].Fields, nil, s.checkpoint()); err == nil {
		t.Error("a receipt that does not hold is made")
	}
}

// TestReceiptOfAnEntryWithABadSignature: the instance logged it, yet the person did not sign.
func TestReceiptOfAnEntryWithABadSignature(t *testing.T) {
	s := begin(t)
	ana := testKey(t, "desk.example/ana")
	s.add(KeyEnrolled, s.key, ana.Verifier(), false, nil)
	e := *s.add("finding.signed", ana, "", true, map[string]any{"a": 1})
	e.Sig = s.key.Sign(e.Message())
	s.put(&e)
	r := s.receipt(3, e.Fields)
	if r.Check(s.key.Verifier()) != nil || r.Check(s.key.Verifier(), ana.Verifier()) == nil {
		t.Error("the signature is not checked by whoever has the key")
	}
}

// TestEveryFlipOfAReceiptIsSeen flips a bit in every byte.
func TestEveryFlipOfAReceiptIsSeen(t *testing.T) {
	s := begin(t).fill(9)
	text := s.receipt(4, s.entries[4].Fields.Withhold("source")).Text()
	for i := range text {
		for bit := range 8 {
			bad := bytes.Clone(text)
			bad[i] ^= 1 << bit
			if r, err := ParseReceipt(bad); err == nil && r.Check(s.key.Verifier()) == nil {
				t.Errorf("byte %d, bit %d: not seen", i, bit)
			}
		}
	}
}

func FuzzReceipt(f *testing.F) {
	s := people(f, 12)
	for _, n := range []int64{0, 5, 11} {
		f.Add(s.receipt(n, s.entries[n].Fields).Text())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseReceipt(text)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Text(), text) {
			t.Errorf("%q is written as %q", text, r.Text())
		}
		if p, err := r.Open(s.key.Verifier()); err == nil && !bytes.Equal(p.Entry.Leaf(), s.entries[p.N].Leaf()) {
			t.Errorf("forged: %q", text)
		}
	})
}

func TestAFieldNestedAsDeeplyAsMayBeHasAReceipt(t *testing.T) {
	for _, depth := range []int{98, 99, 100} {
		var value any = "the end"
		for range depth {
			value = []any{value}
		}
		s := begin(t)
		s.add("report.received", s.key, "", false, map[string]any{"text": value})
		r, err := ParseReceipt(s.receipt(1, s.entries[1].Fields).Text())
		if err != nil {
			t.Fatalf("%d levels: %v", depth, err)
		}
		if err := r.Check(s.key.Verifier()); err != nil {
			t.Errorf("%d levels: %v", depth, err)
		}
	}
}
