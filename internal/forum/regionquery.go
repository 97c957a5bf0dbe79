package forum

import (
	"errors"
	"slices"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Room is the room of a region. Its words are keeper.WordsOf its ID.
type Room struct {
	ID        int64
	Cycle     int64 // 0: it stands
	Region    string
	Party     int64
	Languages []string
	OpenedOn  string
}

const roomColumns = "id, cycle, region, party, languages, opened_on"

func scanRoom(scan func(...any) error) (r Room, err error) {
	var languages string
	err = scan(&r.ID, &r.Cycle, &r.Region, &r.Party, &languages, &r.OpenedOn)
	r.Languages = strings.Fields(languages)
	return r, err
}

// RoomByID is one room.
func RoomByID(tx *db.Tx, id int64) (Room, error) {
	r, err := scanRoom(tx.Row("SELECT "+roomColumns+" FROM region_room WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.Field("room", locale.E("err.region.no_room", "id", number(id))))
	}
	return r, err
}

// Regional tells whether a party is of a kind that can run the room of a region.
func Regional(p stakeholder.Party) bool { return slices.Contains(regionalKinds, p.Kind) }

// appliedRoom is a room as Apply finds it. One that is not there would mean that a
// rule let an act pass that it should not; Apply stays total and goes on without.
func appliedRoom(tx *db.Tx, id int64) (Room, error) {
	r, err := RoomByID(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return Room{ID: id}, nil
	}
	return r, err
}

// Rooms lists all rooms, those that stand first, then by cycle, the latest first.
func Rooms(tx *db.Tx) ([]Room, error) {
	rows, err := tx.Query("SELECT " + roomColumns + " FROM region_room ORDER BY CASE WHEN cycle = 0 THEN 0 ELSE 1 END, cycle DESC, region, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Room
	for rows.Next() {
		r, err := scanRoom(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Priorities is what a room gave for a cycle; its words are keeper.WordsOf its Entry.
type Priorities struct {
	Room   Room
	Cycle  int64
	Entry  int64
	On     string
	Order  []string
	Counts bool // its body may take part today
}

// PrioritiesFor lists what rooms gave for a cycle, by region; cycle 0 is what standing
// rooms gave for none.
func PrioritiesFor(tx *db.Tx, cycle int64) ([]Priorities, error) {
	return priorities(tx, "p.cycle = ?", cycle)
}

// PrioritiesOf lists what one room gave, the latest cycle first.
func PrioritiesOf(tx *db.Tx, room int64) ([]Priorities, error) {
	return priorities(tx, "p.room = ?", room)
}

func priorities(tx *db.Tx, which string, id int64) ([]Priorities, error) {
	rows, err := tx.Query("SELECT r.id, r.cycle, r.region, r.party, r.languages, r.opened_on, p.cycle, p.entry, p.given_on, p.ordered FROM region_priority p JOIN region_room r ON r.id = p.room WHERE "+
		which+" ORDER BY p.cycle DESC, r.region, r.id", id)
	if err != nil {
		return nil, err
	}
	var list []Priorities
	for rows.Next() {
		var p Priorities
		var languages, ordered string
		if err := rows.Scan(&p.Room.ID, &p.Room.Cycle, &p.Room.Region, &p.Room.Party, &languages, &p.Room.OpenedOn, &p.Cycle, &p.Entry, &p.On, &ordered); err != nil {
			rows.Close()
			return nil, err
		}
		p.Room.Languages, p.Order = strings.Fields(languages), strings.Fields(ordered)
		list = append(list, p)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Counts, err = TakesPart(tx, list[i].Room.Party); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// regionLists are the priorities for a cycle that count, as they stand before those who decide.
func regionLists(tx *db.Tx, cycle int64) ([]RegionList, error) {
	given, err := PrioritiesFor(tx, cycle)
	var list []RegionList
	for _, p := range given {
		if p.Counts {
			list = append(list, RegionList{Room: p.Room.ID, Region: p.Room.Region, Order: p.Order})
		}
	}
	return list, err
}

// Summary is a room's account for a cycle; its words are keeper.WordsOf its Entry.
type Summary struct {
	Cycle int64
	Entry int64
	On    string
}

// SummariesOf lists the summaries of a room, the latest cycle first.
func SummariesOf(tx *db.Tx, room int64) ([]Summary, error) {
	rows, err := tx.Query("SELECT cycle, entry, given_on FROM region_summary WHERE room = ? ORDER BY cycle DESC", room)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Summary
	for rows.Next() {
		var s Summary
		if err := rows.Scan(&s.Cycle, &s.Entry, &s.On); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// TakingPart are the parties that take part in a cycle: that proposed, gave an order or
// run a room that speaks in it. A party may stand here more than once.
func TakingPart(tx *db.Tx, cycle int64) (parties []int64, err error) {
	for _, query := range []string{"SELECT party FROM agenda_topic WHERE cycle = ?", "SELECT party FROM agenda_ranking WHERE cycle = ?",
		"SELECT party FROM region_room WHERE cycle = ?", "SELECT r.party FROM region_room r JOIN region_priority p ON p.room = r.id WHERE p.cycle = ?"} {
		rows, err := tx.Query(query, cycle)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var party int64
			if err := rows.Scan(&party); err != nil {
				rows.Close()
				return nil, err
			}
			parties = append(parties, party)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return parties, nil
}
