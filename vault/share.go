package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"filippo.io/age"

	"truce"
)

// Share is one person's half of opening a box. Its secret is hidden from print.
type Share struct {
	box, name string
	x         byte
	hidden
}

// Name is whose share it is, as the box says.
func (s Share) Name() string { return s.name }

// Box is the identifier of the box that it belongs to.
func (s Share) Box() string { return s.box }

// text is what is encrypted to a person: four lines.
func (s Share) text() string {
	return fmt.Sprintf("truce/share/1 %s\n%s\n%d\n%s\n", s.box, s.name, s.x, b64(s.bytes()))
}

// commitment is what the box says of the share. It gives nothing away: a share is random.
func (s Share) commitment() []byte {
	sum := sha256.Sum256([]byte(s.text()))
	return sum[:]
}

// shareMost is the longest text of a share.
const shareMost = 4096

// ParseShare reads what a person decrypted on a machine of their own. White space around it is
// ignored. Anything but a share is Invalid; the error does not repeat it.
func ParseShare(text []byte) (Share, error) {
	bad := func(want string) (Share, error) { return Share{}, invalid("share", "not a share", want) }
	if len(text) > shareMost {
		return bad("what age gave for the parcel")
	}
	f := strings.Split(string(bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))), "\n")
	if len(f) != 4 {
		return bad("four lines")
	}
	id, ok := strings.CutPrefix(f[0], "truce/share/1 ")
	if !ok || !boxID.MatchString(id) || !person.MatchString(f[1]) {
		return bad("truce/share/1, a box and a person")
	}
	x, err := strconv.ParseUint(f[2], 10, 8)
	if err != nil || x == 0 || strconv.FormatUint(x, 10) != f[2] {
		return bad("a number from 1 to 255 in the third line")
	}
	y, err := base64.StdEncoding.Strict().DecodeString(f[3])
	if err != nil || len(y) == 0 || b64(y) != f[3] {
		return bad("base64 in the fourth line")
	}
	s := Share{box: id, name: f[1], x: byte(x)}
	s.hide(y)
	return s, nil
}

// Share decrypts a person's share with their age identity file, which is used for this call
// alone. Denied if the identity is not the one that the share was sealed to.
func (b *Box) Share(name string, identityFile []byte) (Share, error) {
	i, err := b.find(name)
	if err != nil {
		return Share{}, err
	}
	ids, err := age.ParseIdentities(bytes.NewReader(identityFile))
	if err != nil { // the cause is left out: it may repeat the file
		return Share{}, invalid("identity of "+name, "not an age identity file", "AGE-SECRET-KEY-...")
	}
	text, err := decrypt(b.shares[i].Share, ids...)
	if err != nil {
		return Share{}, &truce.Error{Kind: truce.Denied, At: "identity of " + name, Msg: "does not open the share of " + name, Hint: "the identity of " + b.shares[i].Key}
	}
	s, err := ParseShare(text)
	if err != nil {
		return Share{}, err
	}
	return s, b.check(s)
}
