package keeper_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

func add(target int64, status string, words map[string]string) keeper.Act {
	return keeper.Act{Kind: record.KindWordsAdded, By: "secretariat", Facts: keeper.WordsAdded{Target: target, Status: status}, Words: words}
}

func erase(target int64, parts ...string) keeper.Act {
	return keeper.Act{Kind: record.KindWordsErased, By: "secretariat", Facts: keeper.WordsErased{Target: target, Parts: parts, Reason: "request"}}
}

func hide(target int64, parts ...string) keeper.Act {
	until := time.Now().Add(30 * 24 * time.Hour).UTC().Format(time.DateOnly)
	return keeper.Act{Kind: record.KindWordsHidden, By: "secretariat",
		Facts: keeper.WordsHidden{Target: target, Parts: parts, Category: "danger", Basis: "policy", AppealUntil: until}}
}

func restore(target int64, parts ...string) keeper.Act {
	return keeper.Act{Kind: record.KindWordsRestored, By: "secretariat", Facts: keeper.WordsRestored{Target: target, Parts: parts, Reason: "appeal"}}
}

// shown expects the words that readers see of an entry, and derived rows of them.
func (h *house) shown(index int64, want map[string]string) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		got, err := keeper.WordsOf(tx, index)
		must(h.t, err)
		if !maps.Equal(got, want) {
			h.t.Errorf("entry %d shows %q, want %q", index, got, want)
		}
		rows, err := tx.Query("SELECT part, letters FROM derived_plot WHERE entry = ?", index)
		must(h.t, err)
		defer rows.Close()
		derived := 0
		for ; rows.Next(); derived++ {
			var part string
			var letters int
			must(h.t, rows.Scan(&part, &letters))
			if len(want[part]) != letters {
				h.t.Errorf("derived of %s: %d letters, want %d", part, letters, len(want[part]))
			}
		}
		if derived != len(want) {
			h.t.Errorf("%d parts derived, want %d", derived, len(want))
		}
		return rows.Err()
	})
}

// file is the words file of an entry, "" where there is none.
func (h *house) file(index int64) string {
	h.t.Helper()
	b, err := h.k.Get(h.t.Context(), record.WordsPath(index))
	if err != nil && !errors.Is(err, keeper.ErrNotFound) {
		h.t.Fatal(err)
	}
	return string(b)
}

// TestActsAboutWords follows one text through every act about it.
func TestActsAboutWords(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"), plot("b"))
		seen := h.k.Seen([]string{keeper.WordsSubject})
		e := h.submit(add(0, "human", map[string]string{"name.zh": "甲地", "name.ar": "قطعة"}))[0].Index
		all := map[string]string{"name.en": "Plot a", "name.fr": "Planche a", "name.zh": "甲地", "name.ar": "قطعة"}
		h.shown(0, all)
		if now := h.k.Seen([]string{keeper.WordsSubject}); now != e || now == seen {
			t.Errorf("pages with words were touched at %d, want %d", now, e)
		}
		if !strings.Contains(h.file(e), "甲地") || strings.Contains(h.file(0), "甲地") {
			t.Error("a translation stands in the file of the entry that brought it")
		}
		h.sound()

		h.submit(hide(0, "name.en"), hide(e, "name.zh"))
		h.shown(0, map[string]string{"name.fr": "Planche a", "name.ar": "قطعة"})
		if strings.Contains(h.file(0), "Plot a") || strings.Contains(h.file(e), "甲地") {
			t.Error("a hidden text is served")
		}
		h.read(func(tx *db.Tx) error {
			kept, err := keeper.HiddenWords(tx, 0)
			if err != nil || !maps.Equal(kept, map[string]string{"name.en": "Plot a"}) {
				t.Errorf("kept for the appeal: %v, %v", kept, err)
			}
			return nil
		})
		h.sound()
		must(t, h.k.Sign(t.Context()))
		r, err := h.k.Receipt(t.Context(), 0)
		must(t, err)
		if _, there := r.Words["name.en"]; there || len(r.Withheld) != 1 || r.Withheld[0] != "name.en" {
			t.Errorf("the receipt has %v and withholds %v", r.Words, r.Withheld)
		}
		must(t, r.Verify(nil))

		h.submit(restore(0, "name.en"))
		h.shown(0, map[string]string{"name.en": "Plot a", "name.fr": "Planche a", "name.ar": "قطعة"})
		h.submit(erase(0, "name.en"), erase(e, "name.ar", "name.zh"))
		h.shown(0, map[string]string{"name.fr": "Planche a"})
		if h.file(e) != "" || strings.Contains(h.file(0), "Plot a") {
			t.Error("an erased text is served")
		}
		h.sound()
		report, err := record.Verify(t.Context(), h.k, record.Options{})
		must(t, err)
		if report.Erased != 3 || report.Hidden != 0 || report.Sealed != 0 {
			t.Errorf("erased %d, hidden %d, sealed %d", report.Erased, report.Hidden, report.Sealed)
		}
		// What was translated and erased may be translated again; an original may not come back.
		again := h.submit(add(0, "reviewed", map[string]string{"name.zh": "甲号地"}))[0].Index
		h.refused(keeper.ErrConflict, add(0, "human", map[string]string{"name.en": "Plot A"}))
		h.shown(0, map[string]string{"name.fr": "Planche a", "name.zh": "甲号地"})
		h.fates(0, fmt.Sprintf("name.ar@%d erased request, name.en@0 erased request, name.fr@0 shown, name.zh@%d shown reviewed", e, again))
		h.sound()

		// A rebuild from nothing but entries and words comes to the same.
		h.o.Subjects = []keeper.Subject{garden{Version: "2"}.subject()}
		h.start()
		h.shown(0, map[string]string{"name.fr": "Planche a", "name.zh": "甲号地"})
		h.shown(1, map[string]string{"name.en": "Plot b", "name.fr": "Planche b"})
		h.sound()
	})
}

