package desk

import (
	"bytes"
	"context"
	"sync"
	"time"

	"truce"
	"truce/store"
)

// Side is the store's small private side, as accounts and witnesses use it. What takes two
// steps, such as using a link once, is done under one lock: one process serves a record.
type Side struct {
	db *store.DB
	mu sync.Mutex
}

// NewSide returns the private side of a database.
func NewSide(db *store.DB) *Side { return &Side{db: db} }

// Keep stores a body in place of what was there.
func (s *Side) Keep(ctx context.Context, kind, id string, body []byte, expires time.Time) error {
	return s.db.Keep(ctx, kind, id, body, expires)
}

// Kept returns a body, and whether it is there.
func (s *Side) Kept(ctx context.Context, kind, id string) ([]byte, bool, error) {
	b, err := s.db.Kept(ctx, kind, id)
	if kindOf(err) == truce.Absent {
		return nil, false, nil
	}
	return b, err == nil, err
}

// KeptAll returns every body of a kind by its identifier.
func (s *Side) KeptAll(ctx context.Context, kind string) (map[string][]byte, error) {
	return s.db.KeptAll(ctx, kind)
}

// Forget removes a body and tells whether this very call did it.
func (s *Side) Forget(ctx context.Context, kind, id string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, was, err := s.Kept(ctx, kind, id)
	if err != nil || !was {
		return false, err
	}
	return true, s.db.Forget(ctx, kind, id)
}

// witnessed is the kind under which a witness keeps the checkpoints it has seen.
const witnessed = "witnessed"

// Load returns the latest checkpoint that was stored for an origin; nil if none was.
func (s *Side) Load(origin string) ([]byte, error) {
	b, _, err := s.Kept(context.Background(), witnessed, origin)
	return b, err
}

// Store replaces an origin's checkpoint if it is still the old one, and says whether it did.
func (s *Side) Store(origin string, old, signed []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	had, err := s.Load(origin)
	if err != nil || !bytes.Equal(had, old) {
		return false, err
	}
	return true, s.db.Keep(context.Background(), witnessed, origin, signed, time.Time{})
}
