package main

import (
	"testing"

	"truce/ledger"
)

// Each parser must take exactly what that of package ledger takes.

func FuzzEntry(f *testing.F) {
	for _, s := range samples(f, 12) {
		for _, leaf := range s.whole.leaves {
			f.Add(leaf)
		}
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		if len(leaf) > 65535 {
			return
		}
		e, ok := parseEntry(leaf)
		theirs, err := ledger.ParseLeaf(leaf)
		if ok != (err == nil) {
			t.Fatalf("%q: %v, ledger %v", leaf, ok, err)
		}
		if ok && (e.kind != theirs.Kind || e.by != theirs.Key || e.root != theirs.Root || e.other.text != theirs.Enrols || string(e.sig) != string(theirs.Sig) || string(e.message) != string(theirs.Message())) {
			t.Fatalf("%q: %+v, ledger %+v", leaf, e, theirs)
		}
	})
}

func FuzzFields(f *testing.F) {
	for _, s := range samples(f, 12) {
		for _, line := range s.whole.lines {
			f.Add([]byte(line))
		}
	}
	f.Add([]byte(`{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{"a":[1e21,-0.5,"\u001f\\u2028"],"b":{"":null,"é":false}}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if string(line) == "null" {
			return
		}
		theirs, err := ledger.ParseFields(line)
		r := &report{}
		var root hash
		if err == nil {
			root = theirs.Root()
		}
		r.fields("", line, root)
		if ok := len(r.Faults) == 0; ok != (err == nil) {
			t.Fatalf("%q: %v, ledger %v", line, ok, err)
		}
	})
}

func FuzzKey(f *testing.F) {
	k := testKey(f, "desk.example")
	f.Add(k.Verifier())
	f.Add(k.WitnessVerifier())
	f.Fuzz(func(t *testing.T, text string) {
		mine, err := parseKey(text)
		id, witness, theirs := ledger.ParseVerifier(text)
		if (err == nil) != (theirs == nil) || mine.id != id || (mine.kind == cosigns) != witness {
			t.Fatalf("%q: %v, ledger %v", text, err, theirs)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	s := samples(f, 3)[1]
	k, w := s.keys[0], s.keys[1]
	f.Add(s.whole.note)
	for _, note := range s.since {
		f.Add(note)
	}
	mine, _ := parseKey(k)
	witness, _ := parseKey(w)
	f.Fuzz(func(t *testing.T, note []byte) {
		h, ok := parseHead(string(note))
		r := &report{}
		if ok {
			r.signed("", h, []key{mine, witness}, false)
		}
		c, _, err := ledger.OpenCheckpoint(note, k, w)
		if ok = ok && len(r.Faults) == 0; ok != (err == nil) {
			t.Fatalf("%q: %v %v, ledger %v", note, ok, r.Faults, err)
		}
		if ok && (h.origin != c.Origin || h.size != c.Size || h.root != c.Root) {
			t.Fatalf("%q: %+v, ledger %+v", note, h, c)
		}
	})
}

func FuzzReceipt(f *testing.F) {
	m := begin(f, "fuzz")
	e := m.add("report.received", m.key, "", false, map[string]any{"what": "heard", "source": "a neighbour"})
	l := m.loosen(2)
	good, err := ledger.MakeReceipt(e, 1, e.Fields.Withhold("source"), []ledger.Hash{ledger.LeafHash(l.leaves[0])}, l.note)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if mine, theirs := bothReceipt(t, text, []string{m.key.Verifier()}); (mine == "") != (theirs == "") {
			t.Fatalf("%q: %q, ledger %q", text, mine, theirs)
		}
	})
}
