// Package vault keeps a source's identity apart from what the source reported, so that only
// two people together can open it and never without a record of it.
//
// A Box is sealed to two or more people. Its key is random, used for this box alone, and
// split so that any two of its shares give it and one gives nothing: each share is a point of
// a random line over GF(256), whose value at zero is the key. Every share is encrypted with
// age to one person's own key, which no database holds. The functions most callers need are
// Seal and (*Box).Open.
//
// A person either hands in an age identity file for the length of one call, or decrypts the
// share on a machine of their own, also with the age tool itself (see (*Box).Parcel), and
// hands in the text. A box carries a commitment to every share, so a wrong or forged one is
// named. What two people get is bound to the box's identifier and people: a box cannot be
// passed off as another.
//
// Open gives out nothing before the caller's record function was told of the opening and
// succeeded. Who may open, and whether those who hand in shares are who they say, is for the
// caller to check; and destroying an old box, after Reseal, is the store's part. Who left still
// has a share of the old one.
package vault

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"truce"
)

// Limits of a box.
const (
	RecipientsMost = 64
	IdentityMost   = 64 << 10 // bytes of what is sealed
	boxMost        = 1 << 20  // bytes of a box as text
	padTo          = 1 << 10  // so that the length of a box says little of what is in it
)

// Recipient is a person who may open a box together with another.
type Recipient struct {
	Name string // the account's
	Key  string // age recipient: "age1..." of X25519, or "age1pq1..." which withstands quantum computers too
}

// Box is a sealed identity. It may be kept anywhere; text and value are made from each other
// without loss.
type Box struct {
	id     string
	shares []sealedShare
	body   []byte // age, to the box's own key
}

// sealedShare is one person's share.
type sealedShare struct {
	Name       string `json:"name"`
	Key        string `json:"key"`        // to which it is encrypted
	Commitment []byte `json:"commitment"` // SHA-256
	Share      []byte `json:"share"`      // age
}

// written is the form of a box as text.
type written struct {
	Truce  string        `json:"truce"`
	ID     string        `json:"id"`
	Shares []sealedShare `json:"shares"`
	Body   []byte        `json:"body,omitempty"`
}

const form = "box/1"

var (
	boxID  = regexp.MustCompile(`^[A-Z2-7]{26}$`)
	person = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)
)

// Seal puts an identity into a box for people of whom any two can open it. Fewer than two, one
// person or one key twice, or nothing to seal is Invalid.
func Seal(identity []byte, to []Recipient) (*Box, error) {
	if len(identity) == 0 || len(identity) > IdentityMost {
		return nil, invalid("identity", "nothing to seal, or too much", fmt.Sprintf("1 to %d bytes", IdentityMost))
	}
	keys, err := parseRecipients(to)
	if err != nil {
		return nil, err
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, internal("no key for the box", err)
	}
	b := &Box{id: rand.Text()}
	if err := b.split([]byte(key.String()), to, keys); err != nil {
		return nil, err
	}
	b.body, err = encrypt(b.pad(identity), key.Recipient())
	return b, err
}

