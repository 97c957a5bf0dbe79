package web

import (
	"net/url"
	"slices"
	"strconv"

	"kept/internal/correction"
	"kept/internal/keeper"
)

// correctionRow is a correction in the list.
type correctionRow struct {
	ID       int64  `json:"id"`
	Href     string `json:"href"`
	About    Link   `json:"about"`
	Code     string `json:"code"`
	Category string `json:"category"`
	What     Text   `json:"category_in_words"`
	Received string `json:"received_on"`
	Answered string `json:"answered_on,omitempty"`
	Outcome  string `json:"outcome"` // "open" without an answer
	Result   Text   `json:"outcome_in_words"`
	Days     int    `json:"days"` // that the answer took, or that it has been waited for
}

func (q *request) correctionRow(c correction.Correction) (correctionRow, error) {
	about, err := q.aboutLink(c.About)
	row := correctionRow{ID: c.ID, Href: correctionHref(c.ID), About: about, Code: c.About.String(), Category: c.Category,
		What: message("correction.category." + c.Category), Received: c.ReceivedOn, Answered: c.AnsweredOn, Outcome: c.Outcome}
	days, answered := c.Days()
	if row.Days = days; !answered {
		row.Outcome, row.Days = "open", c.Waits(q.Today)
	}
	row.Result = message("correction.outcome." + row.Outcome)
	return row, err
}

// timesView is how long answers took.
type timesView struct {
	Year     string         `json:"year,omitempty"`
	Asked    int            `json:"asked"`
	Answered int            `json:"answered"`
	Open     int            `json:"open"`
	Outcomes map[string]int `json:"by_outcome,omitempty"`
	Median   string         `json:"median_days,omitempty"`
	Slowest  int            `json:"slowest_days,omitempty"`
	Oldest   string         `json:"oldest_open_since,omitempty"`
}

func newTimes(year string, t correction.Times) timesView {
	return timesView{year, t.Asked, t.Answered, t.Asked - t.Answered, t.Outcomes, t.Median, t.Slowest, t.Oldest}
}

type correctionsView struct {
	Times    timesView       `json:"times"`
	Years    []timesView     `json:"years,omitempty"`
	Thing    string          `json:"thing,omitempty"`
	Filters  []filter        `json:"-"`
	Rows     []correctionRow `json:"corrections"`
	Disputes int             `json:"disputes"`
	listPage
}

// corrections lists what was asked and what was answered, with how long it took.
func (s *Site) corrections(q *request) (View, error) {
	asked := q.query("thing", "outcome", "category", "year", "page")
	all, err := correction.List(q.Tx, correction.Filter{})
	if err != nil {
		return View{}, err
	}
	times, years := correction.Tally(all)
	v := correctionsView{Times: newTimes("", times), Thing: asked.Get("thing")}
	for _, y := range years {
		v.Years = append(v.Years, newTimes(y.Year, y.Times))
	}
	f := correction.Filter{Thing: v.Thing, Outcome: asked.Get("outcome"), Category: asked.Get("category"), Year: asked.Get("year")}
	list, err := correction.List(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	if v.Rows, v.listPage, err = q.correctionRows(list, asked); err != nil {
		return View{}, err
	}
	outcomes := append([]string{"open"}, correction.Outcomes...)
	c := coder{q, asked}
	v.Filters = []filter{c.codes("outcome", outcomes, "correction.outcome."), c.codes("category", correction.Categories, "correction.category.")}
	disputes, err := correction.Disputes(q.Tx, "")
	if err != nil {
		return View{}, err
	}
	v.Disputes = len(disputes)
	return View{Page: "corrections", Title: message("corrections.title"), Subjects: []string{"corrections"}, Data: v,
		Table: correctionTable(v.Rows), Robots: filtered(asked)}, nil
}

// correctionRows are the rows of the page that is asked for; programs get them all.
func (q *request) correctionRows(list []correction.Correction, asked url.Values) ([]correctionRow, listPage, error) {
	cut, page := paged(q, list, asked)
	rows := make([]correctionRow, len(cut))
	for i, c := range cut {
		var err error
		if rows[i], err = q.correctionRow(c); err != nil {
			return nil, page, err
		}
	}
	return rows, page, nil
}

func correctionTable(rows []correctionRow) *Table {
	t := &Table{Columns: []string{"id", "about", "category", "received_on", "answered_on", "outcome", "days"}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), r.Code, r.Category, r.Received, r.Answered, r.Outcome, strconv.Itoa(r.Days)})
	}
	return t
}

// correctionView is one correction with its answer.
type correctionView struct {
	correctionRow
	By        Link   `json:"by"`
	Published string `json:"published_on"`
	Text      Text   `json:"text,omitempty"`
	Proposed  Text   `json:"proposed,omitempty"`
	URL       string `json:"url,omitempty"`
	Answer    Text   `json:"answer,omitempty"`
	AnswerID  int64  `json:"answer_entry,omitempty"`
	Role      string `json:"answered_by,omitempty"`
	FixedBy   int64  `json:"corrected_by_entry,omitempty"`
	Duplicate string `json:"duplicate_of,omitempty"`
}

