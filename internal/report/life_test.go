package report_test

import (
	"errors"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
	"kept/record"
)

// A report is opened, contributed to, released and put right; the state after it is
// the state that a replay gives.
func TestLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newLife(t, store())
		opened := w.Submit(w.opening(w.figures("1"), map[string]string{"scope.en": "We count {parties.total} parties; {party:" + id(w.kite) + "} stated {commitment:" + id(w.promise) + "} under {item:H.1}."}))
		first := w.Submit(w.contribution(opened, "We laid the fibre."))
		second := w.Submit(w.contribution(opened, "We laid all of the fibre."))
		w.at("2026-04-02")
		draft := w.figures("2")
		release := w.Submit(w.releasing(opened, draft, map[string]string{"scope.en": "Released.", "scope.ar": "نُشر."}))
		erratum := w.Submit(w.erratum(release))
		w.Submit(keeper.Act{Kind: report.KindCorrected, By: report.Secretariat, Facts: report.Corrected{Release: release, Chapter: "scope"},
			Words: map[string]string{"reason.en": "A sentence was missing.", "text.en": "Released, with {parties.total} parties."}})
		w.Read(func(tx *db.Tx) error {
			r, err := report.Get(tx, opened)
			if err != nil {
				return err
			}
			if r.Release != release || r.ReleasedOn != "2026-04-02" || r.ReleaseSize != draft.Size || r.Until != "2026-04-01" || r.OpenedOn != "2026-03-04" || r.State("2026-04-02") != report.StateReleased {
				t.Errorf("the report: got %+v", r)
			}
			given, err := report.Contributions(tx, opened)
			if len(given) != 1 || given[0].Entry != second || first == second || given[0].Party != w.kite {
				t.Errorf("contributions: got %+v", given)
			}
			if err != nil {
				return err
			}
			errata, err := report.Errata(tx, opened)
			if len(errata) != 2 || errata[0].ID != erratum || errata[0].Old != "2" || errata[0].New != "3" || errata[1].Chapter != "scope" {
				t.Errorf("errata: got %+v", errata)
			}
			if err != nil {
				return err
			}
			frozen, err := report.Frozen(tx, r.ReleaseFigures)
			if err != nil {
				return err
			}
			if f, _ := frozen.Figure("parties.total"); f.Value != "2" {
				t.Errorf("the release changed: parties.total is %q", f.Value)
			}
			return nil
		})
		w.Replay()
	})
}

// A report that nobody released gives way to a new one; the old one cannot be released any more.
func TestReopened(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	old := w.Submit(w.opening(w.figures("1"), nil))
	w.at("2026-04-02")
	now := w.Submit(edited(w.opening(w.figures("1"), nil), func(f *report.Opened) { f.Until = "2026-05-01" }))
	w.at("2026-05-02")
	if _, err := w.try(w.releasing(old, w.figures("1"), nil)); faults(err)["opened"] != "err.period.replaced" {
		t.Errorf("the old one: %v", err)
	}
	if w.Submit(w.releasing(now, w.figures("1"), nil)); true {
		_, err := w.try(edited(w.opening(w.figures("1"), nil), func(f *report.Opened) { f.Until = "2026-06-01" }))
		if faults(err)["report"] != "err.period.released_already" {
			t.Errorf("after the release: %v", err)
		}
	}
}

