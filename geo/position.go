package geo

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Position is a point as somebody wrote it: WGS 84 degrees, and within how many metres of it
// the writing leaves the place open.
type Position struct{ Lat, Lon, Within float64 }

// finest is the least radius in metres of a position that somebody wrote: nobody means less.
const finest = 10

// ParsePosition reads a position as people write it: in decimal degrees ("36.2021, 37.1343"),
// in degrees and minutes or minutes and seconds ("36°12.1'N 37°08'E", "N36 12 07 E037 08 03"),
// or on the military grid (MGRS: "37S DA 1234 5678"), with digits of any script. Latitude comes
// first unless letters say otherwise. An error says what was expected.
func ParsePosition(text string) (Position, error) {
	s := plainDigits(text)
	if m := military.FindStringSubmatch(strings.Map(dense, s)); m != nil {
		return gridPosition(m)
	}
	return angles(s)
}

const wantPosition = "36.2021, 37.1343, or 36°12.1'N 37°08'E, or 37S DA 1234 5678"

// plainDigits writes digits of every script as 0 to 9, and letters as capitals.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && unicode.IsDigit(r) {
			for zero := r - 9; zero <= r; zero++ {
				if unicode.IsDigit(zero) && (zero == r-9 || !unicode.IsDigit(zero-1)) {
					return '0' + (r-zero)%10
				}
			}
		}
		if r == '٫' {
			return '.'
		}
		return unicode.ToUpper(r)
	}, s)
}

