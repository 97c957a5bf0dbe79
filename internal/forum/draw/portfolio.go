package draw

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"kept/internal/forum/sortition"
	"kept/internal/locale"
)

// A Portfolio is the portfolio as a plan spells it: panels as places in the pool, and the tickets of each.
type Portfolio struct {
	Method  string    `json:"method"`
	Panels  [][]int32 `json:"panels"`          // each ascending, and the panels in ascending order
	Tickets []string  `json:"tickets"`         // whole numbers, at least 1
	Total   string    `json:"total"`           // their sum
	Proof   string    `json:"proof,omitempty"` // why no chance can be better: JSON, as package sortition writes it
}

// maxDigits bounds the number of tickets: more digits than any portfolio over a pool needs,
// few enough to count with.
const maxDigits = 4000

// ordered puts the panels into their order, each with its tickets; a panel given twice keeps both
// rows, which the plan's check refuses.
func (l Portfolio) ordered() Portfolio {
	if len(l.Panels) != len(l.Tickets) {
		return l
	}
	by := make([]int, len(l.Panels))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(a, b int) int { return slices.Compare(l.Panels[a], l.Panels[b]) })
	o := l
	o.Panels, o.Tickets = make([][]int32, len(by)), make([]string, len(by))
	for i, from := range by {
		o.Panels[i], o.Tickets[i] = l.Panels[from], l.Tickets[from]
	}
	return o
}

// chances are the tickets of each person: the sum over the panels that she is on.
func (l Portfolio) chances(n int) []string {
	sums := make([]big.Int, n)
	for i, panel := range l.Panels {
		t, _ := new(big.Int).SetString(l.Tickets[i], 10)
		for _, person := range panel {
			sums[person].Add(&sums[person], t)
		}
	}
	chances := make([]string, n)
	for i := range sums {
		chances[i] = sums[i].String()
	}
	return chances
}

// total is the number of tickets; it is read from a plan that was checked.
func (l Portfolio) total() *big.Int {
	t, _ := new(big.Int).SetString(l.Total, 10)
	return t
}

// panelOf is the panel that holds a ticket: the first whose tickets, counted on from those of the
// panels before it, go beyond the number.
func (l Portfolio) panelOf(ticket *big.Int) []int32 {
	upTo := new(big.Int)
	for i, panel := range l.Panels {
		t, _ := new(big.Int).SetString(l.Tickets[i], 10)
		if upTo.Add(upTo, t).Cmp(ticket) > 0 {
			return panel
		}
	}
	return nil
}

// check finds what is wrong with the portfolio itself: order, tickets, sum.
func (l Portfolio) check(pool int) error {
	if l.Method == "" || len(l.Method) > 64 {
		return locale.E("err.draw.portfolio")
	}
	if len(l.Panels) == 0 || len(l.Panels) != len(l.Tickets) {
		return locale.E("err.draw.portfolio")
	}
	sum := new(big.Int)
	for i, panel := range l.Panels {
		t, ok := whole(l.Tickets[i])
		if !ok || t.Sign() == 0 {
			return locale.E("err.draw.panel", "panel", i+1)
		}
		sum.Add(sum, t)
		if i > 0 && slices.Compare(l.Panels[i-1], panel) >= 0 {
			return locale.E("err.draw.panel", "panel", i+1)
		}
		for j, person := range panel {
			if person < 0 || int(person) >= pool || j > 0 && panel[j-1] >= person {
				return locale.E("err.draw.panel", "panel", i+1)
			}
		}
	}
	if total, ok := whole(l.Total); !ok || total.Cmp(sum) != 0 {
		return locale.E("err.draw.total", "got", short(l.Total), "want", short(sum.String()))
	}
	return nil
}

// whole reads a whole number in its one spelling.
func whole(s string) (*big.Int, bool) {
	if s == "" || len(s) > maxDigits || len(s) > 1 && s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

// short is a long number as a message shows it.
func short(s string) string {
	if len(s) > 40 {
		return s[:20] + "…" + s[len(s)-10:]
	}
	return s
}

// proofText is a proof as a plan holds it: one string, since it has numbers and empty lists
// that the grammar of a plan has not.
func proofText(p sortition.Proof) string {
	b, err := json.Marshal(p)
	if err != nil {
		return "" // numbers, texts and lists: nothing of it can fail
	}
	return string(b)
}

// Prove makes the searches of the proof again: that no panel is better than each of its
// steps says, so that nobody's chance could be raised without taking from somebody who
// has less. It can take long; ctx ends it.
func (p *Plan) Prove(ctx context.Context) (steps int, err error) {
	if p.Portfolio.Proof == "" {
		return 0, locale.E("err.draw.no_proof")
	}
	pf := &sortition.Portfolio{Method: p.Portfolio.Method, Total: p.Portfolio.total()}
	if err := json.Unmarshal([]byte(p.Portfolio.Proof), &pf.Proof); err != nil {
		return 0, locale.E("err.draw.proof", "detail", err.Error())
	}
	for i, panel := range p.Portfolio.Panels {
		weight, _ := new(big.Int).SetString(p.Portfolio.Tickets[i], 10)
		pf.Panels, pf.Weights = append(pf.Panels, sortition.Panel(panel)), append(pf.Weights, weight)
	}
	err = pf.Verify(ctx, p.Instance.Question())
	if err != nil && ctx.Err() == nil {
		err = locale.E("err.draw.proof", "detail", err.Error())
	}
	return len(pf.Proof.Steps), err
}
