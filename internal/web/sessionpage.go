package web

import (
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// sessionView is the page of one session, from its proposal to what was reported.
type sessionView struct {
	Run     moduleView `json:"run"`
	CycleID int64      `json:"cycle"`
	sessionRow
	Problem   Text          `json:"problem,omitempty"`
	Serving   Text          `json:"serving,omitempty"`
	Serves    []codeText    `json:"serves"`
	Agenda    []Link        `json:"agenda,omitempty"`
	Gaps      []Link        `json:"gaps,omitempty"`
	People    []personView  `json:"people,omitempty"`
	Erased    int64         `json:"people_erased,omitempty"`
	Score     *scoreView    `json:"scores,omitempty"`
	Decision  *verdictView  `json:"decision,omitempty"`
	Withdrawn *saidView     `json:"withdrawn,omitempty"`
	Times     *slotView     `json:"slot,omitempty"`
	Told      *reportedView `json:"reported,omitempty"`
	Excused   *saidView     `json:"excused,omitempty"`
	Messages  []messageRow  `json:"messages,omitempty"`
	Outputs   []outputRow   `json:"outputs,omitempty"`
	Version   int64         `json:"version"`
	Receipt   string        `json:"receipt"`
}

// codeText is a code with its words.
type codeText struct {
	Code string `json:"code"`
	What Text   `json:"what"`
}

// personView is somebody who agreed to be named.
type personView struct {
	Name  string `json:"name,omitempty"`
	Role  Text   `json:"role"`
	Group Text   `json:"group,omitempty"`
	Area  Text   `json:"area,omitempty"`
}

// saidView is an act that says one thing, with its day and its entry.
type saidView struct {
	On    string `json:"on,omitempty"`
	Entry int64  `json:"entry"`
	Text  Text   `json:"text,omitempty"`
}

type verdictView struct {
	saidView
	Outcome   string `json:"outcome"`
	OutcomeIs Text   `json:"outcome_in_words"`
	Into      *Link  `json:"into,omitempty"`
}

// scoreView is what all scorers of a session gave, published at once.
type scoreView struct {
	Entry     int64       `json:"entry"`
	Total     string      `json:"total"` // of 100, two decimals
	Scorers   int         `json:"scorers"`
	Conflicts int64       `json:"stood_aside,omitempty"`
	Scale     int64       `json:"scale"`
	Rows      []scoreRow  `json:"criteria"`
	Sheets    []sheetText `json:"sheets"`
}

type scoreRow struct {
	criterionView
	Scores []int64 `json:"scores"`
}

type sheetText struct {
	N      int  `json:"sheet"`
	Reason Text `json:"reason,omitempty"`
}

type slotView struct {
	Room   Text   `json:"room"`
	Zone   string `json:"zone"`
	Day    string `json:"day"`
	From   string `json:"from"`
	To     string `json:"to"`
	File   string `json:"calendar"`
	Starts string `json:"starts"`
}

type reportedView struct {
	saidView
	Issues     Text          `json:"issues,omitempty"`
	Discussion Text          `json:"discussion,omitempty"`
	Takeaways  Text          `json:"takeaways,omitempty"`
	Next       Text          `json:"next_steps,omitempty"`
	Present    []presentView `json:"present"`
}

type presentView struct {
	Group  string `json:"group"`
	NameIs Text   `json:"name"`
	People int64  `json:"people,omitempty"`
	Few    bool   `json:"fewer_than_five,omitempty"`
}

// sessionAsked is the session that the address names, in its own cycle.
func (q *request) sessionAsked() (c forum.Cycle, s forum.Session, err error) {
	if c, err = q.cycleAsked(); err != nil {
		return c, s, err
	}
	id, err := q.number("id")
	if err == nil {
		s, err = forum.SessionByID(q.Tx, id)
	}
	if err == nil && s.Cycle != c.ID {
		err = errNotFound(q.URL.Path)
	}
	return c, s, err
}

func (s *Site) session(q *request) (View, error) {
	c, one, err := q.sessionAsked()
	if err != nil {
		return View{}, err
	}
	rows, err := sessionRows(q, []forum.Session{one})
	if err != nil {
		return View{}, err
	}
	v := sessionView{Run: q.module(forum.ModuleForum), CycleID: c.ID, sessionRow: rows[0], Problem: summaryText(one.Text, "problem"), Serving: summaryText(one.Text, "serving"), Version: one.Version,
		Receipt: "/record/receipts/" + strconv.FormatInt(one.ID, 10)}
	for _, step := range []func(*request, forum.Cycle, forum.Session) error{v.about, v.who, v.judged, v.placed, v.reported, v.handedOn} {
		if err := step(q, c, one); err != nil {
			return View{}, err
		}
	}
	return View{Page: "session", Title: v.Title, Crumbs: append(q.cycleCrumbs(c), Link{message("sessions.title"), cycleHref(c.ID) + "/sessions"}),
		Subjects: []string{"session:" + strconv.FormatInt(one.ID, 10), "sessions", "messages", "outputs", "parties", "forum"}, Data: v}, nil
}

// about adds what a session is about.
func (v *sessionView) about(q *request, c forum.Cycle, s forum.Session) error {
	for _, code := range s.Serves {
		v.Serves = append(v.Serves, codeText{code, message("forum.function." + code)})
	}
	for _, gap := range s.Gaps {
		v.Gaps = append(v.Gaps, gapLink(q.Pack, gap))
	}
	if len(s.Agenda) == 0 {
		return nil
	}
	agenda, err := forum.Agenda(q.Tx, c.ID)
	for _, i := range agenda {
		if slices.Contains(s.Agenda, int64(i.No)) {
			v.Agenda = append(v.Agenda, Link{phrase("session.agenda_item", "n", i.No), cycleHref(c.ID) + "/agenda"})
		}
	}
	return err
}

// gapLink names a gap of an item, as "P11d:money" says it.
func gapLink(p *compact.Pack, gap string) Link {
	for i := range gap {
		if gap[i] == ':' {
			return Link{phrase("session.gap", "item", itemLink(p, gap[:i]).Text, "kind", message("gap."+gap[i+1:])), "/gaps/" + gap[:i]}
		}
	}
	return Link{same(gap), "/items"}
}

// who adds the people whose words are there still.
func (v *sessionView) who(q *request, _ forum.Cycle, s forum.Session) error {
	people, err := forum.PeopleOf(q.Tx, s.Version)
	for _, p := range people {
		one := personView{Name: p.Name, Role: message("session.role." + p.Role)}
		if p.Group != "" {
			one.Group = partyKind(p.Group)
		}
		if p.Area != "" {
			one.Area = areaName(q.Areas, p.Area)
		}
		v.People = append(v.People, one)
	}
	v.Erased = s.People - int64(len(people))
	return err
}

// judged adds scores and decision.
func (v *sessionView) judged(q *request, c forum.Cycle, s forum.Session) error {
	if s.ScoredBy != 0 {
		if err := v.scores(q, c, s); err != nil {
			return err
		}
	}
	if s.WithdrawnBy != 0 {
		said, err := q.toldIn(s.WithdrawnBy, s.WithdrawnOn, "reason")
		if v.Withdrawn = &said; err != nil {
			return err
		}
	}
	if s.DecidedBy == 0 {
		return nil
	}
	said, err := q.toldIn(s.DecidedBy, s.DecidedOn, "reason")
	if err != nil {
		return err
	}
	v.Decision = &verdictView{saidView: said, Outcome: s.Outcome, OutcomeIs: message("session.state." + s.Outcome)}
	if s.Into == 0 {
		return nil
	}
	into, err := forum.SessionByID(q.Tx, s.Into)
	v.Decision.Into = &Link{sessionTitle(into), sessionHref(into.Cycle, into.ID)}
	return err
}

// said reads one word of an entry.
func (q *request) toldIn(entry int64, on, word string) (saidView, error) {
	words, err := keeper.WordsOf(q.Tx, entry)
	return saidView{On: on, Entry: entry, Text: wordsText(words, word)}, err
}

func (v *sessionView) scores(q *request, c forum.Cycle, s forum.Session) error {
	call, err := forum.CallByID(q.Tx, s.Call)
	if err != nil {
		return err
	}
	criteria, err := newCallView(q, c, call)
	if err != nil {
		return err
	}
	sheets, err := forum.Scores(q.Tx, s.ID)
	if err != nil {
		return err
	}
	words, err := keeper.WordsOf(q.Tx, s.ScoredBy)
	if err != nil {
		return err
	}
	v.Score = &scoreView{Entry: s.ScoredBy, Total: forum.WeightedScore(call, sheets), Scorers: len(sheets), Conflicts: s.Conflicts, Scale: call.Scale}
	for n, criterion := range criteria.Criteria {
		row := scoreRow{criterionView: criterion}
		for _, sheet := range sheets {
			if n < len(sheet) {
				row.Scores = append(row.Scores, sheet[n])
			}
		}
		v.Score.Rows = append(v.Score.Rows, row)
	}
	for n := range sheets {
		v.Score.Sheets = append(v.Score.Sheets, sheetText{n + 1, wordsText(words, "reason."+strconv.Itoa(n))})
	}
	return nil
}

// placed adds where and when it sits, by the forum's own clock.
func (v *sessionView) placed(q *request, c forum.Cycle, s forum.Session) error {
	if s.Slot == nil {
		return nil
	}
	days, err := forum.Programme(q.Tx, c.ID)
	if err != nil {
		return err
	}
	for _, d := range days {
		if d.Day != s.Slot.Day {
			continue
		}
		words, err := keeper.WordsOf(q.Tx, d.Entry)
		if err != nil {
			return err
		}
		from, to := clockOf(s.Slot.Starts, d.Zone), clockOf(s.Slot.Ends, d.Zone)
		v.Times = &slotView{Room: roomName(words, s.Slot.Room), Zone: d.Zone, Day: from.day, From: from.time, To: to.time, Starts: s.Slot.Starts,
			File: cycleHref(c.ID) + "/programme.ics?session=" + strconv.FormatInt(s.ID, 10)}
	}
	return nil
}

// reported adds what was reported, or why nothing has to be.
func (v *sessionView) reported(q *request, _ forum.Cycle, s forum.Session) error {
	if s.ExcusedBy != 0 {
		said, err := q.toldIn(s.ExcusedBy, "", "reason")
		if v.Excused = &said; err != nil {
			return err
		}
	}
	if s.ReportedBy == 0 {
		return nil
	}
	words, err := keeper.WordsOf(q.Tx, s.ReportedBy)
	if err != nil {
		return err
	}
	v.Told = &reportedView{saidView: saidView{On: s.ReportedOn, Entry: s.ReportedBy}, Issues: wordsText(words, "issues"), Discussion: wordsText(words, "discussion"),
		Takeaways: wordsText(words, "takeaways"), Next: wordsText(words, "next")}
	present, err := forum.PresentAt(q.Tx, s.ID)
	for _, p := range present {
		v.Told.Present = append(v.Told.Present, presentView{p.Group, partyKind(p.Group), p.People, p.People == 0})
	}
	return err
}

// handedOn adds messages and outputs that come from it.
func (v *sessionView) handedOn(q *request, c forum.Cycle, s forum.Session) error {
	found, err := forum.Messages(q.Tx, forum.MessageFilter{Session: s.ID})
	if err != nil {
		return err
	}
	if v.Messages, err = messageRows(q, found.List); err != nil {
		return err
	}
	all, err := forum.Outputs(q.Tx, c.ID)
	for _, o := range all {
		if slices.Contains(o.Sessions, s.ID) {
			v.Outputs = append(v.Outputs, newOutputRow(q, o))
		}
	}
	return err
}
