package oracle

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"kept/internal/cli"
)

// kept runs the command line; it must succeed.
func kept(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut strings.Builder
	if code := cli.Run(context.Background(), args, strings.NewReader(""), &out, &errOut); code != 0 {
		t.Fatalf("kept %s: %d %s%s", strings.Join(args, " "), code, out.String(), errOut.String())
	}
	return out.String()
}

// A record that the program itself makes and grows, with all its subjects: the
// Global Digital Compact, its official words and a list. Tessera's client and fsck
// accept the copy that a stranger saves, and tessera proves that it continues the
// one that was saved before.
func TestTesseraAcceptsARealRecord(t *testing.T) {
	const origin = "gdc.example/record"
	root := t.TempDir()
	data, earlier, later := filepath.Join(root, "data"), filepath.Join(root, "earlier"), filepath.Join(root, "later")
	kept(t, "init", "--data", data, "--pack", "gdc", "--origin", origin, "--lock", filepath.Join(root, "lock"))
	kept(t, "verify", data, "--save", earlier)
	kept(t, "text", "load", "--text", "gdc-2024", "../../compact/testdata/gdc-2024.en.txt", "--data", data, "--yes")
	kept(t, "verify", data, "--save", later, "--checkpoint", filepath.Join(earlier, "checkpoint"))

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	files := client.FileFetcher{Root: later}
	v := served(t, later)
	if v.Name() != origin {
		t.Errorf("the key is named %q", v.Name())
	}
	f := fsck.New(origin, v, files, hashBundle, fsck.Opts{N: 2})
	done := make(chan error, 1)
	go func() { done <- f.Check(ctx) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Fatal(errHangs)
	}
	now, _, _, err := client.FetchCheckpoint(ctx, files.ReadCheckpoint, v, origin)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _, err := client.FetchCheckpoint(ctx, client.FileFetcher{Root: earlier}.ReadCheckpoint, v, origin)
	if err != nil {
		t.Fatal(err)
	}
	if before.Size < 2*193 || now.Size != before.Size+1 {
		t.Errorf("%d entries, then %d", before.Size, now.Size)
	}
	builder, err := client.NewProofBuilder(ctx, now.Size, files.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	consistency, err := builder.ConsistencyProof(ctx, before.Size, now.Size)
	if err == nil {
		err = proof.VerifyConsistency(rfc6962.DefaultHasher, before.Size, now.Size, consistency, before.Hash, now.Hash)
	}
	if err != nil {
		t.Error(err)
	}
}

// served is the key that a saved copy names.
func served(t *testing.T, dir string) note.Verifier {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
