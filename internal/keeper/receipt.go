package keeper

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// Receipt is what the party of an entry takes away: the entry, its words with
// their salts, and the proof that it is under the published checkpoint. Until
// the next checkpoint is signed, at most two seconds, it is refused with
// err.record.not_signed_yet.
func (k *Keeper) Receipt(ctx context.Context, index int64) (record.Receipt, error) {
	p := k.latest.Load()
	if p == nil || index >= p.checkpoint.Size {
		return record.Receipt{}, Refuse(ErrNotFound, locale.E("err.record.not_signed_yet"))
	}
	c := p.checkpoint
	r := record.Receipt{Index: index, Checkpoint: p.signed, Key: k.o.Key.Public}
	err := k.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r.Entry, err = entryBytes(tx, index); err != nil {
			return err
		}
		if r.Words, err = saltedWords(tx, index); err != nil {
			return err
		}
		if r.Withheld, err = Withheld(tx, index); err != nil {
			return err
		}
		hashes := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tileReader{tx})
		r.Proof, err = tlog.ProveRecord(c.Size, index, hashes)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("receipt of entry %d: %w", index, err)
	}
	return r, nil
}
