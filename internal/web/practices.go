package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/forum"
)

type practiceRow struct {
	ID      int64     `json:"id"`
	Href    string    `json:"href"`
	Title   Text      `json:"title"`
	Side    string    `json:"side"`
	SideIs  Text      `json:"side_in_words"`
	Form    string    `json:"form,omitempty"`
	FormIs  Text      `json:"form_in_words,omitempty"`
	Office  Link      `json:"regulator"`
	Items   []partRow `json:"items,omitempty"`
	MadeOn  string    `json:"made_on"`
	Answers int       `json:"answers"`
	office  int64
}

type practicesView struct {
	Run moduleView `json:"run"`
	filters
	Rows []practiceRow `json:"practices"`
	listPage
}

func practiceHref(id int64) string { return "/practices/" + strconv.FormatInt(id, 10) }

// practiceRows are rows with the names of their offices.
func practiceRows(q *request, list []forum.PracticeRow) ([]practiceRow, error) {
	offices, err := officeNames(q)
	if err != nil {
		return nil, err
	}
	var rows []practiceRow
	for _, p := range list {
		row := practiceRow{ID: p.ID, Href: practiceHref(p.ID), Title: wordsText(p.Words, "title"), Side: p.Side, SideIs: message("practice.side." + p.Side), Form: p.Form,
			Office: Link{offices[p.Regulator], regulatorHref(p.Regulator)}, Items: partRows(q.Pack, p.Items), MadeOn: p.MadeOn, Answers: p.Answers, office: p.Regulator}
		if p.Form != "" {
			row.FormIs = message("practice.form." + p.Form)
		}
		if len(row.Title) == 0 {
			row.Title = message("practice.untitled", "id", p.ID)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// officeNames are the names of all offices in the directory.
func officeNames(q *request) (map[int64]Text, error) {
	list, err := forum.Regulators(q.Tx)
	names := make(map[int64]Text, len(list))
	for _, r := range list {
		names[r.ID] = newRegulatorRow(q, r).Name
	}
	return names, err
}

// practices lists what offices share and ask.
func (s *Site) practices(q *request) (View, error) {
	asked := q.query("q", "side", "form", "item", "page")
	list, err := forum.Practices(q.Tx)
	if err != nil {
		return View{}, err
	}
	words := fold.Text(asked.Get("q"))
	list = slices.DeleteFunc(list, func(p forum.PracticeRow) bool {
		return differs(asked.Get("side"), p.Side) || differs(asked.Get("form"), p.Form) || asked.Get("item") != "" && !slices.Contains(p.Items, asked.Get("item")) ||
			!holds(words, wordsText(p.Words, "title"), wordsText(p.Words, "text"), wordsText(p.Words, "result"))
	})
	rows, err := practiceRows(q, list)
	if err != nil {
		return View{}, err
	}
	c := coder{q, asked}
	sides := c.codes("side", []string{forum.Shared, forum.Asked}, "practice.side.")
	sides.Label, sides.Main = message("practice.side"), true
	forms := c.codes("form", forum.PracticeForms, "practice.form.")
	forms.Label, forms.Main = message("practice.form"), true
	v := practicesView{Run: q.module(forum.ModuleRegulators), filters: newFilters(asked, "practices.words", []filter{sides, forms, c.plain("item", "hidden")})}
	table := &Table{Columns: []string{"id", "side", "form", "title_en", "regulator", "items", "made_on", "answers"}}
	for _, r := range rows {
		var items []string
		for _, i := range r.Items {
			items = append(items, i.ID)
		}
		table.Rows = append(table.Rows, []string{strconv.FormatInt(r.ID, 10), r.Side, r.Form, english(r.Title), strconv.FormatInt(r.office, 10), strings.Join(items, " "), r.MadeOn, strconv.Itoa(r.Answers)})
	}
	v.Rows, v.listPage = paged(q, rows, asked)
	return View{Page: "practices", Title: message("practices.title"), Section: "menu.bodies", Crumbs: []Link{{message("regulators.title"), "/regulators"}},
		Subjects: []string{"practices", "regulators"}, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// practiceView is the page of one thing shared or asked.
type practiceView struct {
	practiceRow
	Text     Text             `json:"text,omitempty"`
	Result   Text             `json:"result,omitempty"`
	URL      string           `json:"url,omitempty"`
	Answered []practiceAnswer `json:"answered,omitempty"`
}

type practiceAnswer struct {
	ID     int64  `json:"id"`
	Office Link   `json:"regulator"`
	Text   Text   `json:"text,omitempty"`
	URL    string `json:"url,omitempty"`
	On     string `json:"made_on"`
}

func (s *Site) practice(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	p, err := forum.PracticeByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	rows, err := practiceRows(q, []forum.PracticeRow{p})
	if err != nil {
		return View{}, err
	}
	v := practiceView{practiceRow: rows[0], Text: wordsText(p.Words, "text"), Result: wordsText(p.Words, "result"), URL: p.Words["url.und"]}
	answers, err := forum.AnswersTo(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	offices, err := officeNames(q)
	for _, a := range answers {
		v.Answered = append(v.Answered, practiceAnswer{a.ID, Link{offices[a.Regulator], regulatorHref(a.Regulator)}, wordsText(a.Words, "text"), a.Words["url.und"], a.MadeOn})
	}
	return View{Page: "practice", Title: v.Title, Section: "menu.bodies", Crumbs: []Link{{message("regulators.title"), "/regulators"}, {message("practices.title"), "/practices"}},
		Subjects: []string{"practice:" + q.arg("id"), "regulators"}, Data: v}, err
}
