package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// bodyView is a body's own page.
type bodyView struct {
	bodyRow
	KindName  Text           `json:"kind_name"`
	URL       string         `json:"url,omitempty"`
	Contact   string         `json:"contact,omitempty"`
	NamedIn   *Link          `json:"named_in,omitempty"` // nil: it came after the text
	Facts     []bodyFact     `json:"facts"`
	InForce   []partRow      `json:"items_in_force,omitempty"`
	Earlier   []partRow      `json:"items_earlier,omitempty"`
	EarlierOn string         `json:"earlier_on,omitempty"`
	ItemsBy   Text           `json:"items_said_by,omitempty"`
	Ties      []tieView      `json:"relations,omitempty"`
	Same      []Link         `json:"same_mandate,omitempty"`
	Alike     []Link         `json:"names_that_look_alike,omitempty"`
	Disputed  []disputedFact `json:"disputed,omitempty"`
	Runners   []runnerView   `json:"run_by,omitempty"`
	Claims    []runnerView   `json:"claims,omitempty"`
	Nobody    Text           `json:"nobody,omitempty"` // its party has left
	Documents []documentRow  `json:"documents,omitempty"`
	Dates     []calendarRow  `json:"dates,omitempty"`
	Steps     []stepView     `json:"history,omitempty"`
	Sources   []sourceView   `json:"sources,omitempty"`
	set       *bodySet
	body      *forum.Body
	names     map[int64]stakeholder.Names
}

// bodyFact is one thing that is said of a body, and who says it.
type bodyFact struct {
	Name  string `json:"name"`
	Label Text   `json:"label"`
	Value Text   `json:"value,omitempty"`
	Said  string `json:"said_by_code,omitempty"`  // own, reading, or a source
	By    Text   `json:"said_by,omitempty"`       // where it is not the sources of the page
	Other Text   `json:"the_pack_says,omitempty"` // where its own people say otherwise
}

// tieView is a relation as it is read from this body.
type tieView struct {
	Kind     string        `json:"kind"`
	Is       Text          `json:"in_words"`
	Other    Link          `json:"body"`
	Out      bool          `json:"outgoing"`
	By       Link          `json:"asserted_by"`
	On       string        `json:"on,omitempty"`
	Entry    int64         `json:"entry,omitempty"`
	Why      Text          `json:"why,omitempty"`
	Disputed []disputeSays `json:"disputed,omitempty"`
}

// disputeSays is what one body says against something.
type disputeSays struct {
	Body  Link   `json:"body"`
	Text  Text   `json:"text"`
	On    string `json:"on"`
	Entry int64  `json:"entry"`
}

// disputedFact is a fact of this body that another one disputes.
type disputedFact struct {
	Fact string `json:"fact"`
	Is   Text   `json:"in_words"`
	disputeSays
}

type runnerView struct {
	Party   Link   `json:"party"`
	Entry   int64  `json:"entry"`
	On      string `json:"on"`
	Checked bool   `json:"checked"`
	Answer  string `json:"answer,omitempty"`
	Reason  Text   `json:"reason,omitempty"`
	Left    string `json:"party_left_on,omitempty"`
}

type stepView struct {
	Entry int64  `json:"entry"`
	Kind  string `json:"kind"`
	Is    Text   `json:"in_words"`
	On    string `json:"on"`
}

// body shows one body: what it is and who says so, what it works on, to whom it is
// tied, what others dispute, what it issued.
func (s *Site) body(q *request) (View, error) {
	set, err := q.bodySet()
	if err != nil {
		return View{}, err
	}
	b := set.find(q.arg("id"))
	if b == nil {
		return View{}, errNotFound(q.arg("id"))
	}
	p := q.Pack
	alike, err := db.Once(q.Tx, once("bodies that look alike"), func() (map[string][]string, error) { return forum.LookAlikes(set.all, p), nil })
	if err != nil {
		return View{}, err
	}
	v := bodyView{bodyRow: newBodyRow(q, b), KindName: bodyKind(b.Kind), URL: b.URL, Contact: b.Contact, EarlierOn: earlierOn(p), set: set, body: b,
		Same: set.links(forum.SameMandate(set.all, b)), Alike: set.links(alike[b.ID])}
	if b.Source != "" {
		v.Sources = sourcesOf(p, append([]string{b.Source}, b.Also...))
	}
	if t, ok := p.Text(b.Text); ok {
		v.NamedIn = &Link{title(p, compact.Texts, t.ID), "/texts/" + t.ID}
	}
	v.InForce, v.Earlier = inForceFirst(p, b.Items)
	v.around(p)
	for _, add := range []func(*request) error{v.people, v.facts, v.ties, v.disputes, v.steps} {
		if err := add(q); err != nil {
			return View{}, err
		}
	}
	name := v.Title
	if b.Acronym != "" && !strings.Contains(english(name), b.Acronym) {
		name = phrase("bodies.with_acronym", "name", name, "acronym", b.Acronym)
	}
	return View{Page: "body", Title: name, Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: []string{"bodies", "parties"}, Data: &v, Table: v.table()}, nil
}

