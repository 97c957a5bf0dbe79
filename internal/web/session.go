package web

import (
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// The second half of a year of the forum: sessions, their programme and reports, what
// they hand on and what became of it. Nothing on these pages was negotiated, and each
// says so.

// sessionRoutes are the pages and forms of sessions, programmes, messages and outputs.
func (s *Site) sessionRoutes() {
	s.page("/forum/{cycle}/sessions", s.sessions)
	s.page("/forum/{cycle}/sessions/{id}", s.session)
	s.page("/forum/{cycle}/programme", s.programme)
	s.public("GET /forum/{cycle}/programme.ics", s.programmeFile)
	s.page("/forum/{cycle}/messages", s.cycleMessages)
	s.page("/forum/{cycle}/outputs", s.outputs)
	s.page("/messages", s.messages)
	s.feed(messageFeed())
	s.page("/messages/{id}", s.message)
	s.sessionForms()
	s.serves(sessionServes)
	s.inCycle(sessionLinks)
	s.needs(s.sessionTasks)
}

// sessionRow is a session in a list.
type sessionRow struct {
	ID         int64  `json:"id"`
	Href       string `json:"href"`
	Title      Text   `json:"title"`
	Format     string `json:"format"`
	FormatIs   Text   `json:"format_in_words"`
	Minutes    int64  `json:"minutes"`
	Organisers []Link `json:"organisers"`
	Items      []Link `json:"items"`
	State      string `json:"state"`
	StateIs    Text   `json:"state_in_words"`
	Report     string `json:"report"`
	ReportIs   Text   `json:"report_in_words,omitempty"`
	Due        string `json:"report_due,omitempty"`
	Starts     string `json:"starts,omitempty"`
	Ends       string `json:"ends,omitempty"`
	ProposedOn string `json:"proposed_on"`
	itemIDs    []string
	serves     []string
}

func sessionHref(cycle, id int64) string {
	return cycleHref(cycle) + "/sessions/" + strconv.FormatInt(id, 10)
}

// sessionTitle is a session's title; one that was erased has its number.
func sessionTitle(s forum.Session) Text {
	t := summaryText(s.Text, "title")
	if len(t) == 0 {
		return message("session.untitled", "id", s.ID)
	}
	return t
}

func newSessionRow(q *request, s forum.Session, names map[int64]stakeholder.Names) sessionRow {
	row := sessionRow{ID: s.ID, Href: sessionHref(s.Cycle, s.ID), Title: sessionTitle(s), Format: s.Format, FormatIs: message("session.format." + s.Format), Minutes: s.Minutes,
		State: s.State(q.Today), Report: s.ReportState(q.Today), ProposedOn: s.ProposedOn, itemIDs: s.Items, serves: s.Serves}
	row.StateIs = message("session.state." + row.State)
	if row.Report != forum.ReportNone {
		row.ReportIs, row.Due = message("session.report."+row.Report), s.ReportDue
	}
	for _, party := range s.Organisers {
		row.Organisers = append(row.Organisers, Link{partyName(names[party]), partyHref(party)})
	}
	for _, item := range s.Items {
		row.Items = append(row.Items, itemLink(q.Pack, item))
	}
	if s.Slot != nil {
		row.Starts, row.Ends = s.Slot.Starts, s.Slot.Ends
	}
	return row
}

// sessionRows are rows with the names of their organisers.
func sessionRows(q *request, list []forum.Session) ([]sessionRow, error) {
	var ids []int64
	for _, s := range list {
		ids = append(ids, s.Organisers...)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	rows := make([]sessionRow, 0, len(list))
	for _, s := range list {
		rows = append(rows, newSessionRow(q, s, names))
	}
	return rows, err
}

// callView is a call for sessions as its page says it.
type callView struct {
	ID        int64           `json:"id"`
	Until     string          `json:"until"`
	Open      bool            `json:"open"`
	Most      int64           `json:"most_of_one_party"`
	Scale     int64           `json:"scale"`
	Criteria  []criterionView `json:"criteria"`
	Formats   []Text          `json:"formats"`
	Durations []int64         `json:"durations"`
}

type criterionView struct {
	Asks   Text  `json:"asks"`
	Weight int64 `json:"weight"`
}

func newCallView(q *request, c forum.Cycle, call forum.Call) (*callView, error) {
	v := &callView{ID: call.ID, Until: c.CallUntil, Open: q.Today <= c.CallUntil && c.ClosedOn == "", Most: c.MostSessions, Scale: call.Scale, Durations: call.Durations}
	words, err := keeper.WordsOf(q.Tx, call.ID)
	for n, w := range call.Weights {
		asks := wordsText(words, "criterion."+strconv.Itoa(n))
		if len(asks) == 0 {
			asks = message("session.criterion", "n", n+1)
		}
		v.Criteria = append(v.Criteria, criterionView{asks, w})
	}
	for _, f := range call.Formats {
		v.Formats = append(v.Formats, message("session.format."+f))
	}
	return v, err
}

type sessionsView struct {
	Run     moduleView   `json:"run"`
	Cycle   int64        `json:"cycle"`
	Path    string       `json:"-"`
	Call    *callView    `json:"call,omitempty"`
	Total   int64        `json:"total"`
	Balance *mixView     `json:"balance,omitempty"`
	Rows    []sessionRow `json:"rows"`
	filters
	pages
}

func (v sessionsView) figures() []figure {
	return []figure{counted("sessions", message("sessions.figure"), v.Total)}
}

// sessionFilter reads what the address asks.
func (c coder) sessionFilter(cycle int64) forum.SessionFilter {
	f := forum.SessionFilter{Cycle: cycle, Query: c.asked.Get("q"), State: c.asked.Get("state"), Format: c.asked.Get("format"), Kind: c.asked.Get("kind"), Serves: c.asked.Get("serves"),
		Report: c.asked.Get("report"), Party: c.id("party"), After: c.asked.Get("after"), Today: c.q.Today}
	if item := c.asked.Get("item"); item != "" {
		f.Items = itemsUnder(c.q.Pack, item)
	}
	return f
}

// sessions lists the sessions of a cycle, with the call that they answer.
func (s *Site) sessions(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	asked := q.query("q", "state", "format", "kind", "item", "serves", "report", "party", "after")
	by := coder{q, asked}
	f := by.sessionFilter(c.ID)
	v := View{Page: "sessions", Title: message("sessions.title"), Crumbs: q.cycleCrumbs(c), Subjects: []string{"sessions", "forum", "parties"}, Robots: filtered(asked)}
	if q.whole() {
		f.Limit = 1000
		v.Table = streamCSV(sessionTable, func(after string) ([]sessionRow, string, error) {
			f.After = after
			found, err := forum.Sessions(q.Tx, f)
			if err != nil {
				return nil, "", err
			}
			rows, err := sessionRows(q, found.List)
			return rows, found.Next, err
		})
		return v, nil
	}
	data := sessionsView{Run: q.module(forum.ModuleForum), Cycle: c.ID, Path: cycleHref(c.ID) + "/sessions"}
	call, opened, err := forum.CallOf(q.Tx, c.ID)
	if err == nil && opened {
		data.Call, err = newCallView(q, c, call)
	}
	if err != nil {
		return View{}, err
	}
	found, err := forum.Sessions(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	if data.Total = found.Total; found.Next != "" {
		data.Next = nextPage(asked, found.Next)
	}
	if data.Rows, err = sessionRows(q, found.List); err != nil {
		return View{}, err
	}
	if data.Balance, err = cycleMix(q, c.ID); err != nil {
		return View{}, err
	}
	data.filters = newFilters(asked, "sessions.words", by.sessionFields())
	v.Data, v.Table = data, sessionTable(data.Rows)
	return v, nil
}

// sessionFields draws what sessionFilter reads.
func (c coder) sessionFields() []filter {
	all := []filter{c.items(), c.codes("format", forum.Formats, "session.format."), c.codes("state", forum.SessionStates, "session.state."), c.kinds(),
		c.codes("serves", forum.ForumFunctions, "forum.function."), c.codes("report", []string{forum.ReportLate}, "session.report."), c.plain("party", "hidden")}
	for n := range 3 {
		all[n].Main = true
	}
	return all
}

func sessionTable(rows []sessionRow) *Table {
	t := &Table{Columns: []string{"id", "title_en", "format", "minutes", "organisers_en", "items", "serves", "state", "starts", "ends", "report", "report_due", "proposed_on"}}
	for _, r := range rows {
		var names []string
		for _, o := range r.Organisers {
			names = append(names, english(o.Text))
		}
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), english(r.Title), r.Format, strconv.FormatInt(r.Minutes, 10), strings.Join(names, "; "), strings.Join(r.itemIDs, " "),
			strings.Join(r.serves, " "), r.State, r.Starts, r.Ends, r.Report, r.Due, r.ProposedOn})
	}
	return t
}

