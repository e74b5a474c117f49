package web

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestALimiterForgetsBeforeItGrows(t *testing.T) {
	l := newLimiter(Rate{1, 3}, Rate{})
	for i := range 5 * limiterNames {
		l.take(fmt.Sprint(i), noon)
	}
	if n := len(l.now) + len(l.old); n > 2*limiterNames {
		t.Errorf("%d names are remembered", n)
	}
}

// TestALimiterKeepsItsRate: in whatever steps time goes on, no more pass than the burst and
// what the time allows, and whoever waits as long as told passes.
func TestALimiterKeepsItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{rapid.Float64Range(0.1, 50).Draw(t, "rate"), rapid.IntRange(1, 40).Draw(t, "burst")}
		l, now, passed := newLimiter(rate, Rate{}), noon, 0
		for _, ms := range rapid.SliceOfN(rapid.IntRange(-2000, 5000), 1, 200).Draw(t, "steps") {
			if ms > 0 {
				now = now.Add(time.Duration(ms) * time.Millisecond)
			}
			at := now
			if ms < 0 { // the clock jumps back for once
				at = now.Add(time.Duration(ms) * time.Millisecond)
			}
			if wait := l.take("a", at); wait == 0 {
				passed++
			} else if ms >= 0 {
				if l.empty("a", now.Add(wait)) > 0 {
					t.Fatalf("told to wait %v, which was not enough", wait)
				}
			}
		}
		most := float64(rate.Burst) + (now.Sub(noon).Seconds()+400)*rate.PerSecond
		if float64(passed) > most {
			t.Fatalf("%d passed, at most %v may", passed, most)
		}
	})
}
