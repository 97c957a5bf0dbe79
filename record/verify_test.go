package record_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"kept/record"
	"kept/record/recordtest"
)

const origin = "compact.example/record"

func verify(t testing.TB, src record.Source, o record.Options) *record.Report {
	t.Helper()
	report, err := record.Verify(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestVerifySizes(t *testing.T) {
	r := recordtest.New(t, origin)
	size := 0
	for _, want := range []int{0, 1, 2, 3, 100, 255, 256, 257, 511, 512, 600, 700} {
		r.Fill(want - size)
		size = want
		report := verify(t, r.Publish(), record.Options{})
		if !report.OK() {
			t.Errorf("%d entries: %v", want, report.Faults)
		}
		if report.Size != int64(want) {
			t.Errorf("size %d, want %d", report.Size, want)
		}
	}
}

// A tree of three tile levels: 65,536 entries and a few.
func TestVerifyThreeLevels(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(256*256 + 256 + 5)
	files := r.Publish()
	if report := verify(t, files, record.Options{}); !report.OK() {
		t.Fatal(report.Faults)
	}
	for _, path := range []string{"tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/000", "tile/0/255", "tile/0/256", "tile/0/257.p/5"} {
		f := flipped(files, path, len(files[path])/2, 1)
		if report := verify(t, f, record.Options{TreeOnly: true}); !names(report, path+" hash") || len(report.Faults) != 1 {
			t.Errorf("%s: %v", path, report.Faults)
		}
	}
	for _, path := range []string{"tile/entries/000", "tile/entries/255", "tile/entries/256", "tile/entries/257.p/5"} {
		f := flipped(files, path, 70, 1)
		if report := verify(t, f, record.Options{TreeOnly: true}); !names(report, "entry ") || len(report.Faults) != 1 {
			t.Errorf("%s: %v", path, report.Faults)
		}
	}
}

func TestVerifyCounts(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(120)
	r.Add(record.Entry{Kind: "party.registered/2", At: "2026-12-01T00:00:00Z", By: "instance"}, nil)
	var last int64
	report := verify(t, r.Publish(), record.Options{Progress: func(done, total int64) { last = done }})
	if !report.OK() {
		t.Fatal(report.Faults)
	}
	got := []int64{report.Kinds["commitment.made"], report.Kinds["party.registered/2"], report.Words, report.Sealed, report.Blobs, last}
	if want := []int64{120, 1, 12, 6, 1, 121}; !slices.Equal(got, want) {
		t.Errorf("kinds, words, sealed, blobs, progress = %v, want %v", got, want)
	}
	if report.Origin != origin || report.Key != r.Key {
		t.Errorf("origin %q, key %q", report.Origin, report.Key)
	}
}

// flipped returns the files with one byte changed.
func flipped(files recordtest.Files, path string, at int, mask byte) recordtest.Files {
	f := recordtest.Files{}
	for p, b := range files {
		f[p] = b
	}
	f[path] = slices.Clone(files[path])
	f[path][at] ^= mask
	return f
}

func names(report *record.Report, place string) bool {
	for _, f := range report.Faults {
		if strings.HasPrefix(f.Place, place) {
			return true
		}
	}
	return false
}

// TestEveryByte changes bytes of a published record, one at a time, and asks
// for a fault that names the place: every bit of the checkpoint and the key,
// every byte of everything else. 300 entries fill one tile and begin a second.
func TestEveryByte(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	files := r.Publish()
	type change struct {
		path string
		at   int
		mask byte
	}
	changes := make(chan change, 64)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for c := range changes {
				report, err := record.Verify(context.Background(), flipped(files, c.path, c.at, c.mask), record.Options{Workers: 1})
				if err != nil {
					t.Errorf("%s byte %d: %v", c.path, c.at, err)
				} else if place := placeOf(files, c.path, c.at); !names(report, place) {
					t.Errorf("%s byte %d ^ %#x: no fault names %s: %v", c.path, c.at, c.mask, place, report.Faults)
				}
			}
		})
	}
	total := 0
	for path, b := range files {
		step, whole := 1, path == "checkpoint" || path == "key"
		if testing.Short() && !whole {
			step = 13
		}
		for at := 0; at < len(b); at += step {
			masks := []byte{1 << (at % 8)}
			if whole {
				masks = []byte{1, 2, 4, 8, 16, 32, 64, 128}
			}
			for _, mask := range masks {
				changes <- change{path, at, mask}
				total++
			}
		}
	}
	close(changes)
	wg.Wait()
	t.Logf("%d changes in %d files", total, len(files))
}

