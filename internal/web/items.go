package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// askedView is what stands directly under an item's title: what is asked, of whom, by when.
type askedView struct {
	Addressees    []Link  `json:"addressees,omitempty"`
	Named         []Text  `json:"named,omitempty"`
	Verb          Text    `json:"verb,omitempty"`
	Deadline      string  `json:"deadline,omitempty"`
	DeadlineEvent Text    `json:"deadline_event,omitempty"`
	Urgent        bool    `json:"urgent,omitempty"`
	SDG           []int64 `json:"sdg,omitempty"`
	AllSDG        bool    `json:"sdg_all,omitempty"`
}

// itemView is the page that everything leads to.
type itemView struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	Asks      bool           `json:"asks"`
	TextID    string         `json:"text"`
	TextOn    string         `json:"text_on"`
	TextURL   string         `json:"text_url,omitempty"`
	Symbol    string         `json:"symbol,omitempty"`
	Place     string         `json:"place,omitempty"` // "11 (d)"
	Earlier   bool           `json:"earlier"`
	Uncertain bool           `json:"uncertain,omitempty"`
	Asked     askedView      `json:"asked"`
	Note      Text           `json:"our_note,omitempty"`
	Official  []officialView `json:"official_words,omitempty"`
	loaded    []locale.Lang  // languages of the official words
	Facts     []factView     `json:"facts,omitempty"`
	Map       bool           `json:"-"` // it asks for the implementation map
	Parts     []itemRow      `json:"parts,omitempty"`

	Became   []becameView `json:"became,omitempty"`    // of an earlier item
	CameFrom []Link       `json:"came_from,omitempty"` // of an item in force

	itemDelivery
	Forum *aboutForum `json:"forum,omitempty"` // sessions and messages about it

	Targets    []Link       `json:"targets,omitempty"`
	Bodies     []Link       `json:"bodies,omitempty"`
	Mechanisms []Link       `json:"mechanisms,omitempty"`
	Links      []assertView `json:"links,omitempty"`
	Gaps       []Text       `json:"gaps,omitempty"`
	Dates      []dateView   `json:"dates,omitempty"`
	Sources    []sourceView `json:"sources,omitempty"`
	PackEntry  int64        `json:"pack_entry"`
}

type officialView struct {
	Lang locale.Lang `json:"lang"`
	Dir  string      `json:"-"`
	Text string      `json:"text"`
}

// factView is one cell of the row of facts.
type factView struct {
	Label Text `json:"label"`
	Value Text `json:"value"`
	Why   Text `json:"why,omitempty"`
}

// becameView says what became of a part of an earlier text.
type becameView struct {
	Outcome string `json:"outcome"`
	Weak    bool   `json:"weak,omitempty"`
	To      []Link `json:"to,omitempty"`
}

type assertView struct {
	Text     Text       `json:"text"`
	Href     string     `json:"href"`
	Strength int64      `json:"strength,omitempty"`
	By       sourceView `json:"asserted_by"`
}

type dateView struct {
	On    string `json:"on"`
	Title Text   `json:"title"`
}

type sourceView struct {
	Name string `json:"name"`
	Href string `json:"href,omitempty"`
}

