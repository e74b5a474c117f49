package vault

// The field GF(2^8) with the polynomial x^8+x^4+x^3+x+1. Addition is exclusive or. Nothing here
// branches on, or looks up by, a secret.

// mul multiplies in the field.
func mul(a, b byte) byte {
	var p byte
	for range 8 {
		p ^= a & -(b & 1)       // add a if b's lowest bit is set
		a = a<<1 ^ 0x1b&-(a>>7) // times x
		b >>= 1
	}
	return p
}

// inv returns the inverse of a, which is not zero: a^254, as every a^255 is one.
func inv(a byte) byte {
	p := byte(1)
	for range 7 {
		a = mul(a, a)
		p = mul(p, a) // a^2 * a^4 * ... * a^128
	}
	return p
}

// point returns the value at x of the line through (0, secret) with the given slope, for each
// byte: one share. With random slopes any one share is as random as they are.
func point(secret, slope []byte, x byte) []byte {
	y := make([]byte, len(secret))
	for i := range secret {
		y[i] = secret[i] ^ mul(slope[i], x)
	}
	return y
}

// join returns the value at 0 of the line through two points with different x: the secret.
func join(x1 byte, y1 []byte, x2 byte, y2 []byte) []byte {
	over := inv(x1 ^ x2)
	w1, w2 := mul(x2, over), mul(x1, over)
	secret := make([]byte, len(y1))
	for i := range y1 {
		secret[i] = mul(y1[i], w1) ^ mul(y2[i], w2)
	}
	return secret
}
