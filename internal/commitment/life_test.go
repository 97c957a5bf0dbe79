package commitment_test

import (
	"errors"
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// amend is an amendment of a version, with the facts that stand changed by edit.
func (w *world) amend(id int64, edit func(f *commitment.Amended, words map[string]string)) keeper.Act {
	v := w.get(id, "2025-03-20")
	a := keeper.Act{Kind: commitment.KindAmended, By: itoa(v.Party), Words: map[string]string{"reason.en": "The delta was flooded."},
		Facts: commitment.Amended{Commitment: id, Version: v.Version, Made: v.Facts}}
	return change(a, edit)
}

func itoa(n int64) string { return id(n) }

func (w *world) answer(kind string, of, version, partner int64) keeper.Act {
	return keeper.Act{Kind: kind, By: id(partner), Facts: commitment.Answered{Commitment: of, Version: version}}
}

func partners(v commitment.View) (states []string) {
	for _, p := range v.Partners {
		states = append(states, p.State)
	}
	return states
}

// A joint commitment: the lead names, partners answer for themselves, and are asked
// again when what they answer for changes.
func TestPartners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) {
			f.LeadShare, f.Partners = "50", []commitment.Partner{{Party: w.kite, Share: "30"}, {Party: w.loose, Share: "20"}}
		}))
		want := func(when string, states ...string) {
			t.Helper()
			if got := partners(w.get(c, "2025-04-01")); !slices.Equal(got, states) {
				t.Errorf("%s: got %v, want %v", when, got, states)
			}
		}
		want("made", "named", "named")
		for _, bad := range []struct {
			name string
			act  keeper.Act
			want error
		}{
			{"the lead for a partner", w.answer(commitment.KindConfirmed, c, c, w.ministry), keeper.ErrForbidden},
			{"another version", w.answer(commitment.KindConfirmed, c, c+99, w.kite), keeper.ErrConflict},
			{"no commitment", w.answer(commitment.KindConfirmed, 99999, c, w.kite), keeper.ErrNotFound},
			{"the secretariat for nobody", keeper.Act{Kind: commitment.KindConfirmed, By: "secretariat", Facts: commitment.Answered{Commitment: c, Version: c}}, nil},
		} {
			_, err := w.submit(bad.act)
			if err == nil || bad.want != nil && !errors.Is(err, bad.want) {
				t.Errorf("%s: got %v, want %v", bad.name, err, bad.want)
			}
		}
		w.must(w.answer(commitment.KindConfirmed, c, c, w.kite))
		w.must(w.answer(commitment.KindDeclined, c, c, w.loose))
		want("answered", "confirmed", "declined")
		if _, err := w.submit(w.answer(commitment.KindConfirmed, c, c, w.kite)); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("confirmed twice: %v", err)
		}
		w.must(w.amend(c, func(_ *commitment.Amended, words map[string]string) { words["risks.en"] = "Floods and frost" }))
		want("another text", "confirmed", "declined")
		w.must(w.amend(c, func(f *commitment.Amended, _ map[string]string) { f.Indicators[0].Target = "800" }))
		want("another target", "named", "named")
		v := w.get(c, "2025-04-01")
		w.must(keeper.Act{Kind: commitment.KindConfirmed, By: "secretariat", Facts: commitment.Answered{Commitment: c, Version: v.Version, Party: w.kite}})
		w.must(w.amend(c, func(_ *commitment.Amended, words map[string]string) {
			words["promise.en"] = "The Ministry will connect most rural schools."
		}))
		want("another promise", "named", "named")
		w.must(w.answer(commitment.KindConfirmed, c, w.get(c, "2025-04-01").Version, w.kite))
		w.must(w.amend(c, func(f *commitment.Amended, _ map[string]string) {
			f.LeadShare, f.Partners = "70", []commitment.Partner{{Party: w.kite, Share: "30"}}
		}))
		want("other shares", "named")
		if n := w.list(commitment.Filter{Party: w.loose, Today: "2025-04-01"}).Total; n != 0 {
			t.Errorf("a party that is no partner any more has %d commitments", n)
		}
		w.replays()
	})
}

