package web

import (
	"slices"
	"strconv"

	"kept/internal/forum"
	"kept/internal/stakeholder"
)

// mixView is who organises and who speaks, as counts beside each other.
type mixView struct {
	Organisers int       `json:"organisers"`
	People     int       `json:"people"`
	Parts      []mixPart `json:"parts"`
	Exact      bool      `json:"-"` // on one's own form
}

type mixPart struct {
	Name  string   `json:"name"`
	Title Text     `json:"title"`
	Rows  []mixRow `json:"rows"`
}

// mixRow is one row; of people fewer than five are no number in public.
type mixRow struct {
	Code       string `json:"code"`
	NameIs     Text   `json:"name"`
	Organisers int64  `json:"organisers"`
	People     int64  `json:"people,omitempty"`
	Few        bool   `json:"fewer_than_five,omitempty"`
	NoParties  bool   `json:"-"` // parties have none
}

func newMixView(q *request, m forum.Mix, exact bool) *mixView {
	v := &mixView{Organisers: m.Organisers, People: m.People, Exact: exact}
	for _, part := range m.Parts {
		p := mixPart{Name: part.Name, Title: message("session.mix." + part.Name)}
		for _, c := range part.Cells {
			row := mixRow{Code: c.Code, Organisers: c.Organisers, People: c.People, NoParties: part.Name == forum.MixGender}
			if !exact && c.People > 0 && c.People < forum.LeastPeople {
				row.People, row.Few = 0, true
			}
			switch {
			case c.Code == stakeholder.NotGiven:
				row.NameIs = message("balance.not_given")
			case part.Name == forum.MixGroup:
				row.NameIs = partyKind(c.Code)
			case part.Name == forum.MixRegion:
				row.NameIs = regionName(q, c.Code)
			default:
				row.NameIs = message("session.gender." + c.Code)
			}
			p.Rows = append(p.Rows, row)
		}
		v.Parts = append(v.Parts, p)
	}
	return v
}

// cycleMix is the mix of all sessions of a cycle that stand, whatever the list is
// filtered by, so that no filter can count a few people out of it.
func cycleMix(q *request, cycle int64) (*mixView, error) {
	var all []forum.Session
	f := forum.SessionFilter{Cycle: cycle, Today: q.Today, Limit: 1000}
	for {
		found, err := forum.Sessions(q.Tx, f)
		if err != nil {
			return nil, err
		}
		for _, s := range found.List {
			if !slices.Contains([]string{forum.StateWithdrawn, forum.OutcomeRefused, forum.OutcomeMerged}, s.State(q.Today)) {
				all = append(all, s)
			}
		}
		if f.After = found.Next; f.After == "" {
			break
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	m, err := forum.MixOf(q.Tx, q.Pack, all)
	return newMixView(q, m, false), err
}

// draftMix sets organisers and people of a draft beside each other by group, region and gender.
func (q *request) draftMix(d sessionDraft) (panel, error) {
	act := q.sessionAct(d)
	plan := forum.SessionPlan{}
	switch f := act.Facts.(type) {
	case forum.SessionProposed:
		plan = f.SessionPlan
	case forum.SessionAmended:
		plan = f.SessionPlan
	}
	var people []forum.PersonOf
	for n, role := range plan.People {
		at := "people." + strconv.Itoa(n) + "."
		people = append(people, forum.PersonOf{Role: role, Group: act.Words[at+"group.und"], Area: act.Words[at+"area.und"], Gender: act.Words[at+"gender.und"]})
	}
	m, err := forum.MixAmong(q.Tx, q.Pack, plan.Organisers, people)
	p := panel{Title: message("session.mix.title"), Lead: message("session.mix.lead")}
	for _, part := range newMixView(q, m, true).Parts {
		for _, row := range part.Rows {
			note := phrase("session.mix.both", "organisers", row.Organisers, "people", row.People)
			if row.NoParties {
				note = message("session.mix.people", "n", row.People)
			}
			p.Rows = append(p.Rows, panelRow{Title: phrase("session.mix.row", "part", part.Title, "name", row.NameIs), Notes: []Text{note}})
		}
	}
	return p, err
}
