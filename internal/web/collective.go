package web

import (
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
)

// towardsView is what registered commitments add up to beside a target: a range,
// because some may count the same people, with all that was left out and why.
type towardsView struct {
	Why       string            `json:"not_computed,omitempty"`
	Low       string            `json:"low,omitempty"`
	High      string            `json:"high,omitempty"`
	Sum       Text              `json:"sum,omitempty"`
	Known     int               `json:"with_a_value,omitempty"`
	Delivered Text              `json:"delivered,omitempty"`
	Rows      []contributionRow `json:"contributions,omitempty"`
	Excluded  []excludedRow     `json:"excluded,omitempty"`
	Money     []moneyTotal      `json:"money,omitempty"` // of all that serves its items
	People    Text              `json:"people_to_reach,omitempty"`

	delivered string // as a number
}

type contributionRow struct {
	Commitment Link   `json:"commitment"`
	Party      Link   `json:"party"`
	Promised   Text   `json:"promised"`
	Delivered  Text   `json:"delivered,omitempty"`
	AsOf       string `json:"as_of,omitempty"`
}

type excludedRow struct {
	Commitment Link   `json:"commitment"`
	Code       string `json:"why"`
	Why        Text   `json:"why_in_words"`
}

// towards adds up what serves a target; nil for a step, which has no quantity.
func towards(q *request, t *compact.Target) (*towardsView, error) {
	c, err := commitment.Towards(q.Tx, q.Pack, t)
	if err != nil || c.Why == commitment.Procedural {
		return nil, err
	}
	named, err := commitmentsOn(q, t.Items)
	if err != nil {
		return nil, err
	}
	v := &towardsView{Why: c.Why, Low: c.Low, High: c.High, Known: c.Known}
	amount := func(n string) Text { return quantity(n, "", t.Unit) }
	if len(c.Contributions) > 0 && c.High != "" {
		v.Sum = phrase("targets.sum", "low", amount(c.Low), "high", amount(c.High))
		if c.Low == c.High {
			v.Sum = amount(c.High)
		}
	}
	if c.Delivered != "" {
		v.delivered, v.Delivered = c.Delivered, amount(c.Delivered)
	}
	if len(t.Items) > 0 {
		if v.Money, v.People, err = totalsOf(q, commitment.Scope{Items: t.Items}); err != nil {
			return nil, err
		}
	}
	for _, one := range c.Contributions {
		row := contributionRow{Commitment: Link{named[one.Commitment].Title, commitmentHref(one.Commitment)}, Party: named[one.Commitment].Party, Promised: amount(one.Promised), AsOf: one.AsOf}
		if one.Delivered != "" {
			row.Delivered = amount(one.Delivered)
		}
		v.Rows = append(v.Rows, row)
	}
	for _, out := range c.Excluded {
		v.Excluded = append(v.Excluded, excludedRow{Link{named[out.Commitment].Title, commitmentHref(out.Commitment)}, out.Why, message("commitment.excluded." + out.Why)})
	}
	return v, nil
}

// commitmentsOn are the commitments that serve any of the items, made here or stated elsewhere.
func commitmentsOn(q *request, items []string) (map[int64]commitmentRow, error) {
	named := make(map[int64]commitmentRow)
	for _, which := range []string{commitment.Own, commitment.Elsewhere} {
		rows, err := wholeList(func(after string) ([]commitmentRow, string, error) {
			list, next, err := listCommitments(q, commitment.Filter{Items: items, Which: which, After: after, Limit: 1000})
			if err != nil {
				return nil, "", err
			}
			return list.Rows, next, nil
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			named[r.ID] = r
		}
	}
	return named, nil
}

// stockOf says how much is pledged of what a target aims at, where the series
// beside it counts pledges in the target's own money: one without a direction.
// Such a stock is never judged, and what was delivered of it is not known.
func stockOf(t *compact.Target, i *compact.Indicator, latest seriesView) Text {
	if i.Direction != "none" || latest.Value == "" || t.Value == "" {
		return nil
	}
	goal, billions := strings.CutSuffix(t.Value, "000000000")
	if i.Unit != t.Unit && (!billions || i.Unit != t.Unit+" bn") {
		return nil
	}
	if i.Unit == t.Unit {
		goal = t.Value
	}
	return phrase("targets.pledged", "value", quantity(latest.Value, "", ""), "goal", quantity(goal, "", ""), "unit", latest.Unit)
}
