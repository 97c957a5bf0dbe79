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
func (p *Past) Keeper(at time.Time) (*Keeper, error) {
	own := p.home.k
	k := &Keeper{o: own.o, kinds: own.kinds, derived: own.derived, generation: own.generation,
		head: p.size, whole: p.size, touched: make(map[string]int64), watched: make(map[string][]func())}
	k.o.DB, k.o.Lock, k.o.Ledger = p.db, nil, nil
	k.o.Clock = func() time.Time { return at }
	reason := Refuse(ErrForbidden, locale.E("err.past.read_only"))
	k.readonly.Store(&reason)
	err := p.db.Read(context.Background(), func(tx *db.Tx) (err error) {
		if k.touched, err = readTouched(tx, 0); err != nil {
			return err
		}
		signed, err := lastCheckpoint(tx)
		if err != nil || signed == nil || own.o.Key.Verifier == nil {
			return err
		}
		return k.publish(signed)
	})
	return k, err
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
