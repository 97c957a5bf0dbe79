package keeper

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
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
	return k.receiptUnder(ctx, index, p)
}

// FirstReceipt is the receipt of an entry under the first checkpoint that covered
// it, and when that was signed by the record's clock: it shows what was fixed by
// then. Last is that of the last entry under the same checkpoint, which is the
// entry itself where nothing came after it.
func (k *Keeper) FirstReceipt(ctx context.Context, index int64) (r, last record.Receipt, at string, err error) {
	if index < 0 || index >= k.publishedSize() {
		return r, last, "", Refuse(ErrNotFound, locale.E("err.record.not_signed_yet"))
	}
	p := &published{}
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row("SELECT at, note FROM record_checkpoint WHERE size > ? ORDER BY size LIMIT 1", index).Scan(&at, &p.signed)
	})
	if err == nil {
		p.checkpoint, err = record.ParseCheckpoint(p.signed, note.VerifierList(k.o.Key.Verifier))
	}
	if err == nil {
		r, err = k.receiptUnder(ctx, index, p)
	}
	if err == nil {
		last, err = k.receiptUnder(ctx, p.checkpoint.Size-1, p)
	}
	return r, last, at, err
}

// receiptUnder proves an entry under a checkpoint that covers it.
func (k *Keeper) receiptUnder(ctx context.Context, index int64, p *published) (record.Receipt, error) {
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
		hashes := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tileReader{tx, &k.lastTile})
		r.Proof, err = tlog.ProveRecord(c.Size, index, hashes)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("receipt of entry %d: %w", index, err)
	}
	return r, nil
}
