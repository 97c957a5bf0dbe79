package keeper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"

	"kept/internal/db"
	"kept/internal/locale"
)

// groupSize is how many waiting submissions share one commit. There is no timer:
// a lone submission does not wait for company.
const groupSize = 64

// The states of a request in the queue.
const (
	waiting   int32 = iota
	taken           // into a group
	withdrawn       // by its caller, who waits no longer
)

// await returns when a queued request has been answered. There is no committer
// that sleeps until it is woken: of those who wait, the one who gets the baton
// commits for all, so that a lone submission changes hands with nobody.
func (k *Keeper) await(ctx context.Context, r *request) error {
	for {
		select {
		case <-r.done:
			return nil
		case k.baton <- struct{}{}:
			if !r.answered() {
				k.commitGroup(k.gather())
			}
			<-k.baton
		case <-ctx.Done():
			// Taken already, it may be kept whether or not the caller still
			// waits; sending the same key again tells.
			r.state.CompareAndSwap(waiting, withdrawn)
			return ctx.Err()
		case <-k.ended:
			if r.answered() {
				return nil
			}
			return errStopped // it came into the queue too late
		}
	}
}

func (r *request) answered() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// gather takes what is waiting. Those who were answered a moment ago get the
// processor once, so that they are in this group and not each in one of their own.
func (k *Keeper) gather() (group []*request) {
	for yielded := false; len(group) < groupSize; {
		select {
		case r := <-k.queue:
			if r.state.CompareAndSwap(waiting, taken) {
				group = append(group, r)
			}
		default:
			if yielded {
				return group
			}
			runtime.Gosched()
			yielded = true
		}
	}
	return group
}

// Close answers what is in the queue and takes nothing more; safe to call twice.
func (k *Keeper) Close() {
	k.close.Do(func() {
		k.baton <- struct{}{} // for good
		for len(k.queue) > 0 {
			k.commitGroup(k.gather())
		}
		close(k.ended)
		k.counter.end()
		k.pasts.close()
	})
}

// commitGroup commits a group and answers. When something fails that is not a
// rule's answer, the group was rolled back and its submissions are tried one by
// one, so that only the culprit is refused. When the store cannot be reached,
// there is no culprit and all are answered at once.
func (k *Keeper) commitGroup(group []*request) {
	if len(group) == 0 {
		return
	}
	err := k.commitSurely(group)
	if err == nil || len(group) == 1 || unreachable(err) {
		k.answer(group, err)
		return
	}
	for i, r := range group {
		err := k.commitSurely([]*request{r})
		if unreachable(err) {
			k.answer(group[i:], err)
			return
		}
		k.answer([]*request{r}, err)
	}
}

func (k *Keeper) answer(group []*request, err error) {
	for _, r := range group {
		if err != nil {
			k.o.Log.Error("submission failed", "kinds", kindsOf(r), "error", err)
			r.results, r.err = nil, told(err)
		}
		close(r.done)
	}
}

func kindsOf(r *request) (names []string) {
	for _, a := range r.acts {
		names = append(names, a.act.Kind)
	}
	return names
}

// commitSurely settles a commit whose answer was lost on the way: the keys tell
// whether it was kept, and if not it is made again.
func (k *Keeper) commitSurely(group []*request) error {
	err := k.commit(group)
	if errors.Is(err, db.ErrUnsure) {
		err = k.commit(group)
	}
	return err
}

// noStore is an error of before the first act: the store is not there, or not ours.
type noStore struct{ err error }

func (n *noStore) Error() string { return "the store cannot be written: " + n.err.Error() }
func (n *noStore) Unwrap() error { return n.err }

func unreachable(err error) bool {
	var n *noStore
	return errors.As(err, &n)
}

// told gives a fault of the store the words that a reader is told it in.
func told(err error) error {
	key := ""
	_, worded := locale.All(err)
	switch {
	case errors.Is(err, db.ErrFull):
		key = "err.record.full"
	case errors.Is(err, db.ErrUnsure):
		key = "err.record.unsure"
	case unreachable(err) && !worded:
		key = "err.record.no_store"
	default:
		return err
	}
	return fmt.Errorf("%w: %w (%w)", ErrUnavailable, locale.E(key), err)
}

// commit is the write path. What holds if we die at each step:
//
//	before COMMIT   nothing of the group is kept; no answer was given
//	during COMMIT   the store keeps all of it or nothing; a caller who resends
//	                the same key gets the truth
//	after COMMIT    everything is kept; the answer may be lost, the key settles it
func (k *Keeper) commit(group []*request) error {
	ctx, touched := gathering(context.Background())
	opened := false
	var from, size int64
	err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
		g, err := k.openGroup(tx, k.tree, touched, group)
		if err != nil {
			return err
		}
		opened = true
		if err := g.admitAll(group); err != nil {
			return err
		}
		if err := k.o.Step("before-head"); err != nil {
			return err
		}
		if err := g.close(); err != nil {
			return err
		}
		k.tree, from, size = g.tree, g.from, g.tree.size
		return k.o.Step("before-commit")
	})
	if err != nil {
		k.tree = nil // what it holds may not be in the store: load it again
		if !opened {
			return &noStore{err}
		}
		return err
	}
	k.saw(from, size, touched.m)
	k.grown(size)
	return k.o.Step("after-commit")
}

// admitAll admits a group. A rule that panics is a fault like another: it must
// not take the program down with everybody's submissions.
func (g *group) admitAll(group []*request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a rule panicked: %v\n%s", p, debug.Stack())
		}
	}()
	for _, r := range group {
		r.results, r.err = nil, nil
		if err := g.admit(r); err != nil {
			return err
		}
	}
	return nil
}

// admit puts one submission into the group. A rule's refusal is stored in r.err
// and leaves no trace; the error that it returns means that the group is lost.
func (g *group) admit(r *request) error {
	if old, ok := g.known[r.key]; ok {
		return g.answerAgain(r, old)
	}
	var err error
	if len(r.acts) == 1 {
		err = g.append(r, &r.acts[0])
	} else {
		err = g.appendAll(r)
	}
	if refused(err) {
		r.results, r.err = nil, err
		return nil
	}
	if err != nil {
		return err
	}
	g.known[r.key] = submission{r.input, r.results[0].Index, int64(len(r.acts))}
	return g.tx.Queue("INSERT INTO record_submission (sent, input, first, acts) VALUES (?, ?, ?, ?)",
		r.key, r.input, r.results[0].Index, len(r.acts))
}

// appendAll appends acts that stand or fall together: what the ones before the
// refused one did, to state, tree and touched pages, is undone.
func (g *group) appendAll(r *request) error {
	edge, touched := g.tree.copy(), maps.Clone(g.touched.m)
	err := g.tx.Try(func() error {
		for i := range r.acts {
			if err := g.append(r, &r.acts[i]); err != nil {
				return place(err, i)
			}
		}
		return nil
	})
	if err != nil {
		g.tree, g.touched.m = edge, touched
	}
	return err
}
