package web

import (
	"strings"

	"kept/internal/compact"
	"kept/internal/locale"
)

// textView is a version of the compact in lists and on its own page.
type textView struct {
	ID      string `json:"id"`
	Href    string `json:"href"`
	Title   Text   `json:"title"`
	Note    Text   `json:"note,omitempty"`
	InForce bool   `json:"in_force"`
	On      string `json:"on"`
	Symbol  string `json:"symbol,omitempty"`
	URL     string `json:"url,omitempty"`
	Asks    int    `json:"items_that_ask"`

	Loaded   bool        `json:"official_words_loaded"`
	LoadedIn string      `json:"loaded_in,omitempty"`
	Groups   []itemGroup `json:"groups,omitempty"`
}

// itemGroup is a heading of a text with what stands under it.
type itemGroup struct {
	ID    string    `json:"id"`
	Title Text      `json:"title"`
	Href  string    `json:"href,omitempty"`
	Items []itemRow `json:"items"`
}

// itemRow is an item in a list.
type itemRow struct {
	ID            string `json:"id"`
	Href          string `json:"href"`
	Kind          string `json:"kind"`
	Asks          bool   `json:"asks"`
	Title         Text   `json:"title"`
	Addressees    []Link `json:"addressees,omitempty"`
	Deadline      string `json:"deadline,omitempty"`
	DeadlineEvent Text   `json:"deadline_event,omitempty"`
	Commitments   int64  `json:"commitments"`
}

func newTextView(p *compact.Pack, t *compact.Text) textView {
	return textView{ID: t.ID, Href: "/texts/" + t.ID, Title: title(p, compact.Texts, t.ID), Note: note(p, compact.Texts, t.ID),
		InForce: t.ID == p.InForce, On: t.On, Symbol: t.Symbol, URL: t.URL, Asks: len(p.Asking(t.ID))}
}

func (s *Site) texts(q *request) (View, error) {
	var data struct {
		Texts []textView `json:"texts"`
	}
	table := &Table{Columns: []string{"id", "title_en", "in_force", "on", "symbol", "url"}}
	for _, t := range q.Pack.Texts {
		v := newTextView(q.Pack, t)
		data.Texts = append(data.Texts, v)
		table.Rows = append(table.Rows, []string{t.ID, english(v.Title), yesNo(v.InForce), t.On, t.Symbol, t.URL})
	}
	return View{Page: "texts", Title: message("menu.texts"), Section: "menu.texts", Data: data, Table: table}, nil
}

func (s *Site) text(q *request) (View, error) {
	t, ok := q.Pack.Text(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := newTextView(q.Pack, t)
	langs, err := compact.LoadedLanguages(q.Tx, t.ID)
	if err != nil {
		return View{}, err
	}
	v.Loaded = len(langs) > 0
	names := make([]string, len(langs))
	for i, l := range langs {
		names[i] = l.Own()
	}
	v.LoadedIn = locale.English.List(names)
	v.Groups = grouped(q.Pack, t.Items, func(i *compact.Item) bool { return true })
	table := &Table{Columns: []string{"id", "kind", "title_en", "asks", "deadline", "under", "block", "targets"}}
	for _, i := range t.Items {
		en, _ := title(q.Pack, compact.Items, i.ID).In(locale.English)
		table.Rows = append(table.Rows, []string{i.ID, i.Kind, en, yesNo(i.Asks()), i.Deadline, i.Under, i.Block, strings.Join(i.Targets, " ")})
	}
	return View{Page: "text", Title: v.Title, Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Subjects: []string{"text:" + t.ID}, Data: v, Table: table}, nil
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// grouped parts items by the objective or theme they stand under, in the text's order.
func grouped(p *compact.Pack, items []*compact.Item, wanted func(*compact.Item) bool) []itemGroup {
	var groups []itemGroup
	at := make(map[string]int)
	for _, i := range items {
		if !wanted(i) {
			continue
		}
		key := groupKey(i)
		n, ok := at[key]
		if !ok {
			n = len(groups)
			at[key] = n
			groups = append(groups, newGroup(p, key))
		}
		groups[n].Items = append(groups[n].Items, newRow(p, i))
	}
	return groups
}

// groupKey is the heading of an item: its objective or theme, else its kind.
func groupKey(i *compact.Item) string {
	switch {
	case i.Kind == compact.KindObjective || i.Kind == compact.KindTheme:
		return "kind." + i.Kind
	case i.Kind == compact.KindPrinciple || i.Kind == compact.KindScope:
		return "kind." + i.Kind
	case i.Under != "":
		return i.Under
	}
	return "kind.frame"
}

func newGroup(p *compact.Pack, key string) itemGroup {
	if _, ok := p.Item(key); ok {
		l := itemLink(p, key)
		return itemGroup{ID: key, Title: l.Text, Href: l.Href}
	}
	return itemGroup{ID: key, Title: message("group." + key)}
}

func newRow(p *compact.Pack, i *compact.Item) itemRow {
	r := itemRow{ID: i.ID, Href: "/items/" + i.ID, Kind: i.Kind, Asks: i.Asks(), Title: title(p, compact.Items, i.ID), Deadline: i.Deadline}
	for _, a := range i.Addressees {
		r.Addressees = append(r.Addressees, addressee(p, a))
	}
	if i.DeadlineEvent != "" {
		r.DeadlineEvent = eventName(p, i.DeadlineEvent)
	}
	return r
}

func addressee(p *compact.Pack, id string) Link {
	return Link{title(p, compact.Addressees, id), "/for/" + id}
}
