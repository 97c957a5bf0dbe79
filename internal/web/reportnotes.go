package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
)

// noteRow is a policy note in a list.
type noteRow struct {
	ID    int64  `json:"id"`
	Href  string `json:"href"`
	Title Text   `json:"title"`
	On    string `json:"on"`
}

// noteView is a policy note: what was found, with which figures, and what it means.
type noteView struct {
	periodHead
	ID       int64         `json:"id"`
	Made     string        `json:"made_on"`
	Finding  Text          `json:"finding,omitempty"` // in Markdown
	Meaning  Text          `json:"meaning,omitempty"`
	Found    template.HTML `json:"-"`
	Means    template.HTML `json:"-"`
	BodyLang locale.Lang   `json:"-"`
	Rows     []noteFigure  `json:"figures"`
	Earlier  *Link         `json:"replaces,omitempty"`
	Later    *Link         `json:"replaced_by,omitempty"`
}

// noteFigure is a figure of a note with where it comes from.
type noteFigure struct {
	figureRow
	Source   string `json:"source,omitempty"`
	Released string `json:"source_released,omitempty"`
	Nature   Text   `json:"nature,omitempty"`
	Then     string `json:"query_then,omitempty"`
}

func noteHref(r report.Report, id int64) string {
	return periodHref(r.ID) + "/notes/" + strconv.FormatInt(id, 10)
}

// standingNotes are the notes on a report whose place no other took.
func standingNotes(q *request, r report.Report) (out []noteRow, err error) {
	list, err := report.Notes(q.Tx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if n.ReplacedBy == 0 {
			link, err := noteLink(q, r, n.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, noteRow{n.ID, link.Href, link.Text, n.On})
		}
	}
	return out, nil
}

// noteLink leads to a note under its title; one whose title was erased has its number.
func noteLink(q *request, r report.Report, id int64) (Link, error) {
	words, err := keeper.WordsOf(q.Tx, id)
	if err != nil {
		return Link{}, err
	}
	name := wordsText(words, "title")
	if name == nil {
		name = message("note.number", "id", id)
	}
	return Link{name, noteHref(r, id)}, nil
}

// policyNote is the page of a note.
func (s *Site) policyNote(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	id, err := strconv.ParseInt(q.arg("n"), 10, 64)
	if err != nil {
		return View{}, errNotFound(q.URL.Path)
	}
	n, err := report.NoteByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	if n.Report != p.ID {
		return View{}, errNotFound(q.URL.Path)
	}
	words, err := keeper.WordsOf(q.Tx, n.ID)
	if err != nil {
		return View{}, err
	}
	v := noteView{periodHead: p.head(q), ID: n.ID, Made: n.On, Finding: wordsText(words, "finding"), Meaning: wordsText(words, "meaning")}
	if err := v.write(q, p); err != nil {
		return View{}, err
	}
	for _, id := range n.Figures {
		if f, ok := p.Figures.Figure(id); ok {
			v.Rows = append(v.Rows, p.noteFigure(q, f))
		}
	}
	if v.Earlier, err = besideNote(q, p.Report, n.Replaces); err != nil {
		return View{}, err
	}
	if v.Later, err = besideNote(q, p.Report, n.ReplacedBy); err != nil {
		return View{}, err
	}
	link, err := noteLink(q, p.Report, n.ID)
	if err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"figure", "label_en", "value", "unit", "why", "method", "round", "year", "source", "corrected_to"}}
	for _, f := range v.Rows {
		table.Rows = append(table.Rows, []string{f.ID, english(f.Label), f.Value, f.Unit, f.Why, f.Method, f.Round, f.Year, f.Source, f.Corrected})
	}
	return p.view(q, "policynote", link.Text, v, table), nil
}

// write puts the Markdown of a note into the page's language, or the one it has.
func (v *noteView) write(q *request, p *reported) (err error) {
	if q.forProgram() {
		return nil
	}
	finding, in := v.Finding.In(q.lang())
	if v.BodyLang = in; finding == "" {
		_, v.BodyLang = v.Meaning.In(q.lang())
	}
	if v.Found, err = p.written(q, v.BodyLang, narrative.Parse(v.Finding[v.BodyLang])); err != nil {
		return err
	}
	v.Means, err = p.written(q, v.BodyLang, narrative.Parse(v.Meaning[v.BodyLang]))
	return err
}

