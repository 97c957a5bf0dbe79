package web

import (
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Requests for support and offers of it. They are shown and set beside each other
// with the reasons why they fit; nothing is arranged here and nothing is sent: a
// party answers another one's by an act of its own, from its desk.

type helpRow struct {
	ID      int64  `json:"id"`
	Href    string `json:"href"`
	Title   Text   `json:"title"`
	Party   Link   `json:"party"`
	Side    string `json:"side"`
	SideIs  Text   `json:"side_in_words"`
	Kind    string `json:"kind"`
	KindIs  Text   `json:"kind_in_words"`
	Items   []Link `json:"items"`
	Areas   []Link `json:"areas,omitempty"`
	Size    string `json:"size,omitempty"`
	Unit    string `json:"unit,omitempty"`
	HowMuch Text   `json:"-"`
	Until   string `json:"until"`
	State   string `json:"state"`
	StateIs Text   `json:"state_in_words"`
	MadeOn  string `json:"made_on"`
	itemIDs []string
	areaIDs []string
}

type supportView struct {
	Total int64 `json:"total"`
	filters
	Rows []helpRow `json:"rows"`
	pages
}

func newHelpRow(q *request, h commitment.Help, by stakeholder.Names) helpRow {
	row := helpRow{ID: h.ID, Href: supportHref(h.ID), Title: summaryText(h.Text, "title"), Party: Link{partyName(by), partyHref(h.Party)},
		Side: h.Side, SideIs: message("support.side." + h.Side), Kind: h.Kind, KindIs: message("support.kind." + h.Kind), Size: h.Size, Unit: h.Unit, Until: h.Until,
		State: h.State(q.Today), StateIs: message("support.state." + h.State(q.Today)), MadeOn: h.MadeOn, itemIDs: h.Items, areaIDs: h.Areas}
	if len(row.Title) == 0 {
		row.Title = message("support.untitled", "id", h.ID)
	}
	if h.Size != "" {
		row.HowMuch = quantity(h.Size, "", h.Unit)
	}
	for _, i := range h.Items {
		row.Items = append(row.Items, itemLink(q.Pack, i))
	}
	for _, a := range h.Areas {
		row.Areas = append(row.Areas, Link{areaName(q.Areas, a), "/areas/" + a})
	}
	return row
}

func supportHref(id int64) string { return "/support/" + strconv.FormatInt(id, 10) }

// helpRows are rows with the names of their parties.
func helpRows(q *request, list []commitment.Help) ([]helpRow, error) {
	var ids []int64
	for _, h := range list {
		ids = append(ids, h.Party)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]helpRow, 0, len(list))
	for _, h := range list {
		rows = append(rows, newHelpRow(q, h, names[h.Party]))
	}
	return rows, nil
}

// support lists requests and offers; as long as nobody asks otherwise, the open ones.
func (s *Site) support(q *request) (View, error) {
	asked := q.query("q", "side", "kind", "state", "item", "under", "for", "body", "area", "party", "commitment", "after")
	c := coder{q, asked}
	f := commitment.HelpFilter{Query: asked.Get("q"), Side: asked.Get("side"), Kind: asked.Get("kind"), State: asked.Get("state"), Area: asked.Get("area"), After: asked.Get("after"), Today: q.Today}
	switch f.State {
	case "":
		f.State = "open"
	case "any":
		f.State = ""
	}
	var err error
	if f.Items, err = c.scope(); err != nil {
		return View{}, err
	}
	f.Party, _ = strconv.ParseInt(asked.Get("party"), 10, 64) // what is no number asks for none
	f.Commitment, _ = strconv.ParseInt(asked.Get("commitment"), 10, 64)
	page := func(after string) ([]helpRow, string, error) {
		f.After = after
		found, err := commitment.ListHelp(q.Tx, f)
		if err != nil {
			return nil, "", err
		}
		rows, err := helpRows(q, found.List)
		return rows, found.Next, err
	}
	v := View{Page: "support", Title: message("support.title"), Section: "menu.commitments", Subjects: []string{"support"}, Robots: filtered(asked)}
	if q.whole() {
		f.Limit = 1000
		v.Table = streamCSV(helpTable, page)
		return v, nil
	}
	found, err := commitment.ListHelp(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	data := supportView{Total: found.Total}
	if data.Rows, err = helpRows(q, found.List); err != nil {
		return View{}, err
	}
	if found.Next != "" {
		data.Next = nextPage(asked, found.Next)
	}
	main := []filter{c.codes("side", []string{commitment.Requested, commitment.Offered}, "support.side."), c.codes("kind", commitment.SupportKinds, "support.kind."),
		c.codes("state", []string{"open", "over", "closed", "any"}, "support.state.")}
	main[1].Label = message("field.support_kind")
	main[2].Whole = true
	if asked.Get("state") == "" {
		main[2].Options[0].Chosen = true // what the list shows as long as nobody asks otherwise
	}
	for n := range main {
		main[n].Main = true
	}
	main = append(main, c.scopeFields(scopeNames...)...)
	for _, name := range []string{"area", "party", "commitment"} { // what the reader came with; no control asks for it
		main = append(main, c.plain(name, "hidden"))
	}
	data.filters = newFilters(asked, "support.words", main)
	v.Data, v.Table = data, helpTable(data.Rows)
	return v, nil
}

func helpTable(rows []helpRow) *Table {
	t := &Table{Columns: []string{"id", "side", "kind", "title_en", "party", "items", "areas", "size", "unit", "until", "state", "made_on"}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), r.Side, r.Kind, english(r.Title), english(r.Party.Text), strings.Join(r.itemIDs, " "),
			strings.Join(r.areaIDs, " "), r.Size, r.Unit, r.Until, r.State, r.MadeOn})
	}
	return t
}

