package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// partyDeeds is what a party's page says of what it may do and what it gives.
type partyDeeds struct {
	Opens    []rightView    `json:"rights,omitempty"`
	Verified []verifiedView `json:"verification,omitempty"`
	Money    []moneyTotal   `json:"money_by_its_share,omitempty"`
	Named    []moneyTotal   `json:"money_named_not_confirmed,omitempty"`
	Unstated Text           `json:"share_not_stated,omitempty"`
	People   Text           `json:"people_to_reach,omitempty"`
	Support  *supportCounts `json:"support,omitempty"`
}

// rightView is a right, and why the party has it not.
type rightView struct {
	Right string `json:"right"`
	Open  bool   `json:"open"`
	Is    Text   `json:"in_words"`
	Why   Text   `json:"why_not,omitempty"`
}

type verifiedView struct {
	Entry int64  `json:"entry"`
	On    string `json:"on"`
	Level string `json:"level"`
	Basis string `json:"basis"`
	Is    Text   `json:"in_words"`
}

// activityView is what a party does or plans by an endorsement.
type activityView struct {
	Title Text   `json:"title"`
	State string `json:"state"`
	Is    Text   `json:"state_in_words"`
	Since string `json:"start,omitempty"`
}

func (v *partyDeeds) deeds(q *request, p stakeholder.Party) error {
	steps, err := stakeholder.Verifications(q.Tx, p.ID)
	if err != nil {
		return err
	}
	for _, s := range steps {
		v.Verified = append(v.Verified, verifiedView{s.ID, s.On, s.Level, s.Basis, message("level." + s.Level)})
	}
	if v.Support, err = supportAround(q, commitment.HelpFilter{Party: p.ID}, "/support?party="+strconv.FormatInt(p.ID, 10)); err != nil || p.Stated() {
		return err
	}
	for _, r := range stakeholder.RightsOf(q.Tx, q.Pack, p.ID) {
		if es, ok := locale.All(r.Why); r.Why != nil && !ok {
			return r.Why
		} else if r.Why == nil {
			v.Opens = append(v.Opens, rightView{r.Right, true, message("party.may." + r.Right), nil})
		} else {
			v.Opens = append(v.Opens, rightView{r.Right, false, message("party.may_not." + r.Right), everyLang(func(l locale.Lang) string { return es[0].In(l) })})
		}
	}
	t, err := commitment.TotalsOf(q.Tx, commitment.Scope{Party: p.ID})
	v.Money, v.Named, v.People = moneyTotals(t.Money), moneyTotals(t.Named), peopleText(t)
	if t.Unstated > 0 {
		v.Unstated = message("totals.unstated", "n", t.Unstated)
	}
	return err
}

// activitiesOf are the activities of an endorsement that still have their words.
func activitiesOf(q *request, endorsement int64, words map[string]string) (out []activityView, err error) {
	list, err := stakeholder.Activities(q.Tx, endorsement)
	for _, a := range list {
		if t := wordsText(words, "activities."+strconv.Itoa(a.N)+".title"); t != nil {
			out = append(out, activityView{t, a.State, message("activity." + a.State), a.Since})
		}
	}
	return out, err
}