// An amendment changes what holds, and nothing of what was signed.
func TestAmendment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		w.now = day("2026-03-31")
		w.must(w.progress(c, "2025-03-20", "2026-03-31", "150"))
		w.now = day("2026-05-04")
		first := w.amend(c, func(f *commitment.Amended, words map[string]string) {
			f.Indicators[0].Target, f.Dropped = "800", []string{"risks"}
			f.Indicators = append(f.Indicators, commitment.Indicator{Unit: "people", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2026",
				Target: "5000", TargetOn: "2030", Frequency: "yearly"})
			f.Indicators[1].BaselineOn = "2026-03"
			words["title.en"] = "800 rural schools on open fibre"
			words["promise.en"] = "The Ministry will connect 800 rural schools."
			words["indicators.1.name.en"], words["indicators.1.source.en"] = "Pupils", "Census"
		})
		second := first // written at the same time, by a colleague
		n := w.must(first)
		if _, err := w.submit(second); !errors.Is(err, keeper.ErrConflict) || faults(err)["version"] != "err.commitment.amended_since" {
			t.Errorf("two at once: %v", err)
		}

		v := w.get(c, "2026-05-05")
		if v.Lifecycle != "amended" || v.Version != n || len(v.Amendments) != 1 || v.Signed.Indicators[0].Target != "1000" || v.Facts.Indicators[0].Target != "800" {
			t.Errorf("the version: %+v", v)
		}
		if i := v.Indicators[0]; i.Word != "on_track" || i.Signed == nil || i.Signed.Word != "too_slow" || i.Signed.Target != "1000" || v.Pace != "on_track" || v.PaceSigned != "too_slow" {
			t.Errorf("both paces: %+v, signed %+v, %s and %s", i.Paced, i.Signed, v.Pace, v.PaceSigned)
		}
		if got, want := v.Indicators[0].Signed.Why(locale.English, v.Indicators[0]), "as of 31 March 2026: 15 % of the path, 18 % of the time"; got != want {
			t.Errorf("why as signed: %q, want %q", got, want)
		}
		if v.Words["risks.en"] != "" || v.Words["promise.fr"] != "" || v.Words["problem.en"] == "" || v.Words["title.en"] != "800 rural schools on open fibre" || v.Words["reason.en"] != "" {
			t.Errorf("the words that stand: %v", v.Words)
		}
		if s := w.list(commitment.Filter{Today: "2026-05-05", Query: "800 rural"}); s.Total != 1 || s.List[0].Lifecycle != "amended" || s.List[0].PaceSigned != "too_slow" {
			t.Errorf("list: %+v", s)
		}
		for _, f := range []commitment.Filter{{Query: "1,000 rural"}, {Lifecycle: "published"}} {
			if f.Today = "2026-05-05"; w.list(f).Total != 0 {
				t.Errorf("%+v still finds what was signed", f)
			}
		}
		for _, f := range []commitment.Filter{{Pace: "too_slow"}, {Pace: "on_track"}, {Lifecycle: "amended"}} {
			if f.Today = "2026-05-05"; w.list(f).Total != 1 {
				t.Errorf("%+v does not find it: neither pace is the pace", f)
			}
		}
		if q := v.Quality; !slices.Equal(q.Missing, []string{"A4"}) {
			t.Errorf("quality: %+v", q)
		}

		w.now = day("2026-06-01")
		type amended = commitment.Amended
		for _, x := range []struct {
			name       string
			edit       func(f *amended, words map[string]string)
			place, key string
		}{
			{"no reason", func(_ *amended, words map[string]string) { delete(words, "reason.en") }, "reason", "reason_amend"},
			{"nothing changed", func(*amended, map[string]string) {}, "", "amends_nothing"},
			{"another lead", func(f *amended, _ map[string]string) { f.Lead = w.kite }, "lead", "not_yours"},
			{"an indicator taken out", func(f *amended, _ map[string]string) { f.Indicators = f.Indicators[:1] }, "indicators", "indicator_gone"},
			{"an indicator of another unit", func(f *amended, _ map[string]string) { f.Indicators[0].Unit = "people" }, "indicators.0.unit", "indicator_other"},
			{"a milestone taken out", func(f *amended, _ map[string]string) { f.Milestones = nil }, "milestones", "milestone_gone"},
			{"an end that has passed", func(f *amended, _ map[string]string) { f.End = "2026-05-01" }, "end", "ended"},
			{"the title dropped", func(f *amended, _ map[string]string) { f.Dropped = []string{"title"} }, "title", "needed"},
			{"something unknown dropped", func(f *amended, _ map[string]string) { f.Dropped = []string{"password"} }, "dropped", "unknown_part"},
			{"shares of 99", func(f *amended, _ map[string]string) { f.LeadShare = "59" }, "partners", "shares_sum"},
		} {
			_, err := w.submit(w.amend(c, x.edit))
			if got := faults(err)[x.place]; got != "err.commitment."+x.key {
				t.Errorf("%s: got %v, want %s at %q", x.name, err, x.key, x.place)
			}
		}
		m := w.must(w.amend(c, func(f *amended, _ map[string]string) {
			f.Indicators[1].Ended, f.Milestones[0].Dropped = true, true
		}))
		v = w.get(c, "2026-06-02")
		if v.Indicators[1].Ended != "2026-06-01" || v.Indicators[1].Judged || v.Milestones[0].State != "dropped" || v.Version != m {
			t.Errorf("ended and dropped: %+v, %+v", v.Indicators[1], v.Milestones)
		}
		if _, err := w.submit(w.amend(c, func(f *amended, _ map[string]string) { f.Indicators[1].Ended = false })); faults(err)["indicators.1.ended"] == "" {
			t.Errorf("an ended indicator began again: %v", err)
		}
		w.now = day("2026-10-01")
		report := w.progress(c, "2026-04-01", "2026-09-30", "300")
		w.must(report) // the ended indicator needs no answer
		if v = w.get(c, "2026-10-01"); v.Indicators[0].Signed.Word != "on_track" || len(v.Reports) != 2 || v.Reports[0].ID == 0 {
			t.Errorf("after another report: %+v", v.Indicators[0])
		}
		w.replays()
	})
}

