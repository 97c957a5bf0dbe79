package script

import (
	"net/http"
	"testing"
)

// world is one record, the program that serves it, and the browsers of those who use it.
type world struct {
	t        *testing.T
	dir, db  string
	base     string
	pack     string
	kept     map[string]string
	browsers map[string]*http.Client
	who      string
	page     *document
	form     *form
	printed  string
	letter   string
	read     map[string]bool // mails that a script has looked at
	writing  string          // the file that is being written
	steps    int
	keys     int
	cells    int
}

func newWorld(t *testing.T, engine string) *world {
	w := &world{t: t, dir: t.TempDir(), kept: map[string]string{}, browsers: map[string]*http.Client{}, read: map[string]bool{}}
	if engine == "postgres" {
		w.db = database(t)
	}
	return w
}
