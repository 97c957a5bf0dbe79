package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

// oracle is tlog's own computation over the same entries.
type oracle struct {
	size   int64
	hashes []tlog.Hash
}

// ReadHashes gives tlog the hashes that it stored.
func (o *oracle) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = o.hashes[n]
	}
	return out, nil
}

func (o *oracle) add(t *testing.T, results []keeper.Result) {
	t.Helper()
	for _, r := range results {
		h, err := tlog.StoredHashes(o.size, r.Entry, o)
		must(t, err)
		o.hashes = append(o.hashes, h...)
		o.size++
	}
}

// hedge is a subject of acts that nobody looks at: many of them make a big tree.
func hedge() keeper.Subject {
	return keeper.Subject{Name: "hedge", Schema: "CREATE TABLE hedge (id BIGINT PRIMARY KEY);",
		Kinds: []keeper.Kind{{Name: "hedge.grew", Apply: func(*db.Tx, keeper.Entry) error { return nil }}}}
}

// grow brings the record to a size.
func (h *house) grow(o *oracle, size int64) {
	h.t.Helper()
	for o.size < size {
		acts := make([]keeper.Act, min(size-o.size, 700))
		for i := range acts {
			acts[i] = keeper.Act{Kind: "hedge.grew", By: "instance"}
		}
		o.add(h.t, h.submit(acts...))
	}
}

// sameTree compares the checkpoint, and every tile if asked, with tlog's.
func (h *house) sameTree(o *oracle, tiles bool) {
	h.t.Helper()
	must(h.t, h.k.Sign(h.t.Context()))
	c, err := record.ParseCheckpoint(h.k.Checkpoint(), note.VerifierList(h.o.Key.Verifier))
	must(h.t, err)
	root, err := tlog.TreeHash(o.size, o)
	must(h.t, err)
	if c.Size != o.size || c.Root != root || c.Origin != origin {
		h.t.Fatalf("at size %d: checkpoint %+v, want root %s", o.size, c, root)
	}
	if !tiles {
		return
	}
	for _, tile := range tlog.NewTiles(8, 0, o.size) {
		want, err := tlog.ReadTileData(tile, o)
		must(h.t, err)
		path := record.TilePath(tile.L, tile.N, tile.W)
		got, err := h.k.Get(h.t.Context(), path)
		if err != nil || !bytes.Equal(got, want) {
			h.t.Fatalf("at size %d: %s is not what tlog has (%v)", o.size, path, err)
		}
	}
}

// TestTree walks over the edges of tiles, with restarts between them: a restart
// loads the edge that the run before left in memory.
func TestTree(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Subjects = append(h.o.Subjects, hedge())
		h.start()
		var o oracle
		for i, size := range []int64{1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 769} {
			h.grow(&o, size)
			h.sameTree(&o, true)
			if i%2 == 0 {
				h.start()
			}
		}
		h.sound()
	})
}

// TestBigTree goes over the edge of a tile of tiles, 65,536 entries.
func TestBigTree(t *testing.T) {
	h := oneHouse(t)
	h.o.Subjects = append(h.o.Subjects, hedge())
	h.start()
	var o oracle
	for _, size := range []int64{65_279, 65_535, 65_536, 65_537, 65_793} {
		h.grow(&o, size)
		h.sameTree(&o, size == 65_537)
		h.start()
	}
	report, err := record.Verify(t.Context(), h.k, record.Options{})
	if err != nil || !report.OK() || report.Size != 65_793 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestRefusalRestoresTheEdge refuses submissions whose first acts had filled a tile.
func TestRefusalRestoresTheEdge(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Subjects = append(h.o.Subjects, hedge())
		h.start()
		var o oracle
		h.grow(&o, 250)
		grew := keeper.Act{Kind: "hedge.grew", By: "instance"}
		h.refused(keeper.ErrNotFound, append(slices.Repeat([]keeper.Act{grew}, 10), sow(99, 1))...)
		h.sameTree(&o, true)
		h.grow(&o, 260)
		h.sameTree(&o, true)
		h.sound()
	})
}

// TestConsistency keeps each checkpoint and receipt, as parties do, and checks
// the record against all of them at the end.
func TestConsistency(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Subjects = append(h.o.Subjects, hedge())
		h.start()
		var o oracle
		var kept, receipts [][]byte
		o.add(t, h.submit(plot("a")))
		for _, size := range []int64{2, 40, 256, 257, 600} {
			h.grow(&o, size)
			must(t, h.k.Sign(t.Context()))
			kept = append(kept, h.k.Checkpoint())
			for _, i := range []int64{0, size / 2, size - 1} {
				r, err := h.k.Receipt(t.Context(), i)
				must(t, err)
				b, err := r.Marshal()
				must(t, err)
				receipts = append(receipts, b)
			}
		}
		report, err := record.Verify(t.Context(), h.k, record.Options{Checkpoints: kept, Receipts: receipts})
		must(t, err)
		if !report.OK() || report.Consistent != len(kept)+len(receipts) {
			t.Errorf("%d of %d kept things are continued: %v", report.Consistent, len(kept)+len(receipts), report.Faults)
		}
	})
}

