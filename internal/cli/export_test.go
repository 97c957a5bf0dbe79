package cli

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"kept/internal/keeper"
)

// Subjects are what this program keeps, for tests that open a record beside it.
var Subjects = subjects

// HarbourPast fills a new record with the script of the Harbour Compact. Before the
// script's clock goes on, look gets the record, the time of the next step and a way
// to set the clock before it.
func HarbourPast(ctx context.Context, dir, url string, look func(k *keeper.Keeper, next time.Time, set func(time.Time))) (*keeper.Keeper, func(), error) {
	a := &app{out: io.Discard, err: io.Discard}
	h := &harbour{ctx: ctx, now: day("2025-03-14"), parties: make(map[string]int64), made: make(map[string]int64)}
	i, err := a.found(ctx, place{dir: dir, db: url, lock: filepath.Join(dir, "lock")}, founding{pack: "harbour", origin: "harbour.test", clock: func() time.Time { return h.now }})
	if err != nil {
		return nil, nil, err
	}
	h.k = i.keeper
	h.before = func(next time.Time) { look(i.keeper, next, func(now time.Time) { h.now = now }) }
	if err := h.run(); err != nil {
		i.close()
		return nil, nil, err
	}
	if err := i.sign(ctx); err != nil {
		i.close()
		return nil, nil, err
	}
	h.now = time.Now().UTC()
	return i.keeper, i.close, nil
}