// The end of a commitment: it stays, and nothing is due on it.
func TestEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		a, b := w.must(w.schools()), w.must(w.schools())
		end := func(kind string, of int64, outcome string, words map[string]string) keeper.Act {
			return keeper.Act{Kind: kind, By: id(w.ministry), Facts: commitment.Ended{Commitment: of, Outcome: outcome}, Words: words}
		}
		why := map[string]string{"reason.en": "The law was not passed."}
		for _, x := range []struct {
			name, place string
			act         keeper.Act
		}{
			{"no reason", "reason", end(commitment.KindWithdrawn, a, "", nil)},
			{"withdrawn with an outcome", "outcome", end(commitment.KindWithdrawn, a, "achieved", why)},
			{"concluded without one", "outcome", end(commitment.KindConcluded, a, "", why)},
			{"an outcome that nobody knows", "outcome", end(commitment.KindConcluded, a, "great", why)},
			{"another party", "commitment", change(end(commitment.KindWithdrawn, a, "", why), func(*commitment.Ended, map[string]string) {})},
		} {
			if x.place == "commitment" {
				x.act.By = id(w.kite)
			}
			if _, err := w.submit(x.act); faults(err)[x.place] == "" {
				t.Errorf("%s: %v", x.name, err)
			}
		}
		w.now = day("2026-06-01")
		w.must(end(commitment.KindWithdrawn, a, "", why))
		w.must(end(commitment.KindConcluded, b, "partly_achieved", why))
		v := w.get(a, "2040-01-01")
		if v.Lifecycle != "withdrawn" || v.Closing.On != "2026-06-01" || v.Closing.Reason["reason.en"] == "" || v.Reporting.State != "not_due" || v.Reporting.Due != "" {
			t.Errorf("withdrawn: %+v, %+v", v.Closing, v.Reporting)
		}
		if v = w.get(b, "2040-01-01"); v.Lifecycle != "concluded" || v.Closing.Outcome != "partly_achieved" || v.Reporting.Due != "" {
			t.Errorf("concluded: %+v", v.Closing)
		}
		for name, act := range map[string]keeper.Act{
			"report": w.progress(a, "2025-03-20", "2026-03-31", "1"), "end": end(commitment.KindConcluded, a, "achieved", why),
			"amendment": w.amend(a, func(_ *commitment.Amended, words map[string]string) { words["risks.en"] = "None" }),
			"partner":   w.answer(commitment.KindConfirmed, a, a, w.kite),
		} {
			if _, err := w.submit(act); faults(err)["commitment"] != "err.commitment.closed.withdrawn" {
				t.Errorf("%s on a withdrawn commitment: %v", name, err)
			}
		}
		w.read(func(tx *db.Tx) error {
			tally, err := commitment.Count(tx, w.pack, "2026-07-01")
			if n := tally.All; n.Commitments != 1 || n.Withdrawn != 1 {
				t.Errorf("counts: %+v", n)
			}
			return err
		})
		if n := w.list(commitment.Filter{Today: "2026-07-01"}).Total; n != 2 {
			t.Errorf("%d in the list: both stay visible", n)
		}
		w.replays()
	})
}

