package forum_test

import (
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// regulatorsOfHistory is the state after testdata/history.
func regulatorsOfHistory(t *testing.T, tx *db.Tx) error {
	list, err := forum.Regulators(tx)
	if err != nil {
		return err
	}
	if len(list) != 2 || list[0].ConfirmedOn != "2026-03-04" || list[0].EndedOn != "2026-06-01" || list[0].Successor != 5001 || list[0].Items[0] != "H.3" ||
		list[1].Party != 4 || list[1].Version != 5002 || list[1].ConfirmedOn != "2026-05-04" || list[1].StaleFrom != "2027-05-04" || list[1].Area != "QP" {
		t.Errorf("offices: got %+v", list)
	}
	practices, err := forum.Practices(tx)
	if len(practices) != 2 || practices[0].Side != forum.Asked || practices[0].Answers != 1 || practices[1].Form != "case" || practices[1].Items[0] != "H.6" {
		t.Errorf("practices: got %+v", practices)
	}
	return err
}

func office(by string, change func(f *forum.Regulator, words map[string]string)) keeper.Act {
	a := keeper.Act{Kind: forum.KindRegulatorListed, By: by, Facts: forum.Regulator{Kind: "data_protection", Area: "QN", Items: []string{"H.3"}, Lang: "en"},
		Words: map[string]string{"name.en": "Data Office", "remit.en": "Watches over data.", "url.und": "https://data.harbour.example/", "mail.und": "office@data.harbour.example"}}
	return with(a, change)
}

// asKind makes another kind of act of the same facts.
func asKind(a keeper.Act, kind string) keeper.Act { a.Kind = kind; return a }

func plain(*forum.Regulator, map[string]string) {}

func TestRegulatorRefusals(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	own := w.Submit(office(id(w.kite), plain))
	sourced := func(f *forum.Regulator, words map[string]string) {
		f.SourceOn, words["source.en"] = "2026-03-01", "Port Gazette"
	}
	listed := w.Submit(office("secretariat", sourced))
	shared := keeper.Act{Kind: forum.KindPracticeShared, By: id(w.kite), Facts: forum.Practice{Regulator: own, Form: "case", Lang: "en"}, Words: map[string]string{"title.en": "A case", "text.en": "What happened."}}
	asked := w.Submit(keeper.Act{Kind: forum.KindPracticeAsked, By: id(w.kite), Facts: forum.Practice{Regulator: own, Lang: "en"}, Words: map[string]string{"title.en": "How?", "text.en": "How do you do it?"}})
	told := w.Submit(shared)
	answer := func(practice, regulator int64, by string) keeper.Act {
		return keeper.Act{Kind: forum.KindPracticeAnswered, By: by, Facts: forum.PracticeAnswered{Practice: practice, Regulator: regulator, Lang: "en"}, Words: map[string]string{"text.en": "So."}}
	}
	gone := w.Submit(office(id(w.gull), plain))
	w.Submit(keeper.Act{Kind: forum.KindRegulatorEnded, By: id(w.gull), Facts: forum.RegulatorEnded{Regulator: gone, Successor: own}, Words: map[string]string{"reason.en": "Merged"}})
	w.refuses(t, []refusal{
		{"a kind that is not on the list", "kind", "err.regulator.kind", nil, office(id(w.kite), func(f *forum.Regulator, _ map[string]string) { f.Kind = "police" })},
		{"an unknown area", "area", "err.regulator.area", nil, office(id(w.kite), func(f *forum.Regulator, _ map[string]string) { f.Area = "KEN" })},
		{"an unknown item", "items", "err.forum.item", nil, office(id(w.kite), func(f *forum.Regulator, _ map[string]string) { f.Items = []string{"P11d"} })},
		{"an item twice", "items", "err.forum.twice", nil, office(id(w.kite), func(f *forum.Regulator, _ map[string]string) { f.Items = []string{"H.3", "H.3"} })},
		{"no contact", "url", "err.regulator.contact", nil, office(id(w.kite), func(_ *forum.Regulator, words map[string]string) { delete(words, "url.und"); delete(words, "mail.und") })},
		{"an address with a person's name", "mail", "err.regulator.mail", nil, office(id(w.kite), func(_ *forum.Regulator, words map[string]string) { words["mail.und"] = "Jane <jane@data.example>" })},
		{"no name", "name", "err.commitment.needed", nil, office(id(w.kite), func(_ *forum.Regulator, words map[string]string) { delete(words, "name.en") })},
		{"an address that runs", "url", "err.party.bad_address", nil, office(id(w.kite), func(_ *forum.Regulator, words map[string]string) { words["url.und"] = "javascript:alert(1)" })},
		{"from no source", "source", "err.regulator.source", nil, office("secretariat", plain)},
		{"from a source of tomorrow", "source_on", "err.regulator.future", nil, office("secretariat", func(f *forum.Regulator, words map[string]string) { sourced(f, words); f.SourceOn = "2026-03-09" })},
		{"another party's office", "regulator", "err.regulator.not_yours", keeper.ErrForbidden, asKind(office(id(w.gull), func(f *forum.Regulator, _ map[string]string) { f.Regulator = own }), forum.KindRegulatorChanged)},
		{"confirmed for an office of nobody", "regulator", "err.regulator.own_word", keeper.ErrForbidden, keeper.Act{Kind: forum.KindRegulatorConfirmed, By: "secretariat", Facts: forum.RegulatorConfirmed{Regulator: listed}}},
		{"confirmed though it ended", "regulator", "err.regulator.ended", keeper.ErrConflict, keeper.Act{Kind: forum.KindRegulatorConfirmed, By: id(w.gull), Facts: forum.RegulatorConfirmed{Regulator: gone}}},
		{"confirmed though nobody knows it", "regulator", "err.regulator.unknown", keeper.ErrNotFound, keeper.Act{Kind: forum.KindRegulatorConfirmed, By: id(w.gull), Facts: forum.RegulatorConfirmed{Regulator: 1}}},
		{"shared for an office of nobody", "regulator", "err.practice.nobody", keeper.ErrForbidden, with(byOther(shared, "secretariat"), func(f *forum.Practice, _ map[string]string) { f.Regulator = listed })},
		{"shared as nothing", "form", "err.practice.form", nil, with(shared, func(f *forum.Practice, _ map[string]string) { f.Form = "" })},
		{"an answer to what was no question", "practice", "err.practice.not_asked", nil, answer(told, own, id(w.kite))},
		{"an answer to one's own question", "regulator", "err.practice.own_question", nil, answer(asked, own, id(w.kite))},
		{"an answer for another's office", "regulator", "err.regulator.not_yours", keeper.ErrForbidden, answer(asked, own, id(w.gull))},
	})
}

// TestContactGrowsOld: a contact counts as confirmed for twelve months from the day on which the office said so.
func TestContactGrowsOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		own := w.Submit(office(id(w.kite), plain))
		state := func(today string) (got string) {
			w.Read(func(tx *db.Tx) error {
				r, err := forum.RegulatorByID(tx, own)
				got = r.State(today)
				return err
			})
			return got
		}
		for _, c := range []struct{ today, want string }{{"2026-03-04", forum.ContactConfirmed}, {"2027-03-03", forum.ContactConfirmed}, {"2027-03-04", forum.ContactStale}} {
			if got := state(c.today); got != c.want {
				t.Errorf("on %s: got %s, want %s", c.today, got, c.want)
			}
		}
		w.at("2027-05-01")
		w.Submit(keeper.Act{Kind: forum.KindRegulatorConfirmed, By: id(w.kite), Facts: forum.RegulatorConfirmed{Regulator: own}})
		if got := state("2027-05-01"); got != forum.ContactConfirmed {
			t.Errorf("after it was confirmed: got %s", got)
		}
		w.Replay()
	})
}
