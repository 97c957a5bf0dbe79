package compact_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// site is a record with the rules of this package and a clock that stands still.
type site struct {
	*testing.T
	*keeper.Keeper
}

var now = time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)

func openSite(t *testing.T, store *db.DB) *site {
	t.Helper()
	k, err := keeper.Open(context.Background(), keeper.Options{DB: store, Subjects: []keeper.Subject{compact.Subject()},
		Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return &site{t, k}
}

func (s *site) submit(acts ...keeper.Act) error {
	_, err := s.Submit(context.Background(), "", acts...)
	return err
}

func (s *site) read(fn func(*db.Tx) error) {
	s.Helper()
	if err := s.DB().Read(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

// adoption is the act for the pack of a folder.
func adoption(t testing.TB, fsys fs.FS, from string) keeper.Act {
	t.Helper()
	p, faults := compact.Check(fsys)
	for _, f := range faults {
		t.Fatal(f)
	}
	b, err := compact.Canonical(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return compact.AdoptPack(p, b, from)
}

// replaced is the tiny pack with one string replaced in a file.
func replaced(file, old, new string) fs.FS {
	files := maps.Clone(tiny)
	files[file] = strings.ReplaceAll(files[file], old, new)
	return folder(files)
}

func (s *site) wantError(what string, err error, key string) {
	s.Helper()
	all, ok := locale.All(err)
	if !ok || !slices.ContainsFunc(all, func(e *locale.Error) bool { return e.Key == key }) {
		s.Errorf("%s: got %v, want %s", what, err, key)
	}
	if strings.Contains(err.Error(), "⟦") {
		s.Errorf("%s: message is not whole: %v", what, err)
	}
}

func TestPackTakesEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s := openSite(t, open())
		s.read(func(tx *db.Tx) error {
			if _, err := compact.InForce(tx); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("an empty record has a pack: %v", err)
			}
			return nil
		})
		first := adoption(t, folder(tiny), "2026-11-21")
		if err := s.submit(first); err != nil {
			t.Fatal(err)
		}
		s.wantError("the same again", s.submit(first), "err.pack.in_force_already")
		newer := adoption(t, replaced("pack.yaml", "2026-01-01", "2026-02-01"), "2026-11-21")
		if err := s.submit(newer); err != nil {
			t.Fatal(err)
		}
		s.read(func(tx *db.Tx) error {
			p, err := compact.InForce(tx)
			if err != nil {
				return err
			}
			if at, err := compact.AdoptedAt(tx); p.Version != "2026-02-01" || at != 1 || err != nil {
				t.Errorf("in force is %s, adopted at %d (%v)", p.Version, at, err)
			}
			again, err := compact.InForce(tx)
			if err != nil || again != p {
				t.Errorf("the pack is read twice (%v)", err)
			}
			packs, err := compact.AdoptedPacks(tx)
			if err != nil || len(packs) != 2 || packs[1].Entry != 0 || packs[0].Digest != p.Digest {
				t.Errorf("adopted packs are %v (%v)", packs, err)
			}
			old, err := compact.ByDigest(tx, packs[1].Digest)
			if err != nil || old.Version != "2026-01-01" {
				t.Errorf("the earlier pack is %v (%v)", old, err)
			}
			return nil
		})
		if found, err := s.ReplayCheck(context.Background(), nil); err != nil || len(found) > 0 {
			t.Errorf("replay differs: %v (%v)", found, err)
		}
	})
}

func TestPackIsRefused(t *testing.T) {
	s := openSite(t, dbtest.SQLite(t))
	good := adoption(t, folder(tiny), "2026-11-21")
	if err := s.submit(good); err != nil {
		t.Fatal(err)
	}
	facts := good.Facts.(compact.PackAdopted)
	bySomebody, late, noBlob, otherID, wrong := good, good, good, good, good
	bySomebody.By = "12"
	late.Facts = compact.PackAdopted{Blob: facts.Blob, ID: facts.ID, From: "2026-11-22"}
	noBlob.Blobs = nil
	otherID.Facts = compact.PackAdopted{Blob: facts.Blob, ID: "big", From: facts.From}
	wrong.Facts = compact.PackAdopted{Blob: facts.Blob, ID: facts.ID, From: "soon"}
	tests := []struct {
		name string
		act  keeper.Act
		want string
	}{
		{"by a party", bySomebody, "err.pack.not_operator"},
		{"from tomorrow", late, "err.pack.from_later"},
		{"without its bytes", noBlob, "err.pack.no_blob"},
		{"under another name", otherID, "err.pack.other_id"},
		{"from no date", wrong, "err.pack.bad_date"},
		{"of another compact", adoption(t, compacts.Harbour(), "2026-11-21"), "err.pack.other_compact"},
		{"without an item that had a page", adoption(t, withoutD1(), "2026-11-21"), "err.pack.item_gone"},
	}
	for _, test := range tests {
		s.wantError(test.name, s.submit(test.act), test.want)
	}
}

// withoutD1 is the tiny pack without its item D.1.
func withoutD1() fs.FS {
	files := maps.Clone(tiny)
	for name, content := range files {
		files[name] = strings.ReplaceAll(content, "D.1", "D.2")
	}
	return folder(files)
}

func TestOfficialWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s := openSite(t, open())
		if err := s.submit(adoption(t, folder(tiny), "2026-11-21")); err != nil {
			t.Fatal(err)
		}
		text := tinyPack(t).TextInForce()
		english := "1. The objective is light.\n\nOn ports\n\n2. We will:\n\n(a) Connect the ports;\n\n(b) Share.\n\nPrinted in haste\n"
		french := "1. L’objectif est la lumière.\n2. Nous allons :\na) Relier les ports ;\nb) Partager.\n"
		s.load(text, locale.English, english, compact.Choices{LeaveOut: []int{11}})
		s.load(text, locale.French, french, compact.Choices{})
		s.read(func(tx *db.Tx) error {
			langs, err := compact.LoadedLanguages(tx, "new")
			if err != nil || !slices.Equal(langs, []locale.Lang{locale.English, locale.French}) {
				t.Errorf("languages %v (%v)", langs, err)
			}
			for _, want := range []struct {
				item  string
				lang  locale.Lang
				words string
			}{{"O1", locale.English, "The objective is light."}, {"P2a", locale.English, "Connect the ports;"},
				{"P2b", locale.French, "Partager."}, {"P2b", locale.Chinese, ""}, {"D.1", locale.English, ""}} {
				words, ok, err := compact.OfficialWords(tx, "new", want.item, want.lang)
				if err != nil || words != want.words || ok != (want.words != "") {
					t.Errorf("%s in %s: %q, %v (%v)", want.item, want.lang, words, ok, err)
				}
			}
			heading, ok, err := compact.OfficialHeading(tx, "new", "P2", locale.English)
			if err != nil || !ok || heading != "On ports" {
				t.Errorf("heading %q, %v (%v)", heading, ok, err)
			}
			loaded, ok, err := compact.LoadedText(tx, "new", locale.English)
			if err != nil || !ok || loaded.Entry != 1 || loaded.On != "2026-11-21" {
				t.Errorf("loaded %v, %v (%v)", loaded, ok, err)
			}
			return nil
		})
		// A better copy takes the place of the first; both stay in the record.
		s.load(text, locale.English, strings.ReplaceAll(strings.Split(english, "Printed")[0], "light", "more light"), compact.Choices{})
		s.read(func(tx *db.Tx) error {
			if words, _, err := compact.OfficialWords(tx, "new", "O1", locale.English); words != "The objective is more light." {
				t.Errorf("got %q (%v)", words, err)
			}
			return nil
		})
		if found, err := s.ReplayCheck(context.Background(), nil); err != nil || len(found) > 0 {
			t.Errorf("replay differs: %v (%v)", found, err)
		}
	})
}