// table is the CSV twin: the items it works on and the bodies it is tied to.
func (v *bodyView) table() *Table {
	t := &Table{Columns: []string{"body", "relation", "id", "title_en"}}
	for relation, parts := range map[string][]partRow{"in-force": v.InForce, "earlier": v.Earlier} {
		for _, i := range parts {
			t.Rows = append(t.Rows, []string{v.ID, relation, i.ID, english(i.Title)})
		}
	}
	for _, tie := range v.Ties {
		kind := tie.Kind
		if !tie.Out {
			kind = "is:" + kind
		}
		t.Rows = append(t.Rows, []string{v.ID, kind, strings.TrimPrefix(tie.Other.Href, "/bodies/"), english(tie.Other.Text)})
	}
	slices.SortFunc(t.Rows, slices.Compare)
	return t
}

// around adds what the pack has of it besides: documents and dates.
func (v *bodyView) around(p *compact.Pack) {
	for _, d := range p.DocumentsByDate() {
		if d.Body == v.ID {
			v.Documents = append(v.Documents, newDocumentRow(p, d))
		}
	}
	for _, e := range p.Calendar {
		if e.Event == v.ID || slices.Contains(e.Bodies, v.ID) {
			v.Dates = append(v.Dates, newCalendarRow(p, e))
		}
	}
}

// people adds who runs it, who says so and waits for an answer, and whether the
// party that ran it has left.
func (v *bodyView) people(q *request) error {
	claims, err := forum.Claims(q.Tx, v.ID)
	if err != nil {
		return err
	}
	var ids []int64
	for _, r := range v.body.Runners {
		ids = append(ids, r.Party)
	}
	for _, c := range claims {
		ids = append(ids, c.Party)
	}
	for _, r := range v.body.Relations {
		if party, err := strconv.ParseInt(r.By, 10, 64); err == nil && r.ID != 0 {
			ids = append(ids, party)
		}
	}
	if v.names, err = stakeholder.NamesOf(q.Tx, append(ids, v.body.Own.Party)...); err != nil {
		return err
	}
	left := ""
	for _, r := range v.body.Runners {
		if r.Ended != "" {
			left = max(left, r.Ended)
			continue
		}
		on, err := leftOn(q, r.Party)
		if err != nil {
			return err
		}
		left = max(left, on)
		v.Runners = append(v.Runners, runnerView{Party: v.party(r.Party), Entry: r.Entry, On: r.Since, Checked: r.Checked, Left: on})
	}
	if left != "" && !slices.ContainsFunc(v.Runners, func(r runnerView) bool { return r.Left == "" }) {
		v.Nobody = phrase("body.nobody", "date", dayText(left))
	}
	for _, c := range claims {
		if c.Answer == "entrusted" || number(c.ID) == v.ID && c.Answer == "" {
			continue // it runs the body
		}
		words, err := keeper.WordsOf(q.Tx, cmp.Or(c.By, c.ID))
		if err != nil {
			return err
		}
		v.Claims = append(v.Claims, runnerView{Party: v.party(c.Party), Entry: c.ID, On: c.On, Answer: c.Answer, Reason: wordsText(words, "reason")})
	}
	return nil
}

func (v *bodyView) party(id int64) Link { return Link{partyName(v.names[id]), partyHref(id)} }

