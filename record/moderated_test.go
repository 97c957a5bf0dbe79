package record_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kept/record"
	"kept/record/recordtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func texts(parts ...string) record.Words {
	w := record.Words{}
	for _, p := range parts {
		w[p] = record.Word{Salt: record.NewSalt(), Text: "the text of " + p}
	}
	return w
}

func about(kind, facts string) record.Entry {
	return record.Entry{Kind: kind, At: "2026-11-22T00:00:00Z", By: "secretariat", Facts: []byte(facts)}
}

// moderated is a record of one party with five parts, of which b is erased, c
// hidden, d hidden and shown again, and e sealed without any act.
func moderated(t *testing.T) *recordtest.Record {
	r := recordtest.New(t, origin)
	r.AddSealed(about("party.registered", "{}"), texts("a.en", "b.en", "c.en", "d.en", "e.en"), "b.en", "c.en", "e.en")
	r.Add(about(record.KindWordsErased, `{"parts":["b.en"],"reason":"request","target":0}`), nil)
	r.Add(about(record.KindWordsHidden, `{"appeal_until":"2026-12-22","basis":"policy","category":"danger","parts":["c.en","d.en"],"target":0}`), nil)
	r.Add(about(record.KindWordsRestored, `{"parts":["d.en"],"reason":"appeal","target":0}`), nil)
	return r
}

func TestVerifyCountsErasedAndHidden(t *testing.T) {
	report := verify(t, moderated(t).Publish(), record.Options{})
	got := []int64{report.Words, report.Erased, report.Hidden, report.Sealed}
	if want := []int64{2, 1, 1, 1}; !report.OK() || !slices.Equal(got, want) {
		t.Errorf("shown, erased, hidden, sealed = %v, want %v (%v)", got, want, report.Faults)
	}
	if all := verify(t, moderated(t).Publish(), record.Options{TreeOnly: true}); !all.OK() || all.Erased+all.Hidden+all.Sealed != 0 {
		t.Errorf("the tree alone: %+v", all)
	}
}

// What the record erased or hid and a site serves all the same is a fault; what
// it hid may have been restored since by an act that is not signed yet.
func TestVerifyFindsWhatIsStillServed(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Add(about("party.registered", "{}"), texts("a.en", "b.en"))
	r.Add(about(record.KindWordsErased, `{"parts":["a.en"],"reason":"law","target":0}`), nil)
	r.Add(about(record.KindWordsHidden, `{"appeal_until":"2026-12-22","basis":"law","category":"danger","parts":["b.en"],"target":0}`), nil)
	files := r.Publish()
	report := verify(t, files, record.Options{})
	var places []string
	for _, f := range report.Faults {
		places = append(places, f.Place+" "+f.Rule)
	}
	if want := []string{"words/0.json part a.en withheld", "words/0.json part b.en withheld"}; !slices.Equal(places, want) {
		t.Errorf("got %v, want %v", places, want)
	}
	r.Add(about(record.KindWordsRestored, `{"parts":["b.en"],"reason":"appeal","target":0}`), nil)
	moving := &movingSource{Files: files, later: r.Publish()["checkpoint"]}
	if report := verify(t, moving, record.Options{}); len(report.Faults) != 1 || report.Faults[0].Place != "words/0.json part a.en" {
		t.Errorf("restored while we looked: %v", report.Faults)
	}
	// Acts of another form, or about entries that are to come, say nothing.
	odd := recordtest.New(t, origin)
	odd.Add(about("party.registered", "{}"), texts("a.en"))
	odd.Add(about(record.KindWordsErased, `{"parts":["a.en"],"target":9}`), nil)
	odd.Add(about(record.KindWordsErased, `{"parts":"a.en","target":0}`), nil)
	odd.Add(about(record.KindWordsErased, `{"parts":["z.en"],"target":0}`), nil)
	odd.Add(about(record.KindWordsErased, `{"parts":["a.en"]}`), nil)
	if report := verify(t, odd.Publish(), record.Options{}); !report.OK() || report.Words != 1 {
		t.Errorf("odd acts: %+v", report)
	}
}

// movingSource has a new checkpoint the second time it is asked for.
type movingSource struct {
	recordtest.Files
	later []byte
	asked int
}

func (m *movingSource) Get(ctx context.Context, path string) ([]byte, error) {
	if path == "checkpoint" {
		if m.asked++; m.asked > 1 {
			return m.later, nil
		}
	}
	return m.Files.Get(ctx, path)
}

