package report

import (
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Report is a report of a period as state has it, from the entry that opened it.
// The draft of its narrative is keeper.WordsOf its ID, the narrative as released
// keeper.WordsOf its Release.
type Report struct {
	ID       int64
	Kind     string // id in the pack
	From, To string
	Date     string // the day for which states hold
	Size     int64  // entries that the draft rests on
	Root     string
	Pack     string
	Figures  string // digest of the draft
	OpenedOn string
	Until    string // last day of the window

	Release        int64 // entry of the release; 0: none yet
	ReleasedOn     string
	ReleaseSize    int64
	ReleaseRoot    string
	ReleasePack    string
	ReleaseFigures string
}

// States of a report on a day.
const (
	StateOpen     = "open"     // parties can put their rows right
	StateClosed   = "closed"   // the window is over, the release is awaited
	StateReleased = "released" // frozen
)

// State is how a report stands on a day.
func (r Report) State(today string) string {
	switch {
	case r.Release != 0:
		return StateReleased
	case today > r.Until:
		return StateClosed
	}
	return StateOpen
}

const reportColumns = `id, kind, from_on, to_on, date_on, size, root, pack, figures, opened_on, until_on,
	release, released_on, release_size, release_root, release_pack, release_figures`

func scanReport(scan func(...any) error) (r Report, err error) {
	err = scan(&r.ID, &r.Kind, &r.From, &r.To, &r.Date, &r.Size, &r.Root, &r.Pack, &r.Figures, &r.OpenedOn, &r.Until,
		&r.Release, &r.ReleasedOn, &r.ReleaseSize, &r.ReleaseRoot, &r.ReleasePack, &r.ReleaseFigures)
	return r, err
}

// Get is one report, by the entry that opened it.
func Get(tx *db.Tx, id int64) (Report, error) {
	r, err := scanReport(tx.Row("SELECT "+reportColumns+" FROM period_report WHERE id = ?", id).Scan)
	return r, missing(err, "err.period.unknown", "id", number(id))
}

// OfRelease is the report that an entry released.
func OfRelease(tx *db.Tx, release int64) (Report, error) {
	if release <= 0 { // what is not released yet has 0
		return Report{}, missing(db.ErrNoRows, "err.period.no_release", "id", number(release))
	}
	r, err := scanReport(tx.Row("SELECT "+reportColumns+" FROM period_report WHERE release = ?", release).Scan)
	return r, missing(err, "err.period.no_release", "id", number(release))
}

// latest is the report of a period that was opened last.
func latest(tx *db.Tx, kind, from string) (Report, error) {
	r, err := scanReport(tx.Row("SELECT "+reportColumns+" FROM period_report WHERE kind = ? AND from_on = ? ORDER BY id DESC LIMIT 1", kind, from).Scan)
	return r, missing(err, "err.period.unknown", "id", kind)
}

// List lists the reports, the latest first; of one kind, or of all with an empty one.
func List(tx *db.Tx, kind string) ([]Report, error) {
	where, args := "", []any(nil)
	if kind != "" {
		where, args = " WHERE kind = ?", []any{kind}
	}
	rows, err := tx.Query("SELECT "+reportColumns+" FROM period_report"+where+" ORDER BY id DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Report
	for rows.Next() {
		r, err := scanReport(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Frozen reads figures that were kept by their digest; of what is not released
// there are none.
func Frozen(tx *db.Tx, digest string) (*Figures, error) {
	if digest == "" {
		return nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.period.not_released"))
	}
	d, err := record.ParseDigest(digest)
	if err != nil {
		return nil, err
	}
	b, err := keeper.Blob(tx, d)
	if err != nil {
		return nil, err
	}
	return Parse(b)
}
