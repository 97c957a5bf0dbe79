package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"
)

// readTile reads the hashes of a tile; nil with a fault when it has none to use.
func readTile(ctx context.Context, src Source, level int, n int64, width int) ([]tlog.Hash, *Fault, error) {
	path := TilePath(level, n, width)
	b, full, err := getTile(ctx, src, level, n, width)
	if err != nil {
		return nil, faultOf(path, err), unlessFault(err)
	}
	want := width * tlog.HashSize
	if full {
		want = TileWidth * tlog.HashSize
	}
	if len(b) != want {
		return nil, &Fault{path, RuleForm, fmt.Sprintf("%d bytes, not %d", len(b), want)}, nil
	}
	return splitHashes(b[:width*tlog.HashSize]), nil, nil
}

// readBundle reads the entries of a bundle into memory that is used again.
func readBundle(ctx context.Context, src Source, n int64, width int, into [][]byte) ([][]byte, *Fault, error) {
	path := TilePath(EntriesLevel, n, width)
	b, full, err := getTile(ctx, src, EntriesLevel, n, width)
	if err != nil {
		return nil, faultOf(path, err), unlessFault(err)
	}
	entries, err := appendBundle(into, b)
	if err != nil {
		return nil, &Fault{path, RuleForm, err.Error()}, nil
	}
	if len(entries) != width && !(full && len(entries) == TileWidth) {
		return nil, &Fault{path, RuleForm, fmt.Sprintf("%d entries, not %d", len(entries), width)}, nil
	}
	return entries[:width], nil, nil
}

// getTile gets a tile or bundle. A log that has grown may serve the full tile
// only, of which the partial one is the beginning (C2SP tlog-tiles, "Partial
// Tiles").
func getTile(ctx context.Context, src Source, level int, n int64, width int) (b []byte, full bool, err error) {
	b, err = src.Get(ctx, TilePath(level, n, width))
	if width == TileWidth || !errors.Is(err, fs.ErrNotExist) {
		return b, false, err
	}
	wide, wideErr := src.Get(ctx, TilePath(level, n, TileWidth))
	if errors.Is(wideErr, fs.ErrNotExist) {
		return nil, false, err // the partial tile is what is missing
	}
	return wide, true, wideErr
}

func faultOf(path string, err error) *Fault {
	if rule, ok := ruleOf(err); ok {
		return &Fault{path, rule, err.Error()}
	}
	return nil
}

func unlessFault(err error) error {
	if _, ok := ruleOf(err); ok {
		return nil
	}
	return err
}
