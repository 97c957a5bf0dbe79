package forum_test

import (
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// order is who holds the seats of the draw now.
func (u *urn) order() (o *forum.SeatOrder) {
	u.Helper()
	u.Read(func(tx *db.Tx) error {
		d, err := forum.DrawByID(tx, u.draw)
		if err != nil {
			return err
		}
		o, err = forum.OrderOf(tx, d)
		return err
	})
	return o
}

func (u *urn) takes(p forum.SeatPlace, name string) keeper.Act {
	a := keeper.Act{Kind: forum.KindTaken, By: "secretariat", Facts: p.Taken(u.draw)}
	if name != "" {
		a.Words = map[string]string{"name.und": name}
	}
	return a
}

func (u *urn) declines(person string) keeper.Act {
	return keeper.Act{Kind: forum.KindSeatDeclined, By: "secretariat", Facts: forum.Declined{Draw: u.draw, Person: person}}
}

func vacated(seat int64, on, reason string) keeper.Act {
	return keeper.Act{Kind: forum.KindVacated, By: "secretariat", Facts: forum.Vacated{Seat: seat, On: on, Reason: reason}}
}

func TestSeatsAreTakenAndMovedUpTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		u := drawn(t, store())
		first := u.order()
		short := 0
		for _, p := range first.Places {
			switch p.Until {
			case "2027-09-30":
				short++
			case "2028-09-30":
			default:
				t.Errorf("%s sits until %s", p.Person, p.Until)
			}
		}
		if len(first.Places) != 6 || short != 3 || len(first.Reserves) != 6 {
			t.Fatalf("%d places, %d of them short, %d reserves; want 6, 3, 6", len(first.Places), short, len(first.Reserves))
		}
		ann, bo := first.Places[0], first.Places[1]
		u.refuses(t, []refusal{
			{"a reserve before her turn", "person", "err.group.not_hers", keeper.ErrForbidden, u.takes(forum.SeatPlace{Person: first.Reserves[0], Segment: "state", From: "2026-10-01", Until: "2028-09-30"}, "")},
			{"a longer term", "person", "err.group.other_term", nil, with(u.takes(ann, ""), func(f *forum.Taken, _ map[string]string) { f.Until = "2029-09-30" })},
			{"drawn and appointed", "person", "err.group.drawn_or_appointed", nil, with(u.takes(ann, ""), func(f *forum.Taken, _ map[string]string) { f.Party = u.kite })},
			{"a stranger declines", "person", "err.group.stranger", keeper.ErrNotFound, u.declines("NAAAAAAA")},
		})
		u.Submit(u.declines(bo.Person)) // the first reserve who fits has her place and her term
		seat := u.Submit(u.takes(ann, "Anne Keel"))
		u.refuses(t, []refusal{
			{"twice", "person", "err.group.seated", keeper.ErrConflict, u.takes(ann, "")},
			{"declines a seat that she holds", "person", "err.group.seated", keeper.ErrConflict, u.declines(ann.Person)},
			{"declines twice", "person", "err.group.gone", keeper.ErrConflict, u.declines(bo.Person)},
			{"leaves after the term", "on", "err.group.outside_term", nil, vacated(seat, "2030-01-01", "moved")},
			{"leaves for no reason", "reason", "err.party.not_one_of", nil, vacated(seat, "2026-12-01", "bored")},
		})
		second := u.order()
		up, ok := placeFor(second, bo.Person)
		if !ok || up.Until != bo.Until || up.Segment != bo.Segment || up.From != "2026-10-01" || up.After != 0 {
			t.Errorf("who moved up for %+v: got %+v", bo, up)
		}
		u.Submit(u.takes(up, ""))
		u.at("2026-12-01")
		u.Submit(vacated(seat, "2027-01-15", "moved"))
		u.refuses(t, []refusal{{"vacated twice", "seat", "err.group.left", keeper.ErrConflict, vacated(seat, "2027-01-16", "moved")}})
		third := u.order()
		heir, ok := placeFor(third, ann.Person)
		if !ok || heir.From != "2027-01-15" || heir.Until != ann.Until || heir.After != seat {
			t.Errorf("who moved up for %+v: got %+v", ann, heir)
		}
		u.Submit(u.takes(heir, "Bo Quay"))
		u.Read(func(tx *db.Tx) error {
			sitting, err := forum.SittingOn(tx, "2027-01-14")
			if len(sitting) != 2 || len(sitting.Turns()) == 0 {
				t.Errorf("on the day before she leaves: got %+v", sitting)
			}
			then, _ := forum.SittingOn(tx, "2027-01-15")
			if len(then) != 2 || then[0].ID == seat || then[1].ID == seat {
				t.Errorf("on the day on which she no longer sits: got %+v", then)
			}
			return err
		})
		u.Replay()
	})
}

