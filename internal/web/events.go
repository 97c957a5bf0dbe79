package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

// What the program's log says of a request: enough to find out what happened, and
// nothing that opens anything or names anybody. Secrets of links, ceremonies and
// receipts stand in addresses, so a long part of an address is left out; what was
// asked for after the question mark is left out whole.

// longestPart is longer than any id or word of an address, and shorter than any secret.
const longestPart = 24

// loggable is an address without what may be a secret.
func loggable(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) > longestPart || i > 0 && parts[i-1] == "receipts" && parts[1] != "record" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// noteRefusal logs what a site was asked for and did not do: a sign-in, a form or
// a token that was refused, or too many of them. Where a request came from, as
// coarsely as limits see it, is noted for the ways of signing in alone: whoever
// says that something is wrong leaves no trace of her network.
func (s *Site) noteRefusal(r *http.Request, status int) {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusGone:
	default:
		return
	}
	path := loggable(r.URL.Path)
	what := []slog.Attr{slog.Int("status", status), slog.String("method", r.Method), slog.String("path", path)}
	for _, way := range []string{"/sign-in", "/link/", "/api/"} {
		if strings.Contains(path, way) {
			what = append(what, slog.String("network", network(r)))
		}
	}
	s.c.Log.LogAttrs(r.Context(), slog.LevelInfo, "refused", what...)
}

// catch is the last resort: a handler that panicked is answered like any fault of
// ours, and what was begun is undone by the transaction that it began in.
func (s *Site) catch(w http.ResponseWriter, r *http.Request) {
	problem := recover()
	if problem == nil {
		return
	}
	if problem == http.ErrAbortHandler {
		panic(problem)
	}
	s.fail(w, r, languageOf(r), fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
}