// placeOf says what a fault must name when this byte is changed.
func placeOf(files recordtest.Files, path string, at int) string {
	level, n, _, err := record.ParseTilePath(path)
	switch {
	case err != nil:
		return path
	case level >= 0:
		return path + " hash " + itoa(at/32)
	}
	entries, err := record.ParseBundle(files[path])
	if err != nil {
		panic(err)
	}
	end := 0
	for i, e := range entries {
		if at < end+2 {
			return "" // a length: the bundle, or any entry from here on
		}
		if end += 2 + len(e); at < end {
			return "entry " + itoa(int(n)*record.TileWidth+i)
		}
	}
	panic("beyond the bundle")
}

func TestVerifyFindsMissingAndSurplus(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(600)
	intact := r.Publish()
	words := func(part string) []byte {
		w := record.Words{part: {Text: "x"}}
		b, err := w.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	blob := ""
	for path := range intact {
		if strings.HasPrefix(path, "blobs/") {
			blob = path
		}
	}
	tests := []struct {
		name   string
		change func(f recordtest.Files)
		place  string
		rule   string
	}{
		{"no checkpoint", func(f recordtest.Files) { delete(f, "checkpoint") }, "checkpoint", record.RuleMissing},
		{"no key", func(f recordtest.Files) { delete(f, "key") }, "key", record.RuleMissing},
		{"key without line feed", func(f recordtest.Files) { f["key"] = f["key"][:len(f["key"])-1] }, "key", record.RuleSignature},
		{"no tile", func(f recordtest.Files) { delete(f, "tile/0/001") }, "tile/0/001", record.RuleMissing},
		{"no top tile", func(f recordtest.Files) { delete(f, "tile/1/000.p/2") }, "tile/1/000.p/2", record.RuleMissing},
		{"no partial tile", func(f recordtest.Files) { delete(f, "tile/0/002.p/88") }, "tile/0/002.p/88", record.RuleMissing},
		{"short tile", func(f recordtest.Files) { f["tile/0/001"] = f["tile/0/001"][:32*255] }, "tile/0/001", record.RuleForm},
		{"no bundle", func(f recordtest.Files) { delete(f, "tile/entries/001") }, "tile/entries/001", record.RuleMissing},
		{"short bundle", func(f recordtest.Files) { f["tile/entries/001"] = f["tile/entries/001"][:99] }, "tile/entries/001", record.RuleForm},
		{"bundle of another", func(f recordtest.Files) { f["tile/entries/001"] = f["tile/entries/000"] }, "entry 256", record.RuleHash},
		{"no blob", func(f recordtest.Files) { delete(f, blob) }, blob, record.RuleMissing},
		{"words of an entry without", func(f recordtest.Files) { f["words/7.json"] = words("promise.en") }, "words/7.json", record.RuleSurplus},
		{"a part that the entry has not", func(f recordtest.Files) { f["words/20.json"] = words("promise.fr") }, "words/20.json part promise.fr", record.RuleSurplus},
		{"a part of another text", func(f recordtest.Files) { f["words/20.json"] = words("promise.en") }, "words/20.json part promise.en", record.RuleDigest},
		{"words in another spelling", func(f recordtest.Files) { f["words/20.json"] = append(f["words/20.json"], '\n') }, "words/20.json", record.RuleForm},
		{"words under another name", func(f recordtest.Files) { f["words/020.json"] = f["words/20.json"] }, "words/020.json", record.RuleSurplus},
		{"a blob that is not its name", func(f recordtest.Files) { f["blobs/"+strings.Repeat("0", 64)] = []byte("x") }, "blobs/000", record.RuleDigest},
		{"a partial tile from elsewhere", func(f recordtest.Files) { f["tile/0/000.p/2"] = f["tile/0/001"][:64] }, "tile/0/000.p/2", record.RuleHash},
		{"a partial bundle from elsewhere", func(f recordtest.Files) { f["tile/entries/000.p/88"] = f["tile/entries/002.p/88"] }, "tile/entries/000.p/88", record.RuleHash},
		{"a tile under another name", func(f recordtest.Files) { f["tile/0/0"] = nil }, "tile/0/0", record.RuleSurplus},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := flipped(intact, "checkpoint", 0, 0)
			tt.change(f)
			report := verify(t, f, record.Options{})
			if !slices.ContainsFunc(report.Faults, func(got record.Fault) bool {
				return strings.HasPrefix(got.Place, tt.place) && got.Rule == tt.rule
			}) {
				t.Errorf("no fault %s at %s: %v", tt.rule, tt.place, report.Faults)
			}
		})
	}
}