// placeFor is the place of whoever moved up for somebody.
func placeFor(o *forum.SeatOrder, gone string) (forum.SeatPlace, bool) {
	for _, p := range o.Places {
		if p.For == gone {
			return p, true
		}
	}
	return forum.SeatPlace{}, false
}

// Everybody of the pool leaves: the seats stay empty, nothing is drawn anew.
func TestReservesRunOut(t *testing.T) {
	u := drawn(t, dbtest.SQLite(t))
	for len(u.order().Places) > 0 {
		u.Submit(u.declines(u.order().Places[0].Person))
	}
	if o := u.order(); len(o.Gone) != 12 || len(o.Reserves) != 0 {
		t.Errorf("got %d gone, %d reserves", len(o.Gone), len(o.Reserves))
	}
	u.Replay()
}

func TestSeatIsAppointed(t *testing.T) {
	u := drawn(t, dbtest.SQLite(t))
	river := u.party(stakeholder.Registered{Kind: "igo"}, "Amber River Commission")
	act := keeper.Act{Kind: forum.KindTaken, By: "secretariat", Facts: forum.Taken{Segment: "igo", Party: river, From: "2026-10-01", Until: "2028-09-30"}, Words: map[string]string{"name.und": "Cato Weir"}}
	u.refuses(t, []refusal{
		{"by nobody who is registered", "party", "err.party.unknown", keeper.ErrNotFound, with(act, func(f *forum.Taken, _ map[string]string) { f.Party = 99999 })},
		{"in a drawn segment", "segment", "err.group.not_appointed", nil, with(act, func(f *forum.Taken, _ map[string]string) { f.Segment = "state" })},
		{"for too long", "until", "err.group.term_long", nil, with(act, func(f *forum.Taken, _ map[string]string) { f.Until = "2028-10-01" })},
		{"before the terms hold", "from", "err.group.before_terms", nil, with(act, func(f *forum.Taken, _ map[string]string) { f.From, f.Until = "2025-12-31", "2026-12-01" })},
	})
	seat := u.Submit(act)
	u.Submit(act)
	u.refuses(t, []refusal{{"a third", "segment", "err.group.full", nil, act}})
	conflict := keeper.Act{Kind: forum.KindConflict, By: "secretariat", Facts: forum.ConflictDeclared{Seat: seat, Item: "H.1"}, Words: map[string]string{"text.en": "Her commission builds the cable."}}
	u.refuses(t, []refusal{{"before she sits", "seat", "err.group.not_sitting", nil, conflict}})
	u.at("2026-10-05")
	u.refuses(t, []refusal{
		{"about nothing", "item", "err.forum.item", nil, with(conflict, func(f *forum.ConflictDeclared, _ map[string]string) { f.Item = "nonsense" })},
		{"without a word", "text", "err.commitment.needed", nil, with(conflict, func(_ *forum.ConflictDeclared, words map[string]string) { delete(words, "text.en") })},
	})
	u.Submit(conflict)
	u.Read(func(tx *db.Tx) error {
		list, err := forum.ConflictsDeclared(tx)
		if len(list) != 1 || list[0].Seat != seat || list[0].Item != "H.1" {
			t.Errorf("conflicts: got %+v", list)
		}
		return err
	})
	u.Replay()
}

