package screen

import (
	"testing"
	"time"

	"truce"
)

func TestLengths(t *testing.T) {
	for d, want := range map[time.Duration]Length{
		0: {}, 59 * time.Second: {}, 61 * time.Minute: {0, 1, 1}, 25*time.Hour + 30*time.Minute: {1, 1, 0}, 240 * time.Hour: {10, 0, 0}, 247 * time.Hour: {10, 0, 0},
	} {
		if got := NewLength(d); got != want {
			t.Errorf("%v is %v, not %v", d, got, want)
		}
	}
}

// TestPositionsInTwoForms: the second is the first in degrees and minutes, by hand.
func TestPositionsInTwoForms(t *testing.T) {
	for _, c := range []struct {
		p    truce.Place
		want string
	}{
		{truce.Place{Form: truce.FormDisc, Lat: 36.5, Lon: 37.255}, "36.5000, 37.2550 = 36°30.0′N 37°15.3′E"},
		{truce.Place{Form: truce.FormDisc, Lat: -0.99999, Lon: -10.1}, "-1.0000, -10.1000 = 1°00.0′S 10°06.0′W"},
		{truce.Place{Form: truce.FormArea, Area: "SY02"}, ""},
		{truce.Place{}, ""},
	} {
		if got := position(c.p); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
