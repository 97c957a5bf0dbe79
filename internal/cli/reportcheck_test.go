package cli_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"kept/internal/cli"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report"
	"kept/record"
)

// releasing is a sample record whose report of 2025 is opened and released.
type releasing struct {
	*testing.T
	dir, clock string
}

// TestReportCheck: a release that the record gives is the same byte for byte, also
// after an erasure and after the record went on; one with another value is found,
// and the figure is named with both.
func TestReportCheck(t *testing.T) {
	r := &releasing{T: t, dir: filepath.Join(t.TempDir(), "data"), clock: filepath.Join(t.TempDir(), "clock")}
	r.at("2025-03-14")
	must(t, r.args("init", "--pack", "harbour", "--origin", originOf(t))...)
	must(t, r.args("import", "parties", write(t, "p.csv", "Name,Kind,Country\nKite Lines,civil-society,QM\nUnion of Quays,academia,QN\n"), "--keep")...)
	kept(r.args("report", "check", r.dir)...).want(t, 0, "no report was released")
	kept(r.args("report", "draft", t.TempDir())...).want(t, 0, "yearly, 2025-01-01 to 2025-03-14", "cut off", "12 months", "not switched on: [rights consultations]", "target.HT.1.baseline (no_baseline)")
	kept(r.args("report", "draft", t.TempDir(), "--report", "monthly")...).want(t, 1, "no kind of report named monthly")
	kept(r.args("report", "draft", t.TempDir(), "--to", "2024-12-31")...).want(t, 1, "2024-12-31", "2025-01-01")
	first := r.release("2025", "2026", func(*report.Figures) {})
	kept(r.args("report", "check", r.dir)...).want(t, 0, "byte for byte")
	must(t, r.args("import", "parties", write(t, "q.csv", "Name,Kind,Country\nA later party,academia,QP\n"), "--keep")...)
	must(t, r.args("erase", "--entry", strconv.FormatInt(r.party(), 10), "--all", "--reason", "request", "--yes")...)
	kept(r.args("report", "check", r.dir, strconv.FormatInt(first, 10))...).want(t, 0, "byte for byte")

	second := r.release("2026", "2027", func(f *report.Figures) {
		for c := range f.Chapters {
			for n := range f.Chapters[c].Figures {
				if one := &f.Chapters[c].Figures[n]; one.ID == "parties.total" {
					one.Value = "99"
				}
			}
		}
	})
	kept(r.args("report", "check", r.dir)...).want(t, 3, "release "+strconv.FormatInt(first, 10), "byte for byte", "release "+strconv.FormatInt(second, 10), "other figures", "parties.total", "99", "15")
	kept(r.args("report", "check", r.dir, "1")...).want(t, 1)
	kept(r.args("report", "check", r.dir, "first")...).want(t, 2, "number of an entry")
}

func (r *releasing) args(args ...string) []string {
	return append(args, "--data", r.dir, "--sample-clock", r.clock)
}

func (r *releasing) at(day string) {
	r.Helper()
	if err := os.WriteFile(r.clock, []byte(day+"T13:00:00Z"), 0o600); err != nil {
		r.Fatal(err)
	}
}

// inside runs a step on the record itself, at a day.
func (r *releasing) inside(day string, do func(k *keeper.Keeper)) {
	r.Helper()
	r.at(day)
	store, err := db.Open(r.Context(), db.Config{Dir: r.dir})
	if err != nil {
		r.Fatal(err)
	}
	defer store.Close()
	now, _ := time.Parse(time.RFC3339, day+"T13:00:00Z")
	k, err := keeper.Open(r.Context(), keeper.Options{DB: store, Subjects: cli.Subjects(), Clock: func() time.Time { return now }})
	if err != nil {
		r.Fatal(err)
	}
	defer k.Close()
	do(k)
}

// release opens and releases the report of a year in the one after it, with figures
// that change may alter.
func (r *releasing) release(year, next string, change func(*report.Figures)) (entry int64) {
	r.Helper()
	var opened int64
	r.inside(next+"-01-10", func(k *keeper.Keeper) {
		f, b := r.figures(k, year, change)
		opened = r.submit(k, keeper.Act{Kind: report.KindOpened, By: report.Secretariat, Blobs: [][]byte{b},
			Facts: report.Opened{Report: f.Report, From: f.From, To: f.To, Date: f.Date, Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Until: next + "-02-01"}})
	})
	r.inside(next+"-02-03", func(k *keeper.Keeper) {
		f, b := r.figures(k, year, change)
		entry = r.submit(k, keeper.Act{Kind: report.KindReleased, By: report.Secretariat, Blobs: [][]byte{b},
			Facts: report.Released{Of: opened, Report: f.Report, From: f.From, To: f.To, Date: f.Date, Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Snapshots: f.Snapshots}})
	})
	return entry
}

func (r *releasing) submit(k *keeper.Keeper, a keeper.Act) int64 {
	r.Helper()
	done, err := k.Submit(r.Context(), "", a)
	if err != nil {
		r.Fatalf("%s: %v", a.Kind, err)
	}
	return done[0].Index
}

// figures computes the report of a year from the record as it is.
func (r *releasing) figures(k *keeper.Keeper, year string, change func(*report.Figures)) (f *report.Figures, b []byte) {
	r.Helper()
	err := k.DB().Read(r.Context(), func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		o, err := report.OutlineOf(pack, "yearly", year+"-12-31", "")
		if err != nil {
			return err
		}
		f, err = report.Compute(tx, pack, o, k.Size(), o.To)
		return err
	})
	if err == nil {
		change(f)
		b, err = f.Canonical()
	}
	if err != nil {
		r.Fatal(err)
	}
	return f, b
}

// party is a party of the record that is no State.
func (r *releasing) party() (id int64) {
	r.Helper()
	r.inside("2026-02-04", func(k *keeper.Keeper) {
		err := k.DB().Read(r.Context(), func(tx *db.Tx) error { return tx.Row("SELECT MIN(id) FROM party WHERE kind = 'academia'").Scan(&id) })
		if err != nil {
			r.Fatal(err)
		}
	})
	return id
}
