package assessment

import (
	"slices"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
)

// Waiting lists the open reviews that may need somebody today, the oldest first: a
// few statements, however many reviews are open. What each needs of her, its case
// tells.
func Waiting(tx *db.Tx, who *account.Who, today string) ([]int64, error) {
	open, _, _, err := commitment.ListReviews(tx, commitment.ReviewFilter{State: "open", Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []int64
	pools, err := ids(tx, "SELECT pool FROM assessment_member WHERE account = ? ORDER BY pool", who.ID)
	if err != nil {
		return nil, err
	}
	hers, err := ofParties(tx, who)
	if err != nil {
		return nil, err
	}
	var desk func(commitment.ReviewRow) bool
	if who.Is(account.RoleSecretariat) {
		if desk, err = needsDesk(tx, today); err != nil {
			return nil, err
		}
	}
	for _, r := range slices.Backward(open) {
		if slices.Contains(pools, r.Pool) || slices.Contains(hers, r.ID) || desk != nil && desk(r) {
			out = append(out, r.ID)
		}
	}
	return out, nil
}

// ofParties are the open reviews of parties that a person acts for.
func ofParties(tx *db.Tx, who *account.Who) (out []int64, err error) {
	if who.Any {
		return ids(tx, "SELECT review FROM assessment_draft WHERE sent_on <> '' AND answer = '' ORDER BY review")
	}
	for _, party := range who.Parties() {
		list, _, _, err := commitment.ListReviews(tx, commitment.ReviewFilter{State: "open", Party: party, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			out = append(out, r.ID)
		}
	}
	return out, nil
}

// needsDesk tells the reviews that wait for the secretariat: with a free seat, or
// with a draft that can be published.
func needsDesk(tx *db.Tx, today string) (func(commitment.ReviewRow) bool, error) {
	seated, err := ids(tx, "SELECT review FROM assessment_part WHERE seat > 0 ORDER BY review")
	if err != nil {
		return nil, err
	}
	taken := map[int64]int64{}
	for _, review := range seated {
		taken[review]++
	}
	sent, err := ids(tx, "SELECT review FROM assessment_draft WHERE sent_on <> '' ORDER BY review")
	if err != nil {
		return nil, err
	}
	ripe, err := ids(tx, "SELECT review FROM assessment_draft WHERE sent_on <> '' AND (answer <> '' OR reply_until < ?) ORDER BY review", today)
	return func(r commitment.ReviewRow) bool {
		if _, out := slices.BinarySearch(sent, r.ID); out {
			_, can := slices.BinarySearch(ripe, r.ID)
			return can
		}
		return taken[r.ID] < r.Wanted
	}, err
}
