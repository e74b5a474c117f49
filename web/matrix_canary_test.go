package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
)

// canaries are values that stand nowhere else: texts, numbers, spots on the map and moments.
// Each has a number of its own, by which it is known wherever it turns up.
type canaries struct {
	n      int
	second map[bool]int   // the next one to be a moment, of the new ones and the old
	times  map[string]int // by second
}

// first is the earliest moment planted that is not a day old when the matrix is asked, and
// last the one before the record's own clock begins; the old ones lie thirty days before.
var first, last = noon.Add(-22 * time.Hour), noon.Add(-14 * time.Hour)

func (c *canaries) next() int {
	if c.n++; c.n > 999_999 {
		panic("a canary's number has six digits")
	}
	return c.n
}

func (c *canaries) text() string { return fmt.Sprintf("canary%06d", c.next()) }

func (c *canaries) number() int64 {
	n, _ := strconv.ParseInt(fmt.Sprintf("9170%06d0719", c.next()), 10, 64)
	return n
}

// digest is a SHA-256 with a canary in it.
func (c *canaries) digest() string {
	return fmt.Sprintf("%064s", fmt.Sprintf("9170%06d0719", c.next()))
}

// spot is a place with its name, each a canary of its own.
func (c *canaries) spot() truce.Place {
	part, _ := strconv.ParseFloat(fmt.Sprintf("0.7%06d7", c.next()), 64)
	round := func(f float64) float64 { return math.Round(f*1e8) / 1e8 }
	return truce.Place{Form: truce.FormDisc, Lat: round(36 + part), Lon: round(37 + part), Within: 40, Name: c.text()}
}

// moment is a second of its own, later than those before.
func (c *canaries) moment(old bool) time.Time {
	if c.times == nil {
		c.times, c.second = map[string]int{}, map[bool]int{}
	}
	for {
		t := first.Add(time.Duration(c.second[old]) * time.Second)
		if !t.Before(last) {
			panic("more moments are planted than there is time before the clock begins")
		}
		if old {
			t = t.AddDate(0, 0, -30)
		}
		if c.second[old]++; ownable(t) {
			c.times[t.Format("2006-01-02T15:04:05")] = c.next()
			return t
		}
	}
}

// ownable reports whether a moment is nothing else besides: on no whole minute, as days and cuts
// are, and in hours of UTC that no other moment has by the mission's clock, three hours on.
func ownable(t time.Time) bool {
	return t.Second() != 0 && slices.Contains([]int{20, 21, 22, 2, 3}, t.Hour())
}

func (c *canaries) when(old bool) truce.When {
	return truce.When{From: c.moment(old), To: c.moment(old)}
}

// in finds the canaries in a text, in its escapes and in what is base64 in it.
func (c *canaries) in(text []byte, found map[int]bool) {
	c.plain(text, found)
	if bytes.Contains(text, []byte(`\u`)) || bytes.IndexByte(text, '%') >= 0 {
		c.plain(unescaped(text), found)
	}
	if bytes.Contains(text, []byte("&#")) {
		c.plain([]byte(html.UnescapeString(string(text))), found)
	}
	unbased(text, func(inner []byte) { c.plain(inner, found) })
}

// plain finds the canaries that stand in a text as they are.
func (c *canaries) plain(text []byte, found map[int]bool) {
	digits := func(at, n int) int {
		if at+n > len(text) {
			return 0
		}
		i, err := strconv.Atoi(string(text[at : at+n]))
		if err != nil || i < 0 {
			return 0
		}
		return i
	}
	c.each(text, "canary", func(at int) { found[digits(at, 6)] = true })
	c.each(text, "9170", func(at int) {
		if digits(at+6, 4) == 719 {
			found[digits(at, 6)] = true
		}
	})
	for _, degree := range []string{"36.7", "37.7"} {
		c.each(text, degree, func(at int) {
			if digits(at+6, 1) == 7 && digits(at+7, 1) == 0 {
				found[digits(at, 6)] = true
			}
		})
	}
	c.each(text, "2016-0", func(at int) {
		if from := at - len("2016-0"); from+19 <= len(text) {
			found[c.times[string(text[from:from+10])+"T"+string(text[from+11:from+19])]] = true
		}
	})
	maps.DeleteFunc(found, func(id int, _ bool) bool { return id == 0 || id > c.n })
}

// each calls f with where a text goes on behind each marker in it.
func (c *canaries) each(text []byte, marker string, f func(at int)) {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(marker))
		if i < 0 {
			return
		}
		at += i + len(marker)
		f(at)
	}
}

// unescaped takes back the escapes of JSON and of addresses.
func unescaped(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		skip := 0
		switch {
		case text[i] == '%':
			skip = 1
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == 'u':
			skip = 2
		}
		if n := 2 * skip; skip > 0 && i+skip+n <= len(text) {
			if r, err := strconv.ParseUint(string(text[i+skip:i+skip+n]), 16, 16); err == nil {
				out = append(out, string(rune(r))...)
				i += skip + n - 1
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}

// unbased decodes everything in a text that may be base64, of whichever alphabet.
func unbased(text []byte, f func([]byte)) {
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && isBase64[text[to]] {
			to++
		}
		if run := text[from:to]; len(run) >= 12 {
			plain := strings.NewReplacer("-", "+", "_", "/").Replace(string(run))
			for ; len(plain) > 0; plain = plain[:len(plain)-1] {
				if inner, err := base64.RawStdEncoding.DecodeString(plain); err == nil {
					f(inner)
					break
				}
			}
		}
		from = to + 1
	}
}

// isBase64 are the letters of both alphabets.
var isBase64 = func() (is [256]bool) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		is[b] = true
	}
	return is
}()