func (s *site) load(text *compact.Text, lang locale.Lang, document string, choices compact.Choices) {
	s.Helper()
	r, faults := compact.Split(text, lang, []byte(document), choices)
	for _, f := range faults {
		s.Fatal(f)
	}
	act, err := compact.LoadText(r, []byte(document))
	if err != nil {
		s.Fatal(err)
	}
	if err := s.submit(act); err != nil {
		s.Fatal(err)
	}
}

// The record keeps the split that the file gives, not one that somebody made up.
func TestOfficialWordsAreRefused(t *testing.T) {
	s := openSite(t, dbtest.SQLite(t))
	if err := s.submit(adoption(t, folder(tiny), "2026-11-21")); err != nil {
		t.Fatal(err)
	}
	text := tinyPack(t).TextInForce()
	document := []byte("1. Light.\n2. We will:\n(a) Go;\n(b) Come.\n")
	r, faults := compact.Split(text, locale.English, document, compact.Choices{})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	r.Parts[2].Words = "Stay;"
	madeUp, err := compact.LoadText(r, document)
	if err != nil {
		t.Fatal(err)
	}
	s.wantError("words that are not in the file", s.submit(madeUp), "err.pack.other_split")
	r.Parts[2].Words = "Go;"
	damaged, err := compact.LoadText(r, []byte("1. Light.\n2. We will:\n(b) Come.\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.wantError("a file with a letter missing", s.submit(damaged), "err.pack.fault")
	r.Text = "newest"
	elsewhere, err := compact.LoadText(r, document)
	if err != nil {
		t.Fatal(err)
	}
	s.wantError("a text that is not in the pack", s.submit(elsewhere), "err.pack.no_text")
	bySomebody, noBlob := madeUp, madeUp
	bySomebody.By = "12"
	s.wantError("by a party", s.submit(bySomebody), "err.pack.not_operator")
	noBlob.Blobs = noBlob.Blobs[:1]
	s.wantError("without the split", s.submit(noBlob), "err.pack.no_blob")
}
