package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"truce/access"
)

// look is a sight that is about to be made.
type look struct {
	*Sight
	view       *view
	labels     []string
	agreements map[string]bool
	part       *Scope // what of the record it is of; nil: all
}

// look returns what a person may see as of a number of entries; 0 is all. With a scope it is a
// sight of a part where the record is large.
func (r *Record) look(ctx context.Context, who access.Person, asOf int64, of *Scope) (*Sight, error) {
	l, err := r.lookAt(ctx, who, asOf, of)
	for err == nil && l.Zone != nil {
		var s *Sight
		if s, err = l.kept(ctx); s != nil || err != nil {
			return s, err
		}
		s, err = r.together(ctx, l, asOf, of)
		if err != nil || s.AsOf == l.AsOf {
			return s, err
		}
		had := l
		if l, err = r.lookAt(ctx, who, max(s.AsOf, l.AsOf), of); err == nil && l.AsOf == s.AsOf && l.key == had.key {
			return s, nil // as of then the person may still see what those see for whom it was made
		}
	}
	if err != nil {
		return nil, err
	}
	return l.Sight, nil
}

// lookAt prepares a look: which sort of reader it is for, and what that reader may see.
func (r *Record) lookAt(ctx context.Context, who access.Person, asOf int64, of *Scope) (*look, error) {
	s, v, err := r.glance(ctx, who, asOf)
	l := &look{Sight: s, view: v}
	if err != nil || s.Zone == nil {
		return l, err
	}
	if l.agreements, err = v.agreements(ctx); err != nil {
		return nil, err
	}
	if l.labels, err = r.labels(ctx, who, access.List, "element"); err != nil {
		return nil, err
	}
	if s.key, err = v.key(ctx, l.labels, l.agreements); err != nil || of == nil {
		return l, err
	}
	if large, err := r.isLarge(ctx, l.labels, s.AsOf); err != nil || !large {
		return l, err
	}
	l.part = of
	s.key += fmt.Sprintf("%q", *of)
	return l, nil
}

// together makes a sight once for all who wait for it. Who asks for all that is known gets what
// is known when the turn comes, and only so many turns are taken at a time: when many look while
// reports pour in, that is one look after the other and not one for each report.
func (r *Record) together(ctx context.Context, l *look, asOf int64, of *Scope) (*Sight, error) {
	key := strconv.FormatInt(asOf, 10) + "\n" + l.key
	done := r.once.DoChan(key, func() (any, error) {
		ctx := context.WithoutCancel(ctx) // it goes on when the first who asked goes away
		r.looks <- struct{}{}
		defer func() { <-r.looks }()
		r.once.Forget(key) // who asks from here on may know of more
		if asOf > 0 {
			return l.make(ctx)
		}
		now, err := r.lookAt(ctx, l.view.who, 0, of)
		switch {
		case err != nil:
			return nil, err
		case now.key != l.key:
			return l.make(ctx)
		}
		return now.make(ctx)
	})
	select {
	case x := <-done:
		if x.Err != nil {
			return nil, x.Err
		}
		return x.Val.(*Sight), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// kept is the sight, if it was made before; else nil.
func (l *look) kept(ctx context.Context) (*Sight, error) {
	r := l.view.r
	o, err := r.terms(ctx, l.AsOf)
	if err != nil {
		return nil, err
	}
	if l.part != nil {
		return r.partLike(ctx, o, l.Sight)
	}
	last, good, err := r.judgedBefore(ctx, o, l.AsOf)
	if !good || err != nil {
		return nil, err
	}
	return r.sightLike(l.Sight, last), nil
}

// make makes the sight, if it was not made meanwhile, and keeps it for the next who ask.
func (l *look) make(ctx context.Context) (*Sight, error) {
	if had, err := l.kept(ctx); had != nil || err != nil {
		return had, err
	}
	r, s := l.view.r, l.Sight
	var err error
	if l.part != nil {
		err = r.gather(ctx, s, l.view, l.labels, *l.part)
	} else {
		s.of, err = r.judge(ctx, s.AsOf)
	}
	if err == nil {
		err = s.fill(ctx, l.view, l.labels, l.agreements)
	}
	if err != nil {
		return nil, err
	}
	if l.part != nil {
		s.begin()
		r.keepPart(s)
	} else {
		r.keepWhole(s)
	}
	return s, nil
}

// maxSights is how many sights are kept ready: one for each sort of reader, now and as of
// a few earlier entries.
const maxSights = 8

func (r *Record) keepWhole(s *Sight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sights = append(r.sights, s); len(r.sights) > maxSights {
		r.sights = slices.Delete(r.sights, 0, 1)
	}
}
