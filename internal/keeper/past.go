package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kept/internal/db"
	"kept/internal/locale"
)

// Past is the store as it was when the record had its first entries and no more:
// those entries, the state that they give, and the words of theirs that are public
// today. It is made by replay, so it rests on nothing but the record; it is read
// and never written. Whoever gets one from [Keeper.At] calls Release when done.
type Past struct {
	home  *pasts
	size  int64
	words int64 // last act about words when it was made
	db    *db.DB
	dir   string
	facts bool // no words, and nobody else's: see FactsAt

	// Guarded by home.mu.
	users  int
	used   time.Time
	doomed bool
}

// DB is the store of the past.
func (p *Past) DB() *db.DB { return p.db }

// Release gives the past back. It is kept for the next who asks, as long as there is room.
func (p *Past) Release() {
	if p.facts {
		_ = errors.Join(p.db.Close(), os.RemoveAll(p.dir))
		return
	}
	p.home.mu.Lock()
	defer p.home.mu.Unlock()
	p.users--
	if p.users == 0 && p.home.all[p.size] != p { // another took its place while it was read
		p.home.drop(p.size, p)
	}
	p.home.tidy()
}

// Bounds of what is kept of the past: stores are files of the size of the state.
const (
	mostPasts   = 6 // kept for the next who asks
	mostWaiting = 8 // sizes that are being made or wait for it
)

// ErrPreparing is the answer to somebody whose patience ended before a past was
// made. It goes on being made, and is there when she comes again.
var ErrPreparing = fmt.Errorf("%w: being prepared", ErrUnavailable)

// pasts are the stores of the past that a Keeper has at hand, by size.
type pasts struct {
	k     *Keeper
	mu    sync.Mutex
	root  string // folder of this process's; "" until the first
	guard *os.File
	all   map[int64]*Past
	being map[int64]*making
	turn  chan struct{} // one is made at a time: replay takes a core and the disk
	ended bool
}

// making is a past on its way.
type making struct {
	done chan struct{}
	err  error
}

func newPasts(k *Keeper) *pasts {
	return &pasts{k: k, all: make(map[int64]*Past), being: make(map[int64]*making), turn: make(chan struct{}, 1)}
}

// At gives the store as it was after the first size entries. What nobody asked for
// yet is made from the nearest earlier past that is at hand, else from the first
// entry on; a context that ends meanwhile gives ErrPreparing, and the work goes on.
// A size that the record has not reached, or that has no entry, is ErrNotFound.
func (k *Keeper) At(ctx context.Context, size int64) (*Past, error) {
	if size < 1 || size > k.Size() {
		return nil, Refuse(ErrNotFound, locale.E("err.past.size", "size", size, "max", k.Size()))
	}
	for {
		p, m, err := k.pasts.find(size)
		if p != nil || err != nil {
			return p, err
		}
		select {
		case <-m.done:
			if m.err != nil {
				return nil, fmt.Errorf("the state after %d entries: %w", size, m.err)
			}
		case <-ctx.Done():
			return nil, Refuse(ErrPreparing, locale.E("err.past.preparing"))
		}
	}
}

// FactsAt is At without words and what is computed from them: half the work, for
// who recomputes figures. It is nobody else's and goes when it is released.
func (k *Keeper) FactsAt(ctx context.Context, size int64) (*Past, error) {
	if size < 1 || size > k.Size() {
		return nil, Refuse(ErrNotFound, locale.E("err.past.size", "size", size, "max", k.Size()))
	}
	dir, err := k.pasts.folder(size)
	if err != nil {
		return nil, err
	}
	return k.pasts.fill(ctx, &Past{home: k.pasts, size: size, dir: dir, facts: true}, 0)
}

// find gives a past that is at hand, or the making of it to wait for.
func (h *pasts) find(size int64) (*Past, *making, error) {
	words := h.k.Seen([]string{WordsSubject})
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return nil, nil, ErrUnavailable
	}
	if p := h.all[size]; p != nil && p.words == words {
		p.users++
		p.used = time.Now()
		return p, nil, nil
	}
	if m := h.being[size]; m != nil {
		return nil, m, nil
	}
	if len(h.being) >= mostWaiting {
		return nil, nil, Refuse(ErrPreparing, locale.E("err.past.busy"))
	}
	m := &making{done: make(chan struct{})}
	h.being[size] = m
	go func() {
		h.turn <- struct{}{}
		defer func() { <-h.turn }()
		p, err := h.make(context.Background(), size)
		h.mu.Lock()
		defer h.mu.Unlock()
		if m.err = err; err == nil {
			if old := h.all[size]; old != nil && old.users == 0 {
				h.drop(size, old)
			}
			h.all[size] = p
			p.used = time.Now()
			h.tidy()
		}
		delete(h.being, size)
		close(m.done)
	}()
	return nil, m, nil
}

