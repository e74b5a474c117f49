package web

import (
	"math"
	"sync"
	"time"
)

// Rate is how many requests pass: so many a second in the long run, and Burst at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// limiterNames is how many names a limiter remembers at most, twice over.
const limiterNames = 16384

// limiter lets requests pass by name at a rate. What it remembers is bounded: names that did
// not come again while limiterNames others came are forgotten, as if their bucket were full.
type limiter struct {
	rate Rate

	mu       sync.Mutex
	now, old map[string]bucket
}

// bucket is what is left for a name, as of a time.
type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(r, standard Rate) *limiter {
	if r == (Rate{}) {
		r = standard
	}
	return &limiter{rate: r, now: map[string]bucket{}}
}

// take lets one request of a name pass, or says how long it should wait. A clock that goes
// back fills nothing and costs nothing.
func (l *limiter) take(name string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name, now)
	if b.left < 1 {
		wait = time.Duration(math.Ceil((1-b.left)/l.rate.PerSecond)) * time.Second
	} else {
		b.left--
	}
	if _, known := l.now[name]; !known && len(l.now) >= limiterNames {
		l.old, l.now = l.now, map[string]bucket{}
	}
	l.now[name] = b
	return wait
}

// empty says how long a name has to wait, without taking anything.
func (l *limiter) empty(name string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.bucket(name, now); b.left < 1 {
		return time.Duration(math.Ceil((1-b.left)/l.rate.PerSecond)) * time.Second
	}
	return 0
}

// bucket is a name's bucket, filled up to now.
func (l *limiter) bucket(name string, now time.Time) bucket {
	b, known := l.now[name]
	if !known {
		b, known = l.old[name]
	}
	if !known {
		return bucket{float64(l.rate.Burst), now}
	}
	if d := now.Sub(b.at); d > 0 {
		b.left = min(float64(l.rate.Burst), b.left+d.Seconds()*l.rate.PerSecond)
	}
	b.at = now
	return b
}

// counter counts what is open at the same time, by name.
type counter struct {
	mu   sync.Mutex
	open map[string]int
	all  int
}

// enter counts one more unless the name has most of them, or all have mostAll.
func (c *counter) enter(name string, most, mostAll int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[name] >= most || c.all >= mostAll {
		return false
	}
	c.open[name]++
	c.all++
	return true
}

func (c *counter) leave(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.open[name]--; c.open[name] == 0 {
		delete(c.open, name)
	}
}

func (c *counter) total() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.all)
}
