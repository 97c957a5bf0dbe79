package report

import (
	"encoding/hex"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Opened are the facts of report.opened: which report, for which period, the draft
// of its figures, and until which day parties can put their own rows right. Its
// words are the draft of the narrative, CHAPTER.LANG.
type Opened struct {
	Report  string `json:"report"` // id of the kind of report
	From    string `json:"from"`
	To      string `json:"to"`
	Date    string `json:"date"`         // the day for which states hold
	Figures string `json:"figures_blob"` // digest of the draft
	Size    int64  `json:"size"`
	Root    string `json:"root"`
	Pack    string `json:"pack"`
	Until   string `json:"until"` // last day of the window, to its end everywhere on Earth
}

// maxWindow is how many days a window may have.
const maxWindow = 366

func (f Opened) stands() stands {
	return stands{f.Report, f.From, f.To, f.Date, f.Figures, f.Size, f.Root, f.Pack}
}

// rootText writes a root as facts hold digests.
func rootText(h tlog.Hash) string { return hex.EncodeToString(h[:]) }

func validateOpened(a keeper.Act, f Opened) error {
	var es locale.Errors
	bySecretariat(a, &es)
	checkDays(&es, map[string]string{"from": f.From, "to": f.To, "date": f.Date, "until": f.Until})
	checkFigures(a, f.stands(), &es)
	checkNarrative(a.Words, &es)
	return es.Err()
}

func checkOpened(tx *db.Tx, a keeper.Act, f Opened, at time.Time) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	today := dayOf(at)
	o, err := OutlineOf(pack, f.Report, f.To, today)
	if err != nil {
		return err
	}
	var es locale.Errors
	if o.From != f.From || o.To != f.To {
		es.AddField("to", locale.E("err.period.period", "from", o.From, "to", o.To))
	}
	if f.To > today || f.Date > today || f.Date < f.From {
		es.AddField("date", locale.E("err.period.not_over", "date", f.To))
	}
	if least := commitment.AddDays(today, int(o.Kind.Window())); f.Until < least || f.Until > commitment.AddDays(today, maxWindow) {
		es.AddField("until", locale.E("err.period.window", "n", o.Kind.Window(), "date", least, "max", maxWindow))
	}
	if err := es.Err(); err != nil {
		return err
	}
	if err := checkStands(tx, f.stands(), pack); err != nil {
		return err
	}
	if err := checkAlone(tx, f, keeper.Today(at)); err != nil {
		return err
	}
	figures, err := Parse(a.Blobs[0])
	if err != nil {
		return err
	}
	return checkReferences(tx, pack, o.Kind, figures, a.Words)
}

// checkAlone refuses a second report of a period that was released, or that is
// open still. One whose window ended without a release gives way to a new one.
func checkAlone(tx *db.Tx, f Opened, today string) error {
	last, err := latest(tx, f.Report, f.From)
	switch {
	case errors.Is(err, keeper.ErrNotFound):
		return nil
	case err != nil:
		return err
	case last.Release != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("report", locale.E("err.period.released_already", "id", number(last.ID), "on", last.ReleasedOn)))
	case today <= last.Until:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("report", locale.E("err.period.open_already", "id", number(last.ID), "until", last.Until)))
	}
	return nil
}

func applyOpened(tx *db.Tx, e keeper.Entry, f Opened) error {
	err := tx.Queue(`INSERT INTO period_report (id, kind, from_on, to_on, date_on, size, root, pack, figures, opened_on, until_on,
		release, released_on, release_size, release_root, release_pack, release_figures)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0, '', '', '')`,
		e.Index, f.Report, f.From, f.To, f.Date, f.Size, f.Root, f.Pack, f.Figures, e.On(), f.Until)
	if err != nil {
		return err
	}
	return touch(tx, e.Index, e.Index)
}

// touch notes that an act concerns a report.
func touch(tx *db.Tx, index, report int64) error {
	return keeper.Touch(tx, index, "reports", ThingOf(report))
}

// ThingOf names a report as pages name what they show.
func ThingOf(report int64) string { return "reports:" + number(report) }

// Opening is the act that opens a report to correction, with its figures as they
// are now; states are those of the last day of its period.
func Opening(tx *db.Tx, o Outline, until string, words map[string]string) (keeper.Act, *Figures, error) {
	f, b, err := now(tx, o, o.To)
	if err != nil {
		return keeper.Act{}, nil, err
	}
	return keeper.Act{Kind: KindOpened, By: Secretariat, Words: words, Blobs: [][]byte{b}, Facts: Opened{Report: f.Report, From: f.From, To: f.To, Date: f.Date,
		Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Until: until}}, f, nil
}

// now computes figures from the record as it is, in canonical bytes too.
func now(tx *db.Tx, o Outline, date string) (*Figures, []byte, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, nil, err
	}
	var size int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return nil, nil, err
	}
	f, err := Compute(tx, pack, o, size, date)
	if err != nil {
		return nil, nil, err
	}
	b, err := f.Canonical()
	return f, b, err
}
