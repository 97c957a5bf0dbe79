package web

import (
	"html/template"
	"strconv"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/forms"
	"kept/internal/report/paper"
	"kept/internal/stakeholder"
)

// The forms of other bodies, filled with what a party has entered here. They are
// built of public facts alone and are the same for everybody.

type otherFormsView struct {
	Party Link           `json:"party"`
	Forms []otherFormRow `json:"forms"`
}

type otherFormRow struct {
	ID    string `json:"id"`
	Href  string `json:"href"`
	Title Text   `json:"title"`
	Note  Text   `json:"note"`
}

// otherForms lists the forms that are for a party of this kind.
func (s *Site) otherForms(q *request) (View, error) {
	p, err := s.formParty(q)
	if err != nil {
		return View{}, err
	}
	v := otherFormsView{Party: Link{partyName(p.Names), partyHref(p.ID)}}
	for _, f := range forms.For(p.Kind) {
		v.Forms = append(v.Forms, otherFormRow{f.ID, partyHref(p.ID) + "/forms/" + f.ID, Text(f.Title), Text(f.Note)})
	}
	return View{Page: "otherforms", Title: message("forms.title"), Section: "menu.parties", Crumbs: formCrumbs(v.Party),
		Subjects: []string{"party:" + strconv.FormatInt(p.ID, 10)}, Data: v}, nil
}

func formCrumbs(party Link) []Link { return []Link{{message("menu.parties"), "/stakeholders"}, party} }

// formParty is the party of the address; one that is stated elsewhere alone has
// entered nothing.
func (s *Site) formParty(q *request) (stakeholder.Party, error) {
	id, err := q.number("id")
	if err != nil {
		return stakeholder.Party{}, err
	}
	p, err := stakeholder.ByID(q.Tx, id)
	if err == nil && p.Stated() {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.party.stated_only", "id", strconv.FormatInt(id, 10)))
	}
	return p, err
}

// otherFormView is one filled form: its twin holds all languages, the page one.
type otherFormView struct {
	*forms.Filled
	Own      string   `json:"-"` // address of the page, without language
	YearsAre []choice `json:"-"`
	base     string
	paper    *paper.Doc // made last
}

// otherForm shows a form filled for a party.
func (s *Site) otherForm(q *request) (View, error) {
	p, err := s.formParty(q)
	if err != nil {
		return View{}, err
	}
	form, ok := formFor(p.Kind, q.arg("form"))
	if !ok {
		return View{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.forms.unknown", "id", q.arg("form")))
	}
	asked := q.query("year")
	filled, err := forms.Read(q.Tx, q.Pack, form, forms.Ask{Party: p.ID, Year: asked.Get("year"), Today: q.Today, Base: s.c.Base})
	if err != nil {
		return View{}, err
	}
	v := &otherFormView{Filled: filled, Own: partyHref(p.ID) + "/forms/" + form.ID, base: s.c.Base}
	for _, y := range filled.Years {
		year := strconv.Itoa(y)
		v.YearsAre = append(v.YearsAre, choice{year, same(year), year == filled.Year})
	}
	party := Link{partyName(p.Names), partyHref(p.ID)}
	out := View{Page: "otherform", Title: everyLang(filled.Heads), Section: "menu.parties", Robots: filtered(asked),
		Crumbs:   append(formCrumbs(party), Link{message("forms.title"), party.Href + "/forms"}),
		Subjects: []string{"party:" + strconv.FormatInt(p.ID, 10), "commitments", "indicators"}, Data: v, Markdown: v.markdown, File: v.file}
	out.Live = true // it says how large the record was
	out.Tables = func(lang locale.Lang) *Table { return &Table{Columns: filled.Columns(), Rows: filled.Rows(lang)} }
	lang, err := askedLanguage(q.Request)
	q.query("lang")
	out.Table, out.Along = out.Tables(lang), "/paper"
	return out, err
}

// formFor finds a form that is for a kind of party.
func formFor(kind, id string) (*forms.Form, bool) {
	for _, f := range forms.For(kind) {
		if f.ID == id {
			return forms.ByID(id)
		}
	}
	return nil, false
}

// Body is the form in the page's language; the template calls it.
func (v *otherFormView) Body(lang locale.Lang) template.HTML { return v.Doc(lang, v.base, true).HTML() }

func (v *otherFormView) markdown(lang locale.Lang) []byte { return v.apart(lang).Markdown() }

func (v *otherFormView) file(lang locale.Lang) []byte { return v.apart(lang).File() }

// apart is the form as it leaves the site. Of the files in one language, which are
// asked for one after the other, it is made once.
func (v *otherFormView) apart(lang locale.Lang) *paper.Doc {
	if v.paper == nil || v.paper.Lang != lang {
		v.paper = v.Doc(lang, v.base, false)
	}
	return v.paper
}
