package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/record"
)

// saved makes a record and a copy of it, the way that a stranger keeps one.
func saved(t *testing.T) (dir, copied string) {
	t.Helper()
	dir, copied = newRecord(t, "gdc"), filepath.Join(t.TempDir(), "copy")
	must(t, "text", "load", "--text", "gdc-2024", gdcShaped, "--data", dir, "--yes")
	must(t, "verify", dir, "--save", copied)
	return dir, copied
}

func TestVerify(t *testing.T) {
	dir, copied := saved(t)
	origin := keyOf(t, dir).Origin
	for _, target := range []string{dir, copied} {
		kept("verify", target).want(t, 0, "origin "+origin, "no fault")
		r := decode[record.Report](t, must(t, "verify", target, "--json"))
		if r.Origin != origin || r.Size == 0 || r.Words == 0 || r.Blobs == 0 || len(r.Faults) > 0 {
			t.Errorf("%s: %+v", target, r)
		}
	}
	checkpoint := filepath.Join(copied, "checkpoint")
	must(t, "import", "parties", write(t, "p.csv", partiesCSV), "--data", dir, "--keep")
	if r := decode[record.Report](t, must(t, "verify", dir, "--checkpoint", checkpoint, "--json")); r.Consistent != 1 {
		t.Errorf("the earlier checkpoint: %+v", r)
	}
	early := filepath.Join(t.TempDir(), "early")
	must(t, "verify", copied, "--save", early)
	kept("verify", dir, "--save", copied).want(t, 0, "no fault", "it continues") // brought up to date
	kept("verify", early, "--save", copied).want(t, 3, "consistency")            // not set back
	kept("verify", dir, "--save", filepath.Dir(write(t, "letter", "x"))).want(t, 1, "no copy of a record")
	again := filepath.Join(t.TempDir(), "second")
	kept("verify", copied, "--save", again).want(t, 0, "no fault") // a copy can be copied
	later := filepath.Join(t.TempDir(), "later")
	must(t, "verify", dir, "--save", later)
	// What is older than the checkpoint is no continuation of it.
	kept("verify", early, "--checkpoint", filepath.Join(later, "checkpoint")).want(t, 3, "consistency")
	other := filepath.Join(t.TempDir(), "other")
	must(t, "init", "--data", other, "--pack", "harbour", "--origin", originOf(t)+"-other")
	kept("verify", other, "--checkpoint", checkpoint).want(t, 3, "FAULT")
	kept("verify", dir, "--checkpoint", write(t, "nonsense", "not a checkpoint")).want(t, 3, "FAULT")
	kept("verify", dir, "--checkpoint", write(t, "empty", "")).want(t, 3, "FAULT")
	kept("verify", dir, "--receipt", write(t, "nonsense", "{}")).want(t, 3, "FAULT")
}

// One bit of one byte in each kind of file: found, and its place named.
func TestVerifyNamesTheFlippedByte(t *testing.T) {
	_, copied := saved(t)
	blobs, _ := filepath.Glob(filepath.Join(copied, "blobs", "*"))
	words, _ := filepath.Glob(filepath.Join(copied, "words", "*.json"))
	if len(blobs) == 0 || len(words) == 0 {
		t.Fatal("the copy has no blobs or words")
	}
	name := func(path string) string {
		rel, _ := filepath.Rel(copied, path)
		return filepath.ToSlash(rel)
	}
	partial, _ := filepath.Glob(filepath.Join(copied, "tile", "0", "001.p", "*"))
	entries, _ := filepath.Glob(filepath.Join(copied, "tile", "entries", "001.p", "*"))
	upper, _ := filepath.Glob(filepath.Join(copied, "tile", "1", "000.p", "*"))
	if len(partial) != 1 || len(entries) != 1 || len(upper) != 1 {
		t.Fatal(partial, entries, upper)
	}
	for _, c := range []struct{ file, place string }{
		{"key", "key"},
		{"checkpoint", "checkpoint"},
		{"tile/0/000", "tile/0/000"},
		{name(partial[0]), "tile/0/001"},
		{name(upper[0]), "tile/1/000"},
		{"tile/entries/000", "entry "},
		{name(entries[0]), "entry "},
		{name(words[len(words)/2]), name(words[len(words)/2])},
		{name(blobs[0]), name(blobs[0])},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(copied, filepath.FromSlash(c.file))
			intact, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.WriteFile(path, intact, 0o644) })
			for _, at := range []int{0, len(intact) / 2, len(intact) - 1} {
				changed := bytes.Clone(intact)
				changed[at] ^= 1
				if err := os.WriteFile(path, changed, 0o644); err != nil {
					t.Fatal(err)
				}
				r := kept("verify", copied)
				place := c.place
				if strings.HasPrefix(c.file, "tile/entries") && at == 0 {
					place = c.file // the length of an entry: the bundle cannot be taken apart
				}
				if r.code != 3 || !strings.Contains(r.out, "FAULT "+place) {
					t.Errorf("byte %d: exit code %d, want a fault at %s\n%s%s", at, r.code, place, short(r.out), r.err)
				}
				if n := strings.Count(r.out, "FAULT"); n > 2 {
					t.Errorf("byte %d: one flipped byte gives %d faults\n%s", at, n, short(r.out))
				}
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			// Words may be erased, so a file of them that is gone is no fault. A
			// copy without checkpoint is no copy.
			want := 3
			switch {
			case strings.HasPrefix(c.file, "words/"):
				want = 0
			case c.file == "checkpoint":
				want = 1
			}
			if r := kept("verify", copied); r.code != want {
				t.Errorf("gone: exit code %d, want %d\n%s%s", r.code, want, short(r.out), r.err)
			}
		})
	}
	kept("verify", copied).want(t, 0)
}

