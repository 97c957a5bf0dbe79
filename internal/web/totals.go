package web

import (
	"kept/internal/commitment"
	"kept/internal/locale"
)

// moneyTotal is what money of one stage, currency and kind adds up to.
type moneyTotal struct {
	Stage    string `json:"stage"`
	Currency string `json:"currency"`
	Amount   string `json:"amount"`
	InKind   bool   `json:"in_kind,omitempty"`
	Stated   bool   `json:"stated_elsewhere,omitempty"`
	Before   string `json:"of_it_announced_elsewhere,omitempty"`
	Is       Text   `json:"in_words"`
}

func moneyTotals(list []commitment.MoneyTotal) (out []moneyTotal) {
	for _, m := range list {
		one := moneyTotal{m.Stage, m.Currency, m.Amount, m.InKind, m.Stated, "", nil}
		one.Is = everyLang(func(l locale.Lang) string {
			words := []string{l.T("commitment.money.stage." + m.Stage)}
			if m.InKind {
				words = append(words, l.T("commitment.money.kind.in_kind"))
			}
			if m.Stated {
				words = append(words, l.T("commitment.lifecycle.stated"))
			}
			if m.Known != "0" && !m.Stated {
				words = append(words, l.T("totals.before", "amount", l.Number(m.Known)))
			}
			return l.List(words)
		})
		if m.Known != "0" {
			one.Before = m.Known
		}
		out = append(out, one)
	}
	return out
}

// totalsOf are money and people of a scope, each commitment once.
func totalsOf(q *request, s commitment.Scope) ([]moneyTotal, Text, error) {
	t, err := commitment.TotalsOf(q.Tx, s)
	return moneyTotals(t.Money), peopleText(t), err
}

// peopleText says how many people are to be reached; nil where nobody says.
func peopleText(t commitment.Totals) Text {
	if t.Reaching == 0 {
		return nil
	}
	return everyLang(func(l locale.Lang) string { return l.T("totals.people", "n", t.Reaching, "people", l.Number(t.People)) })
}
