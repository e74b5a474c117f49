package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"truce/ledger"
)

// rollBack shows an older copy, which was good in its day, to somebody who saw a later checkpoint.
func (x *tamperer) rollBack() (fstest.MapFS, [][]byte) {
	if len(x.m.entries) == 1 {
		return nil, nil
	}
	old := x.m.loosen(1+x.IntN(len(x.m.entries)-1), x.witnesses()...)
	return old.files(x.t), [][]byte{x.since[0], x.whole.note}
}

func (x *tamperer) witnesses() []*ledger.Key {
	if len(x.keys) == 1 {
		return nil
	}
	return []*ledger.Key{testKey(x.t, "witness.example")}
}

// fork is a second history that the desk itself signs, and the witness with it.
func (x *tamperer) fork() (fstest.MapFS, [][]byte) {
	l := x.whole.clone()
	from := x.IntN(len(l.leaves))
	if from == 0 {
		return nil, nil
	}
	e := *x.m.entries[from]
	e.Fields = testFields(x.t, "fork", map[string]any{"what": "another story"})
	e.Kind, e.Enrols, e.Sig, e.Key, e.Root = "report.received", "", nil, x.m.key.ID(), e.Fields.Root()
	l.leaves[from], l.lines[from] = e.Leaf(), string(e.Fields.Text())
	keep := from + 1 + x.IntN(len(l.leaves)-from)
	if x.m.entries[from].Kind == ledger.KeyEnrolled {
		keep = from + 1
	}
	if x.m.entries[from].Kind != "report.received" {
		keep = from + 1 // what follows would miss the key
	}
	l.leaves, l.lines = l.leaves[:keep], l.lines[:keep]
	l.sign(x.t, x.m.key, x.witnesses()...)
	accept(x.t, "fork alone", l.files(x.t), x.keys)
	return l.files(x.t), [][]byte{x.m.loosen(from + 1 + x.IntN(len(x.m.entries)-from)).note}
}

// replay puts in the checkpoint of another record, which the same desk signed.
func (x *tamperer) replay() (fstest.MapFS, [][]byte) {
	files := x.copied()
	if bytes.Equal(x.other.whole.leaves[0], x.whole.leaves[0]) {
		files["checkpoint"].Data = x.m.loosen(1 + x.IntN(len(x.m.entries))).note // then one of its own past
		if len(x.keys) == 1 && bytes.Equal(files["checkpoint"].Data, x.whole.note) {
			return nil, nil
		}
		return files, nil
	}
	files["checkpoint"].Data = x.other.whole.note
	if x.IntN(2) == 0 {
		return x.files, [][]byte{x.other.whole.note}
	}
	return files, nil
}

// stripNote takes a signature that is wanted off the checkpoint, puts another there or doubles it.
func (x *tamperer) stripNote() (fstest.MapFS, [][]byte) {
	files := x.copied()
	cut := bytes.LastIndex(x.whole.note, []byte("\n\n")) + 2
	text, sigs := string(x.whole.note[:cut]), strings.SplitAfter(strings.TrimSuffix(string(x.whole.note[cut:]), "\n"), "\n")
	sigs[len(sigs)-1] += "\n"
	i := x.IntN(len(sigs))
	old := sigs[i]
	witness := testKey(x.t, "witness.example of somebody else")
	late, err := ledger.Cosign(x.other.whole.note, testKey(x.t, "witness.example"), time.Unix(1472313601, 0))
	if err != nil {
		x.t.Fatal(err)
	}
	mallory, err := ledger.Cosign(x.whole.note, witness, time.Unix(1472313600, 0))
	if err != nil {
		x.t.Fatal(err)
	}
	news := []string{"", old + old, string(mallory), string(late), strings.Replace(old, "— ", "- ", 1), strings.Replace(old, " ", "  ", 2), strings.TrimSuffix(old, "\n"), old + "\n", old + "— \n", "\n" + old, strings.ReplaceAll(old, "\n", "\r\n"),
		strings.Replace(old, "example", "exemple", 1), strings.Replace(old, "A", "B", 1), old[:len(old)-6] + "\n", old + "— a\n", old + "- a AAAAAAAA\n"}
	if sigs[i] = news[x.IntN(len(news))]; sigs[i] == old || sigs[i] == string(late) && bytes.Equal(x.other.whole.note, x.whole.note) && i > 0 {
		return nil, nil
	}
	files["checkpoint"].Data = []byte(text + strings.Join(sigs, ""))
	return files, nil
}

