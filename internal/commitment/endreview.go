package commitment

import "kept/internal/db"

// endedSQL is the day on which commitment c ended or will end: its end date, or the day
// on which it was concluded before.
const endedSQL = "CASE WHEN c.closed = 'concluded' AND c.closed_on < c.end_on THEN c.closed_on ELSE c.end_on END"

// endReviewFrom is the turning date of an end review: the day from which it can be
// opened, where one was asked for. What was stated elsewhere asked for none.
func endReviewFrom(review, end string) string {
	if review == "" || review == "none" {
		return never
	}
	return addMonths(end, EndReviewMonths)
}

// moveEndReview computes the turning date anew after an act that can move it: an
// amendment, the end of the commitment, the opening of a review.
func moveEndReview(tx *db.Tx, id int64) error {
	var review, closed, end string
	var opened int64
	err := tx.Row("SELECT c.review, c.closed, "+endedSQL+`, (SELECT COUNT(*) FROM review r WHERE r.commitment = c.id AND r.stage = 'end')
		FROM commitment c WHERE c.id = ?`, id).Scan(&review, &closed, &end, &opened)
	if err != nil {
		return err
	}
	from := endReviewFrom(review, end)
	if closed == Withdrawn || opened > 0 {
		from = never
	}
	return tx.Queue("UPDATE commitment SET review_from = ? WHERE id = ?", from, id)
}

// EndReviewsDue lists the commitments whose end review can begin and was not
// opened, those that ended first before the others, up to a number.
func EndReviewsDue(tx *db.Tx, today string, most int) (list []Summary, err error) {
	rows, err := tx.Query("SELECT c.id, c.party, "+endedSQL+`, c.lang FROM commitment c WHERE c.review_from <= ? ORDER BY c.review_from, c.id LIMIT ?`, today, most)
	err = each(rows, err, func(scan func(...any) error) error {
		var s Summary
		err := scan(&s.ID, &s.Party, &s.End, &s.lang)
		list = append(list, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, Fill(tx, list)
}
