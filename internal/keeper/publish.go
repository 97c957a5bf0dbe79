package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// signEvery is the shortest time between two checkpoints.
const signEvery = 2 * time.Second

// What is wrong when the lock's checkpoint does not fit the record.
var (
	errNotOurs = errors.New("the lock's checkpoint does not fit this record")
	errShorter = errors.New("the lock's checkpoint covers more entries than this record has")
)

// published is the checkpoint that is served.
type published struct {
	signed     []byte
	checkpoint record.Checkpoint
}

func (k *Keeper) publish(signed []byte) error {
	c, err := record.ParseCheckpoint(signed, note.VerifierList(k.o.Key.Verifier))
	if err == nil {
		k.latest.Store(&published{signed, c})
	}
	return err
}

// Checkpoint is the last published one, nil before the first.
func (k *Keeper) Checkpoint() []byte {
	if p := k.latest.Load(); p != nil {
		return p.signed
	}
	return nil
}

func (k *Keeper) publishedSize() int64 {
	if p := k.latest.Load(); p != nil {
		return p.checkpoint.Size
	}
	return 0
}

// compareWithLock decides at start whether this store may go on: a record that
// is shorter than its lock was lost in part, one with another root was forked.
// Either way everything stays readable and nothing is accepted.
func (k *Keeper) compareWithLock(ctx context.Context) error {
	if k.o.Lock == nil || k.o.Key.Verifier == nil {
		return nil
	}
	held, err := k.o.Lock.Load(ctx)
	if err != nil {
		return fmt.Errorf("read the lock: %w", err)
	}
	return k.o.DB.Read(ctx, func(tx *db.Tx) error {
		last, err := lastCheckpoint(tx)
		if err != nil {
			return err
		}
		if held == nil && last != nil {
			k.o.Log.Warn("the lock holds nothing, though checkpoints were signed: nothing guards this record against being set back until the next one is")
			held = last
		}
		if held == nil {
			return nil
		}
		if err := k.matches(tx, held); err != nil {
			k.refuse(err)
			if last == nil {
				return nil
			}
			return k.publish(last)
		}
		return k.publish(held) // died between swap and publishing: now it is published
	})
}

// matches proves that a signed checkpoint is of this record.
func (k *Keeper) matches(tx *db.Tx, signed []byte) error {
	c, err := record.ParseCheckpoint(signed, note.VerifierList(k.o.Key.Verifier))
	if err != nil {
		return fmt.Errorf("%w: %v", errNotOurs, err)
	}
	t, err := k.loadHead(tx)
	if err != nil {
		return err
	}
	return fits(tx, t, c)
}

// refuse makes the record read-only and says why.
func (k *Keeper) refuse(err error) {
	k.o.Log.Error("the lock does not fit", "error", err)
	if errors.Is(err, errShorter) {
		k.setReadOnly(Refuse(ErrForbidden, locale.E("err.record.lost")))
		return
	}
	k.setReadOnly(Refuse(ErrForbidden, locale.E("err.record.forked")))
}

// lastCheckpoint is the newest that the store knows of, nil before the first.
func lastCheckpoint(tx *db.Tx) ([]byte, error) {
	var b []byte
	err := tx.Row("SELECT note FROM record_checkpoint ORDER BY size DESC LIMIT 1").Scan(&b)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return b, err
}

func (k *Keeper) loadHead(tx *db.Tx) (*tree, error) {
	var size int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return nil, err
	}
	return loadTree(tx, size)
}

// fits proves that checkpoint c is a prefix of the tree.
func fits(tx *db.Tx, t *tree, c record.Checkpoint) error {
	if c.Size > t.size {
		return errShorter
	}
	root, err := t.root()
	if err != nil {
		return err
	}
	if c.Size == t.size {
		if c.Root != root {
			return errNotOurs
		}
		return nil
	}
	if c.Size == 0 {
		return nil
	}
	hashes := tlog.TileHashReader(tlog.Tree{N: t.size, Hash: root}, tileReader{tx: tx})
	proof, err := tlog.ProveTree(t.size, c.Size, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, t.size, root, c.Size, c.Root); err != nil {
		return fmt.Errorf("%w: %v", errNotOurs, err)
	}
	return nil
}

// Sign makes and publishes a checkpoint when the record grew. Dead before the
// swap: nobody saw the checkpoint. Dead after it: the lock holds it and the next
// start publishes it.
func (k *Keeper) Sign(ctx context.Context) error {
	k.signing.Lock()
	defer k.signing.Unlock()
	if k.ReadOnly() != nil || k.o.Key.Signer == nil {
		return nil
	}
	held, err := k.o.Lock.Load(ctx)
	if err != nil {
		return fmt.Errorf("read the lock: %w", err)
	}
	next, err := k.nextCheckpoint(ctx, held)
	if errors.Is(err, errNotOurs) || errors.Is(err, errShorter) {
		k.refuse(err)
	}
	if err != nil || next == nil {
		return err
	}
	signed, err := record.SignCheckpoint(*next, k.o.Key.Signer)
	if err != nil {
		return err
	}
	if err := k.o.Lock.Swap(ctx, held, signed); err != nil {
		return fmt.Errorf("swap the lock: %w", err)
	}
	if err := k.o.Step("after-swap"); err != nil {
		return err
	}
	err = k.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO record_checkpoint (size, at, note) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING",
			next.Size, k.Now().Format("2006-01-02T15:04:05Z"), signed)
		return err
	})
	return errors.Join(k.publish(signed), err)
}

// nextCheckpoint is what to sign now, nil when the lock holds it already.
func (k *Keeper) nextCheckpoint(ctx context.Context, held []byte) (next *record.Checkpoint, err error) {
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := k.loadHead(tx)
		if err != nil || t.size == 0 {
			return err
		}
		root, err := t.root()
		if err != nil {
			return err
		}
		if held != nil {
			c, err := record.ParseCheckpoint(held, note.VerifierList(k.o.Key.Verifier))
			if err != nil {
				return fmt.Errorf("%w: %v", errNotOurs, err)
			}
			if err := fits(tx, t, c); err != nil {
				return err
			}
			if c.Size == t.size {
				if !bytes.Equal(k.Checkpoint(), held) {
					return k.publish(held) // another node signed it
				}
				return nil
			}
		}
		next = &record.Checkpoint{Origin: k.o.Key.Origin, Size: t.size, Root: root}
		return nil
	})
	return next, err
}

// SignLoop signs at most every two seconds until ctx ends.
func (k *Keeper) SignLoop(ctx context.Context) {
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		if err := k.Sign(ctx); err != nil && ctx.Err() == nil {
			k.o.Log.Error("no checkpoint signed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// followEvery is how soon a node sees what another one committed.
const followEvery = 500 * time.Millisecond

// FollowLoop takes over what other processes commit, until ctx ends.
func (k *Keeper) FollowLoop(ctx context.Context) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := k.Refresh(ctx); err != nil && ctx.Err() == nil {
				k.o.Log.Warn("the store cannot be read", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
