package record_test

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"kept/record"
	"kept/record/recordtest"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestVerifyContinues(t *testing.T) {
	r := recordtest.New(t, origin)
	var kept [][]byte
	var receipts [][]byte
	for _, n := range []int{0, 1, 6, 249, 1, 43, 300} {
		r.Fill(n)
		kept = append(kept, r.Checkpoint())
		if n > 0 {
			receipts = append(receipts, marshal(t, r.Receipt(0)))
		}
	}
	report := verify(t, r.Publish(), record.Options{Checkpoints: kept, Receipts: receipts})
	if !report.OK() || report.Consistent != len(kept)+len(receipts) {
		t.Errorf("consistent with %d: %v", report.Consistent, report.Faults)
	}
}

func marshal(t testing.TB, r record.Receipt) []byte {
	t.Helper()
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVerifyFindsForks(t *testing.T) {
	first := recordtest.New(t, origin)
	first.Fill(300)
	short := first.Publish()
	first.Fill(100)
	receipt := first.Receipt(299)

	other := recordtest.New(t, origin)
	other.Add(record.Entry{Kind: "party.registered", At: "2026-01-01T00:00:00Z", By: "instance"}, nil)
	other.Fill(499)

	foreign := recordtest.New(t, "other.example/record")
	foreign.Fill(3)

	witness := recordtest.New(t, "witness.example/key")

	damaged := receipt
	damaged.Index = 298

	tests := []struct {
		name    string
		src     record.Source
		options record.Options
		place   string
		detail  string
	}{
		{"rewritten", other.Publish(), record.Options{Checkpoints: [][]byte{first.Checkpoint()}}, "kept checkpoint 1", "rewritten"},
		{"rewritten at the same size", other.Publish(), record.Options{Checkpoints: [][]byte{sameSize(t, 500)}}, "kept checkpoint 1", "rewritten"},
		{"rolled back", short, record.Options{Checkpoints: [][]byte{first.Checkpoint()}}, "kept checkpoint 1", "rolled back"},
		{"receipt of the rewritten", other.Publish(), record.Options{Receipts: [][]byte{marshal(t, receipt)}}, "receipt 1", "rewritten"},
		{"receipt of the rolled back", short, record.Options{Receipts: [][]byte{marshal(t, receipt)}}, "receipt 1", "rolled back"},
		{"receipt that does not verify", first.Publish(), record.Options{Receipts: [][]byte{marshal(t, damaged)}}, "receipt 1", "proof"},
		{"not a receipt", first.Publish(), record.Options{Receipts: [][]byte{[]byte("{}")}}, "receipt 1", "receipt"},
		{"checkpoint of another origin", first.Publish(), record.Options{Checkpoints: [][]byte{foreign.Checkpoint()}}, "kept checkpoint 1", "no verifiable signatures"},
		{"key of another origin", first.Publish(), record.Options{Keys: []string{foreign.Key}}, "key", "another key"},
		{"no witness", first.Publish(), record.Options{Keys: []string{first.Key, witness.Key}}, "checkpoint", "signed by 1 of the 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := verify(t, tt.src, tt.options)
			for _, f := range report.Faults {
				if f.Place == tt.place && strings.Contains(f.Detail, tt.detail) {
					return
				}
			}
			t.Errorf("no fault %q at %s: %v", tt.detail, tt.place, report.Faults)
		})
	}
}

// sameSize is a checkpoint of a record of this size that differs from others.
func sameSize(t *testing.T, size int) []byte {
	r := recordtest.New(t, origin)
	r.Fill(size)
	return r.Checkpoint()
}

// Where the tiles are damaged, an earlier checkpoint cannot be compared, and
// the report says so instead of calling it a fork.
func TestKeptCheckpointOfDamagedTiles(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	kept := r.Checkpoint()
	r.Fill(300)
	f := flipped(r.Publish(), "tile/0/001", 100, 1)
	report := verify(t, f, record.Options{Checkpoints: [][]byte{kept}})
	for _, f := range report.Faults {
		if f.Place == "kept checkpoint 1" && !strings.Contains(f.Detail, "cannot be compared") {
			t.Error(f)
		}
	}
	if report.OK() || report.Consistent != 0 {
		t.Errorf("consistent %d: %v", report.Consistent, report.Faults)
	}
}

func TestReceipt(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	verifier, err := note.NewVerifier(r.Key)
	if err != nil {
		t.Fatal(err)
	}
	trusted := note.VerifierList(verifier)
	for _, index := range []int64{0, 20, 255, 299} {
		b := marshal(t, r.Receipt(index))
		got, err := record.ParseReceipt(b)
		if err != nil {
			t.Fatal(index, err)
		}
		if err := got.Verify(trusted); err != nil {
			t.Errorf("%d: %v", index, err)
		}
		if err := got.Verify(nil); err != nil {
			t.Errorf("%d under its own key: %v", index, err)
		}
		if again := marshal(t, got); string(again) != string(b) {
			t.Errorf("%d: read and written again: %s", index, again)
		}
	}

	stranger := recordtest.New(t, "other.example/record")
	strange, _ := note.NewVerifier(stranger.Key)
	if err := r.Receipt(0).Verify(note.VerifierList(strange)); err == nil {
		t.Error("verified under a key that did not sign")
	}
}

// Any byte of a receipt that is not space between tokens counts.
func TestReceiptEveryByte(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(30)
	b := marshal(t, r.Receipt(20))
	for at := range b {
		for _, mask := range []byte{1, 4, 32} {
			changed := append([]byte(nil), b...)
			changed[at] ^= mask
			if strings.Join(strings.Fields(string(changed)), "") == strings.Join(strings.Fields(string(b)), "") {
				continue // one space for another
			}
			got, err := record.ParseReceipt(changed)
			if err == nil {
				err = got.Verify(nil)
			}
			if err == nil {
				t.Errorf("byte %d ^ %d goes unseen: %q", at, mask, changed[max(0, at-20):at+20])
			}
		}
	}
}
