package observatory

import (
	"errors"
	"slices"

	"kept/internal/db"
)

// wholeEvery vintages one stays whole, so that no old one is more than seven
// reverse deltas away.
const wholeEvery = 8

// state is the newest vintage of a slice as its row has it.
type state struct {
	vintage, n int64
}

// takeIn compares what a snapshot says with what stands, slice by slice. A slice
// that says nothing new keeps its vintage, and the snapshot is noted as having
// confirmed it. A slice that the snapshot does not have any more was withdrawn.
func takeIn(tx *db.Tx, index int64, indicator string, p Parsed, fault string) (areas []string, vintages int, err error) {
	if fault != "" {
		return nil, 0, nil
	}
	names, all, lines := Slices(p.Observations)
	known, err := sliceNames(tx, indicator)
	if err != nil {
		return nil, 0, err
	}
	for _, name := range known {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		k := place{indicator, name}
		changed, err := k.take(tx, index, all[name], lines[name])
		if err != nil {
			return nil, 0, err
		}
		if len(changed) > 0 {
			vintages++
			areas = append(areas, changed...)
		}
	}
	slices.Sort(areas)
	return slices.Compact(areas), vintages, nil
}

// place names a slice in the tables.
type place struct{ indicator, slice string }

// take brings in one slice and gives the keys of the areas that changed.
func (k place) take(tx *db.Tx, index int64, now Slice, lines Lines) ([]string, error) {
	before, stands, err := k.state(tx)
	if err != nil {
		return nil, err
	}
	var was Slice
	if stands {
		if was, err = k.blocks(tx, before.vintage); err != nil {
			return nil, err
		}
	}
	revision := Revise(was, now)
	if len(revision.Changes) == 0 && stands {
		return nil, tx.Queue("UPDATE slice SET confirmed = ? WHERE indicator = ? AND slice = ?", index, k.indicator, k.slice)
	}
	if len(revision.Changes) == 0 {
		return nil, nil
	}
	if stands && before.n%wholeEvery != 0 {
		if err := k.fold(tx, before.vintage, Delta(now, was)); err != nil {
			return nil, err
		}
	}
	return revision.Areas, k.write(tx, index, before.n+1, now, lines, revision)
}

// fold rewrites a vintage as what leads back to it from the next one.
func (k place) fold(tx *db.Tx, vintage int64, delta Slice) error {
	err := tx.Queue("DELETE FROM slice_block WHERE indicator = ? AND slice = ? AND snapshot = ?", k.indicator, k.slice, vintage)
	if err != nil {
		return err
	}
	err = tx.Queue("UPDATE vintage SET whole = 0 WHERE indicator = ? AND slice = ? AND snapshot = ?", k.indicator, k.slice, vintage)
	if err != nil {
		return err
	}
	return k.writeBlocks(tx, vintage, delta.Encode())
}

func (k place) write(tx *db.Tx, index, n int64, now Slice, lines Lines, r Revision) error {
	err := tx.Queue("INSERT INTO vintage (indicator, slice, snapshot, n, whole, added, removed, changed) VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
		k.indicator, k.slice, index, n, r.Count(Added), r.Count(Removed), len(r.Changes)-r.Count(Added|Removed))
	if err != nil {
		return err
	}
	err = tx.Queue(`INSERT INTO slice (indicator, slice, vintage, n, confirmed, areas, observations, filled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (indicator, slice) DO UPDATE SET vintage = excluded.vintage, n = excluded.n, confirmed = excluded.confirmed,
		areas = excluded.areas, observations = excluded.observations, filled = excluded.filled`,
		k.indicator, k.slice, index, n, index, len(now.Series), now.Len(), now.Values())
	if err != nil {
		return err
	}
	parts := now.Encode()
	if err := k.writeBlocks(tx, index, parts); err != nil {
		return err
	}
	err = tx.Queue("INSERT INTO slice_line (indicator, slice, snapshot, bytes) VALUES (?, ?, ?, ?)", k.indicator, k.slice, index, lines.Encode())
	if err != nil {
		return err
	}
	return k.writeAreas(tx, now, parts)
}

func (k place) writeBlocks(tx *db.Tx, vintage int64, parts []Part) error {
	for n, part := range parts {
		err := tx.Queue("INSERT INTO slice_block (indicator, slice, snapshot, part, first_area, last_area, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
			k.indicator, k.slice, vintage, n, part.First, part.Last, part.Data)
		if err != nil {
			return err
		}
	}
	return nil
}

// writeAreas rewrites the index from areas to the blocks of the newest vintage.
func (k place) writeAreas(tx *db.Tx, now Slice, parts []Part) error {
	if err := tx.Queue("DELETE FROM slice_area WHERE indicator = ? AND slice = ?", k.indicator, k.slice); err != nil {
		return err
	}
	part := 0
	for _, s := range now.Series {
		for s.Key > parts[part].Last {
			part++
		}
		err := tx.Queue("INSERT INTO slice_area (area, indicator, slice, part) VALUES (?, ?, ?, ?)", s.Key, k.indicator, k.slice, part)
		if err != nil {
			return err
		}
	}
	return nil
}

func (k place) state(tx *db.Tx) (s state, stands bool, err error) {
	err = tx.Row("SELECT vintage, n FROM slice WHERE indicator = ? AND slice = ?", k.indicator, k.slice).Scan(&s.vintage, &s.n)
	if errors.Is(err, db.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

func sliceNames(tx *db.Tx, indicator string) ([]string, error) {
	rows, err := tx.Query("SELECT slice FROM slice WHERE indicator = ? ORDER BY slice", indicator)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// blocks reads the blocks stored under a vintage: the whole of it, or its delta.
func (k place) blocks(tx *db.Tx, vintage int64) (s Slice, err error) {
	rows, err := tx.Query("SELECT bytes FROM slice_block WHERE indicator = ? AND slice = ? AND snapshot = ? ORDER BY part", k.indicator, k.slice, vintage)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var bytes []byte
		if err := rows.Scan(&bytes); err != nil {
			return s, err
		}
		b, err := OpenBlock(bytes)
		if err != nil {
			return s, err
		}
		part, err := b.All()
		if err != nil {
			return s, err
		}
		s = Join(s, part)
	}
	return s, rows.Err()
}

// at reads the slice as it stood when a vintage was the newest: from the next
// whole one, back by the deltas between.
func (k place) at(tx *db.Tx, vintage int64) (Slice, error) {
	way, err := k.way(tx, vintage)
	if err != nil {
		return Slice{}, err
	}
	s, err := k.blocks(tx, way[len(way)-1])
	for i := len(way) - 2; i >= 0 && err == nil; i-- {
		var delta Slice
		if delta, err = k.blocks(tx, way[i]); err == nil {
			s = Undo(s, delta)
		}
	}
	return s, err
}

// way lists the vintages from one to the next whole one.
func (k place) way(tx *db.Tx, vintage int64) ([]int64, error) {
	rows, err := tx.Query("SELECT snapshot, whole FROM vintage WHERE indicator = ? AND slice = ? AND snapshot >= ? ORDER BY snapshot", k.indicator, k.slice, vintage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var way []int64
	for rows.Next() {
		var snapshot, whole int64
		if err := rows.Scan(&snapshot, &whole); err != nil {
			return nil, err
		}
		if way = append(way, snapshot); whole == 1 {
			return way, nil
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return nil, db.ErrNoRows
}