// tidy closes what nobody uses and is out of date or one too many, the longest
// unused first. The caller holds mu.
func (h *pasts) tidy() {
	for {
		var oldest *Past
		for size, p := range h.all {
			if p.users > 0 {
				continue
			}
			if p.doomed || h.ended {
				h.drop(size, p)
			} else if oldest == nil || p.used.Before(oldest.used) {
				oldest = p
			}
		}
		if oldest == nil || len(h.all) <= mostPasts {
			return
		}
		h.drop(oldest.size, oldest)
	}
}

func (h *pasts) drop(size int64, p *Past) {
	if h.all[size] == p {
		delete(h.all, size)
	}
	_ = p.db.Close()
	_ = os.RemoveAll(p.dir)
}

// forget drops every past: a text that was erased or hidden stands in them. What
// somebody is reading goes when she is done; nobody else gets it.
func (h *pasts) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.all {
		p.doomed = true
		_ = os.RemoveAll(p.dir) // open connections go on reading what has no name any more
	}
	h.tidy()
}

// close ends all of it.
func (h *pasts) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.tidy()
	if h.root != "" {
		_ = os.RemoveAll(h.root)
		_ = h.guard.Close()
	}
}

// make replays into a store of its own. Dead in the middle: the folder stays, and
// the next start of any program on this data removes it ([ClearPasts]).
func (h *pasts) make(ctx context.Context, size int64) (*Past, error) {
	words := h.k.Seen([]string{WordsSubject})
	dir, err := h.folder(size)
	if err != nil {
		return nil, err
	}
	from, err := h.begin(ctx, dir, size, words)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return h.fill(ctx, &Past{home: h, size: size, words: words, dir: dir}, from)
}

// fill opens the store in the past's folder, which holds the first from entries,
// and replays the rest into it.
func (h *pasts) fill(ctx context.Context, p *Past, from int64) (*Past, error) {
	var err error
	if p.db, err = db.Open(ctx, db.Config{Dir: p.dir, Scratch: true}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.dir))
	}
	err = h.k.o.DB.Read(ctx, func(tx *db.Tx) error { return h.k.fillPast(ctx, p, tx, from) })
	if err != nil {
		return nil, errors.Join(err, p.db.Close(), os.RemoveAll(p.dir))
	}
	return p, nil
}

// begin copies the nearest earlier past into dir and tells its size; 0 for none.
func (h *pasts) begin(ctx context.Context, dir string, size, words int64) (int64, error) {
	h.mu.Lock()
	var near *Past
	for at, p := range h.all {
		if at < size && p.words == words && !p.doomed && (near == nil || at > near.size) {
			near = p
		}
	}
	if near != nil {
		near.users++
	}
	h.mu.Unlock()
	if near == nil {
		return 0, nil
	}
	defer near.Release()
	return near.size, near.db.CopyTo(ctx, dir)
}

// folder makes the folder of one past.
func (h *pasts) folder(size int64) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return "", ErrUnavailable
	}
	if h.root == "" {
		root := h.k.o.Pasts
		if root == "" {
			root = os.TempDir()
		} else if err := os.MkdirAll(root, 0o700); err != nil {
			return "", err
		}
		own, err := os.MkdirTemp(root, pastPrefix)
		if err != nil {
			return "", err
		}
		if h.guard, err = holdFolder(own); err != nil {
			return "", errors.Join(err, os.RemoveAll(own))
		}
		h.root = own
	}
	return os.MkdirTemp(h.root, fmt.Sprintf("%d-", size))
}

// pastPrefix begins the name of a process's folder.
const pastPrefix = "kept-past-"

// ClearPasts removes what programs that died left behind under a folder for
// stores of the past. With all, what living ones have there goes too: they read
// on in files without a name and make new ones.
func ClearPasts(root string, all bool) error {
	found, err := filepath.Glob(filepath.Join(root, pastPrefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range found {
		if guard, err := holdFolder(dir); err == nil {
			defer guard.Close()
		} else if !all {
			continue // somebody lives there
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// SizeOn is how many entries stood when a date had ended everywhere on Earth, at
// noon UTC of the next day: what a page showed last while it bore that date. Times
// of entries never go back, but for those of persons, which bear the beginning of
// their day (RECORD §6) and are passed over.
func SizeOn(tx *db.Tx, date string) (int64, error) {
	day, err := time.Parse("2006-01-02", date)
	if err != nil {
		return 0, Refuse(ErrInvalid, locale.E("err.past.date", "date", date))
	}
	end := day.Add(36 * time.Hour).Format(time.RFC3339)
	var high int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&high); err != nil {
		return 0, err
	}
	low := int64(0)
	for low < high {
		middle := low + (high-low)/2
		e, err := ReadEntry(tx, middle)
		for at := middle; err == nil && e.By == "person" && at > low; {
			at--
			e, err = ReadEntry(tx, at)
		}
		if err != nil {
			return 0, err
		}
		if e.At < end {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}
