package web

import "sync"

// memory keeps what an export read, since it never changes there: of each page of a
// list the same things would be read again. What is in it is only looked at.
type memory struct {
	mu   sync.Mutex
	held map[string]any
}

// mostRemembered bounds it; what comes later is read each time.
const mostRemembered = 1000

// remembered reads what depends on the snapshot, the date and the key alone. The site
// that runs remembers nothing: its pages are kept in the cache.
func remembered[T any](q *request, key string, read func() (T, error)) (T, error) {
	m := q.Site.memory
	if m == nil {
		return read()
	}
	m.mu.Lock()
	v, ok := m.held[key]
	m.mu.Unlock()
	if ok {
		return v.(T), nil
	}
	made, err := read()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && len(m.held) < mostRemembered {
		m.held[key] = made
	}
	return made, err
}
