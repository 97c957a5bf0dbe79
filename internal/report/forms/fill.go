package forms

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// Filled is a form filled for one party, in all languages at once.
type Filled struct {
	Form    *Form   `json:"form"`
	Party   int64   `json:"party"`
	Name    Text    `json:"name"`
	Year    string  `json:"year,omitempty"` // reports and later money of this year; "" for all
	Years   []int   `json:"years"`          // that can be asked for
	Date    string  `json:"date"`
	Size    int64   `json:"record_size"`
	Total   int     `json:"commitments"`
	Left    int     `json:"left_out,omitempty"`       // commitments beyond the most that one form holds
	Untied  []Head  `json:"without_a_goal,omitempty"` // of a form by goal: commitments whose items nobody ties to one
	Sheets  []Sheet `json:"sheets"`
	Missing int     `json:"missing"` // fields without an answer, over all sheets
	ties    []compact.Tie
}

// Head names the commitment of a sheet.
type Head struct {
	Commitment int64 `json:"commitment"`
	Title      Text  `json:"title"`
}

// Sheet is the form once.
type Sheet struct {
	Head
	Goal  string `json:"goal,omitempty"`
	Cells []Cell `json:"fields"`
}

// Cell is one field with its answer.
type Cell struct {
	Field   string   `json:"field"`
	Answers []Answer `json:"answers,omitempty"`
	From    []string `json:"filled_from,omitempty"` // our fields that gave something
	Empty   []string `json:"empty,omitempty"`       // our fields that could have, and are empty
	Advice  string   `json:"advice,omitempty"`      // missing, not_known, asked_by_them, too_short, too_long
	Words   int      `json:"words,omitempty"`       // where the field has limits
}

// Codes of advice about a cell.
const (
	AdviceMissing = "missing"       // our field is empty: fill it in and it stands here too
	AdviceUnknown = "not_known"     // nobody has asserted or published it: it is not the party's to fill in
	AdviceTheirs  = "asked_by_them" // we do not ask for it: add it by hand
	AdviceShort   = "too_short"
	AdviceLong    = "too_long"
)

// Most is how many commitments one filled form holds.
const Most = 200

// Ask says what to read.
type Ask struct {
	Party int64
	Year  string // "2026"; anything else asks for all years
	Today string
	Base  string // public address of the site, for the addresses of commitments
}

// Read fills a form with what the party has entered.
func Read(tx *db.Tx, pack *compact.Pack, form *Form, ask Ask) (*Filled, error) {
	p, err := stakeholder.ByID(tx, ask.Party)
	if err != nil {
		return nil, err
	}
	words, err := keeper.WordsOf(tx, p.Version)
	if err != nil {
		return nil, err
	}
	f := &Filled{Form: form, Party: p.ID, Name: names(p.Names), Year: year(ask.Year), Date: ask.Today, ties: pack.Crosswalk()}
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&f.Size); err != nil {
		return nil, err
	}
	list, err := led(tx, p.ID, ask.Today)
	if err != nil {
		return nil, err
	}
	f.Years = years(list, ask.Today)
	own := ofParty(tx, pack, p, words["web.und"])
	if form.Sheets == ByGoal {
		if err := own.series(tx, pack, p); err != nil {
			return nil, err
		}
	}
	for _, c := range list {
		if !f.covers(c) {
			continue
		}
		if f.Total++; f.Total > Most {
			f.Left++
			continue
		}
		if err := f.add(tx, pack, c.ID, ask, own); err != nil {
			return nil, err
		}
	}
	if form.Sheets == ByGoal {
		slices.SortStableFunc(f.Sheets, func(a, b Sheet) int {
			return cmp.Or(compact.CompareEnds(a.Goal, b.Goal), cmp.Compare(a.Commitment, b.Commitment))
		})
	}
	return f, nil
}

// year is a year of four digits; what is none asks for all.
func year(asked string) string {
	if n, err := strconv.Atoi(asked); err == nil && n >= 1900 && n <= 2999 {
		return asked
	}
	return ""
}

// led are the commitments that the party leads, oldest first. What was stated
// elsewhere is not its own word.
func led(tx *db.Tx, party int64, today string) ([]commitment.Summary, error) {
	var list []commitment.Summary
	f := commitment.Filter{Party: party, Today: today, Limit: 1000}
	for {
		page, err := commitment.Find(tx, f)
		if err != nil {
			return nil, err
		}
		for _, c := range page.List {
			if c.Party == party {
				list = append(list, c)
			}
		}
		if f.After = page.Next; f.After == "" {
			slices.Reverse(list)
			return list, nil
		}
	}
}

// covers tells whether a commitment was made before the year was over and runs in it.
func (f *Filled) covers(c commitment.Summary) bool {
	return f.Year == "" || c.MadeOn[:4] <= f.Year && (c.End == "" || c.End[:4] >= f.Year)
}

