package keeper

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// maxDrift is how far this node's clock and the store's may be apart.
const maxDrift = 5 * time.Second

// group is the open transaction of one commit.
type group struct {
	k       *Keeper
	tx      *db.Tx
	tree    *tree
	from    int64
	at      time.Time
	stamp   string
	known   map[string]submission
	touched *touches
}

// submission is what was kept under a key.
type submission struct {
	input       string
	first, acts int64
}

// openGroup takes the head first, so that every Check sees all earlier acts
// whichever node wrote them; reads which of the keys are known; and fixes the
// time of the group. The tree is what the last group left, nil to load it.
func (k *Keeper) openGroup(tx *db.Tx, t *tree, touched *touches, requests []*request) (*group, error) {
	g := &group{k: k, tx: tx, tree: t, touched: touched, known: make(map[string]submission, len(requests))}
	head, err := g.readHead(requests)
	if err != nil {
		return nil, err
	}
	if head.generation != k.generation {
		err := Refuse(ErrForbidden, locale.E("err.record.other_program"))
		k.setReadOnly(err)
		return nil, err
	}
	if g.from = head.size; g.tree == nil || g.tree.size != head.size {
		if g.tree, err = loadTree(tx, head.size); err != nil {
			return nil, err
		}
	}
	return g, g.setTime(head)
}

// head is the one row that every group begins with.
type head struct {
	size               int64
	lastAt, generation string
	clock              string // the store's
}

// readHead locks the head and then reads it: what another node committed while
// we waited for the lock is seen by the second statement, not by the first.
func (g *group) readHead(requests []*request) (h head, err error) {
	if lock := g.tx.Dialect().Lock(); lock != "" {
		if err := g.tx.Queue("SELECT id FROM record_head WHERE id = 1" + lock); err != nil {
			return h, err
		}
	}
	n := keysAsked(len(requests))
	keys := make([]any, n)
	for i := range keys {
		keys[i] = requests[min(i, len(requests)-1)].key
	}
	rows, err := g.tx.Query("SELECT h.size, h.last_at, h.generation, "+g.tx.Dialect().Now()+`,
		COALESCE(s.sent, ''), COALESCE(s.input, ''), COALESCE(s.first, 0), COALESCE(s.acts, 0)
		FROM record_head h LEFT JOIN record_submission s ON s.sent IN (?`+strings.Repeat(", ?", n-1)+`) WHERE h.id = 1`, keys...)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		var key string
		var s submission
		if err := rows.Scan(&h.size, &h.lastAt, &h.generation, &h.clock, &key, &s.input, &s.first, &s.acts); err != nil {
			return h, err
		}
		if found = true; s.acts > 0 {
			g.known[key] = s
		}
	}
	if err := rows.Err(); err != nil {
		return h, err
	}
	if !found {
		return h, errors.New("the store has no head of a record")
	}
	return h, nil
}

// keysAsked rounds up how many keys one statement asks for, so that few
// statements are prepared; the last key is asked for again and again.
func keysAsked(n int) int {
	for _, size := range []int{1, 8} {
		if n <= size {
			return size
		}
	}
	return groupSize
}

// setTime takes max(last entry's time, clock); times in the record never go back.
func (g *group) setTime(h head) error {
	now := g.k.Now()
	if g.k.o.Clock == nil && g.tx.Dialect() == db.Postgres {
		theirs, err := time.Parse(time.RFC3339, h.clock)
		if err != nil {
			return err
		}
		if d := now.Sub(theirs); d > maxDrift+time.Second || d < -maxDrift {
			return fmt.Errorf("this machine's clock (%s) and the database's (%s) differ by more than %s; set them right",
				now.Format(time.RFC3339), h.clock, maxDrift)
		}
		now = theirs
	}
	g.at, g.stamp = now.Truncate(time.Second), now.Format("2006-01-02T15:04:05Z")
	if g.stamp < h.lastAt {
		last, err := time.Parse(time.RFC3339, h.lastAt)
		if err != nil {
			return err
		}
		g.at, g.stamp = last, h.lastAt
	}
	return nil
}

// answerAgain answers a submission whose key was kept before.
func (g *group) answerAgain(r *request, old submission) error {
	if old.input != r.input {
		r.err = Refuse(ErrConflict, locale.E("err.record.key_used"))
		return nil
	}
	for i := old.first; i < old.first+old.acts; i++ {
		b, err := entryBytes(g.tx, i)
		if err != nil {
			return err
		}
		r.results = append(r.results, Result{i, b})
	}
	return nil
}

// timeOf is the time that the entries of a submission get: that of the group, or
// of a batch the midnight that its day began with. The head keeps the group's, so
// that the times of all other entries never go back.
func (g *group) timeOf(r *request) (time.Time, string, error) {
	if r.midnight == "" {
		return g.at, g.stamp, nil
	}
	if r.midnight > g.stamp {
		return g.at, "", fmt.Errorf("a batch of %s at %s: its day has not begun", r.midnight, g.stamp)
	}
	at, err := time.Parse(time.RFC3339, r.midnight)
	return at, r.midnight, err
}

// append checks one act, makes its entry and applies it.
func (g *group) append(r *request, p *prepared) error {
	at, stamp, err := g.timeOf(r)
	if err != nil {
		return err
	}
	if p.kind.Check != nil {
		if err := p.kind.Check(g.tx, p.act, at); err != nil {
			return err
		}
	}
	p.at(stamp)
	e := Entry{g.tree.size, p.entry}
	if err := g.write(e.Index, p); err != nil {
		return err
	}
	if err := p.kind.Apply(g.tx, e); err != nil {
		return &fault{"apply " + e.Kind, err}
	}
	if p.kind.Derive != nil {
		if err := p.kind.Derive(g.tx, e, p.act.Words); err != nil {
			return &fault{"derive " + e.Kind, err}
		}
	}
	if err := noteKind(g.tx, e); err != nil {
		return err
	}
	if p.kind.aims {
		if err := g.k.rederive(g.tx, reader{g.tx}, e); err != nil {
			return &fault{"derive for " + e.Kind, err}
		}
	}
	g.tree.add(record.LeafHash(p.bytes))
	r.results = append(r.results, Result{e.Index, p.bytes})
	return g.k.o.Step("after-apply")
}

func (g *group) write(index int64, p *prepared) error {
	if err := g.tx.Queue("INSERT INTO record_entry (idx, bytes) VALUES (?, ?)", index, p.bytes); err != nil {
		return err
	}
	words := make([]any, 0, 4*len(p.words))
	for _, w := range p.words {
		words = append(words, index, w.part, w.salt[:], w.body)
	}
	if err := g.tx.QueueRows("INSERT INTO record_word (idx, part, salt, body) VALUES", 4, "", words); err != nil {
		return err
	}
	for _, b := range p.blobs {
		if err := g.tx.Queue("INSERT INTO record_blob (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", b.digest, b.bytes); err != nil {
			return err
		}
	}
	return nil
}

// close writes what the group gathered: touched pages, tiles and the head.
func (g *group) close() error {
	if g.tree.size == g.from {
		return nil
	}
	if err := g.touched.write(g.tx); err != nil {
		return err
	}
	if err := g.tree.write(g.tx); err != nil {
		return err
	}
	return g.tx.Queue("UPDATE record_head SET size = ?, last_at = ? WHERE id = 1", g.tree.size, g.stamp)
}
