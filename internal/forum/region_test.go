package forum_test

import (
	"slices"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// roomOf opens the room of the islands for the cycle, by the regional body.
func (w *agendaWorld) roomOf(cycle int64) keeper.Act {
	return keeper.Act{Kind: forum.KindRegionOpened, By: id(w.council), Facts: forum.RegionOpened{Region: "Q2", Cycle: cycle, Languages: []string{"en", "fr"}},
		Words: map[string]string{"name.en": "Islands' room", "name.fr": "Espace des îles"}}
}

func (w *agendaWorld) priorities(room int64, order ...string) keeper.Act {
	return keeper.Act{Kind: forum.KindRegionPrioritised, By: id(w.council), Facts: forum.RegionPrioritised{Room: room, Order: order}, Words: map[string]string{"why.en": "Small ports wait longest."}}
}

func (w *agendaWorld) summary(room int64) keeper.Act {
	return keeper.Act{Kind: forum.KindRegionSummarised, By: id(w.council), Facts: forum.RegionSummarised{Room: room},
		Words: map[string]string{"summary.en": "Nine islands met.", "summary.fr": "Neuf îles se sont réunies."}}
}

func (w *agendaWorld) line(room, line int64, state string) keeper.Act {
	a := keeper.Act{Kind: forum.KindRegionFollowed, By: id(w.council), Facts: forum.RegionFollowed{Room: room, Line: line, Item: "H.5", Due: "2026-12-31", State: state}, Words: map[string]string{}}
	if line == 0 {
		a.Words["what.en"], a.Words["who.en"] = "A waste plant for the small isles", "Amber Isles Council"
	}
	if state == "dropped" {
		a.Words["note.en"] = "No land was found."
	}
	return a
}

func TestRegions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newAgendaWorld(t, store())
		w.list()
		room := w.Submit(w.roomOf(w.cycle))
		standing := w.Submit(with(w.roomOf(0), func(f *forum.RegionOpened, _ map[string]string) { f.Region = "Q21" }))
		w.Submit(w.priorities(standing, "item:H.5")) // over the gaps of the day, for no cycle
		w.at("2026-04-20")
		w.Submit(w.priorities(room, "item:H.5"))
		w.Submit(w.priorities(room, "item:H.5", "item:H.7"))
		w.Submit(with(w.priorities(standing, "item:H.7"), func(f *forum.RegionPrioritised, _ map[string]string) { f.Cycle = w.cycle }))
		w.Submit(w.summary(room))
		line := w.Submit(w.line(room, 0, "open"))
		w.at("2026-05-12")
		w.Submit(w.decision([]string{"item:H.5"}, []string{"item:H.7"}))
		w.at("2026-10-20")
		w.Submit(closed(w.cycle))
		w.Submit(w.line(room, line, "taken_up")) // the list is kept after the forum
		w.at("2027-02-01")
		w.Read(func(tx *db.Tx) error {
			rooms, err := forum.Rooms(tx)
			if len(rooms) != 2 || rooms[0].ID != standing || rooms[1].ID != room || rooms[1].Region != "Q2" || rooms[1].Party != w.council || !slices.Equal(rooms[1].Languages, []string{"en", "fr"}) {
				t.Errorf("rooms: got %+v", rooms)
			}
			given, err2 := forum.PrioritiesFor(tx, w.cycle)
			if len(given) != 2 || !slices.Equal(given[0].Order, []string{"item:H.5", "item:H.7"}) || given[1].Room.ID != standing || !given[0].Counts || err2 != nil {
				t.Errorf("priorities: got %+v, %v", given, err2)
			}
			own, err2 := forum.PrioritiesOf(tx, standing)
			if len(own) != 2 || own[1].Cycle != 0 || err2 != nil {
				t.Errorf("of the standing room: got %+v, %v", own, err2)
			}
			sums, err2 := forum.SummariesOf(tx, room)
			if len(sums) != 1 || sums[0].Cycle != w.cycle || sums[0].On != "2026-04-20" || err2 != nil {
				t.Errorf("summaries: got %+v, %v", sums, err2)
			}
			list, err2 := forum.Follows(tx, room)
			if len(list) != 1 || list[0].State != "taken_up" || len(list[0].Steps) != 2 || list[0].BegunOn != "2026-04-20" || !list[0].Overdue("2027-01-01") || list[0].Overdue("2026-12-31") || err2 != nil {
				t.Errorf("follow-up: got %+v, %v", list, err2)
			}
			return err
		})
		w.Replay()
		// Its body leaves: what it gave stays readable and no longer counts.
		w.leave(w.council)
		w.Read(func(tx *db.Tx) error {
			_, r, err := forum.RankingNow(tx, w.cycle)
			if len(r.Regions) != 0 {
				t.Errorf("regions after the body left: got %+v", r.Regions)
			}
			given, err2 := forum.PrioritiesFor(tx, w.cycle)
			if len(given) != 2 || given[0].Counts || err2 != nil {
				t.Errorf("priorities: got %+v, %v", given, err2)
			}
			return err
		})
		w.refuses(t, []refusal{{"a line by a body that left", "party", "err.right.needs_endorsed", keeper.ErrForbidden, w.line(room, line, "done")}})
	})
}

