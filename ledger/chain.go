package ledger

import (
	"bytes"
	"fmt"
	"time"
)

// Chain follows the entries of a record in their order and refuses one that may not come
// next: entry 0 enrols the key that answers for it, the instance's; times do not go back; the
// key of an entry was enrolled before it and not revoked; only the instance's own entries may
// go without a signature, and a signature is good. The zero value is the
// beginning of a record.
type Chain struct {
	size int64
	last moment
	own  string // ID of the key that entry 0 enrols
	keys map[string]enrolment
}

// enrolment is a key that was enrolled, by its ID.
type enrolment struct {
	vkey    string
	revoked bool
}

// Follow takes the next entry in, or says why it may not stand there and changes nothing.
func (c *Chain) Follow(e *Entry) error {
	var at moment
	if text := e.At.UTC().AppendFormat(nil, layout); copy(at[:], text) != len(text) || !validInstant(at[:]) {
		return refuse(3, text, "a time of the years 0 to 9999")
	}
	if bytes.Compare(at[:], c.last[:]) < 0 {
		return errBack(at, c.last)
	}
	if err := c.check(c.size, e.Kind, e.Key, e.Enrols, e.Sig != nil); err != nil {
		return err
	}
	if e.Sig != nil {
		vkey, _ := c.signer(c.size, e.Key, e.Enrols)
		if err := e.CheckSignature(vkey); err != nil {
			return err
		}
	}
	c.apply(c.size, e.Kind, e.Enrols)
	c.last = at
	c.size++
	return nil
}

// Size returns how many entries were followed.
func (c *Chain) Size() int64 { return c.size }

// Last returns the recorded time of the last entry; no next one may be earlier.
func (c *Chain) Last() time.Time {
	if c.size == 0 {
		return time.Time{}
	}
	return instant(c.last[:])
}

// Verifier returns the verifier key with this ID if it is in force now.
func (c *Chain) Verifier(id string) (vkey string, ok bool) {
	e, ok := c.keys[id]
	return e.vkey, ok && !e.revoked
}

// check asks whether an entry may come n-th as far as keys go.
func (c *Chain) check(n int64, kind, key, enrols string, signed bool) error {
	var subject verifier
	if aboutKey([]byte(kind)) {
		var err error
		if subject, err = parseVerifier(enrols); err != nil {
			return fmt.Errorf("line 6: %w", err)
		}
	}
	if n == 0 {
		if kind != KeyEnrolled || subject.id() != key {
			return fmt.Errorf("line 5: entry 0 is %s by %s; expected key.enrolled of that key itself", kind, key)
		}
		return nil
	}
	if e, ok := c.keys[key]; !ok {
		return fmt.Errorf("line 5: key %s is not enrolled; expected an entry before this one that does", key)
	} else if e.revoked {
		return fmt.Errorf("line 5: key %s was revoked before this entry", key)
	}
	if !signed && key != c.own {
		return fmt.Errorf("line 7: no signature; expected one by %s, which is not the instance's key %s", key, c.own)
	}
	e, known := c.keys[subject.id()]
	switch {
	case kind == KeyEnrolled && known:
		return fmt.Errorf("line 6: key %s was enrolled before; expected a new one", subject.id())
	case kind == KeyRevoked && (e.vkey != enrols || e.revoked):
		return fmt.Errorf("line 6: key %s is not in force; expected one that is", subject.id())
	}
	return nil
}

// apply changes which keys are in force.
func (c *Chain) apply(n int64, kind, enrols string) {
	v, err := parseVerifier(enrols)
	if err != nil || !aboutKey([]byte(kind)) {
		return
	}
	if c.keys == nil {
		c.keys = map[string]enrolment{}
	}
	if n == 0 {
		c.own = v.id()
	}
	if old, known := c.keys[v.id()]; known {
		enrols = old.vkey
	}
	c.keys[v.id()] = enrolment{enrols, kind == KeyRevoked}
}

// signer returns the verifier key that an entry's signature is checked with; entry 0 may be
// signed by the key that it enrols.
func (c *Chain) signer(n int64, key, enrols string) (string, bool) {
	if n == 0 {
		return enrols, true
	}
	e, ok := c.keys[key]
	return e.vkey, ok && !e.revoked
}

func errBack(at, last moment) error {
	return fmt.Errorf("line 3: recorded at %s; expected no time before %s, that of the entry before", at, last)
}
