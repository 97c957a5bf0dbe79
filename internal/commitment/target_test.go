package commitment_test

import (
	"strconv"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// Contributions to "25,000 dock workers trained": a range, and what is left out.
func TestTowards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		train := func(target string, areas []string, edit func(f *commitment.Made)) int64 {
			return w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) {
				f.Items, f.Areas = []string{"H.2"}, areas
				f.Indicators = []commitment.Indicator{{Unit: "people", Direction: "up", Measure: "stock", Baseline: "100", BaselineOn: "2024",
					Target: target, TargetOn: "2029", Frequency: "yearly"}}
				if edit != nil {
					edit(f)
				}
			}))
		}
		key := func(k string) func(f *commitment.Made) { return func(f *commitment.Made) { f.Indicators[0].Dedup = k } }
		a := train("1100", []string{"QM"}, nil)
		train("2100", []string{"QM"}, nil)           // may be the same people as a
		train("600", []string{"QN"}, key("academy")) // certainly others
		train("800", []string{"QP"}, key("academy")) // the same people, counted twice
		train("300", []string{"QR"}, nil)            // another area
		for _, edit := range []func(f *commitment.Made){
			func(f *commitment.Made) { f.Indicators[0].Unit = "hours" },
			func(f *commitment.Made) { f.Indicators[0].Baseline, f.Indicators[0].BaselineOn = "", "" },
			func(f *commitment.Made) { f.Indicators[0].Pledges = true },
			func(f *commitment.Made) { f.Indicators[0].Direction, f.Indicators[0].Baseline = "down", "90000" },
		} {
			train("5000", []string{"QS"}, edit)
		}
		w.now = day("2026-03-31")
		w.must(w.progress(a, "2025-03-20", "2026-03-31", "350"))
		w.read(func(tx *db.Tx) error {
			target, _ := w.pack.Target("HT.3")
			got, err := commitment.Towards(tx, w.pack, target)
			if err != nil {
				return err
			}
			if got.Low != "2900" || got.High != "3900" || got.Delivered != "250" || got.Known != 1 || got.LowShare != "0.116" || got.HighShare != "0.156" || got.Why != "" {
				t.Errorf("got %s to %s, delivered %s of %d, shares %s to %s, %s", got.Low, got.High, got.Delivered, got.Known, got.LowShare, got.HighShare, got.Why)
			}
			var why []string
			for _, x := range got.Excluded {
				why = append(why, x.Why)
			}
			if len(why) != 4 || why[0] != "unit" || why[1] != "no_baseline" || why[2] != "pledges" || why[3] != "direction" {
				t.Errorf("left out: %v", why)
			}
			share, _ := w.pack.Target("HT.2")
			if got, err = commitment.Towards(tx, w.pack, share); err == nil && (got.Why != "percent" || got.High != "") {
				t.Errorf("a share: %+v", got)
			}
			return err
		})
	})
}

// What contributions add up to at least: the range that pairs give, however many
// there are and however their areas lie in one another.
func TestTowardsOfManyAreas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		train := func(size int64, key string, areas ...string) {
			w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) {
				f.Items, f.Areas = []string{"H.2"}, areas
				f.Indicators = []commitment.Indicator{{Unit: "people", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2024",
					Target: strconv.FormatInt(size, 10), TargetOn: "2029", Frequency: "yearly", Dedup: key}}
			}))
		}
		train(100, "", "Q1")      // a region, without a key: may hold everything in it
		train(20, "a", "QM")      // in the region
		train(30, "b", "QM")      // told apart from it by the keys, and both may be among the 100
		train(40, "c", "QV")      // in the other region, under a key
		train(50, "d", "QV")      // told apart
		train(7, "", "QP", "QV")  // without a key: may be any of the two
		train(3, "e", "QX", "QM") // among the 100 by its second area
		w.read(func(tx *db.Tx) error {
			target, _ := w.pack.Target("HT.3")
			got, err := commitment.Towards(tx, w.pack, target)
			if err == nil && (got.Low != "150" || got.High != "250") {
				t.Errorf("got %s to %s", got.Low, got.High)
			}
			return err
		})
	})
}