// An excuse moves the dates from which a report is late, and nothing else.
func TestExcuse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools()) // due 2026-03-20
		w.now = day("2026-02-01")
		excuse := func(until string) keeper.Act {
			return keeper.Act{Kind: commitment.KindExcused, By: "secretariat", Facts: commitment.Excused{Commitment: c, Until: until, Reason: "disaster"},
				Words: map[string]string{"reason.en": "The delta was flooded."}}
		}
		for name, x := range map[string]struct {
			place string
			act   keeper.Act
		}{
			"by the party":  {"by", func() keeper.Act { a := excuse("2026-09-30"); a.By = id(w.ministry); return a }()},
			"in the past":   {"until", excuse("2026-01-01")},
			"for ever":      {"until", excuse("2029-01-01")},
			"not a day":     {"until", excuse("soon")},
			"no reason":     {"reason", func() keeper.Act { a := excuse("2026-09-30"); a.Words = nil; return a }()},
			"no code":       {"reason_code", change(excuse("2026-09-30"), func(f *commitment.Excused, _ map[string]string) { f.Reason = "weather" })},
			"no commitment": {"commitment", change(excuse("2026-09-30"), func(f *commitment.Excused, _ map[string]string) { f.Commitment = 9999 })},
		} {
			if _, err := w.submit(x.act); faults(err)[x.place] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(excuse("2026-09-30"))
		for today, want := range map[string]string{"2026-02-02": "due", "2026-09-30": "due", "2026-10-01": "overdue", "2027-09-29": "overdue", "2027-09-30": "silent", "2028-09-30": "lapsed"} {
			v := w.get(c, today)
			if v.Reporting.State != want || v.Reporting.Due != "2026-03-20" || v.Excuse.Until != "2026-09-30" || v.Excuse.Code != "disaster" {
				t.Errorf("%s: got %+v, %+v; want %s", today, v.Reporting, v.Excuse, want)
			}
		}
		if s := w.list(commitment.Filter{Today: "2026-05-01"}).List[0]; s.Excused != "2026-09-30" {
			t.Errorf("the list does not say so: %+v", s)
		}
		w.replays()
	})
}

// A report may say that there is nothing new; it counts, and moves no pace.
func TestUnchanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		w.now = day("2026-03-31")
		w.must(w.progress(c, "2025-03-20", "2026-03-31", "150"))
		w.now = day("2027-03-01")
		unchanged := keeper.Act{Kind: commitment.KindReported, By: id(w.ministry), Facts: commitment.Reported{Commitment: c, Lang: "en",
			From: "2026-04-01", To: "2027-02-28", Status: "in_progress", Unchanged: "no_change"}}
		for name, edit := range map[string]func(f *commitment.Reported, _ map[string]string){
			"with a value": func(f *commitment.Reported, _ map[string]string) {
				f.Values = []commitment.Value{{Value: "1", On: "2027-02"}}
			},
			"not a code": func(f *commitment.Reported, _ map[string]string) { f.Unchanged = "same" },
		} {
			if _, err := w.submit(change(unchanged, edit)); faults(err)["unchanged"] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(unchanged)
		v := w.get(c, "2027-03-02")
		if v.Reporting.State != "current" || v.Reporting.Reports != 2 || v.Indicators[0].ValueOn != "2026-03-31" || v.Reports[1].Unchanged != "no_change" {
			t.Errorf("got %+v, %+v", v.Reporting, v.Indicators[0])
		}
		w.replays()
	})
}