// helpView is the page of one request or offer.
type helpView struct {
	helpRow
	Text       Text        `json:"text,omitempty"`
	Commitment *Link       `json:"commitment,omitempty"`
	Answers    *Link       `json:"answers,omitempty"`
	Answered   []helpRow   `json:"answered_by,omitempty"`
	Closed     string      `json:"closed_on,omitempty"`
	ClosedBy   int64       `json:"closed_by,omitempty"`
	Outcome    Text        `json:"outcome,omitempty"`
	Note       Text        `json:"note,omitempty"`
	Matches    []matchView `json:"matches,omitempty"`
	Wider      []Text      `json:"could_be_widened,omitempty"`
	Receipt    string      `json:"receipt"`
}

type matchView struct {
	helpRow
	Score   int      `json:"score"`
	Codes   []string `json:"reasons"`
	Reasons []Text   `json:"reasons_in_words"`
}

// shownMatches bounds the counterparts on one page; the list has them all.
const shownMatches = 10

func (s *Site) oneSupport(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	h, err := commitment.GetHelp(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	rows, err := helpRows(q, []commitment.Help{h})
	if err != nil {
		return View{}, err
	}
	v := helpView{helpRow: rows[0], Text: summaryText(h.Text, "text"), Receipt: "/record/receipts/" + strconv.FormatInt(id, 10)}
	if err := v.around(q, h); err != nil {
		return View{}, err
	}
	if v.State == "open" {
		if err := v.matches(q, h); err != nil {
			return View{}, err
		}
	}
	return View{Page: "help", Title: v.Title, Section: "menu.commitments", Crumbs: []Link{{message("support.title"), "/support"}},
		Subjects: []string{"support", "parties"}, Data: v}, nil
}

// around adds what it stands beside, what it answers, and how it was closed.
func (v *helpView) around(q *request, h commitment.Help) error {
	if h.Commitment != 0 {
		c, err := commitment.Get(q.Tx, h.Commitment, q.Today)
		if err != nil {
			return err
		}
		v.Commitment = &Link{titleOf(c), commitmentHref(h.Commitment)}
	}
	if h.Answers != 0 {
		other, err := commitment.GetHelp(q.Tx, h.Answers)
		if err != nil {
			return err
		}
		v.Answers = &Link{summaryText(other.Text, "title"), supportHref(h.Answers)}
	}
	answers, err := commitment.ListHelp(q.Tx, commitment.HelpFilter{Answers: h.ID, Today: q.Today, Limit: shownMatches})
	if err != nil {
		return err
	}
	if v.Answered, err = helpRows(q, answers.List); err != nil {
		return err
	}
	if h.ClosedOn == "" {
		return nil
	}
	words, err := commitment.ClosingWords(q.Tx, h)
	v.Closed, v.ClosedBy, v.Outcome, v.Note = h.ClosedOn, h.ClosedBy, message("support.outcome."+h.Outcome), wordsText(words, "note")
	return err
}

func (v *helpView) matches(q *request, h commitment.Help) error {
	found, wider, err := commitment.MatchesOf(q.Tx, q.Pack, h, q.Today)
	if err != nil {
		return err
	}
	for _, m := range found[:min(len(found), shownMatches)] {
		rows, err := helpRows(q, []commitment.Help{m.Help})
		if err != nil {
			return err
		}
		one := matchView{helpRow: rows[0], Score: m.Score, Codes: m.Reasons}
		for _, r := range m.Reasons {
			one.Reasons = append(one.Reasons, message("support.reason."+r))
		}
		v.Matches = append(v.Matches, one)
	}
	for _, w := range wider {
		v.Wider = append(v.Wider, everyLang(func(l locale.Lang) string { return l.T("support.widen."+w.What, "n", w.Count) }))
	}
	return nil
}
