package web

import (
	"strconv"

	"kept/internal/keeper"
	"kept/internal/report"
)

// periodHead is what every page of a report says of it.
type periodHead struct {
	periodRow
	Name    Text   `json:"name"`
	Date    string `json:"states_on"`
	Size    int64  `json:"record_size"`
	Root    string `json:"record_root"`
	Pack    string `json:"pack"`
	Digest  string `json:"figures_sha256,omitempty"`
	Release int64  `json:"release,omitempty"`
}

func (p *reported) head(q *request) periodHead {
	h := periodHead{periodRow: newPeriodRow(p.Report, q.Today), Name: p.name(q), Date: p.Date, Size: p.Figures.Size, Root: p.Figures.Root, Pack: p.Figures.Pack,
		Digest: p.ReleaseFigures, Release: p.Release}
	h.Errata = len(p.Errata)
	return h
}

// periodChapter is a chapter in the list of a report's chapters.
type periodChapter struct {
	ID          string `json:"id"`
	Href        string `json:"href"`
	Title       Text   `json:"title"`
	Why         Text   `json:"why,omitempty"`
	Figures     int    `json:"figures"`
	Written     bool   `json:"narrative,omitempty"`
	Contributed int    `json:"contributions,omitempty"`
}

type periodView struct {
	periodHead
	Note      Text            `json:"note,omitempty"`
	Mandate   Text            `json:"mandate,omitempty"`
	Facts     []figureRow     `json:"in_numbers,omitempty"`
	Chapters  []periodChapter `json:"chapters"`
	Put       []erratumView   `json:"errata_list,omitempty"`
	Changes   int             `json:"changes_since_draft"`
	Snapshots int             `json:"snapshots"`
	Notes     []noteRow       `json:"notes,omitempty"`
	Files     []releaseFile   `json:"files,omitempty"`
}

// erratumView is an erratum as it stands beside what it puts right.
type erratumView struct {
	ID      int64  `json:"id"`
	On      string `json:"on"`
	Figure  string `json:"figure,omitempty"`
	Chapter string `json:"chapter,omitempty"`
	What    Link   `json:"what"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	Reason  Text   `json:"reason,omitempty"`
	Text    Text   `json:"text,omitempty"`
}

// headline are the figures that stand on top of a report, where it has them.
var headline = []string{"parties.total", "promises.total", "delivery.reports_in_period", "delivery.reporting.current", "delivery.reporting.overdue", "delivery.reporting.silent",
	"numbers.commitments_made", "numbers.endorsements_given"}

// period is the page of one report.
func (s *Site) period(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	v := periodView{periodHead: p.head(q), Snapshots: len(p.Figures.Snapshots)}
	if kind, ok := q.Pack.Report(p.Kind); ok {
		row := newPeriodKind(q, kind)
		v.Note, v.Mandate = row.Note, row.Mandate
	}
	for _, id := range headline {
		if f, ok := p.Figures.Figure(id); ok {
			v.Facts = append(v.Facts, p.figureRow(q, f))
		}
	}
	given, err := report.Contributions(q.Tx, p.ID)
	if err != nil {
		return View{}, err
	}
	for _, c := range p.Figures.Chapters {
		row := periodChapter{ID: c.ID, Href: periodHref(p.ID) + "/" + c.ID, Title: chapterName(c.ID), Figures: len(c.Figures), Written: len(wordsText(p.Words, c.ID)) > 0}
		if c.Why != "" {
			row.Why = whyNot(c.Why)
		}
		for _, g := range given {
			if g.Chapter == c.ID && g.Withdrawn == 0 {
				row.Contributed++
			}
		}
		v.Chapters = append(v.Chapters, row)
	}
	if v.Put, err = p.errata(q, func(report.Erratum) bool { return true }); err != nil {
		return View{}, err
	}
	changes, err := s.changesSince(q, p)
	if err != nil {
		return View{}, err
	}
	v.Changes, v.Files = len(changes), s.filesOf(q, p.Report)
	if v.Notes, err = standingNotes(q, p.Report); err != nil {
		return View{}, err
	}
	out := p.view(q, "period", p.name(q), v, p.figureTable(q, p.Figures.Chapters))
	out.Live = out.Live || s.c.Files != "" // PDFs come and go without an act
	return out, nil
}

// errata are those of a report that fit, with their words.
func (p *reported) errata(q *request, fits func(report.Erratum) bool) (out []erratumView, err error) {
	for _, e := range p.Errata {
		if !fits(e) {
			continue
		}
		words, err := keeper.WordsOf(q.Tx, e.ID)
		if err != nil {
			return nil, err
		}
		v := erratumView{ID: e.ID, On: e.On, Figure: e.Figure, Chapter: e.Chapter, Old: e.Old, New: e.New, Reason: wordsText(words, "reason"), Text: wordsText(words, "text")}
		if e.Figure != "" {
			v.What = Link{figureLabel(q, e.Figure), p.figureHref(e.Figure)}
		} else {
			v.What = Link{chapterName(e.Chapter), periodHref(p.ID) + "/" + e.Chapter}
		}
		out = append(out, v)
	}
	return out, nil
}

// changedFigure is a figure that is another than it was in the draft that was opened.
type changedFigure struct {
	figureRow
	Was     string `json:"was,omitempty"`
	WasWord Text   `json:"was_word,omitempty"`
	WasWhy  Text   `json:"was_not,omitempty"`
}

// changesSince are the figures that changed between the draft as it was opened and
// the release, or what the draft is now.
func (s *Site) changesSince(q *request, p *reported) ([]changedFigure, error) {
	first, err := s.frozen(q.Tx, p.Report.Figures)
	if err != nil {
		return nil, err
	}
	var out []changedFigure
	for _, c := range report.Changed(first, p.Figures) {
		shown := c.Is
		if shown.ID == "" { // it is no more: the row names what it was
			shown = report.Figure{ID: c.ID, Method: c.Was.Method}
		}
		row := changedFigure{figureRow: p.figureRow(q, shown), Was: c.Was.Value, WasWord: valueWord(c.Was)}
		if c.Was.Why != "" {
			row.WasWhy = whyNot(c.Was.Why)
		}
		out = append(out, row)
	}
	return out, nil
}

type changesSinceView struct {
	periodHead
	listPage
	Rows []changedFigure `json:"changed"`
}

// periodChanges lists, figure by figure, what changed since the draft.
func (s *Site) periodChanges(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	asked := q.query("page")
	all, err := s.changesSince(q, p)
	if err != nil {
		return View{}, err
	}
	v := changesSinceView{periodHead: p.head(q)}
	table := &Table{Columns: []string{"figure", "label_en", "in_draft", "now"}}
	for _, r := range all {
		table.Rows = append(table.Rows, []string{r.ID, english(r.Label), r.Was, r.Value})
	}
	v.Rows, v.listPage = paged(q, all, asked)
	out := p.view(q, "periodchanges", message("period.changes"), v, table)
	out.Robots = filtered(asked)
	return out, nil
}

// figureTable is the CSV of figures.
func (p *reported) figureTable(q *request, chapters []report.Chapter) *Table {
	t := &Table{Columns: []string{"chapter", "figure", "label_en", "value", "unit", "why", "method", "round", "year", "query", "records", "corrected_to"}}
	for _, c := range chapters {
		for _, f := range c.Figures {
			t.Rows = append(t.Rows, []string{c.ID, f.ID, english(figureLabel(q, f.ID)), f.Value, f.Unit, f.Why, f.Method, f.Round, f.Year, f.Query, strconv.FormatInt(recordsOf(f), 10), p.corrected(f.ID)})
		}
	}
	return t
}
