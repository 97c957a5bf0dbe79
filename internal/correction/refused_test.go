package correction_test

import (
	"errors"
	"strings"
	"testing"

	"kept/internal/correction"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

func verified(party int64) stakeholder.Verified {
	return stakeholder.Verified{Party: party, Level: "V2", Basis: "document"}
}

func TestRefusedActs(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	open := w.Submit(w.asked("party:"+id(w.gull), "party:"+id(w.gull)))
	type words = map[string]string
	ask := func(change func(f *correction.Asked, words words)) keeper.Act {
		return with(w.asked("item:H.1", "item:H.1"), change)
	}
	about := func(s, thing string) keeper.Act {
		return ask(func(f *correction.Asked, _ words) { f.About, f.Thing = s, thing })
	}
	answer := func(change func(f *correction.Answered, words words)) keeper.Act {
		return with(keeper.Act{Kind: correction.KindAnswered, By: "secretariat", Words: words{"text.en": "So it is."},
			Facts: correction.Answered{Correction: open, Outcome: "explained", Role: "secretariat"}}, change)
	}
	raise := func(change func(f *correction.Raised, words words)) keeper.Act { return with(w.raised(), change) }
	byOther := func(a keeper.Act, by string) keeper.Act { a.By = by; return a }
	tests := []struct {
		name, field, key string
		kind             error
		act              keeper.Act
	}{
		{"about nothing", "about", "err.correction.about", keeper.ErrInvalid, about("moon:1", "moon:1")},
		{"an item that is not there", "about", "err.correction.not_there", keeper.ErrNotFound, about("item:Z9", "item:Z9")},
		{"an indicator that is not there", "about", "err.correction.not_there", keeper.ErrNotFound, about("figure:moons/QM/2024", "indicator:moons")},
		{"a report that is a commitment", "about", "err.correction.not_there", keeper.ErrNotFound, about("report:"+id(w.commitment), "commitment:"+id(w.commitment))},
		{"a commitment that is a report", "about", "err.correction.not_there", keeper.ErrNotFound, about("commitment:"+id(w.report), "commitment:"+id(w.commitment))},
		{"a party that is none", "about", "err.correction.not_there", keeper.ErrNotFound, about("party:"+id(w.report), "party:"+id(w.report))},
		{"an entry beyond the record", "about", "err.correction.not_there", keeper.ErrNotFound, about("entry:99999", "entry:99999")},
		{"another thing", "thing", "err.correction.thing", keeper.ErrConflict, about("report:"+id(w.report), "report:"+id(w.report))},
		{"category", "category", "err.party.not_one_of", keeper.ErrInvalid, ask(func(f *correction.Asked, _ words) { f.Category = "taste" })},
		{"language", "lang", "err.correction.language", keeper.ErrInvalid, ask(func(f *correction.Asked, _ words) { f.Lang = "tlh" })},
		{"no day", "received_on", "err.correction.day", keeper.ErrInvalid, ask(func(f *correction.Asked, _ words) { f.Received = "2026-02-30" })},
		{"a day to come", "received_on", "err.correction.future", nil, ask(func(f *correction.Asked, _ words) { f.Received = "2027-01-01" })},
		{"no words", "text", "err.correction.text_missing", keeper.ErrInvalid, ask(func(_ *correction.Asked, w words) { delete(w, "text.en") })},
		{"too many words", "text", "err.party.word_too_long", keeper.ErrInvalid, ask(func(_ *correction.Asked, w words) { w["text.en"] = strings.Repeat("a", correction.MaxText+1) })},
		{"bidi controls", "proposed", "err.party.unclean", keeper.ErrInvalid, ask(func(_ *correction.Asked, w words) { w["proposed.en"] = "\u202eevil" })},
		{"a script for an address", "url", "err.party.bad_address", keeper.ErrInvalid, ask(func(_ *correction.Asked, w words) { w["url.und"] = "javascript:alert(1)" })},
		{"a part that it has not", "name", "err.party.unknown_word", keeper.ErrInvalid, ask(func(_ *correction.Asked, w words) { w["name.en"] = "Jane" })},
		{"a person who names a party", "party", "err.party.named_twice", keeper.ErrInvalid, byOther(ask(func(f *correction.Asked, _ words) { f.Party = w.gull }), "person")},
		{"by the instance", "by", "err.party.not_yours", keeper.ErrInvalid, byOther(ask(func(*correction.Asked, words) {}), "instance")},
		{"by a party that is only stated", "party", "err.party.stated_only", keeper.ErrForbidden, byOther(ask(func(*correction.Asked, words) {}), id(w.stated))},
		{"answered by a party", "by", "err.party.secretariat_only", keeper.ErrInvalid, byOther(answer(func(*correction.Answered, words) {}), id(w.gull))},
		{"outcome", "outcome", "err.party.not_one_of", keeper.ErrInvalid, answer(func(f *correction.Answered, _ words) { f.Outcome = "ignored" })},
		{"role", "role", "err.party.not_one_of", keeper.ErrInvalid, answer(func(f *correction.Answered, _ words) { f.Role = "reviewer" })},
		{"duplicate of nothing", "duplicate_of", "err.correction.duplicate", keeper.ErrInvalid, answer(func(f *correction.Answered, _ words) { f.Outcome = "duplicate" })},
		{"duplicate of itself", "duplicate_of", "err.correction.duplicate", keeper.ErrInvalid, answer(func(f *correction.Answered, _ words) { f.Outcome, f.Of = "duplicate", open })},
		{"duplicate of what is no correction", "duplicate_of", "err.correction.unknown", keeper.ErrNotFound, answer(func(f *correction.Answered, _ words) { f.Outcome, f.Of = "duplicate", w.report })},
		{"explained by an entry", "entry", "err.correction.entry_surplus", keeper.ErrInvalid, answer(func(f *correction.Answered, _ words) { f.Entry = w.report })},
		{"corrected by no entry of the record", "entry", "err.correction.no_entry", keeper.ErrNotFound, answer(func(f *correction.Answered, _ words) { f.Outcome, f.Entry = "corrected", 99999 })},
		{"an answer without words", "text", "err.correction.reason_missing", keeper.ErrInvalid, answer(func(_ *correction.Answered, w words) { clear(w) })},
		{"an answer to nothing", "correction", "err.correction.unknown", keeper.ErrNotFound, answer(func(f *correction.Answered, _ words) { f.Correction = w.report })},
		{"one's own entry", "entry", "err.dispute.own", keeper.ErrForbidden, byOther(w.raised(), id(w.ministry))},
		{"an entry that claims nothing", "entry", "err.dispute.kind", keeper.ErrInvalid, raise(func(f *correction.Raised, _ words) { f.Entry = w.gull })},
		{"an entry that is not there", "entry", "err.correction.no_entry", keeper.ErrNotFound, raise(func(f *correction.Raised, _ words) { f.Entry = 99999 })},
		{"another maker", "maker", "err.dispute.maker", keeper.ErrConflict, raise(func(f *correction.Raised, _ words) { f.Maker = 0 })},
		{"another thing disputed", "thing", "err.correction.thing", keeper.ErrConflict, raise(func(f *correction.Raised, _ words) { f.Thing = "item:H.1" })},
		{"a dispute without words", "text", "err.dispute.text_missing", keeper.ErrInvalid, raise(func(_ *correction.Raised, w words) { clear(w) })},
		{"a dispute of nobody", "party", "err.party.which", keeper.ErrInvalid, byOther(w.raised(), "secretariat")},
		{"a dispute by a person", "by", "err.party.not_yours", keeper.ErrInvalid, byOther(w.raised(), "person")},
		{"closing nothing", "dispute", "err.dispute.unknown", keeper.ErrNotFound, keeper.Act{Kind: correction.KindClosed, By: id(w.kite), Facts: correction.Closed{Dispute: open, Outcome: "withdrawn"}}},
		{"closing somehow", "outcome", "err.party.not_one_of", keeper.ErrInvalid, keeper.Act{Kind: correction.KindClosed, By: id(w.kite), Facts: correction.Closed{Dispute: open, Outcome: "won"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.try(tt.act)
			if got := faults(err)[tt.field]; got != tt.key {
				t.Errorf("got %v, want %s at %s", faults(err), tt.key, tt.field)
			}
			if tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("got %v, want a kind of %v", err, tt.kind)
			}
		})
	}
}