func TestRefusedRegions(t *testing.T) {
	w := newAgendaWorld(t, dbtest.SQLite(t))
	type words = map[string]string
	w.list()
	room := w.Submit(w.roomOf(w.cycle))
	standing := w.Submit(w.roomOf(0))
	inland := w.party(stakeholder.Registered{Kind: "igo", Area: "QQ"}, "River Council")
	w.endorse(inland)
	open := func(change func(f *forum.RegionOpened, w words)) keeper.Act { return with(w.roomOf(w.cycle), change) }
	line := w.Submit(w.line(room, 0, "open"))
	w.refuses(t, []refusal{
		{"a region that the party is not of", "region", "err.region.not_of_it", keeper.ErrForbidden, byOther(open(func(f *forum.RegionOpened, _ words) { f.Region = "Q22" }), id(inland))},
		{"a region that is none", "region", "err.region.unknown", keeper.ErrNotFound, open(func(f *forum.RegionOpened, _ words) { f.Region = "Q9" })},
		{"the whole sea", "region", "err.region.unknown", keeper.ErrNotFound, open(func(f *forum.RegionOpened, _ words) { f.Region = "Q0" })},
		{"a company", "party", "err.region.not_regional", keeper.ErrForbidden, byOther(w.roomOf(w.cycle), id(w.gull))},
		{"a body without the right", "party", "err.right.needs_endorsed", keeper.ErrForbidden,
			byOther(w.roomOf(w.cycle), id(w.party(stakeholder.Registered{Kind: "igo", Area: "QX"}, "Tide Council")))},
		{"a second room of the region", "region", "err.region.open_already", keeper.ErrConflict, w.roomOf(w.cycle)},
		{"no language", "languages", "err.region.languages", nil, open(func(f *forum.RegionOpened, _ words) { f.Languages = nil })},
		{"a language that pages have not", "languages", "err.correction.language", nil, open(func(f *forum.RegionOpened, _ words) { f.Languages = []string{"tlh"} })},
		{"no name", "name", "err.commitment.needed", nil, open(func(_ *forum.RegionOpened, w words) { clear(w) })},
		{"another's room", "room", "err.region.not_yours", keeper.ErrForbidden, byOther(w.summary(room), id(inland))},
		{"priorities in another's room", "room", "err.region.not_yours", keeper.ErrForbidden, byOther(w.priorities(room, "item:H.5"), id(w.gull))},
		{"a room that is none", "room", "err.region.no_room", keeper.ErrNotFound, w.summary(w.gull)},
		{"priorities before the list is whole", "cycle", "err.agenda.rank_early", keeper.ErrForbidden, w.priorities(room, "item:H.5")},
		{"another language", "summary", "err.region.other_language", nil, with(w.summary(room), func(_ *forum.RegionSummarised, w words) { w["summary.ru"] = "x" })},
		{"no summary", "summary", "err.commitment.needed", nil, with(w.summary(room), func(_ *forum.RegionSummarised, w words) { clear(w) })},
		{"the room's cycle and another", "cycle", "err.region.cycle", keeper.ErrConflict, with(w.summary(room), func(f *forum.RegionSummarised, _ words) { f.Cycle = standing })},
		{"a gap that is none", "order", "err.region.no_gap", keeper.ErrNotFound, w.priorities(standing, "item:HP.1")},
		{"a line that begins done", "state", "err.region.begins_open", nil, w.line(room, 0, "done")},
		{"a line without words", "who", "err.commitment.needed", nil, with(w.line(room, 0, "open"), func(_ *forum.RegionFollowed, w words) { clear(w) })},
		{"a state that is none", "state", "err.party.not_one_of", nil, w.line(room, line, "won")},
		{"dropped without a word", "note", "err.region.dropped_why", nil, with(w.line(room, line, "dropped"), func(_ *forum.RegionFollowed, w words) { clear(w) })},
		{"nothing changed", "state", "err.region.unchanged", keeper.ErrConflict, w.line(room, line, "open")},
		{"a line of another room", "line", "err.region.line", keeper.ErrNotFound, w.line(standing, line, "done")},
		{"a line that is none", "line", "err.region.line", keeper.ErrNotFound, w.line(room, room, "done")},
		{"a day that is none", "due_on", "err.cycle.day", nil, with(w.line(room, line, "done"), func(f *forum.RegionFollowed, _ words) { f.Due = "soon" })},
	})
	w.at("2026-05-12")
	w.refuses(t, []refusal{{"priorities after the deadline", "cycle", "err.agenda.rank_late", keeper.ErrForbidden, w.priorities(room, "item:H.5")}})
}
