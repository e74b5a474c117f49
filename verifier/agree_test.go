package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"truce/ledger"
)

// TestBothAgreeAtTheEdges: whatever the right answer is, it is the same one. The case says which.
func TestBothAgreeAtTheEdges(t *testing.T) {
	desk, witness, other := testKey(t, "desk.example"), testKey(t, "witness.example"), testKey(t, "other.example")
	sound, bad := true, false
	value := func(v any) func(*maker) {
		return func(m *maker) { m.add("report.received", m.key, "", false, map[string]any{"what": v}) }
	}
	deep := func(n int) any {
		var v any = "core"
		for range n {
			v = []any{v}
		}
		return v
	}
	lines := func(more string) func(*loose) { return func(l *loose) { l.note = append(l.note, more...) } }
	cases := []struct {
		name  string
		grow  func(*maker)
		spoil func(*loose)
		keys  []string
		since func(*loose) []byte
		want  bool
	}{
		{name: "numbers", grow: value([]any{1e21, 1e-7, 123456789012, 0.1, 1e20, 5e-324, 1.7976931348623157e308, -1.5}), want: sound},
		{name: "text of all kinds", grow: value("\x00\x1f\x7f\u2028\u2029\ufeff😀é<>&'\"\\/\b\f\n\r\t\\u2028"), want: sound},
		{name: "names by UTF-16", grow: value(map[string]any{"\U0001F600": 1, "\ufb33": 2, "a": 3, "": 4, "\u20ac": 5}), want: sound},
		{name: "as deep as may be", grow: value(deep(100)), want: sound},
		{name: "a witness not asked for", spoil: func(l *loose) { l.sign(t, desk, witness) }, want: sound},
		{name: "a witness asked for and not there", keys: []string{witness.WitnessVerifier()}, want: bad},
		{name: "a witness asked for twice", spoil: func(l *loose) { l.sign(t, desk, witness) }, keys: []string{witness.WitnessVerifier(), witness.WitnessVerifier()}, want: sound},
		{name: "a witness's key in a note's form", spoil: func(l *loose) { l.sign(t, desk, witness) }, keys: []string{desk.Verifier(), witness.Verifier()}, want: sound},
		{name: "two logs trusted", keys: []string{other.Verifier(), desk.Verifier()}, want: sound},
		{name: "the wrong log trusted", keys: []string{other.Verifier()}, want: bad},
		{name: "a witness twice on the note", spoil: func(l *loose) { l.sign(t, desk, witness, witness) }, keys: []string{witness.WitnessVerifier()}, want: bad},
		{name: "a stranger twice on the note", spoil: func(l *loose) { l.sign(t, desk, witness, witness) }, want: bad},
		{name: "a stranger of a strange name", spoil: lines("— müller.example AAAAAAAAAAAA\n"), want: sound},
		{name: "a stranger of five bytes", spoil: lines("— a AAAAAAA=\n"), want: sound},
		{name: "a stranger of four bytes", spoil: lines("— a AAAAAA==\n"), want: bad},
		{name: "a stranger's base64 otherwise spelt", spoil: lines("— a AAAAAAB=\n"), want: bad},
		{name: "a stranger's base64 broken", spoil: lines("— a AAAAA\n"), want: bad},
		{name: "a stranger with a plus", spoil: lines("— a+b AAAAAAAAAAAA\n"), want: bad},
		{name: "a stranger with two blanks", spoil: lines("— a  AAAAAAAAAAAA\n"), want: bad},
		{name: "a stranger with a hard space", spoil: lines("— a\u00a0b AAAAAAAAAAAA\n"), want: bad},
		{name: "a stranger with a control character", spoil: lines("— a\x7fb AAAAAAAAAAAA\n"), want: sound},
		{name: "99 strangers", spoil: func(l *loose) {
			for i := range 99 {
				lines(fmt.Sprintf("— a%d AAAAAAAAAAAA\n", i))(l)
			}
		}, want: sound},
		{name: "100 strangers", spoil: func(l *loose) {
			for i := range 100 {
				lines(fmt.Sprintf("— a%d AAAAAAAAAAAA\n", i))(l)
			}
		}, want: bad},
		{name: "the desk's line behind a stranger's", spoil: func(l *loose) {
			l.note = []byte(strings.Replace(string(l.note), "\n\n", "\n\n— a AAAAAAAAAAAA\n", 1))
		}, want: sound},
		{name: "a checkpoint with a further line", spoil: resigned(t, desk, func(c *ledger.Checkpoint) { c.Extension = "more\n" }), want: sound},
		{name: "another desk's checkpoint, when that is trusted too", spoil: func(l *loose) { l.sign(t, other) }, keys: []string{desk.Verifier(), other.Verifier()}, want: bad},
		{name: "another desk's checkpoint", spoil: func(l *loose) { l.sign(t, other) }, keys: []string{desk.Verifier()}, want: bad},
		{name: "another desk's checkpoint, when only that is trusted", spoil: func(l *loose) { l.sign(t, other) }, keys: []string{other.Verifier()}, want: bad},
		{name: "an older checkpoint by another desk", since: func(l *loose) []byte { c := l.clone(); c.sign(t, other); return c.note }, keys: []string{desk.Verifier(), other.Verifier()}, want: bad},
		{name: "an older checkpoint, co-signed falsely", since: func(l *loose) []byte {
			c := l.clone()
			c.sign(t, desk, witness)
			b := c.note[len(c.note)-10:]
			copy(b, "AAAA")
			return c.note
		}, keys: []string{desk.Verifier(), witness.WitnessVerifier()}, spoil: func(l *loose) { l.sign(t, desk, witness) }, want: bad},
		{name: "an older checkpoint, not yet co-signed", since: func(l *loose) []byte { return l.note }, keys: []string{desk.Verifier(), witness.WitnessVerifier()}, spoil: func(l *loose) { l.sign(t, desk, witness) }, want: sound},
		{name: "entry 0 is a report", spoil: first(t, desk, func(e *ledger.Entry) { e.Kind, e.Enrols = "report.received", "" }), want: bad},
		{name: "entry 0 revokes", spoil: first(t, desk, func(e *ledger.Entry) { e.Kind = ledger.KeyRevoked }), keys: []string{desk.Verifier()}, want: bad},
		{name: "entry 0 enrols somebody else", spoil: first(t, desk, func(e *ledger.Entry) { e.Enrols = other.Verifier() }), keys: []string{desk.Verifier()}, want: bad},
		{name: "entry 0 signs for itself", spoil: first(t, desk, func(e *ledger.Entry) { e.Sig = desk.Sign(e.Message()) }), want: sound},
		{name: "entry 0 signed by somebody else", spoil: first(t, desk, func(e *ledger.Entry) { e.Sig = other.Sign(e.Message()) }), want: bad},
		{name: "another desk's checkpoint, no key given", spoil: func(l *loose) { l.sign(t, other) }, want: bad},
		{name: "the desk's key revoked by itself at last, key given", grow: func(m *maker) { m.add(ledger.KeyRevoked, m.key, m.key.Verifier(), false, nil) }, keys: []string{desk.Verifier()}, want: sound},
		{name: "the desk's key revoked by itself at last, no key given", grow: func(m *maker) { m.add(ledger.KeyRevoked, m.key, m.key.Verifier(), false, nil) }, want: bad},
		{name: "a person revoked by herself", grow: func(m *maker) {
			m.add(ledger.KeyEnrolled, m.key, other.Verifier(), false, nil)
			m.add(ledger.KeyRevoked, other, other.Verifier(), true, nil)
		}, want: sound},
		{name: "times that stand still", grow: func(m *maker) { m.clock = m.entries[0].At; m.add("a.b", m.key, "", false, nil) }, want: sound},
		{name: "year 9999", grow: func(m *maker) { m.clock = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC); value(1)(m) }, want: sound},
		{name: "longest kind", grow: func(m *maker) { m.add("a."+strings.Repeat("b", 62), m.key, "", false, nil) }, want: sound},
		{name: "longest names", grow: func(m *maker) {
			k := testKey(t, strings.Repeat("k", 128))
			m.add(ledger.KeyEnrolled, m.key, k.Verifier(), false, map[string]any{strings.Repeat("f", 64): 1})
			m.add("a.b", k, "", true, nil)
		}, want: sound},
		{name: "older checkpoint of a further line", since: func(l *loose) []byte {
			c := l.clone()
			resigned(t, desk, func(c *ledger.Checkpoint) { c.Extension = "more\n" })(&c)
			return c.note
		}, want: sound},
		{name: "older checkpoint of nothing", since: func(l *loose) []byte { c := loose{}; c.sign(t, desk); return c.note }, want: sound},
		{name: "no entries", spoil: func(l *loose) { *l = loose{}; l.sign(t, desk) }, want: bad},
		{name: "a size beyond belief", spoil: resigned(t, desk, func(c *ledger.Checkpoint) { c.Size = 1 << 47 }), want: bad},
		{name: "a size beyond the format", spoil: func(l *loose) { l.note = []byte(strings.Replace(string(l.note), "\n2\n", "\n999999999999999999\n", 1)) }, want: bad},
		{name: "a size with a nought before", spoil: func(l *loose) { l.note = []byte(strings.Replace(string(l.note), "\n2\n", "\n02\n", 1)) }, want: bad},
		{name: "no checkpoint text", spoil: func(l *loose) { l.note = []byte{} }, want: bad},
		{name: "empty form with a seed", spoil: func(l *loose) { l.lines[0] = `{"seed":"AAAAAAAAAAAAAAAAAAAAAA==","values":{}}` }, want: bad},
	}
	for _, c := range cases {
		m := begin(t, c.name)
		if c.grow == nil {
			c.grow = value("heard")
		}
		c.grow(m)
		l := m.loosen(len(m.entries))
		var since [][]byte
		if c.since != nil {
			since = append(since, c.since(&l))
		}
		if c.spoil != nil {
			c.spoil(&l)
		}
		if c.want {
			accept(t, c.name, l.files(t), c.keys, since...)
		} else {
			refuse(t, c.name, l.files(t), c.keys, since...)
		}
	}
}

// resigned signs another checkpoint than belongs to the leaves.
func resigned(t *testing.T, k *ledger.Key, change func(*ledger.Checkpoint)) func(*loose) {
	return func(l *loose) {
		tree, _ := l.tree(t)
		c := ledger.Checkpoint{Origin: k.Name(), Size: tree.Size(), Root: tree.Root()}
		change(&c)
		note, err := ledger.SignCheckpoint(c, k)
		if err != nil {
			t.Fatal(err)
		}
		l.note = note
	}
}

// first changes entry 0 of a record that is that entry alone.
func first(t *testing.T, k *ledger.Key, change func(*ledger.Entry)) func(*loose) {
	return func(l *loose) {
		e, err := ledger.ParseLeaf(l.leaves[0])
		if err != nil {
			t.Fatal(err)
		}
		change(e)
		l.leaves, l.lines = [][]byte{e.Leaf()}, l.lines[:1]
		l.sign(t, k)
	}
}