func (h *house) fates(index int64, want string) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		e, err := keeper.ReadEntry(tx, index)
		must(h.t, err)
		fates, err := keeper.Fates(tx, e)
		must(h.t, err)
		var got []string
		for _, f := range fates {
			line := fmt.Sprintf("%s@%d %s", f.Part, f.Holder, f.State)
			if f.State != keeper.Shown {
				line += " " + f.Reason
			} else if f.Status != "original" {
				line += " " + f.Status
			}
			got = append(got, line)
		}
		if all := strings.Join(got, ", "); all != want {
			h.t.Errorf("fates %s, want %s", all, want)
		}
		return nil
	})
}

// TestErasedInputIsForgotten: the store keeps an unsalted digest of what was sent,
// by which a short text could be guessed. It goes with the text.
func TestErasedInputIsForgotten(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		_, err := h.k.Submit(t.Context(), "the form", plot("a"), plot("b"))
		must(t, err)
		_, err = h.k.Submit(t.Context(), "another", plot("c"))
		must(t, err)
		input := func(key string) (digest string) {
			h.read(func(tx *db.Tx) error {
				return tx.Row("SELECT input FROM record_submission WHERE sent = ?", key).Scan(&digest)
			})
			return digest
		}
		if input("the form") == "" || input("another") == "" {
			t.Fatal("no digest of what was sent: this test shows nothing")
		}
		h.submit(erase(1, "name.en"))
		if input("the form") != "" || input("another") == "" {
			t.Errorf("digests %q, %q", input("the form"), input("another"))
		}
		if _, err := h.k.Submit(t.Context(), "the form", plot("a"), plot("b")); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("the same form again: %v", err)
		}
		h.sound()
	})
}

