package web

import (
	"net/url"
	"slices"
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
)

// forumFeed tells of every act about cycles, agendas and regions.
func forumFeed() feed {
	return feed{title: message("forum.title"), page: "/forum", subjects: []string{"forum", "regions", "parties"},
		changes: func(q *request, _ url.Values, before int64, limit int) ([]change, error) {
			var found []keeper.Entry
			for _, kind := range forumKinds {
				some, err := keeper.OfKind(q.Tx, kind, before, limit)
				if err != nil {
					return nil, err
				}
				found = append(found, some...)
			}
			slices.SortFunc(found, func(a, b keeper.Entry) int { return int(b.Index - a.Index) })
			var out []change
			for _, e := range found[:min(len(found), limit)] {
				c, err := q.forumChange(e)
				if err != nil {
					return nil, err
				}
				out = append(out, c)
			}
			return out, nameMakers(q.Tx, out)
		}}
}

// forumChange says which page an act is about: that of the room or of the cycle.
func (q *request) forumChange(e keeper.Entry) (change, error) {
	var f struct {
		Cycle int64 `json:"cycle"`
		Room  int64 `json:"room"`
	}
	if err := e.Decode(&f); err != nil {
		return change{}, err
	}
	switch e.Kind {
	case forum.KindCycleOpened:
		f.Cycle = e.Index
	case forum.KindRegionOpened:
		f.Room = e.Index
	}
	if f.Room != 0 {
		r, err := forum.RoomByID(q.Tx, f.Room)
		if err != nil {
			return change{}, err
		}
		name, err := q.roomName(r)
		return change{entry: e, href: roomHref(r), about: name}, err
	}
	c, err := forum.CycleByID(q.Tx, f.Cycle)
	href := cycleHref(c.ID)
	if slices.Contains([]string{forum.KindAgendaListed, forum.KindAgendaProposed, forum.KindAgendaRanked, forum.KindAgendaDecided, forum.KindAgendaAmended}, e.Kind) {
		href += "/agenda"
	}
	return change{entry: e, href: href, about: q.cycleName(c)}, err
}

// cycleName is the forum's name with the year of a cycle.
func (q *request) cycleName(c forum.Cycle) Text {
	return phrase("cycle.name", "forum", q.forumName(), "year", strconv.Itoa(c.Year))
}