func dense(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

var military = regexp.MustCompile(`^([0-9]{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])([0-9]{0,10})$`)

// gridPosition is the middle of a square of the military grid.
func gridPosition(m []string) (Position, error) {
	zone, _ := strconv.Atoi(m[1])
	digits := m[5]
	column := strings.Index([]string{"STUVWXYZ", "ABCDEFGH", "JKLMNPQR"}[zone%3], m[3])
	if zone < 1 || zone > 60 || len(digits)%2 != 0 || column < 0 {
		return Position{}, invalid("position", "there is no such square of the grid", wantPosition)
	}
	row := strings.Index("ABCDEFGHJKLMNPQRSTUV", m[4])
	if zone%2 == 0 {
		row = (row + 15) % 20
	}
	side := 100_000 / math.Pow10(len(digits)/2)
	east, _ := strconv.ParseFloat("0"+digits[:len(digits)/2], 64)
	north, _ := strconv.ParseFloat("0"+digits[len(digits)/2:], 64)
	x := float64(column+1)*100_000 + (east+.5)*side
	y := float64(row)*100_000 + (north+.5)*side
	bottom := float64(strings.Index("CDEFGHJKLMNPQRSTUVWX", m[2]))*8 - 80
	top := bottom + 8
	if m[2] == "X" {
		top = 84
	}
	for ; y < 10_000_000; y += 2_000_000 { // rows repeat
		lat, lon := fromTransverse(x, y, zone, bottom < 0)
		if reach := side / 100_000; lat >= bottom-reach && lat < top+reach {
			return Position{lat, lon, max(finest, side*math.Sqrt2/2)}, nil
		}
	}
	return Position{}, invalid("position", "the row of the square is not in this band", wantPosition)
}

// fromTransverse undoes UTM: easting and northing in metres of a zone, by Krüger's series in
// the third flattening, good to a millimetre within a zone.
func fromTransverse(x, y float64, zone int, south bool) (lat, lon float64) {
	const f = 1 / 298.257223563
	const n = f / (2 - f)
	const radius = 6378137 / (1 + n) * (1 + n*n/4 + n*n*n*n/64)
	if south {
		y -= 10_000_000
	}
	xi, eta := y/(0.9996*radius), (x-500_000)/(0.9996*radius)
	beta := [...]float64{n/2 - 2*n*n/3 + 37*n*n*n/96, n*n/48 + n*n*n/15, 17 * n * n * n / 480}
	u, v := xi, eta
	for i, b := range beta {
		k := 2 * float64(i+1)
		u -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		v -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	chi := math.Asin(math.Sin(u) / math.Cosh(v))
	delta := [...]float64{2*n - 2*n*n/3 - 2*n*n*n, 7*n*n/3 - 8*n*n*n/5, 56 * n * n * n / 15}
	lat = chi
	for i, d := range delta {
		lat += d * math.Sin(2*float64(i+1)*chi)
	}
	lon = float64(zone)*6 - 183 + math.Atan2(math.Sinh(v), math.Cos(u))*180/math.Pi
	return lat * 180 / math.Pi, lon
}

var (
	numeral = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)
	written = regexp.MustCompile(`^[-+0-9.,;/NSEW°º˚'’′"”″:\s]+$`)
)

// angle is a latitude or longitude as it stands in a text.
type angle struct {
	value, step float64 // degrees; step is what the last digit counts
	axis        byte    // 'N' or 'E', as letters say; 0 where they do not
}

// angles reads two angles.
func angles(s string) (Position, error) {
	wrong := func(msg string) (Position, error) { return Position{}, invalid("position", msg, wantPosition) }
	if len(s) > 200 || !written.MatchString(s) {
		return wrong("this is no position")
	}
	first, second, ok := halves(s)
	if !ok {
		return wrong("these are not two angles")
	}
	a, okA := readAngle(first)
	b, okB := readAngle(second)
	if !okA || !okB {
		return wrong("these are not two angles")
	}
	if a.axis == 'E' || b.axis == 'N' {
		a, b = b, a
	}
	if a.axis == 'E' || b.axis == 'N' || math.Abs(a.value) > 90 || math.Abs(b.value) > 180 {
		return wrong(fmt.Sprintf("%s and %s are no latitude and longitude", number(a.value), number(b.value)))
	}
	high, wide := a.step*111_320/2, b.step*111_320/2*math.Cos(a.value*math.Pi/180)
	return Position{a.value, b.value, max(finest, math.Hypot(high, wide))}, nil
}

// halves parts a text into its two angles: after or before the letters, at a comma, or in the
// middle of its numbers.
func halves(s string) (first, second string, ok bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "NSEW"); i > 0 {
		return s[:i+1], s[i+1:], true
	} else if i == 0 {
		if j := strings.IndexAny(s[1:], "NSEW"); j > 0 {
			return s[:j+1], s[j+1:], true
		}
		return "", "", false
	}
	if i := strings.IndexAny(s, ",;/"); i > 0 {
		return s[:i], s[i+1:], true
	}
	at := numeral.FindAllStringIndex(s, -1)
	if len(at) == 0 || len(at)%2 != 0 {
		return "", "", false
	}
	cut := at[len(at)/2][0]
	if cut > 0 && (s[cut-1] == '-' || s[cut-1] == '+') {
		cut--
	}
	return s[:cut], s[cut:], true
}

// readAngle reads one angle of one to three numbers, of which only the last may be broken.
func readAngle(s string) (angle, bool) {
	var a angle
	letters := strings.Map(func(r rune) rune {
		if strings.ContainsRune("NSEW", r) {
			return r
		}
		return -1
	}, s)
	if len(letters) > 1 {
		return a, false
	}
	numbers := numeral.FindAllString(s, -1)
	if len(numbers) == 0 || len(numbers) > 3 {
		return a, false
	}
	for i, text := range numbers {
		_, broken, has := strings.Cut(text, ".")
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || i > 0 && v >= 60 || has && i < len(numbers)-1 {
			return a, false
		}
		part := math.Pow(60, -float64(i))
		a.value += v * part
		a.step = part * math.Pow10(-len(broken))
	}
	if minus := strings.HasPrefix(strings.TrimSpace(s), "-"); minus || letters == "S" || letters == "W" {
		if minus && letters != "" {
			return a, false
		}
		a.value = -a.value
	}
	switch letters {
	case "N", "S":
		a.axis = 'N'
	case "E", "W":
		a.axis = 'E'
	}
	return a, true
}
