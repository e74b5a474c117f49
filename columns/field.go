package columns

import (
	"encoding/binary"
	"math/bits"
)

// The readers of one field. Each has a quick form for the usual spelling, which stops at
// the field's end by itself, and a form for any spelling that is given the whole field.

// day reads yyyy-mm-dd; the empty field is Missing.
func day(b []byte) (int32, bool) {
	if len(b) == 0 {
		return Missing, true
	}
	if len(b) != 10 {
		return 0, false
	}
	return tenDay(binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:]))
}

// tenDay reads the ten characters of a day: the first eight, and the last two.
func tenDay(w uint64, d uint16) (int32, bool) {
	const dashes, dashMask = 0x2d00_002d_0000_0000, 0xff00_00ff_0000_0000
	if w&dashMask != dashes {
		return 0, false
	}
	w = w&^uint64(dashMask) | 0x3000_0030_0000_0000
	if !digits(w) || !digits(uint64(d)|0x3030_3030_3030_0000) {
		return 0, false
	}
	year := int(w&15)*1000 + int(w>>8&15)*100 + int(w>>16&15)*10 + int(w>>24&15)
	month := int(w>>40&15)*10 + int(w>>48&15)
	dom := int(d&15)*10 + int(d>>8&15)
	if month < 1 || month > 12 || dom < 1 || dom > 28 && dom > daysIn(year, month) {
		return 0, false
	}
	return civil(year, month, dom), true
}

// digits reports whether all eight bytes are '0'..'9'.
func digits(w uint64) bool {
	const high, zeros = 0xf0f0_f0f0_f0f0_f0f0, 0x3030_3030_3030_3030
	return (w&high)|((w+0x0606_0606_0606_0606)&high)>>4 == zeros|zeros>>4
}

func daysIn(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// civil counts the days from 1970-01-01 in the Gregorian calendar.
func civil(year, month, dom int) int32 {
	// From 1 March on, so that the leap day is a year's last.
	if month < 3 {
		year, month = year-1, month+12
	}
	y := uint32(year + 400) // not negative; 400 years are 146 097 days
	return int32(365*y+y/4-y/100+y/400+(153*uint32(month)-457)/5+uint32(dom)) - 1 - 719468 - 146097
}

// degrees reads a decimal number of degrees as micro-degrees, half a micro-degree
// rounded away from zero. The empty field is Missing.
func degrees(b []byte, most int32) (int32, bool) {
	if len(b) == 0 {
		return Missing, true
	}
	negative := b[0] == '-'
	if negative {
		b = b[1:]
	}
	var v, whole, decimals int32
	for whole < int32(len(b)) && b[whole] != '.' {
		if whole == 3 || b[whole]-'0' > 9 {
			return 0, false
		}
		v = v*10 + int32(b[whole]-'0')
		whole++
	}
	if whole == 0 || int(whole) == len(b)-1 {
		return 0, false
	}
	b = b[min(int(whole)+1, len(b)):]
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		if decimals < 6 {
			v = v*10 + int32(c-'0')
			decimals++
		}
	}
	for ; decimals < 6; decimals++ {
		v *= 10
	}
	if len(b) > 6 && b[6] >= '5' {
		v++
	}
	if negative {
		v = -v
	}
	return v, v <= most && v >= -most
}

// sixDecimals reads [-]d.dddddd with one to three digits before the point and a comma
// behind, from b[i] on. It returns where the comma is.
func sixDecimals(b []byte, i int, most int32) (v int32, end int, ok bool) {
	negative := b[i] == '-'
	if negative {
		i++
	}
	v = int32(b[i] - '0')
	if v > 9 {
		return 0, i, false
	}
	i++
	for k := 0; b[i] != '.'; k++ {
		c := int32(b[i] - '0')
		if c > 9 || k == 2 {
			return 0, i, false
		}
		v = v*10 + c
		i++
	}
	w := binary.LittleEndian.Uint64(b[i+1:])
	if byte(w>>48) != ',' {
		return 0, i, false
	}
	w = w<<16 | 0x3030
	if !digits(w) {
		return 0, i, false
	}
	v = v*1e6 + eight(w)
	if negative {
		v = -v
	}
	return v, i + 7, v <= most && v >= -most
}

// eight is the number that eight digits spell, the first in the lowest byte.
func eight(w uint64) int32 {
	w &= 0x0f0f_0f0f_0f0f_0f0f
	w = w*10 + w>>8 // tens and ones meet in every second byte
	const pairs = 0x0000_00ff_0000_00ff
	return int32((w&pairs*(100+1_000_000<<32) + w>>16&pairs*(1+10_000<<32)) >> 32)
}

// number reads a whole number of at most nine digits; the empty field is Missing.
func number(b []byte) (int32, bool) {
	if len(b) == 0 {
		return Missing, true
	}
	if len(b) > 9 {
		return 0, false
	}
	var v int32
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		v = v*10 + int32(c-'0')
	}
	return v, true
}

// digitsFrom reads a whole number from b[i] on and returns where it ends; it takes no
// more than nine digits, and none is Missing.
func digitsFrom(b []byte, i int) (v int32, end int) {
	first := i
	for ; b[i]-'0' <= 9 && i < first+9; i++ {
		v = v*10 + int32(b[i]-'0')
	}
	if i == first {
		return Missing, i
	}
	return v, i
}

// precision reads a code 1..255; the empty field is 0.
func precision(b []byte) (uint8, bool) {
	v, ok := number(b)
	if v == Missing {
		return 0, ok
	}
	return uint8(v), ok && v >= 1 && v <= 255
}

// special marks, in the high bit of its byte, the first byte of w that is a comma, a
// quote or a newline. Bytes after the first may be marked wrongly.
func special(w uint64) uint64 {
	const ones, highs = 0x0101_0101_0101_0101, 0x8080_8080_8080_8080
	comma, quote, newline := w^(ones*','), w^(ones*'"'), w^(ones*'\n')
	return ((comma-ones)&^comma | (quote-ones)&^quote | (newline-ones)&^newline) & highs
}

// nextSpecial returns where the next comma, quote or newline is, from b[i] on. There
// must be one, and fifteen bytes behind it.
func nextSpecial(b []byte, i int) int {
	for {
		two := b[i : i+16]
		m, n := special(binary.LittleEndian.Uint64(two)), special(binary.LittleEndian.Uint64(two[8:]))
		switch {
		case m != 0:
			return i + bits.TrailingZeros64(m)>>3
		case n != 0:
			return i + 8 + bits.TrailingZeros64(n)>>3
		}
		i += 16
	}
}

// wordFrom reads a word from b[i] on and returns its code in d and where it ends.
func wordFrom(d *Dict, b []byte, i int) (code uint32, end int) {
	var h uint64
	for j := i; ; j += 8 {
		w := binary.LittleEndian.Uint64(b[j:])
		m := special(w)
		if m == 0 {
			h = hashStep(h, w)
			continue
		}
		k := bits.TrailingZeros64(m) &^ 7
		if end = j + k>>3; end == i {
			return 0, end
		}
		return d.code(hashEnd(hashStep(h, w&(1<<k-1))), b[i:end]), end
	}
}
