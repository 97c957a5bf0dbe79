package record_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"kept/record"
	"kept/record/recordtest"
)

// benchFiles is a record of 200,000 entries of about 300 bytes, one in twenty
// with words.
var benchFiles = sync.OnceValue(func() recordtest.Files {
	var tb quiet
	r := recordtest.New(&tb, origin)
	pad := strings.Repeat("0123456789", 11)
	for i := range 200_000 {
		e := record.Entry{
			Kind: "commitment.made", At: "2026-11-21T14:02:00Z", By: "12",
			Facts: fmt.Appendf(nil, `{"area":"QM","baseline":"12.50","items":["P11d","P12"],"number":%d,"pad":"%s","target":"40"}`, i, pad),
		}
		var words record.Words
		if i%20 == 0 {
			words = record.Words{"promise.en": {Text: "A promise of some length, as people write them in a form."}}
		}
		r.Add(e, words)
	}
	return r.Publish()
})

// quiet is a testing.TB for what is made once for several benchmarks.
type quiet struct{ testing.TB }

func (*quiet) Helper()           {}
func (*quiet) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func benchVerify(b *testing.B, o record.Options) {
	files := benchFiles()
	b.ReportAllocs()
	for b.Loop() {
		report, err := record.Verify(context.Background(), files, o)
		if err != nil || !report.OK() {
			b.Fatal(err, report.Faults)
		}
	}
	b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkVerifyTree checks the checkpoint, all tiles and all leaf hashes.
func BenchmarkVerifyTree(b *testing.B) { benchVerify(b, record.Options{TreeOnly: true}) }

// BenchmarkVerifyAll checks everything: form of each entry and words too.
func BenchmarkVerifyAll(b *testing.B) { benchVerify(b, record.Options{}) }

// BenchmarkVerifyAllOneWorker is the same on one core.
func BenchmarkVerifyAllOneWorker(b *testing.B) { benchVerify(b, record.Options{Workers: 1}) }

// BenchmarkVerifyDir checks everything from files; 10,000 of them are words.
func BenchmarkVerifyDir(b *testing.B) {
	dir := b.TempDir()
	benchFiles().Write(b, dir)
	for b.Loop() {
		report, err := record.Verify(context.Background(), record.DirSource(dir), record.Options{})
		if err != nil || !report.OK() {
			b.Fatal(err, report.Faults)
		}
	}
	b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkParseEntry(b *testing.B) {
	entries, err := record.ParseBundle(benchFiles()["tile/entries/000"])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(entries[1])))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.ParseEntry(entries[1]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEntryBytes(b *testing.B) {
	entries, err := record.ParseBundle(benchFiles()["tile/entries/000"])
	if err != nil {
		b.Fatal(err)
	}
	e, err := record.ParseEntry(entries[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	type facts struct {
		Area     string   `json:"area"`
		Baseline string   `json:"baseline"`
		Items    []string `json:"items"`
		Number   int      `json:"number"`
		Target   string   `json:"target"`
	}
	v := facts{"QM", "12.50", []string{"P11d", "P12"}, 7, "40"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.Canonical(v); err != nil {
			b.Fatal(err)
		}
	}
}
