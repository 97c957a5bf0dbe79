package observatory

// Delta gives what leads from a newer vintage back to an older one: the points
// of the older that differ, and a mark for those that it did not have.
func Delta(newer, older Slice) Slice {
	var delta Slice
	var d dictionary
	meet(newer.Series, older.Series, func(a, b Series) {
		series := Series{Key: b.Key, Label: b.Label}
		if b.Key == "" {
			series.Key = a.Key
		}
		points(a.Points, b.Points, func(p, q *Point) {
			if before, after := newer.side(p), older.side(q); differ(before, after) == 0 {
				return
			}
			if q == nil {
				series.Points = append(series.Points, Point{Period: p.Period, Presence: Gone, Attr: d.number(Attributes{})})
				return
			}
			back := *q
			back.Attr = d.number(older.Attributes[q.Attr])
			series.Points = append(series.Points, back)
		})
		if len(series.Points) > 0 {
			delta.Series = append(delta.Series, series)
		}
	})
	delta.Attributes = d.list
	return delta
}

// Undo gives the older vintage back from a newer one and its reverse delta.
func Undo(newer, delta Slice) Slice {
	var older Slice
	var d dictionary
	meet(newer.Series, delta.Series, func(a, b Series) {
		series := Series{Key: a.Key, Label: a.Label}
		if len(b.Points) > 0 {
			series.Key, series.Label = b.Key, b.Label
		}
		points(a.Points, b.Points, func(p, q *Point) {
			from, point := delta, q
			if q == nil {
				from, point = newer, p
			}
			if point.Presence == Gone {
				return
			}
			back := *point
			back.Attr = d.number(from.Attributes[point.Attr])
			series.Points = append(series.Points, back)
		})
		if len(series.Points) > 0 {
			older.Series = append(older.Series, series)
		}
	})
	older.Attributes = d.list
	return older
}
