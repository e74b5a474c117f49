package people

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon is what argon2id costs for one password.
type Argon struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// leastArgon is the least that OWASP's cheat sheet on password storage asks for.
var leastArgon = Argon{Memory: 19 * 1024, Passes: 2, Lanes: 1}

// Bounds within which a stored hash is believed, so that a damaged one cannot eat the machine.
const (
	argonMemoryMost = 1 << 20 // KiB
	argonPassesMost = 64
	argonLanesMost  = 64
)

func (a Argon) less(b Argon) bool {
	return a.Memory < b.Memory || a.Passes < b.Passes || a.Lanes < b.Lanes
}

// hash returns the hash of a password in PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func (a Argon) hash(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	return a.phc(salt, argon2.IDKey([]byte(password), salt, a.Passes, a.Memory, a.Lanes, 32))
}

// none returns what looks like a hash and is no password's. To find that out takes as long as
// with any other; to make it takes no time, which counts when a server starts.
func (a Argon) none() string {
	b := make([]byte, 16+32)
	_, _ = rand.Read(b)
	return a.phc(b[:16], b[16:])
}

func (a Argon) phc(salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.Memory, a.Passes, a.Lanes, b64(salt), b64(sum))
}

// phc is a hash of a password, taken apart.
type phc struct {
	Argon
	salt, sum []byte
}

// parsePHC reads the form that hash writes. Another algorithm, a cost out of bounds or a short
// salt is Invalid.
func parsePHC(s string) (phc, error) {
	bad := func(want string) (phc, error) { return phc{}, invalid("password hash", "unreadable", want) }
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v=19" {
		return bad("$argon2id$v=19$m=,t=,p=$salt$hash")
	}
	a, ok := parseArgon(f[3])
	if !ok {
		return bad("m=, t= and p= within bounds")
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(f[4])
	sum, err2 := base64.RawStdEncoding.Strict().DecodeString(f[5])
	if err1 != nil || err2 != nil || len(salt) < 16 || len(salt) > 64 || len(sum) < 32 || len(sum) > 64 {
		return bad("a salt of 16 to 64 and a hash of 32 to 64 bytes")
	}
	return phc{a, salt, sum}, nil
}

func parseArgon(s string) (Argon, bool) {
	f := strings.Split(s, ",")
	if len(f) != 3 {
		return Argon{}, false
	}
	var n [3]uint64
	for i, name := range [3]string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(f[i], name)
		v, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || strconv.FormatUint(v, 10) != digits {
			return Argon{}, false
		}
		n[i] = v
	}
	fits := n[1] >= 1 && n[1] <= argonPassesMost && n[2] >= 1 && n[2] <= argonLanesMost && n[0] >= 8*n[2] && n[0] <= argonMemoryMost
	return Argon{uint32(n[0]), uint32(n[1]), uint8(n[2])}, fits
}

// matches reports whether a password has this hash.
func (h phc) matches(password string) bool {
	sum := argon2.IDKey([]byte(password), h.salt, h.Passes, h.Memory, h.Lanes, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}