func TestActsAboutWordsRefused(t *testing.T) {
	h := oneHouse(t)
	mine := plot("mine")
	h.submit(plot("a"), withWord(plot("b"), "note.en", "One line."))
	mine.By = "0"
	h.submit(mine) // entry 2, of organisation 0
	h.submit(erase(0, "name.fr"), hide(0, "name.en"))
	by := func(who string, a keeper.Act) keeper.Act { a.By = who; return a }
	reasonIn := func(a keeper.Act, part, text string) keeper.Act {
		a.Words = map[string]string{part: text}
		return a
	}
	french := map[string]string{"name.zh": "二"}
	for name, c := range map[string]struct {
		act    keeper.Act
		kind   error
		reason string
	}{
		"no such entry":                 {add(99, "human", french), keeper.ErrNotFound, "err.words.no_entry"},
		"not the party's":               {by("0", add(1, "human", french)), keeper.ErrForbidden, "err.words.not_yours"},
		"a person's":                    {by("person", add(1, "human", french)), keeper.ErrForbidden, "err.words.not_yours"},
		"of an act about words":         {add(3, "human", map[string]string{"reason.zh": "x"}), keeper.ErrConflict, "err.words.of_words"},
		"no status":                     {add(1, "best", french), keeper.ErrInvalid, "err.words.code"},
		"nothing":                       {add(1, "human", nil), keeper.ErrInvalid, "err.words.nothing_added"},
		"no language":                   {add(1, "human", map[string]string{"name.und": "x"}), keeper.ErrInvalid, "err.words.no_translation"},
		"no field of it":                {add(1, "human", map[string]string{"aim.zh": "x"}), keeper.ErrConflict, "err.words.no_original"},
		"a field that nobody can read":  {add(0, "human", french), keeper.ErrConflict, "err.words.no_original"},
		"there already":                 {add(1, "human", map[string]string{"name.en": "x"}), keeper.ErrConflict, "err.words.exists"},
		"several lines for one":         {add(1, "human", map[string]string{"name.zh": "x\ny"}), keeper.ErrConflict, "err.words.unclean"},
		"bidi override":                 {add(1, "human", map[string]string{"name.ar": "x\u202ey"}), keeper.ErrInvalid, "err.words.unclean"},
		"erased by another":             {by("0", erase(2, "name.en")), keeper.ErrInvalid, "err.words.secretariat_only"},
		"erased twice":                  {erase(0, "name.fr"), keeper.ErrConflict, "err.words.erased_already"},
		"erased in one act twice":       {erase(1, "name.en", "name.en"), keeper.ErrInvalid, "err.words.no_part"},
		"erased nothing":                {erase(1), keeper.ErrInvalid, "err.words.too_many_parts"},
		"erased what is not there":      {erase(1, "name.zh"), keeper.ErrConflict, "err.words.unknown"},
		"erased with words":             {reasonIn(erase(1, "name.en"), "reason.en", "He said: x"), keeper.ErrInvalid, "err.words.no_part"},
		"hidden what is erased":         {hide(0, "name.fr"), keeper.ErrConflict, "err.words.erased_already"},
		"hidden twice":                  {hide(0, "name.en"), keeper.ErrConflict, "err.words.hidden_already"},
		"hidden with another field":     {reasonIn(hide(1, "name.en"), "note.en", "x"), keeper.ErrInvalid, "err.words.no_part"},
		"hidden with a long reason":     {reasonIn(hide(1, "name.en"), "reason.en", strings.Repeat("x", 8001)), keeper.ErrInvalid, "err.words.too_long"},
		"hidden by nobody's rule":       {keeper.Act{Kind: record.KindWordsHidden, By: "secretariat", Facts: keeper.WordsHidden{Target: 1, Parts: []string{"name.en"}, Category: "dislike", Basis: "policy", AppealUntil: "2999-01-01"}}, keeper.ErrInvalid, "err.words.code"},
		"hidden with no time to appeal": {keeper.Act{Kind: record.KindWordsHidden, By: "secretariat", Facts: keeper.WordsHidden{Target: 1, Parts: []string{"name.en"}, Category: "danger", Basis: "policy", AppealUntil: "2020-01-01"}}, keeper.ErrInvalid, "err.words.appeal_past"},
		"hidden until no date":          {keeper.Act{Kind: record.KindWordsHidden, By: "secretariat", Facts: keeper.WordsHidden{Target: 1, Parts: []string{"name.en"}, Category: "danger", Basis: "policy", AppealUntil: "soon"}}, keeper.ErrInvalid, "err.words.no_date"},
		"restored what is not hidden":   {restore(1, "name.en"), keeper.ErrConflict, "err.words.not_hidden"},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.state()
			_, err := h.k.Submit(t.Context(), "", c.act)
			if !errors.Is(err, c.kind) || reason(err) != c.reason {
				t.Errorf("got %v (%s), want %v (%s)", err, reason(err), c.kind, c.reason)
			}
			if h.state() != before {
				t.Error("a refused act left a trace")
			}
		})
	}
	h.submit(by("0", add(2, "original", map[string]string{"name.ru": "Мой"})))
	h.sound()
}
