package report_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/commitment/commitmenttest"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// counting is the real compact with its data, some parties and commitments.
type counting struct {
	*compacttest.Site
	store *db.DB
}

func newCounting(t *testing.T, store *db.DB) *counting {
	w := &counting{compacttest.Open(t, store, compacts.GDC(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()), store}
	if _, err := stakeholder.AdoptAll(t.Context(), w.Keeper, w.Pack); err != nil {
		t.Fatal(err)
	}
	if err := observatory.LoadPack(t.Context(), w.Keeper, w.Pack); err != nil {
		t.Fatal(err)
	}
	filler := commitmenttest.Filler{TB: t, Keeper: w.Keeper, Pack: w.Pack, Now: &w.Now}
	filler.Make(260, 120)
	return w
}

// figures are those of the progress report as of now.
func (w *counting) figures() *report.Figures {
	w.Helper()
	today := keeper.Today(w.Now)
	o, err := report.OutlineOf(w.Pack, "progress-82", today, today)
	if err != nil {
		w.Fatal(err)
	}
	var f *report.Figures
	w.Read(func(tx *db.Tx) error {
		f, err = report.Compute(tx, w.Pack, o, w.Keeper.Size(), today)
		return err
	})
	return f
}

func (w *counting) figure(f *report.Figures, id string) report.Figure {
	w.Helper()
	one, ok := f.Figure(id)
	if !ok {
		w.Errorf("there is no figure %s", id)
	}
	return one
}

// What a commitment is counted as moves with it: one that its party withdraws
// leaves every figure of delivery and stands where withdrawn ones are counted.
func TestWithdrawnIsCountedApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newCounting(t, open())
		before := w.figures()
		total := w.figure(before, "promises.total")
		gone := w.one("SELECT id FROM commitment ORDER BY id LIMIT 1")
		lead := w.one("SELECT party FROM commitment ORDER BY id LIMIT 1")
		w.Submit(keeper.Act{Kind: commitment.KindWithdrawn, By: id(lead), Facts: commitment.Ended{Commitment: gone}, Words: map[string]string{"reason.en": "The dues were cut."}})
		after := w.figures()
		if got := w.figure(after, "promises.total"); got.Value != "119" || total.Value != "120" || got.RecordsDigest == total.RecordsDigest {
			t.Errorf("in force: %+v, before %+v", got, total)
		}
		if got := w.figure(after, "promises.withdrawn"); got.Value != "1" || !slices.Equal(got.Records, []int64{gone}) {
			t.Errorf("withdrawn: %+v", got)
		}
		listed := 0
		for _, row := range after.Items {
			if slices.Contains(row.Commitments, gone) || slices.Contains(row.Intents, gone) {
				t.Errorf("the annex still has it under %s", row.Item)
			}
			if slices.Contains(row.Withdrawn, gone) {
				listed++
			}
		}
		if listed != 1 {
			t.Errorf("the annex has it as withdrawn under %d items", listed)
		}
		for _, c := range after.Chapters {
			for _, f := range c.Figures {
				if strings.HasPrefix(f.ID, "delivery.") && slices.Contains(f.Records, gone) {
					t.Errorf("%s counts it", f.ID)
				}
			}
		}
	})
}

// A figure whose bytes are no longer kept says so, and has no value: nobody could
// follow it to its line.
func TestSourceGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newCounting(t, open())
		was := w.figure(w.figures(), "series.people-offline.world")
		if was.Value != "2.2" || was.Year != "2026-03" || was.Snapshot == "" || was.Why != "" {
			t.Errorf("before: %+v", was)
		}
		err := w.store.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM record_blob WHERE digest = ?", was.Snapshot)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f := w.figures()
		is := w.figure(f, "series.people-offline.world")
		if is.Value != "" || is.Why != report.SourceGone || is.Snapshot != was.Snapshot {
			t.Errorf("after: %+v", is)
		}
		if slices.Contains(f.Snapshots, was.Snapshot) {
			t.Error("the report names the file among what it rests on")
		}
	})
}

// Every figure, chapter and reason has words in the six languages, and no code is
// left in them that a reader would have to know.
func TestLabels(t *testing.T) {
	w := newCounting(t, dbtest.SQLite(t))
	f := w.figures()
	for _, l := range locale.Langs {
		seen := map[string]string{}
		for _, c := range f.Chapters {
			whole(t, l, c.ID, report.ChapterTitle(c.ID, l))
			for _, one := range c.Figures {
				label := report.Label(w.Pack, one.ID, l)
				whole(t, l, one.ID, label)
				if other, twice := seen[c.ID+label]; twice {
					t.Errorf("%s: %s and %s have one label, %q", l, one.ID, other, label)
				}
				seen[c.ID+label] = one.ID
				if one.Why != "" {
					whole(t, l, one.ID, report.WhyNot(one.Why, l))
				}
			}
		}
	}
}

func whole(t *testing.T, l locale.Lang, id, text string) {
	t.Helper()
	if text == "" || text == id || strings.Contains(text, "⟦") || strings.Contains(text, "report.") || strings.Contains(text, "_") {
		t.Errorf("%s: %s is called %q", l, id, text)
	}
}

// one is a number that a query gives.
func (w *counting) one(query string) (n int64) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Row(query).Scan(&n) })
	return n
}
