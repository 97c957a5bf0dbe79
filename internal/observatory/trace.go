package observatory

import (
	"fmt"

	"kept/internal/db"
	"kept/internal/keeper"
)

// Trace leads from a figure back to where it came from: the vintage, the snapshot
// (whose id is its entry in the record), the mapping, and the very line.
type Trace struct {
	Figure    Figure
	HasValue  bool
	Vintage   Vintage
	Confirmed int64 // the last snapshot that said the same
	Snapshot  Snapshot
	Mapping   Mapping
	Line      int      // of the file; place of the row in a JSON answer
	Row       []byte   // the bytes of that line as the source wrote them
	Header    []string // names of its columns, for CSV
}

// ReadTrace traces the figure of an area in a period, as it stood at a place of
// the record.
func ReadTrace(tx *db.Tx, indicator, name, key string, period Period, asOf int64) (Trace, error) {
	v, err := ReadView(tx, indicator, name, asOf)
	if err != nil {
		return Trace{}, err
	}
	series, ok := v.Data.Find(key)
	if !ok {
		return Trace{}, keeper.ErrNotFound
	}
	i, ok := series.At(period)
	if !ok {
		return Trace{}, keeper.ErrNotFound
	}
	t := Trace{Figure: v.Data.figure(series, series.Points[i]), HasValue: series.Points[i].Presence == HasValue, Vintage: v.Vintage, Confirmed: v.Confirmed}
	if t.Snapshot, err = ReadSnapshot(tx, v.Vintage.Snapshot); err != nil {
		return Trace{}, err
	}
	if t.Line, err = (place{indicator, v.Name}).line(tx, v.Vintage.Snapshot, key, i); err != nil {
		return Trace{}, err
	}
	return t, t.readRow(tx)
}

func (k place) line(tx *db.Tx, vintage int64, key string, i int) (int, error) {
	var lines []byte
	err := tx.Row("SELECT bytes FROM slice_line WHERE indicator = ? AND slice = ? AND snapshot = ?", k.indicator, k.slice, vintage).Scan(&lines)
	if err != nil {
		return 0, notFound(err)
	}
	line, ok := FindLine(lines, key, i)
	if !ok {
		return 0, fmt.Errorf("vintage %d of %s: no line for %s: %w", vintage, k.indicator, key, errBlock)
	}
	return line, nil
}

// readRow takes the row out of the bytes that are kept.
func (t *Trace) readRow(tx *db.Tx) error {
	bytes, err := keeper.Blob(tx, t.Snapshot.Bytes)
	if err != nil {
		return err
	}
	mapping, err := keeper.Blob(tx, t.Snapshot.SnapshotTaken.Mapping)
	if err != nil {
		return err
	}
	if t.Mapping, err = DecodeMapping(mapping); err != nil {
		return err
	}
	if t.Row, err = FindRow(t.Snapshot.Format, bytes, t.Mapping, t.Line); err != nil {
		return fmt.Errorf("row %d of snapshot %d: %w", t.Line, t.Snapshot.ID, err)
	}
	if t.Snapshot.Format == CSV {
		t.Header, err = Header(bytes, t.Mapping)
	}
	return err
}