// A saved copy obeys at its next update, and keeps what no entry took away.
func TestDownloadObeys(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	words := texts("a.en", "b.en", "c.en", "d.en")
	at := r.Add(about("party.registered", "{}"), words)
	only := r.Add(about("party.registered", "{}"), texts("x.en"))
	dir := filepath.Join(t.TempDir(), "copy")
	first, err := record.Download(context.Background(), r.Publish(), dir, record.Options{})
	if err != nil || !first.OK() || len(first.Dropped)+len(first.Kept) > 0 {
		t.Fatal(err, first)
	}
	number := strings.TrimSuffix(strings.TrimPrefix(record.WordsPath(at), "words/"), ".json")
	alone := strings.TrimSuffix(strings.TrimPrefix(record.WordsPath(only), "words/"), ".json")
	r.Add(about(record.KindWordsErased, `{"parts":["a.en"],"reason":"request","target":`+number+`}`), nil)
	r.Add(about(record.KindWordsHidden, `{"appeal_until":"2026-12-22","basis":"law","category":"danger","parts":["b.en"],"target":`+number+`}`), nil)
	r.Add(about(record.KindWordsErased, `{"parts":["x.en"],"reason":"request","target":`+alone+`}`), nil)
	files := r.Publish()
	left := record.Words{"d.en": words["d.en"]} // c.en is not served any more either, and no entry says why
	files[record.WordsPath(at)], err = left.Marshal()
	must(t, err)
	delete(files, record.WordsPath(only))
	report, err := record.Download(context.Background(), files, dir, record.Options{})
	if err != nil || !report.OK() {
		t.Fatal(err, report.Faults)
	}
	path := record.WordsPath(at)
	if want := []string{path + " part a.en", path + " part b.en", record.WordsPath(only) + " part x.en"}; !slices.Equal(report.Dropped, want) {
		t.Errorf("dropped %v, want %v", report.Dropped, want)
	}
	if want := []string{path + " part c.en"}; !slices.Equal(report.Kept, want) {
		t.Errorf("kept %v, want %v", report.Kept, want)
	}
	b, err := os.ReadFile(filepath.Join(dir, path))
	must(t, err)
	if bytes.Contains(b, []byte("text of a.en")) || bytes.Contains(b, []byte("text of b.en")) || !bytes.Contains(b, []byte("text of c.en")) || !bytes.Contains(b, []byte("text of d.en")) {
		t.Errorf("the copy holds %s", b)
	}
	if _, err := os.Stat(filepath.Join(dir, record.WordsPath(only))); err == nil {
		t.Error("a words file whose only part was erased is still in the copy")
	}
	if again := verify(t, record.DirSource(dir), record.Options{}); !again.OK() || again.Root != report.Root || again.Erased != 2 || again.Hidden != 1 {
		t.Errorf("the copy: %+v", again)
	}
	// Another update has nothing to obey.
	if third, err := record.Download(context.Background(), files, dir, record.Options{}); err != nil || !third.OK() || len(third.Dropped) > 0 {
		t.Errorf("%v %+v", err, third)
	}
	left2, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".update-*"))
	if err != nil || len(left2) > 0 {
		t.Errorf("left behind: %v %v", left2, err)
	}
}

func TestReceiptWithheld(t *testing.T) {
	r := recordtest.New(t, origin)
	words := texts("a.en", "b.en")
	r.Add(about("party.registered", "{}"), words)
	files := r.Publish()
	entries, err := record.ParseBundle(files["tile/entries/000.p/1"])
	must(t, err)
	receipt := record.Receipt{Entry: entries[0], Words: record.Words{"a.en": words["a.en"]}, Withheld: []string{"b.en"}, Checkpoint: files["checkpoint"], Key: r.Key}
	b, err := receipt.Marshal()
	must(t, err)
	got, err := record.ParseReceipt(b)
	must(t, err)
	must(t, got.Verify(nil))
	if !slices.Equal(got.Withheld, receipt.Withheld) {
		t.Errorf("withheld %v", got.Withheld)
	}
	for _, wrong := range [][]string{{"a.en"}, {"z.en"}} {
		got.Withheld = wrong
		if got.Verify(nil) == nil {
			t.Errorf("a receipt that withholds %v verifies", wrong)
		}
	}
}
