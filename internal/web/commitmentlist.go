package web

import (
	"encoding/json"
	"slices"
	"sync"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// commitmentsView is the list of commitments. The rows of its JSON are written
// apart, see [View.Rows].
type commitmentsView struct {
	filters
	commitmentList `json:"-"`
	Of             int64          `json:"total"`
	Counts         []factView     `json:"counts,omitempty"`
	Which          string         `json:"which,omitempty"`
	Disputed       []int64        `json:"disputed,omitempty"` // commitments with a dispute that holds, of the whole record
	Balance        *dimensionView `json:"-"`

	all commitment.Counts // of the whole record, whatever the filters
	pages
}

// commitments is the list, filtered by any of the facts.
func (s *Site) commitments(q *request) (View, error) {
	asked := q.query(slices.Concat(commitmentFilters, []string{"after", "limit"})...)
	c := coder{q, asked}
	f, err := c.commitmentFilter()
	if err != nil {
		return View{}, err
	}
	v := View{Feeds: q.follow("/commitments", asked), Page: "commitments", Title: message("menu.commitments"), Section: "menu.commitments", Subjects: []string{"commitments", "parties"}, Robots: filtered(asked)}
	if q.whole() {
		v.Table = streamCSV(commitmentTable, func(after string) ([]commitmentLine, string, error) {
			f.After, f.Limit, f.Today = after, 1000, q.Today
			return commitmentLines(q, f)
		})
		return v, nil
	}
	f.After = asked.Get("after")
	data := commitmentsView{Which: f.Which}
	if !q.forProgram() || len(asked) == 0 {
		if data.Counts, data.all, err = countsOf(q); err != nil {
			return View{}, err
		}
	}
	v.Data, v.Table = &data, &Table{}
	if q.forProgram() {
		if data.Disputed, err = q.disputedCommitments(); err != nil {
			return View{}, err
		}
		v.Rows, err = s.commitmentRows(q, f, &data, int(c.id("limit")))
		if data.Next != "" {
			data.Next = nextPage(asked, data.Next)
		}
		return v, err
	}
	list, next, err := listCommitments(q, f)
	if err != nil {
		return View{}, err
	}
	data.commitmentList, data.Of = *list, list.Total
	if next != "" {
		data.Next = nextPage(asked, next)
	}
	fields, err := db.Once(q.Tx, once("commitment fields "+string(q.lang())+" "+asking(asked, "after", "").Encode()), c.commitmentFields)
	if err != nil {
		return View{}, err
	}
	data.filters = newFilters(asked, "commitments.words", fields, "which")
	data.Balance, err = db.Once(q.Tx, once("commitments beside "+asking(asked, "after", "").Encode()), func() (*dimensionView, error) {
		leads, err := commitment.Leads(q.Tx, f)
		if err != nil {
			return nil, err
		}
		b, err := stakeholder.BalanceAmong(q.Tx, leads)
		return balanceFold(q, b, "commitments", asked), err
	})
	return v, err
}

// commitmentRows are the rows of the JSON twin, as they were written when they
// last changed, and fills total and cursor. What an unchanged row says depends on
// the commitment, the names of its lead, the day and the language; any change of
// the first two gives the commitment another State.
func (s *Site) commitmentRows(q *request, f commitment.Filter, into *commitmentsView, limit int) ([][]byte, error) {
	if f.Limit = limit; limit < 0 {
		f.Limit = 0
	}
	page, err := commitment.Find(q.Tx, f)
	if err != nil {
		return nil, err
	}
	into.Of, into.Next = page.Total, page.Next
	lang := q.query("lang").Get("lang")
	out := make([][]byte, len(page.List))
	var missing []commitment.Summary
	var at []int
	for i, c := range page.List {
		if out[i] = s.written.get(rowKey{c.ID, lang}, rowState{c.State, q.Today}); out[i] == nil {
			missing, at = append(missing, c), append(at, i)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	if err := commitment.Fill(q.Tx, missing); err != nil {
		return nil, err
	}
	var parties []int64
	for _, c := range missing {
		parties = append(parties, c.Party)
	}
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	if err != nil {
		return nil, err
	}
	for i, c := range missing {
		b, err := rowJSON(newCommitmentRow(c, names[c.Party]), locale.Lang(lang))
		if err != nil {
			return nil, err
		}
		out[at[i]] = b
		s.written.put(rowKey{c.ID, lang}, rowState{c.State, q.Today}, b)
	}
	return out, nil
}

// rowJSON writes a row in all languages, or narrowed to one.
func rowJSON(row any, lang locale.Lang) ([]byte, error) {
	b, err := json.Marshal(row)
	if err != nil || lang == "" {
		return b, err
	}
	return narrowed(b, lang)
}

// written keeps rows of JSON as they were written, up to a number of bytes; when
// it is full it begins anew.
type written struct {
	mu    sync.RWMutex
	rows  map[rowKey]writtenRow
	bytes int
}

type rowKey struct {
	id   int64
	lang string
}

// rowState is what a row was written from, beside its language.
type rowState struct {
	state any
	today string
}

type writtenRow struct {
	rowState
	json []byte
}

const mostWritten = 16 << 20

func (w *written) get(k rowKey, s rowState) []byte {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if row := w.rows[k]; row.rowState == s {
		return row.json
	}
	return nil
}

func (w *written) put(k rowKey, s rowState, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rows == nil || w.bytes > mostWritten {
		w.rows, w.bytes = map[rowKey]writtenRow{}, 0
	}
	w.bytes += len(b) + 128
	w.rows[k] = writtenRow{s, b}
}

// countsOf is the row of counts above the list; kinds of commitment are counted apart.
func countsOf(q *request) ([]factView, commitment.Counts, error) {
	c, err := commitment.CountAll(q.Tx, q.Today)
	if err != nil {
		return nil, c, err
	}
	facts := []factView{
		{message("commitments.here"), message("plain.number", "n", c.Commitments), message("commitments.by_parties", "n", c.Parties)},
		{message("commitments.intents"), message("plain.number", "n", c.Intents), message("commitments.intents_why")},
	}
	for _, state := range commitment.ReportingStates {
		if n := c.Reporting[state]; n > 0 {
			facts = append(facts, factView{message("commitment.reporting." + state), message("plain.number", "n", n), nil})
		}
	}
	if c.Elsewhere > 0 {
		facts = append(facts, factView{message("commitments.elsewhere"), message("plain.number", "n", c.Elsewhere), message("commitments.elsewhere_why")})
	}
	if c.EarlierOnly > 0 {
		facts = append(facts, factView{message("commitments.earlier"), message("plain.number", "n", c.EarlierOnly), message("commitments.earlier_why")})
	}
	if c.Withdrawn > 0 {
		facts = append(facts, factView{message("commitments.withdrawn"), message("plain.number", "n", c.Withdrawn), message("commitments.withdrawn_why")})
	}
	return facts, c, nil
}