func TestOpenedRefusals(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	good := w.opening(w.figures("1"), nil)
	with := func(words map[string]string) keeper.Act { return w.opening(w.figures("1"), words) }
	other := w.figures("1")
	other.Root = strings.Repeat("0", 64)
	longer := w.figures("1")
	longer.Size += 5
	for _, c := range []struct {
		name, place, key string
		act              keeper.Act
	}{
		{"by a party", "by", "err.party.secretariat_only", keeper.Act{Kind: good.Kind, By: id(w.kite), Facts: good.Facts, Blobs: good.Blobs}},
		{"without figures", "figures", "err.period.figures", keeper.Act{Kind: good.Kind, By: good.By, Facts: good.Facts}},
		{"other figures", "figures", "err.period.figures", edited(good, func(f *report.Opened) { f.Size = 1 })},
		{"no such report", "", "err.report.no_kind", edited(renamed(w, "weekly"), func(f *report.Opened) { f.Report = "weekly" })},
		{"no day", "until", "err.report.bad_day", edited(good, func(f *report.Opened) { f.Until = "soon" })},
		{"too short a window", "until", "err.period.window", edited(good, func(f *report.Opened) { f.Until = "2026-03-20" })},
		{"too long a window", "until", "err.period.window", edited(good, func(f *report.Opened) { f.Until = "2028-03-20" })},
		{"another root", "root", "err.period.root", w.opening(other, nil)},
		{"entries that are not there", "size", "err.period.rolled_back", w.opening(longer, nil)},
		{"a script", "scope.en", "err.narrative.html", with(map[string]string{"scope.en": "<script>alert(1)</script>"})},
		{"an unknown figure", "scope.fr", "err.narrative.unknown", with(map[string]string{"scope.fr": "Il y a {parties.of_mars}."})},
		{"an unknown party", "scope.en", "err.narrative.unknown", with(map[string]string{"scope.en": "{party:99999}"})},
		{"a party as a commitment", "scope.en", "err.narrative.unknown", with(map[string]string{"scope.en": "{commitment:" + id(w.kite) + "}"})},
		{"an unknown item", "scope.en", "err.narrative.unknown", with(map[string]string{"scope.en": "{item:H.99}"})},
		{"no chapter", "preface.en", "err.party.unknown_word", with(map[string]string{"preface.en": "Hello"})},
		{"bidi control", "scope.en", "err.party.unclean", with(map[string]string{"scope.en": "a\u202eb"})},
		{"NUL", "scope.en", "err.words.nul", with(map[string]string{"scope.en": "a\x00b"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.try(c.act)
			if got := faults(err); got[c.place] != c.key {
				t.Errorf("got %v, want %s at %q", got, c.key, c.place)
			}
		})
	}
	// A text that is too long never gets as far as a chapter: its size is named.
	long := with(map[string]string{"scope.en": strings.Repeat("a", 2<<20)})
	_, err := w.try(long)
	if got := faults(err)["scope.en"]; got != "err.words.too_long" && got != "err.narrative.too_long" {
		t.Errorf("2 MB: got %v", err)
	}
	es, _ := locale.All(err)
	if len(es) == 0 || !strings.Contains(es[0].In("en"), "2,097,152") {
		t.Errorf("2 MB: the size is not told: %v", err)
	}
}

func renamed(w *life, kind string) keeper.Act {
	f := w.figures("1")
	f.Report = kind
	return w.opening(f, nil)
}

func TestContributedRefusals(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	opened := w.Submit(w.opening(w.figures("1"), nil))
	good := w.contribution(opened, "We laid the fibre.")
	stated := good
	stated.By = id(w.state)
	withdrawn := keeper.Act{Kind: report.KindContributed, By: id(w.kite), Facts: report.Contributed{Report: opened, Chapter: "delivery", Withdrawn: true}}
	for _, c := range []struct {
		name, place, key string
		act              keeper.Act
	}{
		{"no report", "report", "err.period.unknown", edited(good, func(f *report.Contributed) { f.Report = 999 })},
		{"no chapter", "chapter", "err.period.chapter", edited(good, func(f *report.Contributed) { f.Chapter = "preface" })},
		{"a party that is stated only", "party", "err.party.stated_only", stated},
		{"no text", "text", "err.period.contribution_text", w.contribution(opened, "")},
		{"too long", "text", "err.party.word_too_long", w.contribution(opened, strings.Repeat("a", report.MaxContribution+1))},
		{"bidi control", "text", "err.party.unclean", w.contribution(opened, "a\u202eb")},
		{"nobody's", "party", "err.party.which", keeper.Act{Kind: good.Kind, By: report.Secretariat, Facts: good.Facts, Words: good.Words}},
		{"nothing to take back", "chapter", "err.period.no_contribution", withdrawn},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.try(c.act)
			if got := faults(err); got[c.place] != c.key {
				t.Errorf("got %v, want %s at %q", got, c.key, c.place)
			}
		})
	}
	w.Submit(good)
	w.Submit(withdrawn)
	w.Submit(good)
	// The window holds to the end of its day everywhere on Earth, and no longer.
	w.Now = w.Now.AddDate(0, 0, 29) // 2 April 10:00 UTC: 1 April has not ended everywhere
	w.Submit(w.contribution(opened, "In time."))
	w.at("2026-04-02")
	_, err := w.try(w.contribution(opened, "Late."))
	if faults(err)["report"] != "err.period.window_over" || !errors.Is(err, keeper.ErrForbidden) {
		t.Errorf("after the window: %v", err)
	}
	es, _ := locale.All(err)
	if len(es) == 0 || !strings.Contains(es[0].In("en"), "erratum") {
		t.Errorf("what can be done instead is not said: %v", err)
	}
}

