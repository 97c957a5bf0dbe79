package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// messageRow is a message in a list.
type messageRow struct {
	ID       int64    `json:"id"`
	Href     string   `json:"href"`
	Text     Text     `json:"text"`
	Cycle    Link     `json:"cycle"`
	On       string   `json:"issued_on"`
	By       *Link    `json:"by,omitempty"` // none: the secretariat, for the forum
	Items    []Link   `json:"items"`
	Sessions []Link   `json:"sessions"`
	To       []toView `json:"to"`
	Furthest Text     `json:"furthest_in_words"`
	State    string   `json:"furthest"`
	itemIDs  []string
}

// toView is one of those whom a message addresses, and what became of it there.
type toView struct {
	Who     Link   `json:"who"`
	Code    string `json:"code"`
	State   string `json:"state"`
	StateIs Text   `json:"state_in_words"`
	On      string `json:"on,omitempty"`
	Entry   int64  `json:"entry,omitempty"`
}

func messageHref(id int64) string { return "/messages/" + strconv.FormatInt(id, 10) }

// messageRows are rows with the names of sessions, parties and years.
func messageRows(q *request, list []forum.Message) ([]messageRow, error) {
	sessions, parties := []int64{}, []int64{}
	for _, m := range list {
		sessions, parties = append(sessions, m.Sessions...), append(parties, m.Party)
		for _, to := range m.To {
			parties = append(parties, to.Party)
		}
	}
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	if err != nil {
		return nil, err
	}
	titles := map[int64]Link{}
	for some := range slices.Chunk(sessions, 500) {
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Among: some, Today: q.Today, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, s := range found.List {
			titles[s.ID] = Link{sessionTitle(s), sessionHref(s.Cycle, s.ID)}
		}
	}
	cycles, err := forum.Cycles(q.Tx)
	if err != nil {
		return nil, err
	}
	years := map[int64]Text{}
	for _, c := range cycles {
		years[c.ID] = same(strconv.Itoa(c.Year))
	}
	rows := make([]messageRow, 0, len(list))
	for _, m := range list {
		row := messageRow{ID: m.ID, Href: messageHref(m.ID), Text: messageText(m), Cycle: Link{years[m.Cycle], cycleHref(m.Cycle)}, On: m.IssuedOn, State: m.Furthest(), itemIDs: m.Items}
		row.Furthest = message("message.state." + row.State)
		if m.Party != 0 {
			row.By = &Link{partyName(names[m.Party]), partyHref(m.Party)}
		}
		for _, id := range m.Items {
			row.Items = append(row.Items, itemLink(q.Pack, id))
		}
		for _, id := range m.Sessions {
			row.Sessions = append(row.Sessions, titles[id])
		}
		for _, to := range m.To {
			row.To = append(row.To, newToView(q, to, names))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// messageText is what a message says; one that was erased has its number.
func messageText(m forum.Message) Text {
	t := summaryText(func(_ string, l locale.Lang) (string, string) { return m.Text(l) }, "text")
	if len(t) == 0 {
		return message("message.untitled", "id", m.ID)
	}
	return t
}

func newToView(q *request, to forum.Addressed, names map[int64]stakeholder.Names) toView {
	v := toView{Who: addressee(q.Pack, to.Addressee), Code: to.Addressee, State: to.State, StateIs: message("message.state." + to.State), On: to.On, Entry: to.Entry}
	if to.Party != 0 {
		v.Who, v.Code = Link{partyName(names[to.Party]), partyHref(to.Party)}, strconv.FormatInt(to.Party, 10)
	}
	return v
}

type messagesView struct {
	Run    moduleView   `json:"run"`
	Cycle  int64        `json:"cycle,omitempty"`
	Path   string       `json:"-"`
	Total  int64        `json:"total"`
	Rows   []messageRow `json:"rows"`
	Before *fatesView   `json:"year_before,omitempty"`
	filters
	pages
}

// fatesView is what became of the messages of the year before.
type fatesView struct {
	Year  string       `json:"year"`
	Href  string       `json:"href"`
	Total int64        `json:"total"`
	Fates []fateCount  `json:"fates"`
	Rows  []messageRow `json:"messages"`
}

type fateCount struct {
	State   string `json:"state"`
	StateIs Text   `json:"state_in_words"`
	N       int64  `json:"n"`
	Href    string `json:"-"`
}

func (v messagesView) figures() []figure {
	out := []figure{counted("messages", message("messages.figure"), v.Total)}
	if v.Before != nil {
		for _, f := range v.Before.Fates {
			out = append(out, counted("before-"+nameOf(f.State), phrase("messages.fate_figure", "year", v.Before.Year, "state", f.StateIs), f.N))
		}
	}
	return out
}

// messageFilters are what a list of messages can be asked for.
var messageFilters = []string{"q", "item", "for", "party", "state", "cycle"}

func (c coder) messageFilter() forum.MessageFilter {
	f := forum.MessageFilter{Cycle: c.id("cycle"), Addressee: c.asked.Get("for"), Party: c.id("party"), State: c.asked.Get("state"), Query: c.asked.Get("q"), After: c.asked.Get("after")}
	if item := c.asked.Get("item"); item != "" {
		f.Items = itemsUnder(c.q.Pack, item)
	}
	return f
}

func (c coder) messageFields(ofAll bool) ([]filter, error) {
	to := options(c.q.Pack.Addressees, c.asked.Get("for"), func(id string) Text { return title(c.q.Pack, compact.Addressees, id) })
	all := []filter{c.items(), c.options("for", to), c.codes("state", forum.MessageStates, "message.state.")}
	for n := range all {
		all[n].Main = true
	}
	if ofAll {
		cycles, err := forum.Cycles(c.q.Tx)
		if err != nil {
			return nil, err
		}
		var years []choice
		for _, one := range cycles {
			id := strconv.FormatInt(one.ID, 10)
			years = append(years, choice{id, same(strconv.Itoa(one.Year)), id == c.asked.Get("cycle")})
		}
		all = append(all, c.options("cycle", years))
	}
	return append(all, c.plain("party", "hidden")), nil
}

// messages lists the messages of all years.
func (s *Site) messages(q *request) (View, error) {
	asked := q.query(append(slices.Clone(messageFilters), "after")...)
	f := coder{q, asked}.messageFilter()
	v, err := q.messageList(f, asked, messagesView{Run: q.module(forum.ModuleForum), Path: "/messages"})
	v.Crumbs = []Link{{q.forumName(), "/forum"}}
	v.Feeds = q.follow("/messages", asked)
	return v, err
}

// cycleMessages lists those of one cycle, and what became of each of the year before.
func (s *Site) cycleMessages(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	asked := q.query("q", "item", "for", "party", "state", "after")
	f := coder{q, asked}.messageFilter()
	f.Cycle = c.ID
	data := messagesView{Run: q.module(forum.ModuleForum), Cycle: c.ID, Path: cycleHref(c.ID) + "/messages"}
	if data.Before, err = q.fatesBefore(c); err != nil {
		return View{}, err
	}
	v, err := q.messageList(f, asked, data)
	v.Crumbs = q.cycleCrumbs(c)
	v.Feeds = q.follow("/messages", url.Values{"cycle": {strconv.FormatInt(c.ID, 10)}})
	return v, err
}

// messageList is a page of the messages that a filter lets through.
func (q *request) messageList(f forum.MessageFilter, asked url.Values, data messagesView) (View, error) {
	v := View{Page: "messages", Title: message("messages.title"), Subjects: []string{"messages", "sessions", "forum", "parties"}, Robots: filtered(asked)}
	if q.whole() {
		f.Limit = 1000
		v.Table = streamCSV(messageTable, func(after string) ([]messageRow, string, error) {
			f.After = after
			found, err := forum.Messages(q.Tx, f)
			if err != nil {
				return nil, "", err
			}
			rows, err := messageRows(q, found.List)
			return rows, found.Next, err
		})
		return v, nil
	}
	f.Limit = shownMessages
	found, err := forum.Messages(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	if data.Total = found.Total; found.Next != "" {
		data.Next = nextPage(asked, found.Next)
	}
	if data.Rows, err = messageRows(q, found.List); err != nil {
		return View{}, err
	}
	fields, err := coder{q, asked}.messageFields(data.Cycle == 0)
	if err != nil {
		return View{}, err
	}
	data.filters = newFilters(asked, "messages.words", fields)
	v.Data, v.Table = data, messageTable(data.Rows)
	return v, nil
}

// shownMessages is how many messages a page shows: each is a paragraph.
const shownMessages = 20

// fatesBefore counts what became of the messages of the year before, and shows each.
func (q *request) fatesBefore(c forum.Cycle) (*fatesView, error) {
	before, ok, err := cycleBefore(q.Tx, c)
	if err != nil || !ok {
		return nil, err
	}
	counts, err := forum.Fates(q.Tx, before.ID)
	if err != nil {
		return nil, err
	}
	v := &fatesView{Year: strconv.Itoa(before.Year), Href: cycleHref(before.ID) + "/messages"}
	for _, state := range forum.MessageStates {
		v.Fates = append(v.Fates, fateCount{state, message("message.state." + state), counts[state], v.Href + "?state=" + state})
		v.Total += counts[state]
	}
	found, err := forum.Messages(q.Tx, forum.MessageFilter{Cycle: before.ID, Limit: shownMessages})
	if err != nil {
		return nil, err
	}
	v.Rows, err = messageRows(q, found.List)
	return v, err
}

func messageTable(rows []messageRow) *Table {
	t := &Table{Columns: []string{"id", "cycle", "issued_on", "text_en", "items", "to", "state", "state_on", "furthest"}}
	for _, r := range rows {
		for _, to := range r.To {
			t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), english(r.Cycle.Text), r.On, english(r.Text), strings.Join(r.itemIDs, " "), to.Code, to.State, to.On, r.State})
		}
	}
	return t
}

// messageView is the page of one message.
type messageView struct {
	Run moduleView `json:"run"`
	messageRow
	Steps   []messageStep `json:"steps,omitempty"`
	Receipt string        `json:"receipt"`
}

// messageStep is one thing that was said of what became of a message.
type messageStep struct {
	Who     Link   `json:"who"`
	By      Text   `json:"by"`
	State   string `json:"state"`
	StateIs Text   `json:"state_in_words"`
	On      string `json:"on"`
	Entry   int64  `json:"entry"`
	Note    Text   `json:"note,omitempty"`
	Source  Text   `json:"source,omitempty"`
	URL     string `json:"url,omitempty"`
}

func (s *Site) message(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	m, err := forum.MessageByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	rows, err := messageRows(q, []forum.Message{m})
	if err != nil {
		return View{}, err
	}
	v := messageView{Run: q.module(forum.ModuleForum), messageRow: rows[0], Receipt: "/record/receipts/" + strconv.FormatInt(id, 10)}
	if err := v.steps(q, m); err != nil {
		return View{}, err
	}
	return View{Page: "message", Title: message("message.number", "id", id), Crumbs: []Link{{q.forumName(), "/forum"}, v.Cycle, {message("messages.title"), v.Cycle.Href + "/messages"}},
		Subjects: []string{"message:" + strconv.FormatInt(id, 10), "messages", "sessions", "forum", "parties"}, Data: v}, nil
}

// steps adds what was said of it, the oldest first.
func (v *messageView) steps(q *request, m forum.Message) error {
	list, err := forum.MessageSteps(q.Tx, m.ID)
	if err != nil {
		return err
	}
	var entries, parties []int64
	for _, f := range list {
		entries, parties = append(entries, f.Entry), append(parties, f.Party)
	}
	words, err := keeper.WordsOfAll(q.Tx, entries)
	if err != nil {
		return err
	}
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	if err != nil {
		return err
	}
	for _, f := range list {
		to := newToView(q, forum.Addressed{Addressee: f.Addressee, Party: f.Party, State: f.State}, names)
		step := messageStep{Who: to.Who, By: message("record.by.secretariat"), State: f.State, StateIs: to.StateIs, On: f.On, Entry: f.Entry, Note: wordsText(words[f.Entry], "note"),
			Source: wordsText(words[f.Entry], "source"), URL: words[f.Entry]["url.und"]}
		if f.By == strconv.FormatInt(f.Party, 10) && f.Party != 0 {
			step.By = to.Who.Text
		}
		v.Steps = append(v.Steps, step)
	}
	return nil
}

// messageFeed tells of messages and of what became of them.
func messageFeed() feed {
	return feed{title: message("messages.title"), page: "/messages", subjects: []string{"messages", "sessions", "parties", keeper.WordsSubject}, known: messageFilters,
		changes: func(q *request, asked url.Values, before int64, limit int) ([]change, error) {
			found, err := forum.MessageChanges(q.Tx, coder{q, asked}.messageFilter(), before, limit)
			if err != nil {
				return nil, err
			}
			var out []change
			for _, c := range found {
				m, err := forum.MessageByID(q.Tx, c.Message)
				if err != nil {
					return nil, err
				}
				out = append(out, change{entry: keeper.Entry{Index: c.Entry}, href: messageHref(c.Message), about: messageText(m)})
			}
			return out, readChanges(q.Tx, out)
		}}
}
