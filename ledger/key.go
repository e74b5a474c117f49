package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// The algorithm bytes of verifier keys (C2SP signed-note and tlog-cosignature).
const (
	algorithmNote        = 1 // Ed25519 over the text
	algorithmCosignature = 4 // Ed25519 over a time and the text: a witness
)

// MaxName is the longest name of a key, in bytes.
const MaxName = 128

// ValidName reports whether a key may have this name: 1 to [MaxName] visible ASCII
// characters, no space and no plus. A host name with a path is usual: "desk.example/ana".
func ValidName(name string) bool {
	if name == "" || len(name) > MaxName {
		return false
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' || name[i] == '+' {
			return false
		}
	}
	return true
}

// Key is a private Ed25519 key with a name. Printing one shows its ID, never the secret.
type Key struct {
	name    string
	private ed25519.PrivateKey
}

// NewKey makes a key from 32 bytes of random. The name is part of the key.
func NewKey(random io.Reader, name string) (*Key, error) {
	if !ValidName(name) {
		return nil, errName(name)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("new key: %w", err)
	}
	return &Key{name, ed25519.NewKeyFromSeed(seed)}, nil
}

// ParseKey reads what [Key.Secret] wrote.
func ParseKey(skey string) (*Key, error) {
	wrong := errors.New("not a signing key; expected PRIVATE+KEY+name+hash+base64")
	rest, ok := strings.CutPrefix(skey, "PRIVATE+KEY+")
	name, hashed, _ := strings.Cut(rest, "+")
	_, b64, _ := strings.Cut(hashed, "+")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if !ok || !ValidName(name) || err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algorithmNote {
		return nil, wrong
	}
	k := &Key{name, ed25519.NewKeyFromSeed(raw[1:])}
	if k.Secret() != skey {
		return nil, wrong
	}
	return k, nil
}

// Name returns the key's name, which for an instance is the origin of its record.
func (k *Key) Name() string { return k.name }

// Secret returns the private key as text, for the key file and nowhere else.
func (k *Key) Secret() string {
	return "PRIVATE+KEY+" + k.ID() + "+" + base64.StdEncoding.EncodeToString(append([]byte{algorithmNote}, k.private.Seed()...))
}

// ID returns "name+hash8", which stands in leaves and signature lines.
func (k *Key) ID() string { return k.verifier(algorithmNote).id() }

// Verifier returns the public key as text, "name+hash8+base64", to be given away.
func (k *Key) Verifier() string { return k.verifier(algorithmNote).String() }

// WitnessVerifier returns the public key as a witness's: in the cosignature/v1 form.
func (k *Key) WitnessVerifier() string { return k.verifier(algorithmCosignature).String() }

// Sign returns the Ed25519 signature of msg.
func (k *Key) Sign(msg []byte) []byte { return ed25519.Sign(k.private, msg) }

// Signer returns the key for use with signed notes.
func (k *Key) Signer() note.Signer { return signer{k} }

// String returns the ID.
func (k *Key) String() string { return k.ID() }

// GoString returns the ID, so that no way of printing shows the secret.
func (k *Key) GoString() string { return "ledger.Key(" + k.ID() + ")" }

func (k *Key) verifier(algorithm byte) verifier {
	return newVerifier(k.name, algorithm, k.private.Public().(ed25519.PublicKey))
}

// signer is a Key as the note package wants it.
type signer struct{ k *Key }

func (s signer) Name() string                    { return s.k.name }
func (s signer) KeyHash() uint32                 { return s.k.verifier(algorithmNote).hash }
func (s signer) Sign(msg []byte) ([]byte, error) { return s.k.Sign(msg), nil }

// verifier is a public key with a name.
type verifier struct {
	name      string
	hash      uint32
	algorithm byte
	public    ed25519.PublicKey
}

func newVerifier(name string, algorithm byte, public ed25519.PublicKey) verifier {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), algorithm), public...))
	return verifier{name, binary.BigEndian.Uint32(sum[:]), algorithm, public}
}

func (v verifier) id() string { return fmt.Sprintf("%s+%08x", v.name, v.hash) }

// String returns the verifier key.
func (v verifier) String() string {
	return v.id() + "+" + base64.StdEncoding.EncodeToString(append([]byte{v.algorithm}, v.public...))
}

// parseVerifier reads a verifier key of a signer or of a witness. It takes only the one way
// of writing it.
func parseVerifier(vkey string) (verifier, error) {
	name, hashed, _ := strings.Cut(vkey, "+")
	_, b64, _ := strings.Cut(hashed, "+")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if !ValidName(name) || err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return verifier{}, errVerifier(vkey)
	}
	v := newVerifier(name, raw[0], raw[1:])
	if v.algorithm != algorithmNote && v.algorithm != algorithmCosignature || v.String() != vkey {
		return verifier{}, errVerifier(vkey)
	}
	return v, nil
}

// ParseVerifier checks a verifier key and returns its ID, "name+hash8", and whether it is a
// witness's.
func ParseVerifier(vkey string) (id string, witness bool, err error) {
	v, err := parseVerifier(vkey)
	if err != nil {
		return "", false, err
	}
	return v.id(), v.algorithm == algorithmCosignature, nil
}

// note returns the key as the note package wants it.
func (v verifier) note() (note.Verifier, error) {
	if v.algorithm == algorithmCosignature {
		return torchwood.NewCosignatureVerifier(v.String())
	}
	return note.NewVerifier(v.String())
}

func errVerifier(vkey string) error {
	return fmt.Errorf("%.80q is no verifier key; expected name+hash+base64 of an Ed25519 key", vkey)
}

func errName(name string) error {
	return fmt.Errorf("%.80q cannot be the name of a key; expected 1 to %d visible ASCII characters without + or space", name, MaxName)
}
