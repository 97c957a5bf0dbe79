package web

import (
	"strconv"

	"kept/internal/stakeholder"
)

// mostSteps is how many acts the page of a party lists; its feed has all.
const mostSteps = 12

// partyPast is what a party's page says of how it came to stand as it does, and of
// whom it belongs to and speaks for.
type partyPast struct {
	LedBy     []Text       `json:"led_by,omitempty"`
	Parent    *Link        `json:"parent,omitempty"`
	SpeaksFor []spokenFor  `json:"speaks_for,omitempty"`
	SpokenFor []spokenFor  `json:"represented_by,omitempty"`
	Former    []memberView `json:"former_members,omitempty"`
	Steps     []partyStep  `json:"acts,omitempty"`
	CanSpeak  bool         `json:"-"`
	CanAmend  bool         `json:"-"`
}

type partyStep struct {
	Entry int64  `json:"entry"`
	On    string `json:"on"`
	What  Text   `json:"what"`
}

// spokenFor is a declaration of representation as seen from one side.
type spokenFor struct {
	Entry   int64  `json:"entry"`
	With    []Link `json:"with,omitempty"` // the named members, or the association
	Number  int64  `json:"number,omitempty"`
	On      string `json:"on"`
	EndedOn string `json:"ended_on,omitempty"`
}

func (v *partyPast) fill(q *request, p stakeholder.Party) error {
	for _, code := range p.LedBy {
		v.LedBy = append(v.LedBy, message("balance.led_by."+code))
	}
	steps, err := stakeholder.Steps(q.Tx, p.ID, mostSteps)
	if err != nil {
		return err
	}
	for _, s := range steps {
		v.Steps = append(v.Steps, partyStep{s.Entry, s.On, kindName(s.Kind)})
	}
	v.CanAmend = !p.Stated()
	v.CanSpeak = !p.Stated() && p.Kind != stakeholder.KindState && p.Kind != stakeholder.KindGroup && p.Kind != stakeholder.KindUN && p.Kind != stakeholder.KindPrivate
	former, err := stakeholder.FormerMembers(q.Tx, p.ID, q.Today)
	if err != nil {
		return err
	}
	spoken, err := stakeholder.Representations(q.Tx, p.ID)
	if err != nil {
		return err
	}
	ids := []int64{p.ID, p.Parent}
	for _, m := range former {
		ids = append(ids, m.Party)
	}
	for _, r := range spoken {
		ids = append(append(ids, r.Association), r.Members...)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return err
	}
	link := func(id int64) Link { return Link{partyName(names[id]), partyHref(id)} }
	if p.Parent != 0 {
		parent := link(p.Parent)
		v.Parent = &parent
	}
	for _, m := range former {
		v.Former = append(v.Former, memberView{link(m.Party), m.From, m.Until})
	}
	for _, r := range spoken {
		one := spokenFor{Entry: r.ID, Number: r.Number, On: r.On, EndedOn: r.EndedOn}
		if r.Association != p.ID {
			one.With, one.Number = []Link{link(r.Association)}, 0
			v.SpokenFor = append(v.SpokenFor, one)
			continue
		}
		for _, m := range r.Members {
			one.With = append(one.With, link(m))
		}
		v.SpeaksFor = append(v.SpeaksFor, one)
	}
	return nil
}

// feedOfParty is the feed of what a party undertakes.
func feedOfParty(q *request, id int64) map[string]string {
	return q.follow("/commitments", map[string][]string{"party": {strconv.FormatInt(id, 10)}})
}
