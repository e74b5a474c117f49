package terms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gowebpki/jcs"
)

// Canonical is the agreement as canonical JSON (RFC 8785). It does not depend on layout,
// comments, the order of keys, or the many spellings of one value; the contents of files
// that the text names are part of it.
func (a *Agreement) Canonical() ([]byte, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(text)
}

// Version is the SHA-256 of the canonical form, in hexadecimal. It is empty if the form
// cannot be made, which no parsed agreement causes.
func (a *Agreement) Version() string {
	text, err := a.Canonical()
	if err != nil {
		return ""
	}
	return digest(text)
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
