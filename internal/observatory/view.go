package observatory

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
)

// Newest asks a view for the vintage that stands now.
const Newest int64 = -1

// Vintage is the values of a slice as one snapshot made them.
type Vintage struct {
	Snapshot                int64 // entry of the snapshot
	N                       int64 // its number, from 1
	Added, Removed, Changed int64 // against the vintage before
	At                      string
	Released, Retrieved     string
}

// Date is the day that a page prints beside a vintage: the source's release, or
// the day of retrieval where the source names none.
func (v Vintage) Date() string {
	if v.Released != "" {
		return v.Released
	}
	return v.Retrieved
}

// View is one slice of an indicator as it stands or stood, with where it came from.
// A world figure and the table of areas in one view are of one release, since a
// slice comes whole from one snapshot.
type View struct {
	Indicator string
	Name      string   // of the slice; empty when the indicator has no other dimension
	Slices    []string // names of all slices of the indicator
	Vintage   Vintage
	Confirmed int64 // the last snapshot that said the same
	Data      Slice
}

// Figure is one value for a page.
type Figure struct {
	Key    string
	Label  string
	Period Period
	Value  Decimal
	Attributes
}

// Area is the id of the figure's area, empty for one that the area pack does not know.
func (f Figure) Area() string { return Series{Key: f.Key}.Area() }

// Listed is an indicator that has data.
type Listed struct {
	Indicator    string
	Slices       int64
	Observations int64
	Filled       int64 // observations with a value
	Areas        int64 // of the slice with the most
	Vintage      int64 // newest over the slices
	Released     string
	Retrieved    string
	Sample       bool
}

// List gives the indicators that have data, by id.
func List(tx *db.Tx) ([]Listed, error) {
	rows, err := tx.Query(`SELECT s.indicator, s.slices, s.observations, s.filled, s.areas, s.vintage, p.released, p.retrieved, p.sample
		FROM (SELECT indicator, COUNT(*) AS slices, CAST(SUM(observations) AS BIGINT) AS observations, CAST(SUM(filled) AS BIGINT) AS filled,
			MAX(areas) AS areas, MAX(vintage) AS vintage FROM slice GROUP BY indicator) s
		JOIN snapshot p ON p.id = s.vintage ORDER BY s.indicator`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Listed
	for rows.Next() {
		var l Listed
		var sample int64
		err := rows.Scan(&l.Indicator, &l.Slices, &l.Observations, &l.Filled, &l.Areas, &l.Vintage, &l.Released, &l.Retrieved, &sample)
		if err != nil {
			return nil, err
		}
		l.Sample = sample == 1
		list = append(list, l)
	}
	return list, rows.Err()
}

// ReadView gives a slice of an indicator as it stood at a place of the record
// (Newest: as it stands). A name of "" takes the first slice there is.
func ReadView(tx *db.Tx, indicator, name string, asOf int64) (View, error) {
	names, err := sliceNames(tx, indicator)
	if err != nil {
		return View{}, err
	}
	if len(names) == 0 || name != "" && !slices.Contains(names, name) {
		return View{}, keeper.ErrNotFound
	}
	if name == "" {
		name = names[0]
	}
	v := View{Indicator: indicator, Name: name, Slices: names}
	k := place{indicator, name}
	whole := false
	if v.Vintage, v.Confirmed, whole, err = k.vintage(tx, asOf); err != nil {
		return View{}, err
	}
	if whole {
		v.Data, err = k.blocks(tx, v.Vintage.Snapshot)
	} else {
		v.Data, err = k.at(tx, v.Vintage.Snapshot)
	}
	return v, err
}

const vintageColumns = "v.snapshot, v.n, v.added, v.removed, v.changed, s.at, s.released, s.retrieved"

// vintage finds the one that was the newest at a place of the record.
func (k place) vintage(tx *db.Tx, asOf int64) (v Vintage, confirmed int64, isWhole bool, err error) {
	if asOf < 0 {
		asOf = 1<<62 - 1
	}
	var whole int64
	err = tx.Row(`SELECT `+vintageColumns+`, c.confirmed, v.whole FROM vintage v JOIN snapshot s ON s.id = v.snapshot
		JOIN slice c ON c.indicator = v.indicator AND c.slice = v.slice
		WHERE v.indicator = ? AND v.slice = ? AND v.snapshot <= ? ORDER BY v.snapshot DESC LIMIT 1`, k.indicator, k.slice, asOf).
		Scan(&v.Snapshot, &v.N, &v.Added, &v.Removed, &v.Changed, &v.At, &v.Released, &v.Retrieved, &confirmed, &whole)
	return v, confirmed, whole == 1, notFound(err)
}

// Vintages lists the vintages of a slice, the newest first.
func Vintages(tx *db.Tx, indicator, name string) ([]Vintage, error) {
	rows, err := tx.Query(`SELECT `+vintageColumns+` FROM vintage v JOIN snapshot s ON s.id = v.snapshot
		WHERE v.indicator = ? AND v.slice = ? ORDER BY v.snapshot DESC`, indicator, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Vintage
	for rows.Next() {
		var v Vintage
		if err := rows.Scan(&v.Snapshot, &v.N, &v.Added, &v.Removed, &v.Changed, &v.At, &v.Released, &v.Retrieved); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// RevisionBetween says what changed in a slice from one place of the record to another.
func RevisionBetween(tx *db.Tx, indicator, name string, from, to int64) (Revision, error) {
	older, err := ReadView(tx, indicator, name, from)
	if err != nil {
		return Revision{}, err
	}
	newer, err := ReadView(tx, indicator, older.Name, to)
	if err != nil {
		return Revision{}, err
	}
	return Revise(older.Data, newer.Data), nil
}

// Latest gives the newest value of each series that has one, not after a period
// (0: whatever the period).
func (s Slice) Latest(until Period) []Figure {
	figures := make([]Figure, 0, len(s.Series))
	for _, series := range s.Series {
		points := series.Points
		for len(points) > 0 && (points[len(points)-1].Presence != HasValue || until != 0 && points[len(points)-1].Period > until) {
			points = points[:len(points)-1]
		}
		if len(points) > 0 {
			figures = append(figures, s.figure(series, points[len(points)-1]))
		}
	}
	return figures
}

// In gives the values of one period.
func (s Slice) In(p Period) []Figure {
	var figures []Figure
	for _, series := range s.Series {
		if i, ok := series.At(p); ok && series.Points[i].Presence == HasValue {
			figures = append(figures, s.figure(series, series.Points[i]))
		}
	}
	return figures
}

func (s Slice) figure(series Series, p Point) Figure {
	return Figure{series.Key, series.Label, p.Period, p.Value(), s.Attributes[p.Attr]}
}

// Periods lists the periods that have a value, in order.
func (s Slice) Periods() []Period {
	seen := make(map[Period]bool)
	var periods []Period
	for _, series := range s.Series {
		for _, p := range series.Points {
			if p.Presence == HasValue && !seen[p.Period] {
				seen[p.Period] = true
				periods = append(periods, p.Period)
			}
		}
	}
	slices.Sort(periods)
	return periods
}
