// Package oracle holds the record's format against an implementation of C2SP
// tlog-tiles that is not ours: the client and the fsck of
// transparency-dev/tessera. It is a module of its own, so that what only tests
// need is not among the program's dependencies.
package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"kept/record"
	"kept/record/recordtest"
)

const origin = "compact.example/record"

// export writes a record of so many entries as files, the way that a stranger
// downloads one.
func export(t *testing.T, size int) (dir string, r *recordtest.Record) {
	t.Helper()
	r = recordtest.New(t, origin)
	r.Fill(size)
	dir = filepath.Join(t.TempDir(), "record")
	report, err := record.Download(context.Background(), r.Publish(), dir, record.Options{})
	if err != nil || !report.OK() {
		t.Fatal(err, report)
	}
	return dir, r
}

func verifier(t *testing.T, r *recordtest.Record) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(r.Key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// hashBundle turns a bundle into leaf hashes with tessera's own code.
func hashBundle(b []byte) ([][]byte, error) {
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(b); err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(bundle.Entries))
	for i, e := range bundle.Entries {
		hashes[i] = rfc6962.DefaultHasher.HashLeaf(e)
	}
	return hashes, nil
}

var errHangs = errors.New("fsck has not ended")

// check runs fsck, which may hang on a log that is damaged: a worker that stops
// at a fault leaves the others waiting. It ends when its time is up.
func check(t *testing.T, dir string, r *recordtest.Record, patience time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f := fsck.New(origin, verifier(t, r), client.FileFetcher{Root: dir}, hashBundle, fsck.Opts{N: 2})
	done := make(chan error, 1)
	go func() { done <- f.Check(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errHangs
	}
}

func TestFsckAcceptsOurs(t *testing.T) {
	for _, size := range []int{1, 2, 255, 256, 257, 600, 65536 + 256 + 3} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			dir, r := export(t, size)
			if err := check(t, dir, r, time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFsckRefusesTampered(t *testing.T) {
	dir, r := export(t, 600)
	for _, path := range []string{
		"tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/88", "checkpoint",
	} {
		t.Run(path, func(t *testing.T) {
			name := filepath.Join(dir, filepath.FromSlash(path))
			intact, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			changed := bytes.Clone(intact)
			changed[len(changed)/2] ^= 1
			if err := os.WriteFile(name, changed, 0o644); err != nil {
				t.Fatal(err)
			}
			defer os.WriteFile(name, intact, 0o644)
			if err := check(t, dir, r, 3*time.Second); err == nil {
				t.Error("fsck accepts it")
			}
			report, err := record.Verify(context.Background(), record.DirSource(dir), record.Options{})
			if err != nil || report.OK() {
				t.Error("we accept it", err)
			}
		})
	}
}

// Proofs that tessera's client builds from our tiles verify against our
// checkpoint, and ours verify with its mathematics.
func TestClientProvesOurs(t *testing.T) {
	const size, earlier = 700, 300
	dir, r := export(t, size)
	ctx := context.Background()
	files := client.FileFetcher{Root: dir}
	c, _, _, err := client.FetchCheckpoint(ctx, files.ReadCheckpoint, verifier(t, r), origin)
	if err != nil {
		t.Fatal(err)
	}
	builder, err := client.NewProofBuilder(ctx, c.Size, files.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []uint64{0, 255, 256, size - 1} {
		receipt := r.Receipt(int64(index))
		theirs, err := builder.InclusionProof(ctx, index)
		if err != nil {
			t.Fatal(index, err)
		}
		var ours [][]byte
		for _, h := range receipt.Proof {
			ours = append(ours, h[:])
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(receipt.Entry)
		for who, p := range map[string][][]byte{"theirs": theirs, "ours": ours} {
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, c.Size, leaf, p, c.Hash); err != nil {
				t.Errorf("%s: entry %d: %v", who, index, err)
			}
		}
	}
	before := recordtest.New(t, origin)
	before.Fill(earlier)
	old, err := record.ParseCheckpoint(before.Checkpoint(), note.VerifierList(verifier(t, before)))
	if err != nil {
		t.Fatal(err)
	}
	consistency, err := builder.ConsistencyProof(ctx, earlier, c.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, earlier, c.Size, consistency, old.Root[:], c.Hash); err != nil {
		t.Error(err)
	}
}

// The entries that tessera's client reads are ours, byte for byte.
func TestClientReadsOurEntries(t *testing.T) {
	dir, r := export(t, 300)
	bundle, err := client.GetEntryBundle(context.Background(), client.FileFetcher{Root: dir}.ReadEntryBundle, 1, 300)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range bundle.Entries {
		if want := r.Receipt(int64(256 + i)).Entry; !bytes.Equal(e, want) {
			t.Errorf("entry %d: %s, want %s", 256+i, e, want)
		}
	}
	if len(bundle.Entries) != 44 {
		t.Errorf("%d entries", len(bundle.Entries))
	}
}
