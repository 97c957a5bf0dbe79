package record

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// checkTree finds out which hashes the root vouches for, and names every tile
// and entry that differs from them.
//
// Each node of the tree is known three times over: from the entries below it,
// from the tile file below it, and from the tile file that holds it. When all
// agree with the root nothing is wrong. When they do not, the root decides,
// from the top down: first at the right edge, whose partial tiles make the
// root, then for each full tile by the hash that its parent holds of it.
func (in *inspection) checkTree(ctx context.Context) error {
	levels, err := in.readLevels(ctx)
	if err != nil || in.report.Stopped {
		return err
	}
	in.chooseEdges(levels)
	for l := len(levels) - 1; l > 0; l-- {
		in.settle(l, levels)
	}
	in.settleLeaves(levels)
	return nil
}

// A level holds all hashes at a height of 8·l above the leaves. Level 0 has
// only its edge; its full tiles are in leaves.
type level struct {
	files   []tlog.Hash // as the tile files of the level have them
	entries []tlog.Hash // as computed from the entries
	edge    int         // first hash of the partial tile at the right
	known   []tlog.Hash // as the root vouches for them
}

// readLevels reads the tiles above level 0, which are 1/255 of the tree.
func (in *inspection) readLevels(ctx context.Context) ([]*level, error) {
	levels := []*level{{files: in.leaves.edgeTile, entries: in.leaves.edgeEntries}}
	computed := in.leaves.entries
	for l := 1; len(computed) > 0; l++ {
		at := &level{entries: computed, edge: len(computed) / TileWidth * TileWidth}
		var above []tlog.Hash
		for from := 0; from < len(computed); from += TileWidth {
			to := min(from+TileWidth, len(computed))
			hashes, fault, err := readTile(ctx, in.src, l, int64(from/TileWidth), to-from)
			if err != nil {
				return nil, err
			}
			if fault != nil {
				in.add(*fault)
				hashes = computed[from:to]
			}
			at.files = append(at.files, hashes...)
			if to-from == TileWidth {
				above = append(above, subtree(computed[from:to]))
			}
		}
		levels, computed = append(levels, at), above
	}
	return levels, nil
}

// chooseEdges finds, for each partial tile, whether the file or the entries
// belong to the root. Both cannot: that would be a collision of SHA-256.
func (in *inspection) chooseEdges(levels []*level) {
	var doubtful []int
	edges := make([][]tlog.Hash, len(levels))
	for l, at := range levels {
		at.known = append([]tlog.Hash(nil), at.files...)
		edges[l] = at.files[at.edge:]
		if !equalHashes(edges[l], at.entries[at.edge:]) {
			doubtful = append(doubtful, l)
		}
	}
	for choice := range 1 << len(doubtful) {
		for bit, l := range doubtful {
			at := levels[l]
			if edges[l] = at.files[at.edge:]; choice>>bit&1 == 1 {
				edges[l] = at.entries[at.edge:]
			}
		}
		if foldEdges(edges) == in.report.Checkpoint.Root {
			for l, at := range levels {
				copy(at.known[at.edge:], edges[l])
			}
			in.nameEdges(levels)
			return
		}
	}
	in.add(Fault{"checkpoint line 3", RuleHash, "the root is not that of the tiles, nor that of the entries"})
	in.nameEdges(levels)
}

// nameEdges reports partial tiles above level 0 that differ from the root's.
func (in *inspection) nameEdges(levels []*level) {
	for l, at := range levels {
		if l > 0 {
			in.nameHashes(l, at, at.edge, len(at.files))
		}
	}
}

// nameHashes reports each hash of a tile file that is not the known one.
func (in *inspection) nameHashes(l int, at *level, from, to int) {
	path := TilePath(l, int64(from/TileWidth), to-from)
	for i := from; i < to; i++ {
		if at.files[i] != at.known[i] {
			in.add(Fault{hashPlace(path, i-from), RuleHash, "not the hash that the root vouches for"})
		}
	}
}

func hashPlace(path string, i int) string { return fmt.Sprintf("%s hash %d", path, i) }

// settle decides the full tiles of a level by the known hashes of the next.
func (in *inspection) settle(l int, levels []*level) {
	at := levels[l]
	for from := 0; from < at.edge; from += TileWidth {
		to, n := from+TileWidth, from/TileWidth
		want := levels[l+1].known[n]
		switch {
		case subtree(at.files[from:to]) == want:
		case levels[l+1].entries[n] == want:
			copy(at.known[from:to], at.entries[from:to])
			in.nameHashes(l, at, from, to)
		default:
			in.add(Fault{TilePath(l, int64(n), TileWidth), RuleHash, "the tile does not hash to what its parent holds"})
		}
	}
}

// settleLeaves does the same for level 0, where the entries themselves can be
// what is wrong.
func (in *inspection) settleLeaves(levels []*level) {
	l := &in.leaves
	for n := range l.tiles {
		want := levels[1].known[n]
		in.nameLeaves(int64(n), TileWidth, l.tiles[n] == want, l.entries[n] == want)
	}
	if edge := levels[0]; len(edge.files) > 0 {
		in.nameLeaves(int64(len(l.tiles)), len(edge.files),
			equalHashes(edge.files, edge.known), equalHashes(edge.entries, edge.known))
	}
}

// nameLeaves reports what is wrong with a level-0 tile or its entries.
func (in *inspection) nameLeaves(n int64, width int, tileHolds, entriesHold bool) {
	tile, bundle := TilePath(0, n, width), TilePath(EntriesLevel, n, width)
	differ := in.leaves.differ[n]
	if !tileHolds && len(differ) == 0 {
		in.add(Fault{tile, RuleHash, "the tile does not hash to what its parent holds, and " + bundle + " neither"})
	}
	for _, i := range differ {
		if !tileHolds {
			in.add(Fault{hashPlace(tile, i), RuleHash, "not the hash of the entry"})
		}
		if !entriesHold {
			in.add(Fault{entryPlace(n*TileWidth + int64(i)), RuleHash, "the entry in " + bundle + " is not the one in the tree"})
		}
	}
}

func equalHashes(a, b []tlog.Hash) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}