func TestReleasedRefusals(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	before := w.figures("1")
	opened := w.Submit(w.opening(before, nil))
	if _, err := w.try(w.releasing(opened, w.figures("1"), nil)); faults(err)["opened"] != "err.period.window_open" {
		t.Errorf("while the window is open: %v", err)
	}
	w.at("2026-04-02")
	other := w.figures("1")
	other.Root = strings.Repeat("ab", 32)
	ahead := w.figures("1")
	ahead.Size += 100
	packed := w.figures("1")
	packed.Pack = strings.Repeat("0", 64)
	for _, c := range []struct {
		name, place, key string
		act              keeper.Act
	}{
		{"not opened", "opened", "err.period.unknown", w.releasing(w.kite, w.figures("1"), nil)},
		{"figures from before the opening", "opened", "err.period.other_report", w.releasing(opened, before, nil)},
		{"a record that was set back", "size", "err.period.rolled_back", w.releasing(opened, ahead, nil)},
		{"a record with another root", "root", "err.period.root", w.releasing(opened, other, nil)},
		{"another pack", "pack", "err.period.pack", w.releasing(opened, packed, nil)},
		{"an unknown figure", "scope.en", "err.narrative.unknown", w.releasing(opened, w.figures("1"), map[string]string{"scope.en": "one\n\n{no.such}"})},
		{"other snapshots", "snapshots", "err.period.figures", edited(w.releasing(opened, w.figures("1"), nil), func(f *report.Released) { f.Snapshots = []string{strings.Repeat("a", 64)} })},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.try(c.act)
			if got := faults(err); got[c.place] != c.key {
				t.Errorf("got %v, want %s at %q", got, c.key, c.place)
			}
		})
	}
	w.Submit(w.releasing(opened, w.figures("1"), nil))
	if _, err := w.try(w.releasing(opened, w.figures("1"), nil)); faults(err)["opened"] != "err.period.released_already" {
		t.Errorf("a second time: %v", err)
	}
}

func TestCorrectedRefusals(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	opened := w.Submit(w.opening(w.figures("1"), nil))
	w.at("2026-04-02")
	release := w.Submit(w.releasing(opened, w.figures("2"), nil))
	good := w.erratum(release)
	change := func(f func(*report.Corrected)) keeper.Act { return edited(good, f) }
	for _, c := range []struct {
		name, place, key string
		act              keeper.Act
	}{
		{"no release", "release", "err.period.no_release", change(func(f *report.Corrected) { f.Release = opened })},
		{"no release at all", "release", "err.period.no_release", change(func(f *report.Corrected) { f.Release = 0 })},
		{"no figure", "figure", "err.period.no_figure", change(func(f *report.Corrected) { f.Figure = "no.such" })},
		{"neither", "figure", "err.period.one_of_two", change(func(f *report.Corrected) { f.Figure, f.Old, f.New = "", "", "" })},
		{"the same value", "new", "err.period.same_value", change(func(f *report.Corrected) { f.New = "2" })},
		{"no number", "new", "err.period.new_value", change(func(f *report.Corrected) { f.New = "3,5" })},
		{"another old value", "old", "err.period.old_value", change(func(f *report.Corrected) { f.Old = "7" })},
		{"no reason", "reason", "err.period.reason", keeper.Act{Kind: good.Kind, By: good.By, Facts: good.Facts}},
		{"a chapter without text", "text", "err.period.new_text", change(func(f *report.Corrected) { *f = report.Corrected{Release: release, Chapter: "scope"} })},
		{"no chapter of this one", "chapter", "err.period.chapter", keeper.Act{Kind: good.Kind, By: good.By, Facts: report.Corrected{Release: release, Chapter: "forum"},
			Words: map[string]string{"reason.en": "x", "text.en": "y"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.try(c.act)
			if got := faults(err); got[c.place] != c.key {
				t.Errorf("got %v, want %s at %q", got, c.key, c.place)
			}
		})
	}
	w.Submit(good)
	if _, err := w.try(good); faults(err)["old"] != "err.period.old_value" {
		t.Errorf("the same erratum again: %v", err)
	}
	w.Submit(edited(good, func(f *report.Corrected) { f.Old, f.New = "3", "2" }))
	w.Submit(edited(good, func(f *report.Corrected) { f.Figure, f.Old, f.New = "money.total", "", "12.5" }))
}

// What a chapter may refer to although nothing of it is left to see.
func TestReferencesThatStay(t *testing.T) {
	w := newLife(t, dbtest.SQLite(t))
	w.Submit(keeper.Act{Kind: record.KindWordsErased, By: "secretariat", Facts: keeper.WordsErased{Target: w.kite, Parts: []string{"name.und"}, Reason: "request"}})
	w.Read(func(tx *db.Tx) error {
		got, err := report.CheckChapter(tx, w.Pack, w.figures("1"), "{party:"+id(w.kite)+"} {money.total}\n\nand {nothing.there}")
		if len(got) != 1 || got[0].Line != 3 {
			t.Errorf("got %v", got)
		}
		if d := narrative.Parse("{money.total} of 12"); len(d.Typed()) != 1 {
			t.Errorf("typed figures: got %v", d.Typed())
		}
		return err
	})
}
