package forum

import (
	"errors"
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Seat is one person's time in the group. Her name, where she agreed that it is
// said, is a word of the entry that the ID names.
type Seat struct {
	ID      int64
	Draw    int64  // 0 of an appointed seat
	Person  string // her pseudonym in the pool; "" of an appointed seat
	Segment string
	Party   int64 // that appointed her
	From    string
	Until   string // the last day of the term
	After   int64  // the seat that she took over
	LeftOn  string // the day from which she no longer sits; "" while nobody said that she left
	LeftBy  int64  // the act that says so
	Reason  string
}

// Sits tells whether the seat is held on a day.
func (s Seat) Sits(day string) bool {
	return s.From <= day && day <= s.Until && (s.LeftOn == "" || day < s.LeftOn)
}

const seatColumns = "SELECT id, draw, person, segment, party, from_on, until_on, after, left_on, left_by, reason FROM group_seat "

func scanSeat(from func(...any) error) (s Seat, err error) {
	err = from(&s.ID, &s.Draw, &s.Person, &s.Segment, &s.Party, &s.From, &s.Until, &s.After, &s.LeftOn, &s.LeftBy, &s.Reason)
	return s, err
}

func seatsWhere(tx *db.Tx, where string, args ...any) (Seats, error) {
	rows, err := tx.Query(seatColumns+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list Seats
	for rows.Next() {
		s, err := scanSeat(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Seats are seats of the group.
type Seats []Seat

// of counts the seats of a segment.
func (s Seats) of(segment string) (n int64) {
	for _, seat := range s {
		if seat.Segment == segment {
			n++
		}
	}
	return n
}

// AllSeats lists every seat that was ever taken, the latest first.
func AllSeats(tx *db.Tx) (Seats, error) { return seatsWhere(tx, "ORDER BY id DESC") }

// SittingOn lists who sits on a day, as far as is known now.
func SittingOn(tx *db.Tx, day string) (Seats, error) {
	return seatsWhere(tx, "WHERE from_on <= ? AND until_on >= ? AND (left_on = '' OR left_on > ?) ORDER BY segment, id", day, day, day)
}

// SeatByID is one seat.
func SeatByID(tx *db.Tx, id int64) (Seat, error) {
	s, err := scanSeat(tx.Row(seatColumns+"WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return s, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_seat", "id", number(id)))
	}
	return s, err
}

// Turn is a day on which terms end, and how many.
type Turn struct {
	On    string
	Seats int
}

// Turns are the days on which the terms of those who sit end: the rotation, computed
// from their turning dates.
func (s Seats) Turns() []Turn {
	var turns []Turn
	for _, seat := range s {
		at := slices.IndexFunc(turns, func(t Turn) bool { return t.On == seat.Until })
		if at < 0 {
			turns = append(turns, Turn{On: seat.Until})
			at = len(turns) - 1
		}
		turns[at].Seats++
	}
	slices.SortFunc(turns, func(a, b Turn) int {
		if a.On < b.On {
			return -1
		}
		return 1
	})
	return turns
}
