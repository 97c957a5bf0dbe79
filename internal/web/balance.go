package web

import (
	"math/big"
	"net/url"
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// balanceView is who takes part beside who there is. It has no rank and no colour.
type balanceView struct {
	filters
	Of          string          `json:"of"` // parties, or commitments: the parties that lead them
	Back        string          `json:"-"`
	Parties     int64           `json:"parties"`
	Families    int64           `json:"corporate_families"`
	Represented int64           `json:"represented_organisations"`
	Method      string          `json:"method"`
	Dimensions  []dimensionView `json:"dimensions"`
}

// dimensionView is one table of a balance.
type dimensionView struct {
	Name      string       `json:"name"`
	Title     Text         `json:"title"`
	Benchmark Text         `json:"benchmark,omitempty"`
	Overlaps  bool         `json:"overlaps,omitempty"`
	Rows      []balanceRow `json:"rows"`
	Href      string       `json:"-"` // of the whole balance, where this stands beside a list
}

type balanceRow struct {
	stakeholder.Cell
	NameIs Text `json:"name"`
	WordIs Text `json:"word_is,omitempty"`
}

// balance is the page of a list's balance: of the parties, or of those that lead
// the commitments, that the same filters let through.
func (s *Site) balance(q *request) (View, error) {
	of := q.query("of").Get("of")
	known := partyFilters
	if of == "commitments" {
		known = commitmentFilters
	}
	asked := q.query(slices.Concat(known, []string{"of"})...)
	c := coder{q, asked}
	b, fields, err := c.balanced()
	if err != nil {
		return View{}, err
	}
	v := balanceView{filters: newFilters(asked, "parties.name", fields), Of: "parties", Back: "/stakeholders", Parties: b.Parties, Families: b.Families,
		Represented: b.Represented, Method: stakeholder.BalanceMethod}
	if of == "commitments" {
		v.Of, v.Back = of, "/commitments"
	}
	if list := asking(asked, "of", ""); len(list) > 0 {
		v.Back += "?" + list.Encode()
	}
	v.Dimensions = dimensionsOf(q, b)
	return View{Page: "balance", Title: message("balance.title"), Section: "menu.parties", Crumbs: []Link{{message("menu.parties"), "/stakeholders"}},
		Subjects: []string{"parties", "commitments"}, Data: v, Table: balanceTable(v.Dimensions), Robots: filtered(asked)}, nil
}

// balanced computes the balance that the address asks for, and the conditions that it names.
func (c coder) balanced() (b stakeholder.Balance, fields []filter, err error) {
	if c.asked.Get("of") != "commitments" {
		if fields, err = c.partyFields(); err != nil {
			return b, nil, err
		}
		f, err := c.partyFilter()
		if err == nil {
			b, err = stakeholder.BalanceOf(c.q.Tx, f)
		}
		return b, fields, err
	}
	if fields, err = c.commitmentFields(); err != nil {
		return b, nil, err
	}
	f, err := c.commitmentFilter()
	if err != nil {
		return b, nil, err
	}
	leads, err := commitment.Leads(c.q.Tx, f)
	if err != nil {
		return b, nil, err
	}
	b, err = stakeholder.BalanceAmong(c.q.Tx, leads)
	return b, fields, err
}

// balanceFold is the balance by region beside a list, with the way to the whole of it.
func balanceFold(q *request, b stakeholder.Balance, of string, asked url.Values) *dimensionView {
	all := dimensionsOf(q, b)
	if b.Parties == 0 || len(all) == 0 {
		return nil
	}
	fold := all[0]
	to := asking(asking(asked, "after", ""), "sort", "")
	if of != "" {
		to.Set("of", of)
	}
	if fold.Href = "/stakeholders/balance"; len(to) > 0 {
		fold.Href += "?" + to.Encode()
	}
	return &fold
}

func dimensionsOf(q *request, b stakeholder.Balance) []dimensionView {
	var all []dimensionView
	for _, d := range b.Dimensions {
		view := dimensionView{Name: d.Name, Title: message("balance.by." + d.Name), Overlaps: d.Overlaps}
		if d.Benchmark != "" {
			view.Benchmark = everyLang(func(l locale.Lang) string { return l.T("balance.benchmark."+d.Benchmark, "date", l.Date(q.Areas.Date)) })
		}
		for _, c := range d.Cells {
			row := balanceRow{Cell: c, NameIs: cellName(q, d.Name, c.Code)}
			if c.Word != "" {
				row.WordIs = message("balance.word." + c.Word)
			}
			view.Rows = append(view.Rows, row)
		}
		all = append(all, view)
	}
	return all
}

// cellName is what a row is called.
func cellName(q *request, dimension, code string) Text {
	switch {
	case code == stakeholder.NotGiven:
		return message("balance.not_given")
	case dimension == "region":
		return regionName(q, code)
	case dimension == "group":
		return message("pack.group." + code)
	case dimension == "kind":
		return partyKind(code)
	case dimension == "size":
		return message("size." + code)
	}
	return message("balance." + dimension + "." + code)
}

func balanceTable(all []dimensionView) *Table {
	t := &Table{Columns: []string{"dimension", "code", "name_en", "parties", "corporate_families", "share", "benchmark_en", "in_benchmark", "benchmark_share", "ratio", "word"}}
	for _, d := range all {
		for _, r := range d.Rows {
			there := ""
			if r.Expected != "" {
				there = strconv.FormatInt(r.There, 10)
			}
			t.Rows = append(t.Rows, []string{d.Name, r.Code, english(r.NameIs), strconv.FormatInt(r.Parties, 10), strconv.FormatInt(r.Families, 10), r.Share,
				english(d.Benchmark), there, r.Expected, r.Ratio, r.Word})
		}
	}
	return t
}

// percent writes a share as a percentage with one decimal.
func percent(lang locale.Lang, share string) string {
	r, ok := new(big.Rat).SetString(share)
	if !ok {
		return share
	}
	return lang.T("balance.percent", "n", lang.Number(r.Mul(r, big.NewRat(100, 1)).FloatString(1)))
}
