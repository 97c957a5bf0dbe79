package observatory

import (
	"encoding/json"
	"errors"
	"fmt"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

// Snapshot is what was taken from a source, as the state has it. Its id is its
// entry in the record.
type Snapshot struct {
	ID int64
	At string
	SnapshotTaken
	Counts   Counts
	Problems map[string]int // by message key, all of them
	Fault    string         // why nothing could be taken; empty in all but extraordinary cases
	Vintages int64          // how many slices it changed
}

const snapshotColumns = `id, at, indicator, format, bytes_blob, mapping_blob, areas, retrieved, released, licence, size, sample,
	counts, problems, fault, vintages`

func scanSnapshot(scan func(...any) error) (s Snapshot, err error) {
	var sample int64
	var counts, problems, bytes, mapping string
	err = scan(&s.ID, &s.At, &s.Indicator, &s.Format, &bytes, &mapping, &s.Areas, &s.Retrieved, &s.Released, &s.Licence, &s.Size, &sample,
		&counts, &problems, &s.Fault, &s.Vintages)
	if err != nil {
		return s, err
	}
	s.Sample = sample == 1
	if s.Bytes, err = record.ParseDigest(bytes); err != nil {
		return s, err
	}
	if s.Mapping, err = record.ParseDigest(mapping); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(counts), &s.Counts); err != nil {
		return s, fmt.Errorf("counts of snapshot %d: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(problems), &s.Problems); err != nil {
		return s, fmt.Errorf("problems of snapshot %d: %w", s.ID, err)
	}
	return s, nil
}

// newest is the last snapshot of an indicator, or db.ErrNoRows.
func newest(tx *db.Tx, indicator string) (Snapshot, error) {
	return scanSnapshot(tx.Row("SELECT "+snapshotColumns+" FROM snapshot WHERE indicator = ? ORDER BY id DESC LIMIT 1", indicator).Scan)
}

// ReadSnapshot is the snapshot of an id.
func ReadSnapshot(tx *db.Tx, id int64) (Snapshot, error) {
	s, err := scanSnapshot(tx.Row("SELECT "+snapshotColumns+" FROM snapshot WHERE id = ?", id).Scan)
	return s, notFound(err)
}

// Snapshots lists what was taken for an indicator, the newest first.
func Snapshots(tx *db.Tx, indicator string) ([]Snapshot, error) {
	rows, err := tx.Query("SELECT "+snapshotColumns+" FROM snapshot WHERE indicator = ? ORDER BY id DESC", indicator)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Snapshot
	for rows.Next() {
		s, err := scanSnapshot(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Problems lists the rows of a snapshot that have something wrong, in the order
// of the file; from passes over the first ones.
func Problems(tx *db.Tx, snapshot int64, from, limit int) ([]Problem, error) {
	rows, err := tx.Query("SELECT line, col, message, params, kept FROM snapshot_problem WHERE snapshot = ? AND n >= ? ORDER BY n LIMIT ?", snapshot, from, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Problem
	for rows.Next() {
		var p Problem
		var line, kept int64
		var params string
		if err := rows.Scan(&line, &p.Column, &p.Key, &params, &kept); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(params), &p.Params); err != nil {
			return nil, fmt.Errorf("problems of snapshot %d: %w", snapshot, err)
		}
		p.Line, p.Kept = int(line), kept == 1
		list = append(list, p)
	}
	return list, rows.Err()
}

// notFound gives an absent row the kind of answer that it is.
func notFound(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return keeper.ErrNotFound
	}
	return err
}
