package web

import (
	"html/template"
	"strconv"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
)

// printedPart is a chapter in the print view.
type printedPart struct {
	ID            string             `json:"chapter"`
	Title         Text               `json:"title"`
	Why           Text               `json:"why,omitempty"`
	Source        Text               `json:"narrative,omitempty"`
	Body          template.HTML      `json:"-"`
	BodyLang      locale.Lang        `json:"-"`
	Rows          []figureRow        `json:"figures,omitempty"`
	More          int                `json:"more,omitempty"` // figures that are not printed
	Contributions []contributionView `json:"contributions,omitempty"`
	Put           []erratumView      `json:"errata_list,omitempty"`
}

// printView is a whole report on one page, to be read on paper.
type printView struct {
	periodHead
	Note  Text          `json:"note,omitempty"`
	Parts []printedPart `json:"parts"`
	Put   []erratumView `json:"errata_list,omitempty"` // of figures
	Items []periodItem  `json:"items,omitempty"`
	Quiet int           `json:"items_with_nothing"`
	Notes []noteRow     `json:"notes,omitempty"`
}

// mostPrinted is how many figures of a chapter are printed: a reader of paper wants
// the first of them, and all stand in the tables of the release.
const mostPrinted = 60

// periodPrint is a report on one page: every chapter, its figures, what parties said,
// errata, and the annex.
func (s *Site) periodPrint(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	v := printView{periodHead: p.head(q)}
	if kind, ok := q.Pack.Report(p.Kind); ok {
		v.Note = newPeriodKind(q, kind).Note
	}
	for _, c := range p.Figures.Chapters {
		part, err := p.part(q, c)
		if err != nil {
			return View{}, err
		}
		v.Parts = append(v.Parts, part)
	}
	if v.Put, err = p.errata(q, func(e report.Erratum) bool { return e.Figure != "" }); err != nil {
		return View{}, err
	}
	for _, i := range p.Figures.Items {
		row, err := newPeriodItem(q, i, mostInRow)
		if err != nil {
			return View{}, err
		}
		if row.Quiet() {
			v.Quiet++
			continue
		}
		v.Items = append(v.Items, row)
	}
	if v.Notes, err = standingNotes(q, p.Report); err != nil {
		return View{}, err
	}
	return p.view(q, "periodprint", p.name(q), v, nil), nil
}

// part is a chapter with all that is printed of it.
func (p *reported) part(q *request, c report.Chapter) (v printedPart, err error) {
	v = printedPart{ID: c.ID, Title: chapterName(c.ID), Source: wordsText(p.Words, c.ID), More: max(0, len(c.Figures)-mostPrinted)}
	if c.Why != "" {
		v.Why = whyNot(c.Why)
	}
	for _, f := range c.Figures[:len(c.Figures)-v.More] {
		v.Rows = append(v.Rows, p.figureRow(q, f))
	}
	if text, in := v.Source.In(q.lang()); text != "" && !q.forProgram() {
		v.BodyLang = in
		if v.Body, err = p.written(q, in, narrative.Parse(text)); err != nil {
			return v, err
		}
	}
	if v.Contributions, err = contributions(q, p, c.ID); err != nil {
		return v, err
	}
	v.Put, err = p.errata(q, func(e report.Erratum) bool { return e.Chapter == c.ID })
	return v, err
}

// PrintSubjects are what a PDF of a report is good for: it stands until one of them
// is touched.
func PrintSubjects(r report.Report) []string {
	return []string{keeper.WordsSubject, report.ThingOf(r.ID)}
}

// PrintAddress is where the print view of a report stands in a language.
func PrintAddress(r report.Report, lang locale.Lang) string {
	return "/" + string(lang) + "/reports/" + strconv.FormatInt(r.ID, 10) + "/print"
}