// A pack that an entry names must be in its canonical form.
func TestVerifyPack(t *testing.T) {
	for pack, want := range map[string]int{`{"pack.yaml":{"list":[],"title":"é"}}`: 0, `{"pack.yaml": {}}`: 1, `name: x`: 1} {
		r := recordtest.New(t, origin)
		d := r.Blob([]byte(pack))
		r.Add(record.Entry{Kind: "file.kept", At: "2026-11-21T14:02:00Z", By: "instance", Facts: []byte(`{"file_blob":"` + d.String() + `"}`)}, nil)
		r.Add(record.Entry{Kind: "pack.adopted", At: "2026-11-21T14:02:00Z", By: "secretariat", Facts: []byte(`{"pack_blob":"` + d.String() + `"}`)}, nil)
		report := verify(t, r.Publish(), record.Options{})
		if len(report.Faults) != want || want > 0 && report.Faults[0].Rule != record.RuleForm {
			t.Errorf("%s: %v", pack, report.Faults)
		}
	}
}

// What a log may do is no fault: it has grown since the checkpoint, keeps older
// partial tiles, serves the full tile for a partial one, or has erased words.
func TestVerifyAllows(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	early := r.Publish()
	r.Fill(300)
	late := r.Publish()
	grown := flipped(late, "checkpoint", 0, 0)
	grown["checkpoint"] = early["checkpoint"]
	grown["tile/1/000.p/1"] = early["tile/1/000.p/1"] // until it is full; tile/0/001 is
	both := flipped(late, "checkpoint", 0, 0)
	for path, b := range early {
		if path != "checkpoint" {
			both[path] = b
		}
	}
	erased := flipped(late, "checkpoint", 0, 0)
	delete(erased, "words/20.json")
	for name, f := range map[string]recordtest.Files{"grown": grown, "older tiles": both, "erased": erased} {
		if report := verify(t, f, record.Options{}); !report.OK() {
			t.Errorf("%s: %v", name, report.Faults)
		}
	}
	if got, want := verify(t, erased, record.Options{}).Sealed, verify(t, late, record.Options{}).Sealed+2; got != want {
		t.Errorf("parts that are not there %d, want %d", got, want)
	}
}

func TestVerifyStopsAtTooManyFaults(t *testing.T) {
	r := recordtest.New(t, origin)
	huge, err := record.SignCheckpoint(record.Checkpoint{Origin: origin, Size: 1 << 60}, r.Signer)
	if err != nil {
		t.Fatal(err)
	}
	files := r.Publish()
	files["checkpoint"] = huge
	report := verify(t, files, record.Options{MaxFaults: 50})
	if !report.Stopped || len(report.Faults) != 50 {
		t.Errorf("stopped %v after %d faults", report.Stopped, len(report.Faults))
	}
}

func TestDownload(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(600)
	files := r.Publish()
	dir := filepath.Join(t.TempDir(), "copy")
	report, err := record.Download(context.Background(), files, dir, record.Options{})
	if err != nil || !report.OK() {
		t.Fatal(err, report)
	}
	if again := verify(t, record.DirSource(dir), record.Options{}); !again.OK() || again.Root != report.Root {
		t.Errorf("copy: %v", again.Faults)
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	other := recordtest.New(t, origin)
	other.Fill(599)
	if report, err := record.Download(context.Background(), other.Publish(), dir, record.Options{}); err != nil || report.OK() {
		t.Errorf("another record came over a copy: %v, %+v", err, report)
	}
	if again := verify(t, record.DirSource(dir), record.Options{}); !again.OK() || again.Root != report.Root {
		t.Errorf("the copy that was not brought up to date: %v", again.Faults)
	}
	filled := t.TempDir()
	must(t, os.WriteFile(filepath.Join(filled, "letter.txt"), []byte("private"), 0o600))
	if _, err := record.Download(context.Background(), files, filled, record.Options{}); err == nil {
		t.Error("downloaded into a folder that holds something else")
	}

	dir = filepath.Join(t.TempDir(), "bad")
	report, err = record.Download(context.Background(), flipped(files, "tile/0/000", 5, 1), dir, record.Options{})
	if err != nil || report.OK() {
		t.Fatal(err, report)
	}
	if _, err := os.Stat(filepath.Join(dir, "checkpoint")); err == nil {
		t.Error("a damaged record has a checkpoint")
	}
}
