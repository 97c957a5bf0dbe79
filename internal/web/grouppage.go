package web

import (
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
)

// groupView is the page of the advisory group.
type groupView struct {
	groupRun
	Terms     *termsView       `json:"terms_of_reference,omitempty"`
	Call      *nominationsView `json:"call,omitempty"`
	Members   []seatHolder     `json:"members,omitempty"`
	Former    []seatHolder     `json:"former_members,omitempty"`
	Turns     []turnView       `json:"rotation,omitempty"`
	Draws     []drawRow        `json:"draws,omitempty"`
	Conflicts []conflictView   `json:"declared_conflicts,omitempty"`
}

// termsView are the terms of reference.
type termsView struct {
	Entry     int64         `json:"entry"`
	From      string        `json:"from"`
	Words     Text          `json:"terms,omitempty"`
	Segments  []segmentView `json:"segments"`
	Quotas    []quotaView   `json:"quotas,omitempty"`
	Months    int64         `json:"term_months"`
	First     int64         `json:"first_term_months,omitempty"`
	MostTerms int64         `json:"most_terms"`
	MostOfOne int64         `json:"most_of_one_affiliation,omitempty"`
	Conflict  Text          `json:"conflict"`
	Rule      Text          `json:"conflict_rule,omitempty"`
}

type segmentView struct {
	Segment string `json:"segment"`
	Name    Text   `json:"name"`
	Seats   int64  `json:"seats"`
	Sitting int64  `json:"sitting"`
	Filled  Text   `json:"filled"`
}

// seatHolder is a seat with who holds it.
type seatHolder struct {
	Seat      int64  `json:"seat"`
	Name      Text   `json:"name"`
	Pseudonym string `json:"pseudonym,omitempty"`
	Role      Text   `json:"role,omitempty"`
	Segment   Text   `json:"segment"`
	Code      string `json:"segment_code"`
	From      string `json:"from"`
	Until     string `json:"until"`
	Left      string `json:"left_on,omitempty"`
	Reason    Text   `json:"reason,omitempty"`
	Draw      int64  `json:"draw,omitempty"`
	By        *Link  `json:"appointed_by,omitempty"`
	Begins    bool   `json:"begins_later,omitempty"`
}

type turnView struct {
	On    string `json:"on"`
	Seats int    `json:"seats"`
}

type conflictView struct {
	Entry int64  `json:"entry"`
	On    string `json:"on"`
	Who   Text   `json:"who"`
	Item  *Link  `json:"item,omitempty"`
	Text  Text   `json:"text,omitempty"`
}

// nominationsView is a call for nominations.
type nominationsView struct {
	Entry    int64         `json:"entry"`
	Opened   string        `json:"opened_on"`
	Until    string        `json:"until"`
	TermFrom string        `json:"term_from"`
	Seats    []segmentView `json:"seats"`
	Criteria Text          `json:"criteria,omitempty"`
	How      Text          `json:"how,omitempty"`
	Takes    bool          `json:"takes_nominations"`
	Pool     int64         `json:"pool,omitempty"`
}

// advisoryGroup shows who sits, until when, under which terms, and what is open.
func (s *Site) advisoryGroup(q *request) (View, error) {
	run, err := q.groupRun()
	if err != nil {
		return View{}, err
	}
	v := groupView{groupRun: run}
	seats, err := forum.AllSeats(q.Tx)
	if err != nil {
		return View{}, err
	}
	if err := v.members(q, seats); err != nil {
		return View{}, err
	}
	if v.Terms, err = q.termsView(seats); err != nil {
		return View{}, err
	}
	if v.Call, err = q.nominationsView(); err != nil {
		return View{}, err
	}
	if v.Draws, err = q.drawRows(); err != nil {
		return View{}, err
	}
	err = v.conflicts(q, seats)
	return View{Page: "advisorygroup", Title: message("group.title"), Section: "menu.bodies", Subjects: []string{forum.GroupSubject, "parties"}, Data: v, Table: v.table()}, err
}