func (p *reported) noteFigure(q *request, f report.Figure) noteFigure {
	row := noteFigure{figureRow: p.figureRow(q, f), Released: f.Release, Then: p.queryThen(f.Query)}
	if i, ok := q.Pack.Indicator(f.Indicator); ok {
		row.Source = i.Source.Name
	}
	if f.Nature != "" {
		row.Nature = coded("nature.", f.Nature)
	}
	return row
}

func besideNote(q *request, r report.Report, id int64) (*Link, error) {
	if id == 0 {
		return nil, nil
	}
	l, err := noteLink(q, r, id)
	return &l, err
}

// noteForm is where the secretariat writes a note on a release, in the language of the form.
func (s *Site) noteForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := s.reported(q)
		if err != nil {
			return View{}, nil, err
		}
		if p.Release == 0 {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.note.no_release"))
		}
		one := func(name, kind, label, help string, args ...any) formField {
			return formField{Name: name, Kind: kind, Label: message(label), Help: message(help, args...), Required: true, Value: q.FormValue(name)}
		}
		replaces := formField{Name: "replaces", Kind: "select", Label: message("note.field.replaces"), Value: q.FormValue("replaces")}
		notes, err := standingNotes(q, p.Report)
		if err != nil {
			return View{}, nil, err
		}
		for _, n := range notes {
			id := strconv.FormatInt(n.ID, 10)
			replaces.Options = append(replaces.Options, choice{id, n.Title, id == replaces.Value})
		}
		f := &formPage{Action: q.URL.Path, Lead: message("note.lead"), Button: message("note.button"), Back: periodHref(p.ID), Fields: []formField{
			one("title", "line", "note.field.title", "note.title_help", "max", report.MaxNoteTitle),
			one("finding", "text", "note.finding", "note.text_help", "max", report.MaxFinding),
			one("figures", "text", "note.figures", "note.figures_help", "max", report.MaxNoteFigures),
			one("meaning", "text", "note.meaning", "note.text_help", "max", report.MaxMeaning), replaces,
			{Name: "typed", Kind: "check", Label: message("note.field.typed"), Value: q.FormValue("typed")}}}
		return View{Title: message("note.form"), Crumbs: []Link{{message("periods.title"), "/reports"}, {p.name(q), periodHref(p.ID)}}}, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: s.takeNote}
}

// takeNote publishes a note. A number that was typed where a reference could stand is
// pointed out first: it goes stale without anybody noticing.
func (s *Site) takeNote(q *request) (string, error) {
	id, err := q.number("id")
	if err != nil {
		return "", err
	}
	var r report.Report
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) { r, err = report.Get(tx, id); return err })
	if err != nil {
		return "", err
	}
	if r.Release == 0 {
		return "", keeper.Refuse(keeper.ErrForbidden, locale.E("err.note.no_release"))
	}
	words := map[string]string{}
	for name, clean := range map[string]func(string) string{"title": keeper.Line, "finding": keeper.Prose, "meaning": keeper.Prose} {
		if text := clean(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	if q.PostFormValue("typed") == "" {
		if err := typedNumbers(words); err != nil {
			return "", err
		}
	}
	replaces, _ := strconv.ParseInt(q.PostFormValue("replaces"), 10, 64)
	facts := report.Noted{Release: r.Release, Figures: strings.FieldsFunc(q.PostFormValue("figures"), func(c rune) bool { return strings.ContainsRune(" \t\r\n,;{}", c) }), Replaces: replaces}
	out, err := s.submit(q, q.formKey(), keeper.Act{Kind: report.KindNoted, By: report.Secretariat, Facts: facts, Words: words})
	if err != nil {
		return "", atFields(err)
	}
	return noteHref(r, out[0].Index), nil
}

// typedNumbers names the numbers that were typed by hand, each at its field with its line.
func typedNumbers(words map[string]string) error {
	var es locale.Errors
	for part, text := range words {
		name, _, _ := strings.Cut(part, ".")
		for _, f := range narrative.Parse(text).Typed() {
			if name != "title" {
				es.AddField(name, locale.E("err.note.typed", "line", f.Line, "text", f.Text))
			}
		}
	}
	slices.SortStableFunc(es, func(a, b *locale.Error) int { return strings.Compare(a.Place, b.Place) })
	return es.Err()
}

// atFields hangs errors of parts (finding.en) at the fields of the form.
func atFields(err error) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	out := make(locale.Errors, len(es))
	for n, e := range es {
		moved := *e
		moved.Place, _, _ = strings.Cut(e.Place, ".")
		out[n] = &moved
	}
	return fmt.Errorf("%w: %w", keeper.ErrInvalid, out)
}
