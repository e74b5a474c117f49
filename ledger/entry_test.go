package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	sampleRoot = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="
	sampleLeaf = "truce/entry/1\nreport.received\n2016-08-27T18:00:00.000Z\n" + sampleRoot + "\ndesk.example+1f2e3d4c\n-\n-\n"
)

func TestLeafIsReadAndWritten(t *testing.T) {
	e, err := ParseLeaf([]byte(sampleLeaf))
	if err != nil {
		t.Fatal(err)
	}
	root := Hash(bytes.Repeat([]byte{0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89}, 4))
	want := &Entry{Kind: "report.received", At: time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC), Root: root, Key: "desk.example+1f2e3d4c"}
	if d := cmp.Diff(want, e, cmp.AllowUnexported(Fields{})); d != "" {
		t.Error(d)
	}
	if string(e.Leaf()) != sampleLeaf {
		t.Errorf("%q", e.Leaf())
	}
	if string(e.Message()) != strings.TrimSuffix(sampleLeaf, "-\n") {
		t.Errorf("message %q", e.Message())
	}
}

func TestLeafRefused(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(sampleLeaf, old) {
			t.Fatalf("%q is not in the leaf", old)
		}
		return strings.Replace(sampleLeaf, old, new, 1)
	}
	vkey := testKey(t, "desk.example").Verifier()
	witness := testKey(t, "desk.example").WitnessVerifier()
	enrol := func(vkey string) string {
		return strings.Replace(swap("report.received", KeyEnrolled), "\n-\n-\n", "\n"+vkey+"\n-\n", 1)
	}
	if _, err := ParseLeaf([]byte(enrol(vkey))); err != nil {
		t.Fatal(err)
	}
	sig := base64.StdEncoding.EncodeToString(make([]byte, 64))
	for name, c := range map[string]struct {
		leaf string
		line int
	}{
		"nothing":                       {"", 1},
		"another version":               {swap("entry/1", "entry/2"), 1},
		"carriage returns":              {strings.ReplaceAll(sampleLeaf, "\n", "\r\n"), 1},
		"one word":                      {swap("report.received", "report"), 2},
		"a capital":                     {swap("report", "Report"), 2},
		"a dot at the end":              {swap("received", "received."), 2},
		"two dots":                      {swap("report.", "report.."), 2},
		"a digit":                       {swap("received", "received2"), 2},
		"a kind too long":               {swap("received", strings.Repeat("a", 60)), 2},
		"no zone":                       {swap("000Z", "000"), 3},
		"another zone":                  {swap("000Z", "000+00:00"), 3},
		"no milliseconds":               {swap(".000Z", "Z"), 3},
		"microseconds":                  {swap(".000Z", ".000000Z"), 3},
		"a comma":                       {swap(".000Z", ",000Z"), 3},
		"a small t":                     {swap("T18", "t18"), 3},
		"month 13":                      {swap("-08-", "-13-"), 3},
		"day 0":                         {swap("-27T", "-00T"), 3},
		"30 February":                   {swap("08-27", "02-30"), 3},
		"29 February in a common year":  {strings.Replace(swap("08-27", "02-29"), "2016", "2015", 1), 3},
		"29 February 1900":              {strings.Replace(swap("08-27", "02-29"), "2016", "1900", 1), 3},
		"hour 24":                       {swap("T18", "T24"), 3},
		"second 60":                     {swap(":00.", ":60."), 3},
		"a root of 31 bytes":            {swap(sampleRoot, base64.StdEncoding.EncodeToString(make([]byte, 31))), 4},
		"a root without padding":        {swap("4k=", "4k"), 4},
		"a root with spare bits":        {swap("4k=", "4l="), 4},
		"a root in the other base64":    {swap("q83v", "q8_v"), 4},
		"a root with a carriage return": {swap(sampleRoot, sampleRoot[:43]+"\r"), 4},
		"no hash":                       {swap("+1f2e3d4c", ""), 5},
		"a hash in capitals":            {swap("1f2e3d4c", "1F2E3D4C"), 5},
		"a short hash":                  {swap("1f2e3d4c", "1f2e3d4"), 5},
		"two pluses":                    {swap("desk.example", "desk+example"), 5},
		"a space":                       {swap("desk.example", "desk example"), 5},
		"a name not ASCII":              {swap("desk", "d\u00e9sk"), 5},
		"no name":                       {swap("desk.example+", "+"), 5},
		"a key where none belongs":      {swap("\n-\n-\n", "\n"+vkey+"\n-\n"), 6},
		"no key where one belongs":      {swap("report.received", KeyRevoked), 6},
		"a witness's key":               {enrol(witness), 6},
		"a key with a wrong hash":       {enrol(strings.Replace(vkey, "desk.example", "desk.examples", 1)), 6},
		"an empty line 6":               {swap("\n-\n-\n", "\n\n-\n"), 6},
		"an empty line 7":               {swap("\n-\n-\n", "\n-\n\n"), 7},
		"a signature too short":         {swap("\n-\n-\n", "\n-\n"+sig[:84]+"\n"), 7},
		"a signature with spare bits":   {swap("\n-\n-\n", "\n-\n"+sig[:85]+"B==\n"), 7},
		"no newline at the end":         {sampleLeaf[:len(sampleLeaf)-1], 7},
		"six lines":                     {sampleLeaf[:len(sampleLeaf)-2], 7},
		"eight lines":                   {sampleLeaf + "-\n", 8},
		"a blank line at the end":       {sampleLeaf + "\n", 8},
	} {
		_, err := ParseLeaf([]byte(c.leaf))
		if want := fmt.Sprintf("line %d: ", c.line); err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: %v; expected %s...", name, err, want)
		}
	}
}

