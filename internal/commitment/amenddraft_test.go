package commitment_test

import (
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/commitment/redline"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// The form of an amendment begins with what stands; what was not touched is not said again.
func TestAmendmentDraft(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	c := w.must(w.schools())
	d := commitment.NewAmendment(w.get(c, "2025-04-01"))
	a, es := d.Amendment(w.get(c, "2025-04-01"), w.pack, w.now, id(w.ministry))
	if faults(es)["reason"] != "err.commitment.reason_amend" || len(es) != 1 {
		t.Errorf("untouched: %v", es)
	}
	d.Fields["reason"] = "A plan"
	a, es = d.Amendment(w.get(c, "2025-04-01"), w.pack, w.now, id(w.ministry))
	if len(es) > 0 || len(a.Words) != 1 {
		t.Errorf("only a reason: %v, %v", es, a.Words)
	}
	if _, err := w.submit(a); faults(err)[""] != "err.commitment.amends_nothing" {
		t.Errorf("nothing changed: %v", err)
	}
	for name, text := range map[string]string{"indicators.0.target": "800", "promise": "The Ministry will connect 800 rural schools with open-access fibre by the end of 2030.", "risks": "",
		"indicators.1.name": "Pupils", "indicators.1.unit": "people", "indicators.1.direction": "up", "indicators.1.measure_kind": "stock", "indicators.1.target": "9000",
		"indicators.1.target_on": "2030", "indicators.1.source": "Census", "indicators.1.frequency": "yearly"} {
		d.Fields[name] = text
	}
	if got := slices.Collect(func(yield func(string) bool) {
		for _, f := range d.Describe(4, w.pack) {
			if !yield(f.Name) {
				return
			}
		}
	}); !slices.Contains(got, "reason") {
		t.Errorf("step 4 does not ask why: %v", got)
	}
	a, es = d.Amendment(w.get(c, "2025-04-01"), w.pack, w.now, id(w.ministry))
	if len(es) > 0 {
		t.Fatal(es)
	}
	if f := a.Facts.(commitment.Amended); !slices.Equal(f.Dropped, []string{"risks"}) || len(a.Words) != 4 {
		t.Errorf("dropped %v, words %v", f.Dropped, a.Words)
	}
	w.must(a)
	v := w.get(c, "2025-04-02")
	w.read(func(tx *db.Tx) error {
		all, err := commitment.Versions(tx, v)
		if err != nil || len(all) != 2 || all[1].Reason["reason.en"] != "A plan" || all[0].Words["risks.en"] == "" || all[1].Words["risks.en"] != "" {
			t.Fatalf("versions: %+v, %v", all, err)
		}
		facts, texts := commitment.Differences(all[0], all[1])
		if len(facts) != 7 || facts[0] != (commitment.FactChange{Field: "indicators.0.target", Before: "1000", After: "800"}) || facts[1].Field != "indicators.1.unit" {
			t.Errorf("facts: %+v", facts)
		}
		var fields []string
		for _, c := range texts {
			fields = append(fields, c.Field+"."+c.Lang)
		}
		if !slices.Equal(fields, []string{"promise.en", "promise.fr", "indicators.1.name.en", "indicators.1.source.en", "risks.en"}) {
			t.Errorf("texts: %v", fields)
		}
		if s := texts[0].Spans; len(s) != 4 || s[1] != (redline.Span{Op: "gone", Text: "1,000"}) || s[2] != (redline.Span{Op: "came", Text: "800"}) {
			t.Errorf("the promise: %+v", s)
		}
		return nil
	})

	// A row that was emptied keeps its number, and says what it lacks.
	d = commitment.NewAmendment(v)
	for _, f := range d.Describe(2, w.pack) {
		if f.Row == 0 {
			d.Fields[f.Name] = ""
		}
	}
	d.Fields["reason"] = "x"
	if _, es = d.Amendment(v, w.pack, w.now, id(w.ministry)); faults(es)["indicators.0.name"] == "" || faults(es)["indicators.1.name"] != "" {
		t.Errorf("an emptied row: %v", es)
	}
	// Written against a version that is gone: refused, and nothing of it is lost.
	old := commitment.NewAmendment(v)
	old.Fields["reason"], old.Fields["end"] = "x", "2031-12-31"
	w.must(w.amend(c, func(f *commitment.Amended, words map[string]string) { words["risks.en"] = "Frost" }))
	now := w.get(c, "2025-04-03")
	a, _ = old.Amendment(now, w.pack, w.now, id(w.ministry))
	if _, err := w.submit(a); faults(err)["version"] != "err.commitment.amended_since" {
		t.Errorf("two at once: %v", err)
	}
	w.read(func(tx *db.Tx) error {
		all, err := commitment.Versions(tx, now)
		if err == nil {
			old.Rebase(all[len(all)-2], all[len(all)-1])
		}
		return err
	})
	if old.Fields["end"] != "2031-12-31" || old.Fields["risks"] != "Frost" || old.AmendsVersion() != now.Version {
		t.Errorf("hers and her colleague's: %v", old.Fields)
	}
	a, es = old.Amendment(now, w.pack, w.now, id(w.ministry))
	if f := a.Facts.(commitment.Amended); len(es) > 0 || len(f.Dropped) > 0 || len(a.Words) != 1 || f.End != "2031-12-31" {
		t.Errorf("based on the other version: %v, %+v, %v", es, f, a.Words)
	}
	w.must(a)
}
