package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"filippo.io/torchwood"
)

// proofHeader is the first line of a proof (C2SP tlog-proof).
const proofHeader = "c2sp.org/tlog-proof@v1"

// Receipt proves to whoever holds it that one entry is in the record, unaltered, without
// showing any other. It needs no network to be checked.
type Receipt struct {
	// Leaf is the entry as it stands in the tree.
	Leaf string `json:"leaf"`
	// Fields is what of the content the holder may see, in the partial form: never the seed.
	Fields Fields `json:"fields"`
	// Proof is the way from the leaf to a signed checkpoint, as C2SP tlog-proof text.
	Proof string `json:"proof"`
}

// Proved is what a good receipt says.
type Proved struct {
	N          int64 // the entry's place, from 0
	Entry      *Entry
	Checkpoint Checkpoint
	Signers    []string // IDs of the given keys that signed the checkpoint
}

// MakeReceipt puts a receipt together: entry n, the fields that the holder may see, the
// inclusion proof in the tree of the signed checkpoint. All of it is checked but signatures.
// The seed is taken out of the fields.
func MakeReceipt(e *Entry, n int64, fields Fields, proof []Hash, checkpoint []byte) (Receipt, error) {
	r := Receipt{
		Leaf:   string(e.Leaf()),
		Fields: fields.Withhold(),
		Proof:  string(torchwood.FormatProof(n, proof, checkpoint)),
	}
	if _, _, err := r.open(); err != nil {
		return Receipt{}, fmt.Errorf("make receipt of entry %d: %w", n, err)
	}
	return r, nil
}

// Check checks the receipt against verifier keys, of which one must be the record's own; see
// [OpenCheckpoint]. Where the entry is signed by a person whose key is among them, that
// signature is checked too.
func (r Receipt) Check(vkeys ...string) error {
	_, err := r.Open(vkeys...)
	return err
}

// Open checks the receipt as Check does and returns what it proves.
func (r Receipt) Open(vkeys ...string) (*Proved, error) {
	p, signed, err := r.open()
	if err != nil {
		return nil, err
	}
	if _, p.Signers, err = OpenCheckpoint(signed, vkeys...); err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	for _, k := range vkeys {
		v, err := parseVerifier(k)
		if err == nil && v.algorithm == algorithmCosignature && !slices.Contains(p.Signers, v.id()) {
			return nil, fmt.Errorf("proof: the checkpoint is not co-signed by %s", v.id())
		}
		if err == nil && v.id() == p.Entry.Key && p.Entry.Sig != nil {
			if err := p.Entry.CheckSignature(k); err != nil {
				return nil, fmt.Errorf("leaf: %w", err)
			}
		}
	}
	return p, nil
}

// open checks all but the signatures and returns the signed checkpoint too.
func (r Receipt) open() (*Proved, []byte, error) {
	e, err := ParseLeaf([]byte(r.Leaf))
	if err != nil {
		return nil, nil, fmt.Errorf("leaf: %w", err)
	}
	if r.Fields.IsWhole() || r.Fields.IsZero() {
		return nil, nil, errors.New("fields: expected the partial form, with hashes, salts and values")
	}
	if err := e.Attach(r.Fields); err != nil {
		return nil, nil, err
	}
	n, proof, signed, err := parseProof(r.Proof)
	if err != nil {
		return nil, nil, fmt.Errorf("proof: %w", err)
	}
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return nil, nil, fmt.Errorf("proof: %w", err)
	}
	if err := CheckInclusion(proof, c.Size, c.Root, n, LeafHash([]byte(r.Leaf))); err != nil {
		return nil, nil, fmt.Errorf("proof: %w", err)
	}
	return &Proved{N: n, Entry: e, Checkpoint: c}, signed, nil
}

// parseProof reads a tlog-proof without extra data.
func parseProof(text string) (n int64, proof []Hash, signed []byte, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	if first != proofHeader {
		return 0, nil, nil, refuse(1, []byte(first), strconv.Quote(proofHeader))
	}
	index, rest, _ := strings.Cut(rest, "\n")
	digits, ok := strings.CutPrefix(index, "index ")
	n, err = strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 0 || strconv.FormatInt(n, 10) != digits {
		return 0, nil, nil, refuse(2, []byte(index), `"index" and the number of the entry`)
	}
	for line := 3; ; line++ {
		text, after, found := strings.Cut(rest, "\n")
		if rest = after; found && text == "" {
			return n, proof, []byte(rest), nil
		}
		var h Hash
		if decode(h[:], []byte(text)) != nil || !found || len(proof) == 64 {
			return 0, nil, nil, refuse(line, []byte(text), "a hash, or a blank line before the checkpoint")
		}
		proof = append(proof, h)
	}
}

// Text returns the receipt as one line of JSON, without a newline.
func (r Receipt) Text() []byte {
	leaf, _ := canonical(r.Leaf)
	proof, _ := canonical(r.Proof)
	return fmt.Appendf(nil, `{"leaf":%s,"fields":%s,"proof":%s}`, leaf, r.Fields.Text(), proof)
}

// ParseReceipt reads what [Receipt.Text] wrote, byte for byte. It checks the form only;
// [Receipt.Check] checks the rest.
func ParseReceipt(text []byte) (Receipt, error) {
	in := reader{text: text}
	leaf, err := in.member(`{"leaf":`)
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	fields, err := in.member(`,"fields":`)
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	proof, err := in.member(`,"proof":`)
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	if !in.skip("}") || in.at != len(text) {
		return Receipt{}, fmt.Errorf("receipt: %w", in.refuse("the end"))
	}
	var r Receipt
	if r.Fields, err = ParseFields(fields); err != nil {
		return Receipt{}, fmt.Errorf("receipt: fields: %w", err)
	}
	if json.Unmarshal(leaf, &r.Leaf) != nil || json.Unmarshal(proof, &r.Proof) != nil || string(r.Text()) != string(text) {
		return Receipt{}, errors.New("receipt: leaf and proof; expected texts")
	}
	return r, nil
}

// member reads what comes before a value, and the value.
func (r *reader) member(before string) ([]byte, error) {
	if !r.skip(before) {
		return nil, r.refuse(before)
	}
	start := r.at
	err := r.value(-aroundValues)
	return r.text[start:r.at], err
}

// aroundValues is how deeply the values of an entry lie in the text of its fields.
const aroundValues = 2