// A receipt is checked on a copy, with no site and no data directory at hand.
func TestVerifyReceiptOffline(t *testing.T) {
	dir, copied := saved(t)
	site := serve(t, dir)
	receipt := site.get(t, "/record/receipts/200", 200)
	site.stop()
	if r := decode[record.Report](t, must(t, "verify", copied, "--json", "--receipt", write(t, "r.json", receipt))); r.Consistent != 1 {
		t.Errorf("%+v", r)
	}
	changed := strings.Replace(receipt, "secretariat", "secretariaT", 1)
	if changed == receipt {
		t.Fatal("the receipt does not hold what the test changes:", receipt)
	}
	kept("verify", copied, "--receipt", write(t, "r.json", changed)).want(t, 3, "FAULT")
}

// change runs SQL behind the program's back.
func change(t *testing.T, c db.Config, sql string) {
	t.Helper()
	store, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.Write(context.Background(), func(tx *db.Tx) error {
		n, err := tx.Exec(sql)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s: nothing was changed", sql)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReplayCheck(t *testing.T) {
	dir := newRecord(t, "gdc")
	kept("replay", "--check", "--data", dir).want(t, 0, "every state table is as stored")
	type replayed struct {
		Entries     int64
		Differences []struct{ Table, Row string }
	}
	if r := decode[replayed](t, must(t, "replay", "--check", "--json", "--data", dir)); r.Entries == 0 || r.Differences == nil || len(r.Differences) > 0 {
		t.Errorf("%+v", r)
	}
	for table, sql := range map[string]string{
		"party":    "UPDATE party SET area = 'FRA' WHERE area = 'KEN'",
		"adoption": "DELETE FROM adoption WHERE id = (SELECT MAX(id) FROM adoption)",
	} {
		dir := filepath.Join(t.TempDir(), "data")
		must(t, "init", "--data", dir, "--origin", originOf(t)+"-"+table)
		change(t, db.Config{Dir: dir}, sql)
		kept("replay", "--check", "--data", dir).want(t, 3, table+": ")
		r := decode[replayed](t, kept("replay", "--check", "--json", "--data", dir).out)
		if len(r.Differences) != 1 || r.Differences[0].Table != table {
			t.Errorf("%s: %+v", table, r)
		}
		kept("verify", dir).want(t, 0) // the record itself is untouched
	}
}

// What is changed in the store itself is found by verify on the data directory.
func TestVerifyFindsChangesInTheStore(t *testing.T) {
	for place, sql := range map[string]string{
		"entry 7":    "UPDATE record_entry SET bytes = (SELECT bytes FROM record_entry WHERE idx = 8) WHERE idx = 7",
		"words/":     "UPDATE record_word SET body = 'Another name' WHERE idx = (SELECT MIN(idx) FROM record_word)",
		"blobs/":     "UPDATE record_blob SET bytes = x'00' WHERE digest = (SELECT MIN(digest) FROM record_blob)",
		"tile/0/000": "UPDATE record_tile SET bytes = zeroblob(length(bytes)) WHERE level = 0 AND n = 0",
	} {
		t.Run(place, func(t *testing.T) {
			dir := newRecord(t, "gdc")
			change(t, db.Config{Dir: dir}, sql)
			r := kept("verify", dir)
			if r.code == 0 || !strings.Contains(r.out+r.err, place) && !strings.Contains(r.out, "FAULT") {
				t.Errorf("%d %s%s", r.code, short(r.out), r.err)
			}
		})
	}
}
