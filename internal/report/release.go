package report

import (
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Released are the facts of report.released: the figures as they are frozen, and
// what they rest on. Its words are the narrative, CHAPTER.LANG. Nothing of a
// release ever changes; what was wrong is said beside it ([Corrected]).
type Released struct {
	Of        int64    `json:"opened"` // the entry that opened the report
	Report    string   `json:"report"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	Date      string   `json:"date"`
	Figures   string   `json:"figures_blob"`
	Size      int64    `json:"size"`
	Root      string   `json:"root"`
	Pack      string   `json:"pack"`
	Snapshots []string `json:"snapshots,omitempty"`        // digests, where they are few
	Many      string   `json:"snapshots_sha256,omitempty"` // else the digest of [SnapshotList]; the figures name them all
}

// mostSnapshots are named one by one: an entry has room for no more than some hundreds.
const mostSnapshots = 64

func (f Released) stands() stands {
	return stands{f.Report, f.From, f.To, f.Date, f.Figures, f.Size, f.Root, f.Pack}
}

// SnapshotList is the canonical list of digests whose own digest stands for it.
func SnapshotList(digests []string) (record.Digest, error) {
	b, err := record.Canonical(struct {
		Snapshots []string `json:"snapshots,omitempty"`
	}{digests})
	return record.DigestOf(b), err
}

// snapshotFacts are the facts that name the snapshots of figures.
func snapshotFacts(digests []string) (few []string, many string, err error) {
	if len(digests) <= mostSnapshots {
		return digests, "", nil
	}
	d, err := SnapshotList(digests)
	return nil, d.String(), err
}

func validateReleased(a keeper.Act, f Released) error {
	var es locale.Errors
	bySecretariat(a, &es)
	checkDays(&es, map[string]string{"from": f.From, "to": f.To, "date": f.Date})
	if checkFigures(a, f.stands(), &es); len(es) == 0 {
		figures, err := Parse(a.Blobs[0])
		if err != nil {
			return err
		}
		few, many, err := snapshotFacts(figures.Snapshots)
		if err != nil {
			return err
		}
		if many != f.Many || !sameList(few, f.Snapshots) {
			es.AddField("snapshots", locale.E("err.period.figures"))
		}
	}
	checkNarrative(a.Words, &es)
	return es.Err()
}

func sameList(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func checkReleased(tx *db.Tx, a keeper.Act, f Released, at time.Time) error {
	r, err := Get(tx, f.Of)
	if err != nil {
		return placed("opened", err)
	}
	if err := mayRelease(tx, r, keeper.Today(at)); err != nil {
		return err
	}
	if f.Report != r.Kind || f.From != r.From || f.To != r.To || f.Date != r.Date || f.Size <= r.ID {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("opened", locale.E("err.period.other_report", "id", number(r.ID))))
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	if err := checkStands(tx, f.stands(), pack); err != nil {
		return err
	}
	figures, err := Parse(a.Blobs[0])
	if err != nil {
		return err
	}
	kind, ok := pack.Report(f.Report)
	if !ok {
		return keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.no_kind", "id", f.Report))
	}
	return checkReferences(tx, pack, kind, figures, a.Words)
}

// mayRelease refuses a report that was released, whose window is open still, or
// that another one took the place of.
func mayRelease(tx *db.Tx, r Report, today string) error {
	if r.Release != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("opened", locale.E("err.period.released_already", "id", number(r.ID), "on", r.ReleasedOn)))
	}
	if today <= r.Until {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("opened", locale.E("err.period.window_open", "until", r.Until)))
	}
	last, err := latest(tx, r.Kind, r.From)
	if err == nil && last.ID != r.ID {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("opened", locale.E("err.period.replaced", "id", number(last.ID))))
	}
	return err
}

func applyReleased(tx *db.Tx, e keeper.Entry, f Released) error {
	err := tx.Queue(`UPDATE period_report SET release = ?, released_on = ?, release_size = ?, release_root = ?, release_pack = ?, release_figures = ? WHERE id = ?`,
		e.Index, e.On(), f.Size, f.Root, f.Pack, f.Figures, f.Of)
	if err != nil {
		return err
	}
	return touch(tx, e.Index, f.Of)
}

// Releasing is the act that releases a report with its figures as they are now. It
// does not ask whether that may be done: the rules of the act do.
func Releasing(tx *db.Tx, r Report, words map[string]string) (keeper.Act, *Figures, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return keeper.Act{}, nil, err
	}
	kind, ok := pack.Report(r.Kind)
	if !ok {
		return keeper.Act{}, nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.no_kind", "id", r.Kind))
	}
	f, b, err := now(tx, Outline{Kind: kind, From: r.From, To: r.To}, r.Date)
	if err != nil {
		return keeper.Act{}, nil, err
	}
	few, many, err := snapshotFacts(f.Snapshots)
	return keeper.Act{Kind: KindReleased, By: Secretariat, Words: words, Blobs: [][]byte{b}, Facts: Released{Of: r.ID, Report: f.Report, From: f.From, To: f.To, Date: f.Date,
		Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Snapshots: few, Many: many}}, f, err
}
