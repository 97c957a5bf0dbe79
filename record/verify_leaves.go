package record

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// leaves are what all level-0 tiles and entry bundles came to. A full tile is
// kept as its subtree hash only: 64 bytes for 256 entries.
type leaves struct {
	tiles, entries        []tlog.Hash     // of the full tiles: by the tile, by the entries
	edgeTile, edgeEntries []tlog.Hash     // of the partial tile, hash by hash
	differ                map[int64][]int // tile → where tile and entries differ
}

// A leafTile is one level-0 tile and its bundle, read and hashed.
type leafTile struct {
	tile, entries     []tlog.Hash // kept only for a partial tile
	byTile, byEntries tlog.Hash
	differ            []int
	faults            []Fault
	blobs             []blobName
	worded            []int64 // entries that have words, or that cannot be read
	acts              []wordAct
	absent            []textPlace
	err               error
}

// A blobName is a digest that an entry publishes.
type blobName struct {
	digest Digest
	entry  int64
	pack   bool // the bytes are a content pack, in canonical form
}

// checkLeaves reads all entries. Where a tile and its entries differ, which of
// them is at fault is left to checkTree, which knows the root.
func (in *inspection) checkLeaves(ctx context.Context) error {
	size, width := in.report.Size, int64(TileWidth)
	readers := make([]*leafReader, in.options.workers())
	for i := range readers {
		readers[i] = &leafReader{src: in.src, treeOnly: in.options.TreeOnly, kinds: map[string]*int64{}, parts: map[string]string{}}
	}
	in.leaves.differ, in.named = map[int64][]int{}, map[Digest]int{}
	read := func(worker int, n int64) leafTile {
		return readers[worker].read(ctx, n, int(min(width, size-n*width)))
	}
	err := inOrder(len(readers), (size+width-1)/width, read, func(n int64, t leafTile) error {
		in.take(n, t)
		if in.options.Progress != nil {
			in.options.Progress(min(size, (n+1)*width), size)
		}
		if in.report.Stopped {
			return errStopped
		}
		return t.err
	})
	for _, r := range readers {
		r.addTo(in.report)
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// errStopped ends a step when there are too many faults.
var errStopped = errors.New("too many faults")

// take adds one tile; tiles come in order.
func (in *inspection) take(n int64, t leafTile) {
	l := &in.leaves
	if t.tile != nil {
		l.edgeTile, l.edgeEntries = t.tile, t.entries
	} else {
		l.tiles, l.entries = append(l.tiles, t.byTile), append(l.entries, t.byEntries)
	}
	if len(t.differ) > 0 {
		l.differ[n] = t.differ
	}
	for _, b := range t.blobs {
		if at, ok := in.named[b.digest]; ok {
			in.blobs[at].pack = in.blobs[at].pack || b.pack
			continue
		}
		in.named[b.digest] = len(in.blobs)
		in.blobs = append(in.blobs, b)
	}
	for _, entry := range t.worded {
		in.worded.set(entry)
	}
	in.wordActs, in.absent = append(in.wordActs, t.acts...), append(in.absent, t.absent...)
	in.add(t.faults...)
}

// add reports faults until there are too many.
func (in *inspection) add(faults ...Fault) {
	for _, f := range faults {
		if len(in.report.Faults) >= in.options.maxFaults() {
			in.report.Stopped = true
			return
		}
		in.report.Faults = append(in.report.Faults, f)
	}
}

// A leafReader reads tiles for one worker and keeps its memory between them.
type leafReader struct {
	src      Source
	treeOnly bool
	scanner  scanner
	hasher   leafHasher
	bundle   [][]byte

	kinds map[string]*int64
	words int64
	parts map[string]string // names of parts, each kept once
}

func (r *leafReader) addTo(report *Report) {
	report.Words += r.words
	for kind, n := range r.kinds {
		if report.Kinds == nil {
			report.Kinds = map[string]int64{}
		}
		report.Kinds[kind] += *n
	}
}

// read reads tile n with its entries. A file that cannot be used is a fault at
// once, and the other one stands in for it, so that the rest is still checked.
func (r *leafReader) read(ctx context.Context, n int64, width int) (t leafTile) {
	tile, fault, err := readTile(ctx, r.src, 0, n, width)
	if err != nil {
		return leafTile{err: err}
	}
	t.addFault(fault)
	entries, fault, err := readBundle(ctx, r.src, n, width, r.bundle[:0])
	if err != nil {
		return leafTile{err: err}
	}
	t.addFault(fault)
	var hashes []tlog.Hash
	if entries != nil {
		r.bundle, hashes = entries, make([]tlog.Hash, width)
	} else {
		for i := range width { // one fault is enough: whether they have words nobody can say
			t.worded = append(t.worded, n*TileWidth+int64(i))
		}
	}
	for i, e := range entries {
		hashes[i] = r.hasher.hash(e)
		if !r.treeOnly && t.err == nil {
			t.err = r.entry(ctx, n*TileWidth+int64(i), e, &t)
		}
	}
	if hashes == nil {
		hashes = tile
	}
	if tile == nil {
		tile = hashes
	}
	t.compare(tile, hashes, width)
	return t
}

// compare notes where tile and entries differ.
func (t *leafTile) compare(tile, entries []tlog.Hash, width int) {
	if tile == nil { // neither could be read: nothing agrees with the root
		tile = make([]tlog.Hash, width)
		entries = tile
	}
	for i := range tile {
		if tile[i] != entries[i] {
			t.differ = append(t.differ, i)
		}
	}
	if width < TileWidth {
		t.tile, t.entries = tile, entries
		return
	}
	t.byEntries = subtree(entries)
	if t.byTile = t.byEntries; len(t.differ) > 0 {
		t.byTile = subtree(tile)
	}
}

func (t *leafTile) addFault(f *Fault) {
	if f != nil {
		t.faults = append(t.faults, *f)
	}
}
