package observatory

import (
	"kept/internal/db"
	"kept/internal/observatory/trend"
)

// AreaSlice is what one slice says of one area.
type AreaSlice struct {
	Indicator  string
	Slice      string
	Vintage    int64 // snapshot that made the values
	Attributes []Attributes
	Series     Series
}

// Figure is the newest value of the area.
func (a AreaSlice) Figure() (Figure, bool) {
	figures := Slice{a.Attributes, []Series{a.Series}}.Latest(0)
	if len(figures) == 0 {
		return Figure{}, false
	}
	return figures[0], true
}

// AreaSheet gives all that the indicators say of one area, by indicator and
// slice. It reads one block a slice, by the index of areas.
func AreaSheet(tx *db.Tx, key string) ([]AreaSlice, error) {
	rows, err := tx.Query(`SELECT a.indicator, a.slice, s.vintage, b.bytes FROM slice_area a
		JOIN slice s ON s.indicator = a.indicator AND s.slice = a.slice
		JOIN slice_block b ON b.indicator = a.indicator AND b.slice = a.slice AND b.snapshot = s.vintage AND b.part = a.part
		WHERE a.area = ? ORDER BY a.indicator, a.slice`, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var sheet []AreaSlice
	for rows.Next() {
		var a AreaSlice
		var bytes []byte
		if err := rows.Scan(&a.Indicator, &a.Slice, &a.Vintage, &bytes); err != nil {
			return nil, err
		}
		b, err := OpenBlock(bytes)
		if err != nil {
			return nil, err
		}
		series, ok, err := b.Series(key)
		if err != nil {
			return nil, err
		}
		if ok {
			a.Attributes, a.Series = b.attributes, series
			sheet = append(sheet, a)
		}
	}
	return sheet, rows.Err()
}

// Years gives the yearly values of a series for the methods of package trend.
// Values of months and quarters are left out: a year is not one of its months.
func (s Series) Years() []trend.Obs {
	var years []trend.Obs
	for _, p := range s.Points {
		if p.Presence == HasValue && p.Period == Year(p.Period.Year()) {
			years = append(years, trend.Obs{Year: p.Period.Year(), Value: p.Value().Rat()})
		}
	}
	return years
}

// Cell gives the years in which a series has a value, for a measure of the data gap.
func (s Series) Cell() trend.Cell {
	var cell trend.Cell
	for _, o := range s.Years() {
		cell = append(cell, o.Year)
	}
	return cell
}

// Growth asks for the yearly growth since 2015, beside a target where there is
// one. down says that less is better.
func (s Series) Growth(target *trend.Obs, down bool) trend.Answer {
	base, now, ok := trend.Ends(s.Years())
	if !ok {
		return trend.Answer{Word: trend.CannotBeComputed, Reason: trend.TooFewYears}
	}
	return trend.Growth(trend.Question{Base: base, Now: now, Target: target, Down: down})
}
