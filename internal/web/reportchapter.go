package web

import (
	"html/template"
	"slices"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
	"kept/internal/stakeholder"
)

// contributionView is what a party says in a chapter, under its own name.
type contributionView struct {
	Party Link   `json:"party"`
	On    string `json:"on"`
	Entry int64  `json:"entry"`
	Text  Text   `json:"text,omitempty"`
	Gone  string `json:"withdrawn_on,omitempty"`
}

type periodChapterView struct {
	periodHead
	Chapter       string             `json:"chapter"`
	Why           Text               `json:"why,omitempty"`
	Source        Text               `json:"narrative,omitempty"` // in Markdown
	Body          template.HTML      `json:"-"`
	BodyLang      locale.Lang        `json:"-"`
	Rows          []figureRow        `json:"figures"`
	Layout        figureLayout       `json:"-"`
	Contributions []contributionView `json:"contributions,omitempty"`
	Put           []erratumView      `json:"errata_list,omitempty"`
	Before        *Link              `json:"-"`
	After         *Link              `json:"-"`
	Contribute    string             `json:"-"`
	Notes         []noteRow          `json:"notes,omitempty"` // in the chapter of policy notes
}

// periodChapter is one chapter: what the secretariat writes, the figures, what parties say.
func (s *Site) periodChapter(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	at := slices.IndexFunc(p.Figures.Chapters, func(c report.Chapter) bool { return c.ID == q.arg("chapter") })
	if at < 0 {
		return View{}, errNotFound(q.URL.Path)
	}
	c := p.Figures.Chapters[at]
	v := periodChapterView{periodHead: p.head(q), Chapter: c.ID, Source: wordsText(p.Words, c.ID)}
	if c.Why != "" {
		v.Why = whyNot(c.Why)
	}
	for _, f := range c.Figures {
		v.Rows = append(v.Rows, p.figureRow(q, f))
	}
	if !q.forProgram() {
		v.Layout = layOut(q, c, v.Rows)
	}
	if text, in := v.Source.In(q.lang()); text != "" && !q.forProgram() {
		v.BodyLang = in
		if v.Body, err = p.written(q, in, narrative.Parse(text)); err != nil {
			return View{}, err
		}
	}
	if v.Contributions, err = contributions(q, p, c.ID); err != nil {
		return View{}, err
	}
	if v.Put, err = p.errata(q, func(e report.Erratum) bool { return e.Chapter == c.ID }); err != nil {
		return View{}, err
	}
	if c.ID == "notes" {
		if v.Notes, err = standingNotes(q, p.Report); err != nil {
			return View{}, err
		}
	}
	if p.State == report.StateOpen {
		v.Contribute = "/desk/reports/" + periodHref(p.ID)[len("/reports/"):] + "/contribute?chapter=" + c.ID
	}
	link := func(n int) *Link {
		if n < 0 || n >= len(p.Figures.Chapters) {
			return nil
		}
		return &Link{chapterName(p.Figures.Chapters[n].ID), periodHref(p.ID) + "/" + p.Figures.Chapters[n].ID}
	}
	v.Before, v.After = link(at-1), link(at+1)
	out := p.view(q, "periodchapter", chapterName(c.ID), v, p.figureTable(q, []report.Chapter{c}))
	return out, nil
}

// contributions are what parties said in a chapter. One that was taken back says so.
func contributions(q *request, p *reported, chapter string) (out []contributionView, err error) {
	list, err := report.Contributions(q.Tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.Chapter != chapter {
			continue
		}
		names, err := stakeholder.NamesOf(q.Tx, c.Party)
		if err != nil {
			return nil, err
		}
		row := contributionView{Party: Link{partyName(names[c.Party]), partyHref(c.Party)}, On: c.On, Entry: c.Entry, Gone: c.WithdrawnOn}
		if c.Withdrawn == 0 {
			words, err := keeper.WordsOf(q.Tx, c.Entry)
			if err != nil {
				return nil, err
			}
			row.Text = wordsText(words, "text")
		}
		out = append(out, row)
	}
	return out, nil
}
