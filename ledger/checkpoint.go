package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// maxNote is the longest signed checkpoint that is read, in bytes.
const maxNote = 1 << 20

// Checkpoint says how many entries a record has and what their root is.
type Checkpoint struct {
	// Origin names the record. It is the name of the key that signs.
	Origin string
	Size   int64
	Root   Hash
	// Extension holds further lines, each with its newline; Truce writes none.
	Extension string
}

// String returns the checkpoint's text, which signatures cover.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s", c.Origin, c.Size, c.Root, c.Extension)
}

// SignCheckpoint returns the checkpoint as a signed note. The key's name must be the origin.
func SignCheckpoint(c Checkpoint, k *Key) ([]byte, error) {
	if c.Origin != k.name {
		return nil, fmt.Errorf("sign checkpoint: key %s; expected one named %s", k.ID(), c.Origin)
	}
	if _, err := parseText(c.String()); err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: c.String()}, k.Signer())
}

// ParseCheckpoint reads a signed checkpoint without checking any signature.
func ParseCheckpoint(signed []byte) (Checkpoint, error) {
	text, _, err := splitNote(signed)
	if err != nil {
		return Checkpoint{}, err
	}
	return parseText(text)
}

// OpenCheckpoint reads a signed checkpoint and checks it against verifier keys. At least one
// of them must be the log's own: an Ed25519 note key whose name is the origin, with a good
// signature. It returns the IDs of all given keys that signed, witnesses too, in the order
// of the note. A bad signature by any of them is an error; signatures by others are passed
// over.
func OpenCheckpoint(signed []byte, vkeys ...string) (Checkpoint, []string, error) {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	known, own, err := verifiers(c.Origin, vkeys)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	var unverified *note.UnverifiedNoteError
	n, err := note.Open(signed, note.VerifierList(known...))
	if errors.As(err, &unverified) {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of %s: no signature by a key that is trusted for it", c.Origin)
	}
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of %s: %w", c.Origin, err)
	}
	var ids []string
	for _, s := range n.Sigs {
		ids = append(ids, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return own[id] }) {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of %s: signed by %s; expected a key of %s itself", c.Origin, strings.Join(ids, ", "), c.Origin)
	}
	return c, ids, nil
}

// verifiers returns the keys as the note package wants them, and the IDs of those that are
// the origin's own.
func verifiers(origin string, vkeys []string) ([]note.Verifier, map[string]bool, error) {
	var known []note.Verifier
	own, seen := map[string]bool{}, map[string]bool{}
	for _, text := range vkeys {
		v, err := parseVerifier(text)
		if err != nil {
			return nil, nil, err
		}
		if seen[text] {
			continue
		}
		seen[text] = true
		nv, err := v.note()
		if err != nil {
			return nil, nil, err
		}
		known = append(known, nv)
		own[v.id()] = v.algorithm == algorithmNote && v.name == origin
	}
	return known, own, nil
}

// parseText reads a checkpoint's text; it takes only what String would write.
func parseText(text string) (Checkpoint, error) {
	t, err := torchwood.ParseCheckpoint(text)
	c := Checkpoint{t.Origin, t.N, t.Hash, t.Extension}
	if err != nil || c.Origin == "" || c.Size > maxSize || c.String() != text {
		return Checkpoint{}, fmt.Errorf("%.200q is no checkpoint; expected lines with the origin, the size and the root", text)
	}
	return c, nil
}

// signature is one signature line of a note.
type signature struct {
	name string
	hash uint32
	line string // without its newline
}

func (s signature) id() string { return fmt.Sprintf("%s+%08x", s.name, s.hash) }

// splitNote splits a signed note into its text and its signature lines. It is stricter than
// the note package: base64 in its one form, and no key twice.
func splitNote(signed []byte) (string, []signature, error) {
	if len(signed) > maxNote {
		return "", nil, fmt.Errorf("note of %d bytes; expected at most %d", len(signed), maxNote)
	}
	cut := bytes.LastIndex(signed, []byte("\n\n"))
	if cut < 0 {
		return "", nil, errors.New("not a signed note; expected a text, a blank line and signature lines")
	}
	sigs, err := parseSignatures(signed[cut+2:])
	if err != nil {
		return "", nil, err
	}
	// The note package checks for what is no text at all.
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open(signed, nil); !errors.As(err, &unverified) {
		return "", nil, fmt.Errorf("not a signed note: %w", err)
	}
	return string(signed[:cut+1]), sigs, nil
}

// parseSignatures reads one or more signature lines.
func parseSignatures(text []byte) ([]signature, error) {
	if len(text) == 0 || text[len(text)-1] != '\n' {
		return nil, errors.New("no signature line that ends with a newline")
	}
	var out []signature
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		rest, ok := strings.CutPrefix(line, "— ")
		name, b64, found := strings.Cut(rest, " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(b64)
		if !ok || !found || name == "" || err != nil || strings.Contains(b64, "\r") || len(raw) < 5 {
			return nil, fmt.Errorf("%.120q is no signature line; expected — name base64", line)
		}
		s := signature{name, binary.BigEndian.Uint32(raw), line}
		if slices.ContainsFunc(out, func(o signature) bool { return o.id() == s.id() }) {
			return nil, fmt.Errorf("two signatures by %s; expected one", s.id())
		}
		out = append(out, s)
	}
	return out, nil
}

// Cosign returns the signature line with which a witness co-signs a checkpoint (C2SP
// cosignature/v1). It does not check anything: a [Witness] does.
func Cosign(signed []byte, k *Key, now time.Time) ([]byte, error) {
	text, _, err := splitNote(signed)
	if err != nil {
		return nil, err
	}
	if _, err := parseText(text); err != nil {
		return nil, err
	}
	stamp := now.Unix()
	if stamp < 0 {
		return nil, errors.New("cosign: a time before 1970")
	}
	v := k.verifier(algorithmCosignature)
	raw := binary.BigEndian.AppendUint32(nil, v.hash)
	raw = binary.BigEndian.AppendUint64(raw, uint64(stamp))
	raw = append(raw, k.Sign(fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", stamp, text))...)
	return fmt.Appendf(nil, "— %s %s\n", v.name, base64.StdEncoding.EncodeToString(raw)), nil
}

// AddSignatures returns the note with further signature lines; one by a key that is there
// already takes the place of the old one.
func AddSignatures(signed, lines []byte) ([]byte, error) {
	text, old, err := splitNote(signed)
	if err != nil {
		return nil, err
	}
	more, err := parseSignatures(lines)
	if err != nil {
		return nil, err
	}
	out := []byte(text + "\n")
	for _, s := range old {
		if !slices.ContainsFunc(more, func(m signature) bool { return m.id() == s.id() }) {
			out = append(out, s.line+"\n"...)
		}
	}
	for _, s := range more {
		out = append(out, s.line+"\n"...)
	}
	return out, nil
}

// CosignedAt returns when each of the given witnesses co-signed, by key ID, to the second.
// Bad signatures are an error as in [OpenCheckpoint].
func CosignedAt(signed []byte, vkeys ...string) (map[string]time.Time, error) {
	known, _, err := verifiers("", vkeys)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	out := map[string]time.Time{}
	for _, s := range n.Sigs {
		if at, err := torchwood.CosignatureTimestamp(s); err == nil && len(s.Base64) == base64.StdEncoding.EncodedLen(4+8+64) {
			out[fmt.Sprintf("%s+%08x", s.Name, s.Hash)] = time.Unix(at, 0).UTC()
		}
	}
	return out, nil
}
