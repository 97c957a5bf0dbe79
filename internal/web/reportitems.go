package web

import (
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// periodItem is a row of the annex: what was done on an item, by whom, with which source.
type periodItem struct {
	Item        Link     `json:"item"`
	ID          string   `json:"id"`
	Commitments []Link   `json:"commitments,omitempty"`
	Intents     []Link   `json:"statements_of_intent,omitempty"`
	Elsewhere   []Link   `json:"stated_elsewhere,omitempty"`
	Withdrawn   []Link   `json:"withdrawn,omitempty"`
	Reports     []int64  `json:"reports,omitempty"`
	Parties     []Link   `json:"parties,omitempty"`
	Endorsers   []Link   `json:"endorsers,omitempty"`
	Bodies      []Link   `json:"bodies,omitempty"`
	Series      []Link   `json:"series,omitempty"`
	Sources     []string `json:"sources,omitempty"`
	More        int      `json:"-"` // commitments and parties that the page does not list
}

// Quiet tells an item on which nothing is registered.
func (i periodItem) Quiet() bool {
	return len(i.Commitments)+len(i.Intents)+len(i.Elsewhere)+len(i.Withdrawn)+len(i.Endorsers) == 0
}

// mostInRow is how many commitments or parties of an item its row names on a page.
const mostInRow = 8

// itemsPerPage is how many items of the annex a page shows: a row can be long.
const itemsPerPage = 15

type periodItemsView struct {
	periodHead
	listPage
	Rows []periodItem `json:"items"`
}

// periodItems is the annex item by item.
func (s *Site) periodItems(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	asked := q.query("page")
	v := periodItemsView{periodHead: p.head(q)}
	rows, page := pagedBy(q, p.Figures.Items, asked, itemsPerPage)
	v.listPage = page
	most := mostInRow
	if q.forProgram() {
		most = 1 << 30
	}
	for _, r := range rows {
		row, err := newPeriodItem(q, r, most)
		if err != nil {
			return View{}, err
		}
		v.Rows = append(v.Rows, row)
	}
	table := &Table{Columns: []string{"item", "commitments", "statements_of_intent", "stated_elsewhere", "withdrawn", "reports", "parties", "endorsers", "bodies", "series", "sources"}}
	for _, r := range p.Figures.Items {
		table.Rows = append(table.Rows, []string{r.Item, joined(r.Commitments), joined(r.Intents), joined(r.Elsewhere), joined(r.Withdrawn), joined(r.Reports), joined(r.Parties),
			joined(r.Endorsers), strings.Join(r.Bodies, " "), strings.Join(r.Series, " "), strings.Join(r.Sources, " ")})
	}
	out := p.view(q, "perioditems", chapterName("items"), v, table)
	out.Robots = filtered(asked)
	return out, nil
}

// joined writes ids as a cell.
func joined(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(words, " ")
}

func newPeriodItem(q *request, r report.ItemRow, most int) (row periodItem, err error) {
	row = periodItem{ID: r.Item, Item: partLink(q.Pack, r.Item), Reports: r.Reports, Sources: r.Sources}
	for _, list := range []struct {
		to  *[]Link
		ids []int64
	}{{&row.Commitments, r.Commitments}, {&row.Intents, r.Intents}, {&row.Elsewhere, r.Elsewhere}, {&row.Withdrawn, r.Withdrawn}} {
		row.More += max(0, len(list.ids)-most)
		for _, id := range list.ids[:min(len(list.ids), most)] {
			l, err := q.commitmentLink(id)
			if err != nil {
				return row, err
			}
			*list.to = append(*list.to, l)
		}
	}
	for _, list := range []struct {
		to  *[]Link
		ids []int64
	}{{&row.Parties, r.Parties}, {&row.Endorsers, r.Endorsers}} {
		row.More += max(0, len(list.ids)-most)
		ids := list.ids[:min(len(list.ids), most)]
		names, err := stakeholder.NamesOf(q.Tx, ids...)
		if err != nil {
			return row, err
		}
		for _, id := range ids {
			*list.to = append(*list.to, Link{partyName(names[id]), partyHref(id)})
		}
	}
	for _, id := range r.Bodies {
		row.Bodies = append(row.Bodies, Link{title(q.Pack, compact.Bodies, id), "/bodies/" + id})
	}
	for _, id := range r.Series {
		row.Series = append(row.Series, Link{title(q.Pack, compact.Indicators, id), "/indicators/" + id})
	}
	return row, nil
}

// ownRow is what a report says of one thing of a party, with where it can be put right.
type ownRow struct {
	What    Link     `json:"what"`
	Said    []Text   `json:"said,omitempty"`
	Items   []Link   `json:"items,omitempty"`
	Figures []Link   `json:"figures,omitempty"`
	Correct []Link   `json:"correct,omitempty"` // the party's own forms
	Wrong   Link     `json:"wrong"`             // anybody's
	in      []string // ids of the figures
}

type periodRowsView struct {
	periodHead
	listPage
	Party Link     `json:"party"`
	Rows  []ownRow `json:"rows"`
}

// periodRows is what a report says of one party, row by row, each with the ways to
// correct it.
func (s *Site) periodRows(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	party, err := strconv.ParseInt(q.arg("party"), 10, 64)
	if err != nil {
		return View{}, errNotFound(q.URL.Path)
	}
	one, err := stakeholder.ByID(q.Tx, party)
	if err != nil {
		return View{}, err
	}
	names, err := stakeholder.NamesOf(q.Tx, party)
	if err != nil {
		return View{}, err
	}
	v := periodRowsView{periodHead: p.head(q), Party: Link{partyName(names[party]), partyHref(party)}}
	asked := q.query("page")
	all, err := commitment.Find(q.Tx, commitment.Filter{Party: party, Today: q.Today, Limit: 1000})
	if err != nil {
		return View{}, err
	}
	own, page := pagedBy(q, all.List, asked, rowsPerPage)
	v.listPage = page
	behind := p.behind()
	first := ownRow{What: v.Party, in: behind[party], Said: []Text{partyKind(one.Kind)}, Correct: []Link{{message("period.correct.party"), partyHref(party) + "/amend"}}, Wrong: wrongLink("party", party)}
	v.Rows = append(v.Rows, first)
	for _, c := range own {
		row, err := p.ownCommitment(q, c.ID, behind)
		if err != nil {
			return View{}, err
		}
		v.Rows = append(v.Rows, row)
	}
	table := &Table{Columns: []string{"what_en", "address", "said_en", "items", "figures"}}
	for i := range v.Rows {
		r := &v.Rows[i]
		for _, id := range r.in {
			r.Figures = append(r.Figures, Link{figureLabel(q, id), p.figureHref(id)})
		}
		if p.State == report.StateReleased {
			r.Correct = nil // what is frozen is asked about, and put right by an erratum
		}
		var said, items []string
		for _, t := range r.Said {
			said = append(said, english(t))
		}
		for _, l := range r.Items {
			items = append(items, strings.TrimPrefix(l.Href, "/items/"))
		}
		table.Rows = append(table.Rows, []string{english(r.What.Text), r.What.Href, strings.Join(said, "; "), strings.Join(items, " "), strings.Join(r.in, " ")})
	}
	out := p.view(q, "periodrows", phrase("period.rows_of", "party", v.Party.Text), v, table)
	out.Robots = filtered(asked)
	return out, nil
}

// rowsPerPage is how many commitments of a party a page of its rows shows.
const rowsPerPage = 20

// rowsOf leads to what the latest reports say of a party.
func rowsOf(q *request, party int64) (out []Link, err error) {
	list, err := report.List(q.Tx, "")
	for _, r := range list[:min(len(list), mostSides)] {
		out = append(out, Link{(&reported{Report: r}).name(q), periodHref(r.ID) + "/rows/" + strconv.FormatInt(party, 10)})
	}
	return out, err
}

func wrongLink(kind string, id int64) Link {
	return Link{message("marks.wrong"), "/wrong?about=" + kind + ":" + strconv.FormatInt(id, 10)}
}

// behind are the figures that each entry is behind, as far as they list their entries.
func (p *reported) behind() map[int64][]string {
	out := map[int64][]string{}
	for _, c := range p.Figures.Chapters {
		for _, f := range c.Figures {
			for _, id := range f.Records {
				out[id] = append(out[id], f.ID)
			}
		}
	}
	return out
}

// ownCommitment is what a report says of a commitment. While it is open that is how
// the commitment stands on the report's day; once frozen, where it is counted.
func (p *reported) ownCommitment(q *request, id int64, behind map[int64][]string) (ownRow, error) {
	c, err := commitment.Get(q.Tx, id, p.Date)
	if err != nil {
		return ownRow{}, err
	}
	row := ownRow{What: Link{titled(id, c.Text), commitmentHref(id)}, in: behind[id]}
	if p.State != report.StateReleased {
		row.Said = append(row.Said, message("commitment.lifecycle."+c.Lifecycle))
		if c.Reporting.State != "" {
			row.Said = append(row.Said, message("commitment.reporting."+c.Reporting.State))
		}
		if c.Self.Status != "" {
			row.Said = append(row.Said, message("report.status."+c.Self.Status))
		}
		if c.Pace != "" {
			row.Said = append(row.Said, message("commitment.pace."+c.Pace))
		}
	}
	for _, i := range p.Figures.Items {
		for _, list := range [][]int64{i.Commitments, i.Intents, i.Elsewhere, i.Withdrawn} {
			for _, counted := range list {
				if counted == id {
					row.Items = append(row.Items, partLink(q.Pack, i.Item))
				}
			}
		}
	}
	if !c.Stated && c.Closing.On == "" {
		row.Correct = append(row.Correct, Link{message("period.correct.amend"), commitmentHref(id) + "/amend"}, Link{message("period.correct.report"), commitmentHref(id) + "/report"})
	}
	row.Wrong = wrongLink("commitment", id)
	return row, nil
}

// sideRow is a figure in the releases of one kind of report.
type sideRow struct {
	ID     string     `json:"figure"`
	Label  Text       `json:"label"`
	Values []sideCell `json:"values"`
}

type sideCell struct {
	Report    int64  `json:"report"`
	Href      string `json:"href,omitempty"`
	Value     string `json:"value,omitempty"`
	Code      Text   `json:"word,omitempty"`
	Why       Text   `json:"why,omitempty"`
	Corrected string `json:"corrected_to,omitempty"`
}

type periodSidesView struct {
	periodHead
	listPage
	Releases []periodRow `json:"releases"`
	Rows     []sideRow   `json:"figures"`
}

// mostSides is how many releases stand beside one another.
const mostSides = 6

// periodSides sets the releases of one kind of report side by side, figure by figure.
func (s *Site) periodSides(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	asked := q.query("page")
	list, err := report.List(q.Tx, p.Kind)
	if err != nil {
		return View{}, err
	}
	v := periodSidesView{periodHead: p.head(q)}
	var all []*reported
	for _, r := range list {
		if r.Release == 0 || len(all) == mostSides {
			continue
		}
		one := &reported{Report: r, State: report.StateReleased}
		if one.Figures, err = s.frozen(q.Tx, r.ReleaseFigures); err != nil {
			return View{}, err
		}
		if one.Errata, err = report.Errata(q.Tx, r.ID); err != nil {
			return View{}, err
		}
		all = append(all, one)
		v.Releases = append(v.Releases, newPeriodRow(r, q.Today))
	}
	if len(all) == 0 {
		return View{}, errNotFound(q.URL.Path)
	}
	ids := figureIDs(all)
	table := &Table{Columns: []string{"figure", "label_en"}}
	for _, one := range all {
		table.Columns = append(table.Columns, one.From+"_"+one.To)
	}
	for _, id := range ids {
		cells := []string{id, english(figureLabel(q, id))}
		for _, c := range sides(id, all) {
			cells = append(cells, c.Value)
		}
		table.Rows = append(table.Rows, cells)
	}
	shown, page := paged(q, ids, asked)
	v.listPage = page
	for _, id := range shown {
		v.Rows = append(v.Rows, sideRow{id, figureLabel(q, id), sides(id, all)})
	}
	out := p.view(q, "periodsides", message("period.sides"), v, table)
	out.Robots = filtered(asked)
	return out, nil
}

// figureIDs are the figures of all releases, in the order of the latest that has each.
func figureIDs(all []*reported) (ids []string) {
	seen := map[string]bool{}
	for _, one := range all {
		for _, c := range one.Figures.Chapters {
			for _, f := range c.Figures {
				if !seen[f.ID] {
					seen[f.ID] = true
					ids = append(ids, f.ID)
				}
			}
		}
	}
	return ids
}

func sides(id string, all []*reported) (cells []sideCell) {
	for _, one := range all {
		c := sideCell{Report: one.ID, Corrected: one.corrected(id)}
		if f, ok := one.Figures.Figure(id); ok {
			c.Value, c.Code, c.Href = f.Value, valueWord(f), one.figureHref(id)
			if f.Why != "" {
				c.Why = whyNot(f.Why)
			}
		}
		cells = append(cells, c)
	}
	return cells
}