// sessionServes counts what sessions, outputs and messages of all cycles served each
// function of the forum.
func sessionServes(q *request) (out []served, err error) {
	cycles, err := forum.Cycles(q.Tx)
	for _, c := range cycles {
		if err != nil {
			break
		}
		var list []forum.Served
		list, err = forum.FunctionsServed(q.Tx, c.ID)
		for _, f := range list {
			year, at := strconv.Itoa(c.Year), cycleHref(c.ID)
			out = append(out, served{f.Function, message("forum.served.sessions", "n", len(f.Sessions), "year", year), len(f.Sessions), at + "/sessions?serves=" + f.Function},
				served{f.Function, message("forum.served.outputs", "n", len(f.Outputs), "year", year), len(f.Outputs), at + "/outputs"},
				served{f.Function, message("forum.served.messages", "n", len(f.Messages), "year", year), len(f.Messages), at + "/messages"})
		}
	}
	return out, err
}

// sessionLinks lead from a cycle to its second half, and to what became of the
// messages of the cycle before.
func sessionLinks(q *request, c forum.Cycle) ([]Link, error) {
	at := cycleHref(c.ID)
	links := []Link{{message("sessions.title"), at + "/sessions"}, {message("programme.title"), at + "/programme"}, {message("messages.title"), at + "/messages"}, {message("outputs.title"), at + "/outputs"}}
	before, ok, err := cycleBefore(q.Tx, c)
	if ok {
		links = append(links, Link{phrase("messages.of_year_before", "year", strconv.Itoa(before.Year)), at + "/messages#before"})
	}
	return links, err
}

