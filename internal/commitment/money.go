package commitment

import (
	"cmp"
	"math/big"
	"slices"

	"kept/internal/db"
)

// MoneyTotal is what the money lines of one stage, currency and kind add up to.
// Stages are never added to one another, currencies are never converted here, what
// is in kind stands apart, and so does what was stated elsewhere.
type MoneyTotal struct {
	Stated   bool // stated elsewhere, not claimed
	Stage    string
	Currency string
	InKind   bool
	Amount   string // the exact sum
	Known    string // of it, announced elsewhere before: not additional
	Lines    int    // a joint commitment is entered once, by its lead
}

// MoneyOf adds up the money lines of commitments that serve one of some items;
// of all commitments where none is named.
func MoneyOf(tx *db.Tx, items ...string) ([]MoneyTotal, error) {
	w := &where{}
	w.add("c.claimed_by = 0 AND m.role <> 'sought'")
	if len(items) > 0 {
		w.add("EXISTS (SELECT 1 FROM commitment_item x WHERE x.commitment = c.id AND x.item IN ("+marks(len(items))+"))", anys(items)...)
	}
	rows, err := tx.Query(`SELECT c.stated, m.stage, m.currency, CASE WHEN m.kind = 'in_kind' THEN 1 ELSE 0 END, m.amount, m.elsewhere
		FROM commitment_money m JOIN commitment c ON c.id = m.commitment WHERE `+w.sql(), w.args...)
	type sums struct{ all, known *big.Rat }
	lines := map[MoneyTotal]int{}
	totals := map[MoneyTotal]sums{}
	err = each(rows, err, func(scan func(...any) error) error {
		var key MoneyTotal
		var stated, inKind, elsewhere int64
		var amount string
		err := scan(&stated, &key.Stage, &key.Currency, &inKind, &amount, &elsewhere)
		key.Stated, key.InKind = stated == 1, inKind == 1
		if _, ok := totals[key]; !ok {
			totals[key] = sums{new(big.Rat), new(big.Rat)}
		}
		lines[key]++
		totals[key].all.Add(totals[key].all, sum(amount))
		if elsewhere == 1 {
			totals[key].known.Add(totals[key].known, sum(amount))
		}
		return err
	})
	var out []MoneyTotal
	for key, s := range totals {
		t := key
		t.Amount, t.Known, t.Lines = exact(s.all), exact(s.known), lines[key]
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b MoneyTotal) int {
		return cmp.Or(cmp.Compare(bit(a.Stated), bit(b.Stated)), cmp.Compare(stageOrder(a.Stage), stageOrder(b.Stage)),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(bit(a.InKind), bit(b.InKind)))
	})
	return out, err
}

// stageOrder is the place of a stage on the way from promise to spending.
func stageOrder(stage string) int { return slices.Index(LaterStages, stage) }