func TestReceipt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"), plot("b"), sow(1, 2))
		if _, err := h.k.Receipt(t.Context(), 0); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("before the first checkpoint: %v", err)
		}
		must(t, h.k.Sign(t.Context()))
		h.submit(sow(0, 1))
		for _, i := range []int64{-1, 3, 4, 1 << 60} {
			if _, err := h.k.Receipt(t.Context(), i); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("receipt of entry %d, which is not under the checkpoint: %v", i, err)
			}
		}
		r, err := h.k.Receipt(t.Context(), 1)
		must(t, err)
		b, err := r.Marshal()
		must(t, err)
		r, err = record.ParseReceipt(b) // what the party has on her own machine
		must(t, err)
		must(t, r.Verify(nil))
		must(t, r.Verify(note.VerifierList(h.o.Key.Verifier)))
		if r.Words["name.fr"].Text != "Planche b" {
			t.Errorf("its words are %v", r.Words)
		}
		r.Entry = bytes.Replace(r.Entry, []byte(`"code":"b"`), []byte(`"code":"c"`), 1)
		if r.Verify(nil) == nil {
			t.Error("a changed receipt verifies")
		}
	})
}

// What a checkpoint once covered is proved under that one, however far the record has grown.
func TestFirstReceipt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Subjects = append(h.o.Subjects, hedge())
		h.start()
		var o oracle
		o.add(t, h.submit(plot("a")))
		must(t, h.k.Sign(t.Context()))
		h.grow(&o, 5)
		if _, _, _, err := h.k.FirstReceipt(t.Context(), 2); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("before a checkpoint covers it: %v", err)
		}
		must(t, h.k.Sign(t.Context()))
		early := h.k.Checkpoint()
		h.grow(&o, 600)
		must(t, h.k.Sign(t.Context()))
		r, last, at, err := h.k.FirstReceipt(t.Context(), 2)
		must(t, err)
		for _, one := range []record.Receipt{r, last} {
			must(t, one.Verify(note.VerifierList(h.o.Key.Verifier)))
			if !bytes.Equal(one.Checkpoint, early) {
				t.Errorf("entry %d is proved under %s", one.Index, one.Checkpoint)
			}
		}
		if r.Index != 2 || last.Index != 4 || record.CheckTime(at) != nil {
			t.Errorf("entries %d and %d, signed at %q", r.Index, last.Index, at)
		}
		for _, i := range []int64{-1, 600} {
			if _, _, _, err := h.k.FirstReceipt(t.Context(), i); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("entry %d: %v", i, err)
			}
		}
	})
}

func TestPaths(t *testing.T) {
	h := oneHouse(t)
	if _, err := h.k.Get(t.Context(), "checkpoint"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first checkpoint: %v", err)
	}
	h.submit(withBlob(plot("a"), "seeds"), plot("b"), sow(0, 1))
	must(t, h.k.Sign(t.Context()))
	h.submit(sow(0, 1)) // not published yet
	blob := record.DigestOf([]byte("seeds")).String()
	for path, there := range map[string]bool{
		"checkpoint": true, "key": true,
		"tile/0/000.p/3": true, "tile/0/000.p/2": true, "tile/entries/000.p/1": true,
		"tile/0/000.p/4": false, "tile/0/000": false, "tile/entries/000": false, "tile/0/001.p/1": false, "tile/1/000.p/1": false,
		"tile/0/x999/x999/x999/x999/999": false, "tile/entries/x999/x999/x999/x999/x999/999.p/1": false,
		"tile/64/000.p/1": false, "tile/-1/000.p/1": false, "tile/": false, "tile/entries/x/y": false,
		"words/0.json": true, "words/1.json": true, "words/2.json": false,
		"words/00.json": false, "words/+0.json": false, "words/-1.json": false, "words/.json": false, "words/9999999999999999999999.json": false,
		"blobs/" + blob: true, "blobs/" + blob[1:]: false, "blobs/": false, "blobs/" + record.DigestOf(nil).String(): false,
		"": false, "/": false, "other": false, "../record.key": false,
	} {
		b, err := h.k.Get(context.Background(), path)
		if there && (err != nil || len(b) == 0) {
			t.Errorf("%s: %v", path, err)
		}
		if !there && (!errors.Is(err, fs.ErrNotExist) || !errors.Is(err, keeper.ErrNotFound)) {
			t.Errorf("%s: %d bytes, %v; want that it is not there", path, len(b), err)
		}
	}
}