// A nominee is erased after the pool was published and drawn from: her pseudonym
// stays, and where she stood nobody stands. Her name on a seat is an operator's to erase.
func TestNomineeIsErasedAfterTheDraw(t *testing.T) {
	u := drawn(t, dbtest.SQLite(t))
	place := u.order().Places[0]
	var who forum.Nominee
	u.Read(func(tx *db.Tx) (err error) { who, err = forum.NomineeOf(tx, u.pool, place.Person); return err })
	seat := u.Submit(u.takes(place, who.Name))
	must(t, u.private(func(tx *db.Tx) error { return forum.EraseNominee(tx, u.Now, who) }))
	u.Read(func(tx *db.Tx) error {
		if _, err := forum.NomineeOf(tx, u.pool, place.Person); faults(err)[""] != "err.nominee.unknown" {
			t.Errorf("who stands behind the pseudonym: got %v", err)
		}
		asked, err := forum.ErasuresAsked(tx)
		if asked[seat] != "2026-09-22" {
			t.Errorf("what an operator is asked to erase: got %v", asked)
		}
		return err
	})
	if got := u.order().Places[0]; got.Person != place.Person || got.Seat != seat {
		t.Errorf("her seat: got %+v", got)
	}
	plan, err := u.Keeper.PlanErasure(t.Context(), seat, []string{"name.und"}, "request")
	must(t, err)
	_, _, err = u.Keeper.Erase(t.Context(), plan)
	must(t, err)
	u.Read(func(tx *db.Tx) error {
		asked, err := forum.ErasuresAsked(tx)
		if len(asked) != 0 {
			t.Errorf("after the erasure: got %v", asked)
		}
		words, _ := keeper.WordsOf(tx, seat)
		if strings.Contains(words["name.und"], who.Name) {
			t.Error("her name is still there")
		}
		return err
	})
	u.Replay()
}

// A second call counts those who stay: of its seats and of its quotas.
func TestSecondCallCountsWhoStays(t *testing.T) {
	u := drawn(t, dbtest.SQLite(t))
	for _, p := range u.order().Places {
		u.Submit(u.takes(p, ""))
	}
	u.at("2027-04-01")
	next := with(call(u.terms), func(f *forum.Nominations, _ map[string]string) {
		f.Until, f.TermFrom = "2027-06-30", "2027-10-01"
		f.Seats = []forum.Open{{Segment: "state", Seats: 3}}
	})
	u.refuses(t, []refusal{{"more than turn free", "seats.state", "err.group.not_free", nil, next}})
	opened := u.Submit(with(next, func(f *forum.Nominations, _ map[string]string) { f.Seats[0].Seats = 1 }))
	u.Read(func(tx *db.Tx) error {
		c, err := forum.NominationsByID(tx, opened)
		if err != nil {
			return err
		}
		seats, categories, mostOfOne, err := forum.CategoriesOf(tx, c, nil)
		if err != nil {
			return err
		}
		if seats != 1 || mostOfOne != 1 || categories[0].Values[0].Min != 1 || categories[1].Name != "gender" {
			t.Errorf("got %d seats, %d of one affiliation, %+v", seats, mostOfOne, categories)
		}
		stay, err := forum.SittingOn(tx, "2027-10-01")
		if err != nil || len(stay) != 3 {
			t.Errorf("who stays: got %+v", stay)
		}
		pool, err := forum.PoolByID(tx, u.pool)
		if err != nil {
			return err
		}
		published, err := pool.Read(tx)
		have := 0
		for _, s := range stay {
			for _, p := range published.Instance.Pool {
				if p.ID == s.Person && p.Values[1] == "women" {
					have++
				}
			}
		}
		if women := categories[1].Values[0]; women.Min != max(0, 2-have) || women.Max != 1 {
			t.Errorf("women: got %+v, of whom %d stay", women, have)
		}
		return err
	})
}

// groupOfHistory is the state that the entries of the history leave.
func groupOfHistory(t *testing.T, tx *db.Tx) error {
	c, err := forum.NominationsByID(tx, 7005)
	if c.Terms != 7004 || c.Until != "2026-05-15" || c.Pool != 7007 {
		t.Errorf("the call: got %+v", c)
	}
	if err != nil {
		return err
	}
	d, err := forum.DrawByID(tx, 7008)
	if d.Pool != 7007 || d.Made != 7010 || d.MadeOn != "2026-09-22" {
		t.Errorf("the draw: got %+v", d)
	}
	if err != nil {
		return err
	}
	witnesses, err := forum.Witnesses(tx, 7008)
	if len(witnesses) != 1 || witnesses[0].Party != 1 || !witnesses[0].Missing {
		t.Errorf("witnesses: got %+v", witnesses)
	}
	if err != nil {
		return err
	}
	sitting, err := forum.SittingOn(tx, "2026-11-30")
	if len(sitting) != 2 || sitting[0].ID != 7014 || sitting[1].ID != 7012 || sitting[1].Sits("2026-12-01") {
		t.Errorf("who sits: got %+v", sitting)
	}
	return err
}
