package report_test

import (
	"context"
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
	"kept/record"
)

// life is the Harbour Compact with a company and a commitment, on the day on
// which the report of 2025 can be opened.
type life struct {
	*compacttest.Site
	kite, state, promise int64
}

func newLife(t *testing.T, store *db.DB) *life {
	w := &life{Site: compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject())}
	w.kite = w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"},
		Words: map[string]string{"name.und": "Kite Telecom"}})
	w.state = w.Submit(keeper.Act{Kind: stakeholder.KindStated, By: "secretariat",
		Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia"}, On: "2024-01-01"},
		Words: map[string]string{"name.und": "Lantern University", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/1"}})
	w.promise = w.Submit(keeper.Act{Kind: commitment.KindStated, By: "secretariat", Facts: commitment.Stated{Party: w.kite, Lang: "en", On: "2024-05-01"},
		Words: map[string]string{"title.en": "Fibre for all", "promise.en": "Fibre for all.", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/2"}})
	return w
}

func (w *life) at(day string) { w.Now, _ = time.Parse("2006-01-02T15:04", day+"T13:00") }

// figures are figures as they could be computed now.
func (w *life) figures(parties string) *report.Figures {
	w.Helper()
	f := &report.Figures{Format: report.Format, Report: "yearly", From: "2025-01-01", To: "2025-12-31", Date: "2025-12-31", Pack: w.Pack.Digest.String(),
		Methods: []string{"count/1"}, Chapters: []report.Chapter{{ID: "scope"}, {ID: "parties", Figures: []report.Figure{{ID: "parties.total", Value: parties, Method: "count/1", Records: []int64{w.kite}},
			{ID: "money.total", Why: report.NoData, Method: "sum/1"}}}}}
	w.Read(func(tx *db.Tx) error {
		if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&f.Size); err != nil {
			return err
		}
		root, err := keeper.RootOf(tx, f.Size)
		f.Root = hex.EncodeToString(root[:])
		return err
	})
	return f
}

func canonical(t testing.TB, f *report.Figures) []byte {
	t.Helper()
	b, err := f.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *life) opening(f *report.Figures, words map[string]string) keeper.Act {
	b := canonical(w, f)
	return keeper.Act{Kind: report.KindOpened, By: report.Secretariat, Words: words, Blobs: [][]byte{b},
		Facts: report.Opened{Report: f.Report, From: f.From, To: f.To, Date: f.Date, Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Until: "2026-04-01"}}
}

func (w *life) releasing(of int64, f *report.Figures, words map[string]string) keeper.Act {
	b := canonical(w, f)
	return keeper.Act{Kind: report.KindReleased, By: report.Secretariat, Words: words, Blobs: [][]byte{b},
		Facts: report.Released{Of: of, Report: f.Report, From: f.From, To: f.To, Date: f.Date, Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Snapshots: f.Snapshots}}
}

func (w *life) contribution(of int64, text string) keeper.Act {
	return keeper.Act{Kind: report.KindContributed, By: id(w.kite), Facts: report.Contributed{Report: of, Chapter: "delivery"}, Words: map[string]string{"text.en": text}}
}

func (w *life) erratum(release int64) keeper.Act {
	return keeper.Act{Kind: report.KindCorrected, By: report.Secretariat, Facts: report.Corrected{Release: release, Figure: "parties.total", Old: "2", New: "3"},
		Words: map[string]string{"reason.en": "One party was counted under its parent."}}
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// try sends an act that may be refused.
func (w *life) try(a keeper.Act) (int64, error) {
	r, err := w.Keeper.Submit(context.Background(), "", a)
	if err != nil {
		return 0, err
	}
	return r[0].Index, nil
}

// edited changes a copy of an act's facts.
func edited[F any](a keeper.Act, change func(f *F)) keeper.Act {
	f := a.Facts.(F)
	change(&f)
	a.Facts = f
	return a
}

// faults are the places and keys of an error.
func faults(err error) map[string]string {
	out := map[string]string{}
	es, _ := locale.All(err)
	for _, e := range es {
		out[e.Place] = e.Key
	}
	return out
}
