package forum

import (
	"context"
	"fmt"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/keeper"
	"kept/record"
)

// The acts of a draw are made here and not by hand: what they name by digest has one
// spelling.

// PoolAct makes the act that publishes the pool of a call, and tells who stands behind
// each pseudonym: that is kept ([Assign]) before the act is sent.
func PoolAct(tx *db.Tx, pack *compact.Pack, call NominationCall, relaxed []Relaxed, words map[string]string) (keeper.Act, map[string]string, error) {
	pool, of, err := NewPool(tx, pack, call, relaxed)
	if err != nil {
		return keeper.Act{}, nil, err
	}
	b, err := pool.Bytes()
	if err != nil {
		return keeper.Act{}, nil, err
	}
	list, err := Nominees(tx, call.ID)
	facts := PoolPublished{Call: call.ID, Pool: record.DigestOf(b).String(), People: int64(len(pool.Instance.Pool)), Received: int64(len(list)), Relaxed: relaxed}
	return keeper.Act{Kind: KindPool, By: secretariat, Facts: facts, Words: poolWords.Clean(words), Blobs: [][]byte{b}}, of, err
}

// AnnouncementOf freezes a plan for a published pool, and makes the act that announces it.
func AnnouncementOf(published PublishedPool, pool *Pool, portfolio *sortition.Portfolio, lead int64, sources []draw.Source, witnesses []int64) (keeper.Act, *draw.Plan, error) {
	drawn := draw.Drawn{Group: number(published.ID), By: SegmentAttribute}
	for _, v := range pool.Instance.Categories[0].Values {
		drawn.Segments = append(drawn.Segments, draw.Segment{Name: v.Name, Seats: v.Min})
	}
	var who []string
	for _, w := range witnesses {
		who = append(who, number(w))
	}
	plan, err := draw.New(drawn, &pool.Instance, portfolio, lead, sources, who)
	if err != nil {
		return keeper.Act{}, nil, err
	}
	b, err := plan.Canonical()
	return keeper.Act{Kind: KindAnnounced, By: secretariat, Facts: Announced{Pool: published.ID, Plan: record.DigestOf(b)}, Blobs: [][]byte{b}}, plan, err
}

// OutcomeOf makes the draw, and the act that records it: a file that anybody can check,
// with the receipts of the announcement under the first checkpoint that covered it,
// and of what witnesses stated.
func OutcomeOf(ctx context.Context, k *keeper.Keeper, drawID int64, r draw.Randomness) (keeper.Act, error) {
	var plan *draw.Plan
	var witnesses []Witness
	err := k.DB().Read(ctx, func(tx *db.Tx) error {
		d, err := DrawByID(tx, drawID)
		if err != nil {
			return err
		}
		if plan, err = d.ReadPlan(tx); err != nil {
			return err
		}
		witnesses, err = Witnesses(tx, drawID)
		return err
	})
	if err != nil {
		return keeper.Act{}, err
	}
	announced, last, _, err := k.FirstReceipt(ctx, drawID)
	if err != nil {
		return keeper.Act{}, err
	}
	evidence := draw.Evidence{Announced: &announced}
	if last.Index != announced.Index {
		evidence.Last = &last
	}
	for _, w := range witnesses {
		if !w.counts(r) {
			continue
		}
		receipt, err := k.Receipt(ctx, w.Entry)
		if err != nil {
			return keeper.Act{}, fmt.Errorf("witness %d: %w", w.Entry, err)
		}
		evidence.Witnessed = append(evidence.Witnessed, receipt)
	}
	file, err := draw.NewFile(plan, r, evidence)
	if err != nil {
		return keeper.Act{}, err
	}
	b, err := file.Canonical()
	return keeper.Act{Kind: KindDrawn, By: secretariat, Facts: Made{Draw: drawID, File: record.DigestOf(b)}, Blobs: [][]byte{b}}, err
}

// counts tells whether a statement bears on the source that is used: that an earlier
// one failed, or what was thrown.
func (w Witness) counts(r draw.Randomness) bool {
	if w.Missing {
		return w.Source < int64(r.Source)
	}
	return w.Source == int64(r.Source) && r.Throws != ""
}