func (s *Site) item(q *request) (View, error) {
	id := q.arg("id")
	i, ok := q.Pack.Item(id)
	if !ok {
		return View{}, errNotFound(id)
	}
	text, _ := q.Pack.Text(i.TextID)
	v := itemView{ID: i.ID, Kind: i.Kind, Asks: i.Asks(), TextID: i.TextID, TextOn: text.On, TextURL: text.URL, Symbol: text.Symbol,
		Place: placeOf(i), Earlier: i.TextID != q.Pack.InForce, Uncertain: !i.Certain,
		Asked: askedOf(q.Pack, i), Note: note(q.Pack, compact.Items, id)}
	v.Map = id == q.Pack.Map
	for _, part := range q.Pack.Children(id) {
		v.Parts = append(v.Parts, newRow(q.Pack, part))
	}
	v.changes(q.Pack, i)
	v.around(q.Pack, i)
	var err error
	if v.Bodies, err = q.bodiesOf(i.ID); err != nil {
		return View{}, err
	}
	if err := v.official(q, i); err != nil {
		return View{}, err
	}
	if err := v.delivery(q, i); err != nil {
		return View{}, err
	}
	if v.Forum, err = q.forumAbout(itemsUnder(q.Pack, id), ""); err != nil {
		return View{}, err
	}
	if v.PackEntry, err = compact.AdoptedAt(q.Tx); err != nil {
		return View{}, err
	}
	crumbs := []Link{{message("menu.texts"), "/texts"}, {title(q.Pack, compact.Texts, i.TextID), "/texts/" + i.TextID}}
	if _, ok := q.Pack.Item(i.Under); ok {
		crumbs = append(crumbs, itemLink(q.Pack, i.Under))
	}
	return View{Page: "item", Title: prefixed(id, title(q.Pack, compact.Items, id)), Section: "menu.items", Crumbs: crumbs,
		Subjects: []string{"item:" + id, "text:" + i.TextID, "commitments", "indicators", "bodies"}, Data: v}, nil
}

// placeOf is where the item stands in its text: "11 (d)".
func placeOf(i *compact.Item) string {
	if i.Letter == "" {
		return i.Para
	}
	return i.Para + " (" + i.Letter + ")"
}

func askedOf(p *compact.Pack, i *compact.Item) askedView {
	a := askedView{Deadline: i.Deadline, Urgent: i.Urgent, SDG: i.SDG.These, AllSDG: i.SDG.All}
	if i.SDG.All {
		for n := int64(1); n <= 17; n++ {
			a.SDG = append(a.SDG, n)
		}
	}
	for _, id := range i.Addressees {
		a.Addressees = append(a.Addressees, addressee(p, id))
	}
	for _, id := range i.Named {
		a.Named = append(a.Named, title(p, compact.Addressees, id))
	}
	if i.Verb != "" {
		a.Verb = title(p, compact.Verbs, i.Verb)
	}
	if i.DeadlineEvent != "" {
		a.DeadlineEvent = eventName(p, i.DeadlineEvent)
	}
	return a
}

// changes fills what became of an earlier item, or where an item in force came from.
func (v *itemView) changes(p *compact.Pack, i *compact.Item) {
	for _, c := range p.ChangesFrom(i.ID) {
		b := becameView{Outcome: c.Outcome, Weak: c.Weak}
		for _, to := range c.To {
			b.To = append(b.To, itemLink(p, to))
		}
		v.Became = append(v.Became, b)
	}
	for _, c := range p.ChangesTo(i.ID) {
		v.CameFrom = append(v.CameFrom, partLink(p, c.From))
	}
}

// around fills what the pack sets beside the item.
func (v *itemView) around(p *compact.Pack, i *compact.Item) {
	for _, t := range p.TargetsOf(i.ID) {
		v.Targets = append(v.Targets, Link{prefixed(t.ID, title(p, compact.Targets, t.ID)), "/targets/" + t.ID})
	}
	for _, m := range p.MechanismsOf(i.ID) {
		v.Mechanisms = append(v.Mechanisms, Link{prefixed(m.ID, title(p, compact.Mechanisms, m.ID)), "/mechanisms/" + m.ID})
	}
	for _, t := range p.TiesOf(i.ID) {
		if t.Text == "" && t.Scheme != compact.SchemeEarlier { // these two stand above already
			v.Links = append(v.Links, assertView{phrase("link."+t.Relation, "scheme", message("scheme."+t.Scheme), "to", t.To), endOf(p, t.Scheme, t.To).Href, t.Strength, firstSource(p, t.AssertedBy)})
		}
	}
	for _, e := range p.CalendarOf(i.ID) {
		v.Dates = append(v.Dates, dateView{e.On, eventName(p, e.Event)})
	}
	v.Sources = sourcesOf(p, i.Sources)
}

func sourcesOf(p *compact.Pack, ids []string) []sourceView {
	var out []sourceView
	for _, id := range ids {
		name, _ := title(p, compact.Sources, id).In(locale.English)
		if name == "" {
			name = id
		}
		s := sourceView{Name: name}
		if source, ok := p.Source(id); ok {
			s.Href = source.URL
		}
		out = append(out, s)
	}
	return out
}