// TestLeavesAlike: what is spared on a leaf that is like the one before changes nothing.
func TestLeavesAlike(t *testing.T) {
	for i := range len(sampleLeaf) {
		for _, c := range []byte("\x00\n\r :.-+=/0159AZaz\x80\xff") {
			b := []byte(sampleLeaf)
			b[i] = c
			var fresh, used scan
			if err := used.leaf([]byte(sampleLeaf)); err != nil {
				t.Fatal(err)
			}
			alone, after := fresh.leaf(b), used.leaf(b)
			if fmt.Sprint(alone) != fmt.Sprint(after) {
				t.Errorf("%q: alone %v, after another %v", b, alone, after)
			}
			same := string(fresh.kind) == string(used.kind) && string(fresh.at) == string(used.at) && string(fresh.root) == string(used.root) &&
				string(fresh.key) == string(used.key) && string(fresh.enrols) == string(used.enrols) && string(fresh.sig) == string(used.sig) && fresh.message == used.message
			if alone == nil && !same {
				t.Errorf("%q is read in two ways", b)
			}
		}
	}
}

func TestTimesOfTheCalendar(t *testing.T) {
	for _, at := range []string{"0000-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "2016-02-29T00:00:00.001Z", "9999-12-31T23:59:59.999Z"} {
		e, err := ParseLeaf([]byte(strings.Replace(sampleLeaf, "2016-08-27T18:00:00.000Z", at, 1)))
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if got := e.At.Format(layout); got != at {
			t.Errorf("%s is read as %s", at, got)
		}
	}
}

func TestSignatures(t *testing.T) {
	ana, ben := testKey(t, "desk.example/ana"), testKey(t, "desk.example/ben")
	e, _ := ParseLeaf([]byte(sampleLeaf))
	if err := e.Sign(ana); err == nil {
		t.Error("signed with a key that the entry does not name")
	}
	e.Key = ana.ID()
	if err := e.CheckSignature(ana.Verifier()); err == nil {
		t.Error("no signature is a good one")
	}
	if err := e.Sign(ana); err != nil {
		t.Fatal(err)
	}
	again, err := ParseLeaf(e.Leaf())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.CheckSignature(ana.Verifier()); err != nil {
		t.Error(err)
	}
	for name, vkey := range map[string]string{"another": ben.Verifier(), "a witness's": ana.WitnessVerifier(), "none": "x"} {
		if again.CheckSignature(vkey) == nil {
			t.Errorf("%s key passes", name)
		}
	}
	again.Kind = "report.retracted"
	if again.CheckSignature(ana.Verifier()) == nil {
		t.Error("the signature does not cover the kind")
	}
}