// leftOn is the day on which a party took back its own endorsement of the text in
// force; "" of one that has not, or that never gave any.
func leftOn(q *request, party int64) (on string, err error) {
	history, err := stakeholder.History(q.Tx, party)
	for _, e := range history {
		if e.Text != q.Pack.InForce || e.Stated() {
			continue
		}
		if e.Holds() {
			return "", err
		}
		on = max(on, e.EndedOn)
	}
	return on, err
}

// ties adds the relations of a body, its own first, with who asserts and who disputes each.
func (v *bodyView) ties(q *request) error {
	for _, out := range []bool{true, false} {
		for _, r := range v.body.Relations {
			if (r.From == v.ID) != out {
				continue
			}
			tie, err := v.tie(q, r, out)
			if err != nil {
				return err
			}
			v.Ties = append(v.Ties, tie)
		}
	}
	return nil
}

func (v *bodyView) tie(q *request, r forum.Relation, out bool) (tieView, error) {
	t := tieView{Kind: r.Kind, Is: message("body.tie." + r.Kind), Other: v.set.link(r.To), Out: out, On: r.On, Entry: r.ID}
	if !out {
		t.Is, t.Other = message("body.tied."+r.Kind), v.set.link(r.From)
	}
	if r.ID == 0 {
		source := firstSource(q.Pack, r.By)
		t.By = Link{same(source.Name), source.Href}
	} else {
		words, err := keeper.WordsOf(q.Tx, r.ID)
		if err != nil {
			return t, err
		}
		t.Why = wordsText(words, "reason")
		if party, err := strconv.ParseInt(r.By, 10, 64); err == nil {
			t.By = v.party(party)
		} else {
			t.By = Link{wordsText(words, "source"), words["url.und"]}
		}
	}
	for _, d := range r.Disputed {
		says, err := v.says(q, d)
		if err != nil {
			return t, err
		}
		t.Disputed = append(t.Disputed, says)
	}
	return t, nil
}

func (v *bodyView) says(q *request, d forum.Dispute) (disputeSays, error) {
	words, err := keeper.WordsOf(q.Tx, d.Entry)
	return disputeSays{v.set.link(d.Body), wordsText(words, "text"), d.On, d.Entry}, err
}

// disputes adds what other bodies say against facts of this one.
func (v *bodyView) disputes(q *request) error {
	for _, d := range v.body.Disputed {
		says, err := v.says(q, d.Dispute)
		if err != nil {
			return err
		}
		v.Disputed = append(v.Disputed, disputedFact{d.Fact, message("body.fact." + d.Fact), says})
	}
	return nil
}

// Brought tells whether its own people brought it, and not the pack.
func (v *bodyView) Brought() bool { return v.body.Entry != 0 }

// CanSettle tells whether there is a dispute that can be taken back.
func (v *bodyView) CanSettle() bool {
	return len(v.Disputed) > 0 || slices.ContainsFunc(v.Ties, func(t tieView) bool { return len(t.Disputed) > 0 })
}

// CanEnd tells whether there is a tie of the record that can be ended.
func (v *bodyView) CanEnd() bool {
	return slices.ContainsFunc(v.Ties, func(t tieView) bool { return t.Entry != 0 })
}

// mostBodySteps bounds the history on a body's page; the record has it whole.
const mostBodySteps = 20

func (v *bodyView) steps(q *request) error {
	entries, err := forum.BodySteps(q.Tx, v.ID, mostBodySteps)
	if err != nil {
		return err
	}
	for _, index := range entries {
		e, err := keeper.ReadEntry(q.Tx, index)
		if err != nil {
			return err
		}
		v.Steps = append(v.Steps, stepView{index, kindOnly(e.Kind), kindName(e.Kind), e.On()})
	}
	return nil
}

// bodyOfEntry is the page of the body that an act is about; "" of other kinds.
func bodyOfEntry(e keeper.Entry) string {
	var f struct {
		Body  string `json:"body"`
		About string `json:"about"`
		From  string `json:"from"`
	}
	switch name := kindOnly(e.Kind); {
	case !strings.HasPrefix(name, "body.") && !strings.HasPrefix(name, "relation."), e.Decode(&f) != nil:
		return ""
	case name == forum.KindDescribed && f.Body == "":
		return bodyHref(number(e.Index))
	}
	if id := cmp.Or(f.About, f.From, f.Body); id != "" {
		return bodyHref(id)
	}
	return ""
}
