package commitment_test

import (
	"context"
	"maps"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
)

// light is the light form of a party's first commitment.
func (w *world) light(party int64) (l commitment.Light) {
	w.Helper()
	w.read(func(tx *db.Tx) error {
		list, all, err := commitment.LightOf(tx, party)
		if err == nil && (len(list) == 0 || all != len(list)) {
			w.Fatalf("%d of %d commitments", len(list), all)
		}
		if err == nil {
			l = list[0]
		}
		return err
	})
	return l
}

func TestLight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.now = day("2025-03-21")
		of := w.must(w.schools())
		w.must(w.progress(of, "2025-03-21", "2025-03-21", "120"))
		w.now = day("2026-03-31")
		l := w.light(w.ministry)
		shown := l.Proposed("2026-03-31")
		if shown["value.0"] != "120" || shown["on.0"] != "2026-03-31" || shown["status"] != "in_progress" {
			t.Fatalf("proposed: %q", shown)
		}
		with := func(more commitment.Answers) commitment.Answers {
			a := maps.Clone(shown)
			maps.Copy(a, more)
			return a
		}
		act := func(a commitment.Answers) (f commitment.Reported, changed bool, es locale.Errors) {
			made, changed, es := l.Act(a, w.now, id(w.ministry), locale.English)
			f, _ = made.Facts.(commitment.Reported)
			return f, changed, es
		}
		if _, changed, es := act(shown); changed || len(es) > 0 {
			t.Errorf("as shown: %t, %v", changed, es)
		}
		if f, changed, es := act(with(commitment.Answers{"value.0": "150"})); !changed || len(es) > 0 || f.Values[0] != (commitment.Value{Value: "150", On: "2026-03-31"}) || f.From != "2025-03-22" || f.Status != "in_progress" {
			t.Errorf("one value: %+v, %v", f, es)
		}
		if f, _, es := act(with(commitment.Answers{"status": "delayed", "text": "Floods."})); len(es) > 0 || f.Values[0] != (commitment.Value{Value: "120", On: "2025-03-21"}) || f.Status != "delayed" {
			t.Errorf("a status: %+v, %v", f, es)
		}
		if f, _, es := act(with(commitment.Answers{"value.0": "", "status": "delayed"})); len(es) > 0 || f.Values[0].Reason != "not_yet_measured" {
			t.Errorf("no value: %+v, %v", f, es)
		}
		if f, _, es := act(with(commitment.Answers{"same": "yes"})); len(es) > 0 || f.Unchanged != "no_change" || len(f.Values) > 0 {
			t.Errorf("no change: %+v, %v", f, es)
		}
		for name, c := range map[string]struct {
			a          commitment.Answers
			place, key string
		}{
			"no number":          {commitment.Answers{"value.0": "many"}, "value.0", "err.reportsheet.value"},
			"two readings":       {commitment.Answers{"value.0": "1,234"}, "value.0", "err.commitment.ambiguous"},
			"no date":            {commitment.Answers{"value.0": "150", "on.0": "spring"}, "on.0", "err.reportsheet.date"},
			"a date to come":     {commitment.Answers{"value.0": "150", "on.0": "2027-01-01"}, "on.0", "err.report.not_over"},
			"changed and not":    {commitment.Answers{"value.0": "150", "same": "yes"}, "same", "err.light.same"},
			"an unknown status":  {commitment.Answers{"status": "fine"}, "status", "err.commitment.not_one_of"},
			"reported meanwhile": {commitment.Answers{"value.0": "150", "seen": "1"}, "seen", "err.light.conflict"},
		} {
			if _, _, es := act(with(c.a)); faults(es)[c.place] != c.key {
				t.Errorf("%s: got %v, want %s at %s", name, faults(es), c.key, c.place)
			}
		}
		if _, changed, es := act(with(commitment.Answers{"value.0": "100", "was.value.0": "100", "status": "not_started", "was.status": "not_started", "seen": "1"})); changed || len(es) > 0 {
			t.Errorf("left as it was shown before somebody reported: %t, %v", changed, es)
		}
		made, _, _ := l.Act(with(commitment.Answers{"value.0": "150"}), w.now, id(w.ministry), locale.English)
		if _, err := w.keeper.Submit(context.Background(), "light/1", made); err != nil {
			t.Fatal(err)
		}
		if v := w.get(of, "2026-04-02"); v.Indicators[0].Value != "150" {
			t.Errorf("kept: %+v", v.Indicators[0])
		}
		if again := w.light(w.ministry); again.Proposed("2026-03-31")["seen"] == shown["seen"] {
			t.Error("the form does not know of the new report")
		}
		w.replays()
	})
}

// What is counted period by period is not proposed again: its sum is no period's value.
func TestLightCounted(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.now = day("2025-03-21")
	of := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) {
		i := f.Indicators[0]
		i.Measure = "cumulative"
		f.Indicators = []commitment.Indicator{i}
	}))
	w.must(w.progress(of, "2025-03-21", "2025-03-21", "120"))
	w.now = day("2026-03-31")
	l := w.light(w.ministry)
	a := l.Proposed("2026-03-31")
	if a["value.0"] != "" {
		t.Errorf("proposed: %q", a)
	}
	a["value.0"] = "120"
	act, changed, es := l.Act(a, w.now, id(w.ministry), locale.English)
	if !changed || len(es) > 0 {
		t.Fatalf("the same number in another period: %t, %v", changed, es)
	}
	w.must(act)
	if v := w.get(of, "2026-04-02"); v.Indicators[0].Value != "240" {
		t.Errorf("the sum: %+v", v.Indicators[0])
	}
}