func TestKeysAreWrittenAndRead(t *testing.T) {
	k := testKey(t, "desk.example")
	back, err := ParseKey(k.Secret())
	if err != nil || back.Verifier() != k.Verifier() || back.Signer().Name() != "desk.example" {
		t.Errorf("%v, %v", back, err)
	}
	if id, witness, err := ParseVerifier(k.Verifier()); id != k.ID() || witness || err != nil {
		t.Errorf("%s %v %v", id, witness, err)
	}
	if _, witness, err := ParseVerifier(k.WitnessVerifier()); !witness || err != nil {
		t.Errorf("%v %v", witness, err)
	}
	for _, shown := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %q", k, k, k, k, k), fmt.Sprintf("%#v", struct{ K *Key }{k})} {
		if strings.Contains(shown, k.Secret()[40:]) || strings.Contains(shown, "PRIVATE") {
			t.Errorf("the secret is printed: %s", shown)
		}
	}
	secret := k.Secret()
	for _, bad := range []string{"", "x", secret[1:], secret + " ", strings.ToUpper(secret), strings.Replace(secret, "desk", "desc", 1), k.Verifier()} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		} else if strings.Contains(err.Error(), secret[40:60]) {
			t.Errorf("the secret is in the error: %v", err)
		}
	}
	vkey := k.Verifier()
	upper := strings.Split(vkey, "+")
	upper[1] = strings.ToUpper(upper[1])
	for _, bad := range []string{"", vkey + "=", vkey[1:], strings.Join(upper, "+"), strings.Replace(vkey, "+A", "+B", 1)} {
		if _, _, err := ParseVerifier(bad); err == nil && bad != vkey {
			t.Errorf("%q is taken for a key", bad)
		}
	}
	for _, bad := range []string{"", "a b", "a+b", "\u00e9", "a\n", strings.Repeat("a", 129)} {
		if _, err := NewKey(bytes.NewReader(make([]byte, 32)), bad); err == nil {
			t.Errorf("%q names a key", bad)
		}
	}
	if _, err := NewKey(bytes.NewReader(make([]byte, 31)), "a"); err == nil {
		t.Error("a key of 31 random bytes")
	}
}

func TestChainTellsWhatIsInForce(t *testing.T) {
	s := people(t, 8)
	var c Chain
	ben := testKey(t, "desk.example/ben")
	for n, e := range s.entries {
		if err := c.Follow(e); err != nil {
			t.Fatal(err)
		}
		_, ok := c.Verifier(ben.ID())
		if want := n == 2 || n == 3; ok != want {
			t.Errorf("after entry %d ben's key is in force: %v", n, ok)
		}
	}
	if c.Size() != 8 || !c.Last().Equal(s.entries[7].At) {
		t.Errorf("%d entries, last %v", c.Size(), c.Last())
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(sampleLeaf))
	for _, e := range people(f, 8).entries {
		f.Add(e.Leaf())
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := ParseLeaf(leaf)
		var s scan // one that has read another leaf before
		if s.leaf([]byte(sampleLeaf)) != nil {
			t.Fatal("the sample is refused")
		}
		if again := s.leaf(leaf); fmt.Sprint(again) != fmt.Sprint(err) {
			t.Errorf("%q: alone %v, after another %v", leaf, err, again)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("no line: %v", err)
			}
			return
		}
		if !bytes.Equal(e.Leaf(), leaf) {
			t.Errorf("%q is written as %q", leaf, e.Leaf())
		}
		if string(s.kind) != e.Kind || string(s.key) != e.Key || string(s.root) != e.Root.String() || s.message != len(e.Message()) || s.signed() != (e.Sig != nil) {
			t.Errorf("%q is read in two ways", leaf)
		}
		if !slices.Equal(append(e.Message(), leaf[len(e.Message()):]...), leaf) {
			t.Errorf("the message is no beginning of the leaf")
		}
	})
}