// breakRules adds entries that may not be, to a record that the desk itself and its witness sign.
func (x *tamperer) breakRules() (fstest.MapFS, [][]byte) {
	l := x.whole.clone()
	desk, ana, eve := x.m.key, testKey(x.t, "desk.example/ana"), testKey(x.t, "desk.example/eve")
	made := func(kind string, by *ledger.Key, enrols string, sign *ledger.Key, after time.Duration) {
		f := testFields(x.t, fmt.Sprint(len(l.leaves)), map[string]any{"why": kind})
		e := &ledger.Entry{Kind: kind, At: x.m.clock.Add(after), Key: by.ID(), Enrols: enrols, Root: f.Root()}
		if sign != nil {
			e.Sig = sign.Sign(e.Message())
		}
		l.leaves, l.lines = append(l.leaves, e.Leaf()), append(l.lines, string(f.Text()))
	}
	const enrol, revoke, report = ledger.KeyEnrolled, ledger.KeyRevoked, "report.received"
	named := strings.Replace(eve.Verifier(), "+", " +", 1)
	breaks := []func(){
		func() { made(report, desk, "", nil, -time.Hour*9999) },
		func() { made(report, eve, "", eve, 0) },
		func() { made(report, eve, "", nil, 0) },
		func() { made(enrol, desk, eve.Verifier(), nil, 0); made(report, eve, "", nil, 0) },
		func() { made(enrol, desk, eve.Verifier(), nil, 0); made(report, eve, "", ana, 0) },
		func() { made(enrol, desk, eve.Verifier(), nil, 0); made(enrol, desk, eve.Verifier(), nil, 0) },
		func() {
			made(enrol, desk, eve.Verifier(), nil, 0)
			made(revoke, desk, eve.Verifier(), nil, 0)
			made(report, eve, "", eve, 0)
		},
		func() {
			made(enrol, desk, eve.Verifier(), nil, 0)
			made(revoke, desk, eve.Verifier(), nil, 0)
			made(enrol, desk, eve.Verifier(), nil, 0)
		},
		func() {
			made(enrol, desk, eve.Verifier(), nil, 0)
			made(revoke, desk, eve.Verifier(), nil, 0)
			made(revoke, desk, eve.Verifier(), nil, 0)
		},
		func() { made(revoke, desk, eve.Verifier(), nil, 0) },
		func() { made(enrol, desk, desk.Verifier(), nil, 0) },
		func() { made(revoke, desk, desk.Verifier(), nil, 0); made(report, desk, "", nil, 0) },
		func() { made(report, desk, "", eve, 0) },
		func() { made(enrol, desk, "", nil, 0) },
		func() { made(report, desk, eve.Verifier(), nil, 0) },
		func() { made(enrol, desk, eve.WitnessVerifier(), nil, 0) },
		func() { made(enrol, desk, named, nil, 0) },
		func() { made(enrol, desk, eve.Verifier()[:len(eve.Verifier())-1]+"!", nil, 0) },
		func() { made(enrol, desk, strings.Replace(eve.Verifier(), "+", "+0", 1), nil, 0) },
		func() { made("Report", desk, "", nil, 0) },
		func() { made("report", desk, "", nil, 0) },
		func() { made("report.2", desk, "", nil, 0) },
		func() { made("a."+strings.Repeat("b", 63), desk, "", nil, 0) },
		func() { made(enrol, eve, eve.Verifier(), eve, 0) },
		func() { l.leaves[0], l.lines[0] = []byte("truce/entry/1\n"), "null" },
		func() { l.leaves = append(l.leaves, []byte{}); l.lines = append(l.lines, "null") },
		func() {
			l.leaves = append(l.leaves, bytes.Repeat([]byte("x"), 65535))
			l.lines = append(l.lines, "null")
		},
		func() { x.stripSignature(&l) },
		func() { x.respellLeaf(&l) },
		func() {
			l.lines[len(l.lines)-1] = `{"hashes":{"a":"` + encode(make([]byte, 32)) + `"},"salts":{},"values":{}}`
		},
	}
	breaks[x.IntN(len(breaks))]()
	if slices.EqualFunc(l.leaves, x.whole.leaves, bytes.Equal) && slices.Equal(l.lines, x.whole.lines) {
		return nil, nil
	}
	l.sign(x.t, desk, x.witnesses()...)
	return l.files(x.t), nil
}

// stripSignature takes a personal signature away, which only the desk may do without.
func (x *tamperer) stripSignature(l *loose) {
	for n, e := range x.m.entries {
		if e.Sig != nil && e.Key != x.m.key.ID() {
			bare := *e
			bare.Sig = nil
			l.leaves[n] = bare.Leaf()
		}
	}
}

// respellLeaf writes the last entry in a way that means the same.
func (x *tamperer) respellLeaf(l *loose) {
	n := len(l.leaves) - 1
	old := string(l.leaves[n])
	root := strings.Split(old, "\n")[3]
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	loose := root[:42] + string(letters[strings.IndexByte(letters, root[42])^1]) + "="
	ways := []string{old + "\n", strings.TrimSuffix(old, "\n"), strings.ReplaceAll(old, "\n", "\r\n"), strings.Replace(old, root, loose, 1), strings.Replace(old, "000Z\n", "0Z\n", 1), strings.Replace(old, "Z\n", "+00:00\n", 1),
		strings.Replace(old, "T", " ", 1), strings.Replace(old, ".", ",", 2), strings.Replace(old, "-08-27T18", "-08-26T42", 1), strings.Replace(old, "Z\n", "z\n", 1), strings.Replace(old, "entry/1", "entry/2", 1), "\n" + old, old + "\x00"}
	l.leaves[n] = []byte(ways[x.IntN(len(ways))])
}

// falseSince gives the reader an older checkpoint that is none of this record.
func (x *tamperer) falseSince() (fstest.MapFS, [][]byte) {
	old := x.since[x.IntN(len(x.since))]
	switch x.IntN(4) {
	case 0:
		b := bytes.Clone(old)
		b[x.IntN(len(b))] ^= 1 << x.IntN(8)
		return x.files, [][]byte{b}
	case 1:
		l := x.whole.clone()
		l.sign(x.t, testKey(x.t, "desk.example of somebody else"))
		return x.files, [][]byte{old, l.note}
	case 2:
		l := x.whole.clone()
		l.leaves = append(l.leaves, l.leaves[0])
		l.sign(x.t, x.m.key)
		return x.files, [][]byte{l.note}
	}
	return x.files, [][]byte{append(bytes.Clone(old), '\n')}
}
