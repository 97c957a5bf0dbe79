package commitment

import "kept/internal/db"

// OnItem is how much there is on one item, each number the length of a list of
// commitments. What was withdrawn is in no other number.
type OnItem struct {
	Delivery, Intents       int64 // made here, serving the text in force: those that can be checked, and statements of intent
	Checked, Unchecked      int64 // likewise of those that serve earlier texts only
	Elsewhere, Withdrawn    int64
	Money, EarlierMoney     int64 // of the first two and of the next two: those that name money that is behind them
	Reported, EarlierRecent int64 // likewise: those whose newest report is not older than asked for
}

// OnItems counts what is on each item that any commitment names, and which of it
// reported on the given day or later: one look at every commitment.
func OnItems(tx *db.Tx, today, since string) (map[string]OnItem, error) {
	return onItems(tx, Filter{Today: today}, since)
}

// OnOne is the same of one item alone.
func OnOne(tx *db.Tx, item, today, since string) (OnItem, error) {
	all, err := onItems(tx, Filter{Items: []string{item}, Today: today}, since)
	return all[item], err
}

func onItems(tx *db.Tx, f Filter, since string) (map[string]OnItem, error) {
	on := map[string]OnItem{}
	err := eachCard(tx, f, func(c *card) {
		for _, id := range c.items {
			on[id] = on[id].with(c.class(), c.verifiable, len(c.money) > 0, c.reportedOn, since)
		}
	})
	return on, err
}

// SurveyedOnItems is what [OnItems] gives, of commitments that a survey has met.
func SurveyedOnItems(all []*Surveyed, since string) map[string]OnItem {
	on := map[string]OnItem{}
	for _, s := range all {
		for _, id := range s.Items {
			on[id] = on[id].with(s.Counted, s.Verifiable, s.Funds, s.ReportedOn, since)
		}
	}
	return on
}

// with adds one commitment, by what it is counted as.
func (o OnItem) with(counted string, verifiable, funds bool, reportedOn, since string) OnItem {
	money, recent := &o.Money, &o.Reported
	switch counted {
	case "":
		o.Elsewhere++
		return o
	case CountedWithdrawn:
		o.Withdrawn++
		return o
	case CountedDelivery:
		o.Delivery++
	case CountedIntent:
		o.Intents++
	default:
		money, recent = &o.EarlierMoney, &o.EarlierRecent
		if verifiable {
			o.Checked++
		} else {
			o.Unchecked++
		}
	}
	if funds {
		*money++
	}
	if reportedOn >= since && reportedOn != "" {
		*recent++
	}
	return o
}

// NamingMoney are the commitments, made here or stated elsewhere, that name any
// money at all.
func NamingMoney(tx *db.Tx) (map[int64]bool, error) {
	rows, err := tx.Query("SELECT DISTINCT commitment FROM commitment_money")
	ids, err := numbers(rows, err)
	named := make(map[int64]bool, len(ids))
	for _, id := range ids {
		named[id] = true
	}
	return named, err
}
