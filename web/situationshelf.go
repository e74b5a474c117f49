package web

import (
	"slices"
	"sync"

	"truce/desk"
)

// shelf keeps what was made of a result, which a sight shares with all that see the same. It
// is safe for concurrent use; several who ask for the same at once wait for one.
type shelf[T any] struct {
	most int
	mu   sync.Mutex
	kept []keptOf[T]
}

type keptOf[T any] struct {
	result *desk.Result
	key    string
	get    func() (T, error)
}

func newShelf[T any](most int) *shelf[T] { return &shelf[T]{most: most} }

// get is what was made of a result under a key, or is made now. What was asked longest ago goes.
func (s *shelf[T]) get(result *desk.Result, key string, make func() (T, error)) (T, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.kept, func(had keptOf[T]) bool { return had.result == result && had.key == key })
	if i < 0 {
		i = len(s.kept)
		s.kept = append(s.kept, keptOf[T]{result, key, sync.OnceValues(make)})
	}
	asked := s.kept[i]
	s.kept = append(slices.Delete(s.kept, i, i+1), asked)
	if len(s.kept) > s.most {
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	s.mu.Unlock()
	return asked.get()
}
