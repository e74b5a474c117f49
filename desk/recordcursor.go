package desk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"truce"
)

// cursors seals the store's cursors. They say by what a list is ordered, such as the time of
// an element, which may be withheld from whoever reads the list; and whoever could make one
// up would find out between which cursors a row stands.
type cursors struct {
	aead cipher.AEAD
	mac  []byte // key of the nonces, by which the same cursor is sealed to the same text
}

// newCursors makes the key of the cursors of the instance's own.
func newCursors(secret string) (cursors, error) {
	keys, err := hkdf.Key(sha256.New, []byte(secret), nil, "truce/cursor/1", 64)
	if err != nil {
		return cursors{}, err
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		return cursors{}, err
	}
	aead, err := cipher.NewGCM(block)
	return cursors{aead, keys[32:]}, err
}

// seal closes a cursor of a list of a kind; none stays none.
func (c cursors) seal(kind, cursor string) string {
	if cursor == "" {
		return ""
	}
	mac := hmac.New(sha256.New, c.mac)
	mac.Write([]byte(kind + "\n" + cursor))
	nonce := mac.Sum(nil)[:c.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(c.aead.Seal(nonce, nonce, []byte(cursor), []byte(kind)))
}

// open is the store's cursor again.
func (c cursors) open(kind, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	n := min(len(sealed), c.aead.NonceSize())
	if err == nil && n == c.aead.NonceSize() {
		sealed, err = c.aead.Open(nil, sealed[:n], sealed[n:], []byte(kind))
	}
	if err != nil || n < c.aead.NonceSize() {
		return "", &truce.Error{Kind: truce.Invalid, At: "after", Msg: "this is no cursor", Hint: "the one that the page before ended with"}
	}
	return string(sealed), nil
}