// parseRecipients checks who a box is for.
func parseRecipients(to []Recipient) ([]age.Recipient, error) {
	if len(to) < 2 || len(to) > RecipientsMost {
		return nil, invalid("recipients", fmt.Sprintf("%d people", len(to)), fmt.Sprintf("2 to %d", RecipientsMost))
	}
	var keys []age.Recipient
	for i, r := range to {
		same := func(o Recipient) bool { return o.Name == r.Name || o.Key == r.Key }
		key, err := parseRecipient(r.Key)
		switch {
		case !person.MatchString(r.Name):
			return nil, invalid("recipients", fmt.Sprintf("person %d has no fit name", i+1), "2 to 64 of a-z, 0-9, '.', '_', '-'")
		case err != nil:
			return nil, invalid("recipients", r.Name+" has no fit key", "an age recipient, age1...")
		case slices.ContainsFunc(to[:i], same):
			return nil, invalid("recipients", r.Name+" or their key is there twice", "different people with keys of their own")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// parseRecipient reads a key in the one form that age writes it.
func parseRecipient(s string) (age.Recipient, error) {
	if strings.HasPrefix(s, "age1pq1") {
		r, err := age.ParseHybridRecipient(s)
		if err == nil && r.String() != s {
			err = errors.New("not as age writes it")
		}
		return r, err
	}
	r, err := age.ParseX25519Recipient(s)
	if err == nil && r.String() != s {
		err = errors.New("not as age writes it")
	}
	return r, err
}

// split makes the shares: the i-th person's is the point at i+1.
func (b *Box) split(secret []byte, to []Recipient, keys []age.Recipient) error {
	slope := make([]byte, len(secret))
	_, _ = rand.Read(slope) // never fails: it ends the program instead
	for i, r := range to {
		s := Share{box: b.id, name: r.Name, x: byte(i + 1)}
		s.hide(point(secret, slope, s.x))
		parcel, err := encrypt([]byte(s.text()), keys[i])
		if err != nil {
			return err
		}
		b.shares = append(b.shares, sealedShare{r.Name, r.Key, s.commitment(), parcel})
	}
	return nil
}

// head is the digest of all of a box but its body. The body repeats it, so that neither fits
// another box.
func (b *Box) head() [32]byte {
	text, err := json.Marshal(written{form, b.id, b.shares, nil})
	if err != nil {
		panic(err) // strings and bytes always marshal
	}
	return sha256.Sum256(text)
}

// pad returns what is encrypted: the digest of the head, the length, the identity, zeros.
func (b *Box) pad(identity []byte) []byte {
	head := b.head()
	out := binary.BigEndian.AppendUint32(head[:], uint32(len(identity)))
	out = append(out, identity...)
	return append(out, make([]byte, (padTo-len(out)%padTo)%padTo)...)
}

func (b *Box) unpad(plain []byte) ([]byte, error) {
	head := b.head()
	if len(plain) < 36 || !bytes.Equal(plain[:32], head[:]) {
		return nil, invalid("box", "what is in it was sealed in another box", "the box as it was sealed")
	}
	n := binary.BigEndian.Uint32(plain[32:])
	if n == 0 || n > IdentityMost || int(n) > len(plain)-36 {
		return nil, invalid("box", "what is in it is damaged", "the box as it was sealed")
	}
	return plain[36 : 36+n], nil
}

// ID names the box.
func (b *Box) ID() string { return b.id }

// Digest is the SHA-256 of the box as text, for the record.
func (b *Box) Digest() [32]byte { return sha256.Sum256(b.Text()) }

// People returns the names of those who may open the box with another, in their order.
func (b *Box) People() []string {
	names := make([]string, len(b.shares))
	for i, s := range b.shares {
		names[i] = s.Name
	}
	return names
}

// Parcel returns one person's share as an age file, to be decrypted on a machine of their own:
// "age -d -i key.txt" gives the text that ParseShare reads. Absent if the box is not for them.
func (b *Box) Parcel(name string) ([]byte, error) {
	i, err := b.find(name)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.shares[i].Share), nil
}

func (b *Box) find(name string) (int, error) {
	i := slices.IndexFunc(b.shares, func(s sealedShare) bool { return s.Name == name })
	if i < 0 {
		return 0, &truce.Error{Kind: truce.Absent, At: "box " + b.id, Msg: "not for " + clip(name), Hint: "one of " + strings.Join(b.People(), ", ")}
	}
	return i, nil
}

// Text returns the box as it is kept: one line of JSON.
func (b *Box) Text() []byte {
	text, err := json.Marshal(written{form, b.id, b.shares, b.body})
	if err != nil {
		panic(err) // strings and bytes always marshal
	}
	return append(text, '\n')
}

// Parse reads a box from its text. There is one text of each box; any other is Invalid.
func Parse(text []byte) (*Box, error) {
	if len(text) > boxMost {
		return nil, invalid("box", "too long", fmt.Sprintf("at most %d bytes", boxMost))
	}
	var w written
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return nil, invalid("box", "not the text of a box", "JSON with truce, id, shares, body")
	}
	b := &Box{w.ID, w.Shares, w.Body}
	if err := b.valid(w.Truce); err != nil {
		return nil, err
	}
	if !bytes.Equal(b.Text(), text) {
		return nil, invalid("box", "not written as a box is", "the text exactly as it was sealed")
	}
	return b, nil
}

func (b *Box) valid(truce string) error {
	switch {
	case truce != form:
		return invalid("box.truce", "another form", form)
	case !boxID.MatchString(b.id):
		return invalid("box.id", "not an identifier", "26 of A-Z and 2-7")
	case len(b.body) == 0:
		return invalid("box.body", "missing", "what was sealed")
	}
	to := make([]Recipient, len(b.shares))
	for i, s := range b.shares {
		if len(s.Commitment) != 32 || len(s.Share) == 0 {
			return invalid(fmt.Sprintf("box.shares[%d]", i), "incomplete", "a commitment of 32 bytes and a share")
		}
		to[i] = Recipient{s.Name, s.Key}
	}
	_, err := parseRecipients(to)
	return err
}

// Opening is what the record must hold of every opening, before it happens.
type Opening struct {
	Box    string    `json:"box"`
	Digest [32]byte  `json:"-"`  // of the box's text
	By     [2]string `json:"by"` // the two people, sorted
	At     time.Time `json:"at"`
	Why    string    `json:"why"`
	// Into is the new box, if what was in this one is only sealed anew and nobody sees it.
	Into string `json:"into,omitempty"`
}

// Identity is what was in a box. Printed in any way it gives "[hidden]" or an address.
type Identity struct{ hidden }

// Open opens the box with the shares of two people, because of why. It first makes sure that
// the box opens, then calls record, which must keep the opening for good, and only if that
// succeeds returns what was sealed. A share that is not of this box, or not as it was made, is
// Invalid, with its person's name.
func (b *Box) Open(one, other Share, why string, now time.Time, record func(Opening) error) (Identity, error) {
	plain, err := b.open(one, other, why, record)
	if err != nil {
		return Identity{}, err
	}
	if err := record(b.opening(one, other, why, now, "")); err != nil {
		clear(plain)
		return Identity{}, fmt.Errorf("not opened, because it could not be recorded: %w", err)
	}
	var id Identity
	id.hide(plain)
	return id, nil
}

// Reseal puts what is in the box into a new one for other people, after somebody left or
// changed keys, because of why. Nobody sees it, yet it is recorded first, as Into the new box.
// The caller then destroys the old box.
func (b *Box) Reseal(one, other Share, to []Recipient, why string, now time.Time, record func(Opening) error) (*Box, error) {
	plain, err := b.open(one, other, why, record)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	next, err := Seal(plain, to)
	if err != nil {
		return nil, err
	}
	if err := record(b.opening(one, other, why, now, next.id)); err != nil {
		return nil, fmt.Errorf("not sealed anew, because it could not be recorded: %w", err)
	}
	return next, nil
}

func (b *Box) opening(one, other Share, why string, now time.Time, into string) Opening {
	by := [2]string{one.name, other.name}
	slices.Sort(by[:])
	return Opening{Box: b.id, Digest: b.Digest(), By: by, At: now, Why: why, Into: into}
}

// open checks everything and decrypts. What it returns goes nowhere before it is recorded.
func (b *Box) open(one, other Share, why string, record func(Opening) error) ([]byte, error) {
	switch {
	case record == nil:
		return nil, invalid("record", "missing", "where the opening is recorded")
	case strings.TrimSpace(why) == "":
		return nil, invalid("why", "missing", "the reason, for the record")
	}
	for _, s := range []Share{one, other} {
		if err := b.check(s); err != nil {
			return nil, err
		}
	}
	if one.name == other.name {
		return nil, &truce.Error{Kind: truce.Denied, At: "box " + b.id, Msg: one.name + " alone cannot open it", Hint: "the share of another person"}
	}
	secret := join(one.x, one.bytes(), other.x, other.bytes())
	defer clear(secret)
	key, err := age.ParseX25519Identity(string(secret))
	if err != nil {
		return nil, invalid("box "+b.id, "its shares do not give its key", "the box as it was sealed")
	}
	plain, err := decrypt(b.body, key)
	if err != nil {
		return nil, invalid("box "+b.id, "does not open with its key", "the box as it was sealed")
	}
	return b.unpad(plain)
}

// check compares a share with the box's commitment to it.
func (b *Box) check(s Share) error {
	if s.box != b.id {
		return invalid("share of "+clip(s.name), "of another box", "one of box "+b.id)
	}
	i, err := b.find(s.name)
	if err != nil {
		return err
	}
	if int(s.x) != i+1 || !bytes.Equal(s.commitment(), b.shares[i].Commitment) {
		return invalid("share of "+s.name, "wrong or forged", "the share as it was sealed to "+s.name)
	}
	return nil
}

func encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		if _, err = w.Write(plain); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		return nil, internal("cannot encrypt", err)
	}
	return out.Bytes(), nil
}

