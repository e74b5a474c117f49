package vault

import (
	"bytes"
	"crypto/rand"
	"testing"

	"pgregory.net/rapid"
)

// product multiplies two polynomials over GF(2) and takes the remainder by long division: the
// definition, done another way than mul does it.
func product(a, b byte) byte {
	var p uint
	for i := range 8 {
		if b>>i&1 == 1 {
			p ^= uint(a) << i
		}
	}
	for i := 14; i >= 8; i-- {
		if p>>i&1 == 1 {
			p ^= 0x11b << (i - 8)
		}
	}
	return byte(p)
}

func TestField(t *testing.T) {
	if mul(0x57, 0x83) != 0xc1 || mul(0x57, 0x13) != 0xfe { // worked examples of FIPS 197, 4.2
		t.Error("not the field of FIPS 197")
	}
	for a := range 256 {
		for b := range 256 {
			if mul(byte(a), byte(b)) != product(byte(a), byte(b)) {
				t.Fatalf("%d * %d", a, b)
			}
		}
		if a > 0 && mul(byte(a), inv(byte(a))) != 1 {
			t.Errorf("1 / %d", a)
		}
	}
}

func TestAnyTwoPointsGiveTheSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 80).Draw(t, "secret")
		slope := rapid.SliceOfN(rapid.Byte(), len(secret), len(secret)).Draw(t, "slope")
		x1 := rapid.ByteRange(1, 255).Draw(t, "x1")
		x2 := rapid.ByteRange(1, 255).Filter(func(x byte) bool { return x != x1 }).Draw(t, "x2")
		if !bytes.Equal(join(x1, point(secret, slope, x1), x2, point(secret, slope, x2)), secret) {
			t.Fatal("not the secret")
		}
	})
}

// One point says nothing: whatever the point (x, y), each of the 256 secrets is on exactly one
// line with it, so with a random slope each is as likely as before.
func TestOnePointFitsEverySecretOnce(t *testing.T) {
	slopes := make([]byte, 256)
	for i := range slopes {
		slopes[i] = byte(i)
	}
	for x := 1; x < 256; x++ {
		for secret := range 256 {
			var seen [256]bool // by y: whether a slope leads there
			for slope, y := range point(bytes.Repeat([]byte{byte(secret)}, 256), slopes, byte(x)) {
				if seen[y] {
					t.Fatalf("x %d, secret %d, y %d: a second line, of slope %d", x, secret, y, slope)
				}
				seen[y] = true // 256 slopes, none twice: each y once
			}
		}
	}
}

// The shares that split really makes, of one secret again and again, are spread evenly over
// all bytes: chi-squared with 255 degrees of freedom, which is above 400 once in 10^8 times.
func TestSharesOfOneSecretAreEven(t *testing.T) {
	const rounds = 256 * 100
	secret := []byte("A")
	for _, x := range []byte{1, 2, 64} {
		var seen [256]float64
		for range rounds {
			slope := make([]byte, 1)
			_, _ = rand.Read(slope)
			seen[point(secret, slope, x)[0]]++
		}
		chi := 0.0
		for _, n := range seen {
			chi += (n - 100) * (n - 100) / 100
		}
		if chi > 400 {
			t.Errorf("x %d: chi-squared %.0f", x, chi)
		}
	}
}
