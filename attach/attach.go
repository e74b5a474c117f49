// Package attach keeps attachments: pictures, films, papers and tables that came with a
// report. A Folder holds each by the SHA-256 of its bytes. The original is never changed
// and, where recipients are given, rests encrypted (age); what a screen shows is a working
// copy, drawn anew without metadata and linked to its original.
//
// The two functions that most people need are Folder.Put and Folder.Open. CustodyPage
// prints what happened to one item as one page.
//
//	originals/ab/cd/<hash>                original, as it came, mode 0400
//	originals/ab/cd/<hash>.<sealed>.age   the same, encrypted; sealed = SHA-256 of this file
//	copies/ab/cd/<hash>.<copy>            working copy of it; copy = SHA-256 of this file
//	incoming/                             being written; never read
//
// Every file can so be checked against its own name without Truce and without a key:
// sha256sum FILE, and age --decrypt FILE | sha256sum for whoever holds one.
//
// Sizes are bytes, times are instants that the caller knows (nothing here reads a clock),
// errors are truce.Error or the context's own. One process writes a folder; any number may read it.
package attach

import (
	"encoding/hex"
	"errors"
	"time"

	"truce"
)

// Hash is a SHA-256. As text it is 64 lower-case hexadecimal digits.
type Hash [32]byte

// String returns the 64 digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h is the zero value, which is the hash of nothing here.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText returns the 64 digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHash(string(text))
	return err
}

// ParseHash reads the 64 digits of a hash. Upper case is refused, so that a hash has one
// spelling.
func ParseHash(s string) (Hash, error) {
	var h Hash
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) || hex.EncodeToString(b) != s {
		return h, refuse("hash", "not a SHA-256", "64 digits 0-9 a-f")
	}
	copy(h[:], b)
	return h, nil
}

// Info is what is said of a file when it arrives. Whatever is empty is not known.
type Info struct {
	Name     string    // file name, without folders
	Type     string    // media type that the sender claims; empty or application/octet-stream claims nothing
	Captured time.Time // when it was taken or fetched
	Clock    string    // whose clock Captured was read from: "camera", "browser"
	Address  string    // where it was fetched from, such as a web address
	Place    string    // where it was taken, in words or degrees
	Tool     string    // with what it was collected: name and version
	By       string    // who collected it
}

// Item is one attachment as the record keeps it. Whatever is empty is not known.
type Item struct {
	Hash     Hash      `json:"hash"` // of the original's plain bytes
	Size     int64     `json:"size"` // of the original, plain
	Name     string    `json:"name,omitempty"`
	Type     string    `json:"type"` // media type that the bytes are of
	Claimed  string    `json:"claimed,omitempty"`
	Captured time.Time `json:"captured,omitzero"`
	Clock    string    `json:"clock,omitempty"`
	Address  string    `json:"address,omitempty"`
	Place    string    `json:"place,omitempty"`
	Tool     string    `json:"tool,omitempty"`
	By       string    `json:"by,omitempty"`
	Sealed   bool      `json:"sealed"` // the original rests encrypted
	Copy     *Copy     `json:"copy,omitempty"`
	// NoCopy says why there is no working copy; empty when there is one.
	NoCopy string `json:"no_copy,omitempty"`
}

// Copy is a working copy: the picture drawn anew, so that nothing of the original's
// metadata is left. Colours may differ a little, as colour profiles go too.
type Copy struct {
	Hash Hash   `json:"hash"`
	Size int64  `json:"size"`
	Type string `json:"type"`
}

// The causes of a refusal, for errors.Is: a door may answer each with a status of its own.
var (
	// ErrTooLarge: more bytes, pixels or packed content than the limits allow.
	ErrTooLarge = errors.New("too large")
	// ErrType: the bytes are not of the type that was claimed, or of none that is kept.
	ErrType = errors.New("wrong type")
	// ErrArchive: an archive that could harm whoever unpacks it, or that cannot be examined.
	ErrArchive = errors.New("unsafe archive")
	// ErrChanged: the bytes in the folder are no longer those that were put there.
	ErrChanged = errors.New("changed on disk")
)

// refuse makes an error of the kind Invalid.
func refuse(at, msg, hint string) *truce.Error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: hint}
}

// refuseFor is refuse with one of the causes above.
func refuseFor(cause error, at, msg, hint string) *truce.Error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: hint, Err: cause}
}