// cycleBefore is the year before a cycle.
func cycleBefore(tx *db.Tx, c forum.Cycle) (before forum.Cycle, ok bool, err error) {
	all, err := forum.Cycles(tx)
	for _, one := range all {
		if one.Year < c.Year {
			return one, true, err
		}
	}
	return before, false, err
}

// aboutForum is what the forum has on something, in few words, for the page of it.
type aboutForum struct {
	Sessions []Link       `json:"sessions,omitempty"`
	Messages []messageRow `json:"messages,omitempty"`
	More     string       `json:"-"`
}

// shownAbout bounds what the page of an item shows of the forum; the lists have all.
const shownAbout = 5

// forumAbout is what sessions and messages there are about an item, or to an addressee.
func (q *request) forumAbout(items []string, addressee string) (*aboutForum, error) {
	if m, _ := q.Pack.Module(forum.ModuleForum); m == nil {
		return nil, nil
	}
	q.shown = append(q.shown, "sessions", "messages")
	out := &aboutForum{More: "/messages?for=" + addressee}
	if addressee == "" {
		out.More = "/messages?item=" + items[0]
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Items: items, Chosen: true, Today: q.Today, Limit: shownAbout})
		if err != nil {
			return nil, err
		}
		for _, s := range found.List {
			out.Sessions = append(out.Sessions, Link{sessionTitle(s), sessionHref(s.Cycle, s.ID)})
		}
	}
	found, err := forum.Messages(q.Tx, forum.MessageFilter{Items: items, Addressee: addressee, Limit: shownAbout})
	if err != nil {
		return nil, err
	}
	if out.Messages, err = messageRows(q, found.List); err != nil || len(out.Sessions)+len(out.Messages) == 0 {
		return nil, err
	}
	return out, nil
}

// itemsUnder are an item and what stands under it.
func itemsUnder(p *compact.Pack, id string) []string {
	out := []string{id}
	for _, part := range p.Children(id) {
		out = append(out, part.ID)
	}
	return out
}
