package people

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"truce"
)

// SealingKey encrypts everything that this package keeps. It comes from a file outside the
// database, so that a stolen database or backup holds no usable password hash, secret or
// signing key, and whoever can only write to the database cannot make an account.
type SealingKey struct {
	keys func() keys // a function, so that no way of printing shows them
}

// keys are what a sealing key is used as.
type keys struct {
	text  Secret // base64 of the 32 bytes
	seal  cipher.AEAD
	names []byte // key of pseudonyms
}

// NewSealingKey makes a random key.
func NewSealingKey() SealingKey {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return sealingKey(b)
}

// ParseSealingKey reads a key file: base64 of 32 bytes, white space around it ignored.
// Anything else is Invalid; the error does not repeat it.
func ParseSealingKey(file []byte) (SealingKey, error) {
	b, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(file)))
	if err != nil || len(b) != 32 {
		return SealingKey{}, &truce.Error{Kind: truce.Invalid, At: "sealing key", Msg: "not a key", Hint: "base64 of 32 bytes"}
	}
	return sealingKey(b), nil
}

// Text returns what belongs in the key file.
func (k SealingKey) Text() Secret { return k.keys().text }

// String returns "[hidden]".
func (k SealingKey) String() string { return hidden }

func sealingKey(b []byte) SealingKey {
	k := keys{
		text:  Hide(base64.StdEncoding.EncodeToString(b)),
		seal:  newAEAD(subkey(b, "truce/people/seal/1")),
		names: subkey(b, "truce/people/names/1"),
	}
	return SealingKey{func() keys { return k }}
}

func subkey(key []byte, use string) []byte {
	sub, err := hkdf.Key(sha256.New, key, nil, use, 32)
	if err != nil {
		panic(err) // only for lengths that no hash can give
	}
	return sub
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for keys of a wrong length
	}
	aead, _ := cipher.NewGCMWithRandomNonce(block) // fails only for another block cipher
	return aead
}

// seal encrypts a body so that it opens only under the same kind and id: nobody can move one
// account's secrets to another's place.
func (k SealingKey) seal(kind, id string, body []byte) []byte {
	return k.keys().seal.Seal(nil, nil, body, []byte(kind+"\n"+id))
}

var errSealed = errors.New("sealed with another key, moved or damaged")

func (k SealingKey) open(kind, id string, sealed []byte) ([]byte, error) {
	body, err := k.keys().seal.Open(nil, nil, sealed, []byte(kind+"\n"+id))
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: kind, Msg: "a private record cannot be opened", Hint: "the sealing key that it was written with", Err: errSealed}
	}
	return body, nil
}

// pseudonym names something without saying what it is: an address, or a name that somebody typed.
func (k SealingKey) pseudonym(text string) string {
	mac := hmac.New(sha256.New, k.keys().names)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
