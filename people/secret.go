package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// hidden is all that a Secret ever prints.
const hidden = "[hidden]"

// Secret is a text that must not be printed: a password, a token, a code. Every way of
// printing it, with fmt, encoding/json or log/slog, alone or inside another value, gives
// "[hidden]" or an address. The zero value is no secret.
type Secret struct {
	text *string // behind a pointer: fmt prints what unexported fields hold, but not what they point to
}

// Hide makes a Secret of a text.
func Hide(text string) Secret { return Secret{&text} }

// Reveal returns the text. Whoever calls it answers for where it goes.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String returns "[hidden]".
func (s Secret) String() string { return hidden }

// Format prints "[hidden]" for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue returns "[hidden]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns "[hidden]", for JSON and every other encoding of texts.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON returns "[hidden]" as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// UnmarshalText takes the text, so that a request's field may be a Secret from the start.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Hide(string(text))
	return nil
}

// newToken returns a secret of 32 random bytes in base64url, after a prefix.
func newToken(prefix string) Secret {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return Hide(prefix + base64.RawURLEncoding.EncodeToString(b))
}

// digest is what is kept of a token: enough to recognise it, useless to whoever steals it. A
// plain hash will do, for a token has 256 random bits.
func (s Secret) digest() string {
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:])
}
