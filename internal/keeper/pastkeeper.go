package keeper

import (
	"context"
	"os"
	"syscall"
	"time"

	"kept/internal/db"
	"kept/internal/locale"
)

// Keeper is the record as it was, for whoever reads a record through a Keeper: its
// clock stands at an instant, its newest checkpoint is the newest of that size,
// and nothing can be submitted. It lives as long as the past it is of.
func (p *Past) Keeper(at time.Time) (*Keeper, error) { return p.home.k.still(p.db, p.size, at) }

// Still is the record as it is, with the clock at an instant: no past has to be
// made of a record that nothing was added to since. Whoever reads through it looks
// in each transaction whether the record still has that many entries ([ErrMoved]).
func (k *Keeper) Still(size int64, at time.Time) (*Keeper, error) { return k.still(k.o.DB, size, at) }

// ErrMoved is for a reader who wanted a size of the record that is no longer its size.
var ErrMoved = Refuse(ErrPreparing, locale.E("err.past.preparing"))

func (k *Keeper) still(store *db.DB, size int64, at time.Time) (*Keeper, error) {
	own := &Keeper{o: k.o, kinds: k.kinds, derived: k.derived, generation: k.generation,
		head: size, whole: size, touched: make(map[string]int64), watched: make(map[string][]func())}
	own.o.DB, own.o.Lock, own.o.Ledger = store, nil, nil
	own.o.Clock = func() time.Time { return at }
	reason := Refuse(ErrForbidden, locale.E("err.past.read_only"))
	own.readonly.Store(&reason)
	err := store.Read(context.Background(), func(tx *db.Tx) (err error) {
		var now int64
		if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&now); err != nil {
			return err
		}
		if now != size {
			return ErrMoved
		}
		if own.touched, err = readTouched(tx, 0); err != nil {
			return err
		}
		signed, err := lastCheckpoint(tx)
		if err != nil || signed == nil || k.o.Key.Verifier == nil {
			return err
		}
		return own.publish(signed)
	})
	return own, err
}

// holdFolder takes the lock of a folder of this machine for as long as the file is
// open; an error says that somebody else has it.
func holdFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
