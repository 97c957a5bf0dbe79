package bundle

import (
	"context"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/record"
)

// Of gathers the archive of a release: its frozen figures, and the entries behind them
// from the record as it was then. Where the record gives other figures than were
// frozen, there is no archive: its lists would not be those behind the figures.
func Of(ctx context.Context, k *keeper.Keeper, r report.Report) (*Bundle, error) {
	b := &Bundle{Release: r.Release, Digest: r.ReleaseFigures, Behind: map[string][]int64{}}
	digest, err := record.ParseDigest(r.ReleaseFigures)
	if err != nil {
		return nil, err
	}
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		if b.Frozen, err = keeper.Blob(tx, digest); err != nil {
			return err
		}
		b.Figures, err = report.Parse(b.Frozen)
		return err
	})
	if err != nil {
		return nil, err
	}
	past, err := k.At(ctx, r.ReleaseSize)
	if err != nil {
		return nil, err
	}
	defer past.Release()
	err = past.DB().Read(ctx, func(tx *db.Tx) error { return b.behind(tx, r) })
	return b, err
}

// behind computes the release anew, for the lists that were too long to be frozen.
func (b *Bundle) behind(tx *db.Tx, r report.Report) (err error) {
	if b.Pack, err = compact.InForce(tx); err != nil {
		return err
	}
	kind, ok := b.Pack.Report(r.Kind)
	if !ok {
		return keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.no_kind", "id", r.Kind))
	}
	rows := 0
	keep := func(figure string, entries []int64) {
		if rows += len(entries); rows <= MaxRecords {
			b.Behind[figure] = entries
		}
	}
	f, err := report.ComputeWhole(tx, b.Pack, report.Outline{Kind: kind, From: r.From, To: r.To, Format: b.Figures.Format}, r.ReleaseSize, r.Date, keep)
	if err != nil {
		return err
	}
	again, err := f.Canonical()
	if err == nil && record.DigestOf(again).String() != b.Digest {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.bundle.other", "release", r.Release))
	}
	return err
}