func (s *Site) correction(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	c, err := correction.Get(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	row, err := q.correctionRow(c)
	if err != nil {
		return View{}, err
	}
	words, err := keeper.WordsOf(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	v := correctionView{correctionRow: row, By: Link{Text: message("correction.by." + c.By)}, Published: c.AskedOn,
		Text: wordsText(words, "text"), Proposed: wordsText(words, "proposed"), URL: words["url.und"], AnswerID: c.Answer, FixedBy: c.FixedBy}
	if c.Party != 0 {
		if v.By, err = q.partyLink(c.Party); err != nil {
			return View{}, err
		}
	}
	if c.Duplicate != 0 {
		v.Duplicate = correctionHref(c.Duplicate)
	}
	if err := v.answer(q, c); err != nil {
		return View{}, err
	}
	return View{Page: "correction", Title: message("correction.title", "id", row.ID), Crumbs: []Link{{message("corrections.title"), "/corrections"}},
		Subjects: []string{"correction:" + strconv.FormatInt(id, 10)}, Data: v}, nil
}

func (v *correctionView) answer(q *request, c correction.Correction) error {
	if c.Answer == 0 {
		return nil
	}
	e, err := keeper.ReadEntry(q.Tx, c.Answer)
	if err != nil {
		return err
	}
	var f correction.Answered
	if err := e.Decode(&f); err != nil {
		return err
	}
	words, err := keeper.WordsOf(q.Tx, c.Answer)
	v.Role, v.Answer = f.Role, wordsText(words, "text")
	return err
}

// disputeView is a dispute: the words of both sides, neither before the other.
type disputeView struct {
	ID       int64  `json:"id"`
	Href     string `json:"href"`
	Entry    int64  `json:"entry"`
	Kind     Text   `json:"kind"`
	Raiser   Link   `json:"raised_by"`
	Maker    Link   `json:"maker"`
	Raised   string `json:"raised_on"`
	Text     Text   `json:"text,omitempty"`
	Answered string `json:"answered_on,omitempty"`
	Answer   Text   `json:"answer,omitempty"`
	AnswerID int64  `json:"answer_entry,omitempty"`
	State    string `json:"state"` // open, or how it ended
	Result   Text   `json:"state_in_words"`
	Closed   string `json:"closed_on,omitempty"`
	Note     Text   `json:"note,omitempty"`
	Half     Text   `json:"called_settled_by,omitempty"` // the one side that said so
	Holds    bool   `json:"holds"`
	About    Link   `json:"about"`
}

func (q *request) dispute(d correction.Dispute) (disputeView, error) {
	v := disputeView{ID: d.ID, Href: disputeHref(d.ID), Entry: d.Entry, Raised: d.RaisedOn, Answered: d.AnsweredOn, AnswerID: d.Answer,
		State: d.Outcome, Closed: d.ClosedOn, Holds: d.Holds()}
	if d.ClosedOn == "" {
		v.State = "open"
	}
	v.Result = message("dispute.state." + v.State)
	e, err := keeper.ReadEntry(q.Tx, d.Entry)
	if err != nil {
		return v, err
	}
	v.Kind = kindName(e.Kind)
	if v.Raiser, err = q.partyLink(d.Party); err != nil {
		return v, err
	}
	if v.Maker, err = q.partyLink(d.Maker); err != nil {
		return v, err
	}
	switch {
	case d.ClosedOn != "":
	case d.SettledRaiser != "":
		v.Half = v.Raiser.Text
	case d.SettledMaker != "":
		v.Half = v.Maker.Text
	}
	if about, err := correction.ParseAbout(d.Thing); err == nil {
		if v.About, err = q.aboutLink(about); err != nil {
			return v, err
		}
	}
	return v, v.said(q, d)
}

// said fills in the words that both sides wrote.
func (v *disputeView) said(q *request, d correction.Dispute) error {
	for _, of := range []struct {
		entry int64
		part  string
		to    *Text
	}{{d.ID, "text", &v.Text}, {d.Answer, "text", &v.Answer}, {d.ClosedBy, "note", &v.Note}} {
		if of.entry == 0 {
			continue
		}
		words, err := keeper.WordsOf(q.Tx, of.entry)
		if err != nil {
			return err
		}
		*of.to = wordsText(words, of.part)
	}
	return nil
}

type disputesView struct {
	Open int           `json:"open"`
	Rows []disputeView `json:"disputes"`
	listPage
}

// disputes lists every dispute, the latest first.
func (s *Site) disputes(q *request) (View, error) {
	asked := q.query("page")
	list, err := correction.Disputes(q.Tx, "")
	if err != nil {
		return View{}, err
	}
	cut, page := paged(q, list, asked)
	v := disputesView{listPage: page}
	table := &Table{Columns: []string{"id", "entry", "raised_on", "answered_on", "state", "closed_on"}}
	for _, d := range cut {
		row, err := q.dispute(d)
		if err != nil {
			return View{}, err
		}
		v.Rows = append(v.Rows, row)
		table.Rows = append(table.Rows, []string{strconv.FormatInt(row.ID, 10), strconv.FormatInt(row.Entry, 10), row.Raised, row.Answered, row.State, row.Closed})
	}
	v.Open = len(slices.DeleteFunc(list, func(d correction.Dispute) bool { return d.ClosedOn != "" }))
	return View{Page: "disputes", Title: message("disputes.title"), Crumbs: []Link{{message("corrections.title"), "/corrections"}},
		Subjects: []string{"corrections", "parties"}, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// disputePage is one dispute.
func (s *Site) disputePage(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	d, err := correction.GetDispute(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	v, err := q.dispute(d)
	return View{Page: "dispute", Title: phrase("dispute.title", "id", strconv.FormatInt(id, 10)), Crumbs: []Link{{message("corrections.title"), "/corrections"}, {message("disputes.title"), "/disputes"}},
		Subjects: []string{"dispute:" + strconv.FormatInt(id, 10)}, Data: v}, err
}
