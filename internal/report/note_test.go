package report_test

import (
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
)

// released is a record with a release of the report of 2025.
func released(w *life) (opened, release int64) {
	opened = w.Submit(w.opening(w.figures("1"), nil))
	w.at("2026-04-02")
	return opened, w.Submit(w.releasing(opened, w.figures("2"), nil))
}

func noting(release int64, words map[string]string) keeper.Act {
	all := map[string]string{"title.en": "Fibre and schools", "finding.en": "We count {parties.total} parties.", "meaning.en": "More than {parties.total} are asked under {item:H.1}."}
	for part, text := range words {
		if all[part] = text; text == "" {
			delete(all, part)
		}
	}
	return keeper.Act{Kind: report.KindNoted, By: report.Secretariat, Facts: report.Noted{Release: release, Figures: []string{"parties.total"}}, Words: all}
}

func TestNote(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newLife(t, store())
		opened, release := released(w)
		first := w.Submit(noting(release, nil))
		second := w.Submit(edited(noting(release, map[string]string{"title.fr": "Fibre et écoles", "finding.fr": "{parties.total} parties.", "meaning.fr": "Peu."}),
			func(f *report.Noted) { f.Replaces = first; f.Figures = []string{"money.total", "parties.total"} }))
		w.Read(func(tx *db.Tx) error {
			list, err := report.Notes(tx, opened)
			if len(list) != 2 || list[0].ReplacedBy != second || list[1].Replaces != first || list[1].ReplacedBy != 0 || list[1].On != "2026-04-02" || list[1].Figures[0] != "money.total" {
				t.Errorf("notes: got %+v", list)
			}
			return err
		})
		w.Replay()
	})
}

func TestNoteRefusals(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	_, release := released(w)
	first := w.Submit(noting(release, nil))
	w.Submit(edited(noting(release, nil), func(f *report.Noted) { f.Replaces = first }))
	good := noting(release, nil)
	many := strings.TrimSpace(strings.Repeat("word ", report.MaxFinding+1))
	for _, c := range []struct {
		name, place, key string
		act              keeper.Act
	}{
		{"by a party", "by", "err.party.secretariat_only", keeper.Act{Kind: good.Kind, By: id(w.kite), Facts: good.Facts, Words: good.Words}},
		{"no release", "release", "err.period.no_release", edited(good, func(f *report.Noted) { f.Release = first })},
		{"no figures", "figures", "err.note.figures", edited(good, func(f *report.Noted) { f.Figures = nil })},
		{"too many figures", "figures", "err.note.figures", edited(good, func(f *report.Noted) { f.Figures = strings.Split("a b c d e f g h i", " ") })},
		{"a figure twice", "figures", "err.note.figure", edited(good, func(f *report.Noted) { f.Figures = []string{"parties.total", "parties.total"} })},
		{"a figure that the release has not", "figures", "err.period.no_figure", edited(good, func(f *report.Noted) { f.Figures = []string{"parties.of_mars"} })},
		{"an unknown reference, with its line", "finding.en", "err.narrative.unknown", noting(release, map[string]string{"finding.en": "One.\n\n{parties.of_mars}"})},
		{"a script", "meaning.en", "err.narrative.html", noting(release, map[string]string{"meaning.en": "<script>alert(1)</script>"})},
		{"no meaning", "meaning.en", "err.note.words", noting(release, map[string]string{"meaning.en": ""})},
		{"a language without a finding", "finding.ru", "err.note.words", noting(release, map[string]string{"title.ru": "Т", "meaning.ru": "З"})},
		{"no words", "title", "err.note.words", keeper.Act{Kind: good.Kind, By: good.By, Facts: good.Facts}},
		{"an unknown part", "summary.en", "err.party.unknown_word", noting(release, map[string]string{"summary.en": "x"})},
		{"a third page", "finding.en", "err.note.long", noting(release, map[string]string{"finding.en": many})},
		{"a title of two lines", "title.en", "err.party.unclean", noting(release, map[string]string{"title.en": "a\nb"})},
		{"a long title", "title.en", "err.party.word_too_long", noting(release, map[string]string{"title.en": strings.Repeat("a", report.MaxNoteTitle+1)})},
		{"a note whose place was taken", "replaces", "err.note.replaced", edited(good, func(f *report.Noted) { f.Replaces = first })},
		{"no such note", "replaces", "err.note.unknown", edited(good, func(f *report.Noted) { f.Replaces = 99999 })},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.try(c.act)
			if got := faults(err); got[c.place] != c.key {
				t.Errorf("got %v, want %s at %q", got, c.key, c.place)
			}
			if es, _ := locale.All(err); c.key == "err.narrative.unknown" && !strings.Contains(es[0].In(locale.English), "Line 3") {
				t.Errorf("the line is missing: %v", err)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]int{"": 0, "one": 1, " one  two\nthree ": 3, "四个汉字": 2, "所有学校 and hospitals 联网": 5, "المدارس والمستشفيات": 2, "{parties.total} of 3": 3} {
		if got := report.Words(text); got != want {
			t.Errorf("%q has %d words, want %d", text, got, want)
		}
	}
}
