package record

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// checkKept checks that the record continues each checkpoint and receipt that
// somebody kept: the check that finds a record which was rewritten and signed
// anew.
func (in *inspection) checkKept(ctx context.Context) error {
	for i, signed := range in.options.Checkpoints {
		place := fmt.Sprintf("kept checkpoint %d", i+1)
		c, err := ParseCheckpoint(signed, in.verifiers)
		if err != nil {
			in.add(Fault{place, RuleSignature, err.Error()})
			continue
		}
		if err := in.continues(ctx, place, c); err != nil {
			return err
		}
	}
	for i, b := range in.options.Receipts {
		if err := in.checkReceipt(ctx, fmt.Sprintf("receipt %d", i+1), b); err != nil {
			return err
		}
	}
	return nil
}

func (in *inspection) checkReceipt(ctx context.Context, place string, b []byte) error {
	r, err := ParseReceipt(b)
	if err != nil {
		in.add(Fault{place, RuleForm, err.Error()})
		return nil
	}
	if err := r.Verify(in.verifiers); err != nil {
		in.add(Fault{place, RuleSignature, err.Error()})
		return nil
	}
	c, err := ParseCheckpoint(r.Checkpoint, in.verifiers)
	if err != nil {
		return err // Verify has just read it
	}
	return in.continues(ctx, place, c)
}

// continues checks that the tree had this root when it had this size.
func (in *inspection) continues(ctx context.Context, place string, c Checkpoint) error {
	now := in.report.Checkpoint
	switch {
	case c.Origin != now.Origin:
		in.add(Fault{place, RuleConsistency, fmt.Sprintf("is of another origin, %s", c.Origin)})
		return nil
	case c.Size > now.Size:
		in.add(Fault{place, RuleConsistency, fmt.Sprintf("has %d entries, the record only %d: it was rolled back", c.Size, now.Size)})
		return nil
	}
	root, fault, err := in.rootAt(ctx, c.Size)
	if err != nil {
		return err
	}
	switch {
	case fault != "":
		in.add(Fault{place, RuleConsistency, fault})
	case root != c.Root:
		in.add(Fault{place, RuleConsistency, fmt.Sprintf("the first %d entries are not those that were signed: the record was rewritten", c.Size)})
	default:
		in.report.Consistent++
	}
	return nil
}

// rootAt computes the root that the tree had at a size, from tiles that are
// checked against the root it has now.
func (in *inspection) rootAt(ctx context.Context, size int64) (root tlog.Hash, fault string, err error) {
	now := in.report.Checkpoint
	if size == now.Size {
		return now.Root, "", nil
	}
	tiles := &tileReader{ctx: ctx, src: in.src}
	root, err = tlog.TreeHash(size, tlog.TileHashReader(tlog.Tree{N: now.Size, Hash: now.Root}, tiles))
	switch {
	case err == nil:
		return root, "", nil
	case tiles.err != nil:
		return root, "", tiles.err
	}
	return root, "cannot be compared: " + err.Error(), nil
}

// A tileReader gives x/mod/sumdb/tlog the tiles of a source.
type tileReader struct {
	ctx context.Context
	src Source
	err error // of the source
}

func (t *tileReader) Height() int { return tileHeight }

func (t *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		b, _, err := getTile(t.ctx, t.src, tile.L, tile.N, tile.W)
		if err != nil {
			t.err = unlessFault(err)
			return nil, err
		}
		data[i] = b[:min(len(b), tile.W*tlog.HashSize)]
	}
	return data, nil
}

func (t *tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