func decrypt(sealed []byte, with ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, boxMost))
}

// hidden holds bytes that must not be printed: behind a function, since fmt follows pointers.
type hidden struct{ get func() []byte }

func (h *hidden) hide(b []byte) { h.get = func() []byte { return b } }

func (h hidden) bytes() []byte {
	if h.get == nil {
		return nil
	}
	return h.get()
}

// String returns "[hidden]".
func (h hidden) String() string { return "[hidden]" }

// Format prints "[hidden]" for every verb.
func (h hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, h.String()) }

// MarshalJSON returns "[hidden]" as a JSON string.
func (h hidden) MarshalJSON() ([]byte, error) { return []byte(`"[hidden]"`), nil }

// LogValue returns "[hidden]".
func (h hidden) LogValue() slog.Value { return slog.StringValue(h.String()) }

// Reveal returns the identity. Whoever calls it answers for where it goes.
func (id Identity) Reveal() []byte { return id.bytes() }

// clip shortens what somebody sent before it is repeated.
func clip(s string) string { return fmt.Sprintf("%.64q", s) }

func invalid(at, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: want}
}

func internal(msg string, err error) error {
	return &truce.Error{Kind: truce.Internal, Msg: msg, Err: err}
}

// b64 writes bytes in the one form that ParseShare takes.
func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