// official fills the official words, in every language in which the operator has
// loaded them: the twin shows all of them.
func (v *itemView) official(q *request, i *compact.Item) (err error) {
	if v.loaded, err = compact.LoadedLanguages(q.Tx, i.TextID); err != nil || len(v.loaded) == 0 {
		return err
	}
	for _, l := range locale.Langs {
		words, ok, err := compact.OfficialWords(q.Tx, i.TextID, i.ID, l)
		if err != nil {
			return err
		}
		if ok {
			v.Official = append(v.Official, officialView{l, l.Dir(), words})
		}
	}
	return nil
}

// OfficialIn are the official words on a page: in its own language where the text is
// loaded in it, else in the first that is.
func (v itemView) OfficialIn(l locale.Lang) []officialView {
	if len(v.loaded) > 0 && !slices.Contains(v.loaded, l) {
		l = v.loaded[0]
	}
	at := slices.IndexFunc(v.Official, func(o officialView) bool { return o.Lang == l })
	if at < 0 {
		return nil
	}
	return v.Official[at : at+1]
}

// choice is an option of a filter.
type choice struct {
	ID     string `json:"id"`
	Title  Text   `json:"title"`
	Chosen bool   `json:"chosen,omitempty"`
}

type itemsView struct {
	Total      int         `json:"total"`
	Q          string      `json:"q,omitempty"`
	Addressees []choice    `json:"addressees"`
	Goals      []choice    `json:"goals"`
	Groups     []itemGroup `json:"groups"`
}

// items lists what the text in force asks, filtered by words, addressee and goal.
func (s *Site) items(q *request) (View, error) {
	asked := q.query("q", "for", "sdg")
	goal, _ := strconv.ParseInt(asked.Get("sdg"), 10, 64)
	words := fold.Text(asked.Get("q"))
	v := itemsView{Q: asked.Get("q")}
	for _, a := range q.Pack.Addressees {
		if len(q.Pack.AskedOf(q.Pack.InForce, a)) > 0 {
			v.Addressees = append(v.Addressees, choice{a, title(q.Pack, compact.Addressees, a), a == asked.Get("for")})
		}
	}
	for n := int64(1); n <= 17; n++ {
		id := strconv.FormatInt(n, 10)
		v.Goals = append(v.Goals, choice{id, title(q.Pack, compact.SDGs, id), n == goal})
	}
	matches := func(i *compact.Item) bool {
		return i.Asks() && (asked.Get("for") == "" || i.Asked(asked.Get("for"))) && (goal == 0 || i.SDG.Has(goal)) &&
			(words == "" || says(q.Pack, i.ID, words))
	}
	v.Groups = grouped(q.Pack, q.Pack.ItemsOf(q.Pack.InForce), matches)
	if err := s.countCommitments(q, v.Groups); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"id", "title_en", "addressees", "deadline", "commitments"}}
	for _, g := range v.Groups {
		v.Total += len(g.Items)
		for _, i := range g.Items {
			table.Rows = append(table.Rows, []string{i.ID, english(i.Title), addresseeCodes(q.Pack, i.ID), i.Deadline, strconv.FormatInt(i.Commitments, 10)})
		}
	}
	robots := ""
	if len(asked) > 0 {
		robots = "noindex"
	}
	return View{Page: "items", Title: message("menu.items"), Section: "menu.items", Subjects: []string{"commitments"}, Data: v, Table: table, Robots: robots}, nil
}

func english(t Text) string { text, _ := t.In(locale.English); return text }

func addresseeCodes(p *compact.Pack, item string) string {
	i, _ := p.Item(item)
	return strings.Join(i.Addressees, " ")
}

// says tells whether an item's title or note holds the folded words in any language.
func says(p *compact.Pack, id, words string) bool {
	if strings.HasPrefix(fold.Text(id), words) {
		return true
	}
	for _, t := range []Text{title(p, compact.Items, id), note(p, compact.Items, id)} {
		for _, text := range t {
			if strings.Contains(fold.Text(text), words) {
				return true
			}
		}
	}
	return false
}