// years are those in which a commitment of the party ran, up to this one, the latest first.
func years(list []commitment.Summary, today string) []int {
	now, _ := strconv.Atoi(today[:4])
	first := now
	for _, c := range list {
		if made, err := strconv.Atoi(c.MadeOn[:4]); err == nil {
			first = min(first, made)
		}
	}
	var all []int
	for y := now; y >= first && len(list) > 0; y-- {
		all = append(all, y)
	}
	return all
}

// series are the latest values of the party's country or area, by indicator.
func (a answers) series(tx *db.Tx, pack *compact.Pack, p stakeholder.Party) error {
	if p.Area == "" {
		return nil
	}
	sheet, err := observatory.AreaSheet(tx, p.Area)
	for _, s := range sheet {
		figure, ok := s.Figure()
		i, known := pack.Indicator(s.Indicator)
		if !ok || !known {
			continue
		}
		a["series"] = append(a["series"], Answer{s.Indicator, seriesText(pack, i, figure)})
	}
	return err
}

// add fills the sheets of one commitment.
func (f *Filled) add(tx *db.Tx, pack *compact.Pack, id int64, ask Ask, own answers) error {
	view, err := commitment.Get(tx, id, ask.Today)
	if err != nil {
		return err
	}
	r := &reading{tx, pack, view, f.ties, f.Year, ask.Base}
	a, err := r.answers(own)
	if err != nil {
		return err
	}
	head := Head{id, wording(view.Text, "title")}
	if len(head.Title) == 0 {
		head.Title = said("commitment.untitled", "id", id)
	}
	if f.Form.Sheets == ByCommitment {
		f.Sheets = append(f.Sheets, f.sheet(head, "", a))
		return nil
	}
	goals := a["goals"]
	if len(goals) == 0 {
		f.Untied = append(f.Untied, head)
	}
	series := a["series"]
	for _, goal := range goals {
		a["goals"], a["series"] = []Answer{goal}, r.beside(series, goal.Code)
		f.Sheets = append(f.Sheets, f.sheet(head, goal.Code, a))
	}
	return nil
}

// beside keeps the series that stand beside an item that is tied to the goal.
func (r *reading) beside(series []Answer, goal string) []Answer {
	var kept []Answer
	for _, one := range series {
		for _, tie := range r.all {
			if tie.Scheme == compact.SchemeSDG && (tie.To == goal || goal == allGoals) && slices.Contains(r.view.Facts.Items, tie.Part) &&
				slices.ContainsFunc(r.pack.IndicatorsOf(tie.Part), func(i *compact.Indicator) bool { return i.ID == one.Code }) {
				kept = append(kept, one)
				break
			}
		}
	}
	return kept
}

// sheet fills the form once.
func (f *Filled) sheet(head Head, goal string, a answers) Sheet {
	s := Sheet{Head: head, Goal: goal}
	for i := range f.Form.Fields {
		cell := fill(&f.Form.Fields[i], a)
		if len(cell.Answers) == 0 {
			f.Missing++
		}
		s.Cells = append(s.Cells, cell)
	}
	return s
}

// fill answers one field, in the form's own terms where it has a term for our code.
func fill(field *Field, a answers) Cell {
	c := Cell{Field: field.ID}
	for _, from := range field.From {
		if len(a[from]) == 0 {
			c.Empty = append(c.Empty, from)
			continue
		}
		c.From = append(c.From, from)
		for _, one := range a[from] {
			if term, ok := field.Terms[one.Code]; ok && one.Code != "" {
				one.Text = Text{"en": term}
			}
			if !slices.ContainsFunc(c.Answers, func(known Answer) bool { return maps.Equal(known.Text, one.Text) }) {
				c.Answers = append(c.Answers, one)
			}
		}
	}
	c.advise(field)
	return c
}

// ofOthers are the fields that no party fills in.
var ofOthers = []string{"goals", "action_lines", "series"}

// advise says what is missing, or too short or long in the language that is fullest.
func (c *Cell) advise(field *Field) {
	switch {
	case len(field.From) == 0:
		c.Advice = AdviceTheirs
	case len(c.Answers) == 0 && !slices.ContainsFunc(c.Empty, func(ours string) bool { return !slices.Contains(ofOthers, ours) }):
		c.Advice = AdviceUnknown
	case len(c.Answers) == 0:
		c.Advice = AdviceMissing
	case field.MinWords > 0 || field.MaxWords > 0:
		for _, one := range c.Answers {
			text, _ := one.Text.In("en")
			c.Words += len(strings.Fields(text))
		}
		if c.Words < field.MinWords {
			c.Advice = AdviceShort
		} else if field.MaxWords > 0 && c.Words > field.MaxWords {
			c.Advice = AdviceLong
		}
	}
}