// members parts those who sit, or will, from those whose time is over.
func (v *groupView) members(q *request, seats forum.Seats) error {
	words, err := q.seatWords(seats)
	if err != nil {
		return err
	}
	var sitting forum.Seats
	for _, s := range seats {
		m := seatHolder{Seat: s.ID, Name: personName(words[s.ID], s.Person), Pseudonym: s.Person, Role: wordsText(words[s.ID], "role"), Segment: segmentName(s.Segment), Code: s.Segment,
			From: s.From, Until: s.Until, Left: s.LeftOn, Draw: s.Draw, Begins: s.From > q.Today}
		if s.Reason != "" {
			m.Reason = message("group.reason." + s.Reason)
		}
		if s.Party != 0 {
			by, err := q.partyLink(s.Party)
			if err != nil {
				return err
			}
			m.By = &by
		}
		over := s.Until < q.Today || s.LeftOn != "" && s.LeftOn <= q.Today
		if over {
			v.Former = append(v.Former, m)
			continue
		}
		v.Members = append(v.Members, m)
		sitting = append(sitting, s)
	}
	for _, t := range sitting.Turns() {
		v.Turns = append(v.Turns, turnView(t))
	}
	return nil
}

func (q *request) termsView(seats forum.Seats) (*termsView, error) {
	terms, err := forum.TermsInForce(q.Tx)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	words, err := keeper.WordsOf(q.Tx, terms.ID)
	if err != nil {
		return nil, err
	}
	t := &termsView{Entry: terms.ID, From: terms.Constituted.From, Words: wordsText(words, "terms"), Months: terms.Term, First: terms.First, MostTerms: terms.MostTerms,
		MostOfOne: terms.MostOfOne, Conflict: message("group.conflict." + terms.Conflict), Rule: wordsText(words, "conflicts")}
	for _, s := range terms.Segments {
		row := segmentView{Segment: s.Segment, Name: segmentName(s.Segment), Seats: s.Seats, Filled: message("group.filled." + s.Filled)}
		for _, seat := range seats {
			if seat.Segment == s.Segment && seat.Sits(q.Today) {
				row.Sitting++
			}
		}
		t.Segments = append(t.Segments, row)
	}
	for _, of := range terms.Quotas {
		t.Quotas = append(t.Quotas, q.quota(of.Attribute, of.Value, of.Min, of.Max, terms.DrawnSeats()))
	}
	return t, nil
}

func (q *request) nominationsView() (*nominationsView, error) {
	call, err := forum.LatestNominations(q.Tx)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	opened, err := call.Opened(q.Tx)
	if err != nil {
		return nil, err
	}
	words, err := keeper.WordsOf(q.Tx, call.ID)
	v := &nominationsView{Entry: call.ID, Opened: call.OpenedOn, Until: call.Until, TermFrom: call.TermFrom, Criteria: wordsText(words, "criteria"), How: wordsText(words, "how"),
		Takes: call.Takes(q.Today), Pool: call.Pool}
	for _, s := range opened.Seats {
		v.Seats = append(v.Seats, segmentView{Segment: s.Segment, Name: segmentName(s.Segment), Seats: s.Seats})
	}
	return v, err
}

func (v *groupView) conflicts(q *request, seats forum.Seats) error {
	declared, err := forum.ConflictsDeclared(q.Tx)
	if err != nil {
		return err
	}
	for _, c := range declared {
		row := conflictView{Entry: c.ID, On: c.On}
		for _, m := range append(v.Members, v.Former...) {
			if m.Seat == c.Seat {
				row.Who = m.Name
			}
		}
		if c.Item != "" {
			item := itemLink(q.Pack, c.Item)
			row.Item = &item
		}
		words, err := keeper.WordsOf(q.Tx, c.ID)
		if err != nil {
			return err
		}
		row.Text = wordsText(words, "text")
		v.Conflicts = append(v.Conflicts, row)
	}
	return nil
}

// table lists every seat, of the past too.
func (v *groupView) table() *Table {
	t := &Table{Columns: []string{"seat", "name", "pseudonym", "segment", "from", "until", "left_on", "draw", "appointed_by"}}
	for _, m := range append(append([]seatHolder{}, v.Members...), v.Former...) {
		by := ""
		if m.By != nil {
			by = m.By.Href
		}
		t.Rows = append(t.Rows, []string{strconv.FormatInt(m.Seat, 10), english(m.Name), m.Pseudonym, m.Code, m.From, m.Until, m.Left, number0(m.Draw), by})
	}
	return t
}

// number0 writes an id, and nothing where there is none.
func number0(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
