package observatory

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// check looks at a snapshot against what is known already.
func check(tx *db.Tx, a keeper.Act, at time.Time) error {
	f := a.Facts.(SnapshotTaken)
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	if _, ok := pack.Indicator(f.Indicator); !ok {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("indicator", locale.E("err.snapshot.indicator", "id", f.Indicator)))
	}
	if f.Areas != pack.Areas {
		return locale.Field("areas", locale.E("err.snapshot.areas", "want", pack.Areas, "got", f.Areas))
	}
	if today := at.Format("2006-01-02"); f.Retrieved > today || f.Released > today {
		return locale.Field("retrieved", locale.E("err.snapshot.future", "date", max(f.Retrieved, f.Released)))
	}
	last, err := newest(tx, f.Indicator)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if last.Bytes == f.Bytes && last.Mapping == f.Mapping {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.snapshot.same", "id", last.ID))
	}
	// A release that is older than the one shown would undo its revisions.
	if f.Released != "" && f.Released < last.Released || f.Retrieved < last.Retrieved {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.snapshot.older", "date", max(last.Released, last.Retrieved)))
	}
	return nil
}

// apply parses the kept bytes and writes what they changed. It gives the same
// rows whenever it runs: what the bytes say depends on nothing but the entry.
func apply(tx *db.Tx, e keeper.Entry) error {
	var f SnapshotTaken
	if err := e.Decode(&f); err != nil {
		return err
	}
	parsed, fault, err := parseKept(tx, f)
	if err != nil {
		return err
	}
	changed, vintages, err := takeIn(tx, e.Index, f.Indicator, parsed, fault)
	if err != nil {
		return err
	}
	if err := writeSnapshot(tx, e, f, parsed, fault, vintages); err != nil {
		return err
	}
	return touch(tx, e.Index, f.Indicator, changed)
}

// parseKept parses the blobs of an accepted snapshot. A fault here can only come
// from rules that were other ones when it was accepted; it is kept, not raised.
func parseKept(tx *db.Tx, f SnapshotTaken) (Parsed, string, error) {
	bytes, err := keeper.Blob(tx, f.Bytes)
	if err != nil {
		return Parsed{}, "", err
	}
	mapping, err := keeper.Blob(tx, f.Mapping)
	if err != nil {
		return Parsed{}, "", err
	}
	parsed, err := f.parse(bytes, mapping)
	if err != nil {
		return Parsed{}, err.Error(), nil
	}
	return parsed, "", nil
}

func writeSnapshot(tx *db.Tx, e keeper.Entry, f SnapshotTaken, p Parsed, fault string, vintages int) error {
	counts, err := json.Marshal(p.Counts)
	if err != nil {
		return err
	}
	problems, err := json.Marshal(p.ProblemCount) // keys come out sorted
	if err != nil {
		return err
	}
	err = tx.Queue(`INSERT INTO snapshot (id, at, indicator, format, bytes_blob, mapping_blob, areas, retrieved, released, licence, size, sample, counts, problems, fault, vintages)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Index, e.At, f.Indicator, f.Format, f.Bytes.String(), f.Mapping.String(), f.Areas, f.Retrieved, f.Released, f.Licence, f.Size, flag(f.Sample),
		string(counts), string(problems), fault, vintages)
	if err != nil {
		return err
	}
	for n, problem := range p.Problems {
		params, err := json.Marshal(problem.Params)
		if err != nil {
			return err
		}
		err = tx.Queue("INSERT INTO snapshot_problem (snapshot, n, line, col, message, params, kept) VALUES (?, ?, ?, ?, ?, ?, ?)",
			e.Index, n, problem.Line, problem.Column, problem.Key, string(params), flag(problem.Kept))
		if err != nil {
			return err
		}
	}
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// touch names the pages that the snapshot concerns: the indicator's own, those of
// areas whose figures changed, and those of items and targets it stands beside.
func touch(tx *db.Tx, index int64, indicator string, changed []string) error {
	subjects := []string{"indicators", "indicator:" + indicator}
	for _, key := range changed {
		if !strings.HasPrefix(key, unknownMark) {
			subjects = append(subjects, "area:"+key)
		}
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	if i, ok := pack.Indicator(indicator); ok && len(changed) > 0 {
		for _, id := range itemsOf(pack, i) {
			subjects = append(subjects, "item:"+id)
		}
		for _, id := range i.Targets {
			subjects = append(subjects, "target:"+id)
		}
	}
	return keeper.Touch(tx, index, subjects...)
}

// itemsOf lists the items that an indicator stands beside, by itself or by a target.
func itemsOf(pack *compact.Pack, i *compact.Indicator) []string {
	var ids []string
	for _, text := range pack.Texts {
		for _, item := range pack.ItemsOf(text.ID) {
			for _, one := range pack.IndicatorsOf(item.ID) {
				if one.ID == i.ID {
					ids = append(ids, item.ID)
				}
			}
		}
	}
	return ids
}
