package commitment_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/record"
)

func (w *world) write(fn func(tx *db.Tx) error) error {
	return w.keeper.DB().Write(context.Background(), fn)
}

// A document is kept by the digest of what is published, goes when no report names
// it, stays when one does, and can be erased for good.
func TestArchive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		ctx := context.Background()
		for range 2 { // made once, however often it is asked for
			if err := commitment.PrepareArchive(ctx, w.keeper.DB()); err != nil {
				t.Fatal(err)
			}
		}
		keep := func(text string) (digest string) {
			t.Helper()
			err := w.write(func(tx *db.Tx) (err error) {
				digest, err = commitment.KeepDocument(tx, w.now, []byte(text))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return digest
		}
		read := func(digest string) (d commitment.Document, body []byte, err error) {
			err = w.keeper.DB().Read(ctx, func(tx *db.Tx) (err error) {
				if d, err = commitment.DocumentOf(tx, digest); err == nil {
					body, err = commitment.BodyOf(tx, digest)
				}
				return err
			})
			return d, body, err
		}
		c := w.must(w.schools())
		register, loose := keep("school,connected\nA,yes\n"), keep("nobody reports on this")
		if register != record.DigestOf([]byte("school,connected\nA,yes\n")).String() {
			t.Errorf("digest %s", register)
		}
		report := w.must(change(w.progress(c, "2025-03-20", "2025-03-20", "1"), func(f *commitment.Reported, words map[string]string) {
			f.Evidence = []commitment.Evidence{{Kind: "dataset", Strength: "E2", Digest: register}, {Kind: "photo_site", Strength: "E1", Digest: register, SeenBy: "reviewers"}}
			delete(words, "evidence.0.url.und")
			words["evidence.1.title.en"] = "The same, in confidence"
		}))
		w.read(func(tx *db.Tx) error {
			p, err := commitment.PiecesOf(tx, register)
			if len(p) != 2 || p[1].Report != report || p[1].SeenBy != "reviewers" || p[0].Commitment != c {
				t.Errorf("pieces: %+v", p)
			}
			return err
		})
		w.now = w.now.AddDate(0, 0, 31)
		keep("another one")
		if _, _, err := read(loose); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("what nobody reported on is still there: %v", err)
		}
		d, body, err := read(register)
		if err != nil || d.Type != "text/csv" || d.Size != 23 || d.KeptOn != "2025-03-20" || d.Lines[1] != "A,yes" || !bytes.HasPrefix(body, []byte("school")) {
			t.Errorf("%+v, %q, %v", d, body, err)
		}
		keep("school,connected\nA,yes\n") // once more: the same document

		for i := range 2 {
			err := w.write(func(tx *db.Tx) error {
				done, err := commitment.EraseDocument(tx, w.now, register)
				if done != (i == 0) {
					t.Errorf("erasure %d: %v", i, done)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		d, _, err = read(register)
		if !errors.Is(err, keeper.ErrNotFound) || d.Erased != "2025-04-20" || len(d.Lines) > 0 || len(d.Picture) > 0 {
			t.Errorf("after the erasure: %+v, %v", d, err)
		}
		err = w.write(func(tx *db.Tx) error {
			_, err := commitment.KeepDocument(tx, w.now, []byte("school,connected\nA,yes\n"))
			return err
		})
		if faults(err)[""] != "err.evidence.erased" {
			t.Errorf("brought again: %v", err)
		}
		var left int64
		w.read(func(tx *db.Tx) error {
			return tx.Row("SELECT COUNT(*) FROM evidence_file WHERE received <> '' AND erased_at <> ''").Scan(&left)
		})
		if left != 0 {
			t.Error("the digest of what was received stays after the erasure")
		}
		w.replays()
	})
}

// While state is rebuilt it knows of no report; nothing is swept away then.
func TestArchiveKeepsDuringRebuild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		if err := commitment.PrepareArchive(context.Background(), w.keeper.DB()); err != nil {
			t.Fatal(err)
		}
		keep := func(text string) {
			t.Helper()
			if err := w.write(func(tx *db.Tx) error { _, err := commitment.KeepDocument(tx, w.now, []byte(text)); return err }); err != nil {
				t.Fatal(err)
			}
		}
		count := func() (n int64) {
			w.read(func(tx *db.Tx) error { return tx.Row("SELECT COUNT(*) FROM evidence_file").Scan(&n) })
			return n
		}
		keep("one")
		w.now = w.now.AddDate(0, 0, 31)
		generation := func(change string) {
			if err := w.write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE record_head SET generation = " + change); return err }); err != nil {
				t.Fatal(err)
			}
		}
		generation("'rebuilding ' || generation")
		keep("two")
		if n := count(); n != 2 {
			t.Errorf("%d documents during a rebuild, want 2", n)
		}
		generation("substr(generation, 12)")
		keep("three")
		if n := count(); n != 2 {
			t.Errorf("%d documents after it, want 2: the first one was not reported on", n)
		}
	})
}
