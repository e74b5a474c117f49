package people

import (
	"context"
	"net/netip"
	"time"
)

// Limits of the throttle.
const (
	freeAccount  = 5  // failures of an account before there is a wait
	freeAddress  = 20 // of an address: many people may share one
	longestWait  = 15 * time.Minute
	forgetsAfter = 24 * time.Hour
	knownLasts   = 30 * 24 * time.Hour
)

// failures counts those under one name since the last success or day of rest.
type failures struct {
	Count int       `json:"count"`
	Until time.Time `json:"until"` // no attempt before
}

// counted is one name under which an attempt counts.
type counted struct {
	name  string // pseudonym
	free  int
	shed  bool // a success clears the count; else it only takes back its own attempt
	trust string
}

// wait is how long nobody may try again after so many failures.
func wait(count, free int) time.Duration {
	if count < free {
		return 0
	}
	return min(time.Second<<min(count-free, 10), longestWait)
}

// blocked is how long a count still holds. A wait longer than any that we set was written
// when the clock ran ahead, and does not hold.
func (f failures) blocked(now time.Time) time.Duration {
	if d := f.Until.Sub(now); d > 0 && d <= longestWait {
		return d
	}
	return 0
}

// admit counts an attempt as failed before it is made, so that many at once do not slip
// through, and refuses it while a wait lasts. A success is told by forgive. An empty account
// counts by address alone.
func (p *People) admit(ctx context.Context, account, address string, now time.Time) ([]counted, error) {
	keys, err := p.counts(ctx, account, address, now)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fs := make([]failures, len(keys))
	for i, k := range keys {
		if _, err := p.kept(ctx, kindThrottle, k.name, now, &fs[i]); err != nil {
			return nil, err
		}
		if d := fs[i].blocked(now); d > 0 {
			return nil, &Refusal{Reason: ReasonThrottled, Wait: d}
		}
	}
	for i, k := range keys {
		fs[i].Count++
		fs[i].Until = now.Add(wait(fs[i].Count, k.free))
		if err := p.keep(ctx, kindThrottle, k.name, fs[i], now.Add(forgetsAfter)); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// counts are the names under which an attempt counts.
func (p *People) counts(ctx context.Context, account, address string, now time.Time) ([]counted, error) {
	var keys []counted
	net := network(address)
	if net != "" {
		keys = append(keys, counted{name: p.o.Key.pseudonym("address\n" + net), free: freeAddress})
	}
	if account == "" {
		return keys, nil
	}
	k := counted{name: p.o.Key.pseudonym("account\n" + account), free: freeAccount, shed: true, trust: p.o.Key.pseudonym("known\n" + account + "\n" + net)}
	var yes bool
	ok, err := p.kept(ctx, kindKnown, k.trust, now, &yes)
	if err != nil {
		return nil, err
	}
	if ok { // strangers elsewhere cannot make this one wait
		k.name = k.trust
	}
	return append(keys, k), nil
}

// forgive takes back what admit counted, after a success.
func (p *People) forgive(ctx context.Context, keys []counted, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range keys {
		if err := p.forgiveOne(ctx, k, now); err != nil {
			return err
		}
	}
	return nil
}

func (p *People) forgiveOne(ctx context.Context, k counted, now time.Time) error {
	if k.shed {
		if _, err := p.side.Forget(ctx, kindThrottle, k.name); err != nil {
			return err
		}
		return p.keep(ctx, kindKnown, k.trust, true, now.Add(knownLasts))
	}
	var f failures
	ok, err := p.kept(ctx, kindThrottle, k.name, now, &f)
	if err != nil || !ok {
		return err
	}
	f.Count, f.Until = max(0, f.Count-1), now
	return p.keep(ctx, kindThrottle, k.name, f, now.Add(forgetsAfter))
}

// network is what counts as one address: an IPv4 address, or the /64 that one IPv6
// subscriber has to itself.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return cut(address, 64)
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
