package forum

import (
	"errors"
	"slices"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

func validateFollowed(a keeper.Act, f RegionFollowed) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	if !slices.Contains(FollowStates, f.State) {
		es.AddField("state", locale.E("err.party.not_one_of", "value", keeper.Line(f.State), "known", strings.Join(FollowStates, ", ")))
	}
	if f.Due != "" && !day(f.Due) {
		es.AddField("due_on", locale.E("err.cycle.day", "value", keeper.Line(strings.ToValidUTF8(f.Due, ""))))
	}
	if f.Line == 0 {
		if f.State != FollowOpen && slices.Contains(FollowStates, f.State) {
			es.AddField("state", locale.E("err.region.begins_open"))
		}
		for _, name := range []string{"what", "who"} {
			if !wording.Filled(a.Words, name) {
				es.AddField(name, locale.E("err.commitment.needed"))
			}
		}
	}
	if f.State == FollowDropped && !wording.Filled(a.Words, "note") {
		es.AddField("note", locale.E("err.region.dropped_why"))
	}
	followWords.Check(a.Words, &es)
	return es.Err()
}

// checkFollowed lets a body keep its list after the forum and after the cycle is
// closed. A line that is done or dropped may be opened again: both stay in its history.
func checkFollowed(c checking, f RegionFollowed) error {
	r, err := c.room(f.Room, f.Party)
	if err != nil {
		return err
	}
	if f.Item != "" {
		var es locale.Errors
		if c.checkItems("item", []string{f.Item}, &es); es.Err() != nil {
			return es.Err()
		}
	}
	if f.Line == 0 {
		return nil
	}
	line, err := followed(c.tx, f.Line)
	switch {
	case err != nil:
		return err
	case line.Room != r.ID:
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("line", locale.E("err.region.line", "id", number(f.Line))))
	case line.State == f.State && line.Due == f.Due && line.Item == f.Item && len(c.act.Words) == 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("state", locale.E("err.region.unchanged")))
	}
	return nil
}

func applyFollowed(tx *db.Tx, e keeper.Entry, f RegionFollowed) error {
	r, err := appliedRoom(tx, f.Room)
	if err != nil {
		return err
	}
	line := f.Line
	if line == 0 {
		line = e.Index
		err = tx.Queue("INSERT INTO region_follow (id, room, item, due_on, state, begun_on, changed_on, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			line, f.Room, f.Item, f.Due, f.State, e.On(), e.On(), e.Index)
	} else {
		err = tx.Queue("UPDATE region_follow SET item = ?, due_on = ?, state = ?, changed_on = ?, version = ? WHERE id = ?", f.Item, f.Due, f.State, e.On(), e.Index, line)
	}
	if err != nil {
		return err
	}
	if err := tx.Queue("INSERT INTO region_follow_step (follow, entry, state, on_day) VALUES (?, ?, ?, ?)", line, e.Index, f.State, e.On()); err != nil {
		return err
	}
	return touchRoom(tx, e.Index, r, r.Cycle)
}

// Follow is a line of a room's follow-up list. Its words are those of its steps, the
// latest that has them.
type Follow struct {
	ID, Room  int64
	Item      string
	Due       string
	State     string
	BegunOn   string
	ChangedOn string
	Version   int64
	Steps     []FollowStep // filled by [Follows]
}

// Overdue tells whether its day has passed while nothing came of it.
func (f Follow) Overdue(today string) bool {
	return f.Due != "" && f.Due < today && (f.State == FollowOpen || f.State == FollowTaken)
}

// FollowStep is one act about a line.
type FollowStep struct {
	Entry int64
	State string
	On    string
}

const followColumns = "id, room, item, due_on, state, begun_on, changed_on, version"

func scanFollow(scan func(...any) error) (f Follow, err error) {
	err = scan(&f.ID, &f.Room, &f.Item, &f.Due, &f.State, &f.BegunOn, &f.ChangedOn, &f.Version)
	return f, err
}

func followed(tx *db.Tx, id int64) (Follow, error) {
	f, err := scanFollow(tx.Row("SELECT "+followColumns+" FROM region_follow WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.Field("line", locale.E("err.region.line", "id", number(id))))
	}
	return f, err
}

// Follows is the follow-up list of a room, with the steps of each line.
func Follows(tx *db.Tx, room int64) ([]Follow, error) {
	rows, err := tx.Query("SELECT "+followColumns+" FROM region_follow WHERE room = ? ORDER BY id", room)
	if err != nil {
		return nil, err
	}
	var list []Follow
	for rows.Next() {
		f, err := scanFollow(rows.Scan)
		if err != nil {
			rows.Close()
			return nil, err
		}
		list = append(list, f)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return list, addSteps(tx, room, list)
}

func addSteps(tx *db.Tx, room int64, list []Follow) error {
	rows, err := tx.Query("SELECT s.follow, s.entry, s.state, s.on_day FROM region_follow_step s JOIN region_follow f ON f.id = s.follow WHERE f.room = ? ORDER BY s.entry", room)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var s FollowStep
		if err := rows.Scan(&id, &s.Entry, &s.State, &s.On); err != nil {
			return err
		}
		if at := slices.IndexFunc(list, func(f Follow) bool { return f.ID == id }); at >= 0 {
			list[at].Steps = append(list[at].Steps, s)
		}
	}
	return rows.Err()
}
