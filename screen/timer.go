package screen

import "time"

// Timer is a limit, or a length of time that grows, as it stood when the page was made. Where scripts
// run, the island "timer" goes on counting.
type Timer struct {
	At, Now time.Time
	Length  Length // between the two
	Over    bool   // the limit has passed
	// Left and Late name the words that go before the length.
	Left, Late string
	Of         string // what it is of, to be announced
}

// Limit is how long there is until at, or for how long it is past. words is what the names of its
// words begin with.
func (f Frame) Limit(at, now time.Time, words, of string) Timer {
	return Timer{At: at, Now: now, Length: NewLength(at.Sub(now).Abs()), Over: now.After(at), Left: words + ".left", Late: words + ".late", Of: of}
}

// Since is how long something has gone on.
func (f Frame) Since(at, now time.Time) Timer {
	return Timer{At: at, Now: now, Length: NewLength(max(0, now.Sub(at)))}
}

// Instant writes a time for programs: UTC, to the second.
func (t Timer) Instant() string { return t.At.UTC().Format(time.RFC3339) }

// Made is when the page was made, in the same way.
func (t Timer) Made() string { return t.Now.UTC().Format(time.RFC3339) }
