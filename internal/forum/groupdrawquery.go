package forum

import (
	"errors"

	"kept/internal/db"
	"kept/internal/forum/draw"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// GroupDraw is a draw as state has it.
type GroupDraw struct {
	ID          int64
	Pool        int64
	Plan        string // digest
	AnnouncedOn string
	Made        int64 // the act that holds its outcome, 0 before
	MadeOn      string
	File        string // digest of the file that repeats it
}

const drawColumns = "SELECT id, pool, plan, announced_on, made, made_on, file FROM group_draw "

func drawWhere(tx *db.Tx, what, where string, args ...any) (d GroupDraw, err error) {
	err = tx.Row(drawColumns+where, args...).Scan(&d.ID, &d.Pool, &d.Plan, &d.AnnouncedOn, &d.Made, &d.MadeOn, &d.File)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_draw", "id", what))
	}
	return d, err
}

// DrawByID is one draw.
func DrawByID(tx *db.Tx, id int64) (GroupDraw, error) {
	return drawWhere(tx, number(id), "WHERE id = ?", id)
}

// DrawOfPool is the draw out of a pool; ErrNotFound before it is announced.
func DrawOfPool(tx *db.Tx, pool int64) (GroupDraw, error) {
	return drawWhere(tx, number(pool), "WHERE pool = ?", pool)
}

func drawOfPlan(tx *db.Tx, plan record.Digest) (GroupDraw, error) {
	return drawWhere(tx, plan.String(), "WHERE plan = ?", plan.String())
}

// Draws lists the draws, the newest first.
func Draws(tx *db.Tx) ([]GroupDraw, error) {
	rows, err := tx.Query(drawColumns + "ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []GroupDraw
	for rows.Next() {
		var d GroupDraw
		if err := rows.Scan(&d.ID, &d.Pool, &d.Plan, &d.AnnouncedOn, &d.Made, &d.MadeOn, &d.File); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// ReadPlan is the plan that was announced.
func (d GroupDraw) ReadPlan(tx *db.Tx) (*draw.Plan, error) {
	b, err := blobOf(tx, d.Plan)
	if err != nil {
		return nil, err
	}
	return draw.ParsePlan(b)
}

// ReadFile is the file of a draw that was made.
func (d GroupDraw) ReadFile(tx *db.Tx) (*draw.File, error) {
	b, err := blobOf(tx, d.File)
	if err != nil {
		return nil, err
	}
	return draw.ParseFile(b)
}

// Witness is what a witness stated of a draw.
type Witness struct {
	Party   int64
	Source  int64
	Entry   int64
	Missing bool
	Throws  string
	On      string
}

// Witnesses lists what witnesses stated of a draw, in their order.
func Witnesses(tx *db.Tx, drawID int64) ([]Witness, error) {
	rows, err := tx.Query("SELECT party, source, entry, missing, throws, on_day FROM draw_witness WHERE draw = ? ORDER BY entry", drawID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Witness
	for rows.Next() {
		var w Witness
		var missing int64
		if err := rows.Scan(&w.Party, &w.Source, &w.Entry, &missing, &w.Throws, &w.On); err != nil {
			return nil, err
		}
		w.Missing = missing == 1
		list = append(list, w)
	}
	return list, rows.Err()
}
