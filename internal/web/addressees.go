package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// everybody is the addressee whose items concern every other one too; a pack
// that asks something of all stakeholders lists it under this code.
const everybody = "all-stakeholders"

// addresseeRow is an addressee with how much is asked of it.
type addresseeRow struct {
	partRow
	Asked   int `json:"asked"`   // items of the text in force addressed to it
	Named   int `json:"named"`   // items of the text in force that name it beside others
	Earlier int `json:"earlier"` // items of earlier texts, not agreed
}

type addresseesView struct {
	Q         string         `json:"q,omitempty"`
	EarlierOn string         `json:"earlier_on,omitempty"`
	Asked     []addresseeRow `json:"asked"`
	Others    []addresseeRow `json:"others"` // named only, or addressed by an earlier text only
}

// addressees lists who is asked something, in the pack's order.
func (s *Site) addressees(q *request) (View, error) {
	asked := q.query("q")
	v := addresseesView{Q: asked.Get("q"), EarlierOn: earlierOn(q.Pack)}
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"id", "title_en", "asked", "named", "earlier"}}
	for _, id := range q.Pack.Addressees {
		row := newAddresseeRow(q.Pack, id)
		if !holds(words, row.Title) {
			continue
		}
		if row.Asked > 0 {
			v.Asked = append(v.Asked, row)
		} else {
			v.Others = append(v.Others, row)
		}
		table.Rows = append(table.Rows, []string{id, english(row.Title), strconv.Itoa(row.Asked), strconv.Itoa(row.Named), strconv.Itoa(row.Earlier)})
	}
	return View{Page: "addressees", Title: message("for.title"), Section: "menu.items", Crumbs: []Link{{message("menu.items"), "/items"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

func newAddresseeRow(p *compact.Pack, id string) addresseeRow {
	row := addresseeRow{partRow: partRow{id, "/for/" + id, title(p, compact.Addressees, id)}}
	for _, t := range p.Texts {
		if t.ID == p.InForce {
			row.Asked, row.Named = len(p.AskedOf(t.ID, id)), len(p.NamedIn(t.ID, id))
		} else {
			row.Earlier += len(p.AskedOf(t.ID, id)) + len(p.NamedIn(t.ID, id))
		}
	}
	return row
}

// askGroup is a heading with what it asks, as the reader who is asked needs it.
type askGroup struct {
	ID    string   `json:"id"`
	Title Text     `json:"title"`
	Href  string   `json:"href,omitempty"`
	Items []askRow `json:"items"`
}

type askRow struct {
	itemRow
	Verb   Text    `json:"verb"`
	Due    string  `json:"due,omitempty"` // last day, where the text or the calendar gives one
	Urgent bool    `json:"urgent,omitempty"`
	SDG    []int64 `json:"sdg,omitempty"`
	AllSDG bool    `json:"sdg_all,omitempty"`
}

// earlierAsk is what an earlier text, not agreed, would have asked.
type earlierAsk struct {
	Text  Link      `json:"text"`
	On    string    `json:"on"`
	Items []partRow `json:"items"`
}

type addresseeView struct {
	ID        string       `json:"id"`
	Name      Text         `json:"name"`
	Total     int          `json:"asked"`
	Next      *nextView    `json:"next_date,omitempty"`
	Own       []askGroup   `json:"own"`
	Everybody []askGroup   `json:"of_everybody,omitempty"`
	ForAll    int          `json:"asked_of_everybody,omitempty"`
	Named     []partRow    `json:"named,omitempty"`
	Earlier   []earlierAsk `json:"earlier,omitempty"`
	Forum     *aboutForum  `json:"forum,omitempty"` // messages to it
}

// addressee shows what is asked of one addressee: what names it, and apart from
// that what is asked of everybody.
func (s *Site) addressee(q *request) (View, error) {
	p, id := q.Pack, q.arg("id")
	if !p.IsAddressee(id) {
		return View{}, errNotFound(id)
	}
	v := addresseeView{ID: id, Name: title(p, compact.Addressees, id), Total: len(p.AskedOf(p.InForce, id))}
	own, err := s.asks(q, func(i *compact.Item) bool { return i.Asked(id) })
	if err != nil {
		return View{}, err
	}
	v.Own = own
	if id != everybody {
		if v.Everybody, err = s.asks(q, func(i *compact.Item) bool { return i.Asked(everybody) && !i.Asked(id) }); err != nil {
			return View{}, err
		}
	}
	for _, g := range v.Everybody {
		v.ForAll += len(g.Items)
	}
	for _, i := range p.NamedIn(p.InForce, id) {
		if !i.Asked(id) {
			v.Named = append(v.Named, partRows(p, []string{i.ID})...)
		}
	}
	v.Earlier = askedEarlier(p, id)
	v.Next = nextDate(q, id)
	if v.Forum, err = q.forumAbout(nil, id); err != nil {
		return View{}, err
	}
	return View{Page: "addressee", Title: phrase("for.one", "who", v.Name), Section: "menu.items",
		Crumbs:   []Link{{message("menu.items"), "/items"}, {message("for.title"), "/for"}},
		Subjects: []string{"commitments"}, Data: v, Table: v.table(p)}, nil
}

// asks groups the items of the text in force that are wanted.
func (s *Site) asks(q *request, wanted func(*compact.Item) bool) ([]askGroup, error) {
	groups := grouped(q.Pack, q.Pack.Asking(q.Pack.InForce), wanted)
	if err := s.countCommitments(q, groups); err != nil {
		return nil, err
	}
	var out []askGroup
	for _, g := range groups {
		a := askGroup{ID: g.ID, Title: g.Title, Href: g.Href}
		for _, row := range g.Items {
			i, _ := q.Pack.Item(row.ID)
			a.Items = append(a.Items, askRow{row, title(q.Pack, compact.Verbs, i.Verb), q.Pack.Due(i), i.Urgent, i.SDG.These, i.SDG.All})
		}
		out = append(out, a)
	}
	return out, nil
}

func askedEarlier(p *compact.Pack, id string) []earlierAsk {
	var out []earlierAsk
	for _, t := range p.Texts {
		if t.ID == p.InForce {
			continue
		}
		e := earlierAsk{Text: Link{title(p, compact.Texts, t.ID), "/texts/" + t.ID}, On: t.On}
		for _, i := range t.Items {
			if i.Asked(id) || slices.Contains(i.Named, id) {
				e.Items = append(e.Items, partRows(p, []string{i.ID})...)
			}
		}
		if len(e.Items) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// nextView is the next date by which something is due, and for how many items.
type nextView struct {
	On    string `json:"on"`
	Items int    `json:"items"`
}

// nextDate is the first date to come by which something asked of the addressee is due.
func nextDate(q *request, id string) *nextView {
	var next nextView
	due := ""
	for _, i := range q.Pack.AskedOf(q.Pack.InForce, id) {
		day := q.Pack.Due(i)
		switch {
		case day == "" || day < q.Today || due != "" && day > due:
		case day == due:
			next.Items++
		default:
			due, next = day, nextView{day, 1}
			if i.Deadline != "" {
				next.On = i.Deadline
			}
		}
	}
	if due == "" {
		return nil
	}
	return &next
}

func (v *addresseeView) table(p *compact.Pack) *Table {
	t := &Table{Columns: []string{"id", "relation", "title_en", "verb", "deadline", "event", "last_day", "sdg", "commitments"}}
	add := func(relation string, groups []askGroup) {
		for _, g := range groups {
			for _, r := range g.Items {
				i, _ := p.Item(r.ID)
				t.Rows = append(t.Rows, []string{r.ID, relation, english(r.Title), i.Verb, i.Deadline, i.DeadlineEvent, r.Due, goals(i), strconv.FormatInt(r.Commitments, 10)})
			}
		}
	}
	add("asked", v.Own)
	add("everybody", v.Everybody)
	for _, r := range v.Named {
		t.Rows = append(t.Rows, []string{r.ID, "named", english(r.Title), "", "", "", "", "", ""})
	}
	for _, e := range v.Earlier {
		for _, r := range e.Items {
			t.Rows = append(t.Rows, []string{r.ID, "earlier", english(r.Title), "", "", "", "", "", ""})
		}
	}
	return t
}

// goals are an item's goals in a table: "3 4", or "all".
func goals(i *compact.Item) string {
	if i.SDG.All {
		return "all"
	}
	var out []string
	for _, g := range i.SDG.These {
		out = append(out, strconv.FormatInt(g, 10))
	}
	return strings.Join(out, " ")
}
